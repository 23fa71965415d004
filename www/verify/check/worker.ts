//! The worker that reads, hashes and judges: it alone loads the core. What brings it down or keeps it busy for ever
//! does so to nothing else.

import { MAX_ATTACHED_BYTES, MAX_SEAL_BYTES } from '@yinxin/proto';
import { type Say, serve } from '@yinxin/ui/worker-side.js';
import init, * as core from '@yinxin/verify';
import { describing, hex, offerMaker, tried } from './judging.js';
import type {
  Answer,
  Checked,
  CheckJob,
  Content,
  Described,
  Descriptions,
  DocumentJob,
  FileKind,
  Finding,
  FromWorker,
  Given,
  Job,
  Named,
  Other,
  Progress,
  Purpose,
  Trust,
} from './report.js';

serve<Job, FromWorker>(init, answer);

async function answer(request: Job & { id: number }, opened: Promise<unknown>, say: Say<FromWorker>): Promise<void> {
  const { id } = request;
  try {
    await opened;
    const result =
      request.type === 'check'
        ? await check(request, progress => say({ id, type: 'progress', progress }))
        : await describeAll(request.files);
    say({ id, type: 'done', result });
  } catch (thrown) {
    // A trap, exhausted memory, or a bug: the page ends this worker.
    say({ id, type: 'failed', detail: String(thrown).slice(0, 200) });
  }
}

const { describe, makerOf, offerCa } = describing(core.describeAnchors);

/** Bytes of a beginning, enough for what the core asks to see of a file and of a content. */
const HEAD_BYTES = 64 * 1024;
/** What is in memory of a content that is hashed. */
const PIECE_BYTES = 1024 * 1024;
/** Bytes after which the page is told how far it is. */
const TOLD_BYTES = 4 * 1024 * 1024;
/** Files that are counted to who waits: so many that it takes a while. */
const COUNTED_FROM = 8;
/** Bytes of an archive's end, enough for its directory where few parts are in it. */
const DIRECTORY_BYTES = 256 * 1024;
/** A larger signature is not kept until its turn comes. */
const MAX_AT_ONCE_BYTES = 8 * 1024 * 1024;
/** What is kept of all files of a check. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/**
 * The largest file of each kind, with room for Base64 and what stands around. A larger one is a content: the core
 * would refuse to read it.
 */
const MAX_BYTES: Partial<Record<FileKind, number>> = {
  certificate: 8 * 1024 * 1024,
  crl: 64 * 1024 * 1024,
  cms: 1.4 * MAX_ATTACHED_BYTES + 1024 * 1024,
  seal: 2 * MAX_SEAL_BYTES,
  'seal-signature': 2 * MAX_SEAL_BYTES,
};

interface Read {
  readonly given: Given;
  readonly kind: FileKind;
  /** All of it, of the kinds that are read whole; a large one is read when its turn comes. */
  readonly bytes: Uint8Array | 'later' | undefined;
}

interface Hashed extends Named {
  readonly id: number;
  readonly sm3: Uint8Array;
  readonly sha256: Uint8Array;
  readonly head: Uint8Array;
}

/** The digests of what was hashed already, by the number of its file. */
const hashes = new Map<number, Hashed>();

