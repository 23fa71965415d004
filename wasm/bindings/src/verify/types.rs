//! TypeScript declarations of what reads and judges.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Bytes: those of a buffer, or of any view of one (a `Uint8Array`, a `Buffer`, a `DataView`). Anything else is refused. */
export type Bytes = ArrayBuffer | ArrayBufferView;
/** Bytes, PEM, or bare Base64. */
export type BytesLike = Bytes | string;
/** ISO 8601, or milliseconds since 1970. */
export type Time = string | number;
export type Locale = 'zh-CN' | 'en';
export type SignatureAlgorithm = 'sm2-sm3' | 'rsa-sha256' | 'ecdsa-p256-sha256';
export type Purpose = 'login' | 'bind';
export type LoginFormat = 'yinxin' | 'logondata' | 'logondata-detached';

/**
 * What is thrown, and nothing else is: `code` and `params` are those of the error catalogue. An argument of the wrong form,
 * or an option of an unknown name, is `request-invalid` with its name.
 */
export interface YinxinError extends Error {
  readonly name: 'YinxinError';
  readonly code: string;
  readonly params: Record<string, unknown>;
}

/** Something found in a readable thing. `fatal` makes it invalid. */
export interface Finding {
  code: string;
  params: Record<string, unknown>;
  severity: 'fatal' | 'warning' | 'note';
  /** Where: `path[1]`, `signers[0].path[0]`, `content`, `subject.countryName`. */
  place?: string;
  /** What was found there, where that says more than `params`. */
  found?: string;
  /** What was expected instead. */
  expected?: string;
}

/** An attribute of a name. */
export interface NameAttribute {
  oid: string;
  /** OpenSSL's short name (`CN`, `O`, `serialNumber`), or the OID. */
  name: string;
  text: string;
  /** ASN.1 type of the string: `UTF8String`, `PrintableString`, `T61String`. */
  encoding: string;
}

/** The facts of a certificate. None of them says that it can be trusted. */
export interface CertificateFacts {
  /** What it is good for, in a sentence or two for its holder. */
  summary: { 'zh-CN': string; en: string };
  holder: string;
  kind: 'unit' | 'person' | 'expert' | 'unknown';
  /** Its check digit is right. */
  creditCode?: string;
  organization?: string;
  /** What identifies the person: number of an identity document, serial number in the name, user id. */
  person?: string;
  /** Identifying numbers of all kinds, as they stand in the name or in an extension. */
  identities: {
    oid: string;
    name: { 'zh-CN': string; en: string };
    value: string;
    place: 'subject' | 'extensions';
  }[];
  /** Whole name, RFC 4514. */
  subject: string;
  /** In the order of the encoding. */
  subjectAttributes: NameAttribute[];
  /** Whole name, RFC 4514. */
  issuer: string;
  issuerAttributes: NameAttribute[];
  issuerName: string;
  /** The issuer as users know it, recognised by its name: no reason to trust. */
  issuerFamily: {
    id: 'scca' | 'listed' | 'other';
    name: { 'zh-CN': string; en: string };
    /** The national root that lists a CA of exactly this name. */
    domain?: 'national-sm2' | 'civil-servant' | 'device';
  };
  /** Lower-case hex of the DER contents octets. */
  serial: string;
  serialNumber: {
    /** As Sichuan CA's pages write it: lower case, `00` in front where the highest bit is set. */
    scca: string;
    /** As OpenSSL writes it: upper case, no leading zeros. */
    hex: string;
    /** Absent for one of more than 64 octets. */
    decimal?: string;
  };
  /** ISO 8601, UTC. */
  notBefore: string;
  notAfter: string;
  /** ISO 8601, `+08:00`. */
  notBeforeChina: string;
  notAfterChina: string;
  /** At `now`, by the calendar of China: 0 on the last day, negative after it. */
  daysLeft: number;
  /** ISO 8601, UTC. */
  now: string;
  /** `SM2`, `RSA`, `P-256` or another curve, or an OID. */
  keyAlgorithm: string;
  keyBits?: number;
  curve?: { name: string; oid: string };
  /** Algorithm of its own signatures, where the product makes them. */
  algorithm?: SignatureAlgorithm;
  /** With which its issuer signed it: OpenSSL's name, or an OID. */
  signatureAlgorithm: string;
  maySign: boolean;
  mayEncrypt: boolean;
  purposes: ('sign' | 'encrypt')[];
  /** By the names of RFC 5280; absent where it says none, and all is allowed. */
  keyUsage?: string[];
  /** By the names of RFC 5280, or OIDs. */
  extendedKeyUsage: string[];
  isCa: boolean;
  pathLength?: number;
  /** OIDs. */
  policies: string[];
  crlAddresses: string[];
  ocspAddresses: string[];
  issuerAddresses: string[];
  /** Key identifiers, lower-case hex. */
  subjectKey?: string;
  authorityKey?: string;
  discloses: ('unit-name' | 'unit-number' | 'person-name' | 'identity-number' | 'email' | 'place')[];
  /** Of the DER, lower-case hex. */
  sha256: string;
  sm3: string;
  /** DER SubjectPublicKeyInfo. */
  publicKey: Uint8Array;
  /** DER. */
  certificate: Uint8Array;
  /** Oddities of the encoding, each with its place. */
  findings: Finding[];
}

