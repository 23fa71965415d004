// A page as today's portals have them: it calls another program on loopback, synchronously, from a real click. And our
// extension with what the bridge needs granted.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BRIDGE_SECRET_HEADER } from '@yinxin/proto';
import type { Frame, Page } from 'playwright-core';
import { choose, settle } from './drive.js';
import { EXTENSION, temporary } from './paths.js';
import { background, consentAfter, makeStand, PIN, type Stand, type StandOptions } from './stand.js';

/** What a call of 统一安全认证客户端 gives. */
export interface Rs {
  code: string;
  msg: string;
  data?: Record<string, string>;
}

declare global {
  interface Window {
    /** Calls a function, and waits. */
    rs: (name: string, fields?: Record<string, string>, port?: number) => Rs;
    /** What the button does. */
    act: (rs: Window['rs'], given: unknown) => unknown;
    given: unknown;
    /** What a call of the page's first script gave, at `/early`. */
    early: string | undefined;
    /** What came of the last press. */
    came: { value?: unknown; error?: string } | undefined;
  }
}

const PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>旧式页面</title><link rel="icon" href="data:,">
<script>
  window.__name = value => value;
  window.rs = (name, fields = {}, port = 11200) => {
    const request = new XMLHttpRequest();
    request.open('POST', 'http://127.0.0.1:' + port + '/' + name, false);
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
    request.send(Object.keys(fields).length === 0 ? null : new URLSearchParams(fields).toString());
    if (request.status !== 200) throw new Error('status ' + request.status);
    return JSON.parse(request.responseText);
  };
  // In the page's first moments, and without a second try.
  if (location.pathname === '/early') {
    try {
      window.early = window.rs('RS_GetVersion').code;
    } catch (error) {
      window.early = String(error);
    }
  }
  addEventListener('DOMContentLoaded', () => {
    document.querySelector('#go').addEventListener('click', () => {
      try {
        window.came = { value: window.act(window.rs, window.given) };
      } catch (error) {
        window.came = { error: String(error) };
      }
    });
    document.documentElement.dataset.ready = 'true';
    // By itself, and what came of it to the server.
    if (location.pathname === '/by-itself') {
      fetch('http://127.0.0.1:11200/RS_GetVersion', { method: 'POST' })
        .then(answer => answer.text(), () => 'refused')
        .then(text => fetch('/told', { method: 'POST', body: text }));
    }
  });
