// PDFs for tests, written here and signed by OpenSSL: one page, and one incremental update for each signature.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Holder } from '../../www/demo/testing/pki.js';
import { temporary } from './paths.js';
import { run } from './process.js';

/** How a signature is made. */
export interface PdfSigning {
  /** Its SubFilter; PAdES unless told. */
  kind?: string;
  /** `/M`, as a PDF has it. */
  time?: string;
  /** Where it shows on the page; nowhere unless told. */
  rectangle?: readonly [number, number, number, number];
  /** What may be changed after it (DocMDP). */
  certifies?: 1 | 2 | 3;
}

/** A PDF that grows by updates. */
export class Pdf {
  #bytes: Buffer;
  #next = 5;
  #start = 0;
  readonly #fields: number[] = [];

  constructor(text = 'Contract') {
    this.#bytes = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');
    const content = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
    this.#update({
      1: '<</Type/Catalog/Pages 2 0 R>>',
      2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      3: this.#page(),
      4: `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    });
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Signs all that is there: `sign` makes the value over the covered bytes. */
  sign(
    sign: (covered: Buffer) => Buffer,
    { kind = 'ETSI.CAdES.detached', time, rectangle, certifies }: PdfSigning = {},
  ): this {
    const [field, value] = [this.#next, this.#next + 1];
    this.#next += 2;
    this.#fields.push(field);
    const all = this.#fields.map(number => `${number} 0 R`).join(' ');
    const permissions = certifies ? `/Perms<</DocMDP ${value} 0 R>>` : '';
    const transform = '/Type/TransformParams/V/1.2';
    const reference = certifies
      ? `/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<<${transform}/P ${certifies}>>>>]`
      : '';
    const from = this.#bytes.length;
    const box = (rectangle ?? [0, 0, 0, 0]).join(' ');
    this.#update({
      1: `<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[${all}]/SigFlags 3>>${permissions}>>`,
      3: this.#page(all),
      [field]: `<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature${this.#fields.length})/F 132/P 3 0 R/Rect[${box}]/V ${value} 0 R>>`,
      [value]:
        `<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/${kind}/ByteRange[0 ${GAP} ${GAP} ${GAP}]` +
        `/Contents<${'0'.repeat(2 * ROOM)}>${time ? `/M(${time})` : ''}${reference}>>`,
    });
    const start = this.#bytes.indexOf('/Contents<', from) + '/Contents'.length;
    const end = start + 2 * ROOM + 2;
    const whole = `[0 ${start} ${end} ${this.#bytes.length - end}]`;
    const place = this.#bytes.indexOf('[0 ', this.#bytes.indexOf('/ByteRange', from));
    this.#bytes.write(whole.padEnd(`[0 ${GAP} ${GAP} ${GAP}]`.length), place, 'latin1');
    const covered = Buffer.concat([this.#bytes.subarray(0, start), this.#bytes.subarray(end)]);
    const der = sign(covered);
    if (der.length > ROOM) throw new Error('the signature is too large for its room');
    this.#bytes.write(der.toString('hex'), start + 1, 'latin1');
    return this;
  }

  /** Puts another text on the page, as an update that nobody signed. */
  change(text: string): this {
    const content = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
    this.#update({ 4: `<</Length ${content.length}>>\nstream\n${content}\nendstream` });
    return this;
  }

  /** Says that it is encrypted, which nobody here reads. */
  encrypted(): this {
    const number = this.#next++;
    this.#update({ [number]: '<</Filter/Standard/V 1/R 2/O()/U()/P -4>>' }, `/Encrypt ${number} 0 R/ID[<00><00>]`);
    return this;
  }

  #page(annotations = ''): string {
    const font = '/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>';
    const box = '/MediaBox[0 0 595 842]';
    return `<</Type/Page/Parent 2 0 R${box}/Contents 4 0 R/Resources<<${font}>>/Annots[${annotations}]>>`;
  }

  #update(objects: Record<number, string>, trailer = ''): void {
    const parts = [this.#bytes];
    let at = this.#bytes.length;
    const push = (text: string) => {
      const bytes = Buffer.from(text, 'latin1');
      parts.push(bytes);
      at += bytes.length;
    };
    const isFirst = this.#start === 0;
    let table = isFirst ? 'xref\n0 1\n0000000000 65535 f \n' : 'xref\n';
    for (const [number, text] of Object.entries(objects)) {
      table += `${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`;
      push(`${number} 0 obj\n${text}\nendobj\n`);
    }
    const previous = isFirst ? '' : `/Prev ${this.#start}`;
    this.#start = at;
    push(`${table}trailer\n<</Root 1 0 R/Size ${this.#next}${previous}${trailer}>>\nstartxref\n${at}\n%%EOF\n`);
    this.#bytes = Buffer.concat(parts);
  }
}

/** A time stamp (RFC 3161) of now over bytes, by OpenSSL. The authority's certificate is for that alone, of an RSA key. */
export function timeStamp(authority: Holder, content: Uint8Array): Buffer {
  const folder = temporary();
  const at = (name: string) => join(folder.path, name);
  try {
    writeFileSync(at('content'), content);
    writeFileSync(
      at('ts.cnf'),
      `[tsa]\nserial=${at('serial')}\ndefault_policy=1.2.3.4\nsigner_digest=sha256\ndigests=sha256\ness_cert_id_alg=sha256\n`,
    );
    run('openssl', ['ts', '-query', '-data', at('content'), '-sha256', '-cert', '-out', at('query')]);
    const signer = ['-signer', authority.certificatePath, '-inkey', authority.key];
    const how = ['-config', at('ts.cnf'), '-section', 'tsa', '-queryfile', at('query'), ...signer];
    return run('openssl', ['ts', '-reply', '-token_out', ...how]);
  } finally {
    folder.remove();
  }
}

/** Bytes for a signature. */
const ROOM = 12 * 1024;
/** A number that is as wide as any offset. */
const GAP = '9999999999';
