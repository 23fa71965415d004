//! What people paste in the place of PEM: what a program, a chat or a word processor made of it. Nothing here is
//! asked before PEM, DER and Base64 were tried as they are.

use super::{Read, base64, read_blocks, read_plainly, text_of};
use crate::text::is_ignorable;

/// As many wrappings are taken off, one inside the other: a data URI of Base64 of PEM in JSON.
const MAX_WRAPPINGS: usize = 4;

/// Reads a wrapped input. `None` if nothing is found in it.
pub(super) fn read(input: &[u8], labels: &[&str]) -> Option<Read> {
    let (text, _) = text_of(input)?;
    unwrap(&text, labels, MAX_WRAPPINGS)
}

/// Whether bytes are a text again: no DER of these structures is one.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) && bytes.len() > 16
}

fn unwrap(text: &str, labels: &[&str], left: usize) -> Option<Read> {
    let left = left.checked_sub(1)?;
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_ignorable(c));
    let inside = |text: &str, odd| {
        let plain = read_plainly(text.as_bytes(), labels).filter(Read::is_something);
        let mut read = plain.or_else(|| unwrap(text, labels, left))?;
        read.odd = Some(odd);
        Some(read)
    };
    if text
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("data:"))
    {
        let (_, data) = text.split_once(',')?;
        return inside(&percent_decoded(data), "a data URI");
    }
    if text.starts_with(['{', '[', '"']) {
        return strings(text).find_map(|string| inside(&string, "JSON"));
    }
    if text.starts_with('<') {
        return inside(&without_tags(text), "markup");
    }
    let from_bytes = |bytes: Vec<u8>, odd| match std::str::from_utf8(&bytes) {
        Ok(text) if is_text(&bytes) => inside(text, odd),
        _ if bytes.first() == Some(&0x30) => Some(Read::bare(bytes, Some(odd))),
        _ => None,
    };
    if let Some(bytes) = from_hex(text) {
        return from_bytes(bytes, "hex");
    }
    let (clean, odd) = clean(text);
    if let Some(regular) = with_regular_lines(&clean) {
        return read_blocks(&regular, labels, Some(odd)).filter(Read::is_something);
    }
    let bare = clean.trim_matches(['\'', '"', '`', ',', ';']);
    let is_url_safe = bare.contains(['-', '_']);
    let standard = bare.replace('-', "+").replace('_', "/");
    let odd = match is_url_safe {
        true => "URL-safe Base64",
        false if bare == text => "Base64 of a text",
        false => odd,
    };
    from_bytes(base64(&standard)?, odd)
}

/// A text with what stands for line ends, dashes and spaces in their places; and what that was.
fn clean(text: &str) -> (String, &'static str) {
    let mut odd = "unusual marks";
    let mut text = text.to_owned();
    let is_encoded = ["%0A", "%0D", "%20", "%2B", "%2F", "%3D"]
        .iter()
        .any(|code| text.contains(code) || text.contains(&code.to_ascii_lowercase()));
    if is_encoded {
        odd = "URL encoding";
        text = percent_decoded(&text);
    }
    if text.contains("\\n") || text.contains("\\r") {
        odd = "escaped line ends";
        text = text
            .replace("\\r", "\r")
            .replace("\\n", "\n")
            .replace("\\t", " ");
    }
    let mut has_others = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let other = match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some('-'),
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
            c if is_ignorable(c) => None,
            c if c.is_whitespace() && !c.is_ascii() => Some(' '),
            c => {
                out.push(c);
                continue;
            }
        };
        has_others = true;
        out.extend(other);
    }
    if has_others {
        odd = "other dashes or spaces";
    }
    (out, odd)
}

