//! What a certificate says, in plain words: who holds it, what it discloses, how long it lasts.

use super::Certificate;
use crate::asn1::hex;
use crate::credit_code;
use crate::key::PublicKey;
use crate::oid;
use crate::time::UnixTime;
use crate::wire::Bytes;
use serde::Serialize;
use yinxin_proto::consent::{CertificateView, Disclosed, HolderKind, TrustView};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::{Error, Finding, Severity};

/// Days before the end of validity from which on a certificate counts as ending soon.
pub const ENDS_SOON_DAYS: i32 = 60;

/// The facts of a certificate, as the functions for websites give them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The holder's name: common name, else organisation.
    pub holder: String,
    /// Unit or person, where the certificate says so.
    pub kind: HolderKind,
    /// Unified social credit code, its check digit right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<String>,
    /// The unit's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// What identifies the person, where it says so: number of an identity document, serial number
    /// in the name, or user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The subject's whole name (RFC 4514).
    pub subject: String,
    /// The issuer's whole name (RFC 4514).
    pub issuer: String,
    /// The issuer's name, readable.
    pub issuer_name: String,
    /// Serial number, lower-case hex of the contents octets.
    pub serial: String,
    /// Start of validity, ISO 8601 UTC.
    pub not_before: String,
    /// End of validity, ISO 8601 UTC.
    pub not_after: String,
    /// `SM2`, `RSA`, `P-256`, or an OID.
    pub key_algorithm: String,
    /// Size of the key in bits, for keys that the product uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_bits: Option<u32>,
    /// Algorithm of its signatures, where the product makes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<SignatureAlgorithm>,
    /// Its key may sign.
    pub may_sign: bool,
    /// Its key may decrypt.
    pub may_encrypt: bool,
    /// It belongs to a certification authority.
    pub is_ca: bool,
    /// Personal data inside.
    pub discloses: Vec<Disclosed>,
    /// SHA-256 of the DER, lower-case hex.
    pub sha256: String,
    /// DER SubjectPublicKeyInfo.
    pub public_key: Bytes,
    /// DER of the certificate.
    pub certificate: Bytes,
    /// Oddities of the encoding.
    pub findings: Vec<Finding>,
}

