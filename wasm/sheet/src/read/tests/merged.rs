//! Sheets that are asked for, and merged cells: each row as it is seen in a spreadsheet program.

use super::super::{Table, Unreadable};
use super::workbook::Workbook;
use super::{gb18030, read, unreadable};
use yinxin_proto::Error;
use yinxin_proto::limits::{MAX_CELL_CHARS, MAX_LIST_COLUMNS, MAX_LIST_ROWS};

/// A worksheet of rows of texts from A1 on, with merged cells. What is empty has no cell.
fn worksheet(rows: &[&[&str]], merged: &str) -> String {
    let row = |(row, cells): (usize, &&[&str])| {
        let cells = cells.iter().zip('A'..).filter(|(text, _)| !text.is_empty());
        let cells = cells.map(|(text, column)| {
            let place = format!("{column}{}", row + 1);
            format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        });
        format!("<row>{}</row>", cells.collect::<String>())
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    let merged = merged.split_whitespace();
    let merged: String = merged
        .map(|range| format!(r#"<mergeCell ref="{range}"/>"#))
        .collect();
    format!("<worksheet><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>")
}

fn table(rows: &[&[&str]], merged: &str) -> Table {
    let sheet = worksheet(rows, merged);
    read(&Workbook::new(&[("清单", "visible", &sheet)]).zip()).unwrap()
}

#[test]
fn a_sheet_after_notes_can_be_asked_for() {
    let notes = worksheet(&[&["填写说明"]], "");
    let data = worksheet(&[&["单位名称"], &["甲"]], "");
    let empty = worksheet(&[], "");
    let book = Workbook::new(&[
        ("说明", "visible", &notes),
        ("旧", "hidden", &data),
        ("数据", "visible", &data),
        ("空", "visible", &empty),
    ]);
    let bytes = book.zip();
    let first = read(&bytes).unwrap();
    assert_eq!(first.sheet.as_deref(), Some("说明"));
    assert_eq!(first.sheets, ["说明", "数据", "空"]);
    let asked = |name| super::super::read(&bytes, Some(name), gb18030);
    let table = asked("数据").unwrap();
    assert_eq!(table.sheet.as_deref(), Some("数据"));
    assert_eq!(table.sheets, first.sheets);
    assert_eq!(table.rows, [["单位名称"], ["甲"]]);
    for none in ["旧", "空", "没有"] {
        assert_eq!(asked(none), Err(Unreadable::Empty.into()), "{none}");
    }
    // Many are not all named.
    let many: Vec<String> = (0..100).map(|at| at.to_string()).collect();
    let many: Vec<_> = many
        .iter()
        .map(|name| (name.as_str(), "visible", data.as_str()))
        .collect();
    assert_eq!(read(&Workbook::new(&many).zip()).unwrap().sheets.len(), 32);
}

#[test]
fn what_is_written_once_for_several_rows_counts_for_each() {
    let table = table(
        &[
            &["名称", "业务", "年限", "备注"],
            &["甲", "新办", "1"],
            &["", "更新", "2"],
            &["", "补办", ""],
            &["乙", "新办", "1"],
        ],
        "A2:A4 C3:C4 A1:D1 ? A9 :: A0:B2",
    );
    // A title that lies across hides what is to the right of it, as on the screen.
    assert_eq!(table.rows[0], ["名称"]);
    assert_eq!(
        table.rows[1..],
        [
            ["甲", "新办", "1"],
            ["甲", "更新", "2"],
            ["甲", "补办", "2"],
            ["乙", "新办", "1"]
        ]
    );
    assert_eq!(table.filled, [vec![], vec![], vec![0], vec![0, 2]]);
}

#[test]
fn a_tall_record_is_one_and_nothing_is_filled_to_the_right_or_below_the_end() {
    // All columns are merged over three rows: one record, though it is three rows tall.
    let tall = table(
        &[
            &["名称", "业务"],
            &["甲", "新办"],
            &[],
            &[],
            &["乙", "更新"],
        ],
        "A2:A4 B2:B4 A5:A1048576 B5:B9",
    );
    let empty: Vec<String> = Vec::new();
    assert_eq!(tall.rows[2..4], [empty.clone(), empty]);
    assert_eq!(tall.rows.len(), 5);
    assert!(tall.filled.is_empty());
    let wide = table(&[&["甲", "", "1"], &["", "", "2"]], "A1:B2");
    assert_eq!(wide.rows, [["甲", "", "1"], ["甲", "", "2"]]);
}

#[test]
fn what_merged_cells_cover_is_not_seen_and_not_read() {
    let covered = table(
        &[
            &["甲", "乙", "1"],
            &["丙", "丁", "2"],
            &["", "", "3"],
            &["戊"],
        ],
        "A1:B2 A3:A4",
    );
    assert_eq!(
        covered.rows,
        [vec!["甲", "", "1"], vec!["甲", "", "2"], vec!["", "", "3"]]
    );
}

#[test]
fn hostile_merged_cells_are_bounded() {
    let cell = r#"<c t="inlineStr"><is><t>甲</t></is></c>"#;
    let full = format!("<row>{cell}{cell}</row>").repeat(MAX_LIST_ROWS as usize);
    let book_of = |rows: &str, merged: &str| {
        let sheet = format!(
            "<worksheet><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>"
        );
        Workbook::new(&[("清单", "visible", &sheet)]).zip()
    };
    let book = |merged: &str| book_of(&full, merged);
    // The whole sheet: one cell is seen.
    let whole = read(&book(r#"<mergeCell ref="A1:XFD1048576"/>"#)).unwrap();
    assert_eq!(whole.rows, [["甲"]]);
    // As many as there can be in a list that they fill.
    let pairs: String = (0..MAX_LIST_ROWS / 2)
        .map(|at| format!(r#"<mergeCell ref="A{}:A{}"/>"#, 2 * at + 1, 2 * at + 2))
        .collect();
    let paired = read(&book(&pairs)).unwrap();
    assert_eq!(
        paired.filled.iter().flatten().count(),
        MAX_LIST_ROWS as usize / 2
    );
    // Over and over: more rows than a list has cells.
    let ends = format!(r#"<row>{cell}</row><row r="{MAX_LIST_ROWS}"><c/>{cell}</row>"#);
    let over = format!(r#"<mergeCell ref="A1:A{MAX_LIST_ROWS}"/>"#);
    let times = |count: u32| book_of(&ends, &over.repeat(count as usize));
    let most = read(&times(MAX_LIST_COLUMNS)).unwrap();
    assert_eq!(most.filled.iter().flatten().count(), 1);
    assert_eq!(
        unreadable(&times(MAX_LIST_COLUMNS + 1)),
        Unreadable::Damaged
    );
    // Far outside of the list, backwards, or beyond all numbers.
    let outside = r#"<mergeCell ref="A20000:A1048576"/><mergeCell ref="B9:A1"/><mergeCell ref="A1:A99999999999"/>"#;
    let outside = read(&book(&outside.repeat(10_000))).unwrap();
    assert_eq!(outside.rows.len(), MAX_LIST_ROWS as usize);
    assert!(outside.filled.is_empty());
}

#[test]
fn a_long_text_that_is_filled_down_counts_against_the_limit() {
    let text = |text: &str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
    let first = text(&"长".repeat(MAX_CELL_CHARS as usize)).repeat(26);
    let others = r#"<row><c r="AA{row}"><v>1</v></c></row>"#;
    let others: String = (2..=MAX_LIST_ROWS)
        .map(|row| others.replace("{row}", &row.to_string()))
        .collect();
    let merged: String = ('A'..='Z')
        .map(|column| format!(r#"<mergeCell ref="{column}1:{column}{MAX_LIST_ROWS}"/>"#))
        .collect();
    let sheet = format!(
        "<worksheet><sheetData><row>{first}</row>{others}</sheetData><mergeCells>{merged}</mergeCells></worksheet>"
    );
    let bytes = Workbook::new(&[("清单", "visible", &sheet)]).zip();
    assert!(matches!(read(&bytes), Err(Error::ListTooLarge { .. })));
}
