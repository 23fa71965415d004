// What can be wrong, one situation for each way by which it is noticed: made with real keys, drivers and hosts, the
// workspace says the right thing first, with the right remedy; two at once are both said, and a healthy set-up is left
// in peace. What differs only in what a key holds is in `wasm/core/src/advice/tests/table.rs`.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, type ErrorCode, HOST_NAME, PROTOCOL_VERSION } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { type Authority, type Holder, makeAuthority } from '../../www/demo/testing/pki.js';
import { FAULTY_SOFTKEY, HOST, SOFTKEY } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { makeSeal } from '../stand/seals.js';
import { makeSoftHsm, type SoftHsm } from '../stand/softhsm.js';
import { hostConfiguration, hostsOf, insertOnly, makeStand, PIN, type Stand, tokenOf } from '../stand/stand.js';
import { cLibrary, type Issued, makeToken, oldLibrary } from '../stand/tokens.js';

const NAME = '示例采购有限公司（虚构）';
let stand: Stand;
let page: Page;
let authority: Authority;
let maker: Holder;
/** What brings everything back. */
let undo: (() => void)[] = [];

before(async () => {
  stand = await makeStand({ softHsm: false, insert: [] });
  authority = makeAuthority();
  maker = authority.issue({ subject: '/C=CN/O=示例制章者（虚构）/CN=示例制章者（虚构）' });
  insertOnly(stand.keys, ['demo-30days']);
  const listed = run(HOST, ['tokens', '--json'], { env: { YINXIN_HOST_CONFIG: stand.config } }).toString();
  const [token] = JSON.parse(listed) as { seals: { der: string }[] }[];
  oldSeal = Buffer.from(token?.seals[0]?.der ?? '', 'base64');
  insertOnly(stand.keys, []);
  page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
});

afterEach(async () => {
  for (const back of undo.reverse()) back();
  undo = [];
  insertOnly(stand.keys, []);
});

after(async () => {
  authority?.remove();
  await stand?.close();
});

/** Looks again, and waits until these are found: the first one first. Keys and hosts come and go meanwhile. */
async function found(first: ErrorCode, others: ErrorCode[]): Promise<void> {
  await page.locator('main button', { hasText: '重新查找' }).first().click();
  await page.waitForFunction(
    ([wanted, rest, codes]) => {
      const all = [...document.querySelectorAll(codes)].map(code => code.textContent);
      return all[0] === wanted && rest.every(code => all.includes(code));
    },
    [first, others, CODES] as const,
  );
}
const CODES = '.advice .message dd.code:last-of-type';

/** The steps of the first finding. */
const steps = async (): Promise<string> => (await page.locator('.advice-steps').first().textContent()) ?? '';

/** Puts a key in that holds certificates of the CA's name, and seals. */
function insert(certificates: (Partial<Issued> & { until: number })[], seals: (certificates: Buffer[]) => Buffer[]) {
  const label = `case-${count++}`;
  const all = certificates.map(one => ({
    subject: `/C=CN/O=${NAME}/CN=${NAME}`,
    from: 400,
    usage: 'digitalSignature,nonRepudiation' as const,
    ...one,
  }));
  const made = makeToken(stand.folder, label, PIN, all, seals);
  renameSync(made, join(stand.keys, label));
  undo.push(() => rmSync(join(stand.keys, label), { recursive: true }));
  return label;
}
let count = 0;

/** A national seal for the first certificate, valid for so many days. */
const national = (days: number) => (certificates: Buffer[]) => {
  const certificate = certificates[0] ?? assert.fail();
  return [makeSeal(maker, { name: NAME, users: [{ certificate }], valid: [day(-400), day(days)] })];
};
/** One of the old kind, from a demo key. */
const old = () => [oldSeal];
let oldSeal: Buffer;

