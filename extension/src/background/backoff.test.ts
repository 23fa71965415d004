import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CANCEL_WAIT_MS, CANCELS_BEFORE_WAIT, MAX_CANCEL_WAIT_MS } from '@yinxin/proto';
import { Memory } from '../testing.js';
import { after, Backoff, type Cancels, remainingWait } from './backoff.js';

const cancelled = { signed: false, cancelled: true };
const NOW = 1_000_000_000;

function cancel(times: number, start?: Cancels): Cancels | undefined {
  let cancels = start;
  for (let i = 0; i < times; i++) cancels = after(cancels, cancelled, NOW);
  return cancels;
}

test('the first cancels cost nothing, the next ones wait twice as long each time', () => {
  assert.equal(remainingWait(undefined, NOW), 0);
  assert.equal(remainingWait(cancel(CANCELS_BEFORE_WAIT - 1), NOW), 0);
  assert.equal(remainingWait(cancel(CANCELS_BEFORE_WAIT), NOW), CANCEL_WAIT_MS);
  assert.equal(remainingWait(cancel(CANCELS_BEFORE_WAIT + 1), NOW), 2 * CANCEL_WAIT_MS);
  assert.equal(remainingWait(cancel(1000), NOW), MAX_CANCEL_WAIT_MS);
});

test('the wait runs out, and a clock set back does not make it longer', () => {
  const cancels = cancel(CANCELS_BEFORE_WAIT);
  assert.equal(remainingWait(cancels, NOW + CANCEL_WAIT_MS - 1), 1);
  assert.equal(remainingWait(cancels, NOW + CANCEL_WAIT_MS), 0);
  assert.equal(remainingWait(cancels, NOW - 3_600_000), CANCEL_WAIT_MS);
});

test('a signature clears the record, any other end leaves it', () => {
  const cancels = cancel(CANCELS_BEFORE_WAIT);
  assert.equal(after(cancels, { signed: true, cancelled: false }, NOW), undefined);
  assert.deepEqual(after(cancels, { signed: false, cancelled: false }, NOW), cancels);
});

test('cancels long ago do not count as in a row', () => {
  const old = cancel(10);
  assert.equal(after(old, cancelled, NOW + 2 * MAX_CANCEL_WAIT_MS)?.count, 1);
});

test('cancels of several origins at the same time all count, beside what ends in another way', async () => {
  const backoff = new Backoff(new Memory().item('cancels'));
  const [a, b] = ['https://a.example', 'https://b.example'] as const;
  const other = { signed: false, cancelled: false };
  for (let count = 0; count < CANCELS_BEFORE_WAIT; count += 1)
    await Promise.all([
      backoff.record(a, cancelled, NOW),
      backoff.record(b, other, NOW),
      backoff.record(b, cancelled, NOW),
      backoff.record(a, other, NOW),
    ]);
  for (const origin of [a, b]) assert.equal(await backoff.secondsToWait(origin, NOW), CANCEL_WAIT_MS / 1000);
  await backoff.record(a, { signed: true, cancelled: false }, NOW);
  assert.equal(await backoff.secondsToWait(a, NOW), 0);
  assert.equal(await backoff.secondsToWait(b, NOW), CANCEL_WAIT_MS / 1000);
});
