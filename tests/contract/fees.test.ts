// Fees as scripts call them: shapes of quotes, texts of errors, hostile values, lists in chunks, and capital numerals
// beside another library.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import nzh from 'nzh/cn';
import * as alone from '../../wasm/pkg/fees/yinxin_fees.js';
import type { OrderItem } from '../../wasm/pkg/node/yinxin.js';
import { TEXTS } from '../../wasm/proto/ts/index.js';
import { ROOT } from '../stand/paths.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;
alone.initSync({ module: readFileSync(join(ROOT, 'wasm/pkg/fees/yinxin_fees_bg.wasm')) });

const order = (...items: OrderItem[]) => ({ items });
const supplier = { role: 'supplier', service: 'new', years: 1, certificates: 1, seals: 1 } as const;

/** A self-made certificate: 示例采购有限公司, until the end of 2027-08-14 in China. Its signature is none. */
const CERTIFICATE = makeCertificate('示例采购有限公司', '270814155959Z');

function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const value = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag, ...(value.length < 0x80 ? [value.length] : [0x81, value.length])), value]);
}

function makeCertificate(name: string, notAfter: string): Uint8Array {
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
  const text = (tag: number, value: string) => element(tag, Buffer.from(value));
  const sm2 = element(0x30, hex('06082a811ccf55018375'));
  const attribute = (oid: string) => element(0x31, element(0x30, hex(oid), text(0x0c, name)));
  const names = element(0x30, attribute('060355040a'), attribute('0603550403'));
  const validity = element(0x30, text(0x17, '260101000000Z'), text(0x17, notAfter));
  const key = element(0x30, element(0x30, hex('06072a8648ce3d020106082a811ccf5501822d')), element(0x03, hex('0004')));
  const tbs = element(0x30, hex('a003020102'), hex('02020090'), sm2, names, validity, names, key);
  return element(0x30, tbs, sm2, element(0x03, hex('0000')));
}

test('a quote has lines with rule, clause, quantity, unit price and amount, and a total in fen', () => {
  const { lines, total, capitals, assumptions, waived, perYear, comparison, findings } = core.quote(order(supplier));
  assert.deepEqual(
    lines.map(({ rule, clause, quantity, unitPrice, amount }) => ({ rule, clause, quantity, unitPrice, amount })),
    [
      {
        rule: 'unit-opening',
        clause: '每证100元，为一次性收取，含介质费',
        quantity: 1,
        unitPrice: 10000,
        amount: 10000,
      },
      {
        rule: 'unit-service',
        clause: '200元/年（包括变更、解锁、注销服务）',
        quantity: 1,
        unitPrice: 20000,
        amount: 20000,
      },
      { rule: 'unit-seal', clause: '100元/年/个', quantity: 1, unitPrice: 10000, amount: 10000 },
    ],
  );
  assert.deepEqual([total, capitals, perYear, waived, findings], [40000, '人民币肆佰元整', 40000, [], []]);
  assert.deepEqual(
    assumptions.map(({ id, ask, items }) => [id, ask, items]),
    [['tax', '400-028-1130', [1]]],
  );
  assert.deepEqual([comparison?.shortestRenewed, comparison?.saving], [70000, 10000]);
});

test('an open total is null, with a range where there is one', () => {
  const part = { role: 'supplier', service: 'seal-new', seals: 1, remainingDays: 180 } as const;
  const quote = core.quote(order(part));
  assert.deepEqual([quote.total, quote.lines[0]?.amount, quote.range], [null, null, { from: 4932, to: 10000 }]);
  const upgrade = { role: 'supplier', service: 'seal-upgrade', seals: 1 } as const;
  const asked = (item: OrderItem) => {
    const { total, range, findings, assumptions } = core.quote(order(item));
    return [total, range, findings.map(({ code }) => code), assumptions.map(({ id }) => id)];
  };
  assert.deepEqual(asked({ ...upgrade, biddingClass: false }), [null, undefined, ['upgrade-not-free'], []]);
  assert.deepEqual(asked(upgrade), [0, undefined, [], ['bidding-class']]);
  assert.deepEqual(asked({ ...upgrade, biddingClass: true, remainingDays: 60 }), [0, undefined, [], []]);
  assert.deepEqual(asked({ ...upgrade, biddingClass: true, remainingDays: 59 }), [
    0,
    undefined,
    ['renew-before-upgrade'],
    [],
  ]);
});

