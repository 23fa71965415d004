import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_CALL_CHARS, MAX_CHUNK_BYTES, MAX_DOCUMENTS, MAX_MESSAGE_CHARS, MAX_PIN_BYTES } from '@yinxin/proto';
import { fromConsent, fromRelay, fromWorkspace, openingCall } from './messages.js';

const certificate = 'ab'.repeat(32);
const order = { years: 2, seals: 3, role: 'agency' };

test('an order for a renewal is read, and nothing beside it', () => {
  const read = { type: 'quote-renewal', certificate, order };
  assert.deepEqual(fromWorkspace(read), read);
  assert.deepEqual(fromWorkspace({ ...read, more: 1, order: { ...order, more: 1 } }), read);
  const without = { ...read, order: { years: 1, seals: 0 } };
  assert.deepEqual(fromWorkspace(without), without);
});

test('what is no order for a renewal is not taken', () => {
  for (const wrong of [
    { certificate: 'ab', order },
    { certificate, order: undefined },
    { certificate, order: null },
    { certificate, order: { ...order, years: '2' } },
    { certificate, order: { ...order, years: 1.5 } },
    { certificate, order: { ...order, seals: -1 } },
    { certificate, order: { ...order, seals: Number.NaN } },
    { certificate, order: { ...order, seals: 2 ** 32 } },
    { certificate, order: { ...order, role: 7 } },
    { certificate, order: { ...order, role: 'x'.repeat(10_000) } },
  ]) {
    assert.equal(fromWorkspace({ type: 'quote-renewal', ...wrong }), undefined, JSON.stringify(wrong).slice(0, 100));
  }
});

test('a message to be explained is read, unless it is longer than any', () => {
  const read = { type: 'explain', message: '登录提示“未知错误”' };
  assert.deepEqual(fromWorkspace({ ...read, more: 1 }), read);
  assert.deepEqual(fromWorkspace({ ...read, message: '' }), { ...read, message: '' });
  for (const message of [undefined, null, 7, ['a'], 'x'.repeat(MAX_MESSAGE_CHARS + 1)])
    assert.equal(fromWorkspace({ type: 'explain', message }), undefined);
});

test('a wish for an examination or a repair is read, and no other file can be named', () => {
  assert.deepEqual(fromWorkspace({ type: 'examine', more: 1 }), { type: 'examine' });
  const repair = { type: 'repair', repair: { type: 'register', browser: 'chrome' }, dryRun: true, undo: false };
  assert.deepEqual(fromWorkspace({ ...repair, repair: { ...repair.repair, path: '/etc/passwd' } }), repair);
  for (const wrong of [
    { repair: undefined },
    { repair: null },
    { repair: { type: 'remove', browser: 'chrome' } },
    { repair: { type: 'register', browser: 7 } },
    { repair: { type: 'register', browser: 'x'.repeat(10_000) } },
    { dryRun: undefined },
    { dryRun: 1 },
    { undo: 'no' },
  ]) {
    assert.equal(fromWorkspace({ ...repair, ...wrong }), undefined, JSON.stringify(wrong).slice(0, 100));
  }
});

test('a wish for a test signature is read with its PIN, or without one for a PIN pad', () => {
  const read = { type: 'test-signature', token: 'ab12', certificate, pin: '123456' };
  assert.deepEqual(fromWorkspace({ ...read, origin: 'https://portal.example' }), read);
  const { pin: _, ...pad } = read;
  assert.deepEqual(fromWorkspace(pad), pad);
  for (const wrong of [
    { token: undefined },
    { token: 7 },
    { token: 'x'.repeat(10_000) },
    { certificate: 'ab' },
    { pin: 123_456 },
    { pin: null },
    { pin: ['1'] },
    { pin: 'x'.repeat(MAX_PIN_BYTES + 1) },
  ]) {
    assert.equal(fromWorkspace({ ...read, ...wrong }), undefined, JSON.stringify(wrong).slice(0, 100));
  }
});

/** Measured by nobody who looks at its fields only. */
function deep(): unknown {
  let value: unknown = 0;
  for (let times = 0; times < 10_000; times += 1) value = [value];
  return value;
}

test('a call is opened by a request and the word on its press, within the bounds', () => {
  const request = { id: 'a', call: { type: 'status' } };
  assert.deepEqual(openingCall({ type: 'call', request, activated: true, more: 1 }), {
    type: 'call',
    request,
    activated: true,
  });
  assert.equal(openingCall({ type: 'call', request })?.activated, false);
  assert.equal(openingCall({ type: 'call', request, activated: 1 })?.activated, false);
  for (const wrong of [
    undefined,
    null,
    7,
    'call',
    {},
    { type: 'chunk', request },
    { type: 'call' },
    { type: 'call', request: null },
    { type: 'call', request: 'x' },
    { type: 'call', request: { ...request, call: deep() } },
    { type: 'call', request, more: deep() },
    { type: 'call', request: { ...request, more: 'x'.repeat(MAX_CALL_CHARS) } },
  ])
    assert.equal(openingCall(wrong), undefined);
});

test('a page under way says a chunk, that there is none, or that it gives up', () => {
  const data = 'A'.repeat(Math.ceil(MAX_CHUNK_BYTES / 3) * 4);
  for (const message of [
    { type: 'chunk', data },
    { type: 'chunk', data: '' },
    { type: 'unreadable', document: 3 },
    { type: 'cancel' },
  ])
    assert.deepEqual(fromRelay({ ...message, more: 1 }), message);
  for (const wrong of [
    undefined,
    { type: 'call', request: {}, activated: true },
    { type: 'chunk' },
    { type: 'unreadable', document: MAX_DOCUMENTS },
    { type: 'chunk', data: `${data}${data}` },
    { type: 'chunk', data: deep() },
    { type: 'unreadable' },
    { type: 'cancel', more: deep() },
  ])
    assert.equal(fromRelay(wrong), undefined);
});

test('a decision names one certificate, perhaps a seal, and carries the PIN once', () => {
  const approve = { type: 'approve', token: 'ab12', certificate, question: 3 };
  for (const decision of [
    approve,
    { ...approve, pin: '123456' },
    { ...approve, seal: certificate, pin: '1' },
    { ...approve, pin: '123456', newPin: '654321' },
    { type: 'refresh' },
    { type: 'cancel' },
  ])
    assert.deepEqual(fromConsent({ ...decision, more: 1 }), decision);
  for (const wrong of [
    undefined,
    {},
    { type: 'sign' },
    { ...approve, token: undefined },
    { ...approve, token: 'x'.repeat(10_000) },
    { ...approve, certificate: 'ab' },
    { ...approve, question: undefined },
    { ...approve, question: -1 },
    { ...approve, seal: '' },
    { ...approve, pin: 123_456 },
    { ...approve, pin: 'x'.repeat(MAX_PIN_BYTES + 1) },
    { ...approve, pin: '1', newPin: 'x'.repeat(MAX_PIN_BYTES + 1) },
    { ...approve, more: deep() },
    { type: 'cancel', more: deep() },
  ])
    assert.equal(fromConsent(wrong), undefined);
});

test('what is deep is no message of the workspace', () => {
  for (const message of [{ type: 'refresh' }, { type: 'quote-renewal', certificate, order }])
    assert.equal(fromWorkspace({ ...message, more: deep() }), undefined);
});
