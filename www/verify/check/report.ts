//! What is asked of the worker, and what it answers: plain values that cross between page and worker.

import type { OfdSignature, PdfSignature } from '@yinxin/documents';
import type { CatalogueError } from '@yinxin/proto';
import type { ToWorker as Told } from '@yinxin/ui/job-worker.js';
import type {
  Bilingual,
  CertificateFacts,
  CmsSigner,
  DescribedAnchor as Described,
  FileKind,
  Finding,
  Outcome,
  PathStep,
  SealFacts,
} from '@yinxin/verify';

export type {
  CertificateFacts,
  CmsSigner,
  Described,
  FileKind,
  Finding,
  OfdSignature,
  Outcome,
  PathStep,
  PdfSignature,
  SealFacts,
};

/** A file that the user gave. */
export interface Given {
  /** The same file has the same number as long as the page is open. */
  readonly id: number;
  readonly file: File;
  /** Its name, with the folders that it was chosen in. */
  readonly name: string;
  /** It is what was signed, whatever it looks like. */
  readonly asContent: boolean;
}

/** What an accepted certificate is believed for. */
export type Purpose = 'maker' | 'ca';

/** A certificate that the user accepts, DER. */
export interface Accepted {
  readonly purpose: Purpose;
  readonly certificate: Uint8Array;
}

export interface CheckJob {
  readonly given: readonly Given[];
  readonly accepted: readonly Accepted[];
  /** ISO 8601; now, if absent. */
  readonly at: string | undefined;
}

/** A file, by what is shown of it. */
export interface Named {
  readonly name: string;
  readonly size: number;
}

/** What was signed, or a file in its place. */
export interface Content {
  /** `Given.id` and name of the file; absent where it was not given as one. */
  readonly id: number | undefined;
  readonly name: string | undefined;
  /** The file is not what was signed. */
  readonly differs: boolean;
  /** It lies inside the signature. */
  readonly attached: boolean;
  readonly size: number;
  /** Lower-case hex. */
  readonly sm3: string;
  readonly sha256: string;
}

/** What stands in every answer about something that could be read. */
interface Judged {
  readonly file: Named;
  readonly outcome: Outcome;
  /** Codes of the fatal findings that only leave a question open. */
  readonly open: readonly string[];
  readonly summary: Bilingual;
  /** The gravest first. */
  readonly findings: readonly Finding[];
  /** A certificate that would confirm it, if the user accepts it. */
  readonly offer: (Described & { readonly purpose: Purpose }) | undefined;
}

interface Sealed {
  readonly seal: SealFacts;
  /** Absent where its certificate can't be read. */
  readonly maker: Described | undefined;
}

/** A signature or seal inside of a document. */
export interface DocumentSignature {
  readonly outcome: Outcome;
  readonly certificate: CertificateFacts | undefined;
  readonly path: readonly PathStep[];
  readonly claimedTime: string | undefined;
  /** By a time stamp that holds. */
  readonly stampedTime: string | undefined;
  readonly seal: SealFacts | undefined;
  readonly maker: Described | undefined;
  /** As its format has it: what it covers, and what was changed after it. */
  readonly inside:
    | { readonly is: 'pdf'; readonly signature: PdfSignature }
    | { readonly is: 'ofd'; readonly signature: OfdSignature };
}

/** A document with its signatures inside. */
interface Document {
  /** `Given.id`. */
  readonly id: number;
  readonly pages: number;
  readonly signatures: readonly DocumentSignature[];
  /** Of the whole file, lower-case hex. */
  readonly sm3: string;
  readonly sha256: string;
}

export type Answer =
  | (Judged & Document & { readonly is: 'pdf' })
  | (Judged & Document & { readonly is: 'ofd' })
  | (Judged & {
      readonly is: 'certificate';
      readonly certificate: CertificateFacts;
      readonly path: readonly PathStep[];
    })
  | (Judged & { readonly is: 'cms'; readonly signers: readonly CmsSigner[]; readonly content: Content | undefined })
  | (Judged & { readonly is: 'seal' } & Sealed)
  | (Judged & {
      readonly is: 'seal-signature';
      readonly certificate: CertificateFacts | undefined;
      readonly path: readonly PathStep[];
      readonly claimedTime: string | undefined;
      /** The signed digest, SM3, lower-case hex. */
      readonly digest: string;
      readonly propertyInfo: string;
      readonly content: Content | undefined;
    } & Sealed)
  | { readonly is: 'unreadable'; readonly file: Named; readonly kind: FileKind; readonly error: CatalogueError }
  /** What judges it fell over it. */
  | { readonly is: 'unfinished'; readonly file: Named; readonly kind: FileKind };

/** A file that has no answer of its own. */
export interface Other {
  /** `Given.id`. */
  readonly id: number;
  readonly file: Named;
  readonly kind: FileKind;
  /** `gone`: the browser can't read it. `left`: too much was given at once. */
  readonly role: 'content' | 'helps' | 'not-for-this-page' | 'gone' | 'left';
}

export interface Report {
  /** The time for which it was judged, and when that was done; ISO 8601. */
  readonly at: string;
  readonly checked: string;
  readonly answers: readonly Answer[];
  readonly others: readonly Other[];
  /** Certificates among the files, beside those with an answer. */
  readonly certificates: readonly Described[];
}

/** What all is judged by. */
export interface Trust {
  readonly anchors: Uint8Array[];
  readonly national: boolean;
  readonly intermediates: Uint8Array[];
  readonly crls: Uint8Array[];
  readonly makers: Uint8Array[];
  /** ISO 8601. */
  readonly at: string;
}

/** A document that is to be judged. */
export interface DocumentJob {
  readonly given: Given;
  readonly kind: 'pdf' | 'ofd';
  /** It was compared as the content of what was signed apart: it has an answer of its own only if it is signed itself. */
  readonly isContent: boolean;
}

/** What the first worker answers: documents are another's. */
export interface Checked {
  readonly report: Report;
  readonly documents: readonly DocumentJob[];
  readonly trust: Trust;
}

/** How far the reading of a file is, in bytes; or of all of them. */
export interface Progress {
  /** Absent where files are counted. */
  readonly name?: string;
  readonly done: number;
  readonly all: number;
}

export type Job =
  | ({ readonly type: 'check' } & CheckJob)
  /** The certificates of files, or of Base64. */
  | { readonly type: 'describe'; readonly files: readonly (Blob | string)[] };

/** For each file its certificates, or why it has none. */
export type Descriptions = readonly (readonly Described[] | CatalogueError)[];

export type ToWorker = Told<Job>;

export type FromWorker =
  | { id: number; type: 'progress'; progress: Progress }
  | { id: number; type: 'done'; result: Checked | Descriptions }
  | { id: number; type: 'failed'; detail: string };
