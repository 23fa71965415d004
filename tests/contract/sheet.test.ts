// The spreadsheet module as the page loads it: other programs' files are read by it, and its files by
// other programs. Then the page's own client, with the module in a worker of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Worker as Thread } from 'node:worker_threads';
import type * as SheetJS from '@e965/xlsx';
import { MAX_LIST_BYTES, MAX_LIST_ROWS } from '@yinxin/proto';
import { build } from 'esbuild';
import writeExcelFile from 'write-excel-file/node';
import { type Book, initSync, readTable, writeTable } from '../../wasm/pkg/sheet/yinxin_sheet.js';
import { SheetError, Spreadsheets } from '../../www/calculator/sheet/client.js';
import { ROOT } from '../stand/paths.js';

const module = readFileSync(join(ROOT, 'wasm/pkg/sheet/yinxin_sheet_bg.wasm'));
initSync({ module });
const sheetjs = createRequire(import.meta.url)('@e965/xlsx') as typeof SheetJS;

const BOOK: Book = {
  sheets: [
    {
      name: '清单',
      columns: [
        { title: '名称', width: 32, kind: 'text' },
        { title: '数量', width: 8, kind: 'whole' },
        { title: '金额（元）', width: 14, kind: 'money' },
      ],
      rows: [
        ['示例采购有限公司', 2, 123_456_789],
        ['=HYPERLINK("https://example.com")', 1, 30_000],
        ['00123', null, '待询价'],
        ['合计', 3, 123_486_789],
      ],
      totals: [3],
    },
    { name: '按付款人', columns: [{ title: '付款人', width: 20, kind: 'text' }], rows: [] },
  ],
};
const HEADER = ['名称', '数量', '金额（元）'];

/** The error that is thrown. */
function refusal(work: () => unknown): { name: string; code: string; params: Record<string, unknown> } {
  try {
    work();
  } catch (thrown) {
    return thrown as ReturnType<typeof refusal>;
  }
  assert.fail('nothing was thrown');
}

test('another reader finds text, numbers and formats in what is written', () => {
  const book = sheetjs.read(writeTable(BOOK, 'xlsx'), { cellNF: true, cellStyles: true, cellFormula: true });
  assert.deepEqual(book.SheetNames, ['清单', '按付款人']);
  const sheet = book.Sheets.清单;
  assert.ok(sheet);
  assert.deepEqual(sheetjs.utils.sheet_to_json(sheet, { header: 1, raw: true, defval: null }), [
    HEADER,
    ['示例采购有限公司', 2, 1234567.89],
    ['=HYPERLINK("https://example.com")', 1, 300],
    ['00123', null, '待询价'],
    ['合计', 3, 1234867.89],
  ]);
  const money = sheet.C2 as SheetJS.CellObject;
  assert.deepEqual([money.t, money.z, money.w], ['n', '#,##0.00', '1,234,567.89']);
  const whole = sheet.B2 as SheetJS.CellObject;
  assert.deepEqual([whole.t, whole.z, whole.w], ['n', '0', '2']);
  const formula = sheet.A3 as SheetJS.CellObject;
  assert.deepEqual([formula.t, formula.f, formula.l], ['s', undefined, undefined]);
  assert.deepEqual(sheet['!autofilter'], { ref: 'A1:C4' });
  assert.deepEqual(
    sheet['!cols']?.map(({ width }) => Math.round(width ?? 0)),
    [33, 9, 15],
  );
  assert.ok(
    book.Workbook?.Names?.some(({ Name, Ref }) => Name === '_xlnm.Print_Titles' && Ref === '清单!$1:$1'),
    JSON.stringify(book.Workbook?.Names),
  );
});

test('the same book gives the same bytes', () => {
  for (const format of ['xlsx', 'csv'] as const) {
    const book = { sheets: BOOK.sheets.slice(0, 1) };
    assert.deepEqual(writeTable(book, format), writeTable(book, format));
  }
});

