//! Signatures and seals in documents, made on the command line with the keys of the software key, and judged by programs
//! that know nothing of ours.

use crate::support::*;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_documents::ofd::Package;
use yinxin_documents::ofd::document::Rect;
use yinxin_documents::ofd::signatures::Stamp;
use yinxin_documents::pdf::signatures::Signature;
use yinxin_documents::pdf::testing::forms;
use yinxin_documents::pdf::{Document, testing};
use yinxin_documents::testing::{OfdDraft, Zip};
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::seal::SealSignature;
use yinxin_proto::time::UnixTime;
use yinxin_testing::OpenSsl;
#[cfg(unix)]
use yinxin_testing::TimeAuthority;
use yinxin_verify::{OfdDetails, OfdSignature, Options, Verdict, verify_ofd, verify_pdf};

/// A PNG of 2 × 1 pixels: red, and nothing.
const PICTURE: &str = "89504e470d0a1a0a0000000d4948445200000002000000010806000000f4227f8a0000000f49444154789c63f8cfc000\
     440c0c000cfc01ff5cfd14950000000049454e44ae426082";

pub fn picture() -> Vec<u8> {
    hex::decode(PICTURE).unwrap()
}

/// Runs `sign --format ofd` in a home, with the seal of demo-unit.
pub fn sign_ofd(home: &Home, token: &str, from: &str, to: &str, more: &[&str]) -> Output {
    let mut arguments = vec!["sign", "--token", token, "--id", "01", "--format", "ofd"];
    arguments.extend(["--pin-stdin", "--in", from, "--out", to]);
    arguments.extend(more);
    home.run_in(home.path(), &arguments, &format!("{PIN}\n"))
}

pub fn signed_ofd(home: &Home, from: &str, to: &str, more: &[&str]) -> Vec<u8> {
    let output = sign_ofd(home, "demo-unit", from, to, more);
    assert_eq!(output.status, Some(0), "{output:?}");
    assert_eq!((&*output.stdout, &*output.stderr), ("", ""));
    fs::read(home.path().join(to)).unwrap()
}

/// An OFD of two pages without signatures.
pub fn unsigned_ofd() -> OfdDraft {
    let mut draft = OfdDraft::new();
    let entry = String::from_utf8(draft.get("/OFD.xml").unwrap().to_vec()).unwrap();
    let list = "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>";
    assert!(entry.contains(list));
    draft.set("/OFD.xml", entry.replace(list, "").as_bytes());
    draft
}

/// Runs `sign --format pdf` in a home; the file that comes of it.
fn sign(home: &Home, token: &str, from: &str, to: &str, more: &[&str]) -> Output {
    let mut arguments = vec![
        "sign",
        "--token",
        token,
        "--id",
        "01",
        "--format",
        "pdf",
        "--pin-stdin",
        "--in",
        from,
        "--out",
        to,
    ];
    arguments.extend(more);
    home.run_in(home.path(), &arguments, &format!("{PIN}\n"))
}

pub fn signed(home: &Home, token: &str, from: &str, to: &str, more: &[&str]) -> Vec<u8> {
    let output = sign(home, token, from, to, more);
    assert_eq!(output.status, Some(0), "{output:?}");
    assert_eq!((&*output.stdout, &*output.stderr), ("", ""));
    let before = fs::read(home.path().join(from)).unwrap();
    let after = fs::read(home.path().join(to)).unwrap();
    assert!(after.starts_with(&before));
    after
}

pub fn signatures(file: &[u8]) -> Vec<Signature> {
    let document = Document::open(&file).unwrap();
    document.signatures(&document.newest().unwrap()).unwrap()
}

/// The bytes that a signature covers.
pub fn covered(file: &[u8], signature: &Signature) -> Vec<u8> {
    let mut all = Vec::new();
    for range in &signature.ranges {
        let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
        all.extend(&file[start..end]);
    }
    all
}

/// Whether a program is there; a line says so if not.
fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        yinxin_testing::skipped(program);
    }
    is_there
}

fn judged(home: &Home, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(home.path())
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text that a reader reads, and what it complains of: of a file that it repaired, that. Nothing if it can't.
fn read_by(home: &Home, program: &str, arguments: &[&str]) -> Option<[String; 2]> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(home.path())
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr];
    let said = said.map(|said| String::from_utf8_lossy(&said).into_owned());
    output.status.success().then_some(said)
}

/// Of a CMS with one signer: what stands in the content, the signed attributes as they are signed, and the signature.
fn cut(cms: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let mut info = asn1::single(cms, tag::SEQUENCE, "").unwrap().children();
    info.read().unwrap();
    let mut data = info.read().unwrap().children().read().unwrap().children();
    data.expect(tag::INTEGER, "").unwrap();
    data.expect(tag::SET, "").unwrap();
    let mut content = data.expect(tag::SEQUENCE, "").unwrap().children();
    content.read().unwrap();
    let content = content
        .optional(tag::CONTEXT_0)
        .unwrap()
        .map_or(Vec::new(), |inside| {
            inside.children().read().unwrap().value.to_vec()
        });
    data.expect(tag::CONTEXT_0, "").unwrap();
    let signers = data.expect(tag::SET, "").unwrap();
    let mut signer = signers.children().read().unwrap().children();
    for expected in [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE] {
        signer.expect(expected, "").unwrap();
    }
    let attributes = signer.optional(tag::CONTEXT_0).unwrap();
    let attributes = attributes.map_or(Vec::new(), |set| asn1::element(tag::SET, &[set.value]));
    signer.expect(tag::SEQUENCE, "").unwrap();
    let signature = signer.expect(tag::OCTET_STRING, "").unwrap().value.to_vec();
    (content, attributes, signature)
}

