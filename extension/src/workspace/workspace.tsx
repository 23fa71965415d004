//! The user's own page: host, keys with their certificates, sites, and what the product is.

import type { Locale, RenewalOrder, WorkspaceView } from '@yinxin/proto';
import { Seal } from '@yinxin/ui/seal.js';
import type { Renewal } from '../relay.js';
import type { AddedSite, Typed } from '../sites.js';
import { textsOf } from '../ui/texts.js';
import { About } from './about.js';
import { Anchors } from './anchors.js';
import { Host } from './host.js';
import { Keys } from './keys.js';
import { Sites } from './sites.js';

/** What the page needs from outside. */
export interface WorkspaceProps {
  readonly view: WorkspaceView;
  readonly renewals: readonly Renewal[];
  readonly added: readonly AddedSite[];
  readonly locale: Locale;
  /** Looks at host and keys again. */
  refresh(): void;
  /** Reads a typed address. */
  read(address: string): Typed;
  /** Adds a site; answers whether the user agreed in the browser's own question. */
  add(origin: string): Promise<boolean>;
  /** Removes a site. */
  remove(origin: string): Promise<void>;
  /** Adds the certificates of a file as trust anchors; what came of it comes with a view. Answers why it was not tried. */
  addAnchors(file: File): Promise<'too-large' | 'unreadable' | undefined>;
  /** Removes one, by its SHA-256. */
  removeAnchor(certificate: string): void;
  /** Asks what the renewal of a certificate costs in another way. */
  quoteRenewal(certificate: string, order: RenewalOrder): void;
}

/** The whole page. */
export function Workspace(props: WorkspaceProps) {
  const { locale } = props;
  const t = textsOf(locale);
  return (
    <div class="workspace">
      <header class="brand">
        <Seal />
        <span class="brand-name">{t.product}</span>
        <a class="link" href="calculator.html">
          {t.calculator}
        </a>
      </header>
      <main>
        <h1>{t.workspaceTitle}</h1>
        <p class="lead">{t.workspaceLead}</p>
        <Host {...props} />
        <Keys {...props} />
        <Anchors {...props} />
        <Sites {...props} />
        <About {...props} />
      </main>
    </div>
  );
}
