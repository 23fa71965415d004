//! Reading: every encoding, delimiter and kind of cell, limits, and hostile files. The archives are
//! written by the crate `zip`, their XML by hand, so that each says just what the test is about.

mod hostile;
mod merged;
mod workbook;

use super::*;
use proptest::prelude::*;
use workbook::Workbook;

/// Natively a decoder of its own; WHATWG's GBK, as a browser's.
pub(super) fn gb18030(bytes: &[u8]) -> Option<String> {
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

pub(super) fn read(bytes: &[u8]) -> Result<Table, Error> {
    super::read(bytes, None, gb18030)
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    read(bytes).unwrap().rows
}

pub(super) fn unreadable(bytes: &[u8]) -> Unreadable {
    let Err(Error::ListUnreadable { reason }) = read(bytes) else {
        panic!("it reads");
    };
    let all = [
        Unreadable::Empty,
        Unreadable::Damaged,
        Unreadable::Encrypted,
        Unreadable::OldExcel,
        Unreadable::Xlsb,
        Unreadable::OpenDocument,
        Unreadable::NotWorkbook,
        Unreadable::Markup,
        Unreadable::NotText,
    ];
    all.into_iter().find(|one| one.reason() == reason).unwrap()
}

const LIST: &str = "名称,类型,年限\r\n示例采购有限公司,供应商,2\r\n";

#[test]
fn texts_are_read_in_each_encoding() {
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{FEFF}{LIST}")
            .encode_utf16()
            .flat_map(unit)
            .collect()
    };
    for (bytes, encoding) in [
        (LIST.as_bytes().to_vec(), "utf-8"),
        (format!("\u{FEFF}{LIST}").into_bytes(), "utf-8"),
        (utf16(u16::to_le_bytes), "utf-16le"),
        (utf16(u16::to_be_bytes), "utf-16be"),
        (encoding_rs::GBK.encode(LIST).0.into_owned(), "gb18030"),
    ] {
        let table = read(&bytes).unwrap();
        assert_eq!(table.encoding, Some(encoding));
        assert_eq!((table.format, table.delimiter), (Format::Csv, Some(',')));
        assert_eq!(
            table.rows,
            [
                ["名称", "类型", "年限"],
                ["示例采购有限公司", "供应商", "2"]
            ]
        );
    }
    // A character that GB 18030 has and GBK has not.
    let rare = encoding_rs::GB18030.encode("名称,𠮷\n").0;
    assert_eq!(rows(&rare), [["名称", "𠮷"]]);
}

#[test]
fn without_a_decoder_gbk_is_refused_and_utf8_read() {
    let none: Decoder = |_| None;
    assert!(super::read(LIST.as_bytes(), None, none).is_ok());
    let gbk = encoding_rs::GBK.encode(LIST).0;
    let error = super::read(&gbk, None, none).unwrap_err();
    assert_eq!(error, Unreadable::NotText.into());
}

#[test]
fn the_delimiter_is_found_outside_of_quotes() {
    for (text, delimiter) in [
        ("甲\t1,5\n乙\t2,5\n", '\t'),
        ("甲,1;2\n乙,3\n", ','),
        ("甲;\"1,2,3\"\n乙;\"4,5,6\"\n", ';'),
        ("甲，1\n乙，2\n", '，'),
        // Chinese commas inside of names.
        ("甲，分公司,1\n乙，分公司,2\n丙,3\n", ','),
        ("甲，分公司\n乙\n丙\n丁\n", ','),
        ("名称\n甲\n", ','),
        // Rows of different lengths.
        ("清单\n\n名称,年限\n甲,1\n乙,2\n丙,1,备注\n", ','),
    ] {
        assert_eq!(
            read(text.as_bytes()).unwrap().delimiter,
            Some(delimiter),
            "{text}"
        );
    }
}

