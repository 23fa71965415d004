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

/** The first screen of a laptop, and large fonts of the browser. */
const SCREENS = [
  { locale: 'zh-CN', scheme: 'light', width: 1366, height: 768, font: 16 },
  { locale: 'zh-CN', scheme: 'light', width: 1366, height: 768, font: 24 },
  { locale: 'zh-CN', scheme: 'light', width: 320, height: 0, font: 24 },
] as const;

const [out, filter = ''] = process.argv.slice(2);
if (!out) throw new Error('usage: verify.ts OUTDIR [FILTER]');
await mkdir(out, { recursive: true });
const { states, remove } = makeStates();
const failures: string[] = [];
let pictures = 0;
const all = [...LOOKS.map(look => ({ ...look, height: 0, font: 16 })), ...SCREENS];
for (const { locale, scheme, width, height, font } of all) {
  const args = ['--no-sandbox', '--disable-gpu', `--blink-settings=defaultFontSize=${font}`];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  for (const [state, given] of Object.entries(states)) {
    const name = `${state}.${locale}.${scheme}.${width}${height > 0 ? `x${height}` : ''}${font > 16 ? `.font${font}` : ''}`;
    if (!name.includes(filter)) continue;
    const context = await browser.newContext({
      viewport: { width, height: height || 800 },
      colorScheme: scheme,
      locale,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('pageerror', error => failures.push(`${name}: ${error.message}`));
    await show(page, given);
    await page.screenshot({ path: join(out, `${name}.png`), fullPage: height === 0 });
    pictures++;
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) failures.push(`${name}: ${over} px wider than its window`);
    await context.close();
  }
  await browser.close();
}
remove();
console.log(`${pictures} pictures`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 || pictures === 0 ? 1 : 0;
