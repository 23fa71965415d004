//! What a certificate or list says in a way that RFC 5280 does not define: empty lists, qualifiers
//! that nobody knows, versions that no list has, keys that are too small; and the chains of the
//! shared data that show one such fault each.

use super::*;
use crate::certificate::Certificate;
use std::path::Path;

/// The codes of a path through an issuing CA and a leaf with these extensions, by severity.
fn judged(
    issuing: Vec<(Oid, bool, Vec<u8>)>,
    leaf: Vec<(Oid, bool, Vec<u8>)>,
) -> (Vec<&'static str>, Vec<&'static str>) {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
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
    let verdict = check(&leaf, &root, &[&issuing], &[], |_| {});
    let notes = verdict.findings.iter();
    let notes = notes.filter(|finding| finding.severity == Severity::Note);
    let notes = notes.map(|finding| finding.error.code()).collect();
    (fatal(&verdict.findings), notes)
}

#[test]
fn an_empty_list_is_fatal_where_it_is_critical_and_noted_elsewhere() {
    let empty = vec![tag::SEQUENCE, 0];
    let unreadable = vec!["extension-unreadable"];
    let none: Vec<&str> = Vec::new();
    for oid in [
        oid::SUBJECT_ALT_NAME,
        oid::CERTIFICATE_POLICIES,
        oid::CRL_DISTRIBUTION_POINTS,
        oid::POLICY_MAPPINGS,
        oid::POLICY_CONSTRAINTS,
        oid::NAME_CONSTRAINTS,
    ] {
        let one = |critical| vec![(oid, critical, empty.clone())];
        assert_eq!(judged(vec![], one(true)).0, unreadable, "{oid}");
        assert_eq!(judged(one(true), vec![]).0, unreadable, "{oid}");
        assert_eq!(
            judged(vec![], one(false)),
            (none.clone(), unreadable.clone())
        );
        assert_eq!(
            judged(one(false), vec![]),
            (none.clone(), unreadable.clone())
        );
    }
    // An extended key usage decides what the key may do.
    let usage = vec![(oid::EXTENDED_KEY_USAGE, false, empty)];
    assert_eq!(judged(vec![], usage).0, unreadable);
    // Lists inside.
    for (oid, value) in [
        (oid::NAME_CONSTRAINTS, &[0x30, 2, 0xa0, 0][..]),
        (oid::NAME_CONSTRAINTS, &[0x30, 4, 0xa0, 0, 0xa1, 0]),
        (oid::CRL_DISTRIBUTION_POINTS, &[0x30, 2, 0x30, 0]),
        (
            oid::CRL_DISTRIBUTION_POINTS,
            &[0x30, 6, 0x30, 4, 0xa0, 2, 0xa0, 0],
        ),
        (oid::CRL_DISTRIBUTION_POINTS, &[0x30, 4, 0x30, 2, 0xa2, 0]),
        // Reasons, and no place (4.2.1.13).
        (
            oid::CRL_DISTRIBUTION_POINTS,
            &[0x30, 6, 0x30, 4, 0x81, 2, 6, 0x40],
        ),
        (
            oid::CERTIFICATE_POLICIES,
            &[0x30, 8, 0x30, 6, 6, 2, 0x2a, 3, 0x30, 0],
        ),
    ] {
        let critical = vec![(oid, true, value.to_vec())];
        assert_eq!(judged(critical.clone(), vec![]).0, unreadable, "{value:?}");
        assert_eq!(judged(vec![], critical).0, unreadable, "{value:?}");
    }
}

#[test]
fn a_critical_policy_has_only_qualifiers_that_are_known() {
    let policy = |qualifier: Oid| {
        let qualifier = asn1::element(tag::SEQUENCE, &[&asn1::oid(qualifier), &[5, 0]]);
        let qualifiers = asn1::element(tag::SEQUENCE, &[&qualifier]);
        let policy = asn1::element(tag::SEQUENCE, &[&asn1::oid(POLICY_A), &qualifiers]);
        asn1::element(tag::SEQUENCE, &[&policy])
    };
    let with = |critical, qualifier| vec![(oid::CERTIFICATE_POLICIES, critical, policy(qualifier))];
    let unknown = vec!["critical-extension-unknown"];
    assert_eq!(judged(vec![], with(true, POLICY_B)).0, unknown);
    assert_eq!(judged(with(true, POLICY_B), vec![]).0, unknown);
    assert!(
        judged(with(false, POLICY_B), with(false, POLICY_B))
            .0
            .is_empty()
    );
    for known in [oid::CPS_POINTER, oid::USER_NOTICE] {
        assert!(judged(with(true, known), with(true, known)).0.is_empty());
    }
}

