// What holds of every text of the pages, read from the files in which they stand.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const FILES = [
  'verify/locales/zh-CN.ts',
  'verify/locales/en.ts',
  'calculator/locales/zh-CN.ts',
  'calculator/locales/en.ts',
  'calculator/list/texts.ts',
];

const linesOf = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8').split('\n');

test('no text says where on the screen something stands: that differs by window and on paper', () => {
  const places =
    /[上下]面|[上下]方|[左右][侧边]|[上下]文|以[上下]|\b(?:above|below|(?:on|at|to) the (?:left|right))\b/i;
  // Below its titles is where a table has its rows, in whatever window.
  const tables = /nothingHint/;
  const found = FILES.flatMap(file => linesOf(file).filter(line => places.test(line) && !tables.test(line)));
  assert.deepEqual(found, []);
});

test('no text shouts', () => {
  const found = FILES.flatMap(file => linesOf(file).filter(line => /！|[a-z’]!['`" ]/.test(line)));
  assert.deepEqual(found, []);
});
