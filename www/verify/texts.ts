//! The verify page's texts by language, and how times and digests read.

import type { Locale } from '@yinxin/proto';
import { en } from './locales/en.js';
import { type Texts, zhCN } from './locales/zh-CN.js';

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  return locale === 'en' ? en : zhCN;
}

/** A point in time, by the clock of China. As it came where it can't be read. */
export function moment(iso: string, locale: Locale): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const shown = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'medium',
    hourCycle: 'h23',
    timeZone: 'Asia/Shanghai',
  }).format(time);
  return textsOf(locale).inChina(shown);
}

/** Hexadecimal digits in groups, for comparing by eye. */
export function grouped(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ');
}
