import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { ConsentView } from '@yinxin/proto';
import type { Consented } from './history.js';

/** A storage area in memory. */
function area(content: Record<string, unknown>) {
  return {
    get: async (keys: string | string[]) => {
      const there = [keys].flat().filter(key => key in content);
      return Object.fromEntries(there.map(key => [key, structuredClone(content[key])]));
    },
    set: async (items: object) => void Object.assign(content, structuredClone(items)),
  };
}

const local: Record<string, unknown> = {};
const session: Record<string, unknown> = {};
const managed: Record<string, unknown> = {};
let badge = '';
const extension = { inIncognitoContext: false };

// Before anything of the extension is loaded: it opens its records at once.
Object.assign(globalThis, {
  chrome: {
    extension,
    storage: {
      get local() {
        return area(local);
      },
      get session() {
        return area(session);
      },
      managed: { get: (keys: string | string[]) => area(managed).get(keys) },
    },
    action: {
      setBadgeBackgroundColor: async () => undefined,
      setBadgeText: async ({ text }: { text: string }) => {
        badge = text;
      },
      setTitle: async () => undefined,
    },
    i18n: { getMessage: (name: string) => name },
  },
});
Object.defineProperty(globalThis, 'navigator', {
  value: { locks: { request: (_: string, work: () => Promise<unknown>) => work() } },
  configurable: true,
});

const ORIGIN = 'https://portal.example';
const CERTIFICATE = 'ab'.repeat(32);
const consented = {
  view: {
    site: { origin: ORIGIN },
    act: { type: 'login', purpose: 'login', format: 'yinxin' },
    tokens: [
      {
        token: 't1',
        certificates: [
          { certificate: CERTIFICATE, holder: '示例采购有限公司', notAfter: '2001-01-01T00:00:00Z', renewable: true },
        ],
        seals: [],
      },
    ],
  } as unknown as ConsentView,
  decision: { type: 'approve', token: 't1', certificate: CERTIFICATE, question: 0 },
} satisfies Consented;

beforeEach(() => {
  // The records were opened with these objects.
  for (const content of [local, session, managed]) for (const name of Object.keys(content)) delete content[name];
  badge = '';
  extension.inIncognitoContext = false;
});

test('what was done is kept on the device, and what ends is counted on the icon', async () => {
  const { remember } = await import('./kept.js');
  await remember(ORIGIN, consented);
  assert.deepEqual(Object.keys(local).sort(), ['history', 'seen', 'used']);
  assert.deepEqual(local.seen, [{ certificate: CERTIFICATE, end: '2001-01-01T00:00:00Z' }]);
  assert.deepEqual(session, {});
  assert.equal(badge, '1');
});

test('a private window leaves a mark until the browser closes, and nothing else', async () => {
  const { keepSeen, remember } = await import('./kept.js');
  extension.inIncognitoContext = true;
  await remember(ORIGIN, consented);
  await keepSeen(consented.view.tokens);
  assert.deepEqual(local, {});
  assert.deepEqual(Object.keys(session), ['used']);
});

test('so does a shared computer, by policy too, and forgets what was kept before but the history', async () => {
  const { remember } = await import('./kept.js');
  await remember(ORIGIN, consented);
  managed.sharedComputer = true;
  await remember(ORIGIN, consented);
  assert.deepEqual([local.used, local.seen], [{}, []]);
  assert.equal((local.history as unknown[]).length, 1);
  assert.deepEqual(Object.keys(session), ['used']);
  assert.equal(badge, '');
});

test('the account of a login is known until the browser closes, with the time of the last entry', async () => {
  const { keptFacts, remember, rememberAccount } = await import('./kept.js');
  assert.deepEqual(await keptFacts(), {});
  const account = { name: '示例采购有限公司', entrance: '供应商', bound: false };
  const login = { type: 'login', purpose: 'login', challenge: 'x', format: 'yinxin', account } as const;
  await rememberAccount(ORIGIN, login);
  await rememberAccount(ORIGIN, { type: 'seals' });
  await remember(ORIGIN, consented);
  const { account: known, entrance, knownTime } = await keptFacts();
  assert.deepEqual([known, entrance], [{ site: ORIGIN, ...account }, '供应商']);
  assert.equal(knownTime, (local.history as { at: string }[])[0]?.at);
  assert.ok(!JSON.stringify(local).includes('供应商'));
  managed.sharedComputer = true;
  await rememberAccount(ORIGIN, login);
  assert.equal((await keptFacts()).account, undefined);
});
