// The consent window: every way in which it ends, who may hurry it, and the keyboard.
// That a consent ends by itself after its time is tested natively (wasm/core, signing): the timers
// run in the service worker, where no test can turn the clock.
// Runs on: Debian 12, amd64 | Chromium 156 of Debian | login and signatures through the window, PKCS #11
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { CANCELS_BEFORE_WAIT } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { approve, cancel, choose, consent, settle } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import {
  background,
  consentAfter,
  consentsOf,
  hostsOf,
  insertOnly,
  makeStand,
  PIN,
  type Stand,
  tidy,
  tokenOf,
} from '../stand/stand.js';
import { until } from '../stand/until.js';

let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
});

afterEach(async () => {
  await tidy(stand);
  insertOnly(stand.keys, ['demo-unit']);
});

after(async () => {
  await site?.close();
  await stand?.close();
});

const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
/** A login that `withdraw` gives up. */
const withdrawable = (challenge: string) => {
  const withdrawal = new AbortController();
  document.addEventListener('withdraw', () => withdrawal.abort(), { once: true });
  return window.yinxin.login({ challenge, purpose: 'login', signal: withdrawal.signal });
};
const withdraw = (asked: Page) => asked.evaluate(() => void document.dispatchEvent(new Event('withdraw')));
/** Opens a consent window for a login of the test's page. */
const open = () => ask(stand, page, login, CHALLENGE);
const code = async (asked = page) => (await outcome(asked)).error?.code;

for (const [how, act] of [
  ['the cancel button', (popup: Page) => cancel(popup, 'button')],
  ['Esc', (popup: Page) => cancel(popup)],
  ['closing the window', (popup: Page) => popup.close()],
] as const) {
  test(`${how} cancels`, async () => {
    const popup = await open();
    await popup.waitForSelector('.consent');
    await act(popup);
    const { error } = await outcome(page);
    assert.equal(error?.code, 'cancelled');
    assert.match(error?.message ?? '', /没有产生任何签名/);
  });
}

for (const [how, act] of [
  ['reloaded', (asked: Page) => asked.reload()],
  ['left', (asked: Page) => asked.goto(stand.url)],
  ['closed', (asked: Page) => asked.close()],
] as const) {
  test(`a page that is ${how} takes its window with it`, async () => {
    const asked = await visit(stand.browser, site.url);
    const popup = await ask(stand, asked, login, CHALLENGE);
    await popup.waitForSelector('.consent');
    const closed = popup.waitForEvent('close');
    await act(asked);
    await closed;
    assert.equal(consentsOf(stand).length, 0);
    if (!asked.isClosed()) await asked.close();
  });
}

test('a page brings its window to the front by a press of the user, and never without one', async () => {
  await background(stand).evaluate(() => {
    const kept = globalThis as unknown as { shown: number; update: typeof chrome.windows.update };
    const update = chrome.windows.update.bind(chrome.windows);
    Object.assign(kept, { shown: 0, update });
    chrome.windows.update = ((id: number, to: chrome.windows.UpdateInfo) => {
      if (to.focused) kept.shown += 1;
      return update(id, to);
    }) as typeof chrome.windows.update;
  });
  const shown = () => background(stand).evaluate(() => (globalThis as unknown as { shown: number }).shown);
  try {
    // By the page's own scripts: the press was spent on the call.
    const eager = (challenge: string) => {
      const asked = window.yinxin.login({ challenge, purpose: 'login', onProgress: () => window.yinxin.showWindow() });
      window.yinxin.showWindow();
      return asked;
    };
    const popup = await ask(stand, page, eager, CHALLENGE);
    await settle(popup);
    await page.waitForFunction(() => window.messages.some(message => message.includes('"consenting"')));
    // What was asked for before would come to the background before this.
    await press(page, () => Promise.resolve(window.yinxin.showWindow()), undefined);
    await until(async () => (await shown()) > 0);
    assert.equal(await shown(), 1);
    await cancel(popup);
  } finally {
    await background(stand).evaluate(() => {
      const kept = globalThis as unknown as { update: typeof chrome.windows.update };
      chrome.windows.update = kept.update;
    });
    await page.reload();
    await page.waitForSelector('html[data-ready]');
  }
});

