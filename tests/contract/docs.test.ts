// The documents: both languages say the same parts, the site that is built of them has no dead end, and nothing that can be
// called, thrown or configured is left out.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { type ErrorCode, TEXTS } from '../../wasm/proto/ts/errors.js';
import { type Holder, makeAuthority, makeCms, signBytes, trustOf } from '../../www/demo/testing/pki.js';
import { ROOT, temporary } from '../stand/paths.js';

const SITE = join(ROOT, 'www/dist/docs');
const FOLDERS = ['docs', 'www/client'];
const LOCALES = ['zh-CN', 'en'] as const;
const world = temporary();
after(() => world.remove());

/** Documents that are there in Chinese, without endings. */
const paired = FOLDERS.flatMap(folder =>
  readdirSync(join(ROOT, folder))
    .filter(name => name.endsWith('.zh-CN.md'))
    .map(name => `${folder}/${name.replace('.zh-CN.md', '')}`),
);
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = new Map(readdirSync(SITE).map(name => [name, readFileSync(join(SITE, name), 'utf8')]));
const pageOf = (name: string, locale: (typeof LOCALES)[number]): string =>
  pages.get(locale === 'zh-CN' ? `${name}.html` : `${name}.en.html`) ?? assert.fail(`${name} in ${locale}`);
const blocksOf = (text: string) =>
  [...text.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)].map(([, language = '', code = '']) => ({ language, code }));
/** What a reader sees of a page. */
const seen = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** What a document consists of, in order: levels of headings, languages of code, cells of tables, generated parts. */
function parts(text: string): string[] {
  const found: string[] = [];
  let inCode = false;
  for (const line of text.split('\n')) {
    const [, fence] = line.match(/^ *```(\w*)$/) ?? [];
    if (fence !== undefined) {
      if (!inCode) found.push(`code ${fence}`);
      inCode = !inCode;
    } else if (inCode) continue;
    else if (/^#+ /.test(line)) found.push(line.replace(/ .*/, ''));
    else if (line.startsWith('|')) found.push(`row of ${line.split(/(?<!\\)\|/).length - 2}`);
    else if (line.startsWith('<!-- generated: ')) found.push(line);
  }
  return found;
}

for (const path of paired)
  test(`${path}: the same parts in both languages`, () => {
    assert.deepEqual(parts(textOf(`${path}.zh-CN.md`)), parts(textOf(`${path}.md`)));
  });

test('every document is a page, and every page is there in both languages or says that it is not', () => {
  assert.ok(pages.has('index.html') && pages.has('index.en.html'));
  for (const name of readdirSync(join(ROOT, 'docs')).filter(
    name => name.endsWith('.md') && !name.startsWith('README'),
  )) {
    const isChinese = name.endsWith('.zh-CN.md');
    const page = name.replace(/(\.zh-CN)?\.md$/, isChinese ? '.html' : '.en.html');
    assert.ok(pages.has(page), page);
    assert.match(pages.get(page) ?? '', isChinese ? /<html lang="zh-CN">/ : /<html lang="en">/, page);
    // From the index of its language it is found.
    for (const locale of LOCALES) {
      const isListed = pageOf('index', locale).includes(`href="${page}"`);
      assert.ok(isListed || isChinese !== (locale === 'zh-CN'), `${page} is not listed in ${locale}`);
    }
  }
  for (const path of paired) {
    const name = path === 'www/client/README' ? 'page-library' : path.replace('docs/', '').replace('README', 'index');
    assert.match(pageOf(name, 'zh-CN'), new RegExp(`<a href="${name}.en.html" lang="en"`));
    assert.match(pageOf(name, 'en'), new RegExp(`<a href="${name}.html" lang="zh-CN"`));
  }
});

test('every link of the site leads somewhere, and nothing is loaded', () => {
  const ids = new Map(
    [...pages].map(([name, text]) => [name, [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)]),
  );
  for (const [name, text] of pages) {
    const own = ids.get(name) ?? [];
    assert.equal(new Set(own).size, own.length, `${name}: an id stands twice`);
    // Beside Chinese punctuation what is meant to be strong easily is not.
    assert.doesNotMatch(seen(text.replace(/<pre>.*?<\/pre>/gs, '')), /\*\*|\]\(/, name);
    assert.doesNotMatch(text, /<script|<iframe|<object|<link rel="stylesheet"|@import|\son\w+=/i, name);
    for (const [, source = ''] of text.matchAll(/ src="([^"]*)"/g))
      assert.match(source, /^data:/, `${name}: ${source}`);
    assert.doesNotMatch(text.match(/<style>.*?<\/style>/s)?.[0] ?? assert.fail(name), /url\(/, name);
    for (const [, href = ''] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) {
      if (href.startsWith('https://')) continue;
      assert.doesNotMatch(href, /^[a-z]+:|^\//, `${name}: ${href}`);
      const [file = '', id] = href.split('#');
      const place = file === '' ? name : file;
      assert.ok(pages.has(place), `${name}: ${href}`);
      if (id !== undefined) assert.ok(ids.get(place)?.includes(id), `${name}: ${href}`);
    }
  }
});

test('every code is on a page in both languages, with its words and its remedy', () => {
  for (const locale of LOCALES) {
    const page = pageOf('errors', locale);
    for (const code of Object.keys(TEXTS[locale]) as ErrorCode[]) {
      const at = page.indexOf(`<h3 id="${code}">`);
      assert.ok(at >= 0, `${locale}: ${code}`);
      const told = seen(page.slice(at, page.indexOf('<h3', at + 1) >>> 0));
      const { message, remedy } = TEXTS[locale][code];
      assert.ok(told.includes(message) && told.includes(remedy), `${locale}: ${code}`);
    }
  }
});

test('what documents for portals call a code is one', () => {
  // Programs, packages and formats whose names look like codes.
  const others = /^(yinxin-(host|verify|calls|verifier)|pdf-seal|cms-attached)$/;
  for (const name of ['calls', 'migration', 'operation', 'policy', 'portals', 'privacy', 'security', 'versions'])
    for (const path of [`docs/${name}.zh-CN.md`, `docs/${name}.md`]) {
      const prose = textOf(path).replace(/```.*?```/gs, '');
      for (const [, code = ''] of prose.matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g))
        assert.ok(code in TEXTS.en || others.test(code), `${path}: ${code}`);
    }
});

test('every function, class and constant that a package exports is on a page in both languages', async () => {
  const entryPoints = ['index', 'guide', 'testing'].map(name => join(ROOT, `www/dist/client/${name}.js`));
  const { metafile } = await build({ entryPoints, format: 'esm', outdir: world.path, write: false, metafile: true });
  const ofPages = Object.values(metafile.outputs).flatMap(output => output.exports);
  const load = createRequire(import.meta.url);
  const ofServers = ['documents', 'verify'].flatMap(name => Object.keys(load(join(ROOT, 'wasm/pkg', name))));
  assert.ok(ofPages.includes('login') && ofServers.includes('verifyLogin') && ofServers.includes('verifyPdf'));
  for (const locale of LOCALES) {
    for (const name of ofPages) assert.ok(pageOf('api', locale).includes(`>${name}</h3>`), `${locale}: ${name}`);
    for (const name of ofServers) assert.ok(pageOf('calls', locale).includes(`>${name}</h3>`), `${locale}: ${name}`);
  }
});

test('every call of the servers stands in the table of calls', () => {
  const source = textOf('servers/calls/src/lib.rs');
  const names = [...source.matchAll(/Self::\w+ => "(\w+)",/g)].map(([, name]) => name);
  assert.ok(names.length > 8);
  for (const name of names)
    for (const path of ['docs/calls.zh-CN.md', 'docs/calls.md'])
      assert.match(textOf(path), new RegExp(`^\\|.*\`${name}\``, 'm'), `${path}: ${name}`);
});

