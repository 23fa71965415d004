/**
 * The page library: what a portal imports to let its users log in and sign with the certificate in
 * their USB key. It finds the extension, hands it the call and waits; keys, certificates and PINs stay
 * with the extension. Safe to import on a server, where every call answers `not-installed`.
 */

import {
  type Account,
  type CatalogueError,
  type Document,
  type DocumentSignature,
  type LoginFormat,
  type LoginProof,
  MAX_ATTACHED_BYTES,
  MAX_DETACHED_BYTES,
  MAX_DOCUMENTS,
  type PageResult,
  type PageSeal,
  type Placement,
  type Purpose,
  type SignatureAlgorithm,
  type SignFormat,
  type Stage,
} from '@yinxin/proto';
import { type Answer, ask, type Progress } from './channel.js';
import { catalogued, YinxinError } from './error.js';

export type {
  Account,
  CatalogueError,
  LoginFormat,
  LoginProof,
  Placement,
  Progress,
  Purpose,
  SignatureAlgorithm,
  SignFormat,
  Stage,
};
export { YinxinError };

/** What every call takes. */
export interface CallOptions {
  /** Withdraws the call: its window closes, and it rejects with `aborted`. */
  readonly signal?: AbortSignal;
}

/** Versions of the parts, and what is wrong with them. Never tells of keys or certificates. */
export interface Status {
  /** Version of the extension. */
  readonly extension: string;
  /** Version of the protocol that the extension speaks. */
  readonly protocol: number;
  /** Version of the host program, where it is installed. */
  readonly host?: string;
  /** Why the host program can't be used, where it can't. */
  readonly problem?: YinxinError;
}

/** Asks which versions are there. Opens no window and needs no user action. */
export async function status(options: CallOptions = {}): Promise<Status> {
  const { extension, protocol, host, problem } = expect('status', await ask({ type: 'status' }, options));
  return {
    extension,
    protocol,
    ...(host !== undefined && { host }),
    ...(problem !== undefined && { problem: new YinxinError(problem) }),
  };
}

/** A login. */
export interface LoginOptions extends CallOptions {
  /** The server's challenge for this session: 16 to 128 characters of `A-Za-z0-9+/=_-`. */
  readonly challenge: string;
  /** `login` into a bound account, or `bind` for a first (or renewed) certificate. It is signed. */
  readonly purpose: Purpose;
  /** `yinxin` unless the site is one of those that take the old format. */
  readonly format?: LoginFormat;
  /** What the site knows of the account: shown to the user, and compared with the certificate. */
  readonly account?: Account;
}

/** Lets the user prove possession of a certificate to this origin. Call it from a click. */
export async function login({
  challenge,
  purpose,
  format = 'yinxin',
  account,
  signal,
}: LoginOptions): Promise<LoginProof> {
  const call = { type: 'login', challenge, purpose, format, ...(account !== undefined && { account }) } as const;
  return expect('login', await ask(call, { signal })).proof;
}

/** A document with its content. A string is signed as its UTF-8 bytes. */
export interface DocumentToSign {
  /** Shown to the user as given by the site. */
  readonly name: string;
  /** Copied when the call is made: later changes to a buffer do not reach the signature. */
  readonly content: Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> | string;
}

