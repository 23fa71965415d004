//! Keys and certificates, as the consent window and the workspace show them.

import type { CertificateView, Locale, TokenView } from '@yinxin/proto';
import { day, visible, wordsOf } from '@yinxin/ui/language.js';
import { Foreign, Message } from '@yinxin/ui/parts.js';
import type { ComponentChildren } from 'preact';
import { textsOf } from './texts.js';

/** A certificate's holder in plain words, without what only an expert reads. */
export function CertificateFacts({ certificate, locale }: { certificate: CertificateView; locale: Locale }) {
  const t = textsOf(locale);
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
      <Validity until={certificate.notAfter} daysLeft={certificate.daysLeft} locale={locale} />
      <TrustLine certificate={certificate} locale={locale} />
    </span>
  );
}

/** Until when a certificate or seal is valid, and how many days that is. */
export function Validity({ until, daysLeft, locale }: { until: string; daysLeft: number; locale: Locale }) {
  const t = textsOf(locale);
  const ended = daysLeft < 0;
  return (
    <span class="fact">
      {t.validUntil(day(until, locale))}
      <span class={ended || daysLeft <= 60 ? 'days days-few' : 'days'}>
        {ended ? t.endedSince(-daysLeft) : t.daysLeft(daysLeft)}
      </span>
    </span>
  );
}

/** One line on who issued a certificate, where that could be checked. */
function TrustLine({
  certificate: { trust, issuer, holder },
  locale,
}: {
  certificate: CertificateView;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const issued = (anchor: string) => (issuer === anchor ? t.issuedBy(issuer) : t.issuedUnder(issuer, anchor));
  switch (trust.type) {
    case 'national':
      return <TrustFact mark="✓">{t.trustNational(issued(trust.anchor), day(trust.listed, locale))}</TrustFact>;
    case 'added': {
      const itself = trust.anchor === holder && trust.anchor !== issuer;
      return <TrustFact mark="✓">{itself ? t.trustItself : t.trustAdded(issued(trust.anchor))}</TrustFact>;
    }
    case 'unknown':
    case 'refused':
      // Most issuers' certificates are public nowhere: that one is missing stands with the details, since it changes nothing.
      return null;
    default:
      return trust satisfies never;
  }
}

function TrustFact({ mark, children }: { mark?: string; children: string }) {
  return (
    <span class="fact trust">
      {mark !== undefined && <span aria-hidden="true">{mark} </span>}
      <Foreign>{children}</Foreign>
    </span>
  );
}

/** What is wrong with a certificate's issue, if so. It blocks nothing. */
export function TrustProblem({ certificate: { trust }, locale }: { certificate: CertificateView; locale: Locale }) {
  if (trust.type !== 'refused') return null;
  const t = textsOf(locale);
  return (
    <Message tone="warning">
      <p class="strong">{t.trustRefused}</p>
      <p>{wordsOf(trust.finding, locale).message}</p>
      <p>{t.trustRefusedHint}</p>
    </Message>
  );
}

/** The holder's name with what kind of holder it is. */
export function Holder({
  certificate,
  locale,
  children,
}: {
  certificate: CertificateView;
  locale: Locale;
  children?: ComponentChildren;
}) {
  return (
    <span class="holder">
      <span class="holder-name">
        <Foreign>{certificate.holder}</Foreign>
      </span>
      <span class="chip">{textsOf(locale).kind[certificate.kind]}</span>
      {children}
    </span>
  );
}

/** What an expert or the support asks for. */
export function CertificateDetails({
  certificate,
  token,
  locale,
}: {
  certificate: CertificateView;
  /** The key that holds it. */
  token: TokenView;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const { trust } = certificate;
  const partner = token.certificates.find(other => other.certificate === certificate.partner);
  return (
    <details class="more">
      <summary aria-label={t.detailsOf(visible(certificate.holder))}>{t.details}</summary>
      <dl class="pairs">
        <dt>{t.issuer}</dt>
        <dd>
          <Foreign>{certificate.issuer}</Foreign>
        </dd>
        {'finding' in trust && (
          <>
            <dt>{t.trust}</dt>
            <dd>{wordsOf(trust.finding, locale).message}</dd>
          </>
        )}
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
        {partner && (
          <>
            <dt>{t.partner}</dt>
            <dd>
              {encrypts(partner) ? t.partnerEncrypts : encrypts(certificate) ? t.partnerSigns : t.partnerOther}{' '}
              <span class="code">{visible(partner.serial)}</span>
            </dd>
          </>
        )}
        <dt>{t.fingerprint}</dt>
        <dd class="code">{visible(certificate.certificate)}</dd>
      </dl>
    </details>
  );
}

/** Whether a certificate is known to be the one for encryption; one that ended may show that instead. */
export function encrypts({ problem }: CertificateView): boolean {
  return problem?.code === 'certificate-not-for-signing';
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

/** An entry for the calendar (RFC 5545), to be saved as a file. */
export function CalendarLink({ entry, locale }: { entry: string; locale: Locale }) {
  return (
    <a download="yinxin.ics" href={`data:text/calendar;charset=utf-8,${encodeURIComponent(entry)}`}>
      {textsOf(locale).adviceCalendar}
    </a>
  );
}
