// What a portal writes against the package `@yinxin/documents`, beside what `verify` has. Compiled only.

import * as core from '../../../wasm/pkg/documents/yinxin_documents.js';
import type * as verify from '../../../wasm/pkg/verify/yinxin_verify.js';

/** It has all of that. */
export const same: Omit<typeof verify, 'default' | 'initSync'> = core;

export function ofd(file: Uint8Array, pem: string): string[] {
  const verdict: core.OfdVerdict = core.verifyOfd(file, { makers: [pem], anchors: [pem], at: '2026-11-29T00:00:00Z' });
  const whole: core.Verdict = core.verifyOfd(file);
  return verdict.signatures.flatMap((signature: core.OfdSignature) => {
    const form: 'seal-signature' | 'signed-data' | 'bare' | undefined = signature.form;
    const written: core.OfdSignatureWritten | undefined = signature.written;
    const stamps: core.OfdStamp[] = written?.stamps ?? [];
    const slice: core.Rect | undefined = stamps[0]?.clip ?? stamps[0]?.boundary;
    const role: core.OfdRole | undefined = signature.open[0]?.role;
    const changed = signature.covered.filter(part => part.state !== 'same').map(part => part.path);
    const signer: core.OfdSigner | undefined = signature.signers[0];
    return [
      `${whole.outcome} ${form} ${written?.checkMethod} ${written?.provider.join(' ')} ${slice?.width} ${role}`,
      `${signer?.certificate?.holder} ${signer?.claimedTime} ${signature.seal?.name} ${signature.summary.en}`,
      `${verdict.documents[signature.written?.document ?? 0]?.pages.length} ${stamps[0]?.page}`,
      ...changed,
    ];
  });
}

export function pdf(file: Uint8Array, pem: string): string[] {
  const verdict: core.PdfVerdict = core.verifyPdf(file, { makers: [pem], anchors: [pem], at: '2026-11-29T00:00:00Z' });
  const whole: core.Verdict = core.verifyPdf(file);
  return verdict.signatures.flatMap((signature: core.PdfSignature) => {
    const [[from], [, to]] = signature.ranges;
    const stamp: core.PdfStamp | undefined = signature.stamps[0];
    const lock: core.PdfLock | undefined = signature.locks;
    const changes = signature.changes.map(({ code, severity, path, page }: core.PdfChange) => {
      const weight: core.Severity = severity;
      return `${code} ${weight} ${path} ${page}`;
    });
    const step: core.PathStep | undefined = signature.path[0];
    return [
      `${whole.outcome} ${signature.outcome} ${signature.valid} ${verdict.pages} ${verdict.size} ${to - from}`,
      `${signature.field} ${signature.kind} ${signature.whole} ${signature.claimedTime} ${signature.stampedTime}`,
      `${signature.reason} ${signature.certifies} ${lock?.action} ${lock?.fields.join()} ${signature.seal?.name}`,
      `${signature.certificate?.holder} ${step?.name} ${stamp?.page} ${stamp?.rectangle.join()}`,
      ...changes,
    ];
  });
}

export function completed(file: Uint8Array, certificate: string, seal: string, value: Uint8Array): Uint8Array {
  const setting: core.Setting = {
    format: 'ofd',
    placement: { page: 1, x: 100, y: 100 },
    toBeContinued: false,
    signer: { certificate, seal, time: '2026-11-29T00:00:00Z' },
  };
  const prepared = new core.PreparedDocument(file, setting);
  const facts: core.PreparedFacts = prepared.facts();
  const whole = prepared.embed(file, value);
  prepared.free();
  return facts.propertyInfo === '' && facts.sm3 === facts.sha256 && facts.notices.length === 0 ? file : whole;
}

export function pages(file: Uint8Array): string[] {
  const pages = new core.OfdPages(file);
  const { pages: count, width, height, documents, stamps }: core.OfdOverview = pages.overview();
  const first: core.OfdStampPlace | undefined = stamps[0];
  const said = Array.from({ length: count }, (_, at) => {
    const drawing: core.OfdDrawing = pages.draw(at + 1);
    const missing = drawing.notDrawn.map(({ what, name, count }: core.NotDrawn) => {
      const why: core.WhyNotDrawn = what;
      return `${why === 'too-much'} ${name} ${count}`;
    });
    return `${drawing.svg} ${drawing.width} ${drawing.height} ${drawing.text} ${missing.join()}`;
  });
  pages.free();
  return [`${width} ${height} ${documents} ${first?.signature} ${first?.page} ${first?.x}`, ...said];
}

// @ts-expect-error: bytes are no text here
core.verifyOfd('abc');
// @ts-expect-error: a mistyped option
core.verifyOfd(new Uint8Array(), { maker: [] });
// @ts-expect-error: bytes are no text here
core.verifyPdf('abc');
// @ts-expect-error: a mistyped option
core.verifyPdf(new Uint8Array(), { maker: [] });
