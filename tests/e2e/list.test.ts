// Lists in the calculator, from a static server and from disk: read, counted, told, given back as
// files and on paper. Sums are the test's own; files are judged by other programs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type * as SheetJS from '@e965/xlsx';
import type { Page } from 'playwright-core';
import { DATA, noData } from '../stand/data.js';
import { Files, launch, open, SINGLE } from '../stand/pages.js';
import { temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';

const sheetjs = createRequire(import.meta.url)('@e965/xlsx') as typeof SheetJS;

const HEADER = [
  '证书名称',
  '参与角色',
  '办理业务',
  '年限',
  '证书数量',
  '印章数量',
  '剩余天数',
  '是否招投标类',
  '负责人',
];
const ROWS = [
  ['示例采购有限公司', '供应商', '更新', '1', '1', '1', '', '', '甲'],
  ['示例采购有限公司', '供应商', '新办', '2年', '2', '2', '', '', '甲'],
  ['示例采购（成都）有限公司', '采购人', '更新', '１', '', '1', '', '', '乙'],
  ['示例采购(成都)有限公司', '采购人', '印章续期', '', '', '1', '73', '', '乙'],
  ['王示例', '评标专家', '新办', '1', '1', '1', '', '', ''],
  ['蓉城示例招标代理有限公司', '代理机构', '印章升级', '', '', '1', '45', '是', ''],
  ['蓉城示例招标代理有限公司', '代理机构', '更新', '3', '1', '', '', '', ''],
  ['', '代理机构', '更新', '1', '1', '', '', '', ''],
];
const SMALL = [HEADER, ...ROWS].map(row => row.join('\t')).join('\n');

/** A long list, and what it comes to by the price table: 200 a year and 100 a seal, 100 more for a new year. */
function long(rows: number): { table: (string | number)[][]; yuan: number } {
  const table: (string | number)[][] = [HEADER.slice(0, 6)];
  let yuan = 0;
  for (let at = 0; at < rows; at += 1) {
    const years = 1 + (at % 2);
    const isNew = at % 7 === 0;
    table.push([`示例第${at % 300}采购有限公司`, '供应商', isNew ? '新办' : '更新', years, 1, 1]);
    yuan += 300 * years + (isNew && years === 1 ? 100 : 0);
  }
  return { table, yuan };
}

const FIELD = join(DATA, 'field/x14-first-sheet-notes.xlsx');

/** A workbook of sheets by their names, with merged cells. */
function workbook(sheets: Record<string, { rows: unknown[][]; merged?: string[] }>): Buffer {
  const book = sheetjs.utils.book_new();
  for (const [name, { rows, merged = [] }] of Object.entries(sheets)) {
    const sheet = sheetjs.utils.aoa_to_sheet(rows);
    sheet['!merges'] = merged.map(range => sheetjs.utils.decode_range(range));
    sheetjs.utils.book_append_sheet(book, sheet, name);
  }
  return sheetjs.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
}

const figures = async (page: Page): Promise<string> =>
  (await page.locator('.list-total .total-figures').innerText()).trim();
const shown = (yuan: number): string => `¥${yuan.toLocaleString('en-US', { minimumFractionDigits: 2 })}`;

async function give(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.setInputFiles('.list input[type=file]', { name, mimeType: 'application/octet-stream', buffer: bytes });
}

async function download(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`text=${button}`)]);
  return readFileSync(await download.path());
}

