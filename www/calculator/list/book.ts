//! Lists as files: the template, and what a list came to.

import type { CatalogueError, Locale } from '@yinxin/proto';
import { visible, wordsOf, yuan } from '@yinxin/ui/language.js';
import type { Fees } from '../fees.js';
import type { Book, Cell, Sheet } from '../sheet/client.js';
import { textsOf } from '../texts.js';
import type { Counted, CountedRow } from './count.js';
import { listTexts } from './texts.js';

/** A list to be filled in, with examples of invented units. */
export function template(fees: Fees, locale: Locale): Book {
  const t = listTexts(locale);
  const { columns, roles, services } = fees.orderWords();
  const role = (id: string) => roles.find(one => one.id === id)?.name[locale] ?? id;
  const service = (id: string) => services.find(one => one.id === id)?.name[locale] ?? id;
  const yes = locale === 'en' ? 'yes' : '是';
  return {
    sheets: [
      {
        name: t.templateFile,
        columns: columns.map(({ id, name }) => ({
          title: name[locale],
          width: id === 'name' ? 36 : id === 'service' || id === 'role' ? 20 : 14,
          kind: WHOLE.includes(id) ? 'whole' : 'text',
        })),
        rows: [
          ['示例采购有限公司', role('supplier'), service('renewal'), 1, 1, 1, null, null, null],
          ['蓉城示例招标代理有限公司', role('agency'), service('new'), 2, 3, 1, null, null, null],
          ['蓉城示例招标代理有限公司', role('agency'), service('seal-upgrade'), null, null, 1, 200, yes, null],
        ],
      },
    ],
  };
}

/** What a list came to: for a workbook the payers and the rows; for CSV, which has one table, the rows. */
export function results(counted: Counted, locale: Locale, format: 'xlsx' | 'csv'): Book {
  const rows = rowsSheet(counted, locale);
  return { sheets: format === 'csv' ? [rows] : [payersSheet(counted, locale), rows] };
}

function payersSheet({ totals }: Counted, locale: Locale): Sheet {
  const t = listTexts(locale);
  const rows: Cell[][] = totals.payers.map(payer => [
    payer.name,
    payer.certificates,
    payer.seals,
    payer.total,
    payer.capitals ?? null,
    [
      payer.range ? t.between(yuan(payer.range.from), yuan(payer.range.to)) : '',
      payer.errors > 0 ? t.left(String(payer.errors)) : '',
    ]
      .filter(Boolean)
      .join(' '),
  ]);
  const sum = (pick: (payer: (typeof totals.payers)[number]) => number) =>
    totals.payers.reduce((all, payer) => all + pick(payer), 0);
  rows.push([
    t.total,
    sum(payer => payer.certificates),
    sum(payer => payer.seals),
    totals.total,
    null,
    totals.range ? t.between(yuan(totals.range.from), yuan(totals.range.to)) : '',
  ]);
  return {
    name: t.payersSheet,
    columns: [
      { title: t.payer, width: 40, kind: 'text' },
      { title: t.certificates, width: 12, kind: 'whole' },
      { title: t.seals, width: 12, kind: 'whole' },
      { title: t.yuan(t.amount), width: 16, kind: 'money' },
      { title: t.capitals, width: 40, kind: 'text' },
      { title: t.remark, width: 30, kind: 'text' },
    ],
    rows,
    totals: [rows.length - 1],
  };
}

function rowsSheet({ rows }: Counted, locale: Locale): Sheet {
  const t = listTexts(locale);
  const names = textsOf(locale);
  return {
    name: t.rowsSheet,
    columns: [
      { title: t.row, width: 8, kind: 'whole' },
      { title: t.name, width: 40, kind: 'text' },
      { title: t.role, width: 18, kind: 'text' },
      { title: t.service, width: 18, kind: 'text' },
      { title: t.years, width: 8, kind: 'whole' },
      { title: t.certificates, width: 10, kind: 'whole' },
      { title: t.seals, width: 10, kind: 'whole' },
      { title: t.yuan(t.amount), width: 16, kind: 'money' },
      { title: t.remark, width: 60, kind: 'text' },
      { title: t.note, width: 24, kind: 'text' },
    ],
    rows: rows.map(row => [
      row.row,
      row.name,
      row.item ? names.roles[row.item.role] : null,
      row.item ? names.serviceNames[row.item.service] : null,
      row.item?.years ?? null,
      row.item?.certificates ?? null,
      row.item?.seals ?? null,
      row.amount,
      remarks(row, locale, yuan).join(' '),
      row.note ?? null,
    ]),
  };
}

/** What is to be said of a row: why it can't be ordered, between what it lies, what to look at, what to know first. */
export function remarks(row: CountedRow, locale: Locale, written: (fen: number) => string): string[] {
  const said: string[] = [];
  const t = listTexts(locale);
  if (row.range) said.push(t.between(written(row.range.from), written(row.range.to)));
  if (row.merged) said.push(t.merged(row.merged.map(title => t.quoted(visible(title))).join(t.separator)));
  for (const error of [...(row.error ? [row.error] : []), ...(row.findings ?? [])]) {
    const { message, remedy } = wordsOf(error, locale);
    const told = unnumbered(message);
    said.push(locale === 'en' ? `${told} ${remedy}` : told + remedy);
  }
  return said;
}

/** What an error says beside the number of its row, which is that of its item. */
function unnumbered(message: string): string {
  const told = message.replace(/^(?:第 \d+ 条：|Item \d+: )/, '');
  return told.charAt(0).toUpperCase() + told.slice(1);
}

/** The catalogue's error behind an exception. */
export function inCatalogue(error: unknown): CatalogueError {
  const { code, params } = (error ?? {}) as Partial<CatalogueError>;
  if (typeof code === 'string' && params) return { code, params } as CatalogueError;
  return { code: 'internal', params: { detail: String(error).slice(0, 200) } };
}

const WHOLE = ['years', 'certificates', 'seals', 'remaining-days'];
