// Who reads certificates and verifies paths in JavaScript: the product's Wasm core, and others at the same task.
import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as peculiar from '@peculiar/x509';
import jsrsasign from 'jsrsasign';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import { ROOT } from '../stand/paths.js';

/** A two-step path, as DER. */
export interface Chain {
  leaf: Uint8Array<ArrayBuffer>;
  ca: Uint8Array<ArrayBuffer>;
  root: Uint8Array<ArrayBuffer>;
}

/** What each must read of a certificate; names and algorithms in each one's own words. */
export interface Fields {
  subject: string;
  issuer: string;
  /** Hex. */
  serial: string;
  notBefore: Date;
  notAfter: Date;
  keyAlgorithm: string;
  /** Absent where its interface has no such thing. */
  keyUsage: unknown;
  isCa: boolean;
}

/** One of those compared. Both tasks begin with DER, so that nothing is kept from call to call. */
export interface Peer {
  who: string;
  parse(der: Uint8Array<ArrayBuffer>): Fields;
  /** Verifies leaf and issuing CA up to the root, by the highest function that it has. */
  verify(chain: Chain): boolean | Promise<boolean>;
  /** What `verify` checks. */
  verifies: string;
}

type Package = typeof import('../../wasm/pkg/node/yinxin.js');
const core = createRequire(import.meta.url)(join(ROOT, 'wasm/pkg/node')) as Package;

export const OURS: Peer = {
  who: 'Yinxin, Wasm',
  parse(der) {
    const facts = core.parseCertificate(der);
    return {
      subject: facts.subject,
      issuer: facts.issuer,
      serial: facts.serial,
      notBefore: new Date(facts.notBefore),
      notAfter: new Date(facts.notAfter),
      keyAlgorithm: facts.keyAlgorithm,
      keyUsage: [facts.maySign, facts.mayEncrypt],
      isCa: facts.isCa,
    };
  },
  verify: ({ leaf, ca, root }) =>
    core.verifyCertificate({ certificate: leaf, intermediates: [ca], anchors: [root], purpose: 'sign' }).valid,
  verifies: 'whole path',
};

/** What a portal takes that wants to know three things. */
export function threeFacts(der: Uint8Array): unknown {
  return core.parseCertificate(der, undefined, ['holder', 'serial', 'notAfter']);
}

const NODE: Peer = {
  who: 'Node X509Certificate',
  parse(der) {
    const read = new NodeCertificate(der);
    const { asymmetricKeyType, asymmetricKeyDetails } = read.publicKey;
    return {
      subject: read.subject,
      issuer: read.issuer,
      serial: read.serialNumber,
      notBefore: new Date(read.validFrom),
      notAfter: new Date(read.validTo),
      keyAlgorithm: `${asymmetricKeyType} ${asymmetricKeyDetails?.namedCurve}`,
      // Its `keyUsage` is the extended one.
      keyUsage: undefined,
      isCa: read.ca,
    };
  },
  verify(chain) {
    const [leaf, ca, root] = [chain.leaf, chain.ca, chain.root].map(der => new NodeCertificate(der));
    if (!leaf || !ca || !root) return false;
    return leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && ca.checkIssued(root) && ca.verify(root.publicKey);
  },
  verifies: 'issuers, signatures',
};

const PECULIAR: Peer = {
  who: '@peculiar/x509',
  parse(der) {
    const read = new peculiar.X509Certificate(der);
    const { algorithm } = read.publicKey;
    return {
      subject: read.subject,
      issuer: read.issuer,
      serial: read.serialNumber,
      notBefore: read.notBefore,
      notAfter: read.notAfter,
      keyAlgorithm: 'namedCurve' in algorithm ? `${algorithm.name} ${algorithm.namedCurve}` : algorithm.name,
      keyUsage: read.getExtension(peculiar.KeyUsagesExtension)?.usages,
      isCa: read.getExtension(peculiar.BasicConstraintsExtension)?.ca ?? false,
    };
  },
  async verify(chain) {
    const leaf = new peculiar.X509Certificate(chain.leaf);
    const ca = new peculiar.X509Certificate(chain.ca);
    const root = new peculiar.X509Certificate(chain.root);
    return (await leaf.verify({ publicKey: ca })) && (await ca.verify({ publicKey: root }));
  },
  verifies: 'signatures, dates',
};

