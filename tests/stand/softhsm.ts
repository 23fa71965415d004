// A SoftHSM2 token with an RSA-2048 and a P-256 certificate under a test CA made by OpenSSL.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOFTHSM } from './paths.js';
import { run } from './process.js';

export interface SoftHsm {
  /** For everything that loads the module. */
  env: { SOFTHSM2_CONF: string };
  module: string;
  /** PEM file of the CA. */
  anchor: string;
  /** A current CRL of the CA. */
  crl: string;
  tokens: { rsa: string; p256: string };
}

const HOLDERS = {
  rsa: {
    subject: '/C=CN/O=印信测试RSA单位（虚构）/CN=印信测试RSA单位（虚构）',
    key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  },
  p256: {
    subject: '/C=CN/O=印信测试P256单位（虚构）/CN=印信测试P256单位（虚构）',
    key: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  },
} as const;

/** Makes the tokens in a folder. */
export function makeSoftHsm(folder: string, pin: string): SoftHsm {
  mkdirSync(join(folder, 'tokens'), { recursive: true });
  const file = (name: string): string => join(folder, name);
  writeFileSync(
    file('softhsm2.conf'),
    `directories.tokendir = ${file('tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const env = { SOFTHSM2_CONF: file('softhsm2.conf') };
  const anchor = file('ca.pem');
  const openssl = (...args: string[]): Buffer => run('openssl', args, { env });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-sha256',
    '-days',
    '30',
    '-utf8',
    '-subj',
    '/C=CN/O=印信测试/CN=印信测试国际算法CA',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-keyout',
    file('ca.key'),
    '-out',
    anchor,
  );
  writeFileSync(
    file('ca.cnf'),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${file('index.txt')}\ncrlnumber=${file('crlnumber')}\ndefault_md=sha256\ndefault_crl_days=30\n`,
  );
  writeFileSync(file('index.txt'), '');
  writeFileSync(file('crlnumber'), '01\n');
  const crl = file('ca.crl.pem');
  openssl('ca', '-config', file('ca.cnf'), '-gencrl', '-keyfile', file('ca.key'), '-cert', anchor, '-out', crl);

  const tokens = { rsa: 'hsm-rsa', p256: 'hsm-p256' };
  for (const kind of ['rsa', 'p256'] as const) {
    const { subject, key } = HOLDERS[kind];
    const label = tokens[kind];
    openssl('genpkey', ...key, '-out', file(`${kind}.key`));
    openssl('req', '-new', '-key', file(`${kind}.key`), '-utf8', '-subj', subject, '-out', file(`${kind}.csr`));
    writeFileSync(
      file(`${kind}.ext`),
      'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
    );
    openssl(
      'x509',
      '-req',
      '-in',
      file(`${kind}.csr`),
      '-CA',
      anchor,
      '-CAkey',
      file('ca.key'),
      '-CAcreateserial',
      '-sha256',
      '-days',
      '29',
      '-extfile',
      file(`${kind}.ext`),
      '-outform',
      'DER',
      '-out',
      file(`${kind}.der`),
    );
    run('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '12345678'], { env });
    run(
      'softhsm2-util',
      ['--import', file(`${kind}.key`), '--token', label, '--label', label, '--id', 'a1', '--pin', pin],
      { env },
    );
    run(
      'pkcs11-tool',
      [
        '--module',
        SOFTHSM,
        '--token-label',
        label,
        '--login',
        '--pin',
        pin,
        '--write-object',
        file(`${kind}.der`),
        '--type',
        'cert',
        '--id',
        'a1',
        '--label',
        label,
      ],
      { env },
    );
  }
  return { env, module: SOFTHSM, anchor, crl, tokens };
}
