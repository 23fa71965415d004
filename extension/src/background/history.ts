//! What was done with the user's keys: an entry for each operation that ended well, on this device only. Never a PIN,
//! never the content of a document; of a text that was signed for a page of another client, its beginning.

import type { Act, ConsentView, Decision } from '@yinxin/proto';
import { isSeal } from '../formats.js';
import type { Item } from '../item.js';

/** What a key was used for. */
export type EntryAct = 'login' | 'bind' | 'sign' | 'sign-text' | 'seal' | 'show-seal' | 'change-pin' | 'decrypt';

/** One operation. */
export interface Entry {
  /** When it ended, ISO 8601 UTC. */
  readonly at: string;
  /** Who asked: the origin that the browser reported. */
  readonly origin: string;
  readonly act: EntryAct;
  /** Format of the proof or signature; empty where nothing was signed. */
  readonly format: string;
  /** In the order in which they were signed. */
  readonly documents: readonly EntryDocument[];
  /** Holder of the certificate. */
  readonly holder: string;
  /** SHA-256 of the certificate, hex. */
  readonly certificate: string;
  /** Name of the seal that was set or shown. */
  readonly seal?: string;
}

/** A document that was signed. */
export interface EntryDocument {
  /** The name that the site gave. */
  readonly name: string;
  /** SM3, hex. */
  readonly sm3: string;
  /** Whether its content was at hand; otherwise the site gave the digest. */
  readonly seen: boolean;
}

/** What a user consented to: what the window showed, and the decision. */
export interface Consented {
  readonly view: ConsentView;
  readonly decision: Decision & { type: 'approve' };
}

/** Entries that are kept; the oldest go first. */
export const MAX_ENTRIES = 1_000;
/** Bytes of all entries as JSON, of the 5 MB that a browser gives an extension. */
export const MAX_HISTORY_BYTES = 2 * 1024 * 1024;

/** The entry for an operation that ended well. */
export function entryOf({ view, decision }: Consented, now: Date): Entry {
  const { act, site, tokens } = view;
  const token = tokens.find(known => known.token === decision.token);
  const certificate = token?.certificates.find(known => known.certificate === decision.certificate);
  const seal = token?.seals.find(known => known.seal === decision.seal);
  return {
    at: now.toISOString(),
    origin: site.origin,
    ...whatOf(act),
    holder: certificate?.holder ?? '',
    certificate: decision.certificate,
    ...(seal && { seal: seal.name }),
  };
}

/** What an entry says of an act. */
function whatOf(act: Act): Pick<Entry, 'act' | 'format' | 'documents'> {
  switch (act.type) {
    case 'login':
      return { act: act.purpose, format: act.format, documents: [] };
    case 'seals':
      return { act: 'show-seal', format: '', documents: [] };
    case 'sign':
      return {
        act: act.documents.some(({ format }) => isSeal(format)) ? 'seal' : 'sign',
        format: act.format,
        documents: act.documents.map(({ name, sm3, seen }) => ({ name, sm3, seen })),
      };
    // A login that was consented to along with the certificate, or by itself.
    case 'identify':
    case 'unlock':
      return { act: 'login', format: 'bridge', documents: [] };
    case 'change-pin':
    case 'decrypt':
      return { act: act.type, format: '', documents: [] };
    case 'sign-text': {
      const { text, message } = act;
      // In one line, and no character cut in two.
      const name = Array.from(text.beginning.replace(/\s+/g, ' ')).slice(0, MAX_TEXT_NAME).join('');
      const format = message ? 'bridge-message' : 'bridge-text';
      return { act: 'sign-text', format, documents: [{ name, sm3: text.sm3, seen: text.content !== 'digest' }] };
    }
  }
}

/** Characters of a text by which an entry calls it. */
const MAX_TEXT_NAME = 60;

/** The newest entries, as many as may be kept. */
export function bounded(entries: readonly Entry[]): Entry[] {
  const kept: Entry[] = [];
  let bytes = 0;
  for (const entry of entries.slice(0, MAX_ENTRIES)) {
    bytes += new TextEncoder().encode(JSON.stringify(entry)).length + 1;
    if (bytes > MAX_HISTORY_BYTES) break;
    kept.push(entry);
  }
  return kept;
}

/** The entries in storage. */
export class HistoryStore {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  /** All that can be read, newest first. Rejects where the browser does not tell. */
  async read(): Promise<Entry[]> {
    return entriesIn(await this.#item.read());
  }

  /** Adds one. */
  add(entry: Entry): Promise<void> {
    return this.#item.change(kept => bounded([entry, ...entriesIn(kept)]));
  }

  /** Erases all, or those of one site. */
  erase(origin?: string): Promise<void> {
    return this.#item.change(kept =>
      origin === undefined ? [] : entriesIn(kept).filter(entry => entry.origin !== origin),
    );
  }
}

function entriesIn(value: unknown): Entry[] {
  return Array.isArray(value) ? value.slice(0, MAX_ENTRIES).filter(isEntry) : [];
}

/** Whether it is an entry of this form; another version may have written another. */
function isEntry(value: unknown): value is Entry {
  const { documents, seal, ...rest } = Object(value) as Record<string, unknown>;
  const texts = ['at', 'origin', 'act', 'format', 'holder', 'certificate'];
  return (
    texts.every(name => typeof rest[name] === 'string') &&
    Object.hasOwn(ACTS, rest.act as string) &&
    (seal === undefined || typeof seal === 'string') &&
    Array.isArray(documents) &&
    documents.every(isDocument)
  );
}

function isDocument(value: unknown): value is EntryDocument {
  const { name, sm3, seen } = Object(value) as Record<string, unknown>;
  return typeof name === 'string' && typeof sm3 === 'string' && typeof seen === 'boolean';
}

const ACTS: Record<EntryAct, true> = {
  login: true,
  bind: true,
  sign: true,
  seal: true,
  'sign-text': true,
  'show-seal': true,
  'change-pin': true,
  decrypt: true,
};
