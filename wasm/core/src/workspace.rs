//! The machine behind the user's own pages, workspace and popup: everything that is known goes in at each change,
//! everything that they show comes out. No I/O.
//!
//! The keys are read and judged when they, the anchors or the minute have changed; the pages' views, advice, procedures,
//! renewals and the doctor's checks all stand on that one judgement.

mod chain;
mod renewal;
#[cfg(test)]
mod tests;

pub use renewal::Renewal;

use crate::advice::checks::weigh;
use crate::advice::{
    Advice, Case, Guide, GuideProcedure, Situation, Whom, advise_on, procedures_on,
};
use crate::keys::{self, Key};
use serde::{Deserialize, Serialize};
use yinxin_fees::{Contact, Tariff};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::{Anchor, anchor_view, national};
use yinxin_proto::Base64;
use yinxin_proto::consent::{AnchorView, RenewalOrder, WorkspaceView};
use yinxin_proto::doctor::{Check, CheckKind};
use yinxin_proto::limits::MAX_ANCHORS;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::Token;

/// Everything that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The host has not answered yet: there is no advice then.
    pub looking: bool,
    /// Host, keys, browser, account, what the doctor saw, a pasted message.
    pub situation: Situation,
    /// Trust anchors that were added.
    pub anchors: Vec<Added>,
    /// How the user wants the renewal of some certificates, by their SHA-256.
    pub orders: Vec<(String, RenewalOrder)>,
    /// What the doctor looked at, the extension's own checks with it; none before an examination.
    pub checks: Vec<Check>,
}

/// A trust anchor that was added.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "AddedAnchor"))]
pub struct Added {
    /// The certificate, DER in Base64.
    pub certificate: Base64,
    /// By an administrator.
    pub managed: bool,
}

/// Everything that the pages show.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "WorkspaceShown", optional_fields)
)]
pub struct Shown<'t> {
    /// Host, keys and anchors.
    pub view: WorkspaceView,
    /// A quote for each certificate that its holder renews.
    pub renewals: Vec<Renewal<'t>>,
    /// What is wrong, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// The ways to get something done; they come with the advice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procedures: Option<Vec<GuideProcedure>>,
    /// The checks that are known, as the advice weighs them, with those of the issuers in their place.
    pub checks: Vec<Check>,
    /// Whom to ask, and who wants the doctor's report: the platform for the computer, the CA for keys.
    pub support: Vec<Contact>,
    /// Messages of the platform that the users' guide explains, to choose from.
    pub messages: Vec<String>,
}

/// The machine. It keeps the keys, read and judged.
#[derive(Debug, Default)]
pub struct Workspace {
    read: Option<Read>,
}

/// Keys and anchors, read, with what they were read from.
#[derive(Debug)]
struct Read {
    tokens: Vec<Token>,
    added: Vec<Added>,
    at: UnixTime,
    keys: Vec<Key>,
    anchors: Vec<Anchor>,
    anchor_views: Vec<AnchorView>,
}

impl Workspace {
    /// What the pages show of what is known.
    pub fn show<'t>(
        &mut self,
        known: Known,
        guide: &Guide,
        tariff: &'t Tariff,
        now: UnixTime,
    ) -> Shown<'t> {
        let Known {
            looking,
            mut situation,
            anchors: added,
            orders,
            mut checks,
        } = known;
        let host = situation.host.clone().unwrap_or_default();
        // Without the host nothing is known of keys and drivers.
        if host.problem.is_some() {
            (situation.tokens, situation.modules) = (None, None);
        }
        pass(&mut situation, national::LISTED_ON);
        let listed = situation.tokens.is_some();
        let tokens = situation.tokens.take().unwrap_or_default();
        let read = self.read.take();
        let read = read.filter(|read| read.is_of(&tokens, &added, now));
        let read = read.unwrap_or_else(|| Read::of(tokens, added, now));
        let Read { keys, anchors, .. } = &read;
        let mut shown = Shown {
            view: WorkspaceView {
                extension: situation
                    .extension
                    .as_ref()
                    .and_then(|extension| extension.version.clone())
                    .unwrap_or_default(),
                host: host.version,
                problem: host.problem,
                looking,
                tokens: keys::views(keys),
                modules: situation.modules.clone().unwrap_or_default(),
                national: u32::try_from(national::anchors().count()).unwrap_or(u32::MAX),
                national_listed: national::LISTED_ON.into(),
                anchors: read.anchor_views.clone(),
                // Nothing that is judged: the background puts it in.
                anchor_news: None,
            },
            renewals: renewal::renewals(keys, &orders, tariff, now),
            advice: None,
            procedures: None,
            checks: Vec::new(),
            support: guide.contacts(&[Whom::Platform, Whom::Ca], tariff),
            messages: guide
                .problems
                .iter()
                .map(|problem| problem.heading.clone())
                .collect(),
        };
        if !checks.is_empty() {
            // The host's word for the issuers knows no anchors that were added.
            checks.retain(|check| check.kind != CheckKind::Chain);
            checks.extend(chain::checks(&shown.view.tokens));
            checks.sort_by_key(|check| check.kind);
        }
        if !looking {
            let at = situation.now(now);
            // Advice of a computer whose clock is behind is for the time that has surely passed.
            let later = (at != now).then(|| keys::read(read.tokens.clone(), anchors, at));
            let keys = listed.then_some(later.as_ref().unwrap_or(keys));
            let facts = Case::of(&situation, keys.map(Vec::as_slice), anchors, tariff, now);
            shown.procedures = Some(procedures_on(&facts, guide, tariff));
            let advice = advise_on(facts, guide, tariff);
            weigh(&mut checks, &read.tokens, &advice.findings);
            shown.advice = Some(advice);
        }
        shown.checks = checks;
        self.read = Some(read);
        shown
    }
}

impl Read {
    fn of(tokens: Vec<Token>, added: Vec<Added>, at: UnixTime) -> Self {
        let mut anchor_views = Vec::new();
        let mut anchors = Vec::new();
        for one in added.iter().take(MAX_ANCHORS as usize) {
            // What was kept and can't be read is told where it is kept.
            if let Ok(certificate) = Certificate::from_der(one.certificate.0.clone()) {
                anchor_views.push(anchor_view(&certificate, one.managed, at));
                anchors.push(Anchor::from(certificate));
            }
        }
        Self {
            keys: keys::read(tokens.clone(), &anchors, at),
            tokens,
            added,
            at,
            anchors,
            anchor_views,
        }
    }

    fn is_of(&self, tokens: &[Token], added: &[Added], now: UnixTime) -> bool {
        let holds = self.at <= now && now < self.at.plus(JUDGED_FOR);
        holds && self.tokens == tokens && self.added == added
    }
}

/// A time that has surely passed, unless a later one is known already.
fn pass(situation: &mut Situation, passed: &str) {
    let known = situation.known_time.as_deref().and_then(UnixTime::parse);
    if known < UnixTime::parse(passed) {
        situation.known_time = Some(passed.into());
    }
}

/// Seconds for which a judgement holds: by then a certificate may have ended.
const JUDGED_FOR: i64 = 60;
