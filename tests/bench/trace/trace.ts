// What happened when, in one call from the page's press to its answer.

/** A mark of a part: its name, and milliseconds of the epoch; `for` of what has a length. */
export interface Mark {
  name: string;
  at: number;
  for: number;
}

/** A read or a write of the host or of a worker. */
interface Pipe {
  at: number;
  process: string;
  direction: 'r' | 'w';
  /** How it begins. */
  head: string;
}

/** The marks of one call. */
export class Trace {
  readonly #marks: readonly Mark[];
  readonly #pipes: readonly Pipe[];

  /** From the marks of all parts, the lines of `pipes.c`, and the moment before which nothing counts. */
  constructor(marks: readonly Mark[], pipes: string, from: number) {
    this.#marks = marks.filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
    this.#pipes = pipes
      .split('\n')
      .filter(line => line !== '')
      .map(line => {
        const [, at = '', process = '', direction = '', head = ''] =
          /^(\S+) (\d+) ([rw]) \d+ \d+ (.*)$/.exec(line) ?? [];
        return { at: Number(at), process, direction: direction as 'r' | 'w', head };
      });
  }

  /** The first mark of a name, from a moment on. */
  at(name: string, from = 0): number {
    return this.#marks.find(mark => mark.name === name && mark.at >= from)?.at ?? Number.NaN;
  }

  /** Milliseconds from one mark to the next one of another name. */
  between(from: string, to: string): number {
    const begin = this.at(from);
    return this.at(to, begin) - begin;
  }

  /** Milliseconds inside of the machine, between two moments. */
  inMachine(from: number, to: number): number {
    const inside = this.#marks.filter(({ name, at }) => name.startsWith('machine: ') && at >= from && at < to);
    return inside.reduce((sum, mark) => sum + mark.for, 0);
  }

  /** When a frame of a kind was read or written, from a moment on: what names it stands in its head. */
  pipe(direction: 'r' | 'w', kind: string, from = 0): number {
    const names = [`"type":"${kind}"`, `{"${kind}":`];
    const fits = ({ head }: Pipe): boolean => names.some(name => head.includes(name));
    const found = this.#pipes.find(pipe => pipe.direction === direction && pipe.at >= from && fits(pipe));
    return found?.at ?? Number.NaN;
  }

  /** All of it, as lines: for who looks. */
  get lines(): string[] {
    const begin = this.at('page: press');
    const pipes = this.#pipes.map(({ at, process, direction, head }) => ({
      at,
      line: `${process} ${direction} ${head}`,
    }));
    const marks = this.#marks.map(({ name, at, for: length }) => ({
      at,
      line: length > 0 ? `${name} (${length.toFixed(2)})` : name,
    }));
    return [...marks, ...pipes]
      .sort((a, b) => a.at - b.at)
      .map(({ at, line }) => `${(at - begin).toFixed(2).padStart(9)} ${line}`);
  }
}
