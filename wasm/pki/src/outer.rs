//! The outermost bytes of what is handed over: certificates, lists, messages, bundles, seals and what
//! is sealed all come through here, after [`pem`](crate::pem) made bytes of text.
//!
//! What is overlooked is noted, and is nothing that could mean something: filling behind the end, and
//! how lengths and pieces are written in messages and bundles, for which RFC 5652 allows BER. No byte
//! that is signed becomes another one: certificates and lists inside are taken over as they stand, and
//! signed attributes are signed in DER (5.4).
//!
//! Source: X.690, clauses 8.1.3 (lengths), 8.1.5 (end-of-contents), 8.7 and 8.23 (strings in pieces), 10.

use crate::asn1::{self, Malformed, Reader, tag};
use yinxin_proto::{Error, Finding, Severity};

/// Takes off what fills up bytes behind the DER that they begin with, and notes it: any number of
/// octets 00, or of FF, as tokens and files of a fixed size have them, or line ends and spaces.
/// Anything else stays, for the reader to refuse.
pub fn trim(bytes: &mut Vec<u8>) -> Option<Finding> {
    let length = Reader::new(bytes).read().ok()?.raw.len();
    let (_, filling) = bytes.split_at(length);
    if !is_filling(filling) {
        return None;
    }
    let found = filled(filling.len());
    bytes.truncate(length);
    found
}

/// Whether bytes only fill up what stands before them.
#[must_use]
pub fn is_filling(bytes: &[u8]) -> bool {
    let all = |meant: &[u8]| bytes.iter().all(|octet| meant.contains(octet));
    all(&[0x00]) || all(&[0xff]) || all(b"\r\n ")
}

/// A note that so many octets were taken off.
#[must_use]
pub fn filled(octets: usize) -> Option<Finding> {
    let found = note("filled up behind the end").evidence(format!("{octets} bytes"), "none");
    (octets > 0).then_some(found)
}

/// The same of a message or a bundle, which may also be BER: that becomes DER.
///
/// # Errors
/// If it has indefinite lengths and is damaged, or nested too deeply.
pub fn message(bytes: Vec<u8>) -> Result<(Vec<u8>, Vec<Finding>), Malformed> {
    let mut findings = Vec::new();
    let mut der = match definite(&bytes)? {
        Some(der) => {
            findings.push(note("BER, not DER"));
            der
        }
        None => bytes,
    };
    findings.extend(trim(&mut der));
    Ok((der, findings))
}

/// Whether bytes begin as a ContentInfo does, in BER or DER: with an OBJECT IDENTIFIER, where a
/// certificate has a SEQUENCE.
#[must_use]
pub fn is_content_info(bytes: &[u8]) -> bool {
    let mut walk = Walk::new(bytes, false);
    let header = walk.header();
    header.is_ok_and(|header| header.tag == tag::SEQUENCE) && bytes.get(walk.at) == Some(&tag::OID)
}

fn note(reason: &str) -> Finding {
    let reason = reason.into();
    Finding::new(Severity::Note, Error::EncodingOdd { reason }).at("encoding")
}

/// The DER of a ContentInfo that is not, with whatever follows it. `None` where it is DER already,
/// as far as this looks, or so damaged that the reader will say so.
fn definite(bytes: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    let mut dry = Walk::new(bytes, false);
    match dry.element(Place::ContentInfo, 0) {
        Ok(()) if dry.changed => {}
        Err(malformed) if dry.changed => return Err(malformed),
        _ => return Ok(None),
    }
    let mut walk = Walk::new(bytes, true);
    walk.element(Place::ContentInfo, 0)?;
    walk.out.extend_from_slice(&bytes[walk.at..]);
    Ok(Some(walk.out))
}

/// Where in a ContentInfo an element stands, as far as that matters.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    ContentInfo,
    /// `[0]` around the SignedData.
    Explicit,
    SignedData,
    /// `encapContentInfo`.
    Encapsulated,
    /// `[0]` around the content.
    Content,
    /// `certificates` or `crls`.
    Members,
    /// A certificate, a list, a content that is no OCTET STRING, unsigned attributes: what is in it was
    /// signed as it stands, or is nobody's business here.
    Member,
    Signers,
    Signer,
    Any,
}

