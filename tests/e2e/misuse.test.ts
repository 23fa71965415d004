// The page library in a real page, every argument wrong in every way: each call rejects with a code and the argument's
// name, nothing is thrown or left behind, no window opens, and the next call works.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { consent } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { consentsOf, makeStand, type Stand, tidy } from '../stand/stand.js';

let stand: Stand;
let site: Site;
let page: Page;
const faults: string[] = [];

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
  // Errors that nobody caught, of promises too.
  page.on('pageerror', error => faults.push(String(error)));
});

afterEach(() => tidy(stand));

after(async () => {
  await site?.close();
  await stand?.close();
});

interface Answered {
  call: string;
  /** The argument that was replaced, as the library names it. */
  name: string;
  /** By what. */
  value: string;
  code: string;
  reason: string;
}

/**
 * Runs in the page: calls every function with every argument replaced by every value. The signal has fired already, so
 * `aborted` says that the arguments were accepted, and nothing is posted.
 */
const misuse = async (challenge: string): Promise<Answered[]> => {
  const { login, seals, sign, status, YinxinError } = window.yinxin;
  const throws = () => {
    throw new Error('of the page');
  };
  const all = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map(trap => [trap, throws]));
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  let deep: unknown = 'x';
  for (let depth = 0; depth < 20_000; depth++) deep = depth % 2 ? [deep] : { deep };
  const detached = new Uint8Array(32);
  structuredClone(detached, { transfer: [detached.buffer] });
  const values: Record<string, unknown> = {
    undefined: undefined,
    null: null,
    true: true,
    NaN: Number.NaN,
    '-1': -1,
    '1e400': Number.POSITIVE_INFINITY,
    '0.5': 0.5,
    '2 ** 53': 2 ** 53,
    BigInt: 7n,
    symbol: Symbol('x'),
    function: () => {},
    class: class {},
    promise: Promise.resolve(new Blob(['a'])),
    'promise that stays open': new Promise(() => {}),
    'proxy that throws': new Proxy({}, all),
    'proxy of a list that throws': new Proxy([], all),
    'proxy of a function that throws': new Proxy(() => {}, all),
    'revoked proxy': revoked.proxy,
    'proxy of bytes': new Proxy(new Uint8Array(32), {}),
    Date: new Date(),
    Map: new Map([['name', 'a']]),
    Set: new Set(['a']),
    RegExp: /a/,
    Error: new Error('a'),
    instance: new (class Model {
      field = 1;
    })(),
    'object with a getter that throws': Object.defineProperty({}, 'x', { get: throws, enumerable: true }),
    'object whose word for itself throws': Object.defineProperty({}, Symbol.toStringTag, { get: throws }),
    'object that throws as a string': { toString: throws, valueOf: throws, toJSON: throws },
    'object of no prototype': Object.assign(Object.create(null), { x: 1 }),
    'object of many names': Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`x${at}`, at])),
    cyclic,
    deep,
    'empty string': '',
    '10 MB': 'x'.repeat(10_000_000),
    'half a surrogate pair': 'a\ud83d',
    'empty list': [],
    'list of holes': Array(3),
    'list of very many holes': Array(2 ** 32 - 1),
    'list of itself': (() => {
      const list: unknown[] = [];
      list.push(list);
      return list;
    })(),
    'detached view': detached,
    'detached buffer': detached.buffer,
    'shared memory': new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
    'view of shared memory': new Uint8Array(
      new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer as unknown as ArrayBuffer,
    ),
    Response: new Response('a'),
    ReadableStream: new Blob(['a']).stream(),
    window,
    element: document.body,
    'prototype of Blob': Blob.prototype,
    AbortController: new AbortController(),
    Blob: new Blob(['a']),
    bytes: new Uint8Array(3),
  };
  const signal = AbortSignal.abort();
  const account = { name: 'a', role: 'b', entrance: 'c', bound: true, certificate: '0f'.repeat(32) };
  const placement = { page: 1, x: 1, y: 1 };
  const seal = { name: 'a', digest: new Uint8Array(32), propertyInfo: '/', placement };
  const documents = [{ name: 'a', content: new Blob(['a']) }];
  const calls: [label: string, call: (options: never) => Promise<unknown>, options: object, names: string][] = [
    ['status', status, { signal }, 'signal other'],
    ['seals', seals, { signal }, 'signal other'],
    [
      'login',
      login,
      { challenge, purpose: 'login', format: 'yinxin', account, signal },
      'challenge purpose format account account.name account.role account.entrance account.bound account.certificate account.other signal other',
    ],
    [
      'sign',
      sign,
      { documents, format: 'cms', onProgress: () => {}, signal },
      'documents documents[0] documents[0].name documents[0].content documents[0].other format onProgress signal other',
    ],
    ['sign text', sign, { documents: [{ name: 'a', text: 'a' }], format: 'cms-attached', signal }, 'documents[0].text'],
    [
      'sign with a seal',
      sign,
      { documents: [seal], format: 'seal', signal },
      'documents[0] documents[0].digest documents[0].propertyInfo documents[0].placement documents[0].placement.page documents[0].placement.x documents[0].placement.y documents[0].placement.other',
    ],
    [
      'sign in a document',
      sign,
      {
        documents: [{ ...documents[0], placement, straddling: 1, toBeContinued: true, format: 'ofd' }],
        format: 'pdf',
        signal,
      },
      'documents[0].content documents[0].straddling documents[0].toBeContinued documents[0].format documents[0].other',
    ],
  ];
  /** A copy with one value in it replaced. */
  const replaced = (of: unknown, [key, ...rest]: string[], by: unknown): unknown => {
    if (key === undefined) return by;
    const copy = (Array.isArray(of) ? [...of] : { ...(of as object) }) as Record<string, unknown>;
    copy[key] = replaced(copy[key], rest, by);
    return copy;
  };
  const answered: Answered[] = [];
  for (const [label, call, options, names] of calls) {
    for (const name of ['', ...names.split(' ')]) {
      for (const [value, by] of Object.entries(values)) {
        // Without its signal, a call that is right is made.
        const isRight = name === '' && (call === status || call === seals);
        if (value === 'undefined' && (isRight || name === 'signal')) continue;
        const given = replaced(options, name.match(/\w+/g) ?? [], by);
        const answer = { call: label, name, value };
        let promise: Promise<unknown>;
        try {
          promise = call(given as never);
        } catch (error) {
          answered.push({ ...answer, code: 'thrown', reason: String(error) });
          continue;
        }
        const error = await promise.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (!(error instanceof YinxinError)) answered.push({ ...answer, code: 'another error', reason: String(error) });
        else answered.push({ ...answer, code: error.code, reason: String(error.params.reason ?? '') });
      }
    }
  }
  return answered;
};

