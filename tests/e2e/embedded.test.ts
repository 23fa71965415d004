// Signatures and seals in PDF and OFD themselves: set with one consent, seen before, judged by OpenSSL, qpdf, poppler and
// MuPDF, and by the core.
// Runs on: Debian 12, amd64 | Chromium 156 of Debian | signatures and seals in PDF and OFD
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { strToU8, unzipSync, zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { DOCUMENTS } from '../../www/demo/documents.js';
import { cancel, consent, settle } from '../stand/drive.js';
import { cmsVerifies, cutOut, sealVerifies, sm2AttributesVerify } from '../stand/judge.js';
import { ROOT, temporary } from '../stand/paths.js';
import { attempt } from '../stand/process.js';
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
  stand = await makeStand({ softHsm: false, insert: ['demo-unit', 'demo-rsa'] });
  makers = [file('seal-maker.pem')];
  site = await makeSite();
  page = await visit(stand.browser, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await site?.close();
  await stand?.close();
});

const file = (name: string) => readFileSync(join(stand.keys, name));
const sm3 = (content: Uint8Array) => createHash('sm3').update(content).digest('hex');
const PDF = Buffer.from(DOCUMENTS.get('price-list')?.bytes ?? assert.fail());

/** An OFD of some pages. */
function ofd(pages: number): Buffer {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const space = 'xmlns:ofd="http://www.ofdspec.org/2016"';
  const numbers = Array.from({ length: pages }, (_, at) => at);
  const files: Record<string, string> = {
    'OFD.xml': `<ofd:OFD ${space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
    'Doc_0/Document.xml': `<ofd:Document ${space}><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>${numbers.map(at => `<ofd:Page ID="${10 + at}" BaseLoc="Pages/Page_${at}/Content.xml"/>`).join('')}</ofd:Pages></ofd:Document>`,
    'Doc_0/PublicRes.xml': `<ofd:Res ${space} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="4" FontName="宋体"/></ofd:Fonts></ofd:Res>`,
  };
  for (const at of numbers)
    files[`Doc_0/Pages/Page_${at}/Content.xml`] =
      `<ofd:Page ${space}><ofd:Content><ofd:Layer ID="${40 + at}"><ofd:TextObject ID="${60 + at}" Boundary="20 20 170 10" Font="4" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g 20 5">采购合同（演示），第 ${at + 1} 页</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`;
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([path, xml]) => [path, strToU8(head + xml)]))),
  );
}

