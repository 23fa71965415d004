/**
 * One call over `window.postMessage`: request out, acknowledgement, progress and one final answer in.
 * Every call ends: by its answer, by its signal, by silence, or when the page goes away.
 */

import { ACKNOWLEDGE_MS, type PageCall, type PageReply, type PageResult, type Stage } from '@yinxin/proto';
import { catalogued, YinxinError } from './error.js';

/** How far a call has come. */
export interface Progress {
  /**
   * `waiting` for another window to close, `reading` documents, `consenting`: the window waits for the user (offer
   * {@link showWindow} then), `signing`.
   */
  readonly stage: Stage;
  /** Parts done: bytes while reading, documents while signing. */
  readonly done: number;
  /** Parts in all. */
  readonly total: number;
}

/** What every call takes. */
export interface CallOptions {
  /** Withdraws the call: its window closes, and it rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Told how far the call has come. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a call may bring along. */
export interface Extras extends CallOptions {
  readonly contents?: readonly Blob[];
}

/** The final answer: the result and, for signatures, their bytes. */
export interface Answer {
  readonly result: PageResult;
  readonly bytes: readonly unknown[];
}

/** Brings the window that waits for the user to the front, where this page has a call. Call it from a click. */
export function showWindow(): void {
  if (globalThis.window) hand({ showWindow: true });
}

/** Asks the extension. Rejects with a {@link YinxinError} only. */
export function ask(call: PageCall, extras: Extras): Promise<Answer> {
  return exchange(call, extras).catch(cause => {
    throw cause instanceof YinxinError ? cause : unforeseen(cause);
  });
}

function exchange(call: PageCall, { contents, signal, onProgress }: Extras): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (typeof window === 'undefined') return reject(catalogued('not-installed', {}));
    const { origin } = window.location;
    if (origin === 'null') return reject(catalogued('origin-opaque', {}));
    if (!window.isSecureContext) return reject(catalogued('origin-insecure', { origin }));
    if (signal?.aborted) return reject(aborted(signal));

    const id = crypto.getRandomValues(new Uint32Array(4)).join('-');

    const settle = (finish: () => void) => {
      clearTimeout(silence);
      window.removeEventListener('message', receive);
      window.removeEventListener('pagehide', leave);
      signal?.removeEventListener('abort', abort);
      finish();
    };
    const fail = (error: YinxinError) => settle(() => reject(error));
    const giveUp = (error: YinxinError) => {
      hand({ cancel: id });
      fail(error);
    };
    const abort = () => giveUp(aborted(signal));
    const leave = () => giveUp(catalogued('page-gone', {}));
    const receive = (event: MessageEvent<unknown>) => {
      if (event.source !== window || event.origin !== origin) return;
      const message = replyTo(id, event.data);
      if (message === undefined) return;
      clearTimeout(silence);
      const { outcome } = message.reply;
      switch (outcome.type) {
        case 'acknowledged':
          return;
        case 'progress': {
          const { type: _, ...progress } = outcome;
          return tell(onProgress, progress);
        }
        case 'result':
          return settle(() => resolve({ result: outcome.result, bytes: message.bytes }));
        case 'error':
          return fail(new YinxinError(outcome.error));
        default:
          // A newer extension may send more before its final answer.
          return outcome satisfies never;
      }
    };
    // Twice: after a long task of the page, the timer can run before an acknowledgement that has already arrived.
    let silence = setTimeout(() => {
      silence = setTimeout(() => fail(catalogued('not-installed', {})), 50);
    }, ACKNOWLEDGE_MS);

    try {
      window.addEventListener('message', receive);
      window.addEventListener('pagehide', leave);
      signal?.addEventListener('abort', abort);
      hand({ request: { id, call }, ...(contents && { contents }) });
    } catch (cause) {
      fail(unforeseen(cause));
    }
  });
}

/**
 * Hands a message to the extension: at once where it listens for that, since what is posted after a press waits for the
 * browser's next frame; else by post.
 */
function hand(message: object): void {
  const detail = { yinxin: 1, ...message };
  if (window.dispatchEvent(new CustomEvent('yinxin', { detail, cancelable: true }))) window.postMessage(detail, '/');
}

/** The reply to call `id` in a message, if the message is one. */
function replyTo(id: string, data: unknown): { reply: PageReply; bytes: readonly unknown[] } | undefined {
  if (!isRecord(data) || data.yinxin !== 1 || !isRecord(data.reply)) return undefined;
  const { reply } = data;
  if (reply.id !== id || !isRecord(reply.outcome)) return undefined;
  if (
    reply.outcome.type === 'error' &&
    !(isRecord(reply.outcome.error) && typeof reply.outcome.error.code === 'string')
  )
    return undefined;
  return { reply: reply as unknown as PageReply, bytes: Array.isArray(data.bytes) ? data.bytes : [] };
}

/** A fault in the page's own callback is the page's, and must not end the call. */
function tell(onProgress: CallOptions['onProgress'], progress: Progress): void {
  try {
    onProgress?.(progress);
  } catch (error) {
    reportError(error);
  }
}

/** A page that put something of its own in the platform's place. */
function unforeseen(cause: unknown): YinxinError {
  return catalogued('internal', { detail: 'page' }, { cause });
}

function aborted(signal: CallOptions['signal']): YinxinError {
  return catalogued('aborted', {}, { cause: signal?.reason });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
