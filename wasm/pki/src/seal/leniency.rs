//! Seals as the field writes them otherwise than the standards: what of it is read, and how that is told.

use super::{MakerPolicy, Seal, SealSignature, Sealed, Users, verify};
use crate::certificate::Certificate;
use crate::hash::sm3;
use crate::testing::data;
use std::fs;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Finding, Locale, Severity};

fn at() -> UnixTime {
    UnixTime::parse("2026-11-29T00:00:00Z").unwrap()
}

/// A file of the field, if the data is there.
fn file(name: &str) -> Option<Vec<u8>> {
    fs::read(data::folder()?.join("field").join(name)).ok()
}

fn makers() -> Vec<Certificate> {
    let read = |name| file(name).map(|pem| Certificate::parse(&pem).unwrap());
    let all = ["z-maker.pem", "z-maker-later.pem"].into_iter();
    all.filter_map(read).collect()
}

fn told(findings: &[Finding]) -> Vec<String> {
    let told = |found: &Finding| {
        assert!(found.severity != Severity::Fatal, "{found:?}");
        let place = found.place.as_deref().unwrap_or_default();
        format!("{} {place}", found.error.code())
    };
    findings.iter().map(told).collect()
}

/// Reads a seal that holds, and tells what is odd about it.
fn seal(name: &str, odd: &[&str]) -> Option<Seal> {
    let seal = Seal::parse(&file(name)?).unwrap();
    let makers = makers();
    let policy = MakerPolicy {
        makers: &makers,
        at: at(),
        extended_key_usages: &[],
        user: None,
    };
    let verdict = verify(&seal, &policy);
    let old_standard = "seal-old-standard header.version";
    let mut told = told(&verdict.findings);
    told.retain(|told| told != old_standard);
    assert_eq!(told, odd, "{name}");
    assert!(verdict.valid);
    Some(seal)
}

/// The same of a seal that is set on the document of the samples.
fn sealing(name: &str, odd: &[&str]) -> Option<SealSignature> {
    let signature = SealSignature::parse(&file(name)?).unwrap();
    let makers = makers();
    let policy = MakerPolicy {
        makers: &makers,
        at: at(),
        extended_key_usages: &[],
        user: None,
    };
    let content = sm3(&file("z-Signature.xml")?);
    let verdict = signature.verify(Some(&Sealed::Content(content)), &policy);
    let mut told = told(&verdict.findings);
    told.retain(|told| !told.ends_with("header.version") && !told.ends_with("timeStamp"));
    assert_eq!(told, odd, "{name}");
    assert!(verdict.valid);
    Some(signature)
}

#[test]
fn strings_of_any_type_are_read_and_told() {
    let odd_type = |place| format!("string-type-odd {place}");
    for (name, place) in [
        ("z-01-header-utf8.esl", "header.ID"),
        ("z-01-vid-utf8.esl", "header.Vid"),
        ("z-01-esid-utf8.esl", "esID"),
        ("z-01-esid-printable.esl", "esID"),
        ("z-01-type-utf8.esl", "picture.type"),
        ("z-01-type-printable.esl", "picture.type"),
        ("z-01-name-bmp.esl", "property.name"),
    ] {
        let Some(seal) = seal(name, &[&odd_type(place)]) else {
            return;
        };
        assert!(["DEMO", "演示厂商"].contains(&seal.vendor()));
        assert_eq!(seal.id(), "51010099999999");
        assert!(seal.picture().kind.eq_ignore_ascii_case("png"));
        assert_eq!(seal.property().name, "演示科技有限公司");
    }
    let legacy = "string-legacy property.name";
    for (name, odd) in [
        ("z-01-name-gbk.esl", &[legacy][..]),
        (
            "z-01-name-printable-gbk.esl",
            &["string-type-odd property.name", legacy],
        ),
    ] {
        let Some(seal) = seal(name, odd) else { return };
        assert_eq!(seal.property().name, "演示科技有限公司", "{name}");
    }
    let ascii = seal("z-01-name-ia5.esl", &["string-type-odd property.name"]);
    assert!(ascii.is_none_or(|seal| seal.property().name == "demo"));
    sealing("z-01-pinfo-utf8-sv.dat", &["string-type-odd propertyInfo"]);
    sealing(
        "z-01-type-utf8-sv.dat",
        &["string-type-odd seal.picture.type"],
    );
}

