//! Requests of a state machine to the host, by the machine's own numbers.

import type { CatalogueError, HostCommand, KeyReply } from '@yinxin/proto';
import { failureOf } from './failure.js';
import type { Host, HostCall } from './host.js';

/** Who hears what comes of a request. */
export interface RequestListener {
  replied(request: number, reply: KeyReply): void;
  failed(request: number, error: CatalogueError): void;
  /** Items of it are signed. */
  progressed?(request: number, done: number): void;
}

/** Requests of one machine. The PIN of a decision lies here until the one request that carries it. */
export class Requests {
  /** What the user typed. */
  pin: string | undefined;
  readonly #host: Host;
  readonly #listener: RequestListener;
  readonly #running = new Map<number, HostCall>();

  constructor(host: Host, listener: RequestListener) {
    this.#host = host;
    this.#listener = listener;
  }

  /** Sends a command, with the PIN where the machine wants it there. */
  send(request: number, command: HostCommand, withPin: boolean): void {
    const pin = withPin ? this.pin : undefined;
    if (withPin) this.pin = undefined;
    const call = this.#host.send(pin === undefined ? command : ({ ...command, pin } as HostCommand), done =>
      this.#listener.progressed?.(request, done),
    );
    this.#running.set(request, call);
    call.reply.then(
      reply => {
        if (!this.#running.delete(request)) return;
        if (reply.type === 'tokens' || reply.type === 'signed' || reply.type === 'done') {
          this.#listener.replied(request, reply);
        } else this.#listener.failed(request, { code: 'host-message-invalid', params: {} });
      },
      (failure: unknown) => {
        if (this.#running.delete(request)) this.#listener.failed(request, failureOf(failure));
      },
    );
  }

  /** Gives one up. Nothing is heard of it any more. */
  abandon(request: number): void {
    this.#running.get(request)?.cancel();
    this.#running.delete(request);
  }

  /** Gives all up, and forgets the PIN. */
  clear(): void {
    this.pin = undefined;
    for (const call of this.#running.values()) call.cancel();
    this.#running.clear();
  }
}
