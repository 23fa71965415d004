//! Workbooks of Office Open XML (ISO/IEC 29500-1): the text of one sheet's cells. Parts are read as
//! streams, and of the shared strings only those are kept that the sheet names, so that memory is
//! bounded by the limits of a list and not by what the file declares.
//!
//! The crate `calamine` is not used: it sets aside memory for as many strings as a file declares, has
//! expectations that hostile files disappoint, and brings every table of `encoding_rs` along.

use super::package::Package;
use super::xml::{Node, Xml, attribute, attributes};
use super::{Format, Table, Unreadable, clean, number, too_large, trimmed, within};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_proto::Error;
use yinxin_proto::limits::{MAX_LIST_COLUMNS, MAX_LIST_ROWS, MAX_LIST_UNPACKED_BYTES};

/// Sheets that are looked at, and relationships among which they are looked for.
const MAX_SHEETS: usize = 1000;
const MAX_RELATIONSHIPS: usize = 10_000;
/// Sheets that are named.
const MAX_NAMED: usize = 32;
/// Rows of all merged cells together. They don't overlap, so a list's cells are enough for them.
const MAX_MERGED_ROWS: u32 = MAX_LIST_ROWS * MAX_LIST_COLUMNS;

pub(super) fn read(bytes: &[u8], asked: Option<&str>) -> Result<Table, Error> {
    let mut package = Package::open(bytes)?;
    let roots = relationships(&mut package, "")?;
    let workbook = roots.iter().find(|part| part.kind == "officeDocument");
    let workbook = workbook.map_or("xl/workbook.xml", |part| &part.target);
    if !package.has(workbook) || !workbook.ends_with(".xml") {
        return Err(other_kind(&package).into());
    }
    let parts = relationships(&mut package, workbook)?;
    let of_kind = |kind: &str| parts.iter().find(|part| part.kind == kind);
    let dates = match of_kind("styles") {
        Some(part) => dates(&mut package, &part.target)?,
        None => Vec::new(),
    };
    let book = book(&mut package, workbook)?;
    let part_of = |sheet: &Sheet| {
        let part = parts.iter().find(|part| part.id == sheet.relationship);
        part.filter(|part| part.kind == "worksheet")
    };
    let sheets = book.sheets.iter().filter(|sheet| part_of(sheet).is_some());
    let sheets = sheets.take(MAX_NAMED).map(|sheet| clean(&sheet.name));
    let sheets = sheets.collect();
    for sheet in &book.sheets {
        let name = clean(&sheet.name);
        let Some(part) = part_of(sheet).filter(|_| asked.is_none_or(|asked| asked == name)) else {
            continue;
        };
        let (cells, filled) = cells(&mut package, &part.target, &dates, book.since_1904)?;
        if cells.is_empty() {
            continue;
        }
        let shared = of_kind("sharedStrings").map(|part| part.target.as_str());
        let rows = texts(&mut package, shared, cells)?;
        // Else it has nothing but blanks.
        if let Ok(rows) = trimmed(rows) {
            return Ok(Table {
                format: Format::Xlsx,
                encoding: None,
                delimiter: None,
                sheet: Some(name),
                sheets,
                rows,
                filled,
            });
        }
    }
    Err(Unreadable::Empty.into())
}

/// What an archive is that holds no workbook in XML.
fn other_kind(package: &Package) -> Unreadable {
    if package.has("xl/workbook.bin") {
        Unreadable::Xlsb
    } else if package.has("content.xml") && package.has("META-INF/manifest.xml") {
        Unreadable::OpenDocument
    } else {
        Unreadable::NotWorkbook
    }
}

struct Relationship {
    id: String,
    /// Last segment of its type; what stands before differs between transitional and strict.
    kind: String,
    /// Name of the part.
    target: String,
}

/// The relationships of a part, or of the package (ISO/IEC 29500-2, 6.5).
fn relationships(package: &mut Package, source: &str) -> Result<Vec<Relationship>, Error> {
    let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
    let path = resolve(folder, &format!("_rels/{name}.rels"));
    let mut found = Vec::new();
    let Some(part) = package.part(&path)? else {
        return Ok(found);
    };
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Node::Start(element) if is(&element, "Relationship") => {
                let mut relationship = Relationship {
                    id: String::new(),
                    kind: String::new(),
                    target: String::new(),
                };
                for (name, value) in attributes(&element) {
                    match name {
                        "Id" => relationship.id = value.into_owned(),
                        "Type" => {
                            let kind = value.rsplit('/').next().unwrap_or_default();
                            relationship.kind = kind.into();
                        }
                        "Target" => relationship.target = resolve(folder, &value),
                        _ => (),
                    }
                }
                found.push(relationship);
            }
            Node::Eof => return Ok(found),
            _ if found.len() == MAX_RELATIONSHIPS => return Err(Unreadable::Damaged.into()),
            _ => (),
        }
    }
}

