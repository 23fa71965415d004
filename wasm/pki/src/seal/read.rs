//! The structure of a seal. Strict where lengths and tags are concerned; what the field writes
//! otherwise is read and recorded. Everything signed keeps its place in the original bytes.

use super::{CertificateDigest, Picture, Property, Seal, SealExtension, Users, Version};
use crate::asn1::{self, Malformed, Reader, Tlv, hex, tag};
use crate::certificate::name::Text;
use crate::oid;
use crate::trust;
use der::asn1::ObjectIdentifier;
use std::ops::Range;
use yinxin_proto::limits::MAX_SEAL_CERTIFICATES;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// Reads `SESeal`.
pub(super) fn read(der: Vec<u8>) -> Result<Seal, Malformed> {
    let mut odd = Oddities::default();
    let mut outer = asn1::single(&der, tag::SEQUENCE, "a SEQUENCE is expected")?.children();
    let info = outer.expect(tag::SEQUENCE, "an SES_SealInfo is expected")?;
    let mut fields = info.children();
    let header = fields.expect(tag::SEQUENCE, "an SES_Header is expected")?;
    let (number, vendor) = read_header(&header, &mut odd)?;

    // Version 1 puts the signature's parts into a SEQUENCE of their own.
    let in_sequence = outer.peek() == Some(tag::SEQUENCE);
    let mut parts = outer;
    if in_sequence {
        parts = outer
            .expect(tag::SEQUENCE, "an SES_SignInfo is expected")?
            .children();
        outer.finish()?;
    }
    // What is signed depends on the structure, which the number in the header may contradict.
    let version = match number {
        _ if in_sequence => Version::V1,
        5 => Version::V5,
        _ => Version::V4,
    };
    if number != u32::from(version.number()) {
        let reason = "a version that the structure does not have";
        odd.encoding("header.version", reason);
        odd.evidence(number.to_string(), version.number().to_string());
    }
    let maker = parts.expect(tag::OCTET_STRING, "the maker's certificate is expected")?;
    let algorithm = parts.read()?;
    let signature = bits(&mut parts, "a signature is expected", "signature", &mut odd)?;
    let time_stamp = match version {
        Version::V5 => parts.optional(tag::CONTEXT_0)?,
        Version::V1 | Version::V4 => None,
    };
    parts.finish()?;
    let time_stamp = match time_stamp {
        None => None,
        Some(explicit) => Some(read_stamp(&explicit)?),
    };

    let id = text(
        &mut fields,
        tag::IA5_STRING,
        "an esID is expected",
        "esID",
        &mut odd,
    )?;
    let property = fields.expect(tag::SEQUENCE, "an SES_ESPropertyInfo is expected")?;
    let property = read_property(&property, version, &mut odd)?;
    let picture = fields.expect(tag::SEQUENCE, "an SES_ESPictureInfo is expected")?;
    let picture = read_picture(&picture, &mut odd)?;
    // As in a seal that is set on a document, where they have a tag.
    let tagged = fields.optional(tag::CONTEXT_0)?;
    if tagged.is_some() {
        odd.encoding("extDatas", "a tag that the definition does not have");
    }
    let mut inside = tagged.map(|explicit| explicit.children());
    let list = inside
        .as_mut()
        .unwrap_or(&mut fields)
        .optional(tag::SEQUENCE)?;
    let extensions = match list {
        None => Vec::new(),
        Some(list) => read_extensions(&list, &mut odd)?,
    };
    if let Some(inside) = inside {
        inside.finish()?;
    }
    fields.finish()?;

    let (info, maker_value) = (info.range(), maker.value_range());
    let maker_elements = maker.range().start..algorithm.range().end;
    let algorithm = read_algorithm(&algorithm, &mut odd)?;
    odd.0.extend(trust::oddity(
        algorithm,
        &der[signature.clone()],
        "signature",
    ));
    Ok(Seal {
        version,
        info,
        vendor,
        id,
        property,
        picture,
        extensions,
        maker: maker_value,
        maker_elements,
        algorithm,
        signature,
        time_stamp,
        findings: odd.0,
        der,
    })
}

/// What is odd, with its place.
#[derive(Default)]
pub(super) struct Oddities(pub(super) Vec<Finding>);

impl Oddities {
    fn note(&mut self, place: &str, error: Error) {
        self.0.push(Finding::new(Severity::Note, error).at(place));
    }

    pub(super) fn encoding(&mut self, place: &str, reason: &str) {
        let reason = reason.into();
        self.note(place, Error::EncodingOdd { reason });
    }

