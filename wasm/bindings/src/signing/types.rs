//! TypeScript declarations of advice, and of the machine of a call. The messages of `Signing` and the views are those
//! generated from `yinxin-proto`; here they are named loosely, so that the package stands alone.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** `Token[]` of the protocol in, `TokenView[]` out. `anchors`: certificates that were added to the product's own anchors. */
export function describeTokens(tokens: unknown, now?: Time, anchors?: BytesLike[]): any;

/** A set-up, as far as it is known. What is absent is not known, which never means that it is not there. */
export interface Situation {
  /** The present, if it is absent. */
  now?: Time;
  /** `Token[]` of the protocol, as the host lists them; empty where there is none. */
  tokens?: unknown[];
  /** `Module[]` of the protocol; empty where there is none. */
  modules?: unknown[];
  /** `problem`: an error of the catalogue that keeps it from being used. */
  host?: { version?: string; problem?: { code: string; params?: object } };
  /** `siteAllowed`: whether it may work on the site that the user is at, whose origin `site` is. */
  extension?: { version?: string; siteAllowed?: boolean; site?: string };
  /** `engine`: the major version of Chromium. */
  browser?: { name?: string; engine?: number };
  /** `DoctorReport` of the protocol. */
  doctor?: unknown;
  /**
   * `site`: the origin of the portal that told of it; `role`: in its words, which may be ours; `bound`: whether a
   * certificate is bound to it; `certificate`: which, SHA-256 in hex.
   */
  account?: { site?: string; name?: string; role?: string; bound?: boolean; certificate?: string };
  /** The role whose entrance was taken, in the same words. */
  entrance?: string;
  /** A message that the user pasted. */
  message?: string;
  /** A time that has surely passed, such as a signed one: ISO 8601. */
  knownTime?: string;
  /** SHA-256 of the certificate that the user means. */
  certificate?: string;
  /** Certificates that were added to the product's own anchors. */
  anchors?: BytesLike[];
  /** Revocation lists at hand, DER or PEM. */
  crls?: BytesLike[];
}

/** A name in pieces, each with whether the other name has it too. */
export type NameSegments = { text: string; same: boolean }[];

/** A finding with what to do. Its place is the `token` of a key, or the name of a module. */
export interface Advised extends Finding {
  /** Some codes have more than one remedy. */
  rule: string;
  /** The message of the platform that this explains, in the words of the users' guide. */
  guide?: { problem: string; heading: string };
  cause: Bilingual;
  /** What was found, and where; with no `value`, what has to be looked at. */
  evidence: { name: Bilingual; value: string }[];
  /** What to do, in order; the product does none of it itself, and says where. */
  steps: Step[];
  who: 'user' | 'ca' | 'platform' | 'administrator';
  contacts: Contact[];
  /** Ids of `procedures()`. */
  procedures: string[];
  /** Where money is due: for `quote`. `certificate` is Base64. */
  order?: { certificate: string; now: string; role?: Role; service: Service; seals: number };
  names?: {
    likeness: 'same' | 'written-otherwise' | 'different';
    certificate: NameSegments;
    account: NameSegments;
  };
  /** An entry for a calendar, as the content of an .ics file. */
  calendar?: string;
}

/** What there is to say of a certificate, by its SHA-256, while it is chosen for a login. */
export interface LoginAdvice {
  certificate: string;
  /** Worst first. They warn, and never keep it from being used. */
  findings: Advised[];
}

/** What is wrong with a set-up, worst first; where a message was pasted, its answer first. */
export function advise(situation: Situation): {
  findings: Advised[];
  /** Nothing has to be mended. */
  healthy: boolean;
};

/** A step of a procedure, with whether it is done. */
export interface Task extends Step {
  /** Whether its result can be seen at all. */
  watched: boolean;
  /** Absent where it is not known. */
  done?: boolean;
  /** What was seen. */
  evidence?: Bilingual;
}

/** A way to get something done, as `procedures` gives it. None is taken in this product. */
export interface GuideProcedure {
  id: string;
  /** What it fulfils. */
  services: Service[];
  /** Where; `ask` where the users' guide does not say how. */
  way: 'online' | 'counter' | 'platform' | 'machine' | 'ask';
  /** For this state of the certificate only. */
  when?: 'valid' | 'lapsed';
  /** Who may take it; everybody, if it is empty. */
  roles: Role[];
  /** Who among them. */
  who?: Bilingual;
  title: Bilingual;
  bring: Step[];
  /** What must be so before it begins. */
  first: Task[];
  steps: Task[];
  /** How long it takes, where the guide says. */
  time: Bilingual[];
  /** Payment, delivery, invoice, term. */
  notes: Step[];
  contacts: Contact[];
  /** For the certificates at hand, where the tariff is that of their CA. */
  costs: {
    holder: string;
    /** ISO 8601. */
    notAfter: string;
    /** For `quote`, which tells all that stands behind the sum. */
    order: NonNullable<Advised['order']>;
    items: Quote['items'];
    total: Quote['total'];
    range?: Quote['range'];
    terms: NonNullable<Quote['comparison']>['terms'];
  }[];
}

/** Every procedure of the users' guide; of a situation it tells what is done already, and what it costs. */
export function procedures(situation?: Situation): GuideProcedure[];

/** An entry for a calendar (RFC 5545) that reminds of a certificate's end: the content of an .ics file. */
export function calendarEntry(holder: string, ends: string, now?: Time): string;

/** The state machine of one call: `SigningStart`, `SigningEvent` and `SigningAction` of the protocol. */
export class Signing {
  constructor(start: unknown);
  free(): void;
  /** Actions of the start. */
  readonly actions: any[];
  readonly finished: boolean;
  handle(event: unknown, now?: Time): any[];
  chunk(document: number, offset: number, bytes: Bytes): any[];
  /** What the account that a login names says of each certificate in the keys, where there is something to say. */
  loginAdvice(now?: Time): LoginAdvice[];
}
"#;
