// Of the stand itself: a key that is not there is no key that was left out.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporary } from './paths.js';
import { insertOnly } from './stand.js';

test('only demo keys that there are can be inserted', () => {
  const folder = temporary();
  const keys = join(folder.path, 'keys');
  mkdirSync(join(keys, 'demo-unit'), { recursive: true });
  assert.throws(() => insertOnly(keys, ['demo-unit', 'demo-uint']), /demo-uint/);
  insertOnly(keys, []);
  assert.equal(existsSync(join(keys, 'demo-unit')), false);
  insertOnly(keys, ['demo-unit']);
  assert.equal(existsSync(join(keys, 'demo-unit')), true);
  folder.remove();
});
