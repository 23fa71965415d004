// No file of what we write knows itself in a circle, by imports of values or of types: each can be read before what uses it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

/** The TypeScript files below a folder. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['dist', 'node_modules', '.out'].includes(entry.name) ? [] : filesOf(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** The files that a file imports by a relative path. */
function imports(path: string, text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?'(\.{1,2}\/[^']+)\.js'/g)]
    .map(([, named = '']) => join(dirname(path), named))
    .flatMap(base => ['.ts', '.tsx'].map(ending => base + ending).filter(file => existsSync(file)));
}

/** The first circle, as a list of files that ends where it begins. */
function circle(known: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] | undefined => {
    const at = way.indexOf(file);
    if (at >= 0) return [...way.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of known.get(file) ?? []) {
      const found = visit(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of known.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

test('no files know each other in a circle', () => {
  const files = ['extension', 'www', 'tests'].flatMap(folder => filesOf(join(ROOT, folder)));
  assert.ok(files.length > 200, `${files.length} files`);
  const known = new Map(files.map(file => [file, imports(file, readFileSync(file, 'utf8'))]));
  assert.ok([...known.values()].flat().length > 500, 'imports are found');
  assert.deepEqual(
    circle(known)?.map(file => relative(ROOT, file)),
    undefined,
  );
});

test('a circle is found', () => {
  const known = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ]);
  assert.deepEqual(circle(known), ['b', 'd', 'b']);
  assert.equal(
    circle(
      new Map([
        ['a', ['b']],
        ['b', []],
      ]),
    ),
    undefined,
  );
});
