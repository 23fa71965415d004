//! Text in bytes of whose encoding nobody is sure: strings of certificates and seals whose bytes are not of the
//! type that they claim, labels of tokens. One order for all: UTF-8, GB 18030, Latin-1.
//!
//! GB 18030 is read by the crate `encoding_rs`, or, without the feature `encodings`, by what the platform lends: a browser
//! has its own `TextDecoder`, and the tables are 100 kB compressed.

#[cfg(not(feature = "encodings"))]
pub use lent::{Decoder, gb18030, install_gb18030};

/// The text of bytes in GB 18030, which contains GBK; `None` for bytes that are something else.
#[cfg(feature = "encodings")]
#[must_use]
pub fn gb18030(bytes: &[u8]) -> Option<String> {
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

#[cfg(not(feature = "encodings"))]
mod lent {
    use std::sync::OnceLock;

    /// A strict decoder: `None` for bytes that are not GB 18030, which contains GBK.
    pub type Decoder = fn(&[u8]) -> Option<String>;

    static GB18030: OnceLock<Decoder> = OnceLock::new();

    /// Lends a decoder, once and before anything is read; a second call changes nothing.
    pub fn install_gb18030(decode: Decoder) {
        let _ = GB18030.set(decode);
    }

    /// The text of bytes in GB 18030, which contains GBK; `None` for bytes that are something else, or where none was
    /// lent.
    #[must_use]
    pub fn gb18030(bytes: &[u8]) -> Option<String> {
        GB18030.get()?(bytes)
    }
}

/// Bytes as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// What the bytes were taken for: [`ASCII`], [`UTF_8`], or a guess, `GBK`, `GB18030`, `Latin-1` or
    /// `windows-1252`.
    pub charset: &'static str,
}

/// What nobody has to guess.
pub const ASCII: &str = "ASCII";
/// What other bytes are taken for without guessing: few of another encoding are by accident.
pub const UTF_8: &str = "UTF-8";

/// The text of bytes. `None` if they are text in none of the encodings.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Decoded> {
    let decoded = |text, charset| Some(Decoded { text, charset });
    if let Ok(text) = std::str::from_utf8(bytes) {
        let charset = if bytes.is_ascii() { ASCII } else { UTF_8 };
        return decoded(text.to_owned(), charset);
    }
    if let Some(text) = gb18030(bytes) {
        // Every character beyond its plane of two bytes has four.
        let charset = if has_four_bytes(bytes) {
            "GB18030"
        } else {
            "GBK"
        };
        return decoded(text, charset);
    }
    let text = bytes.iter().copied().map(western).collect::<Option<_>>()?;
    let is_latin_1 = !bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f));
    decoded(
        text,
        if is_latin_1 {
            "Latin-1"
        } else {
            "windows-1252"
        },
    )
}

/// Whether GB 18030 of these bytes has a character of four.
fn has_four_bytes(mut bytes: &[u8]) -> bool {
    loop {
        bytes = match bytes {
            [] => return false,
            [0x81..=0xfe, b'0'..=b'9', ..] => return true,
            [0x81..=0xfe, _, rest @ ..] | [_, rest @ ..] => rest,
        }
    }
}

/// What a text was before somebody took its UTF-8 for Latin-1 (or windows-1252) and encoded that once more:
/// `示例` for `ç¤ºä¾\u{8b}`. `None` for anything that may be meant as it stands.
///
/// Certain it is only of characters of three or four bytes: as Latin-1 each is a small letter with a mark, and
/// controls or signs behind it, which no language writes.
#[must_use]
pub fn encoded_once(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Vec<u8> = text.chars().map(western_byte).collect::<Option<_>>()?;
    let once = String::from_utf8(bytes).ok()?;
    let is_text = !once.contains(|c: char| c.is_control() && !c.is_ascii());
    (is_text && once.chars().any(|c| c.len_utf8() > 2)).then_some(once)
}

/// A byte in windows-1252, which is Latin-1 but for letters and signs in the place of its controls.
fn western(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9f => Some(WESTERN[usize::from(byte - 0x80)]).filter(|c| *c != '\0'),
        byte => Some(char::from(byte)),
    }
}

/// The byte of a character in windows-1252 or in Latin-1.
fn western_byte(c: char) -> Option<u8> {
    u8::try_from(u32::from(c)).ok().or_else(|| {
        let place = WESTERN.iter().position(|known| *known == c)?;
        Some(0x80 + u8::try_from(place).ok()?)
    })
}

/// 0x80 to 0x9f (WHATWG Encoding, index windows-1252); NUL where it has none.
const WESTERN: &[char; 32] = &[
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_encoding_in_its_turn() {
        for (bytes, text, charset) in [
            (&b"ABC 123"[..], "ABC 123", ASCII),
            ("四川".as_bytes(), "四川", UTF_8),
            (b"\xcb\xc4\xb4\xa8", "四川", "GBK"),
            // Of GB 18030's plane of two bytes, which only its newer readers have whole.
            (b"\xfe\x9f\xcb\xc4", "䶮四", "GBK"),
            (b"\x81\x39\xef\x31\xb3\xa7", "㐂厂", "GB18030"),
            (b"\x95\x32\x82\x36", "𠀀", "GB18030"),
            (b"Andr\xe9", "André", "Latin-1"),
            (b"\x93b\x94", "“b”", "windows-1252"),
        ] {
            let expected = Decoded {
                text: text.into(),
                charset,
            };
            assert_eq!(decode(bytes), Some(expected), "{bytes:02x?}");
        }
        assert_eq!(decode(b"\xff\x81 "), None);
    }

    #[test]
    fn what_was_encoded_twice_is_told_and_nothing_else() {
        for once in ["示例", "演示科技有限公司", "A 四川 1", "𠮷"] {
            for read in [char::from, |byte| western(byte).unwrap_or(char::from(byte))] {
                let twice: String = once.bytes().map(read).collect();
                assert_eq!(encoded_once(&twice).as_deref(), Some(once), "{twice:?}");
            }
        }
        for plain in [
            "",
            "ABC",
            "示例",
            "André Müller",
            "Ã©", // two bytes: a poor name, but letters
            "Â·",
            "ç¤º示", // what was never a byte
            "ç¤",
            "€ 5–10",
        ] {
            assert_eq!(encoded_once(plain), None, "{plain}");
        }
    }

    proptest! {
        #[test]
        fn utf8_is_never_guessed(text in any::<String>()) {
            prop_assert_eq!(decode(text.as_bytes()).unwrap().text, text);
        }

        #[test]
        fn gb18030_is_read_as_written(text in "[\u{4e00}-\u{9fff}\u{3400}-\u{4dbf}\u{20000}-\u{20fff}a-z]{1,20}") {
            let (bytes, _, failed) = encoding_rs::GB18030.encode(&text);
            prop_assume!(!failed && std::str::from_utf8(&bytes).is_err());
            let read = decode(&bytes).unwrap();
            prop_assert_eq!(&read.text, &text);
            let (_, _, is_beyond_gbk) = encoding_rs::GBK.encode(&text);
            prop_assert_eq!(read.charset, if is_beyond_gbk { "GB18030" } else { "GBK" });
        }

        #[test]
        fn any_bytes_are_read_or_not(bytes: Vec<u8>) {
            let _ = decode(&bytes).and_then(|read| encoded_once(&read.text));
        }
    }
}
