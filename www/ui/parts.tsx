//! Small parts of every page.

import type { CatalogueError, Locale } from '@yinxin/proto';
import type { ComponentChildren } from 'preact';
import { visible, wordsOf } from './language.js';

/** Text from outside, isolated in its direction, its invisible characters made visible. */
export function Foreign({ children }: { children: string }) {
  return <bdi>{visible(children)}</bdi>;
}

/** A sentence whose telephone numbers are not broken, and where it is there to be called by, can be dialled. */
export function Prose({ dial = false, children }: { dial?: boolean; children: string }) {
  const parts = children.split(PHONE);
  if (parts.length === 1) return <>{children}</>;
  return (
    <>
      {parts.map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : dial ? (
          <a key={at} class="phone" href={`tel:${part.replace(/-/g, '')}`}>
            {part}
          </a>
        ) : (
          <span key={at} class="phone">
            {part}
          </span>
        ),
      )}
    </>
  );
}

/** `400-028-1130`, `028-12345678`; no date and no number of a standard. */
const PHONE = /(\b\d{3,4}-\d{3,4}-?\d{3,4}\b)/;

/** Weight of a message. */
export type Tone = 'plain' | 'warning' | 'error' | 'good';

/** A message in a box, marked by a shape as well as by colour. */
export function Message({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <div class={`message ${TONE_CLASS[tone]}`}>
      <ToneMark tone={tone} />
      <div class="message-text">{children}</div>
    </div>
  );
}

/** An error of the catalogue: what happened, and what to do next. */
export function ErrorMessage({
  error,
  locale,
  tone = 'error',
}: {
  error: CatalogueError;
  locale: Locale;
  tone?: Tone;
}) {
  const { message, remedy } = wordsOf(error, locale);
  return (
    <Message tone={tone}>
      <p class="strong">
        <Prose>{message}</Prose>
      </p>
      <p>
        <Prose>{remedy}</Prose>
      </p>
    </Message>
  );
}

function ToneMark({ tone }: { tone: Tone }) {
  return (
    <svg class="tone-mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {tone === 'good' ? (
        <path
          d="M4 10.5l4 4 8-9"
          fill="none"
          stroke="currentColor"
          stroke-width="2.2"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      ) : tone === 'plain' ? (
        <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <circle cx="10" cy="10" r="8" />
          <path d="M10 9v5M10 6v.01" />
        </g>
      ) : tone === 'warning' ? (
        <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
          <path d="M10 2.5 18.5 17h-17z" />
          <path d="M10 8v4M10 14.5v.01" />
        </g>
      ) : (
        <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <circle cx="10" cy="10" r="8" />
          <path d="M10 5.5v5.5M10 14v.01" />
        </g>
      )}
    </svg>
  );
}

const TONE_CLASS: Record<Tone, string> = {
  plain: 'message-plain',
  warning: 'message-warning',
  error: 'message-error',
  good: 'message-good',
};
