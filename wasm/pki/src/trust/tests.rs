//! Paths made on the spot, and the national ones of the shared data.

mod lists;
mod written;

use super::*;
use crate::asn1::{self, hex, tag};
use crate::testing::{Identity, NOW, OpenSsl, Pieces, Profile, TestKey, chain, codes, data, fatal};
use der::asn1::ObjectIdentifier as Oid;
use yinxin_proto::time::DAY;

/// Judges the leaf under the root with everything right, but for what `change` changes.
fn check(
    leaf: &Identity,
    root: &Identity,
    intermediates: &[&Identity],
    crls: &[Vec<u8>],
    change: fn(&mut PathPolicy<'_>),
) -> PathVerdict {
    let anchors = [root.certificate.clone().into()];
    let intermediates: Vec<_> = intermediates
        .iter()
        .map(|i| i.certificate.clone())
        .collect();
    let crls = Crls::read(crls);
    let mut policy = PathPolicy::new(&anchors, &intermediates, &crls, NOW);
    change(&mut policy);
    let verdict = verify(&leaf.certificate, &policy);
    for finding in &verdict.findings {
        // A list that is missing or unusable tells all in its parameters.
        let is_list = finding.error.code().starts_with("crl-");
        let has_evidence = finding.found.is_some() && finding.expected.is_some();
        let has_place = finding.place.is_some();
        let is_fatal = finding.severity == Severity::Fatal;
        assert!(
            !is_fatal || is_list || has_evidence && has_place,
            "{finding:?}"
        );
    }
    verdict
}

#[test]
fn a_path_of_each_kind_of_key_is_found() {
    for key in TestKey::all() {
        let root = Identity::self_signed(key.clone(), &Profile::authority("root"));
        let issuing = root.issue(key.clone(), &Profile::authority("issuing"));
        let leaf = issuing.issue(key, &Profile::unit());
        let verdict = check(&leaf, &root, &[&issuing], &[], |_| {});
        assert!(verdict.valid, "{:?}", verdict.findings);
        assert_eq!(codes(&verdict.findings), ["crl-missing", "crl-missing"]);
        assert_eq!(verdict.path.len(), 3);
        let required = check(&leaf, &root, &[&issuing], &[], |p| {
            p.crl_policy = CrlPolicy::Require
        });
        assert_eq!(fatal(&required.findings), ["crl-missing", "crl-missing"]);
    }
}

#[test]
fn what_breaks_a_path_has_its_code() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let stranger = Identity::self_signed(TestKey::sm2(9), &Profile::authority("示例根"));
    let verdict = check(&leaf, &root, &[], &[], |_| {});
    assert_eq!(fatal(&verdict.findings), ["issuer-unknown"]);
    // The right name with another key.
    let verdict = check(&leaf, &stranger, &[&issuing], &[], |_| {});
    assert_eq!(fatal(&verdict.findings), ["signature-invalid"]);
    assert_eq!(verdict.findings[0].place.as_deref(), Some("path[1]"));

    let late = check(&leaf, &root, &[&issuing], &[], |p| {
        p.at = NOW.plus(400 * DAY)
    });
    assert_eq!(fatal(&late.findings), ["certificate-expired"; 3]);

    let not_ca = Profile {
        ca: None,
        ..Profile::authority("示例签发机构")
    };
    let no_key_usage = Profile {
        key_usage: Some(0xc0),
        ..Profile::authority("示例签发机构")
    };
    for profile in [not_ca, no_key_usage] {
        let issuing = root.issue(TestKey::sm2(0x52), &profile);
        let verdict = check(&leaf, &root, &[&issuing], &[], |_| {});
        assert_eq!(fatal(&verdict.findings), ["issuer-not-ca"]);
    }

    let short = Profile {
        ca: Some(Some(0)),
        ..Profile::authority("short")
    };
    let short = Identity::self_signed(TestKey::sm2(3), &short);
    let issuing = short.issue(TestKey::sm2(4), &Profile::authority("issuing"));
    let leaf = issuing.issue(TestKey::sm2(5), &Profile::unit());
    let verdict = check(&leaf, &short, &[&issuing], &[], |_| {});
    assert_eq!(fatal(&verdict.findings), ["path-too-long"]);

    let critical = Profile {
        extensions: vec![(oid::SM3, true, vec![5, 0])],
        ..Profile::unit()
    };
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let leaf = issuing.issue(TestKey::sm2(1), &critical);
    let verdict = check(&leaf, &root, &[&issuing], &[], |_| {});
    assert_eq!(fatal(&verdict.findings), ["critical-extension-unknown"]);
}

#[test]
fn a_chain_of_many_authorities_ends_and_does_not_hang() {
    // Each authority has the same name, so every pair is a candidate.
    let profile = Profile::authority("loop");
    let root = Identity::self_signed(TestKey::sm2(1), &profile);
    let others: Vec<_> = (2..40)
        .map(|seed| root.issue(TestKey::sm2(seed), &profile))
        .collect();
    let leaf = others[0].issue(TestKey::sm2(50), &Profile::unit());
    let stranger = Identity::self_signed(TestKey::sm2(60), &Profile::authority("other"));
    let all: Vec<_> = others.iter().collect();
    let verdict = check(&leaf, &stranger, &all, &[], |_| {});
    assert!(!verdict.valid);
}

#[test]
fn revocation_counts_from_its_date() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let day = |n| NOW.plus(n * DAY);
    let clean = root.crl(&[], day(-1), day(30));
    let with = |revoked: &[(&[u8], UnixTime)], this, next| {
        let lists = [clean.clone(), issuing.crl(revoked, this, next)];
        check(&leaf, &root, &[&issuing], &lists, |_| {})
    };
    let serial = leaf.certificate.serial();
    let good = with(&[(&[1], day(-9))], day(-1), day(30));
    assert!(good.findings.is_empty(), "{:?}", good.findings);
    let revoked = with(&[(serial, day(-2))], day(-1), day(30));
    assert_eq!(fatal(&revoked.findings), ["certificate-revoked"]);
    assert!(
        with(&[(serial, day(2))], day(-1), day(30)).valid,
        "revoked later"
    );
    let stale = with(&[], day(-9), day(-3));
    assert!(stale.valid);
    assert_eq!(codes(&stale.findings), ["crl-stale"]);
    let stale = with(&[(serial, day(-5))], day(-4), day(-3));
    assert_eq!(
        fatal(&stale.findings),
        ["certificate-revoked"],
        "stale, and still revoked"
    );

    // A list under the issuer's name that another key signed says nothing.
    let impostor = Identity::self_signed(TestKey::sm2(7), &Profile::authority("示例签发机构"));
    let false_list = impostor.crl(&[(serial, day(-2))], day(-1), day(30));
    let own = issuing.crl(&[], day(-1), day(30));
    let lists = [clean.clone(), false_list.clone(), own];
    let verdict = check(&leaf, &root, &[&issuing], &lists, |_| {});
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
    let lists = [clean, false_list, b"rubbish".to_vec()];
    let verdict = check(&leaf, &root, &[&issuing], &lists, |_| {});
    assert!(verdict.valid);
    assert_eq!(
        codes(&verdict.findings),
        ["crl-invalid", "crl-missing", "crl-invalid"]
    );
}

/// Padded, without the sign octet, both: whichever of certificate and list writes it so.
#[test]
fn a_serial_number_is_revoked_however_either_side_writes_it() {
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let day = |n| NOW.plus(n * DAY);
    let clean = root.crl(&[], day(-1), day(30));
    let judge = |own: &[u8], listed: &[&[u8]]| {
        let profile = Profile {
            serial: own.to_vec(),
            ..Profile::unit()
        };
        let leaf = issuing.issue(TestKey::sm2(1), &profile);
        let entries: Vec<_> = listed.iter().map(|serial| (*serial, day(-2))).collect();
        let lists = [clean.clone(), issuing.crl(&entries, day(-1), day(30))];
        let verdict = check(&leaf, &root, &[&issuing], &lists, |p| {
            p.crl_policy = CrlPolicy::Require;
        });
        fatal(&verdict.findings)
    };
    let same: [&[&[u8]]; 3] = [
        &[&[0x12, 0x34], &[0, 0x12, 0x34], &[0, 0, 0x12, 0x34]],
        &[
            &[0, 0x90, 0xab],
            &[0, 0, 0x90, 0xab],
            &[0x90, 0xab],
            &[0xff, 0x90, 0xab],
        ],
        &[&[0], &[0, 0]],
    ];
    for (at, group) in same.iter().enumerate() {
        for own in *group {
            for listed in *group {
                assert_eq!(
                    judge(own, &[listed]),
                    ["certificate-revoked"],
                    "{own:?} {listed:?}"
                );
            }
            let others: Vec<&[u8]> = (0..same.len())
                .filter(|other| *other != at)
                .flat_map(|other| same[other].iter().copied())
                .chain([
                    &[0x34][..],
                    &[0x12],
                    &[0x34, 0x12],
                    &[0x12, 0x34, 0],
                    &[1, 0x12, 0x34],
                ])
                .collect();
            assert!(judge(own, &others).is_empty(), "{own:?} {others:?}");
        }
    }
    // An entry that does not count hides no other one.
    let profile = Profile {
        serial: vec![0x90, 0xab],
        ..Profile::unit()
    };
    let leaf = issuing.issue(TestKey::sm2(1), &profile);
    let entries: [(&[u8], _); 2] = [(&[0, 0x90, 0xab], day(2)), (&[0x90, 0xab], day(-2))];
    let lists = [clean.clone(), issuing.crl(&entries, day(-1), day(30))];
    let verdict = check(&leaf, &root, &[&issuing], &lists, |_| {});
    assert_eq!(fatal(&verdict.findings), ["certificate-revoked"]);
    // What is no INTEGER at all makes a list that can't be used.
    assert_eq!(judge(&[0], &[&[]]), ["crl-invalid", "crl-missing"]);
}

