/** Builds what lies under www into www/dist: pages, the demo portal, and the npm package of the page library. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { page } from './page.mjs';
import { target } from './targets.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const www = join(root, 'www');
const dist = join(www, 'dist');

/** Settings of every bundle; `@yinxin/…` resolves through tsconfig.json. */
const common = {
  absWorkingDir: root,
  tsconfig: join(root, 'tsconfig.json'),
  bundle: true,
  format: 'esm',
  charset: 'utf8',
  logLevel: 'warning',
};

await Promise.all([demo(), client(), calculator(), verify(), viewer()]);

function calculator() {
  return page({
    root,
    common,
    name: 'calculator',
    packages: {
      fees: join(root, 'wasm/pkg/fees/yinxin_fees'),
      // Of a certificate's file.
      verify: join(root, 'wasm/pkg/verify/yinxin_verify'),
      sheet: join(root, 'wasm/pkg/sheet/yinxin_sheet'),
    },
  });
}

function verify() {
  return page({
    root,
    common,
    name: 'verify',
    packages: {
      verify: join(root, 'wasm/pkg/verify/yinxin_verify'),
      // Of whole documents, and of tables as files.
      documents: join(root, 'wasm/pkg/documents/yinxin_documents'),
      sheet: join(root, 'wasm/pkg/sheet/yinxin_sheet'),
    },
    // Pictures of seals and pages.
    images: ['blob:'],
  });
}

function viewer() {
  return page({
    root,
    common,
    name: 'viewer',
    packages: { documents: join(root, 'wasm/pkg/documents/yinxin_documents') },
    // Pages that were drawn.
    images: ['blob:'],
  });
}

async function demo() {
  const out = join(dist, 'demo');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'public'), { recursive: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(www, 'demo/server.ts')],
      outfile: join(out, 'server.mjs'),
      platform: 'node',
      target: 'node20',
    }),
    build({
      ...common,
      entryPoints: ['login', 'account', 'legacy'].map(page => join(www, `demo/browser/${page}.ts`)),
      outdir: join(out, 'public'),
      platform: 'browser',
      target,
      minify: true,
    }),
  ]);
  for (const name of ['style.css', 'icon.svg', 'old.js'])
    cpSync(join(www, 'demo/browser', name), join(out, 'public', name));
}

async function client() {
  const out = join(dist, 'client');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    ...common,
    entryPoints: [join(www, 'client/src/index.ts')],
    outfile: join(out, 'index.js'),
    platform: 'neutral',
    target,
    // Engines of that age have it, but for a spread as argument (V8's issue 10682), which is not used.
    supported: { 'optional-chain': true },
    minify: true,
    sourcemap: true,
    sourcesContent: true,
  });
  declarations(join(out, 'types'));
  for (const name of ['package.json', 'README.md']) cpSync(join(www, 'client', name), join(out, name));
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(join(root, name), join(out, name));
  const { length } = readFileSync(join(out, 'index.js'));
  const compressed = brotliCompressSync(readFileSync(join(out, 'index.js'))).length;
  console.log(`@yinxin/client: ${length} bytes, ${compressed} with brotli`);
}

/** Types of the library and of the messages that it hands on, side by side, so that the package stands alone. */
function declarations(out) {
  const made = mkdtempSync(join(tmpdir(), 'yinxin-types-'));
  try {
    const config = join(made, 'tsconfig.json');
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          noEmit: false,
          declaration: true,
          emitDeclarationOnly: true,
          rootDir: root,
          outDir: made,
          types: [],
          paths: { '@yinxin/proto': [join(root, 'wasm/proto/ts/index.ts')] },
        },
        include: [],
        files: [join(www, 'client/src/index.ts')],
      }),
    );
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'inherit' });
    cpSync(join(made, 'www/client/src'), join(out, 'client'), { recursive: true });
    cpSync(join(made, 'wasm/proto/ts'), join(out, 'proto'), { recursive: true });
  } finally {
    rmSync(made, { recursive: true });
  }
  for (const name of readdirSync(join(out, 'client'))) {
    const path = join(out, 'client', name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll("'@yinxin/proto'", "'../proto/index.js'"));
  }
}
