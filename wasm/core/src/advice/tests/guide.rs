//! The guide's data beside the guide itself, which is the judge; and our own texts beside the data.

use super::*;
use serde_json::Value;
use std::collections::BTreeSet;
use yinxin_fees::SCCA_TARIFF;
use yinxin_pki::testing::guide::{plain, written};

#[test]
fn the_seven_problems_are_the_guides_words_in_its_order() {
    let Some(written) = written() else { return };
    let written = plain(&written);
    let written = &written[written.find("常见问题").unwrap()..];
    let guide = guide();
    assert_eq!(guide.problems.len(), 7);
    let mut at = 0;
    for problem in &guide.problems {
        // Quotation marks are the guide's own.
        let heading = plain(&problem.heading);
        let place = written
            .find(&heading)
            .unwrap_or_else(|| panic!("{heading}"));
        assert!(place >= at, "{heading}");
        at = place;
        let causes = [&problem.cause].into_iter().chain(&problem.remedy);
        for text in causes {
            assert!(written[at..].contains(&plain(text)), "{text}");
        }
        // A whole message is known by its own words.
        assert_eq!(means(&problem.heading), Some(problem.id.clone()));
    }
    // The sixth has three causes, each with its remedy.
    assert_eq!(written.matches("问题处理").count(), 9);
}

#[test]
fn steps_that_the_guide_describes_are_its_words() {
    let Some(written) = written() else { return };
    let written = plain(&written);
    let mut compared = 0;
    for procedure in ways(&Situation::default()) {
        if procedure.way == Where::Ask {
            // Only that it says nothing, and what comes after.
            assert!(procedure.steps[0].text.zh.contains("指南没有写明"));
            assert!(procedure.steps.len() <= 2);
            continue;
        }
        for step in &procedure.steps {
            assert!(written.contains(&plain(&step.text.zh)), "{}", step.text.zh);
            compared += 1;
        }
    }
    assert!(compared > 25);
}

#[test]
fn every_way_of_the_issue_is_a_procedure() {
    let all = ways(&Situation::default());
    let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for id in [
        "new-online",
        "new-counter",
        "renewal-online",
        "renewal-lapsed-online",
        "renewal-counter",
        "seal-upgrade",
        "seal-renewal",
        "replacement",
        "invoice",
        "client-installation",
        "registration",
        "login",
        "unlocking",
        "change",
        "revocation",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
    let upgrade = all.iter().find(|one| one.id == "seal-upgrade").unwrap();
    assert_eq!(upgrade.bring.len(), 3);
    assert_eq!(upgrade.time.len(), 1);
    // A note that a step says already is left out, and no other.
    assert_eq!(upgrade.notes.len(), 2);
    let new = all.iter().find(|one| one.id == "new-online").unwrap();
    assert!(!new.notes.iter().any(|note| note.text.zh.contains("寄送")));
    assert!(
        new.notes
            .iter()
            .any(|note| note.text.zh.contains("电子发票"))
    );
    let counter = all.iter().find(|one| one.id == "new-counter").unwrap();
    assert!(
        counter
            .notes
            .iter()
            .any(|note| note.text.zh.contains("寄送"))
    );
    // What is priced and has no steps is answered by whom to ask.
    for service in yinxin_fees::Service::ALL {
        let ways: Vec<_> = all
            .iter()
            .filter(|one| one.services.contains(service))
            .collect();
        assert!(
            !ways.is_empty() && ways.iter().all(|way| !way.contacts.is_empty()),
            "{service:?}"
        );
    }
}

#[test]
fn every_procedure_says_all_of_itself_in_both_languages() {
    let of_guide: Vec<String> = written().map_or_else(Vec::new, |text| named(&text));
    for one in ways(&Situation::default()) {
        let steps = one.steps.iter().chain(&one.first);
        let texts = steps
            .clone()
            .map(|step| &step.text)
            .chain(one.bring.iter().chain(&one.notes).map(|step| &step.text))
            .chain(&one.time)
            .chain(&one.who)
            .chain([&one.title]);
        for text in texts {
            let chinese = text
                .zh
                .chars()
                .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(
                chinese && !text.en.trim().is_empty(),
                "{}: {text:?}",
                one.id
            );
        }
        assert!(
            !one.steps.is_empty() && !one.contacts.is_empty(),
            "{}",
            one.id
        );
        let links = steps.flat_map(|step| &step.links);
        for link in links.chain(
            one.notes
                .iter()
                .chain(&one.bring)
                .flat_map(|step| &step.links),
        ) {
            assert!(
                of_guide.is_empty() || of_guide.contains(link),
                "{}: {link}",
                one.id
            );
        }
        // Without a situation nothing is known, and nothing is claimed.
        let all = one.steps.iter().chain(&one.first);
        assert!(
            all.into_iter()
                .all(|step| step.done.is_none() && step.seen.is_empty())
        );
        assert!(one.costs.is_empty());
    }
}

#[test]
fn what_stands_beside_the_tariffs_procedures_fits_them() {
    let (guide, tariff) = (guide(), tariff());
    assert_eq!(guide.priced.len(), tariff.procedures.len());
    for known in &tariff.procedures {
        let beside = &guide.priced[&known.id];
        assert_eq!(beside.seen.len(), known.steps.len(), "{}", known.id);
    }
}

#[test]
fn rows_name_what_is_in_the_data() {
    let guide = guide();
    let ids: BTreeSet<String> = ways(&Situation::default())
        .into_iter()
        .map(|one| one.id)
        .collect();
    let rows = || ROWS.iter().chain(TOLD);
    let rules: BTreeSet<&str> = rows().map(|row| row.rule).collect();
    assert_eq!(rules.len(), rows().count());
    let codes: BTreeSet<&str> = yinxin_proto::error::ALL
        .iter()
        .map(|entry| entry.code)
        .collect();
    for row in rows() {
        for id in row.procedures {
            assert!(ids.contains(*id), "{id}");
        }
        for id in row.guide {
            assert!(guide.problem(id).is_some(), "{id}");
        }
        for code in row.codes {
            assert!(codes.contains(code), "{code}");
        }
    }
    for rule in guide.steps.keys() {
        let in_order = IN_ORDER.iter().any(|(row, _)| row.rule == rule);
        let known = in_order || [OTHER_CA, KEY_FIRST].contains(&rule.as_str());
        assert!(rules.contains(rule.as_str()) || known, "{rule}");
    }
    for problem in &guide.problems {
        assert!(
            ROWS.iter()
                .any(|row| row.guide.contains(&problem.id.as_str())),
            "{}",
            problem.id
        );
        assert!(problem.procedures.iter().all(|id| ids.contains(id)));
        assert!(!problem.look.is_empty() && !problem.steps.is_empty());
    }
}

fn texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(all) => all.iter().for_each(|one| texts(one, out)),
        Value::Object(all) => all.values().for_each(|one| texts(one, out)),
        _ => {}
    }
}

