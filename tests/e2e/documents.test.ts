// Documents: small, large, many, dangerous; signed in the real browser and judged by OpenSSL.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { MAX_ATTACHED_BYTES, MAX_DOCUMENTS } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { consent, settle } from '../stand/drive.js';
import { sm2AttributesVerify } from '../stand/judge.js';
import { ask, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { consentsOf, loaded, makeStand, type Stand, tidy } from '../stand/stand.js';

const MIB = 1024 * 1024;
/**
 * An extension's process without any document takes about 150 MiB, and 235 while it reads one, of 300 MiB as well; with
 * 200 MiB in it, 350. A signature that has its content in it is made whole: 60 MiB, some times over.
 */
const MAX_PEAK_MIB = { cms: 330, 'cms-attached': 440 };

let stand: Stand;
let site: Site;
let page: Page;

before(async () => {
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await site?.close();
  await stand?.close();
});

interface Given {
  format: 'cms' | 'cms-attached';
  documents: { name: string; bytes: number[] }[];
}

/** What the page keeps of a signed document; the signature itself goes to the test's server. */
interface Kept {
  name: string;
  algorithm: string;
  digest: string;
}

/** Runs in the page: signs documents, hands the signatures to the server under `0`, `1`…. */
const sign = async ({ format, documents }: Given): Promise<Kept[]> => {
  const given = documents.map(({ name, bytes }) => ({ name, content: new Uint8Array(bytes) }));
  const signed = await window.yinxin.sign({ documents: given, format });
  for (const [index, { cms }] of signed.entries()) await fetch(`/keep/${index}`, { method: 'POST', body: cms });
  return signed.map(({ name, algorithm, digest }) => ({ name, algorithm, digest }));
};

/** Runs in the page: signs one document of so many mebibytes, each filled with its number. */
const signLarge = async ({ format, mebibytes }: { format: 'cms' | 'cms-attached'; mebibytes: number }) => {
  const parts = Array.from({ length: mebibytes }, (_, index) => new Blob([new Uint8Array(1024 * 1024).fill(index)]));
  const documents = [{ name: '招标文件.pdf', content: new Blob(parts) }];
  parts.length = 0;
  const [signed] = await window.yinxin.sign({ documents, format });
  await fetch('/keep/0', { method: 'POST', body: signed?.cms as BlobPart });
  return [{ name: signed?.name, algorithm: signed?.algorithm, digest: signed?.digest }];
};

const document = (name: string, content: string | Uint8Array) => ({ name, bytes: [...Buffer.from(content)] });
const sm3 = (content: Uint8Array) => createHash('sm3').update(content).digest();
const kept = (index: number): Buffer => site.kept.get(String(index)) ?? assert.fail(`no signature ${index}`);

/** The signature holds by OpenSSL, and covers a content of this digest. */
function judge(cms: Buffer, digest: Buffer): void {
  assert.ok(sm2AttributesVerify(cms), 'openssl dgst -sm3 -verify');
  // messageDigest: an OCTET STRING of 32 bytes, RFC 5652, section 11.2.
  assert.ok(cms.includes(Buffer.concat([Buffer.of(4, 32), digest])), 'messageDigest');
}

for (const format of ['cms', 'cms-attached'] as const) {
  test(`a document is signed as ${format}`, async () => {
    const content = Buffer.from('投标函\n一、…… ©\u0000\u00ff', 'utf8');
    const popup = await ask(stand, page, sign, { format, documents: [document('投标函.txt', content)] });
    assert.match(await popup.locator('h1').innerText(), /签署 1 份文件/);
    await consent(popup, 'demo-unit');
    const { value, error } = await outcome<Kept[]>(page);
    assert.equal(error, undefined);
    assert.deepEqual(value, [
      { name: '投标函.txt', algorithm: value?.[0]?.algorithm, digest: sm3(content).toString('hex') },
    ]);
    judge(kept(0), sm3(content));
    assert.equal(kept(0).includes(content), format === 'cms-attached');
  });
}

test('a hundred documents are signed with one consent, in their order', async () => {
  const documents = Array.from({ length: MAX_DOCUMENTS }, (_, index) => document(`${index}.txt`, `第 ${index} 份`));
  const popup = await ask(stand, page, sign, { format: 'cms', documents });
  await popup.locator('button.primary', { hasText: '签署 100 份文件' }).waitFor();
  await consent(popup, 'demo-unit');
  const { value, error } = await outcome<Kept[]>(page);
  assert.equal(error, undefined);
  assert.equal(value?.length, MAX_DOCUMENTS);
  for (const [index, { name, bytes }] of documents.entries()) {
    const digest = sm3(Buffer.from(bytes));
    assert.equal(value?.[index]?.name, name);
    assert.equal(value?.[index]?.digest, digest.toString('hex'));
    assert.ok(kept(index).includes(digest));
  }
  for (const index of [0, 57, 99]) assert.ok(sm2AttributesVerify(kept(index)));
  assert.equal(new Set(documents.map((_, index) => kept(index).toString('hex'))).size, MAX_DOCUMENTS);
});

test('one document more than a hundred is refused, by the library and by the relay', async () => {
  const documents = Array.from({ length: MAX_DOCUMENTS + 1 }, (_, index) => document(`${index}.txt`, 'x'));
  await press(page, sign, { format: 'cms' as const, documents });
  assert.equal((await outcome(page)).error?.code, 'documents-count');
  const code = await page.evaluate(
    count =>
      new Promise(resolve => {
        addEventListener('message', ({ data }: MessageEvent) => {
          if (data?.reply?.id === 'too-many' && data.reply.outcome.type === 'error')
            resolve(data.reply.outcome.error.code);
        });
        const contents = Array.from({ length: count }, () => new Blob(['x']));
        const listed = contents.map((_, index) => ({ name: `${index}`, size: 1 }));
        const call = { type: 'sign', documents: listed, format: 'cms' };
        window.postMessage({ yinxin: 1, request: { id: 'too-many', call }, contents }, location.origin);
      }),
    MAX_DOCUMENTS + 1,
  );
  assert.equal(code, 'documents-count');
});

test('a document beyond the limit of its format is refused, by the library and by the core', async () => {
  await press(page, signLarge, { format: 'cms-attached' as const, mebibytes: MAX_ATTACHED_BYTES / MIB + 1 });
  assert.equal((await outcome(page)).error?.code, 'document-too-large');
  const code = await page.evaluate(
    limit =>
      new Promise(resolve => {
        addEventListener('message', ({ data }: MessageEvent) => {
          if (data?.reply?.id === 'too-large' && data.reply.outcome.type === 'error')
            resolve(data.reply.outcome.error.code);
        });
        const contents = [new Blob([new Uint8Array(limit + 1)])];
        // The size is the content's own, whatever the page writes.
        const call = { type: 'sign', documents: [{ name: 'a', size: 1 }], format: 'cms-attached' };
        window.postMessage({ yinxin: 1, request: { id: 'too-large', call }, contents }, location.origin);
      }),
    MAX_ATTACHED_BYTES,
  );
  assert.equal(code, 'document-too-large');
});

test('an empty document is refused by its name', async () => {
  const documents = [document('一.txt', 'x'), document('空.txt', '')];
  await press(page, sign, { format: 'cms' as const, documents });
  const { error } = await outcome(page);
  assert.equal(error?.code, 'document-empty');
  assert.match(error?.message ?? '', /空\.txt/);
  assert.equal(consentsOf(stand).length, 0);
});

test('what could be taken for a login or for signed attributes is refused in every encoding', async () => {
  // SET OF { SEQUENCE { contentType, SET { data } } }, RFC 5652, section 5.3.
  const attributes = Buffer.from('311a301806092a864886f70d010903310b06092a864886f70d010701', 'hex');
  const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
  const dangerous: [string, Buffer][] = [
    ['UTF-8', Buffer.from('LOGONDATA:MDEyMzQ1Njc4OWFiY2RlZg')],
    ['our own label', Buffer.from('YINXIN-LOGIN-V1\0rest')],
    ['byte-order mark', Buffer.from('\ufeffLOGONDATA:x')],
    ['white space', Buffer.from(' \t\r\n\u3000\u00a0LOGONDATA:x')],
    ['lower case', Buffer.from('logondata:x')],
    ['UTF-16LE with a byte-order mark', Buffer.from('\ufeffLOGONDATA:x', 'utf16le')],
    ['UTF-16LE', Buffer.from('YINXIN-LOGIN-V1', 'utf16le')],
    ['UTF-16BE with a byte-order mark', swapped('\ufeffLOGONDATA:x')],
    ['GB18030 with a byte-order mark', Buffer.concat([Buffer.of(0x84, 0x31, 0x95, 0x33), Buffer.from('LOGONDATA:x')])],
    ['GBK with an ideographic space', Buffer.concat([Buffer.of(0xa1, 0xa1), Buffer.from('LOGONDATA:x')])],
    ['signed attributes', attributes],
  ];
  for (const [what, content] of dangerous) {
    for (const format of ['cms', 'cms-attached'] as const) {
      // Beside a good one, which then is not signed either.
      const documents = [document('好.txt', 'x'), document('坏.bin', content)];
      await press(page, sign, { format, documents });
      const { error } = await outcome(page);
      assert.equal(error?.code, 'content-refused', what);
      assert.match(error?.message ?? '', /坏\.bin/);
    }
  }
  assert.equal(consentsOf(stand).length, 0);
});

test('invisible characters of a name are shown', async () => {
  const name = '合同\u202Efdp.exe';
  const popup = await ask(stand, page, sign, {
    format: 'cms' as const,
    documents: [document(name, 'x'), document('a\u200Bb', 'y')],
  });
  const names = await popup.locator('.document-name').allInnerTexts();
  assert.deepEqual(
    names.map(shown => shown.trim()),
    ['合同⟨U+202E⟩fdp.exe', 'a⟨U+200B⟩b'],
  );
  assert.ok(!/[\u200b\u202e]/.test(await popup.content()));
});

test('a file that changes after it was chosen is not signed', async () => {
  const path = join(stand.folder, '会变的文件.txt');
  writeFileSync(path, '选择时的内容');
  await page.setInputFiles('#file', path);
  // What the browser takes the file for is fixed when it is first asked, and it knows a change by the time of it.
  await page.locator('#file').evaluate(input => (input as HTMLInputElement).files?.[0]?.lastModified);
  appendFileSync(path, '，后来又改了');
  utimesSync(path, new Date(), new Date(Date.now() + 60_000));
  await press(
    page,
    () => {
      const [file] = window.document.querySelector<HTMLInputElement>('#file')?.files ?? [];
      return window.yinxin.sign({ documents: [{ name: file?.name ?? '', content: file as Blob }] });
    },
    undefined,
  );
  const { error } = await outcome(page);
  assert.equal(error?.code, 'document-unreadable');
  assert.match(error?.message ?? '', /会变的文件\.txt/);
  assert.equal(consentsOf(stand).length, 0);
});

test('each document opens as the exact bytes that are signed', async () => {
  const text = '第一行\n<script>alert(1)</script>';
  const binary = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256));
  const documents = [document('文.html', text), document('数据.bin', binary)];
  const popup = await ask(stand, page, sign, { format: 'cms' as const, documents });
  await popup.locator('.document').first().waitFor();
  await settle(popup);
  const [tab] = await Promise.all([
    stand.browser.waitForEvent('page'),
    popup.locator('.document button.link').nth(0).click(),
  ]);
  await loaded(tab);
  const shown = await tab.evaluate(() => ({
    type: window.document.contentType,
    text: window.document.body.textContent,
  }));
  assert.deepEqual(shown, { type: 'text/plain', text });
  await tab.close();
  await settle(popup);
  const [download] = await Promise.all([
    popup.waitForEvent('download'),
    popup.locator('.document button.link').nth(1).click(),
  ]);
  assert.deepEqual(readFileSync(await download.path()), binary);
  await consent(popup, 'demo-unit');
  const { value } = await outcome<Kept[]>(page);
  assert.deepEqual(
    value?.map(({ digest }) => digest),
    [sm3(Buffer.from(text)), sm3(binary)].map(digest => digest.toString('hex')),
  );
});

