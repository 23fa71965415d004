import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyInTime } from './item.js';
import { inOrder, Memory } from './testing.js';

test('changes at the same time are all kept, and none is written where nothing changes', async () => {
  const area = new Memory();
  const item = area.item('list');
  const add = (what: string) => item.change(list => [...((list as string[] | undefined) ?? []), what]);
  await Promise.all(['a', 'b', 'c'].map(add));
  assert.deepEqual(await item.read(), ['a', 'b', 'c']);
  const { writes } = area;
  await item.change(list => list);
  assert.equal(area.writes, writes);
});

test('a change that fails leaves what is there, and the next one its turn', async () => {
  const area = new Memory();
  const item = area.item('count');
  await item.change(() => 1);
  area.failure = new Error('disk');
  await assert.rejects(
    item.change(() => 2),
    /disk/,
  );
  area.failure = undefined;
  await assert.rejects(
    item.change(() => {
      throw new Error('step');
    }),
    /step/,
  );
  await item.change(count => (count as number) + 1);
  assert.equal(await item.read(), 2);
});

test('sites that are first used or added at the same time are all remembered', async () => {
  const areas = { local: new Memory(), session: new Memory() };
  const turns = new Map<string, ReturnType<typeof inOrder>>();
  const request = (name: string, work: () => Promise<unknown>) => {
    const turn = turns.get(name) ?? inOrder();
    turns.set(name, turn);
    return turn(work);
  };
  const scripts: { id: string }[] = [];
  Object.assign(globalThis, {
    DEVELOPMENT: false,
    PORTS_IN_PATTERNS: true,
    chrome: {
      storage: areas,
      permissions: { request: async () => true, contains: async () => true, remove: async () => true },
      scripting: {
        getRegisteredContentScripts: async () => [...scripts],
        registerContentScripts: async (more: { id: string }[]) => {
          for (const { id } of more) {
            assert.ok(!scripts.some(known => known.id === id), 'registered twice');
            assert.ok(
              !Object.hasOwn((areas.local.content.added ?? {}) as object, id),
              'listed before it has its relay',
            );
          }
          scripts.push(...more);
        },
        unregisterContentScripts: async ({ ids }: { ids: string[] }) => {
          for (const id of ids)
            scripts.splice(
              scripts.findIndex(known => known.id === id),
              1,
            );
        },
      },
    },
  });
  Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
  const { addedSites, addSite, forgetUsed, markUsed, removeSite } = await import('./sites.js');
  const [a, b, c] = ['https://a.example', 'https://b.example', 'https://c.example'] as const;
  const now = new Date('2026-11-28T00:00:00Z');
  for (const kept of [true, false]) await Promise.all([a, b, c].map(origin => markUsed(origin, now, kept)));
  for (const area of [areas.local, areas.session])
    assert.deepEqual(Object.keys(area.content.used as object), [a, b, c]);
  await Promise.all([forgetUsed(a), markUsed('https://d.example', now, true)]);
  assert.deepEqual(Object.keys(areas.local.content.used as object), [b, c, 'https://d.example']);
  await Promise.all([a, b].map(origin => addSite(origin, now)));
  await Promise.all([addSite(c, now), removeSite(a)]);
  assert.deepEqual(
    (await addedSites()).map(({ origin }) => origin),
    [b, c],
  );
  assert.deepEqual(scripts.map(({ id }) => id).sort(), [b, c]);
});

test('a policy that the browser does not read in time is as good as one that fails', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const reads: (() => void)[] = [];
  const managed = { get: (_: string) => new Promise(resolve => reads.push(() => resolve({ anchors: 7 }))) };
  Object.assign(globalThis, { chrome: { storage: { managed } } });
  const late = policyInTime().get('anchors');
  context.mock.timers.tick(1_000);
  await assert.rejects(late, /not read yet/);
  // Whoever asks then does not wait anew.
  await assert.rejects(policyInTime().get('anchors'), /not read yet/);
  // It reads them.
  for (const read of reads.splice(0)) read();
  await new Promise(resolve => setImmediate(resolve));
  const asked = policyInTime().get('anchors');
  for (const read of reads) read();
  assert.deepEqual(await asked, { anchors: 7 });
});
