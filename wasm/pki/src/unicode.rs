//! NFKC (Unicode Standard Annex #15), in which names are compared. By the crate `unicode-normalization`, or, without the
//! feature `encodings`, by what the platform lends: a browser has its own `String.prototype.normalize`.

use std::borrow::Cow;

/// The text in NFKC. `None` if it has more than ASCII and there is nothing to make it with.
#[must_use]
pub fn normalize(text: &str) -> Option<Cow<'_, str>> {
    if text.is_ascii() {
        return Some(text.into());
    }
    non_ascii(text).map(Cow::from)
}

#[cfg(feature = "encodings")]
fn non_ascii(text: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization as _;
    Some(text.nfkc().collect())
}

#[cfg(not(feature = "encodings"))]
use lent::non_ascii;
#[cfg(not(feature = "encodings"))]
pub use lent::{Normalizer, install_nfkc};

#[cfg(not(feature = "encodings"))]
mod lent {
    use std::sync::OnceLock;

    /// The text in NFKC; `None` if it can't be made.
    pub type Normalizer = fn(&str) -> Option<String>;

    static NORMALIZE: OnceLock<Normalizer> = OnceLock::new();

    /// Lends a normalizer, once and before any name is compared; a second call changes nothing.
    pub fn install_nfkc(normalize: Normalizer) {
        let _ = NORMALIZE.set(normalize);
    }

    pub(super) fn non_ascii(text: &str) -> Option<String> {
        NORMALIZE.get()?(text)
    }
}
