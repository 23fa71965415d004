//! The calculator's texts by language, and the tariff's in the language of the page.

import type { Bilingual } from '@yinxin/fees';
import type { CatalogueError, Locale } from '@yinxin/proto';
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

/** An error or a finding with the page's number of the item in its words. */
export function renumbered(
  { code, params }: { code: string; params: object },
  number: (item: number) => number,
): CatalogueError {
  const named = 'item' in params && typeof params.item === 'number' ? { item: number(params.item) } : {};
  return { code, params: { ...params, ...named } } as CatalogueError;
}
