//! What popup and workspace say of a finding: whose it is, and which others there are.

import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Foreign } from '@yinxin/ui/parts.js';
import type { Advised } from '../relay.js';
import { textsOf } from './texts.js';

/** Whose certificate it is about, and in which key where that has to be said. */
export function Whose({ advised, locale }: { advised: Advised; locale: Locale }) {
  const whose = whoseOf(advised, locale);
  if (whose === '') return null;
  return (
    <p class="quiet">
      <Foreign>{whose}</Foreign>
    </p>
  );
}

/** The others in a few words each; whose they are, where they are not of what the first is of. */
export function whichOf(others: readonly Advised[], first: Advised | undefined, locale: Locale): string[] {
  const known = first && whoseOf(first, locale);
  return others.map(advised => {
    const whose = whoseOf(advised, locale);
    return visible(
      (whose === known ? '' : `${whose}${locale === 'en' && whose !== '' ? ' ' : ''}`) + endless(advised.cause[locale]),
    );
  });
}

/** A sentence among others of a list. */
function endless(sentence: string): string {
  return sentence.replace(/[。.]$/, '');
}

function whoseOf({ about, key }: Advised, locale: Locale): string {
  if (!about && key === undefined) return '';
  return textsOf(locale).adviceAbout(about?.holder, key);
}
