//! The public suites for path validation and signatures, judged by the core: x509-limbo, NIST's
//! PKITS and Wycheproof.
//!
//! `cargo test -p yinxin-pki --test suites` runs them over the shared test data. Our verdict on
//! every case is kept in the text files beside this one. A case whose verdict differs from the
//! suite's has its reason there, with the clause; one without a reason, and a reason without a
//! difference, fail the test. `YINXIN_GOLDEN=write` writes the files anew, and keeps the reasons.
#![allow(clippy::unwrap_used, reason = "a test")]

mod kept;
mod limbo;
mod pkits;
mod wycheproof;

use std::path::PathBuf;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::{PathPolicy, verify};
use yinxin_proto::{Finding, Severity};

/// What the core says of a case.
struct Ours {
    accepted: bool,
    /// What a verdict is kept as: `valid`, or the codes that refuse.
    word: String,
}

impl Ours {
    fn accepts(accepted: bool) -> Self {
        let word = if accepted { "valid" } else { "refused" };
        Self {
            accepted,
            word: word.into(),
        }
    }

    /// A certificate or anchor that can't be read.
    fn unreadable(error: &yinxin_proto::Error) -> Self {
        Self {
            accepted: false,
            word: error.code().into(),
        }
    }

    fn on(certificate: &Certificate, policy: &PathPolicy<'_>) -> Self {
        let verdict = verify(certificate, policy);
        let fatal = |finding: &&Finding| finding.severity == Severity::Fatal;
        let mut codes: Vec<_> = verdict.findings.iter().filter(fatal).collect();
        codes.dedup_by_key(|finding| finding.error.code());
        let codes: Vec<_> = codes.iter().map(|finding| finding.error.code()).collect();
        Self {
            accepted: verdict.valid,
            word: if verdict.valid {
                "valid".into()
            } else {
                codes.join("+")
            },
        }
    }
}

/// A folder of the shared test data; `None`, with a line that says so, where it is absent.
fn suite(name: &str) -> Option<PathBuf> {
    let folder = yinxin_testing::data::folder()?;
    Some(folder.join("suites").join(name))
}
