//! The browser's own record of the calls that pages make to other programs' addresses: who called, and from which
//! document. It alone says whose a call is that comes to the host; the secret only says that it came over our rules. Of
//! functions that bring a PIN the body is not asked for, so that no PIN is seen by anything of ours but the host.

import { BRIDGE_ADDRESSES, BRIDGE_READ_MS, BRIDGE_RECORD_MS, type BridgeAddress } from '@yinxin/proto';

/** A call, as the host told it. */
export interface Told {
  readonly port: number;
  readonly path: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A page whose calls are answered. */
export interface Caller {
  readonly tab: number;
  readonly origin: string;
  /** The browser's name for the document. */
  readonly document: string | undefined;
}

/** What the browser recorded of a call. */
interface Recorded {
  /** Port and path, without a fragment, which the host never sees. */
  readonly address: string;
  /** Who called: absent for a frame, and for whatever else is not the tab's own page. */
  readonly by: Pick<Caller, 'origin' | 'document'> | undefined;
  /** Absent where the body was not asked for. */
  fields?: Readonly<Record<string, string>> | undefined;
}

/** Calls of a tab that the host has not told. */
interface Tab {
  /** By the browser's number. */
  readonly calls: Map<string, Recorded>;
  /** Addresses of all that are under way, told or not. */
  readonly underWay: Map<string, string>;
  /** Characters of their fields. */
  chars: number;
  /** There were too many: whose is whose is not known any more. */
  full: boolean;
}

const tabs = new Map<number, Tab>();
const waiting = new Set<() => void>();

/** Who hears where tabs go. Of other sites nothing is told, since there is no permission for them. */
export interface Traveller {
  /** The browser asks for another document. */
  goes(tab: number, url: string): void;
  /** The answer begins: with a page, which takes the place of the one that is there, or with something else. */
  responds(tab: number, isPage: boolean): void;
}

let traveller: Traveller = { goes: () => undefined, responds: () => undefined };

/** Begins to record calls, and to tell where tabs go. May be called again. */
export function record(hearing: Traveller): void {
  traveller = hearing;
  const { webRequest } = chrome;
  if (!webRequest || webRequest.onBeforeRequest.hasListener(called)) return;
  const types = ['xmlhttprequest' as const];
  webRequest.onBeforeRequest.addListener(called, { urls: BRIDGE_ADDRESSES.map(address => at(address, '*')), types });
  const bare = BRIDGE_ADDRESSES.flatMap(address => address.bare.map(name => at(address, name)));
  webRequest.onBeforeRequest.addListener(carried, { urls: bare, types }, ['requestBody']);
  webRequest.onBeforeRequest.addListener(brought, { urls: ['http://127.0.0.1/*'], types });
  // A call ends where it was brought to.
  for (const end of [webRequest.onCompleted, webRequest.onErrorOccurred])
    end.addListener(ended, { urls: ['http://127.0.0.1/*'], types });
  // A page that waits for a call stands until the call ends, also where its user reloads it or goes on to another of the
  // same site: the browser has nothing else to say of that.
  const documents = { urls: ['<all_urls>'], types: ['main_frame' as const] };
  webRequest.onBeforeRequest.addListener(goes, documents);
  webRequest.onResponseStarted.addListener(responds, documents, ['responseHeaders']);
}

/** A tab has new rules: what was called before them does not come over them, and is of no use. */
export function forgetRecords(tab: number): void {
  tabs.delete(tab);
}

/**
 * Waits for the record of a call that the host told, and uses it up. Answers whether the page made it. Where anybody else
 * in the tab called the same, nobody can say whose call this is: then all of them are used up, and none is the page's.
 */
export async function recorded(caller: Caller, told: Told): Promise<boolean> {
  const program = BRIDGE_ADDRESSES.find(({ port }) => port === told.port);
  if (!program) return false;
  const address = `${told.port}/${told.path}`;
  const isBare = program.bare.includes(told.name);
  const isOwn = ({ by }: Recorded) => by?.origin === caller.origin && by.document === caller.document;
  const end = performance.now() + BRIDGE_RECORD_MS;
  for (;;) {
    const tab = tabs.get(caller.tab);
    if (tab?.full) return false;
    let found: string | undefined;
    let strange = false;
    for (const [id, call] of tab?.calls ?? []) {
      if (call.address !== address) continue;
      if (!isOwn(call)) strange = true;
      else if (!isBare || isSame(call.fields, told.fields)) found ??= id;
    }
    if (strange) {
      for (const [id, call] of tab?.calls ?? []) if (call.address === address) forget(caller.tab, id);
      return false;
    }
    if (found !== undefined) {
      forget(caller.tab, found);
      return true;
    }
    const left = end - performance.now();
    if (left <= 0) return false;
    await change(left);
  }
}

/** Every call: who made it. */
function called(details: Details): undefined {
  const { tabId, frameId, frameType, documentId, documentLifecycle, initiator, method, requestId, url } = details;
  // The host takes no other, and workers that documents share have no tab that a rule could name.
  if (method !== 'POST' || tabId < 0) return;
  const isPage = frameId === 0 && frameType === 'outermost_frame' && documentLifecycle === 'active';
  const by = isPage && initiator !== undefined ? { origin: initiator, document: documentId } : undefined;
  const [, port, path] = /^https?:\/\/127\.0\.0\.1:(\d+)\/([^#]*)/.exec(url) ?? [];
  keep(tabId, requestId, { address: `${port}/${path}`, by });
}

/**
 * Every call where the host listens. Whoever sends one there himself, over another site so that the browser tells no
 * origin of it, has the secret from our rule like a call that the rules brought: he is a stranger, the page too.
 */
function brought({ tabId, method, requestId, url }: Details): undefined {
  const [, port, path] = /^http:\/\/127\.0\.0\.1:\d+\/(\d+)\/([^#]*)/.exec(url) ?? [];
  if (method !== 'POST' || tabId < 0 || path === undefined) return;
  const address = `${port}/${path}`;
  if (tabs.get(tabId)?.underWay.get(requestId) !== address) keep(tabId, requestId, { address, by: undefined });
}

function keep(id: number, requestId: string, call: Recorded): void {
  const tab = tabs.get(id) ?? { calls: new Map(), underWay: new Map(), chars: 0, full: false };
  tabs.set(id, tab);
  if (tab.underWay.size < MAX_RECORDS && tab.calls.size < MAX_RECORDS) {
    tab.calls.set(requestId, call);
    tab.underWay.set(requestId, call.address);
  } else tab.full = true;
  for (const tell of waiting) tell();
}

/** Calls that bring no PIN: what they carry. */
function carried({ tabId, requestId, requestBody }: Details): undefined {
  const tab = tabs.get(tabId);
  const call = tab?.calls.get(requestId);
  if (!tab || !call) return;
  const fields = fieldsOf(requestBody);
  const chars = charsOf(fields);
  // Of what is longer than any call that is taken none could be the same.
  if (tab.chars + chars > MAX_CHARS) return;
  tab.chars += chars;
  call.fields = fields;
  for (const tell of waiting) tell();
}

/** A call is over. One that was given up may have come to the host all the same, and be told yet. */
function ended({ tabId, requestId }: { tabId: number; requestId: string }): void {
  const tab = tabs.get(tabId);
  if (!tab?.underWay.delete(requestId)) return;
  if (tab.calls.has(requestId)) setTimeout(() => forget(tabId, requestId), KEPT_MS);
  else tidy(tabId, tab);
}

function forget(id: number, requestId: string): void {
  const tab = tabs.get(id);
  const call = tab?.calls.get(requestId);
  if (!tab || !call) return;
  tab.calls.delete(requestId);
  tab.chars -= charsOf(call.fields);
  tidy(id, tab);
}

function tidy(id: number, tab: Tab): void {
  if (tab.calls.size === 0 && tab.underWay.size === 0 && !tab.full) tabs.delete(id);
}

function goes({ tabId, documentLifecycle, url }: Details): undefined {
  if (tabId >= 0 && documentLifecycle === 'active') traveller.goes(tabId, url);
}

function responds(details: chrome.webRequest.OnResponseStartedDetails): void {
  const { tabId, documentLifecycle, statusCode, responseHeaders } = details;
  if (tabId < 0 || documentLifecycle !== 'active') return;
  const header = (name: string) => responseHeaders?.find(known => known.name.toLowerCase() === name)?.value ?? '';
  const isPage =
    statusCode !== 204 &&
    statusCode !== 205 &&
    /^(text\/html|application\/xhtml\+xml)\b/i.test(header('content-type')) &&
    !/^\s*attachment/i.test(header('content-disposition'));
  traveller.responds(tabId, isPage);
}

/** A path of another program, as its pages call it. */
function at({ secure, port }: BridgeAddress, path: string): string {
  return `${secure ? 'https' : 'http'}://127.0.0.1:${port}/${path}`;
}

/** The fields of a form or of JSON, each once; of anything else none that could be the same. */
function fieldsOf(body: Details['requestBody']): Record<string, string> | undefined {
  // Of an empty text the browser says that it failed to read it.
  if (!body || body.error !== undefined) return {};
  if (!body.formData) return membersOf(body.raw);
  const fields: Record<string, string> = {};
  for (const [name, values] of Object.entries(body.formData)) {
    const [value] = values;
    if (values.length !== 1 || typeof value !== 'string') return undefined;
    fields[name] = value;
  }
  return fields;
}

/** The members of a JSON object, as the host reads them. What it does not read need not be told from what it reads. */
function membersOf(raw: chrome.webRequest.UploadData[] | undefined): Record<string, string> | undefined {
  const bytes = raw?.map(({ bytes }) => new Uint8Array(bytes ?? new ArrayBuffer(0)));
  if (bytes?.length !== 1) return undefined;
  try {
    const object: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes[0]));
    return Object.fromEntries(Object.entries(Object(object)).map(([name, value]) => [name, String(value ?? '')]));
  } catch {
    return undefined;
  }
}

function isSame(known: Readonly<Record<string, string>> | undefined, told: Readonly<Record<string, string>>): boolean {
  if (!known) return false;
  const names = Object.keys(known);
  return names.length === Object.keys(told).length && names.every(name => known[name] === told[name]);
}

function charsOf(fields: Readonly<Record<string, string>> | undefined): number {
  return Object.entries(fields ?? {}).reduce((chars, [name, value]) => chars + name.length + value.length, 0);
}

/** Settles when something new is recorded, or after a time. */
function change(ms: number): Promise<void> {
  return new Promise(resolve => {
    const tell = () => {
      clearTimeout(timer);
      waiting.delete(tell);
      resolve();
    };
    const timer = setTimeout(tell, ms);
    waiting.add(tell);
  });
}

type Details = chrome.webRequest.OnBeforeRequestDetails;

/** Calls of a tab at once. Beyond them its document is answered no more. */
const MAX_RECORDS = 16_384;
/** Characters of their fields. */
const MAX_CHARS = 16 * 1024 * 1024;
/** How long a record is kept after its call has ended: longer than the host reads one. */
const KEPT_MS = 2 * BRIDGE_READ_MS;