#[test]
fn pdfs_of_every_form_are_signed_twice_as_others_see_it() {
    let home = home_with_keys("");
    fs::write(home.path().join("picture.png"), picture()).unwrap();
    let openssl = OpenSsl::new("host-documents");
    let (has_pdfsig, has_qpdf) = (has("pdfsig"), has("qpdf"));
    let readers = [
        ("pdftotext", &[][..]),
        ("mutool", &["draw", "-q", "-F", "txt"]),
    ];
    let readers = readers.map(|(program, how)| (program, how, has(program)));
    let place = ["--left", "20", "--top", "30", "--picture", "picture.png"];
    for (form, file) in forms() {
        fs::write(home.path().join("file.pdf"), &file).unwrap();
        let to = |count: u8| format!("{form}-{count}.pdf");
        let more = [&place[..], &["--reason", "同意"]].concat();
        signed(&home, "demo-rsa", "file.pdf", &to(1), &more);
        let more = [&place[..], &["--sub-filter", "adbe.pkcs7.detached"]].concat();
        let twice = signed(&home, "demo-p256", &to(1), &to(2), &more);
        let all = signatures(&twice);
        assert_eq!(all.len(), 2, "{form}");
        for (index, signature) in all.iter().enumerate() {
            assert_eq!(signature.problem, None, "{form}");
            assert_eq!(signature.stamps[0].page, Some(0), "{form}");
            let der = signature.der().unwrap();
            // PAdES (ETSI EN 319 142-1, 6.3) wants no signing-time beside what the dictionary says.
            let (_, attributes, _) = cut(der);
            let time = asn1::oid(yinxin_pki::oid::SIGNING_TIME);
            let has_time = attributes.windows(time.len()).any(|bytes| bytes == time);
            assert_eq!(has_time, index == 1, "{form}");
            let Some(openssl) = &openssl else { continue };
            let cms = openssl.write("cms.der", der);
            let content = openssl.write("content", &covered(&twice, signature));
            let verify = |content: &str| {
                OpenSsl::run(&[
                    "cms",
                    "-verify",
                    "-binary",
                    "-noverify",
                    "-inform",
                    "DER",
                    "-in",
                    &cms,
                    "-content",
                    content,
                    "-out",
                    "/dev/null",
                ])
            };
            assert!(verify(&content).0, "{form} {index}: {:?}", verify(&content));
            let other = openssl.write("other", &covered(&twice, signature)[1..]);
            assert!(!verify(&other).0, "{form} {index}");
        }
        if has_pdfsig {
            let said = judged(&home, "pdfsig", &[&to(2)]);
            assert_eq!(
                said.matches("Signature is Valid").count(),
                2,
                "{form}: {said}"
            );
            assert_eq!(
                said.matches("Total document signed").count(),
                1,
                "{form}: {said}"
            );
        }
        if has_qpdf {
            judged(&home, "qpdf", &["--check", &to(2)]);
        }
        for (program, how, is_there) in readers {
            // They read the same, and complain of nothing that they did not before.
            let text = |file: &str| {
                let mut arguments = how.to_vec();
                match program {
                    "mutool" => arguments.push(file),
                    _ => arguments.extend([file, "-"]),
                }
                read_by(&home, program, &arguments)
            };
            if is_there {
                let before = text("file.pdf");
                let shows = |text: &[String; 2]| text[0].contains("Total: 100");
                // Neither reads our hybrid file, signed or not, and the compressed one shows nothing.
                let is_shown = before.as_ref().is_some_and(shows);
                let exempt = ["compressed", "hybrid"].contains(&form);
                assert!(is_shown || exempt, "{form} {program}: {before:?}");
                assert_eq!(text(&to(1)).is_some(), before.is_some(), "{form} {program}");
                if before.is_some() {
                    assert_eq!(text(&to(1)), before, "{form} {program}");
                    assert_eq!(text(&to(2)), before, "{form} {program}");
                }
            }
        }
        assert_eq!(ours(&home, &twice), [true, true], "{form}");
    }
}

/// What a portal judges by that trusts the demo keys' issuer and the maker of their seals.
fn trust(home: &Home) -> Options {
    let of = |name: &str| fs::read(home.path().join("keys").join(name)).unwrap();
    Options::at(now())
        .anchors(&of("root.pem"))
        .and_then(|options| options.intermediates(&of("issuing.pem")))
        .and_then(|options| options.makers(&of("seal-maker.pem")))
        .unwrap()
        .allow_without_attributes(true)
        .allow_digest_of_content(true)
}

