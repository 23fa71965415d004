// Says when things happen in a part of the extension, from outside of it: runs before the part's own script, in a copy of the
// extension that only the bench loads. What ships knows nothing of it. Times come as performance marks, which a script of
// the page and a debugger read.
(() => {
  const isWorker = typeof document === 'undefined';
  const isWindow = !isWorker && location.protocol === 'chrome-extension:';
  const where = isWorker ? 'background' : isWindow ? 'window' : 'content';
  const mark = (what, options) => performance.mark(`${where}: ${what}`, options);
  mark('script');

  /** Marks what passes a port. */
  const tell = (port, name) => {
    const post = port.postMessage.bind(port);
    port.postMessage = message => {
      mark(`to ${name}: ${kindOf(message)}`);
      post(message);
    };
    port.onMessage.addListener(message => mark(`from ${name}: ${kindOf(message)}`));
  };
  const kindOf = message =>
    [
      message?.command?.type,
      message?.view?.phase?.type,
      message?.reply?.outcome?.result ? 'result' : (message?.reply?.outcome?.stage ?? message?.reply?.outcome?.type),
      message?.reply?.type,
      message?.event?.type,
      message?.type,
    ].find(kind => typeof kind === 'string') ?? 'other';

  const asked = data => {
    if (data?.yinxin === 1 && data.request) mark(`from page: ${data.request.call?.type}`);
  };
  if (!isWorker) {
    const { connect } = chrome.runtime;
    chrome.runtime.connect = (...given) => {
      mark('connects');
      const port = connect.apply(chrome.runtime, given);
      tell(port, 'background');
      return port;
    };
    addEventListener('message', ({ data }) => asked(data), true);
    addEventListener('yinxin', ({ detail }) => asked(detail), true);
  }

  if (isWindow) {
    addEventListener('click', ({ timeStamp }) => mark('press', { startTime: timeStamp }), true);
    const seen = new Set();
    const look = () => {
      for (const [what, selector] of [
        ['content', '.consent'],
        ['certificates', '.token input[type=radio]'],
        ['end', '.end-done'],
      ]) {
        if (seen.has(what) || !document.querySelector(selector)) continue;
        seen.add(what);
        mark(what);
        // What was put there is on the screen once the frame that has it is done.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => mark(`${what} painted`);
          port2.postMessage(0);
        });
      }
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  }

  if (isWorker) {
    chrome.runtime.onConnect.addListener(port => {
      const name = port.name.split(':')[0];
      mark(`${name} connected`);
      tell(port, name === 'call' ? 'content' : 'window');
    });
    const { connectNative } = chrome.runtime;
    chrome.runtime.connectNative = (...given) => {
      mark('connects to host');
      const port = connectNative.apply(chrome.runtime, given);
      tell(port, 'host');
      return port;
    };
    const { create } = chrome.windows;
    chrome.windows.create = async (...given) => {
      mark('window asked for');
      const made = await create.apply(chrome.windows, given);
      mark('window made');
      return made;
    };
    // The machine: how long each entry takes, and the module itself.
    const timed = (name, work) =>
      function (...given) {
        const start = performance.now();
        try {
          return work.apply(this, given);
        } finally {
          performance.measure(`machine: ${name}`, { start, end: performance.now() });
        }
      };
    const wrap = instance => {
      const exports = Object.fromEntries(
        Object.entries(instance.exports).map(([name, value]) => [
          name,
          /^(signing|workspace|flow|describeAnchors)/i.test(name) ? timed(name, value) : value,
        ]),
      );
      return { exports };
    };
    for (const name of ['instantiateStreaming', 'instantiate']) {
      const load = WebAssembly[name];
      WebAssembly[name] = async (...given) => {
        mark('module asked for');
        const loaded = await load.apply(WebAssembly, given);
        mark('module ready');
        return loaded instanceof WebAssembly.Instance
          ? wrap(loaded)
          : { ...loaded, module: loaded.module, instance: wrap(loaded.instance) };
      };
    }
    const { compileStreaming } = WebAssembly;
    WebAssembly.compileStreaming = async (...given) => {
      mark('module asked for');
      const compiled = await compileStreaming.apply(WebAssembly, given);
      mark('module compiled');
      return compiled;
    };
  }
})();
