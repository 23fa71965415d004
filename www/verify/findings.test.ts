import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Content, Finding } from './check/report.js';
import {
  type DocumentAnswer,
  holds,
  type Judged,
  messageOf,
  reasonOf,
  speaksAgainst,
  stepOf,
  told,
} from './findings.js';

const fatal = (code: string, place?: string, params: object = {}): Finding =>
  ({ severity: 'fatal', code, params, ...(place !== undefined && { place }) }) as Finding;

const content: Content = { id: 2, name: '合同.pdf', differs: true, attached: false, size: 1, sm3: '', sha256: '' };

function cms(findings: Finding[], parts: Partial<Extract<Judged, { is: 'cms' }>> = {}): Judged {
  return {
    is: 'cms',
    file: { name: 'a.p7s', size: 1 },
    outcome: 'wrong',
    open: [],
    summary: { 'zh-CN': '', en: '' },
    findings,
    offer: undefined,
    signers: [],
    content: undefined,
    ...parts,
  };
}

test('what is found at several signers is one thing', () => {
  const changed = [0, 1, 2].map(at => fatal('content-changed', `signers[${at}]`));
  const answer = cms([...changed, fatal('signature-invalid', 'signers[0]'), fatal('signature-invalid', 'signers[1]')]);
  assert.deepEqual(
    told(answer).problems.map(({ code }) => code),
    ['content-changed', 'signature-invalid'],
  );
  assert.match(reasonOf(answer, 'zh-CN'), /另有 1 个问题。$/);
  assert.match(reasonOf(answer, 'en'), / One more problem was found\.$/);
});

test('a signer whose issuer is not known has done nothing wrong', () => {
  const findings = [
    fatal('issuer-unknown', 'signers[0].path[0]', { issuer: '示例 CA' }),
    fatal('signature-invalid', 'signers[1]'),
  ];
  const answer = cms(findings, { open: ['issuer-unknown'] });
  assert.deepEqual(
    [0, 1].map(at => speaksAgainst(answer, at)),
    [false, true],
  );
});

test('another original is the way out only where nothing else is wrong', () => {
  const open = ['issuer-unknown'];
  const unknown = fatal('issuer-unknown', 'signers[0]', { issuer: '示例 CA' });
  const changed = fatal('content-changed', 'signers[0]');
  assert.equal(stepOf(cms([changed, unknown], { content, open })), 'original');
  assert.equal(stepOf(cms([changed, fatal('certificate-revoked')], { content })), 'wrong');
  // What is inside was changed: no file beside it mends that.
  assert.equal(stepOf(cms([changed], { content: { ...content, differs: false, attached: true } })), 'wrong');
});

test('one step after the other: content, issuer, time', () => {
  const all = [
    fatal('certificate-expired', 'signers[0]', { date: '2026-01-01T00:00:00Z' }),
    fatal('content-missing'),
    fatal('issuer-unknown', 'signers[0]', { issuer: '示例 CA' }),
  ];
  const open = all.map(({ code }) => code);
  const steps = [];
  for (let rest = all; rest.length > 0; ) {
    const answer = cms(rest, { outcome: 'unconfirmed', open });
    steps.push(stepOf(answer));
    // What is said first is what the step is about.
    const said = reasonOf(answer, 'zh-CN');
    const first = rest.find(finding => said.startsWith(messageOf(answer, finding, 'zh-CN')));
    assert.ok(first, said);
    rest = rest.filter(finding => finding !== first);
  }
  assert.deepEqual(steps, ['content', 'issuer', 'time']);
});

test('a signature that does not hold covers nothing, whatever else is wrong with its parts and certificates', () => {
  const holding = (...findings: Finding[]) => {
    const inside = { is: 'pdf', signature: {} };
    return holds(
      { is: 'pdf', findings, open: [], signatures: [{ inside }, { inside }] } as unknown as DocumentAnswer,
      0,
    );
  };
  assert.equal(holding(), true);
  for (const place of ['content', 'signers[0]', 'value', 'signature', ''])
    assert.equal(holding(fatal('content-changed', `signatures[0].${place}`)), false, place);
  assert.equal(holding(fatal('pdf-signature-malformed', 'signatures[0]')), false);
  for (const finding of [
    fatal('content-changed', 'signatures[1].content'),
    fatal('signature-invalid', 'signatures[0].signers[0].path[0]'),
    fatal('signature-invalid', 'signatures[0].seal.signature'),
    fatal('ofd-part-missing', 'signatures[0].covered[2]'),
    fatal('pdf-changed', 'signatures[0].changes'),
    fatal('certificate-revoked', 'signatures[0].signer'),
  ])
    assert.equal(holding(finding), true, `${finding.code} ${finding.place}`);
});
