import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnchorNews, CatalogueError, DoctorReport, FromWorkspace, HostCommand, HostReply } from '@yinxin/proto';
import type { WorkspaceShown } from '../relay.js';
import type { WorkspaceShown as Computed, WorkspaceKnown } from './core.js';

const nothing = async () => ({});
// Before anything of the extension is loaded: it opens its records at once.
Object.assign(globalThis, {
  VERSION: '0.1.0',
  DEVELOPMENT: false,
  PORTS_IN_PATTERNS: true,
  chrome: {
    runtime: { id: 'own', getManifest: () => ({ minimum_chrome_version: '106' }) },
    extension: { inIncognitoContext: false, isAllowedIncognitoAccess: async () => false },
    permissions: { getAll: async () => ({ origins: ['<all_urls>'] }) },
    storage: {
      local: { get: nothing, set: nothing },
      session: { get: nothing, set: nothing },
      managed: { get: nothing },
    },
    action: { setBadgeBackgroundColor: nothing, setBadgeText: nothing, setTitle: nothing },
    i18n: { getMessage: (name: string) => name },
  },
});
Object.defineProperty(globalThis, 'navigator', {
  value: { userAgent: 'Chrome/156.0.0.0', locks: { request: (_: string, work: () => Promise<unknown>) => work() } },
  configurable: true,
});
const { Workspace } = await import('./workspace.js');

const CERTIFICATE = 'ab'.repeat(32);
const modules = [{ name: '示例驱动', path: '/usr/lib/example.so' }];
const report: DoctorReport = {
  version: '1.2.3',
  protocol: 3,
  platform: 'linux x86_64',
  program: '/usr/bin/yinxin-host',
  ms: 9,
  checks: [],
  healthy: true,
};

/** A machine that shows the renewal of one certificate, and says what it was told. */
function computed(known: WorkspaceKnown): Computed {
  const { tokens = [], host, looking = false } = known;
  return {
    view: {
      extension: '0.1.0',
      ...(host?.version !== undefined && { host: host.version }),
      ...(host?.problem && { problem: host.problem }),
      looking,
      tokens: [],
      modules: known.modules ?? [],
      national: 0,
      nationalListed: '',
      anchors: [],
    },
    renewals: tokens.length > 0 ? [{ certificate: CERTIFICATE, sealsRead: 0, order: { years: 1, seals: 1 } }] : [],
    ...(!looking && { advice: { findings: [], healthy: true }, procedures: [] }),
    // As nothing that has to be done.
    checks: (known.checks ?? []).map(check => ({ ...check, state: 'skipped' as const })),
    support: [],
    messages: [],
  };
}

/** An open workspace, over a core that can't read what `refuses` names. */
function open(refuses: (known: WorkspaceKnown) => boolean = () => false, news?: CatalogueError) {
  const told: WorkspaceKnown[] = [];
  let cleared = 0;
  const machine = {
    clear: () => {
      cleared += 1;
    },
    show: async (known: WorkspaceKnown) => {
      told.push(known);
      if (refuses(known)) throw { code: 'request-invalid', params: { reason: 'known: unknown variant' } };
      return computed(known);
    },
  };
  const keys = { type: 'tokens', tokens: [{ token: 't1', label: 'k', certificates: [] }], modules };
  const host = {
    version: async () => '1.2.3',
    send: ({ type }: HostCommand) => ({
      reply: Promise.resolve((type === 'doctor' ? { type, report } : keys) as HostReply),
      cancel: () => undefined,
    }),
    watch: () => () => undefined,
  };
  const added: AnchorNews = { type: 'added', names: ['示例'] };
  const anchors = {
    read: async () => ({ anchors: [], ...(news && { problem: news }) }),
    add: async () => added,
    remove: async () => added,
  };
  const windows = { count: 0, focus: () => undefined };
  const bridge = {
    sessions: [],
    endSessions: () => undefined,
    examine: async () => new Map(),
    unanswered: [],
  };
  const workspace = new Workspace(host, anchors, machine, async work => work().then(() => true), windows, bridge);
  const attach = () => {
    const posted: WorkspaceShown[] = [];
    let take: (message: unknown) => void = () => undefined;
    let close: () => void = () => undefined;
    workspace.attach({
      postMessage: (shown: WorkspaceShown) => posted.push(structuredClone(shown)),
      onMessage: { addListener: (listener: typeof take) => (take = listener) },
      onDisconnect: { addListener: (listener: typeof close) => (close = listener) },
    } as unknown as chrome.runtime.Port);
    return {
      ask: async (message: FromWorkspace) => {
        take(message);
        return settled(posted);
      },
      shown: () => settled(posted),
      close: () => close(),
    };
  };
  return { told, attach, cleared: () => cleared };
}

