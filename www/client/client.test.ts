/** The page library against a window and a content script made for the test. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ACKNOWLEDGE_MS, type ErrorCode, type PageOutcome, type PageRequest } from '@yinxin/proto';
import { login, seals, showWindow, sign, status, YinxinError } from './src/index.js';

const ORIGIN = 'https://portal.example';

/** What the page posted. */
interface Posted {
  readonly request?: PageRequest;
  readonly contents?: Blob[];
  readonly cancel?: string;
  readonly showWindow?: true;
}

/** As much of a window as the library may use. */
class FakeWindow extends EventTarget {
  readonly location = { origin: ORIGIN };
  readonly isSecureContext: boolean = true;
  readonly posted: Posted[] = [];
  listeners = 0;

  postMessage(data: unknown, origin: string): void {
    assert.ok(origin === '/' || origin === this.location.origin, 'never posted to another origin');
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
  assert.match(id, /^\d+(-\d+){3}$/);
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
      { name: 'a.txt', text: '投标函' },
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

test('the window is shown where a page has one', async () => {
  showWindow();
  assert.deepEqual(page.posted, [{ yinxin: 1, showWindow: true }]);
  Reflect.deleteProperty(globalThis, 'window');
  showWindow();
});

test('every call tells its progress', async () => {
  const seen: unknown[] = [];
  const onProgress = (progress: object) => seen.push(progress);
  const answer = login({ challenge: 'c'.repeat(43), purpose: 'login', onProgress });
  assert.deepEqual(page.request().call, {
    type: 'login',
    challenge: 'c'.repeat(43),
    purpose: 'login',
    format: 'yinxin',
  });
  page.reply({ type: 'progress', stage: 'consenting', done: 0, total: 1 });
  page.reply({ type: 'error', error: { code: 'cancelled', params: {} } });
  await refused(answer, 'cancelled');
  assert.deepEqual(seen, [{ stage: 'consenting', done: 0, total: 1 }]);
});

test('sign with a seal posts contents and digests, and gives the seals', async () => {
  const digest = new Uint8Array(32).fill(0xff);
  const placement = { page: 3, x: 150, y: 240 };
  const answer = sign({
    documents: [
      { name: 'a.txt', text: '投标函' },
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
  for (const digest of [new Uint8Array(31), new Uint8Array(33), 'ff'.repeat(32), null, new Blob([new Uint8Array(32)])])
    await named(sign({ documents: [{ name: 'a', digest: digest as never }], format: 'seal' }), 'documents[0].digest');
  assert.equal(page.posted.length, 0);
});

/** The promise is rejected for the argument of this name. */
async function named(promise: Promise<unknown>, name: string, problem = ''): Promise<void> {
  const { params } = await refused(promise, 'request-invalid');
  assert.ok(String(params.reason).startsWith(`${name}: ${problem}`), `${params.reason}, not ${name}: ${problem}`);
}

/** Memory that can be made smaller, which not every platform has yet. */
function resizable(bytes: number): ArrayBuffer & { resize(bytes: number): void } {
  return Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: bytes }]);
}

/** Signs one content, and gives what was posted of it. */
async function posted(content: unknown): Promise<number[]> {
  const controller = new AbortController();
  const answer = sign({ documents: [{ name: 'a', content: content as never }], signal: controller.signal });
  controller.abort();
  await refused(answer, 'aborted');
  const { request, contents } = page.posted.at(-2) ?? {};
  const bytes = new Uint8Array((await contents?.[0]?.arrayBuffer()) ?? assert.fail());
  assert.ok(request?.call.type === 'sign' && request.call.documents[0]?.size === bytes.length);
  return [...bytes];
}

test('bytes of every kind and of every window are signed as they are when the call is made', async () => {
  const octets = Uint8Array.of(0, 1, 2, 3, 254, 255);
  const larger = resizable(9);
  larger.resize(6);
  new Uint8Array(larger).set(octets);
  for (const content of [
    octets,
    octets.buffer,
    new DataView(octets.buffer),
    new Uint16Array(octets.buffer),
    Buffer.from(octets),
    new Blob([octets]),
    new File([octets], 'a'),
    larger,
    new Uint8Array(larger),
    runInNewContext('Uint8Array.of(0, 1, 2, 3, 254, 255)'),
    runInNewContext('Uint8Array.of(0, 1, 2, 3, 254, 255).buffer'),
    runInNewContext('new DataView(Uint8Array.of(0, 1, 2, 3, 254, 255).buffer)'),
  ])
    assert.deepEqual(await posted(content), [...octets]);
  assert.deepEqual(await posted(octets.subarray(1, 3)), [1, 2]);
  assert.deepEqual(await posted(new DataView(octets.buffer, 4)), [254, 255]);
});

test('what is signed is what the platform holds, whatever properties of the page’s say', async () => {
  const octets = [65, 66, 67, 68, 69, 70];
  const less = { byteLength: { value: 1 }, byteOffset: { value: 2 }, buffer: { value: new ArrayBuffer(0) } };
  const shrunk = resizable(9);
  const tracking = new Uint8Array(shrunk);
  shrunk.resize(6);
  tracking.set(octets);
  for (const content of [
    Object.defineProperties(Uint8Array.from(octets), { ...less, length: { value: 1 }, slice: { value: () => [] } }),
    Object.defineProperties(new DataView(Uint8Array.from(octets).buffer), less),
    Object.defineProperties(Uint8Array.from(octets).buffer, { byteLength: { value: 1 } }),
    new (class extends Uint8Array {
      override get byteLength() {
        return 1;
      }
    })(octets),
    tracking,
    new DataView(shrunk),
    new (class extends Blob {
      override get size() {
        return 1;
      }
    })([Uint8Array.from(octets)]),
  ] as const)
    assert.deepEqual(await posted(content), octets);
});

test('what is no content is refused by its place, before anything is posted', async () => {
  const transferred = new Uint8Array(3);
  structuredClone(transferred, { transfer: [transferred.buffer] });
  const shrunk = resizable(10);
  const outside = [
    new Uint8Array(shrunk, 0, 10),
    new Uint8Array(shrunk, 8),
    new Uint16Array(shrunk, 8),
    new DataView(shrunk, 0, 10),
    new DataView(shrunk, 8),
  ];
  shrunk.resize(5);
  const gone = 'memory that was transferred or resized';
  for (const [content, found] of [
    [Promise.resolve(new Blob()), 'a Promise'],
    ['text', 'a string'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [7n, 'a bigint'],
    [Symbol('x'), 'a symbol'],
    [() => new Blob(), 'a function'],
    [{ size: 1, type: '' }, 'an object'],
    [[1, 2, 3], 'an Array'],
    [new Date(), 'a Date'],
    [Object.create(Blob.prototype, { size: { get: () => 1 } }), 'a Blob'],
    [new Proxy(new Uint8Array(3), {}), 'an object'],
    [new SharedArrayBuffer(3), 'a SharedArrayBuffer'],
    [new Uint8Array(new SharedArrayBuffer(3)), 'a view of a SharedArrayBuffer'],
    [transferred, gone],
    [transferred.buffer, gone],
    ...outside.map(view => [view, gone] as const),
    [runInNewContext('Promise.resolve(1)'), 'a Promise'],
  ] as const) {
    const problem = `expected a Blob, an ArrayBuffer or a view, got ${found}`;
    await named(sign({ documents: [{ name: 'a', content: content as never }] }), 'documents[0].content', problem);
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  await named(sign({ documents: [{ name: 'a', content: proxy as never }] }), 'documents[0].content');
  await named(
    sign({ documents: [{ name: 'a' }] as never }),
    'documents[0]',
    'expected content, text or digest, got 0 of them',
  );
  const both = { name: 'a', content: new Blob(['a']), text: 'b' };
  await named(sign({ documents: [both] as never }), 'documents[0]', 'expected content, text or digest, got 2 of them');
  const halves = ['\ud83d', 'a\udd12', '\udd12\ud83d'];
  for (const text of halves) await named(sign({ documents: [{ name: 'a', text }] }), 'documents[0].text');
  assert.equal(page.posted.length, 0);
});

test('names that nobody knows are refused wherever they stand', async () => {
  const challenge = 'c'.repeat(43);
  const account = { name: '甲单位' };
  const placement = { page: 1, x: 1, y: 1 };
  const document = { name: 'a', text: 'a' };
  for (const [call, name] of [
    [() => status({ sginal: 1 } as never), 'sginal'],
    [() => seals({ onProgres: () => {} } as never), 'onProgres'],
    [() => login({ challenge, purpose: 'login', origin: 'x' } as never), 'origin'],
    [() => login({ challenge, purpose: 'login', account: { ...account, nmae: 'x' } } as never), 'account.nmae'],
    [() => sign({ documents: [document], formt: 'seal' } as never), 'formt'],
    [() => sign({ documents: [document, { ...document, id: 7 }] } as never), 'documents[1].id'],
    [
      () => sign({ documents: [{ ...document, placement: { ...placement, z: 1 } }], format: 'seal' } as never),
      'documents[0].placement.z',
    ],
  ] as const)
    await named(call(), name, 'unknown; known are ');
  assert.equal(page.posted.length, 0);
});

test('a missing or wrong argument is named, and the page’s own code that fails while it is read', async () => {
  const thrown = new Error('of the page');
  const failing = { get: () => assert.fail(thrown) };
  const documents = [{ name: 'a', text: 'a' }];
  const unreadable = Object.defineProperty({}, 'challenge', { get: () => assert.fail(thrown), enumerable: true });
  for (const [call, name] of [
    [() => login(undefined as never), 'options'],
    [() => status(null as never), 'options'],
    [() => status(new AbortController().signal as never), 'options'],
    [() => sign([] as never), 'options'],
    [() => sign({} as never), 'documents'],
    [() => sign({ documents: 'a' } as never), 'documents'],
    [() => sign({ documents: Array(2) } as never), 'documents[0]'],
    [() => status({ signal: 5 } as never), 'signal'],
    [() => sign({ documents, onProgress: 5 } as never), 'onProgress'],
    [() => sign({ documents, format: 'docx' } as never), 'format'],
    [() => login({ challenge: 7, purpose: 'login' } as never), 'challenge'],
    [() => login({ challenge: 'c'.repeat(43), purpose: 'toString' } as never), 'purpose'],
    [() => login({ challenge: 'c'.repeat(43), purpose: 'login', account: null } as never), 'account'],
    [() => login(unreadable as never), 'challenge'],
    [() => login(new Proxy({}, failing) as never), 'options'],
  ] as const)
    await named(call(), name);
  const { cause } = await refused(login(unreadable as never), 'request-invalid');
  assert.equal(cause, thrown);
  assert.equal(page.posted.length, 0);
});

test('what is read once can’t change afterwards', async () => {
  let reads = 0;
  const challenge = 'c'.repeat(43);
  const options = {
    purpose: 'login',
    get challenge() {
      return reads++ ? 7n : challenge;
    },
  };
  const answer = refused(login(options as never), 'page-gone');
  assert.deepEqual(page.request().call, { type: 'login', format: 'yinxin', challenge, purpose: 'login' });
  page.dispatchEvent(new Event('pagehide'));
  await answer;
  assert.equal(reads, 1);
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
  const answer = refused(sign({ documents: [{ name: 'a', text: 'x' }] }), 'message-invalid');
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
  await refused(sign({ documents: Array(101).fill({ name: 'a', text: 'x' }) }), 'documents-count');
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
    documents: [{ name: 'a', text: 'x' }],
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
