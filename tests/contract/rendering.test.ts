// The catalogue's texts read the same in Rust, in the windows and in the page library: every code, both languages.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { YinxinError } from '@yinxin/client';
import {
  type CatalogueError,
  type ErrorCode,
  isForPage,
  type Locale,
  TEXTS,
  type Text,
  text,
  visible,
} from '@yinxin/proto';
import { wordsOf } from '@yinxin/ui/language.js';
import { forPage } from '../../extension/src/background/failure.js';
import { ROOT } from '../stand/paths.js';
import { run } from '../stand/process.js';

/** A code with parameters, as Rust reads it. */
interface Row extends Readonly<Record<Locale, Text>> {
  readonly code: ErrorCode;
  readonly params: object;
  readonly page: boolean;
  /** What a page gets of it. */
  readonly toPage: CatalogueError;
  readonly kinds: readonly string[];
}

let rows: readonly Row[];

before(() => {
  const args = ['run', '--quiet', '--manifest-path', join(ROOT, 'Cargo.toml'), '--package', 'xtask', '--', 'texts'];
  rows = JSON.parse(run('cargo', args).toString());
});

const LOCALES: readonly Locale[] = ['zh-CN', 'en'];

test('Rust told every code, with every kind of parameter', () => {
  assert.deepEqual(new Set(rows.map(({ code }) => code)), new Set(Object.keys(TEXTS.en)));
  const kinds = [...new Set(rows.flatMap(row => row.kinds))].sort();
  assert.deepEqual(kinds, ['Bytes', 'Count', 'Date', 'Place', 'Reason', 'Text', 'Time', 'Tries']);
});

test('the windows say what Rust says', () => {
  for (const { code, params, ...told } of rows) {
    for (const locale of LOCALES) {
      assert.deepEqual(text({ code, params }, locale), told[locale], `${code} ${JSON.stringify(params)}`);
      assert.deepEqual(wordsOf({ code, params } as CatalogueError, locale), told[locale], code);
    }
  }
});

test('the page library says what Rust says, and knows the codes that a page may get', () => {
  for (const { code, params, page, ...told } of rows) {
    assert.equal(isForPage(code), page, code);
    for (const locale of LOCALES) {
      Object.assign(globalThis, { document: { documentElement: { lang: locale } } });
      const error = new YinxinError({ code, params });
      assert.equal(error.code, page ? code : 'unknown');
      const { message, remedy } = page ? told[locale] : text({ code: 'unknown', params: { word: code } }, locale);
      assert.deepEqual([error.message, error.remedy], [message, remedy], code);
    }
  }
  Reflect.deleteProperty(globalThis, 'document');
});

test('the background tells a page as much of an error as the machine does', () => {
  for (const { code, params, toPage } of rows) {
    const told = forPage({ code, params } as CatalogueError);
    assert.equal(told.code, toPage.code);
    assert.ok(isForPage(told.code), told.code);
    assert.deepEqual(Object.keys(told.params).sort(), Object.keys(toPage.params).sort(), code);
  }
});

test('an ended and a revoked certificate read in plain words', () => {
  const date = '2026-11-22T16:00:00Z';
  const expired = { code: 'certificate-expired', params: { date } } as const;
  const revoked = { code: 'certificate-revoked', params: { date, reason: 'keyCompromise' } } as const;
  assert.equal(text(expired, 'zh-CN').message, '证书已于 2026年11月23日 过期。');
  assert.equal(text(expired, 'en').message, 'The certificate ended on 23 November 2026.');
  assert.equal(text(revoked, 'zh-CN').message, '证书已于 2026年11月23日 被注销（原因：私钥泄露）。');
  assert.equal(text(revoked, 'en').message, 'The certificate was revoked on 23 November 2026 (key compromised).');
});

test('whatever Unicode calls invisible is written out', () => {
  const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|(?![ \u3000])\p{Zs}/u;
  for (let code = 0; code <= 0x10_ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (invisible.test(character)) assert.notEqual(visible(character), character, code.toString(16));
  }
  for (const shown of ['报价 单　(终).pdf', 'Ti\u0302\u0301ng', '📄合同', 'a⟨U+202E⟩b'])
    assert.equal(visible(shown), shown);
});
