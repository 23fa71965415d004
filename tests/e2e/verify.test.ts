// The verify page as its users meet it: served, with the network cut, and as one file from disk. What is verified was
// made by OpenSSL, or published elsewhere.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { makeCms } from '../../www/demo/testing/pki.js';
import { SENTENCES } from '../../www/demo/texts.js';
import { DATA as data, noData as skip } from '../stand/data.js';
import { Files, launch, type Options, SINGLE, VERIFY } from '../stand/pages.js';
import { ROOT, temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { makeSeal, setSeal } from '../stand/seals.js';
import { CHOOSER, give, kept, makePeople, makeStates, type State, show, upload } from '../stand/verify.js';
import { entry } from '../stand/zip.js';

const sample = (name: string): Buffer => readFileSync(join(data, 'seals', name));

const people = makePeople();
after(() => people.remove());
const contract = Buffer.from('采购合同\n'.repeat(5_000));

/** The verdicts that are shown, in their order. */
const verdicts = (page: Page) => page.locator('.verdict').allInnerTexts();
const text = (page: Page) => page.locator('.report').innerText();
/** Everything, what is folded in as well, without blanks. */
const digitsOf = async (page: Page) => ((await page.locator('.report').textContent()) ?? '').replace(/\s/g, '');
/** The marks of what is listed as found. */
const marks = (page: Page) => page.locator('.part .finding-mark').allInnerTexts();
/** What the verdict says first. */
const reason = (page: Page) => page.locator('.verdict + p').innerText();

/** Does something that checks anew, and waits for what comes of it. */
async function anew(page: Page, act: () => Promise<unknown>): Promise<void> {
  await page.locator('.report').evaluate(report => report.setAttribute('data-old', ''));
  await act();
  await page.locator('.report:not([data-old])').waitFor();
}

/** Judges for another time, by the clock of China. */
async function judgeFor(page: Page, time: string): Promise<void> {
  const open = page.locator('.options details');
  if (!(await open.evaluate(details => (details as HTMLDetailsElement).open))) await open.locator('summary').click();
  await page.locator('input[type=datetime-local]').fill(time);
  await anew(page, () => page.getByRole('button', { name: '按此时间判断' }).click());
}

for (const from of ['a static server, with the network cut', 'disk'] as const) {
  describe(`from ${from}`, () => {
    const files = new Files('verify');
    let browser: BrowserContext;
    let close = async () => {};
    const asked: string[] = [];
    const problems: string[] = [];
    let url = VERIFY;

    before(async () => {
      ({ browser, close } = await launch());
      browser.on('request', request => asked.push(request.url()));
      if (from === 'disk') return;
      await files.start();
      url = files.url;
      const page = await browser.newPage();
      await page.goto(url);
      await kept(page);
      await page.close();
      await browser.setOffline(true);
      await files.stop();
    });
    after(async () => {
      await close();
    });

    /** Runs in a page of its own, with nothing kept. */
    const visit = async (state: State, work: (page: Page) => Promise<void>): Promise<void> => {
      const page = await browser.newPage();
      page.on('pageerror', error => problems.push(error.message));
      page.on('console', message => message.type() === 'error' && problems.push(message.text()));
      page.on('dialog', dialog => {
        problems.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      try {
        await show(page, state, url);
        await work(page);
      } finally {
        await page.evaluate(() => localStorage.clear());
        await page.close();
      }
    };

    test('a certificate of a CA on the national list is verified', { skip }, async () => {
      const folder = join(data, 'ca-national');
      const name = readdirSync(folder).find(name => name.endsWith('.crt')) ?? assert.fail('none');
      await visit({ files: [upload('任意名字.txt', readFileSync(join(folder, name)))] }, async page => {
        assert.deepEqual(await verdicts(page), ['证书已核实']);
        assert.match(await text(page), /国家根|国家商用密码根/);
      });
    });

    test('a certificate of an unknown CA is not confirmed until its CA is accepted', async () => {
      await visit({ files: [upload('证书.pem', people.unit.certificate.toString('base64'))] }, async page => {
        assert.deepEqual(await verdicts(page), ['证书还没核实完']);
        assert.match(await text(page), /证书（自称，没有核实）/);
        // The CA's certificate alone changes nothing: it is told by which fingerprint to know it.
        const issuing = upload('ca.crt', readFileSync(people.authority.issuing));
        await anew(page, () => page.locator('.step input[type=file]').setInputFiles(issuing));
        assert.deepEqual(await verdicts(page), ['证书还没核实完']);
        const { fingerprint256 } = new X509Certificate(issuing.buffer);
        const shown = (await page.locator('.offer .fingerprint').innerText()).replace(/[^0-9a-f]/g, '');
        assert.ok(shown.endsWith(fingerprint256.replaceAll(':', '').toLowerCase()), shown);
        await anew(page, () => page.getByRole('button', { name: '指纹已核对，认可这个发证机构' }).click());
        assert.deepEqual(await verdicts(page), ['证书已核实']);
        assert.match(await text(page), /指定的信任锚“示例签发 CA”/);
      });
    });

    test('a detached CMS of OpenSSL’s: without its content, with it, and with another', async () => {
      const signer = people.authority.issue({ subject: '/C=CN/CN=示例报价有限公司', algorithm: 'rsa-sha256' });
      const cms = upload('a.bin', makeCms(signer, contract));
      await visit({ accepted: people.trusted, files: [cms] }, async page => {
        assert.deepEqual(await verdicts(page), ['签名还没核实完']);
        assert.match(await text(page), /签署人（自称，没有核实）/);
        await anew(page, () => page.locator('.step input[type=file]').setInputFiles(upload('合同.pdf', contract)));
        assert.deepEqual(await verdicts(page), ['签名已核实']);
        const shown = await text(page);
        assert.match(shown, /已核实：由“示例报价有限公司”签署/);
        assert.match(shown, /合同\.pdf/);
        const digits = await digitsOf(page);
        for (const kind of ['sm3', 'sha256'])
          assert.ok(digits.includes(createHash(kind).update(contract).digest('hex')), kind);
        // The focus is on the verdict.
        assert.equal(await page.evaluate(() => document.activeElement?.textContent), '签名已核实');
        assert.equal(await page.locator('main > [role=status]').first().innerText(), '签名已核实。');
        await page.getByRole('button', { name: '核验其他文件' }).click();
        await give(page, [cms, upload('合同.pdf', Buffer.concat([contract, Buffer.from(' ')]))]);
        assert.deepEqual(await verdicts(page), ['给的原文和签名对不上']);
        assert.match(await text(page), /文件内容与签名时不一致/);
      });
    });

    test('in the place of a wrong original another one is taken, before anybody is alarmed', async () => {
      const cms = upload('合同.p7s', makeCms(people.unit, contract));
      const wrong = upload('合同（旧）.pdf', '别的内容');
      await visit({ accepted: people.trusted, files: [cms, wrong] }, async page => {
        assert.deepEqual(await verdicts(page), ['给的原文和签名对不上']);
        assert.equal(await reason(page), '可能选错了文件，也可能文件后来改动过。');
        assert.equal(await page.locator('.answer-wrong').count(), 1, 'and it is not good');
        assert.match(await page.locator('.step').innerText(), /^下一步\s+也许选错了原文/);
        assert.doesNotMatch(await text(page), /不要采信|不要据此办理/);
        // What is shown as signed is not the file that was not.
        assert.match(await text(page), /签的是什么\s+内容\s+“合同（旧）\.pdf”，对不上/);
        const chosen = page.waitForEvent('filechooser');
        await page.getByRole('button', { name: '换一份原文' }).press('Enter');
        const chooser = await chosen;
        await anew(page, () => chooser.setFiles(upload('再错一次.pdf', '还是别的内容')));
        assert.deepEqual(await verdicts(page), ['给的原文和签名对不上']);
        const input = page.locator('.step input[type=file]');
        await anew(page, () => input.setInputFiles(upload('合同.pdf', contract)));
        assert.deepEqual(await verdicts(page), ['签名已核实']);
        assert.doesNotMatch(await text(page), /合同（旧）|再错一次/, 'the wrong ones are gone');
      });
      // Where more is wrong than the file, no other file mends it.
      const ca = people.authority.issue({ subject: '/C=CN/CN=示例', usage: 'keyEncipherment' });
      const files = [upload('合同.p7s', makeCms(ca, contract)), wrong];
      await visit({ accepted: people.trusted, files }, async page => {
        assert.deepEqual(await verdicts(page), ['签名有问题，请不要采信']);
        assert.equal(await page.locator('.step button').count(), 0);
      });
    });

    test('an original that belongs to another signature is not held against this one', async () => {
      const given = [
        upload('1.p7s', makeCms(people.unit, contract)),
        upload('2.p7s', makeCms(people.expert, Buffer.from('投标函'))),
        upload('合同.pdf', contract),
      ];
      await visit({ accepted: people.trusted, files: given }, async page => {
        assert.deepEqual(await verdicts(page), ['签名已核实', '签名还没核实完']);
        assert.match(await page.locator('.answer').nth(1).innerText(), /没有原文，无法核对/);
        assert.equal(await page.locator('.others').count(), 0);
      });
    });

    test('what is counted is what is listed, and what is merely open is no problem', async () => {
      const seal = makeSeal(people.maker, { name: '示例采购有限公司', users: [people.unit] });
      const sealing = upload('中标通知书.seal', setSeal(people.unit, seal, contract));
      await visit({ files: [sealing] }, async page => {
        assert.deepEqual(await verdicts(page), ['盖章还没核实完']);
        assert.equal(await reason(page), '盖章数据不含原文，需要同时提供原文件。另有 2 项待确认。');
        assert.deepEqual(await marks(page), ['待确认', '待确认', '待确认']);
        assert.equal(await page.locator('.message-warning, .message-error').count(), 0, 'it is no failure');
        assert.equal(await page.locator('.step').count(), 1);
        // One thing after the other, each with its own step.
        await anew(page, () => page.locator('.step input[type=file]').setInputFiles(upload('通知书.ofd', contract)));
        assert.match(await reason(page), /^印章的制章者“示例印章制作中心”不在认可名单中.*另有 1 项待确认。$/);
        await anew(page, () => page.getByRole('button', { name: '指纹已核对，认可这个制章者' }).click());
        assert.match(await reason(page), /^没有发证机构“示例签发 CA”的证书，无法核实签发关系。$/);
        assert.deepEqual(await marks(page), ['待确认']);
      });
      // A changed content is one problem, whoever made the seal.
      await visit({ files: [sealing, upload('通知书.ofd', '别的内容')] }, async page => {
        assert.deepEqual(await verdicts(page), ['给的原文和盖章对不上']);
        assert.deepEqual(await marks(page), ['问题', '待确认', '待确认']);
        assert.doesNotMatch(await reason(page), /另有/);
      });
    });

    test('of a seal all words are a seal’s', async () => {
      const seal = makeSeal(people.maker, { name: '示例采购有限公司', users: [people.unit] });
      const broken = setSeal(people.unit, seal, contract);
      broken[broken.length - 20] = (broken[broken.length - 20] ?? 0) ^ 1;
      const original = upload('通知书.ofd', contract);
      for (const [files, words] of [
        [[upload('a.seal', setSeal(people.unit, seal, contract))], ['添加盖章时的原文']],
        [
          [upload('a.seal', setSeal(people.unit, seal, contract)), upload('b.ofd', '别的')],
          ['与盖章时不一致', '盖章人核实'],
        ],
        [
          [upload('a.seal', broken), original],
          ['盖章不成立：用盖章人证书', '请向盖章人重新索取'],
        ],
      ] as const) {
        await visit({ accepted: people.trusted, files }, async page => {
          const shown = await text(page);
          for (const word of [...words, '盖章人', '声称的盖章时间', '盖的是什么'])
            assert.ok(shown.includes(word), `${word}: ${shown}`);
          assert.doesNotMatch(shown, /签署|签名人|签名不成立|签名时|签的是/);
        });
      }
    });

    test('what the portal gives its users for downloading is in the list of what can be verified', async () => {
      await visit({ files: [] }, async page => {
        const kinds = await page.locator('.kinds').innerText();
        const { download, downloadSeal } = SENTENCES['zh-CN'];
        for (const label of [download, downloadSeal]) {
          const [, name = '', ending = ''] = /^下载(.*)（(\.[a-z0-9]+)）$/.exec(label) ?? assert.fail(label);
          assert.ok(kinds.includes(`${name}（${ending}`), `${label}: ${kinds}`);
        }
      });
    });

    test('an attached CMS, and each of several signatures with its own content', async () => {
      const attached = makeCms(people.unit, contract, true);
      await visit({ accepted: people.trusted, files: [upload('a', attached.toString('base64'))] }, async page => {
        assert.deepEqual(await verdicts(page), ['签名已核实']);
        assert.match(await text(page), /在签名文件里面/);
      });
      const other = Buffer.from('投标函');
      const given = [
        upload('1.p7s', makeCms(people.unit, contract)),
        upload('2.p7s', makeCms(people.expert, other)),
        upload('3.p7m', attached),
        upload('投标函.txt', other),
        upload('合同.pdf', contract),
        upload('附件.txt', '没有签'),
      ];
      await visit({ accepted: people.trusted, files: given }, async page => {
        assert.deepEqual(await verdicts(page), ['签名已核实', '签名已核实', '签名已核实']);
        assert.match(await page.locator('.others').innerText(), /附件\.txt[\s\S]*与这些签名和盖章都对不上/);
        assert.doesNotMatch(await page.locator('.others').innerText(), /合同\.pdf|投标函\.txt/);
      });
    });

    test('the sample seals: not confirmed, accepted by one press, judged for their time, removed again', {
      skip,
    }, async () => {
      for (const name of ['UserV1.esl', 'UserV4.esl']) {
        await visit({ files: [upload(name, sample(name))] }, async page => {
          assert.deepEqual(await verdicts(page), ['印章还没核实完']);
          assert.match(await text(page), /不在认可名单中/);
          assert.equal(
            await page.locator('.seal-image img').evaluate((image: HTMLImageElement) => image.naturalWidth > 0),
            true,
          );
          await anew(page, () => page.getByRole('button', { name: '指纹已核对，认可这个制章者' }).click());
          // It ended in 2021 or so: for that there is another step, and no way to accept more.
          assert.deepEqual(await verdicts(page), ['印章不在有效期内']);
          assert.match(await text(page), /不在有效期内/);
          await judgeFor(page, '2021-06-01T08:00');
          assert.deepEqual(await verdicts(page), ['印章已核实']);
          // The device remembers whom its user accepted.
          await page.reload();
          await page.locator('.accepted-list li').waitFor();
          await page.getByRole('button', { name: /^移除/ }).click();
          await give(page, [upload(name, sample(name))]);
          assert.match(await text(page), /不在认可名单中/);
          assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
        });
      }
      await visit({ files: [upload('x', sample('SESealData.DER'))] }, async page => {
        assert.deepEqual(await verdicts(page), ['印章有问题，请不要采信']);
        assert.match(await text(page), /制章者的签名不成立/);
        assert.equal(await page.locator('.step button').count(), 0, 'nothing to accept');
      });
    });

    test('the sealing of the sample OFD holds over its Signature.xml, and over nothing else', { skip }, async () => {
      const ofd = sample('SESV4SignDoc.ofd');
      const signature = upload('SignedValue.dat', entry(ofd, 'Doc_0/Signs/Sign_0/SignedValue.dat'));
      const xml = entry(ofd, 'Doc_0/Signs/Sign_0/Signature.xml');
      await visit({ files: [signature] }, async page => {
        assert.match(await text(page), /没有原文，无法核对/);
        await anew(page, () => page.locator('.step input[type=file]').setInputFiles(upload('Signature.xml', xml)));
        await anew(page, () => page.getByRole('button', { name: '指纹已核对，认可这个制章者' }).click());
        await judgeFor(page, '2021-06-01T08:00');
        const judged = await text(page);
        assert.doesNotMatch(judged, /制章者.*不在认可名单中|内容与签名时不一致/);
        assert.match(judged, /其中列出的页面文件是否被改动，要放入整份 OFD 文件才能核对/);
        // Its signer’s certificate leads to no CA that is known: who it is stays open.
        assert.deepEqual(await verdicts(page), ['盖章还没核实完']);
        assert.match(judged, /没有发证机构“.*”的证书|缺少该信任域的根证书/);
        await page.getByRole('button', { name: '核验其他文件' }).click();
        await give(page, [signature, upload('Signature.xml', Buffer.concat([xml, Buffer.from(' ')]))]);
        assert.deepEqual(await verdicts(page), ['给的原文和盖章对不上']);
        await page.getByRole('button', { name: '核验其他文件' }).click();
        await give(page, [upload('合同.ofd', ofd)]);
        assert.deepEqual(await verdicts(page), ['盖章还没核实完']);
      });
    });

    test('a sealing is verified with maker and CA accepted, and refused when anything was changed', async () => {
      const { maker, unit, expert, trusted } = people;
      const seal = makeSeal(maker, { name: '示例采购有限公司', users: [unit] });
      const xml = Buffer.from('<ofd:Signature/>');
      const sealed = (signer = unit) => upload('SignedValue.dat', setSeal(signer, seal, xml));
      const judge = async (signature: ReturnType<typeof upload>, accepted = trusted) => {
        let told = '';
        await visit({ accepted, files: [signature, upload('Signature.xml', xml)] }, async page => {
          told = `${(await verdicts(page)).join()} ${await text(page)}`;
        });
        return told;
      };
      assert.match(await judge(sealed()), /^盖章已核实 .*“示例采购有限公司”盖了“示例采购有限公司”/s);
      assert.match(await judge(sealed(), trusted.slice(0, 1)), /^盖章还没核实完 .*没有发证机构“示例签发 CA”的证书/s);
      assert.match(await judge(sealed(), trusted.slice(1)), /^盖章还没核实完 .*不在认可名单中/s);
      // Somebody whom the seal does not list.
      assert.match(await judge(sealed(expert)), /^盖章有问题，请不要采信 /s);
      const { name, buffer } = sealed();
      buffer[buffer.length - 20] = (buffer[buffer.length - 20] ?? 0) ^ 1;
      assert.match(await judge(upload(name, buffer)), /^盖章有问题，请不要采信 /s);
    });

    test('names with markup or invisible characters show harmlessly, and pictures that are more than a drawing are not shown', async () => {
      const hostile = people.authority.issue({ subject: '/C=CN/CN=<img src=x onerror=alert(1)>\u202e采购' });
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40mm" height="40mm">
        <script>alert(2)</script><image xlink:href="https://portal.example/beacon.png" width="9" height="9"/>
        <foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://portal.example/"/></foreignObject>
        <rect width="40" height="40" onload="alert(3)" fill="red"/></svg>`;
      const picture = { type: 'SVG', data: Buffer.from(svg), side: 40 };
      const seal = makeSeal(hostile, { name: '</h3><script>alert(4)</script>\u202e', users: [hostile], picture });
      await visit({ files: [upload('<b>a</b>\u202e.esl', seal)] }, async page => {
        await page.locator('.seal-image-none').waitFor();
        assert.equal(await page.locator('.seal-image img').count(), 0);
        const shown = await text(page);
        assert.ok(shown.includes('<img src=x onerror=alert(1)>⟨U+202E⟩采购'));
        assert.ok(shown.includes('</h3><script>alert(4)</script>⟨U+202E⟩'));
        assert.ok(shown.includes('<b>a</b>⟨U+202E⟩.esl'));
        assert.ok(!(await page.content()).includes('\u202e'));
        assert.equal(await page.locator('main script, main iframe, main b, main svg script').count(), 0);
      });
    });

    test('what is neither signature, seal nor certificate is told in plain words, and by its bytes', async () => {
      const seal = makeSeal(people.maker, { name: '示例采购有限公司', users: [people.unit] });
      const others = [
        upload('a.cer', 'PK\u0003\u0004 ...'),
        upload('b.p7s', ''),
        upload('c.dat', Buffer.from('3080'.repeat(40_000), 'hex')),
        upload('d.pdf', '\u0089PNG\r\n'),
      ];
      await visit({ files: others }, async page => {
        assert.match(
          await text(page),
          /没有可以核验的[\s\S]*ZIP 格式[\s\S]*文件是空的[\s\S]*这不是签名、印章或证书[\s\S]*文件名说它是 PDF/,
        );
        assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /没有可以核验的/);
        await page.getByRole('button', { name: '核验其他文件' }).click();
        await give(page, [upload('照片.jpg', seal.subarray(0, 700))]);
        assert.deepEqual(await verdicts(page), ['这个文件读不出来']);
        assert.match(await text(page), /它看起来是电子印章/);
      });
    });

    test('what was kept is read with care', async () => {
      const seal = upload('a.esl', makeSeal(people.maker, { name: '示例', users: [people.unit] }));
      for (const kept of [
        '{',
        '{}',
        '[null,5,{"purpose":"maker"},{"purpose":"root","certificate":"AAAA"}]',
        '[{"purpose":"maker","certificate":"<script>alert(1)</script>"}]',
        JSON.stringify([{ purpose: 'maker', certificate: 'A'.repeat(1_000_000) }]),
        JSON.stringify([{ purpose: 'ca', certificate: people.trusted[0]?.certificate }]),
      ]) {
        await visit({ files: [] }, async page => {
          await page.evaluate(text => localStorage.setItem('yinxin.verify.accepted', text), kept);
          await page.reload();
          await give(page, [seal]);
          assert.deepEqual(await verdicts(page), ['印章还没核实完'], kept.slice(0, 60));
        });
      }
    });

    test('nobody was asked for anything, and nothing went wrong', () => {
      const own = (requested: string) =>
        requested.split('#')[0] === VERIFY ||
        requested.startsWith('blob:') ||
        requested.startsWith('data:') ||
        (from !== 'disk' && requested.startsWith(url));
      assert.deepEqual(
        asked.filter(requested => !own(requested)),
        [],
      );
      assert.ok(asked.length > 10, 'requests are seen');
      assert.deepEqual(problems, []);
    });
  });
}

describe('large contents', () => {
  const MIB = 1024 * 1024;
  const SIZE = 200 * MIB;
  /** A renderer with this page takes about 160 MiB, and 200 to 280 while it hashes, 400 MiB as well; with the content in it, 400. */
  const MAX_PEAK_MIB = 330;
  const folder = temporary();
  const large = join(folder.path, '招标文件.pdf');
  let browser: BrowserContext;
  let profile = '';
  let close = async () => {};

  before(async () => {
    ({ browser, close, profile } = await launch());
  });
  after(async () => {
    await close();
    folder.remove();
  });

  /** Peak resident memory of the browser's renderers, in MiB. */
  const peaks = (): number[] =>
    readdirSync('/proc').flatMap(one => {
      try {
        const command = readFileSync(`/proc/${one}/cmdline`, 'utf8');
        if (!command.includes('--type=renderer') || !command.includes(profile)) return [];
        return [Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1]) / 1024];
      } catch {
        return [];
      }
    });

  test('200 MiB are hashed with progress, in bounded memory', async context => {
    const content = Buffer.alloc(SIZE);
    for (let at = 0; at < content.length; at += MIB) content.writeUInt32LE(at, at);
    writeFileSync(large, content);
    const page = await browser.newPage();
    await show(page, { accepted: people.trusted, files: [] });
    await page.evaluate(() => {
      const seen: number[] = [];
      const spoken = new Set<string>();
      Object.assign(window, { seen, spoken });
      new MutationObserver(() => {
        const bar = document.querySelector('progress');
        if (bar && bar.max > 1) seen.push(bar.value / bar.max);
        spoken.add(document.querySelector('main > [role=status]')?.textContent ?? '');
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const signature = join(folder.path, '招标文件.p7s');
    writeFileSync(signature, makeCms(people.unit, content));
    const started = performance.now();
    await page.locator(CHOOSER).setInputFiles([signature, large]);
    await page.locator('.report').waitFor({ timeout: 120_000 });
    context.diagnostic(`${Math.round(performance.now() - started)} ms for 200 MiB`);
    assert.deepEqual(await verdicts(page), ['签名已核实']);
    const digits = await digitsOf(page);
    assert.ok(digits.includes(createHash('sm3').update(content).digest('hex')));
    const [seen, spoken] = await page.evaluate(() => {
      const { seen, spoken } = window as unknown as { seen: number[]; spoken: Set<string> };
      return [seen, [...spoken]] as const;
    });
    // A busy page draws fewer steps than it is told.
    assert.ok(new Set(seen).size >= 3, `progress was shown: ${seen.length} steps`);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
      'and only grew',
    );
    assert.ok(
      spoken.some(told => /招标文件\.pdf.*(25|50|75)%/.test(told)),
      spoken.join('; '),
    );
    const found = peaks();
    context.diagnostic(`peaks of renderers: ${found.map(Math.round).join(', ')} MiB`);
    assert.ok(found.length > 0);
    for (const peak of found) assert.ok(peak < MAX_PEAK_MIB, `${peak} MiB`);

    // What was hashed is not hashed again: accepting or another time asks only for another judgement.
    await page.getByRole('button', { name: '移除“示例签发 CA”' }).click();
    await page.locator('.answer-unconfirmed').waitFor();
    const again = await page.evaluate(() => (window as unknown as { seen: number[] }).seen.length);
    assert.equal(again, seen.length);
    await page.close();
  });

  test('a check is cancelled, and the next one works', async () => {
    // Sparse: it takes no room on the disk, and minutes to hash.
    truncateSync(large, 8 * 1024 * MIB);
    const page = await browser.newPage();
    await show(page, { accepted: people.trusted, files: [] });
    const cms = join(folder.path, 'a.p7s');
    writeFileSync(cms, makeCms(people.unit, contract));
    await page.locator(CHOOSER).setInputFiles([cms, large]);
    await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0);
    assert.equal(page.workers().length, 1);
    await page.getByRole('button', { name: '取消' }).click();
    await page.locator('.told', { hasText: '已取消。' }).waitFor();
    // Focus follows once the page has drawn itself.
    await page.waitForFunction(() => document.activeElement?.tagName === 'H2');
    while (page.workers().length > 0) await new Promise(resolve => setImmediate(resolve));
    await give(page, [upload('a.p7s', readFileSync(cms)), upload('a.txt', contract)]);
    assert.deepEqual(await verdicts(page), ['签名已核实']);
    await page.close();
  });

  test('a signature that is too large to be read is told from other files', async () => {
    const file = join(folder.path, 'large.p7m');
    writeFileSync(file, makeCms(people.unit, contract, true));
    truncateSync(file, 200 * MIB);
    const page = await browser.newPage();
    await show(page, { files: [] });
    await page.locator(CHOOSER).setInputFiles(file);
    await page.locator('.report').waitFor();
    assert.deepEqual(await verdicts(page), []);
    assert.match(await text(page), /它看起来是签名文件，但超出了能核验的大小/);
    await page.close();
  });

  test('a file that changes after it was chosen is told, and not verified', async () => {
    const [cms, changing] = [join(folder.path, 'b.p7s'), join(folder.path, 'b.txt')];
    writeFileSync(cms, makeCms(people.unit, contract));
    writeFileSync(changing, contract);
    const page = await browser.newPage();
    await show(page, { accepted: people.trusted, files: [] });
    await page.locator(CHOOSER).evaluate(input => {
      // The page takes the files a moment after they were chosen.
      input.addEventListener('change', event => event.stopImmediatePropagation(), { once: true, capture: true });
    });
    const input = page.locator(CHOOSER);
    await input.setInputFiles([cms, changing]);
    // What the browser takes the file for is fixed when it is first asked.
    await input.evaluate(chosen => [...((chosen as HTMLInputElement).files ?? [])].map(file => file.lastModified));
    writeFileSync(changing, Buffer.concat([contract, Buffer.from('!')]));
    utimesSync(changing, new Date(), new Date(Date.now() + 60_000));
    await page.locator(CHOOSER).dispatchEvent('change');
    await page.locator('.report').waitFor();
    assert.deepEqual(await verdicts(page), ['签名还没核实完']);
    assert.match(await page.locator('.others').innerText(), /b\.txt[\s\S]*浏览器读不到它/);
    await page.close();
  });
});

test('can be installed', async () => {
  const files = new Files('verify');
  await files.start();
  const { browser, close } = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(files.url);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const devtools = await browser.newCDPSession(page);
    const { errors } = await devtools.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
  } finally {
    await close();
    await files.stop();
  }
});

test('its policy lets nothing out, and pictures from itself only', async () => {
  const { browser, close } = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(VERIFY);
    const refused = await page.evaluate(
      () =>
        new Promise<string[]>(resolve => {
          const all: string[] = [];
          addEventListener('securitypolicyviolation', event => {
            all.push(event.effectiveDirective);
            if (all.length === 2) resolve(all.sort());
          });
          fetch('https://portal.example/').catch(() => {});
          new Image().src = 'https://portal.example/beacon.png';
        }),
    );
    assert.deepEqual(refused, ['connect-src', 'img-src']);
  } finally {
    await close();
  }
});

test('no browser offers to translate the pages, whose words are the content', async () => {
  const { browser, close } = await launch({ locale: 'en' });
  try {
    const page = await browser.newPage();
    for (const url of [VERIFY, SINGLE]) {
      await page.goto(url);
      assert.equal(await page.locator('html').getAttribute('translate'), 'no', url);
      assert.equal(await page.locator('meta[name=google]').getAttribute('content'), 'notranslate', url);
    }
  } finally {
    await close();
  }
});

test('by keyboard alone: choose, accept, remove', async () => {
  const { browser, close } = await launch();
  try {
    const page = await browser.newPage();
    await show(page, { files: [] });
    const reach = async (name: string | RegExp) => {
      const wanted = page.getByRole('button', { name });
      for (let steps = 0; steps < 30; steps++) {
        await page.keyboard.press('Tab');
        if (await wanted.evaluate(button => button === document.activeElement)) return;
      }
      assert.fail(`${name} can't be reached`);
    };
    // Before the key is pressed: listening takes the browser a moment.
    const chosen = page.waitForEvent('filechooser');
    await reach(/^选择文件$/);
    await page.keyboard.press('Enter');
    const chooser = await chosen;
    assert.equal(chooser.isMultiple(), true);
    const seal = makeSeal(people.maker, { name: '示例采购有限公司', users: [people.unit] });
    await chooser.setFiles(upload('公章.esl', seal));
    await page.locator('.report').waitFor();
    await reach('指纹已核对，认可这个制章者');
    await anew(page, () => page.keyboard.press('Enter'));
    assert.deepEqual(await verdicts(page), ['印章已核实']);
    await reach(/^移除/);
    await anew(page, () => page.keyboard.press('Space'));
    assert.deepEqual(await verdicts(page), ['印章还没核实完']);
  } finally {
    await close();
  }
});

test('files are dropped too, all at once', async () => {
  const { browser, close } = await launch();
  try {
    const page = await browser.newPage();
    await show(page, { accepted: people.trusted, files: [] });
    const given = { cms: makeCms(people.unit, contract).toString('base64'), content: contract.toString('base64') };
    const transfer = await page.evaluateHandle(({ cms, content }) => {
      const transfer = new DataTransfer();
      for (const text of [cms, content])
        transfer.items.add(new File([Uint8Array.from(atob(text), one => one.charCodeAt(0))], 'a'));
      return transfer;
    }, given);
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer });
    await page.locator('.report').waitFor();
    assert.deepEqual(await verdicts(page), ['签名已核实']);
  } finally {
    await close();
  }
});

test('prints a report with verdict, evidence, time and version', async () => {
  const seal = makeSeal(people.maker, { name: '示例采购有限公司', users: [people.unit] });
  const xml = '<ofd:Signature/>';
  const files = [upload('SignedValue.dat', setSeal(people.unit, seal, Buffer.from(xml))), upload('Signature.xml', xml)];
  const serial = BigInt(`0x${new X509Certificate(people.unit.certificate).serialNumber}`);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  for (const [locale, words] of [
    [
      'zh-CN',
      ['核验报告', '盖章已核实', '核验时间', '北京时间', '证据', '信任链', '不能替代重新核验', '独立的开源软件'],
    ],
    [
      'en',
      ['Verification report', 'The sealing is verified', 'Checked at', 'Evidence', 'Chain of trust', 'independent'],
    ],
  ] as const) {
    // Paper is light, whatever the screen is.
    const { browser, close } = await launch({ locale, colorScheme: 'dark' });
    const folder = temporary();
    try {
      const page = await browser.newPage();
      await show(page, { accepted: people.trusted, files });
      const file = join(folder.path, 'report.pdf');
      await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
      const printed = run('pdftotext', ['-layout', file, '-']).toString().replaceAll(/\s+/g, '');
      const told = [
        ...words,
        'Signature.xml',
        version,
        createHash('sm3').update(xml).digest('hex'),
        createHash('sha256').update(people.unit.certificate).digest('hex'),
        serial.toString(16).toUpperCase(),
      ];
      for (const word of told) assert.ok(printed.includes(word.replaceAll(' ', '')), `${locale}: ${word}`);
      for (const control of ['移除', '补充文件', '下一步', 'Remove', 'Nextstep', '认可的制章者和发证机构'])
        assert.ok(!printed.includes(control), `no ${control}`);
      assert.match(run('pdfinfo', [file]).toString(), /Pages:\s+[12]\n/);
      // The screen is as it was.
      assert.equal(await page.locator('.evidence').evaluate(details => (details as HTMLDetailsElement).open), false);
    } finally {
      await close();
      folder.remove();
    }
  }
});

describe('how it looks', () => {
  const made = makeStates();
  after(() => made.remove());
  const looks: Options[] = [
    // Each language and each scheme first, then each end of the widths.
    { locale: 'zh-CN', colorScheme: 'dark', width: 1280 },
    // 1280 at 200 %.
    { locale: 'en', colorScheme: 'light', width: 640 },
    { locale: 'zh-CN', colorScheme: 'light', width: 320 },
    // A large standard font, in a laptop's window and a narrow one.
    { locale: 'zh-CN', colorScheme: 'light', width: 1366, args: ['--blink-settings=defaultFontSize=24'] },
    { locale: 'en', colorScheme: 'dark', width: 320, args: ['--blink-settings=defaultFontSize=24'] },
  ];
  test('a seal is seen on the first screen of a laptop, beside what is to be done', async () => {
    const { browser, close } = await launch();
    try {
      for (const name of ['seal-unknown', 'seal-good', 'sealing-signer-unknown', 'sealing-good'] as const) {
        const page = await browser.newPage();
        const state = made.states[name] ?? assert.fail(name);
        await show(page, state);
        for (const [width, height] of [
          [1280, 800],
          [1366, 768],
          [1093, 614],
        ] as const) {
          await page.setViewportSize({ width, height });
          for (const part of ['.seal-picture img', '.step']) {
            const box = (await page.locator(part).boundingBox()) ?? assert.fail(part);
            assert.ok(box.y + box.height <= height, `${name}, ${part}: ${box.y + box.height} of ${height} px`);
          }
        }
        await page.evaluate(() => localStorage.clear());
        await page.close();
      }
    } finally {
      await close();
    }
  });
  for (const [at, options] of looks.entries()) {
    // What axe has rules for is in both languages and both schemes then; it takes most of the time.
    const byAxe = at < 2;
    test(`${byAxe ? 'axe finds nothing, and ' : ''}nothing is wider than the window: ${Object.values(options).join(', ')}`, async () => {
      const { browser, close } = await launch(options);
      try {
        for (const [name, state] of Object.entries(made.states)) {
          const page = await browser.newPage();
          await show(page, state);
          await page.locator('details').evaluateAll(all => {
            for (const details of all) (details as HTMLDetailsElement).open = true;
          });
          if (byAxe) {
            const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
            const told = violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`,
            );
            assert.deepEqual(told, [], name);
            assert.ok(passes.length > 5, 'axe saw the page');
          }
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(over <= 0, `${name}: ${over} px wider than its window`);
          await page.evaluate(() => localStorage.clear());
          await page.close();
        }
      } finally {
        await close();
      }
    });
  }
});
