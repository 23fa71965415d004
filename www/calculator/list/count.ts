//! A table into rows and totals, in portions, so that the page stays at hand meanwhile.

import type { ListRow, ListTotals, Tariff } from '@yinxin/fees';
import { throwIfAborted } from '@yinxin/ui/abort.js';
import type { Fees } from '../fees.js';

/** What a list comes to. */
export interface Counted {
  readonly rows: readonly ListRow[];
  readonly totals: ListTotals;
  /** Titles of columns that say nothing here. */
  readonly ignored: readonly string[];
}

/**
 * Counts the rows of a table. Throws what the core throws, and the signal's reason.
 *
 * `progress` is told how many rows of how many are done.
 */
export async function count(
  fees: Fees,
  table: readonly string[][],
  tariff: Tariff | undefined,
  progress: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<Counted> {
  const list = new fees.OrderList(table.slice(0, TITLES_WITHIN), tariff);
  try {
    const { header, ignored } = list.columns();
    const rows: ListRow[] = [];
    for (let at = header + 1; at < table.length; at += PORTION) {
      progress(at, table.length);
      await breath();
      throwIfAborted(signal);
      // Rows are numbered from 1 in the file.
      rows.push(...list.push(table.slice(at, at + PORTION), at + 1));
    }
    return { rows, totals: list.totals(), ignored };
  } finally {
    list.free();
  }
}

/** Lets the browser paint and take input. A timer would wait for 4 ms each time. */
function breath(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The core looks for titles among so many rows. */
const TITLES_WITHIN = 10;
/** Rows at once: a few milliseconds. */
const PORTION = 500;
