//! A seal set on a document (`SES_Signature`): what was signed, by whom, with which seal. The
//! document itself is elsewhere; here is its digest.
//!
//! ```asn1
//! SES_Signature ::= SEQUENCE {                             -- versions 4 and 5
//!   toSign          SEQUENCE { version INTEGER, eseal SESeal, timeInfo GeneralizedTime,
//!                              dataHash BIT STRING, propertyInfo IA5String,
//!                              extDatas [0] EXPLICIT SEQUENCE OF ExtData OPTIONAL },
//!   cert            OCTET STRING,
//!   signatureAlgID  OBJECT IDENTIFIER,
//!   signature       BIT STRING,
//!   timeStamp       [0] EXPLICIT BIT STRING OPTIONAL }
//! SES_Signature ::= SEQUENCE {                             -- version 1
//!   toSign          SEQUENCE { version INTEGER, eseal SESeal, timeInfo BIT STRING, dataHash BIT STRING,
//!                              propertyInfo IA5String, cert OCTET STRING, signatureAlgorithm OBJECT IDENTIFIER },
//!   signature       BIT STRING }
//! ```

use super::read::{self, Oddities};
use super::verdict::{self, MakerPolicy, SealVerdict};
use super::write::stamped;
use super::{Seal, SealExtension, der_of, limit, plain, unreadable};
use crate::asn1::{self, Malformed, tag};
use crate::certificate::Certificate;
use crate::outer;
use crate::recognise::in_place_of;
use crate::trust::{self, gravest_first, is_valid};
use der::asn1::ObjectIdentifier;
use std::ops::Range;
use yinxin_proto::limits::MAX_SEAL_BYTES;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// What was sealed, as a judge has it: its SM3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Of the content, which was hashed here.
    Content([u8; 32]),
    /// Of something that nobody here saw.
    Digest([u8; 32]),
}

impl Sealed {
    fn digest(&self) -> &[u8; 32] {
        match self {
            Self::Content(digest) | Self::Digest(digest) => digest,
        }
    }
}

/// A seal set on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct SealSignature {
    der: Vec<u8>,
    to_sign: Range<usize>,
    seal: Seal,
    claimed_time: Option<UnixTime>,
    time_stamp: Option<Range<usize>>,
    digest: Range<usize>,
    property_info: String,
    extensions: Vec<SealExtension>,
    certificate: Range<usize>,
    algorithm: ObjectIdentifier,
    signature: Range<usize>,
    findings: Vec<Finding>,
}

impl SealSignature {
    /// Reads DER, PEM (`SEAL`) or bare Base64.
    ///
    /// # Errors
    /// `seal-unreadable`, with the position.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        der_of(input)
            .and_then(Self::from_der)
            .map_err(|error| in_place_of(input, error))
    }

    /// Reads DER, which may be [filled up](outer::trim) behind its end.
    ///
    /// # Errors
    /// `seal-unreadable`, with the position.
    pub fn from_der(mut der: Vec<u8>) -> Result<Self, Error> {
        let filling = outer::trim(&mut der);
        limit(der.len(), MAX_SEAL_BYTES as usize)?;
        let mut parts = Parts::read(&der).map_err(unreadable)?;
        parts.findings.extend(filling);
        Ok(Self {
            to_sign: parts.to_sign,
            seal: parts.seal,
            claimed_time: parts.claimed_time,
            time_stamp: parts.time_stamp,
            digest: parts.digest,
            property_info: parts.property_info,
            extensions: parts.extensions,
            certificate: parts.certificate,
            algorithm: parts.algorithm,
            signature: parts.signature,
            findings: parts.findings,
            der,
        })
    }

    /// Its bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The seal.
    #[must_use]
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The signer's certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.der[self.certificate.clone()]
    }

    /// The digest of what was sealed.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.der[self.digest.clone()]
    }

    /// What it belongs to: in OFD the path of its Signature.xml.
    #[must_use]
    pub fn property_info(&self) -> &str {
        &self.property_info
    }

    /// The time that the signer claims, where it is one: it proves nothing.
    #[must_use]
    pub fn claimed_time(&self) -> Option<UnixTime> {
        self.claimed_time
    }

    /// The time stamp, as it is: inside what is signed in version 1, beside it after that.
    #[must_use]
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.clone().map(|range| &self.der[range])
    }

    /// This one of version 4 or 5 with a time stamp, which the signature does not cover.
    ///
    /// # Errors
    /// `seal-unreadable` for version 1, and if it has one.
    pub fn with_time_stamp(&self, stamp: &[u8]) -> Result<Self, Error> {
        Self::from_der(stamped(self.der(), stamp))
    }

    /// Further data.
    #[must_use]
    pub fn extensions(&self) -> &[SealExtension] {
        &self.extensions
    }

    /// With which it is signed.
    #[must_use]
    pub fn algorithm(&self) -> ObjectIdentifier {
        self.algorithm
    }

    /// The signer's signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// The bytes that the signer signed.
    #[must_use]
    pub fn signed(&self) -> &[u8] {
        &self.der[self.to_sign.clone()]
    }

    /// Judges the signature, and the seal for its signer; and what was sealed, where it is at hand.
    #[must_use]
    pub fn verify(&self, sealed: Option<&Sealed>, policy: &MakerPolicy<'_>) -> SealVerdict {
        let mut findings = Vec::new();
        let mut fatal = |error, place: &str| {
            findings.push(Finding::new(Severity::Fatal, error).at(place));
        };
        let mut user = None;
        match Certificate::from_der(self.certificate().to_vec()) {
            Err(error) => fatal(error, "signer"),
            Ok(signer) => {
                let held =
                    verdict::signed(&signer, self.algorithm, self.signed(), self.signature());
                if let Err(error) = held {
                    fatal(error, "signature");
                }
                user = Some(signer);
            }
        }
        match sealed {
            None => fatal(Error::ContentMissing {}, "content"),
            Some(sealed) if sealed.digest()[..] != *self.digest() => {
                fatal(Error::ContentChanged {}, "content");
            }
            Some(_) => {}
        }
        findings.extend(verdict::of_extensions(&self.extensions));
        if self.time_stamp.is_some() {
            findings.push(verdict::time_stamp_unchecked());
        }
        findings.extend(self.findings.iter().cloned());
        let policy = MakerPolicy {
            user: user.as_ref(),
            ..*policy
        };
        let seal = verdict::verify(&self.seal, &policy);
        findings.extend(seal.findings.into_iter().map(|mut finding| {
            finding.place = Some(match finding.place.as_deref().unwrap_or_default() {
                "certificate" => "signer".into(),
                place => format!("seal.{place}"),
            });
            finding
        }));
        let findings = gravest_first(findings);
        SealVerdict {
            valid: is_valid(&findings),
            summary: plain::of_signature(
                &self.seal,
                policy.user,
                matches!(sealed, Some(Sealed::Content(_))),
                self.claimed_time,
                &findings,
            ),
            findings,
        }
    }
}

