//! Looks at drivers, the keys that they read, and the certificates and seals in those. Counts and
//! states only: whose they are is nobody's business who reads the report.

use super::{Draft, milliseconds, yes_or_no};
use crate::config::Config;
use crate::crypto::{self, SigningCertificate};
use crate::library;
use crate::named;
use crate::service::join::Key;
use crate::service::{Asked, Cancel, Found, LISTING_PATIENCE, Look, Service};
use std::collections::{BTreeMap, BTreeSet};
#[cfg(windows)]
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::authority::{Family, FamilyId};
use yinxin_pki::seal::{Seal, Version};
use yinxin_pki::trust::{Budget, trust_view};
use yinxin_proto::consent::TrustView;
use yinxin_proto::doctor::{Check, CheckKind, CheckState, EvidenceName};
use yinxin_proto::host::ToSign;
use yinxin_proto::page::Purpose;
use yinxin_proto::site::Origin;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{PinState, Token};
use yinxin_proto::{Error, Pin};

/// Time for loading a driver. A signature waits much longer, for it may be in the middle of something;
/// here nothing is at stake, and a person waits for the whole report.
pub const LOAD_PATIENCE: Duration = Duration::from_secs(3);
/// Further time for a driver that is loaded: slow keys take seconds to tell what is in them.
pub const LIST_PATIENCE: Duration = Duration::from_secs(5);

/// Checks of the modules, then of the keys that they read, joined. Packages are of libraries, by their paths.
#[must_use]
pub fn checks(
    looks: &[Look],
    keys: &[Key],
    config: &Config,
    packages: &BTreeMap<PathBuf, String>,
) -> Vec<Check> {
    let mut checks: Vec<Check> = looks
        .iter()
        .map(|look| module(look, config, packages.get(&look.module.config.path)))
        .collect();
    if looks.is_empty() {
        let mut draft = Draft::new(CheckKind::Module, "-");
        draft.fail(Error::NoModule {});
        checks.push(draft.done());
    }
    let now = crypto::now();
    for found in keys {
        let token = &found.token;
        checks.push(key(token, &found.also));
        if token.problem.is_none() {
            checks.push(certificates(token, now));
            checks.extend(chain(token, now));
            checks.push(seals(token, now));
        }
    }
    if keys.is_empty() {
        let mut draft = Draft::new(CheckKind::Key, "-");
        // A key is there, and inserting one would not help.
        let is_there =
            |look: &Look| matches!(look.found, Found::Failed(Error::ModuleIncomplete { .. }));
        if looks.iter().any(is_there) {
            draft.state(CheckState::Skipped);
        } else {
            draft.warn(Error::NoToken {});
        }
        checks.push(draft.done());
    }
    checks
}

fn module(look: &Look, config: &Config, package: Option<&String>) -> Check {
    let module = look.module;
    let name = &module.config.name;
    let mut draft = Draft::new(CheckKind::Module, name);
    draft.tell(EvidenceName::Path, module.config.path.display());
    if let Ok(known) = library::inspect(name, &module.config.path) {
        draft.tell(EvidenceName::Architecture, known.architecture);
    }
    #[cfg(windows)]
    signature(&module.config.path, &mut draft);
    if let Some(package) = package {
        draft.tell(EvidenceName::Package, package);
    }
    if let Some(loaded) = module.loaded() {
        draft.tell(EvidenceName::Library, loaded.library);
        draft.tell(
            EvidenceName::LoadsIn,
            format!("{} ms", milliseconds(loaded.after)),
        );
    }
    match &look.found {
        Found::Tokens(tokens) => draft.tell(EvidenceName::Keys, tokens.len()),
        Found::Failed(error) => draft.fail(error.clone()),
        Found::Silent(Some(ticket)) => {
            // It is stopped, as its text says; whoever needs it next starts it anew.
            module.cancel(*ticket);
            let waited = look.time.as_secs();
            let longest = config.load_ms.max(config.call_ms) / 1_000;
            draft.tell(
                EvidenceName::Waited,
                format!("{waited} s; a signature would wait up to {longest} s"),
            );
            draft.fail(Error::ModuleHung {
                module: name.clone(),
                seconds: u32::try_from(waited).unwrap_or(u32::MAX),
            });
        }
        Found::Silent(None) => {
            draft.tell(EvidenceName::AtWork, "a signature is under way");
            draft.warn(Error::ModuleSlow {
                module: name.clone(),
            });
        }
    }
    draft.done_in(look.time)
}

