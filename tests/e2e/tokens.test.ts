// Keys, drivers and hosts in every bad state: the window names what is wrong, and a good key beside
// it goes on working.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, HOST_NAME, PROTOCOL_VERSION } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { consent, enter, openPortal, settle } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import {
  consentAfter,
  hostConfiguration,
  hostsOf,
  insertOnly,
  makeStand,
  PIN,
  type Stand,
  tidy,
} from '../stand/stand.js';
import { cLibrary, makeToken, oldLibrary, spoilCertificate } from '../stand/tokens.js';

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
const status = async () => {
  const { problem, ...versions } = await window.yinxin.status();
  return { ...versions, problem: problem?.toJSON() };
};
const open = () => ask(stand, page, login, CHALLENGE);
const tokenIn = (popup: Page, label: string) => popup.locator('.token', { hasText: label });

/** Logs in with the good key in an open window. */
async function goodKeyWorks(popup: Page): Promise<void> {
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
}

/** Ends the running host, so that the next request starts one anew. */
async function endHosts(): Promise<void> {
  for (const pid of hostsOf(stand)) process.kill(pid, 'SIGKILL');
  while (hostsOf(stand).length > 0) await new Promise(resolve => setImmediate(resolve));
}

async function workspace(): Promise<Page> {
  const opened = await stand.browser.newPage();
  await opened.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
  return opened;
}

test('an empty key is named as such, beside a good one', async () => {
  renameSync(makeToken(stand.folder, 'test-empty', PIN, 'empty'), join(stand.keys, 'test-empty'));
  const popup = await open();
  await tokenIn(popup, 'test-empty').getByText('UKey 中没有证书').waitFor();
  assert.equal(await tokenIn(popup, 'test-empty').locator('input').count(), 0);
  await goodKeyWorks(popup);
  rmSync(join(stand.keys, 'test-empty'), { recursive: true });
});

test("a CA's certificate and garbage can't be chosen, and say why", async () => {
  renameSync(makeToken(stand.folder, 'test-ca', PIN, 'ca'), join(stand.keys, 'test-ca'));
  const garbage = makeToken(stand.folder, 'test-garbage', PIN, 'ca');
  spoilCertificate(garbage);
  renameSync(garbage, join(stand.keys, 'test-garbage'));
  const popup = await open();
  await tokenIn(popup, 'test-ca').locator('.reason', { hasText: '这是发证机构的证书，不能用于登录或签名' }).waitFor();
  await tokenIn(popup, 'test-garbage')
    .locator('.reason', { hasText: /证书内容无法读取（第 \d+ 字节/ })
    .waitFor();
  for (const label of ['test-ca', 'test-garbage']) {
    assert.equal(await tokenIn(popup, label).locator('input:not([disabled])').count(), 0);
    assert.equal(await tokenIn(popup, label).locator('input').count(), 1);
  }
  // The good key stands first.
  assert.match(await popup.locator('.token').first().innerText(), /demo-unit/);
  await goodKeyWorks(popup);
  for (const label of ['test-ca', 'test-garbage']) rmSync(join(stand.keys, label), { recursive: true });
});

test("expired and encryption certificates can't be chosen, and say why", async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-expired', 'demo-two']);
  const popup = await open();
  await tokenIn(popup, 'demo-expired')
    .locator('.reason', { hasText: /证书已于 .+ 过期/ })
    .first()
    .waitFor();
  assert.equal(await tokenIn(popup, 'demo-expired').locator('input:not([disabled])').count(), 0);
  await tokenIn(popup, 'demo-unit').getByText('另有 1 张加密证书，不用于登录和签名。').waitFor();
  assert.equal(await tokenIn(popup, 'demo-unit').locator('input:not([disabled])').count(), 1);
  // An expired pair and its renewal: only the renewed signing certificate.
  assert.equal(await tokenIn(popup, 'demo-two').locator('input').count(), 2);
  assert.equal(await tokenIn(popup, 'demo-two').locator('input:not([disabled])').count(), 1);
  // Two keys can sign: none is chosen for the user.
  assert.equal(await popup.locator('input[type=radio]:checked').count(), 0);
  await consent(popup, 'demo-two');
  assert.equal((await outcome(page)).error, undefined);
});

test('a revoked certificate is refused by the portal, in its words', async () => {
  insertOnly(stand.keys, ['demo-revoked']);
  const portal = await openPortal(stand);
  const popup = await consentAfter(stand, () => portal.click('#ca-login'));
  await consent(popup, 'demo-revoked');
  const message = portal.locator('.message[data-code=certificate-revoked]');
  await message.waitFor();
  assert.match(await message.innerText(), /证书已于 .+ 被注销/);
  await portal.close();
});