/// What stands where.
struct Parts {
    to_sign: Range<usize>,
    seal: Seal,
    claimed_time: Option<UnixTime>,
    time_stamp: Option<Range<usize>>,
    digest: Range<usize>,
    property_info: String,
    extensions: Vec<SealExtension>,
    certificate: Range<usize>,
    algorithm: ObjectIdentifier,
    signature: Range<usize>,
    findings: Vec<Finding>,
}

impl Parts {
    fn read(der: &[u8]) -> Result<Self, Malformed> {
        let mut odd = Oddities::default();
        let mut outer = asn1::single(der, tag::SEQUENCE, "a SEQUENCE is expected")?.children();
        let to_sign = outer.expect(tag::SEQUENCE, "a TBS_Sign is expected")?;
        let mut fields = to_sign.children();
        fields.expect(tag::INTEGER, "a version is expected")?;
        let seal = fields.expect(tag::SEQUENCE, "an SESeal is expected")?;
        let at = seal.position;
        let seal = read::read(seal.raw.to_vec()).map_err(|inner| Malformed {
            position: at + inner.position,
            ..inner
        })?;
        let time = fields.read()?;
        let (claimed_time, mut time_stamp) = match time.tag {
            // Version 1 has room for a time stamp.
            tag::BIT_STRING => (None, Some(read::whole(&time)?)),
            _ => (Some(asn1::time(&time)?), None),
        };
        let digest = read::bits(&mut fields, "a dataHash is expected", "dataHash", &mut odd)?;
        let property_info = read::text(
            &mut fields,
            tag::IA5_STRING,
            "a propertyInfo is expected",
            "propertyInfo",
            &mut odd,
        )?;
        // Version 1 signs certificate and algorithm too, and has them inside.
        let inside = outer.peek() == Some(tag::BIT_STRING);
        let mut extensions = Vec::new();
        if !inside && let Some(explicit) = fields.optional(tag::CONTEXT_0)? {
            let mut list = explicit.children();
            let entries = list.expect(tag::SEQUENCE, "a SEQUENCE OF ExtData is expected")?;
            list.finish()?;
            extensions = read::read_extensions(&entries, &mut odd)?;
        } else if !inside && let Some(entries) = fields.optional(tag::SEQUENCE)? {
            // As in a seal, where they have no tag.
            odd.encoding("extDatas", "no tag where the definition has one");
            extensions = read::read_extensions(&entries, &mut odd)?;
        }
        let parts = if inside { &mut fields } else { &mut outer };
        let certificate = parts.expect(tag::OCTET_STRING, "a certificate is expected")?;
        let algorithm = read::read_algorithm(&parts.read()?, &mut odd)?;
        fields.finish()?;
        let reason = "a signature is expected";
        let signature = read::bits(&mut outer, reason, "signature", &mut odd)?;
        if !inside && let Some(explicit) = outer.optional(tag::CONTEXT_0)? {
            time_stamp = Some(read::read_stamp(&explicit)?);
        }
        outer.finish()?;
        odd.0.extend(trust::oddity(
            algorithm,
            &der[signature.clone()],
            "signature",
        ));
        Ok(Self {
            to_sign: to_sign.range(),
            seal,
            claimed_time,
            time_stamp,
            digest,
            property_info,
            extensions,
            certificate: certificate.value_range(),
            algorithm,
            signature,
            findings: odd.0,
        })
    }
}
