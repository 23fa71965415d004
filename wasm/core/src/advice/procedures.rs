//! Ways to get something done, as the users' guide has them: who may take one, what to bring, the steps,
//! what it costs. None is taken in this product. What it can see in keys and of the account is ticked.

use super::Order;
use super::facts::Case;
use super::guide::{Guide, Watched};
use super::rules::cut;
use super::situation::Situation;
use crate::keys::{self, Key, Own};
use crate::order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use yinxin_fees::{
    CertificateOrder, Contact, Fen, Item, NoteKind, Number, Range, Role, Service, Step, Tariff,
    TermCost, Way, When,
};
use yinxin_pki::trust::Anchor;
use yinxin_proto::consent::SealView;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_proto::token::PinState;
use yinxin_proto::{Error, Locale, words};

/// Where a procedure is done: `ask` where the users' guide does not say how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Where {
    /// In the CA's online hall, and in its assistant.
    Online,
    /// At a counter of the CA.
    Counter,
    /// On the platform's pages.
    Platform,
    /// On the user's computer.
    Machine,
    /// The guide does not say: ask.
    Ask,
}

/// What the machine can see of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// A driver for keys works. The platform's client brings one along; itself it is not seen.
    DriverWorks,
    /// A key is inserted, and can be read.
    KeyRead,
    /// Its certificate is valid.
    CertificateValid,
    /// There was an earlier one of the same holder, or it began lately.
    CertificateRenewed,
    /// It lasts as long as an upgrade of its seal asks for.
    CertificateLasts,
    /// It has a valid seal by the national standard.
    SealNational,
    /// Such a seal ends with the certificate.
    SealLasts,
    /// The same, of a certificate that was renewed.
    SealRenewed,
    /// The PIN is not locked.
    PinUnlocked,
    /// The certificate is bound to the account, as the platform says.
    Bound,
}

/// A way to get something done. None is taken in this product.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct GuideProcedure {
    /// Names it.
    pub id: String,
    /// The services of an order that it fulfils: what `quote` prices.
    pub services: Vec<Service>,
    /// Where.
    pub way: Where,
    /// For this state of the certificate only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Who may take it; everybody, if it is empty.
    pub roles: Vec<Role>,
    /// Who among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Bilingual>,
    /// What it is called.
    pub title: Bilingual,
    /// What to bring.
    pub bring: Vec<Step>,
    /// What must be so before it begins.
    pub first: Vec<Task>,
    /// In order.
    pub steps: Vec<Task>,
    /// How long it takes, where the guide says.
    pub time: Vec<Bilingual>,
    /// What else to know: payment, delivery, invoice, term.
    pub notes: Vec<Step>,
    /// Whom to ask.
    pub contacts: Vec<Contact>,
    /// What it costs for the certificates at hand, where the tariff is that of their CA.
    pub costs: Vec<Cost>,
}

/// A step, with whether it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Task {
    /// What to do.
    pub text: Bilingual,
    /// Pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub links: Vec<String>,
    /// Whether the machine can see its result at all.
    pub watched: bool,
    /// Whether it is done, for all of which it is known; absent where that is of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// What was seen; of keys, what was seen of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub seen: Vec<SeenOf>,
}

/// What was seen of a step: for the set-up, or for a certificate in a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "SeenOfTask", optional_fields)
)]
pub struct SeenOf {
    /// What the key is called, where there is something to say of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether it is done.
    pub done: bool,
    /// What was seen.
    pub evidence: Bilingual,
}

/// What a service costs for a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "ProcedureCost", optional_fields)
)]
pub struct Cost {
    /// Whose.
    pub holder: String,
    /// What its key is called, where the holder does not tell it from another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// When the certificate ends, ISO 8601.
    pub not_after: String,
    /// What `quote` takes, for all that stands behind the sum.
    pub order: Order,
    /// What was priced.
    pub items: Vec<Item>,
    /// As in a quote, in fen.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub total: Option<Fen>,
    /// As in a quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// For each term, where it has one.
    pub terms: Vec<TermCost>,
}

