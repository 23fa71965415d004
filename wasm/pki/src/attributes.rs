//! The signed attributes of a CMS: the bytes that a key signs when it signs a document.
//!
//! Always content type, message digest and signing certificate, and a signing time that is only
//! claimed. [`check`] is what the host asks before a key touches such bytes: it accepts exactly
//! what [`build`] makes, so nothing else can be passed off as attributes.
//!
//! Source: RFC 5652, clauses 5.3, 5.4 and 11; RFC 5035; GM/T 0010-2012 for the SM2 OIDs.

use crate::asn1::{self, Malformed, Reader, Tlv, tag};
use crate::certificate::Certificate;
use crate::certificate::general_name::GeneralName;
use crate::hash;
use crate::oid;
use der::asn1::ObjectIdentifier;
use yinxin_proto::Error;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::time::UnixTime;

/// What precedes the challenge in a `logondata` login.
pub const LOGONDATA: &str = "LOGONDATA:";

/// The text that a `logondata` login signs.
#[must_use]
pub fn logondata(challenge: &str) -> String {
    format!("{LOGONDATA}{challenge}")
}

/// The DER SET OF Attribute over a content's digest, for a certificate.
///
/// The digest is SM3 for an SM2 certificate (of the content alone, without Z), SHA-256 otherwise.
#[must_use]
pub fn build(
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    digest: &[u8; 32],
    claimed: Option<UnixTime>,
) -> Vec<u8> {
    let attribute = |kind: ObjectIdentifier, value: Vec<u8>| {
        let values = asn1::element(tag::SET, &[&value]);
        asn1::element(tag::SEQUENCE, &[&asn1::oid(kind), &values])
    };
    let mut attributes = vec![
        attribute(oid::CONTENT_TYPE, asn1::oid(content_type(algorithm))),
        attribute(
            oid::MESSAGE_DIGEST,
            asn1::element(tag::OCTET_STRING, &[digest]),
        ),
        attribute(
            oid::SIGNING_CERTIFICATE_V2,
            signing_certificate(algorithm, certificate),
        ),
    ];
    if let Some(time) = claimed.and_then(encode_time) {
        attributes.push(attribute(oid::SIGNING_TIME, time));
    }
    asn1::set_of(attributes)
}

/// Attributes that passed [`check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedAttributes {
    /// Digest of the content.
    pub message_digest: [u8; 32],
    /// The signing time that they claim.
    pub claimed: Option<UnixTime>,
}

/// Checks that bytes are signed attributes as the product makes them, for this certificate:
/// strict DER, no attribute that [`build`] does not write, none twice.
///
/// # Errors
/// [`Error::AttributesRefused`], or [`Error::AlgorithmNotSupported`] for the certificate.
pub fn check(der: &[u8], certificate: &Certificate) -> Result<CheckedAttributes, Error> {
    let algorithm = certificate.signing_algorithm()?;
    let refused = |m: Malformed| refuse(&format!("byte {}: {}", m.position, m.reason));
    let read = Attributes::read(der).map_err(refused)?;
    let message_digest = read.message_digest.unwrap_or_default();
    let message_digest: [u8; 32] = message_digest
        .try_into()
        .map_err(|_| refuse("message digest"))?;
    // What the product would have made of the same facts is the only form that passes.
    let claimed = read.signing_time;
    if build(algorithm, certificate, &message_digest, claimed) != der {
        return Err(refuse("not the attributes of this certificate"));
    }
    Ok(CheckedAttributes {
        message_digest,
        claimed,
    })
}

/// [`check`] for a `logondata` login: the digest must be that of its text.
///
/// # Errors
/// As [`check`], and [`Error::ChallengeInvalid`].
pub fn check_logondata(
    der: &[u8],
    certificate: &Certificate,
    challenge: &str,
) -> Result<CheckedAttributes, Error> {
    if !crate::login::is_challenge(challenge) {
        return Err(Error::ChallengeInvalid {});
    }
    let checked = check(der, certificate)?;
    let algorithm = certificate.signing_algorithm()?;
    if checked.message_digest != hash::digest(algorithm, logondata(challenge).as_bytes()) {
        return Err(refuse("message digest"));
    }
    Ok(checked)
}

