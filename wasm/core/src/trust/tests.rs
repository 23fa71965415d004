//! Paths made on the spot, and the national ones of the shared data.

use super::*;
use crate::asn1::{self, tag};
use crate::testing::{Identity, NOW, Profile, TestKey, chain, codes, data, fatal};
use crate::time::DAY;

/// Judges the leaf under the root with everything right, but for what `change` changes.
fn check(
    leaf: &Identity,
    root: &Identity,
    intermediates: &[&Identity],
    crls: &[Vec<u8>],
    change: fn(&mut Policy<'_>),
) -> Verdict {
    let anchors = [root.certificate.clone().into()];
    let intermediates: Vec<_> = intermediates
        .iter()
        .map(|i| i.certificate.clone())
        .collect();
    let crls = Crls::read(crls);
    let mut policy = Policy::new(&anchors, &intermediates, &crls, NOW);
    change(&mut policy);
    verify(&leaf.certificate, &policy)
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
    let lists = [
        clean,
        impostor.crl(&[(serial, day(-2))], day(-1), day(30)),
        b"rubbish".to_vec(),
    ];
    let verdict = check(&leaf, &root, &[&issuing], &lists, |_| {});
    assert!(verdict.valid);
    assert_eq!(
        codes(&verdict.findings),
        ["crl-invalid", "crl-missing", "crl-invalid"]
    );
}

#[test]
fn issuers_and_purposes_filter_and_never_widen() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let accepted = |issuers: Vec<Issuer>| {
        let anchors = [root.certificate.clone().into()];
        let intermediates = [issuing.certificate.clone()];
        let crls = Crls::default();
        let policy = Policy {
            issuers: Some(&issuers),
            ..Policy::new(&anchors, &intermediates, &crls, NOW)
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

    let purpose = |purpose: fn(&mut Policy<'_>)| {
        fatal(&check(&leaf, &root, &[&issuing], &[], purpose).findings)
    };
    assert!(purpose(|p| p.purpose = Some(KeyPurpose::Sign)).is_empty());
    assert_eq!(
        purpose(|p| p.purpose = Some(KeyPurpose::Encrypt)),
        ["certificate-not-for-encryption"]
    );
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
        let verdict = verify(&certificate, &Policy::new(&anchors, &[], &crls, at));
        assert_eq!(verdict.path.len() == 2, issued, "{}", path.display());
        under_root += usize::from(issued);
        if issued {
            let unexpected: Vec<_> = codes(&verdict.findings)
                .into_iter()
                .filter(|code| !["crl-stale"].contains(code))
                .collect();
            assert!(unexpected.is_empty(), "{unexpected:?} {}", path.display());
        }
    }
    assert_eq!((seen, under_root), (86, 72));
}