test('a page that withdraws its call closes the window', async () => {
  const popup = await ask(stand, page, withdrawable, CHALLENGE);
  await popup.waitForSelector('.consent');
  const closed = popup.waitForEvent('close');
  await withdraw(page);
  assert.equal(await code(), 'aborted');
  await closed;
});

test('the cancel button of the portal withdraws its call', async () => {
  const portal = await stand.browser.newPage();
  await portal.goto(stand.url);
  const popup = await consentAfter(stand, () => portal.click('#ca-login'));
  const closed = popup.waitForEvent('close');
  await portal.click('#cancel');
  await closed;
  await portal.locator('.message[data-code=aborted]').waitFor();
  await portal.close();
});

test('a key that is inserted while the window is open appears by itself', async () => {
  insertOnly(stand.keys, []);
  const popup = await open();
  await popup.locator('.message', { hasText: '没有检测到 UKey' }).waitFor();
  insertOnly(stand.keys, ['demo-unit']);
  await consent(popup, 'demo-unit');
  assert.equal(await code(), undefined);
});

test('the window never scrolls as a whole, and where nothing can be chosen the way on stands beside the way out', async () => {
  const fits = (popup: Page) =>
    popup.waitForFunction(() => document.documentElement.scrollHeight <= document.documentElement.clientHeight);
  for (const keys of [['demo-unit', 'demo-expert', 'demo-expired', 'demo-30days', 'demo-two'], ['demo-expired'], []]) {
    insertOnly(stand.keys, keys);
    const popup = await open();
    await popup.locator('.buttons').waitFor();
    await popup.locator('.looking').waitFor({ state: 'detached' });
    await fits(popup);
    const way = popup.locator('.buttons a');
    assert.equal(await way.count(), keys.length > 1 ? 0 : 1, keys.join());
    if (keys.length === 1) assert.match((await way.getAttribute('href')) ?? '', /#advice$/);
    if (keys.length === 0) assert.match((await way.getAttribute('href')) ?? '', /#check$/);
    await cancel(popup);
    await tidy(stand);
  }
});

test('a press with nothing chosen says what is missing, and marks what can be chosen', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-two']);
  const popup = await open();
  await settle(popup);
  await popup.locator('button.primary').click({ force: true });
  await popup.locator('.notices', { hasText: '请先选择证书' }).waitFor();
  await popup.locator('.wanted').waitFor();
  await popup.locator('input[type=radio]:enabled').first().check();
  await popup.locator('.notices', { hasText: '请先选择证书' }).waitFor({ state: 'detached' });
  await popup.locator('button.primary').click({ force: true });
  // Nothing but what to do here.
  assert.equal((await popup.locator('.notices .message').textContent())?.trim(), '请输入 PIN 码（UKey 密码）。');
  await cancel(popup);
});

test('what this site got last stands first; not what another one got, nor on a shared computer', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-two']);
  const set = (kept: Record<string, unknown>) => background(stand).evaluate(all => chrome.storage.local.set(all), kept);
  const first = async () => {
    const popup = await open();
    await popup.locator('.token').nth(1).waitFor();
    const name = await popup.locator('.token-name').first().innerText();
    await cancel(popup);
    await tidy(stand);
    return /demo-\w+/.exec(name)?.[0];
  };
  const popup = await open();
  await popup.locator('.token').nth(1).waitFor();
  // Whichever stands second without a history.
  const token = popup.locator('.token').nth(1);
  const second = /demo-\w+/.exec(await token.locator('.token-name').innerText())?.[0] ?? '';
  await settle(popup);
  await token.locator('input:enabled').first().check();
  await token.locator('.pairs').waitFor({ state: 'attached' });
  const certificate = await token.locator('.pairs dd').last().textContent();
  await cancel(popup);
  await tidy(stand);
  const entry = { at: '2026-01-01T00:00:00Z', act: 'login', format: 'yinxin', documents: [], holder: '', certificate };
  try {
    await set({ history: [{ ...entry, origin: new URL(site.url).origin }] });
    // A busy machine may tell of it too late for one window.
    await until(async () => (await first()) === second);
    await set({ history: [{ ...entry, origin: 'https://other.example' }] });
    assert.notEqual(await first(), second);
    await set({
      history: [{ ...entry, origin: new URL(site.url).origin }],
      settings: { language: 'zh-CN', sharedComputer: true },
    });
    assert.notEqual(await first(), second);
  } finally {
    await set({ history: [], settings: { language: 'zh-CN' } });
  }
});

