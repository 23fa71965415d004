// What a page posts at the relay by itself, without the library: messages too large, too deep and of no form, more calls
// than presses, and windows that are withdrawn again and again. The next login, on another site, works each time.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { CANCELS_BEFORE_WAIT, MAX_QUEUE, MAX_QUEUE_OF_ORIGIN } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { cancel, consent } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { background, consentAfter, consentsOf, makeStand, type Stand, tidy } from '../stand/stand.js';

let stand: Stand;
let site: Site;
let other: Site;
let page: Page;
let elsewhere: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  [site, other] = await Promise.all([makeSite(), makeSite()]);
  elsewhere = await visit(stand.browser, other.url);
  await background(stand).evaluate(() => {
    Object.assign(self, { calls: 0, windows: 0 });
    const counted = self as unknown as { calls: number; windows: number };
    chrome.runtime.onConnect.addListener(({ name }) => {
      if (name === 'call') counted.calls += 1;
    });
    chrome.windows.onCreated.addListener(() => {
      counted.windows += 1;
    });
  });
});

/** Calls that reached the background, and windows that opened, since the last look. */
const counted = () =>
  background(stand).evaluate(() => {
    const since = self as unknown as { calls: number; windows: number };
    const { calls, windows } = since;
    Object.assign(since, { calls: 0, windows: 0 });
    return { calls, windows };
  });

const begin = async () => {
  page = await visit(stand.browser, site.url);
  await counted();
};

afterEach(async () => {
  await page?.close();
  await tidy(stand);
});

after(async () => {
  await site?.close();
  await other?.close();
  await stand?.close();
});

const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });

/** A login on the other site works as if nothing had been. */
async function othersWork(): Promise<void> {
  await elsewhere.bringToFront();
  await consent(await ask(stand, elsewhere, login, CHALLENGE), 'demo-unit');
  assert.equal((await outcome(elsewhere)).error, undefined);
}

/**
 * Runs in the page: hands over what `make` gives for each number, in turn by post and as an event, as the library does,
 * and gives every final answer's code and reason.
 */
function postRaw(make: string, count: number): Promise<{ code: string; reason: string }[]> {
  return page.evaluate(
    async ({ make, count }) => {
      const requestOf = new Function('index', `return (${make})(index)`) as (index: number) => unknown;
      const answers: { code: string; reason: string }[] = [];
      const all = new Promise<void>(resolve =>
        addEventListener('message', ({ data }: MessageEvent) => {
          const error = data?.reply?.outcome?.error;
          if (!error) return;
          answers.push({ code: error.code, reason: String(error.params.reason) });
          if (answers.length === count) resolve();
        }),
      );
      for (let index = 0; index < count; index += 1) {
        const message = { yinxin: 1, request: Object.assign({ id: `raw-${index}` }, requestOf(index)) };
        const event = new CustomEvent('yinxin', { detail: message, cancelable: true });
        if (index % 2 === 0 || window.dispatchEvent(event)) window.postMessage(message, location.origin);
      }
      await all;
      return answers;
    },
    { make, count },
  );
}

test('huge messages without a press reach nobody, and the next login works', async () => {
  await begin();
  const forms = [
    "() => ({ call: { type: 'login', challenge: 'x'.repeat(60e6) } })",
    "() => ({ call: { type: 'status', more: 'x'.repeat(60e6) } })",
    "index => ({ call: { type: 'status', ['x'.repeat(60e6) + index]: 1 } })",
    "() => ({ call: { type: 'sign', documents: Array(3e5).fill({ name: 'x' }) } })",
    "() => ({ call: { type: 'sign', documents: Array(2 ** 31) } })",
    "() => ({ call: { type: 'sign', documents: new Uint8Array(60e6) } })",
  ];
  // Ten of the first: together they would be more than the extension could bear.
  for (const [index, form] of forms.entries())
    for (const { code, reason } of await postRaw(form, index === 0 ? 10 : 2)) {
      assert.equal(code, 'request-invalid');
      assert.match(reason, /characters|values|JSON/);
    }
  assert.deepEqual(await counted(), { calls: 0, windows: 0 });
  await othersWork();
});

