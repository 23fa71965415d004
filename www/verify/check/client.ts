//! What the page calls to have files checked.

import { JobWorker, type Source } from '@yinxin/ui/job-worker.js';
import type { DocumentJudge } from './documents.js';
import type { Checked, CheckJob, Descriptions, FromWorker, Job, Other, Progress, Report } from './report.js';

/** Milliseconds without a sign of life. The largest attached signature takes a few seconds on a slow machine. */
const SILENCE_MS = 60_000;

/** The check did not come to an end: the worker said nothing more, or fell over what it was given. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Has files checked, one check after the other. */
export class Checker {
  readonly #worker: JobWorker<Job, FromWorker>;
  readonly #documents: () => Promise<Pick<DocumentJudge, 'judge'>>;

  /** `documents` gives what judges those, which not every check needs. */
  constructor(source: Source, documents: () => Promise<Pick<DocumentJudge, 'judge'>>, silence = SILENCE_MS) {
    this.#documents = documents;
    this.#worker = new JobWorker(source, silence, detail => new CheckFailed(detail));
  }

  /** Checks files. Throws `CheckFailed`, or the signal's reason. */
  async check(job: CheckJob, progress: (progress: Progress) => void, signal: AbortSignal): Promise<Report> {
    const checked = await this.#run<Checked>({ type: 'check', ...job }, progress, signal);
    const { report, documents, trust } = checked;
    if (documents.length === 0) return report;
    const judge = await this.#documents().catch((thrown: unknown) => {
      throw new CheckFailed(String(thrown).slice(0, 200));
    });
    const judged = await judge.judge(documents, trust, progress, signal);
    const answers = judged.flatMap(one => (typeof one === 'string' ? [] : [one]));
    const ids = (is: (at: number) => boolean) => documents.flatMap(({ given }, at) => (is(at) ? [given.id] : []));
    // What has an answer of its own is not told as a content that fits nothing.
    const answered = new Set(ids(at => typeof judged[at] !== 'string'));
    const gone = documents.flatMap(({ given, kind }, at): Other[] =>
      judged[at] === 'gone'
        ? [{ id: given.id, file: { name: given.name, size: given.file.size }, kind, role: 'gone' }]
        : [],
    );
    const others = report.others.filter(({ id }) => !answered.has(id));
    return { ...report, answers: [...report.answers, ...answers], others: [...others, ...gone] };
  }

  /** Reads certificates from files or Base64. Throws `CheckFailed`. */
  describe(files: readonly (Blob | string)[]): Promise<Descriptions> {
    return this.#run<Descriptions>({ type: 'describe', files }, () => {});
  }

  #run<T extends Checked | Descriptions>(
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
