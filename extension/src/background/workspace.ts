//! What the user's own pages, workspace and popup, show of the host, the keys and the trusted issuers, live.

import type { AnchorNews, Base64, CatalogueError, HostReply, Module, Token } from '@yinxin/proto';
import { encode } from '../base64.js';
import type { WorkspaceShown } from '../relay.js';
import type { Anchors } from './anchors.js';
import { advise, describe, national, procedures, quoteRenewal, type Situation } from './core.js';
import { type Alone, browserOf, Doctor, sites } from './doctor.js';
import { failureOf } from './failure.js';
import type { Host } from './host.js';
import { keepSeen, keptFacts } from './kept.js';
import { fromWorkspace } from './messages.js';
import { Renewals } from './renewals.js';

/** What the host last said. */
interface Seen {
  readonly looking: boolean;
  readonly host?: string;
  readonly problem?: CatalogueError;
  readonly tokens: Token[];
  readonly modules: Module[];
}

/** Serves the workspaces and popups that are open. */
export class Workspace {
  readonly #host: Host;
  readonly #anchors: Anchors;
  readonly #renewals = new Renewals(quoteRenewal);
  readonly #doctor: Doctor;
  readonly #ports = new Set<chrome.runtime.Port>();
  readonly #look = oneAtATime(async () => {
    this.#seen = await this.#ask();
    this.show();
  });
  /** Shows what is known now: it may have changed since the call. */
  readonly show = oneAtATime(async () => {
    if (this.#ports.size === 0) return;
    const shown = await this.#view();
    for (const port of this.#ports) port.postMessage(shown);
  });
  #seen: Seen = LOOKING;
  #news: AnchorNews | undefined;
  /** A message of the platform that is to be explained. */
  #message = '';
  #unwatch: (() => void) | undefined;

  constructor(host: Host, anchors: Anchors, alone: Alone) {
    this.#host = host;
    this.#anchors = anchors;
    this.#doctor = new Doctor(host, alone, this.show);
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
      this.#renewals.clear();
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
        this.#renewals.order(wanted.certificate, wanted.order);
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

  async #view(): Promise<WorkspaceShown> {
    const { looking, host, problem, tokens, modules } = this.#seen;
    const { anchors, problem: unread } = await this.#anchors.read();
    const news: AnchorNews | undefined = this.#news ?? (unread && { type: 'refused', error: unread });
    const { count, listed } = await national();
    const known = {
      extension: VERSION,
      looking,
      ...(host !== undefined && { host }),
      modules,
      national: count,
      nationalListed: listed,
      anchors: anchors.map(({ view }) => view),
      ...(news && { anchorNews: news }),
    };
    const certificates = anchors.map(({ certificate }) => encode(certificate));
    try {
      const views = await describe(tokens, certificates);
      keepSeen(views).catch(() => undefined);
      const renewals = await this.#renewals.of(tokens, views);
      const view = { ...known, ...(problem && { problem }), tokens: views };
      if (looking) return { view, renewals, doctor: this.#doctor.shown };
      this.#doctor.saw(tokens, views);
      // What can't be read is not known.
      const kept = await keptFacts(listed).catch(() => ({}));
      const situation = { ...(await this.#situation(certificates)), ...kept };
      const { report: doctor } = this.#doctor;
      // A newer host may have found what this core has no word for.
      const advised = doctor ? await told({ ...situation, doctor }) : await told(situation);
      const said = advised.adviceProblem && doctor ? await told(situation) : advised;
      return { view, renewals, ...said, doctor: this.#doctor.shown };
    } catch (error) {
      const view = { ...known, problem: problem ?? failureOf(error), tokens: [] };
      return { view, renewals: [], doctor: this.#doctor.shown };
    }
  }

  /** What the core is to give advice on. */
  async #situation(anchors: Base64[]): Promise<Situation> {
    const { host, problem, tokens, modules } = this.#seen;
    // Without the browser's word nothing is known of its permissions.
    const known = await sites().catch(() => undefined);
    const closed = known?.find(({ allowed }) => !allowed);
    return {
      browser: browserOf(navigator),
      host: { ...(host !== undefined && { version: host }), ...(problem && { problem }) },
      // Without the host nothing is known of keys and drivers.
      ...(!problem && { tokens, modules }),
      extension: { version: VERSION, ...(known && { siteAllowed: !closed }), ...(closed && { site: closed.origin }) },
      anchors,
      message: this.#message,
    };
  }
}

/** What to do. Where the core fails at it, host and keys are shown all the same. */
async function told(situation: Situation): Promise<Pick<WorkspaceShown, 'advice' | 'procedures' | 'adviceProblem'>> {
  try {
    return { advice: await advise(situation), procedures: await procedures(situation) };
  } catch (error) {
    return { adviceProblem: failureOf(error) };
  }
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
