//! The doctor: looks at everything from the browser to the keys, in order. What only the extension sees comes first,
//! then the host's own report. Also repairs, and a signature made for trying out.

import {
  type CatalogueError,
  type Check,
  type CheckKind,
  CONSENT_MS,
  type DoctorReport,
  EVIDENCE_NAMES,
  type Evidence,
  HOST_REPLY_MS,
  type HostCommand,
  type HostReply,
  MAX_CHECKS,
  PROTOCOL_VERSION,
  type Repair,
  SITES,
  type Token,
} from '@yinxin/proto';
import { switches } from '../bridged.js';
import { policyInTime } from '../item.js';
import type { DoctorShown } from '../relay.js';
import { addedSites, managedSites } from '../sites.js';
import type { Bridge } from './bridge/bridge.js';
import { failureOf, HostError } from './failure.js';
import type { Host } from './host.js';

/** Runs work while no page's call has its turn at the keys; answers `false` where one has, without running it. */
export type Alone = (work: () => Promise<void>) => Promise<boolean>;

/** The doctor of the workspaces that are open. */
export class Doctor {
  readonly #host: Pick<Host, 'version' | 'send'>;
  readonly #alone: Alone;
  readonly #changed: () => void;
  readonly #bridge: Pick<Bridge, 'examine' | 'unanswered'>;
  #shown: DoctorShown = {};
  #report: DoctorReport | undefined;
  /** What was looked at, as it was found: the advice weighs it. */
  #found: readonly Check[] = [];
  /** The keys, as they were when they were examined. */
  #examined: string | undefined;
  /** Counts what was forgotten: whatever began before comes too late. */
  #age = 0;

  /** `changed` hears of everything that is to be shown. */
  constructor(
    host: Pick<Host, 'version' | 'send'>,
    alone: Alone,
    changed: () => void,
    bridge: Pick<Bridge, 'examine' | 'unanswered'>,
  ) {
    this.#bridge = bridge;
    this.#host = host;
    this.#alone = alone;
    this.#changed = changed;
  }

  /** What the workspace shows. */
  get shown(): DoctorShown {
    return this.#shown;
  }

  /** The host's report, unless something has changed since. */
  get report(): DoctorReport | undefined {
    return this.#shown.examination?.outdated === false ? this.#report : undefined;
  }

  /** What was found, for the advice to weigh; nothing of it once something has changed. */
  get found(): readonly Check[] {
    return this.#shown.examination?.outdated === false ? this.#found : [];
  }

  /** What the workspace shows, with what was found as it was weighed. */
  with(found: readonly Check[], weighed: readonly Check[]): DoctorShown {
    const { examination } = this.#shown;
    // More may have been found since.
    if (!examination || found !== this.#found || weighed.length === 0) return this.#shown;
    this.#shown = { ...this.#shown, examination: { ...examination, checks: weighed } };
    return this.#shown;
  }

  /** The host listed these keys: what was found of others is of no use. */
  saw(tokens: readonly Token[]): void {
    const { examination } = this.#shown;
    if (!examination || examination.outdated) return;
    const listed = JSON.stringify(tokens);
    this.#examined ??= listed;
    if (listed !== this.#examined) this.outdate();
  }

  /** What was found may no longer be so. */
  outdate(): void {
    const { examination } = this.#shown;
    if (examination) this.#shown = { ...this.#shown, examination: { ...examination, outdated: true } };
  }

  /** Forgets everything. */
  clear(): void {
    this.#age += 1;
    this.#shown = {};
    this.#report = undefined;
    this.#found = [];
  }

  /** Looks at everything. Uses no try of a PIN. */
  async examine(): Promise<void> {
    await this.#work('examine', async told => {
      this.#report = undefined;
      this.#examined = undefined;
      const at = new Date().toISOString();
      const began = performance.now();
      let checks: Check[] = [];
      const tell = (next?: CheckKind) => {
        told({
          examination: { checks: inOrder(checks), ...(next && { next }), at, ms: elapsed(began), outdated: false },
        });
      };
      tell('browser');
      checks.push(checkBrowser());
      checks.push(await checkExtension());
      tell('site');
      checks.push(...(await checkSites()));
      tell('bridge');
      checks.push(...(await this.#checkBridge()));
      tell('host');
      const { host, report } = await this.#askHost(found => {
        checks.push(found);
        tell('module');
      });
      checks = [...checks.filter(({ kind }) => kind !== 'host'), host, ...(report?.checks ?? [])];
      if (told({})) this.#report = report;
      tell();
    });
  }

