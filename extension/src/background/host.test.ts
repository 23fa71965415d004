import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import {
  GREETING_MS,
  HOST_NAME,
  type HostMessage,
  type HostRequest,
  PROTOCOL_VERSION,
  TOKEN_POLL_MS,
} from '@yinxin/proto';
import { HostError } from './failure.js';
import { disconnectReason, Host } from './host.js';

/** The browser's end of a native port. */
class Port {
  readonly sent: HostRequest[] = [];
  closed = false;
  #take: (message: HostMessage) => void = () => {};
  #end: () => void = () => {};
  readonly onMessage = { addListener: (take: (message: HostMessage) => void) => (this.#take = take) };
  readonly onDisconnect = { addListener: (end: () => void) => (this.#end = end) };

  postMessage(request: HostRequest): void {
    assert.equal(this.closed, false, 'nothing is sent to a closed port');
    this.sent.push(request);
  }

  disconnect(): void {
    this.closed = true;
  }

  tell(message: HostMessage): void {
    this.#take(message);
  }

  greet(change: object = {}): void {
    this.#take({ type: 'greeting', name: HOST_NAME, version: '1.2.3', protocol: PROTOCOL_VERSION, ...change });
  }

  end(words: string): void {
    runtime.lastError = { message: words };
    this.#end();
  }
}

let ports: Port[];
const runtime: { connectNative(): Port; lastError?: { message: string } } = {
  connectNative: () => {
    const port = new Port();
    ports.push(port);
    return port;
  },
};
Object.assign(globalThis, { chrome: { runtime } });

beforeEach(() => {
  ports = [];
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => mock.timers.reset());

/** The promises that are ready run. */
const settle = () => new Promise(resolve => setImmediate(resolve));

async function failure(promise: Promise<unknown>): Promise<object> {
  const error = await promise.then(
    () => assert.fail('it should have failed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HostError);
  return error.failure;
}

test('requests wait for the greeting and are answered by id, in any order', async () => {
  const host = new Host();
  const first = host.send({ type: 'tokens' });
  const second = host.send({ type: 'tokens' });
  const [port] = ports;
  assert.ok(port);
  assert.equal(port.sent.length, 0);
  port.greet();
  await settle();
  const [one, two] = port.sent.map(request => request.id);
  assert.ok(one !== undefined && two !== undefined && one !== two);
  port.tell({ type: 'reply', id: two, reply: { type: 'done' } });
  port.tell({ type: 'failure', id: one, error: { code: 'no-module', params: {} } });
  assert.deepEqual(await second.reply, { type: 'done' });
  assert.deepEqual(await failure(first.reply), { code: 'no-module', params: {} });
  assert.equal(ports.length, 1);
});

test('another version tells which part to update', async () => {
  for (const [protocol, code] of [
    [PROTOCOL_VERSION - 1, 'host-too-old'],
    [PROTOCOL_VERSION + 1, 'extension-too-old'],
  ] as const) {
    const call = new Host().send({ type: 'tokens' });
    ports.at(-1)?.greet({ protocol });
    assert.deepEqual(await failure(call.reply), { code, params: { version: '1.2.3' } });
    assert.ok(ports.at(-1)?.closed);
  }
});

test('what is no greeting, or a greeting of something else, ends the connection', async () => {
  const early = new Host().send({ type: 'tokens' });
  ports.at(-1)?.tell({ type: 'reply', id: 1, reply: { type: 'done' } });
  assert.deepEqual(await failure(early.reply), { code: 'host-message-invalid', params: {} });
  const other = new Host().send({ type: 'tokens' });
  ports.at(-1)?.greet({ name: 'another.host' });
  assert.deepEqual(await failure(other.reply), { code: 'host-message-invalid', params: {} });
});

test('an answer that is nested too deep for the core ends the connection', async () => {
  const call = new Host().send({ type: 'tokens' });
  ports.at(-1)?.greet();
  let deep: unknown = [];
  for (let times = 0; times < 2_000; times += 1) deep = [deep];
  ports.at(-1)?.tell({ type: 'reply', id: 1, reply: { type: 'tokens', tokens: deep as never, modules: [] } });
  assert.deepEqual(await failure(call.reply), { code: 'host-message-invalid', params: {} });
  assert.ok(ports.at(-1)?.closed);
});

test('a host that does not greet is given up', async () => {
  const call = new Host().send({ type: 'tokens' });
  mock.timers.tick(GREETING_MS);
  assert.deepEqual(await failure(call.reply), { code: 'host-silent', params: { seconds: GREETING_MS / 1000 } });
});

test('a refused caller is told from a host that serves, though both greet', async () => {
  const host = new Host();
  const version = host.version();
  ports[0]?.greet();
  ports[0]?.tell({ type: 'failure', error: { code: 'caller-refused', params: { caller: 'x' } } });
  assert.deepEqual(await failure(version), { code: 'caller-refused', params: { caller: 'x' } });
});

test('a host that ends fails what is pending, and the next request starts another', async () => {
  const host = new Host();
  const call = host.send({ type: 'tokens' });
  ports[0]?.greet();
  await settle();
  ports[0]?.end('Native host has exited.');
  assert.deepEqual(await failure(call.reply), { code: 'host-gone', params: {} });
  host.send({ type: 'tokens' }).reply.catch(() => undefined);
  assert.equal(ports.length, 2);
});

test('a watch is told of changes and of a lost host, but not in a tight loop', async () => {
  const host = new Host();
  let changes = 0;
  const unwatch = host.watch(() => {
    changes++;
  });
  const call = host.send({ type: 'tokens' });
  ports[0]?.greet();
  await settle();
  assert.deepEqual(
    ports[0]?.sent.map(request => request.command),
    [{ type: 'watch', on: true }, { type: 'tokens' }],
  );
  ports[0]?.tell({ type: 'event', event: { type: 'tokens-changed' } });
  assert.equal(changes, 1);
  ports[0]?.tell({ type: 'reply', id: ports[0].sent[1]?.id ?? 0, reply: { type: 'done' } });
  await call.reply;
  ports[0]?.end('Native host has exited.');
  assert.equal(changes, 1);
  mock.timers.tick(TOKEN_POLL_MS);
  assert.equal(changes, 2);
  unwatch();
});

test('a cancel before the greeting sends nothing, after it names the request', async () => {
  const host = new Host();
  const early = host.send({ type: 'tokens' });
  early.cancel();
  const late = host.send({ type: 'tokens' });
  ports[0]?.greet();
  assert.deepEqual(await failure(early.reply), { code: 'aborted', params: {} });
  late.cancel();
  const [request, cancel] = ports[0]?.sent ?? [];
  assert.deepEqual(cancel?.command, { type: 'cancel', request: request?.id });
});

test('an idle connection is closed', async () => {
  const host = new Host();
  const call = host.send({ type: 'tokens' });
  ports[0]?.greet();
  await settle();
  ports[0]?.tell({ type: 'reply', id: ports[0].sent[0]?.id ?? 0, reply: { type: 'done' } });
  await call.reply;
  await settle();
  mock.timers.tick(29_999);
  assert.equal(ports[0]?.closed, false);
  mock.timers.tick(1);
  assert.equal(ports[0]?.closed, true);
});

test('the browser’s words on a closed port become codes', () => {
  const reason = (words: string, greeted = false) => disconnectReason(words, greeted).code;
  assert.equal(reason('Specified native messaging host not found.'), 'host-missing');
  assert.equal(reason('Access to the specified native messaging host is forbidden.'), 'host-forbidden');
  assert.equal(
    reason('Access to the native messaging host was disabled by the system administrator.'),
    'host-forbidden',
  );
  assert.equal(reason('Error when communicating with the native messaging host.'), 'host-message-invalid');
  assert.equal(reason('Native host has exited.'), 'host-gone');
  assert.equal(reason(''), 'host-gone');
  // Firefox.
  assert.equal(reason('No such native application yinxin.host'), 'host-missing');
  assert.equal(reason('An unexpected error occurred'), 'host-missing');
  assert.equal(reason('An unexpected error occurred', true), 'host-message-invalid');
  assert.equal(
    reason(
      'Native application tried to send a message of 1048577 bytes, which exceeds the limit of 1048576 bytes.',
      true,
    ),
    'host-message-invalid',
  );
});
