//! Building a path to an anchor, and validating it (RFC 5280, 6.1).

use super::anchor::Anchor;
use super::crl::{Lookups, Question, Status};
use super::names::Accumulated;
use super::national;
use super::policies::State;
use super::signature::Sm2Variant;
use super::{Checks, KeyPurpose, Policy, is_valid};
use crate::asn1::hex;
use crate::certificate::extension::{NameConstraints, purpose_name};
use crate::certificate::name::DistinguishedName;
use crate::certificate::{Certificate, SIGNING_PURPOSES};
use crate::key::PublicKey;
use crate::oid;
use der::asn1::ObjectIdentifier;
use yinxin_proto::{Error, Finding, Severity};

/// Certificates from the one in question upwards, each issued by the next or by the anchor.
#[derive(Clone, Default)]
pub(super) struct Path<'a> {
    pub certificates: Vec<&'a Certificate>,
    /// How the signature of each holds, as far as that is known.
    variants: Vec<Option<Sm2Variant>>,
    /// Where it arrives. The last certificate may itself be the anchor's.
    pub anchor: Option<&'a Anchor>,
}

impl Path<'_> {
    /// Whether its last certificate is the anchor's own.
    pub fn ends_in_anchor_certificate(&self) -> bool {
        match (self.anchor, self.certificates.last()) {
            (Some(anchor), Some(last)) => anchor.certificate.as_ref() == Some(*last),
            _ => false,
        }
    }

    /// Index of the anchor among the steps that are told.
    fn anchor_index(&self) -> usize {
        let own = usize::from(self.ends_in_anchor_certificate());
        self.certificates.len() - own
    }
}

/// What validation of a path gives.
#[derive(Clone, Default)]
pub(super) struct Validated {
    pub findings: Vec<Finding>,
    pub statuses: Vec<Option<Status>>,
    pub policies: Vec<ObjectIdentifier>,
}

/// The search for a path, depth first.
pub(super) struct Search<'a> {
    policy: &'a Policy<'a>,
    anchors: Vec<&'a Anchor>,
    checks: &'a mut Checks,
    /// The first complete path, or a later one with fewer fatal findings.
    best: Option<(Path<'a>, Validated)>,
    /// The longest path that did not arrive.
    partial: Path<'a>,
    /// Why the longest one ended, if an issuer of the right name was there.
    obstacle: Option<Finding>,
}

/// An issuer's name and key, with its certificate where there is one.
#[derive(Clone, Copy)]
pub(super) enum Candidate<'a> {
    Anchor(&'a Anchor),
    Certificate(&'a Certificate),
}

impl<'a> Candidate<'a> {
    fn subject(&self) -> &'a DistinguishedName {
        match self {
            Self::Anchor(anchor) => &anchor.subject,
            Self::Certificate(certificate) => certificate.subject(),
        }
    }

    pub fn key(&self) -> Result<&'a PublicKey, Error> {
        match self {
            Self::Anchor(anchor) => anchor.key.as_ref().map_err(Clone::clone),
            Self::Certificate(certificate) => certificate.key(),
        }
    }

    pub fn spki(&self) -> &'a [u8] {
        match self {
            Self::Anchor(anchor) => anchor.spki(),
            Self::Certificate(certificate) => certificate.spki(),
        }
    }

    fn certificate(&self) -> Option<&'a Certificate> {
        match self {
            Self::Anchor(anchor) => anchor.certificate.as_ref(),
            Self::Certificate(certificate) => Some(certificate),
        }
    }

    /// Whether it has the key that a certificate names as its issuer's (4.2.1.1): a hint for the
    /// order of trying, no condition.
    fn is_named_by(&self, certificate: &Certificate) -> bool {
        let own = self.certificate().and_then(Certificate::subject_key);
        own.is_some() && own == certificate.authority_key()
    }
}

impl<'a> Search<'a> {
    /// Looks for the best path of a certificate. What is given besides: whether it arrived, and why
    /// not where it did not.
    pub fn run(
        certificate: &'a Certificate,
        anchors: Vec<&'a Anchor>,
        policy: &'a Policy<'a>,
        checks: &'a mut Checks,
    ) -> (Path<'a>, Validated) {
        let mut search = Self {
            policy,
            anchors,
            checks,
            best: None,
            partial: Path::default(),
            obstacle: None,
        };
        search.extend(&mut Path {
            certificates: vec![certificate],
            variants: Vec::new(),
            anchor: None,
        });
        search.best.unwrap_or_else(|| {
            let path = search.partial;
            let mut validated = validate(&path, policy, &mut search.checks.lists);
            let last = path.certificates.last().map_or(certificate, |last| last);
            let end = path.certificates.len().saturating_sub(1);
            validated.findings.push(search.obstacle.unwrap_or_else(|| {
                let error = match national::root_not_at_hand(last.issuer()) {
                    Some(root) => Error::RootNotAtHand { root: root.into() },
                    None => Error::IssuerUnknown {
                        issuer: last.issuer().readable(),
                    },
                };
                fatal(error, end).evidence(last.issuer().to_string(), "an anchor")
            }));
            (path, validated)
        })
    }

