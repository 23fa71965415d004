// The fee calculator as its users meet it: served as an installable app, without a network, and as
// one file from disk; by keyboard alone, in both languages, on paper, and with links from strangers.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { BrowserContext, Page } from 'playwright-core';
import { DIST, Files, launch, type Options, open, SINGLE } from '../stand/pages.js';
import { EXTENSION, ROOT, temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { until } from '../stand/until.js';

/** What the Layout Instability API tells. */
interface Shift {
  value: number;
  hadRecentInput: boolean;
  what: string;
}

/** Of the files that are fetched once the page has shown itself: a list's. */
const LATER = ['/list-', '/worker-', '/yinxin_sheet_bg'];

const total = (page: Page) => page.locator('.total-figures');

/** What a page shows as its total, once it does. */
async function shows(page: Page, text: string): Promise<void> {
  await page.waitForFunction(wanted => document.querySelector('.total-figures')?.textContent === wanted, text, {
    timeout: 30_000,
  });
}

describe('the app on a static server', () => {
  const files = new Files();
  let browser: BrowserContext;
  let close = async () => {};

  before(async () => {
    await files.start();
    ({ browser, close } = await launch());
  });
  after(async () => {
    await close();
    await files.stop();
  });

  /** Nothing kept from the test before. */
  beforeEach(async () => {
    const page = await browser.newPage();
    await page.goto(`${files.url}seal.svg`);
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });

  test('shows a quote at once, and asks nobody else', async () => {
    const asked: string[] = [];
    browser.on('request', request => asked.push(request.url()));
    const page = await open(browser, files.url);
    assert.equal(await total(page).textContent(), '¥300.00');
    assert.equal(await page.locator('.total-capitals').textContent(), '人民币叁佰元整');
    assert.deepEqual(
      asked.filter(url => !url.startsWith(files.url) && !url.startsWith('data:')),
      [],
    );
    assert.ok(asked.length > 3, 'requests are seen');
    await page.close();
  });

  test('its policy lets nothing out', async () => {
    const page = await open(browser, files.url);
    const refused = await page.evaluate(
      () =>
        new Promise<string>(resolve => {
          addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), { once: true });
          fetch('https://portal.example/').then(
            () => resolve('answered'),
            () => {},
          );
        }),
    );
    assert.equal(refused, 'connect-src');
    await page.close();
  });

  test('can be installed', async () => {
    const page = await open(browser, files.url);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const devtools = await browser.newCDPSession(page);
    const { url, errors, data } = await devtools.send('Page.getAppManifest');
    assert.equal(url, `${files.url}manifest.webmanifest`);
    assert.deepEqual(errors, []);
    const manifest = JSON.parse(data ?? '') as { icons: { src: string; sizes: string; purpose: string }[] };
    assert.deepEqual(
      manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`),
      ['192x192 any', '512x512 any', '512x512 maskable'],
    );
    for (const { src, sizes } of manifest.icons) {
      const size = await page.evaluate(async from => {
        const image = new Image();
        image.src = from;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
      assert.equal(size, sizes, src);
    }
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
    await page.close();
  });

  test('works with the network cut and the server gone', async () => {
    const page = await open(browser, files.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await until(() =>
      page.evaluate(async wanted => {
        const kept: string[] = [];
        for (const name of await caches.keys())
          for (const { url } of await (await caches.open(name)).keys()) kept.push(url);
        return wanted.every(part => kept.some(url => url.includes(part)));
      }, LATER),
    );
    await browser.setOffline(true);
    await files.stop();
    try {
      await page.goto(`${files.url}#expert.new.1y.1c.1s`);
      await page.reload();
      await shows(page, '¥150.00');
      // A list that was never opened before.
      await page.locator('.views a').nth(1).click();
      await page.locator('.views a[aria-current]').filter({ hasText: '批量清单' }).waitFor();
      const loaded = (timeout: number) =>
        page.waitForFunction(() => !document.querySelector('main')?.textContent?.includes('正在载入'), undefined, {
          timeout,
        });
      // A browser that starts the worker too slowly asks the network instead, and keeps the answer for the page's life: on a
      // machine with much other work that was seen, and loading the page again is what its user does then.
      await loaded(10_000).catch(async () => {
        await page.reload();
        await loaded(30_000);
      });
    } finally {
      await browser.setOffline(false);
      await files.start();
      await page.close();
    }
  });

  test('takes a newer version when the user says so, and leaves other caches alone', async () => {
    const page = await open(browser, files.url);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.evaluate(async () => {
      await (await caches.open('of another page')).put('/x', new Response('x'));
    });
    const before = await page.evaluate(() => caches.keys());
    const worker = readFileSync(join(DIST, 'calculator/sw.js'), 'utf8');
    const digest = worker.match(/"([0-9a-f]{16})"/)?.[1] ?? assert.fail('the worker names its version');
    files.replaced.set('sw.js', Buffer.from(worker.replace(digest, 'f'.repeat(16))));
    try {
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
      const reload = page.getByRole('button', { name: '更新并重新载入' });
      await reload.waitFor();
      const reloaded = page.waitForEvent('load');
      await reload.click();
      await reloaded;
      await shows(page, '¥300.00');
      const after = await page.evaluate(() => caches.keys());
      assert.equal(after.length, before.length, 'the old version is gone');
      assert.ok(after.includes('of another page'));
      assert.ok(after.some(name => name.endsWith('f'.repeat(16))));
    } finally {
      files.replaced.clear();
      await page.close();
    }
  });

  test('keyboard alone: a second item, two years, the payer, and away with it', async () => {
    const page = await open(browser, files.url);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: element } = document;
        return (
          element?.getAttribute('aria-label') ?? element?.closest('label')?.textContent ?? element?.textContent ?? ''
        );
      });
    const reach = async (what: string) => {
      for (let steps = 0; steps < 60; steps++) {
        await press('Tab');
        if ((await focused()) === what) return;
      }
      assert.fail(`${what} can't be reached`);
    };
    await reach('供应商');
    await press('Tab', 'Tab');
    assert.equal(await focused(), '1 年');
    await press('ArrowRight');
    await shows(page, '¥600.00');
    await reach('印章数量加一');
    await press('Enter');
    await shows(page, '¥800.00');
    await press('Shift+Tab', 'ArrowUp');
    await shows(page, '¥1,000.00');
    await reach('再加一项');
    await press('Enter');
    // The new item is open, and has the focus.
    assert.equal(await focused(), '供应商');
    assert.equal(await page.locator('.item').count(), 2);
    await shows(page, '¥1,300.00');
    await press('Shift+Tab');
    assert.equal(await focused(), '移除第 2 项');
    await press('Enter');
    await shows(page, '¥1,000.00');
    assert.equal(await focused(), '再加一项');
    await reach('清空重填');
    await press('Enter');
    await shows(page, '¥300.00');
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    await page.close();
  });

  test('nothing moves while numbers and names are typed', async () => {
    const page = await open(browser, files.url);
    await page.evaluate(() => {
      const found: Shift[] = [];
      Object.assign(window, { shifts: found });
      new PerformanceObserver(list => {
        for (const entry of list.getEntries() as (PerformanceEntry & Shift & { sources: { node?: Element }[] })[])
          found.push({
            value: entry.value,
            hadRecentInput: entry.hadRecentInput,
            what: entry.sources.map(({ node }) => `${node?.nodeName} ${node?.className}`).join(', '),
          });
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const shifts = async () => {
      // The browser tells of a shift a while after the frame.
      await page.waitForTimeout(600);
      return page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts.splice(0));
    };
    assert.deepEqual(await shifts(), [], 'while the page came');

    // The browser's own sum leaves out what comes right after input. Here it counts.
    for (const field of ['印章数量', '证书数量']) {
      await page.getByLabel(field, { exact: true }).press('Control+A');
      await page.getByLabel(field, { exact: true }).pressSequentially('125');
    }
    await page.locator('.slip input').pressSequentially('示例采购有限公司');
    await shows(page, '¥37,500.00');
    // Figures stand at the right of their column, and grow to the left.
    assert.deepEqual(
      (await shifts()).filter(({ what }) => !/^(#text undefined|undefined undefined|, )+$/.test(what)),
      [],
    );

    // Where lines come and go, it counts as the browser counts.
    await page.getByLabel('印章数量', { exact: true }).fill('');
    await page.getByRole('radio', { name: '证书及印章新办' }).check();
    await page.getByRole('radio', { name: '2 年' }).check();
    await page.getByRole('radio', { name: '印章升级' }).check();
    const unexpected = (await shifts()).filter(({ hadRecentInput }) => !hadRecentInput);
    assert.deepEqual(unexpected, []);
    await page.close();
  });

  test('tells the new total once, to who does not see it', async () => {
    const page = await open(browser, files.url);
    const told = page.locator('.columns > [role=status]');
    await page.getByLabel('印章数量', { exact: true }).fill('12');
    await page.waitForFunction(
      () => document.querySelector('.columns > [role=status]')?.textContent === '合计：¥1,400.00',
    );
    assert.equal(await told.count(), 1);
    await page.close();
  });

  test('an impossible item says why, and the rest stays', async () => {
    const page = await open(browser, `${files.url}#supplier.renewal.1y.1c.1s~agency.new.1y.0c.1s`);
    await shows(page, '¥300.00');
    assert.match((await page.locator('.item').nth(1).locator('.item-problem').textContent()) ?? '', /第 2 条：.*证书/);
    assert.match((await page.locator('.total-hint').textContent()) ?? '', /第 2 项填写有误，未计入/);
    await page.getByLabel('修改第 2 项').click();
    await page.getByLabel('证书数量', { exact: true }).fill('abc');
    await page.locator('.item-problem', { hasText: 'abc' }).waitFor();
    await page.getByLabel('证书数量', { exact: true }).fill('1');
    await shows(page, '¥700.00');
    await page.close();
  });

  test('part of a term has a range, no total and no capitals', async () => {
    const page = await open(browser, `${files.url}#supplier.seal-renewal.1s.200d`);
    await shows(page, '¥54.79 – ¥100.00');
    assert.equal((await page.locator('.total-capitals').textContent())?.trim(), '');
    assert.equal(await page.locator('.total .copy').count(), 0);
    assert.equal(await page.locator('.slip').count(), 0);
    assert.match((await page.locator('.assumptions').textContent()) ?? '', /400-028-1130/);
    await page.close();
  });

  test('续期 of a seal is told apart from the certificate’s, which is one press away', async () => {
    const page = await open(browser, files.url);
    const hint = page.getByText('印章续期只延长印章');
    assert.equal(await hint.count(), 0);
    await page.getByRole('radio', { name: '印章续期' }).check();
    await hint.waitFor();
    await page.getByRole('button', { name: '改为证书更新' }).press('Enter');
    assert.equal(await page.getByRole('radio', { name: '证书及印章更新' }).isChecked(), true);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    assert.equal(await focused(), '证书及印章更新', 'the focus stays in the choice');
    assert.equal(await hint.count(), 0);
    await page.close();
  });

  test('the term that is ordered is marked in the comparison', async () => {
    const page = await open(browser, `${files.url}#supplier.new.1y.1c.1s`);
    const current = page.locator('.bar-row[aria-current=true] dt');
    assert.deepEqual(await current.allInnerTexts(), ['办 1 年 已选']);
    await page.getByRole('button', { name: '改为 2 年' }).click();
    await shows(page, '¥600.00');
    assert.deepEqual(await current.allInnerTexts(), ['办 2 年（每年 ¥300.00） 已选']);
    // Items with different terms have none in common.
    await page.goto('about:blank');
    await page.goto(`${files.url}#supplier.new.1y.1c.1s~agency.new.2y.1c.1s`);
    await page.locator('.bar-row').first().waitFor();
    assert.equal(await current.count(), 0);
    await page.close();
  });

  test('whom to pay is not in the guide, and the slip says so', async () => {
    const page = await open(browser, files.url);
    const slip = await page.locator('.slip-pairs').innerText();
    assert.match(slip, /收款户名和账号\s+使用指南没有写明，请以网厅付款页面或发证机构的通知为准。/);
    await page.close();
  });

  test('telephone numbers are not broken, and dates read alike', async () => {
    const page = await open(browser, files.url);
    await page.setViewportSize({ width: 320, height: 800 });
    const lines = await page.evaluate(() => {
      const found: number[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.textContent?.indexOf('400-028-1130') ?? -1;
        if (at < 0) continue;
        // In whatever room it has.
        const block = node.parentElement?.closest<HTMLElement>('p, dd');
        for (let width = 40; block && width < 200; width += 7) {
          block.style.width = `${width}px`;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 12);
          found.push(new Set([...range.getClientRects()].map(({ top }) => top)).size);
        }
      }
      return found;
    });
    assert.ok(lines.length > 20, 'numbers were found');
    assert.deepEqual(new Set(lines), new Set([1]));
    const text = await page.locator('main').innerText();
    assert.match(text, /2026年11月22日 读取/);
    assert.doesNotMatch(text, /\d{4}-\d\d-\d\d/);
    await page.close();
  });

  test('a link carries the order, and another one in the same tab is taken', async () => {
    await browser.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await open(browser, files.url);
    await page.getByLabel('评标专家').check();
    await page.locator('.slip').waitFor({ state: 'detached' });
    await page.getByLabel('证书及印章新办').check();
    await page.getByLabel('印章数量', { exact: true }).fill('2');
    await page.waitForFunction(() => location.hash === '#expert.new.1y.1c.2s');
    await page.getByRole('button', { name: '复制链接' }).click();
    await page.getByRole('button', { name: '复制链接' }).getByText('已复制').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${files.url}#expert.new.1y.1c.2s`);
    const other = await open(browser, link);
    await shows(other, '¥200.00');
    await other.evaluate(() => {
      location.hash = '#supplier.new.2y.1c.1s';
    });
    await shows(other, '¥600.00');
    await other.goBack();
    await shows(other, '¥200.00');
    await other.close();
    await page.close();
  });

  test('links from strangers are read with care', async () => {
    const hostile = [
      '%',
      '%E0%A4%A',
      '<img src=x onerror=alert(1)>',
      'supplier.new.1y.99999999c',
      'supplier.constructor',
      `${'supplier.renewal.1y.1c.1s~'.repeat(5_000)}`,
      'supplier.seal-upgrade.1s.2027-02-30',
      'javascript:alert(1)',
    ];
    for (const fragment of hostile) {
      const page = await open(browser, `${files.url}#${fragment}`);
      await page.getByText('链接中的订单无法识别').waitFor();
      assert.equal(await total(page).textContent(), '¥300.00', fragment);
      await page.close();
    }
  });

  test('what was typed stays on the device, and is read with care', async () => {
    const page = await open(browser, files.url);
    await page.getByLabel('印章数量', { exact: true }).fill('3');
    await page.locator('.slip input').fill('示例采购有限公司');
    await page.waitForFunction(() => localStorage.getItem('yinxin.calculator.payer') !== null);
    assert.ok(!page.url().includes(encodeURIComponent('示例')));
    await page.goto('about:blank');
    await page.goto(files.url);
    await shows(page, '¥500.00');
    assert.equal(await page.locator('.slip input').inputValue(), '示例采购有限公司');
    for (const kept of ['{', '[{"role":1}]', '"x"', '[null]', '{"length":3}']) {
      await page.evaluate(text => {
        for (const name of ['order', 'payer', 'tariff']) localStorage.setItem(`yinxin.calculator.${name}`, text);
        localStorage.setItem('yinxin.language', text);
      }, kept);
      await page.goto('about:blank');
      await page.goto(files.url);
      await shows(page, '¥300.00');
    }
    await page.close();
  });

  test('works where the browser keeps nothing', async () => {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await page.goto(files.url);
    await shows(page, '¥300.00');
    await page.getByLabel('印章数量', { exact: true }).fill('2');
    await shows(page, '¥400.00');
    await page.getByText('浏览器不允许保存').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Fees for certificates and seals' }).waitFor();
    await page.close();
  });

  test('a certificate’s file fills in its renewal, and another CA’s is told', async () => {
    const page = await open(browser, `${files.url}#expert.new.1y.1c.1s`);
    const names = '/C=CN/O=示例采购有限公司/CN=示例采购有限公司';
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-utf8', '-subj', names];
    const give = (buffer: Buffer) =>
      page.setInputFiles('.from-certificate input', {
        name: 'unit.cer',
        mimeType: 'application/x-x509-ca-cert',
        buffer,
      });
    await give(run('openssl', [...made, '-days', '100']));
    // The renewal of a unit's certificate with a seal, in place of the expert's order.
    await shows(page, '¥300.00');
    assert.equal(await page.getByLabel('证书名称', { exact: true }).inputValue(), '示例采购有限公司');
    const told = await page.locator('.from-certificate').innerText();
    assert.match(told, /由“示例采购有限公司”签发，所用的收费标准可能不适用/);
    await give(Buffer.from('no certificate'));
    await page.locator('.from-certificate .message').waitFor();
    await shows(page, '¥300.00');
    await page.close();
  });

  test('another tariff is taken from a file, shown, kept, and given up again', async () => {
    const folder = temporary();
    const page = await open(browser, files.url);
    try {
      const tariff = JSON.parse(readFileSync(join(ROOT, 'wasm/fees/data/tariff-scca.json'), 'utf8'));
      const file = join(folder.path, 'tariff.json');
      const load = async (content: string) => {
        writeFileSync(file, content);
        await page.locator('.tariff input[type=file]').setInputFiles(file);
      };
      const button = page.getByRole('button', { name: '载入其他收费标准…' });
      assert.equal(await button.isVisible(), false);
      await page.locator('.tariff summary', { hasText: '高级' }).press('Enter');
      await button.waitFor();
      await load('{');
      await page.locator('.tariff .message-error').waitFor();
      await load(
        JSON.stringify({ ...tariff, prices: tariff.prices.map((price: object) => ({ ...price, price: -1 })) }),
      );
      await page.locator('.tariff .message-error', { hasText: 'prices' }).waitFor();
      assert.equal(await total(page).textContent(), '¥300.00');
      const title = { 'zh-CN': '示例收费标准\u202e', en: 'An example' };
      const prices = tariff.prices.map((price: { price: number }) => ({ ...price, price: price.price * 2 }));
      await load(JSON.stringify({ ...tariff, id: 'example', title, prices, terms: [1, 2, 3] }));
      await shows(page, '¥600.00');
      await page.getByText('正在使用您载入的收费标准：示例收费标准⟨U+202E⟩').waitFor();
      await page.reload();
      await shows(page, '¥600.00');
      await page.getByRole('radio', { name: '3 年' }).check();
      await shows(page, '¥1,800.00');
      await page.getByRole('radio', { name: '1 年' }).check();
      await page.getByRole('button', { name: '恢复内置的收费标准' }).click();
      await shows(page, '¥300.00');
      await page.reload();
      await shows(page, '¥300.00');
    } finally {
      folder.remove();
      await page.close();
    }
  });
});

test('the extension has the same page, with the whole core', async () => {
  const { browser, close } = await launch({
    args: [`--disable-extensions-except=${EXTENSION}`, `--load-extension=${EXTENSION}`],
  });
  try {
    const own = `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/`;
    const page = await open(browser, `${own}calculator.html#expert.new.1y.1c.1s`);
    await shows(page, '¥150.00');
    await page.goto(`${own}workspace.html`);
    await page.getByRole('link', { name: '费用计算' }).click();
    await shows(page, '¥300.00');
  } finally {
    await close();
  }
});

describe('the one file from disk', () => {
  test('works, and asks nobody for anything', async () => {
    const { browser, close } = await launch();
    try {
      const asked: string[] = [];
      browser.on('request', request => asked.push(request.url()));
      const page = await open(browser, SINGLE);
      await shows(page, '¥300.00');
      await page.getByRole('radio', { name: '2 年' }).check();
      await shows(page, '¥600.00');
      await page.waitForFunction(() => location.hash === '#supplier.renewal.2y.1c.1s');
      await page.reload();
      await shows(page, '¥600.00');
      assert.deepEqual(
        [...new Set(asked.map(url => url.split('#')[0]))].filter(url => !url?.startsWith('data:')),
        [SINGLE],
      );
    } finally {
      await close();
    }
  });

  test('prints one clean sheet', async () => {
    for (const [locale, words] of [
      [
        'zh-CN',
        [
          '供应商',
          '证书及印章新办',
          '¥700.00',
          '人民币柒佰元整',
          '示例采购有限公司',
          '2年期的免开户费',
          '公对公转账',
          '指南',
          '独立的开源软件',
        ],
      ],
      ['en', ['Supplier', 'New certificate', '¥700.00', '人民币柒佰元整', '示例采购有限公司', 'Waived', 'independent']],
    ] as const) {
      // Paper is light, whatever the screen is.
      const { browser, close } = await launch({ locale, colorScheme: 'dark' });
      const folder = temporary();
      try {
        const page = await open(browser, `${SINGLE}#supplier.new.2y.1c.1s~supplier.seal-new.1y.1s`);
        await page.locator('.slip input').fill('示例采购有限公司');
        const file = join(folder.path, 'sheet.pdf');
        await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
        assert.match(run('pdfinfo', [file]).toString(), /Pages:\s+1\n/);
        // As one line: where a text breaks is the paper's business.
        const text = run('pdftotext', ['-layout', file, '-']).toString().replaceAll(/\s+/g, '');
        for (const word of words) assert.ok(text.includes(word.replaceAll(' ', '')), `${locale}: ${word}`);
        assert.ok(!text.includes('复制') && !text.includes('Copylink'), 'no controls');
      } finally {
        await close();
        folder.remove();
      }
    }
  });
});

describe('how it looks', () => {
  const ORDERS = [
    '',
    '#supplier.renewal.1y.2c.2s~expert.new.1y.1c.1s~purchaser.replacement.0c',
    '#supplier.seal-upgrade.1s.45d',
    '#supplier.seal-renewal.1s.200d',
    '#supplier.seal-upgrade.1s.other-class',
    '#nothing',
    '#list',
  ];
  const looks: Options[] = [
    // Each language, each scheme and each end of the widths once.
    { locale: 'zh-CN', colorScheme: 'light', width: 1280 },
    { locale: 'en', colorScheme: 'dark', width: 320 },
    // 1280 at 200 %.
    { locale: 'en', colorScheme: 'light', width: 640 },
    // A large standard font, in a laptop's window and a narrow one.
    { locale: 'zh-CN', colorScheme: 'light', width: 1366, args: ['--blink-settings=defaultFontSize=24'] },
    { locale: 'en', colorScheme: 'dark', width: 320, args: ['--blink-settings=defaultFontSize=24'] },
  ];
  for (const [at, options] of looks.entries()) {
    // What axe has rules for is in both languages and both schemes then; it takes most of the time.
    const byAxe = at < 2;
    test(`${byAxe ? 'axe finds nothing, and ' : ''}nothing is wider than the window: ${Object.values(options).join(', ')}`, async () => {
      const { browser, close } = await launch(options);
      try {
        for (const order of ORDERS) {
          const page = await open(browser, `${SINGLE}${order}`);
          assert.equal(await page.evaluate(() => document.documentElement.lang), options.locale);
          await page.locator('details').evaluateAll(all => {
            for (const details of all) (details as HTMLDetailsElement).open = true;
          });
          if (byAxe) {
            const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
            const told = violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`,
            );
            assert.deepEqual(told, [], order);
            assert.ok(passes.length > 5, 'axe saw the page');
          }
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(over <= 0, `${order}: ${over} px wider than its window`);
          await page.close();
        }
      } finally {
        await close();
      }
    });
  }
});
