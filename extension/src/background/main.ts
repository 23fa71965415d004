//! The background: takes calls in, gives each its turn, and serves the extension's own pages.

import { type CatalogueError, MAX_QUEUE, MAX_QUEUE_OF_ORIGIN, PROTOCOL_VERSION } from '@yinxin/proto';
import { registerBridge } from '../bridged.js';
import { item, managed, policyInTime } from '../item.js';
import { BRIDGE_PORT, CALL_PORT, CONSENT_PORT, WORKSPACE_PORT } from '../relay.js';
import { isFirstUse, kindOf, registerRelays } from '../sites.js';
import { backoff } from '../stored.js';
import { Anchors } from './anchors.js';
import { Bridge } from './bridge/bridge.js';
import type { WindowTurn } from './bridge/flow.js';
import { clearRules } from './bridge/rules.js';
import { Call } from './call.js';
import { describeAnchors, Machine, ready, WorkspaceMachine } from './core.js';
import { failureOf, forPage } from './failure.js';
import { Host } from './host.js';
import { followSettings, remember, rememberAccount } from './kept.js';
import { openingCall } from './messages.js';
import { Operation } from './operation.js';
import { Queue } from './queue.js';
import { type Asker, identify, isOwnPage } from './sender.js';
import { attachConsentPort, windows } from './window.js';
import { Workspace } from './workspace.js';

// The time that a call has for an administrator's policy runs from here: a browser that is long up answers at once.
policyInTime()
  .get('anchors')
  .catch(() => undefined);

// Before anything else: rules of the bridge outlive the worker that set them, and whoever they led to.
const ruled = clearRules().catch(() => undefined);

let alive: ReturnType<typeof setInterval> | undefined;
const host = new Host();
const queue = new Queue<WindowTurn>(MAX_QUEUE, MAX_QUEUE_OF_ORIGIN, stayAlive);
const anchors = new Anchors(describeAnchors, item('local', 'anchors'), managed);
/** For the windows of calls: what they say of an issuer can do without a policy, and they open without it. */
const anchorsInTime = new Anchors(describeAnchors, item('local', 'anchors'), policyInTime());
const workspace = new Workspace(host, anchors, new WorkspaceMachine(), alone, windows, {
  get sessions() {
    return bridge.sessions;
  },
  endSessions: () => bridge.endSessions(),
  examine: () => bridge.examine(),
  get unanswered() {
    return bridge.unanswered;
  },
});
windows.changed = workspace.show;
const bridge = new Bridge({
  host,
  ruled,
  site: async origin => {
    const kind = await kindOf(origin);
    return kind && { kind, firstUse: await isFirstUse(origin), anchors: await anchorsInTime.certificates() };
  },
  queue: turn => {
    queue.current?.yieldOrFocus();
    return queue.add(turn);
  },
  leave: (turn, { cancelled }) => {
    const left = () => queue.leave(turn);
    // A signature forgives nothing here: a page could ask for one between two others.
    backoff.record(turn.origin, { signed: false, cancelled }, Date.now()).then(left, left);
  },
  mayBegin: async origin => {
    bridge.othersWork(origin);
    return await mustWait(origin);
  },
  done: (origin, consented) => void remember(origin, consented).catch(() => undefined),
  changed: workspace.show,
});

// A tab that goes to a bridged site starts this worker, and what it tells first is heard.
bridge.listen();

chrome.runtime.onConnect.addListener(port => {
  if (port.name === CALL_PORT) takeFirst(port);
  else if (port.name.startsWith(CONSENT_PORT)) attachConsentPort(port);
  else if (port.name === BRIDGE_PORT) void ruled.then(() => bridge.attach(port));
  else if (port.name === WORKSPACE_PORT && isOwnPage(port.sender, 'workspace.html', 'popup.html'))
    workspace.attach(port);
  else port.disconnect();
});

// Content scripts relay and store nothing: what they could write, a page that broke out could too.
void chrome.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' })?.catch(() => undefined);

// Private windows have a background of their own, and administrators their policy.
chrome.storage.onChanged.addListener((changes, area) => {
  if ((area !== 'session' && 'anchors' in changes) || (area === 'session' && 'account' in changes)) workspace.show();
  if (area !== 'local' && area !== 'managed') return;
  if ('bridged' in changes || 'bridgedSites' in changes || 'sites' in changes) void registerScripts();
  if (area === 'managed' || 'settings' in changes || 'seen' in changes) followSettings().catch(() => undefined);
});

