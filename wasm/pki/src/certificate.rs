//! X.509 certificates: reading them with their original bytes, and the facts about them.
//!
//! Reading rejects what is no certificate, with a position. What is odd about a readable one is a
//! finding with its place, and changes nothing about the bytes that were signed. Trust is the
//! business of [`crate::trust`].
//!
//! Source: RFC 5280; GB/T 20518-2018 and GM/T 0015-2023 for the Chinese profile.

pub(crate) mod algorithm;
pub mod authority;
pub mod bundle;
pub mod extension;
pub mod facts;
pub mod general_name;
pub mod identity;
pub mod name;
pub mod pair;
pub mod plain;
mod ra_name;
mod read;

use crate::asn1::{Malformed, Reader, hex};
use crate::hash::{sha256, sm3};
use crate::key::{KeyProblem, PublicKey};
use crate::recognise::in_place_of;
use crate::{oid, outer, pem, trust};
use authority::Family;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode, Tagged};
use extension::{AuthorityKeyIdentifier, BasicConstraints, Extension, KeyUsage};
use name::DistinguishedName;
use std::ops::Range;
use std::sync::OnceLock;
use yinxin_proto::consent::HolderKind;
use yinxin_proto::limits::MAX_CERTIFICATE_BYTES;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// A certificate as it was read.
#[derive(Clone, Debug)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Range<usize>,
    serial: Range<usize>,
    issuer: DistinguishedName,
    subject: DistinguishedName,
    not_before: UnixTime,
    not_after: UnixTime,
    spki: Range<usize>,
    key: Result<PublicKey, KeyProblem>,
    signature_algorithm: Range<usize>,
    signature_oid: ObjectIdentifier,
    signature: Range<usize>,
    extensions: Vec<Extension>,
    authority_key: Option<Vec<u8>>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<Vec<ObjectIdentifier>>,
    basic_constraints: Option<BasicConstraints>,
    findings: Vec<Finding>,
    derived: Derived,
}

/// What follows from its bytes, made when it is first asked for.
#[derive(Clone, Debug, Default)]
struct Derived {
    sha256: OnceLock<[u8; 32]>,
    sm3: OnceLock<[u8; 32]>,
    kind: OnceLock<HolderKind>,
    credit_code: OnceLock<Option<String>>,
    issuer_family: OnceLock<Family>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

/// For what takes the RustCrypto family's type. Fails for a certificate that would not come back as it was: that type keeps
/// no bytes, and writes a default or a time in the one way of DER, so that the signature would not hold any more.
impl TryFrom<&Certificate> for x509_cert::Certificate {
    type Error = der::Error;

    fn try_from(certificate: &Certificate) -> der::Result<Self> {
        let read = Self::from_der(&certificate.der)?;
        if read.to_der()? != certificate.der {
            return Err(der::ErrorKind::Noncanonical { tag: read.tag() }.into());
        }
        Ok(read)
    }
}

impl TryFrom<&x509_cert::Certificate> for Certificate {
    type Error = Error;

    fn try_from(certificate: &x509_cert::Certificate) -> Result<Self, Error> {
        let der = certificate.to_der();
        Self::from_der(der.map_err(|_| unreadable(0, "it can't be written as DER"))?)
    }
}

impl Certificate {
    /// Reads DER, PEM (the first certificate in it) or bare Base64.
    ///
    /// # Errors
    /// [`Error::CertificateUnreadable`]; for a request, a PFX or a private key, the error that says so.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        Self::parse_one(input).map_err(|error| in_place_of(input, error))
    }

    fn parse_one(input: &[u8]) -> Result<Self, Error> {
        // Base64 and the text around it take more room than the bytes.
        if input.len() > 4 * MAX_CERTIFICATE_BYTES as usize {
            return Err(unreadable(0, "too long"));
        }
        let read = pem::read(input, &["CERTIFICATE"])
            .ok_or_else(|| unreadable(0, "neither DER nor PEM, or damaged"))?;
        // The first may be the authority's.
        if read.is_several {
            return Err(unreadable(0, "several in one text, and one is expected"));
        }
        let (label, der) = read
            .blocks
            .into_iter()
            .next()
            .ok_or_else(|| unreadable(0, "no certificate in the PEM"))?;
        Self::from_block(&label, der, read.odd)
    }

    /// Reads a block of PEM, or what stood without one (an empty label).
    fn from_block(label: &str, mut der: Vec<u8>, odd: Option<&'static str>) -> Result<Self, Error> {
        // OpenSSL puts notes about trust behind the certificate.
        if label == "TRUSTED CERTIFICATE"
            && let Ok(first) = Reader::new(&der).read()
        {
            der.truncate(first.raw.len());
        }
        let mut certificate = Self::from_der(der)?;
        certificate.findings.extend(odd.map(odd_text));
        Ok(certificate)
    }