/** A step of a path: a certificate, or an anchor of which only name and key are known. */
export interface PathStep {
  /** What a person would call it. */
  name: string;
  /** Whole name, RFC 4514. */
  subject: string;
  issuer?: string;
  sha256?: string;
  certificate?: Uint8Array;
  /** What the lists of its issuer say of it. */
  revocation?: {
    state: 'good' | 'revoked' | 'unknown';
    /** Number of the list, lower-case hex. */
    number?: string;
    thisUpdate: string;
    nextUpdate?: string;
  };
  /** Why trust begins here; of the last step. */
  anchor?: {
    /** `national`: in the product's own table; `given`: by the caller. */
    source: 'national' | 'given';
    /** The date of the list that names it. */
    listed?: string;
    notBefore: string;
    notAfter: string;
    /** DER SubjectPublicKeyInfo. */
    publicKey: Uint8Array;
  };
}

/** What certificates are judged by. What restricts trust (`issuers`, `crls`, `policies`, …) is refused without a beginning of it. */
export interface TrustOptions {
  /** Where trust begins: certificates, or bundles of them. */
  anchors?: readonly BytesLike[];
  /**
   * Whether the product's own anchors count: the Chinese national SM2 root and the CAs that it lists.
   * If absent, `verifyCertificate` takes them where `anchors` is absent, and the others don't.
   */
  national?: boolean;
  /** Certificates that may lie between; trusted for nothing. */
  intermediates?: readonly BytesLike[];
  /** Which CA must have issued the certificate itself: certificates, or names (RFC 4514 or common name). */
  issuers?: readonly BytesLike[];
  /** Revocation lists. */
  crls?: readonly BytesLike[];
  /** What a missing, stale or unusable list means: a warning (the default), or refusal. */
  crlPolicy?: 'warn' | 'require';
  /** The point in time; now, if absent. */
  at?: Time;
  /** SM2 user id of certificates and CRLs; `1234567812345678`, if absent. */
  sm2Id?: string;
  /** Computations of SM2 signatures outside of the standard that are to be accepted, of certificates and in CMS, with a warning. */
  sm2Variants?: readonly ('empty-id' | 'without-z')[];
  /**
   * Purposes (OIDs) that count for logins and signatures beside clientAuth and emailProtection, of certificates that
   * have an extended key usage: `1.3.6.1.5.5.7.3.36` for documentSigning (RFC 9336).
   */
  extendedKeyUsages?: readonly string[];
  /** Certificate policies (OIDs) of which one must hold along the whole path. */
  policies?: readonly string[];
}

/** What the findings of a verdict come to: `unconfirmed` where nothing speaks against it, but a question is open. */
export type Outcome = 'good' | 'unconfirmed' | 'wrong';

