import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeType } from './documents.js';

const bytes = (text: string) => new TextEncoder().encode(text);

test('the four kinds that only show are known by their bytes', () => {
  assert.equal(safeType(bytes('%PDF-1.7\n'), true), 'application/pdf');
  assert.equal(safeType(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0), true), 'image/png');
  assert.equal(safeType(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), true), 'image/jpeg');
  assert.equal(safeType(bytes('投标函\n一、……'), true), 'text/plain;charset=utf-8');
});

test('markup is shown as its text and never as a page', () => {
  for (const markup of [
    '<!doctype html><script>1</script>',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<?xml version="1.0"?>',
  ]) {
    assert.equal(safeType(bytes(markup), true), 'text/plain;charset=utf-8');
  }
});

test('anything else is only saved', () => {
  for (const other of [
    Uint8Array.of(),
    bytes('PK\u0003\u0004'),
    bytes('text with a nul \0'),
    Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3), // GBK
    bytes('GIF89a\u0001'),
  ]) {
    assert.equal(safeType(other, true), undefined);
  }
});

test('a head that ends inside a character is still text, a whole one is not', () => {
  const cut = bytes('好').slice(0, 2);
  assert.equal(safeType(cut, false), 'text/plain;charset=utf-8');
  assert.equal(safeType(cut, true), undefined);
});
