//! The answers as rows of a table, those first that need something; on the page, and as a file.

import type { Locale } from '@yinxin/proto';
import { time, visible } from '@yinxin/ui/language.js';
import type { Book } from '../../wasm/pkg/sheet/yinxin_sheet.js';
import { titleOf } from './answer.js';
import type { Answer, Named, Other, Report } from './check/report.js';
import { timeOf } from './document.js';
import { isTimeStamp, isUnsigned, reasonOf, stepOf } from './findings.js';
import { notForThisPage } from './others.js';
import { textsOf } from './texts.js';

/** How much a row needs somebody: what is wrong first, what is good last. */
export type Weight = 'wrong' | 'unreadable' | 'open' | 'none' | 'good';

/** A row. */
export interface Row {
  readonly file: Named;
  readonly weight: Weight;
  readonly verdict: string;
  /** Why, in a sentence. */
  readonly reason: string;
  readonly signer: string;
  readonly seal: string;
  readonly time: string;
  readonly todo: string;
  /** Of a document the digest of the file. */
  readonly sha256: string;
  readonly answer: Answer | undefined;
}

/** A row for each file that was to be verified, and for each that could not be. */
export function rowsOf(report: Report, locale: Locale): Row[] {
  const told = report.others.filter(({ role }) => role !== 'helps');
  const rows = [
    ...report.answers.map(answer => rowOf(answer, locale)),
    ...told.map(other => rowOfOther(other, locale)),
  ];
  const order = (row: Row) => WEIGHTS.indexOf(row.weight);
  return rows.sort((a, b) => order(a) - order(b));
}

/** How many rows are wrong or unreadable, open, good, and about nothing that was signed. */
export function countsOf(rows: readonly Row[]): [number, number, number, number] {
  const count = (...weights: Weight[]) => rows.filter(({ weight }) => weights.includes(weight)).length;
  return [count('wrong', 'unreadable'), count('open'), count('good'), count('none')];
}

function rowOf(answer: Answer, locale: Locale): Row {
  const t = textsOf(locale);
  const verdict = titleOf(answer, locale);
  const empty = { reason: '', signer: '', seal: '', time: '', sha256: '' };
  if (answer.is === 'unreadable' || answer.is === 'unfinished') {
    const todo = answer.is === 'unfinished' ? t.todo.left : t.todo.unreadable;
    return { ...empty, file: answer.file, weight: 'unreadable', verdict, todo, answer };
  }
  const { file, outcome } = answer;
  const good = outcome === 'good';
  return {
    file,
    weight: isUnsigned(answer) ? 'none' : good ? 'good' : outcome === 'wrong' ? 'wrong' : 'open',
    verdict,
    reason: good ? visible(answer.summary[locale]) : reasonOf(answer, locale),
    ...whoAndWhen(answer, locale),
    todo: t.todo[stepOf(answer)],
    sha256: 'sha256' in answer ? answer.sha256 : '',
    answer,
  };
}

function whoAndWhen(answer: Exclude<Answer, { is: 'unreadable' | 'unfinished' }>, locale: Locale) {
  const t = textsOf(locale);
  const all = (names: readonly (string | undefined)[]) =>
    [...new Set(names.flatMap(name => (name === undefined || name === '' ? [] : [visible(name)])))].join(t.separator);
  const claimed = (at: string | undefined) => (at === undefined ? '' : t.claimedAt(time(at, locale)));
  switch (answer.is) {
    case 'pdf':
    case 'ofd': {
      const { signatures } = answer;
      const last = signatures[signatures.length - 1];
      return {
        signer: all(signatures.filter(one => !isTimeStamp(one)).map(({ certificate }) => certificate?.holder)),
        seal: all(signatures.map(({ seal }) => seal?.name)),
        time: last ? timeOf(last, locale) : '',
      };
    }
    case 'cms':
      return {
        signer: all(answer.signers.map(({ certificate }) => certificate?.holder)),
        seal: '',
        time: claimed(answer.signers[0]?.claimedTime),
      };
    case 'seal-signature':
      return {
        signer: all([answer.certificate?.holder]),
        seal: all([answer.seal.name]),
        time: claimed(answer.claimedTime),
      };
    case 'seal':
      return { signer: '', seal: all([answer.seal.name]), time: '' };
    case 'certificate':
      return { signer: all([answer.certificate.holder]), seal: '', time: '' };
  }
}

function rowOfOther({ file, kind, role }: Other, locale: Locale): Row {
  const t = textsOf(locale);
  const isLost = role === 'gone' || role === 'left';
  return {
    file,
    weight: isLost ? 'unreadable' : 'none',
    verdict: isLost ? t.unfinished : t.noAnswer,
    reason: role === 'not-for-this-page' ? notForThisPage(kind, file, t) : t.roles[role],
    signer: '',
    seal: '',
    time: '',
    todo: isLost ? t.todo.left : t.todo.none,
    sha256: '',
    answer: undefined,
  };
}

/** The rows as a table of a spreadsheet. */
export function bookOf(rows: readonly Row[], locale: Locale): Book {
  const { columns, csvColumns, csvName } = textsOf(locale);
  const text = (title: string, width: number) => ({ title, width, kind: 'text' as const });
  return {
    sheets: [
      {
        name: csvName,
        columns: [
          text(columns.file, 40),
          text(columns.verdict, 24),
          text(csvColumns.reason, 60),
          text(columns.signer, 30),
          text(csvColumns.seal, 30),
          text(columns.time, 24),
          text(columns.todo, 24),
          text(csvColumns.sha256, 66),
        ],
        rows: rows.map(row => [
          visible(row.file.name),
          row.verdict,
          row.reason,
          row.signer,
          row.seal,
          row.time,
          row.todo,
          row.sha256,
        ]),
      },
    ],
  };
}

const WEIGHTS: readonly Weight[] = ['wrong', 'unreadable', 'open', 'none', 'good'];
