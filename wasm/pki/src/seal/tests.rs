//! Tests of electronic seals, on published samples.

use super::{MakerPolicy, Seal, SealSignature, Sealed, Users, Version, verify};
use crate::certificate::Certificate;
use crate::testing::data;
use std::fs;
use yinxin_proto::time::UnixTime;

fn sample(name: &str) -> Option<Vec<u8>> {
    let folder = data::folder()?;
    Some(fs::read(folder.join("seals").join(name)).unwrap())
}

/// Whether the maker's signature holds over the bytes that it covers.
fn maker_signed(seal: &Seal) -> bool {
    let maker = Certificate::parse(seal.maker()).unwrap();
    maker
        .key()
        .unwrap()
        .verify(&[&seal.signed()], seal.signature())
}

#[test]
fn the_samples_read_and_their_makers_signatures_hold_where_they_should() {
    for (file, version, name, holds) in [
        ("UserV1.esl", Version::V1, "OFDRW测试用印章", true),
        ("UserV4.esl", Version::V4, "OFD R&W 测试用印章", true),
        (
            "SESealData.DER",
            Version::V4,
            "测试单位名称 合同专用章",
            false,
        ),
    ] {
        let Some(der) = sample(file) else { return };
        let seal = Seal::from_der(der.clone()).unwrap();
        assert_eq!(seal.version(), version, "{file}");
        assert_eq!(seal.property().name, name);
        assert_eq!(seal.der(), der);
        assert_eq!(maker_signed(&seal), holds, "{file}");
        let Users::Certificates(users) = &seal.property().users else {
            panic!("{file} lists certificates");
        };
        for user in users {
            Certificate::parse(user).unwrap();
        }
    }
}

#[test]
fn what_is_odd_in_a_sample_is_told_with_its_place() {
    let Some(der) = sample("SESealData.DER") else {
        return;
    };
    let seal = Seal::from_der(der).unwrap();
    let told: Vec<(&str, Option<&str>)> = seal
        .findings()
        .iter()
        .map(|finding| (finding.error.code(), finding.place.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "default-encoded",
                Some("extDatas.1.2.156.112600.7.1.critical")
            ),
            (
                "default-encoded",
                Some("extDatas.1.2.156.112600.7.3.critical")
            ),
        ]
    );
    assert_eq!(seal.extensions().len(), 3);
    assert_eq!((seal.picture().width, seal.picture().height), (42, 42));
    assert_eq!(seal.picture().kind, "GIF");
}

#[test]
fn no_byte_of_a_sample_can_be_cut_or_changed_without_an_answer() {
    let Some(der) = sample("UserV4.esl") else {
        return;
    };
    for length in (0..der.len()).step_by(97).chain(der.len() - 90..der.len()) {
        assert!(Seal::from_der(der[..length].to_vec()).is_err(), "{length}");
    }
    // Outside of the picture, whose bytes are all alike to the reader.
    for at in (0..700).chain(der.len() - 620..der.len()) {
        for flip in [0x01, 0x80, 0xff] {
            let mut changed = der.clone();
            changed[at] ^= flip;
            let Ok(seal) = Seal::from_der(changed) else {
                continue;
            };
            let Ok(maker) = Certificate::parse(seal.maker()) else {
                continue;
            };
            let Ok(key) = maker.key() else { continue };
            let covered = at < der.len() - 610;
            let holds = key.verify(&[&seal.signed()], seal.signature());
            assert!(!(covered && holds), "byte {at}, {flip:#x}");
        }
    }
}

#[test]
fn a_seal_is_read_out_of_an_object_that_is_filled_up() {
    let Some(der) = sample("UserV4.esl") else {
        return;
    };
    let filled = |padding: &[u8]| [&der[..], padding].concat();
    for padding in [
        vec![0; 1],
        vec![0; 5_000],
        vec![0xff; 5_000],
        b" \r\n".to_vec(),
    ] {
        let seal = Seal::from_der(filled(&padding)).unwrap();
        assert_eq!(seal.der(), der);
        let filled = seal.findings().last().unwrap();
        assert_eq!(filled.place.as_deref(), Some("encoding"));
    }
    for other in [&[0, 0xff][..], &[0xff, 0], &[0, 0, 1], &[0xfe], &der] {
        assert!(Seal::from_der(filled(other)).is_err(), "{other:?}");
    }
    // What is filled up must be a seal, and whole: no padding stands in for its end.
    for object in [&[][..], &[0; 100], &[0x30, 0, 0, 0]] {
        assert!(Seal::from_der(object.to_vec()).is_err());
    }
    for cut in [1, 2, 700] {
        let mut object = der[..der.len() - cut].to_vec();
        assert!(Seal::from_der(object.clone()).is_err());
        object.extend(vec![0; cut - 1]);
        assert!(Seal::from_der(object).is_err());
    }
}

