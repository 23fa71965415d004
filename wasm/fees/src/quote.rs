//! The quote: lines with rule and clause, what is waived, totals, and one term beside the other.

use super::guidance::Guidance;
use super::money::Fen;
use super::order::{
    CertificateOrder, Item, MAX_DAYS, Number, OrderCertificate, OrderItem, Role, Service,
};
use super::tariff::{Price, SilenceId, Tariff, Unit, Waiver};
use serde::Serialize;
use std::collections::BTreeMap;
use yinxin_proto::consent::HolderKind;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// What an order costs, and why. All amounts are in fen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Quote<'t> {
    /// The name in the certificate that the order comes from: the payer's account must have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    /// By which tariff.
    pub tariff: TariffName<'t>,
    /// What was ordered, checked.
    pub items: Vec<Item>,
    /// What is paid, item by item.
    pub lines: Vec<Line<'t>>,
    /// What is not paid after all.
    pub waived: Vec<Waived<'t>>,
    /// Sum of the lines in fen; `null` where one of them has no amount, or a price is not known.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub total: Option<Fen>,
    /// The total in capital numerals, for the transfer slip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capitals: Option<String>,
    /// From the least to the most, where a line has no amount of its own, and all has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// What is ordered by terms costs this each year, rounded half up to the fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_year: Option<Fen>,
    /// What is ordered by terms, for each term of the tariff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Where the tariff is silent, and what is assumed instead.
    pub assumptions: Vec<Assumption<'t>>,
    /// What keeps the order from being carried out, or should be known first.
    pub findings: Vec<Finding>,
    /// What to bring and do, and whom to ask.
    pub guidance: Guidance<'t>,
}

/// Which tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TariffName<'t> {
    /// Tells tariffs apart.
    pub id: &'t str,
    /// Whose it is.
    pub authority: &'t Bilingual,
    /// What it is called.
    pub title: &'t Bilingual,
    /// Where it was read.
    pub source: &'t Bilingual,
    /// When it was read: an ISO 8601 date.
    pub read: &'t str,
}

/// What is paid for one price of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "QuoteLine", optional_fields)
)]
pub struct Line<'t> {
    /// Which item, from 1.
    pub item: u32,
    /// Names the price.
    pub rule: &'t str,
    /// The words of the source.
    pub clause: &'t str,
    /// What is paid for.
    pub label: &'t Bilingual,
    /// What one is.
    pub unit: Unit,
    /// Certificates or seals.
    pub count: u32,
    /// Years, for a unit that has them and where they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// How many units: `count`, times `years`.
    pub quantity: u64,
    /// For one unit.
    pub unit_price: Fen,
    /// `quantity` times `unit_price`; `null` for part of a term.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub amount: Option<Fen>,
    /// From the least to the most, for part of a term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// From the least to the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "FeeRange"))]
pub struct Range {
    /// At least.
    pub from: Fen,
    /// At most.
    pub to: Fen,
}

/// What would have been paid, and why it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "WaivedFee"))]
pub struct Waived<'t> {
    /// Which item, from 1.
    pub item: u32,
    /// Names the waiver.
    pub rule: &'t str,
    /// Names the price.
    pub waives: &'t str,
    /// What would have been paid for.
    pub label: &'t Bilingual,
    /// The words of the source.
    pub clause: &'t str,
    /// Why, for the payer.
    pub reason: &'t Bilingual,
    /// How many units.
    pub quantity: u64,
    /// For one unit.
    pub unit_price: Fen,
    /// What is saved.
    pub amount: Fen,
}

/// The same order for each term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "TermComparison")
)]
pub struct Comparison {
    /// Each term, with what it costs.
    pub terms: Vec<TermCost>,
    /// What the shortest term costs, renewed until the longest one ends.
    pub shortest_renewed: Fen,
    /// How much less the longest term costs than that; negative if it costs more.
    pub saving: i64,
    /// What it comes to.
    pub text: Bilingual,
}

/// What a term costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TermCost {
    /// Its years.
    pub years: u32,
    /// In all.
    pub total: Fen,
    /// Each year, rounded half up to the fen.
    pub per_year: Fen,
}

