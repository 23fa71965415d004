/**
 * Logins and signatures against the real verifier: what OpenSSL signs here is accepted, and whatever is
 * forged, replayed, moved or mixed up is refused with a code of its own.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LoginProof, Purpose, SignatureAlgorithm } from '@yinxin/proto';
import { DATA as data, noData as skip } from '../../tests/stand/data.js';
import { entry } from '../../tests/stand/zip.js';
import { DOCUMENTS } from './documents.js';
import { type Answer, Browser, type Running, refused, startPortal } from './testing/browser.js';
import {
  type Authority,
  type Holder,
  makeAuthority,
  makeBareCms,
  makeCms,
  makeProof,
  proofOf,
  trustOf,
} from './testing/pki.js';
import type { Verifier } from './verifier.js';

const PACKAGE = fileURLToPath(new URL('../../wasm/pkg/verify', import.meta.url));
const ALGORITHMS: readonly SignatureAlgorithm[] = ['sm2-sm3', 'rsa-sha256', 'ecdsa-p256-sha256'];
const ENTRANCE = { entrance: 'supplier' };

let verifier: Verifier;
let authority: Authority;
let stranger: Authority;
let unit: Holder;
let other: Holder;
const holders = new Map<SignatureAlgorithm, Holder>();

let clock: Date;
let portal: Running;
let browser: Browser;

before(() => {
  verifier = createRequire(import.meta.url)(PACKAGE);
  authority = makeAuthority();
  stranger = makeAuthority('别的');
  for (const algorithm of ALGORITHMS)
    holders.set(
      algorithm,
      authority.issue({ subject: `/C=CN/O=甲单位/CN=甲单位/serialNumber=${algorithm}`, algorithm }),
    );
  unit = holderOf('sm2-sm3');
  other = authority.issue({ subject: '/C=CN/O=乙单位/CN=乙单位' });
});

after(() => {
  authority?.remove();
  stranger?.remove();
});

beforeEach(async () => {
  clock = new Date();
  portal = await startPortal({ verifier, trust: trustOf(authority), now: () => clock });
  browser = new Browser(portal.origin);
});

afterEach(() => portal.close());

function holderOf(algorithm: SignatureAlgorithm): Holder {
  return holders.get(algorithm) ?? assert.fail(algorithm);
}

async function challenge(purpose: Purpose = 'login', from = browser): Promise<string> {
  const answer = await from.post('/api/challenge', { purpose });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.challenge;
}

async function bind(holder: Holder, more: object = {}, from = browser): Promise<Answer> {
  const value = await challenge('bind', from);
  const name = holder === other ? '乙单位' : '甲单位';
  const proof = makeProof(holder, portal.origin, 'bind', value);
  return from.post('/api/bind', { proof, challenge: value, name, role: 'supplier', ...more });
}

async function bound(holder = unit): Promise<void> {
  const answer = await bind(holder);
  assert.equal(answer.status, 200, answer.text);
}

/** Logs in with a proof made from a fresh challenge. */
async function login(make: (value: string) => LoginProof | object, from = browser): Promise<Answer> {
  const value = await challenge('login', from);
  return from.post('/api/login', { proof: make(value), challenge: value, ...ENTRANCE });
}

function good(holder: Holder): (value: string) => LoginProof {
  return value => makeProof(holder, portal.origin, 'login', value);
}

function handIn(make: (content: Uint8Array) => Buffer, from = browser): Promise<Answer> {
  const signatures = [...DOCUMENTS.values()].map(({ id, bytes }) => ({
    document: id,
    cms: make(bytes).toString('base64'),
  }));
  return from.post('/api/signatures', { signatures });
}

for (const algorithm of ALGORITHMS)
  test(`${algorithm}: binds, logs in and signs two documents, detached and attached`, async () => {
    const holder = holderOf(algorithm);
    refused(await login(good(holder)), 403, 'not-bound');
    await bound(holder);
    const answer = await login(good(holder));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.findings, []);
    for (const attached of [false, true]) {
      const signed = await handIn(content => makeCms(holder, content, attached));
      assert.equal(signed.status, 200, signed.text);
      for (const { valid, certificate, claimedTime, download } of signed.json.results) {
        assert.equal(valid, true);
        assert.equal(certificate.holder, '甲单位');
        assert.equal(certificate.algorithm, algorithm);
        assert.ok(Math.abs(Date.parse(claimedTime) - Date.now()) < 60_000, claimedTime);
        assert.equal((await browser.get(download)).bytes[0], 0x30);
      }
    }
  });

