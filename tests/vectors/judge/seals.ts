// A verifier of electronic seals (6).
import {
  type Certificate,
  judgeEach,
  judgeHolder,
  judgePath,
  mustRead,
  readCertificate,
  TRUST,
  type Trust,
} from './certificates.js';
import {
  certificateTime,
  children,
  element,
  fromBase64,
  hash,
  Malformed,
  oid,
  optional,
  Refused,
  refuse,
  single,
  type Tlv,
  take,
  time,
  unfilled,
} from './der.js';
import { isSigned, lenient } from './signatures.js';

/** What the caller says. */
export interface Options extends Trust {
  readonly makers?: readonly string[];
  readonly digest?: string;
}

/** The codes of what is fatal about a seal, and perhaps about the certificate that uses it. */
export function verifySeal(options: Options, bytes: Buffer, user?: Buffer): string[] {
  refuseUnknown(options, []);
  const seal = read(() => readSeal(unfilled(derOf(bytes))));
  const certificate = user && readCertificate(user);
  refuse(user !== undefined && !certificate, 'certificate-unreadable');
  return judgeSeal(seal, options, certificate);
}

/** The codes of what is fatal about a seal that was set. */
export function verifySealSignature(options: Options, bytes: Buffer, content?: Buffer): string[] {
  refuseUnknown(options, ['digest']);
  const set = read(() => readSignature(unfilled(derOf(bytes))));
  refuse(content !== undefined && options.digest !== undefined);
  const given = options.digest === undefined ? undefined : fromBase64(options.digest);
  refuse(options.digest !== undefined && given?.length !== 32);
  const signer = readCertificate(set.certificate);
  const fatal: string[] = signer ? judgeSignature(signer, set) : ['certificate-unreadable'];
  const digest = content ? hash('sm3', content) : given;
  if (!digest) fatal.push('content-missing');
  else if (!digest.equals(set.digest)) fatal.push('content-changed');
  fatal.push(...set.extensions.filter(critical => critical).map(() => 'seal-extension-unknown'));
  return [...fatal, ...judgeSeal(set.seal, options, signer)];
}

function refuseUnknown(options: Options, own: readonly string[]) {
  refuse(Object.keys(options).some(name => ![...own, 'makers', 'policies', ...TRUST].includes(name)));
  const restricts = ['issuers', 'holders', 'crls', 'crlPolicy', 'policies'].some(name => name in options);
  refuse(!options.anchors && restricts);
}

// ── The structure ────────────────────────────────────────────────────────────────────────────

interface Signed {
  readonly certificate: Buffer;
  readonly algorithm: string;
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** Whether each extension is critical. */
  readonly extensions: readonly boolean[];
}

interface Seal extends Signed {
  readonly created: number;
  readonly from: number;
  readonly until: number;
  readonly users: readonly (Buffer | { readonly digest: Buffer })[];
}

function read<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new Refused('seal-unreadable');
    throw error;
  }
}

function derOf(bytes: Buffer): Buffer {
  const isText = bytes.length > 0 && bytes.every(octet => octet < 0x80);
  const der = isText ? fromBase64(bytes.toString('latin1').replaceAll(/-----[^-]*-----|\s/g, '')) : bytes;
  if (!der) throw new Malformed();
  return der;
}

function readSeal(der: Buffer): Seal {
  const outer = children(single(der, 0x30).value);
  const info = take(outer, 0x30);
  const isV1 = outer[0]?.tag === 0x30;
  const parts = isV1 ? children(take(outer, 0x30).value) : outer;
  const certificate = take(parts, 4);
  const algorithm = parts.shift();
  const signature = bitsOf(parts.shift());
  const fields = children(info.value);
  const [id, version, vendor] = children(take(fields, 0x30).value);
  const number = version?.tag === 2 ? version.value.readUIntBE(0, version.value.length) : 0;
  if (!algorithm || !vendor || id?.value.toString() !== 'ES' || number < 1 || number > 5) throw new Malformed();
  // A time stamp has its place in version 5 only.
  if (!isV1 && number === 5) optional(parts, 0xa0);
  if (parts.length > 0 || (isV1 && outer.length > 0)) throw new Malformed();
  fields.shift();
  const property = children(take(fields, 0x30).value);
  take(property, 2);
  property.shift();
  optional(property, 2);
  const list = children(take(property, 0x30).value);
  const [created = 0, from = 0, until = 0] = property.map(certificateTime);
  if (property.length !== 3) throw new Malformed();
  const picture = children(take(fields, 0x30).value);
  if (picture.length !== 4) throw new Malformed();
  const extensions = readExtensions(optional(fields, 0x30));
  if (fields.length > 0) throw new Malformed();
  const body = Buffer.concat([info.raw, certificate.raw, algorithm.raw]);
  return {
    certificate: certificate.value,
    algorithm: algorithmOf(algorithm),
    signed: isV1 ? element(0x30, body) : info.raw,
    signature,
    extensions,
    created,
    from,
    until,
    users: list.flatMap(readUser),
  };
}