async function check(job: CheckJob, progress: (progress: Progress) => void): Promise<Checked> {
  const read: Read[] = [];
  const others: Other[] = [];
  const contents: Hashed[] = [];
  const unused: Read[] = [];
  const gone = (given: Given) => others.push({ ...otherOf(given), kind: 'unknown', role: 'gone' });
  let held = 0;
  for (const [at, given] of job.given.entries()) {
    if (job.given.length > COUNTED_FROM) progress({ done: at, all: job.given.length });
    try {
      const one = await look(given);
      held += one.bytes instanceof Uint8Array ? one.bytes.length : 0;
      if (held > MAX_HELD_BYTES) others.push({ ...otherOf(given), kind: one.kind, role: 'left' });
      else read.push(one);
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown;
      gone(given);
    }
  }
  const signatures = read.filter(({ bytes, kind }) => bytes && (kind === 'cms' || kind === 'seal-signature')).length;
  const beside = signatures > 0;
  for (const one of read.filter(({ bytes }) => !bytes)) {
    // Hashing a large file takes its time: it is done only where there is a signature to compare with.
    if (!beside) {
      if (!isDocument(one.kind)) unused.push(one);
      continue;
    }
    try {
      contents.push(await hashed(one.given, progress));
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown;
      gone(one.given);
    }
  }
  others.push(...unused.map(({ given, kind }): Other => ({ ...otherOf(given), kind, role: 'not-for-this-page' })));

  const of = (kind: FileKind) =>
    read.flatMap(one => (one.bytes instanceof Uint8Array && one.kind === kind ? [one.bytes] : []));
  const accepted = (purpose: Purpose) => job.accepted.flatMap(one => (one.purpose === purpose ? one.certificate : []));
  const checked = new Date().toISOString();
  const at = job.at ?? checked;
  const [certificates, broken] = certificatesOf(read);
  const trust: core.TrustOptions & Trust = {
    anchors: accepted('ca'),
    national: true,
    intermediates: certificates.map(({ certificate }) => certificate),
    crls: of('crl'),
    makers: accepted('maker'),
    at,
  };
  const { makers, ...beginning } = trust;
  const judge: Judge = { trust: beginning, makers, contents, isOnly: signatures === 1, at };

  const answers: Answer[] = [...broken];
  const todo: ((judge: Judge) => Promise<Answer>)[] = [];
  for (const { given, kind, bytes } of read) {
    if (!bytes) continue;
    const file = named(given);
    const judgeOne = JUDGES[kind];
    if (judgeOne) {
      todo.push(async judge => {
        const whole = bytes === 'later' ? await bytesOf(given.file) : bytes;
        return attempt(file, kind, () => judgeOne(file, whole, judge));
      });
    }
    if (kind === 'crl') others.push({ ...otherOf(given), kind, role: 'helps' });
  }
  answers.push(...(await judgeAll(todo, judge, progress)));
  // Beside something that was signed, certificates only help.
  const alone = answers.length === broken.length && !read.some(({ kind }) => isDocument(kind));
  if (alone) {
    answers.push(...judgeCertificates(certificates, judge));
  } else {
    for (const { given, kind, bytes } of read) {
      if (bytes && kind === 'certificate') others.push({ ...otherOf(given), kind, role: 'helps' });
    }
  }
  // A content is named where it was compared; others are told.
  const compared = new Set(answers.map(answer => contentOf(answer)?.id));
  for (const { id, name, size } of contents) {
    if (!compared.has(id)) others.push({ id, file: { name, size }, kind: 'unknown', role: 'content' });
  }
  const documents = read.flatMap(({ given, kind }): DocumentJob[] =>
    isDocument(kind) ? [{ given, kind, isContent: compared.has(given.id) }] : [],
  );
  const report = { at, checked, answers, others, certificates: alone ? [] : certificates };
  return { report, documents, trust };
}

/** What verdicts are given by. */
interface Judge {
  readonly trust: core.TrustOptions;
  readonly makers: Uint8Array[];
  readonly contents: readonly Hashed[];
  /** There is one signature. */
  readonly isOnly: boolean;
  readonly at: string;
}

/** Its signatures are inside, and another worker's business. */
function isDocument(kind: FileKind): kind is 'pdf' | 'ofd' {
  return kind === 'pdf' || kind === 'ofd';
}

/** What a file is; its bytes too, where it is of a kind that is read whole. */
async function look(given: Given): Promise<Read> {
  const { file } = given;
  if (given.asContent) return { given, kind: 'unknown', bytes: undefined };
  const head = await bytesOf(file.slice(0, HEAD_BYTES));
  let kind = core.recognise(head, file.size);
  if (kind === 'zip') kind = core.recognise(await ends(file), file.size);
  const limit = MAX_BYTES[kind];
  if (limit === undefined || file.size > limit) return { given, kind, bytes: undefined };
  // Only the whole tells a bundle of certificates from a signature.
  if (kind === 'cms' && file.size > MAX_AT_ONCE_BYTES) return { given, kind, bytes: 'later' };
  const bytes = file.size > head.length ? await bytesOf(file) : head;
  if (kind === 'cms') kind = core.recognise(bytes);
  return { given, kind, bytes };
}

/** How an archive begins, and its end, where the names of its parts stand. */
async function ends(file: File): Promise<Uint8Array> {
  const parts = [file.slice(0, HEAD_BYTES), file.slice(Math.max(HEAD_BYTES, file.size - DIRECTORY_BYTES))];
  return bytesOf(new Blob(parts));
}

