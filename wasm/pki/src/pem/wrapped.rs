//! What people paste in the place of PEM: what a program, a chat or a word processor made of it. Nothing here is
//! asked before PEM, DER and Base64 were tried as they are.

use super::{Read, base64, read_blocks, read_plainly, text_of};
use crate::recognise::may_be;
use yinxin_proto::text::half_width;
use yinxin_proto::text::is_ignorable;

/// As many wrappings are taken off, one inside the other: a data URI of Base64 of PEM in JSON.
const MAX_WRAPPINGS: usize = 4;

/// Reads a wrapped input. `None` if nothing is found in it.
pub(super) fn read(input: &[u8], labels: &[&str]) -> Option<Read> {
    let (text, _) = text_of(input)?;
    unwrap(&text, labels, MAX_WRAPPINGS)
}

/// Whether an input is a text that begins as JSON.
pub(super) fn begins_as_json(input: &[u8]) -> bool {
    // DER is no text, and telling so of a long one takes long.
    input.first() != Some(&0x30)
        && text_of(input).is_some_and(|(text, _)| trimmed(&text).starts_with(JSON))
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_ignorable(c))
}

/// Whether bytes are a text again: no DER of these structures is one.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) && bytes.len() > 16
}

fn unwrap(text: &str, labels: &[&str], left: usize) -> Option<Read> {
    let left = left.checked_sub(1)?;
    let text = trimmed(text);
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
    if text.starts_with(JSON) {
        let long = strings(text).filter(|string| string.len() >= MIN_STRING);
        return all_of(long.filter_map(|string| inside(&string, "JSON")), labels);
    }
    if text.starts_with('<') {
        return inside(&without_tags(text), "markup");
    }
    let from_bytes = |bytes: Vec<u8>, odd| match std::str::from_utf8(&bytes) {
        Ok(text) if is_text(&bytes) => inside(text, odd),
        _ if bytes.first() == Some(&0x30) => Some(Read::bare(bytes, Some(odd))),
        _ => None,
    };
    if let Some(bytes) = from_hex(text).filter(|bytes| bytes.len() > 16) {
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

/// Everything that was found in strings that stood apart, but for what is surely something else than these labels
/// name. `None` if that is nothing.
fn all_of(found: impl Iterator<Item = Read>, labels: &[&str]) -> Option<Read> {
    let is_wanted = |(label, der): &(String, Vec<u8>)| {
        !label.is_empty() || is_whole(der) && may_be(der, labels)
    };
    let mut all: Option<Read> = None;
    for mut read in found {
        read.blocks.retain(is_wanted);
        match &mut all {
            _ if read.blocks.is_empty() => {}
            None => all = Some(read),
            Some(all) => {
                all.is_several |= read.is_several || all.blocks != read.blocks;
                // What is there twice is there.
                if all.is_several {
                    all.blocks.append(&mut read.blocks);
                }
            }
        }
    }
    all
}

/// Whether bytes are more than a word that happens to be Base64: `MAIN` is that of a SEQUENCE's beginning.
fn is_whole(der: &[u8]) -> bool {
    match der {
        [0x30, length @ 0..=0x7f, contents @ ..] => contents.len() >= usize::from(*length),
        [0x30, 0x80..=0x84, ..] => der.len() > 16,
        _ => false,
    }
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
            '\u{ff01}'..='\u{ff5e}' => Some(half_width(c)),
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
        let Some(label) = label(after).filter(|_| is_marked) else {
            out.push_str(before);
            out.push_str(word);
            rest = after;
            continue;
        };
        has_begin |= word == BEGIN;
        for part in [bare, "\n-----", word, label.trim(), "-----\n"] {
            out.push_str(part);
        }
        rest = after[label.len()..].trim_start_matches('-');
    }
    out.push_str(rest);
    has_begin.then_some(out)
}

/// The label that a text begins with, up to the dashes or the line's end. No look goes further than a label may, so that
/// a text of nothing but BEGIN is read in one pass.
fn label(text: &str) -> Option<&str> {
    let is_end = |b: u8| b"-\r\n".contains(&b);
    let end = text.bytes().take(MAX_LABEL + 1).position(is_end);
    let label = &text[..end.or((text.len() <= MAX_LABEL).then_some(text.len()))?];
    let is_letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b" #".contains(&b);
    label.trim().bytes().all(is_letter).then_some(label)
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
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
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
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

const BEGIN: &str = "BEGIN ";
const END: &str = "END ";
const MAX_LABEL: usize = 64;
/// What JSON begins with.
const JSON: [char; 3] = ['{', '[', '"'];
/// Shorter strings of JSON hold nothing, and there may be a million of them.
const MIN_STRING: usize = 32;

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

    fn found(text: &str, labels: &[&str]) -> Option<(Vec<Vec<u8>>, bool)> {
        let read = read(text.as_bytes(), labels)?;
        let ders = read.blocks.into_iter().map(|(_, der)| der);
        Some((ders.collect(), read.is_several))
    }

    #[test]
    fn every_string_of_json_is_taken_and_told_to_be_several() {
        let [one, other] = [7, 8].map(|byte| der(&[byte; 40]));
        let [a, b] = [&one, &other].map(|der| Base64::encode_string(der));
        let escaped = |der: &[u8]| pem(der).replace('\n', "\\n");
        let on_a_line = |der: &[u8]| pem(der).replace('\n', "");
        let both = (vec![one.clone(), other.clone()], true);
        for text in [
            format!("[\"{a}\",\"{b}\"]"),
            format!(
                "{{\"type\":\"MAIN\",\"caCert\":\"{a}\",\"cert\":\"{}\"}}",
                escaped(&other)
            ),
            // Read as PEM, it would be the first alone, or both as one's file.
            format!("{{\"caCert\":\"{}\",\"cert\":\"{b}\"}}", on_a_line(&one)),
            format!("[\"{}\",\"{}\"]", on_a_line(&one), on_a_line(&other)),
            format!("\"[\\\"{a}\\\",\\\"{b}\\\"]\""),
        ] {
            assert_eq!(found(&text, LABELS), Some(both.clone()), "{text}");
            assert_eq!(super::super::der_of(text.as_bytes(), LABELS), None);
        }
        // Blocks of one text are in their order, as in a file.
        let file = format!("{{\"chain\":\"{}{}\"}}", escaped(&one), escaped(&other));
        assert_eq!(found(&file, LABELS), Some((both.0, false)));
        // What is there twice is there, and a signature's value is no certificate.
        let signature = asn1::element(
            0x30,
            &[
                &asn1::element(2, &[&[7; 32]]),
                &asn1::element(2, &[&[8; 32]]),
            ],
        );
        let signature = Base64::encode_string(&signature);
        for text in [
            format!("[\"{a}\",\"{a}\",\"{}\"]", escaped(&one)),
            format!("{{\"sign\":\"{signature}\",\"cert\":\"{a}\"}}"),
        ] {
            let (ders, _) = found(&text, LABELS).unwrap();
            assert_eq!(ders[0], one, "{text}");
        }
        let twice = format!("{{\"sign\":\"{signature}\",\"cert\":\"{a}\",\"copy\":\"{a}\"}}");
        assert_eq!(found(&twice, LABELS), Some((vec![one], false)));
    }

    #[test]
    fn every_block_of_a_wrapped_file_is_taken() {
        let [one, other] = [7, 8].map(|byte| der(&[byte; 40]));
        let both = [&one, &other].map(|der| pem(der)).concat();
        for text in [
            both.replace('-', "－"),
            both.replace("-----", "—"),
            both.replace("-----", ""),
            both.replace('\n', "\\n"),
            both.replace('\n', "%0A").replace('+', "%2B"),
            Base64::encode_string(both.as_bytes()),
            asn1::hex(both.as_bytes()),
            format!("<pre>{both}</pre>"),
            format!("data:;base64,{}", Base64::encode_string(both.as_bytes())),
        ] {
            let expected = (vec![one.clone(), other.clone()], false);
            assert_eq!(found(&text, LABELS), Some(expected), "{text}");
        }
    }

    /// None may take time that grows with the square of its length.
    #[test]
    fn long_texts_of_marks_are_read_in_one_pass() {
        const LENGTH: usize = 1 << 17;
        for part in [
            "BEGIN ",
            "END ",
            "-BEGIN ",
            "-END ",
            "-BEGIN A",
            "BEGIN \n",
            "BEGIN-",
            "BEGIN E",
            "- ",
            "B",
            "-----BEGIN ",
            "-----BEGIN -----END ",
            "\"",
            "\\\"",
            "\"BEGIN ",
            "{",
            "[\"",
            "<",
            "<>",
            "&lt;",
            "%",
            "%0A",
            "%25",
            "\\n",
            "0x",
            "\\x",
            "－",
            "\u{200b}",
            "'",
            "data:,",
            "\"{\\\"",
            "\\u",
            "30",
            "MA",
        ] {
            let text = part.repeat(LENGTH / part.len());
            for text in [&text, &format!("\"{text}")] {
                assert!(read(text.as_bytes(), LABELS).is_none_or(|found| found.blocks.len() <= 1));
            }
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