/// Something that the tariff does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Assumption<'t> {
    /// What about.
    pub id: SilenceId,
    /// What is not said, and what is assumed instead.
    pub text: &'t Bilingual,
    /// Whom to ask: a telephone number.
    pub ask: &'t str,
    /// Which items, from 1.
    pub items: Vec<u32>,
}

/// Quotes an order.
///
/// # Errors
/// The `order-…` codes for what can't be ordered.
pub fn quote<'t>(order: &[OrderItem], tariff: &'t Tariff) -> Result<Quote<'t>, Error> {
    quote_items(Item::check_all(order, tariff)?, &[], tariff)
}

/// Quotes what the holder of a certificate orders next, as of `now`: a renewal, unless the caller
/// says otherwise.
///
/// # Errors
/// The `order-…` codes for what can't be ordered.
pub fn quote_certificate<'t>(
    certificate: &OrderCertificate,
    order: CertificateOrder,
    tariff: &'t Tariff,
    now: UnixTime,
) -> Result<Quote<'t>, Error> {
    let role_said = order.role.is_some();
    let expert = certificate.kind == HolderKind::Expert;
    let role = if expert { Role::Expert } else { Role::Supplier };
    let service = order
        .service
        .unwrap_or_else(|| Service::Renewal.word().into());
    let known = Service::of_word(&service);
    let for_seals = known.is_some_and(Service::is_for_seals);
    // A certificate may say any dates.
    let days = certificate
        .not_after
        .days_left(now)
        .clamp(-MAX_DAYS, MAX_DAYS);
    let item = OrderItem {
        role: order.role.unwrap_or_else(|| role.word().into()),
        service,
        years: order
            .years
            .or_else(|| Some(Number::Whole(tariff.shortest_term().into()))),
        certificates: Some(Number::Whole(i64::from(!for_seals))),
        seals: order.seals.or(for_seals.then_some(Number::Whole(1))),
        remaining_days: (known != Some(Service::New)).then(|| Number::Whole(days.into())),
        bidding_class: order.bidding_class,
    };
    let open: &[SilenceId] = if role_said || expert {
        &[]
    } else {
        &[SilenceId::Role]
    };
    let mut quote = quote_items(vec![Item::check(1, &item, tariff)?], open, tariff)?;
    quote.payer = Some(certificate.holder.clone());
    let own = tariff.authority.family;
    if own.is_some_and(|own| own != certificate.family) {
        let issuer = certificate.issuer.clone();
        quote.findings.push(Finding::new(
            Severity::Warning,
            Error::TariffOtherAuthority { issuer },
        ));
        quote.findings.sort_by_key(|finding| finding.severity);
    }
    Ok(quote)
}

/// What an item costs: all of a quote that does not depend on the other items.
#[derive(Default)]
pub(super) struct Priced<'t> {
    pub lines: Vec<Line<'t>>,
    pub waived: Vec<Waived<'t>>,
    /// From the least to the most of what has a price.
    pub sum: Range,
    /// Whether a line has a range instead of an amount.
    pub open: bool,
    /// Whether something has no price that is known.
    pub unknown: bool,
    pub silences: Vec<SilenceId>,
    pub findings: Vec<Finding>,
}

/// Prices one item.
///
/// # Errors
/// `order-not-priced`.
pub(super) fn price<'t>(number: u32, item: &Item, tariff: &'t Tariff) -> Result<Priced<'t>, Error> {
    let mut out = Priced::default();
    out.findings_of(number, item, tariff);
    let (mut certificates_priced, mut seals_priced) = (false, false);
    for price in tariff.prices_for(item.role, item.service) {
        match price.unit {
            Unit::Certificate | Unit::CertificateYear => certificates_priced = true,
            Unit::Seal | Unit::SealYear => seals_priced = true,
        }
        let (count, years) = match price.unit {
            Unit::Certificate => (item.certificates, None),
            Unit::CertificateYear => (item.certificates, Some(item.years)),
            Unit::Seal => (item.seals, None),
            Unit::SealYear => (item.seals, Some(item.years)),
        };
        if count == 0 {
            continue;
        }
        out.add(number, item, price, count, years, tariff);
    }
    // Part of what is ordered may have a price, and part none. Seals count where they are ordered:
    // not beside a replacement.
    let seals_asked = item.seals > 0 && (item.service.has_term() || item.service.is_for_seals());
    if !certificates_priced && !item.service.is_for_seals() || seals_asked && !seals_priced {
        return Err(Error::OrderNotPriced { item: number });
    }
    out.silences_of(item, tariff);
    Ok(out)
}

