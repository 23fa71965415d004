// A verifier of logins by docs/formats.md alone: none of the product's code, the curve's arithmetic from @noble/curves, the rest from
// Node. It finds what that page leaves out. Numbers in comments are its sections.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';

/** What the portal says (3.5). */
export interface Expected {
  readonly challenge: Record<string, string>;
  readonly origin: string;
  readonly purpose?: string;
  readonly session: string;
  readonly formats?: readonly string[];
  readonly clockSkew?: number;
  readonly at: string;
  readonly anchors?: readonly string[];
  readonly intermediates?: readonly string[];
  readonly issuers?: readonly string[];
  readonly holders?: readonly string[];
  readonly crls?: readonly string[];
  readonly crlPolicy?: 'warn' | 'require';
  readonly extendedKeyUsages?: readonly string[];
  readonly sm2Variants?: readonly string[];
}

/** A mistake of the portal's own. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The codes of what is fatal. The login is valid if there are none. */
export function verifyLogin(expected: Expected, proof: string): string[] {
  const fatal: string[] = [];
  const known = new Set(
    'challenge origin purpose session formats clockSkew at anchors intermediates issuers holders crls crlPolicy extendedKeyUsages sm2Variants'.split(
      ' ',
    ),
  );
  const refuse = (is: boolean, code = 'request-invalid') => {
    if (is) throw new Refused(code);
  };
  refuse(Object.keys(expected).some(name => !known.has(name)));
  const { challenge: record, formats = ['yinxin'], clockSkew = 0, purpose = 'login' } = expected;
  refuse(!record || expected.anchors === undefined);
  refuse(!PURPOSES.includes(purpose) || formats.some(format => !FORMATS.includes(format)));
  refuse(!Number.isInteger(clockSkew) || clockSkew < 0 || clockSkew > 300);
  const anchors = (expected.anchors ?? []).map(one => mustRead(one));
  const between = (expected.intermediates ?? []).map(one => mustRead(one));
  // 1
  refuse(!isOrigin(expected.origin), isInsecure(expected.origin) ? 'origin-insecure' : 'origin-malformed');
  refuse(['challenge', 'id', 'origin', 'session'].some(name => typeof record[name] !== 'string'));
  refuse(!PURPOSES.includes(record.purpose ?? ''));
  refuse(!/^[A-Za-z0-9+/=_-]{16,128}$/.test(record.challenge ?? ''));
  const [at, issued, expires] = [time(expected.at), time(record.issuedAt ?? ''), time(record.expiresAt ?? '')];
  // 2
  const read = readProof(proof);
  if (!read) return ['proof-unreadable'];
  // 3 to 7
  if (record.origin !== expected.origin) fatal.push('origin-mismatch');
  if (record.session !== hash('sha256', Buffer.from(expected.session)).toString('hex')) fatal.push('session-mismatch');
  if (record.purpose !== purpose) fatal.push('purpose-mismatch');
  if (at >= expires + clockSkew) fatal.push('challenge-expired');
  if (at + clockSkew < issued) fatal.push('challenge-not-yet-valid');
  // 8 to 10
  if (!formats.includes(read.format)) return [...fatal, 'proof-format-not-accepted'];
  if (read.version !== 1) return [...fatal, 'proof-unreadable'];
  const certificate = readCertificate(unfilled(read.certificate));
  if (!certificate) return [...fatal, 'certificate-unreadable'];
  // 11 to 16
  if (certificate.isCa) fatal.push('certificate-is-ca');
  if (!certificate.texts.some(text => text.trim() !== '')) fatal.push('certificate-without-subject');
  const algorithm = certificate.key && ALGORITHMS[certificate.key.kind];
  if (!certificate.key || !algorithm) {
    fatal.push('algorithm-not-supported');
  } else if (algorithm !== read.algorithm) {
    fatal.push('proof-algorithm-mismatch');
  } else if (read.format === 'yinxin') {
    const { key } = certificate;
    const holds = (purpose: string) => {
      const fields = [expected.origin, purpose, record.challenge ?? ''].map(text => Buffer.from(text));
      const signed = Buffer.concat([
        Buffer.from('YINXIN-LOGIN-1\0'),
        ...[...fields, certificate.sha256].flatMap(field => [uint32(field.length), field]),
      ]);
      return isSigned(key, signed, read.signature);
    };
    if (!hasStrictForm(key, read.signature)) fatal.push('proof-unreadable');
    else if (!holds(purpose)) {
      const other = PURPOSES.find(one => one !== purpose) ?? '';
      const code = holds(other) ? 'purpose-mismatch' : 'signature-invalid';
      if (code !== 'purpose-mismatch' || !fatal.includes(code)) fatal.push(code);
    }
  } else {
    const content = Buffer.from(`LOGONDATA:${record.challenge}`);
    const problem = judgeCms(read.signature, content, certificate, between, expected);
    if (problem) fatal.push(problem);
  }
  // 17
  return [...fatal, ...judgePath(certificate, anchors, between, at, expected)];
}

