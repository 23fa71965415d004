//! What the workspace shows, and what it can ask for: its parts take their pieces of it.

import type { CatalogueError, Locale, RenewalOrder, Repair, WorkspaceView } from '@yinxin/proto';
import type { KnownAccount } from '../background/account.js';
import type { Entry } from '../background/history.js';
import type { Notice } from '../background/notices.js';
import type { KnownSettings, Settings as Values } from '../background/settings.js';
import type { Switch } from '../bridged.js';
import type { Advice, DoctorShown, Procedure, Renewal, WorkspaceShown } from '../relay.js';
import type { AddedSite, ManagedSite, Typed } from '../sites.js';

/** What the page needs from outside. */
export interface WorkspaceProps {
  readonly view: WorkspaceView;
  readonly renewals: readonly Renewal[];
  /** Absent while host and keys are looked at. */
  readonly advice: Advice | undefined;
  /** What the doctor found and did. */
  readonly doctor: DoctorShown;
  /** The ways to get something done; they come with the advice. */
  readonly procedures: readonly Procedure[] | undefined;
  /** Why there is no advice. */
  readonly adviceProblem: CatalogueError | undefined;
  /** Messages of the platform that can be explained, to choose from. */
  readonly messages: readonly string[] | undefined;
  /** Whom to ask, and who wants the doctor's report. */
  readonly support: WorkspaceShown['support'];
  readonly added: readonly AddedSite[];
  /** Sites of an administrator's policy, each with whether the browser lets the extension work there. */
  readonly managed: readonly (ManagedSite & { readonly permitted: boolean })[];
  /** Sites for which the bridge is on, or can be. */
  readonly switches: readonly Switch[];
  /** What was done with the keys, newest first. */
  readonly history: readonly Entry[];
  readonly settings: KnownSettings;
  /** Certificates that end, of which the user took no note yet. */
  readonly notices: readonly Notice[];
  /** The account of the last login, with which the keys are compared. */
  readonly compared: KnownAccount | undefined;
  readonly locale: Locale;
  /** Looks at host and keys again. */
  refresh(): void;
  /** Reads a typed address. */
  read(address: string): Typed;
  /** Adds a site; answers whether the user agreed in the browser's own question. */
  add(origin: string): Promise<boolean>;
  /** Removes a site. */
  remove(origin: string): Promise<void>;
  /** Switches the bridge on for a site; answers whether the user agreed in the browser's own question. */
  switchOn(origin: string): Promise<boolean>;
  /** Switches it off. */
  switchOff(origin: string): Promise<void>;
  /** Asks what a message of the platform means. */
  explain(message: string): void;
  /** Looks at everything from the browser to the keys. */
  examine(): void;
  /** Asks the browser for its permission for a site again; answers whether the user agreed. */
  allowSite(origin: string): Promise<boolean>;
  /** Mends something, takes it back, or tells what it would change. */
  repair(repair: Repair, how: 'plan' | 'do' | 'undo'): void;
  /** Makes a signature for trying out, with the PIN unless it is typed on the key. */
  testSignature(token: string, certificate: string, pin: string | undefined): void;
  /** Adds the certificates of a file as trust anchors; what came of it comes with a view. Answers why it was not tried. */
  addAnchors(file: File): Promise<'too-large' | 'unreadable' | undefined>;
  /** Removes one, by its SHA-256. */
  removeAnchor(certificate: string): void;
  /** Asks what the renewal of a certificate costs in another way. */
  quoteRenewal(certificate: string, order: RenewalOrder): void;
  /** Erases the history, or one site's. Rejects where the browser doesn't. */
  eraseHistory(origin?: string): Promise<void>;
  /** Changes settings. Rejects where the browser doesn't keep them. */
  changeSettings(change: Partial<Values>): Promise<void>;
  /** The user took note of the notices. */
  noteNotices(): void;
  /** Compares with that account no more. */
  forgetAccount(): void;
}
