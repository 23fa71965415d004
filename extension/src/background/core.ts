//! The Wasm core, loaded once, with the types of its messages. It has no clock: times are arguments.

import type { SigningAction, SigningEvent, SigningStart, Token, TokenView } from '@yinxin/proto';
import init, * as wasm from '../../../wasm/pkg/web/yinxin.js';

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

  /** Gives its memory back. */
  free(): void {
    this.#signing.free();
  }
}

/** Tokens in plain words. */
export async function describe(tokens: Token[]): Promise<TokenView[]> {
  await ready;
  return wasm.describeTokens(tokens, now());
}

function now(): string {
  return new Date().toISOString();
}
