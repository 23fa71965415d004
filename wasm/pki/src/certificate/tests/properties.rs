//! Properties of names and of damaged certificates.

use super::super::*;
use crate::asn1::{self, element, tag};
use crate::testing::{NOW, Pieces, TestKey};
use proptest::prelude::*;

/// A type of attribute, a string type, and a text that fits both.
fn attribute() -> impl Strategy<Value = (ObjectIdentifier, u8, String)> {
    let oid = prop_oneof![
        Just(oid::COMMON_NAME),
        Just(oid::ORGANIZATION),
        Just(oid::ORGANIZATIONAL_UNIT),
        Just(oid::LOCALITY),
    ];
    let text = prop_oneof![
        "[A-Za-z0-9 '()+,./:=?-]{0,12}".prop_map(|text| (tag::PRINTABLE_STRING, text)),
        "[ -~\u{a0}-\u{ffff}]{0,12}".prop_map(|text| (tag::UTF8_STRING, text)),
        "[ -~\u{4e00}-\u{9fa5}\u{20000}-\u{20010}]{0,12}".prop_map(|text| (tag::BMP_STRING, text)),
        "[ -~\u{4e00}-\u{9fa5}\u{20000}-\u{20010}]{0,12}"
            .prop_map(|text| (tag::UNIVERSAL_STRING, text)),
        "[\u{4e00}-\u{9fa5}]{2,8}".prop_map(|text| (tag::T61_STRING, text)),
    ];
    (oid, text).prop_map(|(oid, (kind, text))| (oid, kind, text))
}

fn encode(kind: u8, text: &str) -> Vec<u8> {
    let bytes: Vec<u8> = match kind {
        tag::BMP_STRING => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        tag::UNIVERSAL_STRING => text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect(),
        tag::T61_STRING => encoding_rs::GBK.encode(text).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    };
    element(kind, &[&bytes])
}

fn name_of(attributes: &[(ObjectIdentifier, u8, String)]) -> DistinguishedName {
    let sets: Vec<u8> = attributes
        .iter()
        .flat_map(|(oid, kind, text)| {
            let value = encode(*kind, text);
            let attribute = element(tag::SEQUENCE, &[&asn1::oid(*oid), &value]);
            element(tag::SET, &[&attribute])
        })
        .collect();
    DistinguishedName::from_der(&element(tag::SEQUENCE, &[&sets])).unwrap()
}

/// The same name for RFC 5280, 7.1: another case and width, other spaces, another string type, and
/// characters between that are not seen.
fn variant(
    attributes: &[(ObjectIdentifier, u8, String)],
    upper: bool,
) -> Vec<(ObjectIdentifier, u8, String)> {
    let change = |text: &str| {
        let spaced = text.replace(' ', " \u{3000}\t");
        let text: String = if upper {
            spaced
                .to_ascii_uppercase()
                .chars()
                .map(full_width)
                .collect()
        } else {
            spaced.to_ascii_lowercase().replace('a', "\u{200b}a\u{ad}")
        };
        format!("\u{202e} {text} \0")
    };
    let all = attributes.iter();
    all.map(|(oid, _, text)| (*oid, tag::UTF8_STRING, change(text)))
        .collect()
}

fn full_width(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        _ => c,
    }
}

