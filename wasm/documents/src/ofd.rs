//! OFD (GB/T 33190): a ZIP of XML and resources. What stands where in it; what is signed and what is not.

pub mod location;
pub mod package;
pub mod xml;

pub use package::Package;
