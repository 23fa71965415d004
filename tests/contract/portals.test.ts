// The quick start for portals (docs/portals.md), followed to the letter in an empty folder: its packages packed and
// installed, its files written, its server run, its page in a browser. Then what else the tarballs have to hold.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Authority, type Holder, makeAuthority, makeCms, makeProof } from '../../www/demo/testing/pki.js';
import { CHROMIUM, ROOT, temporary } from '../stand/paths.js';
import { attempt, run, serve, stop } from '../stand/process.js';

const TEXT = readFileSync(join(ROOT, 'docs/portals.md'), 'utf8');
/** Blocks of a document with the line before them, which may name a file. */
const blocksOf = (document: string) =>
  [...document.matchAll(/(?:^`([\w./-]+)`[.:：][^\n]*\n+)?^```(\w+)\n(.*?)^```$/gms)].map(
    ([, file, language, text = '']) => ({ file, language, text }),
  );
const BLOCKS = blocksOf(TEXT);
const block = (language: string, start = ''): string =>
  BLOCKS.find(found => found.language === language && found.text.includes(start))?.text ?? assert.fail(language);

const world = temporary();
const at = (path: string): string => join(world.path, path);
let authority: Authority;
let unit: Holder;
let other: Holder;
let server: ChildProcess;
let origin: string;
let browser: Browser;

before(async () => {
  run('sh', ['-euc', `cd "${world.path}"\n${block('sh')}`], { env: { YINXIN: ROOT } });
  for (const { file, text } of BLOCKS) {
    if (!file) continue;
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  }
  authority = makeAuthority();
  const subject = '/C=CN/O=示例采购有限公司/CN=示例采购有限公司';
  unit = authority.issue({ subject });
  other = authority.issue({ subject: `${subject}/serialNumber=2` });
  mkdirSync(at('ca'));
  copyFileSync(authority.root, at('ca/root.pem'));
  copyFileSync(authority.issuing, at('ca/issuing.pem'));
  copyFileSync(authority.crls[1] as string, at('ca/crl.pem'));
  // A port that is free, of a server that has not begun.
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await new Promise(resolve => probe.close(resolve));
  const begun = await serve('sh', ['-c', `cd "${world.path}" && PORT=${port} exec node server.mjs`]);
  server = begun.child;
  origin = begun.line;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
});

after(async () => {
  await browser?.close();
  if (server) await stop(server);
  authority?.remove();
  world.remove();
});

/** The page, with an extension that is played, and signs with this key. */
async function visit(key: () => Holder): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.route('**/yinxin/testing.js', route =>
    route.fulfill({ path: at('node_modules/@yinxin/client/testing.js'), contentType: 'text/javascript' }),
  );
  await page.exposeFunction('proofOf', (purpose: string, challenge: string) =>
    makeProof(key(), origin, purpose, challenge),
  );
  await page.exposeFunction('cmsOf', (content: string) => [...makeCms(key(), Buffer.from(content))]);
  await page.goto(origin);
  await page.evaluate(async () => {
    const { proofOf, cmsOf } = window as never as {
      proofOf(purpose: string, challenge: string): Promise<never>;
      cmsOf(content: string): Promise<number[]>;
    };
    const path = '/yinxin/testing.js';
    const { playExtension }: typeof import('../../www/client/src/testing.js') = await import(path);
    playExtension(async call => {
      if (call.type === 'login') return call.succeed(await proofOf(call.asked.purpose, call.asked.challenge));
      if (call.type !== 'sign') return call.succeed();
      const [content] = call.contents;
      return call.succeed([Uint8Array.from(await cmsOf((await content?.text()) ?? ''))]);
    });
  });
  return page;
}

const says = (page: Page, id: 'state' | 'problem', text: string): Promise<void> =>
  page.locator(`#${id}`, { hasText: text }).waitFor();

