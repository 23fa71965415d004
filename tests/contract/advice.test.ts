// Advice as scripts call it: a situation in, findings with remedies out; procedures; an entry for a calendar, beside
// another library.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostReply, PageCall, Token } from '@yinxin/proto';
import ICAL from 'ical.js';
import { type Holder, makeAuthority, trustOf } from '../../www/demo/testing/pki.js';
import { ROOT, temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;

const DAY = 86_400_000;
const UNIT = '示例采购有限公司';

/** A unit's SM2 certificate, by OpenSSL. */
function makeCertificate(): Buffer {
  const folder = temporary();
  const at = (name: string): string => join(folder.path, name);
  const extensions = 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n';
  writeFileSync(at('config'), `[req]\ndistinguished_name=dn\n[dn]\n[unit]\n${extensions}`);
  run('openssl', ['genpkey', '-algorithm', 'SM2', '-out', at('key')]);
  const how = ['-key', at('key'), '-sm3', '-config', at('config'), '-extensions', 'unit', '-days', '200'];
  const subject = ['-utf8', '-subj', `/C=CN/O=${UNIT}/CN=${UNIT}`];
  run('openssl', ['req', '-x509', ...how, ...subject, '-outform', 'DER', '-out', at('certificate')]);
  const certificate = readFileSync(at('certificate'));
  folder.remove();
  return certificate;
}

const certificate = makeCertificate();
const facts = core.parseCertificate(certificate);
const before = (days: number): number => Date.parse(facts.notAfter) - days * DAY;

const token: Token = {
  token: 'one',
  label: '示例 UKey',
  manufacturer: '示例',
  model: 'K1',
  serial: '0001',
  module: '示例驱动',
  pin: { state: 'ok' },
  pinLength: { min: 6, max: 16 },
  protectedPath: false,
  initialPin: false,
  demo: false,
  certificates: [{ id: '01', label: '', certificate: certificate.toString('base64') }],
  seals: [],
};
const working = {
  now: before(150),
  tokens: [token],
  modules: [{ name: '示例驱动', path: '/usr/lib/example.so' }],
  host: { version: '0.1.0' },
  browser: { name: 'Chromium', engine: 140 },
  anchors: [certificate],
};
const rules = (situation: Parameters<Package['advise']>[0]): string[] =>
  core.advise(situation).findings.map(({ rule }) => rule);

test('what is not known is not wrong, and a healthy set-up gives nothing', () => {
  assert.deepEqual(core.advise({}), { findings: [], healthy: true });
  assert.deepEqual(core.advise(working), { findings: [], healthy: true });
  assert.deepEqual(rules({ tokens: [] }), ['no-token']);
  assert.deepEqual(rules({ host: { problem: { code: 'host-missing', params: {} } }, tokens: [] }), ['host-missing']);
});

test('an expired certificate leads to its renewal, with an order that can be quoted', () => {
  const { findings, healthy } = core.advise({ ...working, now: before(-3), message: '检测到您的证书已过期，无法使用' });
  assert.equal(healthy, false);
  const [first] = findings;
  assert.ok(first);
  assert.equal(first.code, 'certificate-expired');
  assert.equal(first.severity, 'fatal');
  assert.equal(first.place, 'one');
  assert.equal(first.who, 'user');
  assert.equal(first.guide?.heading, '检测到您的证书已过期，无法使用');
  assert.ok(first.evidence.some(({ value }) => value === UNIT));
  assert.deepEqual(first.procedures, ['renewal-lapsed-online', 'renewal-counter']);
  assert.equal(first.contacts[0]?.value, '400-028-1130');
  assert.ok(first.order);
  const quote = core.quote(first.order);
  assert.equal(quote.payer, UNIT);
  assert.equal(quote.items[0]?.service, 'renewal');
});

test('names are shown side by side with their differences', () => {
  const { findings } = core.advise({ ...working, account: { name: '示例采购（四川）有限公司' } });
  assert.equal(findings[0]?.rule, 'account-name-differs');
  assert.deepEqual(findings[0].names, {
    likeness: 'different',
    certificate: [{ text: UNIT, same: true }],
    account: [
      { text: '示例采购', same: true },
      { text: '（四川）', same: false },
      { text: '有限公司', same: true },
    ],
  });
});

test('roles come in the portal’s words, and its site is named', () => {
  const situation = { ...working, account: { site: 'https://portal.example', role: '供应商' } };
  assert.deepEqual(rules({ ...situation, entrance: 'supplier' }), []);
  assert.deepEqual(rules({ ...situation, entrance: '未知角色' }), []);
  const [first] = core.advise({ ...situation, entrance: '评审专家' }).findings;
  assert.equal(first?.rule, 'entrance-other-role');
  assert.ok(first.evidence.some(({ value }) => value === 'https://portal.example'));
});

test('a login is advised certificate by certificate', () => {
  const account = { name: '示例采购 有限公司', role: '供应商', bound: true, certificate: 'ab'.repeat(32) };
  const call: PageCall = { type: 'login', challenge: 'c'.repeat(43), purpose: 'login', format: 'yinxin', account };
  const signing = new core.Signing({
    origin: 'https://portal.example',
    kind: 'portal',
    development: false,
    activated: true,
    request: { id: '1', call },
    firstUse: false,
    anchors: [],
  });
  assert.deepEqual(signing.loginAdvice(), []);
  const listing = signing.actions.find(action => action.type === 'send' && action.command.type === 'tokens');
  assert.ok(listing?.type === 'send');
  const reply: HostReply = { type: 'tokens', tokens: [token], modules: [] };
  signing.handle({ type: 'host-replied', call: listing.call, reply }, working.now);
  assert.deepEqual(
    signing
      .loginAdvice(working.now)
      .map(({ certificate, findings }) => [certificate, findings.map(({ rule }) => rule)]),
    [[facts.sha256, ['account-bound-to-other', 'account-name-written-otherwise']]],
  );
  assert.throws(() => signing.loginAdvice('never'), { code: 'request-invalid' });
  signing.free();
});

test('every procedure that a finding names can be looked up, the tariff’s included', () => {
  const all = core.procedures();
  const ids = new Set(all.map(({ id }) => id));
  assert.equal(ids.size, all.length);
  for (const id of ['new-online', 'seal-upgrade', 'unlocking', 'invoice', 'registration']) assert.ok(ids.has(id), id);
  const upgrade = all.find(({ id }) => id === 'seal-upgrade');
  assert.deepEqual(upgrade?.services, ['seal-upgrade']);
  assert.ok(upgrade?.bring.some(({ text }) => text['zh-CN'].includes('防伪码')));
  for (const message of ['未知错误', 'KT_ReadSealDatas', 'CA未绑定', '未检测到国标印章']) {
    const [first] = core.advise({ ...working, message }).findings;
    assert.ok(first?.guide, message);
    for (const id of first.procedures) assert.ok(ids.has(id), id);
  }
});

test('procedures are ticked by a situation, and say what was seen', () => {
  const of = (situation: Parameters<Package['procedures']>[0], id: string) => {
    const found = core.procedures(situation).find(procedure => procedure.id === id);
    assert.ok(found, id);
    return found;
  };
  // Nothing is claimed without a situation.
  for (const { steps, first, costs } of core.procedures()) {
    assert.ok([...steps, ...first].every(({ done, seen }) => done === undefined && seen === undefined));
    assert.deepEqual(costs, []);
  }
  const seen = (situation: Parameters<Package['procedures']>[0]) =>
    of(situation, 'renewal-lapsed-online').steps.map(({ watched, done }) => [watched, done]);
  assert.deepEqual(seen({ ...working, now: before(-3) }), [
    [false, undefined],
    [false, undefined],
    [true, false],
    [true, false],
  ]);
  const renewed = of({ ...working, now: before(199) }, 'renewal-lapsed-online').steps[2];
  assert.equal(renewed?.done, true);
  const [told] = renewed.seen ?? assert.fail();
  assert.ok(told?.evidence['zh-CN'].includes(UNIT) && told.evidence.en.includes(UNIT));
  // In the middle of its term nobody knows whether it was renewed.
  assert.equal(of(working, 'renewal-online').steps[1]?.done, undefined);
  assert.equal(of({ ...working, tokens: [] }, 'client-installation').steps[1]?.done, false);
  assert.equal(of({ ...working, account: { bound: true } }, 'registration').steps[0]?.done, true);
  assert.equal(of({ ...working, account: { bound: false } }, 'registration').steps[0]?.done, false);
  // Another CA has prices of its own.
  assert.deepEqual(of(working, 'renewal-online').costs, []);
  assert.deepEqual(of(working, 'renewal-online').roles.length, 6);
  assert.ok(of(working, 'renewal-lapsed-online').who?.['zh-CN'].includes('法定代表人'));
});

test('what is no situation is refused with a code', () => {
  const sealed = Object.defineProperty({}, 'tokens', { enumerable: true, get: () => 7 });
  for (const wrong of [null, 7, { tokens: 7 }, { tokens: [{}] }, { now: 'never' }, { doctor: [] }, sealed]) {
    assert.throws(() => core.advise(wrong as never), { name: 'YinxinError', code: 'request-invalid' });
    assert.throws(() => core.procedures(wrong as never), { name: 'YinxinError', code: 'request-invalid' });
  }
  assert.throws(() => core.calendarEntry(UNIT, 'never'), { code: 'request-invalid' });
});

test('another library reads an entry for a calendar as it was meant', () => {
  const holder = `${UNIT},;\\ ${'甲'.repeat(60)}`;
  const entry = core.calendarEntry(holder, '2027-06-30T15:59:59Z', '2026-11-22T15:04:05Z');
  const calendar = new ICAL.Component(ICAL.parse(entry));
  assert.equal(calendar.getFirstPropertyValue('version'), '2.0');
  const events = calendar.getAllSubcomponents('vevent');
  assert.equal(events.length, 1);
  const event = new ICAL.Event(events[0]);
  assert.equal(event.summary, `办理证书更新：${holder}（2027年6月30日到期）`);
  assert.equal(event.startDate.isDate, true);
  assert.equal(event.startDate.toString(), '2027-05-01');
  assert.equal(event.endDate.toString(), '2027-05-02');
  assert.equal(events[0]?.getFirstPropertyValue('dtstamp')?.toString(), '2026-11-22T15:04:05Z');
  assert.equal(events[0]?.getAllSubcomponents('valarm').length, 1);
  for (const line of entry.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
  // The one that comes with a finding is the same.
  const [first] = core.advise({ ...working, now: before(20) }).findings;
  assert.equal(first?.calendar, core.calendarEntry(UNIT, facts.notAfter, before(20)));
});

test('a certificate that a list of OpenSSL names is revoked, and another is not', () => {
  const authority = makeAuthority();
  try {
    const [good, revoked] = ['示例一', '示例二'].map(name =>
      authority.issue({ subject: `/C=CN/O=${name}/CN=${name}` }),
    );
    assert.ok(good && revoked);
    authority.revoke(revoked);
    const { anchors, intermediates, crls } = trustOf(authority);
    const told = (holder: Holder) =>
      rules({
        ...working,
        now: Date.now() + 1_000,
        tokens: [
          { ...token, certificates: [{ id: '01', label: '', certificate: holder.certificate.toString('base64') }] },
        ],
        anchors: [...anchors, ...intermediates],
        crls,
      });
    assert.equal(told(revoked)[0], 'certificate-revoked');
    assert.ok(!told(good).includes('certificate-revoked'));
  } finally {
    authority.remove();
  }
});
