/**
 * Bare signatures against the real verifier, as today's pages hand them in: what OpenSSL signs here logs in and is accepted,
 * and whatever is forged, replayed, moved or mixed up is refused with a code of its own.
 */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Purpose, SignatureAlgorithm } from '@yinxin/proto';
import { type Answer, Browser, type Running, refused, startPortal } from './testing/browser.js';
import { type Authority, type Holder, makeAuthority, makeCms, makeProof, signBytes, trustOf } from './testing/pki.js';
import type { BareVerifier, Verifier } from './verifier.js';

const PACKAGE = fileURLToPath(new URL('../../wasm/pkg/verify', import.meta.url));
const ALGORITHMS: readonly SignatureAlgorithm[] = ['sm2-sm3', 'rsa-sha256', 'ecdsa-p256-sha256'];
const TEXT = '我方同意参加项目 DEMO-2026-0001。\n第二行\t…';

let verifier: Verifier & BareVerifier;
let authority: Authority;
let stranger: Authority;
let unit: Holder;
let other: Holder;
let clock: Date;
let portal: Running;
let browser: Browser;

before(() => {
  verifier = createRequire(import.meta.url)(PACKAGE);
  authority = makeAuthority();
  stranger = makeAuthority('别的');
  unit = authority.issue({ subject: '/C=CN/O=甲单位/CN=甲单位' });
  other = authority.issue({ subject: '/C=CN/O=乙单位/CN=乙单位' });
});

after(() => {
  authority?.remove();
  stranger?.remove();
});

beforeEach(async () => {
  clock = new Date();
  portal = await startPortal({ verifier, bare: verifier, trust: trustOf(authority), now: () => clock });
  browser = new Browser(portal.origin);
});

afterEach(() => portal.close());

async function challenge(purpose: Purpose = 'login', from = browser): Promise<string> {
  return (await from.post('/api/challenge', { purpose })).json.challenge;
}

/** What a page hands in: a signature over the challenge, with the certificate of who is said to have made it. */
function proof(holder: Holder, value: string, said = holder): object {
  return {
    format: 'p1',
    certificate: said.certificate.toString('base64'),
    signature: signBytes(holder, Buffer.from(value)).toString('base64'),
  };
}

async function login(holder: Holder, make = (value: string) => proof(holder, value), from = browser): Promise<Answer> {
  const value = await challenge('login', from);
  return from.post('/api/login', { proof: make(value), challenge: value, entrance: 'supplier' });
}

async function bound(holder = unit, name = '甲单位', from = browser): Promise<void> {
  const value = await challenge('bind', from);
  const body = { proof: proof(holder, value), challenge: value, name, role: 'supplier' };
  const answer = await from.post('/api/bind', body);
  assert.equal(answer.status, 200, answer.text);
}

function handIn(form: string, signature: Buffer, more: object = {}, from = browser): Promise<Answer> {
  return from.post('/api/texts', { form, text: TEXT, signature: signature.toString('base64'), ...more });
}

const certificateOf = (holder: Holder) => ({ certificate: holder.certificate.toString('base64') });

for (const algorithm of ALGORITHMS)
  test(`${algorithm}: binds, logs in and signs a text, P1 and P7`, async () => {
    const holder = authority.issue({ subject: `/C=CN/O=甲单位/CN=甲单位/serialNumber=${algorithm}`, algorithm });
    refused(await login(holder), 403, 'not-bound');
    await bound(holder);
    const answer = await login(holder);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(
      answer.json.findings.map(({ code, severity }: { code: string; severity: string }) => [code, severity]),
      [['origin-not-bound', 'warning']],
    );
    const text = Buffer.from(TEXT);
    for (const signed of [
      await handIn('p1', signBytes(holder, text), certificateOf(holder)),
      await handIn('p7', makeCms(holder, text)),
      await handIn('p7', makeCms(holder, text, true)),
    ]) {
      assert.equal(signed.status, 200, signed.text);
      const [result] = signed.json.results;
      assert.equal(result.valid, true);
      assert.equal(result.certificate.holder, '甲单位');
    }
  });

test('an account is the same, whichever way its certificate logs in', async () => {
  const value = await challenge('bind');
  const own = makeProof(unit, portal.origin, 'bind', value);
  await browser.post('/api/bind', { proof: own, challenge: value, name: '甲单位', role: 'supplier' });
  const answer = await login(unit, undefined, new Browser(portal.origin));
  assert.equal(answer.status, 200, answer.text);
  refused(await login(other), 403, 'not-bound');
});

test('a replayed signature is refused, in its session and in another', async () => {
  await bound();
  const value = await challenge();
  const body = { proof: proof(unit, value), challenge: value, entrance: 'supplier' };
  assert.equal((await browser.post('/api/login', body)).status, 200);
  refused(await browser.post('/api/login', body), 401, 'challenge-used');
  refused(await new Browser(portal.origin).post('/api/login', body), 401, 'challenge-used');
});

test('a signature over something else than the challenge is refused', async () => {
  await bound();
  const earlier = await challenge();
  for (const signed of [earlier, '', 'login', `${earlier}\n`])
    refused(await login(unit, () => proof(unit, signed)), 401, 'signature-invalid');
});

