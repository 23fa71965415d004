//! A tariff: prices, waivers, what is left open, and how to go about it, as a CA publishes it. Data,
//! which may come from anywhere: what is used here has been [validated](Tariff::validate).

use super::money::Fen;
use super::order::{Holder, Role, Service};
use crate::certificate::authority::FamilyId;
use crate::text::Bilingual;
use crate::time::UnixTime;
use serde::{Deserialize, Serialize};
use yinxin_proto::Error;
use yinxin_proto::limits::{MAX_PRICE_FEN, MAX_TERM_YEARS};

/// The tariff of Sichuan CA for the platform, JSON: 收费标准 of the users' guide.
pub const SCCA_TARIFF: &str = include_str!("../../data/tariff-scca.json");

/// A tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tariff {
    /// Tells tariffs apart.
    pub id: String,
    /// Whose it is.
    pub authority: Authority,
    /// What it is called.
    pub title: Bilingual,
    /// Where it was read.
    pub source: Bilingual,
    /// When it was read: an ISO 8601 date.
    pub read: String,
    /// Terms in years, ascending.
    pub terms: Vec<u32>,
    /// What is paid.
    pub prices: Vec<Price>,
    /// What is not paid after all.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
    /// Conditions of upgrading a seal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<Upgrade>,
    /// What its source does not say.
    #[serde(default)]
    pub silences: Vec<Silence>,
    /// What to know beside the steps.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// How to go about it.
    #[serde(default)]
    pub procedures: Vec<Procedure>,
    /// Services that are priced, and whose steps are not described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undescribed: Option<Undescribed>,
    /// Whom to ask, the first one first.
    pub contacts: Vec<Contact>,
}

/// Whose tariff it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Authority {
    /// The CA, as users know it.
    pub name: Bilingual,
    /// Its family, where its certificates can be recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<FamilyId>,
}

/// A price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// Names it.
    pub rule: String,
    /// What is paid for.
    pub label: Bilingual,
    /// Who pays it.
    pub roles: Vec<Role>,
    /// The services of which it is a part.
    pub services: Vec<Service>,
    /// For one unit.
    pub price: Fen,
    /// What one is.
    pub unit: Unit,
    /// The words of the source.
    pub clause: String,
}

/// What a price is for one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Each certificate, once.
    Certificate,
    /// Each certificate, each year.
    CertificateYear,
    /// Each seal, once.
    Seal,
    /// Each seal, each year.
    SealYear,
}

/// A price that is not paid under a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiver {
    /// Names it.
    pub rule: String,
    /// Rules of the prices that it takes away.
    pub waives: Vec<String>,
    /// For these services.
    pub services: Vec<Service>,
    /// From this term on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_years: Option<u32>,
    /// The words of the source.
    pub clause: String,
    /// Why, for the payer.
    pub reason: Bilingual,
}

/// Conditions of upgrading a seal at the price of the tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Upgrade {
    /// Days that the certificate must last.
    pub minimum_days: u32,
    /// Whether the certificate must be of the bidding class.
    pub bidding_class: bool,
    /// The words of the source.
    pub clause: String,
}

/// Something that the source of a tariff does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Silence {
    /// What about.
    pub id: SilenceId,
    /// What is not said, and what is assumed instead.
    pub text: Bilingual,
}

/// What a tariff may be silent about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SilenceId {
    /// The class of the certificate, on which a free upgrade depends.
    BiddingClass,
    /// What a seal costs in the middle of a term.
    SealMidTerm,
    /// Whether a replacement pays for the medium.
    ReplacementMedium,
    /// Whether a replacement pays for a seal.
    ReplacementSeal,
    /// Whether the opening fee is due again after a certificate has ended.
    OpeningAfterLapse,
    /// How a renewal in time is paid.
    RenewalPayment,
    /// How an expert pays.
    ExpertPayment,
    /// Whether prices contain tax.
    Tax,
    /// The role, which a unit's certificate does not name.
    Role,
}

/// Something to know beside the steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Note {
    /// What about.
    pub kind: NoteKind,
    /// For these services.
    pub services: Vec<Service>,
    /// For this holder only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// For this state of the certificate only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// For this way only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// In the words of the source, and in English.
    pub text: Bilingual,
    /// Pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// How to pay.
    Payment,
    /// How it arrives.
    Delivery,
    /// How the invoice comes.
    Invoice,
    /// What to bring.
    Materials,
    /// How long it takes.
    Time,
    /// How long it lasts.
    Term,
}

/// The state of a certificate that is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// It lasts.
    Valid,
    /// It has ended.
    Lapsed,
}

/// Where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// On the CA's pages.
    Online,
    /// In person.
    Counter,
}

/// One way to get something done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Procedure {
    /// Names it.
    pub id: String,
    /// For these services.
    pub services: Vec<Service>,
    /// Where.
    pub way: Way,
    /// For this state of the certificate only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// What it is called.
    pub title: Bilingual,
    /// In order.
    pub steps: Vec<Step>,
}

