//! The keys: certificates with their seals, what is wrong with them, and what a renewal costs. What to do about it is
//! said once, by the advice.

import type { CatalogueError, CertificateView, Locale, SealView, TokenView } from '@yinxin/proto';
import { visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage, Prose } from '@yinxin/ui/parts.js';
import { useId } from 'preact/hooks';
import type { Advice, Renewal } from '../relay.js';
import { ENDS } from '../ui/notices.js';
import { CertificateDetails, CertificateFacts, encrypts, Holder, TokenHead, TrustProblem } from '../ui/parts.js';
import { SealDetails, SealEntry } from '../ui/seals.js';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';
import { RenewalPart } from './renewal.js';

/** The keys that are inserted. */
export function Keys({
  view,
  renewals,
  advice,
  locale,
  quoteRenewal,
  refresh,
}: Pick<WorkspaceProps, 'view' | 'renewals' | 'advice' | 'locale' | 'quoteRenewal' | 'refresh'>) {
  const t = textsOf(locale);
  return (
    <section class="block keys" aria-labelledby="keys">
      <div class="heading-act">
        <h2 id="keys" tabIndex={-1}>
          {t.keys}
        </h2>
        {!view.looking && (
          <button type="button" class="link" onClick={refresh}>
            {t.refresh}
          </button>
        )}
      </div>
      {view.tokens.length === 0 &&
        (view.problem || view.looking ? (
          <p class="quiet">{t.keysUnknown}</p>
        ) : (
          <div class="card empty">
            {!advice && <p class="strong">{t.noKey}</p>}
            <p>{t.noKeyHint}</p>
            <p>
              <a href="#check">{t.findOutWhy}</a>
            </p>
          </div>
        ))}
      {view.tokens.map(token => (
        <Key
          key={token.token}
          token={token}
          advised={advisedOf(token, advice)}
          renewals={renewals}
          locale={locale}
          quoteRenewal={quoteRenewal}
        />
      ))}
    </section>
  );
}

/** Whether the advice says what to do about a problem. */
interface Advised {
  (problem: { readonly code: string }): boolean;
  /** Whether there is advice at all: then its silence means something. */
  readonly known: boolean;
  /** The certificate of whose renewal it tells first what it costs, by its SHA-256. */
  readonly priced: string | undefined;
}

function advisedOf({ token }: TokenView, advice: Advice | undefined): Advised {
  const codes = new Set(advice?.findings.filter(({ place }) => place === token).map(({ code }) => code as string));
  // Of one that was renewed the advice says otherwise than the certificate alone would.
  if (codes.has('expired-beside-valid')) codes.add('certificate-expired');
  const [first] = advice?.findings ?? [];
  return Object.assign(({ code }: { readonly code: string }) => codes.has(code), {
    known: advice !== undefined,
    priced: first?.order?.service === 'renewal' ? first.about?.certificate : undefined,
  });
}

function Key({
  token,
  advised,
  renewals,
  locale,
  quoteRenewal,
}: Pick<WorkspaceProps, 'renewals' | 'locale' | 'quoteRenewal'> & { token: TokenView; advised: Advised }) {
  const t = textsOf(locale);
  const head = advised({ code: 'pin-initial' }) ? { ...token, initialPin: false } : token;
  const empty: CatalogueError = { code: 'token-empty', params: {} };
  const halves = token.certificates.filter(certificate => isHalf(certificate, token));
  const cards = (certificates: readonly CertificateView[]) => (
    <ul class="certificates">
      {certificates.map(certificate => (
        <Certificate
          key={certificate.certificate}
          certificate={certificate}
          token={token}
          seals={sealsOn(certificate, token)}
          advised={advised}
          renewal={renewals.find(renewal => renewal.certificate === certificate.certificate)}
          locale={locale}
          quoteRenewal={quoteRenewal}
        />
      ))}
    </ul>
  );
  return (
    <div class="token">
      <TokenHead token={head} locale={locale} />
      {token.problem && <Problem error={token.problem} advised={advised(token.problem)} locale={locale} />}
      {cards(token.certificates.filter(certificate => !halves.includes(certificate)))}
      {halves.length > 0 && (
        <details class="more">
          <summary>{t.encryptionCertificates(halves.length)}</summary>
          {cards(halves)}
        </details>
      )}
      {token.certificates.length === 0 && !token.problem && (
        <Problem error={empty} advised={advised(empty)} locale={locale} />
      )}
      <OtherSeals token={token} advised={advised} locale={locale} />
    </div>
  );
}

