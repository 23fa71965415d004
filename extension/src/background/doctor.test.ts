import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import type { CatalogueError, Check, DoctorReport, HostCommand, HostReply, Token } from '@yinxin/proto';
import { SITES } from '@yinxin/proto';
import { browserOf, covers, Doctor } from './doctor.js';
import { HostError } from './failure.js';

const listed = SITES.map(({ origin }) => `${origin}/*`);
let origins: string[];
let added: Record<string, string>;
let bridged: string[];
let managed: object;
let agent: { userAgent: string; userAgentData?: unknown };

Object.assign(globalThis, {
  VERSION: '0.1.0',
  DEVELOPMENT: false,
  PORTS_IN_PATTERNS: true,
  chrome: {
    runtime: { id: 'own', getManifest: () => ({ minimum_chrome_version: '106' }) },
    extension: { isAllowedIncognitoAccess: async () => false },
    declarativeNetRequest: {},
    permissions: { getAll: async () => ({ origins }), contains: async () => true },
    storage: { local: { get: async () => ({ added, bridged }) }, managed: { get: async () => managed } },
  },
});
Object.defineProperty(globalThis, 'navigator', { get: () => agent });

beforeEach(() => {
  origins = [...listed];
  added = {};
  bridged = [];
  managed = {};
  agent = { userAgent: 'Mozilla/5.0 Chrome/156.0.7000.1 Safari/537.36' };
});

const found = (kind: Check['kind'], subject = '-'): Check => ({ kind, subject, state: 'ok', ms: 1, evidence: [] });
const report: DoctorReport = {
  version: '1.2.3',
  protocol: 3,
  platform: 'linux x86_64',
  program: '/usr/bin/yinxin-host',
  ms: 9,
  checks: [found('configuration', 'host.toml'), found('module', 'a'), found('key', 'k'), found('seals', 'k')],
  healthy: true,
};
const failure = (error: CatalogueError) => Promise.reject(new HostError(error));
const gone: CatalogueError = { code: 'host-gone', params: {} };
const never = new Promise<never>(() => {});

type Answer = HostReply | Promise<HostReply>;

/** No page calls another client. */
const bridge = { examine: async () => new Map(), unanswered: [] };

/** A host that answers so, and what it was asked. */
function hosting(answer: (command: HostCommand) => Answer, version: Promise<string> = Promise.resolve('1.2.3')) {
  const asked: (HostCommand | 'cancelled')[] = [];
  const keys = { free: true };
  const host = {
    version: () => version,
    send: (command: HostCommand) => {
      asked.push(command);
      return { reply: Promise.resolve(answer(command)), cancel: () => asked.push('cancelled') };
    },
  };
  const alone = async (work: () => Promise<void>) => {
    if (keys.free) await work();
    return keys.free;
  };
  const doctor = new Doctor(host, alone, () => undefined, bridge);
  return {
    doctor,
    asked,
    keys,
    checks: () => doctor.shown.examination?.checks ?? [],
    of: (kind: Check['kind']) => doctor.shown.examination?.checks.find(check => check.kind === kind),
  };
}
const healthy = () => hosting(() => ({ type: 'doctor', report }));

test('everything is looked at in order, what only the extension sees first', async () => {
  added = { 'https://own.example': '2026-11-02T08:00:00Z' };
  origins.push('https://own.example/*');
  managed = { sites: [{ origin: 'https://unit.example', kind: 'portal' }] };
  origins.push('https://unit.example/*');
  const { doctor, checks, of } = healthy();
  await doctor.examine();
  const kinds = [...new Set(checks().map(({ kind }) => kind))];
  assert.deepEqual(kinds, ['browser', 'extension', 'site', 'host', 'configuration', 'module', 'key', 'seals']);
  assert.deepEqual(
    checks().map(({ state }) => state),
    checks().map(() => 'ok'),
  );
  const sites = checks().filter(({ kind }) => kind === 'site');
  assert.deepEqual(
    sites.map(({ subject }) => subject),
    [...SITES.map(({ origin }) => origin), 'https://unit.example', 'https://own.example'],
  );
  assert.ok(of('host')?.evidence.some(({ name, value }) => name === 'platform' && value === 'linux x86_64'));
  assert.deepEqual(doctor.report, report);
  assert.equal(doctor.shown.busy, undefined);
  assert.equal(doctor.shown.examination?.next, undefined);
});

