//! Lists as spreadsheets, for JavaScript.

use crate::edge::{self, Exception, exception, from_js, invalid, platform};
use js_sys::{Array, JsString, Object, Reflect};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_sheet::{Book, Format, read, write_csv, write_xlsx};

/// Reads XLSX, CSV, and cells pasted from a spreadsheet.
///
/// # Errors
/// `list-unreadable`, `list-too-large`, `list-too-long`; `request-invalid` if they are no bytes, or the sheet's name no text.
#[wasm_bindgen(js_name = readTable, unchecked_return_type = "Table")]
pub fn read_table(
    #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] sheet: JsValue,
) -> Result<JsValue, Exception> {
    let bytes = edge::bytes(bytes, "bytes")?;
    let sheet: Option<String> = from_js(sheet, "sheet")?;
    let table = read(&bytes, sheet.as_deref(), platform::gb18030).map_err(exception)?;
    // By hand, and not by serde: there may be a million cells.
    let rows: Array = table
        .rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| JsString::from(cell.as_str()))
                .collect::<Array>()
        })
        .collect();
    let out = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&out, &name.into(), value).map(|_| ());
    set("format", &format_name(table.format).into())?;
    if let Some(encoding) = table.encoding {
        set("encoding", &encoding.into())?;
    }
    if let Some(delimiter) = table.delimiter {
        set("delimiter", &String::from(delimiter).into())?;
    }
    if let Some(sheet) = table.sheet {
        set("sheet", &sheet.into())?;
    }
    if table.sheets.len() > 1 {
        let sheets = table.sheets.iter();
        let sheets: Array = sheets.map(|name| JsString::from(name.as_str())).collect();
        set("sheets", &sheets)?;
    }
    if !table.filled.is_empty() {
        let filled = table.filled.iter();
        let filled: Array = filled
            .map(|columns| {
                columns
                    .iter()
                    .copied()
                    .map(JsValue::from)
                    .collect::<Array>()
            })
            .collect();
        set("filled", &filled)?;
    }
    set("rows", &rows)?;
    Ok(out.into())
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Xlsx => "xlsx",
        Format::Csv => "csv",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Target {
    Xlsx,
    Csv,
}

/// Writes a workbook, or its only sheet as CSV; the same book gives the same bytes.
///
/// # Errors
/// `request-invalid` for what the file can't hold.
#[wasm_bindgen(js_name = writeTable)]
pub fn write_table(
    #[wasm_bindgen(unchecked_param_type = "Book")] book: JsValue,
    #[wasm_bindgen(unchecked_param_type = "TableFormat")] format: JsValue,
) -> Result<Vec<u8>, Exception> {
    let book: Book = from_js(book, "book")?;
    match from_js(format, "format")? {
        Target::Xlsx => write_xlsx(&book).map_err(exception),
        Target::Csv => match book.sheets.as_slice() {
            [sheet] => write_csv(sheet).map_err(exception),
            _ => Err(invalid("a CSV file holds one sheet")),
        },
    }
}
