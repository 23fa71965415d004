//! What the extension keeps on the device, as its background and its own pages open it. Content scripts can't.

import { AccountStore } from './background/account.js';
import { HistoryStore } from './background/history.js';
import { NoticeStore } from './background/notices.js';
import { type InTurn, SettingsStore } from './background/settings.js';

/** Settings of the user and of the administrator. */
export const settings = new SettingsStore(chrome.storage.local, chrome.storage.managed, inTurn('settings'));

/** What was done with the user's keys. */
export const used = new HistoryStore(chrome.storage.local, inTurn('history'));

/** Which certificates end. */
export const notices = new NoticeStore(chrome.storage.local, inTurn('seen'));

/** The account of the last login, until the browser closes. */
export const account = new AccountStore(chrome.storage.session);

/** Whether what the user does may be kept: not on a shared computer, and not from a private window. */
export async function keeps(): Promise<boolean> {
  return !chrome.extension.inIncognitoContext && !(await settings.read()).settings.sharedComputer;
}

/** Background and pages change the same; the browser's locks hold in all of them. */
function inTurn(name: string): InTurn {
  return async work => await navigator.locks.request(name, work);
}
