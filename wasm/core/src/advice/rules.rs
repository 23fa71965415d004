//! The table of what can be wrong: a row for each problem, from the machine over the key, its
//! certificates and seals to the account. Among findings of one weight its order is theirs.

use super::calendar::calendar_entry;
use super::facts::{Case, Mend, SealTrouble, is_far};
use super::guide::Whom;
use super::names::{Comparison, Likeness, compare};
use super::{About, Evidence, Order, Who};
use crate::keys::{Key, Own};
use crate::order::seals_of;
use yinxin_fees::{Role, Service};
use yinxin_proto::consent::{HolderKind, TrustView};
use yinxin_proto::doctor::{Check, CheckKind, CheckState, EvidenceName as Name};
use yinxin_proto::limits::MAX_NAME_CHARS;
use yinxin_proto::site::{OLDEST_ENGINE, SITES};
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::PinState;
use yinxin_proto::{Base64, Error, Finding, Locale, Severity, words};

/// A problem.
pub(super) struct Row {
    /// Names it, and its steps in the guide's data.
    pub rule: &'static str,
    /// What it is told as; none where any code is possible.
    pub codes: &'static [&'static str],
    /// The guide's problems of which it is a cause.
    pub guide: &'static [&'static str],
    /// How much it weighs, unless what was found says otherwise.
    pub severity: Severity,
    pub who: Who,
    pub contacts: &'static [Whom],
    pub procedures: &'static [&'static str],
    pub detect: fn(&Case<'_>) -> Vec<Found>,
}

/// Something that was found.
pub(super) struct Found {
    pub error: Error,
    pub severity: Severity,
    /// Instead of the row's.
    own: Option<Severity>,
    pub place: Option<String>,
    /// What its key is called, where nothing else tells it from another.
    pub key: Option<String>,
    /// When the certificate that it is about ends, and in how many days.
    pub ends: Option<(i32, UnixTime)>,
    /// It keeps this key, or this certificate in it, from working, and no other.
    only: Option<(String, Option<String>)>,
    pub about: Option<About>,
    pub evidence: Vec<Evidence>,
    pub order: Option<Order>,
    pub names: Option<Comparison>,
    pub calendar: Option<String>,
    /// It is the business of another CA than the guide's.
    pub elsewhere: bool,
}

use Severity::{Fatal, Note, Warning};
use Who::{Administrator, Ca, Depends, User};

const NOBODY: &[Whom] = &[];
const CA: &[Whom] = &[Whom::Ca];
const PLATFORM: &[Whom] = &[Whom::Platform];
const BOTH: &[Whom] = &[Whom::Ca, Whom::Platform];

/// Builds the table: one line of a row's words after another.
macro_rules! rows {
    ($($rule:literal: $codes:expr, guide $guide:expr, $severity:ident, $who:ident asks $contacts:ident,
        do $procedures:expr, when $detect:expr;)+) => {
        &[$(Row {
            rule: $rule,
            codes: &$codes,
            guide: &$guide,
            severity: $severity,
            who: $who,
            contacts: $contacts,
            procedures: &$procedures,
            detect: $detect,
        },)+]
    };
}

