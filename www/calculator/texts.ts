//! The calculator's texts by language, and the tariff's in the language of the page.

import type { Bilingual } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { en } from './locales/en.js';
import { type Texts, zhCN } from './locales/zh-CN.js';

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  return locale === 'en' ? en : zhCN;
}

/** A text of a tariff, which may come from anywhere. */
export function inLanguage(text: Bilingual, locale: Locale): string {
  return visible(text[locale]);
}
