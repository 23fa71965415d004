// `npm run bench`: what a user waits for, as medians, on this machine. Nothing is asserted.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Token } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { choose, logIn, openPortal, settle } from '../stand/drive.js';
import { PipedHost } from '../stand/host.js';
import { ROOT } from '../stand/paths.js';
import { attempt } from '../stand/process.js';
import { consentAfter, hostConfiguration, insertOnly, makeStand, PIN, type Stand } from '../stand/stand.js';

const stand = await makeStand();
try {
  await wasm();
  await host(stand);
  await interfaces(stand);
  await workspace(stand);
  await browser(stand);
} finally {
  await stand.close();
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(66)} ${value.padStart(12)}`);
}

function ms(values: number[]): string {
  return `${median(values).toFixed(2)} ms`;
}

/** Size of the Wasm core, and a fresh process until the core answers. */
async function wasm(): Promise<void> {
  const bytes = readFileSync(join(ROOT, 'wasm/pkg/web/yinxin_bg.wasm'));
  print('Wasm core, raw', `${(bytes.length / 1000).toFixed(0)} kB`);
  print('Wasm core, brotli', `${(brotliCompressSync(bytes).length / 1000).toFixed(0)} kB`);
  const compile: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const start = performance.now();
    await WebAssembly.compile(bytes);
    compile.push(performance.now() - start);
  }
  print('Wasm compile (Node)', ms(compile));
  const script = `const start = performance.now(); require(${JSON.stringify(join(ROOT, 'wasm/pkg/node'))}).sm3(new Uint8Array(1)); console.log(performance.now() - start)`;
  const load = Array.from({ length: 9 }, () => Number(attempt(process.execPath, ['-e', script]).stdout.toString()));
  print('Wasm package, load to first answer (Node, fresh process)', ms(load));
}

/** What the core makes of three keys, each with two certificates and a seal, for the user's own pages. */
async function workspace({ config, keys }: Stand): Promise<void> {
  insertOnly(keys, ['demo-unit', 'demo-expert', 'demo-30days']);
  const running = new PipedHost(config);
  await running.greeting;
  const listed = await running.ask({ type: 'tokens' });
  await running.end();
  if (listed.type !== 'tokens') throw new Error(`listing: ${listed.type}`);
  const core = createRequire(import.meta.url)(
    join(ROOT, 'wasm/pkg/node'),
  ) as typeof import('../../wasm/pkg/node/yinxin.js');
  const known = { host: { version: '0.1.0' }, tokens: listed.tokens, modules: listed.modules };
  for (const [what, machine] of [
    ['keys have changed', () => new core.Workspace()],
    [
      'anything else has',
      (
        kept => () =>
          kept
      )(new core.Workspace()),
    ],
  ] as const) {
    const times = Array.from({ length: 50 }, () => {
      const start = performance.now();
      machine().show(known);
      return performance.now() - start;
    });
    print(`workspace, all that is shown, where ${what} (Node)`, ms(times));
  }
}

/** The host alone, over pipes. */
async function host({ config, keys }: Stand): Promise<void> {
  insertOnly(keys, ['demo-unit']);
  const starts: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    const start = performance.now();
    const started = new PipedHost(config);
    await started.greeting;
    starts.push(performance.now() - start);
    const status = readFileSync(`/proc/${started.child.pid}/status`, 'utf8');
    memory.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
    await started.end();
  }
  print('host, start to greeting', ms(starts));
  print('host, resident memory after greeting', `${median(memory).toFixed(1)} MiB`);

  const running = new PipedHost(config);
  await running.greeting;
  const first = performance.now();
  const listed = await running.ask({ type: 'tokens' });
  print('host, first listing (workers start, modules load)', `${(performance.now() - first).toFixed(2)} ms`);
  const listings: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const start = performance.now();
    await running.ask({ type: 'tokens' });
    listings.push(performance.now() - start);
  }
  print('host, listing', ms(listings));
  if (listed.type !== 'tokens') throw new Error(`listing: ${listed.type}`);
  for (const [label, what] of [
    ['demo-unit', 'SM2, software key'],
    ['hsm-rsa', 'RSA-2048, SoftHSM2'],
    ['hsm-p256', 'P-256, SoftHSM2'],
  ] as const) {
    const token = listed.tokens.find(found => found.label === label);
    if (!token) continue;
    const times: Signed[] = [];
    for (let round = 0; round < 15; round += 1) times.push(await timedSignature(running, token));
    print(`host, one signature with login to the token (${what})`, ms(times.map(({ whole }) => whole)));
    print(`  of it beside the token's own time`, ms(times.map(({ beside }) => beside)));
  }
  await running.end();
}