// An update forgets registered content scripts; a permission can be given and taken away in the browser's settings, and
// the page that asked for it can be gone before its answer.
chrome.runtime.onInstalled.addListener(() => void registerScripts());
for (const changed of [chrome.permissions.onAdded, chrome.permissions.onRemoved]) {
  changed.addListener(() => void registerScripts());
  changed.addListener(() => workspace.permissionsChanged());
}

// The badge counts days: it is looked at whenever this worker starts, and a browser that starts starts it. One that loads
// the extension from a folder forgets its scripts with each end.
chrome.runtime.onStartup.addListener(() => void registerScripts());
followSettings().catch(() => undefined);

/**
 * An operation without a host has no native port that keeps this worker alive; calls of extension APIs do, and the user
 * may take minutes to find the key. Without an operation nothing wakes it.
 */
function stayAlive(busy: boolean): void {
  clearInterval(alive);
  if (busy) alive = setInterval(() => void chrome.runtime.getPlatformInfo(), 20_000);
}

async function registerScripts(): Promise<void> {
  await registerRelays();
  await registerBridge();
  bridge.listen();
  await bridge.switched();
}

/** Waits for the message that opens a call. */
function takeFirst(port: chrome.runtime.Port): void {
  const first = (message: unknown) => {
    port.onMessage.removeListener(first);
    const opening = openingCall(message);
    // Our relay passes on nothing of the kind.
    if (!opening) return port.disconnect();
    const call = new Call(port, opening.request, opening.activated);
    const asker = identify(port.sender);
    if ('code' in asker) return call.refuse(asker);
    take(call, asker).catch((error: unknown) => call.refuse(failureOf(error)));
  };
  port.onMessage.addListener(first);
}

async function take(call: Call, asker: Asker): Promise<void> {
  const { origin, windowId } = asker;
  const kind = await kindOf(origin);
  if (!kind) return call.refuse({ code: 'site-not-allowed', params: { origin } });
  if (call.request.call?.type === 'status') return answerStatus(call);

  const [firstUse, added] = await Promise.all([isFirstUse(origin), anchorsInTime.certificates(), ready()]);
  const machine = await Machine.create({
    request: call.request,
    origin,
    kind,
    development: DEVELOPMENT,
    activated: call.activated,
    firstUse,
    anchors: added,
  });
  const operation = new Operation(call, machine, {
    host,
    origin,
    windowId,
    mayBegin: async () => {
      bridge.othersWork(origin);
      const refusal = await mustWait(origin);
      if (!refusal && kind === 'portal' && !operation.refused)
        rememberAccount(origin, call.request.call).catch(() => undefined);
      return refusal;
    },
    ended: (ended, end) => {
      // What can't be kept costs nobody a signature.
      if (end.signed) remember(origin, end.consented).catch(() => undefined);
      const left = () => queue.leave(ended);
      backoff.record(origin, end, Date.now()).then(left, left);
    },
  });
  if (operation.refused) return operation.begin();
  queue.current?.yieldOrFocus();
  if (!queue.add(operation)) operation.refuse({ code: 'queue-full', params: {} });
}

/** Gives the workspace's own work its turn, unless a page's call has it. Calls that come meanwhile wait. */
async function alone(work: () => Promise<void>): Promise<boolean> {
  if (queue.current) return false;
  const turn = {
    origin: location.origin,
    begin: () => undefined,
    wait: () => undefined,
    yieldOrFocus: () => undefined,
  };
  queue.add(turn);
  try {
    await work();
  } finally {
    queue.leave(turn);
  }
  return true;
}

async function mustWait(origin: string): Promise<CatalogueError | undefined> {
  const seconds = await backoff.secondsToWait(origin, Date.now());
  return seconds > 0 ? { code: 'too-many-cancels', params: { seconds } } : undefined;
}

/** Tells versions, and nothing of keys or certificates. */
async function answerStatus(call: Call): Promise<void> {
  const known = { type: 'status', extension: VERSION, protocol: PROTOCOL_VERSION } as const;
  try {
    call.reply({ type: 'result', result: { ...known, host: await host.version() } });
  } catch (error) {
    call.reply({ type: 'result', result: { ...known, problem: forPage(failureOf(error)) } });
  }
}