test('every field of a policy is on a page in both languages', () => {
  const schema = JSON.parse(textOf('servers/policy.schema.json'));
  const objects = [schema, ...Object.values<{ properties: object }>(schema.$defs)];
  for (const name of objects.flatMap(({ properties }) => Object.keys(properties)))
    for (const locale of LOCALES)
      assert.ok(pageOf('policy', locale).includes(`>${name}</code></td>`), `${locale}: ${name}`);
});

test('the Chinese words for comments are Chinese, and each is said somewhere', () => {
  const words: Record<string, string> = JSON.parse(textOf('www/docs/zh-CN.json'));
  const all = ['api', 'calls', 'policy'].map(name => seen(pageOf(name, 'zh-CN'))).join('');
  for (const [english, text] of Object.entries(words)) {
    const said = text.replaceAll('{@link showWindow}', '`showWindow`');
    assert.doesNotMatch(said.replace(/`[^`]*`/g, ''), /[a-z]{2,} [a-z]{2,}/, english);
    // Inside of declarations words in ticks have them, outside they are set as code.
    assert.ok(all.includes(said) || all.includes(said.replaceAll('`', '')), `nobody says ${english}`);
  }
});

test('code in the documents is code', async () => {
  for (const path of FOLDERS.flatMap(folder => readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}`))) {
    if (!path.endsWith('.md') || /protocol|API/.test(path)) continue;
    for (const { language, code } of blocksOf(textOf(path))) {
      if (language === 'json') assert.doesNotThrow(() => JSON.parse(code), path);
      if (language !== 'js' && language !== 'ts') continue;
      // Some return from what stands around them.
      await assert.doesNotReject(
        transform(code, { loader: language, logLevel: 'silent' }).catch(() =>
          transform(`async () => {\n${code}\n}`, { loader: language, logLevel: 'silent' }),
        ),
        `${path}: ${code}`,
      );
    }
  }
});

test('the server of the migration takes what old clients sign, and nothing else', async () => {
  const { code } =
    blocksOf(textOf('docs/migration.md')).find(block => block.code.includes('sm2Verify')) ??
    assert.fail('no such block');
  const file = join(world.path, 'old.mjs');
  const entry = pathToFileURL(join(ROOT, 'wasm/pkg/verify/server.js')).href;
  assert.ok(existsSync(new URL(entry)));
  writeFileSync(file, code.replace("'@yinxin/verify'", JSON.stringify(entry)));
  const { heldBare, heldMessage } = await import(pathToFileURL(file).href);
  const authority = makeAuthority();
  const holder: Holder = authority.issue({ subject: '/C=CN/O=示例采购有限公司/CN=示例采购有限公司' });
  const stranger = makeAuthority('别的');
  try {
    const [trust, other] = [trustOf(authority), trustOf(stranger)];
    const { certificate } = holder;
    const text = 'e2f1c5b8';
    const signature = signBytes(holder, Buffer.from(text)).toString('base64');
    assert.equal(heldBare({ certificate, text, signature, trust }), true);
    assert.equal(heldBare({ certificate, text: 'e2f1c5b9', signature, trust }), false);
    assert.equal(heldBare({ certificate, text, signature, trust: other }), false);
    const content = Buffer.from('投标函');
    const message = makeCms(holder, content).toString('base64');
    assert.equal(heldMessage({ message, content, trust }), true);
    assert.equal(heldMessage({ message, content: Buffer.from('投标涵'), trust }), false);
    assert.equal(heldMessage({ message, content, trust: other }), false);
  } finally {
    authority.remove();
    stranger.remove();
  }
});
