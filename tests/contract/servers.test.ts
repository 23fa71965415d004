// The same calls in Rust, in Wasm under Node, and through the C ABI in Java: the same answers, byte for byte once names are
// sorted. The cases, with Rust's answers, are written by `servers/calls/examples/cases.rs`.
import assert from 'node:assert/strict';
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
    const expected = one.answer ?? one.error ?? '';
    assert.equal(canonical(answer(one)), canonical(JSON.parse(expected)), `${one.function}: ${one.name}`);
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

/** What the package answers, as JSON has it. */
function answer({ function: name, request, parts }: Case): unknown {
  const bytes = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  const given: Record<string, unknown> = { ...request };
  for (const [part, file] of Object.entries(parts))
    given[part] = part === 'proof' ? JSON.parse(readFileSync(join(folder, file), 'utf8')) : bytes(file);
  const { content } = given;
  if (typeof content === 'object' && content !== null && 'sm3' in content) given.content = fromBase64(content);
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
