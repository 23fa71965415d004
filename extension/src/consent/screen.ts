//! The window and its screen: on a small one, or one that is zoomed in, the window is made lower and moved into it.

/** Where a window stands, in CSS pixels. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The free part of this window's screen. Where it begins is a draft that every browser of ours has. */
export function freeScreen(): Bounds {
  const {
    availLeft = 0,
    availTop = 0,
    availWidth,
    availHeight,
  } = screen as Screen & {
    readonly availLeft?: number;
    readonly availTop?: number;
  };
  return { left: availLeft, top: availTop, width: availWidth, height: availHeight };
}

/** The same window inside a screen; `undefined` where it is. */
export function inside(window: Bounds, screen: Bounds): Bounds | undefined {
  const width = Math.min(window.width, screen.width);
  const height = Math.min(window.height, screen.height);
  const left = Math.min(Math.max(window.left, screen.left), screen.left + screen.width - width);
  const top = Math.min(Math.max(window.top, screen.top), screen.top + screen.height - height);
  const same = left === window.left && top === window.top && width === window.width && height === window.height;
  return same ? undefined : { left, top, width, height };
}

/** Moves this window into its screen. */
export async function fitScreen(): Promise<void> {
  const { id, left, top, width, height } = await chrome.windows.getCurrent();
  if (id === undefined || left === undefined || top === undefined || width === undefined || height === undefined)
    return;
  const place = inside({ left, top, width, height }, freeScreen());
  if (place) await chrome.windows.update(id, place);
}
