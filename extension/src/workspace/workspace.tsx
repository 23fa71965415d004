//! The user's own page: host, keys with their certificates, sites, and what the product is.

import type {
  AnchorNews,
  AnchorView,
  CatalogueError,
  CertificateView,
  Locale,
  RenewalOrder,
  SealView,
  TokenView,
  WorkspaceView,
} from '@yinxin/proto';
import { MAX_ANCHORS, SITES } from '@yinxin/proto';
import { DropPlace, FileButton } from '@yinxin/ui/file.js';
import { day, visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message } from '@yinxin/ui/parts.js';
import { Seal } from '@yinxin/ui/seal.js';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Renewal } from '../relay.js';
import type { AddedSite, Typed } from '../sites.js';
import { CertificateDetails, CertificateFacts, encrypts, Holder, TokenHead, TrustProblem } from '../ui/parts.js';
import { SealDetails, SealEntry } from '../ui/seals.js';
import { textsOf } from '../ui/texts.js';
import { isNextStep, RenewalPart } from './renewal.js';

/** What the page needs from outside. */
export interface WorkspaceProps {
  readonly view: WorkspaceView;
  readonly renewals: readonly Renewal[];
  readonly added: readonly AddedSite[];
  readonly locale: Locale;
  /** Looks at host and keys again. */
  refresh(): void;
  /** Reads a typed address. */
  read(address: string): Typed;
  /** Adds a site; answers whether the user agreed in the browser's own question. */
  add(origin: string): Promise<boolean>;
  /** Removes a site. */
  remove(origin: string): Promise<void>;
  /** Adds the certificates of a file as trust anchors; what came of it comes with a view. Answers why it was not tried. */
  addAnchors(file: File): Promise<'too-large' | 'unreadable' | undefined>;
  /** Removes one, by its SHA-256. */
  removeAnchor(certificate: string): void;
  /** Asks what the renewal of a certificate costs in another way. */
  quoteRenewal(certificate: string, order: RenewalOrder): void;
}

/** The whole page. */
export function Workspace(props: WorkspaceProps) {
  const { view, locale } = props;
  const t = textsOf(locale);
  return (
    <div class="workspace">
      <header class="brand">
        <Seal />
        <span class="brand-name">{t.product}</span>
        <a class="link" href="calculator.html">
          {t.calculator}
        </a>
      </header>
      <main>
        <h1>{t.workspaceTitle}</h1>
        <p class="lead">{t.workspaceLead}</p>
        <Host {...props} />
        <Keys {...props} />
        <Anchors {...props} />
        <Sites {...props} />
        <About view={view} locale={locale} />
      </main>
    </div>
  );
}

