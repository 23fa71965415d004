//! Takes pictures of the verify page in its states, as it was built:
//! `node --import tsx tests/gallery/verify.ts OUTDIR [FILTER]`. Fails where something is wider than its window, or
//! throws; `tests/e2e/verify.test.ts` has axe look at the same states.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../stand/paths.js';
import { makeStates, show } from '../stand/verify.js';

const LOOKS = [
  { locale: 'zh-CN', scheme: 'light', width: 1280 },
  { locale: 'en', scheme: 'dark', width: 1280 },
  { locale: 'en', scheme: 'light', width: 640 },
  { locale: 'zh-CN', scheme: 'dark', width: 320 },
  { locale: 'en', scheme: 'light', width: 320 },
] as const;

const [out, filter = ''] = process.argv.slice(2);
if (!out) throw new Error('usage: verify.ts OUTDIR [FILTER]');
await mkdir(out, { recursive: true });
const { states, remove } = makeStates();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
const failures: string[] = [];
let pictures = 0;
for (const { locale, scheme, width } of LOOKS) {
  for (const [state, given] of Object.entries(states)) {
    const name = `${state}.${locale}.${scheme}.${width}`;
    if (!name.includes(filter)) continue;
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: scheme,
      locale,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('pageerror', error => failures.push(`${name}: ${error.message}`));
    await show(page, given);
    await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
    pictures++;
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) failures.push(`${name}: ${over} px wider than its window`);
    await context.close();
  }
}
await browser.close();
remove();
console.log(`${pictures} pictures`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 || pictures === 0 ? 1 : 0;
