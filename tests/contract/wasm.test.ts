// The Wasm package as scripts outside call it: names, shapes and verdicts on published data.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { DATA as data, noData as skip } from '../stand/data.js';
import { ROOT } from '../stand/paths.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;
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

/** A DER element of these parts, below 64 KiB. */
function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const value = Buffer.concat(parts);
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Uint8Array.of(tag, ...length), value]);
}

/** A certificate for a common name of these bytes. Its signature is none: reading does not ask. */
function certificateOf(tag: number, name: Uint8Array, issuer = name): Uint8Array {
  const sm2 = element(0x30, hex('06082a811ccf55018375'));
  const named = (text: Uint8Array) =>
    element(0x30, element(0x31, element(0x30, hex('0603550403'), element(tag, text))));
  const time = (text: string) => element(0x17, Buffer.from(text));
  const validity = element(0x30, time('260101000000Z'), time('270814235959Z'));
  const kind = element(0x30, hex('06072a8648ce3d020106082a811ccf5501822d'));
  const key = element(0x30, kind, element(0x03, hex('0004')));
  const tbs = element(0x30, hex('a003020102'), hex('02020090'), sm2, named(issuer), validity, named(name), key);
  return element(0x30, tbs, sm2, element(0x03, hex('0000')));
}

test('names in GBK are read by the platform, and the finding says so', () => {
  const gbk = hex('cbc4b4a8'); // 四川
  const facts = core.parseCertificate(certificateOf(0x14, gbk), '2027-08-14T15:59:58Z');
  assert.equal(facts.holder, '四川');
  assert.deepEqual(facts.subjectAttributes, [{ oid: '2.5.4.3', name: 'CN', text: '四川', encoding: 'T61String' }]);
  const legacy = facts.findings.filter(({ code }) => code === 'string-legacy');
  assert.deepEqual(
    legacy.map(({ place, params, severity }) => [place, params, severity]),
    [
      ['issuer.commonName', { encoding: 'GBK' }, 'note'],
      ['subject.commonName', { encoding: 'GBK' }, 'note'],
    ],
  );
  // Strict: what is not GBK is not made to be.
  assert.equal(core.parseCertificate(certificateOf(0x14, hex('e9'))).holder, 'é');
  assert.equal(core.parseCertificate(certificateOf(0x13, hex('cbc4b4a8'))).holder, '四川');
});

test('each fact that is asked for is the one that the whole has, and no other is there', () => {
  const certificate = certificateOf(0x0c, Buffer.from('示例'));
  const now = '2027-08-14T15:59:58Z';
  const whole: object = core.parseCertificate(certificate, now);
  const names = Object.keys(whole) as (keyof ReturnType<Package['parseCertificate']>)[];
  assert.deepEqual(core.parseCertificate(certificate, now, names), whole);
  for (const name of names) {
    const told: object = core.parseCertificate(certificate, now, [name, name]);
    assert.deepEqual(told, { [name]: whole[name as never] });
  }
  // A fact that this one does not have, and none at all.
  assert.deepEqual(core.parseCertificate(certificate, now, ['creditCode']), {});
  assert.deepEqual(core.parseCertificate(certificate, now, []), {});
  for (const fields of [['subjectName'], ['not_before'], ['__proto__'], [''], [1], 'subject', { 0: 'subject' }]) {
    assert.throws(() => core.parseCertificate(certificate, now, fields as never), {
      code: 'request-invalid',
      message: /fields/,
    });
  }
});

test('the platform reads GB 18030 as browsers do, in strings of every type', () => {
  // 䶮 and 㐂, which the smaller GBK of Node does not have.
  const rare = hex('fe9f8139ef31');
  for (const tag of [0x0c, 0x13, 0x14]) {
    const { holder, findings } = core.parseCertificate(certificateOf(tag, rare));
    assert.equal(holder, '䶮㐂');
    assert.deepEqual(findings.find(({ code }) => code === 'string-legacy')?.params, { encoding: 'GB18030' });
  }
});