impl<'t> Priced<'t> {
    /// What it costs, if that is certain.
    pub(super) fn total(&self) -> Option<Fen> {
        (!self.open && !self.unknown).then_some(self.sum.to)
    }

    /// From the least to the most, if that is all that is certain.
    pub(super) fn range(&self) -> Option<Range> {
        (self.open && !self.unknown).then_some(self.sum)
    }

    /// Counts another one in: what is summed and what is open, not what is listed.
    pub(super) fn count(&mut self, other: &Priced<'_>) {
        self.sum = self.sum.plus(other.sum);
        self.open |= other.open;
        self.unknown |= other.unknown;
    }

    fn add(
        &mut self,
        number: u32,
        item: &Item,
        price: &'t Price,
        count: u32,
        years: Option<Option<u32>>,
        tariff: &'t Tariff,
    ) {
        // A yearly price without years is that of a seal for the rest of a term.
        let partial = years == Some(None);
        let years = years.flatten();
        let quantity = u64::from(count) * u64::from(years.unwrap_or(1));
        let full = price.price.times(quantity);
        if let Some(waiver) = waiver_for(price, item, tariff) {
            self.waived.push(Waived {
                item: number,
                rule: &waiver.rule,
                waives: &price.rule,
                label: &price.label,
                clause: &waiver.clause,
                reason: &waiver.reason,
                quantity,
                unit_price: price.price,
                amount: full,
            });
            return;
        }
        // The class is what makes an upgrade free; outside of it the tariff has no price.
        if item.bidding_class == Some(false) && asks_for_class(item, tariff) {
            self.unknown = true;
            return;
        }
        let range = if partial {
            rest_of_term(
                price.price.times(count.into()),
                item.remaining_days.unwrap_or(0),
            )
        } else {
            Range {
                from: full,
                to: full,
            }
        };
        self.open |= partial;
        self.sum = self.sum.plus(range);
        self.lines.push(Line {
            item: number,
            rule: &price.rule,
            clause: &price.clause,
            label: &price.label,
            unit: price.unit,
            count,
            years,
            quantity,
            unit_price: price.price,
            amount: (!partial).then_some(full),
            range: partial.then_some(range),
        });
    }

    fn findings_of(&mut self, number: u32, item: &Item, tariff: &Tariff) {
        let mut found = |severity, error| {
            let place = format!("items[{}]", number.saturating_sub(1));
            self.findings.push(Finding::new(severity, error).at(place));
        };
        if item.service == Service::SealUpgrade
            && let Some(upgrade) = &tariff.upgrade
        {
            let (days, needed) = (item.remaining_days, upgrade.minimum_days);
            if let Some(days) = days.filter(|&days| i64::from(days) < needed.into()) {
                let days = days.max(0);
                found(Severity::Fatal, Error::RenewBeforeUpgrade { days, needed });
            }
        }
        if item.bidding_class == Some(false) && asks_for_class(item, tariff) {
            found(Severity::Warning, Error::UpgradeNotFree {});
        }
        if item.service.is_priced_by_days() && item.certificates > 0 {
            found(
                Severity::Note,
                Error::CertificatesNotCharged { item: number },
            );
        }
    }

