import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRIDGE_PRESS_MS } from '@yinxin/proto';
import { Presses } from './presses.js';

/** Presses by a clock of the test's own. */
function pressing() {
  const clock = { now: 1_000_000 };
  return { clock, presses: new Presses(() => clock.now) };
}

test('a press lets calls ask for some seconds, and without one none does', () => {
  const { clock, presses } = pressing();
  assert.equal(presses.isRecent(), false);
  presses.press();
  clock.now += BRIDGE_PRESS_MS;
  assert.equal(presses.isRecent(), true);
  clock.now += 1;
  assert.equal(presses.isRecent(), false);
});

test('while a call waits the page stands still, and the time does not count', () => {
  const { clock, presses } = pressing();
  presses.press();
  clock.now += 1_000;
  presses.pause();
  clock.now += 60_000;
  assert.equal(presses.isRecent(), true);
  presses.resume();
  presses.resume();
  clock.now += BRIDGE_PRESS_MS - 1_000;
  assert.equal(presses.isRecent(), true);
  clock.now += 1;
  assert.equal(presses.isRecent(), false);
});

test('a press of a page whose calls do not block it begins anew', () => {
  const { clock, presses } = pressing();
  presses.pause();
  clock.now += 10_000;
  presses.press();
  clock.now += BRIDGE_PRESS_MS + 1;
  // A call waits all the while.
  assert.equal(presses.isRecent(), true);
  presses.resume();
  assert.equal(presses.isRecent(), true);
  clock.now += BRIDGE_PRESS_MS + 1;
  assert.equal(presses.isRecent(), false);
});
