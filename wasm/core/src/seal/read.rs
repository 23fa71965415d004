//! The structure of a seal. Strict where lengths and tags are concerned; what the field writes
//! otherwise is read and recorded. Everything signed keeps its place in the original bytes.

use super::{CertificateDigest, Picture, Property, Seal, SealExtension, Users, Version};
use crate::asn1::{self, Malformed, Reader, Tlv, hex, tag};
use crate::time::UnixTime;
use yinxin_proto::limits::MAX_SEAL_CERTIFICATES;
use yinxin_proto::{Error, Finding, Severity};

/// Reads `SESeal`.
pub(super) fn read(der: Vec<u8>) -> Result<Seal, Malformed> {
    let mut odd = Oddities::default();
    let mut outer = asn1::single(&der, tag::SEQUENCE, "a SEQUENCE is expected")?.children();
    let info = outer.expect(tag::SEQUENCE, "an SES_SealInfo is expected")?;
    let mut fields = info.children();
    let header = fields.expect(tag::SEQUENCE, "an SES_Header is expected")?;
    let (version, vendor) = read_header(&header, &mut odd)?;

    // Version 1 puts the signature's parts into a SEQUENCE of their own; the header may say otherwise.
    let in_sequence = outer.peek() == Some(tag::SEQUENCE);
    if in_sequence != (version == Version::V1) {
        return Err(header.malformed("a version that the structure does not have"));
    }
    let mut parts = outer;
    if in_sequence {
        parts = outer
            .expect(tag::SEQUENCE, "an SES_SignInfo is expected")?
            .children();
        outer.finish()?;
    }
    let maker = parts.expect(tag::OCTET_STRING, "the maker's certificate is expected")?;
    let algorithm = parts.read()?;
    let signature = parts.expect(tag::BIT_STRING, "a signature is expected")?;
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
        &fields.expect(tag::IA5_STRING, "an esID is expected")?,
        "esID",
        &mut odd,
    );
    let property = fields.expect(tag::SEQUENCE, "an SES_ESPropertyInfo is expected")?;
    let property = read_property(&property, version, &mut odd)?;
    let picture = fields.expect(tag::SEQUENCE, "an SES_ESPictureInfo is expected")?;
    let picture = read_picture(&picture, &mut odd)?;
    let extensions = match fields.optional(tag::SEQUENCE)? {
        None => Vec::new(),
        Some(list) => read_extensions(&list, &mut odd)?,
    };
    fields.finish()?;

    let (info, maker_value) = (info.range(), maker.value_range());
    let maker_elements = maker.range().start..algorithm.range().end;
    let (algorithm, signature) = (algorithm.oid()?, whole(&signature)?);
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

    fn encoding(&mut self, place: &str, reason: &str) {
        let reason = reason.into();
        self.note(place, Error::EncodingOdd { reason });
    }
}

fn read_header(header: &Tlv<'_>, odd: &mut Oddities) -> Result<(Version, String), Malformed> {
    let mut fields = header.children();
    let id = fields.expect(tag::IA5_STRING, "an ID is expected")?;
    if id.value != b"ES" {
        return Err(id.malformed("the ID of an electronic seal is ES"));
    }
    let number = fields.expect(tag::INTEGER, "a version is expected")?;
    let version = match number.value {
        [1] => Version::V1,
        [4] => Version::V4,
        [5] => Version::V5,
        _ => return Err(number.malformed("a version that is not known")),
    };
    let vendor = fields.expect(tag::IA5_STRING, "a Vid is expected")?;
    fields.finish()?;
    Ok((version, text(&vendor, "header.Vid", odd)))
}

