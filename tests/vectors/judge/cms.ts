// A verifier of CMS (5).
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
  toDer,
  unfilled,
} from './der.js';
import { isSigned, type Key, lenient, sm2Z } from './signatures.js';

/** What the caller says (5.3). */
export interface Options extends Trust {
  readonly content?: Record<'sm3' | 'sha256' | 'head', string> & { readonly size: number };
  readonly allowWithoutAttributes?: boolean;
  readonly allowDigestOfContent?: boolean;
  readonly allowMixedContentTypes?: boolean;
  readonly trust?: 'unchecked';
}

/** The codes of what is fatal. */
export function verifyCms(options: Options, cms: Buffer, bytes?: Buffer): string[] {
  const own = ['content', 'allowWithoutAttributes', 'allowDigestOfContent', 'allowMixedContentTypes', 'trust'];
  refuse(Object.keys(options).some(name => ![...own, ...TRUST].includes(name)));
  const restricts = ['issuers', 'holders', 'crls', 'crlPolicy'].some(name => name in options);
  refuse(options.anchors ? options.trust === 'unchecked' : restricts);
  const outside = bytes ? contentOf(bytes) : options.content && digestsOf(options.content);
  const message = read(derOf(cms), 32);
  const inside = message.content && contentOf(message.content);
  const fatal: string[] = [];
  const content = inside ?? outside;
  if (!content) fatal.push('content-missing');
  if (inside && outside && !inside.sm3.equals(outside.sm3)) {
    const isDigest = forms(outside).some(form => message.content?.equals(form));
    if (!isDigest) fatal.push('content-changed');
    else if (!options.allowDigestOfContent) fatal.push('content-is-digest');
  }
  if ([inside, outside].some(one => one && isNoDocument(one))) fatal.push('content-refused');
  const given = (options.intermediates ?? []).map(mustRead);
  for (const signer of message.signers) {
    const known = [...message.certificates, ...given];
    const certificate = known.find(one => isOf(one, signer));
    if (!certificate) fatal.push('signer-certificate-missing');
    fatal.push(...judgeSigner(message, signer, certificate, content, outside ?? content, options));
    if (!certificate) continue;
    if (certificate.isCa) fatal.push('certificate-is-ca');
    if (options.trust !== 'unchecked') fatal.push(...judgePath(certificate, options, message.certificates));
    else fatal.push(...judgeEach([certificate], time(options.at)), ...judgeHolder(certificate, [certificate], options));
  }
  return fatal;
}

/** Of a login of the old kind (3.6): at most one code. */
export function judgeLogin(cms: Buffer, text: Buffer, certificate: Certificate, trust: Trust): string[] {
  try {
    const message = read(derOf(cms), 1);
    const [signer] = message.signers;
    const known = [...message.certificates, ...(trust.intermediates ?? []).map(mustRead)];
    if (!signer || !known.find(one => isOf(one, signer))?.der.equals(certificate.der))
      return ['signing-certificate-mismatch'];
    if (message.content && !message.content.equals(text)) return ['content-changed'];
    return judgeSigner(message, signer, certificate, contentOf(text), contentOf(text), trust).slice(0, 1);
  } catch (error) {
    if (error instanceof Refused && error.code === 'cms-unreadable') return ['proof-unreadable'];
    throw error;
  }
}

// ── The structure ────────────────────────────────────────────────────────────────────────────

interface Signer {
  readonly issuer: Buffer | undefined;
  readonly serial: Buffer | undefined;
  readonly keyId: Buffer | undefined;
  readonly digest: string;
  readonly attributes: Tlv | undefined;
  readonly signing: string;
  readonly signature: Buffer;
}

interface Message {
  readonly type: string;
  readonly content: Buffer | undefined;
  readonly certificates: readonly Certificate[];
  readonly signers: readonly Signer[];
}

function derOf(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const isText = bytes.every(octet => octet < 0x80);
  const packed = text.replaceAll(/-----[^-]*-----|\s/g, '');
  const der = isText && bytes.length > 0 ? fromBase64(packed) : bytes;
  if (!der?.length) throw new Refused('cms-unreadable');
  return der;
}

function read(bytes: Buffer, most: number): Message {
  try {
    return parse(unfilled(toDer(bytes)), most);
  } catch (error) {
    if (error instanceof Malformed) throw new Refused('cms-unreadable');
    throw error;
  }
}

function parse(der: Buffer, most: number): Message {
  const info = children(single(der, 0x30).value);
  if (!SIGNED_DATA.includes(oid(take(info, 6)))) throw new Malformed();
  const data = children(single(take(info, 0xa0).value, 0x30).value);
  take(data, 2);
  take(data, 0x31);
  const [type, explicit] = children(take(data, 0x30).value);
  const inside = children(optional(data, 0xa0)?.value ?? Buffer.alloc(0));
  optional(data, 0xa1);
  const signers = children(take(data, 0x31).value).map(parseSigner);
  if (!type || info.length > 0 || data.length > 0 || inside.length > 64) throw new Malformed();
  if (signers.length === 0 || signers.length > most) throw new Malformed();
  return {
    type: oid(type),
    content: explicit && children(explicit.value)[0]?.value,
    certificates: inside.flatMap(({ raw }) => readCertificate(raw) ?? []),
    signers,
  };
}

