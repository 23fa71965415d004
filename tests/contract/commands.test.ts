// The command line as scripts outside call it: a demo key, its certificates, signatures, and the judges.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Check, DoctorReport } from '@yinxin/proto';
import { sm2AttributesVerify } from '../stand/judge.js';
import { DEMO_KEY, HOST, ROOT, SOFTKEY, temporary } from '../stand/paths.js';
import { attempt, run } from '../stand/process.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;
const folder = temporary();
const keys = join(folder.path, 'keys');
const file = (name: string): string => join(folder.path, name);
const PIN = '654321';
// Nothing of the machine's own configuration counts.
const env = {
  YINXIN_SOFTKEY_DIR: keys,
  YINXIN_HOST_CONFIG: file('host.toml'),
  HOME: folder.path,
  XDG_CONFIG_HOME: file('config'),
  YINXIN_HOST_ROOT: file('system'),
  LANG: 'C.UTF-8',
};
const host = (args: string[], input = '') => attempt(HOST, [...args, '--module', SOFTKEY], { env, input });

interface Held {
  token: string;
  id: string;
  der: string;
  algorithm: string;
}

function held(token: string): Held {
  const { status, stdout } = host(['certificates', '--json']);
  assert.equal(status, 0);
  const found = (JSON.parse(stdout.toString()) as Held[]).filter(certificate => certificate.token === token);
  const signing = found.find(({ der }) => core.parseCertificate(Buffer.from(der, 'base64')).maySign);
  assert.ok(signing, `${token} holds a signing certificate`);
  return signing;
}

before(() => {
  writeFileSync(file('host.toml'), 'vendors = false\n');
  run(DEMO_KEY, ['--dir', keys, '--pin', PIN]);
  writeFileSync(file('in'), '四川省政府采购 demo content\n');
});
after(() => folder.remove());

test('demo keys lie beside the certificates of their CA, and verify under them', () => {
  const [root, issuing, crl] = ['root.pem', 'issuing.pem', 'crl.pem'].map(name =>
    readFileSync(join(keys, name), 'utf8'),
  );
  for (const [token, valid] of [
    ['demo-unit', true],
    ['demo-expert', true],
    ['demo-expired', false],
    ['demo-revoked', false],
    ['demo-rsa', true],
  ] as const) {
    const certificate = Buffer.from(held(token).der, 'base64');
    const verdict = core.verifyCertificate({
      certificate,
      intermediates: [issuing ?? ''],
      anchors: [root ?? ''],
      crls: [crl ?? ''],
      at: new Date().toISOString(),
    });
    assert.equal(verdict.valid, valid, `${token}: ${JSON.stringify(verdict.findings)}`);
  }
});

test('tokens are listed without a PIN, with the tries that are left', () => {
  const { status, stdout } = host(['tokens', '--json']);
  assert.equal(status, 0);
  const unit = (JSON.parse(stdout.toString()) as { label: string; pin: object; demo: boolean }[]).find(
    ({ label }) => label === 'demo-unit',
  );
  assert.deepEqual(unit?.pin, { state: 'ok', left: 10 });
  assert.equal(unit?.demo, true);
});

test('certificates are listed with what they are good for, for people and for scripts', () => {
  const lines = (language: string) =>
    attempt(HOST, ['certificates', '--module', SOFTKEY], { env: { ...env, LANG: language } })
      .stdout.toString()
      .split('\n');
  const { id, der } = held('demo-unit');
  const facts = () => core.parseCertificate(Buffer.from(der, 'base64'));
  for (const [language, locale] of [
    ['zh_CN.UTF-8', 'zh-CN'],
    ['C.UTF-8', 'en'],
  ] as const) {
    // Midnight may pass between the two of them.
    const before = facts();
    const found = lines(language);
    const summaries = [before, facts()].map(({ summary }) => `  ${summary[locale]}`);
    const at = found.indexOf(`demo-unit ${id} SM2 ${before.holder}`);
    assert.ok(at >= 0, found.join('\n'));
    assert.ok(summaries.includes(found[at + 1] ?? ''), found[at + 1]);
  }
  const listed = JSON.parse(host(['certificates', '--json']).stdout.toString()) as (Held & {
    facts: ReturnType<typeof facts>;
  })[];
  assert.ok(listed.length > 8);
  for (const { der, facts: told } of listed) {
    const {
      now: _,
      certificate: __,
      publicKey: ___,
      ...expected
    } = core.parseCertificate(Buffer.from(der, 'base64'), told.now);
    assert.deepEqual({ ...told, now: undefined }, { ...expected, now: undefined });
  }
});

