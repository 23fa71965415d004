/**
 * How parameters read inside a text: the same as `wasm/proto/src/words.rs` and `text.rs`, to which
 * `tests/contract/rendering.test.ts` holds it over the whole catalogue. Written by hand, and imported by function, so that a
 * bundle has those that its texts need.
 */

import type { Locale, PinTries } from './messages.js';
import { INVISIBLE, MAX_WRITTEN, MONTHS, REASONS, ROLES } from './tables.js';

/** How parameters of a code read, by their names. */
export type Reads = Readonly<Record<string, (value: never, locale: Locale) => string>>;

/** A text with its parameters filled in, in one pass: a parameter's own braces stay as they are. */
export function filled(template: string, params: object = {}, reads: Reads | undefined, locale: Locale): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value: unknown = (params as Readonly<Record<string, unknown>>)[name];
    const read = reads?.[name];
    if (read) return read(value as never, locale);
    return typeof value === 'string' || typeof value === 'number' ? visible(String(value)) : '?';
  });
}

/**
 * Text from outside (a site, a key, a certificate) with control, bidirectional and other invisible characters written
 * out, as `⟨U+202E⟩`, so that it can't pass for other text. A long run is written as its first character and their number.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, writtenOut);
}

/** Characters by their numbers. */
export function writtenOut(run: string): string {
  const names = Array.from(run, c => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  if (names.length > MAX_WRITTEN) return `⟨${names[0]}…×${names.length}⟩`;
  return names.map(name => `⟨${name}⟩`).join('');
}

/** The day in China, by whose calendar certificates end: `2026年11月23日`, `23 November 2026`. What is no time, as it came. */
export function day(iso: string, locale: Locale): string {
  const time = inChina(iso);
  return time ? dayOf(time, locale) : visible(String(iso));
}

/** Day and time in China: `2026年11月23日 00:00（北京时间）`, `23 November 2026, 00:00 (Beijing time)`. */
export function time(iso: string, locale: Locale): string {
  const time = inChina(iso);
  if (!time) return visible(String(iso));
  const clock = time.toJSON().slice(-13, -8);
  return locale === 'en'
    ? `${dayOf(time, locale)}, ${clock} (Beijing time)`
    : `${dayOf(time, locale)} ${clock}（北京时间）`;
}

function dayOf(time: Date, locale: Locale): string {
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  return locale === 'en' ? `${day} ${MONTHS[month]} ${year}` : `${year}年${month + 1}月${day}日`;
}

/** A time of ISO 8601, its fields in UTC those of China. */
export function inChina(iso: string): Date | undefined {
  const [, date] = ISO_TIME.exec(iso) ?? [];
  // Engines differ over a 30 February.
  if (date === undefined || !new Date(date).toJSON()?.startsWith(date)) return undefined;
  const time = new Date(Date.parse(iso) + 8 * 3_600_000);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A size for the eye, in units of a thousand, with one decimal at most; alike in each language. */
export function size(bytes: number, _locale?: Locale): string {
  const thousands = Math.min(3, Math.floor((String(bytes).length - 1) / 3));
  return `${Math.round((bytes * 10) / 1000 ** thousands) / 10} ${['', 'k', 'M', 'G'][thousands]}B`;
}

/** What is known of the remaining tries of a PIN. */
export function tries({ left, state }: PinTries): string {
  if (typeof left === 'number') return String(left);
  return state === 'final' ? '1' : state === 'locked' ? '0' : '?';
}

/** Why a certificate was revoked; a reason of another version is none. */
export function reason(word: string, locale: Locale): string {
  const known = Object.keys(REASONS).includes(word) ? word : 'unspecified';
  return REASONS[known]?.[locale === 'en' ? 1 : 0] ?? '';
}

/**
 * Where in a document something is: the page, counted from 1, of whatever is on one (`pages[0]/Contents`); a field of the
 * form; what a part is to a reader. Other paths as they are.
 */
export function place(path: string, locale: Locale): string {
  const isEnglish = locale === 'en';
  const page = Number(/^pages\[(\d+)\]/.exec(path)?.[1]) + 1;
  if (page < 2 ** 32) return isEnglish ? `page ${page}` : `第 ${page} 页`;
  const field = /^fields\/(.*)$/s.exec(path)?.[1];
  if (field !== undefined) return isEnglish ? `field “${visible(field)}”` : `表单项“${visible(field)}”`;
  const number = /^object (.*)$/s.exec(path)?.[1];
  if (number !== undefined && !isEnglish) return `对象 ${visible(number)}`;
  const role = Object.keys(ROLES).includes(path) ? ROLES[path] : undefined;
  return role ? role[isEnglish ? 1 : 0] : visible(path);
}
