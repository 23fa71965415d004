//! Trust anchors beside the product's own: those that the user added, and those that an
//! administrator set by policy. They are kept as they came and decoded only in the core.
//!
//! They decide what a window says of a certificate's issue, never whether it may be used. So a
//! storage that fails or holds garbage is as good as an empty one, with a problem to show.

import { type AnchorNews, type CatalogueError, MAX_ANCHORS } from '@yinxin/proto';
import type { DescribedAnchor } from '../../../wasm/pkg/web/yinxin.js';
import { decode, encode } from '../base64.js';
import type { Area, Item } from '../item.js';
import { MAX_ANCHOR_FILE_BYTES } from '../relay.js';
import { failureOf } from './failure.js';

/** The core's reading of a file: bytes, PEM or Base64. Rejects with an error of the catalogue. */
export type Describe = (file: Uint8Array | string, managed: boolean) => Promise<DescribedAnchor[]>;

/** Anchors, as far as they could be read. */
export interface Known {
  readonly anchors: readonly DescribedAnchor[];
  /** What kept some of them from being read. */
  readonly problem?: CatalogueError;
}

/** What is kept of an anchor that the user added. */
interface Stored {
  /** DER, Base64. */
  readonly certificate: string;
  /** When, ISO 8601. */
  readonly added: string;
  /** What for. An anchor of one purpose says nothing for another. */
  readonly purpose: typeof PURPOSE;
}

/** Those that the user added; `kept` and `anchors` go side by side. */
interface Own extends Known {
  readonly kept: readonly Stored[];
}

/** What is to be told of a change, and what is kept from then on, if that is something else. */
interface Changed {
  readonly news: AnchorNews;
  readonly kept?: readonly Stored[];
}

/** The added anchors. */
export class Anchors {
  readonly #describe: Describe;
  readonly #item: Item;
  readonly #managed: Pick<Area, 'get'>;

  constructor(describe: Describe, item: Item, managed: Pick<Area, 'get'>) {
    this.#describe = describe;
    this.#item = item;
    this.#managed = managed;
  }

  /** All of them, the administrator's first, none twice. Never rejects. */
  async read(): Promise<Known> {
    const [managed, own] = await Promise.all([this.#readManaged(), this.#readOwn()]);
    const problem = own.problem ?? managed.problem;
    const anchors = union(managed.anchors, own.anchors).slice(0, MAX_ANCHORS);
    return { anchors, ...(problem && { problem }) };
  }

  /** Their certificates for the core: DER, Base64. Never rejects. */
  async certificates(): Promise<string[]> {
    return (await this.read()).anchors.map(({ certificate }) => encode(certificate));
  }

  /**
   * Adds the certificates of a file (its bytes in Base64): all of them or none. The answer names
   * those that were not there before. Never rejects.
   */
  add(file: string, now: Date): Promise<AnchorNews> {
    return this.#change(async own => {
      const found = await this.#describe(decode(file), false);
      const managed = await this.#readManaged();
      const before = union(managed.anchors, own.anchors);
      const fresh = union(before, found).slice(before.length);
      if (fresh.length === 0) return { news: { type: 'added', names: [] } };
      if (before.length + fresh.length > MAX_ANCHORS) return { news: refused(TOO_MANY) };
      const added = now.toISOString();
      const more = fresh.map(({ certificate }) => ({ certificate: encode(certificate), added, purpose: PURPOSE }));
      const names = fresh.map(({ view }) => view.name);
      return { news: { type: 'added', names }, kept: [...own.kept, ...more] };
    });
  }