    /// Extends a path to anchors, until one without a fatal finding is found.
    fn extend(&mut self, path: &mut Path<'a>) {
        let Some(&last) = path.certificates.last() else {
            return;
        };
        if path.certificates.len() > self.partial.certificates.len() {
            self.partial = path.clone();
            self.obstacle = None;
        }
        // A certificate that was given as an anchor is one, to the byte.
        let own = self.anchors.iter().copied();
        let own = own
            .into_iter()
            .find(|a| a.certificate.as_ref() == Some(last));
        if let Some(anchor) = own {
            path.anchor = Some(anchor);
            self.arrive(path);
            path.anchor = None;
            return;
        }
        if path.certificates.len() >= MAX_PATH {
            let length = path.certificates.len();
            let finding = fatal(Error::PathTooLong {}, length - 1);
            self.note(
                path,
                finding.evidence(format!("{length} so far"), format!("≤ {MAX_PATH}")),
            );
            return;
        }
        let anchors = self.anchors.iter().copied().map(Candidate::Anchor);
        let mut seen: Vec<&[u8; 32]> = Vec::new();
        let others = self.policy.intermediates.iter();
        let others = others.map(Candidate::Certificate);
        let all = anchors
            .chain(others)
            .filter(|candidate| candidate.subject().matches(last.issuer()));
        // A copy says nothing that the first one did not. More than may be tried need no telling apart.
        let all = all.filter(|candidate| {
            let Candidate::Certificate(certificate) = candidate else {
                return true;
            };
            let is_new = !seen.contains(&certificate.sha256());
            if is_new && seen.len() < MAX_TOLD_APART {
                seen.push(certificate.sha256());
            }
            is_new
        });
        let (named, unnamed): (Vec<_>, Vec<_>) =
            all.partition(|candidate| candidate.is_named_by(last));
        for candidate in named.into_iter().chain(unnamed) {
            if self.found_valid() {
                return;
            }
            self.try_issuer(path, last, candidate);
        }
    }

    fn try_issuer(&mut self, path: &mut Path<'a>, last: &'a Certificate, candidate: Candidate<'a>) {
        if let Candidate::Certificate(certificate) = candidate
            && path
                .certificates
                .iter()
                .any(|step| is_same_authority(step, certificate))
        {
            return;
        }
        let end = path.certificates.len() - 1;
        let Some(checked) = self.checks.signature(last, &candidate, self.policy.sm2_id) else {
            let limit = self.checks.limit;
            let finding = fatal(Error::TooManyCandidates { limit }, end);
            let expected = last.issuer().to_string();
            self.note(path, finding.evidence("no chain so far", expected));
            return;
        };
        let variant = match checked {
            Ok(variant) => variant,
            Err(error) => {
                let finding = fatal(error, end);
                let key = candidate
                    .certificate()
                    .map_or_else(String::new, |certificate| {
                        format!(" {}", hex(certificate.sha256()))
                    });
                let expected = format!("{}{key}", candidate.subject());
                self.note(
                    path,
                    finding.evidence("no signature of this issuer", expected),
                );
                return;
            }
        };
        path.variants.push(variant);
        match candidate {
            Candidate::Anchor(anchor) => {
                path.anchor = Some(anchor);
                // The anchor's own certificate is the last step, so that it is shown and judged.
                // Of a self-signed one in question, it is that already.
                let own = anchor.certificate.as_ref().filter(|own| *own != last);
                path.certificates.extend(own);
                self.arrive(path);
                if own.is_some() {
                    path.certificates.pop();
                }
                path.anchor = None;
            }
            Candidate::Certificate(certificate) => {
                path.certificates.push(certificate);
                self.extend(path);
                path.certificates.pop();
            }
        }
        path.variants.pop();
    }

    fn found_valid(&self) -> bool {
        let best = self.best.as_ref();
        best.is_some_and(|(_, validated)| is_valid(&validated.findings))
    }

