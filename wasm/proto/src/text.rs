//! Texts for people: in both languages of the product, and safe to show.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Locale {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// The nearest language to a BCP 47 tag: Chinese for `zh…`, English otherwise.
    #[must_use]
    pub fn nearest(tag: &str) -> Self {
        let chinese = tag
            .get(..2)
            .is_some_and(|head| head.eq_ignore_ascii_case("zh"));
        if chinese { Self::ZhCn } else { Self::En }
    }
}

/// A text in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Bilingual {
    /// Chinese.
    #[serde(rename = "zh-CN")]
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both, from texts that stand in the program.
    #[must_use]
    pub fn of(zh: &str, en: &str) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// A character of full width (U+FF01 to U+FF5E, in the order of ASCII) in the width of ASCII; any other as it is.
#[must_use]
pub fn half_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A text with control, bidirectional and other invisible characters written out, as `⟨U+202E⟩`. A run of more than
/// four is written as its first character and their number, as `⟨U+200B…×255⟩`: it must not fill a page.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| !is_invisible(c)).unwrap_or(rest.len());
        let (run, others) = rest.split_at(length);
        let count = run.chars().count();
        // Writing to a String can't fail.
        if count > MAX_WRITTEN {
            let _ = write!(out, "⟨U+{:04X}…×{count}⟩", u32::from(first));
        } else {
            for c in run.chars() {
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
        }
        let length = others.find(is_invisible).unwrap_or(others.len());
        let (shown, others) = others.split_at(length);
        out.push_str(shown);
        rest = others;
    }
    out
}

/// Invisible characters in a row that are written out one by one.
pub const MAX_WRITTEN: usize = 4;

/// Whether a character shows nothing, or not what it is: what [`is_ignorable`] names, separators of
/// lines and paragraphs, white space that looks like none or like a plain space, private use and
/// non-characters.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    is_ignorable(c) || (c.is_whitespace() && c != ' ' && c != '\u{3000}') || is_private(c)
}

/// Whether a character is there for something else than to be seen: controls but white space, format
/// characters (Unicode category Cf), fillers, variation selectors, tags.
#[must_use]
pub fn is_ignorable(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(u32::from(c),
            0xad | 0x34f | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x890..=0x891 | 0x8e2
            | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x202a..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0f
            | 0xfeff | 0xffa0 | 0xfff0..=0xfffc | 0x110bd | 0x110cd | 0x13430..=0x1343f
            | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// Whether what a character means is nobody's standard: private use and non-characters.
#[must_use]
pub fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xe000..=0xf8ff | 0xfffe..=0xffff | 0xf0000..=0x10ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_written_out() {
        assert_eq!(visible("投标\u{202e}fdp.exe"), "投标⟨U+202E⟩fdp.exe");
        assert_eq!(
            visible("a\u{200b}b\nc\u{a0}d"),
            "a⟨U+200B⟩b⟨U+000A⟩c⟨U+00A0⟩d"
        );
        assert_eq!(visible("报价 单　(终).pdf"), "报价 单　(终).pdf");
        assert_eq!(visible("\u{e0041}"), "⟨U+E0041⟩");
        assert_eq!(visible(""), "");
    }

    #[test]
    fn a_long_run_is_counted() {
        assert_eq!(visible(&"\u{200b}".repeat(4)), "⟨U+200B⟩".repeat(4));
        let run = "\u{200b}".repeat(254) + "\u{202e}";
        assert_eq!(
            visible(&format!("a{run}b{run}")),
            "a⟨U+200B…×255⟩b⟨U+200B…×255⟩"
        );
    }
}
