//! Building a path to an anchor, and validating it (RFC 5280, 6.1).

use super::anchor::Anchor;
use super::crl::{Question, Status};
use super::names::Accumulated;
use super::national;
use super::policies::State;
use super::signature::Sm2Variant;
use super::{Budget, KeyPurpose, PathPolicy, Purse, is_valid};
use crate::asn1::hex;
use crate::certificate::extension::{NameConstraints, purpose_name, unknown_qualifier};
use crate::certificate::name::DistinguishedName;
use crate::certificate::{Certificate, SIGNING_PURPOSES};
use crate::hash::sha256;
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

/// The search for a path, depth first: through issuers that lead to an anchor, and where that gives
/// no path, through the others, which then tells how far one goes.
///
/// Whoever sends a message chooses what lies in it, so it may hold any number of certificates in the
/// name of an issuer. None of them is asked for its signature of the certificate in question before
/// it was found to lead to an anchor.
pub(super) struct Search<'a> {
    policy: &'a PathPolicy<'a>,
    anchors: Vec<&'a Anchor>,
    budget: &'a mut Budget,
    /// Whether issuers count that lead nowhere.
    through_strangers: bool,
    /// What checks are taken from, unless it is strangers' keys that are tried.
    purse: Purse,
    /// The number of checks that did not suffice to find all issuers that lead to an anchor.
    limit: Option<u32>,
    /// The first complete path, or a later one with fewer fatal findings.
    best: Option<(Path<'a>, Validated)>,
    /// The longest path that did not arrive.
    partial: Path<'a>,
    /// Why the longest one ended, if an issuer of the right name was there.
    obstacle: Option<Finding>,
}

/// What is known of the issuers among the intermediates of a judgement, which are meant by their
/// index.
#[derive(Debug, Default)]
pub(super) struct Issuers {
    /// SHA-256 of the subject's and the issuer's name of each.
    names: Vec<(Name, Name)>,
    /// Those that lead to an anchor.
    found: Vec<usize>,
    /// Names whose issuers were sought, and among how many anchors.
    sought: Vec<(Name, usize)>,
}

/// The same for names that match.
type Name = [u8; 32];

fn name_of(name: &DistinguishedName) -> Name {
    sha256(&name.key())
}

