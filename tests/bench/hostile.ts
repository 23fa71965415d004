// What the worst inputs cost in Wasm under Node: each is made so that a loop inside of a loop would show. Prints time,
// size, and how many findings are told. `YINXIN_BENCH_CORE` names another build of the core's package to compare with.
// Nothing is asserted.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measure } from 'mitata';
import { ROOT } from '../stand/paths.js';

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const where = process.env.YINXIN_BENCH_CORE ?? join(ROOT, 'wasm/pkg/node');
const core = createRequire(import.meta.url)(where) as Package;

// ── DER ──────────────────────────────────────────────────────────────────────────────────────

type Part = Uint8Array | string | Part[];

function bytesOf(part: Part): Uint8Array {
  if (typeof part === 'string') return Buffer.from(part, 'hex');
  return Array.isArray(part) ? Buffer.concat(part.map(bytesOf)) : part;
}

/** An element; a string is hex. */
function tlv(tag: number, ...parts: Part[]): Buffer {
  const value = Buffer.concat(parts.map(bytesOf));
  const length = value.length.toString(16);
  const octets = Buffer.from(length.padStart(length.length + (length.length % 2), '0'), 'hex');
  const header = value.length < 0x80 ? [tag, value.length] : [tag, 0x80 | octets.length, ...octets];
  return Buffer.concat([Buffer.from(header), value]);
}

const sequence = (...parts: Part[]): Buffer => tlv(0x30, ...parts);
const set = (...parts: Part[]): Buffer => tlv(0x31, ...parts);
const oid = (hex: string): Buffer => tlv(6, hex);
const octets = (...parts: Part[]): Buffer => tlv(4, ...parts);
const bits = (value: Part): Buffer => tlv(3, '00', value);
const text = (value: string): Buffer => tlv(0x0c, Buffer.from(value));
const number = (value: number): Buffer =>
  tlv(2, Buffer.from([0, value >> 16, value >> 8, value].slice(value > 0xffff ? 0 : 1)));
const time = (value: string): Buffer => tlv(0x17, Buffer.from(value));
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Relative names of one attribute each: OBJECT IDENTIFIER in hex, and text. */
const name = (...attributes: [string, string][]): Buffer =>
  sequence(attributes.map(([type, value]) => set(sequence(oid(type), text(value)))));
const called = (common: string): Buffer => name(['550403', common]);

const NULL = '0500';
const ALGORITHMS = {
  SM2: {
    signature: sequence(oid('2a811ccf55018375')),
    digest: sequence(oid('2a811ccf55018311')),
    hash: 'sm3',
    cms: sequence(oid('2a811ccf5501822d01')),
  },
  'P-256': {
    signature: sequence(oid('2a8648ce3d040302')),
    digest: sequence(oid('608648016503040201')),
    hash: 'sha256',
    cms: sequence(oid('2a8648ce3d040302')),
  },
  'P-384': {
    signature: sequence(oid('2a8648ce3d040303')),
    digest: sequence(oid('608648016503040202')),
    hash: 'sha384',
    cms: sequence(oid('2a8648ce3d040303')),
  },
  RSA: {
    signature: sequence(oid('2a864886f70d01010b'), NULL),
    digest: sequence(oid('608648016503040201')),
    hash: 'sha256',
    cms: sequence(oid('2a864886f70d010101'), NULL),
  },
} as const;
type Kind = keyof typeof ALGORITHMS;

/** A key. OpenSSL signs with SM2 under the empty user id where none is set, which the bench passes as `sm2Id`. */
class Key {
  readonly spki: Buffer;
  readonly #key: KeyObject;

  constructor(readonly kind: Kind) {
    const { publicKey, privateKey } =
      kind === 'RSA'
        ? generateKeyPairSync('rsa', { modulusLength: 4096, publicExponent: 0xffff_fffb })
        : generateKeyPairSync('ec', { namedCurve: kind });
    this.spki = publicKey.export({ type: 'spki', format: 'der' });
    this.#key = privateKey;
  }

