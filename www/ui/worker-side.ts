//! The worker's side of `job-worker.ts`: opens its module when that is handed over, then answers jobs.

import type { ToWorker, Wasm } from './job-worker.js';

/** As much of a worker's global scope as is used; the DOM's types know only a window's. */
interface Scope<Job, Said> {
  onmessage: ((event: { data: ToWorker<Job> }) => void) | null;
  postMessage(message: Said, transfer: Transferable[]): void;
}

/** Says something to the page. */
export type Say<Said> = (said: Said, transfer?: Transferable[]) => void;

/**
 * Answers the page's jobs. `answer` tells what came of a job, and never rejects; it waits for `opened` first, which
 * rejects where the module can't be used.
 */
export function serve<Job, Said>(
  init: (given: { module_or_path: Wasm }) => Promise<unknown>,
  answer: (job: Job & { id: number }, opened: Promise<unknown>, say: Say<Said>) => Promise<void>,
): void {
  const scope = self as unknown as Scope<Job, Said>;
  let opened: Promise<unknown> = Promise.reject(new Error('the module was not given'));
  // It is met again by whoever asks for something.
  opened.catch(() => {});
  scope.onmessage = ({ data }) => {
    if ('type' in data && data.type === 'open') {
      opened = init({ module_or_path: (data as { wasm: Wasm }).wasm });
      opened.catch(() => {});
    } else {
      void answer(data as Job & { id: number }, opened, (said, transfer = []) => scope.postMessage(said, transfer));
    }
  };
}
