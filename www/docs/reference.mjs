/** References of the packages as Markdown, from the declarations that their callers compile against. */

import { join } from 'node:path';
// TypeScript 7 has no interface for programs yet.
import ts from 'typescript-oldest';

/** The packages: where their declarations lie, by entry, each with what the entry is. */
const PACKAGES = {
  client: {
    folder: 'www/dist/client/types-5.0/client',
    entries: [
      [
        '@yinxin/client',
        'index.d.ts',
        'What a page calls. The classic script `yinxin.js` has all of it, and `guide`, as `yinxin`.',
      ],
      ['@yinxin/client/guide', 'guide.d.ts', 'The install guide.'],
      ['@yinxin/client/testing', 'testing.d.ts', 'A double of the extension, for a portal’s own tests.'],
    ],
  },
  documents: {
    // As servers have it: what loads the module elsewhere is told in the quick start.
    folder: 'wasm/pkg/documents/node',
    entries: [
      [
        '@yinxin/documents',
        'yinxin_documents.d.ts',
        '`@yinxin/verify` has the same but for what is about whole documents: `verifyOfd`, `verifyPdf`, `OfdPages` and `PreparedDocument`.',
      ],
    ],
  },
};

/** Everything that a package exports, functions and classes first, in the language of `words`. */
export function reference(root, name, { language, say }) {
  const { folder, entries } = PACKAGES[name];
  const pathOf = file => join(root, folder, file);
  const program = ts.createProgram(
    entries.map(([, file]) => pathOf(file)),
    { module: ts.ModuleKind.ESNext, moduleResolution: 2, noLib: true },
  );
  const checker = program.getTypeChecker();
  const known = new Set();
  const anchors = new Map();
  const parts = [];
  for (const [entry, file, about] of entries) {
    parts.push(`## \`${entry}\`\n\n${say(about)}\n`);
    const exported = checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(pathOf(file))))
      .map(symbol => ({
        name: symbol.name,
        declarations:
          (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).declarations ?? [],
      }));
    const rank = ({ declarations: [first] }) =>
      [ts.SyntaxKind.FunctionDeclaration, ts.SyntaxKind.ClassDeclaration].indexOf(first?.kind) >>> 0;
    exported.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    const shown = exported.filter(({ name, declarations }) => !known.has(name) && declarations.length > 0);
    parts.push(`${shown.map(({ name }) => `[${name}](#${anchor(name)})`).join(' · ')}\n`);
    for (const { name, declarations } of shown) {
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
  return parts.join('\n');

  /** Where a heading of this name is found: names that differ in their case only are numbered. */
  function anchor(name) {
    const text = name.toLowerCase();
    const count = anchors.get(text) ?? 0;
    anchors.set(text, count + 1);
    return count === 0 ? text : `${text}-${count}`;
  }

  /** A declaration as its caller reads it: comments of its members stay, its own stands below. */
  function textOf(node) {
    // The catalogue's errors fill pages of their own.
    if (node.name?.text === 'CatalogueError')
      return 'type CatalogueError = { code: …, params: … } | …  // see docs/errors.md';
    const source = node.getSourceFile();
    const text = source.text
      .slice(node.getStart(source, false), node.end)
      .replace(/^export (declare )?/, '')
      .replace(/^declare /, '');
    return language === 'en' ? text : text.replace(/\/\*\*[\s\S]*?\*\//g, comment => `/** ${told(comment)} */`);
  }

  /** A comment inside of a declaration, as one line. */
  function told(comment) {
    const lines = comment
      .slice(3, -2)
      .split('\n')
      .map(line => line.replace(/^\s*\* ?/, ''));
    return paragraphs(lines.join('\n')).map(sentence).join('；');
  }

  /** What its comment says: the last before it, since that of a file may stand above the first. */
  function docs(node) {
    const text = ts.getTextOfJSDocComment(node.jsDoc?.at(-1)?.comment) ?? '';
    if (language === 'en') return text.replace(/\{@link (\w+)\}/g, '`$1`').replace(/^# Errors\n/gm, 'Errors: ');
    return paragraphs(text).map(sentence).join('\n\n');
  }

  /** A paragraph in Chinese. */
  function sentence(paragraph) {
    const [, errors] = paragraph.match(/^# Errors (.*)$/) ?? [];
    return (errors ? `错误：${say(errors)}` : say(paragraph)).replace(/\{@link (\w+)\}/g, '`$1`');
  }
}

/** Each in one line, as its words are looked up. */
function paragraphs(text) {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.trim().replace(/\s+/g, ' '))
    .filter(paragraph => paragraph !== '');
}
