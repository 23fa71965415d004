//! What the workspace may say. It is the extension's own page, possibly of another version.

import type { FromWorkspace } from '@yinxin/proto';
import { MAX_FILE_CHARACTERS } from './anchors.js';

/** Reads a message of the workspace; `undefined` for what is none. */
export function fromWorkspace(message: unknown): FromWorkspace | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, file, certificate } = message as Record<string, unknown>;
  switch (type) {
    case 'refresh':
      return { type };
    case 'add-anchors':
      return typeof file === 'string' && file.length <= MAX_FILE_CHARACTERS ? { type, file } : undefined;
    case 'remove-anchor':
      return typeof certificate === 'string' && SHA256.test(certificate) ? { type, certificate } : undefined;
    default:
      return undefined;
  }
}

const SHA256 = /^[0-9a-f]{64}$/;
