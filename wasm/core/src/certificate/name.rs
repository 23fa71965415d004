//! Distinguished names: their texts, comparison, one line for people and records, and what is odd
//! about their strings.

use crate::asn1::{self, Malformed, Tlv, tag};
use crate::{gbk, oid};
use der::asn1::ObjectIdentifier;
use std::fmt;
use yinxin_proto::{Error, Finding, Severity};

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
    /// Its value is a text.
    is_text: bool,
    /// See [`Text::legacy`].
    legacy: Option<&'static str>,
    /// See [`Text::odd`].
    odd: bool,
}

impl Attribute {
    fn read(oid: ObjectIdentifier, value: &Tlv<'_>) -> Self {
        let read = read_text(value);
        let is_text = read.is_some();
        let Text { text, legacy, odd } = read.unwrap_or_else(|| Text {
            text: format!("#{}", asn1::hex(value.raw)),
            legacy: None,
            odd: false,
        });
        Self {
            oid,
            tag: value.tag,
            text,
            is_text,
            legacy,
            odd,
        }
    }

    /// OpenSSL's short name (`CN`), or the OID.
    #[must_use]
    pub fn name(&self) -> String {
        known(self.oid).map_or_else(|| self.oid.to_string(), |known| known.short.into())
    }

    /// The ASN.1 name of its string type; the tag's number for another type.
    #[must_use]
    pub fn encoding(&self) -> String {
        type_name(self.tag).map_or_else(|| format!("tag {}", self.tag), str::to_owned)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.oid == other.oid
            && self.is_text == other.is_text
            && (self.text == other.text || folded(&self.text) == folded(&other.text))
    }

    fn oddities(&self, whose: &str, findings: &mut Vec<Finding>) {
        let mut note = |error, found: String, expected: String| {
            let name = known(self.oid).map_or_else(|| self.oid.to_string(), |k| k.long.into());
            findings.push(
                Finding::new(Severity::Note, error)
                    .at(format!("{whose}.{name}"))
                    .evidence(found, expected),
            );
        };
        let expected: &[u8] = known(self.oid).map_or(&[], |known| known.types);
        if !expected.is_empty() && !expected.contains(&self.tag) {
            let names: Vec<&str> = expected.iter().filter_map(|tag| type_name(*tag)).collect();
            note(Error::StringTypeOdd {}, self.encoding(), names.join(", "));
        }
        if !self.is_text && type_name(self.tag).is_some() {
            note(
                Error::StringUnreadable {},
                self.text.clone(),
                self.encoding(),
            );
        }
        if let Some(encoding) = self.legacy {
            let error = Error::StringLegacy {
                encoding: encoding.into(),
            };
            note(error, encoding.into(), self.encoding());
        }
        if self.odd {
            note(
                Error::StringOdd {},
                format!("{:?}", self.text),
                self.encoding(),
            );
        }
    }
}

