/**
 * For tests: a CA of two levels, users' certificates, revocation, and signatures, all made by the OpenSSL
 * command line. What the product makes itself is no part of it, so the two can disagree.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoginProof, SignatureAlgorithm } from '@yinxin/proto';
import { integer, octets, oid, sequence, set, tagged, utcTime } from './der.js';

/** A key with its certificate. */
export interface Holder {
  readonly algorithm: SignatureAlgorithm;
  readonly key: string;
  readonly certificatePath: string;
  readonly certificate: Buffer;
  /** As they stand in the certificate, in DER. */
  readonly issuerAndSerial: Buffer;
}

/** What a user's certificate says. */
export interface Profile {
  /** OpenSSL's notation: `/C=CN/O=…/CN=…`. */
  readonly subject: string;
  readonly algorithm?: SignatureAlgorithm;
  /** Of OpenSSL's `keyUsage`. */
  readonly usage?: string;
  /** The one purpose of its extended key usage, by OpenSSL's name. */
  readonly purpose?: string;
  /** Whether its basic constraints say that it is a CA's. */
  readonly isCa?: boolean;
  /** `YYMMDDHHMMSSZ`, start and end of validity. */
  readonly valid?: readonly [string, string];
  /** A key that exists already. */
  readonly key?: string;
}

/** Where each file of a CA lies. */
export interface Authority {
  readonly root: string;
  readonly issuing: string;
  /** Lists of root and issuing CA. */
  readonly crls: readonly string[];
  issue(profile: Profile): Holder;
  revoke(holder: Holder): void;
  remove(): void;
}

