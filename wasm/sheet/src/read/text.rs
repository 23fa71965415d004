//! Delimited text: its encoding, what stands between its cells, and RFC 4180 as it is met in the
//! field. The crate `csv` is not used: it takes a single byte between cells, where clerks paste the
//! comma of Chinese text, and it skips empty lines, so that rows would not bear the numbers that
//! spreadsheets show.

use super::{Decoder, Format, Table, Unreadable, clean, trimmed, within, without_unseen};
use crate::guard;
use std::borrow::Cow;
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_LIST_ROWS;

/// In the order of preference, where several fit.
const DELIMITERS: [char; 4] = ['\t', ',', ';', '，'];
/// Rows that are looked at to find the delimiter.
const SNIFFED_ROWS: usize = 50;

pub(super) fn read(bytes: &[u8], gb18030: Decoder) -> Result<Table, Error> {
    let (encoding, text) = decode(bytes, gb18030)?;
    let head = text.trim_start();
    if head.starts_with('<') {
        return Err(Unreadable::Markup.into());
    }
    if head.starts_with("%PDF-") || is_binary(&text) {
        return Err(Unreadable::NotText.into());
    }
    let delimiter = sniff(&text);
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut column = 0;
    for field in Fields::new(&text, delimiter) {
        let seen = without_unseen(&field.text);
        let cell = clean(guard::remove(seen).unwrap_or(seen));
        // What is empty may lie outside of the limits, and is dropped.
        let place = within(rows.len(), column);
        if !cell.is_empty() {
            place?;
            row.resize_with(column, String::new);
            row.push(cell);
        }
        column += 1;
        if field.ends_row {
            if rows.len() < MAX_LIST_ROWS as usize {
                rows.push(std::mem::take(&mut row));
            }
            column = 0;
        }
    }
    Ok(Table {
        format: Format::Csv,
        encoding: Some(encoding),
        delimiter: Some(delimiter),
        sheet: None,
        sheets: Vec::new(),
        rows: trimmed(rows)?,
        filled: Vec::new(),
    })
}

/// The text, and the WHATWG name of its encoding.
fn decode(bytes: &[u8], gb18030: Decoder) -> Result<(&'static str, Cow<'_, str>), Error> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Ok(("utf-16le", utf16(rest, u16::from_le_bytes)?.into()));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Ok(("utf-16be", utf16(rest, u16::from_be_bytes)?.into()));
    }
    let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = str::from_utf8(rest) {
        return Ok(("utf-8", text.into()));
    }
    match gb18030(bytes) {
        Some(text) => Ok(("gb18030", text.into())),
        None => Err(Unreadable::NotText.into()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Unreadable::NotText.into());
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| Unreadable::NotText.into())
}

/// Whether there are more control characters than stray ones.
fn is_binary(text: &str) -> bool {
    let head = || text.chars().take(4096);
    let controls = head()
        .filter(|c| c.is_control() && !c.is_whitespace())
        .count();
    controls > 2 && controls * 20 > head().count()
}

/// The delimiter by which most of the first rows fall into the same number of cells.
fn sniff(text: &str) -> char {
    let rows = marks(text);
    let mut best = (0, ',');
    for (index, delimiter) in DELIMITERS.into_iter().enumerate() {
        let like = |count: usize| rows.iter().filter(|row| row[index] == count).count();
        let marked = rows.iter().filter(|row| row[index] > 0);
        let alike = marked.map(|row| like(row[index])).max().unwrap_or(0);
        // A mark that only some rows have belongs to their text.
        if alike > best.0 && alike * 2 >= rows.len() {
            best = (alike, delimiter);
        }
    }
    best.1
}

/// How often each delimiter stands outside of quotes, in each of the first rows with a text.
fn marks(text: &str) -> Vec<[usize; DELIMITERS.len()]> {
    let mut rows = Vec::new();
    let mut row = [0; DELIMITERS.len()];
    let mut blank = true;
    let mut quoted = false;
    // Whether a quote would open a field: at its beginning, or right after it was closed (`""`).
    let mut opens = true;
    for c in text.chars().chain(['\n']) {
        if quoted {
            quoted = c != '"';
            opens = true;
            continue;
        }
        if c == '"' && opens {
            (quoted, blank) = (true, false);
            continue;
        }
        opens = false;
        if c == '\n' || c == '\r' {
            if !std::mem::replace(&mut blank, true) {
                rows.push(row);
            }
            if rows.len() == SNIFFED_ROWS {
                break;
            }
            row = Default::default();
            opens = true;
        } else if let Some(index) = DELIMITERS.iter().position(|other| *other == c) {
            row[index] += 1;
            opens = true;
        } else if !c.is_whitespace() {
            blank = false;
        }
    }
    rows
}

struct Field<'a> {
    text: Cow<'a, str>,
    /// Whether it is the last one of its row.
    ends_row: bool,
}

/// The fields of a text. Lenient where RFC 4180 is silent: a quote inside a bare field is a
/// character, what follows a closing quote is added to the field, and a quote that is never closed
/// ends with the text. An empty line is a row of one empty field.
struct Fields<'a> {
    rest: &'a str,
    delimiter: char,
    /// Whether a row is begun.
    inside: bool,
}

impl<'a> Fields<'a> {
    fn new(text: &'a str, delimiter: char) -> Self {
        Self {
            rest: text,
            delimiter,
            inside: false,
        }
    }

    fn bare(&mut self) -> (&'a str, bool) {
        let delimiter = self.delimiter;
        let ends = |c: char| c == delimiter || c == '\n' || c == '\r';
        let Some(at) = self.rest.find(ends) else {
            return (std::mem::take(&mut self.rest), true);
        };
        let (bare, after) = self.rest.split_at(at);
        let mut chars = after.chars();
        let end = chars.next();
        self.rest = chars.as_str();
        if end == Some('\r') {
            self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        }
        (bare, end != Some(delimiter))
    }

    fn field(&mut self) -> (Cow<'a, str>, bool) {
        let Some(mut quoted) = self.rest.strip_prefix('"') else {
            let (bare, ends_row) = self.bare();
            return (bare.into(), ends_row);
        };
        let mut text = String::new();
        while let Some((before, after)) = quoted.split_once('"') {
            text.push_str(before);
            let Some(after) = after.strip_prefix('"') else {
                self.rest = after;
                let (bare, ends_row) = self.bare();
                text.push_str(bare);
                return (text.into(), ends_row);
            };
            text.push('"');
            quoted = after;
        }
        text.push_str(quoted);
        self.rest = "";
        (text.into(), true)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        // After a delimiter there is one more field, if only an empty one.
        if self.rest.is_empty() && !self.inside {
            return None;
        }
        let (text, ends_row) = self.field();
        self.inside = !ends_row;
        Some(Field { text, ends_row })
    }
}
