import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtIn, isLocal, kindOf, managedSites, readAddress, registerRelays, removeSite } from './sites.js';
import { inOrder, Memory } from './testing.js';

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

const PORTAL = { origin: 'https://portal.unit.example', kind: 'portal' };
const OTHER = { origin: 'https://other.unit.example:8443', kind: 'added' };

/** A browser with these sites in its policy, all of them permitted. */
function browser(sites: unknown) {
  const areas = { local: new Memory(), session: new Memory(), managed: new Memory() };
  areas.managed.content = { sites };
  const permitted = new Set([PORTAL, OTHER].map(({ origin }) => `${origin}/*`));
  const scripts: { id: string }[] = [];
  const ids = () => scripts.map(({ id }) => id).sort();
  const turn = inOrder();
  Object.assign(globalThis, {
    chrome: {
      storage: areas,
      permissions: {
        contains: async ({ origins: [one = ''] }: { origins: string[] }) => permitted.has(one),
        remove: async ({ origins: [one = ''] }: { origins: string[] }) => permitted.delete(one),
      },
      scripting: {
        getRegisteredContentScripts: async () => [...scripts],
        registerContentScripts: async (more: { id: string }[]) => scripts.push(...more),
        unregisterContentScripts: async (gone: { ids: string[] }) =>
          scripts.splice(0, scripts.length, ...scripts.filter(({ id }) => !gone.ids.includes(id))),
      },
    },
  });
  const locks = { request: (_: string, work: () => Promise<unknown>) => turn(work) };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  return { areas, permitted, ids };
}

test('a policy’s site has the kind that the policy gives it, where the browser lets it be', async () => {
  const { areas, permitted } = browser([PORTAL, OTHER]);
  assert.equal(await kindOf(PORTAL.origin), 'portal');
  assert.equal(await kindOf(OTHER.origin), 'added');
  assert.equal(await kindOf('https://other.unit.example'), undefined, 'another port is another site');
  // It wins over what the user added.
  areas.local.content = { added: { [PORTAL.origin]: '2026-11-02T08:00:00Z' } };
  assert.equal(await kindOf(PORTAL.origin), 'portal');
  permitted.clear();
  assert.equal(await kindOf(PORTAL.origin), undefined);
});

test('a policy’s entry with a mistake allows nothing, and leaves the others', async () => {
  const wrong = [
    ...['portal', 7, null, [], {}, { origin: PORTAL.origin }, { kind: 'portal' }, { ...OTHER, kind: 'bridge' }],
    ...['toString', '__proto__'].map(kind => ({ ...OTHER, kind })),
    ...[
      'http://portal.unit.example',
      'https://*.unit.example',
      'https://*',
      'https://portal.unit.example/',
      'https://portal.unit.example:443',
      'https://Portal.unit.example',
      ' https://portal.unit.example',
      'portal.unit.example',
      'https://zfcg.scsczt.cn',
      'file:///',
    ].map(origin => ({ origin, kind: 'portal' })),
  ];
  browser([...wrong, PORTAL]);
  assert.deepEqual(await managedSites(), [PORTAL]);
  for (const garbage of [null, 7, 'https://portal.unit.example', { ...PORTAL }]) {
    browser(garbage);
    assert.deepEqual(await managedSites(), []);
  }
  // A listed site stays what it is.
  browser([{ origin: 'https://wt.scca.com.cn', kind: 'portal' }]);
  assert.equal(await kindOf('https://wt.scca.com.cn'), 'hall');
});

test('a policy’s sites have their relays, as long as it names them', async () => {
  const { areas, permitted, ids } = browser([PORTAL, OTHER]);
  permitted.delete(`${OTHER.origin}/*`);
  await registerRelays();
  assert.deepEqual(ids(), [PORTAL.origin]);
  // Who removes a site of the own list takes nothing from the administrator's.
  areas.local.content = { added: { [PORTAL.origin]: '2026-11-02T08:00:00Z' } };
  await removeSite(PORTAL.origin);
  assert.deepEqual(ids(), [PORTAL.origin]);
  assert.equal(await kindOf(PORTAL.origin), 'portal');
  areas.managed.content = {};
  await registerRelays();
  assert.deepEqual(ids(), []);
  assert.equal(await kindOf(PORTAL.origin), undefined);
});

test('a policy that comes late takes no relay away, and holds up no site of the user’s own', async context => {
  const { areas, permitted, ids } = browser([PORTAL]);
  await registerRelays();
  const own = 'https://own.example';
  areas.local.content = { added: { [own]: '2026-11-02T08:00:00Z' } };
  permitted.add(`${own}/*`);
  // A browser that has just started.
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const reads: ((policy: object) => void)[] = [];
  areas.managed.get = () => new Promise(resolve => reads.push(resolve as (policy: object) => void));
  const turns = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve));
  };
  const registering = registerRelays();
  await turns();
  context.mock.timers.tick(1_000);
  await turns();
  assert.deepEqual(ids(), [own, PORTAL.origin]);
  assert.equal(await kindOf(own), 'added');
  // It reads them: the site is no longer named.
  areas.managed.get = async () => ({});
  for (const read of reads) read({});
  await registering;
  assert.deepEqual(ids(), [own]);
});
