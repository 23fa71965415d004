// The declarations of the packages: what portals and pages write against them compiles, nothing of them is `any`, and what
// functions really give is what they declare, field by field.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostReply, Token } from '@yinxin/proto';
import { initSync, readTable, writeTable } from '../../wasm/pkg/sheet/yinxin_sheet.js';
import { type Authority, makeAuthority, makeCms, makeProof, trustOf } from '../../www/demo/testing/pki.js';
import { DATA, noData } from '../stand/data.js';
import { ROOT, temporary } from '../stand/paths.js';
import { Pdf } from '../stand/pdf.js';
import { attempt } from '../stand/process.js';
import { makeSeal, setSeal } from '../stand/seals.js';
import { judge, readField } from './field.js';

type Core = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Core;

/** Each package: its declarations, and whose exports a consumer of it calls. */
const PACKAGES = {
  verify: 'verify/yinxin_verify',
  fees: 'fees/yinxin_fees',
  sheet: 'sheet/yinxin_sheet',
  documents: 'documents/yinxin_documents',
  all: 'node/yinxin',
} as const;
const declarations = (name: keyof typeof PACKAGES): string =>
  readFileSync(join(ROOT, 'wasm/pkg', `${PACKAGES[name]}.d.ts`), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

/** What a compiler says of files, as a caller's that has nothing but the language and the platform. */
function compiledBy(compiler: string, how: string[], files: string[]): string {
  const common = '--noEmit --strict --exactOptionalPropertyTypes --target es2020 --lib es2020,dom --pretty false';
  const { stdout } = attempt(process.execPath, [
    join(ROOT, 'node_modules', compiler, 'bin/tsc'),
    ...common.split(' '),
    ...['--module', 'esnext', '--moduleResolution', 'bundler'],
    ...how,
    ...files,
  ]);
  return stdout.toString();
}

const compiled = (...files: string[]): string => compiledBy('typescript', ['--ignoreConfig', '--types', ''], files);

test('what portals and pages write against the packages compiles', () => {
  const consumers = Object.keys(PACKAGES).map(name => join(ROOT, `tests/contract/consumers/${name}.ts`));
  assert.equal(compiled(...consumers), '');
  // The oldest that the declarations are for.
  const alone = ['--skipDefaultLibCheck', '--typeRoots', '/nonexistent'];
  assert.equal(compiledBy('typescript-oldest', alone, consumers.slice(0, -1)), '');
});

test('they use everything that is exported, and nothing of it is any', () => {
  const used = new Map(
    Object.keys(PACKAGES).map(name => [name, readFileSync(join(ROOT, `tests/contract/consumers/${name}.ts`), 'utf8')]),
  );
  for (const name of Object.keys(PACKAGES) as (keyof typeof PACKAGES)[]) {
    const text = declarations(name);
    const others = { all: ['documents', 'verify', 'fees'], documents: ['verify'] };
    const code = [name, ...(name in others ? others[name as keyof typeof others] : [])]
      .map(one => used.get(one))
      .join();
    const exported = [...text.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, known = '']) => known);
    const callable = exported.filter(known => !['initSync', '__wbg_init'].includes(known));
    assert.deepEqual(
      callable.filter(known => !code.includes(`core.${known}(`)),
      [],
      name,
    );
    if (name === 'all') assert.deepEqual([...callable, 'YinxinError'].sort(), Object.keys(core).sort());
    assert.doesNotMatch(text, /[:<(|] *any\b/, name);
  }
  for (const [name, other] of [
    ['fees', 'CertificateFacts'],
    ['verify', 'Quote'],
    ['verify', 'SigningStart'],
    ['verify', 'OfdVerdict'],
    ['verify', 'PdfVerdict'],
    ['documents', 'SigningStart'],
    ['sheet', 'Quote'],
  ] as const)
    assert.ok(!declarations(name).includes(`export type ${other} `), `${name} declares ${other}`);
});

/** What a function gave, by the type that it declares. */
interface Given {
  readonly type: string;
  readonly value: unknown;
}

/** The package, whose answers are kept. */
function recording(kept: Given[]): Core {
  return new Proxy(core, {
    get(target, name: string & keyof Core) {
      const known = target[name] as (...given: unknown[]) => unknown;
      if (!/^[a-z]/.test(name)) return known;
      return (...given: unknown[]) => {
        const value = known(...given);
        kept.push({ type: `ReturnType<typeof core.${name}>`, value });
        return value;
      };
    },
  });
}

