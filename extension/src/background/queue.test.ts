import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from './queue.js';

class Waiter {
  readonly told: string[] = [];
  constructor(
    readonly onBegin: () => void = () => {},
    readonly origin = 'https://a.example',
  ) {}
  begin(): void {
    this.told.push('begin');
    this.onBegin();
  }
  wait(before: number): void {
    this.told.push(`wait ${before}`);
  }
}

test('the first one begins at once and the others move up in order', () => {
  const queue = new Queue<Waiter>(16, 16);
  const [a, b, c] = [new Waiter(), new Waiter(), new Waiter()];
  for (const one of [a, b, c]) assert.ok(queue.add(one));
  assert.deepEqual([a.told, b.told, c.told], [['begin'], ['wait 1'], ['wait 2']]);
  queue.leave(a);
  assert.equal(queue.current, b);
  assert.deepEqual(
    [b.told, c.told],
    [
      ['wait 1', 'begin'],
      ['wait 2', 'wait 1'],
    ],
  );
});

test('one that waits can leave, and only those behind it move up', () => {
  const queue = new Queue<Waiter>(16, 16);
  const [a, b, c, d] = [new Waiter(), new Waiter(), new Waiter(), new Waiter()];
  for (const one of [a, b, c, d]) queue.add(one);
  queue.leave(c);
  assert.deepEqual([a.told, b.told, d.told], [['begin'], ['wait 1'], ['wait 3', 'wait 2']]);
});

test('a full queue takes no more, and takes again after one left', () => {
  const queue = new Queue<Waiter>(2, 2);
  const turns = [new Waiter(), new Waiter(), new Waiter()] as const;
  for (const one of turns) assert.ok(queue.add(one));
  const late = new Waiter();
  assert.equal(queue.add(late), false);
  assert.deepEqual(late.told, []);
  queue.leave(turns[0]);
  assert.ok(queue.add(late));
});

test('one origin fills its share only, and has it again when one of its own left', () => {
  const queue = new Queue<Waiter>(4, 2);
  const of = (origin: string) => new Waiter(undefined, origin);
  const current = of('https://a.example');
  const waiting = [of('https://a.example'), of('https://a.example')] as const;
  for (const one of [current, ...waiting]) assert.ok(queue.add(one));
  assert.equal(queue.add(of('https://a.example')), false);
  for (const origin of ['https://b.example', 'https://c.example']) assert.ok(queue.add(of(origin)));
  assert.equal(queue.add(of('https://d.example')), false);
  queue.leave(waiting[0]);
  assert.ok(queue.add(of('https://a.example')));
});

test('one that leaves in its first moment brings up the next', () => {
  const queue = new Queue<Waiter>(16, 16);
  const first = new Waiter();
  const hasty: Waiter = new Waiter(() => queue.leave(hasty));
  const last = new Waiter();
  for (const one of [first, hasty, last]) queue.add(one);
  queue.leave(first);
  assert.equal(queue.current, last);
  assert.deepEqual(last.told.at(-1), 'begin');
});

test('leaving twice, or without ever having waited, changes nothing', () => {
  const queue = new Queue<Waiter>(16, 16);
  const [a, b] = [new Waiter(), new Waiter()];
  queue.add(a);
  queue.leave(b);
  assert.equal(queue.current, a);
  queue.leave(a);
  queue.leave(a);
  assert.equal(queue.current, undefined);
});

test('whoever asks hears when a turn is had, and when none is', () => {
  const told: boolean[] = [];
  const queue = new Queue<Waiter>(16, 16, busy => told.push(busy));
  const [a, b] = [new Waiter(), new Waiter()];
  for (const one of [a, b]) queue.add(one);
  queue.leave(a);
  assert.deepEqual(told, [true]);
  queue.leave(b);
  assert.deepEqual(told, [true, false]);
  queue.add(a);
  assert.deepEqual(told, [true, false, true]);
});
