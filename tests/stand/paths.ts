// Where things lie: built parts, the modules, temporary folders.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const HOST = join(ROOT, 'target/release/yinxin-host');
export const SOFTKEY = join(ROOT, 'target/release/libyinxin_softkey.so');
/** The software key with fault switches, which `npm test` builds first. */
export const FAULTY_SOFTKEY = join(ROOT, 'target/faults/debug/libyinxin_softkey.so');
export const DEMO_KEY = join(ROOT, 'target/release/yinxin-demo-key');
/** Demo keys that were made, for copies of them. */
export const DEMO_KEYS = join(ROOT, 'target/test-keys');
export const EXTENSION = join(ROOT, 'extension/dist/chrome-dev');
export const FIREFOX_EXTENSION = join(ROOT, 'extension/dist/firefox-dev');
export const PORTAL = join(ROOT, 'www/dist/demo/server.mjs');
export const CHROMIUM = '/usr/bin/chromium';
export const FIREFOX = '/usr/bin/firefox-esr';
export const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';

/** A temporary folder, and how to remove it. */
export function temporary(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'yinxin-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
