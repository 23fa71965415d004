//! The small page behind the extension's icon: what to do next, the keys, and where there is more.

import type { CatalogueError, CertificateView, Locale, WorkspaceView } from '@yinxin/proto';
import { ErrorMessage, Foreign, Message, Prose } from '@yinxin/ui/parts.js';
import { Seal } from '@yinxin/ui/seal.js';
import { useId, useRef } from 'preact/hooks';
import type { Notice } from '../background/notices.js';
import type { Advice, Advised } from '../relay.js';
import { TONES, Whose, whichOf } from '../ui/advised.js';
import { Notices } from '../ui/notices.js';
import { encrypts } from '../ui/parts.js';
import { textsOf } from '../ui/texts.js';
import { keyNamed } from '../ui/whose.js';

/** What the page needs from outside. */
export interface PopupProps {
  readonly view: WorkspaceView;
  /** Consent windows that wait for the user. */
  readonly waiting: number;
  /** Origins whose pages hold a session with a key. */
  readonly sessions: readonly string[];
  /** Absent while host and keys are looked at. */
  readonly advice: Advice | undefined;
  /** Why there is none. */
  readonly adviceProblem: CatalogueError | undefined;
  /** Certificates that end, of which the user took no note yet. */
  readonly notices: readonly Notice[];
  readonly locale: Locale;
  /** The user took note of them. */
  noteNotices(): void;
  /** Brings the windows that wait to the front. */
  showWindow(): void;
  /** Ends those sessions. */
  endSessions(): void;
}

/** The whole page. */
export function Popup({
  view,
  waiting,
  sessions,
  advice,
  adviceProblem,
  notices,
  locale,
  noteNotices,
  showWindow,
  endSessions,
}: PopupProps) {
  const t = textsOf(locale);
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  // The encryption half of a pair says nothing that the other does not.
  const certificates = view.tokens.flatMap(token => token.certificates).filter(known => !encrypts(known));
  const [first, ...others] = advice?.findings ?? [];
  return (
    <div class="popup">
      <header class="brand">
        <Seal />
        <h1 class="brand-name" ref={heading} tabIndex={-1}>
          {t.product}
        </h1>
      </header>
      <main>
        {waiting > 0 && (
          <Message tone="warning">
            <p class="popup-waiting">
              <span class="strong">{t.popupWaiting(waiting)}</span>
              <button type="button" class="link" onClick={showWindow}>
                {t.open}
              </button>
            </p>
          </Message>
        )}
        {sessions.map(origin => (
          <Message key={origin} tone="plain">
            <p class="popup-waiting">
              <span>
                <Foreign>{t.sessionOf(origin)}</Foreign>
              </span>
              <button type="button" class="link" onClick={endSessions}>
                {t.endSession}
              </button>
            </p>
          </Message>
        ))}
        <div role="status">
          {adviceProblem ? (
            <ErrorMessage error={adviceProblem} locale={locale} tone="warning" />
          ) : !advice ? (
            <p class="looking">
              <span class="spinner" aria-hidden="true" />
              {t.hostLooking}
            </p>
          ) : first ? (
            <NextStep advised={first} others={others} locale={locale} />
          ) : (
            <Message tone="good">
              <p>{t.popupNothing}</p>
            </Message>
          )}
        </div>
        <Notices
          notices={notices}
          tokens={view.tokens}
          findings={adviceProblem ? [] : advice?.findings}
          locale={locale}
          note={() => {
            noteNotices();
            heading.current?.focus();
          }}
        />
        {certificates.length > 0 && (
          <section class="block" aria-labelledby={title}>
            <h2 id={title}>{t.popupKeys}</h2>
            <ul class="card popup-keys">
              {certificates.map((certificate, at) => (
                <Line
                  key={`${at} ${certificate.certificate}`}
                  certificate={certificate}
                  keyName={keyNamed(certificate.certificate, view.tokens)}
                  locale={locale}
                />
              ))}
            </ul>
          </section>
        )}
      </main>
      <nav class="popup-links" aria-label={t.popupMore}>
        <a
          class="primary"
          href={first ? 'workspace.html#advice' : 'workspace.html'}
          target="_blank"
          rel="noopener noreferrer"
        >
          {first ? t.popupHow : t.openWorkspace}
        </a>
        <a class="secondary" href="calculator.html" target="_blank" rel="noopener noreferrer">
          {t.calculator}
        </a>
      </nav>
    </div>
  );
}

/** The first of what is to be done: why, and what to begin with. The rest stands in the workspace. */
function NextStep({ advised, others, locale }: { advised: Advised; others: readonly Advised[]; locale: Locale }) {
  const t = textsOf(locale);
  const { cause, steps, severity } = advised;
  return (
    <Message tone={TONES[severity]}>
      <Whose advised={advised} locale={locale} />
      <p class="strong">
        <Foreign>{cause[locale]}</Foreign>
      </p>
      {steps[0] && (
        <p>
          <Prose>{steps[0].text[locale]}</Prose>
        </p>
      )}
      {others.length > 0 && <p class="quiet">{t.adviceOthers(others.length, whichOf(others, advised, locale))}</p>}
    </Message>
  );
}

/** A certificate in one line: whose, in which key where that has to be said, and for how long. */
function Line({
  certificate: { holder, daysLeft },
  keyName,
  locale,
}: {
  certificate: CertificateView;
  keyName: string | undefined;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const ended = daysLeft < 0;
  return (
    <li class="popup-key">
      <span class="popup-holder">
        <Foreign>{holder}</Foreign>
        {keyName !== undefined && (
          <span class="quiet popup-in-key">
            <Foreign>{keyName}</Foreign>
          </span>
        )}
      </span>
      <span class={ended || daysLeft <= 60 ? 'days days-few' : 'days'}>
        {ended ? t.endedSince(-daysLeft) : t.daysLeft(daysLeft)}
      </span>
    </li>
  );
}