    fn arrive(&mut self, path: &Path<'a>) {
        let validated = validate(path, self.policy, &mut self.checks.lists);
        let count = |findings: &[Finding]| {
            let mut fatal = 0;
            for finding in findings {
                fatal += u32::from(finding.severity == Severity::Fatal);
            }
            fatal
        };
        let is_better = self
            .best
            .as_ref()
            .is_none_or(|(_, best)| count(&validated.findings) < count(&best.findings));
        if is_better {
            self.best = Some((path.clone(), validated));
        }
    }

    fn note(&mut self, path: &Path<'a>, finding: Finding) {
        if path.certificates.len() == self.partial.certificates.len() && self.obstacle.is_none() {
            self.obstacle = Some(finding);
        }
    }
}

/// Checks everything about a path but its signatures, which its building checked.
///
/// Of a path that does not arrive, nobody vouches for an issuer: what rests on one (constraints,
/// policies, lists) is not asked.
fn validate(path: &Path<'_>, policy: &Policy<'_>, lists: &mut Lookups) -> Validated {
    let mut out = Validated::default();
    let length = path.certificates.len();
    // Of the anchor's own certificate, only its constraints count (6.1: it is no part of the path).
    let own = usize::from(path.ends_in_anchor_certificate() && length > 1);
    let mut names = Accumulated::default();
    let mut policies = State::new(length - own, policy.policies.is_some());
    out.statuses = vec![None; length];
    let arrived = path.anchor.is_some();
    for (index, certificate) in path.certificates.iter().enumerate().rev() {
        let mut findings = Vec::new();
        let place = |finding: &Finding| {
            let within = finding
                .place
                .as_deref()
                .map_or(String::new(), |at| format!(".{at}"));
            finding.clone().at(format!("path[{index}]{within}"))
        };
        findings.extend(certificate.findings().iter().map(place));
        if let Some(error) = certificate.validity_problem(policy.at) {
            findings.push(validity(error, certificate, policy, index));
        }
        for extension in certificate.extensions() {
            if extension.critical && !KNOWN_EXTENSIONS.contains(&extension.oid) {
                let oid = extension.oid.to_string();
                let finding = fatal(Error::CriticalExtensionUnknown { oid: oid.clone() }, index);
                findings.push(finding.evidence(format!("{oid}, critical"), "none that is unknown"));
            }
        }
        if let Some(Some(variant)) = path.variants.get(index) {
            findings.push(non_standard(*variant, policy, index));
        }
        let is_anchor = own == 1 && index + 1 == length;
        let self_issued = certificate.is_self_issued();
        if !is_anchor
            && (index == 0 || !self_issued)
            && let Some(violation) = names.violation(certificate)
        {
            let error = Error::NameNotPermitted {
                name: violation.name.clone(),
            };
            findings.push(fatal(error, index).evidence(violation.name, violation.expected));
        }
        if arrived
            && !is_anchor
            && let Err(oid) = policies.step(certificate, index == 0)
        {
            findings.extend(unreadable(oid, certificate, index));
        }
        if index > 0 {
            findings.extend(check_issuer(&path.certificates, index, is_anchor));
            if arrived && let Some(extension) = certificate.extension(oid::NAME_CONSTRAINTS) {
                match NameConstraints::parse(&extension.value) {
                    Ok(constraints) => names.add(constraints),
                    Err(_) => {
                        findings.extend(unreadable(oid::NAME_CONSTRAINTS, certificate, index));
                    }
                }
            }
        }
        if arrived && let Some(question) = question(path, index) {
            let (status, found) = policy.crls.check(&question, policy, lists);
            out.statuses[index] = status;
            findings.extend(found);
        }
        // The certificate in question comes first, and the walk is from above.
        findings.extend(std::mem::take(&mut out.findings));
        out.findings = findings;
    }
    if let Some(anchor) = path.anchor.filter(|anchor| anchor.certificate.is_none()) {
        let (start, end) = anchor.validity;
        let error = if policy.at > end {
            Some(Error::CertificateExpired {
                date: end.to_string(),
            })
        } else if policy.at < start {
            Some(Error::CertificateNotYetValid {
                date: start.to_string(),
            })
        } else {
            None
        };
        if let Some(error) = error {
            let found = fatal(error, path.anchor_index());
            out.findings
                .push(found.evidence(format!("{start} – {end}"), policy.at.to_string()));
        }
    }
    let outcome = policies.finish(policy.policies);
    if path.anchor.is_some() {
        if !outcome.satisfied {
            let list = |all: &[ObjectIdentifier]| {
                all.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let wanted = policy.policies.map_or_else(|| "any policy".into(), list);
            let found = fatal(Error::PolicyNotSatisfied {}, 0);
            out.findings
                .push(found.evidence(list(&outcome.policies), wanted));
        }
        out.policies = outcome.policies;
        check_accepted(path, policy, &mut out.findings);
    }
    check_key(path, policy, &mut out.findings);
    check_purpose(path, policy, &mut out.findings);
    out
}

/// Who answers for the revocation of a step: its issuer in the path. An anchor's own certificate
/// is not asked about.
fn question<'a>(path: &Path<'a>, index: usize) -> Option<Question<'a>> {
    let certificate = path.certificates[index];
    let above = path.certificates.get(index + 1).copied();
    let (issuer, candidate) = match (above, path.anchor) {
        (Some(issuer), _) => (Some(issuer), Candidate::Certificate(issuer)),
        (None, Some(anchor)) if !path.ends_in_anchor_certificate() => {
            (None, Candidate::Anchor(anchor))
        }
        (None, _) => return None,
    };
    Some(Question {
        certificate,
        issuer_key: candidate.key().ok()?,
        issuer_spki: candidate.spki(),
        issuer_signs_lists: issuer
            .and_then(Certificate::key_usage)
            .is_none_or(|usage| usage.signs_crls()),
        index,
    })
}