/// Made by others: the numbers as OpenSSL prints them agree, or differ in the lost sign octet.
#[test]
fn odd_serial_numbers_of_the_field_are_revoked() {
    let Some(folder) = data::folder() else { return };
    let read = |name: &str| std::fs::read(folder.join("field").join(name)).unwrap();
    let anchors = [Certificate::parse(&read("ca.der")).unwrap().into()];
    let at = UnixTime::parse("2026-06-01").unwrap();
    for (certificate, list) in [
        ("s-nonminimal-serial.cer", "r-nonminimal-entry.crl"),
        ("s-nonminimal-serial.cer", "r-revoked.crl"),
        ("s-negative-serial.cer", "r-for-negative.crl"),
        ("base-ee.pem", "r-nonminimal-entry.crl"),
        ("base-ee.pem", "r-revoked.crl"),
    ] {
        let place = format!("{certificate} {list}");
        let certificate = Certificate::parse(&read(certificate)).unwrap();
        let judge = |list| {
            let crls = Crls::read(&[read(list)]);
            let policy = PathPolicy {
                crl_policy: CrlPolicy::Require,
                ..PathPolicy::new(&anchors, &[], &crls, at)
            };
            fatal(&verify(&certificate, &policy).findings)
        };
        assert_eq!(judge(list), ["certificate-revoked"], "{place}");
        assert!(judge("r-good.crl").is_empty(), "{place}");
    }
}

#[test]
fn issuers_and_purposes_filter_and_never_widen() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let accepted = |issuers: Vec<Issuer>| {
        let anchors = [root.certificate.clone().into()];
        let intermediates = [issuing.certificate.clone()];
        let crls = Crls::default();
        let policy = PathPolicy {
            issuers: Some(&issuers),
            ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
        };
        fatal(&verify(&leaf.certificate, &policy).findings)
    };
    let by_certificate = |i: &Identity| Issuer::from(&i.certificate);
    assert!(accepted(vec![by_certificate(&issuing)]).is_empty());
    assert!(accepted(vec![Issuer::Name("示例签发机构".into())]).is_empty());
    assert!(accepted(vec![Issuer::Name("CN=示例签发机构,C=CN".into())]).is_empty());
    let impostor = Identity::self_signed(TestKey::sm2(7), &Profile::authority("示例签发机构"));
    for issuers in [
        vec![],
        vec![by_certificate(&root)],
        vec![by_certificate(&impostor)],
    ] {
        assert_eq!(accepted(issuers), ["issuer-not-accepted"]);
    }
    let stranger = Identity::self_signed(TestKey::sm2(9), &Profile::authority("x"));
    let named = check(&leaf, &stranger, &[&issuing], &[], |p| p.issuers = None);
    assert_eq!(fatal(&named.findings), ["issuer-unknown"]);

    let purpose = |purpose: fn(&mut PathPolicy<'_>)| {
        fatal(&check(&leaf, &root, &[&issuing], &[], purpose).findings)
    };
    assert!(purpose(|p| p.purpose = Some(KeyPurpose::Sign)).is_empty());
    assert_eq!(
        purpose(|p| p.purpose = Some(KeyPurpose::Encrypt)),
        ["certificate-not-for-encryption"]
    );
}