  /** The browser's permissions changed: the sites are looked at again. */
  async permissionsChanged(): Promise<void> {
    const sites = await checkSites();
    const { examination } = this.#shown;
    if (!examination || examination.next) return;
    this.#found = inOrder([...this.#found.filter(({ kind }) => kind !== 'site'), ...sites]);
    this.#shown = { ...this.#shown, examination: { ...examination, checks: this.#found } };
  }

  /** Mends something, takes it back, or tells what either would change. Then looks again. */
  async repair(repair: Repair, dryRun: boolean, undo: boolean): Promise<void> {
    let mended = false;
    await this.#work('repair', async told => {
      const { browser } = repair;
      try {
        const reply = await this.#ask({ type: 'repair', repair, dryRun, undo });
        if (reply.type !== 'repaired') throw UNEXPECTED;
        mended = !dryRun;
        told({ repair: { browser, step: dryRun ? 'planned' : undo ? 'undone' : 'done', changes: reply.changes } });
      } catch (error) {
        told({ repair: { browser, step: 'failed', changes: [], problem: failureOf(error) } });
      }
    });
    if (mended) await this.examine();
  }

  /** The sites for which the bridge is on: whether the browser lets it be, and calls of open pages arrive. */
  async #checkBridge(): Promise<Check[]> {
    const began = performance.now();
    const [known, open] = await Promise.all([switches().catch(() => []), this.#bridge.examine()]);
    return known
      .filter(({ on }) => on)
      .map(({ origin, forbidden }) => {
        // On the user's own machine one stands for all ports.
        const isOf = (of: string) => of === origin || of.startsWith(`${origin}:`);
        const found = [...open].filter(([of]) => isOf(of)).map(([, one]) => one);
        const calls = this.#bridge.unanswered.filter(call => isOf(call.origin));
        const unanswered = calls.map(({ call, times }) => `${call} × ${times}`).join(', ');
        const pages = found.reduce((sum, one) => sum + one.pages, 0);
        const evidence: Evidence[] = [
          { name: 'permission', value: forbidden ? 'no' : 'yes' },
          { name: 'open pages', value: String(pages) },
          ...(unanswered === '' ? [] : [{ name: 'unanswered' as const, value: unanswered }]),
        ];
        const blocked = found.some(({ arrives }) => !arrives);
        const code = forbidden ? 'bridge-not-allowed' : blocked ? 'bridge-blocked' : undefined;
        return checked('bridge', origin, began, evidence, code && { code, params: { origin } });
      });
  }

  /** Makes a signature for trying out, as a login at an origin that nobody can have. A wrong PIN costs a try. */
  async testSignature(token: Token | undefined, certificate: string, pin?: string): Promise<void> {
    await this.#work('sign', async told => {
      const began = performance.now();
      const evidence: Evidence[] = [{ name: 'origin', value: TEST_ORIGIN }];
      const tell = (problem?: CatalogueError) => {
        const check = checked('test-signature', token?.label ?? '-', began, evidence, problem);
        told({ signature: { certificate, check } });
      };
      if (!token) return tell({ code: 'token-removed', params: {} });
      if (token.pin.state === 'locked') return tell({ code: 'pin-locked', params: {} });
      const command: HostCommand = {
        type: 'sign',
        origin: TEST_ORIGIN,
        token: token.token,
        certificate,
        ...(pin !== undefined && { pin }),
        items: [{ type: 'login', purpose: 'login', challenge: TEST_CHALLENGE }],
      };
      const ran = await this.#alone(async () => {
        try {
          const reply = await this.#ask(command, token.protectedPath ? CONSENT_MS : HOST_REPLY_MS);
          if (reply.type !== 'signed' || reply.signatures.length !== 1) throw UNEXPECTED;
          evidence.push({ name: 'signed and verified in', value: `${Math.round(reply.tokenUs / 1_000)} ms` });
          tell();
        } catch (error) {
          tell(failureOf(error));
        }
      });
      if (!ran) told({ signature: { certificate, busy: true } });
    });
  }

  /** Does one thing at a time; `told` shows what came of it so far, and answers whether anybody still wants it. */
  async #work(
    busy: NonNullable<DoctorShown['busy']>,
    work: (told: (change: DoctorShown) => boolean) => Promise<void>,
  ): Promise<void> {
    if (this.#shown.busy) return;
    const age = this.#age;
    const told = (change: DoctorShown) => {
      if (age !== this.#age) return false;
      this.#shown = { ...this.#shown, ...change };
      if (change.examination) this.#found = change.examination.checks;
      this.#changed();
      return true;
    };
    told({ busy });
    try {
      await work(told);
    } finally {
      if (age === this.#age) {
        const { busy: _, ...rest } = this.#shown;
        this.#shown = rest;
        this.#changed();
      }
    }
  }

  /** The host and what it reports; `works` hears at once that it answers. */
  async #askHost(works: (host: Check) => void): Promise<{ host: Check; report?: DoctorReport }> {
    const began = performance.now();
    let host = checked('host', '-', began, []);
    try {
      const version = await inTime(this.#host.version(), REPORT_MS);
      const versions: Evidence[] = [
        { name: 'version', value: version },
        { name: 'protocol', value: String(PROTOCOL_VERSION) },
      ];
      host = checked('host', '-', began, versions);
      works(host);
      const reply = await this.#ask({ type: 'doctor' }, REPORT_MS);
      if (reply.type !== 'doctor') throw UNEXPECTED;
      const { report } = reply;
      const more: Evidence[] = [
        { name: 'platform', value: report.platform },
        { name: 'program', value: report.program },
      ];
      // Another version of the host may know of more.
      const known = report.checks.filter(({ kind }) => KINDS.includes(kind)).slice(0, MAX_CHECKS);
      const checks = known.map(check => ({ ...check, evidence: check.evidence.map(named) }));
      return { host: { ...host, evidence: [...host.evidence, ...more] }, report: { ...report, checks } };
    } catch (error) {
      return { host: { ...host, state: 'failed', ms: elapsed(began), problem: failureOf(error) } };
    }
  }

  async #ask(command: HostCommand, ms: number = HOST_REPLY_MS): Promise<HostReply> {
    const call = this.#host.send(command);
    try {
      return await inTime(call.reply, ms);
    } catch (error) {
      call.cancel();
      throw error;
    }
  }
}