impl DistinguishedName {
    /// Reads the DER of a Name (RFC 5280, 4.1.2.4).
    ///
    /// # Errors
    /// If it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        Self::read(&asn1::single(der, tag::SEQUENCE, "a Name is expected")?)
    }

    /// Reads the SEQUENCE of a Name, as a part of a larger input.
    ///
    /// # Errors
    /// If it is none, with the position in that input.
    pub fn read(sequence: &Tlv<'_>) -> Result<Self, Malformed> {
        if sequence.tag != tag::SEQUENCE {
            return Err(sequence.malformed("a Name is expected"));
        }
        let mut names = sequence.children();
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
                attributes.push(Attribute::read(oid, &value));
            }
            relative.push(attributes);
        }
        Ok(Self {
            der: sequence.raw.to_vec(),
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
        self.attributes()
            .map(|attribute| (attribute.oid, attribute.text.as_str()))
    }

    /// All attributes in order, with their types.
    pub fn attributes(&self) -> impl DoubleEndedIterator<Item = &Attribute> {
        self.relative.iter().flatten()
    }

    /// Tells what is odd about its strings; `whose` begins the places (`subject`).
    pub(super) fn oddities(&self, whose: &str, findings: &mut Vec<Finding>) {
        for attribute in self.attributes() {
            attribute.oddities(whose, findings);
        }
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
        let same = |(a, b): (&Attribute, &Attribute)| a.is_same(b);
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
            for (index, attribute) in rdn.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                match known(attribute.oid).filter(|known| known.in_line) {
                    Some(known) => write!(f, "{}=", known.line_name())?,
                    None => write!(f, "{}=", attribute.oid)?,
                }
                let text = &attribute.text;
                if !attribute.is_text {
                    f.write_str(text)?;
                    continue;
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

/// A string as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text, without NULs at its end.
    pub text: String,
    /// The encoding taken, of bytes that the string's type does not define.
    pub legacy: Option<&'static str>,
    /// It ended in NULs, or has characters that its type does not have.
    pub odd: bool,
}

/// The text of a string of any of the types that names use. `None` for another type, or where the
/// bytes don't fit it.
#[must_use]
pub fn text(tlv: &Tlv<'_>) -> Option<String> {
    read_text(tlv).map(|read| read.text)
}

/// The same, with what is odd about it.
///
/// A T61String, and an 8-bit byte in a type of ASCII, stand for all sorts of text: they are read as
/// UTF-8 where they are that, else as GBK, else as Latin-1. Trailing NULs are dropped (seen of a CA).
#[must_use]
pub fn read_text(tlv: &Tlv<'_>) -> Option<Text> {
    let mut legacy = None;
    let text = match tlv.tag {
        tag::UTF8_STRING => std::str::from_utf8(tlv.value).ok()?.to_owned(),
        tag::BMP_STRING => {
            let (units, []) = tlv.value.as_chunks() else {
                return None;
            };
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            // Pairs of surrogates are UTF-16 and not UCS-2; producers write them.
            char::decode_utf16(units).collect::<Result<_, _>>().ok()?
        }
        tag::UNIVERSAL_STRING => {
            let (units, []) = tlv.value.as_chunks() else {
                return None;
            };
            let units = units.iter().map(|unit| u32::from_be_bytes(*unit));
            units.map(char::from_u32).collect::<Option<_>>()?
        }
        tag if is_8_bit(tag) => {
            let (text, encoding) = if let Ok(text) = std::str::from_utf8(tlv.value) {
                (text.to_owned(), "UTF-8")
            } else if let Some(text) = gbk::decode(tlv.value) {
                (text, "GBK")
            } else {
                (
                    tlv.value.iter().copied().map(char::from).collect(),
                    "Latin-1",
                )
            };
            legacy = (!tlv.value.is_ascii()).then_some(encoding);
            text
        }
        _ => return None,
    };
    let bare = text.trim_end_matches('\0');
    let fits = |c: char| match tlv.tag {
        // X.680, 41.4.
        tag::PRINTABLE_STRING => c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c),
        tag::NUMERIC_STRING => c.is_ascii_digit() || c == ' ',
        tag::VISIBLE_STRING => matches!(c, ' '..='~'),
        _ => c != '\0',
    };
    // A legacy encoding says already that the characters are not the type's.
    let odd = bare.len() < text.len() || legacy.is_none() && !bare.chars().all(fits);
    Some(Text {
        text: bare.to_owned(),
        legacy,
        odd,
    })
}

fn is_8_bit(tag: u8) -> bool {
    matches!(
        tag,
        tag::PRINTABLE_STRING
            | tag::IA5_STRING
            | tag::NUMERIC_STRING
            | tag::VISIBLE_STRING
            | tag::T61_STRING
            | tag::VIDEOTEX_STRING
            | tag::GRAPHIC_STRING
            | tag::GENERAL_STRING
    )
}

/// The ASN.1 name of a string type.
fn type_name(tag: u8) -> Option<&'static str> {
    Some(match tag {
        tag::UTF8_STRING => "UTF8String",
        tag::NUMERIC_STRING => "NumericString",
        tag::PRINTABLE_STRING => "PrintableString",
        tag::T61_STRING => "T61String",
        tag::VIDEOTEX_STRING => "VideotexString",
        tag::IA5_STRING => "IA5String",
        tag::GRAPHIC_STRING => "GraphicString",
        tag::VISIBLE_STRING => "VisibleString",
        tag::GENERAL_STRING => "GeneralString",
        tag::UNIVERSAL_STRING => "UniversalString",
        tag::BMP_STRING => "BMPString",
        _ => return None,
    })
}

fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_ascii_lowercase()
}

/// A type of attribute that has a name.
struct Known {
    oid: ObjectIdentifier,
    /// OpenSSL's short name.
    short: &'static str,
    /// OpenSSL's long name, which is that of the standard.
    long: &'static str,
    /// String types that its definition allows.
    types: &'static [u8],
    /// RFC 4514, 3 lists it, so that a line has its name in place of the OID.
    in_line: bool,
}

impl Known {
    /// Its name in RFC 4514, which knows no lower case.
    fn line_name(&self) -> &'static str {
        if self.oid == oid::STREET {
            "STREET"
        } else {
            self.short
        }
    }
}

fn known(oid: ObjectIdentifier) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.oid == oid)
}

const fn row(
    oid: ObjectIdentifier,
    short: &'static str,
    long: &'static str,
    types: &'static [u8],
    in_line: bool,
) -> Known {
    Known {
        oid,
        short,
        long,
        types,
        in_line,
    }
}

/// DirectoryString (RFC 5280, 4.1.2.4).
const DIRECTORY: &[u8] = &[
    tag::UTF8_STRING,
    tag::PRINTABLE_STRING,
    tag::BMP_STRING,
    tag::T61_STRING,
    tag::UNIVERSAL_STRING,
];
const PRINTABLE: &[u8] = &[tag::PRINTABLE_STRING];
const IA5: &[u8] = &[tag::IA5_STRING];

/// RFC 5280, appendix A.1; X.520; RFC 2985; ETSI EN 319 412-1.
const KNOWN: &[Known] = &[
    row(oid::COMMON_NAME, "CN", "commonName", DIRECTORY, true),
    row(oid::SURNAME, "SN", "surname", DIRECTORY, false),
    row(
        oid::SERIAL_NUMBER,
        "serialNumber",
        "serialNumber",
        PRINTABLE,
        false,
    ),
    row(oid::COUNTRY, "C", "countryName", PRINTABLE, true),
    row(oid::LOCALITY, "L", "localityName", DIRECTORY, true),
    row(oid::PROVINCE, "ST", "stateOrProvinceName", DIRECTORY, true),
    row(oid::STREET, "street", "streetAddress", DIRECTORY, true),
    row(oid::ORGANIZATION, "O", "organizationName", DIRECTORY, true),
    row(
        oid::ORGANIZATIONAL_UNIT,
        "OU",
        "organizationalUnitName",
        DIRECTORY,
        true,
    ),
    row(oid::TITLE, "title", "title", DIRECTORY, false),
    row(
        oid::DESCRIPTION,
        "description",
        "description",
        DIRECTORY,
        false,
    ),
    row(
        oid::BUSINESS_CATEGORY,
        "businessCategory",
        "businessCategory",
        DIRECTORY,
        false,
    ),
    row(
        oid::POSTAL_CODE,
        "postalCode",
        "postalCode",
        DIRECTORY,
        false,
    ),
    row(
        oid::TELEPHONE,
        "telephoneNumber",
        "telephoneNumber",
        PRINTABLE,
        false,
    ),
    row(oid::NAME, "name", "name", DIRECTORY, false),
    row(oid::GIVEN_NAME, "GN", "givenName", DIRECTORY, false),
    row(oid::INITIALS, "initials", "initials", DIRECTORY, false),
    row(
        oid::GENERATION,
        "generationQualifier",
        "generationQualifier",
        DIRECTORY,
        false,
    ),
    row(
        oid::DN_QUALIFIER,
        "dnQualifier",
        "dnQualifier",
        PRINTABLE,
        false,
    ),
    row(oid::PSEUDONYM, "pseudonym", "pseudonym", DIRECTORY, false),
    row(
        oid::ORGANIZATION_IDENTIFIER,
        "organizationIdentifier",
        "organizationIdentifier",
        DIRECTORY,
        false,
    ),
    row(oid::USER_ID, "UID", "userId", DIRECTORY, true),
    row(oid::DOMAIN_COMPONENT, "DC", "domainComponent", IA5, true),
    row(oid::EMAIL, "emailAddress", "emailAddress", IA5, false),
];
