//! What the comparison of names needs of Unicode's tables: NFKC (Unicode Standard Annex #15) and letters without case. By
//! the crate `unicode-normalization` and the standard library, or, without the feature `encodings`, by what the platform
//! lends: a browser has its own `String.prototype.normalize`, and tables for letters too.

use std::borrow::Cow;

/// The text in NFKC. `None` if it has more than ASCII and there is nothing to make it with.
#[must_use]
pub fn normalize(text: &str) -> Option<Cow<'_, str>> {
    if text.is_ascii() {
        return Some(text.into());
    }
    tables::nfkc(text).map(Cow::from)
}

/// The text with its case folded fully: ß is ss, and every form of a letter is one. `None` likewise.
#[must_use]
pub fn fold_case(text: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_ascii_lowercase());
    }
    // Its capital is that of another letter.
    let parts: Option<Vec<String>> = text
        .split(DOTLESS_I)
        .map(tables::lower_upper_lower)
        .collect();
    // At the end of a word, tables write it so.
    Some(parts?.join(DOTLESS_I).replace('ς', "σ"))
}

const DOTLESS_I: &str = "ı";

#[cfg(feature = "encodings")]
mod tables {
    use unicode_normalization::UnicodeNormalization as _;

    pub fn nfkc(text: &str) -> Option<String> {
        Some(text.nfkc().collect())
    }

    pub fn lower_upper_lower(text: &str) -> Option<String> {
        Some(text.to_lowercase().to_uppercase().to_lowercase())
    }
}

#[cfg(not(feature = "encodings"))]
use lent as tables;
#[cfg(not(feature = "encodings"))]
pub use lent::{Lent, lend};

#[cfg(not(feature = "encodings"))]
mod lent {
    use std::sync::OnceLock;

    /// What the platform does with a text; `None` where it can't.
    #[derive(Clone, Copy)]
    pub struct Lent {
        /// Its NFKC.
        pub nfkc: fn(&str) -> Option<String>,
        /// In lower case, that in upper case, and that in lower case again, by no language's own rules.
        pub lower_upper_lower: fn(&str) -> Option<String>,
    }

    static LENT: OnceLock<Lent> = OnceLock::new();

    /// Lends it, once and before any name is compared; a second call changes nothing.
    pub fn lend(lent: Lent) {
        let _ = LENT.set(lent);
    }

    pub(super) fn nfkc(text: &str) -> Option<String> {
        (LENT.get()?.nfkc)(text)
    }

    pub(super) fn lower_upper_lower(text: &str) -> Option<String> {
        (LENT.get()?.lower_upper_lower)(text)
    }
}

#[cfg(all(test, feature = "encodings"))]
mod tests {
    use super::fold_case;

    #[test]
    fn every_letter_folds_as_it_does_alone() {
        // Without a word around it, no letter is at the end of one.
        let alone = |c: char| match c {
            'ı' => String::from(c),
            c => c
                .to_lowercase()
                .flat_map(char::to_uppercase)
                .flat_map(char::to_lowercase)
                .collect(),
        };
        for c in ('\0'..=char::MAX).filter(|c| *c != 'ς') {
            let expected = alone(c);
            assert_eq!(fold_case(&c.to_string()).as_ref(), Some(&expected), "{c:?}");
            let word = format!("Ä{c}");
            assert_eq!(fold_case(&word), Some(format!("ä{expected}")), "{c:?}");
        }
        for (text, folded) in [
            ("ΟΔΟΣ", "οδοσ"),
            ("Straße", "strasse"),
            ("KAPLI ı", "kapli ı"),
            ("ﬁﬂ", "fifl"),
            ("北京ABC", "北京abc"),
        ] {
            assert_eq!(fold_case(text).as_deref(), Some(folded));
        }
    }
}
