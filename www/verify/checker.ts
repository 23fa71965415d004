//! The page's checker, with workers and modules from wherever the page has them.

import load from '@yinxin/verify.wasm';
import { Checker } from './check/client.js';
import start from './check/worker.ts?worker';

/** Checks the page's files. */
export const checker = new Checker(
  {
    worker: start,
    wasm: async () => {
      const module = await load();
      return module instanceof Response ? module.arrayBuffer() : module;
    },
  },
  async () => (await import('./later.js')).judge,
);
