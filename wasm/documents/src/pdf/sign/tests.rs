//! Signatures that are set: what is appended, and what is refused.

use super::*;
use crate::pdf::testing::{Writer, forms, plain, reference};
use yinxin_pki::hash;

const TIME: UnixTime = UnixTime(1_796_000_000);

fn options(target: Target<'_>) -> Options<'_> {
    Options {
        kind: Kind::Cades,
        room: 100,
        target,
        picture: None,
        time: Some(TIME),
        name: None,
        reason: None,
        location: None,
        certify: None,
    }
}

const INVISIBLE: Target<'_> = Target::New {
    name: None,
    place: None,
};

fn placed(page: u32, left: f64, top: f64) -> Target<'static> {
    Target::New {
        name: None,
        place: Some(Placement {
            page,
            left,
            top,
            width: 40.0,
            height: 20.0,
        }),
    }
}

fn prepared(file: &[u8], options: &Options<'_>) -> Result<Prepared, Error> {
    let source: &[u8] = file;
    prepare(&source, options)
}

/// Puts the pieces together.
fn joined(file: &[u8], pieces: &[Piece]) -> Vec<u8> {
    let mut whole = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Copy(range) => {
                let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
                whole.extend(&file[start..end]);
            }
            Piece::Bytes(bytes) => whole.extend(bytes),
        }
    }
    whole
}

/// Sets a signature that is a short DER, and tells whether it is over what it covers.
fn signed(file: &[u8], options: &Options<'_>) -> Vec<u8> {
    let prepared = prepared(file, options).unwrap();
    let digests = prepared.digests;
    let whole = joined(file, &prepared.finish(b"\x30\x03\x02\x01\x07").unwrap());
    let signature = signatures(&whole).pop().unwrap();
    let [before, behind] = &signature.ranges;
    assert_eq!(behind.end, whole.len() as u64);
    let [end, start] = [before.end, behind.start].map(|at| usize::try_from(at).unwrap());
    let covered = [&whole[..end], &whole[start..]].concat();
    assert_eq!(digests, Digests::of(&covered));
    assert_eq!(digests.sm3, hash::sm3(&covered));
    whole
}

fn signatures(file: &[u8]) -> Vec<Signature> {
    with(file, |document, newest| {
        document.signatures(newest).unwrap()
    })
}

