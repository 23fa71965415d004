//! PEM (RFC 7468), read leniently: text around blocks, any line length and line ends, a byte-order
//! mark, UTF-16, Base64 without a header; and what programs and people make of it (`wrapped`). What was unusual
//! is told.

mod wrapped;

pub(crate) use wrapped::from_hex;

use base64ct::{Base64, Base64Unpadded, Encoding};
use std::borrow::Cow;

/// What stood in an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The blocks that were looked for, in order: label and contents. The label is empty where
    /// there was none: DER, or bare Base64.
    pub blocks: Vec<(String, Vec<u8>)>,
    /// What is not as RFC 7468 says.
    pub odd: Option<&'static str>,
    /// Whether different ones stood in strings of their own (of JSON): nothing says which one is meant where one is
    /// asked for.
    pub is_several: bool,
}

impl Read {
    fn bare(der: Vec<u8>, odd: Option<&'static str>) -> Self {
        Self {
            blocks: vec![(String::new(), der)],
            odd,
            is_several: false,
        }
    }

    /// Whether it has a structure: any text of four letters is Base64 of something.
    fn is_something(&self) -> bool {
        let is_der = |der: &[u8]| der.first() == Some(&0x30) && !wrapped::is_text(der);
        self.blocks.iter().any(|(_, der)| is_der(der))
    }
}

/// Reads an input that may be DER, PEM or bare Base64, or one of them as it was copied from elsewhere: a data URI,
/// JSON, markup, hex, with line ends written out or dashes replaced. Of PEM it takes the blocks whose label ends
/// with one of these words: `CERTIFICATE` also finds `X509 CERTIFICATE`; of JSON, every string that holds what these
/// words name. `None` if it is none of them, or a block is damaged.
#[must_use]
pub fn read(input: &[u8], labels: &[&str]) -> Option<Read> {
    let plain = read_plainly(input, labels);
    let found = plain.as_ref().filter(|plain| plain.is_something());
    // Blocks on one line are found in JSON as well, and nothing else of it.
    if found.is_some() && !wrapped::begins_as_json(input) {
        return plain;
    }
    let count = found.map_or(0, |plain| plain.blocks.len());
    wrapped::read(input, labels)
        .filter(|read| read.blocks.len() >= count)
        .or(plain)
}

/// The same of an input that is nothing else.
fn read_plainly(input: &[u8], labels: &[&str]) -> Option<Read> {
    let bare = |der, odd| Some(Read::bare(der, odd));
    if input.first() == Some(&0x30) && !input.is_ascii() {
        return bare(input.to_vec(), None);
    }
    let Some((text, mut odd)) = text_of(input) else {
        return bare(input.to_vec(), None);
    };
    if text.contains(BEGIN) {
        return read_blocks(&text, labels, odd);
    }
    // DER of these structures is never plain text, so text can only be Base64.
    odd = odd.or(Some("Base64 without a header"));
    base64(&text)
        .filter(|der| !der.is_empty())
        .and_then(|der| bare(der, odd))
}

/// The contents of all blocks whose label ends with one of these words, in order. `None` if a
/// block is not Base64 or does not end.
#[must_use]
pub fn blocks(text: &str, labels: &[&str]) -> Option<Vec<Vec<u8>>> {
    let read = read_blocks(text, labels, None)?;
    Some(read.blocks.into_iter().map(|(_, der)| der).collect())
}

/// The DER in an input that may be DER, PEM or bare Base64: the first block of these labels.
/// `None` if it is none of them, or holds [several](Read::is_several).
#[must_use]
pub fn der_of(input: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    read(input, labels)
        .filter(|read| !read.is_several)?
        .blocks
        .into_iter()
        .next()
        .map(|(_, der)| der)
}

/// Decodes standard Base64 with or without padding, white space ignored.
#[must_use]
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.split_ascii_whitespace().collect();
    let bare = packed.trim_end_matches('=');
    if packed.len() == bare.len() {
        Base64Unpadded::decode_vec(bare).ok()
    } else {
        Base64::decode_vec(&packed).ok()
    }
}

/// The text of an input, if it is text: UTF-8; UTF-16, as Windows writes it; or ASCII blocks in
/// the middle of another encoding.
fn text_of(input: &[u8]) -> Option<(Cow<'_, str>, Option<&'static str>)> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        Some((Cow::from(text.ok()?), Some("UTF-16")))
    };
    match input {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest)
            .ok()
            .map(|text| (text.into(), Some("a byte-order mark"))),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [1..=0x7f, 0, ..] => utf16(input, u16::from_le_bytes),
        [0, 1..=0x7f, ..] => utf16(input, u16::from_be_bytes),
        _ => match std::str::from_utf8(input) {
            Ok(text) => Some((text.into(), None)),
            Err(_) => {
                let begin = BEGIN.as_bytes();
                let is_pem = input.windows(begin.len()).any(|window| window == begin);
                is_pem.then(|| {
                    (
                        String::from_utf8_lossy(input),
                        Some("text that is not UTF-8"),
                    )
                })
            }
        },
    }
}

fn read_blocks(text: &str, labels: &[&str], mut odd: Option<&'static str>) -> Option<Read> {
    let mut blocks = Vec::new();
    let mut rest = text;
    let mut around = false;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once("-----END ")?;
        let (end, after) = after.split_once("-----").unwrap_or((after, ""));
        around |= !before.trim().is_empty();
        if labels.iter().any(|wanted| label.ends_with(wanted)) {
            blocks.push((label.to_owned(), base64(body)?));
            odd = odd
                .or((label != labels[0]).then_some("an unusual label"))
                .or((label != end).then_some("an end that does not fit the beginning"))
                .or_else(|| odd_lines(body));
        }
        rest = after;
    }
    around |= !rest.trim().is_empty();
    Some(Read {
        blocks,
        odd: odd.or(around.then_some("text around")),
        is_several: false,
    })
}

