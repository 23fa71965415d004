// The HTTP service: every case of `servers/calls/examples/cases.rs` that a policy can say is answered as Rust answers it, byte for byte,
// from parts and from JSON alone; and its quick start runs as it stands.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { DATA } from '../stand/data.js';
import { built, writeCases } from '../stand/java.js';
import { ROOT } from '../stand/paths.js';

/** What Rust answers to a request. */
interface Answered {
  readonly request: Record<string, unknown>;
  readonly answer?: string;
  readonly error?: string;
}

interface Case extends Answered {
  readonly name: string;
  readonly function: string;
  readonly parts: Record<string, string>;
  readonly underPolicy?: Answered & { readonly policy: string };
}

const TOLD_IF_BASE64 = ['certificate', 'seal', 'signature'];

const folder = mkdtempSync(join(tmpdir(), 'yinxin-verifier-'));
const running: ChildProcess[] = [];
after(() => {
  for (const program of running) program.kill();
  rmSync(folder, { recursive: true, force: true });
});
writeCases(folder, DATA);
const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as readonly Case[];

/** An answer, without how the certificates were written that it was judged by: in a policy they are others' affair. */
function judged({ answer = '', error = '' }: Answered): string {
  if (!answer) return error;
  const isWriting = (finding: unknown) => (finding as { code?: string } | null)?.code === 'pem-odd';
  return JSON.stringify(JSON.parse(answer), (_, value: unknown) =>
    Array.isArray(value) ? value.filter(one => !isWriting(one)) : value,
  );
}

/** Starts a service under a policy of the folder; where it is. */
async function serve(policy: string): Promise<string> {
  const options = ['--policy', join(folder, policy), '--listen', '127.0.0.1:0'];
  const program = spawn(built('yinxin-verifier'), options, { stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(program);
  const lines = createInterface({ input: program.stderr });
  const [first] = (await once(lines, 'line')) as [string];
  // It goes on talking.
  program.stderr.resume();
  const { message, address } = JSON.parse(first) as { message: string; address: string };
  assert.equal(message, 'listening', first);
  return `http://${address}`;
}

test('the service answers every case as Rust does, from parts and from JSON', async () => {
  const services = new Map<string, string>();
  let [count, otherwise] = [0, 0];
  for (const one of cases) {
    const { underPolicy } = one;
    if (!underPolicy) continue;
    const { policy, request } = underPolicy;
    const at = services.get(policy) ?? (await serve(policy));
    services.set(policy, at);
    const bytes = Object.entries(one.parts).map(([name, file]) => [name, readFileSync(join(folder, file))] as const);
    const parts = new FormData();
    parts.set('request', JSON.stringify(request));
    for (const [name, content] of bytes) parts.set(name, new Blob([new Uint8Array(content)]), name);
    const inits: RequestInit[] = [{ body: parts }];
    // That a certificate or seal was bare Base64 is told as an oddity: as parts they are what they were for Rust.
    if (!bytes.some(([name]) => TOLD_IF_BASE64.includes(name))) {
      const fields = bytes.map(([name, content]) => [
        name,
        name === 'proof' ? JSON.parse(content.toString('utf8')) : content.toString('base64'),
      ]);
      const body = JSON.stringify({ ...request, ...Object.fromEntries(fields) });
      inits.push({ body, headers: { 'content-type': 'application/json' } });
    }
    for (const init of inits) {
      const response = await fetch(`${at}/v1/${one.function}`, { method: 'POST', ...init });
      const text = await response.text();
      assert.equal(text, underPolicy.answer ?? underPolicy.error, `${one.function}: ${one.name}`);
      assert.equal(response.status, underPolicy.answer === undefined ? 400 : 200);
    }
    count++;
    if (judged(one) !== judged(underPolicy)) {
      // What a request may say, and the words for what it may not, are others under a policy.
      assert.match(underPolicy.error ?? '', /^\{"code":"request-invalid"/, one.name);
      otherwise++;
    }
  }
  assert.ok(count > cases.length * 0.9, `${count} of ${cases.length}`);
  assert.ok(otherwise < count / 10, `${otherwise} otherwise than without a policy`);
});

test('the quick start of the service runs as it stands', () => {
  const readme = readFileSync(join(ROOT, 'servers/README.md'), 'utf8');
  const [, commands = ''] = /```sh\n(yinxin-verifier[\s\S]*?)```/.exec(readme) ?? [];
  const PATH = [dirname(built('yinxin-verifier')), process.env.PATH].join(delimiter);
  const said = execFileSync('bash', ['-e', '-m', '-c', commands], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answers = said
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  assert.equal(answers.length, 5);
  const [challenge] = answers.splice(3, 1);
  assert.equal(typeof challenge?.id, 'string');
  for (const answer of answers) assert.equal(answer.valid, true, JSON.stringify(answer));
});