/** What is wrong: where the advice says what to do, in one line that leads there, unless another one does. */
function Problem({
  error,
  advised,
  linked = true,
  locale,
}: {
  error: CatalogueError;
  advised: boolean;
  linked?: boolean;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const { message, remedy } = wordsOf(error, locale);
  // The days stand above it.
  const told = advised && ENDS.has(error.code);
  if (told && !linked) return null;
  return (
    <div class="reason">
      {!told && <p class="strong">{message}</p>}
      {!advised && (
        <p>
          <Prose>{remedy}</Prose>
        </p>
      )}
      {advised && linked && (
        <p>
          <a href="#advice">{t.seeAdvice}</a>
        </p>
      )}
    </div>
  );
}

/** Whether a certificate is for encryption beside one that signs, and nothing more is to be said of it. */
function isHalf(certificate: CertificateView, token: TokenView): boolean {
  return (
    encrypts(certificate) &&
    token.certificates.some(other => !encrypts(other)) &&
    sealsOn(certificate, token).length === 0
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
function OtherSeals({
  token: { certificates, seals },
  advised,
  locale,
}: {
  token: TokenView;
  advised: Advised;
  locale: Locale;
}) {
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
            <SealInKey seal={seal} advised={advised} locale={locale} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whether something ends of which the advice is silent: it was renewed in another key. */
function isRenewedElsewhere(finding: { readonly code: string }, advised: Advised): boolean {
  return advised.known && ENDS.has(finding.code) && !advised(finding);
}

/** A seal with what is wrong with it, or to be known. `ending`: the advice on its certificate tells of it. */
function SealInKey({
  seal,
  advised,
  ending = false,
  locale,
}: {
  seal: SealView;
  advised: Advised;
  ending?: boolean;
  locale: Locale;
}) {
  return (
    <>
      <SealEntry seal={seal} locale={locale} />
      {seal.problem && (
        <Problem error={seal.problem} advised={ending || advised(seal.problem)} linked={!ending} locale={locale} />
      )}
      {seal.findings
        .filter(
          finding =>
            finding.severity === 'warning' && !ending && !advised(finding) && !isRenewedElsewhere(finding, advised),
        )
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
  advised,
  renewal,
  locale,
  quoteRenewal,
}: Pick<WorkspaceProps, 'locale' | 'quoteRenewal'> & {
  certificate: CertificateView;
  token: TokenView;
  /** Those that it may use. */
  seals: readonly SealView[];
  advised: Advised;
  renewal: Renewal | undefined;
}) {
  const t = textsOf(locale);
  const { problem, findings } = certificate;
  const missing: CatalogueError = { code: 'seal-missing', params: {} };
  // The advice on a certificate that ends tells of its seal as well.
  const ending = [problem, ...findings].some(
    known => (known?.code === 'certificate-expired' || known?.code === 'certificate-ends-soon') && advised(known),
  );
  return (
    <li class="card certificate">
      <Holder certificate={certificate} locale={locale} />
      <CertificateFacts certificate={certificate} locale={locale} />
      {problem && !isHalf(certificate, token) && <Problem error={problem} advised={advised(problem)} locale={locale} />}
      {findings
        .filter(known => known.severity === 'warning' && !isRenewedElsewhere(known, advised))
        .map(finding => (
          <Problem key={finding.code} error={finding} advised={advised(finding)} locale={locale} />
        ))}
      <TrustProblem certificate={certificate} locale={locale} />
      {seals.length > 0 && (
        <ul class="seals" aria-label={t.sealsOf(visible(certificate.holder))}>
          {seals.map(seal => (
            <li key={seal.seal} class="seal-in-key">
              <SealInKey seal={seal} advised={advised} ending={ending} locale={locale} />
            </li>
          ))}
        </ul>
      )}
      {!ending && lacksSeal(certificate, token) && (
        <Problem error={missing} advised={advised(missing)} locale={locale} />
      )}
      {renewal && (
        <RenewalPart
          certificate={certificate}
          renewal={renewal}
          told={advised.priced === certificate.certificate}
          locale={locale}
          change={order => quoteRenewal(certificate.certificate, order)}
        />
      )}
      <CertificateDetails certificate={certificate} token={token} locale={locale} />
    </li>
  );
}
