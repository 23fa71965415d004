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
    const renewable = new Set(
      views.flatMap(view => view.certificates.filter(known => known.renewable).map(known => known.certificate)),
    );
    const renewals = new Map<string, Renewal>();
    for (const { certificate: bytes } of tokens.flatMap(token => token.certificates)) {
      const certificate = await sha256(bytes);
      if (!renewable.has(certificate) || renewals.has(certificate)) continue;
      const order = this.#orders.get(certificate) ?? USUAL;
      // What has no price is shown without one.
      const quote = await this.#quote(bytes, order).catch(() => undefined);
      renewals.set(certificate, { certificate, order, ...(quote && { quote }) });
    }
    this.#shown = new Set(renewals.keys());
    return [...renewals.values()];
  }
}

async function sha256(bytes: Base64): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', decode(bytes)));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Most hold one certificate with one seal. */
const USUAL: RenewalOrder = { years: 1, seals: 1 };
