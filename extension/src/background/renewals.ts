//! What the renewal of each certificate costs, as the workspace asks for it.

import type { Quote } from '@yinxin/fees';
import type { Base64, RenewalOrder, Token, TokenView } from '@yinxin/proto';
import { decode } from '../base64.js';
import type { Renewal } from '../relay.js';

/** The core's quote for a certificate. Rejects with an error of the catalogue. */
export type QuoteRenewal = (certificate: Base64, order: RenewalOrder) => Promise<Quote>;

/** The renewals that open workspaces show. */
export class Renewals {
  readonly #quote: QuoteRenewal;
  /** How the user wants some of them, by certificate. */
  readonly #orders = new Map<string, RenewalOrder>();
  #shown: ReadonlySet<string> = new Set();

  constructor(quote: QuoteRenewal) {
    this.#quote = quote;
  }

  /** Takes another order for a certificate that is shown. */
  order(certificate: string, order: RenewalOrder): void {
    if (this.#shown.has(certificate)) this.#orders.set(certificate, order);
  }

  /** Forgets what was ordered. */
  clear(): void {
    this.#orders.clear();
    this.#shown = new Set();
  }

  /** A quote for every certificate that its holder renews. */
  async of(tokens: readonly Token[], views: readonly TokenView[]): Promise<Renewal[]> {
    // The same seal in two keys is one.
    const sealsOf = new Map<string, Set<string>>();
    for (const { certificates, seals } of views) {
      for (const { certificate } of certificates.filter(known => known.renewable)) {
        const own = seals.filter(seal => seal.certificates.includes(certificate)).map(({ seal }) => seal);
        sealsOf.set(certificate, new Set([...(sealsOf.get(certificate) ?? []), ...own]));
      }
    }
    const renewals = new Map<string, Renewal>();
    for (const { certificate: bytes } of tokens.flatMap(token => token.certificates)) {
      const certificate = await sha256(bytes);
      const sealsRead = sealsOf.get(certificate)?.size;
      if (sealsRead === undefined || renewals.has(certificate)) continue;
      // A key may hold seals where nobody can read them: most certificates have one.
      const order = this.#orders.get(certificate) ?? { years: 1, seals: sealsRead || 1 };
      // What has no price is shown without one.
      const quote = await this.#quote(bytes, order).catch(() => undefined);
      renewals.set(certificate, { certificate, sealsRead, order, ...(quote && { quote }) });
    }
    this.#shown = new Set(renewals.keys());
    return [...renewals.values()];
  }
}

async function sha256(bytes: Base64): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', decode(bytes)));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
}
