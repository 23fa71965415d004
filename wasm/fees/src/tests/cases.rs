//! Situations that people ask about, each by its name.

use super::{each, item, quoted, quoted_by, scca};
use crate::{CertificateOrder, Number, OrderCertificate, Tariff, quote_certificate};
use serde_json::{Value, json};
use yinxin_proto::consent::{FamilyId, HolderKind};
use yinxin_proto::time::UnixTime;

fn at(text: &str) -> UnixTime {
    UnixTime::parse(text).unwrap()
}

fn with(mut item: Value, more: Value) -> Value {
    item.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    item
}

fn ids(quote: &Value) -> Vec<&str> {
    each(&quote["assumptions"], "id")
}

fn findings(quote: &Value) -> Vec<&str> {
    each(&quote["findings"], "code")
}

#[test]
fn a_renewal_pays_no_opening_fee_and_says_why() {
    let quote = quoted(json!([item("supplier", "renewal", 1, 2, 0)]));
    assert_eq!(each(&quote["lines"], "rule"), ["unit-service"]);
    let waived = &quote["waived"][0];
    assert_eq!(
        (&waived["rule"], &waived["waives"], &waived["amount"]),
        (
            &json!("opening-once"),
            &json!("unit-opening"),
            &json!(20_000)
        )
    );
    assert_eq!(waived["clause"], "为一次性收取");
    assert!(
        waived["reason"]["zh-CN"]
            .as_str()
            .unwrap()
            .contains("更新不再收取")
    );
}

#[test]
fn two_years_save_the_opening_fee_of_a_new_certificate() {
    for (role, saving) in [("agency", 10_000), ("expert", 5000)] {
        let quote = quoted(json!([item(role, "new", 2, 1, 1)]));
        let comparison = &quote["comparison"];
        assert_eq!(comparison["saving"], saving);
        let text = format!(
            "办理 2 年期，免开户费。一次办 2 年，比先办 1 年再更新省 {} 元。",
            saving / 100
        );
        assert_eq!(comparison["text"]["zh-CN"], text);
        assert!(
            comparison["text"]["en"]
                .as_str()
                .unwrap()
                .contains("less than 1 year and a renewal")
        );
        assert_eq!(each(&quote["waived"], "rule"), ["two-years-opening"]);
    }
}

#[test]
fn two_years_save_nothing_on_a_renewal_and_the_text_says_so() {
    let quote = quoted(json!([item("supplier", "renewal", 2, 1, 1)]));
    assert_eq!(quote["comparison"]["saving"], 0);
    assert_eq!(
        quote["comparison"]["text"]["zh-CN"],
        "开户费只在新办时收一次，更新不再收取。一次办 2 年，与先办 1 年再更新费用相同。"
    );
}

#[test]
fn two_years_of_a_seal_alone_save_nothing_and_no_reason_is_given() {
    let quote = quoted(json!([item("supplier", "seal-new", 1, 0, 1)]));
    assert_eq!(
        quote["comparison"]["text"]["zh-CN"],
        "一次办 2 年，与先办 1 年再更新费用相同。"
    );
    let cost = |years| json!({ "years": years, "total": years * 10_000, "perYear": 10_000 });
    assert_eq!(quote["comparison"]["terms"], json!([cost(1), cost(2)]));
}

#[test]
fn an_upgrade_is_free_for_the_bidding_class() {
    let upgrade = item("supplier", "seal-upgrade", 0, 1, 1);
    let confirmed = with(
        upgrade.clone(),
        json!({ "biddingClass": true, "remainingDays": 60 }),
    );
    let quote = quoted(json!([confirmed]));
    assert_eq!(
        (&quote["total"], &quote["capitals"]),
        (&json!(0), &json!("人民币零元整"))
    );
    assert!(ids(&quote).is_empty() && findings(&quote).is_empty());

    let quote = quoted(json!([upgrade]));
    assert_eq!(quote["total"], 0);
    assert_eq!(ids(&quote), ["bidding-class"]);
    assert_eq!(quote["assumptions"][0]["ask"], "400-028-1130");

    let quote = quoted(json!([with(upgrade, json!({ "biddingClass": false }))]));
    assert_eq!(
        (&quote["total"], &quote["range"]),
        (&Value::Null, &Value::Null)
    );
    assert!(quote["lines"].as_array().unwrap().is_empty());
    assert_eq!(findings(&quote), ["upgrade-not-free"]);
}