  sign(bytes: Uint8Array): Buffer {
    return sign(ALGORITHMS[this.kind].hash, bytes, this.#key);
  }
}

interface Draft {
  key: Key;
  subject: Buffer;
  issuer: Buffer;
  by: Key;
  serial?: number;
  extensions?: Buffer[];
  /** Another AlgorithmIdentifier outside of what is signed. */
  outer?: Buffer;
}

const extension = (type: string, value: Part, critical = false): Buffer =>
  sequence(oid(type), critical ? '0101ff' : '', octets(value));
const AUTHORITY = [extension('551d13', sequence('0101ff'), true), extension('551d0f', '03020106', true)];
const HOLDER = [extension('551d0f', '030206c0', true)];

function certificate({ key, subject, issuer, by, serial = 1, extensions = HOLDER, outer }: Draft): Buffer {
  const algorithm = ALGORITHMS[by.kind].signature;
  const validity = sequence(time('250101000000Z'), time('400101000000Z'));
  const list = tlv(0xa3, sequence(extensions));
  const tbs = sequence('a003020102', number(serial), algorithm, issuer, validity, subject, key.spki, list);
  return sequence(tbs, outer ?? algorithm, bits(by.sign(tbs)));
}

/** A list of so many entries. */
function list(issuer: Buffer, by: Key, count: number): Buffer {
  const algorithm = ALGORITHMS[by.kind].signature;
  const entries = many(count, index => sequence(number(index + 1000), time('250601000000Z')));
  const tbs = sequence('020101', algorithm, issuer, time('250601000000Z'), time('400101000000Z'), sequence(entries));
  return sequence(tbs, algorithm, bits(by.sign(tbs)));
}

interface SignerDraft {
  issuer: Buffer;
  serial?: number;
  key: Key;
  /** Of the content; without it, no attributes. */
  digest?: Buffer;
  signature?: Buffer;
}

const DATA = '2a864886f70d010701';

function signer({ issuer, serial = 1, key, digest, signature }: SignerDraft): Buffer {
  const { digest: hash, cms } = ALGORITHMS[key.kind];
  let attributes: Uint8Array = new Uint8Array();
  let signed = signature ?? sequence(number(1), number(1));
  if (digest) {
    const values = [
      sequence(oid('2a864886f70d010903'), set(oid(DATA))),
      sequence(oid('2a864886f70d010904'), set(octets(digest))),
    ];
    attributes = tlv(0xa0, values);
    signed = key.sign(set(values));
  }
  return sequence('020101', sequence(issuer, number(serial)), hash, attributes, cms, octets(signed));
}

function message(certificates: Buffer[], signers: Buffer[], content?: Buffer): Buffer {
  const inside = content ? tlv(0xa0, octets(content)) : '';
  const data = sequence('020101', set(), sequence(oid(DATA), inside), tlv(0xa0, certificates), set(signers));
  return sequence(oid('2a864886f70d010702'), tlv(0xa0, data));
}

// ── Inputs ───────────────────────────────────────────────────────────────────────────────────

const CONTENT = Buffer.from('contract');
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const MIB = 1024 * 1024;
const at = '2026-06-01T00:00:00Z';
const rootKey = new Key('P-256');
const rootName = called('root');
const root = certificate({ key: rootKey, subject: rootName, issuer: rootName, by: rootKey, extensions: AUTHORITY });
const key = new Key('P-256');
const stranger = new Key('P-256');

/** So many attributes, each odd in more than one way. */
const fatName = (count: number): Buffer => sequence(many(count, () => set(sequence(oid('550406'), tlv(0x16, '00')))));

interface Case {
  what: string;
  size: number;
  work(): unknown;
}
const cases: Case[] = [];
function add(what: string, input: (Uint8Array | undefined)[], work: () => unknown): void {
  const size = input.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0);
  cases.push({ what, size, work });
}