fn read_property(
    property: &Tlv<'_>,
    version: Version,
    odd: &mut Oddities,
) -> Result<Property, Malformed> {
    let mut fields = property.children();
    let kind = small(&mut fields, "a type is expected")?;
    let name = fields.expect(tag::UTF8_STRING, "a name is expected")?;
    let name = text(&name, "property.name", odd);
    let by_digest = match version {
        Version::V1 => false,
        Version::V4 | Version::V5 => {
            let kind = fields.expect(tag::INTEGER, "a certListType is expected")?;
            match kind.value {
                [1] => false,
                [2] => true,
                _ => return Err(kind.malformed("a certListType that is not known")),
            }
        }
    };
    let list = fields.expect(tag::SEQUENCE, "a certList is expected")?;
    let users = read_users(&list, by_digest)?;
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

fn read_users(list: &Tlv<'_>, by_digest: bool) -> Result<Users, Malformed> {
    let mut entries = list.children();
    let (mut certificates, mut digests) = (Vec::new(), Vec::new());
    while !entries.is_empty() {
        let entry = entries.read()?;
        if certificates.len() + digests.len() == MAX_SEAL_CERTIFICATES as usize {
            return Err(entry.malformed("too many certificates"));
        }
        match (by_digest, entry.tag) {
            (false, tag::OCTET_STRING) => certificates.push(entry.value.to_vec()),
            (true, tag::SEQUENCE) => {
                let mut fields = entry.children();
                let algorithm = fields.expect(tag::PRINTABLE_STRING, "a type is expected")?;
                let value = fields.expect(tag::OCTET_STRING, "a digest is expected")?;
                fields.finish()?;
                digests.push(CertificateDigest {
                    algorithm: String::from_utf8_lossy(algorithm.value).into_owned(),
                    value: value.value.to_vec(),
                });
            }
            _ => return Err(entry.malformed("another entry than the certListType says")),
        }
    }
    Ok(if by_digest {
        Users::Digests(digests)
    } else {
        Users::Certificates(certificates)
    })
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
    let (read, oddity) = UnixTime::from_asn1(read_as, time.value).ok_or_else(malformed)?;
    if time.tag != meant {
        odd.encoding(place, "a time of another type than the version has");
    } else if let Some(reason) = oddity.filter(|_| version == Version::V1) {
        odd.encoding(place, reason);
    }
    Ok(read)
}

fn read_picture(picture: &Tlv<'_>, odd: &mut Oddities) -> Result<Picture, Malformed> {
    let mut fields = picture.children();
    let kind = fields.expect(tag::IA5_STRING, "a type of picture is expected")?;
    let kind = text(&kind, "picture.type", odd);
    let data = fields.expect(tag::OCTET_STRING, "a picture is expected")?;
    let width = small(&mut fields, "a width is expected")?;
    let height = small(&mut fields, "a height is expected")?;
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
                if let Some(last) = odd.0.last_mut() {
                    *last = last.clone().evidence(hex(flag.raw), "0101ff");
                }
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

/// A number from 0 to 2^31 − 1.
fn small(fields: &mut Reader<'_>, reason: &'static str) -> Result<u32, Malformed> {
    let number = fields.expect(tag::INTEGER, reason)?;
    match number.value {
        [] => Err(number.malformed("an INTEGER without contents")),
        [0x80..=0xff, ..] => Err(number.malformed("a negative number")),
        [0, 0..=0x7f, ..] => Err(number.malformed("a minimal INTEGER is expected")),
        octets if octets.len() > 4 => Err(number.malformed("a number too large")),
        octets => Ok(octets.iter().fold(0, |n, b| n << 8 | u32::from(*b))),
    }
}

/// A string; what is no UTF-8 is shown with replacement characters, and told.
pub(super) fn text(string: &Tlv<'_>, place: &str, odd: &mut Oddities) -> String {
    let ascii = string.tag != tag::IA5_STRING || string.value.is_ascii();
    let text = String::from_utf8_lossy(string.value);
    if !ascii || matches!(text, std::borrow::Cow::Owned(_)) {
        odd.note(place, Error::StringOdd {});
    }
    text.into_owned()
}

/// `[0] EXPLICIT BIT STRING`, a time stamp.
pub(super) fn read_stamp(explicit: &Tlv<'_>) -> Result<std::ops::Range<usize>, Malformed> {
    let mut inside = explicit.children();
    let stamp = inside.expect(tag::BIT_STRING, "a BIT STRING is expected")?;
    inside.finish()?;
    whole(&stamp)
}

/// The bytes of a BIT STRING of whole bytes.
pub(super) fn whole(bits: &Tlv<'_>) -> Result<std::ops::Range<usize>, Malformed> {
    let [0, ..] = bits.value else {
        return Err(bits.malformed("a BIT STRING of whole bytes is expected"));
    };
    let std::ops::Range { start, end } = bits.value_range();
    Ok(start + 1..end)
}

const MAX_EXTENSIONS: usize = 100;

/// A side of a picture: that of a sheet of A4.
const MAX_MILLIMETRES: u32 = 297;
