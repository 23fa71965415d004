//! Reading and writing of DER where the exact bytes count: certificates, CMS, signed attributes,
//! signatures and odd extension values.
//!
//! The reader takes definite lengths only, never looks beyond its slice, and knows each element's
//! position in the whole input, so that a refusal can name it.

pub mod time;

use der::asn1::ObjectIdentifier;
use std::ops::Range;
use yinxin_proto::time::UnixTime;

/// Why and where reading stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Position in bytes in the whole input.
    pub position: usize,
    /// What is wrong.
    pub reason: &'static str,
}

/// Universal and context-specific tags that the product meets, as identifier octets.
pub mod tag {
    #![allow(missing_docs)]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const T61_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VIDEOTEX_STRING: u8 = 0x15;
    pub const GRAPHIC_STRING: u8 = 0x19;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const GENERAL_STRING: u8 = 0x1b;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    pub const CONTEXT_0: u8 = 0xa0;
    pub const CONTEXT_1: u8 = 0xa1;
    pub const CONTEXT_0_PRIMITIVE: u8 = 0x80;
}

/// One element: its tag, its value and all of its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Tlv<'a> {
    /// Identifier octet.
    pub tag: u8,
    /// Contents octets.
    pub value: &'a [u8],
    /// Header and contents.
    pub raw: &'a [u8],
    /// Position of the header in the whole input.
    pub position: usize,
}

impl<'a> Tlv<'a> {
    /// A reader of the elements inside.
    #[must_use]
    pub fn children(&self) -> Reader<'a> {
        Reader {
            bytes: self.value,
            position: self.position + self.raw.len() - self.value.len(),
        }
    }

    /// Where header and contents stand in the whole input.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.position..self.position + self.raw.len()
    }

    /// Where the contents stand in the whole input.
    #[must_use]
    pub fn value_range(&self) -> Range<usize> {
        let Range { end, .. } = self.range();
        end - self.value.len()..end
    }

    /// The value as an OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// If it is none.
    pub fn oid(&self) -> Result<ObjectIdentifier, Malformed> {
        if self.tag != tag::OID {
            return Err(self.malformed("an OBJECT IDENTIFIER is expected"));
        }
        ObjectIdentifier::from_bytes(self.value)
            .map_err(|_| self.malformed("the OBJECT IDENTIFIER is malformed"))
    }

    /// A refusal of this element.
    #[must_use]
    pub fn malformed(&self, reason: &'static str) -> Malformed {
        Malformed {
            position: self.position,
            reason,
        }
    }
}

/// Reads elements one after another.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start of an input.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Whether all is read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next element's tag, if there is one.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// Reads one element.
    ///
    /// # Errors
    /// If the input ends inside it, or its header is not DER.
    pub fn read(&mut self) -> Result<Tlv<'a>, Malformed> {
        let fail = |reason| Malformed {
            position: self.position,
            reason,
        };
        let (&tag, rest) = self.bytes.split_first().ok_or(fail("the data ends here"))?;
        if tag & 0x1f == 0x1f {
            return Err(fail("a tag number above 30"));
        }
        let (&first, rest) = rest.split_first().ok_or(fail("the data ends here"))?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x80 => return Err(fail("an indefinite length (BER)")),
            0x81..=0x84 => {
                let octets = usize::from(first & 0x7f);
                let (octets, rest) = rest
                    .split_at_checked(octets)
                    .ok_or(fail("the data ends here"))?;
                let length = octets.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
                if length < 0x80 || octets[0] == 0 {
                    return Err(fail("a length that is not minimal"));
                }
                let length = usize::try_from(length).map_err(|_| fail("a length too large"))?;
                (length, rest)
            }
            _ => return Err(fail("a length too large")),
        };
        let value = rest
            .get(..length)
            .ok_or(fail("a length beyond the end of the data"))?;
        let header = self.bytes.len() - rest.len();
        let (raw, rest) = self.bytes.split_at(header + length);
        let tlv = Tlv {
            tag,
            value,
            raw,
            position: self.position,
        };
        self.position += raw.len();
        self.bytes = rest;
        Ok(tlv)
    }

    /// Reads one element of this tag.
    ///
    /// # Errors
    /// As [`Reader::read`], or if the tag is another; `reason` says what was expected.
    pub fn expect(&mut self, tag: u8, reason: &'static str) -> Result<Tlv<'a>, Malformed> {
        let tlv = self.read()?;
        if tlv.tag == tag {
            Ok(tlv)
        } else {
            Err(tlv.malformed(reason))
        }
    }

    /// Reads one element if it has this tag.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, Malformed> {
        if self.peek() == Some(tag) {
            self.read().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// If something is.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(Malformed {
                position: self.position,
                reason: "data after the end",
            })
        }
    }
}

/// Reads the one element that an input consists of.
///
/// # Errors
/// If it is of another tag or anything follows.
pub fn single<'a>(bytes: &'a [u8], tag: u8, reason: &'static str) -> Result<Tlv<'a>, Malformed> {
    let mut reader = Reader::new(bytes);
    let tlv = reader.expect(tag, reason)?;
    reader.finish()?;
    Ok(tlv)
}

/// The header (identifier and length octets) of an element of `length` contents octets.
#[must_use]
pub fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut out = vec![tag];
    if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
        out.push(short);
    } else {
        let octets = length.to_be_bytes();
        let leading = octets.iter().take_while(|b| **b == 0).count();
        let octets = &octets[leading..];
        // At most eight octets, so the sum stays below 0x89.
        out.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
        out.extend_from_slice(octets);
    }
    out
}

