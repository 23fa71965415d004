import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Act, CertificateView, SealView, TokenView } from '@yinxin/proto';
import { chosen, isBound, ordered, pickOf, usable } from './choice.js';

const certificate = (reference: string, problem?: CertificateView['problem']) =>
  ({ certificate: reference, ...(problem && { problem }) }) as CertificateView;
const token = (reference: string, certificates: CertificateView[], problem?: TokenView['problem']) =>
  ({ token: reference, certificates, seals: [] as SealView[], ...(problem && { problem }) }) as unknown as TokenView;
const seal = (reference: string, certificates: string[], problem?: SealView['problem']) =>
  ({ seal: reference, certificates, ...(problem && { problem }) }) as SealView;
const login: Act = { type: 'login', purpose: 'login', format: 'yinxin' };
const sealing: Act = { type: 'sign', format: 'seal', sealing: true, documents: [] };

const good = token('t', [certificate('a'), certificate('b', { code: 'certificate-not-for-signing', params: {} })]);
const locked = token('l', [certificate('c')], { code: 'pin-locked', params: {} });

test('the only usable certificate is chosen without a pick', () => {
  assert.equal(usable([good, locked], login).length, 1);
  assert.equal(chosen([good, locked], login, undefined)?.certificate.certificate, 'a');
});

test('among several nothing is chosen until the user picks', () => {
  const tokens = [good, token('u', [certificate('d')])];
  assert.equal(chosen(tokens, login, undefined), undefined);
  assert.equal(chosen(tokens, login, { token: 'u', certificate: 'd' })?.token.token, 'u');
});

test('a pick that went away is not replaced by another certificate', () => {
  assert.equal(chosen([good], login, { token: 'u', certificate: 'd' }), undefined);
  assert.equal(chosen([good, locked], login, { token: 'l', certificate: 'c' }), undefined);
});

test('the one that is bound to the account is chosen among several, unless another is to be bound', () => {
  const tokens = [good, token('u', [certificate('d')]), locked];
  const bound = (reference: string, purpose: 'login' | 'bind' = 'login'): Act => ({
    ...(login as Act & { type: 'login' }),
    purpose,
    account: { name: '', certificate: reference },
  });
  assert.equal(chosen(tokens, bound('d'), undefined)?.token.token, 'u');
  assert.equal(chosen(tokens, bound('d'), { token: 't', certificate: 'a' })?.token.token, 't');
  assert.equal(chosen(tokens, bound('c'), undefined), undefined);
  assert.equal(chosen(tokens, bound('e'), undefined), undefined);
  assert.equal(chosen(tokens, bound('d', 'bind'), undefined), undefined);
  assert.equal(isBound(certificate('d'), bound('d')), true);
  assert.equal(isBound(certificate('d'), login), false);
});

test('a seal is chosen together with a certificate that may use it', () => {
  const two = [certificate('a'), certificate('b')];
  const one = {
    ...token('t', two),
    seals: [seal('s', ['b']), seal('old', ['a', 'b'], { code: 'seal-expired', params: { date: '' } })],
  };
  for (const act of [sealing, { type: 'seals' } as Act]) {
    assert.deepEqual(usable([one], act).map(pickOf), [{ token: 't', certificate: 'b', seal: 's' }]);
    assert.equal(chosen([one], act, undefined)?.seal?.seal, 's');
  }
  const many = { ...one, seals: [seal('s', ['a', 'b']), seal('r', ['b'])] };
  assert.deepEqual(usable([many], sealing).map(pickOf), [
    { token: 't', certificate: 'a', seal: 's' },
    { token: 't', certificate: 'b', seal: 's' },
    { token: 't', certificate: 'b', seal: 'r' },
  ]);
  assert.equal(chosen([many], sealing, undefined), undefined);
  assert.equal(chosen([many], sealing, { token: 't', certificate: 'b', seal: 'r' })?.seal?.seal, 'r');
  assert.equal(chosen([many], sealing, { token: 't', certificate: 'a', seal: 'r' }), undefined);
  // A login has no seal to choose.
  assert.deepEqual(usable([many], login).map(pickOf), [
    { token: 't', certificate: 'a' },
    { token: 't', certificate: 'b' },
  ]);
});

test('certificates stand in the order in which they are looked for', () => {
  const order = (act: Act, preference: Parameters<typeof ordered>[2], ...tokens: TokenView[]) =>
    ordered(tokens, act, preference).map(({ token, certificates }) =>
      [token, ...certificates.map(({ certificate }) => certificate)].join(' '),
    );
  const u = token('u', [certificate('d'), certificate('e')]);
  const none = { fitting: [], lastUsed: undefined };
  assert.deepEqual(order(login, none, locked, good, u, token('empty', [])), ['t a b', 'u d e', 'l c', 'empty']);
  assert.deepEqual(order(login, { ...none, lastUsed: 'e' }, good, u), ['u e d', 't a b']);
  assert.deepEqual(order(login, { fitting: ['a', 'b'], lastUsed: 'e' }, u, good), ['t a b', 'u e d']);
  const bound: Act = { ...(login as Act & { type: 'login' }), account: { name: '', certificate: 'd' } };
  assert.deepEqual(order(bound, { fitting: ['a'], lastUsed: 'a' }, good, u), ['u d e', 't a b']);
  // What can't be used is not brought forward by having been used.
  assert.deepEqual(order(login, { fitting: ['c'], lastUsed: 'c' }, locked, good), ['t a b', 'l c']);
});
