// Seals at the portal and in the workspace: what is sealed and what is shown, keys without a seal of use, and who may ask.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Locator, Page } from 'playwright-core';
import { approve, cancel, choose, consent, logIn, openPortal, sealDocuments, settle } from '../stand/drive.js';
import { sealVerifies } from '../stand/judge.js';
import { ROOT } from '../stand/paths.js';
import { addSite, ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { consentAfter, consentsOf, insertOnly, makeStand, type Stand, tidy } from '../stand/stand.js';

const core = createRequire(import.meta.url)(
  join(ROOT, 'wasm/pkg/node'),
) as typeof import('../../wasm/pkg/node/yinxin.js');
const UNIT = '四川锦程演示科技有限公司';
const PATH = '/Doc_0/Signs/Sign_0/Signature.xml';

let stand: Stand;
let site: Site;
let page: Page;
/** The portal, logged in with demo-unit. */
let portal: Page;

before(async () => {
  stand = await makeStand({
    softHsm: false,
    insert: ['demo-unit'],
    args: ['--host-resolver-rules=MAP *.example 127.0.0.1', '--ignore-certificate-errors'],
  });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
  portal = await openPortal(stand);
  await logIn(stand, portal, 'demo-unit');
});

afterEach(async () => {
  await tidy(stand);
  insertOnly(stand.keys, ['demo-unit']);
});

after(async () => {
  await site?.close();
  await stand?.close();
});

/** Waits until every one of these images is decoded, and there are so many. */
async function decoded(images: Locator, count: number): Promise<void> {
  await images.nth(count - 1).waitFor();
  assert.equal(await images.count(), count);
  for (const image of await images.all()) {
    const width = await image.evaluate(async (shown: HTMLImageElement) => {
      await shown.decode();
      return shown.naturalWidth;
    });
    assert.ok(width > 0);
  }
}

/** Runs in the page: seals one document. */
const seal = () =>
  window.yinxin.sign({ documents: [{ name: '投标函.txt', text: '投标函' }], format: 'seal' }).then(all => all.length);
/** Runs in the page: asks for a seal. */
const seals = () => window.yinxin.seals().then(all => all.length);

test('the portal has a document and a digest sealed, and finds the seals valid', async () => {
  const popup = await consentAfter(stand, () => portal.click('#seal'));
  await choose(popup, 'demo-unit');
  const card = popup.locator('.certificate.checked');
  await decoded(card.locator('.seal-image img'), 1);
  const said = await popup.locator('main').innerText();
  for (const words of [UNIT, '国标印章', '未见文件内容', '投标函（演示）.txt', '采购合同（演示）.ofd', '第 1 页'])
    assert.ok(said.includes(words), `${words} in ${said}`);
  await popup.locator('.digests summary').click();
  await popup.locator('.digests dl').first().waitFor();
  assert.ok((await popup.locator('.digests').innerText()).includes(PATH));
  const closed = popup.waitForEvent('close');
  await approve(popup);
  await closed;

  const results = portal.locator('#result article');
  await results.first().waitFor();
  assert.equal(await portal.locator('#result article[data-valid=true]').count(), 2);
  for (const words of [UNIT, 'GB/T 38540-2020', '印信演示制章者'])
    assert.ok((await results.first().innerText()).includes(words), words);
  assert.ok((await results.nth(1).innerText()).includes(PATH));
  await decoded(results.locator('.seal-picture img'), 2);

  const again = await sealDocuments(stand, portal, 'demo-unit');
  assert.deepEqual(
    again.map(({ name, valid }) => [name, valid]),
    [
      ['投标函（演示）.txt', true],
      ['采购合同（演示）.ofd', true],
    ],
  );
  for (const { signature } of again) assert.ok(sealVerifies(signature), 'to OpenSSL');
});

test('the portal shows the user’s own seal after consent, and nothing before', async () => {
  const refused = await consentAfter(stand, () => portal.click('#show-seal'));
  await choose(refused, 'demo-unit');
  assert.ok(await portal.isHidden('#my-seal'));
  await cancel(refused);
  await portal.waitForSelector('.message[data-code=cancelled]');
  assert.ok(await portal.isHidden('#my-seal'));
  assert.equal(await portal.locator('#my-seal img').count(), 0);

  const popup = await consentAfter(stand, () => portal.click('#show-seal'));
  await choose(popup, 'demo-unit');
  assert.equal(await popup.locator('input[type=password]').count(), 0, 'nothing is signed');
  assert.ok(await portal.isHidden('#my-seal'));
  await settle(popup);
  await popup.locator('button.primary').click();
  await decoded(portal.locator('#my-seal img'), 1);
  assert.ok((await portal.locator('#my-seal').innerText()).includes(UNIT));
});

test('the README’s own lines seal a digest in the page, and judge it on the server', async () => {
  const readme = readFileSync(join(ROOT, 'www/client/README.md'), 'utf8');
  const [onPage = '', onServer = ''] = [
    ...readme.slice(readme.indexOf('## Sealing')).matchAll(/```ts\nimport .*\n([\s\S]*?)```/g),
  ].map(([, block]) => block);
  const signatureXml = Buffer.from('<ofd:Signature/>');
  const popup = await ask(
    stand,
    page,
    async ({ block, digest }) => {
      const posted: unknown[] = [];
      const lines = new Function('sign', 'get', 'post', `return (async () => {${block}})()`);
      const { sign } = window.yinxin;
      await lines(
        sign,
        async () => ({ digest }),
        async (_: string, body: unknown) => posted.push(body),
      );
      return posted;
    },
    { block: onPage, digest: createHash('sm3').update(signatureXml).digest('base64') },
  );
  assert.ok((await popup.locator('main').innerText()).includes('第 1 页，距左边 150 毫米、上边 230 毫米'));
  await consent(popup, 'demo-unit');
  const { value = [], error } = await outcome<{ seal: string }[]>(page);
  assert.equal(error, undefined);
  const [body] = value;

  const pem = (name: string) => readFileSync(join(stand.keys, name));
  const given = {
    ...core,
    nationalRoot: pem('root.pem'),
    operatingCa: pem('issuing.pem'),
    issuingCa: pem('issuing.pem'),
    sealMaker: pem('seal-maker.pem'),
    currentLists: async () => [pem('crl.pem')],
  };
  const { certificate } = core.verifySealSignature({ signature: body?.seal ?? '', content: signatureXml });
  const judge = (session: object, more: object = {}): Promise<string | undefined> => {
    const all = { ...given, ...more };
    type Handler = (request: object) => Promise<void>;
    const routes = new Map<string, Handler>();
    const route = (address: string, handler: Handler) => routes.set(address, handler);
    new Function('route', ...Object.keys(all), onServer)(route, ...Object.values(all));
    const answer = routes.get('POST /api/seals') ?? assert.fail();
    return answer({ session, body }).then(
      () => undefined,
      ({ code }: { code: string }) => code,
    );
  };
  const account = { certificate: certificate?.sha256 };
  assert.equal(await judge({ signatureXml, account }), undefined);
  assert.equal(await judge({ signatureXml: Buffer.from('<ofd:Signature />'), account }), 'content-changed');
  assert.equal(await judge({ signatureXml, account: { certificate: '' } }), 'another-signer');
  assert.equal(await judge({ signatureXml, account }, { sealMaker: pem('issuing.pem') }), 'seal-maker-unknown');
  assert.equal(await judge({ signatureXml, account }, { nationalRoot: pem('seal-maker.pem') }), 'issuer-unknown');
});

for (const [key, reason] of [
  ['demo-expired', /印章已于 .* 到期/],
  ['demo-30days', /印章按旧标准（GM\/T 0031-2014）制作，不是国标印章。.*办理“印章升级”/s],
  ['demo-two', /没有检测到这张证书可用的国标印章。.*办理“印章升级”/s],
  ['demo-rsa', /国标印章要用 SM2 证书盖章，这张证书不是。/],
  ['demo-p256', /国标印章要用 SM2 证书盖章，这张证书不是。/],
] as const) {
  test(`${key} holds no seal that can be set or shown: the window says why`, async () => {
    insertOnly(stand.keys, [key]);
    for (const act of [seal, seals]) {
      const popup = await ask(stand, page, act, undefined);
      await popup.locator('.token', { hasText: key }).waitFor();
      await settle(popup);
      assert.match(await popup.locator('main').innerText(), reason);
      assert.equal(await popup.locator('input[type=radio]:not([disabled])').count(), 0);
      assert.equal(await popup.locator('input[type=password], button.primary').count(), 0);
      await cancel(popup);
      assert.equal((await outcome(page)).error?.code, 'cancelled');
    }
  });
}

test('a site that the user added logs in, and does not get a seal', async () => {
  const added = await makeSite({ name: 'added.example', folder: stand.folder });
  try {
    await addSite(stand, added);
    const asking = await visit(stand.browser, added.url);
    const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
    const popup = await ask(stand, asking, login, CHALLENGE);
    await popup.getByText('您添加的网站').waitFor();
    await cancel(popup);
    for (const act of [seal, seals]) {
      await press(asking, act, undefined);
      const { error } = await outcome(asking);
      assert.equal(error?.code, 'act-not-allowed');
      assert.equal(consentsOf(stand).length, 0);
    }
    await asking.close();
  } finally {
    await added.close();
  }
});

test('the workspace shows each seal with the certificate that may use it', async () => {
  insertOnly(stand.keys, ['demo-unit', 'demo-expert', 'demo-expired', 'demo-30days', 'demo-two', 'demo-rsa']);
  const own = await stand.browser.newPage();
  const complaints: string[] = [];
  own.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  await own.goto(`chrome-extension://${DEVELOPMENT_EXTENSION_ID}/workspace.html`);
  const token = (label: string) => own.locator('.token', { hasText: `UKey：${label}` });
  await own.locator('.token').nth(5).waitFor();
  await decoded(own.locator('.seal-image img'), 5);
  const unit = token('demo-unit').locator('.seals');
  assert.equal(await unit.count(), 1, 'once, and not with the encryption certificate');
  for (const words of [UNIT, '国标印章', '印信演示制章者', '有效期至'])
    assert.ok((await unit.innerText()).includes(words), words);
  await token('demo-expert').locator('.seals').getByText('国标印章').waitFor();
  assert.match(await token('demo-expired').locator('.seals').innerText(), /已过期 \d+ 天/);
  const old = token('demo-30days').locator('.seals');
  await old.getByText('旧标准印章', { exact: true }).waitFor();
  // What to do about it is said by the advice, with the certificate's renewal before it.
  assert.doesNotMatch(await old.innerText(), /印章升级/);
  // Its certificate was renewed in another key: that the seal ends with it is nothing to act on.
  await own.locator('.advice .message').first().waitFor();
  assert.doesNotMatch(await old.innerText(), /印章的有效期还剩/);
  // Only where a certificate could be used with a seal, and there is none.
  const missing = own.locator('.token .reason', { hasText: '没有检测到这张证书可用的国标印章' });
  assert.equal(await missing.count(), 1);
  assert.equal(await token('demo-two').locator('.reason', { hasText: '没有检测到' }).count(), 1);
  assert.deepEqual(complaints, []);
  await own.close();
});
