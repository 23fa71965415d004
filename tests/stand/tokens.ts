// Tokens and modules that no user should meet, and some do.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOFTKEY } from './paths.js';
import { run } from './process.js';

/** Makes a token of the software key with an RSA CA's certificate in it, or with nothing. */
export function makeToken(folder: string, label: string, pin: string, content: 'empty' | 'ca'): string {
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
  return join(keys, label);
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
