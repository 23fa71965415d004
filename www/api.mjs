/**
 * The reference of the page library, from its declarations: `node www/api.mjs` writes www/client/API.md, with `--check` it
 * fails where that is not as it would be written. Reads what `node www/build.mjs client` made.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// TypeScript 7 has no interface for programs yet.
import ts from 'typescript-oldest';

const root = fileURLToPath(new URL('..', import.meta.url));
const types = join(root, 'www/dist/client/types-5.0');
const ENTRIES = [
  [
    '@yinxin/client',
    'index',
    'What a page calls. The classic script `yinxin.js` has all of it, and `guide`, as `yinxin`.',
  ],
  ['@yinxin/client/guide', 'guide', 'The install guide.'],
  ['@yinxin/client/testing', 'testing', 'A double of the extension, for a portal’s own tests.'],
];

const files = ENTRIES.map(([, name]) => join(types, 'client', `${name}.d.ts`));
const program = ts.createProgram(files, {
  module: ts.ModuleKind.ESNext,
  moduleResolution: 2,
  noLib: true,
});
const checker = program.getTypeChecker();
const known = new Set();
const parts = [
  '# Reference of `@yinxin/client`\n',
  'Generated from the declarations by `node www/api.mjs`. What is not said here is in the [README](README.md).\n',
];

for (const [entry, name, about] of ENTRIES) {
  parts.push(`## \`${entry}\`\n\n${about}\n`);
  const source = program.getSourceFile(join(types, 'client', `${name}.d.ts`));
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map(symbol => ({
    name: symbol.name,
    declarations: (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).declarations ?? [],
  }));
  const rank = ({ declarations: [first] }) =>
    [ts.SyntaxKind.FunctionDeclaration, ts.SyntaxKind.ClassDeclaration].indexOf(first?.kind) >>> 0;
  exported.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  for (const { name, declarations } of exported) {
    if (known.has(name) || declarations.length === 0) continue;
    known.add(name);
    parts.push(`### ${name}\n`);
    for (const declaration of declarations) {
      const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      parts.push(`\`\`\`ts\n${textOf(node)}\n\`\`\`\n`);
      const said = docs(node);
      if (said) parts.push(`${said}\n`);
    }
  }
}

const text = parts.join('\n');
const path = join(root, 'www/client/API.md');
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.error('www/client/API.md is not as generated: node www/api.mjs');
  process.exitCode = 1;
}

/** A declaration as its caller reads it: comments of its members stay, its own stands below. */
function textOf(node) {
  const source = node.getSourceFile();
  const text = source.text
    .slice(node.getStart(source, false), node.end)
    .replace(/^export (declare )?/, '')
    .replace(/^declare /, '');
  // The catalogue's errors fill pages: docs/errors.md has them.
  return node.name?.text === 'CatalogueError'
    ? 'type CatalogueError = { code: …, params: … } | …  // see docs/errors.md'
    : text;
}

/** What its comment says. */
function docs(node) {
  return (node.jsDoc ?? [])
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join('\n\n')
    .replace(/\{@link (\w+)\}/g, '`$1`');
}
