//! The texts of the extension's pages by language.

import type { Locale } from '@yinxin/proto';
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
