// Who may ask: pages without a user's action, frames, sites that are not allowed, and pages that
// throw whatever they like at the relay.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { ACKNOWLEDGE_MS, DEVELOPMENT_EXTENSION_ID, PROTOCOL_VERSION } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { MAX_CALL_ID } from '../../extension/src/relay.js';
import { consent, settle } from '../stand/drive.js';
import { ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { background, consentAfter, consentsOf, loaded, makeStand, type Stand, tidy } from '../stand/stand.js';

const STRANGER = 'stranger.example';

let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  site = await makeSite();
  stand = await makeStand({
    softHsm: false,
    insert: ['demo-unit'],
    portal: ['--allow-logondata'],
    args: [
      `--host-resolver-rules=MAP *.example 127.0.0.1`,
      // A stranger's site as good as one over https, without a certificate for it.
      `--unsafely-treat-insecure-origin-as-secure=http://${STRANGER}:${site.port}`,
    ],
  });
  page = await visit(stand.browser, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await site?.close();
});

const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
const status = () => window.yinxin.status();

test('status tells versions and nothing else', async () => {
  await press(page, status, undefined);
  const { value } = await outcome<Record<string, unknown>>(page);
  assert.deepEqual(Object.keys(value ?? {}).sort(), ['extension', 'host', 'protocol']);
  assert.equal(value?.protocol, PROTOCOL_VERSION);
  assert.match(String(value?.host), /^\d+\.\d+\.\d+/);
  assert.equal(consentsOf(stand).length, 0);
});

test('an extension that is slow to answer is not taken for one that is missing', async () => {
  await background(stand).evaluate(milliseconds => {
    setTimeout(() => {
      const end = Date.now() + milliseconds;
      while (Date.now() < end);
    });
  }, 4 * ACKNOWLEDGE_MS);
  await press(page, status, undefined);
  assert.equal((await outcome<{ protocol: number }>(page)).value?.protocol, PROTOCOL_VERSION);
});

test('a call without an action of the user on the page is refused', async () => {
  const asked = await stand.browser.newPage();
  // Playwright's own evaluations count as an action; the page's own script does not.
  await asked.addInitScript(challenge => {
    addEventListener('load', () => {
      window.call = () => window.yinxin.login({ challenge, purpose: 'login' });
      document.querySelector<HTMLElement>('#go')?.click();
    });
  }, CHALLENGE);
  await asked.goto(site.url);
  await asked.waitForFunction(() => window.outcome !== undefined);
  assert.equal((await outcome(asked)).error?.code, 'user-action-required');
  assert.equal(consentsOf(stand).length, 0);
  await asked.close();
});

test('a frame is not served, be it of the same site or of another', async () => {
  const other = await makeSite();
  try {
    for (const address of [other.url, `${site.url}/framed`]) {
      await page.evaluate(src => {
        const frame = document.createElement('iframe');
        frame.src = src;
        document.body.append(frame);
      }, address);
      await page.frameLocator('iframe').locator('#go').waitFor();
      const frame = page.frames().find(found => found.url().startsWith(address));
      assert.ok(frame);
      await frame.waitForSelector('html[data-ready]');
      await frame.evaluate(challenge => {
        window.call = () => window.yinxin.login({ challenge, purpose: 'login' });
        // The frame posts to the page's own window as well, where the relay listens.
        window.parent.postMessage(
          {
            yinxin: 1,
            request: { id: 'framed', call: { type: 'login', challenge, purpose: 'login', format: 'yinxin' } },
          },
          '*',
        );
      }, CHALLENGE);
      await frame.click('#go');
      const found = await frame.evaluate(() => window.outcome);
      assert.equal(found?.error?.code, 'not-installed');
      assert.equal(consentsOf(stand).length, 0);
      const replies = await page.evaluate(() => window.messages.filter(message => message.includes('"reply"')));
      assert.ok(!replies.some(message => message.includes('framed')));
      await page.evaluate(() => document.querySelector('iframe')?.remove());
    }
  } finally {
    await other.close();
  }
});

test('a site that is not allowed finds no extension', async () => {
  const stranger = await visit(stand.browser, `http://${STRANGER}:${site.port}/`);
  assert.ok(await stranger.evaluate(() => isSecureContext));
  for (const call of [status, () => window.yinxin.login({ challenge: 'x'.repeat(43), purpose: 'login' })]) {
    await press(stranger, call, undefined);
    const { error } = await outcome(stranger);
    assert.equal(error?.code, 'not-installed');
    assert.match(error?.remedy ?? '', /允许本网站/);
  }
  await stranger.close();
});

test('a site without encryption is told so', async () => {
  const plain = await visit(stand.browser, `http://plain.example:${site.port}/`);
  await press(plain, login, CHALLENGE);
  assert.equal((await outcome(plain)).error?.code, 'origin-insecure');
  await plain.close();
});