test('a replayed proof is refused, in its session and in another', async () => {
  await bound();
  const value = await challenge();
  const body = { proof: good(unit)(value), challenge: value, ...ENTRANCE };
  assert.equal((await browser.post('/api/login', body)).status, 200);
  refused(await browser.post('/api/login', body), 401, 'challenge-used');
  refused(await new Browser(portal.origin).post('/api/login', body), 401, 'challenge-used');
});

test('a proof for an earlier challenge does not fit a later one', async () => {
  await bound();
  const earlier = good(unit)(await challenge());
  refused(await login(() => earlier), 401, 'signature-invalid');
});

test('a proof made on another site is refused', async () => {
  await bound();
  for (const origin of ['https://evil.example', portal.origin.replace('http:', 'https:'), `${portal.origin}0`])
    refused(await login(value => makeProof(unit, origin, 'login', value)), 401, 'signature-invalid');
});

test('a challenge of another portal is refused', () => {
  const at = clock.toISOString();
  const record = verifier.newLoginChallenge({ origin: 'https://a.example', purpose: 'login', session: 's', at });
  const { valid, findings } = verifier.verifyLogin({
    proof: makeProof(unit, 'https://a.example', 'login', record.challenge),
    challenge: record,
    origin: 'https://b.example',
    purpose: 'login',
    session: 's',
    formats: ['yinxin'],
    ...trustOf(authority),
    at,
  });
  assert.equal(valid, false);
  assert.equal(findings[0]?.code, 'origin-mismatch');
});

test('an expired challenge is refused', async () => {
  await bound();
  const value = await challenge();
  clock = new Date(clock.getTime() + 301_000);
  refused(
    await browser.post('/api/login', { proof: good(unit)(value), challenge: value, ...ENTRANCE }),
    401,
    'challenge-expired',
  );
});

test('a challenge of another session is refused, and used up', async () => {
  await bound();
  const victim = new Browser(portal.origin);
  const value = await challenge('login', victim);
  const body = { proof: good(unit)(value), challenge: value, ...ENTRANCE };
  const thief = new Browser(portal.origin);
  refused(await thief.post('/api/login', body), 401, 'session-mismatch');
  await challenge('login', thief);
  refused(await thief.post('/api/login', body), 401, 'challenge-used');
});

test('a proof or challenge for another purpose is refused', async () => {
  await bound();
  refused(await login(value => makeProof(unit, portal.origin, 'bind', value)), 401, 'purpose-mismatch');
  const value = await challenge('bind');
  refused(
    await browser.post('/api/login', { proof: good(unit)(value), challenge: value, ...ENTRANCE }),
    401,
    'purpose-mismatch',
  );
  const loginValue = await challenge('login');
  const proof = good(unit)(loginValue);
  const body = { proof, challenge: loginValue, name: '甲单位', role: 'agency' };
  refused(await browser.post('/api/bind', body), 401, 'purpose-mismatch');
});

test('any flipped bit of a signature is refused', async () => {
  await bound();
  const { signature } = good(unit)(await challenge());
  const { length } = Buffer.from(signature, 'base64');
  for (let i = 0; i < length; i += 7) {
    const answer = await login(value => {
      const proof = good(unit)(value);
      const bytes = Buffer.from(proof.signature, 'base64');
      const at = i % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (i % 8));
      return { ...proof, signature: bytes.toString('base64') };
    });
    assert.equal(answer.status, 401, answer.text);
    assert.ok(['signature-invalid', 'proof-unreadable'].includes(answer.json.code), `byte ${i}: ${answer.json.code}`);
  }
});

test('another certificate in a proof is refused, of the same key too', async () => {
  await bound();
  await bound(other);
  const twin = authority.issue({ subject: '/C=CN/O=甲单位/CN=甲单位/serialNumber=twin', key: unit.key });
  for (const foreign of [other, twin])
    refused(
      await login(value => ({ ...good(unit)(value), certificate: foreign.certificate.toString('base64') })),
      401,
      'signature-invalid',
    );
});

