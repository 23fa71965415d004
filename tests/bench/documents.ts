// Signed PDF and OFD of 1 and 100 MB: verified by the command line, a process each time, beside others and beside the digest
// alone; and a page of text, drawn. `npm run bench` installs the others, or `node --import tsx tests/bench/documents.ts` with
// pyHanko in the Python that YINXIN_PYHANKO names, and ofd.js in the folder that YINXIN_OFD_JS names (CONTRIBUTING.md). Nothing
// is asserted but that all say yes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { measure } from 'mitata';
import { chromium } from 'playwright-core';
import { OfdPages } from '../../wasm/pkg/documents/node/yinxin_documents.js';
import { CHROMIUM, HOST, temporary } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { hostConfiguration, makeDemoKeys, PIN } from '../stand/stand.js';
import { machine, quantile, table, writeSection } from './report.js';

const MB = 1_000_000;
const SIZES = [1, 100];
const { path: folder, remove } = temporary();
const at = (name: string) => join(folder, name);

const NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"';
/** A page of text as a contract has it: 40 lines of 36 characters. */
const LINES = Array.from({ length: 40 }, (_, line) => {
  const text = '甲方同意按本合同约定的期限和方式向乙方支付货款乙方同意按期交付货物并承担运输费用';
  return `<ofd:TextObject ID="${100 + line}" Boundary="20 ${20 + 6 * line} 170 6" Font="3" Size="4.2"><ofd:TextCode X="0" Y="4.5" DeltaX="g 35 4.5">${text.slice(0, 36)}</ofd:TextCode></ofd:TextObject>`;
}).join('');

const named = (name: string) => process.env[name] ?? assert.fail(`${name} names nothing: see CONTRIBUTING.md`);
const PYTHON = named('YINXIN_PYHANKO');
const OFD_JS = named('YINXIN_OFD_JS');
const PYHANKO = `
import sys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
with open(sys.argv[1], 'rb') as file:
    for one in PdfFileReader(file).embedded_regular_signatures:
        told = validate_pdf_signature(one, ValidationContext(trust_roots=[]))
        assert told.intact and told.valid
`;

try {
  makeDemoKeys(at('keys'), PIN);
  writeFileSync(at('host.toml'), hostConfiguration(at('keys'), undefined, {}));
  process.env.YINXIN_HOST_CONFIG = at('host.toml');
  for (const size of SIZES) {
    writeFileSync(at(`plain-${size}.pdf`), pdf(size * MB));
    writeFileSync(at(`plain-${size}.ofd`), ofd(size * MB));
    sign(size, 'pdf', 'demo-rsa');
    sign(size, 'ofd', 'demo-unit');
  }
  writeSection(
    'Documents',
    [await verified(), await drawn(), `${new Date().toISOString().slice(0, 10)}, ${machine()}; ${versions()}.`].join(
      '\n\n',
    ),
  );
} finally {
  remove();
}

function sign(size: number, format: 'pdf' | 'ofd', token: string): void {
  const files = ['--in', at(`plain-${size}.${format}`), '--out', at(`${size}.${format}`)];
  run(HOST, ['sign', '--token', token, '--id', '01', '--format', format, '--pin-stdin', ...files], {
    input: `${PIN}\n`,
  });
}

/** A PDF of a page, with a stream that fills it up as pictures would. */
function pdf(size: number): Buffer {
  const pieces: Buffer[] = [];
  const places: number[] = [];
  let position = 0;
  const add = (piece: string | Buffer) => {
    const bytes = Buffer.from(piece);
    pieces.push(bytes);
    position += bytes.length;
  };
  add('%PDF-1.7\n');
  const text = 'BT /F1 24 Tf 72 700 Td (Contract) Tj ET';
  const objects: (string | Buffer)[][] = [
    ['<</Type/Catalog/Pages 2 0 R>>'],
    ['<</Type/Pages/Kids[3 0 R]/Count 1>>'],
    [
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</I 6 0 R>>>>>>',
    ],
    [`<</Length ${text.length}>>stream\n${text}\nendstream`],
    ['<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'],
    [`<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length ${size}>>stream\n`, randomBytes(size), '\nendstream'],
  ];
  for (const [index, parts] of objects.entries()) {
    places.push(position);
    add(`${index + 1} 0 obj\n`);
    for (const part of parts) add(part);
    add('\nendobj\n');
  }
  const start = position;
  const lines = places.map(place => `${String(place).padStart(10, '0')} 00000 n \n`);
  add(`xref\n0 7\n0000000000 65535 f \n${lines.join('')}trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(pieces);
}

/** An OFD of a page of text, with attachments that fill it up. */
function ofd(size: number): Buffer {
  const xml = (name: string, inner: string, more = '') =>
    Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><ofd:${name} ${NAMESPACE}${more}>${inner}</ofd:${name}>`);
  const count = Math.ceil(size / (10 * MB));
  const numbers = Array.from({ length: count }, (_, index) => index);
  const attached = numbers
    .map(
      number =>
        `<ofd:Attachment ID="a${number}" Name="${number}"><ofd:FileLoc>${number}.bin</ofd:FileLoc></ofd:Attachment>`,
    )
    .join('');
  const parts: Zippable = {
    'OFD.xml': xml(
      'OFD',
      '<ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>',
      ' Version="1.0" DocType="OFD"',
    ),
    'Doc_0/Document.xml': xml(
      'Document',
      '<ofd:CommonData><ofd:MaxUnitID>200</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages><ofd:Attachments>Attachments.xml</ofd:Attachments>',
    ),
    'Doc_0/PublicRes.xml': xml('Res', '<ofd:Fonts><ofd:Font ID="3" FontName="宋体"/></ofd:Fonts>', ' BaseLoc="Res"'),
    'Doc_0/Attachments.xml': xml('Attachments', attached),
    'Doc_0/Pages/Page_0/Content.xml': xml('Page', `<ofd:Content><ofd:Layer ID="2">${LINES}</ofd:Layer></ofd:Content>`),
  };
  for (const number of numbers) parts[`Doc_0/${number}.bin`] = [randomBytes(Math.round(size / count)), { level: 0 }];
  return Buffer.from(zipSync(parts));
}