const STRING = ['empty string'];
const OPTIONAL_STRING = ['undefined', ...STRING];
/** Values that are right after all: by the argument that they replace. */
const RIGHT: Record<string, string[]> = {
  challenge: STRING,
  format: ['undefined'],
  account: ['undefined'],
  'account.name': STRING,
  'account.role': OPTIONAL_STRING,
  'account.entrance': OPTIONAL_STRING,
  'account.certificate': OPTIONAL_STRING,
  'account.bound': ['undefined', 'true'],
  onProgress: ['undefined', 'function', 'class', 'proxy of a function that throws'],
  'documents[0].name': STRING,
  'documents[0].content': ['Blob', 'bytes'],
  'documents[0].text': [...STRING, '10 MB'],
  'documents[0].propertyInfo': OPTIONAL_STRING,
  'documents[0].placement': ['undefined'],
  'documents[0].straddling': ['undefined'],
  'documents[0].toBeContinued': ['undefined', 'true'],
  'documents[0].format': ['undefined'],
};
/** Values that are wrong in a way that has a code of its own. */
const OTHERWISE: Record<string, string> = {
  'challenge: 10 MB': 'challenge-invalid',
  'documents: empty list': 'documents-count',
  'documents: list of very many holes': 'documents-count',
};

test('every argument is wrong in every way, and each call says which', async () => {
  const answered = await page.evaluate(misuse, CHALLENGE);
  assert.ok(answered.length > 1_500, `${answered.length} calls`);
  for (const { call, name, value, code, reason } of answered) {
    const where = `${call}, ${name || 'all options'}: ${value}: ${code}, ${reason}`;
    if (RIGHT[name]?.includes(value)) assert.equal(code, 'aborted', where);
    else {
      assert.equal(code, OTHERWISE[`${name}: ${value}`] ?? 'request-invalid', where);
      if (code === 'request-invalid') assert.match(reason, /^[\w.[\]]+: ./, where);
      // None of several ways is told by the document's name.
      const told = name.replace(/\.(content|text|digest)$/, value === 'undefined' ? '' : '.$1');
      if (code === 'request-invalid') assert.ok(reason.startsWith(told), where);
      assert.ok(reason.length < 300, where);
    }
  }
  await rightCall();
});

