//! Properties of quotes, tariffs and lists: those of `wasm/fuzz/src/fees.rs`, asked of random
//! orders under the product's own tariff and under any other that reads.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Value, json};
use yinxin_fees::{Column, Fen, OrderItem, Role, SCCA_TARIFF, Service};

#[path = "../../fuzz/src/fees.rs"]
mod fees;

const ROLES: usize = Role::ALL.len();
const SERVICES: usize = Service::ALL.len();

/// A number as it may come: mostly a possible one.
fn number(possible: impl Strategy<Value = i64> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![
        12 => possible.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![json!(1.5), json!(-1), json!("2"), json!(1e300), json!(10_000), json!(10_001), json!(2.0)]),
    ]
    .boxed()
}

fn item() -> impl Strategy<Value = Value> {
    let word = |words: Vec<&'static str>| prop_oneof![20 => select(words), 1 => Just("？")];
    (
        word(Role::ALL.iter().map(|role| role.word()).collect()),
        word(Service::ALL.iter().map(|service| service.word()).collect()),
        number(1_i64..=3),
        number(0_i64..=20),
        number(0_i64..=20),
        prop_oneof![2 => Just(Value::Null), 1 => number(-30_i64..=740)],
        select(vec![json!(null), json!(true), json!(false)]),
    )
        .prop_map(|(role, service, years, certificates, seals, days, class)| {
            json!({
                "role": role, "service": service, "years": years, "certificates": certificates,
                "seals": seals, "remainingDays": days, "biddingClass": class,
            })
        })
}

/// An order that can mostly be quoted.
fn possible_item() -> impl Strategy<Value = Value> {
    (
        select(Role::ALL),
        select(Service::ALL),
        1_u32..=2,
        1_u32..=10_000,
        0_u32..=10_000,
        proptest::option::of(1_i32..=366),
        proptest::option::of(any::<bool>()),
    )
        .prop_map(|(role, service, years, certificates, seals, days, class)| {
            let seals = if service.is_for_seals() {
                seals.max(1)
            } else {
                seals
            };
            let days = days.filter(|_| service != Service::New);
            json!({
                "role": role.word(), "service": service.word(), "years": years,
                "certificates": certificates, "seals": seals, "remainingDays": days,
                "biddingClass": class,
            })
        })
}

fn order(items: Vec<Value>) -> Vec<OrderItem> {
    serde_json::from_value(Value::Array(items)).expect("numbers of any kind read")
}

fn scca() -> Value {
    serde_json::from_str(SCCA_TARIFF).expect("it is JSON")
}

/// A tariff that reads: other terms, prices, units and waivers.
fn other_tariff() -> impl Strategy<Value = Value> {
    let price = (
        subsequence(Role::ALL.to_vec(), 1..=ROLES),
        subsequence(Service::ALL.to_vec(), 1..=SERVICES),
        prop_oneof![0_u32..=100_000, Just(1_000_000)],
        select(vec!["certificate", "certificate-year", "seal", "seal-year"]),
    );
    let waiver = (
        proptest::collection::vec(any::<Index>(), 1..4),
        subsequence(Service::ALL.to_vec(), 1..=SERVICES),
        proptest::option::of(any::<Index>()),
    );
    (
        subsequence((1..=10).collect::<Vec<u32>>(), 1..5),
        proptest::collection::vec(price, 1..12),
        proptest::collection::vec(waiver, 0..4),
        any::<bool>(),
    )
        .prop_map(|(terms, prices, waivers, class)| {
            let mut tariff = scca();
            let rules: Vec<String> = (0..prices.len()).map(|at| format!("rule-{at}")).collect();
            let text = json!({ "zh-CN": "示例", "en": "An example" });
            let prices = prices.into_iter().zip(&rules);
            let prices: Vec<Value> = prices
                .filter_map(|((roles, mut services, price, unit), rule)| {
                    if unit.ends_with("-year") {
                        services.retain(|service| service.has_term());
                    }
                    if unit.starts_with("certificate") {
                        services.retain(|service| !service.is_for_seals());
                    }
                    (!services.is_empty()).then(|| {
                        json!({
                            "rule": rule, "label": text, "roles": roles, "services": services,
                            "price": price, "unit": unit, "clause": "示例",
                        })
                    })
                })
                .collect();
            let rules: Vec<&Value> = prices.iter().map(|price| &price["rule"]).collect();
            let waivers: Vec<Value> = (0..waivers.len())
                .zip(&waivers)
                .filter(|_| !rules.is_empty())
                .map(|(at, (waives, services, years))| {
                    let waives: Vec<&Value> = waives.iter().map(|one| *one.get(&rules)).collect();
                    let years = years.as_ref().map(|one| *one.get(&terms));
                    json!({
                        "rule": format!("waiver-{at}"), "waives": waives, "services": services,
                        "minimumYears": years, "clause": "示例", "reason": text,
                    })
                })
                .collect();
            tariff["waivers"] = json!(waivers);
            tariff["upgrade"]["biddingClass"] = json!(class);
            tariff["upgrade"]["minimumDays"] = json!(60);
            tariff["prices"] = json!(prices);
            tariff["terms"] = json!(terms);
            tariff
        })
}

