// The PIN: what a wrong one costs, what the window says, and where a PIN never appears.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { approve, cancel, choose } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, type Site, visit } from '../stand/site.js';
import { background, makeStand, type Stand, tidy, tokenOf } from '../stand/stand.js';

// Not to be met by chance where the tests look for traces.
const PIN = 'Zq7-right-4410';
const WRONG = 'Zq7-wrong-9925';

let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit', 'demo-expert'], pin: PIN, host: ['log = "info"'] });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
});

after(async () => {
  await site?.close();
  await stand?.close();
});

afterEach(() => tidy(stand));

const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
const left = (label: string) => tokenOf(stand, label).pin.left;

/** Types a wrong PIN, presses the button, and waits for what the window says of the tries. */
async function tryWrong(window: Page, words: RegExp): Promise<void> {
  await approve(window, WRONG);
  await window.locator('.tries', { hasText: words }).waitFor();
}

test('a wrong PIN costs one try, the window tells how many are left, and nothing retries', async () => {
  const popup = await ask(stand, page, login, CHALLENGE);
  await choose(popup, 'demo-unit');
  assert.match(await popup.locator('.tries').innerText(), /还可尝试 10 次/);
  for (const remaining of [9, 8, 7]) {
    await tryWrong(popup, new RegExp(`还可尝试 ${remaining} 次`));
    assert.match(await popup.locator('.notices').innerText(), /PIN 码（UKey 密码）不正确/);
    assert.equal(await popup.locator('input[type=password]').inputValue(), '');
    // One press, one C_Login: the key counts them itself.
    assert.equal(left('demo-unit'), remaining);
  }
  // The field has the focus, to type again at once.
  assert.equal(await popup.evaluate(() => document.activeElement?.getAttribute('type')), 'password');
  const closed = popup.waitForEvent('close');
  await approve(popup, PIN);
  await closed;
  assert.equal((await outcome(page)).error, undefined);
  assert.equal(left('demo-unit'), 10);
});

test('a PIN of the wrong length costs no try', async () => {
  const popup = await ask(stand, page, login, CHALLENGE);
  await choose(popup, 'demo-unit');
  for (const pin of ['12345', 'x'.repeat(33)]) {
    await approve(popup, pin);
    await popup.locator('.notices', { hasText: '没有消耗尝试次数' }).waitFor();
    assert.equal(left('demo-unit'), 10);
  }
  await cancel(popup, 'button');
  assert.equal((await outcome(page)).error?.code, 'cancelled');
});

test('another key starts with an empty PIN field', async () => {
  const popup = await ask(stand, page, login, CHALLENGE);
  await choose(popup, 'demo-unit');
  await popup.locator('input[type=password]').fill(PIN);
  await choose(popup, 'demo-expert');
  assert.equal(await popup.locator('input[type=password]').inputValue(), '');
  assert.equal(await popup.locator('button.primary').getAttribute('aria-disabled'), 'true');
  await cancel(popup);
  assert.equal((await outcome(page)).error?.code, 'cancelled');
});

test('the last try is warned of, and a locked key tells the remedy and can not be chosen', async () => {
  const popup = await ask(stand, page, login, CHALLENGE);
  await choose(popup, 'demo-expert');
  for (let remaining = 9; remaining > 1; remaining -= 1) {
    await tryWrong(popup, new RegExp(`还可尝试 ${remaining} 次`));
  }
  // The last try is warned of where the wrong one is told.
  await approve(popup, WRONG);
  await popup.locator('.notices', { hasText: /不正确。\s*最后一次：再输错一次，UKey 将被锁定/ }).waitFor();
  assert.equal(left('demo-expert'), 1);
  await approve(popup, WRONG);
  const card = popup.locator('.token', { hasText: 'demo-expert' });
  await card.locator('.message', { hasText: 'PIN 码已锁定' }).waitFor();
  assert.match(await card.innerText(), /请联系发证机构解锁/);
  assert.equal(await card.locator('input[type=radio]:not([disabled])').count(), 0);
  assert.equal(tokenOf(stand, 'demo-expert').pin.state, 'locked');
  await popup.locator('.notices', { hasText: 'PIN 码已锁定' }).waitFor();
  // The other key goes on in the same window.
  const closed = popup.waitForEvent('close');
  await choose(popup, 'demo-unit');
  await approve(popup, PIN);
  await closed;
  assert.equal((await outcome(page)).error, undefined);
});

test('a PIN stays in the window: not in the page, the storage, the log or the profile', async () => {
  const secrets = [PIN, WRONG];
  const clean = (where: string, text: string) => {
    for (const secret of secrets) assert.ok(!text.includes(secret), `a PIN in ${where}`);
  };
  // A window that is still open after a wrong PIN.
  const popup = await ask(stand, page, login, CHALLENGE);
  await choose(popup, 'demo-unit');
  await tryWrong(popup, /还可尝试 9 次/);
  clean('the window', await popup.content());
  const closed = popup.waitForEvent('close');
  await approve(popup, PIN);
  await closed;
  assert.equal((await outcome(page)).error, undefined);

  const messages = await page.evaluate(() => window.messages);
  assert.ok(
    messages.some(message => message.includes('"proof"')),
    'the page was listened to',
  );
  clean('the messages of the page', messages.join('\n'));
  clean('the page', await page.content());
  const stored = await background(stand).evaluate(async () =>
    JSON.stringify(await Promise.all([chrome.storage.local.get(), chrome.storage.session.get()])),
  );
  assert.match(stored, /"used"/);
  clean('the storage', stored);
  const log = readFileSync(join(stand.state, 'yinxin/host.log'), 'utf8');
  assert.match(log, /sign/i);
  clean('the log', log);
  let files = 0;
  for (const name of readdirSync(stand.profile, { recursive: true, encoding: 'utf8' })) {
    const path = join(stand.profile, name);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    files += 1;
    const bytes = readFileSync(path);
    for (const secret of secrets) {
      assert.ok(!bytes.includes(secret), `a PIN in ${name}`);
      assert.ok(!bytes.includes(Buffer.from(secret, 'utf16le')), `a PIN in ${name}`);
    }
  }
  assert.ok(files > 20, 'the profile was read');
});
