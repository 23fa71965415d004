// What a portal tells of its account, through the browser: the window of the login compares it with the certificate and
// warns, the workspace says it first with what to do, and nothing of it outlives the session.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import ICAL from 'ical.js';
import type { Page } from 'playwright-core';
import { approve, cancel, choose, consent, enter, openPortal, settle } from '../stand/drive.js';
import { background, consentAfter, insertOnly, makeStand, type Stand, tidy } from '../stand/stand.js';

const UNIT = '四川锦程演示科技有限公司';

let stand: Stand;
let portal: Page;
let own: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  portal = await openPortal(stand);
  own = await stand.browser.newPage();
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
  await own.locator('.token').first().waitFor();
});

after(() => stand?.close());

beforeEach(async () => {
  await tidy(stand);
  await forget();
});

/** The account in the session, as the extension keeps it. */
async function kept(): Promise<unknown> {
  const all = await background(stand).evaluate(() => chrome.storage.session.get('account'));
  return (all as { account?: unknown }).account ?? undefined;
}

function forget(): Promise<void> {
  return background(stand).evaluate(() => chrome.storage.session.remove('account'));
}

/** Names an account at the portal and presses its button; gives the window that opens. */
async function loginAs(account: string, entrance = 'supplier'): Promise<Page> {
  await portal.goto(stand.url);
  await portal.check(`input[name=entrance][value=${entrance}]`);
  await portal.selectOption('#account-named', account);
  return consentAfter(stand, () => portal.click('#ca-login'));
}

/** Adds an entry to the history, as a signature at that time would. */
function remember(at: number): Promise<void> {
  return background(stand).evaluate(async at => {
    const { history = [] } = (await chrome.storage.local.get('history')) as { history?: object[] };
    const entry = { act: 'login', format: 'yinxin', origin: 'https://portal.example', documents: [], holder: '示例' };
    await chrome.storage.local.set({ history: [{ ...entry, at, certificate: 'ab'.repeat(32) }, ...history] });
  }, new Date(at).toISOString());
}

const findings = (window: Page) => window.locator('.account-findings .message');
const first = () => own.locator('.advice .message').first();

function lookAgain(): Promise<void> {
  return own.locator('main button', { hasText: '重新查找' }).first().click();
}

/** Waits until the workspace says this first; gives all of it. */
async function firstSays(text: string): Promise<string> {
  await first().filter({ hasText: text }).waitFor();
  return first().innerText();
}

/** The pieces of both names that are marked. */
function marked(scope: ReturnType<typeof findings>): Promise<string[]> {
  return scope.locator('mark').allTextContents();
}

/** Whether all of it is seen, in the window and in the part of it that scrolls. */
function isInSight(element: ReturnType<typeof findings>): Promise<boolean> {
  return element.evaluate(one => {
    const { top, bottom } = one.getBoundingClientRect();
    const around = one.closest('.middle')?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
    return top >= around.top && bottom <= Math.min(around.bottom, innerHeight);
  });
}

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(node => node.target)]),
    [],
  );
}

test('another name is shown beside the certificate’s with the difference marked, and keeps nobody from logging in', async () => {
  const window = await loginAs('name-differs');
  await choose(window, 'demo-unit');
  const finding = findings(window).first();
  await finding.filter({ hasText: '与所选证书的名称不一致' }).waitFor();
  assert.deepEqual(await marked(finding), ['程', '城']);
  const text = await finding.innerText();
  assert.match(text, /证书名称\s*四川锦程演示科技有限公司/);
  assert.match(text, /证书名称有误，请联系发证机构变更；证书名称无误，请联系平台修改账号名称/);
  assert.equal(await window.getByText('与所选证书的名称一致').count(), 0);
  await isAccessible(window);
  // The workspace knows of it at once, and says whose account it is.
  const says = await firstSays('不一致');
  assert.match(says, /当前用户所属机构与key信息不一致/);
  assert.match(says, /联系四川CA变更证书名称/);
  assert.match(says, /联系平台修改账号名称/);
  assert.match(says, /400-028-1130[\s\S]*400-160-0900/);
  assert.deepEqual(await first().locator('mark').allTextContents(), ['程', '城']);
  await first().locator('summary').click();
  assert.ok((await first().innerText()).includes(stand.url));
  await isAccessible(own);
  // It warns and does not block; the portal refuses in the platform's words.
  const closed = window.waitForEvent('close');
  await approve(window);
  await closed;
  await portal.locator('.message[data-code=name-mismatch]').waitFor();
  assert.match((await portal.locator('.message').textContent()) ?? '', /当前用户所属机构与key信息不一致/);
});

