import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checker, CheckFailed } from './client.js';
import type { FromWorker, ToWorker } from './report.js';

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
}

function puppets(): { made: Puppet[]; checker: Checker } {
  const made: Puppet[] = [];
  const checker = new Checker(
    {
      worker: () => {
        const puppet = new Puppet();
        made.push(puppet);
        return puppet as unknown as Worker;
      },
      wasm: async () => new ArrayBuffer(0),
    },
    () => Promise.reject(new Error('no document was given')),
    1_000,
  );
  return { made, checker };
}

const JOB = { given: [], accepted: [], at: undefined };
const never = () => new AbortController().signal;
/** Lets everything happen that needs no time. */
const settle = () => new Promise(resolve => setImmediate(resolve));
const lastId = (puppet: Puppet | undefined): number => {
  const message = puppet?.asked.at(-1);
  return message && 'id' in message ? message.id : assert.fail('nothing was asked');
};

test('a worker that falls silent is ended, and one that gives signs of life is not', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { made, checker } = puppets();
  const seen: number[] = [];
  const check = checker.check(JOB, ({ done }) => seen.push(done), never());
  const failed = assert.rejects(check, CheckFailed);
  await settle();
  const [first] = made;
  const id = lastId(first);
  for (const done of [1, 2, 3]) {
    context.mock.timers.tick(900);
    first?.says({ id, type: 'progress', progress: { name: 'a', done, all: 4 } });
  }
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(first?.ended, false);
  context.mock.timers.tick(1_001);
  await failed;
  assert.equal(first?.ended, true);

  // The next check has a worker of its own.
  const next = checker.describe([]);
  await settle();
  assert.equal(made.length, 2);
  made[1]?.says({ id: lastId(made[1]), type: 'done', result: [] });
  assert.deepEqual(await next, []);
});

test('a cancelled check ends its worker, and not what waits behind it', async () => {
  const { made, checker } = puppets();
  const cancelling = new AbortController();
  const check = checker.check(JOB, () => {}, cancelling.signal);
  const cancelled = assert.rejects(check, { name: 'AbortError' });
  const behind = checker.describe([]);
  await settle();
  cancelling.abort();
  await cancelled;
  assert.equal(made[0]?.ended, true);
  await settle();
  made[1]?.says({ id: lastId(made[1]), type: 'done', result: [] });
  assert.deepEqual(await behind, []);
  assert.equal(made[1]?.ended, false, 'it is kept for the next');
});

test('a worker that says it failed, or falls over, is not used again', async () => {
  for (const fall of [
    (puppet: Puppet) => puppet.says({ id: lastId(puppet), type: 'failed', detail: 'unreachable' }),
    (puppet: Puppet) => puppet.dispatchEvent(new Event('error')),
  ]) {
    const { made, checker } = puppets();
    const failed = assert.rejects(
      checker.check(JOB, () => {}, never()),
      CheckFailed,
    );
    await settle();
    fall(made[0] ?? assert.fail('no worker'));
    await failed;
    assert.equal(made[0]?.ended, true);
  }
});

test('documents are judged by another, and what has an answer of its own is told once', async () => {
  const made: Puppet[] = [];
  const worker = () => {
    const puppet = new Puppet();
    made.push(puppet);
    return puppet as unknown as Worker;
  };
  const given = (id: number) => ({ id, name: `${id}.pdf`, file: new File([''], `${id}.pdf`), asContent: false });
  const answer = { is: 'unfinished', file: { name: '1.pdf', size: 0 }, kind: 'pdf' } as const;
  const source = { worker, wasm: async () => new ArrayBuffer(0) };
  const checker = new Checker(source, async () => ({ judge: async () => [answer, 'unsigned', 'gone'] }));
  const check = checker.check(JOB, () => {}, never());
  await settle();
  const other = (id: number) => ({ id, file: { name: `${id}.pdf`, size: 0 }, kind: 'pdf', role: 'content' }) as const;
  const report = { at: '', checked: '', answers: [], others: [other(1), other(2)], certificates: [] };
  const trust = { anchors: [], national: true, intermediates: [], crls: [], makers: [], at: '' };
  const documents = [1, 2, 3].map(id => ({ given: given(id), kind: 'pdf', isContent: false }) as const);
  made[0]?.says({ id: lastId(made[0]), type: 'done', result: { report, documents, trust } });
  const { answers, others } = await check;
  assert.deepEqual(answers, [answer]);
  assert.deepEqual(
    others.map(({ id, role }) => [id, role]),
    [
      [2, 'content'],
      [3, 'gone'],
    ],
  );
});