#[test]
fn an_upgrade_tells_of_the_sixty_days_even_without_a_certificate() {
    let quote = quoted(json!([item("supplier", "seal-upgrade", 0, 1, 1)]));
    let notes = quote["guidance"]["notes"].as_array().unwrap();
    let told = |note: &Value| note["text"]["zh-CN"].as_str().unwrap().contains("小于60天");
    assert!(notes.iter().any(told));
}

#[test]
fn sixty_days_pass_and_fifty_nine_renew_first() {
    for (days, expected) in [
        (60, 0),
        (61, 0),
        (732, 0),
        (1100, 0),
        (59, 1),
        (0, 1),
        (-5, 1),
    ] {
        let upgrade = item("supplier", "seal-upgrade", 0, 1, 1);
        let more = json!({ "biddingClass": true, "remainingDays": days });
        let quote = quoted(json!([with(upgrade, more)]));
        assert_eq!(findings(&quote).len(), expected, "{days}");
        if expected == 1 {
            let finding = &quote["findings"][0];
            assert_eq!(finding["code"], "renew-before-upgrade");
            assert_eq!(finding["severity"], "fatal");
            assert_eq!(
                finding["params"],
                json!({ "days": days.max(0), "needed": 60 })
            );
            assert_eq!(finding["place"], "items[0]");
        }
    }
}

/// A certificate that ends at the end of 2027-01-31 in China.
fn certificate(kind: HolderKind) -> OrderCertificate {
    OrderCertificate {
        holder: "示例采购有限公司".into(),
        kind,
        not_after: at("2027-01-31T15:59:59Z"),
        family: FamilyId::Scca,
        issuer: "四川CA".into(),
    }
}

fn of_certificate(certificate: &OrderCertificate, order: CertificateOrder, now: &str) -> Value {
    let tariff = scca();
    let quote = quote_certificate(certificate, order, &tariff, at(now)).unwrap();
    serde_json::to_value(quote).unwrap()
}

fn asked(service: &str) -> CertificateOrder {
    CertificateOrder {
        service: Some(service.into()),
        seals: Some(Number::Whole(1)),
        ..CertificateOrder::default()
    }
}

#[test]
fn the_payer_of_a_certificates_order_has_its_name() {
    let certificate = certificate(HolderKind::Unit);
    let quote = of_certificate(&certificate, asked("renewal"), "2026-12-01T00:00:00Z");
    assert_eq!(quote["payer"], certificate.holder);
}

#[test]
fn days_are_counted_by_the_calendar_of_china_across_midnight() {
    let certificate = certificate(HolderKind::Unit);
    let upgrade = || CertificateOrder {
        bidding_class: Some(true),
        ..asked("seal-upgrade")
    };
    // 60 days before 31 January is 2 December, which begins in China at 16:00 UTC of the first.
    for (now, days, passes) in [
        ("2026-12-01T15:59:59Z", 61, true),
        ("2026-12-01T16:00:00Z", 60, true),
        ("2026-12-02T15:59:59Z", 60, true),
        ("2026-12-02T16:00:00Z", 59, false),
    ] {
        let quote = of_certificate(&certificate, upgrade(), now);
        assert_eq!(quote["items"][0]["remainingDays"], days, "{now}");
        assert_eq!(findings(&quote).is_empty(), passes, "{now}");
    }
    // The last day is not over before midnight in China.
    for (now, lapsed) in [
        ("2027-01-31T15:59:59Z", false),
        ("2027-01-31T16:00:00Z", true),
    ] {
        let quote = of_certificate(&certificate, CertificateOrder::default(), now);
        assert_eq!(
            ids(&quote).contains(&"opening-after-lapse"),
            lapsed,
            "{now}"
        );
        assert_eq!(ids(&quote).contains(&"renewal-payment"), !lapsed, "{now}");
    }
}