/// Who signed a library. Many vendors sign nothing, which says nothing; a signature that does not hold is of a file that
/// somebody changed or damaged.
#[cfg(windows)]
fn signature(library: &Path, draft: &mut Draft) {
    use yinxin_windows::signature::{Signature, of};
    if !library.is_file() {
        return;
    }
    match of(library) {
        Signature::Good { signer } => {
            draft.tell(
                EvidenceName::SignedBy,
                signer.as_deref().unwrap_or("another"),
            );
        }
        Signature::None => draft.tell(EvidenceName::SignedBy, "nobody"),
        Signature::Bad { code } => {
            draft.tell(
                EvidenceName::SignedBy,
                format!("a signature that does not hold ({code:#010x})"),
            );
            draft.state(CheckState::Warning);
        }
    }
}

/// A key; `also` are the modules that read it beside the one through which it is used.
fn key(token: &Token, also: &[String]) -> Check {
    let mut draft = Draft::new(CheckKind::Key, &token.label);
    draft.tell(EvidenceName::Module, &token.module);
    if !also.is_empty() {
        draft.tell(EvidenceName::AlsoReadBy, also.join(", "));
    }
    draft.tell(
        EvidenceName::Model,
        format!("{} {}", token.manufacturer, token.model),
    );
    draft.tell(
        EvidenceName::Pin,
        match token.pin.state {
            PinState::Ok => "ok",
            PinState::Low => "a wrong one was entered",
            PinState::Final => "one try left",
            PinState::Locked => "locked",
        },
    );
    if let Some(left) = token.pin.left {
        draft.tell(EvidenceName::TriesLeft, left);
    }
    draft.tell(EvidenceName::InitialPin, yes_or_no(token.initial_pin));
    if token.protected_path {
        draft.tell(EvidenceName::PinPad, "yes");
    }
    if token.demo {
        draft.tell(EvidenceName::DemoKey, "yes");
    }
    if let Some(problem) = &token.problem {
        draft.fail(problem.clone());
    } else if token.pin.state == PinState::Locked {
        draft.fail(Error::PinLocked {});
    } else if token.pin.state == PinState::Final {
        draft.warn(Error::PinLastTry {});
    } else if token.initial_pin {
        draft.warn(Error::PinInitial {});
    }
    draft.done()
}

fn certificates(token: &Token, now: UnixTime) -> Check {
    let mut draft = Draft::new(CheckKind::Certificates, &token.label);
    let read: Vec<Certificate> = token
        .certificates
        .iter()
        .filter_map(|held| Certificate::from_der(held.certificate.0.clone()).ok())
        .collect();
    let problems: Vec<Option<Error>> = read
        .iter()
        .map(|certificate| certificate.signing_problem(now))
        .collect();
    let can_sign = problems.iter().filter(|problem| problem.is_none()).count();
    let ended = read
        .iter()
        .filter(|certificate| now > certificate.not_after())
        .count();
    draft.tell(EvidenceName::Count, token.certificates.len());
    draft.tell(EvidenceName::CanSign, can_sign);
    draft.tell(EvidenceName::Ended, ended);
    let unreadable = token.certificates.len() - read.len();
    if unreadable > 0 {
        draft.tell(EvidenceName::Unreadable, unreadable);
    }
    if can_sign == 0 {
        // That one ended says more than that its partner is for encryption.
        let mut problems = problems.into_iter().flatten();
        let first = problems.next();
        let ended = |problem: &Error| matches!(problem, Error::CertificateExpired { .. });
        let told = match first {
            Some(first) if !ended(&first) => problems.find(ended).or(Some(first)),
            other => other,
        };
        draft.warn(told.unwrap_or(Error::CertificateNotForSigning {}));
    } else if ended > 0 || unreadable > 0 {
        draft.state(CheckState::Warning);
    }
    draft.done()
}

