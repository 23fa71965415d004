//! Who is asking: read from the browser's record of a port's sender, never from a message.

import type { CatalogueError } from '@yinxin/proto';
import { isLocal } from '../sites.js';

/** The page behind a port. */
export interface Asker {
  /** Serialised origin. */
  readonly origin: string;
  /** The browser window it is in, over which the consent window opens. */
  readonly windowId: number;
}

/** Reads the asking page from the browser's record, or tells why it may not ask. */
export function identify(sender: chrome.runtime.MessageSender | undefined): Asker | CatalogueError {
  const { origin, frameId, documentLifecycle, tab } = sender ?? {};
  if (origin === undefined || origin === 'null' || !tab) return { code: 'origin-opaque', params: {} };
  if (frameId !== 0) return { code: 'frame-not-allowed', params: {} };
  if (documentLifecycle !== 'active') return { code: 'page-not-active', params: {} };
  if (!origin.startsWith('https://') && !isLocal(origin)) return { code: 'origin-insecure', params: { origin } };
  return { origin, windowId: tab.windowId };
}

/** Whether a port comes from one of these pages of the extension's own. */
export function isOwnPage(
  sender: chrome.runtime.MessageSender | undefined,
  ...pages: readonly ('workspace.html' | 'popup.html')[]
): boolean {
  if (sender?.id !== chrome.runtime.id || sender.url === undefined) return false;
  const [url] = sender.url.split(/[?#]/, 1);
  return pages.some(page => url === chrome.runtime.getURL(page));
}