test('what is looked at is told as it goes', async () => {
  const steps: (string | undefined)[] = [];
  const host = {
    version: async () => '1',
    send: () => ({ reply: Promise.resolve({ type: 'doctor', report }), cancel() {} }),
  };
  const doctor = new Doctor(
    host as never,
    async () => true,
    () => steps.push(doctor.shown.examination?.next),
    bridge,
  );
  await doctor.examine();
  assert.deepEqual([...new Set(steps)], [undefined, 'browser', 'site', 'bridge', 'host', 'module']);
});

test('a call that is not answered is told with the site that made it, and with no other', async () => {
  const [portal, hall] = SITES.map(({ origin }) => origin) as [string, string];
  bridged = [portal, hall];
  const calls = [{ origin: portal, call: '11200/RS_HardwareInfo', times: 2 }];
  const host = { version: async () => '1', send: () => ({ reply: never, cancel() {} }) };
  const doctor = new Doctor(
    host as never,
    async () => true,
    () => undefined,
    { examine: async () => new Map([[hall, { pages: 1, arrives: true }]]), unanswered: calls },
  );
  void doctor.examine();
  const rows = () => doctor.shown.examination?.checks.filter(({ kind }) => kind === 'bridge') ?? [];
  while (rows().length === 0) await new Promise(setImmediate);
  const told = rows().map(({ subject, evidence }) => [
    subject,
    evidence.find(({ name }) => name === 'unanswered')?.value,
  ]);
  assert.deepEqual(told, [
    [portal, '11200/RS_HardwareInfo × 2'],
    [hall, undefined],
  ]);
});

test('a browser that is too old, and a site that the browser keeps it from, are told', async () => {
  agent = { userAgent: 'Mozilla/5.0 Chrome/105.0.5195.125 Safari/537.36' };
  origins = listed.slice(1);
  const { doctor, of } = healthy();
  await doctor.examine();
  assert.deepEqual(of('browser')?.problem, {
    code: 'browser-too-old',
    params: { version: '105.0.5195.125', needed: 106 },
  });
  assert.deepEqual(of('site')?.problem, { code: 'site-not-allowed', params: { origin: SITES[0]?.origin } });
  origins = listed;
  await doctor.permissionsChanged();
  assert.equal(of('site')?.state, 'ok');
});

test('a host that is missing, that dies, that hangs or that says nonsense is told by its code, and nothing hangs', async () => {
  const missing = hosting(() => never, failure({ code: 'host-missing', params: {} }));
  await missing.doctor.examine();
  assert.equal(missing.of('host')?.problem?.code, 'host-missing');
  assert.deepEqual(missing.asked, []);

  const dying = hosting(() => failure(gone));
  await dying.doctor.examine();
  assert.equal(dying.of('host')?.problem?.code, 'host-gone');
  assert.equal(dying.of('host')?.state, 'failed');
  // What was known of it stays.
  assert.ok(dying.of('host')?.evidence.some(({ value }) => value === '1.2.3'));
  assert.equal(dying.doctor.report, undefined);

  for (const nonsense of [{ type: 'done' }, { type: 'doctor' }, { type: 'doctor', report: { checks: 7 } }]) {
    const { doctor, of } = hosting(() => nonsense as HostReply);
    await doctor.examine();
    assert.equal(of('host')?.state, 'failed', JSON.stringify(nonsense));
  }

  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    for (const hanging of [hosting(() => never), hosting(() => never, never)]) {
      const over = hanging.doctor.examine();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      await new Promise(resolve => setImmediate(resolve));
      assert.equal(hanging.doctor.shown.busy, 'examine');
      mock.timers.tick(20_000);
      await over;
      assert.deepEqual(hanging.asked.slice(1), hanging.asked.length > 0 ? ['cancelled'] : []);
      assert.deepEqual(hanging.of('host')?.problem, { code: 'host-silent', params: { seconds: 20 } });
      assert.equal(hanging.doctor.shown.busy, undefined);
    }
  } finally {
    mock.timers.reset();
  }
});

test('checks of kinds that this version does not know are left out', async () => {
  const odd = { ...report, checks: [...report.checks, { ...found('key'), kind: 'toString' as never }] };
  const { doctor, checks } = hosting(() => ({ type: 'doctor', report: odd }));
  await doctor.examine();
  assert.ok(checks().every(({ kind }) => String(kind) !== 'toString'));
  assert.deepEqual(doctor.report?.checks, report.checks);
});

