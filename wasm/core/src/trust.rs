//! Trust in a certificate: a path to an anchor, every step of it checked at a point in time, and
//! what revocation lists say.
//!
//! Source: RFC 5280, clauses 6.1 (path validation) and 6.3 (CRLs). Name constraints and policies
//! are not processed: where such an extension is critical, the path is refused.

mod crl;
pub mod national;

pub use crl::{Crl, Crls};

use crate::asn1::hex;
use crate::certificate::Certificate;
use crate::oid;
use crate::sm2::DEFAULT_ID;
use crate::time::UnixTime;
use crate::wire::Bytes;
use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use yinxin_proto::{Error, Finding, Severity};

/// What a certificate is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPurpose {
    /// Logins and signatures.
    Sign,
    /// Encryption to its holder.
    Encrypt,
}

/// What a missing, stale or unusable CRL means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrlPolicy {
    /// A warning.
    #[default]
    Warn,
    /// Refusal.
    Require,
}

/// An issuing CA that a portal accepts.
#[derive(Clone, Debug)]
pub enum Issuer {
    /// By certificate: name and key must be the same.
    Certificate(Box<Certificate>),
    /// By name: the whole name (RFC 4514) or its common name. Only a name on a path to an anchor
    /// counts.
    Name(String),
}

impl Issuer {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Certificate(issuer) => same_authority(issuer, certificate),
            Self::Name(name) => {
                let subject = certificate.subject();
                *name == subject.to_string() || subject.get(oid::COMMON_NAME) == Some(name)
            }
        }
    }
}

/// What a certificate is judged by.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// Where trust begins.
    pub anchors: &'a [Certificate],
    /// Certificates that may lie between, trusted for nothing.
    pub intermediates: &'a [Certificate],
    /// Which CA must have issued the certificate itself. `None` asks for none in particular.
    pub issuers: Option<&'a [Issuer]>,
    /// Revocation lists.
    pub crls: &'a Crls,
    /// What it means if they don't suffice.
    pub crl_policy: CrlPolicy,
    /// The point in time.
    pub at: UnixTime,
    /// What the certificate is asked for, if that is to be checked.
    pub purpose: Option<KeyPurpose>,
    /// The SM2 user id under which certificates and CRLs are signed.
    pub sm2_id: &'a [u8],
}

impl<'a> Policy<'a> {
    /// These anchors and intermediates at this time, and nothing else asked for.
    #[must_use]
    pub fn new(
        anchors: &'a [Certificate],
        intermediates: &'a [Certificate],
        crls: &'a Crls,
        at: UnixTime,
    ) -> Self {
        Self {
            anchors,
            intermediates,
            issuers: None,
            crls,
            crl_policy: CrlPolicy::Warn,
            at,
            purpose: None,
            sm2_id: DEFAULT_ID,
        }
    }
}

/// The judgement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What was found, the gravest first. `place` names the element of `path`.
    pub findings: Vec<Finding>,
    /// From the certificate to the anchor, as far as it could be built.
    pub path: Vec<Step>,
}

/// A certificate of a path.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its subject (RFC 4514).
    pub subject: String,
    /// Its issuer (RFC 4514).
    pub issuer: String,
    /// SHA-256 of its DER, lower-case hex.
    pub sha256: String,
    /// Its DER.
    pub certificate: Bytes,
}

/// Judges a certificate.
#[must_use]
pub fn verify(certificate: &Certificate, policy: &Policy<'_>) -> Verdict {
    let mut search = Search {
        policy,
        checks_left: MAX_SIGNATURE_CHECKS,
        best: None,
        partial: Vec::new(),
        obstacle: None,
    };
    search.extend(&mut vec![certificate]);
    let (path, mut findings) = match search.best {
        Some(found) => found,
        None => {
            let path = search.partial;
            let mut findings = check_path(&path, policy, false);
            let last = path.last().map_or(certificate, |last| last);
            let error = search.obstacle.unwrap_or_else(|| Error::IssuerUnknown {
                issuer: last.issuer().readable(),
            });
            findings.push(fatal(error, path.len().saturating_sub(1)));
            (path, findings)
        }
    };
    findings.extend(policy.crls.findings(policy.crl_policy));
    let findings = gravest_first(findings);
    Verdict {
        valid: is_valid(&findings),
        findings,
        path: path
            .into_iter()
            .map(|step| Step {
                subject: step.subject().to_string(),
                issuer: step.issuer().to_string(),
                sha256: hex(step.sha256()),
                certificate: Bytes(step.der().to_vec()),
            })
            .collect(),
    }
}

/// Findings by severity, in their order among equals. (A general sort costs kilobytes of Wasm.)
#[must_use]
pub fn gravest_first(findings: Vec<Finding>) -> Vec<Finding> {
    let (mut sorted, others): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.severity == Severity::Fatal);
    let (warnings, notes): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|finding| finding.severity == Severity::Warning);
    sorted.extend(warnings);
    sorted.extend(notes);
    sorted
}

/// Whether no finding is fatal.
#[must_use]
pub fn is_valid(findings: &[Finding]) -> bool {
    findings
        .iter()
        .all(|finding| finding.severity != Severity::Fatal)
}

type Path<'a> = Vec<&'a Certificate>;

/// The search for a path, depth first.
struct Search<'a> {
    policy: &'a Policy<'a>,
    checks_left: u32,
    /// The first complete path, or a later one without a fatal finding.
    best: Option<(Path<'a>, Vec<Finding>)>,
    /// The longest path that did not arrive.
    partial: Path<'a>,
    /// Why the longest one ended, if an issuer of the right name was there.
    obstacle: Option<Error>,
}

