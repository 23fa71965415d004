//! Facts of certificates made on the spot, the shared data's, and garbage.

use super::*;
use crate::asn1::{element, tag};
use crate::testing::{Identity, NOW, Profile, TestKey, data};
use crate::time::DAY;
use yinxin_proto::consent::{Disclosed, HolderKind};

fn made(profile: &Profile) -> Certificate {
    Identity::self_signed(TestKey::sm2(1), profile).certificate
}

#[test]
fn the_facts_of_a_unit_are_told() {
    let code = "91350100M000100Y43";
    let certificate = made(&Profile {
        serial: vec![0x00, 0x90, 0xab],
        extensions: vec![(
            oid::CREDIT_CODE,
            false,
            element(tag::UTF8_STRING, &[code.as_bytes()]),
        )],
        ..Profile::unit()
    });
    let facts = certificate.facts(NOW);
    assert_eq!(facts.holder, "示例采购有限公司");
    assert_eq!(facts.kind, HolderKind::Unit);
    assert_eq!(facts.credit_code.as_deref(), Some(code));
    assert_eq!(facts.person, None);
    assert_eq!(facts.serial, "0090ab");
    assert_eq!(
        (&facts.key_algorithm[..], facts.key_bits),
        ("SM2", Some(256))
    );
    assert!(facts.may_sign && !facts.may_encrypt && !facts.is_ca);
    assert_eq!(
        facts.discloses,
        [Disclosed::UnitName, Disclosed::UnitNumber]
    );
    let view = certificate.view(NOW);
    assert_eq!(
        (view.days_left, view.problem, view.findings.len()),
        (265, None, 0)
    );
    assert_eq!(view.organization, None);
    let later = certificate.view(NOW.plus(210 * DAY));
    assert_eq!(
        later.findings[0].error,
        Error::CertificateEndsSoon { days: 55 }
    );
    assert_eq!(
        certificate.view(NOW.plus(265 * DAY)).problem,
        None,
        "the last second"
    );
    let over = certificate.view(NOW.plus(265 * DAY + 1));
    assert_eq!(over.days_left, 0, "still that day in China");
    assert_eq!(certificate.view(NOW.plus(266 * DAY)).days_left, -1);
    assert_eq!(over.problem.map(|e| e.code()), Some("certificate-expired"));
}

#[test]
fn the_credit_code_is_found_wherever_it_stands() {
    let code = "91350100M000100Y43";
    for place in [oid::ORGANIZATION_CODE, oid::CREDIT_CODE, oid::SERIAL_NUMBER] {
        let mut profile = Profile::unit();
        profile.subject.push((place, code));
        assert_eq!(made(&profile).credit_code().as_deref(), Some(code));
    }
    let mut profile = Profile::unit();
    profile
        .subject
        .push((oid::ORGANIZATION_IDENTIFIER, "NTRCN-91350100M000100Y43"));
    assert_eq!(made(&profile).credit_code().as_deref(), Some(code));
    let mut profile = Profile::unit();
    profile
        .subject
        .push((oid::ORGANIZATION_CODE, "91350100M000100Y44"));
    assert_eq!(
        made(&profile).credit_code(),
        None,
        "the check digit is wrong"
    );
    // Bare ASCII, and the CHOICE of GB/T 20518 under a context tag.
    for value in [code.as_bytes().to_vec(), element(0x80, &[code.as_bytes()])] {
        let profile = Profile {
            extensions: vec![(oid::ORGANIZATION_CODE, false, value)],
            ..Profile::unit()
        };
        assert_eq!(made(&profile).credit_code().as_deref(), Some(code));
    }
}

#[test]
fn a_person_is_told_from_a_unit() {
    let mut profile = Profile {
        extensions: vec![(
            oid::IDENTITY_CODE,
            false,
            element(
                0xa0,
                &[&element(tag::PRINTABLE_STRING, &[b"51010019900101001X"])],
            ),
        )],
        ..Profile::unit()
    };
    profile.subject = vec![(oid::ORGANIZATION, "示例单位"), (oid::COMMON_NAME, "张三")];
    let certificate = made(&profile);
    let facts = certificate.facts(NOW);
    assert_eq!(facts.kind, HolderKind::Person);
    assert_eq!(facts.person.as_deref(), Some("51010019900101001X"));
    assert_eq!(facts.organization.as_deref(), Some("示例单位"));
    assert!(facts.discloses.contains(&Disclosed::IdentityNumber));
    assert!(facts.discloses.contains(&Disclosed::PersonName));
}

