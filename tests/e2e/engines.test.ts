// The pages for disk and server in the oldest engines that they are for, and what older ones show: a quote, a list and
// verifications, by mouse, clipboard and files.
// Runs on: Debian 12, amd64 | Chromium 83, 94 and 112 of Qt WebEngine | calculator and verify page, from disk and server
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type * as SheetJS from '@e965/xlsx';
import { OLDEST_ENGINE } from '@yinxin/proto';
import { makeCms } from '../../www/demo/testing/pki.js';
import { OLDEST } from '../../www/targets.mjs';
import { DATA, noData } from '../stand/data.js';
import { ENGINES, Engine, missing, versionOf } from '../stand/engines.js';
import { DIST, Files, SINGLE, VERIFY } from '../stand/pages.js';
import { temporary } from '../stand/paths.js';
import { Pdf } from '../stand/pdf.js';
import { makeSeal, setSeal } from '../stand/seals.js';
import { makeDemoKeys, servePortal } from '../stand/stand.js';
import { makePeople } from '../stand/verify.js';

const sheetjs = createRequire(import.meta.url)('@e965/xlsx') as typeof SheetJS;
const folder = temporary();
const people = makePeople();
const contract = Buffer.from('采购合同\n'.repeat(2_000));
const XML = Buffer.from('<?xml version="1.0"?><ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"/>');

/** A file on this disk. */
function file(name: string, content: Uint8Array | string): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

const LIST = [
  ['证书名称', '参与角色', '办理业务', '年限', '证书数量', '印章数量'],
  ['示例采购有限公司', '供应商', '更新', 1, 1, 1],
  ['示例采购有限公司', '供应商', '新办', 2, 2, 2],
  ['王示例', '评标专家', '更新', 1, 1, 1],
];
const workbook = sheetjs.utils.book_new(sheetjs.utils.aoa_to_sheet(LIST), '清单');
const files = {
  xlsx: file('清单.xlsx', sheetjs.write(workbook, { type: 'buffer', bookType: 'xlsx' }) as Buffer),
  csv: file('清单.csv', LIST.map(row => row.join(',')).join('\r\n')),
  maker: file('maker.cer', people.maker.certificate),
  ca: file('ca.pem', readFileSync(people.authority.issuing)),
  cms: file('合同.p7s', makeCms(people.unit, contract)),
  contract: file('合同.pdf', contract),
  changed: file('改过的合同.pdf', Buffer.concat([contract, Buffer.from(' ')])),
  sealing: file(
    'SignedValue.dat',
    setSeal(people.unit, makeSeal(people.maker, { name: '示例采购有限公司', users: [people.unit] }), XML),
  ),
  xml: file('Signature.xml', XML),
  pdf: file('签过的合同.pdf', new Pdf().sign(covered => makeCms(people.unit, covered)).bytes),
  ofd: noData ? undefined : join(DATA, 'seals/SESV4SignDoc.ofd'),
};

after(() => {
  people.remove();
  folder.remove();
});

test('the oldest Chromium that the pages are for is among the engines', () => {
  assert.equal(versionOf(ENGINES[0] ?? ''), OLDEST.chrome);
});

