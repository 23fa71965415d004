import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as xlsx from '@e965/xlsx';
import type { Entry } from '../background/history.js';
import { historyCsv, historyJson } from './export.js';

Object.assign(globalThis, { VERSION: '0.1.0' });

const entry: Entry = {
  at: '2026-11-22T08:00:00.000Z',
  origin: 'https://portal.example',
  act: 'sign',
  format: 'cms',
  documents: [
    { name: '投标函, "终稿".pdf', sm3: '11'.repeat(32), seen: true },
    { name: '合同.ofd', sm3: '22'.repeat(32), seen: false },
  ],
  holder: '示例采购有限公司',
  certificate: 'ab'.repeat(32),
};

/** The rows, as another reader sees them. */
function rows(csv: string): string[][] {
  const { Sheets, SheetNames } = xlsx.read(new TextEncoder().encode(csv), { type: 'array', raw: true });
  return xlsx.utils.sheet_to_json(Sheets[SheetNames[0] ?? ''] ?? {}, { header: 1, defval: '', raw: false });
}

test('a row for each document, one for an operation without any, and Chinese that spreadsheet programs read', () => {
  const csv = historyCsv([entry, { ...entry, act: 'login', format: 'yinxin', documents: [], seal: '公章' }], 'zh-CN');
  assert.ok(csv.startsWith('\ufeff'));
  const [head, ...body] = rows(csv);
  assert.equal(head?.length, 10);
  assert.deepEqual(
    body.map(row => row.slice(1)),
    [
      [
        'https://portal.example',
        '签署文件',
        'cms',
        '投标函, "终稿".pdf',
        '11'.repeat(32),
        '',
        entry.holder,
        entry.certificate,
        '',
      ],
      [
        'https://portal.example',
        '签署文件',
        'cms',
        '合同.ofd',
        '22'.repeat(32),
        '未见内容',
        entry.holder,
        entry.certificate,
        '',
      ],
      ['https://portal.example', '登录', 'yinxin', '', '', '', entry.holder, entry.certificate, '公章'],
    ],
  );
  for (const row of body) assert.equal(row[0], '2026-11-22 16:00:00');
  assert.equal(rows(historyCsv([entry], 'en'))[0]?.length, 10);
});

test('no cell is a formula, whatever a site calls its documents or a certificate its holder', () => {
  for (const text of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '＝1',
    '\t=1',
    '\r=1',
    ' \u3000=1',
    "'=1",
    '\u200b=1',
    '\u2066\u00ad=1',
    '\ufe0f\u2800+1',
    '\tx',
    '=a\n=b',
  ]) {
    const csv = historyCsv(
      [{ ...entry, holder: text, documents: [{ name: text, sm3: '', seen: true }], seal: text }],
      'en',
    );
    assert.equal(csv.split(`"'${text}"`).length - 1, 3, JSON.stringify(text));
    assert.equal(rows(csv)[1]?.[4], `'${text}`, JSON.stringify(text));
  }
  assert.match(historyCsv([{ ...entry, holder: "O'Hara-示例" }], 'en'), /"O'Hara-示例"/);
});

test('a time that can’t be read stays as it is', () => {
  assert.equal(rows(historyCsv([{ ...entry, at: 'soon' }], 'en'))[1]?.[0], 'soon');
});

test('JSON holds the entries as they are kept', () => {
  assert.deepEqual(JSON.parse(historyJson([entry])), { product: 'yinxin', version: '0.1.0', entries: [entry] });
});