/** Seconds of processor time of a command, medians of a few runs. */
function spent(command: string[], rounds: number): number {
  const times = Array.from({ length: rounds }, () => {
    const timed = run('bash', [
      '-c',
      'TIMEFORMAT="%U %S"; { time "$@" > /dev/null 2> /dev/null; } 2>&1',
      '_',
      ...command,
    ]);
    const [user = Number.NaN, system = Number.NaN] = timed.toString().trim().split(' ').map(Number);
    return user + system;
  });
  return quantile(times, 0.5);
}

async function verified(): Promise<string> {
  const trust = [
    '--anchor',
    at('keys/root.pem'),
    '--intermediate',
    at('keys/issuing.pem'),
    '--maker',
    at('keys/seal-maker.pem'),
  ];
  const columns = SIZES.flatMap(size => [`${size}.pdf`, `${size}.ofd`]);
  const row = (name: string, command: (file: string) => string[] | undefined) => [
    name,
    ...columns.map(file => {
      const args = command(at(file));
      if (!args) return '';
      run(args[0] ?? '', args.slice(1));
      return `${(1000 * spent(args, file.startsWith('1.') ? 9 : 3)).toFixed(0)}`;
    }),
  ];
  const rows = [row('Yinxin, `yinxin verify`', file => [HOST, 'verify', file, ...trust])];
  rows.push(row('pyHanko', file => (file.endsWith('.pdf') ? [PYTHON, '-c', PYHANKO, file] : undefined)));
  rows.push(['ofd.js, in Chromium (reads; by the clock)', ...(await readBy(OFD_JS, columns))]);
  rows.push(row('OpenSSL, SHA-256 alone', file => ['openssl', 'dgst', '-sha256', file]));
  rows.push(row('OpenSSL, SM3 alone', file => ['openssl', 'dgst', '-sm3', file]));
  const head = ['ms', ...SIZES.flatMap(size => [`PDF, ${size} MB`, `OFD, ${size} MB`])];
  return `**Verified**: processor time of a whole process, medians. The PDF has an RSA signature, the OFD a seal (SM2), and all
parts of it are digested. Ours digests a PDF with SM3 and SHA-256 side by side.

${table(head, rows)}`;
}

/** Milliseconds that ofd.js takes to read files, or why it does not. */
async function readBy(reader: string, files: readonly string[]): Promise<string[]> {
  const script = readFileSync(join(reader, 'node_modules/ofd.js/lib/ofd.umd.js'), 'utf8');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const all: string[] = [];
    for (const file of files) {
      if (!file.endsWith('.ofd')) {
        all.push('');
        continue;
      }
      const page = await browser.newPage();
      await page.setContent('<!doctype html><body><input type="file"></body>');
      await page.addScriptTag({ content: script });
      await page.setInputFiles('input', at(file));
      const read = async () => {
        type Reader = {
          parseOfdDocument(how: { ofd: File; success(read: unknown): void; fail(error: unknown): void }): void;
        };
        const { ofd } = window as unknown as { ofd: Reader };
        const [given] = document.querySelector('input')?.files ?? [];
        if (!given) return Number.NaN;
        const start = performance.now();
        await new Promise((success, fail) => ofd.parseOfdDocument({ ofd: given, success, fail }));
        return performance.now() - start;
      };
      const times: number[] = [];
      for (let round = 0; round < 3; round += 1) times.push(await page.evaluate(read));
      all.push(quantile(times, 0.5).toFixed(0));
      await page.close();
    }
    return all;
  } finally {
    await browser.close();
  }
}

async function drawn(): Promise<string> {
  const bytes = readFileSync(at('1.ofd'));
  const pages = new OfdPages(bytes);
  const { text } = pages.draw(1) as { text: string };
  const { p50, p99 } = await measure(() => pages.draw(1), { min_cpu_time: 2e9, batch_threshold: 0 });
  return `**A page of ordinary text** (${[...text].filter(c => c.trim()).length} characters in a font of the device), drawn as SVG by the Wasm module in Node: ${(p50 / 1e6).toFixed(1)} ms, 99 % below ${(p99 / 1e6).toFixed(1)} ms.`;
}

function versions(): string {
  const pyhanko = run(PYTHON, ['-c', 'import pyhanko.version as v; print("pyHanko", v.__version__)']);
  return [run('openssl', ['version']).toString().trim(), pyhanko.toString().trim(), 'ofd.js 0.2.6'].join('; ');
}