/** What the browser calls itself, and the major version of the Chromium that it is made of, if it is. */
export function browserOf(agent: Agent): { name: string; engine?: number } {
  if (FIREFOX.test(agent.userAgent)) return { name: 'Firefox' };
  const brands = agent.userAgentData?.brands ?? [];
  const chromium = brands.find(({ brand }) => brand === 'Chromium');
  const own = brands.find(({ brand }) => brand !== 'Chromium' && !NO_BRAND.test(brand));
  const engine = Number(chromium?.version ?? CHROME.exec(agent.userAgent)?.[1]);
  return { name: (own ?? chromium)?.brand ?? '', ...(Number.isInteger(engine) && { engine }) };
}

/** What the browser tells of itself. TypeScript does not know the second one. */
interface Agent {
  readonly userAgent: string;
  readonly userAgentData?: { readonly brands: readonly { readonly brand: string; readonly version: string }[] };
}

/** The sites that may ask, each with whether the browser lets the extension work there. */
export async function sites(): Promise<{ origin: string; listed: boolean; allowed: boolean }[]> {
  // Of listed sites the extension has content scripts only, which `permissions.contains` does not count.
  const [{ origins = [] }, added, byPolicy] = await Promise.all([
    chrome.permissions.getAll(),
    addedSites(),
    managedSites(policyInTime()).catch(() => []),
  ]);
  const others = new Set([...byPolicy, ...added].map(({ origin }) => origin));
  const known = [
    ...SITES.map(({ origin }) => ({ origin, listed: true })),
    ...[...others].map(origin => ({ origin, listed: false })),
  ];
  return known.map(site => ({ ...site, allowed: origins.some(pattern => covers(pattern, site.origin)) }));
}

