import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DocumentJudge, type FromWorker, type ToWorker } from './documents.js';
import type { DocumentJob, Trust } from './report.js';

/** A worker that does as it is told. */
class Puppet extends EventTarget {
  readonly asked: ToWorker[] = [];
  ended = false;
  postMessage(message: ToWorker): void {
    this.asked.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  says(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }
  /** The document that it works on, by its name, and the number of that job. */
  get last(): { id: number; name: string } {
    const message = this.asked.at(-1);
    if (message?.type !== 'judge') return assert.fail('nothing was asked');
    return { id: message.id, name: message.job.given.name };
  }
}

function puppets(): { made: Puppet[]; judge: DocumentJudge } {
  const made: Puppet[] = [];
  const worker = () => {
    const puppet = new Puppet();
    made.push(puppet);
    return puppet as unknown as Worker;
  };
  return { made, judge: new DocumentJudge({ worker, wasm: async () => new ArrayBuffer(0) }) };
}

const TRUST: Trust = {
  anchors: [],
  national: true,
  intermediates: [],
  crls: [],
  makers: [],
  at: '2026-12-01T00:00:00Z',
};
const settle = () => new Promise(resolve => setImmediate(resolve));

function documents(count: number, parts: Partial<DocumentJob> = {}): DocumentJob[] {
  return Array.from({ length: count }, (_, id) => {
    const name = `${id}.pdf`;
    return {
      given: { id, name, file: new File(['%PDF-'], name), asContent: false },
      kind: 'pdf',
      isContent: false,
      ...parts,
    };
  });
}

const unreadable = (name: string) => ({ is: 'unreadable', file: { name, size: 5 }, kind: 'pdf' }) as never;

test('two are judged at a time, and the answers stand in the order of the documents', async () => {
  const { made, judge } = puppets();
  const seen: number[] = [];
  const all = judge.judge(documents(10), TRUST, ({ done }) => seen.push(done), new AbortController().signal);
  await settle();
  const open = () => made.map(puppet => puppet.last);
  // The second is done before the first, each time.
  for (let left = 10; left > 0; left--) {
    assert.equal(made.length, 2);
    const puppet = made[left % 2] as Puppet;
    if (puppet.asked.length === 0) continue;
    const { id, name } = puppet.last;
    puppet.says({ id, type: 'done', result: unreadable(name) });
    await settle();
  }
  for (const [at, { id, name }] of open().entries()) made[at]?.says({ id, type: 'done', result: unreadable(name) });
  const names = (await all).map(one => (typeof one === 'string' ? one : one.file.name));
  assert.deepEqual(
    names,
    documents(10).map(({ given }) => given.name),
  );
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

test('what brings a worker down is told of its document, and the others are judged all the same', async () => {
  const { made, judge } = puppets();
  const all = judge.judge(documents(3), TRUST, () => {}, new AbortController().signal);
  await settle();
  made[0]?.dispatchEvent(new Event('error'));
  await settle();
  assert.equal(made[0]?.ended, true);
  assert.equal(made.length, 3, 'another one takes its place');
  for (const puppet of made.slice(1)) {
    const { id, name } = puppet.last;
    puppet.says({ id, type: 'done', result: unreadable(name) });
  }
  assert.deepEqual(
    (await all).map(one => (typeof one === 'string' ? one : one.is)),
    ['unfinished', 'unreadable', 'unreadable'],
  );
});

test('a check that is given up ends all workers, and judges nothing more', async () => {
  const { made, judge } = puppets();
  const own = new AbortController();
  const all = judge.judge(documents(5), TRUST, () => {}, own.signal);
  const cancelled = assert.rejects(all, { name: 'AbortError' });
  await settle();
  own.abort();
  await cancelled;
  await settle();
  assert.deepEqual(
    made.map(({ ended }) => ended),
    [true, true],
  );
});

test('a document that is too large is not read, and may be a content all the same', async () => {
  const { made, judge } = puppets();
  const large = (isContent: boolean) =>
    documents(1, { isContent }).map(job => {
      Object.defineProperty(job.given.file, 'size', { value: 64 * 1024 * 1024 + 1 });
      return job;
    });
  const signal = new AbortController().signal;
  const [alone] = await judge.judge(large(false), TRUST, () => {}, signal);
  assert.ok(typeof alone === 'object' && alone.is === 'unreadable' && alone.error.code === 'document-too-large');
  assert.deepEqual(await judge.judge(large(true), TRUST, () => {}, signal), ['unsigned']);
  assert.equal(made.length, 0);
});
