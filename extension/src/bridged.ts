//! For which sites the bridge is on: those that the user switched on, and those of an administrator's policy. Only sites
//! that the product lists with the program that they call, and in a development build the user's own machine.

import { BRIDGE_ADDRESSES, type BridgeAddress, DEVELOPMENT_HOSTS, SITES } from '@yinxin/proto';
import { type Item, item, managed } from './item.js';
import { isLocal, pattern } from './sites.js';

/** What the bridge needs beside the addresses: the browser's record of calls. */
const RECORD = 'webRequest';

/** The addresses of the programs. */
const LOOPBACK = ['http://127.0.0.1/*', 'https://127.0.0.1/*'];

/** For which the bridge can be switched on. On the user's own machine one stands for all ports. */
function bridgeable(): string[] {
  // Firefox's record of a call tells neither whether its document is in front of the user nor where it stands in its tab,
  // so that nobody could say whose call it is: its manifest does not ask for the rules either.
  if (!chrome.declarativeNetRequest) return [];
  const listed = SITES.filter(({ skins }) => skins.length > 0).map(({ origin }) => origin);
  return DEVELOPMENT ? [...listed, ...DEVELOPMENT_HOSTS.map(host => `http://${host}`)] : listed;
}

/** What pages of an origin may call: the programs that the product lists with it; on the user's own machine all. */
export function addressesOf(origin: string): BridgeAddress[] {
  const site = SITES.find(site => site.origin === origin);
  if (DEVELOPMENT && isLocal(origin)) return [...BRIDGE_ADDRESSES];
  return BRIDGE_ADDRESSES.filter(({ skin }) => site?.skins.includes(skin));
}

/** Whether it is on for an origin, and the browser lets it be. */
export async function isBridged(origin: string): Promise<boolean> {
  const entry = DEVELOPMENT && isLocal(origin) ? `http://${new URL(origin).hostname}` : origin;
  if (!bridgeable().includes(entry) || !(await chrome.permissions.contains(needs(entry)))) return false;
  // A browser that has just started can take a minute to read its policy: a site of the user's own does not wait for that.
  return textsIn(await own()).includes(entry) || (await policy()).includes(entry);
}

/** The origins for which it is switched on. */
async function bridgedOrigins(): Promise<string[]> {
  const [switched, managed] = await Promise.all([own(), policy()]);
  return bridgeable().filter(origin => textsIn(switched).includes(origin) || managed.includes(origin));
}

/** A site's switch, as the user's own page shows it. */
export interface Switch {
  readonly origin: string;
  readonly on: boolean;
  /** An administrator switched it on. */
  readonly managed: boolean;
  /** It is on, and the browser does not let it be. */
  readonly forbidden: boolean;
}

/** All switches. */
export async function switches(): Promise<Switch[]> {
  const [on, managed] = await Promise.all([bridgedOrigins(), policy()]);
  return await Promise.all(
    bridgeable().map(async origin => ({
      origin,
      on: on.includes(origin),
      managed: managed.includes(origin),
      forbidden: on.includes(origin) && !(await isBridged(origin)),
    })),
  );
}

/**
 * Switches it on. To be called first thing in a click's handler: the browser asks its own question only then. Answers
 * whether the user agreed.
 */
export async function switchOn(origin: string): Promise<boolean> {
  if (!(await chrome.permissions.request(needs(origin)))) return false;
  await switched().change(origins => [...new Set([...textsIn(origins), origin])]);
  return true;
}

/** Switches it off. */
export async function switchOff(origin: string): Promise<void> {
  await switched().change(origins => textsIn(origins).filter(known => known !== origin));
}

/** Brings the registered content script in line with the switches. The background does, at every change of them. */
export async function registerBridge(): Promise<void> {
  const wanted: string[] = [];
  for (const origin of await bridgedOrigins()) if (await isBridged(origin)) wanted.push(pattern(origin));
  const registered = await chrome.scripting.getRegisteredContentScripts({ ids: [SCRIPT] });
  const matches = [...new Set(wanted)];
  // A page that loads just now needs what is there already.
  if (matches.join() === (registered[0]?.matches ?? []).join()) return;
  if (registered.length > 0) await chrome.scripting.unregisterContentScripts({ ids: [SCRIPT] });
  if (wanted.length === 0) return;
  await chrome.scripting.registerContentScripts([
    {
      id: SCRIPT,
      matches,
      js: ['bridge.js'],
      runAt: 'document_start',
      allFrames: false,
      persistAcrossSessions: true,
    },
  ]);
}

function needs(origin: string): chrome.permissions.Permissions {
  return { permissions: [RECORD], origins: [pattern(origin), ...LOOPBACK] };
}

/** What the user switched on, as it is kept. */
async function own(): Promise<unknown> {
  return await switched()
    .read()
    .catch(() => undefined);
}

async function policy(): Promise<string[]> {
  const { bridgedSites } = await managed.get('bridgedSites').catch(() => ({}) as Record<string, unknown>);
  return textsIn(bridgedSites);
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(text => typeof text === 'string') : [];
}

function switched(): Item {
  return item('local', 'bridged');
}

/** Name of the content script. */
const SCRIPT = 'bridge';
