/** The functions of the Wasm package that the portal calls, and the parts of their answers that it reads. */

import type { Finding, LoginFormat, Purpose, SignatureAlgorithm } from '@yinxin/proto';

/** A certificate, as `parseCertificate` and the verifiers tell it. */
export interface CertificateFacts {
  readonly holder: string;
  readonly kind: 'unit' | 'person' | 'expert' | 'unknown';
  readonly organization?: string;
  readonly creditCode?: string;
  readonly person?: string;
  readonly subject: string;
  readonly issuer: string;
  readonly issuerName: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyAlgorithm: string;
  readonly algorithm?: SignatureAlgorithm;
  readonly sha256: string;
}

/** What an account binds. */
export interface Binding {
  readonly issuer: string;
  readonly subject: string;
  readonly person?: string;
}

/** The server's record of a challenge. The page gets `challenge` only. */
export interface ChallengeRecord {
  /** What marks it as used. */
  readonly id: string;
  readonly challenge: string;
  readonly origin: string;
  readonly purpose: Purpose;
  readonly session: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** What every verification answers. */
export interface Verdict {
  readonly valid: boolean;
  readonly findings: readonly Finding[];
}

/** Whom the portal trusts, and for what. Certificates and lists as PEM or DER. */
export interface Trust {
  readonly anchors: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  readonly issuers: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

/** The Wasm package. */
export interface Verifier {
  newLoginChallenge(options: { origin: string; purpose: Purpose; session: string; at: string }): ChallengeRecord;
  verifyLogin(
    options: Trust & {
      proof: unknown;
      challenge: ChallengeRecord;
      origin: string;
      purpose: Purpose;
      session: string;
      formats: readonly LoginFormat[];
      at: string;
    },
  ): Verdict & { readonly certificate?: CertificateFacts; readonly binding?: Binding };
  verifyCms(
    options: Trust & { cms: Uint8Array; content: Uint8Array; at: string },
  ): Verdict & { readonly signers: readonly CmsSigner[] };
  verifyCertificate(options: Trust & { certificate: Uint8Array; purpose: 'sign'; at: string }): Verdict;
  verifySealSignature(options: {
    signature: Uint8Array;
    content: Uint8Array;
    makers: readonly Uint8Array[];
    at: string;
  }): SealSignatureVerdict;
  sm3(bytes: Uint8Array): Uint8Array;
}

/** One signer of a CMS. */
export interface CmsSigner {
  readonly certificate?: CertificateFacts;
  /** The time that the signer claims. It proves nothing. */
  readonly claimedTime?: string;
  readonly signature: Uint8Array;
}

/** A seal that was set on a document. */
export interface SealSignatureVerdict extends Verdict {
  /** The signer's. Whether it can be trusted is not judged with the seal. */
  readonly certificate?: CertificateFacts & { readonly certificate: Uint8Array };
  /** The time that the signer claims. It proves nothing. */
  readonly claimedTime?: string;
  /** What it says that it belongs to. */
  readonly propertyInfo: string;
  readonly seal: {
    readonly name: string;
    readonly version: number;
    readonly standard: string;
    readonly maker?: string;
    readonly validUntil: string;
    readonly picture: {
      /** By its bytes. */
      readonly mediaType?: string;
      readonly canBeShown: boolean;
      /** In millimetres. */
      readonly width: number;
      readonly height: number;
      readonly data: Uint8Array;
    };
  };
}
