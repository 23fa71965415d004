//! Trust in a certificate: a path to an anchor, every step of it checked at a point in time, and
//! what revocation lists say.
//!
//! Source: RFC 5280, clauses 6.1 (path validation) and 6.3 (CRLs).

mod anchor;
mod crl;
mod names;
pub mod national;
mod path;
pub(crate) mod plain;
mod policies;
mod signature;
mod view;

pub use anchor::{Anchor, AnchorFacts, Source};
pub use crl::{Crl, Crls, Revocation, State, Status};
pub use signature::Sm2Variant;
pub(crate) use signature::oddity;
pub use view::anchor_view;
pub use view::trust_view;

use crate::certificate::Certificate;
use crate::certificate::name::DistinguishedName;
use crate::hash::sha256;
use crate::key::PublicKey;
use crate::oid;
use crate::sm2::DEFAULT_ID;
use crate::wire::{Bytes, Hex};
use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use std::fmt;
use yinxin_proto::consent::HolderKind;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// What a certificate is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum KeyPurpose {
    /// Logins and signatures.
    Sign,
    /// Encryption to its holder.
    Encrypt,
}

/// What a missing, stale or unusable CRL means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
    /// By name and key.
    Authority {
        /// Its name.
        subject: DistinguishedName,
        /// DER SubjectPublicKeyInfo.
        spki: Vec<u8>,
    },
    /// By name: the whole name (RFC 4514) or its common name. Only a name on a path to an anchor
    /// counts.
    Name(String),
}

impl Issuer {
    fn is(&self, subject: &DistinguishedName, spki: &[u8]) -> bool {
        match self {
            Self::Authority {
                subject: listed,
                spki: key,
            } => key == spki && listed.matches(subject),
            Self::Name(name) => {
                let common = subject.last(oid::COMMON_NAME);
                *name == subject.to_string() || common.is_some_and(|own| own.is_exactly(name))
            }
        }
    }
}

impl From<&Certificate> for Issuer {
    fn from(certificate: &Certificate) -> Self {
        Self::Authority {
            subject: certificate.subject().clone(),
            spki: certificate.spki().to_vec(),
        }
    }
}

impl From<&Anchor> for Issuer {
    fn from(anchor: &Anchor) -> Self {
        Self::Authority {
            subject: anchor.subject().clone(),
            spki: anchor.spki().to_vec(),
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authority { subject, .. } => subject.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// What a certificate is judged by.
#[derive(Clone, Debug)]
pub struct PathPolicy<'a> {
    /// Where trust begins.
    pub anchors: &'a [Anchor],
    /// Whether the product's own anchors count too: the national root and the CAs under it.
    pub national: bool,
    /// Certificates that may lie between, trusted for nothing.
    pub intermediates: &'a [Certificate],
    /// Which CA must have issued the certificate itself. `None` asks for none in particular.
    pub issuers: Option<&'a [Issuer]>,
    /// Of which kind its holder must be, as far as a certificate tells. `None` asks for none in particular.
    pub holders: Option<&'a [HolderKind]>,
    /// Revocation lists.
    pub crls: &'a Crls,
    /// What it means if they don't suffice.
    pub crl_policy: CrlPolicy,
    /// The point in time.
    pub at: UnixTime,
    /// What the certificate is asked for, if that is to be checked.
    pub purpose: Option<KeyPurpose>,
    /// Purposes of an extended key usage that count for signatures beside
    /// [`SIGNING_PURPOSES`](crate::certificate::SIGNING_PURPOSES).
    pub extended_key_usages: &'a [ObjectIdentifier],
    /// Certificate policies of which one must hold along the path. `None` asks for none.
    pub policies: Option<&'a [ObjectIdentifier]>,
    /// The SM2 user id under which certificates and CRLs are signed.
    pub sm2_id: &'a [u8],
    /// Computations outside of the standard that are accepted, with a warning.
    pub sm2_variants: &'a [Sm2Variant],
}

impl<'a> PathPolicy<'a> {
    /// These anchors and intermediates at this time, and nothing else asked for.
    #[must_use]
    pub fn new(
        anchors: &'a [Anchor],
        intermediates: &'a [Certificate],
        crls: &'a Crls,
        at: UnixTime,
    ) -> Self {
        Self {
            anchors,
            national: false,
            intermediates,
            issuers: None,
            holders: None,
            crls,
            crl_policy: CrlPolicy::Warn,
            at,
            purpose: None,
            extended_key_usages: &[],
            policies: None,
            sm2_id: DEFAULT_ID,
            sm2_variants: &[],
        }
    }
}

/// The judgement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PathVerdict {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What it comes to.
    pub summary: Bilingual,
    /// What was found, the gravest first. `place` names the element of `path`.
    pub findings: Vec<Finding>,
    /// From the certificate to the anchor, as far as it could be built.
    pub path: Vec<PathStep>,
    /// Certificate policies that hold along the whole path; `2.5.29.32.0` for every one.
    pub policies: Vec<String>,
}

/// A step of a path: a certificate, or an anchor without one.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct PathStep {
    /// What a person would call it.
    pub name: String,
    /// Its whole subject (RFC 4514).
    pub subject: String,
    /// Its issuer (RFC 4514), of a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// SHA-256 of its DER, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Hex<[u8; 32]>>,
    /// Its DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Bytes>,
    /// What its issuer's lists say of it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Status>,
    /// Why trust begins here, of the last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<AnchorFacts>,
}

