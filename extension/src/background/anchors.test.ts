import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type AnchorNews, MAX_ANCHORS } from '@yinxin/proto';
import type { DescribedAnchor } from '../../../wasm/pkg/web/yinxin.js';
import { decode, encode } from '../base64.js';
import { Memory } from '../testing.js';
import { Anchors } from './anchors.js';
import { fromWorkspace } from './messages.js';

const NOW = new Date('2026-11-22T08:00:00Z');

/** A stand-in for the core: each letter is a certificate, named by itself; anything else is none. */
async function describe(file: Uint8Array | string, managed: boolean): Promise<DescribedAnchor[]> {
  const text = new TextDecoder().decode(typeof file === 'string' ? decode(file) : file);
  if (!/^\p{L}+$/u.test(text)) throw new Unreadable();
  return [...text].map(name => ({
    certificate: new TextEncoder().encode(name),
    view: {
      certificate: fingerprint(name),
      name,
      subject: `CN=${name}`,
      issuer: `CN=${name}`,
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2036-01-01T00:00:00Z',
      managed,
      findings: [],
    },
  }));
}

class Unreadable extends Error {
  readonly code = 'certificate-unreadable';
  readonly params = { position: 0, reason: 'no letter' };
}

function file(text: string): string {
  return encode(new TextEncoder().encode(text));
}

function fingerprint(name: string): string {
  return (name.codePointAt(0) ?? 0).toString(16).padStart(64, '0');
}

let local: Memory;
let managed: Memory;
let anchors: Anchors;

beforeEach(() => {
  local = new Memory();
  managed = new Memory();
  anchors = new Anchors(describe, local.item('anchors'), managed);
});

async function names(): Promise<string> {
  return (await anchors.read()).anchors
    .map(({ view }) => (view.managed ? view.name.toUpperCase() : view.name))
    .join('');
}

function code(news: AnchorNews): string | undefined {
  return news.type === 'refused' ? news.error.code : undefined;
}

test('nothing was added, and nothing is wrong', async () => {
  assert.deepEqual(await anchors.read(), { anchors: [] });
  assert.deepEqual(await anchors.certificates(), []);
});

const purpose = 'certificates';

test('the certificates of a file are added with their date, and outlive the worker', async () => {
  assert.deepEqual(await anchors.add(file('ab'), NOW), { type: 'added', names: ['a', 'b'] });
  assert.deepEqual(local.content, {
    anchors: [
      { certificate: file('a'), added: '2026-11-22T08:00:00.000Z', purpose },
      { certificate: file('b'), added: '2026-11-22T08:00:00.000Z', purpose },
    ],
  });
  assert.deepEqual(await new Anchors(describe, local.item('anchors'), managed).certificates(), [file('a'), file('b')]);
});

test('what is there already is not added again, and only what is new is named', async () => {
  await anchors.add(file('aa'), NOW);
  assert.deepEqual(await anchors.add(file('ab'), NOW), { type: 'added', names: ['b'] });
  const { writes } = local;
  assert.deepEqual(await anchors.add(file('ba'), NOW), { type: 'added', names: [] });
  assert.equal(local.writes, writes);
  assert.equal(await names(), 'ab');
});

test('a file that is no certificate changes nothing', async () => {
  await anchors.add(file('a'), NOW);
  assert.equal(code(await anchors.add(file('?'), NOW)), 'certificate-unreadable');
  assert.equal(code(await anchors.add('no Base64 §', NOW)), 'internal');
  assert.equal(await names(), 'a');
});

