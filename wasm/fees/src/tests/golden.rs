//! Quotes for every row of the price table, by term and service: `golden/fees-*.json`, to be read as
//! prose beside the guide, and totals worked out by hand.

use super::{each, item, quoted};
use crate::{Fen, Role, Service};
use serde_json::{Value, json};
use yinxin_testing::golden;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

/// Totals in yuan from the guide's table, by hand: service, years, certificates, seals, for a unit,
/// for an expert.
const BY_HAND: &[(&str, i64, i64, i64, u64, u64)] = &[
    // 100 + 200, 50 + 50
    ("new", 1, 1, 0, 300, 100),
    // and a seal: 100, 50
    ("new", 1, 1, 1, 400, 150),
    // two years pay no opening fee: 2 × 200, 2 × 50
    ("new", 2, 1, 0, 400, 100),
    ("new", 2, 1, 1, 600, 200),
    // 3 × (100 + 200) + 2 × 100, 3 × (50 + 50) + 2 × 50
    ("new", 1, 3, 2, 1100, 400),
    // 3 × 400 + 2 × 200, 3 × 100 + 2 × 100
    ("new", 2, 3, 2, 1600, 500),
    // a renewal pays no opening fee
    ("renewal", 1, 1, 0, 200, 50),
    ("renewal", 1, 1, 1, 300, 100),
    ("renewal", 2, 1, 0, 400, 100),
    ("renewal", 2, 1, 1, 600, 200),
    ("replacement", 0, 1, 0, 50, 50),
    ("replacement", 0, 3, 0, 150, 150),
    ("seal-new", 1, 0, 1, 100, 50),
    ("seal-new", 2, 0, 1, 200, 100),
    ("seal-new", 2, 0, 3, 600, 300),
    ("seal-renewal", 1, 0, 1, 100, 50),
    ("seal-renewal", 2, 0, 1, 200, 100),
    ("seal-upgrade", 0, 0, 1, 0, 0),
    ("change", 0, 1, 0, 0, 0),
    ("unlocking", 0, 1, 0, 0, 0),
    ("revocation", 0, 1, 0, 0, 0),
];

#[test]
fn totals_worked_out_by_hand() {
    for service in Service::ALL {
        let listed = BY_HAND.iter().any(|row| row.0 == service.word());
        assert!(listed, "{service:?}");
    }
    for &(service, years, certificates, seals, unit, expert) in BY_HAND {
        for role in Role::ALL {
            let yuan = if *role == Role::Expert { expert } else { unit };
            let items = json!([item(role.word(), service, years, certificates, seals)]);
            let total = quoted(items.clone())["total"].clone();
            assert_eq!(total, yuan * 100, "{items}");
        }
    }
}

/// A quote as one would read it out.
fn told(role: &str, name: &str, items: Value) -> Value {
    let quote = quoted(items);
    let yuan = |fen: &Value| Fen(fen.as_u64().unwrap()).to_string();
    let list = |name: &str| quote[name].as_array().unwrap().clone();
    let lines: Vec<String> = list("lines")
        .iter()
        .map(|line| {
            let amount = match &line["amount"] {
                Value::Null => {
                    let range = &line["range"];
                    format!("{} 至 {}", yuan(&range["from"]), yuan(&range["to"]))
                }
                amount => yuan(amount),
            };
            format!(
                "{}（{}）：{} × {} = {amount}；“{}”",
                line["label"]["zh-CN"].as_str().unwrap(),
                line["rule"].as_str().unwrap(),
                line["quantity"],
                yuan(&line["unitPrice"]),
                line["clause"].as_str().unwrap(),
            )
        })
        .collect();
    let waived: Vec<String> = list("waived")
        .iter()
        .map(|one| {
            format!(
                "{}：免 {}（{}）：{}“{}”",
                one["label"]["zh-CN"].as_str().unwrap(),
                yuan(&one["amount"]),
                one["rule"].as_str().unwrap(),
                one["reason"]["zh-CN"].as_str().unwrap(),
                one["clause"].as_str().unwrap(),
            )
        })
        .collect();
    let mut out = json!({ "a": format!("{role}，{name}"), "lines": lines });
    if !waived.is_empty() {
        out["waived"] = json!(waived);
    }
    match &quote["total"] {
        Value::Null if quote["range"].is_null() => out["total"] = json!("没有价格"),
        Value::Null => {
            let range = &quote["range"];
            out["total"] = json!(format!(
                "{} 至 {}",
                yuan(&range["from"]),
                yuan(&range["to"])
            ));
        }
        total => {
            let capitals = quote["capitals"].as_str().unwrap();
            out["total"] = json!(format!("{}，{capitals}", yuan(total)));
        }
    }
    if !quote["perYear"].is_null() {
        out["perYear"] = json!(yuan(&quote["perYear"]));
    }
    if !quote["comparison"].is_null() {
        out["comparison"] = quote["comparison"]["text"].clone();
    }
    out["assumptions"] = json!(each(&quote["assumptions"], "id"));
    let findings = each(&quote["findings"], "code");
    if !findings.is_empty() {
        out["findings"] = json!(findings);
    }
    out
}

