// The software key through SKF (GM/T 0016), and nothing through PKCS #11: the main job, the tries of the PIN, a key that
// is pulled, and a page that calls another program. OpenSSL judges.
// Runs on: Debian 12, amd64 | Chromium 156 of Debian | login, signatures, PIN, a pulled key, the bridge, SKF
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  bridgeOn,
  came,
  makeBridgedStand,
  makeLegacySite,
  openSession,
  pressLegacy,
  type Rs,
  visitLegacy,
} from '../stand/bridge.js';
import { approve, choose, consent, logIn, openPortal, sealDocuments, settle, signDocuments } from '../stand/drive.js';
import { sealVerifies, sm2AttributesVerify, sm2Verifies } from '../stand/judge.js';
import { SOFTKEY } from '../stand/paths.js';
import { attempt } from '../stand/process.js';
import { ask, CHALLENGE, makeSite, outcome, type Site, visit } from '../stand/site.js';
import { hostsOf, insertOnly, PIN, SKF_APPLICATION, type Stand, tidy, tokenOf } from '../stand/stand.js';

const WRONG = '654321';

let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  stand = await makeBridgedStand({ interface: 'skf' });
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
const open = () => ask(stand, page, login, CHALLENGE);
const left = (label: string) => tokenOf(stand, label).pin.left;

/** Types a wrong PIN, presses the button, and waits for what the window says. */
async function tryWrong(window: Page, where: '.tries' | '.notices', words: RegExp): Promise<void> {
  await approve(window, WRONG);
  await window.locator(where, { hasText: words }).waitFor();
}

test('login with first binding, login again, two documents signed, and seals set', async () => {
  assert.equal(tokenOf(stand, 'demo-unit').model, SKF_APPLICATION);
  const portal = await openPortal(stand);
  await logIn(stand, portal, 'demo-unit');
  await portal.click('#logout');
  await portal.waitForSelector('#ca-login');
  await logIn(stand, portal, 'demo-unit');
  const signed = await signDocuments(stand, portal, 'demo-unit');
  assert.deepEqual(
    signed.map(({ valid, cms }) => [valid, sm2AttributesVerify(cms)]),
    [
      [true, true],
      [true, true],
    ],
  );
  const sealed = await sealDocuments(stand, portal, 'demo-unit');
  assert.deepEqual(
    sealed.map(({ name, valid, signature }) => [name, valid, sealVerifies(signature)]),
    [
      ['投标函（演示）.txt', true, true],
      ['采购合同（演示）.ofd', true, true],
    ],
  );
  await portal.close();
});

test('a wrong PIN costs one try and the window tells how many are left; the last is warned of; a locked key signs nothing', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-expert']);
  const popup = await open();
  await choose(popup, 'demo-expert');
  assert.match(await popup.locator('.tries').innerText(), /还可尝试 10 次/);
  await tryWrong(popup, '.tries', /还可尝试 9 次/);
  assert.match(await popup.locator('.notices').innerText(), /PIN 码（UKey 密码）不正确/);
  // One press, one SKF_VerifyPIN: the key counts them itself.
  assert.equal(left('demo-expert'), 9);
  // Most of the others are lost to another program, through PKCS #11: the tries are the key's.
  const tool = ['--module', SOFTKEY, '--token-label', 'demo-expert', '--login', '--pin', WRONG, '--list-objects'];
  for (let remaining = 8; remaining > 2; remaining -= 1) {
    const { status } = attempt('pkcs11-tool', tool, { env: { YINXIN_SOFTKEY_DIR: stand.keys } });
    assert.notEqual(status, 0);
    assert.equal(left('demo-expert'), remaining);
  }
  await tryWrong(popup, '.tries', /还可尝试 2 次/);
  await tryWrong(popup, '.notices', /不正确。\s*最后一次：再输错一次，UKey 将被锁定/);
  assert.equal(left('demo-expert'), 1);
  await approve(popup, WRONG);
  const card = popup.locator('.token', { hasText: 'demo-expert' });
  await card.locator('.message', { hasText: 'PIN 码已锁定' }).waitFor();
  assert.equal(await card.locator('input[type=radio]:not([disabled])').count(), 0);
  assert.equal(tokenOf(stand, 'demo-expert').pin.state, 'locked');
  // The other key goes on in the same window.
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
});

test('the right PIN gives all tries back', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  await tryWrong(popup, '.tries', /还可尝试 9 次/);
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
  assert.equal(left('demo-unit'), 10);
});

test('a key that is pulled while the window asks leaves it, and signs after it is back', async () => {
  const popup = await open();
  await choose(popup, 'demo-unit');
  await popup.locator('input[type=password]').fill(PIN);
  const insert = stand.pull('demo-unit');
  await popup.locator('.message', { hasText: '没有检测到 UKey' }).waitFor();
  assert.equal(await popup.locator('button.primary').count(), 0);
  insert();
  await choose(popup, 'demo-unit');
  assert.equal(await popup.locator('input[type=password]').inputValue(), '');
  // And once more after the press, while the host stands still.
  const [host] = hostsOf(stand);
  assert.ok(host);
  process.kill(host, 'SIGSTOP');
  await approve(popup);
  await popup.locator('.working').waitFor();
  const again = stand.pull('demo-unit');
  process.kill(host, 'SIGCONT');
  await popup.locator('.notices', { hasText: 'UKey 已被拔出，没有产生任何签名' }).waitFor();
  again();
  assert.equal(left('demo-unit'), 10);
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
});

test('a page that calls another program logs in and has a text signed by P1', async () => {
  const legacy = await makeLegacySite();
  try {
    await bridgeOn(stand, legacy.url);
    const calling = await visitLegacy(stand, legacy.url);
    const { containerId, window } = await openSession(stand, calling);
    const msg = '投标承诺 a1b2c3';
    await pressLegacy(
      calling,
      (rs, { containerId, msg }) => ({
        certificate: rs('RS_GetCertBase64String', { certType: '1', containerId }),
        signature: rs('RS_KeySignByP1', { containerId, msg }),
      }),
      { containerId, msg },
    );
    await window.locator('.text-to-sign', { hasText: msg }).waitFor();
    await settle(window);
    await window.locator('button.primary').click();
    const { certificate, signature } = await came<Record<string, Rs>>(calling);
    assert.deepEqual([certificate?.code, signature?.code], ['0000', '0000']);
    const [der, signed] = [certificate?.data?.certBase64, signature?.data?.signdMsg];
    assert.ok(sm2Verifies(Buffer.from(der ?? '', 'base64'), Buffer.from(msg), Buffer.from(signed ?? '', 'base64')));
    await window.close();
    await calling.close();
  } finally {
    await legacy.close();
  }
});