    fn silences_of(&mut self, item: &Item, tariff: &Tariff) {
        let mut silent = |id| self.silences.push(id);
        match item.service {
            Service::SealUpgrade
                if item.bidding_class.is_none() && asks_for_class(item, tariff) =>
            {
                silent(SilenceId::BiddingClass);
            }
            Service::SealNew | Service::SealRenewal if item.is_mid_term() => {
                silent(SilenceId::SealMidTerm);
            }
            Service::Replacement => {
                silent(SilenceId::ReplacementMedium);
                silent(SilenceId::ReplacementSeal);
            }
            Service::Renewal => {
                if item.lapsed() != Some(false) {
                    silent(SilenceId::OpeningAfterLapse);
                }
                if item.lapsed() != Some(true) {
                    silent(SilenceId::RenewalPayment);
                }
            }
            _ => {}
        }
        if self.sum.to > Fen(0) {
            if item.role == Role::Expert {
                silent(SilenceId::ExpertPayment);
            }
            silent(SilenceId::Tax);
        }
    }
}

/// Whether the price of an item depends on the class of its certificate.
fn asks_for_class(item: &Item, tariff: &Tariff) -> bool {
    let upgrade = tariff.upgrade.as_ref();
    item.service == Service::SealUpgrade && upgrade.is_some_and(|some| some.bidding_class)
}

fn waiver_for<'t>(price: &Price, item: &Item, tariff: &'t Tariff) -> Option<&'t Waiver> {
    tariff.waivers.iter().find(|waiver| {
        waiver.waives.contains(&price.rule)
            && waiver.services.contains(&item.service)
            && waiver
                .minimum_years
                .is_none_or(|least| item.years.is_some_and(|years| years >= least))
    })
}

/// What part of a term may cost at a price for a year: at least its share of 365 days, rounded half
/// up to the fen; at most every year that it touches. A year has up to 366 days.
fn rest_of_term(yearly: Fen, days: i32) -> Range {
    let days = u64::from(days.unsigned_abs());
    let to = yearly.times(days.div_ceil(366));
    let share = Fen((yearly.times(days).0 * 2 + 365) / (2 * 365));
    Range {
        from: share.min(to),
        to,
    }
}

impl Range {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            from: self.from + other.from,
            to: self.to + other.to,
        }
    }
}

fn quote_items<'t>(
    items: Vec<Item>,
    extra: &[SilenceId],
    tariff: &'t Tariff,
) -> Result<Quote<'t>, Error> {
    let mut lines = Vec::new();
    let mut waived = Vec::new();
    let mut findings = Vec::new();
    let mut silences: BTreeMap<SilenceId, Vec<u32>> =
        extra.iter().map(|&id| (id, vec![1])).collect();
    let mut all = Priced::default();
    for (number, item) in (1..).zip(&items) {
        let priced = price(number, item, tariff)?;
        all.count(&priced);
        lines.extend(priced.lines);
        waived.extend(priced.waived);
        findings.extend(priced.findings);
        for id in priced.silences {
            silences.entry(id).or_default().push(number);
        }
    }
    findings.sort_by_key(|finding: &Finding| finding.severity);
    Ok(Quote {
        payer: None,
        tariff: TariffName {
            id: &tariff.id,
            authority: &tariff.authority.name,
            title: &tariff.title,
            source: &tariff.source,
            read: &tariff.read,
        },
        lines,
        waived,
        total: all.total(),
        capitals: all.total().map(Fen::capitals),
        range: all.range(),
        per_year: per_year(&items, tariff),
        comparison: compare(&items, tariff),
        assumptions: assumptions(&silences, tariff),
        findings,
        guidance: Guidance::of(&items, tariff),
        items,
    })
}

/// What is assumed, in the order of the tariff; each with the items that it concerns. What a tariff
/// does not list as open, it says elsewhere.
pub(super) fn assumptions<'t>(
    silences: &BTreeMap<SilenceId, Vec<u32>>,
    tariff: &'t Tariff,
) -> Vec<Assumption<'t>> {
    let ask = tariff.contacts.first().map_or("", |first| &first.value);
    tariff
        .silences
        .iter()
        .filter_map(|silence| {
            let items = silences.get(&silence.id)?.clone();
            Some(Assumption {
                id: silence.id,
                text: &silence.text,
                ask,
                items,
            })
        })
        .collect()
}

