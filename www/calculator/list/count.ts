//! A table into rows and totals, in portions, so that the page stays at hand meanwhile.

import type { ListColumn, ListRow, ListTotals, Tariff } from '@yinxin/fees';
import { throwIfAborted } from '@yinxin/ui/abort.js';
import type { Fees } from '../fees.js';
import type { Table } from '../sheet/client.js';

/** A row, and what of its price stands in merged cells. */
export interface CountedRow extends ListRow {
  /** Titles of its columns that were filled in from merged cells, and decide what it costs. */
  readonly merged?: readonly string[];
}

/** What a list comes to. */
export interface Counted {
  readonly rows: readonly CountedRow[];
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
  { rows: table, filled }: Table,
  tariff: Tariff | undefined,
  progress: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<Counted> {
  const list = new fees.OrderList(table.slice(0, TITLES_WITHIN), tariff);
  try {
    const { header, columns, ignored } = list.columns();
    const titles = table[header] ?? [];
    const decides = (at: number) => PRICED.includes(columns[at] ?? 'note');
    const merged = (row: ListRow): CountedRow => {
      const found = filled?.[row.row - 1]?.filter(decides) ?? [];
      // What has no price is told as wrong.
      return row.item && found.length > 0 ? { ...row, merged: found.map(at => titles[at] ?? '') } : row;
    };
    const rows: CountedRow[] = [];
    for (let at = header + 1; at < table.length; at += PORTION) {
      progress(at, table.length);
      await breath();
      throwIfAborted(signal);
      // Rows are numbered from 1 in the file.
      rows.push(...list.push(table.slice(at, at + PORTION), at + 1).map(merged));
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

/** What decides what a row costs: a count written once for several rows may be meant for all of them together. */
const PRICED: readonly ListColumn[] = ['service', 'years', 'certificates', 'seals', 'remaining-days'];
/** The core looks for titles among so many rows. */
const TITLES_WITHIN = 10;
/** Rows at once: a few milliseconds. */
const PORTION = 500;
