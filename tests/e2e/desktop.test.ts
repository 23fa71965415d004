// The windows on a small screen with a window manager, by mouse and keyboard: where they stand, which of them is in front,
// and where what is typed goes.
// Runs on: Debian 12, amd64 | Chromium 156 of Debian, on a desktop | windows, focus, the browser's own questions
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { makeLegacySite, visitLegacy } from '../stand/bridge.js';
import { type Desktop, makeDesktop } from '../stand/desktop.js';
import { settle } from '../stand/drive.js';
import { background, consentAfter, consentsOf, insertOnly, makeStand, PIN, type Stand } from '../stand/stand.js';
import { until } from '../stand/until.js';

/** The screen of many offices, zoomed to 125 %: 1093 by 614 pixels of CSS. */
const [WIDTH, HEIGHT, ZOOM] = [1366, 768, 1.25];
const PORTAL = '政府采购演示门户';

let desktop: Desktop;
let stand: Stand;
let portal: Page;

before(async () => {
  desktop = await makeDesktop(WIDTH, HEIGHT);
  stand = await makeStand({
    headed: { display: desktop.display },
    softHsm: false,
    insert: ['demo-unit'],
    args: [`--force-device-scale-factor=${ZOOM}`],
  });
  portal = await stand.browser.newPage();
  await portal.goto(stand.url);
  await desktop.inFront(PORTAL);
  // As most people have it.
  await background(stand).evaluate(async () => {
    const { id } = await chrome.windows.getLastFocused();
    if (id !== undefined) await chrome.windows.update(id, { state: 'maximized' });
  });
  await until(async () => desktop.place().width === WIDTH);
});

after(async () => {
  await stand?.close();
  await desktop?.close();
});

/** Presses something on the portal that opens the window; gives it once it listens. */
async function ask(selector: string): Promise<Page> {
  const window = await consentAfter(stand, () => desktop.click(portal, selector));
  await desktop.inFront('印信');
  await settle(window);
  return window;
}

/**
 * Types the PIN without a press of the mouse, and Enter. What comes while the window still moves is ignored, as it should
 * be: who sees that the dots are missing types again.
 */
async function enterPin(window: Page): Promise<void> {
  const field = window.locator('input[type=password]');
  await until(async () => (await focused(window)) === 'password');
  while ((await field.inputValue()) !== PIN) {
    await settle(window);
    desktop.press('ctrl+a');
    desktop.type(PIN);
  }
  const isSent = () =>
    window
      .locator('button.primary')
      .waitFor({ state: 'detached', timeout: 2_000 })
      .then(
        () => true,
        () => window.isClosed(),
      );
  do desktop.press('Return');
  while (!(await isSent()));
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('type'));

test('the window stands inside the screen, and the PIN can be typed without a press', async () => {
  const window = await ask('#ca-login');
  await until(async () => {
    const { left, top, width, height } = desktop.place();
    return left >= 0 && top >= 0 && left + width <= WIDTH && top + height <= HEIGHT;
  });
  // Who asks and the button are in sight, whatever is between them.
  for (const part of ['.origin', 'button.primary']) {
    const box = await window.locator(part).boundingBox();
    assert.ok(box && box.y >= 0 && box.y + box.height <= (await window.evaluate(() => innerHeight)), part);
  }
  const closed = window.waitForEvent('close');
  await enterPin(window);
  // It says how it ended, and goes by itself.
  await closed;
  await portal.locator('.message[data-code=not-bound]').waitFor();
  // What is next has the focus, and its button is in sight.
  await portal.waitForFunction(() => document.activeElement?.id === 'bind-heading');
  assert.ok(await portal.locator('#bind').evaluate(button => button.getBoundingClientRect().bottom <= innerHeight));
  await enterPin(await ask('#bind'));
  await portal.waitForURL('**/account');
});

test('a document opens in a window of its own, and the window comes back when it is closed', async () => {
  const window = await ask('#sign');
  await desktop.click(window, '.document:has-text("投标函") button.link');
  await until(async () => stand.browser.pages().some(page => page.url().startsWith('blob:')));
  await desktop.inFront('blob');
  desktop.press('ctrl+w');
  await desktop.inFront('印信');
  assert.equal(consentsOf(stand).length, 1);
  // Behind the browser's window the portal says where it is, and brings it back.
  await desktop.bring(PORTAL);
  await portal.locator('#status', { hasText: '请在印信窗口中确认' }).waitFor();
  await desktop.click(portal, '#show-window');
  await desktop.inFront('印信');
  // So does the first line of the page behind the icon.
  const popup = await stand.browser.newPage();
  await popup.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/popup.html`);
  await popup.getByText('有 1 个窗口等您确认').waitFor();
  await desktop.click(popup, '.popup-waiting button');
  await desktop.inFront('印信 · 签署');
  await popup.close();
  // A key that is pulled is waited for; back again, its certificate is chosen and the PIN is typed anew.
  desktop.type('12');
  insertOnly(stand.keys, []);
  await window.getByText(/UKey“demo-unit”已拔出/).waitFor();
  insertOnly(stand.keys, ['demo-unit']);
  await window.locator('.certificate.checked').waitFor();
  await settle(window);
  await desktop.click(window, 'input[type=password]');
  assert.equal(await window.locator('input[type=password]').inputValue(), '');
  await enterPin(window);
  await portal.locator('#result article').nth(1).waitFor();
});

test('the browser asks its own question before calls to another client are answered, and once it is agreed to they are', async () => {
  const own = await stand.browser.newPage();
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#settings`);
  const row = 'section[aria-labelledby=bridges] li:has-text("http://localhost")';
  await own.locator(row).waitFor();
  await desktop.inFront('设置');
  // The question is drawn by the browser, where nobody is told that it stands: who sees none asks again.
  await until(async () => {
    desktop.press('Escape');
    await desktop.click(own, `${row} button`);
    await setTimeout(1_500);
    // From “no” to “yes”.
    desktop.press('Tab');
    desktop.press('Return');
    const switched = own.locator(row).getByText('已开启').waitFor({ timeout: 3_000 });
    return switched.then(
      () => true,
      () => false,
    );
  });
  const site = await makeLegacySite();
  try {
    const page = await visitLegacy(stand, site.url);
    await page.close();
  } finally {
    await site.close();
    await own.close();
  }
});
