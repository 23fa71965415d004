//! The pieces of seals in DER, and the signature over them.

use super::SealExtension;
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::oid;
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// A signature that is the certificate's, as DER.
pub(super) fn signature_of(
    certificate: &Certificate,
    message: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
) -> Result<Vec<u8>, Error> {
    let signature = sign(message)?;
    let signature = certificate.key()?.normalise(&signature).unwrap_or_default();
    super::verdict::signed(certificate, oid::SM2_WITH_SM3, message, &signature)
        .map_err(|_| Error::SignatureNotVerified {})?;
    Ok(signature)
}

/// A value does not read back: a year that UTCTime does not have, a number above 2^31 − 1.
pub(super) fn no_room() -> Error {
    Error::SealUnreadable {
        position: 0,
        reason: "a value that the version has no room for".into(),
    }
}

/// `SEQUENCE OF ExtData`; nothing if there are none.
pub(super) fn extensions(all: &[SealExtension]) -> Vec<u8> {
    if all.is_empty() {
        return Vec::new();
    }
    let entry = |extension: &SealExtension| {
        let critical: &[u8] = match extension.critical {
            true => &[tag::BOOLEAN, 1, 0xff],
            false => &[],
        };
        let (oid, value) = (asn1::oid(extension.oid), octets(&extension.value));
        sequence(&[&oid, critical, &value])
    };
    sequence(&[&all.iter().flat_map(entry).collect::<Vec<u8>>()])
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    asn1::element(tag::SEQUENCE, parts)
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    asn1::element(tag::OCTET_STRING, &[bytes])
}

pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    asn1::element(tag::BIT_STRING, &[&[0], bytes])
}

/// A SEQUENCE with a time stamp added at its end.
pub(super) fn stamped(der: &[u8], stamp: &[u8]) -> Vec<u8> {
    let contents = asn1::Reader::new(der).read().map(|outer| outer.value);
    let stamp = asn1::element(tag::CONTEXT_0, &[&bits(stamp)]);
    sequence(&[contents.unwrap_or_default(), &stamp])
}

pub(super) fn ia5(text: &str) -> Vec<u8> {
    asn1::element(tag::IA5_STRING, &[text.as_bytes()])
}

pub(super) fn number(number: u32) -> Vec<u8> {
    asn1::unsigned(&number.to_be_bytes())
}

pub(super) fn generalized_time(time: UnixTime) -> Vec<u8> {
    asn1::element(tag::GENERALIZED_TIME, &[digits(time).as_bytes()])
}

pub(super) fn digits(time: UnixTime) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}
