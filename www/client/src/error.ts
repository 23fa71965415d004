/** The one kind of error that the page library throws. */

import { type Locale, type PageError, type PageErrorCode, pageError } from '@yinxin/proto';

/**
 * Why a call was not done. `code` is a code of the catalogue (docs/errors.md) for programs;
 * `message` says what happened and `remedy` what to do next, in the document's language, for people.
 */
export class YinxinError extends Error {
  override readonly name = 'YinxinError';
  /** Code of the catalogue. A code that this version does not know is `unknown`, its word in `params.word`. */
  declare readonly code: PageErrorCode;
  /** Evidence, by code. */
  declare readonly params: Readonly<Record<string, unknown>>;
  /** What the user can do next. */
  declare readonly remedy: string;

  /** Also of another copy of this library, and of the packages for servers, which throw the same. */
  static override [Symbol.hasInstance](thrown: unknown): thrown is YinxinError {
    return (thrown as Error | null | undefined)?.name === 'YinxinError';
  }

  constructor(error: { readonly code: string; readonly params?: object }, options?: ErrorOptions) {
    const { message, ...rest } = pageError(error, locale());
    super(message, options);
    Object.assign(this, rest);
  }

  /** For logs and for the portal's own server. */
  toJSON(): { code: PageErrorCode; params: Readonly<Record<string, unknown>>; message: string; remedy: string } {
    const { code, params, message, remedy } = this;
    return { code, params, message, remedy };
  }
}

/** An error of the catalogue, its parameters checked by the compiler. */
export function catalogued<C extends PageErrorCode>(
  code: C,
  params: Extract<PageError, { code: C }>['params'],
  options?: ErrorOptions,
): YinxinError {
  return new YinxinError({ code, params }, options);
}

/** The language of the document, else of the browser: Chinese for `zh…`, English otherwise. */
function locale(): Locale {
  const tag = globalThis.document?.documentElement.lang || globalThis.navigator?.language || 'zh-CN';
  return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
}
