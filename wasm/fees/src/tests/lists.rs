//! Lists as clerks keep them.

use super::scca;
use crate::{Columns, Fen, Item, List, Row, Service, Totals};
use serde_json::json;
use yinxin_proto::{Error, Locale};

fn cells(line: &str) -> Vec<String> {
    line.split('|').map(str::to_owned).collect()
}

/// A list under these titles, whose rows follow from row 2.
fn read(titles: &str, rows: &[&str]) -> (Vec<Row>, Totals<'static>) {
    let tariff = Box::leak(Box::new(scca()));
    let mut list = List::new(Columns::find(&[cells(titles)]).unwrap());
    let rows = (2..).zip(rows);
    let rows = rows.filter_map(|(number, row)| list.row(number, &cells(row), tariff).unwrap());
    (rows.collect(), list.totals(tariff))
}

const TITLES: &str = "证书名称|参与角色|办理业务|年限|证书数量|印章数量|剩余天数|是否招投标类|备注";

/// The item of a single row, or the code of its error.
fn one(row: &str) -> Result<Item, &'static str> {
    let (mut rows, _) = read(TITLES, &[row]);
    let row = rows.remove(0);
    row.item.ok_or_else(|| row.error.unwrap().code())
}

#[test]
fn titles_are_known_in_both_languages_with_brackets_and_marks() {
    for titles in [
        "证书名称|参与角色|办理业务",
        "Name|Role|Service",
        "  NAME |role| service",
        "*证书名称|参与角色*|办理业务：",
        "证书名称（必填）|参与角色(如供应商)|办理业务（新办/更新）",
        "单位名称|类型|业务类型",
        "\u{feff}公司名称|角　色|办理事项",
        "序号|付款户名|角色|业务|金额",
    ] {
        assert!(Columns::find(&[cells(titles)]).is_ok(), "{titles}");
    }
}

#[test]
fn titles_may_stand_below_what_the_list_is_about() {
    let rows: Vec<Vec<String>> = [
        "2026 年数字证书清单",
        "",
        "制表：示例招标代理有限公司|单位|2026",
        "",
        TITLES,
        "示例采购有限公司|供应商|新办",
    ]
    .map(cells)
    .to_vec();
    let columns = Columns::find(&rows).unwrap();
    assert_eq!(columns.header, 4);
    assert!(columns.columns.iter().all(Option::is_some));
    let mut late = vec![cells("抬头"); 10];
    late.push(cells(TITLES));
    assert_eq!(
        Columns::find(&late).unwrap_err().code(),
        "list-columns-missing"
    );
}

#[test]
fn of_titles_that_are_two_rows_tall_the_second_row_counts() {
    // As merged cells are read: what is two rows tall stands in both.
    let rows: Vec<Vec<String>> = [
        "2026 年数字证书清单",
        "单位名称|角色|业务|数量",
        "单位名称|角色|业务|证书|印章|年限",
        "示例采购有限公司|供应商|新办|1|1|1",
        // Titles again, as on a second page, are not the first.
        "单位名称|角色|业务|证书|印章|年限",
    ]
    .map(cells)
    .to_vec();
    let columns = Columns::find(&rows).unwrap();
    assert_eq!((columns.header, columns.columns.len()), (2, 6));
    // A row below that knows less is none of the titles.
    let columns = Columns::find(&rows[2..]).unwrap();
    assert_eq!(columns.header, 0);
}

#[test]
fn of_two_columns_with_one_title_the_first_counts() {
    let columns = Columns::find(&[cells("名称|角色|业务|证书名称|金额|角色")]).unwrap();
    assert_eq!(columns.ignored, ["证书名称", "金额", "角色"]);
    let (rows, _) = read(
        "名称|角色|业务|年限|证书名称",
        &["甲示例公司|供应商|新办|1|乙示例公司"],
    );
    assert_eq!(rows[0].name, "甲示例公司");
}

#[test]
fn missing_columns_are_named() {
    for (titles, missing) in [
        ("证书名称|办理业务", "参与角色"),
        ("金额", "证书名称、参与角色、办理业务"),
        ("", "证书名称、参与角色、办理业务"),
    ] {
        match Columns::find(&[cells(titles)]) {
            Err(Error::ListColumnsMissing { columns }) => assert_eq!(columns, missing),
            other => panic!("{other:?}"),
        }
    }
    assert!(Columns::find(&[]).is_err());
}