test('bad drivers are named beside a good one, which logs in', async () => {
  const folder = stand.folder;
  writeFileSync(join(folder, 'text.so'), 'not a library');
  const modules = [
    { name: '文本驱动', path: join(folder, 'text.so') },
    { name: '旧驱动', path: oldLibrary(folder, 'old') },
    { name: '别的库', path: cLibrary(folder, 'other', 'int unrelated(void) { return 0; }') },
    { name: '不存在', path: join(folder, 'missing.so') },
    {
      name: '崩溃驱动',
      path: cLibrary(folder, 'crashes', 'unsigned long C_GetFunctionList(void **list) { __builtin_trap(); }'),
    },
    {
      name: '挂起驱动',
      path: cLibrary(
        folder,
        'hangs',
        '#include <unistd.h>\nunsigned long C_GetFunctionList(void **list) { for (;;) sleep(1000); }',
      ),
    },
  ];
  const good = readFileSync(stand.config, 'utf8');
  writeFileSync(stand.config, hostConfiguration(stand.keys, undefined, { modules, host: ['load_ms = 4000'] }));
  try {
    await endHosts();
    const popup = await open();
    await tokenIn(popup, 'demo-unit').waitFor();
    const problems = popup.locator('details', { hasText: '6 个驱动不能使用' });
    await settle(popup);
    await problems.locator('summary').click();
    // What hangs is told as slow first, and as hung once it was stopped.
    for (const words of [
      /驱动“文本驱动”的文件不是可用的 PKCS#11 或 SKF 库/,
      /驱动“旧驱动”是 x86 \(32 bit\) 版本，需要印信的 32 位组件/,
      /驱动“别的库”的文件不是可用的 PKCS#11 或 SKF 库/,
      /找不到驱动“不存在”的文件/,
      /驱动“崩溃驱动”意外崩溃，其他 UKey 不受影响/,
      /驱动“挂起驱动”4 秒没有响应，已停止它，其他 UKey 不受影响/,
    ]) {
      await problems.locator('.message', { hasText: words }).waitFor();
    }
    await goodKeyWorks(popup);
    const own = await workspace();
    // What to do is said with the certificates; here they are named.
    await enter(own, 'check');
    await own.locator('summary', { hasText: '6 个驱动不能使用' }).click();
    await own.locator('.modules', { hasText: '崩溃驱动' }).waitFor();
    await enter(own, 'keys');
    await own.locator('.token', { hasText: 'demo-unit' }).waitFor();
    await own.close();
  } finally {
    writeFileSync(stand.config, good);
    await endHosts();
  }
});

/** Puts another program in the host's place while something is done. */
async function withHost(manifest: object | undefined, work: () => Promise<void>): Promise<void> {
  const path = join(stand.profile, 'NativeMessagingHosts', `${HOST_NAME}.json`);
  const registered = readFileSync(path, 'utf8');
  if (manifest) writeFileSync(path, JSON.stringify({ ...JSON.parse(registered), ...manifest }));
  else rmSync(path);
  await endHosts();
  try {
    await work();
  } finally {
    writeFileSync(path, registered);
  }
}

/** Waits until the host answers again: a look of the workspace at the program before may still be under way. */
async function recovered(): Promise<void> {
  await tidy(stand);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await press(page, status, undefined);
    if (!(await outcome<{ problem?: object }>(page)).value?.problem) return;
  }
  assert.fail('the host does not answer');
}

/** A program that says something and waits for its end. */
function fakeHost(name: string, says: Buffer, then = 'process.stdin.resume();'): object {
  const path = join(stand.folder, name);
  writeFileSync(
    path,
    `#!${process.execPath}\nprocess.stdout.write(Buffer.from('${says.toString('base64')}', 'base64'));\n${then}\n`,
  );
  chmodSync(path, 0o755);
  return { path };
}

function frame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  return Buffer.concat([head, text]);
}

const greeting = (protocol: number) => frame({ type: 'greeting', name: HOST_NAME, version: '9.8.7', protocol });

for (const [situation, host, code, remedy] of [
  ['a host that is not installed', () => undefined, 'host-missing', /请安装印信本机程序/],
  [
    'a registered program that is gone',
    () => ({ path: '/nonexistent/yinxin-host' }),
    'host-missing',
    /请安装印信本机程序/,
  ],
  ['a host that does not know this extension', () => ({ allowed_origins: [] }), 'host-forbidden', /yinxin doctor/],
  ['an older host', () => fakeHost('older', greeting(PROTOCOL_VERSION - 1)), 'host-too-old', /请更新本机程序/],
  ['a newer host', () => fakeHost('newer', greeting(PROTOCOL_VERSION + 1)), 'extension-too-old', /请更新印信扩展/],
  ['a program that is no host', () => fakeHost('other', frame({ hello: 'world' })), 'host-message-invalid', /重新安装/],
  [
    'a program that writes no frames',
    () => fakeHost('noise', Buffer.from('hello, world\n')),
    'host-message-invalid',
    /重新安装/,
  ],
  ['a host that ends at once', () => fakeHost('ends', Buffer.alloc(0), ''), 'host-gone', /yinxin doctor/],
] as const) {
  test(`${situation} is ${code} in the page, the window and the workspace`, async () => {
    await withHost(host(), async () => {
      await press(page, status, undefined);
      const { value, error } = await outcome<{ problem?: { code: string; remedy: string } }>(page);
      assert.equal(error, undefined);
      assert.equal(value?.problem?.code, code);
      const popup = await open();
      const asked = (await outcome(page)).error;
      assert.equal(asked?.code, code);
      assert.match(asked?.remedy ?? '', remedy);
      await popup.locator('.end', { hasText: code }).waitFor();
      assert.match(await popup.locator('.end-remedy').innerText(), remedy);
      const own = await workspace();
      await own.locator('.message', { hasText: remedy }).waitFor();
      await own.close();
    });
    await recovered();
    await goodKeyWorks(await open());
  });
}

test('a host that says nothing is told after its time', async () => {
  await withHost(fakeHost('silent', Buffer.alloc(0)), async () => {
    const popup = await open();
    assert.equal((await outcome(page)).error?.code, 'host-silent');
    await popup.locator('.end', { hasText: 'host-silent' }).waitFor();
  });
  await recovered();
  await goodKeyWorks(await open());
});
