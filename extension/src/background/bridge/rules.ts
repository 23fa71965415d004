//! The browser's own rules of the bridge, one pair for each port and document: a page's call to another program's address on
//! loopback goes to the host's listener, with the document's secret in a header that the page never sees. All rules of the
//! session are the bridge's.

import { BRIDGE_SECRET_HEADER, type BridgeAddress } from '@yinxin/proto';

/** Where the host listens for a document. */
export interface Listening {
  readonly port: number;
  readonly secret: string;
}

/** Rules by the number of what they are for. */
const rules = new Map<number, number[]>();
let next = 1;

/** Removes every rule: whatever set them is gone. */
export async function clearRules(): Promise<void> {
  rules.clear();
  // Where there is no bridge (`bridgeable`).
  if (!chrome.declarativeNetRequest) return;
  const known = await chrome.declarativeNetRequest.getSessionRules();
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: known.map(({ id }) => id) });
}

/** Sets rules for the pages of one host in a tab and what they call, in the same moment in which those of `instead` go. */
export async function setRules(
  of: number,
  tab: number,
  host: string,
  addresses: readonly BridgeAddress[],
  { port, secret }: Listening,
  instead: number | undefined,
): Promise<void> {
  const condition = {
    initiatorDomains: [host],
    tabIds: [tab],
    resourceTypes: ['xmlhttprequest' as chrome.declarativeNetRequest.ResourceType],
  };
  const added: chrome.declarativeNetRequest.Rule[] = addresses.map(({ secure, port: called }) => ({
    id: next++,
    condition: { ...condition, regexFilter: `^${secure ? 'https' : 'http'}://127\\.0\\.0\\.1:${called}/(.*)$` },
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
  const old = [of, instead].flatMap(known => (known === undefined ? [] : (rules.get(known) ?? [])));
  if (instead !== undefined) rules.delete(instead);
  rules.set(
    of,
    added.map(({ id }) => id),
  );
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: old, addRules: added });
}

/** Removes those of one. */
export async function removeRules(of: number): Promise<void> {
  const old = rules.get(of);
  rules.delete(of);
  if (old) await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: old });
}