for (const from of ['a static server', 'disk'] as const) {
  describe(`from ${from}`, () => {
    const files = new Files();
    let close: () => Promise<void>;
    let page: Page;
    const requests: string[] = [];
    const problems: string[] = [];
    const folder = temporary();

    before(async () => {
      await files.start();
      const launched = await launch();
      close = launched.close;
      launched.browser.on('request', request => requests.push(request.url()));
      page = await open(launched.browser, `${from === 'disk' ? SINGLE : files.url}#list`);
      page.on('console', message => message.type() === 'error' && problems.push(message.text()));
      await page.locator('.list textarea').waitFor();
    });

    after(async () => {
      await close?.();
      await files.stop();
      folder.remove();
    });

    const again = async () => {
      await page.click('text=换一份清单');
      await page.locator('.list textarea').waitFor();
    };

    test('pasted cells are counted, and every row that is not says why', async () => {
      await page.fill('.list textarea', SMALL);
      await page.locator('.list-total').waitFor();
      // 300 + 2×(400+200)… by hand: 300 + 1200 + 300 + 150, and a seal for 73 of 365 days: 20 to 100.
      assert.equal(await figures(page), '¥1,970.00 – ¥2,050.00');
      const told = await page.locator('.list-part').first().innerText();
      assert.match(told, /不能办理“3”年期/);
      assert.match(told, /没有填写证书名称/);
      // The number of the row stands in its own column.
      assert.doesNotMatch(told, /第 \d+ 条/);
      const text = await page.locator('.list').innerText();
      assert.match(text, /没有用到的列：负责人/);
      assert.match(text, /不足 60 天，现在不能升级印章/);
      assert.match(text, /与“示例采购\(成都\)有限公司”只差空格、括号或大小写/);
      assert.match(text, /人民币壹仟伍佰元整/);
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H2', 'the result has the focus');
    });

    test('the workbook that it gives is what another program reads', async () => {
      const book = sheetjs.read(await download(page, '下载 Excel'), { cellNF: true });
      assert.deepEqual(book.SheetNames, ['付款汇总', '逐行明细']);
      const cells = (name: string) =>
        sheetjs.utils.sheet_to_json<unknown[]>(book.Sheets[name] ?? {}, { header: 1, raw: true, defval: null });
      const payers = cells('付款汇总');
      assert.deepEqual(payers[1]?.slice(0, 5), ['示例采购有限公司', 3, 3, 1500, '人民币壹仟伍佰元整']);
      assert.equal(payers.at(-1)?.[0], '合计');
      assert.deepEqual(payers.at(-1)?.slice(1, 4), [5, 7, null], 'no total where it is open');
      const rows = cells('逐行明细');
      assert.equal(rows.length, 1 + ROWS.length);
      assert.deepEqual(rows[2]?.slice(0, 8), [3, '示例采购有限公司', '供应商', '证书及印章新办', 2, 2, 2, 1200]);
      assert.match(String(book.Sheets.逐行明细?.H3?.z), /0\.00/);
    });

    test('on paper are all payers with their rows and amounts, and no buttons', async () => {
      const file = join(folder.path, 'list.pdf');
      writeFileSync(file, await page.pdf({ format: 'A4' }));
      const paper = run('pdftotext', ['-layout', file, '-']).toString().replace(/\s+/g, '');
      for (const name of new Set(ROWS.map(([name = '']) => name))) assert.ok(paper.includes(name), name);
      assert.ok(paper.includes('人民币壹仟伍佰元整') && paper.includes('¥1,500.00'));
      assert.ok(paper.includes('非四川CA或平台出具'));
      assert.ok(!paper.includes('下载Excel') && !paper.includes('换一份清单'));
    });

    test('the CSV that it gives can be read again, in GBK as well', async () => {
      await again();
      const { table, yuan } = long(40);
      const csv = table.map(row => row.join(',')).join('\r\n');
      await give(page, 'gbk.csv', run('iconv', ['-f', 'utf-8', '-t', 'gbk'], { input: csv }));
      await page.locator('.list-total').waitFor();
      assert.equal(await figures(page), shown(yuan));
      const own = await download(page, '下载 CSV');
      assert.deepEqual([...own.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'Excel takes it for UTF-8');
      await again();
      await give(page, 'own.csv', own);
      await page.locator('.list-total').waitFor();
      assert.equal(await figures(page), shown(yuan));
      await again();
    });

    test('a file can be dropped, one at a time', async () => {
      const drop = async (names: string[]) => {
        const dataTransfer = await page.evaluateHandle(
          ([names, text]) => {
            const data = new DataTransfer();
            for (const name of names) data.items.add(new File([text], name));
            return data;
          },
          [names, SMALL] as const,
        );
        await page.dispatchEvent('.list-drop', 'drop', { dataTransfer });
      };
      await drop(['a.tsv', 'b.tsv']);
      await page.locator('text=一次只能读取一个文件').waitFor();
      await drop(['a.tsv']);
      await page.locator('.list-total').waitFor();
      assert.match(await page.locator('.list').innerText(), /来自：a\.tsv/);
      await again();
    });

    test('10,000 rows of another program’s workbook are counted in portions, with progress', async () => {
      const { table, yuan } = long(10_000);
      const sheet = sheetjs.utils.aoa_to_sheet(table);
      const book = sheetjs.utils.book_new();
      sheetjs.utils.book_append_sheet(book, sheet, '清单');
      const bytes = sheetjs.write(book, { type: 'buffer', bookType: 'xlsx', compression: true }) as Buffer;
      // What the page shows between choosing the file and the total, and whether it still answers.
      await page.evaluate(() => {
        const seen = { values: new Set<number>(), input: 0 };
        Object.assign(window, { seen });
        new MutationObserver(() => {
          const value = document.querySelector<HTMLProgressElement>('.list progress')?.value;
          if (value !== undefined) seen.values.add(value);
        }).observe(document.body, { subtree: true, childList: true, attributes: true });
        setInterval(() => {
          if (document.querySelector('.list progress')) seen.input += 1;
        });
      });
      await give(page, 'long.xlsx', bytes);
      await page.locator('.list-total').waitFor();
      assert.equal(await figures(page), shown(yuan));
      assert.match(await page.locator('.list-total').innerText(), /300 个付款户名，10,000 行/);
      const { values, input } = await page.evaluate(() => {
        const { seen } = window as unknown as { seen: { values: Set<number>; input: number } };
        return { values: seen.values.size, input: seen.input };
      });
      assert.ok(values >= 5, `${values} states of progress were shown`);
      assert.ok(input >= 5, `the page had ${input} turns of its own meanwhile`);
      assert.equal(await page.locator('.list-table').last().locator('tbody tr').count(), 100, 'a page at a time');
      await page.click('.list-pages:last-of-type >> text=下一页');
      await again();
    });

    test('a sheet of notes is passed over, and another sheet can be read by keyboard', async () => {
      const titles = HEADER.slice(0, 6);
      const bytes = workbook({
        说明: { rows: [['填写说明：请勿改动表头']] },
        一月: { rows: [titles, ['示例采购有限公司', '供应商', '更新', 1, 1, 1]] },
        空白: { rows: [[]] },
        二月: { rows: [titles, ['示例采购有限公司', '供应商', '新办', 2, 1, 1]] },
      });
      await give(page, 'months.xlsx', bytes);
      await page.locator('.list-total').waitFor();
      assert.equal(await figures(page), shown(300));
      const told = page.locator('.list-sheets [role=status]');
      assert.equal(await told.innerText(), '工作表“说明”没有所需的列，已读取工作表“一月”。');
      assert.match(await page.locator('.list').innerText(), /来自：months\.xlsx、工作表“一月”/);
      const choice = page.getByLabel('换一张工作表');
      assert.deepEqual(await choice.locator('option').allInnerTexts(), ['说明', '一月', '空白', '二月']);
      assert.equal(await choice.inputValue(), '一月');
      const read = page.getByRole('button', { name: '读取', exact: true });
      assert.equal(await read.getAttribute('aria-disabled'), 'true', 'it is the one that is shown');

      await choice.focus();
      await page.keyboard.press('End');
      assert.equal(await choice.inputValue(), '二月');
      assert.equal(await figures(page), shown(300), 'a choice alone reads nothing');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('.list-total .total-figures', { hasText: shown(600) }).waitFor();
      assert.equal(await told.innerText(), '', 'nothing was passed over');
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H2', 'the result has the focus');

      // What can't be read costs nothing that is shown.
      await choice.selectOption('说明');
      await read.click();
      await page.locator('.list-sheets .message', { hasText: '清单缺少必要的列' }).waitFor();
      assert.match(await told.innerText(), /^没有读取工作表“说明”，显示的仍是“二月”的结果。/);
      assert.equal(await figures(page), shown(600));
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      assert.deepEqual(
        violations.map(({ id }) => id),
        [],
      );
      await choice.selectOption('空白');
      await read.click();
      await page.locator('.list-sheets .message', { hasText: '文件中没有内容' }).waitFor();
      assert.equal(await figures(page), shown(600));
      await again();

      await give(page, 'notes.xlsx', workbook({ 说明: { rows: [['甲']] }, 其他: { rows: [['乙']] } }));
      await page.locator('text=清单缺少必要的列：证书名称、参与角色、办理业务').waitFor();
    });

    test('the workbook of the field with notes on its first sheet is read', { skip: noData }, async () => {
      await give(page, 'x14.xlsx', readFileSync(FIELD));
      await page.locator('.list-total').waitFor();
      assert.equal(await figures(page), shown(400));
      assert.match(await page.locator('.list-sheets').innerText(), /工作表“说明”没有所需的列，已读取工作表“数据”。/);
      await again();
    });

    test('merged cells count for each row, and what they do to the price is told', async () => {
      const merged = [
        'A1:A2',
        'B1:B2',
        'C1:C2',
        'D1:D2',
        'E1:F1',
        'A3:A5',
        'E4:E5',
        'A6:A8',
        'B6:B8',
        'C6:C8',
        'D6:D8',
      ];
      const bytes = workbook({
        清单: {
          rows: [
            ['单位名称', '参与角色', '办理业务', '年限', '数量'],
            [null, null, null, null, '证书数量', '印章数量'],
            ['示例采购有限公司', '供应商', '更新', 1, 1, 1],
            [null, '供应商', '更新', 2, 3, 0],
            [null, '采购人', '更新', 1, null, 0],
            // A record that is three rows tall is one.
            ['蓉城示例招标代理有限公司', '代理机构', '更新', 1, 1, 1],
            [],
            [],
            ['示例采购有限公司', '供应商', '更新', 1, 1, 1],
          ],
          merged: [...merged, 'E6:E8', 'F6:F8'],
        },
      });
      await give(page, 'merged.xlsx', bytes);
      await page.locator('.list-total').waitFor();
      // 200 + 100; 3 × 400; 3 × 200; 200 + 100; 200 + 100.
      assert.equal(await figures(page), shown(300 + 1200 + 600 + 300 + 300));
      assert.match(await page.locator('.list-total').innerText(), /2 个付款户名，5 行，证书 9 张，印章 3 个/);
      const part = page.locator('.list-part').first();
      assert.match(await part.innerText(), /1 行可以计算，但办理前须注意/);
      const rows = part.locator('tbody tr');
      assert.equal(await rows.count(), 1, 'a name that is merged changes no price');
      assert.match(
        await rows.innerText(),
        /^5\s+示例采购有限公司\s+“证书数量”取自合并单元格，按每行各计一次，请核对。$/,
      );
      const own = sheetjs.read(await download(page, '下载 Excel'));
      assert.match(String(own.Sheets.逐行明细?.I4?.v), /“证书数量”取自合并单元格/);
      await again();
    });

    test('a row that sums up others is told and not counted, and an empty cell says what is missing', async () => {
      const titles = HEADER.slice(0, 6);
      const rows = [
        ['示例采购有限公司', '供应商', '更新', 1, 1, 1],
        ['小计', '', '', '', 1, 1],
        ['王示例', '评标专家', '新办', 1, 1, 1],
        ['小计', '', '', '', 1, 1],
        ['示例采购有限公司', '', '更新', 1, 1, 1],
        ['示例采购有限公司', '供应商', '', 1, 1, 1],
        ['示例采购有限公司', '供应商', '更新', '', 1, 1],
        ['示例采购有限公司', '供应商', '续期', 1, 1, 1],
        ['合计（张）', '', '', '', 2, 2],
      ];
      await give(page, 'sums.xlsx', workbook({ 清单: { rows: [titles, ...rows] } }));
      await page.locator('.list-total').waitFor();
      assert.equal(await figures(page), shown(300 + 150));
      const text = await page.locator('.list').innerText();
      assert.ok(text.includes('第 3、5 行是小计，没有计入。第 10 行是合计，没有计入。'), text);
      assert.match(text, /2 个付款户名，2 行/);
      const told = await page.locator('.list-part').first().innerText();
      for (const said of [
        '没有填写参与角色',
        '没有填写办理业务',
        '没有填写年限',
        '只写“续期”，不知道续的是证书还是印章。证书到期的，请填写“更新”；只有印章到期的，请填写“印章续期”。',
      ])
        assert.ok(told.includes(said), `${said}: ${told}`);
      assert.doesNotMatch(text, /“”/);
      assert.match(text, /收款户名和账号：使用指南没有写明/);
      const file = join(folder.path, 'sums.pdf');
      writeFileSync(file, await page.pdf({ format: 'A4' }));
      const paper = run('pdftotext', ['-layout', file, '-']).toString().replace(/\s+/g, '');
      assert.ok(paper.includes('第3、5行是小计') && paper.includes('收款户名和账号：'));
      await again();
    });

    test('what is no list gets a reason, and the page goes on', async () => {
      const noList = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0xff, 0xfe, 0, 0]);
      await give(page, 'picture.png', noList);
      await page.locator('.list .message').waitFor();
      await page.fill('.list textarea', '名称\t数量\n示例采购有限公司\t1');
      await page.locator('text=清单缺少必要的列：参与角色、办理业务').waitFor();
      await page.fill('.list textarea', SMALL);
      await page.locator('.list-total').waitFor();
    });

    test('axe finds nothing, and nothing is wider than its window', async () => {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [1280, 'dark'],
        [320, 'light'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`);
        assert.deepEqual(told, [], `${width}, ${colorScheme}`);
        assert.ok(passes.length > 5);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
      }
      // A large standard font in a narrow window.
      await page.evaluate(() => document.documentElement.style.setProperty('font-size', '22.5px'));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
      assert.ok(over <= 0, `${over} px wider than its window`);
      await page.setViewportSize({ width: 1280, height: 900 });
    });

    test('nothing left the page, and nothing went wrong in it', async () => {
      const away = requests.filter(url => !url.startsWith(files.url) && !/^(blob|data|file):/.test(url));
      assert.deepEqual(away, []);
      assert.deepEqual(problems, []);
    });
  });
}
