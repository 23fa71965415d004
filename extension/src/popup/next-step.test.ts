import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateView, TokenView, WorkspaceView } from '@yinxin/proto';
import { certificatesOf, nextStep } from './next-step.js';

const good = { certificate: 'good', daysLeft: 400, renewable: true, findings: [] } as unknown as CertificateView;
const soon = { ...good, certificate: 'soon', daysLeft: 30, findings: [{ code: 'certificate-ends-soon' }] };
const ended = { ...good, certificate: 'ended', daysLeft: -3, problem: { code: 'certificate-expired' } };
const encrypts = {
  ...soon,
  certificate: 'encrypts',
  problem: { code: 'certificate-not-for-signing' },
  renewable: false,
};

function view(tokens: object[], more: object = {}): WorkspaceView {
  return { looking: false, tokens, modules: [], ...more } as unknown as WorkspaceView;
}

const key = (...certificates: object[]) => ({ certificates }) as unknown as TokenView;
const code = (problem: string) => ({ code: problem, params: {} });

test('what keeps everything from working comes first', () => {
  assert.deepEqual(nextStep(view([key(ended)], { looking: true })), { type: 'wait' });
  const problem = code('host-missing');
  assert.deepEqual(nextStep(view([key(ended)], { problem })), { type: 'problem', error: problem });
});

test('without a key the driver that does not work is named, else a key is asked for', () => {
  assert.deepEqual(nextStep(view([])), { type: 'insert' });
  const modules = [{}, { problem: code('module-missing') }];
  assert.deepEqual(nextStep(view([], { modules })), { type: 'problem', error: code('module-missing') });
  assert.deepEqual(nextStep(view([key(good)], { modules })), { type: 'nothing' });
});

test('the certificate that ends first is the one to renew', () => {
  assert.deepEqual(nextStep(view([key(good, soon), key(ended)])), { type: 'renew', certificate: ended });
  assert.deepEqual(nextStep(view([key(good, encrypts, { ...ended, renewable: false })])), { type: 'nothing' });
});

test('a key that can’t be used says why, unless a renewal is the reason', () => {
  const locked = { ...key(good), problem: code('pin-locked') };
  assert.deepEqual(nextStep(view([key(soon), locked])), { type: 'problem', error: code('pin-locked') });
  const over = { ...key(ended), problem: code('certificate-expired') };
  assert.deepEqual(nextStep(view([over])), { type: 'renew', certificate: ended });
  assert.deepEqual(nextStep(view([key()])), { type: 'problem', error: code('token-empty') });
});

test('the encryption half of a pair is not listed', () => {
  assert.deepEqual(certificatesOf([key(encrypts, good)]), [good]);
});
