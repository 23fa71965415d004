/** The page library against a window and a content script made for the test. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { ACKNOWLEDGE_MS, type ErrorCode, type PageOutcome, type PageRequest } from '@yinxin/proto';
import { login, seals, sign, status, YinxinError } from './src/index.js';

const ORIGIN = 'https://portal.example';

/** What the page posted. */
interface Posted {
  readonly request?: PageRequest;
  readonly contents?: Blob[];
  readonly cancel?: string;
}

/** As much of a window as the library may use. */
class FakeWindow extends EventTarget {
  readonly location = { origin: ORIGIN };
  readonly isSecureContext: boolean = true;
  readonly posted: Posted[] = [];
  listeners = 0;

  postMessage(data: unknown, origin: string): void {
    assert.equal(origin, this.location.origin, 'never posted to another origin');
    const copy = structuredClone(data) as Posted;
    this.posted.push(copy);
    queueMicrotask(() => this.deliver(copy));
  }

  deliver(data: unknown, { source = this as unknown, origin = this.location.origin } = {}): void {
    const event = new Event('message');
    Object.assign(event, { data, source, origin });
    this.dispatchEvent(event);
  }

  reply(outcome: PageOutcome, bytes?: Uint8Array[], from?: { source?: unknown; origin?: string }): void {
    const id = this.request().id;
    this.deliver({ yinxin: 1, reply: { id, outcome }, ...(bytes && { bytes }) }, from);
  }

  request(): PageRequest {
    const request = this.posted.find(message => message.request)?.request;
    assert.ok(request, 'a request was posted');
    return request;
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners += 1;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners -= 1;
    super.removeEventListener(...args);
  }
}

let page: FakeWindow;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  page = use(new FakeWindow());
});

afterEach(() => {
  assert.equal(page.listeners, 0, 'no listener stays');
  mock.timers.reset();
  Reflect.deleteProperty(globalThis, 'window');
  Reflect.deleteProperty(globalThis, 'document');
});

function use(window: FakeWindow): FakeWindow {
  Object.assign(globalThis, { window });
  return window;
}

function speak(lang: string): void {
  Object.assign(globalThis, { document: { documentElement: { lang } } });
}

