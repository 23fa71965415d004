/**
 * The page library: what a portal imports to let its users log in and sign with the certificate in
 * their USB key. It finds the extension, hands it the call and waits; keys, certificates and PINs stay
 * with the extension. Safe to import on a server, where every call answers `not-installed`.
 */

import {
  type Account,
  type CatalogueError,
  type DocumentSignature,
  type LoginFormat,
  type LoginProof,
  MAX_ATTACHED_BYTES,
  MAX_DETACHED_BYTES,
  MAX_DOCUMENTS,
  type PageResult,
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
  /** The account that the site expects, shown to the user for comparison. */
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
  readonly format?: SignFormat;
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

/** Signs documents with one consent. Answers in the order of the documents. Call it from a click. */
export async function sign({ documents, format = 'cms', signal, onProgress }: SignOptions): Promise<SignedDocument[]> {
  if (documents.length < 1 || documents.length > MAX_DOCUMENTS)
    throw catalogued({ code: 'documents-count', params: { count: documents.length, limit: MAX_DOCUMENTS } });
  const limit = format === 'cms-attached' ? MAX_ATTACHED_BYTES : MAX_DETACHED_BYTES;
  const contents = documents.map(({ name, content }) => {
    const blob = content instanceof Blob ? content : new Blob([content]);
    if (blob.size > limit) throw catalogued({ code: 'document-too-large', params: { name, limit } });
    return blob;
  });
  const described = documents.map(({ name }, i) => ({ name, size: contents[i]?.size ?? 0 }));
  const answer = await ask({ type: 'sign', documents: described, format }, { contents, signal, onProgress });
  const { signatures } = expect('sign', answer);
  if (signatures.length !== documents.length) throw malformed('number of signatures');
  return signatures.map((signature, i) => signed(signature, answer.bytes[i]));
}

function signed({ name, algorithm, digest, size }: DocumentSignature, bytes: unknown): SignedDocument {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength !== size) throw malformed('bytes of a signature');
  return { name, algorithm, digest, cms: new Uint8Array(bytes) };
}

/** The result, if it is the one that belongs to the call. */
function expect<T extends PageResult['type']>(type: T, { result }: Answer): Extract<PageResult, { type: T }> {
  if (result?.type !== type) throw malformed('result');
  return result as Extract<PageResult, { type: T }>;
}

function malformed(reason: string): YinxinError {
  return catalogued({ code: 'message-invalid', params: { reason } });
}
