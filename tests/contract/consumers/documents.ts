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

// @ts-expect-error: bytes are no text here
core.verifyOfd('abc');
// @ts-expect-error: a mistyped option
core.verifyOfd(new Uint8Array(), { maker: [] });
