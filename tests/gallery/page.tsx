//! Renders one state of a window: `?window=consent&state=sign&locale=zh-CN`.

import init, { type Quote, quote, tariff } from '@yinxin/fees';
import type { CertificateView, Locale, WorkspaceView } from '@yinxin/proto';
import { render } from 'preact';
import { Consent } from '../../extension/src/consent/consent.js';
import { Popup } from '../../extension/src/popup/popup.js';
import type { Procedure, Renewal } from '../../extension/src/relay.js';
import { readAddress } from '../../extension/src/sites.js';
import { Workspace } from '../../extension/src/workspace/workspace.js';
import initCore, { procedures } from '../../wasm/pkg/web/yinxin.js';
import {
  adviceProblems,
  advices,
  compared,
  consents,
  doctors,
  keptBy,
  loginAdvices,
  popups,
  ticks,
  workspaces,
} from './fixtures.js';

const query = new URLSearchParams(location.search);
const locale: Locale = query.get('locale') === 'en' ? 'en' : 'zh-CN';
const state = query.get('state') ?? '';
document.documentElement.lang = locale;
document.title = state;

const consent = consents[state];
const workspace = workspaces[state];
const popup = popups[state];
if (query.get('window') === 'consent' && consent) {
  render(
    <Consent
      view={consent}
      advice={loginAdvices[state] ?? []}
      lastUsed={undefined}
      locale={locale}
      decide={() => {}}
      open={() => {}}
    />,
    document.body,
  );
} else if (query.get('window') === 'popup' && popup) {
  render(
    <Popup
      notices={[]}
      waiting={0}
      sessions={[]}
      adviceProblem={undefined}
      {...popup}
      locale={locale}
      noteNotices={() => {}}
      showWindow={() => {}}
      endSessions={() => {}}
    />,
    document.body,
  );
} else if (workspace) {
  await Promise.all([init({ module_or_path: '/fees.wasm' }), initCore({ module_or_path: '/core.wasm' })]);
  const problem = adviceProblems[state];
  const known = !problem && !workspace.looking;
  const certificates = workspace.tokens.flatMap(token => token.certificates);
  render(
    <Workspace
      view={workspace}
      renewals={certificates.filter(({ renewable }) => renewable).map(certificate => renewalOf(certificate, workspace))}
      added={[{ origin: 'https://supplier.example', added: '2026-11-02T08:00:00Z' }]}
      managed={[
        { origin: 'https://seals.example', kind: 'portal', permitted: true },
        { origin: 'https://intranet.example:8443', kind: 'added', permitted: false },
      ]}
      switches={[
        { origin: 'https://zfcg.scsczt.cn', on: true, managed: true, forbidden: false },
        { origin: 'https://wt.scca.com.cn', on: true, managed: true, forbidden: true },
        { origin: 'https://bss.scca.com.cn:8088', on: true, managed: false, forbidden: false },
        { origin: 'http://localhost', on: false, managed: false, forbidden: false },
      ]}
      switchOn={async () => true}
      switchOff={async () => {}}
      {...keptBy(state)}
      advice={known ? (advices[state] ?? { findings: [], healthy: true }) : undefined}
      procedures={known ? ticked(state) : undefined}
      adviceProblem={problem}
      messages={undefined}
      support={support()}
      doctor={doctors[state] ?? {}}
      explain={() => {}}
      compared={compared[state]}
      forgetAccount={() => {}}
      examine={() => {}}
      allowSite={async () => true}
      repair={() => {}}
      testSignature={() => {}}
      locale={locale}
      refresh={() => {}}
      read={readAddress}
      add={async () => true}
      remove={async () => {}}
      addAnchors={async () => undefined}
      removeAnchor={() => {}}
      quoteRenewal={() => {}}
      eraseHistory={async () => {}}
      changeSettings={async () => {}}
      noteNotices={() => {}}
    />,
    document.body,
  );
}

/** The core's procedures, with what a state has of ticks and costs. */
function ticked(state: string): Procedure[] {
  return procedures().map(procedure => ({
    ...procedure,
    steps: procedure.steps.map((step, at) => {
      const done = ticks[state]?.[procedure.id]?.[at];
      const evidence = {
        'zh-CN': '“成都青禾示例科技有限公司”的证书有效期至 2026年9月30日。',
        en: 'The certificate of “成都青禾示例科技有限公司” is valid until 30 September 2026.',
      };
      return done === undefined ? step : { ...step, done, seen: [{ done, evidence }] };
    }),
    costs:
      ticks[state] && procedure.services.includes('renewal')
        ? [
            {
              holder: '成都青禾示例科技有限公司',
              notAfter: '2026-09-30T15:59:59Z',
              order: { certificate: '', now: '2026-11-22T00:00:00Z', service: 'renewal', seals: 1 },
              items: [],
              total: 30_000,
              terms: [
                { years: 1, total: 30_000, perYear: 30_000 },
                { years: 2, total: 60_000, perYear: 30_000 },
              ],
            },
          ]
        : [],
  }));
}

/** Whom the procedures name. */
function support() {
  const contacts = procedures().flatMap(procedure => procedure.contacts);
  return contacts.filter(({ value }, at) => contacts.findIndex(other => other.value === value) === at);
}

/** What the core would say of a certificate, made from what is shown of it. */
function renewalOf({ certificate, kind, issuer, daysLeft }: CertificateView, { tokens }: WorkspaceView): Renewal {
  const own = tokens.flatMap(({ seals }) => seals).filter(seal => seal.certificates.includes(certificate));
  const sealsRead = own.length;
  const order = { years: 1, seals: sealsRead || 1 };
  const role = kind === 'expert' ? 'expert' : 'supplier';
  let made: Quote;
  try {
    made = quote({ items: [{ role, service: 'renewal', certificates: 1, remainingDays: daysLeft, ...order }] });
  } catch {
    return { certificate, sealsRead, order };
  }
  const { authority, contacts, silences } = tariff();
  const open = silences.filter(({ id }) => id === 'role' && kind !== 'expert');
  for (const silence of open) made.assumptions.push({ ...silence, ask: contacts[0]?.value ?? '', items: [1] });
  if (issuer !== authority.name['zh-CN'])
    made.findings.push({ code: 'tariff-other-authority', params: { issuer }, severity: 'warning' });
  return { certificate, sealsRead, order, quote: made };
}
