//! Files of every kind, whole and cut off, as DER and as text; and what only looks like one.

use super::*;
use crate::asn1;
use crate::certificate::Certificate;
use crate::testing::{NOW, TestKey, chain, data};
use base64ct::{Base64, Encoding};
use proptest::prelude::*;
use std::fs;
use yinxin_proto::time::DAY;

fn whole(bytes: &[u8]) -> FileKind {
    recognise(bytes, bytes.len() as u64)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// One of each kind that the tests can make.
fn made() -> Vec<(FileKind, Vec<u8>)> {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let content = vec![b'x'; 2 * HEAD_BYTES];
    vec![
        (FileKind::Certificate, root.certificate.der().to_vec()),
        (FileKind::Certificate, unit.certificate.der().to_vec()),
        (FileKind::Crl, issuing.crl(&[], NOW, NOW.plus(DAY))),
        (FileKind::Cms, unit.cms(b"contract")),
        (FileKind::Cms, unit.cms_attached(&content)),
    ]
}

#[test]
fn every_kind_is_told_as_der_and_as_text_under_any_label() {
    for (kind, der) in made() {
        assert_eq!(whole(&der), kind);
        assert_eq!(whole(pem("CERTIFICATE", &der).as_bytes()), kind);
        assert_eq!(whole(pem("PKCS7", &der).as_bytes()), kind);
        assert_eq!(whole(Base64::encode_string(&der).as_bytes()), kind);
        let wide: Vec<u8> = pem("CMS", &der)
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        if wide.len() <= HEAD_BYTES {
            assert_eq!(whole(&wide), kind);
        }
    }
}

#[test]
fn the_beginning_is_enough() {
    for (kind, der) in made() {
        for text in [
            der.clone(),
            pem("PKCS7", &der).into_bytes(),
            Base64::encode_string(&der).into_bytes(),
        ] {
            for length in [1000, 1001, 1002, 1003] {
                if length < text.len() {
                    assert_eq!(recognise(&text[..length], text.len() as u64), kind);
                }
            }
        }
    }
}

#[test]
fn a_bundle_of_certificates_is_no_signature() {
    let (root, _, unit) = chain(TestKey::sm2(1));
    let certificates = [root.certificate.der(), unit.certificate.der()].concat();
    let data = asn1::element(
        tag::SEQUENCE,
        &[
            &[2, 1, 1],
            &asn1::element(tag::SET, &[]),
            &asn1::element(tag::SEQUENCE, &[&asn1::oid(crate::oid::DATA)]),
            &asn1::element(tag::CONTEXT_0, &[&certificates]),
            &asn1::element(tag::SET, &[]),
        ],
    );
    let bundle = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::oid(crate::oid::SIGNED_DATA),
            &asn1::element(tag::CONTEXT_0, &[&data]),
        ],
    );
    assert_eq!(whole(&bundle), FileKind::Certificate);
    assert_eq!(
        recognise(&bundle[..200], bundle.len() as u64),
        FileKind::Cms
    );
}

#[test]
fn the_samples_are_told() {
    let Some(folder) = data::folder() else { return };
    for (name, kind) in [
        ("UserV1.esl", FileKind::Seal),
        ("UserV4.esl", FileKind::Seal),
        ("SESealData.DER", FileKind::Seal),
        ("SESV4SignDoc.ofd", FileKind::Ofd),
        ("DigitalSign.ofd", FileKind::Ofd),
    ] {
        assert_eq!(
            whole(&fs::read(folder.join("seals").join(name)).unwrap()),
            kind,
            "{name}"
        );
    }
    for entry in fs::read_dir(folder.join("ca-national")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "crt") {
            let kind = whole(&fs::read(&path).unwrap());
            assert_eq!(kind, FileKind::Certificate, "{}", path.display());
        }
    }
}

#[test]
fn a_seal_on_a_document_is_told_from_the_seal() {
    let Some(folder) = data::folder() else { return };
    let seal = fs::read(folder.join("seals/UserV4.esl")).unwrap();
    let signed = |version: u8| {
        let to_sign = asn1::element(tag::SEQUENCE, &[&[2, 1, version], &seal, &[3, 1, 0]]);
        asn1::element(tag::SEQUENCE, &[&to_sign, &[4, 1, 0]])
    };
    assert_eq!(whole(&signed(4)), FileKind::SealSignature);
    assert_eq!(whole(&signed(1)), FileKind::SealSignature);
    assert_eq!(
        recognise(&signed(4)[..100], 1 << 20),
        FileKind::SealSignature
    );
}

