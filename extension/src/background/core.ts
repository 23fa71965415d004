//! The Wasm core, loaded once, with the types of its messages. It has no clock: times are arguments.

import type { FlowAction, FlowEvent, FlowStart, SigningAction, SigningEvent, SigningStart } from '@yinxin/proto';
import init, * as wasm from '../../../wasm/pkg/web/yinxin.js';
import type { LoginAdvice } from '../relay.js';
import { failureOf } from './failure.js';

export type { WorkspaceKnown, WorkspaceShown } from '../../../wasm/pkg/web/yinxin.js';

let loading: Promise<unknown> | undefined;

/** The core, loaded when it is first needed: a background that starts to say versions, or to set a badge, does without. */
export function ready(): Promise<unknown> {
  loading ??= init({ module_or_path: chrome.runtime.getURL('yinxin_bg.wasm') });
  return loading;
}

/** The state machine of one call of a page. */
export class Machine {
  readonly #signing: wasm.Signing;

  private constructor(signing: wasm.Signing) {
    this.#signing = signing;
  }

  /** A machine for a call, once the core is loaded. */
  static async create(start: SigningStart): Promise<Machine> {
    await ready();
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

/** The state machine of the calls that a document makes over the bridge. */
export class FlowMachine {
  readonly #flow: wasm.Flow;

  private constructor(flow: wasm.Flow) {
    this.#flow = flow;
  }

  /** A machine for a document, once the core is loaded. */
  static async create(start: FlowStart, parameters: Readonly<Record<string, string>>): Promise<FlowMachine> {
    await ready();
    return new FlowMachine(new wasm.Flow(start, parameters));
  }

  /** What to do about an event. */
  handle(event: FlowEvent): FlowAction[] {
    return this.#flow.handle(event, now());
  }

  /** What the site keeps. */
  get parameters(): Record<string, string> {
    return this.#flow.parameters;
  }

  /** Gives its memory back. */
  free(): void {
    this.#flow.free();
  }
}

/** The certificates of a file, as trust anchors. */
export async function describeAnchors(file: Uint8Array | string, managed: boolean): Promise<wasm.DescribedAnchor[]> {
  await ready();
  return wasm.describeAnchors(file, managed, now());
}

/** The machine behind workspace and popup. */
export class WorkspaceMachine {
  #machine: wasm.Workspace | undefined;

  /** What they show of what is known. Rejects where the core can't read that. */
  async show(known: wasm.WorkspaceKnown): Promise<wasm.WorkspaceShown> {
    await ready();
    const show = () => {
      this.#machine ??= new wasm.Workspace();
      return this.#machine.show(known, now());
    };
    try {
      return show();
    } catch (error) {
      // Whatever failed in the module, a call of a page too, took the machine with it; all that it kept is told again.
      if (failureOf(error).code !== 'internal') throw error;
      this.#machine = undefined;
      return show();
    }
  }

  /** Forgets the keys that it keeps. */
  clear(): void {
    this.#machine?.free();
    this.#machine = undefined;
  }
}

function now(): string {
  return new Date().toISOString();
}
