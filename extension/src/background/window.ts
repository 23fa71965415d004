//! The consent window of one operation: a window of the extension, never a part of the page.

import type { ConsentView, Decision } from '@yinxin/proto';
import {
  CONSENT_PORT,
  type ConsentShown,
  documentsChannel,
  type FromWindow,
  type LoginAdvice,
  type Pixels,
  type ToWindow,
} from '../relay.js';
import { keeps, settingsInTime, used } from '../stored.js';
import { LastUsed } from './last.js';
import { fromConsent } from './messages.js';
import type { Language } from './settings.js';

/** Who hears what happens in a consent window. */
export interface ConsentListener {
  /** The user decided. */
  decided(decision: Decision): void;
  /** The window is closed, or could not be opened. */
  closed(): void;
  /** Something else stands in the window's place, or the window elsewhere. It is closed by now. */
  lost(): void;
  /** The exact bytes of a document, where it is at hand. */
  document(index: number): Blob | undefined;
}

/** Windows by operation. */
const open = new Map<string, ConsentWindow>();

/** The windows that wait for the user, as the user's own pages tell of them. */
export const windows = {
  /** Hears when one opens or closes. */
  changed: () => {},
  /** How many there are. */
  get count(): number {
    return open.size;
  },
  /** Brings them to the front. */
  focus(): void {
    for (const window of open.values()) window.focus();
  },
};

/** The window that was made, and its one tab. */
interface Place {
  readonly window: number;
  readonly tab: number;
}

/**
 * A consent window, from the moment it is asked for.
 *
 * Other extensions can open its address again, or navigate, move and unload its tab, some of it without any permission.
 * So only a page of the very tab that was made is served, once; where it stops to be there, nothing that is seen in
 * its place is ours: the window is closed and its operation ends.
 */
export class ConsentWindow {
  readonly #operation: string;
  readonly #url: string;
  readonly #listener: ConsentListener;
  readonly #documents: BroadcastChannel;
  /** Known later than the window's page may connect. */
  readonly #made: Promise<Place | undefined>;
  #place: Place | undefined;
  #port: chrome.runtime.Port | undefined;
  /** What is kept on the device is read while the browser makes the window, so that its page waits for nothing. */
  readonly #last = new LastUsed(keeps, () => used.read());
  #language: Language | undefined;
  #shown: Pick<ConsentShown, 'view' | 'advice'> | undefined;
  #closed = false;
  /** Who waits for the picture of a seal. */
  readonly #drawn = new Map<string, (pixels: Pixels | undefined) => void>();

