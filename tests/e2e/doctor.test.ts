// The check-up in the workspace, with the real host: what it finds, what it mends and takes back, the test signature,
// and the report.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, HOST_NAME, SITES } from '@yinxin/proto';
import type { Locator, Page } from 'playwright-core';
import { zhCN as t } from '../../extension/src/locales/zh-CN.js';
import { cancel, enter } from '../stand/drive.js';
import { SOFTKEY, temporary } from '../stand/paths.js';
import { attempt } from '../stand/process.js';
import { ask, CHALLENGE, makeSite, outcome, type Site, visit } from '../stand/site.js';
import {
  background,
  hostConfiguration,
  hostsOf,
  insertOnly,
  makeStand,
  type Stand,
  tidy,
  tokenOf,
} from '../stand/stand.js';
import { cLibrary } from '../stand/tokens.js';

// Not to be met by chance where a test looks for its traces.
const PIN = 'Zq7-right-4410';
const WRONG = 'Zq7-wrong-9925';

const world = temporary();
const manifest = join(world.path, 'chromium/NativeMessagingHosts', `${HOST_NAME}.json`);
let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  // Where the host looks for browsers: Chromium is there, and its profile is the stand's.
  process.env.XDG_CONFIG_HOME = world.path;
  // No other browser of this machine counts.
  process.env.YINXIN_HOST_ROOT = join(world.path, 'system');
  stand = await makeStand({ softHsm: false, insert: ['demo-unit', 'demo-expert'], pin: PIN });
  // The browser itself left something there.
  rmSync(join(world.path, 'chromium'), { recursive: true, force: true });
  symlinkSync(stand.profile, join(world.path, 'chromium'));
  site = await makeSite();
  page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#check`);
  await page.locator('.token').nth(1).waitFor({ state: 'attached' });
});

afterEach(() => tidy(stand));

after(async () => {
  await site?.close();
  await stand?.close();
  world.remove();
});

const doctor = () => page.locator('.doctor');
const lines = () => doctor().locator('.check');
const line = (kind: string, subject = '') =>
  lines().filter({ has: page.locator('.check-name', { hasText: `${kind} ${subject}`.trim() }) });
const summary = () => doctor().locator(':scope > [role=status]');
/** What is wrong, shown before the rest. */
const wrong = () => doctor().locator(':scope > .checks > .check');

/** Has everything looked at, and waits until it was. */
async function examine(
  press = () =>
    doctor()
      .locator('button', { hasText: /开始检查|重新检查/ })
      .click(),
): Promise<void> {
  const time = summary().locator('time');
  const before = (await time.count()) > 0 ? await time.getAttribute('datetime') : undefined;
  await press();
  await summary().locator(`time:not([datetime="${before}"])`).waitFor();
}

/** Presses Tab until the focus is on something. */
async function tabTo(selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) return;
  }
  assert.fail(`Tab never comes to ${selector}`);
}

test('a healthy machine: everything in order, nothing failed, by keyboard alone', async () => {
  await tabTo('.doctor > p > button');
  await examine(() => page.keyboard.press('Enter'));
  assert.match(
    await summary().innerText(),
    /^检查了 \d+ 项，没有发现问题。\s+检查时间：\d+年\d+月\d+日 \d\d:\d\d（北京时间）$/,
  );
  assert.equal(await wrong().count(), 0);
  await tabTo('.doctor > details > summary');
  await page.keyboard.press('Enter');
  const names = await lines().locator('.check-name .strong').allInnerTexts();
  const order = Object.values(t.doctorKinds) as string[];
  const places = names.map(name => order.indexOf(name));
  assert.deepEqual(
    places,
    [...places].sort((one, other) => one - other),
  );
  // Everything but the test signature, which nobody asked for, and calls to another client, which are off.
  const off: string[] = [t.doctorKinds.bridge, t.doctorKinds['test-signature']];
  const looked = order.filter(kind => !off.includes(kind));
  assert.deepEqual([...new Set(names)], looked);
  for (const { origin } of SITES)
    assert.equal(await line(t.doctorKinds.site, origin).locator('.check-state').innerText(), '正常');
  assert.equal(await line(t.doctorKinds.registration, 'chromium').locator('.check-state').innerText(), '正常');
  assert.equal(await line(t.doctorKinds.module, 'softkey').locator('.check-state').innerText(), '正常');
  await page.locator('.advice .message-good').waitFor({ state: 'attached' });

  await tabTo('.check-summary');
  await page.keyboard.press('Enter');
  await lines().first().locator('.pairs', { hasText: '内核版本' }).waitFor();
  // Times are for the report.
  for (const details of await lines().locator('details').all())
    await details.evaluate((all: HTMLDetailsElement) => {
      all.open = true;
    });
  assert.doesNotMatch(await doctor().innerText(), /\d ms|毫秒/);
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 10);
});

