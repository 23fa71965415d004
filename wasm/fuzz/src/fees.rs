//! What must hold of orders, tariffs and lists, whatever they are. The properties of
//! `wasm/fees/tests/fees.rs` ask the same of what proptest makes.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_fees::{
    Columns, Fen, Json, List, OrderItem, Price, Quote, Range, SCCA_TARIFF, Service, Tariff, Unit,
    quote,
};
use yinxin_proto::limits::{MAX_LIST_ROWS, MAX_ORDER_ITEMS};
use yinxin_proto::{Error, Locale};

/// The input is JSON: `tariff` (none for the product's own one), `items` of an order, `rows` of a
/// list.
pub fn run(input: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Value>(input) else {
        return;
    };
    let of = |name: &str| input.get(name).cloned().unwrap_or_default();
    let tariff = match of("tariff") {
        Value::Null => own(),
        given => match read_tariff(&given) {
            Some(tariff) => tariff,
            None => return,
        },
    };
    if let Ok(items) = serde_json::from_value::<Vec<OrderItem>>(of("items")) {
        // Each is quoted a dozen times.
        check_order(&items[..items.len().min(40)], &tariff);
    }
    if let Ok(rows) = serde_json::from_value::<Vec<Vec<String>>>(of("rows")) {
        check_list(&rows, &tariff);
    }
}

/// The product's own tariff.
pub fn own() -> Tariff {
    let json = serde_json::from_str::<Json>(SCCA_TARIFF).expect("it is JSON");
    Tariff::read(&json).expect("it is valid")
}

