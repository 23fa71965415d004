// Seals in Wasm and natively: reading one and judging it, beside the one SM2 verification that every judgement takes;
// and SM3 of a large content, beside OpenSSL's. Native figures are the estimates that wasm/bench left in the folder
// named on the command line. Nothing is asserted.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measure } from 'mitata';
import { ROOT } from '../stand/paths.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;

const folder = process.argv[2];
if (!folder) throw new Error('usage: seals.ts FOLDER');

const seal = new Uint8Array(readFileSync(join(folder, 'seal/seal.der')));
const { makerCertificate, signed, signature } = core.parseSeal(seal);
const { publicKey } = core.parseCertificate(makerCertificate);
const makers = [makerCertificate];
if (!core.verifySeal({ seal, makers }).valid) throw new Error('the seal is not valid');

let floor = Number.NaN;
for (const [task, name, work] of [
  ['one SM2 verification of its bytes', 'signature', () => core.sm2Verify({ publicKey, message: signed, signature })],
  ['seal, bytes to facts', 'parse', () => core.parseSeal(seal)],
  ['seal, bytes to verdict', 'verify', () => core.verifySeal({ seal, makers })],
] as const) {
  const { p50 } = await measure(work, { min_cpu_time: 2e9, batch_threshold: 0 });
  if (name === 'signature') floor = p50;
  const estimates = join(folder, 'criterion/seal', name, 'new/estimates.json');
  const native = existsSync(estimates) ? JSON.parse(readFileSync(estimates, 'utf8')).median.point_estimate : Number.NaN;
  console.log(`${task.padEnd(40)} Wasm ${us(p50)} (${(p50 / floor).toFixed(2)})   native ${us(native)}`);
}

const chunk = new Uint8Array(4 * 1024 * 1024).fill(7);
const CHUNKS = 16;
const ours = await measure(
  () => {
    const hash = new core.Sm3();
    for (let at = 0; at < CHUNKS; at += 1) hash.update(chunk);
    hash.digest();
    hash.free();
  },
  { min_cpu_time: 2e9, batch_threshold: 0 },
);
const theirs = await measure(
  () => {
    const hash = createHash('sm3');
    for (let at = 0; at < CHUNKS; at += 1) hash.update(chunk);
    hash.digest();
  },
  { min_cpu_time: 2e9, batch_threshold: 0 },
);
const rate = (ns: number): string => `${((CHUNKS * chunk.length) / 1e6 / (ns / 1e9)).toFixed(0)} MB/s`;
console.log(
  `${'SM3 of 64 MiB in pieces'.padEnd(40)} Wasm ${rate(ours.p50)}   OpenSSL ${rate(theirs.p50)}   ratio ${(ours.p50 / theirs.p50).toFixed(2)}`,
);

function us(ns: number): string {
  return Number.isNaN(ns) ? 'not run'.padStart(12) : `${(ns / 1000).toFixed(1)} µs`.padStart(12);
}