/** Signatures of one or many documents. */
export interface SignOptions extends CallOptions {
  /** 1 to 100 documents, signed with one consent, all or none. */
  readonly documents: readonly DocumentToSign[];
  /** `cms` (detached) unless `cms-attached` is wanted. */
  readonly format?: Exclude<SignFormat, 'seal'>;
  /** Told while documents are read and signed. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The signature of one document. */
export interface SignedDocument {
  /** Name of the document, as given. */
  readonly name: string;
  /** Algorithm, dictated by the key. */
  readonly algorithm: SignatureAlgorithm;
  /** Digest of the content (SM3 for SM2, otherwise SHA-256), lower-case hex. */
  readonly digest: string;
  /** CMS SignedData in DER: what a `.p7s` file holds. */
  readonly cms: Uint8Array<ArrayBuffer>;
}

/** What is sealed: a document with its content, or only its digest. */
export interface DocumentToSeal extends Partial<Pick<DocumentToSign, 'content'>> {
  /** Shown to the user as given by the site. */
  readonly name: string;
  /** SM3 of a content that stays with the site: 32 bytes. The user is told that nobody saw the content. */
  readonly digest?: Uint8Array;
  /** What the signature belongs to (`propertyInfo`), printable ASCII: in OFD the path of its Signature.xml. */
  readonly propertyInfo?: string;
  /** Where the seal will be drawn, for the user's eye; in millimetres. */
  readonly placement?: Placement;
}

/** Seals on one or many documents. */
export interface SealOptions extends CallOptions {
  /** 1 to 100 documents, sealed with one consent, all or none. */
  readonly documents: readonly DocumentToSeal[];
  readonly format: 'seal';
  /** Told while documents are read and sealed. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A seal on one document. */
export interface SealedDocument extends Omit<SignedDocument, 'cms'> {
  /** `SES_Signature` in DER, by the standard of the user's seal (GB/T 38540-2020 or GM/T 0031-2025). */
  readonly seal: Uint8Array<ArrayBuffer>;
}

/** Sets the user's seal on documents with one consent. Answers in the order of the documents. Call it from a click. */
export async function sign(options: SealOptions): Promise<SealedDocument[]>;
/** Signs documents with one consent. Answers in the order of the documents. Call it from a click. */
export async function sign(options: SignOptions): Promise<SignedDocument[]>;
export async function sign({
  documents,
  format = 'cms',
  signal,
  onProgress,
}: SealOptions | SignOptions): Promise<SignedDocument[] | SealedDocument[]> {
  if (documents.length < 1 || documents.length > MAX_DOCUMENTS)
    throw catalogued({ code: 'documents-count', params: { count: documents.length, limit: MAX_DOCUMENTS } });
  const limit = format === 'cms-attached' ? MAX_ATTACHED_BYTES : MAX_DETACHED_BYTES;
  const contents = documents.map(({ name, content }) => {
    const blob = content instanceof Blob ? content : new Blob(content === undefined ? [] : [content]);
    if (blob.size > limit) throw catalogued({ code: 'document-too-large', params: { name, limit } });
    return blob;
  });
  const described = documents.map((document, i) => describe(document, contents[i]?.size ?? 0));
  const answer = await ask({ type: 'sign', documents: described, format }, { contents, signal, onProgress });
  const { signatures } = expect('sign', answer);
  if (signatures.length !== documents.length) throw malformed('number of signatures');
  const bytes = signatures.map(({ size }, i) => signatureBytes(size, answer.bytes[i]));
  const facts = signatures.map(({ name, algorithm, digest }) => ({ name, algorithm, digest }));
  if (format === 'seal') return facts.map((fact, i) => ({ ...fact, seal: bytes[i] as Uint8Array<ArrayBuffer> }));
  return facts.map((fact, i) => ({ ...fact, cms: bytes[i] as Uint8Array<ArrayBuffer> }));
}

/** An electronic seal that the user showed. */
export interface Seal extends Omit<PageSeal, 'seal' | 'picture'> {
  /** Its picture, to be shown as an image only: it may be SVG. Absent where browsers can't show it. */
  readonly picture?: Blob;
  /** Its DER. */
  readonly der: Uint8Array<ArrayBuffer>;
}

/** Asks the user to show one of the seals in their key. Nothing is signed. Call it from a click. */
export async function seals({ signal }: CallOptions = {}): Promise<Seal[]> {
  const { seals: shown } = expect('seals', await ask({ type: 'seals' }, { signal }));
  if (!Array.isArray(shown)) throw malformed('seals');
  return shown.map(({ seal, picture, ...facts }) => ({
    ...facts,
    ...(picture && { picture: new Blob([decode(picture.data)], { type: picture.mediaType }) }),
    der: decode(seal),
  }));
}

function describe({ name, ...more }: DocumentToSign | DocumentToSeal, size: number): Document {
  const { digest, propertyInfo, placement } = more as DocumentToSeal;
  return {
    name,
    size,
    ...(digest !== undefined && { digest: encode(digest) }),
    ...(propertyInfo !== undefined && { propertyInfo }),
    ...(placement && { placement }),
  };
}

function signatureBytes(size: DocumentSignature['size'], bytes: unknown): Uint8Array<ArrayBuffer> {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength !== size) throw malformed('bytes of a signature');
  return new Uint8Array(bytes);
}

/** A digest of SM3 in Base64. */
function encode(digest: unknown): string {
  if (!(digest instanceof Uint8Array) || digest.length !== 32)
    throw catalogued({ code: 'request-invalid', params: { reason: 'digest: 32 bytes of SM3 are expected' } });
  return btoa(String.fromCharCode(...digest));
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  } catch {
    throw malformed('Base64');
  }
}

/** The result, if it is the one that belongs to the call. */
function expect<T extends PageResult['type']>(type: T, { result }: Answer): Extract<PageResult, { type: T }> {
  if (result?.type !== type) throw malformed('result');
  return result as Extract<PageResult, { type: T }>;
}

function malformed(reason: string): YinxinError {
  return catalogued({ code: 'message-invalid', params: { reason } });
}
