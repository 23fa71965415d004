/**
 * The documents as a site of plain files: the Markdown of `docs/` and some neighbours of it, in Chinese and English, into
 * `www/dist/docs`. It opens from disk and on any static server; no page has a script.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { build } from 'esbuild';
import { Marked } from 'marked';
import { css } from '../css.mjs';
import { OLDEST } from '../targets.mjs';
import { policy } from './policy.mjs';
import { reference } from './reference.mjs';
import { words } from './words.mjs';

/** Documents beside `docs/`, without endings, and what they are called here. */
const NEIGHBOURS = new Map([
  ['www/client/README', 'page-library'],
  ['servers/README', 'servers'],
  ['servers/portals/README', 'reference-portals'],
  ['SECURITY', 'threat-model'],
]);
/** What a package has as a file of its own is a page here, in each language. */
const ALIASES = new Map([['www/client/API.md', 'api']]);

/** The pages by whom they are for, in the order in which they are listed. Whatever is not named stands in the last group. */
const GROUPS = [
  {
    'zh-CN': '接入网站',
    en: 'For portals',
    pages: [
      'portals',
      'page-library',
      'api',
      'calls',
      'servers',
      'reference-portals',
      'policy',
      'errors',
      'formats',
      'security',
      'migration',
    ],
  },
  {
    'zh-CN': '安装与运行',
    en: 'Installing and running',
    pages: ['administrators', 'windows', 'command-line', 'operation', 'platforms', 'performance'],
  },
  {
    'zh-CN': '承诺与依据',
    en: 'Promises and reasons',
    pages: ['privacy', 'versions', 'threat-model', 'protocol', 'stores'],
  },
];

/** Titles in Chinese of documents that are there in English only. */
const IN_CHINESE = {
  servers: '服务器程序',
  'reference-portals': '参考门户',
  platforms: '系统和浏览器',
  performance: '性能',
  'threat-model': '威胁模型',
  protocol: '内部协议',
  stores: '扩展商店审核资料',
};

/** What stands around each page. */
const WORDS = {
  'zh-CN': {
    site: '印信文档',
    skip: '跳到正文',
    languages: '语言',
    other: 'English',
    contents: '本页目录',
    all: '全部文档',
    english: '（英文）',
    table: '表格',
    independent: '印信是独立的开源软件，与四川CA、任何财政部门和平台均无隶属关系。',
  },
  en: {
    site: 'Yinxin documents',
    skip: 'Skip to the content',
    languages: 'Language',
    other: '中文',
    contents: 'On this page',
    all: 'All documents',
    english: '',
    table: 'Table',
    independent:
      'Yinxin is independent software, no product of Sichuan CA, of a finance department or of any platform.',
  },
};

/** Builds the site; reads what `client` and the Wasm packages were built to. */
export async function docs({ root, common }) {
  const out = join(root, 'www/dist/docs');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const pages = found(root);
  const style = await sheet(root, common);
  const icon = readFileSync(join(root, 'extension/icons/seal.svg')).toString('base64');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const missing = new Set();
  for (const page of pages) page.content = rendered(root, page, pages, missing);
  if (missing.size > 0)
    throw new Error(
      `www/docs/zh-CN.json has no words for:\n${[...missing].map(text => JSON.stringify(text)).join('\n')}`,
    );
  for (const page of pages) writeFileSync(join(out, page.file), html(page, pages, { style, icon, version }));
  console.log(`docs: ${pages.length} pages`);
}

/** Every page: which document, in which language, under which name. */
function found(root) {
  const inside = readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => ({ source: `docs/${name}`, name: name.replace(/(\.zh-CN)?\.md$/, '') }));
  const beside = [...NEIGHBOURS].flatMap(([path, name]) =>
    [`${path}.zh-CN.md`, `${path}.md`].filter(file => existsSync(join(root, file))).map(source => ({ source, name })),
  );
  return [...inside, ...beside].map(({ source, name }) => {
    const language = source.endsWith('.zh-CN.md') ? 'zh-CN' : 'en';
    return { source, name, language, file: fileOf(name === 'README' ? 'index' : name, language) };
  });
}

