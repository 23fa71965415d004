//! What findings come to for a person who asks whether to rely on something: yes, not known, or no.

use serde::Serialize;
use yinxin_proto::text::Bilingual;
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Locale, Severity, words};

/// What findings come to: `unconfirmed` where nothing speaks against it, but a question is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Outcome {
    /// All that was to be checked holds.
    Good,
    /// Nothing speaks against it, but something that would confirm it is not at hand, can't be
    /// judged, or lies outside of the time for which it is judged.
    Unconfirmed,
    /// Something speaks against it.
    Wrong,
}

/// What findings come to.
#[must_use]
pub fn of(findings: &[Finding]) -> Outcome {
    let mut outcome = Outcome::Good;
    for finding in findings {
        match finding.severity {
            Severity::Fatal if !is_open(&finding.error) => return Outcome::Wrong,
            Severity::Fatal => outcome = Outcome::Unconfirmed,
            _ if finding.error.code() == (Error::TrustNotChecked {}).code() => {
                outcome = Outcome::Unconfirmed;
            }
            _ => {}
        }
    }
    outcome
}

/// Codes of what makes something invalid and only leaves a question open, each once.
#[must_use]
pub fn open(findings: &[Finding]) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for Finding {
        error, severity, ..
    } in findings
    {
        if *severity == Severity::Fatal && is_open(error) && !codes.contains(&error.code()) {
            codes.push(error.code());
        }
    }
    codes
}

/// The sentences that tell one reason why something is not valid, with how many others there are: of those that speak
/// against it, or else of those that are open. What is found in several places is one.
#[must_use]
pub fn with_others(told: Bilingual, findings: &[Finding]) -> Bilingual {
    let is_wrong = of(findings) == Outcome::Wrong;
    let mut reasons: Vec<&Error> = Vec::new();
    for finding in findings {
        let error = &finding.error;
        let counts = finding.severity == Severity::Fatal && !(is_wrong && is_open(error));
        if counts && !reasons.contains(&error) {
            reasons.push(error);
        }
    }
    let (zh, en) = match (reasons.len(), is_wrong) {
        (0 | 1, _) => return told,
        (2, true) => (
            "另有 1 个问题。".into(),
            "One more problem was found.".into(),
        ),
        (all, true) => (
            format!("另有 {} 个问题。", all - 1),
            format!("{} more problems were found.", all - 1),
        ),
        (2, false) => (
            "另有 1 项待确认。".into(),
            "One more question is open.".into(),
        ),
        (all, false) => (
            format!("另有 {} 项待确认。", all - 1),
            format!("{} more questions are open.", all - 1),
        ),
    };
    Bilingual {
        zh: told.zh + &zh,
        en: format!("{} {en}", told.en),
    }
}

/// The gravest of what makes something invalid: what speaks against it before what is merely open.
#[must_use]
pub fn worst(findings: &[Finding]) -> Option<&Finding> {
    let fatal = || {
        findings
            .iter()
            .filter(|finding| finding.severity == Severity::Fatal)
    };
    fatal()
        .find(|finding| !is_open(&finding.error))
        .or_else(|| fatal().next())
}

/// Message and remedy of what makes a signature or seal on a document invalid, in both languages; names in them are made
/// visible. Of what has ended, the catalogue's remedy is for its holder, and nothing that is renewed helps a document.
#[must_use]
pub fn on_a_document(error: &Error) -> (String, String) {
    let (zh, en) = (error.text(Locale::ZhCn), error.text(Locale::En));
    let has_ended = matches!(
        error,
        Error::CertificateExpired { .. } | Error::SealExpired { .. }
    );
    let (zh_remedy, en_remedy) = if has_ended {
        (
            "如果签署在此之前，并且有时间戳等证据说明是何时，请按那个时间核实。".into(),
            "If it was signed before, and a time stamp or other evidence says when, verify it for that time.".into(),
        )
    } else {
        (zh.remedy, en.remedy)
    };
    (
        visible(&format!("{}{zh_remedy}", zh.message)),
        visible(&format!("{} {en_remedy}", en.message)),
    )
}

/// The sentences of why something is not valid, with what it comes to before them.
#[must_use]
pub fn refused(error: &Error, zh: &str, en: &str) -> Bilingual {
    if is_open(error) {
        return Bilingual {
            zh: format!("还没核实完。{zh}"),
            en: format!("Not fully checked yet. {en}"),
        };
    }
    Bilingual {
        zh: format!("未通过核实。{zh}"),
        en: format!("Not verified. {en}"),
    }
}

/// The sentence about a time that whoever signed, or set a seal, claims. In English it follows another one.
#[must_use]
pub fn claimed(time: UnixTime, is_seal: bool) -> Bilingual {
    let who = if is_seal { "盖章人" } else { "签署人" };
    Bilingual {
        zh: format!(
            "{who}声称的时间是 {}，没有时间戳证明。",
            words::time(time, Locale::ZhCn)
        ),
        en: format!(
            " The signer claims the time {}, which no time stamp proves.",
            words::time(time, Locale::En)
        ),
    }
}

