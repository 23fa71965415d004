// What the built pages use beside their syntax: no name of a browser's that the oldest browsers do not have, as MDN's data
// know it (`@mdn/browser-compat-data`), and no style that they don't know and need.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { transform } from 'esbuild';
import { OLDEST, target } from '../../www/targets.mjs';
import { DIST } from '../stand/pages.js';

type Support = { version_added: string | false | null; prefix?: string; flags?: unknown };
interface Feature {
  __compat?: { support: Partial<Record<'chrome' | 'firefox', Support | Support[]>> };
  [name: string]: Feature | undefined | Feature['__compat'];
}
const data = createRequire(import.meta.url)('@mdn/browser-compat-data') as {
  api: Feature;
  javascript: { builtins: Feature };
  css: { properties: Feature };
};

/** Whether the oldest browsers have a feature. */
function isOld({ __compat }: Feature): boolean {
  return (['chrome', 'firefox'] as const).every(browser => {
    const told = [__compat?.support[browser] ?? []].flat();
    return told.some(({ version_added, prefix, flags }) => {
      if (!version_added || prefix || flags) return false;
      return version_added === 'preview' ? false : Number.parseFloat(version_added.replace('≤', '')) <= OLDEST[browser];
    });
  });
}

/** Names of a tree of features, each with whether any feature of that name is old. */
function names(tree: Feature, depth: number, found = new Map<string, boolean>()): Map<string, boolean> {
  for (const [key, feature] of Object.entries(tree) as [string, Feature][]) {
    if (key === '__compat') continue;
    const name = key.replace(/_static$/, '');
    if (feature.__compat) found.set(name, (found.get(name) ?? false) || isOld(feature));
    if (depth > 1) names(feature, depth - 1, found);
  }
  return found;
}

/** Newer names that are asked for before they are used. */
const ASKED_FOR = [
  // `language.ts`
  ...['Segmenter', 'segment'],
  // `door.js`, and what wasm-bindgen makes
  ...['isWellFormed', 'FinalizationRegistry'],
  // `own-script.ts`
  ...['createPolicy', 'createScriptURL'],
  // Preact
  'moveBefore',
];
/** Functions of our own with such a name. */
const OWN = ['added', 'bytes', 'draw', 'errors', 'locks', 'percent', 'range', 'run', 'take', 'until', 'year'];

const scripts = ['calculator', 'verify'].flatMap(page =>
  readdirSync(join(DIST, page))
    .filter(name => name.endsWith('.js'))
    .map(name => join(page, name)),
);

for (const name of scripts) {
  const text = readFileSync(join(DIST, name), 'utf8');

  test(`${name}: nothing newer than the oldest browsers`, () => {
    const known = names(data.api, 2, names(data.javascript.builtins, 3));
    // What is called: names of plain fields are our own more often than a browser's.
    const used = new Set(text.match(/(?<=\.|\bnew )[A-Za-z_]\w*(?=\()/g));
    const newer = [...used].filter(word => known.get(word) === false && ![...ASKED_FOR, ...OWN].includes(word));
    assert.deepEqual(newer, []);
  });

  test(`${name}: its syntax needs no lowering, and it makes no scripts of texts`, async () => {
    const options = { minify: false, minifySyntax: false, format: 'esm', charset: 'utf8' } as const;
    const [once, lowered] = await Promise.all([
      transform(text, { ...options, target: 'esnext' }),
      transform(text, { ...options, target }),
    ]);
    assert.equal(once.code, lowered.code);
    assert.doesNotMatch(text, /\beval\(|\bnew Function\(|\bsetTimeout\(["'`]/);
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
  const known = names(data.css.properties, 1);
  for (const page of ['calculator', 'verify']) {
    const sheet = readdirSync(join(DIST, page)).find(name => name.endsWith('.css')) ?? assert.fail('no style');
    const text = readFileSync(join(DIST, page, sheet), 'utf8');
    const used = new Set(Array.from(text.matchAll(/(?<=[{;])([a-z-]+):/g), ([, name]) => name ?? ''));
    const newer = [...used].filter(name => known.get(name) === false && !ADORNS.has(name));
    assert.deepEqual(newer, []);
    // `:is()` stands behind a twin that is older; nesting and colour functions are gone.
    assert.doesNotMatch(text, /&|color-mix\(|@layer|@container|dvh/);
  }
});
