//! TypeScript declarations of what this module gives and takes.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A text in both languages. */
export interface Bilingual { 'zh-CN': string; en: string }
export type Role = 'purchaser' | 'purchaser-representative' | 'purchaser-supervisor' | 'supplier' | 'agency' | 'expert';
export type Service =
  | 'new' | 'renewal' | 'replacement'
  | 'seal-new' | 'seal-renewal' | 'seal-upgrade'
  | 'change' | 'unlocking' | 'revocation';
/** What a price is for one of. */
export type PriceUnit = 'certificate' | 'certificate-year' | 'seal' | 'seal-year';

/** One item of an order. `certificates` and `seals` are its totals. */
export interface OrderItem {
  role: Role;
  service: Service;
  /** A term of the tariff, where the service has one. */
  years?: number;
  certificates?: number;
  seals?: number;
  /** Days left of the certificate by the calendar of China: 0 on its last day, negative after it. */
  remainingDays?: number;
  /** Whether the certificate is of the bidding class (公共资源交易招投标类). */
  biddingClass?: boolean;
}

/** A certificate, by what an order needs to know of it. */
export interface OrderCertificate {
  holder: string;
  kind: 'unit' | 'person' | 'expert' | 'unknown';
  /** ISO 8601. */
  notAfter: string;
  issuerFamily: { id: 'scca' | 'listed' | 'other'; name: Bilingual };
}

/** What the holder of a certificate orders next: a renewal for the shortest term, unless it says otherwise. */
export interface CertificateOrder {
  /** What `parseCertificate` tells of it; or, where the package has that function too, DER, PEM or Base64. */
  certificate: OrderCertificate | Uint8Array | ArrayBuffer | string;
  /** The present, if absent. ISO 8601, or milliseconds since 1970. */
  now?: string | number;
  role?: Role;
  service?: Service;
  years?: number;
  /** If absent one where the service concerns seals alone, else none. */
  seals?: number;
  biddingClass?: boolean;
}
export type Order = { items: OrderItem[] } | CertificateOrder;

/** From the least to the most, in fen. */
export interface FeeRange { from: number; to: number }

export interface QuoteLine {
  /** Which item, from 1. */
  item: number;
  rule: string;
  /** The words of the tariff's source. */
  clause: string;
  label: Bilingual;
  unit: PriceUnit;
  /** Certificates or seals. */
  count: number;
  years?: number;
  /** `count`, times `years`. */
  quantity: number;
  /** In fen. */
  unitPrice: number;
  /** `quantity` times `unitPrice`, in fen; `null` for part of a term, which has a range. */
  amount: number | null;
  range?: FeeRange;
}

/** What would have been paid, and why it is not. */
export interface WaivedFee {
  item: number;
  rule: string;
  /** The rule of the price. */
  waives: string;
  label: Bilingual;
  clause: string;
  reason: Bilingual;
  quantity: number;
  unitPrice: number;
  amount: number;
}

export interface TermCost { years: number; total: number; perYear: number }
export interface TermComparison {
  terms: TermCost[];
  /** The shortest term, renewed until the longest one ends; in fen. */
  shortestRenewed: number;
  /** How much less the longest term costs than that, in fen; negative if it costs more. */
  saving: number;
  text: Bilingual;
}

/** Something that the tariff does not say. */
export interface Assumption {
  id: 'bidding-class' | 'seal-mid-term' | 'replacement-medium' | 'replacement-seal' | 'opening-after-lapse'
    | 'renewal-payment' | 'expert-payment' | 'tax' | 'role';
  text: Bilingual;
  /** A telephone number. */
  ask: string;
  /** Which items, from 1; of a list, which rows. */
  items: number[];
}

export interface FeeFinding {
  code: string;
  params: Record<string, unknown>;
  /** `fatal`: it can't be carried out as ordered. */
  severity: 'fatal' | 'warning' | 'note';
  place?: string;
}

export interface Step { text: Bilingual; links?: string[] }
export interface Procedure {
  id: string;
  services: Service[];
  way: 'online' | 'counter';
  when?: 'valid' | 'lapsed';
  title: Bilingual;
  steps: Step[];
}
export interface FeeNote {
  kind: 'payment' | 'delivery' | 'invoice' | 'materials' | 'time' | 'term';
  services: Service[];
  holder?: 'unit' | 'expert';
  when?: 'valid' | 'lapsed';
  way?: 'online' | 'counter';
  text: Bilingual;
  links?: string[];
}
export interface Contact { name: Bilingual; value: string }

