//! The worker that judges documents with signatures inside: it alone loads their module, which is the largest.

import init, * as core from '@yinxin/documents';
import { type Say, serve } from '@yinxin/ui/worker-side.js';
import type { FromWorker, Job } from './documents.js';
import { describing, hex, offerMaker, tried } from './judging.js';
import type { Answer, DocumentJob, DocumentSignature, Finding, Trust } from './report.js';

serve<Job, FromWorker>(init, answer);

async function answer(
  { id, job, trust }: Job & { id: number },
  opened: Promise<unknown>,
  say: Say<FromWorker>,
): Promise<void> {
  try {
    await opened;
    say({ id, type: 'done', result: await judge(job, trust) });
  } catch (thrown) {
    if (thrown instanceof DOMException) say({ id, type: 'done', result: 'gone' });
    else say({ id, type: 'failed', detail: String(thrown).slice(0, 200) });
  }
}

async function judge({ given, kind, isContent }: DocumentJob, trust: Trust): Promise<Answer | 'unsigned'> {
  const file = { name: given.name, size: given.file.size };
  const bytes = new Uint8Array(await given.file.arrayBuffer());
  const read = tried(() => (kind === 'pdf' ? ofPdf(bytes, trust) : ofOfd(bytes, trust)));
  // The content of what was signed apart need not be signed itself, nor a document.
  if ('error' in read) return isContent ? 'unsigned' : { is: 'unreadable', file, kind, error: read.error };
  const { verdict, pages, signatures } = read.value;
  if (isContent && signatures.length === 0) return 'unsigned';
  const { outcome, open, summary, findings } = verdict;
  return {
    is: kind,
    id: given.id,
    file,
    outcome,
    open,
    summary,
    findings,
    offer: offerOf(findings, signatures),
    pages,
    signatures,
    ...digestsOf(bytes),
  };
}

function ofPdf(bytes: Uint8Array, trust: Trust) {
  const verdict = core.verifyPdf(bytes, trust);
  const signatures = verdict.signatures.map(
    (signature): DocumentSignature => ({
      outcome: signature.outcome,
      certificate: signature.certificate,
      path: signature.path,
      claimedTime: signature.claimedTime,
      stampedTime: signature.stampedTime,
      seal: signature.seal,
      maker: signature.seal && makerOf(signature.seal.makerCertificate),
      inside: { is: 'pdf', signature },
    }),
  );
  return { verdict, pages: verdict.pages, signatures };
}

function ofOfd(bytes: Uint8Array, trust: Trust) {
  const verdict = core.verifyOfd(bytes, trust);
  const signatures = verdict.signatures.map((signature): DocumentSignature => {
    // By the standard there is one.
    const [signer] = signature.signers;
    return {
      outcome: signature.outcome,
      certificate: signer?.certificate,
      path: signer?.path ?? [],
      claimedTime: signer?.claimedTime,
      stampedTime: undefined,
      seal: signature.seal,
      maker: signature.seal && makerOf(signature.seal.makerCertificate),
      inside: { is: 'ofd', signature },
    };
  });
  return { verdict, pages: verdict.documents[0]?.pages.length ?? 0, signatures };
}

/** Whom the user could accept, of the first signature that waits for it: first the maker of its seal. */
function offerOf(findings: readonly Finding[], signatures: readonly DocumentSignature[]) {
  for (const [at, { maker, path }] of signatures.entries()) {
    const own = findings.filter(({ place }) => place?.startsWith(`signatures[${at}]`));
    const offer = offerMaker(own, maker) ?? offerCa(own, path);
    if (offer) return offer;
  }
  return undefined;
}

function digestsOf(bytes: Uint8Array): { sm3: string; sha256: string } {
  const hasher = new core.ContentHasher();
  try {
    hasher.update(bytes);
    const { sm3, sha256 } = hasher.digests();
    return { sm3: hex(sm3), sha256: hex(sha256) };
  } finally {
    hasher.free();
  }
}

const { makerOf, offerCa } = describing(core.describeAnchors);
