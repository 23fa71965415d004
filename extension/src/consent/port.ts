//! The consent window's port to the background, and what has come through it. A script of its own, since it is small: what is
//! to be shown is under way while the browser still reads the page's other script.

import { CONSENT_PORT, type ConsentShown } from '../relay.js';

/** What is known of the operation. */
export interface State {
  readonly shown?: ConsentShown;
  /** The port broke. */
  readonly lost: boolean;
}

/** Which operation the window is for. */
export const operation = location.hash.slice(1);

/** The way to the background. */
export const port = chrome.runtime.connect({ name: `${CONSENT_PORT}${operation}` });

let state: State = { lost: false };
let changed = () => {};

/** What is known now. */
export function current(): State {
  return state;
}

/** Says when it changes; one listener, for there is one page. */
export function watch(listener: () => void): void {
  changed = listener;
}

port.onMessage.addListener((shown: ConsentShown) => {
  state = { ...state, shown };
  changed();
});
port.onDisconnect.addListener(() => {
  state = { ...state, lost: true };
  changed();
});
