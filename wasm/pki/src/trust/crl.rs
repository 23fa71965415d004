//! Certificate revocation lists (RFC 5280, clauses 5 and 6.3): complete lists and delta lists,
//! whole or for distribution points and reasons, of the certificate's issuer or of another that the
//! certificate names, signed by a key of the path or one with a path of its own.

mod read;
mod scope;
mod signer;

pub use read::{Crl, Revocation};

use super::anchor::Anchor;
use super::path::Candidate;
use super::{Budget, CrlPolicy, PathPolicy};
use crate::certificate::Certificate;
use crate::certificate::extension::ALL_REASONS;
use crate::hash::sha256;
use crate::pem;
use crate::wire::Hex;
use serde::Serialize;
use yinxin_proto::error::RevocationReason;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// What is known of a certificate's revocation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "RevocationStatus", optional_fields)
)]
pub struct Status {
    /// What the lists say.
    pub state: State,
    /// Number of the list that says it, lower-case hex of the contents octets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Hex<Vec<u8>>>,
    /// When that was issued.
    pub this_update: UnixTime,
    /// When the next one is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update: Option<UnixTime>,
}

/// States of revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "RevocationState")
)]
pub enum State {
    /// Not on a list that holds at the point in time.
    Good,
    /// On a list.
    Revoked,
    /// Not on a list that is stale or begins later.
    Unknown,
}

/// The revocation lists of a judgement.
#[derive(Clone, Debug, Default)]
pub struct Crls {
    lists: Vec<Crl>,
    unreadable: Vec<Error>,
}

/// A certificate whose lists are asked for.
pub(super) struct Question<'a> {
    pub certificate: &'a Certificate,
    /// Those above it in its path, its issuer first.
    pub authorities: Vec<Candidate<'a>>,
    /// Where the path arrives.
    pub anchor: &'a Anchor,
    /// Index in the path.
    pub index: usize,
}

/// What was found out about the lists of one judgement, each by its index: several paths ask the
/// same, and a list may have a million entries.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    /// Whether a key, by the SHA-256 of its SubjectPublicKeyInfo, signed it.
    signed: Vec<(usize, [u8; 32], bool)>,
    /// What it says of a certificate, by its SHA-256.
    said: Vec<(usize, [u8; 32], Said)>,
}

/// What a list says of a certificate at a point in time: its first entries of each kind.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    lasting: Option<Revocation>,
    /// A suspension.
    hold: Option<Revocation>,
    /// That it is on the list no more, in a delta list.
    removed: bool,
}

impl Said {
    fn revoked(self) -> Option<Revocation> {
        self.lasting.or(self.hold)
    }
}

impl Lookups {
    fn is_signed(&mut self, at: usize, list: &Crl, by: &Candidate<'_>, sm2_id: &[u8]) -> bool {
        let spki = sha256(by.spki());
        let mut known = self.signed.iter();
        if let Some((.., signed)) = known.find(|(list, key, _)| *list == at && *key == spki) {
            return *signed;
        }
        let signed = by.key().is_ok_and(|key| list.is_signed_by(key, sm2_id));
        self.signed.push((at, spki, signed));
        signed
    }

    fn says(&mut self, number: usize, list: &Crl, of: &Certificate, at: UnixTime) -> Said {
        let mut known = self.said.iter();
        if let Some((.., said)) = known.find(|(list, sha, _)| *list == number && sha == of.sha256())
        {
            return *said;
        }
        let mut said = Said::default();
        for listed in list.listed(of.serial(), Some(of.issuer())) {
            let revocation = listed.revocation;
            if revocation.date > at || !listed.is_about {
                continue;
            }
            if listed.removes && list.is_delta() {
                // One that may only be meant revokes, and takes nothing back.
                said.removed |= listed.is_same;
            } else if revocation.reason != RevocationReason::CertificateHold {
                said.lasting = Some(revocation);
                break;
            } else {
                said.hold = said.hold.or(Some(revocation));
            }
        }
        self.said.push((number, *of.sha256(), said));
        said
    }
}

/// Lists of one issuer and scope, of which the newest tells what holds.
struct Group<'a> {
    /// The reasons that they answer for; none where only what stands on them counts.
    reasons: u16,
    complete: Vec<Usable<'a>>,
    deltas: Vec<Usable<'a>>,
}

/// A list whose signature holds, by its index.
#[derive(Clone, Copy)]
struct Usable<'a> {
    at: usize,
    list: &'a Crl,
    /// Whose key signed it.
    key: [u8; 32],
}

/// What a group says of a certificate.
struct Answer<'a> {
    revoked: Option<Revocation>,
    /// The list that tells the state at the point in time.
    current: Option<&'a Crl>,
}