/// A step of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// In the words of the source, and in English.
    pub text: Bilingual,
    /// Pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// Services whose steps the source does not describe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Undescribed {
    /// Which.
    pub services: Vec<Service>,
    /// What to do instead.
    pub text: Bilingual,
}

/// Somebody who can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// Who, by which means.
    pub name: Bilingual,
    /// The number.
    pub value: String,
}

/// A tariff is at most this many times of anything, and its texts this many characters.
const MAX_ENTRIES: usize = 200;
const MAX_CHARS: usize = 1000;

impl Tariff {
    /// Checks what its form alone does not say, so that quotes can rely on it.
    ///
    /// # Errors
    /// `tariff-invalid`, for the first place that is wrong.
    pub fn validate(&self) -> Result<(), Error> {
        identifier("id", &self.id)?;
        let texts = [
            ("authority.name", &self.authority.name),
            ("title", &self.title),
            ("source", &self.source),
        ];
        for (place, both) in texts {
            bilingual(place, both)?;
        }
        if self.read.len() != 10 || UnixTime::parse(&self.read).is_none() {
            return Err(wrong("read", "not a date such as 2026-01-31"));
        }
        let terms = &self.terms;
        if terms.is_empty()
            || !terms.is_sorted_by(|a, b| a < b)
            || terms
                .iter()
                .any(|years| !(1..=MAX_TERM_YEARS).contains(years))
        {
            return Err(wrong(
                "terms",
                &format!("ascending years from 1 to {MAX_TERM_YEARS} are expected"),
            ));
        }
        for (place, entries) in [
            ("prices", self.prices.len()),
            ("waivers", self.waivers.len()),
            ("silences", self.silences.len()),
            ("notes", self.notes.len()),
            ("procedures", self.procedures.len()),
            ("contacts", self.contacts.len()),
        ] {
            if entries > MAX_ENTRIES {
                return Err(wrong(place, &format!("more than {MAX_ENTRIES} entries")));
            }
        }
        if self.contacts.is_empty() {
            return Err(wrong("contacts", "nobody to ask"));
        }
        self.validate_prices()?;
        self.validate_waivers()?;
        self.validate_silences()?;
        self.validate_guidance()
    }

    fn validate_prices(&self) -> Result<(), Error> {
        if self.prices.is_empty() {
            return Err(wrong("prices", "there is none"));
        }
        for (at, price) in self.prices.iter().enumerate() {
            let place = |field: &str| format!("prices[{at}].{field}");
            identifier(&place("rule"), &price.rule)?;
            if self.prices[..at]
                .iter()
                .any(|other| other.rule == price.rule)
            {
                return Err(wrong(&place("rule"), "used twice"));
            }
            bilingual(&place("label"), &price.label)?;
            text(&place("clause"), &price.clause)?;
            listed(&place("roles"), &price.roles)?;
            listed(&place("services"), &price.services)?;
            if price.price > Fen(MAX_PRICE_FEN.into()) {
                return Err(wrong(
                    &place("price"),
                    &format!("more than {MAX_PRICE_FEN} fen"),
                ));
            }
            let yearly = matches!(price.unit, Unit::CertificateYear | Unit::SealYear);
            if yearly && !price.services.iter().all(|service| service.has_term()) {
                return Err(wrong(
                    &place("unit"),
                    "yearly, for a service without a term",
                ));
            }
            let certificates = matches!(price.unit, Unit::Certificate | Unit::CertificateYear);
            if certificates && price.services.iter().any(|service| service.is_for_seals()) {
                return Err(wrong(
                    &place("unit"),
                    "a certificate, for a service that concerns seals alone",
                ));
            }
        }
        Ok(())
    }

    fn validate_waivers(&self) -> Result<(), Error> {
        for (at, waiver) in self.waivers.iter().enumerate() {
            let place = |field: &str| format!("waivers[{at}].{field}");
            identifier(&place("rule"), &waiver.rule)?;
            listed(&place("waives"), &waiver.waives)?;
            listed(&place("services"), &waiver.services)?;
            text(&place("clause"), &waiver.clause)?;
            bilingual(&place("reason"), &waiver.reason)?;
            for rule in &waiver.waives {
                if !self.prices.iter().any(|price| price.rule == *rule) {
                    return Err(wrong(&place("waives"), "names a price that does not exist"));
                }
            }
            if waiver
                .minimum_years
                .is_some_and(|years| !self.terms.contains(&years))
            {
                return Err(wrong(&place("minimumYears"), "none of the terms"));
            }
        }
        if let Some(upgrade) = &self.upgrade {
            text("upgrade.clause", &upgrade.clause)?;
            if i64::from(upgrade.minimum_days) > i64::from(self.longest_term_days()) {
                return Err(wrong("upgrade.minimumDays", "more than the longest term"));
            }
        }
        Ok(())
    }

