//! X.509 certificates: reading them with their original bytes, and the facts about them.
//!
//! Reading rejects what is no certificate, with a position. What is odd about a readable one is a
//! finding. Trust is the business of [`crate::trust`].
//!
//! Source: RFC 5280; GB/T 20518-2018 and GM/T 0015-2023 for the Chinese profile.

pub mod authority;
pub mod bundle;
pub mod extension;
pub mod facts;
pub mod general_name;
pub mod name;

use crate::asn1::{self, Malformed, hex, tag};
use crate::hash::{sha256, sm3};
use crate::key::{KeyProblem, PublicKey};
use crate::time::{DAY, UnixTime};
use crate::{oid, pem, trust};
use der::{Decode, Encode};
use extension::{BasicConstraints, KeyUsage};
use name::DistinguishedName;
use x509_cert::certificate::{CertificateInner, Raw};
use yinxin_proto::limits::MAX_CERTIFICATE_BYTES;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::{Error, Finding, Severity};

/// A certificate as it was read.
#[derive(Clone, Debug)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Vec<u8>,
    serial: Vec<u8>,
    issuer: DistinguishedName,
    subject: DistinguishedName,
    not_before: UnixTime,
    not_after: UnixTime,
    spki: Vec<u8>,
    key: Result<PublicKey, String>,
    signature: Vec<u8>,
    extensions: Vec<extension::Extension>,
    key_usage: Option<KeyUsage>,
    basic_constraints: Option<BasicConstraints>,
    sha256: [u8; 32],
    findings: Vec<Finding>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads DER, PEM (the first certificate in it) or bare Base64.
    ///
    /// # Errors
    /// [`Error::CertificateUnreadable`].
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        // Base64 and the text around it take more room than the bytes.
        if input.len() > 4 * MAX_CERTIFICATE_BYTES as usize {
            return Err(unreadable(0, "too long"));
        }
        let der = pem::der_of(input, &["CERTIFICATE"])
            .ok_or_else(|| unreadable(0, "neither DER nor PEM"))?;
        Self::from_der(der)
    }

    /// Reads every certificate of a PEM bundle, or the one of a DER input.
    ///
    /// # Errors
    /// [`Error::CertificateUnreadable`] for the first that can't be read.
    pub fn parse_all(input: &[u8]) -> Result<Vec<Self>, Error> {
        match std::str::from_utf8(input) {
            Ok(text) if text.contains("-----BEGIN ") => pem::blocks(text, &["CERTIFICATE"])
                .ok_or_else(|| unreadable(0, "the PEM is damaged"))?
                .into_iter()
                .map(Self::from_der)
                .collect(),
            _ => Self::parse(input).map(|certificate| vec![certificate]),
        }
    }

    /// Reads DER.
    ///
    /// # Errors
    /// [`Error::CertificateUnreadable`].
    pub fn from_der(der: Vec<u8>) -> Result<Self, Error> {
        if der.len() > MAX_CERTIFICATE_BYTES as usize {
            return Err(unreadable(0, "too long"));
        }
        let malformed = |m: Malformed| unreadable(m.position, m.reason);
        let outer =
            asn1::single(&der, tag::SEQUENCE, "a SEQUENCE is expected").map_err(malformed)?;
        let tbs = outer
            .children()
            .expect(tag::SEQUENCE, "a TBSCertificate is expected")
            .map_err(malformed)?
            .raw
            .to_vec();
        let read_failed = |error: der::Error| {
            let position = error.position().map_or(0, |at| u32::from(at) as usize);
            unreadable(position, &error.kind().to_string())
        };
        let parsed = CertificateInner::<Raw>::from_der(&der).map_err(read_failed)?;
        let fields = parsed.tbs_certificate();
        let spki = fields
            .subject_public_key_info()
            .to_der()
            .map_err(read_failed)?;
        let mut findings = Vec::new();
        let odd = |reason: &str, place: &str| {
            Finding::new(
                Severity::Note,
                Error::EncodingOdd {
                    reason: reason.into(),
                },
            )
            .at(place)
        };
        let key = match PublicKey::from_spki(&spki) {
            Ok(key) => Ok(key),
            Err(KeyProblem::Unsupported(algorithm)) => Err(algorithm),
            Err(KeyProblem::Malformed(malformed)) => Err(malformed.reason.to_string()),
        };
        if fields.signature().oid != parsed.signature_algorithm().oid {
            findings.push(
                Finding::new(Severity::Fatal, Error::SignatureInvalid {}).at("signatureAlgorithm"),
            );
        }
        let mut extensions = Vec::new();
        for extension in fields.extensions().into_iter().flatten() {
            extensions.push(extension::Extension {
                oid: extension.extn_id,
                critical: extension.critical,
                value: extension.extn_value.as_bytes().to_vec(),
            });
        }
        let find = |oid| extensions.iter().find(|e| e.oid == oid);
        // An extension that decides what the key may do and can't be read allows nothing.
        let key_usage = find(oid::KEY_USAGE).map(|e| {
            KeyUsage::parse(&e.value).unwrap_or_else(|| {
                findings.push(odd("keyUsage", "extensions.keyUsage"));
                KeyUsage::default()
            })
        });
        let basic_constraints = find(oid::BASIC_CONSTRAINTS).map(|e| {
            BasicConstraints::parse(&e.value).unwrap_or_else(|| {
                findings.push(odd("basicConstraints", "extensions.basicConstraints"));
                BasicConstraints::default()
            })
        });
        let serial = fields.serial_number().as_bytes().to_vec();
        if serial.first().is_some_and(|first| first & 0x80 != 0) {
            findings.push(odd("negative serial number", "serialNumber"));
        }
        let name_of = |name: &x509_cert::name::Name| {
            let der = name.to_der().map_err(read_failed)?;
            DistinguishedName::from_der(&der).map_err(malformed)
        };
        let seconds = |time: x509_cert::time::Time| {
            UnixTime(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
        };
        let certificate = Self {
            tbs,
            serial,
            issuer: name_of(fields.issuer())?,
            subject: name_of(fields.subject())?,
            not_before: seconds(fields.validity().not_before),
            not_after: seconds(fields.validity().not_after),
            spki,
            key,
            signature: parsed
                .signature()
                .as_bytes()
                .ok_or_else(|| unreadable(0, "a signature of whole bytes is expected"))?
                .to_vec(),
            extensions,
            key_usage,
            basic_constraints,
            sha256: sha256(&der),
            findings,
            der,
        };
        Ok(certificate)
    }

    /// The original bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the original bytes: the reference in decisions and proofs.
    #[must_use]
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// SM3 of the original bytes.
    #[must_use]
    pub fn sm3(&self) -> [u8; 32] {
        sm3(&self.der)
    }

    /// The bytes that its issuer signed.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The contents octets of the serial number.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The serial number in hex, as the CA writes it: the contents octets, so `00` stands in front
    /// where the highest bit is set.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex(&self.serial)
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// Whose key it is.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// Start of validity.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// End of validity, itself included.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The public key.
    ///
    /// # Errors
    /// [`Error::AlgorithmNotSupported`] if the product does not use such keys.
    pub fn key(&self) -> Result<&PublicKey, Error> {
        self.key
            .as_ref()
            .map_err(|algorithm| Error::AlgorithmNotSupported {
                algorithm: algorithm.clone(),
            })
    }

    /// The algorithm of the signatures that the product makes with its key.
    ///
    /// # Errors
    /// [`Error::AlgorithmNotSupported`] if it makes none with such keys.
    pub fn signing_algorithm(&self) -> Result<SignatureAlgorithm, Error> {
        let key = self.key()?;
        key.algorithm().ok_or_else(|| Error::AlgorithmNotSupported {
            algorithm: key.name().into(),
        })
    }

    /// The AlgorithmIdentifier inside the signed bytes.
    #[must_use]
    pub fn signature_algorithm_der(&self) -> &[u8] {
        let fields = || {
            let mut fields = asn1::single(&self.tbs, tag::SEQUENCE, "").ok()?.children();
            fields.optional(tag::CONTEXT_0).ok()?;
            fields.read().ok()?;
            fields.read().ok()
        };
        fields().map_or(&[], |tlv| tlv.raw)
    }

    /// Its issuer's signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Its extensions.
    #[must_use]
    pub fn extensions(&self) -> &[extension::Extension] {
        &self.extensions
    }

    /// Key usage, if it says one.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.key_usage
    }

    /// Basic constraints, if it has them.
    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.basic_constraints
    }

    /// Oddities met while reading.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether it may issue certificates.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.basic_constraints.is_some_and(|bc| bc.ca)
            || self.key_usage.is_some_and(KeyUsage::signs_certificates)
    }

    /// Whether its key usage allows signatures. A certificate without key usage allows all.
    #[must_use]
    pub fn may_sign(&self) -> bool {
        self.key_usage.is_none_or(KeyUsage::signs)
    }

    /// Full days from `now` to the end of validity; negative once it is over.
    #[must_use]
    pub fn days_left(&self, now: UnixTime) -> i32 {
        let days = self.not_after.0.saturating_sub(now.0).div_euclid(DAY);
        i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
    }

    /// Why it can't log in or sign at `at`, if so; the lasting reasons first.
    #[must_use]
    pub fn signing_problem(&self, at: UnixTime) -> Option<Error> {
        if let Err(error) = self.signing_algorithm() {
            return Some(error);
        }
        if self.is_ca() {
            return Some(Error::CertificateIsCa {});
        }
        if !self.may_sign() {
            return Some(Error::CertificateNotForSigning {});
        }
        self.validity_problem(at)
    }

    /// Whether `at` lies outside its validity.
    #[must_use]
    pub fn validity_problem(&self, at: UnixTime) -> Option<Error> {
        if at > self.not_after {
            Some(Error::CertificateExpired {
                date: self.not_after.to_string(),
            })
        } else if at < self.not_before {
            Some(Error::CertificateNotYetValid {
                date: self.not_before.to_string(),
            })
        } else {
            None
        }
    }

    /// Whether `issuer`'s key made its signature, as the standard says, under this SM2 user id.
    ///
    /// # Errors
    /// [`Error::AlgorithmNotSupported`], or [`Error::SignatureInvalid`].
    pub fn verify_issued_by(&self, issuer: &Self, sm2_id: &[u8]) -> Result<(), Error> {
        match trust::check_signature(self, issuer.key()?, sm2_id)? {
            None => Ok(()),
            Some(_) => Err(Error::SignatureInvalid {}),
        }
    }
}

fn unreadable(position: usize, reason: &str) -> Error {
    Error::CertificateUnreadable {
        position: u32::try_from(position).unwrap_or(u32::MAX),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
