// What a user waits for, from the press on the page to its answer, part by part: real Chromium, host and software key.
//
//   node --import tsx tests/bench/trace/bench.ts [--rounds N] [--before ROOT] [--only CALL] [--look CALL]
//
// `--before` measures another build beside this one, round by round, and keeps its figures in `before.json`, which the
// table shows from then on. `--only` prints the table of the calls whose name begins so, and `--look` the marks of one:
// they write nothing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../stand/paths.js';
import { makeSite } from '../../stand/site.js';
import { machine, quantile, table, writeSection } from '../report.js';
import { type Call, Measured } from './stand.js';
import type { Trace } from './trace.js';

/** Milliseconds of one call, by what took them. */
type Times = Record<string, number>;

/** What is measured: how a call is made, how it comes about, and what its marks say. */
interface Scenario {
  readonly name: string;
  readonly call: Call;
  readonly asks: boolean;
  prepare?(build: Measured): Promise<void>;
  times(trace: Trace): Times;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'status', call: 'status', asks: false, times: answered },
  {
    name: 'status, background and host stopped',
    call: 'status',
    asks: false,
    prepare: build => build.chill(),
    times: started,
  },
  { name: 'login', call: 'login', asks: true, times: consented },
  {
    name: 'login, background and host stopped',
    call: 'login',
    asks: true,
    prepare: build => build.chill(),
    times: coldly,
  },
  {
    name: 'login, first thing after the browser’s start',
    call: 'login',
    asks: true,
    prepare: build => build.launch(),
    times: coldly,
  },
  { name: 'signature of one document of 100 kB', call: 'sign', asks: true, times: consented },
  { name: 'signatures of 100 documents of 10 kB', call: 'batch', asks: true, times: each },
  { name: 'seal on one document of 100 kB', call: 'seal', asks: true, times: consented },
];

function answered(trace: Trace): Times {
  return { 'press to answer': trace.between('page: press', 'page: answer') };
}

function started(trace: Trace): Times {
  return { ...answered(trace), ...cold(trace) };
}

function coldly(trace: Trace): Times {
  return { ...cold(trace), ...consented(trace) };
}

/** From the call to the background's ear, where that has to start first; and its module. */
function cold(trace: Trace): Times {
  return { 'background starts': trace.between('content: connects', 'background: call connected') };
}

/** A call that a user consents to. */
function consented(trace: Trace): Times {
  const pressed = trace.at('page: press');
  const asked = trace.at('background: window asked for');
  const page = trace.at('window: script');
  const listed = trace.at('background: from host: tokens');
  const certificates = trace.at('window: certificates');
  const decided = trace.at('window: press');
  const answer = trace.at('page: answer');
  const key = trace.pipe('w', 'finished', decided) - workersTurn(trace, decided);
  const opening = asked - pressed;
  const showing = certificates - Math.max(page, listed);
  const finishing = answer - decided - key;
  return {
    'press to window with certificates': trace.at('window: certificates painted') - pressed,
    'of it: ours until the window is asked for': opening,
    'of it: the browser makes the window': page - asked,
    'of it: ours until the certificates are there': showing,
    'keys asked for to listed': trace.between('background: to host: tokens', 'background: from host: tokens'),
    'consent to answer': answer - decided,
    'of it: the key': key,
    'of it: ours': finishing,
    'of it: host and workers beside the key':
      trace.at('background: from host: signed', decided) - trace.at('background: to host: sign', decided) - key,
    'of it: the machine': trace.inMachine(decided, answer),
    'ours in all': opening + showing + finishing,
  };
}

/** The same, and what is ours for each of a hundred documents. */
function each(trace: Trace): Times {
  const times = consented(trace);
  return { ...times, 'ours, for each document': (times['ours in all'] ?? Number.NaN) / 100 };
}

/** When the worker had the command to sign. */
function workersTurn(trace: Trace, from: number): number {
  // The host reads it first.
  return trace.pipe('r', 'sign', trace.pipe('w', 'sign', from));
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    before: { type: 'string' },
    look: { type: 'string' },
    only: { type: 'string' },
  },
});
const EXPLAINED = `Marks stand around the extension's parts and on the host's pipes, from outside: what is measured is what ships. The key is the
software key, the window one certificate's. The browser's own work (a window, a page in it, a frame on the screen), the user and the key are
not ours.`;
const KEPT = join(import.meta.dirname, 'before.json');
const site = await makeSite();
const builds: Measured[] = [];
try {
  builds.push(await Measured.make(ROOT, site.url));
  if (options.before) builds.push(await Measured.make(options.before, site.url));
  if (options.look) {
    for (const build of builds) {
      for (const scenario of SCENARIOS.filter(({ name }) => name.startsWith(options.look as string)).slice(0, 1)) {
        for (let round = 0; round < 3; round += 1) {
          await scenario.prepare?.(build);
          const trace = await build.round(scenario.call, scenario.asks);
          if (round < 2) continue;
          console.log(`${build.root}: ${scenario.name}`);
          console.log(trace.lines.join('\n'));
          console.log(scenario.times(trace));
        }
      }
    }
  } else await measure();
} finally {
  for (const build of builds) await build.close();
  await site.close();
}

