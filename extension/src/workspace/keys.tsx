//! The keys: certificates with their seals, what is wrong with them, and what a renewal costs.

import type { CertificateView, Locale, SealView, TokenView } from '@yinxin/proto';
import { visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage } from '@yinxin/ui/parts.js';
import { useId } from 'preact/hooks';
import type { Renewal } from '../relay.js';
import { CertificateDetails, CertificateFacts, encrypts, Holder, TokenHead, TrustProblem } from '../ui/parts.js';
import { SealDetails, SealEntry } from '../ui/seals.js';
import { textsOf } from '../ui/texts.js';
import { isNextStep, RenewalPart } from './renewal.js';
import type { WorkspaceProps } from './workspace.js';

/** The keys that are inserted. */
export function Keys({
  view,
  renewals,
  locale,
  quoteRenewal,
}: Pick<WorkspaceProps, 'view' | 'renewals' | 'locale' | 'quoteRenewal'>) {
  const t = textsOf(locale);
  const title = useId();
  return (
    <section class="block" aria-labelledby={title}>
      <h2 id={title}>{t.keys}</h2>
      {view.tokens.length === 0 &&
        (view.problem || view.looking ? (
          <p class="quiet">{t.keysUnknown}</p>
        ) : (
          <div class="card empty">
            <p class="strong">{t.noKey}</p>
            <p class="quiet">{t.noKeyHint}</p>
          </div>
        ))}
      {view.tokens.map(token => (
        <div key={token.token} class="token">
          <TokenHead token={token} locale={locale} />
          {token.problem && <ErrorMessage error={token.problem} locale={locale} />}
          <ul class="certificates">
            {token.certificates.map(certificate => (
              <Certificate
                key={certificate.certificate}
                certificate={certificate}
                token={token}
                seals={sealsOn(certificate, token)}
                renewal={renewals.find(renewal => renewal.certificate === certificate.certificate)}
                locale={locale}
                quoteRenewal={quoteRenewal}
              />
            ))}
          </ul>
          {token.certificates.length === 0 && !token.problem && (
            <ErrorMessage error={{ code: 'token-empty', params: {} }} locale={locale} tone="plain" />
          )}
          <OtherSeals token={token} locale={locale} />
        </div>
      ))}
    </section>
  );
}

/** The seals that a certificate may use. The encryption half of a pair does not say again what the other one says. */
function sealsOn(certificate: CertificateView, { certificates, seals }: TokenView): SealView[] {
  const own = ownSeals(certificate, seals);
  if (!encrypts(certificate)) return own;
  const others = certificates.filter(other => !encrypts(other));
  return own.filter(seal => !others.some(other => seal.certificates.includes(other.certificate)));
}

function ownSeals({ certificate }: CertificateView, seals: readonly SealView[]): SealView[] {
  return seals.filter(seal => seal.certificates.includes(certificate));
}

/**
 * Whether to say that there is no 国标印章: where nothing in the key can be set on a document, and no seal of the
 * certificate says why itself.
 */
function lacksSeal(certificate: CertificateView, { problem, certificates, seals }: TokenView): boolean {
  if (problem || certificate.problem || certificate.algorithm !== 'sm2-sm3') return false;
  const usable = certificates.filter(other => !other.problem);
  return (
    ownSeals(certificate, seals).length === 0 &&
    !usable.some(other => ownSeals(other, seals).some(seal => !seal.problem))
  );
}

/** Seals that no certificate in the key may use, and objects that can't be read. */
function OtherSeals({ token: { certificates, seals }, locale }: { token: TokenView; locale: Locale }) {
  const title = useId();
  const others = seals.filter(seal => !certificates.some(({ certificate }) => seal.certificates.includes(certificate)));
  if (others.length === 0) return null;
  return (
    <>
      <p class="quiet" id={title}>
        {textsOf(locale).otherSeals}
      </p>
      <ul class="certificates" aria-labelledby={title}>
        {others.map((seal, at) => (
          <li key={`${at} ${seal.seal}`} class="card certificate">
            <SealInKey seal={seal} locale={locale} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** A seal with what is wrong with it, or to be known. */
function SealInKey({ seal, locale, ending = true }: { seal: SealView; locale: Locale; ending?: boolean }) {
  return (
    <>
      <SealEntry seal={seal} locale={locale} />
      {seal.problem && (
        <div class="reason">
          <p class="strong">{wordsOf(seal.problem, locale).message}</p>
          <p>{wordsOf(seal.problem, locale).remedy}</p>
        </div>
      )}
      {seal.findings
        .filter(({ code, severity }) => severity === 'warning' && (ending || code !== 'seal-ends-soon'))
        .map(finding => (
          <ErrorMessage key={finding.code} error={finding} locale={locale} tone="warning" />
        ))}
      <SealDetails seal={seal} locale={locale} />
    </>
  );
}

function Certificate({
  certificate,
  token,
  seals,
  renewal,
  locale,
  quoteRenewal,
}: Pick<WorkspaceProps, 'locale' | 'quoteRenewal'> & {
  certificate: CertificateView;
  token: TokenView;
  /** Those that it may use. */
  seals: readonly SealView[];
  renewal: Renewal | undefined;
}) {
  const t = textsOf(locale);
  const { problem, findings } = certificate;
  // The next step says what they advise, and how.
  const next = isNextStep(certificate, renewal);
  return (
    <li class="card certificate">
      <Holder certificate={certificate} locale={locale} />
      <CertificateFacts certificate={certificate} locale={locale} />
      {problem && (
        <div class="reason">
          <p class="strong">{wordsOf(problem, locale).message}</p>
          {!next && <p>{wordsOf(problem, locale).remedy}</p>}
        </div>
      )}
      {findings
        .filter(({ code, severity }) => severity === 'warning' && !(next && code === 'certificate-ends-soon'))
        .map(finding => (
          <ErrorMessage key={finding.code} error={finding} locale={locale} tone="warning" />
        ))}
      <TrustProblem certificate={certificate} locale={locale} />
      {seals.length > 0 && (
        <ul class="seals" aria-label={t.sealsOf(visible(certificate.holder))}>
          {seals.map(seal => (
            <li key={seal.seal} class="seal-in-key">
              <SealInKey seal={seal} locale={locale} ending={!next} />
            </li>
          ))}
        </ul>
      )}
      {!next && lacksSeal(certificate, token) && (
        <ErrorMessage error={{ code: 'seal-missing', params: {} }} locale={locale} tone="plain" />
      )}
      {renewal && (
        <RenewalPart
          certificate={certificate}
          renewal={renewal}
          locale={locale}
          change={order => quoteRenewal(certificate.certificate, order)}
        />
      )}
      <CertificateDetails certificate={certificate} token={token} locale={locale} />
    </li>
  );
}
