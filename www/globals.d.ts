/** Whether the page is served with a service worker beside it. */
declare const OFFLINE: boolean;

/** Where the verify page lies, as the build lays the pages beside each other. */
declare const VERIFY_PAGE: string;

/** Starts the worker of a file. The build gives it. */
declare module '*?worker' {
  const start: () => Worker;
  export default start;
}

/** Where a Wasm module comes from: what its `init` takes as `module_or_path`. The build gives it. */
declare module '@yinxin/*.wasm' {
  const load: () => Promise<Response | ArrayBuffer>;
  export default load;
}
