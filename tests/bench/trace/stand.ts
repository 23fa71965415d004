// A build of the product under measurement: host, keys and browser of their own, with marks put around the extension and
// between host and pipes from outside. What is measured is what ships.
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DEVELOPMENT_EXTENSION_ID, HOST_NAME } from '@yinxin/proto';
import { evaluate, PipedBrowser, pressOn, type Session, type Target, until } from '../../stand/cdp.js';
import { ROOT, temporary } from '../../stand/paths.js';
import { run } from '../../stand/process.js';
import { CHALLENGE } from '../../stand/site.js';
import { hostConfiguration, insertOnly, makeDemoKeys, PIN } from '../../stand/stand.js';
import { type Mark, Trace } from './trace.js';

/** What the page can ask for: a login, one document of 100 kB, a hundred of 10 kB, a seal on one of 100 kB. */
export type Call = 'status' | 'login' | 'sign' | 'batch' | 'seal';

/** A page with the page library, in whose click a call is made. */
export interface Page extends Session {
  readonly id: string;
}

/** A build, its browser, and its keys. */
export class Measured {
  readonly #folder = temporary();
  readonly #profile: string;
  readonly #extension: string;
  readonly #pipes: string;
  readonly #url: string;
  #browser: PipedBrowser | undefined;
  #page: Page | undefined;
  /** What was written of pipes before this round. */
  #before = 0;

  private constructor(
    /** Root of the build. */
    readonly root: string,
    url: string,
  ) {
    const { path } = this.#folder;
    this.#profile = join(path, 'profile');
    this.#extension = join(path, 'extension');
    this.#pipes = join(path, 'pipes');
    this.#url = url;
  }

  /** Sets a build up, and starts its browser at a site. */
  static async make(root: string, url: string): Promise<Measured> {
    const made = new Measured(root, url);
    made.#copyExtension();
    made.#registerHost();
    await made.launch();
    return made;
  }

