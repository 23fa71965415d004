// Renewals in the workspace: what stands there is the core's own quote, and the calculator inside the
// extension opens with the same order. Certificates of the tariff's CA come from a CA made here.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, text } from '@yinxin/proto';
import type { Locator, Page } from 'playwright-core';
import { enter } from '../stand/drive.js';
import { ROOT } from '../stand/paths.js';
import { loaded, makeStand, PIN, type Stand } from '../stand/stand.js';
import { type Issued, makeToken } from '../stand/tokens.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
type Order = Exclude<Parameters<Package['quote']>[0], { items: unknown }>;
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;

const UNIT = '蓉城示例招标代理有限公司';
const sign = { from: 65, usage: 'digitalSignature,nonRepudiation' } as const;
const encrypt = { from: 65, usage: 'keyEncipherment,dataEncipherment' } as const;
const unit = { subject: `/C=CN/O=${UNIT}/CN=${UNIT}` };
const KEYS: Record<string, Issued[]> = {
  // A dual certificate.
  'fees-unit': [
    { ...unit, ...sign, until: 300 },
    { ...unit, ...encrypt, until: 300 },
  ],
  'fees-soon': [{ ...unit, ...sign, until: 30 }],
  'fees-expired': [{ ...unit, ...sign, from: 400, until: -20 }],
  'fees-expert': [{ subject: '/C=CN/title=评标专家/CN=李示例', ...sign, until: 300 }],
};

let stand: Stand;
let own: Page;
/** What the extension's own pages asked for, and what they complained of. */
const requests: string[] = [];
const complaints: string[] = [];

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  for (const [label, certificates] of Object.entries(KEYS)) {
    renameSync(makeToken(stand.folder, label, PIN, certificates), join(stand.keys, label));
  }
  stand.browser.on('request', request => requests.push(request.url()));
  stand.browser.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  stand.browser.on('weberror', error => complaints.push(String(error.error())));
  own = await stand.browser.newPage();
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
  await own.locator('.token').nth(Object.keys(KEYS).length).waitFor();
});

after(() => stand?.close());

const token = (label: string) => own.locator('.token', { hasText: `UKey：${label}` });
const renewal = (label: string) => token(label).locator('.renewal');
const line = (label: string) => renewal(label).locator('.renewal-line');

/** The core's quote for the first certificate of a key, asked outside of the extension. */
function quoteFor(label: string, order: Omit<Order, 'certificate'>) {
  const der = readFileSync(join(stand.folder, `making-${label}`, '0.der'));
  return core.quote({ certificate: der, years: 1, seals: 1, ...order });
}

/** `300 元`. */
const yuan = (fen: number) => `${fen / 100} 元`;
const money = (fen: number | null) =>
  new Intl.NumberFormat('zh-CN', { style: 'currency', currency: 'CNY' }).format((fen ?? Number.NaN) / 100);

/** What the line says for a quote. */
function lineOf(quote: ReturnType<Package['quote']>): string {
  const seals = quote.items[0]?.seals;
  const terms = quote.comparison?.terms.map(({ years, total }) => `${years} 年 ${yuan(total)}`) ?? [];
  return `更新费用（${seals === 0 ? '不含印章' : `含 ${seals} 个印章`}）：${terms.join(' · ')}`;
}

/** Opens what stands behind the line, by keyboard. */
async function open(label: string): Promise<Locator> {
  const summary = renewal(label).locator('> details > summary');
  await summary.focus();
  await own.keyboard.press('Enter');
  const details = renewal(label).locator('.renewal-details');
  await details.waitFor();
  return details;
}

/** Compares what is shown with a quote, line by line. */
async function shows(details: Locator, quote: ReturnType<Package['quote']>): Promise<void> {
  const rows = await details.locator('.lines tbody tr .amount').allInnerTexts();
  assert.deepEqual(rows, [...quote.lines.map(({ amount }) => money(amount)), ...quote.waived.map(() => '免收')]);
  assert.equal(await details.locator('.lines tfoot .amount').innerText(), money(quote.total));
  const clauses = await details.locator('.clause q').allTextContents();
  assert.deepEqual(
    clauses,
    [...quote.lines, ...quote.waived].map(({ clause }) => clause),
  );
  for (const { reason } of quote.waived) await details.getByText(reason['zh-CN']).first().waitFor();
  const assumed = await details.locator('.assumptions li p').allTextContents();
  assert.equal(assumed.length, quote.assumptions.length);
  for (const [at, { text, ask }] of quote.assumptions.entries()) {
    assert.ok(assumed[at]?.startsWith(text['zh-CN']), `${assumed[at]} is ${text['zh-CN']}`);
    assert.ok(assumed[at]?.includes(ask));
  }
}