test('a site that the browser keeps the extension from is told, and no longer once it is allowed', async () => {
  await examine();
  const settings = await stand.browser.newPage();
  await settings.goto('chrome://extensions');
  const access = (hostAccess: string, host = '') =>
    settings.evaluate(
      async ([extensionId, wanted, site]) => {
        const { developerPrivate } = chrome as unknown as {
          developerPrivate: {
            updateExtensionConfiguration(options: { extensionId: string; hostAccess: string }): Promise<void>;
            addHostPermission(extensionId: string, host: string): Promise<void>;
          };
        };
        await developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess: wanted });
        if (site) await developerPrivate.addHostPermission(extensionId, site);
      },
      [DEVELOPMENT_EXTENSION_ID, hostAccess, host] as const,
    );
  await access('ON_CLICK');
  const first = line(t.doctorKinds.site, SITES[0]?.origin);
  await first.locator('.message', { hasText: '浏览器没有允许印信在这个网站上工作' }).waitFor();
  await first.getByRole('button', { name: '申请权限' }).waitFor();
  await page.locator('.advice .message', { hasText: SITES[0]?.origin ?? '' }).waitFor({ state: 'attached' });
  await access('ON_SPECIFIC_SITES', `${SITES[0]?.origin}/*`);
  await first.locator('.message').waitFor({ state: 'detached' });
  const second = line(t.doctorKinds.site, SITES[1]?.origin).locator('.message');
  await second.waitFor();
  await access('ON_ALL_SITES');
  await second.waitFor({ state: 'detached' });
  await page.locator('.advice .message-good').waitFor({ state: 'attached' });
  await settings.close();
});

test('a driver that hangs and one that is missing are named, and so is a host that ends', async () => {
  const hangs = '#include <unistd.h>\nunsigned long C_GetFunctionList(void **list) { for (;;) sleep(1000); }';
  const modules = [
    { name: '挂起驱动', path: cLibrary(stand.folder, 'hangs', hangs) },
    { name: '不存在', path: join(stand.folder, 'missing.so') },
  ];
  const good = readFileSync(stand.config, 'utf8');
  writeFileSync(stand.config, hostConfiguration(stand.keys, undefined, { modules }));
  try {
    await endHosts();
    await examine();
    await line(t.doctorKinds.module, '挂起驱动').locator('.message', { hasText: '没有响应，已停止它' }).waitFor();
    await line(t.doctorKinds.module, '不存在').locator('.message', { hasText: '找不到驱动' }).waitFor();
    await doctor().locator(':scope > details > summary').first().click();
    assert.equal(await line(t.doctorKinds.module, 'softkey').locator('.check-state').innerText(), '正常');
    await line(t.doctorKinds.key, 'demo-unit').waitFor();
    assert.match(await summary().innerText(), /有 2 项需要处理/);
    assert.equal(await wrong().count(), 2);
    // What is in order and what needs nothing are counted apart.
    const [good, idle] = [
      await doctor().locator('.check-ok').count(),
      await doctor().locator('.check-skipped').count(),
    ];
    assert.ok(good > 0 && idle > 0, `${good} ${idle}`);
    assert.equal(
      await doctor().locator(':scope > details > summary').first().innerText(),
      `其余 ${good} 项正常，${idle} 项无需处理`,
    );
    // The host ends while it waits for the driver.
    await examine(async () => {
      await doctor().locator('button', { hasText: '重新检查' }).click();
      await summary().locator('.looking', { hasText: t.doctorKinds.module }).waitFor();
      await endHosts();
    });
    await line(t.doctorKinds.host).first().locator('.message', { hasText: '印信本机程序意外退出' }).waitFor();
  } finally {
    writeFileSync(stand.config, good);
    await endHosts();
  }
});