/// OpenSSL knows each purpose alone; what holds for one of the two holds here.
#[test]
fn an_extended_key_usage_allows_signatures_only_with_a_purpose_for_them() {
    const DOCUMENTS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.36");
    let long = |profile| Profile {
        not_before: NOW.plus(-3650 * DAY),
        not_after: NOW.plus(3650 * DAY),
        ..profile
    };
    let openssl = OpenSsl::new("eku");
    let judge =
        |on_root: &[Oid], on_ca: &[Oid], on_leaf: &[Oid], change: fn(&mut PathPolicy<'_>)| {
            let with = |profile: Profile, purposes: &[Oid]| match purposes {
                [] => long(profile),
                _ => long(profile).with_usages(purposes.len() == 1, purposes),
            };
            let root = with(Profile::authority("root"), on_root);
            let root = Identity::self_signed(TestKey::p256(1), &root);
            let issuing = root.issue(
                TestKey::p256(2),
                &with(Profile::authority("issuing"), on_ca),
            );
            let leaf = issuing.issue(TestKey::p256(3), &with(Profile::unit(), on_leaf));
            let verdict = check(&leaf, &root, &[&issuing], &[], change);
            let places = verdict.findings.iter();
            let places = places.filter(|finding| finding.severity == Severity::Fatal);
            let places: Vec<_> = places
                .map(|finding| (finding.error.code(), finding.place.clone().unwrap()))
                .collect();
            let others = openssl.as_ref().map(|openssl| {
                let root = openssl.write("root", root.pem().as_bytes());
                let issuing = openssl.write("issuing", issuing.pem().as_bytes());
                let leaf = openssl.write("leaf", leaf.pem().as_bytes());
                ["sslclient", "smimesign"].iter().any(|purpose| {
                    OpenSsl::run(&[
                        "verify",
                        "-purpose",
                        purpose,
                        "-CAfile",
                        &root,
                        "-untrusted",
                        &issuing,
                        &leaf,
                    ])
                    .0
                })
            });
            (places, others)
        };
    let sign: fn(&mut PathPolicy<'_>) = |p| p.purpose = Some(KeyPurpose::Sign);
    let (client, mail, server) = (oid::CLIENT_AUTH, oid::EMAIL_PROTECTION, oid::SERVER_AUTH);
    for (on_root, on_ca, on_leaf, place) in [
        (&[][..], &[][..], &[client][..], None),
        (&[], &[], &[mail], None),
        (&[], &[], &[server, client], None),
        (&[], &[], &[DOCUMENTS, mail], None),
        (&[], &[], &[server], Some(0)),
        (&[], &[], &[oid::OCSP_SIGNING], Some(0)),
        (&[], &[], &[oid::TIME_STAMPING], Some(0)),
        (&[], &[], &[oid::CODE_SIGNING, DOCUMENTS], Some(0)),
        (&[], &[client, mail], &[client], None),
        (&[], &[client], &[], None),
        (&[], &[server], &[], Some(1)),
        (&[], &[server], &[client], Some(1)),
        (&[], &[mail], &[client], Some(1)),
        (&[], &[mail], &[client, mail], None),
        (&[client], &[mail], &[client, mail], Some(2)),
        (&[server], &[], &[client], Some(2)),
    ] {
        let what = format!("{on_root:?} {on_ca:?} {on_leaf:?}");
        let (found, others) = judge(on_root, on_ca, on_leaf, sign);
        let expected: Vec<_> = place
            .map(|at| ("extended-key-usage-not-accepted", format!("path[{at}]")))
            .into_iter()
            .collect();
        assert_eq!(found, expected, "{what}");
        assert!(
            others.is_none_or(|held| held == expected.is_empty()),
            "{what}"
        );
        // Nothing else asks for it.
        assert!(
            judge(on_root, on_ca, on_leaf, |_| {}).0.is_empty(),
            "{what}"
        );
    }
    // Every purpose, which OpenSSL takes for no particular one; and what the caller lists.
    let any = oid::ANY_EXTENDED_KEY_USAGE;
    assert!(judge(&[], &[any], &[any], sign).0.is_empty());
    assert!(judge(&[], &[client], &[any], sign).0.is_empty());
    let listing: fn(&mut PathPolicy<'_>) = |p| {
        p.purpose = Some(KeyPurpose::Sign);
        p.extended_key_usages = &[DOCUMENTS];
    };
    assert!(judge(&[], &[], &[DOCUMENTS], listing).0.is_empty());
    assert!(
        judge(&[], &[any], &[DOCUMENTS, server], listing)
            .0
            .is_empty()
    );
    assert_eq!(judge(&[], &[client], &[DOCUMENTS], listing).0.len(), 1);
    assert_eq!(judge(&[], &[], &[server], listing).0.len(), 1);
}

/// One that is no list of purposes allows none, critical or not.
#[test]
fn an_extended_key_usage_that_cannot_be_read_is_fatal() {
    let (root, issuing, _) = chain(TestKey::sm2(1));
    for value in [&[0x30, 0][..], &[5, 0], &[0x30, 2, 5, 0], &[0x30]] {
        for critical in [true, false] {
            let profile = Profile {
                extensions: vec![(oid::EXTENDED_KEY_USAGE, critical, value.to_vec())],
                ..Profile::unit()
            };
            let leaf = issuing.issue(TestKey::sm2(1), &profile);
            assert!(!leaf.certificate.may_sign());
            let verdict = check(&leaf, &root, &[&issuing], &[], |_| {});
            assert_eq!(
                fatal(&verdict.findings),
                ["extension-unreadable"],
                "{value:?}"
            );
        }
    }
}

/// A certificate of another key, issued as it is.
fn with_key(issuing: &Identity, spki: Vec<u8>) -> Identity {
    let mut pieces = Pieces::new(&issuing.key);
    pieces.issuer = issuing.certificate.subject().der().to_vec();
    pieces.spki = spki;
    Identity {
        key: issuing.key.clone(),
        certificate: Certificate::from_der(pieces.der(&issuing.key)).unwrap(),
    }
}

#[test]
fn a_key_that_is_none_is_valid_for_nothing() {
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let judge = |spki: &[u8], purpose| {
        let leaf = with_key(&issuing, spki.to_vec());
        let ask: fn(&mut PathPolicy<'_>) = match purpose {
            None => |_| {},
            Some(KeyPurpose::Sign) => |p| p.purpose = Some(KeyPurpose::Sign),
            Some(KeyPurpose::Encrypt) => |p| p.purpose = Some(KeyPurpose::Encrypt),
        };
        fatal(&check(&leaf, &root, &[&issuing], &[], ask).findings)
    };
    let warned = |spki: &[u8]| {
        let leaf = with_key(&issuing, spki.to_vec());
        let lists = [root.crl(&[], NOW, NOW), issuing.crl(&[], NOW, NOW)];
        let found = check(&leaf, &root, &[&issuing], &lists, |_| {}).findings;
        let warnings = found.iter().filter(|f| f.severity == Severity::Warning);
        warnings.map(|f| f.error.code()).collect::<Vec<_>>()
    };
    let refused = "algorithm-not-supported";
    for key in [TestKey::sm2(1), TestKey::p256(2)] {
        let good = key.spki();
        assert!(judge(&good, Some(KeyPurpose::Sign)).is_empty());
        let mut off = good.clone();
        *off.last_mut().unwrap() ^= 1;
        assert_eq!(judge(&off, None), [refused]);
        assert_eq!(judge(&off, Some(KeyPurpose::Sign)), [refused]);
    }
    // A small modulus is a key, and what rests on it is told: of 512 bits, nothing does.
    let rsa = |octets: usize| {
        let mut modulus = vec![0xc1; octets];
        modulus[octets - 1] = 1;
        let numbers = [asn1::unsigned(&modulus), asn1::unsigned(&[1, 0, 1])].concat();
        let key = asn1::element(tag::SEQUENCE, &[&numbers]);
        let algorithm = [asn1::oid(oid::RSA), vec![tag::NULL, 0]].concat();
        asn1::element(
            tag::SEQUENCE,
            &[
                &asn1::element(tag::SEQUENCE, &[&algorithm]),
                &asn1::element(tag::BIT_STRING, &[&[0], &key]),
            ],
        )
    };
    let small = rsa(64);
    assert_eq!(judge(&small, None), [refused]);
    for octets in [128, 255] {
        assert!(judge(&rsa(octets), None).is_empty());
        assert_eq!(judge(&rsa(octets), Some(KeyPurpose::Sign)), [refused]);
        assert_eq!(warned(&rsa(octets)), [refused]);
    }
    assert!(warned(&rsa(256)).is_empty());
    assert_eq!(judge(&small, Some(KeyPurpose::Sign)), [refused]);
    let encrypt = judge(&small, Some(KeyPurpose::Encrypt));
    assert_eq!(encrypt, [refused, "certificate-not-for-encryption"]);
}

#[test]
fn the_user_id_of_certificates_can_be_another() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let verdict = check(&leaf, &root, &[&issuing], &[], |p| p.sm2_id = b"");
    assert_eq!(fatal(&verdict.findings), ["signature-invalid"]);
}

#[test]
fn names_match_whatever_the_string_type() {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("Demo  Root"));
    let printable = {
        let text = asn1::element(tag::PRINTABLE_STRING, &[b"demo root"]);
        let country = asn1::element(tag::PRINTABLE_STRING, &[b"CN"]);
        let rdn = |kind, text: &[u8]| {
            let attribute = asn1::element(tag::SEQUENCE, &[&asn1::oid(kind), text]);
            asn1::element(tag::SET, &[&attribute])
        };
        let rdns = [rdn(oid::COUNTRY, &country), rdn(oid::COMMON_NAME, &text)].concat();
        asn1::element(tag::SEQUENCE, &[&rdns])
    };
    let der =
        crate::testing::certificate_der(&printable, &root.key, &TestKey::sm2(2), &Profile::unit());
    let leaf = Identity {
        key: TestKey::sm2(2),
        certificate: Certificate::from_der(der).unwrap(),
    };
    assert!(check(&leaf, &root, &[], &[], |_| {}).valid);
}

/// 72 of the 86 certificates verify under the national root (worked out with another verifier).
#[test]
fn the_national_certificates_verify_under_their_root() {
    let Some(folder) = data::folder() else { return };
    let read = |name: &std::path::Path| std::fs::read(name).unwrap();
    let folder_of = folder.join("ca-national");
    let root = Certificate::parse(&read(&folder_of.join("ROOTCA.pem"))).unwrap();
    let anchors = [root.clone().into()];
    let arl = read(&folder.join("crl/NRCAC_ROOTCA_arl_20220505.pem"));
    let crls = Crls::read(&[arl]);
    let (mut seen, mut under_root) = (0, 0);
    for entry in std::fs::read_dir(&folder_of).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "crt") {
            continue;
        }
        seen += 1;
        let certificate = Certificate::parse(&read(&path)).unwrap();
        let issued = certificate.verify_issued_by(&root, DEFAULT_ID).is_ok();
        let at = UnixTime::parse("2022-05-06")
            .unwrap()
            .max(certificate.not_before());
        let verdict = verify(&certificate, &PathPolicy::new(&anchors, &[], &crls, at));
        assert_eq!(verdict.path.len() == 2, issued, "{}", path.display());
        under_root += usize::from(issued);
        if issued {
            // Oddities of the encoding are notes.
            let grave: Vec<_> = verdict
                .findings
                .iter()
                .filter(|finding| finding.severity != Severity::Note)
                .cloned()
                .collect();
            let unexpected: Vec<_> = codes(&grave)
                .into_iter()
                .filter(|code| !["crl-stale"].contains(code))
                .collect();
            assert!(unexpected.is_empty(), "{unexpected:?} {}", path.display());
        }
    }
    assert_eq!((seen, under_root), (86, 72));
}

fn dn(attributes: &[(Oid, &str)]) -> Vec<u8> {
    asn1::element(0xa4, &[&crate::testing::name(attributes)])
}

fn subtrees(permitted: &[&[u8]], excluded: &[&[u8]]) -> Vec<u8> {
    let list = |tag, bases: &[&[u8]]| {
        let trees: Vec<u8> = bases
            .iter()
            .flat_map(|base| asn1::element(tag::SEQUENCE, &[base]))
            .collect();
        if bases.is_empty() {
            Vec::new()
        } else {
            asn1::element(tag, &[&trees])
        }
    };
    let (permitted, excluded) = (list(0xa0, permitted), list(0xa1, excluded));
    asn1::element(tag::SEQUENCE, &[&permitted, &excluded])
}

