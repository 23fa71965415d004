//! A certificate, by a path to an anchor.

use crate::{Options, Verdict};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::outcome;
use yinxin_pki::trust::{self, KeyPurpose, PathPolicy, PathStep};
use yinxin_proto::Error;

/// What more there is to say of a certificate.
#[derive(Clone, Debug)]
pub struct CertificateDetails {
    /// The certificate.
    pub certificate: Certificate,
    /// From it to the anchor, as far as that could be built, with what the lists say of each.
    pub path: Vec<PathStep>,
    /// Certificate policies that hold along the whole path; `2.5.29.32.0` for every one.
    pub policies: Vec<String>,
}

/// Judges a certificate: DER, PEM or Base64. What it is for is asked only where a purpose is given.
///
/// # Errors
/// `certificate-unreadable`; `request-invalid` for options that contradict each other.
pub fn verify_certificate(
    certificate: &[u8],
    purpose: Option<KeyPurpose>,
    options: &Options,
) -> Result<Verdict<CertificateDetails>, Error> {
    options.check()?;
    let certificate = Certificate::parse(certificate)?;
    let policy = PathPolicy {
        purpose,
        ..options.policy()
    };
    let judged = trust::verify(&certificate, &policy);
    let details = CertificateDetails {
        certificate,
        path: judged.path,
        policies: judged.policies,
    };
    let summary = judged.summary;
    Ok(Verdict::new(
        judged.findings,
        |all| outcome::with_others(summary, all),
        Vec::new(),
        details,
    ))
}
