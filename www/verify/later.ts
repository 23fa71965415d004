//! What only documents and tables need: a script of its own, loaded with the first of them.

import load from '@yinxin/documents.wasm';
import start from './check/document-worker.ts?worker';
import { DocumentJudge } from './check/documents.js';

export * as documents from './document.js';
export * as many from './table.js';

/** Judges the page's documents. */
export const judge = new DocumentJudge({
  worker: start,
  wasm: async () => {
    const module = await load();
    return module instanceof Response ? module.arrayBuffer() : module;
  },
});