/// Judges a certificate.
#[must_use]
pub fn verify(certificate: &Certificate, policy: &PathPolicy<'_>) -> PathVerdict {
    verify_within(&mut Budget::default(), certificate, policy)
}

/// Judges a certificate, and takes what the search for a path checks from `budget`.
#[must_use]
pub(crate) fn verify_within(
    budget: &mut Budget,
    certificate: &Certificate,
    policy: &PathPolicy<'_>,
) -> PathVerdict {
    if policy.national {
        let others = policy.intermediates.iter().filter(|_| !budget.met_others);
        let issuers = std::iter::once(certificate).chain(others);
        anchor::add_national(&mut budget.national, issuers.map(Certificate::issuer));
        budget.met_others = true;
    }
    budget.own = Allowance::new(budget.own.limit);
    // Lent for the search, which uses the rest of the checks.
    let national = std::mem::take(&mut budget.national);
    let own = national.iter().map(|found| &found.anchor);
    let anchors = policy.anchors.iter().chain(own).collect();
    let (path, validated) = path::Search::run(certificate, anchors, policy, budget);
    let mut findings = validated.findings;
    findings.extend(policy.crls.findings(policy.crl_policy));
    let findings = worst_first(findings);

    let mut steps: Vec<PathStep> = path
        .certificates
        .iter()
        .zip(validated.statuses)
        .map(|(step, revocation)| PathStep {
            name: step.subject().readable(),
            subject: step.subject().to_string(),
            issuer: Some(step.issuer().to_string()),
            sha256: Some(Hex(*step.sha256())),
            certificate: Some(Bytes(step.der().to_vec())),
            revocation,
            anchor: None,
        })
        .collect();
    if let Some(anchor) = path.anchor {
        let facts = Some(anchor.facts());
        match steps.last_mut() {
            Some(last) if path.ends_in_anchor_certificate() => last.anchor = facts,
            _ => steps.push(PathStep {
                name: anchor.subject().readable(),
                subject: anchor.subject().to_string(),
                issuer: None,
                sha256: None,
                certificate: None,
                revocation: None,
                anchor: facts,
            }),
        }
    }
    let summary = plain::summary(&path, &findings, &steps);
    budget.national = national;
    PathVerdict {
        valid: is_valid(&findings),
        summary,
        findings,
        path: steps,
        policies: validated.policies.iter().map(ToString::to_string).collect(),
    }
}

/// How a key's signature of a certificate holds; `Some`: only in a variant of SM2 outside of the
/// standard.
pub(crate) fn check_signature(
    certificate: &Certificate,
    key: &PublicKey,
    sm2_id: &[u8],
) -> Result<Option<Sm2Variant>, Error> {
    #[cfg(test)]
    crate::testing::work::done("certificate signature");
    let signed = signature::Signed {
        tbs: certificate.tbs(),
        algorithm: certificate.signature_algorithm_der(),
        signature: certificate.signature(),
    };
    signature::check(&signed, key, sm2_id)
}