for (const engine of ENGINES) {
  const skip = missing(engine);
  for (const from of ['disk', 'a static server'] as const) {
    describe(`${engine}, from ${from}`, { skip }, () => {
      const servers = { calculator: new Files('calculator'), verify: new Files('verify') };
      let browser: Engine;
      const url = (page: 'calculator' | 'verify') =>
        from === 'disk' ? { calculator: SINGLE, verify: VERIFY }[page] : servers[page].url;

      before(async () => {
        await Promise.all(Object.values(servers).map(server => server.start()));
        browser = new Engine(engine);
      });
      after(async () => {
        await Promise.all(Object.values(servers).map(server => server.stop()));
        await browser?.close();
      });

      test('an order is quoted, and quoted anew', async () => {
        assert.match(String(await browser.open(url('calculator'))), new RegExp(`^${versionOf(engine)}\\.`));
        await browser.reads('.total-figures', '¥300.00');
        await browser.reads('.total-capitals', '人民币叁佰元整');
        await browser.click('.choice', '新办');
        await browser.reads('.total-figures', '¥400.00');
        assert.deepEqual(browser.problems, []);
      });

      test('a list is counted: as a workbook, as text, and pasted', async () => {
        await browser.click('.views a', '清单');
        for (const path of [files.xlsx, files.csv]) {
          await browser.wait(`document.querySelector('.list textarea') !== null`);
          await browser.choose([path], '.list-drop button.primary');
          await browser.reads('.list-total .total-figures', '¥1,600.00');
          await browser.click('button', '换一份清单');
        }
        await browser.wait(`document.querySelector('.list textarea') !== null`);
        await browser.click('.list textarea');
        await browser.wait(`document.activeElement.tagName === 'TEXTAREA'`);
        await browser.paste(LIST.map(row => row.join('\t')).join('\n'));
        await browser.reads('.list-total .total-figures', '¥1,600.00');
        assert.deepEqual(browser.problems, []);
      });

      test('signature and seal are verified, with makers and CAs that the user accepts', async () => {
        await browser.open(url('verify'));
        await browser.wait(`document.querySelector('.drop button') !== null`);
        await browser.choose([files.cms, files.contract], '.drop button');
        await browser.reads('.verdict', '签名还没核实完');
        await browser.click('button', '核验其他文件');
        await browser.wait(`document.querySelector('.drop button') !== null`);
        for (const [at, path] of [files.maker, files.ca].entries()) {
          await browser.choose([path], '.accepted .acts button', ['制章者', '发证机构'][at]);
          await browser.wait(`document.querySelectorAll('.accepted-list > li').length === ${at + 1}`);
        }
        await browser.choose([files.cms, files.contract], '.drop button');
        await browser.reads('.verdict', '签名已核实');
        await browser.click('button', '核验其他文件');
        await browser.wait(`document.querySelector('.drop button') !== null`);
        await browser.choose([files.cms, files.changed], '.drop button');
        await browser.reads('.verdict', '给的原文和签名对不上');
        await browser.click('button', '核验其他文件');
        await browser.wait(`document.querySelector('.drop button') !== null`);
        await browser.choose([files.sealing, files.xml], '.drop button');
        await browser.reads('.verdict', '盖章已核实');
        await browser.click('button', '核验其他文件');
        await browser.wait(`document.querySelector('.drop button') !== null`);
        await browser.choose([files.pdf], '.drop button');
        await browser.reads('.verdict', '签名已核实');
        if (files.ofd) {
          await browser.click('button', '核验其他文件');
          await browser.wait(`document.querySelector('.drop button') !== null`);
          await browser.choose([files.ofd], '.drop button');
          await browser.reads('.verdict', '盖章还没核实完');
          await browser.wait(`(document.querySelector('.answer-pages img') || {}).naturalWidth > 0`);
        }
        assert.deepEqual(browser.problems, []);
      });
    });
  }
}

describe('the demo portal tells whose browser is too old for the extension, before any module is read', () => {
  const keys = temporary();
  let portal: Awaited<ReturnType<typeof servePortal>>;
  before(async () => {
    makeDemoKeys(join(keys.path, 'keys'));
    portal = await servePortal(join(keys.path, 'keys'));
  });
  after(async () => {
    await portal?.close();
    keys.remove();
  });

  for (const engine of ENGINES) {
    test(engine, { skip: missing(engine) }, async () => {
      const browser = new Engine(engine);
      try {
        await browser.open(`${portal.url}/`);
        const isOld = versionOf(engine) < OLDEST_ENGINE;
        await browser.wait(`document.readyState === 'complete'`);
        assert.equal(await browser.wait(`String(document.getElementById('old').hidden)`), String(!isOld));
        assert.equal(/这个浏览器的版本太旧，用不了印信扩展/.test(await browser.text()), isOld);
      } finally {
        await browser.close();
      }
    });
  }
});

describe('a browser that is too old', { skip: missing(ENGINES[0] ?? '') }, () => {
  let browser: Engine;
  before(() => {
    browser = new Engine(ENGINES[0] ?? '');
  });
  after(() => browser?.close());

  const shown = `(getComputedStyle(document.getElementById('old')).display !== 'none') && document.body.innerText`;
  const page = (name: 'calculator' | 'verify') => readFileSync(join(DIST, `${name}.html`), 'utf8');
  const open = (text: string) => browser.open(pathToFileURL(file('page.html', text)).href);

  for (const name of ['calculator', 'verify'] as const) {
    const told = async () => {
      const text = String(await browser.wait(shown));
      assert.match(text, /^这个浏览器的版本太旧，打不开本页。/);
      assert.match(text, new RegExp(`Chromium ${OLDEST.chrome} `));
      assert.match(text, /This browser is too old/);
    };
    /** The page with another script, which its policy lets run. */
    const withScript = (change: (script: string) => string) =>
      page(name)
        .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
        .replace(
          /<script type="module">([\s\S]*?)<\/script>/,
          (_, script: string) => `<script type="module">${change(script)}</script>`,
        );

    test(`${name}: a script that it can't read`, async () => {
      await open(withScript(script => `class A { static { } }${script}`));
      await told();
    });

    test(`${name}: no Wasm`, async () => {
      await open(
        page(name)
          .replace('<head>', '<head><script>delete window.WebAssembly</script>')
          .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''),
      );
      await told();
    });

    test(`${name}: a script that falls at its start`, async () => {
      await open(withScript(script => `null.value;${script}`));
      await told();
    });

    test(`${name}: no JavaScript`, async () => {
      await browser.open(pathToFileURL(join(DIST, `${name}.html`)).href, { scripts: false });
      assert.match(await browser.text(), /^本页需要启用 JavaScript.*\n.*This page needs JavaScript/);
    });
  }
});
