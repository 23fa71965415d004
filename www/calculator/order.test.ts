import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dayAfter,
  daysOf,
  type Entry,
  itemOf,
  MAX_ENTRIES,
  read,
  restore,
  todayInChina,
  usual,
  write,
} from './order.js';

const TODAY = '2026-11-22';
const bare = (entries: Entry[] | undefined) => entries?.map(({ id, ...entry }) => entry);

test('a link carries an order, short and readable', () => {
  const entries: Entry[] = [
    { ...usual(), years: 2 },
    { ...usual(), role: 'expert', service: 'new' },
    { ...usual(), service: 'seal-upgrade', seals: '3', until: '2027-01-31', bidding: false },
    { ...usual(), service: 'seal-renewal', days: '45' },
  ];
  const link = write(entries);
  assert.equal(
    link,
    'supplier.renewal.2y.1c.1s~expert.new.1y.1c.1s~supplier.seal-upgrade.3s.2027-01-31.other-class~supplier.seal-renewal.1y.1s.45d',
  );
  const orders = (all: Entry[] | undefined) => all?.map(entry => itemOf(entry, TODAY));
  assert.deepEqual(orders(read(link)), orders(entries));
});

test('what is no order gives nothing', () => {
  const hostile = [
    '',
    '~',
    'supplier',
    'supplier.renewal.1y.1c.1s~',
    'supplier.renewal.11y.1c',
    'supplier.renewal.0y.1c',
    'supplier.renewal.1y.1y',
    'supplier.renewal.1c.2c',
    'supplier.renewal.1.c',
    'supplier.constructor.1c',
    '__proto__.new.1c',
    'supplier.renewal.99999999c',
    'supplier.seal-upgrade.1s.2027-02-30',
    'supplier.seal-upgrade.1s.bidding.other-class',
    '<img src=x onerror=alert(1)>',
    'supplier.renewal.1c'.padEnd(3_000, '.1s'),
    Array(MAX_ENTRIES + 1)
      .fill('supplier.renewal.1c')
      .join('~'),
  ];
  for (const fragment of hostile) assert.equal(read(fragment), undefined, fragment);
});

test('what a service does not ask for stays typed, and out of the order', () => {
  const entry: Entry = { ...usual(), service: 'replacement', seals: '7', days: '12', bidding: true };
  assert.deepEqual(itemOf(entry, TODAY), { role: 'supplier', service: 'replacement', certificates: 1 });
  assert.equal(itemOf({ ...entry, service: 'renewal' }, TODAY).seals, 7);
});

test('a number goes on as typed where it is none', () => {
  const item = itemOf({ ...usual(), certificates: ' 12 ', seals: '1.5', days: '九' }, TODAY);
  assert.deepEqual([item.certificates, item.seals, item.remainingDays], [12, '1.5', '九']);
  assert.equal('certificates' in itemOf({ ...usual(), certificates: '' }, TODAY), false);
});

test('days count by the calendar of China', () => {
  assert.equal(todayInChina(new Date('2026-11-22T15:59:59Z')), '2026-11-22');
  assert.equal(todayInChina(new Date('2026-11-22T16:00:00Z')), '2026-11-23');
  const until = (day: string) => daysOf({ ...usual(), until: day }, TODAY);
  assert.deepEqual(['2026-11-22', '2026-11-21', '2027-11-22', '2028-03-01'].map(until), ['0', '-1', '365', '465']);
});

test('what the device kept is read with care', () => {
  const kept: Entry = { ...usual(), seals: '2', bidding: true };
  assert.deepEqual(bare(restore(JSON.parse(JSON.stringify([kept])))), bare([kept]));
  assert.deepEqual(bare(restore([{ role: 'king', service: 'new' }])), bare([usual()]));
  const [entry] = restore([{ ...usual(), seals: 'x'.repeat(99), days: 5, until: 'soon', years: 99 }]) ?? [];
  assert.deepEqual([entry?.seals.length, entry?.days, entry?.until, entry?.years], [40, '', '', 1]);
  for (const kept of [undefined, null, 7, 'x', {}, [], Array(99).fill(usual())]) assert.equal(restore(kept), undefined);
});

test('a day so many days ahead is so many days away', () => {
  for (const days of [-400, -1, 0, 1, 59, 60, 366]) {
    assert.equal(daysOf({ ...usual(), until: dayAfter(TODAY, days) }, TODAY), String(days));
  }
});
