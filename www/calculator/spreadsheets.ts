//! Spreadsheets, from wherever the page has its modules; nothing is loaded before they are used.

import load from '@yinxin/sheet.wasm';
import { Spreadsheets } from './sheet/client.js';
import start from './sheet/worker.ts?worker';

/** Reads and writes the page's spreadsheets. */
export const spreadsheets = new Spreadsheets({
  worker: start,
  wasm: async () => {
    const module = await load();
    return module instanceof Response ? module.arrayBuffer() : module;
  },
});
