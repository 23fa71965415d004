/**
 * The demo portal as a request handler: what a real portal does to log users in by certificate and to take
 * their signatures. It keeps everything in memory and knows its own origin from its configuration only.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Finding, Locale, LoginFormat, Purpose } from '@yinxin/proto';
import type { Asset } from './assets.js';
import { type BareVerdict, verifyBare, verifyBareLogin } from './bare.js';
import { checkClaim, claims, claimView } from './claims.js';
import { DOCUMENTS, type PortalDocument } from './documents.js';
import { attachment, cookie, cookies, harden, isObject, Refusal, readJson, send, sendJson } from './http.js';
import { accountPage, errorPage, type GuideAddresses, legacyPage, loginPage } from './pages.js';
import { checkSeal, offer, toSeal } from './seals.js';
import { type Account, Accounts, Challenges, isRole, keep, type Login, type Session, Sessions } from './stores.js';
import { checkTender, TENDERS } from './tenders.js';
import { localeOf, ROLE_NAMES } from './texts.js';
import type { BareVerifier, Binding, CertificateFacts, Trust, Verdict, Verifier } from './verifier.js';
import { type Described, type DescribedFinding, describe, withTexts } from './words.js';

/** What a portal is made of. */
export interface PortalOptions {
  readonly verifier: Verifier;
  /** Scheme, host and port under which browsers see the portal. Never taken from a request. */
  readonly origin: string;
  readonly trust: Trust;
  /** Certificates of makers whose seals count, as PEM or DER. None, none does. */
  readonly makers?: readonly Uint8Array[];
  /** Takes `logondata` proofs as well, which carry no origin. */
  readonly allowLogondata?: boolean;
  /**
   * What judges bare signatures. With it there is a page as today's portals have them (`/legacy`), whose logins carry no
   * origin either.
   */
  readonly bare?: BareVerifier;
  /** Where users get what they need to log in. */
  readonly guide?: GuideAddresses;
  /** Scripts and styles of the pages, by name. */
  readonly assets?: ReadonlyMap<string, Asset>;
  readonly now?: () => Date;
  /** Told of faults of the portal itself. */
  readonly report?: (error: unknown) => void;
}

/** A request with what the portal knows about it. */
interface Context {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly locale: Locale;
  readonly session: Session | undefined;
}

type Handler = (context: Context) => void | Promise<void>;

