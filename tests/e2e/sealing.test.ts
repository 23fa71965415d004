// Seals through the page library: set on contents and on digests, and shown; judged by OpenSSL.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { choose, consent, settle } from '../stand/drive.js';
import { sealVerifies, sm2Verifies } from '../stand/judge.js';
import { ROOT } from '../stand/paths.js';
import { ask, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { makeStand, type Stand, tidy } from '../stand/stand.js';
import { show, upload } from '../stand/verify.js';

const core = createRequire(import.meta.url)(
  join(ROOT, 'wasm/pkg/node'),
) as typeof import('../../wasm/pkg/node/yinxin.js');

let stand: Stand;
let site: Site;
let page: Page;
let makers: Buffer[];

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  makers = [readFileSync(join(stand.keys, 'seal-maker.pem'))];
  site = await makeSite();
  page = await visit(stand.browser, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await site?.close();
  await stand?.close();
});

const PATH = '/Doc_0/Signs/Sign_0/Signature.xml';
const sm3 = (content: string | Uint8Array) => createHash('sm3').update(content).digest();

interface Given {
  name: string;
  content?: string;
  digest?: number[];
  propertyInfo?: string;
  placement?: { page: number; x: number; y: number };
}

/** Runs in the page: seals documents, hands the seals to the server under `0`, `1`…. */
const seal = async (documents: Given[]) => {
  const given = documents.map(({ digest, ...rest }) => ({
    ...rest,
    ...(digest && { digest: new Uint8Array(digest) }),
  }));
  const sealed = await window.yinxin.sign({ documents: given, format: 'seal' });
  for (const [index, { seal }] of sealed.entries()) await fetch(`/keep/${index}`, { method: 'POST', body: seal });
  return sealed.map(({ name, algorithm, digest }) => ({ name, algorithm, digest }));
};

const unseen = (content: string): Given => ({
  name: '采购文件.ofd',
  digest: [...sm3(content)],
  propertyInfo: PATH,
  placement: { page: 3, x: 150, y: 240 },
});

/** Whether a picture was decoded. */
const decoded = (window: Page) =>
  window.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>('.seal-image img')].some(image => image.naturalWidth > 0),
  );

test('a seal is set on a content and on a digest, with one consent that says which was seen', async () => {
  const documents = [{ name: '投标函.txt', content: '投标函\n' }, unseen('<ofd:Signature/>')];
  const popup = await ask(stand, page, seal, documents);
  assert.match(await popup.locator('h1').innerText(), /在 2 份文件上盖章/);
  await popup.locator('.certificate.checked .seal-image').waitFor();
  await decoded(popup);
  const text = await popup.locator('main').innerText();
  for (const said of [
    '未见文件内容',
    '其中 1 份',
    '第 3 页，距左边 150 毫米、上边 240 毫米（网站所述）',
    '四川锦程演示科技有限公司',
    '国标印章',
  ])
    assert.ok(text.includes(said), `${said} in ${text}`);
  assert.equal(await popup.locator('.document button').count(), 1, 'what was not seen can’t be opened');
  await popup.locator('.digests summary').click();
  const digests = await popup.locator('.digests').textContent();
  for (const said of [sm3('<ofd:Signature/>').toString('hex'), sm3('投标函\n').toString('hex'), PATH])
    assert.ok(digests?.includes(said), said);
  await consent(popup, 'demo-unit');
  const { value, error } = await outcome<{ digest: string; algorithm: string }[]>(page);
  assert.equal(error, undefined);
  for (const [index, content] of ['投标函\n', '<ofd:Signature/>'].entries()) {
    assert.equal(value?.[index]?.algorithm, 'sm2-sm3');
    assert.equal(value?.[index]?.digest, sm3(content).toString('hex'));
    const signature = site.kept.get(String(index)) ?? assert.fail();
    const verdict = core.verifySealSignature({ signature, content: Buffer.from(content), makers });
    assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));
    assert.equal(verdict.propertyInfo, index === 1 ? PATH : '');
    assert.equal(verdict.seal.version, 4);
    assert.ok(sealVerifies(signature), 'the signer, to OpenSSL');
    const { makerCertificate, signed, signature: made } = verdict.seal;
    assert.ok(sm2Verifies(makerCertificate, signed, made), 'the maker, to OpenSSL');
    const other = core.verifySealSignature({ signature, content: Buffer.from(`${content} `), makers });
    assert.equal(other.valid, false);
  }
});

