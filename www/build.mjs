/** Builds what lies under www into www/dist: pages, the demo portal, the npm package of the page library, and the documents; or the named ones of them. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { docs as site } from './docs/site.mjs';
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

const parts = { demo, client, calculator, verify, viewer, docs };
const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? asked : Object.keys(parts);
// The documents tell of what the others were built to.
const isLast = name => name === 'docs';
await Promise.all(wanted.filter(name => !isLast(name)).map(name => parts[name]()));
if (wanted.some(isLast)) await docs();

function docs() {
  return site({ root, common });
}

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
  const settings = {
    ...common,
    target,
    // Engines of that age have it, but for a spread as argument (V8's issue 10682), which is not used.
    supported: { 'optional-chain': true },
    minify: true,
    sourcemap: true,
    sourcesContent: true,
  };
  // The library is one file, which the guide imports: both know the same errors.
  const apart = {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/index\.js$/ }, ({ path }) => ({ path, external: true }));
    },
  };
  const source = name => join(www, `client/src/${name}.ts`);
  await Promise.all([
    ...['index', 'guide', 'testing'].map(name =>
      build({
        ...settings,
        entryPoints: [source(name)],
        outfile: join(out, `${name}.js`),
        platform: 'neutral',
        plugins: [apart],
      }),
    ),
    build({
      ...settings,
      entryPoints: [source('classic')],
      outfile: join(out, 'yinxin.js'),
      platform: 'browser',
      format: 'iife',
      globalName: 'yinxin',
    }),
  ]);
  declarations(join(out, 'types'), join(out, 'types-5.0'));
  papers(out);
  for (const name of ['index.js', 'guide.js', 'yinxin.js']) {
    const bytes = readFileSync(join(out, name));
    console.log(`@yinxin/client, ${name}: ${bytes.length} bytes, ${brotliCompressSync(bytes).length} with brotli`);
  }
}

/** What goes with the package: its documents, whose links lead to what is in it, and the licences. */
function papers(out) {
  const { version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const own = JSON.parse(readFileSync(join(www, 'client/package.json'), 'utf8'));
  const described = { ...own, version, repository: { ...repository, directory: 'www/client' } };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(described, undefined, 2)}\n`);
  for (const name of ['README.md', 'README.zh-CN.md']) {
    const readme = readFileSync(join(www, 'client', name), 'utf8');
    writeFileSync(join(out, name), readme.replaceAll('](../../docs/', '](docs/'));
  }
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(join(root, name), join(out, name));
  for (const name of ['API.md', 'examples']) cpSync(join(www, 'client', name), join(out, name), { recursive: true });
  mkdirSync(join(out, 'docs'));
  for (const name of ['errors', 'portals'].flatMap(name => [`${name}.md`, `${name}.zh-CN.md`]))
    cpSync(join(root, 'docs', name), join(out, 'docs', name));
}

/**
 * Types of the library and of the messages that it hands on, side by side, so that the package stands alone; and once more
 * for TypeScript from 5.0 to 5.6, which does not tell memory that is shared from other memory.
 */
function declarations(out, older) {
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
        files: ['index', 'guide', 'testing', 'classic'].map(name => join(www, `client/src/${name}.ts`)),
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
  // What the classic script leaves behind.
  const global = `import type * as library from './classic.js';

declare global {
  /** The page library, with its guide, where \`yinxin.js\` was loaded by a classic script. */
  const yinxin: typeof library;
}
`;
  writeFileSync(join(out, 'client/global.d.ts'), global);
  cpSync(out, older, { recursive: true });
  for (const file of readdirSync(older, { recursive: true })) {
    const path = join(older, file);
    if (!path.endsWith('.ts')) continue;
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\b(Uint8Array|ArrayBufferView)<ArrayBuffer>/g, '$1'));
  }
}
