//! The table beside the certificates that it is made from.

use super::*;
use crate::testing::{Identity, Profile, TestKey, data, name};

#[test]
fn the_table_has_the_facts_of_the_certificates() {
    let Some(folder) = data::folder() else { return };
    let mut without_certificate: Vec<&Listed> = listed().iter().collect();
    let folder = folder.join("ca-national");
    let root = Certificate::parse(&std::fs::read(folder.join("ROOTCA.pem")).unwrap()).unwrap();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let place = path.display();
        let certificate = Certificate::parse(&std::fs::read(&path).unwrap()).unwrap();
        let at = without_certificate
            .iter()
            .position(|row| row.serial() == certificate.serial())
            .unwrap_or_else(|| panic!("{place} has no row"));
        let row = without_certificate.swap_remove(at);
        let subject: Vec<_> = certificate.subject().iter().collect();
        assert_eq!(row.subject(), subject, "{place}");
        assert!(row.name().matches(certificate.subject()), "{place}");
        assert_eq!(row.not_before(), certificate.not_before(), "{place}");
        assert_eq!(row.not_after(), certificate.not_after(), "{place}");
        let identifier = certificate
            .extensions()
            .iter()
            .find(|extension| extension.oid == oid::SUBJECT_KEY_IDENTIFIER)
            // Tag and length take two octets.
            .map(|extension| &extension.value[2..]);
        assert_eq!(row.key_identifier(), identifier, "{place}");
        assert!(row.recognises(&certificate), "{place}");
        assert_eq!(
            Domain::of_root(certificate.issuer()),
            Some(row.domain()),
            "{place}"
        );
        let under_root = certificate
            .verify_issued_by(&root, crate::sm2::DEFAULT_ID)
            .is_ok();
        assert_eq!(row.anchor().is_some(), under_root, "{place}");
        if let Some(anchor) = row.anchor() {
            assert_eq!(anchor.spki(), certificate.spki(), "{place}");
            let is_root = certificate == root;
            assert_eq!(anchor.is_root(), is_root, "{place}");
        }
        let mut found = matching(certificate.subject());
        assert!(found.any(|found| std::ptr::eq(found, row)), "{place}");
    }
    assert!(without_certificate.is_empty(), "{without_certificate:?}");
}

#[test]
fn only_the_root_and_the_cas_under_it_are_anchors() {
    let of = |domain| listed().iter().filter(|row| row.domain() == domain).count();
    assert_eq!(Domain::ALL.map(of), [73, 12, 2]);
    assert_eq!(anchors().count(), 73);
    assert_eq!(anchors().filter(|anchor| anchor.is_root()).count(), 1);
    assert!(anchors().all(|anchor| anchor.listed().domain() == Domain::NationalSm2));
    assert_eq!(LISTED_ON, "2026-02-15");
}

#[test]
fn every_row_can_be_used() {
    for row in listed() {
        assert!(!row.readable().is_empty(), "{row:?}");
        assert!(row.not_before() < row.not_after(), "{row:?}");
        assert_eq!(matching(&row.name()).count(), 1, "{row:?}");
        // Panics if the point is off the curve.
        let _ = row.key();
    }
}

#[test]
fn a_name_is_found_whatever_its_case_and_spaces_and_only_whole() {
    let decode = |der: &[u8]| DistinguishedName::from_der(der).unwrap();
    let read = |attributes: &[(ObjectIdentifier, &str)]| decode(&name(attributes));
    let country = (oid::COUNTRY, "cn");
    let unit = (oid::ORGANIZATION, " nrcac");
    let found = |attributes: &[_]| matching(&read(attributes)).count();
    assert_eq!(found(&[country, unit, (oid::COMMON_NAME, "RootCA")]), 1);
    assert_eq!(found(&[country, unit, (oid::COMMON_NAME, "Root CA")]), 0);
    assert_eq!(found(&[country, (oid::COMMON_NAME, "ROOTCA")]), 0);
    assert_eq!(found(&[unit, country, (oid::COMMON_NAME, "ROOTCA")]), 0);
    assert_eq!(found(&[]), 0);
    let more = [
        country,
        unit,
        (oid::COMMON_NAME, "ROOTCA"),
        (oid::COMMON_NAME, "x"),
    ];
    assert_eq!(found(&more), 0);
    let civil = [country, unit, (oid::COMMON_NAME, "civil  servant root")];
    assert_eq!(Domain::of_root(&read(&civil)), Some(Domain::CivilServant));
    assert_eq!(found(&civil), 0, "its key is not at hand");
    // One relative name of three attributes is another name.
    let attribute = |(oid, text): (ObjectIdentifier, &str)| {
        let text = asn1::element(tag::UTF8_STRING, &[text.as_bytes()]);
        asn1::element(tag::SEQUENCE, &[&asn1::oid(oid), &text])
    };
    let together = asn1::set_of(
        [country, unit, (oid::COMMON_NAME, "ROOTCA")]
            .map(attribute)
            .to_vec(),
    );
    let together = asn1::element(tag::SEQUENCE, &[&together]);
    assert_eq!(matching(&decode(&together)).count(), 0);
}

#[test]
fn a_certificate_with_a_listed_name_and_another_key_is_not_recognised() {
    let profile = Profile {
        subject: listed()[0].subject().to_vec(),
        ..Profile::authority("")
    };
    let forged = Identity::self_signed(TestKey::sm2(1), &profile).certificate;
    assert_eq!(matching(forged.subject()).count(), 1, "by its name");
    assert!(!listed().iter().any(|row| row.recognises(&forged)));
}
