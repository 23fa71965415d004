//! The workspace's page: its port to the background, and the sites in storage.

import type { FromWorkspace, WorkspaceView } from '@yinxin/proto';
import { nearest } from '@yinxin/ui/language.js';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { encodeBlob } from '../base64.js';
import { MAX_ANCHOR_FILE_BYTES, WORKSPACE_PORT, type WorkspaceShown } from '../relay.js';
import { type AddedSite, addedSites, addSite, readAddress, removeSite } from '../sites.js';
import { textsOf } from '../ui/texts.js';
import { Workspace } from './workspace.js';

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

const locale = nearest(chrome.i18n.getUILanguage());
document.documentElement.lang = locale;
document.title = [textsOf(locale).workspaceTitle, textsOf(locale).product].join(' · ');
render(<Page />, document.body);

function Page() {
  const [{ view, renewals }, setShown] = useState<WorkspaceShown>({ view: EMPTY, renewals: [] });
  const [port, setPort] = useState<chrome.runtime.Port>();
  const [added, setAdded] = useState<AddedSite[]>([]);

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

  useEffect(() => {
    const load = () => void addedSites().then(setAdded);
    load();
    chrome.storage.local.onChanged.addListener(load);
    return () => chrome.storage.local.onChanged.removeListener(load);
  }, []);

  const post = (message: FromWorkspace) => port?.postMessage(message);
  const addAnchors = async (file: File) => {
    if (file.size > MAX_ANCHOR_FILE_BYTES) return 'too-large';
    try {
      post({ type: 'add-anchors', file: await encodeBlob(file) });
      return undefined;
    } catch {
      return 'unreadable';
    }
  };
  return (
    <Workspace
      view={view}
      renewals={renewals}
      added={added}
      locale={locale}
      refresh={() => post({ type: 'refresh' })}
      read={readAddress}
      add={origin => addSite(origin, new Date())}
      remove={removeSite}
      addAnchors={addAnchors}
      removeAnchor={certificate => post({ type: 'remove-anchor', certificate })}
      quoteRenewal={(certificate, order) => post({ type: 'quote-renewal', certificate, order })}
    />
  );
}

const RECONNECT_MS = 1_000;