/// The table.
pub(super) const ROWS: &[Row] = rows! {
    // ── Browser, extension, host ─────────────────────────────────────────────────────────────
    "browser-too-old": ["browser-too-old"], guide [], Fatal, User asks NOBODY,
        do [], when browser_too_old;
    "browser-confined": ["browser-confined"], guide [], Fatal, User asks NOBODY,
        do [], when confined;
    "registration": ["registration-missing", "registration-broken", "host-program-missing", "host-program-blocked"],
        guide [], Fatal, User asks NOBODY,
        do [], when registration;
    "host-missing": ["host-missing"], guide [], Fatal, User asks NOBODY,
        do [], when |facts| host(facts, |problem| matches!(problem, Error::HostMissing {}));
    "host-forbidden": ["host-forbidden"], guide [], Fatal, Administrator asks NOBODY,
        do [], when |facts| host(facts, |problem| matches!(problem, Error::HostForbidden {}));
    "host-fails": [], guide [], Fatal, User asks NOBODY,
        do [], when |facts| host(facts, |problem| !matches!(problem, Error::HostMissing {} | Error::HostForbidden {} | Error::NoModule {} | Error::NoToken {}));
    "site-not-allowed": ["site-not-allowed"], guide [], Fatal, User asks NOBODY,
        do [], when site_not_allowed;
    "blocked-by-policy": ["blocked-by-policy"], guide [], Warning, Administrator asks NOBODY,
        do [], when |facts| doctor_says(facts, "blocked-by-policy");
    "several-hosts": ["several-hosts"], guide [], Warning, User asks NOBODY,
        do [], when |facts| doctor_says(facts, "several-hosts");
    "clock-wrong": ["clock-wrong"], guide [], Warning, User asks NOBODY,
        do [], when clock_wrong;

    // ── CA证书读取错误！未插入CA证书UKey或插入UKey无法使用 ──────────────────────────────────
    "reader-service-off": ["reader-service-off"], guide ["key-unreadable"], Fatal, User asks PLATFORM,
        do ["client-installation"], when |facts| unread(facts, "reader-service-off");
    "key-without-driver": ["key-without-driver"], guide ["key-unreadable"], Fatal, User asks PLATFORM,
        do ["client-installation"], when |facts| unread(facts, "key-without-driver");
    "module": ["module-missing", "module-not-library", "module-architecture", "worker-missing", "module-load-failed",
        "module-incomplete", "module-crashed", "module-hung", "module-slow", "module-failed"],
        guide ["key-unreadable"], Fatal, User asks PLATFORM,
        do ["client-installation"], when modules;
    "no-module": ["no-module"], guide ["key-unreadable"], Fatal, User asks PLATFORM,
        do ["client-installation"], when no_module;
    "no-token": ["no-token"], guide ["key-unreadable"], Fatal, User asks PLATFORM,
        do ["client-installation"], when no_token;
    "token-busy": ["token-busy"], guide ["key-unreadable"], Fatal, User asks PLATFORM,
        do [], when |facts| token(facts, |problem| matches!(problem, Error::TokenBusy {}));
    "token-unusable": ["token-unreadable", "token-empty", "token-removed", "pin-not-set"],
        guide ["key-unreadable"], Fatal, User asks CA,
        do [], when |facts| token(facts, |problem| !matches!(problem, Error::TokenBusy {} | Error::PinLocked {}));

    // ── The PIN ──────────────────────────────────────────────────────────────────────────────
    "pin-locked-today": ["pin-locked"], guide [], Fatal, Ca asks CA,
        do ["unlocking"], when |facts| locked(facts, true);
    "pin-locked": ["pin-locked"], guide [], Fatal, Ca asks CA,
        do ["unlocking"], when |facts| locked(facts, false);
    "pin-last-try": ["pin-last-try"], guide [], Warning, Ca asks CA,
        do ["unlocking"], when last_try;
    "pin-initial": ["pin-initial"], guide [], Note, User asks NOBODY,
        do [], when initial_pin;

    // ── 检测到您的证书已过期，无法使用; 登录提示“未知错误” ─────────────────────────────────
    "certificate-revoked": ["certificate-revoked"], guide [], Fatal, Ca asks CA,
        do ["new-online", "new-counter"], when revoked;
    "certificate-expired": ["certificate-expired"], guide ["certificate-expired", "unknown-error"], Fatal, User asks CA,
        do ["renewal-lapsed-online", "renewal-counter"], when expired;
    "expired-beside-valid": ["expired-beside-valid"], guide ["certificate-expired", "unknown-error"], Warning, Ca asks CA,
        do [], when expired_beside_valid;
    "certificate-renewed-elsewhere": ["certificate-expired"], guide ["certificate-expired"], Warning, User asks NOBODY,
        do [], when renewed_elsewhere;
    "certificate-not-yet-valid": ["certificate-not-yet-valid"], guide [], Fatal, User asks CA,
        do [], when |facts| unusable(facts, |problem| matches!(problem, Error::CertificateNotYetValid { .. }));
    "certificate-unusable": [], guide [], Fatal, Ca asks CA,
        do [], when |facts| unusable(facts, |problem| !matches!(problem, Error::CertificateNotYetValid { .. } | Error::CertificateExpired { .. }));
    "partner-missing": ["partner-missing"], guide [], Fatal, Ca asks CA,
        do [], when partner_missing;
    "several-certificates": ["several-certificates"], guide ["unknown-error"], Warning, Ca asks CA,
        do [], when several_certificates;
    "issuer-refused": [], guide [], Warning, Ca asks CA,
        do [], when issuer_refused;
    "issuer-unknown": ["issuer-unknown"], guide [], Note, User asks NOBODY,
        do [], when issuer_unknown;
    "certificate-ends-soon": ["certificate-ends-soon"], guide [], Note, User asks CA,
        do ["renewal-online", "renewal-counter"], when ends_soon;
    "certificate-ends-before-use": ["certificate-ends-before-use"], guide [], Note, User asks CA,
        do ["renewal-online"], when ends_before_use;

    // ── 未检测到国标印章或者签章能力检测待升级; KT_ReadSealDatas ────────────────────────────
    "seal-to-upgrade": ["seal-old-standard", "seal-missing"], guide ["seal-not-upgraded", "seal-data"], Warning, User asks CA,
        do ["seal-upgrade"], when |facts| seals(facts, Mend::Upgrade, false);
    "seal-to-upgrade-after-renewal": ["seal-old-standard", "seal-missing"], guide ["seal-not-upgraded", "seal-data"], Warning, User asks CA,
        do ["renewal-online", "seal-upgrade"], when |facts| seals(facts, Mend::Upgrade, true);
    "seal-to-renew": ["seal-expired", "seal-ends-soon", "seal-not-for-certificate"], guide ["seal-data", "seal-not-upgraded"], Warning, User asks CA,
        do ["seal-renewal"], when |facts| seals(facts, Mend::Renew, false);
    "seal-to-renew-after-renewal": ["seal-expired", "seal-ends-soon", "seal-not-for-certificate"], guide ["seal-data", "seal-not-upgraded"], Warning, User asks CA,
        do ["renewal-online", "seal-renewal"], when |facts| seals(facts, Mend::Renew, true);
    "seal-to-renew-along": ["seal-expired"], guide ["seal-data", "seal-not-upgraded"], Warning, User asks CA,
        do ["renewal-lapsed-online", "renewal-counter"], when |facts| seals(facts, Mend::RenewAlong, true);
    "seal-unusable": [], guide ["seal-data"], Warning, Ca asks CA,
        do [], when seals_unusable;

    // ── 当前用户所属机构与key信息不一致 ─────────────────────────────────────────────────────
    "account-name-differs": ["account-name-differs"], guide ["name-differs"], Fatal, Depends asks BOTH,
        do ["change"], when |facts| account_name(facts, Likeness::Different);
    "account-name-written-otherwise": ["account-name-written-otherwise"], guide ["name-differs"], Warning, Platform asks PLATFORM,
        do [], when |facts| account_name(facts, Likeness::WrittenOtherwise);

    // ── 登录提示CA未绑定或登录入口不正确 ────────────────────────────────────────────────────
    "entrance-other-role": ["entrance-other-role"], guide ["not-bound"], Fatal, User asks PLATFORM,
        do ["login"], when entrance;
    "account-not-bound": ["account-not-bound"], guide ["not-bound"], Fatal, User asks PLATFORM,
        do ["registration"], when not_bound;
    "account-bound-to-other": ["account-bound-to-other"], guide ["not-bound"], Fatal, User asks PLATFORM,
        do ["registration"], when bound_to_other;

    // ── Whatever else the doctor saw ─────────────────────────────────────────────────────────
    "doctor": [], guide [], Warning, User asks NOBODY,
        do [], when doctor;
};

