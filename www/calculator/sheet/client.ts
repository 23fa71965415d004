//! What the page calls to read and write spreadsheets.

import { type CatalogueError, MAX_LIST_BYTES } from '@yinxin/proto';
import { JobWorker, type Source } from '@yinxin/ui/job-worker.js';
import type { Book, Table } from '../../../wasm/pkg/sheet/yinxin_sheet.js';
import type { FileFormat, FromWorker, Job } from './worker.js';

export type { Book, Cell, Column, Sheet, Table } from '../../../wasm/pkg/sheet/yinxin_sheet.js';

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
  readonly #worker: JobWorker<Job, FromWorker>;

  constructor(source: Source, timeout = TIMEOUT_MS) {
    this.#worker = new JobWorker(source, timeout, failed);
  }

  /** Reads a list, of a workbook the sheet of that name. Throws `SheetError`, or the signal's reason. */
  read(file: Blob, signal?: AbortSignal, sheet?: string): Promise<Table> {
    return this.#run<Table>(async () => {
      if (file.size > MAX_LIST_BYTES) {
        throw new SheetError({ code: 'list-too-large', params: { limit: MAX_LIST_BYTES } });
      }
      const bytes = await file.arrayBuffer().catch(() => {
        throw unreadable('文件已被移动或没有读取权限 / it was moved, or may not be read');
      });
      return [{ type: 'read', bytes: new Uint8Array(bytes), sheet }, [bytes]];
    }, signal);
  }

  /** Writes a file. Throws `SheetError`, or the signal's reason. */
  write(book: Book, format: FileFormat, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#run<Uint8Array<ArrayBuffer>>(() => [{ type: 'write', book, format }], signal);
  }

  /** Ends the worker. The next use makes another one. */
  close(): void {
    this.#worker.close();
  }

  #run<T extends Table | Uint8Array<ArrayBuffer>>(
    prepare: () => [Job, Transferable[]?] | Promise<[Job, Transferable[]?]>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return this.#worker.run<T>(
      prepare,
      (said, { resolve, reject }) => {
        if (said.ok) resolve(said.result as T);
        else reject(new SheetError(said.error));
      },
      signal,
    );
  }
}

function unreadable(reason: string): SheetError {
  return new SheetError({ code: 'list-unreadable', params: { reason } });
}

/** For a worker that says nothing more: it hangs, ran out of memory, or did not start. */
function failed(detail: string, job: Job | undefined): SheetError {
  if (job?.type === 'read') return unreadable('读取没有完成 / reading did not come to an end');
  return new SheetError({ code: 'internal', params: { detail } });
}