/** The promise is rejected with this code, and with words. */
async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<YinxinError> {
  const error = await promise.then(
    value => assert.fail(`not refused: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof YinxinError, String(error));
  assert.equal(error.code, code);
  assert.ok(error.message && error.remedy);
  assert.doesNotMatch(error.message + error.remedy, /[{}]/);
  return error;
}

test('a silent page means not installed, a second after the call', async () => {
  speak('zh-CN');
  const answer = refused(status(), 'not-installed');
  mock.timers.tick(ACKNOWLEDGE_MS - 1);
  assert.ok(page.listeners > 0, 'still waiting');
  mock.timers.tick(1);
  mock.timers.tick(50);
  assert.match((await answer).message, /没有检测到/);
});

test('an acknowledgement stops the clock', async () => {
  const answer = status();
  page.reply({ type: 'acknowledged' });
  mock.timers.tick(10 * 60_000);
  page.reply({ type: 'result', result: { type: 'status', extension: '1.2.3', protocol: 1 } });
  assert.deepEqual(await answer, { extension: '1.2.3', protocol: 1 });
});

test('an acknowledgement that waited behind a long task still counts', async () => {
  const answer = status();
  mock.timers.tick(ACKNOWLEDGE_MS);
  page.reply({ type: 'acknowledged' });
  mock.timers.tick(1_000);
  page.reply({ type: 'result', result: { type: 'status', extension: '1.2.3', protocol: 1 } });
  assert.equal((await answer).extension, '1.2.3');
});

test('status tells why the host cannot be used, in words', async () => {
  speak('en');
  const answer = status();
  page.reply({
    type: 'result',
    result: { type: 'status', extension: '1', protocol: 1, problem: { code: 'host-missing', params: {} } },
  });
  const { problem } = await answer;
  assert.equal(problem?.code, 'host-missing');
  assert.match(problem?.message ?? '', /host program was not found/);
});

test('login posts exactly the call of the protocol', async () => {
  const proof = { format: 'yinxin', version: 1, algorithm: 'sm2-sm3', certificate: 'AA==', signature: 'AA==' } as const;
  const account = { name: '甲单位', role: '供应商', entrance: '供应商', bound: true, certificate: 'ab'.repeat(32) };
  const answer = login({ challenge: 'c'.repeat(43), purpose: 'login', account });
  const { id, call } = page.request();
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(call, {
    type: 'login',
    challenge: 'c'.repeat(43),
    purpose: 'login',
    format: 'yinxin',
    account,
  });
  page.reply({ type: 'result', result: { type: 'login', proof } });
  assert.deepEqual(await answer, proof);
});

test('sign sends contents as blobs and pairs the answers with their bytes', async () => {
  const seen: unknown[] = [];
  const buffer = new Uint8Array([1, 2, 3]);
  const answer = sign({
    documents: [
      { name: 'a.txt', content: '投标函' },
      { name: 'b.pdf', content: buffer },
    ],
    onProgress: progress => seen.push(progress),
  });
  buffer[0] = 9;
  assert.deepEqual(page.request().call, {
    type: 'sign',
    documents: [
      { name: 'a.txt', size: 9 },
      { name: 'b.pdf', size: 3 },
    ],
    format: 'cms',
  });
  const contents = page.posted[0]?.contents ?? [];
  assert.equal(await contents[0]?.text(), '投标函');
  assert.deepEqual(new Uint8Array((await contents[1]?.arrayBuffer()) ?? []), new Uint8Array([1, 2, 3]));

  page.reply({ type: 'acknowledged' });
  page.reply({ type: 'progress', stage: 'reading', done: 3, total: 12 });
  const signatures = ['a.txt', 'b.pdf'].map((name, i) => ({
    name,
    algorithm: 'sm2-sm3' as const,
    digest: '00',
    size: i + 1,
  }));
  page.reply({ type: 'result', result: { type: 'sign', signatures } }, [new Uint8Array([7]), new Uint8Array([8, 9])]);
  assert.deepEqual(
    (await answer).map(({ name, cms }) => [name, [...cms]]),
    [
      ['a.txt', [7]],
      ['b.pdf', [8, 9]],
    ],
  );
  assert.deepEqual(seen, [{ stage: 'reading', done: 3, total: 12 }]);
});

test('sign with a seal posts contents and digests, and gives the seals', async () => {
  const digest = new Uint8Array(32).fill(0xff);
  const placement = { page: 3, x: 150, y: 240 };
  const answer = sign({
    documents: [
      { name: 'a.txt', content: '投标函' },
      { name: 'b.ofd', digest, propertyInfo: '/Doc_0/Signs/Sign_0/Signature.xml', placement },
    ],
    format: 'seal',
  });
  assert.deepEqual(page.request().call, {
    type: 'sign',
    documents: [
      { name: 'a.txt', size: 9 },
      {
        name: 'b.ofd',
        size: 0,
        digest: Buffer.from(digest).toString('base64'),
        propertyInfo: '/Doc_0/Signs/Sign_0/Signature.xml',
        placement,
      },
    ],
    format: 'seal',
  });
  assert.equal(page.posted[0]?.contents?.length, 2);
  const signatures = ['a.txt', 'b.ofd'].map(name => ({ name, algorithm: 'sm2-sm3' as const, digest: '00', size: 1 }));
  page.reply({ type: 'result', result: { type: 'sign', signatures } }, [new Uint8Array([7]), new Uint8Array([8])]);
  assert.deepEqual(
    (await answer).map(({ name, seal }) => [name, [...seal]]),
    [
      ['a.txt', [7]],
      ['b.ofd', [8]],
    ],
  );
});

test('what is no digest of SM3 is refused before anything is posted', async () => {
  for (const digest of [new Uint8Array(31), new Uint8Array(33), 'ff'.repeat(32), null])
    await refused(
      sign({ documents: [{ name: 'a', digest: digest as unknown as Uint8Array }], format: 'seal' }),
      'request-invalid',
    );
  assert.equal(page.posted.length, 0);
});

test('a seal that is shown arrives with its picture as a blob', async () => {
  const answer = seals();
  assert.deepEqual(page.request().call, { type: 'seals' });
  const facts = {
    name: '示例采购有限公司',
    id: '51010000000001',
    version: 4,
    validFrom: '2026-01-01T00:00:00Z',
    validUntil: '2027-01-01T00:00:00Z',
    width: 40,
    height: 40,
  };
  const picture = { mediaType: 'image/png', data: 'AQID' };
  page.reply({ type: 'result', result: { type: 'seals', seals: [{ ...facts, picture, seal: 'BAUG' }] } });
  const [shown] = await answer;
  const { picture: blob, der, ...rest } = shown ?? assert.fail();
  assert.deepEqual(rest, facts);
  assert.deepEqual([...der], [4, 5, 6]);
  assert.equal(blob?.type, 'image/png');
  assert.deepEqual([...new Uint8Array((await blob?.arrayBuffer()) ?? [])], [1, 2, 3]);
});

test('a seal that is no Base64 is no result', async () => {
  const answer = refused(seals(), 'message-invalid');
  page.reply({ type: 'result', result: { type: 'seals', seals: [{ seal: '?' } as never] } });
  await answer;
});

test('signatures without their bytes are no result', async () => {
  const answer = refused(sign({ documents: [{ name: 'a', content: 'x' }] }), 'message-invalid');
  const signatures = [{ name: 'a', algorithm: 'sm2-sm3' as const, digest: '00', size: 2 }];
  page.reply({ type: 'result', result: { type: 'sign', signatures } }, [new Uint8Array([7])]);
  await answer;
});

test('the result of another call is no result', async () => {
  const answer = refused(status(), 'message-invalid');
  page.reply({ type: 'result', result: { type: 'sign', signatures: [] } });
  await answer;
});

test('too many documents, none, and one too large are refused before anything is posted', async () => {
  await refused(sign({ documents: [] }), 'documents-count');
  await refused(sign({ documents: Array(101).fill({ name: 'a', content: 'x' }) }), 'documents-count');
  const large = new Blob([new Uint8Array(64 * 1024 * 1024 + 1)]);
  await refused(sign({ documents: [{ name: 'a', content: large }], format: 'cms-attached' }), 'document-too-large');
  assert.equal(page.posted.length, 0);
});

test('an error arrives as YinxinError with parameters and words', async () => {
  speak('en');
  const answer = refused(status(), 'timed-out');
  page.reply({ type: 'error', error: { code: 'timed-out', params: { seconds: 180 } } });
  const error = await answer;
  assert.deepEqual(error.params, { seconds: 180 });
  assert.match(error.message, /180 seconds/);
  assert.equal(JSON.parse(JSON.stringify(error)).code, 'timed-out');
});

test('a code of a newer extension becomes unknown and keeps its word', async () => {
  const answer = refused(status(), 'unknown');
  page.deliver({
    yinxin: 1,
    reply: { id: page.request().id, outcome: { type: 'error', error: { code: 'constructor', params: { word: 'x' } } } },
  });
  assert.deepEqual((await answer).params, { word: 'constructor' });
});

test('abort sends a cancel and rejects with aborted', async () => {
  const controller = new AbortController();
  const answer = refused(status({ signal: controller.signal }), 'aborted');
  page.reply({ type: 'acknowledged' });
  controller.abort('reason');
  assert.equal((await answer).cause, 'reason');
  assert.deepEqual(page.posted.at(-1), { yinxin: 1, cancel: page.request().id });
});

test('an aborted signal posts nothing', async () => {
  await refused(status({ signal: AbortSignal.abort() }), 'aborted');
  assert.equal(page.posted.length, 0);
});

test('leaving the page settles what is open', async () => {
  const answer = refused(status(), 'page-gone');
  page.dispatchEvent(new Event('pagehide'));
  await answer;
  assert.equal(page.posted.at(-1)?.cancel, page.request().id);
});

test('messages of another window, origin, call or shape are not answers', async () => {
  const answer = refused(status(), 'not-installed');
  const result = { type: 'result', result: { type: 'status', extension: 'evil', protocol: 1 } } as const;
  const { id } = page.request();
  page.reply(result, undefined, { source: new FakeWindow() });
  page.reply(result, undefined, { origin: 'https://evil.example' });
  for (const data of [
    null,
    'text',
    {},
    { yinxin: 2, reply: { id, outcome: result } },
    { yinxin: 1, reply: { id: 'another', outcome: result } },
    { yinxin: 1, reply: { id, outcome: null } },
    { yinxin: 1, reply: { id, outcome: { type: 'error' } } },
    { yinxin: 1, reply: { id, outcome: { type: 'error', error: { code: 7 } } } },
  ])
    page.deliver(data);
  mock.timers.tick(ACKNOWLEDGE_MS);
  mock.timers.tick(50);
  await answer;
});

test('a malformed final answer does not leave the call hanging', async () => {
  const answer = refused(status(), 'message-invalid');
  page.deliver({ yinxin: 1, reply: { id: page.request().id, outcome: { type: 'result' } } });
  await answer;
});

test('a throwing progress callback does not end the call', async () => {
  const reported: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => reported.push(error) });
  const answer = sign({
    documents: [{ name: 'a', content: 'x' }],
    onProgress: () => {
      throw new Error('of the page');
    },
  });
  page.reply({ type: 'progress', stage: 'signing', done: 0, total: 1 });
  const signatures = [{ name: 'a', algorithm: 'sm2-sm3' as const, digest: '00', size: 1 }];
  page.reply({ type: 'result', result: { type: 'sign', signatures } }, [new Uint8Array([7])]);
  assert.equal((await answer).length, 1);
  assert.equal(reported.length, 1);
});

test('an opaque origin, plain http and a server are told apart', async () => {
  Object.assign(page.location, { origin: 'null' });
  await refused(status(), 'origin-opaque');
  Object.assign(page.location, { origin: 'http://portal.example' });
  Object.assign(page, { isSecureContext: false });
  await refused(status(), 'origin-insecure');
  Reflect.deleteProperty(globalThis, 'window');
  await refused(status(), 'not-installed');
});
