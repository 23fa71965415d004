//! Which certificate is chosen: a pure function of what the user picked and what is there.

import type { Act, CertificateView, SealView, TokenView } from '@yinxin/proto';

/** The user's pick. */
export interface Pick {
  readonly token: string;
  readonly certificate: string;
  /** Where a seal is set or shown. */
  readonly seal?: string;
}

/** A certificate that can sign, with its key, and the seal that it sets. */
export interface Choice {
  readonly token: TokenView;
  readonly certificate: CertificateView;
  readonly seal?: SealView;
}

/** Whether an act needs a seal. */
export function needsSeal(act: Act): boolean {
  return act.type === 'seals' || (act.type === 'sign' && act.sealing);
}

/** The certificates that can be used, in the order in which they are shown. */
export function usable(tokens: readonly TokenView[], act: Act): Choice[] {
  return tokens.filter(token => !token.problem).flatMap(token => choices(token, act));
}

/** The same of one key, whether or not the key itself can be used. */
export function choices(token: TokenView, act: Act): Choice[] {
  return token.certificates
    .filter(certificate => !certificate.problem)
    .flatMap((certificate): Choice[] => {
      if (!needsSeal(act)) return [{ token, certificate }];
      return token.seals
        .filter(seal => !seal.problem && seal.certificates.includes(certificate.certificate))
        .map(seal => ({ token, certificate, seal }));
    });
}

/**
 * What is chosen: the user's pick while it can be used; without a pick, the only one there is, or the one
 * that is bound to the account. Else the user decides, and a pick that went away is never replaced by another.
 */
export function chosen(tokens: readonly TokenView[], act: Act, pick: Pick | undefined): Choice | undefined {
  const all = usable(tokens, act);
  if (!pick) return only(all) ?? only(all.filter(({ certificate }) => isBound(certificate, act)));
  return all.find(choice => isPick(choice, pick));
}

/** Whether the site says that a certificate is bound to the account. A binding is about to change that. */
export function isBound({ certificate }: CertificateView, act: Act): boolean {
  return act.type === 'login' && act.purpose === 'login' && act.account?.certificate === certificate;
}

function only(choices: readonly Choice[]): Choice | undefined {
  return choices.length === 1 ? choices[0] : undefined;
}

/** What there is to go by for the order of certificates. */
export interface Preference {
  /** SHA-256 of certificates whose names are the account's. */
  readonly fitting: readonly string[];
  /** SHA-256 of the one that was used last. */
  readonly lastUsed: string | undefined;
}

/**
 * Keys and their certificates in the order in which a user looks for them: the one that is bound to the account, those of
 * its name, the one that was used last, what else can be used, and then the rest.
 */
export function ordered(tokens: readonly TokenView[], act: Act, { fitting, lastUsed }: Preference): TokenView[] {
  const rank = (token: TokenView, certificate: CertificateView): number => {
    if (token.problem || certificate.problem) return 4;
    if (isBound(certificate, act)) return 0;
    if (fitting.includes(certificate.certificate)) return 1;
    return certificate.certificate === lastUsed ? 2 : 3;
  };
  return tokens
    .map(token => {
      const certificates = token.certificates
        .map(certificate => ({ certificate, rank: rank(token, certificate) }))
        .sort((a, b) => a.rank - b.rank);
      return {
        token: { ...token, certificates: certificates.map(({ certificate }) => certificate) },
        rank: certificates[0]?.rank ?? 5,
      };
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ token }) => token);
}

/** What the user picks with a choice. */
export function pickOf({ token, certificate, seal }: Choice): Pick {
  return { token: token.token, certificate: certificate.certificate, ...(seal && { seal: seal.seal }) };
}

function isPick(choice: Choice, { token, certificate, seal }: Pick): boolean {
  const own = pickOf(choice);
  return own.token === token && own.certificate === certificate && own.seal === seal;
}

/** Two choices that are the same for the user. */
export function sameChoice(a: Choice | undefined, b: Choice): boolean {
  return a !== undefined && isPick(a, pickOf(b));
}
