/**
 * The reference of the page library, from its declarations: `node www/api.mjs` writes www/client/API.md, with `--check` it
 * fails where that is not as it would be written. Reads what `node www/build.mjs client` made.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reference } from './docs/reference.mjs';
import { words } from './docs/words.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = [
  '# Reference of `@yinxin/client`\n',
  'Generated from the declarations by `node www/api.mjs`. What is not said here is in the [README](README.md).\n',
  reference(root, 'client', words(root, 'en')),
].join('\n');
const path = join(root, 'www/client/API.md');
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.error('www/client/API.md is not as generated: node www/api.mjs');
  process.exitCode = 1;
}
