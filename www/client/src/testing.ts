/**
 * A double of the extension, for a portal's own tests: it hears the library's calls in the page and answers them as the
 * test says, so that pages are tested without extension, host and key. The library itself is the real one.
 *
 * Nothing that it gives is a signature: servers refuse it. Where a test goes through to the server, it hands over a real
 * proof (`succeed(proof)`). Nothing in the library leads here; a page has it only where somebody imports it.
 */

import {
  type Document,
  type LoginProof,
  type PageCall,
  type PageError,
  type PageErrorCode,
  type PageOutcome,
  type PageRequest,
  type PageResult,
  PROTOCOL_VERSION,
  type Stage,
} from '@yinxin/proto';
import { spendActivation } from '../../../extension/src/activation.js';
import { sm3 } from './sm3.js';

/** What the page called, as the extension is asked. */
type Asked<T extends PageCall['type']> = Extract<PageCall, { type: T }>;
/** What the extension answers. */
type Result<T extends PageCall['type']> = Omit<Extract<PageResult, { type: T }>, 'type'>;

/** What every call of the page has. */
interface Played<T extends PageCall['type']> {
  /** Which function was called. */
  readonly type: T;
  /** With what, as it reaches the extension. */
  readonly asked: Asked<T>;
  /** Withdrawn by the page: its signal fired, or it was left. */
  readonly withdrawn: AbortSignal;
  /** How often the page asked for the window (`showWindow`). */
  readonly windowShown: number;
  /** Tells the page how far its call has come. */
  progress(stage: Stage, done?: number, total?: number): void;
  /** Rejects the call: with a code and its parameters, or one of {@link OUTCOMES}. After an answer, nothing. */
  fail<C extends PageErrorCode>(code: C, params?: Extract<PageError, { code: C }>['params']): void;
}

/** `status()`. */
export interface PlayedStatus extends Played<'status'> {
  /** Answers; versions of the double's own, unless the test names others, or a problem. */
  succeed(status?: Partial<Result<'status'>>): void;
}

/** `login()`. */
export interface PlayedLogin extends Played<'login'> {
  /** Answers with a proof; one that no server accepts, unless the test has a real one. */
  succeed(proof?: LoginProof): void;
}

/** `sign()`. */
export interface PlayedSign extends Played<'sign'> {
  /** Contents of the documents, in their order; empty where only a digest was given. */
  readonly contents: readonly Blob[];
  /**
   * Answers with the bytes for each document (CMS, seal, or new document): the test's own, or text that says that it is
   * no signature. A new document is then the old one. Digests are true ones, by SM3.
   */
  succeed(signatures?: readonly Uint8Array<ArrayBuffer>[]): Promise<void>;
}

/** `seals()`. */
export interface PlayedSeals extends Played<'seals'> {
  /** Answers with seals; one whose picture says 演示无效, unless the test names others. */
  succeed(seals?: Result<'seals'>['seals']): void;
}

/** A call of the page that waits for its answer. */
export type PlayedCall = PlayedStatus | PlayedLogin | PlayedSign | PlayedSeals;

/** Answers a call: at once, or whenever the test wants; the call waits. */
export type Answer = (call: PlayedCall) => void | Promise<void>;

/** How the extension is played. */
export interface PlayOptions {
  /**
   * Whether a call needs a press of its own, as it does with the extension. Without it where the platform does not tell
   * (`navigator.userActivation`); `false` for tests that make clicks by script.
   */
  readonly presses?: boolean;
}

/** The extension, as it is played. */
export interface PlayedExtension {
  /** How calls are answered from now on. Those that are open stay as they are. */
  answer: Answer;
  /** Calls without their final answer, oldest first. */
  readonly open: readonly PlayedCall[];
  /** Ends it: what the page calls from now on reaches the real extension, if there is one. */
  stop(): void;
}

