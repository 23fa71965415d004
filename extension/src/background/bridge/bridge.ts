//! The bridge: documents of sites for which the user switched it on, each with the browser's rules that bring its calls
//! to the host, and with the flow that answers them. A document is there as long as its content script's port.

import type { CatalogueError, SiteKind } from '@yinxin/proto';
import { isBridged } from '../../bridged.js';
import { PRESSED } from '../../relay.js';
import { FlowMachine } from '../core.js';
import type { Consented } from '../history.js';
import type { BridgeEvent, Host } from '../host.js';
import { identify } from '../sender.js';
import { Flow, type WindowTurn } from './flow.js';
import { Presses } from './presses.js';
import { beginRecords, type Caller, record, recorded } from './records.js';
import { clearRules, removeRules, setRules } from './rules.js';

/** What the bridge needs to know and to tell. */
export interface Surroundings {
  readonly host: Host;
  /** What a flow is told of its site. */
  site(origin: string): Promise<{ kind: SiteKind; firstUse: boolean; anchors: string[] } | undefined>;
  queue(turn: WindowTurn): boolean;
  leave(turn: WindowTurn, end: { readonly cancelled: boolean }): void;
  mayBegin(origin: string): Promise<CatalogueError | undefined>;
  done(origin: string, consented: Consented): void;
  /** Sessions, or what was missed, have changed. */
  changed(): void;
}

/** A document of a bridged site. */
interface BridgedDocument extends Caller {
  readonly presses: Presses;
  readonly flow: Promise<Flow>;
  /** Calls that wait for their answer. */
  readonly calls: Set<number>;
  session: boolean;
  gone: boolean;
  /** Asks its content script to make a call. */
  probe(): void;
  /** Hears whether that arrived. */
  probed?: (arrived: boolean) => void;
}

/** All of them, by tab. */
export class Bridge {
  readonly #around: Surroundings;
  readonly #documents = new Map<number, BridgedDocument>();
  /** What sites keep, while the browser runs us. */
  readonly #parameters = new Map<string, Record<string, string>>();
  /** Calls that are not answered, by port and name, with how often. */
  readonly #unanswered = new Map<string, number>();
  /** Calls whose record is waited for. */
  readonly #unrecorded = new Set<number>();
  #failures = 0;

  constructor(around: Surroundings) {
    this.#around = around;
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
    if (tab !== undefined) beginRecords(tab);
    if ('code' in asker || tab === undefined || !(await isBridged(asker.origin))) return port.disconnect();
    if (gone) return;
    // The permission for it may have come since this worker started.
    record(of => this.#left(of));
    const before = this.#documents.get(tab);
    if (before) await this.#end(before);
    if (gone) return;
    const { origin, windowId } = asker;
    const calls = new Set<number>();
    const made: BridgedDocument = {
      tab,
      origin,
      document: port.sender?.documentId,
      presses,
      calls,
      session: false,
      gone: false,
      probe: () => port.postMessage(PROBED),
      flow: this.#makeFlow(tab, origin, windowId, calls),
    };
    document = made;
    this.#documents.set(tab, made);
    // Whoever waits for it hears of a failure; a page gets no answer then.
    made.flow.catch(() => undefined);
    this.#around.host.bridge = {
      told: event => void this.#told(event),
      lost: () => this.#lost(),
    };
    await this.#start(made);
  }

