import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Caller, forgetRecords, record, recorded } from './records.js';

type Listener = (details: Record<string, unknown>) => void;

const listeners: { listener: Listener; urls: string[]; body: boolean }[] = [];
const ends: ((details: Record<string, unknown>) => void)[] = [];
const responses: Listener[] = [];
const end = { addListener: (listener: Listener) => ends.push(listener) };
(globalThis as { chrome?: unknown }).chrome = {
  webRequest: {
    onBeforeRequest: {
      hasListener: (listener: Listener) => listeners.some(known => known.listener === listener),
      addListener: (listener: Listener, { urls }: { urls: string[] }, extra?: string[]) =>
        listeners.push({ listener, urls, body: extra?.includes('requestBody') === true }),
    },
    onResponseStarted: { addListener: (listener: Listener) => responses.push(listener) },
    onCompleted: end,
    onErrorOccurred: end,
  },
};

const ORIGIN = 'https://portal.example';
const PAGE: Caller = { tab: 7, origin: ORIGIN, document: 'D1' };
let request = 0;

/** The browser records a call, as it does: each listener whose addresses fit, with the body only where it asked. */
function browserSees(
  name: string,
  body?: Record<string, string[]> | string,
  change: Record<string, unknown> = {},
  url = `http://127.0.0.1:11200/${name}`,
) {
  const requestBody =
    typeof body === 'string' ? { raw: [{ bytes: new TextEncoder().encode(body).buffer }] } : { formData: body };
  const details = {
    requestId: String(++request),
    url,
    tabId: 7,
    frameId: 0,
    frameType: 'outermost_frame',
    documentId: 'D1',
    documentLifecycle: 'active',
    initiator: ORIGIN,
    method: 'POST',
    ...change,
  };
  for (const { listener, urls, body: wants } of listeners) {
    const fits = (pattern: string) => {
      const anyPort = pattern.replace('0.1/', '0.1(:[0-9]+)?/');
      return new RegExp(`^${anyPort.replace(/[.]/g, '\\.').replace(/[*]$/, '.*')}$`).test(details.url);
    };
    if (!urls.some(fits)) continue;
    listener(wants ? { ...details, ...(body && { requestBody }) } : details);
  }
  return details;
}

const told = (name: string, fields: Record<string, string> = {}) => ({ port: 11_200, path: name, name, fields });

const went: string[] = [];

beforeEach(() =>
  record({
    goes: (tab, url) => went.push(`${tab} goes ${url}`),
    responds: (tab, isPage) => went.push(`${tab} ${isPage ? 'becomes another' : 'stays'}`),
  }),
);

test('a call with its record is taken, once', async () => {
  browserSees('RS_KeySignByP1', { msg: ['a'], containerId: ['c'] });
  assert.equal(await recorded(PAGE, told('RS_KeySignByP1', { containerId: 'c', msg: 'a' })), true);
  assert.equal(await recorded(PAGE, told('RS_KeySignByP1', { containerId: 'c', msg: 'a' })), false);
});

test('a record that comes a little later is waited for', async () => {
  const taken = recorded(PAGE, told('RS_GetUserList'));
  setImmediate(() => browserSees('RS_GetUserList', undefined));
  assert.equal(await taken, true);
});

test('what a call carries must be what the browser saw', async () => {
  browserSees('RS_KeySignByP1', { msg: ['a'] });
  assert.equal(await recorded(PAGE, told('RS_KeySignByP1', { msg: 'b' })), false);
  browserSees('RS_KeySignByP1', { msg: ['c', 'd'] });
  assert.equal(await recorded(PAGE, told('RS_KeySignByP1', { msg: 'c' })), false);
  browserSees('RS_GetUserList', { msg: ['a'] });
  assert.equal(await recorded(PAGE, told('RS_GetUserList')), false);
});

test('of functions with a PIN no body is asked for', async () => {
  assert.ok(listeners.some(({ body }) => body));
  for (const { urls, body } of listeners) {
    if (body) assert.ok(!urls.some(url => /RS_CertLogin|RS_ChangePassWd|\*/.test(url)), urls.join());
  }
  browserSees('RS_CertLogin', { containerId: ['c'], password: ['123456'] });
  assert.equal(await recorded(PAGE, told('RS_CertLogin', { containerId: 'c' })), true);
});

