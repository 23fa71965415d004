// The whole product on this machine, in a folder of its own: demo keys, SoftHSM2, host, portal,
// browser. `npm start` and the end-to-end tests use it.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DEVELOPMENT_ADDON_ID, DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { BrowserContext, Page, Worker } from 'playwright-core';
import { chromium } from 'playwright-core';
import { CHROMIUM, DEMO_KEY, DEMO_KEYS, EXTENSION, HOST, PORTAL, SOFTKEY, temporary } from './paths.js';
import { run, serve, stop } from './process.js';
import { makeSoftHsm, type SoftHsm } from './softhsm.js';

export const PIN = '123456';

export interface StandOptions {
  /** Show the browser's windows, on a display of its own where one is named. */
  headed?: boolean | { display: string };
  /** Language of the browser. */
  locale?: 'zh-CN' | 'en';
  /** Light or dark. */
  colorScheme?: 'light' | 'dark';
  /** Further arguments of the portal. */
  portal?: string[];
  /** The software key's library, where a test wants one with faults. */
  softkey?: string;
  /** What the software key is loaded through, if not PKCS #11. */
  interface?: 'skf';
  /** Further modules in the host's configuration. */
  modules?: { name: string; path: string }[];
  /** Leave SoftHSM2 out. */
  softHsm?: false;
  /** Keys that are inserted at the start; all of them unless named. */
  insert?: string[];
  /** PIN of the demo keys, where a test looks for its traces. */
  pin?: string;
  /** Further lines of the host's configuration, before its modules. */
  host?: string[];
  /** Further arguments of the browser. */
  args?: string[];
  /** Other extensions beside ours, by folder. */
  neighbours?: string[];
  /** Folder of our extension, where a test has one of its own. */
  extension?: string;
  /** The program that starts the browser. */
  browser?: string;
}

export interface Stand {
  folder: string;
  /** Folder of the demo keys, as the software key sees it. */
  keys: string;
  softHsm: SoftHsm | undefined;
  /** The host's configuration file. */
  config: string;
  browser: BrowserContext;
  /** Language of the browser. */
  locale: 'zh-CN' | 'en';
  /** Folder of the browser's user data. */
  profile: string;
  /** Folder of the host's log. */
  state: string;
  /** Address of the demo portal. */
  url: string;
  /** Ends the browser, and starts it again with the same profile; gives the new one. */
  relaunch: () => Promise<BrowserContext>;
  /** Pulls a demo key out, and gives what inserts it again. */
  pull: (label: string) => () => void;
  close: () => Promise<void>;
}

/**
 * Demo keys in a folder, with the demo CA's certificates beside them: a copy of those that are made once for a PIN. Their
 * certificates end so many days from today, by the calendar of China, so that others are made each day.
 */
export function makeDemoKeys(folder: string, pin: string = PIN): void {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const program = createHash('sha256').update(readFileSync(DEMO_KEY)).digest('hex').slice(0, 16);
  const current = `${today}-${program}`;
  const made = join(DEMO_KEYS, `${current}-${pin}`);
  if (!existsSync(made)) {
    mkdirSync(DEMO_KEYS, { recursive: true });
    for (const old of readdirSync(DEMO_KEYS)) {
      if (!old.startsWith(current)) rmSync(join(DEMO_KEYS, old), { recursive: true, force: true });
    }
    // Whole or not at all, whatever ends in between, and whoever else makes them.
    const making = `${made}.${process.pid}`;
    run(DEMO_KEY, ['--dir', making, '--pin', pin]);
    try {
      renameSync(making, made);
    } catch (error) {
      if (!existsSync(made)) throw error;
      rmSync(making, { recursive: true });
    }
  }
  cpSync(made, folder, { recursive: true });
}

/** Labels of the demo keys. */
const LABELS = [
  'demo-unit',
  'demo-expert',
  'demo-expired',
  'demo-30days',
  'demo-two',
  'demo-rsa',
  'demo-p256',
  'demo-revoked',
];

/** Leaves only the named demo keys inserted; the others lie beside. */
export function insertOnly(keys: string, labels: string[]): void {
  const unknown = labels.filter(label => !LABELS.includes(label));
  if (unknown.length > 0) throw new Error(`no demo keys: ${unknown.join(', ')}`);
  const aside = `${keys}-aside`;
  mkdirSync(aside, { recursive: true });
  for (const label of LABELS) {
    const inserted = join(keys, label);
    const away = join(aside, label);
    if (labels.includes(label)) {
      if (existsSync(away)) renameSync(away, inserted);
    } else if (existsSync(inserted)) renameSync(inserted, away);
  }
}