/// The name of a part from a reference to it.
fn resolve(folder: &str, target: &str) -> String {
    let joined = match target.strip_prefix('/') {
        Some(absolute) => absolute.into(),
        None => format!("{folder}/{target}"),
    };
    let mut segments = Vec::new();
    for segment in joined.split(['/', '\\']) {
        match segment {
            "" | "." => (),
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

fn is(element: &quick_xml::events::BytesStart, name: &str) -> bool {
    element.local_name().into_inner() == name
}

struct Book {
    /// Those that are visible.
    sheets: Vec<Sheet>,
    /// Whether days are counted from 1904.
    since_1904: bool,
}

struct Sheet {
    name: String,
    relationship: String,
}

fn book(package: &mut Package, path: &str) -> Result<Book, Error> {
    let mut book = Book {
        sheets: Vec::new(),
        since_1904: false,
    };
    let Some(part) = package.part(path)? else {
        return Ok(book);
    };
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Node::Start(element) if is(&element, "workbookPr") => {
                let since = attribute(&element, "date1904");
                book.since_1904 = matches!(since.as_deref(), Some("1" | "true" | "on"));
            }
            Node::Start(element) if is(&element, "sheet") => {
                let mut sheet = Sheet {
                    name: String::new(),
                    relationship: String::new(),
                };
                let mut visible = true;
                for (name, value) in attributes(&element) {
                    match name {
                        "name" => sheet.name = value.into_owned(),
                        "id" => sheet.relationship = value.into_owned(),
                        "state" => visible = value == "visible",
                        _ => (),
                    }
                }
                if visible && book.sheets.len() < MAX_SHEETS {
                    book.sheets.push(sheet);
                }
            }
            Node::Eof => return Ok(book),
            _ => (),
        }
    }
}

/// For each cell format, whether it shows a date.
fn dates(package: &mut Package, path: &str) -> Result<Vec<bool>, Error> {
    let mut formats = Vec::new();
    let Some(part) = package.part(path)? else {
        return Ok(formats);
    };
    let mut codes = BTreeMap::new();
    let mut in_cell_formats = false;
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Node::Start(element) => match element.local_name().into_inner() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId");
                    let id = id.and_then(|id| id.parse::<u32>().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&element, "formatCode")) {
                        codes.insert(id, number::is_date(&code));
                    }
                }
                "cellXfs" => in_cell_formats = true,
                "xf" if in_cell_formats => {
                    let id = attribute(&element, "numFmtId");
                    let id = id.and_then(|id| id.parse().ok()).unwrap_or(0);
                    let custom = codes.get(&id).copied();
                    formats.push(custom.unwrap_or_else(|| number::is_builtin_date(id)));
                }
                _ => (),
            },
            Node::End(element) if element.local_name().into_inner() == "cellXfs" => {
                return Ok(formats);
            }
            Node::Eof => return Ok(formats),
            _ => (),
        }
    }
}

#[derive(Clone)]
enum Cell {
    Text(String),
    /// Which of the shared strings.
    Shared(u32),
}

/// The cells that are not empty, by row and column.
type Cells = BTreeMap<(u32, u32), Cell>;

/// For each row the columns that were filled in.
type Filled = Vec<Vec<u32>>;

