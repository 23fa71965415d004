//! The picture of an electronic seal.

import type { Locale } from '@yinxin/proto';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { visible } from './language.js';

/** A picture that the core found fit to be shown. */
export interface SealPicture {
  /** Media type, by its bytes. */
  readonly mediaType: string;
  /** Its file, or that in Base64. */
  readonly data: string | Uint8Array<ArrayBuffer>;
}

/**
 * Shows the picture at its size on paper, or smaller. It may be markup (SVG): as an image it neither runs nor loads
 * anything, and the pages' policies let no other use of it.
 */
export function SealImage({
  name,
  picture,
  width,
  height,
  locale,
}: {
  /** Name of the seal. */
  name: string;
  picture: SealPicture | undefined;
  /** In millimetres. */
  width: number;
  height: number;
  locale: Locale;
}) {
  const t = TEXTS[locale];
  const { data, mediaType } = picture ?? {};
  const url = useMemo(() => {
    if (data === undefined || mediaType === undefined || places === 0) return undefined;
    places -= 1;
    return URL.createObjectURL(new Blob([bytesOf(data)], { type: mediaType }));
  }, [data, mediaType]);
  useLayoutEffect(() => {
    if (url === undefined) return undefined;
    return () => {
      places += 1;
      URL.revokeObjectURL(url);
    };
  }, [url]);
  const [failed, setFailed] = useState<string>();
  if (url === undefined || failed === url) return <span class="seal-image seal-image-none">{t.none}</span>;
  const scale = Math.min(PIXELS_PER_MM, MAX_PIXELS / Math.max(width, height, 1));
  return (
    <span class="seal-image">
      <img
        src={url}
        alt={t.pictureOf(visible(name))}
        width={Math.max(1, Math.round(Math.max(width, 1) * scale))}
        height={Math.max(1, Math.round(Math.max(height, 1) * scale))}
        decoding="async"
        onError={() => setFailed(url)}
      />
    </span>
  );
}

/** Pictures that this page can still show. Each alone is soon drawn; any number of them would not be. */
let places = 24;

function bytesOf(data: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (typeof data !== 'string') return data;
  return Uint8Array.from(atob(data), character => character.charCodeAt(0));
}

/** CSS pixels in a millimetre. */
const PIXELS_PER_MM = 96 / 25.4;
/** The longer side is never shown larger: a seal of 40 mm. */
const MAX_PIXELS = 152;

const TEXTS = {
  'zh-CN': { none: '图片不能显示', pictureOf: (name: string) => `印章“${name}”的图片` },
  en: { none: 'No picture to show', pictureOf: (name: string) => `Picture of the seal “${name}”` },
} as const;
