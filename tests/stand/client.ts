// The built package of the page library on a server of its own: its examples, as they are handed out, and as much of a
// portal's server as they call. Under a policy that lets nothing run but what is served.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { DIST } from './pages.js';
import { ROOT } from './paths.js';

/** What the double of the built package is to a page of these tests. */
export type Testing = typeof import('../../www/client/src/testing.js');

declare global {
  interface Window {
    /** The extension, as it is played. */
    played: ReturnType<Testing['playExtension']>;
    testing: Testing;
  }
}

export interface Package {
  url: string;
  /** What pages sent, by path. */
  sent: Map<string, string>;
  /** Refuses what comes next at a path, as a server does. */
  refusals: Map<string, object>;
  close: () => Promise<void>;
}

const VUE = 'vue.runtime.esm-browser.prod.js';
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };

export async function servePackage(): Promise<Package> {
  const sent = new Map<string, string>();
  const refusals = new Map<string, object>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    if (request.method === 'POST') {
      let body = '';
      for await (const part of request) body += part;
      sent.set(pathname, body);
      const refusal = refusals.get(pathname);
      const answer = { challenge: 'dGVzdC1jaGFsbGVuZ2UtMDEyMzQ1Njc4OQ', account: { name: '示例采购有限公司' } };
      response.writeHead(refusal ? 403 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(refusal ?? answer));
      return;
    }
    const file = pathname === `/${VUE}` ? join(ROOT, 'node_modules/vue/dist', VUE) : join(DIST, 'client', pathname);
    if (pathname.startsWith('/documents/')) return response.end(`文件 ${pathname}`);
    if (pathname === '/examples/') {
      response.writeHead(200, { 'content-type': TYPES['.html'] });
      return response.end('<!doctype html><html lang="zh-CN"><title>门户</title>');
    }
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    if (!existsSync(file) || extname(file) === '') return response.writeHead(404).end();
    const text = readFileSync(file, 'utf8').replace('{{challenge}}', 'dGVzdC1jaGFsbGVuZ2UtMDEyMzQ1Njc4OQ');
    const [, map = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(text) ?? [];
    const hash = createHash('sha256').update(map).digest('base64');
    const policy = `default-src 'none'; script-src 'self' 'sha256-${hash}'; connect-src 'self'; form-action 'self'`;
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'text/plain',
      'content-security-policy': policy,
    });
    response.end(text);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, sent, refusals, close };
}

/** Plays the extension in a page, as a portal's own test would. Calls wait for their answer if `held`. */
export async function play(page: Page, held = false): Promise<void> {
  await page.evaluate(async hold => {
    const path = '/testing.js';
    window.testing = await import(path);
    window.played = window.testing.playExtension(hold ? () => undefined : undefined);
  }, held);
}