/** Both digests of a file, in memory for one piece of it. */
async function hashed(given: Given, progress: (progress: Progress) => void): Promise<Hashed> {
  const { id, file, name } = given;
  const known = hashes.get(id);
  if (known) return known;
  const hasher = new core.ContentHasher();
  try {
    const head = await bytesOf(file.slice(0, HEAD_BYTES));
    let [done, told] = [0, 0];
    progress({ name, done, all: file.size });
    for await (const piece of pieces(file)) {
      hasher.update(piece);
      done += piece.length;
      // The browser gives pieces as it likes, and small ones too.
      if (done - told < TOLD_BYTES) continue;
      told = done;
      progress({ name, done, all: file.size });
    }
    if (done !== file.size) throw new DOMException('the file has changed', 'NotReadableError');
    const found = { id, ...named(given), ...hasher.digests(), head };
    hashes.set(id, found);
    return found;
  } finally {
    hasher.free();
  }
}

/** The bytes of a file, piece after piece. Each is a request of its own, which ends; what a stream of the browser's waits for, nobody sees. */
async function* pieces(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE_BYTES) yield await bytesOf(file.slice(at, at + PIECE_BYTES));
}

/** What the core takes instead of a content. */
function digests({ sm3, sha256, size, head }: Hashed): core.ContentDigests {
  return { sm3, sha256, size, head };
}

interface Certificate extends Described {
  readonly file: Named;
}

/** The certificates of all files, each once, and the files that should have some. */
function certificatesOf(read: readonly Read[]): [Certificate[], Answer[]] {
  const found = new Map<string, Certificate>();
  const broken: Answer[] = [];
  for (const { given, kind, bytes } of read) {
    if (kind !== 'certificate' || !(bytes instanceof Uint8Array)) continue;
    const file = named(given);
    const described = tried(() => describe(bytes));
    if ('error' in described) broken.push({ is: 'unreadable', file, kind, error: described.error });
    else for (const one of described.value) found.set(one.view.certificate, { ...one, file });
  }
  return [[...found.values()], broken];
}

/** Answers about certificates that stand alone: those that are not above another one of them. */
function judgeCertificates(certificates: readonly Certificate[], { trust, at }: Judge): Answer[] {
  const judged = certificates.map(({ certificate, view, file }) => {
    const { path, outcome, open, findings, summary } = core.verifyCertificate({ ...trust, certificate });
    return {
      sha256: view.certificate,
      answer: {
        is: 'certificate',
        file,
        outcome,
        open,
        summary,
        findings,
        offer: offerCa(findings, path),
        certificate: core.parseCertificate(certificate, at),
        path,
      } satisfies Answer,
    };
  });
  const above = new Set(judged.flatMap(({ answer }) => answer.path.slice(1).map(({ sha256 }) => sha256)));
  const first = judged.filter(({ sha256 }) => !above.has(sha256));
  return (first.length > 0 ? first : judged).map(({ answer }) => answer);
}

/** All answers. A content that was signed by one signature is not held against another, whose own is missing. */
async function judgeAll(
  todo: readonly ((judge: Judge) => Promise<Answer>)[],
  judge: Judge,
  progress: (progress: Progress) => void,
): Promise<Answer[]> {
  const taken = new Set<number>();
  const first: { answer: Answer; isOthers: () => boolean }[] = [];
  for (const one of todo) {
    if (todo.length > COUNTED_FROM) progress({ done: first.length, all: todo.length });
    const answer = await one(judge);
    const { id, differs } = contentOf(answer) ?? {};
    if (id !== undefined && !differs) taken.add(id);
    first.push({ answer, isOthers: () => differs === true && id !== undefined && taken.has(id) });
  }
  const rest = { ...judge, contents: judge.contents.filter(({ id }) => !taken.has(id)) };
  const answers: Answer[] = [];
  for (const [at, one] of todo.entries()) {
    const judged = first[at];
    if (judged) answers.push(judged.isOthers() ? await one(rest) : judged.answer);
  }
  return answers;
}

function contentOf(answer: Answer): Content | undefined {
  return 'content' in answer ? answer.content : undefined;
}