/// Problems that nothing here can see: a message tells of them (`known.rs`).
pub(super) const TOLD: &[Row] = rows! {
    "host-gone": ["host-gone", "host-silent", "host-message-invalid"], guide [], Fatal, User asks NOBODY,
        do [], when unseen;
    "extension-restarted": ["extension-restarted"], guide [], Warning, User asks NOBODY,
        do [], when unseen;
    "client-not-running": ["client-not-running"], guide [], Fatal, User asks PLATFORM,
        do ["client-installation"], when unseen;
    "control-missing": ["control-missing"], guide [], Fatal, User asks PLATFORM,
        do ["client-installation"], when unseen;
    "platform-service-failed": ["platform-service-failed"], guide [], Warning, Platform asks PLATFORM,
        do [], when unseen;
    "several-tokens": ["several-tokens"], guide [], Warning, User asks NOBODY,
        do [], when unseen;
    "pin-incorrect": ["pin-incorrect"], guide [], Warning, User asks CA,
        do ["unlocking"], when unseen;
    "pin-entry": ["pin-length", "pin-required"], guide [], Warning, User asks NOBODY,
        do [], when unseen;
    "certificate-on-hold": ["certificate-on-hold"], guide [], Fatal, Ca asks CA,
        do [], when unseen;
    "certificate-not-in-key": ["certificate-not-found", "key-not-found", "certificate-unreadable"], guide [], Fatal, Ca asks CA,
        do [], when unseen;
    "certificate-of-other-kind": ["certificate-not-for-signing", "certificate-not-for-encryption",
        "algorithm-not-supported", "mechanism-missing"], guide [], Fatal, User asks CA,
        do [], when unseen;
    "issuer-not-accepted": ["issuer-not-accepted", "crl-missing"], guide [], Fatal, Platform asks BOTH,
        do [], when unseen;
    "seal-unreadable": ["seal-unreadable"], guide ["seal-data"], Warning, Ca asks CA,
        do [], when unseen;
    "sealing-failed": ["sealing-failed"], guide ["seal-data"], Warning, User asks BOTH,
        do [], when unseen;
    "decryption-failed": ["decryption-failed"], guide [], Warning, User asks BOTH,
        do [], when unseen;
    "signature-invalid": ["signature-invalid"], guide [], Warning, User asks PLATFORM,
        do [], when unseen;
    "challenge-expired": ["challenge-expired"], guide [], Warning, User asks NOBODY,
        do [], when unseen;
};

/// What is told where a message complains of something with which nothing is wrong, each with what says so.
pub(super) const IN_ORDER: &[(Row, Answers)] =
    &[(SEAL_IN_ORDER, seal_in_order), (KEY_IN_ORDER, key_in_order)];

