// What the user sees of the bridge outside of the consent window: its switch, the icon, an open session and its end,
// and what the check says where calls do not arrive.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import {
  askLegacy,
  came,
  type LegacySite,
  listening,
  makeBridgedStand,
  makeLegacySite,
  openSession,
  pressLegacy,
} from '../stand/bridge.js';
import { enter } from '../stand/drive.js';
import { makeNeighbour, neighbourOf } from '../stand/neighbour.js';
import { temporary } from '../stand/paths.js';
import { background, consentsOf, type Stand, tidy } from '../stand/stand.js';
import { until } from '../stand/until.js';

/** Another extension, as blockers of advertisements are. */
const BLOCKER = 'blocker';

const neighbours = temporary();
let stand: Stand;
let site: LegacySite;
let own: Page;
let page: Page;

before(async () => {
  site = await makeLegacySite();
  stand = await makeBridgedStand({
    // A site on the internet as far as the browser is concerned, which asks before one may reach this computer.
    args: [`--ip-address-space-overrides=127.0.0.1:${site.port}=public`],
    neighbours: [makeNeighbour(neighbours.path, BLOCKER, ['declarativeNetRequest'])],
  });
  own = await stand.browser.newPage();
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#settings`);
  page = await stand.browser.newPage();
});

afterEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await site?.close();
  neighbours.remove();
});

const row = () => own.locator('section[aria-labelledby=bridges] li', { hasText: 'http://localhost' });
const check = () => own.locator('.check', { hasText: `其他客户端的接口 http://localhost` });

async function examine(): Promise<void> {
  await enter(own, 'check');
  const summary = own.locator('.doctor > [role=status] time');
  const before = (await summary.count()) > 0 ? await summary.getAttribute('datetime') : '';
  await own.locator('.doctor button', { hasText: /开始检查|重新检查/ }).click();
  await own.locator(`.doctor > [role=status] time:not([datetime="${before}"])`).waitFor();
}

test('off until the user switches it on, who is told what that gives up', async () => {
  await page.goto(site.url);
  await page.waitForSelector('html[data-ready]');
  await pressLegacy(page, rs => rs('RS_GetVersion'), undefined);
  await assert.rejects(came(page), /NetworkError/);
  assert.equal(
    await background(stand).evaluate(async () => (await chrome.declarativeNetRequest.getSessionRules()).length),
    0,
  );
  assert.match(
    (await own.locator('section[aria-labelledby=bridges]').textContent()) ?? '',
    /签名里没有网址.*只替它试一次/,
  );
  const { violations } = await new AxeBuilder({ page: own }).analyze();
  assert.deepEqual(violations, []);
  await row().getByRole('button', { name: '开启' }).click();
  await row().getByText('已开启').waitFor();
});

test('where the browser keeps the site from this computer the check says so, and what to press', async () => {
  await page.reload();
  await page.waitForSelector('html[data-ready]');
  await until(
    async () => (await background(stand).evaluate(() => chrome.declarativeNetRequest.getSessionRules())).length > 0,
  );
  await examine();
  await check().getByText('没有到达印信').waitFor();
  assert.match((await check().textContent()) ?? '', /允许该网站访问本机/);
  const session = await stand.browser.newCDPSession(page);
  await session.send('Browser.grantPermissions', { permissions: ['loopbackNetwork' as never], origin: site.url });
  await listening(page);
  await examine();
  assert.equal(await check().getByText('没有到达印信').count(), 0);
});

test('where another extension blocks this computer the check says so too', async () => {
  const neighbour = await neighbourOf(stand, BLOCKER);
  const block = (addRules: chrome.declarativeNetRequest.Rule[]) =>
    neighbour.evaluate(
      addRules => chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: [1], addRules }),
      addRules,
    );
  await block([{ id: 1, condition: { urlFilter: '|http://127.0.0.1' }, action: { type: 'block' as never } }]);
  await examine();
  await check().getByText('没有到达印信').waitFor();
  assert.match((await check().textContent()) ?? '', /是否有其他扩展拦截了/);
  await block([]);
  await listening(page);
  await examine();
  assert.equal(await check().getByText('没有到达印信').count(), 0);
});

