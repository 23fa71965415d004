/** The pages in a real browser, as built: both languages, light and dark, narrow, and for screen readers. The extension is a script of the test. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../../tests/stand/paths.js';
import { loadAssets } from './assets.js';
import { SIGNATURE_PATH } from './ofd.js';
import { type Running, startPortal } from './testing/browser.js';
import type { BareVerifier, CertificateFacts, Verifier } from './verifier.js';

const PUBLIC = fileURLToPath(new URL('../dist/demo/public/', import.meta.url));
/** Plain JavaScript: a function of this file would reach the page with the test runner's helpers in it. */
const EXTENSION = fileURLToPath(new URL('./testing/extension.js', import.meta.url));
const HOLDER: CertificateFacts = {
  holder: '云栖县示例设备有限公司',
  kind: 'unit',
  organization: '云栖县示例设备有限公司',
  creditCode: '91510100MA0000000X',
  subject: 'CN=云栖县示例设备有限公司,C=CN',
  issuer: 'CN=示例签发,C=CN',
  issuerName: '示例签发',
  serial: '00a1b2',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-01-01T00:00:00Z',
  keyAlgorithm: 'SM2',
  algorithm: 'sm2-sm3',
  sha256: 'a'.repeat(64),
};

/** Markup that would run if it were anything but an image. */
const STAR =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40"><script>parent.document.title="ran"</script><circle cx="20" cy="20" r="19" fill="none" stroke="#d7141a" onload="alert(1)"/></svg>';

let cmsHolds = true;
const verifier: Verifier = {
  newLoginChallenge: options => {
    const challenge = crypto.randomUUID();
    const session = createHash('sha256').update(options.session).digest('hex');
    return { ...options, id: challenge, challenge, session, issuedAt: options.at, expiresAt: '2100-01-01T00:00:00Z' };
  },
  verifyLogin: () => ({ valid: true, findings: [], certificate: HOLDER, binding: HOLDER }),
  verifyCms: () => ({
    valid: cmsHolds,
    findings: cmsHolds ? [] : [{ code: 'content-changed', params: {}, severity: 'fatal' }],
    signers: [{ certificate: HOLDER, claimedTime: '2026-11-22T07:00:00Z', signature: new Uint8Array() }],
  }),
  verifyPdf: () => ({ valid: true, findings: [], signatures: [] }),
  verifyOfd: () => ({ valid: true, findings: [], signatures: [] }),
  verifySealSignature: ({ content }) => ({
    valid: true,
    findings: [{ code: 'seal-ends-soon', params: { days: 30, date: '2026-12-22T15:59:59Z' }, severity: 'warning' }],
    certificate: HOLDER,
    claimedTime: '2026-11-22T07:00:00Z',
    propertyInfo: Buffer.from(content).includes('ofd:Signature') ? SIGNATURE_PATH : '/documents/bid-letter',
    seal: {
      name: '云栖县示例设备有限公司公章（演示）',
      version: 4,
      standard: 'GB/T 38540-2020',
      maker: '示例制章者',
      validUntil: '2027-01-01T00:00:00Z',
      picture: { mediaType: 'image/svg+xml', canBeShown: true, width: 40, height: 40, data: Buffer.from(STAR) },
    },
  }),
  sm3: bytes => createHash('sm3').update(bytes).digest(),
};

const bare: BareVerifier = {
  parseCertificate: () => ({ ...HOLDER, isCa: false, publicKey: new Uint8Array() }),
  verifyCertificate: () => ({ valid: true, findings: [] }),
  sm2Verify: () => true,
};

const GUIDE = { host: { 'deb-amd64': 'https://portal.example/yinxin_amd64.deb' } };

let portal: Running;
let chrome: Browser;

before(async () => {
  assert.ok(existsSync(PUBLIC), 'npm run build');
  const trust = { anchors: [], intermediates: [], issuers: [], crls: [] };
  portal = await startPortal({ verifier, bare, trust, guide: GUIDE, assets: loadAssets(PUBLIC) });
  const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  chrome = await chromium.launch({ executablePath: CHROMIUM, args });
});

after(async () => {
  await chrome?.close();
  await portal?.close();
});

async function open(
  options: BrowserContextOptions,
  installed = true,
): Promise<{ page: Page; close: () => Promise<void> }> {
  const context = await chrome.newContext(options);
  if (installed) await context.addInitScript({ path: EXTENSION });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('pageerror', error => assert.fail(error));
  await page.goto(portal.origin);
  return { page, close: () => context.close() };
}

