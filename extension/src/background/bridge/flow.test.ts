import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowAction, FlowEvent } from '@yinxin/proto';
import type { FlowMachine } from '../core.js';
import type { Host } from '../host.js';
import type { Around } from './flow.js';

// What is kept on the device is named where the window's module begins; nothing of it is read here.
(globalThis as { chrome?: unknown }).chrome = { storage: {} };
const { Flow } = await import('./flow.js');

/** A flow over a machine that says what the test says, and what it does of it. */
function play(machine: (event: FlowEvent) => FlowAction[]) {
  const did: string[] = [];
  const host = {
    watch: () => {
      did.push('watch');
      return () => did.push('unwatch');
    },
  };
  const around = {
    host: host as unknown as Host,
    origin: 'https://portal.example',
    answer: (call: number) => did.push(`answer ${call}`),
    session: (open: boolean) => did.push(`session ${open}`),
    failed: () => did.push('failed'),
  } as unknown as Around;
  let broken = false;
  const touched = <T>(act: () => T): T => {
    // As a module does after a trap: it is in a call for ever.
    if (broken) throw new Error('recursive use of an object');
    return act();
  };
  const trapping = {
    handle: (event: FlowEvent) =>
      touched(() => {
        try {
          return machine(event);
        } catch (trap) {
          broken = true;
          throw trap;
        }
      }),
    get parameters() {
      return touched(() => ({ clientId: '7' }));
    },
    free: () => touched(() => did.push('free')),
  };
  return { flow: new Flow(trapping as unknown as FlowMachine, around), did };
}

const called: FlowEvent = { type: 'called', call: 1, port: 11_200, name: 'a', fields: {}, pins: [], pressed: true };

test('a flow that ends gives the machine back', () => {
  const { flow, did } = play(event => (event.type === 'called' ? [{ type: 'session', open: true }] : []));
  flow.feed(called);
  assert.deepEqual(flow.parameters, { clientId: '7' });
  flow.end();
  assert.deepEqual(did, ['watch', 'session true', 'unwatch', 'free']);
});

test('after a trap nothing touches the machine, and all that ran for it ends', () => {
  const { flow, did } = play(event => {
    if (event.type === 'gone') throw new Error('unreachable');
    return event.type === 'called' ? [{ type: 'session', open: true }] : [];
  });
  flow.feed(called);
  flow.feed({ type: 'gone', call: 1 });
  assert.deepEqual(did, ['watch', 'session true', 'failed']);
  assert.deepEqual(flow.parameters, {});
  flow.end();
  assert.deepEqual(did.slice(3), ['unwatch']);
  flow.feed(called);
  assert.equal(did.filter(what => what === 'failed').length, 1);
});