impl<'a> Group<'a> {
    fn first(&self) -> Option<&'a Crl> {
        let first = self.complete.first().or(self.deltas.first());
        first.map(|usable| usable.list)
    }

    fn says(&self, of: &Certificate, at: UnixTime, lookups: &mut Lookups) -> Answer<'a> {
        let mut say = |usable: &Usable<'_>| lookups.says(usable.at, usable.list, of, at);
        let has_begun = |usable: &&Usable<'a>| usable.list.this_update() <= at;
        let began = |usable: &Usable<'a>| usable.list.this_update();
        // The newest that has begun; of those that begin later, the first.
        let newest = self
            .complete
            .iter()
            .filter(has_begun)
            .max_by_key(|u| began(u));
        let newest = newest.or_else(|| self.complete.iter().min_by_key(|u| began(u)));
        // A suspension ends when a newer list leaves it out; every other revocation lasts.
        let mut lasting = None;
        for usable in self.complete.iter().chain(&self.deltas) {
            lasting = lasting.or_else(|| say(usable).lasting);
        }
        let mut hold = None;
        for usable in &self.complete {
            if newest.is_some_and(|newest| began(newest) == began(usable)) {
                hold = hold.or_else(|| say(usable).hold);
            }
        }
        let mut current = newest.map(|newest| newest.list);
        let mut deltas: Vec<_> = self.deltas.iter().filter(has_begun).collect();
        // By their numbers, which are one key's: what another key says comes last.
        let is_anothers = |u: &Usable<'_>| newest.is_some_and(|newest| newest.key != u.key);
        deltas.sort_by(|a, b| {
            let place = |u: &Usable<'a>| (is_anothers(u), u.list.order(), began(u));
            place(a).cmp(&place(b))
        });
        for delta in deltas {
            let is_current = newest.is_some_and(|newest| {
                delta.key == newest.key
                    && began(newest) <= began(delta)
                    && delta.list.is_delta_to(newest.list)
                    && !is_stale(delta.list, at)
            });
            let is_newer = newest.is_none_or(|newest| began(newest) <= began(delta));
            let said = say(delta);
            if said.hold.is_some() && (is_current || is_newer) {
                hold = said.hold;
            } else if said.removed && is_current {
                hold = None;
            }
            if is_current {
                current = Some(delta.list);
            }
        }
        Answer {
            revoked: lasting.or(hold),
            current,
        }
    }
}

fn is_stale(list: &Crl, at: UnixTime) -> bool {
    list.next_update().is_some_and(|end| end < at)
}

impl Crls {
    /// Reads lists, each input DER, bare Base64, or PEM or JSON of one or many. One that can't be read becomes a
    /// finding, not an error.
    #[must_use]
    pub fn read<B: AsRef<[u8]>>(inputs: &[B]) -> Self {
        let mut crls = Self::default();
        crls.add(inputs);
        crls
    }

    /// Reads more of them.
    pub fn add<B: AsRef<[u8]>>(&mut self, inputs: &[B]) {
        let mut take = |list| match list {
            Ok(list) => self.lists.push(list),
            Err(error) => self.unreadable.push(error),
        };
        for input in inputs {
            let read = pem::read(input.as_ref(), LABELS);
            match read.filter(|read| !read.blocks.is_empty()) {
                Some(read) => read
                    .blocks
                    .into_iter()
                    .for_each(|(_, der)| take(Crl::read(der))),
                None => take(Err(invalid("neither DER nor PEM"))),
            }
        }
    }

    /// When the first of them becomes stale; `None`, if none does.
    #[must_use]
    pub fn next_update(&self) -> Option<UnixTime> {
        self.lists.iter().filter_map(Crl::next_update).min()
    }

