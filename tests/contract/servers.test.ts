// The same calls in Rust, in Wasm under Node, and through the C ABI in Java: the same answers, byte for byte once names are
// sorted. The cases, with Rust's answers, are written by `servers/calls/examples/cases.rs`; among them are the vectors of
// docs/formats.md.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DATA } from '../stand/data.js';
import { built, compile, java, noJava as skip, writeCases } from '../stand/java.js';
import { ROOT } from '../stand/paths.js';

interface Case {
  readonly name: string;
  readonly function: string;
  readonly request: Record<string, unknown>;
  readonly parts: Record<string, string>;
  /** JSON, as Rust writes it; or the error's. */
  readonly answer?: string;
  readonly error?: string;
  /** Of a vector: SHA-256 of its answer, as its file says. */
  readonly digest?: string;
  /** Of a vector: the proof is no JSON, or Node's reader makes something else of it than stands there. */
  readonly onlyAsText?: boolean;
}

type Core = Record<string, (...given: unknown[]) => unknown>;
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/documents')) as Core;

const folder = mkdtempSync(join(tmpdir(), 'yinxin-servers-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const count = writeCases(folder, DATA);
if (!skip) {
  // With the quick start as it stands.
  const readme = readFileSync(join(ROOT, 'servers/README.md'), 'utf8');
  const [, source = ''] = /```java\n(import[\s\S]*?)```/.exec(readme) ?? [];
  const file = join(folder, 'QuickStart.java');
  writeFileSync(file, source);
  compile(folder, ['main', 'test'], [file]);
}

test('Wasm under Node answers every case as Rust does', () => {
  const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as readonly Case[];
  assert.equal(cases.length, count);
  assert.ok(count > 80);
  for (const one of cases) {
    // What the package gets was read by the portal.
    if (one.onlyAsText) continue;
    assert.equal(canonical(answer(one)), canonical(expected(one)), `${one.function}: ${one.name}`);
  }
});

test('the answers to the vectors are those of which their files have the digest', () => {
  const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as readonly Case[];
  const vectors = cases.filter(({ digest }) => digest !== undefined);
  assert.ok(vectors.length >= 200);
  for (const one of vectors) {
    const whole = one.error === undefined ? expected(one) : { error: expected(one) };
    assert.equal(createHash('sha256').update(canonical(whole)).digest('hex'), one.digest, one.name);
  }
});

test('so does the C ABI in Java, and its records, threads, errors and bounds hold', { skip }, () => {
  const library = built('libyinxin_verify.so', 'deps/libyinxin_verify.so');
  assert.match(java(folder, library, 'yinxin.verify.Tests', folder, folder), new RegExp(`^${count} cases`));
});

test('the quick start for Java runs as it stands', { skip }, () => {
  const library = built('libyinxin_verify.so', 'deps/libyinxin_verify.so');
  const said = java(folder, library, 'QuickStart', folder);
  assert.match(said, /登录/);
  assert.doesNotMatch(said, /false/);
});

/** What Rust answers. */
function expected({ answer, error }: Case): unknown {
  return JSON.parse(answer ?? error ?? '');
}

/** What the package answers, as JSON has it. */
function answer({ function: name, request, parts }: Case): unknown {
  const bytes = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  const given: Record<string, unknown> = { ...request };
  for (const [part, file] of Object.entries(parts))
    given[part] = part === 'proof' ? JSON.parse(readFileSync(join(folder, file), 'utf8')) : bytes(file);
  const { content } = given;
  if (typeof content === 'object' && content !== null && 'sm3' in content) given.content = fromBase64(content);
  if (typeof given.digest === 'string') given.digest = new Uint8Array(Buffer.from(given.digest, 'base64'));
  const call = core[name];
  assert.ok(call, name);
  try {
    if (name === 'parseCertificate') return call(given.certificate, given.now, given.fields);
    if (name === 'text') return call(given.code, given.params, given.locale);
    if (name === 'verifyOfd' || name === 'verifyPdf') {
      const { file, ...options } = given;
      return call(file, options);
    }
    return call(given);
  } catch (error) {
    const { code, params } = error as { code: string; params: unknown };
    return { code, params };
  }
}

/** Digests of a content, which JSON has as Base64. */
function fromBase64(content: object): unknown {
  const fields = Object.entries(content).map(([name, value]) => [
    name,
    typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value,
  ]);
  return Object.fromEntries(fields);
}

/** JSON with sorted names, and bytes as Base64. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('base64');
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
