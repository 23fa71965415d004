//! Distinguished names: their texts, comparison, one line for people and records, and what is odd
//! about their strings.

use crate::asn1::{self, Malformed, Tlv, tag};
use crate::{charset, oid, unicode};
use der::asn1::ObjectIdentifier;
use std::borrow::Cow;
use std::fmt::{self, Write};
use std::sync::OnceLock;
use yinxin_proto::text::{is_ignorable, is_private};
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
    /// See [`Text::nuls`].
    nuls: usize,
    /// See [`Text::legacy`].
    legacy: Option<&'static str>,
    /// See [`Text::odd`].
    odd: bool,
    /// The text as it is compared, once it was.
    prepared: OnceLock<Option<String>>,
}

impl Attribute {
    fn read(oid: ObjectIdentifier, value: &Tlv<'_>) -> Self {
        let read = read_text(value);
        let is_text = read.is_some();
        let Text {
            text,
            nuls,
            legacy,
            odd,
        } = read.unwrap_or_else(|| Text {
            text: format!("#{}", asn1::hex(value.raw)),
            nuls: 0,
            legacy: None,
            odd: false,
        });
        Self {
            oid,
            tag: value.tag,
            text,
            is_text,
            nuls,
            legacy,
            odd,
            prepared: OnceLock::new(),
        }
    }

    /// OpenSSL's short name (`CN`), or the OID.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        known(self.oid).map_or_else(|| oid::dotted(self.oid).into(), |known| known.short.into())
    }

    /// The ASN.1 name of its string type; the tag's number for another type.
    #[must_use]
    pub fn encoding(&self) -> Cow<'static, str> {
        type_name(self.tag).map_or_else(|| format!("tag {}", self.tag).into(), Cow::Borrowed)
    }

    /// See [`Text::escaped`].
    #[must_use]
    pub fn escaped(&self) -> String {
        escaped(&self.text, self.nuls)
    }

    /// Whether its value is this text, to the letter.
    #[must_use]
    pub fn is_exactly(&self, text: &str) -> bool {
        self.is_text && self.nuls == 0 && self.text == text
    }

    /// Its text as it is compared, if it has one that can be.
    fn prepared(&self) -> Option<&str> {
        let prepare = || self.is_text.then(|| prepare(&self.text)).flatten();
        self.prepared.get_or_init(prepare).as_deref()
    }

    /// Its part of [`DistinguishedName::key`].
    fn key(&self) -> Vec<u8> {
        let (form, text) = match self.prepared() {
            Some(prepared) => (2, prepared),
            None => (u8::from(self.is_text), self.text.as_str()),
        };
        let oid = self.oid.as_bytes();
        let mut key = vec![form];
        for part in [oid, text.as_bytes()] {
            key.extend_from_slice(&part.len().to_be_bytes());
            key.extend_from_slice(part);
        }
        key
    }

    /// Whether it is the same for RFC 5280, 7.1. `None` if that can't be told: a value is no text,
    /// or of an encoding that was guessed, or [`prepare`] has no answer.
    fn same(&self, other: &Self) -> Option<bool> {
        if self.oid != other.oid {
            return Some(false);
        }
        if self.is_text == other.is_text && self.text == other.text {
            return Some(true);
        }
        let (own, others) = (self.prepared()?, other.prepared()?);
        // Bytes that read as GBK may be meant as something else.
        let is_guess = |attribute: &Self| match attribute.legacy {
            None => false,
            Some(taken) => taken != charset::UTF_8 || !is_8_bit(attribute.tag),
        };
        match own == others {
            false if is_guess(self) || is_guess(other) => None,
            same => Some(same),
        }
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
            note(
                Error::StringTypeOdd {},
                self.encoding().into_owned(),
                names.join(", "),
            );
        }
        if !self.is_text && type_name(self.tag).is_some() {
            note(
                Error::StringUnreadable {},
                self.text.clone(),
                self.encoding().into_owned(),
            );
        }
        for (error, found, expected) in oddities(self.tag, &self.text, self.legacy, self.odd) {
            note(error, found, expected);
        }
    }
}

/// What is odd, what was found, and what was expected.
pub(crate) type Odd = (Error, String, String);

