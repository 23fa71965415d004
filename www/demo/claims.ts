/**
 * What the portal tells Yinxin of an account before its user logs in. A real portal knows the account from the name
 * that its user typed; this one offers those that were bound here, and invented ones that don't fit.
 */

import type { Locale } from '@yinxin/proto';
import { Refusal } from './http.js';
import type { Account, Role } from './stores.js';
import { ROLE_NAMES, type Staged } from './texts.js';
import type { CertificateFacts } from './verifier.js';

/** An account as it can be named at a login. */
export interface Claim {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Whether a certificate is bound to it. */
  readonly bound: boolean;
  /** SHA-256 of that certificate, where it matters which it is. */
  readonly certificate?: string;
  /** What an invented one is there to show. */
  readonly staged?: Staged;
}

/** The accounts that can be named, the bound ones first. */
export function claims(accounts: Iterable<Account>): Claim[] {
  const own = [...accounts].map(({ id, name, role, certificate }) => ({ id, name, role, certificate, bound: true }));
  return [...own, ...STAGED];
}

/** What the page library's `login` takes, in this portal's words. */
export function claimView({ id, name, role, bound, certificate, staged }: Claim, locale: Locale): object {
  return {
    id,
    name,
    role: ROLE_NAMES[locale][role],
    bound,
    ...(certificate && { certificate }),
    ...(staged && { staged }),
  };
}

/** Refuses a certificate that is not the named account's, or another entrance than its own. */
export function checkClaim(claim: Claim, certificate: CertificateFacts, entrance: Role): void {
  const { name, role, bound, certificate: expected } = claim;
  const { holder, organization, sha256 } = certificate;
  if (!bound || (expected !== undefined && expected !== sha256)) throw new Refusal(403, 'not-bound', { holder });
  if (name !== holder && name !== organization) throw new Refusal(403, 'name-mismatch', { holder });
  if (entrance !== role) throw new Refusal(403, 'wrong-entrance', { entrance, account: role });
}

/** The demo keys' unit, and how somebody could type it: with a wide space. */
const UNIT = '四川锦程演示科技有限公司';
const TYPED = '四川锦程演示\u3000科技有限公司';

const staged = (staged: Staged, more: Partial<Claim> = {}): Claim => ({
  id: staged,
  name: UNIT,
  role: 'supplier',
  bound: true,
  ...more,
  staged,
});

const STAGED: readonly Claim[] = [
  staged('expert', { name: '演示专家', role: 'expert' }),
  staged('name-differs', { name: '四川锦城演示科技有限公司' }),
  staged('written-otherwise', { name: TYPED }),
  staged('not-bound', { bound: false }),
  staged('bound-to-other', { certificate: '0f'.repeat(32) }),
  staged('other-role', { role: 'agency' }),
];
