//! What the page calls to have files checked. The worker is made at first use, and anew after whatever may have left it
//! unusable.

import type { CheckJob, Descriptions, FromWorker, Job, Progress, Report, ToWorker, Wasm } from './report.js';

/** Where worker and module come from: files beside the page, or what the single page carries. */
export interface Source {
  worker(): Worker;
  wasm(): Promise<Wasm>;
}

/** Milliseconds without a sign of life. The largest attached signature takes a few seconds on a slow machine. */
const SILENCE_MS = 60_000;

/** The check did not come to an end: the worker said nothing more, or fell over what it was given. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Has files checked, one check after the other. */
export class Checker {
  readonly #source: Source;
  readonly #silence: number;
  #worker: Worker | undefined;
  #lastId = 0;
  /** Ends, and never fails, when the worker is free. */
  #free: Promise<unknown> = Promise.resolve();

  constructor(source: Source, silence = SILENCE_MS) {
    this.#source = source;
    this.#silence = silence;
  }

  /** Checks files. Throws `CheckFailed`, or the signal's reason. */
  check(job: CheckJob, progress: (progress: Progress) => void, signal: AbortSignal): Promise<Report> {
    return this.#turn(() => this.#ask<Report>({ type: 'check', ...job }, progress, signal), signal);
  }

  /** Reads certificates from files or Base64. Throws `CheckFailed`. */
  describe(files: readonly (Blob | string)[]): Promise<Descriptions> {
    return this.#turn(() => this.#ask<Descriptions>({ type: 'describe', files }, () => {}));
  }

  /** Waits for the worker to be free: what ends it must not end the work of others. */
  #turn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#free.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    this.#free = turn.catch(() => {});
    return turn;
  }

  async #ask<T extends Report | Descriptions>(
    job: Job,
    progress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    const worker = this.#worker ?? (await this.#open());
    this.#lastId += 1;
    const id = this.#lastId;
    const settled = new AbortController();
    try {
      signal?.throwIfAborted();
      return await new Promise<T>((resolve, reject) => {
        const listening = { signal: settled.signal };
        const silent = () => reject(new CheckFailed('the worker fell silent'));
        let timer = setTimeout(silent, this.#silence);
        settled.signal.addEventListener('abort', () => clearTimeout(timer));
        worker.addEventListener(
          'message',
          ({ data }: MessageEvent<FromWorker>) => {
            if (data.id !== id) return;
            clearTimeout(timer);
            timer = setTimeout(silent, this.#silence);
            if (data.type === 'progress') progress(data.progress);
            else if (data.type === 'done') resolve(data.result as T);
            else reject(new CheckFailed(data.detail));
          },
          listening,
        );
        worker.addEventListener('error', () => reject(new CheckFailed('the worker fell')), listening);
        worker.addEventListener('messageerror', () => reject(new CheckFailed('the worker can’t be read')), listening);
        signal?.addEventListener('abort', () => reject(signal.reason), listening);
        worker.postMessage({ ...job, id } satisfies ToWorker);
      });
    } catch (thrown) {
      worker.terminate();
      this.#worker = undefined;
      throw thrown;
    } finally {
      settled.abort();
    }
  }

  async #open(): Promise<Worker> {
    try {
      const wasm = await this.#source.wasm();
      const worker = this.#source.worker();
      worker.postMessage({ type: 'open', wasm } satisfies ToWorker);
      this.#worker = worker;
      return worker;
    } catch (thrown) {
      throw new CheckFailed(String(thrown).slice(0, 200));
    }
  }
}
