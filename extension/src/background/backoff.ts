//! An origin whose user cancels again and again must wait before it may open another window.

import { CANCEL_WAIT_MS, CANCELS_BEFORE_WAIT, MAX_CANCEL_WAIT_MS } from '@yinxin/proto';
import type { Item } from '../item.js';

/** Cancels in a row of one origin. */
export interface Cancels {
  readonly count: number;
  /** When the last one was, in milliseconds of the epoch. */
  readonly last: number;
}

/** Milliseconds that an origin still has to wait; 0 if it may ask. */
export function remainingWait(cancels: Cancels | undefined, now: number): number {
  if (!cancels || cancels.count < CANCELS_BEFORE_WAIT) return 0;
  const doublings = cancels.count - CANCELS_BEFORE_WAIT;
  const wait = Math.min(CANCEL_WAIT_MS * 2 ** doublings, MAX_CANCEL_WAIT_MS);
  // A clock that was set back must not make a wait longer than it is.
  return Math.min(Math.max(cancels.last + wait - now, 0), wait);
}

/** The record after an operation ended: a signature clears it, a cancel adds to it. */
export function after(
  cancels: Cancels | undefined,
  end: { readonly signed: boolean; readonly cancelled: boolean },
  now: number,
): Cancels | undefined {
  if (end.signed) return undefined;
  if (!end.cancelled) return cancels;
  // "In a row" ends with a long pause.
  const recent = cancels && now - cancels.last < 2 * MAX_CANCEL_WAIT_MS ? cancels.count : 0;
  return { count: recent + 1, last: now };
}

/** The records of all origins, in the session's storage, which outlives this worker. */
export class Backoff {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  /** Seconds that an origin still has to wait; 0 if it may ask. */
  async secondsToWait(origin: string, now: number): Promise<number> {
    return Math.ceil(remainingWait(cancelsIn(await this.#item.read())[origin], now) / 1000);
  }

  /** Records how an origin's operation ended. */
  record(origin: string, end: { readonly signed: boolean; readonly cancelled: boolean }, now: number): Promise<void> {
    return this.#item.change(kept => {
      const { [origin]: previous, ...others } = cancelsIn(kept);
      const next = after(previous, end, now);
      if (next === previous) return kept;
      return next ? { ...others, [origin]: next } : others;
    });
  }
}

function cancelsIn(value: unknown): Record<string, Cancels> {
  return Object(value) as Record<string, Cancels>;
}
