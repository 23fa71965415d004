//! The Wasm core, loaded once, with the types of its messages. It has no clock: times are arguments.

import type { Quote } from '@yinxin/fees';
import type { Base64, RenewalOrder, SigningAction, SigningEvent, SigningStart, Token, TokenView } from '@yinxin/proto';
import init, * as wasm from '../../../wasm/pkg/web/yinxin.js';
import type { Advice, LoginAdvice, Procedure } from '../relay.js';

/** A set-up, as far as it is known. The time is added here. */
export type Situation = Omit<wasm.Situation, 'now'>;

const ready = init({ module_or_path: chrome.runtime.getURL('yinxin_bg.wasm') });

/** The state machine of one call of a page. */
export class Machine {
  readonly #signing: wasm.Signing;

  private constructor(signing: wasm.Signing) {
    this.#signing = signing;
  }

  /** A machine for a call, once the core is loaded. */
  static async create(start: SigningStart): Promise<Machine> {
    await ready;
    return new Machine(new wasm.Signing(start));
  }

  /** The first actions. */
  get actions(): SigningAction[] {
    return this.#signing.actions;
  }

  /** What to do about an event. */
  handle(event: SigningEvent): SigningAction[] {
    return this.#signing.handle(event, now());
  }

  /** What to do with bytes of a document. */
  chunk(document: number, offset: number, bytes: Uint8Array): SigningAction[] {
    return this.#signing.chunk(document, offset, bytes);
  }

  /** What the account of a login says of each certificate in the keys, where there is something to say. */
  loginAdvice(): LoginAdvice[] {
    return this.#signing.loginAdvice(now());
  }

  /** Gives its memory back. */
  free(): void {
    this.#signing.free();
  }
}

/** Tokens in plain words, their certificates judged by the product's own anchors and by added ones. */
export async function describe(tokens: Token[], anchors: Base64[]): Promise<TokenView[]> {
  await ready;
  return wasm.describeTokens(tokens, now(), anchors);
}

/** The certificates of a file, as trust anchors. */
export async function describeAnchors(file: Uint8Array | string, managed: boolean): Promise<wasm.DescribedAnchor[]> {
  await ready;
  return wasm.describeAnchors(file, managed, now());
}

/** What the renewal of a certificate costs, and how it is done. */
export async function quoteRenewal(certificate: Base64, order: RenewalOrder): Promise<Quote> {
  await ready;
  return wasm.quote({ certificate, now: now(), ...order } as wasm.Order);
}

/** What is wrong with host and keys, and what to do. */
export async function advise(situation: Situation): Promise<Advice> {
  await ready;
  return wasm.advise({ ...situation, now: now() });
}

/** The ways to get something done, with what is done already. */
export async function procedures(situation: Situation): Promise<Procedure[]> {
  await ready;
  return wasm.procedures({ ...situation, now: now() });
}

/** How many CAs the product itself trusts, the national root among them, and the date of the list that names them. */
export async function national(): Promise<{ count: number; listed: string }> {
  await ready;
  const { anchors, listed } = wasm.nationalAnchors();
  return { count: anchors.filter(({ anchor }) => anchor).length, listed };
}

function now(): string {
  return new Date().toISOString();
}
