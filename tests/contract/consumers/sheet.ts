// What a page writes against the package `@yinxin/sheet`: every function, with every option. Compiled only.
import * as core from '../../../wasm/pkg/sheet/yinxin_sheet.js';

export function read(bytes: Uint8Array): string[][] {
  const table: core.Table = core.readTable(bytes, '名单');
  const format: 'xlsx' | 'csv' = table.format;
  const said = [format, table.encoding, table.delimiter, table.sheet, table.sheets?.length, table.filled?.[0]?.[0]];
  return said.length > 0 ? table.rows : [];
}

export function write(): Uint8Array {
  const columns: core.Column[] = [{ title: '金额', width: 12, kind: 'money' }];
  const rows: core.Cell[][] = [[null], ['合计'], [12_345]];
  const book: core.Book = { sheets: [{ name: '费用', columns, rows, totals: [2] }] };
  return core.writeTable(book, 'csv');
}

// @ts-expect-error: a word of its own
core.writeTable({ sheets: [] }, 'ods');
// @ts-expect-error: a cell is no object
core.writeTable({ sheets: [{ name: '', columns: [], rows: [[{}]] }] }, 'xlsx');