fn with<T>(file: &[u8], call: impl FnOnce(&Document<'_>, &Revision) -> T) -> T {
    let source: &[u8] = file;
    let document = Document::open(&source).unwrap();
    let newest = document.newest().unwrap();
    call(&document, &newest)
}

#[test]
fn a_signature_is_set_in_every_form_of_file_and_a_second_one_leaves_the_first_as_it_is() {
    for (form, file) in forms() {
        let once = signed(&file, &options(INVISIBLE));
        assert!(once.starts_with(&file), "{form}");
        let seal = Options {
            kind: Kind::Seal,
            reason: Some("同意"),
            ..options(placed(1, 10.0, 10.0))
        };
        let twice = signed(&once, &seal);
        assert!(twice.starts_with(&once), "{form}");
        let all = signatures(&twice);
        let told: Vec<_> = all
            .iter()
            .map(|one| (one.field.as_deref().unwrap(), one.kind.name(), one.problem))
            .collect();
        let expected = [
            ("Signature1", "ETSI.CAdES.detached", None),
            ("Signature2", "GM.sm2seal", None),
        ];
        assert_eq!(told, expected, "{form}");
        assert_eq!(all[0].der(), Ok(&b"\x30\x03\x02\x01\x07"[..]));
        assert_eq!(all[0].end(), once.len() as u64, "{form}");
        assert_eq!(
            all[0].claimed_time.as_deref(),
            Some("D:20261130085320+08'00'")
        );
        assert_eq!(all[1].reason.as_deref(), Some("同意"), "{form}");
        assert!(all[0].stamps.is_empty(), "{form}");
        assert_eq!(all[1].stamps[0].page, Some(0), "{form}");
        with(&twice, |document, newest| {
            let at = document.revision_at(once.len() as u64).unwrap();
            assert!(at.is_some(), "{form}");
            // A table after a table, a stream after a stream.
            let kinds: Vec<_> = newest
                .sections
                .iter()
                .map(|section| section.stream.is_some())
                .collect();
            assert!(kinds.iter().all(|kind| *kind == kinds[0]), "{form}");
            let entered = document.form(newest).unwrap().unwrap();
            assert_eq!(
                entered.get(b"SigFlags"),
                Some(&Object::Integer(3)),
                "{form}"
            );
            assert!(
                newest
                    .sections
                    .iter()
                    .all(|section| section.repeated.is_empty())
            );
        });
    }
}

#[test]
fn what_the_catalog_the_form_and_the_page_have_stays() {
    // Fields and annotations in the dictionaries themselves, or in objects of their own.
    for is_own in [false, true] {
        let mut writer = Writer::after(&plain().table("/Root 1 0 R").finish());
        let (fields, annotations, form) = match is_own {
            true => ("11 0 R", "12 0 R", "10 0 R"),
            false => (
                "[13 0 R]",
                "[13 0 R]",
                "<</Fields[13 0 R]/DA(x)/SigFlags 1>>",
            ),
        };
        writer
            .object(1, &format!("<</Type/Catalog/Pages 2 0 R/Lang(zh)/AcroForm {form}>>"))
            .object(
                3,
                &format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots {annotations}>>"),
            )
            .object(10, &format!("<</Fields {fields}/DA(x)/SigFlags 3>>"))
            .object(11, "[13 0 R]")
            .object(12, "[13 0 R]")
            .object(13, "<</T(Signature1)/FT/Tx/V(x)/Subtype/Widget/Rect[0 0 9 9]>>")
            .table("/Root 1 0 R/Info 5 0 R/ID[<AA><BB>]/Kept true");
        let file = writer.finish();
        let whole = signed(&file, &options(INVISIBLE));
        with(&whole, |document, newest| {
            let names: Vec<_> = document
                .fields(newest)
                .unwrap()
                .into_iter()
                .map(|field| field.name)
                .collect();
            assert_eq!(names, ["Signature1", "Signature2"]);
            let form = document.form(newest).unwrap().unwrap();
            assert_eq!(form.get(b"DA"), Some(&Object::String(b"x".to_vec())));
            assert_eq!(form.get(b"SigFlags"), Some(&Object::Integer(3)));
            let catalog = document.catalog(newest).unwrap();
            assert_eq!(catalog.get(b"Lang"), Some(&Object::String(b"zh".to_vec())));
            let page = document.page(newest, reference(3)).unwrap().dictionary;
            let annotations = document.value(newest, &page, b"Annots").unwrap();
            assert_eq!(annotations.array().map(<[Object]>::len), Some(2));
            let trailer = newest.trailer();
            assert_eq!(trailer.get(b"Kept"), Some(&Object::Boolean(true)));
            assert_eq!(trailer.get(b"Info"), Some(&reference(5).into()));
            let id = trailer.get(b"ID").and_then(Object::array).unwrap();
            assert_eq!(id[0], Object::String(vec![0xaa]));
            assert_ne!(id[1], Object::String(vec![0xbb]));
            // What did not have to be written anew was not.
            let listed: Vec<_> = newest.sections[0].numbers().collect();
            let changed = if is_own { vec![11, 12] } else { vec![1, 3] };
            assert_eq!(listed[..2], changed);
            assert_eq!(listed.len(), 4);
        });
    }
}

/// A form with an empty field, object 11 with these keys, and a page on which it is.
fn with_field(keys: &str) -> Vec<u8> {
    Writer::after(&plain().table("/Root 1 0 R").finish())
        .object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R 12 0 R]>>>>")
        .object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[11 0 R]/Rotate 90>>",
        )
        .object(
            11,
            &format!("<</T(\\344\\270 here)/FT/Sig/Subtype/Widget/Rect[10 10 110 60]{keys}>>"),
        )
        .object(12, "<</T(text)/FT/Tx>>")
        .table("/Root 1 0 R")
        .finish()
}

