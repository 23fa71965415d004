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

/** Begins to record what documents call that `expected` names. May be called again. */
export function record(expected: Expects): void {
  expects = expected;
  const { webRequest } = chrome;
  if (!webRequest || webRequest.onBeforeRequest.hasListener(called)) return;
  const types = ['xmlhttprequest' as const];
  const at = (port: number, path: string) => `http://127.0.0.1:${port}/${path}`;
  webRequest.onBeforeRequest.addListener(called, { urls: BRIDGE_PORTS.map(({ port }) => at(port, '*')), types });
  const bare = BRIDGE_PORTS.flatMap(({ port, bare }) => bare.map(name => at(port, name)));
  webRequest.onBeforeRequest.addListener(carried, { urls: bare, types }, ['requestBody']);
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

/** The fields of a form, each once; of anything else none that could be the same. */
function fieldsOf(body: Details['requestBody']): Record<string, string> | undefined {
  if (!body) return {};
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