/// Which signatures hold for that portal.
fn ours(home: &Home, file: &[u8]) -> Vec<bool> {
    let verdict = verify_pdf(file, &trust(home)).unwrap();
    let all = verdict.details.signatures.iter();
    all.map(|one| one.valid).collect()
}

fn now() -> UnixTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixTime(i64::try_from(now.as_secs()).unwrap())
}

/// What pyHanko says of each signature, but for whether it trusts the certificate: that is SM2's, which it does not know.
const PYHANKO: &str = "
import logging, sys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
logging.disable()
for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        for one in PdfFileReader(file, strict='hybrid' not in path).embedded_regular_signatures:
            told = validate_pdf_signature(one, ValidationContext(trust_roots=[]))
            print(told.intact, told.valid, told.docmdp_ok, told.coverage.name, told.modification_level.name)
";

#[test]
#[ignore = "needs pyHanko, in the Python that YINXIN_PYHANKO names, and qpdf"]
fn pyhanko_sees_both_signatures_whole() {
    let python = std::env::var("YINXIN_PYHANKO").unwrap();
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(path("picture.png"), picture()).unwrap();
    let mut names = Vec::new();
    for (form, file) in forms() {
        fs::write(path(form), &file).unwrap();
        names.push(form.to_owned());
        for (kind, option) in [
            ("objects", "--object-streams=generate"),
            ("linear", "--linearize"),
        ] {
            let name = format!("{form}-{kind}");
            judged(&home, "qpdf", &[option, form, &name]);
            names.push(name.replace("hybrid", "from-mixed"));
            fs::rename(path(&name), path(names.last().unwrap())).unwrap();
        }
    }
    for name in names {
        let shown = ["--left", "1", "--top", "1", "--picture", "picture.png"];
        let (once, twice) = (format!("{name}-1"), format!("{name}-2"));
        for certify in [&[][..], &["--certify", "forms"]] {
            let more = [&shown[..], certify].concat();
            signed(&home, "demo-rsa", &name, &once, &more);
            let shown = if certify.is_empty() { &shown[..] } else { &[] };
            signed(&home, "demo-p256", &once, &twice, shown);
            let said = judged(&home, &python, &["-c", PYHANKO, &twice]);
            let first = "True True True ENTIRE_REVISION FORM_FILLING\n";
            let second = "True True True ENTIRE_FILE NONE\n";
            assert_eq!(said, [first, second].concat(), "{name} {certify:?}");
            for file in [&once, &twice] {
                fs::remove_file(path(file)).unwrap();
            }
        }
    }
}

#[test]
fn sm2_signs_and_seals_pdfs_in_each_form_of_the_field() {
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(path("picture.png"), picture()).unwrap();
    fs::write(
        path("0.pdf"),
        testing::plain().table("/Root 1 0 R").finish(),
    )
    .unwrap();
    let kinds = [
        "ETSI.CAdES.detached",
        "adbe.pkcs7.detached",
        "GM.sm2cms.detached",
        "GM.sm2seal",
    ];
    for (index, kind) in kinds.iter().enumerate() {
        let (from, to) = (format!("{index}.pdf"), format!("{}.pdf", index + 1));
        let more = [
            "--sub-filter",
            kind,
            "--left",
            "1",
            "--top",
            "1",
            "--picture",
            "picture.png",
        ];
        signed(&home, "demo-unit", &from, &to, &more);
    }
    let file = fs::read(path("4.pdf")).unwrap();
    let all = signatures(&file);
    let told: Vec<_> = all
        .iter()
        .map(|one| (one.kind.name(), one.problem))
        .collect();
    assert_eq!(told, kinds.map(|kind| (kind, None)));
    let Some(openssl) = OpenSsl::new("host-sm2-documents") else {
        return;
    };
    let unit = unit(&home);
    let signs = |message: &[u8], signature: &[u8]| openssl.is_sm2_signed(&unit, message, signature);
    for signature in &all[..2] {
        let (content, attributes, value) = cut(signature.der().unwrap());
        assert!(content.is_empty());
        let digest = openssl.sm3(&covered(&file, signature));
        assert!(attributes.windows(32).any(|bytes| bytes == digest));
        assert!(signs(&attributes, &value));
        assert!(!signs(&digest, &value));
    }
    let (content, attributes, value) = cut(all[2].der().unwrap());
    assert!(attributes.is_empty());
    assert_eq!(content, openssl.sm3(&covered(&file, &all[2])));
    assert!(signs(&content, &value));
    let sealed = SealSignature::from_der(all[3].der().unwrap().to_vec()).unwrap();
    assert_eq!(sealed.digest(), openssl.sm3(&covered(&file, &all[3])));
    let [before, behind] = &all[3].ranges;
    let size = behind.end - behind.start;
    let range = format!("[0, {}, {}, {size}]", before.end, behind.start);
    assert_eq!(sealed.property_info(), range);
    assert_eq!(sealed.certificate(), unit);
    assert!(signs(sealed.signed(), sealed.signature()));
    assert_eq!(ours(&home, &file), [true; 4]);
    for (program, arguments) in [
        ("qpdf", &["--check", "4.pdf"][..]),
        ("pdftotext", &["4.pdf", "-"]),
        ("mutool", &["draw", "-q", "-F", "txt", "4.pdf"]),
    ] {
        if has(program) {
            let said = judged(&home, program, arguments);
            assert!(program == "qpdf" || said.contains("Total: 100"), "{said}");
        }
    }
}