const FIELD: &str = "ä\u{b8} here";

#[test]
fn an_empty_field_is_filled_where_it_is() {
    let file = with_field("/Ff 0/F 4");
    let picture = Picture::of_pixels(2, 1, &[255, 0, 0, 255, 0, 0, 255, 128]).unwrap();
    let filled = Options {
        picture: Some(&picture),
        ..options(Target::Empty { name: FIELD })
    };
    let whole = signed(&file, &filled);
    let all = signatures(&whole);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].field.as_deref(), Some(FIELD));
    assert_eq!(all[0].stamps[0].rectangle, [10.0, 10.0, 110.0, 60.0]);
    with(&whole, |document, newest| {
        let Object::Dictionary(field) = document.object(newest, reference(11)).unwrap() else {
            panic!("the field");
        };
        assert_eq!(field.get(b"F"), Some(&Object::Integer(4)));
        let shown = document.value(newest, &field, b"AP").unwrap();
        let form = shown.dictionary().unwrap().get(b"N").unwrap();
        let Object::Stream(form) = document.resolve(newest, form).unwrap() else {
            panic!("an appearance");
        };
        // As the page is turned, the field is 50 wide and 100 tall, and the picture twice as wide as tall.
        let bytes = document.stream_bytes(newest, &form, 1000).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "q 50 0 0 25 0 37.5 cm /Im Do Q"
        );
    });
    // It is not empty any more.
    let error = prepared(&whole, &filled).unwrap_err();
    assert_eq!(error.code(), "pdf-field-refused");
    for (name, keys) in [
        ("nothing", ""),
        ("text", ""),
        (FIELD, "/Ff 1"),
        (FIELD, "/SV<</Ff 1/Filter/Other>>"),
        (
            FIELD,
            "/SV<</Ff 2/SubFilter[/adbe.pkcs7.detached/ETSI.RFC3161]>>",
        ),
        (FIELD, "/SV<</Ff 4/V 3>>"),
        (FIELD, "/SV<</Ff 8/Reasons[(a)(b)]>>"),
        (FIELD, "/SV<</Ff 32/AddRevInfo true>>"),
        (FIELD, "/SV<</Ff 64/DigestMethod[(SHA512)]>>"),
        (FIELD, "/SV<</Ff 256/AppearanceFilter(x)>>"),
        (FIELD, "/SV<</MDP<</P 2>>>>"),
        (FIELD, "/SV<</TimeStamp<</URL(x)/Ff 1>>>>"),
        (FIELD, "/SV<</Cert<</Ff 2/Issuer[(x)]>>>>"),
    ] {
        let error = prepared(&with_field(keys), &options(Target::Empty { name })).unwrap_err();
        assert_eq!(error.code(), "pdf-field-refused", "{name} {keys}");
    }
    for keys in [
        // Without its flag each is a wish.
        "/SV<</Ff 0/Filter/Other/SubFilter[/x]/V 9/Reasons[(a)]/DigestMethod[(SHA512)]/AddRevInfo true>>",
        "/SV<</Ff 127/Filter/Adobe.PPKLite/SubFilter[/ETSI.CAdES.detached]/V 2/Reasons[(.)]/DigestMethod[(SHA256)]/AddRevInfo false>>",
        "/SV<</MDP<</P 0>>/TimeStamp<</Ff 0>>/Cert<</Ff 0>>>>",
    ] {
        signed(&with_field(keys), &options(Target::Empty { name: FIELD }));
    }
    let reason = Options {
        reason: Some("b"),
        certify: Some(Permission::Forms),
        ..options(Target::Empty { name: FIELD })
    };
    signed(
        &with_field("/SV<</Ff 8/Reasons[(a)(b)]/MDP<</P 2>>>>"),
        &reason,
    );
}

