//! NIST's PKITS, 2011: every end certificate is judged with all CAs and all lists at hand, which
//! must suffice (RFC 5280, 6.3). Its name says what is expected, unless it is listed here.

use super::kept::Kept;
use super::{Ours, suite};
use der::asn1::ObjectIdentifier as Oid;
use std::path::Path;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::{Anchor, Crl, CrlPolicy, Crls, PathPolicy};
use yinxin_proto::time::UnixTime;

/// Policies that a case is asked for; the suite's document, clause 4. `None` asks for none in
/// particular, and an explicit policy only where a certificate does. What the core has no setting
/// for is left out: initial-policy-mapping-inhibit and initial-inhibit-any-policy.
type Setting<'a> = Option<&'a [Oid]>;

const ANY: Oid = Oid::new_unwrap("2.5.29.32.0");
const P1: Oid = Oid::new_unwrap("2.16.840.1.101.3.2.1.48.1");
const P2: Oid = Oid::new_unwrap("2.16.840.1.101.3.2.1.48.2");
const P3: Oid = Oid::new_unwrap("2.16.840.1.101.3.2.1.48.3");
const P6: Oid = Oid::new_unwrap("2.16.840.1.101.3.2.1.48.6");

/// A setting's name among the verdicts, the setting, and whether the suite accepts the path under it.
type Expected<'a> = (&'a str, Setting<'a>, bool);

/// The cases with settings, or whose names don't say what is expected.
const SETTINGS: &[(&str, &[Expected<'_>])] = &[
    (
        "ValidCertificatePathTest1", // 4.8.1, and 4.1.1 first
        &[
            ("", None, true),
            ("any", Some(&[ANY]), true),
            ("1", Some(&[P1]), true),
            ("2", Some(&[P2]), false),
            ("1,2", Some(&[P1, P2]), true),
        ],
    ),
    (
        "AllCertificatesNoPoliciesTest2",
        &[("", None, true), ("any", Some(&[ANY]), false)],
    ),
    (
        "DifferentPoliciesTest3",
        &[
            ("", None, true),
            ("any", Some(&[ANY]), false),
            ("1,2", Some(&[P1, P2]), false),
        ],
    ),
    ("DifferentPoliciesTest4", &[("", None, false)]),
    ("DifferentPoliciesTest5", &[("", None, false)]),
    (
        "OverlappingPoliciesTest6",
        &[
            ("", None, true),
            ("1", Some(&[P1]), true),
            ("2", Some(&[P2]), false),
        ],
    ),
    ("DifferentPoliciesTest7", &[("", None, false)]),
    ("DifferentPoliciesTest8", &[("", None, false)]),
    ("DifferentPoliciesTest9", &[("", None, false)]),
    (
        "AllCertificatesSamePoliciesTest10",
        &[
            ("", None, true),
            ("1", Some(&[P1]), true),
            ("2", Some(&[P2]), true),
        ],
    ),
    (
        "AllCertificatesanyPolicyTest11",
        &[("", None, true), ("1", Some(&[P1]), true)],
    ),
    ("DifferentPoliciesTest12", &[("", None, false)]),
    (
        "AllCertificatesSamePoliciesTest13",
        &[
            ("1", Some(&[P1]), true),
            ("2", Some(&[P2]), true),
            ("3", Some(&[P3]), true),
        ],
    ),
    (
        "AnyPolicyTest14",
        &[("1", Some(&[P1]), true), ("2", Some(&[P2]), false)],
    ),
    ("UserNoticeQualifierTest15", &[("", None, true)]),
    ("UserNoticeQualifierTest16", &[("", None, true)]),
    ("UserNoticeQualifierTest17", &[("", None, true)]),
    (
        "UserNoticeQualifierTest18",
        &[("1", Some(&[P1]), true), ("2", Some(&[P2]), true)],
    ),
    ("UserNoticeQualifierTest19", &[("", None, true)]),
    (
        "CPSPointerQualifierTest20",
        &[("any", Some(&[ANY]), true), ("1", Some(&[P1]), true)],
    ),
    (
        "ValidPolicyMappingTest1",
        &[("1", Some(&[P1]), true), ("2", Some(&[P2]), false)],
    ),
    (
        "ValidPolicyMappingTest3",
        &[("1", Some(&[P1]), false), ("2", Some(&[P2]), true)],
    ),
    (
        "ValidPolicyMappingTest5",
        &[("1", Some(&[P1]), true), ("6", Some(&[P6]), false)],
    ),
    (
        "ValidPolicyMappingTest6",
        &[("1", Some(&[P1]), true), ("6", Some(&[P6]), false)],
    ),
    (
        "ValidPolicyMappingTest12",
        &[("1", Some(&[P1]), true), ("2", Some(&[P2]), true)],
    ),
    ("inhibitAnyPolicyTest3", &[("", None, true)]),
];

fn all<T>(folder: &Path, read: impl Fn(Vec<u8>) -> T) -> Vec<(String, T)> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, read(std::fs::read(path).unwrap()))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

#[test]
fn the_certificates_of_pkits_are_judged_as_their_names_say() {
    let Some(folder) = suite("pkits") else {
        return;
    };
    let certificates = all(&folder.join("certs"), Certificate::from_der);
    let lists = all(&folder.join("crls"), |der| der);
    // One can't be read, as it should be (BadCRLSignatureCACRL): given, it would be refused for all.
    let readable = |der: &Vec<u8>| Crl::parse(der).is_ok();
    let lists: Vec<_> = lists
        .into_iter()
        .map(|(_, der)| der)
        .filter(readable)
        .collect();
    let crls = Crls::read(&lists);
    let (ends, others): (Vec<_>, Vec<_>) = certificates
        .into_iter()
        .partition(|(name, _)| name.ends_with("EE"));
    let (anchor, between): (Vec<_>, Vec<_>) = others
        .into_iter()
        .filter_map(|(name, read)| Some((name, read.ok()?)))
        .partition(|(name, _)| name == "TrustAnchorRootCertificate");
    let anchors: Vec<_> = anchor
        .into_iter()
        .map(|(_, own)| Anchor::from(own))
        .collect();
    let between: Vec<_> = between.into_iter().map(|(_, read)| read).collect();
    let mut policy = PathPolicy::new(&anchors, &between, &crls, UnixTime::parse(AT).unwrap());
    policy.crl_policy = CrlPolicy::Require;
    let mut kept = Kept::read("pkits.txt");
    for (name, read) in &ends {
        let name = name.trim_end_matches("EE");
        let by_name = [("", None, name.starts_with("Valid"))];
        let listed = SETTINGS.iter().find(|(case, _)| *case == name);
        assert!(
            listed.is_some() || name.starts_with("Valid") || name.starts_with("Invalid"),
            "{name} says nothing"
        );
        for (label, policies, expected) in listed.map_or(&by_name[..], |(_, settings)| settings) {
            policy.policies = *policies;
            let ours = match read {
                Ok(certificate) => Ours::on(certificate, &policy),
                Err(error) => Ours::unreadable(error),
            };
            let case = match *label {
                "" => name.to_owned(),
                label => format!("{name}:{label}"),
            };
            kept.take(&case, &ours, *expected);
        }
    }
    kept.finish();
}

/// Within the validity of what is not meant to be expired.
const AT: &str = "2011-06-01T00:00:00Z";