/** What an order costs, and why. All amounts in fen (1/100 yuan). */
export interface Quote {
  /** The name in the certificate that the order comes from: the payer's account must have it. */
  payer?: string;
  tariff: { id: string; authority: Bilingual; title: Bilingual; source: Bilingual; read: string };
  items: (OrderItem & { certificates: number; seals: number })[];
  lines: QuoteLine[];
  waived: WaivedFee[];
  /** Sum of the lines; `null` where a part of it is open. */
  total: number | null;
  /** The total in capital numerals (人民币大写). */
  capitals?: string;
  /** Where a part of the total is open; absent where a part has no price at all. */
  range?: FeeRange;
  /** Of what is ordered by terms, for each year, rounded half up once. */
  perYear?: number;
  comparison?: TermComparison;
  assumptions: Assumption[];
  findings: FeeFinding[];
  guidance: { procedures: Procedure[]; notes: FeeNote[]; undescribed?: Bilingual; contacts: Contact[] };
}

/** A tariff: the form of `wasm/fees/data/tariff-scca.json`. */
export interface Tariff {
  id: string;
  authority: { name: Bilingual; family?: 'scca' };
  title: Bilingual;
  source: Bilingual;
  /** ISO 8601 date. */
  read: string;
  terms: number[];
  prices: {
    rule: string;
    label: Bilingual;
    roles: Role[];
    services: Service[];
    /** In fen. */
    price: number;
    unit: PriceUnit;
    clause: string;
  }[];
  waivers: { rule: string; waives: string[]; services: Service[]; minimumYears?: number; clause: string; reason: Bilingual }[];
  upgrade?: { minimumDays: number; biddingClass: boolean; clause: string };
  silences: { id: Assumption['id']; text: Bilingual }[];
  notes: FeeNote[];
  procedures: Procedure[];
  undescribed?: { services: Service[]; text: Bilingual };
  contacts: Contact[];
}

/** Quotes an order. */
export function quote(order: Order, tariff?: Tariff | string | null): Quote;
/** The product's own tariff, or that of an object or JSON text, validated. */
export function tariff(source?: Tariff | string | null): Tariff;
/** An amount of fen in capital numerals (人民币大写). */
export function capitals(fen: number): string;

export type ListColumn = 'name' | 'role' | 'service' | 'years' | 'certificates' | 'seals' | 'remaining-days' | 'bidding-class' | 'note';
/** The words of orders and lists, with their names. */
export function orderWords(): {
  roles: { id: Role; name: Bilingual }[];
  services: { id: Service; name: Bilingual; forSeals: boolean; hasTerm: boolean }[];
  columns: { id: ListColumn; name: Bilingual }[];
};

/** What a row of a list comes to. */
export interface ListRow {
  /** Its number in the file, from 1. */
  row: number;
  name: string;
  item?: Quote['items'][number];
  amount: number | null;
  range?: FeeRange;
  error?: { code: string; params: Record<string, unknown> };
  findings?: FeeFinding[];
  note?: string;
}
/** What one payer transfers: from an account of exactly this name. */
export interface ListPayer {
  name: string;
  rows: number;
  errors: number;
  certificates: number;
  seals: number;
  total: number | null;
  capitals?: string;
  range?: FeeRange;
  /** Names that differ in spaces, invisible characters, widths or cases alone. */
  alike?: string[];
}
export interface ListTotals {
  payers: ListPayer[];
  rows: number;
  errors: number;
  total: number | null;
  range?: FeeRange;
  assumptions: Assumption[];
}
/** A list of orders, a certificate in each row. */
export class OrderList {
  /** Begins with the first rows of a file, among which the titles are looked for. */
  constructor(firstRows: string[][], tariff?: Tariff | string | null);
  /** Where the columns are; `header` is the index of the row of titles. */
  columns(): { header: number; columns: (ListColumn | null)[]; ignored: string[] };
  /** Takes rows, the first of which has this number in the file, from 1. */
  push(rows: string[][], number: number): ListRow[];
  totals(): ListTotals;
  free(): void;
}
"#;