/// A name that is excluded is not written otherwise past it, in whatever way.
#[test]
fn an_excluded_name_is_not_evaded_by_how_it_is_written() {
    let named = |kind, text: &[u8]| {
        let value = asn1::element(kind, &[text]);
        let attribute = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::ORGANIZATION), &value]);
        let set = asn1::element(tag::SET, &[&attribute]);
        asn1::element(0xa4, &[&asn1::element(tag::SEQUENCE, &[&set])])
    };
    let utf8 = |text: &str| named(tag::UTF8_STRING, text.as_bytes());
    let latin = utf8("Müller GmbH");
    let chinese = utf8("示例采购有限公司");
    for (excluded, written) in [
        (&latin, utf8("MÜLLER GMBH")),
        (&latin, utf8("Mu\u{308}ller GmbH")),
        (&latin, utf8("Ｍüller\u{3000}ＧｍｂＨ")),
        (&latin, utf8("Mül\u{200b}ler GmbH")),
        (&latin, utf8("Müller\u{a0}\tGmbH\0")),
        (&latin, named(tag::T61_STRING, b"M\xfcller GmbH")),
        (&latin, named(tag::UTF8_STRING, b"M\xfcller GmbH")),
        (
            &latin,
            named(tag::BMP_STRING, b"\0M\0\xfc\0L\0l\0e\0r\0 \0G\0m\0b\0H"),
        ),
        (&chinese, utf8("示例采购\u{2060}有限公司")),
        (&chinese, utf8(" 示例采购有限公司\u{feff}")),
        (&chinese, utf8("示例采购有限公司\u{e123}")),
    ] {
        let excluding = subtrees(&[], &[excluded]);
        let found = constrained(excluding, &[&written]);
        assert_eq!(found, ["name-not-permitted"], "{written:02x?}");
    }
    let other = utf8("Mueller GmbH");
    assert!(constrained(subtrees(&[], &[&other]), &[&latin]).is_empty());
    // What can't be told is not permitted either.
    let permitting = |base: &[u8], name: &[u8]| {
        let own = dn(&[(oid::COUNTRY, "CN")]);
        constrained(subtrees(&[&own, base], &[]), &[name])
    };
    assert!(permitting(&latin, &utf8("MÜLLER GmbH")).is_empty());
    let private = utf8("Müller GmbH\u{e123}");
    for unknown in [private, named(tag::T61_STRING, b"M\xfcller")] {
        assert_eq!(permitting(&latin, &unknown), ["name-not-permitted"]);
    }

    let dns = |text: &str| asn1::element(0x82, &[text.as_bytes()]);
    let email = |text: &str| asn1::element(0x81, &[text.as_bytes()]);
    let uri = |text: &str| asn1::element(0x86, &[text.as_bytes()]);
    let [china, permitted_dns, permitted_mail, permitted_uri] = [
        dn(&[(oid::COUNTRY, "CN")]),
        dns("good.example"),
        email("good.example"),
        uri("good.example"),
    ];
    let permitted = [&china, &permitted_dns, &permitted_mail, &permitted_uri].map(|base| &base[..]);
    for (excluded, written) in [
        (dns("evil.example"), dns("EVIL.Example.")),
        (dns("evil.example."), dns("a.evil.example")),
        (dns("evil.example"), dns("evil.example\0")),
        (dns("evil.example"), dns("evil.\u{ad}example")),
        (dns("evil.example"), dns(" evil.example")),
        (dns("evil.example"), dns("evil..example")),
        (email("evil.example"), email("a@EVIL.example.")),
        (email("evil.example"), email("a@evil.example\0")),
        (email("evil.example"), email("a@evil.\u{ff45}xample")),
        (email("a@evil.example"), email("\"a\"@evil.example")),
        (email(""), email("a@evil.example")),
        (uri("evil.example"), uri("https://EVIL.example./x")),
        (uri("evil.example"), uri("https://ev%69l.example/")),
        (
            uri("evil.example"),
            uri("https://evil.example\\@good.example/"),
        ),
        (uri("evil.example"), uri("https://evil\t.example/")),
        (uri(""), uri("https://evil.example/")),
    ] {
        for constraints in [subtrees(&[], &[&excluded]), subtrees(&permitted, &[])] {
            let found = constrained(constraints, &[&written]);
            assert_eq!(found, ["name-not-permitted"], "{written:02x?}");
        }
    }
    for (excluded, written) in [
        (email("a@evil.example"), email("A@evil.example")),
        (dns("evil.example"), dns("evil_.example")),
        (dns("evil.example"), dns("good-evil.example.")),
        (
            uri("evil.example"),
            uri("https://a.evil.example/%20?evil.example"),
        ),
    ] {
        let found = constrained(subtrees(&[], &[&excluded]), &[&written]);
        assert!(found.is_empty(), "{written:02x?}");
    }
    // Networks of one family say nothing of the other: CAs of IPv4 alone exclude all of IPv6.
    let ip = |octets: &[u8]| asn1::element(0x87, &[octets]);
    let of_v6 = ip(&[0; 32]);
    let judge = |address: &[u8]| constrained(subtrees(&[], &[&of_v6]), &[&ip(address)]);
    assert!(judge(&[1, 2, 3, 4]).is_empty());
    for address in [&[0; 16][..], &[1, 2, 3], &[]] {
        assert_eq!(judge(address), ["name-not-permitted"]);
    }
}

/// Codes of a leaf with these alternative names under an issuing CA with these constraints.
fn constrained(constraints: Vec<u8>, alternative: &[&[u8]]) -> Vec<&'static str> {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let authority = Profile {
        extensions: vec![(oid::NAME_CONSTRAINTS, true, constraints)],
        ..Profile::authority("issuing")
    };
    let issuing = root.issue(TestKey::sm2(2), &authority);
    let mut profile = Profile::unit();
    if !alternative.is_empty() {
        let names = asn1::element(tag::SEQUENCE, alternative);
        profile.extensions = vec![(oid::SUBJECT_ALT_NAME, false, names)];
    }
    let leaf = issuing.issue(TestKey::sm2(3), &profile);
    fatal(&check(&leaf, &root, &[&issuing], &[], |_| {}).findings)
}

