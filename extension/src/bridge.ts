//! The content script of a bridged site: tells the background that its document is there, and of the user's presses on
//! it. It never touches the page.

import { BRIDGE_PORT, PRESSED } from './relay.js';

let port: chrome.runtime.Port | undefined;

/** Connects, and again when the background was stopped: it begins by removing the rules, whatever held them before. */
function connect(): void {
  try {
    port = chrome.runtime.connect({ name: BRIDGE_PORT });
  } catch {
    // The extension was updated or removed; only a reload brings a new script.
    port = undefined;
    return;
  }
  port.onMessage.addListener((message: unknown) => {
    const { url, body } = Object(message);
    if (typeof url === 'string') void probe(url, String(body)).then(arrived => port?.postMessage({ arrived }));
  });
  port.onDisconnect.addListener(() => {
    void chrome.runtime.lastError;
    port = undefined;
    // Who is refused is not let in by asking again at once.
    const ms = performance.now() - connectedAt < REFUSED_MS ? RETRY_MS : 0;
    setTimeout(connect, ms);
  });
  connectedAt = performance.now();
}

/** Makes a call as the page would, for the doctor: whether it arrives. */
async function probe(url: string, body: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

let connectedAt = Number.NEGATIVE_INFINITY;

if (window.top === window) {
  connect();
  // In the capture phase and from the start of the document: no script of the page is earlier.
  for (const type of ['pointerdown', 'pointerup', 'keydown'] as const) {
    window.addEventListener(
      type,
      event => {
        if (event.isTrusted && !(event instanceof KeyboardEvent && event.repeat)) port?.postMessage(PRESSED);
      },
      { capture: true, passive: true },
    );
  }
}

/** A connection that ends sooner was refused. */
const REFUSED_MS = 500;
const RETRY_MS = 5_000;
const PROBE_MS = 3_000;