/// What is odd about a string that was read: each with what was found, and what was expected.
fn oddities(
    tag: u8,
    text: &str,
    legacy: Option<&'static str>,
    odd: bool,
) -> impl Iterator<Item = Odd> {
    let own = type_name(tag).unwrap_or_default();
    let legacy = legacy.map(|encoding| {
        let error = Error::StringLegacy {
            encoding: encoding.into(),
        };
        (error, encoding.into(), own.into())
    });
    // The text stays as it stands: names are compared by it, and nobody is called by what was made of it.
    let twice = charset::encoded_once(text).map(|once| {
        let reason = "UTF-8 encoded twice".into();
        (Error::EncodingOdd { reason }, text.into(), once)
    });
    let odd = odd.then(|| (Error::StringOdd {}, format!("{text:?}"), own.into()));
    [legacy, twice, odd].into_iter().flatten()
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
        if sequence.raw.len() > MAX_NAME_BYTES {
            return Err(sequence.malformed("a name that is too long"));
        }
        let mut names = sequence.children();
        let mut relative = Vec::new();
        let mut left = MAX_ATTRIBUTES;
        let mut count = |tlv: &Tlv<'_>| {
            left = left
                .checked_sub(1)
                .ok_or_else(|| tlv.malformed("a name of too many attributes"))?;
            Ok(())
        };
        while !names.is_empty() {
            let relative_name = names.expect(tag::SET, "a relative name is expected")?;
            let mut inside = relative_name.children();
            let mut attributes = Vec::new();
            while !inside.is_empty() {
                let attribute = inside.expect(tag::SEQUENCE, "an attribute is expected")?;
                count(&attribute)?;
                let mut fields = attribute.children();
                let oid = fields.read()?.oid()?;
                let value = fields.read()?;
                fields.finish()?;
                attributes.push(Attribute::read(oid, &value));
            }
            if attributes.is_empty() {
                return Err(relative_name.malformed("a relative name without attributes"));
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
        self.last(oid).map(|attribute| attribute.text.as_str())
    }

    /// The same with what is known of it.
    #[must_use]
    pub fn last(&self, oid: ObjectIdentifier) -> Option<&Attribute> {
        let mut from_the_particular = self.attributes().rev();
        from_the_particular.find(|found| found.oid == oid && !found.text.is_empty())
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
    /// string types, as RFC 5280, 7.1, compares them: with case, width, white space and what is not
    /// seen ignored.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        if self.der == other.der {
            return true;
        }
        self.relative.len() == other.relative.len() && self.is_within(other) == Some(true)
    }

    /// Bytes that are the same for names that match, and for those only: to sort many by.
    pub(crate) fn key(&self) -> Vec<u8> {
        let mut key = Vec::new();
        for relative in &self.relative {
            // In a relative name, attributes have no order.
            let mut attributes: Vec<Vec<u8>> = relative.iter().map(Attribute::key).collect();
            attributes.sort_unstable();
            key.extend_from_slice(&attributes.len().to_be_bytes());
            key.extend(attributes.concat());
        }
        key
    }

    /// Whether it lies in the subtree of another name: begins with all of its relative names.
    /// `None` if that can't be told.
    #[must_use]
    pub fn is_within(&self, base: &Self) -> Option<bool> {
        if self.relative.len() < base.relative.len() {
            return Some(false);
        }
        let pairs = self.relative.iter().zip(&base.relative);
        all_the_same(pairs.map(|(a, b)| same_relative_name(a, b)))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.relative.is_empty()
    }
}

impl fmt::Display for DistinguishedName {
    /// RFC 4514: the particular first, special characters and controls escaped, so that names of
    /// different texts give different lines.
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
                    Some(known) => f.write_str(known.line_name())?,
                    None => f.write_str(&oid::dotted(attribute.oid))?,
                }
                f.write_str("=")?;
                let text = &attribute.text;
                if !attribute.is_text {
                    f.write_str(text)?;
                    continue;
                }
                // What is written as it stands is written at once.
                let mut from = 0;
                for (index, c) in text.char_indices() {
                    let behind = index + c.len_utf8();
                    let is_special = match c {
                        '"' | '+' | ',' | ';' | '<' | '>' => true,
                        '#' => index == 0,
                        ' ' => index == 0 || behind == text.len(),
                        _ => false,
                    };
                    if is_special || is_escaped(c) {
                        f.write_str(&text[from..index])?;
                        from = behind;
                        match is_special {
                            true => write!(f, "\\{c}")?,
                            false => write_escaped(f, c)?,
                        }
                    }
                }
                f.write_str(&text[from..])?;
                write_nuls(f, attribute.nuls)?;
            }
        }
        Ok(())
    }
}

