//! The consent window's page: what its port tells, and what is left when the port breaks.

import type { ConsentView, Decision, Locale } from '@yinxin/proto';
import { render } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { documentsChannel, type FromWindow, type ToWindow } from '../relay.js';
import { localeOf, textsOf } from '../ui/texts.js';
import { usable } from './choice.js';
import { Brand, Consent } from './consent.js';
import { openDocument } from './documents.js';
import { pixelsOf } from './picture.js';
import { current, operation, port, watch } from './port.js';
import { fitScreen } from './screen.js';

/** A background without events is stopped after 30 seconds. */
const ALIVE_MS = 20_000;

const documents = new BroadcastChannel(documentsChannel(operation));

document.documentElement.lang = localeOf('auto');

// Before Chromium 110 only events prolong the background's life, and nothing else may happen while the user looks for
// the key. A port that opens is an event; the background closes one of that name at once.
setInterval(() => current().lost || chrome.runtime.connect({ name: 'alive' }), ALIVE_MS);

// Where the browser does not like the place, the window stays where it is.
fitScreen().catch(() => undefined);

// What is to be shown is mostly here already, as an event: it goes first.
setTimeout(() => render(<Window />, document.body));

function Window() {
  const [{ shown: { view, advice, language = 'auto', lastUsed } = {}, lost }, set] = useState(current());
  const locale = localeOf(language);

  useLayoutEffect(() => {
    // It may have changed before anyone listened.
    const show = () => set(current());
    watch(show);
    show();
  }, []);

  useLayoutEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);

  useEffect(() => {
    if (!view) return;
    const shown = view.act.type === 'sign' ? view.act.documents : [];
    documents.onmessage = ({ data }: MessageEvent<ToWindow>) => {
      if ('seal' in data) {
        const { seal } = data;
        void pixelsOf(view, seal).then(pixels => tell({ seal, pixels }));
        return;
      }
      const document = shown[data.document];
      if (document) void openDocument(data.content, document, sealSize(view));
    };
    document.title = [textsOf(locale).product, textsOf(locale).act(view.act), view.site.origin].join(' · ');
  }, [view]);

  if (!view) return lost ? <Orphan /> : <Coming locale={locale} />;
  const ended = view.phase.type === 'done' || view.phase.type === 'failed';
  const shown: ConsentView =
    lost && !ended ? { ...view, phase: { type: 'failed', error: { code: 'extension-restarted', params: {} } } } : view;
  return (
    <Consent
      view={shown}
      advice={advice ?? []}
      lastUsed={lastUsed}
      locale={locale}
      decide={lost ? close : decide}
      open={index => tell({ wanted: index })}
    />
  );
}

/** Size of the seal, in millimetres: of the first that can be set, since another may be chosen yet. */
function sealSize({ tokens, act }: ConsentView): { width: number; height: number } {
  const { width, height } = usable(tokens, act)[0]?.seal ?? { width: 40, height: 40 };
  return { width, height };
}

/** What stands there at once, before anything is known: by then the browser has its fonts and styles for the rest. */
function Coming({ locale }: { locale: Locale }) {
  return (
    <div class="consent guarded">
      <Brand locale={locale} />
    </div>
  );
}

/** A window whose operation is over or was lost before anything was shown: nothing to decide. */
function Orphan() {
  useEffect(close, []);
  return null;
}

function decide(decision: Decision): void {
  port.postMessage(decision);
}

/** The page’s own tab, wherever a stranger opened it: Firefox lets `window.close` close none that no script opened. */
function close(): void {
  chrome.tabs.getCurrent().then(tab => (tab?.id === undefined ? undefined : chrome.tabs.remove(tab.id)));
}

function tell(message: FromWindow): void {
  documents.postMessage(message);
}
