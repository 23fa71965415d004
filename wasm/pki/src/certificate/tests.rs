//! CertificateFacts of certificates made on the spot, the shared data's, and garbage.

use super::*;
use crate::asn1::{self, element, tag};
use crate::testing::{Identity, NOW, Pieces, Profile, TestKey};
use yinxin_proto::consent::{Disclosed, HolderKind};
use yinxin_proto::time::DAY;

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
        Error::CertificateEndsSoon {
            days: 55,
            date: certificate.not_after().to_string(),
        }
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
        assert_eq!(made(&profile).credit_code(), Some(code));
    }
    let mut profile = Profile::unit();
    profile
        .subject
        .push((oid::ORGANIZATION_IDENTIFIER, "NTRCN-91350100M000100Y43"));
    assert_eq!(made(&profile).credit_code(), Some(code));
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
        assert_eq!(made(&profile).credit_code(), Some(code));
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
    a.subject = vec![(oid::COMMON_NAME, "a\0b\0\0")];
    b.subject = vec![(oid::COMMON_NAME, "a\u{85}\\00")];
    assert_eq!(made(&a).subject().to_string(), "CN=a\\00b\\00\\00");
    assert_eq!(made(&b).subject().to_string(), "CN=a\\C2\\85\\\\00");
}

#[test]
fn persons_of_different_texts_differ() {
    let person = |kind, value: &[u8]| {
        let profile = Profile {
            extensions: vec![(oid::IDENTITY_CODE, false, element(kind, &[value]))],
            ..Profile::unit()
        };
        made(&profile).person().unwrap()
    };
    assert_eq!(person(tag::UTF8_STRING, b"51-1"), "51-1");
    assert_eq!(person(tag::UTF8_STRING, b"51-1\0"), "51-1\\00");
    assert_eq!(person(tag::UTF8_STRING, b"51-1\\00"), "51-1\\\\00");
    assert_eq!(person(0x80, b"51-1\0"), "51-1\\00");
    let mut subject = Profile::unit();
    subject.subject.push((oid::SERIAL_NUMBER, "51-1\0"));
    assert_eq!(made(&subject).person().unwrap(), "51-1\\00");
}

/// RFC 4518: what caseIgnoreMatch leaves out and folds, what it can't compare, and what differs.
#[test]
fn names_are_compared_as_people_read_them() {
    let named = |text: &str| {
        let value = element(tag::UTF8_STRING, &[text.as_bytes()]);
        let attribute = element(tag::SEQUENCE, &[&asn1::oid(oid::ORGANIZATION), &value]);
        let set = element(tag::SET, &[&attribute]);
        DistinguishedName::from_der(&element(tag::SEQUENCE, &[&set])).unwrap()
    };
    for (a, b, expected) in [
        ("Évil", "éVIL", Some(true)),
        ("Е́vil", "Évil", Some(false)),
        ("e\u{301}vil", "ÉVIL", Some(true)),
        ("STRASSE", "straße", Some(true)),
        ("straẞe", "strasse", Some(true)),
        ("Σοφός", "ΣΟΦΌΣ", Some(true)),
        ("ＥＶＩＬ", "evil", Some(true)),
        ("ⓔⓥⓘⓛ", "EVIL", Some(true)),
        ("ℂo", "co", Some(true)),
        ("ﬁne", "FINE", Some(true)),
        ("ｶﾞ", "ガ", Some(true)),
        ("ev\u{200b}il", "evil", Some(true)),
        ("\u{feff}evil\u{2060}", "evil", Some(true)),
        ("ev\u{ad}il", "evil", Some(true)),
        ("ev\u{202e}il", "evil", Some(true)),
        ("ev\u{2067}il", "evil", Some(true)),
        ("ev\u{fe0f}il", "evil", Some(true)),
        ("ev\u{e0041}il", "evil", Some(true)),
        ("ev\u{1806}il", "evil", Some(true)),
        ("ev\u{0}il\u{0}", "evil", Some(true)),
        ("ev\u{1}il", "evil", Some(true)),
        ("示例\u{3000} 公司 ", " 示例 公司", Some(true)),
        ("a\u{a0}b\nc", "A B C", Some(true)),
        ("a b", "ab", Some(false)),
        ("示例公司", "示例公可", Some(false)),
        ("\u{131}", "i", Some(false)),
        ("evil", "devil", Some(false)),
        ("evil\u{e000}", "evil", None),
        ("evil\u{fffd}", "evil", None),
        ("\u{e000}", "\u{e000}", Some(true)),
    ] {
        let (a, b) = (named(a), named(b));
        assert_eq!(a.is_within(&b), expected, "{a} {b}");
        assert_eq!(b.is_within(&a), expected, "{a} {b}");
        assert_eq!(a.matches(&b), expected == Some(true), "{a} {b}");
    }
    // Bytes that are no text, or of an encoding that nobody knows.
    let with = |kind, bytes: &[u8]| {
        let value = element(kind, &[bytes]);
        let attribute = element(tag::SEQUENCE, &[&asn1::oid(oid::ORGANIZATION), &value]);
        let set = element(tag::SET, &[&attribute]);
        DistinguishedName::from_der(&element(tag::SEQUENCE, &[&set])).unwrap()
    };
    let evil = named("evil");
    assert_eq!(with(tag::T61_STRING, b"EVIL").is_within(&evil), Some(true));
    assert_eq!(with(tag::T61_STRING, b"evil\xe9").is_within(&evil), None);
    // GBK is a guess as well: what is equal by it is equal, what is not can't be told.
    let gbk = with(tag::T61_STRING, b" \xcb\xc4\xb4\xa8 a");
    assert_eq!(gbk.is_within(&named("四川 A")), Some(true));
    assert_eq!(gbk.is_within(&evil), None);
    let utf8 = with(tag::T61_STRING, "四川 a".as_bytes());
    assert_eq!(utf8.is_within(&evil), Some(false));
    assert_eq!(with(tag::UTF8_STRING, b"evil\xff").is_within(&evil), None);
    assert_eq!(with(tag::OCTET_STRING, b"evil").is_within(&evil), None);
}

