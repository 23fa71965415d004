//! The history as files: a table for spreadsheet programs, and JSON.

import { inChina, type Locale } from '@yinxin/proto';
import type { Entry } from '../background/history.js';
import { textsOf } from '../ui/texts.js';

/** A table with a row for each document, and one for an operation without any; Excel reads its Chinese. */
export function historyCsv(entries: readonly Entry[], locale: Locale): string {
  const t = textsOf(locale);
  const rows = entries.flatMap(entry => {
    const { at, origin, act, format, holder, certificate, seal = '' } = entry;
    const before = [timeInChina(at), origin, t.historyActs[act], format];
    const after = [holder, certificate, seal];
    if (entry.documents.length === 0) return [[...before, '', '', '', ...after]];
    return entry.documents.map(({ name, sm3, seen }) => [...before, name, sm3, seen ? '' : t.unseenMark, ...after]);
  });
  const lines = [t.historyColumns, ...rows].map(row => row.map(cell).join(','));
  // Without the mark Excel takes it for the system's own encoding.
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

/** All that is kept, as it is kept. */
export function historyJson(entries: readonly Entry[]): string {
  return `${JSON.stringify({ product: 'yinxin', version: VERSION, entries }, null, 2)}\n`;
}

/** Text as a cell that no program takes for a formula, as `wasm/sheet/src/guard.rs` has it. */
function cell(text: string): string {
  const guarded = FORMULA.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

/** The time in China, as everywhere on the page, in the form that spreadsheet programs read: `2026-11-23 09:05:00`. */
function timeInChina(iso: string): string {
  return inChina(iso)?.toISOString().slice(0, 19).replace('T', ' ') ?? iso;
}

/** What begins a formula, whatever unseen or guarding stands before it; or follows a tab or a line's return. */
const FORMULA =
  /^['\s\p{Cc}\p{Cf}\p{DI}\u2800]*[=+\-@＝＋－＠]|^['\s\p{Cc}\p{Cf}\p{DI}\u2800]*[\t\r]['\s\p{Cc}\p{Cf}\p{DI}\u2800]*[^'\s\p{Cc}\p{Cf}\p{DI}\u2800]/u;
