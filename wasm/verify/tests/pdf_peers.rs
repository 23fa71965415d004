//! PDFs of others, and what they say of ours: pyHanko, poppler's pdfsig, qpdf, MuPDF.
//!
//! `YINXIN_PYHANKO=PYTHON cargo test -p yinxin-verify --features documents --test pdf_peers -- --ignored`, with the Python of
//! an environment that has `pyhanko` 0.38; and Debian's `qpdf`, `poppler-utils` and `mupdf-tools`.
#![cfg(feature = "documents")]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_documents::pdf::appearance::Placement;
use yinxin_documents::pdf::document::Document;
use yinxin_documents::pdf::testing::{Signing, Writer, plain, signed};
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey};
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_verify::{Options, Severity, verify_pdf};

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() || !words.is_empty(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    words
}

fn python() -> String {
    std::env::var("YINXIN_PYHANKO").expect("YINXIN_PYHANKO names a Python that has pyhanko")
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pdf_peers.py");

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("yinxin-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn now() -> UnixTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixTime(i64::try_from(now.as_secs()).unwrap())
}

/// What a file comes to: how many signatures hold, of how many; and what else is told.
fn ours(bytes: &[u8], options: &Options) -> String {
    match verify_pdf(bytes, options) {
        Err(error) => error.code().to_owned(),
        Ok(verdict) => {
            let all = &verdict.details.signatures;
            let valid = all.iter().filter(|one| one.valid).count();
            let mut codes: Vec<_> = verdict
                .findings
                .iter()
                .filter(|finding| {
                    finding.severity == Severity::Fatal || finding.error.code().starts_with("pdf-")
                })
                .map(|finding| finding.error.code())
                .collect();
            codes.dedup();
            format!("{valid}/{} {}", all.len(), codes.join(" "))
                .trim_end()
                .to_owned()
        }
    }
}

#[test]
#[ignore = "needs pyHanko and qpdf"]
fn what_others_signed_holds() {
    let folder = folder("pdf-others");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    fs::write(path("plain.pdf"), plain().table("/Root 1 0 R").finish()).unwrap();
    for (name, options) in [
        ("form-objects.pdf", &["--object-streams=generate"][..]),
        ("form-linear.pdf", &["--linearize"]),
        (
            "form-linear-objects.pdf",
            &["--linearize", "--object-streams=generate"],
        ),
    ] {
        let (from, to) = (path("plain.pdf"), path(name));
        let mut arguments = options.to_vec();
        arguments.extend([&*from, &*to]);
        run(
            "qpdf",
            &[&arguments[..], &["--warning-exit-0", "--verbose"]].concat(),
        );
    }
    run(&python(), &[SCRIPT, "make", folder.to_str().unwrap()]);
    let root = fs::read(path("root.pem")).unwrap();
    let options = Options::at(now()).anchors(&root).unwrap();
    let expected = BTreeMap::from([
        ("certified-2.pdf", "1/1"),
        ("certified-twice.pdf", "2/2 pdf-added"),
        ("certified.pdf", "1/1"),
        ("document-stamped.pdf", "2/2 pdf-added"),
        ("p256.pdf", "1/1"),
        ("p384.pdf", "1/1"),
        ("rsa-512.pdf", "1/1"),
        ("rsa.pdf", "1/1"),
        ("signed-form-linear-objects.pdf", "1/1"),
        ("signed-form-linear.pdf", "1/1"),
        ("signed-form-objects.pdf", "1/1"),
        ("stamped.pdf", "1/1"),
        ("twice-visible.pdf", "2/2 pdf-stamp-added"),
        ("twice.pdf", "2/2 pdf-added"),
        ("visible.pdf", "1/1"),
    ]);
    for (name, expected) in expected {
        let bytes = fs::read(path(name)).unwrap();
        assert_eq!(ours(&bytes, &options), expected, "{name}");
        // And nothing of it may be another: pdfsig says the same of each signature.
        let words = run("pdfsig", &["-nocert", &path(name)]);
        let valid = words.matches("Signature is Valid").count();
        // Of time stamps it says nothing.
        let stamps = words.matches("has not yet been verified").count();
        let all = valid + stamps;
        assert!(
            expected.starts_with(&format!("{all}/{all}")),
            "{name}: {words}"
        );
        assert_eq!(stamps > 0, name == "document-stamped.pdf");
    }
    let _ = fs::remove_dir_all(folder);
}

/// What is changed after a signature: pdfsig calls each of these valid.
#[test]
#[ignore = "needs pyHanko, poppler-utils and qpdf"]
fn of_what_is_changed_others_say_less() {
    let folder = folder("pdf-changed");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let today = Profile {
        not_before: now().plus(-DAY),
        not_after: now().plus(30 * DAY),
        ..Profile::authority("Root")
    };
    let root = Identity::self_signed(TestKey::p256(1), &today);
    let unit = root.issue(
        TestKey::rsa(),
        &Profile {
            not_before: now().plus(-DAY),
            not_after: now().plus(30 * DAY),
            ..Profile::unit()
        },
    );
    assert!(now() > NOW.plus(-3650 * DAY));
    fs::write(path("root.pem"), root.pem()).unwrap();
    let options = Options::at(now()).anchors(root.pem().as_bytes()).unwrap();
    let base = signed(
        &plain().table("/Root 1 0 R").finish(),
        &Signing::default(),
        |covered| unit.cms(covered),
    );
    let second = Signing {
        number: 20,
        fields: &[11],
        ..Signing::default()
    };
    let update = |change: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::after(&base);
        change(&mut writer);
        writer.table("/Root 1 0 R").finish()
    };
    let files = [
        ("signed.pdf", base.clone(), "1/1", "valid"),
        (
            "twice.pdf",
            signed(&base, &second, |covered| unit.cms(covered)),
            "2/2 pdf-added",
            "valid valid",
        ),
        (
            "content.pdf",
            update(&|writer| {
                writer.stream(4, "", b"BT (Total: 900) Tj ET");
            }),
            "0/1 pdf-changed",
            "not",
        ),
        (
            "bare.pdf",
            Writer::after(&base)
                .stream(4, "", b"BT (Total: 900) Tj ET")
                .finish(),
            "0/1 pdf-bytes-unlisted",
            "valid",
        ),
    ];
    for (name, bytes, expected, pyhanko) in files {
        fs::write(path(name), &bytes).unwrap();
        assert_eq!(ours(&bytes, &options), expected, "{name}");
        let words = run("pdfsig", &["-nocert", &path(name)]);
        assert!(!words.contains("Invalid"), "{name}: {words}");
        let told = run(
            &python(),
            &[SCRIPT, "judge", &path("root.pem"), &path(name)],
        );
        assert_eq!(told.trim(), format!("{name} {pyhanko}"));
        if name != "bare.pdf" {
            assert!(
                run("qpdf", &["--check", &path(name)])
                    .contains("No syntax or stream encoding errors")
            );
        }
    }
    let _ = fs::remove_dir_all(folder);
}