#[test]
fn name_constraints_hold_for_every_form_of_name() {
    let china = dn(&[(oid::COUNTRY, "cn")]);
    let unit = dn(&[
        (oid::COUNTRY, "CN"),
        (oid::ORGANIZATION, "示例采购有限公司"),
    ]);
    let other = dn(&[(oid::COUNTRY, "CN"), (oid::ORGANIZATION, "其他单位")]);
    let dns = |text: &str| asn1::element(0x82, &[text.as_bytes()]);
    let email = |text: &str| asn1::element(0x81, &[text.as_bytes()]);
    let uri = |text: &str| asn1::element(0x86, &[text.as_bytes()]);
    let ip = |bytes: &[u8]| asn1::element(0x87, &[bytes]);
    let refused = vec!["name-not-permitted"];
    let malformed = vec!["name-not-permitted", "extension-unreadable"];
    let none: Vec<&str> = Vec::new();
    let mut mapped_network = [0xff; 32];
    mapped_network[..10].fill(0);
    mapped_network[12..16].copy_from_slice(&[1, 2, 3, 4]);
    for (permitted, excluded, alternative, expected) in [
        (vec![china.clone()], vec![], vec![], &none),
        (vec![unit.clone()], vec![], vec![], &none),
        (vec![other.clone(), unit.clone()], vec![], vec![], &none),
        (vec![other.clone()], vec![], vec![], &refused),
        (vec![], vec![other.clone()], vec![], &none),
        (vec![china.clone()], vec![unit.clone()], vec![], &refused),
        // A form that no constraint names is free.
        (vec![dns("a.example")], vec![], vec![], &none),
        (
            vec![dns("a.example")],
            vec![],
            vec![dns("x.A.example")],
            &none,
        ),
        (
            vec![dns("a.example")],
            vec![],
            vec![dns("xa.example")],
            &refused,
        ),
        (
            vec![dns("a.example")],
            vec![],
            vec![dns("a.example"), dns("b.example")],
            &refused,
        ),
        (
            vec![email("a.example")],
            vec![],
            vec![email("某@a.example")],
            &none,
        ),
        (
            vec![email("a.example")],
            vec![],
            vec![email("x@b.a.example")],
            &refused,
        ),
        (
            vec![email(".a.example")],
            vec![],
            vec![email("x@b.a.example")],
            &none,
        ),
        (
            vec![email("x@a.example")],
            vec![],
            vec![email("X@a.example")],
            &refused,
        ),
        (
            vec![],
            vec![email("a.example")],
            vec![email("no address")],
            &refused,
        ),
        (
            vec![uri("a.example")],
            vec![],
            vec![uri("https://u@a.example:1/b")],
            &none,
        ),
        (
            vec![uri("a.example")],
            vec![],
            vec![uri("https://192.0.2.1/")],
            &refused,
        ),
        (
            vec![uri(".a.example")],
            vec![],
            vec![uri("https://a.example/")],
            &refused,
        ),
        (
            vec![ip(&[10, 0, 0, 0, 255, 0, 0, 0])],
            vec![],
            vec![ip(&[10, 1, 2, 3])],
            &none,
        ),
        (
            vec![ip(&[10, 0, 0, 0, 255, 0, 0, 0])],
            vec![],
            vec![ip(&[11, 1, 2, 3])],
            &refused,
        ),
        (
            vec![ip(&[10, 0, 0, 0])],
            vec![],
            vec![ip(&[10, 0, 0, 0])],
            &malformed,
        ),
        // A mask with a hole, which permits nothing and excludes what it can't tell.
        (
            vec![ip(&[10, 0, 0, 0, 255, 0, 255, 0])],
            vec![],
            vec![ip(&[10, 1, 0, 3])],
            &malformed,
        ),
        (
            vec![],
            vec![ip(&[10, 0, 0, 0, 255, 0, 255, 0])],
            vec![ip(&[11, 1, 2, 3])],
            &malformed,
        ),
        // Networks of one family and addresses of the other, written as one or not.
        (vec![], vec![ip(&[0; 32])], vec![ip(&[1, 2, 3, 4])], &none),
        (vec![], vec![ip(&[0; 8])], vec![ip(&[7; 16])], &none),
        (
            vec![],
            vec![ip(&mapped_network)],
            vec![ip(&[1, 2, 3, 4])],
            &none,
        ),
        (
            vec![],
            vec![ip(&[1, 2, 3, 0, 255, 255, 255, 0])],
            vec![ip(&mapped_network[..16])],
            &none,
        ),
        (
            vec![ip(&[1, 2, 3, 0, 255, 255, 255, 0])],
            vec![],
            vec![ip(&mapped_network[..16])],
            &refused,
        ),
        // Absolute names.
        (
            vec![],
            vec![dns("a.example")],
            vec![dns("x.a.example.")],
            &refused,
        ),
        (
            vec![],
            vec![dns("a.example.")],
            vec![dns("a.example")],
            &refused,
        ),
        (
            vec![],
            vec![uri("a.example")],
            vec![uri("http://a.example./")],
            &refused,
        ),
        (
            vec![],
            vec![email("a.example.")],
            vec![email("x@a.example")],
            &refused,
        ),
        (
            vec![dns("a.example.")],
            vec![],
            vec![dns("b.a.example")],
            &none,
        ),
        // A wildcard means hosts inside and outside.
        (
            vec![],
            vec![dns("x.a.example")],
            vec![dns("*.a.example")],
            &refused,
        ),
        (
            vec![dns("x.a.example")],
            vec![],
            vec![dns("*.a.example")],
            &refused,
        ),
        (
            vec![],
            vec![dns("x.b.example")],
            vec![dns("*.a.example")],
            &none,
        ),
        (
            vec![dns("a.example")],
            vec![],
            vec![dns("*.a.example")],
            &none,
        ),
        // Bases that are empty or none.
        (
            vec![],
            vec![email("")],
            vec![email("x@b.example")],
            &refused,
        ),
        (
            vec![],
            vec![email("@")],
            vec![email("x@b.example")],
            &refused,
        ),
        (
            vec![],
            vec![email("a b")],
            vec![email("x@b.example")],
            &refused,
        ),
        (
            vec![],
            vec![email("@b.example")],
            vec![email("x@c.example")],
            &refused,
        ),
        (
            vec![],
            vec![uri("")],
            vec![uri("http://b.example/")],
            &refused,
        ),
        (
            vec![],
            vec![uri("http://a.example")],
            vec![uri("http://b.example/")],
            &refused,
        ),
        (
            vec![email("")],
            vec![],
            vec![email("x@b.example")],
            &refused,
        ),
        (
            vec![uri("")],
            vec![],
            vec![uri("http://b.example/")],
            &refused,
        ),
        (vec![email("")], vec![], vec![dns("b.example")], &none),
        // A mailbox with two @ lies nowhere, one in quotes where its domain does.
        (
            vec![email("a.example")],
            vec![],
            vec![email("x@b@a.example")],
            &refused,
        ),
        (
            vec![],
            vec![email("a.example")],
            vec![email("x@a.example@b.example")],
            &refused,
        ),
        (
            vec![email("a.example")],
            vec![],
            vec![email("@a.example")],
            &refused,
        ),
        (
            vec![email("a.example")],
            vec![],
            vec![email("\"x@b\"@a.example")],
            &none,
        ),
        (
            vec![email("a.example")],
            vec![],
            vec![email("\"x\"@b\"@a.example")],
            &refused,
        ),
        (
            vec![email("x@b@a.example")],
            vec![],
            vec![email("x@b@a.example")],
            &refused,
        ),
    ] {
        let slices = |list: &[Vec<u8>]| list.to_vec();
        let (p, e, a) = (slices(&permitted), slices(&excluded), slices(&alternative));
        fn refs(list: &[Vec<u8>]) -> Vec<&[u8]> {
            list.iter().map(Vec::as_slice).collect()
        }
        let found = constrained(subtrees(&refs(&p), &refs(&e)), &refs(&a));
        assert_eq!(
            &found, expected,
            "{permitted:?} {excluded:?} {alternative:?}"
        );
    }
    // One that can't be read allows nothing.
    assert_eq!(constrained(vec![5, 0], &[]), ["extension-unreadable"]);
}

#[test]
fn a_mail_address_in_the_subject_is_constrained_too() {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let base = asn1::element(0x81, &[b"a.example"]);
    let authority = Profile {
        extensions: vec![(oid::NAME_CONSTRAINTS, true, subtrees(&[&base], &[]))],
        ..Profile::authority("issuing")
    };
    let issuing = root.issue(TestKey::sm2(2), &authority);
    for (address, expected) in [
        ("x@a.example", &[][..]),
        ("x@b.example", &["name-not-permitted"]),
    ] {
        let mut profile = Profile::unit();
        profile.subject.push((oid::EMAIL, address));
        let leaf = issuing.issue(TestKey::sm2(3), &profile);
        let verdict = check(&leaf, &root, &[&issuing], &[], |_| {});
        assert_eq!(fatal(&verdict.findings), expected);
        if let Some(finding) = verdict.findings.first().filter(|_| !expected.is_empty()) {
            assert_eq!(finding.found.as_deref(), Some(address));
            assert_eq!(finding.expected.as_deref(), Some("a.example"));
        }
    }
}

const POLICY_A: Oid = Oid::new_unwrap("1.2.156.999.1");
const POLICY_B: Oid = Oid::new_unwrap("1.2.156.999.2");

fn policies_value(list: &[Oid]) -> Vec<u8> {
    let all: Vec<u8> = list
        .iter()
        .flat_map(|policy| asn1::element(tag::SEQUENCE, &[&asn1::oid(*policy)]))
        .collect();
    asn1::element(tag::SEQUENCE, &[&all])
}