/// A list as its bytes stand there, with the version changed or away.
fn list_with(issuer: &Identity, version: &[u8], entries: &[u8], extensions: &[u8]) -> Vec<u8> {
    let whole = issuer.crl(&[], NOW.plus(-DAY), NOW.plus(DAY));
    let mut outer = asn1::single(&whole, tag::SEQUENCE, "").unwrap().children();
    let mut tbs = outer.read().unwrap().children();
    tbs.read().unwrap();
    let algorithm = tbs.read().unwrap().raw;
    let mut fields = vec![version, algorithm];
    for _ in 0..3 {
        fields.push(tbs.read().unwrap().raw);
    }
    fields.extend([entries, extensions]);
    let tbs = asn1::element(tag::SEQUENCE, &fields);
    let mut signature = vec![0];
    signature.extend(issuer.key.sign(&tbs));
    let signature = asn1::element(tag::BIT_STRING, &[&signature]);
    asn1::element(tag::SEQUENCE, &[&tbs, algorithm, &signature])
}

#[test]
fn a_list_is_of_version_2_or_has_no_extensions() {
    let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
    let leaf = root.issue(TestKey::sm2(2), &Profile::unit());
    let number = [
        asn1::oid(oid::CRL_NUMBER),
        asn1::element(tag::OCTET_STRING, &[&[2, 1, 1]]),
    ]
    .concat();
    let number = asn1::element(tag::SEQUENCE, &[&number]);
    let numbered = asn1::element(0xa0, &[&asn1::element(tag::SEQUENCE, &[&number])]);
    let date = asn1::element(tag::UTC_TIME, &[b"261101000000Z"]);
    let entry = |more: &[u8]| {
        let entry = asn1::element(tag::SEQUENCE, &[&[2, 1, 9], &date, more]);
        asn1::element(tag::SEQUENCE, &[&entry])
    };
    let reason = [
        asn1::oid(oid::CRL_REASON),
        asn1::element(tag::OCTET_STRING, &[&[0x0a, 1, 1]]),
    ]
    .concat();
    let reason = asn1::element(tag::SEQUENCE, &[&asn1::element(tag::SEQUENCE, &[&reason])]);
    let judge = |version: &[u8], entries: &[u8], extensions: &[u8]| {
        let lists = [list_with(&root, version, entries, extensions)];
        codes(&check(&leaf, &root, &[], &lists, |_| {}).findings)
    };
    let good: [&str; 0] = [];
    let unusable = ["crl-invalid", "crl-missing"];
    assert_eq!(judge(&[2, 1, 1], &[], &numbered), good);
    assert_eq!(judge(&[2, 1, 1], &entry(&reason), &numbered), good);
    assert_eq!(judge(&[], &entry(&[]), &[]), good, "version 1");
    for (version, entries, extensions) in [
        (&[][..], vec![], &numbered[..]),
        (&[], entry(&reason), &[]),
        (&[2, 1, 0], vec![], &[]),
        (&[2, 1, 2], vec![], &numbered),
        (&[2, 2, 0, 1], vec![], &[]),
        (&[2, 1, 1], vec![tag::SEQUENCE, 0], &[]),
    ] {
        assert_eq!(
            judge(version, &entries, extensions),
            unusable,
            "{version:?}"
        );
    }
}

/// The chain of a folder: what is fatal at a time, by its lists if it has some.
fn chain_of(folder: &Path, at: &str) -> Vec<&'static str> {
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let certificate = |name: &str| read(name).map(|der| Certificate::from_der(der).unwrap());
    let anchors = [certificate("root.der").unwrap().into()];
    let between: Vec<_> = certificate("intermediate0.der").into_iter().collect();
    let lists: Vec<_> = read("list.crl").into_iter().collect();
    let crls = Crls::read(&lists);
    let mut policy = PathPolicy::new(&anchors, &between, &crls, UnixTime::parse(at).unwrap());
    if !lists.is_empty() {
        policy.crl_policy = CrlPolicy::Require;
    }
    fatal(&verify(&certificate("leaf.der").unwrap(), &policy).findings)
}

#[test]
fn the_chains_of_the_field_are_judged_by_the_standard() {
    let Some(folder) = data::folder() else {
        return;
    };
    for (name, at, expected) in [
        (
            "critical-extension-empty-list",
            "1970-01-01T00:25:00Z",
            &["extension-unreadable"][..],
        ),
        (
            "critical-policy-qualifier-unknown",
            "2021-10-05T12:00:00Z",
            &["critical-extension-unknown"],
        ),
        (
            "crl-invalid-revoked-empty-sequence",
            "2017-03-09T00:00:00Z",
            &["crl-invalid", "crl-missing"],
        ),
        (
            "crl-invalid-v1-with-extension",
            "2017-03-09T00:00:00Z",
            &["crl-invalid", "crl-missing"],
        ),
        (
            "leaf-key-rsa-512",
            "2021-10-05T12:00:00Z",
            &["algorithm-not-supported"],
        ),
        (
            "nc-empty-subtrees",
            "2026-06-01T00:00:00Z",
            &["extension-unreadable"],
        ),
        (
            "nc-excluded-dns-trailing-dot",
            "1970-01-01T00:25:00Z",
            &["name-not-permitted"],
        ),
        (
            "nc-excluded-empty-email",
            "1970-01-01T00:25:00Z",
            &["name-not-permitted"],
        ),
        ("nc-excluded-ipv6-hits-ipv4", "1970-01-01T00:25:00Z", &[]),
    ] {
        let folder = folder.join("field/paths").join(name);
        assert_eq!(chain_of(&folder, at), expected, "{name}");
    }
}
