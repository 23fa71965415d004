/**
 * Builds a page in two ways: as an installable app in a folder, for any static server, and as one
 * file that opens from disk. They differ in where the Wasm modules come from, and in nothing else.
 */

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { css } from './css.mjs';
import { OLDEST, target } from './targets.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Where Wasm modules and workers come from: files beside the script, or inside of it.
 *
 * - `import load from '@yinxin/NAME.wasm'` gives a function; what it gives, `init({ module_or_path })`
 *   takes. `@yinxin/NAME` is the package around it. `packages` maps names to files without endings.
 * - `import start from './FILE.ts?worker'` gives a function that starts the worker.
 */
export function origins(packages, inside) {
  return {
    name: 'origins',
    setup({ initialOptions, onResolve, onLoad }) {
      onResolve({ filter: /^@yinxin\/[a-z]+(\.wasm)?$/ }, ({ path }) => {
        const [, name, module] = path.match(/^@yinxin\/([a-z]+)(\.wasm)?$/);
        const file = packages[name];
        if (!file) return undefined;
        return module ? { path: `${file}_bg.wasm`, namespace: 'module' } : { path: `${file}.js` };
      });
      onLoad({ filter: /./, namespace: 'module' }, ({ path }) => {
        if (!inside) {
          return {
            contents: `import file from ${JSON.stringify(path)};
              export default () => fetch(new URL(file, import.meta.url));`,
            resolveDir: '/',
          };
        }
        const packed = gzipSync(readFileSync(path), { level: 9 }).toString('base64');
        return {
          contents: `import { gunzipSync } from 'fflate';
          export default async () => {
            const letters = atob(${JSON.stringify(packed)});
            const bytes = new Uint8Array(letters.length);
            for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
            return gunzipSync(bytes).buffer;
          };`,
          resolveDir: here,
        };
      });

      onResolve({ filter: /\?worker$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace(/\?worker$/, '')),
        namespace: 'worker',
      }));
      // Servers tell what a file is by its ending.
      onResolve({ filter: /^worker:/ }, ({ path }) => ({
        path: path.slice('worker:'.length).replace(/ts$/, 'js'),
        namespace: 'script',
        pluginData: path.slice('worker:'.length),
      }));
      // A worker is a script of its own, without modules beside it.
      onLoad({ filter: /./, namespace: 'script' }, async ({ pluginData }) => {
        const { absWorkingDir, tsconfig, target, minify, charset, define, plugins } = initialOptions;
        const { outputFiles } = await build({
          ...{ absWorkingDir, tsconfig, target, minify, charset, define, plugins },
          entryPoints: [pluginData],
          bundle: true,
          write: false,
          format: 'iife',
          legalComments: 'none',
          // The glue of a Wasm package knows where its module lies; workers are handed theirs.
          logOverride: { 'empty-import-meta': 'silent' },
        });
        return { contents: outputFiles[0].contents, loader: inside ? 'text' : 'file' };
      });
      onLoad({ filter: /./, namespace: 'worker' }, ({ path }) => ({
        contents: `import script from ${JSON.stringify(`worker:${path}`)};
          import { ownScript } from ${JSON.stringify(join(here, 'ui/own-script.ts'))};
          const url = ${
            inside
              ? "URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))"
              : 'new URL(script, import.meta.url).href'
          };
          export default () => new Worker(ownScript(url));`,
        resolveDir: '/',
      }));
    },
  };
}

/**
 * Builds the page NAME of `www` into `www/dist/NAME` and `www/dist/NAME.html`.
 * `www/NAME` has its `main.tsx`, `style.css` and `manifest.json`; `packages` are the Wasm packages;
 * `images` is where pictures may come from beside the page's own files.
 */
