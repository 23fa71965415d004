//! The doctor's checks, as the advice weighs them: it alone says how much weighs what was found, and what needs nothing
//! of anybody.

use super::Advised;
use super::rules::cut;
use yinxin_proto::doctor::{Check, CheckKind, CheckState};
use yinxin_proto::token::Token;
use yinxin_proto::{Error, Severity};

/// Weighs the checks: each as the gravest finding about the same thing, else as nothing that has to be done. What the
/// advice was not asked about stays as it was seen.
pub(crate) fn weigh(checks: &mut [Check], tokens: &[Token], findings: &[Advised]) {
    for at in 0..checks.len() {
        let (before, [check, ..]) = checks.split_at_mut(at) else {
            return;
        };
        let token = is_of_key(check).then(|| key_of(check, before, tokens));
        let told = findings.iter().filter(|one| match token {
            Some(token) => {
                token.is_some()
                    && one.finding.place.as_deref() == token
                    && kind_of(one.rule) == check.kind
            }
            None => is_about(one, check),
        });
        let worst = told.min_by_key(|one| one.finding.severity);
        let silence_tells = token != Some(None)
            && !matches!(
                check.kind,
                CheckKind::Browser
                    | CheckKind::Extension
                    | CheckKind::Site
                    | CheckKind::Bridge
                    | CheckKind::Host
                    | CheckKind::Configuration
                    | CheckKind::Module
            );
        check.state = match (worst.map(|one| one.finding.severity), check.state) {
            (Some(Severity::Fatal), _) => CheckState::Failed,
            (Some(Severity::Warning), _) => CheckState::Warning,
            (None, state) if !silence_tells => state,
            (_, CheckState::Ok) => CheckState::Ok,
            _ => CheckState::Skipped,
        };
        if let Some(worst) = worst {
            check.problem = Some(worst.finding.error.clone());
        }
    }
}

/// Whether a finding that is of no key is about what a check looked at. Of a driver the listing may say otherwise than the
/// doctor.
fn is_about(one: &Advised, check: &Check) -> bool {
    let code = check.problem.as_ref().map(Error::code);
    let here = one
        .finding
        .place
        .as_deref()
        .is_none_or(|place| place == cut(&check.subject));
    let of_module = check.kind == CheckKind::Module && one.rule == "module";
    here && (of_module || code == Some(one.finding.error.code()))
}

/// The check of a key in which a row's findings belong.
fn kind_of(rule: &str) -> CheckKind {
    match rule.split('-').next() {
        Some("token" | "pin") => CheckKind::Key,
        Some("issuer") => CheckKind::Chain,
        Some("seal") => CheckKind::Seals,
        _ => CheckKind::Certificates,
    }
}

fn is_of_key(check: &Check) -> bool {
    let kind = matches!(
        check.kind,
        CheckKind::Key | CheckKind::Certificates | CheckKind::Chain | CheckKind::Seals
    );
    kind && check.subject != NOBODY
}

/// The `token` of the key that a check is of, if it is still there. Keys may have one label: they were examined in the
/// order in which they are listed.
fn key_of<'t>(check: &Check, before: &[Check], tokens: &'t [Token]) -> Option<&'t str> {
    let same = |one: &&Check| one.kind == check.kind && one.subject == check.subject;
    let alike = tokens.iter().filter(|token| {
        token.label == check.subject
            && (check.kind == CheckKind::Key || token.problem.is_none())
            && (check.kind != CheckKind::Chain || !token.certificates.is_empty())
    });
    let mut rest = alike.skip(before.iter().filter(same).count());
    rest.next().map(|token| token.token.as_str())
}

/// The subject of a check that found nothing to look at.
const NOBODY: &str = "-";
