//! The bridge: documents of sites for which the user switched it on, each with the browser's rules that bring its calls
//! to the host, and with the flow that answers them. A document is there as long as its content script's port.

import { BRIDGE_RECORD_MS, type CatalogueError, type SiteKind } from '@yinxin/proto';
import { addressesOf, isBridged } from '../../bridged.js';
import { PRESSED } from '../../relay.js';
import { FlowMachine } from '../core.js';
import type { Consented } from '../history.js';
import type { BridgeEvent, Host } from '../host.js';
import { identify } from '../sender.js';
import { Flow, type WindowTurn } from './flow.js';
import { Presses } from './presses.js';
import { type Caller, forgetRecords, record, recorded } from './records.js';
import { clearRules, type Listening, removeRules, setRules } from './rules.js';

/** What the bridge needs to know and to tell. */
export interface Surroundings {
  readonly host: Host;
  /** Rules that an earlier worker left are gone. */
  readonly ruled: Promise<unknown>;
  /** What a flow is told of its site. */
  site(origin: string): Promise<{ kind: SiteKind; firstUse: boolean; anchors: string[] } | undefined>;
  queue(turn: WindowTurn): boolean;
  leave(turn: WindowTurn, end: { readonly cancelled: boolean }): void;
  mayBegin(origin: string): Promise<CatalogueError | undefined>;
  done(origin: string, consented: Consented): void;
  /** Sessions, or what was missed, have changed. */
  changed(): void;
}

/** What the host takes calls for: a document that is there, or one that is on its way. */
interface Place {
  /** By this number the host knows it, where its messages name a tab: the two documents of a tab that goes on are two. */
  readonly id: number;
  readonly tab: number;
  readonly origin: string;
  /** The host is asked to listen. */
  starting: boolean;
  listening: Listening | undefined;
  /** The browser brings its calls there. */
  ruled: boolean;
  gone: boolean;
}

/** A document that is on its way: the browser asks for it. */
interface Coming extends Place {
  /** The browser's number for what it asks. */
  request: string;
  /** It takes the place of the tab's document from now on. */
  answered: boolean;
  /** Settles when it is there, or will not come. */
  readonly arrival: Promise<BridgedDocument | undefined>;
  arrive(document: BridgedDocument | undefined): void;
  late: ReturnType<typeof setTimeout>;
  /** The document whose place it took before it was there. */
  replaced?: BridgedDocument;
}

/** A document of a bridged site. */
interface BridgedDocument extends Caller {
  readonly place: Place;
  readonly presses: Presses;
  readonly flow: Promise<Flow>;
  /** Calls that wait for their answer. */
  readonly calls: Set<number>;
  session: boolean;
  /** Has its content script say again that it is there, if it is. */
  again(): void;
  /** Asks its content script to make a call. */
  probe(): void;
  /** Hears whether that arrived. */
  probed?: (arrived: boolean) => void;
}

/** A call that nobody answers, by its name alone. */
export interface Unanswered {
  /** Whose page made it. */
  readonly origin: string;
  /** Port and name. */
  readonly call: string;
  readonly times: number;
}

/** All of them, by tab. */
export class Bridge {
  readonly #around: Surroundings;
  readonly #documents = new Map<number, BridgedDocument>();
  /** Those that are on their way, by tab. */
  readonly #coming = new Map<number, Coming>();
  /** For all of them, by number. */
  readonly #places = new Map<number, Place>();
  /** What sites keep, while the browser runs us. */
  readonly #parameters = new Map<string, Record<string, string>>();
  /** Calls that are not answered, by origin, port and name. */
  readonly #unanswered = new Map<string, Unanswered>();
  /** Calls whose record is waited for. */
  readonly #unrecorded = new Set<number>();
  #failures = 0;
  #next = 1;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Records calls, and hears where tabs go, from now on. May be called again: the permission for it can come later. */
  listen(): void {
    record({
      goes: (tab, url, request) => void this.#goes(tab, url, request),
      responds: (tab, isPage) => void this.#responds(tab, isPage),
      ends: (tab, request) => this.#ends(tab, request),
    });
  }