test('a challenge serves its session, its purpose and its time only', async () => {
  await bound();
  const other = new Browser(portal.origin);
  await challenge('login', other);
  const value = await challenge();
  const body = { proof: proof(unit, value), challenge: value, entrance: 'supplier' };
  refused(await other.post('/api/login', body), 401, 'session-mismatch');

  const toBind = await challenge('bind');
  const wrong = { proof: proof(unit, toBind), challenge: toBind, entrance: 'supplier' };
  refused(await browser.post('/api/login', wrong), 401, 'purpose-mismatch');

  const late = await challenge();
  clock = new Date(clock.getTime() + 5 * 60_000);
  const lateBody = { proof: proof(unit, late), challenge: late, entrance: 'supplier' };
  refused(await browser.post('/api/login', lateBody), 401, 'challenge-expired');
});

test('a certificate counts only with a signature of its own key', async () => {
  await bound();
  refused(await login(other, value => proof(other, value, unit)), 401, 'signature-invalid');
  refused(await login(unit, value => proof(unit, value, other)), 401, 'signature-invalid');
  const signature = Buffer.alloc(70, 0x30).toString('base64');
  refused(await login(unit, () => ({ format: 'p1', ...certificateOf(unit), signature })), 401, 'signature-invalid');
});

test('certificates that cannot log in are refused, each for its reason', async () => {
  const subject = '/C=CN/O=甲单位/CN=甲单位';
  const revoked = authority.issue({ subject });
  authority.revoke(revoked);
  clock = new Date();
  await portal.close();
  portal = await startPortal({ verifier, bare: verifier, trust: trustOf(authority), now: () => clock });
  browser = new Browser(portal.origin);
  for (const [holder, code] of [
    [revoked, 'certificate-revoked'],
    [authority.issue({ subject, valid: ['200101000000Z', '210101000000Z'] }), 'certificate-expired'],
    [authority.issue({ subject, usage: 'keyEncipherment' }), 'certificate-not-for-signing'],
    [authority.issue({ subject, isCa: true, usage: 'keyCertSign,digitalSignature' }), 'certificate-is-ca'],
    [stranger.issue({ subject }), 'issuer-unknown'],
  ] as const)
    refused(await login(holder), 401, code);
  for (const certificate of ['', 'AAAA', Buffer.alloc(50_000, 0x30).toString('base64')])
    refused(await login(unit, value => ({ ...proof(unit, value), certificate })), 401, 'certificate-unreadable');
});

test('a signed text is refused over another text, by others, and without a login', async () => {
  await bound();
  const text = Buffer.from(TEXT);
  const changed = Buffer.from(`${TEXT}。`);
  refused(await handIn('p1', signBytes(unit, changed), certificateOf(unit)), 422, 'signature-invalid');
  for (const attached of [false, true])
    refused(await handIn('p7', makeCms(unit, changed, attached)), 422, 'content-changed');
  refused(await handIn('p1', signBytes(other, text), certificateOf(other)), 422, 'signer-other');
  refused(await handIn('p1', signBytes(other, text), certificateOf(unit)), 422, 'signature-invalid');
  refused(await handIn('p7', makeCms(other, text)), 422, 'signer-other');
  refused(await handIn('p7', signBytes(unit, text)), 422, 'cms-unreadable');
  const visitor = new Browser(portal.origin);
  refused(await handIn('p1', signBytes(unit, text), certificateOf(unit), visitor), 401, 'not-logged-in');
});

test('malformed requests get a code', async () => {
  await bound();
  const text = signBytes(unit, Buffer.from(TEXT));
  refused(await handIn('p8', text), 400, 'request-malformed');
  refused(await handIn('p1', text), 400, 'request-malformed');
  refused(await handIn('p1', text, { certificate: '%' }), 400, 'request-malformed');
  refused(await handIn('p1', text, { ...certificateOf(unit), text: '' }), 400, 'request-malformed');
  refused(await handIn('p1', text, { ...certificateOf(unit), text: 7 }), 400, 'request-malformed');
  for (const wrong of [{ signature: 7 }, { signature: '%' }, { certificate: undefined }])
    refused(await login(unit, value => ({ ...proof(unit, value), ...wrong })), 400, 'request-malformed');
});

test('without being asked for, the portal knows nothing of it', async () => {
  assert.match((await browser.get('/legacy')).text, /id="sign-p1"/);
  await portal.close();
  portal = await startPortal({ verifier, trust: trustOf(authority), now: () => clock });
  browser = new Browser(portal.origin);
  refused(await browser.get('/legacy'), 404, 'not-found');
  refused(await handIn('p1', Buffer.alloc(1)), 404, 'not-found');
  refused(await login(unit), 401, 'proof-unreadable');
});

test('the page may call this machine by number, and nothing else', async () => {
  const policy = String((await browser.get('/legacy')).headers['content-security-policy']);
  assert.ok(policy.includes("connect-src 'self' http://127.0.0.1:*;"), policy);
  assert.ok(String((await browser.get('/')).headers['content-security-policy']).includes("connect-src 'self';"));
});
