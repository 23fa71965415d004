/** Scripts and styles of the pages. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file of the pages. */
export interface Asset {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Reads all files of a folder once: no request ever reaches the file system. */
export function loadAssets(folder: string): Map<string, Asset> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    names.flatMap(name => {
      const type = TYPES[extname(name) as keyof typeof TYPES];
      return type ? [[name, { type, body: readFileSync(join(folder, name)) }]] : [];
    }),
  );
}

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
} as const;