const PURPOSES: readonly string[] = ['login', 'bind'];
const FORMATS: readonly string[] = ['yinxin', 'logondata', 'logondata-detached'];
const ALGORITHMS: Record<string, string> = { sm2: 'sm2-sm3', rsa: 'rsa-sha256', p256: 'ecdsa-p256-sha256' };

// ── 1: conventions ───────────────────────────────────────────────────────────────────────────

function hash(name: string, ...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash(name);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function fromBase64(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Seconds since 1970. */
function time(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) throw new Refused('request-invalid');
  return Math.floor(Date.parse(text) / 1000);
}

function isOrigin(text: string): boolean {
  const parts = /^(https?):\/\/([a-z0-9.-]+)(?::([1-9]\d{0,4}))?$/.exec(text);
  if (!parts || text.length > 300) return false;
  const [, scheme, host = '', port] = parts;
  const labels = host.split('.').every(label => label.length >= 1 && label.length <= 63);
  const isLocal = host === 'localhost' || host === '127.0.0.1';
  const isDefault = port === (scheme === 'https' ? '443' : '80');
  return labels && host.length <= 253 && !isDefault && Number(port ?? 1) <= 65535 && (scheme === 'https' || isLocal);
}

function isInsecure(text: string): boolean {
  return text.startsWith('http://') && isOrigin(text.replace('http:', 'https:'));
}

// ── 3.4: the proof ───────────────────────────────────────────────────────────────────────────

interface Proof {
  readonly format: string;
  readonly version: number;
  readonly algorithm: string;
  readonly certificate: Buffer;
  readonly signature: Buffer;
}

function readProof(text: string): Proof | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = value as Record<string, unknown>;
  // As a writer of JSON would write it, it has each name once: Node's reader keeps the last of two.
  const names = text.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? [];
  if (names.length !== 5 || Object.keys(fields).sort().join() !== 'algorithm,certificate,format,signature,version')
    return undefined;
  const { format, version, algorithm } = fields;
  const [certificate, signature] = [fromBase64(fields.certificate), fromBase64(fields.signature)];
  if (typeof format !== 'string' || !FORMATS.includes(format)) return undefined;
  if (typeof algorithm !== 'string' || !Object.values(ALGORITHMS).includes(algorithm)) return undefined;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0 || version >= 2 ** 32) return undefined;
  return certificate && signature && { format, version, algorithm, certificate, signature };
}

// ── DER ──────────────────────────────────────────────────────────────────────────────────────

interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
  readonly raw: Buffer;
}

class Malformed extends Error {}

function first(bytes: Buffer): Tlv {
  const [tag = 0x1f, length = 0x80] = bytes;
  if ((tag & 0x1f) === 0x1f || length === 0x80 || length > 0x84) throw new Malformed();
  let [start, size] = [2, length];
  if (length > 0x80) {
    const octets = length - 0x80;
    if (bytes.length < 2 + octets) throw new Malformed();
    size = bytes.readUIntBE(2, octets);
    start += octets;
    if (size < 0x80 || bytes[2] === 0) throw new Malformed();
  }
  if (bytes.length < start + size) throw new Malformed();
  return { tag, value: bytes.subarray(start, start + size), raw: bytes.subarray(0, start + size) };
}

