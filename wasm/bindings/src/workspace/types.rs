//! TypeScript declarations of the machine behind workspace and popup. What is of the protocol is named loosely, as in
//! those of `Signing`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Everything that is known: a situation as `advise` takes it, and what the user's own pages show beside its advice. */
export interface WorkspaceKnown extends Omit<Situation, 'now' | 'anchors' | 'crls'> {
  /** The host has not answered yet: there is no advice then. */
  looking?: boolean;
  /** Certificates that were added to the product's own anchors, in Base64; `managed`: by an administrator. */
  anchors?: { certificate: string; managed: boolean }[];
  /** How the user wants the renewal of some certificates, by their SHA-256. */
  orders?: [certificate: string, order: { years: number; seals: number; role?: string }][];
}

/** Everything that workspace and popup show. */
export interface WorkspaceShown {
  /** `WorkspaceView` of the protocol, without `anchorNews`. */
  view: any;
  /** For each certificate that its holder renews; without a quote where the tariff has no price for it. */
  renewals: {
    certificate: string;
    /** Seals in the keys that it may use, as far as they can be read. */
    sealsRead: number;
    order: { years: number; seals: number; role?: string };
    quote?: Quote;
  }[];
  /** Absent while the host is looked for. */
  advice?: ReturnType<typeof advise>;
  /** With it. */
  procedures?: GuideProcedure[];
  /** `Check[]` of the protocol: to which issuers the certificates of each key lead. */
  chains: any[];
}

/** The machine behind workspace and popup. It keeps the keys, read and judged, between calls. */
export class Workspace {
  constructor();
  free(): void;
  show(known: WorkspaceKnown, now?: Time): WorkspaceShown;
}
"#;