test('the same name written otherwise is told apart from another unit', async () => {
  const window = await loginAs('written-otherwise');
  await choose(window, 'demo-unit');
  const finding = findings(window).first();
  await finding.filter({ hasText: '只是写法不同' }).waitFor();
  assert.equal((await marked(finding)).length, 1);
  assert.match(await finding.innerText(), /请联系平台按证书的写法修改账号名称/);
  assert.match(await firstSays('写法不同'), /要由平台处理[\s\S]*400-160-0900/);
  await cancel(window);
});

test('an account without a certificate is told so at a login, and no longer once one is being bound', async () => {
  const window = await loginAs('not-bound');
  await choose(window, 'demo-unit');
  await findings(window).filter({ hasText: '还没有绑定 CA 证书' }).waitFor();
  const says = await firstSays('还没有绑定');
  assert.match(says, /CA未绑定或登录入口不正确/);
  assert.match(says, /完成 CA 绑定，再登录/);
  const closed = window.waitForEvent('close');
  await approve(window);
  await closed;
  await portal.locator('.message[data-code=not-bound]').waitFor();
  const binding = await consentAfter(stand, () => portal.click('#bind'));
  await choose(binding, 'demo-unit');
  await binding.getByText('与所选证书的名称一致').waitFor();
  assert.equal(await findings(binding).count(), 0);
  await own.locator('.advice .message-good').waitFor();
  await cancel(binding);
});

test('another certificate than the bound one, and the entrance of another role', async () => {
  const window = await loginAs('bound-to-other');
  await choose(window, 'demo-unit');
  await findings(window)
    .filter({ hasText: `绑定的不是“${UNIT}”的这张证书` })
    .waitFor();
  const says = await firstSays('绑定的不是');
  assert.match(says, /CA未绑定或登录入口不正确/);
  assert.match(says, /换用已绑定的那张证书/);
  await cancel(window);
  const other = await loginAs('other-role');
  await choose(other, 'demo-unit');
  await findings(other).filter({ hasText: '登录入口与账号角色（代理机构）不一致' }).waitFor();
  assert.match(await firstSays('登录入口'), /从自己角色的入口登录/);
  await cancel(other);
});

test('the account of one’s own shows nothing, and its certificate is chosen among several', async () => {
  // Opens an account and binds the key's certificate to it.
  await portal.goto(stand.url);
  const refused = await consentAfter(stand, () => portal.click('#ca-login'));
  await consent(refused, 'demo-unit');
  await portal.locator('.message[data-code=not-bound]').waitFor();
  const binding = await consentAfter(stand, () => portal.click('#bind'));
  await consent(binding, 'demo-unit');
  await portal.waitForSelector('#account');
  await portal.click('#logout');
  await portal.waitForSelector('#ca-login');
  insertOnly(stand.keys, ['demo-unit', 'demo-expert', 'demo-p256']);
  const account = await portal.locator('#account-named option', { hasText: UNIT }).first().getAttribute('value');
  const window = await loginAs(account ?? assert.fail());
  const chosen = window.locator('.certificate.checked');
  await chosen.filter({ hasText: '账号已绑定' }).waitFor();
  assert.match((await window.locator('.token', { has: window.locator('.checked') }).textContent()) ?? '', /demo-unit/);
  await window.getByText('与所选证书的名称一致').waitFor();
  assert.equal(await findings(window).count(), 0);
  // Another one can be chosen, and is told to be another.
  await settle(window);
  await window.locator('.token', { hasText: 'demo-p256' }).locator('input[type=radio]:not([disabled])').check();
  const why = findings(window).filter({ hasText: '绑定的不是' });
  await why.waitFor();
  // However far above its card that stands: beside the button one reads that there is something, and one press shows it.
  await window.setViewportSize({ width: 480, height: 560 });
  await window.locator('.certificate.checked').evaluate(card => card.scrollIntoView({ block: 'end' }));
  assert.ok(!(await isInSight(why)));
  const told = window.locator('.act .message', { hasText: '网站账号有要核对的地方' });
  assert.ok((await isInSight(told)) && (await isInSight(window.locator('button.primary'))));
  await isAccessible(window);
  await settle(window);
  await told.getByRole('button', { name: '查看' }).click();
  assert.ok(await isInSight(why.locator('p').first()));
  await cancel(window);
  insertOnly(stand.keys, ['demo-unit']);
  await own.waitForFunction(() => document.querySelectorAll('.token').length === 1);
  await own.locator('.advice .message-good').waitFor();
  const again = await loginAs(account ?? assert.fail());
  await consent(again, 'demo-unit');
  await portal.waitForSelector('#account');
  await portal.click('#logout');
  await portal.waitForSelector('#ca-login');
});

