//! A tariff: prices, waivers, what is left open, and how to go about it, as a CA publishes it. Data,
//! which may come from anywhere: [`Tariff::read`] checks it.

mod json;

pub use json::Json;

use super::money::Fen;
use super::order::{Holder, Role, Service};
use json::At;
use serde::{Deserialize, Serialize};
use yinxin_proto::Error;
use yinxin_proto::consent::FamilyId;
use yinxin_proto::limits::{MAX_LIST_ROWS, MAX_ORDER_COUNT, MAX_PRICE_FEN, MAX_TERM_YEARS};
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;

/// The tariff of Sichuan CA for the platform, JSON: 收费标准 of the users' guide.
pub const SCCA_TARIFF: &str = include_str!("../data/tariff-scca.json");

/// What one of each of an item may cost: as many rows and as many in each as there can be then come
/// to less than 2^53, above which numbers of JavaScript are not exact.
const MAX_ITEM: Fen = Fen((1 << 53) / (MAX_ORDER_COUNT as u64 * MAX_LIST_ROWS as u64));

/// A tariff: the form of `wasm/fees/data/tariff-scca.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(optional_fields, rename_all = "camelCase")
)]
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
    pub waivers: Vec<Waiver>,
    /// Conditions of upgrading a seal.
    pub upgrade: Option<Upgrade>,
    /// What its source does not say.
    pub silences: Vec<Silence>,
    /// What to know beside the steps.
    pub notes: Vec<Note>,
    /// How to go about it.
    pub procedures: Vec<Procedure>,
    /// Services that are priced, and whose steps are not described.
    pub undescribed: Option<Undescribed>,
    /// Whom to ask, the first one first.
    pub contacts: Vec<Contact>,
}

/// Whose tariff it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "TariffAuthority", optional_fields)
)]
pub struct Authority {
    /// The CA, as users know it.
    pub name: Bilingual,
    /// Its family, where its certificates can be recognised.
    #[cfg_attr(feature = "typescript", ts(optional, type = "'scca'"))]
    pub family: Option<FamilyId>,
}

/// A price.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename_all = "camelCase")
)]
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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "PriceUnit"))]
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename_all = "camelCase", optional_fields)
)]
pub struct Waiver {
    /// Names it.
    pub rule: String,
    /// Rules of the prices that it takes away.
    pub waives: Vec<String>,
    /// For these services.
    pub services: Vec<Service>,
    /// From this term on.
    pub minimum_years: Option<u32>,
    /// The words of the source.
    pub clause: String,
    /// Why, for the payer.
    pub reason: Bilingual,
}

/// Conditions of upgrading a seal at the price of the tariff.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "SealUpgrade", rename_all = "camelCase")
)]
pub struct Upgrade {
    /// Days that the certificate must last.
    pub minimum_days: u32,
    /// Whether the certificate must be of the bidding class.
    pub bidding_class: bool,
    /// The words of the source.
    pub clause: String,
}

/// Something that the source of a tariff does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Silence {
    /// What about.
    pub id: SilenceId,
    /// What is not said, and what is assumed instead.
    pub text: Bilingual,
}

/// What a tariff may be silent about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "FeeNote", optional_fields)
)]
pub struct Note {
    /// What about.
    pub kind: NoteKind,
    /// For these services.
    pub services: Vec<Service>,
    /// For this holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// For this state of the certificate only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// For this way only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// In the words of the source, and in English.
    pub text: Bilingual,
    /// Pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub links: Vec<String>,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "FeeNoteKind"))]
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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum When {
    /// It lasts.
    Valid,
    /// It has ended.
    Lapsed,
}

/// Where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Way {
    /// On the CA's pages.
    Online,
    /// In person.
    Counter,
}

/// One way to get something done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Procedure {
    /// Names it.
    pub id: String,
    /// For these services.
    pub services: Vec<Service>,
    /// Where.
    pub way: Way,
    /// For this state of the certificate only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// What it is called.
    pub title: Bilingual,
    /// In order.
    pub steps: Vec<Step>,
}

/// A step of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Step {
    /// What to do.
    pub text: Bilingual,
    /// Pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub links: Vec<String>,
}

/// Services whose steps the source does not describe.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Undescribed {
    /// Which.
    pub services: Vec<Service>,
    /// What to do instead.
    pub text: Bilingual,
}

/// Somebody who can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Contact {
    /// Who, by which means.
    pub name: Bilingual,
    /// The number.
    pub value: String,
}

