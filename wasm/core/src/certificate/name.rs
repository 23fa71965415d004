//! Distinguished names: their texts, comparison, and one line for people and records.

use crate::asn1::{Reader, Tlv, tag};
use crate::oid;
use der::Encode;
use der::asn1::ObjectIdentifier;
use std::fmt;
use x509_cert::name::Name;

/// A distinguished name.
#[derive(Clone, Debug)]
pub struct DistinguishedName {
    der: Vec<u8>,
    /// Relative names in the order of the encoding, each with its attributes.
    relative: Vec<Vec<(ObjectIdentifier, String)>>,
}

impl DistinguishedName {
    /// Decodes the texts of a name.
    ///
    /// # Errors
    /// If it can't be encoded again, which the reader rules out.
    pub fn read(name: &Name) -> der::Result<Self> {
        let mut relative = Vec::new();
        for rdn in name.iter_rdn() {
            let mut attributes = Vec::new();
            for attribute in rdn.iter() {
                let value = attribute.value.to_der()?;
                let text = Reader::new(&value)
                    .read()
                    .ok()
                    .and_then(|tlv| text(&tlv))
                    .unwrap_or_else(|| format!("#{}", crate::asn1::hex(&value)));
                attributes.push((attribute.oid, text));
            }
            relative.push(attributes);
        }
        Ok(Self {
            der: name.to_der()?,
            relative,
        })
    }

    /// The DER of the name.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The last attribute of this type: names run from the general to the particular.
    #[must_use]
    pub fn get(&self, oid: ObjectIdentifier) -> Option<&str> {
        self.iter()
            .filter(|(found, text)| *found == oid && !text.is_empty())
            .map(|(_, text)| text)
            .last()
    }

    /// All attributes in order.
    pub fn iter(&self) -> impl Iterator<Item = (ObjectIdentifier, &str)> {
        self.relative
            .iter()
            .flatten()
            .map(|(oid, text)| (*oid, text.as_str()))
    }

    /// What a person would call it: common name, else unit, else the whole line.
    #[must_use]
    pub fn readable(&self) -> String {
        [
            oid::COMMON_NAME,
            oid::ORGANIZATION,
            oid::ORGANIZATIONAL_UNIT,
        ]
        .into_iter()
        .find_map(|oid| self.get(oid))
        .map_or_else(|| self.to_string(), str::to_owned)
    }

    /// Whether two names are the same: by their bytes, else attribute by attribute whatever the
    /// string types, with the case of ASCII letters and runs of white space ignored (RFC 5280, 7.1).
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        if self.der == other.der {
            return true;
        }
        let same = |(a, b): (&(ObjectIdentifier, String), &(ObjectIdentifier, String))| {
            a.0 == b.0 && folded(&a.1) == folded(&b.1)
        };
        self.relative.len() == other.relative.len()
            && self
                .relative
                .iter()
                .zip(&other.relative)
                .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(same))
    }
}

impl fmt::Display for DistinguishedName {
    /// RFC 4514: the particular first, special characters escaped, so that different names give
    /// different lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rdn) in self.relative.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, (oid, text)) in rdn.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                match SHORT_NAMES.iter().find(|(known, _)| known == oid) {
                    Some((_, short)) => write!(f, "{short}=")?,
                    None => write!(f, "{oid}=")?,
                }
                for (index, c) in text.char_indices() {
                    let last = index + c.len_utf8() == text.len();
                    match c {
                        '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{c}")?,
                        '#' | ' ' if index == 0 => write!(f, "\\{c}")?,
                        ' ' if last => f.write_str("\\ ")?,
                        c if c.is_control() => write!(f, "\\{:02X}", u32::from(c))?,
                        c => write!(f, "{c}")?,
                    }
                }
            }
        }
        Ok(())
    }
}

/// The text of a string of any of the types that names use. `None` for another type, or where the
/// bytes don't fit it.
///
/// T61String is read as UTF-8 where it is that, else as Latin-1; so are the other 8-bit types,
/// since producers put all sorts of text into them. Trailing NULs are dropped (seen of a CA).
#[must_use]
pub fn text(tlv: &Tlv<'_>) -> Option<String> {
    let text = match tlv.tag {
        tag::UTF8_STRING => std::str::from_utf8(tlv.value).ok()?.to_owned(),
        tag::PRINTABLE_STRING
        | tag::IA5_STRING
        | tag::NUMERIC_STRING
        | tag::VISIBLE_STRING
        | tag::T61_STRING => match std::str::from_utf8(tlv.value) {
            Ok(text) => text.to_owned(),
            Err(_) => tlv.value.iter().copied().map(char::from).collect(),
        },
        tag::BMP_STRING => {
            if !tlv.value.len().is_multiple_of(2) {
                return None;
            }
            let units = tlv
                .value
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()?
        }
        _ => return None,
    };
    Some(text.trim_end_matches('\0').to_owned())
}

fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_ascii_lowercase()
}

const SHORT_NAMES: &[(ObjectIdentifier, &str)] = &[
    (oid::COMMON_NAME, "CN"),
    (oid::COUNTRY, "C"),
    (oid::LOCALITY, "L"),
    (oid::PROVINCE, "ST"),
    (oid::STREET, "STREET"),
    (oid::ORGANIZATION, "O"),
    (oid::ORGANIZATIONAL_UNIT, "OU"),
    (oid::USER_ID, "UID"),
    (oid::DOMAIN_COMPONENT, "DC"),
];