  /** The extension as it is built, with marks in front of each part. */
  #copyExtension(): void {
    cpSync(join(this.root, 'extension/dist/chrome-dev'), this.#extension, { recursive: true });
    cpSync(join(ROOT, 'tests/bench/trace/marks.js'), join(this.#extension, 'marks.js'));
    const file = (name: string): string => join(this.#extension, name);
    const manifest = JSON.parse(readFileSync(file('manifest.json'), 'utf8'));
    writeFileSync(file('marked.js'), `import './marks.js';\nimport './${manifest.background.service_worker}';\n`);
    manifest.background.service_worker = 'marked.js';
    for (const script of manifest.content_scripts) script.js.unshift('marks.js');
    writeFileSync(file('manifest.json'), JSON.stringify(manifest));
    const consent = readFileSync(file('consent.html'), 'utf8');
    writeFileSync(
      file('consent.html'),
      consent.replace('<meta charset="utf-8">', '$&<script src="marks.js"></script>'),
    );
  }

  /** The host as it is built, with one key; its launcher puts the marks between it and its pipes. */
  #registerHost(): void {
    const { path } = this.#folder;
    const [keys, config, marks] = ['keys', 'host.toml', 'pipes.so'].map(name => join(path, name)) as [
      string,
      string,
      string,
    ];
    makeDemoKeys(keys);
    insertOnly(keys, ['demo-unit']);
    const softkey = join(this.root, 'target/release/libyinxin_softkey.so');
    writeFileSync(config, hostConfiguration(keys, undefined, { softkey }));
    run(join(this.root, 'target/release/yinxin-host'), [
      'install',
      '--user-data-dir',
      this.#profile,
      '--extension-id',
      DEVELOPMENT_EXTENSION_ID,
      '--config',
      config,
    ]);
    run('cc', ['-O2', '-shared', '-fPIC', '-o', marks, join(ROOT, 'tests/bench/trace/pipes.c'), '-ldl']);
    const manifest = join(this.#profile, 'NativeMessagingHosts', `${HOST_NAME}.json`);
    const launcher = JSON.parse(readFileSync(manifest, 'utf8')).path as string;
    const text = readFileSync(launcher, 'utf8');
    writeFileSync(
      launcher,
      text.replace('\nexec ', `\nexport LD_PRELOAD='${marks}' YINXIN_TRACE='${this.#pipes}'\nexec `),
    );
  }

  /** Starts the browser, anew if it runs. */
  async launch(): Promise<void> {
    await this.#browser?.close();
    const extensions = [`--disable-extensions-except=${this.#extension}`, `--load-extension=${this.#extension}`];
    const env = { XDG_STATE_HOME: join(this.#folder.path, 'state'), YINXIN_HOST_CONFIG: undefined };
    this.#browser = await PipedBrowser.launch(this.#profile, extensions, env);
    await this.#visit();
  }

  async #visit(): Promise<void> {
    const { targetId } = (await this.#running.send('Target.createTarget', { url: this.#url })) as { targetId: string };
    this.#page = await this.#running.attach(targetId);
    await until(this.#page, 'document.documentElement?.dataset.ready');
    await evaluate(
      this.#page,
      `addEventListener('click', ({ timeStamp }) => performance.mark('page: press', { startTime: timeStamp }), true);
      const text = size => '印'.repeat(size / 3);
      const documents = (count, size) => Array.from({ length: count }, (_, index) => ({ name: index + '.txt', text: text(size) }));
      globalThis.calls = {
        status: () => yinxin.status(),
        login: () => yinxin.login({ challenge: '${CHALLENGE}', purpose: 'login' }),
        sign: () => yinxin.sign({ documents: documents(1, 99_999) }),
        batch: () => yinxin.sign({ documents: documents(100, 9_999) }),
        seal: () => yinxin.sign({ documents: documents(1, 99_999), format: 'seal' }),
      }; 1`,
    );
  }

  get #running(): PipedBrowser {
    if (!this.#browser) throw new Error('no browser');
    return this.#browser;
  }

  get page(): Page {
    if (!this.#page) throw new Error('no page');
    return this.#page;
  }

  /** Ends the background, and with it the host: the next call finds neither. */
  async chill(): Promise<void> {
    await this.page.send('ServiceWorker.enable');
    await this.page.send('ServiceWorker.stopAllWorkers');
    await this.#running.without(isBackground);
    await this.page.send('ServiceWorker.disable');
    await setTimeout(300);
  }

  /** Has the page make a call at a press, its user consent if it asks, and gives what happened when. */
  async round(call: Call, asks: boolean): Promise<Trace> {
    const { page } = this;
    this.#before = this.#written().length;
    await evaluate(
      page,
      `performance.clearMarks(); window.call = async () => {
        performance.mark('page: call');
        try { return await calls.${call}(); } finally { performance.mark('page: answer'); }
      }; 1`,
    );
    const from = await evaluate<number>(page, 'performance.timeOrigin + performance.now()');
    await pressOn(page, '#go');
    let shown: Mark[] = [];
    if (asks) {
      const window = await this.#running.target(isConsent);
      // Nobody looks on before it stands.
      await setTimeout(500);
      const session = await this.#running.attach(window.targetId);
      await until(session, `performance.getEntriesByName('window: certificates painted').length`);
      await until(session, `document.querySelector('.consent:not(.guarded)')`);
      await evaluate(session, `document.querySelector('input[type=password]').focus()`);
      await session.send('Input.insertText', { text: PIN });
      await until(session, `document.querySelector('button.primary').getAttribute('aria-disabled') !== 'true'`);
      await pressOn(session, 'button.primary');
      await this.#answered();
      await until(session, `performance.getEntriesByName('window: end').length`);
      shown = await evaluate<Mark[]>(session, MARKS);
      await this.#running.send('Target.closeTarget', { targetId: window.targetId });
      await this.#running.without(isConsent);
    } else await this.#answered();
    const own = await evaluate<Mark[]>(page, MARKS);
    const background = await this.#running.target(isBackground);
    const behind = await this.#running.within(background, session => evaluate<Mark[]>(session, MARKS));
    // What is stored of the call is stored, and its turn is over.
    await setTimeout(150);
    const pipes = this.#written().slice(this.#before);
    return new Trace([...own, ...shown, ...behind], pipes, from);
  }

  /** What the build takes once a call is over: bytes of the host's program, and of memory for each part. */
  async cost(): Promise<Record<string, number>> {
    const host = join(this.root, 'target/release/yinxin-host');
    const running = readdirSync('/proc')
      .filter(entry => /^\d+$/.test(entry))
      .map(entry => ({ entry, words: words(entry) }))
      .filter(({ words }) => words[0] === host);
    const resident = (worker: boolean): number => {
      const found = running.find(({ words }) => (words[1] === 'worker') === worker);
      const status = found && readFileSync(`/proc/${found.entry}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+)/m.exec(status ?? '')?.[1]) * 1024;
    };
    const background = await this.#running.target(isBackground);
    const heap = await this.#running.within(background, session => session.send('Runtime.getHeapUsage'));
    return {
      'the host’s program': statSync(host).size,
      'host, in memory': resident(false),
      'worker with the software key, in memory': resident(true),
      'background, JavaScript': heap.usedSize as number,
    };
  }

  async #answered(): Promise<void> {
    const { error } = await evaluate<{ error?: { code: string } }>(this.page, 'window.outcome');
    if (error) throw new Error(`the call failed: ${JSON.stringify(error)}`);
  }

  #written(): string {
    return existsSync(this.#pipes) ? readFileSync(this.#pipes, 'latin1') : '';
  }

  /** Ends all, and leaves nothing behind. */
  async close(): Promise<void> {
    await this.#browser?.close();
    this.#folder.remove();
  }
}

const MARKS = `[...performance.getEntriesByType('mark'), ...performance.getEntriesByType('measure')].map(entry => ({
  name: entry.name, at: performance.timeOrigin + entry.startTime, for: entry.duration }))`;

/** Program and arguments of a process. */
function words(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // Ended meanwhile.
  }
}

function isConsent({ url }: Target): boolean {
  return url.includes('/consent.html');
}

function isBackground({ type, url }: Target): boolean {
  return type === 'service_worker' && url.includes(DEVELOPMENT_EXTENSION_ID);
}
