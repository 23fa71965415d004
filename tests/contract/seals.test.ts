// Electronic seals through the Wasm package: published samples, and hostile bytes.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { DATA as data, noData as skip } from '../stand/data.js';
import { sm2Verifies } from '../stand/judge.js';
import { ROOT, temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { entry } from '../stand/zip.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;
const sample = (name: string): Buffer => readFileSync(join(data, 'seals', name));
const codes = (findings: { code: string }[]): string[] => findings.map(({ code }) => code);
const thrown = (call: () => unknown): string | undefined => {
  try {
    call();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};
const at = '2021-06-01T00:00:00Z';

test('seals of the samples are valid with their makers listed, and only then', { skip }, () => {
  for (const [file, version] of [
    ['UserV1.esl', 1],
    ['UserV4.esl', 4],
  ] as const) {
    const seal = sample(file);
    const facts = core.parseSeal(seal, at);
    assert.equal(facts.version, version);
    assert.equal(facts.picture.canBeShown, true);
    const makers = [facts.makerCertificate];
    const good = core.verifySeal({ seal, makers, at });
    assert.equal(good.valid, true, JSON.stringify(good.findings));
    assert.deepEqual(good.seal, facts);
    assert.ok(sm2Verifies(facts.makerCertificate, facts.signed, facts.signature), `${file}, to OpenSSL`);
    assert.equal(core.verifySeal({ seal: seal.toString('base64'), makers, at }).valid, true);
    for (const nobody of [{}, { makers: [] }, { makers: [], anchors: makers }]) {
      const refused = core.verifySeal({ seal, at, ...nobody });
      assert.equal(refused.valid, false);
      assert.deepEqual(codes(refused.findings.filter(({ severity }) => severity === 'fatal')), ['seal-maker-unknown']);
      assert.match(refused.summary['zh-CN'], /不在认可名单中/);
    }
    const user = facts.certificates?.[0]?.certificate;
    assert.ok(user);
    assert.equal(core.verifySeal({ seal, makers, at, certificate: user }).valid, true);
    const other = core.verifySeal({ seal, makers, at, certificate: facts.makerCertificate });
    assert.ok(codes(other.findings).includes('seal-not-for-certificate'));
    const late = core.verifySeal({ seal, makers, at: '2023-01-01' });
    assert.equal(late.valid, false);
    assert.equal(late.findings[0]?.code, 'seal-expired');
    assert.ok(late.seal.daysLeft < 0);
  }
});

/** A DER element of these parts. */
function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const value = Buffer.concat(parts);
  const length = value.length < 0x80 ? [value.length] : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Uint8Array.of(tag, ...length), value]);
}

test('a maker is accepted by a policy only where its certificate names it and leads to an anchor', { skip }, () => {
  const folder = temporary();
  const at = (name: string): string => join(folder.path, name);
  try {
    // A maker of OpenSSL's, whose CA gives it the policy 1.2.3.4.
    const id = 'distid:1234567812345678';
    const request = (name: string, ...more: string[]): void => {
      run('openssl', ['genpkey', '-algorithm', 'SM2', '-out', at(`${name}.key`)]);
      const how = ['-new', '-key', at(`${name}.key`), '-sm3', '-sigopt', id, '-subj', `/CN=${name}`];
      run('openssl', ['req', ...how, ...more]);
    };
    request('authority', '-x509', '-out', at('authority.pem'));
    request('maker', '-out', at('maker.csr'));
    writeFileSync(at('extensions'), 'certificatePolicies=1.2.3.4\n');
    run('openssl', [
      ...['x509', '-req', '-in', at('maker.csr'), '-CA', at('authority.pem'), '-CAkey', at('authority.key')],
      ...['-CAcreateserial', '-sm3', '-sigopt', id, '-vfyopt', id, '-extfile', at('extensions')],
      ...['-outform', 'DER', '-out', at('maker.der')],
    ]);
    const certificate = readFileSync(at('maker.der'));
    const { notBefore } = core.parseCertificate(certificate);

    // The information of the sample, of the maker's time, under the maker's signature.
    const time = notBefore.replace(/[-:T]/g, '');
    const info = Buffer.from(
      Buffer.from(core.parseSeal(sample('UserV4.esl')).signed)
        .toString('latin1')
        .replace(/\d{14}Z(..)\d{14}Z\1\d{14}Z/s, (_, head) => [time, time, '20491231000000Z'].join(head)),
      'latin1',
    );
    writeFileSync(at('info'), info);
    const signature = run('openssl', ['dgst', '-sm3', '-sign', at('maker.key'), '-sigopt', id, at('info')]);
    const seal = element(
      0x30,
      info,
      element(4, certificate),
      Buffer.from('06082a811ccf55018375', 'hex'),
      element(3, Uint8Array.of(0), signature),
    );

    const anchors = [readFileSync(at('authority.pem'), 'utf8')];
    const judge = (options: object) => core.verifySeal({ seal, at: notBefore, ...options });
    assert.equal(judge({ anchors, policies: ['1.2.3.4'] }).valid, true);
    assert.equal(judge({ makers: [certificate] }).valid, true);
    // A listed maker, whose own issue is asked about.
    assert.equal(judge({ makers: [certificate], anchors, crls: [] }).valid, true);
    for (const more of [{ crlPolicy: 'require' }, { issuers: ['CN=another'] }])
      assert.deepEqual(codes(judge({ makers: [certificate], anchors, ...more }).findings), ['seal-maker-unknown']);
    const others = [
      { anchors },
      { anchors, policies: [] },
      { anchors, policies: ['1.2.3.5'] },
      { anchors: [], policies: ['1.2.3.4'] },
    ];
    for (const options of others) {
      assert.deepEqual(codes(judge(options).findings), ['seal-maker-unknown']);
    }
    assert.throws(() => judge({ policies: ['1.2.3.4'] }), {
      code: 'request-invalid',
      message: /anchors: missing, so that policies /,
    });
  } finally {
    folder.remove();
  }
});