function parseSigner({ value }: Tlv): Signer {
  const fields = children(value);
  take(fields, 2);
  const named = optional(fields, 0x30);
  const [issuer, serial] = named ? children(named.value) : [];
  const keyId = named ? undefined : take(fields, 0x80).value;
  const algorithm = () => {
    const [kind] = children(take(fields, 0x30).value);
    if (!kind) throw new Malformed();
    return oid(kind);
  };
  const digest = algorithm();
  const attributes = optional(fields, 0xa0);
  const signing = algorithm();
  const signature = take(fields, 4).value;
  return { issuer: issuer?.raw, serial: serial?.value, keyId, digest, attributes, signing, signature };
}

const SIGNED_DATA = ['1.2.156.10197.6.1.4.2.2', '1.2.840.113549.1.7.2'];
const DATA = ['1.2.156.10197.6.1.4.2.1', '1.2.840.113549.1.7.1'];
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';

function isOf({ issuer, serial, extensions }: Certificate, signer: Signer): boolean {
  if (!signer.keyId)
    return issuer.equals(signer.issuer ?? Buffer.alloc(0)) && serial.equals(signer.serial ?? Buffer.alloc(0));
  const own = extensions.find(({ id }) => id === SUBJECT_KEY_IDENTIFIER);
  return own !== undefined && single(own.value, 4).value.equals(signer.keyId);
}

// ── A signer ─────────────────────────────────────────────────────────────────────────────────

interface Content {
  readonly sm3: Buffer;
  readonly sha256: Buffer;
  readonly head: Buffer;
  readonly size: number;
  /** All of it, if it is at hand. */
  readonly whole?: Buffer;
}

function contentOf(whole: Buffer): Content {
  return {
    sm3: hash('sm3', whole),
    sha256: hash('sha256', whole),
    head: whole.subarray(0, HEAD),
    size: whole.length,
    whole,
  };
}

function digestsOf({ sm3, sha256, head, size }: NonNullable<Options['content']>): Content {
  const [a, b, c] = [sm3, sha256, head].map(fromBase64);
  refuse(a?.length !== 32 || b?.length !== 32 || !c || c.length > size);
  const content = { sm3: a ?? Buffer.alloc(0), sha256: b ?? Buffer.alloc(0), head: c ?? Buffer.alloc(0), size };
  const own = contentOf(content.head);
  refuse(content.head.length === size && !(own.sm3.equals(content.sm3) && own.sha256.equals(content.sha256)));
  return content;
}

/** A content's digests, as some sign them in its place. */
function forms({ sm3, sha256 }: Content): Buffer[] {
  return [sm3, sha256].flatMap(digest => [digest, Buffer.from(digest.toString('base64'))]);
}

const GOES: Record<Key['kind'], readonly [digest: string, ...signing: string[]]> = {
  sm2: ['1.2.156.10197.1.401', '1.2.156.10197.1.301.1', '1.2.156.10197.1.301', '1.2.156.10197.1.501'],
  rsa: ['2.16.840.1.101.3.4.2.1', '1.2.840.113549.1.1.1', '1.2.840.113549.1.1.11'],
  p256: ['2.16.840.1.101.3.4.2.1', '1.2.840.10045.4.3.2'],
};

/** What is said of a signer but for its certificate (5.3). */
function judgeSigner(
  { type }: Message,
  signer: Signer,
  certificate: Certificate | undefined,
  content: Content | undefined,
  named: Content | undefined,
  options: Options,
): string[] {
  const attributes = signer.attributes && readAttributes(signer.attributes.value);
  const fatal = signer.attributes && !attributes ? ['attributes-refused'] : [];
  const key = certificate?.key;
  if (!certificate || !key) return fatal;
  const [digest, ...signing] = GOES[key.kind];
  if (digest !== signer.digest || !signing.includes(signer.signing)) fatal.push('algorithm-not-supported');
  else if (!signer.attributes) {
    if (!options.allowWithoutAttributes) fatal.push('signed-attributes-missing');
    else if (content?.whole) {
      const variants = (options.sm2Variants ?? []).filter(variant => variant !== 'without-z');
      fatal.push(...judgeSignature(key, [content.whole], signer.signature, variants));
    }
  } else if (attributes) {
    const name = key.kind === 'sm2' ? 'sm3' : 'sha256';
    if (!attributes.type) fatal.push('attributes-refused');
    else if (attributes.type !== type) {
      const isMixed = DATA.includes(type) && DATA.includes(attributes.type);
      if (!isMixed || !options.allowMixedContentTypes) fatal.push('content-type-mismatch');
    }
    const found = attributes.digest;
    if (!found) fatal.push('attributes-refused');
    else if (content && !found.equals(content[name])) {
      const isOf = (form: Buffer) => found.equals(form) || found.equals(hash(name, form));
      const withZ = key.kind === 'sm2' && content.whole && hash('sm3', sm2Z(key), content.whole);
      if (named && forms(named).some(isOf)) {
        if (!options.allowDigestOfContent) fatal.push('content-is-digest');
      } else fatal.push(withZ && found.equals(withZ) ? 'signature-non-standard' : 'content-changed');
    }
    const set = Buffer.from(signer.attributes.raw);
    set[0] = 0x31;
    const elements = children(signer.attributes.value).map(({ raw }) => raw);
    const sorted = element(0x31, Buffer.concat(elements.toSorted(Buffer.compare)));
    fatal.push(...judgeSignature(key, [set, sorted], signer.signature, options.sm2Variants ?? []));
  }
  if (attributes && !attributes.names.every(name => isNamed(name, certificate)))
    fatal.push('signing-certificate-mismatch');
  return fatal;
}