/// Every procedure of the guide, those of the tariff first. `anchors` are those that were added to the
/// product's own.
#[must_use]
pub fn procedures(
    situation: &Situation,
    anchors: &[Anchor],
    guide: &Guide,
    tariff: &Tariff,
    now: UnixTime,
) -> Vec<GuideProcedure> {
    let keys = situation.tokens.clone();
    let keys = keys.map(|tokens| keys::read(tokens, anchors, situation.now(now)));
    let facts = Case::of(situation, keys.as_deref(), anchors, tariff, now);
    procedures_on(&facts, guide, tariff)
}

/// The same, of facts.
pub(crate) fn procedures_on(
    facts: &Case<'_>,
    guide: &Guide,
    tariff: &Tariff,
) -> Vec<GuideProcedure> {
    let costs = |services: &[Service], when| costs(facts, services, when, tariff);
    let priced = tariff.procedures.iter().map(|known| {
        let of_it = || {
            tariff.notes.iter().filter(|note| {
                note.services.iter().any(|of| known.services.contains(of))
                    && note.way.is_none_or(|way| way == known.way)
                    && (note.when.is_none() || known.when.is_none() || note.when == known.when)
            })
        };
        let told = |of: &dyn Fn(NoteKind) -> bool| -> Vec<Step> {
            let some = of_it().filter(|note| of(note.kind));
            some.map(|note| Step {
                text: note.text.clone(),
                links: note.links.clone(),
            })
            .collect()
        };
        let beside = guide.priced.get(&known.id);
        let mut notes = told(&|kind| !matches!(kind, NoteKind::Materials | NoteKind::Time));
        // What a step says is not said again.
        let said = |note: &Step| {
            let words = note.text.zh.trim_end_matches(['。', '；']);
            known.steps.iter().any(|step| step.text.zh.contains(words))
        };
        notes.retain(|note| !said(note));
        let mut bring = told(&|kind| kind == NoteKind::Materials);
        bring.extend(beside.iter().flat_map(|more| more.bring.iter().map(plain)));
        let steps = known.steps.iter().enumerate().map(|(at, step)| {
            let seen = beside.and_then(|more| *more.seen.get(at)?);
            Watched {
                text: step.text.clone(),
                links: step.links.clone(),
                seen,
            }
        });
        let payers = tariff.prices.iter().filter(|price| {
            let of = &price.services;
            of.iter().any(|service| known.services.contains(service))
        });
        let mut roles: Vec<Role> = Vec::new();
        for role in payers.flat_map(|price| &price.roles) {
            if !roles.contains(role) {
                roles.push(*role);
            }
        }
        GuideProcedure {
            id: known.id.clone(),
            services: known.services.clone(),
            way: match known.way {
                Way::Online => Where::Online,
                Way::Counter => Where::Counter,
            },
            when: known.when,
            roles,
            who: beside.and_then(|more| more.who.clone()),
            title: known.title.clone(),
            bring,
            first: beside
                .iter()
                .flat_map(|more| &more.first)
                .map(|step| facts.task(step))
                .collect(),
            steps: steps.map(|step| facts.task(&step)).collect(),
            time: told(&|kind| kind == NoteKind::Time)
                .into_iter()
                .map(|note| note.text)
                .collect(),
            notes,
            contacts: tariff.contacts.clone(),
            costs: costs(&known.services, known.when),
        }
    });
    let others = guide.procedures.iter().map(|known| GuideProcedure {
        id: known.id.clone(),
        services: known.services.clone(),
        way: known.way,
        when: None,
        roles: known.roles.clone(),
        who: known.who.clone(),
        title: known.title.clone(),
        bring: known.bring.iter().map(plain).collect(),
        first: known.first.iter().map(|step| facts.task(step)).collect(),
        steps: known.steps.iter().map(|step| facts.task(step)).collect(),
        time: Vec::new(),
        notes: Vec::new(),
        contacts: guide.contacts(&known.contacts, tariff),
        costs: costs(&known.services, None),
    });
    priced.chain(others).collect()
}

fn plain(text: &Bilingual) -> Step {
    Step {
        text: text.clone(),
        links: Vec::new(),
    }
}

// ── What it costs ────────────────────────────────────────────────────────────────────────────

/// Certificates that are priced; people have one or two.
const MAX_PRICED: usize = 8;

/// Sights of a step that are told.
const MAX_SEEN: usize = 16;

