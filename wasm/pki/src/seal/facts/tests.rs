//! Tests of what is told of a seal, and of judgements in plain words, on published samples.

use crate::certificate::Certificate;
use crate::seal::{MakerPolicy, Seal, Users, verify};
use crate::testing::data;
use base64ct::{Base64, Encoding};
use std::fs;
use yinxin_proto::time::UnixTime;

fn sample(name: &str) -> Option<Vec<u8>> {
    let folder = data::folder()?;
    Some(fs::read(folder.join("seals").join(name)).unwrap())
}

fn at(time: &str) -> UnixTime {
    UnixTime::parse(time).unwrap()
}

#[test]
fn the_facts_of_the_samples_are_told() {
    for (file, version, standard) in [
        ("UserV1.esl", 1, "GM/T 0031-2014"),
        ("UserV4.esl", 4, "GB/T 38540-2020"),
        ("SESealData.DER", 4, "GB/T 38540-2020"),
    ] {
        let Some(der) = sample(file) else { return };
        let seal = Seal::parse(&der).unwrap();
        let facts = seal.facts(at("2021-01-01"));
        assert_eq!((facts.version, facts.standard), (version, standard));
        assert_eq!(facts.maker_certificate.0, seal.maker());
        assert_eq!(facts.signature_algorithm, "SM2-with-SM3", "{file}");
        assert!(facts.picture.can_be_shown, "{file}");
        for user in facts.certificates.unwrap() {
            let certificate = Certificate::parse(&user.certificate.0).unwrap();
            assert_eq!(user.holder, Some(certificate.holder()));
        }
        assert_eq!(facts.certificate_digests, None);
        let told: Vec<&str> = facts.findings.iter().map(|f| f.error.code()).collect();
        assert_eq!(
            told.contains(&"seal-old-standard"),
            version == 1,
            "{told:?}"
        );

        let text = Base64::encode_string(&der);
        assert_eq!(Seal::parse(text.as_bytes()).unwrap().der(), der);
        let pem = format!("-----BEGIN SEAL-----\n{text}\n-----END SEAL-----\n");
        assert_eq!(Seal::parse(pem.as_bytes()).unwrap().der(), der);
        let longer = [&der[..], &[1]].concat();
        assert_eq!(Seal::parse(&longer).unwrap_err().code(), "seal-unreadable");
    }
}

#[test]
fn a_judgement_says_in_plain_words_what_to_do() {
    let Some(der) = sample("UserV4.esl") else {
        return;
    };
    // Another millimetre of height: the last number before the maker's certificate.
    let mut forged = der.clone();
    let seal = Seal::from_der(der).unwrap();
    forged[seal.info.end - 1] ^= 1;
    let makers = [Certificate::parse(seal.maker()).unwrap()];
    let Users::Certificates(users) = &seal.property().users else {
        panic!("certificates are listed");
    };
    let user = Certificate::parse(&users[0]).unwrap();
    let judged = |makers, at, user| {
        verify(
            &seal,
            &MakerPolicy {
                makers,
                at,
                extended_key_usages: &[],
                user,
            },
        )
    };
    let end = seal.property().valid_until;
    let days_before = |days: i64| end.plus(-days * yinxin_proto::time::DAY);

    // Its certificate ends a day before it.
    let good = judged(&makers[..], days_before(62), Some(&user));
    assert!(good.valid && good.findings.is_empty(), "{good:?}");
    assert!(
        good.summary
            .zh
            .starts_with("已核实：国标印章“OFD R&W 测试用印章”")
    );
    assert!(
        good.summary.zh.contains("还有 62 天"),
        "{}",
        good.summary.zh
    );

    // The guide: a seal ends with its certificate, and is renewed after it.
    let soon = judged(&makers, days_before(60), Some(&user));
    assert!(soon.valid);
    let codes: Vec<&str> = soon.findings.iter().map(|f| f.error.code()).collect();
    assert_eq!(codes[0], "seal-ends-soon");
    assert_eq!(soon.summary.zh.matches("60 天").count(), 1, "{soon:?}");
    assert!(soon.summary.zh.contains("请先更新证书"));

    for (verdict, code, zh, en) in [
        (
            judged(&makers, end.plus(1), None),
            "seal-expired",
            "办理印章续期",
            "Renew the seal",
        ),
        (
            verify(
                &Seal::from_der(forged).unwrap(),
                &MakerPolicy {
                    makers: &makers,
                    at: days_before(90),
                    extended_key_usages: &[],
                    user: None,
                },
            ),
            "signature-invalid",
            "制章者的签名不成立",
            "nothing shows who made the seal",
        ),
        (
            judged(&[], days_before(90), None),
            "seal-maker-unknown",
            "不在认可名单中",
            "not on the list",
        ),
        (
            judged(&makers, days_before(90), Some(&makers[0])),
            "seal-not-for-certificate",
            "没有授权给",
            "may not be used with this certificate",
        ),
    ] {
        assert!(!verdict.valid);
        assert_eq!(verdict.findings[0].error.code(), code);
        let opening = if crate::outcome::is_open(&verdict.findings[0].error) {
            "还没核实完。"
        } else {
            "未通过核实。"
        };
        assert!(verdict.summary.zh.starts_with(opening));
        assert!(verdict.summary.zh.contains(zh), "{}", verdict.summary.zh);
        assert!(verdict.summary.en.contains(en), "{}", verdict.summary.en);
    }
}

#[test]
fn what_a_picture_hides_is_told() {
    let Some(der) = sample("UserV4.esl") else {
        return;
    };
    let codes = |seal: &Seal| -> Vec<&'static str> {
        let remarks = seal.remarks();
        remarks.iter().map(|finding| finding.error.code()).collect()
    };
    let mut seal = Seal::from_der(der).unwrap();
    assert!(codes(&seal).is_empty());
    seal.picture.kind = "BMP".into();
    assert_eq!(codes(&seal), ["seal-picture-mislabelled"]);
    seal.picture.data = b"<html><script>alert(1)</script>".into();
    assert_eq!(codes(&seal), ["seal-picture-not-shown"]);
    let facts = seal.facts(at("2021-01-01"));
    assert_eq!(
        (facts.picture.found, facts.picture.media_type),
        (None, None)
    );
    assert!(!facts.picture.can_be_shown);
    // A name can't reverse or hide the sentence around it.
    seal.property.name = "公章\u{202e}章公".into();
    assert!(seal.facts(at("2021-01-01")).summary.zh.contains("⟨U+202E⟩"));
}
