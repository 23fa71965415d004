// The viewer as its users meet it: one file from disk. Pictures are asked for their pixels, since a drawing that does not
// show is a drawing all the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { DATA as data, noData as skip } from '../stand/data.js';
import { launch, VERIFY, VIEWER } from '../stand/pages.js';

const sheet = (page: Page, number: number) => page.locator('.sheet').nth(number - 1);

/** Gives a file, and waits for what comes of it. */
async function give(page: Page, name: string, file: Buffer): Promise<void> {
  const chosen = page.locator('input[type=file]');
  await chosen.setInputFiles({ name, mimeType: 'application/octet-stream', buffer: file });
  await page.locator('.viewer-name, [role=alert]').first().waitFor();
}

/** The colour at a place of a page that was drawn, in millimetres. */
async function colourAt(page: Page, number: number, x: number, y: number): Promise<number[]> {
  const image = sheet(page, number).locator('img');
  await image.waitFor();
  return image.evaluate(
    async (image: HTMLImageElement, [x, y]) => {
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const scale = 96 / 25.4;
      return [
        ...context.getImageData(Math.round((x ?? 0) * scale), Math.round((y ?? 0) * scale), 1, 1).data.slice(0, 3),
      ];
    },
    [x, y],
  );
}

describe('the viewer', { skip }, () => {
  let browser: BrowserContext;
  let close = async () => {};
  let page: Page;
  const problems: string[] = [];
  const asked: string[] = [];

  before(async () => {
    ({ browser, close } = await launch());
    browser.on('request', request => asked.push(request.url()));
    page = await browser.newPage();
    page.on('pageerror', error => problems.push(error.message));
    page.on('console', message => message.type() === 'error' && problems.push(message.text()));
    await page.goto(VIEWER);
  });
  after(async () => {
    await close();
  });

  test('pages are drawn with what stands on them and with their stamps', async () => {
    await give(page, 'h.ofd', readFileSync(join(data, 'ofd/h.ofd')));
    assert.equal(await page.locator('.sheet').count(), 5);
    // A filled box of the page, the paper, and the slice of a seal that lies across the edges of all pages.
    assert.deepEqual(await colourAt(page, 1, 105, 20), [255, 0, 0]);
    assert.deepEqual(await colourAt(page, 1, 20, 20), [255, 255, 255]);
    assert.equal(await sheet(page, 1).locator('.stamp-mark').count(), 2);
    assert.match(await page.locator('.message').first().innerText(), /没有核验/);
    // Whoever wants to know goes there, with the same file.
    const opened = browser.waitForEvent('page');
    await page.getByRole('link', { name: '核验签名' }).click();
    const verify = await opened;
    await verify.locator('.drop').waitFor();
    assert.equal(verify.url(), VERIFY);
    await verify.close();
  });

  test('pages are drawn when they come near, and what they lack is told', async () => {
    assert.equal(await sheet(page, 5).locator('img').count(), 0, 'far below');
    await page.getByLabel('页码').fill('5');
    await page.getByLabel('页码').press('Enter');
    await sheet(page, 5).locator('img').waitFor();
    assert.equal(await sheet(page, 1).locator('img').count(), 0, 'far above');
    assert.match(await sheet(page, 5).innerText(), /第 5 页，共 5 页/);
    assert.match(await sheet(page, 5).locator('.not-drawn').innerText(), /PublicRes\.xml/);
  });

  test('keys make it larger, smaller, and as wide as the window', async () => {
    const width = async () => (await sheet(page, 5).boundingBox())?.width ?? 0;
    const before = await width();
    await page.locator('.pages-scroller').focus();
    await page.keyboard.press('+');
    assert.ok((await width()) > before * 1.2);
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    assert.ok((await width()) < before);
    await page.keyboard.press('0');
    assert.equal(await width(), before);
  });

  test('what a page says is there for who does not see it', async () => {
    await give(page, 'n.ofd', readFileSync(join(data, 'ofd/n.ofd')));
    const image = sheet(page, 1).locator('img');
    await image.waitFor();
    const said = await image.evaluate(image => {
      const id = image.getAttribute('aria-describedby') ?? '';
      return document.getElementById(id)?.textContent ?? '';
    });
    assert.match(said, /经研究，同意/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
  });

  test('what is no document is refused with a reason, and the next one is shown', async () => {
    await give(page, 'x.ofd', Buffer.from('PK\x03\x04 and nothing more'));
    await page.locator('[role=alert]').waitFor();
    assert.match(await page.locator('[role=alert]').innerText(), /OFD 文件无法读取/);
    await give(page, 'SESV4SignDoc.ofd', readFileSync(join(data, 'seals/SESV4SignDoc.ofd')));
    await sheet(page, 1).locator('img').waitFor();
  });

  test('nothing was asked of any network, and nothing went wrong', () => {
    assert.deepEqual(problems, []);
    assert.deepEqual(
      asked.filter(url => !/^(file|blob|data):/.test(url)),
      [],
    );
  });
});
