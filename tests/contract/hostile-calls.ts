// Every exported function of the Wasm package with a good call, and what is put in the place of each of its arguments,
// and of each value inside of them. Runs in Node and in the browser.
import type { FlowStart, PageCall, Setting, SigningStart } from '@yinxin/proto';
import fc from 'fast-check';

/** The package, as an object of functions and classes. */
export type Core = typeof import('../../wasm/pkg/node/yinxin.js');

/** What good calls are made of. */
export interface Samples {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly seal: Uint8Array;
  readonly cms: Uint8Array;
  readonly ofd: Uint8Array;
  readonly pdf: Uint8Array;
}

/** A good call: what is called, with which arguments. */
export interface GoodCall {
  /** Calls the function, or a method of a new object. */
  readonly run: (core: Core, ...given: unknown[]) => unknown;
  /** Names of the arguments; options have none. */
  readonly names: readonly string[];
  readonly given: readonly unknown[];
}

const ROWS = [['名称', '角色', '业务']];

/** By the name of what is exported, each at least once: a method is named behind its class. */
export function goodCalls(core: Core, { certificate, seal, cms, ofd, pdf }: Samples): Record<string, GoodCall> {
  const at = '2026-08-01T00:00:00Z';
  const session = 'session';
  const origin = 'https://portal.example';
  const challenge = core.newLoginChallenge({ origin, session, at });
  const call = (names: string, given: unknown[], run: (core: never, ...given: never[]) => unknown): GoodCall => ({
    run: run as GoodCall['run'],
    names: names.split(' '),
    given,
  });
  /** A function that is called as it is. */
  const plain = (name: keyof Core, names: string, ...given: unknown[]): [string, GoodCall] => [
    name,
    call(names, given, (core: Record<string, (...given: unknown[]) => unknown>, ...args: unknown[]) =>
      core[name]?.(...args),
    ),
  ];
  const method = (name: string, names: string, given: unknown[], run: GoodCall['run']): [string, GoodCall] => [
    name,
    call(names, given, run as never),
  ];
  const proof = { format: 'yinxin', version: 1, algorithm: 'sm2-sm3', certificate: 'AAAA', signature: 'AAAA' };
  const trust = { anchors: [certificate], intermediates: [certificate], issuers: ['CN=示例'], crls: [], at };
  return Object.fromEntries([
    plain('parseCertificate', 'certificate now fields', certificate, at, ['subject']),
    plain('pairCertificates', 'certificates', [certificate, certificate]),
    plain('verifyCertificate', '', {
      ...trust,
      certificate,
      purpose: 'sign',
      policies: ['1.2.3'],
      extendedKeyUsages: ['1.2.3'],
      sm2Id: 'x',
    }),
    plain('sm2Verify', '', {
      publicKey: core.parseCertificate(certificate).publicKey,
      message: certificate,
      signature: new Uint8Array(64),
      id: '1',
    }),
    plain('sm3', 'bytes', certificate),
    plain('newLoginChallenge', '', { origin, session, at, seconds: 60, purpose: 'login' }),
    plain('verifyLogin', '', { ...trust, proof, challenge, origin, session, purpose: 'login', formats: ['yinxin'] }),
    plain('verifyCms', '', {
      ...trust,
      cms,
      content: { ...new core.ContentHasher().digests(), size: 0, head: new Uint8Array() },
      allowWithoutAttributes: true,
      allowDigestOfContent: false,
      allowMixedContentTypes: false,
    }),
    plain('text', 'code params locale', 'pin-incorrect', { left: 3 }, 'zh-CN'),
    plain('describeTokens', 'tokens now anchors', [], at, [certificate]),
    plain('describeAnchors', 'file managed now', certificate, false, at),
    plain('nationalAnchors', ''),
    plain('parseSeal', 'seal now', seal, at),
    plain('verifySeal', '', { seal, makers: [certificate], certificate, at }),
    plain('verifySealSignature', '', { signature: seal, makers: [certificate], digest: new Uint8Array(32), at }),
    plain('verifyOfd', 'bytes ', ofd, { ...trust, makers: [certificate] }),
    plain('verifyPdf', 'bytes ', pdf, { ...trust, makers: [certificate] }),
    plain('recognise', 'bytes size', certificate, certificate.length),
    plain('advise', 'situation', {
      now: at,
      tokens: [],
      account: { name: '示例采购有限公司', role: '供应商' },
      message: '证书已过期',
      anchors: [certificate],
    }),
    plain('procedures', 'situation', { now: at, tokens: [] }),
    plain('calendarEntry', 'holder ends now', '示例采购有限公司', '2027-01-01', at),
    plain('quote', 'items tariff', {
      items: [{ role: 'supplier', service: 'new', years: 1, certificates: 1, seals: 1 }],
    }),
    plain('tariff', 'tariff', core.tariff()),
    plain('orderWords', ''),
    plain('capitals', 'fen', 12_345),
    method('OrderList', 'firstRows tariff', [ROWS, core.tariff()], (core, rows, tariff) =>
      new core.OrderList(rows as never, tariff as never).totals(),
    ),
    method('OrderList.push', 'rows number', [[['示例采购有限公司', '供应商', '补办']], 2], (core, rows, number) =>
      new core.OrderList(ROWS).push(rows as never, number as never),
    ),
    method('Sm3', 'bytes', [certificate], (core, bytes) => {
      const sm3 = new core.Sm3();
      sm3.update(bytes as never);
      return sm3.digest();
    }),
    method('ContentHasher', 'bytes', [certificate], (core, bytes) => {
      const hasher = new core.ContentHasher();
      hasher.update(bytes as never);
      return hasher.digests();
    }),
    method(
      'PreparedDocument',
      'content setting pixels size',
      [ofd, SETTING, new Uint8Array(4), { width: 1, height: 1 }],
      (core, content, setting, pixels, size) =>
        new core.PreparedDocument(content as never, setting as never, pixels as never, size as never).facts(),
    ),
    method(
      'PreparedDocument.embed',
      'content value',
      [ofd, Uint8Array.of(0x30, 0)],
      (core, content, value) => new core.PreparedDocument(ofd, SETTING).embed(content as never, value as never).length,
    ),
    method('OfdPages', 'bytes', [ofd], (core, bytes) => new core.OfdPages(bytes as never).overview()),
    method('OfdPages.draw', 'page', [1], (core, page) => new core.OfdPages(ofd).draw(page as never).svg.length),
    method('Flow', 'start parameters', [FLOW, {}], (core, start, parameters) =>
      Object.keys(new core.Flow(start as never, parameters as never).parameters),
    ),
    method(
      'Flow.handle',
      'event now',
      [{ type: 'called', call: 1, port: 11200, name: 'RS_GetVersion', fields: {}, pins: [], pressed: true }, at],
      (core, event, now) => new core.Flow(FLOW, {}).handle(event as never, now as never),
    ),
    method('Signing', 'start', [start(origin)], (core, start) => new core.Signing(start as never).actions.length),
    method('Signing.handle', 'event now', [{ type: 'page-gone' }, at], (core, event, now) =>
      new core.Signing(start(origin)).handle(event as never, now as never),
    ),
    method('Signing.chunk', 'document offset bytes', [0, 0, certificate], (core, document, offset, bytes) =>
      new core.Signing(start(origin)).chunk(document as never, offset as never, bytes as never),
    ),
    method(
      'Workspace',
      'known now',
      [
        {
          looking: false,
          tokens: [],
          host: { version: '0.1.0' },
          account: { name: '示例采购有限公司' },
          message: '证书已过期',
          anchors: [{ certificate: btoa(String.fromCharCode(...certificate)), managed: true }],
          orders: [['00', { years: 1, seals: 1 }]],
        },
        at,
      ],
      (core, known, now) => new core.Workspace().show(known as never, now as never),
    ),
    method('Signing.loginAdvice', 'now', [at], (core, now) =>
      new core.Signing(start(origin)).loginAdvice(now as never),
    ),
  ]);
}

