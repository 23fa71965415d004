//! Takes pictures of the page library's install guide in its states: `node --import tsx tests/gallery/guide.ts OUTDIR`.
//! `tests/e2e/client.test.ts` has axe look at the same.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { play, servePackage } from '../stand/client.js';
import { CHROMIUM } from '../stand/paths.js';

const [out] = process.argv.slice(2);
if (!out) throw new Error('usage: guide.ts OUTDIR');
await mkdir(out, { recursive: true });
const served = await servePackage();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
for (const [locale, colorScheme, width] of [
  ['zh-CN', 'light', 760],
  ['zh-CN', 'dark', 760],
  ['zh-CN', 'light', 320],
  ['zh-CN', 'dark', 320],
  ['en', 'light', 320],
] as const) {
  const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 480 } });
  for (const code of ['not-installed', 'site-not-allowed', 'host-missing', 'host-too-old', 'ready']) {
    const page = await context.newPage();
    await page.goto(`${served.url}/examples/`);
    await play(page);
    await page.evaluate(
      async ([code, lang]) => {
        document.documentElement.lang = lang;
        document.documentElement.style.cssText = 'color-scheme: light dark; font-family: sans-serif';
        if (code !== 'ready') window.played.answer = call => call.fail(code as never);
        const path = '/guide.js';
        const { guide }: typeof import('@yinxin/client/guide') = await import(path);
        const place = document.body.appendChild(document.createElement('main'));
        guide(place, {
          extension: { chromium: '/extension' },
          host: { 'deb-amd64': '/yinxin_amd64.deb', 'archive-amd64': '/yinxin.tar.xz' },
          support: '/help',
        });
      },
      [code, locale] as const,
    );
    await page.locator('.said:not(.looking)').waitFor();
    await page.screenshot({ path: join(out, `${code}.${locale}.${colorScheme}.${width}.png`), fullPage: true });
    await page.close();
  }
  await context.close();
}
await browser.close();
await served.close();