test('evidence that another version of the host has another name for keeps that name', async () => {
  const evidence = [{ name: 'path', value: '/a' } as const, { name: 'toString' as never, value: '7' }];
  const odd = { ...report, checks: [{ ...found('module'), evidence }] };
  const { doctor, of } = hosting(() => ({ type: 'doctor', report: odd }));
  await doctor.examine();
  assert.deepEqual(of('module')?.evidence, [evidence[0], { name: 'other', value: 'toString 7' }]);
});

test('what was found is shown as it was weighed, unless more was found or something changed since', async () => {
  const { doctor, checks } = healthy();
  assert.deepEqual(doctor.found, []);
  await doctor.examine();
  const before = doctor.found;
  assert.deepEqual(before, checks());
  const weighed = [...before, found('chain', 'k')];
  assert.equal(doctor.with(before, weighed), doctor.shown);
  assert.deepEqual(checks(), weighed);
  // It is weighed anew from what was found.
  assert.equal(doctor.found, before);
  await doctor.examine();
  const again = checks();
  doctor.with(before, weighed);
  assert.deepEqual(checks(), again);
  doctor.with(doctor.found, []);
  assert.deepEqual(checks(), again);
  doctor.outdate();
  assert.deepEqual(doctor.found, []);
});

const CERTIFICATE = 'ab'.repeat(32);

const token = (more: Partial<Token> = {}): Token =>
  ({ token: 't1', label: 'k', pin: { state: 'ok' }, protectedPath: false, certificates: [], ...more }) as Token;

test('what was found of other keys is told to be old, and advice does not get it', async () => {
  const { doctor } = healthy();
  await doctor.examine();
  doctor.saw([token()]);
  doctor.saw([token()]);
  assert.ok(doctor.report);
  doctor.saw([]);
  assert.equal(doctor.report, undefined);
  assert.equal(doctor.shown.examination?.outdated, true);
  await doctor.examine();
  assert.ok(doctor.report);
  doctor.outdate();
  assert.equal(doctor.report, undefined);
  doctor.clear();
  assert.deepEqual(doctor.shown, {});
});

test('what comes after the last page is closed is not kept', async () => {
  let answer: (reply: HostReply) => void = () => {};
  const late = new Promise<HostReply>(resolve => {
    answer = resolve;
  });
  const { doctor } = hosting(() => late);
  const over = doctor.examine();
  await new Promise(resolve => setImmediate(resolve));
  doctor.clear();
  answer({ type: 'doctor', report });
  await over;
  assert.deepEqual(doctor.shown, {});
  assert.equal(doctor.report, undefined);
});

test('a repair is told first, then made, and looked at again', async () => {
  const changes = [{ path: '~/a.json', before: '{', after: '{}' }];
  const { doctor, asked } = hosting(command =>
    command.type === 'repair' ? { type: 'repaired', changes } : { type: 'doctor', report },
  );
  const repair = { type: 'register', browser: 'chromium' } as const;
  await doctor.repair(repair, true, false);
  assert.deepEqual(doctor.shown.repair, { browser: 'chromium', step: 'planned', changes });
  assert.deepEqual(asked, [{ type: 'repair', repair, dryRun: true, undo: false }]);
  await doctor.repair(repair, false, false);
  assert.equal(doctor.shown.repair?.step, 'done');
  await doctor.repair(repair, false, true);
  assert.equal(doctor.shown.repair?.step, 'undone');
  assert.deepEqual(
    asked.map(command => (typeof command === 'object' ? command.type : command)),
    ['repair', 'repair', 'doctor', 'repair', 'doctor'],
  );
  const refusing = hosting(() => failure({ code: 'file-failed', params: { path: '~/a.json', reason: 'read-only' } }));
  await refusing.doctor.repair(repair, false, false);
  assert.equal(refusing.doctor.shown.repair?.problem?.code, 'file-failed');
  assert.equal(refusing.doctor.shown.examination, undefined);
});

const PIN = 'Zq7-right-4410';
const signed: HostReply = { type: 'signed', signatures: ['MAA='], tokenUs: 12_345 };