    /// Reads DER, which may be [filled up](outer::trim) behind its end.
    ///
    /// # Errors
    /// [`Error::CertificateUnreadable`].
    pub fn from_der(mut der: Vec<u8>) -> Result<Self, Error> {
        let filling = outer::trim(&mut der);
        if der.len() > MAX_CERTIFICATE_BYTES as usize {
            return Err(unreadable(0, "too long"));
        }
        let mut parts = read::read(&der)
            .map_err(|Malformed { position, reason }| unreadable(position, reason))?;
        parts.findings.extend(filling);
        let key = PublicKey::from_spki(&der[parts.spki.clone()]);
        let mut findings = std::mem::take(&mut parts.findings);
        let value = |oid| {
            let found = parts.extensions.iter().find(|e| e.oid == oid)?;
            Some(&found.value[..])
        };
        // An extension that decides what the key may do and can't be read allows nothing. That it
        // can't is among the findings.
        let key_usage = value(oid::KEY_USAGE).map(|v| KeyUsage::parse(v).unwrap_or_default());
        let extended_key_usage = value(oid::EXTENDED_KEY_USAGE)
            .map(|v| extension::extended_key_usage(v).unwrap_or_default());
        let basic_constraints =
            value(oid::BASIC_CONSTRAINTS).map(|v| BasicConstraints::parse(v).unwrap_or_default());
        let signs_certificates = key_usage.is_some_and(KeyUsage::signs_certificates);
        if signs_certificates && basic_constraints.is_some_and(|constraints| !constraints.ca) {
            let reason = "keyCertSign in a certificate that is no CA's".into();
            let finding = Finding::new(Severity::Note, Error::EncodingOdd { reason });
            let finding = finding.at("extensions.keyUsage");
            findings.push(finding.evidence("keyCertSign", "cA in basicConstraints"));
        }
        let authority_key = value(oid::AUTHORITY_KEY_IDENTIFIER)
            .and_then(|value| AuthorityKeyIdentifier::parse(value).ok()?.key);
        Ok(Self {
            tbs: parts.tbs,
            serial: parts.serial,
            issuer: parts.issuer,
            subject: parts.subject,
            not_before: parts.not_before,
            not_after: parts.not_after,
            spki: parts.spki,
            key,
            signature_algorithm: parts.algorithm,
            signature_oid: parts.algorithm_oid,
            signature: parts.signature,
            extensions: parts.extensions,
            authority_key,
            key_usage,
            extended_key_usage,
            basic_constraints,
            findings: trust::at_most(findings),
            der,
            derived: Derived::default(),
        })
    }

    /// The original bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the original bytes: the reference in decisions and proofs.
    #[must_use]
    pub fn sha256(&self) -> &[u8; 32] {
        self.derived.sha256.get_or_init(|| sha256(&self.der))
    }

    /// SM3 of the original bytes.
    #[must_use]
    pub fn sm3(&self) -> [u8; 32] {
        *self.derived.sm3.get_or_init(|| sm3(&self.der))
    }