test('a call without a press marks the icon, and the next window takes the mark away', async () => {
  const badge = () =>
    background(stand).evaluate(async url => {
      const [tab] = await chrome.tabs.query({ url: `${url}/*` });
      return chrome.action.getBadgeText(tab?.id === undefined ? {} : { tabId: tab.id });
    }, 'http://localhost');
  const call = await page.evaluate(() => window.rs('RS_GetUserList').code);
  assert.equal(call, '9001');
  await until(async () => (await badge()) === '!');
  const asked = await askLegacy(stand, page, rs => rs('RS_GetUserList'), undefined);
  await until(async () => (await badge()) === '');
  await asked.close();
  await came(page);
});

test('an open session is told in the popup, which ends it; the page is logged out', async () => {
  const { containerId, window: asked } = await openSession(stand, page);
  // The window says what was done, and that it waits, in a narrow one too.
  await asked.getByRole('heading', { name: '已登录' }).waitFor();
  await asked.setViewportSize({ width: 320, height: 600 });
  const spinner = await asked
    .locator('.spinner')
    .evaluate(({ offsetWidth, offsetHeight }: HTMLElement) => [offsetWidth, offsetHeight]);
  assert.equal(spinner[0], spinner[1]);
  // A session outlives the window.
  await asked.close();
  const popup = await stand.browser.newPage();
  await popup.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/popup.html`);
  await popup.getByText(`${site.url} 已用您的 UKey 登录`).waitFor();
  const status = () => page.evaluate(containerId => window.rs('RS_KeyStatus', { containerId }).code, containerId);
  assert.equal(await status(), '0000');
  await popup.getByRole('button', { name: '结束' }).click();
  await popup.getByText('已用您的 UKey 登录').waitFor({ state: 'detached' });
  assert.equal(await status(), '9028');
  // A signature asks for the PIN again.
  const again = await askLegacy(
    stand,
    page,
    (rs, containerId) => rs('RS_KeySignByP1', { containerId, msg: '合同' }),
    containerId,
  );
  await again.locator('input[type=password]').waitFor();
  await again.close();
  await came(page);
  await popup.close();
});

test('a call that is not answered is counted by its name for the check, with its site and without its values', async () => {
  const other = own.locator('section[aria-labelledby=bridges] li', { hasText: 'http://127.0.0.1' });
  await enter(own, 'settings');
  await other.getByRole('button', { name: '开启' }).click();
  await other.getByText('已开启').waitFor();
  await page.evaluate(() => [window.rs('RS_HardwareInfo', { secret: 'zq7-value' }), window.rs('RS_NoSuchThing')]);
  await examine();
  await own
    .locator('.doctor details', { hasText: '其他' })
    .last()
    .evaluate(details => details.setAttribute('open', ''));
  const text = (await own.locator('.doctor').textContent()) ?? '';
  assert.match(text, /11200\/RS_HardwareInfo × 1/);
  assert.match(text, /11200\/RS_NoSuchThing × 1/);
  assert.ok(!text.includes('zq7-value'));
  const others = own.locator('.check', { hasText: '其他客户端的接口 http://127.0.0.1' });
  assert.doesNotMatch((await others.textContent()) ?? '', /RS_/);
});

test('switched off, the open page is answered no more', async () => {
  await enter(own, 'settings');
  await row().getByRole('button', { name: '关闭' }).click();
  await row().getByRole('button', { name: '开启' }).waitFor();
  await until(
    async () => (await background(stand).evaluate(() => chrome.declarativeNetRequest.getSessionRules())).length === 0,
  );
  await pressLegacy(page, rs => rs('RS_GetVersion'), undefined);
  await assert.rejects(came(page), /NetworkError/);
  assert.equal(consentsOf(stand).length, 0);
});