impl Tariff {
    /// Reads a tariff, and checks that quotes can rely on it.
    ///
    /// # Errors
    /// `tariff-invalid`, for the first place that is wrong.
    pub fn read(json: &Json) -> Result<Self, Error> {
        let at = At::new(json);
        at.only(&[
            "id",
            "authority",
            "title",
            "source",
            "read",
            "terms",
            "prices",
            "waivers",
            "upgrade",
            "silences",
            "notes",
            "procedures",
            "undescribed",
            "contacts",
        ])?;
        let authority = at.field("authority")?;
        authority.only(&["name", "family"])?;
        let read = at.field("read")?;
        let date = read.text()?;
        if date.len() != 10 || UnixTime::parse(&date).is_none() {
            return Err(read.wrong("a date such as 2026-01-31 is expected"));
        }
        let terms = at.field("terms")?;
        let years = terms.each(|years| years.whole(MAX_TERM_YEARS))?;
        if years.first() == Some(&0) || !years.is_sorted_by(|a, b| a < b) {
            return Err(terms.wrong("ascending years, from 1, are expected"));
        }
        let tariff = Self {
            id: at.field("id")?.identifier()?,
            authority: Authority {
                name: authority.field("name")?.bilingual()?,
                family: authority
                    .optional("family")
                    .map(|id| match id.word()? {
                        FamilyId::Scca => Ok(FamilyId::Scca),
                        // Many CAs, not one.
                        FamilyId::Listed | FamilyId::Other => Err(id.wrong("scca is expected")),
                    })
                    .transpose()?,
            },
            title: at.field("title")?.bilingual()?,
            source: at.field("source")?.bilingual()?,
            read: date,
            terms: years,
            prices: at.field("prices")?.each(Price::read)?,
            waivers: at.each_of("waivers", Waiver::read)?,
            upgrade: at
                .optional("upgrade")
                .map(|at| Upgrade::read(&at))
                .transpose()?,
            silences: at.each_of("silences", Silence::read)?,
            notes: at.each_of("notes", Note::read)?,
            procedures: at.each_of("procedures", Procedure::read)?,
            undescribed: at
                .optional("undescribed")
                .map(|at| Undescribed::read(&at))
                .transpose()?,
            contacts: at.field("contacts")?.each(Contact::read)?,
        };
        tariff.check(&at)?;
        Ok(tariff)
    }

    /// Checks what its parts say of each other.
    fn check(&self, at: &At<'_>) -> Result<(), Error> {
        let list = |name: &str| at.field(name);
        let twice = |mut rules: Vec<&str>| {
            rules.sort_unstable();
            rules.windows(2).any(|pair| pair[0] == pair[1])
        };
        if twice(self.prices.iter().map(|price| &price.rule[..]).collect()) {
            return Err(list("prices")?.wrong("a rule is used twice"));
        }
        for waiver in &self.waivers {
            let known = |rule: &String| self.prices.iter().any(|price| price.rule == *rule);
            if !waiver.waives.iter().all(known) {
                return Err(list("waivers")?.wrong("a price is waived that does not exist"));
            }
            if waiver
                .minimum_years
                .is_some_and(|years| !self.terms.contains(&years))
            {
                return Err(list("waivers")?.wrong("minimumYears is none of the terms"));
            }
        }
        if let Some(upgrade) = &self.upgrade
            && i64::from(upgrade.minimum_days) > i64::from(self.longest_term_days())
        {
            return Err(list("upgrade")?.wrong("minimumDays is more than the longest term"));
        }
        for (index, silence) in self.silences.iter().enumerate() {
            if self.silences[..index]
                .iter()
                .any(|other| other.id == silence.id)
            {
                return Err(list("silences")?.wrong("the same id twice"));
            }
        }
        // A quote that can't be exact must be able to say why.
        let yearly_seals = self.prices.iter().any(|price| {
            let mut services = price.services.iter();
            price.unit == Unit::SealYear && services.any(|service| service.is_priced_by_days())
        });
        let conditional = self
            .upgrade
            .as_ref()
            .is_some_and(|upgrade| upgrade.bidding_class);
        for (needed, id, name) in [
            (yearly_seals, SilenceId::SealMidTerm, "seal-mid-term"),
            (conditional, SilenceId::BiddingClass, "bidding-class"),
        ] {
            if needed && self.silence(id).is_none() {
                return Err(at.wrong(&format!("the silence “{name}” is missing")));
            }
        }
        // So that every sum is a whole number of JavaScript.
        for (&role, &service) in Role::ALL
            .iter()
            .flat_map(|role| Service::ALL.iter().map(move |service| (role, service)))
        {
            let prices = self.prices_for(role, service).map(|price| price.price);
            let longest = prices.sum::<Fen>().times(self.longest_term().into());
            if longest > MAX_ITEM {
                return Err(list("prices")?.wrong(&format!(
                    "too much for one {} of a {}",
                    service.word(),
                    role.word()
                )));
            }
        }
        Ok(())
    }

