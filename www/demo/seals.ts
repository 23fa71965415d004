/** What the portal has sealed, and what it makes of the seals that come back. */

import type { Locale, Placement } from '@yinxin/proto';
import { DOCUMENTS } from './documents.js';
import { isObject } from './http.js';
import { makeSignatureXml, PLACEMENT, SIGNATURE_PATH } from './ofd.js';
import type { Login, StoredSeal } from './stores.js';
import type { CertificateFacts, SealSignatureVerdict, Trust, Verifier } from './verifier.js';
import { type Described, type DescribedFinding, describe, withTexts } from './words.js';

/** What is sealed. What counts is these bytes, not what a page sends back. */
export interface SealedContent {
  readonly id: string;
  readonly name: string;
  readonly content: Uint8Array;
  /** What the seal's signature must say that it belongs to. */
  readonly propertyInfo: string;
  readonly placement?: Placement;
  /** The page gets the digest only. */
  readonly kept?: true;
}

/** Whom the portal believes, and when. */
export interface SealPolicy {
  readonly verifier: Verifier;
  /** Certificates of makers whose seals count: whoever holds a certificate could make a seal. */
  readonly makers: readonly Uint8Array[];
  /** For the certificates that set them. */
  readonly trust: Trust;
  readonly at: string;
}

/** What the portal says about one seal. */
export interface SealResult extends Partial<Described> {
  readonly document: string;
  readonly name: string;
  readonly valid: boolean;
  readonly findings: readonly DescribedFinding[];
  readonly seal?: {
    readonly name: string;
    readonly standard: string;
    readonly maker?: string;
    readonly validUntil: string;
    /** In millimetres. */
    readonly width: number;
    readonly height: number;
  };
  readonly holder?: string;
  readonly claimedTime?: string;
  readonly propertyInfo?: string;
  readonly download?: string;
  /** Address of the seal's picture. */
  readonly picture?: string;
}

/**
 * What a user has to seal: one of the portal's documents, and an OFD document of which only the digest leaves
 * the server. That one is made once for each login.
 */
export function toSeal(login: Login, verifier: Verifier, at: Date): readonly SealedContent[] {
  login.signatureXml ??= makeSignatureXml(bytes => verifier.sm3(bytes), at);
  const letter = DOCUMENTS.get('bid-letter');
  return [
    ...(letter
      ? [{ id: letter.id, name: letter.name, content: letter.bytes, propertyInfo: `/documents/${letter.id}` }]
      : []),
    {
      id: 'contract',
      name: '采购合同（演示）.ofd',
      content: login.signatureXml,
      propertyInfo: SIGNATURE_PATH,
      placement: PLACEMENT,
      kept: true,
    },
  ];
}

/** As the page hands it to the page library; `digest` in Base64. */
export function offer({ id, name, content, propertyInfo, placement, kept }: SealedContent, verifier: Verifier): object {
  return {
    id,
    name,
    propertyInfo,
    ...(placement && { placement }),
    ...(kept && { digest: Buffer.from(verifier.sm3(content)).toString('base64') }),
  };
}

/** Judges a seal as it was handed in, over the portal's own bytes. */
export function checkSeal(
  { verifier, makers, trust, at }: SealPolicy,
  sealed: SealedContent,
  signature: Uint8Array,
  login: CertificateFacts,
  locale: Locale,
): { result: SealResult; stored: StoredSeal | undefined } {
  const shown = { document: sealed.id, name: sealed.name };
  let verdict: SealSignatureVerdict;
  try {
    verdict = verifier.verifySealSignature({ signature, content: sealed.content, makers, ...trust, at });
  } catch (error) {
    // Anything else that is thrown is about the portal's own part.
    if (!isObject(error) || error.code !== 'seal-unreadable') throw error;
    const params = isObject(error.params) ? error.params : {};
    const result = { ...shown, valid: false, findings: [], ...describe(error.code, params, locale) };
    return { result, stored: undefined };
  }
  const { seal, findings, claimedTime, propertyInfo } = verdict;
  const { picture, name, standard, maker, validUntil } = seal;
  const cause = problem();
  const { width, height } = picture;
  const result = {
    ...shown,
    valid: !cause,
    findings: withTexts(findings, locale),
    seal: { name, standard, ...(maker !== undefined && { maker }), validUntil, width, height },
    ...(verdict.certificate && { holder: verdict.certificate.holder }),
    ...(claimedTime !== undefined && { claimedTime }),
    propertyInfo,
    ...(cause && describe(cause.code, cause.params, locale)),
  };
  if (cause) return { result, stored: undefined };
  const { mediaType, canBeShown, data } = picture;
  const image = canBeShown && mediaType !== undefined ? { type: mediaType, bytes: data } : undefined;
  return { result, stored: { name: `${sealed.name}的盖章数据.seal`, signature, ...(image && { picture: image }) } };

  function problem(): Pick<Described, 'code' | 'params'> | undefined {
    const fatal = findings.find(({ severity }) => severity === 'fatal');
    if (!verdict.valid || !verdict.certificate) return fatal ?? { code: 'signature-invalid', params: {} };
    if (verdict.certificate.sha256 !== login.sha256)
      return { code: 'signer-other', params: { signer: verdict.certificate.holder } };
    if (propertyInfo !== sealed.propertyInfo)
      return { code: 'seal-for-other', params: { found: propertyInfo, expected: sealed.propertyInfo } };
    // A seal by an old standard is no 国标印章.
    if (seal.version < 4) return { code: 'seal-old-standard', params: { standard } };
    return undefined;
  }
}
