// Generated from wasm/proto by `npm run generate`. Change it there.
/* biome-ignore-all lint: generated */

export * from './errors.js';
export * from './evidence.js';
export * from './limits.js';
export * from './messages.js';
export * from './page-errors.js';
export * from './sites.js';
export * from './words.js';