fn costs(facts: &Case<'_>, services: &[Service], when: Option<When>, tariff: &Tariff) -> Vec<Cost> {
    let certificates = facts
        .current()
        .filter(|own| match (&own.view.problem, when) {
            (None, Some(When::Lapsed)) => false,
            (None, _) => true,
            (Some(Error::CertificateExpired { .. }), when) => when != Some(When::Valid),
            (Some(_), _) => false,
        });
    certificates
        .take(MAX_PRICED)
        .flat_map(|own| services.iter().map(move |service| (own, *service)))
        // Whoever has a certificate does not order his first.
        .filter(|(_, service)| *service != Service::New)
        .filter_map(|(own, service)| cost(facts, own, service, tariff))
        .collect()
}

/// `None` where the tariff has no price, or is another CA's.
fn cost(facts: &Case<'_>, own: Own<'_>, service: Service, tariff: &Tariff) -> Option<Cost> {
    let order = Order::of(facts, own, service);
    let asked = CertificateOrder {
        role: order.role.map(str::to_owned),
        service: Some(order.service.into()),
        years: None,
        seals: Some(Number::Whole(order.seals.into())),
        bidding_class: None,
    };
    let quote = order::quote(own.certificate, asked, tariff, facts.now).ok()?;
    let foreign = |error: &Error| matches!(error, Error::TariffOtherAuthority { .. });
    if quote.findings.iter().any(|finding| foreign(&finding.error)) {
        return None;
    }
    Some(Cost {
        holder: own.view.holder.clone(),
        key: facts.key_named(&own.key.token().token, Some(&own.view.holder)),
        not_after: own.view.not_after.clone(),
        order,
        items: quote.items,
        total: quote.total,
        range: quote.range,
        terms: quote.comparison.map_or_else(Vec::new, |all| all.terms),
    })
}

// ── What is done ─────────────────────────────────────────────────────────────────────────────

/// What was seen of a step: whether it is done, in words; and in which key, where in one.
struct Sight<'f> {
    key: Option<&'f Key>,
    done: bool,
    words: Bilingual,
}

impl<'f> Sight<'f> {
    fn of(done: bool, zh: String, en: String) -> Self {
        Self {
            key: None,
            done,
            words: Bilingual { zh, en },
        }
    }

    fn within(self, key: &'f Key) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }
}

impl Case<'_> {
    fn task(&self, step: &Watched) -> Task {
        let sights = step.seen.map_or_else(Vec::new, |seen| self.see(seen));
        let keys = sights.iter().filter_map(|sight| sight.key);
        let tokens: BTreeSet<&str> = keys.map(|key| key.token().token.as_str()).collect();
        let name = |key: &Key| cut(&key.name_among(self.keys));
        Task {
            text: step.text.clone(),
            links: step.links.clone(),
            watched: step.seen.is_some(),
            done: (!sights.is_empty()).then(|| sights.iter().all(|sight| sight.done)),
            seen: sights
                .into_iter()
                .take(MAX_SEEN)
                .map(|sight| SeenOf {
                    key: sight.key.filter(|_| tokens.len() > 1).map(name),
                    done: sight.done,
                    evidence: sight.words,
                })
                .collect(),
        }
    }

    /// Nothing where it is not known.
    fn see(&self, seen: Seen) -> Vec<Sight<'_>> {
        fn one(sight: Option<Sight<'_>>) -> Vec<Sight<'_>> {
            sight.into_iter().collect()
        }
        // Each key by itself: what was done with one is not done with another of the same holder.
        let own = self.current();
        match seen {
            Seen::DriverWorks => one(self.driver_works()),
            Seen::KeyRead => one(self.key_read()),
            Seen::CertificateValid => self.certificates_valid(),
            Seen::CertificateRenewed => own.filter_map(|own| self.renewed(own)).collect(),
            Seen::CertificateLasts => own.map(|own| self.lasts(own)).collect(),
            Seen::SealNational => own.filter_map(seal_national).collect(),
            Seen::SealLasts => own.filter_map(seal_lasts).collect(),
            Seen::SealRenewed => own
                .filter_map(|own| match self.renewed(own) {
                    Some(renewed) if renewed.done => seal_lasts(own),
                    other => other,
                })
                .collect(),
            Seen::PinUnlocked => self.pins_unlocked(),
            Seen::Bound => one(self.bound()),
        }
    }

