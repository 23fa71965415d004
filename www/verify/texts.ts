//! The verify page's texts by language, and how digests read.

import type { Locale } from '@yinxin/proto';
import { en } from './locales/en.js';
import { type Texts, zhCN } from './locales/zh-CN.js';

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  return locale === 'en' ? en : zhCN;
}

/** Hexadecimal digits in groups, for comparing by eye. */
export function grouped(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ');
}
