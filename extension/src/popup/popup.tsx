//! The small page behind the extension's icon: what to do next, the keys, and where there is more.

import type { CertificateView, Locale, WorkspaceView } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message } from '@yinxin/ui/parts.js';
import { Seal } from '@yinxin/ui/seal.js';
import { useId, useRef } from 'preact/hooks';
import type { Notice } from '../background/notices.js';
import { Notices } from '../ui/notices.js';
import { textsOf } from '../ui/texts.js';
import { certificatesOf, nextStep, type Step } from './next-step.js';

/** What the page needs from outside. */
export interface PopupProps {
  readonly view: WorkspaceView;
  /** Certificates that end, of which the user took no note yet. */
  readonly notices: readonly Notice[];
  readonly locale: Locale;
  /** The user took note of them. */
  noteNotices(): void;
}

/** The whole page. */
export function Popup({ view, notices, locale, noteNotices }: PopupProps) {
  const t = textsOf(locale);
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const certificates = certificatesOf(view.tokens);
  const step = nextStep(view);
  // What the next step says anyway is said once.
  const further = notices.filter(
    ({ certificate }) => step.type !== 'renew' || certificate !== step.certificate.certificate,
  );
  return (
    <div class="popup">
      <header class="brand">
        <Seal />
        <h1 class="brand-name" ref={heading} tabIndex={-1}>
          {t.product}
        </h1>
        {view.host !== undefined && !view.problem && <span class="quiet popup-host">{t.hostReady(view.host)}</span>}
      </header>
      <main>
        <div role="status">
          <NextStep step={step} locale={locale} />
        </div>
        <Notices
          notices={further}
          tokens={view.tokens}
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
                <Line key={`${at} ${certificate.certificate}`} certificate={certificate} locale={locale} />
              ))}
            </ul>
          </section>
        )}
      </main>
      <nav class="popup-links" aria-label={t.popupMore}>
        <a class="primary" href="workspace.html" target="_blank" rel="noopener noreferrer">
          {t.openWorkspace}
        </a>
        <a class="secondary" href="calculator.html" target="_blank" rel="noopener noreferrer">
          {t.calculator}
        </a>
      </nav>
    </div>
  );
}

function NextStep({ step, locale }: { step: Step; locale: Locale }) {
  const t = textsOf(locale);
  switch (step.type) {
    case 'wait':
      return (
        <p class="looking">
          <span class="spinner" aria-hidden="true" />
          {t.hostLooking}
        </p>
      );
    case 'problem':
      return <ErrorMessage error={step.error} locale={locale} tone="warning" />;
    case 'insert':
      return (
        <Message tone="plain">
          <p class="strong">{t.noKey}</p>
          <p>{t.popupInsert}</p>
        </Message>
      );
    case 'renew':
      return (
        <Message tone="warning">
          <p class="strong">{t.renewalNext}</p>
          <p>{t.popupRenew(visible(step.certificate.holder))}</p>
        </Message>
      );
    case 'nothing':
      return (
        <Message tone="good">
          <p>{t.popupNothing}</p>
        </Message>
      );
    default:
      return step satisfies never;
  }
}

/** A certificate in one line: whose, and for how long. */
function Line({ certificate: { holder, daysLeft }, locale }: { certificate: CertificateView; locale: Locale }) {
  const t = textsOf(locale);
  const ended = daysLeft < 0;
  return (
    <li class="popup-key">
      <span class="popup-holder">
        <Foreign>{holder}</Foreign>
      </span>
      <span class={ended || daysLeft <= 60 ? 'days days-few' : 'days'}>
        {ended ? t.endedSince(-daysLeft) : t.daysLeft(daysLeft)}
      </span>
    </li>
  );
}
