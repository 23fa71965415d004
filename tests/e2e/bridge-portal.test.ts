// The demo's page as today's portals are written, unchanged, with our extension as its client: logins and signatures judged
// by OpenSSL and by the portal's server, and every way in which they end otherwise, with the client's code for it.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { bridgeOn, makeBridgedStand, type Rs } from '../stand/bridge.js';
import {
  cancel,
  choose,
  closeAwaiting,
  consentToText,
  type LegacyForm,
  logInLegacy,
  openLegacy,
  pressStill,
  settle,
  signLegacy,
} from '../stand/drive.js';
import {
  cmsContent,
  cmsVerifies,
  contentOf,
  sha256Verifies,
  sm2AttributesVerify,
  sm2Verifies,
} from '../stand/judge.js';
import { consentAfter, consentsOf, insertOnly, PIN, type Stand, tidy, tokenOf } from '../stand/stand.js';
import { until } from '../stand/until.js';

const LOGIN = '#login-form [type=submit]';

let stand: Stand;
let page: Page;

before(async () => {
  stand = await makeBridgedStand({ portal: ['--legacy'] });
  await bridgeOn(stand, stand.url);
});

afterEach(async () => {
  for (const open of stand.browser.pages()) if (open.url().startsWith(stand.url)) await open.close();
  await stand.browser.clearCookies();
  await tidy(stand);
  insertOnly(stand.keys, ['demo-unit']);
});

after(async () => {
  await stand?.close();
});

/** Calls the client from the page, as its own script does. */
function call(from: Page, name: string, fields: Record<string, string> = {}): Promise<Rs> {
  return from.evaluate(
    ([name, body]) => {
      const request = new XMLHttpRequest();
      request.open('POST', `http://127.0.0.1:11200/${name}`, false);
      request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
      request.send(body || null);
      return JSON.parse(request.responseText);
    },
    [name, new URLSearchParams(fields).toString()] as const,
  );
}

/** Types a PIN on the page and presses its login, which opens the window. */
async function askLogin(from: Page, pin: string = PIN): Promise<Page> {
  await from.fill('#pin', pin);
  return consentAfter(stand, async () => pressStill(from, LOGIN));
}

/** Shows the page a certificate. */
async function showCertificate(window: Page, token: string): Promise<void> {
  await choose(window, token);
  await window.locator('button.primary').click();
}

/** Has the page read a certificate that its user shows it; gives what it is called there. */
async function read(from: Page, token: string): Promise<string> {
  const window = await consentAfter(stand, async () => pressStill(from, '#read'));
  await showCertificate(window, token);
  await closeAwaiting(window);
  const option = from.locator('#certificates option:not([value=""])');
  await option.waitFor({ state: 'attached' });
  return (await option.getAttribute('value')) ?? '';
}

/** The page's message, once it goes on. */
async function said(from: Page, code: string, words: RegExp): Promise<void> {
  const message = from.locator('.message');
  await message.waitFor();
  assert.equal(await message.getAttribute('data-code'), code, (await message.textContent()) ?? '');
  assert.match((await message.textContent()) ?? '', words);
}

for (const [kind, token] of [
  ['sm2', 'demo-unit'],
  ['rsa', 'demo-rsa'],
] as const)
  test(`${kind}: bound, logged in, and a text signed by P1 and P7`, async () => {
    insertOnly(stand.keys, [token]);
    page = await openLegacy(stand);
    await logInLegacy(stand, page, token);
    const text = `同意报价 1,234.50 元（${kind}）\n第二行`;
    await page.fill('#text', text);
    const containerId = (await page.inputValue('#certificates')) || assert.fail();
    const { data } = await call(page, 'RS_GetCertBase64String', { containerId, certType: '1' });
    const certificate = Buffer.from(data?.certBase64 ?? '', 'base64');
    const signed = (form: LegacyForm) => signLegacy(stand, page, token, form);

    const p1 = await signed('p1');
    assert.ok(p1.valid);
    assert.equal(p1.shown.replace(/\s+/g, ''), text.replace(/\s+/g, ''), 'the window shows what is signed');
    const holds = kind === 'sm2' ? sm2Verifies : sha256Verifies;
    assert.ok(holds(certificate, Buffer.from(text), p1.signature));
    assert.ok(!holds(certificate, Buffer.from(`${text}。`), p1.signature));

    const detached = await signed('detached');
    const attached = await signed('attached');
    assert.ok(detached.valid && attached.valid);
    assert.equal(contentOf(attached.signature).toString(), text);
    assert.throws(() => contentOf(detached.signature));
    if (kind === 'sm2') {
      assert.ok(sm2AttributesVerify(detached.signature));
      assert.ok(sm2AttributesVerify(attached.signature));
    } else {
      assert.ok(cmsVerifies(detached.signature, Buffer.from(text)));
      assert.equal(cmsContent(attached.signature)?.toString(), text);
    }

    await page.click('#logout');
    await page.waitForSelector('#login:not([hidden])');
    page = await openLegacy(stand);
    await logInLegacy(stand, page, token);
    assert.ok(await page.isVisible('#certificate [data-type="2"]'));
  });