/** No obstacle that axe knows, nothing wider than the window. */
async function sound(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]),
    [],
    where,
  );
  const [content, view] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok((content ?? 0) <= (view ?? 0), `${where}: ${content} > ${view}`);
}

/** So many images, all of them shown. */
async function decoded(page: Page, selector: string, count: number): Promise<void> {
  await page.waitForFunction(
    ([selector, count]) => {
      const images = [...document.querySelectorAll<HTMLImageElement>(selector)];
      return images.length === count && images.every(image => image.complete && image.naturalWidth > 0);
    },
    [selector, count] as const,
  );
}

const LOOKS: readonly BrowserContextOptions[] = [
  { locale: 'zh-CN', colorScheme: 'light', viewport: { width: 320, height: 640 } },
  { locale: 'en-GB', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
  { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
];

for (const look of LOOKS)
  test(`the way from login to signatures, ${look.locale} ${look.colorScheme} ${look.viewport?.width}`, async () => {
    const { page, close } = await open(look);
    try {
      await page.locator('#status', { hasText: /印信已就绪|Yinxin is ready/ }).waitFor();
      await sound(page, 'login');
      await page.click('#ca-login');
      await page.locator('#binding').or(page.locator('#account')).filter({ visible: true }).first().waitFor();
      if (new URL(page.url()).pathname === '/') {
        assert.equal(await page.getAttribute('.message', 'data-code'), 'not-bound');
        assert.equal(await page.inputValue('#bind-name'), HOLDER.holder);
        assert.equal(await page.evaluate(() => document.activeElement?.id), 'bind-heading');
        await sound(page, 'binding');
        await page.click('#bind');
        await page.waitForURL('**/account');
      }
      await sound(page, 'account');
      await page.click('#sign');
      await page.waitForSelector('#result:not([hidden])');
      assert.equal(await page.locator('.signature[data-valid=true]').count(), 2);
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'result-heading');
      await sound(page, 'result');
      cmsHolds = false;
      await page.click('#sign');
      await page.waitForSelector('.signature[data-valid=false]');
      assert.equal(await page.getAttribute('.message', 'data-code'), 'content-changed');
      await sound(page, 'refusal');
      await page.click('#seal');
      await page.waitForSelector('.signature[data-valid=true] img');
      await decoded(page, '#results img', 2);
      assert.equal(await page.locator('.signature [data-code=seal-ends-soon]').count(), 2);
      await sound(page, 'seals');
      await page.click('#show-seal');
      await decoded(page, '#my-seal img', 1);
      assert.equal(await page.evaluate(() => document.activeElement?.parentElement?.id), 'my-seal');
      await sound(page, 'own seal');
      // A shown picture is opened by itself as well, and runs nowhere.
      const [picture] = await page
        .locator('#results img')
        .evaluateAll(all => all.map(image => image.getAttribute('src')));
      await page.goto(new URL(picture ?? '', portal.origin).href);
      assert.notEqual(await page.title(), 'ran');
      await page.goBack();
      await page.click('#logout');
      await page.waitForURL(`${portal.origin}/`);
    } finally {
      cmsHolds = true;
      await close();
    }
  });

test('without the extension the page says so, and what to do', async () => {
  const { page, close } = await open({ locale: 'zh-CN' }, false);
  try {
    await page.locator('#guide .now', { hasText: '索取印信扩展' }).waitFor();
    assert.match((await page.textContent('#guide [role=status]')) ?? '', /没有检测到印信扩展/);
    assert.deepEqual(JSON.parse((await page.getAttribute('#guide', 'data-addresses')) ?? ''), GUIDE);
    await sound(page, 'not installed');
    await page.click('#ca-login');
    await page.locator('.message[data-code=not-installed]', { hasText: /请安装/ }).waitFor();
  } finally {
    await close();
  }
});

test('an act can be withdrawn, by keyboard alone', async () => {
  const { page, close } = await open({ locale: 'zh-CN' });
  try {
    await page.locator('#status', { hasText: /印信已就绪|Yinxin is ready/ }).waitFor();
    await page.evaluate(() => {
      document.documentElement.dataset.silent = 'yes';
    });
    await page.focus('#ca-login');
    await page.keyboard.press('Enter');
    await page.waitForSelector('html[data-call*=login]');
    assert.ok(await page.isDisabled('#ca-login'));
    await page.locator('#status', { hasText: '请在印信窗口中确认' }).waitFor();
    await page.focus('#show-window');
    await page.keyboard.press('Enter');
    await page.waitForSelector('html[data-shown]');
    await sound(page, 'under way');
    await page.focus('#cancel');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.message[data-code=aborted]');
    await page.waitForSelector('html[data-cancelled]');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'ca-login');
    assert.ok(await page.isHidden('#cancel'));
    assert.ok(await page.isHidden('#show-window'));
    // A withdrawal is nothing that went wrong.
    assert.equal(await page.locator('.message code').count(), 0);
  } finally {
    await close();
  }
});