test('what is written is read', () => {
  const rows = [
    HEADER,
    ['示例采购有限公司', '2', '1234567.89'],
    ['=HYPERLINK("https://example.com")', '1', '300'],
    ['00123', '', '待询价'],
    ['合计', '3', '1234867.89'],
  ];
  const sheets = ['清单', '按付款人'];
  assert.deepEqual(readTable(writeTable(BOOK, 'xlsx')), { format: 'xlsx', sheet: '清单', sheets, rows });
  const csv = writeTable({ sheets: BOOK.sheets.slice(0, 1) }, 'csv');
  assert.deepEqual([...csv.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.match(new TextDecoder().decode(csv), /^'=|\r\n"'=HYPERLINK\(""https/);
  const two = rows.map(row => row.map(cell => (cell === '300' ? '300.00' : cell)));
  assert.deepEqual(readTable(csv), { format: 'csv', encoding: 'utf-8', delimiter: ',', rows: two });
});

test('workbooks of other writers are read', async () => {
  const rows = [
    ['名称', '日期', '年限', '确认', '比例'],
    ['示例采购有限公司', '2026-02-15', '2', 'TRUE', '0.3'],
    ['蓉城示例招标代理有限公司', '', '1', 'FALSE', '1234.5'],
  ];
  const date = new Date(Date.UTC(2026, 1, 15));

  const simple = await writeExcelFile(
    [
      rows[0]?.map(value => ({ value })) ?? [],
      [
        { value: '示例采购有限公司' },
        { value: date, type: Date, format: 'yyyy-mm-dd' },
        { value: 2 },
        { value: true, type: Boolean },
        { value: 0.1 + 0.2 },
      ],
      [
        { value: '蓉城示例招标代理有限公司' },
        null,
        { value: 1 },
        { value: false, type: Boolean },
        { value: 1234.5, type: Number, format: '#,##0.00' },
      ],
    ],
    { sheet: '订单' },
  ).toBuffer();
  assert.deepEqual(readTable(new Uint8Array(simple)), { format: 'xlsx', sheet: '订单', rows });

  const sheet = sheetjs.utils.aoa_to_sheet(
    [
      rows[0] ?? [],
      ['示例采购有限公司', date, 2, true, 0.1 + 0.2],
      ['蓉城示例招标代理有限公司', null, 1, false, 1234.5],
    ],
    { cellDates: false, UTC: true },
  );
  sheet['!merges'] = [sheetjs.utils.decode_range('A5:C6')];
  const book = sheetjs.utils.book_new();
  sheetjs.utils.book_append_sheet(book, sheetjs.utils.aoa_to_sheet([['说明']]), '隐藏');
  sheetjs.utils.book_append_sheet(book, sheet, '订单');
  book.Workbook = { Sheets: [{ Hidden: 1 }, { Hidden: 0 }] };
  for (const options of [
    { bookType: 'xlsx', bookSST: true },
    { bookType: 'xlsx', bookSST: false, compression: true },
    { bookType: 'xlsm', bookSST: true },
  ] as const) {
    const bytes: ArrayBuffer = sheetjs.write(book, { type: 'array', ...options });
    assert.deepEqual(readTable(new Uint8Array(bytes)), { format: 'xlsx', sheet: '订单', rows }, options.bookType);
  }
});

test('the other sheets are named and can be asked for', () => {
  const book = sheetjs.utils.book_new();
  for (const [name, cell] of [
    ['说明', '填写说明'],
    ['旧', '旧'],
    ['数据', '名称'],
  ] as const) {
    sheetjs.utils.book_append_sheet(book, sheetjs.utils.aoa_to_sheet([[cell]]), name);
  }
  book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }, { Hidden: 0 }] };
  const bytes = new Uint8Array(sheetjs.write(book, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer);
  const sheets = ['说明', '数据'];
  assert.deepEqual(readTable(bytes), { format: 'xlsx', sheet: '说明', sheets, rows: [['填写说明']] });
  assert.deepEqual(readTable(bytes, '数据'), { format: 'xlsx', sheet: '数据', sheets, rows: [['名称']] });
  assert.equal(refusal(() => readTable(bytes, '旧')).code, 'list-unreadable');
  assert.equal(refusal(() => readTable(bytes, 1 as unknown as string)).code, 'request-invalid');
});

test('merged cells count for each of their rows, and a tall record once', () => {
  const sheet = sheetjs.utils.aoa_to_sheet([
    ['名称', '业务', '数量'],
    ['甲', '新办', 3],
    [null, '更新'],
    ['乙', '补办', 1],
    [],
    ['丙', '更新', 2],
  ]);
  sheet['!merges'] = ['A2:A3', 'C2:C3', 'A4:A5', 'B4:B5', 'C4:C5'].map(range => sheetjs.utils.decode_range(range));
  const book = sheetjs.utils.book_new();
  sheetjs.utils.book_append_sheet(book, sheet, '清单');
  const bytes = new Uint8Array(sheetjs.write(book, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer);
  assert.deepEqual(readTable(bytes), {
    format: 'xlsx',
    sheet: '清单',
    rows: [
      ['名称', '业务', '数量'],
      ['甲', '新办', '3'],
      ['甲', '更新', '3'],
      ['乙', '补办', '1'],
      [],
      ['丙', '更新', '2'],
    ],
    filled: [[], [], [0, 2]],
  });
});

test('text in the encodings of Chinese Excel is read by the platform’s decoder', () => {
  // “名称,年限 / 示例,2” in GBK.
  const gbk = Uint8Array.from(Buffer.from('c3fbb3c62cc4eacfde0d0acabec0fd2c320d0a', 'hex'));
  const rows = [
    ['名称', '年限'],
    ['示例', '2'],
  ];
  assert.deepEqual(readTable(gbk), { format: 'csv', encoding: 'gb18030', delimiter: ',', rows });
  const utf16 = Buffer.from('\ufeff名称\t年限\r\n示例\t2\r\n', 'utf16le');
  assert.deepEqual(readTable(utf16), { format: 'csv', encoding: 'utf-16le', delimiter: '\t', rows });
});

test('files of other kinds are refused with what to do', () => {
  const book = sheetjs.utils.book_new();
  sheetjs.utils.book_append_sheet(book, sheetjs.utils.aoa_to_sheet([['名称']]), '清单');
  for (const [bookType, reason] of [
    ['biff8', '旧版 .xls'],
    ['xlsb', '.xlsb'],
    ['ods', 'OpenDocument'],
    ['xlml', 'XML'],
    ['html', '网页'],
  ] as const) {
    const bytes: ArrayBuffer = sheetjs.write(book, { type: 'array', bookType });
    const { name, code, params } = refusal(() => readTable(new Uint8Array(bytes)));
    assert.deepEqual([name, code], ['YinxinError', 'list-unreadable'], bookType);
    assert.match(String(params.reason), new RegExp(reason), bookType);
  }
});

test('what a file cannot hold is refused', () => {
  const [sheet] = BOOK.sheets;
  assert.ok(sheet);
  for (const [book, format] of [
    [{ sheets: [] }, 'xlsx'],
    [BOOK, 'csv'],
    [{ sheets: [{ ...sheet, rows: [['x', 1.5]] }] }, 'xlsx'],
    [{ sheets: [{ ...sheet, rows: [['x', Number.NaN]] }] }, 'xlsx'],
    [{ sheets: [{ ...sheet, name: 'a/b' }] }, 'xlsx'],
    [{ sheets: [sheet] }, 'pdf'],
    ['text', 'csv'],
  ] as const) {
    assert.equal(refusal(() => writeTable(book as Book, format as 'csv')).code, 'request-invalid');
  }
});

/** A worker of Node with as much of the browser's interface as the client uses. */
class ShimWorker extends EventTarget {
  static made = 0;
  static terminated = 0;
  readonly #thread: Thread;

  constructor(code: string) {
    super();
    ShimWorker.made += 1;
    this.#thread = new Thread(
      `const { parentPort } = require('node:worker_threads');
       globalThis.self = globalThis;
       globalThis.postMessage = (data, transfer) => parentPort.postMessage(data, transfer);
       parentPort.on('message', data => globalThis.onmessage?.({ data }));
       ${code}`,
      { eval: true },
    );
    this.#thread.on('message', data => this.dispatchEvent(Object.assign(new Event('message'), { data })));
    this.#thread.on('error', () => this.dispatchEvent(new Event('error')));
  }

  postMessage(data: unknown, transfer: Transferable[] = []): void {
    this.#thread.postMessage(data, transfer as ArrayBuffer[]);
  }

  terminate(): void {
    ShimWorker.terminated += 1;
    void this.#thread.terminate();
  }
}

let code = '';

before(async () => {
  // As the single page carries it: one classic script.
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'www/calculator/sheet/worker.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
  code = outputFiles[0]?.text ?? '';
});

function spreadsheets(options: { code?: string; wasm?: BufferSource; timeout?: number } = {}): Spreadsheets {
  ShimWorker.made = 0;
  ShimWorker.terminated = 0;
  const source = {
    worker: () => new ShimWorker(options.code ?? code) as unknown as Worker,
    wasm: () => options.wasm ?? module,
  };
  return new Spreadsheets(source, options.timeout);
}

const LIST = new Blob(['名称,年限\n示例采购有限公司,2\n']);

test('the client makes one worker, at first use, and keeps it', async () => {
  const sheets = spreadsheets();
  assert.equal(ShimWorker.made, 0);
  const [table, bytes] = await Promise.all([sheets.read(LIST), sheets.write(BOOK, 'xlsx')]);
  assert.deepEqual(table.rows[1], ['示例采购有限公司', '2']);
  assert.deepEqual(bytes, writeTable(BOOK, 'xlsx'));
  assert.equal(ShimWorker.made, 1);
  sheets.close();
  assert.equal((await sheets.read(LIST)).rows.length, 2);
  assert.equal(ShimWorker.made, 2);
  sheets.close();
});

test('a refusal reaches the caller as it was, and the next list is read', async () => {
  const sheets = spreadsheets();
  const long = new Blob(['a,b\n'.repeat(MAX_LIST_ROWS + 1)]);
  await assert.rejects(
    sheets.read(long),
    (error: unknown) =>
      error instanceof SheetError &&
      error.code === 'list-too-long' &&
      'rows' in error.params &&
      error.params.rows === MAX_LIST_ROWS,
  );
  assert.equal((await sheets.read(LIST)).rows.length, 2);
  sheets.close();
});

test('a file that is too large is refused before it is read', async () => {
  const file = new Blob([]);
  Object.defineProperty(file, 'size', { value: MAX_LIST_BYTES + 1 });
  Object.defineProperty(file, 'arrayBuffer', { value: () => assert.fail('it was read') });
  await assert.rejects(spreadsheets().read(file), { code: 'list-too-large', params: { limit: MAX_LIST_BYTES } });
  assert.equal(ShimWorker.made, 0);
});

test('a file that went away is unreadable', async () => {
  const file = new Blob([]);
  Object.defineProperty(file, 'arrayBuffer', {
    value: () => Promise.reject(new DOMException('gone', 'NotReadableError')),
  });
  await assert.rejects(spreadsheets().read(file), { code: 'list-unreadable' });
});

test('an abort ends the worker, and only the work that it was for', async () => {
  const sheets = spreadsheets();
  await sheets.read(LIST);
  const abort = new AbortController();
  const aborted = sheets.read(new Blob(['a,b\n'.repeat(20_000)]), abort.signal);
  const waiting = sheets.read(LIST);
  // While the list is being read.
  setImmediate(() => abort.abort());
  await assert.rejects(aborted, { name: 'AbortError' });
  assert.equal((await waiting).rows.length, 2);
  await assert.rejects(sheets.read(LIST, AbortSignal.abort()), { name: 'AbortError' });
  assert.equal((await sheets.read(LIST)).rows.length, 2);
  sheets.close();
});

test('a worker that does not answer is ended', async () => {
  const sheets = spreadsheets({ code: 'onmessage = () => {};', timeout: 20 });
  await assert.rejects(sheets.read(LIST), { code: 'list-unreadable' });
  await assert.rejects(sheets.write(BOOK, 'csv'), { code: 'internal' });
  assert.deepEqual([ShimWorker.made, ShimWorker.terminated], [2, 2]);
});

test('a worker that fails is ended', async () => {
  const sheets = spreadsheets({ code: "onmessage = () => { throw new Error('out of memory'); };" });
  await assert.rejects(sheets.read(LIST), { code: 'list-unreadable' });
  assert.deepEqual([ShimWorker.made, ShimWorker.terminated], [1, 1]);
});

test('a trap in the module makes the list unreadable, and the next one gets a new worker', async () => {
  // The reader of the first worker's module is broken by hand: it runs into `unreachable`.
  const trap = `const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = async (...all) => {
      const result = await instantiate(...all);
      // Node instantiates a module of its own.
      const exports = result.instance?.exports;
      if (!exports?.readTable) return result;
      const readTable = () => { throw new WebAssembly.RuntimeError('unreachable'); };
      return { instance: { exports: { ...exports, readTable } } };
    };`;
  const codes = [trap + code, code];
  ShimWorker.made = 0;
  const sheets = new Spreadsheets({
    worker: () => new ShimWorker(codes.shift() ?? '') as unknown as Worker,
    wasm: () => module,
  });
  await assert.rejects(sheets.read(LIST), (error: unknown) => {
    assert.ok(error instanceof SheetError);
    assert.equal(error.code, 'list-unreadable');
    assert.match(JSON.stringify(error.params), /超出可处理的范围/);
    return true;
  });
  assert.equal((await sheets.read(LIST)).rows.length, 2);
  assert.equal(ShimWorker.made, 2);
  sheets.close();
});

test('a module that does not load, or is not there, is told as such', async () => {
  const sheets = spreadsheets({ wasm: new Uint8Array([0, 1, 2, 3]) });
  await assert.rejects(sheets.read(LIST), { code: 'internal' });
  const offline = new Spreadsheets({
    worker: () => assert.fail('there is nothing to give it'),
    wasm: () => Promise.reject(new TypeError('Failed to fetch')),
  });
  await assert.rejects(offline.read(LIST), { code: 'internal', params: { detail: 'TypeError: Failed to fetch' } });
});
