// What is built for browsers uses no syntax, no name and no interface of extensions that the oldest of them do not have, as
// MDN's data know it (`@mdn/browser-compat-data`), and no style that they don't know and need.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { transform } from 'esbuild';
import { OLDEST as EXTENSION_OLDEST } from '../../extension/manifest.js';
import { OLDEST } from '../../www/targets.mjs';
import { DIST } from '../stand/pages.js';
import { ROOT } from '../stand/paths.js';

type Support = { version_added: string | false | null; prefix?: string; flags?: unknown };
interface Feature {
  __compat?: { support: Partial<Record<'chrome' | 'firefox', Support | Support[]>> };
  [name: string]: Feature | undefined | Feature['__compat'];
}
const data = createRequire(import.meta.url)('@mdn/browser-compat-data') as {
  api: Feature;
  javascript: { builtins: Feature };
  css: { properties: Feature };
  webextensions: { api: Feature; manifest: Feature };
};

/** The oldest version of each kind of browser that something is built for. */
type Oldest = Partial<Record<'chrome' | 'firefox', number>>;

/** Whether these browsers have a feature. */
function isOld({ __compat }: Feature, oldest: Oldest): boolean {
  return (Object.entries(oldest) as ['chrome' | 'firefox', number][]).every(([browser, version]) => {
    const told = [__compat?.support[browser] ?? []].flat();
    return told.some(({ version_added, prefix, flags }) => {
      if (!version_added || prefix || flags) return false;
      return version_added === 'preview' ? false : Number.parseFloat(version_added.replace('≤', '')) <= version;
    });
  });
}

/** Names of a tree of features, each with whether any feature of that name is old. */
function names(tree: Feature, depth: number, oldest: Oldest, found = new Map<string, boolean>()): Map<string, boolean> {
  for (const [key, feature] of Object.entries(tree) as [string, Feature][]) {
    if (key === '__compat') continue;
    const name = key.replace(/_static$/, '');
    if (feature.__compat) found.set(name, (found.get(name) ?? false) || isOld(feature, oldest));
    if (depth > 1) names(feature, depth - 1, oldest, found);
  }
  return found;
}

