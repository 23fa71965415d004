// What the host costs while nobody does anything: no wake-ups, little memory; and how large it is. None of it is a time.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { PipedHost } from '../stand/host.js';
import { HOST, temporary } from '../stand/paths.js';
import { hostConfiguration, insertOnly, makeDemoKeys } from '../stand/stand.js';

const folder = temporary();
const config = join(folder.path, 'host.toml');

before(() => {
  const keys = join(folder.path, 'keys');
  makeDemoKeys(keys);
  insertOnly(keys, ['demo-unit']);
  writeFileSync(config, hostConfiguration(keys, undefined, { host: ['idle_ms = 500'] }));
});

after(() => folder.remove());

/** What the system tells of a process: a number of its status. */
function told(pid: number | string, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
}

/** A process and all that it started. */
function family(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .filter(entry => {
      try {
        return readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false; // Ended meanwhile.
      }
    });
  return [pid, ...children.map(Number).flatMap(family)];
}

/** How often any of its threads has waited for something: each time it was awake before. */
function waits(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map(thread =>
    told(`${pid}/task/${thread}`, 'voluntary_ctxt_switches'),
  );
  return threads.reduce((sum, count) => sum + count, 0);
}

/** How often it wakes in two seconds, once it has come to rest. */
async function wakeUps(pid: number): Promise<number> {
  await setTimeout(1_000);
  const before = waits(pid);
  await setTimeout(2_000);
  return waits(pid) - before;
}

test('an idle host never wakes, is small in memory, and keeps no worker', {
  skip: process.platform !== 'linux',
}, async () => {
  const host = new PipedHost(config);
  await host.greeting;
  const pid = host.child.pid as number;
  assert.equal(await wakeUps(pid), 0, 'after its greeting');
  await host.ask({ type: 'bridge-start', tab: 1, origin: 'http://localhost:8080' });
  await host.ask({ type: 'tokens' });
  // A workspace was open, and is closed.
  await host.ask({ type: 'watch', on: true });
  await host.ask({ type: 'tokens' });
  assert.equal(family(pid).length, 2, 'a worker works');
  await host.ask({ type: 'watch', on: false });
  const end = Date.now() + 30_000;
  while (family(pid).length > 1) {
    assert.ok(Date.now() < end, 'the worker ends');
    await setTimeout(50);
  }
  assert.equal(await wakeUps(pid), 0, 'with a bridge on');
  const memory = told(pid, 'VmRSS');
  assert.ok(memory <= 6 * 1024, `${memory} KiB in memory`);
  await host.end();
});

test('the released host is no larger than 3.05 MB', {
  skip: process.platform !== 'linux' || process.arch !== 'x64',
}, () => {
  const { size } = statSync(HOST);
  assert.ok(size <= 3_050_000, `${size} bytes`);
});
