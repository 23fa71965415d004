// The product in Debian's Firefox: demo keys, host, portal, and a person at the browser over WebDriver BiDi. What
// Playwright drives is a Firefox of its own that takes no extensions.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DEVELOPMENT_ADDON_ID, HOST_NAME, INPUT_GUARD_MS } from '@yinxin/proto';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { lacking } from './data.js';
import { FIREFOX, FIREFOX_EXTENSION, HOST, temporary } from './paths.js';
import { run } from './process.js';
import { hostConfiguration, insertOnly, makeDemoKeys, PIN, servePortal } from './stand.js';

/** Why tests in Firefox are skipped; `false` where it is there. */
export const noFirefox = lacking(existsSync(FIREFOX), `no Firefox at ${FIREFOX}`);

export interface FirefoxStand {
  /** The host's configuration file. */
  config: string;
  /** The manifest by which Firefox finds the host. */
  manifest: string;
  browser: Browser;
  /** Address of the demo portal. */
  url: string;
  close: () => Promise<void>;
}

/** Sets everything up, with the demo keys of these labels. */
export async function makeFirefox(insert: string[]): Promise<FirefoxStand> {
  const { path: folder, remove } = temporary();
  const keys = join(folder, 'keys');
  const home = join(folder, 'home');
  const config = join(folder, 'host.toml');
  const closers: (() => Promise<void> | void)[] = [remove];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    makeDemoKeys(keys);
    insertOnly(keys, insert);
    mkdirSync(home);
    writeFileSync(config, hostConfiguration(keys, undefined, {}));
    // Firefox finds hosts by the user's folder, and keeps everything there.
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: join(folder, 'state') };
    run(HOST, ['install', '--browser', 'firefox', '--config', config], { env });
    const portal = await servePortal(keys);
    closers.push(portal.close);
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      headless: true,
      env: { ...env, YINXIN_HOST_CONFIG: undefined },
      extraPrefsFirefox: {
        // Nobody here can press the buttons of the browser's own questions: they are answered with yes.
        'extensions.webextOptionalPermissionPrompts': false,
      },
    });
    closers.push(() => browser.close());
    if ((await browser.installExtension(FIREFOX_EXTENSION)) !== DEVELOPMENT_ADDON_ID) throw new Error('another add-on');
    const manifest = join(home, '.mozilla/native-messaging-hosts', `${HOST_NAME}.json`);
    return { config, manifest, browser, url: portal.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The value of an expression on a page; `undefined` where the page goes away, or does not answer yet. */
export async function value<T>(page: Page, expression: string): Promise<T | undefined> {
  const known = page.evaluate(expression).catch(() => undefined);
  return (await Promise.race([known, setTimeout(5_000)])) as T | undefined;
}

/** Waits until an expression on a page is something, and gives it. */
export async function wait<T>(page: Page, expression: string): Promise<T> {
  return await eventually(`${expression} on a page that reads: `, page, async () => await value<T>(page, expression));
}

/** Waits for a page of the extension that is not among these. Puppeteer does not know the addresses of its windows. */
export async function extensionPage(stand: FirefoxStand, name: string, but: readonly Page[] = []): Promise<Page> {
  return await eventually(`a page ${name}`, undefined, async () => {
    for (const page of await stand.browser.pages()) {
      if (but.includes(page)) continue;
      const address = await value<string>(page, 'document.readyState === "complete" ? location.href : ""');
      if (address?.startsWith('moz-extension:') && address.includes(name)) return page;
    }
    return undefined;
  });
}

/** Does something that opens a consent window, and gives that window. */
export async function consentAfter(stand: FirefoxStand, act: () => Promise<unknown>): Promise<Page> {
  const before = await stand.browser.pages();
  await act();
  const window = await extensionPage(stand, '/consent.html', before);
  // Whoever cancels again and again has to wait: each test begins afresh.
  await window.evaluate(
    `navigator.locks.request('session cancels', () => chrome.storage.session.remove('cancels')).then(() => undefined)`,
  );
  return window;
}

/** Waits until the window listens: input right after it gets focus is ignored. */
export async function settle(window: Page): Promise<void> {
  await window.waitForSelector('.consent:not(.guarded)', { timeout: INPUT_GUARD_MS + 30_000 });
}

/** Types the PIN for the certificate that is chosen, or of the key with this name, and presses the button. */
export async function approve(window: Page, pin: string = PIN): Promise<void> {
  await window.waitForSelector('input[type=radio]:checked', { timeout: 30_000 });
  await window.waitForSelector('input[type=password]:enabled', { timeout: 30_000 });
  await settle(window);
  await window.type('input[type=password]', pin);
  await settle(window);
  await window.click('button.primary');
}

/** Waits until a window is closed. Puppeteer is not told. */
export async function closed(window: Page): Promise<void> {
  await eventually('the window closed', window, async () => (await value(window, 'true')) === undefined);
}

/** For one thing that a page does, on a machine with other work. */
const WAIT_MS = 12_000;

async function eventually<T>(what: string, page: Page | undefined, asked: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await asked();
    if (found) return found;
    if (Date.now() > end) {
      const text = page && (await value<string>(page, 'document.body.innerText'));
      throw new Error(`never came: ${what}${text ?? ''}`);
    }
    await setTimeout(50);
  }
}