test('a key that is pulled leaves the window, with the PIN that was typed for it', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  await popup.locator('input[type=password]').fill(PIN);
  const insert = stand.pull('demo-unit');
  await popup.locator('.message', { hasText: '没有检测到 UKey' }).waitFor();
  assert.equal(await popup.locator('button.primary').count(), 0);
  insert();
  await choose(popup, 'demo-unit');
  assert.equal(await popup.locator('input[type=password]').inputValue(), '');
  await consent(popup, 'demo-unit');
  assert.equal(await code(), undefined);
});

test('a key that is pulled after the press signs nothing, and the window lets try again', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  const [host] = hostsOf(stand);
  assert.ok(host);
  // The host stands still while the button is pressed and the key pulled.
  process.kill(host, 'SIGSTOP');
  await approve(popup);
  await popup.locator('.working').waitFor();
  const insert = stand.pull('demo-unit');
  process.kill(host, 'SIGCONT');
  await popup.locator('.notices', { hasText: 'UKey 已被拔出，没有产生任何签名' }).waitFor();
  insert();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 10);
  await consent(popup, 'demo-unit');
  assert.equal(await code(), undefined);
});

test('a host that dies under an open window is started again', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  const hosts = hostsOf(stand);
  assert.equal(hosts.length, 1);
  for (const pid of hosts) process.kill(pid, 'SIGKILL');
  // Nothing was asked of it: the window looks again, and a new host answers.
  await consent(popup, 'demo-unit');
  assert.equal(await code(), undefined);
  assert.ok(!hostsOf(stand).some(pid => hosts.includes(pid)));
});

test('a host that dies while it signs is told to the page and in the window, and the next login works', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  const [host] = hostsOf(stand);
  assert.ok(host);
  process.kill(host, 'SIGSTOP');
  await approve(popup);
  await popup.locator('.working').waitFor();
  process.kill(host, 'SIGKILL');
  const { error } = await outcome(page);
  assert.equal(error?.code, 'host-gone');
  assert.match(error?.remedy ?? '', /yinxin doctor/);
  await popup.locator('.end', { hasText: 'host-gone' }).waitFor();
  await cancel(popup, 'button');
  await consent(await open(), 'demo-unit');
  assert.equal(await code(), undefined);
});

test('several tabs wait for their turn, each with its own answer', async () => {
  const pages = [page, await visit(stand.browser, site.url), await visit(stand.browser, site.url)];
  const first = await open();
  await first.waitForSelector('.consent');
  for (const waiting of pages.slice(1)) {
    await waiting.bringToFront();
    await press(waiting, login, CHALLENGE);
    await waiting.waitForFunction(() => window.messages.some(message => message.includes('"waiting"')));
  }
  assert.equal(consentsOf(stand).length, 1);

  const nextOf = (act: Promise<unknown>) => consentAfter(stand, () => act);
  const second = await nextOf(consent(first, 'demo-unit'));
  const third = await nextOf(cancel(second));
  await consent(third, 'demo-unit');
  assert.equal(await code(pages[0]), undefined);
  assert.equal(await code(pages[1]), 'cancelled');
  assert.equal(await code(pages[2]), undefined);
  const proofs = await Promise.all([0, 2].map(index => outcome<{ signature: string }>(pages[index] as Page)));
  assert.notEqual(proofs[0]?.value?.signature, proofs[1]?.value?.signature);
  for (const asked of pages.slice(1)) await asked.close();
});

