//! One call of a page: its port, its id, and its answers in order.

import {
  type CatalogueError,
  type FromRelay,
  MAX_CHUNK_BYTES,
  type PageOutcome,
  type PageRequest,
  type Piece,
  type ToRelay,
} from '@yinxin/proto';
import { encodeBlob } from '../base64.js';
import { MAX_CALL_ID } from '../relay.js';
import { forPage } from './failure.js';
import { fromRelay } from './messages.js';

/** Who hears what a call's page does after the call was made. */
export interface CallListener {
  /** Bytes of a document, or that there are none. */
  relayed(message: FromRelay & { type: 'chunk' | 'unreadable' }): void;
  /** The page gave the call up. */
  cancelled(): void;
  /** The user wants to see the window for which the call waits. */
  windowWanted(): void;
  /** The page is gone. */
  gone(): void;
}

/** A call of a page, from its first message. */
export class Call {
  readonly id: string;
  readonly #port: chrome.runtime.Port;
  #listener: CallListener | undefined;
  #cancelled = false;
  #gone = false;
  #answered = false;
  /** Answers leave in the order in which they were given, though reading a Blob takes time. */
  #outbox: Promise<void> = Promise.resolve();

  constructor(
    port: chrome.runtime.Port,
    readonly request: PageRequest,
    readonly activated: boolean,
  ) {
    this.#port = port;
    const id: unknown = request?.id;
    this.id = typeof id === 'string' && id.length <= MAX_CALL_ID ? id : '';
    port.onMessage.addListener((message: unknown) => this.#take(message));
    port.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      this.#gone = true;
      if (!this.#answered) this.#listener?.gone();
    });
  }

  /** Whether the page has its result or error. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Sets who hears the page from now on. What happened before is told at once. */
  set listener(listener: CallListener) {
    this.#listener = listener;
    if (this.#gone) listener.gone();
    else if (this.#cancelled) listener.cancelled();
  }

  /** Asks for bytes of documents. */
  read(pieces: readonly Piece[]): void {
    this.#send(() => this.#post({ type: 'read', pieces: [...pieces] }));
  }

  /** Answers the page. After a result or an error nothing more is sent. */
  reply(outcome: PageOutcome): void {
    if (this.#answered) return;
    if (outcome.type === 'result' || outcome.type === 'error') this.#answered = true;
    this.#send(() => this.#post({ type: 'reply', reply: { id: this.id, outcome } }));
  }

  /** Refuses the call. */
  refuse(error: CatalogueError): void {
    this.reply({ type: 'error', error: forPage(error) });
  }

  /** Sends the signature of a document: its head, the document's content where it stands inside, its tail. */
  deliver(document: number, head: string, content: Blob | undefined, tail: string): void {
    this.#send(async () => {
      this.#post({ type: 'bytes', document, data: head });
      for (let at = 0; content && at < content.size; at += MAX_CHUNK_BYTES) {
        this.#post({ type: 'bytes', document, data: await encodeBlob(content.slice(at, at + MAX_CHUNK_BYTES)) });
      }
      if (tail !== '') this.#post({ type: 'bytes', document, data: tail });
    });
  }

  /** Settles when everything given so far has left. */
  get sent(): Promise<void> {
    return this.#outbox;
  }

  #take(message: unknown): void {
    const read = fromRelay(message);
    switch (read?.type) {
      case undefined: // One port carries one call, and nothing of another form.
        this.#port.disconnect();
        this.#gone = true;
        this.#listener?.gone();
        return;
      case 'chunk':
      case 'unreadable':
        this.#listener?.relayed(read);
        return;
      case 'cancel':
        this.#cancelled = true;
        this.#listener?.cancelled();
        return;
      case 'show-window':
        this.#listener?.windowWanted();
        return;
      default:
        read satisfies never;
    }
  }

  #send(step: () => void | Promise<void>): void {
    this.#outbox = this.#outbox.then(step).catch((error: unknown) => {
      if (this.#gone) return;
      // Bytes that were announced can't be read back: without them the answer would be wrong.
      this.#port.disconnect();
      console.error('yinxin: an answer could not be sent', error instanceof Error ? error.name : '');
    });
  }

  #post(message: ToRelay): void {
    if (!this.#gone) this.#port.postMessage(message);
  }
}
