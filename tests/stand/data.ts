// Shared test data, read in place, and what tests that lack something come to.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.js';

/** The folder. */
export const DATA = process.env.YINXIN_TEST_DATA ?? join(ROOT, '../shared/data');

/** Why tests are skipped; `false` where nothing is missing. With `CI` set everything has to be there. */
export function lacking(there: boolean, why: string): string | false {
  if (there) return false;
  if (process.env.CI) throw new Error(`nothing may be skipped with CI set: ${why}`);
  return why;
}

/** Why tests on the shared data are skipped. */
export const noData = lacking(existsSync(DATA), `no test data at ${DATA}`);
