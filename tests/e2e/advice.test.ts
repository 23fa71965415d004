// What the workspace advises, with real keys: the right thing first, and nothing where nothing is wrong.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, HOST_NAME, PROTOCOL_VERSION } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { consent, openPortal } from '../stand/drive.js';
import { PipedHost } from '../stand/host.js';
import { consentAfter, hostsOf, insertOnly, makeStand, type Stand } from '../stand/stand.js';

let stand: Stand;
let page: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
});

after(() => stand?.close());

const advice = () => page.locator('.advice');

/** Inserts these keys only, and waits until the workspace shows as many. */
async function insert(...labels: string[]): Promise<void> {
  insertOnly(stand.keys, labels);
  await page.locator('main button', { hasText: '重新查找' }).first().click();
  for (const label of labels) await page.locator('.token', { hasText: label }).first().waitFor();
  await page.waitForFunction(count => document.querySelectorAll('.token').length === count, labels.length);
}

test('a healthy key needs nothing', async () => {
  await insert('demo-unit');
  await advice().locator('.message-good').waitFor();
  assert.match(await advice().innerText(), /没有发现需要处理的问题/);
});

test('no key at all is the first thing to say', async () => {
  await insert();
  await advice().locator('.message', { hasText: '没有检测到 UKey' }).first().waitFor();
});

test('a certificate that ended is said with its date, and what to do', async () => {
  await insert('demo-expired');
  const first = advice().locator('.message').first();
  await first.filter({ hasText: '过期' }).waitFor();
  assert.ok((await first.locator('.advice-steps li').count()) > 0);
  assert.match(await first.innerText(), /检测到您的证书已过期/);
});

test('a message of the platform is explained by what was found', async () => {
  await insert('demo-30days');
  await advice().locator('summary', { hasText: '平台给了一条提示' }).click();
  await advice().locator('textarea').fill('[local]KT_ReadSealDatas:获取厂家印章数据失败');
  await advice().getByRole('button', { name: '查看' }).click();
  const answer = advice().locator('.advice-answer');
  await answer.locator('.message', { hasText: '旧标准' }).waitFor();
  // What was asked is not said again.
  assert.doesNotMatch(await answer.innerText(), /KT_|平台可能这样提示/);
  assert.match(await answer.innerText(), /这台电脑上正是这个情况/);
  assert.equal(await answer.evaluate(place => place === document.activeElement), true);
});

test('a message about a seal in order is answered with its end and whom to ask, and not said again', async () => {
  await insert('demo-unit');
  await advice().locator('textarea').fill('KT_ReadSealDatas');
  await advice().getByRole('button', { name: '查看' }).click();
  const answer = advice().locator('.advice-answer');
  await answer.getByText(/印章是国标印章，有效期至 \d+年\d+月\d+日，没有发现问题/).waitFor();
  const said = await answer.innerText();
  assert.match(said, /不用办理印章升级或续期/);
  assert.match(said, /要由平台处理，请联系：\s*平台（博思）客服热线 400-160-0900/);
  assert.doesNotMatch(said, /KT_|平台可能这样提示|您自己可以办理/);
  assert.equal(await answer.getByRole('link', { name: '到“检查”生成报告' }).getAttribute('href'), '#check');
  await advice().locator('.message-good').waitFor();
  // One that nobody knows speaks of nothing that was found, since nothing was.
  await advice().locator('textarea').fill('今天天气很好');
  await advice().getByRole('button', { name: '查看' }).click();
  await answer.getByText('没有认出这条提示').waitFor();
  assert.doesNotMatch(await answer.innerText(), /检测到|您自己可以办理/);
  assert.match(await answer.innerText(), /由谁办理要看原因，可以先联系：/);
});

