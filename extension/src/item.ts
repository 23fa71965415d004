//! One item of the browser's storage. Whoever changes it reads what is there and writes what becomes of it, with nobody
//! between: background, pages and several operations at once change the same, and none loses what another wrote.

/** What is used of a storage area. */
export interface Area {
  get(keys: string | string[]): Promise<Record<string, unknown>>;
  set(items: Record<string, unknown>): Promise<void>;
}

/** Runs work that reads and then writes, one after the other wherever the extension runs. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** An item by its name. */
export class Item {
  readonly #area: Area;
  readonly #key: string;
  readonly #inTurn: InTurn;

  constructor(area: Area, key: string, inTurn: InTurn) {
    this.#area = area;
    this.#key = key;
    this.#inTurn = inTurn;
  }

  /** What is there; `undefined` for nothing. Rejects where the browser does not tell. */
  async read(): Promise<unknown> {
    return (await this.#area.get(this.#key))[this.#key];
  }

  /** Writes what `step` makes of what is there, unless it gives that very value back. Rejects where the browser fails. */
  change(step: (before: unknown) => unknown): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.read();
      const next = await step(before);
      if (next !== before) await this.#area.set({ [this.#key]: next });
    });
  }
}

/** An item of the extension's storage. */
export function item(area: 'local' | 'session', key: string): Item {
  return new Item(chrome.storage[area], key, inTurn(`${area} ${key}`));
}

/** One work of a name at a time. The browser's locks hold in the background and in all pages of the extension. */
export function inTurn(name: string): InTurn {
  return async work => await navigator.locks.request(name, work);
}

/** The administrator's policy. Where there is none, Firefox has no storage for one, and says so by failing. */
export const managed: Pick<Area, 'get'> = {
  get: async keys => {
    try {
      return await chrome.storage.managed.get(keys);
    } catch (error) {
      if (error instanceof Error && error.message === 'Managed storage manifest not found') return {};
      throw error;
    }
  },
};

/**
 * The administrator's policy, for what can do without it. A browser that has just started reads policies when its pages
 * are quiet; a busy one delays that by a minute, for which nobody's login waits. Rejects where it comes too late: that is
 * told once for all who ask, from the first one on, until the browser has read them.
 */
export function policyInTime(): Pick<Area, 'get'> {
  return {
    get: keys => {
      late ??= new Promise((_, reject) => setTimeout(() => reject(new Error('not read yet')), POLICY_MS));
      const known = () => {
        late = undefined;
      };
      const read = managed.get(keys);
      read.then(known, known);
      return Promise.race([read, late]);
    },
  };
}

/** Rejects when the time is over; absent once a policy was read. */
let late: Promise<never> | undefined;

/** Time for a policy that the browser has read already. */
const POLICY_MS = 1_000;