/// Finds what answers a message.
type Answers = fn(&Case<'_>) -> Option<Found>;

const KEY_IN_ORDER: Row = Row {
    rule: "key-in-order",
    codes: &["key-in-order"],
    guide: &["key-unreadable"],
    severity: Note,
    who: User,
    contacts: PLATFORM,
    procedures: &[],
    detect: unseen,
};

const SEAL_IN_ORDER: Row = Row {
    rule: "seal-in-order",
    codes: &["seal-in-order"],
    guide: &["seal-data", "seal-not-upgraded"],
    severity: Note,
    who: Platform,
    contacts: PLATFORM,
    procedures: &[],
    detect: unseen,
};

fn unseen(_: &Case<'_>) -> Vec<Found> {
    Vec::new()
}

use Who::Platform;

/// The rows that matter while a certificate is chosen for a login: what the account says of it.
pub(super) const AT_LOGIN: &[&str] = &[
    "pin-locked-today",
    "account-name-differs",
    "account-name-written-otherwise",
    "entrance-other-role",
    "account-not-bound",
    "account-bound-to-other",
];

/// Those that matter as well where an expert logs in.
pub(super) const AT_EXPERT_LOGIN: &[&str] =
    &["certificate-ends-soon", "certificate-ends-before-use"];

// ── Browser, extension, host ─────────────────────────────────────────────────────────────────

fn browser_too_old(facts: &Case<'_>) -> Vec<Found> {
    let browser = facts.told.browser.as_ref();
    let engine = browser.and_then(|browser| browser.engine);
    let old = engine.filter(|engine| *engine < OLDEST_ENGINE);
    let found = old.map(|engine| {
        Found::of(Error::BrowserTooOld {
            version: engine.to_string(),
            needed: OLDEST_ENGINE,
        })
        .with(Name::Browser, &browser_name(facts))
    });
    found.into_iter().collect()
}

fn browser_name(facts: &Case<'_>) -> String {
    let browser = facts.told.browser.as_ref();
    cut(browser.map_or("", |browser| &browser.name))
}

/// The registration with the browser in use is fatal where the host does not come, and to be mended where it will not come
/// next time; that with another one is only worth knowing.
fn registration(facts: &Case<'_>) -> Vec<Found> {
    let mut all = Vec::new();
    for (check, problem) in facts.doctor() {
        let Some(browser) = not_started(problem) else {
            continue;
        };
        let here = is_this_browser(facts, browser);
        let found = Found::seen(problem, check).at(browser);
        match (facts.host_works(), here) {
            // The host answers here, so the doctor speaks of others. One that nobody registered is no fault.
            (true, _) if matches!(problem, Error::RegistrationMissing { .. }) => {}
            (true, true) => all.push(found.weighing(Warning)),
            (true, false) => all.push(found.weighing(Note)),
            (false, true) => all.push(found),
            (false, false) => {}
        }
    }
    all
}

/// A browser in a sandbox is the cause where it is this one that can't start the host, unless it is
/// there outside as well: then it is not known which one is meant.
fn confined(facts: &Case<'_>) -> Vec<Found> {
    let mut all = Vec::new();
    for (check, problem) in facts.doctor() {
        let Error::BrowserConfined { browser, .. } = problem else {
            continue;
        };
        let is_outside = facts.doctor().any(|(check, problem)| {
            not_started(problem) == Some(browser) && check.state == CheckState::Failed
        });
        let found = Found::seen(problem, check).at(&check.subject);
        match (facts.host_works(), is_this_browser(facts, browser)) {
            (true, _) => all.push(found.weighing(Note)),
            (false, true) if is_outside => all.push(found.weighing(Warning)),
            (false, true) => all.push(found),
            (false, false) => {}
        }
    }
    all
}

/// The browser that starts no host, or not the right one, for want of a registration or a program.
fn not_started(problem: &Error) -> Option<&String> {
    match problem {
        Error::RegistrationMissing { browser, .. }
        | Error::RegistrationBroken { browser, .. }
        | Error::HostProgramMissing { browser, .. }
        | Error::HostProgramBlocked { browser, .. } => Some(browser),
        _ => None,
    }
}

fn is_this_browser(facts: &Case<'_>, told: &str) -> bool {
    let here = browser_name(facts).to_lowercase();
    let told = told.to_lowercase();
    here.is_empty() || told.contains(&here) || here.contains(&told)
}

fn host(facts: &Case<'_>, is: impl Fn(&Error) -> bool) -> Vec<Found> {
    let Some(problem) = facts.host_problem().filter(|problem| is(problem)) else {
        return Vec::new();
    };
    // Its cause, where the doctor ran elsewhere.
    let unregistered = matches!(problem, Error::HostMissing {} | Error::HostGone {})
        && !(registration(facts).is_empty() && confined(facts).is_empty());
    if unregistered {
        return Vec::new();
    }
    let mut found = Found::of(problem.clone());
    if !browser_name(facts).is_empty() {
        found = found.with(Name::Browser, &browser_name(facts));
    }
    vec![found]
}

fn site_not_allowed(facts: &Case<'_>) -> Vec<Found> {
    let extension = facts.told.extension.as_ref();
    let refused = extension.filter(|known| known.site_allowed == Some(false));
    let found = refused.map(|known| {
        let portal = SITES.first().map_or("", |site| site.origin);
        let origin = known.site.as_deref().unwrap_or(portal);
        Found::of(Error::SiteNotAllowed {
            origin: cut(origin),
        })
    });
    found.into_iter().collect()
}

fn clock_wrong(facts: &Case<'_>) -> Vec<Found> {
    let found = facts.clock_behind.map(|known| {
        let found = Found::of(Error::ClockWrong {
            now: facts.clock.to_string(),
            known: known.to_string(),
        });
        if is_far(facts.clock, known) {
            found.weighing(Fatal)
        } else {
            found
        }
    });
    found.into_iter().collect()
}

// ── Modules and keys ─────────────────────────────────────────────────────────────────────────

fn doctor_says(facts: &Case<'_>, code: &str) -> Vec<Found> {
    let all = facts.doctor().filter(|(_, problem)| problem.code() == code);
    all.map(|(check, problem)| Found::seen(problem, check))
        .collect()
}

/// What the doctor says of keys that can't be read. Beside one that is read it matters less; the
/// service of readers then not at all, for not every key needs it.
fn unread(facts: &Case<'_>, code: &str) -> Vec<Found> {
    let found = doctor_says(facts, code);
    match (facts.reads_keys(), code) {
        (false, _) => found,
        (true, "reader-service-off") => Vec::new(),
        (true, _) => found.into_iter().map(|one| one.weighing(Warning)).collect(),
    }
}

/// Whether the doctor knows why no key is read.
fn is_explained(facts: &Case<'_>) -> bool {
    !unread(facts, "reader-service-off").is_empty()
        || !unread(facts, "key-without-driver").is_empty()
}

/// Of a driver that the listing still waits for the doctor knows more.
fn modules(facts: &Case<'_>) -> Vec<Found> {
    let broken = facts.modules().unwrap_or_default().iter();
    let examined = |name: &str| {
        let mut all = facts.doctor();
        all.find(|(check, _)| check.kind == CheckKind::Module && check.subject == name)
            .map(|(_, problem)| problem.clone())
    };
    broken
        .filter_map(|module| {
            let problem = match module.problem.clone()? {
                slow @ Error::ModuleSlow { .. } => examined(&module.name).unwrap_or(slow),
                problem => problem,
            };
            let slow = matches!(problem, Error::ModuleSlow { .. });
            let found = Found::of(problem)
                .at(&module.name)
                .with(Name::LibraryFile, &cut(&module.path));
            Some(match (slow, facts.reads_keys() || is_explained(facts)) {
                (true, _) => found.weighing(Note),
                (false, true) => found.weighing(Warning),
                (false, false) => found,
            })
        })
        .collect()
}

fn has_no_key(facts: &Case<'_>) -> bool {
    facts.host_works() && facts.listed && facts.keys.is_empty()
}

fn no_module(facts: &Case<'_>) -> Vec<Found> {
    let told = matches!(facts.host_problem(), Some(Error::NoModule {}));
    let none = facts.host_works() && facts.modules().is_some_and(<[_]>::is_empty);
    let found = (told || none) && !facts.reads_keys() && !is_explained(facts);
    found
        .then(|| Found::of(Error::NoModule {}))
        .into_iter()
        .collect()
}

fn no_token(facts: &Case<'_>) -> Vec<Found> {
    let told = matches!(facts.host_problem(), Some(Error::NoToken {}));
    let none = has_no_key(facts)
        && facts
            .modules()
            .is_none_or(|all| !all.is_empty() && all.iter().all(|module| module.problem.is_none()));
    let found = (told || none) && !is_explained(facts);
    let modules = facts.modules().unwrap_or_default().iter();
    let names: Vec<String> = modules.map(|module| cut(&module.name)).collect();
    let found = found.then(|| {
        let found = Found::of(Error::NoToken {});
        if names.is_empty() {
            found
        } else {
            found.with(Name::DriversTried, &names.join("、"))
        }
    });
    found.into_iter().collect()
}

fn token(facts: &Case<'_>, is: impl Fn(&Error) -> bool) -> Vec<Found> {
    facts
        .keys()
        .filter_map(|key| {
            let problem = key.view().problem.as_ref().filter(|problem| is(problem))?;
            Some(Found::in_key(problem.clone(), key))
        })
        .collect()
}

// ── PIN ──────────────────────────────────────────────────────────────────────────────────────

fn locked(facts: &Case<'_>, expert: bool) -> Vec<Found> {
    facts
        .keys()
        .filter(|key| key.view().problem == Some(Error::PinLocked {}))
        .filter(|key| facts.is_expert(key) == expert)
        .map(|key| Found::in_key(Error::PinLocked {}, key))
        .collect()
}

fn last_try(facts: &Case<'_>) -> Vec<Found> {
    let last = |key: &&Key| {
        let pin = key.view().pin;
        pin.state == PinState::Final || (pin.state != PinState::Locked && pin.left == Some(1))
    };
    let keys = facts.keys().filter(last);
    keys.map(|key| Found::in_key(Error::PinLastTry {}, key))
        .collect()
}

fn initial_pin(facts: &Case<'_>) -> Vec<Found> {
    let keys = facts.keys().filter(|key| key.view().initial_pin);
    keys.map(|key| Found::in_key(Error::PinInitial {}, key))
        .collect()
}

// ── Certificates ─────────────────────────────────────────────────────────────────────────────

fn with_expired(
    facts: &Case<'_>,
    tell: impl Fn(Own<'_>, Option<&Key>, String) -> Option<Found>,
) -> Vec<Found> {
    facts
        .own()
        .filter_map(|own| match &own.view.problem {
            Some(Error::CertificateExpired { date }) => {
                tell(own, facts.valid_beside(own), date.clone())
            }
            _ => None,
        })
        .collect()
}

/// The only one of its holder: it is renewed. Of several that ended, the last.
fn expired(facts: &Case<'_>) -> Vec<Found> {
    with_expired(facts, |own, valid, date| {
        (valid.is_none() && own.view.renewable).then(|| {
            Found::of_certificate(Error::CertificateExpired { date }, own).ordering(
                facts,
                own,
                Service::Renewal,
            )
        })
    })
}

/// Not to be renewed: that is done already.
fn expired_beside_valid(facts: &Case<'_>) -> Vec<Found> {
    with_expired(facts, |own, valid, date| {
        let same = valid.is_some_and(|key| key.token().token == own.key.token().token);
        same.then(|| Found::of_certificate(Error::ExpiredBesideValid { date }, own))
    })
}

fn renewed_elsewhere(facts: &Case<'_>) -> Vec<Found> {
    with_expired(facts, |own, valid, date| {
        let key = valid.filter(|key| key.token().token != own.key.token().token)?;
        let error = Error::CertificateExpired { date };
        let found = Found::of_certificate(error, own);
        Some(found.with(Name::ValidIn, &key.name()))
    })
}

fn unusable(facts: &Case<'_>, is: impl Fn(&Error) -> bool) -> Vec<Found> {
    let keys = facts.keys().filter(|key| key.view().problem.is_none());
    keys.flat_map(|key| key.view().certificates.iter().map(move |view| (key, view)))
        .filter_map(|(key, view)| {
            let problem = view.problem.as_ref()?;
            // What every key holds beside the holder's own.
            let normal = matches!(
                problem,
                Error::CertificateNotForSigning {} | Error::CertificateIsCa {}
            );
            let told = !normal && is(problem);
            told.then(|| {
                Found::in_certificate(problem.clone(), key, &view.certificate, &view.holder)
            })
        })
        .collect()
}

/// By a list that was told of, or by the doctor.
fn revoked(facts: &Case<'_>) -> Vec<Found> {
    let listed = facts.current().filter_map(|own| {
        let error = facts.revoked(own)?.clone();
        Some(Found::of_certificate(error, own))
    });
    let mut found: Vec<Found> = listed.collect();
    if found.is_empty() {
        found = doctor_says(facts, "certificate-revoked");
    }
    found
}

fn partner_missing(facts: &Case<'_>) -> Vec<Found> {
    facts
        .keys()
        .filter_map(|key| {
            let half = key.halves().next()?;
            let found = Found::in_key(Error::PartnerMissing {}, key);
            Some(found.with(Name::EncryptionCertificate, &visible(&half.holder())))
        })
        .collect()
}

/// Several that are valid and of one kind: an RSA certificate beside one of SM2 is no question.
fn several_certificates(facts: &Case<'_>) -> Vec<Found> {
    facts
        .keys()
        .filter_map(|key| {
            let valid: Vec<Own<'_>> = key.own().filter(|own| own.view.problem.is_none()).collect();
            let alike = |own: &Own<'_>| {
                valid
                    .iter()
                    .filter(|other| other.view.algorithm == own.view.algorithm)
                    .count()
            };
            let count = valid.iter().map(alike).max().filter(|count| *count > 1)?;
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let mut found = Found::in_key(Error::SeveralCertificates { count }, key);
            found.only = None;
            for own in valid {
                let ends = words::day(own.certificate.not_after(), Locale::ZhCn);
                let value = format!("{}（{ends}到期）", own.view.holder);
                found = found.with(Name::Certificate, &value);
            }
            Some(found)
        })
        .collect()
}

fn issuer_refused(facts: &Case<'_>) -> Vec<Found> {
    let all = facts.current().filter_map(|own| match &own.view.trust {
        TrustView::Refused { finding } => Some((own, finding)),
        _ => None,
    });
    all.map(|(own, finding): (_, &Finding)| {
        Found::of_certificate(finding.error.clone(), own).with(Name::Issuer, &own.view.issuer)
    })
    .collect()
}

/// The demo key's issuer is never known.
fn issuer_unknown(facts: &Case<'_>) -> Vec<Found> {
    facts
        .current()
        .filter(|own| !own.key.token().demo)
        .filter_map(|own| match &own.view.trust {
            TrustView::Unknown { finding }
                if matches!(finding.error, Error::IssuerUnknown { .. }) =>
            {
                Some(Found::of_certificate(finding.error.clone(), own))
            }
            _ => None,
        })
        .collect()
}

/// The certificates that end and are not renewed yet, with the days left.
fn ending<'f>(facts: &'f Case<'_>) -> impl Iterator<Item = (Own<'f>, i32)> {
    facts
        .current()
        .filter(|own| own.view.problem.is_none() && facts.valid_beside(*own).is_none())
        .map(|own| (own, own.view.days_left))
}

