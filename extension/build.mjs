//! Builds the extension: `node extension/build.mjs` writes `dist/chrome` and `dist/firefox` (released), and
//! `dist/chrome-dev` and `dist/firefox-dev` (development). Needs `wasm/pkg/web` and `wasm/pkg/documents`.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { css } from '../www/css.mjs';
import { origins } from '../www/page.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const { manifest, OLDEST, PORTS_IN_PATTERNS } = await load(join(here, 'manifest.ts'));
/** What the bundles are made of: the paths of all files. */
const inputs = new Set();
const bundled = async options => {
  const { metafile } = await build({ ...options, metafile: true });
  for (const path of Object.keys(metafile.inputs)) inputs.add(path);
};
for (const [family, flavour, name] of [
  ['chromium', 'released', 'chrome'],
  ['chromium', 'development', 'chrome-dev'],
  ['firefox', 'released', 'firefox'],
  ['firefox', 'development', 'firefox-dev'],
]) {
  const out = join(here, 'dist', name);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const described = manifest(family, flavour, version);
  const oldest = OLDEST[family];
  const common = {
    bundle: true,
    outdir: out,
    target: Object.entries(oldest).map(([browser, version]) => `${browser}${version}`),
    plugins: [css(oldest)],
    tsconfig: join(root, 'tsconfig.json'),
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    // A map for who debugs; what is handed out goes without.
    sourcemap: flavour === 'development' ? 'linked' : false,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    define: {
      DEVELOPMENT: String(flavour === 'development'),
      VERSION: JSON.stringify(version),
      PORTS_IN_PATTERNS: String(PORTS_IN_PATTERNS[family]),
    },
  };
  await bundled({
    ...common,
    format: 'esm',
    entryPoints: {
      background: join(here, 'src/background/main.ts'),
      port: join(here, 'src/consent/port.ts'),
      workspace: join(here, 'src/workspace/main.tsx'),
      popup: join(here, 'src/popup/main.tsx'),
      style: join(here, 'src/ui/style.css'),
    },
  });
  // Its port is a script of its own, which the browser has first.
  await build({
    ...common,
    format: 'esm',
    external: ['./port.js'],
    entryPoints: { consent: join(here, 'src/consent/main.tsx') },
  });
  // The fee calculator is the same page as elsewhere; here its core is the one that is there already.
  await bundled({
    ...common,
    format: 'esm',
    entryPoints: {
      calculator: join(root, 'www/calculator/main.tsx'),
      'calculator-style': join(root, 'www/calculator/style.css'),
    },
    assetNames: '[name]',
    loader: { '.wasm': 'file' },
    plugins: [
      css(oldest),
      origins(
        {
          fees: join(root, 'wasm/pkg/web/yinxin'),
          verify: join(root, 'wasm/pkg/web/yinxin'),
          sheet: join(root, 'wasm/pkg/sheet/yinxin_sheet'),
        },
        false,
      ),
    ],
    define: { OFFLINE: 'false' },
  });
  // A document before it is sealed: what knows OFD works in a worker there.
  await bundled({
    ...common,
    outdir: join(out, 'document'),
    format: 'esm',
    entryPoints: { main: join(here, 'src/document/main.tsx'), style: join(here, 'src/document/style.css') },
    assetNames: '[name]',
    loader: { '.wasm': 'file' },
    plugins: [css(oldest), origins({ documents: join(root, 'wasm/pkg/documents/yinxin_documents') }, false)],
  });
  // Content scripts are classic scripts.
  await bundled({
    ...common,
    format: 'iife',
    entryPoints: { content: join(here, 'src/content.ts'), bridge: join(here, 'src/bridge.ts') },
  });
  await writeFile(join(out, 'manifest.json'), `${JSON.stringify(described, null, 2)}\n`);
  for (const page of ['consent', 'workspace', 'popup'])
    await cp(join(here, `src/${page}/${page}.html`), join(out, `${page}.html`));
  await cp(join(here, 'src/calculator.html'), join(out, 'calculator.html'));
  // Beside the module that the background loads, too.
  await cp(join(here, 'src/document/document.html'), join(out, 'document/document.html'));
  if (described.storage) await cp(join(here, 'managed.json'), join(out, 'managed.json'));
  await cp(join(here, '_locales'), join(out, '_locales'), { recursive: true });
  await cp(join(here, 'icons'), join(out, 'icons'), { recursive: true });
  await cp(join(root, 'wasm/pkg/web/yinxin_bg.wasm'), join(out, 'yinxin_bg.wasm'));
}
// The npm packages in them, for those who have to name them.
const packages = [...inputs].flatMap(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
await writeFile(join(here, 'dist/packages.json'), `${JSON.stringify([...new Set(packages)].sort())}\n`);

/** Imports a TypeScript module that runs in Node, through the same bundler. */
async function load(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
