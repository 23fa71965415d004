//! What the workspace may say. It is the extension's own page, possibly of another version.

import { type FromWorkspace, MAX_MESSAGE_CHARS, MAX_PIN_BYTES, type RenewalOrder, type Repair } from '@yinxin/proto';
import { MAX_FILE_CHARACTERS } from './anchors.js';

/** Reads a message of the workspace; `undefined` for what is none. */
export function fromWorkspace(message: unknown): FromWorkspace | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, file, certificate, order, message: pasted, ...more } = message as Record<string, unknown>;
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
    case 'examine':
      return { type };
    case 'repair': {
      const { repair, dryRun, undo } = more;
      const read = knownRepair(repair);
      return read && typeof dryRun === 'boolean' && typeof undo === 'boolean'
        ? { type, repair: read, dryRun, undo }
        : undefined;
    }
    case 'test-signature': {
      const { token, pin } = more;
      if (typeof token !== 'string' || token.length > MAX_TOKEN || !isSha256(certificate)) return undefined;
      if (pin === undefined) return { type, token, certificate };
      // The host counts its bytes.
      return typeof pin === 'string' && pin.length <= MAX_PIN_BYTES ? { type, token, certificate, pin } : undefined;
    }
    default:
      return undefined;
  }
}

function knownRepair(value: unknown): Repair | undefined {
  const { type, browser } = Object(value) as Record<string, unknown>;
  return type === 'register' && typeof browser === 'string' && browser.length <= MAX_BROWSER
    ? { type, browser }
    : undefined;
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
/** Characters of a host's reference to a key. */
const MAX_TOKEN = 100;
/** Characters of a browser's name. */
const MAX_BROWSER = 100;
/** Characters of the word for a role. */
const MAX_ROLE = 40;
