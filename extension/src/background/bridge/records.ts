//! The browser's own record of the calls that pages make to other programs' addresses: who called, and from which
//! document. It alone says whose a call is that comes to the host; the secret only says that it came over our rules. Of
//! functions that bring a PIN the body is not asked for, so that no PIN is seen by anything of ours but the host.

import { BRIDGE_PORTS, BRIDGE_RECORD_MS } from '@yinxin/proto';

/** A call, as the host told it. */
export interface Told {
  readonly port: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the browser recorded of a call. */
interface Recorded {
  readonly url: string;
  readonly tab: number;
  /** Absent where the body was not asked for. */
  fields?: Readonly<Record<string, string>> | undefined;
  readonly at: number;
}

/** Of whose calls records are kept: the origin of a tab's document. */
export type Expects = (tab: number) => string | undefined;

/** Records that no call has used, by the browser's number, oldest first. */
const unused = new Map<string, Recorded>();
const waiting = new Set<() => void>();
let expects: Expects = () => undefined;
let leaves: (tab: number) => void = () => undefined;

/** Begins to record what documents call that `expected` names, and hears when one is about to be left. May be called again. */
export function record(expected: Expects, left: (tab: number) => void): void {
  expects = expected;
  leaves = left;
  const { webRequest } = chrome;
  if (!webRequest || webRequest.onBeforeRequest.hasListener(called)) return;
  const types = ['xmlhttprequest' as const];
  const at = (port: number, path: string) => `http://127.0.0.1:${port}/${path}`;
  webRequest.onBeforeRequest.addListener(called, { urls: BRIDGE_PORTS.map(({ port }) => at(port, '*')), types });
  const bare = BRIDGE_PORTS.flatMap(({ port, bare }) => bare.map(name => at(port, name)));
  webRequest.onBeforeRequest.addListener(carried, { urls: bare, types }, ['requestBody']);
  // A page that waits for a call stands until the call ends, also where its user reloads it or goes on to another of the
  // same site: the browser has nothing else to say of that.
  webRequest.onBeforeRequest.addListener(navigates, { urls: ['<all_urls>'], types: ['main_frame'] });
}

/** A new document begins: nothing that an earlier one of its tab called is of use. */
export function forgetRecords(tab: number): void {
  for (const [id, known] of unused) if (known.tab === tab) unused.delete(id);
}

/** Waits for the record of a call that the host told, and uses it up. Answers whether there is one. */
export async function recorded(tab: number, told: Told): Promise<boolean> {
  const url = `http://127.0.0.1:${told.port}/${told.name}`;
  const isBare = BRIDGE_PORTS.some(({ port, bare }) => port === told.port && bare.includes(told.name));
  const end = performance.now() + BRIDGE_RECORD_MS;
  for (;;) {
    for (const [id, known] of unused) {
      if (performance.now() - known.at > MAX_AGE_MS) unused.delete(id);
      else if (known.tab === tab && known.url === url && (!isBare || isSame(known.fields, told.fields))) {
        unused.delete(id);
        return true;
      }
    }
    const left = end - performance.now();
    if (left <= 0) return false;
    await change(left);
  }
}

/** Every call: who made it. */
function called(details: Details): undefined {
  const { tabId, frameId, frameType, documentLifecycle, initiator, method, requestId, url } = details;
  const expected = expects(tabId);
  const own =
    expected !== undefined &&
    initiator === expected &&
    frameId === 0 &&
    frameType === 'outermost_frame' &&
    documentLifecycle === 'active' &&
    method === 'POST';
  if (!own) return;
  for (const [oldest] of unused) {
    if (unused.size < MAX_RECORDS) break;
    unused.delete(oldest);
  }
  unused.set(requestId, { url, tab: tabId, at: performance.now() });
  for (const tell of waiting) tell();
}

/** Calls that bring no PIN: what they carry. */
function carried({ requestId, requestBody }: Details): undefined {
  const known = unused.get(requestId);
  if (!known) return;
  known.fields = fieldsOf(requestBody);
  for (const tell of waiting) tell();
}

/** A tab goes somewhere. Of other sites nothing is told, since there is no permission for them; those documents end. */
function navigates({ tabId }: Details): undefined {
  if (expects(tabId) !== undefined) leaves(tabId);
}

/** The fields of a form, each once; of anything else none that could be the same. */
function fieldsOf(body: Details['requestBody']): Record<string, string> | undefined {
  // Of an empty text the browser says that it failed to read it.
  if (!body || body.error !== undefined) return {};
  if (!body.formData) return undefined;
  const fields: Record<string, string> = {};
  for (const [name, values] of Object.entries(body.formData)) {
    const [value] = values;
    if (values.length !== 1 || typeof value !== 'string') return undefined;
    fields[name] = value;
  }
  return fields;
}

function isSame(known: Readonly<Record<string, string>> | undefined, told: Readonly<Record<string, string>>): boolean {
  if (!known) return false;
  const names = Object.keys(known);
  return names.length === Object.keys(told).length && names.every(name => known[name] === told[name]);
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

/** Records that are kept. */
const MAX_RECORDS = 256;
/** Age at which a record is of no call any more: one comes within milliseconds. */
const MAX_AGE_MS = 10_000;
