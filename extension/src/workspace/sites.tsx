//! The sites that may use the product.

import { SITES } from '@yinxin/proto';
import { day } from '@yinxin/ui/language.js';
import { Foreign } from '@yinxin/ui/parts.js';
import { useId, useState } from 'preact/hooks';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** The sites that may ask: listed ones, those of an administrator's policy, and those that the user added or adds. */
export function Sites({
  added,
  managed,
  history,
  locale,
  read,
  add,
  remove,
  allowSite,
}: Pick<WorkspaceProps, 'added' | 'managed' | 'history' | 'locale' | 'read' | 'add' | 'remove' | 'allowSite'>) {
  const t = textsOf(locale);
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
    <section class="block" aria-labelledby="sites">
      <h2 id="sites" tabIndex={-1}>
        {t.sites}
      </h2>
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
            <LastUse origin={site.origin} history={history} locale={locale} />
          </li>
        ))}
      </ul>
      {managed.length > 0 && (
        <>
          <h3>{t.sitesManaged}</h3>
          <ul class="sites card">
            {managed.map(({ origin, kind, permitted }) => (
              <li key={origin}>
                <span class="site-origin">
                  <Foreign>{origin}</Foreign>
                </span>
                <span class="quiet">{t.siteKind[kind]}</span>
                <LastUse origin={origin} history={history} locale={locale} />
                {!permitted && (
                  <>
                    <span class="problem">{t.doctorSiteClosed}</span>
                    <button
                      type="button"
                      class="secondary"
                      aria-label={t.doctorAllowOf(origin)}
                      onClick={() => {
                        // Nothing may come between the click and the browser's question.
                        allowSite(origin).then(
                          agreed => setNews(agreed ? t.sitePermitted(origin) : t.doctorNotAllowed),
                          () => setNews(t.doctorNotAllowed),
                        );
                      }}
                    >
                      {t.doctorAllow}
                    </button>
                  </>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
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
                <LastUse origin={site.origin} history={history} locale={locale} />
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

/** When the user last consented to something that a site asked. */
function LastUse({ origin, history, locale }: Pick<WorkspaceProps, 'history' | 'locale'> & { origin: string }) {
  const last = history.find(entry => entry.origin === origin);
  if (!last) return null;
  return <span class="quiet">{textsOf(locale).siteLastUse(day(last.at, locale))}</span>;
}
