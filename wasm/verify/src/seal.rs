//! Electronic seals, and seals that were set on documents.

use crate::{Content, Options, Signer, Verdict, claimed};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::outcome;
use yinxin_pki::seal::{self, MakerPolicy, Seal, SealSignature, Sealed};
use yinxin_pki::trust::{self, KeyPurpose, PathPolicy, PathStep};
use yinxin_proto::text::Bilingual;
use yinxin_proto::{Error, Finding, Locale, Severity};

/// What more there is to say of a seal.
#[derive(Clone, Debug)]
pub struct SealDetails {
    /// The seal.
    pub seal: Seal,
}

/// What was sealed, as whoever judges it has it.
#[derive(Clone, Copy, Debug)]
pub enum SealedContent<'a> {
    /// The content.
    Content(Content<'a>),
    /// Its SM3, where nobody here saw the content.
    Digest([u8; 32]),
}

/// What more there is to say of a seal that was set on a document. What is covered is what has its digest.
#[derive(Clone, Debug)]
pub struct SealSignatureDetails {
    /// All of it, with seal, digest and propertyInfo.
    pub signature: SealSignature,
}

/// Judges an electronic seal: DER, PEM or Base64; and whether a certificate may use it. Where trust begins, the path of
/// that certificate is judged as well.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`; `request-invalid` for options that contradict each other.
pub fn verify_seal(
    seal: &[u8],
    user: Option<&[u8]>,
    options: &Options,
) -> Result<Verdict<SealDetails>, Error> {
    options.check()?;
    let seal = Seal::parse(seal)?;
    let user = user.map(Certificate::parse).transpose()?;
    let asked = if user.is_some() {
        Asked::User
    } else {
        Asked::Maker
    };
    let (makers, revoked) = makers(&seal, options, asked);
    let judged = seal::verify(
        &seal,
        &MakerPolicy {
            user: user.as_ref(),
            ..policy(&makers, options)
        },
    );
    let (mut findings, mut summary) = (judged.findings, judged.summary);
    summary = add_revoked(&mut findings, revoked, "maker", summary);
    if let Some(user) = user.as_ref().filter(|_| options.begins()) {
        let path = Judged::new(user, options);
        summary = path.join(&mut findings, "certificate", summary);
    }
    Ok(Verdict::new(
        findings,
        |all| outcome::with_others(summary, all),
        Vec::new(),
        SealDetails { seal },
    ))
}

/// Judges a seal that was set on a document (`SES_Signature`): DER, PEM or Base64. The signer's certificate is judged by
/// its path, as GB/T 38540 asks; where no trust begins, that it was not is a warning, `trust-not-checked`.
///
/// # Errors
/// `seal-unreadable`; `request-invalid` for options that contradict each other.
pub fn verify_seal_signature(
    signature: &[u8],
    sealed: Option<SealedContent<'_>>,
    options: &Options,
) -> Result<Verdict<SealSignatureDetails>, Error> {
    options.check()?;
    let signature = SealSignature::parse(signature)?;
    let Sealing {
        findings,
        summary,
        signer,
    } = Sealing::judge(&signature, sealed, options);
    Ok(Verdict::new(
        findings,
        |all| outcome::with_others(summary, all),
        vec![signer],
        SealSignatureDetails { signature },
    ))
}

/// What a seal that was set comes to.
pub(crate) struct Sealing {
    pub findings: Vec<Finding>,
    /// The gravest alone.
    pub summary: Bilingual,
    pub signer: Signer,
}

impl Sealing {
    pub fn judge(
        signature: &SealSignature,
        sealed: Option<SealedContent<'_>>,
        options: &Options,
    ) -> Self {
        let sealed = sealed.map(|sealed| match sealed {
            SealedContent::Content(content) => Sealed::Content(content.sm3()),
            SealedContent::Digest(digest) => Sealed::Digest(digest),
        });
        let (makers, revoked) = makers(signature.seal(), options, Asked::User);
        let judged = signature.verify(sealed.as_ref(), &policy(&makers, options));
        let (mut findings, mut summary) = (judged.findings, judged.summary);
        summary = add_revoked(&mut findings, revoked, "seal.maker", summary);
        let certificate = Certificate::from_der(signature.certificate().to_vec()).ok();
        let mut path = Vec::new();
        if let Some(certificate) = &certificate {
            if options.begins() {
                let own = Judged::new(certificate, options);
                summary = own.join(&mut findings, "signer", summary);
                path = own.path;
            } else {
                let open = Finding::new(Severity::Warning, Error::TrustNotChecked {});
                findings.push(open.at("signer"));
            }
        }
        findings.extend(claimed::oddities(
            signature.claimed_time(),
            options.at,
            certificate.as_ref(),
            Some(signature.seal()),
            "claimedTime",
        ));
        let mut of_signer = findings
            .iter()
            .filter(|finding| is_within(finding, "signer") || is_within(finding, "signature"));
        let signer = Signer {
            valid: of_signer.all(|finding| finding.severity != Severity::Fatal),
            certificate,
            path,
            claimed_time: signature.claimed_time(),
            signed: Some(signature.signed().to_vec()),
            signature: signature.signature().to_vec(),
        };
        Self {
            findings,
            summary,
            signer,
        }
    }
}