test('a CMS is no login, and a login is no CMS', async () => {
  await bound();
  const value = await challenge();
  for (const content of [Buffer.from(value), Buffer.from('YINXIN-LOGIN-1\0'), Buffer.from(`LOGONDATA:${value}`)]) {
    refused(await login(() => proofOf(unit, makeCms(unit, content))), 401, 'proof-unreadable');
    refused(
      await login(() => proofOf(unit, makeCms(unit, content, true), 'logondata')),
      401,
      'proof-format-not-accepted',
    );
  }
  // The signature inside a CMS, offered as a bare one.
  const content = Buffer.from(value);
  const options = { cms: makeCms(unit, content), content, ...trustOf(authority), at: clock.toISOString() };
  const { valid, signers } = verifier.verifyCms(options);
  assert.ok(valid);
  refused(await login(() => proofOf(unit, Buffer.from(signers[0]?.signature ?? []))), 401, 'signature-invalid');
  const proof = good(unit)(value);
  refused(await handIn(() => Buffer.from(proof.signature, 'base64')), 422, 'cms-unreadable');
  refused(await handIn(() => Buffer.from(proof.certificate, 'base64')), 422, 'cms-unreadable');
});

test('a signature over a login text is never a document', () => {
  const content = Buffer.from('LOGONDATA:0123456789abcdef');
  const { valid, findings } = verifier.verifyCms({
    cms: makeCms(unit, content),
    content,
    ...trustOf(authority),
    at: clock.toISOString(),
  });
  assert.equal(valid, false);
  assert.equal(findings[0]?.code, 'content-refused');
});

test('certificates that cannot log in are refused, each for its reason', async () => {
  const subject = '/C=CN/O=甲单位/CN=甲单位';
  const encryption = authority.issue({ subject, usage: 'keyEncipherment,dataEncipherment' });
  refused(await bind(encryption), 401, 'certificate-not-for-signing');
  const usage = 'digitalSignature,keyCertSign';
  refused(await bind(authority.issue({ subject, usage, isCa: true })), 401, 'certificate-is-ca');
  const expired = authority.issue({ subject, valid: ['200101000000Z', '210101000000Z'] });
  refused(await bind(expired), 401, 'certificate-expired');
  const future = authority.issue({ subject, valid: ['400101000000Z', '410101000000Z'] });
  refused(await bind(future), 401, 'certificate-not-yet-valid');
  refused(await bind(stranger.issue({ subject })), 401, 'issuer-unknown');
  const namesake = makeAuthority();
  try {
    refused(await bind(namesake.issue({ subject })), 401, 'signature-invalid');
  } finally {
    namesake.remove();
  }
  refused(
    await bind({ ...unit, algorithm: 'rsa-sha256', key: holderOf('rsa-sha256').key }),
    401,
    'proof-algorithm-mismatch',
  );
});

test('a usage that belongs to a CA makes no CA of a user: it is noted', async () => {
  const usage = 'digitalSignature,keyCertSign';
  const { status, json } = await bind(authority.issue({ subject: '/C=CN/O=甲单位/CN=甲单位', usage }));
  assert.equal(status, 200);
  assert.deepEqual(
    json.findings.map(({ code, severity }: { code: string; severity: string }) => [code, severity]),
    [['encoding-odd', 'note']],
  );
});

test('a CA under the same root that is not named is not accepted', async () => {
  const trust = { ...trustOf(authority), issuers: trustOf(stranger).issuers };
  const picky = await startPortal({ verifier, trust, now: () => clock });
  try {
    const visitor = new Browser(picky.origin);
    const value = await challenge('bind', visitor);
    const proof = makeProof(unit, picky.origin, 'bind', value);
    const body = { proof, challenge: value, name: '甲单位', role: 'supplier' };
    refused(await visitor.post('/api/bind', body), 401, 'issuer-not-accepted');
  } finally {
    await picky.close();
  }
});

test('a revoked certificate is refused, and without a list that is said', async () => {
  const own = makeAuthority();
  try {
    const holder = own.issue({ subject: '/C=CN/O=甲单位/CN=甲单位' });
    const stale = trustOf(own);
    own.revoke(holder);
    // Revoked from this second on.
    clock = new Date(Date.now() + 1000);
    for (const [trust, code] of [
      [trustOf(own), 'certificate-revoked'],
      [stale, undefined],
      [{ ...stale, crls: [] }, 'crl-missing'],
    ] as const) {
      const strict = await startPortal({ verifier, trust, now: () => clock });
      try {
        const visitor = new Browser(strict.origin);
        const value = await challenge('bind', visitor);
        const proof = makeProof(holder, strict.origin, 'bind', value);
        const body = { proof, challenge: value, name: '甲单位', role: 'supplier' };
        const answer = await visitor.post('/api/bind', body);
        if (code === 'certificate-revoked') refused(answer, 401, code);
        else {
          assert.equal(answer.status, 200, answer.text);
          const codes = answer.json.findings.map((finding: { code: string }) => finding.code);
          assert.equal(codes.includes('crl-missing'), code === 'crl-missing', String(codes));
        }
      } finally {
        await strict.close();
      }
    }
  } finally {
    own.remove();
  }
});

