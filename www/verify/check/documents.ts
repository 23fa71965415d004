//! What judges documents with signatures inside, a few at a time.

import { MAX_ATTACHED_BYTES } from '@yinxin/proto';
import { JobWorker, type Source, type ToWorker as To } from '@yinxin/ui/job-worker.js';
import type { Answer, DocumentJob, Progress, Trust } from './report.js';

/** What a worker does: judge one document. */
export interface Job {
  readonly type: 'judge';
  readonly job: DocumentJob;
  readonly trust: Trust;
}

/** What a worker is told. */
export type ToWorker = To<Job>;

/** What it says. */
export type FromWorker = { id: number } & ({ type: 'done'; result: Judgement } | { type: 'failed'; detail: string });

/**
 * What came of a document. `unsigned`: the content of what was signed apart has no signature inside; `gone`: the browser
 * can't read it.
 */
export type Judgement = Answer | 'unsigned' | 'gone';

/** Milliseconds without a sign of life. The largest document takes a few seconds on a slow machine. */
const SILENCE_MS = 60_000;
/** Documents that are judged at the same time; each may need four times its size. */
const AT_ONCE = 2;
/** So many that it takes a while, and they are counted. */
const COUNTED_FROM = 8;

/** Has documents judged. */
export class DocumentJudge {
  readonly #workers: readonly JobWorker<Job, FromWorker>[];

  constructor(source: Source, silence = SILENCE_MS) {
    this.#workers = Array.from({ length: AT_ONCE }, () => new JobWorker(source, silence, detail => new Error(detail)));
  }

  /** Judges documents, and answers in their order. Rejects only with the signal's reason: what fails is told of its document. */
  async judge(
    jobs: readonly DocumentJob[],
    trust: Trust,
    progress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Judgement[]> {
    const results: Judgement[] = [];
    let [next, done] = [0, 0];
    const work = async (worker: JobWorker<Job, FromWorker>) => {
      for (let at = next++; at < jobs.length; at = next++) {
        if (jobs.length > COUNTED_FROM) progress({ done, all: jobs.length });
        results[at] = await judged(worker, { type: 'judge', job: jobs[at] as DocumentJob, trust }, signal);
        done += 1;
      }
    };
    await Promise.all(this.#workers.slice(0, jobs.length).map(work));
    return results;
  }
}

async function judged(worker: JobWorker<Job, FromWorker>, job: Job, signal: AbortSignal): Promise<Judgement> {
  const { given, kind, isContent } = job.job;
  const file = { name: given.name, size: given.file.size };
  if (given.file.size > MAX_ATTACHED_BYTES) {
    const error = { code: 'document-too-large', params: { name: given.name, limit: MAX_ATTACHED_BYTES } } as const;
    return isContent ? 'unsigned' : { is: 'unreadable', file, kind, error };
  }
  try {
    return await worker.run<Judgement>(
      () => [job],
      (said, { resolve, reject }) => (said.type === 'done' ? resolve(said.result) : reject(new Error(said.detail))),
      signal,
    );
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { is: 'unfinished', file, kind };
  }
}