/// The header of an element.
struct Header {
    tag: u8,
    /// `None`: indefinite.
    length: Option<usize>,
    /// Whether DER writes it so.
    is_der: bool,
}

/// A walk over BER. It goes into every element once for each level at most, of which there are
/// [`MAX_DEPTH`].
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether `out` is written.
    writes: bool,
    out: Vec<u8>,
    /// Whether anything was not DER.
    changed: bool,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8], writes: bool) -> Self {
        Self {
            bytes,
            at: 0,
            writes,
            out: Vec::new(),
            changed: false,
        }
    }

    fn fail(&self, reason: &'static str) -> Malformed {
        Malformed {
            position: self.at,
            reason,
        }
    }

    fn octet(&mut self) -> Result<u8, Malformed> {
        let octet = self.bytes.get(self.at).copied();
        let octet = octet.ok_or_else(|| self.fail("the data ends here"))?;
        self.at += 1;
        Ok(octet)
    }

    /// Reads a header, whatever the form of its length.
    fn header(&mut self) -> Result<Header, Malformed> {
        let start = self.at;
        let tag = self.octet()?;
        if tag & 0x1f == 0x1f {
            return Err(self.fail("a tag number above 30"));
        }
        let first = self.octet()?;
        if first == 0x80 {
            self.changed = true;
            return Ok(Header {
                tag,
                length: None,
                is_der: false,
            });
        }
        let mut length = usize::from(first);
        if first > 0x80 {
            length = 0;
            for _ in 0x80..first {
                let octet = usize::from(self.octet()?);
                let longer = length.checked_mul(256).map(|length| length | octet);
                length = longer.ok_or_else(|| self.fail("a length too large"))?;
            }
        }
        if length > self.bytes.len() - self.at {
            return Err(self.fail("a length beyond the end of the data"));
        }
        let is_der = asn1::header(tag, length).len() == self.at - start;
        self.changed |= !is_der;
        Ok(Header {
            tag,
            length: Some(length),
            is_der,
        })
    }

    /// Goes over one element, and writes it as DER.
    fn element(&mut self, place: Place, depth: usize) -> Result<(), Malformed> {
        let (start, mark) = (self.at, self.out.len());
        let header = self.header()?;
        let constructed = header.tag & CONSTRUCTED != 0;
        let Some(length) = header.length else {
            if !constructed {
                return Err(self.fail("an indefinite length of something without elements"));
            }
            if depth == MAX_DEPTH {
                return Err(self.fail("nested too deeply"));
            }
            return if place == Place::Member {
                self.member(header.tag, mark, depth)
            } else {
                self.contents(&header, place, mark, None, depth)
            };
        };
        let end = self.at + length;
        // Nothing below that depth matters to anyone, and nothing in a member is ours to change.
        if !constructed || place == Place::Member || depth == MAX_DEPTH {
            if header.is_der {
                self.copy(start, end);
            } else {
                self.head(header.tag, length);
                self.copy(self.at, end);
            }
            self.at = end;
            return Ok(());
        }
        self.contents(&header, place, mark, Some(end), depth)
    }

    /// Goes over the elements inside of one, and puts its header before them.
    fn contents(
        &mut self,
        header: &Header,
        place: Place,
        mark: usize,
        end: Option<usize>,
        depth: usize,
    ) -> Result<(), Malformed> {
        let is_string = is_string(header.tag);
        self.changed |= is_string;
        let mut index = 0;
        while !self.ends(end)? {
            if is_string {
                self.piece(depth + 1)?;
            } else {
                let tag = self.bytes.get(self.at).copied().unwrap_or_default();
                self.element(place.child(index, tag), depth + 1)?;
            }
            index += 1;
            self.within(end)?;
        }
        let tag = if is_string {
            header.tag & !CONSTRUCTED
        } else {
            header.tag
        };
        if self.writes {
            let header = asn1::header(tag, self.out.len() - mark);
            self.out.splice(mark..mark, header);
        }
        Ok(())
    }

    /// Whether what was read last lies within what holds it.
    fn within(&self, end: Option<usize>) -> Result<(), Malformed> {
        if end.is_some_and(|end| self.at > end) {
            return Err(self.fail("an element beyond the end of what holds it"));
        }
        Ok(())
    }

    /// One piece of a string, which may consist of pieces itself (X.690, 8.7.3).
    fn piece(&mut self, depth: usize) -> Result<(), Malformed> {
        let start = self.at;
        let header = self.header()?;
        if header.tag & !CONSTRUCTED != tag::OCTET_STRING || depth >= MAX_DEPTH {
            self.at = start;
            return Err(self.fail("a piece of a string is expected"));
        }
        let end = header.length.map(|length| self.at + length);
        if header.tag & CONSTRUCTED != 0 {
            while !self.ends(end)? {
                self.piece(depth + 1)?;
                self.within(end)?;
            }
            return Ok(());
        }
        let end = end.ok_or_else(|| self.fail("an indefinite length of a piece"))?;
        self.copy(self.at, end);
        self.at = end;
        Ok(())
    }

    /// A certificate or list of an indefinite length: its elements as they stand.
    fn member(&mut self, tag: u8, mark: usize, depth: usize) -> Result<(), Malformed> {
        let start = self.at;
        let mut end = start;
        while !self.ends(None)? {
            self.skip(depth + 1)?;
            end = self.at;
        }
        self.copy(start, end);
        if self.writes {
            let header = asn1::header(tag, end - start);
            self.out.splice(mark..mark, header);
        }
        Ok(())
    }

    /// Goes over one element and takes nothing of it.
    fn skip(&mut self, depth: usize) -> Result<(), Malformed> {
        let header = self.header()?;
        if let Some(length) = header.length {
            self.at += length;
            return Ok(());
        }
        if depth == MAX_DEPTH || header.tag & CONSTRUCTED == 0 {
            return Err(self.fail("nested too deeply"));
        }
        while !self.ends(None)? {
            self.skip(depth + 1)?;
        }
        Ok(())
    }

    /// Whether the contents end here; end-of-contents octets are read.
    fn ends(&mut self, end: Option<usize>) -> Result<bool, Malformed> {
        match end {
            Some(end) => Ok(self.at >= end),
            None if self.at >= self.bytes.len() => Err(self.fail("the data ends here")),
            None => {
                let ends = self.bytes[self.at..].starts_with(&[0, 0]);
                self.at += if ends { 2 } else { 0 };
                Ok(ends)
            }
        }
    }

    fn head(&mut self, tag: u8, length: usize) {
        if self.writes {
            self.out.extend(asn1::header(tag, length));
        }
    }

    fn copy(&mut self, from: usize, to: usize) {
        if self.writes {
            self.out.extend_from_slice(&self.bytes[from..to]);
        }
    }
}