impl<'a> Search<'a> {
    /// Extends a path to anchors, until one without a fatal finding is found.
    fn extend(&mut self, path: &mut Path<'a>) {
        let Some(&last) = path.last() else { return };
        if path.len() > self.partial.len() {
            self.partial = path.clone();
            self.obstacle = None;
        }
        if self.policy.anchors.iter().any(|anchor| anchor == last) {
            self.arrive(path);
            return;
        }
        if path.len() >= MAX_PATH {
            self.note(path, Error::PathTooLong {});
            return;
        }
        let anchors = self.policy.anchors.iter().map(|anchor| (anchor, true));
        let others = self.policy.intermediates.iter().map(|other| (other, false));
        for (candidate, is_anchor) in anchors.chain(others) {
            if self.found_valid() {
                return;
            }
            if !candidate.subject().matches(last.issuer())
                || path.iter().any(|step| same_authority(step, candidate))
            {
                continue;
            }
            if self.checks_left == 0 {
                self.note(path, Error::PathTooLong {});
                return;
            }
            self.checks_left -= 1;
            if let Err(error) = last.verify_issued_by(candidate, self.policy.sm2_id) {
                self.note(path, error);
                continue;
            }
            path.push(candidate);
            if is_anchor {
                self.arrive(path);
            } else {
                self.extend(path);
            }
            path.pop();
        }
    }

    fn found_valid(&self) -> bool {
        self.best
            .as_ref()
            .is_some_and(|(_, findings)| is_valid(findings))
    }

    fn arrive(&mut self, path: &Path<'a>) {
        let findings = check_path(path, self.policy, true);
        if self.best.is_none() || is_valid(&findings) {
            self.best = Some((path.clone(), findings));
        }
    }

    fn note(&mut self, path: &Path<'a>, error: Error) {
        if path.len() == self.partial.len() && self.obstacle.is_none() {
            self.obstacle = Some(error);
        }
    }
}

/// Checks everything about a path but its signatures, which its building checked.
fn check_path(path: &[&Certificate], policy: &Policy<'_>, complete: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, step) in path.iter().enumerate() {
        let place = |finding: &Finding| finding.clone().at(format!("path[{index}]"));
        findings.extend(step.findings().iter().map(place));
        if let Some(error) = step.validity_problem(policy.at) {
            findings.push(fatal(error, index));
        }
        for extension in step.extensions() {
            if extension.critical && !KNOWN_EXTENSIONS.contains(&extension.oid) {
                findings.push(fatal(
                    Error::CriticalExtensionUnknown {
                        oid: extension.oid.to_string(),
                    },
                    index,
                ));
            }
        }
        let is_anchor = complete && index + 1 == path.len();
        if index > 0 {
            findings.extend(check_issuer(path, index, is_anchor));
        }
        if let (false, Some(issuer)) = (is_anchor, path.get(index + 1)) {
            findings.extend(policy.crls.check(step, issuer, policy, index));
        }
    }
    if let (Some(certificate), Some(purpose)) = (path.first(), policy.purpose) {
        let usage = certificate.key_usage();
        match purpose {
            KeyPurpose::Sign if !certificate.may_sign() => {
                findings.push(fatal(Error::CertificateNotForSigning {}, 0));
            }
            KeyPurpose::Encrypt if !usage.is_none_or(|usage| usage.encrypts()) => {
                findings.push(fatal(Error::CertificateNotForEncryption {}, 0));
            }
            KeyPurpose::Sign | KeyPurpose::Encrypt => {}
        }
    }
    if let (true, Some(issuers)) = (complete, policy.issuers) {
        // Of a certificate that is an anchor itself, the issuer is none that was checked.
        let accepted = path
            .get(1)
            .is_some_and(|issuer| issuers.iter().any(|listed| listed.is(issuer)));
        if !accepted {
            let issuer = path[0].issuer().readable();
            findings.push(fatal(Error::IssuerNotAccepted { issuer }, 0));
        }
    }
    findings
}

/// Checks that the certificate at `index` of a path may issue the one below it (RFC 5280, 6.1.4).
fn check_issuer(path: &[&Certificate], index: usize, is_anchor: bool) -> Vec<Finding> {
    let issuer = path[index];
    let mut findings = Vec::new();
    // An anchor is a name and a key; what its certificate says beside that can only restrict it.
    let is_authority = match issuer.basic_constraints() {
        Some(constraints) => constraints.ca,
        None => is_anchor,
    };
    if !is_authority
        || !issuer
            .key_usage()
            .is_none_or(|usage| usage.signs_certificates())
    {
        findings.push(fatal(
            Error::IssuerNotCa {
                issuer: issuer.subject().readable(),
            },
            index,
        ));
    }
    let below = path[1..index]
        .iter()
        .filter(|step| !step.subject().matches(step.issuer()))
        .count();
    let limit = issuer.basic_constraints().and_then(|bc| bc.path_length);
    if limit.is_some_and(|limit| below > limit as usize) {
        findings.push(fatal(Error::PathTooLong {}, index));
    }
    findings
}

fn same_authority(a: &Certificate, b: &Certificate) -> bool {
    a.spki() == b.spki() && a.subject().matches(b.subject())
}

fn fatal(error: Error, index: usize) -> Finding {
    Finding::new(Severity::Fatal, error).at(format!("path[{index}]"))
}

/// Certificates in a path, the anchor included.
const MAX_PATH: usize = 8;
/// Signatures checked in the search for a path, whatever is handed in.
const MAX_SIGNATURE_CHECKS: u32 = 64;
/// Extensions that may be critical.
const KNOWN_EXTENSIONS: &[ObjectIdentifier] = &[
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::BASIC_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::EXTENDED_KEY_USAGE,
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::SUBJECT_KEY_IDENTIFIER,
];

#[cfg(test)]
mod tests;
