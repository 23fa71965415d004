/** Codes with their words: the portal's own, and those of the catalogue. */

import { type Finding, type Locale, type Text, text } from '@yinxin/proto';
import { isRole } from './stores.js';
import { fill, PORTAL_TEXTS, ROLE_NAMES } from './texts.js';

/** A code with its words. */
export interface Described {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly remedy: string;
}

/** A finding with its words. */
export type DescribedFinding = Described & { readonly severity: string };

/** Message and remedy of a code, the portal's own or one of the catalogue. */
export function describe(code: string, params: Readonly<Record<string, unknown>>, locale: Locale): Described {
  const texts: Readonly<Record<string, Text>> = PORTAL_TEXTS[locale];
  const words = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (!words) return { code, params, ...text({ code, params }, locale) };
  const named = isRole(params.account) ? { ...params, account: ROLE_NAMES[locale][params.account] } : params;
  return { code, params, message: fill(words.message, named), remedy: fill(words.remedy, named) };
}

/** Findings with their words. */
export function withTexts(findings: readonly Finding[], locale: Locale): DescribedFinding[] {
  return findings.map(finding => ({ ...describe(finding.code, finding.params, locale), severity: finding.severity }));
}
