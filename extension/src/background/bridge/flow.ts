//! Drives the calls that one document makes over the bridge: feeds the core's state machine with what happens, and does
//! what it says. All decisions are the machine's; here is only the way to the window and the host.

import {
  BRIDGE_TURN_MS,
  type CatalogueError,
  type ConsentView,
  type FlowAction,
  type FlowEvent,
  type FlowTimer,
} from '@yinxin/proto';
import type { FlowMachine } from '../core.js';
import type { Consented } from '../history.js';
import type { Host } from '../host.js';
import type { Turn } from '../queue.js';
import { Requests } from '../requests.js';
import { Timers } from '../timers.js';
import { ConsentWindow } from '../window.js';

/** Something that waits for its turn with a window. */
export type WindowTurn = Turn & { yieldOrFocus(): void };

/** What a flow needs to know and to tell. */
export interface Around {
  readonly host: Host;
  /** Whose document it is. */
  readonly origin: string;
  /** The browser window of the document. */
  readonly windowId: number;
  /** Asks for a turn. Answers whether there is room. */
  queue(turn: WindowTurn): boolean;
  /** The turn is over. */
  leave(turn: WindowTurn, end: { readonly cancelled: boolean }): void;
  /** Its turn has come: whether the origin may still ask. */
  mayBegin(): Promise<CatalogueError | undefined>;
  /** Answers a call; without a body as if nobody listened. */
  answer(call: number, body?: unknown): void;
  /** A call was answered as not known or not supported. */
  unanswered(port: number, name: string): void;
  /** A call would have needed a press. */
  missed(): void;
  /** Whether it holds a session. */
  session(open: boolean): void;
  /** The machine failed: nobody answers what waits. */
  failed(): void;
  /** The user consented to something, and it is done. */
  done(consented: Consented): void;
}

/** The calls of one document. */
export class Flow {
  readonly #machine: FlowMachine;
  readonly #around: Around;
  readonly #timers = new Timers<FlowTimer>(timer => this.feed({ type: 'timed-out', timer }));
  readonly #requests: Requests;
  /** Ends the watch over the keys, which lasts as long as a window or a session. */
  #unwatch: (() => void) | undefined;
  #session = false;
  #turn: WindowTurn | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  #window: ConsentWindow | undefined;
  /** What the window shows, or will once it is there. */
  #shown: ConsentView | undefined;
  /** What the user consented to last. */
  #consented: Consented | undefined;
  /** A trap in the machine: it is never touched again, not even to give its memory back. */
  #broken = false;
  #over = false;