test('a test signature sends the PIN once, for an origin that nobody can have, and keeps it nowhere', async () => {
  const { doctor, asked } = hosting(() => signed);
  await doctor.testSignature(token(), CERTIFICATE, PIN);
  assert.equal(asked.length, 1);
  const [command] = asked;
  assert.ok(typeof command === 'object' && command.type === 'sign');
  assert.equal(command.origin, 'https://doctor.invalid');
  assert.equal(command.pin, PIN);
  assert.deepEqual(
    command.items.map(({ type }) => type),
    ['login'],
  );
  const { signature } = doctor.shown;
  assert.equal(signature?.check?.state, 'ok');
  assert.equal(signature?.check?.kind, 'test-signature');
  assert.ok(!JSON.stringify(doctor.shown).includes(PIN));
});

test('a test signature tells why it failed', async () => {
  const tries = { state: 'low', left: 5 } as const;
  const wrong = hosting(() => failure({ code: 'pin-incorrect', params: { tries } }));
  await wrong.doctor.testSignature(token(), CERTIFICATE, PIN);
  assert.equal(wrong.doctor.shown.signature?.check?.problem?.code, 'pin-incorrect');
  const none = hosting(() => ({ ...signed, signatures: [] }) as HostReply);
  await none.doctor.testSignature(token(), CERTIFICATE, PIN);
  assert.equal(none.doctor.shown.signature?.check?.problem?.code, 'host-message-invalid');
});

test('a locked key, a key that is gone, and one that a page uses are not asked at all', async () => {
  const { doctor, asked, keys } = hosting(() => signed);
  await doctor.testSignature(token({ pin: { state: 'locked' } }), CERTIFICATE, PIN);
  assert.equal(doctor.shown.signature?.check?.problem?.code, 'pin-locked');
  await doctor.testSignature(undefined, CERTIFICATE, PIN);
  assert.equal(doctor.shown.signature?.check?.problem?.code, 'token-removed');
  keys.free = false;
  await doctor.testSignature(token(), CERTIFICATE, PIN);
  assert.deepEqual(doctor.shown.signature, { certificate: CERTIFICATE, busy: true });
  assert.deepEqual(asked, []);
});

test('patterns of the browser cover origins as its documentation has it', () => {
  const yes: [string, string][] = [
    ['<all_urls>', 'https://a.example'],
    ['https://a.example/*', 'https://a.example'],
    ['https://a.example/*', 'https://a.example:8443'],
    ['https://a.example:8443/*', 'https://a.example:8443'],
    ['https://a.example:443/*', 'https://a.example'],
    ['*://*/*', 'http://localhost:8080'],
    ['https://*/*', 'https://a.example'],
    ['https://*.example/*', 'https://a.example'],
    ['https://*.a.example/*', 'https://a.example'],
  ];
  for (const [pattern, origin] of yes) assert.ok(covers(pattern, origin), `${pattern} ${origin}`);
  const no: [string, string][] = [
    ['http://*/*', 'https://a.example'],
    ['https://a.example:8443/*', 'https://a.example'],
    ['https://a.example/*', 'https://b.example'],
    ['https://*.a.example/*', 'https://ba.example'],
    ['chrome://favicon/*', 'https://a.example'],
    ['', 'https://a.example'],
  ];
  for (const [pattern, origin] of no) assert.ok(!covers(pattern, origin), `${pattern} ${origin}`);
});

test('a browser is called by its own name', () => {
  const of = (userAgent: string, ...brands: [string, string][]) =>
    browserOf({ userAgent, userAgentData: { brands: brands.map(([brand, version]) => ({ brand, version })) } });
  const odd: [string, string] = ['Not:A-Brand', '8'];
  assert.deepEqual(of('', odd, ['Chromium', '156'], ['Google Chrome', '156']), { name: 'Google Chrome', engine: 156 });
  assert.deepEqual(of('', ['Chromium', '156'], ['Not_A Brand', '24']), { name: 'Chromium', engine: 156 });
  assert.deepEqual(browserOf({ userAgent: 'Mozilla/5.0 Chrome/108.0.1 QQ/1' }), { name: '', engine: 108 });
  assert.deepEqual(browserOf({ userAgent: 'Mozilla/5.0 Gecko/20100101 Firefox/153.0' }), { name: 'Firefox' });
  assert.deepEqual(browserOf({ userAgent: 'something' }), { name: '' });
});