    fn driver_works(&self) -> Option<Sight<'_>> {
        let none = || {
            let zh = "没有看到可用的 UKey 驱动。".into();
            Sight::of(false, zh, "No driver for keys works.".into())
        };
        if matches!(self.host_problem(), Some(Error::NoModule {})) {
            return Some(none());
        }
        let modules = self.modules().filter(|_| self.host_works())?;
        let works = modules.iter().filter(|module| module.problem.is_none());
        let names: Vec<String> = works.map(|module| cut(&module.name)).collect();
        if names.is_empty() {
            return Some(none());
        }
        let zh = format!(
            "UKey 驱动可用（{}）；客户端本身，印信看不到。",
            names.join("、")
        );
        let en = format!(
            "A driver for keys works ({}); the client itself Yinxin can't see.",
            names.join(", ")
        );
        Some(Sight::of(true, zh, en))
    }

    fn key_read(&self) -> Option<Sight<'_>> {
        if !(self.listed && self.host_works()) {
            return None;
        }
        let read = self.keys().filter(|key| key.token().problem.is_none());
        let names: Vec<String> = read.map(|key| cut(&key.name())).collect();
        Some(if names.is_empty() {
            let zh = "还没有读到 UKey。".into();
            Sight::of(false, zh, "No key was read yet.".into())
        } else {
            let zh = format!("读到 UKey：{}。", names.join("、"));
            Sight::of(true, zh, format!("Key read: {}.", names.join(", ")))
        })
    }

    fn certificates_valid(&self) -> Vec<Sight<'_>> {
        let mut sights: Vec<Sight<'_>> = self
            .current()
            .map(|own| match &own.view.problem {
                None => until(true, own),
                Some(Error::CertificateExpired { .. }) => ended(own),
                Some(problem) => {
                    let said = |locale| problem.text(locale).message;
                    Sight::of(false, said(Locale::ZhCn), said(Locale::En)).within(own.key)
                }
            })
            .collect();
        if sights.is_empty() && self.reads_keys() {
            let zh = "UKey 中没有您的证书。".into();
            let en = "The key holds no certificate of yours.".into();
            sights.push(Sight::of(false, zh, en));
        }
        sights
    }

    /// Whether this is the new one. One that ends soon, or has ended, has no later one yet.
    fn renewed<'f>(&self, own: Own<'f>) -> Option<Sight<'f>> {
        match own.view.problem {
            None => {}
            Some(Error::CertificateExpired { .. }) => return Some(ended(own)),
            Some(_) => return None,
        }
        let earlier = |other: Own<'_>| {
            other.certificate.not_after() < own.certificate.not_after() && other.has_holder_of(own)
        };
        let follows = own.key.own().any(earlier);
        let lately = own.certificate.not_before().plus(LATELY) > self.now;
        if follows || lately {
            let holder = cut(&own.view.holder);
            let [zh, en] = days(own.certificate.not_before());
            let [zh_end, en_end] = days(own.certificate.not_after());
            let zh = format!("“{holder}”的新证书：{zh} 起，有效期至 {zh_end}。");
            let en = format!("The new certificate of “{holder}”: from {en}, valid until {en_end}.");
            return Some(Sight::of(true, zh, en).within(own.key));
        }
        (own.view.days_left <= SOON).then(|| until(false, own))
    }

    fn lasts<'f>(&self, own: Own<'f>) -> Sight<'f> {
        let (days, needed) = (own.view.days_left, self.upgrade_days);
        if days < 0 {
            return ended(own);
        }
        let holder = cut(&own.view.holder);
        let zh = format!("“{holder}”的证书还剩 {days} 天（要求至少 {needed} 天）。");
        let en = format!("Days left of the certificate of “{holder}”: {days} (at least {needed}).");
        let done = days >= needed && own.view.problem.is_none();
        Sight::of(done, zh, en).within(own.key)
    }

    fn pins_unlocked(&self) -> Vec<Sight<'_>> {
        let keys = self.keys().filter(|key| key.token().problem.is_none());
        keys.map(|key| {
            let locked = key.view().pin.state == PinState::Locked;
            let (zh, en) = if locked {
                ("PIN 码已锁定。", "The PIN is locked.")
            } else {
                ("PIN 码没有锁定。", "The PIN is not locked.")
            };
            Sight::of(!locked, zh.into(), en.into()).within(key)
        })
        .collect()
    }

    fn bound(&self) -> Option<Sight<'_>> {
        let account = self.told.account.as_ref()?;
        if account.bound == Some(false) {
            let zh = "平台说，这个账号还没有绑定证书。".into();
            let en = "The platform says that no certificate is bound to the account.".into();
            return Some(Sight::of(false, zh, en));
        }
        let bound = account.certificate.as_deref().filter(|sha| !sha.is_empty());
        let is_bound =
            |own: Own<'_>| bound.is_none_or(|sha| own.view.certificate.eq_ignore_ascii_case(sha));
        account.bound.or(bound.map(|_| true))?;
        let mut usable = self
            .current()
            .filter(|own| own.view.problem.is_none())
            .peekable();
        usable.peek()?;
        Some(if usable.any(is_bound) {
            let zh = "平台说，这个账号已绑定证书。".into();
            let en = "The platform says that the certificate is bound to the account.".into();
            Sight::of(true, zh, en)
        } else {
            let zh = "平台说，账号绑定的是另一张证书。".into();
            let en = "The platform says that another certificate is bound to the account.".into();
            Sight::of(false, zh, en)
        })
    }
}

