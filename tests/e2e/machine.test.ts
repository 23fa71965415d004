// What is wrong with the machine around the key: USB devices, the readers' service and two hosts in a system folder of
// the test's own, an old browser, and an administrator's policies that the browser itself obeys.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, type ErrorCode, HOST_NAME, RELEASED_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { cancel } from '../stand/drive.js';
import { CHROMIUM, HOST, temporary } from '../stand/paths.js';
import { attempt } from '../stand/process.js';
import { answerForSite, ask, CHALLENGE, makeSite, outcome, press, visit } from '../stand/site.js';
import { background, makeStand, type Stand, type StandOptions } from '../stand/stand.js';

const world = temporary();
const system = join(world.path, 'system');
const socket = join(world.path, 'pcscd.comm');
let stand: Stand | undefined;
let page: Page;
const NO_VIEW = 'needs a view of the file system of its own';
/** What brings everything back. */
let undo: (() => Promise<unknown> | unknown)[] = [];

before(() => {
  // Where the host looks for browsers, for the system's folders, and for the readers' service.
  process.env.XDG_CONFIG_HOME = world.path;
  process.env.YINXIN_HOST_ROOT = system;
  process.env.PCSCLITE_CSOCK_NAME = socket;
});

afterEach(async () => {
  for (const back of undo.reverse()) await back();
  undo = [];
});

after(async () => {
  await stand?.close();
  world.remove();
});

/** A browser whose workspace is open. */
async function begin(options: StandOptions): Promise<void> {
  await stand?.close();
  const begun = await makeStand({ softHsm: false, ...options });
  stand = begun;
  const own = join(world.path, 'chromium');
  rmSync(own, { recursive: true, force: true });
  symlinkSync(begun.profile, own);
  page = await begun.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#check`);
}

/** Has everything looked at, and waits until the workspace says this first, or that nothing is to be done. */
async function examine(expected: ErrorCode | 'nothing'): Promise<void> {
  const summary = page.locator('.doctor > [role=status]');
  const before = await summary.locator('time').evaluateAll(([time]) => time?.getAttribute('datetime'));
  await page.locator('.doctor button', { hasText: /开始检查|重新检查/ }).click();
  await summary.locator(`time:not([datetime="${before}"])`).waitFor();
  await says(expected);
}

/** Waits until the workspace says this first, or that nothing is to be done. */
async function says(expected: ErrorCode | 'nothing'): Promise<void> {
  await page.waitForFunction(
    ([wanted, codes]) => (document.querySelector(codes)?.textContent ?? 'nothing') === wanted,
    [expected, '.advice .message dd.code:last-of-type'] as const,
  );
  if (expected === 'nothing') await page.locator('.advice .message-good').waitFor({ state: 'attached' });
}

const advice = async (): Promise<string> => (await page.locator('.advice').textContent()) ?? '';
const steps = async (): Promise<string> => (await page.locator('.advice-steps').first().textContent()) ?? '';

/** Writes a file of the system's. */
function systemFile(path: string, text: string): void {
  mkdirSync(dirname(join(system, path)), { recursive: true });
  writeFileSync(join(system, path), text);
}

/** A USB device as Linux tells of it. */
function plugIn([vendor, product]: [string, string], interfaceClass: string): void {
  const folder = 'sys/bus/usb/devices/1-2';
  systemFile(`${folder}/idVendor`, vendor);
  systemFile(`${folder}/idProduct`, product);
  systemFile(`${folder}/product`, 'mToken');
  systemFile(`${folder}/1-2:1.0/bInterfaceClass`, interfaceClass);
  undo.push(() => rmSync(join(system, folder), { recursive: true }));
}

/** Another host beside the one of this browser, registered for another browser. */
function secondHost(): void {
  const program = join(world.path, 'yinxin-host-old');
  copyFileSync(HOST, program);
  const manifest = join(world.path, 'google-chrome/NativeMessagingHosts', `${HOST_NAME}.json`);
  mkdirSync(join(world.path, 'google-chrome/Default'), { recursive: true });
  mkdirSync(dirname(manifest), { recursive: true });
  const origins = [DEVELOPMENT_EXTENSION_ID, RELEASED_EXTENSION_ID].map(id => `chrome-extension://${id}/`);
  const about = { name: HOST_NAME, description: '印信', type: 'stdio', path: program, allowed_origins: origins };
  writeFileSync(manifest, JSON.stringify(about));
  undo.push(() => rmSync(join(world.path, 'google-chrome'), { recursive: true }));
}

test('a key that the computer knows and no driver reads is told, until it is pulled', async () => {
  await begin({ insert: [] });
  await examine('no-token');
  plugIn(['055c', 'db08'], '03');
  await examine('key-without-driver');
  assert.match(await steps(), /安装这款 UKey 的驱动/);
  assert.match(await advice(), /mToken/);
  await undo.pop()?.();
  await examine('no-token');
});

test('a reader whose service is off is told, and no longer once it runs', async () => {
  plugIn(['072f', '90cc'], '0b');
  await examine('reader-service-off');
  assert.match(await steps(), /Smart Card → 启动/);
  const service = createServer();
  await new Promise<void>(resolve => service.listen(socket, resolve));
  undo.push(() => new Promise(resolve => service.close(resolve)));
  await examine('no-token');
});