/** What every verdict says. */
export interface Verdict {
  /** Nothing fatal was found. */
  valid: boolean;
  outcome: Outcome;
  /** What it comes to, in a sentence or two. */
  summary: { 'zh-CN': string; en: string };
  /** The gravest first. */
  findings: Finding[];
}

export interface CertificateVerdict extends Verdict {
  /** From the certificate to the anchor, as far as it could be built. */
  path: PathStep[];
  /** Certificate policies that hold along the whole path; `2.5.29.32.0` for every one. */
  policies: string[];
}

/** Days left and summary are told as of `now`; of the present, if it is absent. */
export function parseCertificate(certificate: BytesLike, now?: Time): CertificateFacts;

/** Which two belong together as a dual certificate, by their SHA-256. */
export function pairCertificates(certificates: readonly BytesLike[]): { sign: string; encrypt: string }[];

export function verifyCertificate(options: TrustOptions & {
  certificate: BytesLike;
  /** Checked only where it is given. */
  purpose?: 'sign' | 'encrypt';
}): CertificateVerdict;

export function sm2Verify(options: {
  /** 65-byte SEC 1 point, or DER SubjectPublicKeyInfo. */
  publicKey: Bytes;
  message: Bytes;
  /** DER `SEQUENCE {r, s}`, or 64 bytes. */
  signature: Bytes;
  /** `1234567812345678`, if absent. */
  id?: string;
}): boolean;

export function sm3(bytes: Bytes): Uint8Array;

export class Sm3 {
  constructor();
  free(): void;
  update(bytes: Bytes): void;
  /** The digest of all bytes since the beginning or the last call. */
  digest(): Uint8Array;
}

/** Both digests of a content that comes in pieces, as `verifyCms` takes them. */
export class ContentHasher {
  constructor();
  free(): void;
  update(bytes: Bytes): void;
  /** The digests of all bytes since the beginning or the last call. */
  digests(): { sm3: Uint8Array; sha256: Uint8Array };
}

/** What a file is. A `zip` whose beginning does not tell may be an OFD file. */
export type FileKind =
  | 'certificate'
  | 'crl'
  | 'cms'
  | 'seal'
  | 'seal-signature'
  | 'certificate-request'
  | 'pkcs12'
  | 'private-key'
  | 'pdf'
  | 'ofd'
  | 'zip'
  | 'unknown';

/**
 * What a file is, by its bytes: all of them, or at least the first 64 KiB with the file's size. It may still be
 * damaged. From its beginning, a bundle of certificates is `cms`; from all of it, `certificate`.
 */
export function recognise(bytes: Bytes, size?: number): FileKind;

/**
 * A challenge, to be kept by the portal. Its `id` is single use: before a session is made, the portal
 * inserts it atomically where it keeps used ids, and refuses (`challenge-used`) where that fails.
 */
export interface LoginChallenge {
  id: string;
  /** For the page. */
  challenge: string;
  origin: string;
  purpose: Purpose;
  /** SHA-256 of the session, lower-case hex. */
  session: string;
  issuedAt: string;
  expiresAt: string;
}

export function newLoginChallenge(options: {
  /** The portal's own origin. */
  origin: string;
  /** `login`, if absent. */
  purpose?: Purpose;
  /** The browser's session at the portal. */
  session: string;
  /** Validity, 300 if absent. */
  seconds?: number;
  at?: Time;
}): LoginChallenge;

/** What the page library's `login` gives: for the portal's server as it is. */
export interface LoginProof {
  format: LoginFormat;
  version: number;
  algorithm: SignatureAlgorithm;
  /** Base64 of the DER. */
  certificate: string;
  /** Base64. */
  signature: string;
}

export interface LoginVerdict extends Verdict {
  /** `LoginChallenge.id`, to be inserted as used. */
  challengeId: string;
  certificate?: CertificateFacts;
  /** What an account binds: all of it, never a name or credit code alone. */
  binding?: { issuer: string; subject: string; person?: string };
  path: PathStep[];
}

