//! The language of a page, and how dates, sizes, money and foreign text read in it.

import { type CatalogueError, type Locale, type Text, text } from '@yinxin/proto';

/** The nearest language to a BCP 47 tag: Chinese for `zh…`, English otherwise. */
export function nearest(tag: string): Locale {
  return tag.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/**
 * A day, from an ISO 8601 time: in China unless told otherwise, since certificates end by its calendar.
 * As it came where it can't be read.
 */
export function day(iso: string, locale: Locale, timeZone: 'local' | 'Asia/Shanghai' = 'Asia/Shanghai'): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', ...(timeZone !== 'local' && { timeZone }) }).format(time);
}

/** What an error says to a person: message and remedy, times as days, and nothing invisible in its parameters. */
export function wordsOf(error: CatalogueError, locale: Locale): Text {
  const entries = Object.entries(error.params).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [name, value];
    return [name, ISO_TIME.test(value) ? day(value, locale) : visible(value)];
  });
  return text({ code: error.code, params: Object.fromEntries(entries) }, locale);
}

/** A size for the eye. The exact number stands beside it. */
export function size(bytes: number, locale: Locale): string {
  const format = (value: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
  if (bytes < 1000) return `${format(bytes)} B`;
  if (bytes < 1000 * 1000) return `${format(bytes / 1000)} kB`;
  return `${format(bytes / (1000 * 1000))} MB`;
}

/** An amount of fen in yuan, for a field of a form or a file: `1200.00`. */
export function yuan(fen: number): string {
  return (fen / 100).toFixed(2);
}

/** An amount of fen, not negative, as money in both languages: `¥1,200.00`. */
export function money(fen: number): string {
  const yuan = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `¥${yuan}.${String(fen % 100).padStart(2, '0')}`;
}

/**
 * Text from outside (a site, a key, a certificate) with control, bidirectional and invisible
 * characters made visible, so that it can't pass for other text; and with what stacks on a letter written out, so that it
 * stays in its line and can be broken. A long run is written as its first character and their number.
 */
export function visible(text: string): string {
  // Most texts; making ready to look for all the others takes as long as drawing half a page.
  if (PLAIN.test(text)) return text;
  const shown = text.replace(INVISIBLE, writtenOut).replace(STACKED, writtenOut);
  // Firefox has it since 125; the extension's browsers all have.
  if (!('Segmenter' in Intl)) return shown;
  return Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(shown), ({ segment }) => {
    const characters = [...segment];
    if (characters.length <= MAX_CLUSTER) return segment;
    return `${characters[0]}${writtenOut(characters.slice(1).join(''))}`;
  }).join('');
}

/** Characters by their numbers. */
function writtenOut(run: string): string {
  const [first = '', ...more] = Array.from(run, character => {
    const code = character.codePointAt(0) ?? 0;
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
  if (more.length >= MAX_WRITTEN) return `⟨${first}…×${more.length + 1}⟩`;
  return [first, ...more].map(name => `⟨${name}⟩`).join('');
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Letters, digits and punctuation of English and Chinese, all of which show. */
const PLAIN = /^[\x20-\x7e\u4e00-\u9fa5\u2013\u2014\u2018-\u201d\u2026\u3001-\u3011\uff01-\uff5e]*$/;

/**
 * Controls, format characters, what is ignored where it can't be shown, unassigned and private use, surrogates, line
 * and paragraph separators, and spaces of other widths: at least what the core writes out (`is_invisible`).
 */
const INVISIBLE = /[\p{C}\p{DI}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\ufffc]+/gu;

/** More marks on one letter than any language writes. */
const STACKED = /\p{M}{5,}/gu;

/** Characters that are drawn as one and never broken, above which they are written out: a Hindi conjunct has up to nine. */
const MAX_CLUSTER = 9;

/** Characters in a row that are written out one by one. */
const MAX_WRITTEN = 4;