    /// The bytes that its issuer signed.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.der[self.tbs.clone()]
    }

    /// The contents octets of the serial number.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.der[self.serial.clone()]
    }

    /// The serial number in hex, as the CA writes it: the contents octets, so `00` stands in front
    /// where the highest bit is set.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex(self.serial())
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
        &self.der[self.spki.clone()]
    }

    /// The public key.
    ///
    /// # Errors
    /// [`Error::AlgorithmNotSupported`] if the product does not use such keys, or it is none.
    pub fn key(&self) -> Result<&PublicKey, Error> {
        self.key.as_ref().map_err(|problem| {
            let algorithm = match problem {
                KeyProblem::Unsupported(algorithm) => algorithm.clone(),
                KeyProblem::Weak(bits) => format!("RSA-{bits}"),
                KeyProblem::Malformed(malformed) => malformed.reason.into(),
            };
            Error::AlgorithmNotSupported { algorithm }
        })
    }

    /// Whether its key is none at all, whatever reads it: a point that is not on its curve, a
    /// structure that is damaged.
    #[must_use]
    pub fn has_unsound_key(&self) -> bool {
        matches!(self.key, Err(KeyProblem::Malformed(_)))
    }

    /// Bits of its key, if that is smaller than any that the product uses: RSA below 2048 bits.
    #[must_use]
    pub fn weak_key_bits(&self) -> Option<u32> {
        match self.key {
            Err(KeyProblem::Weak(bits)) => Some(bits),
            _ => None,
        }
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

    /// The original bytes of the AlgorithmIdentifier inside the signed bytes. Where the one outside
    /// differs, a fatal finding says so.
    #[must_use]
    pub fn signature_algorithm_der(&self) -> &[u8] {
        &self.der[self.signature_algorithm.clone()]
    }

    /// Its issuer's signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// Its extensions.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The extension of this OID; the first one, if there are several, which is a fatal finding.
    #[must_use]
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<&Extension> {
        self.extensions.iter().find(|e| e.oid == oid)
    }

    /// The identifier of its issuer's key.
    #[must_use]
    pub fn authority_key(&self) -> Option<&[u8]> {
        self.authority_key.as_deref()
    }

    /// The identifier of its own key, as it writes it.
    #[must_use]
    pub fn subject_key(&self) -> Option<&[u8]> {
        let extension = self.extension(oid::SUBJECT_KEY_IDENTIFIER)?;
        extension::key_identifier(&extension.value).ok()
    }

    /// Whether subject and issuer are the same (RFC 5280, 3.2).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject.matches(&self.issuer)
    }

    /// Its issuer as users know it, by name: see [`authority`].
    #[must_use]
    pub fn issuer_family(&self) -> &Family {
        let family = &self.derived.issuer_family;
        family.get_or_init(|| Family::of(&self.issuer))
    }

    /// Key usage, if it says one.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.key_usage
    }

    /// The purposes of its extended key usage, if it says some; none of one that can't be read.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<&[ObjectIdentifier]> {
        self.extended_key_usage.as_deref()
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

    /// Whether it is a certification authority's: its basic constraints say so (RFC 5280, 4.2.1.9), or it has none
    /// and its key usage signs certificates. Where they contradict each other, no key signs certificates, and a
    /// finding tells.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        match self.basic_constraints {
            Some(constraints) => constraints.ca,
            None => self.key_usage.is_some_and(KeyUsage::signs_certificates),
        }
    }

    /// Whether its key may log in and sign: its key usage allows signatures, and its extended key
    /// usage has more than purposes of others, such as serverAuth. Without either, all is allowed.
    ///
    /// Whoever verifies may accept less, see [`Self::use_problem`].
    #[must_use]
    pub fn may_sign(&self) -> bool {
        self.own_use_problem().is_none()
    }

    /// Why its key may not log in and sign, if so. Where it has an extended key usage, that needs
    /// one of [`SIGNING_PURPOSES`], anyExtendedKeyUsage, or one of `further`.
    #[must_use]
    pub fn use_problem(&self, further: &[ObjectIdentifier]) -> Option<Error> {
        if !self.key_usage.is_none_or(KeyUsage::signs) {
            return Some(Error::CertificateNotForSigning {});
        }
        let own = self.extended_key_usage()?;
        let accepted = [SIGNING_PURPOSES, &[oid::ANY_EXTENDED_KEY_USAGE], further];
        let is_accepted = |purpose| accepted.iter().any(|all| all.contains(purpose));
        (!own.iter().any(is_accepted)).then(|| Error::ExtendedKeyUsageNotAccepted {
            usages: self.extended_key_usage_names(),
        })
    }

    /// The same for its holder, who does not know which purposes a portal lists: only those that
    /// are certainly another's are none.
    fn own_use_problem(&self) -> Option<Error> {
        let own = self.extended_key_usage().unwrap_or_default().iter();
        let open: Vec<_> = own
            .filter(|purpose| !PURPOSES_OF_OTHERS.contains(purpose))
            .copied()
            .collect();
        self.use_problem(&open)
    }

    /// Leaves of these purposes those that its extended key usage has.
    pub(crate) fn narrow(&self, purposes: &mut Vec<ObjectIdentifier>) {
        if let Some(own) = self.extended_key_usage()
            && !own.contains(&oid::ANY_EXTENDED_KEY_USAGE)
        {
            purposes.retain(|purpose| own.contains(purpose));
        }
    }

    /// The purposes of its extended key usage, for the eye.
    pub(crate) fn extended_key_usage_names(&self) -> String {
        let own = self.extended_key_usage().unwrap_or_default().iter();
        let names: Vec<_> = own
            .map(|purpose| extension::purpose_name(*purpose))
            .collect();
        names.join(" ")
    }

    /// Days from `now` to the end of validity, by the calendar of China: 0 on its last day,
    /// negative from the next day on.
    #[must_use]
    pub fn days_left(&self, now: UnixTime) -> i32 {
        self.not_after.days_left(now)
    }

    /// Why it can't log in or sign at `at`, if so; the lasting reasons first.
    #[must_use]
    pub fn signing_problem(&self, at: UnixTime) -> Option<Error> {
        self.lasting_signing_problem()
            .or_else(|| self.validity_problem(at))
    }

    /// Why it can't log in or sign at any time, if so.
    #[must_use]
    pub fn lasting_signing_problem(&self) -> Option<Error> {
        if let Err(error) = self.signing_algorithm() {
            return Some(error);
        }
        if self.is_ca() {
            return Some(Error::CertificateIsCa {});
        }
        self.own_use_problem()
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

/// Purposes of an extended key usage (RFC 5280, 4.2.1.12) with which a key logs in and signs.
pub const SIGNING_PURPOSES: &[ObjectIdentifier] = &[oid::CLIENT_AUTH, oid::EMAIL_PROTECTION];

/// Purposes with which a key answers for something else than its holder.
const PURPOSES_OF_OTHERS: &[ObjectIdentifier] = &[
    oid::SERVER_AUTH,
    oid::CODE_SIGNING,
    oid::TIME_STAMPING,
    oid::OCSP_SIGNING,
];

/// A note of what is odd about the text around the Base64.
fn odd_text(reason: &str) -> Finding {
    let finding = Finding::new(Severity::Note, Error::PemOdd {}).at("pem");
    finding.evidence(reason, "RFC 7468")
}

fn unreadable(position: usize, reason: &str) -> Error {
    Error::CertificateUnreadable {
        position: u32::try_from(position).unwrap_or(u32::MAX),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
