// Issuers that a user comes to trust: what the workspace and the consent window say of a
// certificate before, with and after them. Nothing of it changes whether the certificate is usable.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { cancel, choose, openPortal } from '../stand/drive.js';
import { background, consentAfter, makeStand, type Stand } from '../stand/stand.js';

const UNKNOWN = /没有发证机构“.+”的证书，无法核实签发关系/;
const VERIFIED = /已核实：由 印信演示签发证书 签发(，上级为 .+)?（您或管理员添加）/;

let stand: Stand;
let own: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  own = await stand.browser.newPage();
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#anchors`);
  await own.locator('.token .certificate').first().waitFor({ state: 'attached' });
});

after(() => stand?.close());

const trust = () => own.locator('.token .trust').first();
/** Waits until the certificate's issuer is told as unknown: with the details, and nowhere else. */
async function untold(): Promise<void> {
  await own.locator('.token .certificate details dd', { hasText: UNKNOWN }).first().waitFor({ state: 'attached' });
  assert.equal(await trust().count(), 0);
  assert.equal(await own.locator('.token .certificate .message').count(), 0);
}
const news = () => own.locator('.news');
const cards = () => own.locator('.anchors > li');

/** Chooses a file as a person does, and waits for what came of it. */
async function add(path: string, answer: string | RegExp): Promise<void> {
  const chooser = own.waitForEvent('filechooser');
  await own.getByRole('button', { name: '选择证书文件…' }).click();
  await (await chooser).setFiles(path);
  await news().filter({ hasText: answer }).waitFor();
}

function written(name: string, content: string | Buffer): string {
  const path = join(stand.folder, name);
  writeFileSync(path, content);
  return path;
}

test('an issuer whose certificate is missing is told with the details, and no warning', async () => {
  await untold();
  const section = own.locator('section', { hasText: '信任的发证机构' });
  assert.match((await section.textContent()) ?? '', /2026年2月15日 名单中由它签发的 72 张发证机构证书/);
  assert.equal(await cards().count(), 0);
});

test('a root alone, with the issuing CA missing, verifies nothing yet', async () => {
  await add(join(stand.keys, 'root.pem'), '已添加：');
  assert.equal(await cards().count(), 1);
  await untold();
});

test('with the demo CA’s certificates from the portal, the key’s certificate shows as verified', async () => {
  const portal = await openPortal(stand);
  const downloads = portal.waitForEvent('download');
  await portal.click('#demo-ca');
  const path = join(stand.folder, 'demo-ca.pem');
  await (await downloads).saveAs(path);
  await portal.close();
  // The root is there already: the issuing CA alone is new.
  await add(path, /^已添加：印信演示签发证书。$/);
  assert.equal(await cards().count(), 2);
  assert.equal(await cards().locator('.chip', { hasText: '您添加的' }).count(), 2);
  await trust().filter({ hasText: VERIFIED }).waitFor({ state: 'attached' });
  assert.doesNotMatch((await own.locator('.token').textContent()) ?? '', /国家根/);
});

test('the same file once more changes nothing, and says so', async () => {
  await add(join(stand.folder, 'demo-ca.pem'), '文件中的证书已在列表中');
  assert.equal(await cards().count(), 2);
});

test('the consent window says the same', async () => {
  const portal = await openPortal(stand);
  const popup = await consentAfter(stand, () => portal.click('#ca-login'));
  await choose(popup, 'demo-unit');
  await popup.locator('.trust', { hasText: VERIFIED }).waitFor({ state: 'attached' });
  await cancel(popup);
  await portal.close();
});

test('a file that is no certificate is refused in words, and nothing changes', async () => {
  const root = readFileSync(join(stand.keys, 'root.pem'), 'latin1');
  for (const [name, content] of [
    ['garbage.cer', Buffer.from('no certificate, 不是证书')],
    ['cut.pem', root.slice(0, root.length / 2)],
    ['empty.der', Buffer.alloc(0)],
    ['nested.der', Buffer.alloc(4096, 0x30)],
  ] as const) {
    await own.reload();
    await cards().nth(1).waitFor();
    await add(written(name, content), '没有添加证书');
    assert.match((await news().textContent()) ?? '', /证书内容无法读取.*请选择发证机构的证书文件/, name);
    assert.equal(await cards().count(), 2, name);
  }
});

test('a file can be dropped', async () => {
  const drop = (files: string[]) =>
    own.locator('.drop').evaluate((element, contents) => {
      const dataTransfer = new DataTransfer();
      for (const content of contents) dataTransfer.items.add(new File([content], 'dropped.pem'));
      element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, files);
  const root = readFileSync(join(stand.keys, 'root.pem'), 'utf8');
  await drop([root, root]);
  await news().filter({ hasText: '请一次添加一个文件' }).waitFor();
  await drop([root]);
  await news().filter({ hasText: '文件中的证书已在列表中' }).waitFor();
});

test('garbage in the storage is told, and leaves the rest and the signing alone', async () => {
  await background(stand).evaluate(async () => {
    const { anchors } = await chrome.storage.local.get('anchors');
    await chrome.storage.local.set({ anchors: [{ certificate: 'AAAA', added: '' }, ...(anchors as unknown[]), 7] });
  });
  await own.reload();
  await news().filter({ hasText: 'chrome.storage.local' }).waitFor();
  assert.equal(await cards().count(), 2);
  await trust().filter({ hasText: VERIFIED }).waitFor({ state: 'attached' });
});

test('without them the certificate is as unknown as before, by keyboard too', async () => {
  for (const left of [1, 0]) {
    const remove = cards().first().getByRole('button');
    assert.match((await remove.getAttribute('aria-label')) ?? '', /^移除 印信演示/);
    await remove.focus();
    await own.keyboard.press('Enter');
    await news().filter({ hasText: '已移除“印信演示' }).waitFor();
    await own.waitForFunction(count => document.querySelectorAll('.anchors > li').length === count, left);
    assert.equal(await own.evaluate(() => document.activeElement?.textContent), '信任的发证机构');
  }
  await untold();
  assert.deepEqual(await background(stand).evaluate(() => chrome.storage.local.get('anchors')), { anchors: [] });
});
