// What the workspace advises, with real keys: the right thing first, and nothing where nothing is wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { insertOnly, makeStand, type Stand } from '../stand/stand.js';

let stand: Stand;
let page: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
});

after(() => stand?.close());

const advice = () => page.locator('.advice');

/** Inserts these keys only, and waits until the workspace shows as many. */
async function insert(...labels: string[]): Promise<void> {
  insertOnly(stand.keys, labels);
  await page.locator('main button', { hasText: '重新查找' }).first().click();
  for (const label of labels) await page.locator('.token', { hasText: label }).first().waitFor();
  await page.waitForFunction(count => document.querySelectorAll('.token').length === count, labels.length);
}

test('a healthy key needs nothing', async () => {
  await insert('demo-unit');
  await advice().locator('.message-good').waitFor();
  assert.match(await advice().innerText(), /没有发现需要处理的问题/);
});

test('no key at all is the first thing to say', async () => {
  await insert();
  await advice().locator('.message', { hasText: '没有检测到 UKey' }).first().waitFor();
});

test('a certificate that ended is said with its date, and what to do', async () => {
  await insert('demo-expired');
  const first = advice().locator('.message').first();
  await first.filter({ hasText: '过期' }).waitFor();
  assert.ok((await first.locator('.advice-steps li').count()) > 0);
  assert.match(await first.innerText(), /检测到您的证书已过期/);
});

test('a message of the platform is explained by what was found', async () => {
  await insert('demo-30days');
  await advice().locator('summary', { hasText: '平台给了一条提示' }).click();
  await advice().locator('textarea').fill('[local]KT_ReadSealDatas:获取厂家印章数据失败');
  await advice().getByRole('button', { name: '查看' }).click();
  const first = advice().locator('.message').first();
  await first.filter({ hasText: 'KT_' }).waitFor();
  assert.match(await first.innerText(), /旧标准|印章/);
});