#[test]
fn policies_must_hold_along_the_path_where_they_are_asked_for() {
    let mapping = {
        let pair = asn1::element(tag::SEQUENCE, &[&asn1::oid(POLICY_A), &asn1::oid(POLICY_B)]);
        asn1::element(tag::SEQUENCE, &[&pair])
    };
    // requireExplicitPolicy 0.
    let explicit = asn1::element(tag::SEQUENCE, &[&[0x80, 1, 0]]);
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let judge = |issuing: Vec<(Oid, bool, Vec<u8>)>,
                 leaf: Vec<(Oid, bool, Vec<u8>)>,
                 wanted: Option<&[Oid]>| {
        let issuing = root.issue(
            TestKey::sm2(2),
            &Profile {
                extensions: issuing,
                ..Profile::authority("issuing")
            },
        );
        let leaf = issuing.issue(
            TestKey::sm2(3),
            &Profile {
                extensions: leaf,
                ..Profile::unit()
            },
        );
        let anchors = [root.certificate.clone().into()];
        let intermediates = [issuing.certificate.clone()];
        let crls = Crls::default();
        let policy = PathPolicy {
            policies: wanted,
            ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
        };
        let verdict = verify(&leaf.certificate, &policy);
        (fatal(&verdict.findings), verdict.policies)
    };
    let has = |list: &[Oid]| vec![(oid::CERTIFICATE_POLICIES, false, policies_value(list))];
    let a = POLICY_A.to_string();
    let unmet = vec!["policy-not-satisfied"];
    assert_eq!(judge(vec![], vec![], None), (vec![], vec![]));
    assert_eq!(
        judge(has(&[POLICY_A]), has(&[POLICY_A]), None),
        (vec![], vec![a.clone()])
    );
    assert_eq!(
        judge(has(&[POLICY_A]), has(&[POLICY_A]), Some(&[POLICY_A])),
        (vec![], vec![a.clone()])
    );
    assert_eq!(
        judge(has(&[POLICY_A]), has(&[POLICY_B]), Some(&[POLICY_B])).0,
        unmet
    );
    assert_eq!(judge(vec![], has(&[POLICY_A]), Some(&[POLICY_A])).0, unmet);
    assert_eq!(
        judge(has(&[oid::ANY_POLICY]), has(&[POLICY_B]), Some(&[POLICY_B])).0,
        Vec::<&str>::new()
    );
    assert_eq!(
        judge(
            has(&[oid::ANY_POLICY]),
            has(&[oid::ANY_POLICY]),
            Some(&[POLICY_B])
        )
        .1,
        [POLICY_B.to_string()]
    );
    // A mapping: B of the leaf is A above.
    let mut mapped = has(&[POLICY_A]);
    mapped.push((oid::POLICY_MAPPINGS, true, mapping));
    assert_eq!(
        judge(mapped.clone(), has(&[POLICY_B]), Some(&[POLICY_A])),
        (vec![], vec![a])
    );
    assert_eq!(
        judge(mapped.clone(), has(&[POLICY_A]), Some(&[POLICY_A])).0,
        unmet
    );
    // …unless mappings are inhibited.
    mapped.push((
        oid::POLICY_CONSTRAINTS,
        true,
        asn1::element(tag::SEQUENCE, &[&[0x81, 1, 0]]),
    ));
    assert_eq!(
        judge(mapped, has(&[POLICY_B]), Some(&[POLICY_A])).0,
        Vec::<&str>::new(),
        "inhibited below only"
    );
    // An issuer that requires a policy.
    let mut strict = has(&[POLICY_A]);
    strict.push((oid::POLICY_CONSTRAINTS, true, explicit));
    assert_eq!(judge(strict.clone(), vec![], None).0, unmet);
    assert_eq!(judge(strict, has(&[POLICY_A]), None).0, Vec::<&str>::new());
    // anyPolicy inhibited.
    let mut inhibited = has(&[oid::ANY_POLICY]);
    inhibited.push((oid::INHIBIT_ANY_POLICY, true, vec![2, 1, 0]));
    assert_eq!(
        judge(
            inhibited.clone(),
            has(&[oid::ANY_POLICY]),
            Some(&[POLICY_A])
        )
        .0,
        unmet
    );
    assert_eq!(
        judge(inhibited, has(&[POLICY_A]), Some(&[POLICY_A])).0,
        Vec::<&str>::new()
    );
    assert_eq!(
        judge(
            vec![(oid::POLICY_CONSTRAINTS, true, vec![5, 0])],
            vec![],
            None
        )
        .0,
        ["extension-unreadable"]
    );
}

#[test]
fn a_signature_in_a_variant_of_sm2_counts_only_where_it_is_asked_for() {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let key = TestKey::sm2(3);
    let make = |sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        let good = crate::testing::certificate_der(
            root.certificate.subject().der(),
            &root.key,
            &key,
            &Profile::unit(),
        );
        let read = Certificate::from_der(good).unwrap();
        let signature = asn1::element(tag::BIT_STRING, &[&[0], &sign(read.tbs())]);
        let der = asn1::element(
            tag::SEQUENCE,
            &[read.tbs(), read.signature_algorithm_der(), &signature],
        );
        Identity {
            key: key.clone(),
            certificate: Certificate::from_der(der).unwrap(),
        }
    };
    let point = crate::sm2::Sm2Key::from_point(&root.key.point()).unwrap();
    let empty = make(&|tbs| root.key.sign_e(&point.e(b"", &[tbs]).unwrap()));
    let bare = make(&|tbs| root.key.sign_e(&crate::hash::sm3(tbs)));
    let other = make(&|tbs| root.key.sign_e(&point.e(b"someone else", &[tbs]).unwrap()));
    for (leaf, variant) in [(&empty, Sm2Variant::EmptyId), (&bare, Sm2Variant::WithoutZ)] {
        let verdict = check(leaf, &root, &[], &[], |_| {});
        assert_eq!(fatal(&verdict.findings), ["signature-non-standard"]);
        assert_eq!(verdict.findings[0].found.as_deref(), Some(variant.name()));
        let wrong = if variant == Sm2Variant::EmptyId {
            Sm2Variant::WithoutZ
        } else {
            Sm2Variant::EmptyId
        };
        let wrong = [wrong];
        assert!(!check_with(leaf, &root, |p| p.sm2_variants = &wrong).valid);
        let right = [variant];
        let asked = check_with(leaf, &root, |p| p.sm2_variants = &right);
        assert!(asked.valid);
        assert!(
            codes(&asked.findings).contains(&"signature-non-standard"),
            "still told"
        );
    }
    assert!(
        check_with(&empty, &root, |p| p.sm2_id = b"").valid,
        "the id that the caller names"
    );
    assert!(check_with(&other, &root, |p| p.sm2_id = b"someone else").valid);
    let both = [Sm2Variant::EmptyId, Sm2Variant::WithoutZ];
    let verdict = check_with(&other, &root, |p| p.sm2_variants = &both);
    assert_eq!(fatal(&verdict.findings), ["signature-invalid"]);
}

fn check_with<'a>(
    leaf: &Identity,
    root: &Identity,
    change: impl FnOnce(&mut PathPolicy<'a>),
) -> PathVerdict {
    let anchors: &'a [Anchor] = Vec::leak(vec![root.certificate.clone().into()]);
    let crls: &'a Crls = Box::leak(Box::default());
    let mut policy = PathPolicy::new(anchors, &[], crls, NOW);
    change(&mut policy);
    verify(&leaf.certificate, &policy)
}

#[test]
fn of_several_issuers_the_right_one_is_found_and_loops_end() {
    // Cross-certificates: two CAs certify each other, and one of them also stands under the root.
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let a = Identity::self_signed(TestKey::sm2(2), &Profile::authority("a"));
    let b = Identity::self_signed(TestKey::sm2(3), &Profile::authority("b"));
    let a_by_b = b.issue(a.key.clone(), &Profile::authority("a"));
    let b_by_a = a.issue(b.key.clone(), &Profile::authority("b"));
    let b_by_root = root.issue(b.key.clone(), &Profile::authority("b"));
    let leaf = a.issue(TestKey::sm2(9), &Profile::unit());
    let stranger = Identity::self_signed(TestKey::sm2(4), &Profile::authority("a"));
    let verdict = check(
        &leaf,
        &root,
        &[&stranger, &a, &a_by_b, &b_by_a, &b_by_root],
        &[],
        |_| {},
    );
    assert!(verdict.valid, "{:?}", verdict.findings);
    let subjects: Vec<_> = verdict.path.iter().map(|step| &step.subject[..]).collect();
    assert_eq!(subjects[1..], ["CN=a,C=CN", "CN=b,C=CN", "CN=root,C=CN"]);
    let verdict = check(&leaf, &root, &[&a, &a_by_b, &b_by_a], &[], |_| {});
    assert_eq!(fatal(&verdict.findings), ["issuer-unknown"]);

    // Of two certificates of one CA the one that is still valid.
    let expired = Profile {
        not_after: NOW.plus(-DAY),
        ..Profile::authority("issuing")
    };
    let old = root.issue(TestKey::sm2(5), &expired);
    let new = root.issue(TestKey::sm2(5), &Profile::authority("issuing"));
    let leaf = new.issue(TestKey::sm2(9), &Profile::unit());
    assert!(check(&leaf, &root, &[&old, &new], &[], |_| {}).valid);
    let verdict = check(&leaf, &root, &[&old], &[], |_| {});
    assert_eq!(fatal(&verdict.findings), ["certificate-expired"]);
    assert_eq!(verdict.findings[0].place.as_deref(), Some("path[1]"));
    assert!(verdict.findings[0].found.is_some() && verdict.findings[0].expected.is_some());
}