function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A copy of a demo key in which wrong PINs were tried. */
function tried(label: string, times: number): void {
  const copy = join(stand.keys, `tried-${label}`);
  cpSync(join(`${stand.keys}-aside`, label), copy, { recursive: true });
  undo.push(() => rmSync(copy, { recursive: true }));
  const tool = ['--module', SOFTKEY, '--token-label', label, '--login', '--pin', '999999', '--list-objects'];
  for (let at = 0; at < times; at += 1) {
    assert.throws(() => run('pkcs11-tool', tool, { env: { YINXIN_SOFTKEY_DIR: stand.keys } }));
  }
  assert.equal(tokenOf(stand, label).pin.left ?? 0, 10 - times);
}

/** Other modules, or lines of the host's configuration. */
function configure(options: Parameters<typeof hostConfiguration>[2], softHsm?: SoftHsm): void {
  const good = readFileSync(stand.config, 'utf8');
  writeFileSync(stand.config, hostConfiguration(stand.keys, softHsm, options));
  endHosts();
  undo.push(() => {
    writeFileSync(stand.config, good);
    endHosts();
  });
}

function endHosts(): void {
  for (const pid of hostsOf(stand)) process.kill(pid, 'SIGKILL');
}

/** Another manifest of the host, another text in its place, or none. */
function register(change: object | string | undefined): void {
  const path = join(stand.profile, 'NativeMessagingHosts', `${HOST_NAME}.json`);
  const registered = readFileSync(path, 'utf8');
  if (typeof change === 'string') writeFileSync(path, change);
  else if (change) writeFileSync(path, JSON.stringify({ ...JSON.parse(registered), ...change }));
  else rmSync(path);
  endHosts();
  undo.push(() => {
    writeFileSync(path, registered);
    endHosts();
  });
}

/** A host that greets with another protocol. */
function greeter(protocol: number): object {
  const path = join(stand.folder, `greeter-${protocol}`);
  const text = Buffer.from(JSON.stringify({ type: 'greeting', name: HOST_NAME, version: '9.8.7', protocol }));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  const frame = Buffer.concat([head, text]).toString('base64');
  writeFileSync(
    path,
    `#!${process.execPath}\nprocess.stdout.write(Buffer.from('${frame}', 'base64'));\nprocess.stdin.resume();\n`,
    { mode: 0o755 },
  );
  return { path };
}

