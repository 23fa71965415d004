// What users read: prices, telephone numbers and addresses come from the guide's and the tariff's data alone, and
// the voice is one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SITES, TEXTS } from '@yinxin/proto';

const ROOT = join(import.meta.dirname, '../..');
const data = ['core/data/guide-scca.json', 'fees/data/tariff-scca.json']
  .map(path => readFileSync(join(ROOT, 'wasm', path), 'utf8'))
  .join('\n');

/** Files of texts: every string of them is one that a user reads, or a part of it. */
const locales = ['extension/src/locales', 'www/calculator/locales', 'www/verify/locales', 'www/calculator/list']
  .flatMap(folder => readdirSync(join(ROOT, folder)).map(name => join(folder, name)))
  .filter(path => /(zh-CN|en|texts)\.ts$/.test(path));

const pieces = (path: string): string[] =>
  readFileSync(join(ROOT, path), 'utf8')
    .split('\n')
    .filter(line => !/^\s*(\/\/|\/?\*)/.test(line));

const catalogue = Object.values(TEXTS).flatMap(texts =>
  Object.values(texts).flatMap(({ message, remedy }) => [message, remedy]),
);

/** Amounts of money, telephone numbers, addresses. */
function named(text: string): string[] {
  const money = [...text.matchAll(/(\d[\d,.]*)\s*(?:元|yuan\b)|(?:¥|￥)\s*(\d[\d,.]*)/g)].map(
    found => found[1] ?? found[2],
  );
  const numbers = [...text.matchAll(/\d[\d-]{5,}\d/g)].map(found => found[0]);
  const addresses = [
    ...text.matchAll(/(?:https?:\/\/)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:cn|com|org|net)\b[^\s'"`”）)，。；]*/gi),
  ];
  return [...money, ...numbers, ...addresses.map(found => found[0])].filter(found => found !== undefined);
}

test('what is a price, a number or an address is recognised', () => {
  assert.deepEqual(named('打 400-028-1130，付 50 元或 ¥1,200.00，看 wt.scca.com.cn。'), [
    '50',
    '1,200.00',
    '400-028-1130',
    'wt.scca.com.cn',
  ]);
});

test('no text names a price, a number or an address that is not in the data', () => {
  assert.ok(locales.length >= 7, locales.join(' '));
  const known = `${data}\n${SITES.map(({ origin }) => origin).join('\n')}`;
  for (const [where, texts] of [
    ['catalogue', catalogue],
    ...locales.map(path => [path, pieces(path)] as const),
  ] as const) {
    for (const text of texts) {
      for (const name of named(text)) assert.ok(known.includes(name), `${where}: ${name}: ${text}`);
    }
  }
});

test('no text shouts, blames or pleads', () => {
  const unwanted =
    /！|!(?=['’"`]?,?$)|非法|违规操作|操作不当|您必须|务必|抱歉|很遗憾|\b(?:please|sorry|oops|illegal|you must|unfortunately)\b/i;
  for (const [where, texts] of [
    ['catalogue', catalogue],
    ...locales.map(path => [path, pieces(path)] as const),
  ] as const) {
    for (const text of texts) assert.doesNotMatch(text, unwanted, where);
  }
});

test('a thing has one word, and a number is written as it is copied', () => {
  const other = /评审专家|签名人|容器|\u2011/;
  for (const [where, texts] of [
    ['catalogue', catalogue],
    ...[...locales, 'www/demo/texts.ts'].map(path => [path, pieces(path)] as const),
  ] as const) {
    for (const text of texts) assert.doesNotMatch(text, other, where);
  }
});

test('each code says what is so and what to do, in both languages', () => {
  for (const [locale, texts] of Object.entries(TEXTS)) {
    for (const [code, { message, remedy }] of Object.entries(texts)) {
      for (const text of [message, remedy]) assert.match(text.trim(), /[。.？?：:]$/, `${locale} ${code}: ${text}`);
      const chinese = /[\u4e00-\u9fff]/.test(message);
      assert.equal(chinese, locale === 'zh-CN', `${locale} ${code}: ${message}`);
    }
  }
});
