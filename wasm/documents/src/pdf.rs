//! PDF (ISO 32000): what a file says, revision by revision.
//!
//! | module | what lives there |
//! |---|---|
//! | [`object`], [`lexer`], [`filter`] | objects; reading them from bytes; what streams of them are packed with |
//! | [`reader`], [`xref`], [`document`] | windows over the file, cross-reference sections, revisions and their objects |
//! | [`pages`], [`form`] | the page tree; the form's fields |
//! | [`signatures`] | what each signature covers, and the rules of its form |
//! | [`history`], [`uses`], [`changes`] | the revisions since a signed one; who refers to what; what each changed |
//! | [`update`], [`appearance`], [`sign`] | appending to a file; a picture on a page; setting a signature |

pub mod appearance;
pub mod changes;
pub mod document;
pub mod filter;
pub mod form;
pub mod history;
pub mod lexer;
pub mod object;
pub mod pages;
pub mod reader;
pub mod sign;
pub mod signatures;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod update;
pub mod uses;
pub mod xref;

pub use document::{Document, Revision};