#[test]
fn other_files_are_none_of_these() {
    assert_eq!(whole(b"%PDF-1.7\n..."), FileKind::Pdf);
    assert_eq!(whole(b"\xef\xbb\xbf\r\n%PDF-1.4"), FileKind::Pdf);
    // A signature with a PDF inside is a signature.
    let (.., unit) = chain(TestKey::p256(3));
    let around = unit.cms_attached(b"%PDF-1.7\n...");
    assert_eq!(whole(&around), FileKind::Cms);
    assert_eq!(whole(b"PK\x03\x04 word/document.xml"), FileKind::Zip);
    // Named in a text inside, and in no header.
    assert_eq!(whole(b"PK\x03\x04 see OFD.xml"), FileKind::Zip);
    for other in [
        &b""[..],
        b"0",
        b"\x30",
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff",
        b"<?xml version=\"1.0\"?><ofd:Signature/>",
        "合同".as_bytes(),
        &b"\x30\x80".repeat(40_000),
    ] {
        assert_eq!(whole(other), FileKind::Unknown);
    }
}

/// Structures with private keys, and what is like them.
#[test]
fn keys_and_requests_are_named_for_what_they_are() {
    let sequence = |fields: &[&[u8]]| asn1::element(tag::SEQUENCE, fields);
    let octets = asn1::element(tag::OCTET_STRING, &[&[0x97; 40]]);
    let bits = asn1::element(tag::BIT_STRING, &[&[0; 66]]);
    let algorithm = sequence(&[
        &asn1::oid(crate::oid::EC),
        &asn1::oid(crate::oid::SM2_CURVE),
    ]);
    let number = asn1::unsigned(&[0x99; 40]);
    let name = crate::testing::name(&[(crate::oid::COMMON_NAME, "示例")]);
    let spki = sequence(&[&algorithm, &bits]);
    let request = |name: &[u8]| {
        let info = sequence(&[&[2, 1, 0], name, &spki, &[0xa0, 0]]);
        sequence(&[&info, &algorithm, &bits])
    };
    let content = sequence(&[
        &asn1::oid(crate::oid::DATA),
        &asn1::element(tag::CONTEXT_0, &[&octets]),
    ]);
    let numbers: Vec<&[u8]> = std::iter::once(&[2, 1, 0][..])
        .chain(std::iter::repeat_n(&number[..], 8))
        .collect();
    let all = [
        (FileKind::CertificateRequest, request(&name)),
        (
            FileKind::CertificateRequest,
            request(&crate::testing::name(&[])),
        ),
        (FileKind::Pkcs12, sequence(&[&[2, 1, 3], &content])),
        // PKCS #8, PKCS #1, SEC 1, and encrypted PKCS #8.
        (
            FileKind::PrivateKey,
            sequence(&[&[2, 1, 0], &algorithm, &octets]),
        ),
        (FileKind::PrivateKey, sequence(&numbers)),
        (
            FileKind::PrivateKey,
            sequence(&[&[2, 1, 1], &octets, &asn1::element(tag::CONTEXT_0, &[])]),
        ),
        (FileKind::PrivateKey, sequence(&[&algorithm, &octets])),
        // A public key, and a bare signature.
        (FileKind::Unknown, spki.clone()),
        (FileKind::Unknown, sequence(&[&number, &number])),
    ];
    for (kind, der) in all {
        assert_eq!(whole(&der), kind);
        assert_eq!(whole(&der[..der.len() / 2]), kind);
        assert_eq!(whole(pem("ANY LABEL", &der).as_bytes()), kind);
        assert_eq!(whole(Base64::encode_string(&der).as_bytes()), kind);
        let read = [
            Certificate::parse(&der).map(|_| ()),
            bundle::certificates(pem("X", &der).as_bytes()).map(|_| ()),
            crate::seal::Seal::parse(&der).map(|_| ()),
            crate::seal::SealSignature::parse(&der).map(|_| ()),
        ];
        for read in read {
            let code = read.unwrap_err().code();
            match kind {
                FileKind::CertificateRequest => assert_eq!(code, "certificate-request-given"),
                FileKind::Pkcs12 => assert_eq!(code, "pkcs12-given"),
                FileKind::PrivateKey => assert_eq!(code, "private-key-given"),
                _ => assert!(code.ends_with("-unreadable"), "{code}"),
            }
        }
    }
    for label in [
        "RSA PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
    ] {
        let text = format!(
            "-----BEGIN {label}-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END {label}-----\n"
        );
        assert_eq!(whole(text.as_bytes()), FileKind::PrivateKey);
        let error = Certificate::parse(text.as_bytes()).unwrap_err();
        // Nothing of it is in the answer.
        assert_eq!(error, Error::PrivateKeyGiven {});
    }
    // Beside a certificate, it is passed over as before.
    let (root, ..) = chain(TestKey::sm2(1));
    let both = [
        pem("PRIVATE KEY", &sequence(&[&[2, 1, 0], &algorithm, &octets])),
        pem("CERTIFICATE", root.certificate.der()),
    ]
    .concat();
    assert_eq!(whole(both.as_bytes()), FileKind::Certificate);
    assert!(Certificate::parse(both.as_bytes()).is_ok());
}