  async #makeFlow(tab: number, origin: string, windowId: number, calls: Set<number>): Promise<Flow> {
    const site = await this.#around.site(origin);
    if (!site) throw new Error('no such site');
    const start = { origin, tab, development: DEVELOPMENT, ...site };
    const machine = await FlowMachine.create(start, this.#parameters.get(origin) ?? {});
    const { host, queue, leave, mayBegin, done } = this.#around;
    return new Flow(machine, {
      host,
      origin,
      windowId,
      queue: turn => {
        // What was missed is seen now.
        mark(tab, this.#documents.get(tab)?.session === true ? SESSION : '');
        return queue(turn);
      },
      leave: (turn, end) => {
        // Whoever cancels has pressed nothing for the next call.
        if (end.cancelled) this.#documents.get(tab)?.presses.spend();
        leave(turn, end);
      },
      mayBegin: () => mayBegin(origin),
      answer: (call, body) => {
        if (calls.delete(call) && calls.size === 0) this.#documents.get(tab)?.presses.resume();
        this.#answer(call, body);
      },
      unanswered: (port, name) => this.#count(port, name),
      missed: () => {
        mark(tab, MISSED);
        this.#around.changed();
      },
      session: open => {
        const document = this.#documents.get(tab);
        if (document) document.session = open;
        // One site at a time: a login needs no window where its user has just shown a certificate.
        if (open) this.othersWork(origin);
        mark(tab, open ? SESSION : '');
        this.#around.changed();
      },
      failed: () => {
        for (const call of calls) this.#answer(call);
        calls.clear();
        const document = this.#documents.get(tab);
        // The next page begins afresh; this one finds nobody.
        if (document?.calls === calls) void this.#end(document);
      },
      done: consented => done(origin, consented),
    });
  }

  /** Lets the host listen for a document, and the browser bring its calls there. */
  async #start(document: BridgedDocument): Promise<void> {
    const { tab, origin } = document;
    try {
      const reply = await this.#around.host.send({ type: 'bridge-start', tab, origin }).reply;
      if (document.gone || reply.type !== 'bridge') return;
      await setRules(tab, new URL(origin).hostname, reply);
      // It went while the rules were set.
      if (document.gone) await removeRules(tab);
      this.#failures = 0;
    } catch {
      const ms = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
      this.#failures += 1;
      setTimeout(() => {
        if (!document.gone) void this.#start(document);
      }, ms);
    }
  }

  async #end(document: BridgedDocument): Promise<void> {
    if (document.gone) return;
    document.gone = true;
    const { tab, origin } = document;
    if (this.#documents.get(tab) === document) this.#documents.delete(tab);
    // Before the host hears that it is to stop.
    await removeRules(tab).catch(() => undefined);
    const flow = await document.flow.catch(() => undefined);
    if (flow) {
      this.#parameters.set(origin, flow.parameters);
      flow.end();
    }
    if (!this.#documents.has(tab)) {
      this.#around.host.send({ type: 'bridge-stop', tab }).reply.catch(() => undefined);
    }
    if (this.#documents.size === 0) this.#around.host.bridge = undefined;
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
      setTimeout(() => {
        if (!document.gone) void this.#start(document);
      }, FIRST_RETRY_MS);
    }
  }

  async #told(event: BridgeEvent): Promise<void> {
    const document =
      event.type === 'bridge-call'
        ? this.#documents.get(event.tab)
        : [...this.#documents.values()].find(({ calls }) => calls.has(event.call));
    if (event.type === 'bridge-gone') {
      this.#unrecorded.delete(event.call);
      if (!document) return;
      if (document.calls.delete(event.call) && document.calls.size === 0) document.presses.resume();
      return this.#feed(document, { type: 'gone', call: event.call });
    }
    const { call, port, name, fields, pins } = event;
    const pressed = document?.presses.isRecent() === true;
    this.#unrecorded.add(call);
    const own = document !== undefined && (await recorded(document, event)) && !document.gone;
    // It may be gone by now.
    if (!this.#unrecorded.delete(call)) return;
    if (!own) return this.#answer(call);
    if (document.calls.size === 0) document.presses.pause();
    document.calls.add(call);
    this.#feed(document, { type: 'called', call, port, name, fields, pins, pressed });
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

  #count(port: number, name: string): void {
    const key = `${port}/${name}`;
    if (this.#unanswered.size < MAX_NAMES || this.#unanswered.has(key))
      this.#unanswered.set(key, (this.#unanswered.get(key) ?? 0) + 1);
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

  /** Calls that were not answered, and how often. */
  get unanswered(): ReadonlyMap<string, number> {
    return this.#unanswered;
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

/** What a content script calls for the doctor: it needs no key, and no press. */
const PROBED = 'http://127.0.0.1:11200/RS_GetVersion';
const PROBE_MS = 4_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Names of calls that are kept. */
const MAX_NAMES = 64;
