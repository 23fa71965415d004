// What the verify page needs of the Wasm package beside the verdicts: what a file is, digests of
// content in pieces, and what findings come to.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { DATA as data, noData as skip } from '../stand/data.js';
import { ROOT, temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;
const sample = (name: string): Buffer => readFileSync(join(data, 'seals', name));
const thrown = (call: () => unknown): string | undefined => {
  try {
    call();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

test('both digests of content in pieces are those of OpenSSL', () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => (at * 7) & 255);
  const expected = (algorithm: string, content: Uint8Array) =>
    new Uint8Array(createHash(algorithm).update(content).digest());
  const hasher = new core.ContentHasher();
  for (const size of [1, 63, 64, 65, 9_999, 10_000]) {
    for (let at = 0; at < bytes.length; at += size) hasher.update(bytes.subarray(at, at + size));
    // It begins anew by itself.
    assert.deepEqual(hasher.digests(), { sm3: expected('sm3', bytes), sha256: expected('sha256', bytes) });
  }
  const nothing = new Uint8Array();
  assert.deepEqual(hasher.digests(), { sm3: expected('sm3', nothing), sha256: expected('sha256', nothing) });
  hasher.free();
});

test('its digests stand for the content of a CMS of OpenSSL’s', () => {
  const folder = temporary();
  const at = (name: string): string => join(folder.path, name);
  try {
    const subject = ['-subj', '/C=CN/CN=Example', '-addext', 'keyUsage=critical,digitalSignature'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('key'), '-out', at('certificate')];
    run('openssl', [...made, ...subject, '-addext', 'basicConstraints=critical,CA:FALSE']);
    const content = Buffer.from('合同\n'.repeat(40_000));
    writeFileSync(at('content'), content);
    const how = ['-signer', at('certificate'), '-inkey', at('key'), '-in', at('content')];
    const cms = run('openssl', ['cms', '-sign', '-binary', '-outform', 'DER', ...how]);
    assert.equal(core.recognise(cms), 'cms');
    const hasher = new core.ContentHasher();
    hasher.update(content);
    const digests = hasher.digests();
    const judge = (size: number, anchors: string[]) =>
      core.verifyCms({ cms, anchors, content: { ...digests, size, head: content.subarray(0, 64 * 1024) } });
    const anchors = [readFileSync(at('certificate'), 'utf8')];
    const good = judge(content.length, anchors);
    assert.equal(good.valid, true, JSON.stringify(good.findings));
    assert.match(good.summary.en, /^Verified: signed by “Example”/);
    const unknown = judge(content.length, []);
    assert.equal(unknown.outcome, 'unconfirmed');
    assert.match(unknown.summary['zh-CN'], /^还没核实完/);
    const changed = core.verifyCms({ cms, anchors, content: Buffer.from('其他') });
    assert.equal(changed.outcome, 'wrong');
  } finally {
    folder.remove();
  }
});

test('a file is told by its bytes, or by its beginning', { skip }, () => {
  const seal = sample('UserV4.esl');
  assert.equal(core.recognise(seal), 'seal');
  assert.equal(core.recognise(seal.subarray(0, 300), seal.length), 'seal');
  assert.equal(core.recognise(Buffer.from(seal.toString('base64'))), 'seal');
  assert.equal(core.recognise(core.parseSeal(seal).makerCertificate), 'certificate');
  assert.equal(core.recognise(sample('SESV4SignDoc.ofd')), 'ofd');
  assert.equal(core.recognise(Buffer.from('%PDF-1.7')), 'pdf');
  assert.equal(core.recognise(Buffer.from('合同'), 0), 'unknown');
  for (const size of [Number.NaN, -1, Number.POSITIVE_INFINITY, 0.5, 2 ** 53]) {
    assert.equal(
      thrown(() => core.recognise(Buffer.from('合同'), size)),
      'request-invalid',
      String(size),
    );
  }
});

test('a verdict that lacks something is unconfirmed, and one that something speaks against is wrong', { skip }, () => {
  const at = '2021-06-01T00:00:00Z';
  const seal = sample('UserV4.esl');
  const makers = [core.parseSeal(seal).makerCertificate];
  const outcome = (options: object) => core.verifySeal({ seal, at, ...options }).outcome;
  assert.equal(outcome({ makers }), 'good');
  assert.equal(outcome({}), 'unconfirmed');
  assert.equal(outcome({ makers, at: '2023-01-01' }), 'unconfirmed');
  const forged = sample('SESealData.DER');
  assert.equal(core.verifySeal({ seal: forged, at }).outcome, 'wrong');
});
