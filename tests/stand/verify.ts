// The verify page in its states: files that bring it there, and how to give them. Shared by its tests and its gallery.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Authority, type Holder, makeAuthority, makeCms } from '../../www/demo/testing/pki.js';
import { DATA } from './data.js';
import { VERIFY } from './pages.js';
import { Pdf } from './pdf.js';
import { makeSeal, setSeal, square } from './seals.js';

/** A file that is given to the page. */
export interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export interface Accepted {
  purpose: 'maker' | 'ca';
  certificate: string;
}

/** A state: what is accepted on the device, and what is given. */
export interface State {
  accepted?: readonly Accepted[];
  files: readonly Upload[];
}

export const upload = (name: string, content: Uint8Array | string): Upload => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

/** An authority, a maker of seals and people under it, and what they signed. */
export function makePeople() {
  const authority: Authority = makeAuthority('示例');
  const maker = authority.issue({ subject: '/C=CN/O=示例印章制作中心/CN=示例印章制作中心' });
  const unit = authority.issue({ subject: '/C=CN/O=示例采购有限公司/CN=示例采购有限公司' });
  const expert = authority.issue({ subject: '/C=CN/CN=王示例' });
  const ended = authority.issue({
    subject: '/C=CN/O=蓉城示例招标代理有限公司/CN=蓉城示例招标代理有限公司',
    valid: ['230101000000Z', '260901000000Z'],
  });
  const accept = (purpose: Accepted['purpose'], certificate: Uint8Array): Accepted => ({
    purpose,
    certificate: Buffer.from(certificate).toString('base64'),
  });
  const der = (path: string) => new X509Certificate(readFileSync(path)).raw;
  return {
    authority,
    maker,
    unit,
    expert,
    ended,
    trusted: [accept('maker', maker.certificate), accept('ca', der(authority.issuing))],
    accept,
    remove: () => authority.remove(),
  };
}

const XML =
  '<?xml version="1.0" encoding="UTF-8"?><ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"><ofd:SignedInfo/></ofd:Signature>';

