//! Content that must never be signed as a document, because its signature could be taken for a
//! login or for the signature over other signed attributes.
//!
//! Refused is content that begins, after byte-order marks, white space and invisible characters,
//! with the label of our login format or with `LOGONDATA:`, in UTF-8, UTF-16, UTF-32 or GB18030;
//! and content that begins as a SET OF Attribute (RFC 5652, clause 5.3).

use crate::asn1::tag;
use yinxin_proto::text::is_invisible;

/// Bytes from the beginning of a content that are enough to judge it.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Whether content is refused, judged by its first [`HEAD_BYTES`] (or all of it, if it is shorter).
///
/// Content that is nothing but white space that far is refused as well: what follows is not seen.
#[must_use]
pub fn is_refused(head: &[u8], size: u64) -> bool {
    let head = &head[..head.len().min(HEAD_BYTES)];
    let unseen = (head.len() as u64) < size;
    begins_as_attributes(head)
        || readings(head)
            .into_iter()
            .any(|text| begins_with_label(text, unseen))
}

/// Beginnings that mark a login.
const LABELS: [&str; 2] = ["YINXIN-LOGIN-", crate::attributes::LOGONDATA];

type Characters<'a> = Box<dyn Iterator<Item = char> + 'a>;

/// The head as each encoding reads it.
fn readings(head: &[u8]) -> Vec<Characters<'_>> {
    let units = |read: fn([u8; 2]) -> u16| {
        let units = head
            .chunks_exact(2)
            .map(move |pair| read([pair[0], pair[1]]));
        Box::new(char::decode_utf16(units).map(|unit| unit.unwrap_or(OTHER))) as Characters<'_>
    };
    let wide = |read: fn([u8; 4]) -> u32| {
        let scalars = head
            .chunks_exact(4)
            .map(move |four| read([four[0], four[1], four[2], four[3]]));
        Box::new(scalars.map(|scalar| char::from_u32(scalar).unwrap_or(OTHER))) as Characters<'_>
    };
    vec![
        Box::new(utf8(head)),
        units(u16::from_le_bytes),
        units(u16::from_be_bytes),
        wide(u32::from_le_bytes),
        wide(u32::from_be_bytes),
        Box::new(gb18030(head)),
    ]
}

/// What stands for a character that is neither skipped nor part of a label.
const OTHER: char = char::REPLACEMENT_CHARACTER;

fn utf8(head: &[u8]) -> impl Iterator<Item = char> + '_ {
    head.utf8_chunks().flat_map(|chunk| {
        let broken = (!chunk.invalid().is_empty()).then_some(OTHER);
        chunk.valid().chars().chain(broken)
    })
}

/// GB18030-2022, as far as it matters here: ASCII stands for itself, two or four bytes for others, of
/// which those are told that are skipped.
fn gb18030(head: &[u8]) -> impl Iterator<Item = char> + '_ {
    let mut rest = head;
    std::iter::from_fn(move || {
        let (length, character) = match *rest {
            [] => return None,
            [byte @ 0..=0x7f, ..] => (1, char::from(byte)),
            [a, b @ 0x30..=0x39, c, d, ..] => (4, four_bytes([a, b, c, d])),
            [0xa1, 0xa1, ..] => (2, '\u{3000}'),
            // The three areas of a user's own characters.
            [0xaa..=0xaf | 0xf8..=0xfe, 0xa1..=0xfe, ..] | [0xa1..=0xa7, 0x40..=0xa0, ..] => {
                (2, PRIVATE)
            }
            [_, _, ..] => (2, OTHER),
            [_] => (1, OTHER),
        };
        rest = &rest[length..];
        Some(character)
    })
}

