// What the verifier that was written from docs/formats.md (`judge`) comes to of every vector of a login, a CMS or a seal, beside what the
// product comes to; and that the page's example, in both languages, is what it says.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../stand/paths.js';
import { type Options, verifyCms } from './judge/cms.js';
import { Refused } from './judge/der.js';
import { type Expected, example, verifyLogin } from './judge/login.js';
import { type Options as OfSeals, verifySeal, verifySealSignature } from './judge/seals.js';

interface Vector {
  readonly function: string;
  readonly request: Expected & Options & OfSeals;
  readonly parts: Readonly<Partial<Record<'proof' | 'cms' | 'content' | 'seal' | 'certificate' | 'signature', string>>>;
  readonly expected: {
    readonly valid?: boolean;
    readonly fatal?: readonly { readonly code: string }[];
    readonly error?: { readonly code: string };
  };
}

const folder = join(ROOT, 'tests/vectors');
const read = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Vector;
const proofOf = ({ parts }: Vector) => parts.proof ?? '';

for (const [kind, least] of Object.entries({ login: 250, cms: 100, seal: 60, sealed: 30 }))
  test(`a verifier written from the page alone comes to the same codes of ${kind}`, () => {
    const names = readdirSync(folder).filter(name => name.startsWith(`${kind}-`));
    assert.ok(names.length > least, String(names.length));
    const differ: string[] = [];
    for (const file of names) {
      const vector = read(file.replace('.json', ''));
      const { error, fatal = [] } = vector.expected;
      const told = error ? `error ${error.code}` : sorted(fatal.map(({ code }) => code));
      const found = judged(vector);
      if (found !== told) differ.push(`${file}: ${found || 'valid'}, and ours is ${told || 'valid'}`);
    }
    assert.deepEqual(differ, []);
  });

for (const page of ['formats.md', 'formats.zh-CN.md'])
  test(`the example of ${page} is a vector's`, () => {
    const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
    const [, block = ''] = /<!-- example -->\n```\n([\s\S]*?)```/.exec(text) ?? [];
    const vector = read('login-good-sm2');
    const shown = Object.entries(example(vector.request, proofOf(vector)));
    assert.equal(
      block.replaceAll(/\s+/g, ' ').trim(),
      shown.map(([name, hex]) => `${name} = ${hex.replaceAll(/(.{64})(?!$)/g, '$1 ')}`).join(' '),
    );
  });

function judged(vector: Vector): string {
  try {
    const { request, parts } = vector;
    const part = (name: keyof typeof parts) => {
      const text = parts[name];
      return text === undefined ? undefined : Buffer.from(text, 'base64');
    };
    const [cms, seal, signature] = [part('cms'), part('seal'), part('signature')];
    if (cms) return sorted(verifyCms(request, cms, part('content')));
    if (seal) return sorted(verifySeal(request, seal, part('certificate')));
    if (signature) return sorted(verifySealSignature(request, signature, part('content')));
    return sorted(verifyLogin(request, proofOf(vector)));
  } catch (error) {
    if (error instanceof Refused) return `error ${error.code}`;
    throw error;
  }
}

/** The order of findings of one severity is ours. */
function sorted(codes: readonly string[]): string {
  return [...codes].sort().join(', ');
}
