// The rooms of the user's own page: each with a name and an address of its own, and where the keyboard goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { enter } from '../stand/drive.js';
import { makeStand, type Stand } from '../stand/stand.js';

const NAMES = { keys: '我的证书', guide: '办事指南', check: '检查', history: '使用记录', settings: '设置' } as const;

let stand: Stand;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: [] });
});

after(() => stand?.close());

/** Opens the page at an address, as a link of a window or of the popup does. */
async function openAt(hash: string): Promise<Page> {
  const page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html${hash}`);
  await page.locator('main h1').waitFor();
  return page;
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

test('each room has its name in the tab, and begins at its heading', async () => {
  const page = await openAt('');
  for (const [room, name] of Object.entries(NAMES).reverse()) {
    await enter(page, room as keyof typeof NAMES);
    await page.waitForFunction(title => document.title === title, `${name} · 印信`);
    assert.equal(await focused(page), name);
  }
  await page.close();
});

test('a page that opens at a room begins at its heading; so does each link to it', async () => {
  const opened = await openAt('#check');
  await opened.waitForFunction(() => document.activeElement?.tagName === 'H1');
  assert.equal(await focused(opened), '检查');
  await opened.close();
  const page = await openAt('');
  await page.getByRole('link', { name: '检查哪里不通' }).click();
  await page.waitForFunction(() => document.activeElement?.textContent === '检查');
  assert.equal(new URL(page.url()).hash, '#check');
  await page.close();
});