/** A seal in an OFD, of nobody yet. */
const SETTING: Setting = { format: 'ofd', toBeContinued: false };

/** A document of the site that is listed with a client whose calls are answered. */
const FLOW: FlowStart = {
  origin: 'https://zfcg.scsczt.cn',
  kind: 'portal',
  tab: 7,
  development: false,
  firstUse: false,
  anchors: [],
};

function start(origin: string): SigningStart {
  const call: PageCall = { type: 'sign', documents: [{ name: '合同.txt', size: 3 }], format: 'cms' };
  return {
    request: { id: 'call', call },
    origin,
    kind: 'portal',
    development: false,
    activated: true,
    firstUse: false,
    anchors: [],
  };
}

/** Values of every type, depth, size and count; each a new one, since some are used up. */
const values: fc.Arbitrary<{ what: string; make: () => unknown }> = fc.oneof(
  ...(
    [
      ['undefined', () => undefined],
      ['null', () => null],
      ['true', () => true],
      ['a symbol', () => Symbol('hidden')],
      ['a function', () => () => 1],
      ['a BigInt', () => 12n],
      ['a promise', () => Promise.resolve('abc')],
      ['a map', () => new Map([['a', 1]])],
      ['a date', () => new Date(0)],
      ['a regular expression', () => /x/],
      ['a list with holes', () => new Array(7)],
      ['a long list with holes', () => new Array(4_000_000_000)],
      ['an object without a prototype', () => Object.create(null)],
      ['a getter that throws', () => Object.defineProperty({}, 'certificate', { enumerable: true, get: fail })],
      ['a proxy that throws', () => new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail })],
      ['a revoked proxy', revoked],
      ['a proxy of bytes', () => new Proxy(new Uint8Array(3), {})],
      ['a detached buffer', () => detached(new ArrayBuffer(8))],
      ['a view of a detached buffer', () => view(new Uint8Array(8))],
      ['a DataView of a detached buffer', () => view(new DataView(new ArrayBuffer(8)))],
      ['a value that contains itself', cyclic],
      ['a name of the prototype', () => JSON.parse('{"__proto__": {"a": 1}, "constructor": 5, "toString": 5}')],
      ['bytes with a false length', () => Object.defineProperty(new Uint8Array(3), 'length', { value: 1e9 })],
    ] as [string, () => unknown][]
  ).map(([what, make]) => fc.constant({ what, make })),
  fc.double().map(number => ({ what: `the number ${number}`, make: () => number })),
  fc.integer().map(number => ({ what: `the number ${number}`, make: () => number })),
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map(text => ({ what: `the text ${JSON.stringify(text)}`, make: () => text })),
  fc
    .integer({ min: 0, max: 1_000_000 })
    .map(length => ({ what: `${length} characters`, make: () => 'A'.repeat(length) })),
  fc.uint8Array({ maxLength: 200 }).map(bytes => ({ what: `${bytes.length} bytes`, make: () => bytes })),
  fc
    .integer({ min: 0, max: 4_000_000 })
    .map(size => ({ what: `${size} bytes of one kind`, make: () => new Uint8Array(size).fill(0x30) })),
  fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.boolean()).map(([depth, list]) => ({
    what: `${list ? 'lists' : 'objects'} ${depth} deep`,
    make: () => nested(depth, list),
  })),
  fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom<unknown>('', 0, null, {}, [])).map(([count, one]) => ({
    what: `a list of ${count}`,
    make: () => new Array(count).fill(one),
  })),
  fc.integer({ min: 0, max: 50_000 }).map(count => ({
    what: `an object of ${count}`,
    make: () => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index])),
  })),
);