/// On pages that are turned, cropped and scaled.
#[test]
#[ignore = "needs mupdf-tools"]
fn where_a_picture_stands_is_where_mupdf_draws_it() {
    let folder = folder("pdf-places");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for page in [
        "",
        "/Rotate 90",
        "/Rotate 180/CropBox[50 40 550 700]",
        "/Rotate 270/CropBox[50 40 550 700]",
        "/UserUnit 2/CropBox[50 40 550 700]",
    ] {
        let mut writer = Writer::default();
        writer
            .object(1, "<</Type/Catalog/Pages 2 0 R>>")
            .object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
            .object(
                3,
                &format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[4 0 R]{page}>>"),
            )
            .object(
                4,
                "<</Type/Annot/Subtype/Stamp/F 4/P 3 0 R/Rect[100 90 250 200]/AP<</N 5 0 R>>>>",
            )
            .stream(
                5,
                "/Type/XObject/Subtype/Form/BBox[0 0 150 110]",
                b"1 0 0 rg 0 0 150 110 re f",
            );
        let bytes = writer.table("/Root 1 0 R").finish();
        fs::write(path("a.pdf"), &bytes).unwrap();
        // Of a field that is not signed it would draw something of its own. Ten pixels are a millimetre.
        let (from, to) = (path("a.pdf"), path("a.ppm"));
        let drawn = Command::new("mutool")
            .args(["draw", "-q", "-r", "254", "-F", "ppm", "-o", &to, &from])
            .status();
        assert!(drawn.unwrap().success());
        let drawn = red(&fs::read(to).unwrap());

        let source: &[u8] = &bytes;
        let document = Document::open(&source).unwrap();
        let newest = document.newest().unwrap();
        let pages = document.pages(&newest).unwrap();
        let laid_out = document.page(&newest, pages[0]).unwrap();
        let own = Placement::of([100.0, 90.0, 250.0, 200.0], &laid_out, 1);
        let own = [own.left, own.top, own.width, own.height];
        let is_near = own.iter().zip(drawn).all(|(a, b)| (a - b).abs() < 0.2);
        assert!(is_near, "{page}: {own:?}, drawn {drawn:?}");
    }
    let _ = fs::remove_dir_all(folder);
}

/// Where the red of a portable pixmap is, in millimetres of ten pixels: left, top, width, height.
fn red(pixmap: &[u8]) -> [f64; 4] {
    let mut lines = pixmap.splitn(4, |byte| *byte == b'\n');
    assert_eq!(lines.next(), Some(&b"P6"[..]));
    let size = str::from_utf8(lines.next().unwrap()).unwrap();
    let (width, _) = size.split_once(' ').unwrap();
    assert_eq!(lines.next(), Some(&b"255"[..]));
    let row = 3 * width.parse::<usize>().unwrap();
    let mut sides = [u32::MAX, u32::MAX, 0, 0];
    for (y, row) in (0..).zip(lines.next().unwrap().chunks(row)) {
        for (x, pixel) in (0..).zip(row.chunks(3)) {
            if matches!(pixel, [200..=255, 0..100, 0..100]) {
                let [left, top, right, bottom] = sides;
                sides = [left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)];
            }
        }
    }
    let [left, top, right, bottom] = sides.map(|side| f64::from(side) / 10.0);
    [left, top, right - left, bottom - top]
}
