//! Electronic seals, as the consent window and the workspace show them.

import type { Locale, SealView } from '@yinxin/proto';
import { day, visible } from '@yinxin/ui/language.js';
import { Foreign } from '@yinxin/ui/parts.js';
import { SealImage } from '@yinxin/ui/seal-image.js';
import type { ComponentChildren } from 'preact';
import { Validity } from './parts.js';
import { textsOf } from './texts.js';

/** A seal's picture, beside it the name, the facts and what else there is to say. Fits into a label. */
export function SealEntry({
  seal,
  locale,
  children,
}: {
  seal: SealView;
  locale: Locale;
  /** Below the facts. */
  children?: ComponentChildren;
}) {
  return (
    <span class="seal-entry">
      {isRead(seal) && (
        <SealImage name={seal.name} picture={seal.picture} width={seal.width} height={seal.height} locale={locale} />
      )}
      <span class="seal-text">
        <SealName seal={seal} locale={locale} />
        <SealFacts seal={seal} locale={locale} />
        {children}
      </span>
    </span>
  );
}

/** A seal's name, with what kind of seal it is. */
export function SealName({ seal, locale }: { seal: SealView; locale: Locale }) {
  return (
    <span class="seal-name">
      <Foreign>{seal.name}</Foreign>
      {isRead(seal) && <span class="chip">{textsOf(locale).sealStandard(seal.national)}</span>}
    </span>
  );
}

/** A seal in plain words, without what only an expert reads; nothing of one that can't be read. */
export function SealFacts({ seal, locale }: { seal: SealView; locale: Locale }) {
  if (!isRead(seal)) return null;
  const t = textsOf(locale);
  return (
    <span class="facts">
      <Validity until={seal.validUntil} daysLeft={seal.daysLeft} locale={locale} />
      {seal.maker !== '' && (
        <span class="fact">
          <span class="fact-name">{t.sealMaker}</span> <Foreign>{seal.maker}</Foreign>
        </span>
      )}
      {seal.makerListed && (
        <span class="fact trust">
          <span aria-hidden="true">✓ </span>
          {t.sealMakerListed}
        </span>
      )}
    </span>
  );
}

/** What an expert or the support asks for. */
export function SealDetails({ seal, locale }: { seal: SealView; locale: Locale }) {
  if (!isRead(seal)) return null;
  const t = textsOf(locale);
  return (
    <details class="more">
      <summary aria-label={t.sealDetailsOf(visible(seal.name))}>{t.sealDetails}</summary>
      <dl class="pairs">
        <dt>{t.sealStandardName}</dt>
        <dd>{seal.standard}</dd>
        <dt>{t.trust}</dt>
        <dd>{seal.makerListed ? t.sealMakerListed : t.sealMakerUnlisted(!seal.problem)}</dd>
        <dt>{t.validFrom}</dt>
        <dd>
          {day(seal.validFrom, locale)} – {day(seal.validUntil, locale)}
        </dd>
        <dt>{t.sealSize}</dt>
        <dd>{t.millimetres(seal.width, seal.height)}</dd>
        <dt>{t.fingerprint}</dt>
        <dd class="code">{visible(seal.seal)}</dd>
      </dl>
    </details>
  );
}

/** Of an object that can't be read only its label and the reason are known. */
function isRead({ standard }: SealView): boolean {
  return standard !== '';
}
