import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Memory } from '../testing.js';
import { DEFAULTS, SettingsStore } from './settings.js';

let local: Memory;
let managed: Memory;
let store: SettingsStore;

beforeEach(() => {
  local = new Memory();
  managed = new Memory();
  store = new SettingsStore(local.item('settings'), managed);
});

test('nothing set means the defaults', async () => {
  assert.deepEqual(await store.read(), { settings: DEFAULTS, managed: [] });
});

test('a change holds, and leaves the rest', async () => {
  await store.change({ language: 'en' });
  await store.change({ sharedComputer: true });
  await store.change({ noticeDays: [7, 30] });
  assert.deepEqual((await store.read()).settings, { language: 'en', sharedComputer: true, noticeDays: [30, 7] });
  await store.change({ noticeDays: [] });
  assert.deepEqual((await store.read()).settings.noticeDays, []);
});

test('what an administrator set wins, and is named', async () => {
  await store.change({ language: 'en', sharedComputer: false });
  managed.content = { sharedComputer: true, noticeDays: [] };
  const { settings, managed: names } = await store.read();
  assert.deepEqual(settings, { language: 'en', sharedComputer: true, noticeDays: [] });
  assert.deepEqual(names, ['sharedComputer', 'noticeDays']);
});

test('values that no setting can have are not taken, from wherever they come', async () => {
  const wrong = { language: 'fr', sharedComputer: 'yes', noticeDays: [90, 45, '7'], more: 1 };
  local.content = { settings: wrong };
  managed.content = { language: 7, sharedComputer: null, noticeDays: 30 };
  assert.deepEqual(await store.read(), { settings: { ...DEFAULTS, noticeDays: [90] }, managed: [] });
  for (const garbage of [null, 7, 'x', [], [1]]) {
    local.content = { settings: garbage };
    assert.deepEqual((await store.read()).settings, DEFAULTS);
  }
  await store.change(wrong as never);
  assert.deepEqual(local.content, { settings: { noticeDays: [90] } });
});

test('a storage that fails is as good as an empty one to read, and refuses a change', async () => {
  local.failure = new Error('disk');
  managed.failure = new Error('policy');
  assert.deepEqual(await store.read(), { settings: DEFAULTS, managed: [] });
  await assert.rejects(store.change({ language: 'en' }), /disk/);
});

test('the schema for policies names every setting', async () => {
  const { readFile } = await import('node:fs/promises');
  const schema = JSON.parse(await readFile(new URL('../../managed.json', import.meta.url), 'utf8'));
  assert.deepEqual(
    Object.keys(schema.properties).sort(),
    ['anchors', 'bridgedSites', 'sites', ...Object.keys(DEFAULTS)].sort(),
  );
});
