// What is kept on the device of what was done with a key: shown by site, saved as files, erased, and not kept at all
// on a shared computer. Nothing of it can be reached from a page's side.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import * as xlsx from '@e965/xlsx';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import type { Entry } from '../../extension/src/background/history.js';
import { approve, cancel, choose, consent, enter, openPortal, sealDocuments, signDocuments } from '../stand/drive.js';
import { background, consentAfter, makeStand, type Stand } from '../stand/stand.js';

/** Found nowhere by chance. */
const PIN = '83510274';

let stand: Stand;
let portal: Page;
let own: Page;
let signed: Awaited<ReturnType<typeof signDocuments>>;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'], pin: PIN });
  portal = await openPortal(stand);
});

after(() => stand?.close());

/** What lies in the extension's storage. */
function stored(area: 'local' | 'session' = 'local'): Promise<Record<string, unknown>> {
  return background(stand).evaluate(which => chrome.storage[which].get(null), area);
}

/** The entries in storage, once there are so many; an entry is written after its window has closed. */
async function entries(count: number): Promise<Entry[]> {
  let found: Entry[] = [];
  for (let tries = 0; tries < 200; tries++) {
    found = ((await stored()).history ?? []) as Entry[];
    if (found.length >= count) break;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  assert.equal(found.length, count);
  return found;
}

async function openWorkspace(): Promise<Page> {
  const page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#history`);
  await page.locator('.token .certificate').first().waitFor({ state: 'attached' });
  return page;
}

const section = () => own.locator('section', { has: own.getByRole('heading', { name: '使用记录', exact: true }) });
const sites = () => section().locator('.history-site');

test('a login, a binding, signatures and seals each leave one entry; what was cancelled or refused leaves none', async () => {
  const refused = await consentAfter(stand, () => portal.click('#ca-login'));
  await choose(refused, 'demo-unit');
  await approve(refused, '00000000');
  await refused.locator('.notices .message').waitFor();
  await cancel(refused);
  await login();
  signed = await signDocuments(stand, portal, 'demo-unit', PIN);
  const sealed = await sealDocuments(stand, portal, 'demo-unit', PIN);
  const found = await entries(4);
  assert.deepEqual(
    found.map(({ act, origin, format }) => [act, origin, format]),
    [
      ['seal', stand.url, 'seal'],
      ['sign', stand.url, 'cms'],
      ['bind', stand.url, 'yinxin'],
      ['login', stand.url, 'yinxin'],
    ],
  );
  const sm3 = (content: Buffer) => createHash('sm3').update(content).digest('hex');
  assert.deepEqual(
    found[1]?.documents,
    signed.map(({ name, content }) => ({ name, sm3: sm3(content), seen: true })),
  );
  assert.deepEqual(
    found[0]?.documents.map(({ name }) => name),
    sealed.map(({ name }) => name),
  );
  assert.ok(found[0]?.seal);
  assert.equal(found[1]?.seal, undefined);
  for (const { at, holder, certificate } of found) {
    assert.ok(Math.abs(Date.now() - Date.parse(at)) < 24 * 3_600_000);
    assert.notEqual(holder, '');
    assert.match(certificate, /^[0-9a-f]{64}$/);
  }
});

test('storage holds neither a PIN nor the content of a document', async () => {
  const all = JSON.stringify([await stored('local'), await stored('session')]);
  assert.ok(!all.includes(PIN));
  for (const { content } of signed) {
    assert.ok(!all.includes(content.toString('base64').slice(0, 40)));
    assert.ok(!all.includes(content.toString('utf8').slice(0, 20)));
  }
});

test('a content script reaches nothing of it', async () => {
  const session = await stand.browser.newCDPSession(portal);
  const worlds: number[] = [];
  session.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.origin === `chrome-extension://${DEVELOPMENT_EXTENSION_ID}`) worlds.push(context.id);
  });
  await session.send('Runtime.enable');
  const [contextId] = worlds;
  assert.ok(contextId !== undefined, 'the content script has a world of its own');
  const evaluate = async (expression: string) => {
    const { result } = await session.send('Runtime.evaluate', {
      contextId,
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    return result.value as unknown;
  };
  assert.equal(await evaluate('chrome.runtime.id'), DEVELOPMENT_EXTENSION_ID);
  for (const area of ['local', 'session', 'managed']) {
    const read = `Promise.resolve().then(() => chrome.storage.${area}.get(null)).then(all => JSON.stringify(all), () => 'refused')`;
    const answer = await evaluate(read);
    assert.ok(
      answer === 'refused' || (area === 'managed' && answer === '{}'),
      `${area}: ${String(answer).slice(0, 100)}`,
    );
  }
  await session.detach();
});

test('the workspace shows it by site, and when a site last asked', async () => {
  own = await openWorkspace();
  await sites().first().waitFor();
  assert.equal(await sites().count(), 1);
  assert.match((await sites().textContent()) ?? '', /^http:\/\/localhost:\d+4 次，最近一次 /);
  await sites().locator('summary').first().click();
  await sites().locator('.entry').nth(3).waitFor();
  const texts = await sites().locator('.entry').allTextContents();
  assert.deepEqual(
    texts.map(text => /^[^ ]+/.exec(text)?.[0]),
    ['盖章', '签署文件', '首次绑定证书', '登录'],
  );
  for (const { name, content } of signed) {
    assert.ok(texts[1]?.includes(name), name);
    assert.ok(texts[1]?.includes(createHash('sm3').update(content).digest('hex')), name);
  }
});