/** Whoever is not the page, though of its tab. */
const STRANGERS = [
  { frameId: 3, frameType: 'sub_frame' },
  { frameType: 'fenced_frame' },
  { documentLifecycle: 'prerender' },
  { documentLifecycle: undefined },
  { documentId: 'D0' },
  { documentId: undefined },
  { initiator: 'https://portal.example:8443' },
  { initiator: 'http://portal.example' },
  { initiator: undefined },
];

test('other documents leave none', async () => {
  for (const change of [...STRANGERS, { tabId: -1 }, { tabId: 8 }, { method: 'GET' }]) {
    browserSees('RS_GetUserList', undefined, change);
    assert.equal(await recorded(PAGE, told('RS_GetUserList')), false, JSON.stringify(change));
  }
  browserSees('RS_GetUserList');
  assert.equal(await recorded({ ...PAGE, tab: 9 }, told('RS_GetUserList')), false);
  assert.equal(await recorded(PAGE, told('RS_GetUserList')), true);
});

test('where a stranger in the tab calls the same, nobody is answered, whoever came first', async () => {
  let tabId = 100;
  const answers = STRANGERS.flatMap(change => {
    const own = (tabId: number) => browserSees('RS_CertLogin', undefined, { tabId });
    const strange = (tabId: number) => browserSees('RS_CertLogin', undefined, { tabId, ...change });
    return [[own, strange] as const, [strange, own] as const].map(async order => {
      const caller = { ...PAGE, tab: tabId++ };
      for (const call of order) call(caller.tab);
      return await Promise.all([recorded(caller, told('RS_CertLogin')), recorded(caller, told('RS_CertLogin'))]);
    });
  });
  assert.equal(answers.length, 2 * STRANGERS.length);
  for (const both of await Promise.all(answers)) assert.deepEqual(both, [false, false]);
  // Of the burst nothing is left, and other addresses were none of its business.
  browserSees('RS_KeyStatus');
  browserSees('RS_CertLogin', undefined, STRANGERS[0]);
  assert.equal(await recorded(PAGE, told('RS_KeyStatus')), true);
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), true);
});

test('a stranger that gives its call up can’t make the page’s its own', async () => {
  const given = browserSees('RS_CertLogin', undefined, STRANGERS[0]);
  for (const listener of ends) listener(given);
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
});

test('a fragment, which the host never sees, hides no stranger', async () => {
  const hidden = 'http://127.0.0.1:11200/RS_CertLogin#x';
  browserSees('RS_CertLogin', undefined, { ...STRANGERS[0], url: hidden });
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
  browserSees('RS_CertLogin', undefined, { url: hidden });
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), true);
});

test('who calls where the host listens without our rules is a stranger, the page too', async () => {
  const around = (change: Record<string, unknown> = {}) =>
    browserSees('RS_CertLogin', undefined, { url: 'http://127.0.0.1:34567/11200/RS_CertLogin', ...change });
  around();
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
  around({ initiator: 'https://portal.example:8443', frameId: 3 });
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
  // What the rules brought there is the call that was recorded, also where the host has told it by then.
  const { requestId } = browserSees('RS_CertLogin');
  around({ requestId });
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), true);
  around({ requestId });
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), true);
  // Of another function it is not.
  const { requestId: other } = browserSees('RS_GetVersion');
  around({ requestId: other });
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
});

test('what was called before the tab’s rules is nobody’s: neither the page’s, nor in its way', async () => {
  browserSees('RS_CertLogin', undefined, { documentId: 'D0' });
  browserSees('RS_KeyStatus');
  forgetRecords(7);
  assert.equal(await recorded(PAGE, told('RS_KeyStatus')), false);
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), true);
});

test('a record goes some time after its call has ended', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const given = browserSees('RS_CertLogin', undefined, STRANGERS[0]);
  for (const listener of ends) listener(given);
  context.mock.timers.tick(60_000);
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), true);
});

