//! PDFs: each kind of signature, everything that may come after one, and the attacks that are known.
#![cfg(feature = "documents")]
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_documents::pdf::testing::{Signing, Writer, plain, signed};
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::hash::{sha256, sm3};
use yinxin_pki::oid;
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain, codes, fatal, signed_data};
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_proto::{Error, Locale};
use yinxin_testing::OpenSsl;
use yinxin_verify::{
    Options, Outcome, PdfDetails, Severity, Verdict, pdf_has_broken_signature, verify_pdf,
};

/// Who signs here, and by what it is judged.
struct World {
    unit: Identity,
    stranger: Identity,
    maker: Identity,
    options: Options,
}

fn world(key: TestKey) -> World {
    let (root, issuing, unit) = chain(key);
    let other = Identity::self_signed(TestKey::sm2(9), &Profile::authority("Another"));
    let serial = vec![0x77];
    let profile = Profile {
        serial,
        ..Profile::unit()
    };
    let maker = issuing.issue(TestKey::sm2(3), &profile);
    let options = Options::at(NOW)
        .anchors(root.pem().as_bytes())
        .and_then(|options| options.intermediates(issuing.pem().as_bytes()))
        .and_then(|options| options.makers(maker.pem().as_bytes()))
        .unwrap();
    World {
        unit,
        stranger: other.issue(TestKey::sm2(8), &Profile::unit()),
        maker,
        options,
    }
}

fn document() -> Vec<u8> {
    plain().table("/Root 1 0 R").finish()
}

impl World {
    fn signed(&self, how: &Signing<'_>) -> Vec<u8> {
        self.signed_after(&document(), how)
    }

    fn signed_after(&self, bytes: &[u8], how: &Signing<'_>) -> Vec<u8> {
        signed(bytes, how, |covered| self.unit.cms(covered))
    }

    fn judge(&self, bytes: &[u8]) -> Verdict<PdfDetails> {
        verify_pdf(bytes, &self.options).unwrap()
    }

    /// What is fatal in a file; of one that can't even be read, its code.
    fn against(&self, bytes: &[u8]) -> Vec<&'static str> {
        match verify_pdf(bytes, &self.options) {
            Ok(verdict) => once(fatal(&verdict.findings)),
            Err(error) => vec![error.code()],
        }
    }
}

fn once(mut codes: Vec<&'static str>) -> Vec<&'static str> {
    codes.dedup();
    codes
}

/// What is told, but that nobody has lists of revoked certificates here.
fn told(verdict: &Verdict<PdfDetails>) -> Vec<&'static str> {
    let mut codes = once(codes(&verdict.findings));
    codes.retain(|code| *code != "crl-missing");
    codes
}

fn updated(bytes: &[u8], update: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::after(bytes);
    update(&mut writer);
    writer.table("/Root 1 0 R").finish()
}

/// A CMS of GM/T 0010 with the content's SM3 inside and no attributes.
fn sm2_cms(unit: &Identity, digest: &[u8]) -> Vec<u8> {
    let certificate = &unit.certificate;
    let serial = asn1::element(tag::INTEGER, &[certificate.serial()]);
    let sid = asn1::element(tag::SEQUENCE, &[certificate.issuer().der(), &serial]);
    let algorithm = |oid| asn1::element(tag::SEQUENCE, &[&asn1::oid(oid)]);
    let signature = asn1::element(tag::OCTET_STRING, &[&unit.key.sign(digest)]);
    let signer = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&[1]),
            &sid,
            &algorithm(oid::SM3),
            &algorithm(oid::SM2_SIGN),
            &signature,
        ],
    );
    signed_data(&[certificate.der()], &[signer], Some(digest))
}

/// A time stamp (RFC 3161) over bytes.
fn stamp(authority: &Identity, over: &[u8], time: &str) -> Vec<u8> {
    let algorithm = |oid| asn1::element(tag::SEQUENCE, &[&asn1::oid(oid)]);
    let octets = |bytes: &[u8]| asn1::element(tag::OCTET_STRING, &[bytes]);
    let imprint = asn1::element(
        tag::SEQUENCE,
        &[&algorithm(oid::SHA256), &octets(&sha256(over))],
    );
    let info = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&[1]),
            &asn1::oid(oid::ObjectIdentifier::new_unwrap("1.2.3.4")),
            &imprint,
            &asn1::unsigned(&[7]),
            &asn1::element(tag::GENERALIZED_TIME, &[time.as_bytes()]),
        ],
    );
    let certificate = &authority.certificate;
    let attribute = |oid, value: &[u8]| {
        let values = asn1::element(tag::SET, &[value]);
        asn1::element(tag::SEQUENCE, &[&asn1::oid(oid), &values])
    };
    let id = asn1::element(tag::SEQUENCE, &[&octets(certificate.sha256())]);
    let named = asn1::element(tag::SEQUENCE, &[&asn1::element(tag::SEQUENCE, &[&id])]);
    let attributes = asn1::set_of(vec![
        attribute(oid::CONTENT_TYPE, &asn1::oid(oid::TST_INFO)),
        attribute(oid::MESSAGE_DIGEST, &octets(&sha256(&info))),
        attribute(oid::SIGNING_CERTIFICATE_V2, &named),
    ]);
    let signature = octets(&authority.key.sign(&attributes));
    let mut inside = attributes;
    inside[0] = tag::CONTEXT_0;
    let serial = asn1::element(tag::INTEGER, &[certificate.serial()]);
    let sid = asn1::element(tag::SEQUENCE, &[certificate.issuer().der(), &serial]);
    let version = asn1::unsigned(&[1]);
    let signing = algorithm(oid::ECDSA_SHA256);
    let digest = algorithm(oid::SHA256);
    let signer = asn1::element(
        tag::SEQUENCE,
        &[&version, &sid, &digest, &inside, &signing, &signature],
    );
    let content = asn1::element(tag::CONTEXT_0, &[&octets(&info)]);
    let encapsulated = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::TST_INFO), &content]);
    let data = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&[3]),
            &asn1::element(tag::SET, &[&digest]),
            &encapsulated,
            &asn1::element(tag::CONTEXT_0, &[certificate.der()]),
            &asn1::element(tag::SET, &[&signer]),
        ],
    );
    let explicit = asn1::element(tag::CONTEXT_0, &[&data]);
    asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::SIGNED_DATA), &explicit])
}

/// An authority for time stamps under the same root, or what is none.
fn authority(purposes: &[oid::ObjectIdentifier], from: &World) -> (Identity, Options) {
    let root = Identity::self_signed(TestKey::p256(5), &Profile::authority("Stamps"));
    let profile = Profile {
        serial: vec![0x55],
        ..Profile::unit()
    };
    let own = root.issue(TestKey::p256(6), &profile.with_usages(true, purposes));
    let options = from.options.clone().anchors(root.pem().as_bytes()).unwrap();
    (own, options)
}

const PAGE: &str =
    "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>";

#[test]
fn each_kind_of_signature_holds_with_each_kind_of_key() {
    for key in TestKey::all() {
        let world = world(key);
        for kind in ["adbe.pkcs7.detached", "ETSI.CAdES.detached"] {
            let bytes = world.signed(&Signing {
                kind,
                ..Signing::default()
            });
            let verdict = world.judge(&bytes);
            assert!(verdict.valid, "{kind} {:?}", verdict.findings);
            assert_eq!(verdict.outcome, Outcome::Good);
            let own = &verdict.details.signatures[0];
            assert!(own.valid && own.is_whole && own.changes.is_empty());
            assert_eq!(own.kind, kind);
            assert_eq!(own.field, "S10");
            let signer = &verdict.signers[own.signer.unwrap()];
            assert_eq!(signer.certificate, Some(world.unit.certificate.clone()));
        }
    }
    let world = world(TestKey::sm2(1));
    let how = |kind| Signing {
        kind,
        ..Signing::default()
    };
    let cms = signed(&document(), &how("GM.sm2cms.detached"), |covered| {
        sm2_cms(&world.unit, &sm3(covered))
    });
    assert_eq!(world.against(&cms), [] as [&str; 0]);
    let seal = signed(&document(), &how("GM.sm2seal"), |covered| {
        world.unit.sealed(&world.maker, covered)
    });
    let verdict = world.judge(&seal);
    assert!(verdict.valid, "{:?}", verdict.findings);
    assert!(verdict.details.signatures[0].seal.is_some());
}

