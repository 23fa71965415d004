//! Text that scrolls in its place, and the keyboard.

import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Lets the keyboard come to each text that goes on below its edge. Old browsers do so only where they are told. */
export function useReach(root: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const look = () => {
      for (const text of root.current?.querySelectorAll('bdi') ?? []) {
        if (text.scrollHeight > text.clientHeight && text.clientHeight > 0) text.tabIndex = 0;
        else text.removeAttribute('tabindex');
      }
    };
    look();
    window.addEventListener('resize', look);
    return () => window.removeEventListener('resize', look);
  });
}
