//! Writes `wasm/fuzz/pki`, and the seeds of `wasm/fuzz/corpus`:
//! `cargo test -p yinxin-pki --lib fuzz_seeds -- --ignored`. RSA keys are new each time. Remove
//! `target/fuzz/corpus` along with it: what the former ones signed would count as forged.

use super::{Identity, NOW, Profile, TestKey, name, seal_draft};
use crate::asn1::{self, tag};
use crate::hash;
use crate::oid;
use crate::seal::build::Draft;
use crate::seal::{CertificateDigest, SealExtension, Users, Version};
use crate::seal::{Sealing, TimeInfo};
use base64ct::{Base64, Encoding};
use der::asn1::ObjectIdentifier as Oid;
use std::fs;
use std::path::Path;
use yinxin_proto::time::DAY;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz");

/// What the unit signs: the targets know it.
const CONTENT: &[u8] = b"yinxin";

#[test]
#[ignore = "writes wasm/fuzz/pki and wasm/fuzz/corpus"]
fn write() {
    let (root, issuing, unit) = pki();
    let later = NOW.plus(30 * DAY);
    let empty = issuing.crl_with(&[], &list_extensions(), NOW, later);
    let reason = seq(&[&seq(&[&asn1::oid(oid::CRL_REASON), &octets(&[10, 1, 1])])]);
    let date = super::utc_time(NOW.plus(-DAY));
    let entry = seq(&[&integer(unit.certificate.serial()), &date, &reason]);
    let other = seq(&[&integer(&[0x80, 1]), &date]);
    let entries = [other, entry].concat();
    let revoked = issuing.crl_with(&entries, &list_extensions(), NOW, later);
    for (file, bytes) in [
        ("root.der", root.certificate.der()),
        ("issuing.der", issuing.certificate.der()),
        ("unit.der", unit.certificate.der()),
        ("empty.crl", &empty),
        ("revoked.crl", &revoked),
    ] {
        put("pki", file, bytes);
    }
    let (leaf, ca) = (unit.certificate.der(), issuing.certificate.der());
    let stranger = |key: TestKey| Identity::self_signed(key, &Profile::unit());
    let (p256, rsa) = (stranger(TestKey::p256(2)), stranger(TestKey::rsa()));

    seed("certificate", "sm2", leaf);
    seed("certificate", "sm2-authority", ca);
    seed("certificate", "p256", p256.certificate.der());
    seed("certificate", "rsa", rsa.certificate.der());
    seed("certificate", "odd", &odd_certificate());
    seed("certificate", "pem", &pem("X509 CERTIFICATE", leaf, "\r\n"));

    seed("bundle", "pkcs7", &bundle(oid::SIGNED_DATA, &[leaf, ca]));
    let gm = bundle(oid::GM_SIGNED_DATA, &[p256.certificate.der()]);
    seed("bundle", "gm-pem", &pem("PKCS7", &gm, "\n"));
    let two = [pem("CERTIFICATE", ca, "\n"), pem("CERTIFICATE", leaf, "\n")];
    seed("bundle", "two-pem", &two.concat());

    seed("cms", "detached", &unit.cms(CONTENT));
    seed("cms", "attached", &unit.cms_attached(CONTENT));
    seed("cms", "p256-attached", &p256.cms_attached(CONTENT));

    let attached = unit.cms_attached(CONTENT);
    let inside = asn1::single(&attached, tag::SEQUENCE, "").unwrap().value;
    seed("outer", "filled-up", &[&attached[..], &[0; 9]].concat());
    seed(
        "outer",
        "indefinite",
        &[&[0x30, 0x80], inside, &[0, 0]].concat(),
    );
    seed("outer", "pieces", &pieces());

    seed("crl", "empty", &empty);
    seed("crl", "revoked", &revoked);
    seed("crl", "pem", &pem("X509 CRL", &revoked, "\n"));

    let (high, low) = ([0x90; 32], [5; 32]);
    let raw = [high, low].concat();
    seed("integers", "raw", &raw);
    seed(
        "integers",
        "strict",
        &seq(&[&asn1::unsigned(&high), &asn1::unsigned(&low)]),
    );
    seed(
        "integers",
        "negative",
        &seq(&[&integer(&high), &integer(&[5])]),
    );
    let padded = [&[0, 0], &high[..]].concat();
    seed(
        "integers",
        "padded",
        &seq(&[&integer(&padded), &integer(&low)]),
    );
    seed(
        "integers",
        "constraints",
        &seq(&[&[1, 1, 0xff], &asn1::unsigned(&[3])]),
    );
    seed("integers", "key-usage", &[3, 2, 0, 0xc0]);
    seed("integers", "utc-time", &super::utc_time(NOW));
    let text = &[b"20261122150405Z"];
    seed(
        "integers",
        "time",
        &asn1::element(tag::GENERALIZED_TIME, &[text[0]]),
    );
    seed("integers", "iso-time", b"2026-11-22T23:04:05.5+08:00");

    let names = [odd_name(), name(&Profile::unit().subject)].concat();
    seed("name", "of-each-type", &names);
    for (oid, _, value) in authority_extensions().iter().chain(&unit_extensions()) {
        // The shortest hold nothing that the fuzzer would not find at once.
        if value.len() > 20 {
            seed("name", &oid.to_string(), value);
        }
    }

    seed(
        "pem",
        "two",
        &[
            pem("CERTIFICATE", b"1", "\r"),
            pem("X509 CRL", b"22", "\r\n"),
        ]
        .concat(),
    );
    seed("pem", "bare", b"AQID\nBA==\n");
    let mark = [&[0xef, 0xbb, 0xbf], &pem("PRIVATE KEY", b"3", "\n")[..]].concat();
    seed("pem", "mark", &mark);

    schemes();

    let all = |asked: u8, parts: &[&[u8]]| [vec![asked], chunks(parts)].concat();
    seed("verify", "good", &all(0b0000_0111, &[leaf, ca, &empty]));
    seed("verify", "policy", &all(0b0011_0001, &[leaf, ca, &empty]));
    seed(
        "verify",
        "revoked",
        &all(0b0100_0001, &[leaf, &revoked, ca]),
    );
    let other = root.issue(TestKey::p256(4), &Profile::authority("示例签发机构"));
    let parts = [leaf, other.certificate.der(), ca, root.certificate.der()];
    seed("verify", "two-issuers", &all(1, &parts));
}