/** Makes the handler for `http.createServer`. */
export function createPortal(
  options: PortalOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const {
    verifier,
    origin,
    trust,
    makers = [],
    bare,
    assets = new Map<string, Asset>(),
    now = () => new Date(),
    report = console.error,
  } = options;
  const formats: readonly LoginFormat[] = options.allowLogondata
    ? ['yinxin', 'logondata', 'logondata-detached']
    : ['yinxin'];
  const authorities = [...trust.anchors, ...trust.intermediates].map(pem).join('');
  const sessions = new Sessions();
  const challenges = new Challenges();
  const accounts = new Accounts();

  const gets: Readonly<Record<string, Handler>> = {
    '/': ({ response, locale, session }) => {
      if (session?.login) return redirect(response, '/account');
      send(response, 200, HTML, loginPage(locale, claims(accounts.all()), options.guide ?? {}).text);
    },
    '/account': ({ response, locale, session }) => {
      if (!session?.login) return redirect(response, '/');
      const { account, certificate } = session.login;
      // The user's own seal, as the page library hands it over, is an image of the page's own making.
      harden(response, { images: "'self' blob:" });
      const offered = toSeal(session.login, verifier, now());
      send(
        response,
        200,
        HTML,
        accountPage(locale, account, certificate, [...DOCUMENTS.values()], offered, [...TENDERS.values()]).text,
      );
    },
    '/legacy': ({ response, locale }) => {
      if (!bare) throw new Refusal(404, 'not-found');
      harden(response, { connect: "'self' http://127.0.0.1:*" });
      send(response, 200, HTML, legacyPage(locale, origin).text);
    },
    // For users who want their own software to know the demo CA.
    '/demo-ca.pem': ({ response }) => {
      response.setHeader('Content-Disposition', attachment('demo-ca.pem'));
      send(response, 200, 'application/x-pem-file', authorities);
    },
    '/api/session': ({ response, locale, session }) =>
      sendJson(response, 200, { account: session?.login ? accountView(session.login.account, locale) : null }),
    '/api/accounts': ({ response, locale }) =>
      sendJson(response, 200, { accounts: claims(accounts.all()).map(claim => claimView(claim, locale)) }),
    '/api/documents': ({ response, session }) => {
      loggedIn(session);
      const list = [...DOCUMENTS.values()].map(({ id, name, type, bytes }) => ({
        id,
        name,
        type,
        size: bytes.byteLength,
      }));
      sendJson(response, 200, { documents: list });
    },
    '/api/seals': ({ response, session }) => {
      const offered = toSeal(loggedIn(session), verifier, now());
      sendJson(response, 200, { documents: offered.map(sealed => offer(sealed, verifier)) });
    },
  };

  const posts: Readonly<Record<string, Handler>> = {
    '/api/challenge': async ({ request, response, session }) => {
      const { purpose } = await readJson(request, SMALL_BODY);
      if (!isPurpose(purpose)) throw new Refusal(400, 'request-malformed', { reason: 'purpose' });
      let current = session;
      if (!current) {
        current = sessions.start(now().getTime());
        response.appendHeader('Set-Cookie', cookie(SESSION, current.id));
      }
      const record = verifier.newLoginChallenge({ origin, purpose, session: current.id, at: now().toISOString() });
      challenges.add(record, now().getTime(), current);
      sendJson(response, 200, { challenge: record.challenge, expires: record.expiresAt });
    },

    '/api/login': async ({ request, response, locale, session }) => {
      const body = await readJson(request, SMALL_BODY);
      const { entrance } = body;
      if (!isRole(entrance)) throw new Refusal(400, 'request-malformed', { reason: 'entrance' });
      const claim =
        body.account === undefined ? undefined : claims(accounts.all()).find(({ id }) => id === body.account);
      if (body.account !== undefined && !claim) throw new Refusal(400, 'request-malformed', { reason: 'account' });
      const { certificate, binding, findings } = proven(body, 'login', session);
      const account = accounts.boundTo(binding);
      if (claim && claim.id !== account?.id) checkClaim(claim, certificate, entrance);
      if (!account) throw new Refusal(403, 'not-bound', { holder: certificate.holder });
      renewalChecked(account, certificate);
      if (entrance !== account.role) throw new Refusal(403, 'wrong-entrance', { entrance, account: account.role });
      enter(response, session, account, certificate);
      sendJson(response, 200, { account: accountView(account, locale), findings: withTexts(findings, locale) });
    },

    '/api/bind': async ({ request, response, locale, session }) => {
      const body = await readJson(request, SMALL_BODY);
      const { certificate, binding, findings } = proven(body, 'bind', session);
      const account = accounts.boundTo(binding) ?? openAccount(binding, certificate, body);
      if (account.certificate !== certificate.sha256) {
        // Renewed: the CA vouches for the same issuer, subject and person; the user's explicit proof does the rest.
        if (certificate.notBefore < account.since) throw new Refusal(403, 'certificate-superseded');
        account.certificate = certificate.sha256;
        account.since = certificate.notBefore;
      }
      enter(response, session, account, certificate);
      sendJson(response, 200, { account: accountView(account, locale), findings: withTexts(findings, locale) });
    },

    '/api/logout': async ({ request, response, session }) => {
      await readJson(request, SMALL_BODY);
      if (session)
        response.appendHeader('Set-Cookie', cookie(SESSION, sessions.start(now().getTime(), undefined, session).id));
      sendJson(response, 200, {});
    },

    '/api/signatures': async ({ request, response, locale, session }) => {
      const login = loggedIn(session);
      const { signatures } = await readJson(request, SIGNATURES_BODY);
      if (!Array.isArray(signatures) || signatures.length < 1 || signatures.length > DOCUMENTS.size)
        throw new Refusal(400, 'request-malformed', { reason: 'signatures' });
      const checked = signatures.map(entry => {
        if (!isObject(entry)) throw new Refusal(400, 'request-malformed', { reason: 'signatures' });
        const document = typeof entry.document === 'string' ? DOCUMENTS.get(entry.document) : undefined;
        if (!document) throw new Refusal(404, 'not-found');
        return { document, cms: base64(entry.cms, 'cms') };
      });
      const results = checked.map(({ document, cms }) =>
        checkSignature(document, () => readCms(document, cms), login, locale),
      );
      const failed = results.find(result => !result.valid);
      if (failed) throw new Refusal(422, failed.code ?? 'signature-invalid', failed.params ?? {}, { results });
      // All or none: one consent stands for all of them.
      const kept = checked.map(({ document, cms }) =>
        keep(login.account.signatures, { name: `${document.name}的签名.p7s`, cms }),
      );
      sendJson(response, 200, {
        results: results.map((result, i) => ({ ...result, download: `/signatures/${kept[i]}.p7s` })),
      });
    },

    // A text that the user wrote, as today's pages have it signed: bare (P1) or as a CMS (P7).
    '/api/texts': async ({ request, response, locale, session }) => {
      if (!bare) throw new Refusal(404, 'not-found');
      const login = loggedIn(session);
      const body = await readJson(request, SMALL_BODY);
      const { text, form } = body;
      if (typeof text !== 'string' || text === '') throw new Refusal(400, 'request-malformed', { reason: 'text' });
      if (form !== 'p1' && form !== 'p7') throw new Refusal(400, 'request-malformed', { reason: 'form' });
      const signature = base64(body.signature, 'signature');
      const signed = { id: 'text', name: form.toUpperCase(), type: TEXT, bytes: Buffer.from(text) };
      let read = (): Signed => readCms(signed, signature);
      if (form === 'p1') {
        const certificate = base64(body.certificate, 'certificate');
        read = () => ofOne(verifyBare(bare, { text, certificate, signature }, trust, now().toISOString()));
      }
      const result = checkSignature(signed, read, login, locale);
      const results = [result];
      if (!result.valid) throw new Refusal(422, result.code ?? 'signature-invalid', result.params ?? {}, { results });
      sendJson(response, 200, { results });
    },

    // Documents into which a seal was set: what the portal keeps, and gives to others, is these.
    '/api/tenders': async ({ request, response, locale, session }) => {
      const login = loggedIn(session);
      const { documents } = await readJson(request, TENDERS_BODY);
      if (!Array.isArray(documents) || documents.length < 1 || documents.length > TENDERS.size)
        throw new Refusal(400, 'request-malformed', { reason: 'documents' });
      const policy = { verifier, makers, trust, at: now().toISOString() };
      const checked = documents.map(entry => {
        if (!isObject(entry)) throw new Refusal(400, 'request-malformed', { reason: 'documents' });
        const tender = typeof entry.document === 'string' ? TENDERS.get(entry.document) : undefined;
        if (!tender) throw new Refusal(404, 'not-found');
        const bytes = base64(entry.content, 'content');
        return { tender, bytes, result: checkTender(policy, tender, bytes, login.certificate, locale) };
      });
      const results = checked.map(({ result }) => result);
      const failed = results.find(result => !result.valid);
      if (failed) throw new Refusal(422, failed.code ?? 'signature-invalid', failed.params ?? {}, { results });
      sendJson(response, 200, {
        results: checked.map(({ tender: { name, type }, bytes, result }) => ({
          ...result,
          download: `/sealed/${keep(login.account.sealed, { name, type, bytes })}`,
        })),
      });
    },

    '/api/seals': async ({ request, response, locale, session }) => {
      const login = loggedIn(session);
      const { seals } = await readJson(request, SEALS_BODY);
      const offered = toSeal(login, verifier, now());
      if (!Array.isArray(seals) || seals.length < 1 || seals.length > offered.length)
        throw new Refusal(400, 'request-malformed', { reason: 'seals' });
      const given = seals.map(entry => {
        if (!isObject(entry)) throw new Refusal(400, 'request-malformed', { reason: 'seals' });
        const sealed = offered.find(({ id }) => id === entry.document);
        if (!sealed) throw new Refusal(404, 'not-found');
        return { sealed, signature: base64(entry.seal, 'seal') };
      });
      const policy = { verifier, makers, trust, at: now().toISOString() };
      const checked = given.map(({ sealed, signature }) =>
        checkSeal(policy, sealed, signature, login.certificate, locale),
      );
      const results = checked.map(({ result }) => result);
      const failed = results.find(result => !result.valid);
      if (failed) throw new Refusal(422, failed.code ?? 'signature-invalid', failed.params ?? {}, { results });
      sendJson(response, 200, {
        results: checked.map(({ result, stored }) => {
          const address = stored && `/seals/${keep(login.account.seals, stored)}`;
          return {
            ...result,
            ...(address && { download: `${address}.seal` }),
            ...(stored?.picture && { picture: `${address}.picture` }),
          };
        }),
      });
    },
  };

  /** A certificate whose possession was proven to this portal, in this session, for this purpose, just now. */
  function proven(body: Record<string, unknown>, purpose: Purpose, session: Session | undefined): Proven {
    const { proof, challenge } = body;
    if (typeof challenge !== 'string' || !isObject(proof))
      throw new Refusal(400, 'request-malformed', { reason: 'proof' });
    const record = challenges.use(challenge);
    if (record === 'unknown') throw new Refusal(401, 'challenge-unknown');
    if (record === 'used') throw new Refusal(401, 'challenge-used');
    const expected = { challenge: record, purpose, session: session?.id ?? '', ...trust, at: now().toISOString() };
    let verdict: BareVerdict;
    if (bare && proof.format === 'p1') {
      const certificate = base64(proof.certificate, 'certificate');
      verdict = verifyBareLogin(bare, { certificate, signature: base64(proof.signature, 'signature') }, expected);
    } else {
      // Unchecked: the verifier decodes it.
      verdict = verifier.verifyLogin({ proof, origin, formats, ...expected });
    }
    const { certificate, binding } = verdict;
    if (!verdict.valid || !certificate || !binding) throw rejected(401, verdict);
    return { certificate, binding, findings: verdict.findings };
  }

  function openAccount(
    binding: Binding,
    certificate: CertificateFacts,
    { name, role }: Record<string, unknown>,
  ): Account {
    if (typeof name !== 'string' || !isRole(role)) throw new Refusal(403, 'not-bound', { holder: certificate.holder });
    if (name !== certificate.holder && name !== certificate.organization)
      throw new Refusal(403, 'name-mismatch', { holder: certificate.holder });
    const account = accounts.open(binding, certificate, name, role);
    if (!account) throw new Refusal(503, 'portal-full');
    return account;
  }

  function enter(
    response: ServerResponse,
    old: Session | undefined,
    account: Account,
    certificate: CertificateFacts,
  ): void {
    const session = sessions.start(now().getTime(), { account, certificate }, old);
    response.appendHeader('Set-Cookie', cookie(SESSION, session.id));
  }

  function readCms({ bytes }: PortalDocument, cms: Uint8Array): ReturnType<Verifier['verifyCms']> {
    return verifier.verifyCms({ cms, content: bytes, ...trust, at: now().toISOString() });
  }

  function checkSignature(document: PortalDocument, read: () => Signed, login: Login, locale: Locale): SignatureResult {
    const shown = { document: document.id, name: document.name };
    let verdict: Signed;
    try {
      verdict = read();
    } catch (error) {
      // Anything else that is thrown is about the portal's own part.
      if (!isObject(error) || error.code !== 'cms-unreadable') throw error;
      const params = isObject(error.params) ? error.params : {};
      return { ...shown, valid: false, findings: [], ...describe(error.code, params, locale) };
    }
    const { valid, findings, signers } = verdict;
    const signer = signers[0];
    const result = {
      ...shown,
      findings: withTexts(findings, locale),
      ...(signer?.certificate && { certificate: signer.certificate }),
      ...(signer?.claimedTime && { claimedTime: signer.claimedTime }),
    };
    if (!valid) {
      const cause = findings.find(({ severity }) => severity === 'fatal');
      return { ...result, valid, ...describe(cause?.code ?? 'signature-invalid', cause?.params ?? {}, locale) };
    }
    if (signers.length !== 1 || signer?.certificate?.sha256 !== login.certificate.sha256) {
      const params = { signer: signer?.certificate?.holder ?? '' };
      return { ...result, valid: false, ...describe('signer-other', params, locale) };
    }
    return { ...result, valid };
  }

  async function route(context: Context): Promise<void> {
    const { request, response, url, session } = context;
    const { pathname } = url;
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (!reading && request.method !== 'POST') throw new Refusal(405, 'method-not-allowed');
    const handler = own(reading ? gets : posts, pathname);
    if (handler) {
      // Another site can make a browser send a POST, but not with this Origin.
      if (!reading && request.headers.origin !== origin) throw new Refusal(403, 'origin-refused');
      return handler(context);
    }
    if (own(reading ? posts : gets, pathname)) throw new Refusal(405, 'method-not-allowed');
    const [, kind, name, ...rest] = pathname.split('/');
    if (!reading || name === undefined || rest.length > 0) throw new Refusal(404, 'not-found');
    if (kind === 'assets') {
      const asset = assets.get(name);
      if (asset) return send(response, 200, asset.type, asset.body);
    }
    if (kind === 'documents') {
      loggedIn(session);
      const document = DOCUMENTS.get(name) ?? TENDERS.get(name);
      if (document) {
        response.setHeader('Content-Disposition', attachment(document.name).replace('attachment', 'inline'));
        return send(response, 200, document.type, document.bytes);
      }
    }
    if (kind === 'signatures') {
      const signature = loggedIn(session).account.signatures.get(name.replace(/\.p7s$/, ''));
      if (signature) {
        response.setHeader('Content-Disposition', attachment(signature.name));
        return send(response, 200, 'application/pkcs7-signature', signature.cms);
      }
    }
    if (kind === 'sealed') {
      const document = loggedIn(session).account.sealed.get(name);
      if (document) {
        response.setHeader('Content-Disposition', attachment(document.name));
        return send(response, 200, document.type, document.bytes);
      }
    }
    if (kind === 'seals') {
      const [, id = '', what] = /^(\w+)\.(seal|picture)$/.exec(name) ?? [];
      const seal = loggedIn(session).account.seals.get(id);
      if (seal && what === 'seal') {
        response.setHeader('Content-Disposition', attachment(seal.name));
        return send(response, 200, 'application/octet-stream', seal.signature);
      }
      if (seal?.picture) {
        // It may be markup (SVG), which runs nowhere: not as an image, and not where it is opened by itself.
        response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'");
        return send(response, 200, seal.picture.type, seal.picture.bytes);
      }
    }
    throw new Refusal(404, 'not-found');
  }

  return async (request, response) => {
    let locale: Locale = 'zh-CN';
    try {
      harden(response);
      // A name that points here but is not ours is DNS rebinding.
      if (request.headers.host !== new URL(origin).host) throw new Refusal(421, 'origin-refused');
      const url = parseUrl(request.url ?? '', origin);
      const jar = cookies(request);
      const chosen = url.searchParams.get('lang');
      locale = localeOf(chosen ?? jar.get(LANGUAGE) ?? request.headers['accept-language'] ?? '');
      if (chosen !== null) response.appendHeader('Set-Cookie', cookie(LANGUAGE, locale));
      const session = sessions.find(jar.get(SESSION) ?? '', now().getTime());
      await route({ request, response, url, locale, session });
    } catch (error) {
      refuse(request, response, locale, error);
    }
  };

  function refuse(request: IncomingMessage, response: ServerResponse, locale: Locale, error: unknown): void {
    let refusal: Refusal;
    if (error instanceof Refusal) refusal = error;
    else {
      report(error);
      refusal = new Refusal(500, 'portal-internal');
    }
    // What is left of a body is dropped, for as long as the server's time for a request lasts.
    request.resume();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, code, params, more } = refusal;
    const findings = Array.isArray(more.findings) ? withTexts(more.findings as Finding[], locale) : [];
    const described = describe(code, params, locale);
    if (request.headers.accept?.includes('text/html')) send(response, status, HTML, errorPage(locale, described).text);
    else sendJson(response, status, { ...more, ...described, findings });
  }
}

