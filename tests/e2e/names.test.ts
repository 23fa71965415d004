// Names that a site gives are hostile: letters with hundreds of marks, letters that never break, the widest and the
// highest of Unicode. Whatever they are, the window shows who asks and what is decided, at its place.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { MAX_NAME_CHARS } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { choose, consent, settle } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, type Site, visit } from '../stand/site.js';
import { makeStand, type Stand, tidy } from '../stand/stand.js';

const PICTURES = process.env.YINXIN_PICTURES_OF_NAMES;

let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await site?.close();
  await stand?.close();
});

/** As long as a name may be. */
const filled = (start: string, more: string) =>
  start + more.repeat(Math.floor((MAX_NAME_CHARS - [...start].length) / [...more].length));

const NAMES: Record<string, string> = {
  'marks above': filled('a', '\u0301'),
  'marks above and below': filled('文', '\u0302\u0323\u0489'),
  'marks without a letter': filled('', '\u0e49'),
  'marks of every letter': filled('', 'Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307'),
  'few marks of every letter': filled('', 'Z\u0300\u0301\u0302\u0303'),
  'consonants of Hangul': filled('', '\u1100'),
  'a conjunct of Devanagari': filled('', '\u0915\u094d'),
  'one word': filled('', 'W'),
  'the widest letter': filled('', '\ufdfd'),
  'letters without a font': filled('', '\u{1242b}'),
  'nothing that shows': filled('', '\u200b'),
  'nothing that shows, in turn': filled('', 'a\u200c\u2063'),
  'right to left': filled('\u202e', 'fdp.\u05d0'),
  lines: filled('', 'a\n'),
};

/** What stands where in the window, without scrolling. */
function measure(popup: Page) {
  return popup.evaluate(() => {
    const root = document.documentElement;
    scrollTo(0, 0);
    const sides = [...document.querySelectorAll('main *')]
      .filter(element => !element.closest('.visually-hidden'))
      .map(element => element.getBoundingClientRect())
      .filter(({ width }) => width > 0);
    const [origin, heading, act, cancel] = ['.origin', 'h1', '.act', '.buttons .secondary'].map(selector => {
      const { left, right, top, bottom } = (document.querySelector(selector) as HTMLElement).getBoundingClientRect();
      return { left, right, top, bottom };
    });
    return {
      width: root.clientWidth,
      height: root.clientHeight,
      scrollWidth: root.scrollWidth,
      left: Math.min(...sides.map(({ left }) => left)),
      right: Math.max(...sides.map(({ right }) => right)),
      parts: { origin, heading, act, cancel },
      names: [...document.querySelectorAll('.document-name > bdi, .expected bdi')].map(name => {
        const { height, width } = name.getBoundingClientRect();
        const line = Number.parseFloat(getComputedStyle(name).lineHeight);
        const reached = name.scrollHeight <= name.clientHeight || (name as HTMLElement).tabIndex === 0;
        return { height, width, line, reached };
      }),
    };
  });
}

async function holds(popup: Page, what: string): Promise<void> {
  await settle(popup);
  const found = await measure(popup);
  const told = `${what}: ${JSON.stringify(found)}`;
  assert.ok(found.scrollWidth <= found.width, told);
  assert.ok(found.left >= 0 && found.right <= found.width, told);
  const { origin, heading, act, cancel } = found.parts;
  assert.ok(origin && heading && act && cancel);
  for (const { left, right, top, bottom } of [origin, heading, act, cancel])
    assert.ok(left >= 0 && right <= found.width && top >= 0 && bottom <= found.height, told);
  assert.ok(heading.bottom <= origin.bottom && origin.bottom < act.top, told);
  // A name takes some lines and no more, and its letters stay in them.
  for (const { height, line } of found.names) assert.ok(height <= 5 * line, told);
  // What is below its edge can be read by keyboard.
  assert.ok(
    found.names.every(({ reached }) => reached),
    told,
  );
  if (PICTURES) {
    mkdirSync(PICTURES, { recursive: true });
    await popup.screenshot({ path: join(PICTURES, `${what}.png`) });
  }
}

test('names of documents leave the rest of the window at its place', async () => {
  const all = Object.entries(NAMES);
  for (let from = 0; from < all.length; from += 5) {
    const some = all.slice(from, from + 5);
    const popup = await ask(
      stand,
      page,
      names => window.yinxin.sign({ documents: names.map(name => ({ name, content: new Blob(['x']) })) }),
      some.map(([, name]) => name),
    );
    await choose(popup, 'demo-unit');
    await holds(popup, some.map(([what]) => what).join(', '));
    await popup.locator('.digests summary').click();
    await popup.locator('.digests dl').first().waitFor();
    await holds(popup, `digests of ${some.map(([what]) => what).join(', ')}`);
    await consent(popup, 'demo-unit');
    assert.equal((await outcome(page)).error, undefined);
  }
});

test('names of accounts and roles do too', async () => {
  for (const [what, name] of Object.entries(NAMES)) {
    const popup = await ask(
      stand,
      page,
      ([challenge, account]) =>
        window.yinxin.login({ challenge, purpose: 'login', account: { name: account, role: account } }),
      [CHALLENGE, name] as [string, string],
    );
    await choose(popup, 'demo-unit');
    await holds(popup, `account, ${what}`);
    await consent(popup, 'demo-unit');
  }
});
