// The door of the Wasm package: whatever is given, it answers or says with a code which argument was wrong, and the
// next call works; bytes are what was given and nothing else.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { TEXTS } from '@yinxin/proto';
import fc from 'fast-check';
import { DATA as data, noData as skip } from '../stand/data.js';
import { ROOT } from '../stand/paths.js';
import { Pdf } from '../stand/pdf.js';
import { attack, attacks, type Core, end, type GoodCall, goodCalls } from './hostile-calls.js';

const require = createRequire(import.meta.url);
const PACKAGE = join(ROOT, 'wasm/pkg/node');

/** The memory of each instance of the module, as they were made. */
const memories: WebAssembly.Memory[] = [];
const Instance = WebAssembly.Instance;
WebAssembly.Instance = class extends Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    if (this.exports.memory instanceof WebAssembly.Memory) memories.push(this.exports.memory);
  }
};

const core = require(PACKAGE) as Core;

describe('arguments', { skip }, () => {
  let calls: Record<string, GoodCall>;

  before(() => {
    const read = (path: string) => Uint8Array.from(readFileSync(join(data, path)));
    calls = goodCalls(core, {
      certificate: Uint8Array.from(core.describeAnchors(read('ca-national/ROOTCA.pem'), false)[0]?.certificate ?? []),
      seal: read('seals/UserV4.esl'),
      cms: read('field/m01-base-gm.p7s'),
      ofd: read('seals/SESV4SignDoc.ofd'),
      pdf: Uint8Array.from(new Pdf().bytes),
    });
  });

  test('every export has its good call, and each of them answers', () => {
    const named = new Set(Object.keys(calls).map(name => name.split('.')[0]));
    // The class of what is thrown is called by nobody but who throws.
    assert.deepEqual([...named, 'YinxinError'].sort(), Object.keys(core).sort());
    for (const [name, { run, given }] of Object.entries(calls)) {
      const ended = end(() => run(core, ...given));
      // A seal that was not set on anything is no signature with one.
      const expected = name === 'verifySealSignature' ? 'seal-unreadable' : undefined;
      assert.equal(
        'code' in ended ? ended.code : undefined,
        expected,
        `${name}: ${JSON.stringify(ended).slice(0, 300)}`,
      );
    }
  });

  test('a wrong value gives an answer or a code with its place, within bounds, and the next call works', context => {
    let slowest = { ms: 0, place: '' };
    delete calls.verifySealSignature;
    const instances = memories.length;
    fc.assert(
      fc.property(attacks(calls), hostile => {
        const size = memories.at(-1)?.buffer.byteLength ?? 0;
        const place = `${hostile.name} ${hostile.path.join('.')}, ${hostile.what}`;
        const from = performance.now();
        const wrong = attack(core, calls, hostile);
        const ms = performance.now() - from;
        if (ms > slowest.ms) slowest = { ms, place };
        assert.equal(wrong, undefined, place);
        const grown = (memories.at(-1)?.buffer.byteLength ?? 0) - size;
        assert.ok(grown <= 64 * 1024 * 1024, `${place}: ${grown} bytes more`);
      }),
      { numRuns: 600 },
    );
    context.diagnostic(`the slowest took ${slowest.ms.toFixed(0)} ms: ${slowest.place}`);
    assert.equal(memories.length, instances, 'the module was never broken');
  });

  test('options that are inherited or hidden are refused, not left out in silence', () => {
    const { given } = calls.verifyCms as GoodCall;
    const options = given[0] as Record<string, unknown>;
    const { issuers, ...rest } = options;
    class Options {
      get issuers(): unknown {
        return issuers;
      }
    }
    const forms: [string, object][] = [
      ['inherited', Object.assign(Object.create({ issuers }), rest)],
      ['inherited from nothing', Object.assign(Object.create(Object.assign(Object.create(null), { issuers })), rest)],
      ['of a class', Object.assign(new Options(), rest)],
      ['hidden', Object.defineProperty({ ...rest }, 'issuers', { value: issuers })],
    ];
    for (const [what, form] of forms) {
      const ended = end(() => core.verifyCms(form as never));
      assert.ok('code' in ended && ended.code === 'request-invalid', `${what}: ${JSON.stringify(ended).slice(0, 200)}`);
    }
    const proxy = new Proxy({ ...options }, {});
    assert.ok('answer' in end(() => core.verifyCms(proxy as never)), 'a framework’s proxy of a plain object');
  });

  test('what is undefined is absent', () => {
    for (const [name, { run, given, names }] of Object.entries(calls)) {
      // A challenge is another each time.
      if (names[0] !== '' || name === 'newLoginChallenge') continue;
      const options = { ...(given[0] as object), at: '2026-08-01T00:00:00Z' };
      const more = Object.fromEntries(
        ['anchors', 'national', 'extendedKeyUsages', 'sm2Variants'].map(key => [key, undefined]),
      );
      const with_ = end(() => run(core, { ...more, misTyped: undefined, ...options }));
      assert.deepEqual(
        with_,
        end(() => run(core, options)),
        name,
      );
    }
  });

  test('nothing is read of what all objects inherit', () => {
    const { cms } = (calls.verifyCms as GoodCall).given[0] as { cms: Uint8Array };
    const certificate = (calls.verifyCertificate as GoodCall).given[0] as { certificate: Uint8Array };
    const judge = () => [
      end(() => core.verifyCms({ cms })),
      end(() => core.verifyCertificate({ certificate: certificate.certificate, at: '2026-08-01T00:00:00Z' })),
      end(() => core.text('pin-incorrect')),
    ];
    const before = judge();
    const polluted = {
      trust: 'unchecked',
      anchors: [certificate.certificate],
      allowWithoutAttributes: true,
      string: 5,
      object: 5,
    };
    try {
      for (const [name, value] of Object.entries(polluted))
        Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
      assert.deepEqual(judge(), before);
    } finally {
      for (const name of Object.keys(polluted)) delete (Object.prototype as unknown as Record<string, unknown>)[name];
    }
  });

  test('bytes are those of the moment, whatever the getter of a later option does to them', () => {
    const content = new Uint8Array(100).fill(7);
    const publicKey = { get id() { structuredClone(content.buffer, { transfer: [content.buffer] }); return 'x'; } }; // biome-ignore format: one line
    const options = { publicKey: new Uint8Array(65), message: content, signature: new Uint8Array(64) };
    Object.defineProperty(options, 'id', { enumerable: true, get: () => publicKey.id });
    const ended = end(() => core.sm2Verify(options));
    assert.ok('code' in ended && ended.code === 'request-invalid', JSON.stringify(ended));
    assert.match(String(ended.reason), /^publicKey/);
  });

  test('half a character is no text', () => {
    for (const session of ['\ud800', 'a\udc00b']) {
      const ended = end(() => core.newLoginChallenge({ origin: 'https://portal.example', session }));
      assert.deepEqual(ended, {
        code: 'request-invalid',
        reason: 'session: expected a string, got a string with half a character',
      });
    }
  });

  test('the beginning of a content is that of this content', () => {
    const { given } = calls.verifyCms as GoodCall;
    const nothing = new core.ContentHasher().digests();
    const other = new Uint8Array(32);
    for (const content of [
      { ...nothing, size: 3, head: new Uint8Array(4) },
      { ...nothing, sm3: other, size: 0, head: new Uint8Array() },
      { ...nothing, size: 3, head: new Uint8Array(3) },
    ]) {
      const ended = end(() => core.verifyCms({ ...(given[0] as object), content } as never));
      assert.ok('code' in ended && /^content\.head: /.test(String(ended.reason)), JSON.stringify(ended));
    }
  });

  test('a list in the place of an object is refused, whatever is in it', () => {
    for (const list of [[], [null], [undefined], [5], [['code', 'x']], new Array(3)]) {
      const ended = end(() => core.advise({ host: { problem: { code: 'host-missing', params: list } } } as never));
      assert.ok('answer' in ended || ended.code === 'request-invalid', JSON.stringify([list, ended]));
    }
  });

  test('a code is one of the catalogue', () => {
    for (const { run } of Object.values(calls)) {
      const ended = end(() => run(core, Symbol('nothing') as never));
      assert.ok('answer' in ended || ended.code in TEXTS.en, JSON.stringify(ended));
    }
  });
});