interface Proven {
  readonly certificate: CertificateFacts;
  readonly binding: Binding;
  readonly findings: readonly Finding[];
}

/** A verdict with who signed. */
type Signed = Verdict & {
  readonly signers: readonly { readonly certificate?: CertificateFacts; readonly claimedTime?: string }[];
};

function ofOne({ valid, findings, certificate }: BareVerdict): Signed {
  return { valid, findings, signers: [certificate ? { certificate } : {}] };
}

/** What the portal says about one signature. */
export interface SignatureResult extends Partial<Described> {
  readonly document: string;
  readonly name: string;
  readonly valid: boolean;
  readonly findings: readonly DescribedFinding[];
  readonly certificate?: CertificateFacts;
  readonly claimedTime?: string;
  readonly download?: string;
}

function loggedIn(session: Session | undefined): Login {
  if (!session?.login) throw new Refusal(401, 'not-logged-in');
  return session.login;
}

function renewalChecked(account: Account, certificate: CertificateFacts): void {
  if (account.certificate === certificate.sha256) return;
  if (certificate.notBefore < account.since) throw new Refusal(403, 'certificate-superseded');
  throw new Refusal(403, 'certificate-renewed', { name: account.name, account: account.role });
}

function rejected(status: number, { findings }: Verdict): Refusal {
  const cause = findings.find(({ severity }) => severity === 'fatal');
  return new Refusal(status, cause?.code ?? 'signature-invalid', cause?.params ?? {}, { findings });
}