/** No known fault of accessibility. */
async function sound(of: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: of }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target)}`),
    [],
  );
}

interface Given {
  name: string;
  content: number[];
  format: 'pdf' | 'pdf-seal' | 'ofd';
  placement?: { page: number; x: number; y: number };
  straddling?: number;
  toBeContinued?: boolean;
}

const given = (name: string, content: Uint8Array, format: Given['format'], more: Partial<Given> = {}): Given => ({
  name,
  content: [...content],
  format,
  ...more,
});

/** Runs in the page: has documents completed, and hands them to the server under `0`, `1`…. */
const complete = async (documents: Given[]) => {
  const [first] = documents;
  if (!first) throw new Error('none');
  const done = await window.yinxin.sign({
    documents: documents.map(({ content, ...rest }) => ({ ...rest, content: new Uint8Array(content) })),
    format: first.format,
  });
  for (const [index, { document }] of done.entries()) await fetch(`/keep/${index}`, { method: 'POST', body: document });
  return done.map(({ name, algorithm, digest }) => ({ name, algorithm, digest }));
};

/** Other readers open it and find nothing wrong. */
function opens(pdf: Buffer): void {
  const folder = temporary();
  try {
    const file = join(folder.path, 'a.pdf');
    writeFileSync(file, pdf);
    for (const [program, args] of [
      ['qpdf', ['--check', file]],
      ['pdftotext', [file, '-']],
      ['mutool', ['draw', '-q', '-o', join(folder.path, 'a.png'), file]],
    ] as const) {
      const { status, stdout, stderr } = attempt(program, [...args]);
      assert.equal(status, 0, `${program}: ${stderr}`);
      if (program === 'pdftotext') assert.match(stdout.toString(), /报价一览表/);
      const said = String(stderr).replace('warning: ICC support is not available\n', '');
      assert.doesNotMatch(said, /error|warning/i, program);
    }
  } finally {
    folder.remove();
  }
}

/** What poppler says of a PDF's signatures. */
function pdfsig(pdf: Buffer): string {
  const folder = temporary();
  try {
    const path = join(folder.path, 'a.pdf');
    writeFileSync(path, pdf);
    return attempt('pdfsig', ['-nocert', path]).stdout.toString();
  } finally {
    folder.remove();
  }
}

test('a PDF and an OFD are sealed with one consent, and both were seen before', async () => {
  const contract = ofd(2);
  const popup = await ask(stand, page, complete, [
    given('报价一览表.pdf', PDF, 'pdf-seal', { placement: { page: 1, x: 150, y: 240 } }),
    given('采购合同.ofd', contract, 'ofd', { placement: { page: 2, x: 150, y: 230 } }),
  ]);
  assert.match(await popup.locator('h1').innerText(), /在 2 份文件上盖章/);
  await popup.locator('.certificate.checked .seal-image').waitFor();
  const text = await popup.locator('main').innerText();
  for (const said of ['第 1 页，距左边 150 毫米、上边 240 毫米', '印章盖进文件', SM3_TITLE])
    assert.ok(text.includes(said), `${said} in ${text}`);
  assert.ok(!text.includes('网站所述'));

  // The OFD, drawn, with the place of the seal.
  await settle(popup);
  const [shown] = await Promise.all([
    stand.browser.waitForEvent('page'),
    popup.locator('.document button.link').nth(1).click(),
  ]);
  await shown.locator('.sheet img').first().waitFor();
  assert.match(await shown.locator('h1').innerText(), /采购合同\.ofd/);
  const place = shown.locator('.stamp-planned');
  await place.scrollIntoViewIfNeeded();
  await place.waitFor();
  assert.match(await place.innerText(), /印章将盖在这里/);
  assert.match((await shown.locator('.sheet').first().textContent()) ?? '', /采购合同（演示），第 1 页/);
  await sound(shown);
  await shown.close();

  await consent(popup, 'demo-unit');
  const { value, error } = await outcome<{ digest: string }[]>(page);
  assert.equal(error, undefined, JSON.stringify(error));
  assert.deepEqual(
    value?.map(({ digest }) => digest),
    [sm3(PDF), sm3(contract)],
  );

  const pdf = site.kept.get('0') ?? assert.fail();
  assert.ok(pdf.subarray(0, PDF.length).equals(PDF), 'no earlier byte changes');
  opens(pdf);
  const { covered, value: seal, filter } = cutOut(pdf);
  assert.equal(filter, 'GM.sm2seal');
  assert.ok(sealVerifies(seal), 'the signer, to OpenSSL');
  const verdict = core.verifySealSignature({ signature: seal, content: covered, makers });
  assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));

  const sealed = site.kept.get('1') ?? assert.fail();
  const judged = core.verifyOfd(sealed, { makers });
  assert.equal(judged.valid, true, JSON.stringify(judged.findings));
  const parts = unzipSync(sealed);
  assert.ok(sealVerifies(parts['Doc_0/Signs/Sign_0/SignedValue.dat'] ?? assert.fail()), 'the signer, to OpenSSL');
  const record = Buffer.from(parts['Doc_0/Signs/Sign_0/Signature.xml'] ?? assert.fail()).toString();
  // The demo seal is 40 mm wide and high.
  assert.match(record, /PageRef="11" Boundary="130 210 40 40"/);
  for (const [path, bytes] of Object.entries(unzipSync(contract)))
    if (path !== 'OFD.xml') assert.deepEqual(parts[path], bytes, path);

  // And whoever gets them sees on the verify page what was set, and where.
  const der = (name: string) => new X509Certificate(file(name)).raw.toString('base64');
  const accepted = [
    { purpose: 'maker' as const, certificate: der('seal-maker.pem') },
    { purpose: 'ca' as const, certificate: der('issuing.pem') },
  ];
  for (const [name, content] of [
    ['报价一览表.pdf', pdf],
    ['采购合同.ofd', sealed],
  ] as const) {
    const verify = await stand.browser.newPage();
    await show(verify, { accepted, files: [upload(name, content)] });
    assert.equal(await verify.locator('.verdict').innerText(), '盖章已核实');
    assert.match(await verify.locator('.report').innerText(), /四川锦程演示科技有限公司/);
    await verify.close();
  }
});

const SM3_TITLE = '大小与摘要';

test('a PDF is signed again and again, by SM2 and RSA, seen and not', async () => {
  let current: Buffer = PDF;
  for (const [token, placement] of [
    ['demo-unit', { page: 1, x: 60, y: 240 }],
    ['demo-rsa', undefined],
    ['demo-unit', undefined],
  ] as const) {
    const more = placement ? { placement } : {};
    const popup = await ask(stand, page, complete, [given('报价一览表.pdf', current, 'pdf', more)]);
    assert.match(await popup.locator('h1').innerText(), /签署 1 份文件/);
    await consent(popup, token);
    const { error } = await outcome(page);
    assert.equal(error, undefined, JSON.stringify(error));
    const signed: Buffer = site.kept.get('0') ?? assert.fail();
    assert.ok(signed.subarray(0, current.length).equals(current));
    const { covered, value, filter } = cutOut(signed);
    assert.equal(filter, 'ETSI.CAdES.detached');
    if (token === 'demo-rsa') assert.ok(cmsVerifies(value, covered), 'to OpenSSL');
    else assert.ok(sm2AttributesVerify(value), 'to OpenSSL');
    const options = { anchors: [file('root.pem')], intermediates: [file('issuing.pem')] };
    const verdict = core.verifyCms({ cms: value, content: covered, ...options });
    assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));
    opens(signed);
    current = signed;
  }
  const said = pdfsig(current);
  assert.equal(said.match(/Signature #/g)?.length, 3);
  // poppler knows no SM2: of the one that it knows it says that what it covers is as it was.
  assert.match(said, /Signature is Valid/);
});

test('a seal over the edges of all pages, to which another is added', async () => {
  const popup = await ask(stand, page, complete, [
    given('合同.ofd', ofd(3), 'ofd', { straddling: 148, toBeContinued: true }),
  ]);
  assert.match(await popup.locator('main').innerText(), /骑缝章，盖在各页右边，距上边 148 毫米/);
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
  const first = site.kept.get('0') ?? assert.fail();
  const again = await ask(stand, page, complete, [
    given('合同.ofd', first, 'ofd', { placement: { page: 1, x: 50, y: 50 } }),
  ]);
  await consent(again, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
  const second = site.kept.get('0') ?? assert.fail();
  const verdict = core.verifyOfd(second, { makers });
  assert.equal(verdict.valid, true, JSON.stringify(verdict.findings));
  assert.equal(verdict.signatures.length, 2);
  // The last one allows none behind it.
  const late = await ask(stand, page, complete, [given('合同.ofd', second, 'ofd')]);
  assert.equal((await outcome(page)).error?.code, 'document-refused');
  await late.waitForFunction(() => /不能再|不允许/.test(document.body.innerText));
});

test('a signature that does not hold any more is told beside the name of its document', async () => {
  const popup = await ask(stand, page, complete, [given('合同.pdf', PDF, 'pdf')]);
  await consent(popup, 'demo-unit');
  assert.equal((await outcome(page)).error, undefined);
  const changed = Buffer.from(site.kept.get('0') ?? assert.fail());
  const at = changed.indexOf('%PDF-');
  changed[at + 7] = changed[at + 7] === 0x34 ? 0x35 : 0x34;
  const again = await ask(stand, page, complete, [given('好.pdf', PDF, 'pdf'), given('改过.pdf', changed, 'pdf')]);
  const notice = again.locator('.document-notice');
  assert.match(await notice.innerText(), /签名没有通过核实/);
  await cancel(again);
});

test('what can’t be signed is told before a certificate is chosen, and a cancel gives nothing', async () => {
  const bad = await ask(stand, page, complete, [
    given('a.pdf', PDF, 'pdf-seal'),
    given('b.pdf', Buffer.from('no document at all'), 'pdf-seal'),
  ]);
  assert.match(await bad.locator('main').innerText(), /b\.pdf[\s\S]*PDF/);
  const { error } = await outcome(page);
  assert.deepEqual([error?.code, error?.params], ['document-refused', { name: 'b.pdf', reason: 'pdf-unreadable' }]);
  assert.equal(await bad.locator('input[type=password]').count(), 0);
  await bad.close();
  const popup = await ask(stand, page, complete, [given('a.pdf', PDF, 'pdf-seal')]);
  await cancel(popup);
  assert.equal((await outcome(page)).error?.code, 'cancelled');
});

test('the page library refuses what makes no sense', async () => {
  for (const [documents, said] of [
    [[{ ...given('a.ofd', PDF, 'ofd'), straddling: -1 }], /straddling/],
    [[given('a.pdf', PDF, 'pdf'), { ...given('a.pdf', PDF, 'pdf'), format: 'cms' }], /a format of their own/],
    [[{ ...given('a.pdf', PDF, 'pdf'), digest: 'x' }], /digest/],
    [[{ ...given('a.pdf', PDF, 'pdf'), straddling: 1 }], /straddling/],
  ] as const) {
    await press(page, complete, documents as unknown as Given[]);
    const { error } = await outcome(page);
    assert.equal(error?.code, 'request-invalid');
    assert.match(String(error?.params.reason), said);
  }
});
