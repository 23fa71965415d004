// What the portal needs of HTTP: whose request it is, answers and refusals, headers, the files of the page.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text, YinxinError } from '@yinxin/verify';
import { Unavailable } from './store.mjs';

/** Bytes of a request. */
const MAX_BODY = 1_000_000;
const WORDS = new Map(Object.entries(JSON.parse(readFileSync(new URL('../words.json', import.meta.url), 'utf8'))));
/** Of every answer: nothing inline or from elsewhere, no framing, no caching. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
/** The page's files, where no other server has them. */
const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page.js', 'page.js', 'text/javascript'],
  ['/yinxin/index.js', 'yinxin/index.js', 'text/javascript'],
  ['/yinxin/guide.js', 'yinxin/guide.js', 'text/javascript'],
];

/** A code of the portal's own (`words.json`). */
export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** A session's name that nobody guesses. */
export const newSession = () => randomBytes(32).toString('base64url');

/** Listens; gives its address. A route takes `{ session, body }` and gives the like. */
export async function serve({ origin, page, tender, routes, port }) {
  // With the prefix, no other host of the same domain can set it.
  const [cookie, secure] = origin.startsWith('https:') ? ['__Host-session', '; Secure'] : ['session', ''];
  // Read once: no request reaches the file system.
  const files = new Map([['/documents/tender', ['text/plain; charset=utf-8', tender]]]);
  for (const [path, name, type] of FILES)
    if (existsSync(join(page, name))) files.set(path, [type, readFileSync(join(page, name))]);

  const server = createServer(async (request, response) => {
    const send = (status, type, content) =>
      response.writeHead(status, { ...HEADERS, 'Content-Type': type }).end(content);
    try {
      const [path = ''] = request.url.split('?');
      const file = request.method === 'GET' && files.get(path);
      if (file) return send(200, ...file);
      const route = routes.get(`${request.method} ${path}`);
      if (!route) throw new Refusal('not-found');
      const { session, body } = await route(await read(request, origin, cookie));
      response.setHeader('Set-Cookie', `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict${secure}`);
      send(200, 'application/json', JSON.stringify(body));
    } catch (error) {
      const [status, body] = refused(error);
      // What was not read of a request is not taken for the next one.
      if (!request.complete) response.setHeader('Connection', 'close');
      send(status, 'application/json', JSON.stringify(body));
    }
  });
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

/** What a page of this origin asks: a JSON object, in the browser's session or a new one. */
async function read(request, origin, cookie) {
  // Another site can make a browser send a POST, but neither with this origin nor, unasked, as JSON.
  if (request.headers.origin !== origin) throw new Refusal('origin-refused');
  if (request.headers['content-type']?.split(';')[0] !== 'application/json') throw new Refusal('request-malformed');
  const parts = [];
  let size = 0;
  // What is too much is read and dropped for as long again, so that the refusal gets through.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    size += part.length;
    if (size > 2 * MAX_BODY) break;
    if (size <= MAX_BODY) parts.push(part);
  }
  if (size > MAX_BODY) throw new Refusal('too-large');
  let body;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)));
  } catch {
    throw new Refusal('request-malformed');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal('request-malformed');
  const pairs = (request.headers.cookie ?? '').split('; ').map(pair => pair.split('='));
  const [, session = newSession()] = pairs.find(([key, value]) => key === cookie && /^[\w-]{43}$/.test(value)) ?? [];
  return { session, body };
}

/** What is answered to a refusal, in the form of the page library's errors. */
function refused(error) {
  // The catalogue's words for the user, in his language.
  if (error instanceof YinxinError) return [403, { code: error.code, ...text(error.code, error.params, 'zh-CN') }];
  const own = error instanceof Unavailable ? 'store-unavailable' : error instanceof Refusal ? error.code : undefined;
  if (!own) console.error(error);
  const code = own ?? 'portal-internal';
  const [status, message, remedy] = WORDS.get(code);
  return [status, { code, message, remedy }];
}
