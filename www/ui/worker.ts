//! The service worker of a page: keeps its files, one cache for each version, and answers from it
//! first. Nothing else of the origin is touched, and no other origin.

/** The page's files beside this one, and those that are needed later only. The build names them. */
declare const FILES: readonly string[];
declare const LATER: readonly string[];
/** A digest of all of them. */
declare const DIGEST: string;

const worker = self as unknown as WorkerScope;
/** Caches belong to the whole origin, where other pages may have some. */
const prefix = `yinxin ${worker.registration.scope} `;
const current = prefix + DIGEST;
const address = (file: string) => new URL(file, worker.registration.scope).href;
const start = address('./');
const known = new Set([...FILES, ...LATER, 'index.html'].map(address));

worker.addEventListener('install', event => {
  // Past the browser's own cache: a name without a hash may stand for an older version there.
  const fresh = FILES.map(file => new Request(address(file), { cache: 'reload' }));
  event.waitUntil(caches.open(current).then(cache => cache.addAll(fresh)));
});

worker.addEventListener('activate', event => {
  const old = (name: string) => name.startsWith(prefix) && name !== current;
  event.waitUntil(
    caches
      .keys()
      .then(names => Promise.all(names.filter(old).map(name => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('message', event => {
  if (event.data === 'take-over') void worker.skipWaiting();
  if (event.data === 'fetch-rest') event.waitUntil(fetchRest());
});

worker.addEventListener('fetch', event => {
  const { request } = event;
  const url = request.url.split(/[?#]/, 1)[0] ?? '';
  if (request.method !== 'GET' || !known.has(url)) return;
  event.respondWith(answer(url));
});

async function answer(url: string): Promise<Response> {
  const cache = await caches.open(current);
  const kept = await cache.match(url === address('index.html') ? start : url);
  if (kept) return kept;
  const response = await fetch(url);
  if (response.ok) await cache.put(url, response.clone());
  return response;
}

async function fetchRest(): Promise<void> {
  const cache = await caches.open(current);
  for (const url of LATER.map(address)) {
    if (!(await cache.match(url))) await cache.add(url).catch(() => {});
  }
}

// The library of DOM types has no service workers, and both can't be loaded side by side.
interface WorkerEvent extends Event {
  readonly data: unknown;
  readonly request: Request;
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}
