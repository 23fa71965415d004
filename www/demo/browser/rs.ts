/**
 * 统一安全认证客户端 as today's portals call it: a program on the user's machine that answers over HTTP on loopback, while
 * the page's thread waits. Whatever does not answer in its words is no client.
 */

/** Where the program listens, and where its assistant does. */
export const CLIENT = 11_200;
export const ASSISTANT = 61_200;

/** A call that the program refused, or that nobody answered: then without a code. */
export class ClientError extends Error {
  constructor(
    readonly code: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** Calls a function, and waits for what it gives. Throws {@link ClientError}. */
export function rs(name: string, fields: Record<string, string> = {}, port = CLIENT): Record<string, string> {
  const body = new URLSearchParams(fields).toString();
  const type = 'application/x-www-form-urlencoded; charset=UTF-8';
  const { code, msg, data } = wait(`http://127.0.0.1:${port}/${name}`, type, body) as Record<string, unknown>;
  if (typeof code !== 'string') throw new ClientError(undefined, name);
  if (code !== '0000') throw new ClientError(code, String(msg));
  return (data ?? {}) as Record<string, string>;
}

/** Asks something of an address, and waits: an object, empty where there is no answer. */
export function wait(address: string, type?: string, body?: string): object {
  const request = new XMLHttpRequest();
  try {
    request.open(type === undefined ? 'GET' : 'POST', address, false);
    if (type !== undefined) request.setRequestHeader('Content-Type', type);
    request.send(body || null);
    const answer: unknown = JSON.parse(request.responseText);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
