//! The relay between a page and the background, on allowed sites only. It moves messages and
//! bytes and decides nothing: who asks is stamped by the background from the browser's record,
//! and what is asked is checked by the core.

import {
  type CatalogueError,
  type FromRelay,
  MAX_CHUNK_BYTES,
  MAX_DOCUMENTS,
  MAX_QUEUE,
  type Piece,
  type ToRelay,
} from '@yinxin/proto';
import { spendActivation } from './activation.js';
import { decode, encodeBlob } from './base64.js';
import { CALL, excess } from './bounded.js';
import { CALL_PORT, HANDED, MAX_CALL_ID, type ToPage } from './relay.js';

/** Calls of this page under way: the queue, the one whose turn it is, and one that sees the queue's own refusal. */
const MAX_CALLS = MAX_QUEUE + 2;

const calls = new Map<string, { cancel(): void; showWindow(): void }>();

// Two of the browser's patterns can cover one page, since one without a port covers all ports: one relay serves it.
const world = globalThis as { relays?: true };
if (!world.relays) {
  world.relays = true;
  window.addEventListener('message', ({ source, origin, data }) => {
    // A frame or an opener can post here too; only the page itself is served.
    if (source === window && origin === location.origin) hear(data);
  });
  // The same without a way through the browser's queue of tasks, which after a press waits for the next frame.
  window.addEventListener(HANDED, event => {
    if (event instanceof CustomEvent && hear(event.detail)) event.preventDefault();
  });
}

/** Takes what the page says. Answers whether it is anything. */
function hear(message: unknown): boolean {
  if (window.top !== window || !isRecord(message) || message.yinxin !== 1) return false;
  if (isId(message.cancel)) calls.get(message.cancel)?.cancel();
  else if (message.showWindow === true) showWindow();
  else if (isRecord(message.request) && isId(message.request.id))
    take(message.request, message.request.id, message.contents);
  else return false;
  return true;
}

/** Takes a call of the page: its own port, from the first message to the last. */
function take(request: Record<string, unknown>, id: string, offered: unknown): void {
  if (calls.has(id)) return; // A call has one answer; an id in use is not taken twice.
  const answer = (error: CatalogueError) => toPage({ yinxin: 1, reply: { id, outcome: { type: 'error', error } } });
  const taken = opening(request, offered);
  if ('code' in taken) {
    answer(taken);
    return;
  }
  const { first, contents } = taken;
  let port: chrome.runtime.Port;
  try {
    port = chrome.runtime.connect({ name: CALL_PORT });
  } catch {
    // The extension was updated or removed since this script began; only a reload brings a new one.
    answer({ code: 'extension-restarted', params: {} });
    return;
  }
  const send = (message: FromRelay) => port.postMessage(message);
  const signatures: Uint8Array<ArrayBuffer>[][] = contents.map(() => []);
  /** Pieces are read beside each other, and leave in the order in which they were asked for. */
  let leaving = Promise.resolve();
  calls.set(id, { cancel: () => send({ type: 'cancel' }), showWindow: () => send({ type: 'show-window' }) });

  port.onMessage.addListener((message: ToRelay) => {
    switch (message.type) {
      case 'read': {
        const chunk = read(contents, message.pieces);
        leaving = leaving
          .then(async () => send(await chunk))
          .catch(() => {
            // The port closed while the bytes were read: its own listener answers.
          });
        return;
      }
      case 'bytes':
        signatures[message.document]?.push(decode(message.data));
        return;
      case 'reply': {
        const { outcome } = message.reply;
        const final = outcome.type === 'result' || outcome.type === 'error';
        if (final) {
          calls.delete(id);
          port.disconnect();
        }
        const signed = outcome.type === 'result' && outcome.result.type === 'sign';
        toPage({ yinxin: 1, reply: message.reply, ...(signed && { bytes: signatures.map(concatenate) }) });
        return;
      }
      default:
        message satisfies never;
    }
  });
  port.onDisconnect.addListener(() => {
    void chrome.runtime.lastError;
    if (calls.delete(id)) answer({ code: 'extension-restarted', params: {} });
  });
  try {
    send(first);
    // This script is the extension as far as a page can tell; the background may have to start first.
    toPage({ yinxin: 1, reply: { id, outcome: { type: 'acknowledged' } } });
  } catch {
    // Measured, and yet nothing that a port carries: nobody knows of this call.
    calls.delete(id);
    port.disconnect();
    answer({ code: 'request-invalid', params: { reason: 'not serialisable' } });
  }
}