test('two host programs are told beside a key that works', async () => {
  await begin({ insert: ['demo-unit'] });
  await examine('nothing');
  secondHost();
  await examine('several-hosts');
  assert.match(await steps(), /卸载其他的/);
  assert.match(await advice(), /yinxin-host-old/);
});

test('a policy that the host finds is told beside a key that works', async () => {
  systemFile('etc/chromium/policies/managed/unit.json', JSON.stringify({ NativeMessagingBlocklist: ['*'] }));
  undo.push(() => rmSync(join(system, 'etc'), { recursive: true }));
  await examine('blocked-by-policy');
  assert.match(await steps(), /管理员/);
  assert.match(await advice(), /NativeMessagingBlocklist/);
});

test('a browser whose engine is too old is told', async () => {
  // No browser here is that old: this one says that it is.
  await background(stand ?? assert.fail()).evaluate(() => {
    const brands = [{ brand: 'Chromium', version: '100' }];
    Object.defineProperty(navigator, 'userAgentData', { value: { brands }, configurable: true });
  });
  await examine('browser-too-old');
  assert.match(await steps(), /更新浏览器/);
});

describe('an administrator’s policies', { skip: !mayMount() && NO_VIEW }, () => {
  for (const [policy, value, code, remedy] of [
    ['NativeMessagingBlocklist', ['*'], 'host-forbidden', /管理员.*放行/],
    ['NativeMessagingUserLevelHosts', false, 'host-missing', /浏览器策略也可能不允许/],
    ['NativeMessagingAllowlist', [HOST_NAME], 'nothing', undefined],
  ] as const) {
    test(`${policy}: ${code}`, async () => {
      const blocked = code === 'nothing' ? { NativeMessagingBlocklist: ['*'] } : {};
      await begin({ insert: ['demo-unit'], browser: browserWith({ ...blocked, [policy]: value }) });
      await says(code);
      if (remedy) assert.match(await steps(), remedy);
    });
  }
});

test('a policy allows a site with its kind, and switches the bridge on', { skip: !mayMount() && NO_VIEW }, async () => {
  const portal = await makeSite({ name: 'portal.example', folder: world.path });
  const other = await makeSite({ name: 'other.example', folder: world.path });
  undo.push(portal.close, other.close);
  const sites = [
    { origin: portal.url, kind: 'portal' },
    { origin: other.url, kind: 'added' },
  ];
  const policy = { sites, bridgedSites: ['http://localhost'] };
  await begin({
    insert: ['demo-unit'],
    browser: browserWith({ '3rdparty': { extensions: { [DEVELOPMENT_EXTENSION_ID]: policy } } }),
    args: ['--host-resolver-rules=MAP *.example 127.0.0.1', '--ignore-certificate-errors'],
  });
  const begun = stand ?? assert.fail();
  // The browser is asked for each by a click on the extension's own page.
  const settings = await begun.browser.newPage();
  await settings.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#settings`);
  const row = (origin: string) => settings.locator('.sites li', { hasText: origin });
  for (const { url } of [portal, other]) {
    await row(url).getByRole('button').waitFor();
    assert.equal(await row(url).getByText('移除').count(), 0);
  }
  await row('http://localhost').getByText('浏览器还没有允许').waitFor();
  for (const site of [portal, other]) {
    await answerForSite(begun, site);
    await row(site.url).getByRole('button').click();
    await row(site.url).getByRole('button').waitFor({ state: 'detached' });
  }
  await row(portal.url).getByText('业务平台').waitFor();

  const seals = () => window.yinxin.seals().then(all => all.length);
  const asking = await visit(begun.browser, portal.url);
  const consent = await ask(begun, asking, seals, undefined);
  await consent.getByText(portal.url).first().waitFor();
  await cancel(consent);
  assert.equal((await outcome(asking)).error?.code, 'cancelled');
  const others = await visit(begun.browser, other.url);
  await press(others, seals, undefined);
  assert.equal((await outcome(others)).error?.code, 'act-not-allowed');
  const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
  await cancel(await ask(begun, others, login, CHALLENGE));
  assert.equal((await outcome(others)).error?.code, 'cancelled');
});

/** Whether a process may have a view of the file system of its own. */
function mayMount(): boolean {
  return attempt('unshare', ['-m', 'mount', '--bind', world.path, '/etc/chromium']).status === 0;
}

/** A program that starts the browser with these policies, where it alone sees them. */
function browserWith(policies: object): string {
  const folder = join(world.path, 'etc-chromium');
  mkdirSync(join(folder, 'policies/managed'), { recursive: true });
  writeFileSync(join(folder, 'policies/managed/unit.json'), JSON.stringify(policies));
  const program = join(world.path, 'chromium-with-policies');
  const line = `exec unshare -m sh -c 'mount --bind "$0" /etc/chromium && exec "$@"' '${folder}' ${CHROMIUM} "$@"`;
  writeFileSync(program, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return program;
}