function readSignature(der: Buffer): Signed & { readonly seal: Seal; readonly digest: Buffer } {
  const outer = children(single(der, 0x30).value);
  const toSign = take(outer, 0x30);
  const fields = children(toSign.value);
  take(fields, 2);
  const seal = readSeal(take(fields, 0x30).raw);
  const at = fields.shift();
  if (at?.tag !== 3 && (!at || certificateTime(at) === undefined)) throw new Malformed();
  const digest = bitsOf(fields.shift());
  fields.shift();
  // Version 1 has certificate and algorithm inside.
  const isV1 = outer[0]?.tag === 3;
  const explicit = isV1 ? undefined : optional(fields, 0xa0);
  const parts = isV1 ? fields : outer;
  const certificate = take(parts, 4).value;
  const algorithm = parts.shift();
  if (!algorithm || fields.length > 0) throw new Malformed();
  const signature = bitsOf(outer.shift());
  if (!isV1) optional(outer, 0xa0);
  if (outer.length > 0) throw new Malformed();
  const extensions = explicit ? readExtensions(children(explicit.value)[0]) : [];
  return { certificate, algorithm: algorithmOf(algorithm), signed: toSign.raw, signature, extensions, seal, digest };
}

function bitsOf(tlv: Tlv | undefined): Buffer {
  if (tlv?.tag !== 3 || tlv.value[0] !== 0) throw new Malformed();
  return tlv.value.subarray(1);
}

function algorithmOf(tlv: Tlv): string {
  const [inside] = tlv.tag === 0x30 ? children(tlv.value) : [tlv];
  if (!inside) throw new Malformed();
  return oid(inside);
}

function readExtensions(list: Tlv | undefined): boolean[] {
  return (list ? children(list.value) : []).map(({ value }) => {
    const [id, flag] = children(value);
    if (!id) throw new Malformed();
    oid(id);
    return flag?.tag === 1 && flag.value[0] !== 0;
  });
}

/** An entry of certList, by its own form. */
function readUser({ tag, value }: Tlv): Seal['users'] {
  if (tag === 4) return [value];
  const digest = tag === 0x30 ? children(value)[1]?.value : undefined;
  return digest ? [{ digest }] : [];
}

// ── The judgement ────────────────────────────────────────────────────────────────────────────

const SM2_WITH_SM3 = ['1.2.156.10197.1.501', '1.2.156.10197.1.301.1', '1.2.156.10197.1.301'];
const DAY = 86_400;

function judgeSignature({ key }: Certificate, { algorithm, signed, signature }: Signed): string[] {
  if (!SM2_WITH_SM3.includes(algorithm)) return ['algorithm-not-supported'];
  return key?.kind === 'sm2' && isSigned(key, signed, signature, undefined, lenient) ? [] : ['signature-invalid'];
}

function judgeSeal(seal: Seal, options: Options, user: Certificate | undefined): string[] {
  const at = time(options.at);
  const fatal: string[] = [];
  const maker = readCertificate(seal.certificate);
  if (!maker) fatal.push('certificate-unreadable');
  else {
    fatal.push(...judgeSignature(maker, seal), ...judgeMaker(maker, options, user));
    if (seal.created > maker.notAfter) fatal.push('seal-made-after-maker');
    if (seal.created < maker.notBefore - 31 * DAY) fatal.push('seal-made-before-maker');
  }
  if (at > seal.until) fatal.push('seal-expired');
  else if (at < seal.from) fatal.push('seal-not-yet-valid');
  fatal.push(...seal.extensions.filter(critical => critical).map(() => 'seal-extension-unknown'));
  if (!user) return fatal;
  const isListed = seal.users.some(one => {
    if (Buffer.isBuffer(one)) return unfilled(one).equals(user.der);
    return [hash('sm3', user.der), user.sha256].some(digest => digest.equals(one.digest));
  });
  if (!isListed) fatal.push('seal-not-for-certificate');
  // The policies are the makers'.
  const { policies: _, ...trust } = options;
  const own = [...judgeEach([user], at), ...judgeHolder(user, [user], options)];
  return [...fatal, ...(options.anchors ? judgePath(user, trust) : own)];
}

function judgeMaker(maker: Certificate, options: Options, user: Certificate | undefined): string[] {
  const { policies, holders: _, ...others } = options;
  if (policies && judgePath(maker, { ...others, policies }).length === 0) return [];
  if (!(options.makers ?? []).some(one => mustRead(one).der.equals(maker.der))) return ['seal-maker-unknown'];
  if (!options.anchors) return [];
  const { issuers: _issuers, ...ofUser } = others;
  const found = judgePath(maker, user ? ofUser : others);
  const isRestricted = ['issuers', 'crls', 'crlPolicy'].some(name => name in options);
  const fatal = !user && isRestricted && found.length > 0 ? ['seal-maker-unknown'] : [];
  return found.includes('certificate-revoked') ? [...fatal, 'certificate-revoked'] : fatal;
}
