//! Opens a document as the exact bytes that will be signed, in a way that can run nothing: a type
//! that the browser only shows, judged by the bytes and never by a name; anything else is saved.

import type { DocumentView } from '@yinxin/proto';
import { addressOf } from '../document/shown.js';
import { freeScreen } from './screen.js';

/** How bytes may be opened. `undefined`: only saved. */
export function safeType(
  head: Uint8Array,
  whole: boolean,
): 'application/pdf' | 'image/png' | 'image/jpeg' | 'text/plain;charset=utf-8' | undefined {
  const begins = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return 'application/pdf'; // %PDF-
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (begins(0xff, 0xd8, 0xff)) return 'image/jpeg';
  return head.length > 0 && isText(head, whole) ? 'text/plain;charset=utf-8' : undefined;
}

/** Valid UTF-8 without controls other than white space. */
function isText(bytes: Uint8Array, whole: boolean): boolean {
  try {
    // A head may end inside a character: a decoder in its streaming mode waits for the rest.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole });
    return !CONTROL.test(text);
  } catch {
    return false;
  }
}

/** Shows a document in a window of its own, or saves it. `size` is that of the seal, in millimetres. */
export async function openDocument(
  content: Blob,
  { name, format, placement, straddling }: Pick<DocumentView, 'name' | 'format' | 'placement' | 'straddling'>,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  const head = new Uint8Array(await content.slice(0, HEAD_BYTES).arrayBuffer());
  const type = safeType(head, content.size <= HEAD_BYTES);
  // The type is set here: whatever the page said of its Blob ends here.
  const url = URL.createObjectURL(new Blob([content], { type: type ?? 'application/octet-stream' }));
  if (format === 'ofd') {
    const place = { ...(placement && { placement }), ...(straddling !== undefined && { straddling }) };
    await showBeside(chrome.runtime.getURL(addressOf({ blob: url, name, ...place, ...size })));
  } else if (type) {
    await showBeside(url);
  } else {
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
  }
  // The window or the download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}

/** Opens a window, and comes back to the front when it is closed: a tab would leave this window behind the browser's. */
async function showBeside(url: string): Promise<void> {
  const free = freeScreen();
  const width = Math.min(900, free.width);
  const shown = await chrome.windows.create({
    url,
    type: 'popup',
    focused: true,
    width,
    height: free.height,
    left: Math.round(free.left + (free.width - width) / 2),
    top: free.top,
  });
  const own = await chrome.windows.getCurrent();
  const closed = (id: number) => {
    if (id !== shown?.id) return;
    chrome.windows.onRemoved.removeListener(closed);
    if (own.id !== undefined) void chrome.windows.update(own.id, { focused: true });
  };
  chrome.windows.onRemoved.addListener(closed);
}

// Control characters but tab, line feed, form feed and carriage return.
const CONTROL = /[^\P{Cc}\t\n\f\r]/u;
const HEAD_BYTES = 64 * 1024;
const REVOKE_MS = 60_000;
