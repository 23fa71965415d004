//! One consent window for each action of the user on the page. The browser lets a page act for some seconds on one
//! press, as often as it likes; here a press is spent by the first call that asks for a window.

import { ACTIVATION_MS } from '@yinxin/proto';

/** A press of this page that no call has used. */
let unspent = false;
/** When the last one was used, on the page's own clock. */
let spentAt = Number.NEGATIVE_INFINITY;
/** The last press by hand goes on: the browser may count a later event of it once more. */
let pressing = false;

// Each press once, at the event with which the browser counts it; the others of the same press don't count again.
// In the capture phase and from the start of the document: no script of the page is earlier.
for (const type of ['pointerdown', 'pointerup', 'keydown'] as const)
  window.addEventListener(
    type,
    event => {
      if (!event.isTrusted || !isPress(event)) return;
      unspent = true;
      pressing = event.type !== 'keydown';
    },
    { capture: true, passive: true },
  );

// A call that is made within the first event of a press uses it before the browser has counted all of them, and a page can
// take its time in between: what was used is used from the last one on.
for (const type of ['mousedown', 'touchend', 'click'] as const)
  window.addEventListener(
    type,
    event => {
      if (!event.isTrusted || !pressing) return;
      if (!unspent) spentAt = performance.now();
      if (type === 'click') pressing = false;
    },
    { capture: true, passive: true },
  );

/** Uses the user's action. Answers whether there is one. */
export function spendActivation(): boolean {
  if (!navigator.userActivation.isActive) return false;
  const now = performance.now();
  // A press in a frame, or one by a screen reader, is not seen here. But what the browser still knows of the last one
  // that was used ends by itself: after that time it knows of another.
  if (!unspent && now - spentAt <= ACTIVATION_MS) return false;
  unspent = false;
  spentAt = now;
  return true;
}

/** HTML, "activation triggering input event". */
function isPress(event: PointerEvent | KeyboardEvent): boolean {
  if (event.type === 'keydown') return !(event as KeyboardEvent).repeat && (event as KeyboardEvent).key !== 'Escape';
  return (event.type === 'pointerdown') === ((event as PointerEvent).pointerType === 'mouse');
}
