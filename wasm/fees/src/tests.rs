//! Tests of fees. What must hold of any order stands in `tests/fees.rs` of this crate.

mod cases;
mod golden;
mod guide;
mod lists;
mod tariffs;

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

/// The answer to an order, as JSON.
fn quoted(items: Value) -> Value {
    quoted_by(&scca(), items)
}

fn quoted_by(tariff: &Tariff, items: Value) -> Value {
    serde_json::to_value(quote(&order(items), tariff).unwrap()).unwrap()
}

/// One field of each of a list.
fn each<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|one| one[field].as_str().unwrap())
        .collect()
}

fn code(items: Value) -> String {
    quote(&order(items), &scca()).unwrap_err().code().to_owned()
}

#[test]
fn a_role_is_known_by_the_words_that_clerks_and_portals_use() {
    for (word, role) in [
        ("supplier", Role::Supplier),
        ("供应商", Role::Supplier),
        (" 供 应 商 ", Role::Supplier),
        ("采购人", Role::Purchaser),
        ("采购人代表", Role::PurchaserRepresentative),
        ("采购人监督", Role::PurchaserSupervisor),
        ("代理机构", Role::Agency),
        ("采购代理机构", Role::Agency),
        ("评审专家", Role::Expert),
        ("评标专家", Role::Expert),
        ("专家", Role::Expert),
        ("Evaluation expert", Role::Expert),
        ("Purchaser’s representative", Role::PurchaserRepresentative),
    ] {
        assert_eq!(Role::named(word), Some(role), "{word}");
    }
    for word in ["", "管理员", "供应商专家", "role"] {
        assert_eq!(Role::named(word), None, "{word}");
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
            "order-years-missing",
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
        (
            one("seal-new", json!(1), json!(1), json!(0)),
            "order-nothing",
        ),
        (
            one("seal-new", json!(3), json!(0), json!(1)),
            "order-years-invalid",
        ),
        (
            one("new", json!(0), json!(1), json!(0)),
            "order-years-invalid",
        ),
        (
            one("new", json!(1), json!(1), json!(10_001)),
            "order-count-invalid",
        ),
        (
            one("new", json!(1), json!(u64::MAX), json!(0)),
            "order-count-invalid",
        ),
        (
            one("replacement", json!(1), json!(0), json!(1)),
            "order-certificate-missing",
        ),
        (
            json!([{ "role": "owner", "service": "new", "years": 1, "certificates": 1 }]),
            "order-role-unknown",
        ),
        (
            json!([{ "role": "supplier", "service": "new", "years": 1, "certificates": 1, "remainingDays": 30 }]),
            "order-days-unfit",
        ),
        (
            json!([{ "role": "supplier", "service": "seal-new", "seals": 1, "remainingDays": 0 }]),
            "order-days-invalid",
        ),
        (
            json!([{ "role": "supplier", "service": "seal-new", "seals": 1, "remainingDays": 733 }]),
            "order-days-invalid",
        ),
        (
            json!([{ "role": "supplier", "service": "renewal", "years": 1, "certificates": 1, "remainingDays": -36601 }]),
            "order-days-invalid",
        ),
    ] {
        assert_eq!(code(items.clone()), expected, "{items}");
    }
}

#[test]
fn absurd_numbers_are_told_in_few_characters() {
    let items =
        json!([{ "role": "supplier", "service": "new", "years": 1, "certificates": 1e300 }]);
    let error = quote(&order(items), &scca()).unwrap_err();
    assert!(error.to_string().contains("1e300"), "{error}");
}

/// 《正确填写票据和结算凭证的基本规定》, clauses 1 to 4; where it allows two forms, the shorter one.
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
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (7, "人民币柒分"),
        (1_000, "人民币壹拾元整"),
        (101_000_000_000_000, "人民币壹万零壹佰亿元整"),
        (30_000, "人民币叁佰元整"),
        (1_000_000, "人民币壹万元整"),
        (1_000_100, "人民币壹万零壹元整"),
        (10_000_000_000, "人民币壹亿元整"),
        (10_000_000_100, "人民币壹亿零壹元整"),
    ] {
        assert_eq!(Fen(fen).capitals(), text);
    }
}
