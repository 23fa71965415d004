//! What an exception means in the catalogue's words.

import { type CatalogueError, isForPage, type PageError } from '@yinxin/proto';

/** A failure that has a code: of the host, or of the way to it. */
export class HostError extends Error {
  constructor(readonly failure: CatalogueError) {
    super(failure.code);
  }
}

/** The error of the catalogue behind an exception: the host's, the core's own (`code` and `params`), or a bug. */
export function failureOf(thrown: unknown): CatalogueError {
  if (thrown instanceof HostError) return thrown.failure;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'params' in thrown) {
    return { code: thrown.code, params: thrown.params } as CatalogueError;
  }
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}`.slice(0, 200) : 'unknown';
  return { code: 'internal', params: { detail } };
}

/** An error as a page may get it: what it says of this computer is for the user, in our own windows (`Error::for_page`). */
export function forPage(error: CatalogueError): PageError {
  if (isForPage(error.code)) return error as PageError;
  return error.code === 'pin-pad-cancelled' ? { code: 'cancelled', params: {} } : { code: 'local-failure', params: {} };
}