test('what needs a press and has none reaches nobody', async () => {
  await begin();
  // Nothing of a page's own counts as one. What the test itself evaluates does, and is used first.
  await press(page, login, '');
  await outcome(page);
  await counted();
  await page.evaluate(() => {
    for (const type of ['pointerdown', 'pointerup', 'mousedown', 'keydown', 'click'])
      for (const target of [window, document.body]) {
        target.dispatchEvent(new PointerEvent(type, { pointerType: 'mouse', bubbles: true }));
        target.dispatchEvent(new KeyboardEvent(type, { key: 'Enter', bubbles: true }));
      }
    document.querySelector<HTMLElement>('#go')?.click();
  });
  const form = `() => ({ call: { type: 'login', challenge: '${CHALLENGE}', purpose: 'login', format: 'yinxin' } })`;
  for (const { code } of await postRaw(form, 100)) assert.equal(code, 'user-action-required');
  assert.deepEqual(await counted(), { calls: 0, windows: 0 });
  await othersWork();
});

test('deep messages are refused, and the next login works', async () => {
  await begin();
  for (const depth of [17, 500, 1_900]) {
    const form = `() => {
      let deep = 'x';
      for (let times = 0; times < ${depth}; times += 1) deep = times % 2 ? [deep] : { deep };
      return { call: { type: 'login', challenge: deep, purpose: 'login' } };
    }`;
    for (const { code, reason } of await postRaw(form, 30)) {
      assert.equal(code, 'request-invalid');
      assert.match(reason, /deep/);
    }
  }
  assert.deepEqual(await counted(), { calls: 0, windows: 0 });
  await othersWork();
});

test('what no port carries is refused, and leaves nothing behind', async () => {
  await begin();
  for (const value of [
    '1n',
    '[1n]',
    'new Date(0)',
    'new Map([[1, 2]])',
    'new Set([1])',
    '/x/',
    'new Blob(["x"])',
    'new Error("x")',
    'NaN',
    '(() => { const circle = []; circle.push(circle); return circle; })()',
  ]) {
    const form = `() => ({ call: { type: 'login', challenge: ${value}, purpose: 'login', format: 'yinxin' } })`;
    for (const { code } of await postRaw(form, 2 * MAX_QUEUE)) assert.equal(code, 'request-invalid', value);
  }
  assert.deepEqual(await counted(), { calls: 0, windows: 0 });
  // The queue has its room, for this page as for others.
  await page.bringToFront();
  await consent(await ask(stand, page, login, CHALLENGE), 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
  await othersWork();
});

test('one press opens one window, however many calls follow it', async () => {
  await begin();
  // Every event of the press makes calls, and each is withdrawn at once, so that the next could have its turn.
  await page.evaluate(challenge => {
    const codes: string[] = [];
    Object.assign(window, { codes });
    const call = () => {
      const withdrawal = new AbortController();
      window.yinxin
        .login({ challenge, purpose: 'login', signal: withdrawal.signal })
        .catch((error: { code: string }) => codes.push(error.code));
      setTimeout(() => withdrawal.abort(), 300);
    };
    for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
      addEventListener(type, event => {
        if (!event.isTrusted) return;
        for (let times = 0; times < 2; times += 1) call();
      });
    // And goes on as long as the browser lets a page act.
    addEventListener('click', () => {
      const go = () => {
        call();
        if (navigator.userActivation.isActive) setTimeout(go, 400);
        else Object.assign(window, { over: true });
      };
      go();
    });
  }, CHALLENGE);
  await page.click('#go');
  await page.waitForFunction(() => (window as unknown as { over?: boolean }).over);
  await page.waitForFunction(() => (window as unknown as { codes: string[] }).codes.length >= 12);
  const codes = await page.evaluate(() => (window as unknown as { codes: string[] }).codes);
  // A call that the page gives up ends for it at once, whatever its answer would have been.
  for (const code of codes) assert.ok(['aborted', 'user-action-required'].includes(code), code);
  assert.equal((await counted()).windows, 1);
});

test('a page that takes its time within a press has one window for it', async () => {
  await begin();
  await page.evaluate(challenge => {
    const call = () => {
      const withdrawal = new AbortController();
      window.yinxin.login({ challenge, purpose: 'login', signal: withdrawal.signal }).catch(() => undefined);
      setTimeout(() => withdrawal.abort(), 300);
    };
    addEventListener('pointerdown', () => {
      call();
      const end = performance.now() + 5_200;
      while (performance.now() < end);
    });
    addEventListener('click', () => {
      call();
      setTimeout(call, 400);
      setTimeout(() => Object.assign(window, { over: true }), 800);
    });
  }, CHALLENGE);
  await page.click('#go');
  await page.waitForFunction(() => (window as unknown as { over?: boolean }).over);
  assert.equal((await counted()).windows, 1);
});

test('a press in a frame of the page counts, and so does a key', async () => {
  await begin();
  await page.evaluate(src => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  }, `${site.url}/framed`);
  const frame = page.frameLocator('iframe');
  await frame.locator('html[data-ready]').waitFor();
  await page.evaluate(challenge => {
    const inner = document.querySelector('iframe')?.contentWindow as unknown as { call: () => Promise<unknown> };
    inner.call = () => window.yinxin.login({ challenge, purpose: 'login' });
  }, CHALLENGE);
  await cancel(await consentAfter(stand, () => frame.locator('#go').click()));
  await page.evaluate(challenge => {
    window.call = () => window.yinxin.login({ challenge, purpose: 'login' });
    document.querySelector<HTMLElement>('#go')?.focus();
  }, CHALLENGE);
  await page.bringToFront();
  await cancel(await consentAfter(stand, () => page.keyboard.press('Enter')));
  assert.equal((await outcome(page)).error?.code, 'cancelled');
  assert.equal((await counted()).windows, 2);
});