function judgeCms(file: Named, cms: Uint8Array, { trust, contents, isOnly }: Judge): Answer {
  const verify = (content: Hashed | undefined) =>
    core.verifyCms({ ...trust, cms, ...(content && { content: digests(content) }) });
  let { verdict, content } = match(contents, verify);
  // With its content inside, a file beside it may belong to another signature.
  if (verdict.content.attached && content && !isOnly && !fits(verdict)) {
    content = undefined;
    verdict = verify(undefined);
  }
  const { outcome, open, findings, summary, signers } = verdict;
  const { attached, sm3, sha256, size } = verdict.content;
  // What is inside may be the digest of the file beside it, which is not the same.
  const isDigest = attached && findings.some(({ code }) => code === 'content-is-digest');
  // Of a content inside, the file beside it may be another, while what is inside is what was signed.
  const changed = findings.filter(({ code }) => code === 'content-changed');
  const differs =
    content !== undefined &&
    changed.length > 0 &&
    (attached ? changed.every(({ place }) => place === 'content') : changed.length === signers.length);
  const covered: Content | undefined =
    sm3 !== undefined && sha256 !== undefined && size !== undefined
      ? { id: content?.id, name: isDigest ? undefined : content?.name, differs, attached, size, sm3, sha256 }
      : undefined;
  const path = signers.find(({ valid }) => !valid)?.path ?? [];
  return {
    is: 'cms',
    file,
    outcome,
    open,
    summary,
    findings,
    offer: offerCa(findings, path),
    signers,
    content: covered,
  };
}

function judgeSeal(file: Named, seal: Uint8Array, { makers, at }: Judge): Answer {
  const { outcome, open, findings, summary, seal: facts } = core.verifySeal({ makers, seal, at });
  const maker = makerOf(facts.makerCertificate);
  return {
    is: 'seal',
    file,
    outcome,
    open,
    summary,
    findings,
    offer: offerMaker(findings, maker),
    seal: facts,
    maker,
  };
}

function judgeSealSignature(file: Named, signature: Uint8Array, { trust, makers, contents }: Judge): Answer {
  const verify = (content: Hashed | undefined) =>
    core.verifySealSignature({ ...trust, makers, signature, ...(content && { content: digests(content) }) });
  const { verdict, content } = match(contents, verify);
  const { outcome, open, summary, findings, seal, certificate, path, claimedTime, propertyInfo } = verdict;
  const maker = makerOf(seal.makerCertificate);
  return {
    is: 'seal-signature',
    file,
    outcome,
    open,
    summary,
    findings,
    offer: offerMaker(findings, maker) ?? offerCa(findings, path),
    seal,
    maker,
    certificate,
    path,
    claimedTime,
    digest: hex(verdict.digest),
    propertyInfo,
    content: content && {
      id: content.id,
      name: content.name,
      differs: !fits(verdict),
      attached: false,
      size: content.size,
      sm3: hex(content.sm3),
      sha256: hex(content.sha256),
    },
  };
}

/** A verdict about the content among these that was signed; about the only one, or the first, where none was. */
function match<T extends { findings: readonly Finding[] }>(
  contents: readonly Hashed[],
  verify: (content: Hashed | undefined) => T,
): { verdict: T; content: Hashed | undefined } {
  let first: { verdict: T; content: Hashed | undefined } | undefined;
  for (const content of contents) {
    const verdict = verify(content);
    if (fits(verdict)) return { verdict, content };
    first ??= { verdict, content };
  }
  return first ?? { verdict: verify(undefined), content: undefined };
}

function fits({ findings }: { findings: readonly Finding[] }): boolean {
  return !findings.some(({ code }) => code === 'content-changed');
}

/** How what is read whole and judged by itself is judged. */
const JUDGES: Partial<Record<FileKind, (file: Named, bytes: Uint8Array, judge: Judge) => Answer>> = {
  cms: judgeCms,
  seal: judgeSeal,
  'seal-signature': judgeSealSignature,
};

async function describeAll(files: readonly (Blob | string)[]): Promise<Descriptions> {
  const all: Descriptions[number][] = [];
  for (const file of files) {
    const large = typeof file !== 'string' && file.size > (MAX_BYTES.certificate ?? 0);
    const bytes = typeof file === 'string' ? file : await bytesOf(large ? file.slice(0, 0) : file);
    const read = tried(() => describe(bytes));
    all.push('value' in read ? read.value : read.error);
  }
  return all;
}

/** An answer, or that the file can't be read as what it is. */
function attempt(file: Named, kind: FileKind, work: () => Answer): Answer {
  const done = tried(work);
  return 'value' in done ? done.value : { is: 'unreadable', file, kind, error: done.error };
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

function named({ name, file: { size } }: Given): Named {
  return { name, size };
}

function otherOf(given: Given): Pick<Other, 'id' | 'file'> {
  return { id: given.id, file: named(given) };
}