/// Texts of which many are the same, in relative names of one or two attributes.
fn few_texts() -> impl Strategy<Value = Vec<Vec<(ObjectIdentifier, String)>>> {
    let oid = prop_oneof![Just(oid::COMMON_NAME), Just(oid::ORGANIZATION)];
    let piece = prop_oneof![
        Just("\0"),
        Just("\\"),
        Just("00"),
        Just("\u{85}"),
        Just("\u{c2}"),
        Just(","),
        Just("+"),
        Just("CN="),
        Just("#"),
        Just(" ")
    ];
    let text = proptest::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat());
    let relative = proptest::collection::vec((oid, text), 1..3);
    proptest::collection::vec(relative, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_line_says_which_name_it_is(a in few_texts(), b in few_texts()) {
        let line = |relative: &[Vec<(ObjectIdentifier, String)>]| {
            let sets: Vec<u8> = relative
                .iter()
                .flat_map(|attributes| {
                    let set: Vec<u8> = attributes
                        .iter()
                        .flat_map(|(oid, text)| {
                            let text = element(tag::UTF8_STRING, &[text.as_bytes()]);
                            element(tag::SEQUENCE, &[&asn1::oid(*oid), &text])
                        })
                        .collect();
                    element(tag::SET, &[&set])
                })
                .collect();
            DistinguishedName::from_der(&element(tag::SEQUENCE, &[&sets])).unwrap().to_string()
        };
        let (lines, same) = ((line(&a), line(&b)), a == b);
        prop_assert_eq!(lines.0 == lines.1, same, "{}", lines.0);
        prop_assert!(!lines.0.contains(char::is_control));
    }
}

proptest! {
    #[test]
    fn names_read_back(attributes in proptest::collection::vec(attribute(), 0..6)) {
        // Bytes that are UTF-8 are taken for that, which few of GBK's are.
        prop_assume!(attributes.iter().all(|(_, kind, text)| {
            *kind != tag::T61_STRING || std::str::from_utf8(&encoding_rs::GBK.encode(text).0).is_err()
        }));
        let name = name_of(&attributes);
        let read: Vec<_> = name.attributes().map(|a| (a.oid, a.tag, a.text.clone())).collect();
        prop_assert_eq!(&read, &attributes);
        prop_assert!(name.matches(&DistinguishedName::from_der(name.der()).unwrap()));
    }

    #[test]
    fn matching_is_an_equivalence(
        a in proptest::collection::vec(attribute(), 1..5),
        b in proptest::collection::vec(attribute(), 1..5),
    ) {
        // Of private characters nobody knows whether they are the same.
        let is_known = |text: &str| !text.contains(yinxin_proto::text::is_private) && !text.contains('\u{fffd}');
        prop_assume!(a.iter().chain(&b).all(|(_, kind, text)| *kind != tag::T61_STRING && is_known(text)));
        let (upper, lower) = (variant(&a, true), variant(&a, false));
        let [name, upper, lower, other] = [&a, &upper, &lower, &b].map(|list| name_of(list));
        for same in [&name, &upper, &lower] {
            prop_assert!(same.matches(same));
            prop_assert!(name.matches(same) && same.matches(&name));
            prop_assert!(upper.matches(same) && same.matches(&lower));
            prop_assert_eq!(other.matches(same), other.matches(&name));
            prop_assert_eq!(same.matches(&other), other.matches(same));
        }
    }

    #[test]
    fn damaged_certificates_do_not_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        insert in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let key = TestKey::sm2(1);
        let mut der = Pieces::new(&key).der(&key);
        for (at, value) in changes {
            let at = at.index(der.len());
            der[at] = value;
        }
        let at = cut.index(der.len());
        let longer = [&der[..at], &insert, &der[at..]].concat();
        for input in [der, longer] {
            let _ = Certificate::parse(&input);
            if let Ok(certificate) = Certificate::from_der(input.clone()) {
                prop_assert_eq!(certificate.der(), &input[..]);
                let facts = certificate.facts(NOW);
                prop_assert!(!facts.summary.zh.is_empty());
                let _ = (certificate.view(NOW), pair::partners(&[&certificate, &certificate]));
            }
        }
    }

    #[test]
    fn bytes_of_any_kind_do_not_panic(input in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (Certificate::parse(&input), Certificate::from_der(input.clone()));
        let _ = DistinguishedName::from_der(&input);
        let name = DistinguishedName::from_der(&element(tag::SEQUENCE, &[&input]));
        if let Ok(name) = name {
            prop_assert!(name.matches(&name));
        }
    }
}