    fn validate_silences(&self) -> Result<(), Error> {
        for (at, silence) in self.silences.iter().enumerate() {
            let place = format!("silences[{at}]");
            bilingual(&place, &silence.text)?;
            if self.silences[..at]
                .iter()
                .any(|other| other.id == silence.id)
            {
                return Err(wrong(&place, "the same twice"));
            }
        }
        // A quote that can't be exact must be able to say why.
        let yearly_seals = self.prices.iter().any(|price| price.unit == Unit::SealYear);
        let conditional = self
            .upgrade
            .as_ref()
            .is_some_and(|upgrade| upgrade.bidding_class);
        for (needed, id, name) in [
            (yearly_seals, SilenceId::SealMidTerm, "seal-mid-term"),
            (conditional, SilenceId::BiddingClass, "bidding-class"),
        ] {
            if needed && self.silence(id).is_none() {
                return Err(wrong("silences", &format!("{name} is missing")));
            }
        }
        Ok(())
    }

    fn validate_guidance(&self) -> Result<(), Error> {
        for (at, note) in self.notes.iter().enumerate() {
            let place = |field: &str| format!("notes[{at}].{field}");
            bilingual(&place("text"), &note.text)?;
            listed(&place("services"), &note.services)?;
            links(&place("links"), &note.links)?;
        }
        for (at, procedure) in self.procedures.iter().enumerate() {
            let place = |field: &str| format!("procedures[{at}].{field}");
            identifier(&place("id"), &procedure.id)?;
            bilingual(&place("title"), &procedure.title)?;
            listed(&place("services"), &procedure.services)?;
            listed(&place("steps"), &procedure.steps)?;
            for step in &procedure.steps {
                bilingual(&place("steps"), &step.text)?;
                links(&place("steps"), &step.links)?;
            }
        }
        if let Some(undescribed) = &self.undescribed {
            bilingual("undescribed.text", &undescribed.text)?;
        }
        for (at, contact) in self.contacts.iter().enumerate() {
            bilingual(&format!("contacts[{at}].name"), &contact.name)?;
            text(&format!("contacts[{at}].value"), &contact.value)?;
        }
        Ok(())
    }

    /// The shortest term in years. A valid tariff has one.
    #[must_use]
    pub fn shortest_term(&self) -> u32 {
        self.terms.first().copied().unwrap_or(1)
    }

    /// Days of the longest term, at most: each year may be a leap year.
    #[must_use]
    pub fn longest_term_days(&self) -> i32 {
        let years = self.terms.last().copied().unwrap_or(1);
        i32::try_from(years.saturating_mul(366)).unwrap_or(i32::MAX)
    }

    /// `1、2`.
    #[must_use]
    pub fn terms_text(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(u32::to_string).collect();
        terms.join("、")
    }

    /// What it says of something that it does not say.
    #[must_use]
    pub fn silence(&self, id: SilenceId) -> Option<&Silence> {
        self.silences.iter().find(|silence| silence.id == id)
    }

    /// The prices that an item of this kind pays.
    pub fn prices_for(&self, role: Role, service: Service) -> impl Iterator<Item = &Price> {
        let fits =
            move |price: &&Price| price.roles.contains(&role) && price.services.contains(&service);
        self.prices.iter().filter(fits)
    }
}

fn wrong(place: &str, reason: &str) -> Error {
    Error::TariffInvalid {
        place: place.into(),
        reason: reason.into(),
    }
}

fn text(place: &str, value: &str) -> Result<(), Error> {
    if value.trim().is_empty() {
        return Err(wrong(place, "empty"));
    }
    if value.chars().count() > MAX_CHARS {
        return Err(wrong(place, &format!("more than {MAX_CHARS} characters")));
    }
    Ok(())
}

fn bilingual(place: &str, value: &Bilingual) -> Result<(), Error> {
    text(place, &value.zh)?;
    text(place, &value.en)
}

/// Lower-case words with hyphens, which need no escaping anywhere.
fn identifier(place: &str, value: &str) -> Result<(), Error> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if value.is_empty() || value.len() > 64 || !value.bytes().all(fits) {
        return Err(wrong(
            place,
            "lower-case letters, digits and hyphens are expected, 64 at most",
        ));
    }
    Ok(())
}

fn listed<T>(place: &str, list: &[T]) -> Result<(), Error> {
    if list.is_empty() || list.len() > MAX_ENTRIES {
        return Err(wrong(
            place,
            &format!("1 to {MAX_ENTRIES} entries are expected"),
        ));
    }
    Ok(())
}

/// Links are shown to be pressed: pages only, and no scheme that runs.
fn links(place: &str, links: &[String]) -> Result<(), Error> {
    for link in links {
        text(place, link)?;
        let page = ["https://", "http://"]
            .iter()
            .any(|scheme| link.starts_with(scheme));
        if !page || link.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(wrong(place, "not the address of a page"));
        }
    }
    Ok(())
}
