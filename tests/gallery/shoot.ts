//! Takes pictures of every state of the extension's windows and runs axe on each:
//! `node --import tsx tests/gallery/shoot.ts OUTDIR [FILTER]`. Fails on any violation, and where
//! something is wider than its window.

import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { consents, popups, workspaces } from './fixtures.js';

interface Look {
  readonly name: string;
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  readonly locale: 'zh-CN' | 'en';
}

const LOOKS: readonly Look[] = [
  { name: 'zh', width: 480, scheme: 'light', locale: 'zh-CN' },
  { name: 'en-dark', width: 480, scheme: 'dark', locale: 'en' },
  { name: 'zh-dark-narrow', width: 320, scheme: 'dark', locale: 'zh-CN' },
  { name: 'en-narrow', width: 320, scheme: 'light', locale: 'en' },
  { name: 'en-wide', width: 1280, scheme: 'light', locale: 'en' },
  { name: 'zh-dark-widest', width: 1920, scheme: 'dark', locale: 'zh-CN' },
];

const [out, filter = ''] = process.argv.slice(2);
if (!out) throw new Error('usage: shoot.ts OUTDIR [FILTER]');
await mkdir(out, { recursive: true });

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bundle = await build({
  entryPoints: { page: join(root, 'tests/gallery/page.tsx'), style: join(root, 'extension/src/ui/style.css') },
  outdir: '/',
  bundle: true,
  write: false,
  format: 'esm',
  target: 'chrome106',
  tsconfig: join(root, 'tsconfig.json'),
  jsx: 'automatic',
  jsxImportSource: 'preact',
  charset: 'utf8',
  alias: { '@yinxin/fees': join(root, 'wasm/pkg/fees/yinxin_fees.js') },
  define: { DEVELOPMENT: 'true', VERSION: '"0.1.0"' },
});
const made = (name: string) => bundle.outputFiles.find(file => file.path.endsWith(name))?.text;
const [script, style] = [made('page.js'), made('style.css')];
const fees = await readFile(join(root, 'wasm/pkg/fees/yinxin_fees_bg.wasm'));
const core = await readFile(join(root, 'wasm/pkg/web/yinxin_bg.wasm'));
const html =
  '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  '<link rel="stylesheet" href="/style.css"><script type="module" src="/page.js"></script></head><body></body></html>';

const server = createServer((request, response) => {
  const path = request.url?.split('?')[0];
  if (path === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
  else if (path === '/fees.wasm') response.setHeader('content-type', 'application/wasm').end(fees);
  else if (path === '/core.wasm') response.setHeader('content-type', 'application/wasm').end(core);
  else if (path === '/style.css') response.setHeader('content-type', 'text/css').end(style);
  else response.setHeader('content-type', 'text/html').end(html);
}).listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
/** The room of the workspace that a state is about. */
function roomOf(state: string): string {
  if (state.startsWith('doctor')) return 'check';
  if (state.startsWith('history')) return 'history';
  if (state.startsWith('procedures')) return 'guide';
  if (state.startsWith('anchors')) return 'anchors';
  return state.startsWith('settings') ? 'settings' : 'keys';
}

const failures: string[] = [];
let pictures = 0;
for (const look of LOOKS) {
  for (const [which, states] of [
    ['consent', consents],
    ['workspace', workspaces],
    ['popup', popups],
  ] as const) {
    const wide = which === 'workspace' && look.width === 480 ? 900 : look.width;
    const context = await browser.newContext({
      viewport: { width: wide, height: 600 },
      colorScheme: look.scheme,
      locale: look.locale,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('pageerror', error => failures.push(`${which}-${page.url()}: ${error.message}`));
    for (const state of Object.keys(states)) {
      const name = `${which}-${state}.${look.name}`;
      if (!name.includes(filter)) continue;
      await page.setViewportSize({ width: wide, height: 600 });
      await page.goto(`${base}?window=${which}&state=${state}&locale=${look.locale}#${roomOf(state)}`);
      await page.waitForSelector('.consent:not(.guarded), .workspace, .popup');
      await page.waitForFunction(() => [...document.images].every(image => image.complete));
      if (state.endsWith('-ready')) await page.fill('input[type=password]', '12345678');
      if (state.endsWith('-asking')) await page.click('.history-acts button:last-child');
      if (state.endsWith('-all')) {
        await page.locator('.way details').evaluateAll(all => {
          for (const details of all) details.setAttribute('open', '');
        });
      }
      if (state.endsWith('-expanded')) await page.locator('summary:visible').first().click();
      if (state.endsWith('-opened')) {
        await page.click('.check-failed summary');
        await page.click('.doctor > .more > summary');
      }
      if (state.endsWith('-planning')) await page.click('.repair button');
      if (state.endsWith('-signing')) await page.click('.sign-test summary');
      if (state.endsWith('-reporting')) await page.click('.report button');
      // The whole content in one window, with the act at its foot; `-ready` shows the window as it opens.
      const height = await page.evaluate(() => {
        const middle = document.querySelector('.middle');
        return document.documentElement.scrollHeight + (middle ? middle.scrollHeight - middle.clientHeight : 0);
      });
      if (!state.endsWith('-ready')) await page.setViewportSize({ width: wide, height: Math.max(height, 600) });
      await page.screenshot({ path: join(out, `${name}.png`) });
      pictures++;
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) failures.push(`${name}: ${overflow} px wider than its window`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const violation of violations) {
        const where = violation.nodes.map(node => node.target.join(' ')).slice(0, 3);
        failures.push(`${name}: ${violation.id}: ${violation.help} (${where.join(', ')})`);
      }
    }
    await context.close();
  }
}
await browser.close();
server.close();
console.log(`${pictures} pictures`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 || pictures === 0 ? 1 : 0;
