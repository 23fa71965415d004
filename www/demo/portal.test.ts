/** The portal around the verifier: sessions, challenges, bindings, HTTP. The verifier is scripted here. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { text } from '@yinxin/proto';
import { unzipSync, zipSync } from 'fflate';
import { DOCUMENTS } from './documents.js';
import { SIGNATURE_PATH } from './ofd.js';
import { Accounts, Challenges, Sessions } from './stores.js';
import { TENDERS } from './tenders.js';
import { type Answer, Browser, type Running, refused, startPortal } from './testing/browser.js';
import { PORTAL_CODES, PORTAL_TEXTS, SENTENCES } from './texts.js';
import type { CertificateFacts, DocumentVerdict, Verifier } from './verifier.js';

const UNIT: CertificateFacts = {
  holder: '甲单位',
  kind: 'unit',
  organization: '甲单位',
  subject: 'CN=甲单位,C=CN',
  issuer: 'CN=签发,C=CN',
  issuerName: '签发',
  serial: '01',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-12-31T15:59:59Z',
  keyAlgorithm: 'SM2',
  algorithm: 'sm2-sm3',
  sha256: 'a'.repeat(64),
};
const SEAL: ReturnType<Verifier['verifySealSignature']>['seal'] = {
  name: '甲单位公章',
  version: 4,
  standard: 'GB/T 38540-2020',
  maker: '制章者',
  validUntil: '2027-12-31T15:59:59Z',
  picture: { mediaType: 'image/png', canBeShown: true, width: 40, height: 40, data: Uint8Array.of(1, 2, 3) },
};
const MAKER = Uint8Array.of(0x30, 0);
const BIND = { name: '甲单位', role: 'supplier' };
const ENTRANCE = { entrance: 'supplier' };

/** What the next verifications answer. */
let certificate: CertificateFacts;
let login: Partial<ReturnType<Verifier['verifyLogin']>>;
let cms: Partial<ReturnType<Verifier['verifyCms']>>;
let seen: Parameters<Verifier['verifyLogin']>[0][] = [];
let answerCms: () => ReturnType<Verifier['verifyCms']>;
let seal: Partial<ReturnType<Verifier['verifySealSignature']>>;
let answerSeal: (content: Uint8Array) => ReturnType<Verifier['verifySealSignature']>;
let answerDocument: () => DocumentVerdict;
let seenSeals: Parameters<Verifier['verifySealSignature']>[0][] = [];
let clock: Date;
let counter = 0;

const verifier: Verifier = {
  newLoginChallenge: ({ origin, purpose, session, at }) => {
    const challenge = `challenge-${counter++}`;
    return { id: challenge, challenge, origin, purpose, session, issuedAt: at, expiresAt: at };
  },
  verifyLogin: options => {
    seen.push(options);
    const { issuer, subject, person } = certificate;
    const binding = { issuer, subject, ...(person && { person }) };
    return { valid: true, findings: [], certificate, binding, ...login };
  },
  verifyCms: () => answerCms(),
  verifySealSignature: options => {
    seenSeals.push(options);
    return answerSeal(options.content);
  },
  verifyPdf: () => answerDocument(),
  verifyOfd: () => {
    const { signatures, ...rest } = answerDocument();
    return {
      ...rest,
      signatures: signatures.map(({ seal, ...signer }) => ({ signers: [signer], ...(seal && { seal }) })),
    };
  },
  sm3: bytes => createHash('sm3').update(bytes).digest(),
};

function signer(certificate: CertificateFacts) {
  return { certificate, signature: new Uint8Array() };
}

const faults: unknown[] = [];
let portal: Running;
let browser: Browser;

beforeEach(async () => {
  certificate = UNIT;
  login = {};
  cms = {};
  answerCms = () => ({ valid: true, findings: [], signers: [signer(certificate)], ...cms });
  seen = [];
  seal = {};
  answerSeal = content => ({
    valid: true,
    findings: [],
    certificate,
    claimedTime: '2026-11-22T06:59:00Z',
    propertyInfo: Buffer.from(content).includes('<ofd:Signature ') ? SIGNATURE_PATH : '/documents/bid-letter',
    seal: SEAL,
    ...seal,
  });
  answerDocument = () => ({ valid: true, findings: [], signatures: [{ certificate, seal: SEAL }] });
  seenSeals = [];
  faults.length = 0;
  clock = new Date('2026-11-22T07:00:00Z');
  await portal?.close();
  const body = Buffer.from('/* style */');
  portal = await startPortal({
    verifier,
    trust: { anchors: [], intermediates: [], issuers: [], crls: [] },
    makers: [MAKER],
    now: () => clock,
    report: error => faults.push(error),
    assets: new Map([['style.css', { type: 'text/css; charset=utf-8', body }]]),
  });
  browser = new Browser(portal.origin);
});

after(() => portal.close());

async function challenge(purpose: 'login' | 'bind', from = browser): Promise<string> {
  const answer = await from.post('/api/challenge', { purpose });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.challenge;
}

