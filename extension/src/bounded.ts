//! What a message may measure. Whatever comes from a page, a window or the host is measured before anything recurses
//! into it or copies it: depth, values and characters all have limits.

import { MAX_CALL_CHARS, MAX_CALL_VALUES, MAX_MESSAGE_DEPTH } from '@yinxin/proto';

/** Limits of a message. Its depth is the same for all. */
export interface Bounds {
  /** Values of any kind, in all. */
  readonly values: number;
  /** UTF-16 units of names and texts, in all. */
  readonly chars: number;
}

/** A call of a page, without contents. */
export const CALL: Bounds = { values: MAX_CALL_VALUES, chars: MAX_CALL_CHARS };

/**
 * What in a message goes beyond the bounds, or is nothing that JSON carries; `undefined` if it is fine. Looks at no
 * more than the bounds, however large the message is.
 */
export function excess(message: unknown, { values, chars }: Bounds): string | undefined {
  let valuesLeft = values;
  let charsLeft = chars;
  /** Counts characters, and answers whether they are too many. */
  const tooLong = (text: string) => {
    charsLeft -= text.length;
    return charsLeft < 0;
  };
  const look = (value: unknown, depth: number): string | undefined => {
    valuesLeft -= 1;
    if (valuesLeft < 0) return `more than ${values} values`;
    switch (typeof value) {
      case 'string':
        return tooLong(value) ? `more than ${chars} characters` : undefined;
      case 'number':
        return Number.isFinite(value) ? undefined : `${value} where a number is expected`;
      case 'boolean':
      case 'undefined':
        return undefined;
      case 'object':
        break;
      default:
        return `a ${typeof value} where JSON is expected`;
    }
    if (value === null) return undefined;
    if (depth === 0) return `nested more than ${MAX_MESSAGE_DEPTH} deep`;
    if (Array.isArray(value)) {
      // One with holes is as long as it says.
      if (value.length > valuesLeft) return `more than ${values} values`;
      for (const item of value) {
        const problem = look(item, depth - 1);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    // Of another kind: a date, a map, bytes, a Blob. A frame's objects have prototypes of their own.
    if (Object.prototype.toString.call(value) !== '[object Object]') return 'a value where JSON is expected';
    for (const name in value) {
      const problem = tooLong(name)
        ? `more than ${chars} characters`
        : look((value as Record<string, unknown>)[name], depth - 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return look(message, MAX_MESSAGE_DEPTH);
}
