//! What the window shows of a page that calls another program: what it asks, and the text that would be signed.

import type { Act, Decision, Locale, TextView } from '@yinxin/proto';
import { size } from '@yinxin/ui/language.js';
import { Message } from '@yinxin/ui/parts.js';
import { Seal } from '@yinxin/ui/seal.js';
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { textsOf } from '../ui/texts.js';

/** What such a page asks, above the choice. Meanwhile it stands still. */
export function Bridged({ act, locale }: { act: Act; locale: Locale }) {
  const t = textsOf(locale);
  switch (act.type) {
    case 'identify':
      return <p class="quiet">{`${t.identifyHint}${t.pageStands}`}</p>;
    case 'unlock':
      return <p class="quiet">{`${act.sent ? t.unlockSent : ''}${t.unlockHint}${t.pageStands}`}</p>;
    case 'change-pin':
      return <p class="quiet">{`${t.changePinHint}${t.pageStands}`}</p>;
    case 'decrypt':
      return (
        <>
          <Message tone="warning">
            <p class="strong">{t.decryptHint(size(act.size, locale))}</p>
          </Message>
          <p class="quiet">{t.pageStands}</p>
        </>
      );
    case 'sign-text':
      return (
        <>
          <Text text={act.text} locale={locale} />
          <p class="quiet">{t.pageStands}</p>
        </>
      );
    default:
      return null;
  }
}

/** The text, exactly as it would be signed. */
function Text({ text, locale }: { text: TextView; locale: Locale }) {
  const t = textsOf(locale);
  const title = useId();
  return (
    <section class="block" aria-labelledby={title}>
      <Message tone="warning">
        <p class="strong">{t.bareSignature}</p>
        {text.content !== 'readable' && <p>{text.content === 'digest' ? t.textIsDigest : t.textIsEncoded}</p>}
      </Message>
      <div class="heading-line">
        <h2 id={title}>{t.textToSign}</h2>
        <p class="quiet">{size(text.size, locale)}</p>
      </div>
      <div class="card text-to-sign">
        <p>
          {/* Made visible by the core, with line breaks left as breaks. */}
          <bdi>{text.beginning}</bdi>
        </p>
        {text.end !== '' && (
          <>
            <p class="quiet">{t.textLeftOut}</p>
            <p>
              <bdi>{text.end}</bdi>
            </p>
          </>
        )}
      </div>
      <details class="more">
        <summary>{t.textDigest}</summary>
        <p class="code">{text.sm3}</p>
      </details>
    </section>
  );
}

/** A step is done, and the page may have another one. */
export function Awaiting({
  act,
  locale,
  heading,
  decide,
}: {
  act: Act;
  locale: Locale;
  heading: RefObject<HTMLHeadingElement | null>;
  decide(decision: Decision): void;
}) {
  const t = textsOf(locale);
  return (
    <main class="end end-done">
      <Seal />
      <h1 ref={heading} tabIndex={-1}>
        {t.done(act)}
      </h1>
      <p class="looking">
        <span class="spinner" aria-hidden="true" />
        {t.awaitingPage}
      </p>
      <div class="buttons">
        <button type="button" class="secondary" onClick={() => decide({ type: 'cancel' })}>
          {t.close}
        </button>
      </div>
    </main>
  );
}