test('four thousand at once have each their record; of more than can be kept nobody is answered in that document', async () => {
  for (let call = 0; call < 4_000; call += 1) browserSees('RS_KeyStatus', { containerId: [String(call)] });
  for (let call = 0; call < 4_000; call += 1)
    assert.equal(await recorded(PAGE, told('RS_KeyStatus', { containerId: String(call) })), true);
  browserSees('RS_CertLogin', undefined, STRANGERS[0]);
  for (let call = 0; call < 20_000; call += 1) browserSees('RS_KeyStatus');
  browserSees('RS_CertLogin');
  assert.equal(await recorded(PAGE, told('RS_CertLogin')), false);
  // Other tabs are not concerned, nor is what comes over the next rules.
  browserSees('RS_CertLogin', undefined, { tabId: 8, documentId: 'D8' });
  assert.equal(await recorded({ tab: 8, origin: ORIGIN, document: 'D8' }, told('RS_CertLogin')), true);
  forgetRecords(7);
  browserSees('RS_CertLogin', undefined, { documentId: 'D2' });
  assert.equal(await recorded({ ...PAGE, document: 'D2' }, told('RS_CertLogin')), true);
});

test('of fields that are longer than any call that is taken none is kept', async () => {
  const long = 'x'.repeat(20 * 1024 * 1024);
  browserSees('RS_KeySignByP1', { msg: [long] });
  assert.equal(await recorded(PAGE, told('RS_KeySignByP1', { msg: long })), false);
  browserSees('RS_KeySignByP1', { msg: ['a'] });
  assert.equal(await recorded(PAGE, told('RS_KeySignByP1', { msg: 'a' })), true);
});

test('what a tab is answered with takes the place of its page only where it is one', () => {
  went.length = 0;
  const answers: [Record<string, unknown>, boolean][] = [
    [{ 'Content-Type': 'text/html; charset=utf-8' }, true],
    [{ 'content-type': 'application/xhtml+xml' }, true],
    [{ 'content-type': 'text/html', 'content-disposition': 'attachment; filename="a.html"' }, false],
    [{ 'content-type': 'application/pdf' }, false],
    [{}, false],
  ];
  const respond = (headers: Record<string, unknown>, change: Record<string, unknown> = {}) => {
    const responseHeaders = Object.entries(headers).map(([name, value]) => ({ name, value }));
    const details = { tabId: 7, url: ORIGIN, documentLifecycle: 'active', statusCode: 200, responseHeaders, ...change };
    for (const listener of responses) listener(details);
  };
  for (const [headers] of answers) respond(headers);
  assert.deepEqual(
    went,
    answers.map(([, isPage]) => `7 ${isPage ? 'becomes another' : 'stays'}`),
  );
  went.length = 0;
  respond({ 'content-type': 'text/html' }, { statusCode: 204 });
  respond({ 'content-type': 'text/html' }, { documentLifecycle: 'prerender' });
  respond({ 'content-type': 'text/html' }, { tabId: -1 });
  assert.deepEqual(went, ['7 stays']);
});

test('JSON is compared as the host reads it', async () => {
  const sign = (text: string) => ({
    port: 7256,
    path: 'SOF_SignData',
    name: 'SOF_SignData',
    fields: { inCertId: '4F', inData: text, inDataLen: '3', _jsonEnd: '_jsonEnd' },
  });
  const body = '{"inCertId":"4F","inData":"投标书","inDataLen":3,"_jsonEnd":"_jsonEnd"}';
  browserSees('SOF_SignData', body, {}, 'https://127.0.0.1:7256/SOF_SignData');
  assert.equal(await recorded(PAGE, sign('合同')), false);
  assert.equal(await recorded(PAGE, sign('投标书')), true);
  // What brings a PIN is not asked for.
  browserSees('SOF_Login', undefined, {}, 'https://127.0.0.1:7256/SOF_Login');
  assert.equal(
    await recorded(PAGE, { port: 7256, path: 'SOF_Login', name: 'SOF_Login', fields: { inCertId: '4F' } }),
    true,
  );
});

test('where one path serves every function, the path is compared', async () => {
  const version = (path: string) => ({ port: 51_235, path, name: 'SOF_GetVersion', fields: {} });
  browserSees('alpha', undefined, {}, 'http://127.0.0.1:51235/alpha');
  assert.equal(await recorded(PAGE, version('beta')), false);
  assert.equal(await recorded(PAGE, version('alpha')), true);
});