#[test]
fn who_signs_over_a_signature_that_does_not_hold_is_told() {
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(
        path("plain.pdf"),
        testing::plain().table("/Root 1 0 R").finish(),
    )
    .unwrap();
    fs::write(path("plain.ofd"), unsigned_ofd().write()).unwrap();
    let mut once = signed(&home, "demo-unit", "plain.pdf", "once.pdf", &[]);
    let at = once.windows(2).position(|two| two == b"BT").unwrap();
    once[at] ^= 0x20;
    fs::write(path("changed.pdf"), once).unwrap();
    let sealed = signed_ofd(&home, "plain.ofd", "once.ofd", &["--to-be-continued"]);
    let package = Package::open(&*sealed).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = package
        .names()
        .map(|name| (name.to_owned(), package.read(name).unwrap().unwrap()))
        .collect();
    let page = parts
        .iter_mut()
        .find(|(name, _)| name.ends_with("Content.xml"));
    page.unwrap().1.push(b' ');
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, content)| (name.trim_start_matches('/'), &**content))
        .collect();
    fs::write(path("changed.ofd"), Zip::of(&parts).write()).unwrap();
    let tells = "does not hold";
    let again = sign(&home, "demo-unit", "once.pdf", "twice.pdf", &[]);
    assert_eq!((again.status, &*again.stderr), (Some(0), ""));
    let over = sign(&home, "demo-unit", "changed.pdf", "over.pdf", &[]);
    assert_eq!(over.status, Some(0), "{over:?}");
    assert!(over.stderr.contains(tells), "{over:?}");
    let over = sign_ofd(&home, "demo-unit", "changed.ofd", "over.ofd", &[]);
    assert_eq!(over.status, Some(0), "{over:?}");
    assert!(over.stderr.contains(tells), "{over:?}");
}

#[test]
fn what_can_not_be_signed_is_told_before_the_pin_is_tried() {
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    let plain = || testing::plain();
    fs::write(path("plain.pdf"), plain().table("/Root 1 0 R").finish()).unwrap();
    fs::write(
        path("encrypted.pdf"),
        plain().table("/Root 1 0 R/Encrypt 9 0 R").finish(),
    )
    .unwrap();
    fs::write(path("text.pdf"), "no PDF").unwrap();
    fs::write(path("picture.png"), picture()).unwrap();
    fs::write(path("other.png"), &picture()[..60]).unwrap();
    signed(
        &home,
        "demo-rsa",
        "plain.pdf",
        "final.pdf",
        &["--certify", "nothing"],
    );
    signed(
        &home,
        "demo-rsa",
        "plain.pdf",
        "once.pdf",
        &["--certify", "forms"],
    );
    let seal = ["--sub-filter", "GM.sm2seal"];
    let unknown = "00".repeat(32);
    let cases: [(&str, &str, &[&str], &str); 13] = [
        (
            "demo-rsa",
            "once.pdf",
            &["--left", "1", "--top", "1", "--picture", "picture.png"],
            "pdf-certified",
        ),
        ("demo-rsa", "encrypted.pdf", &[], "pdf-encrypted"),
        ("demo-rsa", "text.pdf", &[], "pdf-unreadable"),
        ("demo-rsa", "final.pdf", &[], "pdf-signing-forbidden"),
        (
            "demo-rsa",
            "once.pdf",
            &["--certify", "forms"],
            "pdf-signed-already",
        ),
        (
            "demo-rsa",
            "plain.pdf",
            &["--field", "x"],
            "pdf-field-refused",
        ),
        (
            "demo-rsa",
            "plain.pdf",
            &["--left", "200", "--top", "1", "--picture", "picture.png"],
            "placement-refused",
        ),
        (
            "demo-rsa",
            "plain.pdf",
            &[
                "--left",
                "1",
                "--top",
                "1",
                "--page",
                "2",
                "--picture",
                "picture.png",
            ],
            "placement-refused",
        ),
        (
            "demo-rsa",
            "plain.pdf",
            &["--left", "1", "--top", "1", "--picture", "other.png"],
            "picture-refused",
        ),
        ("demo-rsa", "plain.pdf", &seal, "seal-needs-sm2"),
        ("demo-rsa", "nothing.pdf", &[], "file-failed"),
        (
            "demo-unit",
            "plain.pdf",
            &["--sub-filter", "GM.sm2seal", "--seal", &unknown],
            "seal-not-found",
        ),
        ("demo-30days", "plain.pdf", &seal, "seal-missing"),
    ];
    for (token, from, more, code) in cases {
        let output = sign(&home, token, from, "new.pdf", more);
        assert_eq!(output.code(), code, "{from} {more:?}");
        assert!(!path("new.pdf").exists());
    }
    // After a certification that permits it others sign.
    signed(&home, "demo-p256", "once.pdf", "twice.pdf", &[]);
    assert_eq!(signatures(&fs::read(path("twice.pdf")).unwrap()).len(), 2);
    // Also what comes through a pipe.
    #[cfg(unix)]
    {
        let piped = home.shell(
            "cat once.pdf | { echo \"$PIN\" | yinxin sign --token demo-p256 --id 01 --format pdf --pin-stdin \
             --in /dev/fd/3 --out - > piped.pdf; } 3<&0",
        );
        assert_eq!(piped.status, Some(0), "{piped:?}");
        assert_eq!(signatures(&fs::read(path("piped.pdf")).unwrap()).len(), 2);
    }
}

