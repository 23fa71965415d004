//! Input is ignored for a moment after the window gets focus: a click or a key that was meant for
//! something else decides nothing here.

import { INPUT_GUARD_MS } from '@yinxin/proto';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The guard's state, and a way to begin it anew when the window changed under the user's hand. */
export interface InputGuard {
  readonly guarded: boolean;
  restart(): void;
}

/** Guards the whole window. */
export function useInputGuard(): InputGuard {
  const [guarded, setGuarded] = useState(true);
  const until = useRef(performance.now() + INPUT_GUARD_MS);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const restart = useCallback(() => {
    until.current = performance.now() + INPUT_GUARD_MS;
    setGuarded(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setGuarded(false), INPUT_GUARD_MS);
  }, []);

  useLayoutEffect(() => {
    /** A press that began while input was ignored: its click comes later, and is ignored too. */
    let pressIgnored = false;
    const filter = (event: Event) => {
      // The time when the input happened, not when it was dispatched.
      const early = event.timeStamp < until.current;
      if (event.type === 'pointerdown') pressIgnored = early;
      // A click by keyboard has no press of its own, and its key was judged when it went down.
      const ofIgnoredPress =
        POINTER_EVENTS.includes(event.type) && event instanceof MouseEvent && event.detail > 0 && pressIgnored;
      if (!early && !ofIgnoredPress) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    for (const type of GUARDED_EVENTS) window.addEventListener(type, filter, { capture: true });
    window.addEventListener('focus', restart);
    // Other extensions can make the window so small that what is asked is out of sight.
    window.addEventListener('resize', restart);
    document.addEventListener('visibilitychange', restart);
    restart();
    return () => {
      for (const type of GUARDED_EVENTS) window.removeEventListener(type, filter, { capture: true });
      window.removeEventListener('focus', restart);
      window.removeEventListener('resize', restart);
      document.removeEventListener('visibilitychange', restart);
      clearTimeout(timer.current);
    };
  }, [restart]);

  return { guarded, restart };
}

const POINTER_EVENTS = ['mousedown', 'click', 'auxclick', 'dblclick'];
const GUARDED_EVENTS = [...POINTER_EVENTS, 'pointerdown', 'keydown', 'beforeinput', 'paste', 'drop'];
