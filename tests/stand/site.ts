// A web page of the tests' own on localhost: it imports the built page library as a portal would,
// makes a call from a real click, and keeps the answer.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { BrowserContext, Page } from 'playwright-core';
import { ROOT } from './paths.js';
import { run } from './process.js';
import { consentAfter, type Stand } from './stand.js';

declare global {
  interface Window {
    /** The page library. */
    yinxin: typeof import('@yinxin/client');
    /** What the button does. */
    call: () => Promise<unknown>;
    /** What came of the last press. */
    outcome: Promise<Outcome<unknown>> | undefined;
    /** Every message that passed the page's window, as JSON; bytes by their number only. */
    messages: string[];
  }
}

/** How a call ended. */
export interface Outcome<T> {
  value?: T;
  error?: { code: string; params: Record<string, unknown>; message: string; remedy: string };
}

export interface Site {
  url: string;
  port: number;
  /** What pages left with `fetch('/keep/NAME', { method: 'POST', body })`. */
  kept: Map<string, Buffer>;
  close: () => Promise<void>;
}

const PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>测试页</title><link rel="icon" href="data:,">
<script>
  window.messages = [];
  const brief = (_, value) => (value instanceof Uint8Array ? value.length + ' bytes' : value);
  addEventListener('message', event => window.messages.push(JSON.stringify(event.data, brief)));
  // The tests' compiler names functions through this helper.
  window.__name = value => value;
</script>
<script type="module">
  import * as yinxin from '/client.js';
  window.yinxin = yinxin;
  const settle = call => call().then(
    value => ({ value }),
    error => ({ error: error.toJSON?.() ?? { code: 'none', message: String(error) } }),
  );
  document.querySelector('#go').addEventListener('click', () => { window.outcome = settle(window.call); });
  document.documentElement.dataset.ready = 'true';
</script></head>
<body><button id="go">go</button><input type="file" id="file"></body></html>`;

/**
 * Serves the page: at any path but the library's and those under `/keep/`. On localhost, or over https under a name
 * that the browser is to be told of, with a certificate made here.
 */
export async function makeSite(secure?: { name: string; folder: string }): Promise<Site> {
  const library = readFileSync(join(ROOT, 'www/dist/client/index.js'));
  const kept = new Map<string, Buffer>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/client.js') {
      response.setHeader('content-type', 'text/javascript').end(library);
    } else if (path.startsWith('/keep/')) {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      kept.set(decodeURIComponent(path.slice('/keep/'.length)), Buffer.concat(parts));
      response.end();
    } else {
      response.setHeader('content-type', 'text/html').end(PAGE);
    }
  };
  const server = secure ? createSecureServer(certified(secure), handle) : createServer(handle);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: secure ? `https://${secure.name}:${port}` : `http://localhost:${port}`, port, kept, close };
}

function certified({ name, folder }: { name: string; folder: string }): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-subj',
    `/CN=${name}`,
  ]);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/**
 * Answers the browser's question for a site before it is asked, in its settings of extensions: nobody here can press its
 * button.
 */
export async function answerForSite(stand: Stand, { url }: Site): Promise<void> {
  const settings = await stand.browser.newPage();
  await settings.goto('chrome://extensions');
  await settings.evaluate(
    async ([extensionId, host]) => {
      const { developerPrivate } = chrome as unknown as {
        developerPrivate: {
          updateExtensionConfiguration(options: { extensionId: string; hostAccess: string }): Promise<void>;
          addHostPermission(extensionId: string, host: string): Promise<void>;
        };
      };
      await developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess: 'ON_SPECIFIC_SITES' });
      await developerPrivate.addHostPermission(extensionId, host);
      await developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess: 'ON_ALL_SITES' });
    },
    [DEVELOPMENT_EXTENSION_ID, `https://${new URL(url).hostname}/*`] as const,
  );
  await settings.close();
}

/** Adds a site on the extension's own page. */
export async function addSite(stand: Stand, site: Site): Promise<void> {
  await answerForSite(stand, site);
  const { url } = site;
  const settings = await stand.browser.newPage();
  await settings.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#settings`);
  await settings.fill('.add-site input', url);
  await settings.click('.add-site button');
  await settings.locator('.sites', { hasText: url }).waitFor();
  await settings.close();
}

/** Opens the page. */
export async function visit(browser: BrowserContext, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector('html[data-ready]');
  return page;
}

/** Makes a call from a click. Its consent window, if any, is for the caller to find. */
export async function press<A>(page: Page, call: (argument: A) => Promise<unknown>, argument: A): Promise<void> {
  await page.evaluate(
    ({ source, given }) => {
      const call = new Function(`return (${source})`)() as (argument: unknown) => Promise<unknown>;
      window.call = () => call(given);
    },
    { source: call.toString(), given: argument as unknown },
  );
  await page.click('#go');
}

/** Makes a call from a click, and gives the consent window that it opens. */
export function ask<A>(stand: Stand, page: Page, call: (argument: A) => Promise<unknown>, argument: A): Promise<Page> {
  return consentAfter(stand, () => press(page, call, argument));
}

/** How the last call ended, once it did. */
export async function outcome<T = unknown>(page: Page): Promise<Outcome<T>> {
  const found = await page.evaluate(() => window.outcome);
  if (!found) throw new Error('no call was made');
  return found as Outcome<T>;
}

/** A challenge as a portal gives one. */
export const CHALLENGE = 'dGVzdC1jaGFsbGVuZ2UtMDEyMzQ1Njc4OQ';
