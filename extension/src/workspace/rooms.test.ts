import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roomOf } from './rooms.js';

test('an address leads to a room, or to a place in one', () => {
  for (const [hash, room] of [
    ['', 'keys'],
    ['#keys', 'keys'],
    ['#advice', 'keys'],
    ['#guide', 'guide'],
    ['#procedure-renewal-online', 'guide'],
    ['#history', 'history'],
    ['#anchors', 'settings'],
    ['#nothing', 'keys'],
    ['#toString', 'keys'],
  ] as const)
    assert.equal(roomOf(hash), room, hash);
});
