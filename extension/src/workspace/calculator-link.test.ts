import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quote } from '@yinxin/fees';
import { itemOf, read } from '../../../www/calculator/order.js';
import { calculatorLink } from './calculator-link.js';

const quoteOf = (item: object) => ({ items: [item] }) as unknown as Quote;
const item = { role: 'agency', service: 'renewal', years: 2, certificates: 1, seals: 3, remainingDays: 30 };

test('the calculator reads the same order from the link, on a later day too', () => {
  // The last second of 22 December in China.
  const link = calculatorLink(quoteOf(item), '2026-12-22T15:59:59Z');
  assert.equal(link, 'calculator.html#agency.renewal.2y.1c.3s.2026-12-22');
  const [entry] = read(link.split('#')[1] ?? '') ?? [];
  assert.ok(entry);
  assert.deepEqual(itemOf(entry, '2026-11-22'), item);
  assert.deepEqual(itemOf(entry, '2026-12-24'), { ...item, remainingDays: -2 });
});

test('a time that no calendar has leaves the number of days', () => {
  for (const strange of ['soon', '9999-12-31T23:59:59Z']) {
    const [entry] = read(calculatorLink(quoteOf(item), strange).split('#')[1] ?? '') ?? [];
    assert.ok(entry);
    assert.deepEqual(itemOf(entry, '2026-11-22'), item);
  }
  assert.equal(calculatorLink({ items: [] as Quote['items'] } as Quote, '2026-12-22T15:59:59Z'), 'calculator.html');
});