async function enter(purpose: 'login' | 'bind', more: object, from = browser): Promise<Answer> {
  return from.post(`/api/${purpose}`, { proof: {}, challenge: await challenge(purpose, from), ...more });
}

async function loggedIn(): Promise<void> {
  assert.equal((await enter('bind', BIND)).status, 200);
}

const GIVEN = { origin: 'http://localhost', purpose: 'bind', session: '', at: '2026-11-22T07:00:00Z' } as const;
const SEALS = ['bid-letter', 'contract'].map(document => ({ document, seal: 'AAAA' }));
const SIGNATURES = [...DOCUMENTS.keys()].map(document => ({ document, cms: 'AAAA' }));

test('an unknown certificate is not bound, is bound, and then logs in', async () => {
  const first = await enter('login', ENTRANCE);
  refused(first, 403, 'not-bound');
  assert.equal(first.json.message, 'CA未绑定或登录入口不正确。');
  assert.equal(first.json.params.holder, '甲单位');
  const bound = await enter('bind', BIND);
  assert.equal(bound.status, 200, bound.text);
  assert.deepEqual(bound.json.account, { ...BIND, roleName: '供应商' });
  const later = new Browser(portal.origin);
  assert.equal((await enter('login', ENTRANCE, later)).status, 200);
  assert.equal((await later.get('/api/session')).json.account.name, '甲单位');
});

test('an account that is named at the login is told, and a certificate that does not fit is refused in the platform’s words', async () => {
  const page = (await browser.get('/')).text;
  const named = async (): Promise<Record<string, unknown>[]> => (await browser.get('/api/accounts')).json.accounts;
  const staged = await named();
  for (const { id } of staged) assert.ok(page.includes(`<option value="${id}">`), String(id));
  assert.deepEqual(
    staged.find(({ id }) => id === 'other-role'),
    { id: 'other-role', name: '四川锦程演示科技有限公司', role: '代理机构', bound: true, staged: 'other-role' },
  );
  certificate = { ...UNIT, holder: '四川锦程演示科技有限公司', organization: '四川锦程演示科技有限公司' };
  for (const [account, code, message] of [
    ['name-differs', 'name-mismatch', /^当前用户所属机构与key信息不一致/],
    ['written-otherwise', 'name-mismatch', /^当前用户所属机构与key信息不一致/],
    ['not-bound', 'not-bound', /^CA未绑定或登录入口不正确/],
    ['bound-to-other', 'not-bound', /^CA未绑定或登录入口不正确/],
    ['other-role', 'wrong-entrance', /^CA未绑定或登录入口不正确/],
  ] as const) {
    const answer = await enter('login', { ...ENTRANCE, account });
    refused(answer, 403, code);
    assert.match(answer.json.message, message);
  }
  refused(await enter('login', { ...ENTRANCE, account: 'nobody' }), 400, 'request-malformed');
  refused(await enter('login', { ...ENTRANCE, account: 1 }), 400, 'request-malformed');
  certificate = UNIT;
  await loggedIn();
  const own = (await named()).find(({ name }) => name === '甲单位') ?? assert.fail('not listed');
  assert.deepEqual(own, { id: own.id, name: '甲单位', role: '供应商', bound: true, certificate: UNIT.sha256 });
  assert.equal((await enter('login', { ...ENTRANCE, account: own.id })).status, 200);
  // Its own account with a renewed certificate, and another unit's certificate.
  certificate = { ...UNIT, sha256: 'b'.repeat(64) };
  refused(await enter('login', { ...ENTRANCE, account: own.id }), 403, 'certificate-renewed');
  certificate = { ...UNIT, subject: 'CN=乙单位,C=CN', sha256: 'c'.repeat(64) };
  refused(await enter('login', { ...ENTRANCE, account: own.id }), 403, 'not-bound');
});

test('the verifier gets what the portal knows, and nothing that the request says', async () => {
  await browser.post('/api/login', {
    proof: {},
    challenge: await challenge('login'),
    ...ENTRANCE,
    origin: 'https://evil.example',
    purpose: 'bind',
    session: 'mine',
    formats: ['logondata'],
    at: '2020-01-01T00:00:00Z',
  });
  const { origin, purpose, formats, at, session, challenge: record } = seen[0] ?? assert.fail('not asked');
  assert.deepEqual(
    { origin, purpose, formats, at },
    {
      origin: portal.origin,
      purpose: 'login',
      formats: ['yinxin'],
      at: clock.toISOString(),
    },
  );
  assert.equal(session, browser.cookies.get('session'));
  assert.equal(record.session, session);
});

test('a challenge is used up even by a proof that fails', async () => {
  const value = await challenge('login');
  login = { valid: false, findings: [{ code: 'signature-invalid', params: {}, severity: 'fatal' }] };
  refused(await browser.post('/api/login', { proof: {}, challenge: value, ...ENTRANCE }), 401, 'signature-invalid');
  login = {};
  refused(await browser.post('/api/login', { proof: {}, challenge: value, ...ENTRANCE }), 401, 'challenge-used');
  assert.equal(seen.length, 1);
});

