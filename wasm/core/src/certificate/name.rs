//! Distinguished names: their texts, comparison, and one line for people and records.

use crate::asn1::{self, Malformed, Tlv, tag};
use crate::oid;
use der::asn1::ObjectIdentifier;
use std::fmt;

/// A distinguished name.
#[derive(Clone, Debug)]
pub struct DistinguishedName {
    der: Vec<u8>,
    /// Relative names in the order of the encoding, each with its attributes.
    relative: Vec<Vec<Attribute>>,
}

/// An attribute of a name.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its type.
    pub oid: ObjectIdentifier,
    /// Identifier octet of its value.
    pub tag: u8,
    /// The text of its value; `#` and the value's DER in hex where it is none (RFC 4514, 2.4).
    pub text: String,
}

impl DistinguishedName {
    /// Reads the DER of a Name (RFC 5280, 4.1.2.4).
    ///
    /// # Errors
    /// If it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let mut names = asn1::single(der, tag::SEQUENCE, "a Name is expected")?.children();
        let mut relative = Vec::new();
        while !names.is_empty() {
            let set = names.expect(tag::SET, "a relative name is expected")?;
            let mut set = set.children();
            let mut attributes = Vec::new();
            while !set.is_empty() {
                let attribute = set.expect(tag::SEQUENCE, "an attribute is expected")?;
                let mut fields = attribute.children();
                let oid = fields.read()?.oid()?;
                let value = fields.read()?;
                fields.finish()?;
                attributes.push(Attribute {
                    oid,
                    tag: value.tag,
                    text: text(&value).unwrap_or_else(|| format!("#{}", asn1::hex(value.raw))),
                });
            }
            relative.push(attributes);
        }
        Ok(Self {
            der: der.to_vec(),
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
            .map(|attribute| (attribute.oid, attribute.text.as_str()))
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
        self.relative.len() == other.relative.len() && self.is_within(other)
    }

    /// Whether it lies in the subtree of another name: begins with all of its relative names.
    #[must_use]
    pub fn is_within(&self, base: &Self) -> bool {
        let same = |(a, b): (&Attribute, &Attribute)| {
            a.oid == b.oid && (a.text == b.text || folded(&a.text) == folded(&b.text))
        };
        self.relative.len() >= base.relative.len()
            && self
                .relative
                .iter()
                .zip(&base.relative)
                .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(same))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.relative.is_empty()
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
            for (index, Attribute { oid, text, .. }) in rdn.iter().enumerate() {
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