test('an expert hears in time that the certificate ends, with an entry for the calendar', async () => {
  insertOnly(stand.keys, ['demo-expert']);
  const window = await loginAs('expert', 'expert');
  await choose(window, 'demo-expert');
  const note = window.locator('.account-findings .message-plain', { hasText: '可能赶不上下一次评审' });
  await note.waitFor();
  const link = await note.getByRole('link', { name: '存入日历' }).getAttribute('href');
  const entry = decodeURIComponent((link ?? '').replace(/^data:text\/calendar;charset=utf-8,/, ''));
  const [event] = new ICAL.Component(ICAL.parse(entry)).getAllSubcomponents('vevent');
  assert.match(String(event?.getFirstPropertyValue('summary')), /演示专家/);
  await isAccessible(window);
  await cancel(window);
});

test('a key that is locked on the day of an evaluation: tell the organisers', async () => {
  const window = await loginAs('expert', 'expert');
  await choose(window, 'demo-expert');
  for (let tries = 0; tries < 20; tries++) {
    const locked = window.getByText('今日可能无法解锁，请联系项目组织方。');
    if (await locked.count()) break;
    await approve(window, '00000000');
    await window.locator('.notices .message').or(locked).first().waitFor();
    await window.waitForFunction(() => !document.querySelector('.working'));
  }
  await window.getByText('今日可能无法解锁，请联系项目组织方。').waitFor();
  await lookAgain();
  assert.match(await firstSays('今日可能无法解锁'), /联系四川CA办理解锁/);
  await cancel(window);
});

test('the user has it forgotten; erasing the history and a shared computer forget it too', async () => {
  insertOnly(stand.keys, ['demo-unit']);
  const known = async () => {
    await tidy(stand);
    const window = await loginAs('name-differs');
    await choose(window, 'demo-unit');
    await cancel(window);
    await own.locator('.compared', { hasText: '四川锦城演示科技有限公司' }).waitFor();
    assert.ok(await kept());
  };
  await known();
  await own.locator('.compared summary').click();
  assert.ok((await own.locator('.compared').innerText()).includes(stand.url));
  await own.locator('.compared').getByRole('button', { name: '不再比对' }).focus();
  await own.keyboard.press('Enter');
  await own.locator('.compared').waitFor({ state: 'detached' });
  assert.equal(await kept(), undefined);
  await own.locator('.advice .message-good').waitFor();
  assert.equal(await own.evaluate(() => document.activeElement?.tagName), 'H1');

  await known();
  await remember(Date.now() - 86_400_000);
  await enter(own, 'history');
  await own.getByRole('button', { name: '清除全部记录' }).click();
  await own.getByRole('button', { name: '确定清除' }).click();
  await own.locator('.compared').waitFor({ state: 'detached' });
  await enter(own, 'keys');

  await known();
  await tidy(stand);
  await enter(own, 'settings');
  await own.getByLabel('公用电脑模式').check();
  await own.locator('.compared').waitFor({ state: 'detached' });
  const window = await loginAs('name-differs');
  await choose(window, 'demo-unit');
  // The window compares all the same.
  await findings(window).first().waitFor();
  await cancel(window);
  assert.equal(await kept(), undefined);
  const onDevice = await background(stand).evaluate(() => chrome.storage.local.get(null));
  assert.ok(!JSON.stringify(onDevice).includes('四川锦城'));
  await own.getByLabel('公用电脑模式').uncheck();
  await enter(own, 'keys');
});

test('a signature of this device that lies ahead of the clock tells that the clock is wrong', async () => {
  await remember(Date.now() + 3 * 86_400_000);
  await lookAgain();
  assert.match(await firstSays('电脑时间'), /请校正电脑的日期和时间/);
});