/// What `/Contents` of the only signature holds, and what it covers, by the words in the file alone.
fn cut(file: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let after = |mark: &[u8]| {
        let at = file.windows(mark.len()).position(|bytes| bytes == mark);
        at.unwrap() + mark.len()
    };
    let range = &file[after(b"/ByteRange")..];
    let end = range.iter().position(|byte| *byte == b']').unwrap();
    let range = String::from_utf8_lossy(&range[..end]).replace('[', " ");
    let [_, first, second, size] = <[usize; 4]>::try_from(
        range
            .split_whitespace()
            .map(|number| number.parse().unwrap())
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let digits = String::from_utf8_lossy(&file[first + 1..second - 1]);
    let covered = [&file[..first], &file[second..second + size]].concat();
    (yinxin_testing::data::unhex(&digits), covered)
}

/// The members of what a SignerInfo is signed by: its attributes as a SET, or nothing; and its signature.
fn signer_of(cms: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut rest = asn1::Reader::new(cms).read().unwrap().children();
    rest.read().unwrap();
    let mut data = rest.read().unwrap().children().read().unwrap().children();
    let mut last = data.read().unwrap();
    while !data.is_empty() {
        last = data.read().unwrap();
    }
    let mut fields = last.children().read().unwrap().children();
    let (mut attributes, mut signature) = (Vec::new(), Vec::new());
    while !fields.is_empty() {
        let field = fields.read().unwrap();
        match field.tag {
            tag::CONTEXT_0 => attributes = asn1::element(tag::SET, &[field.value]),
            tag::OCTET_STRING => signature = field.value.to_vec(),
            _ => {}
        }
    }
    (attributes, signature)
}

#[test]
fn openssl_judges_what_sm2_signs_in_every_kind_of_signature_the_same() {
    let Some(openssl) = OpenSsl::new("pdf-sm2") else {
        return;
    };
    let world = world(TestKey::sm2(1));
    let unit = world.unit.certificate.der();
    for kind in [
        "ETSI.CAdES.detached",
        "adbe.pkcs7.detached",
        "GM.sm2cms.detached",
        "GM.sm2seal",
    ] {
        let how = Signing {
            kind,
            ..Signing::default()
        };
        let good = signed(&document(), &how, |covered| match kind {
            "GM.sm2cms.detached" => sm2_cms(&world.unit, &sm3(covered)),
            "GM.sm2seal" => world.unit.sealed(&world.maker, covered),
            _ => world.unit.cms(covered),
        });
        let mut changed = good.clone();
        let at = good
            .windows(4)
            .position(|bytes| bytes == b"/Tj\n" || bytes == b") Tj");
        changed[at.unwrap()] ^= 1;
        for (file, is_good) in [(&good, true), (&changed, false)] {
            let (value, covered) = cut(file);
            let digest = openssl.sm3(&covered);
            // What is signed holds the digest of what is covered, and the signature is over that.
            let (signed, signature) = if kind == "GM.sm2seal" {
                let sealed = yinxin_verify::SealSignature::parse(&value).unwrap();
                (sealed.signed().to_vec(), sealed.signature().to_vec())
            } else {
                let (attributes, signature) = signer_of(&value);
                let content = match attributes.is_empty() {
                    // It is the digest, and stands inside.
                    true => sm3(&cut(&good).1).to_vec(),
                    false => attributes,
                };
                (content, signature)
            };
            let holds = openssl.is_sm2_signed(unit, &signed, &signature);
            assert!(holds, "{kind}");
            let has_digest = signed.windows(32).any(|bytes| bytes == digest);
            assert_eq!(has_digest, is_good, "{kind}");
            assert_eq!(world.judge(file).valid, is_good, "{kind}");
        }
    }
}

#[test]
fn what_is_signed_instead_of_the_content_does_not_pass() {
    let world = world(TestKey::sm2(1));
    let how = |kind| Signing {
        kind,
        ..Signing::default()
    };
    let other = signed(&document(), &how("GM.sm2cms.detached"), |_| {
        sm2_cms(&world.unit, &sm3(b"other"))
    });
    assert_eq!(world.against(&other), ["content-changed"]);
    let other = signed(&document(), &how("GM.sm2seal"), |_| {
        world.unit.sealed(&world.maker, b"other")
    });
    assert_eq!(world.against(&other), ["content-changed"]);
    let other = signed(&document(), &how("ETSI.CAdES.detached"), |_| {
        world.unit.cms(b"other")
    });
    assert_eq!(world.against(&other), ["content-changed"]);
    let weak = world.signed(&how("adbe.pkcs7.sha1"));
    assert_eq!(world.against(&weak), ["algorithm-not-supported"]);
    let unknown = world.signed(&how("adbe.x509.rsa_sha1"));
    assert_eq!(world.against(&unknown), ["algorithm-not-supported"]);
    let stranger = signed(&document(), &how("ETSI.CAdES.detached"), |covered| {
        world.stranger.cms(covered)
    });
    assert!(!world.judge(&stranger).valid);
    assert_eq!(world.against(&document()), ["pdf-not-signed"]);
    let several = signed(&document(), &how("ETSI.CAdES.detached"), |covered| {
        let info = world.unit.signer_info(covered);
        signed_data(&[world.unit.certificate.der()], &[info.clone(), info], None)
    });
    assert_eq!(world.against(&several), ["pdf-signature-malformed"]);
}

/// Each byte of a small file, once.
#[test]
fn every_byte_that_is_covered_counts_and_every_other_one_is_told() {
    let (_, issuing, unit) = chain(TestKey::p256(1));
    let options = Options::at(NOW).anchors(issuing.pem().as_bytes()).unwrap();
    let world = World {
        unit,
        options,
        ..world(TestKey::p256(1))
    };
    let bytes = world.signed(&Signing::default());
    let whole = world.judge(&bytes);
    assert!(whole.valid);
    let [before, behind] = whole.details.signatures[0].ranges.clone();
    let is_covered = |at: u64| before.contains(&at) || behind.contains(&at);
    let (mut unread, mut unsigned) = (0, Vec::new());
    for index in 0..bytes.len() {
        let at = index as u64;
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        match verify_pdf(&changed[..], &world.options) {
            Err(_) => unread += 1,
            Ok(verdict) if !verdict.valid => {}
            // A CMS has octets of its own that no signature covers, and on which nothing hangs.
            Ok(_) => {
                assert!(
                    !is_covered(at),
                    "byte {index}: {:?}",
                    changed[index] as char
                );
                unsigned.push((at - before.end - 1) / 2);
            }
        }
    }
    unsigned.dedup();
    // The digestAlgorithms and two version numbers of SignedData, and how the signer's name is written.
    assert!(unsigned.len() <= 20, "{unsigned:?}");
    assert!(unread < bytes.len() / 4, "{unread}");
}

#[test]
fn a_second_signature_leaves_the_first_valid() {
    for key in TestKey::all() {
        let world = world(key);
        let first = world.signed(&Signing {
            rectangle: "10 10 60 60",
            ..Signing::default()
        });
        let how = Signing {
            number: 20,
            fields: &[11],
            rectangle: "100 10 160 60",
            ..Signing::default()
        };
        let second = world.signed_after(&first, &how);
        let verdict = world.judge(&second);
        assert!(verdict.valid, "{:?}", verdict.findings);
        assert_eq!(told(&verdict), ["pdf-stamp-added"]);
        let [first, second] = &verdict.details.signatures[..] else {
            panic!("two signatures");
        };
        assert!(!first.is_whole && second.is_whole);
        assert_eq!(first.changes[0].path, "fields/S20");
        assert_eq!(first.changes[0].page, Some(0));
        assert_eq!(first.changes[0].severity, Severity::Warning);
        assert_eq!(first.stamps[0].page, Some(0));
    }
}

#[test]
fn where_a_later_stamp_stands_is_told_in_millimetres() {
    let world = world(TestKey::sm2(1));
    let first = world.signed_after(&two_pages("/Rotate 90", &[]), &Signing::default());
    let how = |rectangle| Signing {
        number: 20,
        fields: &[11],
        rectangle,
        ..Signing::default()
    };
    let place = |rectangle| {
        let verdict = world.judge(&world.signed_after(&first, &how(rectangle)));
        assert!(verdict.valid, "{:?}", verdict.findings);
        let found = verdict.details.signatures[0].changes.last().unwrap();
        (found.severity, found.page, found.error.clone())
    };
    let (severity, page, error) = place("72 72 216 360");
    assert_eq!((severity, page), (Severity::Warning, Some(0)));
    let expected = Error::PdfStampAdded {
        field: "S20".into(),
        page: 1,
        left: 25,
        top: 170,
        width: 51,
        height: 102,
    };
    assert_eq!(error, expected);
    let said = error.text(Locale::ZhCn).message;
    let words = "第 1 页，距左边 25 毫米，距上边 170 毫米，宽 51 毫米，高 102 毫米";
    assert!(said.contains(words), "{said}");
    // What does not show covers nothing.
    let (severity, _, error) = place("0 0 0 0");
    assert_eq!((severity, error.code()), (Severity::Note, "pdf-added"));
}

#[test]
fn an_annotation_that_says_something_else_is_told_by_its_page() {
    let world = world(TestKey::sm2(1));
    const TEXT: &str = "<</Type/Annot/Subtype/FreeText/Rect[70 690 400 730]/Contents(100)>>";
    let first = world.signed_after(
        &two_pages("/Annots[7 0 R]", &[(7, TEXT)]),
        &Signing::default(),
    );
    let other = updated(&first, |writer| {
        writer.object(7, &TEXT.replace("100", "900"));
    });
    let verdict = world.judge(&other);
    let [change] = &verdict.details.signatures[0].changes[..] else {
        panic!("one change");
    };
    let part = "pages[1]/Annots[0]".to_owned();
    assert_eq!((&change.path, change.page), (&part, Some(1)));
    assert_eq!(change.error, Error::PdfAnnotated { part });
    let said = change.error.text(Locale::ZhCn).message;
    assert!(said.contains("（第 2 页）"), "{said}");
}

/// Signature annotations with a picture of the attacker's.
#[test]
fn a_later_stamp_that_nobody_vouches_for_is_a_change() {
    let world = world(TestKey::sm2(1));
    let first = world.signed(&Signing::default());
    let how = Signing {
        number: 20,
        fields: &[11],
        rectangle: "50 600 400 800",
        ..Signing::default()
    };
    let forged = signed(&first, &how, |covered| world.stranger.cms(covered));
    let verdict = world.judge(&forged);
    assert!(!verdict.details.signatures[0].valid);
    assert!(fatal(&verdict.findings).contains(&"pdf-stamp-unproven"));
    // The same without a picture does not touch the first.
    let how = Signing {
        rectangle: "0 0 0 0",
        ..how
    };
    let hidden = signed(&first, &how, |covered| world.stranger.cms(covered));
    assert!(world.judge(&hidden).details.signatures[0].valid);

    // An empty field that shows something.
    let empty = updated(&first, |writer| {
        writer
            .object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R 40 0 R]/SigFlags 3>>>>")
            .object(3, &format!("<<{PAGE}/Annots[11 0 R 40 0 R]>>"))
            .object(40, "<</Type/Annot/Subtype/Widget/FT/Sig/T(X)/P 3 0 R/Rect[50 600 400 800]/AP<</N 41 0 R>>>>")
            .stream(41, "/Subtype/Form/BBox[0 0 1 1]", b"");
    });
    assert_eq!(world.against(&empty), ["pdf-changed"]);
}