/// A day in each language.
fn days(time: UnixTime) -> [String; 2] {
    [Locale::ZhCn, Locale::En].map(|locale| words::day(time, locale))
}

fn until(done: bool, own: Own<'_>) -> Sight<'_> {
    let (holder, [zh, en]) = (cut(&own.view.holder), days(own.certificate.not_after()));
    let zh = format!("“{holder}”的证书有效期至 {zh}。");
    let en = format!("The certificate of “{holder}” is valid until {en}.");
    Sight::of(done, zh, en).within(own.key)
}

fn ended(own: Own<'_>) -> Sight<'_> {
    let (holder, [zh, en]) = (cut(&own.view.holder), days(own.certificate.not_after()));
    let zh = format!("“{holder}”的证书已于 {zh} 到期。");
    let en = format!("The certificate of “{holder}” ended on {en}.");
    Sight::of(false, zh, en).within(own.key)
}

/// The valid seals by the national standard that a certificate may use. Where no seal was read, the key
/// may hold one all the same.
fn national(own: Own<'_>) -> Option<Vec<&SealView>> {
    let seals = &own.key.view().seals;
    let is_read = seals.iter().any(|seal| !seal.standard.is_empty());
    let asked = own.view.algorithm == Some(SignatureAlgorithm::Sm2Sm3);
    (is_read && asked).then(|| {
        seals
            .iter()
            .filter(|seal| seal.certificates.contains(&own.view.certificate))
            .filter(|seal| seal.national && seal.problem.is_none())
            .collect()
    })
}

fn seal_national(own: Own<'_>) -> Option<Sight<'_>> {
    let found = national(own)?;
    let last = found.iter().max_by_key(|seal| seal.days_left);
    Some(last.map_or_else(|| no_seal(own), |seal| seal_until(true, seal, own)))
}

fn seal_lasts(own: Own<'_>) -> Option<Sight<'_>> {
    let found = national(own)?;
    if own.view.problem.is_some() {
        return Some(ended(own)).filter(|_| own.view.days_left < 0);
    }
    let last = found.iter().max_by_key(|seal| seal.days_left);
    // The two may end at different hours of a day.
    let lasts = |seal: &SealView| seal.days_left.saturating_add(1) >= own.view.days_left;
    Some(last.map_or_else(|| no_seal(own), |seal| seal_until(lasts(seal), seal, own)))
}

fn no_seal(own: Own<'_>) -> Sight<'_> {
    let holder = cut(&own.view.holder);
    let zh = format!("还没有看到“{holder}”可用的国标印章。");
    let en = format!("No valid national-standard seal of “{holder}” was seen yet.");
    Sight::of(false, zh, en).within(own.key)
}

fn seal_until<'f>(done: bool, seal: &SealView, own: Own<'f>) -> Sight<'f> {
    let name = cut(&seal.name);
    let [zh, en] = UnixTime::parse(&seal.valid_until).map_or_else(Default::default, days);
    let zh = format!("国标印章“{name}”有效期至 {zh}。");
    let en = format!("The national-standard seal “{name}” is valid until {en}.");
    Sight::of(done, zh, en).within(own.key)
}

/// Seconds for which a certificate counts as new. Nobody renews one that just began.
const LATELY: i64 = 30 * DAY;
/// Days before its end from which a certificate is to be renewed, as `certificate-ends-soon` has it.
const SOON: i32 = 90;
