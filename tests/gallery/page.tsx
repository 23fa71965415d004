//! Renders one state of a window: `?window=consent&state=sign&locale=zh-CN`.

import type { Locale } from '@yinxin/proto';
import { render } from 'preact';
import { Consent } from '../../extension/src/consent/consent.js';
import { readAddress } from '../../extension/src/sites.js';
import { Workspace } from '../../extension/src/workspace/workspace.js';
import { consents, workspaces } from './fixtures.js';

const query = new URLSearchParams(location.search);
const locale: Locale = query.get('locale') === 'en' ? 'en' : 'zh-CN';
const state = query.get('state') ?? '';
document.documentElement.lang = locale;
document.title = state;

const consent = consents[state];
const workspace = workspaces[state];
if (query.get('window') === 'consent' && consent) {
  render(<Consent view={consent} locale={locale} decide={() => {}} open={() => {}} />, document.body);
} else if (workspace) {
  render(
    <Workspace
      view={workspace}
      added={[{ origin: 'https://supplier.example', added: '2026-11-02T08:00:00Z' }]}
      locale={locale}
      refresh={() => {}}
      read={readAddress}
      add={async () => true}
      remove={async () => {}}
      addAnchors={async () => undefined}
      removeAnchor={() => {}}
    />,
    document.body,
  );
}