/** The last that was posted, once nothing follows. */
async function settled(posted: WorkspaceShown[]): Promise<WorkspaceShown> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise(resolve => setImmediate(resolve));
  const last = posted.at(-1);
  assert.ok(last);
  return last;
}

test('everything that is known goes in, and what comes out is shown whole', async () => {
  const { told, attach } = open();
  const page = attach();
  const shown = await page.shown();
  assert.deepEqual([shown.view.looking, shown.advice?.healthy, shown.procedures], [false, true, []]);
  assert.deepEqual(shown.view.modules, modules);
  assert.equal(told[0]?.looking, true);
  const last = told.at(-1);
  assert.deepEqual(last?.host, { version: '1.2.3' });
  assert.deepEqual([last?.tokens?.length, last?.modules], [1, modules]);
  assert.deepEqual(last?.browser, { name: '', engine: 156 });
  assert.deepEqual(last?.extension, { version: '0.1.0', siteAllowed: true });
  await page.ask({ type: 'explain', message: '证书已过期' });
  assert.equal(told.at(-1)?.message, '证书已过期');
  const after = await page.ask({ type: 'add-anchors', file: 'AA==' });
  assert.deepEqual(after.view.anchorNews, { type: 'added', names: ['示例'] });
  assert.equal((await page.ask({ type: 'refresh' })).view.anchorNews, undefined);
  const { examination } = (await page.ask({ type: 'examine' })).doctor;
  assert.ok(examination?.checks.some(({ kind }) => kind === 'host'));
  assert.ok(examination?.checks.every(({ state }) => state === 'skipped'));
});

test('an order holds for its certificate until the last page is closed, and only for one that is shown', async () => {
  const { told, attach, cleared } = open();
  const page = attach();
  const order = { years: 2, seals: 0, role: 'agency' };
  // Nothing is shown yet.
  void page.ask({ type: 'quote-renewal', certificate: CERTIFICATE, order });
  await page.shown();
  assert.deepEqual(told.at(-1)?.orders, []);
  await page.ask({ type: 'quote-renewal', certificate: 'cd'.repeat(32), order });
  assert.deepEqual(told.at(-1)?.orders, []);
  await page.ask({ type: 'quote-renewal', certificate: CERTIFICATE, order });
  assert.deepEqual(told.at(-1)?.orders, [[CERTIFICATE, order]]);
  const other = attach();
  page.close();
  await other.shown();
  assert.equal(cleared(), 0);
  assert.deepEqual(told.at(-1)?.orders, [[CERTIFICATE, order]]);
  other.close();
  assert.equal(cleared(), 1);
  await attach().shown();
  assert.deepEqual(told.at(-1)?.orders, []);
});

test('what the core has no word for costs the report first, then the advice, then the keys', async () => {
  const ofReport = open(({ doctor }) => doctor !== undefined).attach();
  await ofReport.shown();
  const examined = await ofReport.ask({ type: 'examine' });
  assert.deepEqual([examined.adviceProblem, examined.advice?.healthy], [undefined, true]);
  // Unweighed then.
  assert.ok(examined.doctor.examination?.checks.some(({ state }) => state === 'ok'));

  const ofAdvice = await open(({ modules }) => (modules?.length ?? 0) > 0)
    .attach()
    .shown();
  assert.equal(ofAdvice.adviceProblem?.code, 'request-invalid');
  assert.equal(ofAdvice.advice, undefined);
  assert.deepEqual([ofAdvice.view.looking, ofAdvice.view.problem, ofAdvice.renewals.length], [false, undefined, 1]);
  assert.deepEqual(ofAdvice.view.modules, modules);

  const unread: CatalogueError = { code: 'internal', params: { detail: 'x' } };
  const ofKeys = await open(({ tokens }) => (tokens?.length ?? 0) > 0, unread)
    .attach()
    .shown();
  assert.equal(ofKeys.view.problem?.code, 'request-invalid');
  assert.deepEqual([ofKeys.view.host, ofKeys.view.looking, ofKeys.renewals], ['1.2.3', false, []]);
  assert.deepEqual(ofKeys.view.anchorNews, { type: 'refused', error: unread });
});