/** Names of functions that a script calls and these browsers lack, unless they are asked for first. */
function newerCalls(script: string, oldest: Oldest): string[] {
  const known = names(data.api, 2, oldest, names(data.javascript.builtins, 3, oldest));
  // What is called: names of plain fields are our own more often than a browser's.
  const used = new Set(script.match(/(?<=\.)[A-Za-z_]\w*(?=\()|(?<=\bnew )[A-Z]\w{2,}(?=\()/g));
  return [...used].filter(word => known.get(word) === false && ![...ASKED_FOR, ...OWN].includes(word));
}

/** Interfaces of extensions that a script uses and these browsers lack, unless they are asked for first. */
function newerInterfaces(script: string, oldest: Oldest): string[] {
  const used = new Set(Array.from(script.matchAll(/\bchrome\.(\w+)\.(\w+)/g), ([, area, name]) => `${area}.${name}`));
  return [...used].filter(path => {
    const [area = '', name = ''] = path.split('.');
    const feature = (data.webextensions.api[area] as Feature | undefined)?.[name] as Feature | undefined;
    return (!feature || !isOld(feature, oldest)) && !INTERFACES_ASKED_FOR.includes(path);
  });
}

/** Whether a script's syntax is newer than these browsers. */
async function isNewer(script: string, oldest: Oldest): Promise<boolean> {
  const options = { minify: false, minifySyntax: false, format: 'esm', charset: 'utf8' } as const;
  const target = Object.entries(oldest).map(([name, version]) => `${name}${version}`);
  const [once, lowered] = await Promise.all([
    transform(script, { ...options, target: 'esnext' }),
    // Chromium has it since 80, but for a spread as argument until 91 (V8's issue 10682), which is what esbuild goes by.
    transform(script, { ...options, target, supported: { 'optional-chain': !/\?\.\w*\(\.\.\./.test(script) } }),
  ]);
  return once.code !== lowered.code;
}

/** Newer names that are asked for before they are used. */
const ASKED_FOR = [
  // `language.ts`
  ...['Segmenter', 'segment'],
  // `door.js`, and what wasm-bindgen makes
  ...['isWellFormed', 'FinalizationRegistry'],
  // `own-script.ts`
  ...['createPolicy', 'createScriptURL'],
  // `guide.ts`
  'replaceSync',
  // Preact
  'moveBefore',
];
/** Functions of our own with such a name. */
const OWN = [
  ...['added', 'bytes', 'draw', 'errors', 'locks', 'percent', 'range', 'run', 'show', 'take', 'until', 'year'],
  // The extension's.
  ...['changed', 'forget', 'handle', 'in', 'lost', 'queue', 'session', 'watch', 'with'],
];

/** The same of extensions. */
const INTERFACES_ASKED_FOR = [
  // `window.ts`
  'runtime.getContexts',
  // `bridged.ts`, `rules.ts`, `records.ts`: what Firefox's manifest does not ask for
  ...['declarativeNetRequest.getSessionRules', 'declarativeNetRequest.updateSessionRules'],
  // `host.ts`: Firefox has it at the port
  'runtime.lastError',
];

/** What is built, with what it is for. */
const BUILT: readonly { folder: string; oldest: Oldest }[] = [
  ...['calculator', 'verify', 'viewer', 'client'].map(page => ({ folder: join(DIST, page), oldest: OLDEST })),
  // Its pages are of use with the extension alone.
  { folder: join(DIST, 'demo/public'), oldest: { ...EXTENSION_OLDEST.chromium, ...EXTENSION_OLDEST.firefox } },
  ...['chrome', 'chrome/document'].map(name => ({
    folder: join(ROOT, 'extension/dist', name),
    oldest: EXTENSION_OLDEST.chromium,
  })),
  ...['firefox', 'firefox/document'].map(name => ({
    folder: join(ROOT, 'extension/dist', name),
    oldest: EXTENSION_OLDEST.firefox,
  })),
];

for (const { folder, oldest } of BUILT) {
  const called = relative(ROOT, folder);
  const scripts = readdirSync(folder).filter(name => name.endsWith('.js'));
  const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

  test(`${called}: nothing newer than its oldest browsers`, async () => {
    assert.notEqual(scripts.length, 0);
    for (const name of scripts) {
      assert.deepEqual(newerCalls(textOf(name), oldest), [], name);
      assert.deepEqual(newerInterfaces(textOf(name), oldest), [], name);
      assert.equal(await isNewer(textOf(name), oldest), false, `${name}: its syntax would need lowering`);
    }
  });

  test(`${called}: makes no scripts of texts`, () => {
    for (const name of scripts)
      assert.doesNotMatch(textOf(name), /\beval\(|\bnew Function\(|\bsetTimeout\(["'`]/, name);
  });

  // What is planted is found: the same questions, with something newer behind each script.
  test(`${called}: what is newer would be found`, async () => {
    for (const name of scripts) {
      const text = textOf(name);
      assert.deepEqual(newerCalls(`${text};Promise.try(null)`, oldest), ['try'], name);
      assert.deepEqual(newerInterfaces(`${text};chrome.sidePanel.getLayout()`, oldest), ['sidePanel.getLayout'], name);
      assert.equal(await isNewer(`${text};{using a = null}`, oldest), true, name);
    }
  });
}

for (const [family, oldest] of Object.entries(EXTENSION_OLDEST)) {
  test(`the manifest for ${family} has no key that its oldest browser does not know`, () => {
    const folder = family === 'chromium' ? 'chrome' : 'firefox';
    const manifest = JSON.parse(readFileSync(join(ROOT, 'extension/dist', folder, 'manifest.json'), 'utf8')) as object;
    const known = names(data.webextensions.manifest, 1, oldest);
    // Chromium's own, of which MDN does not tell since when.
    const untold = ['key', 'minimum_chrome_version'];
    const newer = (keys: object) => Object.keys(keys).filter(key => known.get(key) !== true && !untold.includes(key));
    assert.deepEqual(newer(manifest), []);
    assert.deepEqual(newer({ ...manifest, side_panel: {} }), ['side_panel']);
  });
}

/** Newer properties that only adorn. */
const ADORNS = new Set([
  'color-scheme',
  'accent-color',
  'text-wrap',
  'text-decoration-thickness',
  'text-underline-offset',
  'forced-color-adjust',
  'break-after',
  'gap',
  'size',
]);

test('style sheets have no property that the oldest browsers need and do not know', () => {
  const known = names(data.css.properties, 1, OLDEST);
  for (const page of ['calculator', 'verify', 'viewer']) {
    const sheet = readdirSync(join(DIST, page)).find(name => name.endsWith('.css')) ?? assert.fail('no style');
    const text = readFileSync(join(DIST, page, sheet), 'utf8');
    const used = new Set(Array.from(text.matchAll(/(?<=[{;])([a-z-]+):/g), ([, name]) => name ?? ''));
    const newer = [...used].filter(name => known.get(name) === false && !ADORNS.has(name));
    assert.deepEqual(newer, []);
    // `:is()` stands behind a twin that is older; nesting and colour functions are gone.
    assert.doesNotMatch(text, /&|color-mix\(|@layer|@container|dvh/);
  }
});
