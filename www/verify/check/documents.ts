//! What judges documents with signatures inside, a few at a time. Loaded when the first one comes.

import load from '@yinxin/documents.wasm';
import { MAX_ATTACHED_BYTES } from '@yinxin/proto';
import { JobWorker, type ToWorker as To } from '@yinxin/ui/job-worker.js';
import start from './document-worker.ts?worker';
import type { Answer, DocumentJob, Progress, Trust } from './report.js';

/** What a worker does: judge one document. */
export interface Job {
  readonly job: DocumentJob;
  readonly trust: Trust;
}

/** What a worker is told. */
export type ToWorker = To<Job & { type: 'judge' }>;

/** What it says. `unsigned`: the content of what was signed apart has no signature inside. */
export type FromWorker = { id: number } & ({ type: 'done'; result: Judgement } | { type: 'failed'; detail: string });

/** What came of a document; `gone`: the browser can't read it. */
export type Judgement = Answer | 'unsigned' | 'gone';

/** Judges documents, in their order. Rejects only with the signal's reason. */
export async function judgeDocuments(
  jobs: readonly DocumentJob[],
  trust: Trust,
  progress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Judgement[]> {
  const results: Judgement[] = [];
  let [next, done] = [0, 0];
  const work = async (worker: JobWorker<Job & { type: 'judge' }, FromWorker>) => {
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at] as DocumentJob;
      if (jobs.length > COUNTED_FROM) progress({ done, all: jobs.length });
      results[at] = await judged(worker, { job, trust }, signal);
      done += 1;
    }
  };
  await Promise.all(workers.slice(0, jobs.length).map(work));
  return results;
}

async function judged(
  worker: JobWorker<Job & { type: 'judge' }, FromWorker>,
  { job, trust }: Job,
  signal: AbortSignal,
): Promise<Judgement> {
  const { given, kind, isContent } = job;
  const file = { name: given.name, size: given.file.size };
  if (given.file.size > MAX_ATTACHED_BYTES) {
    const error = { code: 'document-too-large', params: { name: given.name, limit: MAX_ATTACHED_BYTES } } as const;
    return isContent ? 'unsigned' : { is: 'unreadable', file, kind, error };
  }
  try {
    return await worker.run<Judgement>(
      () => [{ type: 'judge', job, trust }],
      (said, { resolve, reject }) => (said.type === 'done' ? resolve(said.result) : reject(new Error(said.detail))),
      signal,
    );
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { is: 'unfinished', file, kind };
  }
}

/** Milliseconds without a sign of life. The largest document takes a few seconds on a slow machine. */
const SILENCE_MS = 60_000;
/** Documents that are judged at the same time; each may need four times its size. */
const AT_ONCE = 2;

/** So many that it takes a while. */
const COUNTED_FROM = 8;

const workers = Array.from(
  { length: AT_ONCE },
  () =>
    new JobWorker<Job & { type: 'judge' }, FromWorker>(
      {
        worker: start,
        wasm: async () => {
          const module = await load();
          return module instanceof Response ? module.arrayBuffer() : module;
        },
      },
      SILENCE_MS,
      detail => new Error(detail),
    ),
);