/// Incremental saving attacks: whatever is appended without being signed.
#[test]
fn whatever_is_appended_is_looked_at() {
    let world = world(TestKey::sm2(1));
    let first = world.signed(&Signing::default());
    let content = |writer: &mut Writer| {
        writer.stream(4, "", b"BT /F1 24 Tf 72 700 Td (Total: 900) Tj ET");
    };
    // As an update should be.
    let proper = updated(&first, content);
    assert_eq!(world.against(&proper), ["pdf-changed"]);
    let verdict = world.judge(&proper);
    assert_eq!(
        verdict.details.signatures[0].changes[0].path,
        "pages[0]/Contents"
    );
    assert_eq!(verdict.details.signatures[0].changes[0].page, Some(0));
    // Without a cross-reference section, or with no trailer, or no end.
    let mut bare = Writer::after(&first);
    content(&mut bare);
    assert_eq!(world.against(&bare.finish()), ["pdf-bytes-unlisted"]);
    let whole = updated(&first, content);
    let cut = whole
        .windows(7)
        .rposition(|window| window == b"trailer")
        .unwrap();
    assert_eq!(world.against(&whole[..cut]), ["pdf-bytes-unlisted"]);
    // With a copy of the signature, so that the last one in the file is a good one.
    let text = String::from_utf8_lossy(&first).into_owned();
    let start = text.rfind("10 0 obj").unwrap();
    let body = &text[start + 9..start + text[start..].find("endobj").unwrap()];
    let copied = updated(&first, |writer| {
        content(writer);
        writer.object(10, body);
    });
    assert!(world.against(&copied).contains(&"pdf-signature-malformed"));
    assert!(!world.judge(&copied).valid);
}

/// Whoever sees an older revision of a document that was cut off must not hear that it was never signed.
#[test]
fn a_signed_document_whose_end_is_lost_is_damaged_and_not_unsigned() {
    let world = world(TestKey::sm2(1));
    let before = document();
    let whole = world.signed_after(&before, &Signing::default());
    let found = |what: &[u8]| {
        let mut places = whole[before.len()..].windows(what.len());
        before.len() + places.position(|window| window == what).unwrap()
    };
    let begun = found(b" 0 obj") + b" 0 obj".len();
    let startxref = found(b"startxref");
    for end in (begun..startxref).step_by(97).chain([begun, startxref]) {
        assert_eq!(world.against(&whole[..end]), ["pdf-unreadable"], "{end}");
    }
    // What belongs to nothing is no part that is missing.
    let beside = [&before[..], b"<!-- served in 3 ms -->\n"].concat();
    assert_eq!(world.against(&beside), ["pdf-not-signed"]);
}