/// 90 and 60 days before it is worth knowing, 30 and 7 days before it is time.
fn ends_soon(facts: &Case<'_>) -> Vec<Found> {
    let soon = ending(facts).filter(|(_, days)| *days <= 90);
    let mut found: Vec<(i32, Found)> = soon
        .map(|(own, days)| {
            let date = own.view.not_after.clone();
            let found = Found::of_certificate(Error::CertificateEndsSoon { days, date }, own)
                .ordering(facts, own, Service::Renewal)
                .remembering(facts, own);
            (
                days,
                if days <= 30 {
                    found.weighing(Warning)
                } else {
                    found
                },
            )
        })
        .collect();
    found.sort_by_key(|(days, _)| *days);
    found.into_iter().map(|(_, found)| found).collect()
}

/// Experts are called about as often next year: told when a portal says that one logs in.
fn ends_before_use(facts: &Case<'_>) -> Vec<Found> {
    let ends =
        ending(facts).filter(|(_, days)| facts.logs_in_as_expert() && (91..=365).contains(days));
    ends.map(|(own, _)| {
        let date = own.view.not_after.clone();
        Found::of_certificate(Error::CertificateEndsBeforeUse { date }, own).remembering(facts, own)
    })
    .collect()
}

// ── Seals ────────────────────────────────────────────────────────────────────────────────────

