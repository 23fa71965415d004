//! Drives one call of a page: feeds the core's state machine with what happens, and does what it
//! says. All decisions are the machine's; here is only the way to the page, the window and the host.

import {
  type CatalogueError,
  type ConsentView,
  type FromRelay,
  MAX_CHUNK_BYTES,
  type Piece,
  type SigningAction,
  type SigningEvent,
  type SigningTimer,
} from '@yinxin/proto';
import { decode } from '../base64.js';
import type { LoginAdvice, Pixels } from '../relay.js';
import type { Call } from './call.js';
import type { Machine } from './core.js';
import { Embedding } from './embedding.js';
import { failureOf } from './failure.js';
import type { Consented } from './history.js';
import type { Host } from './host.js';
import type { Turn } from './queue.js';
import { Requests } from './requests.js';
import { Timers } from './timers.js';
import { ConsentWindow, windows } from './window.js';

/** How an operation ended. */
export interface End {
  /** Signed and delivered. */
  readonly signed: boolean;
  /** The user cancelled. */
  readonly cancelled: boolean;
  /** What the user last consented to, if so. */
  readonly consented?: Consented;
}

/** What an operation needs to know and to tell. */
export interface Surroundings {
  readonly host: Host;
  /** Who asks. */
  readonly origin: string;
  /** The browser window of the page. */
  readonly windowId: number;
  /** Its turn has come: whether the origin may still ask. */
  mayBegin(): Promise<CatalogueError | undefined>;
  /** It is over. Told once. */
  ended(operation: Operation, end: End): void;
}

/** A call that needs consent. */
export class Operation implements Turn {
  readonly id = crypto.randomUUID();
  readonly #call: Call;
  readonly #machine: Machine;
  readonly #around: Surroundings;
  /** Actions of the machine's start, until the turn comes. */
  #first: SigningAction[];
  /** Pieces of each document as they were read, in order: the exact bytes, and where they lie in what came with them. */
  readonly #documents: { readonly chunk: Blob; readonly from: number; readonly to: number }[][] = [];
  readonly #embedding = new Embedding();
  /** Documents with their signatures, by index, until they leave. */
  readonly #embedded = new Map<number, Blob>();
  readonly #timers = new Timers<SigningTimer>(timer => this.#feed({ type: 'timed-out', timer }));
  readonly #requests: Requests;
  /** What was asked for and has not come, in the order in which it comes: the pieces of each message. */
  readonly #wanted: Piece[][] = [];
  #window: ConsentWindow | undefined;
  #unwatch: (() => void) | undefined;
  /** What the window shows. */
  #shown: ConsentView | undefined;
  /** What the account says of the certificates that it shows. */
  #advice: readonly LoginAdvice[] = [];
  #consented: Consented | undefined;
  #begun = false;
  #over = false;