test('the package has its names for ES modules too', async () => {
  const module = await import(join(PACKAGE, 'yinxin.js'));
  assert.deepEqual(
    Object.keys(module)
      .filter(name => name in core)
      .sort(),
    Object.keys(core).sort(),
  );
});

test('whatever stands as a proof gives a verdict', () => {
  const origin = 'https://portal.example';
  const challenge = core.newLoginChallenge({ origin, session: 's' });
  for (const proof of [undefined, null, 5, 'x', [], {}, Promise.resolve(), new Uint8Array(3), 'x'.repeat(20_000_000)]) {
    const { valid, findings } = core.verifyLogin({ proof, challenge, origin, session: 's' });
    assert.equal(valid, false);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['proof-unreadable'],
    );
  }
  assert.equal(core.verifyLogin({ challenge, origin, session: 's' } as never).valid, false);
  // What the portal itself hands in is wrong whatever a visitor sent.
  for (const [own, code] of [
    [{ origin: 'garbage' }, 'origin-malformed'],
    [{ origin: 'http://portal.example' }, 'origin-insecure'],
    [{ challenge: { ...challenge, expiresAt: 'x' } }, 'request-invalid'],
  ] as const) {
    const ended = end(() => core.verifyLogin({ proof: null, challenge, origin, session: 's', ...own }));
    assert.ok('code' in ended && ended.code === code, JSON.stringify(ended));
  }
});

