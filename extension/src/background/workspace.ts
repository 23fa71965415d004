//! What the user's own pages, workspace and popup, show of the host, the keys and the trusted issuers, live.

import type { AnchorNews, CatalogueError, HostReply, Module, RenewalOrder, Token } from '@yinxin/proto';
import { encode } from '../base64.js';
import type { WorkspaceShown } from '../relay.js';
import type { Anchors } from './anchors.js';
import type { Bridge } from './bridge/bridge.js';
import type { WorkspaceKnown, WorkspaceMachine } from './core.js';
import { type Alone, browserOf, Doctor, sites } from './doctor.js';
import { failureOf } from './failure.js';
import type { Host } from './host.js';
import { keepSeen, keptFacts } from './kept.js';
import { fromWorkspace } from './messages.js';
import type { windows } from './window.js';

/** What the host last said. */
interface Seen {
  readonly looking: boolean;
  readonly host?: string;
  readonly problem?: CatalogueError;
  readonly tokens: Token[];
  readonly modules: Module[];
}

type Watched = Pick<Host, 'version' | 'send' | 'watch'>;
type Windows = Pick<typeof windows, 'count' | 'focus'>;
type Sessions = Pick<Bridge, 'sessions' | 'endSessions' | 'examine' | 'unanswered'>;