/// Any value in place of any value, or none.
fn mutate(value: &mut Value, path: &[Index], how: &Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = how.clone();
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let name = first
                .get(&fields.keys().cloned().collect::<Vec<_>>())
                .clone();
            if rest.is_empty() && how.is_null() {
                fields.remove(&name);
            } else if rest.is_empty() && *how == json!("another") {
                fields.insert("another".into(), json!(1));
            } else {
                mutate(&mut fields[&name], rest, how);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = first.index(list.len());
            if rest.is_empty() && how.is_null() {
                list.remove(at);
            } else if rest.is_empty() && *how == json!("twice") {
                list.push(list[at].clone());
            } else {
                mutate(&mut list[at], rest, how);
            }
        }
        other => *other = how.clone(),
    }
}

fn mutated() -> impl Strategy<Value = Value> {
    let how = prop_oneof![
        3 => Just(Value::Null),
        3 => Just(json!("twice")),
        1 => Just(json!("another")),
        1 => any::<f64>().prop_map(Value::from),
        2 => (0_u32..3_000_000).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        2 => "[a-z-]{0,70}".prop_map(Value::from),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => Just(json!([[[[[[[[[[]]]]]]]]]])),
    ];
    let change = (proptest::collection::vec(any::<Index>(), 0..7), how);
    proptest::collection::vec(change, 1..5).prop_map(|changes| {
        let mut tariff = scca();
        for (path, how) in changes {
            mutate(&mut tariff, &path, &how);
        }
        tariff
    })
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(vec![
            "示例采购有限公司", "示例采购有限公司 ", "蓉城示例招标代理（成都）", "蓉城示例招标代理(成都)",
            "供应商", "采购人", "专家", "评标专家", "新办", "更新", "补办", "印章续期", "续期", "印章升级",
            "１", "2", "两年", "1.0", "是", "否", "√", "", "", "30", "名称", "角色", "业务",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// A row by the columns of a template, mostly right.
fn row() -> impl Strategy<Value = Vec<String>> {
    let possible = (
        select(vec![
            "示例采购有限公司",
            "蓉城示例招标代理（成都）",
            "蓉城示例招标代理(成都)",
            "",
        ]),
        select(vec!["供应商", "采购人", "代理机构", "评审专家", "？"]),
        select(vec![
            "新办",
            "更新",
            "补办",
            "印章新办",
            "印章续期",
            "印章升级",
            "解锁",
            "续期",
        ]),
        select(vec!["1", "２", "两年", "1.0", ""]),
        select(vec!["", "1", "3", "一"]),
        select(vec!["", "1", "0", "2个"]),
        select(vec!["", "", "", "30", "59天", "-3"]),
        select(vec!["", "是", "否", "√"]),
    )
        .prop_map(|row| {
            let (a, b, c, d, e, f, g, h) = row;
            [a, b, c, d, e, f, g, h].map(str::to_owned).to_vec()
        });
    prop_oneof![8 => possible, 1 => proptest::collection::vec(cell(), 0..12)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn quotes_of_the_own_tariff(items in proptest::collection::vec(possible_item(), 1..8)) {
        fees::check_order(&order(items), &fees::own());
    }

    #[test]
    fn quotes_of_whatever_is_asked(items in proptest::collection::vec(item(), 0..6)) {
        fees::check_order(&order(items), &fees::own());
    }

    #[test]
    fn quotes_of_another_tariff(
        tariff in other_tariff(),
        items in proptest::collection::vec(possible_item(), 1..6),
        years in any::<Index>(),
    ) {
        if let Some(read) = fees::read_tariff(&tariff) {
            let years = *years.get(&read.terms);
            let one = |mut item: Value| {
                item["years"] = json!(years);
                // What the tariff does not price would refuse the rest with it.
                let alone = order(vec![item]);
                yinxin_fees::quote(&alone, &read).is_ok().then(|| alone[0].clone())
            };
            let items: Vec<OrderItem> = items.into_iter().filter_map(one).collect();
            fees::check_order(&items, &read);
        }
    }

    #[test]
    fn quotes_of_a_tariff_with_an_error(
        tariff in mutated(),
        items in proptest::collection::vec(possible_item(), 1..6),
    ) {
        let input = json!({ "tariff": tariff, "items": items });
        fees::run(input.to_string().as_bytes());
    }

    #[test]
    fn lists(rows in proptest::collection::vec(row(), 0..40), tariff in other_tariff()) {
        fees::check_list(&rows, &fees::own());
        let titles = Column::ALL.iter().map(|column| column.title().en).collect();
        let mut titled = vec![vec!["示例清单".to_owned()], titles];
        titled.extend(rows);
        fees::check_list(&titled, &fees::own());
        if let Some(tariff) = fees::read_tariff(&tariff) {
            fees::check_list(&titled, &tariff);
        }
    }

    #[test]
    fn capital_numerals_say_the_amount(fen in 0_u64..=1 << 53) {
        for fen in [fen, fen % 100_000_000, fen / 100 * 100, fen % 1000, fen / 10_000_000 * 10_000_000] {
            let text = Fen(fen).capitals();
            prop_assert_eq!(fees::amount_of(&text), Some(Fen(fen)), "{}", text);
            prop_assert!(!text.contains("零零") && !text.ends_with('零'), "{}", text);
        }
    }
}

#[test]
fn a_price_that_nothing_waives_leaves_an_upgrade_outside_of_the_class_unknown() {
    let price = |rule: &str| {
        json!({
            "rule": rule, "label": { "zh-CN": "示例", "en": "An example" }, "roles": ["agency"],
            "services": ["seal-upgrade"], "price": 100, "unit": "seal", "clause": "示例",
        })
    };
    let mut tariff = scca();
    tariff["prices"] = json!([price("first"), price("second")]);
    tariff["waivers"] = json!([{
        "rule": "waiver", "waives": ["first"], "services": ["seal-upgrade"], "clause": "示例",
        "reason": { "zh-CN": "示例", "en": "An example" },
    }]);
    let tariff = fees::read_tariff(&tariff).expect("it reads");
    let items = order(vec![json!({
        "role": "agency", "service": "seal-upgrade", "biddingClass": false, "seals": 1,
    })]);
    fees::check_order(&items, &tariff);
    let quote = yinxin_fees::quote(&items, &tariff).expect("it is priced");
    assert_eq!((quote.waived.len(), quote.total), (1, None));
}

#[test]
fn the_longest_and_largest_order_is_exact() {
    let largest = json!({
        "role": "supplier", "service": "new", "years": 2, "certificates": 10_000, "seals": 10_000,
    });
    let items = order(vec![largest; 10_000]);
    let tariff = fees::own();
    let quote = yinxin_fees::quote(&items, &tariff).unwrap();
    // 600 yuan, ten thousand times ten thousand.
    assert_eq!(quote.total, Some(Fen(600 * 100 * 100_000_000)));
    assert_eq!(quote.lines.len(), 20_000);
    let one_more = [items, order(vec![json!({ "role": "", "service": "" })])].concat();
    let refused = yinxin_fees::quote(&one_more, &tariff).unwrap_err();
    assert_eq!(refused.code(), "order-too-long");
}

/// Else random tariffs would prove little.
#[test]
fn a_tariff_whose_sums_would_not_be_exact_is_refused() {
    let mut tariff = scca();
    let one = tariff["prices"][0].clone();
    let copies = (0..5).map(|at| {
        let mut one = one.clone();
        one["rule"] = json!(format!("opening-{at}"));
        one["price"] = json!(1_000_000);
        one
    });
    tariff["terms"] = json!([2, 10]);
    for price in copies {
        tariff["prices"].as_array_mut().unwrap().push(price);
    }
    assert_eq!(fees::read_tariff(&tariff), None);
}