/// Universal forgery: nothing to judge by.
#[test]
fn a_signature_without_what_it_takes_is_none() {
    let world = world(TestKey::sm2(1));
    let first = world.signed(&Signing::default());
    let text = first.clone();
    let replaced = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = text
            .windows(from.len())
            .position(|window| window == from.as_bytes())
            .unwrap();
        let mut bytes = text.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    for bytes in [
        replaced("/ByteRange", "/ByteRang3"),
        replaced("/Contents<", "/Content5<"),
        replaced("/ByteRange[0", "/ByteRange[1"),
        replaced("/ByteRange[0 0", "/ByteRange[0 9"),
        replaced("/ByteRange[0 0", "/ByteRange[0 -"),
        replaced(
            "/SubFilter/ETSI.CAdES.detached",
            "/SubFilter/ETSI.CAdES.detache-",
        ),
    ] {
        assert!(!world.judge(&bytes).valid);
    }
    for contents in ["<>", "null", "<00>", "(x)", "<3000>", "99 0 R"] {
        let mut writer = Writer::after(&document());
        let dictionary = format!(
            "<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 0 0 0]/Contents {contents}>>"
        );
        writer
            .object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R]/SigFlags 3>>>>",
            )
            .object(10, &dictionary)
            .object(11, "<</FT/Sig/T(S)/V 10 0 R/Subtype/Widget/Rect[0 0 0 0]>>")
            .table("/Root 1 0 R");
        assert_eq!(
            world.against(&writer.finish()),
            ["pdf-signature-malformed"],
            "{contents}"
        );
    }
}

/// Signature wrapping: the second range moved, and something put into the gap.
#[test]
fn the_gap_is_the_contents_and_nothing_else() {
    let world = world(TestKey::sm2(1));
    let first = world.signed(&Signing::default());
    let ranges = world.judge(&first).details.signatures[0].ranges.clone();
    let [before, behind] = ranges.map(|range| range.start as usize..range.end as usize);
    let number = |value: usize| format!("{value:010}");
    let at = first
        .windows(11)
        .position(|window| window == b"/ByteRange[")
        .unwrap();
    // What is covered stays as it is but for the numbers, of which a reader may have another copy; so their bytes are
    // kept too, and the forged ones stand in a dictionary of the gap.
    let payload = b">/X(4 0 obj<</Length 0>>stream endstream endobj)/Y<";
    let mut wrapped = first[..behind.start - 1].to_vec();
    wrapped.extend(payload);
    wrapped.extend(&first[behind.start - 1..]);
    let mut text = String::new();
    write!(
        text,
        "[0 {} {} {}]",
        number(before.end),
        number(behind.start + payload.len()),
        number(behind.len())
    )
    .unwrap();
    wrapped[at + 10..at + 10 + text.len()].copy_from_slice(text.as_bytes());
    let found = world.against(&wrapped);
    assert!(!found.is_empty(), "{found:?}");
    // A blank within, and digits that no reader takes.
    let last = behind.start - 2;
    for (at, byte) in [(last, b' '), (last - 1, b'g')] {
        let mut bytes = first.clone();
        bytes[at] = byte;
        assert!(!world.against(&bytes).is_empty());
    }
    // Something behind the signature.
    let mut bytes = first.clone();
    bytes[last] = b'1';
    assert_eq!(world.against(&bytes), ["pdf-signature-malformed"]);
}

/// Shadow attacks: hide, replace, hide and replace.
#[test]
fn what_was_prepared_before_signing_does_not_come_forth_after_it() {
    let world = world(TestKey::sm2(1));
    // A picture over the text, taken away later.
    let overlay = updated(&document(), |writer| {
        writer
            .object(50, "[4 0 R 51 0 R]")
            .stream(51, "", b"0 0 595 842 re f");
    });
    let first = world.signed_after(&overlay, &Signing::default());
    let hide = updated(&first, |writer| {
        writer.free(51).free(4);
    });
    assert_eq!(world.against(&hide), ["pdf-changed"]);
    // A font that shows other glyphs.
    let replace = updated(&world.signed(&Signing::default()), |writer| {
        writer.object(
            5,
            "<</Type/Font/Subtype/Type3/FontMatrix[1 0 0 1 0 0]/CharProcs<<>>/Encoding<<>>>>",
        );
    });
    assert_eq!(world.against(&replace), ["pdf-changed"]);
    // Another document, of which all lies in the signed one: the update only names it.
    let prepared = updated(&document(), |writer| {
        writer
            .object(60, "<</Type/Catalog/Pages 61 0 R>>")
            .object(61, "<</Type/Pages/Kids[62 0 R]/Count 1>>")
            .object(
                62,
                "<</Type/Page/Parent 61 0 R/MediaBox[0 0 595 842]/Contents 63 0 R>>",
            )
            .stream(63, "", b"BT (Total: 900) Tj ET");
    });
    let first = world.signed_after(&prepared, &Signing::default());
    // It is told before anything happens.
    let verdict = world.judge(&first);
    assert!(verdict.valid);
    assert_eq!(told(&verdict), ["pdf-page-hidden"]);
    let mut writer = Writer::after(&first);
    let root = writer.table("/Root 60 0 R").finish();
    assert!(!world.judge(&root).valid);
    let tree = updated(&first, |writer| {
        writer.object(2, "<</Type/Pages/Kids[62 0 R]/Count 1>>");
    });
    assert!(world.against(&tree).contains(&"pdf-changed"));
    // Only a place in the table is another: the old bytes of an object, moved to its number.
    let old = first
        .windows(8)
        .position(|window| window == b"63 0 obj")
        .unwrap();
    let moved = updated(&first, |writer| {
        writer.listed(4, old as u64);
    });
    assert!(!world.judge(&moved).valid);
}

/// Evil annotations, and what the certifier allows.
#[test]
fn what_is_allowed_is_by_who_certified_the_document() {
    let world = world(TestKey::sm2(1));
    let form = "<</Type/Annot/Subtype/Widget/FT/Tx/T(price)/Rect[0 0 100 20]/P 3 0 R";
    let with_form = updated(&document(), |writer| {
        writer
            .object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[70 0 R]>>>>",
            )
            .object(70, &format!("{form}/V(1)>>"));
    });
    let certified = |permission: &str, more: &str| {
        let method = if permission.is_empty() {
            String::new()
        } else {
            format!(
                "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P {permission}/V/1.2>>>>{more}]"
            )
        };
        let perms = if permission.is_empty() {
            ""
        } else {
            "/Perms<</DocMDP 10 0 R>>"
        };
        world.signed_after(
            &with_form,
            &Signing {
                more: &method,
                fields: &[70],
                catalog: perms,
                ..Signing::default()
            },
        )
    };
    let lock = "<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(price)]/V/1.2>>>>";
    let fill = |writer: &mut Writer| {
        writer.object(70, &format!("{form}/V(2)>>"));
    };
    let annotate = |writer: &mut Writer| {
        writer
            .object(3, &format!("<<{PAGE}/Annots[70 0 R 11 0 R 80 0 R]>>"))
            .object(
                80,
                "<</Type/Annot/Subtype/FreeText/Rect[70 690 400 730]/Contents(900)>>",
            );
    };
    let validation = |writer: &mut Writer| {
        writer.object(85, "<<>>");
    };
    let mut all = Vec::new();
    for (permission, more) in [
        ("", ""),
        ("1", ""),
        ("2", ""),
        ("3", ""),
        ("9", ""),
        ("2", lock),
    ] {
        let base = certified(permission, more);
        assert_eq!(world.against(&base), [] as [&str; 0], "{permission}");
        let results: Vec<String> = [
            updated(&base, fill),
            updated(&base, annotate),
            updated(&base, validation),
        ]
        .iter()
        .map(|bytes| {
            let verdict = world.judge(bytes);
            let codes = told(&verdict).join(" ");
            format!("{} {codes}", if verdict.valid { "valid" } else { "not" })
        })
        .collect();
        all.push((permission, results));
    }
    let expected = [
        ("", ["not pdf-form-changed", "not pdf-annotated", "valid "]),
        ("1", ["not pdf-form-changed", "not pdf-annotated", "valid "]),
        (
            "2",
            ["valid pdf-form-filled", "not pdf-annotated", "valid "],
        ),
        (
            "3",
            ["valid pdf-form-filled", "valid pdf-annotated", "valid "],
        ),
        ("9", ["not pdf-form-changed", "not pdf-annotated", "valid "]),
        ("2", ["not pdf-form-changed", "not pdf-annotated", "valid "]),
    ];
    for ((permission, results), (_, expected)) in all.iter().zip(expected) {
        assert_eq!(results, &expected, "{permission}");
    }
    // A second signature is one change too many where nothing may be changed.
    let how = Signing {
        number: 20,
        fields: &[70, 11],
        catalog: "/Perms<</DocMDP 10 0 R>>",
        ..Signing::default()
    };
    for (permission, expected) in [("1", &["pdf-closed"][..]), ("2", &[])] {
        let second = world.signed_after(&certified(permission, ""), &how);
        assert_eq!(world.against(&second), expected, "{permission}");
    }
    // Taking the permission away is a change as well.
    let how = Signing { catalog: "", ..how };
    let second = world.signed_after(&certified("2", ""), &how);
    assert_eq!(world.against(&second), ["pdf-changed"]);
}