/// Four bytes number the characters that two bytes don't have, in the order of Unicode.
fn four_bytes([a, b, c, d]: [u8; 4]) -> char {
    let (0x81..=0xfe, 0x81..=0xfe, 0x30..=0x39) = (a, c, d) else {
        return OTHER;
    };
    let [a, b, c, d] = [a - 0x81, b - 0x30, c - 0x81, d - 0x30].map(u32::from);
    let number = ((a * 10 + b) * 126 + c) * 10 + d;
    let scalar = match number {
        33_469..=37_800 => return PRIVATE,
        189_000.. => number - 189_000 + 0x1_0000,
        _ => {
            let within = |(start, first, last): &(u32, u32, u32)| {
                let scalar = first + number.checked_sub(*start)?;
                (scalar <= *last).then_some(scalar)
            };
            match UNSEEN_OF_FOUR_BYTES.iter().find_map(within) {
                Some(scalar) => scalar,
                None => return OTHER,
            }
        }
    };
    char::from_u32(scalar).unwrap_or(OTHER)
}

/// Stands for any character of private use.
const PRIVATE: char = '\u{e000}';

/// Runs of GB18030's four-byte characters among which some are skipped: the number of the first, and
/// the first and last in Unicode.
const UNSEEN_OF_FOUR_BYTES: &[(u32, u32, u32)] = &[
    (0, 0x80, 0xa0),
    (42, 0xad, 0xad),
    (675, 0x34f, 0x34f),
    (1250, 0x600, 0x200f),
    (7935, 0x2028, 0x202f),
    (7985, 0x205f, 0x206f),
    (9664, 0x2800, 0x2800),
    (11_794, 0x3164, 0x3164),
    (39_060, 0xfe00, 0xfe0f),
    (39_263, 0xfeff, 0xfeff),
    (39_330, 0xffa0, 0xffa0),
    (39_404, 0xfff0, 0xffff),
];

fn begins_with_label(text: Characters<'_>, unseen: bool) -> bool {
    let mut text = text.skip_while(|c| is_skipped(*c)).peekable();
    if text.peek().is_none() {
        return unseen;
    }
    let longest = LABELS.iter().map(|label| label.len()).max().unwrap_or(0);
    let beginning: String = text.take(longest).collect();
    LABELS.iter().any(|label| {
        beginning
            .get(..label.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(label))
    })
}

/// White space and all that is not seen ([`is_invisible`]), but for NUL and U+FFFF: a file of zeros or
/// ones is no text.
fn is_skipped(c: char) -> bool {
    c.is_whitespace() || (is_invisible(c) && c != '\0' && c != '\u{ffff}')
}

/// Whether bytes begin as `SET { SEQUENCE { OBJECT IDENTIFIER, SET …`, in BER: whatever follows,
/// such content is refused.
fn begins_as_attributes(head: &[u8]) -> bool {
    let inside = |bytes, tag| ber_contents(bytes, tag);
    inside(head, tag::SET)
        .and_then(|set| inside(set, tag::SEQUENCE))
        .and_then(|attribute| {
            let identifier = ber_contents(attribute, tag::OID)?;
            let length = attribute.len() - identifier.len();
            let values = length + usize::from(*attribute.get(length - 1)?);
            attribute.get(values).copied()
        })
        == Some(tag::SET)
}

