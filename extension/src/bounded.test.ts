import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MAX_CALL_CHARS,
  MAX_CALL_VALUES,
  MAX_DOCUMENTS,
  MAX_MESSAGE_DEPTH,
  MAX_NAME_CHARS,
  MAX_PROPERTY_INFO_CHARS,
} from '@yinxin/proto';
import { CALL, excess } from './bounded.js';

const nested = (depth: number): unknown =>
  depth === 0 ? 1 : depth % 2 ? [nested(depth - 1)] : { a: nested(depth - 1) };

test('the largest call of the protocol is within the bounds', () => {
  const document = {
    name: '😀'.repeat(MAX_NAME_CHARS),
    size: 2 ** 29,
    digest: 'A'.repeat(44),
    propertyInfo: 'x'.repeat(MAX_PROPERTY_INFO_CHARS),
    placement: { page: 1, x: 1, y: 1, width: 1, height: 1 },
  };
  const call = { type: 'sign', documents: Array.from({ length: MAX_DOCUMENTS }, () => document), format: 'seal' };
  assert.equal(excess({ id: 'x'.repeat(64), call }, CALL), undefined);
});

test('depth, values and characters end at their limits', () => {
  assert.equal(excess(nested(MAX_MESSAGE_DEPTH), CALL), undefined);
  assert.match(excess(nested(MAX_MESSAGE_DEPTH + 1), CALL) ?? '', /deep/);
  assert.equal(excess('x'.repeat(MAX_CALL_CHARS), CALL), undefined);
  assert.match(excess('x'.repeat(MAX_CALL_CHARS + 1), CALL) ?? '', /characters/);
  assert.match(excess({ ['x'.repeat(MAX_CALL_CHARS + 1)]: 1 }, CALL) ?? '', /characters/);
  assert.equal(excess(Array(MAX_CALL_VALUES - 1).fill(0), CALL), undefined);
  assert.match(excess(Array(MAX_CALL_VALUES).fill(0), CALL) ?? '', /values/);
  assert.match(
    excess(
      Object.fromEntries(
        Array(MAX_CALL_VALUES)
          .fill(0)
          .map((_, at) => [at, at]),
      ),
      CALL,
    ) ?? '',
    /values/,
  );
});

test('what is larger than any memory, or has no end, is measured no further than the bounds', () => {
  const circle: unknown[] = [];
  circle.push(circle, circle);
  let many: unknown = 0;
  for (let times = 0; times < MAX_MESSAGE_DEPTH; times += 1) many = [many, many, many, many, many, many, many, many];
  let deep: unknown = 0;
  for (let times = 0; times < 100_000; times += 1) deep = [deep];
  // biome-ignore lint/suspicious/noSparseArray: it is the point.
  const sparse = [, 1];
  sparse.length = 2 ** 32 - 1;
  for (const endless of [circle, many, deep, sparse, new Array(2 ** 31)])
    assert.notEqual(excess(endless, CALL), undefined);
});

test('what JSON does not carry, or carries as something else, is named', () => {
  for (const value of [
    1n,
    Symbol('x'),
    () => 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date(0),
    new Map(),
    new Set(),
    new Uint8Array(8),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Blob(['x']),
    /x/,
    new Error('x'),
  ])
    for (const message of [value, [value], { a: { b: value } }])
      assert.notEqual(excess(message, CALL), undefined, String(value));
  for (const value of [null, undefined, true, 0, -1.5, 'x', [], {}, Object.create(null)])
    assert.equal(excess({ value }, CALL), undefined);
});
