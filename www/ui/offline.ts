//! The page's side of its service worker: registers it, and tells when a newer version waits.

import { ownScript } from './own-script.js';

/** Goes over to the version that waits; the page loads anew. */
export type Update = () => void;

/**
 * Keeps the page for use without a network, where the browser can. `told` is called when a newer
 * version has been fetched: it takes over when the user says so, or once all its pages are closed.
 */
export async function keepOffline(told: (update: Update) => void): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers || !isSecureContext) return;
  try {
    const registration = await workers.register(ownScript('sw.js'));
    const offer = (worker: ServiceWorker | null) => {
      // The first one has nothing to take over from.
      if (!worker || !workers.controller) return;
      told(() => {
        workers.addEventListener('controllerchange', () => location.reload(), { once: true });
        worker.postMessage('take-over');
      });
    };
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => worker.state === 'installed' && offer(worker));
    });
    // What is needed later only is fetched when the page has shown itself.
    const { active } = await workers.ready;
    active?.postMessage('fetch-rest');
  } catch {
    // Refused by the browser's settings, or the file is gone: the page works, with a network.
  }
}