/// A part of an OFD.
fn part(file: &[u8], path: &str) -> Vec<u8> {
    let package = Package::open(file).unwrap();
    package.read(path).unwrap().unwrap()
}

fn judged_ofd(home: &Home, file: &[u8]) -> Verdict<OfdDetails> {
    verify_ofd(file, &trust(home)).unwrap()
}

/// Page, left and upper edge of each stamp, and what of it is seen.
fn stamps(signature: &OfdSignature) -> Vec<(u32, f64, f64, Option<f64>)> {
    let listed = signature.signed.listed.as_ref().unwrap();
    let of = |stamp: &Stamp| {
        let boundary = stamp.boundary.unwrap();
        let clip = stamp.clip.map(|clip| clip.width);
        (stamp.page.unwrap(), boundary.x, boundary.y, clip)
    };
    listed.stamps.iter().map(of).collect()
}

#[test]
fn seals_are_set_on_an_ofd_and_cover_all_of_it_as_openssl_computes() {
    let home = home_with_keys("");
    let draft = unsigned_ofd();
    let before = draft.write();
    fs::write(home.path().join("0.ofd"), &before).unwrap();
    let place = [
        "--page",
        "2",
        "--left",
        "20",
        "--top",
        "30.5",
        "--to-be-continued",
    ];
    signed_ofd(&home, "0.ofd", "1.ofd", &place);
    let twice = signed_ofd(&home, "1.ofd", "2.ofd", &["--straddling", "100"]);

    let verdict = judged_ofd(&home, &twice);
    assert!(verdict.valid, "{:?}", verdict.findings);
    let [first, second] = &verdict.details.signatures[..] else {
        panic!("two signatures");
    };
    assert_eq!(stamps(first), [(2, 20.0, 30.5, None)]);
    let width = stamps(second)[0].3.unwrap() * 2.0;
    let slices = [1.0, 2.0].map(|slice| 210.0 - slice * width / 2.0);
    let of = |page, left| (page, left, 100.0, Some(width / 2.0));
    assert_eq!(stamps(second), [of(1, slices[0]), of(2, slices[1])]);
    // Whatever was there is there, but for the two that name the list.
    for (path, content) in &draft.parts {
        let is_changed = path == "/OFD.xml";
        assert_eq!(part(&twice, path) == *content, !is_changed, "{path}");
    }
    let third = sign_ofd(&home, "demo-unit", "2.ofd", "3.ofd", &[]);
    assert_eq!(third.code(), "ofd-sealed-finally");
    if has("unzip") {
        judged(&home, "unzip", &["-tq", "2.ofd"]);
    }

    let Some(openssl) = OpenSsl::new("host-ofd") else {
        return;
    };
    let unit = unit(&home);
    for number in 0..2 {
        let folder = format!("/Doc_0/Signs/Sign_{number}");
        let record = part(&twice, &format!("{folder}/Signature.xml"));
        let value = part(&twice, &format!("{folder}/SignedValue.dat"));
        let sealed = SealSignature::from_der(value).unwrap();
        assert_eq!(sealed.digest(), openssl.sm3(&record));
        assert_eq!(sealed.property_info(), format!("{folder}/Signature.xml"));
        assert_eq!(sealed.certificate(), unit);
        assert!(openssl.is_sm2_signed(&unit, sealed.signed(), sealed.signature()));
        assert!(!openssl.is_sm2_signed(&unit, &record, sealed.signature()));
        let text = String::from_utf8(record).unwrap();
        let mut covered = 0;
        for reference in text.split("<ofd:Reference FileRef=\"").skip(1) {
            let (path, rest) = reference.split_once('"').unwrap();
            let (_, rest) = rest.split_once("<ofd:CheckValue>").unwrap();
            let (digest, _) = rest.split_once('<').unwrap();
            // The second one's list is the last.
            let now = part(&twice, path);
            assert_eq!(base64(&openssl.sm3(&now)), digest, "{number} {path}");
            covered += 1;
        }
        assert!(covered >= draft.parts.len(), "{number}: {covered}");
    }
}

/// Page (from 0), left, top, width and height of each stamp, and all text: as easyofd reads them. It unpacks into its
/// folder, and removes afterwards what stands before the first dot of that folder's path.
const EASYOFD: &str = "
import base64, json, os, sys, tempfile
from loguru import logger
logger.remove()
from easyofd.ofd import OFD
file = open(sys.argv[1], 'rb').read()
with tempfile.TemporaryDirectory(prefix='easyofd') as folder:
    assert '.' not in folder
    os.chdir(folder)
    ofd = OFD()
    ofd.read(base64.b64encode(file).decode(), fmt='b64')
    os.chdir('/')
