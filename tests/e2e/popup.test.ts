// The small page behind the extension's icon, and the number on it. Chromium opens it as a popup only with its own
// window manager; here it is a tab.
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { enter } from '../stand/drive.js';
import { background, insertOnly, makeStand, PIN, type Stand } from '../stand/stand.js';
import { makeToken } from '../stand/tokens.js';
import { until } from '../stand/until.js';

let stand: Stand;
let popup: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  // Of another holder than the demo keys, and with 29 days left at any hour.
  const subject = '/C=CN/O=蓉城示例招标代理有限公司/CN=蓉城示例招标代理有限公司';
  const soon = [{ subject, from: 300, until: 29, usage: 'digitalSignature,nonRepudiation' as const }];
  renameSync(makeToken(stand.folder, 'unit-soon', PIN, soon), join(stand.keys, 'unit-soon'));
  popup = await open('popup.html');
});

after(() => stand?.close());

async function open(path: string): Promise<Page> {
  const page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/${path}`);
  return page;
}

/** What the icon shows and is called, once it shows `text`. */
async function badge(text: string): Promise<string> {
  const look = () =>
    background(stand).evaluate(async () => ({
      text: await chrome.action.getBadgeText({}),
      title: await chrome.action.getTitle({}),
    }));
  let shown = await look();
  for (let tries = 0; shown.text !== text && tries < 200; tries++) {
    await new Promise(resolve => setTimeout(resolve, 50));
    shown = await look();
  }
  assert.equal(shown.text, text);
  return shown.title;
}

const days = () => popup.locator('.popup-key .days');
const status = () => popup.locator('[role=status]');

test('the icon opens it', async () => {
  const address = await background(stand).evaluate(() => chrome.action.getPopup({}));
  assert.equal(address, `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/popup.html`);
});

test('it shows each certificate in a line, and the one next step', async () => {
  await days().nth(1).waitFor();
  const lines = await popup.locator('.popup-key').allTextContents();
  assert.equal(lines.length, 2);
  for (const line of lines) assert.match(line, /剩余 \d+ 天$/);
  await status()
    .getByText(/证书还有 \d+ 天到期（\d+年\d+月\d+日）/)
    .waitFor();
});

test('the number on the icon stays until the user takes note, and comes back for the next of the days', async () => {
  const title = await badge('1');
  const own = await open('workspace.html');
  const note = own.getByRole('button', { name: '知道了' });
  await note.waitFor();
  // What it is about stands in the next step, and is not said twice.
  await own.getByText('图标上的数字提醒的就是这件事。').waitFor();
  assert.equal(await own.locator('.notices-list').textContent(), '');
  await note.press('Enter');
  await own.locator('.notices-list').waitFor({ state: 'detached' });
  assert.equal(await own.evaluate(() => document.activeElement?.tagName), 'H1');
  assert.notEqual(await badge(''), title);
  // What is kept: a digest, an end, what was told. As if it had been told of the sixty days only:
  const seen = await background(stand).evaluate(async () => (await chrome.storage.local.get('seen')).seen);
  assert.equal((seen as object[]).length, 2);
  for (const entry of seen as object[]) {
    assert.ok(Object.keys(entry).every(name => ['certificate', 'end', 'told'].includes(name)));
  }
  await background(stand).evaluate(
    kept => chrome.storage.local.set({ seen: kept }),
    (seen as { told?: number }[]).map(entry => (entry.told === undefined ? entry : { ...entry, told: 60 })),
  );
  assert.equal(await badge('1'), title);
  // No days, no number.
  await enter(own, 'settings');
  const settings = own.locator('fieldset', { hasText: '证书到期提醒' });
  for (const box of await settings.getByRole('checkbox').all()) await box.uncheck();
  await badge('');
  await settings.getByLabel('提前 30 天').check();
  await badge('1');
  await own.getByLabel('公用电脑模式').check();
  await badge('');
  assert.deepEqual(await background(stand).evaluate(async () => (await chrome.storage.local.get('seen')).seen), []);
  await own.getByLabel('公用电脑模式').uncheck();
  // Kept before the page goes.
  await until(() =>
    own.evaluate(async () => {
      const { settings } = (await chrome.storage.local.get('settings')) as { settings: { sharedComputer: boolean } };
      return !settings.sharedComputer;
    }),
  );
  await own.close();
});

test('it follows keys as they go and come', async () => {
  const insertExpiring = stand.pull('unit-soon');
  await days().nth(1).waitFor({ state: 'detached' });
  await status().getByText('一切正常，不需要做什么。').waitFor();
  const insertUnit = stand.pull('demo-unit');
  await status().getByText('没有检测到 UKey').waitFor();
  assert.equal(await days().count(), 0);
  // What the icon's number is about is the next step, and not said twice.
  insertExpiring();
  await status()
    .getByText(/证书还有 \d+ 天到期（\d+年\d+月\d+日）/)
    .waitFor();
  await popup.getByText('图标上的数字提醒的就是这件事。').waitFor();
  assert.equal(await popup.locator('.notices-list').textContent(), '');
  const pullExpiring = stand.pull('unit-soon');
  insertUnit();
  await status().getByText('一切正常，不需要做什么。').waitFor();
  pullExpiring();
  await status()
    .getByText(/证书还有 \d+ 天到期（\d+年\d+月\d+日）/)
    .waitFor();
});

test('what ends is said once, whether it is the next step or another', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-expired']);
  await status()
    .getByText(/UKey demo-expired：/)
    .waitFor();
  const said = (await popup.locator('main').innerText()).replace(/\s+/g, ' ');
  assert.equal(said.match(/29 天到期/g)?.length, 1, said);
  assert.equal(said.match(/证书已于/g)?.length, 1, said);
  assert.equal(await popup.locator('.notices-list').textContent(), '');
  // Of one holder, the keys are told apart.
  assert.deepEqual((await popup.locator('.popup-in-key').allTextContents()).sort(), ['demo-expired', 'demo-unit']);
  insertOnly(stand.keys, []);
  await status()
    .getByText(/证书还有 \d+ 天到期（\d+年\d+月\d+日）/)
    .waitFor();
});

test('every action is reached by keyboard, and leads where it says', async () => {
  await popup.bringToFront();
  await popup.locator('h1').focus();
  const reached: string[] = [];
  for (let at = 0; at < 2; at++) {
    await popup.keyboard.press('Tab');
    reached.push((await popup.evaluate(() => document.activeElement?.getAttribute('href'))) ?? '');
  }
  // The notice is about what the next step says; it is noted here as well.
  assert.deepEqual(reached, ['', 'workspace.html#advice']);
  await popup.locator('a.primary').focus();
  const opened = stand.browser.waitForEvent('page');
  await popup.keyboard.press('Enter');
  const own = await opened;
  await own.locator('#advice:focus').waitFor();
  await own.close();
});

test('axe finds nothing, light or dark, and nothing is wider than the window', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await popup.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations, passes } = await new AxeBuilder({ page: popup }).setLegacyMode().analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
    assert.ok(passes.length > 5);
    assert.ok((await popup.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0);
  }
});