/// The cells of a sheet (ISO/IEC 29500-1, 18.3.1.4), as they are seen: merged ones in each row of theirs.
fn cells(
    package: &mut Package,
    path: &str,
    dates: &[bool],
    since_1904: bool,
) -> Result<(Cells, Filled), Error> {
    let mut cells = Cells::new();
    let Some(part) = package.part(path)? else {
        return Ok((cells, Filled::new()));
    };
    let mut xml = Xml::new(part);
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut kind = Kind::Number;
    let mut is_date = false;
    let mut text = Text::default();
    loop {
        match xml.next()? {
            Node::Start(element) => match element.local_name().into_inner() {
                "row" => {
                    if let Some(number) = attribute(&element, "r") {
                        row = index(&number)?;
                    }
                    column = 0;
                }
                "c" => {
                    kind = Kind::Number;
                    is_date = false;
                    text.begin();
                    for (name, value) in attributes(&element) {
                        match name {
                            "r" => (row, column) = place(&value)?,
                            "t" => kind = Kind::of(&value),
                            "s" => {
                                let style = value.parse::<usize>().ok();
                                let date = style.and_then(|style| dates.get(style));
                                is_date = date.copied().unwrap_or(false);
                            }
                            _ => (),
                        }
                    }
                }
                name => text.start(name),
            },
            Node::Text(piece) => text.push(&piece),
            Node::End(element) => match element.local_name().into_inner() {
                "c" => {
                    let value = text.value.as_str();
                    let cell = match kind {
                        Kind::Shared => value.trim().parse().ok().map(Cell::Shared),
                        Kind::Boolean => Some(Cell::Text(match value.trim() {
                            "1" => "TRUE".into(),
                            "0" => "FALSE".into(),
                            other => clean(other),
                        })),
                        Kind::Text => Some(Cell::Text(clean(&unescaped(value)))),
                        Kind::Number => {
                            let date = is_date.then(|| number::date(value, since_1904)).flatten();
                            let shown = date.unwrap_or_else(|| number::shown(value));
                            Some(Cell::Text(clean(&shown)))
                        }
                    };
                    let blank = |cell: &Cell| matches!(cell, Cell::Text(text) if text.is_empty());
                    if let Some(cell) = cell.filter(|cell| !blank(cell)) {
                        within(row as usize, column as usize)?;
                        cells.insert((row, column), cell);
                    }
                    column = column.saturating_add(1);
                }
                "row" => row = row.saturating_add(1),
                "sheetData" => {
                    let merged = merged(&mut xml, &cells)?;
                    return seen(cells, &merged);
                }
                name => text.end(name),
            },
            Node::Eof => return Ok((cells, Filled::new())),
            Node::Other => (),
        }
    }
}

/// Merged cells, by their first and last row and column.
struct Merged {
    first: (u32, u32),
    last: (u32, u32),
}

/// The merged cells (ISO/IEC 29500-1, 18.3.1.55), which are written after a sheet's cells; of them what
/// lies within the rows that have cells.
fn merged(xml: &mut Xml, cells: &Cells) -> Result<Vec<Merged>, Error> {
    let end = cells.last_key_value().map_or(0, |((row, _), _)| *row);
    let mut left = MAX_MERGED_ROWS;
    let mut merged = Vec::new();
    loop {
        match xml.next()? {
            Node::Start(element) => match element.local_name().into_inner() {
                "mergeCell" => {
                    let range = attribute(&element, "ref");
                    let range = range.as_deref().and_then(|range| range.split_once(':'));
                    let Some((first, last)) = range else { continue };
                    let (Ok(first), Ok(last)) = (place(first), place(last)) else {
                        continue;
                    };
                    let last = (last.0.min(end), last.1);
                    if first.0 <= last.0 && first.1 <= last.1 {
                        left = left
                            .checked_sub(last.0 - first.0 + 1)
                            .ok_or(Unreadable::Damaged)?;
                        merged.push(Merged { first, last });
                    }
                }
                // What comes later (18.3.1.99) is not needed.
                "phoneticPr"
                | "conditionalFormatting"
                | "dataValidations"
                | "hyperlinks"
                | "printOptions"
                | "pageMargins"
                | "pageSetup"
                | "headerFooter" => {
                    return Ok(merged);
                }
                _ => (),
            },
            Node::End(element) if element.local_name().into_inner() == "mergeCells" => {
                return Ok(merged);
            }
            Node::Eof => return Ok(merged),
            _ => (),
        }
    }
}

/// Cells as a spreadsheet program shows them: of merged ones the first counts, whatever the others hold.
/// It is filled down, and not to the right; only into rows in which something of their own stands: a
/// record that is several rows tall in all its columns is one.
fn seen(mut cells: Cells, merged: &[Merged]) -> Result<(Cells, Filled), Error> {
    let rows_of = |cells: &Cells| -> BTreeSet<u32> { cells.keys().map(|(row, _)| *row).collect() };
    let rows = rows_of(&cells);
    for Merged { first, last } in merged {
        for &row in rows.range(first.0..=last.0) {
            let from = first.1 + u32::from(row == first.0);
            // A range that ends before it starts would panic.
            while from <= last.1
                && let Some((&at, _)) = cells.range((row, from)..=(row, last.1)).next()
            {
                cells.remove(&at);
            }
        }
    }
    let rows = rows_of(&cells);
    let mut filled = Filled::new();
    let mut left = MAX_LIST_UNPACKED_BYTES as usize;
    for Merged { first, last } in merged {
        let Some(cell) = cells.get(first).cloned() else {
            continue;
        };
        let bytes = match &cell {
            Cell::Text(text) => text.len(),
            // Counted where the string is put in.
            Cell::Shared(_) => 0,
        };
        for &row in rows.range(first.0..=last.0).filter(|row| **row != first.0) {
            left = left.checked_sub(bytes).ok_or_else(too_large)?;
            if cells.insert((row, first.1), cell.clone()).is_none() {
                // A row that has a cell is within the limits of a list.
                filled.resize_with(filled.len().max(row as usize + 1), Vec::new);
                filled[row as usize].push(first.1);
            }
        }
    }
    Ok((cells, filled))
}

