//! What must hold of advice on any situation.

use yinxin_core::advice::{Advised, Guide, SCCA_GUIDE, Situation, advise, calendar_entry};
use yinxin_core::workspace::{Known, Workspace};
use yinxin_pki::trust::Anchor;
use yinxin_proto::Severity;

/// The input is JSON: a situation, as `advise` takes it.
pub fn run(input: &[u8]) {
    let Ok(situation) = serde_json::from_slice::<Situation>(input) else {
        return;
    };
    let guide: Guide = serde_json::from_str(SCCA_GUIDE).expect("the guide reads");
    let tariff = super::fees::own();
    let anchors: &[Anchor] = &[];
    let advice = advise(&situation, anchors, &guide, &tariff, super::NOW);
    assert_eq!(
        advise(&situation, anchors, &guide, &tariff, super::NOW),
        advice
    );
    let asks = situation.message.as_deref().unwrap_or_default().trim() != "";
    let rest = &advice.findings[usize::from(asks)..];
    assert!(rest.is_sorted_by_key(|one| one.finding.severity));
    assert!(
        !advice.healthy
            || rest
                .iter()
                .all(|one| one.finding.severity == Severity::Note)
    );
    advice.findings.iter().for_each(check);
    let known = || Known {
        situation: situation.clone(),
        ..Known::default()
    };
    // What the machine kept gives the same as what it read.
    let mut machine = Workspace::default();
    let shown = machine.show(known(), &guide, &tariff, super::NOW);
    assert_eq!(machine.show(known(), &guide, &tariff, super::NOW), shown);
    if let Some(message) = &situation.message {
        check_calendar(&calendar_entry(message, super::NOW, super::NOW));
    }
}

fn check(one: &Advised) {
    assert!(!one.rule.is_empty() && !one.steps.is_empty());
    let texts = one.steps.iter().map(|step| &step.text).chain([&one.cause]);
    for text in texts {
        assert!(!text.zh.is_empty() && !text.en.is_empty(), "{one:?}");
        assert!(text.zh.chars().count().max(text.en.chars().count()) < 2_000);
    }
    for seen in &one.evidence {
        assert!(seen.value.chars().count() < 2_000, "{seen:?}");
    }
    if let Some(names) = &one.names {
        assert!(names.certificate.len() < 600 && names.account.len() < 600);
    }
    if let Some(calendar) = &one.calendar {
        check_calendar(calendar);
    }
}

/// RFC 5545, 3.1: lines end with CRLF and have 75 bytes at most.
fn check_calendar(text: &str) {
    let lines = text.strip_suffix("\r\n").expect("it ends with a line");
    for line in lines.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 1);
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
}
