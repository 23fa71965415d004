//! What reads certificates: loaded when the first is to be read, since it is three times as large as the fees.

import init, * as wasm from '@yinxin/verify';
import load from '@yinxin/verify.wasm';

/** The package, once it is loaded. */
export const ready: Promise<typeof wasm> = init({ module_or_path: load() }).then(() => wasm);