test('a raw SM2 signature verifies in OpenSSL and in the core', () => {
  const { id, der, algorithm } = held('demo-unit');
  assert.equal(algorithm, 'sm2-sm3');
  const signed = host(
    [
      'sign',
      '--token',
      'demo-unit',
      '--id',
      id,
      '--format',
      'raw',
      '--pin-stdin',
      '--in',
      file('in'),
      '--out',
      file('out'),
    ],
    `${PIN}\n`,
  );
  assert.equal(signed.status, 0, signed.stderr);
  const certificate = Buffer.from(der, 'base64');
  writeFileSync(file('key.pem'), new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }));
  const judged = attempt('openssl', [
    'dgst',
    '-sm3',
    '-verify',
    file('key.pem'),
    '-sigopt',
    'distid:1234567812345678',
    '-signature',
    file('out'),
    file('in'),
  ]);
  assert.equal(judged.status, 0, judged.stderr);
  const { publicKey } = core.parseCertificate(certificate);
  assert.equal(
    core.sm2Verify({ publicKey, message: readFileSync(file('in')), signature: readFileSync(file('out')) }),
    true,
  );
});

test('CMS, detached and attached, verifies in the core, and its attributes in OpenSSL', () => {
  const { id } = held('demo-unit');
  for (const format of ['cms', 'cms-attached']) {
    const signed = host(
      [
        'sign',
        '--token',
        'demo-unit',
        '--id',
        id,
        '--format',
        format,
        '--pin-stdin',
        '--in',
        file('in'),
        '--out',
        file('out'),
        '--force',
      ],
      `${PIN}\n`,
    );
    assert.equal(signed.status, 0, signed.stderr);
    const cms = readFileSync(file('out'));
    const content = format === 'cms' ? { content: readFileSync(file('in')) } : {};
    const verdict = core.verifyCms({
      cms,
      ...content,
      anchors: [readFileSync(join(keys, 'root.pem'), 'utf8')],
      intermediates: [readFileSync(join(keys, 'issuing.pem'), 'utf8')],
    });
    assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));
    assert.equal(verdict.content.attached, format === 'cms-attached');
    assert.equal(sm2AttributesVerify(cms), true);
  }
});

test('a failure is status 1 with one line: code, message, remedy; a wrong PIN costs one try', () => {
  const { id } = held('demo-expert');
  const sign = (pin: string) =>
    host(
      [
        'sign',
        '--token',
        'demo-expert',
        '--id',
        id,
        '--format',
        'raw',
        '--pin-stdin',
        '--in',
        file('in'),
        '--out',
        file('never'),
      ],
      `${pin}\n`,
    );
  const wrong = sign('000000');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^pin-incorrect: .+\n$/);
  assert.match(sign('1').stderr, /^pin-length: .+\n$/);
  const tokens = JSON.parse(host(['tokens', '--json']).stdout.toString()) as { label: string; pin: object }[];
  assert.deepEqual(tokens.find(({ label }) => label === 'demo-expert')?.pin, { state: 'low', left: 9 });
});

test('wrong usage is status 2, and what doctor finds is status 3', () => {
  assert.equal(attempt(HOST, ['sign'], { env }).status, 2);
  assert.equal(attempt(HOST, ['frobnicate'], { env }).status, 2);
  const doctor = attempt(HOST, ['doctor', '--json'], { env });
  assert.equal(doctor.status, 3, doctor.stderr);
  const report = JSON.parse(doctor.stdout.toString()) as DoctorReport;
  // There is no module, and nothing to sign with.
  assert.equal(report.healthy, false);
  assert.equal(report.checks.find(({ kind }) => kind === 'module')?.problem?.code, 'no-module');
});

test('doctor looks at keys without a PIN, and signs for trying out on request only', () => {
  const left = (): unknown => {
    const tokens = JSON.parse(host(['tokens', '--json']).stdout.toString()) as { label: string; pin: object }[];
    return tokens.find(({ label }) => label === 'demo-rsa')?.pin;
  };
  const doctor = (args: string[] = [], input = ''): DoctorReport => {
    const { status, stdout, stderr } = host(['doctor', '--json', ...args], input);
    const report = JSON.parse(stdout.toString()) as DoctorReport;
    assert.equal(status, report.healthy ? 0 : 3, stderr);
    return report;
  };
  const before = left();
  assert.equal(doctor().healthy, true);
  assert.deepEqual(left(), before);
  const trying = ['--test-signature', 'demo-rsa', '--pin-stdin'];
  const last = (report: DoctorReport): Check | undefined => report.checks.at(-1);
  assert.equal(last(doctor(trying, '000000\n'))?.problem?.code, 'pin-incorrect');
  assert.deepEqual(left(), { state: 'low', left: 9 });
  assert.equal(last(doctor(trying, `${PIN}\n`))?.state, 'ok');
  assert.deepEqual(left(), { state: 'ok', left: 10 });
});
