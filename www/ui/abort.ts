//! What was given up, in browsers whose signals don't tell why: Chromium has that since 98, Firefox since 97.

/** Why a signal was given. */
export function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('given up', 'AbortError');
}

/** Throws the signal's reason, once it was given. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}
