//! What workspace and popup show, live: what the background says, and what is kept on the device.

import type { FromWorkspace, WorkspaceView } from '@yinxin/proto';
import { useEffect, useState } from 'preact/hooks';
import type { KnownAccount } from '../background/account.js';
import type { Entry } from '../background/history.js';
import type { Notice } from '../background/notices.js';
import { WORKSPACE_PORT, type WorkspaceShown } from '../relay.js';
import { account, notices, settings, used } from '../stored.js';

/** What the background says, and how to answer. */
export function useBackground(): WorkspaceShown & { post(message: FromWorkspace): void } {
  const [shown, setShown] = useState<WorkspaceShown>({
    view: EMPTY,
    waiting: 0,
    sessions: [],
    renewals: [],
    doctor: {},
  });
  const [port, setPort] = useState<chrome.runtime.Port>();
  useEffect(() => {
    // The browser may restart the background; the page stays and connects again.
    const connect = () => {
      const next = chrome.runtime.connect({ name: WORKSPACE_PORT });
      next.onMessage.addListener((message: WorkspaceShown) => setShown(message));
      next.onDisconnect.addListener(() => setTimeout(connect, RECONNECT_MS));
      setPort(next);
    };
    connect();
  }, []);
  return { ...shown, post: message => port?.postMessage(message) };
}

/** What is kept or permitted, read anew at each change of it. */
export function useKept<T>(read: () => Promise<T>, first: T): T {
  const [kept, setKept] = useState(first);
  useEffect(() => {
    const load = () => void read().then(setKept, () => undefined);
    load();
    // Whether the browser lets a site be is a part of it.
    const told = [chrome.storage.onChanged, chrome.permissions.onAdded, chrome.permissions.onRemoved];
    for (const one of told) one.addListener(load);
    return () => {
      for (const one of told) one.removeListener(load);
    };
  }, [read]);
  return kept;
}

/** The settings in force. */
export const readSettings = () => settings.read();

/** The history. */
export const readHistory: () => Promise<Entry[]> = () => used.read();

/** The account that the keys are compared with. */
export const readAccount: () => Promise<KnownAccount | undefined> = () => account.read();

/** What is to be told of certificates that end. */
export async function readNotices(): Promise<Notice[]> {
  const { sharedComputer, noticeDays } = (await settings.read()).settings;
  return sharedComputer ? [] : notices.due(noticeDays, new Date());
}

/** The user took note of it. */
export async function noteNotices(): Promise<void> {
  await notices.note((await settings.read()).settings.noticeDays, new Date());
}

/** Before the background says anything. */
const EMPTY: WorkspaceView = {
  extension: VERSION,
  looking: true,
  tokens: [],
  modules: [],
  national: 0,
  nationalListed: '',
  anchors: [],
};

const RECONNECT_MS = 1_000;