#[test]
fn a_certificate_is_renewed_for_a_year_unless_said_otherwise() {
    let quote = of_certificate(
        &certificate(HolderKind::Unit),
        CertificateOrder::default(),
        "2026-12-20T00:00:00Z",
    );
    assert_eq!(
        quote["items"],
        json!([{ "role": "supplier", "service": "renewal", "years": 1, "certificates": 1, "seals": 0, "remainingDays": 42 }])
    );
    assert_eq!(quote["total"], 20_000);
    assert!(findings(&quote).is_empty());
}

#[test]
fn the_role_of_a_unit_is_assumed_unless_said() {
    let role = |role: Option<&str>| CertificateOrder {
        role: role.map(Into::into),
        ..CertificateOrder::default()
    };
    let quote = of_certificate(
        &certificate(HolderKind::Unit),
        role(None),
        "2026-12-20T00:00:00Z",
    );
    assert!(ids(&quote).contains(&"role"));
    let quote = of_certificate(
        &certificate(HolderKind::Unit),
        role(Some("agency")),
        "2026-12-20T00:00:00Z",
    );
    assert!(!ids(&quote).contains(&"role"));
    let expert = certificate(HolderKind::Expert);
    let quote = of_certificate(&expert, role(None), "2026-12-20T00:00:00Z");
    assert_eq!(quote["items"][0]["role"], "expert");
    assert!(!ids(&quote).contains(&"role"));
    assert_eq!(quote["total"], 5000);
}

#[test]
fn a_certificate_of_another_ca_is_quoted_with_a_warning() {
    let other = OrderCertificate {
        family: FamilyId::Other,
        issuer: "示例签发机构".into(),
        ..certificate(HolderKind::Unit)
    };
    let quote = of_certificate(&other, CertificateOrder::default(), "2026-12-20T00:00:00Z");
    assert_eq!(findings(&quote), ["tariff-other-authority"]);
    assert_eq!(
        quote["findings"][0]["params"],
        json!({ "issuer": "示例签发机构" })
    );
    let mut tariff = scca();
    tariff.authority.family = None;
    let order = CertificateOrder::default();
    let quote = quote_certificate(&other, order, &tariff, at("2026-12-20T00:00:00Z")).unwrap();
    assert!(quote.findings.is_empty());
}

#[test]
fn a_certificate_that_ended_long_ago_or_lasts_long_can_be_renewed() {
    for now in ["1970-01-01", "2024-01-01", "2030-01-01", "9999-12-31"] {
        let quote = of_certificate(
            &certificate(HolderKind::Unit),
            CertificateOrder::default(),
            now,
        );
        assert_eq!(quote["total"], 20_000, "{now}");
        assert_eq!(
            ids(&quote).contains(&"opening-after-lapse"),
            now > "2027-02",
            "{now}"
        );
    }
    for now in [UnixTime(i64::MIN), UnixTime(i64::MAX)] {
        let tariff = scca();
        let quote = quote_certificate(
            &certificate(HolderKind::Unit),
            CertificateOrder::default(),
            &tariff,
            now,
        );
        assert!(quote.unwrap().total.is_some());
    }
}

#[test]
fn days_that_no_price_depends_on_may_be_many() {
    let late = with(
        item("supplier", "renewal", 1, 1, 0),
        json!({ "remainingDays": -1100 }),
    );
    let quote = quoted(json!([late]));
    assert_eq!(quote["total"], 20_000);
    assert!(ids(&quote).contains(&"opening-after-lapse"));
}

