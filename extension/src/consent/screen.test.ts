import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside } from './screen.js';

const screen = { left: 0, top: 0, width: 1093, height: 614 };
const usual = { left: 300, top: 40, width: 480, height: 720 };

test('a window that is taller than its screen gets its height, and all of it is seen', () => {
  assert.deepEqual(inside(usual, screen), { left: 300, top: 0, width: 480, height: 614 });
});

test('a window that hangs over an edge is moved, on a second screen too', () => {
  const right = { left: 1093, top: -200, width: 1920, height: 1040 };
  assert.deepEqual(inside({ ...usual, left: 2900, top: 400 }, right), {
    left: 2533,
    top: 120,
    width: 480,
    height: 720,
  });
  assert.deepEqual(inside({ ...usual, left: 900, top: -300 }, right), {
    left: 1093,
    top: -200,
    width: 480,
    height: 720,
  });
});

test('a window inside its screen stays', () => {
  assert.equal(inside(usual, { left: 0, top: 0, width: 1366, height: 768 }), undefined);
});
