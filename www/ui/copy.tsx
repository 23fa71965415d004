//! A button that copies a text.

import { useEffect, useState } from 'preact/hooks';

/** What the button says: before, after, and where the browser refuses. */
export interface CopyTexts {
  readonly copy: string;
  readonly copied: string;
  readonly copyFailed: string;
}

/** Copies a text; says so in its own place, and to who doesn't see it. */
export function CopyButton({
  text,
  label,
  texts,
  kind = 'link',
}: {
  text(): string;
  /** Its whole name, where what it shows leaves out what is copied. */
  label: string;
  texts: CopyTexts;
  kind?: 'link' | 'secondary';
}) {
  const [came, setCame] = useState<'copied' | 'copyFailed'>();
  useEffect(() => {
    if (!came) return;
    const timer = setTimeout(() => setCame(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [came]);
  return (
    <>
      <button
        type="button"
        class={`${kind} copy`}
        aria-label={label}
        onClick={() => void copy(text()).then(done => setCame(done ? 'copied' : 'copyFailed'))}
      >
        {/* The widest of them makes the room, so that nothing moves. */}
        {(['copy', 'copied', 'copyFailed'] as const).map(state => (
          <span key={state} aria-hidden={state !== (came ?? 'copy')}>
            {texts[state]}
          </span>
        ))}
      </button>
      <span class="visually-hidden" role="status">
        {came && texts[came]}
      </span>
    </>
  );
}

/** Puts a text on the clipboard; answers whether the browser let it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages without encryption have no clipboard; a selection can be copied there all the same.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return done;
  }
}

const SHOWN_MS = 2_000;