/** What was left behind, and whether a call that is right still works. */
async function rightCall(): Promise<void> {
  const popup = await ask(
    stand,
    page,
    (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' }).then(({ format }) => format),
    CHALLENGE,
  );
  assert.deepEqual(consentsOf(stand), [popup], 'no other window');
  await consent(popup, 'demo-unit');
  assert.deepEqual(await outcome(page), { value: 'yinxin' });
  assert.deepEqual(faults, []);
}

test('a content that nobody awaited is not signed', async () => {
  const forgotten = () => {
    const content = fetch('/').then(response => response.blob());
    return window.yinxin.sign({ documents: [{ name: '合同.pdf', content: content as never }] });
  };
  await press(page, forgotten, undefined);
  const { error } = await outcome(page);
  assert.equal(error?.code, 'request-invalid');
  assert.equal(error?.params.reason, 'documents[0].content: expected a Blob, an ArrayBuffer or a view, got a Promise');
  assert.equal(consentsOf(stand).length, 0);
  assert.deepEqual(faults, []);
});

test('bytes of every kind and of another window are signed as what they are', async () => {
  const sign = async () => {
    const octets = Uint8Array.of(0, 1, 2, 3, 254, 255);
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const other = frame.contentWindow as unknown as typeof globalThis;
    const resizable = new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(6, {
      maxByteLength: 9,
    });
    new Uint8Array(resizable).set(octets);
    const contents = [
      octets,
      octets.buffer,
      new DataView(octets.buffer),
      new Uint16Array(octets.buffer),
      new Blob([octets]),
      new File([octets], 'a'),
      resizable,
      new Uint8Array(resizable),
      new other.Uint8Array(octets),
      new other.Uint8Array(octets).buffer,
      new other.DataView(new other.Uint8Array(octets).buffer),
      new other.Blob([octets]),
      new other.File([octets], 'a'),
    ];
    const documents = contents.map((content, at) => ({ name: `${at}`, content }));
    const signed = window.yinxin.sign({ documents, signal: new other.AbortController().signal });
    // Copied already.
    octets.fill(7);
    new Uint8Array(resizable).fill(7);
    const digests = (await signed).map(({ digest }) => digest);
    frame.remove();
    return digests;
  };
  const popup = await ask(stand, page, sign, undefined);
  await consent(popup, 'demo-unit');
  const { value, error } = await outcome<string[]>(page);
  assert.equal(error, undefined);
  const sm3 = createHash('sm3')
    .update(Uint8Array.of(0, 1, 2, 3, 254, 255))
    .digest('hex');
  assert.deepEqual(value, Array(13).fill(sm3));
  assert.deepEqual(faults, []);
});