/** The host's configuration: the software key by explicit choice, and SoftHSM2. */
export function hostConfiguration(
  keys: string,
  softHsm: SoftHsm | undefined,
  options: Pick<StandOptions, 'softkey' | 'interface' | 'modules' | 'host'>,
): string {
  const softkey = { name: 'softkey', path: options.softkey ?? SOFTKEY, env: { YINXIN_SOFTKEY_DIR: keys } };
  const modules = [
    { ...softkey, ...(options.interface && { interface: options.interface }) },
    ...(softHsm ? [{ name: 'softhsm', path: softHsm.module, env: softHsm.env }] : []),
    ...(options.modules ?? []),
  ];
  const ids = [DEVELOPMENT_EXTENSION_ID, DEVELOPMENT_ADDON_ID].map(id => `"${id}"`).join(', ');
  const lines = [`extension_ids = [${ids}]`, `development = true`, ...(options.host ?? [])];
  for (const module of modules) {
    lines.push('', '[[modules]]', `name = "${module.name}"`, `path = "${module.path}"`);
    if ('interface' in module) lines.push(`interface = "${module.interface}"`);
    if ('env' in module && module.env) {
      const pairs = Object.entries(module.env).map(([name, value]) => `${name} = "${value}"`);
      lines.push(`env = { ${pairs.join(', ')} }`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Starts the demo portal, which trusts the demo CA. */
export async function servePortal(
  keys: string,
  softHsm?: SoftHsm,
  more: readonly string[] = [],
): Promise<{ url: string; close: () => Promise<void> }> {
  const trust = [
    '--anchors',
    join(keys, 'root.pem'),
    '--intermediates',
    join(keys, 'issuing.pem'),
    '--issuers',
    join(keys, 'issuing.pem'),
    '--crl',
    join(keys, 'crl.pem'),
    '--makers',
    join(keys, 'seal-maker.pem'),
  ];
  if (softHsm) trust.push('--anchors', softHsm.anchor, '--issuers', softHsm.anchor, '--crl', softHsm.crl);
  const { line, child } = await serve(process.execPath, [PORTAL, '--port', '0', ...trust, ...more]);
  const { url } = JSON.parse(line) as { url: string };
  return { url, close: () => stop(child) };
}

/** Sets everything up. Each step can be timed by the caller through `step`. */
export async function makeStand(
  options: StandOptions = {},
  step: <T>(what: string, work: () => T | Promise<T>) => Promise<T> = async (_, work) => await work(),
): Promise<Stand> {
  const { path: folder, remove } = temporary();
  const keys = join(folder, 'keys');
  const profile = join(folder, 'profile');
  const state = join(folder, 'state');
  const locale = options.locale ?? 'zh-CN';
  const config = join(folder, 'host.toml');
  const closers: (() => Promise<void> | void)[] = [remove];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    await step('demo keys and their CA', () => makeDemoKeys(keys, options.pin));
    if (options.insert) insertOnly(keys, options.insert);
    const softHsm =
      options.softHsm === false
        ? undefined
        : await step('SoftHSM2 with RSA and P-256', () => makeSoftHsm(join(folder, 'softhsm'), PIN));
    await step('host configured and registered', () => {
      writeFileSync(config, hostConfiguration(keys, softHsm, options));
      run(HOST, [
        'install',
        '--user-data-dir',
        profile,
        '--extension-id',
        DEVELOPMENT_EXTENSION_ID,
        '--config',
        config,
      ]);
    });
    const portal = await step('demo portal', () => servePortal(keys, softHsm, options.portal));
    closers.push(portal.close);
    const { url } = portal;
    let browser = await step('browser with the extension', () => launch(profile, state, options));
    closers.push(() => browser.close());
    const relaunch = async () => {
      await browser.close();
      browser = await launch(profile, state, options);
      return browser;
    };
    const pull = (label: string): (() => void) => {
      const away = join(folder, `pulled-${label}`);
      renameSync(join(keys, label), away);
      return () => renameSync(away, join(keys, label));
    };
    return { folder, keys, softHsm, config, profile, state, browser, locale, url, relaunch, pull, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function launch(profile: string, state: string, options: StandOptions): Promise<BrowserContext> {
  const root = process.getuid?.() === 0;
  const extensions = [options.extension ?? EXTENSION, ...(options.neighbours ?? [])].join(',');
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: options.browser ?? CHROMIUM,
    headless: !options.headed,
    // The sizes that the windows really have.
    viewport: null,
    locale: options.locale ?? 'zh-CN',
    colorScheme: options.colorScheme ?? 'light',
    args: [
      ...(root ? ['--no-sandbox'] : []),
      '--disable-gpu',
      ...(options.headed ? [] : ['--screen-info={1600x1200}']),
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--lang=${options.locale ?? 'zh-CN'}`,
      `--disable-extensions-except=${extensions}`,
      `--load-extension=${extensions}`,
      ...(options.args ?? []),
    ],
    env: {
      ...process.env,
      LANGUAGE: options.locale === 'en' ? 'en' : 'zh_CN',
      ...(typeof options.headed === 'object' && { DISPLAY: options.headed.display }),
      YINXIN_HOST_CONFIG: undefined,
      XDG_STATE_HOME: state,
    },
  });
  const own = browser.serviceWorkers().find(isOurs);
  const worker = own ?? (await browser.waitForEvent('serviceworker', { predicate: isOurs, timeout: 60_000 }));
  // Without the system's own language packs the browser's language is Playwright's emulation, which on a busy machine
  // can come later than a window's first script. What is set holds at once.
  const language = options.locale ?? 'zh-CN';
  await worker.evaluate(set => chrome.storage.local.set({ settings: { language: set } }), language);
  return browser;
}

/** Waits until a window that was opened has loaded. Playwright can miss the event of one that loads while it attaches. */
export async function loaded(window: Page): Promise<void> {
  await window.waitForFunction(() => location.href !== 'about:blank' && document.readyState === 'complete');
}

/** Does something on a page that opens a consent window, and gives that window. */
export async function consentAfter(stand: Stand, act: () => Promise<unknown>): Promise<Page> {
  const before = new Set(consentsOf(stand));
  await act();
  // Large documents are read before it opens, and a busy machine reads slowly. Its address can come later than its event.
  const end = Date.now() + 60_000;
  for (;;) {
    const window = consentsOf(stand).find(shown => !before.has(shown));
    if (window) {
      await loaded(window);
      return window;
    }
    if (Date.now() > end) throw new Error(`no consent window opened: ${await whatIsOpen(stand)}`);
    await setTimeout(20);
  }
}

/** What is open, as this end and as the browser itself see it, and how the pages' calls ended: for a failure's message. */
async function whatIsOpen(stand: Stand): Promise<string> {
  const here = stand.browser.pages().map(async page => {
    const outcome = page.evaluate(async () => JSON.stringify(await (window as { outcome?: unknown }).outcome));
    return `${page.url()} ${(await Promise.race([outcome, setTimeout(1000, 'pending')])) ?? ''}`;
  });
  const tabs = background(stand).evaluate(async () => (await chrome.tabs.query({})).map(tab => tab.url));
  return JSON.stringify({
    here: await Promise.all(here),
    tabs: await Promise.race([tabs, setTimeout(1000, 'silent')]),
  });
}

/** The software key's application, as SKF has it; PKCS #11 knows no such name. */
export const SKF_APPLICATION = 'YINXIN-DEMO';

/** A token as the host's command line lists it, by its label. */
export function tokenOf(stand: Pick<Stand, 'config'>, label: string): TokenListed {
  const listed = run(HOST, ['tokens', '--json'], { env: { YINXIN_HOST_CONFIG: stand.config } }).toString();
  const token = (JSON.parse(listed) as TokenListed[]).find(known => known.label === label);
  if (!token) throw new Error(`no key ${label}`);
  return token;
}

/** What `yinxin tokens --json` tells of a token, as far as tests read it. */
export interface TokenListed {
  label: string;
  /** Of a token behind SKF, its application's name. */
  model: string;
  pin: { state: 'ok' | 'low' | 'final' | 'locked'; left?: number };
}

/** The hosts that this stand's browser started and that still run, by process id. */
export function hostsOf(stand: Pick<Stand, 'config'>): number[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
    .filter(pid => {
      try {
        const [program, caller] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return (
          program === HOST &&
          // Chromium names the extension, Firefox the manifest first.
          /^chrome-extension:|\.json$/.test(caller ?? '') &&
          environment.includes(`YINXIN_HOST_CONFIG=${stand.config}`)
        );
      } catch {
        return false; // Ended meanwhile, or another user's.
      }
    });
}

/** The browser's processes in which extensions run: there is no other way to end a worker while somebody looks on. */
export function extensionProcesses(stand: Stand): number[] {
  const processes = readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .flatMap(entry => {
      try {
        const parent = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
        return [{ pid: Number(entry), parent, line: readFileSync(`/proc/${entry}/cmdline`, 'utf8') }];
      } catch {
        return []; // Ended meanwhile.
      }
    });
  const isOfBrowser = (pid: number): boolean => {
    const found = processes.find(known => known.pid === pid);
    return found !== undefined && (found.line.includes(stand.profile) || isOfBrowser(found.parent));
  };
  return processes
    .filter(({ pid, line }) => line.includes('--extension-process') && isOfBrowser(pid))
    .map(({ pid }) => pid);
}

/** The extension's service worker. */
export function background(stand: Stand): Worker {
  const worker = stand.browser.serviceWorkers().find(isOurs);
  if (!worker) throw new Error('the extension has no service worker');
  return worker;
}

function isOurs(worker: Worker): boolean {
  return worker.url().includes(DEVELOPMENT_EXTENSION_ID);
}

/** The windows of the extension that are open. */
export function consentsOf(stand: Stand): Page[] {
  return stand.browser.pages().filter(page => page.url().includes('/consent.html'));
}

/** Closes what a test left open, and forgets cancels, so that the next one begins afresh: one that is being written, too. */
export async function tidy(stand: Stand): Promise<void> {
  for (const window of consentsOf(stand)) await window.close();
  await background(stand).evaluate(() =>
    navigator.locks.request('session cancels', () => chrome.storage.session.remove('cancels')),
  );
}
