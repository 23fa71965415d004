//! What the page calls to have documents read and pages drawn.

import type { OfdDrawing, OfdOverview } from '@yinxin/documents';
import load from '@yinxin/documents.wasm';
import type { CatalogueError } from '@yinxin/proto';
import { JobWorker, type ToWorker as To } from '@yinxin/ui/job-worker.js';
import start from './worker.ts?worker';

/** What a worker does: say which pages a file has, or draw one. Files of one key are one. */
export type Job =
  | { readonly type: 'overview'; readonly key: number; readonly file: File }
  | { readonly type: 'draw'; readonly key: number; readonly file: File; readonly page: number };

/** What a worker is told. */
export type ToWorker = To<Job>;

/** What it says. */
export type FromWorker = { id: number } & (
  | { type: 'done'; result: OfdOverview | OfdDrawing }
  | { type: 'refused'; error: CatalogueError }
  | { type: 'gone' }
  | { type: 'failed'; detail: string }
);

/** Why there is nothing to see. */
export class NotShown extends Error {
  override readonly name = 'NotShown';

  /** With an error of the catalogue, where the file is why. */
  constructor(
    readonly error: CatalogueError | undefined,
    detail: string,
  ) {
    super(detail);
  }
}

/** Milliseconds without a sign of life. A page takes a fraction of a second, a large file a few to be read. */
const SILENCE_MS = 30_000;

const worker = new JobWorker<Job, FromWorker>(
  {
    worker: start,
    wasm: async () => {
      const module = await load();
      return module instanceof Response ? module.arrayBuffer() : module;
    },
  },
  SILENCE_MS,
  detail => new NotShown(undefined, detail),
);

/** Which pages a file has. Throws `NotShown`. */
export function overviewOf(key: number, file: File): Promise<OfdOverview> {
  return run<OfdOverview>({ type: 'overview', key, file });
}

/** Draws a page of a file, by its number from 1. Throws `NotShown`. */
export function drawPage(key: number, file: File, page: number): Promise<OfdDrawing> {
  return run<OfdDrawing>({ type: 'draw', key, file, page });
}

function run<T extends OfdOverview | OfdDrawing>(job: Job): Promise<T> {
  return worker.run<T>(
    () => [job],
    (said, { resolve, reject }) => {
      if (said.type === 'done') resolve(said.result as T);
      else if (said.type === 'refused') reject(new NotShown(said.error, said.error.code));
      else reject(new NotShown(undefined, said.type === 'failed' ? said.detail : said.type));
    },
  );
}
