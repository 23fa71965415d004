/**
 * What ofd.js sees in OFD files, as JSON: `node --import tsx tests/readers/ofd-js.ts FOLDER FILE…`. FOLDER is where it was
 * installed (CONTRIBUTING.md). It draws in a browser, so it is asked in one.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

interface Reader {
  parseOfdDocument(options: { ofd: File; success(documents: Document[]): void; fail(error: unknown): void }): void;
  renderOfd(width: number, document: Document): HTMLElement[];
}

interface Document {
  pages: Record<string, unknown>[];
  stampAnnot: Record<string, { obj: { boundary: Box; clip?: Box }; stamp?: unknown }[]>;
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

const [folder = '', ...files] = process.argv.slice(2);
const script = readFileSync(join(folder, 'node_modules/ofd.js/lib/ofd.umd.js'), 'utf8');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const seen: unknown[] = [];
  for (const file of files) {
    const page = await browser.newPage();
    await page.setContent('<!doctype html><body></body>');
    await page.addScriptTag({ content: script });
    const read = async (base64: string) => {
      const reader = (window as unknown as { ofd: Reader }).ofd;
      const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
      const documents = await new Promise<Document[]>((success, fail) => {
        reader.parseOfdDocument({ ofd: new File([bytes], 'a.ofd'), success, fail });
      });
      return documents.map(document => ({
        pages: document.pages.flatMap(page => Object.keys(page)),
        stamps: Object.entries(document.stampAnnot).flatMap(([page, stamps]) =>
          stamps.map(({ obj: { boundary, clip } }) => ({ page, boundary, clip })),
        ),
        texts: reader.renderOfd(800, document).map(drawn => drawn.textContent),
      }));
    };
    seen.push({ file, documents: await page.evaluate(read, readFileSync(file).toString('base64')) });
    await page.close();
  }
  process.stdout.write(`${JSON.stringify(seen)}\n`);
} finally {
  await browser.close();
}