/// An issuer's name and key, with its certificate where there is one.
#[derive(Clone, Copy)]
pub(super) enum Candidate<'a> {
    Anchor(&'a Anchor),
    Certificate(&'a Certificate),
}

impl<'a> Candidate<'a> {
    pub fn subject(&self) -> &'a DistinguishedName {
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

    pub fn certificate(&self) -> Option<&'a Certificate> {
        match self {
            Self::Anchor(anchor) => anchor.certificate.as_ref(),
            Self::Certificate(certificate) => Some(certificate),
        }
    }

    /// Whether a certificate has its name and key.
    fn is_authority_of(&self, certificate: &Certificate) -> bool {
        self.spki() == certificate.spki() && self.subject().matches(certificate.subject())
    }

    /// Whether nothing is against it that its certificate itself says.
    fn is_sound(&self, policy: &PathPolicy<'_>) -> bool {
        let (start, end) = match self {
            Self::Anchor(anchor) => anchor.validity,
            Self::Certificate(certificate) => (certificate.not_before(), certificate.not_after()),
        };
        (start..=end).contains(&policy.at)
            && self
                .certificate()
                .is_none_or(|certificate| is_valid(certificate.findings()))
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
        policy: &'a PathPolicy<'a>,
        budget: &'a mut Budget,
    ) -> (Path<'a>, Validated) {
        let mut search = Self {
            policy,
            anchors,
            budget,
            through_strangers: false,
            purse: Purse::Own,
            limit: None,
            best: None,
            partial: Path::default(),
            obstacle: None,
        };
        let mut start = Path {
            certificates: vec![certificate],
            ..Path::default()
        };
        // By the issuers that are known from another search, then by all of them.
        search.extend(&mut start);
        if !search.found_valid() && search.find_issuers(certificate) {
            search.extend(&mut start);
        }
        if search.best.is_none() {
            search.through_strangers = true;
            search.extend(&mut start);
        }
        search.best.unwrap_or_else(|| {
            let path = search.partial;
            let mut validated = validate(&path, policy, search.budget);
            let last = path.certificates.last().map_or(certificate, |last| last);
            let end = path.certificates.len().saturating_sub(1);
            let stopped = search.limit.map(|limit| too_many(limit, last, end));
            let obstacle = stopped.or(search.obstacle);
            validated.findings.push(obstacle.unwrap_or_else(|| {
                let error = match national::root_unavailable(last.issuer()) {
                    Some(root) => Error::RootUnavailable { root: root.into() },
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
        let policy = self.policy;
        let others: Vec<&Certificate> = if self.through_strangers {
            policy.intermediates.iter().collect()
        } else {
            self.found_issuers().collect()
        };
        let all = anchors
            .chain(others.into_iter().map(Candidate::Certificate))
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
        let signers = &self.budget.signers;
        let all = before_others(all.collect(), |candidate| {
            signers.iter().any(|spki| spki == candidate.spki())
        });
        let all = before_others(all, |candidate| candidate.is_named_by(last));
        let all = before_others(all, |candidate| candidate.is_sound(policy));
        for candidate in all {
            if self.found_valid() {
                return;
            }
            self.try_issuer(path, last, candidate);
        }
    }

    /// The issuers between that are known to lead to an anchor.
    fn found_issuers(&self) -> impl Iterator<Item = &'a Certificate> + use<'a, '_> {
        let all = self.policy.intermediates;
        let found = self.budget.issuers.found.iter();
        found.filter_map(|index| all.get(*index))
    }

    /// Finds the issuers between a certificate and the anchors, from above: those that an anchor
    /// issued, those that these issued, and so on. Whether there is one that was not known.
    ///
    /// A certificate is checked under the keys of its issuer's name that lead to an anchor, so what
    /// a stranger adds costs a check under each of those and no more.
    fn find_issuers(&mut self, certificate: &Certificate) -> bool {
        let PathPolicy {
            intermediates: all,
            sm2_id,
            ..
        } = *self.policy;
        let issuers = &mut self.budget.issuers;
        if issuers.names.len() != all.len() {
            let names = all
                .iter()
                .map(|c| (name_of(c.subject()), name_of(c.issuer())));
            issuers.names = names.collect();
        }
        let wanted = (name_of(certificate.issuer()), self.anchors.len());
        if issuers.sought.contains(&wanted) {
            return false;
        }
        issuers.sought.push(wanted);
        let known = issuers.found.len();

        // By their names, those that may lie between.
        let mut between: Vec<usize> = Vec::new();
        let mut wanted = vec![wanted.0];
        let mut at = 0;
        while let Some(name) = wanted.get(at).copied() {
            at += 1;
            for (index, (subject, issuer)) in issuers.names.iter().enumerate() {
                if *subject != name || !may_issue(&all[index]) {
                    continue;
                }
                between.push(index);
                if !wanted.contains(issuer) {
                    wanted.push(*issuer);
                }
            }
        }
        let between = before_others(between, |index| {
            Candidate::Certificate(&all[*index]).is_sound(self.policy)
        });

        for is_named in [true, false] {
            let anchors = self.anchors.iter().copied().map(Candidate::Anchor);
            let found = self.found_issuers().map(Candidate::Certificate);
            let mut authorities: Vec<Candidate<'_>> = anchors.chain(found).collect();
            let mut at = 0;
            while let Some(authority) = authorities.get(at).copied() {
                at += 1;
                let name = name_of(authority.subject());
                for &index in &between {
                    let issuer = &all[index];
                    // One that signed itself leads no further. Of copies, and of what differs where
                    // nobody signed, the first sound one is enough.
                    if self.budget.issuers.names[index].1 != name
                        || authority.is_named_by(issuer) != is_named
                        || authority.is_authority_of(issuer)
                        || self
                            .found_issuers()
                            .any(|known| known.tbs() == issuer.tbs())
                    {
                        continue;
                    }
                    let checked = self
                        .budget
                        .signature(issuer, &authority, sm2_id, Purse::Between);
                    match checked {
                        Err(limit) => self.limit = Some(limit),
                        Ok(Err(_)) => {}
                        Ok(Ok(_)) => {
                            self.budget.issuers.found.push(index);
                            if !authorities
                                .iter()
                                .any(|known| known.is_authority_of(issuer))
                            {
                                authorities.push(Candidate::Certificate(issuer));
                            }
                        }
                    }
                }
            }
        }
        self.budget.issuers.found.len() > known
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
        let purse = if self.through_strangers {
            Purse::Strangers
        } else {
            self.purse
        };
        let sm2_id = self.policy.sm2_id;
        let checked = match self.budget.signature(last, &candidate, sm2_id, purse) {
            Ok(checked) => checked,
            Err(limit) => {
                self.note(path, too_many(limit, last, end));
                return;
            }
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
        let validated = validate(path, self.policy, self.budget);
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
fn validate(path: &Path<'_>, policy: &PathPolicy<'_>, budget: &mut Budget) -> Validated {
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
        if let Some(extension) = certificate.extension(oid::CERTIFICATE_POLICIES)
            && extension.critical
            && let Some(qualifier) = unknown_qualifier(&extension.value)
        {
            let oid = extension.oid.to_string();
            let finding = fatal(Error::CriticalExtensionUnknown { oid }, index);
            findings.push(finding.evidence(format!("qualifier {qualifier}"), "CPS, user notice"));
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
            let (status, found) = policy.crls.check(&question, policy, budget);
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
        check_holder(path, policy, &mut out.findings);
    }
    check_key(path, policy, &mut out.findings);
    check_purpose(path, policy, &mut out.findings);
    out
}

/// Who answers for the revocation of a step: those above it in the path, of whom the next one is its
/// issuer. An anchor's own certificate is not asked about.
fn question<'a>(path: &Path<'a>, index: usize) -> Option<Question<'a>> {
    let anchor = path.anchor?;
    let above = path.certificates.get(index + 1..).unwrap_or_default();
    let above = above.iter().copied().map(Candidate::Certificate);
    let last = (!path.ends_in_anchor_certificate()).then_some(Candidate::Anchor(anchor));
    let authorities: Vec<_> = above.chain(last).collect();
    (!authorities.is_empty()).then_some(Question {
        certificate: path.certificates[index],
        authorities,
        anchor,
        index,
    })
}

/// Whether a certificate that signs lists has a valid path of its own to the anchor of those that it
/// answers for, which must be the same (6.3.3 f): what was found on it, nothing fatal.
///
/// Its own revocation is asked as well, so that this leads to itself: two signers deep, and for so
/// many in one judgement.
pub(super) fn vouch(
    signer: &Certificate,
    anchor: &Anchor,
    policy: &PathPolicy<'_>,
    budget: &mut Budget,
) -> Option<Vec<Finding>> {
    let which = (*signer.sha256(), sha256(anchor.spki()));
    let mut known = budget.vouched.iter();
    if let Some((.., known)) = known.find(|(asked, _)| *asked == which) {
        return known.clone();
    }
    let is_asked = budget.vouching.contains(&which);
    if is_asked || budget.vouching.len() == MAX_SIGNERS_DEEP {
        return None;
    }
    budget.signers_left = budget.signers_left.checked_sub(1)?;
    budget.vouching.push(which);
    let policy = PathPolicy {
        issuers: None,
        holders: None,
        purpose: None,
        policies: None,
        ..policy.clone()
    };
    let mut search = Search {
        policy: &policy,
        anchors: vec![anchor],
        budget: &mut *budget,
        through_strangers: false,
        purse: Purse::Between,
        limit: None,
        best: None,
        partial: Path::default(),
        obstacle: None,
    };
    let mut start = Path {
        certificates: vec![signer],
        ..Path::default()
    };
    search.find_issuers(signer);
    search.extend(&mut start);
    let best = search.best.take().map(|(_, validated)| validated.findings);
    let found = best.filter(|findings| is_valid(findings));
    budget.vouching.pop();
    // Deeper down, that another one is being asked has a part in the answer.
    if budget.vouching.is_empty() {
        budget.vouched.push((which, found.clone()));
    }
    found
}

/// The portal's list of issuing CAs.
fn check_accepted(path: &Path<'_>, policy: &PathPolicy<'_>, findings: &mut Vec<Finding>) {
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

/// The portal's list of kinds of holders.
fn check_holder(path: &Path<'_>, policy: &PathPolicy<'_>, findings: &mut Vec<Finding>) {
    let Some(holders) = policy.holders else {
        return;
    };
    let kind = path.certificates[0].holder_kind();
    if !holders.contains(&kind) {
        let listed: Vec<_> = holders.iter().map(|holder| holder.as_str()).collect();
        let finding = fatal(Error::HolderNotAccepted {}, 0);
        findings.push(finding.evidence(kind.as_str(), listed.join(" / ")));
    }
}

/// The key of the certificate in question: nothing else has used it so far. (One that issues verifies
/// a signature, which no weak key does.)
fn check_key(path: &Path<'_>, policy: &PathPolicy<'_>, findings: &mut Vec<Finding>) {
    let Some(certificate) = path.certificates.first() else {
        return;
    };
    let Err(error) = certificate.key() else {
        return;
    };
    let weak = certificate.weak_key_bits();
    let severity = if policy.purpose.is_some()
        || certificate.has_unsound_key()
        || weak.is_some_and(|bits| bits < MIN_RSA_BITS)
    {
        Severity::Fatal
    } else if weak.is_some() {
        Severity::Warning
    } else {
        return;
    };
    let spki = certificate.spki();
    let finding = Finding::new(severity, error).at("path[0].subjectPublicKeyInfo");
    findings.push(finding.evidence(
        hex(spki.get(..64).unwrap_or(spki)),
        "SM2, RSA of 2048 to 4096 bits, P-256 or P-384",
    ));
}

fn check_purpose(path: &Path<'_>, policy: &PathPolicy<'_>, findings: &mut Vec<Finding>) {
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
fn check_extended_usage(path: &Path<'_>, policy: &PathPolicy<'_>) -> Option<Finding> {
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

fn validity(
    error: Error,
    certificate: &Certificate,
    policy: &PathPolicy<'_>,
    index: usize,
) -> Finding {
    let range = format!("{} – {}", certificate.not_before(), certificate.not_after());
    fatal(error, index).evidence(range, policy.at.to_string())
}

fn non_standard(variant: Sm2Variant, policy: &PathPolicy<'_>, index: usize) -> Finding {
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

/// Those of which something is true before the others, each in their order.
fn before_others<T>(all: Vec<T>, is_first: impl Fn(&T) -> bool) -> Vec<T> {
    let (mut first, others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_first);
    first.extend(others);
    first
}

fn too_many(limit: u32, last: &Certificate, end: usize) -> Finding {
    let finding = fatal(Error::TooManyCandidates { limit }, end);
    finding.evidence("no chain so far", last.issuer().to_string())
}

/// Whether a certificate between may issue: others are no step of a valid path.
fn may_issue(certificate: &Certificate) -> bool {
    certificate.basic_constraints().is_some_and(|bc| bc.ca)
        && certificate
            .key_usage()
            .is_none_or(|usage| usage.signs_certificates())
}

fn is_same_authority(a: &Certificate, b: &Certificate) -> bool {
    a.spki() == b.spki() && a.subject().matches(b.subject())
}

pub(super) fn fatal(error: Error, index: usize) -> Finding {
    Finding::new(Severity::Fatal, error).at(format!("path[{index}]"))
}

/// RSA keys below it are broken by anybody: RFC 5280 forbids none, SP 800-131A disallows signatures
/// with them since 2011. Those of 2048 bits at least are the ones that the product uses.
const MIN_RSA_BITS: u32 = 1024;
/// Certificates in a path, the anchor's included.
const MAX_PATH: usize = 8;
/// Signers of lists that have paths of their own, one answering for the next.
const MAX_SIGNERS_DEEP: usize = 2;
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