  constructor(call: Call, machine: Machine, around: Surroundings) {
    this.#call = call;
    this.#machine = machine;
    this.#around = around;
    this.#first = machine.actions;
    this.#requests = new Requests(around.host, {
      replied: (call, reply) => this.#feed({ type: 'host-replied', call, reply }),
      failed: (call, error) => this.#feed({ type: 'host-failed', call, error }),
      progressed: (call, done) => this.#feed({ type: 'host-progress', call, done }),
    });
  }

  /** Who asks. */
  get origin(): string {
    return this.#around.origin;
  }

  /** Whether the machine refused the call at once: then it needs no turn. */
  get refused(): boolean {
    return this.#first.some(action => action.type === 'finish');
  }

  /** Its turn has come. */
  begin(): void {
    this.#begun = true;
    void this.#around.mayBegin().then(refusal => {
      if (this.#over) return;
      if (refusal) return this.refuse(refusal);
      this.#perform(this.#first);
      this.#first = [];
      this.#listen();
    });
  }

  /** It waits for its turn. */
  wait(before: number): void {
    this.#call.reply({ type: 'progress', stage: 'waiting', done: 0, total: before });
    this.#listen();
  }

  /** Ends it with an error before its machine began. */
  refuse(error: CatalogueError): void {
    this.#call.refuse(error);
    this.#end({ signed: false, cancelled: false });
  }

  /**
   * Another call came while this one's window is open: brings the window to the front, or closes
   * it where it only shows how the call ended.
   */
  yieldOrFocus(): void {
    if (this.#call.answered) {
      this.#window?.close();
      this.#feed({ type: 'window-closed' });
    } else {
      this.#window?.focus();
    }
  }

  /** Hears the page. While it waits, going away is all that a page can do. */
  #listen(): void {
    this.#call.listener = {
      relayed: message => this.#relayed(message),
      cancelled: () => {
        if (this.#begun) this.#feed({ type: 'page-cancelled' });
        else this.refuse({ code: 'aborted', params: {} });
      },
      windowWanted: () => windows.focus(),
      gone: () => {
        if (this.#begun) this.#feed({ type: 'page-gone' });
        else this.#end({ signed: false, cancelled: false });
      },
    };
  }

  #feed(event: SigningEvent): void {
    if (!this.#over) this.#perform(this.#ask(() => this.#machine.handle(event)));
  }

  #relayed(message: FromRelay & { type: 'chunk' | 'unreadable' }): void {
    // Only what was asked for is taken, and once.
    const pieces = this.#over ? undefined : this.#wanted.shift();
    if (!pieces) return;
    if (message.type === 'unreadable') {
      const asked = pieces.find(({ document }) => document === message.document) ?? pieces[0];
      this.#feed({ type: 'document-unreadable', document: asked?.document ?? 0 });
      return;
    }
    const bytes = decoded(message.data, pieces);
    if (!bytes) {
      this.#feed({ type: 'document-unreadable', document: pieces[0]?.document ?? 0 });
      return;
    }
    const chunk = new Blob([bytes]);
    const actions: SigningAction[] = [];
    let from = 0;
    for (const { document, offset, length } of pieces) {
      const to = Math.min(from + length, bytes.length);
      let known = this.#documents[document];
      if (!known) {
        known = [];
        this.#documents[document] = known;
      }
      known.push({ chunk, from, to });
      const part = bytes.subarray(from, to);
      actions.push(...this.#ask(() => this.#machine.chunk(document, offset, part)));
      from = to;
    }
    this.#perform(actions);
  }

  /** Asks the machine. A trap in it ends the operation with an answer, not in silence. */
  #ask(step: () => SigningAction[]): SigningAction[] {
    try {
      return step();
    } catch (error) {
      return [
        { type: 'close' },
        { type: 'reply', outcome: { type: 'error', error: failureOf(error) } },
        { type: 'finish', signed: false, cancelled: false },
      ];
    }
  }

  #perform(actions: readonly SigningAction[]): void {
    const pieces: Piece[] = [];
    for (const action of actions) {
      if (action.type === 'read') pieces.push(action);
      else this.#do(action);
    }
    if (!this.#over) this.#read(pieces);
  }

  /** Asks for pieces, several small ones with one message: half of what is under way, so that nobody waits. */
  #read(pieces: readonly Piece[]): void {
    let message: Piece[] = [];
    let left = MAX_CHUNK_BYTES;
    const send = () => {
      this.#wanted.push(message);
      this.#call.read(message);
      message = [];
      left = MAX_CHUNK_BYTES;
    };
    for (const { document, offset, length } of pieces) {
      if (message.length > 0 && (length > left || message.length === MAX_PIECES)) send();
      message.push({ document, offset, length });
      left -= length;
    }
    if (message.length > 0) send();
  }

  #do(action: Exclude<SigningAction, { type: 'read' }>): void {
    switch (action.type) {
      case 'send':
        this.#requests.send(action.call, action.command, action.withPin);
        return;
      case 'abandon':
        this.#requests.abandon(action.call);
        return;
      case 'open':
        this.#window = new ConsentWindow(this.id, this.#around.windowId, {
          decided: given => {
            const decision = this.#requests.take(given);
            // The machine hears a decision only where there is one to be made.
            if (decision.type === 'approve' && this.#shown?.phase.type === 'choosing')
              this.#consented = { view: this.#shown, decision };
            this.#feed({ type: 'decided', decision });
          },
          closed: () => this.#feed({ type: 'window-closed' }),
          lost: () => this.#feed({ type: 'window-lost' }),
          document: index => this.#document(index),
        });
        this.#unwatch = this.#around.host.watch(() => this.#feed({ type: 'tokens-changed' }));
        return;
      case 'show':
        // Whatever the machine shows to be chosen again, it is decided again.
        if (action.view.phase.type !== 'working') this.#requests.forget();
        this.#shown = action.view;
        // What was said of a choice stays while its key works.
        if (action.view.phase.type === 'choosing') this.#advice = this.#adviseLogin(action.view);
        this.#window?.show(action.view, this.#advice);
        return;
      case 'close':
        this.#window?.close();
        this.#window = undefined;
        return;
      case 'start':
        this.#timers.start(action.timer, action.ms);
        return;
      case 'stop':
        this.#timers.stop(action.timer);
        return;
      case 'deliver':
        this.#call.deliver(
          action.document,
          action.head,
          action.content ? this.#document(action.document) : undefined,
          action.tail,
        );
        return;
      case 'prepare': {
        const { document, setting } = action;
        this.#work(document, async content => {
          const facts = await this.#embedding.prepare(document, content, setting, () => this.#picture());
          return { type: 'prepared', document, facts };
        });
        return;
      }
      case 'embed': {
        const { document, value } = action;
        this.#work(document, async content => {
          const whole = await this.#embedding.embed(document, content, value);
          this.#embedded.set(document, new Blob([whole]));
          return { type: 'embedded', document, size: whole.length };
        });
        return;
      }
      case 'deliver-embedded':
        this.#call.deliver(action.document, '', this.#embedded.get(action.document), '');
        return;
      case 'reply':
        this.#call.reply(action.outcome);
        return;
      case 'finish':
        this.#end(action);
        return;
      default:
        action satisfies never;
    }
  }

  /** Advice that fails keeps nobody from logging in. */
  #adviseLogin({ act }: ConsentView): LoginAdvice[] {
    if (act.type !== 'login') return [];
    try {
      return this.#machine.loginAdvice();
    } catch {
      return [];
    }
  }

  /** The picture of the seal that the user chose. */
  async #picture(): Promise<Pixels | undefined> {
    const decision = this.#consented?.decision;
    const seal = decision?.type === 'approve' ? decision.seal : undefined;
    return seal === undefined ? undefined : this.#window?.picture(seal);
  }

  /** Does something with a document that takes its time, and tells the machine what came of it. */
  #work(document: number, work: (content: Blob) => Promise<SigningEvent>): void {
    work(this.#document(document) ?? new Blob()).then(
      event => this.#feed(event),
      (thrown: unknown) => this.#feed({ type: 'document-refused', document, error: failureOf(thrown) }),
    );
  }

  #document(index: number): Blob | undefined {
    const pieces = this.#documents[index];
    return pieces && new Blob(pieces.map(({ chunk, from, to }) => chunk.slice(from, to)));
  }

  #end({ signed, cancelled }: End): void {
    if (this.#over) return;
    this.#over = true;
    this.#timers.clear();
    this.#requests.clear();
    this.#unwatch?.();
    this.#window?.close();
    this.#machine.free();
    // The documents may be part of an answer that is still on its way.
    void this.#call.sent.then(() => {
      this.#documents.splice(0);
      this.#embedded.clear();
    });
    this.#embedding.clear();
    this.#around.ended(this, { signed, cancelled, ...(this.#consented && { consented: this.#consented }) });
  }
}

/** The bytes of a chunk. `undefined` if they are more than was asked for, or no Base64; the machine refuses less. */
function decoded(data: string, pieces: readonly Piece[]): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = decode(data);
    return bytes.length <= pieces.reduce((sum, { length }) => sum + length, 0) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Pieces that one message asks for: half of those that the machine has under way. */
const MAX_PIECES = 16;