#[test]
fn cells_are_read_as_clerks_write_them() {
    for (years, expected) in [
        ("１", 1),
        ("1", 1),
        (" 2 ", 2),
        ("2年", 2),
        ("两年", 2),
        ("一年", 1),
        ("1.0", 1),
        ("2 年期", 2),
        ("２．０", 2),
    ] {
        let item = one(&format!("示例公司|供应商|新办|{years}")).unwrap();
        assert_eq!(item.years, Some(expected), "{years}");
    }
    for (seals, expected) in [("", 0), ("0", 0), ("３个", 3), ("两枚", 2), ("十", 10)] {
        let item = one(&format!("示例公司|供应商|新办|1||{seals}")).unwrap();
        assert_eq!((item.certificates, item.seals), (1, expected), "{seals}");
    }
    for (class, expected) in [
        ("是", true),
        ("√", true),
        ("Ｙ", true),
        ("TRUE", true),
        ("否", false),
        ("No", false),
        ("×", false),
    ] {
        let item = one(&format!("示例公司|供应商|印章升级||||60天|{class}")).unwrap();
        assert_eq!(
            (item.bidding_class, item.remaining_days),
            (Some(expected), Some(60)),
            "{class}"
        );
    }
    assert_eq!(one("示例公司|供应商|印章升级").unwrap().bidding_class, None);
}

#[test]
fn services_and_roles_are_known_by_their_short_names() {
    for (cell, service) in [
        ("新办", Service::New),
        ("证书及印章新办", Service::New),
        ("更新", Service::Renewal),
        ("证书续期", Service::Renewal),
        ("renewal", Service::Renewal),
        ("补办", Service::Replacement),
        ("印章续期", Service::SealRenewal),
        ("印章 升级", Service::SealUpgrade),
        ("Unlocking of a key", Service::Unlocking),
        ("变更", Service::Change),
        ("注销", Service::Revocation),
    ] {
        let item = one(&format!("示例公司|评审专家|{cell}|1")).unwrap();
        assert_eq!(
            (item.service, item.role.word()),
            (service, "expert"),
            "{cell}"
        );
    }
}

#[test]
fn what_could_mean_two_things_is_refused() {
    for (row, code) in [
        ("示例公司|供应商|续期|1", "order-renewal-unclear"),
        ("示例公司|供应商| 续 费 |1", "order-renewal-unclear"),
        ("示例公司|供应商|续保|1", "order-service-unknown"),
        ("示例公司|单位|新办|1", "order-role-unknown"),
        ("示例公司|供应商|新办|3", "order-years-invalid"),
        ("示例公司|供应商|新办|1天", "order-years-invalid"),
        ("示例公司|供应商|新办|12个月", "order-years-invalid"),
        ("示例公司|供应商|新办|1.5", "order-years-invalid"),
        ("示例公司|供应商|新办|1|一些", "order-count-invalid"),
        ("示例公司|供应商|新办|1|2年", "order-count-invalid"),
        ("示例公司|供应商|新办|1|-1", "order-count-invalid"),
        ("示例公司|供应商|新办|1|10001", "order-count-invalid"),
        ("示例公司|供应商|新办|1|0|1", "order-certificate-missing"),
        ("示例公司|供应商|印章续期|||1|1年", "order-days-invalid"),
        ("示例公司|供应商|印章升级||||90|不详", "list-answer-unknown"),
    ] {
        assert_eq!(one(row).unwrap_err(), code, "{row}");
    }
}

#[test]
fn of_an_empty_cell_it_is_told_what_is_missing() {
    for (row, code) in [
        ("|供应商|新办|1", "list-name-missing"),
        ("示例公司||新办|1", "order-role-missing"),
        ("示例公司|供应商||1", "order-service-missing"),
        ("示例公司|供应商|新办|", "order-years-missing"),
        ("示例公司|供应商|印章新办", "order-years-missing"),
    ] {
        let (rows, _) = read(TITLES, &[row]);
        let error = rows[0].error.as_ref().unwrap();
        assert_eq!(error.code(), code, "{row}");
        for locale in [Locale::ZhCn, Locale::En] {
            let said = error.text(locale).message;
            assert!(!said.contains("“”"), "{said}");
        }
    }
}

#[test]
fn a_row_that_sums_up_others_is_no_order() {
    let (rows, totals) = read(
        TITLES,
        &[
            "示例采购有限公司|供应商|更新|1|1|1",
            "小计：|||1|1|1",
            "合计示例有限公司|供应商|更新|1|1|0",
            "| 合　计（张） ||| 2|1",
            "Grand Total|||||",
            // As merged cells are read.
            "总计|总计|总计||2|1",
            // It has a service: somebody is called so.
            "合计|供应商|更新|1|1|0",
        ],
    );
    let numbers: Vec<_> = rows.iter().map(|row| row.row).collect();
    assert_eq!(numbers, [2, 4, 8]);
    let names: Vec<_> = totals.payers.iter().map(|payer| &payer.name[..]).collect();
    assert_eq!(names, ["示例采购有限公司", "合计示例有限公司", "合计"]);
    assert_eq!((totals.rows, totals.errors), (3, 0));
    assert_eq!(totals.total, Some(Fen(30_000 + 20_000 + 20_000)));
    let sums: Vec<_> = totals
        .sums
        .iter()
        .map(|sum| (sum.row, &sum.title[..]))
        .collect();
    assert_eq!(
        sums,
        [(3, "小计"), (5, "合　计"), (6, "Grand Total"), (7, "总计")]
    );
}

