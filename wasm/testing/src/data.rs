//! Shared test data, read in place.

use std::path::PathBuf;

/// The folder: `YINXIN_TEST_DATA`, or beside the project's root. `None`, with a line that says
/// so, where it is absent.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("YINXIN_TEST_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    crate::skipped(&format!("no test data at {}", folder.display()));
    None
}

/// The bytes of hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