fn policy<'a>(makers: &'a [Certificate], options: &'a Options) -> MakerPolicy<'a> {
    MakerPolicy {
        makers,
        at: options.at,
        extended_key_usages: &options.extended_key_usages,
        user: None,
    }
}

/// Whether a finding is about a place or what is in it.
fn is_within(finding: &Finding, place: &str) -> bool {
    let rest = finding
        .place
        .as_deref()
        .and_then(|at| at.strip_prefix(place));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Adds that the maker was revoked. The summary tells that where nothing else is wrong.
fn add_revoked(
    findings: &mut Vec<Finding>,
    revoked: Option<Finding>,
    place: &str,
    summary: Bilingual,
) -> Bilingual {
    let Some(revoked) = revoked else {
        return summary;
    };
    let held = trust::is_valid(findings);
    let said = |locale| revoked.error.text(locale).message;
    let told = Bilingual {
        zh: format!("未通过核实。制章者的证书：{}", said(Locale::ZhCn)),
        en: format!(
            "Not verified. The maker’s certificate: {}",
            said(Locale::En)
        ),
    };
    findings.push(revoked.at(place));
    if held && !trust::is_valid(findings) {
        told
    } else {
        summary
    }
}

/// Whose certificate the options about trust are for.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// The maker's: nobody else's is judged.
    Maker,
    /// That of whoever uses the seal.
    User,
}

/// The makers that are accepted, and that this seal's was revoked, if the lists say so.
///
/// Accepted are the listed ones, and this seal's own where its certificate has one of the listed policies along a path
/// to an anchor. A path alone says nothing about a maker. A listed certificate needs none, unless it is the one that
/// is asked about, and issuers or revocation are asked for.
fn makers(seal: &Seal, options: &Options, asked: Asked) -> (Vec<Certificate>, Option<Finding>) {
    let mut makers = options.makers.clone();
    let Ok(maker) = Certificate::from_der(seal.maker().to_vec()) else {
        return (makers, None);
    };
    let by_policy = options
        .policies
        .as_ref()
        .is_some_and(|list| !list.is_empty());
    // Who holds the certificate is asked of whoever uses the seal.
    let of_maker = || PathPolicy {
        holders: None,
        ..options.policy()
    };
    if by_policy && trust::verify(&maker, &of_maker()).valid {
        makers.push(maker);
        return (makers, None);
    }
    if !options.begins() || !makers.contains(&maker) {
        return (makers, None);
    }
    let is_asked = asked == Asked::Maker;
    let policy = PathPolicy {
        issuers: options.issuers.as_deref().filter(|_| is_asked),
        policies: None,
        ..of_maker()
    };
    let judged = trust::verify(&maker, &policy);
    let restricted =
        options.issuers.is_some() || !options.crls.is_empty() || options.crl_policy.is_some();
    if is_asked && restricted && !judged.valid {
        makers.retain(|listed| *listed != maker);
    }
    let is_revoked = |finding: &Finding| matches!(finding.error, Error::CertificateRevoked { .. });
    (makers, judged.findings.into_iter().find(is_revoked))
}

/// The certificate of whoever uses a seal, by its path. The policies of the options are the makers'.
pub(crate) struct Judged {
    findings: Vec<Finding>,
    summary: Bilingual,
    pub(crate) path: Vec<PathStep>,
}

impl Judged {
    pub(crate) fn new(certificate: &Certificate, options: &Options) -> Self {
        let policy = PathPolicy {
            purpose: Some(KeyPurpose::Sign),
            policies: None,
            ..options.policy()
        };
        let judged = trust::verify(certificate, &policy);
        Self {
            findings: judged.findings,
            summary: judged.summary,
            path: judged.path,
        }
    }

    /// Adds what was found to what was found of the seal, each thing once: both judge the certificate's validity. The
    /// summary becomes that of the certificate where nothing else is wrong.
    pub(crate) fn join(
        &self,
        findings: &mut Vec<Finding>,
        place: &str,
        summary: Bilingual,
    ) -> Bilingual {
        let (held, holds) = (trust::is_valid(findings), trust::is_valid(&self.findings));
        // Of this certificate only: another's may be revoked for the same reason on the same day.
        let is_told = |finding: &Finding| {
            findings.iter().any(|told| {
                told.error == finding.error
                    && told.severity <= finding.severity
                    && (is_within(told, place) || is_within(told, "certificate"))
            })
        };
        let more = self.findings.iter().filter(|finding| !is_told(finding));
        let more: Vec<Finding> = more
            .cloned()
            .map(|finding| {
                let inside = finding.place.as_deref().unwrap_or_default();
                let dot = if inside.is_empty() { "" } else { "." };
                let place = format!("{place}{dot}{inside}");
                finding.at(place)
            })
            .collect();
        findings.extend(more);
        if !held || holds {
            return summary;
        }
        Bilingual {
            zh: format!("盖章人的证书：{}", self.summary.zh),
            en: format!("The signer’s certificate: {}", self.summary.en),
        }
    }
}