/// Reads a tariff; a refusal names a place that exists.
pub fn read_tariff(value: &Value) -> Option<Tariff> {
    let json = serde_json::from_value::<Json>(value.clone()).ok()?;
    match Tariff::read(&json) {
        Ok(tariff) => Some(tariff),
        Err(Error::TariffInvalid { place, reason }) => {
            assert!(!reason.is_empty());
            assert!(find(value, &place).is_some(), "there is no place {place}");
            None
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// The value at `prices[2].price`.
fn find<'v>(value: &'v Value, place: &str) -> Option<&'v Value> {
    if place == "JSON" {
        return Some(value);
    }
    place.split('.').try_fold(value, |value, step| {
        let mut parts = step.split('[');
        let field = value.get(parts.next()?)?;
        parts.try_fold(field, |list, index| {
            list.get(index.strip_suffix(']')?.parse::<usize>().ok()?)
        })
    })
}

/// Quotes an order; what it says holds together.
pub fn check_order(items: &[OrderItem], tariff: &Tariff) {
    let whole = match quote(items, tariff) {
        Ok(whole) => whole,
        Err(error) => return check_refusal(&error, "order-"),
    };
    assert_eq!(quote(items, tariff).as_ref(), Ok(&whole));
    assert!((1..=MAX_ORDER_ITEMS as usize).contains(&items.len()));
    check_quote(&whole, tariff);
    check_parts(&whole, items, tariff);
    check_terms(&whole, items, tariff);
    check_growth(&whole, items, tariff);
}

/// An error of this family has its texts.
fn check_refusal(error: &Error, family: &str) {
    assert!(error.code().starts_with(family), "{error:?}");
    for locale in [Locale::ZhCn, Locale::En] {
        let text = error.text(locale);
        assert!(!text.message.contains('{') || format!("{error:?}").contains('{'));
        assert!(text.message.chars().count() < 400, "{}", text.message);
    }
}

/// A number that JavaScript holds exactly.
fn check_amount(fen: Fen) {
    assert!(fen.0 <= 1 << 53, "{fen}");
    assert_eq!(amount_of(&fen.capitals()), Some(fen), "{}", fen.capitals());
}

fn check_range(range: Range) {
    assert!(range.from <= range.to, "{range:?}");
    check_amount(range.to);
}

fn check_quote(quote: &Quote<'_>, tariff: &Tariff) {
    let mut sum = Range::default();
    for line in &quote.lines {
        let price = tariff
            .prices
            .iter()
            .find(|price| price.rule == line.rule)
            .expect("a line has a rule");
        assert_eq!(
            (&price.clause[..], price.price),
            (line.clause, line.unit_price)
        );
        let years = u64::from(line.years.unwrap_or(1));
        assert_eq!(line.quantity, u64::from(line.count) * years);
        let full = Fen(line.quantity * line.unit_price.0);
        let range = match (line.amount, line.range) {
            (Some(amount), None) => Range {
                from: amount,
                to: amount,
            },
            (None, Some(range)) => range,
            other => panic!("{other:?}"),
        };
        if let Some(amount) = line.amount {
            assert_eq!(amount, full);
        } else {
            check_range(range);
            let most = full.0 * u64::from(tariff.longest_term());
            assert!(range.to.0 <= most && line.years.is_none());
        }
        sum.from = sum.from + range.from;
        sum.to = sum.to + range.to;
    }
    for waived in &quote.waived {
        assert_eq!(waived.amount.0, waived.quantity * waived.unit_price.0);
        let waiver = tariff
            .waivers
            .iter()
            .find(|waiver| waiver.rule == waived.rule && waiver.clause == waived.clause);
        assert!(waiver.is_some_and(|one| one.waives.iter().any(|rule| rule == waived.waives)));
    }
    let unpriced = quote
        .findings
        .iter()
        .any(|finding| finding.error.code() == "upgrade-not-free");
    let open = quote.lines.iter().any(|line| line.amount.is_none());
    // Outside of the class a price that nothing waives is no price: the sum is not known.
    let unwaived = |item: u32, price: &Price| {
        let mut waived = quote.waived.iter();
        !waived.any(|one| one.item == item && one.waives == price.rule)
    };
    let unknown = unpriced
        && (1..).zip(&quote.items).any(|(number, item)| {
            let counts = |price: &Price| match price.unit {
                Unit::Certificate | Unit::CertificateYear => item.certificates > 0,
                Unit::Seal | Unit::SealYear => item.seals > 0,
            };
            let mut prices = tariff.prices_for(item.role, item.service);
            item.bidding_class == Some(false)
                && item.service == Service::SealUpgrade
                && prices.any(|price| counts(price) && unwaived(number, price))
        });
    assert_eq!(quote.total, (!open && !unknown).then_some(sum.to));
    assert_eq!(quote.range, (open && !unknown).then_some(sum));
    assert_eq!(quote.capitals, quote.total.map(Fen::capitals));
    check_amount(sum.to);
    if let Some(range) = quote.range {
        check_range(range);
    }
    assert!(quote.findings.is_sorted_by_key(|finding| finding.severity));
    for assumption in &quote.assumptions {
        assert!(!assumption.ask.is_empty() && !assumption.items.is_empty());
        let numbers = 1..=quote.items.len() as u32;
        assert!(assumption.items.iter().all(|item| numbers.contains(item)));
    }
}

/// A joined order is the sum of its parts.
fn check_parts(whole: &Quote<'_>, items: &[OrderItem], tariff: &Tariff) {
    let (mut total, mut range) = (Some(Fen(0)), Some(Range::default()));
    let (mut lines, mut waived, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut assumptions: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for (number, item) in (1..).zip(items) {
        let part = quote(std::slice::from_ref(item), tariff).expect("it is part of an order");
        total = Option::zip(total, part.total).map(|(sum, more)| sum + more);
        let certain = |total| Range {
            from: total,
            to: total,
        };
        let more = part.range.or(part.total.map(certain));
        range = Option::zip(range, more).map(|(sum, more)| Range {
            from: sum.from + more.from,
            to: sum.to + more.to,
        });
        for mut line in part.lines {
            line.item = number;
            lines.push(line);
        }
        for mut one in part.waived {
            one.item = number;
            waived.push(one);
        }
        findings.extend(part.findings.iter().map(|found| found.error.code()));
        for assumption in part.assumptions {
            assumptions.entry(assumption.id).or_default().push(number);
        }
    }
    assert_eq!(whole.total, total);
    assert_eq!(whole.range, range.filter(|_| total.is_none()));
    assert_eq!(whole.lines, lines);
    assert_eq!(whole.waived, waived);
    let mut said: Vec<_> = whole
        .findings
        .iter()
        .map(|found| found.error.code())
        .collect();
    said.sort_unstable();
    findings.sort_unstable();
    assert_eq!(said, findings);
    let said: BTreeMap<_, _> = whole
        .assumptions
        .iter()
        .map(|one| (one.id, one.items.clone()))
        .collect();
    assert_eq!(said, assumptions);
}

/// The comparison says what separate quotes say, and a longer term is never dearer than a shorter
/// one as often.
fn check_terms(whole: &Quote<'_>, items: &[OrderItem], tariff: &Tariff) {
    let by_term: Vec<(&OrderItem, Service)> = items
        .iter()
        .zip(&whole.items)
        .filter(|(_, item)| item.years.is_some())
        .map(|(written, item)| (written, item.service))
        .collect();
    let total_for = |years: u32, continued: bool| {
        let items: Vec<OrderItem> = by_term
            .iter()
            .map(|(written, service)| OrderItem {
                years: Some(yinxin_fees::Number::Whole(years.into())),
                service: match continued {
                    true => service.continued().word().into(),
                    false => written.service.clone(),
                },
                ..(*written).clone()
            })
            .collect();
        quote(&items, tariff).ok()?.total
    };
    assert_eq!(whole.per_year.is_some(), !by_term.is_empty());
    let Some(comparison) = &whole.comparison else {
        return;
    };
    let years: Vec<u32> = comparison.terms.iter().map(|term| term.years).collect();
    assert_eq!(years, tariff.terms);
    for term in &comparison.terms {
        assert_eq!(total_for(term.years, false), Some(term.total));
        check_amount(term.total);
        let (paid, years) = (term.total.0, u64::from(term.years));
        let (least, most) = (term.per_year.0 * years * 2, paid * 2);
        assert!(least.abs_diff(most) <= years, "rounded by more than a half");
        let all_of_it = whole
            .items
            .iter()
            .all(|item| item.years.is_none_or(|is| is == term.years));
        if all_of_it {
            assert_eq!(whole.per_year, Some(term.per_year));
        }
    }
    for pair in comparison.terms.windows(2) {
        let (short, long) = (pair[0], pair[1]);
        let as_often = u64::from(long.years.div_ceil(short.years));
        assert!(long.total <= short.total.times(as_often));
    }
    let (first, last) = (
        comparison.terms[0],
        comparison.terms[comparison.terms.len() - 1],
    );
    let renewals = last.years / first.years - 1;
    let renewed = total_for(first.years, true).expect("renewals are priced");
    let renewed = first.total + renewed.times(renewals.into());
    assert_eq!(comparison.shortest_renewed, renewed);
    assert_eq!(comparison.saving, renewed.0 as i64 - last.total.0 as i64);
    check_amount(renewed);
    assert!(!comparison.text.zh.is_empty() && !comparison.text.en.is_empty());
}

/// More never costs less.
fn check_growth(whole: &Quote<'_>, items: &[OrderItem], tariff: &Tariff) {
    let Some(total) = whole.total else { return };
    use yinxin_fees::Number::Whole;
    for (at, item) in items.iter().enumerate() {
        let mut more = items.to_vec();
        match item.certificates {
            Some(Whole(count)) => more[at].certificates = Some(Whole(count + 1)),
            _ => continue,
        }
        if let Ok(more) = quote(&more, tariff) {
            assert!(more.total.is_some_and(|more| more >= total));
        }
        let mut more = items.to_vec();
        match item.seals {
            Some(Whole(count)) => more[at].seals = Some(Whole(count + 1)),
            _ => continue,
        }
        if let Ok(more) = quote(&more, tariff) {
            assert!(more.total.is_some_and(|more| more >= total));
        }
    }
}

/// Reads a list, under the titles that it has and under those of a template.
pub fn check_list(rows: &[Vec<String>], tariff: &Tariff) {
    match Columns::find(rows) {
        Ok(columns) => {
            let body = columns.header + 1;
            check_rows(List::new(columns), &rows[body..], tariff);
        }
        Err(error) => check_refusal(&error, "list-columns-missing"),
    }
    let titles = yinxin_fees::Column::ALL.iter();
    let titles = titles.map(|column| column.title().zh).collect();
    let columns = Columns::find(&[titles]).expect("they are the titles");
    check_rows(List::new(columns), rows, tariff);
}

fn check_rows(mut list: List, rows: &[Vec<String>], tariff: &Tariff) {
    let mut sum: BTreeMap<String, (Fen, bool, u32, u32)> = BTreeMap::new();
    let (mut good, mut bad) = (0, 0);
    for (number, cells) in (1..).zip(rows) {
        let row = match list.row(number, cells, tariff) {
            Ok(Some(row)) => row,
            Ok(None) => {
                assert!(cells.iter().all(|cell| cell.trim().is_empty()));
                continue;
            }
            Err(error) => {
                assert_eq!(good + bad, MAX_LIST_ROWS);
                check_refusal(&error, "list-too-long");
                break;
            }
        };
        assert_eq!((row.row, row.name.trim()), (number, &row.name[..]));
        let entry = sum.entry(row.name.clone()).or_insert((Fen(0), true, 0, 0));
        match (&row.item, &row.error) {
            (Some(item), None) => {
                good += 1;
                entry.2 += 1;
                assert!(row.amount.is_none() || row.range.is_none());
                assert!(item.certificates > 0 || item.seals > 0);
                entry.0 = entry.0 + row.amount.unwrap_or_default();
                entry.1 &= row.amount.is_some();
            }
            (None, Some(error)) => {
                bad += 1;
                entry.3 += 1;
                assert_eq!((row.amount, row.range), (None, None));
                assert!(!error.code().is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
    let totals = list.totals(tariff);
    assert_eq!((totals.rows, totals.errors), (good, bad));
    let certain = sum.values().all(|(_, certain, ..)| *certain);
    let all: Fen = sum.values().map(|(sum, ..)| *sum).sum();
    assert_eq!(totals.total, certain.then_some(all));
    let named: BTreeSet<&str> = totals.payers.iter().map(|payer| &payer.name[..]).collect();
    assert_eq!(named.len(), totals.payers.len());
    assert!(!named.contains(""));
    for payer in &totals.payers {
        let (sum, certain, rows, errors) = sum[&payer.name];
        assert_eq!((payer.rows, payer.errors), (rows, errors));
        assert_eq!(payer.total, certain.then_some(sum));
        assert_eq!(payer.capitals, payer.total.map(Fen::capitals));
        assert!(payer.total.is_none() || payer.range.is_none());
        for alike in &payer.alike {
            assert!(*alike != payer.name && named.contains(&alike[..]));
        }
    }
    if let Some(total) = totals.total {
        check_amount(total);
        let paid = totals
            .payers
            .iter()
            .map(|payer| payer.total.unwrap_or_default());
        assert_eq!(paid.sum::<Fen>(), total);
    }
}

/// The amount that capital numerals say, by reading them from the left: an independent reader of
/// what `Fen::capitals` writes.
pub fn amount_of(text: &str) -> Option<Fen> {
    let text = text.strip_prefix("人民币")?;
    // Done; since 亿; since 万; the digit before a unit.
    let (mut fen, mut high, mut low, mut digit) = (0_u64, 0_u64, 0_u64, None);
    for c in text.chars() {
        if let Some(value) = "零壹贰叁肆伍陆柒捌玖".chars().position(|one| one == c) {
            digit = (value > 0).then_some(value as u64);
            continue;
        }
        let mut take = || digit.take().unwrap_or(0);
        match c {
            '仟' => low += take() * 1000,
            '佰' => low += take() * 100,
            '拾' => low += take() * 10,
            '万' => (high, low) = (high + (low + take()) * 10_000, 0),
            '亿' => (high, low) = ((high + low + take()) * 100_000_000, 0),
            '元' => (fen, high, low) = ((high + low + take()) * 100, 0, 0),
            '角' => fen += take() * 10,
            '分' => fen += take(),
            '整' => {}
            _ => return None,
        }
    }
    (digit.is_none() && high + low == 0).then_some(Fen(fen))
}