#[test]
fn the_worst_comes_first() {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let leaf = root.issue(
        TestKey::sm2(2),
        &Profile {
            not_after: NOW.plus(-DAY),
            key_usage: Some(0x30),
            extensions: vec![(oid::SM3, true, vec![5, 0])],
            ..Profile::unit()
        },
    );
    let lists = [root.crl(
        &[(leaf.certificate.serial(), NOW.plus(-2 * DAY))],
        NOW.plus(-DAY),
        NOW.plus(DAY),
    )];
    let verdict = check(&leaf, &root, &[], &lists, |p| {
        p.purpose = Some(KeyPurpose::Sign)
    });
    assert_eq!(
        fatal(&verdict.findings),
        [
            "certificate-revoked",
            "critical-extension-unknown",
            "certificate-not-for-signing",
            "certificate-expired"
        ]
    );
    assert_eq!(
        verdict.path[0].revocation.as_ref().unwrap().state,
        State::Revoked
    );
}

/// A list of this issuer with further entries and extensions.
fn list(issuer: &Identity, entries: &[u8], extensions: &[(Oid, bool, Vec<u8>)]) -> Vec<u8> {
    let day = |n| NOW.plus(n * DAY);
    issuer.crl_with(entries, extensions, day(-1), day(30))
}

#[test]
fn lists_are_used_within_their_scope_only() {
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let place = |text: &str| {
        asn1::element(
            0xa0,
            &[&asn1::element(
                0xa0,
                &[&asn1::element(0x86, &[text.as_bytes()])],
            )],
        )
    };
    let points = |text: &str| {
        asn1::element(
            tag::SEQUENCE,
            &[&asn1::element(tag::SEQUENCE, &[&place(text)])],
        )
    };
    let leaf = issuing.issue(
        TestKey::sm2(5),
        &Profile {
            extensions: vec![(
                oid::CRL_DISTRIBUTION_POINTS,
                false,
                points("http://crl.example/7.crl"),
            )],
            ..Profile::unit()
        },
    );
    let serial = asn1::element(tag::INTEGER, &[leaf.certificate.serial()]);
    let date = asn1::element(tag::UTC_TIME, &[b"261101000000Z"]);
    let reason = |n: u8| {
        let value = asn1::element(tag::OCTET_STRING, &[&[0x0a, 1, n]]);
        let extension = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::CRL_REASON), &value]);
        asn1::element(tag::SEQUENCE, &[&extension])
    };
    let entry = asn1::element(tag::SEQUENCE, &[&serial, &date, &reason(1)]);
    let scope = |fields: &[u8]| {
        vec![(
            oid::ISSUING_DISTRIBUTION_POINT,
            true,
            asn1::element(tag::SEQUENCE, &[fields]),
        )]
    };
    let judge = |extensions: &[(Oid, bool, Vec<u8>)]| {
        let lists = [
            root.crl(&[], NOW.plus(-DAY), NOW.plus(DAY)),
            list(&issuing, &entry, extensions),
        ];
        let verdict = check(&leaf, &root, &[&issuing], &lists, |_| {});
        codes(&verdict.findings)
    };
    assert_eq!(
        judge(&scope(&place("http://crl.example/7.crl"))),
        ["certificate-revoked"]
    );
    assert_eq!(
        judge(&scope(&place("http://crl.example/8.crl"))),
        ["certificate-revoked", "crl-missing"]
    );
    assert_eq!(judge(&scope(&[0x81, 1, 0xff])), ["certificate-revoked"]);
    assert_eq!(
        judge(&scope(&[0x82, 1, 0xff])),
        ["certificate-revoked", "crl-missing"],
        "CA certificates only"
    );
    assert_eq!(
        judge(&scope(&[0x85, 1, 0xff])),
        ["crl-missing"],
        "attribute certificates only"
    );
    assert_eq!(
        judge(&scope(&[0x84, 1, 0xff])),
        ["certificate-revoked"],
        "indirect, of the certificate's own issuer"
    );
    assert_eq!(
        judge(&scope(&[0x83, 2, 6, 0x40])),
        ["certificate-revoked", "crl-invalid"]
    );
    assert_eq!(
        judge(&[(oid::DELTA_CRL_INDICATOR, true, vec![2, 1, 1])]),
        ["certificate-revoked", "crl-invalid", "crl-missing"],
        "a delta list without a number"
    );
    // What stands on a list that can't be processed is revoked all the same (X.509, 7.3).
    assert_eq!(
        judge(&[(oid::SM3, true, vec![5, 0])]),
        ["certificate-revoked", "crl-invalid", "crl-missing"]
    );
    assert_eq!(
        judge(&[(oid::SM3, false, vec![5, 0])]),
        ["certificate-revoked"]
    );
    let numbered = [(oid::CRL_NUMBER, false, vec![2, 1, 0x2a])];
    let lists = [list(&issuing, &entry, &numbered)];
    let verdict = check(&leaf, &root, &[&issuing], &lists, |_| {});
    let status = verdict.path[0].revocation.as_ref().unwrap();
    assert_eq!(
        (
            status.state,
            status
                .number
                .as_ref()
                .map(|number| hex(&number.0))
                .as_deref()
        ),
        (State::Revoked, Some("2a"))
    );
    assert!(matches!(
        &verdict.findings[0].error,
        Error::CertificateRevoked { reason: yinxin_proto::error::RevocationReason::KeyCompromise, date } if date.starts_with("2026-11-01")
    ));

    // A suspension ends with the list that leaves it out; a revocation does not.
    let day = |n| NOW.plus(n * DAY);
    for (number, expected) in [(6, &[][..]), (4, &["certificate-revoked"])] {
        let entry = asn1::element(tag::SEQUENCE, &[&serial, &date, &reason(number)]);
        let lists = [
            root.crl(&[], day(-1), day(30)),
            issuing.crl_with(&entry, &[], day(-9), day(-2)),
            issuing.crl_with(&[], &[], day(-2), day(5)),
        ];
        assert_eq!(
            codes(&check(&leaf, &root, &[&issuing], &lists, |_| {}).findings),
            expected
        );
    }

    // A critical extension of an entry that is not known, even of another certificate.
    let unknown = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::oid(oid::CERTIFICATE_ISSUER),
            &[1, 1, 0xff],
            &[4, 2, 0x30, 0],
        ],
    );
    let foreign = asn1::element(
        tag::SEQUENCE,
        &[
            &[2, 1, 9],
            &date,
            &asn1::element(tag::SEQUENCE, &[&unknown]),
        ],
    );
    let lists = [
        root.crl(&[], day(-1), day(30)),
        list(&issuing, &foreign, &[]),
    ];
    assert_eq!(
        codes(&check(&leaf, &root, &[&issuing], &lists, |_| {}).findings),
        ["crl-invalid", "crl-missing"]
    );

    let later = [
        root.crl(&[], day(-1), day(30)),
        issuing.crl(&[], day(1), day(30)),
    ];
    assert_eq!(
        codes(&check(&leaf, &root, &[&issuing], &later, |_| {}).findings),
        ["crl-not-yet-valid"]
    );
    // An issuer that may not sign lists.
    let silent = root.issue(
        TestKey::sm2(8),
        &Profile {
            key_usage: Some(0x04),
            ..Profile::authority("silent")
        },
    );
    let leaf = silent.issue(TestKey::sm2(5), &Profile::unit());
    let lists = [
        root.crl(&[], day(-1), day(30)),
        silent.crl(&[], day(-1), day(30)),
    ];
    assert_eq!(
        codes(&check(&leaf, &root, &[&silent], &lists, |_| {}).findings),
        ["crl-invalid", "crl-missing"]
    );
}

