//! The order as it is being filled in: its fields as they were typed, which of them matter, and how
//! it reads in a link.

import type { OrderItem, Role, Service } from '@yinxin/fees';
import { MAX_TERM_YEARS } from '@yinxin/proto';

/** Roles, the most frequent ones first. */
export const ROLES = [
  'supplier',
  'agency',
  'purchaser',
  'purchaser-representative',
  'purchaser-supervisor',
  'expert',
] as const satisfies readonly Role[];

/** Services in groups: for certificates, for seals, and what the yearly fee includes. */
export const SERVICES = {
  certificate: ['new', 'renewal', 'replacement'],
  seal: ['seal-new', 'seal-renewal', 'seal-upgrade'],
  included: ['change', 'unlocking', 'revocation'],
} as const satisfies Record<string, readonly Service[]>;

/** Terms in years, until a tariff names its own. */
export const TERMS: readonly number[] = [1, 2];

/** More are for a list. */
export const MAX_ENTRIES = 20;

/** What was filled in for one item; all of it is kept, whether it matters to the service or not. */
export interface Entry {
  /** Tells entries apart while the page is open. */
  readonly id: number;
  readonly role: Role;
  readonly service: Service;
  /** A term; the tariff may have others. */
  readonly years: number;
  /** Numbers as typed. */
  readonly certificates: string;
  readonly seals: string;
  /** Days that the certificate has left, as typed. */
  readonly days: string;
  /** Its last day instead, as an ISO 8601 date. */
  readonly until: string;
  /** Whether it is of the bidding class; nothing where the user isn't sure. */
  readonly bidding?: boolean | undefined;
}

/** A field that matters to some services only. */
export type Field = 'years' | 'certificates' | 'seals' | 'days' | 'bidding';

/** The fields that matter to a service. */
export function fieldsOf(service: Service): ReadonlySet<Field> {
  return new Set(FIELDS[service]);
}

const FIELDS: Record<Service, readonly Field[]> = {
  new: ['years', 'certificates', 'seals'],
  renewal: ['years', 'certificates', 'seals', 'days'],
  replacement: ['certificates'],
  'seal-new': ['years', 'seals', 'days'],
  'seal-renewal': ['years', 'seals', 'days'],
  'seal-upgrade': ['seals', 'days', 'bidding'],
  change: ['certificates'],
  unlocking: ['certificates'],
  revocation: ['certificates'],
};

/** What most come for: a supplier's certificate with its seal, for another year. */
export function usual(): Entry {
  return {
    id: nextId++,
    role: 'supplier',
    service: 'renewal',
    years: 1,
    certificates: '1',
    seals: '1',
    days: '',
    until: '',
  };
}

let nextId = 1;

/** The item that an entry orders, on the day `today` in China. */
export function itemOf(entry: Entry, today: string): OrderItem {
  const fields = fieldsOf(entry.service);
  const item: OrderItem = { role: entry.role, service: entry.service };
  if (fields.has('certificates')) put(item, 'certificates', entry.certificates);
  if (fields.has('seals')) put(item, 'seals', entry.seals);
  if (fields.has('days')) put(item, 'remainingDays', daysOf(entry, today));
  if (fields.has('years') && !hasNoTerm(entry)) item.years = entry.years;
  if (fields.has('bidding') && entry.bidding !== undefined) item.biddingClass = entry.bidding;
  return item;
}

/** Whether a seal is ordered for the rest of a certificate's term, where years say nothing. */
export function hasNoTerm(entry: Entry): boolean {
  const rest = entry.days.trim() !== '' || entry.until !== '';
  return rest && (entry.service === 'seal-new' || entry.service === 'seal-renewal');
}

function put(item: OrderItem, field: 'certificates' | 'seals' | 'remainingDays', typed: string): void {
  const text = typed.trim();
  if (text === '') return;
  // What is no whole number goes on as text: the core says what is wrong with it.
  Object.assign(item, { [field]: /^-?\d{1,15}$/.test(text) ? Number(text) : text });
}

/** Days left as typed, or counted to the last day. */
export function daysOf({ days, until }: Entry, today: string): string {
  return until === '' ? days : String(daysBetween(today, until));
}

/** Days from one ISO 8601 date to another. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** The ISO 8601 date so many days after one. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The day it is in China, where certificates end. */
export function todayInChina(now = new Date()): string {
  return new Date(now.getTime() + CHINA_MS).toISOString().slice(0, 10);
}