fn at(time: &str) -> UnixTime {
    UnixTime::parse(time).unwrap()
}

fn codes(findings: &[yinxin_proto::Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.error.code())
        .collect()
}

#[test]
fn a_seal_is_valid_only_with_its_maker_on_the_list_and_in_its_time() {
    for file in ["UserV1.esl", "UserV4.esl"] {
        let Some(der) = sample(file) else { return };
        let seal = Seal::from_der(der).unwrap();
        let maker = [Certificate::parse(seal.maker()).unwrap()];
        let judged = |makers, time| {
            let policy = MakerPolicy {
                makers,
                at: at(time),
                extended_key_usages: &[],
                user: None,
            };
            verify(&seal, &policy)
        };
        let good = judged(&maker[..], "2021-01-01");
        assert!(good.valid, "{file}: {:?}", good.findings);
        assert_eq!(
            codes(&judged(&[], "2021-01-01").findings)[0],
            "seal-maker-unknown"
        );
        assert_eq!(
            codes(&judged(&maker, "2023-01-01").findings)[0],
            "seal-expired"
        );
        assert_eq!(
            codes(&judged(&maker, "2019-01-01").findings)[0],
            "seal-not-yet-valid"
        );
        let Users::Certificates(users) = &seal.property().users else {
            panic!()
        };
        let user = Certificate::parse(&users[0]).unwrap();
        for (user, valid) in [(&user, true), (&maker[0], false)] {
            let policy = MakerPolicy {
                makers: &maker,
                at: at("2021-01-01"),
                extended_key_usages: &[],
                user: Some(user),
            };
            let verdict = verify(&seal, &policy);
            assert_eq!(verdict.valid, valid);
            assert!(valid || codes(&verdict.findings)[0] == "seal-not-for-certificate");
        }
    }
    let Some(der) = sample("SESealData.DER") else {
        return;
    };
    let seal = Seal::from_der(der).unwrap();
    let maker = [Certificate::parse(seal.maker()).unwrap()];
    let policy = MakerPolicy {
        makers: &maker,
        at: at("2021-01-01"),
        extended_key_usages: &[],
        user: None,
    };
    let refused = verify(&seal, &policy);
    assert!(!refused.valid);
    assert!(
        codes(&refused.findings).contains(&"signature-invalid"),
        "{:?}",
        refused.findings
    );
}

#[test]
fn the_sealed_ofd_of_the_samples_verifies() {
    let Some(ofd) = sample("SESV4SignDoc.ofd") else {
        return;
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(ofd)).unwrap();
    let mut entry = |name: &str| {
        let mut bytes = Vec::new();
        std::io::copy(&mut archive.by_name(name).unwrap(), &mut bytes).unwrap();
        bytes
    };
    let folder = "Doc_0/Signs/Sign_0";
    let signature = SealSignature::from_der(entry(&format!("{folder}/SignedValue.dat"))).unwrap();
    let content = crate::hash::sm3(&entry(&format!("{folder}/Signature.xml")));
    assert!(signature.property_info().ends_with("Signature.xml"));
    let makers = [Certificate::parse(signature.seal().maker()).unwrap()];
    let policy = MakerPolicy {
        makers: &makers,
        at: at("2021-06-01"),
        extended_key_usages: &[],
        user: None,
    };
    // Its signer claims a time at which certificate and seal had ended.
    let claimed = MakerPolicy {
        at: signature.claimed_time().unwrap(),
        ..policy
    };
    let ended = signature.verify(Some(&Sealed::Content(content)), &claimed);
    assert_eq!(
        codes(&ended.findings),
        ["certificate-expired", "seal-expired"]
    );
    let good = signature.verify(Some(&Sealed::Content(content)), &policy);
    assert!(good.valid, "{:?}", good.findings);
    let other = signature.verify(Some(&Sealed::Content([0; 32])), &policy);
    assert_eq!(codes(&other.findings), ["content-changed"]);
    assert_eq!(
        codes(&signature.verify(None, &policy).findings),
        ["content-missing"]
    );
}