/// The paths from a key's certificates to the product's own anchors.
fn chain(token: &Token, now: UnixTime) -> Option<Check> {
    let mut draft = Draft::new(CheckKind::Chain, &token.label);
    let (authorities, own): (Vec<_>, Vec<_>) = token
        .certificates
        .iter()
        .filter_map(|held| Certificate::from_der(held.certificate.0.clone()).ok())
        .partition(Certificate::is_ca);
    let authorities: Vec<_> = authorities.into_iter().take(MAX_CERTIFICATES).collect();
    let mut told = BTreeSet::new();
    for certificate in own.iter().take(MAX_CERTIFICATES) {
        let (found, leads_to_anchor) = path(certificate, &authorities, now);
        told.insert(found);
        if !leads_to_anchor {
            // Nobody vouches for a demo key, and nobody should.
            draft.state(if token.demo {
                CheckState::Skipped
            } else {
                CheckState::Warning
            });
        }
    }
    for found in told {
        draft.tell(EvidenceName::Issuer, found);
    }
    (!own.is_empty()).then(|| draft.done())
}

/// Issuer and anchor of a certificate, or the code of what is wrong with its path, and whether it
/// leads to an anchor. That it ended is told elsewhere. The issuer is told by the name under which users know it: any
/// other name could be a person's.
fn path(certificate: &Certificate, authorities: &[Certificate], now: UnixTime) -> (String, bool) {
    let family = Family::of(certificate.issuer());
    let issuer = match family.id {
        FamilyId::Other => "another",
        FamilyId::Scca | FamilyId::Listed => &family.name.en,
    };
    match trust_view(certificate, &[], authorities, now, &mut Budget::default()) {
        TrustView::National { anchor, .. } | TrustView::Added { anchor } => {
            (format!("{issuer}; anchor {anchor}"), true)
        }
        TrustView::Unknown { finding } | TrustView::Refused { finding } => {
            (format!("{issuer}; {}", finding.error.code()), false)
        }
    }
}

fn seals(token: &Token, now: UnixTime) -> Check {
    let mut draft = Draft::new(CheckKind::Seals, &token.label);
    let read: Vec<Seal> = token
        .seals
        .iter()
        .filter_map(|held| Seal::from_der(held.der.clone()?.0).ok())
        .collect();
    let is_old = |seal: &&Seal| seal.version() == Version::V1;
    let has_ended = |seal: &Seal| now > seal.property().valid_until;
    let old = read.iter().filter(is_old).count();
    let ended = read.iter().filter(|seal| has_ended(seal)).count();
    draft.tell(EvidenceName::Count, token.seals.len());
    draft.tell(EvidenceName::National, read.len() - old);
    draft.tell(EvidenceName::Old, old);
    draft.tell(EvidenceName::Ended, ended);
    let untold = token.seals.len() - read.len();
    if untold > 0 {
        draft.tell(EvidenceName::NotLookedAt, untold);
    }
    match (
        read.iter().find(is_old),
        read.iter().find(|seal| has_ended(seal)),
    ) {
        (Some(seal), _) if old == read.len() => draft.warn(Error::SealOldStandard {
            standard: seal.version().standard().into(),
        }),
        (_, Some(seal)) if ended == read.len() => draft.warn(Error::SealExpired {
            date: seal.property().valid_until.to_string(),
        }),
        (None, None) => {}
        _ => draft.state(CheckState::Warning),
    }
    draft.done()
}

/// A signature for trying out with the key of a label (and serial number): a login at an origin that nobody can have
/// (RFC 6761, section 6.4), by the way that a browser's login takes. `pin` is asked for the PIN once
/// it is sure that it will be used; that uses a try.
#[must_use]
pub fn test_signature(
    service: &Service,
    label: &str,
    serial: Option<&str>,
    pin: impl FnOnce(&Token) -> Result<Pin, Error>,
) -> Check {
    let mut draft = Draft::new(CheckKind::TestSignature, label);
    draft.tell(EvidenceName::Origin, TEST_ORIGIN);
    match sign_for_trying(service, (label, serial), pin, &mut draft) {
        Ok(()) => {}
        Err(error) => draft.fail(error),
    }
    draft.done()
}