/**
 * An order as a link's fragment: `supplier.renewal.2y.1c.1s~expert.new.1y.1c.1s`. Remaining days are
 * `45d` or the last day itself, the bidding class `bidding` or `other-class`.
 */
export function write(entries: readonly Entry[]): string {
  return entries.map(writeEntry).join('~');
}

function writeEntry(entry: Entry): string {
  const fields = fieldsOf(entry.service);
  const parts: string[] = [entry.role, entry.service];
  const number = (field: 'certificates' | 'seals' | 'days', letter: string) => {
    const text = entry[field].trim();
    if (fields.has(field) && NUMBER.test(text)) parts.push(text + letter);
  };
  if (fields.has('years')) parts.push(`${entry.years}y`);
  number('certificates', 'c');
  number('seals', 's');
  if (fields.has('days') && entry.until !== '') parts.push(entry.until);
  else number('days', 'd');
  if (fields.has('bidding') && entry.bidding !== undefined) parts.push(entry.bidding ? 'bidding' : 'other-class');
  return parts.join('.');
}

/** Reads a fragment without its `#`. Whoever sent the link may have written anything: what is no order gives nothing. */
export function read(fragment: string): Entry[] | undefined {
  if (fragment.length > MAX_FRAGMENT) return undefined;
  const items = fragment.split('~');
  if (items.length > MAX_ENTRIES) return undefined;
  const entries = items.map(readEntry);
  return entries.every(entry => entry !== undefined) ? entries : undefined;
}

function readEntry(text: string): Entry | undefined {
  const [role, service, ...rest] = text.split('.');
  if (!isRole(role) || !isService(service)) return undefined;
  // What the service asks for and the link leaves out is empty; the rest is as usual.
  const fields = fieldsOf(service);
  const open = (field: 'certificates' | 'seals') => (fields.has(field) ? '' : '1');
  let entry: Entry = { ...usual(), role, service, certificates: open('certificates'), seals: open('seals') };
  const seen = new Set<keyof Entry>();
  for (const part of rest) {
    const change = changeOf(part);
    if (!change) return undefined;
    const [field] = Object.keys(change) as [keyof Entry];
    if (seen.has(field)) return undefined;
    seen.add(field);
    entry = { ...entry, ...change };
  }
  return entry;
}

function changeOf(part: string): Partial<Entry> | undefined {
  if (part === 'bidding') return { bidding: true };
  if (part === 'other-class') return { bidding: false };
  if (isDate(part)) return { until: part };
  const [, number = '', letter] = part.match(/^(-?\d{1,6})([ycsd])$/) ?? [];
  switch (letter) {
    case 'y':
      return isTerm(Number(number)) ? { years: Number(number) } : undefined;
    case 'c':
      return { certificates: number };
    case 's':
      return { seals: number };
    case 'd':
      return { days: number };
    default:
      return undefined;
  }
}

/** Entries as they were kept on the device; whatever is not of their form is dropped. */
export function restore(kept: unknown): Entry[] | undefined {
  if (!Array.isArray(kept) || kept.length === 0 || kept.length > MAX_ENTRIES) return undefined;
  const entries = kept.map(one => {
    const { role, service, years, certificates, seals, days, until, bidding } = Object(one) as Record<string, unknown>;
    const entry = usual();
    if (!isRole(role) || !isService(service)) return entry;
    const typed = (value: unknown) => (typeof value === 'string' ? value.slice(0, MAX_TYPED) : '');
    return {
      ...entry,
      role,
      service,
      years: isTerm(years) ? years : 1,
      certificates: typed(certificates),
      seals: typed(seals),
      days: typed(days),
      until: isDate(typed(until)) ? typed(until) : '',
      bidding: typeof bidding === 'boolean' ? bidding : undefined,
    };
  });
  return entries;
}

function isRole(word: unknown): word is Role {
  return (ROLES as readonly unknown[]).includes(word);
}

function isService(word: unknown): word is Service {
  return Object.keys(FIELDS).includes(String(word));
}

function isTerm(years: unknown): years is number {
  return Number.isInteger(years) && Number(years) >= 1 && Number(years) <= MAX_TERM_YEARS;
}

/** Whether it is a day of the calendar, as an ISO 8601 date. */
export function isDate(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

/** China is eight hours ahead of UTC, all year. */
const CHINA_MS = 8 * 3_600_000;
const NUMBER = /^-?\d{1,6}$/;
/** Characters of a field. */
export const MAX_TYPED = 40;
const MAX_FRAGMENT = 2_000;
