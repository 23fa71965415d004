//! Workbooks for tests: the least that is one, each part replaceable; and what is read of them.

use super::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Parts by name.
#[derive(Clone)]
pub(super) struct Workbook(BTreeMap<String, Vec<u8>>);

impl Workbook {
    /// Sheets by name, state and the XML of their parts.
    pub(super) fn new(sheets: &[(&str, &str, &str)]) -> Self {
        let mut book = Self(BTreeMap::new());
        let mut list = String::new();
        let mut relations = format!(
            r#"<Relationship Id="rS" Type="{DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>
            <Relationship Id="rF" Type="{DOCUMENT}/styles" Target="styles.xml"/>"#
        );
        for (number, (name, state, xml)) in sheets.iter().enumerate() {
            list += &format!(
                r#"<sheet name="{name}" sheetId="{}" state="{state}" r:id="r{number}"/>"#,
                number + 1
            );
            relations += &format!(
                r#"<Relationship Id="r{number}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            );
            book.set(&format!("xl/worksheets/sheet{number}.xml"), xml);
        }
        book.set(
            "xl/workbook.xml",
            &format!(
                r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{list}</sheets></workbook>"#
            ),
        );
        book.set(
            "xl/_rels/workbook.xml.rels",
            &format!("<Relationships>{relations}</Relationships>"),
        );
        book.set(
            "_rels/.rels",
            &format!(
                r#"<Relationships><Relationship Id="r" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        );
        book
    }

    /// One sheet, by what is in its `sheetData`.
    pub(super) fn of_rows(xml: &str) -> Self {
        Self::new(&[("清单", "visible", &worksheet(xml))])
    }

    /// One sheet with one row of these cells.
    pub(super) fn of_cells(xml: &str) -> Self {
        Self::of_rows(&format!("<row>{xml}</row>"))
    }

    pub(super) fn set(&mut self, name: &str, xml: &str) {
        self.0.insert(name.into(), xml.into());
    }

    pub(super) fn with(mut self, name: &str, xml: &str) -> Self {
        self.set(name, xml);
        self
    }

    pub(super) fn zip(&self) -> Vec<u8> {
        archive(
            self.0
                .iter()
                .map(|(name, xml)| (name.as_str(), xml.as_slice())),
        )
    }
}

pub(super) fn worksheet(rows: &str) -> String {
    format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#)
}

pub(super) fn archive<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn cells_of_each_type_are_read_as_people_see_them() {
    let book = Workbook::of_cells(
        r##"<c><v>2.0</v></c><c t="n"><v>0.30000000000000004</v></c>
        <c t="b"><v>1</v></c><c t="b"><v>0</v></c>
        <c t="e"><v>#REF!</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c>
        <c t="s"><v>1</v></c><c t="s"><v>0</v></c>
        <c t="inlineStr"><is><r><t>示例</t></r><r><t xml:space="preserve">采购 </t></r><rPh sb="0" eb="1"><t>shili</t></rPh></is></c>
        <c t="str"><f>"甲"&amp;"乙"</f><v>甲乙</v></c><c><f>1+1</f><v>2</v></c>
        <c t="d"><v>2026-02-15</v></c><c s="1"><v>46068</v></c><c s="2"><v>46068.5</v></c>
        <c s="0"><v>46068</v></c><c/><c t="str"><v>A&amp;B &#x4E2D;&lt;<![CDATA[<c>]]>_x0041__x000D_
x_x</v></c>"##,
    )
    .with(
        "xl/sharedStrings.xml",
        r#"<sst count="9"><si><t>第一</t></si><si><r><rPr><b/></rPr><t>富</t></r><r><t>文本</t></r><rPh><t>x</t></rPh></si><si/></sst>"#,
    )
    .with(
        "xl/styles.xml",
        r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>"#,
    );
    let table = read(&book.zip()).unwrap();
    assert_eq!(table.format, Format::Xlsx);
    assert_eq!(table.sheet.as_deref(), Some("清单"));
    assert_eq!(table.encoding, None);
    assert_eq!(
        table.rows,
        [[
            "2",
            "0.3",
            "TRUE",
            "FALSE",
            "#REF!",
            "#DIV/0!",
            "富文本",
            "第一",
            "示例采购",
            "甲乙",
            "2",
            "2026-02-15",
            "2026-02-15",
            "2026-02-15 12:00:00",
            "46068",
            "",
            "A&B 中<<c>A\nx_x"
        ]]
    );
}

#[test]
fn cells_keep_their_places() {
    let book = Workbook::of_rows(
        r#"<row r="2"><c r="B2"><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>
        <row r="9" s="1"><c r="A9" s="1"/><c r="XFD9" t="str"><v></v></c></row>"#,
    );
    let empty: [&str; 0] = [];
    let expected = [&empty[..], &["", "1", "2"], &empty, &["3"]];
    assert_eq!(rows(&book.zip()), expected);
}

#[test]
fn the_first_sheet_that_is_visible_and_not_empty_is_taken() {
    let full = |text: &str| worksheet(&format!(r#"<row><c t="str"><v>{text}</v></c></row>"#));
    let blank = worksheet(r#"<row><c t="s"><v>0</v></c></row>"#);
    let book = Workbook::new(&[
        ("封面", "visible", &worksheet("")),
        ("空白", "visible", &blank),
        ("隐藏", "hidden", &full("a")),
        ("深藏", "veryHidden", &full("b")),
        ("采购 &amp; 供应", "visible", &full("c")),
        ("其他", "visible", &full("d")),
    ])
    .with("xl/sharedStrings.xml", "<sst><si><t> </t></si></sst>");
    let table = read(&book.zip()).unwrap();
    assert_eq!(table.sheet.as_deref(), Some("采购 & 供应"));
    assert_eq!(table.rows, [["c"]]);
    let none = Workbook::new(&[("隐藏", "hidden", &full("a"))]);
    assert_eq!(unreadable(&none.zip()), Unreadable::Empty);
}

#[test]
fn other_programs_ways_of_writing_are_read() {
    // Prefixes, another folder, absolute targets, names in other cases, strict types, 1904.
    let book = Workbook(BTreeMap::new())
        .with(
            "_rels/.rels",
            r#"<p:Relationships xmlns:p="x"><p:Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/Book/Main.xml"/></p:Relationships>"#,
        )
        .with(
            "book/_rels/main.xml.rels",
            r#"<Relationships><Relationship Id="a" Type="x/worksheet" Target="../S/One.xml"/><Relationship Id="b" Type="x/styles" Target="/s/Styles.xml"/></Relationships>"#,
        )
        .with(
            "book/main.xml",
            r#"<x:workbook xmlns:x="y"><x:workbookPr date1904="true"/><x:sheets><x:sheet name="S" sheetId="1" rel:id="a"/></x:sheets></x:workbook>"#,
        )
        .with("s/styles.xml", r#"<x:styleSheet><x:cellXfs><x:xf numFmtId="14"></x:xf></x:cellXfs></x:styleSheet>"#)
        .with(
            "s/one.xml",
            r#"<x:worksheet><x:sheetData><x:row r="1"><x:c r="A1" s="0"><x:v>44606</x:v></x:c></x:row></x:sheetData></x:worksheet>"#,
        );
    assert_eq!(rows(&book.zip()), [["2026-02-15"]]);
}

#[test]
fn a_workbook_with_macros_is_read_without_them() {
    let book = Workbook::of_cells("<c><v>1</v></c>").with("xl/vbaProject.bin", "Sub Auto_Open()");
    assert_eq!(rows(&book.zip()), [["1"]]);
}

#[test]
fn archives_of_other_kinds_are_named() {
    let of = |names: &[&str]| unreadable(&archive(names.iter().map(|name| (*name, &b"x"[..]))));
    assert_eq!(of(&["xl/workbook.bin"]), Unreadable::Xlsb);
    assert_eq!(
        of(&["mimetype", "content.xml", "META-INF/manifest.xml"]),
        Unreadable::OpenDocument
    );
    assert_eq!(of(&["word/document.xml"]), Unreadable::NotWorkbook);
    assert_eq!(of(&[]), Unreadable::NotWorkbook);
}
