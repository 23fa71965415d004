import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenView } from '@yinxin/proto';
import { Memory } from '../testing.js';
import { afterLook, due, MAX_SEEN, NoticeStore, noted, type Seen } from './notices.js';

const DAYS = [90, 60, 30, 7];
/** The last second of 22 December in China. */
const END = '2026-12-22T15:59:59Z';
/** So many days before that day, at noon in China. */
const before = (days: number) => new Date(Date.parse('2026-12-22T04:00:00Z') - days * 86_400_000);

function key(
  certificates: { certificate: string; notAfter?: string; renewable?: boolean }[],
  seals: { validUntil: string; certificates: string[] }[] = [],
): TokenView {
  const filled = certificates.map(one => ({ notAfter: END, renewable: true, ...one }));
  return { certificates: filled, seals } as unknown as TokenView;
}

test('a certificate is told of once at each number of days, and once more when it has ended', () => {
  let seen: Seen[] = [{ certificate: 'a', end: END }];
  const told: number[] = [];
  for (let left = 100; left >= -400; left--) {
    const now = before(left);
    const notices = due(seen, DAYS, now);
    if (notices.length > 0) told.push(notices[0]?.daysLeft ?? Number.NaN);
    seen = noted(seen, DAYS, now);
  }
  assert.deepEqual(told, [90, 60, 30, 7, -1]);
});

test('until the user takes note it stays, and what was missed is told once', () => {
  const seen: Seen[] = [{ certificate: 'a', end: END }];
  assert.equal(due(seen, DAYS, before(91)).length, 0);
  for (const left of [90, 75, 20, 0, -50]) {
    assert.deepEqual(due(seen, DAYS, before(left)), [{ certificate: 'a', end: END, daysLeft: left }]);
  }
  const after = noted(seen, DAYS, before(20));
  assert.equal(due(after, DAYS, before(8)).length, 0);
  assert.equal(due(after, DAYS, before(7)).length, 1);
});

test('days count by the calendar of China, as the core counts them', () => {
  const seen: Seen[] = [{ certificate: 'a', end: END }];
  const left = (now: string) => due(seen, DAYS, new Date(now))[0]?.daysLeft;
  assert.equal(left('2026-12-22T15:59:59Z'), 0);
  assert.equal(left('2026-12-22T16:00:00Z'), -1);
  assert.equal(left('2026-12-21T15:59:59Z'), 1);
});

test('no days, no notices', () => {
  const seen: Seen[] = [{ certificate: 'a', end: END }];
  assert.deepEqual(due(seen, [], before(-1)), []);
  assert.deepEqual(noted(seen, [], before(-1)), seen);
});

test('the most urgent comes first', () => {
  const seen: Seen[] = [
    { certificate: 'later', end: '2026-12-30T15:59:59Z' },
    { certificate: 'ended', end: '2026-12-01T15:59:59Z' },
    { certificate: 'soon', end: END },
  ];
  assert.deepEqual(
    due(seen, DAYS, before(10)).map(({ certificate }) => certificate),
    ['ended', 'soon', 'later'],
  );
});

test('a look keeps what its holder renews, and drops what was renewed', () => {
  const first = afterLook([], [key([{ certificate: 'sign' }, { certificate: 'encrypt', renewable: false }])]);
  assert.deepEqual(first, [{ certificate: 'sign', end: END }]);
  // Another key, then the first one with a certificate that follows.
  const other = afterLook(first, [key([{ certificate: 'other' }])]);
  assert.deepEqual(
    other.map(({ certificate }) => certificate),
    ['other', 'sign'],
  );
  const renewed = key([
    { certificate: 'new', notAfter: '2028-12-22T15:59:59Z' },
    { certificate: 'sign', renewable: false },
  ]);
  assert.deepEqual(
    afterLook(other, [renewed]).map(({ certificate }) => certificate),
    ['new', 'other'],
  );
  assert.deepEqual(afterLook(other, []), other);
});

test('an earlier end of the seal counts; of several seals the last one', () => {
  const soon = '2026-11-30T15:59:59Z';
  const [seen] = afterLook([], [key([{ certificate: 'a' }], [{ validUntil: soon, certificates: ['a'] }])]);
  assert.equal(seen?.end, soon);
  const both = key(
    [{ certificate: 'a' }],
    [
      { validUntil: soon, certificates: ['a'] },
      { validUntil: '2029-01-01T00:00:00Z', certificates: ['a'] },
      { validUntil: '2020-01-01T00:00:00Z', certificates: ['b'] },
      { validUntil: '', certificates: ['a'] },
    ],
  );
  assert.equal(afterLook([], [both])[0]?.end, END);
});

test('with another end the days count anew', () => {
  const told: Seen[] = [{ certificate: 'a', end: END, told: 7 }];
  assert.deepEqual(afterLook(told, [key([{ certificate: 'a' }])]), told);
  const moved = key([{ certificate: 'a' }], [{ validUntil: '2026-12-01T15:59:59Z', certificates: ['a'] }]);
  assert.deepEqual(afterLook(told, [moved]), [{ certificate: 'a', end: '2026-12-01T15:59:59Z' }]);
});

test('no more than so many are kept in mind', () => {
  const names = Array.from({ length: MAX_SEEN + 10 }, (_, at) => ({ certificate: String(at) }));
  assert.equal(afterLook([], [key(names)]).length, MAX_SEEN);
});

test('storage holds a digest, an end and what was told; looks that find nothing new write nothing', async () => {
  const area = new Memory();
  area.content = { seen: [{ certificate: 7 }, null, { certificate: 'x', end: 'soon' }] };
  const store = new NoticeStore(area.item('seen'));
  const token = { ...key([{ certificate: 'a' }]), label: '示例', serial: '1' };
  await store.look([token]);
  await store.look([token]);
  assert.equal(area.writes, 1);
  assert.deepEqual(area.content, { seen: [{ certificate: 'a', end: END }] });
  assert.equal((await store.due(DAYS, before(5))).length, 1);
  await store.note(DAYS, before(5));
  assert.equal((await store.due(DAYS, before(5))).length, 0);
  assert.deepEqual(area.content, { seen: [{ certificate: 'a', end: END, told: 7 }] });
  await store.forget();
  assert.deepEqual(area.content, { seen: [] });
});
