// The real host over its pipes, as a browser speaks to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { endianness } from 'node:os';
import { DEVELOPMENT_EXTENSION_ID, type HostCommand, type HostMessage, type HostReply } from '@yinxin/proto';
import { HOST } from './paths.js';

const little = endianness() === 'LE';

/** A running host that has greeted. */
export class PipedHost {
  readonly #waiting = new Map<number, { resolve: (reply: HostReply) => void; reject: (error: unknown) => void }>();
  readonly #greeted: Promise<HostMessage>;
  #greet: (message: HostMessage) => void = () => {};
  #buffer = Buffer.alloc(0);
  #nextId = 1;
  readonly child: ChildProcess;

  /** `program`: what to start, with what stands before the caller. */
  constructor(config: string, [program = HOST, ...before]: readonly string[] = []) {
    this.child = spawn(program, [...before, `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/`], {
      env: { ...process.env, YINXIN_HOST_CONFIG: config },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#greeted = new Promise(resolve => {
      this.#greet = resolve;
    });
    this.child.stdout?.on('data', (data: Buffer) => this.#take(data));
  }

  /** Its first message. */
  get greeting(): Promise<HostMessage> {
    return this.#greeted;
  }

  /** Asks, and gives the answer; rejects with the catalogue's error. */
  ask(command: HostCommand): Promise<HostReply> {
    const id = this.#nextId++;
    const text = Buffer.from(JSON.stringify({ id, command }));
    const head = Buffer.alloc(4);
    if (little) head.writeUInt32LE(text.length);
    else head.writeUInt32BE(text.length);
    this.child.stdin?.write(Buffer.concat([head, text]));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Ends it. */
  async end(): Promise<void> {
    const gone = new Promise(resolve => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await gone;
  }

  #take(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    while (this.#buffer.length >= 4) {
      const length = little ? this.#buffer.readUInt32LE() : this.#buffer.readUInt32BE();
      if (this.#buffer.length < 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(4, 4 + length).toString()) as HostMessage;
      this.#buffer = this.#buffer.subarray(4 + length);
      if (message.type === 'greeting') this.#greet(message);
      else if (message.type === 'reply') this.#settle(message.id)?.resolve(message.reply);
      else if (message.type === 'failure' && message.id !== undefined) this.#settle(message.id)?.reject(message.error);
    }
  }

  #settle(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
