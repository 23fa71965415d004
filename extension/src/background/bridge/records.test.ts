import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { record, recorded } from './records.js';

type Listener = (details: Record<string, unknown>) => void;

const listeners: { listener: Listener; urls: string[]; body: boolean }[] = [];
(globalThis as { chrome?: unknown }).chrome = {
  webRequest: {
    onBeforeRequest: {
      hasListener: (listener: Listener) => listeners.some(known => known.listener === listener),
      addListener: (listener: Listener, { urls }: { urls: string[] }, extra?: string[]) =>
        listeners.push({ listener, urls, body: extra?.includes('requestBody') === true }),
    },
  },
};

const ORIGIN = 'https://portal.example';
let request = 0;

/** The browser records a call, as it does: each listener whose addresses fit, with the body only where it asked. */
function browserSees(name: string, body: Record<string, string[]> | undefined, change: Record<string, unknown> = {}) {
  const url = `http://127.0.0.1:11200/${name}`;
  const details = {
    requestId: String(++request),
    url,
    tabId: 7,
    frameId: 0,
    frameType: 'outermost_frame',
    documentLifecycle: 'active',
    initiator: ORIGIN,
    method: 'POST',
    ...change,
  };
  for (const { listener, urls, body: wants } of listeners) {
    if (!urls.some(pattern => new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace('*', '.*')}$`).test(url))) continue;
    listener(wants ? { ...details, ...(body && { requestBody: { formData: body } }) } : details);
  }
}

const told = (name: string, fields: Record<string, string> = {}) => ({ port: 11_200, name, fields });

const left: number[] = [];

beforeEach(() =>
  record(
    tab => (tab === 7 ? ORIGIN : undefined),
    tab => left.push(tab),
  ),
);

test('a call with its record is taken, once', async () => {
  browserSees('RS_KeySignByP1', { msg: ['a'], containerId: ['c'] });
  assert.equal(await recorded(7, told('RS_KeySignByP1', { containerId: 'c', msg: 'a' })), true);
  assert.equal(await recorded(7, told('RS_KeySignByP1', { containerId: 'c', msg: 'a' })), false);
});

test('a record that comes a little later is waited for', async () => {
  const taken = recorded(7, told('RS_GetUserList'));
  setImmediate(() => browserSees('RS_GetUserList', undefined));
  assert.equal(await taken, true);
});

test('what a call carries must be what the browser saw', async () => {
  browserSees('RS_KeySignByP1', { msg: ['a'] });
  assert.equal(await recorded(7, told('RS_KeySignByP1', { msg: 'b' })), false);
  browserSees('RS_KeySignByP1', { msg: ['c', 'd'] });
  assert.equal(await recorded(7, told('RS_KeySignByP1', { msg: 'c' })), false);
  browserSees('RS_GetUserList', { msg: ['a'] });
  assert.equal(await recorded(7, told('RS_GetUserList')), false);
});

test('of functions with a PIN no body is asked for', async () => {
  assert.ok(listeners.some(({ body }) => body));
  for (const { urls, body } of listeners) {
    if (body) assert.ok(!urls.some(url => /RS_CertLogin|RS_ChangePassWd|\*/.test(url)), urls.join());
  }
  browserSees('RS_CertLogin', { containerId: ['c'], password: ['123456'] });
  assert.equal(await recorded(7, told('RS_CertLogin', { containerId: 'c' })), true);
});

test('other documents leave none', async () => {
  for (const change of [
    { frameId: 3, frameType: 'sub_frame' },
    { frameType: 'fenced_frame' },
    { documentLifecycle: 'prerender' },
    { documentLifecycle: undefined },
    { initiator: 'https://portal.example:8443' },
    { initiator: 'http://portal.example' },
    { initiator: undefined },
    { tabId: -1 },
    { tabId: 8 },
    { method: 'GET' },
  ]) {
    browserSees('RS_GetUserList', undefined, change);
    assert.equal(await recorded(7, told('RS_GetUserList')), false, JSON.stringify(change));
  }
  browserSees('RS_GetUserList', undefined);
  assert.equal(await recorded(8, told('RS_GetUserList')), false);
  assert.equal(await recorded(7, told('RS_GetUserList')), true);
});
