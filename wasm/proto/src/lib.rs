//! Wire types of every message of Yinxin, its limits and time-outs, the sites it knows, and the
//! error catalogue. A leaf: it knows nothing of certificates, tokens or browsers.
//!
//! | module | what lives there |
//! |---|---|
//! | [`error`] | the catalogue: every code with its parameters, message and remedy in zh-CN and en |
//! | [`limits`] | sizes, counts and times |
//! | [`site`] | who we are (extension ids, host name) and the origins that the product knows |
//! | [`token`] | tokens, certificates in them, PIN state: what the host tells |
//! | [`page`] | page ↔ extension |
//! | [`consent`] | background ↔ the extension's own windows |
//! | [`bridge`] | the calls of pages to other programs that are answered |
//! | [`host`] | background ↔ native-messaging host |
//! | [`doctor`] | what the host's doctor looked at |
//! | [`signing`] | background ↔ the core's state machine |
//! | [`flow`] | background ↔ the core's state machine for such calls |
//! | [`argument`] | what callers of the packages and the servers hand in, and why it can't be read |
//! | [`bytes`] | Base64 on the wire, and the PIN's own type |
//! | [`text`] | texts in both languages of the product, and safe to show |
//! | [`time`] | points in time, and the calendar |
//! | [`words`] | how days, times and sizes read |
//!
//! TypeScript declarations, error tables and the documents of `docs/` are generated from this
//! crate by `cargo xtask generate`.
#![forbid(unsafe_code)]

pub mod argument;
pub mod bridge;
pub mod bytes;
pub mod consent;
pub mod doctor;
pub mod error;
pub mod flow;
pub mod host;
pub mod limits;
pub mod page;
pub mod signing;
pub mod site;
pub mod text;
pub mod time;
pub mod token;
pub mod words;

pub use bytes::{Base64, Pin};
pub use error::{Error, Finding, Locale, Severity, Text};

/// Version of the protocol between page, extension and host. Raised when a message changes in a
/// way that an older part would misread.
pub const PROTOCOL_VERSION: u32 = 1;
