// A reference portal: logs users in by certificate, binds certificates to accounts, takes signatures. Its processes
// keep nothing, so that any number of them serve one origin where they share a store. Settings are variables of the
// environment: PORT, ORIGIN, POLICY, STORE and PUBLIC, as the README above this folder has them.
import { createHash } from 'node:crypto';
import { newLoginChallenge, verifyCms, verifyLogin, YinxinError } from '@yinxin/verify';
import { newSession, Refusal, serve } from './http.mjs';
import { readPolicy } from './policy.mjs';
import { openStore } from './store.mjs';

const { PORT = '8080', ORIGIN, POLICY, STORE = 'memory:', PUBLIC = 'public' } = process.env;
const policy = readPolicy(POLICY ?? fail('POLICY is not set'));
if (!policy.origins.includes(ORIGIN)) fail(`ORIGIN: ${POLICY} does not list it`);
const store = await openStore(STORE);
/** What is to be signed: the portal's own copy. */
const TENDER = Buffer.from('我单位承诺：按招标文件的要求履行合同。\n');
/** Seconds after which a user logs in again, and for which the record of a challenge outlives it. */
const [SESSION, GRACE] = [8 * 3600, 600];

const routes = new Map([
  [
    'POST /api/challenge',
    async ({ session, body }) => {
      const purpose = body.purpose === 'bind' ? 'bind' : 'login';
      const record = newLoginChallenge({ origin: ORIGIN, purpose, session, ...policy.challenge });
      await store.putChallenge(hash(session), JSON.stringify(record), seconds(record.expiresAt) + GRACE);
      return { session, body: { challenge: record.challenge } };
    },
  ],
  [
    'POST /api/login',
    async asked => {
      const { binding, certificate } = await proven(asked, 'login');
      const account = await store.account(identity(binding));
      if (!account) throw new Refusal('not-bound');
      // A renewed certificate is bound anew, by its user's own act.
      if (account.certificate !== certificate.sha256) throw new Refusal('certificate-renewed');
      return enter(asked, identity(binding), account.name, certificate);
    },
  ],
  [
    // The first time, and after a renewal: here whoever comes gets an account; yours come from your registration.
    'POST /api/bind',
    async asked => {
      const { binding, certificate } = await proven(asked, 'bind');
      const { organization, holder, sha256, notBefore } = certificate;
      const name = await store.bind(identity(binding), organization ?? holder, sha256, seconds(notBefore));
      if (name === undefined) throw new Refusal('certificate-superseded');
      return enter(asked, identity(binding), name, certificate);
    },
  ],
  [
    'POST /api/signature',
    async ({ session, body }) => {
      const certificate = await store.certificate(hash(session), seconds());
      if (certificate === undefined) throw new Refusal('not-logged-in');
      if (!isBase64(body.cms)) throw new Refusal('request-malformed');
      // Over the portal's own copy of the document, never one that comes back.
      const verdict = verifyCms({ cms: Buffer.from(body.cms, 'base64'), content: TENDER, ...policy.trust });
      if (!verdict.valid) throw new YinxinError(verdict.findings[0]);
      // A valid signature of somebody else is valid, too.
      const [signer, ...others] = verdict.signers;
      if (others.length > 0 || signer.certificate?.sha256 !== certificate) throw new Refusal('signer-other');
      return { session, body: { signed: true } };
    },
  ],
]);

/** A certificate whose possession was proven to this portal, in this session, for this purpose, just now. */
async function proven({ session, body }, purpose) {
  // First of all, and by one statement: a proof counts once, whatever comes of it.
  const record = await store.takeChallenge(hash(session));
  if (record === undefined) throw new YinxinError({ code: 'challenge-used' });
  const asked = { proof: body.proof, challenge: JSON.parse(record), origin: ORIGIN, purpose, session };
  const verdict = verifyLogin({ ...asked, ...policy.login, ...policy.trust });
  if (!verdict.valid) throw new YinxinError(verdict.findings[0]); // the gravest comes first
  return verdict;
}

/** Logs in: with a new session, since the old one's id may be known to somebody. */
async function enter({ session: old }, account, name, certificate) {
  const session = newSession();
  await store.end(hash(old));
  await store.begin(hash(session), account, certificate.sha256, seconds() + SESSION);
  return { session, body: { name } };
}

/** Whom a certificate stands for: issuer, subject and person together, never a name or a credit code alone. */
const identity = ({ issuer, subject, person }) => hash(JSON.stringify([issuer, subject, person ?? null]));
const hash = value => createHash('sha256').update(value).digest('hex');
const seconds = (time = Date.now()) => Math.floor(new Date(time).getTime() / 1000);
const isBase64 = value => typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

// What is not forgotten now is forgotten later.
const clean = () => store.clean(seconds()).catch(() => {});
setInterval(clean, 60_000).unref();
clean();
console.log(await serve({ origin: ORIGIN, page: PUBLIC, tender: TENDER, routes, port: Number(PORT) }));
