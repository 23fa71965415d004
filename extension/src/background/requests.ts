//! Requests of a state machine to the host, by the machine's own numbers.

import type { CatalogueError, Decision, HostCommand, KeyReply } from '@yinxin/proto';
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
  /** What the user typed: the PIN, and the new one where it is changed. */
  #pin: string | undefined;
  #newPin: string | undefined;
  readonly #host: Host;
  readonly #listener: RequestListener;
  readonly #running = new Map<number, HostCall>();

  constructor(host: Host, listener: RequestListener) {
    this.#host = host;
    this.#listener = listener;
  }

  /** Takes what was typed out of a decision, and gives the rest. */
  take(decision: Decision): Decision {
    if (decision.type !== 'approve') {
      this.forget();
      return decision;
    }
    const { pin, newPin, ...rest } = decision;
    delete decision.pin;
    delete decision.newPin;
    this.#pin = pin;
    this.#newPin = newPin;
    return rest;
  }

  /** Sends a command, with the PIN where the machine wants it there. */
  send(request: number, command: HostCommand, withPin: boolean): void {
    const [pin, newPin] = [this.#pin, this.#newPin];
    if (withPin) this.forget();
    const typed = {
      ...(withPin && pin !== undefined && { pin }),
      ...(withPin && newPin !== undefined && { newPin }),
    };
    const call = this.#host.send({ ...command, ...typed } as HostCommand, done =>
      this.#listener.progressed?.(request, done),
    );
    this.#running.set(request, call);
    call.reply.then(
      reply => {
        if (!this.#running.delete(request)) return;
        if (reply.type === 'tokens' || reply.type === 'signed' || reply.type === 'decrypted' || reply.type === 'done') {
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

  /** Forgets what was typed. */
  forget(): void {
    this.#pin = undefined;
    this.#newPin = undefined;
  }

  /** Gives all up, and forgets the PIN. */
  clear(): void {
    this.forget();
    for (const call of this.#running.values()) call.cancel();
    this.#running.clear();
  }
}