test('several calls of one page: a press for each, a consent for each, in the order of the presses', async () => {
  const first = await open();
  await first.waitForSelector('.consent');
  const firstAnswer = page.evaluateHandle(() => ({ answer: window.outcome }));
  await page.bringToFront();
  // The second press signs, and asks for a window more.
  const both = async (challenge: string) => {
    const { login, sign, status } = window.yinxin;
    const signed = sign({ documents: [{ name: '合同.txt', text: '合同' }] }).then(([one]) => one?.name);
    const refused = login({ challenge, purpose: 'login' }).catch(({ code }: { code: string }) => code);
    const { extension } = await status();
    return [await refused, extension.length > 0, await signed];
  };
  await press(page, both, CHALLENGE);
  await page.waitForFunction(() => window.messages.some(message => message.includes('"waiting"')));
  assert.equal(consentsOf(stand).length, 1);
  const second = await consentAfter(stand, () => consent(first, 'demo-unit'));
  const { value } = (await firstAnswer.then(handle => handle.evaluate(({ answer }) => answer))) ?? {};
  assert.equal((value as { format: string }).format, 'yinxin');
  await consent(second, 'demo-unit');
  assert.deepEqual(await outcome(page), { value: ['user-action-required', true, '合同.txt'] });
});

test('a call that waits can be withdrawn, and a page that waits can go', async () => {
  const first = await open();
  await first.waitForSelector('.consent');
  const waiting = await visit(stand.browser, site.url);
  const leaving = await visit(stand.browser, site.url);
  for (const asked of [waiting, leaving]) {
    await asked.bringToFront();
    await press(asked, withdrawable, CHALLENGE);
    await asked.waitForFunction(() => window.messages.some(message => message.includes('"waiting"')));
  }
  await leaving.close();
  await withdraw(waiting);
  assert.equal(await code(waiting), 'aborted');
  await waiting.close();
  await consent(first, 'demo-unit');
  assert.equal(await code(), undefined);
  // Nobody is left in the queue: the next window is this page's own.
  await consent(await open(), 'demo-unit');
  assert.equal(await code(), undefined);
});

test('input in the first moment decides nothing', async () => {
  const popup = await open();
  // Events of one task, right when the window shows: a hurried user's click and keys.
  await popup.waitForSelector('.consent.guarded button.secondary');
  const guarded = await popup.evaluate(() => {
    const click = document.querySelector<HTMLElement>('button.secondary');
    click?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    return document.querySelector('.consent.guarded') !== null;
  });
  assert.ok(guarded, 'the window was still guarded');
  await settle(popup);
  assert.ok(!popup.isClosed());
  await consent(popup, 'demo-unit');
  assert.equal(await code(), undefined);
});

test('Enter in an untouched window does nothing', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  await settle(popup);
  for (const key of ['Enter', 'Space', 'Enter']) await popup.keyboard.press(key);
  assert.ok(!popup.isClosed());
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 10);
  await consent(popup, 'demo-unit');
  assert.equal(await code(), undefined);
});

test('a login works by keyboard alone', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-expert']);
  const popup = await open();
  await popup.locator('.token', { hasText: 'demo-expert' }).waitFor();
  await settle(popup);
  const focused = () =>
    popup.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      return { type: element.type, text: element.textContent ?? '', class: element.className };
    });
  const tabTo = async (wanted: (found: Awaited<ReturnType<typeof focused>>) => boolean) => {
    for (let presses = 0; presses < 20; presses += 1) {
      await popup.keyboard.press('Tab');
      if (wanted(await focused())) return;
    }
    assert.fail('not reached by Tab');
  };
  await tabTo(({ type }) => type === 'radio');
  await popup.keyboard.press('Space');
  await popup.waitForSelector('input[type=radio]:checked');
  await settle(popup);
  await tabTo(({ type }) => type === 'password');
  await popup.keyboard.type(PIN);
  await tabTo(found => found.class === 'primary');
  assert.match((await focused()).text, /^以〔.+〕名义登录$/);
  const closed = popup.waitForEvent('close');
  await popup.keyboard.press('Enter');
  await closed;
  assert.equal(await code(), undefined);
});

test('repeated cancels make a site wait', async () => {
  for (let count = 0; count < CANCELS_BEFORE_WAIT; count += 1) {
    await cancel(await open());
    assert.equal(await code(), 'cancelled');
  }
  await press(page, login, CHALLENGE);
  const { error } = await outcome(page);
  assert.equal(error?.code, 'too-many-cancels');
  assert.ok(Number(error?.params.seconds) > 0);
  assert.equal(consentsOf(stand).length, 0);
});
