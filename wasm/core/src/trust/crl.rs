//! Certificate revocation lists (RFC 5280, clauses 5 and 6.3): complete lists of the certificate's
//! own issuer. Delta lists and lists with a scope of their own are reported as unusable.

use super::{CrlPolicy, Policy};
use crate::asn1::{self, Malformed, tag};
use crate::certificate::name::DistinguishedName;
use crate::certificate::{Certificate, algorithm_of};
use crate::key::PublicKey;
use crate::time::UnixTime;
use crate::{oid, pem};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use x509_cert::certificate::Raw;
use x509_cert::crl::CertificateList;
use yinxin_proto::error::RevocationReason;
use yinxin_proto::{Error, Finding, Severity};

/// A revocation list.
#[derive(Clone, Debug)]
pub struct Crl {
    issuer: DistinguishedName,
    tbs: Vec<u8>,
    signature_oid: ObjectIdentifier,
    signature: Vec<u8>,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    /// Serial numbers (contents octets) with the time of revocation.
    revoked: Vec<(Vec<u8>, UnixTime)>,
    critical_extension: Option<ObjectIdentifier>,
}

impl Crl {
    /// Reads DER, PEM or bare Base64.
    ///
    /// # Errors
    /// [`Error::CrlInvalid`].
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        let der = pem::der_of(input, &["CRL"]).ok_or_else(|| invalid("neither DER nor PEM"))?;
        let malformed = |m: Malformed| invalid(m.reason);
        let tbs = asn1::single(&der, tag::SEQUENCE, "a SEQUENCE is expected")
            .and_then(|outer| {
                outer
                    .children()
                    .expect(tag::SEQUENCE, "a TBSCertList is expected")
            })
            .map_err(malformed)?
            .raw
            .to_vec();
        let failed = |error: der::Error| invalid(&error.to_string());
        let list = CertificateList::<Raw>::from_der(&der).map_err(failed)?;
        let fields = list.tbs_cert_list;
        let seconds = |time: x509_cert::time::Time| {
            UnixTime(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
        };
        if fields.signature.oid != list.signature_algorithm.oid {
            return Err(invalid("two signature algorithms"));
        }
        let revoked: Vec<_> = fields
            .revoked_certificates
            .into_iter()
            .flatten()
            .map(|entry| {
                let serial = entry.serial_number.as_bytes().to_vec();
                (serial, seconds(entry.revocation_date))
            })
            .collect();
        Ok(Self {
            issuer: DistinguishedName::from_der(&fields.issuer.to_der().map_err(failed)?)
                .map_err(malformed)?,
            tbs,
            signature_oid: list.signature_algorithm.oid,
            signature: list
                .signature
                .as_bytes()
                .ok_or_else(|| invalid("a signature of whole bytes is expected"))?
                .to_vec(),
            this_update: seconds(fields.this_update),
            next_update: fields.next_update.map(seconds),
            revoked,
            critical_extension: fields
                .crl_extensions
                .into_iter()
                .flatten()
                .find(|extension| extension.critical && extension.extn_id != oid::CRL_NUMBER)
                .map(|extension| extension.extn_id),
        })
    }

    fn is_signed_by(&self, issuer: &Certificate, sm2_id: &[u8]) -> bool {
        let Ok(key) = issuer.key() else { return false };
        algorithm_of(self.signature_oid)
            .is_ok_and(|algorithm| PublicKey::algorithm(key) == Some(algorithm))
            && issuer.key_usage().is_none_or(|usage| usage.signs_crls())
            && key.verify_with_id(sm2_id, &[&self.tbs], &self.signature)
    }

    /// When a certificate with this serial number was revoked, if it was.
    fn revocation(&self, serial: &[u8]) -> Option<UnixTime> {
        // Looked up once for each certificate: sorting would take longer.
        self.revoked
            .iter()
            .find(|(listed, _)| listed == serial)
            .map(|(_, date)| *date)
    }
}

/// The revocation lists of a judgement.
#[derive(Clone, Debug, Default)]
pub struct Crls {
    lists: Vec<Crl>,
    unreadable: Vec<Error>,
}

impl Crls {
    /// Reads lists. One that can't be read becomes a finding, not an error.
    #[must_use]
    pub fn read<B: AsRef<[u8]>>(inputs: &[B]) -> Self {
        let mut crls = Self::default();
        for input in inputs {
            match Crl::parse(input.as_ref()) {
                Ok(list) => crls.lists.push(list),
                Err(error) => crls.unreadable.push(error),
            }
        }
        crls
    }

    /// Findings about lists that can't be read.
    pub(super) fn findings(&self, policy: CrlPolicy) -> Vec<Finding> {
        self.unreadable
            .iter()
            .map(|error| Finding::new(severity(policy), error.clone()))
            .collect()
    }

    /// Looks a certificate up in the lists of its issuer.
    pub(super) fn check(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        policy: &Policy<'_>,
        index: usize,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let at = |error, severity| Finding::new(severity, error).at(format!("path[{index}]"));
        let short = severity(policy.crl_policy);
        let name = issuer.subject().readable();
        // The end of the newest list that is usable; `None` inside for a list without an end.
        let mut newest: Option<(UnixTime, Option<UnixTime>)> = None;
        for list in self
            .lists
            .iter()
            .filter(|l| l.issuer.matches(certificate.issuer()))
        {
            if let Some(extension) = list.critical_extension {
                let reason = format!("critical extension {extension}");
                findings.push(at(Error::CrlInvalid { reason }, short));
                continue;
            }
            if !list.is_signed_by(issuer, policy.sm2_id) {
                let reason = "signature".into();
                findings.push(at(Error::CrlInvalid { reason }, short));
                continue;
            }
            if let Some(date) = list
                .revocation(certificate.serial())
                .filter(|d| *d <= policy.at)
            {
                let date = date.to_string();
                findings.push(at(
                    Error::CertificateRevoked {
                        date,
                        reason: RevocationReason::Unspecified,
                    },
                    Severity::Fatal,
                ));
            }
            if newest.is_none_or(|(update, _)| update < list.this_update) {
                newest = Some((list.this_update, list.next_update));
            }
        }
        match newest {
            None => findings.push(at(Error::CrlMissing { issuer: name }, short)),
            Some((_, Some(end))) if end < policy.at => {
                let date = end.to_string();
                findings.push(at(Error::CrlStale { issuer: name, date }, short));
            }
            Some(_) => {}
        }
        findings
    }
}

fn severity(policy: CrlPolicy) -> Severity {
    match policy {
        CrlPolicy::Warn => Severity::Warning,
        CrlPolicy::Require => Severity::Fatal,
    }
}

fn invalid(reason: &str) -> Error {
    Error::CrlInvalid {
        reason: reason.into(),
    }
}
