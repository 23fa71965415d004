/** For tests: a portal on a free port, and a browser as far as HTTP goes (cookies, Origin). */

import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPortal, type PortalOptions } from '../portal.js';

/** A running portal. */
export interface Running {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Starts a portal in this process. */
export async function startPortal(options: Omit<PortalOptions, 'origin'>): Promise<Running> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://localhost:${port}`;
  server.on('request', createPortal({ ...options, origin }));
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, close };
}

/** An answer, its JSON read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where that is not there.
  readonly json: any;
}

/** A browser with its cookies. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(readonly origin: string) {}

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('GET', path, headers);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.request('POST', path, { Origin: this.origin, 'Content-Type': 'application/json', ...headers }, text);
  }

  /** `node:http` and not `fetch`, which would mend paths and Host. */
  request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string | Buffer,
  ): Promise<Answer> {
    const { port, host } = new URL(this.origin);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port,
          method,
          path,
          headers: {
            Host: host,
            ...(cookie && { Cookie: cookie }),
            ...(body !== undefined &&
              !('Transfer-Encoding' in headers) && { 'Content-Length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        response => {
          const parts: Buffer[] = [];
          response.on('data', part => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            for (const set of response.headers['set-cookie'] ?? []) this.#keep(set);
            const bytes = Buffer.concat(parts);
            const text = bytes.toString();
            const isJson = response.headers['content-type']?.startsWith('application/json');
            const { statusCode: status = 0, headers } = response;
            resolve({ status, headers, bytes, text, json: isJson ? JSON.parse(text) : undefined });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    this.cookies.set(name, value);
  }
}

/** Refused with this status and code, and with words for people. */
export function refused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
  assert.ok(answer.json.message && answer.json.remedy, 'words');
  assert.doesNotMatch(answer.json.message + answer.json.remedy, /[{}]|undefined/);
}