/** Never throws for what is wrong with `proof`, which is the visitor's. */
export function verifyLogin(options: TrustOptions & {
  /** As the page sent it, unchecked. */
  proof: unknown;
  /** As the portal kept it. */
  challenge: LoginChallenge;
  /** The portal's own origin, from its configuration. */
  origin: string;
  /** `login`, if absent. */
  purpose?: Purpose;
  session: string;
  /** Accepted formats; only `yinxin`, if absent. */
  formats?: readonly LoginFormat[];
}): LoginVerdict;

/** Content too large to be held: hash it in pieces, and give its first 64 KiB. */
export interface ContentDigests {
  sm3: Bytes;
  sha256: Bytes;
  /** In bytes. */
  size: number;
  head: Bytes;
}

export interface CmsSigner {
  valid: boolean;
  certificate?: CertificateFacts;
  /** Claimed by the signer; proves nothing. */
  claimedTime?: string;
  digestAlgorithm: string;
  signatureAlgorithm: string;
  /** The signed message digest, lower-case hex. */
  digest?: string;
  /** DER SET OF Attribute, as it is signed. */
  signedAttributes?: Uint8Array;
  signature: Uint8Array;
  path: PathStep[];
}

export interface CmsVerdict extends Verdict {
  signers: CmsSigner[];
  content: {
    contentType: string;
    attached: boolean;
    size?: number;
    sm3?: string;
    sha256?: string;
    /** The content, if it was inside. */
    bytes?: Uint8Array;
  };
}

/**
 * Without `anchors` nothing is trusted, and no signer is valid; unless `trust: 'unchecked'` asks for the signatures
 * alone, of which `trust-not-checked` warns.
 */
export function verifyCms(options: TrustOptions & {
  cms: BytesLike;
  /** For a detached CMS. */
  content?: Bytes | ContentDigests;
  /** Who issued the certificates is not asked for. Not together with `anchors`. */
  trust?: 'unchecked';
  /**
   * Accept signatures without signed attributes, which can't be told from other signed structures. `without-z` is never
   * accepted of them, and what a key signs for a seal is no content.
   */
  allowWithoutAttributes?: boolean;
  /**
   * Accept what signs the digest of `content` in its place, raw or as Base64: OFD signatures of the kind Sign may be made
   * so. `content-is-digest` is a warning then. Whoever signs a digest has not seen what it is of.
   */
  allowDigestOfContent?: boolean;
  /**
   * Accept GM/T 0010's name of data at the content and PKCS #7's in the signed attributes, or the reverse.
   * `content-type-mismatch`, which tells both, is a warning then.
   */
  allowMixedContentTypes?: boolean;
}): CmsVerdict;

/** The facts of an electronic seal. None of them says that it is genuine. */
export interface SealFacts {
  /** What it is, in a sentence or two. */
  summary: { 'zh-CN': string; en: string };
  version: 1 | 4 | 5;
  /** `GM/T 0031-2014`, `GB/T 38540-2020` or `GM/T 0031-2025`. */
  standard: string;
  name: string;
  id: string;
  vendor: string;
  /** A number of the issuer's own. */
  kind: number;
  /** Who may use it, where it lists certificates. */
  certificates?: {
    /** Absent where the certificate can't be read. */
    holder?: string;
    /** Lower-case hex. */
    sha256: string;
    /** DER. */
    certificate: Uint8Array;
  }[];
  /** Who may use it, where it lists digests; lower-case hex. */
  certificateDigests?: { algorithm: string; value: string }[];
  /** ISO 8601, UTC. */
  created: string;
  validFrom: string;
  validUntil: string;
  /** ISO 8601, `+08:00`. */
  createdChina: string;
  validFromChina: string;
  validUntilChina: string;
  /** At `now`, by the calendar of China: 0 on the last day, negative after it. */
  daysLeft: number;
  /** ISO 8601, UTC. */
  now: string;
  picture: {
    /** As the seal calls it. */
    type: string;
    /** By its bytes; absent for a type that is not known. */
    found?: 'png' | 'jpeg' | 'gif' | 'bmp' | 'svg' | 'ofd';
    /** Where browsers show it. SVG is markup: show it as an image, never inline. */
    mediaType?: string;
    /** Of a type that browsers show, and soon drawn: the finding `seal-picture-not-shown` has the reason where it is not. */
    canBeShown: boolean;
    /** Millimetres. */
    width: number;
    height: number;
    /** By its header. */
    pixels?: { width: number; height: number };
    data: Uint8Array;
  };
  extensions: { oid: string; critical: boolean; value: Uint8Array }[];
  /** Absent where its certificate can't be read. */
  maker?: string;
  /** DER. */
  makerCertificate: Uint8Array;
  /** OpenSSL's name, or an OID. */
  signatureAlgorithm: string;
  /** The maker's. */
  signature: Uint8Array;
  /** What the maker signed. */
  signed: Uint8Array;
  /** Version 5; not judged. */
  timeStamp?: Uint8Array;
  /** Of the whole seal, lower-case hex. */
  sm3: string;
  /** What is odd or special, each with its place. */
  findings: Finding[];
}

