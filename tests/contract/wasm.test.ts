// The Wasm package as scripts outside call it: names, shapes and verdicts on published data.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../stand/paths.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;
const data = process.env.YINXIN_TEST_DATA ?? join(ROOT, '../shared/data');
const skip = existsSync(data) ? false : `no test data at ${data}`;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

test('SM2 and SM3 give the values of GB/T 32918.5 and GB/T 32905', { skip }, () => {
  const vectors = JSON.parse(readFileSync(join(data, 'vectors/gbt32918_5_gbt32905.json'), 'utf8'));
  for (const { msg_ascii, digest } of vectors.sm3) {
    assert.equal(Buffer.from(core.sm3(Buffer.from(msg_ascii))).toString('hex'), digest);
  }
  const { px, py, r, s, id, msg_ascii } = vectors.sign;
  const publicKey = hex(`04${px}${py}`);
  const message = Buffer.from(msg_ascii);
  const signature = hex(r + s);
  assert.equal(core.sm2Verify({ publicKey, message, signature }), true);
  assert.equal(core.sm2Verify({ publicKey, message, signature, id }), true);
  assert.equal(core.sm2Verify({ publicKey, message, signature, id: '' }), false);
  for (let bit = 0; bit < signature.length * 8; bit += 1) {
    const flipped = signature.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(core.sm2Verify({ publicKey, message, signature: flipped }), false, `bit ${bit}`);
  }
});

test('SM3 in pieces is SM3 of the whole', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);
  const whole = core.sm3(bytes);
  for (const size of [1, 63, 64, 65, 999]) {
    const streaming = new core.Sm3();
    for (let at = 0; at < bytes.length; at += size) streaming.update(bytes.subarray(at, at + size));
    assert.deepEqual(streaming.digest(), whole);
    streaming.free();
  }
});

test('72 of the 86 operating CAs lead to the national root', { skip }, () => {
  const folder = join(data, 'ca-national');
  const root = readFileSync(join(folder, 'ROOTCA.pem'), 'utf8');
  const certificates = readdirSync(folder).filter(name => name.endsWith('.crt'));
  assert.equal(certificates.length, 86);
  const verdicts = certificates.map(name =>
    core.verifyCertificate({
      certificate: readFileSync(join(folder, name), 'utf8'),
      intermediates: [],
      anchors: [root],
      crls: [],
      at: '2026-02-15T00:00:00Z',
    }),
  );
  assert.equal(verdicts.filter(({ valid }) => valid).length, 72);
  for (const { valid, findings } of verdicts) {
    assert.ok(valid || findings.some(({ severity }) => severity === 'fatal'), 'a refusal has its reason');
  }
});

test('garbage is an error with a code, in both languages', () => {
  for (const garbage of [new Uint8Array(), new Uint8Array([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), 'nonsense']) {
    assert.throws(
      () => core.parseCertificate(garbage),
      (error: { code: string; params: object }) => {
        assert.equal(error.code, 'certificate-unreadable');
        assert.notEqual(
          core.text(error.code, error.params as never, 'zh-CN').message,
          core.text(error.code, error.params as never, 'en').message,
        );
        return true;
      },
    );
  }
});
