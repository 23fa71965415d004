//! Electronic seals of tokens: as a window shows them, and as they are set on documents.

use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::sha256;
use yinxin_pki::seal::{Seal, SealVerdict, Version, verify_own};
use yinxin_pki::trust::Anchor;
use yinxin_proto::consent::{CertificateView, SealView, TokenView};
use yinxin_proto::limits::MAX_DATA_OBJECTS;
use yinxin_proto::page::{PageSeal, SealPicture, SignatureAlgorithm};
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{Token, TokenSeal};
use yinxin_proto::{Base64, Error, Finding, Severity};

/// Describes the seals of a token, usable ones first; `held` are the certificates in it.
pub(super) fn describe_seals(
    token: &Token,
    held: &[&Certificate],
    anchors: &[Anchor],
    now: UnixTime,
) -> Vec<SealView> {
    let mut views: Vec<SealView> = Vec::new();
    for told in token.seals.iter().take(MAX_DATA_OBJECTS as usize) {
        let view = match read(told) {
            Ok(seal) => describe(&seal, held, anchors, now),
            Err(problem) => unreadable(told, problem),
        };
        // While a new seal is being written over an old one, a key may hold one twice.
        if view.seal.is_empty() || views.iter().all(|other| other.seal != view.seal) {
            views.push(view);
        }
    }
    views.sort_by_key(|view| view.problem.is_some());
    views
}

/// Makes certificates that no usable seal of their token lists unusable: for acts that need one.
pub(crate) fn require_seals(views: &mut [TokenView]) {
    for view in views {
        let TokenView {
            certificates,
            seals,
            ..
        } = view;
        for certificate in certificates.iter_mut() {
            if certificate.problem.is_none() {
                certificate.problem = problem_for(certificate, seals);
            }
        }
        certificates.sort_by_key(|certificate| certificate.problem.is_some());
    }
}

/// Why a certificate can't set any of the seals: the reason of a seal of its own says most.
fn problem_for(certificate: &CertificateView, seals: &[SealView]) -> Option<Error> {
    if certificate.algorithm != Some(SignatureAlgorithm::Sm2Sm3) {
        return Some(Error::SealNeedsSm2 {});
    }
    let mut own = seals
        .iter()
        .filter(|seal| seal.certificates.contains(&certificate.certificate));
    // Usable ones stand first.
    match own.next() {
        Some(seal) => seal.problem.clone(),
        None => Some(Error::SealMissing {}),
    }
}

/// The seal of a reference, if it is still in the token and may be set with the certificate.
pub(crate) fn find(
    token: &Token,
    reference: &str,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<Seal, Error> {
    if certificate.signing_algorithm()? != SignatureAlgorithm::Sm2Sm3 {
        return Err(Error::SealNeedsSm2 {});
    }
    let seal = token
        .seals
        .iter()
        .filter_map(|told| read(told).ok())
        .find(|seal| self::reference(seal) == reference)
        .ok_or(Error::SealNotFound {})?;
    if let Some(problem) = problem(&seal, &verify_own(&seal, now)) {
        return Err(problem);
    }
    if !seal.property().users.contain(certificate) {
        let holder = certificate.holder();
        return Err(Error::SealNotForCertificate { holder });
    }
    Ok(seal)
}

/// What a page gets of a seal that its user shows it.
pub(crate) fn page_seal(seal: &Seal) -> PageSeal {
    let property = seal.property();
    PageSeal {
        name: property.name.clone(),
        id: seal.id().into(),
        version: seal.version().number(),
        valid_from: property.valid_from.to_string(),
        valid_until: property.valid_until.to_string(),
        width: seal.picture().width,
        height: seal.picture().height,
        picture: picture(seal),
        seal: Base64(seal.der().to_vec()),
    }
}

fn read(told: &TokenSeal) -> Result<Seal, Error> {
    match (&told.der, &told.problem) {
        (Some(der), _) => Seal::from_der(der.0.clone()),
        (None, Some(problem)) => Err(problem.clone()),
        (None, None) => Err(Error::SealNotFound {}),
    }
}

fn reference(seal: &Seal) -> String {
    hex(&sha256(seal.der()))
}

/// Why a seal can't be set on documents, if so.
fn problem(seal: &Seal, verdict: &SealVerdict) -> Option<Error> {
    if seal.version() == Version::V1 {
        let standard = seal.version().standard().into();
        return Some(Error::SealOldStandard { standard });
    }
    verdict.problem().cloned()
}

fn describe(seal: &Seal, held: &[&Certificate], anchors: &[Anchor], now: UnixTime) -> SealView {
    let property = seal.property();
    let verdict = verify_own(seal, now);
    let users: Vec<&&Certificate> = held
        .iter()
        .filter(|certificate| property.users.contain(certificate))
        .collect();
    let mut problem = problem(seal, &verdict);
    if problem.is_none()
        && users.is_empty()
        && let Some(held) = held.iter().find(|held| held.may_sign() && !held.is_ca())
    {
        let holder = held.holder();
        problem = Some(Error::SealNotForCertificate { holder });
    }
    let maker = Certificate::from_der(seal.maker().to_vec()).ok();
    let maker_name = maker
        .as_ref()
        .map_or_else(String::new, |maker| visible(&maker.subject().readable()));
    let maker_listed =
        maker.is_some_and(|maker| anchors.iter().any(|anchor| anchor.is_authority_of(&maker)));
    let mut findings: Vec<Finding> = verdict
        .findings
        .into_iter()
        .filter(|finding| {
            finding.severity == Severity::Warning && Some(&finding.error) != problem.as_ref()
        })
        .collect();
    if !maker_listed && problem.is_none() {
        let maker = maker_name.clone();
        findings.push(Finding::new(
            Severity::Note,
            Error::SealMakerUnknown { maker },
        ));
    }
    SealView {
        seal: reference(seal),
        name: visible(&property.name),
        standard: seal.version().standard().into(),
        national: seal.version() != Version::V1,
        maker: maker_name,
        maker_listed,
        valid_from: property.valid_from.to_string(),
        valid_until: property.valid_until.to_string(),
        days_left: property.valid_until.days_left(now),
        certificates: users
            .iter()
            .map(|certificate| hex(certificate.sha256()))
            .collect(),
        picture: picture(seal),
        width: seal.picture().width,
        height: seal.picture().height,
        problem,
        findings,
    }
}

/// An object that is no seal as far as one can tell stays in the list, with the reason.
fn unreadable(told: &TokenSeal, problem: Error) -> SealView {
    SealView {
        seal: String::new(),
        name: visible(&told.label),
        standard: String::new(),
        national: false,
        maker: String::new(),
        maker_listed: false,
        valid_from: String::new(),
        valid_until: String::new(),
        days_left: 0,
        certificates: Vec::new(),
        picture: None,
        width: 0,
        height: 0,
        problem: Some(problem),
        findings: Vec::new(),
    }
}

fn picture(seal: &Seal) -> Option<SealPicture> {
    let picture = seal.picture();
    let media_type = picture.kind_of_bytes()?.media_type()?;
    picture.can_be_shown().then(|| SealPicture {
        media_type: media_type.into(),
        data: Base64(picture.data.clone()),
    })
}