/** Follows the link to the steps of a procedure, which are the quote's own. */
async function leadsTo(details: Locator, id: string, quote: ReturnType<Package['quote']>): Promise<void> {
  await details.getByRole('link', { name: '办理步骤见“办事指南”' }).press('Enter');
  const way = own.locator(`#procedure-${id}[open]`);
  await own.waitForFunction(wanted => document.activeElement?.closest('details')?.id === wanted, `procedure-${id}`);
  const known = quote.guidance.procedures.find(procedure => procedure.id === id);
  assert.ok(known);
  assert.equal(await way.locator('.steps > li').count(), known.steps.length);
  for (const [at, { text }] of known.steps.entries()) {
    assert.ok((await way.locator('.steps > li').nth(at).innerText()).startsWith(text['zh-CN']));
  }
  await enter(own, 'keys');
}

/** The steps that the calculator shows, procedure by procedure. */
const procedures = (details: Locator) =>
  details
    .locator('.procedure')
    .evaluateAll(all =>
      all.map(one => [one.querySelector('h4')?.textContent, one.querySelectorAll('.steps > li').length]),
    );
const described = (quote: ReturnType<Package['quote']>) =>
  quote.guidance.procedures.map(({ title, steps }) => [title['zh-CN'], steps.length]);

test('a pair of certificates is renewed once, at the price of the core', async () => {
  const quote = quoteFor('fees-unit', {});
  assert.equal(await token('fees-unit').locator('.certificate').count(), 2);
  assert.equal(await renewal('fees-unit').count(), 1);
  assert.equal(await line('fees-unit').innerText(), lineOf(quote));
  assert.equal(await line('fees-unit').innerText(), '更新费用（含 1 个印章）：1 年 300 元 · 2 年 600 元');

  const details = await open('fees-unit');
  await shows(details, quote);
  await leadsTo(details, 'renewal-online', quote);
  await details
    .getByText('更新在四川CA网厅申请，在证书助手（i信）中完成；印信只告诉您费用和步骤，不能代办。')
    .waitFor();
  assert.equal(await details.locator('.slip-name bdi').innerText(), UNIT);
  await details.getByText(quote.capitals ?? 'no capitals', { exact: true }).waitFor();
});

test('another term, role and number of seals are quoted at once, by keyboard', async () => {
  const details = renewal('fees-unit').locator('.renewal-details');
  await details.getByLabel('1 年').focus();
  await own.keyboard.press('ArrowRight');
  await own.keyboard.press('Tab');
  await own.keyboard.press('ControlOrMeta+A');
  await own.keyboard.type('3');
  await own.keyboard.press('Tab');
  // Not stated, supplier, agency.
  await own.keyboard.press('ArrowDown');
  await own.keyboard.press('ArrowDown');
  assert.equal(await details.getByLabel('参与角色').inputValue(), 'agency');
  const quote = quoteFor('fees-unit', { years: 2, seals: 3, role: 'agency' });
  await details.locator('.lines tfoot .amount', { hasText: money(quote.total) }).waitFor();
  // The role is not assumed any more.
  await details.locator('.assumptions li').nth(quote.assumptions.length).waitFor({ state: 'detached' });
  await shows(details, quote);
  assert.equal(await line('fees-unit').innerText(), lineOf(quote));
  await details.getByText(quote.capitals ?? 'no capitals', { exact: true }).waitFor();
  // Another certificate is not touched by it.
  assert.equal(await line('fees-soon').innerText(), lineOf(quoteFor('fees-soon', {})));
});

test('what is no number changes nothing, and says so', async () => {
  const seals = renewal('fees-unit').getByLabel('印章数量');
  await seals.fill('');
  assert.equal(await seals.getAttribute('aria-invalid'), 'true');
  assert.match(await line('fees-unit').innerText(), /含 3 个印章/);
  await seals.fill('0');
  await line('fees-unit')
    .getByText(lineOf(quoteFor('fees-unit', { years: 2, seals: 0, role: 'agency' })))
    .waitFor();
});

