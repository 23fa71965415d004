// What a page waits for over the bridge: medians without its user, what of it is the browser's own, a signature from the
// press to the page, and the host's memory. Nothing is asserted.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import {
  bridgeOn,
  came,
  makeBridgedStand,
  makeLegacySite,
  openSession,
  pressLegacy,
  visitLegacy,
} from '../stand/bridge.js';
import { settle } from '../stand/drive.js';
import { background, hostsOf } from '../stand/stand.js';

const ROUNDS = 200;
const SIGNATURES = 15;

const site = await makeLegacySite();
const stand = await makeBridgedStand();
try {
  const heard = await hearTokens();
  await bridgeOn(stand, site.url);
  const page = await visitLegacy(stand, site.url);
  await browserAlone(page);
  const { containerId, window } = await openSession(stand, page);
  await silent(page, containerId);
  await signatures(page, window, containerId, heard);
  for (const pid of hostsOf(stand)) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    console.log(`host ${/VmRSS:\s+(.*)/.exec(status)?.[1]}, ${/Threads:\s+(.*)/.exec(status)?.[1]} threads`);
  }
} finally {
  await stand.close();
  await site.close();
}

function print(what: string, times: number[]): void {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2);
  console.log(`${what.padEnd(56)} median ${at(0.5).padStart(6)} ms, 95 % ${at(0.95).padStart(6)} ms`);
}

/** A synchronous call to a listener that answers at once: straight, and over such a rule as ours are. */
async function browserAlone(page: Page): Promise<void> {
  const server = createServer((request, response) => {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' };
    request.resume().on('end', () => response.writeHead(200, { ...headers, connection: 'close' }).end('{}'));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const rules = (change: { removeRuleIds?: number[]; addRules?: unknown[] }) =>
    background(stand).evaluate(change => chrome.declarativeNetRequest.updateSessionRules(change as never), change);
  const condition = { initiatorDomains: ['localhost'], resourceTypes: ['xmlhttprequest'] };
  const [redirect, header] = [900_001, 900_002];
  await rules({
    addRules: [
      {
        id: redirect,
        condition: { ...condition, regexFilter: '^http://127\\.0\\.0\\.1:59999/(.*)$' },
        action: { type: 'redirect', redirect: { regexSubstitution: `http://127.0.0.1:${port}/\\1` } },
      },
      {
        id: header,
        condition: { ...condition, regexFilter: `^http://127\\.0\\.0\\.1:${port}/` },
        action: {
          type: 'modifyHeaders',
          requestHeaders: [{ header: 'x-bench', operation: 'set', value: '1' }],
        },
      },
    ],
  });
  const [straight, redirected] = await page.evaluate(
    ({ ports, rounds }) =>
      ports.map(port =>
        Array.from({ length: rounds }, () => {
          const start = performance.now();
          window.rs('RS_GetVersion', {}, port);
          return performance.now() - start;
        }),
      ),
    { ports: [port, 59_999], rounds: ROUNDS },
  );
  print('the browser alone, straight', straight ?? []);
  print('the browser alone, redirected', redirected ?? []);
  await rules({ removeRuleIds: [redirect, header] });
  server.close();
}

/** In a session: nothing is asked, and the keys are known. */
async function silent(page: Page, containerId: string): Promise<void> {
  await pressLegacy(
    page,
    (rs, { containerId, rounds }) => {
      const times: Record<string, number[]> = {};
      const certificate = rs('RS_GetCertBase64String', { certType: '1', containerId }).data?.certBase64 ?? '';
      const calls: [string, Record<string, string>][] = [
        ['RS_GetVersion', {}],
        ['RS_GetUserList', {}],
        ['RS_GetCertBase64String', { certType: '1', containerId }],
        ['RS_GetCertInfo', { certBase64: certificate, type: '49' }],
        ['RS_KeyStatus', { containerId }],
      ];
      for (const [name, fields] of calls) {
        const all: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const start = performance.now();
          rs(name, fields);
          all.push(performance.now() - start);
        }
        times[name] = all;
      }
      return times;
    },
    { containerId, rounds: ROUNDS },
  );
  for (const [name, times] of Object.entries(await came<Record<string, number[]>>(page))) print(name, times);
}

/** From the press in our window to the page, and the same without what the key needs for it. */
async function signatures(
  page: Page,
  window: Page,
  containerId: string,
  heard: () => Promise<number[]>,
): Promise<void> {
  await window.evaluate(() => {
    addEventListener(
      'click',
      () => {
        document.documentElement.dataset.pressed = String(performance.timeOrigin + performance.now());
      },
      { capture: true },
    );
  });
  const whole: number[] = [];
  for (let round = 0; round < SIGNATURES; round += 1) {
    await pressLegacy(
      page,
      (rs, fields) => {
        const { code } = rs('RS_KeySignByP1', fields);
        return { code, at: performance.timeOrigin + performance.now() };
      },
      { containerId, msg: `第 ${round} 份` },
    );
    await window.locator('.text-to-sign', { hasText: `第 ${round} 份` }).waitFor();
    await settle(window);
    await window.locator('button.primary').click();
    const { code, at } = await came<{ code: string; at: number }>(page);
    if (code !== '0000') throw new Error(`signature: ${code}`);
    whole.push(at - Number(await window.locator('html').getAttribute('data-pressed')));
  }
  const token = (await heard()).slice(-SIGNATURES);
  print('RS_KeySignByP1, from the press', [...whole]);
  print('  the token’s own time', [...token]);
  print(
    '  beside that',
    whole.map((ms, round) => ms - (token[round] ?? Number.NaN)),
  );
}

/** Hears what the key needed for each signature, as the host tells the background. */
async function hearTokens(): Promise<() => Promise<number[]>> {
  await background(stand).evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { tokenTimes: times });
    const { connectNative } = chrome.runtime;
    chrome.runtime.connectNative = application => {
      const port = connectNative(application);
      port.onMessage.addListener(({ reply }: { reply?: { tokenUs?: number } }) => {
        if (reply?.tokenUs !== undefined) times.push(reply.tokenUs / 1000);
      });
      return port;
    };
  });
  return () => background(stand).evaluate(() => (globalThis as { tokenTimes?: number[] }).tokenTimes ?? []);
}
