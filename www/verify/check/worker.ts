//! The worker that reads, hashes and judges: it alone loads the core. What brings it down or keeps it busy for ever
//! does so to nothing else.

import { type AnchorView, type CatalogueError, MAX_ATTACHED_BYTES, MAX_SEAL_BYTES } from '@yinxin/proto';
import init, * as core from '@yinxin/verify';
import type {
  Answer,
  CheckJob,
  Content,
  Described,
  Descriptions,
  FileKind,
  Finding,
  FromWorker,
  Given,
  Named,
  Other,
  PathStep,
  Progress,
  Purpose,
  Report,
  ToWorker,
} from './report.js';

/** As much of a worker's global scope as is used; the DOM's types know only a window's. */
interface Scope {
  onmessage: ((event: { data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = self as unknown as Scope;
let opened: Promise<unknown> = Promise.reject(new Error('the module was not given'));
// It is met again by whoever asks for something.
opened.catch(() => {});

scope.onmessage = ({ data }) => {
  if (data.type === 'open') {
    opened = init({ module_or_path: data.wasm });
    opened.catch(() => {});
  } else {
    void answer(data);
  }
};

async function answer(request: Exclude<ToWorker, { type: 'open' }>): Promise<void> {
  const { id } = request;
  try {
    await opened;
    const result =
      request.type === 'check'
        ? await check(request, progress => scope.postMessage({ id, type: 'progress', progress }))
        : await describeAll(request.files);
    scope.postMessage({ id, type: 'done', result });
  } catch (thrown) {
    // A trap, exhausted memory, or a bug: the page ends this worker.
    scope.postMessage({ id, type: 'failed', detail: String(thrown).slice(0, 200) });
  }
}

/** Bytes of a beginning, enough for what the core asks to see of a file and of a content. */
const HEAD_BYTES = 64 * 1024;
/** What is in memory of a content that is hashed. */
const PIECE_BYTES = 1024 * 1024;
/** Bytes after which the page is told how far it is. */
const TOLD_BYTES = 4 * 1024 * 1024;
/** A small archive is looked at whole, for its directory. */
const MAX_ARCHIVE_BYTES = 4 * 1024 * 1024;

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
  /** All of it, of the kinds that are read whole. */
  readonly bytes: Uint8Array | undefined;
}

interface Hashed extends Named {
  readonly id: number;
  readonly sm3: Uint8Array;
  readonly sha256: Uint8Array;
  readonly head: Uint8Array;
}

/** The digests of what was hashed already, by the number of its file. */
const hashes = new Map<number, Hashed>();

async function check(job: CheckJob, progress: (progress: Progress) => void): Promise<Report> {
  const read: Read[] = [];
  const others: Other[] = [];
  const contents: Hashed[] = [];
  const unused: Read[] = [];
  const gone = (file: File) => others.push({ file: named(file), kind: 'unknown', role: 'gone' });
  for (const given of job.given) {
    try {
      read.push(await look(given));
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown;
      gone(given.file);
    }
  }
  const signatures = read.filter(({ bytes, kind }) => bytes && (kind === 'cms' || kind === 'seal-signature')).length;
  for (const one of read.filter(({ bytes }) => !bytes)) {
    // Hashing a large file takes its time: it is done only where there is a signature to compare with.
    if (signatures === 0) {
      unused.push(one);
      continue;
    }
    try {
      contents.push(await hashed(one.given, progress));
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown;
      gone(one.given.file);
    }
  }
  others.push(
    ...unused.map(({ given, kind }): Other => ({ file: named(given.file), kind, role: 'not-for-this-page' })),
  );

  const of = (kind: FileKind) => read.flatMap(one => (one.bytes && one.kind === kind ? [one.bytes] : []));
  const accepted = (purpose: Purpose) => job.accepted.flatMap(one => (one.purpose === purpose ? one.certificate : []));
  const checked = new Date().toISOString();
  const at = job.at ?? checked;
  const [certificates, broken] = certificatesOf(read);
  const trust = {
    anchors: accepted('ca'),
    national: true,
    intermediates: certificates.map(({ certificate }) => certificate),
    crls: of('crl'),
    at,
  };
  const judge: Judge = { trust, makers: accepted('maker'), contents, isOnly: signatures === 1, at };

  const answers: Answer[] = [...broken];
  const todo: ((judge: Judge) => Answer)[] = [];
  for (const { given, kind, bytes } of read) {
    if (!bytes) continue;
    const file = named(given.file);
    const judgeOne = JUDGES[kind];
    if (judgeOne) todo.push(judge => attempt(file, kind, () => judgeOne(file, bytes, judge)));
    if (kind === 'crl') others.push({ file, kind, role: 'helps' });
  }
  answers.push(...judgeAll(todo, judge));
  // Beside something that was signed, certificates only help.
  const alone = answers.length === broken.length;
  if (alone) {
    answers.push(...judgeCertificates(certificates, judge));
  } else {
    for (const { given, kind, bytes } of read) {
      if (bytes && kind === 'certificate') others.push({ file: named(given.file), kind, role: 'helps' });
    }
  }
  // A content is named where it was compared; others are told.
  const compared = new Set(answers.map(answer => contentOf(answer)?.id));
  for (const { id, name, size } of contents) {
    if (!compared.has(id)) others.push({ file: { name, size }, kind: 'unknown', role: 'content' });
  }
  return { at, checked, answers, others, certificates: alone ? [] : certificates };
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

/** What a file is; its bytes too, where it is of a kind that is read whole. */
async function look(given: Given): Promise<Read> {
  const { file } = given;
  if (given.asContent) return { given, kind: 'unknown', bytes: undefined };
  const head = await bytesOf(file.slice(0, HEAD_BYTES));
  let kind = core.recognise(head, file.size);
  if (kind === 'zip' && file.size <= MAX_ARCHIVE_BYTES) kind = core.recognise(await bytesOf(file), file.size);
  const limit = MAX_BYTES[kind];
  if (limit === undefined || file.size > limit) return { given, kind, bytes: undefined };
  const bytes = file.size > head.length ? await bytesOf(file) : head;
  // Only the whole tells a bundle of certificates from a signature.
  if (kind === 'cms') kind = core.recognise(bytes);
  return { given, kind, bytes };
}

/** Both digests of a file, in memory for one piece of it. */
async function hashed({ id, file }: Given, progress: (progress: Progress) => void): Promise<Hashed> {
  const known = hashes.get(id);
  if (known) return known;
  const hasher = new core.ContentHasher();
  try {
    const head = await bytesOf(file.slice(0, HEAD_BYTES));
    let [done, told] = [0, 0];
    progress({ name: file.name, done, all: file.size });
    for await (const piece of pieces(file)) {
      hasher.update(piece);
      done += piece.length;
      // The browser gives pieces as it likes, and small ones too.
      if (done - told < TOLD_BYTES) continue;
      told = done;
      progress({ name: file.name, done, all: file.size });
    }
    if (done !== file.size) throw new DOMException('the file has changed', 'NotReadableError');
    const found = { id, ...named(file), ...hasher.digests(), head };
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
    if (kind !== 'certificate' || !bytes) continue;
    const file = named(given.file);
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
function judgeAll(todo: readonly ((judge: Judge) => Answer)[], judge: Judge): Answer[] {
  const taken = new Set<number>();
  const first = todo.map(one => {
    const answer = one(judge);
    const { id, differs } = contentOf(answer) ?? {};
    if (id !== undefined && !differs) taken.add(id);
    return { one, answer, isOthers: () => differs && id !== undefined && taken.has(id) };
  });
  const rest = { ...judge, contents: judge.contents.filter(({ id }) => !taken.has(id)) };
  return first.map(({ one, answer, isOthers }) => (isOthers() ? one(rest) : answer));
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

function makerOf(certificate: Uint8Array): Described | undefined {
  const read = tried(() => describe(certificate));
  return 'value' in read ? read.value[0] : undefined;
}

/** The maker that would have to be accepted. */
function offerMaker(findings: readonly Finding[], maker: Described | undefined) {
  if (!findings.some(({ code }) => code === 'seal-maker-unknown')) return undefined;
  return maker && { ...maker, purpose: 'maker' as const };
}

/** The CA that would have to be accepted, where the path leads to one and no further. */
function offerCa(findings: readonly Finding[], path: readonly PathStep[]) {
  if (!findings.some(({ code }) => code === 'issuer-unknown' || code === 'root-unavailable')) return undefined;
  const last = path[path.length - 1]?.certificate;
  const [first] = last ? describe(last) : [];
  if (!first || first.view.findings.some(({ code }) => code === 'issuer-not-ca')) return undefined;
  return { ...first, purpose: 'ca' as const };
}

function describe(bytes: Uint8Array | string): Described[] {
  return core.describeAnchors(bytes, false) as { certificate: Uint8Array; view: AnchorView }[];
}

async function describeAll(files: readonly (Blob | string)[]): Promise<Descriptions> {
  const all: (Described[] | CatalogueError)[] = [];
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

/** What some work gives, or the catalogue's error that it throws; anything else is a bug and goes on. */
function tried<T>(work: () => T): { value: T } | { error: CatalogueError } {
  try {
    return { value: work() };
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'YinxinError') throw thrown;
    const { code, params } = thrown as core.YinxinError;
    return { error: { code, params } as CatalogueError };
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

function named({ name, size }: File): Named {
  return { name, size };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