async function save(button: string): Promise<Buffer> {
  const downloads = own.waitForEvent('download');
  await own.getByRole('button', { name: button }).click();
  const path = await (await downloads).path();
  return readFileSync(path);
}

test('it is saved as a table and as JSON, which other programs read', async () => {
  const kept = await entries(4);
  // JSON is for whoever knows what it is.
  await enter(own, 'settings');
  await own.locator('.advanced > summary').click();
  assert.deepEqual(JSON.parse((await save('导出使用记录（JSON）')).toString()).entries, kept);
  await enter(own, 'history');
  const csv = await save('导出表格（CSV）');
  assert.deepEqual([...csv.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const { Sheets, SheetNames } = xlsx.read(csv, { type: 'buffer', raw: true });
  const rows = xlsx.utils.sheet_to_json<string[]>(Sheets[SheetNames[0] ?? ''] ?? {}, { header: 1, defval: '' });
  const documents = kept.flatMap(({ documents }) =>
    documents.length > 0 ? [...documents] : [{ name: '', sm3: '', seen: true }],
  );
  assert.deepEqual(
    rows.slice(1).map(row => [row[4], row[5]]),
    documents.map(({ name, sm3 }) => [name, sm3]),
  );
  assert.equal(rows[0]?.[1], '网站');
});

test('one site is erased by keyboard after a question, and the mark of its first use with it', async () => {
  const other = { ...(await entries(4))[0], origin: 'https://other.example' };
  await background(stand).evaluate(async entry => {
    const { history } = (await chrome.storage.local.get('history')) as { history: object[] };
    await chrome.storage.local.set({ history: [...history, entry] });
  }, other);
  await sites().nth(1).waitFor();
  assert.ok(Object.hasOwn((await stored()).used as object, stand.url));
  await sites()
    .first()
    .getByRole('button', { name: `清除 ${stand.url} 的记录` })
    .focus();
  await own.keyboard.press('Enter');
  // What is focused changes nothing; Esc goes back to where it began.
  await own.locator('.erase button:focus', { hasText: '不清除' }).waitFor();
  await own.keyboard.press('Escape');
  await own.locator('.history-site button:focus', { hasText: '清除' }).waitFor();
  assert.equal(await sites().count(), 2);
  await own.keyboard.press('Enter');
  await own.locator('.erase button:focus').waitFor();
  await own.keyboard.press('Tab');
  await own.keyboard.press('Enter');
  await section().getByText('记录已清除。').waitFor();
  assert.equal(await sites().count(), 1);
  assert.equal(await own.evaluate(() => document.activeElement?.textContent), '使用记录');
  const left = (await stored()) as { history: Entry[]; used: object };
  assert.deepEqual(
    left.history.map(({ origin }) => origin),
    ['https://other.example'],
  );
  assert.ok(!Object.hasOwn(left.used, stand.url));
});

test('a shared computer keeps nothing, and what is left from before is offered to be erased', async () => {
  assert.ok(((await stored()).seen as unknown[]).length > 0);
  await enter(own, 'settings');
  const settings = own.locator('section', { has: own.getByRole('heading', { name: '设置', exact: true }) });
  await settings.getByLabel('公用电脑模式').check();
  await settings.getByText('开启公用电脑模式之前的 1 条使用记录还在这台设备上').waitFor();
  await settings.getByRole('button', { name: '清除此前的全部使用记录' }).click();
  await settings.getByRole('button', { name: '确定清除' }).click();
  await settings.getByText('记录已清除。').waitFor();
  await enter(own, 'history');
  await section().getByText('公用电脑模式已开启，不保存使用记录。').waitFor();
  // Marks of the first use last for the session: the window says it once.
  await portal.click('#logout');
  await portal.waitForSelector('#ca-login');
  const first = await consentAfter(stand, () => portal.click('#ca-login'));
  await first.getByText('首次使用').waitFor();
  await consent(first, 'demo-unit', PIN);
  await portal.waitForSelector('#account');
  await portal.click('#logout');
  await portal.waitForSelector('#ca-login');
  const second = await consentAfter(stand, () => portal.click('#ca-login'));
  await choose(second, 'demo-unit');
  assert.equal(await second.getByText('首次使用').count(), 0);
  await cancel(second);
  assert.ok(Object.hasOwn((await stored('session')).used as object, stand.url));
  const { history, used, seen } = await stored();
  assert.deepEqual({ history, used, seen }, { history: [], used: {}, seen: [] });
});

test('the language of every page of the extension is set in the workspace, and holds at once', async () => {
  await enter(own, 'settings');
  await own.getByLabel('English').check();
  await own.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  assert.equal(await own.evaluate(() => document.documentElement.lang), 'en');
  const popup = await stand.browser.newPage();
  await popup.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/popup.html`);
  await popup.getByRole('link', { name: 'Open my certificates' }).waitFor();
  await popup.close();
  const opened = stand.browser.waitForEvent('page', page => page.url().includes('/consent.html'));
  await portal.click('#ca-login');
  const window = await opened;
  await window.getByRole('button', { name: 'Cancel' }).waitFor();
  await cancel(window);
  await own.getByLabel('As the browser').check();
  await own.getByRole('heading', { name: '设置', level: 1 }).waitFor();
});

async function login(): Promise<void> {
  const window = await consentAfter(stand, () => portal.click('#ca-login'));
  await consent(window, 'demo-unit', PIN);
  await portal.locator('.message[data-code=not-bound]').waitFor();
  const binding = await consentAfter(stand, () => portal.click('#bind'));
  await consent(binding, 'demo-unit', PIN);
  await portal.waitForSelector('#account');
}