/** Whose seals are accepted, beside the point in time. */
export interface MakerOptions extends TrustOptions {
  /**
   * Certificates of makers. Where `issuers`, `crls` or `crlPolicy` is given and nobody uses the seal, their path must
   * hold, too.
   */
  makers?: readonly BytesLike[];
  /** A maker is accepted as well if its certificate leads to an anchor with one of these policies (OIDs). */
  policies?: readonly string[];
}

export interface SealVerdict extends Verdict {
  seal: SealFacts;
}

/** Days left and summary are told as of `now`; of the present, if it is absent. */
export function parseSeal(seal: BytesLike, now?: Time): SealFacts;

/** Whoever holds a certificate could make a seal: without its maker in the list it is not valid. */
export function verifySeal(options: MakerOptions & {
  seal: BytesLike;
  /** The certificate that uses the seal. Where trust begins (`anchors`, `national`), it must lead there. */
  certificate?: BytesLike;
}): SealVerdict;

export interface SealSignatureVerdict extends SealVerdict {
  /** The signer's. */
  certificate?: CertificateFacts;
  /** From it to the anchor, as far as it could be built. */
  path: PathStep[];
  /** Claimed by the signer; proves nothing. */
  claimedTime?: string;
  /** SM3 of what was sealed, as it is signed. */
  digest: Uint8Array;
  /** What it belongs to: in OFD the path of its Signature.xml. */
  propertyInfo: string;
  /** What the signer signed. */
  signed: Uint8Array;
  /** The signer's. */
  signature: Uint8Array;
}

/**
 * Judges a seal that was set on a document (`SES_Signature`). Its signer's certificate must lead to an anchor; where trust
 * begins nowhere, `trust-not-checked` warns of it.
 */
export function verifySealSignature(options: MakerOptions & {
  signature: BytesLike;
  /** What was sealed, or its SM3: one of the two. */
  content?: Bytes | ContentDigests;
  digest?: Bytes;
}): SealSignatureVerdict;

/** Message and remedy of a code. */
export function text(code: string, params?: Record<string, unknown>, locale?: Locale | string): {
  message: string;
  remedy: string;
};

/** The certificates of a file (DER, PEM, PKCS#7, Base64), each with its `AnchorView` of the protocol. */
export function describeAnchors(file: BytesLike, managed: boolean, now?: Time): { certificate: Uint8Array; view: any }[];

/** The product's own table: the Chinese national SM2 root, and the operating CAs that the national list names. */
export function nationalAnchors(): {
  /** The date of the list. */
  listed: string;
  source: string;
  anchors: {
    name: string;
    /** RFC 4514. */
    subject: string;
    /** Which national root it is under. */
    domain: 'national-sm2' | 'civil-servant' | 'device';
    /** Whether trust may begin here; not for domains whose root is not at hand. */
    anchor: boolean;
    notBefore: string;
    notAfter: string;
    serial: string;
  }[];
};
"#;