test('the portal of the quick start: first binding, login, signature, and each refusal in words', async () => {
  let key = unit;
  const page = await visit(() => key);
  await page.click('#login');
  await says(page, 'problem', '示例采购有限公司 的证书还没有绑定账号。 请先绑定。');
  await page.click('#bind');
  await says(page, 'state', '示例采购有限公司，已登录');
  await page.click('#login');
  await says(page, 'state', '示例采购有限公司，已登录');
  await page.click('#sign');
  await says(page, 'state', '已签署');
  // Another certificate of the same name is another person.
  key = other;
  await page.click('#sign');
  await says(page, 'problem', '签名不是用登录的证书做的。');
  await page.click('#login');
  await says(page, 'problem', '还没有绑定账号');
  // Another CA's.
  const stranger = makeAuthority('别的');
  key = stranger.issue({ subject: '/C=CN/O=示例采购有限公司/CN=示例采购有限公司' });
  await page.click('#login');
  await page.locator('#problem', { hasText: /.{8,}/ }).waitFor();
  assert.doesNotMatch((await page.textContent('#problem')) ?? '', /服务器出错/);
  stranger.remove();
  await page.context().close();
});

test('its server takes a proof once, for its own origin, session and purpose', async () => {
  let cookie = '';
  const post = async (path: string, body: object, from = origin) => {
    const headers = { 'Content-Type': 'application/json', Origin: from, Cookie: cookie };
    const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return (await response.json()) as { challenge: string; code?: string; message?: string };
  };
  const bind = async (make: (challenge: string) => object): Promise<string | undefined> => {
    const { challenge } = await post('/api/challenge', { purpose: 'bind' });
    const { code, message } = await post('/api/bind', { proof: make(challenge) });
    if (code) assert.match(message ?? '', /\p{Script=Han}/u, code);
    return code;
  };
  const { challenge } = await post('/api/challenge', { purpose: 'bind' });
  const proof = makeProof(unit, origin, 'bind', challenge);
  const both = await Promise.all([post('/api/bind', { proof }), post('/api/bind', { proof })]);
  assert.deepEqual(both.map(({ code }) => code).sort(), ['challenge-used', undefined]);
  const wrong = await Promise.all([
    bind(challenge => makeProof(unit, 'https://other.example', 'bind', challenge)),
    bind(() => ({ format: 'yinxin' })),
  ]);
  for (const code of wrong) assert.ok(code && code !== 'portal-internal', code);
  assert.ok(await bind(challenge => makeProof(unit, origin, 'login', challenge)));
  assert.equal((await post('/api/challenge', {}, 'https://other.example')).code, 'origin-refused');
});

