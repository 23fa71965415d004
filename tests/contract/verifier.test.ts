// The HTTP service: every case of `servers/calls/examples/cases.rs` that a policy can say is answered as Rust answers it, byte for byte,
// from parts and from JSON alone; its description holds of all that; and its quick start runs as it stands.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
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
  /** Its proof is wrong as a text, and parsed no more so. */
  readonly onlyAsText?: boolean;
  readonly underPolicy?: Answered & { readonly policy: string };
}

/** With which DER begins. */
const SEQUENCE = 0x30;
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
    // That a certificate or seal was bare Base64 is told as an oddity, and what is no DER once it came as Base64 is no text any
    // more: as parts they are what they were for Rust.
    const isOther = (name: string, content: Buffer) =>
      TOLD_IF_BASE64.includes(name) || (name === 'cms' && content[0] !== SEQUENCE);
    if (!one.onlyAsText && !bytes.some(([name, content]) => isOther(name, content))) {
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

test('its description is OpenAPI, and says what is really asked and answered', async () => {
  const file = join(ROOT, 'servers/verifier/openapi.json');
  const validator = new Validator();
  assert.deepEqual((await validator.validate(file)).errors, undefined);
  assert.equal(validator.version, '3.1');
  // Words of OpenAPI's own, which are no schemas, stand around them.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')) as object, 'openapi');
  const check = (path: string, value: unknown, name: string): void => {
    const schema = ajv.getSchema(`openapi#/paths/${path}/content/application~1json/schema`);
    assert.ok(schema, path);
    assert.ok(schema(value), `${name}: ${JSON.stringify(schema.errors)}`);
  };
  const none = () => check('~1v1~1verifyCms/post/responses/200', { valid: 'yes' }, 'no verdict');
  assert.throws(none, /must be boolean/);
  for (const { name, function: call, parts, underPolicy } of cases) {
    if (!underPolicy) continue;
    const { request, answer, error = '' } = underPolicy;
    const post = `~1v1~1${call}/post`;
    const status = answer === undefined ? 400 : 200;
    check(`${post}/responses/${status}`, JSON.parse(answer ?? error), name);
    if (error.includes('"request-invalid"')) continue;
    const fields = Object.keys(parts).map(part => [part, 'AA==']);
    check(`${post}/requestBody`, { ...request, ...Object.fromEntries(fields) }, name);
  }
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
