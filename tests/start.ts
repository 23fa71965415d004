// `npm start`: the product on this machine. With a display it opens the browser and leaves the rest
// to its user; with `--auto`, or without a display, it drives the same steps itself, each timed and
// checked, and ends with status 0 only if all passed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { logIn, openPortal, type Step, sealDocuments, signDocuments } from './stand/drive.js';
import { cmsVerifies, sealVerifies, sm2AttributesVerify, toSign } from './stand/judge.js';
import { ROOT } from './stand/paths.js';
import { insertOnly, makeStand, PIN, type Stand } from './stand/stand.js';

const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as typeof import('../wasm/pkg/node/yinxin.js');
const auto = process.argv.includes('--auto') || (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY);

let failed = 0;

const step: Step = async (what, work) => {
  const start = performance.now();
  const result = await work();
  console.log(`  ${`${(performance.now() - start).toFixed(0)} ms`.padStart(9)}  ${what}`);
  return result;
};

function check(what: string, holds: boolean): void {
  if (!holds) failed += 1;
  console.log(`  ${holds ? '        ✓' : '        ✗'}  ${what}`);
}

/** Login, first binding, login again, two documents with one consent; then the judges, and what else there is to do. */
async function journey(
  stand: Stand,
  token: string,
  title: string,
  judge: (cms: Buffer, content: Buffer) => [string, boolean],
  then?: (page: Page) => Promise<void>,
): Promise<void> {
  console.log(`\n${title}`);
  const page = await openPortal(stand);
  await logIn(stand, page, token, (what, work) => step(`${what}, consent included`, work));
  check(`logged in as ${await page.locator('#account-name').textContent()}`, true);
  await page.click('#logout');
  await page.waitForSelector('#ca-login');
  await logIn(stand, page, token, (what, work) => step(`${what} again, now bound`, work));
  const signatures = await step('two documents signed with one consent', () => signDocuments(stand, page, token));
  check(`${signatures.length} of 2 signatures received`, signatures.length === 2);
  for (const { name, valid, cms, content } of signatures) {
    check(`${name}: the portal verifies it`, valid);
    const [what, holds] = judge(cms, content);
    check(`${name}: ${what}`, holds);
  }
  await then?.(page);
  await page.click('#logout');
  await page.waitForSelector('#ca-login');
  await page.close();
}

/** A document and a digest sealed with one consent; then the judges. */
async function sealing(stand: Stand, page: Page, token: string): Promise<void> {
  const seals = await step('two documents sealed with one consent', () => sealDocuments(stand, page, token));
  check(`${seals.length} of 2 seals received`, seals.length === 2);
  const makers = [readFileSync(join(stand.keys, 'seal-maker.pem'))];
  for (const { name, valid, signature } of seals) {
    check(`${name}: the portal verifies its seal`, valid);
    const { signed } = core.verifySealSignature({ signature, makers });
    check(`${name}: what is signed is the first element, by openssl asn1parse`, toSign(signature).equals(signed));
    check(
      `${name}: openssl dgst -sm3 -sigopt distid:1234567812345678 verifies the bytes that are signed`,
      sealVerifies(signature),
    );
  }
}

async function drive(stand: Stand): Promise<void> {
  insertOnly(stand.keys, ['demo-unit']);
  const sm2 = (cms: Buffer): [string, boolean] => [
    'openssl dgst -sm3 -sigopt distid:1234567812345678 verifies the signed attributes',
    sm2AttributesVerify(cms),
  ];
  await journey(stand, 'demo-unit', 'SM2, software key', sm2, page => sealing(stand, page, 'demo-unit'));
  const { softHsm } = stand;
  if (!softHsm) return;
  const rfc5652 = (cms: Buffer, content: Buffer): [string, boolean] => [
    'openssl cms -verify accepts it',
    cmsVerifies(cms, content, softHsm.anchor),
  ];
  await journey(stand, softHsm.tokens.rsa, 'RSA-2048, SoftHSM2', rfc5652);
  await journey(stand, softHsm.tokens.p256, 'ECDSA P-256, SoftHSM2', rfc5652);
}

console.log('Setting up');
const stand = await makeStand({ headed: !auto }, step);
try {
  if (auto) {
    await drive(stand);
    console.log(failed === 0 ? '\nAll steps passed.' : `\n${failed} checks failed.`);
  } else {
    insertOnly(stand.keys, ['demo-unit', 'demo-expert']);
    await openPortal(stand);
    console.log(
      `\n演示门户 ${stand.url}    演示密钥的 PIN 码：${PIN}\nThe demo portal is open in the browser; the demo keys' PIN is ${PIN}.`,
    );
    console.log(
      `Demo keys lie in ${stand.keys}: move a folder in or out to insert or pull a key. Close the browser to end.`,
    );
    await new Promise(resolve => stand.browser.once('close', resolve));
  }
} catch (error) {
  failed += 1;
  console.error(error);
} finally {
  await stand.close();
}
process.exitCode = failed === 0 ? 0 : 1;