test('a sample whose signature does not hold is refused for that', { skip }, () => {
  const seal = sample('SESealData.DER');
  const { makerCertificate, version, signed, signature } = core.parseSeal(seal);
  assert.equal(version, 4);
  assert.equal(sm2Verifies(makerCertificate, signed, signature), false);
  const refused = core.verifySeal({ seal, makers: [makerCertificate], at });
  assert.equal(refused.valid, false);
  assert.ok(codes(refused.findings).includes('signature-invalid'));
});

test('the seal on the OFD of the samples holds over its content, and over nothing else', { skip }, () => {
  const ofd = sample('SESV4SignDoc.ofd');
  const signature = entry(ofd, 'Doc_0/Signs/Sign_0/SignedValue.dat');
  const content = entry(ofd, 'Doc_0/Signs/Sign_0/Signature.xml');
  const judge = (given: object) => core.verifySealSignature({ signature, makers, at, ...given });
  let makers: Uint8Array[] = [];
  assert.equal(judge({ content }).findings[0]?.code, 'seal-maker-unknown');
  makers = [judge({ content }).seal.makerCertificate];
  const good = judge({ content });
  assert.equal(good.valid, true, JSON.stringify(good.findings));
  assert.ok(good.certificate?.holder);
  assert.ok(sm2Verifies(good.certificate.certificate, good.signed, good.signature), 'to OpenSSL');
  assert.match(good.propertyInfo, /Signature\.xml$/);
  assert.deepEqual(good.digest, core.sm3(content));
  assert.equal(judge({ digest: core.sm3(content) }).valid, true);
  assert.equal(judge({ content: Buffer.concat([content, Buffer.from(' ')]) }).findings[0]?.code, 'content-changed');
  assert.equal(judge({}).findings[0]?.code, 'content-missing');
  assert.equal(
    thrown(() => judge({ digest: new Uint8Array(31) })),
    'request-invalid',
  );
  assert.equal(
    thrown(() => judge({ content, digest: new Uint8Array(32) })),
    'request-invalid',
  );
  // What is signed is not the signature's own: a flip in it is found, wherever it is.
  const begin = signature.indexOf(Buffer.from(good.signed));
  for (const offset of [-1, -40, -100].map(back => begin + good.signed.length + back)) {
    const flipped = Buffer.from(signature);
    flipped[offset] = (flipped[offset] ?? 0) ^ 1;
    const refused = thrown(() => assert.equal(judge({ content, signature: flipped }).valid, false));
    assert.ok(refused === undefined || refused === 'seal-unreadable', refused);
  }
});

test('hostile bytes give a code, and the module goes on', { skip }, () => {
  const deep = Buffer.concat(Array.from({ length: 5000 }, () => Buffer.from([0x30, 0x80])));
  const hostile: (Uint8Array | string)[] = [
    new Uint8Array(),
    new Uint8Array([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    new Uint8Array(3 * 1024 * 1024).fill(0x30),
    deep,
    'nonsense',
    '<svg onload="alert(1)">',
    'A'.repeat(8 * 1024 * 1024),
    sample('UserV4.esl').subarray(0, 400),
    sample('DigitalSign.ofd'),
  ];
  for (const bytes of hostile) {
    assert.equal(
      thrown(() => core.parseSeal(bytes)),
      'seal-unreadable',
    );
    assert.equal(
      thrown(() => core.verifySeal({ seal: bytes, makers: [], at })),
      'seal-unreadable',
    );
    assert.equal(
      thrown(() => core.verifySealSignature({ signature: bytes, makers: [], at })),
      'seal-unreadable',
    );
  }
  const seal = sample('UserV4.esl');
  for (let position = 0; position < seal.length; position += 61) {
    const changed = Buffer.from(seal);
    changed[position] = ~(changed[position] ?? 0);
    const code = thrown(() => assert.equal(core.verifySeal({ seal: changed, makers: [], at }).valid, false));
    assert.ok(code === undefined || code === 'seal-unreadable', `byte ${position}: ${code}`);
  }
  for (const wrong of [undefined, null, 5, {}, { seal, makers: 5 }, { seal, at: 'never' }]) {
    assert.equal(
      thrown(() => core.verifySeal(wrong as never)),
      'request-invalid',
    );
  }
  assert.equal(
    thrown(() => core.verifySeal({ seal, makers: ['garbage'], at })),
    'certificate-unreadable',
  );
  assert.equal(core.parseSeal(seal).version, 4);
});