#[test]
fn golden_quotes_of_the_price_table() {
    let units: Vec<Role> = Role::ALL
        .iter()
        .copied()
        .filter(|role| *role != Role::Expert)
        .collect();
    for (file, role) in [("fees-unit", Role::Supplier), ("fees-expert", Role::Expert)] {
        let mut all = Vec::new();
        for service in Service::ALL {
            let years: &[i64] = if service.has_term() { &[1, 2] } else { &[0] };
            let counts: &[(i64, i64)] = match (service.is_for_seals(), service.has_term()) {
                (true, _) => &[(0, 1)],
                (false, true) => &[(1, 0), (1, 1)],
                (false, false) => &[(1, 0)],
            };
            for &years in years {
                for &(certificates, seals) in counts {
                    let term = if years > 0 {
                        format!("，{years} 年")
                    } else {
                        String::new()
                    };
                    let name = format!("{}{term}，{certificates} 证 {seals} 章", service.name().zh);
                    let of = |role: Role| {
                        json!([item(
                            role.word(),
                            service.word(),
                            years,
                            certificates,
                            seals
                        )])
                    };
                    let quote = told(&role.name().zh, &name, of(role));
                    if role != Role::Expert {
                        // All units pay the same.
                        for other in &units {
                            assert_eq!(told(&role.name().zh, &name, of(*other)), quote);
                        }
                    }
                    all.push(quote);
                }
            }
            for (what, more) in [
                ("证书剩余 180 天", json!({ "remainingDays": 180 })),
                ("证书剩余 400 天", json!({ "remainingDays": 400 })),
                (
                    "证书剩余 59 天",
                    json!({ "remainingDays": 59, "biddingClass": true }),
                ),
                (
                    "证书剩余 60 天，招投标类",
                    json!({ "remainingDays": 60, "biddingClass": true }),
                ),
                ("不是招投标类", json!({ "biddingClass": false })),
                ("证书过期 1 天", json!({ "remainingDays": -1 })),
            ] {
                let upgrade = *service == Service::SealUpgrade;
                let fits = match service {
                    Service::SealNew | Service::SealRenewal => {
                        more["remainingDays"].as_i64() > Some(100)
                    }
                    Service::Renewal => more["remainingDays"].as_i64() == Some(-1),
                    _ => upgrade && (more["biddingClass"].is_boolean()),
                };
                if fits {
                    let mut one = item(
                        role.word(),
                        service.word(),
                        1,
                        i64::from(!service.is_for_seals()),
                        1,
                    );
                    if service.is_for_seals() {
                        one["years"] = json!(0);
                    }
                    one.as_object_mut()
                        .unwrap()
                        .extend(more.as_object().unwrap().clone());
                    let name = format!("{}，{what}，1 章", service.name().zh);
                    all.push(told(&role.name().zh, &name, json!([one])));
                }
            }
        }
        golden::compare(FOLDER, file, &Value::Array(all));
    }
}

/// What to bring and do, and what is assumed, for each service; in both languages.
#[test]
fn golden_guidance_of_each_service() {
    let mut all = Vec::new();
    for role in [Role::Supplier, Role::Expert] {
        for service in Service::ALL {
            let days: &[Option<i64>] = match service {
                Service::Renewal => &[Some(30), Some(-1)],
                Service::SealNew | Service::SealRenewal => &[Some(180)],
                _ => &[None],
            };
            for days in days {
                let mut one = item(role.word(), service.word(), 1, 1, 1);
                one["remainingDays"] = json!(days);
                let quote = quoted(json!([one]));
                let both = |text: &Value| {
                    json!([
                        text["zh-CN"].as_str().unwrap(),
                        text["en"].as_str().unwrap()
                    ])
                };
                let list = |of: &Value| of.as_array().unwrap().clone();
                let guidance = &quote["guidance"];
                let ways: Vec<Value> = list(&guidance["procedures"])
                    .iter()
                    .map(|way| {
                        let steps: Vec<Value> = list(&way["steps"])
                            .iter()
                            .map(|step| both(&step["text"]))
                            .collect();
                        json!({ "title": both(&way["title"]), "steps": steps })
                    })
                    .collect();
                let notes: Vec<Value> = list(&guidance["notes"])
                    .iter()
                    .map(|note| json!({ "about": note["kind"], "text": both(&note["text"]) }))
                    .collect();
                let assumptions: Vec<Value> = list(&quote["assumptions"])
                    .iter()
                    .map(|one| both(&one["text"]))
                    .collect();
                let days = days.map_or(String::new(), |days| format!("，证书剩余 {days} 天"));
                let mut out = json!({
                    "a": format!("{}，{}{days}", role.name().zh, service.name().zh),
                    "ways": ways, "notes": notes, "assumptions": assumptions,
                });
                if !guidance["undescribed"].is_null() {
                    out["undescribed"] = both(&guidance["undescribed"]);
                }
                all.push(out);
            }
        }
    }
    golden::compare(FOLDER, "fees-guidance", &Value::Array(all));
}
