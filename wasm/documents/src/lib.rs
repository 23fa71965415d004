//! Documents of fixed layout, OFD (GB/T 33190) and PDF (ISO 32000): what is signed in them, what is covered and what is
//! not, what changed since, how their pages look, and how a signature or seal is set. Who signed, and whether to believe
//! it, is judged above (`yinxin-verify`).
//!
//! Documents are read where they lie ([`Source`]), so that a large one is never held whole.
#![forbid(unsafe_code)]

pub mod embedding;
pub mod ofd;
pub mod pdf;
pub mod pieces;
pub mod source;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use pieces::Piece;
pub use source::Source;
