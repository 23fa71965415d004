//! Writing rows: as a workbook (XLSX), or as text that Excel opens as Chinese (CSV). The same rows
//! give the same bytes.

use crate::guard;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::collections::BTreeSet;
use std::fmt;
use yinxin_proto::Error;

/// A workbook.
#[derive(Clone, Debug, serde::Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Book {
    /// In their order; at least one, for CSV exactly one.
    pub sheets: Vec<Sheet>,
}

/// A sheet: a header, and rows under it.
#[derive(Clone, Debug, serde::Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Sheet {
    /// Up to 31 characters without `[ ] : * ? / \`, and not the name of another one.
    pub name: String,
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom; each as long as there are columns, or shorter.
    pub rows: Vec<Vec<Cell>>,
    /// Which rows, from 0, are totals: bold, and no part of what is filtered where they are the last.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<u32>>"))]
    pub totals: BTreeSet<usize>,
}

/// A column.
#[derive(Clone, Debug, serde::Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Column {
    /// Stands in the header.
    pub title: String,
    /// In characters of Latin text; Chinese ones take two.
    pub width: f64,
    /// What its numbers are; those of money are in fen, and written in yuan.
    pub kind: Kind,
}

/// What the numbers of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ColumnKind"))]
pub enum Kind {
    /// No numbers but text.
    Text,
    /// Whole numbers.
    Whole,
    /// Amounts in fen, written in yuan with two decimals.
    Money,
}

/// A cell: nothing, text (never a formula), or a whole number. A text stays text in a column of numbers too.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "null | string | number")
)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A whole number of at most 15 digits.
    Number(i64),
    /// Text; never a formula.
    Text(String),
}

// By hand, since derived code for untagged values copies each one first.
impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Cell;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, text or a whole number")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Cell, E> {
                Ok(Cell::Empty)
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell::Number(number))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell::Text(text.into()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Largest number that spreadsheets keep: they hold 15 digits.
const MAX_NUMBER: u64 = 999_999_999_999_999;
const A4: u8 = 9;

/// Writes a workbook: header bold, frozen, filtered and repeated on each printed page; A4, landscape,
/// as wide as the page.
///
/// # Errors
/// `request-invalid` for what a workbook can't hold.
pub fn write_xlsx(book: &Book) -> Result<Vec<u8>, Error> {
    if book.sheets.is_empty() {
        return Err(invalid("a workbook without a sheet"));
    }
    book.sheets.iter().try_for_each(check)?;
    make(book).map_err(|error| invalid(&error.to_string()))
}

fn make(book: &Book) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Not the time of writing: the same rows give the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in &book.sheets {
        fill(workbook.add_worksheet(), sheet)?;
    }
    workbook.save_to_buffer()
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    worksheet.set_name(&sheet.name)?;
    worksheet
        .set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0)
        .set_footer("&C&P / &N");
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.set_repeat_rows(0, 0)?;
    let header = Format::new().set_bold();
    for (column, index) in sheet.columns.iter().zip(0_u16..) {
        worksheet.set_column_width(index, column.width)?;
        worksheet.write_string_with_format(0, index, &column.title, &header)?;
    }
    let plain = Kind::formats(Format::new);
    let bold = Kind::formats(|| Format::new().set_bold());
    for (row, (cells, number)) in sheet.rows.iter().zip(1_u32..).enumerate() {
        let formats = if sheet.totals.contains(&row) {
            &bold
        } else {
            &plain
        };
        for ((cell, column), index) in cells.iter().zip(&sheet.columns).zip(0_u16..) {
            let format = &formats[column.kind as usize];
            match cell {
                Cell::Empty => (),
                Cell::Text(text) => {
                    worksheet.write_string_with_format(number, index, text, format)?;
                }
                Cell::Number(value) => {
                    // Exact: both are below 2^53, and the quotient is the nearest double.
                    let value = match column.kind {
                        Kind::Money => *value as f64 / 100.0,
                        Kind::Text | Kind::Whole => *value as f64,
                    };
                    worksheet.write_number_with_format(number, index, value, format)?;
                }
            }
        }
    }
    let (rows, columns) = (filtered_rows(sheet), sheet.columns.len());
    if let (Ok(last_row), Ok(columns)) = (u32::try_from(rows), u16::try_from(columns)) {
        worksheet.autofilter(0, 0, last_row, columns.saturating_sub(1))?;
    }
    Ok(())
}

impl Kind {
    /// The format of each kind, in the order of the kinds.
    fn formats(new: fn() -> Format) -> [Format; 3] {
        ["@", "0", "#,##0.00"].map(|code| new().set_num_format(code))
    }
}

/// The rows down to the totals at the end.
fn filtered_rows(sheet: &Sheet) -> usize {
    let mut rows = sheet.rows.len();
    while rows > 0 && sheet.totals.contains(&(rows - 1)) {
        rows -= 1;
    }
    rows
}

/// Writes one sheet as CSV (RFC 4180), in UTF-8 with a byte-order mark, without which Excel takes it
/// for GBK. Texts that a spreadsheet would compute are guarded; [`crate::read`] takes the guard off.
///
/// # Errors
/// `request-invalid` for numbers of more than 15 digits, and rows longer than the header.
pub fn write_csv(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    check(sheet)?;
    let mut out = String::from('\u{FEFF}');
    let titles = sheet.columns.iter().map(|column| guarded(&column.title));
    line(&mut out, titles);
    for row in &sheet.rows {
        let cells = row.iter().zip(&sheet.columns);
        line(
            &mut out,
            cells.map(|(cell, column)| match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => guarded(text),
                Cell::Number(number) => plain(*number, column.kind),
            }),
        );
    }
    Ok(out.into_bytes())
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        // `，` and `;`, so that nobody takes them for what stands between the cells.
        if cell.contains(['"', ',', '\r', '\n', '\t', ';', '，']) || cell.trim() != cell {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn guarded(text: &str) -> String {
    if guard::is_needed(text) {
        format!("'{text}")
    } else {
        text.into()
    }
}

fn plain(number: i64, kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Whole => number.to_string(),
        Kind::Money => {
            let sign = if number < 0 { "-" } else { "" };
            let fen = number.unsigned_abs();
            format!("{sign}{}.{:02}", fen / 100, fen % 100)
        }
    }
}

/// What neither file can hold exactly, or would be left out.
fn check(sheet: &Sheet) -> Result<(), Error> {
    if sheet.columns.is_empty() {
        return Err(invalid("a sheet without columns"));
    }
    if sheet.rows.iter().any(|row| row.len() > sheet.columns.len()) {
        return Err(invalid("a row longer than the header"));
    }
    let too_large =
        |cell: &Cell| matches!(cell, Cell::Number(number) if number.unsigned_abs() > MAX_NUMBER);
    if sheet.rows.iter().flatten().any(too_large) {
        return Err(invalid("a number of more than 15 digits"));
    }
    Ok(())
}

fn invalid(reason: &str) -> Error {
    Error::RequestInvalid {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
