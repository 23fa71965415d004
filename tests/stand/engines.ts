// Old browser engines, as Qt WebEngine of PyPI has them, each driven by `tests/engines/drive.py`.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { lacking } from './data.js';
import { ROOT, temporary } from './paths.js';
import { stop } from './process.js';

const LISTS = join(ROOT, 'tests/engines');
const INSTALLED = join(ROOT, 'target/engines');

/** The engines that there are lists of packages for, the oldest first. */
export const ENGINES = readdirSync(LISTS)
  .filter(name => name.endsWith('.txt'))
  .map(name => basename(name, '.txt'))
  .sort((one, other) => versionOf(one) - versionOf(other));

/** The version of its Chromium. */
export function versionOf(engine: string): number {
  return Number(engine.replace(/\D/g, ''));
}

/** Why an engine can't be used here; `false` where it can. */
export function missing(engine: string): string | false {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'x86-64 Linux alone has it';
  return lacking(existsSync(join(INSTALLED, engine, '.stamp')), `${engine} is not installed`);
}

/** Seconds for one thing that a page does, on a machine with other work. */
const SECONDS = 60;

/** An engine with one page. */
export class Engine {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #home = temporary();
  /** What the page told of errors, but for words of its policy that are newer than the engine. */
  readonly problems: string[] = [];

  constructor(engine: string) {
    this.#child = spawn('/usr/bin/python3', ['-W', 'ignore', join(LISTS, 'drive.py')], {
      // A group of its own.
      detached: true,
      env: {
        PATH: process.env.PATH,
        HOME: this.#home.path,
        XDG_RUNTIME_DIR: this.#home.path,
        LANG: 'C.UTF-8',
        PYTHONPATH: join(INSTALLED, engine),
        // Drawn by the processor, with no screen.
        QT_QPA_PLATFORM: 'offscreen',
        QT_QUICK_BACKEND: 'software',
        QTWEBENGINE_DISABLE_SANDBOX: '1',
        QTWEBENGINE_CHROMIUM_FLAGS: `--no-sandbox --disable-gpu`,
      },
    });
    // Qt tells of the drivers that it did not find.
    this.#child.stderr.resume();
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Opens a page; the answer is the version of the engine. */
  open(url: string, options: { width?: number; height?: number; scripts?: boolean } = {}): Promise<unknown> {
    return this.#ask({ open: url, ...options });
  }

  /** The value of an expression of 2020's JavaScript, once it is something. */
  wait(expression: string): Promise<unknown> {
    return this.#ask({ wait: expression, seconds: SECONDS });
  }

  /** Waits until what a selector finds first reads so. */
  async reads(selector: string, text: string): Promise<void> {
    const found = `document.querySelector(${JSON.stringify(selector)})`;
    await this.wait(`${found} && ${found}.textContent.trim() === ${JSON.stringify(text)}`);
  }

  /** Presses the first that a selector finds, or the first with a text. */
  async click(selector: string, text = ''): Promise<void> {
    await this.#ask({ click: selector, text });
  }

  /** Presses a button that asks for files, and chooses them. */
  async choose(files: readonly string[], selector: string, text = ''): Promise<void> {
    await this.#ask({ files });
    await this.click(selector, text);
  }

  /** Pastes a text into what has the focus. */
  async paste(text: string): Promise<void> {
    await this.#ask({ paste: text });
  }

  /** What the page shows, with scripts or without. */
  async text(): Promise<string> {
    return String(await this.#ask({ text: '' }));
  }

  /** Saves a picture of the page. */
  async picture(path: string): Promise<void> {
    await this.#ask({ picture: path });
  }

  async close(): Promise<void> {
    await stop(this.#child);
    // Its helpers, which would go on writing into its folder.
    try {
      if (this.#child.pid) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // They are gone.
    }
    this.#home.remove();
  }

  async #ask(command: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    for (;;) {
      const { value: line, done } = await this.#answers.next();
      if (done) throw new Error(`the engine ended (${this.#child.exitCode ?? this.#child.signalCode})`);
      // Qt says things there too.
      if (!line.startsWith('{')) continue;
      const { value, error, console } = JSON.parse(line) as { value?: unknown; error?: string; console: string[] };
      this.problems.push(...console.filter(text => !/Content Security Policy directive|policy directive/.test(text)));
      if (error !== undefined) throw new Error(`${error}; the page told: ${this.problems.join('; ') || 'nothing'}`);
      return value;
    }
  }
}