  /** Origins that hold a session. */
  get sessions(): string[] {
    const open = [...this.#documents.values()].filter(({ session }) => session);
    return [...new Set(open.map(({ origin }) => origin))];
  }

  /** The switches changed: documents whose bridge is off now are let go. */
  async switched(): Promise<void> {
    for (const document of this.#documents.values()) {
      if (!(await isBridged(document.origin))) await this.#end(document);
    }
    for (const coming of this.#coming.values()) {
      if (!(await isBridged(coming.origin))) await this.#drop(coming);
    }
  }

  /** Ends every session. */
  endSessions(): void {
    for (const document of this.#documents.values()) this.#feed(document, { type: 'session-ended' });
  }

  /** Another site's call works on a key. */
  othersWork(origin: string): void {
    for (const document of this.#documents.values()) {
      if (document.origin !== origin) this.#feed(document, { type: 'session-ended' });
    }
  }

  /** A content script says that its document is there. */
  async attach(port: chrome.runtime.Port): Promise<void> {
    let gone = false;
    let document: BridgedDocument | undefined;
    const presses = new Presses();
    port.onMessage.addListener((message: unknown) => {
      if (message === PRESSED) presses.press();
      else if (typeof Object(message).arrived === 'boolean') document?.probed?.(Object(message).arrived === true);
    });
    port.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      gone = true;
      if (document) void this.#end(document);
    });
    const asker = identify(port.sender);
    const tab = port.sender?.tab?.id;
    if ('code' in asker || tab === undefined) return port.disconnect();
    const { origin, windowId } = asker;
    const isExpected = () => this.#coming.get(tab)?.origin === origin;
    if (!isExpected() && !(await isBridged(origin))) return port.disconnect();
    if (gone) return;
    this.listen();
    const before = this.#documents.get(tab);
    if (before) await this.#end(before);
    const other = this.#coming.get(tab);
    if (other && !isExpected()) await this.#drop(other);
    if (gone) return;
    const coming = isExpected() ? this.#coming.get(tab) : undefined;
    const place = coming ?? this.#makePlace(tab, origin);
    const calls = new Set<number>();
    const made: BridgedDocument = {
      tab,
      origin,
      document: port.sender?.documentId,
      place,
      presses,
      calls,
      session: false,
      again: () => port.disconnect(),
      probe: () => port.postMessage(probed(origin)),
      flow: this.#makeFlow(place, windowId, calls),
    };
    document = made;
    this.#documents.set(tab, made);
    // Whoever waits for it hears of a failure; a page gets no answer then.
    made.flow.catch(() => undefined);
    if (coming) {
      this.#coming.delete(tab);
      clearTimeout(coming.late);
      coming.arrive(made);
    }
    await this.#start(place);
  }

  #makePlace(tab: number, origin: string): Place {
    const place = { id: this.#next++, tab, origin, starting: false, listening: undefined, ruled: false, gone: false };
    this.#places.set(place.id, place);
    return place;
  }

  /** A tab goes somewhere. */
  async #goes(tab: number, url: string, request: string): Promise<void> {
    this.#left(tab);
    const { origin } = new URL(url);
    const known = this.#coming.get(tab);
    if (known?.origin === origin) {
      known.request = request;
      return;
    }
    if (known) await this.#drop(known);
    await this.#around.ruled;
    if (!(await isBridged(origin)) || this.#coming.has(tab)) return;
    let arrive: Coming['arrive'] = () => undefined;
    const arrival = new Promise<BridgedDocument | undefined>(resolve => {
      arrive = resolve;
    });
    const late = setTimeout(() => void this.#drop(coming), COMING_MS);
    const place = this.#makePlace(tab, origin);
    const coming: Coming = Object.assign(place, { request, answered: false, arrival, arrive, late });
    this.#coming.set(tab, coming);
    await this.#start(coming);
  }

  /** A tab is answered: with a page, which takes the place of what is there, or with something else. */
  async #responds(tab: number, isPage: boolean): Promise<void> {
    const coming = this.#coming.get(tab);
    if (!coming) return;
    if (!isPage) return await this.#drop(coming);
    coming.answered = true;
    await this.#start(coming);
  }

  /** What a tab asked for is there, or it failed: a document that is not there by now does not come. */
  #ends(tab: number, request: string): void {
    const coming = this.#coming.get(tab);
    if (coming?.request !== request) return;
    clearTimeout(coming.late);
    coming.late = setTimeout(() => void this.#drop(coming), ARRIVAL_MS);
  }

  /** A document does not come. */
  async #drop(coming: Coming): Promise<void> {
    if (this.#coming.get(coming.tab) !== coming) return;
    this.#coming.delete(coming.tab);
    clearTimeout(coming.late);
    coming.arrive(undefined);
    await this.#leave(coming);
    // Whose place it took may be there all the same.
    coming.replaced?.again();
  }

  /** Nobody is there any more: the rules go before the host hears that it is to stop. */
  async #leave(place: Place): Promise<void> {
    place.gone = true;
    this.#places.delete(place.id);
    await removeRules(place.id).catch(() => undefined);
    this.#around.host.send({ type: 'bridge-stop', tab: place.id }).reply.catch(() => undefined);
    if (this.#places.size === 0) this.#around.host.bridge = undefined;
  }

