// Procedures in the workspace, with real keys: the one that a finding leads to is open, and what the machine sees in
// the key is ticked as soon as it is inserted.
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { enter } from '../stand/drive.js';
import { insertOnly, makeStand, PIN, type Stand } from '../stand/stand.js';
import { type Issued, makeToken } from '../stand/tokens.js';

const UNIT = '蓉城示例招标代理有限公司';
const sign: Omit<Issued, 'from' | 'until'> = {
  subject: `/C=CN/O=${UNIT}/CN=${UNIT}`,
  usage: 'digitalSignature,nonRepudiation',
};

let stand: Stand;
let own: Page;
/** Keys that were made, and wait. */
let making: Record<'old' | 'renewed', string>;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  making = {
    old: makeToken(stand.folder, 'unit-old', PIN, [{ ...sign, from: 400, until: -20 }]),
    renewed: makeToken(stand.folder, 'unit-renewed', PIN, [{ ...sign, from: 1, until: 364 }]),
  };
  own = await stand.browser.newPage();
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html#guide`);
  await way('new-online').waitFor();
});

after(() => stand?.close());

const way = (id: string) => own.locator(`#procedure-${id}`);
const isOpen = (id: string) => way(id).evaluate(details => (details as HTMLDetailsElement).open);
const step = (id: string, at: number) => way(id).locator('.steps > li').nth(at);

test('on a healthy key every way is there, and none is open', async () => {
  assert.equal(await own.locator('.way').count(), 16);
  assert.equal(await own.locator('.way details[open]').count(), 0);
  assert.equal(await own.locator('.ways').count(), 0);
  for (const contact of ['400-028-1130', '4008676868', 'SCCA2007', '400-160-0900']) {
    assert.ok((await own.locator('.way-facts dd', { hasText: contact }).count()) > 0, contact);
  }
  // Telephone numbers are dialled as they stand, and never broken.
  const phones = await own
    .locator('.way-facts a.phone')
    .evaluateAll(all =>
      all.map(link => [link.textContent, link.getAttribute('href'), getComputedStyle(link).whiteSpace].join(' ')),
    );
  assert.deepEqual([...new Set(phones)].sort(), [
    '400-028-1130 tel:4000281130 nowrap',
    '400-160-0900 tel:4001600900 nowrap',
  ]);
});

