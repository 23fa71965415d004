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
  MAX_CHALLENGE_CHARS,
  MAX_DETACHED_BYTES,
  MAX_DOCUMENTS,
  MAX_NAME_CHARS,
  MAX_PROPERTY_INFO_CHARS,
  type PageErrorCode,
  type PageResult,
  type PageSeal,
  type Placement,
  type Purpose,
  type SignatureAlgorithm,
  type SignFormat,
  type Stage,
} from '@yinxin/proto';
import { type Answer, ask, type CallOptions, type Progress, showWindow } from './channel.js';
import { catalogued, YinxinError } from './error.js';
import {
  abortSignal,
  boolean,
  callback,
  content,
  list,
  memory,
  mismatch,
  optional,
  type Reader,
  record,
  string,
  whole,
  word,
} from './reading.js';

export type {
  Account,
  CallOptions,
  CatalogueError,
  LoginFormat,
  LoginProof,
  /** Every code that a call may be rejected with. */
  PageErrorCode as ErrorCode,
  Placement,
  Progress,
  Purpose,
  SignatureAlgorithm,
  SignFormat,
  Stage,
};
export { showWindow, YinxinError };

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
  const answer = await ask({ type: 'status' }, CALL(options, ''));
  return understood('status', answer, ({ type: _, problem, ...versions }) => ({
    ...versions,
    ...(problem && { problem: new YinxinError(problem) }),
  }));
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
export async function login(options: LoginOptions): Promise<LoginProof> {
  const { signal, onProgress, format = 'yinxin', ...call } = LOGIN(options, '');
  const answer = await ask({ type: 'login', format, ...call }, { signal, onProgress });
  return understood('login', answer, ({ proof }) => proof);
}

/** Bytes in memory. Copied when the call is made: later changes do not reach the signature. Shared memory is refused. */
export type Bytes = ArrayBuffer | ArrayBufferView<ArrayBuffer>;

/** A document with its content: bytes, or text, which is signed as its UTF-8 bytes. */
export type DocumentToSign = {
  /** Shown to the user as given by the site. */
  readonly name: string;
} & ({ readonly content: Blob | Bytes; readonly text?: never } | { readonly text: string; readonly content?: never });

