/**
 * What the portal remembers, in memory: sessions, challenges, accounts. Each store is bounded, and each
 * step that must be atomic is one synchronous call; with a database it is one statement under a unique index.
 */

import { createHash, randomBytes } from 'node:crypto';
import type { Binding, CertificateFacts, LoginChallenge } from './verifier.js';

/** Roles of the platform, each with an entrance of its own. */
export const ROLES = [
  'purchaser',
  'purchaser-representative',
  'purchaser-supervisor',
  'supplier',
  'agency',
  'expert',
] as const;
export type Role = (typeof ROLES)[number];

/** Whether something from outside names a role. */
export function isRole(value: unknown): value is Role {
  return ROLES.some(role => role === value);
}

/** A browser at the portal. */
export interface Session {
  /** 32 random bytes, base64url. Changes at login and logout. */
  readonly id: string;
  /** Last use, milliseconds. */
  seen: number;
  /** Who is logged in, and with which certificate. */
  readonly login?: Login;
}

/** Somebody who is logged in. */
export interface Login {
  readonly account: Account;
  readonly certificate: CertificateFacts;
  /** The Signature.xml that is to be sealed, once it was asked for. */
  signatureXml?: Uint8Array;
}

/**
 * Sessions by id, those of users apart from those of visitors: whoever likes can be any number of visitors, and a
 * session of theirs that is too many pushes out one of its own kind, the one unused for longest.
 */
export class Sessions {
  readonly #visitors = new Map<string, Session>();
  readonly #users = new Map<string, Session>();

  /** A new session, logged in or not, in place of an old one: an id from before a login never survives it. */
  start(now: number, login?: Login, instead?: Session): Session {
    if (instead) this.#among(instead).delete(instead.id);
    const session: Session = { id: randomBytes(32).toString('base64url'), seen: now, ...(login && { login }) };
    push(this.#among(session), session.id, session, MAX_SESSIONS);
    return session;
  }

  find(id: string, now: number): Session | undefined {
    const session = this.#users.get(id) ?? this.#visitors.get(id);
    if (!session) return undefined;
    const among = this.#among(session);
    among.delete(id);
    if (now - session.seen > IDLE_MS) return undefined;
    session.seen = now;
    among.set(id, session);
    return session;
  }

  #among({ login }: Session): Map<string, Session> {
    return login ? this.#users : this.#visitors;
  }
}

/** Challenges by their value, each usable once; those of users apart from those of visitors, as sessions are. */
export class Challenges {
  readonly #visitors = new Map<string, Challenge>();
  readonly #users = new Map<string, Challenge>();

  add(record: LoginChallenge, now: number, { login }: Session): void {
    const among = login ? this.#users : this.#visitors;
    for (const [value, { made }] of among) {
      if (now - made < KEEP_CHALLENGE_MS) break;
      among.delete(value);
    }
    push(among, record.challenge, { record, used: false, made: now }, MAX_CHALLENGES);
  }

  /**
   * Marks a challenge as used and hands out its record: to the first caller only. It comes before any
   * check of the proof and stays used when a check fails. Marked afterwards, two copies of a proof that
   * arrive together would both find it unused; released after a failure, it would allow guessing.
   */
  use(value: string): LoginChallenge | 'unknown' | 'used' {
    const entry = this.#users.get(value) ?? this.#visitors.get(value);
    if (!entry) return 'unknown';
    if (entry.used) return 'used';
    entry.used = true;
    return entry.record;
  }
}

interface Challenge {
  readonly record: LoginChallenge;
  used: boolean;
  readonly made: number;
}

/** Keeps one more; the oldest goes first. */
function push<T>(store: Map<string, T>, key: string, item: T, limit: number): void {
  store.set(key, item);
  const oldest = store.keys().next();
  if (store.size > limit && !oldest.done) store.delete(oldest.value);
}

/** An account of the portal. Name and role are the portal's, whatever the certificate says. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the bound certificate. A renewed one is bound anew. */
  certificate: string;
  /** Start of its validity, ISO 8601. */
  since: string;
  /** Signatures handed in. */
  readonly signatures: Map<string, StoredSignature>;
  /** Seals handed in. */
  readonly seals: Map<string, StoredSeal>;
  /** Documents handed in with a seal in them. */
  readonly sealed: Map<string, StoredDocument>;
}

/** A document that was verified. */
export interface StoredDocument {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A verified signature. */
export interface StoredSignature {
  readonly name: string;
  readonly cms: Uint8Array;
}

/** A verified seal on a document: the `SES_Signature`, and its picture where browsers can show it. */
export interface StoredSeal {
  readonly name: string;
  readonly signature: Uint8Array;
  readonly picture?: { readonly type: string; readonly bytes: Uint8Array };
}

/** Accounts by the identity of their certificate. */
export class Accounts {
  readonly #byIdentity = new Map<string, Account>();

  /** All of them. */
  all(): Iterable<Account> {
    return this.#byIdentity.values();
  }

  boundTo(binding: Binding): Account | undefined {
    return this.#byIdentity.get(identity(binding));
  }

  /** Opens an account. `undefined` if the identity has one, or the portal is full. */
  open(binding: Binding, certificate: CertificateFacts, name: string, role: Role): Account | undefined {
    const key = identity(binding);
    if (this.#byIdentity.has(key) || this.#byIdentity.size >= MAX_ACCOUNTS) return undefined;
    const account: Account = {
      id: randomBytes(8).toString('hex'),
      name,
      role,
      certificate: certificate.sha256,
      since: certificate.notBefore,
      signatures: new Map(),
      seals: new Map(),
      sealed: new Map(),
    };
    this.#byIdentity.set(key, account);
    return account;
  }
}

/**
 * Whom a certificate stands for: issuer, subject and person identifier together. A name or a credit code
 * alone is shared by 采购人代表 and 采购人监督 of one unit, and says nothing about who issued it.
 */
function identity({ issuer, subject, person }: Binding): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject, person]))
    .digest('hex');
}

/** A signature or seal is kept under a name that can't be guessed. The oldest goes first. */
export function keep<T>(store: Map<string, T>, item: T): string {
  const id = randomBytes(16).toString('hex');
  push(store, id, item, MAX_KEPT);
  return id;
}

/** Of visitors, and of users. */
const MAX_SESSIONS = 10_000;
const MAX_CHALLENGES = 10_000;
const MAX_ACCOUNTS = 10_000;
/** Signatures, seals, or documents of one account. */
const MAX_KEPT = 100;
/** A session unused for this long is over. */
const IDLE_MS = 30 * 60_000;
/** Longer than a challenge is valid, so that a late proof is told `challenge-expired` and a replayed one `challenge-used`. */
const KEEP_CHALLENGE_MS = 60 * 60_000;