/// The attributes of any CMS as they are read: unknown ones are skipped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes<'a> {
    pub content_type: Option<ObjectIdentifier>,
    pub message_digest: Option<&'a [u8]>,
    pub signing_time: Option<UnixTime>,
    /// Value of signingCertificate.
    pub signing_certificate: Option<&'a [u8]>,
    /// Value of signingCertificateV2.
    pub signing_certificate_v2: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    /// Reads a SET OF Attribute.
    pub fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        Self::read_values(asn1::single(der, tag::SET, "SET OF Attribute is expected")?.children())
    }

    /// Reads the attributes inside a set. Those that are known must have one value and stand once
    /// (RFC 5652, clause 11).
    pub fn read_values(mut attributes: Reader<'a>) -> Result<Self, Malformed> {
        let mut read = Self::default();
        while !attributes.is_empty() {
            let attribute = attributes.expect(tag::SEQUENCE, "an Attribute is expected")?;
            let mut fields = attribute.children();
            let kind = fields.read()?.oid()?;
            let values = fields.expect(tag::SET, "SET OF AttributeValue is expected")?;
            fields.finish()?;
            let known = [
                oid::CONTENT_TYPE,
                oid::MESSAGE_DIGEST,
                oid::SIGNING_TIME,
                oid::SIGNING_CERTIFICATE,
                oid::SIGNING_CERTIFICATE_V2,
            ];
            if !known.contains(&kind) {
                continue;
            }
            let mut values = values.children();
            let value = values.read()?;
            values.finish()?;
            let twice = if kind == oid::CONTENT_TYPE {
                read.content_type.replace(value.oid()?).is_some()
            } else if kind == oid::MESSAGE_DIGEST {
                if value.tag != tag::OCTET_STRING {
                    return Err(value.malformed("an OCTET STRING is expected"));
                }
                read.message_digest.replace(value.value).is_some()
            } else if kind == oid::SIGNING_TIME {
                let time = asn1::time(&value)?;
                read.signing_time.replace(time).is_some()
            } else if kind == oid::SIGNING_CERTIFICATE {
                read.signing_certificate.replace(value.raw).is_some()
            } else {
                read.signing_certificate_v2.replace(value.raw).is_some()
            };
            if twice {
                return Err(attribute.malformed("an attribute stands twice"));
            }
        }
        Ok(read)
    }

    /// Whether signingCertificate and signingCertificateV2, as far as they are there, name this
    /// certificate first. One that can't be read names none. `None` if neither is there.
    pub fn names(&self, certificate: &Certificate) -> Option<bool> {
        let of = |value: Option<&[u8]>, version| {
            let read = |value| lists_first(value, version, certificate).unwrap_or(false);
            value.map(read)
        };
        let first = of(self.signing_certificate, 1);
        let second = of(self.signing_certificate_v2, 2);
        match (first, second) {
            (None, None) => None,
            _ => Some(first != Some(false) && second != Some(false)),
        }
    }
}

/// Whether the first of the certificates that a SigningCertificate (RFC 2634, 5.4) or
/// SigningCertificateV2 (RFC 5035, 3) lists is this one. The others are its issuers.
fn lists_first(value: &[u8], version: u8, certificate: &Certificate) -> Result<bool, Malformed> {
    let mut fields = asn1::single(value, tag::SEQUENCE, "a SEQUENCE is expected")?.children();
    let list = fields.expect(tag::SEQUENCE, "certs are expected")?;
    fields.optional(tag::SEQUENCE)?;
    fields.finish()?;
    let mut list = list.children();
    let named = id_names(&list.read()?, version, Some(certificate))?;
    // The others are read, and none is compared: there may be thousands, each with a digest.
    while !list.is_empty() {
        id_names(&list.read()?, version, None)?;
    }
    Ok(named)
}

