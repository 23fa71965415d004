//! Whether a seal is to be believed: its maker's signature and name, its time, and who uses it.

use super::{Seal, SealExtension, Users, read};
use crate::certificate::Certificate;
use crate::certificate::facts::ENDS_SOON_DAYS;
use crate::outer;
use crate::scheme::Scheme;
use crate::sm2::{DEFAULT_ID, Sm2Digest};
use crate::trust::{gravest_first, is_valid};
use der::asn1::ObjectIdentifier;
use serde::Serialize;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_proto::{Error, Finding, Severity};

/// What a seal is judged by.
#[derive(Clone, Copy)]
pub struct MakerPolicy<'a> {
    /// Certificates of makers that are accepted. Anybody who holds a certificate could sign a seal,
    /// so that a path to an anchor says nothing about a maker.
    pub makers: &'a [Certificate],
    /// The time for which it is judged.
    pub at: UnixTime,
    /// Purposes of an extended key usage with which a certificate may use it beside
    /// [`SIGNING_PURPOSES`](crate::certificate::SIGNING_PURPOSES).
    pub extended_key_usages: &'a [ObjectIdentifier],
    /// The certificate that uses it, if one does.
    pub user: Option<&'a Certificate>,
}

/// The judgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SealVerdict {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What it comes to.
    pub summary: Bilingual,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
}

impl SealVerdict {
    /// Why it is not valid: the gravest of what was found.
    #[must_use]
    pub fn problem(&self) -> Option<&Error> {
        let fatal = |finding: &&Finding| finding.severity == Severity::Fatal;
        self.findings.iter().find(fatal).map(|found| &found.error)
    }
}

/// Judges a seal.
#[must_use]
pub fn verify(seal: &Seal, policy: &MakerPolicy<'_>) -> SealVerdict {
    let mut findings = Vec::new();
    let mut fatal = |error, place: &str| {
        findings.push(Finding::new(Severity::Fatal, error).at(place));
    };
    let mut untimely = None;
    match Certificate::from_der(seal.maker().to_vec()) {
        Err(error) => fatal(error, "maker"),
        Ok(maker) => {
            if let Err(error) = signed(&maker, seal.algorithm(), &seal.signed(), seal.signature()) {
                fatal(error, "signature");
            }
            if !policy.makers.contains(&maker) {
                let maker = maker.subject().readable();
                fatal(Error::SealMakerUnknown { maker }, "maker");
            }
            untimely = made_outside(&maker, seal.property().created, policy.at);
        }
    }
    // Without a verified time stamp, at the time for which it is judged.
    let ended = policy
        .user
        .and_then(|user| user.validity_problem(policy.at));
    if let Some(error) = ended {
        fatal(error, "certificate");
    }
    let unfit = policy
        .user
        .and_then(|user| user.use_problem(policy.extended_key_usages));
    if let Some(error) = unfit {
        fatal(error, "certificate");
    }
    let property = seal.property();
    if policy.at > property.valid_until {
        let date = property.valid_until.to_string();
        fatal(Error::SealExpired { date }, "property.validEnd");
    } else if policy.at < property.valid_from {
        let date = property.valid_from.to_string();
        fatal(Error::SealNotYetValid { date }, "property.validStart");
    }
    if let Some(user) = policy.user
        && !property.users.contain(user)
    {
        let holder = user.holder();
        fatal(Error::SealNotForCertificate { holder }, "property.certList");
    }
    // Seals and certificates are renewed together, and a seal is not upgraded with less time left.
    let soon = |end: UnixTime| {
        let days = end.days_left(policy.at);
        (policy.at <= end && days <= ENDS_SOON_DAYS).then(|| (days, end.to_string()))
    };
    let mut warn = |error, place: &str| {
        findings.push(Finding::new(Severity::Warning, error).at(place));
    };
    if let Some((days, date)) = soon(property.valid_until) {
        warn(Error::SealEndsSoon { days, date }, "property.validEnd");
    }
    if let Some((days, date)) = policy.user.and_then(|user| soon(user.not_after())) {
        warn(Error::CertificateEndsSoon { days, date }, "certificate");
    }
    findings.extend(untimely);
    findings.extend(seal.remarks());
    findings.extend(of_extensions(seal.extensions()));
    if seal.time_stamp().is_some() {
        findings.push(time_stamp_unchecked());
    }
    let findings = gravest_first(findings);
    SealVerdict {
        valid: is_valid(&findings),
        summary: seal.conclusion(&findings, policy.user, policy.at),
        findings,
    }
}

