//! The picture of a seal as pixels, for documents that hold no other kind. The window's page draws it: browsers draw no
//! SVG in a worker.

import type { ConsentView, SealView } from '@yinxin/proto';
import type { Pixels } from '../relay.js';

/** The picture of a seal in a key, by the seal's SHA-256; `undefined` where it can't be shown. */
export async function pixelsOf(view: ConsentView, seal: string): Promise<Pixels | undefined> {
  const known = view.tokens.flatMap(token => token.seals).find(one => one.seal === seal);
  if (!known?.picture) return undefined;
  const data = Uint8Array.from(atob(known.picture.data), character => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([data], { type: known.picture.mediaType }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const { width, height } = sizeOf(known);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    if (!context) return undefined;
    context.drawImage(image, 0, 0, width, height);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** In pixels, as fine as print: 12 to a millimetre. */
function sizeOf({ width, height }: SealView): { width: number; height: number } {
  const scale = Math.min(PIXELS_PER_MM, MAX_PIXELS / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

const PIXELS_PER_MM = 12;
const MAX_PIXELS = 1_200;