/// An element of these contents, in pieces.
#[must_use]
pub fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let mut out = header(tag, contents.iter().map(|piece| piece.len()).sum());
    for piece in contents {
        out.extend_from_slice(piece);
    }
    out
}

/// An OBJECT IDENTIFIER.
#[must_use]
pub fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    element(tag::OID, &[oid.as_bytes()])
}

/// A SET OF, its elements in the order of DER (X.690, 11.6).
#[must_use]
pub fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    let pieces: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    element(tag::SET, &pieces)
}

/// A non-negative INTEGER from its big-endian magnitude.
#[must_use]
pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    let magnitude = without_zeros(magnitude);
    match magnitude.first() {
        None => element(tag::INTEGER, &[&[0]]),
        Some(0x80..=0xff) => element(tag::INTEGER, &[&[0], magnitude]),
        Some(_) => element(tag::INTEGER, &[magnitude]),
    }
}

/// Whether two contents of INTEGERs are the same number, however many sign octets stand in front.
#[must_use]
pub fn is_same_integer(a: &[u8], b: &[u8]) -> bool {
    minimal(a) == minimal(b)
}

/// Whether two contents of INTEGERs may be meant as the same serial number: they are the same number,
/// or would be if one of them had not lost its sign octet, which some producers leave out.
///
/// A list revokes a certificate by this. Where it matters which of two certificates is meant,
/// [`is_same_integer`] decides first.
#[must_use]
pub fn may_be_same_serial(a: &[u8], b: &[u8]) -> bool {
    let b = unsigned_readings(b);
    unsigned_readings(a)
        .iter()
        .any(|reading| b.contains(reading))
}

/// The contents without sign octets that add nothing (X.690, 8.3.2).
fn minimal(mut contents: &[u8]) -> &[u8] {
    while let [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = contents {
        contents = &contents[1..];
    }
    contents
}

/// The magnitudes that a producer without sign octets may mean: all octets as they stand, or those
/// of the number's shortest form.
fn unsigned_readings(contents: &[u8]) -> [&[u8]; 2] {
    [contents, minimal(contents)].map(without_zeros)
}

/// A big-endian magnitude without leading zeros.
#[must_use]
pub fn without_zeros(magnitude: &[u8]) -> &[u8] {
    let zeros = magnitude.iter().take_while(|octet| **octet == 0).count();
    &magnitude[zeros..]
}

/// A UTCTime or GeneralizedTime, whatever is odd about how it is written.
///
/// # Errors
/// If it is neither.
pub fn time(tlv: &Tlv<'_>) -> Result<UnixTime, Malformed> {
    time::read(tlv.tag, tlv.value)
        .map(|(time, _)| time)
        .ok_or_else(|| tlv.malformed("a UTCTime or GeneralizedTime is expected"))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS[usize::from(nibble)];
    let mut digits = vec![0; 2 * bytes.len()];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let value = vec![7; length];
            let bytes = element(tag::OCTET_STRING, &[&value]);
            let tlv = single(&bytes, tag::OCTET_STRING, "").unwrap();
            assert_eq!(tlv.value, value);
            assert_eq!(tlv.raw, bytes);
        }
    }

    #[test]
    fn refusals_name_the_position() {
        let inner = [0x30, 0x05, 0x02, 0x01, 0x01, 0x04, 0x05];
        let mut children = single(&inner, tag::SEQUENCE, "").unwrap().children();
        children.expect(tag::INTEGER, "").unwrap();
        assert_eq!(children.read().unwrap_err().position, 5);
        for bad in [
            &[0x30][..],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81, 0x01, 0],
            &[0x30, 0x82, 0x00, 0x81],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
            &[0x1f, 0x81, 0x01, 0x00],
            &[0x30, 0x02, 0x00],
            &[0x30, 0x00, 0x00],
        ] {
            assert!(single(bad, tag::SEQUENCE, "").is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn integers_are_minimal() {
        assert_eq!(unsigned(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0, 1]), [2, 1, 1]);
        assert_eq!(unsigned(&[0, 0]), [2, 1, 0]);
    }

    proptest::proptest! {
        /// Against the number itself, by arithmetic.
        #[test]
        fn integers_are_compared_as_numbers(
            a in -0x9000i64..0x9000,
            b in -0x9000i64..0x9000,
            padding in (0usize..4, 0usize..4),
        ) {
            let written = |n: i64, padding: usize| {
                let octets = n.to_be_bytes();
                let fewest = (1..=8).find(|count| n >> (8 * count - 1) == n >> 63).unwrap();
                let sign = vec![if n < 0 { 0xff } else { 0 }; padding];
                [&sign, &octets[8 - fewest..]].concat()
            };
            let (short, long) = (written(a, padding.0), written(a, padding.1));
            assert!(is_same_integer(&short, &long) && may_be_same_serial(&short, &long));
            let other = written(b, padding.1);
            assert_eq!(is_same_integer(&short, &other), a == b);
            assert_eq!(may_be_same_serial(&short, &other), may_be_same_serial(&other, &short));
            // The sign octet of a positive number was lost, and nothing else.
            let lost = |positive: i64, negative: i64| {
                [0x80, 0x8000].iter().any(|half| (*half..2 * half).contains(&positive)
                    && positive - 2 * half == negative)
            };
            if padding == (0, 0) {
                let expected = a == b || lost(a, b) || lost(b, a);
                assert_eq!(may_be_same_serial(&short, &other), expected, "{a} {b}");
            }
        }
    }
}
