//! A new document, told by what it is put together of.

use std::ops::Range;

/// A piece of it. What setting a signature or seal gives is a list of them, so that a large document is never held
/// whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes of the document that it is made of.
    Copy(Range<u64>),
    /// New ones.
    Bytes(Vec<u8>),
}