fn sign_for_trying(
    service: &Service,
    (label, serial): (&str, Option<&str>),
    pin: impl FnOnce(&Token) -> Result<Pin, Error>,
    draft: &mut Draft,
) -> Result<(), Error> {
    let (tokens, modules) = service.tokens(LISTING_PATIENCE);
    let problem = modules.into_iter().find_map(|module| module.problem);
    let labelled = named::tokens(&tokens, label, serial, problem.as_ref())?;
    let mut missing = Error::CertificateNotForSigning {};
    let mut found = None;
    for token in labelled {
        for held in &token.certificates {
            let der = &held.certificate.0;
            match SigningCertificate::for_signing(der) {
                Ok(_) => found = found.or(Some((token, crypto::fingerprint(der)))),
                Err(error @ Error::CertificateExpired { .. }) => missing = error,
                Err(_) => {}
            }
        }
    }
    let (token, certificate) = found.ok_or(missing)?;
    if token.pin.state == PinState::Locked {
        return Err(Error::PinLocked {});
    }
    let origin = Origin::parse(TEST_ORIGIN).ok_or_else(|| Error::Internal {
        detail: "origin".into(),
    })?;
    let pin = if token.protected_path {
        None
    } else {
        Some(pin(token)?)
    };
    let asked = Asked {
        origin: &origin,
        token: &token.token,
        certificate: &certificate,
        items: &[ToSign::Login {
            purpose: Purpose::Login,
            challenge: TEST_CHALLENGE.into(),
        }],
        development: false,
    };
    let signed = service.sign_items(&asked, pin, &Cancel::default(), |_| {})?;
    draft.tell(
        EvidenceName::SignedIn,
        format!("{} ms", signed.token_us / 1_000),
    );
    Ok(())
}

/// Certificates of a key whose paths are looked for, and of CAs that may lie on them.
const MAX_CERTIFICATES: usize = 8;
/// Where the test signature would log in.
const TEST_ORIGIN: &str = "https://doctor.invalid";
/// No portal makes such a challenge.
const TEST_CHALLENGE: &str = "yinxin-host-doctor-test-signature";

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_proto::token::{PinLength, PinTries};

    fn told(
        state: PinState,
        initial_pin: bool,
        problem: Option<Error>,
    ) -> (CheckState, Option<&'static str>) {
        let token = Token {
            token: String::new(),
            label: "key".into(),
            manufacturer: String::new(),
            model: String::new(),
            serial: "0123456789".into(),
            module: String::new(),
            pin: PinTries { state, left: None },
            pin_length: PinLength { min: 6, max: 16 },
            protected_path: false,
            initial_pin,
            demo: false,
            certificates: Vec::new(),
            seals: Vec::new(),
            problem,
        };
        let check = key(&token, &[]);
        let values: Vec<_> = check
            .evidence
            .iter()
            .map(|evidence| evidence.value.as_str())
            .collect();
        assert!(!values.contains(&"0123456789"), "{values:?}");
        (check.state, check.problem.as_ref().map(Error::code))
    }

    #[test]
    fn the_worst_of_a_key_is_told() {
        use CheckState::{Failed, Ok, Warning};
        assert_eq!(told(PinState::Ok, false, None), (Ok, None));
        assert_eq!(told(PinState::Low, false, None), (Ok, None));
        assert_eq!(
            told(PinState::Low, true, None),
            (Warning, Some("pin-initial"))
        );
        assert_eq!(
            told(PinState::Final, true, None),
            (Warning, Some("pin-last-try"))
        );
        assert_eq!(
            told(PinState::Locked, true, None),
            (Failed, Some("pin-locked"))
        );
        let empty = Some(Error::TokenEmpty {});
        assert_eq!(
            told(PinState::Locked, true, empty),
            (Failed, Some("token-empty"))
        );
    }

    #[test]
    fn a_certificate_of_the_national_list_is_told_with_its_anchor() {
        let Some(folder) = yinxin_testing::data::folder() else {
            return;
        };
        let file = folder.join("ca-national/1C743A45D63A15300816A7FF39CF8757.crt");
        let bytes = std::fs::read(file).unwrap();
        let certificate = Certificate::parse(&bytes).unwrap();
        let (told, leads_to_anchor) = path(&certificate, &[], crypto::now());
        assert!(leads_to_anchor, "{told}");
        assert!(told.ends_with("; anchor ROOTCA"), "{told}");
        // Cut off from its issuer by another signature.
        let mut changed = certificate.der().to_vec();
        *changed.last_mut().unwrap() ^= 1;
        let changed = Certificate::from_der(changed).unwrap();
        assert!(!path(&changed, &[], crypto::now()).1);
    }
}
