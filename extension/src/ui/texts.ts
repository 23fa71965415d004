//! The texts of the extension's pages by language.

import type { Locale } from '@yinxin/proto';
import { nearest } from '@yinxin/ui/language.js';
import type { Language } from '../background/settings.js';
import { en } from '../locales/en.js';
import { type Texts, zhCN } from '../locales/zh-CN.js';

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  switch (locale) {
    case 'zh-CN':
      return zhCN;
    case 'en':
      return en;
    default:
      return locale satisfies never;
  }
}

/** The language of a page, as set: `auto` is the one nearest to the browser's, which is asked once. */
export function localeOf(language: Language): Locale {
  if (language !== 'auto') return language;
  nearestToBrowser ??= nearest(chrome.i18n.getUILanguage());
  return nearestToBrowser;
}

let nearestToBrowser: Locale | undefined;