  /** Removes one that the user added, by its SHA-256. Never rejects. */
  remove(certificate: string): Promise<AnchorNews> {
    return this.#change(async own => {
      const at = own.anchors.findIndex(({ view }) => view.certificate === certificate);
      const name = own.anchors[at]?.view.name;
      if (name === undefined) return { news: refused(own.problem ?? { code: 'certificate-not-found', params: {} }) };
      return { news: { type: 'removed', name }, kept: own.kept.filter((_, index) => index !== at) };
    });
  }

  async #change(step: (own: Own) => Promise<Changed>): Promise<AnchorNews> {
    let changed: Changed | undefined;
    try {
      await this.#item.change(async value => {
        changed = await step(await this.#ownIn(value)).catch(error => ({ news: refused(failureOf(error)) }));
        return changed.kept ?? value;
      });
    } catch (error) {
      return refused(storageFailed(reasonOf(error)));
    }
    return (changed as Changed).news;
  }

  async #readOwn(): Promise<Own> {
    try {
      return await this.#ownIn(await this.#item.read());
    } catch (error) {
      return { anchors: [], kept: [], problem: storageFailed(reasonOf(error)) };
    }
  }

  async #ownIn(value: unknown = []): Promise<Own> {
    const anchors: DescribedAnchor[] = [];
    const kept: Stored[] = [];
    const entries: unknown[] = Array.isArray(value) ? value.slice(0, MAX_ANCHORS) : [value];
    for (const entry of entries) {
      if (!isStored(entry)) continue;
      const [anchor, ...others] = await this.#describe(entry.certificate, false).catch(() => []);
      if (!anchor || others.length > 0) continue;
      anchors.push(anchor);
      kept.push(entry);
    }
    const lost = entries.length - kept.length;
    return { anchors, kept, ...(lost > 0 && { problem: storageFailed(`anchors: ${lost} unreadable`) }) };
  }

  async #readManaged(): Promise<Known> {
    let value: unknown;
    try {
      value = (await this.#managed.get(KEY))[KEY] ?? [];
    } catch (error) {
      return { anchors: [], problem: policyInvalid(reasonOf(error)) };
    }
    let problem: CatalogueError | undefined;
    const anchors: DescribedAnchor[] = [];
    const entries: unknown[] = Array.isArray(value) ? value.slice(0, MAX_ANCHORS) : [value];
    for (const [index, entry] of entries.entries()) {
      const readable = typeof entry === 'string' && entry.length <= MAX_FILE_CHARACTERS;
      const found = readable ? await this.#describe(entry, true).catch(() => []) : [];
      if (found.length === 0) problem ??= policyInvalid(`anchors[${index}]`);
      anchors.push(...found);
    }
    return { anchors, ...(problem && { problem }) };
  }
}

/** The first list, then what only the second one has; none twice. */
function union(first: readonly DescribedAnchor[], second: readonly DescribedAnchor[]): DescribedAnchor[] {
  const all = new Map<string, DescribedAnchor>();
  for (const anchor of [...first, ...second]) {
    if (!all.has(anchor.view.certificate)) all.set(anchor.view.certificate, anchor);
  }
  return [...all.values()];
}

function isStored(entry: unknown): entry is Stored {
  if (typeof entry !== 'object' || entry === null) return false;
  const { certificate, added, purpose } = entry as Record<string, unknown>;
  const isShort = typeof certificate === 'string' && certificate.length <= MAX_FILE_CHARACTERS;
  return isShort && typeof added === 'string' && purpose === PURPOSE;
}

function refused(error: CatalogueError): AnchorNews {
  return { type: 'refused', error };
}

function storageFailed(reason: string): CatalogueError {
  return { code: 'file-failed', params: { path: 'chrome.storage.local', reason } };
}

function policyInvalid(reason: string): CatalogueError {
  return { code: 'configuration-invalid', params: { path: 'chrome.storage.managed', reason } };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}

/** Characters of the largest file in Base64. */
export const MAX_FILE_CHARACTERS = Math.ceil(MAX_ANCHOR_FILE_BYTES / 3) * 4;

const TOO_MANY: CatalogueError = { code: 'too-many-anchors', params: { limit: MAX_ANCHORS } };

/** Issuers of certificates: the one purpose so far. */
const PURPOSE = 'certificates' as const;

/** Name of the list in a policy, as `managed.json` declares it. */
const KEY = 'anchors';