fn seals(facts: &Case<'_>, mend: Mend, renew_first: bool) -> Vec<Found> {
    let all = facts.seals().into_iter();
    all.filter(|trouble| trouble.mend == mend && trouble.renew_first == renew_first)
        .map(|trouble| {
            let service = match mend {
                // It is paid for with its certificate, which is told beside it.
                Mend::RenewAlong => None,
                _ if renew_first => Some(Service::Renewal),
                Mend::Upgrade => Some(Service::SealUpgrade),
                Mend::Renew | Mend::Ask => Some(Service::SealRenewal),
            };
            let of = trouble.of;
            let found = seal(trouble);
            match service {
                Some(service) => found.ordering(facts, of, service),
                None => found,
            }
        })
        .collect()
}

fn seals_unusable(facts: &Case<'_>) -> Vec<Found> {
    let all = facts.seals().into_iter();
    all.filter(|trouble| trouble.mend == Mend::Ask)
        .map(seal)
        .collect()
}

fn seal(trouble: SealTrouble<'_>) -> Found {
    let mut found = with_seals(Found::of_certificate(trouble.error, trouble.of), trouble.of);
    if trouble.unsure {
        found.own = Some(Note);
    }
    found
}

/// The seals of the key, and how long the certificate lasts.
fn with_seals(found: Found, of: Own<'_>) -> Found {
    let mut found = found.with(Name::DaysLeft, &of.view.days_left.to_string());
    for seal in &of.key.view().seals {
        let ends = UnixTime::parse(&seal.valid_until);
        let ends = ends.map_or_else(String::new, |ends| words::day(ends, Locale::ZhCn));
        let value = format!("{}（{}，{ends}到期）", seal.name, seal.standard);
        found = found.with(Name::Seal, &value);
    }
    found
}