test('a renewed certificate is bound anew', async () => {
  const subject = '/C=CN/O=甲单位/CN=甲单位/serialNumber=renewed';
  const old = authority.issue({ subject });
  await bound(old);
  const renewed = authority.issue({ subject, valid: ['260601000000Z', '491231235959Z'] });
  refused(await login(good(renewed)), 403, 'certificate-renewed');
  await bound(renewed);
  assert.equal((await login(good(renewed))).status, 200);
  refused(await login(good(old)), 403, 'certificate-superseded');
});

test('logondata is taken only where it is allowed, says that it binds no origin, and only for its challenge', async () => {
  const lenient = await startPortal({ verifier, trust: trustOf(authority), now: () => clock, allowLogondata: true });
  try {
    const visitor = new Browser(lenient.origin);
    const enter = async (make: (value: string) => LoginProof) => {
      const value = await challenge('bind', visitor);
      return visitor.post('/api/bind', { proof: make(value), challenge: value, name: '甲单位', role: 'supplier' });
    };
    for (const [format, attached] of [
      ['logondata', true],
      ['logondata-detached', false],
    ] as const) {
      const cms = (value: string) => makeCms(unit, Buffer.from(`LOGONDATA:${value}`), attached);
      const answer = await enter(value => proofOf(unit, cms(value), format));
      assert.equal(answer.status, 200, answer.text);
      assert.ok(answer.json.findings.some((finding: { code: string }) => finding.code === 'origin-not-bound'));
      assert.equal((await enter(() => proofOf(unit, cms('0123456789abcdef'), format))).status, 401);
      assert.equal(
        (await enter(value => proofOf(unit, makeCms(other, Buffer.from(`LOGONDATA:${value}`), attached), format)))
          .status,
        401,
      );
    }
  } finally {
    await lenient.close();
  }
});

test('proofs of any shape get a code', async () => {
  const proof = good(unit)(await challenge());
  for (const wrong of [
    {},
    { ...proof, version: 2 },
    { ...proof, format: 'other' },
    { ...proof, algorithm: 'none' },
    { ...proof, certificate: '%' },
    { ...proof, certificate: '' },
    { ...proof, certificate: Buffer.alloc(100_000).toString('base64') },
    { ...proof, signature: '' },
    { ...proof, signature: 7 },
  ]) {
    const answer = await login(() => wrong);
    assert.equal(answer.status, 401, answer.text);
    assert.ok(['proof-unreadable', 'certificate-unreadable'].includes(answer.json.code), answer.text);
  }
});

test('signatures over other content, by others or without attributes are refused', async () => {
  await bound(holderOf('rsa-sha256'));
  const rsa = holderOf('rsa-sha256');
  refused(await handIn(() => makeCms(rsa, Buffer.from('other'))), 422, 'content-changed');
  refused(await handIn(() => makeCms(rsa, Buffer.from('other'), true)), 422, 'content-changed');
  const otherSigner = await handIn(content => makeCms(other, content));
  refused(otherSigner, 422, 'signer-other');
  assert.match(otherSigner.json.message, /乙单位/);
  refused(await handIn(content => makeBareCms(rsa, content)), 422, 'signed-attributes-missing');
  const damaged = await handIn(content => {
    const cms = makeCms(rsa, content);
    cms[cms.length - 1] = (cms.at(-1) ?? 0) ^ 1;
    return cms;
  });
  refused(damaged, 422, 'signature-invalid');
  for (const garbage of [
    Buffer.alloc(1),
    Buffer.from('3080', 'hex'),
    Buffer.from('3084ffffffff', 'hex'),
    Buffer.alloc(5000, 0x30),
  ])
    refused(await handIn(() => garbage), 422, 'cms-unreadable');
});