  async #makeFlow(place: Place, windowId: number, calls: Set<number>): Promise<Flow> {
    const { id, tab, origin } = place;
    const site = await this.#around.site(origin);
    if (!site) throw new Error('no such site');
    const start = { origin, tab: id, development: DEVELOPMENT, ...site };
    const machine = await FlowMachine.create(start, this.#parameters.get(origin) ?? {});
    const { host, queue, leave, mayBegin, done } = this.#around;
    return new Flow(machine, {
      host,
      origin,
      windowId,
      queue: turn => {
        // What was missed is seen now.
        mark(tab, this.#documentOf(place)?.session === true ? SESSION : '');
        return queue(turn);
      },
      leave: (turn, end) => {
        // Whoever cancels has pressed nothing for the next call.
        if (end.cancelled) this.#documentOf(place)?.presses.spend();
        leave(turn, end);
      },
      mayBegin: () => mayBegin(origin),
      answer: (call, body) => {
        if (calls.delete(call) && calls.size === 0) this.#documentOf(place)?.presses.resume();
        this.#answer(call, body);
      },
      unanswered: (port, name) => this.#count(origin, port, name),
      missed: () => {
        mark(tab, MISSED);
        this.#around.changed();
      },
      session: open => {
        const document = this.#documentOf(place);
        if (document) document.session = open;
        // One site at a time: a login needs no window where its user has just shown a certificate.
        if (open) this.othersWork(origin);
        mark(tab, open ? SESSION : '');
        this.#around.changed();
      },
      failed: () => {
        for (const call of calls) this.#answer(call);
        calls.clear();
        const document = this.#documentOf(place);
        // The next page begins afresh; this one finds nobody.
        if (document?.calls === calls) void this.#end(document);
      },
      done: consented => done(origin, consented),
    });
  }

  /** Lets the host listen for a document, and the browser bring its calls there as soon as they can be its own. */
  async #start(place: Place): Promise<void> {
    if (place.gone || place.starting) return;
    const { host } = this.#around;
    host.bridge = {
      told: event => void this.#told(event),
      lost: () => this.#lost(),
    };
    place.starting = true;
    try {
      if (!place.listening) {
        const { id: tab, origin } = place;
        const reply = await host.send({ type: 'bridge-start', tab, origin }).reply;
        if (reply.type === 'bridge') place.listening = reply;
      }
      place.starting = false;
      await this.#bring(place);
      this.#failures = 0;
    } catch {
      place.starting = false;
      place.ruled = false;
      const ms = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
      this.#failures += 1;
      setTimeout(() => void this.#start(place), ms);
    }
  }

  /** Sets the rules of a place, instead of those of the document that is left for it. */
  async #bring(place: Place): Promise<void> {
    const { id, tab, origin, listening } = place;
    if (!listening || place.gone || place.ruled) return;
    const there = this.#documents.get(tab);
    const before = there?.place === place ? undefined : there;
    const coming = this.#coming.get(tab);
    // What is asked for may be a file, for which no document is left.
    if (before && coming?.answered !== true) return;
    place.ruled = true;
    // Nothing that was called before comes over these rules.
    forgetRecords(tab);
    await setRules(id, tab, new URL(origin).hostname, addressesOf(origin), listening, before?.place.id);
    if (before && coming) coming.replaced = before;
    if (before) await this.#end(before);
    // It went while the rules were set, or the host did.
    if (place.gone || place.listening !== listening) await removeRules(id);
  }

  async #end(document: BridgedDocument): Promise<void> {
    const { tab, origin, place } = document;
    if (place.gone) return;
    if (this.#documents.get(tab) === document) this.#documents.delete(tab);
    const left = this.#leave(place);
    const flow = await document.flow.catch(() => undefined);
    if (flow) {
      this.#parameters.set(origin, flow.parameters);
      flow.end();
    }
    await left;
    this.#around.changed();
  }