/// What some items cost in all; `None` if that is open.
fn total_of(items: impl Iterator<Item = Item>, tariff: &Tariff) -> Option<Fen> {
    items
        .map(|item| price(1, &item, tariff).ok()?.total())
        .sum()
}

/// Those that are ordered for a term of years.
fn by_term(items: &[Item]) -> impl Iterator<Item = Item> {
    items.iter().copied().filter(|item| item.years.is_some())
}

fn per_year(items: &[Item], tariff: &Tariff) -> Option<Fen> {
    by_term(items).next()?;
    // Rounded once, on the sum: over a number of years that every term divides.
    let over: u32 = 2520;
    let sum: Fen = by_term(items)
        .map(|item| {
            let years = item.years.unwrap_or(1).max(1);
            Some(
                price(1, &item, tariff)
                    .ok()?
                    .total()?
                    .times((over / years).into()),
            )
        })
        .sum::<Option<Fen>>()?;
    Some(each_year(sum, over))
}

/// Rounded half up to the fen.
fn each_year(total: Fen, years: u32) -> Fen {
    let years = u64::from(years.max(1));
    Fen((total.0 * 2 + years) / (years * 2))
}

fn compare(items: &[Item], tariff: &Tariff) -> Option<Comparison> {
    by_term(items).next()?;
    let (&shortest, &longest) = (tariff.terms.first()?, tariff.terms.last()?);
    if shortest == longest || longest % shortest != 0 {
        return None;
    }
    let total_for = |years: u32, service: fn(Service) -> Service| {
        let changed = by_term(items).map(|item| Item {
            years: Some(years),
            service: service(item.service),
            ..item
        });
        total_of(changed, tariff)
    };
    let terms = tariff
        .terms
        .iter()
        .map(|&years| {
            let total = total_for(years, |same| same)?;
            Some(TermCost {
                years,
                total,
                per_year: each_year(total, years),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    let renewals = u64::from(longest / shortest - 1);
    let shortest_renewed =
        terms.first()?.total + total_for(shortest, Service::continued)?.times(renewals);
    let saving = shortest_renewed.0 as i64 - terms.last()?.total.0 as i64;
    let mut reasons: Vec<&Bilingual> = Vec::new();
    for item in by_term(items) {
        let item = Item {
            years: Some(longest),
            ..item
        };
        for waived in price(1, &item, tariff).ok()?.waived {
            let reason = waived.reason;
            reasons.extend((!reasons.contains(&reason)).then_some(reason));
        }
    }
    Some(Comparison {
        text: told(shortest, longest, saving, &reasons),
        terms,
        shortest_renewed,
        saving,
    })
}

/// What a comparison comes to, with the reasons for what is not paid.
fn told(shortest: u32, longest: u32, saving: i64, reasons: &[&Bilingual]) -> Bilingual {
    let amount = Fen(saving.unsigned_abs()).yuan();
    let years = if shortest == 1 { "year" } else { "years" };
    let (again_zh, again_en) = match longest / shortest - 1 {
        1 => ("再更新".to_owned(), "a renewal".to_owned()),
        times => (format!("再更新 {times} 次"), format!("{times} renewals")),
    };
    let mut out = Bilingual::of("", "");
    for reason in reasons {
        out.zh.push_str(&reason.zh);
        out.en.push_str(&reason.en);
        out.en.push(' ');
    }
    let (zh, en) = match saving {
        1.. => (
            format!("一次办 {longest} 年，比先办 {shortest} 年{again_zh}省 {amount} 元。"),
            format!(
                "{longest} years at once cost {amount} yuan less than {shortest} {years} and {again_en}."
            ),
        ),
        0 => (
            format!("一次办 {longest} 年，与先办 {shortest} 年{again_zh}费用相同。"),
            format!("{longest} years at once cost the same as {shortest} {years} and {again_en}."),
        ),
        _ => (
            format!("一次办 {longest} 年，比先办 {shortest} 年{again_zh}多 {amount} 元。"),
            format!(
                "{longest} years at once cost {amount} yuan more than {shortest} {years} and {again_en}."
            ),
        ),
    };
    out.zh.push_str(&zh);
    out.en.push_str(&en);
    out
}