/// Somebody else allows what the signer did not.
#[test]
fn only_the_first_signature_allows_changes_and_only_if_it_holds() {
    let world = world(TestKey::sm2(1));
    let allows = "/Reference[<</TransformMethod/DocMDP/TransformParams<</P 3>>>>]";
    let annotate = |bytes: &[u8]| {
        updated(bytes, |writer| {
            writer
                .object(3, &format!("<<{PAGE}/Annots[11 0 R 21 0 R 80 0 R]>>"))
                .object(80, "<</Type/Annot/Subtype/FreeText/Rect[70 690 400 730]>>");
        })
    };
    let first = world.signed(&Signing::default());
    let how = Signing {
        number: 20,
        fields: &[11],
        more: allows,
        ..Signing::default()
    };
    for second in [
        signed(&first, &how, |covered| world.stranger.cms(covered)),
        world.signed_after(&first, &how),
    ] {
        let verdict = world.judge(&annotate(&second));
        assert!(!verdict.details.signatures[0].valid);
        assert!(fatal(&verdict.findings).contains(&"pdf-annotated"));
        assert!(fatal(&verdict.findings).contains(&"pdf-signature-malformed"));
    }
    // Nor does a stranger who comes first.
    let how = Signing {
        more: allows,
        ..Signing::default()
    };
    let first = signed(&document(), &how, |covered| world.stranger.cms(covered));
    let second = world.signed_after(
        &first,
        &Signing {
            number: 20,
            fields: &[11],
            ..Signing::default()
        },
    );
    let verdict = world.judge(&annotate(&second));
    assert!(world.judge(&second).details.signatures[1].valid);
    assert!(!verdict.details.signatures[1].valid);
}