#[test]
fn no_changed_byte_of_a_certificate_passes() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let national = |certificate: &Certificate| {
        let crls = Crls::default();
        verify(
            certificate,
            &PathPolicy {
                national: true,
                ..PathPolicy::new(&[], &[], &crls, NOW)
            },
        )
        .valid
    };
    let own = |certificate: &Certificate| {
        let leaf = Identity {
            certificate: certificate.clone(),
            key: leaf.key.clone(),
        };
        check(&leaf, &root, &[&issuing], &[], |_| {}).valid
    };
    let passes = |der: &[u8], judge: &dyn Fn(&Certificate) -> bool| {
        let (mut read, mut refused) = (0, 0);
        for at in 0..der.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut changed = der.to_vec();
                changed[at] ^= flip;
                match Certificate::from_der(changed) {
                    Ok(certificate) => {
                        assert!(!judge(&certificate), "byte {at} ^ {flip:02x}");
                        read += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(read > der.len() && refused > 20, "{read} {refused}");
    };
    assert!(own(&leaf.certificate));
    passes(leaf.certificate.der(), &own);
    let Some(folder) = data::folder() else { return };
    for name in ["ROOTCA.pem", "3C4AF5224F0F36A491AEB7313030F9AC.crt"] {
        let file = std::fs::read(folder.join("ca-national").join(name)).unwrap();
        let certificate = Certificate::parse(&file).unwrap();
        assert!(national(&certificate), "{name}");
        passes(certificate.der(), &national);
    }
}

#[test]
fn a_listed_ca_is_judged_out_of_the_box_and_the_others_are_told_apart() {
    let Some(folder) = data::folder() else { return };
    let crls = Crls::default();
    let (mut valid, mut apart) = (0, Vec::new());
    for entry in std::fs::read_dir(folder.join("ca-national")).unwrap() {
        let path = entry.unwrap().path();
        let certificate = Certificate::parse(&std::fs::read(&path).unwrap()).unwrap();
        let policy = PathPolicy {
            national: true,
            ..PathPolicy::new(&[], &[], &crls, NOW.max(certificate.not_before()))
        };
        let verdict = verify(&certificate, &policy);
        if verdict.valid {
            valid += 1;
            let last = verdict.path.last().unwrap();
            let anchor = last.anchor.as_ref().unwrap();
            assert_eq!(
                (anchor.source, anchor.listed),
                (Source::National, Some("2026-02-15"))
            );
            assert_eq!(last.subject, "CN=ROOTCA,O=NRCAC,C=CN");
        } else {
            match &verdict.findings[0].error {
                Error::RootUnavailable { root } => apart.push(root.clone()),
                other => assert!(
                    matches!(other, Error::CertificateExpired { .. }),
                    "{other} {}",
                    path.display()
                ),
            }
        }
    }
    apart.sort();
    assert_eq!(
        (
            apart.iter().filter(|r| *r == "Civil Servant ROOT").count(),
            apart.iter().filter(|r| *r == "Device ROOT").count()
        ),
        (12, 2)
    );
    assert!(valid >= 70, "{valid}");
}

#[test]
fn one_allowance_for_strangers_keys_serves_several_judgements() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let other = |serial| {
        let profile = Profile {
            serial: vec![serial],
            ..Profile::unit()
        };
        issuing.issue(TestKey::sm2(7), &profile)
    };
    let intermediates = [issuing.certificate.clone()];
    let crls = Crls::default();
    let policy = PathPolicy::new(&[], &intermediates, &crls, NOW);
    let mut budget = Budget::new(2);
    let nowhere = "issuer-unknown";
    let stopped = "too-many-candidates";
    // What is known is not checked again.
    for (leaf, left, code) in [
        (&leaf, 1, nowhere),
        (&leaf, 1, nowhere),
        (&other(1), 0, nowhere),
        (&other(2), 0, stopped),
    ] {
        let judged = verify_within(&mut budget, &leaf.certificate, &policy);
        assert_eq!(fatal(&judged.findings), [code]);
        assert_eq!(budget.strangers.left, left);
    }
    // What leads to an anchor is not counted.
    let anchors = [root.certificate.clone().into()];
    let policy = PathPolicy::new(&anchors, &intermediates, &crls, NOW);
    for serial in 3..6 {
        let judged = verify_within(&mut budget, &other(serial).certificate, &policy);
        assert!(judged.valid, "{:?}", judged.findings);
    }
}

/// No certificate that the CA issued is public, so a key of our own stands in for the listed one.
#[test]
fn a_certificate_of_a_listed_ca_says_why_it_is_verified() {
    let profile = Profile {
        subject: vec![
            (oid::COUNTRY, "CN"),
            (
                oid::ORGANIZATION,
                "Sichuan Digital Certificate Authority Management Center",
            ),
            (oid::ORGANIZATIONAL_UNIT, "SM2 Certificate System"),
            (oid::COMMON_NAME, "SCCA"),
        ],
        ..Profile::authority("SCCA")
    };
    let scca = Identity::self_signed(TestKey::sm2(1), &profile);
    let issuing = scca.issue(
        TestKey::sm2(2),
        &Profile {
            subject: vec![
                (oid::COUNTRY, "CN"),
                (oid::ORGANIZATIONAL_UNIT, "SM2 Certificate System"),
                (oid::COMMON_NAME, "SCEGB CA"),
            ],
            ..Profile::authority("SCEGB CA")
        },
    );
    let anchors = [Anchor {
        certificate: None,
        listed: Some("2026-02-15"),
        ..Anchor::from(scca.certificate.clone())
    }];
    let crls = Crls::default();
    let intermediates = [issuing.certificate.clone()];
    let policy = PathPolicy::new(&anchors, &intermediates, &crls, NOW);
    let told = |issuer: &Identity| {
        let leaf = issuer.issue(TestKey::sm2(3), &Profile::unit());
        let verdict = verify(&leaf.certificate, &policy);
        assert!(verdict.valid, "{:?}", verdict.findings);
        let anchor = verdict.path.last().unwrap().anchor.clone().unwrap();
        assert_eq!(anchor.source, Source::National);
        verdict.summary
    };
    let summary = told(&scca);
    assert_eq!(
        summary.zh,
        "已核实：由国家根 2026年2月15日 名单中的“四川CA（SCCA）”签发。没有核对是否已被注销。"
    );
    assert_eq!(
        summary.en,
        "Verified: issued by “Sichuan CA (SCCA)”, listed by the national root on 15 February 2026. \
         Whether it was revoked was not checked."
    );
    assert_eq!(
        told(&issuing).zh,
        "已核实：由“四川CA（SCEGB CA）”签发，可追溯到国家根 2026年2月15日 名单中的“四川CA（SCCA）”。\
         没有核对是否已被注销。"
    );
}

#[test]
fn a_list_whose_signature_is_written_otherwise_holds_with_a_note() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let list = issuing.crl(&[], NOW, NOW.plus(DAY));
    let outer = asn1::single(&list, tag::SEQUENCE, "").unwrap();
    let mut fields = outer.children();
    let (tbs, algorithm) = (fields.read().unwrap().raw, fields.read().unwrap().raw);
    let strict = fields.read().unwrap().value;
    let read = crate::key::EcSignature::<32>::from_der(&strict[1..]).unwrap();
    let with = |signature: &[u8]| {
        let bits = asn1::element(tag::BIT_STRING, &[&[0], signature]);
        asn1::element(tag::SEQUENCE, &[tbs, algorithm, &bits])
    };
    let mut forged = read.to_raw();
    forged[5] ^= 1;
    for (list, said, code) in [
        (with(&read.to_raw()), Some(State::Good), "encoding-odd"),
        (
            [&list[..], &[0; 9]].concat(),
            Some(State::Good),
            "encoding-odd",
        ),
        (with(&forged), None, "crl-invalid"),
    ] {
        let verdict = check(&unit, &root, &[&issuing], &[list], |_| {});
        let status = verdict.path[0].revocation.as_ref();
        assert_eq!(status.map(|status| status.state), said);
        let told = verdict
            .findings
            .iter()
            .find(|told| told.error.code() == code);
        assert!(told.is_some(), "{:?}", verdict.findings);
        assert!(
            said.is_none()
                || told
                    .unwrap()
                    .place
                    .as_deref()
                    .unwrap()
                    .starts_with("crls[0].")
        );
    }
    let cut = [&list[..], &list].concat();
    let verdict = check(&unit, &root, &[&issuing], &[cut], |_| {});
    assert!(codes(&verdict.findings).contains(&"crl-invalid"));
}

#[test]
fn every_list_of_a_wrapped_file_is_read() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let good = issuing.crl(&[], NOW.plus(-DAY), NOW.plus(DAY));
    let serial = leaf.certificate.serial();
    let on = issuing.crl(&[(serial, NOW.plus(-DAY))], NOW.plus(-DAY), NOW.plus(DAY));
    let base64 = |der: &[u8]| <base64ct::Base64 as base64ct::Encoding>::encode_string(der);
    let pem = |der: &[u8]| {
        format!(
            "-----BEGIN X509 CRL-----\n{}\n-----END X509 CRL-----\n",
            base64(der)
        )
    };
    let both = pem(&good) + &pem(&on);
    let wide = format!("\u{feff}{both}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for file in [
        both.clone().into_bytes(),
        both.replace("-----", "—").into_bytes(),
        wide,
        [b"\xe9\n", both.as_bytes()].concat(),
        format!("{{\"crl\":{both:?}}}").into_bytes(),
        format!("{:?}", [base64(&good), base64(&on)]).into_bytes(),
        format!(
            "{:?}",
            [base64(root.certificate.der()), base64(&good), base64(&on)]
        )
        .into_bytes(),
    ] {
        let name = String::from_utf8_lossy(&file).into_owned();
        let verdict = check(&leaf, &root, &[&issuing], &[file], |_| ());
        assert!(
            fatal(&verdict.findings).contains(&"certificate-revoked"),
            "{name}"
        );
    }
}
