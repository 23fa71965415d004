// What a portal writes against the package `@yinxin/verify`: every function, with every option. Compiled only.
import * as core from '../../../wasm/pkg/verify/yinxin_verify.js';

const at: core.Time = '2026-11-29T00:00:00Z';

export function certificates(der: Uint8Array, pem: string): string[] {
  const facts: core.CertificateFacts = core.parseCertificate(der, Date.now());
  const { subject, creditCode }: { subject: string; creditCode?: string } = core.parseCertificate(der, undefined, [
    'subject',
    'creditCode',
  ]);
  const pairs: core.CertificatePair[] = core.pairCertificates([der, pem]);
  const trust: core.TrustOptions = {
    anchors: [pem, der.buffer as ArrayBuffer],
    intermediates: [der],
    issuers: ['CN=示例'],
    crls: [der],
    crlPolicy: 'require',
    national: true,
    at,
    sm2Id: '1234567812345678',
    sm2Variants: ['empty-id', 'without-z'],
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.36'],
    policies: ['2.5.29.32.0'],
  };
  const verdict: core.CertificateVerdict = core.verifyCertificate({ ...trust, certificate: der, purpose: 'sign' });
  const [first] = verdict.path;
  const anchor: 'national' | 'given' | undefined = first?.anchor?.source;
  const state: 'good' | 'revoked' | 'unknown' | undefined = first?.revocation?.state;
  return [
    facts.holder,
    subject,
    creditCode ?? '',
    facts.issuerFamily.name['zh-CN'],
    ...pairs.map(({ sign }) => sign),
    `${anchor} ${state}`,
  ];
}

export function digests(bytes: Uint8Array): boolean {
  const sm3 = new core.Sm3();
  sm3.update(bytes);
  const same: Uint8Array[] = [sm3.digest(), core.sm3(new DataView(bytes.buffer))];
  sm3.free();
  return core.sm2Verify({ publicKey: bytes, message: bytes, signature: bytes, id: String(same.length) });
}

/** What is found is a code of the catalogue: where one is told from the others, its parameters are known. */
export function said(found: core.Finding): string {
  if (found.severity === 'fatal' && found.code === 'certificate-expired') return found.params.date;
  // @ts-expect-error: there is no such code
  if (found.code === 'certificate-expird') return '';
  const { message, remedy }: core.Text = core.text(found.code, found.params, 'en');
  return [message, remedy, found.place ?? '', found.found ?? '', found.expected ?? ''].join();
}

export function login(session: string, fromPage: unknown): string | undefined {
  const origin = 'https://portal.example';
  const kept: core.LoginChallenge = core.newLoginChallenge({ origin, session, purpose: 'bind', seconds: 60, at });
  const verdict: core.LoginVerdict = core.verifyLogin({
    proof: fromPage,
    challenge: kept,
    origin,
    session,
    purpose: 'bind',
    formats: ['yinxin', 'logondata'],
    anchors: [],
    at,
  });
  return verdict.valid ? verdict.binding?.subject : verdict.challengeId;
}

export function documents(cms: Uint8Array, chunks: Uint8Array[]): core.Outcome {
  const hasher = new core.ContentHasher();
  for (const chunk of chunks) hasher.update(chunk);
  const content: core.ContentDigests = { ...hasher.digests(), size: 3, head: cms };
  hasher.free();
  const verdict: core.CmsVerdict = core.verifyCms({
    cms,
    content,
    trust: 'unchecked',
    allowWithoutAttributes: true,
    allowDigestOfContent: true,
    allowMixedContentTypes: true,
  });
  const signers: core.CmsSigner[] = verdict.signers;
  const inside: Uint8Array | undefined = verdict.content.bytes;
  const kind: core.FileKind = core.recognise(inside ?? cms, 5);
  return kind === 'cms' && signers.length === 0 ? verdict.outcome : 'unconfirmed';
}

export function seals(seal: Uint8Array, signature: string): string {
  const facts: core.SealFacts = core.parseSeal(seal, at);
  const version: 1 | 4 | 5 = facts.version;
  const makers = [facts.makerCertificate];
  const one: core.SealVerdict = core.verifySeal({ seal, makers, certificate: seal, national: false });
  const set: core.SealSignatureVerdict = core.verifySealSignature({ signature, makers, content: seal, at });
  const whole: core.Verdict[] = [one, set, core.verifySealSignature({ signature, digest: seal })];
  return `${version} ${set.propertyInfo} ${whole.map(({ summary }) => summary.en)}`;
}

export function anchors(file: Uint8Array): core.DescribedAnchor[] {
  const { listed, anchors }: core.NationalAnchors = core.nationalAnchors();
  return core.describeAnchors(
    file,
    anchors.some(({ anchor }) => anchor),
    listed,
  );
}

export function caught(error: core.YinxinError): string {
  return error.code === 'request-invalid' ? error.params.reason : `${error.name} ${error.message}`;
}

export function thrown(error: unknown): core.ErrorCode | undefined {
  if (!(error instanceof core.YinxinError)) return undefined;
  return error.code === 'challenge-used' ? new core.YinxinError({ code: 'challenge-expired' }).code : error.code;
}

// @ts-expect-error: there is no such code
new core.YinxinError({ code: 'challenge-lost' });
// @ts-expect-error: a mistyped option
core.verifyCertificate({ certificate: '', ancors: [] });
// @ts-expect-error: a word of its own
core.verifyCertificate({ certificate: '', crlPolicy: 'never' });
// @ts-expect-error: a time is no object
core.parseCertificate('', new Date());
// @ts-expect-error: a certificate has no such field
core.parseCertificate('', undefined, ['subjectName']);
// @ts-expect-error: what is not asked for is not there
core.parseCertificate('', undefined, ['subject']).issuer;
// @ts-expect-error: bytes are no text here
core.sm3('abc');
// @ts-expect-error: the whole of a certificate has no such field
core.parseCertificate('').subjectName;