test('an expired certificate opens its renewal, which says what is not seen yet and what it costs', async () => {
  insertOnly(stand.keys, []);
  const inserted = join(stand.keys, 'unit-old');
  renameSync(making.old, inserted);
  await step('renewal-lapsed-online', 2).getByText('还没有看到结果：').waitFor();
  assert.equal(await isOpen('renewal-lapsed-online'), true);
  assert.equal(
    await own.locator('.way').first().locator('details').getAttribute('id'),
    'procedure-renewal-lapsed-online',
  );
  assert.match(await step('renewal-lapsed-online', 2).innerText(), new RegExp(`${UNIT}”的证书已于 .+ 到期`));
  // The finding itself says what it costs, and leads to how it is done.
  const finding = own.locator('.advice [role=status] .message').first();
  assert.equal(await finding.locator('.renewal-terms').textContent(), '1 年 300 元 · 2 年 600 元');
  assert.equal(
    await finding.locator('.procedure-links a').first().getAttribute('href'),
    '#procedure-renewal-lapsed-online',
  );
  // Nobody sees whether an application was sent.
  assert.equal(await step('renewal-lapsed-online', 0).locator('.task-seen').count(), 0);
  const facts = await way('renewal-lapsed-online').locator('.way-facts').first().innerText();
  assert.match(facts, /1 年 300 元 · 2 年 600 元/);
  assert.match(facts, /经办人或法定代表人/);
  const calculator = way('renewal-lapsed-online').getByRole('link', { name: '在费用计算器中打开' });
  assert.match((await calculator.getAttribute('href')) ?? '', /^calculator\.html#supplier\.renewal\.1y\.1c\.1s\./);
  renameSync(inserted, making.old);
});

test('the tick appears by itself when the renewed key goes in', async () => {
  const old = join(stand.keys, 'unit-old');
  const renewed = join(stand.keys, 'unit-renewed');
  renameSync(making.old, old);
  await step('renewal-lapsed-online', 2).getByText('还没有看到结果：').waitFor();
  renameSync(old, making.old);
  renameSync(making.renewed, renewed);
  await step('renewal-lapsed-online', 2).getByText('已完成：').waitFor();
  assert.match(await step('renewal-lapsed-online', 2).innerText(), new RegExp(`${UNIT}”的新证书`));
  // It stays where it was, open, though nothing leads there any more.
  assert.equal(await isOpen('renewal-lapsed-online'), true);
  assert.match(await own.locator('.ways').first().innerText(), /过期证书更新/);
  // The software key holds no seal of this one: not known, so not ticked.
  assert.equal(await step('renewal-lapsed-online', 3).locator('.task-seen').count(), 0);
  renameSync(renewed, making.renewed);
});

test('of two keys of one unit each is told by itself', async () => {
  const [old, renewed] = [join(stand.keys, 'unit-old'), join(stand.keys, 'unit-renewed')];
  renameSync(making.old, old);
  renameSync(making.renewed, renewed);
  const seen = step('renewal-lapsed-online', 2).locator('.task-seen');
  await seen.nth(1).waitFor();
  const said = await seen.allTextContents();
  assert.ok(
    said.some(text => /^已完成： UKey unit-renewed：/.test(text)),
    String(said),
  );
  assert.ok(
    said.some(text => /^还没有看到结果： UKey unit-old：/.test(text)),
    String(said),
  );
  assert.match(await way('renewal-lapsed-online').locator('summary').innerText(), /^(?!.*已完成$)/);
  renameSync(old, making.old);
  renameSync(renewed, making.renewed);
});

test('from the finding to its procedure by keyboard alone', async () => {
  insertOnly(stand.keys, ['demo-expired']);
  await enter(own, 'keys');
  const link = own.locator('.advice .procedure-links a', { hasText: '窗口现场办理' }).first();
  await link.waitFor();
  await way('renewal-counter').locator('summary').waitFor({ state: 'attached' });
  assert.equal(await isOpen('renewal-counter'), false);
  await own.bringToFront();
  await own.locator('h1').focus();
  for (let at = 0; at < 40 && !(await link.evaluate(of => of === document.activeElement)); at++) {
    await own.keyboard.press('Tab');
  }
  await own.keyboard.press('Enter');
  await own.waitForFunction(() => document.activeElement?.closest('details')?.id === 'procedure-renewal-counter');
  assert.equal(await isOpen('renewal-counter'), true);
  assert.match(await way('renewal-counter').innerText(), /携带申请资料及数字证书USBKey/);
  await own.keyboard.press('Enter');
  assert.equal(await isOpen('renewal-counter'), false);
});

test('what stands on the card of a certificate leads to the advice', async () => {
  await enter(own, 'keys');
  const card = own.locator('.token .certificate').first();
  // Its seal ended with it, which needs no second pointer.
  await card.getByRole('link', { name: '怎么办，请看“下一步”' }).press('Enter');
  await own.waitForFunction(() => document.activeElement?.id === 'advice');
});

test('one procedure is printed, without the rest of the page', async () => {
  await enter(own, 'guide');
  await own.evaluate(() => {
    window.print = () => undefined;
  });
  await way('renewal-counter').locator('summary').press('Enter');
  await way('renewal-counter').getByRole('button', { name: '打印' }).press('Enter');
  await own.emulateMedia({ media: 'print' });
  assert.equal(await way('renewal-counter').getByText('携带申请资料').isVisible(), true);
  assert.equal(await own.locator('.advice').isVisible(), false);
  assert.equal(await way('new-online').isVisible(), false);
  await own.emulateMedia({ media: null });
  await own.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  assert.equal(await own.locator('[data-printing]').count(), 0);
});

test('axe finds nothing with every procedure open', async () => {
  await own.locator('.way details').evaluateAll(all => {
    for (const details of all) (details as HTMLDetailsElement).open = true;
  });
  const { violations, passes } = await new AxeBuilder({ page: own }).setLegacyMode().analyze();
  assert.deepEqual(
    violations.map(({ id }) => id),
    [],
  );
  assert.ok(passes.length > 5);
});
