//! Files that are made to break their reader: each gives a code, in bounded memory and time.

use super::workbook::{archive, worksheet};
use super::*;

const TOO_LARGE: Error = Error::ListTooLarge {
    limit: MAX_LIST_UNPACKED_BYTES,
};
const TOO_LONG: Error = Error::ListTooLong {
    rows: MAX_LIST_ROWS,
    columns: MAX_LIST_COLUMNS,
};

/// Empty rows, and spaces between them, of so many bytes.
fn empty_rows(bytes: u32) -> String {
    format!("{:10000}", "<row/>").repeat(bytes as usize / 10_000)
}

#[test]
fn a_bomb_is_unpacked_up_to_the_limit() {
    let rows = empty_rows(MAX_LIST_UNPACKED_BYTES + 10_000);
    let bytes = Workbook::of_rows(&format!("{rows}<row><c><v>1</v></c></row>")).zip();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(read(&bytes), Err(TOO_LARGE));
}

#[test]
fn the_limit_is_over_all_parts() {
    let sheet = worksheet(&empty_rows(MAX_LIST_UNPACKED_BYTES / 3 + 10_000));
    let book = Workbook::new(&[
        ("a", "visible", &sheet),
        ("b", "visible", &sheet),
        ("c", "visible", &sheet),
    ]);
    assert_eq!(read(&book.zip()), Err(TOO_LARGE));
}

#[test]
fn long_tags_and_texts_are_not_held() {
    let long = "a".repeat(2 << 20);
    for cell in [
        format!("<c><v>{long}</v></c>"),
        format!("<c><v><![CDATA[{long}]]></v></c>"),
        format!("<!--{long}-->"),
        format!("<c {long}=\"\"/>"),
        format!("<c r=\"{long}\"/>"),
        format!("<{long}/>"),
    ] {
        assert_eq!(
            unreadable(&Workbook::of_cells(&cell).zip()),
            Unreadable::Damaged
        );
    }
}

#[test]
fn sizes_that_lie_are_not_believed() {
    let honest = Workbook::of_cells(&"<c><v>1</v></c>".repeat(9)).zip();
    for field in [24, 20] {
        for value in [0_u32, 1, 0x7fff_ffff, 0xffff_ffff] {
            let mut bytes = honest.clone();
            // Sizes in the central directory: unpacked, packed.
            for at in 0..bytes.len() - 46 {
                if bytes[at..].starts_with(b"PK\x01\x02") {
                    bytes[at + field..at + field + 4].copy_from_slice(&value.to_le_bytes());
                }
            }
            match read(&bytes) {
                Ok(table) => assert_eq!(table.rows, [["1"; 9]]),
                Err(error) => assert_eq!(error, Unreadable::Damaged.into(), "{field} {value}"),
            }
        }
    }
}

#[test]
fn entries_that_overlap_count_as_often_as_they_are_read() {
    // Every part's entry is pointed at the bytes of the largest one.
    let sheet = worksheet(&empty_rows(MAX_LIST_UNPACKED_BYTES / 4));
    let sheets: Vec<_> = ["a", "b", "c", "d", "e"]
        .map(|name| (name, "visible", ""))
        .into();
    let mut book = Workbook::new(&sheets);
    for number in 0..5 {
        book.set(&format!("xl/worksheets/sheet{number}.xml"), "");
    }
    book.set("xl/worksheets/sheet0.xml", &sheet);
    let mut bytes = book.zip();
    let mut entries = Vec::new();
    for at in 0..bytes.len() - 46 {
        if bytes[at..].starts_with(b"PK\x01\x02") && bytes[at + 46..].starts_with(b"xl/worksheets/")
        {
            entries.push(at);
        }
    }
    assert_eq!(entries.len(), 5);
    // Checksum, sizes, and where the entry begins.
    let (first, others) = entries.split_first().unwrap();
    let sizes = bytes[first + 16..first + 28].to_vec();
    let offset = bytes[first + 42..first + 46].to_vec();
    for at in others {
        bytes[at + 16..at + 28].copy_from_slice(&sizes);
        bytes[at + 42..at + 46].copy_from_slice(&offset);
    }
    assert_eq!(read(&bytes), Err(TOO_LARGE));
}

#[test]
fn archives_of_too_many_parts_are_refused() {
    let names: Vec<String> = (0..10_001).map(|number| number.to_string()).collect();
    let bytes = archive(names.iter().map(|name| (name.as_str(), &b""[..])));
    assert_eq!(unreadable(&bytes), Unreadable::Damaged);
}