const PKIJS: Peer = {
  who: 'pkijs',
  parse(der) {
    const read = pkijs.Certificate.fromBER(der);
    const extension = (oid: string): unknown => read.extensions?.find(({ extnID }) => extnID === oid)?.parsedValue;
    const constraints = extension('2.5.29.19');
    const usage = extension('2.5.29.15') as { valueBlock: { valueHexView: Uint8Array } } | undefined;
    return {
      subject: line(read.subject),
      issuer: line(read.issuer),
      serial: Buffer.from(read.serialNumber.valueBlock.valueHexView).toString('hex'),
      notBefore: read.notBefore.value,
      notAfter: read.notAfter.value,
      keyAlgorithm: read.subjectPublicKeyInfo.algorithm.algorithmId,
      keyUsage: usage?.valueBlock.valueHexView,
      isCa: constraints instanceof pkijs.BasicConstraints && constraints.cA,
    };
  },
  async verify({ leaf, ca, root }) {
    const engine = new pkijs.CertificateChainValidationEngine({
      trustedCerts: [pkijs.Certificate.fromBER(root)],
      certs: [pkijs.Certificate.fromBER(ca), pkijs.Certificate.fromBER(leaf)],
    });
    const verdict = await engine.verify();
    if (!verdict.result) throw new Error(verdict.resultMessage);
    return true;
  },
  verifies: 'whole path',
};

/** pkijs has no line for a name. */
function line(name: pkijs.RelativeDistinguishedNames): string {
  return name.typesAndValues.map(({ type, value }) => `${type}=${value.valueBlock.value}`).join(',');
}

const JSRSASIGN: Peer = {
  who: 'jsrsasign',
  parse(der) {
    const read = jsrsasignCertificate(der);
    return {
      subject: read.getSubjectString(),
      issuer: read.getIssuerString(),
      serial: read.getSerialNumberHex(),
      notBefore: jsrsasign.zulutodate(read.getNotBefore()),
      notAfter: jsrsasign.zulutodate(read.getNotAfter()),
      keyAlgorithm: jsrsasign.KEYUTIL.parsePublicPKCS8Hex(read.getSPKI()).algoid,
      keyUsage: read.getExtKeyUsage()?.names,
      isCa: read.getExtBasicConstraints()?.cA ?? false,
    };
  },
  verify(chain) {
    const leaf = jsrsasignCertificate(chain.leaf);
    const ca = jsrsasignCertificate(chain.ca);
    const root = jsrsasignCertificate(chain.root);
    return leaf.verifySignature(ca.getPublicKey()) && ca.verifySignature(root.getPublicKey());
  },
  verifies: 'signatures',
};

function jsrsasignCertificate(der: Uint8Array): jsrsasign.X509 {
  const read = new jsrsasign.X509();
  read.readCertHex(Buffer.from(der).toString('hex'));
  return read;
}

const FORGE: Peer = {
  who: 'node-forge',
  parse(der) {
    const read = forgeCertificate(der);
    const usage = read.getExtension('keyUsage') as { digitalSignature: boolean; keyCertSign: boolean } | undefined;
    const constraints = read.getExtension('basicConstraints') as { cA: boolean } | undefined;
    return {
      subject: read.subject.attributes.map(({ shortName, value }) => `${shortName}=${value}`).join(','),
      issuer: read.issuer.attributes.map(({ shortName, value }) => `${shortName}=${value}`).join(','),
      serial: read.serialNumber,
      notBefore: read.validity.notBefore,
      notAfter: read.validity.notAfter,
      // It reads no other keys.
      keyAlgorithm: 'n' in read.publicKey ? 'RSA' : '',
      keyUsage: usage && [usage.digitalSignature, usage.keyCertSign],
      isCa: constraints?.cA ?? false,
    };
  },
  verify({ leaf, ca, root }) {
    const store = forge.pki.createCaStore([forgeCertificate(root)]);
    return forge.pki.verifyCertificateChain(store, [forgeCertificate(leaf), forgeCertificate(ca)]);
  },
  verifies: 'whole path',
};

function forgeCertificate(der: Uint8Array<ArrayBuffer>): forge.pki.Certificate {
  return forge.pki.certificateFromAsn1(forge.asn1.fromDer(forge.util.createBuffer(der)));
}

export const PEERS: readonly Peer[] = [OURS, NODE, PECULIAR, PKIJS, JSRSASIGN, FORGE];
