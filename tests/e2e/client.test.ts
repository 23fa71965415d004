// The package of the page library as portals get it, without the extension: its examples, the install guide on each
// system, and the double of the extension, which plays every outcome.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { sm3 } from '../../www/client/src/sm3.js';
import { type Package, play, servePackage } from '../stand/client.js';
import { DIST } from '../stand/pages.js';
import { CHROMIUM } from '../stand/paths.js';

let served: Package;
let browser: Browser;
const faults: string[] = [];

before(async () => {
  served = await servePackage();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  served.sent.clear();
  served.refusals.clear();
  assert.deepEqual(faults.splice(0), []);
});

after(async () => {
  await browser?.close();
  await served?.close();
});

async function open(example: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', ...options });
  // The tests' compiler names functions through this helper.
  await context.addInitScript('window.__name = value => value');
  const page = await context.newPage();
  page.on('pageerror', error => faults.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes('403')) faults.push(message.text());
  });
  await page.goto(`${served.url}/examples/${example}`);
  return page;
}

const state = (page: Page, text: string | RegExp) => page.locator('#state', { hasText: text }).waitFor();
const problem = (page: Page, text: string | RegExp) => page.locator('#problem', { hasText: text }).waitFor();
/** The step of the guide that the user is to take. */
const step = (page: Page, text: string | RegExp) => page.locator('#guide li.now', { hasText: text }).waitFor();

test('plain HTML: the guide goes on by itself, then the login goes through', async () => {
  const page = await open('plain.html');
  await step(page, '安装印信扩展');
  await play(page);
  await page.locator('#guide section').waitFor({ state: 'detached' });
  await page.click('#login');
  await state(page, '示例采购有限公司，已登录');
  const { proof } = JSON.parse(served.sent.get('/api/login') ?? '');
  assert.equal(proof.format, 'yinxin');
  served.refusals.set('/api/login', { code: 'not-bound', message: '证书没有绑定账号。', remedy: '请先绑定。' });
  await page.click('#login');
  await problem(page, '证书没有绑定账号。 请先绑定。');
});

test('plain HTML: a window that waits can be shown, and what the user cancels is no problem', async () => {
  const page = await open('plain.html');
  await play(page, true);
  await page.locator('#guide li.now').or(page.locator('#guide li.later')).first().waitFor();
  const called = (): Promise<unknown> =>
    page.waitForFunction(() => window.played.open.some(({ type }) => type === 'login'));
  const login = (what: 'consenting' | 'cancelled'): Promise<void> =>
    page.evaluate(what => {
      const call = window.played.open.find(({ type }) => type === 'login');
      if (what === 'consenting') call?.progress(what);
      else call?.fail(what);
    }, what);
  await page.click('#login');
  await called();
  await login('consenting');
  await page.click('#show-window');
  assert.equal(await page.evaluate(() => window.played.open.find(({ type }) => type === 'login')?.windowShown), 1);
  await login('cancelled');
  await page.locator('#login:enabled').waitFor();
  assert.equal(await page.textContent('#problem'), '');
});

test('Vue: documents of the server are signed with one consent; a component that goes takes its call back', async () => {
  const page = await open('vue.html');
  await play(page);
  await page.click('#sign');
  await state(page, '已签署 2 份文件');
  const { signatures } = JSON.parse(served.sent.get('/api/signatures') ?? '');
  const texts = signatures.map(({ cms }: { cms: string }) => Buffer.from(cms, 'base64').toString());
  assert.deepEqual(texts, Array(2).fill('testing: no signature'));
  await page.evaluate(() => {
    window.played.answer = call => call.fail('local-failure');
  });
  await page.click('#sign');
  await problem(page, '本机的 UKey 或程序出了问题');
});

test('a form of the server, with the classic script', async () => {
  const page = await open('form.html');
  await play(page);
  await page.click('button[type=submit]');
  await page.waitForURL('**/login');
  const form = new URLSearchParams(served.sent.get('/login'));
  assert.equal(JSON.parse(form.get('proof') ?? '').version, 1);
  assert.ok(form.get('challenge'));
});