/// That a seal was made outside of its maker's validity, by its own claim, if so.
///
/// Makers date a seal by the order for it, and get a new certificate meanwhile: in seals of the field it begins up to
/// some days later. So that much is a warning, and more is a date that the maker can't have made a seal on. That a
/// certificate is not valid yet at the time of judgement is another matter, and perhaps one of the clock.
fn made_outside(maker: &Certificate, made: UnixTime, at: UnixTime) -> Option<Finding> {
    let begin = maker.not_before();
    let error = match maker.validity_problem(made)? {
        early @ Error::CertificateNotYetValid { .. } if at < begin => early,
        Error::CertificateNotYetValid { .. } => Error::SealMadeBeforeMaker {
            made: made.to_string(),
            date: begin.to_string(),
        },
        _ => Error::SealMadeAfterMaker {
            made: made.to_string(),
            date: maker.not_after().to_string(),
        },
    };
    let is_usual = matches!(error, Error::SealMadeBeforeMaker { .. })
        && begin <= made.plus(MAKER_BEGINS_LATER_DAYS * DAY);
    let severity = if is_usual {
        Severity::Warning
    } else {
        Severity::Fatal
    };
    Some(Finding::new(severity, error).at("maker"))
}

/// Days by which a maker's certificate may begin after the seal: a month, in which an order is carried out.
const MAKER_BEGINS_LATER_DAYS: i64 = 31;

/// Judges a seal as its holder's own. Its maker's certificate need not be listed by anyone: those of
/// most makers are not public, and the holder knows where the seal came from. Everything else must hold.
#[must_use]
pub fn verify_own(seal: &Seal, at: UnixTime) -> SealVerdict {
    let maker = Certificate::from_der(seal.maker().to_vec());
    let makers: Vec<Certificate> = maker.into_iter().collect();
    let policy = MakerPolicy {
        makers: &makers,
        at,
        extended_key_usages: &[],
        user: None,
    };
    verify(seal, &policy)
}

/// None is known, so that every critical one is fatal.
pub(super) fn of_extensions(all: &[SealExtension]) -> impl Iterator<Item = Finding> {
    all.iter().filter(|one| one.critical).map(|one| {
        let oid = one.oid.to_string();
        let place = format!("extDatas.{oid}");
        Finding::new(Severity::Fatal, Error::SealExtensionUnknown { oid }).at(place)
    })
}

/// Nothing here judges time stamps, and from version 4 on no signature covers them.
pub(super) fn time_stamp_unchecked() -> Finding {
    Finding::new(Severity::Note, Error::TimeStampUnchecked {}).at("timeStamp")
}

/// Whether a certificate's key made a signature over a message, with SM2.
pub(super) fn signed(
    certificate: &Certificate,
    algorithm: ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Error> {
    if !read::stands_for_sm2(algorithm) {
        return Err(Error::AlgorithmNotSupported {
            algorithm: algorithm.to_string(),
        });
    }
    let id = Sm2Digest::Id(DEFAULT_ID);
    match certificate
        .key()?
        .check(Scheme::Sm2WithSm3, id, &[message], signature)
    {
        Some(_) => Ok(()),
        None => Err(Error::SignatureInvalid {}),
    }
}

impl Users {
    /// Whether a certificate is among them: by its bytes, or by its digest.
    #[must_use]
    pub fn contain(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Certificates(all) => all.iter().any(|entry| {
                let filling = entry.strip_prefix(certificate.der());
                filling.is_some_and(outer::is_filling)
            }),
            Self::Digests(all) => {
                let sm3 = certificate.sm3();
                all.iter()
                    .any(|digest| digest.value == sm3 || digest.value == certificate.sha256())
            }
        }
    }
}