#[test]
fn lines_of_different_names_differ() {
    let mut a = Profile::unit();
    a.subject = vec![(oid::ORGANIZATION, "x"), (oid::COMMON_NAME, "a,O=x")];
    let mut b = Profile::unit();
    b.subject = vec![
        (oid::ORGANIZATION, "x"),
        (oid::ORGANIZATION, "x"),
        (oid::COMMON_NAME, "a"),
    ];
    assert_eq!(made(&a).subject().to_string(), "CN=a\\,O=x,O=x");
    assert_eq!(made(&b).subject().to_string(), "CN=a,O=x,O=x");
}

#[test]
fn strings_of_every_type_are_read() {
    let text = |tag: u8, value: &[u8]| {
        let der = element(tag, &[value]);
        name::text(&Reader::new(&der).read().unwrap())
    };
    assert_eq!(text(tag::BMP_STRING, &[0x4e, 0x2d]).as_deref(), Some("中"));
    assert_eq!(text(tag::BMP_STRING, &[0x4e]), None);
    assert_eq!(
        text(tag::UTF8_STRING, "中\0".as_bytes()).as_deref(),
        Some("中")
    );
    assert_eq!(text(tag::UTF8_STRING, &[0xff]), None);
    assert_eq!(text(tag::T61_STRING, b"Andr\xe9").as_deref(), Some("André"));
    assert_eq!(
        text(tag::IA5_STRING, b"a@b.example").as_deref(),
        Some("a@b.example")
    );
    assert_eq!(text(tag::INTEGER, b"\x01"), None);
}

#[test]
fn odd_usages_and_constraints_of_the_field_are_read() {
    assert!(KeyUsage::parse(&[3, 2, 0, 0xc0]).unwrap().signs());
    assert!(KeyUsage::parse(&[3, 2, 3, 0x38]).unwrap().encrypts());
    assert!(KeyUsage::parse(&[3, 1, 8]).is_none());
    assert_eq!(
        BasicConstraints::parse(&[0x30, 3, 1, 1, 0]),
        Some(BasicConstraints::default())
    );
    assert!(BasicConstraints::parse(&[0x30, 6, 1, 1, 0xff, 2, 1, 0xff]).is_none());
}

#[test]
fn garbage_is_an_error_with_a_position() {
    let good = made(&Profile::unit());
    for length in 0..good.der().len() {
        assert!(
            Certificate::from_der(good.der()[..length].to_vec()).is_err(),
            "{length}"
        );
    }
    for at in 0..good.der().len() {
        for bit in [0x01, 0x80] {
            let mut changed = good.der().to_vec();
            changed[at] ^= bit;
            // Whatever can still be read can be described.
            if let Ok(certificate) = Certificate::from_der(changed) {
                let _ = (certificate.facts(NOW), certificate.view(NOW));
            }
        }
    }
    let mut bad = good.der().to_vec();
    bad.push(0);
    assert_eq!(
        Certificate::from_der(bad).unwrap_err(),
        Error::CertificateUnreadable {
            position: u32::try_from(good.der().len()).unwrap(),
            reason: "data after the end".into()
        }
    );
    for input in [
        &b""[..],
        b"rubbish",
        b"-----BEGIN CERTIFICATE-----",
        &[0; 300_000],
    ] {
        assert_eq!(
            Certificate::parse(input).unwrap_err().code(),
            "certificate-unreadable"
        );
    }
}

#[test]
fn the_national_certificates_are_read() {
    let Some(folder) = data::folder() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.join("ca-national")).unwrap() {
        let path = entry.unwrap().path();
        let certificate = Certificate::parse(&std::fs::read(&path).unwrap()).unwrap();
        let facts = certificate.facts(NOW);
        assert!(
            !facts.holder.is_empty() && !facts.issuer.is_empty(),
            "{}",
            path.display()
        );
        assert!(facts.is_ca, "{}", path.display());
        assert_eq!(facts.key_algorithm, "SM2", "{}", path.display());
        if let Some(serial) = path.file_stem().and_then(|stem| stem.to_str())
            && serial != "ROOTCA"
        {
            assert_eq!(facts.serial.trim_start_matches("00"), serial.to_lowercase());
        }
        seen += 1;
    }
    assert_eq!(seen, 87);
}