#[test]
fn an_entry_that_is_none_costs_no_more_than_itself() {
    let entry = "encoding-odd property.certList[0]";
    for (name, odd) in [
        ("z-15-certlist-empty.esl", &[][..]),
        ("z-15-certlist-ia5.esl", &[entry]),
        ("z-15-certlist-v1-ia5.esl", &[entry]),
    ] {
        let Some(seal) = seal(name, odd) else { return };
        assert_eq!(
            seal.property().users,
            Users::Certificates(Vec::new()),
            "{name}"
        );
    }
}

#[test]
fn a_maker_whose_certificate_begins_some_days_later_is_a_warning_about_the_maker() {
    let odd = "seal-made-before-maker maker";
    let Some(seal) = seal("z-14-maker-begins-later.esl", &[odd]) else {
        return;
    };
    let makers = makers();
    let judged = |at: &str| {
        let policy = MakerPolicy {
            makers: &makers,
            at: UnixTime::parse(at).unwrap(),
            extended_key_usages: &[],
            user: None,
        };
        let verdict = verify(&seal, &policy);
        let found = verdict.findings.iter();
        let mut found = found.filter(|found| found.place.as_deref() == Some("maker"));
        let found = found.next().unwrap();
        (
            found.severity,
            found.error.text(Locale::ZhCn).remedy,
            verdict.valid,
        )
    };
    let (severity, remedy, valid) = judged("2025-01-06T00:00:00Z");
    assert!(severity == Severity::Warning && valid);
    assert!(!remedy.contains("电脑"), "{remedy}");
    // Before it began, the clock may be wrong.
    let (severity, remedy, valid) = judged("2025-01-05T23:59:59Z");
    assert!(severity == Severity::Fatal && !valid);
    assert!(remedy.contains("电脑"), "{remedy}");
}

#[test]
fn what_stands_in_another_form_is_read_and_told() {
    for (name, odd) in [
        ("z-04-hdr-version-2.esl", "encoding-odd header.version"),
        ("z-04-hdr-version-3.esl", "encoding-odd header.version"),
        ("z-04-hdr1-v4struct.esl", "encoding-odd header.version"),
        ("z-04-hdr4-v1struct.esl", "encoding-odd header.version"),
        ("z-05-alg-301.esl", "encoding-odd signatureAlgorithm"),
        ("z-05-alg-301-1.esl", "encoding-odd signatureAlgorithm"),
        ("z-05-alg-sequence.esl", "encoding-odd signatureAlgorithm"),
        ("z-12-ext-tagged.esl", "encoding-odd extDatas"),
    ] {
        if file(name).is_some() && name == "z-04-hdr4-v1struct.esl" {
            let read = Seal::parse(&file(name).unwrap()).unwrap();
            assert_eq!(read.version().number(), 1);
        }
        seal(name, &[odd]);
    }
    let sizes = ["integer-odd picture.width", "integer-odd picture.height"];
    for (name, width) in [
        ("z-08-size-nonminimal.esl", 40),
        ("z-08-size-negative.esl", 160),
    ] {
        let Some(seal) = seal(name, &sizes) else {
            return;
        };
        assert_eq!(seal.picture().width, width, "{name}");
    }
    sealing(
        "z-05-alg-301-1-sv.dat",
        &["encoding-odd signatureAlgorithm"],
    );
    sealing("z-11-hash-octets-sv.dat", &["encoding-odd dataHash"]);
}

/// A digest is no signature algorithm, and a number that no standard has tells nothing of what is signed.
#[test]
fn what_stands_for_nothing_is_refused() {
    let Some(der) = file("z-05-alg-401.esl") else {
        return;
    };
    let seal = Seal::parse(&der).unwrap();
    let policy = MakerPolicy {
        makers: &makers(),
        at: at(),
        extended_key_usages: &[],
        user: None,
    };
    assert!(!verify(&seal, &policy).valid);
    let mut later = file("z-04-hdr-version-2.esl").unwrap();
    let place = later
        .windows(3)
        .position(|header| header == [2, 1, 2])
        .unwrap();
    later[place + 2] = 6;
    assert!(Seal::parse(&later).is_err());
}