/// The portal's list of issuing CAs.
fn check_accepted(path: &Path<'_>, policy: &Policy<'_>, findings: &mut Vec<Finding>) {
    let Some(issuers) = policy.issuers else {
        return;
    };
    // Of a certificate that is an anchor itself, the issuer is none that was checked.
    let accepted = match (path.certificates.get(1), path.anchor) {
        (Some(issuer), _) => issuers
            .iter()
            .any(|listed| listed.is(issuer.subject(), issuer.spki())),
        (None, Some(anchor)) if !path.ends_in_anchor_certificate() => issuers
            .iter()
            .any(|listed| listed.is(anchor.subject(), anchor.spki())),
        (None, _) => false,
    };
    if !accepted {
        let issuer = path.certificates[0].issuer();
        let error = Error::IssuerNotAccepted {
            issuer: issuer.readable(),
        };
        let listed: Vec<_> = issuers.iter().map(ToString::to_string).collect();
        findings.push(fatal(error, 0).evidence(issuer.to_string(), listed.join(" / ")));
    }
}

/// The key of the certificate in question: nothing else has used it so far.
fn check_key(path: &Path<'_>, policy: &Policy<'_>, findings: &mut Vec<Finding>) {
    let Some(certificate) = path.certificates.first() else {
        return;
    };
    if let Err(error) = certificate.key()
        && (policy.purpose.is_some() || certificate.has_unsound_key())
    {
        let mut finding = fatal(error, 0).evidence(
            hex(certificate.spki().get(..64).unwrap_or(certificate.spki())),
            "SM2, RSA of 2048 to 4096 bits, P-256 or P-384",
        );
        finding.place = Some("path[0].subjectPublicKeyInfo".into());
        findings.push(finding);
    }
}

fn check_purpose(path: &Path<'_>, policy: &Policy<'_>, findings: &mut Vec<Finding>) {
    let (Some(certificate), Some(purpose)) = (path.certificates.first(), policy.purpose) else {
        return;
    };
    let usage = certificate.key_usage();
    let found = usage.map_or_else(String::new, |usage| usage.names().join(" "));
    match purpose {
        KeyPurpose::Sign => {
            if !usage.is_none_or(|usage| usage.signs()) {
                let finding = fatal(Error::CertificateNotForSigning {}, 0);
                findings.push(finding.evidence(found, "digitalSignature or nonRepudiation"));
            }
            findings.extend(check_extended_usage(path, policy));
        }
        KeyPurpose::Encrypt if !usage.is_none_or(|usage| usage.encrypts()) => {
            let finding = fatal(Error::CertificateNotForEncryption {}, 0);
            findings
                .push(finding.evidence(found, "keyEncipherment, dataEncipherment or keyAgreement"));
        }
        KeyPurpose::Encrypt => {}
    }
}