  constructor(machine: FlowMachine, around: Around) {
    this.#machine = machine;
    this.#around = around;
    this.#requests = new Requests(around.host, {
      replied: (request, reply) => this.feed({ type: 'host-replied', request, reply }),
      failed: (request, error) => this.feed({ type: 'host-failed', request, error }),
    });
  }

  /** What the site keeps, for its next document. */
  get parameters(): Record<string, string> {
    return this.#over || this.#broken ? {} : this.#machine.parameters;
  }

  /** Tells the machine what happened, and does what it says. */
  feed(event: FlowEvent): void {
    // What was seen of the keys while nobody watched them may be so no more.
    if (event.type === 'called' && !this.#unwatch) this.#feed({ type: 'tokens-changed' });
    this.#feed(event);
  }

  /** The document is gone, or the way to the host. */
  end(): void {
    if (this.#over) return;
    this.feed({ type: 'window-closed' });
    this.feed({ type: 'session-ended' });
    this.#over = true;
    this.#timers.clear();
    this.#requests.clear();
    this.#close(false);
    this.#unwatch?.();
    if (!this.#broken) this.#machine.free();
  }

  #feed(event: FlowEvent): void {
    if (this.#over) return;
    for (const action of this.#ask(event)) this.#do(action);
  }

  /** Watches the keys where somebody wants to know. */
  #watch(): void {
    const wanted = this.#session || this.#turn !== undefined;
    if (wanted) this.#unwatch ??= this.#around.host.watch(() => this.feed({ type: 'tokens-changed' }));
    else {
      this.#unwatch?.();
      this.#unwatch = undefined;
    }
  }

  /** Asks the machine. A trap in it ends the flow. */
  #ask(event: FlowEvent): FlowAction[] {
    if (this.#broken) return [];
    try {
      return this.#machine.handle(event);
    } catch {
      this.#broken = true;
      this.#around.failed();
      return [{ type: 'close', signed: false, cancelled: false }];
    }
  }

  #do(action: FlowAction): void {
    switch (action.type) {
      case 'answer':
        this.#around.answer(action.call, action.body);
        return;
      case 'unanswered':
        this.#around.unanswered(action.port, action.name);
        return;
      case 'missed':
        this.#around.missed();
        return;
      case 'send':
        this.#requests.send(action.request, action.command, action.withPin);
        return;
      case 'abandon':
        this.#requests.abandon(action.request);
        return;
      case 'open':
        this.#open();
        return;
      case 'show':
        // Whatever is shown to be decided again takes the PIN anew.
        if (action.view.phase.type !== 'working') this.#requests.forget();
        this.#shown = action.view;
        this.#window?.show(action.view, []);
        return;
      case 'close':
        this.#close(action.cancelled);
        return;
      case 'start':
        this.#timers.start(action.timer, action.ms);
        return;
      case 'stop':
        this.#timers.stop(action.timer);
        return;
      case 'session':
        this.#session = action.open;
        this.#watch();
        this.#around.session(action.open);
        return;
      case 'done':
        if (this.#consented) this.#around.done(this.#consented);
        return;
      default:
        action satisfies never;
    }
  }

  #open(): void {
    const turn: WindowTurn = {
      origin: this.#around.origin,
      begin: () => void this.#begin(turn),
      wait: () => undefined,
      yieldOrFocus: () => {
        // What waits for a page that may never go on gives way.
        const { type } = this.#shown?.phase ?? {};
        if (type === 'awaiting' || type === 'failed') this.feed({ type: 'window-closed' });
        else this.#window?.focus();
      },
    };
    this.#turn = turn;
    this.#watch();
    this.#late = setTimeout(() => this.#refuse({ code: 'queue-full', params: {} }), BRIDGE_TURN_MS);
    if (!this.#around.queue(turn)) this.#refuse({ code: 'queue-full', params: {} });
  }

  async #begin(turn: WindowTurn): Promise<void> {
    clearTimeout(this.#late);
    const refusal = await this.#around.mayBegin();
    if (this.#turn !== turn) return;
    if (refusal) return this.#refuse(refusal);
    this.#window = new ConsentWindow(crypto.randomUUID(), this.#around.windowId, {
      decided: given => {
        const decision = this.#requests.take(given);
        if (decision.type === 'approve' && this.#shown?.phase.type === 'choosing')
          this.#consented = { view: this.#shown, decision };
        this.feed({ type: 'decided', decision });
      },
      closed: () => this.feed({ type: 'window-closed' }),
      lost: () => this.feed({ type: 'window-lost' }),
      document: () => undefined,
    });
    if (this.#shown) this.#window.show(this.#shown, []);
  }

  #refuse(error: CatalogueError): void {
    this.feed({ type: 'window-refused', error });
  }

  #close(cancelled: boolean): void {
    clearTimeout(this.#late);
    this.#requests.forget();
    this.#window?.close();
    this.#window = undefined;
    this.#shown = undefined;
    const turn = this.#turn;
    this.#turn = undefined;
    this.#watch();
    // A PIN of the page's was wrong in a login that needed no window: its origin waits all the same.
    const none = { origin: this.#around.origin, begin: () => {}, wait: () => {}, yieldOrFocus: () => {} };
    if (turn || cancelled) this.#around.leave(turn ?? none, { cancelled });
  }
}
