// `npm start`: the product on this machine. With a display it opens the browser and leaves the rest
// to its user; with `--auto`, or without a display, it drives the same steps itself, each timed and
// checked, and ends with status 0 only if all passed. `--skf` loads the software key through SKF; driven by
// itself, both ways are taken.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { bridgeOn, grantedExtension } from './stand/bridge.js';
import {
  completeDocuments,
  logIn,
  logInLegacy,
  openLegacy,
  openPortal,
  type Step,
  sealDocuments,
  signDocuments,
  signLegacy,
} from './stand/drive.js';
import {
  certificateIn,
  cmsContent,
  cmsVerifies,
  contentOf,
  cutOut,
  sealVerifies,
  sha256Verifies,
  sm2AttributesVerify,
  sm2Verifies,
  toSign,
} from './stand/judge.js';
import { ROOT } from './stand/paths.js';
import { hostConfiguration, insertOnly, makeStand, PIN, SKF_APPLICATION, type Stand, tokenOf } from './stand/stand.js';

const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as typeof import('../wasm/pkg/node/yinxin.js');
const auto = process.argv.includes('--auto') || (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY);
const throughSkf = process.argv.includes('--skf');

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

/** A PDF and an OFD sealed in themselves with one consent; then the judges. */
async function completing(stand: Stand, page: Page, token: string): Promise<void> {
  const documents = await step('a PDF and an OFD sealed in themselves', () => completeDocuments(stand, page, token));
  check(`${documents.length} of 2 documents received`, documents.length === 2);
  const makers = [readFileSync(join(stand.keys, 'seal-maker.pem'))];
  for (const { name, valid, content } of documents) {
    check(`${name}: the portal verifies its seal`, valid);
    if (name.endsWith('.pdf')) {
      const { covered, value } = cutOut(content);
      const { valid } = core.verifySealSignature({ signature: value, content: covered, makers });
      check(`${name}: the seal covers the whole file but for itself`, valid);
      check(`${name}: openssl dgst verifies the bytes that are signed`, sealVerifies(value));
    } else {
      const value = unzipSync(content)['Doc_0/Signs/Sign_0/SignedValue.dat'];
      check(`${name}: openssl dgst verifies the bytes that are signed`, value !== undefined && sealVerifies(value));
    }
  }
}

/** The page of today's portals, with our extension as its client: login, a text signed by P1 and P7; then the judges. */
async function legacyJourney(stand: Stand, token: string, title: string, anchor?: string): Promise<void> {
  console.log(`\n${title}, at a page as today’s portals are written`);
  const page = await openLegacy(stand);
  await logInLegacy(stand, page, token, (what, work) => step(`${what}, consents included`, work));
  check(`logged in as ${await page.locator('#account-name').textContent()}`, true);
  const { text, ...p1 } = await step('a text signed by P1', () => signLegacy(stand, page, token, 'p1'));
  const detached = await step('and by P7 without it', () => signLegacy(stand, page, token, 'detached'));
  const attached = await step('and by P7 with it', () => signLegacy(stand, page, token, 'attached'));
  const p7 = [
    ['P7 without the text', detached],
    ['P7 with the text', attached],
  ] as const;
  for (const [name, { valid }] of [['P1', p1] as const, ...p7]) check(`${name}: the portal verifies it`, valid);
  const content = Buffer.from(text);
  const certificate = certificateIn(detached.signature);
  if (anchor === undefined) {
    const how = 'openssl dgst -sm3 -sigopt distid:1234567812345678';
    check(`P1: ${how} verifies the text`, sm2Verifies(certificate, content, p1.signature));
    for (const [name, { signature }] of p7)
      check(`${name}: ${how} verifies the signed attributes`, sm2AttributesVerify(signature));
    check('P7 with the text: it is inside', contentOf(attached.signature).equals(content));
  } else {
    check('P1: openssl dgst -sha256 verifies the text', sha256Verifies(certificate, content, p1.signature));
    check('P7 without the text: openssl cms -verify accepts it', cmsVerifies(detached.signature, content, anchor));
    check(
      'P7 with the text: openssl cms -verify gives it',
      cmsContent(attached.signature, anchor)?.equals(content) === true,
    );
  }
  await page.click('#logout');
  await page.waitForSelector('#login:not([hidden])');
  await page.close();
}

const sm2 = (cms: Buffer): [string, boolean] => [
  'openssl dgst -sm3 -sigopt distid:1234567812345678 verifies the signed attributes',
  sm2AttributesVerify(cms),
];

/** The same library as a key's SKF, for a host that starts anew; with a key that the portal has not met. */
async function driveSkf(stand: Stand): Promise<void> {
  insertOnly(stand.keys, ['demo-expert']);
  writeFileSync(stand.config, hostConfiguration(stand.keys, undefined, { interface: 'skf' }));
  stand.browser = await stand.relaunch();
  const title = 'SM2, software key through SKF';
  await journey(stand, 'demo-expert', title, sm2, page => sealing(stand, page, 'demo-expert'));
  check(
    `the key's application is ${SKF_APPLICATION}, which only SKF has`,
    tokenOf(stand, 'demo-expert').model === SKF_APPLICATION,
  );
}

async function drive(stand: Stand): Promise<void> {
  insertOnly(stand.keys, ['demo-unit']);
  await journey(stand, 'demo-unit', 'SM2, software key', sm2, async page => {
    await sealing(stand, page, 'demo-unit');
    await completing(stand, page, 'demo-unit');
  });
  await bridgeOn(stand, stand.url);
  await legacyJourney(stand, 'demo-unit', 'SM2, software key');
  const { softHsm } = stand;
  if (!softHsm) return;
  const rfc5652 = (cms: Buffer, content: Buffer): [string, boolean] => [
    'openssl cms -verify accepts it',
    cmsVerifies(cms, content, softHsm.anchor),
  ];
  await journey(stand, softHsm.tokens.rsa, 'RSA-2048, SoftHSM2', rfc5652);
  await journey(stand, softHsm.tokens.p256, 'ECDSA P-256, SoftHSM2', rfc5652);
  await legacyJourney(stand, softHsm.tokens.rsa, 'RSA-2048, SoftHSM2', softHsm.anchor);
  await legacyJourney(stand, softHsm.tokens.p256, 'ECDSA P-256, SoftHSM2', softHsm.anchor);
}

console.log('Setting up');
// Who drives can't press the button of the browser's own question.
const granted = auto ? grantedExtension() : undefined;
const stand = await makeStand(
  {
    headed: !auto,
    ...(throughSkf && !auto && { interface: 'skf' }),
    portal: ['--legacy'],
    ...(granted && { extension: granted.path }),
  },
  step,
);
try {
  if (auto) {
    await drive(stand);
    await driveSkf(stand);
    console.log(failed === 0 ? '\nAll steps passed.' : `\n${failed} checks failed.`);
  } else {
    insertOnly(stand.keys, ['demo-unit', 'demo-expert']);
    await openPortal(stand);
    console.log(
      `\n演示门户 ${stand.url}    演示密钥的 PIN 码：${PIN}\nThe demo portal is open in the browser; the demo keys' PIN is ${PIN}.`,
    );
    console.log(
      `\n旧式页面 ${stand.url}/legacy    先在印信“我的证书”页的“设置”中，于“使用其他客户端接口的网站”开启 http://localhost，再刷新该页。\nA page as today’s portals are written is at ${stand.url}/legacy: switch on http://localhost under “Sites that call another client” in the settings of Yinxin’s page “My certificates”, then reload it.\n`,
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
  granted?.remove();
}
process.exitCode = failed === 0 ? 0 : 1;