export async function page({ root, common, name, packages, images = [] }) {
  const source = join(root, 'www', name);
  const dist = join(root, 'www/dist');
  const manifest = JSON.parse(readFileSync(join(source, 'manifest.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const settings = {
    ...common,
    entryPoints: { app: join(source, 'main.tsx'), style: join(source, 'style.css') },
    platform: 'browser',
    target,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    metafile: true,
  };
  await Promise.all([app(), single()]);

  async function app() {
    const out = join(dist, name);
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    const { metafile } = await build({
      ...settings,
      outdir: out,
      splitting: true,
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      assetNames: '[name]-[hash]',
      loader: { '.wasm': 'file' },
      plugins: [css(OLDEST), origins(packages, false)],
      define: { OFFLINE: 'true', VERIFY_PAGE: '"../verify/"', VERSION: JSON.stringify(version) },
    });
    const icons = join(root, 'www/ui/icons');
    for (const icon of readdirSync(icons)) cpSync(join(icons, icon), join(out, icon));
    cpSync(join(root, 'extension/icons/seal.svg'), join(out, 'seal.svg'));
    writeFileSync(join(out, 'manifest.webmanifest'), JSON.stringify(manifest));
    const built = readdirSync(out).sort();
    const named = start => built.find(file => file.startsWith(start));
    const needed = reached(metafile, named('app-'));
    const rest = built.filter(file => /\.(js|wasm)$/.test(file) && !needed.has(file));
    const first = built.filter(file => !rest.includes(file));
    writeFileSync(
      join(out, 'index.html'),
      html(manifest, {
        policy: [
          "default-src 'none'",
          `script-src 'self' '${hash(WHEN_OLD)}' ${WASM}`,
          "style-src 'self'",
          ["img-src 'self'", ...images].join(' '),
          "connect-src 'self'",
          "manifest-src 'self'",
          "worker-src 'self'",
          ...ALWAYS,
        ],
        head: [
          `<link rel="icon" href="seal.svg" type="image/svg+xml">`,
          `<link rel="apple-touch-icon" href="192.png">`,
          `<link rel="manifest" href="manifest.webmanifest">`,
          `<link rel="stylesheet" href="${named('style-')}">`,
          ...first
            .filter(file => file.endsWith('.wasm'))
            .map(file => `<link rel="preload" href="${file}" as="fetch" type="application/wasm" crossorigin>`),
          ...first.filter(file => file.startsWith('chunk-')).map(file => `<link rel="modulepreload" href="${file}">`),
          `<script type="module" blocking="render" src="${named('app-')}"></script>`,
        ],
      }),
    );
    const digest = createHash('sha256');
    for (const file of [...built, 'index.html']) digest.update(file).update(readFileSync(join(out, file)));
    await build({
      ...common,
      entryPoints: [join(root, 'www/ui/worker.ts')],
      outfile: join(out, 'sw.js'),
      format: 'iife',
      target,
      minify: true,
      define: {
        FILES: JSON.stringify(['./', ...first]),
        LATER: JSON.stringify(rest),
        DIGEST: JSON.stringify(digest.digest('hex').slice(0, 16)),
      },
    });
    const sum = files => files.reduce((total, file) => total + brotli(join(out, file)), 0);
    console.log(
      `${name}: ${sum([...first, 'index.html', 'sw.js'])} bytes with brotli` +
        (rest.length > 0 ? `, and ${sum(rest)} when needed` : ''),
    );
  }

  async function single() {
    const { outputFiles } = await build({
      ...settings,
      outdir: dist,
      write: false,
      plugins: [css(OLDEST), origins(packages, true)],
      define: { OFFLINE: 'false', VERIFY_PAGE: '"verify.html"', VERSION: JSON.stringify(version) },
    });
    const text = end => outputFiles.find(({ path }) => path.endsWith(end)).text;
    const [script, style] = [text('app.js'), text('style.css')];
    // Either would end the element, or change how its end is looked for.
    if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error(`${name}: can't stand in HTML`);
    const seal = readFileSync(join(root, 'extension/icons/seal.svg')).toString('base64');
    const file = join(dist, `${name}.html`);
    writeFileSync(
      file,
      html(manifest, {
        policy: [
          "default-src 'none'",
          `script-src '${hash(script)}' '${hash(WHEN_OLD)}' ${WASM}`,
          `style-src '${hash(style)}'`,
          ['img-src data:', ...images].join(' '),
          "connect-src 'none'",
          'worker-src blob:',
          ...ALWAYS,
        ],
        head: [
          `<link rel="icon" href="data:image/svg+xml;base64,${seal}">`,
          `<style>${style}</style>`,
          `<script type="module">${script}</script>`,
        ],
      }),
    );
    console.log(`${basename(file)}: ${statSync(file).size} bytes, ${brotli(file)} with brotli`);
  }
}

/** The names of what a script can't do without: what it imports and loads, and not what it imports when it wants to. */
function reached({ outputs }, script) {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set([script]);
  for (const name of found) {
    for (const { path, kind } of byName.get(name)?.imports ?? [])
      if (kind !== 'dynamic-import') found.add(basename(path));
  }
  return found;
}

/**
 * What compiles Wasm. Chromium before 97 knows the second word only, which would let texts run as scripts too: that is
 * what trusted types forbid there, from Chromium 83 on.
 */
const WASM = "'wasm-unsafe-eval' 'unsafe-eval'";
const ALWAYS = [
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  // The policy of `ui/own-script.ts`.
  'trusted-types yinxin',
];

/**
 * Shows the sentence for a browser that is too old: one that knows no modules or no Wasm, or in which the page's script
 * can't be read, loaded or started. As a browser of 2010 understands it.
 */
const WHEN_OLD = `(function () {
  function show() {
    var sentence = document.getElementById('old');
    if (sentence) sentence.hidden = false;
  }
  if (!('noModule' in document.createElement('script')) || typeof WebAssembly !== 'object') show();
  addEventListener('error', show, true);
})();`;

function html({ name, description, theme_color }, { policy, head }) {
  return `<!doctype html>
<html lang="zh-CN" translate="no">
<head>
<meta charset="utf-8">
<meta name="google" content="notranslate">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="description" content="${description}">
<meta name="theme-color" content="${theme_color}">
<title>${name}</title>
${head.join('\n')}
</head>
<body>
<noscript>
<p class="page">本页需要启用 JavaScript，计算全部在您的设备上进行。<br><span lang="en">This page needs JavaScript; it computes on your device alone.</span></p>
</noscript>
<p class="page" id="old" hidden>这个浏览器的版本太旧，打不开本页。请改用较新的浏览器，例如新版的 Chrome、Edge、360、奇安信或 UOS 浏览器（内核为 Chromium ${OLDEST.chrome} 以上），或 Firefox ${OLDEST.firefox} 以上。<br><span lang="en">This browser is too old for this page. Please use a newer one: made of Chromium ${OLDEST.chrome} or later, or Firefox ${OLDEST.firefox} or later.</span></p>
<script>${WHEN_OLD}</script>
</body>
</html>
`;
}

const hash = text => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const brotli = file =>
  brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