function Host({ view, locale, refresh }: WorkspaceProps) {
  const t = textsOf(locale);
  const title = useId();
  const problems = view.modules.filter(module => module.problem);
  return (
    <section class="block" aria-labelledby={title}>
      <h2 id={title}>{t.host}</h2>
      <div role="status">
        {view.looking ? (
          <p class="looking">
            <span class="spinner" aria-hidden="true" />
            {t.hostLooking}
          </p>
        ) : view.problem ? (
          <ErrorMessage error={view.problem} locale={locale} />
        ) : (
          <Message tone="good">
            <p>{t.hostReady(view.host ?? '')}</p>
          </Message>
        )}
      </div>
      {view.modules.length > 0 && (
        <details class="more" open={problems.length > 0}>
          <summary>{problems.length > 0 ? t.moduleProblems(problems.length) : t.modules}</summary>
          <ul class="modules">
            {view.modules.map(module => (
              <li key={module.path}>
                <p>
                  <span class="strong">{visible(module.name)}</span>{' '}
                  <span class="code quiet">{visible(module.path)}</span>
                </p>
                {module.problem ? (
                  <ErrorMessage error={module.problem} locale={locale} tone="warning" />
                ) : (
                  <p class="quiet">{t.moduleWorks}</p>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {!view.looking && (
        <p>
          <button type="button" class="secondary" onClick={refresh}>
            {t.refresh}
          </button>
        </p>
      )}
    </section>
  );
}

function Keys({ view, renewals, locale, quoteRenewal }: WorkspaceProps) {
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

/** Whom the user trusts to issue certificates, beside the product's own list. */
function Anchors({ view, locale, addAnchors, removeAnchor }: WorkspaceProps) {
  const t = textsOf(locale);
  const title = useId();
  const hint = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [reading, setReading] = useState(false);
  /** Why a file was not tried: in place of the last news. */
  const [told, setTold] = useState<string>();
  const full = view.anchors.length >= MAX_ANCHORS;

  // A new view answers what was sent.
  useEffect(() => setReading(false), [view]);

  const take = (file: File) => {
    if (full) return;
    setTold(undefined);
    setReading(true);
    void addAnchors(file).then(problem => {
      if (!problem) return;
      setReading(false);
      setTold(problem === 'too-large' ? t.anchorTooLarge : t.anchorFileUnreadable);
    });
  };

  return (
    <section class="block" aria-labelledby={title}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        {t.anchors}
      </h2>
      {view.national > 1 && <p class="quiet">{t.anchorsBuiltIn(view.national - 1, view.nationalListed)}</p>}
      <p class="quiet">{t.anchorsMeaning}</p>
      {view.anchors.length > 0 && (
        <ul class="anchors">
          {view.anchors.map(anchor => (
            <Anchor
              key={anchor.certificate}
              anchor={anchor}
              locale={locale}
              remove={() => {
                setTold(undefined);
                removeAnchor(anchor.certificate);
                // The button goes with its card; who uses the keyboard stays in the section.
                heading.current?.focus();
              }}
            />
          ))}
        </ul>
      )}
      <DropPlace
        class="drop"
        take={files => {
          const [file] = files;
          if (files.length > 1) setTold(t.anchorOneFile);
          else if (file) take(file);
        }}
      >
        <FileButton
          kind="secondary"
          accept=".der,.cer,.crt,.pem,.p7b,.p7c"
          disabled={full}
          describedBy={hint}
          take={take}
        >
          {t.anchorChoose}
        </FileButton>
        <p class="quiet" id={hint}>
          {full ? t.anchorsFull(MAX_ANCHORS) : t.anchorHint}
        </p>
      </DropPlace>
      <div class="news" role="status">
        {reading ? (
          <p>{t.anchorReading}</p>
        ) : told !== undefined ? (
          <p>{told}</p>
        ) : (
          view.anchorNews && <News news={view.anchorNews} locale={locale} />
        )}
      </div>
    </section>
  );
}

function Anchor({ anchor, locale, remove }: { anchor: AnchorView; locale: Locale; remove(): void }) {
  const t = textsOf(locale);
  return (
    <li class="card certificate">
      <p class="holder">
        <span class="holder-name">
          <Foreign>{anchor.name}</Foreign>
        </span>
        <span class="chip">{anchor.managed ? t.anchorByPolicy : t.anchorByUser}</span>
        {!anchor.managed && (
          <button type="button" class="link" aria-label={t.removeNamed(visible(anchor.name))} onClick={remove}>
            {t.remove}
          </button>
        )}
      </p>
      {anchor.findings.map(finding => (
        <Message key={finding.code} tone="warning">
          <p>{wordsOf(finding, locale).message}</p>
        </Message>
      ))}
      <dl class="pairs">
        <dt>{t.anchorName}</dt>
        <dd>
          <Foreign>{anchor.subject}</Foreign>
        </dd>
        {anchor.issuer !== anchor.subject && (
          <>
            <dt>{t.issuer}</dt>
            <dd>
              <Foreign>{anchor.issuer}</Foreign>
            </dd>
          </>
        )}
        <dt>{t.validFrom}</dt>
        <dd>
          {day(anchor.notBefore, locale)} – {day(anchor.notAfter, locale)}
        </dd>
        <dt>{t.fingerprint}</dt>
        <dd class="code">{visible(anchor.certificate)}</dd>
      </dl>
    </li>
  );
}

/** What came of the last change of the anchors, or what keeps them from being read. */
function News({ news, locale }: { news: AnchorNews; locale: Locale }) {
  const t = textsOf(locale);
  switch (news.type) {
    case 'added':
      if (news.names.length === 0) return <p>{t.anchorsPresent}</p>;
      return (
        <Message tone="good">
          <p>{t.anchorsAdded(news.names.map(visible).join(t.separator))}</p>
        </Message>
      );
    case 'removed':
      return <p>{t.anchorRemoved(visible(news.name))}</p>;
    case 'refused':
      return <Refused error={news.error} locale={locale} />;
    default:
      return news satisfies never;
  }
}

/** The catalogue says what happened; its advice is for a certificate of the user's own, so here is another. */
function Refused({ error, locale }: { error: CatalogueError; locale: Locale }) {
  const t = textsOf(locale);
  const words = wordsOf(error, locale);
  switch (error.code) {
    case 'certificate-not-found':
      return <p>{t.anchorGone}</p>;
    case 'certificate-unreadable':
      return (
        <Message tone="warning">
          <p class="strong">{t.anchorsUnchanged}</p>
          <p>{words.message}</p>
          <p>{t.anchorFileHint}</p>
        </Message>
      );
    case 'configuration-invalid':
    case 'file-failed':
      return (
        <Message tone="warning">
          <p class="strong">{error.code === 'file-failed' ? t.anchorsStorage : t.anchorsPolicy}</p>
          <p>{words.message}</p>
        </Message>
      );
    default:
      return <ErrorMessage error={error} locale={locale} tone="warning" />;
  }
}

function Sites({ added, locale, read, add, remove }: WorkspaceProps) {
  const t = textsOf(locale);
  const title = useId();
  const field = useId();
  const [address, setAddress] = useState('');
  const [problem, setProblem] = useState('');
  const [news, setNews] = useState('');

  const submit = () => {
    setNews('');
    const typed = read(address);
    if ('problem' in typed) return setProblem(t.siteProblem[typed.problem]);
    setProblem('');
    // Nothing may come between the click and the browser's question.
    add(typed.origin).then(
      agreed => {
        if (agreed) setAddress('');
        setNews(agreed ? t.siteAdded(typed.origin) : t.siteRefused);
      },
      () => setNews(t.siteRefused),
    );
  };

  return (
    <section class="block" aria-labelledby={title}>
      <h2 id={title}>{t.sites}</h2>
      <p class="quiet">{t.sitesLead}</p>
      <h3>{t.sitesListed}</h3>
      <p class="quiet">{t.sitesListedNote}</p>
      <ul class="sites card">
        {SITES.map(site => (
          <li key={site.origin}>
            <span class="site-origin">{site.origin}</span>
            <span class="quiet">
              {site.name} · {t.siteKind[site.kind]}
            </span>
          </li>
        ))}
      </ul>
      {added.length > 0 && (
        <>
          <h3>{t.sitesAdded}</h3>
          <ul class="sites card">
            {added.map(site => (
              <li key={site.origin}>
                <span class="site-origin">
                  <Foreign>{site.origin}</Foreign>
                </span>
                <span class="quiet">{t.addedOn(day(site.added, locale, 'local'))}</span>
                <button
                  type="button"
                  class="link"
                  aria-label={t.removeNamed(site.origin)}
                  onClick={() => void remove(site.origin).then(() => setNews(t.siteRemoved(site.origin)))}
                >
                  {t.remove}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{t.addSite}</h3>
      <form
        class="add-site"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          submit();
        }}
      >
        <label for={field}>{t.addSiteLabel}</label>
        <div class="field-row">
          <input
            id={field}
            type="url"
            inputMode="url"
            autocomplete="off"
            spellcheck={false}
            value={address}
            aria-invalid={problem !== ''}
            aria-describedby={`${field}-hint ${field}-problem`}
            onInput={event => setAddress(event.currentTarget.value)}
          />
          <button type="submit" class="secondary">
            {t.add}
          </button>
        </div>
        <p class="quiet" id={`${field}-hint`}>
          {t.addSiteHint}
        </p>
        <p class="problem" id={`${field}-problem`} role="alert">
          {problem}
        </p>
        <p role="status">{news}</p>
      </form>
    </section>
  );
}

function About({ view, locale }: { view: WorkspaceView; locale: Locale }) {
  const t = textsOf(locale);
  const title = useId();
  return (
    <section class="block about" aria-labelledby={title}>
      <h2 id={title}>{t.about}</h2>
      <p class="strong">{t.independence}</p>
      <p>{t.aboutPin}</p>
      <p>{t.aboutLimits}</p>
      <p class="quiet">
        {t.extensionVersion(view.extension)} · {t.licence}
      </p>
    </section>
  );
}
