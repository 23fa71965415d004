import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtIn, isLocal, readAddress } from './sites.js';

Object.assign(globalThis, { DEVELOPMENT: false, PORTS_IN_PATTERNS: true });

test('a typed or pasted address becomes an origin', () => {
  assert.deepEqual(readAddress(' https://Portal.example/login?x=1#y '), { origin: 'https://portal.example' });
  assert.deepEqual(readAddress('portal.example:8443/a'), { origin: 'https://portal.example:8443' });
  assert.deepEqual(readAddress('https://portal.example:443'), { origin: 'https://portal.example' });
  assert.deepEqual(readAddress('中文.example'), { origin: 'https://xn--fiq228c.example' });
  assert.deepEqual(readAddress('http://localhost:8080/'), { origin: 'http://localhost:8080' });
});

test('what is no secure site of the web is not added', () => {
  assert.deepEqual(readAddress('http://portal.example'), { problem: 'insecure' });
  for (const bad of [
    '',
    'https://',
    'file:///etc/passwd',
    'javascript://1',
    'https://user@portal.example',
    'https://[::1]/',
    'ftp://a.example',
    'https://*/',
  ]) {
    assert.deepEqual(readAddress(bad), { problem: 'malformed' }, bad);
  }
});

test('a listed site is not added again', () => {
  assert.deepEqual(readAddress('https://zfcg.scsczt.cn/gp-auth'), { problem: 'listed' });
});

test('the user’s own machine is built in only in a development build', () => {
  assert.equal(builtIn('http://localhost:3000'), undefined);
  Object.assign(globalThis, { DEVELOPMENT: true });
  assert.equal(builtIn('http://localhost:3000'), 'portal');
  assert.equal(builtIn('https://localhost:3000'), undefined);
  Object.assign(globalThis, { DEVELOPMENT: false });
});

test('local is an exact host, not a prefix', () => {
  assert.ok(isLocal('http://localhost'));
  assert.ok(isLocal('http://127.0.0.1:8080'));
  for (const other of ['http://localhost.example', 'http://127.0.0.11', 'https://localhost', 'http://localhostx:1']) {
    assert.equal(isLocal(other), false, other);
  }
});
