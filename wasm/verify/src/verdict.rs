//! The one shape of every judgement.

use yinxin_pki::certificate::Certificate;
use yinxin_pki::outcome::{self, Outcome};
use yinxin_pki::trust::{self, PathStep};
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// A judgement, with the `details` of what was judged.
#[derive(Clone, Debug)]
pub struct Verdict<D> {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What the findings come to for a person who asks whether to rely on it.
    pub outcome: Outcome,
    /// The same in a sentence or two.
    pub summary: Bilingual,
    /// What was found, the gravest first, each with its place.
    pub findings: Vec<Finding>,
    /// Who signed, in the order of the signatures.
    pub signers: Vec<Signer>,
    /// What more there is to say of what was judged.
    pub details: D,
}

/// Somebody who signed.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Whether nothing fatal was found about this signer.
    pub valid: bool,
    /// Its certificate, if that is there and can be read.
    pub certificate: Option<Certificate>,
    /// From its certificate to the anchor, as far as that could be built, with what the lists say of each.
    pub path: Vec<PathStep>,
    /// The time that it claims, which proves nothing.
    pub claimed_time: Option<UnixTime>,
    /// The bytes that it signed.
    pub signed: Option<Vec<u8>>,
    /// Its signature, as it stands there.
    pub signature: Vec<u8>,
}

impl<D> Verdict<D> {
    /// What findings, in whatever order, come to.
    pub(crate) fn new(
        findings: Vec<Finding>,
        summary: impl FnOnce(&[Finding]) -> Bilingual,
        signers: Vec<Signer>,
        details: D,
    ) -> Self {
        let findings = trust::gravest_first(findings);
        Self {
            valid: trust::is_valid(&findings),
            outcome: outcome::of(&findings),
            summary: summary(&findings),
            findings,
            signers,
            details,
        }
    }

    /// Why it is not valid: the gravest of what was found.
    #[must_use]
    pub fn problem(&self) -> Option<&Error> {
        let fatal = |finding: &&Finding| finding.severity == Severity::Fatal;
        self.findings.iter().find(fatal).map(|found| &found.error)
    }
}
