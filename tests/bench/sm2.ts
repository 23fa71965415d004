// SM2 signatures verified in Wasm and natively, by us and by others, in one run: of a message, as a caller has it, and of
// e and the key's point alone. Natively is what wasm/bench left in the folder named on the command line, and the Wasm
// module of the same is the second argument. Writes a section of docs/performance.md. Nothing is asserted about time.
import { createHash, createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import * as v1 from 'sm-crypto';
import * as v2 from 'sm-crypto-v2';
import { ROOT } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { machine, quantile, table, writeSection } from './report.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;

const [folder, module] = process.argv.slice(2);
if (!folder || !module) throw new Error('usage: sm2.ts FOLDER MODULE.wasm');

/** One row: who verifies, and what one verification took, in nanoseconds, each time. */
interface Row {
  who: string;
  times: number[];
}

/** Rounds over all rows, so that a slow minute of the machine does not fall on one of them alone. */
const ROUNDS = 9;
/** Time of one row in one round. */
const ROUND_MS = 150;

/** Nanoseconds of processor that this process has used: other than a clock's, they are nobody else's. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** What each of these takes, call by call. */
function measure(works: readonly [who: string, work: () => unknown][]): Row[] {
  const rows = works.map(([who, work]) => ({ who, work, times: [] as number[] }));
  for (const { who, work } of rows) {
    const warm = performance.now();
    do if (!work()) throw new Error(`${who} refuses the signature`);
    while (performance.now() < warm + ROUND_MS);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { work, times } of rows) {
      const end = performance.now() + ROUND_MS;
      do {
        const start = used();
        work();
        times.push(used() - start);
      } while (performance.now() < end);
    }
  }
  return rows;
}

/** A message and its signature by OpenSSL, which nobody here is. */
function made(): { message: Buffer; der: Buffer; spki: Buffer } {
  const message = Buffer.alloc(512, '印信');
  const pem = run('openssl', ['genpkey', '-algorithm', 'SM2']).toString();
  // Read again from DER: as Node generates one, it is a key of ECDSA.
  const pkcs8 = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  // Of the two ways to sign, the one that puts no Z of its own before the message.
  const der = createSign('sm3')
    .update(zOf(spki.subarray(-64)))
    .update(message)
    .sign(key);
  return { message, der, spki };
}

const ID = Buffer.from('1234567812345678');
const HEX = {
  p: 'fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff',
  a: 'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
  b: '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
  n: 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123',
  Gx: '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
  Gy: 'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
};

/** Z of a key with the default user id (GB/T 32918.2-2016, clause 5.5). */
function zOf(point: Uint8Array): Buffer {
  const curve = Buffer.from(HEX.a + HEX.b + HEX.Gx + HEX.Gy, 'hex');
  return createHash('sm3')
    .update(Buffer.from([0, 128]))
    .update(ID)
    .update(curve)
    .update(point)
    .digest();
}

const { message, der, spki } = made();
const point = spki.subarray(-65);
const hex = { key: point.toString('hex'), signature: der.toString('hex') };

/** r and s of a DER signature. */
function numbers(signature: Uint8Array): [r: bigint, s: bigint] {
  const integer = (at: number): [bigint, number] => {
    const length = signature[at + 1] ?? 0;
    const value = signature.subarray(at + 2, at + 2 + length);
    return [BigInt(`0x${Buffer.from(value).toString('hex')}`), at + 2 + length];
  };
  const [r, behind] = integer(2);
  return [r, integer(behind)[0]];
}

const of = (digits: string): bigint => BigInt(`0x${digits}`);
const CURVE = { p: of(HEX.p), n: of(HEX.n), h: 1n, a: of(HEX.a), b: of(HEX.b), Gx: of(HEX.Gx), Gy: of(HEX.Gy) };
const Point = weierstrass(CURVE);

/** GB/T 32918.2-2016, clause 7.1, by the points of @noble/curves, which has no SM2; the digests are Node's. */
function nobleVerifies(): boolean {
  const [r, s] = numbers(der);
  const digest = createHash('sm3')
    .update(zOf(point.subarray(1)))
    .update(message)
    .digest('hex');
  const key = Point.fromHex(hex.key);
  const sum = Point.BASE.multiplyUnsafe(s).add(key.multiplyUnsafe((r + s) % CURVE.n));
  return (of(digest) + sum.toAffine().x) % CURVE.n === r;
}