#[test]
fn a_signature_in_ber_is_still_one() {
    let der = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80";
    assert_eq!(whole(der), FileKind::Cms);
}

proptest! {
    #[test]
    fn any_bytes_have_a_kind(bytes: Vec<u8>, more: u16) {
        let _ = recognise(&bytes, bytes.len() as u64 + u64::from(more));
    }

    #[test]
    fn damage_gives_a_kind(at in 0usize..600, byte: u8, length in 0usize..600) {
        for (_, mut der) in made() {
            let size = der.len() as u64;
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
            der.truncate(length);
            let _ = recognise(&der, size);
        }
    }
}

#[test]
fn of_several_in_one_text_none_is_chosen_and_a_key_is_named() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let text = |der: &[u8]| Base64::encode_string(der);
    let (ca, own) = (root.certificate.der(), unit.certificate.der());
    let two = format!("{{\"caCert\":\"{}\",\"cert\":\"{}\"}}", text(ca), text(own));
    let Err(Error::CertificateUnreadable { reason, .. }) = Certificate::parse(two.as_bytes())
    else {
        panic!("one was chosen");
    };
    assert!(reason.starts_with("several"));
    let all = bundle::certificates(two.as_bytes()).unwrap();
    assert_eq!(
        all.iter().map(Certificate::der).collect::<Vec<_>>(),
        [ca, own]
    );

    // Beside a list and a signature, it is the one certificate.
    let list = issuing.crl(&[], NOW, NOW.plus(DAY));
    let parts = [text(&list), text(&unit.cms(b"x")), text(own)];
    let mixed = format!("{parts:?}");
    assert_eq!(Certificate::parse(mixed.as_bytes()).unwrap().der(), own);

    // PrivateKeyInfo: a version, an algorithm and octets.
    let algorithm = asn1::element(tag::SEQUENCE, &[&asn1::oid(crate::oid::DATA)]);
    let octets = asn1::element(tag::OCTET_STRING, &[&[7; 32]]);
    let key = asn1::element(tag::SEQUENCE, &[&[2, 1, 0], &algorithm, &octets]);
    for parts in [[text(own), text(&key)], [text(&key), text(own)]] {
        let input = format!("{parts:?}");
        assert_eq!(
            Certificate::parse(input.as_bytes()).unwrap_err(),
            Error::PrivateKeyGiven {}
        );
        assert_eq!(
            bundle::certificates(input.as_bytes()).unwrap_err(),
            Error::PrivateKeyGiven {}
        );
    }
    let behind = format!(
        "{}\n{}",
        "x".repeat(HEAD_BYTES + 9),
        pem("PRIVATE KEY", &key)
    );
    assert_eq!(whole(behind.as_bytes()), FileKind::PrivateKey);
}
