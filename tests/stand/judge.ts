// The OpenSSL command line as an independent judge of what the product signs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporary } from './paths.js';
import { attempt, run } from './process.js';

const SM2_ID = 'distid:1234567812345678';

/** Whether `openssl cms -verify` accepts a detached RSA or P-256 signature over the content. */
export function cmsVerifies(cms: Uint8Array, content: Uint8Array, anchor: string): boolean {
  const folder = temporary();
  try {
    const file = (name: string, bytes: Uint8Array): string => {
      const path = join(folder.path, name);
      writeFileSync(path, bytes);
      return path;
    };
    const args = [
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      file('cms', cms),
      '-content',
      file('content', content),
      '-CAfile',
      anchor,
      '-purpose',
      'any',
      '-out',
      '/dev/null',
    ];
    return attempt('openssl', args).status === 0;
  } finally {
    folder.remove();
  }
}

/**
 * Whether `openssl dgst -sm3 -verify` accepts the signature inside an SM2 CMS over its signed
 * attributes. The attributes, signature and certificate are cut out of the DER by position, as
 * `openssl asn1parse` tells them, and not by the product's own parser.
 */
export function sm2AttributesVerify(cms: Uint8Array): boolean {
  const folder = temporary();
  try {
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at('cms'), cms);
    const rows = asn1(at('cms'));
    // SignedData { version, digestAlgorithms, contentInfo, certificates [0], signerInfos }, two levels down.
    const certificates = rows.find(
      row =>
        row.depth === 3 &&
        row.tag === 'cont [ 0 ]' &&
        row.index > rows.findIndex(r => r.depth === 3 && r.tag === 'SEQUENCE'),
    );
    const attributes = rows.filter(row => row.tag === 'cont [ 0 ]' && row.depth === 5).at(-1);
    const signature = rows.filter(row => row.tag === 'OCTET STRING' && row.depth === 5).at(-1);
    if (!certificates || !attributes || !signature) throw new Error('not the shape of a SignedData');
    const slice = (row: Row, headless: boolean): Buffer =>
      Buffer.from(cms.subarray(row.offset + (headless ? row.header : 0), row.offset + row.header + row.length));
    const tbs = slice(attributes, false);
    // RFC 5652, section 5.4: signed as an EXPLICIT SET OF, not as the [0] that stands in the file.
    tbs[0] = 0x31;
    return sm2Verifies(slice(certificates, true), tbs, slice(signature, true));
  } finally {
    folder.remove();
  }
}

/**
 * Whether `openssl dgst -sm3 -verify` accepts the signer's signature in an `SES_Signature` of version 4 or 5 (GB/T
 * 38540-2020, 7.2): SEQUENCE { toSign, cert OCTET STRING, signatureAlgID, signature BIT STRING, … }.
 */
export function sealVerifies(signature: Uint8Array): boolean {
  const [signed, certificate, , value] = elements(signature);
  if (!signed || !certificate || !value) throw new Error('not the shape of an SES_Signature');
  // A BIT STRING begins with the number of its unused bits.
  return sm2Verifies(certificate.value, signed.whole, value.value.subarray(1));
}

/** What is signed in an `SES_Signature`: its first element, cut out where `openssl asn1parse` finds it. */
export function toSign(signature: Uint8Array): Buffer {
  const [first] = elements(signature);
  if (!first) throw new Error('not the shape of an SES_Signature');
  return Buffer.from(first.whole);
}

/** The elements of a SEQUENCE, as `openssl asn1parse` finds them. */
function elements(der: Uint8Array): { whole: Uint8Array; value: Uint8Array }[] {
  const folder = temporary();
  try {
    const file = join(folder.path, 'der');
    writeFileSync(file, der);
    return asn1(file)
      .filter(({ depth }) => depth === 1)
      .map(({ offset, header, length }) => {
        const whole = der.subarray(offset, offset + header + length);
        return { whole, value: whole.subarray(header) };
      });
  } finally {
    folder.remove();
  }
}

/** Whether `openssl dgst -sm3 -verify` accepts a signature of a certificate's SM2 key over these bytes. */
export function sm2Verifies(certificate: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean {
  const folder = temporary();
  const at = (name: string): string => join(folder.path, name);
  try {
    writeFileSync(at('signed'), signed);
    writeFileSync(at('signature'), signature);
    writeFileSync(at('certificate'), certificate);
    const key = run('openssl', ['x509', '-inform', 'DER', '-in', at('certificate'), '-noout', '-pubkey']);
    writeFileSync(at('key'), key);
    const how = ['-sm3', '-verify', at('key'), '-sigopt', SM2_ID, '-signature', at('signature')];
    return attempt('openssl', ['dgst', ...how, at('signed')]).status === 0;
  } finally {
    folder.remove();
  }
}

interface Row {
  index: number;
  offset: number;
  depth: number;
  header: number;
  length: number;
  tag: string;
}

function asn1(path: string): Row[] {
  const text = run('openssl', ['asn1parse', '-inform', 'DER', '-in', path]).toString();
  return text.split('\n').flatMap((line, index) => {
    const found = /^\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+)\s+(?:cons|prim):\s+(.+?)\s*(?::.*|\[HEX DUMP\].*)?$/.exec(
      line,
    );
    if (!found) return [];
    const [, offset, depth, header, length, tag] = found;
    return [
      {
        index,
        offset: Number(offset),
        depth: Number(depth),
        header: Number(header),
        length: Number(length),
        tag: (tag ?? '').trim(),
      },
    ];
  });
}