/// Overloading: a number twice, and readers that differ in which they take.
#[test]
fn a_number_that_is_there_twice_is_told() {
    let world = world(TestKey::sm2(1));
    let first = world.signed(&Signing::default());
    let twice = updated(&first, |writer| {
        writer.object(90, "(a)").object(90, "(b)");
    });
    assert_eq!(world.against(&twice), ["pdf-bytes-unlisted"]);
    // A key twice: in what was there, and in what is new.
    let catalog =
        "<</Type/Catalog/Pages 2 0 R/AcroForm 93 0 R/AcroForm<</Fields[11 0 R]/SigFlags 3>>>>";
    let keys = updated(&first, |writer| {
        writer.object(1, catalog).object(93, "<</Fields[]>>");
    });
    assert_eq!(world.against(&keys), ["pdf-changed"]);
    let keys = updated(&first, |writer| {
        writer.object(94, "[<</A 1/A 2>>]");
    });
    assert_eq!(world.against(&keys), ["pdf-changed"]);
    // Before anybody signed, it is told.
    let prepared = updated(&document(), |writer| {
        writer.object(
            5,
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/BaseFont/Courier>>",
        );
    });
    let verdict = world.judge(&world.signed_after(&prepared, &Signing::default()));
    assert!(verdict.valid);
    assert_eq!(told(&verdict), ["pdf-object-ambiguous"]);
    // A table and the stream beside it, of which old readers see one.
    let mut hybrid = Writer::after(&first);
    hybrid.object_stream(91, &[(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")]);
    let beside = hybrid.beside(92);
    hybrid.table(&format!("/Root 1 0 R/XRefStm {beside}"));
    assert_eq!(world.against(&hybrid.finish()), ["pdf-changed"]);
}

#[test]
fn hostile_files_end_in_a_code() {
    let world = world(TestKey::sm2(1));
    let first = world.signed(&Signing::default());
    // A million objects, each somewhere.
    let mut table = String::from("xref\n0 1000000\n");
    for _ in 0..1_000_000 {
        table += "0000000015 00000 n \n";
    }
    let mut million = document();
    let at = million.len();
    write!(
        table,
        "trailer\n<</Root 1 0 R/Size 1000000>>\nstartxref\n{at}\n%%EOF\n"
    )
    .unwrap();
    million.extend(table.as_bytes());
    assert!(!world.against(&million).is_empty());
    // Two million.
    let two = String::from_utf8_lossy(&million).replace("0 1000000\n", "0 2000000\n");
    assert!(!world.against(two.as_bytes()).is_empty());
    // Objects that never end, named by each entry.
    let deep = updated(&first, |writer| {
        let at = writer.position();
        writer.raw(&b"[".repeat(1 << 20));
        for number in 100..5000 {
            writer.listed(number, at);
        }
    });
    assert!(!world.against(&deep).is_empty());
    let long = updated(&first, |writer| {
        writer.object(100, "(");
        let at = writer.position();
        writer
            .raw(b"100 0 obj [")
            .raw(&b"1 ".repeat(200_000))
            .raw(b"] endobj ");
        for number in 100..3000 {
            writer.listed(number, at);
        }
    });
    assert!(!world.against(&long).is_empty());
    // Numbers, and names of nothing.
    for number in ["99999999999999999999", "-1", "4294967296", "1e9"] {
        let text = format!(
            "xref\n0 {number}\ntrailer\n<</Root 1 0 R>>\nstartxref\n{}\n%%EOF\n",
            first.len()
        );
        let bytes = [&first[..], text.as_bytes()].concat();
        assert!(!world.against(&bytes).is_empty(), "{number}");
        let text = format!(
            "xref\n0 0\ntrailer\n<</Root 1 0 R/Prev {number}>>\nstartxref\n{}\n%%EOF\n",
            first.len()
        );
        let bytes = [&first[..], text.as_bytes()].concat();
        assert!(!world.against(&bytes).is_empty(), "{number}");
    }
    // Many updates.
    let mut many = Writer::after(&first);
    for _ in 0..2000 {
        many.table("/Root 1 0 R");
    }
    assert!(!world.against(&many.finish()).is_empty());
    // Many signatures that all cover everything.
    let mut fields = String::new();
    let mut many = Writer::after(&document());
    for number in 100..400 {
        many.object(
            number,
            "<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 10 20 800]/Contents<00>>>",
        );
        many.object(
            number + 400,
            &format!("<</FT/Sig/T(S{number})/V {number} 0 R>>"),
        );
        write!(fields, "{} 0 R ", number + 400).unwrap();
    }
    many.object(
        1,
        &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>"),
    )
    .table("/Root 1 0 R");
    assert!(!world.against(&many.finish()).is_empty());
}

#[test]
fn a_signed_file_in_any_form_is_judged_alike() {
    let world = world(TestKey::sm2(1));
    let stream = plain().table_stream(9, "/Root 1 0 R").finish();
    let bytes = world.signed_after(&stream, &Signing::default());
    assert!(
        world.judge(&bytes).valid,
        "{:?}",
        world.judge(&bytes).findings
    );
    let later = {
        let mut writer = Writer::after(&bytes);
        writer.stream(4, "", b"BT ET");
        writer.table_stream(95, "/Root 1 0 R").finish()
    };
    assert_eq!(world.against(&later), ["pdf-changed"]);
    let metadata = {
        let mut writer = Writer::after(&bytes);
        writer
            .object_stream(96, &[(97, "<</Title(x)>>")])
            .table_stream(95, "/Root 1 0 R/Info 97 0 R");
        writer.finish()
    };
    let verdict = world.judge(&metadata);
    assert!(verdict.valid, "{:?}", verdict.findings);
    assert_eq!(told(&verdict), ["pdf-added"]);
}

const STAMPED: &str = "20261101120000Z";

#[test]
fn a_time_is_stamped_only_by_an_authority_that_is_trusted_for_it() {
    let world = world(TestKey::sm2(1));
    let stamping = [oid::TIME_STAMPING];
    let (own, with_root) = authority(&stamping, &world);
    let (both, with_both) = authority(&[oid::TIME_STAMPING, oid::CLIENT_AUTH], &world);
    let how = Signing {
        kind: "ETSI.RFC3161",
        ..Signing::default()
    };
    let stamped = |by: &Identity, time: &'static str| {
        signed(&document(), &how, |covered| stamp(by, covered, time))
    };
    let judge = |bytes: &[u8], options: &Options| verify_pdf(bytes, options).unwrap();

    let good = judge(&stamped(&own, STAMPED), &with_root);
    assert!(good.valid, "{:?}", good.findings);
    let time = good.details.signatures[0].stamped_time.unwrap();
    assert_eq!(time.to_string(), "2026-11-01T12:00:00Z");
    assert!(told(&good).contains(&"time-stamped"));

    for (bytes, options) in [
        // Under no root that is known.
        (stamped(&own, STAMPED), &world.options),
        // By a certificate for other things too; by a signer's.
        (stamped(&both, STAMPED), &with_both),
        // Before its certificate began, and after now.
        (stamped(&own, "20200101000000Z"), &with_root),
        (stamped(&own, "20300101000000Z"), &with_root),
        // Of something else.
        (
            signed(&document(), &how, |_| stamp(&own, b"other", STAMPED)),
            &with_root,
        ),
    ] {
        let verdict = judge(&bytes, options);
        assert!(!verdict.valid);
        assert_eq!(verdict.details.signatures[0].stamped_time, None);
    }
    // Each octet of the time stamp that is signed.
    let whole = stamped(&own, STAMPED);
    let at = whole
        .windows(4)
        .position(|window| window == b"3230")
        .unwrap();
    let mut later = whole.clone();
    later[at + 7] = b'7';
    assert!(!judge(&later, &with_root).valid);

    // Over a document that was signed before, it is a change that a closed one bears.
    let perms = "/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]";
    let closed = world.signed(&Signing {
        more: perms,
        catalog: "/Perms<</DocMDP 10 0 R>>",
        ..Signing::default()
    });
    let after = Signing {
        number: 20,
        fields: &[11],
        catalog: "/Perms<</DocMDP 10 0 R>>",
        ..how
    };
    let both = signed(&closed, &after, |covered| stamp(&own, covered, STAMPED));
    let verdict = judge(&both, &with_root);
    assert!(verdict.valid, "{:?}", verdict.findings);
}

#[test]
fn a_time_stamp_beside_a_signature_is_told_and_no_part_of_whether_that_holds() {
    let world = world(TestKey::sm2(1));
    let (own, with_root) = authority(&[oid::TIME_STAMPING], &world);
    let with = |covered: &[u8], over: Option<&[u8]>| {
        // The SignerInfo is the last element; so its unsigned attributes go to the end of everything.
        let info = world.unit.signer_info(covered);
        let signer = asn1::single(&info, tag::SEQUENCE, "").unwrap();
        let mut fields = signer.children();
        let mut last = fields.read().unwrap();
        while let Ok(next) = fields.read() {
            last = next;
        }
        let token = stamp(&own, over.unwrap_or(last.value), STAMPED);
        let values = asn1::element(tag::SET, &[&token]);
        let attribute = asn1::element(
            tag::SEQUENCE,
            &[&asn1::oid(oid::SIGNATURE_TIME_STAMP), &values],
        );
        let unsigned = asn1::element(tag::CONTEXT_1, &[&attribute]);
        let info = asn1::element(tag::SEQUENCE, &[signer.value, &unsigned]);
        signed_data(&[world.unit.certificate.der()], &[info], None)
    };
    let good = signed(&document(), &Signing::default(), |covered| {
        with(covered, None)
    });
    let verdict = verify_pdf(&good[..], &with_root).unwrap();
    assert!(verdict.valid, "{:?}", verdict.findings);
    assert!(verdict.details.signatures[0].stamped_time.is_some());
    let other = signed(&document(), &Signing::default(), |covered| {
        with(covered, Some(b"other"))
    });
    let verdict = verify_pdf(&other[..], &with_root).unwrap();
    assert!(verdict.valid);
    assert!(told(&verdict).contains(&"time-stamp-invalid"));
    assert_eq!(verdict.details.signatures[0].stamped_time, None);
}

/// OpenSSL signs, with the attributes of CAdES, and with digests that the product does not sign with.
#[test]
fn what_openssl_signed_holds() {
    let Some(files) = OpenSsl::new("pdf-cades") else {
        return;
    };
    let at = |name: &str| files.write(name, b"");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = UnixTime(i64::try_from(now.as_secs()).unwrap());
    // Certificates begin when they are made.
    let options = Options::at(now.plus(DAY)).trust_unchecked();
    for (name, key, digest) in [
        (
            "p256",
            &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..],
            "sha256",
        ),
        (
            "p384",
            &["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "sha384",
        ),
        (
            "p256-512",
            &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "sha512",
        ),
        ("rsa", &["rsa:2048"], "sha256"),
        ("rsa-384", &["rsa:2048"], "sha384"),
        ("rsa-512", &["rsa:2048"], "sha512"),
    ] {
        let (secret, certificate) = (at("key.pem"), at("certificate.pem"));
        let make = [
            &["req", "-x509", "-nodes", "-newkey"][..],
            key,
            &[
                "-keyout",
                &secret,
                "-out",
                &certificate,
                "-subj",
                "/CN=Test",
                "-days",
                "9",
                "-sha256",
            ],
            &[
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-addext",
                "keyUsage=digitalSignature",
            ],
        ];
        let (made, words) = OpenSsl::run(&make.concat());
        assert!(made, "{words}");
        let sign = |covered: &[u8]| {
            let (content, out) = (files.write("content", covered), at("signature.der"));
            let (signed, words) = OpenSsl::run(&[
                "cms",
                "-sign",
                "-binary",
                "-cades",
                "-md",
                digest,
                "-in",
                &content,
                "-signer",
                &certificate,
                "-inkey",
                &secret,
                "-outform",
                "DER",
                "-out",
                &out,
            ]);
            assert!(signed, "{words}");
            std::fs::read(out).unwrap()
        };
        let bytes = signed(&document(), &Signing::default(), sign);
        let verdict = verify_pdf(&bytes[..], &options).unwrap();
        assert!(verdict.valid, "{name} {:?}", verdict.findings);
        // The first byte of the content stream.
        let at = bytes
            .windows(5)
            .position(|window| window == b"Total")
            .unwrap();
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let verdict = verify_pdf(&changed[..], &options).unwrap();
        assert_eq!(
            once(fatal(&verdict.findings)),
            ["content-changed"],
            "{name}"
        );
    }
}

/// What an object that is written anew says.
type Update = &'static [(u32, &'static str)];