test('the verify page confirms what was sealed, and nothing else', async () => {
  const popup = await ask(stand, page, seal, [unseen('<ofd:Signature/>')]);
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
  const signature = upload('SignedValue.dat', site.kept.get('0') ?? assert.fail());
  const der = (name: string) => new X509Certificate(readFileSync(join(stand.keys, name))).raw.toString('base64');
  const accepted = [
    { purpose: 'maker' as const, certificate: der('seal-maker.pem') },
    { purpose: 'ca' as const, certificate: der('issuing.pem') },
  ];
  const files = (content: string) => [signature, upload('Signature.xml', content)];
  for (const [state, verdict] of [
    // Nothing is accepted yet in this browser.
    [{ files: files('<ofd:Signature/>') }, '盖章还不能确认'],
    [{ accepted, files: files('<ofd:Signature/>') }, '盖章已核实'],
    [{ accepted, files: files('<ofd:Signature />') }, '盖章有问题，请不要采信'],
  ] as const) {
    const verify = await stand.browser.newPage();
    await show(verify, state);
    assert.match(await verify.locator('.verdict').innerText(), new RegExp(verdict));
    assert.ok(await verify.locator('.seal-image img').evaluate(image => (image as HTMLImageElement).naturalWidth > 0));
    await verify.close();
  }
});

test('a seal is shown to a page after consent, without a PIN and without a signature', async () => {
  const show = async () => {
    const [seal] = await window.yinxin.seals();
    const url = URL.createObjectURL(seal?.picture ?? new Blob());
    const image = new Image();
    image.src = url;
    await image.decode();
    await fetch('/keep/seal', { method: 'POST', body: seal?.der as BlobPart });
    return { name: seal?.name, version: seal?.version, width: seal?.width, decoded: image.naturalWidth > 0 };
  };
  const popup = await ask(stand, page, show, undefined);
  assert.match(await popup.locator('h1').innerText(), /出示一枚印章/);
  await choose(popup, 'demo-unit');
  await decoded(popup);
  assert.equal(await popup.locator('input[type=password]').count(), 0);
  assert.equal(await page.evaluate(() => Promise.race([window.outcome, 'pending'])), 'pending');
  await settle(popup);
  const closed = popup.waitForEvent('close');
  await popup.locator('button.primary').click();
  await closed;
  const { value, error } = await outcome(page);
  assert.equal(error, undefined);
  assert.deepEqual(value, { name: '四川锦程演示科技有限公司', version: 4, width: 40, decoded: true });
  const verdict = core.verifySeal({ seal: site.kept.get('seal') ?? assert.fail(), makers });
  assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));
});

test('what is no digest is refused, and a CMS is never made of a digest', async () => {
  await press(page, seal, [{ ...unseen('a'), digest: [1, 2, 3] }]);
  assert.equal((await outcome(page)).error?.code, 'request-invalid');
  await press(page, seal, [{ ...unseen('a'), propertyInfo: '文件' }]);
  assert.equal((await outcome(page)).error?.code, 'request-invalid');
  const sign = async (digest: number[]) => {
    const documents = [{ name: 'a', content: '', digest: new Uint8Array(digest) }];
    await window.yinxin.sign({ documents, format: 'cms' });
  };
  await press(page, sign, [...sm3('a')]);
  assert.equal((await outcome(page)).error?.code, 'request-invalid');
});
