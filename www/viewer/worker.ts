//! The worker that reads documents and draws pages: it alone loads the module. What a file brings down or keeps busy for
//! ever is nothing else.

import init, { OfdPages, type YinxinError } from '@yinxin/documents';
import type { CatalogueError } from '@yinxin/proto';
import { type Say, serve } from '@yinxin/ui/worker-side.js';
import type { FromWorker, Job } from './viewer.js';

/** The document that was read last. */
let current: { key: number; pages: OfdPages } | undefined;

serve<Job, FromWorker>(init, answer);

async function answer(job: Job & { id: number }, opened: Promise<unknown>, say: Say<FromWorker>): Promise<void> {
  const { id } = job;
  try {
    await opened;
    const pages = await read(job);
    const result = job.type === 'draw' ? pages.draw(job.page) : pages.overview();
    say({ id, type: 'done', result });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'YinxinError') {
      const { code, params } = thrown as YinxinError;
      say({ id, type: 'refused', error: { code, params } as CatalogueError });
    } else if (thrown instanceof DOMException) {
      // The file has gone, or changed.
      say({ id, type: 'gone' });
    } else {
      say({ id, type: 'failed', detail: String(thrown).slice(0, 200) });
    }
  }
}

/** The pages of a job's file: read anew, if another file was read last, or another worker fell over it. */
async function read({ key, file }: Job): Promise<OfdPages> {
  if (current?.key === key) return current.pages;
  current?.pages.free();
  current = undefined;
  const pages = new OfdPages(new Uint8Array(await file.arrayBuffer()));
  current = { key, pages };
  return pages;
}
