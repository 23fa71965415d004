/**
 * Reads what a page passes: each thing once, since a getter can throw or answer otherwise the next time, and into
 * values of the library's own. Whatever is not as it should be is refused by its name, with what was expected and found.
 */

import { catalogued, YinxinError } from './error.js';

/** Reads one argument, `name` as the page calls it. Throws a {@link YinxinError} only. */
export type Reader<T> = (value: unknown, name: string) => T;

/** `request-invalid` with the argument's name. */
function refusal(name: string, problem: string, options?: ErrorOptions): YinxinError {
  return catalogued('request-invalid', { reason: `${name}: ${problem}` }, options);
}

/** The same, with what was expected and what was found. */
export function mismatch(name: string, expected: string, found: string, options?: ErrorOptions): YinxinError {
  return refusal(name, `expected ${expected}, got ${found}`, options);
}

/** Something that may be absent. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, name) => (value === undefined ? undefined : read(value, name));
}

/** A string of so many characters at most. Half a surrogate pair would be signed as another character. */
export function string(limit = 2 ** 53): Reader<string> {
  return (value, name) => {
    if (typeof value !== 'string') throw mismatch(name, 'a string', kind(value));
    if (value.length > limit && (value.length > 2 * limit || [...value].length > limit))
      throw mismatch(name, `at most ${limit} characters`, 'more');
    if (/\p{Surrogate}/u.test(value)) throw mismatch(name, 'Unicode text', 'half a surrogate pair');
    return value;
  };
}

/** One of a few words: every one of the type's. */
export function word<T extends string>(words: Readonly<Record<T, true>>): Reader<T> {
  const known = Object.keys(words);
  return (value, name) => {
    if (known.includes(value as string)) return value as T;
    throw mismatch(name, known.join(' or '), typeof value === 'string' ? 'another string' : kind(value));
  };
}

/** A whole number that is not negative. How large it may be is the extension's to say. */
export const whole: Reader<number> = (value, name) => {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) throw mismatch(name, 'a whole number', kind(value));
  return value as number;
};

/** `true` or `false`. */
export const boolean: Reader<boolean> = (value, name) => {
  if (typeof value !== 'boolean') throw mismatch(name, 'a boolean', kind(value));
  return value;
};

/** A function of the page's. */
export function callback<F>(value: unknown, name: string): F {
  if (typeof value !== 'function') throw mismatch(name, 'a function', kind(value));
  return value as F;
}

/** A signal of any window. */
export const abortSignal: Reader<AbortSignal> = (value, name) => {
  if (!is(AbortSignal, 'aborted', value)) throw mismatch(name, 'an AbortSignal', kind(value));
  return value;
};

/** A Blob of any window, as one of this window that nothing hides, or bytes in memory. */
export const content: Reader<Blob | Uint8Array<ArrayBuffer>> = (value, name) =>
  is(Blob, 'size', value) ? Blob.prototype.slice.call(value) : memory('a Blob, an ArrayBuffer or a view')(value, name);

/**
 * Bytes in memory of any window, not yet copied. Shared memory can change while it is copied, so it is refused. What
 * the platform knows of a view is asked: a property of the page's own could say less, and would be believed.
 */
export function memory(expected: string): Reader<Uint8Array<ArrayBuffer>> {
  return (value, name) => {
    const view = ArrayBuffer.isView(value);
    const isTyped = view && Reflect.get(TYPED, Symbol.toStringTag, value) !== undefined;
    const slot = <K extends keyof ArrayBufferView>(key: K): ArrayBufferView[K] =>
      Reflect.get(isTyped ? TYPED : DataView.prototype, key, value);
    const buffer: unknown = view ? slot('buffer') : value;
    if (!is(ArrayBuffer, 'byteLength', buffer))
      throw mismatch(name, expected, view ? `a view of ${kind(buffer)}` : kind(value));
    try {
      // What is gone, or out of a buffer that was resized, must not pass as no bytes. (A DataView tells by itself.)
      if (isTyped) Reflect.apply(TYPED.keys, value, []);
      return view ? new Uint8Array(buffer, slot('byteOffset'), slot('byteLength')) : new Uint8Array(buffer);
    } catch (cause) {
      throw mismatch(name, expected, 'memory that was transferred or resized', { cause });
    }
  };
}

/** What all typed arrays inherit. */
const TYPED: Uint8Array = Object.getPrototypeOf(Uint8Array.prototype);

/** An object with these fields and no others. */
export function record<T>(fields: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const known = Object.keys(fields) as (keyof T & string)[];
  return (value, name) =>
    within(name || 'options', () => {
      if (tag(value) !== 'Object') throw mismatch(name || 'options', 'an object', kind(value));
      const prefix = name && `${name}.`;
      const unknown = Object.keys(value as object).find(key => !(known as string[]).includes(key));
      if (unknown !== undefined) throw refusal(prefix + unknown.slice(0, 64), `unknown; known are ${known.join(', ')}`);
      const read: Partial<T> = {};
      for (const key of known) {
        const field = within(prefix + key, () => fields[key]((value as T)[key], prefix + key));
        if (field !== undefined) read[key] = field;
      }
      return read as T;
    });
}

/** A list, its holes as `undefined`. How many is for `check` to judge, before anything in it is read. */
export function list<T>(read: Reader<T>, check: (count: number) => void): Reader<T[]> {
  return (value, name) =>
    within(name, () => {
      if (!Array.isArray(value)) throw mismatch(name, 'an array', kind(value));
      const count: number = value.length;
      check(count);
      return Array.from({ length: count }, (_, at) => {
        const place = `${name}[${at}]`;
        return within(place, () => read(value[at], place));
      });
    });
}

/** Whatever the page's own code throws while it is read is a refusal of that argument. */
function within<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof YinxinError ? cause : refusal(name, 'reading it failed', { cause });
  }
}

/** Whether the platform takes a value for one of its own, of whatever window: a getter of it does not throw. */
function is<T>({ prototype }: { readonly prototype: T & object }, getter: keyof T, value: unknown): value is T {
  try {
    Reflect.get(prototype, getter, value);
    return true;
  } catch {
    return false;
  }
}

/** What a value is, for the developer: never the value itself, which could be a PIN. */
function kind(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return String(value);
  const name = typeof value === 'object' ? (/^\w{1,40}$/.exec(tag(value))?.[0] ?? 'Object') : typeof value;
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name === 'Object' ? 'object' : name}`;
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