/// Apart from the others: signatures with SM2 come out the same each time.
#[test]
#[ignore = "writes wasm/fuzz/corpus/seal"]
fn write_seals() {
    let (_, issuing, unit) = pki();
    let kept = fs::read(Path::new(FOLDER).join("pki/unit.der")).unwrap();
    assert_eq!(unit.certificate.der(), kept);
    let of_unit = Users::Certificates(vec![unit.certificate.der().to_vec()]);
    let digest = CertificateDigest {
        algorithm: "SM3".into(),
        value: hash::sm3(unit.certificate.der()).to_vec(),
    };
    let by_digest = Users::Digests(vec![digest]);
    for (file, version, users) in [
        ("v1", Version::V1, of_unit.clone()),
        ("v4", Version::V4, of_unit),
        ("v5", Version::V5, by_digest),
    ] {
        let extension = SealExtension {
            oid: EMAIL_PROTECTION,
            critical: false,
            value: b"1".to_vec(),
        };
        let draft = Draft {
            extensions: vec![extension],
            ..seal_draft(version, users)
        };
        let sign = |message: &[u8]| Ok(issuing.key.sign(message));
        let mut made = draft.sign(&issuing.certificate, sign).unwrap();
        if version == Version::V5 {
            made = made.with_time_stamp(b"stamp").unwrap();
        }
        seed("seal", file, made.der());
        let of_v1 = version == Version::V1;
        let sealing = Sealing {
            seal: &made,
            time: match of_v1 {
                true => TimeInfo::Stamp(b"stamp"),
                false => TimeInfo::Claimed(NOW),
            },
            digest: &hash::sm3(CONTENT),
            property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
            extensions: if of_v1 { &[] } else { &draft.extensions },
        };
        let sign = |message: &[u8]| Ok(unit.key.sign(message));
        let mut set = sealing.sign(&unit.certificate, sign).unwrap();
        if version == Version::V5 {
            set = set.with_time_stamp(b"stamp").unwrap();
        }
        seed("seal", &format!("{file}-set"), set.der());
    }
}

/// A root, a CA with every constraint, and a unit's certificate with every extension.
fn pki() -> (Identity, Identity, Identity) {
    let root = Identity::self_signed(TestKey::sm2(0x61), &Profile::authority("示例根"));
    let authority = Profile {
        extensions: authority_extensions(),
        ca: Some(Some(1)),
        ..Profile::authority("示例签发机构")
    };
    let issuing = root.issue(TestKey::sm2(0x62), &authority);
    let unit = Profile {
        extensions: unit_extensions(),
        ..Profile::unit()
    };
    let unit = issuing.issue(TestKey::sm2(0x63), &unit);
    (root, issuing, unit)
}

