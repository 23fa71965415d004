//! The user's own page: host, keys with their certificates, sites, and what the product is.

import type { Locale, WorkspaceView } from '@yinxin/proto';
import { SITES } from '@yinxin/proto';
import { useId, useState } from 'preact/hooks';
import type { AddedSite, Typed } from '../sites.js';
import { day, textsOf, visible, wordsOf } from '../ui/language.js';
import {
  CertificateDetails,
  CertificateFacts,
  ErrorMessage,
  Foreign,
  Holder,
  Message,
  TokenHead,
} from '../ui/parts.js';
import { Seal } from '../ui/seal.js';

/** What the page needs from outside. */
export interface WorkspaceProps {
  readonly view: WorkspaceView;
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
      </header>
      <main>
        <h1>{t.workspaceTitle}</h1>
        <p class="lead">{t.workspaceLead}</p>
        <Host {...props} />
        <Keys view={view} locale={locale} />
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

function Keys({ view, locale }: { view: WorkspaceView; locale: Locale }) {
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
              <li key={certificate.certificate} class="card certificate">
                <Holder certificate={certificate} locale={locale} />
                <CertificateFacts certificate={certificate} locale={locale} />
                {certificate.problem && (
                  <div class="reason">
                    <p class="strong">{wordsOf(certificate.problem, locale).message}</p>
                    <p>{wordsOf(certificate.problem, locale).remedy}</p>
                  </div>
                )}
                {certificate.findings
                  .filter(finding => finding.severity === 'warning')
                  .map(finding => (
                    <ErrorMessage key={finding.code} error={finding} locale={locale} tone="warning" />
                  ))}
                <CertificateDetails certificate={certificate} locale={locale} />
              </li>
            ))}
          </ul>
          {token.certificates.length === 0 && !token.problem && (
            <ErrorMessage error={{ code: 'token-empty', params: {} }} locale={locale} tone="plain" />
          )}
        </div>
      ))}
    </section>
  );
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
                <span class="quiet">{t.addedOn(day(site.added, locale))}</span>
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