/// One purpose that counts for signatures must run through the whole path. RFC 5280 says nothing of
/// the extended key usage of a CA; that it limits what lies below is what OpenSSL, Go and the
/// browsers' root programs take it for.
fn check_extended_usage(path: &Path<'_>, policy: &Policy<'_>) -> Option<Finding> {
    let all = [SIGNING_PURPOSES, policy.extended_key_usages].concat();
    let mut left = all.clone();
    for (index, certificate) in path.certificates.iter().enumerate() {
        certificate.narrow(&mut left);
        if left.is_empty() {
            let usages = certificate.extended_key_usage_names();
            let expected: Vec<_> = all.iter().map(|purpose| purpose_name(*purpose)).collect();
            let error = Error::ExtendedKeyUsageNotAccepted {
                usages: usages.clone(),
            };
            return Some(fatal(error, index).evidence(usages, expected.join(" / ")));
        }
    }
    None
}

/// Checks that the certificate at `index` of a path may issue the one below it (6.1.4 k–n).
fn check_issuer(path: &[&Certificate], index: usize, is_anchor: bool) -> Vec<Finding> {
    let issuer = path[index];
    let mut findings = Vec::new();
    // An anchor is a name and a key; what its certificate says beside that can only restrict it.
    let is_authority = match issuer.basic_constraints() {
        Some(constraints) => constraints.ca,
        None => is_anchor,
    };
    let usage = issuer.key_usage();
    let may_issue = usage.is_none_or(|usage| usage.signs_certificates());
    if !is_authority || !may_issue {
        let issuer = issuer.subject().readable();
        let (found, expected) = if is_authority {
            ("keyUsage without keyCertSign", "keyCertSign")
        } else {
            ("no basicConstraints with cA TRUE", "cA TRUE")
        };
        findings.push(fatal(Error::IssuerNotCa { issuer }, index).evidence(found, expected));
    }
    // The last certificate does not count, nor do self-issued ones (4.2.1.9).
    let below = path[1..index]
        .iter()
        .filter(|step| !step.is_self_issued())
        .count();
    let limit = issuer.basic_constraints().and_then(|bc| bc.path_length);
    if let Some(limit) = limit.filter(|limit| below > *limit as usize) {
        let finding = fatal(Error::PathTooLong {}, index);
        findings.push(finding.evidence(below.to_string(), format!("≤ {limit}")));
    }
    findings
}

fn validity(error: Error, certificate: &Certificate, policy: &Policy<'_>, index: usize) -> Finding {
    let range = format!("{} – {}", certificate.not_before(), certificate.not_after());
    fatal(error, index).evidence(range, policy.at.to_string())
}

fn non_standard(variant: Sm2Variant, policy: &Policy<'_>, index: usize) -> Finding {
    let accepted = policy.sm2_variants.contains(&variant);
    let severity = if accepted {
        Severity::Warning
    } else {
        Severity::Fatal
    };
    let error = Error::SignatureNonStandard {
        variant: variant.name().into(),
    };
    let expected = String::from_utf8_lossy(policy.sm2_id).into_owned();
    Finding::new(severity, error)
        .at(format!("path[{index}]"))
        .evidence(variant.name(), format!("SM3(Z ‖ M), id “{expected}”"))
}

/// An extension that validation needs and can't read, unless reading has refused it already.
fn unreadable(oid: ObjectIdentifier, certificate: &Certificate, index: usize) -> Option<Finding> {
    let error = Error::ExtensionUnreadable {
        oid: oid.to_string(),
    };
    let refused = certificate
        .findings()
        .iter()
        .any(|known| known.severity == Severity::Fatal && known.error == error);
    (!refused).then(|| fatal(error, index).evidence("not as defined", "RFC 5280, 4.2.1"))
}

fn is_same_authority(a: &Certificate, b: &Certificate) -> bool {
    a.spki() == b.spki() && a.subject().matches(b.subject())
}

pub(super) fn fatal(error: Error, index: usize) -> Finding {
    Finding::new(Severity::Fatal, error).at(format!("path[{index}]"))
}

/// Certificates in a path, the anchor's included.
const MAX_PATH: usize = 8;
/// Issuers of one name that are looked at for copies.
const MAX_TOLD_APART: usize = 256;
/// Extensions that may be critical, since they are processed or ask nothing of a signer's path.
const KNOWN_EXTENSIONS: &[ObjectIdentifier] = &[
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::BASIC_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::INHIBIT_ANY_POLICY,
    oid::KEY_USAGE,
    oid::NAME_CONSTRAINTS,
    oid::POLICY_CONSTRAINTS,
    oid::POLICY_MAPPINGS,
    oid::SUBJECT_ALT_NAME,
    oid::SUBJECT_KEY_IDENTIFIER,
];
