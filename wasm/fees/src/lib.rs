//! What an order costs and why: a tariff (data) and an order (what is asked) make a quote, whose
//! every line names its rule and the clause behind it.
//!
//! Money is whole fen. Nothing is priced that the tariff does not price: where it is silent, the
//! quote says so, and whom to ask.
//!
//! | file | what lives there |
//! |---|---|
//! | `money.rs` | fen, yuan in figures and in capital numerals |
//! | `tariff.rs` | prices, waivers, silences, procedures: what a tariff is, and whether one is valid |
//! | `order.rs` | roles, services, items |
//! | `check.rs` | what can't be ordered |
//! | `quote.rs` | lines, waivers, totals, the comparison of terms |
//! | `guidance.rs` | what to bring and do, and whom to ask |
//! | `list.rs` | lists with a certificate in each row, and totals for each payer |
#![forbid(unsafe_code)]

mod check;
mod guidance;
mod list;
mod money;
mod order;
mod quote;
mod tariff;
#[cfg(test)]
mod tests;

pub use guidance::Guidance;
pub use list::{Column, Columns, List, Payer, Row, Sum, Totals};
pub use money::Fen;
pub use order::{
    CertificateOrder, Holder, Item, Number, OrderCertificate, OrderItem, Role, Service,
};
pub use quote::{Comparison, Line, Quote, Range, TermCost, Waived, quote, quote_certificate};
pub use tariff::{Contact, Json, NoteKind, Price, SCCA_TARIFF, Step, Tariff, Unit, Way, When};
