/**
 * Style sheets, lowered to the browsers that a build is for: Lightning CSS writes newer properties and selectors in older
 * ones. esbuild, which puts the sheets together, does so for a few of them only.
 */

import { readFileSync } from 'node:fs';
import { transform } from 'lightningcss';

/** The plugin for esbuild; `oldest` maps browsers to versions. */
export function css(oldest) {
  const targets = Object.fromEntries(Object.entries(oldest).map(([name, version]) => [name, version << 16]));
  return {
    name: 'css',
    setup({ onLoad }) {
      onLoad({ filter: /\.css$/, namespace: 'file' }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const sheet = oldest.chrome < FLEX_GAP ? withMargins(text) : text;
        const { code } = transform({ filename: path, code: Buffer.from(sheet), targets });
        return { contents: code, loader: 'css' };
      });
    },
  };
}

/** The first Chromium with gaps between the items of a flexible box. */
const FLEX_GAP = 84;

/**
 * Behind each rule for a flexible box with gaps, the same as margins, for a browser without them. No condition can ask
 * for that; `ruby-position` came to Chromium with it, and is older in Firefox.
 */
function withMargins(sheet) {
  return sheet.replace(/([^{}]+)\{([^{}]*)\}/g, (rule, before, body) => {
    const [, gaps] = body.match(/(?:^|\s)gap: ([^;]+);/) ?? [];
    if (!gaps || !/display: flex;/.test(body)) return rule;
    const [row, column = row] = gaps.split(' ');
    const boxes = before.replace(/\/\*[\s\S]*?\*\//g, '').split(',');
    const items = which => boxes.map(box => `${box.trim()} > ${which}`).join(', ');
    const rows = `${items('*')} { margin-bottom: ${row}; } ${boxes} { margin-bottom: calc(-1 * ${row}); }`;
    return `${rule}
      @supports not (ruby-position: over) {
        ${items(':not(:last-child)')} { margin-right: ${column}; }
        ${/flex-wrap: wrap;/.test(body) && row !== '0' ? rows : ''}
      }`;
  });
}
