/** The one kind of error that the page library throws. */

import { type CatalogueError, type ErrorCode, type Locale, TEXTS, text } from '@yinxin/proto';

/**
 * Why a call was not done. `code` is a code of the catalogue (docs/errors.md) for programs;
 * `message` says what happened and `remedy` what to do next, in the document's language, for people.
 */
export class YinxinError extends Error {
  override readonly name = 'YinxinError';
  /** Code of the catalogue. A code that this version does not know is `unknown`, its word in `params.word`. */
  readonly code: ErrorCode;
  /** Evidence, by code. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What the user can do next. */
  readonly remedy: string;

  constructor(error: { readonly code: string; readonly params?: object }, options?: ErrorOptions) {
    const known = isKnown(error.code);
    const shown = text(error, locale());
    super(shown.message, options);
    this.code = known ? error.code : 'unknown';
    this.params = known ? { ...error.params } : { word: error.code.slice(0, 64) };
    this.remedy = shown.remedy;
  }

  /** For logs and for the portal's own server. */
  toJSON(): { code: ErrorCode; params: Readonly<Record<string, unknown>>; message: string; remedy: string } {
    return { code: this.code, params: this.params, message: this.message, remedy: this.remedy };
  }
}

/** An error of the catalogue, its parameters checked by the compiler. */
export function catalogued(error: CatalogueError, options?: ErrorOptions): YinxinError {
  return new YinxinError(error, options);
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(TEXTS.en, code);
}

/** The language of the document, else of the browser: Chinese for `zh…`, English otherwise. */
function locale(): Locale {
  const tag = globalThis.document?.documentElement.lang || globalThis.navigator?.language || 'zh-CN';
  return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
}