test('windows that a page withdraws count as its user’s cancels', async () => {
  await begin();
  const withdrawable = (challenge: string) => {
    const withdrawal = new AbortController();
    document.addEventListener('withdraw', () => withdrawal.abort(), { once: true });
    return window.yinxin.login({ challenge, purpose: 'login', signal: withdrawal.signal });
  };
  for (let count = 0; count < CANCELS_BEFORE_WAIT; count += 1) {
    const popup = await ask(stand, page, withdrawable, CHALLENGE);
    await popup.waitForSelector('.consent');
    const closed = popup.waitForEvent('close');
    await page.evaluate(() => void document.dispatchEvent(new Event('withdraw')));
    await closed;
    assert.equal((await outcome(page)).error?.code, 'aborted');
  }
  await press(page, withdrawable, CHALLENGE);
  assert.equal((await outcome(page)).error?.code, 'too-many-cancels');
  assert.equal(consentsOf(stand).length, 0);
  await othersWork();
});

test('one site fills its share of the queue, and another has its turn', async () => {
  await begin();
  const keep = (challenge: string) =>
    window.yinxin
      .login({ challenge, purpose: 'login' })
      .catch((error: { code: string }) => void window.messages.push(`ended: ${error.code}`));
  const first = await ask(stand, page, keep, CHALLENGE);
  await first.waitForSelector('.consent');
  await page.bringToFront();
  for (let count = 0; count < MAX_QUEUE_OF_ORIGIN + 3; count += 1) await press(page, keep, CHALLENGE);
  const ended = () => page.evaluate(() => window.messages.filter(message => message.startsWith('ended: ')));
  await page.waitForFunction(() => window.messages.filter(message => message.startsWith('ended: ')).length === 3);
  assert.deepEqual(await ended(), Array(3).fill('ended: queue-full'));
  await elsewhere.bringToFront();
  await elsewhere.evaluate(() => window.messages.splice(0));
  await press(elsewhere, login, CHALLENGE);
  await elsewhere.waitForFunction(() => window.messages.some(message => message.includes('"waiting"')));
  const popup = await consentAfter(stand, () => page.close());
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(elsewhere)).error, undefined);
});