/// Whether an ESSCertID (SHA-1) or ESSCertIDv2 names a certificate. Issuer and serial number may stand
/// beside the digest, and must agree then. Without a certificate it is read only.
fn id_names(
    id: &Tlv<'_>,
    version: u8,
    certificate: Option<&Certificate>,
) -> Result<bool, Malformed> {
    if id.tag != tag::SEQUENCE {
        return Err(id.malformed("an ESSCertID is expected"));
    }
    let mut fields = id.children();
    let algorithm = match version {
        1 => oid::SHA1,
        _ => match fields.optional(tag::SEQUENCE)? {
            Some(algorithm) => algorithm.children().read()?.oid()?,
            None => oid::SHA256,
        },
    };
    let digest = fields.expect(tag::OCTET_STRING, "a certHash is expected")?;
    let issuer_and_serial = fields.optional(tag::SEQUENCE)?;
    fields.finish()?;
    let mut named = certificate.is_some_and(|certificate| {
        #[cfg(test)]
        crate::testing::work::done("certificate digest");
        hash::digest_of_any(algorithm, certificate.der()).is_some_and(|own| own == digest.value)
    });
    if let Some(both) = issuer_and_serial {
        let mut fields = both.children();
        let issuer = fields.expect(tag::SEQUENCE, "GeneralNames are expected")?;
        let serial = fields.expect(tag::INTEGER, "a serial number is expected")?;
        fields.finish()?;
        let names = GeneralName::read_all(issuer.children())?;
        named &= certificate.is_some_and(|certificate| {
            asn1::may_be_same_serial(serial.value, certificate.serial())
                && names.iter().any(|name| match name {
                    GeneralName::Directory(name) => name.matches(certificate.issuer()),
                    _ => false,
                })
        });
    }
    Ok(named)
}

/// The content type under which the product signs.
#[must_use]
pub fn content_type(algorithm: SignatureAlgorithm) -> ObjectIdentifier {
    match algorithm {
        SignatureAlgorithm::Sm2Sm3 => oid::GM_DATA,
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => oid::DATA,
    }
}

/// SigningCertificateV2 (RFC 5035): one ESSCertIDv2. SHA-256 is the default hash and so left out.
fn signing_certificate(algorithm: SignatureAlgorithm, certificate: &Certificate) -> Vec<u8> {
    let id = match algorithm {
        SignatureAlgorithm::Sm2Sm3 => {
            let hash = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::SM3)]);
            let digest = asn1::element(tag::OCTET_STRING, &[&certificate.sm3()]);
            asn1::element(tag::SEQUENCE, &[&hash, &digest])
        }
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => {
            let digest = asn1::element(tag::OCTET_STRING, &[certificate.sha256()]);
            asn1::element(tag::SEQUENCE, &[&digest])
        }
    };
    let list = asn1::element(tag::SEQUENCE, &[&id]);
    asn1::element(tag::SEQUENCE, &[&list])
}

/// UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5652, 11.3). `None` outside 1950–9999.
fn encode_time(time: UnixTime) -> Option<Vec<u8>> {
    let (year, month, day, hour, minute, second) = time.civil();
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    match year {
        1950..=2049 => {
            let text = format!("{:02}{rest}", year % 100);
            Some(asn1::element(tag::UTC_TIME, &[text.as_bytes()]))
        }
        2050..=9999 => {
            let text = format!("{year:04}{rest}");
            Some(asn1::element(tag::GENERALIZED_TIME, &[text.as_bytes()]))
        }
        _ => None,
    }
}

fn refuse(reason: &str) -> Error {
    Error::AttributesRefused {
        reason: reason.into(),
    }
}