/// Whether [`write_escaped`] writes it in another way.
fn is_escaped(c: char) -> bool {
    c == '\\' || c.is_control()
}

fn write_escaped(out: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '\\' => out.write_str("\\\\"),
        c if c.is_control() => {
            let mut octets = [0; 4];
            let mut octets = c.encode_utf8(&mut octets).bytes();
            octets.try_for_each(|octet| write!(out, "\\{octet:02X}"))
        }
        c => out.write_char(c),
    }
}

fn write_nuls(out: &mut impl Write, count: usize) -> fmt::Result {
    (0..count).try_for_each(|_| out.write_str("\\00"))
}

/// Whether all are the same. One that is not decides, whatever can't be told of others.
fn all_the_same(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(false) => return part,
            None => all = None,
            Some(true) => {}
        }
    }
    all
}

/// Whether two relative names are the same, of which each is a set: DER orders it by the octets, so
/// another type of string may change the order.
fn same_relative_name(a: &[Attribute], b: &[Attribute]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    let in_order = all_the_same(a.iter().zip(b).map(|(a, b)| a.same(b)));
    if in_order == Some(true) || a.len() == 1 {
        return in_order;
    }
    // Looking through a set is quadratic.
    if a.len() > MAX_SET {
        return None;
    }
    let mut left: Vec<&Attribute> = b.iter().collect();
    all_the_same(a.iter().map(|one| {
        let told: Vec<_> = left.iter().map(|other| one.same(other)).collect();
        match told.iter().position(|same| *same == Some(true)) {
            Some(at) => {
                left.swap_remove(at);
                Some(true)
            }
            None if told.contains(&None) => None,
            None => Some(false),
        }
    }))
}

/// A text as caseIgnoreMatch compares it (RFC 4518, 2): what is not seen is left out, white space is a
/// space, case and width are folded, and spaces that mean nothing are dropped. `None` for one with
/// characters that are prohibited there (2.4), or where no tables of Unicode were lent.
///
/// More characters are left out than Unicode 3.2 had to leave out, and letters fold by today's tables.
fn prepare(text: &str) -> Option<String> {
    // What most names are made of: ASCII, and ideographs, which have no case and are compatible with nothing.
    let is_plain = |c| matches!(c, ' '..='~' | '\u{4e00}'..='\u{9fff}');
    if text.chars().all(is_plain) {
        return Some(words(&text.to_ascii_lowercase()));
    }
    prepare_by_tables(text)
}

fn prepare_by_tables(text: &str) -> Option<String> {
    let seen = text
        .chars()
        .filter(|c| !is_ignorable(*c) && *c != TODO_HYPHEN);
    let mapped: String = seen
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    if mapped.contains(|c| is_private(c) || c == char::REPLACEMENT_CHARACTER) {
        return None;
    }
    // Once before folding for letters that are compatible with others (ℂ), once after it.
    let folded = unicode::fold_case(&unicode::normalize(&mapped)?)?;
    Some(words(&unicode::normalize(&folded)?))
}

/// A text with one space between its words.
fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}