/// What answers a message about seals where none is to be mended: the one that lasts longest.
fn seal_in_order(facts: &Case<'_>) -> Option<Found> {
    let all = facts.seals_in_order().into_iter();
    let (of, seal) = all.max_by_key(|(_, seal)| seal.days_left)?;
    let date = seal.valid_until.clone();
    let mut found = with_seals(Found::of_certificate(Error::SealInOrder { date }, of), of);
    found.severity = Note;
    found.name_key(facts);
    Some(found)
}

/// What answers a message that no key can be read, where one is: the certificate in it that lasts longest.
fn key_in_order(facts: &Case<'_>) -> Option<Found> {
    let usable = |own: &Own<'_>| own.view.problem.is_none() && own.key.view().problem.is_none();
    let all = facts.own().filter(usable);
    let of = all.max_by_key(|own| own.view.days_left)?;
    let mut found = Found::of_certificate(Error::KeyInOrder {}, of);
    found.severity = Note;
    found.name_key(facts);
    Some(found)
}

// ── Account ──────────────────────────────────────────────────────────────────────────────────

/// The names of certificate and account, where none of the certificates has the account's.
fn account_name(facts: &Case<'_>, likeness: Likeness) -> Vec<Found> {
    let account = facts.told.account.as_ref();
    let name = account.and_then(|account| account.name.as_deref());
    let Some(account) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Vec::new();
    };
    // Of several keys the one that is nearly right: people have their unit's key and their own in together.
    let rank = |comparison: &Comparison| {
        let pieces = comparison.certificate.iter().chain(&comparison.account);
        let other = pieces.filter(|piece| !piece.same);
        let letters: usize = other.map(|piece| piece.text.chars().count()).sum();
        (comparison.likeness, letters)
    };
    let all = facts.coming().flat_map(|own| {
        let unit = own.view.organization.as_deref();
        [Some(own.view.holder.as_str()), unit]
            .into_iter()
            .flatten()
            .map(move |name| (own, name, compare(name, account)))
            .collect::<Vec<_>>()
    });
    let best = all.min_by_key(|(_, _, comparison)| rank(comparison));
    let Some((own, name, comparison)) = best.filter(|best| best.2.likeness == likeness) else {
        return Vec::new();
    };
    let (certificate, account) = (cut(name), cut(account));
    let error = if likeness == Likeness::WrittenOtherwise {
        Error::AccountNameWrittenOtherwise {
            certificate: certificate.clone(),
            account: account.clone(),
        }
    } else {
        Error::AccountNameDiffers {
            certificate: certificate.clone(),
            account: account.clone(),
        }
    };
    let mut found = Found::of(error)
        .with(Name::CertificateName, &certificate)
        .with(Name::AccountName, &account)
        .with(Name::Key, &own.key.name())
        .told_by(facts);
    found.names = Some(comparison);
    vec![found]
}

/// Purchasers' people share an entrance.
fn entrance_of(role: Role) -> Role {
    match role {
        Role::PurchaserRepresentative | Role::PurchaserSupervisor => Role::Purchaser,
        other => other,
    }
}

fn entrance(facts: &Case<'_>) -> Vec<Found> {
    // Only an expert's certificate tells a role.
    let mut coming = facts.coming().peekable();
    let expert = coming.peek().is_some() && coming.all(|own| own.view.kind == HolderKind::Expert);
    let role = facts.role.or(expert.then_some(Role::Expert));
    let (Some(role), Some(taken)) = (role, facts.entrance) else {
        return Vec::new();
    };
    if entrance_of(role) == entrance_of(taken) {
        return Vec::new();
    }
    let names = [role.name(), taken.name()];
    let error = Error::EntranceOtherRole {
        role: names[0].zh.clone(),
    };
    vec![
        Found::of(error)
            .with(Name::AccountRole, &names[0].zh)
            .with(Name::Entrance, &names[1].zh)
            .told_by(facts),
    ]
}

fn not_bound(facts: &Case<'_>) -> Vec<Found> {
    let account = facts.told.account.as_ref();
    let unbound = account.is_some_and(|account| account.bound == Some(false));
    let found = unbound.then(|| Found::of(Error::AccountNotBound {}).told_by(facts));
    found.into_iter().collect()
}

fn bound_to_other(facts: &Case<'_>) -> Vec<Found> {
    let account = facts.told.account.as_ref();
    let Some(bound) = account.and_then(|account| account.certificate.as_deref()) else {
        return Vec::new();
    };
    let is_bound = |own: &Own<'_>| own.view.certificate.eq_ignore_ascii_case(bound);
    // One that ended and is still bound is the renewed one's predecessor.
    let usable = |own: &Own<'_>| own.view.problem.is_none();
    if bound.is_empty() || facts.own().filter(usable).any(|own| is_bound(&own)) {
        return Vec::new();
    }
    let Some(own) = facts.coming().find(usable) else {
        return Vec::new();
    };
    let holder = own.view.holder.clone();
    let found = Found::of(Error::AccountBoundToOther { holder })
        .with(Name::Key, &own.key.name())
        .with(Name::SerialNumber, &own.view.serial)
        .with(Name::BoundCertificate, &cut(bound))
        .told_by(facts);
    let elsewhere = facts
        .keys
        .iter()
        .find(|key| key.own().any(|own| is_bound(&own)));
    vec![match elsewhere {
        Some(key) => found.with(Name::BoundIn, &key.name()),
        None => found,
    }]
}