/// Types of a cell (ISO/IEC 29500-1, 18.18.11), by how their values are read.
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Boolean,
    Shared,
    /// A text of the cell's own, of a formula, an error, or a date in ISO 8601.
    Text,
}

impl Kind {
    fn of(word: &str) -> Self {
        match word {
            "s" => Self::Shared,
            "b" => Self::Boolean,
            "str" | "inlineStr" | "e" | "d" => Self::Text,
            _ => Self::Number,
        }
    }
}

/// Gathers the text of a cell or shared string: of its value, or of its runs, but not of their
/// phonetic guides.
#[derive(Default)]
struct Text {
    value: String,
    inside: bool,
    phonetic: bool,
}

impl Text {
    fn begin(&mut self) {
        self.value.clear();
        self.inside = false;
        self.phonetic = false;
    }

    fn start(&mut self, element: &str) {
        match element {
            "rPh" => self.phonetic = true,
            "v" | "t" => self.inside = true,
            _ => (),
        }
    }

    fn push(&mut self, piece: &str) {
        if self.inside && !self.phonetic {
            self.value.push_str(piece);
        }
    }

    fn end(&mut self, element: &str) {
        match element {
            "rPh" => self.phonetic = false,
            "v" | "t" => self.inside = false,
            _ => (),
        }
    }
}

/// A number from 1 as an index from 0.
fn index(number: &str) -> Result<u32, Error> {
    let number = number.parse::<u32>().ok();
    let index = number.and_then(|number| number.checked_sub(1));
    index.ok_or_else(|| Unreadable::Damaged.into())
}

/// Row and column, from 0, of a reference such as `C7`.
fn place(reference: &str) -> Result<(u32, u32), Error> {
    let digits = reference.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &reference[..reference.len() - digits.len()];
    // `XFD` is the last column there is.
    if !(1..=3).contains(&letters.len()) {
        return Err(Unreadable::Damaged.into());
    }
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    Ok((index(digits)?, column - 1))
}

/// The cells as rows of text, with the shared strings in their places.
fn texts(
    package: &mut Package,
    shared: Option<&str>,
    cells: Cells,
) -> Result<Vec<Vec<String>>, Error> {
    let mut strings = BTreeMap::new();
    for cell in cells.values() {
        if let Cell::Shared(index) = cell {
            strings.insert(*index, String::new());
        }
    }
    if let Some(path) = shared.filter(|_| !strings.is_empty()) {
        shared_strings(package, path, &mut strings)?;
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    // A long string can be named by every cell.
    let mut left = MAX_LIST_UNPACKED_BYTES as usize;
    for ((row, column), cell) in cells {
        let text = match cell {
            Cell::Text(text) => text,
            Cell::Shared(index) => {
                let text = strings.get(&index).map_or("", |text| text);
                left = left.checked_sub(text.len()).ok_or_else(too_large)?;
                text.into()
            }
        };
        // Both are within the limits of a list.
        rows.resize_with(rows.len().max(row as usize + 1), Vec::new);
        if let Some(row) = rows.last_mut() {
            row.resize_with(column as usize, String::new);
            row.push(text);
        }
    }
    Ok(rows)
}

/// Fills in the shared strings that are asked for.
fn shared_strings(
    package: &mut Package,
    path: &str,
    strings: &mut BTreeMap<u32, String>,
) -> Result<(), Error> {
    let Some(part) = package.part(path)? else {
        return Ok(());
    };
    let mut xml = Xml::new(part);
    let mut text = Text::default();
    let mut index = 0_u32;
    loop {
        match xml.next()? {
            Node::Start(element) => match element.local_name().into_inner() {
                "si" => text.begin(),
                name => text.start(name),
            },
            Node::Text(piece) => text.push(&piece),
            Node::End(element) => match element.local_name().into_inner() {
                "si" => {
                    if let Some(string) = strings.get_mut(&index) {
                        *string = clean(&unescaped(&text.value));
                    }
                    index = index.saturating_add(1);
                }
                name => text.end(name),
            },
            Node::Eof => return Ok(()),
            Node::Other => (),
        }
    }
}

/// A string with its `_xHHHH_` as the characters that they stand for (ISO/IEC 29500-1, 22.9.2.19).
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        out.push_str(before);
        let code = after.get(..4).filter(|_| after[4..].starts_with('_'));
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                out.push(character);
                rest = &after[5..];
            }
            None => {
                out.push_str("_x");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.into()
}
