//! Which certificates seen in a key end soon, or have ended: told once for each number of days that the user set.
//! Kept are a certificate's SHA-256, its end, and what was told; no name.

import type { CertificateView, TokenView } from '@yinxin/proto';
import type { Item } from '../item.js';

/** A certificate that was seen in a key. */
export interface Seen {
  /** SHA-256, hex. */
  readonly certificate: string;
  /** When it ends, or its seal where that is earlier; ISO 8601 UTC. */
  readonly end: string;
  /** The threshold of the last notice that the user took note of. */
  readonly told?: number;
}

/** Something to tell. */
export interface Notice {
  readonly certificate: string;
  readonly end: string;
  /** Days left by the calendar of China: 0 on the last day, negative after it. */
  readonly daysLeft: number;
}

/** Certificates that are kept in mind; those that were seen first go first. */
export const MAX_SEEN = 64;

/** What is known after a look at keys. */
export function afterLook(seen: readonly Seen[], tokens: readonly TokenView[]): Seen[] {
  const ends = new Map<string, string>();
  const gone = new Set<string>();
  for (const token of tokens) {
    for (const certificate of token.certificates) {
      // One that was renewed has a successor in its place.
      if (certificate.renewable) ends.set(certificate.certificate, endOf(certificate, token));
      else gone.add(certificate.certificate);
    }
  }
  const known = seen
    .filter(({ certificate }) => ends.has(certificate) || !gone.has(certificate))
    .map(entry => {
      const end = ends.get(entry.certificate);
      ends.delete(entry.certificate);
      // With another end, its seal's, the days count anew.
      return end === undefined || end === entry.end ? entry : { certificate: entry.certificate, end };
    });
  const fresh = [...ends].map(([certificate, end]) => ({ certificate, end }));
  return [...fresh, ...known].slice(0, MAX_SEEN);
}

/** What is to be told now, the most urgent first. */
export function due(seen: readonly Seen[], days: readonly number[], now: Date): Notice[] {
  return seen
    .flatMap(({ certificate, end, told }) => {
      const daysLeft = daysUntil(end, now);
      const threshold = thresholdOf(daysLeft, days);
      if (threshold === undefined || (told !== undefined && told <= threshold)) return [];
      return [{ certificate, end, daysLeft }];
    })
    .sort((one, other) => one.daysLeft - other.daysLeft);
}

/** The same, after the user took note of all that was to be told. */
export function noted(seen: readonly Seen[], days: readonly number[], now: Date): Seen[] {
  const told = new Set(due(seen, days, now).map(({ certificate }) => certificate));
  return seen.map(entry => {
    const threshold = thresholdOf(daysUntil(entry.end, now), days);
    return told.has(entry.certificate) && threshold !== undefined ? { ...entry, told: threshold } : entry;
  });
}

/** The certificates that were seen, in storage. */
export class NoticeStore {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  /** What is to be told. Rejects where the browser does not tell. */
  async due(days: readonly number[], now: Date): Promise<Notice[]> {
    return due(seenIn(await this.#item.read()), days, now);
  }

  /** Keeps in mind what keys hold. */
  look(tokens: readonly TokenView[]): Promise<void> {
    return this.#change(seen => afterLook(seen, tokens));
  }

  /** The user took note. */
  note(days: readonly number[], now: Date): Promise<void> {
    return this.#change(seen => noted(seen, days, now));
  }

  /** Forgets all. */
  forget(): Promise<void> {
    return this.#change(() => []);
  }

  #change(step: (seen: readonly Seen[]) => Seen[]): Promise<void> {
    return this.#item.change(kept => {
      const before = seenIn(kept);
      const next = step(before);
      // Most looks find nothing new.
      return JSON.stringify(next) === JSON.stringify(before) ? kept : next;
    });
  }
}

function seenIn(value: unknown): Seen[] {
  return Array.isArray(value) ? value.slice(0, MAX_SEEN).filter(isSeen) : [];
}

/** The end of a certificate, or of its seal where that is earlier. Of several seals the last one counts. */
function endOf({ certificate, notAfter }: CertificateView, { seals }: TokenView): string {
  const ends = seals.filter(seal => seal.certificates.includes(certificate)).map(seal => seal.validUntil);
  const last = ends
    .filter(end => !Number.isNaN(Date.parse(end)))
    .sort((one, other) => Date.parse(other) - Date.parse(one))[0];
  return last !== undefined && Date.parse(last) < Date.parse(notAfter) ? last : notAfter;
}

/** The fewest of the days that have been reached; 0 once it has ended. */
function thresholdOf(daysLeft: number, days: readonly number[]): number | undefined {
  if (days.length === 0) return undefined;
  if (daysLeft < 0) return 0;
  const reached = days.filter(threshold => daysLeft <= threshold);
  return reached.length > 0 ? Math.min(...reached) : undefined;
}

/** Days until a time, as the core counts them (`days_left`). */
function daysUntil(end: string, now: Date): number {
  return dayInChina(Date.parse(end)) - dayInChina(now.getTime());
}

function dayInChina(ms: number): number {
  return Math.floor((ms + 8 * 3_600_000) / 86_400_000);
}

function isSeen(value: unknown): value is Seen {
  const { certificate, end, told } = Object(value) as Record<string, unknown>;
  return (
    typeof certificate === 'string' &&
    typeof end === 'string' &&
    !Number.isNaN(Date.parse(end)) &&
    (told === undefined || typeof told === 'number')
  );
}