/// Two pages, of which the second is written as it is told, with further objects.
fn two_pages(second: &str, further: Update) -> Vec<u8> {
    let mut writer = Writer::default();
    writer
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object(2, "<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>")
        .object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>")
        .stream(4, "", b"BT /F1 24 Tf 72 700 Td (Total: 100) Tj ET")
        .object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
        .object(6, &format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{second}>>"));
    for (number, text) in further {
        writer.object(*number, text);
    }
    writer.table("/Root 1 0 R").finish()
}

const OVERLAY: &[u8] = b"1 1 1 rg 0 0 595 842 re f";

#[test]
fn a_new_field_that_only_some_readers_show_is_a_change() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    let field = |keys: &str| {
        updated(&first, |writer| {
            writer
                .object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R 20 0 R]/SigFlags 3>>>>")
                .object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[11 0 R 20 0 R]>>")
                .object(20, &format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(New)/P 3 0 R/AP<</N 21 0 R>>{keys}>>"))
                .stream(21, "/Type/XObject/Subtype/Form/BBox[0 0 595 842]", OVERLAY);
        })
    };
    for keys in ["/F 4/Rect[0 0 0 0]", "/F 2/Rect[0 0 595 842]"] {
        assert_eq!(world.against(&field(keys)), [""; 0], "{keys}");
    }
    for keys in [
        // MuPDF shows these over the whole page, or somewhere;
        "/F 4",
        "/F 4/Rect<<>>",
        "/F 4/Rect[18446744073709551616 0 18446744073709552211 842]",
        // Poppler these.
        "/F 4/Rect[null null 595 842]",
        "/F 4/Rect[(0) 0 595 842]",
        "/F 4294967298/Rect[0 0 595 842]",
        "/F 9223372036854775806/Rect[0 0 595 842]",
        "/F -2/Rect[0 0 595 842]",
    ] {
        assert_eq!(world.against(&field(keys)), ["pdf-changed"], "{keys}");
    }
}

#[test]
fn a_stamp_stays_on_its_page() {
    let world = world(TestKey::sm2(5));
    for (rectangle, expected) in [("50 50 150 150", &["pdf-changed"][..]), ("0 0 0 0", &[])] {
        let how = Signing {
            rectangle,
            ..Signing::default()
        };
        let first = world.signed_after(&two_pages("", &[]), &how);
        assert_eq!(world.against(&first), [""; 0]);
        let elsewhere = updated(&first, |writer| {
            writer.object(
                6,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[11 0 R]>>",
            );
        });
        assert_eq!(world.against(&elsewhere), expected, "{rectangle}");
    }
}

/// A dictionary that pages draw from, too: what may be added to it for another reason becomes what is seen.
#[test]
fn what_is_also_a_list_of_pictures_does_not_change() {
    let world = world(TestKey::sm2(5));
    let catalog = "/Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R]/SigFlags 3>>";
    let field = "/Type/Annot/Subtype/Widget/FT/Sig/T(Empty)/F 4/Rect[0 0 0 0]";
    let page =
        |key: &str, value: &str| format!("/Resources<</XObject {value}>>/Contents 7 0 R{key}");
    let draw = |name: &str| format!("<</Length 10>>stream\n/{name:<6} Do\nendstream");
    let cases = [
        (
            "Annots",
            "6 0 R",
            6,
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{}>>",
                page("/Annots 30 0 R", "6 0 R")
            ),
        ),
        (
            "Metadata",
            "1 0 R",
            1,
            format!("<<{catalog}/Metadata 30 0 R>>"),
        ),
        ("DSS", "1 0 R", 1, format!("<<{catalog}/DSS 30 0 R>>")),
        ("V", "20 0 R", 20, format!("<<{field}/V 30 0 R>>")),
        (
            "AP",
            "20 0 R",
            20,
            format!("<<{field}/AP 30 0 R/V 30 0 R>>"),
        ),
    ];
    for (name, holder, number, changed) in cases {
        let is_field = number == 20;
        let mut writer = Writer::after(&two_pages(&page("", holder), &[]));
        writer
            .object(7, &draw(name))
            .object(20, &format!("<<{field}>>"));
        let prepared = writer.table("/Root 1 0 R").finish();
        let how = Signing {
            fields: if is_field { &[20] } else { &[] },
            ..Signing::default()
        };
        let first = world.signed_after(&prepared, &how);
        assert_eq!(world.against(&first), [""; 0], "{name}");
        let shown = updated(&first, |writer| {
            writer.object(number, &changed).stream(
                30,
                "/Type/XObject/Subtype/Form/BBox[0 0 595 842]",
                OVERLAY,
            );
        });
        assert_eq!(world.against(&shown), ["pdf-changed"], "{name}");
    }
}

#[test]
fn a_number_that_readers_have_differently_is_a_change() {
    let world = world(TestKey::sm2(5));
    let form = |number: &str| {
        format!(
            "<</Length 0/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Matrix[{number} 0 0 1 0 0]>>stream\n\nendstream"
        )
    };
    let mut writer = Writer::after(&two_pages("/Resources<</XObject<</X 7 0 R>>>>", &[]));
    writer.object(7, &form("18446744073709551616"));
    let first = world.signed_after(&writer.table("/Root 1 0 R").finish(), &Signing::default());
    let again = |number: &str| {
        let bytes = updated(&first, |writer| {
            writer.object(7, &form(number));
        });
        world.against(&bytes)
    };
    // MuPDF has 1 for it, and 0 for the other.
    assert_eq!(again("18446744073709551617"), ["pdf-changed"]);
}

#[test]
fn what_a_new_field_has_in_the_place_of_a_signature_is_a_change() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    let bytes = updated(&first, |writer| {
        writer
            .object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R 20 0 R]/SigFlags 3>>>>",
            )
            .object(20, "<</FT/Sig/T(New)/V 21 0 R>>")
            .object(21, "(no signature)");
    });
    assert_eq!(world.against(&bytes), ["pdf-changed"]);
}

#[test]
fn an_object_stream_that_readers_have_differently_is_a_change() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    // The font as it is, and another one in its place.
    let old = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    let new = "<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>> ";
    let with = |content: &str, index: u32| {
        let mut writer = Writer::after(&first);
        let head = content.find('<').unwrap();
        let dictionary = format!("/Type/ObjStm/N 2/First {head}");
        writer
            .stream(61, &dictionary, content.as_bytes())
            .inside(5, 61, index);
        world.against(&writer.table_stream(60, "/Root 1 0 R").finish())
    };
    let at = new.len();
    assert_eq!(with(&format!("70 0 5 {at} {new}{old}"), 1), [""; 0]);
    // MuPDF takes the first of a number, and others the one that is listed;
    assert_eq!(with(&format!("5 0 5 {at} {new}{old}"), 1), ["pdf-changed"]);
    // some nothing of a stream whose objects stand in another order.
    assert_eq!(
        with(&format!("70 {at} 5 0 {old} {new}"), 1),
        ["pdf-changed"]
    );
}

#[test]
fn what_a_hybrid_update_lists_in_two_ways_is_told() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    let at = first.windows(8).position(|bytes| bytes == b"\n5 0 obj");
    let at = at.unwrap() as u64 + 1;
    let with = |is_listed: bool| {
        let mut writer = Writer::after(&first);
        writer.object_stream(62, &[(70, "(new)")]);
        if is_listed {
            let font = "<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>";
            writer.object_stream(61, &[(5, font)]);
        }
        let beside = writer.beside(60);
        writer.listed(5, at);
        let trailer = format!("/Root 1 0 R/XRefStm {beside}");
        world.against(&writer.table(&trailer).finish())
    };
    assert_eq!(with(false), [""; 0]);
    assert_eq!(with(true), ["pdf-bytes-unlisted"]);
}

#[test]
fn an_update_does_not_make_the_document_smaller() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    let mut bytes = updated(&first, |writer| {
        writer.object(20, "(new)");
    });
    assert_eq!(world.against(&bytes), [""; 0]);
    let at = bytes.windows(6).rposition(|bytes| bytes == b"/Size ");
    let at = at.unwrap() + 6;
    bytes[at..at + 2].copy_from_slice(b" 5");
    assert_eq!(world.against(&bytes), ["pdf-changed"]);
}