test('names are compared with the tables of the platform', () => {
  const own = Buffer.from('示例 Évil');
  for (const [issuer, same] of [
    ['示例　ＥＶＩＬ', false],
    ['示例\u200b　e\u0301ＶＩＬ', true],
    ['示例 évil\ue000', false],
  ] as const) {
    const { summary } = core.parseCertificate(certificateOf(0x0c, own, Buffer.from(issuer)));
    assert.equal(summary['zh-CN'].includes('由其自行签发'), same, issuer);
  }
});

test('a certificate for other uses signs only where the caller lists one', { skip }, () => {
  const certificate = readFileSync(join(data, 'certs/tongsuo-dual/server_sign2.crt'));
  const trust = { certificate, anchors: [certificate], at: '2026-01-01T00:00:00Z' };
  const codes = (options: object) => {
    const { valid, findings } = core.verifyCertificate({ ...trust, ...options });
    const fatal = findings.filter(({ severity }) => severity === 'fatal');
    assert.equal(valid, fatal.length === 0);
    return fatal.map(({ code, params }) => [code, params]);
  };
  const refused = [['extended-key-usage-not-accepted', { usages: 'serverAuth' }]];
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ purpose: 'sign' }), refused);
  assert.deepEqual(codes({ purpose: 'sign', extendedKeyUsages: ['1.3.6.1.5.5.7.3.36'] }), refused);
  assert.deepEqual(codes({ purpose: 'sign', extendedKeyUsages: ['1.3.6.1.5.5.7.3.1'] }), []);
  assert.equal(core.parseCertificate(certificate).maySign, false);
  for (const extendedKeyUsages of [['serverAuth'], [1], 'x', {}]) {
    assert.throws(() => core.verifyCertificate({ ...trust, extendedKeyUsages } as never), {
      code: 'request-invalid',
      message: /extendedKeyUsages/,
    });
  }
});

test('a serial number is revoked however certificate and list write it', { skip }, () => {
  const read = (name: string) => readFileSync(join(data, 'field', name));
  for (const [certificate, list] of [
    ['s-nonminimal-serial.cer', 'r-revoked.crl'],
    ['s-nonminimal-serial.cer', 'r-nonminimal-entry.crl'],
    ['base-ee.pem', 'r-nonminimal-entry.crl'],
    ['s-negative-serial.cer', 'r-for-negative.crl'],
  ] as const) {
    const verdict = core.verifyCertificate({
      certificate: read(certificate),
      anchors: [read('ca.der')],
      crls: [read(list)],
      crlPolicy: 'require',
      at: '2026-06-01T00:00:00Z',
    });
    assert.equal(verdict.valid, false, `${certificate} ${list}`);
    assert.equal(verdict.findings[0]?.code, 'certificate-revoked', `${certificate} ${list}`);
  }
});

test('facts are told as of a time, in the time of China too', () => {
  const certificate = certificateOf(0x0c, Buffer.from('示例采购有限公司'));
  const facts = core.parseCertificate(certificate, '2027-08-14T15:59:59Z');
  assert.equal(facts.notAfter, '2027-08-14T23:59:59Z');
  assert.equal(facts.notAfterChina, '2027-08-15T07:59:59+08:00');
  assert.equal(facts.daysLeft, 1);
  assert.equal(core.parseCertificate(certificate, '2027-08-14T16:00:00Z').daysLeft, 0);
  assert.deepEqual(facts.serialNumber, { scca: '0090', hex: '90', decimal: '144' });
  assert.match(facts.summary['zh-CN'], /示例采购有限公司/);
  assert.match(facts.summary.en, /valid until 15 August 2027 \(1 day left\)/);
  assert.throws(() => core.parseCertificate(certificate, 'tomorrow'), { code: 'request-invalid' });
});

test('the two of a dual certificate find each other', { skip }, () => {
  const read = (name: string) => readFileSync(join(data, 'certs/tjfoc', name), 'utf8');
  const [sign, encrypt] = ['sm2_sign_cert.cer', 'sm2_enc_cert.cer'].map(read) as [string, string];
  const pairs = core.pairCertificates([read('SM2_CA.cer'), encrypt, read('sm2_auth_cert.cer'), sign]);
  const sha256 = (certificate: string) => core.parseCertificate(certificate).sha256;
  assert.deepEqual(pairs, [{ sign: sha256(sign), encrypt: sha256(encrypt) }]);
  assert.deepEqual(core.parseCertificate(sign).purposes, ['sign']);
  assert.deepEqual(core.parseCertificate(encrypt).purposes, ['encrypt']);
});