/** Makes root, issuing CA and their empty lists. Everything is signed under the default SM2 user id. */
export function makeAuthority(name = '演示'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'yinxin-pki-'));
  const at = (name: string) => join(folder, name);
  let count = 0;

  const makeKey = (algorithm: SignatureAlgorithm): string => {
    const key = at(`key-${count++}.pem`);
    const kind = {
      'sm2-sm3': ['-algorithm', 'SM2'],
      'rsa-sha256': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
      'ecdsa-p256-sha256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    }[algorithm];
    openssl(['genpkey', ...kind, '-out', key]);
    return key;
  };
  const configuration = (name: string, certificate: string, key: string): string => {
    mkdirSync(at(name));
    writeFileSync(at(`${name}/index`), '');
    writeFileSync(at(`${name}/serial`), '1001');
    writeFileSync(at(`${name}/number`), '01');
    const path = at(`${name}/ca.cnf`);
    writeFileSync(
      path,
      `[ca]
default_ca = this
[this]
database = ${at(`${name}/index`)}
new_certs_dir = ${at(name)}
serial = ${at(`${name}/serial`)}
crlnumber = ${at(`${name}/number`)}
certificate = ${certificate}
private_key = ${key}
default_md = sm3
default_crl_days = 3650
policy = any
unique_subject = no
copy_extensions = none
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
serialNumber = optional
[req]
distinguished_name = empty
string_mask = utf8only
[empty]
`,
    );
    return path;
  };
  const issueBy = (ca: string, key: string, subject: string, extensions: string, valid: readonly [string, string]) => {
    const n = count++;
    const [request, certificate, file] = [at(`${n}.csr`), at(`${n}.pem`), at(`${n}.ext`)];
    writeFileSync(file, extensions);
    openssl(['req', '-new', '-utf8', '-config', ca, '-key', key, ...md(key), '-subj', subject, '-out', request]);
    const time = ['-startdate', valid[0], '-enddate', valid[1]];
    const how = ['-batch', '-notext', '-utf8', '-extfile', file, '-sigopt', ID, '-vfyopt', ID];
    // A request by an RSA or P-256 key knows no SM2 id.
    const fitting = isSm2(key) ? how : how.slice(0, -2);
    openssl(['ca', '-config', ca, '-in', request, '-out', certificate, ...time, ...fitting]);
    return certificate;
  };

  const rootKey = makeKey('sm2-sm3');
  const root = at('root.pem');
  const rootArguments = [
    '-key',
    rootKey,
    '-sm3',
    '-sigopt',
    ID,
    '-subj',
    `/C=CN/O=${name}根/CN=${name}根 CA`,
    '-days',
    '7300',
  ];
  const caExtensions = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
  const rootConfiguration = configuration('root-ca', root, rootKey);
  openssl([
    'req',
    '-x509',
    '-new',
    '-utf8',
    '-config',
    rootConfiguration,
    ...rootArguments,
    '-out',
    root,
    ...addext(caExtensions),
  ]);
  const issuingKey = makeKey('sm2-sm3');
  const issuing = issueBy(rootConfiguration, issuingKey, `/C=CN/O=${name}签发/CN=${name}签发 CA`, caExtensions, LONG);
  const issuingConfiguration = configuration('issuing-ca', issuing, issuingKey);
  const crls = [at('root-crl.pem'), at('crl.pem')] as const;
  const list = (ca: string, out: string) =>
    openssl(['ca', '-config', ca, '-gencrl', '-md', 'sm3', '-sigopt', ID, '-out', out]);
  list(rootConfiguration, crls[0]);
  list(issuingConfiguration, crls[1]);

  return {
    root,
    issuing,
    crls,
    issue: ({ subject, algorithm = 'sm2-sm3', usage = SIGNING, purpose, isCa = false, valid = LONG, key }) => {
      const own = key ?? makeKey(algorithm);
      const extended = purpose ? `extendedKeyUsage=critical,${purpose}\n` : '';
      const extensions = `basicConstraints=CA:${String(isCa).toUpperCase()}\nkeyUsage=critical,${usage}\n${extended}`;
      const path = issueBy(issuingConfiguration, own, subject, extensions, valid);
      const certificate = openssl(['x509', '-in', path, '-outform', 'DER']);
      return { algorithm, key: own, certificatePath: path, certificate, issuerAndSerial: issuerAndSerial(certificate) };
    },
    revoke: ({ certificatePath }) => {
      openssl(['ca', '-config', issuingConfiguration, '-revoke', certificatePath, '-sigopt', ID]);
      list(issuingConfiguration, crls[1]);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A signature as a token would make it: DER for SM2 and ECDSA. */
export function signBytes(holder: Holder, bytes: Uint8Array): Buffer {
  const how = holder.algorithm === 'sm2-sm3' ? ['-sm3', '-sigopt', ID] : ['-sha256'];
  return openssl(['dgst', ...how, '-sign', holder.key], bytes);
}

/** A login proof in our own format (docs: the bytes are a label, then four length-prefixed fields). */
export function makeProof(holder: Holder, origin: string, purpose: string, challenge: string): LoginProof {
  const fields = [origin, purpose, challenge, createHash('sha256').update(holder.certificate).digest()];
  const parts = fields.flatMap(field => {
    const bytes = Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return proofOf(holder, signBytes(holder, Buffer.concat([Buffer.from('YINXIN-LOGIN-1\0'), ...parts])));
}

/** A proof around any signature. */
export function proofOf(holder: Holder, signature: Buffer, format: LoginProof['format'] = 'yinxin'): LoginProof {
  const { algorithm, certificate } = holder;
  return {
    format,
    version: 1,
    algorithm,
    certificate: certificate.toString('base64'),
    signature: signature.toString('base64'),
  };
}

/** A CMS over content, detached unless told otherwise. SM2 is put together here, as OpenSSL 3.0 can't; the others by OpenSSL. */
export function makeCms(holder: Holder, content: Uint8Array, attached = false): Buffer {
  if (holder.algorithm !== 'sm2-sm3') {
    const signer = ['-signer', holder.certificatePath, '-inkey', holder.key, '-md', 'sha256'];
    return openssl(
      ['cms', '-sign', '-binary', '-cades', '-outform', 'DER', ...(attached ? ['-nodetach'] : []), ...signer],
      content,
    );
  }
  const sm3 = (bytes: Uint8Array) => createHash('sm3').update(bytes).digest();
  const digestAlgorithm = sequence(oid('1.2.156.10197.1.401'), NULL);
  const certificateHash = sequence(sequence(oid('1.2.156.10197.1.401')), octets(sm3(holder.certificate)));
  const attribute = (kind: string, value: Buffer) => sequence(oid(kind), set(value));
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid('1.2.156.10197.6.1.4.2.1')),
    attribute('1.2.840.113549.1.9.4', octets(sm3(content))),
    attribute('1.2.840.113549.1.9.5', utcTime(new Date())),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(certificateHash))),
  ].sort(Buffer.compare);
  const signature = signBytes(holder, set(...attributes));
  const signer = sequence(
    integer(1),
    holder.issuerAndSerial,
    digestAlgorithm,
    tagged(0, ...attributes),
    sequence(oid('1.2.156.10197.1.301.1'), NULL),
    octets(signature),
  );
  const inside = attached ? [tagged(0, octets(content))] : [];
  const signedData = sequence(
    integer(1),
    set(digestAlgorithm),
    sequence(oid('1.2.156.10197.6.1.4.2.1'), ...inside),
    tagged(0, holder.certificate),
    set(signer),
  );
  return sequence(oid('1.2.156.10197.6.1.4.2.2'), tagged(0, signedData));
}

/** A detached CMS by an RSA or P-256 key without signed attributes: the signature is over the content itself. */
export function makeBareCms(holder: Holder, content: Uint8Array): Buffer {
  const signer = ['-signer', holder.certificatePath, '-inkey', holder.key, '-md', 'sha256'];
  return openssl(['cms', '-sign', '-binary', '-noattr', '-outform', 'DER', ...signer], content);
}

/** IssuerAndSerialNumber, put together from what OpenSSL tells of the certificate's structure. */
function issuerAndSerial(certificate: Buffer): Buffer {
  const rows = openssl(['asn1parse', '-inform', 'DER'], certificate).toString().split('\n');
  // TBSCertificate: [0] version, serialNumber, signature, issuer, …
  const fields = rows.flatMap(row => {
    const [, offset, depth, header, length] = /^\s*(\d+):d=(\d+)\s+hl=(\d+) l=\s*(\d+)/.exec(row) ?? [];
    const start = Number(offset);
    return depth === '2' ? [certificate.subarray(start, start + Number(header) + Number(length))] : [];
  });
  const [, serial, , issuer] = fields;
  if (!serial || !issuer) throw new Error('not the shape of a certificate');
  return sequence(issuer, serial);
}

function isSm2(key: string): boolean {
  return openssl(['pkey', '-in', key, '-noout', '-text']).includes('SM2');
}

function md(key: string): string[] {
  return isSm2(key) ? ['-sm3', '-sigopt', ID] : ['-sha256'];
}

function addext(extensions: string): string[] {
  return extensions
    .trim()
    .split('\n')
    .flatMap(line => ['-addext', line]);
}

function openssl(args: readonly string[], input?: Uint8Array): Buffer {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { input: input ?? '' });
  if (error) throw error;
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Reads the files of an authority as the portal's command does. */
export function trustOf(authority: Authority) {
  const read = (path: string) => new Uint8Array(readFileSync(path));
  return {
    anchors: [read(authority.root)],
    intermediates: [read(authority.issuing)],
    issuers: [read(authority.issuing)],
    crls: authority.crls.map(read),
  };
}

/** OpenSSL's default id is empty: it is always named. */
const ID = 'distid:1234567812345678';
const LONG = ['200101000000Z', '491231235959Z'] as const;
/** What a user's certificate is for, where nothing else is said. */
const SIGNING = 'digitalSignature,nonRepudiation';
const NULL = Buffer.from([5, 0]);
