//! What the extension keeps on the device, as its background and its own pages open it. Content scripts can't.

import { AccountStore } from './background/account.js';
import { Backoff } from './background/backoff.js';
import { HistoryStore } from './background/history.js';
import { NoticeStore } from './background/notices.js';
import { SettingsStore } from './background/settings.js';
import { item, managed, policyInTime } from './item.js';

/** Settings of the user and of the administrator. */
export const settings = new SettingsStore(item('local', 'settings'), managed);

/** The same for the consent window, which opens in the language that is known. */
export const settingsInTime = new SettingsStore(item('local', 'settings'), policyInTime());

/** What was done with the user's keys. */
export const used = new HistoryStore(item('local', 'history'));

/** Which certificates end. */
export const notices = new NoticeStore(item('local', 'seen'));

/** The account of the last login, until the browser closes. */
export const account = new AccountStore(item('session', 'account'));

/** Whose user cancels again and again, until the browser closes. */
export const backoff = new Backoff(item('session', 'cancels'));

/** Whether what the user does may be kept: not on a shared computer, and not from a private window. */
export async function keeps(): Promise<boolean> {
  return !chrome.extension.inIncognitoContext && !(await settings.read()).settings.sharedComputer;
}
