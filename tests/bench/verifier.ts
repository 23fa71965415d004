// What the HTTP service does under load: small requests alone, and beside slow clients, idle connections and large bodies. Times are of
// one run; the ratio is what counts. Printed, and kept nowhere.
//
//   cargo build --profile servers -p yinxin-verifier && cargo build -p yinxin-calls --examples
//   node --import tsx tests/bench/verifier.ts [SECONDS]
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeCases } from '../stand/java.js';
import { ROOT } from '../stand/paths.js';

const seconds = Number(process.argv[2] ?? 10);
const CLIENTS = 4;
const folder = mkdtempSync(join(tmpdir(), 'yinxin-load-'));
writeCases(folder, '');
const read = (name: string) => readFileSync(join(folder, name));
const options = ['--policy', join(folder, 'policy.json'), '--listen', '127.0.0.1:0'];
const program: ChildProcess = spawn(join(ROOT, 'target/servers/yinxin-verifier'), options, {
  stdio: ['ignore', 'ignore', 'pipe'],
});
if (!program.stderr) throw new Error('no log');
const [line] = (await once(createInterface({ input: program.stderr }), 'line')) as [string];
program.stderr.resume();
const { address } = JSON.parse(line) as { address: string };
const port = Number(address.split(':').at(-1));

const at = read('now.txt').toString();
const signature = {
  at,
  cms: read('contract.p7s').toString('base64'),
  content: read('contract.txt').toString('base64'),
};
const small = Buffer.from(JSON.stringify(signature));

/** Sends a body; status and milliseconds. */
function post(call: string, type: string, body: Buffer, agent: Agent): Promise<[status: number, ms: number]> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const headers = { 'content-type': type, 'content-length': body.length };
    const asked = request({ port, path: `/v1/${call}`, method: 'POST', headers, agent }, answer => {
      answer.resume();
      answer.on('end', () => resolve([answer.statusCode ?? 0, performance.now() - began]));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Small requests one after the other on a few connections, for some seconds. */
async function load(): Promise<{ rate: number; p50: number; p99: number }> {
  const times: number[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const began = performance.now();
  const client = async () => {
    while (performance.now() - began < seconds * 1000) {
      const [status, ms] = await post('verifyCms', 'application/json', small, agent);
      if (status !== 200) throw new Error(`status ${status}`);
      times.push(ms);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  times.sort((a, b) => a - b);
  const share = (part: number) => times[Math.floor(times.length * part)] ?? 0;
  return { rate: times.length / seconds, p50: share(0.5), p99: share(0.99) };
}

/** Resident memory of the service in MiB. */
function memory(): number {
  const status = readFileSync(`/proc/${program.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function report(name: string, { rate, p50, p99 }: Awaited<ReturnType<typeof load>>): void {
  const numbers = [`${rate.toFixed(0)}/s`, `p50 ${p50.toFixed(2)} ms`, `p99 ${p99.toFixed(2)} ms`];
  console.log([name.padEnd(40), ...numbers, `${memory().toFixed(0)} MiB`].join('  '));
}

try {
  await load();
  report('alone', await load());

  const idle: Socket[] = Array.from({ length: 1000 }, () => connect(port).on('error', () => {}));
  report('beside 1,000 idle connections', await load());
  for (const socket of idle) socket.destroy();

  const slow = Array.from({ length: 200 }, () => {
    const socket = connect(port).on('error', () => {});
    socket.write(
      'POST /v1/verifyCms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
    );
    const timer = setInterval(() => socket.write(' '), 500);
    return () => {
      clearInterval(timer);
      socket.destroy();
    };
  });
  report('beside 200 slow clients', await load());
  for (const end of slow) end();

  // By programs of their own, again and again.
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(64 << 20, 'a'));
  const url = `http://127.0.0.1:${port}/v1/verifyCms`;
  const upload = `while curl -s -o /dev/null -F content=@large.bin -F cms=@contract.p7s ${url}; do :; done`;
  const uploads = [1, 2].map(() => spawn('sh', ['-c', upload], { cwd: folder, detached: true, stdio: 'ignore' }));
  report('beside 2 uploads of 64 MiB', await load());
  // With the program that it waits for.
  for (const { pid } of uploads) if (pid) process.kill(-pid);
  report('alone again', await load());
} finally {
  program.kill();
  rmSync(folder, { recursive: true, force: true });
}