  /** Opens a window for an operation, over the browser window of the page that asks. */
  constructor(operation: string, over: number, listener: ConsentListener) {
    this.#operation = operation;
    this.#url = chrome.runtime.getURL(`consent.html#${operation}`);
    this.#listener = listener;
    this.#documents = new BroadcastChannel(documentsChannel(operation));
    this.#documents.onmessage = ({ data }: MessageEvent<FromWindow>) => {
      if ('seal' in data) {
        this.#drawn.get(data.seal)?.(data.pixels);
        this.#drawn.delete(data.seal);
        return;
      }
      const content = listener.document(data.wanted);
      if (content) this.#documents.postMessage({ document: data.wanted, content } satisfies ToWindow);
    };
    if (open.size === 0) listen(true);
    open.set(operation, this);
    windows.changed();
    this.#made = this.#create(over);
    void this.#read();
  }

  /** Shows a view, whole, with what the account says of certificates in the keys. */
  show(view: ConsentView, advice: readonly LoginAdvice[]): void {
    this.#shown = { view, advice };
    this.#post();
  }

  /** Has the window draw the picture of a seal that it shows, by the seal's SHA-256. Never settles if the window is closed. */
  picture(seal: string): Promise<Pixels | undefined> {
    return new Promise(resolve => {
      this.#drawn.set(seal, resolve);
      this.#documents.postMessage({ seal } satisfies ToWindow);
    });
  }

  /** Brings the window to the front. */
  focus(): void {
    if (this.#place) chrome.windows.update(this.#place.window, { focused: true }).catch(() => undefined);
  }

  /** Closes the window; nobody is told. */
  close(): void {
    if (!this.#closed) this.#forget();
  }

  /** A page of the extension says that it is this window. */
  async attach(port: chrome.runtime.Port): Promise<void> {
    let gone = false;
    port.onDisconnect.addListener(() => {
      gone = true;
      if (this.#port === port) void this.#look(true);
    });
    const place = await this.#made;
    const { url, tab, frameId } = port.sender ?? {};
    const own = place !== undefined && tab?.id === place.tab && url === this.#url && frameId === 0;
    if (!own || this.#closed || this.#port) {
      port.disconnect();
      return;
    }
    this.#port = port;
    port.onMessage.addListener((message: unknown) => {
      if (this.#closed) return;
      const decision = fromConsent(message);
      if (decision) this.#listener.decided(decision);
    });
    if (gone) void this.#look(true);
    else this.#post();
  }

  /** The browser says that something happened to a tab. `moved`: it is not where it was made. */
  tabChanged(tab: number, moved: boolean): void {
    if (tab !== this.#place?.tab || this.#closed) return;
    if (moved) this.#end('lost');
    else void this.#look(false);
  }

  async #read(): Promise<void> {
    const inTime = new Promise(resolve => setTimeout(resolve, HISTORY_MS));
    const [{ settings }] = await Promise.all([settingsInTime.read(), Promise.race([this.#last.read, inTime])]);
    this.#language = settings.language;
    this.#post();
  }

  #post(): void {
    if (!this.#port || !this.#shown || !this.#language) return;
    const { view, advice } = this.#shown;
    const lastUsed = this.#last.in(view);
    const shown: ConsentShown = { view, advice, language: this.#language, ...(lastUsed !== undefined && { lastUsed }) };
    this.#port.postMessage(shown);
  }

  async #create(over: number): Promise<Place | undefined> {
    try {
      const { height, ...where } = await placeOver(over);
      const wanted: chrome.windows.CreateData = {
        url: this.#url,
        type: 'popup',
        focused: true,
        width: WIDTH,
        height,
      };
      // A place that the browser does not like must not cost the window.
      const made = await chrome.windows.create({ ...wanted, ...where }).catch(() => chrome.windows.create(wanted));
      const tab = made?.tabs?.[0]?.id;
      if (made?.id === undefined || tab === undefined) throw new Error('no window');
      this.#place = { window: made.id, tab };
      // Closed in the meantime: then it is not wanted any more.
      if (this.#closed) this.#remove();
      // What happened before the place was known was told to nobody.
      else await this.#look(false);
    } catch {
      if (!this.#closed) this.#end('closed');
    }
    return this.#place;
  }

  /** Looks whether the page is where it was made; `left`: it is known to have gone from there. */
  async #look(left: boolean): Promise<void> {
    const place = this.#place;
    if (!place || this.#closed) return;
    const tab = await chrome.tabs.get(place.tab).catch(() => undefined);
    const there = tab && !left && tab.windowId === place.window && (await this.#isShown(tab));
    if (this.#closed) return;
    if (!tab) this.#end('closed');
    else if (!there) this.#end('lost');
  }

  /** Whether what a tab shows, or is about to show, is this window's page. */
  async #isShown({ id, status, url, pendingUrl }: chrome.tabs.Tab): Promise<boolean> {
    const address = url || pendingUrl;
    if (address) return address === this.#url;
    // Addresses of others' pages are not told, and from Chromium 148 on neither are those of our own: there we are told
    // what pages we have. One that is still loading is looked at when it is loaded.
    if (id === undefined || !chrome.runtime.getContexts) return false;
    if (status === 'loading') return true;
    const pages = await chrome.runtime.getContexts({ contextTypes: ['TAB'], tabIds: [id] });
    return pages.some(({ documentUrl }) => documentUrl === this.#url);
  }

  #end(how: 'closed' | 'lost'): void {
    this.#forget();
    this.#listener[how]();
  }

  #forget(): void {
    this.#closed = true;
    this.#documents.close();
    open.delete(this.#operation);
    windows.changed();
    if (open.size === 0) listen(false);
    this.#remove();
  }

  /** Removes the tab, wherever it is, and the window, whatever is in it. */
  #remove(): void {
    if (!this.#place) return;
    chrome.tabs.remove(this.#place.tab).catch(() => undefined);
    chrome.windows.remove(this.#place.window).catch(() => undefined);
  }
}

/** Hands a port of a consent window to its operation. One that belongs to none is closed. */
export function attachConsentPort(port: chrome.runtime.Port): void {
  const window = open.get(port.name.slice(CONSENT_PORT.length));
  if (window && port.sender?.id === chrome.runtime.id) void window.attach(port);
  else port.disconnect();
}

function changed(tab: number): void {
  for (const window of [...open.values()]) window.tabChanged(tab, false);
}

function moved(tab: number): void {
  for (const window of [...open.values()]) window.tabChanged(tab, true);
}

/** A tab that was unloaded has another number. */
function replaced(_: number, tab: number): void {
  moved(tab);
}

/** Hears the browser's tabs while a window is open; at other times each of them would start this worker. */
function listen(on: boolean): void {
  const { onUpdated, onRemoved, onDetached, onReplaced } = chrome.tabs;
  const to = on ? 'addListener' : 'removeListener';
  onUpdated[to](changed);
  onRemoved[to](changed);
  onDetached[to](moved);
  onReplaced[to](replaced);
}

/**
 * Where a window stands in the middle of another, as high as we want it: no higher than one that fills its screen. Of
 * other screens only the window itself knows, and fits itself in (`consent/screen.ts`).
 */
async function placeOver(over: number): Promise<{ left?: number; top?: number; height: number }> {
  const { left, top, width, height, state } = await chrome.windows
    .get(over)
    .catch(() => ({}) as Partial<chrome.windows.Window>);
  if (left === undefined || top === undefined || width === undefined || height === undefined) return { height: HEIGHT };
  const own = state === 'maximized' || state === 'fullscreen' ? Math.min(HEIGHT, height) : HEIGHT;
  return {
    left: Math.max(0, Math.round(left + (width - WIDTH) / 2)),
    top: Math.max(0, Math.round(top + Math.max(0, Math.min(80, (height - own) / 2)))),
    height: own,
  };
}

/** Time for a history that is at hand. */
const HISTORY_MS = 200;
const WIDTH = 480;
const HEIGHT = 720;
