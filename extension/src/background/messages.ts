//! What pages, the consent window and the workspace may say to the background: measured first, then read field by
//! field. A page's own script can reach its relay where a renderer is broken into, and the extension's own pages may be
//! of another version.

import {
  type Decision,
  type FromRelay,
  type FromWorkspace,
  MAX_CHUNK_BYTES,
  MAX_DOCUMENTS,
  MAX_MESSAGE_CHARS,
  MAX_PIN_BYTES,
  type RenewalOrder,
  type Repair,
} from '@yinxin/proto';
import { type Bounds, CALL, excess } from '../bounded.js';
import { MAX_FILE_CHARACTERS } from './anchors.js';

/** Reads the message that opens a call; `undefined` for what is none. The core reads the page's request in it. */
export function openingCall(message: unknown): (FromRelay & { type: 'call' }) | undefined {
  if (excess(message, CALL) !== undefined) return undefined;
  const { type, request, activated } = Object(message) as Record<string, unknown>;
  if (type !== 'call' || typeof request !== 'object' || request === null) return undefined;
  return { type, request: request as never, activated: activated === true };
}

/** Reads a message of a call under way; `undefined` for what is none. */
export function fromRelay(message: unknown): Exclude<FromRelay, { type: 'call' }> | undefined {
  if (excess(message, CHUNK) !== undefined) return undefined;
  const { type, document, data } = Object(message) as Record<string, unknown>;
  switch (type) {
    case 'chunk':
      return typeof data === 'string' ? { type, data } : undefined;
    case 'unreadable':
      return isIndex(document) ? { type, document } : undefined;
    case 'cancel':
    case 'show-window':
      return { type };
    default:
      return undefined;
  }
}

/** Reads a decision of the consent window; `undefined` for what is none. */
export function fromConsent(message: unknown): Decision | undefined {
  if (excess(message, DECISION) !== undefined) return undefined;
  const { type, token, certificate, question, seal, pin, newPin } = Object(message) as Record<string, unknown>;
  switch (type) {
    case 'approve':
      if (!isToken(token) || !isSha256(certificate) || !(seal === undefined || isSha256(seal))) return undefined;
      if (!isCount(question) || !isPin(pin) || !isPin(newPin)) return undefined;
      return {
        type,
        token,
        certificate,
        question,
        ...(seal !== undefined && { seal }),
        ...(pin !== undefined && { pin }),
        ...(newPin !== undefined && { newPin }),
      };
    case 'refresh':
    case 'cancel':
      return { type };
    default:
      return undefined;
  }
}

/** Reads a message of the workspace; `undefined` for what is none. */
export function fromWorkspace(message: unknown): FromWorkspace | undefined {
  if (typeof message !== 'object' || message === null || excess(message, WORKSPACE) !== undefined) return undefined;
  const { type, file, certificate, order, message: pasted, ...more } = message as Record<string, unknown>;
  switch (type) {
    case 'refresh':
    case 'show-window':
    case 'end-sessions':
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
      if (!isToken(token) || !isSha256(certificate) || !isPin(pin)) return undefined;
      return { type, token, certificate, ...(pin !== undefined && { pin }) };
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

/** Whether it is a number of certificates or seals, of years or of bytes; the core knows its limits. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

/** Whether it is the place of a document in a call. */
function isIndex(value: unknown): value is number {
  return isCount(value) && value < MAX_DOCUMENTS;
}

/** Whether it is a host's reference to a key. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TOKEN;
}

/** Whether it is a PIN, or none where a key has a pad. The host counts its bytes. */
function isPin(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value.length <= MAX_PIN_BYTES);
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && SHA256.test(value);
}

const FEW = 64;
/** A chunk of a document in Base64, with its few other fields. */
const CHUNK: Bounds = { values: FEW, chars: Math.ceil(MAX_CHUNK_BYTES / 3) * 4 + 1_024 };
const DECISION: Bounds = { values: FEW, chars: 4_096 };
/** A file of anchors is the largest. */
const WORKSPACE: Bounds = { values: FEW, chars: MAX_FILE_CHARACTERS + 4_096 };
const SHA256 = /^[0-9a-f]{64}$/;
/** Characters of a host's reference to a key. */
const MAX_TOKEN = 100;
/** Characters of a browser's name. */
const MAX_BROWSER = 100;
/** Characters of the word for a role. */
const MAX_ROLE = 40;