/// Telephone numbers, amounts of money, addresses.
fn named(text: &str) -> Vec<String> {
    let of_address = |c: char| c.is_ascii_alphanumeric() || ":/._-".contains(c);
    let words = text.split(|c: char| !of_address(c));
    let mut found: Vec<String> = words
        .map(|word| word.trim_matches(['.', ':', '-']))
        .filter(|word| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            word.contains("://") || word.contains(".cn") || digits >= 7
        })
        .map(str::to_owned)
        .collect();
    for mark in ["元", " yuan"] {
        for (at, _) in text.match_indices(mark) {
            let digits: String = text[..at]
                .chars()
                .rev()
                .take_while(char::is_ascii_digit)
                .collect();
            if !digits.is_empty() {
                found.push(digits.chars().rev().collect());
            }
        }
    }
    found
}

#[test]
fn no_text_names_a_price_number_or_link_that_is_not_in_the_data() {
    assert_eq!(
        named("打 400-028-1130，付50元，看 wt.scca.com.cn"),
        ["400-028-1130", "wt.scca.com.cn", "50"]
    );
    let Some(written) = written() else { return };
    let parsed: Value = serde_json::from_str(SCCA_GUIDE).unwrap();
    let mut all = Vec::new();
    texts(&parsed, &mut all);
    let mut catalogue: Vec<&str> = Vec::new();
    for entry in yinxin_proto::error::ALL {
        let advised = ROWS.iter().any(|row| row.codes.contains(&entry.code));
        if advised || entry.code.starts_with("message-") {
            catalogue.extend([entry.zh, entry.zh_remedy, entry.en, entry.en_remedy]);
        }
    }
    assert!(all.len() > 150 && catalogue.len() > 100);
    let mut seen = 0;
    for text in all
        .into_iter()
        .chain(catalogue)
        .filter(|text| *text != parsed["read"])
    {
        for name in named(text) {
            assert!(
                written.contains(&name),
                "{name} is not in the guide: {text}"
            );
            assert!(
                SCCA_TARIFF.contains(&name) || SCCA_GUIDE.contains(&name),
                "{name}: {text}"
            );
            seen += 1;
        }
    }
    assert!(seen > 20);
    // Prices are the quote's alone.
    assert!(!SCCA_GUIDE.contains('元'));
    for source in [
        include_str!("../rules.rs"),
        include_str!("../calendar.rs"),
        include_str!("../facts.rs"),
        include_str!("../procedures.rs"),
    ] {
        assert!(!source.contains('元') && !source.contains("400-"));
    }
}

#[test]
fn whom_to_ask_is_told_once_and_by_the_guide() {
    let Some(written) = written() else { return };
    let contacts = guide().contacts(&[Whom::Ca, Whom::Platform], &tariff());
    let values: Vec<&str> = contacts.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(
        values,
        ["400-028-1130", "4008676868", "SCCA2007", "400-160-0900"]
    );
    assert!(values.iter().all(|value| written.contains(value)));
}

/// The catalogue has one of them in its words: as it is dialled, and as it is copied.
#[test]
fn the_catalogue_names_the_number_of_the_tariff() {
    let number = tariff().contacts[0].value.clone();
    for locale in [Locale::ZhCn, Locale::En] {
        let remedy = Error::PinLocked {}.text(locale).remedy;
        assert!(remedy.contains(&number), "{remedy}");
    }
}

#[test]
fn the_oldest_browser_is_the_manifests() {
    let manifest = include_str!("../../../../../extension/manifest.ts");
    let sites = include_str!("../../../../../wasm/proto/ts/sites.ts");
    let number = yinxin_proto::site::OLDEST_ENGINE;
    assert!(sites.contains(&format!("OLDEST_ENGINE = {number}")));
    assert!(manifest.contains("chromium: { chrome: OLDEST_ENGINE }"));
    assert!(manifest.contains("minimum_chrome_version: String(OLDEST.chromium.chrome)"));
}
