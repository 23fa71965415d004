// A verifier of logins (3) by docs/formats.md alone: none of the product's code. It finds what that page leaves out. Numbers
// in comments are its sections and the steps of 3.5.
import { judgePath, mustRead, readCertificate, TRUST, type Trust } from './certificates.js';
import { judgeLogin } from './cms.js';
import { fromBase64, hash, refuse, time, uint32, unfilled } from './der.js';
import { hasStrictForm, isSigned, sm2Z } from './signatures.js';

/** What the portal says (3.5). */
export interface Expected extends Trust {
  readonly challenge: Record<string, string>;
  readonly origin: string;
  readonly purpose?: string;
  readonly session: string;
  readonly formats?: readonly string[];
  readonly clockSkew?: number;
}

/** The codes of what is fatal. The login is valid if there are none. */
export function verifyLogin(expected: Expected, proof: string): string[] {
  const fatal: string[] = [];
  const own = ['challenge', 'origin', 'purpose', 'session', 'formats', 'clockSkew'];
  refuse(Object.keys(expected).some(name => ![...own, ...TRUST].includes(name)));
  const { challenge: record, formats = ['yinxin'], clockSkew = 0, purpose = 'login' } = expected;
  refuse(!record || expected.anchors === undefined);
  refuse(!PURPOSES.includes(purpose) || formats.some(format => !FORMATS.includes(format)));
  refuse(!Number.isInteger(clockSkew) || clockSkew < 0 || clockSkew > 300);
  const { anchors = [], intermediates = [] } = expected;
  for (const one of [...anchors, ...intermediates]) mustRead(one);
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
    fatal.push(...judgeLogin(read.signature, content, certificate, expected));
  }
  // 17: without `issuers`, an anchor itself has to have issued it.
  return [...fatal, ...judgePath(certificate, { issuers: anchors, ...expected })];
}

const PURPOSES: readonly string[] = ['login', 'bind'];
const FORMATS: readonly string[] = ['yinxin', 'logondata', 'logondata-detached'];
const ALGORITHMS: Record<string, string> = { sm2: 'sm2-sm3', rsa: 'rsa-sha256', p256: 'ecdsa-p256-sha256' };

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
