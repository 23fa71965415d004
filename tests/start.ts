// `npm start`: the product on this machine. With a display it opens the browser and leaves the rest
// to its user; with `--auto`, or without a display, it drives the same steps itself, each timed and
// checked, and ends with status 0 only if all passed.
import { logIn, openPortal, type Step, signDocuments } from './stand/drive.js';
import { cmsVerifies, sm2AttributesVerify } from './stand/judge.js';
import { insertOnly, makeStand, PIN, type Stand } from './stand/stand.js';

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

/** Login, first binding, login again, two documents with one consent; then the judges. */
async function journey(
  stand: Stand,
  token: string,
  title: string,
  judge: (cms: Buffer, content: Buffer) => [string, boolean],
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
  await page.click('#logout');
  await page.waitForSelector('#ca-login');
  await page.close();
}

async function drive(stand: Stand): Promise<void> {
  insertOnly(stand.keys, ['demo-unit']);
  const sm2 = (cms: Buffer): [string, boolean] => [
    'openssl dgst -sm3 -sigopt distid:1234567812345678 verifies the signed attributes',
    sm2AttributesVerify(cms),
  ];
  await journey(stand, 'demo-unit', 'SM2, software key', sm2);
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