  /** A document is about to be left, and its calls keep it: they end. */
  #left(tab: number): void {
    const document = this.#documents.get(tab);
    if (!document) return;
    for (const call of document.calls) {
      this.#feed(document, { type: 'gone', call });
      this.#answer(call);
    }
    document.calls.clear();
    document.presses.resume();
  }

  /** The host is gone: its port may be anybody's now. */
  #lost(): void {
    void clearRules();
    for (const document of this.#documents.values()) {
      document.calls.clear();
      document.presses.resume();
      this.#feed(document, { type: 'window-closed' });
      this.#feed(document, { type: 'session-ended' });
    }
    for (const place of this.#places.values()) {
      place.listening = undefined;
      place.ruled = false;
      setTimeout(() => void this.#start(place), FIRST_RETRY_MS);
    }
  }

  async #told(event: BridgeEvent): Promise<void> {
    if (event.type === 'bridge-gone') {
      this.#unrecorded.delete(event.call);
      const document = [...this.#documents.values()].find(({ calls }) => calls.has(event.call));
      if (!document) return;
      if (document.calls.delete(event.call) && document.calls.size === 0) document.presses.resume();
      return this.#feed(document, { type: 'gone', call: event.call });
    }
    const { call, port, name, fields, pins } = event;
    this.#unrecorded.add(call);
    const place = this.#places.get(event.tab);
    const document = place && (this.#documentOf(place) ?? (await this.#arrived(place)));
    const pressed = document?.presses.isRecent() === true;
    const own = document !== undefined && (await recorded(document, event)) && !document.place.gone;
    // It may be gone by now.
    if (!this.#unrecorded.delete(call)) return;
    if (!own) return this.#answer(call);
    if (document.calls.size === 0) document.presses.pause();
    document.calls.add(call);
    this.#feed(document, { type: 'called', call, port, name, fields, pins, pressed });
  }

  #documentOf(place: Place): BridgedDocument | undefined {
    const document = this.#documents.get(place.tab);
    return document?.place === place ? document : undefined;
  }

  /** The document that is on its way: one whose first script calls says in the same moment that it is there. */
  #arrived(place: Place): Promise<BridgedDocument | undefined> {
    const coming = this.#coming.get(place.tab);
    const late = new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), BRIDGE_RECORD_MS));
    return Promise.race([coming === place ? coming.arrival : undefined, late]);
  }

  #feed(document: BridgedDocument, event: Parameters<Flow['feed']>[0]): void {
    document.flow.then(
      flow => flow.feed(event),
      () => {
        if (event.type === 'called') this.#answer(event.call);
      },
    );
  }

  #answer(call: number, body?: unknown): void {
    const answer = body === undefined ? {} : { body: JSON.stringify(body) };
    this.#around.host.send({ type: 'bridge-answer', call, ...answer }).reply.catch(() => undefined);
  }

  #count(origin: string, port: number, name: string): void {
    const call = `${port}/${name}`;
    const key = `${origin} ${call}`;
    const times = (this.#unanswered.get(key)?.times ?? 0) + 1;
    if (this.#unanswered.size < MAX_NAMES || times > 1) this.#unanswered.set(key, { origin, call, times });
  }

  /** For the doctor: sites whose pages are open, each with how many, and whether a call of theirs arrives. */
  async examine(): Promise<Map<string, { pages: number; arrives: boolean }>> {
    const found = new Map<string, { pages: number; arrives: boolean }>();
    const documents = [...this.#documents.values()];
    const arrived = await Promise.all(documents.map(document => probe(document)));
    documents.forEach(({ origin }, at) => {
      const { pages, arrives } = found.get(origin) ?? { pages: 0, arrives: true };
      found.set(origin, { pages: pages + 1, arrives: arrives && arrived[at] === true });
    });
    return found;
  }

  /** Calls that were not answered. */
  get unanswered(): readonly Unanswered[] {
    return [...this.#unanswered.values()];
  }
}

/** Marks the icon where a tab is shown. */
function mark(tabId: number, text: string): void {
  // A tab that is gone has no icon.
  chrome.action.setBadgeText({ tabId, text }).catch(() => undefined);
}

/** A page holds a session. */
const SESSION = '●';
/** A page asked while its user pressed nothing. */
const MISSED = '!';

/** Whether a call of a document arrives. A page that stands still, since a call of its own waits, shows that it does. */
async function probe(document: BridgedDocument): Promise<boolean> {
  if (document.calls.size > 0) return true;
  return await new Promise(resolve => {
    const late = setTimeout(() => resolve(false), PROBE_MS);
    document.probed = arrived => {
      clearTimeout(late);
      resolve(arrived);
    };
    document.probe();
  });
}

/** What the content script of a site calls for the doctor: it needs no key, and no press. */
function probed(origin: string): { url: string; body: string } | undefined {
  const [address] = addressesOf(origin);
  if (!address) return undefined;
  const [path, body] = address.version;
  return { url: `${address.secure ? 'https' : 'http'}://127.0.0.1:${address.port}/${path}`, body };
}

const PROBE_MS = 4_000;
/** How long a document may be on its way. */
const COMING_MS = 30_000;
/** How long after its last byte it may still begin. */
const ARRIVAL_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Names of calls that are kept. */
const MAX_NAMES = 64;
