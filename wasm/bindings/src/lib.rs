//! The faces of Yinxin for JavaScript, one for each module that is shipped: decode, call, encode. Plain objects in and
//! out, bytes as `Uint8Array`, times as ISO strings; errors are thrown as `YinxinError` with `code` and `params`.
//!
//! | feature | face |
//! |---|---|
//! | `verify` | reading and judging: certificates, CMS, logins, seals |
//! | `documents` | the same, and signed OFD |
//! | `fees` | quotes, tariffs, lists of orders |
//! | `all` | both, advice, and the machines of a call, of a document's calls over the bridge, and of the user's own pages |
//! | `node` | all of these |
//! | `sheet` | lists as spreadsheets |
//!
//! They also hand in what only the platform has: the current time where a caller names none, random bytes of Web
//! Crypto, a decoder of GB 18030, and Unicode's tables.
#![forbid(unsafe_code)]
// Each face uses its part of the edge.
#![cfg_attr(
    not(all(feature = "all", feature = "sheet")),
    allow(dead_code, unused_imports)
)]

#[cfg(feature = "all")]
mod advice;
#[cfg(feature = "all")]
mod bridge;
#[cfg(feature = "documents")]
mod documents;
mod edge;
#[cfg(feature = "documents")]
mod embedding;
#[cfg(feature = "fees")]
mod fees;
#[cfg(feature = "documents")]
mod pages;
#[cfg(feature = "sheet")]
mod sheet;
#[cfg(feature = "all")]
mod signing;
#[cfg(feature = "typescript")]
pub mod typescript;
#[cfg(feature = "verify")]
mod verify;
#[cfg(feature = "all")]
mod workspace;

#[cfg(feature = "all")]
pub use advice::*;
#[cfg(feature = "all")]
pub use bridge::*;
#[cfg(feature = "documents")]
pub use documents::*;
#[cfg(feature = "documents")]
pub use embedding::*;
#[cfg(feature = "fees")]
pub use fees::*;
#[cfg(feature = "documents")]
pub use pages::*;
#[cfg(feature = "sheet")]
pub use sheet::*;
#[cfg(feature = "all")]
pub use signing::*;
#[cfg(feature = "verify")]
pub use verify::*;
#[cfg(feature = "all")]
pub use workspace::*;

/// Lends what only the platform has, before anything is read.
#[cfg(all(feature = "verify", target_family = "wasm"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    use edge::platform;
    yinxin_pki::charset::install_gb18030(platform::gb18030);
    yinxin_pki::unicode::lend(yinxin_pki::unicode::Lent {
        nfkc: platform::nfkc,
        lower_upper_lower: platform::lower_upper_lower,
    });
}