test('what the holder of a certificate orders next follows from it', () => {
  const now = '2027-06-15T16:00:00Z';
  const quote = core.quote({ certificate: CERTIFICATE, now, seals: 1 });
  assert.deepEqual(quote.items, [
    { role: 'supplier', service: 'renewal', years: 1, certificates: 1, seals: 1, remainingDays: 59 },
  ]);
  assert.equal(quote.total, 30000);
  assert.deepEqual(
    quote.findings.map(({ code }) => code),
    ['tariff-other-authority'],
  );
  const bytes = Uint8Array.from(CERTIFICATE).buffer;
  const base64 = Buffer.from(CERTIFICATE).toString('base64');
  for (const certificate of [bytes, base64]) {
    const again = core.quote({ certificate, now: Date.parse(now), seals: 1 });
    assert.deepEqual(again, quote);
  }
  const [days] = core.quote({ certificate: CERTIFICATE, now: '2027-06-15T15:59:59Z' }).items;
  assert.equal(days?.remainingDays, 60);
});

test('the tariff is given as data, and reads back as the same', () => {
  const own = core.tariff();
  assert.deepEqual(core.tariff(JSON.stringify(own)), own);
  assert.deepEqual(core.tariff(own), own);
  assert.equal(own.authority.name['zh-CN'], '四川CA');
  const dear = structuredClone(own);
  for (const price of dear.prices) price.price *= 2;
  assert.equal(core.quote(order(supplier), dear).total, 80000);
  assert.equal(core.quote(order(supplier), JSON.stringify(dear)).total, 80000);
  const wrong = structuredClone(own);
  (wrong.prices[2] as { price: number }).price = -1;
  assert.throws(() => core.quote(order(supplier), wrong), {
    code: 'tariff-invalid',
    params: { place: 'prices[2].price', reason: 'a whole number from 0 to 1000000 is expected' },
  });
  assert.throws(() => core.tariff('{"id":'), { code: 'tariff-invalid' });
  assert.throws(() => core.tariff(`"${'x'.repeat(1_000_001)}"`), { code: 'tariff-invalid' });
});

test('what cannot be ordered is an error with a code, its evidence and its text in both languages', () => {
  for (const [item, code, params] of [
    [{ ...supplier, years: 3 }, 'order-years-invalid', { item: 1, value: '3', terms: '1 / 2' }],
    [{ ...supplier, certificates: 0 }, 'order-certificate-missing', { item: 1 }],
    [{ ...supplier, certificates: 0, seals: 0 }, 'order-nothing', { item: 1 }],
    [{ ...supplier, certificates: 10_001 }, 'order-count-invalid', { item: 1, value: '10001', limit: 10_000 }],
    [{ ...supplier, certificates: Number.NaN }, 'order-count-invalid', { item: 1, value: 'NaN', limit: 10_000 }],
    [{ ...supplier, service: 'lease' }, 'order-service-unknown', { item: 1, service: 'lease' }],
    [{ ...supplier, service: ' ' }, 'order-service-missing', { item: 1 }],
    [{ ...supplier, role: '' }, 'order-role-missing', { item: 1 }],
    [{ ...supplier, years: undefined }, 'order-years-missing', { item: 1, terms: '1 / 2' }],
    [{ ...supplier, remainingDays: 5 }, 'order-days-unfit', { item: 1 }],
  ] as const) {
    assert.throws(() => core.quote(order(item as OrderItem)), { name: 'YinxinError', code, params });
  }
  assert.throws(() => core.quote({ items: [] }), { code: 'order-empty' });
  const tooMany = { items: Array.from({ length: 10_001 }, () => supplier) };
  assert.throws(() => core.quote(tooMany), { code: 'order-too-long', params: { limit: 10_000 } });
  const codes = Object.keys(TEXTS.en).filter(code => /^(order|tariff|list)-/.test(code));
  assert.ok(codes.length >= 20, `${codes.length} codes`);
  for (const code of codes) {
    const named = ['reason', 'role', 'service', 'value', 'terms', 'place', 'issuer'].map(name => [name, '某词']);
    const params = {
      ...Object.fromEntries(named),
      item: 7,
      limit: 9,
      rows: 9,
      columns: code === 'list-too-long' ? 9 : '某列',
    };
    const [zh, en] = (['zh-CN', 'en'] as const).map(locale => core.text(code as never, params as never, locale));
    assert.ok(zh && en && zh.message !== en.message && zh.remedy !== en.remedy, code);
    for (const text of [zh.message, zh.remedy, en.message, en.remedy]) {
      assert.ok(text.length > 0 && !/[{}]/.test(text), `${code}: ${text}`);
    }
    assert.match(zh.message, /\p{Script=Han}/u);
  }
});