/** Serves the workspaces and popups that are open. */
export class Workspace {
  readonly #host: Watched;
  readonly #anchors: Pick<Anchors, 'read' | 'add' | 'remove'>;
  readonly #machine: Pick<WorkspaceMachine, 'show' | 'clear'>;
  readonly #windows: Windows;
  readonly #bridge: Sessions;
  readonly #doctor: Doctor;
  readonly #ports = new Set<chrome.runtime.Port>();
  readonly #look = oneAtATime(async () => {
    this.#seen = await this.#ask();
    this.show();
  });
  /** Shows what is known now: it may have changed since the call. */
  readonly show = oneAtATime(async () => {
    if (this.#ports.size === 0) return;
    const shown = { ...(await this.#view()), waiting: this.#windows.count, sessions: this.#bridge.sessions };
    for (const port of this.#ports) port.postMessage(shown);
  });
  #seen: Seen = LOOKING;
  #news: AnchorNews | undefined;
  /** A message of the platform that is to be explained. */
  #message = '';
  /** How the user wants the renewal of some certificates. */
  readonly #orders = new Map<string, RenewalOrder>();
  /** The certificates whose renewals are shown. */
  #renewed: ReadonlySet<string> = new Set();
  #unwatch: (() => void) | undefined;

  constructor(
    host: Watched,
    anchors: Pick<Anchors, 'read' | 'add' | 'remove'>,
    machine: Pick<WorkspaceMachine, 'show' | 'clear'>,
    alone: Alone,
    windows: Windows,
    bridge: Sessions,
  ) {
    this.#windows = windows;
    this.#bridge = bridge;
    this.#host = host;
    this.#anchors = anchors;
    this.#machine = machine;
    this.#doctor = new Doctor(host, alone, this.show, bridge);
  }

  /** The browser's permissions changed. */
  permissionsChanged(): void {
    void this.#doctor.permissionsChanged().then(this.show);
  }

  /** A workspace or popup opened. */
  attach(port: chrome.runtime.Port): void {
    this.#ports.add(port);
    this.#unwatch ??= this.#host.watch(() => this.#look());
    port.onMessage.addListener((message: unknown) => void this.#take(message));
    port.onDisconnect.addListener(() => {
      this.#ports.delete(port);
      if (this.#ports.size > 0) return;
      this.#unwatch?.();
      this.#unwatch = undefined;
      // What was seen is not kept for the next page: keys may have gone since.
      this.#seen = LOOKING;
      this.#news = undefined;
      this.#message = '';
      this.#machine.clear();
      this.#orders.clear();
      this.#renewed = new Set();
      this.#doctor.clear();
    });
    this.show();
    this.#look();
  }

  async #take(message: unknown): Promise<void> {
    const wanted = fromWorkspace(message);
    switch (wanted?.type) {
      case undefined:
        return;
      case 'show-window':
        this.#windows.focus();
        return;
      case 'end-sessions':
        this.#bridge.endSessions();
        return;
      case 'refresh':
        this.#news = undefined;
        this.#doctor.outdate();
        this.#look();
        return;
      case 'add-anchors':
        this.#news = await this.#anchors.add(wanted.file, new Date());
        this.show();
        return;
      case 'remove-anchor':
        this.#news = await this.#anchors.remove(wanted.certificate);
        this.show();
        return;
      case 'explain':
        this.#message = wanted.message;
        this.show();
        return;
      case 'quote-renewal':
        if (this.#renewed.has(wanted.certificate)) this.#orders.set(wanted.certificate, wanted.order);
        this.show();
        return;
      case 'examine':
        await this.#doctor.examine();
        return;
      case 'repair':
        await this.#doctor.repair(wanted.repair, wanted.dryRun, wanted.undo);
        return;
      case 'test-signature': {
        // The PIN goes into the one request that carries it, and stays nowhere else.
        const { pin } = wanted;
        delete wanted.pin;
        delete (message as typeof wanted).pin;
        const token = this.#seen.tokens.find(({ token }) => token === wanted.token);
        await this.#doctor.testSignature(token, wanted.certificate, pin);
        // A wrong one cost a try.
        this.#look();
        return;
      }
      default:
        wanted satisfies never;
    }
  }

  /** Asks host and keys. */
  async #ask(): Promise<Seen> {
    const nothing = { looking: false, tokens: [], modules: [] };
    let host: string | undefined;
    try {
      host = await this.#host.version();
      const reply: HostReply = await this.#host.send({ type: 'tokens' }).reply;
      if (reply.type !== 'tokens') return { ...nothing, host, problem: { code: 'host-message-invalid', params: {} } };
      return { looking: false, host, tokens: reply.tokens, modules: reply.modules };
    } catch (error) {
      return { ...nothing, ...(host !== undefined && { host }), problem: failureOf(error) };
    }
  }

  /** What the core makes of all that is known. */
  async #view(): Promise<Omit<WorkspaceShown, 'waiting' | 'sessions'>> {
    const { looking, host, problem, tokens, modules } = this.#seen;
    const { anchors, problem: unread } = await this.#anchors.read();
    const anchorNews: AnchorNews | undefined = this.#news ?? (unread && { type: 'refused', error: unread });
    const news = anchorNews && { anchorNews };
    const own = {
      extension: { version: VERSION },
      anchors: anchors.map(({ certificate, view }) => ({ certificate: encode(certificate), managed: view.managed })),
    };
    const version = host !== undefined && { version: host };
    const keys = { ...own, host: { ...version, ...(problem && { problem }) }, tokens, orders: [...this.#orders] };
    if (!looking) this.#doctor.saw(tokens);
    const known = { ...keys, modules, looking, message: this.#message, ...(await surroundings()) };
    const { report, found: checks } = this.#doctor;
    // A newer host may have found what this core has no word for.
    const examined = checks.length > 0 ? [{ ...known, ...(report && { doctor: report }), checks: [...checks] }] : [];
    // Where the core fails at the advice, host and keys are shown all the same.
    const bare = { ...keys, looking: true };
    let failure: CatalogueError | undefined;
    for (const input of [...examined, known, bare]) {
      try {
        const { view, checks: weighed, ...told } = await this.#machine.show(input);
        keepSeen(view.tokens).catch(() => undefined);
        this.#renewed = new Set(told.renewals.map(({ certificate }) => certificate));
        const problem = input === bare && failure && { adviceProblem: failure };
        const doctor = this.#doctor.with(checks, weighed);
        return { view: { ...view, looking, modules, ...news }, ...told, ...problem, doctor };
      } catch (error) {
        failure = failureOf(error);
      }
    }
    const why = problem ?? failure;
    const { view } = await this.#machine.show({
      ...own,
      looking: true,
      host: { ...version, ...(why && { problem: why }) },
    });
    return { view: { ...view, looking, ...news }, renewals: [], doctor: this.#doctor.shown };
  }
}

/** What the advice goes by beside host and keys. What can't be read is not known. */
async function surroundings(): Promise<WorkspaceKnown> {
  const [known, kept] = await Promise.all([sites().catch(() => undefined), keptFacts().catch(() => undefined)]);
  const closed = known?.find(({ allowed }) => !allowed);
  return {
    browser: browserOf(navigator),
    extension: { version: VERSION, ...(known && { siteAllowed: !closed }), ...(closed && { site: closed.origin }) },
    ...kept,
  };
}

/** Runs `work` once at a time; a call during it means another run. */
function oneAtATime(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    again = running;
    if (running) return;
    running = true;
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = false;
    }
  };
  return () => void run();
}

const LOOKING: Seen = { looking: true, tokens: [], modules: [] };
