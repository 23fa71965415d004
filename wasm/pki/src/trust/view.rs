//! What windows show of a certificate's trust, and of anchors that a user adds.

use super::{Anchor, Budget, Crls, PathPolicy, Source, verify_within};
use crate::asn1::hex;
use crate::certificate::Certificate;
use yinxin_proto::consent::{AnchorView, TrustView};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// Judges a certificate by the product's own anchors and those that were added. Its own expiry is
/// left out, which is told beside it, and so are revocation lists, of which the extension has none.
#[must_use]
pub fn trust_view(
    certificate: &Certificate,
    anchors: &[Anchor],
    intermediates: &[Certificate],
    now: UnixTime,
    budget: &mut Budget,
) -> TrustView {
    let crls = Crls::default();
    let at = now
        .max(certificate.not_before())
        .min(certificate.not_after());
    let policy = PathPolicy {
        national: true,
        ..PathPolicy::new(anchors, intermediates, &crls, at)
    };
    let verdict = verify_within(budget, certificate, &policy);
    let fatal = verdict
        .findings
        .into_iter()
        .find(|finding| finding.severity == Severity::Fatal);
    let anchor = verdict.path.into_iter().next_back();
    match (
        fatal,
        anchor.and_then(|step| Some((step.name, step.anchor?))),
    ) {
        (None, Some((anchor, facts))) => match (facts.source, facts.listed) {
            (Source::National, Some(listed)) => TrustView::National {
                anchor,
                listed: listed.into(),
            },
            _ => TrustView::Added { anchor },
        },
        // Without an anchor there is a fatal finding; whatever else would be a bug is no trust.
        (None, None) => TrustView::Unknown {
            finding: Finding::new(Severity::Fatal, Error::TrustNotChecked {}),
        },
        (Some(finding), _) => match finding.error {
            Error::IssuerUnknown { .. }
            | Error::RootUnavailable { .. }
            | Error::TooManyCandidates { .. } => TrustView::Unknown { finding },
            _ => TrustView::Refused { finding },
        },
    }
}

/// An added anchor as the workspace shows it, with what is odd about it as one.
#[must_use]
pub fn anchor_view(certificate: &Certificate, managed: bool, now: UnixTime) -> AnchorView {
    let mut findings = Vec::new();
    let mut warn = |error| findings.push(Finding::new(Severity::Warning, error));
    if !certificate.is_ca() {
        warn(Error::IssuerNotCa {
            issuer: certificate.subject().readable(),
        });
    }
    if let Some(error) = certificate.validity_problem(now) {
        warn(error);
    }
    if let Err(error) = certificate.key() {
        warn(error);
    }
    AnchorView {
        certificate: hex(certificate.sha256()),
        name: certificate.subject().readable(),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        not_before: certificate.not_before().to_string(),
        not_after: certificate.not_after().to_string(),
        managed,
        findings,
    }
}