function accountView({ name, role }: Account, locale: Locale): object {
  return { name, role, roleName: ROLE_NAMES[locale][role] };
}

function base64(value: unknown, what: string): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (!bytes || bytes.toString('base64') !== value) throw new Refusal(400, 'request-malformed', { reason: what });
  return bytes;
}

/** A certificate as PEM, in which it may come already. */
function pem(certificate: Uint8Array): string {
  const bytes = Buffer.from(certificate);
  if (bytes.includes('-----BEGIN ')) return `${bytes.toString('latin1').trim()}\n`;
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function parseUrl(path: string, origin: string): URL {
  // Anything but a path could name another origin.
  if (!path.startsWith('/') || !URL.canParse(origin + path))
    throw new Refusal(400, 'request-malformed', { reason: 'path' });
  return new URL(origin + path);
}

function redirect(response: ServerResponse, path: string): void {
  response.writeHead(303, { Location: path }).end();
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isPurpose(value: unknown): value is Purpose {
  return value === 'login' || value === 'bind';
}

const HTML = 'text/html; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const SESSION = 'session';
const LANGUAGE = 'lang';
/** Bytes of a request that carries a proof. */
const SMALL_BODY = 256 * 1024;
/** Two small documents, each with a seal. */
const TENDERS_BODY = 6 * 1024 * 1024;
/** Bytes of a request that carries signatures, attached ones of the demo's small documents included. */
const SIGNATURES_BODY = 4 * 1024 * 1024;
/** Bytes of a request that carries seals, two of the largest. */
const SEALS_BODY = 6 * 1024 * 1024;
