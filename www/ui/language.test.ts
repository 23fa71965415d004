import assert from 'node:assert/strict';
import { test } from 'node:test';
import { day, money, nearest, size, time, visible, wordsOf } from './language.js';

test('what does not show is written out', () => {
  assert.equal(visible('投标\u202efdp.exe'), '投标⟨U+202E⟩fdp.exe');
  assert.equal(visible('a\u200bb\nc\u00a0d'), 'a⟨U+200B⟩b⟨U+000A⟩c⟨U+00A0⟩d');
  assert.equal(visible('\u{e0041}'), '⟨U+E0041⟩');
  assert.equal(visible('报价 单　(终).pdf'), '报价 单　(终).pdf');
  assert.equal(visible('a⟨U+202E⟩b'), 'a⟨U+202E⟩b');
});

test('what stacks on a letter, or runs on without end, is written out', () => {
  assert.equal(visible(`a${'\u0301'.repeat(254)}`), 'a⟨U+0301…×254⟩');
  assert.equal(visible('\u200b'.repeat(255)), '⟨U+200B…×255⟩');
  assert.equal(visible('\u200b'.repeat(4)), '⟨U+200B⟩'.repeat(4));
  assert.equal(visible(`a\ufe0f\u034fb`), 'a⟨U+FE0F⟩⟨U+034F⟩b');
  // Clusters that only Unicode's rules hold together: leading consonants of Hangul, conjuncts of Devanagari.
  assert.equal(visible('\u1100'.repeat(255)), '\u1100⟨U+1100…×254⟩');
  assert.ok(visible('\u0915\u094d'.repeat(127)).length < 40);
  for (const text of ['投标函.pdf', 'Ti\u0302\u0301ng', 'ที่นี้', 'क्ष्म्य', 'བསྒྲུབས་', '한글', '📄合同', 'بِسْمِ'])
    assert.equal(visible(text), text);
  for (const mark of ['\u0301', '\u0e49', '\u0f71', '\u20dd', '\u0489'])
    for (const letter of ['a', '文', 'ก', '']) {
      const clusters = new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(
        visible(letter + mark.repeat(254)),
      );
      for (const { segment } of clusters) assert.ok([...segment].length <= 9, segment);
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
  assert.equal(day('2028-02-29T12:00:00Z', 'en'), '29 February 2028');
  assert.equal(day('2028-02-29T15:59:59Z', 'zh-CN'), '2028年2月29日');
  assert.equal(day('2028-02-29T16:00:00Z', 'zh-CN'), '2028年3月1日');
  assert.equal(day('2028-02-29', 'zh-CN'), '2028年2月29日');
  assert.equal(day('soon', 'en'), 'soon');
  assert.equal(time('2026-12-28T18:34:56Z', 'zh-CN'), '2026年12月29日 02:34（北京时间）');
  assert.equal(time('2026-12-28T18:34:56.789Z', 'en'), '29 December 2026, 02:34 (Beijing time)');
  assert.equal(time('soon', 'en'), 'soon');
  assert.deepEqual(
    [999, 182_344, 536_870_912].map(bytes => size(bytes)),
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