function logins(): void {
  const challenge = core.newLoginChallenge({ origin: 'https://portal.example', session: 's', at });
  const subject = fatName(350);
  const own = certificate({ key, subject, issuer: subject, by: key });
  const others = many(31, index => certificate({ key, subject, issuer: subject, by: key, serial: index + 2 }));
  const text = Buffer.from(`LOGONDATA:${challenge.challenge}`);
  const signers = many(32, index => signer({ issuer: subject, serial: index + 1, key, digest: sha256(text) }));
  const cms = message([own, ...others], signers, text);
  const proof = {
    version: 1,
    algorithm: 'ecdsa-p256-sha256',
    format: 'logondata',
    certificate: own.toString('base64'),
    signature: cms.toString('base64'),
  };
  const common = { challenge, origin: 'https://portal.example', session: 's', anchors: [root], at, proof };
  add('login, its format not accepted, 32 signers', [own, cms], () => core.verifyLogin(common as never));
  const formats = ['logondata'];
  add('login of 32 signers', [own, cms], () => core.verifyLogin({ ...common, formats } as never));
}

function messages(): void {
  const digest = sha256(CONTENT);
  const judge = (what: string, cms: Buffer, more: object = {}, beside: Uint8Array[] = []): void =>
    add(what, [cms, ...beside], () => core.verifyCms({ cms, anchors: [root], content: CONTENT, at, ...more } as never));

  const subject = fatName(4000);
  const fat = certificate({ key, subject, issuer: called('x'), by: key });
  judge(
    '32 signers on one certificate of 4,000 odd attributes',
    message(
      [fat],
      many(32, () => signer({ issuer: called('x'), key, digest })),
    ),
  );
  const modest = certificate({ key, subject: fatName(128), issuer: fatName(128), by: key });
  judge(
    '32 signers on one certificate of 256 odd attributes',
    message(
      [modest],
      many(32, () => signer({ issuer: fatName(128), key, digest })),
    ),
  );
  const extended = certificate({
    key,
    subject: called('y'),
    issuer: called('x'),
    by: key,
    extensions: many(256, index =>
      extension(
        `2a03${index
          .toString(16)
          .padStart(2, '0')
          .replace(/^[89a-f]/, '1')}`,
        Buffer.alloc(220, 0xff),
        true,
      ),
    ),
  });
  judge(
    '32 signers on one certificate of 256 odd extensions',
    message(
      [extended],
      many(32, () => signer({ issuer: called('x'), key, digest })),
    ),
  );

  for (const [size, kind] of [
    [14_000, 'P-256'],
    [60_000, 'P-256'],
    [14_000, 'SM2'],
    [14_000, 'P-384'],
    [14_000, 'RSA'],
  ] as const) {
    const fill = extension('2a0304', octets(Buffer.alloc(size)));
    const keys = kind === 'RSA' ? many(4, () => new Key(kind)) : many(32, () => new Key(kind));
    const issuers = many(32, index => {
      const own = keys[index % keys.length] as Key;
      return certificate({
        key: own,
        subject: called('issuer'),
        issuer: called('issuer'),
        by: own,
        serial: index + 100,
        extensions: [...AUTHORITY, fill],
      });
    });
    const forger = keys[0] as Key;
    const holders = many(32, index =>
      certificate({
        key,
        subject: called(`holder ${index}`),
        issuer: called('issuer'),
        by: forger.kind === 'RSA' ? forger : stranger.kind === kind ? stranger : new Key(kind),
        serial: index + 1,
      }),
    );
    judge(
      `32 signers under 32 possible issuers of ${size} bytes, ${kind}`,
      message(
        [...issuers, ...holders],
        many(32, index => signer({ issuer: called('issuer'), serial: index + 1, key, digest })),
      ),
    );
  }

  // In the anchor's name, so that each is checked under its key: issuers between, and the signers' own.
  for (const kind of ['SM2', 'P-256', 'P-384', 'RSA'] as const) {
    const [own, forger] = [new Key(kind), new Key(kind)];
    const anchorName = called('anchor');
    const anchor = certificate({ key: own, subject: anchorName, issuer: anchorName, by: own, extensions: AUTHORITY });
    const between = (count: number): Buffer[] =>
      many(count, index =>
        certificate({
          key: stranger,
          subject: called('issuer'),
          issuer: anchorName,
          by: forger,
          serial: index + 100,
          extensions: AUTHORITY,
        }),
      );
    const holders = (issuer: string): Buffer[] =>
      many(32, index =>
        certificate({ key, subject: called(`holder ${index}`), issuer: called(issuer), by: forger, serial: index + 1 }),
      );
    const infos = (issuer: string): Buffer[] =>
      many(32, index => signer({ issuer: called(issuer), serial: index + 1, key, digest }));
    const more = { anchors: [anchor], sm2Id: '' };
    judge(`32 signers, forged in the name of the anchor, ${kind}`, message(holders('anchor'), infos('anchor')), more);
    judge(
      `32 signers, under 32 issuers forged in the name of the anchor, ${kind}`,
      message([...between(32), ...holders('issuer')], infos('issuer')),
      more,
    );
    judge(
      `1 signer, under 63 issuers forged in the name of the anchor, ${kind}`,
      message([...between(63), ...holders('issuer').slice(0, 1)], infos('issuer').slice(0, 1)),
      more,
    );
  }

  // An intermediate of the anchor's, in copies and with another algorithm outside, beside a long list.
  const middle = { key: stranger, subject: called('middle'), issuer: rootName, by: rootKey, extensions: AUTHORITY };
  const crl = list(called('middle'), stranger, 70_000);
  const holder = certificate({ key, subject: called('holder'), issuer: called('middle'), by: stranger });
  const signers = [signer({ issuer: called('middle'), key, digest })];
  for (const [what, middles] of [
    ['copies', many(60, () => certificate({ ...middle, outer: sequence(oid('2a0304')) }))],
    [
      'variants',
      many(60, index =>
        certificate({ ...middle, outer: sequence(oid(`2a03${(index + 1).toString(16).padStart(2, '0')}`)) }),
      ),
    ],
  ] as const) {
    judge(`60 ${what} of an intermediate, and a list`, message([...middles, holder], signers), { crls: [crl] }, [crl]);
  }

  // Chains that lead nowhere, all of the name of a CA that has a long list.
  const chain: Buffer[] = [];
  const chainKeys = many(8, () => new Key('SM2'));
  for (let index = 0; index < 7; index += 1) {
    chain.push(
      certificate({
        key: chainKeys[index] as Key,
        subject: called('middle'),
        issuer: called('middle'),
        by: chainKeys[index + 1] as Key,
        extensions: AUTHORITY,
        serial: index + 100,
      }),
    );
  }
  const leaves = many(32, index =>
    certificate({
      key,
      subject: called(`holder ${index}`),
      issuer: called('middle'),
      by: chainKeys[0] as Key,
      serial: index + 1,
    }),
  );
  const own = list(called('middle'), new Key('SM2'), 30_000);
  judge(
    '32 signers on chains to nowhere, and a list of that name',
    message(
      [...chain, ...leaves],
      many(32, index => signer({ issuer: called('middle'), serial: index + 1, key, digest })),
    ),
    { crls: [own], sm2Id: '' },
    [own],
  );

  // Names and policies of CAs that nobody vouches for, and of such that the anchor issued.
  const subtrees = many(600, index => sequence(tlv(0x82, Buffer.from(`${index}.example`))));
  const constraints = extension('551d1e', sequence(tlv(0xa0, subtrees)), true);
  const policy = (level: number, index: number): Buffer =>
    oid(`2a03${level.toString(16).padStart(2, '0')}${(index % 64).toString(16).padStart(2, '0')}`);
  const policies = (level: number): Buffer =>
    extension(
      '551d20',
      sequence(
        many(63, index => sequence(policy(level, index))),
        sequence(oid('551d2000')),
      ),
    );
  const mappings = (level: number): Buffer =>
    extension('551d21', sequence(many(64, index => sequence(policy(level, index), policy(level + 1, index * 7)))));
  const names = extension('551d11', sequence(many(1000, index => tlv(0x82, Buffer.from(`${index}.example`)))));
  for (const anchored of [false, true]) {
    const keys = many(7, () => new Key('P-256'));
    const level = (index: number): Buffer => called(`level ${index}`);
    const authorities = many(6, index =>
      certificate({
        key: keys[index] as Key,
        subject: level(index),
        issuer: index === 5 && anchored ? rootName : level(index + 1),
        by: index === 5 && anchored ? rootKey : (keys[index + 1] as Key),
        extensions: [...AUTHORITY, constraints, policies(6 - index), mappings(6 - index)],
      }),
    );
    const leaves = many(32, index =>
      certificate({
        key,
        subject: called(`holder ${index}`),
        issuer: level(0),
        by: keys[0] as Key,
        serial: index + 1,
        extensions: [...HOLDER, names, policies(7)],
      }),
    );
    judge(
      `32 signers with 1,000 names under 6 levels of constraints${anchored ? ', anchored' : ''}`,
      message(
        [...authorities, ...leaves],
        many(32, index => signer({ issuer: level(0), serial: index + 1, key, digest })),
      ),
    );
  }

  // A large content, digested for each signer's key.
  const content = Buffer.alloc(MIB, 'yinxin');
  const sm2 = many(32, () => new Key('SM2'));
  const signed = sm2.map((one, index) =>
    certificate({ key: one, subject: called(`holder ${index}`), issuer: called('x'), by: stranger, serial: index + 1 }),
  );
  const by = (digest?: Buffer): Buffer[] =>
    sm2.map((one, index) =>
      signer({ issuer: called('x'), serial: index + 1, key: one, ...(digest ? { digest } : {}) }),
    );
  judge('1 MiB for 32 signers, another digest', message(signed, by(Buffer.alloc(32)), content), { content: undefined });
  judge('1 MiB for 32 signers, without attributes', message(signed, by(), content), {
    content: undefined,
    allowWithoutAttributes: true,
  });
  const junk = many(20_000, index => sequence(oid('2a0304'), set(number(index))));
  judge('1 MiB of unsigned attributes', message([holder], [withUnsigned(signers[0] as Buffer, junk)]));
}

