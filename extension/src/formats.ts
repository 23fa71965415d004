//! What formats of signatures mean, as the core has it (`SignFormat`).

import type { Act, SignFormat } from '@yinxin/proto';

/** Whether a seal is set. */
export function isSeal(format: SignFormat): boolean {
  return format === 'seal' || format === 'pdf-seal' || format === 'ofd';
}

/** Whether what is signed stands in the document itself, of which the site gets a new one. */
export function isEmbedded(format: SignFormat): boolean {
  return format === 'pdf' || format === 'pdf-seal' || format === 'ofd';
}

/** How many documents an act seals. */
export function sealed(act: Act & { type: 'sign' }): number {
  return act.documents.filter(({ format }) => isSeal(format)).length;
}