test('a listed CA is judged out of the box, and the verdict says why', { skip }, () => {
  const read = (name: string): string => readFileSync(join(data, 'ca-national', name), 'utf8');
  const certificate = read('3C4AF5224F0F36A491AEB7313030F9AC.crt');
  const at = '2026-11-22T00:00:00Z';
  const verdict = core.verifyCertificate({ certificate, at });
  assert.equal(verdict.valid, true);
  assert.deepEqual(verdict.path.at(-1)?.anchor?.source, 'national');
  assert.equal(verdict.path.at(-1)?.anchor?.listed, '2026-02-15');
  assert.match(verdict.summary['zh-CN'], /国家商用密码根/);
  assert.ok(verdict.findings.every(({ code }) => ['crl-missing', 'parameters-odd'].includes(code)));
  assert.equal(core.verifyCertificate({ certificate, anchors: [], at }).findings[0]?.code, 'issuer-unknown');
  assert.equal(core.verifyCertificate({ certificate, anchors: [], national: true, at }).valid, true);
  const policy = core.verifyCertificate({ certificate, policies: ['1.2.156.999'], at });
  assert.equal(policy.findings[0]?.code, 'policy-not-satisfied');
  assert.throws(() => core.verifyCertificate({ certificate, policies: ['x'], at }), { code: 'request-invalid' });
  // One of the domains whose root is not at hand.
  const apart = core.verifyCertificate({ certificate: read('681FC586C9980FACF90F9D05F9ACBE79.crt'), at });
  assert.deepEqual(apart.findings[0]?.params, { root: 'Civil Servant ROOT' });
  const table = core.nationalAnchors();
  assert.equal(table.listed, '2026-02-15');
  assert.equal(table.anchors.filter(({ anchor }) => anchor).length, 73);
  assert.equal(table.anchors.length, 87);
});

test('the revocation list of the national root verifies, holds in its time, and is stale after it', { skip }, () => {
  const options = {
    certificate: readFileSync(join(data, 'ca-national/3C4AF5224F0F36A491AEB7313030F9AC.crt')),
    anchors: [readFileSync(join(data, 'ca-national/ROOTCA.pem'))],
    crls: [readFileSync(join(data, 'crl/NRCAC_ROOTCA_arl_20220505.pem'))],
  };
  const then = core.verifyCertificate({ ...options, crlPolicy: 'require', at: '2022-05-20T00:00:00Z' });
  assert.equal(then.valid, true);
  assert.equal(then.path[0]?.revocation?.state, 'good');
  assert.equal(then.path[0]?.revocation?.nextUpdate?.slice(0, 10), '2022-06-04');
  const now = core.verifyCertificate({ ...options, at: '2026-11-22T00:00:00Z' });
  assert.equal(now.valid, true);
  assert.equal(now.findings[0]?.code, 'crl-stale');
  assert.match(core.text('crl-stale', now.findings[0]?.params, 'zh-CN').message, /2022年6月4日/);
  const required = core.verifyCertificate({ ...options, crlPolicy: 'require', at: '2026-11-22T00:00:00Z' });
  assert.equal(required.valid, false);
});

test('the size of a document is a whole number, whatever a page writes', () => {
  const begin = (size: unknown) => {
    const documents = [{ name: 'a', size: size as number }];
    return new core.Signing({
      origin: 'https://portal.example',
      kind: 'portal',
      development: false,
      activated: true,
      request: { id: '1', call: { type: 'sign', documents, format: 'cms' } },
      firstUse: false,
      anchors: [],
    }).actions;
  };
  for (const size of [Number.NaN, -1, 0.5, 2 ** 32, 2 ** 53, Number.POSITIVE_INFINITY, '1', null, undefined, 7n, [1]])
    assert.throws(() => begin(size), { code: 'request-invalid' }, String(size));
  const [answer] = begin(2 ** 32 - 1);
  assert.ok(answer?.type === 'reply' && answer.outcome.type === 'error');
  assert.equal(answer.outcome.error.code, 'document-too-large');
  assert.ok(begin(1).some(({ type }: { type: string }) => type === 'read' || type === 'start'));
});