/// A text of PEM, its lines of BEGIN and END as they should be, however many dashes are left of theirs and whatever
/// stands on the same line. `None` if it has no line of BEGIN.
fn with_regular_lines(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    let mut has_begin = false;
    while let Some((at, word)) = next_word(rest) {
        let (before, after) = rest.split_at(at);
        let bare = before.trim_end_matches([' ', '-']);
        let is_marked = before.ends_with('-') || bare.is_empty() || bare.ends_with(['\n', '\r']);
        let after = &after[word.len()..];
        let end = after.find(['-', '\n', '\r']).unwrap_or(after.len());
        let label = after[..end].trim();
        let is_label = label.len() <= MAX_LABEL
            && label
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b" #".contains(&b));
        if !is_marked || !is_label {
            out.push_str(before);
            out.push_str(word);
            rest = after;
            continue;
        }
        has_begin |= word == BEGIN;
        for part in [bare, "\n-----", word, label, "-----\n"] {
            out.push_str(part);
        }
        rest = after[end..].trim_start_matches('-');
    }
    out.push_str(rest);
    has_begin.then_some(out)
}

/// Where the next word of a line of BEGIN or END is.
fn next_word(text: &str) -> Option<(usize, &'static str)> {
    // Both end in the same letters, so that one look finds either.
    let mut from = 0;
    loop {
        let at = from + text[from..].find(['B', 'E'])?;
        for word in [BEGIN, END] {
            if text[at..].starts_with(word) {
                return Some((at, word));
            }
        }
        from = at + 1;
    }
}

/// The strings of a JSON text, in order, wherever they stand.
fn strings(json: &str) -> impl Iterator<Item = String> {
    let mut rest = json.chars();
    std::iter::from_fn(move || {
        rest.by_ref().find(|c| *c == '"')?;
        let mut string = String::new();
        loop {
            match rest.next()? {
                '"' => return Some(string),
                '\\' => match rest.next()? {
                    'n' => string.push('\n'),
                    'r' => string.push('\r'),
                    't' => string.push('\t'),
                    'u' => {
                        let digits: String = rest.by_ref().take(4).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        string.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
                    }
                    other => string.push(other),
                },
                other => string.push(other),
            }
        }
    })
}

/// A text with a line end in the place of each tag of markup.
fn without_tags(text: &str) -> String {
    let mut inside = false;
    let keep = |c: char| {
        inside = (inside || c == '<') && c != '>';
        match c {
            '>' => Some('\n'),
            c if !inside => Some(c),
            _ => None,
        }
    };
    text.chars().filter_map(keep).collect()
}

