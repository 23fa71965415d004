//! For tests: a storage area in memory.

import { type Area, type InTurn, Item } from './item.js';

/** A storage area in memory, in which other work comes in between. */
export class Memory implements Area {
  content: Record<string, unknown> = {};
  failure: Error | undefined;
  writes = 0;

  async get(keys: string | string[]): Promise<Record<string, unknown>> {
    await new Promise(resolve => setImmediate(resolve));
    if (this.failure) throw this.failure;
    const there = [keys].flat().filter(key => key in this.content);
    return Object.fromEntries(there.map(key => [key, structuredClone(this.content[key])]));
  }

  async set(items: Record<string, unknown>): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    if (this.failure) throw this.failure;
    this.writes++;
    Object.assign(this.content, structuredClone(items));
  }

  /** An item of it, changed in turn. */
  item(key: string): Item {
    return new Item(this, key, inOrder());
  }
}

/** One work after the other, as the browser's locks let it. */
export function inOrder(): InTurn {
  let turn: Promise<unknown> = Promise.resolve();
  return work => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
}