/// A string as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text, without NULs at its end.
    pub text: String,
    /// Number of those NULs.
    pub nuls: usize,
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
/// Bytes that the type does not define stand for all sorts of text: a T61String, an 8-bit byte in a type of ASCII,
/// what is no UTF-8 in a UTF8String. They are read as [`charset::decode`] does. Trailing NULs are dropped (seen
/// of a CA).
#[must_use]
pub fn read_text(tlv: &Tlv<'_>) -> Option<Text> {
    let (text, legacy) = match as_defined(tlv) {
        Some(text) => (text, None),
        None => {
            type_name(tlv.tag)?;
            let read = charset::decode(tlv.value)?;
            // Units that are none are seldom bytes of a text: most have bytes 00 among them.
            let is_wide = tlv.tag != tag::UTF8_STRING && !is_8_bit(tlv.tag);
            if is_wide && read.text.contains(char::is_control) {
                return None;
            }
            (read.text, Some(read.charset))
        }
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
    let (length, nuls) = (bare.len(), text.len() - bare.len());
    let mut text = text;
    text.truncate(length);
    Some(Text {
        text,
        nuls,
        legacy,
        odd,
    })
}

/// The text of a string whose bytes are what its type defines (X.680, 41; X.690, 8.23).
fn as_defined(tlv: &Tlv<'_>) -> Option<String> {
    match tlv.tag {
        tag::UTF8_STRING => String::from_utf8(tlv.value.to_vec()).ok(),
        tag::BMP_STRING => {
            let (units, []) = tlv.value.as_chunks() else {
                return None;
            };
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            // Pairs of surrogates are UTF-16 and not UCS-2; producers write them.
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        tag::UNIVERSAL_STRING => {
            let (units, []) = tlv.value.as_chunks() else {
                return None;
            };
            let units = units.iter().map(|unit| u32::from_be_bytes(*unit));
            units.map(char::from_u32).collect()
        }
        tag if is_8_bit(tag) && tlv.value.is_ascii() => String::from_utf8(tlv.value.to_vec()).ok(),
        _ => None,
    }
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

/// Whether an identifier octet is that of a string type.
pub(crate) fn is_string(tag: u8) -> bool {
    type_name(tag).is_some()
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

/// Bytes of a name, and its attributes. Names are compared with names, and each attribute may be odd
/// in several ways: a certificate full of them would cost what only the square of its size explains.
/// The longest of the field have some 300 bytes.
const MAX_NAME_BYTES: usize = 8 * 1024;
const MAX_ATTRIBUTES: usize = 128;

impl Text {
    /// Reads a string where the definition asks for one type (`meant`), whatever type it has: one of a name, or
    /// bare bytes. With it what is odd: each error with what was found, and what was expected. `None` for what is
    /// no string, or of no text.
    #[must_use]
    pub(crate) fn read_as(meant: u8, tlv: &Tlv<'_>) -> Option<(Self, Vec<Odd>)> {
        let read = match tlv.tag {
            tag::OCTET_STRING => {
                let string = Tlv {
                    tag: tag::UTF8_STRING,
                    ..*tlv
                };
                read_text(&string)
            }
            _ => read_text(tlv),
        }?;
        let wrong = (tlv.tag != meant).then(|| {
            let found = type_name(tlv.tag).unwrap_or("OCTET STRING");
            let expected = type_name(meant).unwrap_or_default();
            (Error::StringTypeOdd {}, found.into(), expected.into())
        });
        let others = oddities(tlv.tag, &read.text, read.legacy, read.odd);
        let odd = wrong.into_iter().chain(others).collect();
        Some((read, odd))
    }

    /// The text with its controls and NULs as RFC 4514 writes them, so that different ones differ.
    #[must_use]
    pub fn escaped(&self) -> String {
        escaped(&self.text, self.nuls)
    }
}

fn escaped(text: &str, nuls: usize) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    // Writing to a String can't fail.
    let _ = rest
        .try_for_each(|c| write_escaped(&mut out, c))
        .and_then(|()| write_nuls(&mut out, nuls));
    out
}

/// A hyphen that RFC 4518 (2.2) leaves out, though it can be seen.
const TODO_HYPHEN: char = '\u{1806}';
/// Attributes of one relative name that are compared in any order.
const MAX_SET: usize = 16;

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

#[cfg(test)]
mod tests {
    use super::{prepare, prepare_by_tables};

    #[test]
    fn what_folds_by_itself_folds_as_by_the_tables() {
        let ideographs = (0x4e00..=0x9fff).filter_map(char::from_u32);
        for c in (' '..='~').chain(ideographs) {
            for text in [format!("{c}"), format!(" A{c}  示例{c} ")] {
                assert_eq!(prepare(&text), prepare_by_tables(&text), "{text:?}");
            }
        }
    }
}
