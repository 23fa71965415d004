// Writes what certificates.ts, seals.ts and wasm/bench measure with into the folder named on the command line: for each kind of
// key a root, an issuing CA and a leaf, made by the OpenSSL command line; a CA in operation, of the shared data; and a
// seal of a demo key.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST, ROOT } from '../stand/paths.js';
import { run } from '../stand/process.js';
import { hostConfiguration, makeDemoKeys } from '../stand/stand.js';

interface Kind {
  name: string;
  key: string[];
  digest: string;
  /** Options of everything that signs. */
  sign: string[];
  /** Options of what verifies a request. */
  verify: string[];
}

const SM2_ID = 'distid:1234567812345678';
const KINDS: readonly Kind[] = [
  { name: 'SM2', key: ['SM2'], digest: '-sm3', sign: ['-sigopt', SM2_ID], verify: ['-vfyopt', SM2_ID] },
  { name: 'P-256', key: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], digest: '-sha256', sign: [], verify: [] },
  { name: 'RSA-2048', key: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], digest: '-sha256', sign: [], verify: [] },
];
const EXTENSIONS = `
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

const folder = process.argv[2];
if (!folder) throw new Error('usage: chains.ts FOLDER');
rmSync(folder, { recursive: true, force: true });
for (const kind of KINDS) makeChain(join(folder, kind.name), kind);

const data = process.env.YINXIN_TEST_DATA ?? join(ROOT, '../shared/data');
const scca = join(data, 'ca-national/3C4AF5224F0F36A491AEB7313030F9AC.crt');
if (existsSync(scca)) {
  mkdirSync(join(folder, 'SM2-SCCA'));
  run('openssl', ['x509', '-in', scca, '-outform', 'DER', '-out', join(folder, 'SM2-SCCA/leaf.der')]);
} else {
  console.log(`no test data at ${data}: the certificate of a CA in operation is left out`);
}

makeSeal(join(folder, 'seal'));

/** Leaves the seal of the unit's demo key as `seal.der`. */
function makeSeal(folder: string): void {
  const keys = join(folder, 'keys');
  const config = join(folder, 'host.toml');
  mkdirSync(folder);
  makeDemoKeys(keys);
  writeFileSync(config, hostConfiguration(keys, undefined, {}));
  const listed = run(HOST, ['tokens', '--json'], { env: { YINXIN_HOST_CONFIG: config } }).toString();
  const tokens = JSON.parse(listed) as { label: string; seals: { der: string }[] }[];
  const seal = tokens.find(({ label }) => label === 'demo-unit')?.seals[0];
  if (!seal) throw new Error('the demo key has no seal');
  writeFileSync(join(folder, 'seal.der'), Buffer.from(seal.der, 'base64'));
}

/** Leaves `root.der`, `ca.der` and `leaf.der` in a folder of their own, beside what made them. */
function makeChain(folder: string, { key, digest, sign, verify }: Kind): void {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('extensions'), EXTENSIONS);
  const issue = (name: string, common: string, issuer?: string): void => {
    run('openssl', ['genpkey', '-algorithm', ...key, '-out', at(`${name}.key`)]);
    const subject = ['-utf8', '-subj', `/C=CN/O=印信试验中心/CN=${common}`];
    const request = ['-key', at(`${name}.key`), digest, ...sign, '-out', at(`${name}.csr`)];
    run('openssl', ['req', '-new', ...subject, ...request]);
    const by = issuer
      ? ['-CA', at(`${issuer}.der`), '-CAform', 'DER', '-CAkey', at(`${issuer}.key`), '-CAcreateserial']
      : ['-signkey', at(`${name}.key`)];
    const from = ['-req', '-in', at(`${name}.csr`), '-extfile', at('extensions'), '-extensions', name, '-days', '3650'];
    const to = ['-outform', 'DER', '-out', at(`${name}.der`)];
    run('openssl', ['x509', ...from, ...by, digest, ...sign, ...verify, ...to]);
  };
  issue('root', '印信试验根');
  issue('ca', '印信试验签发机构', 'root');
  issue('leaf', '四川印信试验有限公司', 'ca');
}
