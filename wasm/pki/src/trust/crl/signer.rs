//! Who may have signed a list, and whether it did (RFC 5280, 6.3.3 f and g).

use super::super::path::{Candidate, vouch};
use super::super::{Budget, PathPolicy, Purse};
use super::Question;
use super::read::Crl;
use crate::certificate::Certificate;
use crate::hash::sha256;
use yinxin_proto::{Finding, Severity};

/// Who signed a list.
pub(super) struct Signer {
    /// SHA-256 of the key's SubjectPublicKeyInfo.
    pub key: [u8; 32],
    /// What is not certain of a signer that has a path of its own.
    pub warnings: Vec<Finding>,
}

/// Whoever signed a list, by its index: an authority of the path in question, or another
/// certificate of the same name that leads to the same anchor.
///
/// RFC 5280 asks no more of that other one. But any CA below the anchor can give it the name of any
/// other, and so speak for certificates that it did not issue: of a list of the certificate's own
/// issuer, the signer must be issued by that, or by whoever issued that.
///
/// # Errors
/// Why nobody of the name can be believed to have signed it.
pub(super) fn of_list(
    at: usize,
    list: &Crl,
    question: &Question<'_>,
    policy: &PathPolicy<'_>,
    budget: &mut Budget,
) -> Result<Signer, &'static str> {
    let mut problem = "signature";
    let is_named = |candidate: &Candidate<'_>| candidate.subject().matches(list.issuer());
    let authorities = question.authorities.iter();
    for authority in authorities.filter(|authority| is_named(authority)) {
        if !may_sign_lists(authority.certificate()) {
            problem = "its issuer may not sign lists";
        } else if budget.lists.is_signed(at, list, authority, policy.sm2_id) {
            return Ok(Signer {
                key: sha256(authority.spki()),
                warnings: Vec::new(),
            });
        }
    }
    // Those of the path were asked.
    let asked = |spki: &[u8]| {
        let mut authorities = question.authorities.iter();
        authorities.any(|known| {
            known.spki() == spki && is_named(known) && may_sign_lists(known.certificate())
        })
    };
    let appointing = appointing(list, question);
    let others = policy.intermediates.iter().filter(|other| {
        other.subject().matches(list.issuer())
            && may_sign_lists(Some(other))
            && !asked(other.spki())
            && appointing.is_none_or(|by| by.iter().any(|by| by.subject().matches(other.issuer())))
    });
    let (named, unnamed): (Vec<_>, Vec<_>) = others.partition(|other| {
        let key = list.authority_key();
        key.is_some() && key == other.subject_key()
    });
    for other in named.into_iter().chain(unnamed) {
        // A signer that its issuer put on no other list answers for itself as well: while its path is
        // sought, nothing is left that speaks against its signature.
        let is_sought = budget.vouching.last().map(|(sha256, _)| sha256) == Some(other.sha256());
        let findings = if is_sought && other == question.certificate {
            Some(Vec::new())
        } else {
            vouch(other, question.anchor, policy, budget)
        };
        let Some(findings) = findings else {
            continue;
        };
        let mut is_issued_by = |authority: &Candidate<'_>| {
            authority.subject().matches(other.issuer())
                && budget
                    .signature(other, authority, policy.sm2_id, Purse::Between)
                    .is_ok_and(|signature| signature.is_ok())
        };
        if !appointing.is_none_or(|by| by.iter().any(&mut is_issued_by)) {
            continue;
        }
        let candidate = Candidate::Certificate(other);
        if budget.lists.is_signed(at, list, &candidate, policy.sm2_id) {
            let warnings = findings.into_iter();
            return Ok(Signer {
                key: sha256(other.spki()),
                warnings: warnings
                    .filter(|finding| finding.severity == Severity::Warning)
                    .collect(),
            });
        }
    }
    Err(problem)
}

/// Who may appoint another signer of a list: of one of the certificate's own issuer, that issuer under
/// whichever of its keys lie in the path, and who issued the last of these. Of another's list, which
/// the certificate names itself, whoever leads to the anchor.
fn appointing<'q, 'a>(list: &Crl, question: &'q Question<'a>) -> Option<&'q [Candidate<'a>]> {
    let issuer = question.certificate.issuer();
    if !list.issuer().matches(issuer) {
        return None;
    }
    let all = &question.authorities;
    let own = all
        .iter()
        .take_while(|known| known.subject().matches(issuer));
    Some(&all[..all.len().min(own.count() + 1)])
}

/// A certificate with a key usage needs cRLSign in it.
fn may_sign_lists(certificate: Option<&Certificate>) -> bool {
    certificate
        .and_then(Certificate::key_usage)
        .is_none_or(|usage| usage.signs_crls())
}
