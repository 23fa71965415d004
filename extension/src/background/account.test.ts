import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Account } from '@yinxin/proto';
import { Memory } from '../testing.js';
import { AccountStore, accountOf } from './account.js';

const SITE = 'https://portal.example';
const account: Account = {
  name: '示例采购有限公司',
  role: '供应商',
  entrance: '供应商',
  bound: true,
  certificate: 'ab'.repeat(32),
};
const login = (purpose: 'login' | 'bind', told?: Account) =>
  ({ type: 'login', purpose, challenge: 'x', format: 'yinxin', ...(told && { account: told }) }) as const;

const area = new Memory();
const { content } = area;
const store = new AccountStore(area.item('account'));
beforeEach(() => {
  for (const key of Object.keys(content)) delete content[key];
});

test('a login tells of its account; a binding not of what is bound', () => {
  assert.deepEqual(accountOf(SITE, login('login', account)), { site: SITE, ...account });
  const { name, role, entrance } = account;
  assert.deepEqual(accountOf(SITE, login('bind', account)), { site: SITE, name, role, entrance });
  assert.equal(accountOf(SITE, login('login')), undefined);
});

test('the last one is kept, and one that no portal names takes its place', async () => {
  assert.equal(await store.read(), undefined);
  await store.keep({ site: SITE, name: '甲' });
  await store.keep({ site: SITE, ...account });
  assert.deepEqual(await store.read(), { site: SITE, ...account });
  await store.keep(undefined);
  assert.equal(await store.read(), undefined);
});

test('it is forgotten as a whole, or with its site', async () => {
  await store.keep({ site: SITE, name: '甲' });
  await store.forget('https://other.example');
  assert.ok(await store.read());
  await store.forget(SITE);
  assert.equal(await store.read(), undefined);
  await store.keep({ site: SITE, name: '甲' });
  await store.forget();
  assert.equal(await store.read(), undefined);
});

test('what is none of ours in storage is none', async () => {
  for (const value of [
    0,
    'x',
    [],
    {},
    { site: SITE },
    { site: SITE, name: 1 },
    { site: SITE, name: '', bound: 'no' },
  ]) {
    content.account = value;
    assert.equal(await store.read(), undefined, JSON.stringify(value));
  }
});