/** Every state that the page knows. */
export function makeStates(): { states: Record<string, State>; remove: () => void } {
  const people = makePeople();
  const { maker, unit, expert, ended, authority, trusted } = people;
  const seal = makeSeal(maker, { name: '示例采购有限公司', users: [unit] });
  const personal = makeSeal(maker, { name: '王示例印', users: [expert], picture: square('王示例印') });
  const sealing = setSeal(unit, seal, Buffer.from(XML));
  const contract = Buffer.from('采购合同\n'.repeat(2_000));
  const cms = makeCms(unit, contract);
  const hostile: Holder = authority.issue({ subject: '/C=CN/CN=<img src=x onerror=alert(1)>\u202e采购' });
  const data = Buffer.from(sealing);
  const signed = () => new Pdf().sign(covered => makeCms(unit, covered), { rectangle: [72, 72, 200, 130] });
  const both = signed().sign(covered => makeCms(expert, covered));
  const sealed = new Pdf().sign(covered => setSeal(unit, seal, covered, { propertyInfo: '' }), { kind: 'GM.sm2seal' });
  const changed = signed().change('Another price');
  const ofd = (path: string) => {
    const file = join(DATA, path);
    return existsSync(file) ? [upload(path.replace(/.*\//, ''), readFileSync(file))] : [];
  };
  const states: Record<string, State> = {
    empty: { files: [] },
    'seal-unknown': { files: [upload('公章.esl', seal)] },
    'seal-good': { accepted: trusted, files: [upload('印章.esl', personal)] },
    'sealing-good': { accepted: trusted, files: [upload('SignedValue.dat', data), upload('Signature.xml', XML)] },
    'sealing-signer-unknown': {
      accepted: trusted.slice(0, 1),
      files: [upload('SignedValue.dat', data), upload('Signature.xml', XML)],
    },
    'sealing-alone': { files: [upload('中标通知书.seal', data)] },
    'sealing-changed': {
      accepted: trusted,
      files: [upload('SignedValue.dat', data), upload('Signature.xml', XML.replace('2016', '2017'))],
    },
    'cms-good': { accepted: trusted, files: [upload('采购合同.p7s', cms), upload('采购合同.pdf', contract)] },
    'cms-attached-unknown': { files: [upload('采购合同.p7m', makeCms(unit, contract, true))] },
    'cms-without-content': { accepted: trusted, files: [upload('采购合同.p7s', cms)] },
    'cms-ended': {
      accepted: trusted,
      files: [upload('投标函.p7s', makeCms(ended, contract)), upload('投标函.pdf', contract)],
    },
    'cms-rsa-changed': {
      accepted: trusted,
      files: [
        upload(
          '报价单.p7s',
          makeCms(
            authority.issue({ subject: '/C=CN/CN=示例报价有限公司', algorithm: 'rsa-sha256' }),
            Buffer.from('报价 100 元'),
          ),
        ),
        upload('报价单.xlsx', '报价 900 元'),
      ],
    },
    certificate: { accepted: trusted, files: [upload('证书.cer', unit.certificate)] },
    several: {
      accepted: trusted,
      files: [
        upload('采购合同.p7s', cms),
        upload('采购合同.pdf', contract),
        upload('公章.esl', seal),
        upload('机构.pem', readFileSync(authority.root)),
      ],
    },
    'pdf-good': { accepted: trusted, files: [upload('采购合同.pdf', both.bytes)] },
    'pdf-seal-good': { accepted: trusted, files: [upload('中标通知书.pdf', sealed.bytes)] },
    'pdf-unknown': { files: [upload('采购合同.pdf', signed().bytes)] },
    'pdf-changed': { accepted: trusted, files: [upload('采购合同.pdf', changed.bytes)] },
    'pdf-unsigned': { files: [upload('招标文件.pdf', new Pdf().bytes)] },
    'ofd-unknown': { files: ofd('seals/SESV4SignDoc.ofd') },
    'ofd-wrong': { files: ofd('ofd/h.ofd') },
    table: {
      accepted: trusted,
      files: [
        upload('归档/采购合同.pdf', both.bytes),
        upload('归档/采购合同（修改）.pdf', changed.bytes),
        upload('归档/中标通知书.pdf', sealed.bytes),
        upload('归档/招标文件.pdf', new Pdf().bytes),
        upload('归档/损坏.pdf', '%PDF-1.7\n…'),
        upload('归档/投标函.p7s', makeCms(ended, contract)),
        upload('归档/投标函.txt', contract),
        ...ofd('ofd/h.ofd'),
      ],
    },
    'not-for-this-page': {
      files: [
        upload('说明.docx', 'PK\u0003\u0004word/document.xml'),
        upload('a\u202excod.exe', 'MZ'),
        upload('合同.pdf', '\u0089PNG\r\n'),
        upload('空.ofd', ''),
      ],
    },
    damaged: { files: [upload('公章.esl', seal.subarray(0, 900))] },
    hostile: {
      accepted: [people.accept('maker', hostile.certificate)],
      files: [
        upload(
          '<b>公章</b>\u202else.exe',
          makeSeal(hostile, { name: '<script>alert(1)</script>\u202e单位公章', users: [hostile] }),
        ),
      ],
    },
  };
  return { states, remove: people.remove };
}

/** Opens the page in a state, and waits for its answer. */
export async function show(page: Page, { accepted, files }: State, url = VERIFY): Promise<void> {
  if (accepted) {
    const kept = (list: readonly Accepted[]) => localStorage.setItem('yinxin.verify.accepted', JSON.stringify(list));
    await page.addInitScript(kept, accepted);
  }
  await page.goto(url);
  if (accepted) await page.locator('.accepted-list').waitFor();
  await page.locator('.drop').waitFor();
  if (files.length > 0) await give(page, files);
  if ((await page.locator('.answer-pages').count()) > 0) await page.locator('.answer-pages img').first().waitFor();
}

/** Waits until the page is kept for use without a network, with what only some files need. */
export async function kept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const isThere = () =>
    page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
      return ['documents', 'sheet'].every(part => all.flat().some(({ url }) => url.includes(`yinxin_${part}_bg`)));
    });
  while (!(await isThere())) await new Promise(resolve => setTimeout(resolve, 20));
}

/** Where files are chosen, and not a folder. */
export const CHOOSER = '.drop input[type=file]:not([webkitdirectory])';

/** Gives files by the page's own button, and waits for the answer. */
export async function give(page: Page, files: readonly Upload[]): Promise<void> {
  await page.locator(CHOOSER).setInputFiles([...files]);
  await page.locator('.report').waitFor({ timeout: 60_000 });
}
