//! What runs in the page of `hostile.test.ts`.

import fc from 'fast-check';
import * as web from '../../wasm/pkg/web/yinxin.js';
import { attack, attacks, type Core, goodCalls, type Samples } from '../contract/hostile-calls.js';

/** Attacks the package so many times. Bytes come as Base64. Answers what failed, and what took longest. */
export type AttackAll = (
  wasm: string,
  samples: Record<Exclude<keyof Samples, 'ofd' | 'pdf'>, string>,
  runs: number,
) => { failed?: string; slowest: string };

const attackAll: AttackAll = (wasm, samples, runs) => {
  const bytes = (base64: string) => Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  const { default: _, initSync, ...exports } = web;
  const { memory } = initSync({ module: bytes(wasm) });
  const core = exports as unknown as Core;
  const certificate = core.describeAnchors(bytes(samples.certificate), false)[0]?.certificate ?? new Uint8Array();
  const [seal, cms] = [bytes(samples.seal), bytes(samples.cms)];
  const calls = goodCalls(core, { certificate, seal, cms, ofd: new Uint8Array(), pdf: new Uint8Array() });
  // The background has no documents.
  const of = /^(verifyOfd|verifyPdf|OfdPages|PreparedDocument)\b/;
  for (const name of Object.keys(calls).filter(name => of.test(name))) delete calls[name];
  // A seal is no signature with one: its good call does not answer.
  delete calls.verifySealSignature;
  let slowest = { ms: 0, place: '' };
  const outcome = fc.check(
    fc.property(attacks(calls), hostile => {
      const place = `${hostile.name} ${hostile.path.join('.')}, ${hostile.what}`;
      const size = memory.buffer.byteLength;
      const from = performance.now();
      const wrong = attack(core, calls, hostile);
      const ms = performance.now() - from;
      if (ms > slowest.ms) slowest = { ms, place };
      if (wrong) throw new Error(`${place}: ${wrong}`);
      const grown = memory.buffer.byteLength - size;
      if (grown > 64 * 1024 * 1024) throw new Error(`${place}: ${grown} bytes more`);
    }),
    { numRuns: runs },
  );
  return {
    ...(outcome.failed && { failed: fc.defaultReportMessage(outcome) ?? 'it failed' }),
    slowest: `the slowest took ${slowest.ms.toFixed(0)} ms: ${slowest.place}`,
  };
};

Object.assign(globalThis, { attackAll });
