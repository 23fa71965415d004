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
  const { origin, frameId, tab } = sender ?? {};
  if (origin === undefined || origin === 'null' || !tab) return { code: 'origin-opaque', params: {} };
  if (frameId !== 0) return { code: 'frame-not-allowed', params: {} };
  if (!isActive(sender)) return { code: 'page-not-active', params: {} };
  if (!origin.startsWith('https://') && !isLocal(origin)) return { code: 'origin-insecure', params: { origin } };
  return { origin, windowId: tab.windowId };
}

/** Whether the page is the one that its tab shows: not one that is fetched ahead of time or kept to go back to. */
function isActive({ documentLifecycle, origin, url, tab }: chrome.runtime.MessageSender = {}): boolean {
  if (documentLifecycle !== undefined) return documentLifecycle === 'active';
  // Firefox has no life cycle: it fetches no page ahead of time, and closes the ports of one that is kept. But it reads the
  // origin from what the tab shows by the time the message is there, and only the address from the document that sent it
  // (`ExtensionParent.sys.mjs`, `getSender`): where a page goes on meanwhile, they differ.
  return [url, tab?.url].every(address => origin !== undefined && originOf(address) === origin);
}

function originOf(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : new URL(url).origin;
  } catch {
    return undefined;
  }
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
