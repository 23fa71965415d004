// Reading certificates and verifying two-step paths, in Wasm and natively, beside others on the same bytes. Measures
// with the files of the folder named on the command line (chains.ts makes them, wasm/bench leaves its estimates there), and
// writes a section of docs/performance.md. What a peer can do is found out by asking it. Nothing is asserted about time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chain, type Fields, OURS, PEERS, type Peer, threeFacts } from './peers.js';
import { machine, quantile, table, writeSection } from './report.js';

/** One line of the table. */
interface Row {
  task: string;
  who: string;
  /** Nanoseconds of processor for one operation, the mean of each round; none where it can't do the task. */
  rounds: number[];
  note: string;
}

/** Rounds over all rows, so that a slow minute of the machine does not fall on one of them alone. */
const ROUNDS = 5;
/** Time of one row in one round, in nanoseconds of processor. */
const ROUND_NS = 200e6;
/** Operations between two looks at what was used: a look takes as long as a tenth of the shortest operation. */
const BATCH = 8;

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
  add({ task: `parse, ${kind}`, who: 'Yinxin, Wasm, three facts', rounds: [], note: '' }, () => threeFacts(leaf));
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
    // The mean holds the garbage collection that a call causes.
    const start = used();
    let count = 0;
    let spent = 0;
    do {
      for (let at = 0; at < BATCH; at += 1) await work();
      count += BATCH;
      spent = used() - start;
    } while (spent < ROUND_NS);
    row.rounds.push(spent / count);
  }
}
write();

/** Nanoseconds of processor that this process has used: other than a clock's, they are nobody else's. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

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

/** The table: a task's rows beside ours in Wasm. */
function write(): void {
  const lines = rows.map(({ task, who, rounds, note }) => {
    const ours = rows.find(row => row.task === task && row.who === OURS.who);
    const ns = quantile(rounds, 0.5);
    const figures =
      rounds.length === 0
        ? ['–', '–']
        : [(ns / quantile(ours?.rounds ?? [], 0.5)).toFixed(2), Math.round(1e9 / ns).toLocaleString('en')];
    return [task, who, ...figures, note];
  });
  const text = [
    `How many times as long as ours in Wasm each takes: means of processor time in ${ROUNDS} rounds over all, and of these the
median; natively by the clock. **Parse** is from DER to facts, **verify** from the DER of three certificates to the verdict on a path of two steps.`,
    table(['', '', 'times ours', 'a second', ''], lines),
    `${new Date().toISOString().slice(0, 10)}, ${machine()}.`,
  ].join('\n\n');
  writeSection('Certificates', text);
  console.log(text);
}
