//! Updates after a signature: what is a change, and of which kind.

use super::{Change, Changes, Class};
use crate::pdf::document::Document;
use crate::pdf::history::History;
use crate::pdf::testing::{Signing, Writer, plain, signed};

/// A file of one page with a signature, which here is none: only what is changed counts.
fn base() -> Vec<u8> {
    let first = plain().table("/Root 1 0 R").finish();
    signed(&first, &Signing::default(), |_| vec![0x30, 0])
}

fn of(bytes: &[u8]) -> (Vec<Change>, Vec<&'static str>) {
    let source: &[u8] = bytes;
    let document = Document::open(&source).unwrap();
    let newest = document.newest().unwrap();
    // The oldest one that is signed.
    let mut revisions = (0..newest.sections.len()).rev();
    let own = revisions.find_map(|index| {
        let revision = document.revision_of(&newest, index).unwrap();
        let signatures = document.signatures(&revision).unwrap();
        signatures
            .first()
            .is_some_and(|one| one.problem.is_none())
            .then_some(revision)
    });
    let own = own.unwrap();
    let history = History::since(&document, &own, &newest).unwrap();
    let changes = Changes::of(&document, &history).unwrap();
    let unlisted = history.unlisted.iter().map(|one| one.reason).collect();
    (changes.all, unlisted)
}

/// What an update changes: class and path of each.
fn changes(update: impl FnOnce(&mut Writer)) -> Vec<(String, String)> {
    let mut writer = Writer::after(&base());
    update(&mut writer);
    let bytes = writer.table("/Root 1 0 R").finish();
    let (changes, unlisted) = of(&bytes);
    assert!(unlisted.is_empty(), "{unlisted:?}");
    changes
        .into_iter()
        .map(|change| {
            let class = match change.class {
                Class::Signature {
                    is_visible: true, ..
                } => "visible signature",
                Class::Signature { .. } => "signature",
                Class::EmptyField { .. } => "empty field",
                Class::ValidationData => "validation",
                Class::Metadata => "metadata",
                Class::Form { .. } => "form",
                Class::Annotation => "annotation",
                Class::Other => "other",
            };
            (class.to_owned(), change.path)
        })
        .collect()
}

fn told(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(class, path): &(&str, &str)| ((*class).to_owned(), (*path).to_owned());
    expected.iter().map(owned).collect()
}

const PAGE: &str =
    "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>";

#[test]
fn without_an_update_nothing_is_changed() {
    assert_eq!(of(&base()), (vec![], vec![]));
    // What is written anew and says the same is no change.
    let same = changes(|writer| {
        writer
            .object(5, "<< /BaseFont/Helvetica /Subtype/Type1 /Type/Font >>")
            .stream(4, "", b"BT /F1 24 Tf 72 700 Td (Total: 100) Tj ET");
    });
    assert_eq!(same, told(&[]));
}

#[test]
fn another_signature_metadata_and_validation_data_are_told_as_such() {
    let second = signed(
        &base(),
        &Signing {
            number: 20,
            fields: &[11],
            ..Signing::default()
        },
        |_| vec![0x30, 0],
    );
    let (all, unlisted) = of(&second);
    assert!(unlisted.is_empty(), "{unlisted:?}");
    let classes: Vec<_> = all.into_iter().map(|change| change.class).collect();
    let field = "S20".to_owned();
    assert_eq!(
        classes,
        [Class::Signature {
            field,
            is_visible: false
        }]
    );

    let catalog = "/Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R]/SigFlags 3>>";
    let data = changes(|writer| {
        writer
            .object(
                1,
                &format!("<<{catalog}/DSS 30 0 R/Metadata 32 0 R/Version/1.7>>"),
            )
            .object(30, "<</Certs[31 0 R]>>")
            .stream(31, "", b"a certificate")
            .stream(32, "/Type/Metadata/Subtype/XML", b"<x/>");
    });
    let expected = [
        ("validation", "catalog/DSS"),
        ("metadata", "catalog/Metadata"),
        ("metadata", "catalog/Version"),
    ];
    assert_eq!(data, told(&expected));
}