function nodeVerifies(): boolean {
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return createVerify('sm3')
    .update(zOf(point.subarray(1)))
    .update(message)
    .verify(key, der);
}

const precomputed = v2.sm2.precomputePublicKey(hex.key);
const options = { der: true, hash: true };
const ofMessages = measure([
  ['Yinxin, Wasm', () => core.sm2Verify({ publicKey: spki, message, signature: der })],
  ['OpenSSL, native, by node:crypto', nodeVerifies],
  ['sm-crypto-v2, key precomputed', () => v2.sm2.doVerifySignature(message, hex.signature, precomputed, options)],
  ['@noble/curves', nobleVerifies],
  ['sm-crypto-v2', () => v2.sm2.doVerifySignature(message, hex.signature, hex.key, options)],
  ['sm-crypto', () => v1.sm2.doVerifySignature([...message] as never, hex.signature, hex.key, options)],
]);

const exported = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(readFileSync(module)))).exports;
const call = (name: string): (() => unknown) => exported[name] as () => number;
const inWasm = measure([
  ['Yinxin', call('verify')],
  ['Yinxin, a key that was used before', call('verify_again')],
  ['crate sm2', call('verify_with_sm2')],
]);

const ofRsa = measure([
  ['Yinxin', call('rsa')],
  ['dashu-int', call('rsa_with_dashu')],
  ['crypto-bigint, on which the crate rsa stands', call('rsa_with_crypto_bigint')],
]);
const ofP256 = measure([
  ['crate p256, which ours takes', call('p256_with_p256')],
  ['arkworks', call('p256_with_arkworks')],
]);

const left = join(folder, 'sm2.json');
const native: Record<string, number[]> = existsSync(left) ? JSON.parse(readFileSync(left, 'utf8')) : {};
const NATIVE: readonly [name: string, who: string][] = [
  ['verify', 'Yinxin'],
  ['verify again', 'Yinxin, a key that was used before'],
  ['crate sm2', 'crate sm2'],
  ['OpenSSL', 'OpenSSL'],
];
const NATIVE_RSA: typeof NATIVE = [
  ['rsa', 'Yinxin'],
  ['rsa, dashu-int', 'dashu-int'],
  ['rsa, crypto-bigint', 'crypto-bigint'],
];
const NATIVE_P256: typeof NATIVE = [
  ['p256', 'crate p256, which ours takes'],
  ['p256, arkworks', 'arkworks'],
];
const natively = (names: typeof NATIVE): Row[] =>
  names.flatMap(([name, who]) => (native[name] ? [{ who, times: native[name] }] : []));

const text = [
  'How many times as long as ours each takes: medians of processor time, all of one run.',
  '**A message** of 512 bytes with its signature in DER; key, digest and Z are made anew each time.',
  lines(ofMessages),
  '**The numbers alone**: e, r and s, and the point of the key. In Wasm, built for speed alike:',
  lines(inWasm),
  'Natively, by the clock:',
  lines(natively(NATIVE)),
  `${new Date().toISOString().slice(0, 10)}, ${machine()}; ${run('openssl', ['version']).toString().split(' (')[0]}.`,
].join('\n\n');
writeSection('SM2 signatures verified', text);
console.log(text);

const others = [
  'How many times as long as the first each takes. Of the crates in pure Rust, built for speed alike. **The power of RSA-2048**, in Wasm:',
  lines(ofRsa),
  'Natively, by the clock:',
  lines(natively(NATIVE_RSA)),
  '**ECDSA on P-256**, in Wasm:',
  lines(ofP256),
  'Natively, by the clock:',
  lines(natively(NATIVE_P256)),
  `${new Date().toISOString().slice(0, 10)}, ${machine()}.`,
].join('\n\n');
writeSection('RSA and P-256 signatures verified', others);
console.log(others);

/** A table beside its first row. */
function lines(rows: readonly Row[]): string {
  const ours = quantile(rows[0]?.times ?? [], 0.5);
  const us = (ns: number): string => (ns / 1000).toFixed(1);
  return table(
    ['', 'times ours', 'a second', 'µs, median', '95 %', '99 %'],
    rows.map(({ who, times }) => {
      const median = quantile(times, 0.5);
      const further = [us(quantile(times, 0.95)), us(quantile(times, 0.99))];
      return [who, (median / ours).toFixed(2), Math.round(1e9 / median).toLocaleString('en'), us(median), ...further];
    }),
  );
}
