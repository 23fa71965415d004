// Seals through the page library: set on contents and on digests, and shown; judged by OpenSSL.
// Runs on: Debian 12, amd64 | Chromium 156 of Debian | seals on documents
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { makeAuthority } from '../../www/demo/testing/pki.js';
import { approve, choose, consent, settle } from '../stand/drive.js';
import { sealVerifies, sm2Verifies } from '../stand/judge.js';
import { HOST, ROOT } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { makeSeal } from '../stand/seals.js';
import { ask, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { makeStand, PIN, type Stand, tidy } from '../stand/stand.js';
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

interface Listed {
  token: string;
  id: string;
  der: string;
}

interface Given {
  name: string;
  text?: string;
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
  const documents = [{ name: '投标函.txt', text: '投标函\n' }, unseen('<ofd:Signature/>')];
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
  await settle(popup);
  await popup.locator('.digests summary').click();
  await popup.locator('.digests dl').first().waitFor();
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
    [{ files: files('<ofd:Signature/>') }, '盖章还没核实完'],
    [{ accepted, files: files('<ofd:Signature/>') }, '盖章已核实'],
    [{ accepted, files: files('<ofd:Signature />') }, '给的原文和盖章对不上'],
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
    const documents = [{ name: 'a', digest: new Uint8Array(digest) }];
    await window.yinxin.sign({ documents: documents as never, format: 'cms' });
  };
  await press(page, sign, [...sm3('a')]);
  const { error } = await outcome(page);
  assert.equal(error?.code, 'request-invalid');
  // By the extension itself.
  assert.match(error?.message ?? '', /digest and propertyInfo are for the format seal/);
});

test('of several seals the user’s choice is set, by the standard of that seal', async () => {
  const authority = makeAuthority('示例');
  try {
    // As a CA would put a second seal into the key: written by the host, read back before anything else.
    const maker = authority.issue({ subject: '/C=CN/O=示例印章制作中心/CN=示例印章制作中心' });
    const config = { env: { YINXIN_HOST_CONFIG: stand.config } };
    const listed = JSON.parse(run(HOST, ['certificates', '--json'], config).toString()) as Listed[];
    const own = listed.find(({ token, id }) => token === 'demo-unit' && id === '01') ?? assert.fail();
    const users = [{ certificate: Buffer.from(own.der, 'base64') }];
    const made = makeSeal(maker, { name: '合同专用章', users, version: 5 });
    const file = join(stand.folder, 'contract.esl');
    writeFileSync(file, made);
    const write = ['seal', '--token', 'demo-unit', '--in', file, '--pin-stdin'];
    run(HOST, write, { ...config, input: `${PIN}\n` });

    const popup = await ask(stand, page, seal, [unseen('<ofd:Signature/>')]);
    await popup.locator('.certificate .seal-image').nth(1).waitFor();
    await settle(popup);
    assert.equal(
      await popup.locator('input[type=radio]:checked').count(),
      0,
      'among several nobody chooses but the user',
    );
    assert.equal(await popup.locator('button.primary').getAttribute('aria-disabled'), 'true');
    await popup.locator('.certificate', { hasText: '合同专用章' }).locator('input[type=radio]').check();
    const closed = popup.waitForEvent('close');
    await approve(popup);
    await closed;
    assert.equal((await outcome(page)).error, undefined);
    const signature = site.kept.get('0') ?? assert.fail();
    assert.ok(signature.includes(made));
    assert.ok(sealVerifies(signature), 'to OpenSSL');
    const given = { signature, content: Buffer.from('<ofd:Signature/>') };
    const verdict = core.verifySealSignature({ ...given, makers: [maker.certificate] });
    assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));
    assert.equal(verdict.seal.version, 5);
    assert.equal(core.verifySealSignature({ ...given, makers }).valid, false, 'another maker is listed');
  } finally {
    authority.remove();
  }
});
