//! The PIN: its field, how long it may be, and the tries that are left. The field's value is the only place of a page
//! where a PIN lies.

import { type CatalogueError, type Locale, MAX_PIN_BYTES, type PinLength, type PinTries } from '@yinxin/proto';
import { Message } from '@yinxin/ui/parts.js';
import type { JSX, RefObject } from 'preact';
import { textsOf } from './texts.js';

/** The field, which neither browser nor password managers fill in or keep. `typed` hears of its bytes. */
export function PinInput({
  field,
  typed,
  ...more
}: {
  field: RefObject<HTMLInputElement | null>;
  typed(bytes: number): void;
} & Pick<
  JSX.IntrinsicElements['input'],
  'id' | 'disabled' | 'placeholder' | 'aria-invalid' | 'aria-describedby' | 'onFocus' | 'onKeyDown'
>) {
  return (
    <input
      ref={field}
      type="password"
      autocomplete="off"
      autocapitalize="off"
      autocorrect="off"
      spellcheck={false}
      data-1p-ignore
      data-lpignore="true"
      maxLength={MAX_PIN_BYTES}
      onInput={event => typed(pinBytes(event.currentTarget.value))}
      {...more}
    />
  );
}

/** Length of a PIN in bytes, as keys count. */
export function pinBytes(pin: string): number {
  return new TextEncoder().encode(pin).length;
}

/** The lengths that a key takes. */
export function pinLimits({ min, max }: PinLength): PinLength {
  return { min: Math.max(1, min), max: max === 0 ? MAX_PIN_BYTES : Math.min(max, MAX_PIN_BYTES) };
}

/** Why a PIN has no length that the key takes: said without asking the key, so no try is lost. */
export function pinLengthProblem(pin: string, length: PinLength): CatalogueError | undefined {
  const { min, max } = pinLimits(length);
  const bytes = pinBytes(pin);
  return bytes < min || bytes > max ? { code: 'pin-length', params: { min, max } } : undefined;
}

/** What is known of the remaining tries, before the user types. `told`: that the last PIN was wrong stands beside it. */
export function Tries({
  tries,
  told = false,
  locale,
  id,
}: {
  tries: PinTries;
  told?: boolean;
  locale: Locale;
  id?: string;
}) {
  const t = textsOf(locale);
  const left = tries.left === undefined ? undefined : t.triesLeft(tries.left);
  switch (tries.state) {
    case 'final':
      return (
        <div id={id} class="tries">
          <Message tone="error">
            <p class="strong">{t.triesFinal}</p>
          </Message>
        </div>
      );
    case 'low':
      return (
        <p id={id} class="tries tries-low">
          {left ?? (told ? t.triesFew : t.triesLow)}
        </p>
      );
    case 'ok':
    case 'locked': // A locked key can't be chosen; its reason stands beside it.
      return (
        <p id={id} class="tries quiet">
          {left}
        </p>
      );
    default:
      return tries.state satisfies never;
  }
}