function children(bytes: Buffer): Tlv[] {
  const all: Tlv[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const one = first(rest);
    all.push(one);
    rest = rest.subarray(one.raw.length);
  }
  return all;
}

function single(bytes: Buffer, tag: number): Tlv {
  const one = first(bytes);
  if (one.tag !== tag || one.raw.length !== bytes.length) throw new Malformed();
  return one;
}

function take(list: Tlv[], tag: number): Tlv {
  const one = list.shift();
  if (one?.tag !== tag) throw new Malformed();
  return one;
}

function optional(list: Tlv[], tag: number): Tlv | undefined {
  return list[0]?.tag === tag ? list.shift() : undefined;
}

function oid({ tag, value }: Tlv): string {
  if (tag !== 6 || value.length === 0) throw new Malformed();
  const numbers: number[] = [];
  let number = 0;
  for (const octet of value) {
    number = number * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [head = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(head / 40));
  return [top, head - 40 * top, ...rest].join('.');
}

/** What stands before what fills it up (3.4). */
function unfilled(bytes: Buffer): Buffer {
  try {
    const { raw } = first(bytes);
    const rest = [...bytes.subarray(raw.length)];
    const all = (...octets: number[]) => rest.every(octet => octets.includes(octet));
    return all(0) || all(0xff) || all(0x0d, 0x0a, 0x20) ? raw : bytes;
  } catch {
    return bytes;
  }
}

// ── 2: keys and signatures ───────────────────────────────────────────────────────────────────

type Key =
  | { readonly kind: 'sm2'; readonly x: bigint; readonly y: bigint }
  | { readonly kind: 'p256' | 'rsa'; readonly object: KeyObject; readonly size: number };

const number = (text: string) => BigInt(`0x${text.replaceAll(' ', '')}`);
const SM2 = {
  p: number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFF'),
  a: number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFC'),
  b: number('28E9FA9E 9D9F5E34 4D5A9E4B CF6509A7 F39789F5 15AB8F92 DDBCBD41 4D940E93'),
  Gx: number('32C4AE2C 1F198119 5F990446 6A39C994 8FE30BBF F2660BE1 715A4589 334C74C7'),
  Gy: number('BC3736A2 F4F6779C 59BDCEE3 6B692153 D0A9877C C62A4740 02DF32E5 2139F0A0'),
  n: number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123'),
  h: 1n,
};
const Point = weierstrass(SM2);
const ID = '1234567812345678';

const bytes32 = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const toNumber = (bytes: Uint8Array) => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);

export function sm2Z({ x, y }: { x: bigint; y: bigint }, id = ID): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(8 * id.length);
  const numbers = [SM2.a, SM2.b, SM2.Gx, SM2.Gy, x, y].map(bytes32);
  return hash('sm3', length, Buffer.from(id), ...numbers);
}

function isSm2Signed(key: { x: bigint; y: bigint }, e: bigint, [r, s]: readonly [bigint, bigint]): boolean {
  const { n } = SM2;
  if (r < 1n || r >= n || s < 1n || s >= n) return false;
  const t = (r + s) % n;
  if (t === 0n) return false;
  const sum = Point.BASE.multiplyUnsafe(s).add(Point.fromAffine(key).multiplyUnsafe(t));
  return !sum.equals(Point.ZERO) && (e + sum.toAffine().x) % n === r;
}

/** r and s of the strict form. */
function strict(signature: Buffer): readonly [bigint, bigint] | undefined {
  try {
    const all = children(single(signature, 0x30).value);
    const numbers = all.map(({ tag, value }) => {
      const [head = 0x80, next = 0x80] = value;
      const isMinimal = head < 0x80 && !(head === 0 && value.length > 1 && next < 0x80);
      const size = head === 0 ? value.length - 1 : value.length;
      if (tag !== 2 || !isMinimal || size > 32) throw new Malformed();
      return toNumber(value);
    });
    const [r, s] = numbers;
    return r !== undefined && s !== undefined && numbers.length === 2 ? [r, s] : undefined;
  } catch {
    return undefined;
  }
}