/** Medians and 95th percentiles, by scenario and by what took the time. */
type Figures = Record<string, Record<string, { p50: number; p95: number }>>;

/** What is kept of a build that is no more. */
interface Kept {
  /** Of which day and machine. */
  readonly measured: string;
  readonly figures: Figures;
  /** Bytes of programs and of memory. */
  readonly cost: Record<string, number>;
}

/** Round by round, each build in turn, so that a slow moment of the machine falls on both. */
async function measure(): Promise<void> {
  const rounds = Number(options.rounds);
  const found = new Map(builds.map(build => [build, new Map<string, Map<string, number[]>>()]));
  for (const scenario of chosen()) {
    for (let round = -1; round < rounds; round += 1) {
      for (const build of builds) {
        await scenario.prepare?.(build);
        const times = scenario.times(await build.round(scenario.call, scenario.asks));
        // The first one only warms up.
        if (round < 0) continue;
        const all = found.get(build) ?? new Map();
        const ofScenario: Map<string, number[]> = all.get(scenario.name) ?? new Map();
        all.set(scenario.name, ofScenario);
        for (const [what, ms] of Object.entries(times)) ofScenario.set(what, [...(ofScenario.get(what) ?? []), ms]);
      }
    }
    const line = builds.map(build => {
      const [what = '', ms = []] = [...(found.get(build)?.get(scenario.name) ?? [])][0] ?? [];
      return `${what} ${quantile(ms, 0.5).toFixed(1)} ms`;
    });
    console.log(`${scenario.name}: ${line.join(' | ')}`);
  }
  const [now = {}, before] = builds.map(build => figures(found.get(build) ?? new Map()));
  if (options.only !== undefined) {
    console.log(rows(now, before));
    return;
  }
  const [cost = {}, costBefore = {}] = await Promise.all(builds.map(build => build.cost()));
  const measured = `${new Date().toISOString().slice(0, 10)}, ${machine()}, Chromium headless, ${rounds} rounds`;
  if (before)
    writeFileSync(
      KEPT,
      `${JSON.stringify({ measured, figures: before, cost: costBefore } satisfies Kept, undefined, 2)}\n`,
    );
  const kept = existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Kept) : undefined;
  writeSection('From the press to the answer', section(now, measured, kept));
  const megabytes = (bytes: number | undefined) => (bytes === undefined ? '–' : (bytes / 1e6).toFixed(2));
  const memory = Object.entries(cost).map(([what, bytes]) => [what, megabytes(kept?.cost[what]), megabytes(bytes)]);
  writeSection('What is there after a call', `${table(['MB', 'before', 'now'], memory)}\n\nOf the same runs.`);
}

function chosen(): readonly Scenario[] {
  return SCENARIOS.filter(({ name }) => options.only === undefined || name.startsWith(options.only));
}

function figures(found: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>): Figures {
  const of = (times: readonly number[]) => ({ p50: round(quantile(times, 0.5)), p95: round(quantile(times, 0.95)) });
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, Object.fromEntries([...all].map(([what, times]) => [what, of(times)]))]),
  );
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** A table of what took the time, beside what it took before. */
function rows(now: Figures, before: Figures | undefined): string {
  const cell = (figure: { p50: number; p95: number } | undefined) =>
    figure ? `${figure.p50.toFixed(1)} (${figure.p95.toFixed(1)})` : '–';
  return table(
    ['ms, median (95th percentile)', 'before', 'now'],
    Object.entries(now).flatMap(([name, parts]) => [
      [`**${name}**`, '', ''],
      ...Object.entries(parts).map(([what, figure]) => [what, cell(before?.[name]?.[what]), cell(figure)]),
    ]),
  );
}

/** What the document says. */
function section(now: Figures, measured: string, kept: Kept | undefined): string {
  return `${EXPLAINED}

${rows(now, kept?.figures)}

Now: ${measured}.${kept ? ` Before: ${kept.measured}.` : ''}`;
}