    /// Of what was noted last: what was found, and what was expected.
    fn evidence(&mut self, found: impl Into<String>, expected: impl Into<String>) {
        if let Some(last) = self.0.last_mut() {
            *last = last.clone().evidence(found, expected);
        }
    }
}

/// The version that a header says, and the vendor.
fn read_header(header: &Tlv<'_>, odd: &mut Oddities) -> Result<(u32, String), Malformed> {
    let mut fields = header.children();
    let id = text(
        &mut fields,
        tag::IA5_STRING,
        "an ID is expected",
        "header.ID",
        odd,
    )?;
    if id != "ES" {
        return Err(header.malformed("the ID of an electronic seal is ES"));
    }
    let number = small(&mut fields, "a version is expected", "header.version", odd)?;
    // Nobody knows what a later one signs. 2 and 3, which no standard has, are met.
    if !(1..=5).contains(&number) {
        let reason = "a version that is not known";
        return Err(header.malformed(reason));
    }
    let vendor = text(
        &mut fields,
        tag::IA5_STRING,
        "a Vid is expected",
        "header.Vid",
        odd,
    )?;
    fields.finish()?;
    Ok((number, vendor))
}

fn read_property(
    property: &Tlv<'_>,
    version: Version,
    odd: &mut Oddities,
) -> Result<Property, Malformed> {
    let mut fields = property.children();
    let kind = small(&mut fields, "a type is expected", "property.type", odd)?;
    let name = text(
        &mut fields,
        tag::UTF8_STRING,
        "a name is expected",
        "property.name",
        odd,
    )?;
    // Version 1 has certificates only.
    let list_type = fields.optional(tag::INTEGER)?;
    if let Some(kind) = list_type
        && !matches!(kind.value, [1 | 2])
    {
        odd.encoding("property.certListType", "a certListType that is not known");
        odd.evidence(hex(kind.value), "1 or 2");
    }
    let list = fields.expect(tag::SEQUENCE, "a certList is expected")?;
    let users = read_users(&list, list_type, odd)?;
    let created = read_time(&mut fields, version, "property.createDate", odd)?;
    let valid_from = read_time(&mut fields, version, "property.validStart", odd)?;
    let valid_until = read_time(&mut fields, version, "property.validEnd", odd)?;
    fields.finish()?;
    if valid_from < created {
        odd.encoding(
            "property.validStart",
            "a seal that begins before it was made",
        );
    }
    if valid_until < valid_from {
        odd.encoding("property.validEnd", "a seal that ends before it begins");
    }
    Ok(Property {
        kind,
        name,
        users,
        created,
        valid_from,
        valid_until,
    })
}

/// An entry of a certList.
enum Entry<'a> {
    Certificate(&'a [u8]),
    Digest(CertificateDigest),
}

impl<'a> Entry<'a> {
    /// Reads one, whatever the certListType says. `None` for what is neither.
    fn read(tlv: &Tlv<'a>) -> Option<Self> {
        if tlv.tag == tag::OCTET_STRING {
            return Some(Self::Certificate(tlv.value));
        }
        let mut fields = (tlv.tag == tag::SEQUENCE).then(|| tlv.children())?;
        if fields.peek() == Some(tag::SEQUENCE) {
            return Some(Self::Certificate(tlv.raw));
        }
        let (algorithm, _) = Text::read_as(tag::PRINTABLE_STRING, &fields.read().ok()?)?;
        let value = fields.expect(tag::OCTET_STRING, "").ok()?;
        fields.finish().ok()?;
        Some(Self::Digest(CertificateDigest {
            algorithm: algorithm.text,
            value: value.value.to_vec(),
        }))
    }
}

/// Who may use it. An entry that is neither certificate nor digest is left out: nobody can use the seal by it.
fn read_users(
    list: &Tlv<'_>,
    list_type: Option<Tlv<'_>>,
    odd: &mut Oddities,
) -> Result<Users, Malformed> {
    let by_digest = list_type.is_some_and(|kind| kind.value == [2]);
    let mut entries = list.children();
    let (mut certificates, mut digests) = (Vec::new(), Vec::new());
    let mut count = 0;
    while !entries.is_empty() {
        let tlv = entries.read()?;
        if count == MAX_SEAL_CERTIFICATES {
            return Err(tlv.malformed("too many certificates"));
        }
        let place = format!("property.certList[{count}]");
        count += 1;
        match Entry::read(&tlv) {
            Some(Entry::Certificate(der)) => {
                if tlv.tag != tag::OCTET_STRING {
                    odd.encoding(&place, "a certificate without an OCTET STRING around it");
                }
                certificates.push(der.to_vec());
            }
            Some(Entry::Digest(digest)) => digests.push(digest),
            None => {
                odd.encoding(&place, "neither a certificate nor a digest");
                odd.evidence(excerpt(tlv.raw), "an OCTET STRING or a CertDigestObj");
            }
        }
    }
    let others = if by_digest {
        certificates.len()
    } else {
        digests.len()
    };
    let own = if by_digest {
        digests.len()
    } else {
        certificates.len()
    };
    if others > 0 {
        let reason = "other entries than the certListType says";
        odd.encoding("property.certList", reason);
        odd.evidence(format!("{others} of {count}"), "none");
    }
    // As the type says, if there is one, unless all are of the other one.
    let as_said = own > 0 || others == 0 || list_type.is_none();
    Ok(if by_digest == as_said {
        Users::Digests(digests)
    } else {
        Users::Certificates(certificates)
    })
}

