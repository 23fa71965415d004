//! Tests of fees.

use super::*;
use serde_json::{Value, json};

fn scca() -> Tariff {
    Tariff::read(&serde_json::from_str(SCCA_TARIFF).unwrap()).unwrap()
}

fn item(role: &str, service: &str, years: i64, certificates: i64, seals: i64) -> Value {
    json!({ "role": role, "service": service, "years": years, "certificates": certificates, "seals": seals })
}

fn order(items: Value) -> Vec<OrderItem> {
    serde_json::from_value(items).unwrap()
}

fn total(items: Value) -> Option<u64> {
    quote(&order(items), &scca())
        .unwrap()
        .total
        .map(|fen| fen.0)
}

fn code(items: Value) -> String {
    quote(&order(items), &scca()).unwrap_err().code().to_owned()
}

#[test]
fn the_price_table_of_the_guide() {
    for (role, service, years, certificates, seals, yuan) in [
        ("supplier", "new", 1, 1, 0, 300),
        ("supplier", "new", 1, 1, 1, 400),
        ("supplier", "new", 2, 1, 1, 600),
        ("agency", "renewal", 1, 1, 1, 300),
        ("purchaser", "renewal", 2, 1, 1, 600),
        ("purchaser-supervisor", "replacement", 1, 2, 0, 100),
        ("purchaser-representative", "seal-new", 1, 0, 2, 200),
        ("supplier", "seal-renewal", 2, 0, 1, 200),
        ("supplier", "seal-upgrade", 1, 1, 1, 0),
        ("supplier", "unlocking", 0, 1, 0, 0),
        ("expert", "new", 1, 1, 1, 150),
        ("expert", "new", 2, 1, 1, 200),
        ("expert", "renewal", 1, 1, 0, 50),
        ("expert", "seal-new", 1, 0, 1, 50),
    ] {
        let items = json!([item(role, service, years, certificates, seals)]);
        assert_eq!(total(items.clone()), Some(yuan * 100), "{items}");
    }
}

#[test]
fn what_cannot_be_ordered_has_a_code() {
    let one = |service: &str, years: Value, certificates: Value, seals: Value| json!([{ "role": "supplier", "service": service, "years": years, "certificates": certificates, "seals": seals }]);
    for (items, expected) in [
        (json!([]), "order-empty"),
        (
            one("new", json!(1), json!(0), json!(1)),
            "order-certificate-missing",
        ),
        (
            one("renewal", json!(1), json!(0), json!(1)),
            "order-certificate-missing",
        ),
        (one("new", json!(1), json!(0), json!(0)), "order-nothing"),
        (
            one("seal-upgrade", json!(1), json!(1), json!(0)),
            "order-nothing",
        ),
        (
            one("new", json!(3), json!(1), json!(0)),
            "order-years-invalid",
        ),
        (
            one("new", Value::Null, json!(1), json!(0)),
            "order-years-invalid",
        ),
        (
            one("replacement", json!(3), json!(1), json!(0)),
            "order-years-invalid",
        ),
        (
            one("new", json!(1), json!(1.5), json!(0)),
            "order-count-invalid",
        ),
        (
            one("new", json!(1), json!(-1), json!(0)),
            "order-count-invalid",
        ),
        (
            one("new", json!(1), json!("2"), json!(0)),
            "order-count-invalid",
        ),
        (
            one("new", json!(1), json!(1e300), json!(0)),
            "order-count-invalid",
        ),
        (
            one("new", json!(1), json!(10_001), json!(0)),
            "order-count-invalid",
        ),
        (
            one("lease", json!(1), json!(1), json!(0)),
            "order-service-unknown",
        ),
    ] {
        assert_eq!(code(items.clone()), expected, "{items}");
    }
}

#[test]
fn examples_of_the_rules_for_capital_numerals() {
    for (fen, text) in [
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角"),
        (140_950, "人民币壹仟肆佰零玖元伍角"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (30_000, "人民币叁佰元整"),
        (1_000_000, "人民币壹万元整"),
        (1_000_100, "人民币壹万零壹元整"),
        (10_000_000_000, "人民币壹亿元整"),
        (10_000_000_100, "人民币壹亿零壹元整"),
    ] {
        assert_eq!(Fen(fen).capitals(), text);
    }
}
