import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateView, TokenView } from '@yinxin/proto';
import { chosen, pinBytes, sameName, usable } from './choice.js';

const certificate = (reference: string, problem?: CertificateView['problem']) =>
  ({ certificate: reference, ...(problem && { problem }) }) as CertificateView;
const token = (reference: string, certificates: CertificateView[], problem?: TokenView['problem']) =>
  ({ token: reference, certificates, ...(problem && { problem }) }) as TokenView;

const good = token('t', [certificate('a'), certificate('b', { code: 'certificate-not-for-signing', params: {} })]);
const locked = token('l', [certificate('c')], { code: 'pin-locked', params: {} });

test('the only usable certificate is chosen without a pick', () => {
  assert.equal(usable([good, locked]).length, 1);
  assert.equal(chosen([good, locked], undefined)?.certificate.certificate, 'a');
});

test('among several nothing is chosen until the user picks', () => {
  const tokens = [good, token('u', [certificate('d')])];
  assert.equal(chosen(tokens, undefined), undefined);
  assert.equal(chosen(tokens, { token: 'u', certificate: 'd' })?.token.token, 'u');
});

test('a pick that went away is not replaced by another certificate', () => {
  assert.equal(chosen([good], { token: 'u', certificate: 'd' }), undefined);
  assert.equal(chosen([good, locked], { token: 'l', certificate: 'c' }), undefined);
});

test('names are compared as a reader would', () => {
  assert.ok(sameName('示例（成都）有限公司', '示例(成都)有限公司'));
  assert.ok(sameName('Example  Co.', 'example co.'));
  assert.ok(!sameName('示例一公司', '示例二公司'));
});

test('a PIN is measured in bytes', () => {
  assert.equal(pinBytes('123456'), 6);
  assert.equal(pinBytes('密码'), 6);
});
