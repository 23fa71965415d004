//! Time stamps: that a digest existed at a time, as a time-stamping authority says.
//!
//! Source: RFC 3161, 2.4.2 (TSTInfo in a SignedData) and 2.3 (the authority's certificate); RFC 5816 (its digest).

mod request;

pub use request::Request;

use super::read::{Sid, SignedData, SignerInfo};
use crate::asn1::{self, Malformed, tag};
use crate::attributes::Attributes;
use crate::certificate::Certificate;
use crate::certificate::name::DistinguishedName;
use crate::hash;
use crate::sm2::{DEFAULT_ID, Sm2Digest};
use crate::trust::{self, PathPolicy, PathStep};
use crate::{oid, outer};
use der::asn1::ObjectIdentifier;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// What a time stamp says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStamp {
    /// When.
    pub time: UnixTime,
    /// The algorithm of the digest.
    pub algorithm: ObjectIdentifier,
    /// The digest that existed then.
    pub imprint: Vec<u8>,
    /// Under which policy it was given.
    pub policy: ObjectIdentifier,
    /// The number of whoever asked for it, as the contents of its INTEGER.
    pub nonce: Option<Vec<u8>>,
}

/// The judgement of one.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// Whether nothing fatal was found: it is evidence of its time.
    pub valid: bool,
    /// What it says.
    pub stamp: TimeStamp,
    /// Its authority's certificate, if that is there.
    pub certificate: Option<Certificate>,
    /// From that to the anchor, as far as it could be built.
    pub path: Vec<PathStep>,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
}

/// Judges a time stamp (a SignedData, as it stands in a signature) over something of which the digests are asked for by
/// their algorithm. Its authority is judged by its path at the policy's time; issuers and policies are a signer's and not
/// asked of it.
///
/// # Errors
/// `cms-unreadable`.
pub fn verify(
    token: &[u8],
    digest: impl Fn(ObjectIdentifier) -> Option<Vec<u8>>,
    policy: &PathPolicy<'_>,
) -> Result<Stamped, Error> {
    let refused = |malformed: Malformed| Error::CmsUnreadable {
        position: u32::try_from(malformed.position).unwrap_or(u32::MAX),
        reason: malformed.reason.into(),
    };
    let (der, mut findings) = outer::message(token.to_vec()).map_err(refused)?;
    let data = SignedData::read(&der, 1).map_err(refused)?;
    let at_start = |reason| Malformed {
        position: 0,
        reason,
    };
    let content = data.content.filter(|_| data.content_type == oid::TST_INFO);
    let content = content.ok_or_else(|| refused(at_start("no TSTInfo")))?;
    let stamp = TimeStamp::read(content).map_err(refused)?;
    // A SignedData has one signer at least.
    let Some(info) = data.signers.first() else {
        return Err(refused(at_start("no signer")));
    };
    let fatal = |reason: &str| {
        let reason = reason.into();
        Finding::new(Severity::Fatal, Error::TimeStampInvalid { reason })
    };
    if digest(stamp.algorithm).is_none_or(|own| own != stamp.imprint) {
        findings.push(fatal("it is of something else"));
    }
    let inside = data
        .certificates
        .iter()
        .filter_map(|der| Certificate::from_der(der.to_vec()).ok());
    let mut known: Vec<Certificate> = inside.collect();
    known.extend_from_slice(policy.intermediates);
    let Some(certificate) = known.iter().find(|one| is_of(one, &info.sid)).cloned() else {
        findings.push(fatal("its authority's certificate is missing"));
        return Ok(Stamped {
            valid: false,
            stamp,
            certificate: None,
            path: Vec::new(),
            findings,
        });
    };
    if let Err(reason) = signature(info, content, &certificate) {
        findings.push(fatal(reason));
    }
    let purposes = certificate.extended_key_usage().unwrap_or_default();
    if purposes != [oid::TIME_STAMPING] {
        findings.push(fatal(
            "its authority's certificate is not for time stamps alone",
        ));
    }
    if certificate.is_ca() || !certificate.key_usage().is_none_or(|usage| usage.signs()) {
        findings.push(fatal("its authority's certificate is not for signing"));
    }
    if certificate.validity_problem(stamp.time).is_some() {
        findings.push(fatal("its authority's certificate was not valid then"));
    }
    if stamp.time > policy.at {
        findings.push(fatal("its time has not come yet"));
    }
    let own = PathPolicy {
        intermediates: &known,
        issuers: None,
        holders: None,
        policies: None,
        purpose: None,
        ..policy.clone()
    };
    let judged = trust::verify(&certificate, &own);
    findings.extend(judged.findings.into_iter().map(|finding| {
        let place = finding.place.clone().unwrap_or_default();
        finding.at(if place.is_empty() {
            "authority".into()
        } else {
            format!("authority.{place}")
        })
    }));
    let findings = trust::gravest_first(findings);
    Ok(Stamped {
        valid: trust::is_valid(&findings),
        stamp,
        certificate: Some(certificate),
        path: judged.path,
        findings,
    })
}

