// Each file of the field through the package, against one table; the same in Rust: `wasm/verify/tests/field.rs`.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { DATA, noData as skip } from '../stand/data.js';
import { ROOT } from '../stand/paths.js';
import { asFarAs, judge, readField } from './field.js';

const core = createRequire(import.meta.url)(
  join(ROOT, 'wasm/pkg/node'),
) as typeof import('../../wasm/pkg/node/yinxin.js');
const folder = join(DATA, 'field');

test('each file of the field gives what the table says', { skip }, () => {
  const field = readField();
  const run = judge(core, folder);
  const found = field.rows.map(row => ({ ...row, gives: asFarAs(row.gives, run(field, row)) }));
  assert.deepEqual(found, field.rows);
});

test('the table leaves no file out', { skip }, () => {
  const { calls, rows } = readField();
  const named = new Set(
    [...Object.values(calls), ...rows.flatMap(({ file, options }) => [{ file }, options ?? {}])].flatMap(options =>
      Object.values(options).flat(),
    ),
  );
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== 'README')
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1));
  assert.deepEqual(
    files.filter(file => !named.has(file)),
    [],
  );
});