test('a damaged registration is shown as it would be mended, mended, and taken back byte for byte', async () => {
  // Only a host that runs already can mend it.
  await examine();
  const whole = readFileSync(manifest, 'utf8');
  const damaged = whole.slice(0, 40);
  // The same place by the name under which the host looks for it.
  const mended = whole.replace(stand.profile, join(world.path, 'chromium'));
  writeFileSync(manifest, damaged);
  try {
    await examine();
    const check = line(t.doctorKinds.registration, 'chromium');
    // A button, and no command to type; the advice leads to it.
    assert.match(await check.innerText(), /无法启动/);
    await check.locator('.message', { hasText: '点“看看怎么修复”，印信会替您登记' }).waitFor();
    const advised = page.locator('.advice .message', { hasText: '无法启动' });
    await advised.locator('a[href="#check"]', { hasText: t.repairLink }).waitFor({ state: 'attached' });
    for (const told of [check, advised]) assert.doesNotMatch(await told.innerText(), /yinxin install/);
    await check.getByRole('button', { name: '看看怎么修复' }).click();
    const plan = check.locator('.repair-plan');
    await plan.waitFor();
    const [before, planned] = await plan.locator('pre').allTextContents();
    assert.equal(before, damaged.trimEnd());
    assert.equal(planned, mended.trimEnd());
    assert.ok((await plan.innerText()).includes(manifest));
    // Nothing is written before it was agreed to.
    assert.equal(readFileSync(manifest, 'utf8'), damaged);
    await plan.getByRole('button', { name: '不修复' }).click();
    await plan.waitFor({ state: 'detached' });
    await check.getByRole('button', { name: '看看怎么修复' }).click();
    await plan.getByRole('button', { name: '照此修复' }).click();
    const undo = doctor().getByRole('button', { name: '撤销修复' });
    await undo.waitFor();
    assert.equal(readFileSync(manifest, 'utf8'), mended);
    await summary().locator('.message', { hasText: '没有发现问题' }).waitFor();
    await undo.click();
    await doctor().locator('.message', { hasText: '已撤销' }).waitFor();
    assert.equal(readFileSync(manifest, 'utf8'), damaged);
    await summary().locator('.message', { hasText: '有 1 项需要处理' }).waitFor();
  } finally {
    writeFileSync(manifest, whole);
    rmSync(`${manifest}.before-repair`, { force: true });
  }
});

const form = () => doctor().locator('.sign-test');
const chooseKey = async (label: string) => {
  if (!(await form().evaluate((details: HTMLDetailsElement) => details.open))) await form().locator('summary').click();
  await form().locator('label', { hasText: label }).locator('input').first().check();
};
const trySigning = async (pin: string) => {
  await form().locator('input[type=password]').fill(pin);
  await form().getByRole('button').click();
};

test('a test signature is made with the right PIN, and a wrong one costs one try, which is shown', async () => {
  await chooseKey('demo-unit');
  assert.match(await form().innerText(), /输错会用掉一次尝试机会。\s+还可尝试 10 次/);
  await trySigning(WRONG);
  await form().locator('.message', { hasText: '不正确' }).waitFor();
  await form().getByText('还可尝试 9 次').waitFor();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 9);
  assert.equal(await form().locator('input[type=password]').inputValue(), '');
  // One of the wrong length costs none.
  await trySigning('12345');
  await form().locator('.message', { hasText: '没有消耗尝试次数' }).waitFor();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 9);
  await trySigning(PIN);
  await form().locator('.message', { hasText: '签名成功' }).waitFor();
  await form().getByText('还可尝试 10 次').waitFor();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 10);
});

test('while a page asks for a signature, the key is not tried', async () => {
  const asking = await visit(stand.browser, site.url);
  const popup = await ask(stand, asking, challenge => window.yinxin.login({ challenge, purpose: 'login' }), CHALLENGE);
  await page.bringToFront();
  await chooseKey('demo-unit');
  await trySigning(WRONG);
  await form().locator('.message', { hasText: '网页的请求正在使用 UKey' }).waitFor();
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, 10);
  await popup.bringToFront();
  await cancel(popup);
  assert.equal((await outcome(asking)).error?.code, 'cancelled');
  await asking.close();
  await page.bringToFront();
});

