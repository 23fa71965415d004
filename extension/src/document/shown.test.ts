import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, planned, type Shown, shownBy } from './shown.js';

const shown: Shown = {
  blob: 'blob:chrome-extension://abc/1',
  name: '合同#1 “终稿”.ofd',
  placement: { page: 2, x: 120, y: 250 },
  width: 40,
  height: 30,
};
const overview = { documents: 1, pages: 4, width: 210, height: 297, stamps: [] };

test('an address says what was put into it', () => {
  const address = addressOf(shown);
  assert.deepEqual(shownBy(new URL(address, 'chrome-extension://abc/').hash), shown);
});

test('an address of another kind says nothing', () => {
  for (const hash of [
    '',
    '#',
    '#{}',
    '#%',
    `#${encodeURIComponent(JSON.stringify({ ...shown, blob: 'https://a.example/' }))}`,
  ])
    assert.equal(shownBy(hash), undefined, hash);
});

test('a seal stands with its middle at its place, or in slices at the right of every page', () => {
  assert.deepEqual(planned(shown, overview), [{ page: 2, x: 100, y: 235, width: 40, height: 30 }]);
  const { placement: _, ...rest } = shown;
  const slices = planned({ ...rest, straddling: 100 }, overview);
  assert.deepEqual(
    slices.map(({ page }) => page),
    [1, 2, 3, 4],
  );
  assert.deepEqual(slices[0], { page: 1, x: undefined, y: 85, width: 10, height: 30 });
  assert.deepEqual(planned(rest, overview), []);
});