/** Milliseconds of one signature, from the command to its answer, and those that the token did not take. */
interface Signed {
  whole: number;
  beside: number;
}

/** One login signed with a token's first certificate. */
async function timedSignature(running: PipedHost, { token, certificates: [held] }: Token): Promise<Signed> {
  if (!held) throw new Error('no certificate');
  const certificate = createHash('sha256').update(Buffer.from(held.certificate, 'base64')).digest('hex');
  const start = performance.now();
  const signed = await running.ask({
    type: 'sign',
    origin: 'https://bench.example',
    token,
    certificate,
    pin: PIN,
    items: [{ type: 'login', purpose: 'login', challenge: 'x'.repeat(43) }],
  });
  const whole = performance.now() - start;
  if (signed.type !== 'signed') throw new Error(`sign: ${signed.type}`);
  return { whole, beside: whole - signed.tokenUs / 1000 };
}

/** The same key through each of its interfaces, in turn, so that a slow moment of the machine falls on both. */
async function interfaces({ folder, keys }: Stand): Promise<void> {
  insertOnly(keys, ['demo-unit']);
  const doors = ([undefined, 'skf'] as const).map(through => {
    const name = through === undefined ? 'PKCS #11' : 'SKF';
    const config = join(folder, `host-${through ?? 'pkcs11'}.toml`);
    writeFileSync(config, hostConfiguration(keys, undefined, through ? { interface: through } : {}));
    return { name, config, first: [] as number[], again: [] as number[], signed: [] as Signed[] };
  });
  for (let round = 0; round < 15; round += 1) {
    for (const { config, first, again, signed } of doors) {
      const running = new PipedHost(config);
      await running.greeting;
      const begin = performance.now();
      const listed = await running.ask({ type: 'tokens' });
      first.push(performance.now() - begin);
      const [token] = listed.type === 'tokens' ? listed.tokens : [];
      if (!token) throw new Error('no key is listed');
      const start = performance.now();
      await running.ask({ type: 'tokens' });
      again.push(performance.now() - start);
      for (let number = 0; number < 3; number += 1) signed.push(await timedSignature(running, token));
      await running.end();
    }
  }
  for (const { name, first, again, signed } of doors) {
    print(`one key through ${name}: first listing (worker starts, module loads)`, ms(first));
    print(`  listing again`, ms(again));
    print(`  one signature with login to the token`, ms(signed.map(({ whole }) => whole)));
    print(`    of it beside the token's own time`, ms(signed.map(({ beside }) => beside)));
  }
}

/** The whole way, in the browser. */
async function browser(stand: Stand): Promise<void> {
  const page = await openPortal(stand);
  await page.waitForSelector('#status:not(:empty)');
  print('page → content → background → host → page (status)', ms(await page.evaluate(statusRoundTrips, 200)));

  await logIn(stand, page, 'demo-unit');
  await page.click('#logout');
  await page.waitForSelector('#ca-login');
  const shown: number[] = [];
  const decided: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    await page.goto(stand.url);
    const { toWindow, toAnswer } = await timedLogin(stand, page);
    shown.push(toWindow);
    decided.push(toAnswer);
    await page.waitForSelector('#account');
    await page.click('#logout');
    await page.waitForSelector('#ca-login');
  }
  print('login: press of the button to window with certificates', ms(shown));
  print('login: consent to the portal’s account page', ms(decided));
}

async function timedLogin(stand: Stand, page: Page): Promise<{ toWindow: number; toAnswer: number }> {
  const start = performance.now();
  const window = await consentAfter(stand, () => page.click('#ca-login'));
  await window.waitForSelector('.token input[type=radio]');
  const toWindow = performance.now() - start;
  await choose(window, 'demo-unit');
  await window.locator('input[type=password]').fill(PIN);
  await settle(window);
  const account = page.waitForURL('**/account', { waitUntil: 'commit' });
  const pressed = performance.now();
  await window
    .locator('button.primary')
    .click()
    .catch(() => undefined);
  await account;
  const toAnswer = performance.now() - pressed;
  if (!window.isClosed()) await window.waitForEvent('close');
  return { toWindow, toAnswer };
}

/** Runs in the page: round trips of `status`, as the page library posts it. */
async function statusRoundTrips(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const id = crypto.randomUUID();
    const start = performance.now();
    // A listener without a name: the loader marks names by a helper that the page does not have.
    await new Promise<void>(resolve => {
      addEventListener('message', {
        handleEvent({ data }: MessageEvent) {
          if (data?.reply?.id !== id || data.reply.outcome.type !== 'result') return;
          removeEventListener('message', this);
          resolve();
        },
      });
      postMessage({ yinxin: 1, request: { id, call: { type: 'status' } } }, location.origin);
    });
    times.push(performance.now() - start);
  }
  return times;
}