fn authority_extensions() -> Vec<(Oid, bool, Vec<u8>)> {
    let country = asn1::element(0xa4, &[&name(&[(oid::COUNTRY, "CN")])]);
    let mail = asn1::element(0x81, &[b".example"]);
    let network = asn1::element(0x87, &[&[192, 0, 2, 0, 255, 255, 255, 0]]);
    let permitted = asn1::element(0xa0, &[&seq(&[&country]), &seq(&[&mail])]);
    let excluded = asn1::element(0xa1, &[&seq(&[&network])]);
    let mapping = seq(&[&asn1::oid(oid::SM3), &asn1::oid(oid::SM2_SIGN)]);
    let any = seq(&[&seq(&[&asn1::oid(oid::ANY_POLICY)])]);
    let constraints = seq(&[&asn1::element(0x80, &[&[3]]), &asn1::element(0x81, &[&[2]])]);
    vec![
        (oid::SUBJECT_KEY_IDENTIFIER, false, octets(&[1; 20])),
        (oid::NAME_CONSTRAINTS, true, seq(&[&permitted, &excluded])),
        (oid::CERTIFICATE_POLICIES, false, any),
        (oid::POLICY_MAPPINGS, true, seq(&[&mapping])),
        (oid::POLICY_CONSTRAINTS, true, constraints),
        (oid::INHIBIT_ANY_POLICY, true, integer(&[1])),
    ]
}

fn unit_extensions() -> Vec<(Oid, bool, Vec<u8>)> {
    let uri = asn1::element(0x86, &[b"http://ca.example/1.crl"]);
    let point = asn1::element(0xa0, &[&asn1::element(0xa0, &[&uri])]);
    let mail = asn1::element(0x81, &[b"a@b.example"]);
    let host = asn1::element(0x82, &[b"b.example"]);
    let names = asn1::element(
        0xa1,
        &[&asn1::element(0xa4, &[&name(&[(oid::COUNTRY, "CN")])])],
    );
    let serial = asn1::element(0x82, &[&[1]]);
    let authority = seq(&[&asn1::element(0x80, &[&[1; 20]]), &names, &serial]);
    let policy = seq(&[&seq(&[&asn1::oid(oid::SM2_SIGN)])]);
    let access = seq(&[&seq(&[&asn1::oid(OCSP), &uri])]);
    vec![
        (oid::AUTHORITY_KEY_IDENTIFIER, false, authority),
        (oid::CERTIFICATE_POLICIES, false, policy),
        (oid::SUBJECT_ALT_NAME, false, seq(&[&mail, &host])),
        (oid::CRL_DISTRIBUTION_POINTS, false, seq(&[&seq(&[&point])])),
        (AUTHORITY_INFO_ACCESS, false, access),
        (
            oid::EXTENDED_KEY_USAGE,
            false,
            seq(&[&asn1::oid(EMAIL_PROTECTION)]),
        ),
        // Bare text, and a CHOICE of GB/T 20518.
        (ORGANIZATION_CODE, false, b"91510100MA6EXAMPLE".to_vec()),
        (
            IDENTITY_CODE,
            false,
            asn1::element(0xa0, &[&asn1::element(tag::PRINTABLE_STRING, &[b"1"])]),
        ),
    ]
}

fn list_extensions() -> Vec<(Oid, bool, Vec<u8>)> {
    let uri = asn1::element(0x86, &[b"http://ca.example/1.crl"]);
    let point = asn1::element(0xa0, &[&asn1::element(0xa0, &[&uri])]);
    vec![
        (oid::CRL_NUMBER, false, integer(&[7])),
        (oid::ISSUING_DISTRIBUTION_POINT, true, seq(&[&point])),
    ]
}

/// What the field's certificates do: extensions that are no DER, a serial number as if negative.
fn odd_certificate() -> Vec<u8> {
    let key = TestKey::sm2(0x64);
    let profile = Profile {
        serial: vec![0x90; 21],
        key_usage: None,
        extensions: vec![
            (oid::KEY_USAGE, true, vec![3, 2, 0, 0xc0]),
            (oid::BASIC_CONSTRAINTS, false, vec![0x30, 3, 1, 1, 0]),
            (Oid::new_unwrap("2.5.29.1"), false, b"91510100".to_vec()),
        ],
        ..Profile::unit()
    };
    super::certificate_der(&odd_name(), &key, &key, &profile)
}

/// A name with a value of each string type, and of another type.
fn odd_name() -> Vec<u8> {
    let values: [(u8, &[u8]); 8] = [
        (tag::UTF8_STRING, "示例\0".as_bytes()),
        (tag::PRINTABLE_STRING, b"a  B"),
        (tag::IA5_STRING, b"#a"),
        (tag::NUMERIC_STRING, b"1"),
        (tag::VISIBLE_STRING, b"a,"),
        (tag::T61_STRING, &[0xca, 0xbe]),
        (tag::BMP_STRING, &[0x79, 0x3a]),
        (tag::NULL, &[]),
    ];
    let relative: Vec<u8> = values
        .iter()
        .flat_map(|(tag, value)| {
            let value = asn1::element(*tag, &[value]);
            asn1::element(tag::SET, &[&seq(&[&asn1::oid(oid::ORGANIZATION), &value])])
        })
        .collect();
    seq(&[&relative])
}