/// What follows the header of an element of this tag, whatever form its length has.
fn ber_contents(bytes: &[u8], wanted: u8) -> Option<&[u8]> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let octets = if first & 0x80 == 0 {
        0
    } else {
        usize::from(first & 0x7f)
    };
    (tag == wanted).then_some(rest)?.get(octets..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(content: &[u8]) -> bool {
        is_refused(content, content.len() as u64)
    }

    /// Each encoding of a text that can hold it.
    fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let scalars = || text.chars().map(u32::from);
        let mut all = vec![
            ("UTF-8", text.as_bytes().to_vec()),
            (
                "UTF-16LE",
                utf16.iter().flat_map(|u| u.to_le_bytes()).collect(),
            ),
            (
                "UTF-16BE",
                utf16.iter().flat_map(|u| u.to_be_bytes()).collect(),
            ),
            ("UTF-32LE", scalars().flat_map(u32::to_le_bytes).collect()),
            ("UTF-32BE", scalars().flat_map(u32::to_be_bytes).collect()),
        ];
        // One private character has no bytes in it.
        if let (bytes, _, false) = encoding_rs::GB18030.encode(text) {
            all.push(("GB18030", bytes.into_owned()));
        }
        all
    }

    #[test]
    fn labels_are_found_in_every_encoding() {
        for label in [
            "YINXIN-LOGIN-1\0rest",
            "LOGONDATA:abcdefghijklmnop",
            "logondata:x",
        ] {
            for prefix in [
                "",
                " ",
                "\r\n\t",
                "\u{feff}",
                "\u{feff}\u{3000} \u{200b}",
                "\u{1f}",
            ] {
                let text = format!("{prefix}{label}");
                for (encoding, bytes) in encodings(&text) {
                    assert!(refused(&bytes), "{encoding} {text:?}");
                }
            }
        }
        for prefix in [
            &b"\x84\x31\x95\x33"[..],
            b"\xa1\xa1",
            b"\x84\x31\x95\x33 \xa1\xa1",
        ] {
            assert!(
                refused(&[prefix, b"LOGONDATA:x"].concat()),
                "GB18030 {prefix:02x?}"
            );
        }
    }

    /// Whatever a window writes out as not seen hides no label; another encoder says how GB18030 writes it.
    #[test]
    fn nothing_unseen_hides_a_label() {
        let mut count = 0;
        for c in '\u{1}'..=char::MAX {
            let skipped =
                c.is_whitespace() || yinxin_proto::text::visible(&c.to_string()) != c.to_string();
            if !skipped || c == '\u{ffff}' {
                continue;
            }
            count += 1;
            for (encoding, bytes) in encodings(&format!("{c}{c}LOGONDATA:x")) {
                // Pairs of no assigned character outside of the areas for users: what they show is
                // open. And a letter since 2005, which browsers still read as private.
                let is_stray = encoding == "GB18030"
                    && yinxin_proto::text::is_private(c)
                    && (matches!(bytes[..2], [0xa2..=0xa9 | 0xd7 | 0xfe, 0x40..=0xfe])
                        || c == '\u{e7c7}');
                assert!(refused(&bytes) || is_stray, "{encoding} {c:?} {bytes:02x?}");
            }
        }
        assert!(count > 130_000, "{count}");
        // What is seen does.
        for (encoding, bytes) in encodings("例LOGONDATA:x") {
            assert!(!refused(&bytes), "{encoding}");
        }
    }

    #[test]
    fn content_that_only_mentions_a_label_passes() {
        for content in [
            &b""[..],
            b" ",
            b"The text LOGONDATA: is a label",
            b"LOGONDAT",
            b"YINXIN-LOGIN",
            b"%PDF-1.7\n",
            b"PK\x03\x04",
            "投标文件".as_bytes(),
            &[0; 100_000],
            &[0xff; 100_000],
            b"1. Item",
            b"\x31\x30\x30\x36",
            b"\x31",
        ] {
            assert!(!refused(content), "{:?}", &content[..content.len().min(20)]);
        }
    }

    #[test]
    fn white_space_without_end_is_refused() {
        let mut content = vec![b' '; HEAD_BYTES];
        assert!(!refused(&content), "nothing follows");
        content.extend_from_slice(b"LOGONDATA:x");
        assert!(refused(&content));
    }

    #[test]
    fn attributes_as_content_are_refused_in_any_length_form() {
        let attribute = [0x30, 0x07, 0x06, 0x01, 0x2a, 0x31, 0x02, 0x05, 0x00];
        for header in [
            &[0x31, 0x09][..],
            &[0x31, 0x81, 0x09],
            &[0x31, 0x82, 0, 9],
            &[0x31, 0x80],
        ] {
            assert!(refused(&[header, &attribute].concat()), "{header:02x?}");
            assert!(
                refused(&[header, &attribute, &[0; 9]].concat()),
                "{header:02x?}"
            );
        }
    }
}