function judgeSignature(key: Key, over: readonly Buffer[], signature: Buffer, accepted: readonly string[]): string[] {
  const holds = (variant?: string) => over.some(bytes => isSigned(key, bytes, signature, variant, lenient));
  if (holds()) return [];
  const variant = key.kind === 'sm2' ? ['empty-id', 'without-z'].find(holds) : undefined;
  if (!variant) return ['signature-invalid'];
  return accepted.includes(variant) ? [] : ['signature-non-standard'];
}

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

interface Attributes {
  readonly type: string | undefined;
  readonly digest: Buffer | undefined;
  readonly names: readonly { readonly hash: string; readonly value: Buffer }[];
}

/** Those that are known, each once and with one value. */
function readAttributes(bytes: Buffer): Attributes | undefined {
  try {
    const known = new Map<string, Tlv>();
    for (const attribute of children(bytes)) {
      const [kind, set] = children(attribute.value);
      if (!kind || set?.tag !== 0x31) throw new Malformed();
      const id = oid(kind);
      if (![CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].includes(id))
        continue;
      const [value, ...more] = children(set.value);
      if (!value || more.length > 0 || known.has(id)) throw new Malformed();
      known.set(id, value);
    }
    const [type, digest, at] = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME].map(id => known.get(id));
    if ((digest && digest.tag !== 4) || (at && at.tag !== 0x17 && at.tag !== 0x18)) throw new Malformed();
    const names = [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].flatMap(id => {
      const value = known.get(id)?.raw;
      return value ? [{ hash: id === SIGNING_CERTIFICATE ? 'sha1' : 'sha256', value }] : [];
    });
    return { type: type && oid(type), digest: digest?.value, names };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

const HASHES: Record<string, string> = { '1.2.156.10197.1.401': 'sm3', '2.16.840.1.101.3.4.2.1': 'sha256' };

/** Whether the first of the certificates that it names is this one (RFC 2634, 5.4; RFC 5035, 3). */
function isNamed(attribute: Attributes['names'][number], { der, issuer, serial }: Certificate): boolean {
  try {
    const [list] = children(single(attribute.value, 0x30).value);
    const [id] = children(list?.value ?? Buffer.alloc(0));
    const fields = children(id?.value ?? Buffer.alloc(0));
    const [algorithm] = children(optional(fields, 0x30)?.value ?? Buffer.alloc(0));
    const digest = take(fields, 4).value;
    const [names, number] = children(optional(fields, 0x30)?.value ?? Buffer.alloc(0));
    const isDigest = digest.equals(hash(algorithm ? (HASHES[oid(algorithm)] ?? '') : attribute.hash, der));
    const isSerial = !number || (number.value.equals(serial) && names?.value.includes(issuer) === true);
    return isDigest && isSerial;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

// ── 5.4: content that is no document ─────────────────────────────────────────────────────────

const HEAD = 64 * 1024;

function isNoDocument({ head, size }: Content): boolean {
  if (head.length < Math.min(size, HEAD)) return true;
  const texts = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030'].map(encoding => new TextDecoder(encoding).decode(head));
  const labels = /^[\s\p{Cc}\p{Cf}\p{Co}\ufeff]*(logondata:|yinxin-login-)/iu;
  return texts.some(text => labels.test(text)) || beginsAsAttributes(head);
}

function beginsAsAttributes(head: Buffer): boolean {
  try {
    const [attribute] = children(single(head, 0x31).value);
    const [kind, values] = children(attribute?.value ?? Buffer.alloc(0));
    return attribute?.tag === 0x30 && kind?.tag === 6 && values?.tag === 0x31;
  } catch {
    return false;
  }
}