impl Certificate {
    /// The facts.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let key = self.key().ok();
        let key_algorithm = match (key, self.key()) {
            (Some(key), _) => key.name().into(),
            (None, Err(Error::AlgorithmNotSupported { algorithm })) => algorithm,
            (None, _) => String::new(),
        };
        Facts {
            holder: self.holder(),
            kind: self.holder_kind(),
            credit_code: self.credit_code(),
            organization: self.subject().get(oid::ORGANIZATION).map(str::to_owned),
            person: self.person(),
            subject: self.subject().to_string(),
            issuer: self.issuer().to_string(),
            issuer_name: self.issuer().readable(),
            serial: self.serial_hex(),
            not_before: self.not_before().to_string(),
            not_after: self.not_after().to_string(),
            key_algorithm,
            key_bits: key.map(PublicKey::bits),
            algorithm: key.and_then(PublicKey::algorithm),
            may_sign: self.may_sign(),
            may_encrypt: self.key_usage().is_none_or(|usage| usage.encrypts()),
            is_ca: self.is_ca(),
            discloses: self.discloses(),
            sha256: hex(self.sha256()),
            public_key: Bytes(self.spki().to_vec()),
            certificate: Bytes(self.der().to_vec()),
            findings: self.findings().to_vec(),
        }
    }

    /// The certificate as a window shows it.
    #[must_use]
    pub fn view(&self, now: UnixTime) -> CertificateView {
        let holder = self.holder();
        let problem = self.signing_problem(now);
        let days_left = self.days_left(now);
        let mut findings = Vec::new();
        if problem.is_none() && days_left <= ENDS_SOON_DAYS {
            findings.push(Finding::new(
                Severity::Warning,
                Error::CertificateEndsSoon { days: days_left },
            ));
        }
        findings.extend_from_slice(self.findings());
        CertificateView {
            certificate: hex(self.sha256()),
            organization: self
                .subject()
                .get(oid::ORGANIZATION)
                .filter(|unit| *unit != holder)
                .map(str::to_owned),
            holder,
            kind: self.holder_kind(),
            credit_code: self.credit_code(),
            issuer: self.issuer().readable(),
            serial: self.serial_hex(),
            not_before: self.not_before().to_string(),
            not_after: self.not_after().to_string(),
            days_left,
            algorithm: self.signing_algorithm().ok(),
            discloses: self.discloses(),
            problem,
            findings,
            // Who describes a certificate among others judges it.
            trust: TrustView::Unknown {
                finding: Finding::new(Severity::Warning, Error::TrustNotChecked {}),
            },
        }
    }

    /// The holder's name.
    #[must_use]
    pub fn holder(&self) -> String {
        self.subject().readable()
    }

    /// The unified social credit code, from any of the places where certificates carry it.
    #[must_use]
    pub fn credit_code(&self) -> Option<String> {
        [
            oid::CREDIT_CODE,
            oid::ORGANIZATION_CODE,
            oid::ORGANIZATION_IDENTIFIER,
            oid::SERIAL_NUMBER,
            oid::TAX_NUMBER,
            oid::REGISTRATION_NUMBER,
        ]
        .into_iter()
        .find_map(|oid| credit_code::find(&self.identifier(oid)?))
    }

    /// What identifies the person, where the certificate says so. A credit code does not.
    #[must_use]
    pub fn person(&self) -> Option<String> {
        [oid::IDENTITY_CODE, oid::SERIAL_NUMBER, oid::USER_ID]
            .into_iter()
            .filter_map(|oid| self.identifier(oid))
            .find(|text| credit_code::find(text).is_none())
    }

    /// A text under this OID, in the subject's name or else in an extension.
    fn identifier(&self, oid: der::asn1::ObjectIdentifier) -> Option<String> {
        match self.subject().get(oid) {
            Some(text) => Some(text.to_owned()),
            None => self
                .extensions()
                .iter()
                .find(|extension| extension.oid == oid)?
                .text()
                .filter(|text| !text.is_empty()),
        }
    }

    fn holder_kind(&self) -> HolderKind {
        let subject = self.subject();
        let unit = subject.get(oid::ORGANIZATION);
        let name = subject.get(oid::COMMON_NAME);
        let says_person = [oid::GIVEN_NAME, oid::SURNAME]
            .into_iter()
            .any(|oid| subject.get(oid).is_some())
            || self.identifier(oid::IDENTITY_CODE).is_some();
        if self.is_ca() {
            HolderKind::Unit
        } else if says_person {
            HolderKind::Person
        } else if unit.is_some() && (name.is_none() || unit == name)
            || unit.is_none() && self.credit_code().is_some()
        {
            HolderKind::Unit
        } else {
            HolderKind::Unknown
        }
    }

    fn discloses(&self) -> Vec<Disclosed> {
        let subject = self.subject();
        let has = |oids: &[der::asn1::ObjectIdentifier]| {
            oids.iter().any(|oid| self.identifier(*oid).is_some())
        };
        let kind = self.holder_kind();
        let named = subject.get(oid::COMMON_NAME).is_some();
        let mut found = Vec::new();
        if subject.get(oid::ORGANIZATION).is_some() || (named && kind == HolderKind::Unit) {
            found.push(Disclosed::UnitName);
        }
        if self.credit_code().is_some()
            || has(&[
                oid::CREDIT_CODE,
                oid::ORGANIZATION_CODE,
                oid::ORGANIZATION_IDENTIFIER,
                oid::TAX_NUMBER,
                oid::REGISTRATION_NUMBER,
            ])
        {
            found.push(Disclosed::UnitNumber);
        }
        // A name that no unit explains may be a person's.
        if kind != HolderKind::Unit && named {
            found.push(Disclosed::PersonName);
        }
        if has(&[oid::IDENTITY_CODE, oid::INSURANCE_NUMBER]) {
            found.push(Disclosed::IdentityNumber);
        }
        if subject.get(oid::EMAIL).is_some() || self.has_alternative_email() {
            found.push(Disclosed::Email);
        }
        if [oid::LOCALITY, oid::PROVINCE, oid::STREET]
            .into_iter()
            .any(|oid| subject.get(oid).is_some())
        {
            found.push(Disclosed::Place);
        }
        found
    }

    /// Whether subjectAltName holds an rfc822Name (`[1]`).
    fn has_alternative_email(&self) -> bool {
        let Some(extension) = self
            .extensions()
            .iter()
            .find(|extension| extension.oid == oid::SUBJECT_ALT_NAME)
        else {
            return false;
        };
        let Ok(names) = crate::asn1::single(&extension.value, crate::asn1::tag::SEQUENCE, "")
            .map(|s| s.children())
        else {
            return false;
        };
        let mut names = names;
        while let Ok(name) = names.read() {
            if name.tag == 0x81 {
                return true;
            }
        }
        false
    }
}
