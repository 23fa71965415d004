// The OpenSSL command line as an independent judge of what the product signs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporary } from './paths.js';
import { attempt, run } from './process.js';

const SM2_ID = 'distid:1234567812345678';

/** Whether `openssl cms -verify` accepts a detached RSA or P-256 signature over the content. */
export function cmsVerifies(cms: Uint8Array, content: Uint8Array, anchor?: string): boolean {
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
      ...trusting(anchor),
      '-out',
      '/dev/null',
    ];
    return attempt('openssl', args).status === 0;
  } finally {
    folder.remove();
  }
}

/** Without an anchor the signature alone is judged: OpenSSL 3.0 knows no SM2 CA by its id. */
function trusting(anchor: string | undefined): string[] {
  return anchor === undefined ? ['-noverify'] : ['-CAfile', anchor, '-purpose', 'any'];
}

/** What `openssl cms -verify` gives of an attached RSA or P-256 signature that it accepts. */
export function cmsContent(cms: Uint8Array, anchor?: string): Buffer | undefined {
  const args = ['cms', '-verify', '-binary', '-inform', 'DER', ...trusting(anchor)];
  const { status, stdout } = attempt('openssl', args, { input: Buffer.from(cms) });
  return status === 0 ? stdout : undefined;
}

/**
 * Whether OpenSSL reads an SM2 CMS, and `openssl dgst -sm3 -verify` accepts the signature inside it over its signed
 * attributes. They, the signature and the certificate are cut out by position, and not by the product's own parser.
 * (`asn1parse` would print a content of megabytes in hexadecimal.)
 */
export function sm2AttributesVerify(cms: Uint8Array): boolean {
  const folder = temporary();
  try {
    const file = join(folder.path, 'cms');
    writeFileSync(file, cms);
    run('openssl', ['cms', '-cmsout', '-noout', '-inform', 'DER', '-in', file]);
  } finally {
    folder.remove();
  }
  const [, , , certificates, signers] = signedDataIn(cms);
  const [signer] = signers ? elements(signers.whole) : [];
  const parts = signer ? elements(signer.whole) : [];
  const attributes = parts.find(({ whole }) => whole[0] === 0xa0);
  const signature = parts.findLast(({ whole }) => whole[0] === 0x04);
  if (certificates?.whole[0] !== 0xa0 || !attributes || !signature) throw new Error('not the shape of a SignedData');
  const signed = Buffer.from(attributes.whole);
  // RFC 5652, section 5.4: signed as an EXPLICIT SET OF, not as the [0] that stands in the file.
  signed[0] = 0x31;
  return sm2Verifies(certificates.value, signed, signature.value);
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

/** What is signed in an `SES_Signature`: its first element. */
export function toSign(signature: Uint8Array): Buffer {
  const [first] = elements(signature);
  if (!first) throw new Error('not the shape of an SES_Signature');
  return Buffer.from(first.whole);
}

/** What the last signature in a PDF covers, and what it is, cut out by its ByteRange; which must cover the whole file. */
export function cutOut(pdf: Buffer): { covered: Buffer; value: Buffer; filter: string } {
  const text = pdf.toString('latin1');
  const ranges = [...text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)];
  const [, from, length, behind, rest] = (ranges.at(-1) ?? fail('no ByteRange')).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (from !== 0 || behind + rest !== pdf.length) fail('not the whole file');
  const hex = text.slice(length + 1, behind - 1);
  const padded = Buffer.from(hex, 'hex');
  // DER says how long it is.
  const digits = (padded[1] ?? 0) - 0x80;
  const value = padded.subarray(0, 2 + digits + padded.readUIntBE(2, digits));
  if (padded[0] !== 0x30 || padded.subarray(value.length).some(byte => byte !== 0)) fail('no DER before zeros');
  const filter = [...text.matchAll(/\/SubFilter\s*\/([\w.]+)/g)].at(-1)?.[1] ?? '';
  return { covered: Buffer.concat([pdf.subarray(0, length), pdf.subarray(behind)]), value, filter };
}

function fail(reason: string): never {
  throw new Error(reason);
}

/** `ContentInfo { contentType, [0] SignedData { version, digestAlgorithms, contentInfo, certificates [0], signerInfos } }` */
function signedDataIn(cms: Uint8Array): ReturnType<typeof elements> {
  const [, content] = elements(cms);
  const [signedData] = content ? elements(content.whole) : [];
  return signedData ? elements(signedData.whole) : [];
}

/** The elements inside a constructed one, whose lengths are definite. */
function elements(der: Uint8Array): { whole: Uint8Array; value: Uint8Array }[] {
  const element = (at: number) => {
    const [first = 0] = der.subarray(at + 1);
    const more = first < 0x80 ? 0 : first - 0x80;
    const digits = more === 0 ? [first] : [...der.subarray(at + 2, at + 2 + more)];
    const begin = at + 2 + more;
    const end = begin + digits.reduce((length, digit) => length * 256 + digit, 0);
    if (end > der.length) throw new Error(`no element at ${at}`);
    return { begin, end };
  };
  const found: { whole: Uint8Array; value: Uint8Array }[] = [];
  const { begin, end } = element(0);
  for (let at = begin; at < end; ) {
    const inside = element(at);
    found.push({ whole: der.subarray(at, inside.end), value: der.subarray(inside.begin, inside.end) });
    at = inside.end;
  }
  return found;
}

/** The first certificate inside a CMS, cut out by position. */
export function certificateIn(cms: Uint8Array): Buffer {
  const [, , , certificates] = signedDataIn(cms);
  const [first] = certificates?.whole[0] === 0xa0 ? elements(certificates.whole) : [];
  if (!first) throw new Error('no certificate');
  return Buffer.from(first.whole);
}

/** The content inside a CMS, cut out by position. */
export function contentOf(cms: Uint8Array): Buffer {
  const [, , info] = signedDataIn(cms);
  const [, tagged] = info ? elements(info.whole) : [];
  const [octets] = tagged ? elements(tagged.whole) : [];
  if (octets?.whole[0] !== 0x04) throw new Error('no content');
  return Buffer.from(octets.value);
}

/** Whether `openssl dgst -sm3 -verify` accepts a signature of a certificate's SM2 key over these bytes. */
export function sm2Verifies(certificate: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean {
  return verifies(certificate, signed, signature, ['-sm3', '-sigopt', SM2_ID]);
}

/** Whether `openssl dgst -sha256 -verify` accepts a signature of a certificate's RSA or P-256 key over these bytes. */
export function sha256Verifies(certificate: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean {
  return verifies(certificate, signed, signature, ['-sha256']);
}

function verifies(certificate: Uint8Array, signed: Uint8Array, signature: Uint8Array, how: string[]): boolean {
  const folder = temporary();
  const at = (name: string): string => join(folder.path, name);
  try {
    writeFileSync(at('signed'), signed);
    writeFileSync(at('signature'), signature);
    writeFileSync(at('certificate'), certificate);
    const key = run('openssl', ['x509', '-inform', 'DER', '-in', at('certificate'), '-noout', '-pubkey']);
    writeFileSync(at('key'), key);
    const args = ['dgst', ...how, '-verify', at('key'), '-signature', at('signature'), at('signed')];
    return attempt('openssl', args).status === 0;
  } finally {
    folder.remove();
  }
}
