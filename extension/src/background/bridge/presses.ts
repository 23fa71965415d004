//! How long ago the user pressed something on a page. While a call of the page waits, it stands still and its user can't
//! press anything: that time does not count.

import { BRIDGE_PRESS_MS } from '@yinxin/proto';

/** The presses of one document. */
export class Presses {
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #waited = 0;
  #since: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The user pressed something. */
  press(): void {
    this.#last = this.#now();
    this.#waited = 0;
    if (this.#since !== undefined) this.#since = this.#last;
  }

  /** The last press is used up. */
  spend(): void {
    this.#last = Number.NEGATIVE_INFINITY;
  }

  /** A call begins to wait. */
  pause(): void {
    this.#since ??= this.#now();
  }

  /** No call waits any more. */
  resume(): void {
    if (this.#since === undefined) return;
    this.#waited += this.#now() - this.#since;
    this.#since = undefined;
  }

  /** Whether the last press lets a call open a window. */
  isRecent(): boolean {
    const waiting = this.#since === undefined ? 0 : this.#now() - this.#since;
    return this.#now() - this.#last - this.#waited - waiting <= BRIDGE_PRESS_MS;
  }
}