/// The beginning of bytes in hex, as evidence.
fn excerpt(bytes: &[u8]) -> String {
    match bytes.get(..EXCERPT) {
        Some(head) => hex(head) + "…",
        None => hex(bytes),
    }
}

/// A time: UTCTime in version 1, GeneralizedTime after it. The field also writes the other one, and
/// an OCTET STRING around the text of one.
fn read_time(
    fields: &mut Reader<'_>,
    version: Version,
    place: &str,
    odd: &mut Oddities,
) -> Result<UnixTime, Malformed> {
    let time = fields.read()?;
    let malformed = || time.malformed("a time is expected");
    let meant = match version {
        Version::V1 => tag::UTC_TIME,
        Version::V4 | Version::V5 => tag::GENERALIZED_TIME,
    };
    let read_as = match time.tag {
        // 15 characters are a year of four digits.
        tag::OCTET_STRING if time.value.len() >= 15 => tag::GENERALIZED_TIME,
        tag::OCTET_STRING => tag::UTC_TIME,
        tag => tag,
    };
    let (read, oddity) = asn1::time::read(read_as, time.value).ok_or_else(malformed)?;
    if time.tag != meant {
        odd.encoding(place, "a time of another type than the version has");
    } else if let Some(reason) = oddity.filter(|_| version == Version::V1) {
        odd.encoding(place, reason);
    }
    Ok(read)
}

fn read_picture(picture: &Tlv<'_>, odd: &mut Oddities) -> Result<Picture, Malformed> {
    let mut fields = picture.children();
    let reason = "a type of picture is expected";
    let kind = text(&mut fields, tag::IA5_STRING, reason, "picture.type", odd)?;
    let data = fields.expect(tag::OCTET_STRING, "a picture is expected")?;
    let width = small(&mut fields, "a width is expected", "picture.width", odd)?;
    let height = small(&mut fields, "a height is expected", "picture.height", odd)?;
    fields.finish()?;
    for (place, size) in [("picture.width", width), ("picture.height", height)] {
        if !(1..=MAX_MILLIMETRES).contains(&size) {
            odd.encoding(place, "a size in millimetres that no seal has");
        }
    }
    Ok(Picture {
        kind,
        data: data.value.to_vec(),
        width,
        height,
    })
}

/// `SEQUENCE OF ExtData`.
pub(super) fn read_extensions(
    list: &Tlv<'_>,
    odd: &mut Oddities,
) -> Result<Vec<SealExtension>, Malformed> {
    let mut entries = list.children();
    let mut read = Vec::new();
    while !entries.is_empty() {
        let entry = entries.expect(tag::SEQUENCE, "an ExtData is expected")?;
        if read.len() == MAX_EXTENSIONS {
            return Err(entry.malformed("too many extensions"));
        }
        let mut fields = entry.children();
        let oid = fields.read()?.oid()?;
        let flag = fields.optional(tag::BOOLEAN)?;
        let value = fields.expect(tag::OCTET_STRING, "an OCTET STRING is expected")?;
        fields.finish()?;
        let place = format!("extDatas.{oid}.critical");
        let critical = match flag.map(|flag| (flag, flag.value)) {
            None => false,
            Some((_, [0])) => {
                odd.note(&place, Error::DefaultEncoded {});
                false
            }
            Some((_, [0xff])) => true,
            Some((flag, [_])) => {
                odd.encoding(&place, "a BOOLEAN that is neither 00 nor FF");
                odd.evidence(hex(flag.raw), "0101ff");
                true
            }
            Some((flag, _)) => return Err(flag.malformed("a BOOLEAN of one octet is expected")),
        };
        read.push(SealExtension {
            oid,
            critical,
            value: value.value.to_vec(),
        });
    }
    Ok(read)
}

