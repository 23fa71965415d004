// The reference portals of `servers/portals` in Rust, Node and Java: the same tests against all, with the store in memory, in SQLite and
// in a PostgreSQL cluster of the test's own, which two processes share and which is taken away from them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Answer, refused } from '../../www/demo/testing/browser.js';
import {
  type Authority,
  type Holder,
  makeAuthority,
  makeCms,
  makeProof,
  proofOf,
  signBytes,
} from '../../www/demo/testing/pki.js';
import { ROOT, temporary } from '../stand/paths.js';
import {
  LANGUAGES,
  type Language,
  LOCAL_ORIGIN,
  noJavaPortal,
  noNewerNode,
  ORIGIN,
  type Process,
  type Settings,
  Visitor,
  Workshop,
} from '../stand/portals.js';
import { Cluster, noPostgres } from '../stand/postgres.js';
import { stop } from '../stand/process.js';
import { until } from '../stand/until.js';

const world = temporary();
const UNIT = '/C=CN/O=示例采购有限公司/CN=示例采购有限公司';
const NAME = '示例采购有限公司';
const TENDER = Buffer.from('我单位承诺：按招标文件的要求履行合同。\n');

let authority: Authority;
let stranger: Authority;
let unit: Holder;
let namesake: Holder;
let revoked: Holder;
let injecting: Holder;
let workshop: Workshop;
const running = new Set<Process>();

before(() => {
  authority = makeAuthority();
  stranger = makeAuthority('别的');
  unit = authority.issue({ subject: UNIT });
  namesake = authority.issue({ subject: `${UNIT}/serialNumber=2` });
  revoked = authority.issue({ subject: `${UNIT}/serialNumber=3` });
  authority.revoke(revoked);
  injecting = authority.issue({ subject: '/C=CN/O=甲"\r\nSet-Cookie: x=1\r\n\r\n<script>\u0007/CN=甲' });
  workshop = new Workshop(world.path, authority);
});

after(async () => {
  await Promise.all([...running].map(({ child }) => stop(child)));
  authority?.remove();
  stranger?.remove();
  world.remove();
});

async function start(language: Language, settings: Settings = {}): Promise<Process> {
  const process = await workshop.start(language, settings);
  running.add(process);
  return process;
}

/** Ends a process without a word, and gives what takes its place. */
async function killed({ child, url }: Process, language: Language, store: string): Promise<Process> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return start(language, { store, port: new URL(url).port });
}

const cmsOf = (holder: Holder, content = TENDER): string => makeCms(holder, content).toString('base64');
const sign = (visitor: Visitor, cms: unknown): Promise<Answer> => visitor.post('/api/signature', { cms });

function entered(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json], [200, { name: NAME }], answer.text);
}

