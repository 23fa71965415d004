// What the extension's background writes against the whole package, beside what `documents`, `verify` and `fees` have. Compiled only.

import type * as fees from '../../../wasm/pkg/fees/yinxin_fees.js';
import * as core from '../../../wasm/pkg/node/yinxin.js';
import type * as verify from '../../../wasm/pkg/verify/yinxin_verify.js';

/** It has all of both. */
export const both: Omit<typeof verify, 'default' | 'initSync'> & Omit<typeof fees, 'default' | 'initSync'> = core;

export function advice(token: core.Token, module: core.Module, report: core.DoctorReport): string[] {
  const situation: core.Situation = {
    now: 0,
    tokens: [token],
    modules: [module],
    host: { version: '0.1.0', problem: { code: 'host-missing', params: {} } },
    extension: { version: '0.1.0', siteAllowed: true, site: 'https://portal.example' },
    browser: { name: 'Chromium', engine: 140 },
    doctor: report,
    account: { site: '', name: '', role: '', bound: true, certificate: '' },
    entrance: '供应商',
    message: '证书已过期',
    knownTime: '2026-11-29',
    certificate: '',
    anchors: [''],
    crls: [''],
  };
  const { findings, healthy }: core.Advice = core.advise(situation);
  const [first] = findings;
  const ways: core.GuideProcedure[] = [...core.procedures(), ...core.procedures(situation)];
  const total: number | null | undefined = ways[0]?.costs[0]?.total;
  const quote = first?.order && core.quote(first.order);
  const names: core.NameComparison | undefined = first?.names;
  const found: core.Finding | undefined = first;
  return [
    core.calendarEntry('', '2027-01-01', 0),
    `${healthy} ${total} ${quote?.total} ${names?.likeness} ${found?.place} ${first?.steps[0]?.text.en}`,
  ];
}

export function call(start: core.SigningStart, tokens: core.Token[]): core.SigningAction[] {
  const machine = new core.Signing(start);
  const views: core.TokenView[] = core.describeTokens(tokens, 0, ['']);
  const event: core.SigningEvent = { type: 'page-gone' };
  const actions = [...machine.actions, ...machine.handle(event, 0), ...machine.chunk(0, 0, new Uint8Array())];
  const advice: core.LoginAdvice[] = machine.loginAdvice(0);
  const kept = machine.finished && views.length > 0 && advice.length > 0;
  machine.free();
  return kept ? actions.filter(action => action.type === 'send' && action.command.type === 'tokens') : [];
}

/** The calls of a document that calls another program. */
export function called(start: core.FlowStart): [core.FlowAction[], Record<string, string>] {
  const flow = new core.Flow(start, { clientId: '1' });
  const event: core.FlowEvent = { type: 'tokens-changed' };
  const actions = flow.handle(event, '2026-01-01T00:00:00Z');
  const { parameters } = flow;
  flow.free();
  return [actions, parameters];
}

export function pages(known: core.WorkspaceKnown): core.WorkspaceShown {
  const machine = new core.Workspace();
  const added = [{ certificate: '', managed: true }];
  const { view, ...shown } = machine.show({ ...known, looking: false, anchors: added, orders: [] }, 0);
  const [renewal] = shown.renewals;
  const total: number | null | undefined = renewal?.quote?.total;
  const news: core.AnchorNews | undefined = view.anchorNews;
  const evidence: core.EvidenceName | undefined = shown.checks[0]?.evidence[0]?.name;
  machine.free();
  return machine.show({ message: `${total} ${news?.type} ${evidence}` });
}

// @ts-expect-error: no event of the machine
new core.Signing({} as core.SigningStart).handle({ type: 'page-left' });
// @ts-expect-error: a mistyped option
core.advise({ token: [] });