/// A number from 0 to 2^31 − 1. One that is padded, or has lost its sign octet, is told.
fn small(
    fields: &mut Reader<'_>,
    reason: &'static str,
    place: &str,
    odd: &mut Oddities,
) -> Result<u32, Malformed> {
    let number = fields.expect(tag::INTEGER, reason)?;
    match number.value {
        [] => return Err(number.malformed("an INTEGER without contents")),
        [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => {
            odd.note(place, Error::IntegerOdd {});
            odd.evidence(excerpt(number.value), "a minimal INTEGER above zero");
        }
        _ => {}
    }
    match asn1::without_zeros(number.value) {
        [_, _, _, _, _, ..] | [0x80..=0xff, _, _, _] => Err(number.malformed("a number too large")),
        octets => Ok(octets.iter().fold(0, |n, b| n << 8 | u32::from(*b))),
    }
}

/// A string, of whatever type, where one is meant. What of it is odd is told; one without a text is shown in hex.
pub(super) fn text(
    fields: &mut Reader<'_>,
    meant: u8,
    reason: &'static str,
    place: &str,
    odd: &mut Oddities,
) -> Result<String, Malformed> {
    let string = fields.read()?;
    if let Some((read, told)) = Text::read_as(meant, &string) {
        for (error, found, expected) in told {
            odd.note(place, error);
            odd.evidence(found, expected);
        }
        return Ok(read.text);
    }
    if string.tag != meant {
        return Err(string.malformed(reason));
    }
    odd.note(place, Error::StringUnreadable {});
    Ok(format!("#{}", hex(string.raw)))
}

/// A signature algorithm: an OBJECT IDENTIFIER, around which the field also writes the SEQUENCE of an
/// AlgorithmIdentifier. One that stands for SM2 with SM3 without being its name is told.
pub(super) fn read_algorithm(
    algorithm: &Tlv<'_>,
    odd: &mut Oddities,
) -> Result<ObjectIdentifier, Malformed> {
    let mut found = *algorithm;
    if found.tag == tag::SEQUENCE {
        let mut fields = algorithm.children();
        found = fields.read()?;
        fields.optional(tag::NULL)?;
        fields.finish()?;
        odd.encoding("signatureAlgorithm", "an AlgorithmIdentifier for its OID");
    }
    let oid = found.oid()?;
    if stands_for_sm2(oid) && oid != oid::SM2_WITH_SM3 {
        odd.encoding("signatureAlgorithm", "SM2 with SM3 by another name");
        odd.evidence(oid.to_string(), oid::SM2_WITH_SM3.to_string());
    }
    Ok(oid)
}

/// Whether an algorithm is SM2 with SM3, the only one of seals: by its name, or by that of SM2 alone, which is
/// written in its place as in CMS. What the signature is checked by does not depend on it.
pub(super) fn stands_for_sm2(algorithm: ObjectIdentifier) -> bool {
    [oid::SM2_WITH_SM3, oid::SM2_SIGN, oid::SM2_CURVE].contains(&algorithm)
}

/// The bytes of a BIT STRING; of an OCTET STRING in its place, which is told.
pub(super) fn bits(
    fields: &mut Reader<'_>,
    reason: &'static str,
    place: &str,
    odd: &mut Oddities,
) -> Result<Range<usize>, Malformed> {
    let found = fields.read()?;
    match found.tag {
        tag::BIT_STRING => whole(&found),
        tag::OCTET_STRING => {
            odd.encoding(place, "an OCTET STRING for a BIT STRING");
            Ok(found.value_range())
        }
        _ => Err(found.malformed(reason)),
    }
}

/// `[0] EXPLICIT BIT STRING`, a time stamp.
pub(super) fn read_stamp(explicit: &Tlv<'_>) -> Result<Range<usize>, Malformed> {
    let mut inside = explicit.children();
    let stamp = inside.expect(tag::BIT_STRING, "a BIT STRING is expected")?;
    inside.finish()?;
    whole(&stamp)
}

/// The bytes of a BIT STRING of whole bytes.
pub(super) fn whole(bits: &Tlv<'_>) -> Result<Range<usize>, Malformed> {
    let [0, ..] = bits.value else {
        return Err(bits.malformed("a BIT STRING of whole bytes is expected"));
    };
    let Range { start, end } = bits.value_range();
    Ok(start + 1..end)
}

const MAX_EXTENSIONS: usize = 100;

/// Bytes that are told as evidence.
const EXCERPT: usize = 16;

/// A side of a picture: that of a sheet of A4.
const MAX_MILLIMETRES: u32 = 297;
