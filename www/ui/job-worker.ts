//! A worker that does one job after the other for a page. It is made at first use, and anew after whatever may have left
//! it unusable: a job that failed, was given up, or fell silent.

import { reasonOf, throwIfAborted } from './abort.js';

/** A Wasm module: its bytes, or compiled, or where it lies. */
export type Wasm = BufferSource | WebAssembly.Module | string;

/** Where worker and module come from: files beside the page, or what a single page carries. */
export interface Source {
  worker(): Worker;
  wasm(): Wasm | Promise<Wasm>;
}

/** What such a worker is told: its module first, then jobs. */
export type ToWorker<Job> = { type: 'open'; wasm: Wasm } | (Job & { id: number });

/** How a job ends. */
export interface End<T> {
  resolve(result: T): void;
  reject(reason: unknown): void;
}

/** Has jobs done; `Said` is what the worker says about them. */
export class JobWorker<Job extends object, Said extends { id: number }> {
  readonly #source: Source;
  readonly #silence: number;
  readonly #failed: (detail: string, job: Job | undefined) => Error;
  #worker: Worker | undefined;
  #lastId = 0;
  /** Ends, and never fails, when the worker is free. */
  #free: Promise<unknown> = Promise.resolve();

  /**
   * `silence` are the milliseconds without a word after which a job has failed. `failed` makes the error where the
   * worker did not start, fell, or fell silent.
   */
  constructor(source: Source, silence: number, failed: (detail: string, job: Job | undefined) => Error) {
    this.#source = source;
    this.#silence = silence;
    this.#failed = failed;
  }

  /**
   * Has a job done when its turn comes: what ends the worker must not end the work of others. `prepare` makes it then;
   * what it names second is handed over. `hear` settles it.
   */
  run<T>(
    prepare: () => [Job, Transferable[]?] | Promise<[Job, Transferable[]?]>,
    hear: (said: Said, end: End<T>) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    const turn = this.#free.then(async () => {
      throwIfAborted(signal);
      const [job, transfer = []] = await prepare();
      return this.#ask(job, transfer, hear, signal);
    });
    this.#free = turn.catch(() => {});
    return turn;
  }

  /** Ends the worker. The next job makes another one. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask<T>(
    job: Job,
    transfer: Transferable[],
    hear: (said: Said, end: End<T>) => void,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const worker = this.#worker ?? (await this.#open());
    this.#lastId += 1;
    const id = this.#lastId;
    const undo: (() => void)[] = [];
    try {
      throwIfAborted(signal);
      return await new Promise<T>((resolve, reject) => {
        // Listeners with a signal are newer than the oldest browsers.
        const listen = (target: EventTarget, type: string, listener: (event: Event) => void) => {
          target.addEventListener(type, listener);
          undo.push(() => target.removeEventListener(type, listener));
        };
        const fail = (detail: string) => reject(this.#failed(detail, job));
        const silent = () => fail('the worker fell silent');
        let timer = setTimeout(silent, this.#silence);
        undo.push(() => clearTimeout(timer));
        listen(worker, 'message', event => {
          const { data } = event as MessageEvent<Said>;
          if (data.id !== id) return;
          clearTimeout(timer);
          timer = setTimeout(silent, this.#silence);
          hear(data, { resolve, reject });
        });
        listen(worker, 'error', () => fail('the worker fell'));
        listen(worker, 'messageerror', () => fail('the worker can’t be read'));
        if (signal) listen(signal, 'abort', () => reject(reasonOf(signal)));
        worker.postMessage({ ...job, id } as ToWorker<Job>, transfer);
      });
    } catch (thrown) {
      // After a trap the module must not be used again, and a refusal does not come often.
      this.close();
      throw thrown;
    } finally {
      for (const one of undo) one();
    }
  }

  async #open(): Promise<Worker> {
    try {
      const wasm = await this.#source.wasm();
      const worker = this.#source.worker();
      worker.postMessage({ type: 'open', wasm } satisfies ToWorker<Job>);
      this.#worker = worker;
      return worker;
    } catch (thrown) {
      throw this.#failed(String(thrown).slice(0, 200), undefined);
    }
  }
}
