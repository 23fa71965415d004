//! The account of the last login that a listed portal asked for: in memory, until the browser closes. It tells the
//! advice whether the keys fit, and goes nowhere else.

import type { PageCall } from '@yinxin/proto';
import type { Item } from '../item.js';

/** An account, as its portal told of it. */
export interface KnownAccount {
  /** The portal's origin. */
  readonly site: string;
  readonly name: string;
  readonly role?: string;
  readonly entrance?: string;
  readonly bound?: boolean;
  /** SHA-256 of the bound certificate, hex. */
  readonly certificate?: string;
}

/** What a checked login tells of an account. A binding is about to change what is bound. */
export function accountOf(site: string, call: PageCall & { type: 'login' }): KnownAccount | undefined {
  if (!call.account) return undefined;
  const { bound: _, certificate: __, ...unbound } = call.account;
  return { site, ...(call.purpose === 'login' ? call.account : unbound) };
}

/** The account in the session's storage. */
export class AccountStore {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  /** The one that is known. */
  async read(): Promise<KnownAccount | undefined> {
    const value = await this.#item.read();
    return isAccount(value) ? value : undefined;
  }

  /** Keeps one in place of the one before; `undefined` where a login tells of none. */
  keep(account: KnownAccount | undefined): Promise<void> {
    return this.#item.change(() => account ?? null);
  }

  /** Forgets it, whoever told of it or if this site did. */
  forget(site?: string): Promise<void> {
    return this.#item.change(known => (isAccount(known) && (site === undefined || site === known.site) ? null : known));
  }
}

function isAccount(value: unknown): value is KnownAccount {
  const { site, name, role, entrance, bound, certificate } = Object(value) as Record<string, unknown>;
  return (
    [site, name].every(text => typeof text === 'string') &&
    [role, entrance, certificate].every(text => text === undefined || typeof text === 'string') &&
    (bound === undefined || typeof bound === 'boolean')
  );
}
