//! What the window of a document is told, in its address: the bytes' own address, and where the seal will be.

import type { OfdOverview } from '@yinxin/documents';
import type { Placement } from '@yinxin/proto';
import type { Planned } from '@yinxin/ui/pages.js';

/** What is shown. */
export interface Shown {
  /** Address of the bytes, a Blob of the extension's own. */
  readonly blob: string;
  /** As given by the site. */
  readonly name: string;
  readonly placement?: Placement;
  readonly straddling?: number;
  /** Size of the seal in millimetres. */
  readonly width: number;
  readonly height: number;
}

/** Where the window lies that shows it. */
export function addressOf(shown: Shown): string {
  return `document/document.html#${encodeURIComponent(JSON.stringify(shown))}`;
}

/** What an address says; of one that nobody here made, nothing. */
export function shownBy(hash: string): Shown | undefined {
  try {
    const shown: Shown = JSON.parse(decodeURIComponent(hash.slice(1)));
    return new URL(shown.blob).protocol === 'blob:' && typeof shown.name === 'string' ? shown : undefined;
  } catch {
    return undefined;
  }
}

/** Where the seal will be on a document's pages. */
export function planned({ placement, straddling, width, height }: Shown, overview: OfdOverview): Planned[] {
  if (placement) {
    const { page, x, y } = placement;
    return [{ page, x: x - width / 2, y: y - height / 2, width, height }];
  }
  if (straddling === undefined) return [];
  const slice = width / overview.pages;
  return Array.from({ length: overview.pages }, (_, at) => ({
    page: at + 1,
    x: undefined,
    y: straddling - height / 2,
    width: slice,
    height,
  }));
}