function hasStrictForm(key: Key, signature: Buffer): boolean {
  return key.kind === 'rsa' ? signature.length === key.size : strict(signature) !== undefined;
}

/** Whether a signature holds; `variant` names an e outside of the standard. */
function isSigned(key: Key, message: Buffer, signature: Buffer, variant?: string): boolean {
  if (key.kind !== 'sm2') return verify('sha256', message, key.object, signature);
  const numbers = strict(signature);
  const z = variant === 'without-z' ? Buffer.alloc(0) : sm2Z(key, variant === 'empty-id' ? '' : ID);
  return numbers !== undefined && isSm2Signed(key, toNumber(hash('sm3', z, message)), numbers);
}

function readKey(spki: Buffer): Key | undefined {
  const [algorithm, bits] = children(single(spki, 0x30).value);
  if (!algorithm || bits?.tag !== 3 || bits.value[0] !== 0) throw new Malformed();
  const [kind, parameters] = children(algorithm.value);
  if (!kind) throw new Malformed();
  const point = bits.value.subarray(1);
  const names = [oid(kind), parameters?.tag === 6 ? oid(parameters) : ''];
  const isSm2 = names.join() === '1.2.840.10045.2.1,1.2.156.10197.1.301' || names[0] === '1.2.156.10197.1.301';
  try {
    if (isSm2) {
      const [x, y] = [toNumber(point.subarray(1, 33)), toNumber(point.subarray(33))];
      if (point.length !== 65 || point[0] !== 4) return undefined;
      Point.fromAffine({ x, y }).assertValidity();
      return { kind: 'sm2', x, y };
    }
    const object = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const { modulusLength = 0, namedCurve } = object.asymmetricKeyDetails ?? {};
    if (object.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 4096)
      return { kind: 'rsa', object, size: Math.ceil(modulusLength / 8) };
    return namedCurve === 'prime256v1' ? { kind: 'p256', object, size: 32 } : undefined;
  } catch {
    return undefined;
  }
}

// ── 4: certificates ──────────────────────────────────────────────────────────────────────────

