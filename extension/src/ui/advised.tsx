//! What popup and workspace say of a finding: whose it is, and which others there are.

import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Foreign, type Tone } from '@yinxin/ui/parts.js';
import type { Advised } from '../relay.js';
import { textsOf } from './texts.js';

/** How a finding looks: as grave in one window as in the other. */
export const TONES: Record<Advised['severity'], Tone> = { fatal: 'error', warning: 'warning', note: 'plain' };

/** Whose certificate it is about, and in which key where that has to be said. */
export function Whose({ advised: { about, key }, locale }: { advised: Advised; locale: Locale }) {
  if (!about && key === undefined) return null;
  return (
    <p class="quiet">
      <Foreign>{textsOf(locale).adviceAbout(about?.holder, key)}</Foreign>
    </p>
  );
}

/** The others in a few words each, with whose they are, unless the first is of the same. */
export function whichOf(others: readonly Advised[], first: Advised | undefined, locale: Locale): string[] {
  const known = first && whoseOf(first, locale);
  return others.map(advised => {
    const whose = whoseOf(advised, locale);
    // A sentence among others of a list.
    const cause = advised.cause[locale].replace(/[。.]$/, '');
    return visible(whose === known ? cause : whose + cause);
  });
}

/** In few words: where the key has to be said, it is of a holder of several. */
function whoseOf({ about, key }: Advised, locale: Locale): string {
  const holder = key === undefined ? about?.holder : undefined;
  if (holder === undefined && key === undefined) return '';
  return `${textsOf(locale).adviceAbout(holder, key)}${locale === 'en' ? ' ' : ''}`;
}
