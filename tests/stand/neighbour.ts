// Other people's extensions beside ours, as hostile as their permissions let them be.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'playwright-core';
import type { Stand } from './stand.js';

/** Writes an extension of that name: a worker that does what a test evaluates in it, and a page that asks for a PIN. */
export function makeNeighbour(folder: string, name: string, permissions: string[]): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const manifest = {
    manifest_version: 3,
    name,
    version: '1',
    background: { service_worker: 'worker.js' },
    permissions,
  };
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(path, 'worker.js'), `self.called = ${JSON.stringify(name)};`);
  writeFileSync(join(path, 'fake.html'), '<!doctype html><title>印信</title><input type="password" id="fake">');
  return path;
}

/** The worker of a neighbour, by its name. */
export async function neighbourOf(stand: Stand, name: string): Promise<Worker> {
  for (;;) {
    for (const worker of stand.browser.serviceWorkers()) {
      const called = await worker.evaluate(() => (self as unknown as { called?: string }).called);
      if (called === name) return worker;
    }
    await stand.browser.waitForEvent('serviceworker');
  }
}