/** Signatures of one or many documents. */
export interface SignOptions extends CallOptions {
  /** 1 to 100 documents, signed with one consent, all or none. */
  readonly documents: readonly DocumentToSign[];
  /** `cms` (detached) unless `cms-attached` is wanted. */
  readonly format?: 'cms' | 'cms-attached';
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

/** What is sealed: a document with one of `content`, `text` and `digest`. */
export interface DocumentToSeal {
  /** Shown to the user as given by the site. */
  readonly name: string;
  readonly content?: Blob | Bytes;
  /** Sealed as its UTF-8 bytes. */
  readonly text?: string;
  /** SM3 of a content that stays with the site: 32 bytes. The user is told that nobody saw the content. */
  readonly digest?: ArrayBuffer | ArrayBufferView;
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
}

/** A seal on one document. */
export interface SealedDocument extends Omit<SignedDocument, 'cms'> {
  /** `SES_Signature` in DER, by the standard of the user's seal (GB/T 38540-2020 or GM/T 0031-2025). */
  readonly seal: Uint8Array<ArrayBuffer>;
}

/** A PDF or OFD in which the signature itself stands. */
export interface DocumentToComplete {
  /** Shown to the user as given by the site. */
  readonly name: string;
  /** At most 64 MiB. */
  readonly content: Blob | Bytes;
  /** Where the middle of the seal is drawn, in millimetres. Without it, of `pdf` and `pdf-seal` nothing is seen. */
  readonly placement?: Placement;
  /** OFD: the seal lies over the right edges of all pages (骑缝章), its middle as many millimetres from their upper edges. */
  readonly straddling?: number;
  /** OFD: further seals may follow. Otherwise this one allows none behind it. */
  readonly toBeContinued?: boolean;
  /** Another format than the call's. */
  readonly format?: EmbeddedFormat;
}

/**
 * `pdf`: a signature by the certificate (PAdES, `ETSI.CAdES.detached`), with the picture of a seal if there is a placement;
 * `pdf-seal`: a seal (`GM.sm2seal`); `ofd`: a seal (GB/T 33190).
 */
export type EmbeddedFormat = 'pdf' | 'pdf-seal' | 'ofd';

/** Signatures or seals in one or many documents. */
export interface CompleteOptions extends CallOptions {
  /** 1 to 100 documents, signed with one consent, all or none. */
  readonly documents: readonly DocumentToComplete[];
  readonly format: EmbeddedFormat;
}

/** A document with its signature or seal. */
export interface CompleteDocument extends Omit<SignedDocument, 'cms'> {
  /** The new PDF or OFD. */
  readonly document: Uint8Array<ArrayBuffer>;
}

/** Signs or seals PDF and OFD with one consent, in the documents themselves. Answers in their order. Call it from a click. */
export async function sign(options: CompleteOptions): Promise<CompleteDocument[]>;
/** Sets the user's seal on documents with one consent. Answers in the order of the documents. Call it from a click. */
export async function sign(options: SealOptions): Promise<SealedDocument[]>;
/** Signs documents with one consent. Answers in the order of the documents. Call it from a click. */
export async function sign(options: SignOptions): Promise<SignedDocument[]>;
export async function sign(options: SealOptions | SignOptions | CompleteOptions): Promise<never[]> {
  const { documents: given, format = 'cms', ...extras } = SIGN(options, '');
  const apart = format === 'seal' || format === 'cms';
  const key = format === 'seal' ? format : format.startsWith('cms') ? 'cms' : 'document';
  const frozen = list(freezing(apart ? MAX_DETACHED_BYTES : MAX_ATTACHED_BYTES), checkCount)(given, 'documents');
  const documents = frozen.map(({ document }) => document);
  const contents = frozen.map(({ content }) => content);
  const answer = await ask({ type: 'sign', documents, format }, { contents, ...extras });
  return understood('sign', answer, ({ signatures }) => {
    if (signatures.length !== documents.length) throw malformed('signatures');
    const signed: object[] = signatures.map(({ name, algorithm, digest, size }, i) => {
      const bytes = signatureBytes(size, answer.bytes[i]);
      return { name, algorithm, digest, [key]: bytes };
    });
    return signed as never[];
  });
}

/** An electronic seal that the user showed. */
export interface Seal extends Omit<PageSeal, 'seal' | 'picture'> {
  /** Its picture, to be shown as an image only: it may be SVG. Absent where browsers can't show it. */
  readonly picture?: Blob;
  /** Its DER. */
  readonly der: Uint8Array<ArrayBuffer>;
}

/** Asks the user to show one of the seals in their key. Nothing is signed. Call it from a click. */
export async function seals(options: CallOptions = {}): Promise<Seal[]> {
  return understood('seals', await ask({ type: 'seals' }, CALL(options, '')), ({ seals: shown }) =>
    shown.map(({ seal, picture, ...facts }) => ({
      ...facts,
      ...(picture && { picture: new Blob([decode(picture.data)], { type: picture.mediaType }) }),
      der: decode(seal),
    })),
  );
}

const OPTIONS = { signal: optional(abortSignal), onProgress: optional(callback<(progress: Progress) => void>) };
const CALL = record<CallOptions>(OPTIONS);

const LOGIN = record<LoginOptions>({
  ...OPTIONS,
  challenge: (value, name) => {
    const challenge = string()(value, name);
    if (challenge.length > MAX_CHALLENGE_CHARS) throw catalogued('challenge-invalid', {});
    return challenge;
  },
  purpose: word<Purpose>({ login: true, bind: true }),
  format: optional(word<LoginFormat>({ yinxin: true, logondata: true, 'logondata-detached': true })),
  account: optional(
    record<Account>({
      name: string(MAX_NAME_CHARS),
      role: optional(string(MAX_NAME_CHARS)),
      entrance: optional(string(MAX_NAME_CHARS)),
      bound: optional(boolean),
      certificate: optional(string(MAX_NAME_CHARS)),
    }),
  ),
});

const FORMAT = optional(
  word<SignFormat>({ cms: true, 'cms-attached': true, seal: true, pdf: true, 'pdf-seal': true, ofd: true }),
);

const SIGN = record<CallOptions & { documents: unknown; format?: SignFormat }>({
  ...OPTIONS,
  // Read once their format is known.
  documents: value => value,
  format: FORMAT,
});

/** What a page gives of a document. What goes with which format is the extension's to say. */
interface Given extends Omit<Document, 'size'> {
  readonly content?: Blob | Uint8Array<ArrayBuffer>;
  readonly text?: string;
}

/** A document as it is handed to the extension. */
interface Frozen {
  readonly document: Document;
  readonly content: Blob;
}

const DOCUMENT = record<Given>({
  name: string(MAX_NAME_CHARS),
  content: optional(content),
  text: optional(string()),
  digest: optional(sm3),
  propertyInfo: optional(string(MAX_PROPERTY_INFO_CHARS)),
  placement: optional(record<Placement>({ page: whole, x: whole, y: whole })),
  straddling: optional(whole),
  toBeContinued: optional(boolean),
  format: FORMAT,
});

/** Reads a document, and copies what is in memory, if it is not too large. */
function freezing(limit: number): Reader<Frozen> {
  return (value, name) => {
    const { content, text, ...document } = DOCUMENT(value, name);
    const given = [content, text, document.digest].filter(way => way !== undefined).length;
    if (given !== 1) throw mismatch(name, 'content, text or digest', `${given} of them`);
    const bytes = content ?? text ?? '';
    const size = typeof bytes === 'string' ? bytes.length : ArrayBuffer.isView(bytes) ? bytes.byteLength : bytes.size;
    // In UTF-8 a text is never shorter.
    const blob = size > limit ? undefined : blobOf(bytes);
    if (!blob || blob.size > limit) throw catalogued('document-too-large', { name: document.name, limit });
    return { document: { ...document, size: blob.size }, content: blob };
  };
}

function blobOf(bytes: Blob | Uint8Array<ArrayBuffer> | string): Blob {
  if (typeof bytes === 'string') return new Blob([bytes]);
  if (!ArrayBuffer.isView(bytes)) return bytes;
  // Platforms make no Blob of memory that can be resized.
  const { resizable = false } = bytes.buffer as { readonly resizable?: boolean };
  return new Blob([resizable ? bytes.slice() : bytes]);
}

/** SM3 of a content that is not given, in Base64. */
function sm3(value: unknown, name: string): string {
  const expected = '32 bytes';
  const digest = memory(expected)(value, name);
  if (digest.length !== 32) throw mismatch(name, expected, `${digest.length} bytes`);
  return btoa(String.fromCharCode(...digest));
}

function checkCount(count: number): void {
  if (count < 1 || count > MAX_DOCUMENTS) throw catalogued('documents-count', { count, limit: MAX_DOCUMENTS });
}

function signatureBytes(size: DocumentSignature['size'], bytes: unknown): Uint8Array<ArrayBuffer> {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength !== size) throw malformed('signatures');
  return new Uint8Array(bytes);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

/** What the result says, if it is the one that belongs to the call, and of its form. */
function understood<T extends PageResult['type'], R>(
  type: T,
  { result }: Answer,
  read: (result: Extract<PageResult, { type: T }>) => R,
): R {
  try {
    if (result.type !== type) throw malformed('result');
    return read(result as Extract<PageResult, { type: T }>);
  } catch (cause) {
    throw cause instanceof YinxinError ? cause : malformed('result', { cause });
  }
}

function malformed(reason: string, options?: ErrorOptions): YinxinError {
  return catalogued('message-invalid', { reason }, options);
}