for (const language of LANGUAGES)
  describe(`the portal in ${language}`, { skip: language === 'java' && noJavaPortal }, () => {
    let portal: Process;
    const visitor = () => new Visitor(portal.url);

    before(async () => {
      portal = await start(language);
    });

    test('first binding, login, signature, and a renewed certificate', async () => {
      const browser = visitor();
      refused(await browser.enter(unit), 403, 'not-bound');
      entered(await browser.enter(unit, 'bind'));
      entered(await browser.enter(unit));
      assert.deepEqual((await sign(browser, cmsOf(unit))).json, { signed: true });
      refused(await sign(visitor(), cmsOf(unit)), 403, 'not-logged-in');
      refused(await sign(browser, cmsOf(namesake)), 403, 'signer-other');
      refused(await sign(browser, cmsOf(unit, Buffer.from('another'))), 403, 'content-changed');
      refused(await sign(browser, 'AAAA'), 403, 'cms-unreadable');
      for (const cms of [undefined, null, 7, '', '%', 'AAA', ['AAAA'], { length: 4 }])
        refused(await sign(browser, cms), 400, 'request-malformed');
      // Of the same organisation and common name, and somebody else.
      refused(await browser.enter(namesake), 403, 'not-bound');
      // Of the same name and person: two that were issued later, and one earlier.
      const [earlier, later] = ['190101000000Z', '210101000000Z'].map(begin =>
        authority.issue({ subject: UNIT, valid: [begin, '491231235959Z'] }),
      );
      assert.ok(earlier && later);
      refused(await visitor().enter(later), 403, 'certificate-renewed');
      refused(await visitor().enter(earlier, 'bind'), 403, 'certificate-superseded');
      entered(await visitor().enter(later, 'bind'));
      refused(await visitor().enter(unit), 403, 'certificate-renewed');
      refused(await visitor().enter(unit, 'bind'), 403, 'certificate-superseded');
      entered(await visitor().enter(later));
    });

    test('a proof counts once, in its session, for its purpose, of its origin and format', async () => {
      const browser = visitor();
      entered(await browser.enter(namesake, 'bind'));
      const challenge = await browser.challenge();
      const proof = makeProof(namesake, ORIGIN, 'login', challenge);
      const old = browser.at(portal.url);
      entered(await browser.post('/api/login', { proof }));
      for (const again of [browser, old, visitor()])
        refused(await again.post('/api/login', { proof }), 403, 'challenge-used');

      // A proof that was stolen before it was used, in the thief's own session, with and without a challenge of its own.
      const victim = visitor();
      const stolen = makeProof(namesake, ORIGIN, 'login', await victim.challenge());
      const thief = visitor();
      refused(await thief.post('/api/login', { proof: stolen }), 403, 'challenge-used');
      await thief.challenge();
      refused(await thief.post('/api/login', { proof: stolen }), 403, 'signature-invalid');
      // That touched nobody else's.
      entered(await victim.post('/api/login', { proof: stolen }));

      // Of an earlier challenge of the same session, which a later one takes the place of.
      const earlier = makeProof(namesake, ORIGIN, 'login', await victim.challenge());
      await victim.challenge();
      refused(await victim.post('/api/login', { proof: earlier }), 403, 'signature-invalid');

      // Nobody gets a second try with the same challenge, however the first one failed.
      const last = await victim.challenge();
      refused(await victim.post('/api/login', { proof: {} }), 403, 'proof-unreadable');
      const good = makeProof(namesake, ORIGIN, 'login', last);
      refused(await victim.post('/api/login', { proof: good }), 403, 'challenge-used');

      const tries: [string, string, string, (challenge: string) => unknown][] = [
        ['login', 'login', 'signature-invalid', made => makeProof(namesake, 'https://evil.example', 'login', made)],
        ['login', 'login', 'signature-invalid', made => makeProof(namesake, LOCAL_ORIGIN, 'login', made)],
        ['login', 'login', 'signature-invalid', made => makeProof(namesake, `${ORIGIN}:443`, 'login', made)],
        ['login', 'login', 'purpose-mismatch', made => makeProof(namesake, ORIGIN, 'bind', made)],
        ['bind', 'login', 'purpose-mismatch', made => makeProof(namesake, ORIGIN, 'login', made)],
        ['bind', 'login', 'purpose-mismatch', made => makeProof(namesake, ORIGIN, 'bind', made)],
        ['login', 'bind', 'purpose-mismatch', made => makeProof(namesake, ORIGIN, 'bind', made)],
        ['login', 'login', 'proof-format-not-accepted', made => logondata(made, true)],
        ['login', 'login', 'proof-format-not-accepted', made => logondata(made, false)],
        ['login', 'login', 'proof-unreadable', made => ({ ...logondata(made, true), format: 'p1' })],
        ['login', 'login', 'signature-invalid', made => proofOf(namesake, signBytes(namesake, Buffer.from(made)))],
        ['login', 'login', 'signature-invalid', made => otherCertificate(made)],
        [
          'login',
          'login',
          'issuer-unknown',
          made => makeProof(stranger.issue({ subject: UNIT }), ORIGIN, 'login', made),
        ],
        ['bind', 'bind', 'issuer-unknown', made => makeProof(stranger.issue({ subject: UNIT }), ORIGIN, 'bind', made)],
        ['bind', 'bind', 'certificate-revoked', made => makeProof(revoked, ORIGIN, 'bind', made)],
      ];
      for (const [asked, sent, code, make] of tries) {
        const challenge = await victim.challenge(asked);
        const answer = await victim.post(`/api/${sent}`, { proof: make(challenge) });
        assert.equal(answer.json.code, code, `${asked}, ${sent}: ${make}`);
        refused(answer, 403, code);
      }
      for (const proof of UNREADABLE) {
        await victim.challenge();
        const answer = await victim.post('/api/login', `{"proof":${proof}}`);
        refused(answer, 403, 'proof-unreadable');
      }
      entered(await victim.enter(namesake));
    });

    test('sessions: a new one for each login, cookies that only this origin gets, and nothing of a visitor’s choosing', async () => {
      const browser = visitor();
      await browser.challenge('bind');
      const [[name = '', before = ''] = []] = browser.cookies;
      assert.equal(name, '__Host-session');
      assert.match(before, /^[\w-]{43}$/);
      const fixed = browser.at(portal.url);
      const answer = await browser.enter(namesake, 'bind');
      entered(answer);
      const flags = `__Host-session=${browser.cookies.get(name)}; Path=/; HttpOnly; SameSite=Strict; Secure`;
      assert.deepEqual(answer.headers['set-cookie'], [flags]);
      const inside = browser.cookies.get(name);
      assert.notEqual(inside, before);
      // Who fixed the session before the login is not in, …
      refused(await sign(fixed, cmsOf(namesake)), 403, 'not-logged-in');
      // … nor who keeps one from before a further login.
      const earlier = browser.at(portal.url);
      entered(await browser.enter(namesake));
      refused(await sign(earlier, cmsOf(namesake)), 403, 'not-logged-in');
      assert.equal((await sign(browser, cmsOf(namesake))).status, 200);

      // What is no session of ours becomes a new one, and never comes back.
      const hostile = [
        'short',
        '__proto__',
        'a'.repeat(44),
        `${'a'.repeat(42)}\u00e9`,
        `${'a'.repeat(42)};`,
        '../'.repeat(14),
        '%0d%0aSet-Cookie:x=1',
      ];
      for (const value of hostile) {
        const odd = visitor();
        odd.cookies.set(name, value);
        const { headers, text } = await odd.post('/api/challenge', {});
        const [set = ''] = headers['set-cookie'] ?? [];
        assert.match(set, /^__Host-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
        assert.ok(!(set + text).includes(value), value);
      }
      // A certificate's names may hold anything, and stay within the JSON.
      const odd = visitor();
      const named = await odd.enter(injecting, 'bind');
      assert.equal(named.status, 200, named.text);
      assert.match(named.json.name, /Set-Cookie: x=1/);
      assert.ok(!/[\r\n]/.test(named.text), named.text);
      assert.deepEqual(named.headers['set-cookie'], [
        `${name}=${odd.cookies.get(name)}; Path=/; HttpOnly; SameSite=Strict; Secure`,
      ]);
      assert.deepEqual((await sign(odd, cmsOf(injecting))).json, { signed: true });
      // Of another name than the one that only this host can set.
      const tossed = visitor();
      tossed.cookies.set('session', inside ?? '');
      refused(await sign(tossed, cmsOf(namesake)), 403, 'not-logged-in');
    });

    test('other sites, other forms and other addresses are refused', async () => {
      const browser = visitor();
      const body = '{"purpose":"login"}';
      const kind = { 'Content-Type': 'application/json' };
      const origins = [
        'https://evil.example',
        'null',
        '',
        `${ORIGIN}.evil.example`,
        `${ORIGIN}:443`,
        `${ORIGIN}/`,
        ORIGIN.toUpperCase(),
        'http://portal.example',
        LOCAL_ORIGIN,
      ];
      for (const Origin of origins)
        refused(await browser.post('/api/challenge', {}, { Origin }), 403, 'origin-refused');
      refused(await browser.request('POST', '/api/challenge', kind, body), 403, 'origin-refused');
      // What a form of another page can send.
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', ''])
        refused(await browser.post('/api/challenge', body, { 'Content-Type': type }), 400, 'request-malformed');
      assert.equal(browser.cookies.size, 0);
      for (const [method, path] of [
        ['GET', '/api/login'],
        ['DELETE', '/api/login'],
        ['PUT', '/'],
        ['GET', '/public/index.html'],
        ['GET', '/policy.json'],
        ['GET', '/../policy.json'],
        ['GET', '/yinxin/../../policy.json'],
        ['GET', '/%2e%2e/policy.json'],
        ['GET', '/__proto__'],
        ['GET', '/constructor'],
        ['POST', '/api/__proto__'],
        ['POST', '/api/constructor'],
        ['POST', '/api/login/'],
        ['POST', '/API/LOGIN'],
        ['GET', '/%0d%0aSet-Cookie:%20x=1'],
      ] as const) {
        const answer = await browser.request(
          method,
          path,
          { ...kind, Origin: ORIGIN },
          method === 'GET' ? undefined : body,
        );
        refused(answer, 404, 'not-found');
        assert.equal(answer.headers['set-cookie'], undefined, path);
      }
      // A second head within a value, as an old proxy may let it through.
      const injected = await raw(portal.url, `GET /\rSet-Cookie:x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      assert.doesNotMatch(injected, /^HTTP\/1\.1 200|^set-cookie/im);
    });

    test('bodies that are too large, too deep or no objects', async () => {
      const browser = visitor();
      const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
      for (const body of [
        '',
        '{',
        'null',
        '[]',
        '7',
        '"a"',
        '{}{}',
        '{} x',
        "{'purpose':'bind'}",
        '{purpose:1}',
        '{"a":01}',
        '{"a":NaN}',
        '{"a":1,}',
        deep('[', ']', 1_000),
        '['.repeat(400_000),
      ])
        refused(await browser.post('/api/challenge', body), 400, 'request-malformed');
      const headers = { Origin: ORIGIN, 'Content-Type': 'application/json' };
      const notUtf8 = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
      refused(await browser.request('POST', '/api/challenge', headers, notUtf8), 400, 'request-malformed');
      const large = JSON.stringify({ more: ' '.repeat(1_000_000) });
      refused(await browser.post('/api/challenge', large), 413, 'too-large');
      refused(await browser.post('/api/challenge', large, { 'Transfer-Encoding': 'chunked' }), 413, 'too-large');
      // Names that mean something to a language mean nothing.
      for (const body of [
        '{"__proto__":{"purpose":"bind"}}',
        '{"constructor":{"prototype":{"purpose":"bind"}}}',
        '{"purpose":["bind"]}',
        '{"purpose":{"toString":"bind"}}',
        '{"purpose":null}',
      ]) {
        const odd = visitor();
        const { json } = await odd.post('/api/challenge', body);
        // It is for a login.
        refused(
          await odd.post('/api/bind', { proof: makeProof(namesake, ORIGIN, 'bind', json.challenge) }),
          403,
          'purpose-mismatch',
        );
      }
      // Too deep for a proof, which is the visitor's affair, or for the whole.
      for (const levels of [20, 100, 400_000]) {
        await browser.challenge();
        const answer = await browser.post('/api/login', `{"proof":${deep('[', ']', levels)}}`);
        assert.ok(['proof-unreadable', 'request-malformed'].includes(answer.json.code), `${levels}: ${answer.text}`);
      }
      entered(await browser.enter(namesake, 'bind'));
    });

    test('the page and its headers', async () => {
      const browser = visitor();
      const page = await browser.get('/');
      assert.match(page.text, /^<!doctype html>/);
      assert.match((await browser.get('/page.js')).text, /from '\/yinxin\/index\.js'/);
      for (const path of ['/yinxin/index.js', '/yinxin/guide.js'])
        assert.match(String((await browser.get(path)).headers['content-type']), /^text\/javascript/);
      assert.deepEqual((await browser.get('/documents/tender')).bytes, TENDER);
      for (const answer of [page, await browser.get('/nowhere'), await browser.post('/api/challenge', {})]) {
        assert.match(String(answer.headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
        assert.equal(answer.headers['referrer-policy'], 'no-referrer');
        assert.equal(answer.headers['cache-control'], 'no-store');
      }
    });

    test('on its user’s own machine the cookie has another name', async () => {
      const local = await start(language, { origin: LOCAL_ORIGIN });
      const browser = new Visitor(local.url, LOCAL_ORIGIN);
      const answer = await browser.enter(unit, 'bind');
      entered(answer);
      const session = browser.cookies.get('session');
      assert.deepEqual(answer.headers['set-cookie'], [`session=${session}; Path=/; HttpOnly; SameSite=Strict`]);
      await stop(local.child);
    });

    test('a portal does not begin under an origin that its policy does not list', async () => {
      await assert.rejects(start(language, { origin: 'https://other.example' }), /ended with 1 before/);
    });

    test('in SQLite everything survives the process, and what was taken stays taken', {
      skip: language === 'node' && noNewerNode,
    }, async () => {
      mkdirSync(join(world.path, language));
      const store = `sqlite:${join(world.path, language, 'portal.db')}`;
      const [one, other] = [await start(language, { store }), await start(language, { store })];
      const browser = new Visitor(one.url);
      entered(await browser.enter(unit, 'bind'));
      const [old, pending] = [browser.at(one.url), new Visitor(other.url)];
      const proof = makeProof(unit, ORIGIN, 'login', await old.challenge());
      const sends = [one, other, one, other].map(({ url }) => old.at(url).post('/api/login', { proof }));
      const codes = (await Promise.all(sends)).map(({ json }) => json.code);
      assert.deepEqual(codes.sort(), [...Array(3).fill('challenge-used'), undefined]);
      const later = makeProof(unit, ORIGIN, 'login', await pending.challenge());
      const gone = once(other.child, 'exit');
      other.child.kill('SIGKILL');
      await gone;
      const { url, child } = await killed(one, language, store);
      refused(await old.at(url).post('/api/login', { proof }), 403, 'challenge-used');
      const again = pending.at(url);
      entered(await again.post('/api/login', { proof: later }));
      refused(await pending.at(url).post('/api/login', { proof: later }), 403, 'challenge-used');
      assert.deepEqual((await sign(again, cmsOf(unit))).json, { signed: true });
      entered(await again.enter(unit));
      await stop(child);
    });
  });

describe('portals on one PostgreSQL', { skip: noPostgres }, () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await Cluster.start(readFileSync(join(ROOT, 'servers/portals/schema/postgres.sql'), 'utf8'));
  });

  after(() => cluster?.remove());

  for (const language of LANGUAGES)
    describe(`two processes in ${language}`, { skip: language === 'java' && noJavaPortal }, () => {
      let pair: [Process, Process];

      before(async () => {
        const store = cluster.url;
        pair = [await start(language, { store }), await start(language, { store })];
      });

      after(() => Promise.all(pair.map(({ child }) => stop(child))));

      test('whatever one of them did, the other knows', async () => {
        const [one, other] = pair.map(({ url }) => url) as [string, string];
        const browser = new Visitor(one);
        const challenge = await browser.challenge('bind');
        const proof = makeProof(unit, ORIGIN, 'bind', challenge);
        const elsewhere = browser.at(other);
        entered(await elsewhere.post('/api/bind', { proof }));
        refused(await browser.post('/api/bind', { proof }), 403, 'challenge-used');
        const inside = elsewhere.at(one);
        assert.deepEqual((await sign(inside, cmsOf(unit))).json, { signed: true });
        entered(await inside.enter(unit));
        refused(await sign(elsewhere, cmsOf(unit)), 403, 'not-logged-in');
      });

      test('one proof, sent again and again to both at once, is accepted once, whatever is killed meanwhile', async () => {
        const sends = language === 'rust' ? 10_000 : 600;
        const browser = new Visitor(pair[0].url);
        entered(await browser.enter(unit, 'bind'));
        const kill = async () => {
          pair[0] = await killed(pair[0], language, cluster.url);
        };
        const crash = async () => {
          await cluster.end('immediate');
          await cluster.begin();
        };
        // With the first answers under way: then it may be that nobody is told of it.
        for (const disturb of language === 'rust' ? [kill, crash] : [crash]) {
          const early = await race(pair, 200, 1, disturb);
          assert.ok(early.accepted <= early.sessions && early.sessions <= 1, JSON.stringify(early));
        }
        const late = await race(pair, sends, Math.floor(sends / 3), kill);
        assert.deepEqual({ accepted: late.accepted, sessions: late.sessions }, { accepted: 1, sessions: 1 });
        assert.equal(late.refused, sends - 1 - late.lost);
        // Those that the killed process had not answered.
        assert.ok(late.lost <= LANES, `${late.lost} lost`);
      });

      test('what has ended is refused, and forgotten', async () => {
        const browser = new Visitor(pair[0].url);
        entered(await browser.enter(unit, 'bind'));
        assert.equal((await sign(browser, cmsOf(unit))).status, 200);
        const other = new Visitor(pair[0].url);
        const proof = makeProof(unit, ORIGIN, 'login', await other.challenge());
        const past = (field: string) => `regexp_replace(record, '("${field}":")20..', '\\12020')`;
        for (const field of ['issuedAt', 'expiresAt']) cluster.query(`UPDATE challenges SET record = ${past(field)}`);
        refused(await other.post('/api/login', { proof }), 403, 'challenge-expired');
        await other.challenge();
        cluster.query('UPDATE challenges SET ends = 1; UPDATE sessions SET ends = 1');
        refused(await sign(browser, cmsOf(unit)), 403, 'not-logged-in');
        // A process looks for such when it begins, and then every minute.
        pair[1] = await killed(pair[1], language, cluster.url);
        const count = (table: string) => cluster.query(`SELECT count(*) FROM ${table} WHERE ends = 1`);
        await until(async () => count('challenges') === '0' && count('sessions') === '0');
        refused(await other.post('/api/login', { proof: {} }), 403, 'challenge-used');
      });

      test('without the database logins are refused with a code; when it is back, they go on by themselves', async () => {
        const browser = new Visitor(pair[0].url);
        entered(await browser.enter(unit, 'bind'));
        const pending = browser.at(pair[1].url);
        const proof = makeProof(unit, ORIGIN, 'login', await pending.challenge());
        await cluster.end('immediate');
        const answers = await Promise.all([
          pending.post('/api/login', { proof }),
          browser.post('/api/login', { proof }),
          browser.post('/api/bind', { proof }),
          browser.post('/api/challenge', {}),
          sign(browser, cmsOf(unit)),
        ]);
        for (const answer of answers) {
          refused(answer, 503, 'store-unavailable');
          assert.equal(answer.headers['set-cookie'], undefined);
        }
        assert.equal((await browser.get('/')).status, 200);
        await cluster.begin();
        // A crash forgets challenges: it is refused rather than taken twice. Sessions and accounts are there.
        for (const { url } of pair) {
          refused(await pending.at(url).post('/api/login', { proof }), 403, 'challenge-used');
          assert.equal((await sign(browser.at(url), cmsOf(unit))).status, 200);
          entered(await new Visitor(url).enter(unit));
        }
      });

      test('a database that does not answer is as good as none', async () => {
        const browser = new Visitor(pair[0].url);
        const proof = makeProof(unit, ORIGIN, 'login', await browser.challenge());
        const release = await cluster.hold('challenges');
        refused(await browser.post('/api/login', { proof }), 503, 'store-unavailable');
        await release();
        // The statement whose answer was not waited for may have been done, or never begun: the proof counts once at most.
        const again = [await browser.post('/api/login', { proof }), await browser.post('/api/login', { proof })];
        const codes = again.map(({ json }) => json.code);
        assert.ok([undefined, 'challenge-used'].includes(codes[0]), codes[0]);
        assert.equal(codes[1], 'challenge-used');
        entered(await browser.enter(unit, 'bind'));
      });
    });

  test('processes of all three are one portal', { skip: noJavaPortal }, async () => {
    const all = await Promise.all(LANGUAGES.map(language => start(language, { store: cluster.url })));
    const urls = all.map(({ url }) => url);
    for (const [one = '', two = '', three = ''] of [urls, [urls[1], urls[2], urls[0]], [urls[2], urls[0], urls[1]]]) {
      const browser = new Visitor(one);
      const proof = makeProof(unit, ORIGIN, 'bind', await browser.challenge('bind'));
      const second = browser.at(two);
      entered(await second.post('/api/bind', { proof }));
      refused(await browser.at(three).post('/api/bind', { proof }), 403, 'challenge-used');
      assert.deepEqual((await sign(second.at(three), cmsOf(unit))).json, { signed: true });
      entered(await new Visitor(three).enter(unit));
    }
    await Promise.all(all.map(({ child }) => stop(child)));
  });

  /** Sends one proof to both, so many times, and disturbs them after so many answers. */
  async function race(pair: [Process, Process], sends: number, after: number, disturb: () => Promise<void>) {
    const browser = new Visitor(pair[0].url);
    const proof = makeProof(unit, ORIGIN, 'login', await browser.challenge());
    const [cookie = ''] = [...browser.cookies].map(([name, value]) => `${name}=${value}`);
    const before = Number(cluster.query('SELECT count(*) FROM sessions'));
    const told = { accepted: 0, refused: 0, lost: 0 };
    const others = new Set<string>();
    // Each has its connections to the database.
    const warm = pair.map(
      ({ url }) =>
        () =>
          new Visitor(url).challenge(),
    );
    await Promise.all(Array.from({ length: 2 * LANES }, (_, index) => warm[index % 2]?.()));
    let left = sends;
    let answers = 0;
    let again: Promise<void> | undefined;
    const agent = new Agent({ keepAlive: true, maxSockets: LANES });
    const lane = async (index: 0 | 1) => {
      while (left > 0) {
        left--;
        const { url } = pair[index];
        const code = await sent(agent, url, cookie, JSON.stringify({ proof }));
        answers++;
        if (answers === after) again = disturb();
        if (code === '200') told.accepted++;
        // The second while the database is away, or for a process that has just begun on a busy machine: nothing is accepted.
        else if (code === 'challenge-used' || code === 'store-unavailable') told.refused++;
        else if (code === 'lost') {
          told.lost++;
          await again;
        } else others.add(code);
      }
    };
    await Promise.all(Array.from({ length: 2 * LANES }, (_, index) => lane(index % 2 === 0 ? 0 : 1)));
    await again;
    agent.destroy();
    assert.deepEqual([...others], []);
    const sessions = Number(cluster.query('SELECT count(*) FROM sessions')) - before;
    return { ...told, sessions };
  }
});

/** Requests under way at one process. */
const LANES = 16;

/** Sends it; `200`, the code, or that the connection was lost. */
function sent(agent: Agent, url: string, cookie: string, body: string): Promise<string> {
  const headers = { Origin: ORIGIN, Cookie: cookie, 'Content-Type': 'application/json', 'Content-Length': body.length };
  return new Promise(resolve => {
    const asked = request(`${url}/api/login`, { method: 'POST', agent, headers }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', part => {
        text += part;
      });
      response.once('error', () => resolve('lost'));
      response.once('end', () => resolve(response.statusCode === 200 ? '200' : JSON.parse(text).code));
    });
    asked.once('error', () => resolve('lost'));
    asked.end(body);
  });
}

/** What is answered to bytes. */
async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  const parts: Buffer[] = [];
  socket.on('data', part => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts).toString('latin1');
}

/** A login as LOGONDATA, in a CMS: a format that this portal does not take. */
function logondata(challenge: string, attached: boolean): object {
  const cms = makeCms(namesake, Buffer.from(`LOGONDATA:${challenge}`), attached);
  return proofOf(namesake, cms, attached ? 'logondata' : 'logondata-detached');
}

/** The certificate of somebody else, whom this signature is not of. */
function otherCertificate(challenge: string): object {
  const proof = makeProof(namesake, ORIGIN, 'login', challenge);
  return { ...proof, certificate: unit.certificate.toString('base64') };
}

/** JSON in the place of a proof. */
const UNREADABLE = [
  'null',
  '7',
  '"yinxin"',
  '[]',
  '{}',
  '{"__proto__":{"format":"yinxin"}}',
  '{"format":"yinxin","version":1}',
  '{"format":["yinxin"],"version":1,"algorithm":"sm2-sm3","certificate":"AAAA","signature":"AAAA"}',
  '{"format":"yinxin","version":1,"algorithm":"sm2-sm3","certificate":{"length":4},"signature":"AAAA"}',
  '{"format":"yinxin","version":1,"algorithm":"none","certificate":"AAAA","signature":"AAAA"}',
];