test('the calculator opens inside the extension with the same order', async () => {
  const quote = quoteFor('fees-unit', { years: 2, seals: 0, role: 'agency' });
  const opened = stand.browser.waitForEvent('page');
  await renewal('fees-unit').getByRole('link', { name: '在费用计算器中打开' }).press('Enter');
  const calculator = await opened;
  await loaded(calculator);
  const [address, order] = calculator.url().split('#');
  assert.equal(address, `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/calculator.html`);
  assert.match(order ?? '', /^agency\.renewal\.2y\.1c\.0s\.20\d\d-\d\d-\d\d$/);
  await calculator.locator('.lines tfoot .amount', { hasText: money(quote.total) }).waitFor();
  assert.equal(await calculator.locator('.total-capitals').innerText(), quote.capitals);
  assert.equal(await calculator.getByLabel('代理机构').isChecked(), true);
  // The steps of a renewal in time, which it knows from the last day.
  assert.deepEqual(await procedures(calculator.locator('.answer')), described(quote));
  await calculator.close();
});

test('with few days left, or none, the card leads to the next step', async () => {
  for (const [label, id] of [
    ['fees-soon', 'renewal-online'],
    ['fees-expired', 'renewal-lapsed-online'],
  ] as const) {
    const quote = quoteFor(label, {});
    const card = token(label).locator('.certificate');
    await card.getByRole('link', { name: '怎么办，请看“下一步”' }).waitFor();
    assert.equal(await line(label).innerText(), lineOf(quote));
    // Nothing else on the card asks for the same.
    assert.equal(await card.locator('.message').count(), 0, label);
    assert.doesNotMatch(await card.innerText(), /请尽早办理|请先办理证书更新/);
    const details = await open(label);
    await shows(details, quote);
    await leadsTo(details, id, quote);
  }
});

test('an expert has prices of their own, and no transfer of a unit', async () => {
  const quote = quoteFor('fees-expert', {});
  assert.equal(await line('fees-expert').innerText(), '更新费用（含 1 个印章）：1 年 100 元 · 2 年 200 元');
  assert.equal(await line('fees-expert').innerText(), lineOf(quote));
  const details = await open('fees-expert');
  await shows(details, quote);
  assert.equal(await details.locator('.slip-name').count(), 0);
  assert.equal(await details.getByLabel('参与角色').count(), 0);
  await details.locator('.assumptions', { hasText: '没有写明评标专家个人怎样缴费' }).waitFor();
});

test("for another CA's certificate no amount stands in front, and no steps of this one", async () => {
  assert.equal(await renewal('demo-unit').count(), 1);
  const said = text({ code: 'tariff-other-authority', params: { issuer: '印信演示签发证书' } }, 'zh-CN');
  const front = await renewal('demo-unit').innerText();
  assert.doesNotMatch(front, /元/);
  const details = await open('demo-unit');
  const words = await details.innerText();
  assert.ok(words.includes(said.message) && words.includes(said.remedy), words);
  assert.equal(await details.locator('.lines tfoot .amount').innerText(), '¥300.00');
  assert.equal(await details.locator('.slip-pairs, a[href^="#procedure"]').count(), 0);
});

test('what the next step costs stands with it, and not again with the certificate', async () => {
  for (const label of readdirSync(stand.keys))
    if (label !== 'fees-soon') rmSync(join(stand.keys, label), { recursive: true });
  await token('fees-unit').waitFor({ state: 'detached' });
  const told = own.locator('.advice [role=status] .renewal-line');
  await told.waitFor();
  assert.equal(await told.innerText(), lineOf(quoteFor('fees-soon', {})));
  assert.equal(await line('fees-soon').count(), 0);
  assert.equal(await renewal('fees-soon').count(), 1);
});

describe('what leaves the pages', () => {
  test('links go out in tabs of their own that know nothing of where they come from', async () => {
    const links = await own
      .locator('main a[href^="http"]')
      .evaluateAll(all => all.map(link => [link.getAttribute('target'), link.getAttribute('rel')].join()));
    assert.ok(links.length > 0);
    assert.deepEqual([...new Set(links)], ['_blank,noopener noreferrer']);
  });

  test('nothing was asked of any network, and no policy was broken', () => {
    assert.ok(requests.some(url => url.endsWith('/calculator.js')));
    const elsewhere = requests.filter(url => !/^(chrome-extension|data|blob):/.test(url));
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(complaints, []);
  });
});
