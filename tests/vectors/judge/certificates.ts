// Certificates, their paths, and revocation (4), as far as the vectors need them.
import {
  certificateTime,
  children,
  fromBase64,
  hash,
  Malformed,
  oid,
  optional,
  Refused,
  single,
  type Tlv,
  take,
  time,
} from './der.js';
import { isSigned, type Key, readKey } from './signatures.js';

/** What certificates are judged by. */
export interface Trust {
  readonly at: string;
  readonly anchors?: readonly string[];
  readonly intermediates?: readonly string[];
  readonly issuers?: readonly string[];
  readonly holders?: readonly string[];
  readonly crls?: readonly string[];
  readonly crlPolicy?: 'warn' | 'require';
  readonly extendedKeyUsages?: readonly string[];
  readonly sm2Variants?: readonly string[];
  readonly policies?: readonly string[];
}

export const TRUST = [
  'at',
  'anchors',
  'intermediates',
  'issuers',
  'holders',
  'crls',
  'crlPolicy',
  'extendedKeyUsages',
  'sm2Variants',
];

interface Extension {
  readonly id: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

export interface Certificate {
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

const CERTIFICATE_POLICIES = '2.5.29.32';
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const ANY_PURPOSE = '2.5.29.37.0';
const SIGNING_PURPOSES = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4'];
const PROCESSED = [14, 15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54].map(last => `2.5.29.${last}`);

/** Of what the portal gives: PEM or Base64. */
export function mustRead(text: string): Certificate {
  const packed = text.replaceAll(/-----[^-]*-----|\s/g, '');
  const certificate = readCertificate(fromBase64(packed) ?? Buffer.alloc(0));
  if (!certificate) throw new Refused('certificate-unreadable');
  return certificate;
}

export function readCertificate(der: Buffer): Certificate | undefined {
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

/** The codes of the best path (4). Certificates of a message may lie between, too. */
export function judgePath(certificate: Certificate, trust: Trust, inside: readonly Certificate[] = []): string[] {
  const at = time(trust.at);
  const anchors = (trust.anchors ?? []).map(mustRead);
  const between = [...inside, ...(trust.intermediates ?? []).map(mustRead)];
  let best: string[] | undefined;
  let obstacle: string | undefined;
  const extend = (path: readonly Certificate[], variants: readonly string[]) => {
    const last = path.at(-1);
    if (!last || path.length > 8) return;
    const arrive = (whole: readonly Certificate[]) => {
      const found = judgeWhole(whole, variants, at, trust);
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
    ...judgeHolder(certificate, [certificate], trust),
    obstacle ?? 'issuer-unknown',
  ];
}

function judgeWhole(path: readonly Certificate[], variants: readonly string[], at: number, trust: Trust): string[] {
  const [certificate, issuer] = path;
  if (!certificate) return [];
  const accepted = trust.sm2Variants ?? [];
  const fatal = judgeEach(path, at);
  for (const variant of variants)
    if (variant !== '' && !accepted.includes(variant)) fatal.push('signature-non-standard');
  path.slice(1).forEach((step, index) => {
    if (!step.ca?.is || (step.usage !== undefined && (step.usage & 0x04) === 0)) fatal.push('issuer-not-ca');
    // Those between it and the holder that are not self-issued (RFC 5280, 4.2.1.9).
    const below = path.slice(1, index + 1).filter(({ subject, issuer: by }) => !subject.equals(by)).length;
    if (step.ca && below > step.ca.length) fatal.push('path-too-long');
  });
  const isNamed = (step: Certificate) =>
    trust.issuers?.some(one =>
      one.startsWith('-----') ? mustRead(one).der.equals(step.der) : one === step.commonName,
    );
  if (trust.issuers && (!issuer || !isNamed(issuer))) fatal.push('issuer-not-accepted');
  // Of the certificates below the anchor (RFC 5280, 6.1), without mappings.
  const hasPolicy = ({ extensions }: Certificate) => {
    const found = extensions.find(({ id }) => id === CERTIFICATE_POLICIES);
    const own = children(found ? single(found.value, 0x30).value : Buffer.alloc(0)).map(
      ({ value }) => children(value)[0],
    );
    return own.some(one => one && trust.policies?.includes(oid(one)));
  };
  if (trust.policies && !path.slice(0, -1).every(hasPolicy)) fatal.push('policy-not-satisfied');
  if (trust.holders && !trust.holders.includes(kindOf(certificate))) fatal.push('holder-not-accepted');
  path.slice(0, -1).forEach((step, index) => {
    const by = path[index + 1];
    if (by) fatal.push(...judgeLists(step, by, at, trust));
  });
  for (const list of trust.crls ?? [])
    if (trust.crlPolicy === 'require' && !readList(fromBase64(list))) fatal.push('crl-invalid');
  return [...fatal, ...judgeHolder(certificate, path, trust)];
}

/** The kind of a holder, as far as the vectors need it. */
function kindOf({ commonName, organization }: Certificate): string {
  return commonName === organization ? 'unit' : 'unknown';
}

export function judgeEach(path: readonly Certificate[], at: number): string[] {
  return path.flatMap(({ fatal, notBefore, notAfter, extensions }) => {
    const found = [...fatal];
    if (at > notAfter) found.push('certificate-expired');
    if (at < notBefore) found.push('certificate-not-yet-valid');
    if (extensions.some(({ id, critical }) => critical && !PROCESSED.includes(id)))
      found.push('critical-extension-unknown');
    return found;
  });
}

export function judgeHolder({ key, usage }: Certificate, path: readonly Certificate[], trust: Trust): string[] {
  const fatal: string[] = [];
  if (!key) fatal.push('algorithm-not-supported');
  if (usage !== undefined && (usage & 0xc0) === 0) fatal.push('certificate-not-for-signing');
  let left = [...SIGNING_PURPOSES, ...(trust.extendedKeyUsages ?? [])];
  for (const { purposes } of path)
    if (purposes && !purposes.includes(ANY_PURPOSE)) left = left.filter(purpose => purposes.includes(purpose));
  if (left.length === 0) fatal.push('extended-key-usage-not-accepted');
  return fatal;
}

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

function judgeLists({ serial }: Certificate, issuer: Certificate, at: number, trust: Trust): string[] {
  const all = (trust.crls ?? [])
    .flatMap(list => readList(fromBase64(list)) ?? [])
    .filter(list => list.issuer.equals(issuer.subject));
  const held = all.filter(list => issuedBy(issuer.key, list) === '');
  const isRevoked = held.some(list => list.entries.some(entry => entry.serial.equals(serial) && entry.date <= at));
  if (isRevoked) return ['certificate-revoked'];
  if (trust.crlPolicy !== 'require') return [];
  if (held.length === 0) return all.length > 0 ? ['crl-invalid', 'crl-missing'] : ['crl-missing'];
  if (held.some(({ thisUpdate, nextUpdate }) => thisUpdate <= at && at <= nextUpdate)) return [];
  return held.some(({ thisUpdate }) => thisUpdate <= at) ? ['crl-stale'] : ['crl-not-yet-valid'];
}