test('a wrong PIN from the page costs one try, and from then on our own field asks', async () => {
  page = await openLegacy(stand);
  const before = tokenOf(stand, 'demo-unit').pin.left ?? assert.fail();
  const window = await askLogin(page, '654321');
  await showCertificate(window, 'demo-unit');
  await said(page, '9011', /PIN 码不正确/);
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, before - 1);
  await until(async () => window.isClosed());
  await tidy(stand);

  // The page's PIN, right or wrong, is not looked at any more.
  const again = await askLogin(page, '654321');
  const field = again.locator('input[type=password]');
  await field.waitFor();
  await choose(again, 'demo-unit');
  await field.fill('111111');
  await settle(again);
  await again.locator('button.primary').click();
  await again.locator('.message', { hasText: 'PIN' }).waitFor();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, before - 2, 'the page cost none, our field one');
  await settle(again);
  await field.fill(PIN);
  await settle(again);
  await again.locator('button.primary').click();
  await consentToText(again, 'demo-unit');
  await closeAwaiting(again);
  await page.locator('#account').or(page.locator('#binding')).filter({ visible: true }).waitFor();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, before, 'a right one gives all tries back');
});

test('a cancel, at the list and at the signature', async () => {
  page = await openLegacy(stand);
  await cancel(await askLogin(page));
  await said(page, '9999', /用户已取消/);
  await tidy(stand);
  const window = await askLogin(page);
  await showCertificate(window, 'demo-unit');
  await window.locator('.text-to-sign').waitFor();
  await cancel(window);
  await said(page, '9999', /用户已取消/);
  await tidy(stand);
  // Nothing of it is left in the way.
  await logInLegacy(stand, page, 'demo-unit');
});

test('no key: the window says so, and the page hears it', async () => {
  insertOnly(stand.keys, []);
  page = await openLegacy(stand);
  const window = await askLogin(page);
  await window.getByText('没有检测到 UKey').first().waitFor();
  await cancel(window);
  await said(page, '9001', /没有检测到 UKey/);
});

test('two keys: the one that the user shows is the page’s, and no other', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-expert']);
  page = await openLegacy(stand);
  const unit = await read(page, 'demo-unit');
  await page.close();
  page = await openLegacy(stand);
  const containerId = await read(page, 'demo-expert');
  assert.notEqual(containerId, unit);
  const own = await call(page, 'RS_GetCertBase64String', { containerId, certType: '1' });
  const info = await call(page, 'RS_GetCertInfo', { type: '56', certBase64: own.data?.certBase64 ?? '' });
  assert.equal(await page.locator('#certificates option').textContent(), info.data?.info);
  // Of the other key not even the certificate is told.
  for (const [name, fields] of [
    ['RS_GetCertBase64String', { certType: '1' }],
    ['RS_KeyGetKeySn', {}],
    ['RS_CertLogin', { password: PIN }],
    ['RS_KeySignByP1', { msg: '同意' }],
  ] as const)
    assert.equal((await call(page, name, { ...fields, containerId: unit })).code, '9004', name);
});

test('a key pulled while its page waits: nothing is signed, and it goes on where the key is back', async () => {
  page = await openLegacy(stand);
  const window = await askLogin(page);
  await showCertificate(window, 'demo-unit');
  await window.locator('.text-to-sign').waitFor();
  await choose(window, 'demo-unit');
  const insert = stand.pull('demo-unit');
  await window.locator('.token', { hasText: 'demo-unit' }).waitFor({ state: 'detached' });
  insert();
  // The PIN went with the key.
  await consentToText(window, 'demo-unit');
  await closeAwaiting(window);
  await page.locator('#account').or(page.locator('#binding')).filter({ visible: true }).waitFor();
});

test('a key pulled for good while its page waits: the code for no key', async () => {
  page = await openLegacy(stand);
  const window = await askLogin(page);
  await showCertificate(window, 'demo-unit');
  await window.locator('.text-to-sign').waitFor();
  const insert = stand.pull('demo-unit');
  await window.locator('.token', { hasText: 'demo-unit' }).waitFor({ state: 'detached' });
  await cancel(window);
  await said(page, '9001', /没有检测到 UKey/);
  insert();
});

test('a page that is left while it waits takes its window with it, and leaves nothing in the way', async () => {
  const elsewhere = stand.url.replace('localhost', '127.0.0.1');
  for (const leave of [
    (left: Page) => left.close(),
    (left: Page) => left.goto(elsewhere),
    (left: Page) => left.reload(),
  ]) {
    page = await openLegacy(stand);
    const window = await askLogin(page);
    await settle(window);
    const closed = window.waitForEvent('close');
    await leave(page);
    await closed;
  }
  page = await openLegacy(stand);
  await logInLegacy(stand, page, 'demo-unit');
});

test('two tabs: each has its own window, certificate and session', async () => {
  const [one, two] = [await openLegacy(stand), await openLegacy(stand)];
  await logInLegacy(stand, one, 'demo-unit');
  const containerId = (await one.inputValue('#certificates')) || assert.fail();
  assert.equal((await call(one, 'RS_KeyStatus', { containerId })).code, '0000');
  assert.equal((await call(two, 'RS_KeyStatus', { containerId })).code, '9028');
  // One behind the other, and each hears what its own user said.
  const first = await consentAfter(stand, async () => pressStill(one, '#sign-p1'));
  await first.locator('.text-to-sign').waitFor();
  await two.fill('#pin', PIN);
  pressStill(two, '#login-form [type=submit]');
  await settle(first);
  assert.deepEqual(consentsOf(stand), [first]);
  const second = await consentAfter(stand, () => cancel(first));
  await said(one, '9999', /用户已取消/);
  await showCertificate(second, 'demo-unit');
  await consentToText(second, 'demo-unit');
  await closeAwaiting(second);
  await two.waitForSelector('#account:not([hidden])');
  assert.equal((await call(two, 'RS_KeyStatus', { containerId })).code, '0000');
});