/// Percent-encoding (RFC 3986, 2.1) undone; what is none of it stays.
fn percent_decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = digit(bytes.get(at + 1)).zip(digit(bytes.get(at + 2)));
        match code.filter(|_| byte == b'%') {
            Some((high, low)) => {
                // Two digits of hex.
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The bytes of a text of hex digits, with `0x`, `\x` and separators or not. `None` for any other text, which Base64
/// of DER is: that begins with `M`.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let bare = text.replace("0x", "").replace("0X", "").replace("\\x", "");
    let mut digits = Vec::with_capacity(bare.len());
    for c in bare.chars() {
        match c.to_digit(16) {
            // A digit of hex.
            Some(digit) => digits.push(digit as u8),
            None if c.is_whitespace() || ":,;-{}".contains(c) => {}
            None => return None,
        }
    }
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    (bytes.len() > 16).then_some(bytes)
}

const BEGIN: &str = "BEGIN ";
const END: &str = "END ";
const MAX_LABEL: usize = 64;

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::asn1;
    use base64ct::{Base64, Base64UrlUnpadded, Encoding};
    use proptest::prelude::*;

    const LABELS: &[&str] = &["CERTIFICATE"];

    /// A structure of these contents.
    fn der(contents: &[u8]) -> Vec<u8> {
        asn1::element(0x30, &[b"\xff\x00", contents])
    }

    fn pem(der: &[u8]) -> String {
        let text = Base64::encode_string(der);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let body = lines.join("\n");
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    fn wrappings(der: &[u8]) -> Vec<(&'static str, String)> {
        let (pem, base64) = (pem(der), Base64::encode_string(der));
        let hex = asn1::hex(der);
        let spaced = |separator: &str| {
            let pairs: Vec<&str> = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| std::str::from_utf8(pair).unwrap())
                .collect();
            pairs.join(separator)
        };
        let percent = |text: &str| {
            let replaced = text.replace('+', "%2B").replace('/', "%2F");
            replaced
                .replace('\n', "%0A")
                .replace(' ', "%20")
                .replace('=', "%3d")
        };
        let wide = |text: &str, dash: &str| text.replace('-', dash);
        vec![
            (
                "a data URI",
                format!("data:application/x-x509-ca-cert;base64,{base64}"),
            ),
            ("a data URI", format!(" DATA:;base64,{}", percent(&base64))),
            ("a data URI", format!("data:text/plain,{}", percent(&pem))),
            ("JSON", format!("{{\"code\":0,\"cert\":\"{base64}\"}}")),
            (
                "JSON",
                format!(
                    "{{\"a\":[1,\"x\"],\"cert\":\"{}\"}}",
                    pem.replace('\n', "\\r\\n")
                ),
            ),
            (
                "JSON",
                format!("\"{}\"", pem.replace('\n', "\\u000a").replace('/', "\\/")),
            ),
            (
                "markup",
                format!("<ds:X509Certificate a=\"b\">\n{base64}\n</ds:X509Certificate>"),
            ),
            ("hex", hex.clone()),
            ("hex", hex.to_ascii_uppercase()),
            ("hex", spaced(":")),
            ("hex", spaced("\n")),
            ("hex", format!("0x{}", spaced(", 0x"))),
            ("escaped line ends", pem.replace('\n', "\\n")),
            ("escaped line ends", pem.replace('\n', "\\r\\n")),
            ("URL encoding", percent(&pem)),
            ("other dashes or spaces", wide(&pem, "－")),
            ("other dashes or spaces", pem.replace("-----", "—–-")),
            ("other dashes or spaces", pem.replace(' ', "\u{a0}")),
            ("other dashes or spaces", pem.replace('\n', "\u{200b}\n")),
            (
                "other dashes or spaces",
                format!(
                    "\u{feff}\u{200b}{}",
                    pem.replace("MI", "M\u{200d}I").replace('-', "‐")
                ),
            ),
            ("unusual marks", pem.replace("-----", "--")),
            ("unusual marks", pem.replace("-----", "")),
            ("unusual marks", format!("'{base64}',")),
            ("Base64 of a text", Base64::encode_string(pem.as_bytes())),
            (
                "JSON",
                format!(
                    "{{\"file\":\"data:;base64,{}\"}}",
                    Base64::encode_string(pem.as_bytes())
                ),
            ),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn every_wrapping_gives_the_same_bytes(contents in proptest::collection::vec(any::<u8>(), 20..300)) {
            let der = der(&contents);
            for (odd, text) in wrappings(&der) {
                let found = read(text.as_bytes(), LABELS);
                let found = found.map(|found| (found.blocks[0].1.clone(), found.odd));
                prop_assert_eq!(found, Some((der.clone(), Some(odd))), "{}", text);
            }
            let url = Base64UrlUnpadded::encode_string(&der);
            let found = read(url.as_bytes(), LABELS).unwrap();
            prop_assert_eq!(&found.blocks[0].1, &der);
            if url.contains(['-', '_']) {
                prop_assert_eq!(found.odd, Some("URL-safe Base64"));
            }
        }

        #[test]
        fn any_text_ends(text in "[\\PC\n\"\\\\{<%-]{0,200}") {
            let _ = read(text.as_bytes(), LABELS);
        }
    }

    #[test]
    fn what_holds_nothing_is_nothing() {
        for text in [
            "{}",
            "{\"a\":\"b\"",
            "\"",
            "\"\\u00",
            "data:",
            "data:,",
            "<a>",
            "<",
            "%",
            "3082",
            "-----BEGIN CERTIFICATE-----",
            "BEGIN ",
            "310000190001010394",
            "合同",
        ] {
            let found = read(text.as_bytes(), LABELS);
            assert!(!found.is_some_and(|found| found.is_something()), "{text}");
        }
    }

    #[test]
    fn wrappings_have_an_end() {
        let mut text = pem(&der(&[7; 40]));
        for _ in 0..=MAX_WRAPPINGS {
            text = Base64::encode_string(text.as_bytes());
        }
        let found = read(text.as_bytes(), LABELS);
        assert!(!found.is_some_and(|found| found.is_something()));
    }
}
