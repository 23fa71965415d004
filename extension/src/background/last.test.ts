import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ConsentView } from '@yinxin/proto';
import type { Entry } from './history.js';
import { LastUsed } from './last.js';

const PORTAL = 'https://portal.example';
const entry = (origin: string, certificate: string) => ({ origin, certificate }) as Entry;
const HISTORY = [entry('https://other.example', 'b'), entry(PORTAL, 'a'), entry(PORTAL, 'c')];
const view = (origin: string, keys: number) =>
  ({ site: { origin }, tokens: Array.from({ length: keys }, () => ({})) }) as unknown as ConsentView;
const kept = async () => true;

test('it is the last one of this very site, and of another site none', async () => {
  for (const [origin, certificate] of [
    [PORTAL, 'a'],
    ['https://new.example', undefined],
  ] as const) {
    const last = new LastUsed(kept, async () => HISTORY);
    await last.read;
    assert.equal(last.in(view(origin, 2)), certificate);
  }
});

test('what comes after certificates were shown changes their order no more', async () => {
  let tell = (_: readonly Entry[]) => {};
  const last = new LastUsed(kept, () => new Promise(resolve => (tell = resolve)));
  await setImmediate();
  // While no key is in, there is no order to change.
  assert.equal(last.in(view(PORTAL, 0)), undefined);
  assert.equal(last.in(view(PORTAL, 1)), undefined);
  tell(HISTORY);
  await last.read;
  assert.equal(last.in(view(PORTAL, 2)), undefined);
});

test('what comes before the first key is inserted is in time, and holds', async () => {
  const last = new LastUsed(kept, async () => HISTORY);
  assert.equal(last.in(view(PORTAL, 0)), undefined);
  await last.read;
  assert.equal(last.in(view(PORTAL, 1)), 'a');
  assert.equal(last.in(view(PORTAL, 0)), 'a');
});

test('where nothing is kept the history is not even read, and a storage that fails is as good as none', async () => {
  const unread = () => assert.fail('read');
  for (const last of [
    new LastUsed(async () => false, unread),
    new LastUsed(() => Promise.reject(new Error('no settings')), unread),
    new LastUsed(kept, () => Promise.reject(new Error('no history'))),
  ]) {
    await last.read;
    assert.equal(last.in(view(PORTAL, 1)), undefined);
  }
});
