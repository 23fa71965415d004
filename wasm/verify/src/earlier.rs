//! What whoever is about to sign a document should know of the signatures that it has already.

use crate::{Error, Finding, Options, Severity, Time, verify_ofd, verify_pdf};
use yinxin_documents::Source;
use yinxin_pki::outcome;

/// Whether something speaks against a signature that a PDF has already: it does not hold, or what it covers was changed.
/// Who made it, and when, is not asked. Of one that can't be judged it is true.
#[must_use]
pub fn pdf_has_broken_signature<S: Source + ?Sized>(source: &S) -> bool {
    let verdict = verify_pdf(source, &options());
    has_any(verdict.map(|verdict| verdict.findings))
}

/// The same of an OFD.
#[must_use]
pub fn ofd_has_broken_signature<S: Source + ?Sized>(source: &S) -> bool {
    let verdict = verify_ofd(source, &options());
    has_any(verdict.map(|verdict| verdict.findings))
}

fn has_any(findings: Result<Vec<Finding>, Error>) -> bool {
    findings.map_or(true, |all| all.iter().any(speaks_against))
}

fn speaks_against(finding: &Finding) -> bool {
    let place = finding.place.as_deref().unwrap_or_default();
    let is_of_a_signature = place.starts_with("signatures[");
    // That a picture is not proven speaks against the one whose picture it is: where nobody is trusted, none is.
    let is_picture = matches!(finding.error, Error::PdfStampUnproven { .. });
    finding.severity == Severity::Fatal
        && is_of_a_signature
        && !is_picture
        && !outcome::is_open(&finding.error)
}

/// What only leaves a question open speaks against nothing: no trust, and no time.
fn options() -> Options {
    Options::at(Time(0))
        .allow_without_attributes(true)
        .allow_digest_of_content(true)
        .allow_mixed_content_types(true)
}
