// Tokens and modules that no user should meet, and some do.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOFTKEY } from './paths.js';
import { run } from './process.js';

/** A certificate that a test CA issues. */
export interface Issued {
  /** Attributes of the subject, in the form of `openssl -subj`. */
  readonly subject: string;
  /** Days before and after now; negative after: it has ended. */
  readonly from: number;
  readonly until: number;
  readonly usage: 'digitalSignature,nonRepudiation' | 'keyEncipherment,dataEncipherment';
}

/**
 * Makes a token of the software key with an RSA CA's certificate in it, with certificates of SM2 keys that
 * lie elsewhere and seals for them, or with nothing.
 */
export function makeToken(
  folder: string,
  label: string,
  pin: string,
  content: 'empty' | 'ca' | Issued[],
  seals: (certificates: Buffer[]) => Uint8Array[] = () => [],
): string {
  const keys = join(folder, `making-${label}`);
  mkdirSync(join(keys, label), { recursive: true });
  const tool = (...args: string[]): Buffer =>
    run('pkcs11-tool', ['--module', SOFTKEY, ...args], { env: { YINXIN_SOFTKEY_DIR: keys } });
  const so = '12345678';
  tool('--init-token', '--slot', '0', '--label', label, '--so-pin', so);
  tool('--login', '--login-type', 'so', '--so-pin', so, '--init-pin', '--new-pin', pin);
  if (content === 'ca') {
    const [key, certificate] = [join(keys, 'ca.key'), join(keys, 'ca.der')];
    const subject = ['-utf8', '-subj', '/C=CN/O=印信测试/CN=印信测试CA（虚构）'];
    const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    const made = [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '30',
      '-keyout',
      key,
      '-outform',
      'DER',
      '-out',
      certificate,
    ];
    run('openssl', ['req', '-x509', ...made, ...subject, ...usage]);
    tool('--login', '--pin', pin, '--write-object', certificate, '--type', 'cert', '--id', 'c1', '--label', 'ca');
  }
  if (Array.isArray(content)) {
    const certificates = issue(keys, content);
    const write = (...object: string[]) => tool('--login', '--pin', pin, '--write-object', ...object);
    for (const [at, certificate] of certificates.entries()) write(certificate, '--type', 'cert', '--id', `0${at + 1}`);
    for (const seal of seals(certificates.map(path => readFileSync(path)))) {
      // pkcs11-tool would cut the rest off without a word.
      if (seal.length > 5_000) throw new Error('a seal of more than 5000 bytes');
      writeFileSync(join(keys, 'seal'), seal);
      write(join(keys, 'seal'), '--type', 'data', '--label', '单位电子印章');
    }
  }
  return join(keys, label);
}

/** Issues certificates in the name of Sichuan CA, by which the tariff knows them, from a CA that exists here alone. */
function issue(folder: string, all: Issued[]): string[] {
  const at = (name: string): string => join(folder, name);
  const distid = 'distid:1234567812345678';
  const request = (key: string, subject: string, ...more: string[]): void => {
    run('openssl', ['genpkey', '-algorithm', 'SM2', '-out', key]);
    const how = ['-new', '-key', key, '-sm3', '-sigopt', distid, '-utf8', '-subj', subject];
    run('openssl', ['req', ...how, ...more]);
  };
  request(at('ca.key'), '/C=CN/O=四川省数字证书认证管理中心（测试，虚构）/CN=TEST CA', '-x509', '-out', at('ca.pem'));
  writeFileSync(at('index.txt'), '');
  writeFileSync(
    at('ca.cnf'),
    `[ca]
default_ca=own
[own]
database=${at('index.txt')}
new_certs_dir=${folder}
rand_serial=yes
unique_subject=no
default_md=sm3
policy=any
[any]
commonName=supplied
`,
  );
  return all.map(({ subject, from, until, usage }, number) => {
    const [csr, certificate, der, extensions] = [
      at(`${number}.csr`),
      at(`${number}.pem`),
      at(`${number}.der`),
      at(`${number}.ext`),
    ];
    writeFileSync(extensions, `keyUsage=critical,${usage}\n`);
    request(at(`${number}.key`), subject, '-out', csr);
    run('openssl', [
      ...['ca', '-config', at('ca.cnf'), '-batch', '-notext', '-utf8', '-preserveDN'],
      ...['-cert', at('ca.pem'), '-keyfile', at('ca.key'), '-sigopt', distid, '-vfyopt', distid],
      ...['-startdate', time(-from), '-enddate', time(until), '-extfile', extensions],
      ...['-in', csr, '-out', certificate],
    ]);
    run('openssl', ['x509', '-in', certificate, '-outform', 'DER', '-out', der]);
    return der;
  });
}

/** A GeneralizedTime, days from now. */
function time(days: number): string {
  const iso = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${iso.replace(/[-:T]|\..*/g, '')}Z`;
}

/** Spoils the first certificate of a token of the software key: whoever can write to its folder can. */
export function spoilCertificate(token: string): void {
  const path = join(token, 'token');
  const text = readFileSync(path, 'utf8');
  // Public attributes lie there in Base64; a Certificate in them begins with two SEQUENCEs, each with two bytes of length.
  const spoiled = text.replace(/(?<="attributes":")[^"]+/g, encoded => {
    const attributes = Buffer.from(encoded, 'base64');
    const at = attributes.findIndex(
      (_, index) =>
        attributes.subarray(index, index + 2).equals(HEAD) && attributes.subarray(index + 4, index + 6).equals(HEAD),
    );
    if (at >= 0) attributes.fill(0xff, at, at + 4);
    return attributes.toString('base64');
  });
  if (spoiled === text) throw new Error('no certificate found');
  writeFileSync(`${path}.new`, spoiled);
  renameSync(`${path}.new`, path);
}

/** Compiles a small library. */
export function cLibrary(folder: string, name: string, source: string): string {
  const library = join(folder, `${name}.so`);
  run('cc', ['-shared', '-fPIC', '-o', library, '-x', 'c', '-'], { input: source });
  return library;
}

/** The header of a 32-bit library: ELF class 1, little endian, ET_DYN, EM_386, no tables. */
export function oldLibrary(folder: string, name: string): string {
  const header = Buffer.alloc(52);
  header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  header[16] = 3;
  header[18] = 3;
  header[20] = 1;
  header[40] = 52;
  const library = join(folder, `${name}.so`);
  writeFileSync(library, header);
  return library;
}

/** Tag of a SEQUENCE, and that two bytes of length follow. */
const HEAD = Buffer.of(0x30, 0x82);