interface Extension {
  readonly id: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

interface Certificate {
  readonly der: Buffer;
  readonly sha256: Buffer;
  readonly tbs: Buffer;
  readonly serial: Buffer;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly texts: readonly string[];
  readonly commonName: string;
  readonly organization: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: Key | undefined;
  readonly extensions: readonly Extension[];
  readonly algorithms: readonly [Buffer, Buffer];
  readonly signature: Buffer;
  readonly isCa: boolean;
  readonly ca: { readonly is: boolean; readonly length: number } | undefined;
  /** Nothing of one that can't be read. */
  readonly usage: number | undefined;
  readonly purposes: readonly string[] | undefined;
  /** What reading found. */
  readonly fatal: readonly string[];
}

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const ANY_PURPOSE = '2.5.29.37.0';
const SIGNING_PURPOSES = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4'];
const PROCESSED = [14, 15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54].map(last => `2.5.29.${last}`);

/** Of what the portal gives: PEM or Base64. */
function mustRead(text: string): Certificate {
  const packed = text.replaceAll(/-----[^-]*-----|\s/g, '');
  const certificate = readCertificate(fromBase64(packed) ?? Buffer.alloc(0));
  if (!certificate) throw new Refused('certificate-unreadable');
  return certificate;
}

function readCertificate(der: Buffer): Certificate | undefined {
  try {
    return parse(der);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function parse(der: Buffer): Certificate {
  const outer = children(single(der, 0x30).value);
  const [tbs, outside, bits] = [take(outer, 0x30), take(outer, 0x30), take(outer, 3)];
  if (outer.length > 0 || bits.value[0] !== 0) throw new Malformed();
  const fields = children(tbs.value);
  optional(fields, 0xa0);
  const serial = take(fields, 2).value;
  const [inside, issuer, validity, subject, spki] = [1, 2, 3, 4, 5].map(() => take(fields, 0x30));
  if (!inside || !issuer || !validity || !subject || !spki) throw new Malformed();
  const [notBefore = 0, notAfter = 0] = children(validity.value).map(certificateTime);
  optional(fields, 0x81);
  optional(fields, 0x82);
  const explicit = optional(fields, 0xa3);
  if (fields.length > 0) throw new Malformed();
  const extensions = (explicit ? children(single(explicit.value, 0x30).value) : []).map(readExtension);
  const fatal: string[] = [];
  if (!outside.raw.equals(inside.raw)) fatal.push('signature-algorithm-mismatch');
  if (new Set(extensions.map(({ id }) => id)).size < extensions.length) fatal.push('extension-repeated');
  const value = <T>(id: string, read: (value: Buffer) => T, otherwise: T): T | undefined => {
    const found = extensions.find(extension => extension.id === id);
    if (!found) return undefined;
    try {
      return read(found.value);
    } catch {
      fatal.push('extension-unreadable');
      return otherwise;
    }
  };
  const usage = value(KEY_USAGE, bytes => single(bytes, 3).value[1] ?? 0, 0);
  const purposes = value(EXTENDED_KEY_USAGE, bytes => children(single(bytes, 0x30).value).map(oid), []);
  const ca = value(BASIC_CONSTRAINTS, readConstraints, { is: false, length: 0 });
  const names = children(subject.value).flatMap(set => children(set.value));
  const attributes = names.map(attribute => children(attribute.value));
  const text = (id: string) => {
    const found = attributes.filter(([kind]) => kind && oid(kind) === id).at(-1);
    return found?.[1]?.value.toString() ?? '';
  };
  return {
    der,
    sha256: hash('sha256', der),
    tbs: tbs.raw,
    serial,
    issuer: issuer.raw,
    subject: subject.raw,
    texts: attributes.map(([, value]) => value?.value.toString() ?? ''),
    commonName: text('2.5.4.3'),
    organization: text('2.5.4.10'),
    notBefore,
    notAfter,
    key: readKey(spki.raw),
    extensions,
    algorithms: [inside.raw, outside.raw],
    signature: bits.value.subarray(1),
    isCa: ca ? ca.is : ((usage ?? 0) & 0x04) !== 0,
    ca,
    usage,
    purposes,
    fatal,
  };
}

function readExtension({ tag, value }: Tlv): Extension {
  const fields = children(value);
  const id = fields.shift();
  const flag = optional(fields, 1);
  const inside = take(fields, 4);
  if (tag !== 0x30 || !id || fields.length > 0) throw new Malformed();
  return { id: oid(id), critical: flag !== undefined && flag.value[0] !== 0, value: inside.value };
}

function readConstraints(bytes: Buffer) {
  const fields = children(single(bytes, 0x30).value);
  const is = optional(fields, 1)?.value[0] === 0xff;
  const length = optional(fields, 2)?.value[0] ?? Number.POSITIVE_INFINITY;
  return { is, length };
}

/** UTCTime and GeneralizedTime (RFC 5280, 4.1.2.5). */
function certificateTime({ tag, value }: Tlv): number {
  const text = value.toString('latin1');
  const parts = (
    tag === 0x17 ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (!parts || (tag !== 0x17 && tag !== 0x18)) throw new Malformed();
  const [year = 0, month = 0, ...rest] = parts.slice(1).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const whole = tag === 0x18 ? year : year >= 50 ? 1900 + year : 2000 + year;
  return Date.UTC(whole, month - 1, day, hour, minute, second) / 1000;
}

/** How an issuer's key holds: '' by the standard, the name of a variant, or not at all. */
function issuedBy(
  key: Key | undefined,
  { tbs, algorithms, signature }: Pick<Certificate, 'tbs' | 'algorithms' | 'signature'>,
) {
  const [kind, ...parameters] = children(single(algorithms[0], 0x30).value);
  const isSm2 = kind && oid(kind) === '1.2.156.10197.1.501' && parameters.every(({ tag }) => tag === 5);
  // The vectors' issuers have SM2 keys.
  if (key?.kind !== 'sm2' || !isSm2) return undefined;
  return ['', 'empty-id', 'without-z'].find(variant => isSigned(key, tbs, signature, variant));
}

/** The codes of the best path (4). */
function judgePath(
  certificate: Certificate,
  anchors: readonly Certificate[],
  between: readonly Certificate[],
  at: number,
  expected: Expected,
): string[] {
  let best: string[] | undefined;
  let obstacle: string | undefined;
  const extend = (path: readonly Certificate[], variants: readonly string[]) => {
    const last = path.at(-1);
    if (!last || path.length > 8) return;
    const arrive = (whole: readonly Certificate[]) => {
      const found = judgeWhole(whole, variants, at, expected);
      if (!best || found.length < best.length) best = found;
    };
    if (anchors.some(anchor => anchor.der.equals(last.der))) return arrive(path);
    for (const issuer of [...anchors, ...between]) {
      if (!issuer.subject.equals(last.issuer) || path.includes(issuer)) continue;
      const variant = issuedBy(issuer.key, last);
      if (variant === undefined) obstacle ??= 'signature-invalid';
      else extend([...path, issuer], [...variants, variant]);
    }
  };
  extend([certificate], []);
  if (best) return best;
  return [
    ...judgeEach([certificate], at),
    ...judgeHolder(certificate, [certificate], expected),
    obstacle ?? 'issuer-unknown',
  ];
}

function judgeWhole(
  path: readonly Certificate[],
  variants: readonly string[],
  at: number,
  expected: Expected,
): string[] {
  const [certificate, issuer] = path;
  if (!certificate) return [];
  const accepted = expected.sm2Variants ?? [];
  const fatal = judgeEach(path, at);
  for (const variant of variants)
    if (variant !== '' && !accepted.includes(variant)) fatal.push('signature-non-standard');
  path.slice(1).forEach((step, index) => {
    if (!step.ca?.is || (step.usage !== undefined && (step.usage & 0x04) === 0)) fatal.push('issuer-not-ca');
    // Those between it and the holder that are not self-issued (RFC 5280, 4.2.1.9).
    const below = path.slice(1, index + 1).filter(({ subject, issuer: by }) => !subject.equals(by)).length;
    if (step.ca && below > step.ca.length) fatal.push('path-too-long');
  });
  // Without `issuers`, an anchor itself has to have issued it (check 17).
  const anchors = (expected.anchors ?? []).map(one => mustRead(one));
  const isNamed = (step: Certificate) =>
    expected.issuers
      ? expected.issuers.some(one =>
          one.startsWith('-----') ? mustRead(one).der.equals(step.der) : one === step.commonName,
        )
      : anchors.some(anchor => anchor.der.equals(step.der));
  if (!issuer || !isNamed(issuer)) fatal.push('issuer-not-accepted');
  if (expected.holders && !expected.holders.includes(kindOf(certificate))) fatal.push('holder-not-accepted');
  path.slice(0, -1).forEach((step, index) => {
    const by = path[index + 1];
    if (by) fatal.push(...judgeLists(step, by, at, expected));
  });
  for (const list of expected.crls ?? [])
    if (expected.crlPolicy === 'require' && !readList(fromBase64(list))) fatal.push('crl-invalid');
  return [...fatal, ...judgeHolder(certificate, path, expected)];
}

/** The kind of a holder, as far as the vectors need it. */
function kindOf({ commonName, organization }: Certificate): string {
  return commonName === organization ? 'unit' : 'unknown';
}

function judgeEach(path: readonly Certificate[], at: number): string[] {
  return path.flatMap(({ fatal, notBefore, notAfter, extensions }) => {
    const found = [...fatal];
    if (at > notAfter) found.push('certificate-expired');
    if (at < notBefore) found.push('certificate-not-yet-valid');
    if (extensions.some(({ id, critical }) => critical && !PROCESSED.includes(id)))
      found.push('critical-extension-unknown');
    return found;
  });
}

function judgeHolder({ key, usage }: Certificate, path: readonly Certificate[], expected: Expected): string[] {
  const fatal: string[] = [];
  if (!key) fatal.push('algorithm-not-supported');
  if (usage !== undefined && (usage & 0xc0) === 0) fatal.push('certificate-not-for-signing');
  let left = [...SIGNING_PURPOSES, ...(expected.extendedKeyUsages ?? [])];
  for (const { purposes } of path)
    if (purposes && !purposes.includes(ANY_PURPOSE)) left = left.filter(purpose => purposes.includes(purpose));
  if (left.length === 0) fatal.push('extended-key-usage-not-accepted');
  return fatal;
}

// ── 4: CRLs ──────────────────────────────────────────────────────────────────────────────────

interface List {
  readonly tbs: Buffer;
  readonly algorithms: readonly [Buffer, Buffer];
  readonly signature: Buffer;
  readonly issuer: Buffer;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: readonly { readonly serial: Buffer; readonly date: number }[];
}

function readList(der: Buffer | undefined): List | undefined {
  try {
    const outer = children(single(der ?? Buffer.alloc(0), 0x30).value);
    const [tbs, outside, bits] = [take(outer, 0x30), take(outer, 0x30), take(outer, 3)];
    const fields = children(tbs.value);
    optional(fields, 2);
    const [inside, issuer] = [take(fields, 0x30), take(fields, 0x30)];
    const [thisUpdate, nextUpdate] = [fields.shift(), fields.shift()];
    if (!thisUpdate || !nextUpdate) throw new Malformed();
    const entries = children(optional(fields, 0x30)?.value ?? Buffer.alloc(0)).map(({ value }) => {
      const [serial, date] = children(value);
      if (!serial || !date) throw new Malformed();
      return { serial: serial.value, date: certificateTime(date) };
    });
    return {
      tbs: tbs.raw,
      algorithms: [inside.raw, outside.raw],
      signature: bits.value.subarray(1),
      issuer: issuer.raw,
      thisUpdate: certificateTime(thisUpdate),
      nextUpdate: certificateTime(nextUpdate),
      entries,
    };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function judgeLists({ serial }: Certificate, issuer: Certificate, at: number, expected: Expected): string[] {
  const all = (expected.crls ?? [])
    .flatMap(list => readList(fromBase64(list)) ?? [])
    .filter(list => list.issuer.equals(issuer.subject));
  const held = all.filter(list => issuedBy(issuer.key, list) === '');
  const isRevoked = held.some(list => list.entries.some(entry => entry.serial.equals(serial) && entry.date <= at));
  if (isRevoked) return ['certificate-revoked'];
  if (expected.crlPolicy !== 'require') return [];
  if (held.length === 0) return all.length > 0 ? ['crl-invalid', 'crl-missing'] : ['crl-missing'];
  if (held.some(({ thisUpdate, nextUpdate }) => thisUpdate <= at && at <= nextUpdate)) return [];
  return held.some(({ thisUpdate }) => thisUpdate <= at) ? ['crl-stale'] : ['crl-not-yet-valid'];
}

// ── 5: CMS, as far as logins of the old kind need it ─────────────────────────────────────────

function judgeCms(
  cms: Buffer,
  content: Buffer,
  certificate: Certificate,
  between: readonly Certificate[],
  expected: Expected,
) {
  try {
    return judgeSigner(cms, content, certificate, between, expected);
  } catch (error) {
    if (error instanceof Malformed) return 'proof-unreadable';
    throw error;
  }
}

function judgeSigner(
  cms: Buffer,
  content: Buffer,
  certificate: Certificate,
  between: readonly Certificate[],
  expected: Expected,
) {
  const info = children(single(cms, 0x30).value);
  const kind = info.shift();
  if (!kind || !['1.2.156.10197.6.1.4.2.2', '1.2.840.113549.1.7.2'].includes(oid(kind))) throw new Malformed();
  const data = children(single(take(info, 0xa0).value, 0x30).value);
  take(data, 2);
  take(data, 0x31);
  const [type, explicit] = children(take(data, 0x30).value);
  const inside = (optional(data, 0xa0)?.value ?? Buffer.alloc(0)) as Buffer;
  optional(data, 0xa1);
  const infos = children(take(data, 0x31).value);
  const [signer] = infos;
  if (!type || !signer || infos.length !== 1 || data.length > 0) throw new Malformed();
  const seen = explicit ? single(explicit.value, 4).value : content;

  const fields = children(signer.value);
  take(fields, 2);
  const [issuer, serial] = children(take(fields, 0x30).value);
  const digestAlgorithm = algorithmOf(take(fields, 0x30));
  const attributes = optional(fields, 0xa0);
  const signing = algorithmOf(take(fields, 0x30));
  const signature = take(fields, 4).value;
  const candidates = [...children(inside).flatMap(({ raw }) => readCertificate(raw) ?? []), ...between];
  const own = candidates.find(
    one => issuer && serial && one.issuer.equals(issuer.raw) && one.serial.equals(serial.value),
  );
  if (!own?.der.equals(certificate.der)) return 'signing-certificate-mismatch';
  const { key } = certificate;
  if (!key) return undefined;
  const isSm2 = key.kind === 'sm2';
  const goes = {
    sm2: ['1.2.156.10197.1.301.1', '1.2.156.10197.1.301', '1.2.156.10197.1.501'],
    rsa: ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.11'],
    p256: ['1.2.840.10045.4.3.2'],
  }[key.kind];
  if (digestAlgorithm !== (isSm2 ? '1.2.156.10197.1.401' : '2.16.840.1.101.3.4.2.1') || !goes.includes(signing))
    return 'algorithm-not-supported';
  if (!seen.equals(content)) return 'content-changed';
  if (!attributes) return 'signed-attributes-missing';
  const value = (id: string) => {
    const named = children(attributes.value)
      .map(({ value }) => children(value))
      .filter(([kind]) => kind && oid(kind) === id);
    const values = named.flatMap(([, set]) => (set ? children(set.value) : []));
    return named.length === 1 && values.length === 1 ? values[0] : undefined;
  };
  const [contentType, digest] = [value('1.2.840.113549.1.9.3'), value('1.2.840.113549.1.9.4')];
  if (!contentType || !digest) return 'attributes-refused';
  if (oid(contentType) !== oid(type)) return 'content-type-mismatch';
  if (!digest.value.equals(hash(isSm2 ? 'sm3' : 'sha256', seen))) return 'content-changed';
  const set = Buffer.from(attributes.raw);
  set[0] = 0x31;
  if (!isSigned(key, set, signature)) {
    const variant = isSm2 ? ['empty-id', 'without-z'].find(name => isSigned(key, set, signature, name)) : undefined;
    if (!variant) return 'signature-invalid';
    if (!expected.sm2Variants?.includes(variant)) return 'signature-non-standard';
  }
  return undefined;
}

function algorithmOf({ value }: Tlv): string {
  const [kind] = children(value);
  if (!kind) throw new Malformed();
  return oid(kind);
}

/** What section 8 shows of a good login with an SM2 key. */
export function example(expected: Expected, text: string): Record<string, string> {
  const proof = readProof(text);
  const certificate = proof && readCertificate(proof.certificate);
  if (!proof || certificate?.key?.kind !== 'sm2') throw new Error('not an SM2 login');
  const fields = [expected.origin, expected.purpose ?? 'login', expected.challenge.challenge ?? ''].map(one =>
    Buffer.from(one),
  );
  const signed = Buffer.concat([
    Buffer.from('YINXIN-LOGIN-1\0'),
    ...[...fields, certificate.sha256].flatMap(field => [uint32(field.length), field]),
  ]);
  const z = sm2Z(certificate.key);
  const hex = { sha256: certificate.sha256, signed, z, e: hash('sm3', z, signed), signature: proof.signature };
  return Object.fromEntries(Object.entries(hex).map(([name, bytes]) => [name, bytes.toString('hex')]));
}