/** Plays the extension in this page. Unless the test says otherwise, every call succeeds at once. */
export function playExtension(
  answer: Answer = call => call.succeed(),
  { presses = 'userActivation' in navigator }: PlayOptions = {},
): PlayedExtension {
  if (playing) throw new Error('the extension is played already');
  playing = true;
  const open = new Map<string, OpenCall>();
  const played: PlayedExtension = {
    answer,
    get open() {
      return [...open.values()].map(({ call }) => call);
    },
    stop() {
      playing = false;
      window.removeEventListener('yinxin', hear, CAPTURE);
    },
  };
  const hear = (event: Event) => {
    if (!(event instanceof CustomEvent)) return;
    // A real extension, if there is one, must not answer too.
    event.stopImmediatePropagation();
    event.preventDefault();
    const { request, contents, cancel, showWindow } = event.detail as Handed;
    if (cancel !== undefined) open.get(cancel)?.withdraw();
    else if (showWindow) for (const call of open.values()) call.showWindow();
    else if (request) take(request, contents ?? []);
  };
  const take = ({ id, call: asked }: PageRequest, contents: readonly Blob[]) => {
    const post = (outcome: PageOutcome, bytes?: readonly Uint8Array[]) => {
      if (!open.has(id)) return;
      if (outcome.type === 'result' || outcome.type === 'error') open.delete(id);
      const data = { yinxin: 1, reply: { id, outcome }, ...(bytes && { bytes }) };
      const { origin } = window.location;
      // After the call, as what is posted arrives.
      Promise.resolve().then(() => window.dispatchEvent(new MessageEvent('message', { data, source: window, origin })));
    };
    const entry = new OpenCall(asked, contents, post, () => open.delete(id));
    open.set(id, entry);
    const refusal = refused(asked, presses);
    if (refusal) return entry.call.fail(refusal, {});
    post({ type: 'acknowledged' });
    Promise.resolve(entry.call)
      .then(played.answer)
      .catch((thrown: unknown) => {
        entry.call.fail('internal', { detail: 'the test’s answer' });
        throw thrown;
      });
  };
  window.addEventListener('yinxin', hear, CAPTURE);
  console.warn('@yinxin/client/testing: the extension is played here, and nothing is signed');
  return played;
}

/** One of every outcome that a page can meet, with its parameters: to be played one by one. */
export const OUTCOMES: readonly PageError[] = Object.entries({
  'request-invalid': { reason: 'documents[0].name: expected a string, got a number' },
  internal: { detail: 'example' },
  unknown: { word: 'of-a-later-version' },
  'origin-insecure': { origin: 'http://portal.example' },
  'not-installed': {},
  'site-not-allowed': { origin: 'https://portal.example' },
  'origin-opaque': {},
  'frame-not-allowed': {},
  'page-not-active': {},
  'user-action-required': {},
  'too-many-cancels': { seconds: 30 },
  'queue-full': {},
  'act-not-allowed': { origin: 'https://portal.example', act: 'seal' },
  'format-not-allowed': { origin: 'https://portal.example', format: 'logondata' },
  'page-gone': {},
  aborted: {},
  cancelled: {},
  'window-lost': {},
  'timed-out': { seconds: 180 },
  'extension-restarted': {},
  'local-failure': {},
  'documents-count': { count: 101, limit: 100 },
  'document-too-large': { name: '投标文件.pdf', limit: 67_108_864 },
  'document-empty': { name: '投标文件.pdf' },
  'document-unreadable': { name: '投标文件.pdf' },
  'document-refused': { name: '投标文件.pdf', reason: 'pdf-encrypted' },
  'host-missing': {},
  'host-forbidden': {},
  'host-gone': {},
  'host-silent': { seconds: 10 },
  'host-too-old': { version: '0.0.1' },
  'extension-too-old': { version: '9.0.0' },
  'host-message-invalid': {},
  'message-invalid': { reason: 'example' },
  'challenge-invalid': {},
  'content-refused': { name: '登录数据.txt' },
  'signature-not-verified': {},
} satisfies { [C in PageErrorCode]: Extract<PageError, { code: C }>['params'] }).map(
  ([code, params]) => ({ code, params }) as PageError,
);

/** What the library hands over. */
interface Handed {
  readonly request?: PageRequest;
  readonly contents?: readonly Blob[];
  readonly cancel?: string;
  readonly showWindow?: true;
}

let playing = false;
/** Before a content script, which listens for the same. */
const CAPTURE = { capture: true };
const VERSION = '0.0.0-testing';

/** What the extension refuses before it asks its user. */
function refused(asked: PageCall, presses: boolean): 'user-action-required' | 'challenge-invalid' | undefined {
  if (presses && asked.type !== 'status' && !spendActivation()) return 'user-action-required';
  if (asked.type === 'login' && !/^[A-Za-z0-9+/=_-]{16,128}$/.test(asked.challenge)) return 'challenge-invalid';
  return undefined;
}

