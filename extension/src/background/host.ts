//! The connection to the native-messaging host: greeting, requests by id, events, and what went
//! wrong when there is none. One connection serves everything; it closes when it is idle.

import {
  type CatalogueError,
  GREETING_MS,
  HOST_NAME,
  type HostCommand,
  type HostEvent,
  type HostMessage,
  type HostReply,
  type HostRequest,
  MAX_FRAME_FROM_HOST_BYTES,
  PROTOCOL_VERSION,
  TOKEN_POLL_MS,
} from '@yinxin/proto';
import { type Bounds, excess } from '../bounded.js';
import { HostError } from './failure.js';

/** A request under way. */
export interface HostCall {
  /** Rejects with a {@link HostError}. */
  readonly reply: Promise<HostReply>;
  /** Asks the host to give it up. */
  cancel(): void;
}

/** What the host tells of the bridge. */
export type BridgeEvent = Extract<HostEvent, { type: 'bridge-call' | 'bridge-gone' }>;

/** Who hears the calls that pages make over the bridge. */
export interface BridgeListener {
  told(event: BridgeEvent): void;
  /** The host is gone, and nothing that it held is there any more. */
  lost(): void;
}

/** The host, connected when something is asked of it. */
export class Host {
  #connection: Connection | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #watchers = new Set<() => void>();
  #bridge: BridgeListener | undefined;

  /** The version of a host that serves this extension. Rejects with a {@link HostError}. */
  async version(): Promise<string> {
    const { greeted } = this.#connect();
    // A host that refuses its caller greets first; only an answer tells that it serves us. Giving
    // up a request that never was is the one that changes nothing.
    await this.send({ type: 'cancel', request: 0 }).reply;
    return greeted;
  }

  /** Sends a command. `onProgress` hears how many items of it are signed. */
  send(command: HostCommand, onProgress?: (done: number) => void): HostCall {
    const connection = this.#connect();
    const call = connection.send(command, onProgress);
    const rest = () => this.#rest();
    call.reply.then(rest, rest);
    return call;
  }

  /** Calls `changed` at every change of the keys, and after the host was lost, until the returned function is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    if (this.#watchers.size === 1 && this.#connection) this.#connection.watch(true);
    return () => {
      if (this.#watchers.delete(changed) && this.#watchers.size === 0) this.#connection?.watch(false);
      this.#rest();
    };
  }

  /** Sets who hears the bridge; with one the connection stays open. */
  set bridge(listener: BridgeListener | undefined) {
    this.#bridge = listener;
    if (!listener) this.#rest();
  }

  #connect(): Connection {
    clearTimeout(this.#idle);
    if (this.#connection) return this.#connection;
    const connection = new Connection({
      changed: () => this.#tell(),
      bridge: event => this.#bridge?.told(event),
      lost: idle => {
        // First of all, since rules of the bridge must not outlive whom they lead to.
        this.#bridge?.lost();
        if (this.#connection === connection) this.#connection = undefined;
        // Who was waiting for an answer has it from the failed request. The others look again, a
        // little later, so that a host that ends each time is not started in a tight loop.
        if (idle) setTimeout(() => this.#tell(), TOKEN_POLL_MS);
      },
    });
    this.#connection = connection;
    if (this.#watchers.size > 0) connection.watch(true);
    return connection;
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) changed();
  }

  /** Closes the connection after a while without use. */
  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#watchers.size === 0 && !this.#bridge && this.#connection?.idle) this.#connection.close();
    }, IDLE_MS);
  }
}

/** Who hears a connection. */
interface ConnectionListener {
  changed(): void;
  bridge(event: BridgeEvent): void;
  lost(idle: boolean): void;
}

/** One run of the host. */
class Connection {
  /** The host's version. */
  readonly greeted: Promise<string>;
  readonly #port: chrome.runtime.Port;
  readonly #pending = new Map<
    number,
    { resolve(reply: HostReply): void; reject(error: HostError): void; progress?: ((done: number) => void) | undefined }
  >();
  readonly #listener: ConnectionListener;
  #greet!: { resolve(version: string): void; reject(error: HostError): void };
  #hasGreeted = false;
  #closed = false;
  #nextId = 1;