/// Findings by severity, in their order among equals.
#[must_use]
pub fn gravest_first(findings: Vec<Finding>) -> Vec<Finding> {
    by_rank(findings, |finding| finding.severity as u8)
}

/// The same of a path, whose fatal findings come by how much they say against the certificate:
/// not signed by its issuer, revoked, not entitled, out of date.
fn worst_first(findings: Vec<Finding>) -> Vec<Finding> {
    by_rank(findings, |finding| {
        match (finding.severity, &finding.error) {
            (
                Severity::Fatal,
                Error::SignatureInvalid {} | Error::SignatureAlgorithmMismatch {},
            ) => 0,
            (Severity::Fatal, Error::CertificateRevoked { .. }) => 1,
            (
                Severity::Fatal,
                Error::CertificateExpired { .. } | Error::CertificateNotYetValid { .. },
            ) => 3,
            (Severity::Fatal, _) => 2,
            (Severity::Warning, _) => 4,
            (Severity::Note, _) => 5,
        }
    })
}

/// A stable sort by a rank of 0 to 5. (A general one costs kilobytes of Wasm.)
fn by_rank(mut findings: Vec<Finding>, rank: impl Fn(&Finding) -> u8) -> Vec<Finding> {
    let mut sorted = Vec::with_capacity(findings.len());
    for wanted in 0..=5 {
        let (next, rest) = findings
            .into_iter()
            .partition(|finding| rank(finding) == wanted);
        sorted.extend::<Vec<_>>(next);
        findings = rest;
    }
    leave_out(sorted)
}

/// Findings as they are, or the gravest of them where there are more than [`MAX_FINDINGS`].
pub(crate) fn at_most(findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() <= MAX_FINDINGS {
        return findings;
    }
    gravest_first(findings)
}

/// Leaves out what stands behind the first [`MAX_FINDINGS`], and says how many that were. The first
/// of each code and severity stays wherever it stands, so that whoever asks for a code gets the same
/// answer.
fn leave_out(findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() <= MAX_FINDINGS {
        return findings;
    }
    let mut kept: Vec<Finding> = Vec::with_capacity(MAX_FINDINGS);
    let mut kinds: Vec<(Severity, &str)> = Vec::new();
    let mut count = 0u32;
    for finding in findings {
        let kind = (finding.severity, finding.error.code());
        let is_first = !kinds.contains(&kind);
        if let Error::FindingsLeftOut { count: before } = finding.error {
            count = count.saturating_add(before);
        } else if is_first || kept.len() < MAX_FINDINGS {
            if is_first {
                kinds.push(kind);
            }
            kept.push(finding);
        } else {
            count = count.saturating_add(1);
        }
    }
    kept.push(Finding::new(
        Severity::Note,
        Error::FindingsLeftOut { count },
    ));
    kept
}

/// Findings that a certificate or a judgement tells, beside the first of each further kind: nobody
/// reads more, and whoever sends a thing chooses how odd it is.
const MAX_FINDINGS: usize = 128;

/// What one judgement has checked already, and how much it may still check, whatever is handed in.
/// All of it goes by one SM2 user id, the same intermediates and the same lists.
///
/// Keys of the anchors, and of what they issued, are the caller's: what they signed is checked
/// whatever it takes, and only what they did not sign is counted. Other keys are the sender's to
/// multiply.
#[derive(Debug)]
pub struct Budget {
    /// For a certificate in question, under keys that lead to an anchor. Each has it anew.
    own: Allowance,
    /// For issuers that may lie between, under the same keys.
    between: Allowance,
    /// Under keys that lead nowhere, to tell how far a path goes.
    strangers: Allowance,
    /// Of a certificate by its SHA-256 and a key by that of its SubjectPublicKeyInfo.
    signatures: Vec<([u8; 32], [u8; 32], Signature)>,
    /// Keys that lead to an anchor and signed something, by their SubjectPublicKeyInfo.
    signers: Vec<Vec<u8>>,
    issuers: path::Issuers,
    lists: crl::Lookups,
    /// Certificates that sign lists and have paths of their own, with the anchor: what was found on
    /// such a path, if it is valid.
    vouched: Vec<(Vouched, Option<Vec<Finding>>)>,
    /// Those that are being asked.
    vouching: Vec<Vouched>,
    /// How many more may be.
    signers_left: u32,
    /// The product's own anchors among the names met so far.
    national: Vec<anchor::National>,
    /// Whether those of the intermediates are among them.
    met_others: bool,
}

