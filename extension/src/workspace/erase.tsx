//! A button that erases after a question in the page: there is no undoing it.

import type { Locale } from '@yinxin/proto';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { textsOf } from '../ui/texts.js';

/** The button; in its place, once pressed, the question. */
export function Erase({
  kind,
  label,
  named,
  question,
  locale,
  erase,
}: {
  kind: 'secondary' | 'link';
  label: string;
  /** Its whole name, where the label leaves out what is erased. */
  named?: string;
  question: string;
  locale: Locale;
  erase(): void;
}) {
  const t = textsOf(locale);
  const id = useId();
  const [asking, setAsking] = useState<boolean>();
  const button = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  // Who uses the keyboard lands on what changes nothing, and back where it began.
  useEffect(() => {
    if (asking === undefined) return;
    (asking ? keep : button).current?.focus();
  }, [asking]);
  if (!asking) {
    return (
      <button ref={button} type="button" class={kind} aria-label={named} onClick={() => setAsking(true)}>
        {label}
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a question is no set of fields
    <div
      class="erase"
      role="group"
      aria-labelledby={id}
      onKeyDown={event => {
        if (event.key === 'Escape') setAsking(false);
      }}
    >
      <p id={id}>{question}</p>
      <button ref={keep} type="button" class="secondary" aria-describedby={id} onClick={() => setAsking(false)}>
        {t.eraseKeep}
      </button>
      <button
        type="button"
        class="secondary erase-now"
        onClick={() => {
          setAsking(undefined);
          erase();
        }}
      >
        {t.eraseNow}
      </button>
    </div>
  );
}