#[test]
fn new_fields_have_a_name_that_is_free() {
    let file = with_field("");
    let named = |name| {
        options(Target::New {
            name: Some(name),
            place: None,
        })
    };
    let whole = signed(&file, &named("签章"));
    assert_eq!(signatures(&whole)[0].field.as_deref(), Some("签章"));
    let long = "a".repeat(128);
    for name in ["", "a.b", "a\nb", "text", FIELD, &long] {
        let error = prepared(&file, &named(name)).unwrap_err();
        assert_eq!(error.code(), "pdf-field-refused", "{name}");
    }
    // A name that others stand under is taken too.
    let under = Writer::after(&file)
        .object(11, "<</T(Signature1)/Kids[20 0 R]>>")
        .object(20, "<</T(a)/FT/Tx/Parent 11 0 R>>")
        .table("/Root 1 0 R")
        .finish();
    let prepared = prepared(&under, &options(INVISIBLE)).unwrap();
    assert_eq!(prepared.field, "Signature2");
}

#[test]
fn what_an_earlier_signature_forbids_is_refused() {
    let file = with_field("/Lock<</Type/SigFieldLock/Action/Include/Fields[(text)(Signature1)]>>");
    let whole = signed(&file, &options(Target::Empty { name: FIELD }));
    let lock = signatures(&whole)[0].locks.clone().unwrap();
    assert_eq!(lock.action, LockAction::Include);
    assert_eq!(lock.fields, ["text", "Signature1"]);
    let error = prepared(&whole, &options(INVISIBLE)).unwrap_err();
    let field = FIELD.to_owned();
    assert_eq!(error, Error::PdfSigningForbidden { field });
    let other = Target::New {
        name: Some("other"),
        place: None,
    };
    signed(&whole, &options(other));
    // A lock of everything, and one that permits no change of the document at all.
    for lock in ["/Action/All", "/Action/Include/Fields[(a)]/P 1"] {
        let file = with_field(&format!("/Lock<<{lock}>>"));
        let whole = signed(&file, &options(Target::Empty { name: FIELD }));
        let error = prepared(&whole, &options(other)).unwrap_err();
        assert_eq!(error.code(), "pdf-signing-forbidden", "{lock}");
    }
}

#[test]
fn only_the_first_signature_certifies_and_it_says_what_may_follow() {
    for (form, file) in forms() {
        for permission in [
            Permission::Nothing,
            Permission::Forms,
            Permission::Annotations,
        ] {
            let certified = Options {
                certify: Some(permission),
                ..options(INVISIBLE)
            };
            let whole = signed(&file, &certified);
            let all = signatures(&whole);
            assert_eq!(all[0].certifies, Some(permission.number()), "{form}");
            with(&whole, |document, newest| {
                let catalog = document.catalog(newest).unwrap();
                let named = document.value(newest, &catalog, b"Perms").unwrap();
                let named = named.dictionary().unwrap().get(b"DocMDP").cloned();
                assert_eq!(named, all[0].reference.map(Object::from), "{form}");
            });
            let again = prepared(&whole, &certified).unwrap_err();
            let code = prepared(&whole, &options(INVISIBLE)).map(|_| ());
            match permission {
                Permission::Nothing => {
                    assert_eq!(again.code(), "pdf-signing-forbidden");
                    assert_eq!(code.unwrap_err().code(), "pdf-signing-forbidden");
                }
                _ => {
                    assert_eq!(again.code(), "pdf-signed-already");
                    assert_eq!(code, Ok(()));
                    let shown = prepared(&whole, &options(placed(1, 1.0, 1.0))).unwrap_err();
                    assert_eq!(shown.code(), "pdf-certified");
                }
            }
        }
    }
    // In a field that is there a signature may be seen.
    let certified = Options {
        certify: Some(Permission::Forms),
        ..options(INVISIBLE)
    };
    let whole = signed(&with_field(""), &certified);
    let picture = Picture::of_pixels(1, 1, &[1, 2, 3, 4]).unwrap();
    let shown = Options {
        picture: Some(&picture),
        ..options(Target::Empty { name: FIELD })
    };
    assert_eq!(signatures(&signed(&whole, &shown)).len(), 2);
    // A certification that the catalog alone names.
    let hidden = Writer::after(&plain().table("/Root 1 0 R").finish())
        .object(1, "<</Type/Catalog/Pages 2 0 R/Perms<</DocMDP 20 0 R>>>>")
        .object(
            20,
            "<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>",
        )
        .table("/Root 1 0 R")
        .finish();
    let error = prepared(&hidden, &options(INVISIBLE)).unwrap_err();
    assert_eq!(error.code(), "pdf-signing-forbidden");
}