    /// Whether there are none, not even such as can't be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.unreadable.is_empty()
    }

    /// Why some can't be read.
    #[must_use]
    pub fn unreadable(&self) -> &[Error] {
        &self.unreadable
    }

    /// Findings about lists that can't be read, and what is odd about those that can.
    pub(super) fn findings(&self, policy: CrlPolicy) -> Vec<Finding> {
        let unreadable = self.unreadable.iter();
        let mut findings: Vec<Finding> = unreadable
            .map(|error| Finding::new(severity(policy), error.clone()))
            .collect();
        for (index, list) in self.lists.iter().enumerate() {
            findings.extend(list.findings().iter().map(|finding| {
                let place = finding.place.as_deref().unwrap_or_default();
                finding.clone().at(format!("crls[{index}].{place}"))
            }));
        }
        findings
    }

    /// Looks a certificate up in the lists that answer for it.
    pub(super) fn check(
        &self,
        question: &Question<'_>,
        policy: &PathPolicy<'_>,
        budget: &mut Budget,
    ) -> (Option<Status>, Vec<Finding>) {
        let certificate = question.certificate;
        let place = format!("path[{}]", question.index);
        let short = severity(policy.crl_policy);
        let found = |error, severity| Finding::new(severity, error).at(place.clone());
        let invalid = |reason: &str| found(invalid(reason), short);
        let mut findings = Vec::new();
        let mut doubts = Vec::new();
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut revoked: Option<(&Crl, Revocation)> = None;
        let points = scope::points_of(certificate);
        for (at, list) in self.lists.iter().enumerate() {
            let reasons = scope::reasons_of(list, certificate, &points);
            let answers = reasons != 0;
            if !answers && !scope::is_issuers_own(list, certificate) {
                continue;
            }
            if let Some(problem) = list.unusable() {
                if answers {
                    findings.push(invalid(problem));
                }
                // Of a list that can't be processed it is certain only that whatever stands on it is
                // revoked (X.509, 7.3).
                if signer::of_list(at, list, question, policy, budget).is_ok() {
                    let said = budget.lists.says(at, list, certificate, policy.at);
                    revoked = revoked.or(said.revoked().map(|revocation| (list, revocation)));
                }
                continue;
            }
            let signer = match signer::of_list(at, list, question, policy, budget) {
                Ok(signer) => signer,
                Err(reason) => {
                    if answers {
                        doubts.push(invalid(reason));
                    }
                    continue;
                }
            };
            let warnings = signer.warnings.into_iter().filter(|_| answers);
            for warning in warnings {
                let warning = Finding {
                    place: Some(place.clone()),
                    ..warning
                };
                if !findings.contains(&warning) {
                    findings.push(warning);
                }
            }
            let usable = Usable {
                at,
                list,
                key: signer.key,
            };
            let known = groups.iter_mut().find(|group| {
                group.reasons == reasons
                    && group.first().is_some_and(|first| first.has_scope_of(list))
            });
            let new = Group {
                reasons,
                complete: Vec::new(),
                deltas: Vec::new(),
            };
            let group = match known {
                Some(group) => group,
                None => {
                    groups.push(new);
                    let Some(group) = groups.last_mut() else {
                        continue;
                    };
                    group
                }
            };
            if list.is_delta() {
                group.deltas.push(usable);
            } else {
                group.complete.push(usable);
            }
        }

        // The reasons that lists answer for which hold at the point in time (6.3.3, reasons_mask).
        let mut covered = 0;
        let mut is_partial = false;
        let mut late = Vec::new();
        let mut newest: Option<&Crl> = None;
        for group in &groups {
            let Answer {
                revoked: own,
                current,
            } = group.says(certificate, policy.at, &mut budget.lists);
            if let Some((list, own)) = current.or(group.first()).zip(own) {
                revoked = revoked.or(Some((list, own)));
            }
            if group.reasons == 0 {
                continue;
            }
            let Some(list) = current else {
                findings.push(invalid("delta list without its base"));
                continue;
            };
            match problem_of_time(list, certificate, policy.at) {
                None => {
                    covered |= group.reasons;
                    is_partial |= group.reasons != ALL_REASONS;
                }
                Some((error, date, expected)) => {
                    let finding = found(error, short).evidence(date, expected);
                    if !late.contains(&finding) {
                        late.push(finding);
                    }
                }
            }
            if newest.is_none_or(|newest| newest.this_update() < list.this_update()) {
                newest = Some(list);
            }
        }
        let mut state = State::Good;
        if covered != ALL_REASONS {
            state = State::Unknown;
            if is_partial {
                findings.push(invalid("covers some reasons only"));
            }
            findings.extend(late);
            if newest.is_none() {
                // A CA with a new key has lists of both under one name: the other key's is no fault
                // where there is one that serves.
                findings.extend(doubts.into_iter().next_back());
                let issuer = certificate.issuer().readable();
                findings.push(found(Error::CrlMissing { issuer }, short));
            }
        }
        if let Some((_, Revocation { date, reason })) = revoked {
            state = State::Revoked;
            let date = date.to_string();
            let error = Error::CertificateRevoked {
                date: date.clone(),
                reason,
            };
            let evidence = format!("{} {}", certificate.serial_hex(), reason.word());
            findings
                .push(found(error, Severity::Fatal).evidence(evidence, "on no list".to_owned()));
        }
        let told = newest.or(revoked.map(|(list, _)| list));
        let status = told.map(|list| Status {
            state,
            number: list.number().map(|number| Hex(number.to_vec())),
            this_update: list.this_update(),
            next_update: list.next_update(),
        });
        (status, findings)
    }
}

/// Why a list does not tell the state at a point in time, with the date and what it should be.
fn problem_of_time(
    list: &Crl,
    certificate: &Certificate,
    at: UnixTime,
) -> Option<(Error, String, String)> {
    let issuer = certificate.issuer().readable();
    let begins = list.this_update();
    if begins > at {
        let date = begins.to_string();
        let error = Error::CrlNotYetValid {
            issuer,
            date: date.clone(),
        };
        return Some((error, date, format!("≤ {at}")));
    }
    let end = list.next_update().filter(|end| *end < at)?;
    let date = end.to_string();
    let error = Error::CrlStale {
        issuer,
        date: date.clone(),
    };
    Some((error, date, format!("≥ {at}")))
}

fn severity(policy: CrlPolicy) -> Severity {
    match policy {
        CrlPolicy::Warn => Severity::Warning,
        CrlPolicy::Require => Severity::Fatal,
    }
}

/// Ends of the labels that lists have in PEM: also `X509 CRL`.
const LABELS: &[&str] = &["CRL"];

fn invalid(reason: &str) -> Error {
    Error::CrlInvalid {
        reason: reason.into(),
    }
}