/** Whether a match pattern of the browser's covers an origin. */
export function covers(pattern: string, origin: string): boolean {
  if (pattern === '<all_urls>') return true;
  const [, scheme, name = '', port = '*'] = PATTERN.exec(pattern) ?? [];
  const { protocol, hostname, port: own } = new URL(origin);
  const number = own || (protocol === 'https:' ? '443' : '80');
  return (
    (scheme === '*' || `${scheme}:` === protocol) &&
    (port === '*' || port === number) &&
    (name === '*' || name === hostname || (name.startsWith('*.') && `.${hostname}`.endsWith(name.slice(1))))
  );
}

function checkBrowser(): Check {
  const began = performance.now();
  const { name, engine } = browserOf(navigator);
  const needed = Number.parseInt(chrome.runtime.getManifest().minimum_chrome_version ?? '0', 10);
  const old = engine !== undefined && engine < needed;
  const version = (CHROME.exec(navigator.userAgent) ?? FIREFOX.exec(navigator.userAgent))?.[0].split('/')[1] ?? '';
  const evidence: Evidence[] = [{ name: 'engine', value: engine === undefined ? version : String(engine) }];
  return checked(
    'browser',
    name || '-',
    began,
    evidence,
    old && { code: 'browser-too-old', params: { version, needed } },
  );
}

async function checkExtension(): Promise<Check> {
  const began = performance.now();
  const evidence: Evidence[] = [
    { name: 'version', value: VERSION },
    { name: 'id', value: chrome.runtime.id },
    { name: 'private windows', value: (await chrome.extension.isAllowedIncognitoAccess()) ? 'yes' : 'no' },
    ...(DEVELOPMENT ? [{ name: 'development' as const, value: 'yes' }] : []),
  ];
  return checked('extension', '-', began, evidence);
}

async function checkSites(): Promise<Check[]> {
  const began = performance.now();
  return (await sites()).map(({ origin, listed, allowed }) =>
    checked(
      'site',
      origin,
      began,
      [
        { name: 'listed', value: listed ? 'yes' : 'no' },
        { name: 'permission', value: allowed ? 'yes' : 'no' },
      ],
      !allowed && { code: 'site-not-allowed', params: { origin } },
    ),
  );
}

function checked(
  kind: CheckKind,
  subject: string,
  began: number,
  evidence: Evidence[],
  problem?: CatalogueError | false,
): Check {
  const state = problem ? 'failed' : 'ok';
  return { kind, subject, state, ms: elapsed(began), evidence, ...(problem && { problem }) };
}

/** Evidence by a name that has words here. */
function named({ name, value }: Evidence): Evidence {
  return EVIDENCE_NAMES.includes(name) ? { name, value } : { name: 'other', value: `${name} ${value}` };
}

/** Checks in the order of their kinds; within one as they came. */
function inOrder(checks: readonly Check[]): Check[] {
  return [...checks].sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
}

/** What comes within a time. Rejects with `host-silent` otherwise. */
function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new HostError({ code: 'host-silent', params: { seconds: ms / 1000 } })), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

function elapsed(began: number): number {
  return Math.round(performance.now() - began);
}

/** In the order in which things are looked at. */
const KINDS: readonly CheckKind[] = Object.keys({
  browser: 0,
  extension: 0,
  site: 0,
  bridge: 0,
  host: 0,
  configuration: 0,
  registration: 0,
  'reader-service': 0,
  'usb-device': 0,
  module: 0,
  key: 0,
  certificates: 0,
  chain: 0,
  seals: 0,
  'test-signature': 0,
} satisfies Record<CheckKind, 0>) as CheckKind[];

const UNEXPECTED = new HostError({ code: 'host-message-invalid', params: {} });
/** Time for the host's report: its own limits for drivers and programs that hang add up to less. */
const REPORT_MS = 20_000;
/** Where the test signature would log in (RFC 6761, section 6.4). */
const TEST_ORIGIN = 'https://doctor.invalid';
/** No portal makes such a challenge. */
const TEST_CHALLENGE = 'yinxin-doctor-test-signature';
const CHROME = /\bChrom(?:e|ium)\/(\d+)[\d.]*/;
const FIREFOX = /\bFirefox\/(\d+)[\d.]*/;
/** Browsers name one that there is not, so that nobody relies on the list (User-Agent Client Hints, 6.2). */
const NO_BRAND = /not.{0,3}a.{0,3}brand/i;
const PATTERN = /^(\*|https?):\/\/([^/:]+)(?::(\d+|\*))?\//;