/** A call that waits for its answer. */
class OpenCall {
  readonly call: PlayedCall;
  readonly #withdrawal = new AbortController();
  readonly #forget: () => void;
  #windowShown = 0;

  constructor(
    asked: PageCall,
    contents: readonly Blob[],
    post: (outcome: PageOutcome, bytes?: readonly Uint8Array[]) => void,
    forget: () => void,
  ) {
    this.#forget = forget;
    const result = (result: PageResult, bytes?: readonly Uint8Array[]) => post({ type: 'result', result }, bytes);
    const windowShown = () => this.#windowShown;
    const common = {
      withdrawn: this.#withdrawal.signal,
      get windowShown() {
        return windowShown();
      },
      progress: (stage: Stage, done = 0, total = 1) => post({ type: 'progress', stage, done, total }),
      fail: (code: string, params: object = sampleOf(code)) =>
        post({ type: 'error', error: { code, params } as PageError }),
    };
    this.call = Object.defineProperties(playedCall(asked, contents, result), Object.getOwnPropertyDescriptors(common));
  }

  withdraw(): void {
    this.#forget();
    this.#withdrawal.abort();
  }

  showWindow(): void {
    this.#windowShown++;
  }
}

/** What differs from call to call. */
function playedCall(
  asked: PageCall,
  contents: readonly Blob[],
  result: (result: PageResult, bytes?: readonly Uint8Array[]) => void,
): PlayedCall {
  const { type } = asked;
  const played = (() => {
    switch (asked.type) {
      case 'status':
        return {
          succeed: (status: object = {}) =>
            result({ type: 'status', extension: VERSION, protocol: PROTOCOL_VERSION, host: VERSION, ...status }),
        };
      case 'login':
        return { succeed: (proof = proofOf(asked)) => result({ type: 'login', proof }) };
      case 'sign':
        return {
          contents,
          succeed: async (given?: readonly Uint8Array<ArrayBuffer>[]) => {
            const signed = await Promise.all(
              asked.documents.map((document, at) => signatureOf(document, contents[at], asked.format, given?.[at])),
            );
            const signatures = signed.map(({ signature }) => signature);
            result(
              { type: 'sign', signatures },
              signed.map(({ bytes }) => bytes),
            );
          },
        };
      case 'seals':
        return { succeed: (seals = [SEAL]) => result({ type: 'seals', seals }) };
    }
  })();
  return { type, asked, ...played } as PlayedCall;
}

function sampleOf(code: string): object {
  return OUTCOMES.find(outcome => outcome.code === code)?.params ?? {};
}

function proofOf({ format }: Asked<'login'>): LoginProof {
  const nothing = base64('testing: no proof');
  return { format: format ?? 'yinxin', version: 1, algorithm: 'sm2-sm3', certificate: nothing, signature: nothing };
}

async function signatureOf(
  { name, digest, format: own }: Document,
  content = new Blob(),
  format: Asked<'sign'>['format'] = 'cms',
  given?: Uint8Array<ArrayBuffer>,
) {
  const original = new Uint8Array(await content.arrayBuffer());
  const isNewDocument = ['pdf', 'pdf-seal', 'ofd'].includes(own ?? format);
  const bytes = given ?? (isNewDocument ? original : new TextEncoder().encode('testing: no signature'));
  const sum = digest === undefined ? sm3(original) : hex(digest);
  return { signature: { name, algorithm: 'sm2-sm3', digest: sum, size: bytes.length } as const, bytes };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function hex(base64: string): string {
  return Array.from(atob(base64), character => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40">
<circle cx="20" cy="20" r="18.5" fill="none" stroke="#c00" stroke-width="1.5"/>
<text x="20" y="22.5" font-size="7" text-anchor="middle" fill="#c00">演示无效</text></svg>`;

const SEAL: Result<'seals'>['seals'][number] = {
  name: '演示印章',
  id: '51010000000000',
  version: 4,
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2036-01-01T00:00:00Z',
  width: 40,
  height: 40,
  picture: { mediaType: 'image/svg+xml', data: base64(PICTURE) },
  seal: base64('testing: no seal'),
};
