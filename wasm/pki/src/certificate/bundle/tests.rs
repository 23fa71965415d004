//! Bundles that OpenSSL makes, bundles put together here, and what is none.

use super::*;
use crate::asn1::element;
use crate::testing::{Identity, NOW, TestKey, chain};
use base64ct::{Base64, Encoding};
use der::asn1::ObjectIdentifier;
use std::process::Command;

fn three() -> Vec<Certificate> {
    let (root, issuing, leaf) = chain(TestKey::p256(9));
    [root, issuing, leaf].map(|one| one.certificate).to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = Base64::encode_string(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let body = lines.join("\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn pems(certificates: &[Certificate]) -> String {
    certificates
        .iter()
        .map(|one| pem("CERTIFICATE", one.der()))
        .collect()
}

/// A certs-only SignedData, as RFC 5652 (clause 5.1) draws it.
fn signed_data(kind: ObjectIdentifier, sets: &[Vec<u8>], signers: &[u8]) -> Vec<u8> {
    let content = if kind == oid::GM_SIGNED_DATA {
        oid::GM_DATA
    } else {
        oid::DATA
    };
    let signed_data = element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&[1]),
            &element(tag::SET, &[]),
            &element(tag::SEQUENCE, &[&asn1::oid(content)]),
            &sets.concat(),
            &element(tag::SET, &[signers]),
        ],
    );
    let explicit = element(tag::CONTEXT_0, &[&signed_data]);
    element(tag::SEQUENCE, &[&asn1::oid(kind), &explicit])
}

fn set(certificates: &[Certificate]) -> Vec<u8> {
    let all: Vec<&[u8]> = certificates.iter().map(Certificate::der).collect();
    element(tag::CONTEXT_0, &all)
}

