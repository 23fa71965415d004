//! The worker that reads documents and draws pages: it alone loads the module. What a file brings down or keeps busy for
//! ever is nothing else.

import init, { OfdPages, type YinxinError } from '@yinxin/documents';
import type { CatalogueError } from '@yinxin/proto';
import type { FromWorker, Job, ToWorker } from './viewer.js';

/** As much of a worker's global scope as is used; the DOM's types know only a window's. */
interface Scope {
  onmessage: ((event: { data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = self as unknown as Scope;
let opened: Promise<unknown> = Promise.reject(new Error('the module was not given'));
// It is met again by whoever asks for something.
opened.catch(() => {});
/** The document that was read last. */
let current: { key: number; pages: OfdPages } | undefined;

scope.onmessage = ({ data }) => {
  if (data.type === 'open') {
    opened = init({ module_or_path: data.wasm });
    opened.catch(() => {});
  } else {
    void answer(data);
  }
};

async function answer(job: Job & { id: number }): Promise<void> {
  const { id } = job;
  try {
    await opened;
    const pages = await read(job);
    const result = job.type === 'draw' ? pages.draw(job.page) : pages.overview();
    scope.postMessage({ id, type: 'done', result });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'YinxinError') {
      const { code, params } = thrown as YinxinError;
      scope.postMessage({ id, type: 'refused', error: { code, params } as CatalogueError });
    } else if (thrown instanceof DOMException) {
      // The file has gone, or changed.
      scope.postMessage({ id, type: 'gone' });
    } else {
      scope.postMessage({ id, type: 'failed', detail: String(thrown).slice(0, 200) });
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