test('the last try is warned of, and a locked key is refused before a PIN is asked', async () => {
  const wrong = () =>
    attempt('pkcs11-tool', ['--module', SOFTKEY, '--token-label', 'demo-expert', '--login', '--pin', WRONG, '-O'], {
      env: { YINXIN_SOFTKEY_DIR: stand.keys },
    });
  const again = async () => {
    await enter(page, 'keys');
    await page.locator('main button', { hasText: '重新查找' }).first().click();
    await enter(page, 'check');
  };
  for (let left = 10; left > 1; left -= 1) wrong();
  assert.equal(tokenOf(stand, 'demo-expert').pin.left, 1);
  await again();
  await chooseKey('demo-expert');
  await form().locator('.message', { hasText: '只剩最后一次机会' }).waitFor();
  wrong();
  await again();
  const label = form().locator('label', { hasText: 'demo-expert' });
  await label.locator('.reason', { hasText: '已锁定' }).waitFor();
  assert.equal(await label.locator('input:not([disabled])').count(), 0);
});

test('the report is shown whole before it is saved, and names nobody', async () => {
  await examine();
  await doctor().getByRole('button', { name: '生成报告' }).click();
  const shown = await doctor().locator('textarea[readonly]').inputValue();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    doctor().getByRole('button', { name: '保存为文件' }).click(),
  ]);
  assert.equal(readFileSync(await download.path(), 'utf8'), shown);
  // Who wants it, by the numbers of the guide and the tariff.
  const contacts = await doctor().locator('.report .contacts').innerText();
  for (const number of ['400-160-0900', '400-028-1130']) assert.ok(contacts.includes(number), contacts);
  assert.match(shown, /\d+ ms/);
  assert.match(shown, /pin-locked/);
  assert.match(shown, /softkey/);
  for (const holder of await page.locator('.certificate .holder-name').allInnerTexts())
    assert.ok(!shown.includes(holder), holder);
  for (const code of await page.locator('.certificate .facts .code').allInnerTexts())
    assert.ok(!shown.includes(code), code);
  for (const secret of [PIN, WRONG, 'demo-unit', 'demo-expert']) assert.ok(!shown.includes(secret), secret);
  // Nor does a PIN stay anywhere else.
  const stored = await background(stand).evaluate(async () =>
    JSON.stringify(await Promise.all([chrome.storage.local.get(), chrome.storage.session.get()])),
  );
  for (const secret of [PIN, WRONG]) assert.ok(![await page.content(), stored].join().includes(secret), secret);
});

test('the check says of a key what the next step says, and no less gravely', async () => {
  /** What is to be done, with its weight; notes are for whoever wants to know. */
  const told = async (messages: Locator) => {
    const all = await messages.evaluateAll(found =>
      found.map(message => `${message.className}: ${message.querySelector('.message-text > .strong')?.textContent}`),
    );
    return all.filter(one => !one.startsWith('message message-plain')).sort();
  };
  for (const [label, first] of [
    ['demo-expired', /^message message-error: 证书已于 /],
    ['demo-30days', /^message message-warning: 证书还有 \d+ 天到期（/],
  ] as const) {
    insertOnly(stand.keys, [label]);
    await page.locator('.token', { hasText: label }).waitFor({ state: 'attached' });
    await examine();
    const check = line(t.doctorKinds.certificates, label);
    await check.waitFor();
    const found = await told(wrong().locator('.message'));
    assert.equal(found.length, 2, found.join(' '));
    assert.ok(
      found.some(one => first.test(one)),
      found.join(' '),
    );
    assert.deepEqual(found, await told(page.locator('.advice .message')));
    // So does the page behind the icon.
    const popup = await stand.browser.newPage();
    await popup.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/popup.html`);
    const next = popup.locator('[role=status] .message', { hasText: /证书(已于|还有)/ });
    await next.waitFor();
    assert.match((await told(next)).join(), first);
    await popup.close();
    await check.getByRole('link', { name: t.seeAdvice }).press('Enter');
    await page.locator('#advice:focus').waitFor();
    await enter(page, 'check');
  }
});

/** Ends the running host, so that the next request starts one anew. */
async function endHosts(): Promise<void> {
  for (const pid of hostsOf(stand)) process.kill(pid, 'SIGKILL');
  while (hostsOf(stand).length > 0) await new Promise(resolve => setImmediate(resolve));
}
