//! What whoever is about to sign a document should know of the signatures that it has already.

use crate::{Error, Options, Outcome, Time, verify_ofd, verify_pdf};
use yinxin_documents::Source;

/// Whether something speaks against a signature that a PDF has already: it does not hold, or what it covers was changed.
/// Who made it, and when, is not asked. Of one that can't be judged it is true.
#[must_use]
pub fn pdf_has_broken_signature<S: Source + ?Sized>(source: &S) -> bool {
    let verdict = verify_pdf(source, &options());
    is_any_wrong(verdict.map(|verdict| verdict.details.signatures), |one| {
        one.outcome
    })
}

/// The same of an OFD.
#[must_use]
pub fn ofd_has_broken_signature<S: Source + ?Sized>(source: &S) -> bool {
    let verdict = verify_ofd(source, &options());
    is_any_wrong(verdict.map(|verdict| verdict.details.signatures), |one| {
        one.outcome
    })
}

fn is_any_wrong<T>(signatures: Result<Vec<T>, Error>, outcome: fn(&T) -> Outcome) -> bool {
    signatures.map_or(true, |all| {
        all.iter().any(|one| outcome(one) == Outcome::Wrong)
    })
}

/// What only leaves a question open speaks against nothing: no trust, and no time.
fn options() -> Options {
    Options::at(Time(0))
        .allow_without_attributes(true)
        .allow_digest_of_content(true)
        .allow_mixed_content_types(true)
}
