// How the real windows and pages look: axe finds nothing, and nothing is wider than its window, in
// both languages, and in light and dark. With YINXIN_PICTURES=1 the README's pictures are taken as well.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { ROOMS } from '../../extension/src/workspace/rooms.js';
import { approve, cancel, choose, consent, enter, logIn, openPortal, settle, signDocuments } from '../stand/drive.js';
import { ROOT } from '../stand/paths.js';
import { background, consentAfter, insertOnly, makeStand, PIN, type Stand } from '../stand/stand.js';

const PICTURE = join(ROOT, 'docs/images/consent.png');
const PICTURE_OF_WORKSPACE = join(ROOT, 'docs/images/workspace.png');
const PICTURES = process.env.YINXIN_PICTURES === '1';

/**
 * Looks at a page; in Chinese at its colours too, light and dark. They are the same in each language, and take axe
 * nearly all of its time.
 */
async function inspect(page: Page, locale: 'zh-CN' | 'en', what: string): Promise<void> {
  for (const colorScheme of locale === 'zh-CN' ? (['light', 'dark'] as const) : (['light'] as const)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The legacy mode opens no page of its own, which would take the focus away from the window.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    if (locale === 'en') axe.disableRules(['color-contrast', 'link-in-text-block']);
    const { violations, passes } = await axe.analyze();
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`);
    assert.deepEqual(told, [], `${what}, ${colorScheme}`);
    assert.ok(passes.length > 5, `${what}: axe saw the page`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${what}: ${overflow} px wider than its window`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

for (const locale of ['zh-CN', 'en'] as const) {
  describe(locale, () => {
    let stand: Stand;
    let portal: Page;

    before(async () => {
      stand = await makeStand({ softHsm: false, insert: ['demo-unit', 'demo-expired', 'demo-30days'], locale });
      portal = await openPortal(stand);
    });

    after(() => stand?.close());

    test('the window of a login, and after a wrong PIN', async () => {
      await inspect(portal, locale, 'login page');
      const popup = await consentAfter(stand, () => portal.click('#ca-login'));
      await settle(popup);
      await popup.locator('.token').first().waitFor();
      await inspect(popup, locale, 'login, nothing chosen');
      await choose(popup, 'demo-unit');
      await settle(popup);
      await inspect(popup, locale, 'login');
      assert.equal(await popup.evaluate(() => document.documentElement.lang), locale);
      await approve(popup, 'wrong-pin');
      await popup.locator('.notices .message').waitFor();
      await settle(popup);
      await inspect(popup, locale, 'wrong PIN');
      await consent(popup, 'demo-unit');
      await portal.locator('.message[data-code=not-bound]').waitFor();
      await inspect(portal, locale, 'binding');
    });

    test('the window of a signature, and the page of its result', async () => {
      await logIn(stand, portal, 'demo-unit');
      await inspect(portal, locale, 'account page');
      const popup = await consentAfter(stand, () => portal.click('#sign'));
      await choose(popup, 'demo-unit');
      await popup.locator('.digests summary').click();
      await popup.locator('.digests dl').first().waitFor();
      await inspect(popup, locale, 'signature');
      await cancel(popup);
      await portal.locator('.message[data-code=cancelled]').waitFor();
      await inspect(portal, locale, 'cancelled');
      const signed = await signDocuments(stand, portal, 'demo-unit');
      assert.equal(signed.length, 2);
      await inspect(portal, locale, 'result');
    });

    test('the workspace', async () => {
      const own = await stand.browser.newPage();
      await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
      await own.locator('.token').nth(2).waitFor();
      await inspect(own, locale, 'workspace');
      await own.locator('details').evaluateAll(all => {
        for (const details of all) (details as HTMLDetailsElement).open = true;
      });
      await inspect(own, locale, 'workspace, all open');
      await own.close();
    });
  });
}

test('one key fits one screen with what is to be done; no room is wider than its window, whatever the font', async () => {
  const stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  try {
    const own = await stand.browser.newPage();
    await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
    const screens = [
      [1280, 800],
      [1366, 768],
      [1093, 614],
    ] as const;
    const bottom = async (part: string) => {
      const box = await own.locator(part).first().boundingBox();
      return box ? box.y + box.height : assert.fail(part);
    };
    const account = { site: 'https://portal.example', name: '四川锦程演示科技有限公司' };
    await background(stand).evaluate(known => chrome.storage.session.set({ account: known }), account);
    // From the second one on there is a notice of another key too.
    for (const label of ['demo-unit', 'demo-30days', 'demo-expired']) {
      insertOnly(stand.keys, [label]);
      await own.locator('.token', { hasText: label }).locator('.seal-image img').waitFor();
      await own.locator('.token').nth(1).waitFor({ state: 'detached' });
      await own.locator('.advice .message').first().waitFor();
      await own.locator('.compared').waitFor();
      for (const [width, height] of screens) {
        await own.setViewportSize({ width, height });
        const told = `${label}, ${width} × ${height}`;
        const end = await bottom('.certificate');
        assert.ok(end <= height, `${told}: ${end} px`);
        const whole = await own.evaluate(() => document.documentElement.scrollHeight);
        if (height > 614) assert.ok(whole <= height, `${told}: ${whole} px`);
      }
    }
    insertOnly(stand.keys, []);
    await own.getByRole('link', { name: '检查哪里不通' }).waitFor();
    for (const [width, height] of screens) {
      await own.setViewportSize({ width, height });
      assert.ok((await bottom('.empty a')) <= height, `no key, ${width} × ${height}`);
    }
    insertOnly(stand.keys, ['demo-unit']);
    await own.locator('.token').waitFor();
    const session = await stand.browser.newCDPSession(own);
    for (const [width, height, standard] of [
      [320, 600, 16],
      [1093, 614, 16],
      [1366, 768, 24],
    ] as const) {
      await own.setViewportSize({ width, height });
      await session.send('Page.setFontSizes', { fontSizes: { standard } });
      const root = await own.evaluate(() => getComputedStyle(document.documentElement).fontSize);
      assert.equal(root, `${standard * 0.9375}px`);
      for (const room of ROOMS) {
        await enter(own, room);
        await own.locator(`.room-${room}`).waitFor();
        await own.locator('details').evaluateAll(all => {
          for (const details of all) (details as HTMLDetailsElement).open = true;
        });
        const told = `${room}, ${width} px, ${standard} px`;
        const overflow = await own.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.ok(overflow <= 0, `${told}: ${overflow} px wider than its window`);
        // No number of a telephone is broken.
        const lines = await own
          .locator('.phone:visible')
          .evaluateAll(all => all.map(one => one.getClientRects().length));
        assert.deepEqual([...new Set(lines)], room === 'keys' || room === 'guide' ? [1] : [], told);
      }
    }
  } finally {
    await stand.close();
  }
});

test('with a large font, after a wrong PIN, the middle of the window keeps its room and shows whose key it was', async () => {
  const stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  try {
    const portal = await openPortal(stand);
    for (const act of ['#ca-login', '#sign', '#seal']) {
      if (act === '#sign') await logIn(stand, portal, 'demo-unit');
      const popup = await consentAfter(stand, () => portal.click(act));
      const session = await stand.browser.newCDPSession(popup);
      await session.send('Page.setFontSizes', { fontSizes: { standard: 24 } });
      await popup.setViewportSize({ width: 480, height: 720 });
      await choose(popup, 'demo-unit');
      await approve(popup, 'wrong-pin');
      await popup.locator('.notices', { hasText: '不正确' }).waitFor();
      const box = async (part: string) => {
        const found = await popup.locator(part).boundingBox();
        assert.ok(found, `${act}: ${part}`);
        return { ...found, bottom: found.y + found.height };
      };
      const middle = await box('.middle');
      assert.ok(middle.height >= 0.35 * 720, `${act}: ${middle.height} px`);
      const holder = await box('.checked .holder-name');
      assert.ok(holder.y >= middle.y && holder.bottom <= middle.bottom, `${act}: ${JSON.stringify([middle, holder])}`);
      // The tries stand beside the name of the field, and the way out beside the button.
      for (const [one, other] of [
        ['.pin-head label', '.tries'],
        ['button.primary', '.buttons button.secondary'],
      ] as const) {
        const [a, b] = [await box(one), await box(other)];
        assert.ok(b.y < a.bottom && a.y < b.bottom, `${act}: ${one} and ${other} in a line`);
      }
      // Said once.
      assert.equal((await popup.locator('.act').innerText()).match(/错|不正确/g)?.length, 1, act);
      await cancel(popup);
    }
  } finally {
    await stand.close();
  }
});

test('the pictures of the README', { skip: !PICTURES && 'YINXIN_PICTURES=1 takes it' }, async () => {
  const stand = await makeStand({
    softHsm: false,
    insert: ['demo-unit'],
    args: ['--screen-info={3200x2400 devicePixelRatio=2}'],
  });
  try {
    const portal = await openPortal(stand);
    const popup = await consentAfter(stand, () => portal.click('#ca-login'));
    await choose(popup, 'demo-unit');
    await popup.locator('input[type=password]').fill(PIN);
    await settle(popup);
    await popup.evaluate(() => document.fonts.ready);
    mkdirSync(dirname(PICTURE), { recursive: true });
    await popup.screenshot({ path: PICTURE, scale: 'device' });
    await cancel(popup);

    insertOnly(stand.keys, ['demo-30days']);
    const own = await stand.browser.newPage();
    await own.setViewportSize({ width: 1280, height: 900 });
    await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
    await own.locator('.token', { hasText: 'demo-30days' }).locator('.seal-image img').first().waitFor();
    await own.screenshot({ path: PICTURE_OF_WORKSPACE, scale: 'css' });
  } finally {
    await stand.close();
  }
});