#[test]
fn each_row_is_counted_for_its_payer() {
    let (rows, totals) = read(
        TITLES,
        &[
            "示例采购有限公司|采购人|新办|1|1|1",
            "||||||||",
            "蓉城示例招标代理有限公司|代理机构|更新|2|3|0|||急",
            "示例采购有限公司|采购人监督|新办|2年",
            "示例采购有限公司|采购人|续期|1",
            "|供应商|新办|1",
            " 示例采购有限公司 |采购人|解锁",
        ],
    );
    assert_eq!(
        rows.iter().map(|row| row.row).collect::<Vec<_>>(),
        [2, 4, 5, 6, 7, 8]
    );
    assert_eq!(rows[1].note, "急");
    assert_eq!((totals.rows, totals.errors), (4, 2));
    let payers: Vec<_> = totals
        .payers
        .iter()
        .map(|payer| {
            (
                &payer.name[..],
                payer.rows,
                payer.errors,
                payer.certificates,
                payer.seals,
                payer.total,
            )
        })
        .collect();
    assert_eq!(
        payers,
        [
            // 400 and 400 and nothing
            ("示例采购有限公司", 3, 1, 3, 1, Some(Fen(80_000))),
            // 3 × 400
            ("蓉城示例招标代理有限公司", 1, 0, 3, 0, Some(Fen(120_000))),
        ]
    );
    assert_eq!(totals.total, Some(Fen(200_000)));
    assert_eq!(totals.payers[0].capitals.as_deref(), Some("人民币捌佰元整"));
    let told = serde_json::to_value(&totals.assumptions).unwrap();
    assert_eq!(
        (&told[0]["id"], &told[0]["items"]),
        (&json!("opening-after-lapse"), &json!([4]))
    );
}

#[test]
fn names_that_differ_in_writing_alone_are_told_and_not_merged() {
    let names = [
        "示例（成都）有限公司",
        "示例(成都)有限公司",
        "示例（成都） 有限公司",
        "ABC示例公司",
        "ａｂｃ示例公司",
        "示例成都有限公司",
        "示例\u{200b}（成都）有限公司",
    ];
    let rows = names.map(|name| format!("{name}|供应商|新办|1"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (_, totals) = read(TITLES, &rows);
    let alike: Vec<usize> = totals
        .payers
        .iter()
        .map(|payer| payer.alike.len())
        .collect();
    assert_eq!(alike, [3, 3, 3, 1, 1, 0, 3]);
    assert_eq!(totals.payers[3].alike, ["ａｂｃ示例公司"]);
}

#[test]
fn an_open_price_leaves_its_payer_without_a_total() {
    let (rows, totals) = read(
        TITLES,
        &[
            "甲示例公司|供应商|印章新办|||1|180",
            "甲示例公司|供应商|新办|1",
            "乙示例公司|供应商|印章升级||||90|否",
            "丙示例公司|供应商|新办|1",
        ],
    );
    assert_eq!(
        (rows[0].amount, rows[0].range.map(|range| range.from)),
        (None, Some(Fen(4932)))
    );
    assert_eq!((rows[2].amount, rows[2].range), (None, None));
    assert_eq!(rows[2].findings[0].error.code(), "upgrade-not-free");
    let [first, second, third] = &totals.payers[..] else {
        panic!()
    };
    assert_eq!(
        (
            first.total,
            first.range.map(|range| (range.from.0, range.to.0))
        ),
        (None, Some((34_932, 40_000)))
    );
    // What has no price has no upper bound either.
    assert_eq!((second.total, second.range), (None, None));
    assert_eq!((third.total, third.range), (Some(Fen(30_000)), None));
    assert_eq!((totals.total, totals.range), (None, None));
}

#[test]
fn a_list_ends_at_its_limit() {
    let tariff = scca();
    let mut list = List::new(Columns::find(&[cells(TITLES)]).unwrap());
    let row = cells("示例采购有限公司|供应商|新办|1");
    for number in 2..=20_001 {
        // Empty ones don't count.
        assert_eq!(list.row(number, &[], &tariff).unwrap(), None);
        assert!(list.row(number, &row, &tariff).unwrap().is_some());
    }
    for _ in 0..2 {
        assert_eq!(
            list.row(20_002, &row, &tariff).unwrap_err().code(),
            "list-too-long"
        );
    }
    let totals = list.totals(&tariff);
    assert_eq!(
        (totals.rows, totals.errors, totals.total),
        (20_000, 0, Some(Fen(20_000 * 30_000)))
    );
}
