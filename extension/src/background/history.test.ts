import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Act, ConsentView, Decision } from '@yinxin/proto';
import { Memory } from '../testing.js';
import { bounded, type Entry, entryOf, HistoryStore, MAX_ENTRIES, MAX_HISTORY_BYTES } from './history.js';

const NOW = new Date('2026-11-22T08:00:00Z');
const CERTIFICATE = 'ab'.repeat(32);
const SEAL = 'cd'.repeat(32);

function consented(act: Act, seal?: string) {
  const view = {
    phase: { type: 'choosing' },
    site: { origin: 'https://portal.example', kind: 'portal', firstUse: false, local: false },
    act,
    tokens: [
      { token: 't1', certificates: [{ certificate: CERTIFICATE, holder: '别人的证书' }], seals: [] },
      {
        token: 't2',
        certificates: [{ certificate: CERTIFICATE, holder: '示例采购有限公司' }],
        seals: [{ seal: SEAL, name: '示例采购有限公司公章' }],
      },
    ],
    modules: [],
  } as unknown as ConsentView;
  const decision: Decision & { type: 'approve' } = {
    type: 'approve',
    token: 't2',
    certificate: CERTIFICATE,
    question: 0,
    ...(seal && { seal }),
    // The operation takes it out before; if it ever did not, it must not come this far.
    pin: '135790',
  };
  return { view, decision };
}

const document = {
  name: '投标函.pdf',
  seen: true,
  size: 3,
  sm3: '11'.repeat(32),
  sha256: '22'.repeat(32),
  propertyInfo: '/Doc_0',
  format: 'cms' as const,
  notices: [],
};

test('an entry tells when, where, what, with which certificate, and nothing else', () => {
  assert.deepEqual(entryOf(consented({ type: 'sign', format: 'cms', sealing: false, documents: [document] }), NOW), {
    at: '2026-11-22T08:00:00.000Z',
    origin: 'https://portal.example',
    act: 'sign',
    format: 'cms',
    documents: [{ name: '投标函.pdf', sm3: '11'.repeat(32), seen: true }],
    holder: '示例采购有限公司',
    certificate: CERTIFICATE,
  });
});

test('a text that was signed is no document, and its entry has its beginning in one line', () => {
  const text = {
    beginning: `同意报价\n${'𠮷'.repeat(100)}`,
    end: '',
    size: 413,
    content: 'readable' as const,
    sm3: '33'.repeat(32),
  };
  const { act, documents } = entryOf(consented({ type: 'sign-text', message: false, text }), NOW);
  assert.equal(act, 'sign-text');
  assert.deepEqual(documents, [{ name: `同意报价 ${'𠮷'.repeat(55)}`, sm3: '33'.repeat(32), seen: true }]);
});

test('logins and bindings, seals set and seals shown are told apart', () => {
  const login: Act = { type: 'login', purpose: 'login', format: 'logondata', account: { name: '甲', role: '乙' } };
  const unseen = { ...document, seen: false, size: 0, sha256: '', format: 'seal' as const };
  const entries = [
    consented(login),
    consented({ ...login, purpose: 'bind', format: 'yinxin' }),
    consented({ type: 'sign', format: 'seal', sealing: true, documents: [unseen] }, SEAL),
    consented({ type: 'seals' }, SEAL),
  ].map(one => entryOf(one, NOW));
  assert.deepEqual(
    entries.map(({ act, format, seal, documents }) => [act, format, seal, documents.map(({ seen }) => seen)]),
    [
      ['login', 'logondata', undefined, []],
      ['bind', 'yinxin', undefined, []],
      ['seal', 'seal', '示例采购有限公司公章', [false]],
      ['show-seal', '', '示例采购有限公司公章', []],
    ],
  );
  assert.doesNotMatch(JSON.stringify(entries), /135790|"甲"/);
});

function entry(at: number, origin = 'https://portal.example', documents = 0): Entry {
  return {
    at: new Date(at).toISOString(),
    origin,
    act: documents > 0 ? 'sign' : 'login',
    format: 'cms',
    documents: Array.from({ length: documents }, () => ({ name: '长'.repeat(255), sm3: '11'.repeat(32), seen: true })),
    holder: '示例采购有限公司',
    certificate: CERTIFICATE,
  };
}

test('the newest entries stay, as many and as long as the limits let', () => {
  const many = Array.from({ length: MAX_ENTRIES + 5 }, (_, at) => entry(at));
  assert.deepEqual(bounded(many), many.slice(0, MAX_ENTRIES));
  const long = Array.from({ length: 60 }, (_, at) => entry(at, undefined, 100));
  const kept = bounded(long);
  const bytes = (entries: readonly Entry[]) => new TextEncoder().encode(JSON.stringify(entries)).length;
  assert.ok(bytes(kept) <= MAX_HISTORY_BYTES + 2);
  assert.ok(bytes(long.slice(0, kept.length + 1)) > MAX_HISTORY_BYTES);
  assert.deepEqual(kept, long.slice(0, kept.length));
});

let area: Memory;
let store: HistoryStore;

beforeEach(() => {
  area = new Memory();
  store = new HistoryStore(area.item('history'));
});

test('entries come back newest first, and none is lost to another at the same time', async () => {
  await Promise.all([1, 2, 3].map(at => store.add(entry(at))));
  assert.deepEqual(await store.read(), [entry(3), entry(2), entry(1)]);
});

test('one site is erased without the others, and all at once', async () => {
  for (const origin of ['https://a.example', 'https://b.example', 'https://a.example'])
    await store.add(entry(1, origin));
  await store.erase('https://a.example');
  assert.deepEqual(
    (await store.read()).map(({ origin }) => origin),
    ['https://b.example'],
  );
  await store.erase();
  assert.deepEqual(area.content, { history: [] });
});

test('what is no entry is passed over', async () => {
  const good = entry(1, undefined, 1);
  for (const garbage of [null, 7, 'x', {}, { ...good }]) {
    area.content = { history: garbage };
    assert.deepEqual(await store.read(), []);
  }
  area.content = {
    history: [null, [], { ...good, act: 'toString' }, { ...good, documents: [{}] }, { ...good, at: 1 }, good],
  };
  assert.deepEqual(await store.read(), [good]);
});

test('a storage that does not tell what it holds is not overwritten', async () => {
  await store.add(entry(1));
  area.failure = new Error('disk');
  await assert.rejects(store.add(entry(2)), /disk/);
  area.failure = undefined;
  assert.deepEqual(await store.read(), [entry(1)]);
});
