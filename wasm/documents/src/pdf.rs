//! PDF (ISO 32000): what a file says, revision by revision.
//!
//! | module | what lives there |
//! |---|---|
//! | [`object`], [`lexer`], [`filter`] | objects; reading them from bytes; what streams of them are packed with |
//! | [`reader`], [`xref`], [`document`] | windows over the file, cross-reference sections, revisions and their objects |
//! | [`pages`], [`form`] | the page tree; the form's fields |

pub mod document;
pub mod filter;
pub mod form;
pub mod lexer;
pub mod object;
pub mod pages;
pub mod reader;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod xref;

pub use document::{Document, Revision};
