//! Writing: what is read again, and what other readers are told about numbers, print and formulas.

use super::*;
use crate::read::{clean, read};
use proptest::prelude::*;
use std::io::{Cursor, Read};

fn column(title: &str, kind: Kind) -> Column {
    Column {
        title: title.into(),
        width: 12.5,
        kind,
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn sheet() -> Sheet {
    Sheet {
        name: "清单".into(),
        columns: vec![
            column("名称", Kind::Text),
            column("数量", Kind::Whole),
            column("金额", Kind::Money),
        ],
        rows: vec![
            vec![
                text("示例采购有限公司"),
                Cell::Number(2),
                Cell::Number(123_456_789),
            ],
            vec![text("=1+1"), Cell::Empty, Cell::Number(-5)],
            vec![text("合计"), Cell::Number(2), Cell::Number(123_456_784)],
        ],
        totals: [2].into(),
    }
}

fn book(sheets: Vec<Sheet>) -> Book {
    Book { sheets }
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut xml)
        .unwrap();
    xml
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    read(bytes, None, |_| None).unwrap().rows
}

#[test]
fn both_files_are_read_again() {
    let expected = [
        vec!["名称", "数量", "金额"],
        vec!["示例采购有限公司", "2", "1234567.89"],
        vec!["=1+1", "", "-0.05"],
        vec!["合计", "2", "1234567.84"],
    ];
    assert_eq!(rows(&write_xlsx(&book(vec![sheet()])).unwrap()), expected);
    assert_eq!(rows(&write_csv(&sheet()).unwrap()), expected);
}

#[test]
fn a_workbook_prints_and_filters() {
    let xml = part(
        &write_xlsx(&book(vec![sheet()])).unwrap(),
        "xl/worksheets/sheet1.xml",
    );
    for expected in [
        r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
        r#"<pageSetUpPr fitToPage="1"/>"#,
        r#"<pageSetup paperSize="9" fitToHeight="0" orientation="landscape" "#,
        // Without the totals.
        r#"<autoFilter ref="A1:C3"/>"#,
    ] {
        assert!(xml.contains(expected), "{expected}\n{xml}");
    }
    let workbook = part(
        &write_xlsx(&book(vec![sheet()])).unwrap(),
        "xl/workbook.xml",
    );
    assert!(workbook.contains("清单!$1:$1"), "{workbook}");
}

#[test]
fn texts_are_never_formulas_links_or_numbers() {
    let texts = [
        "=HYPERLINK(\"x\")",
        "https://example.com",
        "00123",
        "{=1}",
        "TRUE",
    ];
    let sheet = Sheet {
        rows: texts.iter().map(|cell| vec![text(cell)]).collect(),
        ..sheet()
    };
    let bytes = write_xlsx(&book(vec![sheet])).unwrap();
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!xml.contains("<f>") && !xml.contains("hyperlink"), "{xml}");
    assert_eq!(xml.matches(r#"t="s""#).count(), 3 + texts.len());
    for (row, expected) in rows(&bytes)[1..].iter().zip(texts) {
        assert_eq!(row, &[expected]);
    }
}

#[test]
fn the_same_book_gives_the_same_bytes_and_names_no_time() {
    let two = book(vec![
        sheet(),
        Sheet {
            name: "按付款人".into(),
            ..sheet()
        },
    ]);
    let bytes = write_xlsx(&two).unwrap();
    assert_eq!(bytes, write_xlsx(&two).unwrap());
    let core = part(&bytes, "docProps/core.xml");
    assert_eq!(core.matches("2000-01-01T00:00:00Z").count(), 2, "{core}");
}

#[test]
fn csv_is_what_excel_opens_as_chinese() {
    let sheet = Sheet {
        columns: vec![
            column("名称，及备注", Kind::Text),
            column("-金额", Kind::Money),
        ],
        rows: vec![
            vec![text("say \"yes\", twice\n"), Cell::Number(5)],
            vec![text("@cmd"), text("待询价")],
            vec![Cell::Empty, Cell::Number(-100)],
        ],
        ..sheet()
    };
    let written = String::from_utf8(write_csv(&sheet).unwrap()).unwrap();
    assert_eq!(
        written,
        "\u{FEFF}\"名称，及备注\",'-金额\r\n\"say \"\"yes\"\", twice\n\",0.05\r\n'@cmd,待询价\r\n,-1.00\r\n"
    );
}

#[test]
fn every_beginning_of_a_formula_is_guarded() {
    for cell in [
        "=1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        " =1",
        "'=1",
        "\u{2060}=1",
        "\u{ad}'\u{fe0f}+1",
    ] {
        assert_eq!(guarded(cell), format!("'{cell}"), "{cell:?}");
    }
    for cell in ["", "1", "a=b", "'quoted'", "示例", "https://example.com"] {
        assert_eq!(guarded(cell), cell);
    }
}

#[test]
fn what_a_file_cannot_hold_is_refused() {
    let with = |change: fn(&mut Sheet)| {
        let mut sheet = sheet();
        change(&mut sheet);
        write_xlsx(&book(vec![sheet]))
    };
    for change in [
        (|sheet| sheet.name = "a/b".into()) as fn(&mut Sheet),
        |sheet| sheet.name = "长".repeat(32),
        |sheet| sheet.name.clear(),
        |sheet| sheet.columns.clear(),
        |sheet| sheet.rows[0].push(Cell::Empty),
        |sheet| sheet.rows[0][1] = Cell::Number(1_000_000_000_000_000),
        |sheet| sheet.rows[0][1] = Cell::Number(i64::MIN),
        |sheet| sheet.rows[0][0] = Cell::Text("a".repeat(40_000)),
    ] {
        assert!(matches!(with(change), Err(Error::RequestInvalid { .. })));
    }
    assert!(with(|_| ()).is_ok());
    assert!(write_xlsx(&book(vec![])).is_err());
    assert!(write_xlsx(&book(vec![sheet(), sheet()])).is_err());
}

#[test]
fn amounts_are_exact() {
    let amounts = [1, 10, 29, 99, 101, 115, 999_999_999_999_999, -1, 0];
    let sheet = Sheet {
        rows: amounts
            .map(|fen| vec![text("x"), Cell::Empty, Cell::Number(fen)])
            .into(),
        ..sheet()
    };
    let xml = part(
        &write_xlsx(&book(vec![sheet])).unwrap(),
        "xl/worksheets/sheet1.xml",
    );
    for yuan in [
        "0.01",
        "0.1",
        "0.29",
        "0.99",
        "1.01",
        "1.15",
        "9999999999999.99",
        "-0.01",
        "0",
    ] {
        assert!(xml.contains(&format!("<v>{yuan}</v>")), "{yuan}\n{xml}");
    }
}

proptest! {
    /// Any texts come back from both files as they were, but for what is not seen at their ends.
    #[test]
    fn texts_come_back(cells in prop::collection::vec("[-=@'\"+＝，,; \t\r\n\u{200b}a-c甲_x0]{0,8}", 1..20)) {
        let mut sheet = sheet();
        sheet.columns.truncate(1);
        sheet.totals.clear();
        sheet.rows = cells.iter().map(|cell| vec![text(cell)]).collect();
        sheet.rows.push(vec![text("end")]);
        let mut expected: Vec<Vec<String>> = vec![vec!["名称".into()]];
        for cell in cells.iter().map(|cell| clean(cell)).chain(["end".into()]) {
            let row = if cell.is_empty() { vec![] } else { vec![cell] };
            expected.push(row);
        }
        prop_assert_eq!(&rows(&write_csv(&sheet).unwrap()), &expected);
        prop_assert_eq!(&rows(&write_xlsx(&book(vec![sheet])).unwrap()), &expected);
    }

    /// The crate `csv` is the judge of what is written.
    #[test]
    fn another_reader_reads_what_is_written(cells in prop::collection::vec("[\",;\n\ra甲]{1,6}", 2..20)) {
        let mut sheet = sheet();
        sheet.columns.truncate(2);
        sheet.totals.clear();
        sheet.rows = cells.chunks_exact(2).map(|pair| vec![text(&pair[0]), text(&pair[1])]).collect();
        let written = write_csv(&sheet).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&written[3..]);
        let read: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(String::from).collect())
            .collect();
        let expected = cells.chunks_exact(2).map(|pair| pair.iter().map(|cell| guarded(cell)).collect::<Vec<_>>());
        prop_assert_eq!(read[1..].to_vec(), expected.collect::<Vec<_>>());
    }
}