#[test]
fn a_signature_that_is_too_large_is_told_and_one_that_fits_exactly_is_set() {
    let file = plain().table("/Root 1 0 R").finish();
    let prepared = || prepared(&file, &options(INVISIBLE)).unwrap();
    assert_eq!(prepared().room(), 100);
    assert_eq!(prepared().finish(&[1; 101]), Err(TooSmall { needed: 101 }));
    let whole = joined(&file, &prepared().finish(&[0xa5; 100]).unwrap());
    assert_eq!(signatures(&whole)[0].contents, [0xa5; 100]);
}

#[test]
fn encrypted_files_are_refused_by_name_and_forms_of_other_kinds_are_told() {
    let encrypted = plain().table("/Root 1 0 R/Encrypt 9 0 R").finish();
    let error = prepared(&encrypted, &options(INVISIBLE)).unwrap_err();
    assert_eq!(error, Error::PdfEncrypted {});
    let told = Writer::after(&plain().table("/Root 1 0 R").finish())
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA[]/NeedAppearances true>>>>",
        )
        .table("/Root 1 0 R")
        .finish();
    let prepared = prepared(&told, &options(INVISIBLE)).unwrap();
    assert_eq!(prepared.notices, [Notice::Xfa, Notice::NeedAppearances]);
}

#[test]
fn a_file_without_a_line_end_at_its_end_gets_one_first() {
    let mut file = plain().table("/Root 1 0 R").finish();
    while file.last() == Some(&b'\n') {
        file.pop();
    }
    let whole = signed(&file, &options(INVISIBLE));
    assert!(whole[file.len()..].starts_with(b"\n"));
    assert_eq!(signatures(&whole).len(), 1);
}

#[test]
fn a_page_that_is_not_there_is_refused() {
    let file = plain().table("/Root 1 0 R").finish();
    for page in [0, 2, u32::MAX] {
        let error = prepared(&file, &options(placed(page, 0.0, 0.0))).unwrap_err();
        assert_eq!(error.code(), "placement-refused", "{page}");
    }
}