test('a time that no date can write is none', () => {
  for (const at of [Date.now() * 1000, 1e300, -1e300, Number.MAX_SAFE_INTEGER]) {
    const ended = end(() => core.newLoginChallenge({ origin: 'https://portal.example', session: 's', at }));
    assert.ok('code' in ended && ended.code === 'request-invalid', JSON.stringify(ended));
  }
});

test('a text keeps what it can fill in', () => {
  const date = '2026-11-22T16:00:00Z';
  const { message } = core.text('certificate-expired', { date }, 'zh-CN');
  for (const x of [null, [1], {}, 1.5, true, 2 ** 64])
    assert.equal(core.text('certificate-expired', { date, x } as never, 'zh-CN').message, message, String(x));
});

describe('bytes', () => {
  const sm3 = (bytes: Uint8Array): string => createHash('sm3').update(bytes).digest('hex');
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

  test('are those that were given, in whatever buffer or view, as OpenSSL hashes them', () => {
    const wraps: [string, (bytes: Uint8Array) => ArrayBuffer | ArrayBufferView][] = [
      ['Uint8Array', bytes => bytes],
      ['Buffer', bytes => Buffer.from(bytes)],
      ['ArrayBuffer', bytes => bytes.slice().buffer],
      ['DataView', bytes => new DataView(bytes.slice().buffer)],
      ['Int8Array', bytes => new Int8Array(bytes.slice().buffer)],
      ['Uint8ClampedArray', bytes => new Uint8ClampedArray(bytes)],
      ['a part of a larger buffer', bytes => Uint8Array.from([1, ...bytes, 2]).subarray(1, bytes.length + 1)],
      ['a DataView of a part', bytes => new DataView(Uint8Array.from([1, ...bytes]).buffer, 1)],
      ['another realm', bytes => runInNewContext('new Uint8Array(bytes)', { bytes: [...bytes] })],
      ['a buffer of another realm', bytes => runInNewContext('new Uint8Array(bytes).buffer', { bytes: [...bytes] })],
      ['a view of shared memory', bytes => shared(bytes)],
      ['with a false length', bytes => Object.defineProperty(bytes.slice(), 'length', { value: 1 })],
      ['with a false buffer', bytes => Object.defineProperty(bytes.slice(), 'buffer', { value: new ArrayBuffer(3) })],
    ];
    const wide = [Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array, BigInt64Array];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        const expected = sm3(bytes);
        const twice = new core.Sm3();
        const both = new core.ContentHasher();
        for (const [what, wrap] of wraps) {
          const given = wrap(Uint8Array.from(bytes)) as Uint8Array;
          assert.equal(hex(core.sm3(given)), expected, what);
          twice.update(given);
          assert.equal(hex(twice.digest()), expected, what);
          both.update(given);
          const { sm3, sha256 } = both.digests();
          assert.equal(hex(sm3), expected, what);
          assert.equal(hex(sha256), createHash('sha256').update(bytes).digest('hex'), what);
        }
        twice.free();
        both.free();
        for (const Wide of wide) {
          const view = new Wide(bytes.slice(0, bytes.length - (bytes.length % 8)).buffer);
          assert.equal(hex(core.sm3(view)), sm3(new Uint8Array(view.buffer)), Wide.name);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('that are none, or are gone, are refused', () => {
    const gone = new ArrayBuffer(8);
    const view = new Uint8Array(gone);
    structuredClone(gone, { transfer: [gone] });
    const none = [
      'abc',
      '',
      5,
      null,
      undefined,
      [1, 2, 3],
      { length: 3 },
      new Blob(['abc']),
      Promise.resolve(),
      gone,
      view,
    ];
    for (const value of [...none, new SharedArrayBuffer(3)]) {
      for (const hash of [core.sm3, (value: never) => new core.Sm3().update(value)]) {
        const ended = end(() => hash(value as never));
        assert.ok('code' in ended && ended.code === 'request-invalid', JSON.stringify(ended));
        assert.match(String(ended.reason), /^bytes: expected a Uint8Array, an ArrayBuffer or a view of one, got /);
      }
    }
  });
});

describe('a module that broke', () => {
  /** Far deeper than the door lets anything in. */
  const deep = (): unknown => {
    let value: unknown = 'x';
    for (let i = 0; i < 200_000; i += 1) value = [value];
    return value;
  };

  test('is dropped: the call gets a code, the next one works, and so does every one after it', () => {
    // Behind the door, where nothing bounds a value.
    const glue = require(join(PACKAGE, 'yinxin_glue.js')) as Core;
    const older = new core.Sm3();
    const challenge = core.newLoginChallenge({ origin: 'https://portal.example', session: 's' });
    const rest = { challenge, origin: 'https://portal.example', session: 's' };
    // A message by whose type its other fields are read keeps them all until that is known.
    const request = { id: '1', call: { type: 'status', more: deep() } } as never;
    for (let time = 0; time < 3; time += 1) {
      assert.throws(
        () => new glue.Signing({ request } as never),
        (error: Error) => error.name !== 'YinxinError',
      );
      const first = end(() => core.parseCertificate(new Uint8Array(3)));
      // The stack may have enough left for a small call.
      assert.ok('code' in first && ['internal', 'certificate-unreadable'].includes(first.code), JSON.stringify(first));
      const verdict = end(() => core.verifyLogin({ ...rest, proof: {} }));
      if ('code' in verdict) assert.equal(verdict.code, 'internal');
    }
    const sm3 = Buffer.from(core.sm3(Buffer.from('abc'))).toString('hex');
    assert.equal(sm3, createHash('sm3').update('abc').digest('hex'));
    const ended = end(() => older.update(new Uint8Array(3)));
    if ('code' in ended) assert.equal(ended.code, 'internal');
    older.free();
  });

  test('an object that lived in it says so, and a freed one too', () => {
    let broken = false;
    let resets = 0;
    class Thing {
      run(): number {
        if (broken) throw new WebAssembly.RuntimeError('memory access out of bounds');
        return 1;
      }
      free(): void {}
    }
    type Door = (glue: object, maxValues: number) => { Thing: typeof Thing; call(): number };
    const text = readFileSync(join(ROOT, 'wasm/bindings/door.js'), 'utf8');
    const guarded = new Function(`${text}\nreturn guarded;`)() as Door;
    const call = (): number => new Thing().run();
    const door = guarded({ Thing, call, __wbg_reset_state: () => { resets += 1; broken = false; } }, 9); // biome-ignore format: one line
    const [thing, freed] = [new door.Thing(), new door.Thing()];
    assert.equal(thing.run(), 1);
    freed.free();
    assert.throws(() => freed.run(), { name: 'YinxinError', code: 'request-invalid' });
    assert.equal(resets, 0);
    broken = true;
    assert.throws(() => door.call(), { name: 'YinxinError', code: 'internal' });
    assert.equal(resets, 1);
    assert.throws(() => thing.run(), { name: 'YinxinError', code: 'internal' });
    thing.free();
    assert.equal(resets, 1, 'what belongs to an older instance does not end this one');
    assert.equal(door.call(), 1);
    assert.equal(new door.Thing().run(), 1);
  });

  test('10,000 proofs of any depth leave the next challenge its way', () => {
    const origin = 'https://portal.example';
    const challenge = core.newLoginChallenge({ origin, session: 's' });
    const rest = { format: 'yinxin', version: 1, certificate: 'AAAA', signature: 'AAAA' };
    let value: unknown = 'x';
    for (let i = 0; i < 10_000; i += 1) {
      value = i % 3_000 === 0 ? 'x' : [value];
      const proof = { ...rest, algorithm: { 'sm2-sm3': value } };
      const { valid, findings } = core.verifyLogin({ proof, challenge, origin, session: 's' });
      assert.equal(valid, false);
      assert.equal(findings[0]?.code, 'proof-unreadable');
    }
    assert.equal(core.newLoginChallenge({ origin, session: 's' }).origin, origin);
  });
});

function shared(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length));
  view.set(bytes);
  return view;
}
