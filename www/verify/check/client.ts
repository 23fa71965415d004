//! What the page calls to have files checked.

import { JobWorker, type Source } from '@yinxin/ui/job-worker.js';
import type { CheckJob, Descriptions, FromWorker, Job, Progress, Report } from './report.js';

/** Milliseconds without a sign of life. The largest attached signature takes a few seconds on a slow machine. */
const SILENCE_MS = 60_000;

/** The check did not come to an end: the worker said nothing more, or fell over what it was given. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Has files checked, one check after the other. */
export class Checker {
  readonly #worker: JobWorker<Job, FromWorker>;

  constructor(source: Source, silence = SILENCE_MS) {
    this.#worker = new JobWorker(source, silence, detail => new CheckFailed(detail));
  }

  /** Checks files. Throws `CheckFailed`, or the signal's reason. */
  check(job: CheckJob, progress: (progress: Progress) => void, signal: AbortSignal): Promise<Report> {
    return this.#run<Report>({ type: 'check', ...job }, progress, signal);
  }

  /** Reads certificates from files or Base64. Throws `CheckFailed`. */
  describe(files: readonly (Blob | string)[]): Promise<Descriptions> {
    return this.#run<Descriptions>({ type: 'describe', files }, () => {});
  }

  #run<T extends Report | Descriptions>(
    job: Job,
    progress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#worker.run<T>(
      () => [job],
      (said, { resolve, reject }) => {
        if (said.type === 'progress') progress(said.progress);
        else if (said.type === 'done') resolve(said.result as T);
        else reject(new CheckFailed(said.detail));
      },
      signal,
    );
  }
}