fn schemes() {
    let algorithm = |oid: Oid, parameters: &[u8]| seq(&[&asn1::oid(oid), parameters]);
    for (file, oid, key) in [
        ("sm2", oid::SM2_WITH_SM3, TestKey::sm2(1)),
        ("p256", oid::ECDSA_SHA256, TestKey::p256(2)),
        ("rsa", oid::RSA_SHA256, TestKey::rsa()),
    ] {
        let parts: [&[u8]; 3] = [&algorithm(oid, &[]), &key.spki(), &key.sign(CONTENT)];
        seed("scheme", file, &chunks(&parts));
    }
    let p384 = p384::ecdsa::SigningKey::from_slice(&[3; 48]).unwrap();
    let point = p384.verifying_key().to_sec1_point(true);
    let curve = seq(&[&asn1::oid(oid::EC), &asn1::oid(oid::P384)]);
    let spki = seq(&[
        &curve,
        &asn1::element(tag::BIT_STRING, &[&[0], point.as_bytes()]),
    ]);
    let parts: [&[u8]; 3] = [
        &algorithm(oid::ECDSA_SHA384, &[]),
        &spki,
        &seq(&[&integer(&[1]), &integer(&[2])]),
    ];
    seed("scheme", "p384", &chunks(&parts));
    let hash = algorithm(oid::SHA256, &[tag::NULL, 0]);
    let pss = seq(&[
        &asn1::element(0xa0, &[&hash]),
        &asn1::element(0xa1, &[&algorithm(oid::MGF1, &hash)]),
        &asn1::element(0xa2, &[&integer(&[32])]),
    ]);
    let key = TestKey::rsa();
    let parts: [&[u8]; 3] = [
        &algorithm(oid::RSA_PSS, &pss),
        &key.spki(),
        &key.sign(CONTENT),
    ];
    seed("scheme", "pss", &chunks(&parts));
}

fn bundle(kind: Oid, certificates: &[&[u8]]) -> Vec<u8> {
    let data = seq(&[&asn1::oid(oid::DATA)]);
    let certificates = asn1::element(tag::CONTEXT_0, certificates);
    let empty = asn1::element(tag::SET, &[]);
    let signed_data = seq(&[&integer(&[1]), &empty, &data, &certificates, &empty]);
    seq(&[
        &asn1::oid(kind),
        &asn1::element(tag::CONTEXT_0, &[&signed_data]),
    ])
}

fn chunks(parts: &[&[u8]]) -> Vec<u8> {
    let length = |part: &[u8]| u16::try_from(part.len()).unwrap().to_be_bytes();
    parts
        .iter()
        .flat_map(|part| [&length(part), *part].concat())
        .collect()
}

/// A content in pieces, every length indefinite, and nobody who signed it.
fn pieces() -> Vec<u8> {
    let (outer, data) = (asn1::oid(oid::SIGNED_DATA), asn1::oid(oid::DATA));
    [
        &[0x30, 0x80][..],
        &outer,
        &[
            0xa0, 0x80, 0x30, 0x80, 2, 1, 1, 0x31, 0x80, 0, 0, 0x30, 0x80,
        ],
        &data,
        &[0xa0, 0x80, 0x24, 0x80, 4, 1, b'y', 0x24, 3, 4, 1, b'x'],
        &[0; 6],
        &[0x31, 0x81, 0, 0, 0, 0, 0, 0, 0],
    ]
    .concat()
}

fn pem(label: &str, der: &[u8], end: &str) -> Vec<u8> {
    let text = Base64::encode_string(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let body = lines.join(end);
    format!("-----BEGIN {label}-----{end}{body}{end}-----END {label}-----{end}").into_bytes()
}

fn seq(parts: &[&[u8]]) -> Vec<u8> {
    asn1::element(tag::SEQUENCE, parts)
}

fn octets(value: &[u8]) -> Vec<u8> {
    asn1::element(tag::OCTET_STRING, &[value])
}

fn integer(value: &[u8]) -> Vec<u8> {
    asn1::element(tag::INTEGER, &[value])
}

fn seed(target: &str, file: &str, bytes: &[u8]) {
    put(&format!("corpus/{target}"), file, bytes);
}

fn put(folder: &str, file: &str, bytes: &[u8]) {
    let folder = Path::new(FOLDER).join(folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), bytes).unwrap();
}

const AUTHORITY_INFO_ACCESS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.1");
const OCSP: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1");
const EMAIL_PROTECTION: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.4");
const IDENTITY_CODE: Oid = Oid::new_unwrap("1.2.156.10260.4.1.1");
const ORGANIZATION_CODE: Oid = Oid::new_unwrap("1.2.156.10260.4.1.4");
