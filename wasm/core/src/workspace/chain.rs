//! The doctor's check of the issuers: to which of them the certificates of each key lead. It judges nothing, and says
//! what the judgement of the keys came to.

use yinxin_proto::Error;
use yinxin_proto::consent::{CertificateView, TokenView, TrustView};
use yinxin_proto::doctor::{Check, CheckKind, CheckState, Evidence, EvidenceName};

/// A check for each key that holds certificates.
pub(super) fn checks(tokens: &[TokenView]) -> Vec<Check> {
    let held = tokens.iter().filter(|token| !token.certificates.is_empty());
    held.map(check).collect()
}

fn check(token: &TokenView) -> Check {
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut verified = false;
    let mut problem: Option<&Error> = None;
    for certificate in &token.certificates {
        let (name, value) = match &certificate.trust {
            TrustView::National { anchor, .. } => {
                verified = true;
                (EvidenceName::LeadsToNational, anchor.as_str())
            }
            TrustView::Added { anchor } => {
                verified = true;
                let value = if is_itself(certificate, anchor) {
                    "the certificate itself"
                } else {
                    anchor
                };
                (EvidenceName::LeadsToAdded, value)
            }
            TrustView::Unknown { .. } => (EvidenceName::Unavailable, certificate.issuer.as_str()),
            TrustView::Refused { finding } => {
                problem = problem.or(Some(&finding.error));
                (EvidenceName::Refused, finding.error.code())
            }
        };
        let seen = Evidence {
            name,
            value: value.into(),
        };
        if !evidence.contains(&seen) {
            evidence.push(seen);
        }
    }
    Check {
        kind: CheckKind::Chain,
        subject: token.label.clone(),
        state: match problem {
            Some(_) => CheckState::Warning,
            None if verified => CheckState::Ok,
            // The certificates of most issuers are public nowhere: that one is not at hand is no fault.
            None => CheckState::Skipped,
        },
        ms: 0,
        evidence,
        problem: problem.cloned(),
        repair: None,
    }
}

/// A certificate that was added itself has its holder's name, which is nobody's business who reads a report.
fn is_itself(certificate: &CertificateView, anchor: &str) -> bool {
    anchor == certificate.holder && anchor != certificate.issuer
}
