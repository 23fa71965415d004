// The browser over its own debugging pipe, where a latency is measured: Playwright stops every new page and worker for a
// moment, to be there from its first line. Here nothing is attached to but what is asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { CHROMIUM } from './paths.js';

/** A page, window or worker of the browser. */
export interface Target {
  targetId: string;
  type: string;
  url: string;
}

/** Something that is attached to: commands go to it. */
export interface Session {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
}

/** A running browser. */
export class PipedBrowser implements Session {
  readonly child: ChildProcess;
  readonly #in: Writable;
  readonly #waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  readonly #targets = new Map<string, Target>();
  #next = 1;
  #rest = '';

  private constructor(child: ChildProcess) {
    this.child = child;
    this.#in = child.stdio[3] as Writable;
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#in.on('error', () => undefined);
  }

  /** Starts it, headless, in Chinese. */
  static async launch(profile: string, args: string[], env: NodeJS.ProcessEnv): Promise<PipedBrowser> {
    const child = spawn(
      CHROMIUM,
      [
        '--headless',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--screen-info={1600x1200}',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--lang=zh-CN',
        ...args,
        'about:blank',
      ],
      { env: { ...process.env, LANGUAGE: 'zh_CN', ...env }, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const browser = new PipedBrowser(child);
    await browser.send('Target.setDiscoverTargets', { discover: true });
    return browser;
  }

  /** What is there now. */
  get targets(): Target[] {
    return [...this.#targets.values()];
  }

  /** Waits for a target. */
  async target(fits: (target: Target) => boolean): Promise<Target> {
    const end = Date.now() + 60_000;
    for (;;) {
      const found = this.targets.find(fits);
      if (found) return found;
      if (Date.now() > end) throw new Error(`not there: ${JSON.stringify(this.targets)}`);
      await setTimeout(5);
    }
  }

  /** Waits until no target is of a kind. */
  async without(fits: (target: Target) => boolean): Promise<void> {
    const end = Date.now() + 60_000;
    while (this.targets.some(fits)) {
      if (Date.now() > end) throw new Error(`still there: ${JSON.stringify(this.targets)}`);
      await setTimeout(5);
    }
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = this.#next++;
    this.#in.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Attaches to a target for some work, and lets go of it. */
  async within<T>({ targetId }: Target, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.attach(targetId);
    try {
      return await work(session);
    } finally {
      // It may have closed meanwhile.
      await this.send('Target.detachFromTarget', { sessionId: session.id }).catch(() => undefined);
    }
  }

  /** Attaches to a target. */
  async attach(targetId: string): Promise<Session & { id: string }> {
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const id = sessionId as string;
    return { id, send: (method, params) => this.send(method, params, id) };
  }

  /** Ends it. */
  async close(): Promise<void> {
    const gone = once(this.child, 'exit');
    // Its answer may come no more.
    this.send('Browser.close').catch(() => undefined);
    await gone;
    for (const { reject } of this.#waiting.values()) reject(new Error('the browser ended'));
    this.#waiting.clear();
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\0');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#hear(JSON.parse(part));
  }

  #hear(message: {
    id?: number;
    method?: string;
    params?: { targetInfo?: Target; targetId?: string };
    result?: Record<string, unknown>;
    error?: { message: string };
  }): void {
    if (message.id !== undefined) {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) waiting?.reject(new Error(message.error.message));
      else waiting?.resolve(message.result ?? {});
      return;
    }
    const { targetInfo, targetId } = message.params ?? {};
    if (message.method === 'Target.targetDestroyed' && targetId) this.#targets.delete(targetId);
    else if (message.method?.startsWith('Target.targetCreated') || message.method === 'Target.targetInfoChanged') {
      if (targetInfo) this.#targets.set(targetInfo.targetId, targetInfo);
    }
  }
}

/** What an expression comes to there; a promise is waited for. */
export async function evaluate<T>(session: Session, expression: string): Promise<T> {
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
    userGesture: false,
  });
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
  return (result as { value: T }).value;
}

/** Waits until an expression is true there. */
export async function until(session: Session, expression: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await evaluate<boolean>(session, `!!(${expression})`))) {
    if (Date.now() > end) throw new Error(`never: ${expression}`);
    await setTimeout(20);
  }
}

/** Presses the left button in the middle of an element, as a person does. */
export async function pressOn(session: Session, selector: string): Promise<void> {
  const [x, y] = await evaluate<[number, number]>(
    session,
    `(() => { const b = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return [b.x + b.width / 2, b.y + b.height / 2]; })()`,
  );
  const press = { x, y, button: 'left', clickCount: 1 };
  await session.send('Input.dispatchMouseEvent', { ...press, type: 'mousePressed', buttons: 1 });
  await session.send('Input.dispatchMouseEvent', { ...press, type: 'mouseReleased' });
}
