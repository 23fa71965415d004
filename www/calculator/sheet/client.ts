//! What the page calls to read and write spreadsheets. The worker is made at first use, and anew after
//! whatever may have left it unusable.

import { type CatalogueError, MAX_LIST_BYTES } from '@yinxin/proto';
import type { Book, Table } from '../../../wasm/pkg/sheet/yinxin_sheet.js';
import type { FileFormat, FromWorker, Job, ToWorker, Wasm } from './worker.js';

export type { Book, Cell, Column, Sheet, Table } from '../../../wasm/pkg/sheet/yinxin_sheet.js';

/** Where worker and module come from: files of the PWA or extension, or what the single page carries. */
export interface Source {
  worker(): Worker;
  wasm(): Wasm | Promise<Wasm>;
}

/** Milliseconds for one file. The largest list takes a few seconds on a slow machine. */
const TIMEOUT_MS = 60_000;

/** A refusal, with a code of the catalogue. */
export class SheetError extends Error {
  override readonly name = 'SheetError';
  readonly code: CatalogueError['code'];
  readonly params: CatalogueError['params'];

  constructor({ code, params }: CatalogueError) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

/** Reads and writes spreadsheets, one after the other. */
export class Spreadsheets {
  readonly #source: Source;
  readonly #timeout: number;
  #worker: Worker | undefined;
  #lastId = 0;
  /** Ends, and never fails, when the worker is free. */
  #free: Promise<unknown> = Promise.resolve();

  constructor(source: Source, timeout = TIMEOUT_MS) {
    this.#source = source;
    this.#timeout = timeout;
  }

  /** Reads a list. Throws `SheetError`, or the signal's reason. */
  read(file: Blob, signal?: AbortSignal): Promise<Table> {
    return this.#turn(async () => {
      if (file.size > MAX_LIST_BYTES) {
        throw new SheetError({ code: 'list-too-large', params: { limit: MAX_LIST_BYTES } });
      }
      const bytes = await file.arrayBuffer().catch(() => {
        throw unreadable('文件已被移动或没有读取权限 / it was moved, or may not be read');
      });
      return this.#ask<Table>({ type: 'read', bytes: new Uint8Array(bytes) }, [bytes], signal);
    }, signal);
  }

  /** Writes a file. Throws `SheetError`, or the signal's reason. */
  write(book: Book, format: FileFormat, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#turn(() => this.#ask<Uint8Array<ArrayBuffer>>({ type: 'write', book, format }, [], signal), signal);
  }

  /** Ends the worker. The next use makes another one. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Waits for the worker to be free: what ends it must not end the work of others. */
  #turn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const turn = this.#free.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    this.#free = turn.catch(() => {});
    return turn;
  }

  async #ask<T extends Table | Uint8Array<ArrayBuffer>>(
    job: Job,
    transfer: Transferable[],
    signal?: AbortSignal,
  ): Promise<T> {
    const worker = this.#worker ?? (await this.#open());
    signal?.throwIfAborted();
    this.#lastId += 1;
    const id = this.#lastId;
    const settled = new AbortController();
    try {
      return await new Promise<T>((resolve, reject) => {
        const listening = { signal: settled.signal };
        worker.addEventListener(
          'message',
          ({ data }: MessageEvent<FromWorker>) => {
            if (data.id !== id) return;
            if (data.ok) resolve(data.result as T);
            else reject(new SheetError(data.error));
          },
          listening,
        );
        worker.addEventListener('error', () => reject(failed(job)), listening);
        worker.addEventListener('messageerror', () => reject(failed(job)), listening);
        signal?.addEventListener('abort', () => reject(signal.reason), listening);
        const timer = setTimeout(() => reject(failed(job)), this.#timeout);
        settled.signal.addEventListener('abort', () => clearTimeout(timer));
        worker.postMessage({ ...job, id } satisfies ToWorker, transfer);
      });
    } catch (thrown) {
      // After a trap the module must not be used again, and a refusal does not come often.
      this.close();
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
      throw new SheetError({ code: 'internal', params: { detail: String(thrown).slice(0, 200) } });
    }
  }
}

function unreadable(reason: string): SheetError {
  return new SheetError({ code: 'list-unreadable', params: { reason } });
}

/** For a worker that says nothing more: it hangs, ran out of memory, or did not start. */
function failed({ type }: Job): SheetError {
  if (type === 'read') return unreadable('读取没有完成 / reading did not come to an end');
  return new SheetError({ code: 'internal', params: { detail: 'the worker did not answer' } });
}
