/**
 * Bare signatures (P1; `SOF_SignData` of GM/T 0020) as pages of today's portals hand them in: over a text and nothing else.
 * Such a signature says neither for which site nor for what it was made; what can be checked of that stands in the portal's
 * own record.
 */

import { createHash, createPublicKey, verify } from 'node:crypto';
import type { CatalogueError, Finding, Purpose } from '@yinxin/proto';
import { isObject } from './http.js';
import type { BareVerifier, Binding, CertificateFacts, LoginChallenge, Trust, Verdict } from './verifier.js';

/** A text with its signature, and the certificate that is said to be the signer's. */
export interface Bare {
  readonly text: string;
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the portal found of one. */
export interface BareVerdict extends Verdict {
  readonly certificate?: CertificateFacts;
  readonly binding?: Binding;
}

/** Judges a signature: the certificate first, and only of one that holds the signature. */
export function verifyBare(verifier: BareVerifier, bare: Bare, trust: Trust, at: string): BareVerdict {
  let facts: ReturnType<BareVerifier['parseCertificate']>;
  try {
    facts = verifier.parseCertificate(bare.certificate, at);
  } catch (error) {
    // Anything else that is thrown is about the portal's own part.
    if (!isObject(error) || error.code !== 'certificate-unreadable') throw error;
    return refused([], error as unknown as CatalogueError);
  }
  const { issuer, subject, person } = facts;
  const found = { certificate: facts, binding: { issuer, subject, ...(person && { person }) } };
  const { valid, findings } = verifier.verifyCertificate({
    certificate: bare.certificate,
    purpose: 'sign',
    ...trust,
    at,
  });
  if (!valid) return { valid, findings, ...found };
  if (facts.isCa) return { ...refused(findings, { code: 'certificate-is-ca', params: {} }), ...found };
  // Of an account that binds no subject it would be everybody's.
  if (subject.trim() === '')
    return { ...refused(findings, { code: 'certificate-without-subject', params: {} }), ...found };
  if (!holds(verifier, facts, bare))
    return { ...refused(findings, { code: 'signature-invalid', params: {} }), ...found };
  return { valid, findings, ...found };
}

/** Judges the signature over a challenge as a login: in the session, for the purpose and in the time that it was made for. */
export function verifyBareLogin(
  verifier: BareVerifier,
  bare: Omit<Bare, 'text'>,
  expected: Trust & { challenge: LoginChallenge; purpose: Purpose; session: string; at: string },
): BareVerdict {
  const { challenge, purpose, session, at, ...trust } = expected;
  const wrong = misplaced(challenge, purpose, session, at);
  if (wrong) return refused([], wrong);
  const { findings, ...verdict } = verifyBare(verifier, { ...bare, text: challenge.challenge }, trust, at);
  return { ...verdict, findings: [...findings, { code: 'origin-not-bound', params: {}, severity: 'warning' }] };
}

function misplaced(record: LoginChallenge, purpose: Purpose, session: string, at: string): CatalogueError | undefined {
  if (record.session !== createHash('sha256').update(session).digest('hex'))
    return { code: 'session-mismatch', params: {} };
  if (record.purpose !== purpose)
    return { code: 'purpose-mismatch', params: { expected: purpose, found: record.purpose } };
  if (Date.parse(at) >= Date.parse(record.expiresAt))
    return { code: 'challenge-expired', params: { date: record.expiresAt } };
  return undefined;
}

function holds(verifier: BareVerifier, facts: { algorithm?: string; publicKey: Uint8Array }, bare: Bare): boolean {
  const message = Buffer.from(bare.text);
  const { signature } = bare;
  const { algorithm, publicKey } = facts;
  if (algorithm === 'sm2-sm3') return verifier.sm2Verify({ publicKey, message, signature });
  if (algorithm !== 'rsa-sha256' && algorithm !== 'ecdsa-p256-sha256') return false;
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return verify('sha256', message, key, signature);
}

function refused(findings: readonly Finding[], error: CatalogueError): BareVerdict {
  return { valid: false, findings: [{ ...error, severity: 'fatal' }, ...findings] };
}
