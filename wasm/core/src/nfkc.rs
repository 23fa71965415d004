//! NFKC (Unicode Standard Annex #15), in which names are compared. The core carries no tables for it
//! (51 kB compressed): whoever embeds it lends it, a browser its own `String.prototype.normalize`.

use std::borrow::Cow;
use std::sync::OnceLock;

/// The text in NFKC; `None` if it can't be made.
pub type Normalizer = fn(&str) -> Option<String>;

static NORMALIZE: OnceLock<Normalizer> = OnceLock::new();

/// Lends a normalizer, once and before any name is compared; a second call changes nothing.
pub fn install_nfkc(normalize: Normalizer) {
    let _ = NORMALIZE.set(normalize);
}

/// The text in NFKC. `None` if it has more than ASCII and no normalizer was lent.
pub(crate) fn normalize(text: &str) -> Option<Cow<'_, str>> {
    if text.is_ascii() {
        return Some(text.into());
    }
    NORMALIZE.get()?(text).map(Cow::from)
}