/** A client that answers on loopback. */
async function answer(page: Page, answers: Readonly<Record<string, object>>): Promise<void> {
  await page.route(/^http:\/\/127\.0\.0\.1:(11200|61200)\//, route => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const body = answers[name] ?? { code: '9999', msg: name };
    return route.fulfill({ json: body, headers: { 'access-control-allow-origin': '*' } });
  });
}

const CLIENT: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries({
    RS_GetVersion: { version: '1.2.3' },
    RS_GetUserList: { userlist: `${HOLDER.holder}||one&&&另一家单位||two` },
    RS_GetCertBase64String: { certBase64: 'AAAA' },
    RS_CertLogin: { containerId: 'one' },
    RS_KeySignByP1: { signdMsg: 'AAAA' },
    RS_KeySignByP7: { signdMsg: 'AAAA' },
    RS_GetCertInfo: { info: '云栖县示例设备有限公司' },
  }).map(([name, data]) => [name, { code: '0000', msg: 'successful', data }]),
);

for (const look of LOOKS)
  test(`the page of today’s portals, ${look.locale} ${look.colorScheme} ${look.viewport?.width}`, async () => {
    const { page, close } = await open(look);
    try {
      await answer(page, CLIENT);
      await page.goto(`${portal.origin}/legacy`);
      await page.waitForSelector('#client[data-found=true]');
      await page.click('#read');
      await page.waitForSelector('#certificates option[value=two]', { state: 'attached' });
      await sound(page, 'login');
      await page.click('#login-form [type=submit]');
      await page.waitForSelector('.message[data-code=pin-missing]');
      await page.fill('#pin', '123456');
      await page.keyboard.press('Enter');
      await page
        .locator('#account')
        .or(page.locator('.message[data-code=not-bound]'))
        .filter({ visible: true })
        .waitFor();
      if (await page.isHidden('#account')) {
        assert.equal(await page.inputValue('#bind-name'), HOLDER.holder);
        await sound(page, 'binding');
        await page.click('#bind');
        await page.waitForSelector('#account:not([hidden])');
      }
      assert.equal(await page.inputValue('#pin'), '', 'the PIN does not stay');
      assert.equal(await page.textContent('#account-name'), HOLDER.holder);
      for (const [at, id] of ['sign-p1', 'sign-attached', 'sign-detached'].entries()) {
        await page.click(`#${id}`);
        await page.locator('.signature[data-valid=true]').nth(at).waitFor();
      }
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'result-heading');
      cmsHolds = false;
      await page.click('#sign-attached');
      await page.waitForSelector('.signature[data-valid=false]');
      await sound(page, 'account');
      await page.click('#logout');
      await page.waitForSelector('#login:not([hidden])');
    } finally {
      cmsHolds = true;
      await close();
    }
  });

test('the page of today’s portals says what its client answers, and that none does', async () => {
  const { page, close } = await open({ locale: 'zh-CN' });
  try {
    const answers: Record<string, object> = { ...CLIENT };
    await answer(page, answers);
    await page.goto(`${portal.origin}/legacy`);
    await page.waitForSelector('#client[data-found=true]');
    await page.fill('#pin', '123456');
    for (const [name, code, words] of [
      ['RS_GetUserList', '9001', '没有检测到 UKey'],
      ['RS_CertLogin', '9011', 'PIN 码不正确'],
      ['RS_KeySignByP1', '9028', '还没有验证 PIN 码'],
      ['RS_KeySignByP1', '9999', '用户已取消'],
    ] as const) {
      answers[name] = { code, msg: words };
      await page.fill('#pin', '123456');
      await page.click('#login-form [type=submit]');
      await page.locator(`.message[data-code="${code}"]`, { hasText: words }).waitFor();
      answers[name] = CLIENT[name] ?? assert.fail(name);
    }
    // Whatever is no answer of the client is none.
    answers.RS_CertLogin = { message: 'hello' };
    await page.fill('#pin', '123456');
    await page.click('#login-form [type=submit]');
    await page.waitForSelector('.message[data-code=no-client]');
    await page.unrouteAll();
    await page.reload();
    await page.waitForSelector('#client[data-found=false]');
    assert.match((await page.textContent('#no-client')) ?? '', /设置.*http:\/\/localhost\n/s);
    await sound(page, 'no client');
  } finally {
    await close();
  }
});