/** Chinese first: its pages have the short names. */
const fileOf = (name, language) => (language === 'zh-CN' ? `${name}.html` : `${name}.en.html`);

/** What a document says where it has `<!-- generated: NAME -->`. */
function generated(root, name, language, missing) {
  const said = words(root, language, missing);
  switch (name) {
    case 'api':
      return reference(root, 'client', said);
    case 'calls':
      return reference(root, 'documents', said);
    case 'policy':
      return policy(root, said);
    default:
      throw new Error(`nobody generates ${name}`);
  }
}

/** A document as HTML, with its title and the headings of its second level. */
function rendered(root, page, pages, missing) {
  const { source, language } = page;
  const text = readFileSync(join(root, source), 'utf8').replace(/^<!-- generated: ([a-z-]+) -->$/gm, (_, name) =>
    generated(root, name, language, missing),
  );
  const ids = new Set();
  const sections = [];
  let title;
  let latest = '';
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const inner = this.parser.parseInline(tokens);
        latest = plain(inner);
        if (depth === 1) title ??= latest;
        const id = anchor(latest, ids);
        if (depth === 2) sections.push({ id, inner });
        return `<h${depth} id="${id}">${inner}</h${depth}>\n`;
      },
      code({ text, lang }) {
        const kind = /^\w+$/.test(lang ?? '') ? ` class="language-${lang}"` : '';
        return `<pre><code${kind} translate="no">${escaped(text)}\n</code></pre>\n`;
      },
      codespan({ text }) {
        return `<code translate="no">${escaped(text)}</code>`;
      },
      // A wide one is scrolled by itself, also with the keyboard.
      table({ header, rows }) {
        const cell = ({ tokens }) => this.parser.parseInline(tokens);
        const head = header.map(one => (one.text === '' ? '<td></td>' : `<th scope="col">${cell(one)}</th>`)).join('');
        const body = rows.map(cells => `<tr>${cells.map(one => `<td>${cell(one)}</td>`).join('')}</tr>`).join('\n');
        const isSaid = header.some(({ text }) => text !== '');
        return `<div class="table" role="group" tabindex="0" aria-label="${escaped(`${WORDS[language].table}: ${latest}`)}">
<table>${isSaid ? `<thead><tr>${head}</tr></thead>` : ''}<tbody>
${body}
</tbody></table></div>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const target = led(root, page, pages, href);
        return target ? `<a href="${escaped(target)}">${inner}</a>` : inner;
      },
      image({ href }) {
        throw new Error(`${source}: pages have no pictures yet, and it shows ${href}`);
      },
      // Documents are Markdown: of markup they have comments and line breaks only.
      html({ text }) {
        const rest = text.replace(/<!--[\s\S]*?-->/g, '').trim();
        if (rest !== '' && rest !== '<br>') throw new Error(`${source}: ${rest}`);
        return rest;
      },
    },
  });
  const tokens = marked.lexer(text).filter(token => !leadsToOther(page, pages, token));
  if (language === 'zh-CN') marked.walkTokens(tokens, joinLines);
  const body = marked.parser(tokens);
  if (!title) throw new Error(`${source} has no title`);
  return { title, sections, body };
}

/** Chinese has no spaces between words, so the end of a line in a source is none on the page. */
function joinLines(token) {
  if (token.type === 'text' && !token.tokens) token.text = token.text.replace(LINE_END, '');
}

const MARKS = '，。；：、？！“”（）《》';
const WIDE = `[\\p{Script=Han}${MARKS}…]`;
const LINE_END = new RegExp(`(?<=${WIDE})\\n(?=${WIDE})|(?<=[${MARKS}])\\n$`, 'gu');

/** The line under a title that leads to the other language: every page has that at its top. */
function leadsToOther({ source }, pages, { type, tokens = [] }) {
  const [only, ...others] = tokens;
  if (type !== 'paragraph' || only?.type !== 'link' || others.length > 0) return false;
  const path = posix.join(dirname(source), only.href);
  return paired(path) === paired(source) && pages.some(page => page.source === path);
}

const paired = path => path.replace(/(\.zh-CN)?\.md$/, '');

/** Where a link leads in the site: nowhere, if it is to a file of the repository that is no page. */
function led(root, { source, language }, pages, href) {
  if (/^(https?|mailto):/.test(href) || href.startsWith('#')) return href;
  const [path, place] = href.split('#');
  const target = posix.join(dirname(source), path);
  if (!existsSync(join(root, target))) throw new Error(`${source} leads to ${target}, which is not there`);
  const alias = ALIASES.get(target);
  const page = pages.find(one => (alias ? one.name === alias && one.language === language : one.source === target));
  if (!page) return undefined;
  return place ? `${page.file}#${place}` : page.file;
}