/** Brings the window for which this page's calls wait to the front: where the user asks for it, once a press. */
function showWindow(): void {
  // Which of them has one is not known here: `status` has none, and neither has a call that waits for its turn.
  if (calls.size > 0 && spendActivation()) for (const call of calls.values()) call.showWindow();
}

/**
 * The first message of a call, with the documents' contents, or why there is none. What costs memory, and what needs
 * an action of the user and has none, ends here.
 *
 * Chromium gives copies of what a page hands over. In Firefox it is the page's own, seen without getters and functions
 * (“Xray vision”), and the page can change it later: what was measured is copied at once, before any script of the
 * page's can run.
 */
function opening(
  handed: Record<string, unknown>,
  offered: unknown,
): { first: FromRelay & { type: 'call' }; contents: readonly Blob[] } | CatalogueError {
  const invalid = (reason: string) => ({ code: 'request-invalid', params: { reason } }) as const;
  const measured = excess({ type: 'call', request: handed, activated: true }, CALL);
  if (measured !== undefined) return invalid(measured);
  const count = offered === undefined ? 0 : Array.isArray(offered) ? offered.length : undefined;
  if (count === undefined) return invalid('contents');
  if (count > MAX_DOCUMENTS) return { code: 'documents-count', params: { count, limit: MAX_DOCUMENTS } };
  let request: Record<string, unknown>;
  let contents: unknown[];
  try {
    request = structuredClone(handed);
    contents = count === 0 ? [] : structuredClone(Array.from(offered as ArrayLike<unknown>));
  } catch {
    return invalid('not serialisable');
  }
  if (!contents.every(part => part instanceof Blob)) return invalid('contents');
  if (calls.size >= MAX_CALLS) return { code: 'queue-full', params: {} };
  const needsAction = !isRecord(request.call) || request.call.type !== 'status';
  if (needsAction && !spendActivation()) return { code: 'user-action-required', params: {} };
  return { first: { type: 'call', request: frozen(request, contents) as never, activated: needsAction }, contents };
}

/** Answers a read: bytes from the frozen Blobs, never more than one message may carry. */
async function read(contents: readonly Blob[], pieces: readonly Piece[]): Promise<FromRelay> {
  const slices = pieces.map(({ document, offset, length }) => contents[document]?.slice(offset, offset + length));
  const there = slices.filter(slice => slice !== undefined);
  try {
    // All by one reading, which the browser does elsewhere: for a small piece it takes longer than its bytes.
    const data = there.length === pieces.length && new Blob(there);
    if (data && data.size <= MAX_CHUNK_BYTES) return { type: 'chunk', data: await encodeBlob(data) };
  } catch {
    // Which of them it is, each tells alone.
  }
  const read = await Promise.all(slices.map(slice => slice && encodeBlob(slice).catch(() => undefined)));
  const first = read.indexOf(undefined);
  return { type: 'unreadable', document: pieces[Math.max(first, 0)]?.document ?? 0 };
}

/** The request with each document's size taken from its Blob, whatever the page wrote. */
function frozen(request: Record<string, unknown>, contents: readonly Blob[]): Record<string, unknown> {
  const { call } = request;
  if (!isRecord(call) || !Array.isArray(call.documents)) return request;
  const documents = call.documents.map((document: unknown, index) => {
    const content = contents[index];
    return isRecord(document) && content ? { ...document, size: content.size } : document;
  });
  // A document without content, or content without a document, is a request that the core refuses.
  if (documents.length !== contents.length) return { ...request, call: { ...call, documents: null } };
  return { ...request, call: { ...call, documents } };
}

function concatenate(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toPage(message: ToPage): void {
  const buffers = message.bytes?.map(part => part.buffer) ?? [];
  window.postMessage(message, location.origin, buffers);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_CALL_ID;
}
