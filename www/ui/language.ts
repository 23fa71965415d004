//! The language of a page, and how dates, sizes, money and foreign text read in it.

import {
  visible as allVisible,
  type CatalogueError,
  day as dayInChina,
  type Locale,
  place,
  size,
  type Text,
  text,
  time,
  writtenOut,
} from '@yinxin/proto';

// A time of day in China, a size, and a place in a document: the only forms in which pages show them.
export { place, size, time };

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
  if (timeZone !== 'local' || Number.isNaN(time.getTime())) return dayInChina(iso, locale);
  // Written as in China's time zone: the day first in English.
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { dateStyle: 'long' }).format(time);
}

/** What an error says to a person: message and remedy, nothing in them that runs out of its line. */
export function wordsOf(error: CatalogueError, locale: Locale): Text {
  const { message, remedy } = text(error, locale);
  return { message: visible(message), remedy: visible(remedy) };
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
 * Text from outside as the catalogue's texts show it, nothing invisible in it; here also with what stacks on a letter
 * written out, so that it stays in its line and can be broken.
 */
export function visible(text: string): string {
  // Most texts; making ready to look for all the others takes as long as drawing half a page.
  if (PLAIN.test(text)) return text;
  const shown = allVisible(text).replace(STACKED, writtenOut);
  // Firefox has it since 125; the extension's browsers all have.
  if (!('Segmenter' in Intl)) return shown;
  return Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(shown), ({ segment }) => {
    const characters = [...segment];
    if (characters.length <= MAX_CLUSTER) return segment;
    return `${characters[0]}${writtenOut(characters.slice(1).join(''))}`;
  }).join('');
}

/** Letters, digits and punctuation of English and Chinese, all of which show. */
const PLAIN = /^[\x20-\x7e\u4e00-\u9fa5\u2013\u2014\u2018-\u201d\u2026\u3001-\u3011\uff01-\uff5e]*$/;

/** More marks on one letter than any language writes. */
const STACKED = /\p{M}{5,}/gu;

/** Characters that are drawn as one and never broken, above which they are written out: a Hindi conjunct has up to nine. */
const MAX_CLUSTER = 9;
