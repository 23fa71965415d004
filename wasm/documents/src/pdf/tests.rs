//! Documents and their revisions.

use super::document::{Document, Revision};
use super::object::{Object, Reference};
use super::testing::{Signing, Writer, forms, plain, reference, signed};
use super::xref::Place;
use yinxin_proto::Error;

fn with<T>(bytes: &[u8], call: impl FnOnce(&Document<'_>, &Revision) -> T) -> T {
    let source: &[u8] = bytes;
    let document = Document::open(&source).unwrap();
    let newest = document.newest().unwrap();
    call(&document, &newest)
}

fn refused(bytes: &[u8]) -> String {
    let source: &[u8] = bytes;
    let error = Document::open(&source).and_then(|document| document.newest().map(drop));
    match error {
        Err(Error::PdfUnreadable { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_is_read_in_every_form() {
    for (form, bytes) in forms() {
        with(&bytes, |document, newest| {
            assert_eq!(newest.end, bytes.len() as u64, "{form}");
            assert_eq!(newest.root().unwrap(), reference(1), "{form}");
            assert_eq!(document.pages(newest).unwrap(), [reference(3)], "{form}");
            let page = document.page(newest, reference(3)).unwrap();
            assert_eq!(page.crop_box, [0.0, 0.0, 595.0, 842.0], "{form}");
            assert!(document.fields(newest).unwrap().is_empty(), "{form}");
            let nothing = Reference {
                number: 77,
                generation: 0,
            };
            assert_eq!(
                document.object(newest, nothing).unwrap(),
                Object::Null,
                "{form}"
            );
            let other = Reference {
                number: 1,
                generation: 1,
            };
            assert_eq!(
                document.object(newest, other).unwrap(),
                Object::Null,
                "{form}"
            );
            assert!(newest.next_number() >= 6);
        });
    }
}

#[test]
fn each_revision_has_its_own_objects() {
    for (form, first) in forms() {
        let mut writer = Writer::after(&first);
        writer.object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Rotate -90>>",
        );
        let second = match form {
            "table" | "hybrid" => writer.table("/Root 1 0 R").finish(),
            _ => writer.table_stream(50, "/Root 1 0 R").finish(),
        };
        with(&second, |document, newest| {
            assert_eq!(
                document.page(newest, reference(3)).unwrap().rotation,
                270,
                "{form}"
            );
            let older = document.revision_of(newest, 1).unwrap();
            assert_eq!(older.end, first.len() as u64, "{form}");
            assert_eq!(
                document.page(&older, reference(3)).unwrap().rotation,
                0,
                "{form}"
            );
            let at = document.revision_at(first.len() as u64).unwrap().unwrap();
            assert_eq!(
                (at.end, at.startxref),
                (older.end, older.startxref),
                "{form}"
            );
            assert!(
                document
                    .revision_at(first.len() as u64 + 9)
                    .unwrap()
                    .is_none(),
                "{form}"
            );
        });
    }
}

#[test]
fn a_number_that_is_freed_is_nothing_and_one_that_stands_elsewhere_is_told() {
    let first = plain().table("/Root 1 0 R").finish();
    let freed = Writer::after(&first).free(4).table("/Root 1 0 R").finish();
    with(&freed, |document, newest| {
        assert_eq!(newest.place(4), Place::Free);
        assert_eq!(document.object(newest, reference(4)).unwrap(), Object::Null);
    });
    let moved = Writer::after(&first)
        .listed(4, 15)
        .table("/Root 1 0 R")
        .finish();
    with(&moved, |document, newest| {
        assert!(document.object(newest, reference(4)).is_err());
    });
    let mut twice = Writer::after(&first);
    twice
        .object(5, "<</A 1>>")
        .object(5, "<</A 2>>")
        .table("/Root 1 0 R");
    with(&twice.finish(), |_, newest| {
        assert_eq!(newest.sections[0].repeated, [5])
    });
}

#[test]
fn a_table_may_have_lines_of_other_widths() {
    let bytes = plain().table("/Root 1 0 R").finish();
    let text = String::from_utf8_lossy(&bytes[15..]).into_owned();
    for (line_end, name) in [(" \r\n", "21 bytes"), ("\n", "19 bytes")] {
        // What stands before the table keeps its place.
        let head = [
            &bytes[..15],
            text.replace(" n \n", &format!(" n{line_end}")).as_bytes(),
        ]
        .concat();
        with(&head, |document, newest| {
            assert_eq!(document.pages(newest).unwrap().len(), 1, "{name}");
        });
    }
}

#[test]
fn what_is_no_pdf_or_goes_in_circles_is_refused() {
    let whole = plain().table("/Root 1 0 R").finish();
    assert_eq!(refused(b""), "no PDF begins so");
    assert_eq!(refused(b"%PDF-1.7"), "no startxref");
    assert_eq!(refused(&[b"x", &whole[..]].concat()), "no PDF begins so");
    for end in 9..whole.len() - 6 {
        refused(&whole[..end]);
    }
    // Two sections that name each other.
    let start = whole
        .windows(4)
        .rposition(|window| window == b"xref")
        .unwrap();
    let start = start - 5;
    let mut circle = plain();
    circle.raw(b"xref\n0 0\ntrailer\n<</Root 1 0 R/Prev ");
    let own = circle.position() - 36;
    circle.raw(format!("{own}>>\nstartxref\n{own}\n%%EOF").as_bytes());
    assert_eq!(
        refused(&circle.finish()),
        "cross-reference sections in a circle"
    );
    assert!(start > 0);
    let encrypted = plain().table("/Root 1 0 R/Encrypt 9 0 R").finish();
    let source: &[u8] = &encrypted;
    let error = Document::open(&source).unwrap().newest().err();
    assert_eq!(error, Some(Error::PdfEncrypted {}));
}

#[test]
fn trees_in_circles_are_refused() {
    let mut writer = Writer::default();
    writer
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        )
        .object(2, "<</Type/Pages/Kids[3 0 R]/Parent 3 0 R>>")
        .object(3, "<</Type/Pages/Kids[2 0 R]/Parent 2 0 R>>")
        .object(4, "<</T(a)/Kids[5 0 R]>>")
        .object(5, "<</T(b)/Kids[4 0 R]>>")
        .table("/Root 1 0 R");
    with(&writer.finish(), |document, newest| {
        assert!(document.pages(newest).is_err());
        assert!(document.fields(newest).is_err());
        assert!(document.page(newest, reference(3)).is_err());
    });
}

#[test]
fn fields_have_their_full_names_and_what_they_inherit() {
    let mut writer = Writer::after(&plain().table("/Root 1 0 R").finish());
    writer
        .object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 10 0 R>>")
        .object(10, "<</Fields[11 0 R 14 0 R 15 0 R]>>")
        .object(11, "<</T(form)/FT/Tx/V(x)/Kids[12 0 R 13 0 R]>>")
        .object(12, "<</T(\\376)/Subtype/Widget/Parent 11 0 R>>")
        .object(13, "<</T<FEFF59D3540D>/Parent 11 0 R/V(y)/FT/Ch>>")
        .object(14, "<</T(sign)/FT/Sig/Kids[16 0 R 17 0 R]>>")
        .object(15, "null")
        .object(16, "<</Parent 14 0 R/Subtype/Widget>>")
        .object(17, "<</Parent 14 0 R/Subtype/Widget>>")
        .table("/Root 1 0 R");
    with(&writer.finish(), |document, newest| {
        let fields = document.fields(newest).unwrap();
        let names: Vec<_> = fields
            .iter()
            .map(|field| (&*field.name, &field.kind[..]))
            .collect();
        let expected: [(&str, &[u8]); 3] =
            [("form.þ", b"Tx"), ("form.姓名", b"Ch"), ("sign", b"Sig")];
        assert_eq!(names, expected);
        assert_eq!(fields[0].value, Some(Object::String(b"x".to_vec())));
        assert_eq!(fields[0].widgets, [reference(12)]);
        assert_eq!(fields[1].value, Some(Object::String(b"y".to_vec())));
        assert_eq!(fields[2].widgets, [reference(16), reference(17)]);
    });
}

/// What fuzzing begins with.
#[test]
#[ignore = "writes wasm/fuzz/corpus/pdf"]
fn write_seeds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/pdf");
    std::fs::create_dir_all(folder).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(format!("{folder}/{name}"), bytes).unwrap();
    for (form, bytes) in forms() {
        put(form, &bytes);
    }
    let first = plain().table("/Root 1 0 R").finish();
    let signed = signed(&first, &Signing::default(), |_| vec![0x30, 0]);
    put("signed", &signed);
    let changed = Writer::after(&signed)
        .stream(4, "", b"BT ET")
        .table("/Root 1 0 R")
        .finish();
    put("changed", &changed);
    put(
        "object",
        b"<</A[1 -2.5(b\\)\\053)<4a>/N#20 3 0 R true null]>>",
    );
}