</script></head>
<body><button id="go">登录</button></body></html>`;

/** A worker of any kind that makes a call when it is told to. */
const WORKER = `
const call = (url, port) =>
  fetch(url, { method: 'POST', body: 'containerId=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } }).then(
    async answer => port.postMessage(answer.status + ' ' + (await answer.text())),
    () => port.postMessage('refused'),
  );
onmessage = ({ data, ports }) => call(data, ports[0] ?? self);
onconnect = ({ ports: [port] }) => { port.onmessage = ({ data }) => call(data, port); };`;

export interface LegacySite {
  url: string;
  port: number;
  /** What pages told that call by themselves. */
  told: string[];
  /** Keeps its answers back, until what is given is called. */
  hold: () => () => void;
  close: () => Promise<void>;
}

/** Serves the page, at any path, on localhost; over TLS with a certificate. */
export async function makeLegacySite(tls?: { key: string; cert: string }): Promise<LegacySite> {
  const told: string[] = [];
  let held: Promise<void> | undefined;
  const serve: RequestListener = async (request, response) => {
    await held;
    if (request.url === '/worker.js') {
      response.setHeader('content-type', 'text/javascript').end(WORKER);
      return;
    }
    // Another site of the page's makers, which sends a call on.
    if (request.url?.startsWith('/on?')) {
      const headers = { location: decodeURIComponent(request.url.slice(4)), 'access-control-allow-origin': '*' };
      request.resume().on('end', () => response.writeHead(307, headers).end());
      return;
    }
    if (request.url !== '/told') {
      response.setHeader('content-type', 'text/html').end(PAGE);
      return;
    }
    let body = '';
    for await (const part of request) body += part;
    told.push(body);
    response.end();
  };
  const server = tls ? createSecureServer(tls, serve) : createServer(serve);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${port}`,
    port,
    told,
    hold: () => {
      let release = () => {};
      held = new Promise(resolve => {
        release = resolve;
      });
      return () => release();
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Our extension, with the permissions of the bridge from the start: nobody here can press the button of the browser's
 * question.
 */
export function grantedExtension(hosts = ['http://localhost/*', 'http://127.0.0.1/*', 'https://127.0.0.1/*']): {
  path: string;
  remove: () => void;
} {
  const { path: folder, remove } = temporary();
  const path = join(folder, 'extension');
  cpSync(EXTENSION, path, { recursive: true });
  const file = join(path, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.permissions.push(...manifest.optional_permissions);
  delete manifest.optional_permissions;
  manifest.host_permissions = hosts;
  writeFileSync(file, JSON.stringify(manifest));
  return { path, remove };
}

/** A stand with that extension, and one key unless said otherwise. */
export async function makeBridgedStand(options: StandOptions = {}, hosts?: string[]): Promise<Stand> {
  const extension = grantedExtension(hosts);
  try {
    const stand = await makeStand({ softHsm: false, insert: ['demo-unit'], extension: extension.path, ...options });
    const close = async () => {
      await stand.close();
      extension.remove();
    };
    return { ...stand, close };
  } catch (error) {
    extension.remove();
    throw error;
  }
}

/** Switches the bridge on for a site, as the switch in the settings does. */
export async function bridgeOn(stand: Stand, url: string): Promise<void> {
  const { protocol, hostname } = new URL(url);
  const origin = `${protocol}//${hostname}`;
  await background(stand).evaluate(async origin => {
    await chrome.storage.local.set({ bridged: [origin] });
    while ((await chrome.scripting.getRegisteredContentScripts({ ids: ['bridge'] })).length === 0)
      await new Promise(resolve => setTimeout(resolve, 20));
  }, origin);
}

/** Opens the page, and waits until its calls are answered. */
export async function visitLegacy(stand: Stand, url: string): Promise<Page> {
  const page = await stand.browser.newPage();
  await page.goto(url);
  await page.waitForSelector('html[data-ready]');
  await listening(page);
  return page;
}

/** Waits until the page's calls are answered: one that needs nothing. */
export async function listening(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      try {
        return window.rs('RS_GetVersion').code === '0000';
      } catch {
        return false;
      }
    },
    undefined,
    { polling: 100 },
  );
}

/** Presses the page's button, which does this. */
export async function pressLegacy<A>(
  page: Page,
  act: (rs: Window['rs'], given: A) => unknown,
  given: A,
): Promise<void> {
  await page.evaluate(
    ({ source, given }) => {
      window.act = new Function(`return (${source})`)() as Window['act'];
      window.given = given;
      window.came = undefined;
    },
    { source: act.toString(), given: given as unknown },
  );
  // The page stands still until its calls are answered, and with it the press.
  page.click('#go').catch(() => undefined);
}

/** Presses the button, and gives the window that opens. */
export function askLegacy<A>(
  stand: Stand,
  page: Page,
  act: (rs: Window['rs'], given: A) => unknown,
  given: A,
): Promise<Page> {
  return consentAfter(stand, () => pressLegacy(page, act, given));
}

/** Logs a page in with the only key that is there, over one press; gives what the page calls the certificate, and our window. */
export async function openSession(stand: Stand, page: Page): Promise<{ containerId: string; window: Page }> {
  const window = await askLegacy(
    stand,
    page,
    (rs, password) => {
      const containerId = rs('RS_GetUserList').data?.userlist?.split('||')[1] ?? '';
      return { containerId, login: rs('RS_CertLogin', { containerId, password }) };
    },
    PIN,
  );
  await choose(window, 'demo-unit');
  await settle(window);
  await window.locator('button.primary').click();
  const { containerId, login } = await came<{ containerId: string; login: Rs }>(page);
  if (login.code !== '0000') throw new Error(`login: ${login.code} ${login.msg}`);
  return { containerId, window };
}

/** What came of the last press, once the page goes on. */
export async function came<T>(page: Page): Promise<T> {
  const handle = await page.waitForFunction(() => window.came);
  const { value, error } = (await handle.jsonValue()) as { value?: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return value as T;
}

/** What the browser's rules hold now. */
export interface Rules {
  port: number;
  secret: string;
}

export async function rulesOf(stand: Stand): Promise<Rules[]> {
  return background(stand).evaluate(async header => {
    const rules = await chrome.declarativeNetRequest.getSessionRules();
    return rules.flatMap(({ condition, action }) => {
      const port = /:(\d+)\/$/.exec(condition.regexFilter ?? '')?.[1];
      const secret = action.requestHeaders?.find(set => set.header === header)?.value;
      return port !== undefined && secret !== undefined ? [{ port: Number(port), secret }] : [];
    });
  }, BRIDGE_SECRET_HEADER);
}

/** A call from a frame, a worker or another page: the answer's status, or that there was none. */
export const CALL = async (url: string): Promise<string> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: 'containerId=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    return `${response.status} ${(await response.text()).slice(0, 40)}`;
  } catch {
    return 'refused';
  }
};

/** A frame in a page. */
export async function framed(page: Page, src: string): Promise<Frame> {
  await page.evaluate(
    src =>
      new Promise<void>(resolve => {
        const frame = document.createElement('iframe');
        frame.src = src;
        frame.onload = () => resolve();
        document.body.append(frame);
      }),
    src,
  );
  const frame = page.frames().find(known => known.url() === src);
  if (!frame) throw new Error(`no frame ${src}`);
  return frame;
}

/** Another program at a port, as soon as it is free. */
export async function standIn(port: number): Promise<{ heard: string[]; close: () => Promise<void> }> {
  const heard: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', data => {
      body += data;
    });
    request.on('end', () => {
      heard.push(`${request.url} ${body}`);
      response.end('{"code":"0000"}');
    });
  });
  for (;;) {
    const free = await new Promise<boolean>(resolve => {
      const [failed, listening] = [() => resolve(false), () => resolve(true)];
      server.once('error', failed).once('listening', listening).listen(port, '127.0.0.1');
    });
    server.removeAllListeners('error').removeAllListeners('listening');
    if (free) break;
  }
  return {
    heard,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
