//! What the tests of several crates stand on. It knows none of them.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

mod authority;
pub mod data;
pub mod golden;
pub mod guide;
mod openssl;

pub use authority::TimeAuthority;
pub use openssl::OpenSsl;

/// Says that a test does without something, and does not pass for that where everything has to be there: with `CI` set.
pub fn skipped(why: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "nothing may be skipped with CI set: {why}"
    );
    eprintln!("skipped: {why}");
}