#[test]
fn a_service_for_seals_takes_a_certificate_to_have_one() {
    let order = CertificateOrder {
        seals: None,
        ..asked("seal-renewal")
    };
    let quote = of_certificate(
        &certificate(HolderKind::Unit),
        order,
        "2026-12-20T00:00:00Z",
    );
    assert_eq!(quote["items"][0]["seals"], 1);
}

#[test]
fn a_seal_of_a_certificate_has_a_range_and_no_remark_on_certificates() {
    let quote = of_certificate(
        &certificate(HolderKind::Unit),
        asked("seal-new"),
        "2026-12-20T00:00:00Z",
    );
    // 42 of 365 days: 1150.68… fen.
    assert_eq!(quote["range"], json!({ "from": 1151, "to": 10_000 }));
    assert_eq!(quote["total"], Value::Null);
    assert!(findings(&quote).is_empty());
    let ended = quote_certificate(
        &certificate(HolderKind::Unit),
        asked("seal-new"),
        &scca(),
        at("2027-02-02T00:00:00Z"),
    )
    .map(|quote| quote.total);
    assert_eq!(ended.unwrap_err().code(), "order-days-invalid");
}

#[test]
fn seals_are_ordered_without_a_certificate() {
    for service in ["seal-new", "seal-renewal"] {
        let quote = quoted(json!([item("supplier", service, 1, 0, 3)]));
        assert_eq!(
            (&quote["total"], each(&quote["lines"], "rule")),
            (&json!(30_000), vec!["unit-seal"])
        );
        assert!(findings(&quote).is_empty());
        let quote = quoted(json!([item("supplier", service, 1, 1, 3)]));
        assert_eq!(
            (&quote["total"], findings(&quote)),
            (&json!(30_000), vec!["certificates-not-charged"])
        );
    }
}

#[test]
fn a_seal_for_part_of_a_term_costs_from_its_share_to_full_years() {
    // By hand: 100 yuan × days / 365, half up; at most each year that is touched.
    for (days, from, to) in [
        (1, 27, 10_000),
        (180, 4932, 10_000),
        (364, 9973, 10_000),
        (365, 10_000, 10_000),
        (366, 10_000, 10_000),
        (367, 10_055, 20_000),
        (732, 20_000, 20_000),
    ] {
        for service in ["seal-new", "seal-renewal"] {
            let order = json!([{ "role": "supplier", "service": service, "seals": 1, "remainingDays": days }]);
            let quote = quoted(order);
            assert_eq!(quote["range"], json!({ "from": from, "to": to }), "{days}");
            assert_eq!(quote["lines"][0]["range"], quote["range"]);
            assert_eq!(quote["lines"][0]["amount"], Value::Null);
            for absent in ["total", "capitals", "perYear", "comparison"] {
                assert_eq!(quote[absent], Value::Null, "{absent}");
            }
            assert_eq!(ids(&quote), ["seal-mid-term", "tax"]);
        }
    }
}