fn reason(input: &[u8]) -> String {
    match certificates(input) {
        Err(Error::CertificateUnreadable { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bundles_of_openssl_are_read() {
    let expected = three();
    let folder = std::env::temp_dir().join(format!("yinxin-bundle-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (from, to) = (folder.join("in.pem"), folder.join("out"));
    std::fs::write(&from, pems(&expected)).unwrap();
    for form in ["DER", "PEM"] {
        let made = Command::new("openssl")
            .args(["crl2pkcs7", "-nocrl", "-outform", form, "-certfile"])
            .arg(&from)
            .arg("-out")
            .arg(&to)
            .status();
        let Ok(status) = made else {
            yinxin_testing::skipped("no OpenSSL");
            break;
        };
        assert!(status.success());
        let bundle = std::fs::read(&to).unwrap();
        assert_eq!(certificates(&bundle), Ok(expected.clone()), "{form}");
        if form == "DER" {
            let base64 = Base64::encode_string(&bundle);
            assert_eq!(certificates(base64.as_bytes()), Ok(expected.clone()));
            for length in 0..bundle.len() {
                assert!(certificates(&bundle[..length]).is_err(), "{length}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn every_form_gives_the_same_certificates() {
    let all = three();
    let bundle = signed_data(oid::SIGNED_DATA, &[set(&all)], &[]);
    let gm = signed_data(oid::GM_SIGNED_DATA, &[set(&all)], &[]);
    let crl = element(tag::CONTEXT_1, &[&[0x30, 0]]);
    let with_crl = signed_data(oid::SIGNED_DATA, &[set(&all), crl], &[]);
    let others = [element(0xa1, &[]), element(0xa3, &[])].concat();
    let others: Vec<&[u8]> = all
        .iter()
        .map(Certificate::der)
        .chain([&others[..]])
        .collect();
    let others = element(tag::CONTEXT_0, &others);
    let with_others = signed_data(oid::SIGNED_DATA, &[others], &[]);
    let lines = pems(&all).replace('\n', "\r\n");
    for input in [
        bundle.clone(),
        gm.clone(),
        with_crl,
        with_others,
        pems(&all).into_bytes(),
        format!("\u{feff}{lines}").into_bytes(),
        pem("PKCS7", &bundle).into_bytes(),
        pem("CMS", &gm).into_bytes(),
        pem("PKCS #7 SIGNED DATA", &bundle).into_bytes(),
        pem("CERTIFICATE", &bundle).into_bytes(),
        [
            pem("PRIVATE KEY", &[1, 2, 3]),
            pems(&all[..1]),
            pem("X509 CRL", &[4]),
            pem(
                "PKCS7",
                &signed_data(oid::SIGNED_DATA, &[set(&all[1..])], &[]),
            ),
        ]
        .concat()
        .into_bytes(),
        Base64::encode_string(&gm).into_bytes(),
    ] {
        assert_eq!(certificates(&input), Ok(all.clone()));
    }
    let one = all[..1].to_vec();
    for input in [
        one[0].der().to_vec(),
        Base64::encode_string(one[0].der()).into_bytes(),
        format!("\u{feff}{}", Base64::encode_string(one[0].der())).into_bytes(),
    ] {
        assert_eq!(certificates(&input), Ok(one.clone()));
    }
}

#[test]
fn what_is_no_bundle_is_refused_with_its_reason() {
    let all = three();
    let identity = Identity::self_signed(TestKey::sm2(3), &crate::testing::Profile::unit());
    assert_eq!(
        reason(&identity.cms(b"content")),
        "a signed message, not a bundle of certificates"
    );
    let data = element(tag::OCTET_STRING, &[b"x"]);
    let data = element(
        tag::SEQUENCE,
        &[&asn1::oid(oid::DATA), &element(tag::CONTEXT_0, &[&data])],
    );
    assert_eq!(reason(&data), "not a SignedData");
    let none = "no certificate in it";
    assert_eq!(reason(&signed_data(oid::SIGNED_DATA, &[], &[])), none);
    assert_eq!(
        reason(&signed_data(oid::SIGNED_DATA, &[set(&[])], &[])),
        none
    );
    assert_eq!(
        certificates(pem("PRIVATE KEY", &[1]).as_bytes()),
        Err(Error::PrivateKeyGiven {})
    );
    assert_eq!(reason(pem("PUBLIC KEY", &[1]).as_bytes()), none);
    assert_eq!(reason(b""), "neither DER nor PEM, or damaged");
    assert_eq!(reason(b"\xef\xbb\xbf"), "neither DER nor PEM, or damaged");
    let text = pems(&all);
    let (cut, _) = text.rsplit_once("-----END").unwrap();
    assert_eq!(reason(cut.as_bytes()), "neither DER nor PEM, or damaged");
    assert_eq!(reason(&vec![0x30; MAX_BYTES + 1]), "too long");
    let crl = identity.crl(&[], NOW, NOW);
    assert!(certificates(&crl).is_err());
}

#[test]
fn a_damaged_certificate_is_named_by_its_place() {
    let all = three();
    let mut text = pems(&all[..1]);
    text += &pem("CERTIFICATE", &all[1].der()[..20]);
    assert!(reason(text.as_bytes()).starts_with("block 2: "));
    // The second certificate's inner SEQUENCE becomes a SET.
    let mut bundle = signed_data(oid::SIGNED_DATA, &[set(&all)], &[]);
    let at = bundle
        .windows(all[1].der().len())
        .position(|window| window == all[1].der())
        .unwrap();
    bundle[at + 4] = tag::SET;
    assert_eq!(
        certificates(&bundle),
        Err(Error::CertificateUnreadable {
            position: u32::try_from(at + 4).unwrap(),
            reason: "a TBSCertificate is expected".into()
        })
    );
}

#[test]
fn more_certificates_than_the_limit_are_refused() {
    let one = three().remove(0);
    let many = vec![one; MAX_CERTIFICATES + 1];
    for (input, refused) in [(&many[1..], false), (&many[..], true)] {
        let bundle = signed_data(oid::SIGNED_DATA, &[set(input)], &[]);
        for input in [bundle, pems(input).into_bytes()] {
            match certificates(&input) {
                Ok(found) => assert!(!refused && found.len() == MAX_CERTIFICATES),
                Err(_) => assert!(refused && reason(&input).ends_with("too many certificates")),
            }
        }
    }
}

#[test]
fn no_changed_byte_of_a_bundle_makes_it_panic() {
    let all = three();
    let set = set(&all);
    let good = signed_data(oid::GM_SIGNED_DATA, std::slice::from_ref(&set), &[]);
    let start = good.windows(set.len()).position(|w| w == set).unwrap();
    for at in 0..good.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut changed = good.clone();
            changed[at] ^= bit;
            let found = certificates(&changed);
            if (start..start + set.len()).contains(&at) {
                assert_ne!(found, Ok(all.clone()), "byte {at}");
            }
        }
    }
}
