// Reading certificates and verifying two-step paths, in Wasm and natively, beside others on the same bytes. Measures
// with the files of the folder named on the command line (chains.ts makes them, wasm/bench leaves its estimates there)
// and prints one table. What a peer can do is found out by asking it. Nothing is asserted about time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from 'mitata';
import { type Chain, type Fields, OURS, PEERS, type Peer } from './peers.js';

/** One line of the table. */
interface Row {
  task: string;
  who: string;
  /** Nanoseconds for one operation, the mean of each round; none where it can't do the task. */
  rounds: number[];
  note: string;
}

/** Rounds over all rows, so that a slow minute of the machine does not fall on one of them alone. */
const ROUNDS = 5;
/** Time of one row in one round, in nanoseconds. */
const ROUND_NS = 200e6;

const folder = process.argv[2];
if (!folder) throw new Error('usage: certificates.ts FOLDER');

const rows: Row[] = [];
const measured: [row: Row, work: () => unknown][] = [];
for (const kind of kinds('leaf.der')) {
  const leaf = read(kind, 'leaf');
  for (const peer of PEERS) {
    const { able, note } = tryParse(peer, leaf);
    add({ task: `parse, ${kind}`, who: peer.who, rounds: [], note }, able && (() => peer.parse(leaf)));
  }
  addNative('parse', kind);
}
for (const kind of kinds('root.der')) {
  const chain = { leaf: read(kind, 'leaf'), ca: read(kind, 'ca'), root: read(kind, 'root') };
  for (const peer of PEERS) {
    const { able, note } = await tryVerify(peer, chain);
    add({ task: `verify path, ${kind}`, who: peer.who, rounds: [], note }, able && (() => peer.verify(chain)));
  }
  addNative('verify', kind);
}
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [row, work] of measured) {
    // Each call is timed alone: in batches, a round would take seconds. The mean, not mitata's median, holds the
    // garbage collection that a call causes.
    const { avg } = await measure(work, { min_cpu_time: ROUND_NS, batch_threshold: 0 });
    row.rounds.push(avg);
  }
}
print();

function kinds(holding: string): string[] {
  const names = readdirSync(folder as string);
  return names
    .filter(name => existsSync(join(folder as string, name, holding)))
    .sort()
    .reverse();
}

function read(kind: string, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder as string, kind, `${name}.der`)));
}

function add(row: Row, work: false | (() => unknown)): void {
  rows.push(row);
  if (work) measured.push([row, work]);
  else if (row.who === OURS.who) throw new Error(`${row.task}: ${row.note}`);
}

/** A row of the native bench, from the estimate that criterion left. */
function addNative(task: 'parse' | 'verify', kind: string): void {
  const path = join(folder as string, 'criterion', task, kind, 'new/estimates.json');
  const found = existsSync(path);
  const ns: number[] = found ? [JSON.parse(readFileSync(path, 'utf8')).mean.point_estimate] : [];
  const label = task === 'parse' ? `parse, ${kind}` : `verify path, ${kind}`;
  const note = found ? (task === 'parse' ? '' : OURS.verifies) : 'not run';
  rows.push({ task: label, who: 'Yinxin, native', rounds: ns, note });
}

interface Ability {
  able: boolean;
  note: string;
}

/** Whether a peer reads the certificate, and where it reads less than is asked or other than we do. */
function tryParse(peer: Peer, der: Uint8Array<ArrayBuffer>): Ability {
  let fields: Fields;
  try {
    fields = peer.parse(der);
  } catch (error) {
    return { able: false, note: `no: ${message(error)}` };
  }
  const ours = OURS.parse(der);
  const names = Object.keys(ours) as (keyof Fields)[];
  const without = names.filter(name => fields[name] === undefined || fields[name] === '');
  const other = [
    serial(fields.serial) !== serial(ours.serial) && 'serial',
    fields.notBefore.getTime() !== ours.notBefore.getTime() && 'notBefore',
    fields.notAfter.getTime() !== ours.notAfter.getTime() && 'notAfter',
    fields.isCa !== ours.isCa && 'isCa',
  ].filter(name => name !== false);
  const notes = [without.length > 0 && `without ${without}`, other.length > 0 && `reads another ${other}`];
  return { able: true, note: notes.filter(note => note !== false).join('; ') };
}

function serial(hex: string): string {
  return hex.toLowerCase().replace(/^0+/, '');
}

/** Whether a peer accepts the path, and refuses it where the leaf's signature is damaged. */
async function tryVerify(peer: Peer, chain: Chain): Promise<Ability> {
  try {
    if (!(await peer.verify(chain))) return { able: false, note: 'no: answers false' };
  } catch (error) {
    return { able: false, note: `no: ${message(error)}` };
  }
  const leaf = chain.leaf.slice();
  leaf[leaf.length - 1] = (leaf.at(-1) ?? 0) ^ 1;
  try {
    if (await peer.verify({ ...chain, leaf })) return { able: false, note: 'no: accepts a damaged signature too' };
  } catch {
    // Refused in its own way.
  }
  return { able: true, note: peer.verifies };
}

/** The first line of what was thrown: an error, an object that looks like one, or a string. */
function message(thrown: unknown): string {
  const text = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
  return (String(text).split('\n')[0] ?? '').slice(0, 60);
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(): void {
  const line = (...[task, who, ops, ratio, note]: [string, string, string, string, string]): void =>
    console.log(`${task.padEnd(22)} ${who.padEnd(21)} ${ops.padStart(9)} ${ratio.padStart(8)}  ${note}`.trimEnd());
  console.log(`Means of ${ROUNDS} rounds, of these the median; only the ratios to ours in Wasm outlast this machine.`);
  line('task', 'who', 'ops/s', 'ratio', 'note');
  for (const row of rows) {
    const ours = rows.find(({ task, who }) => task === row.task && who === OURS.who);
    const ns = median(row.rounds);
    if (row.rounds.length === 0) line(row.task, row.who, '-', '-', row.note);
    else {
      const ratio = `${(median(ours?.rounds ?? []) / ns).toPrecision(2)}×`;
      line(row.task, row.who, Math.round(1e9 / ns).toLocaleString('en'), ratio, row.note);
    }
  }
}
