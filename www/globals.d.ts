/** Whether the page is served with a service worker beside it. */
declare const OFFLINE: boolean;

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