    /// The shortest term in years. A valid tariff has one.
    #[must_use]
    pub fn shortest_term(&self) -> u32 {
        self.terms.first().copied().unwrap_or(1)
    }

    /// The longest term in years.
    #[must_use]
    pub fn longest_term(&self) -> u32 {
        self.terms.last().copied().unwrap_or(1)
    }

    /// Days of the longest term, at most: each year may be a leap year.
    #[must_use]
    pub fn longest_term_days(&self) -> i32 {
        i32::try_from(self.longest_term().saturating_mul(366)).unwrap_or(i32::MAX)
    }

    /// `1 / 2`, for a text in either language.
    #[must_use]
    pub fn terms_text(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(u32::to_string).collect();
        terms.join(" / ")
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

impl Price {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&[
            "rule", "label", "roles", "services", "price", "unit", "clause",
        ])?;
        let unit = at.field("unit")?;
        let price = Self {
            rule: at.field("rule")?.identifier()?,
            label: at.field("label")?.bilingual()?,
            roles: at.field("roles")?.each(At::word)?,
            services: services(at)?,
            price: Fen(at.field("price")?.whole(MAX_PRICE_FEN)?.into()),
            unit: unit.word()?,
            clause: at.field("clause")?.text()?,
        };
        let any = |what: fn(Service) -> bool| price.services.iter().copied().any(what);
        let (yearly, of_certificates) = match price.unit {
            Unit::Certificate => (false, true),
            Unit::CertificateYear => (true, true),
            Unit::Seal => (false, false),
            Unit::SealYear => (true, false),
        };
        if yearly && any(|service| !service.has_term()) {
            return Err(unit.wrong("a year, for a service without a term"));
        }
        if of_certificates && any(Service::is_for_seals) {
            return Err(unit.wrong("a certificate, for a service that concerns seals alone"));
        }
        Ok(price)
    }
}

impl Waiver {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&[
            "rule",
            "waives",
            "services",
            "minimumYears",
            "clause",
            "reason",
        ])?;
        Ok(Self {
            rule: at.field("rule")?.identifier()?,
            waives: at.field("waives")?.each(At::identifier)?,
            services: services(at)?,
            minimum_years: at
                .optional("minimumYears")
                .map(|years| years.whole(MAX_TERM_YEARS))
                .transpose()?,
            clause: at.field("clause")?.text()?,
            reason: at.field("reason")?.bilingual()?,
        })
    }
}

impl Upgrade {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&["minimumDays", "biddingClass", "clause"])?;
        Ok(Self {
            minimum_days: at.field("minimumDays")?.whole(MAX_TERM_YEARS * 366)?,
            bidding_class: at.field("biddingClass")?.yes()?,
            clause: at.field("clause")?.text()?,
        })
    }
}

impl Silence {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&["id", "text"])?;
        Ok(Self {
            id: at.field("id")?.word()?,
            text: at.field("text")?.bilingual()?,
        })
    }
}

impl Note {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&["kind", "services", "holder", "when", "way", "text", "links"])?;
        Ok(Self {
            kind: at.field("kind")?.word()?,
            services: services(at)?,
            holder: at.optional("holder").map(|at| at.word()).transpose()?,
            when: at.optional("when").map(|at| at.word()).transpose()?,
            way: at.optional("way").map(|at| at.word()).transpose()?,
            text: at.field("text")?.bilingual()?,
            links: at.each_of("links", At::link)?,
        })
    }
}

impl Procedure {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&["id", "services", "way", "when", "title", "steps"])?;
        Ok(Self {
            id: at.field("id")?.identifier()?,
            services: services(at)?,
            way: at.field("way")?.word()?,
            when: at.optional("when").map(|at| at.word()).transpose()?,
            title: at.field("title")?.bilingual()?,
            steps: at.field("steps")?.each(|at| {
                at.only(&["text", "links"])?;
                Ok(Step {
                    text: at.field("text")?.bilingual()?,
                    links: at.each_of("links", At::link)?,
                })
            })?,
        })
    }
}

impl Undescribed {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&["services", "text"])?;
        Ok(Self {
            services: services(at)?,
            text: at.field("text")?.bilingual()?,
        })
    }
}

impl Contact {
    fn read(at: &At<'_>) -> Result<Self, Error> {
        at.only(&["name", "value"])?;
        Ok(Self {
            name: at.field("name")?.bilingual()?,
            value: at.field("value")?.text()?,
        })
    }
}

fn services(at: &At<'_>) -> Result<Vec<Service>, Error> {
    at.field("services")?.each(At::word)
}