function fail(): never {
  throw new RangeError('a trap of the caller');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

function detached<T extends ArrayBuffer>(buffer: T): T {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function view<T extends ArrayBufferView>(of: T): T {
  detached(of.buffer as ArrayBuffer);
  return of;
}

function cyclic(): object {
  const value: Record<string, unknown> = {};
  value.certificate = value;
  return value;
}

function nested(depth: number, list: boolean): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < depth; i += 1) value = list ? [value] : { certificate: value };
  return value;
}

/** Where a value stands in arguments: of the first or the second, in which field, and so on. */
type Path = readonly (string | number)[];

/** The place of each value in the arguments of a call, and of an option that does not exist. */
function paths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [path];
  const inner = Object.entries(value).flatMap(([key, field]) =>
    // Of a long list, its beginning.
    Array.isArray(value) && Number(key) > 2 ? [] : paths(field, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  const mistyped = Array.isArray(value) ? [] : [[...path, 'misTyped']];
  return [path, ...inner, ...mistyped];
}

/** The arguments with another value at a place. */
function put(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((field, index) => (index === key ? put(field, rest, other) : field));
  return { ...(value as object), [key]: put((value as Record<string, unknown>)?.[key], rest, other) };
}

/** A call with one value in the wrong place. */
export interface Attack {
  readonly name: string;
  readonly path: Path;
  readonly what: string;
  readonly make: () => unknown;
}

/** Calls with one wrong value, of all functions. */
export function attacks(calls: Record<string, GoodCall>): fc.Arbitrary<Attack> {
  const places = Object.entries(calls).flatMap(([name, { given }]) =>
    paths(given)
      .filter(path => path.length > 0)
      .map(path => ({ name, path })),
  );
  return fc.tuple(fc.constantFrom(...places), values).map(([place, value]) => ({ ...place, ...value }));
}

/** What a call comes to: an answer, or a code with the reason of a refusal. */
export type Ended = { answer: unknown } | { code: string; reason: unknown };

/** Makes a call. Anything but an answer or an error of the catalogue is thrown on. */
export function end(run: () => unknown): Ended {
  try {
    return { answer: run() };
  } catch (thrown) {
    const { name, code, params } = thrown as { name?: unknown; code?: unknown; params?: { reason?: unknown } };
    if (!(thrown instanceof Error) || name !== 'YinxinError' || typeof code !== 'string')
      throw new Error(`none of our errors: ${String(thrown)}`, { cause: thrown });
    return { code, reason: params?.reason };
  }
}

/** Makes a call with a wrong value, and says what is wrong with its end; then the good one must answer as ever. */
export function attack(core: Core, calls: Record<string, GoodCall>, { name, path, make }: Attack): string | undefined {
  const call = calls[name];
  if (!call) return 'there is no such call';
  const given = put(call.given, path, make()) as unknown[];
  const ended = end(() => call.run(core, ...given));
  if ('code' in ended) {
    if (ended.code === 'internal') return `internal: ${ended.reason}`;
    const [argument, option] = path;
    // An option's name stands for the argument that it is in, which has none.
    const names = [call.names[Number(argument)], option, 'options'].filter(name => name !== undefined && name !== '');
    const reason = String(ended.reason);
    // Of options that are replaced whole, it is the name of one that is missing, or that there is not.
    const none = path.length === 1 && call.names[Number(argument)] === '' && /^\w+[.:[]/.test(reason);
    if (ended.code === 'request-invalid' && !none && !names.some(name => reason.startsWith(String(name))))
      return `the reason names no argument: ${reason}`;
  }
  const again = end(() => call.run(core, ...call.given));
  return 'answer' in again ? undefined : `the good call afterwards: ${again.code} ${again.reason}`;
}