test('their number is bounded, whoever set them, and a file is added as a whole or not', async () => {
  managed.content = { anchors: [file('m')] };
  const letters = Array.from({ length: MAX_ANCHORS - 1 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
  assert.equal(code(await anchors.add(file(`${letters}xy`), NOW)), 'too-many-anchors');
  assert.deepEqual(local.content, {});
  assert.equal(code(await anchors.add(file(letters), NOW)), undefined);
  assert.equal(code(await anchors.add(file('x'), NOW)), 'too-many-anchors');
  assert.deepEqual(await anchors.add(file('m'), NOW), { type: 'added', names: [] });
  assert.equal(await names(), `M${letters}`);
  // What an administrator sets counts before what was there.
  managed.content = { anchors: [file('m'), file('n')] };
  assert.equal(await names(), `MN${letters.slice(0, -1)}`);
});

test('one is removed by its fingerprint, and no other', async () => {
  await anchors.add(file('abc'), NOW);
  assert.deepEqual(await anchors.remove(fingerprint('b')), { type: 'removed', name: 'b' });
  assert.equal(code(await anchors.remove(fingerprint('b'))), 'certificate-not-found');
  assert.equal(await names(), 'ac');
});

test('those of the administrator come first and stay', async () => {
  managed.content = { anchors: [file('m'), file('no')] };
  await anchors.add(file('ma'), NOW);
  assert.equal(await names(), 'MNOa');
  assert.equal(code(await anchors.remove(fingerprint('m'))), 'certificate-not-found');
  assert.equal(await names(), 'MNOa');
});

test('changes that come together are all kept', async () => {
  await Promise.all([anchors.add(file('a'), NOW), anchors.add(file('b'), NOW), anchors.remove(fingerprint('a'))]);
  assert.equal(await names(), 'b');
});

test('garbage in the storage is left out and told, and goes with the next change', async () => {
  const good = { certificate: file('a'), added: '2026-01-01T00:00:00.000Z', purpose };
  const garbage = [
    null,
    7,
    'a',
    {},
    { certificate: 1, added: '', purpose },
    { certificate: '§', added: '', purpose },
    { ...good, purpose: 'another' },
  ];
  local.content = { anchors: [...garbage, good, { certificate: file('xy'), added: '', purpose }] };
  const { problem } = await anchors.read();
  assert.equal(problem?.code, 'file-failed');
  assert.deepEqual(await anchors.certificates(), [file('a')]);
  await anchors.add(file('b'), NOW);
  assert.deepEqual((local.content.anchors as unknown[])[0], good);
  assert.equal((await anchors.read()).problem, undefined);
  for (const value of ['a', 7, { 0: good }]) {
    local.content = { anchors: value };
    assert.deepEqual(await anchors.certificates(), []);
    assert.equal((await anchors.read()).problem?.code, 'file-failed');
  }
});

test('a policy with garbage in it is told, and its rest holds', async () => {
  managed.content = { anchors: [file('a'), '§', 5, file('b')] };
  assert.equal(await names(), 'AB');
  assert.deepEqual((await anchors.read()).problem, {
    code: 'configuration-invalid',
    params: { path: 'chrome.storage.managed', reason: 'anchors[1]' },
  });
});

test('a storage that fails is as good as an empty one, and is not overwritten', async () => {
  await anchors.add(file('a'), NOW);
  local.failure = new Error('disk I/O error');
  managed.content = { anchors: [file('m')] };
  assert.equal(await names(), 'M');
  assert.equal((await anchors.read()).problem?.code, 'file-failed');
  assert.equal(code(await anchors.add(file('b'), NOW)), 'file-failed');
  assert.equal(code(await anchors.remove(fingerprint('a'))), 'file-failed');
  local.failure = undefined;
  managed.failure = new Error('no policy here');
  assert.equal(await names(), 'a');
  assert.equal((await anchors.read()).problem?.code, 'configuration-invalid');
});

test('a storage that is full refuses, and keeps what it has', async () => {
  await anchors.add(file('a'), NOW);
  local.set = async () => {
    throw new Error('QUOTA_BYTES quota exceeded');
  };
  const news = await anchors.add(file('b'), NOW);
  assert.deepEqual(news, {
    type: 'refused',
    error: { code: 'file-failed', params: { path: 'chrome.storage.local', reason: 'QUOTA_BYTES quota exceeded' } },
  });
  assert.equal(await names(), 'a');
});

test('only messages of the protocol are taken from the workspace', () => {
  const certificate = 'a'.repeat(64);
  for (const message of [
    { type: 'refresh' },
    { type: 'add-anchors', file: 'AA==' },
    { type: 'remove-anchor', certificate },
  ]) {
    assert.deepEqual(fromWorkspace({ ...message, more: 1 }), message);
  }
  for (const message of [
    undefined,
    null,
    'refresh',
    [],
    {},
    { type: 'approve' },
    { type: 'add-anchors' },
    { type: 'add-anchors', file: 7 },
    { type: 'remove-anchor', certificate: 7 },
    { type: 'remove-anchor', certificate: certificate.toUpperCase() },
    { type: 'remove-anchor', certificate: `${certificate}\n` },
  ]) {
    assert.equal(fromWorkspace(message), undefined, JSON.stringify(message));
  }
});
