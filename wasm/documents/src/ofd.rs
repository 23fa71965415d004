//! OFD (GB/T 33190): a ZIP of XML and resources. What stands where in it; what is signed and what is not.
//!
//! | module | what lives there |
//! |---|---|
//! | [`package`], [`location`], [`xml`] | parts, where they lie, and what stands in them |
//! | [`document`] | documents, pages, and what each part is to a reader |
//! | [`signatures`], [`coverage`] | signatures as they are written, and which parts each covers |
//! | [`seal`] | setting a seal or signature |

pub mod coverage;
pub mod document;
pub mod draw;
pub mod location;
pub mod package;
pub mod seal;
pub mod signatures;
pub mod xml;

pub use package::Package;