// ── The doctor ───────────────────────────────────────────────────────────────────────────────

/// What no row looks for itself. Of keys that are listed the rows know more than the doctor.
fn doctor(facts: &Case<'_>) -> Vec<Found> {
    let has_row = |problem: &Error| ROWS.iter().any(|row| row.codes.contains(&problem.code()));
    let own = [
        "browser-confined",
        "registration-missing",
        "registration-broken",
        "host-program-missing",
        "host-program-blocked",
        "reader-service-off",
        "key-without-driver",
        "several-hosts",
        "blocked-by-policy",
    ];
    facts
        .doctor()
        .filter(|(_, problem)| !own.contains(&problem.code()))
        .filter(|(_, problem)| !facts.listed || !has_row(problem))
        .filter(|(check, _)| !matches!(check.state, CheckState::Skipped | CheckState::Ok))
        .map(|(check, problem)| {
            let found = Found::seen(problem, check).at(&check.subject);
            if check.state == CheckState::Failed {
                found
            } else {
                found.weighing(Note)
            }
        })
        .collect()
}

// ── What is told of what was found ───────────────────────────────────────────────────────────

impl Found {
    fn of(error: Error) -> Self {
        Self {
            error,
            severity: Fatal,
            own: None,
            place: None,
            key: None,
            ends: None,
            only: None,
            about: None,
            evidence: Vec::new(),
            order: None,
            names: None,
            calendar: None,
            elsewhere: false,
        }
    }

    /// By the doctor.
    fn seen(error: &Error, check: &Check) -> Self {
        let mut found = Self::of(error.clone());
        for seen in check.evidence.iter().take(MAX_EVIDENCE) {
            found = found.with(seen.name, &cut(&seen.value));
        }
        found
    }

    fn in_key(error: Error, key: &Key) -> Self {
        let mut found = Self::of(error).at(&key.token().token);
        found.only = Some((key.token().token.clone(), None));
        let found = found.with(Name::Key, &key.name());
        match key.other_authority() {
            Some(name) => Self {
                elsewhere: true,
                ..found.with(Name::Issuer, &name.zh)
            },
            None => found,
        }
    }

    fn in_certificate(error: Error, key: &Key, sha: &str, holder: &str) -> Self {
        let mut found = Self::in_key(error, key);
        found.only = Some((key.token().token.clone(), Some(sha.into())));
        found.about = Some(About {
            certificate: sha.into(),
            holder: holder.into(),
        });
        found.with(Name::Certificate, holder)
    }

    pub(super) fn of_certificate(error: Error, own: Own<'_>) -> Self {
        let ends = own.certificate.not_after();
        let mut found =
            Self::in_certificate(error, own.key, &own.view.certificate, &own.view.holder);
        found.ends = Some((own.view.days_left, ends));
        found.with(Name::ValidUntil, &day(ends))
    }

    fn at(mut self, place: &str) -> Self {
        self.place = Some(cut(place));
        self
    }

    fn with(mut self, name: Name, value: &str) -> Self {
        self.evidence.push(Evidence {
            name: name.bilingual(),
            value: value.into(),
        });
        self
    }

    /// Which account is meant.
    fn told_by(self, facts: &Case<'_>) -> Self {
        let account = facts.told.account.as_ref();
        match account.and_then(|known| known.site.as_deref()) {
            Some(site) => self.with(Name::Site, &cut(site)),
            None => self,
        }
    }

    fn weighing(mut self, severity: Severity) -> Self {
        self.own = Some(severity);
        self
    }

    fn ordering(mut self, facts: &Case<'_>, own: Own<'_>, service: Service) -> Self {
        self.order = Some(Order::of(facts, own, service));
        self
    }

    fn remembering(mut self, facts: &Case<'_>, own: Own<'_>) -> Self {
        let ends = own.certificate.not_after();
        self.calendar = Some(calendar_entry(&own.view.holder, ends, facts.now));
        self
    }

    /// Names the key, where neither holder nor number tells it.
    pub fn name_key(&mut self, facts: &Case<'_>) {
        let holder = self.about.as_ref().map(|about| about.holder.as_str());
        let key = self.place.as_deref();
        self.key = key.and_then(|place| facts.key_named(place, holder));
    }

    /// Settles the weight: nothing is fatal beside another key or certificate that works.
    pub fn weigh(&mut self, row: Severity, facts: &Case<'_>) {
        self.severity = self.own.unwrap_or(row);
        if let (Fatal, Some((token, certificate))) = (self.severity, &self.only)
            && facts.works_without(token, certificate.as_deref())
        {
            self.severity = Warning;
        }
    }

    pub fn says_the_same(&self, other: &Self) -> bool {
        self.error == other.error && self.place == other.place && self.only == other.only
    }
}

impl Order {
    /// A service for a certificate, with the seals that it has.
    pub(super) fn of(facts: &Case<'_>, own: Own<'_>, service: Service) -> Self {
        Self {
            certificate: Base64(own.certificate.der().to_vec()),
            now: facts.now.to_string(),
            role: facts.role.map(Role::word),
            service: service.word(),
            // A key may hold seals where nobody can read them: most certificates have one.
            seals: seals_of(facts.keys, &own.view.certificate).max(1),
        }
    }
}

/// Pieces of evidence that are taken of a check.
const MAX_EVIDENCE: usize = 16;

pub(super) fn cut(text: &str) -> String {
    visible(text)
        .chars()
        .take(MAX_NAME_CHARS as usize)
        .collect()
}

/// The day in China, `2026-11-22`.
fn day(time: UnixTime) -> String {
    time.in_china().chars().take(10).collect()
}