/** What the compiler of a version says of the document's own example, against what was installed. */
function compiled(compiler: string, module: string, moduleResolution: string): string {
  writeFileSync(at('types.ts'), block('ts'));
  const common = {
    noEmit: true,
    skipDefaultLibCheck: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2020',
    types: [],
  };
  const compilerOptions = { ...common, lib: ['es2022', 'dom', 'dom.iterable'], module, moduleResolution };
  writeFileSync(at('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }));
  const program = join(ROOT, 'node_modules', compiler, 'bin/tsc');
  return attempt(process.execPath, [program, '--pretty', 'false', '--project', world.path]).stdout.toString();
}

test('its types compile strictly, from TypeScript 5.0 on, by each way to find them', () => {
  assert.equal(compiled('typescript', 'esnext', 'bundler'), '');
  assert.equal(compiled('typescript-oldest', 'commonjs', 'node'), '');
  const own = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  writeFileSync(at('package.json'), JSON.stringify({ ...own, type: 'module' }));
  assert.equal(compiled('typescript-oldest', 'node16', 'node16'), '');
});

test('one class of errors: instanceof holds for what any package throws, by import and by require', () => {
  const script = `
    import { createRequire } from 'node:module';
    import * as client from '@yinxin/client';
    import * as server from '@yinxin/verify';
    const required = createRequire(import.meta.url)('@yinxin/verify');
    const thrown = [];
    for (const { sm3 } of [server, required]) try { sm3('text'); } catch (error) { thrown.push(error); }
    await client.status().catch(error => thrown.push(error));
    thrown.push(new server.YinxinError({ code: 'challenge-used' }));
    class Own extends server.YinxinError {}
    const classes = [client.YinxinError, server.YinxinError, required.YinxinError];
    console.log(JSON.stringify({
      all: thrown.map(error => classes.map(known => error instanceof known && error instanceof Error)),
      codes: thrown.map(({ code }) => code),
      others: [new Error('x'), null, undefined, {}, 'YinxinError'].map(one => classes.some(known => one instanceof known)),
      own: [new Own({ code: 'unknown' }) instanceof Own, thrown[0] instanceof Own],
    }));`;
  writeFileSync(at('errors.mjs'), script);
  const told = JSON.parse(run(process.execPath, [at('errors.mjs')]).toString());
  assert.deepEqual(told, {
    all: Array(4).fill([true, true, true]),
    codes: ['request-invalid', 'request-invalid', 'not-installed', 'challenge-used'],
    others: Array(5).fill(false),
    own: [true, false],
  });
});

test('esbuild bundles the core for server and browser', async () => {
  mkdirSync(at('out'));
  writeFileSync(
    at('server-side.js'),
    `import { sm3 } from '@yinxin/verify'; console.log(sm3(new Uint8Array(3)).length);`,
  );
  writeFileSync(
    at('browser-side.js'),
    `import init, { sm3 } from '@yinxin/verify'; await init(); document.title = String(sm3(new Uint8Array(3)).length);`,
  );
  const common = {
    bundle: true,
    format: 'esm',
    outdir: at('out'),
    outExtension: { '.js': '.mjs' },
    absWorkingDir: world.path,
  } as const;
  await build({ ...common, entryPoints: [at('server-side.js')], platform: 'node' });
  await build({ ...common, entryPoints: [at('browser-side.js')], platform: 'browser', target: 'es2022' });
  copyFileSync(at('node_modules/@yinxin/verify/yinxin_verify_bg.wasm'), at('out/yinxin_verify_bg.wasm'));
  assert.equal(
    run(process.execPath, [at('out/server-side.mjs')])
      .toString()
      .trim(),
    '32',
  );
  const page = await browser.newPage();
  await page.route('http://localhost/**', route => {
    const { pathname } = new URL(route.request().url());
    const contentType = pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    if (pathname !== '/') return route.fulfill({ path: at(`out${pathname}`), contentType });
    return route.fulfill({
      contentType: 'text/html',
      headers: {
        'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
      },
      body: '<!doctype html><title>-</title><script type="module" src="/browser-side.mjs"></script>',
    });
  });
  await page.goto('http://localhost/');
  await page.waitForFunction(() => document.title === '32');
  await page.close();
});

test('the Chinese document has the same files and commands', () => {
  const chinese = readFileSync(join(ROOT, 'docs/portals.zh-CN.md'), 'utf8');
  assert.deepEqual(blocksOf(chinese), BLOCKS);
});

test('the tarballs say what they are, and no link in them is dead', () => {
  for (const name of ['client', 'verify']) {
    const folder = at(`node_modules/@yinxin/${name}`);
    const { repository, engines, license, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    assert.match(repository.url, /^git\+https:/);
    assert.ok(engines.node && license && exports['.']);
    const paths = JSON.stringify(exports).match(/"\.\/[^"]+\.[^"]+"/g) ?? [];
    for (const path of paths) assert.ok(existsSync(join(folder, JSON.parse(path))), `${name}: ${path}`);
    for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) assert.ok(existsSync(join(folder, file)), `${name}: ${file}`);
    const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.md'));
    assert.ok(documents.includes('README.md'), name);
    for (const path of documents) {
      const text = readFileSync(join(folder, path), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
        if (!/^[a-z]+:/.test(target))
          assert.ok(existsSync(join(folder, dirname(path), target)), `${name}: ${path} links to ${target}`);
    }
  }
  const notices = readFileSync(at('node_modules/@yinxin/verify/THIRD-PARTY.txt'), 'utf8');
  assert.match(notices, /^sm3 \d/m);
  assert.match(notices, /Permission is hereby granted/);
});

test('the reference is as it is generated', () => {
  const { status, stderr } = attempt(process.execPath, [join(ROOT, 'www/api.mjs'), '--check']);
  assert.equal(status, 0, stderr);
});