// A process tells its highest peak only: what needs less comes first.
for (const [format, mebibytes] of [
  ['cms', 200],
  ['cms-attached', 60],
] as const) {
  test(`${mebibytes} MiB are signed as ${format}, in bounded memory`, async () => {
    const popup = await ask(stand, page, signLarge, { format, mebibytes });
    await consent(popup, 'demo-unit');
    const { value, error } = await outcome<Kept[]>(page);
    assert.equal(error, undefined);
    const hash = createHash('sm3');
    for (let index = 0; index < mebibytes; index += 1) hash.update(Buffer.alloc(MIB, index));
    const digest = hash.digest();
    assert.equal(value?.[0]?.digest, digest.toString('hex'));
    judge(kept(0), digest);
    if (format === 'cms-attached') assert.ok(kept(0).length > mebibytes * MIB);
    const peaks = extensionPeaks();
    assert.ok(peaks.length > 0);
    for (const peak of peaks) assert.ok(peak < MAX_PEAK_MIB[format], `${peak} MiB`);
  });
}

/** Peak resident memory of the processes that hold the extension's pages and worker, in MiB. */
function extensionPeaks(): number[] {
  return readdirSync('/proc').flatMap(entry => {
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      if (!command.includes('--extension-process') || !command.includes(stand.profile)) return [];
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      return [Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024];
    } catch {
      return [];
    }
  });
}