#[test]
fn fields_are_split_as_in_rfc_4180_and_leniently_beyond() {
    for (text, expected) in [
        ("a,\"b,c\",d", vec![vec!["a", "b,c", "d"]]),
        ("\"say \"\"yes\"\"\",b", vec![vec!["say \"yes\"", "b"]]),
        (
            "\"two\r\nlines\",b\r\nc,d",
            vec![vec!["two\nlines", "b"], vec!["c", "d"]],
        ),
        ("a,b\rc,d", vec![vec!["a", "b"], vec!["c", "d"]]),
        (
            "a,b\n\n\nc,d\n\n",
            vec![vec!["a", "b"], vec![], vec![], vec!["c", "d"]],
        ),
        ("a,,b,,\n,,\n", vec![vec!["a", "", "b"]]),
        ("5\" disk,\"x\"y", vec![vec!["5\" disk", "xy"]]),
        ("a,\"never closed\nb", vec![vec!["a", "never closed\nb"]]),
        ("\"\",\"\"\"\"", vec![vec!["", "\""]]),
    ] {
        assert_eq!(rows(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn cells_are_trimmed_of_what_is_not_seen() {
    let text = "\u{3000}甲 公司\u{a0} ,\u{feff}1\0,\u{200b}x\u{1}y\n";
    assert_eq!(rows(text.as_bytes()), [["甲 公司", "1", "xy"]]);
    // Characters of format, but not the one that says how a name is written.
    let text = "\u{2066}甲\u{2069},\u{ad}1\u{2060},辻\u{e0101}\u{200b}\n";
    assert_eq!(rows(text.as_bytes()), [["甲", "1", "辻\u{e0101}"]]);
    assert_eq!(
        unreadable("\u{3000},\u{a0}\n \n".as_bytes()),
        Unreadable::Empty
    );
    assert_eq!(unreadable(b""), Unreadable::Empty);
}

#[test]
fn the_guard_against_formulas_is_taken_off_where_it_is_one() {
    let text = "'=1+1,'＝1,'-,'@x,''=1,'quoted',O'Neill,'\n";
    let expected = ["=1+1", "＝1", "-", "@x", "'=1", "'quoted'", "O'Neill", "'"];
    assert_eq!(rows(text.as_bytes()), [expected]);
}

#[test]
fn long_cells_are_cut_by_characters() {
    let long = "长".repeat(MAX_CELL_CHARS as usize + 1);
    let cut = "长".repeat(MAX_CELL_CHARS as usize);
    assert_eq!(rows(format!("{long},b").as_bytes()), [[cut.as_str(), "b"]]);
    let book = Workbook::of_cells(&format!(r#"<c t="inlineStr"><is><t>{long}</t></is></c>"#));
    assert_eq!(rows(&book.zip()), [[cut]]);
}

#[test]
fn texts_beyond_the_limits_of_a_list_are_refused() {
    let limit = Error::ListTooLong {
        rows: MAX_LIST_ROWS,
        columns: MAX_LIST_COLUMNS,
    };
    let rows_of = |count: u32| "a,b\n".repeat(count as usize);
    assert_eq!(
        rows(rows_of(MAX_LIST_ROWS).as_bytes()).len(),
        MAX_LIST_ROWS as usize
    );
    assert_eq!(
        read(rows_of(MAX_LIST_ROWS + 1).as_bytes()),
        Err(limit.clone())
    );
    let columns_of = |count: u32| format!("a{}", ",a".repeat(count as usize - 1));
    assert_eq!(
        rows(columns_of(MAX_LIST_COLUMNS).as_bytes())[0].len(),
        MAX_LIST_COLUMNS as usize
    );
    assert_eq!(
        read(columns_of(MAX_LIST_COLUMNS + 1).as_bytes()),
        Err(limit)
    );
    // Emptiness beyond them is none of the list.
    let empty = format!("{}{}", columns_of(2), ",\n".repeat(30_000));
    assert_eq!(rows(empty.as_bytes()), [["a", "a"]]);
    let wide = format!("a{}\n", ",".repeat(100_000));
    assert_eq!(rows(wide.as_bytes()), [["a"]]);
}

#[test]
fn files_beyond_the_limit_are_not_looked_at() {
    let bytes = vec![b'a'; MAX_LIST_BYTES as usize + 1];
    let limit = MAX_LIST_BYTES;
    assert_eq!(read(&bytes), Err(Error::ListTooLarge { limit }));
}

#[test]
fn files_of_other_kinds_are_named() {
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    assert_eq!(unreadable(&ole), Unreadable::OldExcel);
    let name = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes);
    let encrypted: Vec<u8> = ole.into_iter().chain([0; 600]).chain(name).collect();
    assert_eq!(unreadable(&encrypted), Unreadable::Encrypted);
    assert_eq!(unreadable(b"<html><table><tr><td>1"), Unreadable::Markup);
    assert_eq!(unreadable(b"%PDF-1.7\n"), Unreadable::NotText);
    assert_eq!(
        unreadable(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        Unreadable::NotText
    );
    let binary: Vec<u8> = (0..4000_u32).map(|n| (n % 32) as u8).collect();
    assert_eq!(unreadable(&binary), Unreadable::NotText);
    assert_eq!(unreadable(b"\xFF\xFEa"), Unreadable::NotText);
    // A lone surrogate.
    assert_eq!(unreadable(b"\xFF\xFE\x00\xD8"), Unreadable::NotText);
}

proptest! {
    /// The crate `csv` is the judge: what it writes is read as it was, but for the ends of cells.
    #[test]
    fn what_another_writer_writes_is_read(
        table in prop::collection::vec(prop::collection::vec("[a-z\",; \n\t，甲]{0,6}", 2), 1..8),
        delimiter in prop::sample::select(vec![b',', b'\t', b';']),
    ) {
        // Rows that leave no doubt of the delimiter, and of what the table ends with.
        let mut written = vec![vec!["x".to_string(), "x".into()]; 50];
        written.extend(table);
        written.push(vec!["x".into(), "x".into()]);
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        for row in &written {
            writer.write_record(row).unwrap();
        }
        let read = rows(&writer.into_inner().unwrap());
        let expected: Vec<Vec<String>> = written
            .iter()
            .map(|row| row.iter().map(|cell| cell.trim().to_string()).collect())
            .collect();
        prop_assert_eq!(read, trimmed(expected).unwrap());
    }
}
