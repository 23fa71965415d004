import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateView, Check, EvidenceName, SealView, TokenView, WorkspaceView } from '@yinxin/proto';
import { reportText } from './report.js';

const check = (kind: Check['kind'], subject: string, evidence: Partial<Record<EvidenceName, string>> = {}): Check => ({
  kind,
  subject,
  state: 'ok',
  ms: 7,
  evidence: Object.entries(evidence).map(([name, value]) => ({ name: name as EvidenceName, value })),
});

const names = {
  holder: '示例采购有限公司',
  organization: '蓉城示例招标代理有限公司',
  creditCode: '91510100MA00000X0K',
  label: '示例采购的锁',
  serial: '5A310188',
  seal: '示例采购有限公司公章',
  origin: 'https://portal.example-unit.example',
};

const tokens = [
  {
    token: 't1',
    label: names.label,
    serial: names.serial,
    certificates: [
      { holder: names.holder, organization: names.organization, creditCode: names.creditCode } as CertificateView,
    ],
    seals: [{ name: names.seal } as SealView],
  } as TokenView,
];
const view = { extension: '0.1.0', tokens } as unknown as WorkspaceView;

const checks: Check[] = [
  check('site', 'https://zfcg.scsczt.cn', { listed: 'yes', permission: 'yes' }),
  {
    ...check('site', names.origin, { listed: 'no', permission: 'no' }),
    state: 'failed',
    problem: { code: 'site-not-allowed', params: { origin: names.origin } },
  },
  check('host', '-', { version: '0.1.0', program: '~/yinxin-host' }),
  // A module may say anything.
  check('module', 'a', { path: `~/${names.holder}/lib.so`, library: `key of ${names.serial}`, other: 'odd x' }),
  check('key', names.label, { PIN: 'ok', 'tries left': '6' }),
  check('certificates', names.label, { count: '1' }),
  check('chain', names.label, { 'issuer certificate missing': '示例CA' }),
  {
    ...check('seals', names.label),
    state: 'warning',
    problem: { code: 'seal-expired', params: { date: '2026-01-01' } },
  },
];
const signature = {
  certificate: 'ab'.repeat(32),
  check: { ...check('test-signature', names.label), problem: { code: 'pin-locked', params: {} } as const },
};
const at = '2026-11-23T01:00:00.000Z';
const shown = { examination: { checks, at, ms: 9, outdated: false }, signature };

for (const locale of ['zh-CN', 'en'] as const) {
  test(`the report names nobody, and says what was seen: ${locale}`, () => {
    const text = reportText(shown, view, locale);
    for (const [what, name] of Object.entries(names)) assert.ok(!text.includes(name), `${what} in ${text}`);
    for (const part of [
      '0.1.0',
      'zfcg.scsczt.cn',
      '~/yinxin-host',
      'seal-expired',
      'pin-locked',
      '示例CA',
      '2026-11-23',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
    // The same key has the same number.
    assert.equal(text.split(locale === 'en' ? ' no. 1,' : ' 1 号,').length - 1, 5);
    // One line for each check, and one for each problem.
    assert.equal(
      text
        .trim()
        .split('\n')
        .filter(line => /^[✓!✗·] .* 7 ms/.test(line)).length,
      9,
    );
  });
}

test('evidence is told in the language of the report, and as it is where it is no word of ours', () => {
  const text = reportText(shown, view, 'zh-CN');
  assert.match(text, /PIN 码 正常/);
  assert.match(text, /odd x/);
});

test('what is invisible is made visible, and a line stays a line', () => {
  const odd = { examination: { checks: [check('module', 'a\u202eb', { path: 'c\nd' })], at, ms: 1, outdated: true } };
  const text = reportText(odd, { ...view, tokens: [] }, 'en');
  assert.ok(text.includes('a⟨U+202E⟩b'));
  assert.ok(text.includes('c⟨U+000A⟩d'));
});
