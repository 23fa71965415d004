//! Reading a list: what kind of file it is, by its bytes and never by its name, and what all kinds
//! have in common.

mod number;
mod package;
mod text;
mod xlsx;
mod xml;

#[cfg(test)]
mod tests;

use yinxin_proto::Error;
use yinxin_proto::limits::{
    MAX_CELL_CHARS, MAX_LIST_BYTES, MAX_LIST_COLUMNS, MAX_LIST_ROWS, MAX_LIST_UNPACKED_BYTES,
};

/// A strict decoder of GB 18030 (or GBK, as WHATWG names it): `None` for other bytes. Its tables are
/// larger than all else here, so the platform lends its own.
pub type Decoder = fn(&[u8]) -> Option<String>;

/// Kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "TableFormat", rename_all = "kebab-case")
)]
pub enum Format {
    /// Office Open XML (ISO/IEC 29500), with or without macros.
    Xlsx,
    /// Delimited text (RFC 4180), or cells as they are pasted.
    Csv,
}

/// A list as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Table {
    /// Kind of file.
    pub format: Format,
    /// Encoding of a text.
    #[cfg_attr(
        feature = "typescript",
        ts(optional, type = "'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'")
    )]
    pub encoding: Option<&'static str>,
    /// What stands between the cells of a text.
    #[cfg_attr(
        feature = "typescript",
        ts(optional, type = "'\\t' | ',' | ';' | '，'")
    )]
    pub delimiter: Option<char>,
    /// The sheet that was taken from a workbook: the one that was asked for, or the first that is visible and not empty.
    pub sheet: Option<String>,
    /// Names of the sheets that can be asked for, in the workbook's order, where there are several: 32 at most. The first
    /// may hold notes alone.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub sheets: Vec<String>,
    /// Cells, trimmed. Rows keep their place, so that row 3 of the file is `rows[2]`; what is empty
    /// at the end of a row, and at the end of the table, is left out.
    pub rows: Vec<Vec<String>>,
    /// For each row, up to the last that has one, the columns whose cell is part of merged cells and was
    /// filled in from the row above: what is written once for several rows counts for each of them.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub filled: Vec<Vec<u32>>,
}

/// Why a file is no list. It stands in `list-unreadable`, which has one parameter for both
/// languages; so each is said in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// No bytes, or no cell with a text.
    Empty,
    /// A ZIP archive whose parts can't be read.
    Damaged,
    /// An OLE 2 container with an encrypted package in it.
    Encrypted,
    /// An OLE 2 container: Excel 97 to 2003.
    OldExcel,
    /// A binary workbook.
    Xlsb,
    /// An OpenDocument spreadsheet.
    OpenDocument,
    /// A ZIP archive that is no workbook.
    NotWorkbook,
    /// A web page or XML spreadsheet, whatever its name says.
    Markup,
    /// Neither a workbook nor text in a known encoding.
    NotText,
}

impl Unreadable {
    /// The reason, in Chinese and English.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Empty => "文件中没有内容 / there is nothing in it",
            Self::Damaged => "文件已损坏，请重新保存 / the file is damaged: save it again",
            Self::Encrypted => {
                "文件有打开密码，请先取消密码 / it is protected by a password: remove that first"
            }
            Self::OldExcel => "旧版 .xls 文件，请另存为 .xlsx / an old .xls file: save it as .xlsx",
            Self::Xlsb => {
                "二进制 .xlsb 文件，请另存为 .xlsx / a binary .xlsb file: save it as .xlsx"
            }
            Self::OpenDocument => {
                "OpenDocument 文件，请另存为 .xlsx / an OpenDocument file: save it as .xlsx"
            }
            Self::NotWorkbook => "压缩包里没有工作簿 / a ZIP archive without a workbook in it",
            Self::Markup => {
                "网页或 XML 表格，请另存为 .xlsx / a web page or XML table: save it as .xlsx"
            }
            Self::NotText => {
                "既不是工作簿，也不是可识别的文本 / neither a workbook nor readable text"
            }
        }
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::ListUnreadable {
            reason: unreadable.reason().into(),
        }
    }
}

/// Reads a list. Of a workbook the text of the sheet of a name is taken, else that of the first that is
/// visible and not empty.
///
/// # Errors
/// `list-unreadable`, `list-too-large` (packed or unpacked), `list-too-long`.
pub fn read(bytes: &[u8], sheet: Option<&str>, gb18030: Decoder) -> Result<Table, Error> {
    if bytes.len() > MAX_LIST_BYTES as usize {
        return Err(Error::ListTooLarge {
            limit: MAX_LIST_BYTES,
        });
    }
    // Local file header, or the end of an empty archive.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return xlsx::read(bytes, sheet);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        // Its directory names the stream in UTF-16 ([MS-OFFCRYPTO], 2.3.4.4).
        let name = "EncryptedPackage".encode_utf16();
        let name: Vec<u8> = name.flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted {
            Unreadable::Encrypted.into()
        } else {
            Unreadable::OldExcel.into()
        });
    }
    text::read(bytes, gb18030)
}

/// `list-too-large`, for what unpacks to too much.
fn too_large() -> Error {
    Error::ListTooLarge {
        limit: MAX_LIST_UNPACKED_BYTES,
    }
}

/// `list-too-long` for a place (from 0) outside of the limits.
fn within(row: usize, column: usize) -> Result<(), Error> {
    if row < MAX_LIST_ROWS as usize && column < MAX_LIST_COLUMNS as usize {
        Ok(())
    } else {
        Err(Error::ListTooLong {
            rows: MAX_LIST_ROWS,
            columns: MAX_LIST_COLUMNS,
        })
    }
}

/// A cell as it is handed on: without what is not seen at its ends (spaces of every width, marks of
/// byte order, characters of format), without control characters but line breaks and tabs, and not too long.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    let mut before = None;
    let seen = without_unseen(text).chars();
    let seen = seen.filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    for c in seen.take(MAX_CELL_CHARS as usize) {
        match c {
            '\n' if before == Some('\r') => (),
            '\r' => cleaned.push('\n'),
            _ => cleaned.push(c),
        }
        before = Some(c);
    }
    cleaned
}

/// A cell without what is not seen at its ends.
fn without_unseen(text: &str) -> &str {
    let text = text.trim_start_matches(is_unseen);
    text.trim_end_matches(|c| is_unseen(c) && !selects_a_variant(c))
}

/// Whether a character at an end of a cell is not seen.
pub(crate) fn is_unseen(c: char) -> bool {
    // `White_Space` has U+3000 and U+00A0 among its characters.
    c.is_whitespace() || yinxin_proto::text::is_ignorable(c)
}

/// Whether a character says in which shape the one before it is written, as in some names.
fn selects_a_variant(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Drops what is empty at the end of each row and of the table.
///
/// # Errors
/// `list-unreadable` if nothing is left.
fn trimmed(mut rows: Vec<Vec<String>>) -> Result<Vec<Vec<String>>, Error> {
    for row in &mut rows {
        let kept = row.iter().rposition(|cell| !cell.is_empty());
        row.truncate(kept.map_or(0, |last| last + 1));
    }
    let kept = rows.iter().rposition(|row| !row.is_empty());
    rows.truncate(kept.map_or(0, |last| last + 1));
    if rows.is_empty() {
        return Err(Unreadable::Empty.into());
    }
    Ok(rows)
}
