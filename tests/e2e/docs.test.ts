// The documents as their readers open them: from disk, in Chromium, light and dark, wide and narrow.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { DIST } from '../stand/pages.js';
import { CHROMIUM } from '../stand/paths.js';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
});
after(() => browser.close());

const LOOKS = [
  { name: 'index.html', colorScheme: 'light', width: 1280 },
  { name: 'migration.html', colorScheme: 'light', width: 390 },
  { name: 'migration.html', colorScheme: 'dark', width: 1280 },
  { name: 'policy.en.html', colorScheme: 'light', width: 1280 },
  { name: 'policy.en.html', colorScheme: 'dark', width: 390 },
] as const;

/** A page from disk, and what it asked for. */
async function opened(name: string, options: object): Promise<{ page: Page; asked: string[]; said: string[] }> {
  // What the pages hold without scripts is all that they hold.
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on('request', request => asked.push(request.url()));
  page.on('console', message => said.push(message.text()));
  await page.goto(pathToFileURL(join(DIST, 'docs', name)).href);
  return { page, asked, said };
}

for (const { name, colorScheme, width } of LOOKS)
  test(`${name} from disk, ${colorScheme}, ${width} wide: nothing in the way of its readers`, async () => {
    const { page, asked, said } = await opened(name, { colorScheme, viewport: { width, height: 800 } });
    assert.deepEqual(said, []);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, colorScheme === 'light' ? 'rgb(246, 244, 239)' : 'rgb(24, 23, 21)');
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} px too wide`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]);
    assert.deepEqual(found, []);
    for (const url of asked) assert.match(url, /^(file|data):/);
    await page.context().close();
  });

test('with the keyboard alone: to the content, to a section, to the other language', async () => {
  const { page } = await opened('security.html', { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
  const at = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  await page.keyboard.press('Tab');
  assert.equal(await at(), '跳到正文');
  await page.keyboard.press('Enter');
  assert.match(page.url(), /#_content$/);
  await page.locator('.contents a').nth(1).focus();
  await page.keyboard.press('Enter');
  const heading = page.locator(`main h2:target`);
  assert.equal(await heading.textContent(), '信任谁');
  const top = await heading.evaluate(element => element.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 800, `${top}`);
  await page.locator('.site-head nav a').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/security\.en\.html$/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.context().close();
});
