import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { day, money, nearest, size, visible, wordsOf } from './language.js';

test('what does not show is written out', () => {
  assert.equal(visible('投标\u202efdp.exe'), '投标⟨U+202E⟩fdp.exe');
  assert.equal(visible('a\u200bb\nc\u00a0d'), 'a⟨U+200B⟩b⟨U+000A⟩c⟨U+00A0⟩d');
  assert.equal(visible('\u{e0041}'), '⟨U+E0041⟩');
  assert.equal(visible('报价 单　(终).pdf'), '报价 单　(终).pdf');
  assert.equal(visible('a⟨U+202E⟩b'), 'a⟨U+202E⟩b');
});

test('what the core writes out is written out here', () => {
  const source = readFileSync(new URL('../../wasm/core/src/text.rs', import.meta.url), 'utf8');
  const ranges = [...source.matchAll(/\b0x([0-9a-f]+)(?:\.\.=0x([0-9a-f]+))?/g)];
  assert.ok(ranges.length > 20);
  for (const [, first = '', last = first] of ranges) {
    for (let code = Number.parseInt(first, 16); code <= Number.parseInt(last, 16); code += 1) {
      const character = String.fromCodePoint(code);
      assert.notEqual(visible(character), character, code.toString(16));
    }
  }
});

test('the nearest language is Chinese for every Chinese', () => {
  assert.deepEqual(['zh', 'zh-CN', 'zh-Hant-TW', 'ZH_cn', 'en-GB', 'fr', ''].map(nearest), [
    'zh-CN',
    'zh-CN',
    'zh-CN',
    'zh-CN',
    'en',
    'en',
    'en',
  ]);
});

test('days and sizes read in their language, and what is no time stays as it is', () => {
  assert.equal(day('2028-02-29T12:00:00Z', 'zh-CN'), '2028年2月29日');
  assert.equal(day('2028-02-29T12:00:00Z', 'en'), 'February 29, 2028');
  assert.equal(day('2028-02-29T15:59:59Z', 'zh-CN'), '2028年2月29日');
  assert.equal(day('2028-02-29T16:00:00Z', 'zh-CN'), '2028年3月1日');
  assert.equal(day('soon', 'en'), 'soon');
  assert.deepEqual(
    [999, 182_344, 536_870_912].map(bytes => size(bytes, 'en')),
    ['999 B', '182.3 kB', '536.9 MB'],
  );
});

test('money has its fen, and groups of three', () => {
  assert.deepEqual([0, 5, 12_000, 120_000, 123_456_789].map(money), [
    '¥0.00',
    '¥0.05',
    '¥120.00',
    '¥1,200.00',
    '¥1,234,567.89',
  ]);
});

test('an error reads with days, and its parameters hide nothing', () => {
  const expired = { code: 'certificate-expired', params: { date: '2026-10-24T12:00:00Z' } } as const;
  assert.equal(wordsOf(expired, 'zh-CN').message, '证书已于 2026年10月24日 过期。');
  const strange = { code: 'document-empty', params: { name: 'a\u202eb' } } as const;
  assert.match(wordsOf(strange, 'en').message, /a⟨U\+202E⟩b/);
});