seen = ofd.data[0]
stamps = [[page, *map(float, one['Boundary'].split())] for page, all in seen['signatures_page_id'].items() for one in all]
texts = [one['text'] for page in seen['page_info'].values() for one in page['text_list']]
print(json.dumps({'stamps': sorted(stamps), 'texts': texts}))
";

/// What ofd.js sees of files.
fn by_ofd_js(home: &Home, folder: &str, files: &[&str]) -> Value {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let program = format!("{root}/tests/readers/ofd-js.ts");
    let loader = format!("{root}/node_modules/tsx/dist/loader.mjs");
    let arguments = [&["--import", &*loader, &*program, folder], files].concat();
    let said = judged(home, "node", &arguments);
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

#[test]
#[ignore = "needs ofd.js, in the folder that YINXIN_OFD_JS names"]
fn readers_agree_about_pages_and_stamps_of_samples() {
    let folder = std::env::var("YINXIN_OFD_JS").unwrap();
    let samples = yinxin_testing::data::folder().unwrap().join("ofd");
    let home = Home::new("");
    for (name, count) in [("999", 1), ("h", 6), ("n", 1)] {
        let path = samples.join(format!("{name}.ofd"));
        let bytes = fs::read(&path).unwrap();
        let verdict = verify_ofd(&bytes[..], &Options::at(now()).national(true)).unwrap();
        let rounded = |sides: [f64; 4]| sides.map(|side| (side * 100.0).round() as i64);
        let own = verdict.details.signatures.iter().flat_map(|signature| {
            let listed = signature.signed.listed.as_ref().unwrap();
            listed.stamps.iter().map(|stamp| {
                let of = |rect: Rect| rounded([rect.x, rect.y, rect.width, rect.height]);
                let boundary = stamp.boundary.map(of);
                (stamp.page_id.clone(), boundary, stamp.clip.map(of))
            })
        });
        let mut own: Vec<_> = own.collect();
        let told = by_ofd_js(&home, &folder, &[path.to_str().unwrap()]);
        let document = &told[0]["documents"][0];
        let of = |rect: &Value| {
            let side = |name: &str| rect[name].as_f64();
            Some(rounded([side("x")?, side("y")?, side("w")?, side("h")?]))
        };
        let seen = document["stamps"].as_array().unwrap().iter().map(|stamp| {
            let page = stamp["page"].as_str().unwrap().to_owned();
            (page, of(&stamp["boundary"]), of(&stamp["clip"]))
        });
        let mut seen: Vec<_> = seen.collect();
        if name == "999" {
            // The seal's picture is an OFD, for which it tells the page alone.
            own.iter_mut().for_each(|(_, boundary, _)| *boundary = None);
        }
        own.sort_unstable();
        seen.sort_unstable();
        assert_eq!(own.len(), count, "{name}");
        assert_eq!(own, seen, "{name}");
        let pages = document["pages"].as_array().unwrap().len();
        assert_eq!(verdict.details.documents[0].pages.len(), pages, "{name}");
    }
}

#[test]
#[ignore = "needs easyofd, in the Python that YINXIN_EASYOFD names, and ofd.js, in the folder that YINXIN_OFD_JS names"]
fn other_readers_see_stamps_where_they_are_set_and_the_text_that_was_there() {
    use crate::write_seal::{made, write};
    let [python, folder] =
        ["YINXIN_EASYOFD", "YINXIN_OFD_JS"].map(|name| std::env::var(name).unwrap());
    let home = home_with_keys("");
    let old = crate::seals::seal(&home.host().token("demo-unit")["seals"][0]);
    // ofd.js shows seals of bitmaps alone.
    let new = made(&home, &old, |draft| {
        draft.picture.kind = "PNG".into();
        draft.picture.data = picture();
    });
    let written = write(&home, "demo-unit", &new, Some(&old), PIN);
    assert_eq!(written.status, Some(0), "{written:?}");
    let sample = yinxin_testing::data::folder().unwrap().join("ofd/n.ofd");
    fs::copy(sample, home.path().join("0.ofd")).unwrap();
    let place = ["--left", "20", "--top", "30.5", "--to-be-continued"];
    let straddling = ["--straddling", "100"];
    for (from, to, more) in [
        ("0.ofd", "1.ofd", &place[..]),
        ("1.ofd", "2.ofd", &straddling),
    ] {
        let output = sign_ofd(&home, "demo-unit", from, to, more);
        assert_eq!(output.status, Some(0), "{output:?}");
        // It was changed after the seal that it came with was set.
        assert!(output.stderr.contains("does not hold"), "{output:?}");
    }

    // They say other things, too.
    let json = |text: &str| serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap();
    let [before, after] =
        ["0.ofd", "2.ofd"].map(|file| json(&judged(&home, &python, &["-c", EASYOFD, file])));
    assert_eq!(before["texts"], after["texts"]);
    assert!(before["texts"].as_array().unwrap().len() > 10);
    let own = json!([[1, 122.94, 37.0, 33.0, 33.0]]);
    assert_eq!(before["stamps"], own);
    // Of a seal over several pages it knows the last.
    let seen = json!([
        [0, 20.0, 30.5, 40.0, 40.0],
        own[0],
        [1, 170.0, 100.0, 40.0, 40.0]
    ]);
    assert_eq!(after["stamps"], seen);

    let told = by_ofd_js(&home, &folder, &["0.ofd", "2.ofd"]);
    let [before, after] = [0, 1].map(|at| told[at]["documents"][0].clone());
    assert_eq!(before["texts"], after["texts"]);
    let at = |stamp: &Value| {
        let of = |side: &str| stamp["boundary"][side].as_f64().unwrap();
        let clip = stamp["clip"]["x"].as_f64().zip(stamp["clip"]["w"].as_f64());
        (
            stamp["page"].as_str().unwrap().to_owned(),
            of("x"),
            of("y"),
            clip,
        )
    };
    let seen = after["stamps"].as_array().unwrap().iter().map(at);
    let seen: Vec<_> = seen.filter(|(_, x, ..)| *x != 122.94).collect();
    let of = |page: &str, x, y, clip| (page.to_owned(), x, y, clip);
    for expected in [
        of("1001", 20.0, 30.5, seen[0].3),
        of("1001", 190.0, 100.0, Some((0.0, 20.0))),
        of("1021", 170.0, 100.0, Some((20.0, 20.0))),
    ] {
        assert!(seen.contains(&expected), "{expected:?}: {seen:?}");
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn an_ofd_that_can_not_be_sealed_is_told_before_the_pin_is_tried() {
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(path("0.ofd"), unsigned_ofd().write()).unwrap();
    fs::write(path("text.ofd"), "no OFD").unwrap();
    fs::write(path("empty.ofd"), Zip::of(&[]).write()).unwrap();
    let unknown = "00".repeat(32);
    let cases: [(&str, &str, &[&str], &str); 8] = [
        ("demo-rsa", "0.ofd", &[], "seal-needs-sm2"),
        ("demo-unit", "text.ofd", &[], "ofd-unreadable"),
        ("demo-unit", "empty.ofd", &[], "ofd-unreadable"),
        ("demo-unit", "nothing.ofd", &[], "file-failed"),
        (
            "demo-unit",
            "0.ofd",
            &["--seal", &unknown],
            "seal-not-found",
        ),
        (
            "demo-unit",
            "0.ofd",
            &["--page", "3", "--left", "1", "--top", "1"],
            "placement-refused",
        ),
        (
            "demo-unit",
            "0.ofd",
            &["--straddling", "nan"],
            "placement-refused",
        ),
        ("demo-30days", "0.ofd", &[], "seal-missing"),
    ];
    for (token, from, more, code) in cases {
        let output = sign_ofd(&home, token, from, "new.ofd", more);
        assert_eq!(output.code(), code, "{from} {more:?}");
        assert!(!path("new.ofd").exists());
    }
}

/// The time stamp in a CMS, the signature that it is over, and that signature's place among the unsigned attributes.
#[cfg(unix)]
fn stamp_in(cms: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut info = asn1::single(cms, tag::SEQUENCE, "").unwrap().children();
    info.read().unwrap();
    let mut data = info.read().unwrap().children().read().unwrap().children();
    let mut signers = None;
    while !data.is_empty() {
        signers = Some(data.read().unwrap());
    }
    let signer = signers.unwrap().children().read().unwrap();
    let mut fields = signer.children();
    let (mut signature, mut token) = (Vec::new(), Vec::new());
    while !fields.is_empty() {
        let field = fields.read().unwrap();
        match field.tag {
            tag::OCTET_STRING => signature = field.value.to_vec(),
            tag::CONTEXT_1 => {
                let mut attribute = field.children().read().unwrap().children();
                let kind = attribute.read().unwrap().oid().unwrap();
                assert_eq!(kind.to_string(), "1.2.840.113549.1.9.16.2.14");
                let values = attribute.read().unwrap();
                token = values.children().read().unwrap().raw.to_vec();
            }
            _ => {}
        }
    }
    (token, signature)
}

#[cfg(unix)]
#[test]
fn time_stamps_are_set_on_signatures_of_every_form_and_hold_for_openssl() {
    let Some(authority) = TimeAuthority::new("host") else {
        return;
    };
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    let program = authority.program();
    let stamper = ["--time-stamper", program.to_str().unwrap()];
    fs::write(path("contract.txt"), "a contract").unwrap();
    for token in ["demo-unit", "demo-rsa"] {
        for format in ["cms", "cms-attached"] {
            let arguments = [
                &["sign", "--token", token, "--id", "01", "--format", format][..],
                &[
                    "--pin-stdin",
                    "--in",
                    "contract.txt",
                    "--out",
                    "signed",
                    "--force",
                ],
                &stamper,
            ];
            let output = home.run_in(home.path(), &arguments.concat(), &format!("{PIN}\n"));
            assert_eq!(output.status, Some(0), "{output:?}");
            let cms = fs::read(path("signed")).unwrap();
            let (stamp, signature) = stamp_in(&cms);
            assert!(authority.holds(&stamp, &signature), "{token} {format}");
            assert!(!authority.holds(&stamp, b"a contract"));
            if token == "demo-rsa" {
                let mut arguments =
                    vec!["cms", "-verify", "-binary", "-noverify", "-inform", "DER"];
                arguments.extend(["-in", "signed", "-out", "/dev/null"]);
                if format == "cms" {
                    arguments.extend(["-content", "contract.txt"]);
                }
                judged(&home, "openssl", &arguments);
            }
        }
    }

    let file = testing::plain().table("/Root 1 0 R").finish();
    fs::write(path("0.pdf"), file).unwrap();
    let kinds = [
        ("demo-rsa", "ETSI.CAdES.detached"),
        ("demo-unit", "ETSI.CAdES.detached"),
        ("demo-unit", "adbe.pkcs7.detached"),
        ("demo-unit", "GM.sm2cms.detached"),
        ("demo-unit", "GM.sm2seal"),
    ];
    for (index, (token, kind)) in kinds.iter().enumerate() {
        let (from, to) = (format!("{index}.pdf"), format!("{}.pdf", index + 1));
        let more = [&["--sub-filter", kind][..], &stamper].concat();
        signed(&home, token, &from, &to, &more);
    }
    let file = fs::read(path("5.pdf")).unwrap();
    for (index, signature) in signatures(&file).iter().enumerate() {
        let der = signature.der().unwrap();
        let (stamp, over) = if kinds[index].1 == "GM.sm2seal" {
            let sealed = SealSignature::from_der(der.to_vec()).unwrap();
            (
                sealed.time_stamp().unwrap().to_vec(),
                sealed.signature().to_vec(),
            )
        } else {
            stamp_in(der)
        };
        assert!(authority.holds(&stamp, &over), "{index}");
    }
    if has("pdfsig") {
        let said = judged(&home, "pdfsig", &["1.pdf"]);
        assert!(said.contains("Signature is Valid"), "{said}");
    }
    let options = trust(&home).anchors(&authority.root()).unwrap();
    // Its clock and ours are one, and a second may pass.
    let verdict = verify_pdf(file.as_slice(), &options).unwrap();
    for (index, one) in verdict.details.signatures.iter().enumerate() {
        assert!(one.valid, "{index}: {:?}", verdict.findings);
        assert_eq!(one.stamped_time.is_some(), index < 4, "{index}");
    }

    fs::write(path("0.ofd"), unsigned_ofd().write()).unwrap();
    let file = signed_ofd(&home, "0.ofd", "1.ofd", &stamper);
    let sealed =
        SealSignature::from_der(part(&file, "/Doc_0/Signs/Sign_0/SignedValue.dat")).unwrap();
    assert!(authority.holds(sealed.time_stamp().unwrap(), sealed.signature()));
    assert!(judged_ofd(&home, &file).valid);
}

#[cfg(unix)]
#[test]
fn without_a_time_stamp_that_holds_nothing_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let Some(authority) = TimeAuthority::new("host-refused") else {
        return;
    };
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(path("0.ofd"), unsigned_ofd().write()).unwrap();
    let own = authority.program();
    let own = own.display();
    let answers = [
        ("false", "exit 1".to_owned(), "the program failed"),
        ("nothing", "exec true".into(), "the data ends here"),
        ("text", "echo sorry".into(), ""),
        (
            "endless",
            "exec cat /dev/zero".into(),
            "the answer is too large",
        ),
        // The answer to the first request, again.
        (
            "replayed",
            format!("test -f old || {own} > old; exec cat old"),
            "it answers another request",
        ),
        ("gone", String::new(), "No such file"),
    ];
    for (name, lines, reason) in answers {
        let program = path(name);
        if name != "gone" {
            fs::write(&program, format!("#!/bin/sh\n{lines}\n")).unwrap();
            fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        }
        let stamper = ["--time-stamper", program.to_str().unwrap()];
        if name == "replayed" {
            signed_ofd(&home, "0.ofd", "first.ofd", &stamper);
        }
        let output = sign_ofd(&home, "demo-unit", "0.ofd", "new.ofd", &stamper);
        assert_eq!(output.code(), "time-stamp-failed", "{name}");
        assert!(output.stderr.contains(reason), "{name}: {output:?}");
        assert!(!path("new.ofd").exists(), "{name}");
    }
}

fn base64(bytes: &[u8]) -> String {
    yinxin_proto::Base64(bytes.to_vec()).encode()
}

/// The signing certificate of demo-unit.
fn unit(home: &Home) -> Vec<u8> {
    use base64ct::{Base64, Encoding};
    let listed = home.run(&["certificates", "--json"]).json();
    let listed = listed.as_array().unwrap();
    let unit = listed
        .iter()
        .find(|one| one["token"] == "demo-unit" && one["id"] == "01");
    let der = Base64::decode_vec(unit.unwrap()["der"].as_str().unwrap()).unwrap();
    Certificate::from_der(der.clone()).unwrap();
    der
}