#[test]
fn declared_dimensions_and_counts_set_nothing_aside() {
    let sheet = worksheet("<row><c t=\"s\"><v>0</v></c></row>").replace(
        "<sheetData>",
        r#"<dimension ref="A1:XFD1048576"/><sheetData>"#,
    );
    let book = Workbook::new(&[("a", "visible", &sheet)]).with(
        "xl/sharedStrings.xml",
        r#"<sst count="4294967295" uniqueCount="18446744073709551615"><si><t>甲</t></si></sst>"#,
    );
    assert_eq!(rows(&book.zip()), [["甲"]]);
}

#[test]
fn cells_beyond_the_limits_are_refused_and_empty_ones_are_not() {
    for place in ["XFD1048576", "A20001", "BM1", "A4294967295"] {
        let row = |cell: &str| Workbook::of_rows(&format!("<row>{cell}</row>")).zip();
        let full = row(&format!(r#"<c r="{place}"><v>1</v></c>"#));
        assert_eq!(read(&full), Err(TOO_LONG), "{place}");
        let empty = row(&format!(r#"<c><v>1</v></c><c r="{place}" s="1"/>"#));
        assert_eq!(rows(&empty), [["1"]], "{place}");
    }
    let last = Workbook::of_rows(r#"<row r="20000"><c r="BL20000"><v>1</v></c></row>"#).zip();
    let rows = rows(&last);
    assert_eq!((rows.len(), rows[19_999].len()), (20_000, 64));
}

#[test]
fn places_that_are_none_are_refused() {
    for place in [
        "",
        "1",
        "A",
        "A0",
        "AAAA1",
        "A99999999999",
        "甲1",
        "A-1",
        "1A",
        "A1A",
    ] {
        let book = Workbook::of_cells(&format!(r#"<c r="{place}"><v>1</v></c>"#));
        assert_eq!(unreadable(&book.zip()), Unreadable::Damaged, "{place}");
    }
    for row in ["0", "-1", "x", "4294967296"] {
        let book = Workbook::of_rows(&format!(r#"<row r="{row}"><c><v>1</v></c></row>"#));
        assert_eq!(unreadable(&book.zip()), Unreadable::Damaged, "{row}");
    }
}

#[test]
fn counters_do_not_run_over() {
    let book = Workbook::of_rows(
        r#"<row r="4294967295"/><row/><row/><row><c r="XFD1"/><c/><c r="A1"><v>1</v></c></row>"#,
    );
    assert_eq!(rows(&book.zip()), [["1"]]);
}

#[test]
fn entities_of_a_dtd_are_not_expanded() {
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    let sheet = |head: &str| format!("{head}{}", worksheet("<row><c><v>&b;</v></c></row>"));
    for head in [laughs, ""] {
        let book = Workbook::new(&[("a", "visible", &sheet(head))]);
        assert_eq!(unreadable(&book.zip()), Unreadable::Damaged);
    }
}

#[test]
fn deep_xml_is_refused() {
    let deep = format!("{}{}", "<x>".repeat(1_000_000), "</x>".repeat(1_000_000));
    let book = Workbook::new(&[("a", "visible", &worksheet(&deep))]);
    assert_eq!(unreadable(&book.zip()), Unreadable::Damaged);
}

#[test]
fn broken_xml_is_refused_wherever_it_stands() {
    let whole = Workbook::of_cells(r#"<c t="s"><v>0</v></c>"#)
        .with("xl/sharedStrings.xml", "<sst><si><t>a</t></si></sst>")
        .with("xl/styles.xml", "<styleSheet></styleSheet>");
    assert_eq!(rows(&whole.zip()), [["a"]]);
    for part in [
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/worksheets/sheet0.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
    ] {
        for xml in ["<a", "<a></b>", "<a>", "<a>&nope;</a>", "<a>&#xD800;</a>"] {
            let book = whole.clone().with(part, xml);
            assert_eq!(unreadable(&book.zip()), Unreadable::Damaged, "{part} {xml}");
        }
    }
}

#[test]
fn many_attributes_are_read_once() {
    let many: String = (0..80_000)
        .map(|number| format!(" a{number}=\"\""))
        .collect();
    let book = Workbook::of_cells(&format!("<c{many}><v>1</v></c>"));
    assert_eq!(rows(&book.zip()), [["1"]]);
}

#[test]
fn a_long_string_named_by_every_cell_counts_each_time() {
    let row = format!("<row>{}</row>", r#"<c t="s"><v>0</v></c>"#.repeat(64));
    let long = "长".repeat(MAX_CELL_CHARS as usize);
    let book = Workbook::of_rows(&row.repeat(MAX_LIST_ROWS as usize)).with(
        "xl/sharedStrings.xml",
        &format!("<sst><si><t>{long}</t></si></sst>"),
    );
    assert_eq!(read(&book.zip()), Err(TOO_LARGE));
}

#[test]
fn shared_strings_that_are_missing_are_empty() {
    let book = Workbook::of_cells(r#"<c t="s"><v>7</v></c><c t="s"><v>-1</v></c><c><v>1</v></c>"#);
    assert_eq!(rows(&book.zip()), [["", "", "1"]]);
}

#[test]
fn a_part_under_a_password_is_named() {
    let mut bytes = Workbook::of_cells("<c><v>1</v></c>").zip();
    for at in 0..bytes.len() - 46 {
        // The flag of encryption, in both headers.
        if bytes[at..].starts_with(b"PK\x03\x04") {
            bytes[at + 6] |= 1;
        } else if bytes[at..].starts_with(b"PK\x01\x02") {
            bytes[at + 8] |= 1;
        }
    }
    assert_eq!(unreadable(&bytes), Unreadable::Encrypted);
}

/// A file that has all kinds of parts and cells.
fn rich() -> Vec<u8> {
    let row = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c s="1"><v>46068</v></c><c t="inlineStr"><is><t>a_x0041_</t></is></c><c t="b"><v>1</v></c></row>"#;
    Workbook::of_rows(row)
        .with(
            "xl/sharedStrings.xml",
            "<sst><si><r><t>甲</t></r></si></sst>",
        )
        .with(
            "xl/styles.xml",
            r#"<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
        )
        .zip()
}

/// What must hold of any file.
fn check(bytes: &[u8]) {
    match read(bytes) {
        Ok(table) => {
            assert!(!table.rows.is_empty() && table.rows.len() <= MAX_LIST_ROWS as usize);
            for row in &table.rows {
                assert!(row.len() <= MAX_LIST_COLUMNS as usize);
                assert!(row.last().is_none_or(|cell| !cell.is_empty()));
                for cell in row {
                    assert!(cell.chars().count() <= MAX_CELL_CHARS as usize);
                    assert_eq!(cell, cell.trim());
                }
            }
        }
        Err(error) => assert!(
            matches!(
                error,
                Error::ListUnreadable { .. }
                    | Error::ListTooLarge { .. }
                    | Error::ListTooLong { .. }
            ),
            "{error}"
        ),
    }
}

#[test]
fn a_truncated_workbook_is_damaged() {
    let whole = rich();
    assert!(read(&whole).is_ok());
    for length in 4..whole.len() {
        assert_eq!(
            unreadable(&whole[..length]),
            Unreadable::Damaged,
            "{length}"
        );
    }
}

#[test]
fn a_workbook_with_any_byte_changed_gives_a_table_or_a_code() {
    let whole = rich();
    for at in 0..whole.len() {
        for bit in [0x01, 0x10, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            check(&changed);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_give_a_table_or_a_code(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn any_text_gives_a_table_or_a_code(text in "[\"',;\t\r\n =@a甲，\u{3000}\u{0}\u{feff}]{0,80}") {
        check(text.as_bytes());
    }

    #[test]
    fn any_xml_gives_a_table_or_a_code(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30),
        part in prop::sample::select(vec![
            "_rels/.rels",
            "xl/_rels/workbook.xml.rels",
            "xl/workbook.xml",
            "xl/worksheets/sheet0.xml",
            "xl/sharedStrings.xml",
            "xl/styles.xml",
        ]),
    ) {
        let xml: String = pieces.concat();
        let book = Workbook::of_cells(r#"<c t="s" s="1"><v>0</v></c><c s="1"><v>1</v></c>"#);
        check(&book.with(part, &xml).zip());
    }
}

const PIECES: &[&str] = &[
    "<worksheet>",
    "</worksheet>",
    "<sheetData>",
    "</sheetData>",
    "<row>",
    "<row r=\"3\">",
    "</row>",
    "<c>",
    "<c r=\"C2\">",
    "<c t=\"s\">",
    "<c t=\"str\" s=\"1\">",
    "</c>",
    "<v>",
    "</v>",
    "<is>",
    "</is>",
    "<t>",
    "</t>",
    "<rPh>",
    "</rPh>",
    "<sst>",
    "<si>",
    "</si>",
    "</sst>",
    "<si/>",
    "1",
    "0.1",
    "a_x0000_b",
    "_x",
    "_xé999_",
    "&lt;",
    "&#0;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "<Relationship Id=\"r0\" Type=\"worksheet\" Target=\"../../x\"/>",
    "<sheet name=\"a\" r:id=\"r0\"/>",
    "<cellXfs>",
    "<xf numFmtId=\"14\"/>",
    "</cellXfs>",
    "<numFmt numFmtId=\"164\" formatCode=\"[\"/>",
    "<a b=\"&x;\">",
    "\u{0}",
    "'",
    "\"",
    ">",
    "<",
];
