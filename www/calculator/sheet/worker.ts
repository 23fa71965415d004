//! The worker that reads and writes spreadsheets: gets its Wasm module once, then a request at a time.
//! A hostile list that brings the module down brings down nothing else.

import type { CatalogueError } from '@yinxin/proto';
import { type Say, serve } from '@yinxin/ui/worker-side.js';
import init, { type Book, readTable, type Table, writeTable } from '../../../wasm/pkg/sheet/yinxin_sheet.js';

export type FileFormat = 'xlsx' | 'csv';

export type Job =
  | { type: 'read'; bytes: Uint8Array; sheet?: string | undefined }
  | { type: 'write'; book: Book; format: FileFormat };

export type FromWorker =
  | { id: number; ok: true; result: Table | Uint8Array }
  | { id: number; ok: false; error: CatalogueError };

serve<Job, FromWorker>(init, answer);

async function answer(request: Job & { id: number }, opened: Promise<unknown>, say: Say<FromWorker>): Promise<void> {
  const { id } = request;
  try {
    await opened;
    const result =
      request.type === 'read' ? readTable(request.bytes, request.sheet) : writeTable(request.book, request.format);
    say({ id, ok: true, result }, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : []);
  } catch (thrown) {
    say({ id, ok: false, error: described(thrown, request.type) }, []);
  }
}

/** What was thrown, as an error of the catalogue. */
function described(thrown: unknown, type: Job['type']): CatalogueError {
  const { name, code, params } = thrown as { name?: string; code?: string; params?: unknown };
  if (name !== 'YinxinError') return { code: 'internal', params: { detail: String(thrown).slice(0, 200) } };
  // A trap, or exhausted memory.
  if (type === 'read' && code === 'internal') {
    return { code: 'list-unreadable', params: { reason: '文件超出可处理的范围 / it is beyond what can be handled' } };
  }
  return { code, params } as CatalogueError;
}