test('of proofs that arrive together one wins', async () => {
  await loggedIn();
  const value = await challenge('login');
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => browser.post('/api/login', { proof: {}, challenge: value, ...ENTRANCE })),
  );
  assert.deepEqual(answers.map(answer => answer.status).sort(), [200, ...Array(7).fill(401)]);
});

test('a challenge that was never given out is refused unseen', async () => {
  refused(
    await browser.post('/api/login', { proof: {}, challenge: 'x'.repeat(43), ...ENTRANCE }),
    401,
    'challenge-unknown',
  );
  assert.equal(seen.length, 0);
});

test('every login gets a new session, and the one before is worthless', async () => {
  await browser.post('/api/challenge', { purpose: 'bind' });
  const before = browser.cookies.get('session') ?? '';
  const bound = await enter('bind', BIND);
  const [set] = bound.headers['set-cookie'] ?? [];
  assert.match(set ?? '', /^session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.notEqual(browser.cookies.get('session'), before);
  const fixed = new Browser(portal.origin);
  fixed.cookies.set('session', before);
  assert.equal((await fixed.get('/api/session')).json.account, null);
});

test('logging out ends the session, whoever still knows it', async () => {
  await loggedIn();
  const known = new Browser(portal.origin);
  known.cookies.set('session', browser.cookies.get('session') ?? '');
  assert.ok((await known.get('/api/session')).json.account);
  assert.equal((await browser.post('/api/logout', {})).status, 200);
  for (const who of [browser, known]) assert.equal((await who.get('/api/session')).json.account, null);
});

test('visitors, however many, end no session and no challenge of a user', () => {
  const sessions = new Sessions();
  const challenges = new Challenges();
  const record = (challenge: string) => ({ ...verifier.newLoginChallenge(GIVEN), challenge });
  const account = new Accounts().open({ issuer: 'a', subject: 'b' }, UNIT, '甲单位', 'supplier') ?? assert.fail();
  const user = sessions.start(0, { account, certificate: UNIT });
  const first = sessions.start(0);
  challenges.add(record('user'), 0, user);
  challenges.add(record('first'), 0, first);
  for (let count = 0; count < 20_000; count++) challenges.add(record(`visitor ${count}`), 0, sessions.start(0));
  assert.equal(sessions.find(user.id, 0)?.login?.account, account);
  assert.equal(typeof challenges.use('user'), 'object');
  // And they are not kept without end.
  assert.equal(sessions.find(first.id, 0), undefined);
  assert.equal(challenges.use('first'), 'unknown');
});

test('a session that is not used for half an hour is over', async () => {
  await loggedIn();
  clock = new Date(clock.getTime() + 29 * 60_000);
  assert.ok((await browser.get('/api/session')).json.account);
  clock = new Date(clock.getTime() + 31 * 60_000);
  assert.equal((await browser.get('/api/session')).json.account, null);
  refused(await browser.post('/api/signatures', { signatures: SIGNATURES }), 401, 'not-logged-in');
});

test('the entrance must be that of the account', async () => {
  await loggedIn();
  const answer = await enter('login', { entrance: 'purchaser-supervisor' });
  refused(answer, 403, 'wrong-entrance');
  assert.match(answer.json.message, /登录入口不正确.*供应商/);
  refused(await enter('login', { entrance: 'administrator' }), 400, 'request-malformed');
});

test('persons of one unit are different accounts', async () => {
  certificate = { ...UNIT, person: '1', sha256: 'b'.repeat(64) };
  assert.equal((await enter('bind', { ...BIND, role: 'purchaser-representative' })).status, 200);
  certificate = { ...UNIT, person: '2', sha256: 'c'.repeat(64) };
  refused(await enter('login', { entrance: 'purchaser-supervisor' }), 403, 'not-bound');
  assert.equal((await enter('bind', { ...BIND, role: 'purchaser-supervisor' })).status, 200);
  assert.equal((await browser.get('/api/session')).json.account.role, 'purchaser-supervisor');
});

test('the same names from another issuer are somebody else', async () => {
  await loggedIn();
  certificate = { ...UNIT, issuer: 'CN=别的签发,C=CN', sha256: 'b'.repeat(64) };
  refused(await enter('login', ENTRANCE), 403, 'not-bound');
});

test('a renewed certificate logs in only after it is bound anew, and the old one no more', async () => {
  await loggedIn();
  certificate = { ...UNIT, sha256: 'b'.repeat(64), notBefore: '2026-06-01T00:00:00Z' };
  refused(await enter('login', ENTRANCE), 403, 'certificate-renewed');
  const again = await enter('bind', { name: 'ignored', role: 'agency' });
  assert.deepEqual(again.json.account, { ...BIND, roleName: '供应商' });
  assert.equal((await enter('login', ENTRANCE)).status, 200);
  certificate = UNIT;
  refused(await enter('login', ENTRANCE), 403, 'certificate-superseded');
  refused(await enter('bind', BIND), 403, 'certificate-superseded');
});

test('an account bears the name of its certificate', async () => {
  const answer = await enter('bind', { ...BIND, name: '乙单位' });
  refused(answer, 403, 'name-mismatch');
  assert.match(answer.json.message, /当前用户所属机构与key信息不一致/);
  refused(await enter('bind', { ...BIND, role: 'administrator' }), 403, 'not-bound');
});

test('findings of a login that holds are handed on with words', async () => {
  login = { findings: [{ code: 'crl-missing', params: { issuer: '签发' }, severity: 'warning' }] };
  const { json } = await enter('bind', BIND);
  assert.equal(json.findings[0].code, 'crl-missing');
  assert.match(json.findings[0].message, /签发/);
});

test('documents are signed by the certificate that is logged in, all or none', async () => {
  await loggedIn();
  cms = { signers: [{ ...signer(UNIT), claimedTime: '2026-11-22T06:59:00Z' }] };
  const { status, json } = await browser.post('/api/signatures', { signatures: SIGNATURES });
  assert.equal(status, 200);
  assert.deepEqual(
    json.results.map((result: { name: string; valid: boolean }) => [result.name, result.valid]),
    [...DOCUMENTS.values()].map(({ name }) => [name, true]),
  );
  const download = await browser.get(json.results[0].download);
  assert.deepEqual([...download.bytes], [0, 0, 0]);
  assert.match(String(download.headers['content-disposition']), /^attachment; filename="[\w.-]+"; filename\*=UTF-8''/);

  cms = { signers: [signer({ ...UNIT, holder: '丙', sha256: 'f'.repeat(64) })] };
  const other = await browser.post('/api/signatures', { signatures: SIGNATURES });
  refused(other, 422, 'signer-other');
  assert.equal(other.json.results.length, 2);
  assert.equal(other.json.results[0].download, undefined);
  cms = { signers: [signer(UNIT), signer(UNIT)] };
  refused(await browser.post('/api/signatures', { signatures: SIGNATURES }), 422, 'signer-other');
  cms = { signers: [] };
  refused(await browser.post('/api/signatures', { signatures: SIGNATURES }), 422, 'signer-other');
  cms = { valid: false, findings: [{ code: 'content-changed', params: {}, severity: 'fatal' }] };
  refused(await browser.post('/api/signatures', { signatures: SIGNATURES }), 422, 'content-changed');
});

test('what is to be sealed: a document with its content, and a digest of bytes that stay here', async () => {
  refused(await browser.get('/api/seals'), 401, 'not-logged-in');
  await loggedIn();
  const { documents } = (await browser.get('/api/seals')).json;
  assert.deepEqual(
    documents.map(({ id, propertyInfo, placement, digest }: Record<string, unknown>) => [
      id,
      propertyInfo,
      placement,
      typeof digest,
    ]),
    [
      ['bid-letter', '/documents/bid-letter', undefined, 'undefined'],
      ['contract', '/Doc_0/Signs/Sign_0/Signature.xml', { page: 1, x: 150, y: 230 }, 'string'],
    ],
  );
  // The same as long as one is logged in, and another's is another.
  assert.deepEqual((await browser.get('/api/seals')).json.documents, documents);
  const other = new Browser(portal.origin);
  await enter('login', ENTRANCE, other);
  assert.notEqual((await other.get('/api/seals')).json.documents[1].digest, documents[1].digest);
  await browser.post('/api/seals', { seals: SEALS });
  const [letter, xml] = seenSeals.map(({ content }) => Buffer.from(content));
  assert.deepEqual(letter, Buffer.from(DOCUMENTS.get('bid-letter')?.bytes ?? []));
  assert.equal(
    createHash('sm3')
      .update(xml ?? '')
      .digest('base64'),
    documents[1].digest,
  );
  assert.match(String(xml), /<ofd:Reference FileRef="\/OFD\.xml"><ofd:CheckValue>[\w+/]{43}=</);
  refused(await browser.get('/documents/contract'), 404, 'not-found');
});

test('seals are judged by the portal’s makers and trust, at its time, and nothing that the request says', async () => {
  await loggedIn();
  await browser.post('/api/seals', {
    seals: SEALS.map(given => ({ ...given, content: 'AAAA', propertyInfo: 'mine' })),
    makers: ['AAAA'],
    at: '2020-01-01T00:00:00Z',
  });
  for (const { content, signature, ...policy } of seenSeals) {
    assert.deepEqual([...signature], [0, 0, 0]);
    assert.deepEqual(policy, {
      makers: [MAKER],
      anchors: [],
      intermediates: [],
      issuers: [],
      crls: [],
      at: clock.toISOString(),
    });
  }
  assert.equal(seenSeals.length, 2);
});

test('documents are sealed by the certificate that is logged in, all or none', async () => {
  await loggedIn();
  seal = {
    findings: [
      { code: 'seal-ends-soon', params: { days: 5, date: '2026-11-27T15:59:59Z' }, severity: 'warning' },
      { code: 'crl-missing', params: { issuer: '签发' }, severity: 'warning' },
    ],
  };
  const { status, json, text: body } = await browser.post('/api/seals', { seals: SEALS });
  assert.equal(status, 200, body);
  for (const result of json.results) {
    assert.deepEqual([result.valid, result.seal.name, result.seal.maker], [true, SEAL.name, SEAL.maker]);
    assert.deepEqual(
      result.findings.map(({ code }: { code: string }) => code),
      ['seal-ends-soon', 'crl-missing'],
    );
  }
  const download = await browser.get(json.results[1].download);
  assert.deepEqual([...download.bytes], [0, 0, 0]);
  assert.match(
    String(download.headers['content-disposition']),
    /\.ofd%E7%9A%84%E7%9B%96%E7%AB%A0%E6%95%B0%E6%8D%AE\.seal$/,
  );
  const picture = await browser.get(json.results[0].picture);
  assert.deepEqual([...picture.bytes], [1, 2, 3]);
  assert.equal(picture.headers['content-type'], 'image/png');
  assert.equal(picture.headers['x-content-type-options'], 'nosniff');
  assert.match(String(picture.headers['content-security-policy']), /^sandbox; default-src 'none'/);

  const fatal = (code: 'content-changed' | 'seal-expired') => ({
    valid: false,
    findings: [{ code, params: { date: '2026-01-01T00:00:00Z' }, severity: 'fatal' as const }],
  });
  const refusals: [() => void, string][] = [
    [() => Object.assign(seal, fatal('content-changed')), 'content-changed'],
    [() => Object.assign(seal, fatal('seal-expired')), 'seal-expired'],
    [() => Object.assign(seal, { valid: false }), 'signature-invalid'],
    [() => Object.assign(seal, { certificate: undefined }), 'signature-invalid'],
    [() => Object.assign(seal, { certificate: { ...UNIT, sha256: 'f'.repeat(64) } }), 'signer-other'],
    [() => Object.assign(seal, { propertyInfo: '/Doc_0/Signs/Sign_1/Signature.xml' }), 'seal-for-other'],
    [() => Object.assign(seal, { propertyInfo: '' }), 'seal-for-other'],
    [() => Object.assign(seal, { seal: { ...SEAL, version: 1, standard: 'GM/T 0031-2014' } }), 'seal-old-standard'],
    [
      () =>
        Object.assign(seal, {
          valid: false,
          findings: [{ code: 'issuer-unknown', params: { issuer: '' }, severity: 'fatal' }],
        }),
      'issuer-unknown',
    ],
  ];
  for (const [spoil, code] of refusals) {
    seal = {};
    spoil();
    const answer = await browser.post('/api/seals', { seals: SEALS });
    assert.deepEqual(faults, []);
    refused(answer, 422, code);
    assert.equal(answer.json.results.length, 2);
    assert.ok(
      answer.json.results.every((result: object) => !('download' in result || 'picture' in result)),
      code,
    );
  }
  // One that is wrong takes the other one with it.
  seal = {};
  const good = answerSeal;
  answerSeal = content => ({ ...good(content), propertyInfo: SIGNATURE_PATH });
  const mixed = await browser.post('/api/seals', { seals: SEALS });
  refused(mixed, 422, 'seal-for-other');
  assert.deepEqual(
    mixed.json.results.map(({ valid, download }: Record<string, unknown>) => [valid, download]),
    [
      [false, undefined],
      [true, undefined],
    ],
  );
});

/** What a page hands in: each document with something in it that takes no byte away. */
const COMPLETE = [...TENDERS.values()].map(({ id, format, bytes }) => {
  const seal = zipSync({ 'Doc_0/Signs/Sign_0/SignedValue.dat': Uint8Array.of(1) });
  const content =
    format === 'ofd'
      ? zipSync({ ...unzipSync(bytes), ...unzipSync(seal), 'OFD.xml': Uint8Array.of(2) })
      : Buffer.concat([bytes, Buffer.from('%%EOF')]);
  return { document: id, content: Buffer.from(content).toString('base64') };
});

test('documents with a seal in them are judged, compared with the portal’s own, and kept', async () => {
  refused(await browser.post('/api/tenders', { documents: COMPLETE }), 401, 'not-logged-in');
  await loggedIn();
  const { status, json, text: body } = await browser.post('/api/tenders', { documents: COMPLETE });
  assert.equal(status, 200, body);
  for (const [at, { valid, seal, download, name }] of json.results.entries()) {
    assert.deepEqual([valid, seal.name], [true, SEAL.name]);
    const kept = await browser.get(download);
    assert.deepEqual(kept.bytes.toString('base64'), COMPLETE[at]?.content);
    assert.match(String(kept.headers['content-disposition']), /^attachment/);
    assert.match(name, /采购合同/);
    refused(await new Browser(portal.origin).get(download), 401, 'not-logged-in');
  }

  const [pdf, ofd] = COMPLETE.map(({ content }) => Buffer.from(content, 'base64'));
  const [ownPdf, ownOfd] = [...TENDERS.values()].map(({ bytes }) => bytes);
  if (!pdf || !ofd || !ownPdf || !ownOfd) throw new Error('two');
  const good = answerDocument;
  const one = () => good().signatures[0] ?? {};
  const fatal = { code: 'content-changed', params: {}, severity: 'fatal' } as const;
  const other = { ...UNIT, sha256: 'f'.repeat(64) };
  const thrown = Object.assign(new Error('a'), { code: 'pdf-unreadable', params: { position: 0, reason: 'a' } });
  const cases: [Buffer, () => DocumentVerdict, string][] = [
    // A valid seal, on what the portal never had.
    [Buffer.concat([Buffer.from('%PDF-1.7'), pdf]), good, 'content-changed'],
    [Buffer.from(zipSync({ ...unzipSync(ofd), 'Doc_0/Document.xml': Uint8Array.of(0) })), good, 'content-changed'],
    [Buffer.from(zipSync({ 'OFD.xml': Uint8Array.of(0) })), good, 'content-changed'],
    [pdf, () => ({ ...good(), signatures: [one(), one()] }), 'content-changed'],
    [pdf, () => ({ ...good(), signatures: [{ certificate }] }), 'content-changed'],
    [pdf, () => ({ ...good(), signatures: [{ ...one(), certificate: other }] }), 'signer-other'],
    [pdf, () => ({ ...good(), signatures: [] }), 'signature-invalid'],
    [pdf, () => ({ ...good(), valid: false, findings: [fatal] }), 'content-changed'],
    [pdf, () => ({ ...good(), valid: false }), 'signature-invalid'],
    [
      pdf,
      () => {
        throw thrown;
      },
      'pdf-unreadable',
    ],
  ];
  for (const [content, answer, code] of cases) {
    answerDocument = answer;
    const document = content[0] === 0x50 ? 'contract-ofd' : 'contract-pdf';
    const given = [{ document, content: content.toString('base64') }];
    const refusal = await browser.post('/api/tenders', { documents: given });
    assert.deepEqual(faults, [], code);
    refused(refusal, 422, code);
    assert.ok(!('download' in refusal.json.results[0]));
  }
  for (const documents of [undefined, [], [7], [{ document: 'contract-pdf' }], Array(3).fill(COMPLETE[0])])
    assert.equal((await browser.post('/api/tenders', { documents })).status, 400);
  refused(
    await browser.post('/api/tenders', { documents: [{ document: 'price-list', content: '' }] }),
    404,
    'not-found',
  );
});

test('a picture that browsers can’t show is not handed out', async () => {
  await loggedIn();
  for (const picture of [
    { ...SEAL.picture, canBeShown: false },
    { canBeShown: true, width: 40, height: 40, data: Uint8Array.of(1) },
  ]) {
    seal = { seal: { ...SEAL, picture } };
    const { json } = await browser.post('/api/seals', { seals: SEALS });
    assert.equal(json.results[0].picture, undefined);
    refused(await browser.get(json.results[0].download.replace(/seal$/, 'picture')), 404, 'not-found');
  }
});

test('a seal file that is none is told as such, and a fault is the portal’s own', async () => {
  await loggedIn();
  answerSeal = () => {
    throw Object.assign(new Error(), { code: 'seal-unreadable', params: { position: 3, reason: 'test' } });
  };
  const answer = await browser.post('/api/seals', { seals: SEALS });
  refused(answer, 422, 'seal-unreadable');
  assert.deepEqual(answer.json.results[1].params, { position: 3, reason: 'test' });
  assert.deepEqual(faults, []);
  answerSeal = () => {
    throw Object.assign(new Error(), { code: 'certificate-unreadable', params: { position: 0, reason: 'a maker' } });
  };
  refused(await browser.post('/api/seals', { seals: SEALS }), 500, 'portal-internal');
  assert.equal(faults.length, 1);
});

test('signatures and seals are for their account only', async () => {
  await loggedIn();
  const { json } = await browser.post('/api/signatures', { signatures: SIGNATURES });
  const sealed = (await browser.post('/api/seals', { seals: SEALS })).json.results[0];
  certificate = { ...UNIT, person: '9', sha256: '9'.repeat(64) };
  const other = new Browser(portal.origin);
  await enter('bind', BIND, other);
  for (const address of [json.results[0].download, sealed.download, sealed.picture]) {
    assert.equal((await browser.get(address)).status, 200);
    refused(await other.get(address), 404, 'not-found');
    refused(await new Browser(portal.origin).get(address), 401, 'not-logged-in');
  }
});

test('malformed requests get a code and leave the portal running', async () => {
  await loggedIn();
  const bodies: [string, unknown, number, string][] = [
    ['/api/challenge', { purpose: 'sign' }, 400, 'request-malformed'],
    ['/api/challenge', '{', 400, 'request-malformed'],
    ['/api/challenge', '[]', 400, 'request-malformed'],
    ['/api/challenge', 'null', 400, 'request-malformed'],
    ['/api/challenge', '"\u{1f600}".'.repeat(40_000), 413, 'body-too-large'],
    ['/api/login', { ...ENTRANCE }, 400, 'request-malformed'],
    ['/api/login', { ...ENTRANCE, challenge: ['x'], proof: {} }, 400, 'request-malformed'],
    ['/api/login', { ...ENTRANCE, challenge: '__proto__', proof: {} }, 401, 'challenge-unknown'],
    ['/api/signatures', {}, 400, 'request-malformed'],
    ['/api/signatures', { signatures: [] }, 400, 'request-malformed'],
    ['/api/signatures', { signatures: [null] }, 400, 'request-malformed'],
    ['/api/signatures', { signatures: Array(3).fill(SIGNATURES[0]) }, 400, 'request-malformed'],
    ['/api/signatures', { signatures: [{ document: 'bid-letter', cms: 'A' }] }, 400, 'request-malformed'],
    ['/api/signatures', { signatures: [{ document: 'bid-letter', cms: 'AAAA\n' }] }, 400, 'request-malformed'],
    ['/api/signatures', { signatures: [{ document: '../server.ts', cms: 'AAAA' }] }, 404, 'not-found'],
    ['/api/signatures', { signatures: [{ document: 'constructor', cms: 'AAAA' }] }, 404, 'not-found'],
    ['/api/seals', {}, 400, 'request-malformed'],
    ['/api/seals', { seals: [] }, 400, 'request-malformed'],
    ['/api/seals', { seals: { length: 1, 0: SEALS[0] } }, 400, 'request-malformed'],
    ['/api/seals', { seals: [null] }, 400, 'request-malformed'],
    ['/api/seals', { seals: Array(3).fill(SEALS[0]) }, 400, 'request-malformed'],
    ['/api/seals', { seals: [{ document: 'contract', seal: 7 }] }, 400, 'request-malformed'],
    ['/api/seals', { seals: [{ document: 'contract', seal: 'AAAA\n' }] }, 400, 'request-malformed'],
    ['/api/seals', { seals: [{ document: ['contract'], seal: 'AAAA' }] }, 404, 'not-found'],
    ['/api/seals', { seals: [{ document: 'price-list', seal: 'AAAA' }] }, 404, 'not-found'],
    ['/api/seals', { seals: [{ document: 'contract', seal: 'A'.repeat(7 * 1024 * 1024) }] }, 413, 'body-too-large'],
  ];
  for (const [path, body, status, code] of bodies) refused(await browser.post(path, body), status, code);
  refused(
    await browser.post('/api/challenge', { purpose: 'login' }, { 'Content-Type': 'text/plain' }),
    415,
    'request-malformed',
  );
  const large = JSON.stringify({ purpose: 'login', more: ' '.repeat(1024 * 1024) });
  refused(await browser.post('/api/challenge', large, { 'Transfer-Encoding': 'chunked' }), 413, 'body-too-large');
  const invalidUtf8 = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
  const headers = { Origin: portal.origin, 'Content-Type': 'application/json' };
  refused(await browser.request('POST', '/api/challenge', headers, invalidUtf8), 400, 'request-malformed');
  assert.equal((await browser.get('/api/session')).json.account.name, '甲单位');
  assert.deepEqual(faults, []);
});

test('a fault of the portal is reported to the portal only', async () => {
  const broken = await startPortal({
    verifier: {
      ...verifier,
      newLoginChallenge: () => {
        throw Object.assign(new Error('secret detail'), { code: 'request-invalid', params: {} });
      },
    },
    trust: { anchors: [], intermediates: [], issuers: [], crls: [] },
    report: error => faults.push(error),
  });
  try {
    const fault = await new Browser(broken.origin).post('/api/challenge', { purpose: 'bind' });
    refused(fault, 500, 'portal-internal');
    assert.doesNotMatch(fault.text, /secret/);
    assert.equal(faults.length, 1);
  } finally {
    await broken.close();
  }
});

test('a signature file that is none is told as such', async () => {
  await loggedIn();
  answerCms = () => {
    throw Object.assign(new Error(), { code: 'cms-unreadable', params: { position: 3, reason: 'test' } });
  };
  const answer = await browser.post('/api/signatures', { signatures: SIGNATURES });
  refused(answer, 422, 'cms-unreadable');
  assert.deepEqual(answer.json.results[1].params, { position: 3, reason: 'test' });
  assert.deepEqual(faults, []);
});

test('other sites, other hosts and other methods are refused', async () => {
  const { host } = new URL(portal.origin);
  refused(
    await browser.post('/api/challenge', { purpose: 'login' }, { Origin: 'https://evil.example' }),
    403,
    'origin-refused',
  );
  refused(await browser.post('/api/challenge', { purpose: 'login' }, { Origin: 'null' }), 403, 'origin-refused');
  const headers = { 'Content-Type': 'application/json' };
  refused(await browser.request('POST', '/api/challenge', headers, '{"purpose":"login"}'), 403, 'origin-refused');
  refused(await browser.get('/', { Host: 'evil.example' }), 421, 'origin-refused');
  refused(await browser.get('/', { Host: host.replace('localhost', '127.0.0.1') }), 421, 'origin-refused');
  refused(await browser.get('/api/login'), 405, 'method-not-allowed');
  refused(await browser.post('/account', {}), 405, 'method-not-allowed');
  refused(await browser.request('DELETE', '/'), 405, 'method-not-allowed');
});

test('no path leads out of the portal', async () => {
  await loggedIn();
  for (const path of [
    '/assets/../server.mjs',
    '/assets/%2e%2e%2fserver.mjs',
    '/assets/..%5cserver.mjs',
    '/assets/',
    '/assets/constructor',
    '/documents/../../package.json',
    '/documents/__proto__',
    '/signatures/x.p7s',
    '/seals/x.seal',
    '/seals/constructor.picture',
    '/nothing',
    '/constructor',
    '//evil.example/account',
    '/a/b/c/d',
  ])
    refused(await browser.get(path), 404, 'not-found');
  refused(await browser.get('http://evil.example/'), 400, 'request-malformed');
  assert.equal((await browser.get('/assets/style.css')).text, '/* style */');
});

test('pages are hardened, in the language that is asked for, and escape what certificates say', async () => {
  const page = await browser.get('/');
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'; script-src 'self';/);
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.match(page.text, /<html lang="zh-CN" translate="no">/);
  assert.doesNotMatch(page.text, /<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
  assert.match((await browser.get('/', { 'Accept-Language': 'en-GB,en' })).text, /<html lang="en" translate="no">/);
  await browser.get('/?lang=en');
  assert.match((await browser.get('/')).text, /<html lang="en" translate="no">/);
  assert.equal((await enter('login', ENTRANCE)).json.remedy, PORTAL_TEXTS.en['not-bound'].remedy);

  const holder = '"><script>alert(1)</script>&\'';
  certificate = { ...UNIT, holder };
  assert.equal((await enter('bind', { ...BIND, name: holder })).status, 200);
  const account = await browser.get('/account');
  assert.doesNotMatch(account.text, /alert\(1\)<\/script>/);
  assert.match(account.text, /&#34;&#62;&#60;script&#62;/);
  assert.match(account.text, />31 December 2027</, 'the day in China');
  // Images of a page's own making are for the page that shows the user's seal.
  for (const [answer, images] of [
    [page, "img-src 'self';"],
    [account, "img-src 'self' blob:;"],
  ] as const)
    assert.ok(String(answer.headers['content-security-policy']).includes(images), images);
});

test('the CA’s certificates are there for everybody, as PEM, whatever their form', async () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----';
  const trust = {
    anchors: [Buffer.from(`${pem}\r\n\r\n`)],
    intermediates: [Uint8Array.of(0x30, 0)],
    issuers: [Uint8Array.of(0x30, 1, 0)],
    crls: [],
  };
  await portal.close();
  portal = await startPortal({ verifier, trust });
  browser = new Browser(portal.origin);
  assert.match((await browser.get('/')).text, /href="\/demo-ca\.pem" download/);
  const answer = await browser.get('/demo-ca.pem');
  assert.equal(answer.text, `${pem}\n${pem}\n`);
  assert.match(String(answer.headers['content-disposition']), /^attachment; filename="demo-ca\.pem"/);
});

test('the account page is for those who are logged in', async () => {
  const before = await browser.get('/account');
  assert.deepEqual([before.status, before.headers.location], [303, '/']);
  await loggedIn();
  assert.equal((await browser.get('/')).headers.location, '/account');
  for (const { id, bytes } of DOCUMENTS.values())
    assert.deepEqual((await browser.get(`/documents/${id}`)).bytes, Buffer.from(bytes));
  refused(await new Browser(portal.origin).get('/documents/bid-letter'), 401, 'not-logged-in');
});

test('a missing page is a page, with the way back', async () => {
  const page = await browser.get('/nothing', { Accept: 'text/html' });
  assert.equal(page.status, 404);
  assert.match(page.text, /<a href="\/">/);
});

test('every code and sentence has both languages, and no code is taken from the catalogue', () => {
  for (const code of PORTAL_CODES) {
    const zh = PORTAL_TEXTS['zh-CN'][code];
    const en = PORTAL_TEXTS.en[code];
    const placeholders = (words: { message: string }) => [...words.message.matchAll(/\{\w+\}/g)].map(String).sort();
    assert.deepEqual(placeholders(zh), placeholders(en), code);
    assert.match(zh.message, /\p{Script=Han}/u);
    assert.match(text({ code }, 'en').message, /does not know/, code);
  }
  assert.deepEqual(Object.keys(SENTENCES.en).sort(), Object.keys(SENTENCES['zh-CN']).sort());
});

test('the PDF is one', () => {
  const bytes = Buffer.from(DOCUMENTS.get('price-list')?.bytes ?? []);
  const text = bytes.toString('latin1');
  assert.ok(text.startsWith('%PDF-1.5\n') && text.endsWith('%%EOF\n'));
  const [, start = ''] = /startxref\n(\d+)\n/.exec(text) ?? [];
  assert.ok(text.slice(Number(start)).startsWith('xref\n0 9\n'));
  const offsets = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
  assert.equal(offsets.length, 8);
  for (const [i, offset] of offsets.entries()) assert.ok(text.slice(offset).startsWith(`${i + 1} 0 obj\n`));
  // Judged by poppler: its text is Chinese.
  const read = spawnSync('pdftotext', ['-layout', '-', '-'], { input: bytes }).stdout.toString();
  assert.match(read, /报价一览表[\s\S]*数字示波器\s+24\s+3,200\.00\s+76,800\.00[\s\S]*141,360\.00/);
});
