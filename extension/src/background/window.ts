//! The consent window of one operation: a window of the extension, never a part of the page.

import type { Decision } from '@yinxin/proto';
import {
  CONSENT_PORT,
  type ConsentShown,
  type DocumentHanded,
  type DocumentWanted,
  documentsChannel,
} from '../relay.js';
import { isOwnPage } from './sender.js';

/** Who hears what happens in a consent window. */
export interface ConsentListener {
  /** The user decided. */
  decided(decision: Decision): void;
  /** The window is closed, or could not be opened. */
  closed(): void;
  /** The exact bytes of a document, where it is at hand. */
  document(index: number): Blob | undefined;
}

/** Windows by operation. */
const open = new Map<string, ConsentWindow>();

/** A consent window, from the moment it is asked for. */
export class ConsentWindow {
  readonly #operation: string;
  readonly #listener: ConsentListener;
  readonly #documents: BroadcastChannel;
  #window: number | undefined;
  #port: chrome.runtime.Port | undefined;
  #shown: ConsentShown | undefined;
  #closed = false;

  /** Opens a window for an operation, over the browser window of the page that asks. */
  constructor(operation: string, over: number, listener: ConsentListener) {
    this.#operation = operation;
    this.#listener = listener;
    this.#documents = new BroadcastChannel(documentsChannel(operation));
    this.#documents.onmessage = ({ data }: MessageEvent<DocumentWanted>) => {
      const content = listener.document(data.wanted);
      if (content) this.#documents.postMessage({ document: data.wanted, content } satisfies DocumentHanded);
    };
    open.set(operation, this);
    void this.#create(over);
  }

  /** Shows a view, whole. */
  show(shown: ConsentShown): void {
    this.#shown = shown;
    this.#port?.postMessage(shown);
  }

  /** Brings the window to the front. */
  focus(): void {
    if (this.#window !== undefined) chrome.windows.update(this.#window, { focused: true }).catch(() => undefined);
  }

  /** Closes the window; nobody is told. */
  close(): void {
    if (this.#closed) return;
    this.#forget();
    if (this.#window !== undefined) chrome.windows.remove(this.#window).catch(() => undefined);
  }

  /** A page of the extension says that it is this window. */
  attach(port: chrome.runtime.Port): void {
    this.#port = port;
    port.onMessage.addListener((decision: Decision) => {
      if (!this.#closed && this.#port === port) this.#listener.decided(decision);
    });
    port.onDisconnect.addListener(() => {
      if (this.#port === port) this.#port = undefined;
    });
    if (this.#shown) this.show(this.#shown);
  }

  /** The browser says that a window is gone. */
  removed(window: number): void {
    if (window === this.#window && !this.#closed) this.#gone();
  }

  async #create(over: number): Promise<void> {
    const url = chrome.runtime.getURL(`consent.html#${this.#operation}`);
    const wanted: chrome.windows.CreateData = { url, type: 'popup', focused: true, width: WIDTH, height: HEIGHT };
    try {
      const place = await centre(over);
      // A place that the browser does not like must not cost the window.
      const window = await chrome.windows.create({ ...wanted, ...place }).catch(() => chrome.windows.create(wanted));
      this.#window = window?.id;
      // Closed in the meantime: then it is not wanted any more.
      if (this.#closed && this.#window !== undefined) await chrome.windows.remove(this.#window);
    } catch {
      if (!this.#closed) this.#gone();
    }
  }

  #gone(): void {
    this.#forget();
    this.#listener.closed();
  }

  #forget(): void {
    this.#closed = true;
    this.#documents.close();
    open.delete(this.#operation);
  }
}

/** Hands a port of a consent window to its operation. One that belongs to none is closed. */
export function attachConsentPort(port: chrome.runtime.Port): void {
  const window = open.get(port.name.slice(CONSENT_PORT.length));
  if (window && isOwnPage(port.sender, 'consent.html')) window.attach(port);
  else port.disconnect();
}

/** Hears the browser's windows; to be called when the background starts. */
export function watchWindows(): void {
  chrome.windows.onRemoved.addListener(id => {
    for (const window of [...open.values()]) window.removed(id);
  });
}

/** Where a window of our size stands in the middle of another. */
async function centre(over: number): Promise<{ left: number; top: number } | undefined> {
  const { left, top, width, height } = await chrome.windows.get(over).catch(() => ({}) as chrome.windows.Window);
  if (left === undefined || top === undefined || width === undefined || height === undefined) return undefined;
  return {
    left: Math.max(0, Math.round(left + (width - WIDTH) / 2)),
    top: Math.max(0, Math.round(top + Math.min(80, (height - HEIGHT) / 2))),
  };
}

const WIDTH = 480;
const HEIGHT = 720;
