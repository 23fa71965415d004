//! What the user's own page shows of the host and the keys, live.

import type { HostReply, WorkspaceView } from '@yinxin/proto';
import { describe } from './core.js';
import { failureOf } from './failure.js';
import type { Host } from './host.js';

/** Serves the workspace pages that are open. */
export class Workspace {
  readonly #host: Host;
  readonly #ports = new Set<chrome.runtime.Port>();
  #view: WorkspaceView = LOOKING;
  #unwatch: (() => void) | undefined;
  #looking = false;
  #again = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** A workspace page opened. Any message of it asks to look again. */
  attach(port: chrome.runtime.Port): void {
    this.#ports.add(port);
    this.#unwatch ??= this.#host.watch(() => void this.#look());
    port.onMessage.addListener(() => void this.#look());
    port.onDisconnect.addListener(() => {
      this.#ports.delete(port);
      if (this.#ports.size > 0) return;
      this.#unwatch?.();
      this.#unwatch = undefined;
      // What was seen is not kept for the next page: keys may have gone since.
      this.#view = LOOKING;
    });
    port.postMessage(this.#view);
    void this.#look();
  }

  /** Looks at host and keys. One look at a time; a change during it means another. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    do {
      this.#again = false;
      this.#show(await this.#read());
    } while (this.#again);
    this.#looking = false;
  }

  async #read(): Promise<WorkspaceView> {
    const empty = { extension: VERSION, looking: false, tokens: [], modules: [] };
    let host: string | undefined;
    try {
      host = await this.#host.version();
      const reply: HostReply = await this.#host.send({ type: 'tokens' }).reply;
      if (reply.type !== 'tokens') return { ...empty, host, problem: { code: 'host-message-invalid', params: {} } };
      return { ...empty, host, tokens: await describe(reply.tokens), modules: reply.modules };
    } catch (error) {
      return { ...empty, ...(host !== undefined && { host }), problem: failureOf(error) };
    }
  }

  #show(view: WorkspaceView): void {
    if (this.#ports.size === 0) return;
    this.#view = view;
    for (const port of this.#ports) port.postMessage(view);
  }
}

const LOOKING: WorkspaceView = { extension: VERSION, looking: true, tokens: [], modules: [] };
