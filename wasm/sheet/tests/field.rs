//! Lists as the field writes them: `tests/contract/field.json` says what each file gives, and the
//! package's tests read the same table.
#![cfg(not(target_family = "wasm"))]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use yinxin_fees::{Columns, List, SCCA_TARIFF, Tariff};
use yinxin_proto::Error;
use yinxin_sheet::{Table, read};

fn gb18030(bytes: &[u8]) -> Option<String> {
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

/// The files of the field; `None`, with a line that says so, where they are absent.
fn folder() -> Option<PathBuf> {
    Some(yinxin_testing::data::folder()?.join("field"))
}

/// The columns of the first sheet that has them, as the page looks for them; else what the first lacks.
fn table(bytes: &[u8]) -> Result<(Table, Columns), Error> {
    let first = read(bytes, None, gb18030)?;
    let missing = match Columns::find(&first.rows) {
        Ok(columns) => return Ok((first, columns)),
        Err(missing) => missing,
    };
    let others = first.sheets.iter();
    let others = others.filter(|sheet| first.sheet.as_ref() != Some(sheet));
    others
        .filter_map(|sheet| {
            let table = read(bytes, Some(sheet), gb18030).ok()?;
            let columns = Columns::find(&table.rows).ok()?;
            Some((table, columns))
        })
        .next()
        .ok_or(missing)
}

/// Each row's name and amount in fen, and the total.
fn counted(bytes: &[u8], tariff: &Tariff) -> Result<Value, Error> {
    let (table, columns) = table(bytes)?;
    let header = columns.header;
    let mut list = List::new(columns);
    let mut rows = Vec::new();
    for (number, cells) in (1..).zip(&table.rows).skip(header + 1) {
        if let Some(row) = list.row(number, cells, tariff)? {
            rows.push(json!([row.name, row.amount]));
        }
    }
    Ok(json!({ "rows": rows, "total": list.totals(tariff).total }))
}

#[test]
fn every_list_of_the_field_gives_what_the_table_says() {
    let Some(folder) = folder() else { return };
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/field.json");
    let expected = std::fs::read_to_string(&expected).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let tariff = Tariff::read(&serde_json::from_str(SCCA_TARIFF).unwrap()).unwrap();
    let rows = expected["rows"].as_array().unwrap();
    let lists: Vec<&Value> = rows.iter().filter(|row| row["call"] == "list").collect();
    assert!(!lists.is_empty(), "the table has no lists");
    for row in lists {
        let file = row["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let gives = counted(&bytes, &tariff);
        let gives = gives.unwrap_or_else(|error| json!({ "throws": error.code() }));
        assert_eq!(gives, row["gives"], "{file}");
    }
}
