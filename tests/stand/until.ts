// Waiting for what a page says later.
import { setTimeout } from 'node:timers/promises';

/**
 * Waits until an asynchronous question to a page is answered with yes. (`waitForFunction` does not wait for a promise: it is
 * an object, and so it is true.)
 */
export async function until(asked: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await asked())) {
    if (Date.now() > end) throw new Error(`never true: ${asked}`);
    await setTimeout(50);
  }
}