test('a malformed challenge is refused before any window', async () => {
  for (const challenge of ['', 'x'.repeat(15), 'x'.repeat(129), `${CHALLENGE} `, `${CHALLENGE}\n`, '挑战'.repeat(20)]) {
    await press(page, login, challenge);
    assert.equal((await outcome(page)).error?.code, 'challenge-invalid', JSON.stringify(challenge));
  }
  assert.equal(consentsOf(stand).length, 0);
});

test('garbage from the page leaves everything running', async () => {
  await page.evaluate(
    ({ challenge, longest }) => {
      const heard: { id: string; code?: string }[] = [];
      const listen = ({ data }: MessageEvent) => {
        if (typeof data?.reply?.id === 'string')
          heard.push({ id: data.reply.id, code: data.reply.outcome?.error?.code });
      };
      addEventListener('message', listen);
      const post = (data: unknown) => window.postMessage(data, location.origin);
      const request = (id: unknown, call: unknown, contents?: unknown) =>
        post({ yinxin: 1, request: { id, call }, contents });
      // Not ours, or not of our form: no answer.
      for (const data of [
        null,
        0,
        'yinxin',
        [],
        {},
        { yinxin: 2 },
        { yinxin: 1 },
        { yinxin: 1, request: null },
        { yinxin: 1, request: [] },
      ])
        post(data);
      for (const id of [undefined, null, 7, '', {}, 'x'.repeat(longest + 1)]) request(id, { type: 'status' });
      for (const cancel of [undefined, null, 7, 'nobody', 'x'.repeat(longest + 1)]) post({ yinxin: 1, cancel });
      // Ours, and wrong: each has an answer.
      const good = { type: 'login', challenge, purpose: 'login', format: 'yinxin' };
      const blob = new Blob(['x']);
      let deep: unknown = [];
      for (let depth = 0; depth < 500; depth += 1) deep = [deep];
      const wrong: [string, unknown, unknown?][] = [
        ['null', null],
        ['text', 'status'],
        ['unknown', { type: 'sign-anything' }],
        ['no-type', {}],
        ['purpose', { ...good, purpose: 'transfer' }],
        ['format', { ...good, format: 'raw' }],
        ['number', { ...good, challenge: 7 }],
        ['account', { ...good, account: { name: 'x'.repeat(100_000) } }],
        ['deep', { ...good, account: deep }],
        ['no-documents', { type: 'sign', format: 'cms' }],
        ['none', { type: 'sign', documents: [], format: 'cms' }],
        ['no-content', { type: 'sign', documents: [{ name: 'a', size: 1 }], format: 'cms' }],
        ['too-much-content', { type: 'sign', documents: [], format: 'cms' }, [blob]],
        ['wrong-content', { type: 'sign', documents: [{ name: 'a', size: 1 }], format: 'cms' }, ['x']],
        [
          'content-no-list',
          { type: 'sign', documents: [{ name: 'a', size: 1 }], format: 'cms' },
          { length: 1, 0: blob },
        ],
        [
          'many',
          { type: 'sign', documents: Array.from({ length: 100_000 }, () => ({ name: 'a', size: 1 })), format: 'cms' },
        ],
        ['many-contents', { type: 'sign', documents: [], format: 'cms' }, Array.from({ length: 10_000 }, () => blob)],
        ['nameless', { type: 'sign', documents: [{ name: ' ', size: 1 }], format: 'cms' }, [blob]],
        ['long-name', { type: 'sign', documents: [{ name: 'x'.repeat(256), size: 1 }], format: 'cms' }, [blob]],
        ['digest', { type: 'sign', documents: [{ name: 'a', digest: '00'.repeat(32) }], format: 'cms' }],
        ['xades', { type: 'sign', documents: [{ name: 'a', size: 1 }], format: 'xades' }, [blob]],
        [
          'seal-digest',
          { type: 'sign', documents: [{ name: 'a', size: 0, digest: '?' }], format: 'seal' },
          [new Blob()],
        ],
        [
          'seal-short',
          { type: 'sign', documents: [{ name: 'a', size: 0, digest: 'AAAA' }], format: 'seal' },
          [new Blob()],
        ],
        [
          'seal-place',
          { type: 'sign', documents: [{ name: 'a', size: 1, placement: { page: -1, x: 0, y: 0 } }], format: 'seal' },
          [blob],
        ],
        ['seals-more', { type: 'seals', token: 't1' }],
      ];
      // One after the other, each from a press: one press carries one call.
      window.call = async () => {
        const [id = '', call, contents] = wrong.shift() ?? [];
        request(id, call, contents);
        while (!heard.some(answer => answer.id === id && answer.code !== undefined))
          await new Promise(resolve => addEventListener('message', resolve, { once: true }));
        if (wrong.length > 0) return undefined;
        removeEventListener('message', listen);
        return heard.filter(answer => answer.code !== undefined);
      };
    },
    { challenge: CHALLENGE, longest: MAX_CALL_ID },
  );
  let answers: { id: string; code?: string }[] | undefined;
  while (!answers) {
    await page.click('#go');
    answers = (await outcome<typeof answers>(page)).value;
  }
  const byId = Object.fromEntries(answers.map(({ id, code }) => [id, code]));
  assert.equal(answers.length, Object.keys(byId).length, 'one answer each');
  assert.equal(answers.length, 25);
  const { none, 'many-contents': manyContents, ...others } = byId;
  assert.equal(none, 'documents-count');
  assert.equal(manyContents, 'documents-count');
  for (const [id, code] of Object.entries(others)) assert.equal(code, 'request-invalid', id);
  assert.equal(consentsOf(stand).length, 0);
  await consent(await ask(stand, page, login, CHALLENGE), 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
});

test('ten thousand calls at once are each answered, and the next login works', async () => {
  const flood = async (challenge: string) => {
    const count = 10_000;
    const answers = new Map<string, string>();
    await new Promise<void>(resolve => {
      addEventListener('message', ({ data }: MessageEvent) => {
        const code = data?.reply?.outcome?.error?.code;
        if (code === undefined) return;
        answers.set(data.reply.id, code);
        if (answers.size === count) resolve();
      });
      for (let index = 0; index < count; index += 1) {
        const call = { type: 'login', challenge: index === 0 ? '' : challenge, purpose: 'login', format: 'yinxin' };
        window.postMessage({ yinxin: 1, request: { id: `flood-${index}`, call } }, location.origin);
      }
    });
    return [...new Set(answers.values())].sort();
  };
  await press(page, flood, CHALLENGE);
  const { value: codes } = await outcome(page);
  // One press opens one window, and its call is the first of them, which is malformed.
  assert.deepEqual(codes, ['challenge-invalid', 'user-action-required']);
  const fresh = await visit(stand.browser, site.url);
  await consent(await ask(stand, fresh, login, CHALLENGE), 'demo-unit');
  assert.equal((await outcome(fresh)).error, undefined);
  await fresh.close();
});

test("the extension's windows can't be framed, opened or read by a page", async () => {
  for (const path of [
    'consent.html',
    'workspace.html',
    'popup.html',
    'calculator.html',
    'background.js',
    'manifest.json',
  ]) {
    const url = `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/${path}`;
    const fetched = await page.evaluate(
      address =>
        fetch(address).then(
          () => true,
          () => false,
        ),
      url,
    );
    assert.equal(fetched, false, path);
  }
  const url = `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/consent.html`;
  await page.evaluate(
    address =>
      new Promise(resolve => {
        const frame = document.createElement('iframe');
        frame.onload = resolve;
        frame.src = address;
        document.body.append(frame);
      }),
    url,
  );
  assert.ok(!page.frames().some(frame => frame.url().startsWith('chrome-extension://')));
  await page.evaluate(() => document.querySelector('iframe')?.remove());

  const opened = stand.browser.waitForEvent('page');
  await page.evaluate(address => void window.open(address), url);
  const tab = await opened;
  await loaded(tab);
  assert.ok(!tab.url().startsWith('chrome-extension://'), tab.url());
  await tab.close();
});

test('a login of the old kind says so in the window, and the portal finds that it names no site', async () => {
  const portal = await stand.browser.newPage();
  let findings: { code: string; severity: string }[] = [];
  // The page leaves with the answer, so it is read on its way.
  await portal.route(/\/api\/(login|bind)$/, async route => {
    const response = await route.fetch();
    ({ findings = [] } = await response.json());
    await route.fulfill({ response });
  });
  const check = async (button: string): Promise<void> => {
    const popup = await consentAfter(stand, () => portal.click(button));
    await popup.locator('.message', { hasText: '旧式登录，签名不含网址' }).waitFor();
    await settle(popup);
    await consent(popup, 'demo-unit');
  };
  for (const format of ['logondata', 'logondata-detached']) {
    await portal.goto(`${stand.url}/?format=${format}`);
    await check('#ca-login');
    await portal.waitForSelector('#account, .message[data-code=not-bound]');
    if (await portal.locator('.message').count()) {
      await check('#bind');
      await portal.waitForSelector('#account');
    }
    assert.ok(
      findings.some(({ code, severity }) => code === 'origin-not-bound' && severity === 'warning'),
      JSON.stringify(findings),
    );
    await portal.click('#logout');
    await portal.waitForSelector('#ca-login');
  }
  await portal.close();
});
