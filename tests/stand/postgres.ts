// A PostgreSQL cluster of a test's own: in a temporary folder, on a port that is free, gone at the end.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lacking } from './data.js';
import { temporary } from './paths.js';

const VERSIONS = '/usr/lib/postgresql';
const [newest] = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
const program = (name: string): string => join(VERSIONS, newest ?? '', 'bin', name);

/** Why tests with a cluster are skipped; `false` where nothing is missing. */
export const noPostgres = lacking(existsSync(program('postgres')), 'no PostgreSQL of Debian');

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise(resolve => probe.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

export class Cluster {
  readonly #folder = temporary();
  // Root may not run it: then it is nobody.
  readonly #user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  readonly #password = 'known to this test';
  #server: ChildProcess | undefined;
  #port = 0;

  /** Makes it, with a database of this schema for a user who can read and write, and no more. */
  static async start(schema: string): Promise<Cluster> {
    const cluster = new Cluster();
    const { path } = cluster.#folder;
    const at = (name: string) => join(path, name);
    writeFileSync(at('password'), cluster.#password);
    mkdirSync(at('data'));
    const { uid, gid } = cluster.#user;
    if (uid !== undefined) for (const name of ['', 'password', 'data']) chownSync(at(name), uid, gid);
    const kind = ['--auth=scram-sha-256', '--encoding=UTF8', '--no-locale', '--no-sync', '--no-instructions'];
    cluster.#run('initdb', ['--pgdata', at('data'), '--username=owner', '--pwfile', at('password'), ...kind]);
    cluster.#port = await freePort();
    await cluster.begin();
    cluster.query('CREATE DATABASE portal', 'postgres');
    cluster.query(`${schema}
      CREATE ROLE portal LOGIN PASSWORD 'of the portal';
      GRANT SELECT, INSERT, UPDATE, DELETE ON challenges, sessions, accounts TO portal;`);
    return cluster;
  }

  /** How the portal reaches it. */
  get url(): string {
    return `postgres://portal:of%20the%20portal@127.0.0.1:${this.#port}/portal`;
  }

  /** Starts the server, and waits until it takes connections. */
  async begin(): Promise<void> {
    const { path } = this.#folder;
    const settings = ['listen_addresses=127.0.0.1', `port=${this.#port}`, `unix_socket_directories=${path}`].flatMap(
      setting => ['-c', setting],
    );
    const child = spawn(program('postgres'), ['-D', join(path, 'data'), ...settings], {
      ...this.#user,
      cwd: path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#server = child;
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`PostgreSQL ended\n${said.join('\n')}`)));
      createInterface({ input: child.stderr }).on('line', line => {
        if (said.length < 50) said.push(line);
        if (line.includes('ready to accept connections')) resolve();
      });
    });
  }

  /** Ends the server: in order, or as a crash of the machine would. */
  async end(how: 'fast' | 'immediate'): Promise<void> {
    const child = this.#server;
    this.#server = undefined;
    if (!child) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  }

  /** What a statement of the owner answers, a row for each line. */
  query(sql: string, database = 'portal'): string {
    const how = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
    const to = ['--host', this.#folder.path, '--port', String(this.#port), '--username=owner', database];
    return this.#run('psql', [...how, ...to, '--command', sql]).trim();
  }

  /** Locks a table, so that whoever asks for it waits; gives what releases it. */
  async hold(table: string): Promise<() => Promise<void>> {
    const to = ['--host', this.#folder.path, '--port', String(this.#port), '--username=owner', 'portal'];
    const child = spawn(program('psql'), ['--no-psqlrc', '--quiet', ...to], {
      ...this.#user,
      cwd: this.#folder.path,
      env: { PATH: process.env.PATH, PGPASSWORD: this.#password },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const locked = new Promise(resolve => createInterface({ input: child.stdout }).once('line', resolve));
    child.stdin.write(`BEGIN; LOCK TABLE ${table};\n\\echo locked\n`);
    await locked;
    return async () => {
      const gone = new Promise(resolve => child.once('exit', resolve));
      child.stdin.end('COMMIT;\n');
      await gone;
    };
  }

  async remove(): Promise<void> {
    await this.end('immediate');
    this.#folder.remove();
  }

  #run(name: string, given: readonly string[]): string {
    const { status, stdout, stderr, error } = spawnSync(program(name), given, {
      ...this.#user,
      cwd: this.#folder.path,
      env: { PATH: process.env.PATH, PGPASSWORD: this.#password },
      encoding: 'utf8',
      timeout: 120_000,
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`${name}: ${stderr}${stdout}`);
    return stdout;
  }
}
