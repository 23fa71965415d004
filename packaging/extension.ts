// Packs the extension as stores take it: the released build with the licences of what others wrote, each file with the time of
// the release, sorted.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

const [, , out = '.', thirdParty = ''] = process.argv;
const seconds = Number(process.env.SOURCE_DATE_EPOCH);
if (!Number.isSafeInteger(seconds)) throw new Error('SOURCE_DATE_EPOCH is needed');
// An archive has no time zone: what it holds is what these getters give.
const utc = new Date(seconds * 1000);
const mtime = new Date(utc.getTime() + utc.getTimezoneOffset() * 60_000);

function files(folder: string): string[] {
  return readdirSync(folder)
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? files(path) : [path]))
    .sort();
}

for (const browser of ['chrome', 'firefox']) {
  const folder = join('extension/dist', browser);
  if (!statSync(folder, { throwIfNoEntry: false })) continue;
  const { version } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const entries: Zippable = {};
  const add = (name: string, bytes: Uint8Array<ArrayBuffer>): void => {
    entries[name] = [bytes, { mtime, level: 9, os: 3, attrs: 0o644 << 16 }];
  };
  for (const path of files(folder)) {
    const bytes = new Uint8Array(readFileSync(path));
    const name = relative(folder, path);
    add(name, name === 'manifest.json' ? forStore(bytes) : bytes);
  }
  add('third-party.txt', new Uint8Array(readFileSync(thirdParty)));
  const path = join(out, `yinxin-${version}-${browser}.zip`);
  writeFileSync(path, zipSync(entries));
}

/** The manifest without the key that fixes the id of an unpacked extension: a store has the key itself, and refuses this. */
function forStore(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { key: _, ...manifest } = JSON.parse(new TextDecoder().decode(bytes));
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
}
