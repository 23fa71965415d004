// Fees in Wasm and natively: one order, and a list of ten thousand rows with its totals. Native figures are the
// estimates that wasm/bench left in the folder named on the command line. Nothing is asserted.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measure } from 'mitata';
import type { Order } from '../../wasm/pkg/node/yinxin.js';
import { ROOT } from '../stand/paths.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;

const folder = process.argv[2];
if (!folder) throw new Error('usage: fees.ts FOLDER');

const order: Order = { items: [{ role: 'supplier', service: 'new', years: 1, certificates: 1, seals: 1 }] };
const titles = ['证书名称', '参与角色', '办理业务', '年限', '印章数量'];
const rows = Array.from({ length: 10_000 }, (_, at) => [`示例单位${at % 100}`, '供应商', '新办', '2', '1']);

/** As the calculator reads a list: in chunks, between which the page can answer. */
function readList(chunk: number): void {
  const list = new core.OrderList([titles]);
  for (let at = 0; at < rows.length; at += chunk) list.push(rows.slice(at, at + chunk), at + 2);
  list.totals();
  list.free();
}

for (const [task, name, work] of [
  ['quote, one item', 'quote', () => core.quote(order)],
  ['list, 10,000 rows in chunks of 500', 'list', () => readList(500)],
] as const) {
  const { p50 } = await measure(work, { min_cpu_time: 2e9, batch_threshold: 0 });
  const estimates = join(folder, 'criterion/fees', name, 'new/estimates.json');
  const native = existsSync(estimates) ? JSON.parse(readFileSync(estimates, 'utf8')).median.point_estimate : Number.NaN;
  console.log(`${task.padEnd(40)} Wasm ${us(p50)}   native ${us(native)}`);
}

function us(ns: number): string {
  return Number.isNaN(ns) ? 'not run'.padStart(12) : `${(ns / 1000).toFixed(1)} µs`.padStart(12);
}