/// What makes a program look for objects wherever they seem to be.
#[test]
fn an_update_that_some_programs_would_repair_is_told() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    let bytes = updated(&first, |writer| {
        writer.object(20, "(new)");
    });
    assert_eq!(world.against(&bytes), [""; 0]);
    let start = first.len();
    for (before, after) in [
        ("startxref\n", "startxref\n%\n"),
        ("startxref\n", "startxref\n\0"),
        (" n \ntrailer", " ntrailer"),
        (" n \ntrailer", " n\ntrailer"),
        (" n \ntrailer", " n \r\ntrailer"),
        ("xref\n20 1\n", "xref\n%\n20 1\n"),
        (" 00000 n", " 00007 n"),
    ] {
        let (signed, update) = bytes.split_at(start);
        let update = String::from_utf8(update.to_vec()).unwrap();
        let at = update.rfind(before).unwrap();
        let changed = [&update[..at], after, &update[at + before.len()..]].concat();
        let changed = [signed, changed.as_bytes()].concat();
        assert_eq!(world.against(&changed), ["pdf-bytes-unlisted"], "{after}");
    }
    // Empty lines there are MuPDF's, and no reader minds them.
    for empty in ["\n", "\r\n", "\n\n"] {
        let text = String::from_utf8(bytes[start..].to_vec()).unwrap();
        let changed = text.replace(" n \ntrailer", &format!(" n \n{empty}trailer"));
        let changed = [&bytes[..start], changed.as_bytes()].concat();
        assert_eq!(world.against(&changed), [""; 0], "{empty:?}");
    }
    // What they would find.
    let font = "5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>\nendobj\n";
    for hidden in [
        format!("(\n{font})"),
        format!("<</Length {}>>stream\n{font}\nendstream", font.len()),
        format!("()%{font}")
            .replace("\nendobj", "")
            .replace("obj\n", "obj "),
        "(\n5%\n0 obj)".into(),
        "(\ntrailer <</Root 30 0 R>>)".into(),
    ] {
        let bytes = updated(&first, |writer| {
            writer.object(20, &hidden);
        });
        assert_eq!(world.against(&bytes), ["pdf-bytes-unlisted"], "{hidden}");
    }
    let catalog = updated(&first, |writer| {
        writer.object(20, "<</Type/Catalog/Pages 2 0 R>>");
    });
    assert_eq!(world.against(&catalog), ["pdf-changed"]);
    // Rows of a stream.
    let with = |third: u8, kind: u8| {
        let mut writer = Writer::after(&first);
        let at = writer.position();
        writer.object(20, "(new)").forget_inside();
        let table = writer.position();
        let mut rows = Vec::new();
        for (kind, at, third) in [(kind, at, third), (1, table, 0)] {
            rows.push(kind);
            rows.extend(u32::try_from(at).unwrap().to_be_bytes());
            rows.extend([0, third]);
        }
        let previous = first
            .windows(9)
            .rposition(|bytes| bytes == b"startxref")
            .unwrap();
        let previous = String::from_utf8(first[previous + 10..first.len() - 7].to_vec()).unwrap();
        writer.stream(
            60,
            &format!("/Type/XRef/W[1 4 2]/Index[20 1 60 1]/Size 61/Root 1 0 R/Prev {previous}"),
            &rows,
        );
        writer.raw(format!("startxref\n{table}\n%%EOF\n").as_bytes());
        world.against(&writer.finish())
    };
    assert_eq!(with(0, 1), [""; 0]);
    assert_eq!(with(7, 1), ["pdf-bytes-unlisted"]);
    assert_eq!(with(0, 9), ["pdf-bytes-unlisted"]);
}

#[test]
fn a_change_does_not_hide_behind_many_that_are_harmless() {
    let world = world(TestKey::sm2(5));
    let first = world.signed(&Signing::default());
    let with = |count: u32, is_changed: bool| {
        let numbers = 100..100 + count;
        let list: String = numbers
            .clone()
            .map(|number| format!("{number} 0 R "))
            .collect();
        let bytes = updated(&first, |writer| {
            writer.object(
                1,
                &format!(
                    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R {list}]/SigFlags 3>>>>"
                ),
            );
            for number in numbers {
                writer.object(number, &format!("<</FT/Sig/T({number})>>"));
            }
            if is_changed {
                writer.stream(4, "", OVERLAY);
            }
        });
        world.against(&bytes)
    };
    assert_eq!(with(999, false), [""; 0]);
    assert_eq!(with(999, true), ["pdf-changed"]);
    assert_eq!(with(1100, true), ["pdf-changed"]);
}

#[test]
fn a_claimed_time_that_can_not_be_is_told() {
    let world = world(TestKey::sm2(1));
    let claims = |time: &str| {
        let more = format!("/M({time})");
        let how = Signing {
            more: &more,
            ..Signing::default()
        };
        world.judge(&world.signed(&how))
    };
    // Of the clock's tolerance nothing is said.
    for time in ["D:20261122150800Z", "D:20261001000000+08'00'"] {
        assert_eq!(told(&claims(time)), [""; 0], "{time}");
    }
    for (time, codes) in [
        ("D:20261201000000Z", &["claimed-time-later"][..]),
        ("D:20200101000000Z", &["claimed-time-outside"]),
        (
            "D:20991231000000Z",
            &["claimed-time-later", "claimed-time-outside"],
        ),
    ] {
        let verdict = claims(time);
        assert_eq!(told(&verdict), codes, "{time}");
        assert!(verdict.valid, "it proves nothing");
        let places = verdict.findings.iter().map(|one| one.place.as_deref());
        assert!(
            places
                .clone()
                .any(|at| at == Some("signatures[0].claimedTime"))
        );
    }
}

#[test]
fn one_signature_is_told_with_its_time_and_with_what_proves_that() {
    let world = world(TestKey::sm2(1));
    let claims = world.signed(&Signing {
        more: "/M(D:20261120000000Z)",
        ..Signing::default()
    });
    let summary = world.judge(&claims).summary;
    assert!(
        summary.zh.contains("签署人声称的时间是 2026年11月20日"),
        "{}",
        summary.zh
    );
    let how = Signing {
        kind: "GM.sm2seal",
        ..Signing::default()
    };
    let seal = signed(&document(), &how, |covered| {
        world.unit.sealed(&world.maker, covered)
    });
    let summary = world.judge(&seal).summary;
    assert!(summary.zh.contains("盖了“"), "{}", summary.zh);
    assert!(summary.zh.contains("盖章人声称的时间是"), "{}", summary.zh);
}

#[test]
fn who_signs_again_hears_of_a_signature_that_does_not_hold() {
    let world = world(TestKey::sm2(1));
    assert!(!pdf_has_broken_signature(&*document()));
    let first = world.signed(&Signing::default());
    assert!(!pdf_has_broken_signature(&*first));
    // By whomever: that is another question.
    let strange = signed(&document(), &Signing::default(), |covered| {
        world.stranger.cms(covered)
    });
    assert!(!pdf_has_broken_signature(&*strange));
    // Nor does the picture of another one.
    let shown = Signing {
        number: 30,
        fields: &[11],
        rectangle: "100 100 200 200",
        ..Signing::default()
    };
    let twice = world.signed_after(&first, &shown);
    assert!(!pdf_has_broken_signature(&*twice));
    let mut changed = first.clone();
    let at = changed.windows(2).position(|two| two == b"BT").unwrap();
    changed[at] ^= 1;
    assert!(pdf_has_broken_signature(&*changed));
    let drawn_over = updated(&first, |writer| {
        writer.stream(4, "", b"BT (another price) Tj ET");
    });
    assert!(pdf_has_broken_signature(&*drawn_over));
}