/// What is unusual about the lines of a block, if so. RFC 7468, 2 and 3: lines end in CR LF, CR or
/// LF, and all but the last one are 64 characters long.
fn odd_lines(body: &str) -> Option<&'static str> {
    let pairs = body.matches("\r\n").count();
    let (returns, feeds) = (body.matches('\r').count(), body.matches('\n').count());
    let kinds = [pairs > 0, returns > pairs, feeds > pairs];
    if kinds.iter().filter(|kind| **kind).count() > 1 {
        return Some("mixed line ends");
    }
    let separator = match kinds {
        [true, ..] => "\r\n",
        [_, true, _] => "\r",
        _ => "\n",
    };
    // A line break stands before the first line and after the last.
    let lines: Vec<&str> = body.split(separator).collect();
    let [first, inner @ .., last, end] = &lines[..] else {
        return Some("odd lines");
    };
    let regular = first.is_empty()
        && end.is_empty()
        && inner.iter().all(|line| line.len() == 64)
        && (1..=64).contains(&last.len())
        && !body.contains([' ', '\t']);
    (!regular).then_some("odd lines")
}

const BEGIN: &str = "-----BEGIN ";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LABELS: &[&str] = &["CERTIFICATE"];

    fn pem(der: &[u8], label: &str, line: usize, end: &str) -> String {
        let text = Base64::encode_string(der);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(line)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let body = lines.join(end);
        format!("-----BEGIN {label}-----{end}{body}{end}-----END {label}-----{end}")
    }

    fn one(input: &[u8]) -> (Vec<u8>, Option<&'static str>) {
        let read = read(input, LABELS).unwrap();
        assert_eq!(read.blocks.len(), 1);
        (read.blocks[0].1.clone(), read.odd)
    }

    #[test]
    fn blocks_are_found_among_text() {
        let text = "subject=x\r\n-----BEGIN X509 CERTIFICATE-----\r\nAQID\r\n-----END X509 CERTIFICATE-----\r\n\
                    -----BEGIN PRIVATE KEY-----\nBAUG\n-----END PRIVATE KEY-----\n\
                    -----BEGIN CERTIFICATE-----\nB A g\n=\n-----END CERTIFICATE-----";
        assert_eq!(blocks(text, LABELS), Some(vec![vec![1, 2, 3], vec![4, 8]]));
        for damaged in [
            "-----BEGIN CERTIFICATE-----\nAQID",
            "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(blocks(damaged, LABELS), None);
        }
    }

    #[test]
    fn what_the_field_writes_is_read_and_named() {
        let der: Vec<u8> = (0..=200).collect();
        for end in ["\n", "\r\n", "\r"] {
            let text = pem(&der, "CERTIFICATE", 64, end);
            assert_eq!(one(text.as_bytes()), (der.clone(), None), "{end:?}");
        }
        let good = pem(&der, "CERTIFICATE", 64, "\n");
        let utf16 = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            let text = format!("{mark}{good}");
            text.encode_utf16().flat_map(unit).collect()
        };
        let around = format!("说明\n{good}");
        let gbk = [b"\xcb\xb5\xc3\xf7\n", good.as_bytes()].concat();
        for (input, odd) in [
            (format!("\u{feff}{good}").into_bytes(), "a byte-order mark"),
            (utf16(u16::to_le_bytes, "\u{feff}"), "UTF-16"),
            (utf16(u16::to_be_bytes, "\u{feff}"), "UTF-16"),
            (utf16(u16::to_le_bytes, ""), "UTF-16"),
            (utf16(u16::to_be_bytes, ""), "UTF-16"),
            (around.into_bytes(), "text around"),
            (gbk, "text that is not UTF-8"),
            (
                good.replacen('\n', "\r\n", 2).into_bytes(),
                "mixed line ends",
            ),
            (pem(&der, "CERTIFICATE", 76, "\n").into_bytes(), "odd lines"),
            (
                pem(&der, "CERTIFICATE", 4000, "\n")
                    .replace('\n', "")
                    .into_bytes(),
                "odd lines",
            ),
            (
                pem(&der, "X509 CERTIFICATE", 64, "\n").into_bytes(),
                "an unusual label",
            ),
            (
                Base64::encode_string(&der).into_bytes(),
                "Base64 without a header",
            ),
        ] {
            assert_eq!(one(&input), (der.clone(), Some(odd)));
        }
        assert_eq!(
            read(b"\xef\xbb\xbf\xff", LABELS).map(|r| r.blocks[0].0.len()),
            Some(0)
        );
    }

    proptest! {
        #[test]
        fn any_layout_gives_the_same_bytes(
            der in proptest::collection::vec(any::<u8>(), 1..300),
            line in 1usize..100,
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r"), Just(" \n"), Just("\n\n")],
            before in "[a-z =\r\n\u{4e00}-\u{4eff}]{0,20}",
            mark in any::<bool>(),
        ) {
            let text = format!("{before}{}", pem(&der, "CERTIFICATE", line, end));
            let text = if mark { format!("\u{feff}{text}") } else { text };
            prop_assert_eq!(one(text.as_bytes()).0, der.clone());
            let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(one(&wide).0, der);
        }

        #[test]
        fn nothing_panics(input in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&input, LABELS);
        }
    }
}