impl TimeStamp {
    /// Reads a TSTInfo.
    ///
    /// # Errors
    /// If it is none.
    fn read(der: &[u8]) -> Result<Self, Malformed> {
        let mut fields = asn1::single(der, tag::SEQUENCE, "a TSTInfo is expected")?.children();
        fields.expect(tag::INTEGER, "a version is expected")?;
        let policy = fields.read()?.oid()?;
        let imprint = fields.expect(tag::SEQUENCE, "a messageImprint is expected")?;
        fields.expect(tag::INTEGER, "a serial number is expected")?;
        let time = fields.expect(tag::GENERALIZED_TIME, "a genTime is expected")?;
        // accuracy and ordering
        fields.optional(tag::SEQUENCE)?;
        fields.optional(tag::BOOLEAN)?;
        let nonce = fields.optional(tag::INTEGER)?;
        let mut parts = imprint.children();
        let algorithm = parts.expect(tag::SEQUENCE, "a hash algorithm is expected")?;
        let imprint = parts.expect(tag::OCTET_STRING, "a digest is expected")?;
        parts.finish()?;
        Ok(Self {
            time: asn1::time(&time)?,
            algorithm: algorithm.children().read()?.oid()?,
            imprint: imprint.value.to_vec(),
            policy,
            nonce: nonce.map(|nonce| nonce.value.to_vec()),
        })
    }
}

fn is_of(certificate: &Certificate, sid: &Sid<'_>) -> bool {
    match sid {
        Sid::IssuerAndSerial { issuer, serial } => {
            asn1::is_same_integer(serial, certificate.serial())
                && DistinguishedName::from_der(issuer)
                    .is_ok_and(|name| name.matches(certificate.issuer()))
        }
        Sid::KeyIdentifier(wanted) => certificate.subject_key() == Some(*wanted),
    }
}

/// Whether the authority signed it, over attributes that name its content and its certificate.
fn signature(
    info: &SignerInfo<'_>,
    content: &[u8],
    certificate: &Certificate,
) -> Result<(), &'static str> {
    let Some(tlv) = info.attributes else {
        return Err("it has no signed attributes");
    };
    let mut set = tlv.raw.to_vec();
    // What is signed carries the SET's own tag (RFC 5652, 5.4).
    set[0] = tag::SET;
    let Ok(read) = Attributes::read_values(tlv.children()) else {
        return Err("its signed attributes can't be read");
    };
    if read.content_type != Some(oid::TST_INFO) {
        return Err("its signed attributes name another content");
    }
    let is_strong = info.digest_algorithm != oid::SHA1;
    let digest = hash::digest_of_any(info.digest_algorithm, content).filter(|_| is_strong);
    if digest.is_none() || digest.as_deref() != read.message_digest {
        return Err("its signed attributes have another digest");
    }
    if read.names(certificate) != Some(true) {
        return Err("its signed attributes do not name its authority's certificate");
    }
    let Ok(key) = certificate.key() else {
        return Err("its authority's key is of no kind that is known");
    };
    let scheme = info
        .scheme(key)
        .ok_or("its signature is of no kind that is known")?;
    let held = key.check(scheme, Sm2Digest::Id(DEFAULT_ID), &[&set], info.signature);
    held.map(drop).ok_or("its signature does not hold")
}
