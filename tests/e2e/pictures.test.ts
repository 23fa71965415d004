// Pictures of seals that would keep a browser busy for hours: nobody draws them, the pages answer, and a login window
// opens beside them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { type Authority, type Holder, makeAuthority } from '../../www/demo/testing/pki.js';
import { cancel } from '../stand/drive.js';
import { launch, VERIFY } from '../stand/pages.js';
import { makeSeal } from '../stand/seals.js';
import { ask, CHALLENGE, makeSite, outcome, type Site, visit } from '../stand/site.js';
import { makeStand, PIN, type Stand, tidy } from '../stand/stand.js';
import { makeToken } from '../stand/tokens.js';
import { give, upload } from '../stand/verify.js';

const drawn = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40">${inside}</svg>`;

/** A line, copied ten million times in some 800 bytes. */
const COPIES = drawn(
  `<defs><path id="a" d="M0 0H9"/>${['b', 'c', 'd', 'e', 'f', 'g', 'h']
    .map((name, at) => `<g id="${name}">${`<use href="#${'abcdefg'[at]}"/>`.repeat(10)}</g>`)
    .join('')}</defs><use href="#h"/>`,
);

/** Arcs that are drawn ten thousand million times as large as they are seen. */
const LARGE = drawn(
  `<g transform="scale(100000)"><g transform="scale(100000)"><path fill="none" stroke="red" stroke-width="3" d="M0 0${Array.from(
    { length: 5_000 },
    (_, at) => `A${(at * 7) % 40} ${(at * 11) % 40} 30 1 0 ${(at * 17) % 40} ${(at * 13) % 40}`,
  ).join('')}"/></g></g>`,
);

/** Circles whose size is a size of characters that itself is a multiple of another. */
const RELATIVE = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160" viewBox="0 0 1 1" font-size="1000em">${'<circle cx="-900em" r="900em" fill="none" stroke="red" stroke-width=".1"/>'.repeat(900)}</svg>`;

/** Curves that are as thick as what is seen is wide, many times over. */
const THICK = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160" viewBox="0 0 1 1"><path fill="none" stroke="red" stroke-width="900" stroke-linejoin="round" stroke-linecap="round" d="M0 0${'c99-99-99 99 .5 1.5'.repeat(4_000)}"/></svg>`;

/** Ten thousand fonts that nobody has. */
const FONTS = drawn(
  Array.from(
    { length: 120 },
    (_, text) => `<text font-family="${Array.from({ length: 90 }, (_, at) => `f${text}x${at}`)}">A</text>`,
  ).join(''),
);

let authority: Authority;
let maker: Holder;

before(() => {
  authority = makeAuthority('示例');
  maker = authority.issue({ subject: '/C=CN/O=示例印章制作中心/CN=示例印章制作中心' });
});

after(() => authority?.remove());

const bomb = (name: string, svg: string, certificate: Buffer) =>
  makeSeal(maker, { name, users: [{ certificate }], picture: { type: 'SVG', data: Buffer.from(svg), side: 40 } });

/** The page draws, and answers. */
async function answers(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.screenshot();
}

describe('the verify page', () => {
  for (const [what, svg] of [
    ['copies of copies', COPIES],
    ['curves that are drawn large', LARGE],
    ['circles of relative sizes', RELATIVE],
    ['thick curves', THICK],
    ['texts in fonts without number', FONTS],
  ] as const) {
    test(`tells that ${what} can’t be shown, and goes on`, async () => {
      const { browser, close } = await launch();
      try {
        const page = await browser.newPage();
        await page.goto(VERIFY);
        await page.locator('.drop').waitFor();
        await give(page, [upload('公章.esl', bomb('示例采购有限公司', svg, maker.certificate))]);
        await page.locator('.seal-image-none').waitFor();
        assert.equal(await page.locator('.seal-image img').count(), 0);
        await answers(page);
        assert.match((await page.locator('.report').textContent()) ?? '', /不能在这里显示/);
        await page.getByRole('button', { name: '核验其他文件' }).click();
        await page.locator('.drop').waitFor();
        await answers(page);
      } finally {
        await close();
      }
    });
  }

  test('shows so many pictures and no more', async () => {
    const { browser, close } = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(VERIFY);
      await page.locator('.drop').waitFor();
      const seals = Array.from({ length: 30 }, (_, at) =>
        upload(`${at}.esl`, makeSeal(maker, { name: `示例 ${at}`, users: [maker] })),
      );
      await give(page, seals);
      const rows = page.locator('.row');
      await rows.nth(29).waitFor();
      for (const row of await rows.all()) await row.getByRole('button').click();
      await page.locator('.seal-image').nth(29).waitFor();
      assert.equal(await page.locator('.seal-image img').count(), 24);
      assert.equal(await page.locator('.seal-image-none').count(), 6);
      // What is gone makes room.
      await page.getByRole('button', { name: '核验其他文件' }).click();
      await give(page, seals.slice(24));
      await rows.nth(5).waitFor();
      for (const row of await rows.all()) await row.getByRole('button').click();
      await page.locator('.seal-image img').nth(5).waitFor();
      assert.equal(await page.locator('.seal-image-none').count(), 0);
    } finally {
      await close();
    }
  });
});

describe('the workspace', () => {
  let stand: Stand;
  let site: Site;
  let page: Page;

  before(async () => {
    stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
    const certificate = {
      subject: '/C=CN/O=示例采购有限公司/CN=示例采购有限公司',
      from: 400,
      until: 300,
      usage: 'digitalSignature,nonRepudiation',
    } as const;
    const made = makeToken(stand.folder, 'bomb', PIN, [certificate], ([own]) => [
      bomb('示例采购有限公司', COPIES, own ?? assert.fail()),
    ]);
    renameSync(made, join(stand.keys, 'bomb'));
    site = await makeSite();
    page = await visit(stand.browser, site.url);
  });

  afterEach(() => tidy(stand));

  after(async () => {
    await site?.close();
    await stand?.close();
  });

  test('shows the key with such a seal, answers, and lets a login window open', async () => {
    const workspace = await stand.browser.newPage();
    await workspace.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
    await workspace.locator('.seal-entry', { hasText: '示例采购有限公司' }).locator('.seal-image-none').waitFor();
    await answers(workspace);
    await page.bringToFront();
    const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
    const consent = await ask(stand, page, login, CHALLENGE);
    await consent.locator('.token', { hasText: 'bomb' }).waitFor();
    await cancel(consent);
    assert.equal((await outcome(page)).error?.code, 'cancelled');
    await workspace.bringToFront();
    await workspace.locator('main button', { hasText: '重新查找' }).first().click();
    await answers(workspace);
    await workspace.close();
  });

  test('lets the window open in which such a seal could be chosen', async () => {
    const seal = (digest: number[]) =>
      window.yinxin.sign({ documents: [{ name: '合同.ofd', digest: new Uint8Array(digest) }], format: 'seal' });
    const consent = await ask(stand, page, seal, [...createHash('sm3').update('x').digest()]);
    await consent.locator('.token', { hasText: 'bomb' }).waitFor();
    await answers(consent);
    await cancel(consent);
    assert.equal((await outcome(page)).error?.code, 'cancelled');
  });
});
