// The built pages of www as people have them: on a static server, or as one file, in a browser of
// its own without the extension.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM, ROOT, temporary } from './paths.js';

export const DIST = join(ROOT, 'www/dist');
/** The calculator that opens from disk. */
export const SINGLE = pathToFileURL(join(DIST, 'calculator.html')).href;
/** The verify page that opens from disk. */
export const VERIFY = pathToFileURL(join(DIST, 'verify.html')).href;
/** The viewer that opens from disk. */
export const VIEWER = pathToFileURL(join(DIST, 'viewer.html')).href;

/** A static server as people have them: nothing but files, the app somewhere below its root. */
export class Files {
  readonly #server: Server;
  #port = 0;
  readonly asked: string[] = [];
  /** Files in place of those that were built. */
  readonly replaced = new Map<string, Buffer>();

  constructor(app: 'calculator' | 'verify' = 'calculator') {
    this.#server = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://localhost').pathname;
      this.asked.push(path);
      try {
        if (!path.startsWith(UNDER)) throw new Error('not there');
        const name = path.slice(UNDER.length) || 'index.html';
        const body = this.replaced.get(name) ?? readFileSync(join(DIST, app, name));
        response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
  }

  /** Listens, on the same port each time. */
  async start(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  get url(): string {
    return `http://localhost:${this.#port}${UNDER}`;
  }
}

const UNDER = '/tools/fees/';
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface Options {
  locale?: 'zh-CN' | 'en';
  width?: number;
  colorScheme?: 'light' | 'dark';
  /** Further arguments of the browser. */
  args?: string[];
}

/** A browser of its own, and how to end it. A profile on disk, since one in memory installs nothing. */
export async function launch({
  locale = 'zh-CN',
  width = 1280,
  colorScheme = 'light',
  args = [],
}: Options = {}): Promise<{
  browser: BrowserContext;
  /** Where its profile lies: its processes name it. */
  profile: string;
  close: () => Promise<void>;
}> {
  const profile = temporary();
  const browser = await chromium.launchPersistentContext(profile.path, {
    executablePath: CHROMIUM,
    viewport: { width, height: 800 },
    locale,
    colorScheme,
    reducedMotion: 'reduce',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      ...args,
    ],
  });
  const close = async () => {
    await browser.close();
    profile.remove();
  };
  return { browser, profile: profile.path, close };
}

/** Opens a page, and waits for its first answer. */
export async function open(browser: BrowserContext, url: string): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', error => assert.fail(error));
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('quote').length > 0);
  return page;
}
