//! What was done with the user's keys, by site: shown, saved as a file, erased.

import type { Locale } from '@yinxin/proto';
import { time, visible } from '@yinxin/ui/language.js';
import { Foreign, Message } from '@yinxin/ui/parts.js';
import { Fragment } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { type Entry, MAX_ENTRIES } from '../background/history.js';
import { builtIn } from '../sites.js';
import { textsOf } from '../ui/texts.js';
import { Erase } from './erase.js';
import { historyCsv } from './export.js';
import type { WorkspaceProps } from './props.js';
import { save } from './save.js';

/** The history. */
export function History({
  history,
  added,
  managed,
  settings: { settings },
  locale,
  eraseHistory,
}: Pick<WorkspaceProps, 'history' | 'added' | 'managed' | 'settings' | 'locale' | 'eraseHistory'>) {
  const t = textsOf(locale);
  const heading = useRef<HTMLHeadingElement>(null);
  const [news, setNews] = useState('');
  const sites = [...new Set(history.map(({ origin }) => origin))];
  const erase = (origin?: string) => {
    // The button goes with what it erased; who uses the keyboard stays in the section.
    heading.current?.focus();
    eraseHistory(origin).then(
      () => setNews(t.historyErased),
      () => setNews(t.historyNotErased),
    );
  };
  return (
    <section class="block" aria-labelledby="history">
      <h2 id="history" class="visually-hidden" ref={heading} tabIndex={-1}>
        {t.history}
      </h2>
      <p class="quiet">{settings.sharedComputer ? t.historyOff : t.historyLead(MAX_ENTRIES)}</p>
      {settings.sharedComputer && history.length > 0 && (
        <Message tone="warning">
          <p>{t.historyLeft(history.length)}</p>
        </Message>
      )}
      {history.length === 0 && !settings.sharedComputer && (
        <div class="card empty">
          <p>{t.historyEmpty}</p>
          <p>
            <a href="#sites">{t.historySites}</a>
          </p>
        </div>
      )}
      {sites.length > 0 && (
        <>
          <ul class="history">
            {sites.map(origin => (
              <Site
                key={origin}
                origin={origin}
                entries={history.filter(entry => entry.origin === origin)}
                allowed={builtIn(origin) !== undefined || [...managed, ...added].some(site => site.origin === origin)}
                locale={locale}
                erase={() => erase(origin)}
              />
            ))}
          </ul>
          <div class="history-acts">
            <button
              type="button"
              class="secondary"
              onClick={() => save('yinxin-history.csv', 'text/csv', historyCsv(history, locale))}
            >
              {t.historyCsv}
            </button>
            <Erase
              kind="secondary"
              label={t.historyEraseAll}
              question={t.historyEraseAllQuestion(history.length)}
              locale={locale}
              erase={() => erase()}
            />
          </div>
        </>
      )}
      <p class="told" role="status">
        {news}
      </p>
    </section>
  );
}

function Site({
  origin,
  entries,
  allowed,
  locale,
  erase,
}: {
  origin: string;
  /** Newest first; at least one. */
  entries: readonly Entry[];
  /** It may still ask. */
  allowed: boolean;
  locale: Locale;
  erase(): void;
}) {
  const t = textsOf(locale);
  const [open, setOpen] = useState(false);
  const [all, setAll] = useState(false);
  const shown = all ? entries : entries.slice(0, SHOWN);
  return (
    <li class="card history-site">
      <p class="holder">
        <span class="site-origin">
          <Foreign>{origin}</Foreign>
        </span>
        {!allowed && <span class="chip">{t.historyNotAllowed}</span>}
      </p>
      <p class="quiet">{t.historySummary(entries.length, time(entries[0]?.at ?? '', locale))}</p>
      <details class="more" onToggle={event => setOpen(event.currentTarget.open)}>
        <summary aria-label={t.historyShowOf(visible(origin))}>{t.historyShow}</summary>
        {open && (
          <ol class="entries">
            {shown.map((entry, at) => (
              <EntryLine key={`${entry.at} ${at}`} entry={entry} locale={locale} />
            ))}
          </ol>
        )}
        {open && shown.length < entries.length && (
          <button type="button" class="link" onClick={() => setAll(true)}>
            {t.historyMore(entries.length - shown.length)}
          </button>
        )}
      </details>
      <Erase
        kind="link"
        label={t.historyErase}
        named={t.historyEraseOf(visible(origin))}
        question={t.historyEraseQuestion(visible(origin), entries.length)}
        locale={locale}
        erase={erase}
      />
    </li>
  );
}

function EntryLine({ entry, locale }: { entry: Entry; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <li class="entry">
      <p>
        <span class="strong">{t.historyActs[entry.act]}</span>{' '}
        <time class="quiet" dateTime={entry.at}>
          {time(entry.at, locale)}
        </time>
      </p>
      <p class="quiet">
        <Foreign>{entry.holder}</Foreign>
        {entry.seal !== undefined && (
          <>
            {' · '}
            {t.historySeal} <Foreign>{entry.seal}</Foreign>
          </>
        )}
      </p>
      {entry.documents.length > 0 && (
        <ul class="entry-documents">
          {entry.documents.map((document, at) => (
            <li key={`${at} ${document.sm3}`}>
              <Foreign>{document.name}</Foreign>
              {!document.seen && <span class="chip chip-mark">{t.unseenMark}</span>}
            </li>
          ))}
        </ul>
      )}
      <details class="more">
        <summary>{t.historyDigests}</summary>
        <dl class="pairs">
          {entry.documents.map((document, at) => (
            <Fragment key={`${at} ${document.sm3}`}>
              <dt class="pairs-title">
                <Foreign>{document.name}</Foreign>
              </dt>
              <dt>SM3</dt>
              <dd class="code">{visible(document.sm3)}</dd>
            </Fragment>
          ))}
          <dt class="pairs-title">{t.historyCertificate}</dt>
          <dt>SHA-256</dt>
          <dd class="code">{visible(entry.certificate)}</dd>
        </dl>
      </details>
    </li>
  );
}

/** Entries of a site that are shown at first. */
const SHOWN = 20;
