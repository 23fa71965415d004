//! Which certificate a site got last: its own history alone, where one is kept, and nobody waits for it.

import type { ConsentView } from '@yinxin/proto';
import type { Entry } from './history.js';

/** Goes by what was read of the history when the first certificates are shown: their order never changes in sight. */
export class LastUsed {
  #entries: readonly Entry[] = [];
  #certificate: string | undefined;
  #shown = false;
  /** Once everything is read. Never rejects. */
  readonly read: Promise<void>;

  /** `keeps`: whether a history is kept here at all; elsewhere it is not looked at. `read`: its entries, newest first. */
  constructor(keeps: () => Promise<boolean>, read: () => Promise<readonly Entry[]>) {
    this.read = keeps()
      .then(kept => (kept ? read() : []))
      .then(
        entries => {
          this.#entries = entries;
        },
        () => undefined,
      );
  }

  /** SHA-256 of the certificate, as far as it is known. */
  in({ site, tokens }: ConsentView): string | undefined {
    if (!this.#shown && tokens.length > 0) {
      this.#shown = true;
      this.#certificate = this.#entries.find(({ origin }) => origin === site.origin)?.certificate;
    }
    return this.#certificate;
  }
}