/// SHA-256 of a certificate, and of the key of the anchor that it should lead to.
type Vouched = ([u8; 32], [u8; 32]);

/// Which allowance a check is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purse {
    Own,
    Between,
    Strangers,
}

/// How much may still be checked.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    limit: u32,
    /// Signatures, by what they [`cost`].
    left: u32,
    /// Issuers, those included whose signature is known.
    tries: u32,
}

impl Allowance {
    fn new(limit: u32) -> Self {
        Self {
            limit,
            left: limit,
            tries: limit.saturating_mul(4),
        }
    }
}

/// How a signature holds.
type Signature = Result<Option<Sm2Variant>, Error>;

impl Budget {
    /// Signatures that the search for one path may check under foreign keys: `limit`.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self {
            own: Allowance::new(limit),
            between: Allowance {
                tries: u32::MAX,
                ..Allowance::new(MAX_BETWEEN)
            },
            strangers: Allowance::new(limit),
            signatures: Vec::new(),
            signers: Vec::new(),
            issuers: path::Issuers::default(),
            lists: crl::Lookups::default(),
            vouched: Vec::new(),
            vouching: Vec::new(),
            signers_left: MAX_SIGNERS,
            national: Vec::new(),
            met_others: false,
        }
    }

    fn purse(&mut self, purse: Purse) -> &mut Allowance {
        match purse {
            Purse::Own => &mut self.own,
            Purse::Between => &mut self.between,
            Purse::Strangers => &mut self.strangers,
        }
    }

    /// How an issuer's signature of a certificate holds. Otherwise, how many may be checked.
    fn signature(
        &mut self,
        certificate: &Certificate,
        issuer: &path::Candidate<'_>,
        sm2_id: &[u8],
        purse: Purse,
    ) -> Result<Signature, u32> {
        let allowance = self.purse(purse);
        let limit = allowance.limit;
        allowance.tries = allowance.tries.checked_sub(1).ok_or(limit)?;
        let has_left = allowance.left > 0;
        let key = match issuer.key() {
            Ok(key) => key,
            Err(error) => return Ok(Err(error)),
        };
        let (signed, by) = (*certificate.sha256(), sha256(issuer.spki()));
        let mut known = self.signatures.iter();
        if let Some((.., known)) = known.find(|(a, b, _)| *a == signed && *b == by) {
            return Ok(known.clone());
        }
        if !has_left {
            return Err(limit);
        }
        let checked = check_signature(certificate, key, sm2_id);
        if checked.is_err() || purse == Purse::Strangers {
            let allowance = self.purse(purse);
            allowance.left = allowance.left.saturating_sub(cost(key));
        } else if !self.signers.iter().any(|spki| spki == issuer.spki()) {
            self.signers.push(issuer.spki().to_vec());
        }
        self.signatures.push((signed, by, checked.clone()));
        Ok(checked)
    }
}

/// What a check costs, in verifications of P-256.
fn cost(key: &PublicKey) -> u32 {
    match key {
        PublicKey::P384(_) => 4,
        PublicKey::Sm2(_) | PublicKey::P256(_) | PublicKey::Rsa(_) => 1,
    }
}

/// Checks of issuers under the keys that lead to an anchor, of those that fail: enough for all the
/// certificates of a CMS under four keys of one name, or under one of the slowest kind.
const MAX_BETWEEN: u32 = 256;

/// Certificates of which a path is sought since they may have signed a list.
const MAX_SIGNERS: u32 = 256;

/// Those of one judgement.
impl Default for Budget {
    fn default() -> Self {
        Self::new(48)
    }
}

/// Whether no finding is fatal.
#[must_use]
pub fn is_valid(findings: &[Finding]) -> bool {
    findings
        .iter()
        .all(|finding| finding.severity != Severity::Fatal)
}

#[cfg(test)]
mod tests;
