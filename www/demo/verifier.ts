/** The functions of the Wasm package that the portal calls, and the parts of their answers that it reads. */

import type * as core from '@yinxin/verify';

export type { LoginChallenge } from '@yinxin/verify';

/** A certificate, as the verifiers tell it. */
export type CertificateFacts = Pick<
  core.CertificateFacts,
  | 'holder'
  | 'kind'
  | 'organization'
  | 'creditCode'
  | 'person'
  | 'subject'
  | 'issuer'
  | 'issuerName'
  | 'serial'
  | 'notBefore'
  | 'notAfter'
  | 'keyAlgorithm'
  | 'algorithm'
  | 'sha256'
>;

/** What an account binds. */
export type Binding = core.LoginBinding;

/** What every verification answers. */
export type Verdict = Pick<core.Verdict, 'valid' | 'findings'>;

/** Whom the portal trusts, and for what. Certificates and lists as PEM or DER. */
export type Trust = Readonly<Record<'anchors' | 'intermediates' | 'issuers' | 'crls', readonly Uint8Array[]>>;

/** What the portal hands over of a call's options, with the time. */
type Given<Options, Keys extends keyof Options> = Required<Pick<Options, Keys>> & { readonly at: string };

/** One signer of a CMS. */
export type CmsSigner = Pick<core.CmsSigner, 'claimedTime' | 'signature'> & { readonly certificate?: CertificateFacts };

/** A seal that was set on a document. */
export interface SealSignatureVerdict extends Verdict, Pick<core.SealSignatureVerdict, 'claimedTime' | 'propertyInfo'> {
  readonly certificate?: CertificateFacts;
  readonly seal: Pick<core.SealFacts, 'name' | 'version' | 'standard' | 'maker' | 'validUntil'> & {
    readonly picture: Pick<core.SealFacts['picture'], 'mediaType' | 'canBeShown' | 'width' | 'height' | 'data'>;
  };
}

/** A PDF or OFD in which signatures stand. */
export interface DocumentVerdict extends Verdict {
  readonly signatures: readonly DocumentSignature[];
}

/** One of them. */
interface DocumentSignature {
  readonly certificate?: CertificateFacts;
  readonly claimedTime?: string;
  readonly seal?: Pick<core.SealFacts, 'name' | 'standard' | 'maker' | 'validUntil'> & {
    readonly picture: Pick<core.SealFacts['picture'], 'width' | 'height'>;
  };
}

type DocumentOptions = Trust & { readonly makers: readonly Uint8Array[]; readonly at: string };

/** The Wasm package. */
export interface Verifier {
  newLoginChallenge(
    options: Given<core.NewLoginChallengeOptions, 'origin' | 'purpose' | 'session'>,
  ): core.LoginChallenge;
  verifyLogin(
    options: Trust &
      Given<core.VerifyLoginOptions, 'proof' | 'challenge' | 'origin' | 'purpose' | 'session' | 'formats'>,
  ): Verdict & { readonly certificate?: CertificateFacts; readonly binding?: Binding };
  verifyCms(
    options: Trust & { cms: Uint8Array; content: Uint8Array; at: string },
  ): Verdict & { readonly signers: readonly CmsSigner[] };
  verifySealSignature(
    options: Trust & { signature: Uint8Array; content: Uint8Array; makers: readonly Uint8Array[]; at: string },
  ): SealSignatureVerdict;
  verifyPdf(bytes: Uint8Array, options: DocumentOptions): DocumentVerdict;
  verifyOfd(
    bytes: Uint8Array,
    options: DocumentOptions,
  ): Verdict & {
    readonly signatures: readonly (Pick<DocumentSignature, 'seal'> & {
      readonly signers: readonly Omit<DocumentSignature, 'seal'>[];
    })[];
  };
  sm3(bytes: Uint8Array): Uint8Array;
}

/** The functions of the Wasm package by which bare signatures are judged. */
export interface BareVerifier {
  parseCertificate(
    certificate: Uint8Array,
    at: string,
  ): CertificateFacts & Pick<core.CertificateFacts, 'isCa' | 'publicKey'>;
  verifyCertificate(options: Trust & { certificate: Uint8Array; purpose: core.KeyPurpose; at: string }): Verdict;
  sm2Verify(options: { publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }): boolean;
}
