//! Keys: what the host lists, each certificate and seal read and judged once, as windows show them.

pub(crate) mod seals;

use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::authority::{Family, FamilyId};
use yinxin_pki::certificate::pair::{is_renewed_next, partners};
use yinxin_pki::hash::sha256;
use yinxin_pki::outer;
use yinxin_pki::trust::{Anchor, Budget, trust_view};
use yinxin_proto::consent::{CertificateView, HolderKind, TokenView, TrustView};
use yinxin_proto::limits::{MAX_CERTIFICATES, MAX_TOKENS};
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{PinState, PinTries, Token, TokenCertificate};
use yinxin_proto::{Error, Finding, Severity};

/// A key.
#[derive(Clone, Debug)]
pub struct Key {
    /// As the host listed it.
    token: Token,
    /// As windows show it.
    view: TokenView,
    /// Its certificates that can be read, none twice, in the key's order.
    certificates: Vec<Certificate>,
    /// All of its certificates can be read.
    all_read: bool,
    /// The places in `view` and in `certificates` of each [`Own`].
    own: Vec<(usize, usize)>,
}

/// A certificate in a key that is its holder's own and not for encryption alone.
#[derive(Clone, Copy, Debug)]
pub struct Own<'k> {
    /// The key that holds it.
    pub key: &'k Key,
    /// As windows show it.
    pub view: &'k CertificateView,
    /// As it was read.
    pub certificate: &'k Certificate,
}

/// Reads and judges keys, in the host's order. `anchors` are those that were added to the product's own.
#[must_use]
pub fn read(tokens: Vec<Token>, anchors: &[Anchor], now: UnixTime) -> Vec<Key> {
    let tokens = tokens.into_iter().take(MAX_TOKENS as usize);
    tokens.map(|token| Key::read(token, anchors, now)).collect()
}

/// Keys as a window shows them: those with a usable certificate first, and in each the usable certificates first.
#[must_use]
pub fn views(keys: &[Key]) -> Vec<TokenView> {
    let (mut usable, others): (Vec<_>, Vec<_>) =
        keys.iter().map(|key| key.view.clone()).partition(|view| {
            let mut certificates = view.certificates.iter();
            view.problem.is_none() && certificates.any(|known| known.problem.is_none())
        });
    usable.extend(others);
    usable
}

/// The key and the certificate that a user chose, if they can sign now.
///
/// # Errors
/// `token-removed`, `certificate-not-found`, what is wrong with the key, or why the certificate can't sign.
pub fn choose<'k>(
    keys: &'k [Key],
    token: &str,
    certificate: &str,
    now: UnixTime,
) -> Result<(&'k Key, &'k Certificate), Error> {
    let mut keys = keys.iter();
    let key = keys
        .find(|known| known.token().token == token)
        .ok_or(Error::TokenRemoved {})?;
    if let Some(problem) = &key.view().problem {
        return Err(problem.clone());
    }
    let chosen = key
        .certificate(certificate)
        .ok_or(Error::CertificateNotFound {})?;
    match chosen.signing_problem(now) {
        Some(problem) => Err(problem),
        None => Ok((key, chosen)),
    }
}

/// What [`views`] makes of keys that are of no other use.
#[must_use]
pub fn describe_tokens(tokens: &[Token], anchors: &[Anchor], now: UnixTime) -> Vec<TokenView> {
    views(&read(tokens.to_vec(), anchors, now))
}

impl Key {
    fn read(token: Token, anchors: &[Anchor], now: UnixTime) -> Self {
        let held = token.certificates.iter().take(MAX_CERTIFICATES as usize);
        let mut shas: Vec<String> = Vec::new();
        let mut read = Vec::new();
        for known in held {
            let sha = hex(&sha256(&known.certificate.0));
            // Some tokens hold a certificate twice, once for each container.
            if !shas.contains(&sha) {
                let certificate = Certificate::from_der(known.certificate.0.clone());
                read.push((known, certificate));
                shas.push(sha);
            }
        }
        let all_read = token.certificates.len() <= MAX_CERTIFICATES as usize
            && read.iter().all(|(_, read)| read.is_ok());
        // Some keys carry their issuer's certificate as well.
        let authorities: Vec<Certificate> = read
            .iter()
            .filter_map(|(_, read)| read.as_ref().ok())
            .filter(|certificate| certificate.is_ca())
            .cloned()
            .collect();
        let mut budget = Budget::new(MAX_CHECKS_OF_A_TOKEN);
        let mut views: Vec<CertificateView> = Vec::new();
        let mut certificates = Vec::new();
        for (known, read) in read {
            views.push(match &read {
                Ok(certificate) => {
                    let mut view =
                        describe_certificate(certificate, anchors, &authorities, now, &mut budget);
                    let padding = known.padding.unwrap_or_default();
                    view.findings.extend(outer::filled(padding as usize));
                    view
                }
                Err(problem) => describe_unreadable(known, problem.clone()),
            });
            certificates.extend(read);
        }
        let readable: Vec<&Certificate> = certificates.iter().collect();
        for view in &mut views {
            let same = |known: &&&Certificate| hex(known.sha256()) == view.certificate;
            view.renewable = readable
                .iter()
                .find(same)
                .is_some_and(|known| is_renewed_next(known, &readable));
        }
        for (sign, encrypt) in partners(&readable) {
            let pair = [sign, encrypt].map(|at| hex(readable[at].sha256()));
            for view in &mut views {
                if let Some(at) = pair.iter().position(|known| *known == view.certificate) {
                    view.partner = Some(pair[1 - at].clone());
                }
            }
        }
        let (mut usable, others): (Vec<_>, Vec<_>) =
            views.into_iter().partition(|view| view.problem.is_none());
        usable.extend(others);
        let own = usable.iter().enumerate().filter_map(|(at, view)| {
            let is_it = |known: &Certificate| hex(known.sha256()) == view.certificate;
            let held = certificates.iter().position(is_it)?;
            let of = certificates.get(held)?;
            (!of.is_ca() && of.may_sign()).then_some((at, held))
        });
        Self {
            own: own.collect(),
            all_read,
            view: TokenView {
                seals: seals::describe_seals(&token, &readable, anchors, now),
                ..view_of(&token, usable)
            },
            certificates,
            token,
        }
    }