#[test]
fn whatever_is_seen_and_differs_is_a_change_with_its_place() {
    type Case = (
        &'static str,
        fn(&mut Writer),
        &'static [(&'static str, &'static str)],
    );
    let cases: [Case; 9] = [
        (
            "content",
            |writer| {
                writer.stream(4, "", b"BT /F1 24 Tf 72 700 Td (Total: 900) Tj ET");
            },
            &[("other", "pages[0]/Contents")],
        ),
        (
            "font",
            |writer| {
                writer.object(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>");
            },
            &[("other", "pages[0]/Resources/Font/F1")],
        ),
        (
            "page",
            |writer| {
                let text = PAGE.replace("842", "400");
                writer.object(3, &format!("<<{text}/Annots[11 0 R]>>"));
            },
            &[("other", "pages[0]")],
        ),
        (
            "page tree",
            |writer| {
                writer
                    .object(2, "<</Type/Pages/Kids[40 0 R]/Count 1>>")
                    .object(40, &format!("<<{PAGE}>>"));
            },
            &[("other", "catalog/Pages")],
        ),
        (
            "free",
            |writer| {
                writer.free(4);
            },
            &[("other", "pages[0]/Contents")],
        ),
        (
            "catalog",
            |writer| {
                writer.object(1, "<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R]/AcroForm<</Fields[11 0 R]/SigFlags 3>>>>");
            },
            &[("other", "catalog/OpenAction")],
        ),
        (
            "signature dictionary",
            |writer| {
                writer.object(10, "<</Type/Sig>>");
            },
            &[("other", "pages[0]/Annots[0]/V")],
        ),
        (
            "annotation",
            |writer| {
                writer
                    .object(3, &format!("<<{PAGE}/Annots[11 0 R 40 0 R]>>"))
                    .object(40, "<</Type/Annot/Subtype/FreeText/Rect[70 690 400 730]>>");
            },
            &[("annotation", "pages[0]/Annots")],
        ),
        (
            "field taken away",
            |writer| {
                writer.object(
                    1,
                    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/SigFlags 3>>>>",
                );
            },
            &[("other", "catalog/AcroForm/Fields")],
        ),
    ];
    for (name, update, expected) in cases {
        assert_eq!(changes(update), told(expected), "{name}");
    }
}

#[test]
fn a_reference_that_led_nowhere_is_not_free_for_an_update() {
    let text = format!("<<{PAGE}/Annots[]/Thumb 60 0 R>>");
    let mut writer = plain();
    let first = writer.table("/Root 1 0 R").finish();
    let first = Writer::after(&first)
        .object(3, &text)
        .table("/Root 1 0 R")
        .finish();
    // The page is written anew when it is signed; what refers to 60 is the font here.
    let first = Writer::after(&first)
        .object(
            5,
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 60 0 R>>",
        )
        .table("/Root 1 0 R")
        .finish();
    let base = signed(&first, &Signing::default(), |_| vec![0x30, 0]);
    let bytes = Writer::after(&base)
        .stream(60, "", b"x")
        .table("/Root 1 0 R")
        .finish();
    let (all, _) = of(&bytes);
    let paths: Vec<_> = all.iter().map(|change| &*change.path).collect();
    assert_eq!(paths, ["pages[0]/Resources/Font/F1/ToUnicode"]);
    // A number that nobody ever named is.
    let bytes = Writer::after(&base)
        .stream(61, "", b"x")
        .table("/Root 1 0 R")
        .finish();
    assert_eq!(of(&bytes).0, []);
}

/// An entry of the signed revision that names an object stream which is not there yet.
#[test]
fn an_object_stream_that_was_awaited_is_not_new() {
    let mut writer = Writer::after(&plain().table("/Root 1 0 R").finish());
    // The font lies in a stream that no section lists.
    writer.inside(5, 60, 0);
    let first = writer.table_stream(9, "/Root 1 0 R").finish();
    let base = signed(&first, &Signing::default(), |_| vec![0x30, 0]);
    let mut writer = Writer::after(&base);
    writer.object_stream(60, &[(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")]);
    writer.forget_inside();
    let (all, _) = of(&writer.table_stream(61, "/Root 1 0 R").finish());
    assert_eq!(all[0].class, Class::Other);
}

#[test]
fn another_generation_is_a_change() {
    let base = base();
    let at = base
        .windows(7)
        .position(|window| window == b"4 0 obj")
        .unwrap();
    let mut writer = Writer::after(&base);
    writer.listed_as(4, 1, at as u64);
    let (all, _) = of(&writer.table("/Root 1 0 R").finish());
    let paths: Vec<_> = all.iter().map(|change| &*change.path).collect();
    assert_eq!(paths, ["pages[0]/Contents"]);
}

#[test]
fn an_object_is_validation_data_only_if_nothing_else_refers_to_it() {
    let first = plain().table("/Root 1 0 R").finish();
    let how = Signing {
        catalog: "/DSS<</Certs[5 0 R]/VRI 50 0 R>>",
        ..Signing::default()
    };
    let first = Writer::after(&first)
        .object(50, "<</A 51 0 R>>")
        .object(51, "<<>>")
        .table("/Root 1 0 R")
        .finish();
    let base = signed(&first, &how, |_| vec![0x30, 0]);
    let font = Writer::after(&base)
        .object(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")
        .table("/Root 1 0 R")
        .finish();
    assert_eq!(of(&font).0[0].class, Class::Other);
    let data = Writer::after(&base)
        .object(51, "<</B 1>>")
        .table("/Root 1 0 R")
        .finish();
    let (all, _) = of(&data);
    assert_eq!(
        all.iter().map(|change| &change.class).collect::<Vec<_>>(),
        [&Class::ValidationData]
    );
}

#[test]
fn what_an_update_holds_and_does_not_list_is_told() {
    let base = base();
    let after = |write: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::after(&base);
        write(&mut writer);
        of(&writer.finish()).1
    };
    assert_eq!(
        after(&|writer| {
            writer.raw(b"4 0 obj\n<<>>\nendobj\n").table("/Root 1 0 R");
        }),
        ["an object that no cross-reference section lists"]
    );
    assert_eq!(
        after(&|writer| {
            writer.raw(b"4 0 obj\n<<>>\nendobj\n");
        }),
        ["bytes behind the end"]
    );
    assert_eq!(
        after(&|writer| {
            writer.raw(b"junk\n").table("/Root 1 0 R");
        }),
        ["something that is no object"]
    );
    assert_eq!(
        after(&|writer| {
            let at = writer.position() + 20;
            writer
                .object(60, "(1 0 obj 61 0 obj <<>> endobj)")
                .listed(61, at)
                .table("/Root 1 0 R");
        }),
        ["an object that stands inside of something else"]
    );
    assert_eq!(
        after(&|writer| {
            writer.object(60, "1").object(60, "2").table("/Root 1 0 R");
        }),
        [
            "an object that no cross-reference section lists",
            "an object that is listed twice"
        ]
    );
    assert_eq!(
        after(&|writer| {
            writer.raw(b"\n \n");
        }),
        Vec::<&str>::new()
    );
}

#[test]
fn an_update_that_does_not_build_upon_what_was_signed_is_told() {
    let base = base();
    let first = plain().table("/Root 1 0 R").finish();
    // Its section leads to the one before the signature.
    let mut writer = Writer::after(&first);
    writer.raw(&base[first.len()..]);
    writer.object(60, "1").table("/Root 1 0 R");
    let bytes = writer.finish();
    let source: &[u8] = &bytes;
    let document = Document::open(&source).unwrap();
    let newest = document.newest().unwrap();
    let own = document.revision_at(base.len() as u64).unwrap().unwrap();
    let history = History::since(&document, &own, &newest).unwrap();
    assert_eq!(
        history.unlisted[0].reason,
        "the document no longer builds upon what was signed"
    );
}

#[test]
fn filling_in_a_form_is_told_with_the_field() {
    let form = "/AcroForm<</Fields[70 0 R]>>";
    let first = plain().table("/Root 1 0 R").finish();
    let field = "/Type/Annot/Subtype/Widget/FT/Tx/T(price)/Rect[0 0 100 20]/P 3 0 R";
    let first = Writer::after(&first)
        .object(1, &format!("<</Type/Catalog/Pages 2 0 R{form}>>"))
        .object(70, &format!("<<{field}/V(1)/AP<</N 71 0 R>>>>"))
        .stream(71, "/Subtype/Form/BBox[0 0 100 20]", b"(1) Tj")
        .table("/Root 1 0 R")
        .finish();
    let base = signed(
        &first,
        &Signing {
            fields: &[70],
            ..Signing::default()
        },
        |_| vec![0x30, 0],
    );
    let filled = |writer: &mut Writer| {
        writer
            .object(70, &format!("<<{field}/V(2)/AP<</N 71 0 R>>>>"))
            .stream(71, "/Subtype/Form/BBox[0 0 100 20]", b"(2) Tj");
    };
    let mut writer = Writer::after(&base);
    filled(&mut writer);
    let (all, _) = of(&writer.table("/Root 1 0 R").finish());
    let class = Class::Form {
        field: "price".into(),
    };
    assert_eq!(
        all.iter().map(|change| &change.class).collect::<Vec<_>>(),
        [&class]
    );
    assert_eq!(all[0].page, Some(0));

    // An action is no value.
    let mut writer = Writer::after(&base);
    writer.object(70, &format!("<<{field}/V(1)/AP<</N 71 0 R>>/AA<<>>>>"));
    let (all, _) = of(&writer.table("/Root 1 0 R").finish());
    assert_eq!(all[0].class, Class::Other);
}

#[test]
fn a_place_is_told_in_few_words_however_deep_it_is() {
    let key = "K".repeat(900);
    let mut writer = plain();
    for number in 40..60 {
        writer.object(number, &format!("<</{key} {} 0 R>>", number + 1));
    }
    let first = writer.object(60, "(deepest)").table("/Root 1 0 R").finish();
    let how = Signing {
        catalog: "/Deep 40 0 R",
        ..Signing::default()
    };
    let first = signed(&first, &how, |_| vec![0x30, 0]);
    for (number, is_near) in [(41, true), (60, false)] {
        let mut writer = Writer::after(&first);
        let bytes = writer
            .object(number, "(changed)")
            .table("/Root 1 0 R")
            .finish();
        let (changes, _) = of(&bytes);
        let [change] = &changes[..] else {
            panic!("{changes:?}");
        };
        assert_eq!(change.class, Class::Other);
        assert_eq!(change.path.starts_with("catalog/Deep/KKK"), is_near);
        assert!(change.path.len() < 1500, "{}", change.path.len());
    }
}
