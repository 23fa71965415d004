//! The core's fees, loaded once, and what is made of an order at each keystroke.

import type { Quote, Tariff } from '@yinxin/fees';
import init, * as wasm from '@yinxin/fees';
import load from '@yinxin/fees.wasm';
import type { CatalogueError } from '@yinxin/proto';
import { type Entry, itemOf } from './order.js';
import { renumbered } from './texts.js';

/** The core, once it is loaded. */
export type Fees = typeof wasm;

/** Loading begins with the page, beside its first picture. */
export const ready: Promise<Fees> = init({ module_or_path: load() }).then(() => wasm);
// Whoever waits for it hears of a failure; until then nobody does.
ready.catch(() => {});

/** What an order comes to. */
export interface Answer {
  /** Of the items that can be ordered; none where none can. */
  readonly quote: Quote | undefined;
  /** Why an entry can't be ordered, by its id. */
  readonly problems: ReadonlyMap<number, CatalogueError>;
  /** The numbers of the entries in the quote, from 1: its item 1 is the first of them. */
  readonly numbers: readonly number[];
}

/** Quotes what can be ordered, and says for each other entry why it can't. */
export function answer(fees: Fees, entries: readonly Entry[], today: string, tariff: Tariff | undefined): Answer {
  const items = entries.map(entry => itemOf(entry, today));
  const all = tried(() => fees.quote({ items }, tariff));
  if ('value' in all) return { quote: all.value, problems: new Map(), numbers: items.map((_, at) => at + 1) };
  // Each alone, where it is item 1: together, only the first problem is told.
  const problems = new Map<number, CatalogueError>();
  const numbers: number[] = [];
  entries.forEach(({ id }, at) => {
    const alone = tried(() => fees.quote({ items: items.slice(at, at + 1) }, tariff));
    if ('value' in alone) numbers.push(at + 1);
    else
      problems.set(
        id,
        renumbered(alone.error, () => at + 1),
      );
  });
  const fit = items.filter((_, at) => numbers.includes(at + 1));
  return { quote: fit.length > 0 ? fees.quote({ items: fit }, tariff) : undefined, problems, numbers };
}

/** What some work gives, or the catalogue's error that it throws; anything else is a bug and goes on. */
export function tried<T>(work: () => T): { value: T } | { error: CatalogueError } {
  try {
    return { value: work() };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'YinxinError') throw error;
    const { code, params } = error as Error & CatalogueError;
    return { error: { code, params } as CatalogueError };
  }
}