/// DER orders a set by its octets, which depend on the types of the strings.
#[test]
fn a_relative_name_is_a_set() {
    let set = |attributes: &[(ObjectIdentifier, u8, &str)]| {
        let all: Vec<u8> = attributes
            .iter()
            .flat_map(|(oid, kind, text)| {
                let value = element(*kind, &[text.as_bytes()]);
                element(tag::SEQUENCE, &[&asn1::oid(*oid), &value])
            })
            .collect();
        let set = element(tag::SET, &[&all]);
        DistinguishedName::from_der(&element(tag::SEQUENCE, &[&set]))
    };
    let (cn, utf8, printable) = (oid::COMMON_NAME, tag::UTF8_STRING, tag::PRINTABLE_STRING);
    let own = set(&[(cn, printable, "a"), (cn, printable, "b"), (cn, utf8, "b")]).unwrap();
    let other = set(&[(cn, utf8, "B"), (cn, utf8, "A"), (cn, printable, "B")]).unwrap();
    assert!(own.matches(&other));
    let twice = set(&[(cn, utf8, "a"), (cn, utf8, "a"), (cn, utf8, "b")]).unwrap();
    assert!(!own.matches(&twice) && !twice.matches(&own));
    assert_eq!(own.is_within(&twice), Some(false));
    let private = set(&[(cn, utf8, "\u{e000}"), (cn, utf8, "b"), (cn, utf8, "b")]).unwrap();
    assert_eq!(own.is_within(&private), None);
    assert_eq!(
        set(&[(cn, utf8, "a")]).unwrap().is_within(&own),
        Some(false)
    );
    assert!(set(&[]).is_err());
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
    bad.push(1);
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
fn all_facts_are_told() {
    let uri = |uri: &[u8]| element(0x86, &[uri]);
    let names = element(
        0xa0,
        &[&element(0xa0, &[&uri(b"http://crl.example/a.crl")])],
    );
    let points = element(tag::SEQUENCE, &[&element(tag::SEQUENCE, &[&names])]);
    let access = |method, place: &[u8]| element(tag::SEQUENCE, &[&asn1::oid(method), &uri(place)]);
    let access = element(
        tag::SEQUENCE,
        &[
            &access(oid::OCSP, b"http://ocsp.example"),
            &access(oid::CA_ISSUERS, b"http://ca.example/ca.cer"),
        ],
    );
    let policy = element(tag::SEQUENCE, &[&asn1::oid("1.2.3.4".parse().unwrap())]);
    let mut profile = Profile {
        extensions: vec![
            (oid::SUBJECT_KEY_IDENTIFIER, false, vec![4, 2, 0xab, 0xcd]),
            (
                oid::AUTHORITY_KEY_IDENTIFIER,
                false,
                vec![0x30, 4, 0x80, 2, 1, 2],
            ),
            (oid::CRL_DISTRIBUTION_POINTS, false, points),
            (oid::AUTHORITY_INFO_ACCESS, false, access),
            (
                oid::CERTIFICATE_POLICIES,
                false,
                element(tag::SEQUENCE, &[&policy]),
            ),
            (
                oid::EXTENDED_KEY_USAGE,
                false,
                element(
                    tag::SEQUENCE,
                    &[
                        &asn1::oid("1.3.6.1.5.5.7.3.2".parse().unwrap()),
                        &asn1::oid("1.2.3.5".parse().unwrap()),
                    ],
                ),
            ),
            (oid::TAX_NUMBER, false, element(tag::UTF8_STRING, &[b"T1"])),
            (
                "1.2.156.112570.11.205".parse().unwrap(),
                false,
                element(tag::UTF8_STRING, &[b"S2"]),
            ),
        ],
        ..Profile::unit()
    };
    profile.subject.push((oid::ORGANIZATION_CODE, "O3"));
    profile.subject.push((oid::EMAIL, "a@b.example"));
    let certificate = made(&profile);
    let facts = certificate.facts(NOW);
    let attributes: Vec<_> = facts
        .subject_attributes
        .iter()
        .map(|a| format!("{} {} {} {}", a.oid, a.name, a.text, a.encoding))
        .collect();
    assert_eq!(
        attributes,
        [
            "2.5.4.6 C CN PrintableString",
            "2.5.4.10 O 示例采购有限公司 UTF8String",
            "2.5.4.3 CN 示例采购有限公司 UTF8String",
            "1.2.156.10260.4.1.4 1.2.156.10260.4.1.4 O3 UTF8String",
            "1.2.840.113549.1.9.1 emailAddress a@b.example IA5String",
        ]
    );
    assert_eq!(facts.issuer_attributes, facts.subject_attributes);
    let identities: Vec<_> = facts
        .identities
        .iter()
        .map(|i| format!("{} {} {} {}", i.name.zh, i.name.en, i.value, i.place))
        .collect();
    assert_eq!(
        identities,
        [
            "企业组织机构代码 Organisation code O3 subject",
            "企业税号 Taxpayer number T1 extensions",
            "SHECA 扩展标识 SHECA extension S2 extensions",
        ]
    );
    assert_eq!(facts.not_after, "2027-08-14T15:04:05Z");
    assert_eq!(facts.not_after_china, "2027-08-14T23:04:05+08:00");
    assert_eq!(
        (facts.days_left, &facts.now[..]),
        (265, "2026-11-22T15:04:05Z")
    );
    let curve = facts.curve.unwrap();
    assert_eq!(
        (&curve.name[..], &curve.oid[..]),
        ("SM2", "1.2.156.10197.1.301")
    );
    assert_eq!(facts.signature_algorithm, "SM2-with-SM3");
    assert_eq!(
        facts.key_usage,
        Some(vec!["digitalSignature", "nonRepudiation"])
    );
    assert_eq!(facts.extended_key_usage, ["clientAuth", "1.2.3.5"]);
    assert_eq!(facts.purposes, ["sign"]);
    assert_eq!(facts.policies, ["1.2.3.4"]);
    assert_eq!(facts.crl_addresses, ["http://crl.example/a.crl"]);
    assert_eq!(facts.ocsp_addresses, ["http://ocsp.example"]);
    assert_eq!(facts.issuer_addresses, ["http://ca.example/ca.cer"]);
    assert_eq!(facts.subject_key.as_deref(), Some("abcd"));
    assert_eq!(facts.authority_key.as_deref(), Some("0102"));
    assert_eq!(facts.sm3, hex(&sm3(certificate.der())));
    assert_eq!(facts.findings, []);
    let names: Vec<String> = serde_json::to_value(certificate.facts(NOW))
        .unwrap()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert!(names.contains(&"notAfterChina".into()) && names.contains(&"sm3".into()));
    let ca = made(&Profile {
        ca: Some(Some(1)),
        ..Profile::authority("示例根")
    })
    .facts(NOW);
    assert_eq!((ca.is_ca, ca.path_length), (true, Some(1)));
}

#[test]
fn days_are_those_of_the_calendar_in_china() {
    let certificate = made(&Profile {
        not_after: UnixTime::parse("2026-12-31T15:59:59Z").unwrap(),
        ..Profile::unit()
    });
    for (now, days) in [
        ("2026-12-30T15:59:59Z", 1),
        ("2026-12-30T16:00:00Z", 0),
        ("2026-12-31T15:59:59Z", 0),
        ("2026-12-31T16:00:00Z", -1),
    ] {
        assert_eq!(
            certificate.days_left(UnixTime::parse(now).unwrap()),
            days,
            "{now}"
        );
    }
    for extreme in [i64::MIN, i64::MAX] {
        let _ = certificate.facts(UnixTime(extreme));
    }
}

#[test]
fn an_expert_is_told_only_by_the_words_of_a_person() {
    let kind = |subject: Vec<(ObjectIdentifier, &'static str)>| {
        let profile = Profile {
            subject,
            ..Profile::unit()
        };
        made(&profile).facts(NOW).kind
    };
    let person = (oid::COMMON_NAME, "张三");
    for says in [
        (oid::TITLE, "评标专家"),
        (oid::ORGANIZATIONAL_UNIT, "四川省综合评标专家"),
        (oid::ORGANIZATIONAL_UNIT, "评审专家证书"),
        (oid::DESCRIPTION, "评标专家（工程类）"),
    ] {
        assert_eq!(kind(vec![says, person]), HolderKind::Expert, "{says:?}");
    }
    for other in [
        (oid::ORGANIZATIONAL_UNIT, "评标专家管理处"),
        (oid::ORGANIZATION, "评标专家"),
        (oid::TITLE, "专家"),
    ] {
        assert_eq!(kind(vec![other, person]), HolderKind::Unknown, "{other:?}");
    }
    let unit = "示例评标专家";
    let of_unit = vec![
        (oid::ORGANIZATION, unit),
        (oid::ORGANIZATIONAL_UNIT, "评标专家"),
        (oid::COMMON_NAME, unit),
    ];
    assert_eq!(kind(of_unit), HolderKind::Unit);
}

/// A sentence for each situation, reviewed as prose.
#[test]
fn the_summary_says_what_it_is_good_for() {
    let issuer = Identity::self_signed(TestKey::sm2(2), &Profile::authority("示例签发机构"));
    let say = |key: TestKey, now: UnixTime, profile: &Profile| {
        let summary = issuer.issue(key, profile).certificate.summary(now);
        [summary.zh, summary.en]
    };
    let unit = Profile::unit();
    let usage = |usage| Profile {
        key_usage: Some(usage),
        ..Profile::unit()
    };
    let key = || TestKey::sm2(1);
    assert_eq!(
        say(key(), NOW, &unit),
        [
            "“示例采购有限公司”（单位）的 SM2 签名证书，由“示例签发机构”签发，有效期至 2027年8月14日（还有 265 天），可用于登录和签名。",
            "SM2 signing certificate of “示例采购有限公司” (unit), issued by “示例签发机构”, valid until 14 August 2027 (265 days left). It can be used to log in and to sign.",
        ]
    );
    assert_eq!(
        say(key(), NOW, &usage(0x38)),
        [
            "“示例采购有限公司”（单位）的 SM2 加密证书，由“示例签发机构”签发，有效期至 2027年8月14日（还有 265 天），可用于加密和解密文件，不能用于登录和签名。",
            "SM2 encryption certificate of “示例采购有限公司” (unit), issued by “示例签发机构”, valid until 14 August 2027 (265 days left). It can be used to encrypt and decrypt files, not to log in or to sign.",
        ]
    );
    assert_eq!(
        say(TestKey::rsa(), NOW.plus(264 * DAY), &usage(0xf0)),
        [
            "“示例采购有限公司”（单位）的 RSA 签名和加密证书，由“示例签发机构”签发，有效期至 2027年8月14日（还有 1 天），可用于登录、签名和加密。",
            "RSA signing and encryption certificate of “示例采购有限公司” (unit), issued by “示例签发机构”, valid until 14 August 2027 (1 day left). It can be used to log in, to sign and to encrypt.",
        ]
    );
    assert_eq!(
        say(key(), NOW.plus(265 * DAY), &unit)[0],
        "“示例采购有限公司”（单位）的 SM2 签名证书，由“示例签发机构”签发，有效期至今天（2027年8月14日），可用于登录和签名。"
    );
    assert_eq!(
        say(key(), NOW.plus(265 * DAY + 1), &unit),
        [
            "“示例采购有限公司”（单位）的 SM2 签名证书，由“示例签发机构”签发，已于今天（2027年8月14日）到期，不能再用于登录和签名，请先更新证书。",
            "SM2 signing certificate of “示例采购有限公司” (unit), issued by “示例签发机构”, ended today (14 August 2027). It can no longer be used to log in or to sign: renew it first.",
        ]
    );
    assert_eq!(
        say(key(), NOW.plus(275 * DAY), &usage(0x38)),
        [
            "“示例采购有限公司”（单位）的 SM2 加密证书，由“示例签发机构”签发，已于 2027年8月14日过期（10 天前），不应再用于加密，仍可解密以前的文件。",
            "SM2 encryption certificate of “示例采购有限公司” (unit), issued by “示例签发机构”, ended on 14 August 2027 (10 days ago). It should no longer be used to encrypt; it can still decrypt earlier files.",
        ]
    );
    assert_eq!(
        say(key(), NOW.plus(-101 * DAY), &unit),
        [
            "“示例采购有限公司”（单位）的 SM2 签名证书，由“示例签发机构”签发，2026年8月14日起生效，有效期至 2027年8月14日，生效前不能用于登录和签名。",
            "SM2 signing certificate of “示例采购有限公司” (unit), issued by “示例签发机构”, valid from 14 August 2026 until 14 August 2027. It can't be used to log in or to sign before that.",
        ]
    );
    let ca = issuer.certificate.summary(NOW);
    assert_eq!(
        [ca.zh, ca.en],
        [
            "“示例签发机构”的 SM2 发证机构证书，由其自行签发，有效期至 2027年8月14日（还有 265 天），用于签发其他证书，不能用于登录和签名。",
            "SM2 CA certificate of “示例签发机构”, issued by itself, valid until 14 August 2027 (265 days left). It issues other certificates and can't be used to log in or to sign.",
        ]
    );
    let mut pieces = Pieces::new(&key());
    let ec = [
        asn1::oid(oid::EC),
        asn1::oid("1.3.132.0.35".parse().unwrap()),
    ]
    .concat();
    let point = element(tag::BIT_STRING, &[&[0, 4]]);
    pieces.spki = element(tag::SEQUENCE, &[&element(tag::SEQUENCE, &[&ec]), &point]);
    let odd = Certificate::from_der(pieces.der(&key())).unwrap();
    assert_eq!(
        odd.summary(NOW).zh,
        "“示例采购有限公司”（单位）的 P-521 签名证书，由其自行签发，有效期至 2027年8月14日（还有 265 天），印信不支持这种密钥，不能用它登录和签名。"
    );
    assert_eq!(odd.facts(NOW).key_bits, Some(521));
}

#[test]
fn certificates_issued_together_are_partners() {
    let issuer = Identity::self_signed(TestKey::sm2(2), &Profile::authority("示例签发机构"));
    let begin = Profile::unit().not_before;
    let make = |seed: u8, usage: u8, not_before: UnixTime| {
        let profile = Profile {
            key_usage: Some(usage),
            not_before,
            ..Profile::unit()
        };
        issuer.issue(TestKey::sm2(seed), &profile).certificate
    };
    let sign = make(10, 0xc0, begin);
    let encrypt = make(11, 0x38, begin.plus(60));
    // Renewed on the same day.
    let sign2 = make(12, 0xc0, begin.plus(20_000));
    let encrypt2 = make(13, 0x38, begin.plus(20_010));
    let partners = |list: &[&Certificate]| pair::partners(list);
    assert_eq!(partners(&[&sign, &encrypt]), [(0, 1)]);
    assert_eq!(
        partners(&[&encrypt2, &sign, &sign2, &encrypt]),
        [(1, 3), (2, 0)]
    );
    assert_eq!(partners(&[&sign, &sign2, &encrypt]), [(0, 2)]);
    // Of copies, the first.
    let copies = [&encrypt, &sign, &sign, &encrypt];
    let copies: Vec<&Certificate> = copies.into_iter().cycle().take(1000).collect();
    assert_eq!(partners(&copies), [(1, 0)]);
    assert_eq!(
        partners(&[&sign, &make(11, 0x38, begin.plus(2 * DAY))]),
        [],
        "another year's"
    );
    assert_eq!(
        partners(&[&sign, &make(10, 0x38, begin)]),
        [],
        "the same key"
    );
    assert_eq!(partners(&[&sign, &make(11, 0xf8, begin)]), [], "does both");
    let mut other = Profile {
        key_usage: Some(0x38),
        ..Profile::unit()
    };
    let p256 = issuer.issue(TestKey::p256(3), &other).certificate;
    assert_eq!(partners(&[&sign, &p256]), [], "another kind of key");
    other.subject = vec![(oid::COMMON_NAME, "另一单位")];
    let stranger = issuer.issue(TestKey::sm2(11), &other).certificate;
    assert_eq!(partners(&[&sign, &stranger]), [], "another holder");
    assert_eq!(partners(&[]), []);
}

mod field;
mod leniency;
mod properties;
mod shared;
