//! Keeps what was done and seen, as far as the settings let, and shows on the icon how many certificates end.

import type { PageCall, TokenView } from '@yinxin/proto';
import { forgetUsed, markUsed } from '../sites.js';
import { account, keeps, notices, settings, used } from '../stored.js';
import { accountOf, type KnownAccount } from './account.js';
import { type Consented, entryOf } from './history.js';

/** Keeps that an operation ended well. */
export async function remember(origin: string, consented: Consented | undefined): Promise<void> {
  const kept = await keeps();
  const now = new Date();
  await markUsed(origin, now, kept);
  if (!consented) return;
  if (kept) await used.add(entryOf(consented, now));
  await keepSeen(consented.view.tokens);
}

/** Keeps of which account a portal's login tells, until the browser closes. */
export async function rememberAccount(origin: string, call: PageCall): Promise<void> {
  if (call.type !== 'login') return;
  await account.keep((await keeps()) ? accountOf(origin, call) : undefined);
}

/**
 * What is kept that the advice asks for: the account, and a time that has passed, that of the last entry. (Unless the
 * clock was ahead then, which the next entry mends.)
 */
export async function keptFacts(): Promise<{ account?: KnownAccount; entrance?: string; knownTime?: string }> {
  const [known, [last]] = await Promise.all([account.read(), used.read()]);
  return {
    ...(known && { account: known }),
    ...(known?.entrance !== undefined && { entrance: known.entrance }),
    ...(last && { knownTime: last.at }),
  };
}

/** Keeps in mind when the certificates in these keys end. */
export async function keepSeen(tokens: readonly TokenView[]): Promise<void> {
  if (await keeps()) await notices.look(tokens);
  // Another day may have come since the last look.
  await followSettings();
}

/** Does what the settings say: forgets on a shared computer, and shows what ends. */
export async function followSettings(): Promise<void> {
  const { sharedComputer, noticeDays } = (await settings.read()).settings;
  if (sharedComputer) await Promise.all([notices.forget(), forgetUsed(), account.forget()]);
  const count = sharedComputer ? 0 : (await notices.due(noticeDays, new Date())).length;
  await chrome.action.setBadgeBackgroundColor({ color: SEAL_RED });
  await chrome.action.setBadgeText({ text: count > 0 ? String(count) : '' });
  const title = count > 0 ? chrome.i18n.getMessage('actionEnding', String(count)) : chrome.i18n.getMessage('action');
  await chrome.action.setTitle({ title });
}

const SEAL_RED = '#b3261e';
