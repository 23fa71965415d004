//! The browser's own rules of the bridge, one pair for each port and tab: a page's call to another program's address on
//! loopback goes to the host's listener, with the tab's secret in a header that the page never sees. All rules of the
//! session are the bridge's.

import { BRIDGE_PORTS, BRIDGE_SECRET_HEADER } from '@yinxin/proto';

/** Where the host listens for a tab. */
export interface Listening {
  readonly port: number;
  readonly secret: string;
}

/** Rules by tab. */
const rules = new Map<number, number[]>();
let next = 1;

/** Removes every rule: whatever set them is gone. */
export async function clearRules(): Promise<void> {
  rules.clear();
  const known = await chrome.declarativeNetRequest.getSessionRules();
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: known.map(({ id }) => id) });
}

/** Sets the rules of a tab, for the pages of one host. */
export async function setRules(tab: number, host: string, { port, secret }: Listening): Promise<void> {
  const condition = {
    initiatorDomains: [host],
    tabIds: [tab],
    resourceTypes: ['xmlhttprequest' as chrome.declarativeNetRequest.ResourceType],
  };
  const added: chrome.declarativeNetRequest.Rule[] = BRIDGE_PORTS.map(({ port: called }) => ({
    id: next++,
    condition: { ...condition, regexFilter: `^http://127\\.0\\.0\\.1:${called}/(.*)$` },
    action: {
      type: 'redirect' as chrome.declarativeNetRequest.RuleActionType,
      redirect: { regexSubstitution: `http://127.0.0.1:${port}/${called}/\\1` },
    },
  }));
  added.push({
    id: next++,
    condition: { ...condition, regexFilter: `^http://127\\.0\\.0\\.1:${port}/` },
    action: {
      type: 'modifyHeaders' as chrome.declarativeNetRequest.RuleActionType,
      requestHeaders: [
        {
          header: BRIDGE_SECRET_HEADER,
          operation: 'set' as chrome.declarativeNetRequest.HeaderOperation,
          value: secret,
        },
      ],
    },
  });
  const old = rules.get(tab) ?? [];
  rules.set(
    tab,
    added.map(({ id }) => id),
  );
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: old, addRules: added });
}

/** Removes those of a tab. */
export async function removeRules(tab: number): Promise<void> {
  const old = rules.get(tab);
  rules.delete(tab);
  if (old) await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: old });
}
