//! Which sites may ask: those that the product lists, those of an administrator's policy, those that the user added, and in a
//! development build the user's own machine. Also when a site was first used.
//!
//! A site that the product does not list needs the browser's permission for that one origin, a policy's too; its content
//! script is registered with the browser, so the relay is injected nowhere else.

import { DEVELOPMENT_HOSTS, SITES, type SiteKind } from '@yinxin/proto';
import { type Area, type Item, inTurn, item, managed, policyInTime } from './item.js';
import { patternOf } from './pattern.js';

/** A site that the user added. */
export interface AddedSite {
  readonly origin: string;
  /** When, ISO 8601. */
  readonly added: string;
}

/** A site that an administrator's policy allows. */
export interface ManagedSite {
  readonly origin: string;
  /** What it may ask. */
  readonly kind: SiteKind;
}

/** What may be told of an address that a user typed. */
export type Typed = { readonly origin: string } | { readonly problem: 'malformed' | 'insecure' | 'listed' };

/** What a site is; `undefined` if it may not ask. */
export async function kindOf(origin: string): Promise<SiteKind | undefined> {
  const listed = builtIn(origin);
  if (listed) return listed;
  const own = Object.hasOwn(datesIn(await added().read()), origin);
  // A browser that has just started can take a minute to read its policy: a site of the user's own does not wait for that.
  const byPolicy = await managedSites(own ? policyInTime() : managed).catch(() => []);
  const kind = byPolicy.find(site => site.origin === origin)?.kind ?? (own ? 'added' : undefined);
  // The browser's own settings take a permission away without asking us.
  return kind && (await isPermitted(origin)) ? kind : undefined;
}

/** Whether the user never signed on this origin before, as far as that is known. */
export async function isFirstUse(origin: string): Promise<boolean> {
  const marks = await Promise.all([used('local').read(), used('session').read()]);
  return !marks.some(mark => Object.hasOwn(datesIn(mark), origin));
}

/** Remembers that the user signed on this origin: on the device where it may be kept, else until the browser closes. */
export function markUsed(origin: string, now: Date, kept: boolean): Promise<void> {
  return used(kept ? 'local' : 'session').change(marks => {
    const dates = datesIn(marks);
    return Object.hasOwn(dates, origin) ? marks : { ...dates, [origin]: now.toISOString() };
  });
}

/** Forgets where the user signed: everywhere, or on one origin. What is marked for the session goes with it. */
export function forgetUsed(origin?: string): Promise<void> {
  return used('local').change(marks => (origin === undefined ? {} : without(origin, marks)));
}

/** Sites that the user added, oldest first. */
export async function addedSites(): Promise<AddedSite[]> {
  return Object.entries(datesIn(await added().read())).map(([origin, added]) => ({ origin, added }));
}

/**
 * Sites that the administrator's policy allows, beside those that the product lists. Of an entry with a mistake nothing is
 * taken. Rejects where the browser does not tell.
 */
export async function managedSites(policy: Pick<Area, 'get'> = managed): Promise<ManagedSite[]> {
  const { sites } = await policy.get('sites');
  const kinds = new Map<string, SiteKind>();
  for (const entry of Array.isArray(sites) ? sites : []) {
    const { origin, kind } = Object(entry) as Record<string, unknown>;
    if (typeof origin !== 'string' || !isKind(kind)) continue;
    const read = readAddress(origin);
    // An address that is more than an origin may mean something else than it allows.
    if ('origin' in read && read.origin === origin) kinds.set(origin, kind);
  }
  return [...kinds].map(([origin, kind]) => ({ origin, kind }));
}

/** Those sites, each with whether the browser lets the extension work there. */
export async function shownManagedSites(): Promise<(ManagedSite & { readonly permitted: boolean })[]> {
  const byPolicy = await managedSites();
  return await Promise.all(byPolicy.map(async site => ({ ...site, permitted: await isPermitted(site.origin) })));
}

/** Reads an address that the user typed or pasted: the whole of a page's address will do. */
export function readAddress(text: string): Typed {
  const trimmed = text.trim();
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  } catch {
    return { problem: 'malformed' };
  }
  const local = url.protocol === 'http:' && DEVELOPMENT_HOSTS.includes(url.hostname);
  if (url.protocol === 'http:' && !local) return { problem: 'insecure' };
  if ((url.protocol !== 'https:' && !local) || !/^[a-z0-9.-]+$/.test(url.hostname) || url.username !== '') {
    return { problem: 'malformed' };
  }
  return builtIn(url.origin) ? { problem: 'listed' } : { origin: url.origin };
}

/**
 * Adds a site. To be called first thing in a click's handler: the browser asks its own question
 * only then. Answers whether the user agreed.
 */
