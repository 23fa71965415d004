//! Tokens and their certificates as a window shows them.

use super::seals::describe_seals;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::pair::{is_renewed_next, partners};
use yinxin_pki::hash::sha256;
use yinxin_pki::outer;
use yinxin_pki::trust::{Anchor, Budget, trust_view};
use yinxin_proto::consent::{CertificateView, HolderKind, TokenView, TrustView};
use yinxin_proto::limits::{MAX_CERTIFICATES, MAX_TOKENS};
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{PinState, Token, TokenCertificate};
use yinxin_proto::{Error, Finding, Severity};

/// Describes tokens for a window: those with a usable certificate first, and in each the usable
/// certificates first. `anchors` are those that were added to the product's own.
#[must_use]
pub fn describe_tokens(tokens: &[Token], anchors: &[Anchor], now: UnixTime) -> Vec<TokenView> {
    let (mut usable, others): (Vec<_>, Vec<_>) = tokens
        .iter()
        .take(MAX_TOKENS as usize)
        .map(|token| describe(token, anchors, now))
        .partition(|view| {
            let mut certificates = view.certificates.iter();
            view.problem.is_none() && certificates.any(|known| known.problem.is_none())
        });
    usable.extend(others);
    usable
}

/// Why no certificate of a token can be used, if so.
pub(super) fn problem(token: &Token) -> Option<Error> {
    if let Some(problem) = &token.problem {
        Some(problem.clone())
    } else if token.pin.state == PinState::Locked {
        Some(Error::PinLocked {})
    } else if token.certificates.is_empty() {
        Some(Error::TokenEmpty {})
    } else {
        None
    }
}

fn describe(token: &Token, anchors: &[Anchor], now: UnixTime) -> TokenView {
    let read: Vec<_> = token
        .certificates
        .iter()
        .take(MAX_CERTIFICATES as usize)
        .map(|known| (known, Certificate::from_der(known.certificate.0.clone())))
        .collect();
    // Some keys carry their issuer's certificate as well.
    let authorities: Vec<Certificate> = read
        .iter()
        .filter_map(|(_, read)| read.as_ref().ok())
        .filter(|certificate| certificate.is_ca())
        .cloned()
        .collect();
    let mut certificates: Vec<CertificateView> = Vec::new();
    let mut budget = Budget::new(MAX_CHECKS_OF_A_TOKEN);
    let mut readable = Vec::new();
    for (known, read) in read {
        let sha = hex(&sha256(&known.certificate.0));
        // Some tokens hold a certificate twice, once for each container.
        if certificates.iter().any(|other| other.certificate == sha) {
            continue;
        }
        certificates.push(match &read {
            Ok(certificate) => {
                let mut view =
                    describe_certificate(certificate, anchors, &authorities, now, &mut budget);
                let padding = known.padding.unwrap_or_default();
                view.findings.extend(outer::filled(padding as usize));
                view
            }
            Err(problem) => describe_unreadable(known, problem.clone()),
        });
        readable.extend(read);
    }
    let readable: Vec<&Certificate> = readable.iter().collect();
    for view in &mut certificates {
        let same = |known: &&&Certificate| hex(known.sha256()) == view.certificate;
        view.renewable = readable
            .iter()
            .find(same)
            .is_some_and(|known| is_renewed_next(known, &readable));
    }
    for (sign, encrypt) in partners(&readable) {
        let pair = [sign, encrypt].map(|at| hex(readable[at].sha256()));
        for view in &mut certificates {
            if let Some(at) = pair.iter().position(|known| *known == view.certificate) {
                view.partner = Some(pair[1 - at].clone());
            }
        }
    }
    let (mut usable, others): (Vec<_>, Vec<_>) = certificates
        .into_iter()
        .partition(|view| view.problem.is_none());
    usable.extend(others);
    let model = match (token.manufacturer.trim(), token.model.trim()) {
        ("", model) => model.to_owned(),
        (manufacturer, "") => manufacturer.to_owned(),
        (manufacturer, model) => format!("{manufacturer} {model}"),
    };
    TokenView {
        token: token.token.clone(),
        label: visible(&token.label),
        model: visible(&model),
        serial: visible(&token.serial),
        pin: token.pin,
        pin_length: token.pin_length,
        protected_path: token.protected_path,
        initial_pin: token.initial_pin,
        demo: token.demo,
        certificates: usable,
        seals: describe_seals(token, &readable, anchors, now),
        problem: problem(token),
    }
}

fn describe_certificate(
    certificate: &Certificate,
    anchors: &[Anchor],
    authorities: &[Certificate],
    now: UnixTime,
    budget: &mut Budget,
) -> CertificateView {
    let mut view = certificate.view(now);
    view.trust = trust_view(certificate, anchors, authorities, now, budget);
    view.holder = visible(&view.holder);
    view.organization = view.organization.as_deref().map(visible);
    view.issuer = visible(&view.issuer);
    view
}

/// A certificate that can't be read stays in the list, with the reason.
fn describe_unreadable(known: &TokenCertificate, problem: Error) -> CertificateView {
    CertificateView {
        certificate: hex(&sha256(&known.certificate.0)),
        holder: visible(&known.label),
        kind: HolderKind::Unknown,
        credit_code: None,
        partner: None,
        organization: None,
        issuer: String::new(),
        serial: String::new(),
        not_before: String::new(),
        not_after: String::new(),
        days_left: 0,
        algorithm: None,
        discloses: Vec::new(),
        trust: TrustView::Unknown {
            finding: Finding::new(Severity::Fatal, problem.clone()),
        },
        problem: Some(problem),
        findings: Vec::new(),
        renewable: false,
    }
}

/// Signatures checked in the search for paths of all certificates in a token: a full one has a path of
/// four steps for each.
const MAX_CHECKS_OF_A_TOKEN: u32 = 4 * MAX_CERTIFICATES;