/** A SignerInfo with unsigned attributes. */
function withUnsigned(info: Buffer, attributes: Buffer[]): Buffer {
  const header = (info[1] ?? 0) < 0x80 ? 2 : 2 + ((info[1] ?? 0) & 0x7f);
  return sequence(info.subarray(header), tlv(0xa1, attributes));
}

function certificates(): void {
  const parse = (what: string, der: Buffer): void => add(what, [der], () => core.parseCertificate(der, at));
  const common = { key, subject: called('holder'), issuer: called('x'), by: key };
  parse('certificate, 4,000 odd attributes', certificate({ ...common, subject: fatName(4000) }));
  parse('certificate, 256 odd attributes', certificate({ ...common, subject: fatName(128), issuer: fatName(128) }));
  const unknown = many(6000, index => sequence(oid('2a0304'), octets(number(index))));
  parse('certificate, 6,000 extensions', certificate({ ...common, extensions: unknown }));
  parse(
    'certificate, 256 times one extension',
    certificate({ ...common, extensions: many(256, () => extension('551d0f', Buffer.alloc(200, 0xff), true)) }),
  );
  const purposes = many(12_000, () => oid('2a03'));
  parse(
    'certificate, 12,000 purposes',
    certificate({ ...common, extensions: [extension('551d25', sequence(purposes))] }),
  );
  const places = many(20_000, () => tlv(0x86, 'ff'));
  parse(
    'certificate, 20,000 places of lists',
    certificate({ ...common, extensions: [extension('551d1f', sequence(sequence(tlv(0xa0, tlv(0xa0, places)))))] }),
  );
  parse(
    'certificate, 20,000 names',
    certificate({ ...common, extensions: [extension('551d11', sequence(many(20_000, () => tlv(0x82, '61'))))] }),
  );

  const both = (count: number, fill: number): Buffer[] =>
    many(count, index => {
      const usage = extension('551d0f', index % 2 === 0 ? '030206c0' : '03020338', true);
      const subject = name(['55040a', 'x'.repeat(fill)], ['550403', 'holder']);
      return certificate({
        key: index % 2 === 0 ? key : stranger,
        subject,
        issuer: called('x'),
        by: key,
        serial: index + 1,
        extensions: [usage],
      });
    });
  for (const [count, fill] of [
    [1000, 600],
    [120, 7000],
  ] as const) {
    const all = both(count, fill);
    add(`pairs among ${count} certificates`, all, () => core.pairCertificates(all));
  }
  const tokens = many(32, token => ({
    token: String(token).padStart(2, '0'),
    label: 'key',
    manufacturer: '',
    model: '',
    serial: '',
    module: 'bench',
    pin: { state: 'ok' as const },
    pinLength: { min: 4, max: 16 },
    protectedPath: false,
    initialPin: false,
    demo: false,
    certificates: both(32, 600).map((der, index) => ({
      id: String(index),
      label: '',
      certificate: der.toString('base64'),
    })),
    seals: [],
  }));
  const sizes = tokens.flatMap(token => token.certificates.map(held => Buffer.from(held.certificate)));
  add('32 keys of 32 certificates, described', sizes, () => core.describeTokens(tokens, at));

  // A path that leads nowhere by as many wrong issuers as are tried, of the slowest keys.
  const bundle = (kind: Kind): Buffer[] => {
    const keys = many(kind === 'RSA' ? 8 : 64, () => new Key(kind));
    return many(64, index => {
      const own = keys[index % keys.length] as Key;
      return certificate({
        key: own,
        subject: called('issuer'),
        issuer: called('issuer'),
        by: own,
        serial: index + 1,
        extensions: AUTHORITY,
      });
    });
  };
  for (const kind of ['SM2', 'P-256', 'P-384', 'RSA'] as const) {
    const intermediates = bundle(kind);
    const leaf = certificate({
      key,
      subject: called('holder'),
      issuer: called('issuer'),
      by: new Key(kind),
      serial: 5,
    });
    add(`64 wrong issuers, ${kind}`, [leaf, ...intermediates], () =>
      core.verifyCertificate({ certificate: leaf, anchors: [root], intermediates, at, sm2Id: '' } as never),
    );
  }
  const crl = list(rootName, rootKey, 35_000);
  const leaf = certificate({ key, subject: called('holder'), issuer: rootName, by: rootKey, serial: 5 });
  add('a list of 35,000 entries', [leaf, crl], () =>
    core.verifyCertificate({ certificate: leaf, anchors: [root], crls: [crl], at }),
  );
}

logins();
messages();
certificates();

for (const { what, size, work } of cases) {
  let told = '';
  try {
    const { findings } = work() as { findings?: unknown[] };
    told = findings ? `${findings.length} findings` : '';
  } catch (error) {
    told = String((error as { code?: string }).code ?? error);
  }
  const quiet = (): void => {
    try {
      work();
    } catch {
      // What is refused takes its time too.
    }
  };
  const { p50 } = await measure(quiet, { min_cpu_time: 2e8, min_samples: 3, batch_threshold: 0, warmup_threshold: 0 });
  // Of the processor: what a busy machine would have taken alone.
  let alone = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round += 1) {
    const start = process.cpuUsage();
    quiet();
    const { user, system } = process.cpuUsage(start);
    alone = Math.min(alone, (user + system) * 1e3);
  }
  const ms = (ns: number): string => `${(ns / 1e6).toFixed(1)} ms`.padStart(11);
  const kilobytes = `${(size / 1000).toFixed(0)} kB`.padStart(8);
  console.log(`${what.padEnd(68)} ${kilobytes}   median ${ms(p50)}   processor ${ms(alone)}   ${told}`);
}