/// Whether an error leaves a question open, rather than answering it with no.
#[must_use]
pub fn is_open(error: &Error) -> bool {
    // What it looks like
    #[cfg(feature = "layout")]
    if matches!(error, Error::OfdResourceNotCovered { .. }) {
        return true;
    }
    matches!(
        error,
        // Who it is from
        Error::IssuerUnknown { .. }
            | Error::RootUnavailable { .. }
            | Error::TooManyCandidates { .. }
            | Error::PathTooLong { .. }
            | Error::TrustNotChecked {}
            | Error::SealMakerUnknown { .. }
            | Error::SignerCertificateMissing {}
            // What it is about
            | Error::ContentMissing {}
            | Error::ContentIsDigest { .. }
            | Error::SignedAttributesMissing {}
            // What is not understood
            | Error::AlgorithmNotSupported { .. }
            | Error::CriticalExtensionUnknown { .. }
            | Error::SealExtensionUnknown { .. }
            // Whether it was revoked
            | Error::CrlMissing { .. }
            | Error::CrlStale { .. }
            | Error::CrlNotYetValid { .. }
            | Error::CrlInvalid { .. }
            // Whether it held when it was used
            | Error::CertificateExpired { .. }
            | Error::CertificateNotYetValid { .. }
            | Error::SealExpired { .. }
            | Error::SealNotYetValid { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::{gravest_first, is_valid};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn outcome(all: Vec<(Severity, Error)>) -> Outcome {
        let findings: Vec<Finding> = all
            .into_iter()
            .map(|(severity, error)| Finding::new(severity, error))
            .collect();
        of(&findings)
    }

    #[test]
    fn what_speaks_against_it_outweighs_what_is_open() {
        let maker = || Error::SealMakerUnknown {
            maker: "示例制章机构".into(),
        };
        use Severity::{Fatal, Note, Warning};
        assert_eq!(outcome(vec![]), Outcome::Good);
        assert_eq!(
            outcome(vec![
                (
                    Warning,
                    Error::SealEndsSoon {
                        days: 3,
                        date: "2026-12-02T15:59:59Z".into(),
                    },
                ),
                (Note, Error::TimeStampUnchecked {}),
            ]),
            Outcome::Good
        );
        assert_eq!(outcome(vec![(Fatal, maker())]), Outcome::Unconfirmed);
        assert_eq!(
            outcome(vec![(Warning, Error::TrustNotChecked {})]),
            Outcome::Unconfirmed
        );
        for wrong in [
            Error::SignatureInvalid {},
            Error::ContentChanged {},
            Error::CertificateIsCa {},
        ] {
            assert_eq!(
                outcome(vec![(Fatal, maker()), (Fatal, wrong.clone())]),
                Outcome::Wrong
            );
            assert_eq!(
                outcome(vec![(Fatal, wrong), (Fatal, maker())]),
                Outcome::Wrong
            );
        }
    }

    #[test]
    fn what_is_counted_is_what_is_told() {
        let issuer = || Error::IssuerUnknown {
            issuer: "示例 CA".into(),
        };
        let told = |all: &[Error]| {
            let findings: Vec<Finding> = (0..)
                .zip(all)
                .map(|(at, error)| {
                    let place = format!("signers[{at}]");
                    Finding::new(Severity::Fatal, error.clone()).at(place)
                })
                .collect();
            let first = Bilingual {
                zh: "甲。".into(),
                en: "A.".into(),
            };
            (with_others(first, &findings).zh, open(&findings))
        };
        let missing = Error::ContentMissing {};
        assert_eq!(told(&[]), ("甲。".into(), vec![]));
        assert_eq!(
            told(&[missing.clone(), issuer(), missing]),
            (
                "甲。另有 1 项待确认。".into(),
                vec!["content-missing", "issuer-unknown"]
            )
        );
        // What is merely open is no other problem, nor is the same one at the next signer.
        let changed = Error::ContentChanged {};
        assert_eq!(
            told(&[changed.clone(), issuer(), changed.clone()]),
            ("甲。".into(), vec!["issuer-unknown"])
        );
        assert_eq!(
            told(&[changed, Error::SignatureInvalid {}]),
            ("甲。另有 1 个问题。".into(), vec![])
        );
    }

    proptest! {
        #[test]
        fn what_is_left_out_changes_no_answer(
            kinds in vec((0..3usize, 0..5usize), 0..600),
        ) {
            let severities = [Severity::Fatal, Severity::Warning, Severity::Note];
            let all: Vec<Finding> = kinds
                .iter()
                .map(|(severity, error)| {
                    let error = match error {
                        0 => Error::SignatureInvalid {},
                        1 => Error::CertificateIsCa {},
                        2 => Error::ContentMissing {},
                        3 => Error::TrustNotChecked {},
                        _ => Error::IntegerOdd {},
                    };
                    Finding::new(severities[*severity], error)
                })
                .collect();
            let told = gravest_first(all.clone());
            prop_assert_eq!(is_valid(&told), is_valid(&all));
            prop_assert_eq!(of(&told), of(&all));
            let kind = |finding: &Finding| (finding.severity, finding.error.code());
            for finding in &all {
                prop_assert!(told.iter().any(|told| kind(told) == kind(finding)));
            }
            let counted: usize = told
                .iter()
                .map(|finding| match finding.error {
                    Error::FindingsLeftOut { count } => count as usize,
                    _ => 1,
                })
                .sum();
            prop_assert_eq!(counted, all.len());
            prop_assert!(told.len() < 128 + 15 + 1);
            // Once more leaves out no more, and keeps the count.
            prop_assert_eq!(gravest_first(told.clone()), told);
        }
    }
}
