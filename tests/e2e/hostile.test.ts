// The Wasm package in a browser: whatever it is given, it answers or says with a code which argument was wrong, and the
// next call works. The same attacks as in Node (tests/contract/hostile.test.ts).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import type { BrowserContext } from 'playwright-core';
import { DATA as data, noData as skip } from '../stand/data.js';
import { launch } from '../stand/pages.js';
import { ROOT } from '../stand/paths.js';
import type { AttackAll } from './hostile-page.js';

let browser: BrowserContext;
let close = async () => {};

before(async () => {
  ({ browser, close } = await launch());
});
after(() => close());

test('a wrong value gives an answer or a code with its place, and the next call works', { skip }, async context => {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'tests/e2e/hostile-page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  const page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  const base64 = (path: string) => readFileSync(path).toString('base64');
  const samples = {
    certificate: base64(join(data, 'ca-national/ROOTCA.pem')),
    seal: base64(join(data, 'seals/UserV4.esl')),
    cms: base64(join(data, 'field/m01-base-gm.p7s')),
  };
  const wasm = base64(join(ROOT, 'wasm/pkg/web/yinxin_bg.wasm'));
  const { failed, slowest } = await page.evaluate(
    ([wasm, samples]) => (globalThis as unknown as { attackAll: AttackAll }).attackAll(wasm, samples, 400),
    [wasm, samples] as const,
  );
  assert.equal(failed, undefined);
  context.diagnostic(slowest);
});
