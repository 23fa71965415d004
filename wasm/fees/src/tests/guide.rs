//! The tariff beside the users' guide, which is the judge: every word of it that claims to be the
//! guide's stands there, and every price of the guide stands in it.

use super::scca;
use crate::tariff::Upgrade;
use crate::{Fen, SCCA_TARIFF};
use serde_json::Value;
use std::collections::BTreeSet;
use yinxin_testing::guide::{plain, written};

/// The part of the guide that tells fees.
fn price_table(guide: &str) -> &str {
    let start = guide
        .find("收费标准\n")
        .expect("there is a table of prices");
    let end = guide.find("发票获取").expect("invoices follow it");
    &guide[start..end]
}

/// Whole numbers in a text, each with what follows it.
fn numbers(text: &str) -> Vec<(u64, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
        // Telephone numbers are no numbers of interest, and fit all the same.
        found.push((digits.parse().unwrap_or(u64::MAX), after));
        rest = after;
    }
    found
}

#[test]
fn the_prices_are_those_of_the_table_and_no_others() {
    let Some(guide) = written() else { return };
    let table = numbers(price_table(&guide));
    let yuan = table.iter().filter(|(_, after)| after.starts_with('元'));
    let told: Vec<Fen> = yuan.map(|(yuan, _)| Fen(yuan * 100)).collect();
    assert_eq!(told.len(), 7);
    let tariff = scca();
    let ours = tariff.prices.iter().map(|price| price.price);
    assert_eq!(ours.filter(|fen| fen.0 > 0).collect::<Vec<_>>(), told);
    // Those that cost nothing: what the yearly fee includes, and the free upgrade.
    for price in tariff.prices.iter().filter(|price| price.price.0 == 0) {
        assert!(
            ["包括", "免费"]
                .iter()
                .any(|word| price.clause.contains(word))
        );
    }
}

#[test]
fn each_clause_names_its_price() {
    for price in &scca().prices {
        if price.price.0 > 0 {
            let yuan = format!("{}元", price.price.yuan());
            assert!(price.clause.contains(&yuan), "{}", price.rule);
        }
    }
}

#[test]
fn terms_and_days_are_those_of_the_guide() {
    let Some(guide) = written() else { return };
    let tariff = scca();
    let terms: Vec<String> = tariff
        .terms
        .iter()
        .map(|years| format!("{years}年"))
        .collect();
    assert!(plain(&guide).contains(&format!("办理{}期证书", terms.join("或"))));
    let Some(Upgrade {
        minimum_days,
        clause,
        ..
    }) = tariff.upgrade
    else {
        panic!("upgrading has a condition");
    };
    assert_eq!(numbers(&clause)[0].0, u64::from(minimum_days));
    assert!(plain(&guide).contains(&format!("小于{minimum_days}天")));
}

#[test]
fn what_claims_to_be_the_guides_words_stands_in_it() {
    let Some(guide) = written() else { return };
    let guide = plain(&guide);
    let tariff = scca();
    let clauses = tariff.prices.iter().map(|price| &price.clause);
    let clauses = clauses.chain(tariff.waivers.iter().map(|waiver| &waiver.clause));
    let clauses = clauses.chain(tariff.upgrade.iter().map(|upgrade| &upgrade.clause));
    let notes = tariff.notes.iter().map(|note| &note.text.zh);
    let all_steps = || {
        tariff
            .procedures
            .iter()
            .flat_map(|procedure| &procedure.steps)
    };
    let steps = all_steps().map(|step| &step.text.zh);
    let links = tariff.notes.iter().flat_map(|note| &note.links);
    let links = links.chain(all_steps().flat_map(|step| &step.links));
    let numbers = tariff.contacts.iter().map(|contact| &contact.value);
    let words = clauses
        .chain(notes)
        .chain(steps)
        .chain(links)
        .chain(numbers);
    let words: Vec<&String> = words.collect();
    assert!(words.len() > 60);
    for text in words {
        assert!(guide.contains(&plain(text)), "not in the guide: {text}");
    }
}

#[test]
fn every_page_and_number_of_the_ca_is_told() {
    let Some(guide) = written() else { return };
    let of_address = |c: char| c.is_ascii_alphanumeric() || ":/._-".contains(c);
    let addresses = guide.split(|c: char| !of_address(c));
    let told: BTreeSet<&str> = addresses
        .filter(|text| text.contains("scca.com.cn"))
        .collect();
    // Named in passing, without a scheme.
    assert!(told.len() >= 4 && told.contains("wt.scca.com.cn"));
    for address in told {
        assert!(SCCA_TARIFF.contains(address), "{address}");
    }
    // The other telephone number is the platform's.
    for (at, _) in guide.match_indices("400-") {
        let number = &guide[at..at + "400-028-1130".len()];
        assert!(
            SCCA_TARIFF.contains(number) || number == "400-160-0900",
            "{number}"
        );
    }
    for (mark, number) in [("QQ", "4008676868"), ("微信公众号：", "SCCA2007")] {
        assert!(guide.contains(&format!("{mark}{number}")));
        assert!(
            scca()
                .contacts
                .iter()
                .any(|contact| contact.value == number)
        );
    }
    assert_eq!(scca().contacts[0].value, "400-028-1130");
}

#[test]
fn no_text_of_the_tariff_has_a_number_of_its_own() {
    let Some(guide) = written() else { return };
    let known: BTreeSet<u64> = numbers(&guide)
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    fn texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
        match value {
            Value::String(text) => out.push(text),
            Value::Array(all) => all.iter().for_each(|one| texts(one, out)),
            Value::Object(all) => all.values().for_each(|one| texts(one, out)),
            _ => {}
        }
    }
    let tariff: Value = serde_json::from_str(SCCA_TARIFF).unwrap();
    let mut all = Vec::new();
    texts(&tariff, &mut all);
    assert!(all.len() > 200);
    for text in all.into_iter().filter(|text| *text != tariff["read"]) {
        for (number, _) in numbers(text) {
            assert!(known.contains(&number), "{number} in {text}");
        }
    }
}

/// Prices are data: neither the code nor the catalogue has one.
#[test]
fn no_other_text_names_a_price() {
    let named = |text: &str| -> Vec<u64> {
        let all = numbers(text).into_iter();
        let prices = all.filter(|(_, after)| {
            let after = after.trim_start();
            after.starts_with('元') || after.starts_with("yuan")
        });
        prices.map(|(number, _)| number).collect()
    };
    assert_eq!(named("每证100元, 50 yuan"), [100, 50]);
    for source in [
        include_str!("../money.rs"),
        include_str!("../order.rs"),
        include_str!("../quote.rs"),
        include_str!("../list.rs"),
        include_str!("../guidance.rs"),
        include_str!("../tariff.rs"),
    ] {
        assert!(named(source).is_empty());
    }
    let families = [
        "order-",
        "tariff-",
        "list-",
        "renew-before-",
        "upgrade-not-",
        "certificates-not-",
    ];
    let ours: Vec<_> = yinxin_proto::error::ALL
        .iter()
        .filter(|entry| families.iter().any(|family| entry.code.starts_with(family)))
        .collect();
    assert!(ours.len() > 18);
    for entry in ours {
        for text in [entry.zh, entry.zh_remedy, entry.en, entry.en_remedy] {
            // Counts from 0 and 1 are all that they name; the rest are parameters.
            assert!(
                numbers(text).iter().all(|(number, _)| *number <= 1),
                "{text}"
            );
        }
    }
}
