//! The messages that pass a page's own window, between its library and the content script, and
//! the names of ports and channels inside the extension.

import {
  type CatalogueError,
  type Change,
  type Check,
  type CheckKind,
  type ConsentView,
  MAX_ANCHORS,
  MAX_CERTIFICATE_BYTES,
  type PageReply,
  type WorkspaceView,
} from '@yinxin/proto';
import type {
  Advice,
  WorkspaceShown as Computed,
  LoginAdvice,
  GuideProcedure as Procedure,
} from '../../wasm/pkg/web/yinxin.js';
import type { Language } from './background/settings.js';

/** Page → content script: a call, giving one up, or bringing their window to the front. */
export type FromPage =
  | { readonly yinxin: 1; readonly request: { readonly id: string; readonly call: object }; readonly contents?: Blob[] }
  | { readonly yinxin: 1; readonly cancel: string }
  | { readonly yinxin: 1; readonly showWindow: true };

/** Content script → page. `bytes[i]` is the CMS or seal of document `i`, with the result of `sign`. */
export interface ToPage {
  readonly yinxin: 1;
  readonly reply: PageReply;
  readonly bytes?: Uint8Array<ArrayBuffer>[];
}

/** Name of the event in which a page's library hands its message over at once; cancelled where it was taken. */
export const HANDED = 'yinxin';

/** Name of the port that a content script opens for one call. */
export const CALL_PORT = 'call';

/** Name of the port that the content script of a bridged site holds. */
export const BRIDGE_PORT = 'bridge';

/** What it says at each press of the user's. */
export const PRESSED = 'pressed';

/** Prefix of the name of the consent window's port, before the operation's id. */
export const CONSENT_PORT = 'consent:';

/** Background → consent window: everything that it shows. */
export interface ConsentShown {
  readonly view: ConsentView;
  /** At a login, what the account says of certificates in the keys, where there is something to say. */
  readonly advice: readonly LoginAdvice[];
  readonly language: Language;
  /** SHA-256 of the certificate that the site got last, where that is kept. */
  readonly lastUsed?: string;
}

/** Name of the port of workspace and popup. */
export const WORKSPACE_PORT = 'workspace';

/** Background → workspace and popup: everything that they show of host and keys. */
export interface WorkspaceShown {
  readonly view: WorkspaceView;
  /** Consent windows that wait for the user. */
  readonly waiting: number;
  /** Origins whose pages hold a session with a key over the bridge. */
  readonly sessions: readonly string[];
  readonly renewals: readonly Renewal[];
  /** Absent while host and keys are looked at. */
  readonly advice?: Advice;
  /** With it: what is done of them, and what they cost. */
  readonly procedures?: readonly Procedure[];
  /** Why there is no advice. */
  readonly adviceProblem?: CatalogueError;
  /** Messages of the platform that can be explained, to choose from. */
  readonly messages?: readonly string[];
  /** Whom to ask, and who wants the doctor's report. */
  readonly support?: Computed['support'];
  readonly doctor: DoctorShown;
}

/** What the doctor found and did. */
export interface DoctorShown {
  /** What is under way. */
  readonly busy?: 'examine' | 'repair' | 'sign';
  readonly examination?: {
    /** In the order of their kinds. */
    readonly checks: readonly Check[];
    /** What is looked at now; absent once all was. */
    readonly next?: CheckKind;
    /** When it began, ISO 8601. */
    readonly at: string;
    readonly ms: number;
    /** Keys have changed since. */
    readonly outdated: boolean;
  };
  /** The last repair: planned only, done, taken back, or not possible. */
  readonly repair?: {
    readonly browser: string;
    readonly step: 'planned' | 'done' | 'undone' | 'failed';
    readonly changes: readonly Change[];
    readonly problem?: CatalogueError;
  };
  /** The last test signature. `busy`: not tried, since a page's call has its turn. */
  readonly signature?: { readonly certificate: string; readonly check?: Check; readonly busy?: true };
}

/** What is wrong and what to do, as the core gives it. */
export type { Advice, Advised, GuideProcedure as Procedure, LoginAdvice } from '../../wasm/pkg/web/yinxin.js';

/** What the renewal of a certificate costs. The quote stays as the core gives it: its form is the package's own. */
export type Renewal = Computed['renewals'][number];

/**
 * Bytes of a file of trust anchors: as many certificates of full size, themselves in Base64, with room for text.
 * The core reads no more.
 */
export const MAX_ANCHOR_FILE_BYTES = 2 * MAX_ANCHORS * MAX_CERTIFICATE_BYTES;

/** Longest id of a call: a UUID has 36 characters. */
export const MAX_CALL_ID = 64;

/**
 * Name of the channel over which a consent window gets an operation's documents, and gives pixels. Ports carry JSON
 * only; a broadcast channel carries bytes, and only pages of the extension's own origin hear it.
 */
export function documentsChannel(operation: string): string {
  return `documents:${operation}`;
}

/** Consent window → background, over the channel: hand over a document's exact bytes; or the picture of a seal as pixels. */
export type FromWindow = { readonly wanted: number } | { readonly seal: string; readonly pixels: Pixels | undefined };

/** Background → consent window, over the channel: a document's bytes; or draw the picture of a seal, by its SHA-256. */
export type ToWindow = { readonly document: number; readonly content: Blob } | { readonly seal: string };

/** A picture, row by row from above: red, green, blue and cover of each pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}