/** Values that no caller means well with, each with what it is. */
function hostile(): [string, unknown][] {
  const fail = (): never => {
    throw new Error('a trap');
  };
  const traps = new Proxy(
    {},
    { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
  );
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  const cyclic: Record<string, unknown> = {};
  cyclic.items = [cyclic];
  let wide: unknown = 1;
  for (let depth = 0; depth < 7; depth += 1) wide = Array(200).fill(wide);
  const item = (fields: object) => order({ ...supplier, ...fields } as OrderItem);
  return [
    ...[null, true, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('x'), fail, 'x', '', {}, new Date()].map(
      (value): [string, unknown] => [typeof value, value],
    ),
    ['an empty list', []],
    ['traps', traps],
    ['a revoked proxy', revoked],
    ['a cycle', cyclic],
    ['traps in a list', { items: [traps] }],
    ['a list of traps', { items: traps }],
    ['a proxy of a list', { items: new Proxy([], { get: fail }) }],
    ['a long proxy', { items: new Proxy([], { get: (_, name) => (name === 'length' ? 1e308 : 0) }) }],
    ['a getter', { items: [{ ...supplier, get seals() { return fail(); } }] }], // biome-ignore format: one line
    ['a getter that throws nothing', { get items() { throw undefined; } }], // biome-ignore format: one line
    ['a million', { items: Array(1e6).fill(supplier) }],
    ['the longest list', { items: new Array(2 ** 32 - 1) }],
    ['the same, again and again', { items: wide }],
    ['a long text', item({ role: 'x'.repeat(3e6) })],
    ['a symbol', item({ years: Symbol('1') })],
    ['a function', item({ years: () => 1 })],
    ['a large integer', item({ certificates: 10n ** 40n })],
    ['bytes', item({ seals: new Uint8Array(3) })],
    ['a boolean', item({ seals: true })],
    ['a list', item({ seals: [1] })],
    ['infinity', item({ seals: Number.NEGATIVE_INFINITY })],
    ['traps as a certificate', { certificate: traps }],
    ['a proxy of bytes', { certificate: new Proxy(new Uint8Array(3), {}) }],
    ['no certificate', { certificate: new Uint8Array(3) }],
    ['no time', { certificate: CERTIFICATE, now: Number.NaN }],
    ['traps as a time', { certificate: CERTIFICATE, now: traps }],
    ['both', { certificate: CERTIFICATE, items: [] }],
    ['a map', new Map([['items', [supplier]]])],
  ];
}

test('hostile values are errors with a code, and the module goes on', () => {
  const list = new core.OrderList([['名称', '角色', '业务']]);
  const good = ['示例采购有限公司', '供应商', '补办'];
  for (const [what, value] of hostile()) {
    const given = value as never;
    const calls: [string, () => unknown][] = [
      ['quote', () => core.quote(given)],
      ['tariff', () => core.quote(order(supplier), given === null ? ('null' as never) : given)],
      ['list', () => new core.OrderList(given)],
      [
        'tariff of a list',
        () => new core.OrderList([['名称', '角色', '业务']], given === null ? ([] as never) : given),
      ],
      ['rows', () => list.push((what === 'an empty list' ? [[[]]] : value) as never, 1)],
      ['cells', () => list.push([[...good, typeof value === 'string' ? 1 : value]] as never, 1)],
      ['number', () => list.push([good], value === 1 ? (1.5 as never) : given)],
      ['capitals', () => core.capitals(value === 1 ? (0.5 as never) : given)],
    ];
    for (const [call, run] of calls) {
      let thrown: { name?: string; code?: string } | undefined;
      try {
        run();
      } catch (error) {
        thrown = error as typeof thrown;
      }
      assert.equal(thrown?.name, 'YinxinError', `${call}, ${what}: ${thrown}`);
      assert.ok(thrown.code && thrown.code in TEXTS.en, `${call}, ${what}: ${thrown.code}`);
    }
    assert.equal(core.quote(order(supplier)).total, 40000, what);
  }
  // A getter that reaches back into the list runs before the list is entered.
  const back = { get length() { return list.totals().rows; } }; // biome-ignore format: one line
  const rows = new Proxy([], { get: (_, name) => Reflect.get(back, name) });
  assert.deepEqual(list.push(rows as never, 1), []);
  assert.equal(list.push([good], 1)[0]?.amount, 5000);
  assert.equal(list.totals().total, 5000);
});

test('an order may be a proxy that behaves, as frameworks make them', () => {
  const reactive = <T extends object>(value: T): T =>
    new Proxy(value, {
      get: (of, name) => {
        const found = Reflect.get(of, name);
        return typeof found === 'object' && found !== null ? reactive(found) : found;
      },
    });
  assert.deepEqual(core.quote(reactive(order(supplier))), core.quote(order(supplier)));
  assert.deepEqual(core.tariff(reactive(core.tariff())), core.tariff());
});

test('the module of fees alone answers as the whole package does', () => {
  const roles = core.orderWords().roles.map(({ id }) => id);
  for (const role of roles) {
    for (const { id: service, forSeals } of core.orderWords().services) {
      for (const years of [1, 2]) {
        const items = [{ role, service, years, certificates: forSeals ? 0 : 2, seals: 3 }];
        assert.deepEqual(alone.quote({ items }), core.quote({ items }));
      }
    }
  }
  const now = '2027-08-01';
  const certificate = core.parseCertificate(CERTIFICATE, now);
  assert.deepEqual(alone.quote({ certificate, now }), core.quote({ certificate: CERTIFICATE, now }));
  assert.deepEqual(core.quote({ certificate, now }), core.quote({ certificate: CERTIFICATE, now }));
  // Alone, it reads no certificates.
  assert.throws(() => alone.quote({ certificate: CERTIFICATE as never, now }), {
    code: 'order-unreadable',
    message: /parseCertificate/,
  });
  // What the door could not copy is no certificate, and no fault of the site's.
  for (const wrong of [undefined, () => assert.fail(), 7, {}, { holder: 1 }]) {
    const order =
      wrong === undefined
        ? Object.defineProperty({}, 'certificate', { enumerable: true, get: () => assert.fail() })
        : { certificate: wrong };
    for (const fees of [alone, core]) assert.throws(() => fees.quote(order as never), { code: 'order-unreadable' });
  }
  assert.deepEqual(alone.orderWords(), core.orderWords());
  assert.deepEqual(alone.tariff(), core.tariff());
  assert.throws(() => alone.quote({ items: [] }), { name: 'YinxinError', code: 'order-empty' });
});

test('ten thousand rows come in chunks, and make one total for each payer', () => {
  const titles = ['证书名称', '参与角色', '办理业务', '年限', '印章数量'];
  const rows = Array.from({ length: 10_000 }, (_, at) => {
    const payer = `示例单位${at % 100}`;
    return at % 1000 === 999 ? [payer, '供应商', '续期', '1', ''] : [payer, '供应商', '新办', '２', '1'];
  });
  const totals = [100, 4096, 10_000].map(size => {
    const list = new core.OrderList([['清单'], titles]);
    assert.equal(list.columns().header, 1);
    const seen = [];
    for (let at = 0; at < rows.length; at += size) seen.push(...list.push(rows.slice(at, at + size), at + 3));
    assert.equal(seen.length, 10_000);
    assert.deepEqual(
      seen.filter(({ error }) => error).map(({ row, error }) => [row, error?.code]),
      Array.from({ length: 10 }, (_, at) => [at * 1000 + 1002, 'order-renewal-unclear']),
    );
    assert.deepEqual(seen[0], {
      row: 3,
      name: '示例单位0',
      amount: 60000,
      item: { role: 'supplier', service: 'new', years: 2, certificates: 1, seals: 1 },
    });
    const out = list.totals();
    list.free();
    return out;
  });
  assert.deepEqual(totals[1], totals[0]);
  assert.deepEqual(totals[2], totals[0]);
  const [{ payers, rows: counted, errors, total }] = totals as [(typeof totals)[0] & object];
  // 9,990 times 2 × 200 + 2 × 100 yuan.
  assert.deepEqual([payers.length, counted, errors, total], [100, 9990, 10, 9990 * 60000]);
  assert.deepEqual(payers[99], {
    name: '示例单位99',
    rows: 90,
    errors: 10,
    certificates: 90,
    seals: 90,
    total: 5400000,
    capitals: '人民币伍万肆仟元整',
  });
});

test('rows and columns beyond the limit are refused at once', () => {
  const list = new core.OrderList([['名称', '角色', '业务']]);
  const long = { code: 'list-too-long', params: { rows: 20_000, columns: 64 } };
  assert.throws(() => list.push(Array(20_001).fill([]), 1), long);
  assert.throws(() => list.push([Array(65).fill('')], 1), long);
  assert.equal(list.push([['长'.repeat(10_000), '供应商', '补办']], 1)[0]?.name.length, 500);
});

test('capital numerals are those of another library', () => {
  const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
  // The one difference: nzh leaves out 整 after 元, which the rules ask for (正确填写票据和结算凭证的基本规定, 2).
  // Where the rules leave a zero to the writer, both write none.
  const theirs = (fen: number) => nzh.toMoney(yuan(fen)).replace(/元$/, '元整');
  const digits = [0, 1, 10, 100, 1000, 10_000, 100_000, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
  const amounts = [...Array(20_000).keys(), Number.MAX_SAFE_INTEGER];
  for (const a of digits) for (const b of digits) for (const c of digits) amounts.push(7 * a + 3 * b + c);
  let seed = 1;
  for (let round = 0; round < 20_000; round += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    amounts.push((seed * 1_234_567) % 10 ** ((round % 14) + 2));
  }
  for (const fen of amounts.filter(fen => Number.isSafeInteger(fen))) {
    assert.equal(core.capitals(fen), theirs(fen), yuan(fen));
  }
});