/** What a portal finds of these bytes, handed in as seals on both of its documents. */
async function sealWith(seal: Uint8Array, makers: readonly Uint8Array[], at = clock): Promise<Answer> {
  const sealing = await startPortal({ verifier, trust: trustOf(authority), makers, now: () => at });
  try {
    const visitor = new Browser(sealing.origin);
    const value = await challenge('bind', visitor);
    const proof = makeProof(unit, sealing.origin, 'bind', value);
    const account = { proof, challenge: value, name: '甲单位', role: 'supplier' };
    assert.equal((await visitor.post('/api/bind', account)).status, 200);
    const encoded = Buffer.from(seal).toString('base64');
    const seals = ['bid-letter', 'contract'].map(document => ({ document, seal: encoded }));
    return await visitor.post('/api/seals', { seals });
  } finally {
    await sealing.close();
  }
}

test('bytes that are no seal on a document are refused as such', async () => {
  const deep = Buffer.concat(Array.from({ length: 5000 }, () => Buffer.of(0x30, 0x80)));
  for (const hostile of [
    Buffer.alloc(0),
    Buffer.from('3084ffffffff', 'hex'),
    deep,
    Buffer.alloc(1024 * 1024, 0x30),
    Buffer.from('<svg onload="alert(1)">'),
    unit.certificate,
    makeCms(unit, DOCUMENTS.get('bid-letter')?.bytes ?? assert.fail()),
  ]) {
    const answer = await sealWith(hostile, []);
    refused(answer, 422, 'seal-unreadable');
    assert.equal(answer.json.results.length, 2);
  }
});

test('a seal of others, on something else, is refused for every reason', { skip }, async () => {
  const sample = (name: string) => readFileSync(join(data, 'seals', name));
  for (const name of ['UserV1.esl', 'UserV4.esl', 'SESealData.DER'])
    refused(await sealWith(sample(name), []), 422, 'seal-unreadable');
  const signature = entry(sample('SESV4SignDoc.ofd'), 'Doc_0/Signs/Sign_0/SignedValue.dat');
  const { seal } = verifier.verifySealSignature({
    signature,
    content: Buffer.from('any'),
    makers: [],
    ...trustOf(authority),
    at: clock.toISOString(),
  }) as unknown as { seal: { makerCertificate: Uint8Array } };
  const fatal = async (makers: readonly Uint8Array[]) => {
    const answer = await sealWith(signature, makers);
    assert.equal(answer.status, 422, answer.text);
    const [{ findings }] = answer.json.results;
    return findings
      .filter(({ severity }: { severity: string }) => severity === 'fatal')
      .map(({ code }: { code: string }) => code);
  };
  const unlisted = await fatal([]);
  const listed = await fatal([seal.makerCertificate]);
  for (const codes of [unlisted, listed]) {
    assert.ok(codes.includes('content-changed'), String(codes));
    assert.ok(codes.includes('issuer-unknown'), 'the signer leads to no anchor of the portal');
  }
  assert.ok(unlisted.includes('seal-maker-unknown'));
  assert.ok(!listed.includes('seal-maker-unknown'));
});

test('the command listens on this machine, says where, and verifies', async () => {
  const server = fileURLToPath(new URL('./server.ts', import.meta.url));
  const trust = [
    '--anchors',
    authority.root,
    '--intermediates',
    authority.issuing,
    '--issuers',
    authority.issuing,
    ...authority.crls.flatMap(path => ['--crl', path]),
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', server, '--port', '0', '--verifier', PACKAGE, ...trust], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const ended = once(child, 'exit').then(([status]) => assert.fail(`ended with ${status}`));
    const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
    ended.catch(() => undefined);
    const { url } = JSON.parse(line.toString());
    assert.match(url, /^http:\/\/localhost:\d+$/);
    const visitor = new Browser(url);
    const value = await challenge('bind', visitor);
    const proof = makeProof(unit, url, 'bind', value);
    const answer = await visitor.post('/api/bind', { proof, challenge: value, name: '甲单位', role: 'supplier' });
    assert.equal(answer.status, 200, answer.text);
    assert.match((await visitor.get('/account')).text, /甲单位/);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('wrong usage of the command is status 2', async () => {
  const server = fileURLToPath(new URL('./server.ts', import.meta.url));
  for (const args of [['--port', '99999'], ['--port', 'x'], ['--unknown'], ['stray']]) {
    const child = spawn(process.execPath, ['--import', 'tsx', server, ...args], { stdio: 'ignore' });
    const [status] = await once(child, 'exit');
    assert.equal(status, 2, args.join(' '));
  }
});