impl Place {
    /// Where the element of this number and tag stands inside.
    fn child(self, index: usize, tag: u8) -> Self {
        match (self, index, tag) {
            (Self::ContentInfo, 1, tag::CONTEXT_0) => Self::Explicit,
            (Self::Explicit, 0, tag::SEQUENCE) => Self::SignedData,
            (Self::SignedData, 2, tag::SEQUENCE) => Self::Encapsulated,
            (Self::SignedData, _, tag::CONTEXT_0 | tag::CONTEXT_1) => Self::Members,
            (Self::Encapsulated, 1, tag::CONTEXT_0) => Self::Content,
            (Self::Content, ..) if tag & !CONSTRUCTED != tag::OCTET_STRING => Self::Member,
            (Self::SignedData, 3.., tag::SET) => Self::Signers,
            (Self::Signers, ..) => Self::Signer,
            (Self::Members, ..) | (Self::Signer, _, tag::CONTEXT_1) => Self::Member,
            _ => Self::Any,
        }
    }
}

/// Whether a tag is that of a string in pieces. BIT STRINGs in pieces are met nowhere in a message.
fn is_string(tag: u8) -> bool {
    const UNIVERSAL_CONSTRUCTED: std::ops::RangeInclusive<u8> = 0x20..=0x3f;
    UNIVERSAL_CONSTRUCTED.contains(&tag)
        && matches!(
            tag & !CONSTRUCTED,
            tag::OCTET_STRING | tag::UTF8_STRING | tag::NUMERIC_STRING..=tag::BMP_STRING
        )
}

const CONSTRUCTED: u8 = 0x20;

/// Levels of elements: a time stamp in an unsigned attribute takes some 20.
const MAX_DEPTH: usize = 64;

#[cfg(test)]
mod tests;