#[test]
fn no_range_holds_beside_what_has_no_price() {
    let part =
        json!({ "role": "supplier", "service": "seal-new", "seals": 1, "remainingDays": 180 });
    let upgrade =
        json!({ "role": "supplier", "service": "seal-upgrade", "seals": 1, "biddingClass": false });
    let quote = quoted(json!([part, upgrade]));
    assert_eq!(
        (&quote["total"], &quote["range"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(quote["lines"][0]["range"]["to"], 10_000);
}

#[test]
fn a_replacement_is_silent_of_medium_and_seal() {
    let quote = quoted(json!([item("agency", "replacement", 0, 2, 1)]));
    assert_eq!(quote["total"], 10_000);
    assert_eq!(
        ids(&quote),
        ["replacement-medium", "replacement-seal", "tax"]
    );
    assert!(
        quote["guidance"]["undescribed"]["zh-CN"]
            .as_str()
            .unwrap()
            .contains("咨询")
    );
}

#[test]
fn a_renewal_after_the_end_says_what_is_assumed_and_another_way() {
    let renewal = |days: Option<i64>| {
        let one = item("supplier", "renewal", 1, 1, 1);
        quoted(json!([with(one, json!({ "remainingDays": days }))]))
    };
    let ways = |quote: &Value| -> Vec<String> {
        each(&quote["guidance"]["procedures"], "id")
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let lapsed = renewal(Some(-1));
    assert_eq!(ids(&lapsed), ["opening-after-lapse", "tax"]);
    assert_eq!(ways(&lapsed), ["renewal-lapsed-online", "renewal-counter"]);
    let valid = renewal(Some(0));
    assert_eq!(ids(&valid), ["renewal-payment", "tax"]);
    assert_eq!(ways(&valid), ["renewal-online", "renewal-counter"]);
    let either = renewal(None);
    assert_eq!(
        ids(&either),
        ["opening-after-lapse", "renewal-payment", "tax"]
    );
    assert_eq!(
        ways(&either),
        ["renewal-online", "renewal-lapsed-online", "renewal-counter"]
    );
    for quote in [lapsed, valid, either] {
        assert_eq!(quote["total"], 30_000);
    }
}

#[test]
fn how_an_expert_pays_is_not_said() {
    let quote = quoted(json!([
        item("expert", "new", 1, 1, 0),
        item("supplier", "new", 1, 1, 0)
    ]));
    let payment = &quote["assumptions"][0];
    assert_eq!(
        (&payment["id"], &payment["items"]),
        (&json!("expert-payment"), &json!([1]))
    );
    let alone = quoted(json!([item("expert", "new", 1, 1, 0)]));
    let payment = |quote: &Value| each(&quote["guidance"]["notes"], "kind").contains(&"payment");
    assert!(payment(&quote) && !payment(&alone));
}

#[test]
fn tax_is_an_assumption_wherever_something_is_paid() {
    let has_tax = |service, years| {
        ids(&quoted(json!([item("supplier", service, years, 1, 1)]))).contains(&"tax")
    };
    assert!(has_tax("new", 1) && has_tax("replacement", 0));
    assert!(!has_tax("seal-upgrade", 0) && !has_tax("unlocking", 0));
}

#[test]
fn changes_cost_nothing_by_the_clause_of_the_service_fee() {
    for service in ["change", "unlocking", "revocation"] {
        for (role, clause) in [
            ("supplier", "200元/年（包括变更、解锁、注销服务）"),
            ("expert", "50元/年（包括变更、解锁、注销服务）"),
        ] {
            let quote = quoted(json!([item(role, service, 0, 2, 0)]));
            assert_eq!(quote["total"], 0);
            let line = &quote["lines"][0];
            assert_eq!(
                (&line["clause"], &line["amount"], &line["quantity"]),
                (&json!(clause), &json!(0), &json!(2))
            );
        }
    }
}

#[test]
fn wechat_and_an_invoice_within_two_days_belong_to_seal_renewal_alone() {
    for service in crate::Service::ALL {
        let quote = quoted(json!([item("supplier", service.word(), 1, 1, 1)]));
        let guidance = quote["guidance"].to_string();
        let renewal = *service == crate::Service::SealRenewal;
        for words in [
            "微信扫码在线支付",
            "2个工作日内",
            "WeChat;",
            "within two working days",
        ] {
            assert_eq!(guidance.contains(words), renewal, "{service:?}: {words}");
        }
    }
}

#[test]
fn the_payer_has_the_name_of_the_certificate() {
    let quote = quoted(json!([item("supplier", "new", 1, 1, 1)]));
    let notes = quote["guidance"]["notes"].as_array().unwrap();
    let payment = notes.iter().find(|note| note["kind"] == "payment").unwrap();
    assert!(
        payment["text"]["zh-CN"]
            .as_str()
            .unwrap()
            .contains("对公账户名需与证书名一致")
    );
    for kind in ["delivery", "invoice", "materials"] {
        assert!(notes.iter().any(|note| note["kind"] == kind), "{kind}");
    }
    let ways = each(&quote["guidance"]["procedures"], "way");
    assert_eq!(ways, ["online", "counter"]);
    assert_eq!(quote["guidance"]["contacts"][0]["value"], "400-028-1130");
}

#[test]
fn an_order_of_many_parts_is_compared_as_a_whole() {
    let quote = quoted(json!([
        item("supplier", "new", 1, 2, 1),
        item("expert", "renewal", 2, 1, 1),
        item("agency", "replacement", 0, 1, 0),
    ]));
    // 2 × 300 + 100; 2 × 50 + 2 × 50; 50
    assert_eq!(quote["total"], 95_000);
    // 700 in one year, and 200 in two.
    assert_eq!(quote["perYear"], 80_000);
    // 700 + 100 in one year; 2 × 400 + 200 + 200 in two; renewed: 2 × 200 + 100, and 100.
    let cost = |years: u64, total: u64| json!({ "years": years, "total": total, "perYear": total / years });
    assert_eq!(
        quote["comparison"]["terms"],
        json!([cost(1, 80_000), cost(2, 120_000)])
    );
    assert_eq!(quote["comparison"]["shortestRenewed"], 140_000);
    assert_eq!(quote["comparison"]["saving"], 20_000);
    let text = quote["comparison"]["text"]["zh-CN"].as_str().unwrap();
    assert!(text.contains("免开户费") && text.contains("更新不再收取"));
}

/// A second tariff, as a user loads it.
fn other(change: impl FnOnce(&mut Value)) -> Tariff {
    let mut tariff: Value = serde_json::from_str(crate::SCCA_TARIFF).unwrap();
    change(&mut tariff);
    Tariff::read(&serde_json::from_value(tariff).unwrap()).unwrap()
}

#[test]
fn another_tariff_may_have_other_terms_and_prices_with_fen() {
    let tariff = other(|tariff| {
        tariff["terms"] = json!([1, 3, 5]);
        tariff["waivers"][1]["minimumYears"] = json!(3);
        tariff["prices"][0]["price"] = json!(10_001);
        tariff["prices"][1]["price"] = json!(19_999);
    });
    let quote = quoted_by(&tariff, json!([item("supplier", "new", 1, 1, 0)]));
    assert_eq!(
        (&quote["total"], &quote["capitals"]),
        (&json!(30_000), &json!("人民币叁佰元整"))
    );
    let comparison = &quote["comparison"];
    assert_eq!(
        comparison["terms"],
        json!([
            { "years": 1, "total": 30_000, "perYear": 30_000 },
            { "years": 3, "total": 59_997, "perYear": 19_999 },
            { "years": 5, "total": 99_995, "perYear": 19_999 },
        ])
    );
    assert_eq!(
        (&comparison["shortestRenewed"], &comparison["saving"]),
        (&json!(109_996), &json!(10_001))
    );
    let text = &comparison["text"];
    assert!(
        text["zh-CN"]
            .as_str()
            .unwrap()
            .ends_with("一次办 5 年，比先办 1 年再更新 4 次省 100.01 元。")
    );
    assert!(
        text["en"]
            .as_str()
            .unwrap()
            .ends_with("100.01 yuan less than 1 year and 4 renewals.")
    );
    let error = crate::quote(
        &super::order(json!([item("supplier", "new", 2, 1, 0)])),
        &tariff,
    )
    .unwrap_err();
    assert!(
        error
            .text(yinxin_proto::Locale::ZhCn)
            .remedy
            .contains("1 / 3 / 5"),
        "{error}"
    );
}

#[test]
fn each_year_is_rounded_once_on_the_whole() {
    let tariff = other(|tariff| {
        tariff["terms"] = json!([1, 3]);
        tariff["waivers"] = json!([]);
    });
    // 700 yuan in three years, three times: 233.33 each, 700.00 together.
    let one = || item("supplier", "new", 3, 1, 0);
    assert_eq!(quoted_by(&tariff, json!([one()]))["perYear"], 23_333);
    let three = quoted_by(&tariff, json!([one(), one(), one()]));
    assert_eq!(three["perYear"], 70_000);
    assert_eq!(three["comparison"]["terms"][1]["perYear"], 70_000);
}

#[test]
fn a_tariff_with_one_term_compares_nothing() {
    for terms in [json!([1]), json!([2, 3])] {
        let tariff = other(|tariff| {
            tariff["waivers"][1]
                .as_object_mut()
                .unwrap()
                .remove("minimumYears");
            tariff["terms"] = terms.clone();
        });
        let years = terms[0].as_i64().unwrap();
        let quote = quoted_by(&tariff, json!([item("supplier", "new", years, 1, 1)]));
        assert_eq!(quote["comparison"], Value::Null);
        assert_eq!(quote["perYear"], 30_000);
    }
}

#[test]
fn a_seal_may_be_paid_once() {
    let tariff = other(|tariff| tariff["prices"][2]["unit"] = json!("seal"));
    let quote = quoted_by(&tariff, json!([item("supplier", "new", 2, 1, 2)]));
    assert_eq!(quote["total"], 60_000);
    // So no part of a term is open.
    let part =
        json!([{ "role": "supplier", "service": "seal-new", "seals": 2, "remainingDays": 30 }]);
    let quote = quoted_by(&tariff, part);
    assert_eq!(
        (&quote["total"], &quote["range"]),
        (&json!(20_000), &Value::Null)
    );
}

#[test]
fn what_another_tariff_does_not_price_is_not_free() {
    let tariff = other(|tariff| {
        let services = json!(["new", "renewal"]);
        // Renewals pay for seals only, and new certificates nothing for theirs.
        tariff["prices"][0]["services"] = json!(["new"]);
        tariff["prices"][1]["services"] = json!(["new"]);
        tariff["prices"][2]["services"] = json!(["renewal"]);
        tariff["prices"][5]["services"] = services;
    });
    for (service, certificates, seals) in [
        ("renewal", 1, 1),
        ("renewal", 1, 0),
        ("new", 1, 1),
        ("seal-new", 0, 1),
    ] {
        let order = super::order(json!([item("supplier", service, 1, certificates, seals)]));
        let refused = crate::quote(&order, &tariff).map(|quote| quote.total);
        assert_eq!(refused.unwrap_err().code(), "order-not-priced", "{service}");
    }
    assert_eq!(
        quoted_by(&tariff, json!([item("supplier", "new", 1, 1, 0)]))["total"],
        30_000
    );
}

#[test]
fn an_upgrade_without_a_condition_assumes_no_class() {
    let tariff = other(|tariff| tariff["upgrade"]["biddingClass"] = json!(false));
    for class in [json!(null), json!(false), json!(true)] {
        let upgrade = item("supplier", "seal-upgrade", 0, 1, 1);
        let quote = quoted_by(
            &tariff,
            json!([with(upgrade, json!({ "biddingClass": class }))]),
        );
        assert_eq!(quote["total"], 0);
        assert!(ids(&quote).is_empty() && findings(&quote).is_empty());
    }
}

#[test]
fn no_reason_is_given_for_what_is_not_ordered() {
    let tariff = other(|tariff| {
        let mut free = tariff["waivers"][1].clone();
        free["rule"] = json!("two-years-seal");
        free["waives"] = json!(["unit-seal"]);
        free["reason"] = json!({ "zh-CN": "印章免费。", "en": "Seals are free." });
        tariff["waivers"].as_array_mut().unwrap().push(free);
    });
    let told = |seals| {
        let quote = quoted_by(&tariff, json!([item("supplier", "new", 1, 1, seals)]));
        quote["comparison"]["text"]["zh-CN"]
            .as_str()
            .unwrap()
            .contains("印章免费")
    };
    assert!(told(1) && !told(0));
}
