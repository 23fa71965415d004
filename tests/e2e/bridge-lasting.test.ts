// The bridge over time and under load: many calls, large ones, several at once, a thousand PINs, more permissions than it
// needs, and ends of host, browser and extension.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  askLegacy,
  bridgeOn,
  CALL,
  came,
  framed,
  type LegacySite,
  listening,
  makeBridgedStand,
  makeLegacySite,
  openSession,
  pressLegacy,
  type Rs,
  rulesOf,
  standIn,
  visitLegacy,
} from '../stand/bridge.js';
import { choose, settle } from '../stand/drive.js';
import { sm2Verifies } from '../stand/judge.js';
import { temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { background, consentsOf, hostsOf, PIN, type Stand, tidy, tokenOf } from '../stand/stand.js';
import { until } from '../stand/until.js';

declare global {
  interface Window {
    /** What came of calls that a page made at once. */
    signed: Promise<Rs[]> | undefined;
    /** How many of them are answered. */
    answered: number | undefined;
  }
}

const VERSION = 'http://127.0.0.1:11200/RS_GetVersion';
const MAX_HOST_KIB = 12 * 1024;

let stand: Stand;
let site: LegacySite;
let secure: LegacySite;
let page: Page;

before(async () => {
  const { path, remove } = temporary();
  const [key, cert] = [join(path, 'key.pem'), join(path, 'cert.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...names]);
  secure = await makeLegacySite({ key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
  remove();
  site = await makeLegacySite();
  stand = await makeBridgedStand(
    { args: ['--host-resolver-rules=MAP sub.localhost 127.0.0.1', '--ignore-certificate-errors'] },
    // “On all sites”: the rules then bring more callers than the bridged page.
    ['<all_urls>'],
  );
  await bridgeOn(stand, site.url);
  page = await visitLegacy(stand, site.url);
});

beforeEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await Promise.all([site?.close(), secure?.close()]);
});

/** The page's user shows it the certificate, which covers one login; gives what the page calls it. */
async function showCertificate(to: Page): Promise<string> {
  const shown = await askLegacy(stand, to, rs => rs('RS_GetUserList'), undefined);
  await choose(shown, 'demo-unit');
  await settle(shown);
  await shown.locator('button.primary').click();
  const { data } = await came<Rs>(to);
  await shown.close();
  return data?.userlist?.split('||')[1] ?? assert.fail();
}

/** Memory of the host at most, in KiB. */
function hostMemory(): number {
  const [pid, ...others] = hostsOf(stand);
  assert.deepEqual(others, []);
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

test('with permission on all sites a subdomain, another scheme and another port are brought here, and not answered', async () => {
  const direct = await standIn(11_200);
  try {
    const other = site.url.replace('localhost', 'sub.localhost');
    for (const src of [`${other}/frame`, `${secure.url}/frame`]) {
      const frame = await framed(page, src);
      assert.equal(await frame.evaluate(CALL, VERSION), 'refused', src);
      await page.evaluate(() => document.querySelector('iframe')?.remove());
    }
    // The rules took them: else the program at the address itself had heard them.
    assert.deepEqual(direct.heard, []);
    // In windows of their own there are no rules for them.
    for (const url of [other, secure.url]) {
      const own = await stand.browser.newPage();
      await own.goto(url);
      assert.equal(await own.evaluate(CALL, VERSION), 'refused', url);
      await own.close();
    }
    assert.match(await page.evaluate(CALL, VERSION), /"version":/);
  } finally {
    await direct.close();
  }
});

test('several calls at once are asked one by one, each with its own press', async () => {
  const { containerId, window: shown } = await openSession(stand, page);
  const texts = ['第一份', '第二份', '第三份'];
  await pressLegacy(
    page,
    (_, { containerId, texts }) => {
      const sign = async (msg: string) => {
        const body = new URLSearchParams({ containerId, msg });
        const answer = await fetch('http://127.0.0.1:11200/RS_KeySignByP1', { method: 'POST', body });
        window.answered = (window.answered ?? 0) + 1;
        return (await answer.json()) as Rs;
      };
      window.signed = Promise.all(texts.map(sign));
    },
    { containerId, texts },
  );
  const seen: string[] = [];
  for (let press = 0; press < texts.length; press += 1) {
    const text = shown.locator('.text-to-sign', {
      hasText: new RegExp(texts.filter(of => !seen.includes(of)).join('|')),
    });
    await text.waitFor();
    seen.push(((await text.textContent()) ?? '').trim());
    await settle(shown);
    // Nothing more is signed than was pressed for.
    assert.ok((await page.evaluate(() => window.answered ?? 0)) <= press);
    await shown.locator('button.primary').click();
  }
  assert.deepEqual(new Set(seen), new Set(texts));
  const signed = await page.evaluate(() => window.signed ?? []);
  const { data } = await page.evaluate(
    containerId => window.rs('RS_GetCertBase64String', { certType: '1', containerId }),
    containerId,
  );
  const certificate = Buffer.from(data?.certBase64 ?? '', 'base64');
  for (const [at, answer] of signed.entries()) {
    const signature = Buffer.from(answer.data?.signdMsg ?? '', 'base64');
    assert.ok(sm2Verifies(certificate, Buffer.from(texts[at] ?? ''), signature), texts[at]);
  }
  await shown.close();
});

test('thousands of calls in bursts, and a body of 100 MiB: all that is ours is answered, and the host stays small', async () => {
  // Each costs the browser some milliseconds; ten thousand are the host's own test.
  const answers = await page.evaluate(async url => {
    const counts: Record<string, number> = {};
    // Beyond 1,350 at once it refuses the page by itself.
    for (let burst = 0; burst < 4; burst += 1) {
      const calls = Array.from({ length: 500 }, async () => {
        const answer = await fetch(url, { method: 'POST' });
        return ((await answer.json()) as Rs).code;
      });
      for (const call of await Promise.allSettled(calls)) {
        const code = call.status === 'fulfilled' ? call.value : 'refused';
        counts[code] = (counts[code] ?? 0) + 1;
      }
    }
    return counts;
  }, VERSION);
  assert.deepEqual(answers, { '0000': 2_000 });
  // A function whose body the browser records too.
  const large = await page.evaluate(async url => {
    const body = `msg=${'x'.repeat(100 * 1024 * 1024)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return await fetch(url, { method: 'POST', body, headers }).then(
      ({ status }) => String(status),
      () => 'refused',
    );
  }, 'http://127.0.0.1:11200/RS_KeySignByP1');
  assert.equal(large, 'refused');
  const most = hostMemory();
  assert.ok(most < MAX_HOST_KIB, `${most} KiB`);
  // As before.
  await page.reload();
  await listening(page);
  assert.equal(await page.evaluate(() => window.rs('RS_GetVersion').code), '0000');
  await showCertificate(page);
});

test('a browser that starts again answers again, and has neither parameters nor session', async () => {
  const { containerId, window: shown } = await openSession(stand, page);
  await shown.close();
  const ask = (of: Page) =>
    of.evaluate(containerId => {
      const parameter = window.rs('RS_GetParameters', { cmd: 'clientId' });
      return [parameter.data?.val, window.rs('RS_KeyStatus', { containerId }).code];
    }, containerId);
  const scripts = () =>
    background(stand).evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).length);
  await page.evaluate(() => window.rs('RS_ConfigParameters', { cmd: 'clientId', val: 'zq7' }));
  assert.deepEqual(await ask(page), ['zq7', '0000']);
  stand.browser = await stand.relaunch();
  // One that loads its extension from a folder forgets the scripts, which are there again once it has read its policy.
  await until(async () => (await scripts()) > 0);
  page = await visitLegacy(stand, site.url);
  assert.deepEqual(await ask(page), [undefined, '9028']);
  assert.equal(await showCertificate(page), containerId);
});

test('a thousand PINs from two tabs, before and after the host was killed, cost one try', async () => {
  const pages = [page, await visitLegacy(stand, site.url)];
  const left = tokenOf(stand, 'demo-unit').pin.left ?? assert.fail();
  let over = false;
  // Whatever window opens, its user closes it.
  const closing = async () => {
    while (!over) {
      for (const open of consentsOf(stand)) await open.close().catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  const guess = (of: Page, containerId: string) =>
    of.evaluate(
      ({ containerId, right }) => {
        const code = (name: string, fields: Record<string, string>) => {
          try {
            return window.rs(name, { containerId, ...fields }).code;
          } catch {
            return 'refused';
          }
        };
        const pin = () => {
          const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
          const text = String(random % 1_000_000).padStart(6, '0');
          return text === right ? '000000' : text;
        };
        return Array.from({ length: 125 }, () => [
          code('RS_CertLogin', { password: pin() }),
          code('RS_ChangePassWd', { oldCode: pin(), newCode: pin() }),
        ]).flat();
      },
      { containerId, right: PIN },
    );
  const codes: string[] = [];
  for (const round of ['before', 'after']) {
    if (round === 'after') {
      const [host] = hostsOf(stand);
      process.kill(host ?? assert.fail(), 'SIGKILL');
      await until(async () => !hostsOf(stand).includes(host ?? 0));
      for (const of of pages) await listening(of);
    }
    const shown: [Page, string][] = [];
    for (const of of pages) {
      await tidy(stand);
      shown.push([of, await showCertificate(of)]);
    }
    over = false;
    const closed = closing();
    for (const of of await Promise.all(shown.map(([of, containerId]) => guess(of, containerId)))) codes.push(...of);
    over = true;
    await closed;
  }
  assert.equal(codes.length, 1_000);
  assert.ok(!codes.includes('0000'));
  assert.equal(codes.filter(code => code === '9011').length, 1);
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, left - 1);
  await pages[1]?.close();
});

test('an extension that ends leaves nobody: the page is not answered, and a stand-in at the old port gets no PIN', async () => {
  const [{ port } = assert.fail()] = await rulesOf(stand);
  await background(stand).evaluate(() => void setTimeout(() => chrome.runtime.reload()));
  const { heard, close } = await standIn(port);
  try {
    await until(async () => hostsOf(stand).length === 0);
    await pressLegacy(page, (rs, password) => rs('RS_CertLogin', { containerId: 'a', password }), PIN);
    await assert.rejects(came(page), /NetworkError/);
    assert.deepEqual(heard, []);
  } finally {
    await close();
  }
});
