//! Takes pictures of pages of the documents: `node --import tsx tests/gallery/docs.ts OUTDIR [PAGE …]`. `tests/e2e/docs.test.ts`
//! has axe look at some of the same.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { DIST } from '../stand/pages.js';
import { CHROMIUM } from '../stand/paths.js';

const [out, ...asked] = process.argv.slice(2);
if (!out) throw new Error('usage: docs.ts OUTDIR [PAGE …]');
const names = asked.length > 0 ? asked : ['index', 'index.en', 'migration', 'errors', 'api', 'policy.en'];
await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [390, 1280]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 1600 } });
    for (const name of names) {
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(DIST, 'docs', `${name}.html`)).href);
      await page.screenshot({ path: join(out, `${name}.${colorScheme}.${width}.png`) });
      await page.close();
    }
    await context.close();
  }
await browser.close();
