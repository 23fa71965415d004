//! Which certificate is chosen: a pure function of what the user picked and what is there.

import type { CertificateView, TokenView } from '@yinxin/proto';

/** The user's pick. */
export interface Pick {
  readonly token: string;
  readonly certificate: string;
}

/** A certificate that can sign, with its key. */
export interface Choice {
  readonly token: TokenView;
  readonly certificate: CertificateView;
}

/** The certificates that can be used, in the order in which they are shown. */
export function usable(tokens: readonly TokenView[]): Choice[] {
  return tokens
    .filter(token => !token.problem)
    .flatMap(token =>
      token.certificates.filter(certificate => !certificate.problem).map(certificate => ({ token, certificate })),
    );
}

/**
 * What is chosen: the user's pick while it can be used; without a pick, the only one there is.
 * Among several the user decides, and a pick that went away is never replaced by another.
 */
export function chosen(tokens: readonly TokenView[], pick: Pick | undefined): Choice | undefined {
  const choices = usable(tokens);
  if (!pick) return choices.length === 1 ? choices[0] : undefined;
  return choices.find(
    ({ token, certificate }) => token.token === pick.token && certificate.certificate === pick.certificate,
  );
}

/** Whether two names are the same to a reader: width, case and white space aside. */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').replace(/\s+/gu, '').toLowerCase();
  return plain(a) === plain(b);
}

/** Length of a PIN in bytes, as keys count. */
export function pinBytes(pin: string): number {
  return new TextEncoder().encode(pin).length;
}
