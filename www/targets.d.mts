/** The oldest browsers that the pages for disk and server run in. */
export declare const OLDEST: { readonly chrome: number; readonly firefox: number };
/** The same for esbuild. */
export declare const target: string[];