/** A host that never greets. */
function silent(): string {
  const path = join(stand.folder, 'silent');
  writeFileSync(path, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  return path;
}

const module = (name: string, path: string) => configure({ modules: [{ name, path }] });
const ENCRYPTS = 'keyEncipherment,dataEncipherment';

/** What is made, what is said first, words of the remedy, and what else is said. */
const table: [string, () => unknown, ErrorCode, RegExp, ErrorCode[]?][] = [
  // 未检测到国标印章 / 签章能力检测待升级
  ['a seal of the old kind', () => insert([{ until: 300 }], old), 'seal-old-standard', /选择“印章升级”/],
  // KT_ReadSealDatas
  ['a seal that ended', () => insert([{ until: 300 }], national(-3)), 'seal-expired', /选择“印章续期”/],
  // CA证书读取错误！未插入CA证书UKey或插入UKey无法使用
  ['no key', () => {}, 'no-token', /插入/],
  ['a driver that is missing', () => module('不存在', '/nonexistent/driver.so'), 'module-missing', /驱动|客户端/],
  ['a driver for 32 bit', () => module('旧驱动', oldLibrary(stand.folder, 'old')), 'worker-missing', /驱动|客户端/],
  [
    'a driver that crashes',
    () =>
      module(
        '崩溃驱动',
        cLibrary(stand.folder, 'crashes', 'unsigned long C_GetFunctionList(void **l) { __builtin_trap(); }'),
      ),
    'module-crashed',
    /驱动|客户端/,
  ],
  ['no driver at all', () => writeModules(), 'no-module', /驱动|客户端/],
  ['a key that another program holds', () => busy(), 'token-busy', /关闭/],
  ['one try of the PIN left', () => tried('demo-unit', 9), 'pin-last-try', /先不要再试/],
  ['no host', () => register(undefined), 'host-missing', /安装/],
  ['a damaged manifest of the host', () => register('{"name": '), 'host-missing', /重新登记/],
  ['a host that is gone', () => register({ path: '/nonexistent/yinxin-host' }), 'host-missing', /重新登记/],
  ['a host that ends at once', () => register({ path: '/bin/false' }), 'host-gone', /yinxin doctor/],
  ['a host that says nothing', () => register({ path: silent() }), 'host-silent', /yinxin doctor/],
  ['a host that is another program', () => register({ path: '/bin/echo' }), 'host-message-invalid', /重新安装/],
  ['a host for another extension', () => register({ allowed_origins: [] }), 'host-forbidden', /./],
  ['an old host', () => register(greeter(PROTOCOL_VERSION - 1)), 'host-too-old', /更新/],
  [
    'a certificate that ends in 29 days, of an issuer that is not at hand',
    () => configure({}, makeSoftHsm(join(stand.folder, 'softhsm'), PIN)),
    'certificate-ends-soon',
    /“证书更新”/,
    ['issuer-unknown'],
  ],
  // Two at once
  [
    'an ended certificate, and a seal of the old kind in another key',
    () => {
      insertOnly(stand.keys, ['demo-expired']);
      insert([{ until: 300 }], old);
    },
    'certificate-expired',
    /“证书更新”/,
    ['seal-old-standard'],
  ],
  [
    'a locked PIN, and a driver that is missing',
    () => {
      tried('demo-unit', 10);
      configure({ modules: [{ name: '不存在', path: '/nonexistent/driver.so' }] });
    },
    'pin-locked',
    /联系四川CA办理解锁/,
    ['module-missing'],
  ],
];

/** Neither modules of the configuration nor of known vendors. */
function writeModules(): void {
  configure({});
  const lines = readFileSync(stand.config, 'utf8').split('[[modules]]')[0];
  writeFileSync(stand.config, `vendors = false\n${lines}`);
}

/** A key whose sessions are all taken. CKR_SESSION_COUNT. */
function busy(): void {
  assert.ok(existsSync(FAULTY_SOFTKEY), 'npm test builds it');
  insertOnly(stand.keys, ['demo-unit']);
  const switches = join(stand.keys, 'faults.json');
  writeFileSync(switches, JSON.stringify([{ call: 'C_OpenSession', do: 'error', rv: 0xb1 }]));
  undo.push(() => rmSync(switches));
  configure({ softkey: FAULTY_SOFTKEY });
}

for (const [situation, make, code, remedy, others = []] of table) {
  test(`${situation} is ${code}`, async () => {
    // Else what the test before made could answer.
    await found('no-token', []);
    make();
    await found(code, others);
    assert.match(await steps(), remedy);
  });
}

for (const [situation, make] of [
  [
    'keys of a unit and of an expert',
    () => {
      const labels = ['demo-unit', 'demo-expert'];
      insertOnly(stand.keys, labels);
      return labels;
    },
  ],
  ['a pair of the CA with a seal', () => [insert([{ until: 300 }, { until: 300, usage: ENCRYPTS }], national(299))]],
] as const) {
  test(`nothing is wrong with ${situation}`, async () => {
    await found('no-token', []);
    const labels = make();
    await page.locator('main button', { hasText: '重新查找' }).first().click();
    // Keys and advice come together.
    for (const label of labels) await page.locator('.token', { hasText: label }).waitFor();
    await page.waitForFunction(count => document.querySelectorAll('.token').length === count, labels.length);
    assert.equal(await page.locator('.advice .message-good').count(), 1);
    assert.equal(await page.locator(CODES).count(), 0);
  });
}

test('a portal’s install guide says that the host is missing, and goes on by itself once it is there', async () => {
  register(undefined);
  const portal = await stand.browser.newPage();
  await portal.goto(stand.url);
  await portal.locator('#guide .now', { hasText: '印信本机程序' }).waitFor();
  assert.equal(await portal.locator('#guide .done').count(), 2);
  for (const back of undo.splice(0).reverse()) back();
  await portal.locator('#status', { hasText: '印信已就绪' }).waitFor();
  assert.equal(await portal.locator('#guide section').count(), 0);
  await portal.close();
});
