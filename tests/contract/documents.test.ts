// What the documents claim: commands that exist, files that are there, codes and names that hold.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { DEVELOPMENT_EXTENSION_ID, RELEASED_EXTENSION_ID, SITES } from '@yinxin/proto';
import { HOST, ROOT } from '../stand/paths.js';
import { run } from '../stand/process.js';

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
  'www/client/README.md',
  'www/client/README.zh-CN.md',
  'www/client/API.md',
  'www/demo/README.md',
  'host/softkey/README.md',
];
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('links between documents lead somewhere', () => {
  for (const path of DOCUMENTS) {
    for (const [, target = ''] of text(path).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      assert.ok(existsSync(join(ROOT, dirname(path), target)), `${path} links to ${target}`);
    }
  }
});

test('npm scripts that documents name exist', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
  for (const path of DOCUMENTS) {
    for (const [, script = ''] of text(path).matchAll(
      /npm (?:run )?(start|test|build|check|bench|generate|demo-key)\b/g,
    )) {
      assert.ok(scripts[script], `${path} names npm run ${script}`);
    }
    for (const [, script = ''] of text(path).matchAll(/npm run ([\w-]+)/g)) {
      assert.ok(scripts[script], `${path} names npm run ${script}`);
    }
  }
});

test('commands of the host that documents name exist', () => {
  const help = run(HOST, ['--help']).toString();
  for (const path of DOCUMENTS) {
    for (const [, command = ''] of text(path).matchAll(/`(?:[^`]*[ /])?yinxin ([a-z]\w+)/g)) {
      assert.ok(help.includes(command), `${path} names yinxin ${command}`);
    }
  }
});

test('the README says what the product cannot do, and that it is independent', () => {
  const chinese = text('README.zh-CN.md').slice(0, 800);
  assert.match(chinese, /四川政府采购网的页面调用“统一安全认证客户端”/);
  assert.match(chinese, /没有在该网站上试过；续期仍在 i信 完成/);
  assert.ok(chinese.includes('非四川CA、财政部门或平台产品，未获其授权；不用其标识'));
});

test('the policy in the READMEs is one of the released extension, for sites that it lists', () => {
  const { properties } = JSON.parse(text('extension/managed.json'));
  for (const path of ['README.md', 'README.zh-CN.md']) {
    const [, block = ''] = /```json\n(.*?)```/s.exec(text(path)) ?? [];
    const { extensions } = JSON.parse(block)['3rdparty'];
    assert.deepEqual(Object.keys(extensions), [RELEASED_EXTENSION_ID], path);
    const { bridgedSites, ...others } = extensions[RELEASED_EXTENSION_ID];
    assert.deepEqual([others, properties.bridgedSites.type], [{}, 'array']);
    const bridgeable = SITES.filter(({ skins }) => skins.length > 0).map(({ origin }) => origin);
    assert.ok(bridgedSites.length > 0);
    for (const site of bridgedSites) assert.ok((bridgeable as string[]).includes(site), `${path}: ${site}`);
    assert.ok(text(path).includes(`extension_ids = ["${DEVELOPMENT_EXTENSION_ID}"]`), path);
  }
});

test('administrators read of each policy', () => {
  const { properties } = JSON.parse(text('extension/managed.json'));
  const rows = [...text('docs/administrators.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  for (const policy of Object.keys(properties)) assert.ok(rows.includes(policy), policy);
});

test('files that ARCHITECTURE.md names exist', () => {
  for (const [, path = ''] of text('ARCHITECTURE.md').matchAll(
    /`((?:wasm|host|extension|www|tests|xtask)(?:\/[\w/.-]+)?)`/g,
  )) {
    assert.ok(existsSync(join(ROOT, path)), `ARCHITECTURE.md names ${path}`);
  }
});

test('scripts in the READMEs run, and give what is written beside them', () => {
  const require = createRequire(import.meta.url);
  const packages: Record<string, unknown> = {
    '@yinxin/core': require(join(ROOT, 'wasm/pkg/node')),
    '@yinxin/verify': require(join(ROOT, 'wasm/pkg/verify')),
  };
  // A certificate of an invented holder, whose key nobody keeps.
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-subj', '/C=CN/CN=Example'];
  const bytes = run('openssl', made);
  const given = { bytes, intermediates: [], anchors: [bytes], crls: [] };
  for (const path of ['README.md', 'README.zh-CN.md']) {
    const blocks = [...text(path).matchAll(/```js\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    assert.ok(blocks.length >= 3, `${path} has scripts`);
    for (const block of blocks) {
      // `expression;  // 40000` is a claim.
      const checked = block.replace(
        /^(?!const )(.+?);\s*\/\/ (-?\d+)\b.*$/gm,
        (_, expression, value) => `equal(${expression}, ${value});`,
      );
      const script = new Function('require', 'equal', ...Object.keys(given), checked);
      script((name: string) => packages[name] ?? assert.fail(name), assert.equal, ...Object.values(given));
    }
  }
});

test('the page library is as small as its README says', () => {
  const { length } = brotliCompressSync(readFileSync(join(ROOT, 'www/dist/client/index.js')));
  const [, kilobytes = ''] = /, (\d+) kB compressed/.exec(text('www/client/README.md')) ?? [];
  assert.ok(length <= Number(kilobytes) * 1000, `${length} bytes with brotli`);
});
