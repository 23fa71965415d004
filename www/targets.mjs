/**
 * The oldest browsers that the pages for disk and server run in: what esbuild and Lightning CSS lower to, what the tests
 * of the bundles compare with, and what `FEATURES` of `xtask/src/wasm.rs` stays within.
 *
 * Chromium 83 is what older UOS and 奇安信 browsers are made of, Firefox 91 what Kylin and UOS came with.
 */
export const OLDEST = { chrome: 83, firefox: 91 };

/** The same for esbuild. */
export const target = Object.entries(OLDEST).map(([name, version]) => `${name}${version}`);