/** The anchor of a heading, as repositories make it, so that links hold in both places. */
function anchor(text, ids) {
  const base = text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
  let id = base;
  for (let number = 1; ids.has(id); number++) id = `${base}-${number}`;
  ids.add(id);
  return id;
}

const escaped = text =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The text of HTML that was made here. */
const plain = inner =>
  inner
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** The style of all pages: as every page of the product looks, and what prose needs. */
async function sheet(root, common) {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(root, 'www/docs/style.css')],
    write: false,
    minify: true,
    plugins: [css(OLDEST)],
  });
  return outputFiles[0].text.trim();
}

function html({ name, language, content, file }, pages, { style, icon, version }) {
  const { title, sections, body } = content;
  const said = WORDS[language];
  const foreign = language === 'en' ? 'zh-CN' : 'en';
  const other = pages.find(page => page.name === name && page.language === foreign);
  const index = fileOf('index', language);
  // It stands in the page, so that one opens from disk in whatever browser, with a policy that allows nothing else.
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const heading = name === 'README' ? said.site : `${title} · ${said.site}`;
  const list = sections.map(({ id, inner }) => `<li><a href="#${id}">${inner}</a></li>`).join('\n');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(heading)}</title>
<link rel="icon" href="data:image/svg+xml;base64,${icon}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#_content">${said.skip}</a>
<header class="site-head">
<a class="brand" href="${index}"><img src="data:image/svg+xml;base64,${icon}" alt="" width="22" height="22"><span class="brand-name">${said.site}</span></a>
<nav aria-label="${said.languages}"><a href="${other?.file ?? fileOf('index', foreign)}" lang="${foreign}" hreflang="${foreign}">${said.other}</a></nav>
</header>
<div class="columns">
${sections.length > 1 ? `<nav class="contents" aria-labelledby="_contents"><p class="list-name" id="_contents">${said.contents}</p>\n<ul>\n${list}\n</ul></nav>` : ''}
<main id="_content" tabindex="-1">
${body}</main>
</div>
<footer class="site-foot">
<nav aria-labelledby="_all"><p class="list-name" id="_all">${said.all}</p>
${groups(pages, language, file)}
</nav>
<p>${said.independent} ${version}</p>
</footer>
</body>
</html>
`;
}

/** Every page, by group; in Chinese also those that are there in English only. */
function groups(pages, language, current) {
  const named = GROUPS.flatMap(group => group.pages);
  const rest = [...new Set(pages.map(page => page.name))].filter(name => name !== 'README' && !named.includes(name));
  return GROUPS.map((group, at) => {
    const names = at === GROUPS.length - 1 ? [...group.pages, ...rest.sort()] : group.pages;
    const items = names.flatMap(name => {
      const page =
        pages.find(one => one.name === name && one.language === language) ??
        pages.find(one => one.name === name && language === 'zh-CN');
      if (!page) return [];
      const isCurrent = page.file === current ? ' aria-current="page"' : '';
      const isForeign = page.language !== language;
      const title = escaped(page.content.title);
      const translated = IN_CHINESE[name] ?? `<span lang="en">${title}</span>`;
      return isForeign
        ? `<li><a href="${page.file}" hreflang="en">${translated}${WORDS[language].english}</a></li>`
        : `<li><a href="${page.file}"${isCurrent}>${title}</a></li>`;
    });
    return `<section><h2>${group[language]}</h2>\n<ul>\n${items.join('\n')}\n</ul></section>`;
  }).join('\n');
}