test('every outcome of the catalogue is played, and reaches the page with its words', async () => {
  const page = await open('plain.html');
  await play(page);
  const met = await page.evaluate(async () => {
    const path = '/index.js';
    const library: typeof import('@yinxin/client') = await import(path);
    const { OUTCOMES } = window.testing;
    return Promise.all(
      OUTCOMES.map(async ({ code, params }) => {
        window.played.answer = call => call.fail(code, params as never);
        const error = await library.status().catch((thrown: unknown) => thrown);
        const known = error instanceof library.YinxinError;
        return { code, known, same: known && error.code === code, text: known ? error.message + error.remedy : '' };
      }),
    );
  });
  assert.ok(met.length > 30);
  for (const { code, known, same, text } of met) {
    assert.ok(known && same, code);
    assert.ok(text.length > 4 && !/[{}?]/.test(text), `${code}: ${text}`);
  }
});

test('the double asks for presses as the extension does, and answers every call', async () => {
  const page = await open('plain.html');
  await play(page);
  await page.evaluate(async () => {
    const path = '/index.js';
    const { login, seals, sign }: typeof import('@yinxin/client') = await import(path);
    const content = new Blob(['abc']);
    const calls: (() => Promise<unknown>)[] = [
      () => login({ challenge: 'too-short', purpose: 'login' }),
      () => seals(),
      () => sign({ documents: [{ name: 'a', content }] }),
      () => sign({ documents: [{ name: 'a', digest: new Uint8Array(32).fill(10) }], format: 'seal' }),
      () => sign({ documents: [{ name: 'a.pdf', content }], format: 'pdf' }),
    ];
    const results: unknown[] = [];
    Object.assign(window, { results });
    const button = document.createElement('button');
    button.id = 'next';
    button.onclick = async () => {
      const call = calls.shift();
      if (!call) return;
      const [first, second] = await Promise.allSettled([call(), seals()]);
      const plain = (value: unknown) =>
        JSON.parse(JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? [...(v as Uint8Array)] : v)));
      results.push({
        first: plain('reason' in first ? first.reason : first.value),
        second: plain('reason' in second ? second.reason : ''),
      });
    };
    document.body.append(button);
  });
  type Result = {
    first: { code?: string; digest?: string; document?: number[] }[] & { code?: string };
    second: { code: string };
  };
  const results: Result[] = [];
  for (let at = 1; at <= 5; at++) {
    await page.click('#next');
    await page.waitForFunction(count => (window as unknown as { results: unknown[] }).results.length === count, at);
  }
  results.push(...(await page.evaluate(() => (window as unknown as { results: Result[] }).results)));
  for (const { second } of results) assert.equal(second.code, 'user-action-required');
  const [wrong, seals, signed, sealed, completed] = results.map(({ first }) => first);
  assert.equal(wrong?.code, 'challenge-invalid');
  assert.equal(seals?.length, 1);
  assert.equal(signed?.[0]?.digest, createHash('sm3').update('abc').digest('hex'));
  assert.equal(sealed?.[0]?.digest, '0a'.repeat(32));
  assert.deepEqual(completed?.[0]?.document, [...Buffer.from('abc')]);
});

test('SM3 of the double is OpenSSL’s', () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1_000]) {
    const bytes = Buffer.alloc(length, 'Yinxin 印信');
    assert.equal(sm3(bytes), createHash('sm3').update(bytes).digest('hex'), `${length}`);
  }
});

test('nothing that a page loads leads to the double', () => {
  for (const name of ['index.js', 'guide.js', 'yinxin.js']) {
    const text = readFileSync(join(DIST, 'client', name), 'utf8');
    assert.doesNotMatch(text, /testing|演示无效/, name);
  }
});

const AGENT = {
  windows:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0',
  sogou:
    'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36 SE 2.X MetaSr 1.0',
  linux: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  arm: 'Mozilla/5.0 (X11; Linux aarch64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 UOS',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  mac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  old: 'Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.0.0 Safari/537.36',
  phone:
    'Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
};
const ADDRESSES = {
  extension: { chromium: '/x/chromium', edge: '/x/edge', firefox: '/x/firefox' },
  host: {
    windows: '/h/windows.exe',
    'deb-amd64': '/h/amd64.deb',
    'deb-arm64': '/h/arm64.deb',
    'archive-amd64': '/h/a.tar.xz',
    // No address at all, which is none.
    macos: 'https://[',
  },
  support: 'javascript:alert(1)',
} as const;

