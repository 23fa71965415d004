//! The one thing to do next, from what the background shows.

import type { CatalogueError, CertificateView, WorkspaceView } from '@yinxin/proto';
import { encrypts } from '../ui/parts.js';

/** What to do next. */
export type Step =
  | { readonly type: 'wait' }
  /** Something keeps everything from working, or a key. */
  | { readonly type: 'problem'; readonly error: CatalogueError }
  | { readonly type: 'insert' }
  | { readonly type: 'renew'; readonly certificate: CertificateView }
  | { readonly type: 'nothing' };

/** The first of what is to be done. */
export function nextStep({ looking, problem, tokens, modules }: WorkspaceView): Step {
  if (looking) return { type: 'wait' };
  if (problem) return { type: 'problem', error: problem };
  if (tokens.length === 0) {
    // A key whose driver does not work looks like no key.
    const broken = modules.find(module => module.problem)?.problem;
    return broken ? { type: 'problem', error: broken } : { type: 'insert' };
  }
  const unusable = tokens.find(token => token.problem && !token.certificates.some(isOver))?.problem;
  if (unusable) return { type: 'problem', error: unusable };
  if (tokens.every(token => token.certificates.length === 0)) {
    return { type: 'problem', error: { code: 'token-empty', params: {} } };
  }
  const ending = certificatesOf(tokens)
    .filter(certificate => certificate.renewable && isOver(certificate))
    .sort((one, other) => one.daysLeft - other.daysLeft);
  return ending[0] ? { type: 'renew', certificate: ending[0] } : { type: 'nothing' };
}

/** The certificates that people know of: the encryption half of a pair says nothing that the other does not. */
export function certificatesOf(tokens: WorkspaceView['tokens']): CertificateView[] {
  return tokens.flatMap(token => token.certificates).filter(certificate => !encrypts(certificate));
}

/** Whether a certificate has ended, or ends soon. */
function isOver({ problem, findings }: CertificateView): boolean {
  return problem?.code === 'certificate-expired' || findings.some(({ code }) => code === 'certificate-ends-soon');
}