  constructor(listener: ConnectionListener) {
    this.#listener = listener;
    this.greeted = new Promise((resolve, reject) => {
      this.#greet = { resolve, reject };
    });
    // A connection that nobody waits on may fail unheard.
    this.greeted.catch(() => undefined);
    this.#port = chrome.runtime.connectNative(HOST_NAME);
    this.#port.onMessage.addListener((message: HostMessage) => {
      // Within its frame a host may say much, but what goes into the core must not be deep.
      if (excess(message, FRAME) === undefined) this.#take(message);
      else this.#fail({ code: 'host-message-invalid', params: {} });
    });
    this.#port.onDisconnect.addListener((port: chrome.runtime.Port & { readonly error?: Error | null }) => {
      // Firefox says it at the port.
      this.#fail(disconnectReason(port?.error?.message ?? chrome.runtime.lastError?.message ?? '', this.#hasGreeted));
    });
    setTimeout(() => {
      if (!this.#hasGreeted) this.#fail({ code: 'host-silent', params: { seconds: GREETING_MS / 1000 } });
    }, GREETING_MS);
  }

  /** Nothing is asked of it. */
  get idle(): boolean {
    return this.#pending.size === 0;
  }

  send(command: HostCommand, progress?: (done: number) => void): HostCall {
    const id = this.#nextId++;
    let given = false;
    const reply = new Promise<HostReply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, progress });
    });
    this.greeted.then(
      () => {
        if (given) this.#settle(id)?.reject(new HostError({ code: 'aborted', params: {} }));
        else if (!this.#closed) this.#post({ id, command });
      },
      () => undefined, // The failed connection has rejected everything pending.
    );
    return {
      reply,
      cancel: () => {
        given = true;
        if (this.#hasGreeted && this.#pending.has(id)) this.#tell({ type: 'cancel', request: id });
      },
    };
  }

  watch(on: boolean): void {
    this.greeted.then(
      () => {
        if (!this.#closed) this.#tell({ type: 'watch', on });
      },
      () => undefined,
    );
  }

  close(): void {
    this.#fail({ code: 'host-gone', params: {} });
  }

  /** Sends a command whose answer nobody needs. */
  #tell(command: HostCommand): void {
    this.#post({ id: this.#nextId++, command });
  }

  #post(request: HostRequest): void {
    this.#port.postMessage(request);
  }

  #take(message: HostMessage): void {
    if (!this.#hasGreeted && message.type !== 'greeting' && message.type !== 'failure') {
      this.#fail({ code: 'host-message-invalid', params: {} });
      return;
    }
    switch (message.type) {
      case 'greeting': {
        const { name, version, protocol } = message;
        if (name !== HOST_NAME || typeof version !== 'string' || typeof protocol !== 'number') {
          this.#fail({ code: 'host-message-invalid', params: {} });
        } else if (protocol !== PROTOCOL_VERSION) {
          const older = protocol < PROTOCOL_VERSION;
          this.#fail({ code: older ? 'host-too-old' : 'extension-too-old', params: { version } });
        } else {
          this.#hasGreeted = true;
          this.#greet.resolve(version);
        }
        return;
      }
      case 'reply':
        this.#settle(message.id)?.resolve(message.reply);
        return;
      case 'failure':
        // Without an id the host could not read a frame, or refuses its caller: nothing after it holds.
        if (message.id === undefined) this.#fail(message.error);
        else this.#settle(message.id)?.reject(new HostError(message.error));
        return;
      case 'event':
        switch (message.event.type) {
          case 'tokens-changed':
            this.#listener.changed();
            return;
          case 'progress':
            this.#pending.get(message.event.id)?.progress?.(message.event.done);
            return;
          case 'bridge-call':
          case 'bridge-gone':
            this.#listener.bridge(message.event);
            return;
          default:
            message.event satisfies never; // A newer host's event: nothing to do.
            return;
        }
      default:
        message satisfies never;
        this.#fail({ code: 'host-message-invalid', params: {} });
    }
  }

  #settle(id: number) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #fail(failure: CatalogueError): void {
    if (this.#closed) return;
    this.#closed = true;
    const idle = this.idle && this.#hasGreeted;
    const error = new HostError(failure);
    this.#greet.reject(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#port.disconnect();
    this.#listener.lost(idle);
  }
}

/**
 * What the browser's words on a closed native port mean. Source: Chromium, `native_message_process_host.cc` and
 * `native_message_port.cc`; Firefox, `NativeMessaging.sys.mjs`, which says the same of a host that is missing, that does not
 * name the extension, and whose manifest is wrong.
 */
export function disconnectReason(words: string, greeted: boolean): CatalogueError {
  if (/not found|No such native application/.test(words)) return { code: 'host-missing', params: {} };
  if (/forbidden|not allowed|disabled by the system administrator/.test(words))
    return { code: 'host-forbidden', params: {} };
  if (/Error when communicating|exceeds the limit/.test(words)) return { code: 'host-message-invalid', params: {} };
  // Firefox has the same words for a program that it can't start and for a message that it can't read.
  if (words.includes('An unexpected error occurred'))
    return { code: greeted ? 'host-message-invalid' : 'host-missing', params: {} };
  return { code: 'host-gone', params: {} };
}

/** A frame of the host, which the browser has measured in bytes. */
const FRAME: Bounds = { values: MAX_FRAME_FROM_HOST_BYTES, chars: MAX_FRAME_FROM_HOST_BYTES };

/** Time without use after which the host may end. */
const IDLE_MS = 30_000;