/** A value as it is written in a program; bytes as some. */
function literal(value: unknown): string {
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${literal(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

/** Says what is wrong with values as what they are declared as: missing fields, more than there are, other types. */
function mismatches(values: readonly Given[]): string {
  const folder = temporary();
  try {
    const lines = new Set(values.map(({ type, value }) => `const $: ${type} = ${literal(value)};`));
    const file = join(folder.path, 'given.ts');
    const from = (name: string, path: string) =>
      `import type * as ${name} from ${JSON.stringify(join(ROOT, 'wasm/pkg', `${path}.js`))};`;
    const head = [from('core', PACKAGES.all), from('sheet', PACKAGES.sheet), 'declare const bytes: Uint8Array;'];
    const body = [...lines].map((line, index) => line.replace('$', `given${index}`));
    writeFileSync(file, [...head, ...body, 'export {};', ''].join('\n'));
    return compiled(file);
  } finally {
    folder.remove();
  }
}

/** Answers about what OpenSSL made: certificates, logins, CMS, seals. */
function verdicts(core: Core, authority: Authority): void {
  const at = '2026-11-20T02:00:00Z';
  const subject = '/C=CN/O=示例采购有限公司/CN=示例采购有限公司';
  const [holder, other] = [authority.issue({ subject }), authority.issue({ subject, usage: 'keyEncipherment' })];
  authority.revoke(other);
  const { certificate } = holder;
  const trust = { ...trustOf(authority), at };
  core.parseCertificate(certificate, at);
  core.pairCertificates([certificate, other.certificate]);
  for (const one of [certificate, other.certificate]) core.verifyCertificate({ ...trust, certificate: one });
  core.verifyCertificate({ certificate, at });
  const [origin, session] = ['https://portal.example', 'session'];
  const challenge = core.newLoginChallenge({ origin, session, at });
  const proof = makeProof(holder, origin, 'login', challenge.challenge);
  for (const sent of [proof, {}]) core.verifyLogin({ ...trust, proof: sent, challenge, origin, session });
  const content = Buffer.from('合同');
  for (const attached of [true, false]) {
    const cms = makeCms(holder, content, attached);
    core.verifyCms({ ...trust, cms, content });
    core.verifyCms({ cms, trust: 'unchecked' });
  }
  const seal = makeSeal(holder, { name: '示例采购有限公司', users: [holder] });
  core.parseSeal(seal, at);
  core.verifySeal({ seal, makers: [certificate], certificate, at });
  const signature = setSeal(holder, seal, content);
  const { issuers: _, crls: __, ...from } = trust;
  core.verifySealSignature({ ...from, signature, makers: [certificate], content });
  core.verifySealSignature({ signature, at });
  const { bytes: pdf } = new Pdf()
    .sign(covered => makeCms(holder, covered), {
      certifies: 2,
      rectangle: [72, 72, 200, 130],
      time: 'D:20261120093000Z',
    })
    .sign(covered => setSeal(holder, seal, covered), { kind: 'GM.sm2seal' })
    .change('Another');
  core.verifyPdf(pdf, { ...from, makers: [certificate] });
  for (const bytes of [certificate, seal, signature, pdf]) core.recognise(bytes);
  core.text('pin-incorrect', { left: 3 }, 'en');
  core.describeAnchors(certificate, false, at);
  core.nationalAnchors();
}

/** Answers of advice and fees: with everything, and with nothing. */
function advice(core: Core, kept: Given[], authority: Authority): void {
  const subject = '/C=CN/O=示例采购有限公司/CN=示例采购有限公司';
  const holder = authority.issue({ subject, valid: ['250101000000Z', '261210000000Z'] });
  const { anchors, intermediates } = trustOf(authority);
  const now = '2026-11-20T02:00:00Z';
  const der = makeSeal(holder, { name: '示例采购有限公司', users: [holder] }).toString('base64');
  const token: Token = {
    token: 'one',
    label: '示例',
    manufacturer: '示例',
    model: 'K1',
    serial: '01',
    module: '示例驱动',
    pin: { state: 'low', left: 2 },
    pinLength: { min: 6, max: 16 },
    protectedPath: false,
    initialPin: true,
    demo: true,
    certificates: [{ id: '01', label: '', certificate: holder.certificate.toString('base64') }],
    seals: [{ label: '', application: '', der }],
  };
  const tokens = [token, { ...token, token: 'two', problem: GONE }];
  core.describeTokens(tokens, now, [...anchors, ...intermediates]);
  const own = { name: '示例采购（四川）有限公司', role: '供应商', bound: false };
  const account = { site: 'https://portal.example', ...own };
  for (const situation of [
    {},
    { tokens: [], modules: [], message: '检测到您的证书已过期，无法使用' },
    { now, tokens: [token], account, entrance: '评审专家', anchors: [...anchors, ...intermediates] },
    { host: { problem: GONE }, browser: { name: 'Chromium', engine: 60 }, extension: { siteAllowed: false } },
  ]) {
    core.advise(situation);
    core.procedures(situation);
  }
  core.quote({ certificate: holder.certificate, now });
  core.tariff();
  core.orderWords();
  const all = { certificates: 2, seals: 3 };
  for (const { id: role } of core.orderWords().roles)
    for (const { id: service, hasTerm } of core.orderWords().services)
      core.quote({ items: [{ role, service, ...all, ...(hasTerm && { years: 2 }) }] });
  core.quote({ items: [{ role: 'supplier', service: 'seal-new', seals: 1, remainingDays: 200 }] });
  const rows = [
    ['单位名称', '角色', '业务', '年限', '备注', '其他'],
    ['示例采购有限公司', '供应商', '新办', '2', '急', ''],
    ['示例采购 有限公司', '供应商', '印章续期', '', '', ''],
    ['', '供应商', '补办', '', '', ''],
  ];
  const list = new core.OrderList(rows);
  const of = (method: string, value: unknown) =>
    kept.push({ type: `ReturnType<InstanceType<typeof core.${method}>`, value });
  of("OrderList>['columns']", list.columns());
  of("OrderList>['push']", list.push(rows.slice(1), 2));
  of("OrderList>['totals']", list.totals());
  const machine = new core.Signing({
    origin: 'https://portal.example',
    kind: 'portal',
    development: false,
    activated: true,
    request: {
      id: '1',
      call: { type: 'login', challenge: 'c'.repeat(43), purpose: 'login', format: 'yinxin', account: own },
    },
    firstUse: true,
    anchors: [],
  });
  const added = anchors.map(one => ({ certificate: Buffer.from(one).toString('base64'), managed: false }));
  for (const looking of [true, false]) {
    const known = { tokens, account, orders: [], anchors: added, looking, extension: { version: '1' } };
    of("Workspace>['show']", new core.Workspace().show(known, now));
  }
  kept.push({ type: "InstanceType<typeof core.Signing>['actions']", value: machine.actions });
  const call = machine.actions.find(action => action.type === 'send' && action.command.type === 'tokens');
  assert.ok(call?.type === 'send');
  const reply: HostReply = { type: 'tokens', tokens: [token], modules: [] };
  const actions = machine.handle({ type: 'host-replied', call: call.call, reply }, now);
  of("Signing>['handle']", actions);
  of("Signing>['loginAdvice']", machine.loginAdvice(now));
  of("Signing>['handle']", machine.handle({ type: 'page-gone' }, now));
}

/** What lists are read as. */
function tables(kept: Given[]): void {
  initSync({ module: readFileSync(join(ROOT, 'wasm/pkg/sheet/yinxin_sheet_bg.wasm')) });
  const sheet = { columns: [{ title: '单位名称', width: 30, kind: 'text' as const }], rows: [['示例采购有限公司']] };
  const sheets = ['一', '二'].map(name => ({ name, ...sheet }));
  for (const file of [writeTable({ sheets }, 'xlsx'), writeTable({ sheets: sheets.slice(1) }, 'csv')])
    kept.push({ type: 'ReturnType<typeof sheet.readTable>', value: readTable(file) });
}

const GONE = { code: 'host-missing', params: {} } as const;

test('what functions give is what they declare, field by field', () => {
  const authority = makeAuthority();
  const kept: Given[] = [];
  try {
    verdicts(recording(kept), authority);
    advice(recording(kept), kept, authority);
    tables(kept);
  } finally {
    authority.remove();
  }
  assert.equal(mismatches(kept), '');
  // A field more, one less, and one of another type are seen, wherever they are.
  const verdict = kept.find(({ type }) => type.includes('verifyCertificate')) as Given & { value: Verdict };
  const [step, ...rest] = verdict.value.path;
  const { name: _, ...nameless } = step ?? assert.fail('no path');
  for (const [path, expected] of [
    [[{ ...step, nickname: 'x' }, ...rest], /'"?nickname"?' does not exist/],
    [[nameless, ...rest], /Property 'name' is missing/],
    [[{ ...step, anchor: { ...step, source: 'elsewhere' } }], /"elsewhere"' is not assignable|'elsewhere'/],
  ] as const)
    assert.match(mismatches([{ ...verdict, value: { ...verdict.value, path } }]), expected);
  const odd = { code: 'crl-missing', params: { nobody: 1 }, severity: 'warning' };
  assert.match(mismatches([{ ...verdict, value: { ...verdict.value, findings: [odd] } }]), /nobody|params/);
});

interface Verdict {
  path: { name: string }[];
}

test('so it is with every file of the field', { skip: noData }, () => {
  const field = readField();
  const kept: Given[] = [];
  const run = judge(recording(kept), join(DATA, 'field'));
  for (const row of field.rows) run(field, row);
  assert.ok(kept.length >= field.rows.length / 2, `${kept.length} answers`);
  assert.equal(mismatches(kept), '');
});
