//! Content that must never be signed as a document, because its signature could be taken for a
//! login or for the signature over other signed attributes.
//!
//! Refused is content that begins, after byte-order marks, white space and invisible characters,
//! with the label of our login format or with `LOGONDATA:`, in UTF-8, UTF-16, UTF-32 or GB18030;
//! and content that begins as a SET OF Attribute (RFC 5652, clause 5.3).

use crate::asn1::tag;

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

/// GB18030-2022, as far as it matters here: ASCII stands for itself, two or four bytes for others,
/// of which the byte-order mark, the ideographic space and the no-break space are skipped.
fn gb18030(head: &[u8]) -> impl Iterator<Item = char> + '_ {
    let mut rest = head;
    std::iter::from_fn(move || {
        let (length, character) = match rest {
            [] => return None,
            [byte @ 0..=0x7f, ..] => (1, char::from(*byte)),
            [0x84, 0x31, 0x95, 0x33, ..] => (4, '\u{feff}'),
            [0x81, 0x30, 0x84, 0x32, ..] => (4, '\u{a0}'),
            [0xa1, 0xa1, ..] => (2, '\u{3000}'),
            [_, 0x30..=0x39, _, _, ..] => (4, OTHER),
            [_, _, ..] => (2, OTHER),
            [_] => (1, OTHER),
        };
        rest = &rest[length..];
        Some(character)
    })
}

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

/// White space, byte-order marks, invisible and control characters, but not NUL: a file of zeros
/// is no text.
fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || (c.is_control() && c != '\0')
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
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
                let utf16: Vec<u16> = text.encode_utf16().collect();
                for (encoding, bytes) in [
                    ("UTF-8", text.clone().into_bytes()),
                    (
                        "UTF-16LE",
                        utf16.iter().flat_map(|u| u.to_le_bytes()).collect(),
                    ),
                    (
                        "UTF-16BE",
                        utf16.iter().flat_map(|u| u.to_be_bytes()).collect(),
                    ),
                    (
                        "UTF-32LE",
                        text.chars()
                            .flat_map(|c| u32::from(c).to_le_bytes())
                            .collect(),
                    ),
                    (
                        "UTF-32BE",
                        text.chars()
                            .flat_map(|c| u32::from(c).to_be_bytes())
                            .collect(),
                    ),
                ] {
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
