//! Small parts that the consent window and the workspace share.

import type { CatalogueError, CertificateView, Locale, TokenView } from '@yinxin/proto';
import type { ComponentChildren } from 'preact';
import { day, textsOf, visible, wordsOf } from './language.js';

/** Text from outside, isolated in its direction, its invisible characters made visible. */
export function Foreign({ children }: { children: string }) {
  return <bdi>{visible(children)}</bdi>;
}

/** Weight of a message. */
export type Tone = 'plain' | 'warning' | 'error' | 'good';

/** A message in a box, marked by a shape as well as by colour. */
export function Message({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <div class={`message ${TONE_CLASS[tone]}`}>
      <ToneMark tone={tone} />
      <div class="message-text">{children}</div>
    </div>
  );
}

/** An error of the catalogue: what happened, and what to do next. */
export function ErrorMessage({
  error,
  locale,
  tone = 'error',
}: {
  error: CatalogueError;
  locale: Locale;
  tone?: Tone;
}) {
  const { message, remedy } = wordsOf(error, locale);
  return (
    <Message tone={tone}>
      <p class="strong">{message}</p>
      <p>{remedy}</p>
    </Message>
  );
}

/** A certificate's holder in plain words, without what only an expert reads. */
export function CertificateFacts({ certificate, locale }: { certificate: CertificateView; locale: Locale }) {
  const t = textsOf(locale);
  const ended = certificate.daysLeft < 0;
  return (
    <span class="facts">
      {certificate.creditCode !== undefined && (
        <span class="fact">
          <span class="fact-name">{t.creditCode}</span> <span class="code">{visible(certificate.creditCode)}</span>
        </span>
      )}
      {certificate.organization !== undefined && (
        <span class="fact">
          <span class="fact-name">{t.organization}</span> <Foreign>{certificate.organization}</Foreign>
        </span>
      )}
      <span class="fact">
        {t.validUntil(day(certificate.notAfter, locale))}
        <span class={ended || certificate.daysLeft <= 60 ? 'days days-few' : 'days'}>
          {ended ? t.endedSince(-certificate.daysLeft) : t.daysLeft(certificate.daysLeft)}
        </span>
      </span>
    </span>
  );
}

/** The holder's name with what kind of holder it is. */
export function Holder({ certificate, locale }: { certificate: CertificateView; locale: Locale }) {
  return (
    <span class="holder">
      <span class="holder-name">
        <Foreign>{certificate.holder}</Foreign>
      </span>
      <span class="chip">{textsOf(locale).kind[certificate.kind]}</span>
    </span>
  );
}

/** What an expert or the support asks for. */
export function CertificateDetails({ certificate, locale }: { certificate: CertificateView; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <details class="more">
      <summary aria-label={t.detailsOf(visible(certificate.holder))}>{t.details}</summary>
      <dl class="pairs">
        <dt>{t.issuer}</dt>
        <dd>
          <Foreign>{certificate.issuer}</Foreign>
        </dd>
        <dt>{t.validFrom}</dt>
        <dd>
          {day(certificate.notBefore, locale)} – {day(certificate.notAfter, locale)}
        </dd>
        {certificate.algorithm !== undefined && (
          <>
            <dt>{t.algorithm}</dt>
            <dd class="code">{certificate.algorithm}</dd>
          </>
        )}
        <dt>{t.serial}</dt>
        <dd class="code">{visible(certificate.serial)}</dd>
        <dt>{t.fingerprint}</dt>
        <dd class="code">{visible(certificate.certificate)}</dd>
      </dl>
    </details>
  );
}

/** What stands above the certificates of a key: its name, and what is to be known of the key itself. */
export function TokenHead({ token, locale }: { token: TokenView; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <div class="token-head">
      <p class="token-name">
        <Foreign>{t.keyOf(token.label)}</Foreign>
        <span class="quiet">
          <Foreign>{[token.model, t.keySerial(token.serial)].filter(part => part !== '').join(' · ')}</Foreign>
        </span>
      </p>
      {token.demo && (
        <Message tone="warning">
          <p>{t.demoKey}</p>
        </Message>
      )}
      {token.initialPin && (
        <Message tone="warning">
          <p>{t.initialPin}</p>
        </Message>
      )}
    </div>
  );
}

function ToneMark({ tone }: { tone: Tone }) {
  return (
    <svg class="tone-mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {tone === 'good' ? (
        <path
          d="M4 10.5l4 4 8-9"
          fill="none"
          stroke="currentColor"
          stroke-width="2.2"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      ) : tone === 'plain' ? (
        <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <circle cx="10" cy="10" r="8" />
          <path d="M10 9v5M10 6v.01" />
        </g>
      ) : tone === 'warning' ? (
        <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
          <path d="M10 2.5 18.5 17h-17z" />
          <path d="M10 8v4M10 14.5v.01" />
        </g>
      ) : (
        <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <circle cx="10" cy="10" r="8" />
          <path d="M10 5.5v5.5M10 14v.01" />
        </g>
      )}
    </svg>
  );
}

const TONE_CLASS: Record<Tone, string> = {
  plain: 'message-plain',
  warning: 'message-warning',
  error: 'message-error',
  good: 'message-good',
};