    /// As the host listed it.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// As windows show it.
    #[must_use]
    pub fn view(&self) -> &TokenView {
        &self.view
    }

    /// Its certificates that can be read, none twice, in the key's order.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificate of a SHA-256 in lower-case hex, if it can be read.
    #[must_use]
    pub fn certificate(&self, sha: &str) -> Option<&Certificate> {
        let mut all = self.certificates.iter();
        all.find(|known| hex(known.sha256()) == sha)
    }

    /// Whether it holds the certificate of a SHA-256, be it readable or not.
    #[must_use]
    pub fn holds(&self, sha: &str) -> bool {
        let mut all = self.view.certificates.iter();
        all.any(|known| known.certificate == sha)
    }

    /// Something failed since it was listed, which may tell of its PIN.
    pub fn note_pin(&mut self, error: &Error) {
        let pin = match error {
            Error::PinIncorrect { tries } => *tries,
            Error::PinLocked {} => PinTries {
                state: PinState::Locked,
                ..self.token.pin
            },
            _ => return,
        };
        self.token.pin = pin;
        self.view.pin = pin;
        self.view.problem = problem(&self.token);
    }

    /// What to call it.
    #[must_use]
    pub fn name(&self) -> String {
        let TokenView {
            label,
            model,
            serial,
            ..
        } = &self.view;
        match (label.trim(), serial.trim()) {
            ("", "") => model.clone(),
            ("", serial) => format!("{model} {serial}"),
            (label, "") => label.to_owned(),
            (label, serial) => format!("{label}（{serial}）"),
        }
    }

    /// What to call it among others: by its label, where that is its alone.
    #[must_use]
    pub fn name_among(&self, keys: &[Self]) -> String {
        let label = self.view.label.trim();
        let alike = keys.iter().filter(|key| key.view.label.trim() == label);
        if label.is_empty() || alike.count() > 1 {
            return self.name();
        }
        label.to_owned()
    }

    /// The holders' own certificates in it, encryption halves apart; usable ones first.
    pub fn own(&self) -> impl Iterator<Item = Own<'_>> {
        self.own.iter().filter_map(|&(view, certificate)| {
            Some(Own {
                key: self,
                view: self.view.certificates.get(view)?,
                certificate: self.certificates.get(certificate)?,
            })
        })
    }

    /// Certificates for encryption whose signing halves are not in the key. One that can't be read
    /// could be the other half.
    pub fn halves(&self) -> impl Iterator<Item = &Certificate> {
        let read = if self.all_read {
            &self.certificates[..]
        } else {
            &[]
        };
        read.iter().filter(|half| {
            let encrypts = half
                .key_usage()
                .is_some_and(|usage| usage.encrypts() && !usage.signs());
            encrypts
                && !half.is_ca()
                && !self
                    .own()
                    .any(|own| own.certificate.subject().matches(half.subject()))
        })
    }

    /// The other CA of the national list that issued all of the holder's own certificates, if one did:
    /// what Sichuan CA's hall does is then of no use. Of an issuer that is not listed nothing is known.
    #[must_use]
    pub fn other_authority(&self) -> Option<Bilingual> {
        let mut families = self.own().map(|own| Family::of(own.certificate.issuer()));
        let first = families
            .next()
            .filter(|first| first.id == FamilyId::Listed)?;
        let same = families.all(|other| other.name == first.name);
        (same && !self.token.demo).then_some(first.name)
    }
}

impl Own<'_> {
    /// Whether another one is of the same holder.
    #[must_use]
    pub fn has_holder_of(self, other: Own<'_>) -> bool {
        // Names first: comparing whole subjects costs much more, and there may be a thousand.
        self.view.holder == other.view.holder
            && (self.view.credit_code == other.view.credit_code
                || self
                    .certificate
                    .subject()
                    .matches(other.certificate.subject()))
    }
}

/// Why no certificate of a token can be used, if so.
fn problem(token: &Token) -> Option<Error> {
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

/// What a window shows of a token, without its seals.
fn view_of(token: &Token, certificates: Vec<CertificateView>) -> TokenView {
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
        certificates,
        seals: Vec::new(),
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