/** A page with nothing but the guide, for whom the extension says this. */
async function guided(agent: string, code: string, look: BrowserContextOptions = {}): Promise<Page> {
  const page = await open('', { userAgent: agent, ...look });
  await play(page);
  await page.evaluate(
    async ([code, addresses, lang]) => {
      if (code !== 'ready') window.played.answer = call => call.fail(code as never);
      document.documentElement.lang = lang;
      const path = '/guide.js';
      const { guide }: typeof import('@yinxin/client/guide') = await import(path);
      const place = document.body.appendChild(document.createElement('main'));
      place.id = 'guide';
      guide(place, { ...addresses, onReady: () => document.documentElement.setAttribute('data-ready', '') });
    },
    [code, ADDRESSES, look.locale ?? 'zh-CN'] as const,
  );
  await page.locator('#guide .said:not(.looking)').waitFor();
  return page;
}

/** Where the guide leads: what can be pressed, in its order. */
const offered = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('#guide a')
    .evaluateAll(links => links.map(link => link.getAttribute('href')?.replace(/^.*:\d+/, '') ?? null));

for (const [agent, code, links, words] of [
  ['windows', 'not-installed', ['/x/chromium'], /装好后回到本页.*已经装过/],
  ['edge', 'not-installed', ['/x/edge'], /安装印信扩展/],
  ['sogou', 'not-installed', ['/x/chromium'], /极速模式.*Edge 或 Chrome/],
  ['firefox', 'not-installed', ['/x/firefox'], /安装印信扩展/],
  ['windows', 'site-not-allowed', [], /我的证书.*http:\/\/localhost/],
  ['windows', 'host-missing', ['/h/windows.exe'], /双击安装/],
  ['linux', 'host-missing', ['/h/amd64.deb', '/h/a.tar.xz'], /snap 或 flatpak/],
  ['arm', 'host-missing', ['/h/arm64.deb'], /统信 UOS.*snap 或 flatpak/],
  ['mac', 'host-missing', [], /请向本网站的技术支持/],
  ['windows', 'host-forbidden', [], /yinxin doctor.*host-forbidden/],
  ['windows', 'host-too-old', ['/h/windows.exe'], /版本过旧.*host-too-old/],
  ['old', 'not-installed', [], /Chromium 106/],
  ['phone', 'not-installed', [], /插在电脑上/],
] as const)
  test(`the guide, ${agent}, ${code}`, async () => {
    const page = await guided(AGENT[agent], code);
    assert.deepEqual(await offered(page), links);
    assert.match((await page.locator('#guide li.now').textContent()) ?? '', words);
    assert.equal(await page.locator('#guide [aria-current=step]').count(), 1);
  });

test('the guide follows the user from step to step, and tells the portal once all is there', async () => {
  const page = await guided(AGENT.linux, 'not-installed');
  await page.locator('#guide summary').focus();
  await page.evaluate(() => {
    window.played.answer = call => call.fail('host-missing');
  });
  await step(page, '下载本机程序');
  // What had the focus is gone: who reads on begins where the next step does.
  const focused = await page.evaluate(
    () => document.querySelector('#guide > div')?.shadowRoot?.activeElement?.textContent,
  );
  assert.equal(focused, '印信本机程序');
  await page.evaluate(() => {
    window.played.answer = call => call.succeed();
  });
  await page.waitForSelector('html[data-ready]');
  assert.match((await page.locator('#guide [role=status]').textContent()) ?? '', /一切就绪/);
});

test('the guide loads the page anew when its user comes back from installing the extension', async () => {
  const page = await guided(AGENT.linux, 'not-installed');
  const [tab] = await Promise.all([page.context().waitForEvent('page'), page.click('#guide a')]);
  await tab.close();
  await page.bringToFront();
  const reloaded = page.waitForEvent('load');
  // Headless browsers show all their pages at once.
  await page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));
  await reloaded;
});

for (const look of [
  { locale: 'zh-CN', colorScheme: 'light', viewport: { width: 320, height: 640 } },
  { locale: 'en', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
] as const)
  for (const code of ['not-installed', 'host-missing', 'ready'])
    test(`the guide has no obstacle that axe knows: ${code}, ${look.locale} ${look.colorScheme} ${look.viewport.width}`, async () => {
      const page = await guided(AGENT.linux, code, look);
      await page.evaluate(() => document.documentElement.style.setProperty('color-scheme', 'light dark'));
      const { violations } = await new AxeBuilder({ page }).include('#guide').analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]),
        [],
      );
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide`);
    });
