//! Takes pictures of the fee calculator in its states, as it was built:
//! `node --import tsx tests/gallery/calculator.ts OUTDIR [FILTER]`. Fails where something is wider than
//! its window, or throws; `tests/e2e/calculator.test.ts` has axe look at the same states.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM, ROOT } from '../stand/paths.js';

const STATES = {
  usual: '',
  'two-years': '#supplier.new.2y.1c.1s',
  several: '#supplier.renewal.1y.2c.2s~expert.new.1y.1c.1s~purchaser.replacement.0c',
  'renew-first': '#supplier.seal-upgrade.1s.45d.bidding',
  'not-free': '#supplier.seal-upgrade.1s.other-class',
  'mid-term': '#supplier.seal-renewal.1s.200d',
  lapsed: '#supplier.renewal.1y.1c.1s.-5d',
  included: '#agency.unlocking.1c',
  large: '#purchaser-representative.new.1y.9999c.9999s',
  hostile: '#supplier.%3Cscript%3E',
  list: '#list',
};

const LOOKS = [
  { locale: 'zh-CN', scheme: 'light', width: 1280 },
  { locale: 'en', scheme: 'dark', width: 1280 },
  { locale: 'zh-CN', scheme: 'dark', width: 768 },
  { locale: 'en', scheme: 'light', width: 768 },
  { locale: 'zh-CN', scheme: 'light', width: 320 },
  { locale: 'en', scheme: 'dark', width: 320 },
] as const;

/** The first screen of a laptop, and large fonts of the browser. */
const SCREENS = [
  { locale: 'zh-CN', scheme: 'light', width: 1366, height: 768, font: 16 },
  { locale: 'zh-CN', scheme: 'light', width: 1366, height: 768, font: 24 },
  { locale: 'zh-CN', scheme: 'light', width: 320, height: 0, font: 24 },
] as const;

const [out, filter = ''] = process.argv.slice(2);
if (!out) throw new Error('usage: calculator.ts OUTDIR [FILTER]');
await mkdir(out, { recursive: true });
const file = pathToFileURL(join(ROOT, 'www/dist/calculator.html')).href;
const failures: string[] = [];
let pictures = 0;
const all = [...LOOKS.map(look => ({ ...look, height: 0, font: 16 })), ...SCREENS];
for (const { locale, scheme, width, height, font } of all) {
  const args = ['--no-sandbox', '--disable-gpu', `--blink-settings=defaultFontSize=${font}`];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  const context = await browser.newContext({
    viewport: { width, height: height || 800 },
    colorScheme: scheme,
    locale,
    reducedMotion: 'reduce',
  });
  for (const [state, order] of Object.entries(STATES)) {
    const name = `${state}.${locale}.${scheme}.${width}${height > 0 ? `x${height}` : ''}${font > 16 ? `.font${font}` : ''}`;
    if (!name.includes(filter)) continue;
    const page = await context.newPage();
    page.on('pageerror', error => failures.push(`${name}: ${error.message}`));
    await page.goto(file + order);
    await page.waitForFunction(() => performance.getEntriesByName('quote').length > 0);
    // The whole page in one window, where what is sticky stands in its own place.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    if (height === 0) await page.setViewportSize({ width, height: whole });
    await page.screenshot({ path: join(out, `${name}.png`) });
    pictures++;
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) failures.push(`${name}: ${over} px wider than its window`);
    await page.close();
  }
  await browser.close();
}
console.log(`${pictures} pictures`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 || pictures === 0 ? 1 : 0;
