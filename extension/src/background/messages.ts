//! What the workspace may say. It is the extension's own page, possibly of another version.

import { type FromWorkspace, MAX_MESSAGE_CHARS, type RenewalOrder } from '@yinxin/proto';
import { MAX_FILE_CHARACTERS } from './anchors.js';

/** Reads a message of the workspace; `undefined` for what is none. */
export function fromWorkspace(message: unknown): FromWorkspace | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, file, certificate, order, message: pasted } = message as Record<string, unknown>;
  switch (type) {
    case 'refresh':
      return { type };
    case 'add-anchors':
      return typeof file === 'string' && file.length <= MAX_FILE_CHARACTERS ? { type, file } : undefined;
    case 'remove-anchor':
      return isSha256(certificate) ? { type, certificate } : undefined;
    case 'explain':
      return typeof pasted === 'string' && pasted.length <= MAX_MESSAGE_CHARS ? { type, message: pasted } : undefined;
    case 'quote-renewal': {
      const read = renewalOrder(order);
      return isSha256(certificate) && read ? { type, certificate, order: read } : undefined;
    }
    default:
      return undefined;
  }
}

function renewalOrder(order: unknown): RenewalOrder | undefined {
  const { years, seals, role } = Object(order) as Record<string, unknown>;
  if (!isCount(years) || !isCount(seals)) return undefined;
  if (role === undefined) return { years, seals };
  return typeof role === 'string' && role.length <= MAX_ROLE ? { years, seals, role } : undefined;
}

/** Whether it is a number of certificates or seals, or of years; the core knows its limits. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && SHA256.test(value);
}

const SHA256 = /^[0-9a-f]{64}$/;
/** Characters of the word for a role. */
const MAX_ROLE = 40;
