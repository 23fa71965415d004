/** The library and its guide as a classic script, for pages without modules: `window.yinxin`. */

export { guide } from './guide.js';
export * from './index.js';