test('of several keys of one holder each finding names its key, what ended first; nothing is priced for demo keys', async () => {
  await insert('demo-unit', 'demo-expired', 'demo-30days');
  const first = advice().locator('[role=status] .message').first();
  await first.getByText(/UKey demo-expired：/).waitFor();
  assert.match(await first.innerText(), /已于 .+ 过期/);
  const others = advice().locator(':scope > details.more > summary').first();
  assert.match(await others.innerText(), /还有 1 项：.*UKey demo-30days：印章按旧标准/);
  const steps = advice().locator('.advice-others .advice-steps').first();
  assert.match(
    (await steps.textContent()) ?? '',
    /证书还有 \d+ 天到期（\d+年\d+月\d+日）。升级印章要求证书至少还有 60 天/,
  );
  assert.equal(await advice().locator('.renewal-line').count(), 0);
});

test('what a portal says of a revoked certificate is explained, though nothing in the key tells', async () => {
  await insert('demo-revoked');
  const portal = await openPortal(stand);
  const popup = await consentAfter(stand, () => portal.click('#ca-login'));
  await consent(popup, 'demo-revoked');
  const message = portal.locator('.message[data-code=certificate-revoked]');
  await message.waitFor();
  const said = await message.innerText();
  await portal.close();
  await advice().locator('textarea').fill(said);
  await advice().getByRole('button', { name: '查看' }).click();
  const answer = advice().locator('.advice-answer');
  await answer.locator('.message', { hasText: '被注销' }).waitFor();
  assert.match(await answer.innerText(), /这条提示的意思/);
  assert.match(await answer.locator('.advice-steps').innerText(), /已被注销，不能再使用/);
  assert.match(await answer.innerText(), /400-028-1130/);
  // What was found on this computer stays where it was.
  assert.doesNotMatch(await advice().locator('[role=status]').innerText(), /被注销/);
  await advice().locator('textarea').fill('');
  await advice().getByRole('button', { name: '查看' }).click();
});

/** A host that lists a real key, and beside it a driver in a form that no advice can be given on. */
function oddHost(tokens: string): string {
  const path = join(stand.folder, 'odd-host');
  writeFileSync(
    path,
    `#!${process.execPath}
const say = message => {
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  process.stdout.write(Buffer.concat([head, text]));
};
say({ type: 'greeting', name: '${HOST_NAME}', version: '9.8.7', protocol: ${PROTOCOL_VERSION} });
let held = Buffer.alloc(0);
process.stdin.on('data', more => {
  held = Buffer.concat([held, more]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32LE()) {
    const end = 4 + held.readUInt32LE();
    const { id, command } = JSON.parse(held.subarray(4, end));
    held = held.subarray(end);
    const listed = { type: 'tokens', tokens: ${tokens}, modules: [{ name: '驱动' }] };
    say({ type: 'reply', id, reply: command.type === 'tokens' ? listed : { type: 'done' } });
  }
});
`,
    { mode: 0o755 },
  );
  return path;
}

test('where no advice can be given, the keys stay and the section says so with the code', async () => {
  insertOnly(stand.keys, ['demo-unit']);
  const real = new PipedHost(stand.config);
  const listed = await real.ask({ type: 'tokens' });
  await real.end();
  assert.ok(listed.type === 'tokens');
  const manifest = join(stand.profile, 'NativeMessagingHosts', `${HOST_NAME}.json`);
  const registered = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(registered), path: oddHost(JSON.stringify(listed.tokens)) }));
  await page.close();
  for (const pid of hostsOf(stand)) process.kill(pid, 'SIGKILL');
  while (hostsOf(stand).length > 0) await new Promise(resolve => setImmediate(resolve));
  page = await stand.browser.newPage();
  await page.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
  await page.getByText('本机程序工作正常').waitFor({ state: 'attached' });
  await advice().locator('.code', { hasText: 'request-invalid' }).waitFor();
  assert.match(await advice().innerText(), /印信没能给出建议/);
  await page.locator('.token', { hasText: 'demo-unit' }).waitFor();
  assert.ok((await page.locator('.certificate').count()) > 0);
  // The popup says it too.
  const popup = await stand.browser.newPage();
  await popup.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/popup.html`);
  await popup.locator('[role=status] .message-warning').waitFor();
  await popup.locator('.popup-key').first().waitFor();
  await popup.close();
});