export async function addSite(origin: string, now: Date): Promise<boolean> {
  if (!(await chrome.permissions.request({ origins: [pattern(origin)] }))) return false;
  // A site that is listed has its relay: the page that adds it can be closed as soon as it shows it.
  await inTurn('relays')(async () => {
    await bringInLine(await inTime(), origin);
    await added().change(sites => ({ ...datesIn(sites), [origin]: now.toISOString() }));
  });
  return true;
}

/** Asks for the browser's permission for a site that may ask already. Like {@link addSite}, first thing in a click's handler. */
export async function askForSite(origin: string): Promise<boolean> {
  if (!(await chrome.permissions.request({ origins: [pattern(origin)] }))) return false;
  await registerRelays();
  return true;
}

/** Removes a site that the user added, with its permission. */
export async function removeSite(origin: string): Promise<void> {
  await added().change(sites => without(origin, sites));
  await registerRelays();
  const others = [...(await addedSites()), ...((await inTime()) ?? [])].map(site => pattern(site.origin));
  if (!others.includes(pattern(origin))) await chrome.permissions.remove({ origins: [pattern(origin)] });
}

/**
 * Brings the registered content scripts in line with the sites that are added or of a policy. Needed after an update of
 * the extension, which forgets them, after a policy changed, and after the user took a permission away.
 */
export async function registerRelays(): Promise<void> {
  const late = await inTurn('relays')(async () => {
    const byPolicy = await inTime();
    await bringInLine(byPolicy);
    return !byPolicy;
  });
  if (!late) return;
  // The user's own sites have theirs by now.
  const byPolicy = await managedSites().catch(() => []);
  await inTurn('relays')(() => bringInLine(byPolicy));
}

/** To be done in turn. `byPolicy` is absent where it is not known yet; `joining` is a site that is about to be added. */
async function bringInLine(byPolicy: ManagedSite[] | undefined, joining?: string): Promise<void> {
  const wanted = new Set<string>();
  const known = [...(await addedSites()), ...(byPolicy ?? [])].map(({ origin }) => origin);
  for (const origin of joining === undefined ? known : [...known, joining]) {
    if (await isPermitted(origin)) wanted.add(origin);
  }
  const registered = (await chrome.scripting.getRegisteredContentScripts())
    .map(script => script.id)
    .filter(id => id.includes('://'));
  // Those of a policy that is not read yet may stay.
  const stale = registered.filter(id => byPolicy && !wanted.has(id));
  if (stale.length > 0) await chrome.scripting.unregisterContentScripts({ ids: stale });
  const missing = [...wanted].filter(origin => !registered.includes(origin));
  if (missing.length > 0) {
    await chrome.scripting.registerContentScripts(
      missing.map(origin => ({
        id: origin,
        matches: [pattern(origin)],
        js: ['content.js'],
        runAt: 'document_start',
        allFrames: false,
        persistAcrossSessions: true,
      })),
    );
  }
}

/** The policy's sites, unless the browser takes its time to read it. */
function inTime(): Promise<ManagedSite[] | undefined> {
  return managedSites(policyInTime()).catch(() => undefined);
}

/** Whether the browser lets the extension work on a site that the product does not list. */
function isPermitted(origin: string): Promise<boolean> {
  return chrome.permissions.contains({ origins: [pattern(origin)] });
}

function isKind(value: unknown): value is SiteKind {
  return value === 'portal' || value === 'hall' || value === 'added';
}

/** What the product itself says of an origin. */
export function builtIn(origin: string): SiteKind | undefined {
  const listed = SITES.find(site => site.origin === origin);
  if (listed) return listed.kind;
  return DEVELOPMENT && isLocal(origin) ? 'portal' : undefined;
}

/** Whether an origin is plain http on the user's own machine, the only place where that is allowed. */
export function isLocal(origin: string): boolean {
  return DEVELOPMENT_HOSTS.some(host => origin === `http://${host}` || origin.startsWith(`http://${host}:`));
}

/** The browser's pattern for an origin, or for all ports of its host where it knows no narrower one. */
export function pattern(origin: string): string {
  return patternOf(origin, PORTS_IN_PATTERNS);
}

/** When the user added which site. */
function added(): Item {
  return item('local', 'added');
}

/** When the user first signed where. */
function used(area: 'local' | 'session'): Item {
  return item(area, 'used');
}

/** Origins with a time, from storage. */
function datesIn(value: unknown): Record<string, string> {
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};
}

function without(origin: string, value: unknown): Record<string, string> {
  const { [origin]: _, ...rest } = datesIn(value);
  return rest;
}