#[test]
fn whatever_byte_of_a_file_is_another_nothing_breaks() {
    // Small, with what signing looks at.
    let file = Writer::default()
        .object(1, "<</Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
        .object(2, "<</Kids[3 0 R]>>")
        .object(3, "<</MediaBox[0 0 99 99]/Annots[4 0 R]>>")
        .object(
            4,
            "<</T(a)/FT/Sig/Rect[1 1 9 9]/SV<</Ff 0>>/Lock<</Action/All>>>>",
        )
        .table("/Root 1 0 R")
        .finish();
    let target = Target::Empty { name: "a" };
    signed(&file, &options(target));
    let mut set = 0;
    for at in 0..file.len() {
        for byte in [0, b' ', b'0', b'9', b'/', b'(', b'<', b'[', b'>', 0xff] {
            let mut other = file.clone();
            other[at] = byte;
            for target in [target, INVISIBLE] {
                if let Ok(prepared) = prepared(&other, &options(target)) {
                    let whole = joined(&other, &prepared.finish(b"\x30\x00").unwrap());
                    assert!(whole.starts_with(&other));
                    let own = signatures(&whole).pop().unwrap();
                    assert_eq!((own.end(), own.problem), (whole.len() as u64, None));
                    set += 1;
                }
            }
        }
    }
    assert!(set > file.len());
}

#[test]
fn what_is_no_list_is_not_replaced_by_one() {
    for (catalog, page) in [
        ("/Fields 9 0 R", ""),
        ("", "/Annots 9 0 R"),
        ("/Fields 1", ""),
        ("", "/Annots<<>>"),
    ] {
        let file = Writer::default()
            .object(1, &format!("<</Pages 2 0 R/AcroForm<<{catalog}>>>>"))
            .object(2, "<</Kids[3 0 R]>>")
            .object(3, &format!("<</MediaBox[0 0 99 99]{page}>>"))
            .object(9, "<</Kept true>>")
            .table("/Root 1 0 R")
            .finish();
        let error = prepared(&file, &options(INVISIBLE)).unwrap_err();
        assert_eq!(error.code(), "pdf-unreadable", "{catalog}{page}");
    }
}

#[test]
fn new_objects_take_no_number_that_is_referred_to() {
    let file = plain().table("/Root 1 0 R").finish();
    let free = {
        let source: &[u8] = &file;
        let document = Document::open(&source).unwrap();
        document.newest().unwrap().next_number()
    };
    let dangling = format!("/Root 1 0 R /Next [{free} 0 R {} 0 R]", free + 1);
    let file = plain().table(&dangling).finish();
    let whole = signed(&file, &options(INVISIBLE));
    let source: &[u8] = &whole;
    let document = Document::open(&source).unwrap();
    let newest = document.newest().unwrap();
    for number in [free, free + 1] {
        let generation = 0;
        let meant = document.object(&newest, Reference { number, generation });
        assert_eq!(meant.unwrap(), Object::Null, "{number}");
    }
    // Where all that could be taken is referred to, nothing is written.
    let all: String = (free..free + 5_000)
        .map(|one| format!("{one} 0 R "))
        .collect();
    let file = plain()
        .table(&format!("/Root 1 0 R /Next [{all}]"))
        .finish();
    let refused = prepared(&file, &options(INVISIBLE)).unwrap_err();
    assert_eq!(refused.code(), "pdf-unreadable");
}

#[test]
fn a_file_whose_numbers_are_all_taken_is_refused() {
    let file = plain().table("/Root 1 0 R").finish();
    let at = file.windows(6).rposition(|bytes| bytes == b"/Size ");
    let (head, tail) = file.split_at(at.unwrap() + 6);
    for size in [&b"8388608"[..], b"4294967295", b"99999999999"] {
        let full = [head, size, &tail[1..]].concat();
        let error = prepared(&full, &options(INVISIBLE)).unwrap_err();
        assert!(error.to_string().contains("grow"), "{error}");
    }
}

#[test]
fn a_document_that_was_cut_off_is_not_signed_as_if_nothing_were_missing() {
    for (form, file) in forms() {
        let whole = signed(&file, &options(INVISIBLE));
        let cut = &whole[..whole.len() - 200];
        let refused = prepared(cut, &options(INVISIBLE)).err();
        let is_refused = matches!(refused, Some(Error::PdfUnreadable { .. }));
        assert!(is_refused, "{form}: {refused:?}");
        let beside = [&file[..], b"<!-- served in 3 ms -->\n"].concat();
        assert!(prepared(&beside, &options(INVISIBLE)).is_ok(), "{form}");
    }
}
