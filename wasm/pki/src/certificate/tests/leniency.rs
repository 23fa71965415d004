//! Each oddity of the field: it is read, it is told at its place, and it changes nothing about the
//! bytes that were signed. What lies outside of the signed bytes is not lenient.

use super::super::*;
use crate::asn1::{self, element, tag};
use crate::sm2::DEFAULT_ID;
use crate::testing::{Pieces, TestKey, codes, fatal};
use der::Decode;
use x509_cert::certificate::{CertificateInner, Raw};

/// Whether `x509-cert` reads it too. Where it does, it must read the same.
fn x509_cert_reads(certificate: &Certificate) -> bool {
    let Ok(other) = CertificateInner::<Raw>::from_der(certificate.der()) else {
        return false;
    };
    let fields = other.tbs_certificate();
    assert_eq!(fields.serial_number().as_bytes(), certificate.serial());
    let extensions = fields.extensions().into_iter().flatten();
    let extensions: Vec<_> = extensions
        .map(|e| (e.extn_id, e.critical, e.extn_value.as_bytes().to_vec()))
        .collect();
    let ours = certificate.extensions().iter();
    let ours: Vec<_> = ours.map(|e| (e.oid, e.critical, e.value.clone())).collect();
    assert_eq!(extensions, ours);
    let seconds = fields.validity().not_after.to_unix_duration().as_secs();
    assert_eq!(seconds, certificate.not_after().0.unsigned_abs());
    true
}

/// Makes a certificate with an oddity, and checks what must hold of every one. `findings` are
/// `code place`.
fn check(alter: impl Fn(&mut Pieces), findings: &[&str]) -> Certificate {
    check_with(TestKey::sm2(1), alter, findings).0
}

fn check_with(key: TestKey, alter: impl Fn(&mut Pieces), findings: &[&str]) -> (Certificate, bool) {
    let mut pieces = Pieces::new(&key);
    alter(&mut pieces);
    let der = pieces.der(&key);
    let certificate = Certificate::from_der(der.clone()).unwrap();
    let found: Vec<String> = certificate
        .findings()
        .iter()
        .map(|f| format!("{} {}", f.error.code(), f.place.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(found, findings);
    assert_eq!(certificate.der(), der);
    assert_eq!(certificate.tbs(), pieces.tbs());
    assert_eq!(certificate.spki(), pieces.spki);
    assert_eq!(certificate.subject().der(), pieces.subject);
    assert_eq!(certificate.issuer().der(), pieces.issuer);
    assert_eq!(certificate.signature_algorithm_der(), pieces.algorithm);
    let key = PublicKey::from_spki(&key.spki()).unwrap();
    let message = [certificate.tbs()];
    assert!(key.verify_with_id(DEFAULT_ID, &message, certificate.signature()));
    let also = x509_cert_reads(&certificate);
    // Where it is taken over as that crate's type, it comes back as it was.
    if let Ok(other) = x509_cert::Certificate::try_from(&certificate) {
        assert_eq!(Certificate::try_from(&other).as_ref(), Ok(&certificate));
    }
    (certificate, also)
}

fn name(oid: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    let attribute = element(tag::SEQUENCE, &[&asn1::oid(oid), value]);
    element(tag::SEQUENCE, &[&element(tag::SET, &[&attribute])])
}

/// The text of a name with one attribute.
fn subject(oid: ObjectIdentifier, kind: u8, value: &[u8], findings: &[&str]) -> String {
    let value = element(kind, &[value]);
    let read = check(|p| p.subject = name(oid, &value), findings);
    let attribute = read.subject().attributes().next().unwrap();
    assert_eq!(attribute.tag, kind);
    attribute.text.clone()
}

#[test]
fn a_regular_certificate_has_no_findings() {
    for key in TestKey::all() {
        assert!(check_with(key, |_| {}, &[]).1);
    }
}

#[test]
fn parameters_may_be_null_or_absent() {
    let null = |oid| element(tag::SEQUENCE, &[&asn1::oid(oid), &[tag::NULL, 0]]);
    let absent = |oid| element(tag::SEQUENCE, &[&asn1::oid(oid)]);
    for (key, algorithm) in [
        (TestKey::sm2(1), null(oid::SM2_WITH_SM3)),
        (TestKey::p256(1), null(oid::ECDSA_SHA256)),
        (TestKey::rsa(), absent(oid::RSA_SHA256)),
    ] {
        let alter = |p: &mut Pieces| {
            p.algorithm = algorithm.clone();
            p.outer_algorithm = algorithm.clone();
        };
        check_with(key, alter, &["parameters-odd signature.parameters"]);
    }
    let regular = TestKey::rsa().spki();
    let mut spki = asn1::single(&regular, tag::SEQUENCE, "")
        .unwrap()
        .children();
    spki.read().unwrap();
    let bits = spki.read().unwrap().raw.to_vec();
    let spki = element(tag::SEQUENCE, &[&absent(oid::RSA), &bits]);
    let place = "parameters-odd subjectPublicKeyInfo.algorithm.parameters";
    let (read, _) = check_with(TestKey::rsa(), |p| p.spki = spki.clone(), &[place]);
    assert!(read.key().is_ok());
    let found = &read.findings()[0];
    let evidence = (found.found.as_deref(), found.expected.as_deref());
    assert_eq!(evidence, (Some("absent"), Some("NULL")));
}

#[test]
fn defaults_may_be_written_out() {
    let constraints = |value: &[u8]| Pieces::extension(oid::BASIC_CONSTRAINTS, &[], value);
    check(
        |p| p.extensions = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0], &[3, 2, 6, 0xc0]),
        &["default-encoded extensions.keyUsage.critical"],
    );
    let read = check(
        |p| p.extensions = constraints(&[0x30, 3, 1, 1, 0]),
        &["default-encoded extensions.basicConstraints.cA"],
    );
    assert!(!read.is_ca());
    let v1 = check(
        |p| {
            p.version = vec![0xa0, 3, 2, 1, 0];
            p.extensions = Vec::new();
        },
        &["default-encoded version"],
    );
    assert!(v1.may_sign());
    let read = check(
        |p| p.extensions = constraints(&[0x30, 6, 1, 1, 1, 2, 1, 3]),
        &["encoding-odd extensions.basicConstraints.cA"],
    );
    assert_eq!(read.basic_constraints().unwrap().path_length, Some(3));
    check(
        |p| p.extensions = constraints(&[0x30, 7, 1, 1, 0xff, 2, 2, 0, 3]),
        &["integer-odd extensions.basicConstraints.pathLenConstraint"],
    );
}

#[test]
fn unused_bits_may_be_wrong_in_a_key_usage() {
    let odd = "unused-bits-odd extensions.keyUsage";
    let usage = |bits: &[u8], findings: &[&str]| {
        let value = element(tag::BIT_STRING, &[bits]);
        let extension = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0xff], &value);
        let read = check(|p| p.extensions = extension.clone(), findings);
        read.key_usage().unwrap().names().join(" ")
    };
    assert_eq!(usage(&[0, 0xc0], &[odd]), "digitalSignature nonRepudiation");
    // What is declared unused does not count.
    assert_eq!(usage(&[7, 0xff], &[odd]), "digitalSignature");
    assert_eq!(usage(&[0], &[]), "");
    assert_eq!(usage(&[7, 0x08, 0x80], &[]), "keyAgreement decipherOnly");
    assert_eq!(usage(&[0, 0x06, 0], &[odd]), "keyCertSign cRLSign");
    let unreadable = "extension-unreadable extensions.keyUsage";
    for bits in [&[8, 0xc0][..], &[], &[1]] {
        assert_eq!(usage(bits, &[unreadable]), "", "allows nothing");
    }
}

#[test]
fn serial_numbers_may_be_negative_padded_or_long() {
    let serial = |contents: &[u8], findings: &[&str]| {
        let value = element(tag::INTEGER, &[contents]);
        check(|p| p.serial = value.clone(), findings)
            .facts(crate::testing::NOW)
            .serial_number
    };
    let [negative, odd, padded] =
        ["serial-negative", "serial-odd", "integer-odd"].map(|code| format!("{code} serialNumber"));
    let read = serial(&[0x90, 0xab], &[&negative]);
    assert_eq!((&read.scca[..], &read.hex[..]), ("0090ab", "-6F55"));
    assert_eq!(read.decimal.as_deref(), Some("-28501"));
    let read = serial(&[0x00, 0x90, 0xab], &[]);
    assert_eq!((&read.scca[..], &read.hex[..]), ("0090ab", "90AB"));
    assert_eq!(read.decimal.as_deref(), Some("37035"));
    let read = serial(&[0, 0, 0x12], &[&padded]);
    assert_eq!((&read.scca[..], &read.hex[..]), ("12", "12"));
    serial(&[0xff, 0x80], &[&negative, &padded]);
    assert_eq!(
        serial(&[0x7f; 20], &[]).decimal.unwrap(),
        "727885129180488904360266563744972327436484050815"
    );
    serial(&[0x7f; 21], &[&odd]);
    assert_eq!(serial(&[0x7f; 65], &[&odd]).decimal, None);
    let read = serial(&[0], &[&odd]);
    assert_eq!(
        (&read.scca[..], &read.hex[..], read.decimal.as_deref()),
        ("00", "00", Some("0"))
    );
}

#[test]
fn extensions_may_hold_bare_text() {
    let raw = Pieces::extension("2.5.29.1".parse().unwrap(), &[], b"1@5000SF0X");
    check(
        |p| p.extensions.extend(&raw),
        &["extension-not-der extensions.2.5.29.1"],
    );
    let text = Pieces::extension(oid::ORGANIZATION_CODE, &[], b"91350100M000100Y43");
    let read = check(
        |p| p.extensions.extend(&text),
        &["extension-not-der extensions.1.2.156.10260.4.1.4"],
    );
    assert_eq!(read.credit_code(), Some("91350100M000100Y43"));
}

#[test]
fn an_extension_that_can_not_be_read_is_fatal_where_it_decides() {
    let junk = |oid, critical: &[u8]| Pieces::extension(oid, critical, &[4, 1, 1]);
    let read = check(
        |p| p.extensions = junk(oid::KEY_USAGE, &[]),
        &["extension-unreadable extensions.keyUsage"],
    );
    assert_eq!(fatal(read.findings()), ["extension-unreadable"]);
    assert!(!read.may_sign() && !read.may_encrypt());
    let read = check(
        |p| p.extensions.extend(junk(oid::BASIC_CONSTRAINTS, &[])),
        &["extension-unreadable extensions.basicConstraints"],
    );
    assert_eq!(fatal(read.findings()), ["extension-unreadable"]);
    for (critical, grave) in [(&[][..], 0), (&[1, 1, 0xff], 1)] {
        let read = check(
            |p| p.extensions.extend(junk(oid::NAME_CONSTRAINTS, critical)),
            &["extension-unreadable extensions.nameConstraints"],
        );
        assert_eq!(fatal(read.findings()).len(), grave);
    }
}

#[test]
fn an_extension_that_stands_twice_is_fatal() {
    let more = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0xff], &[3, 2, 1, 6]);
    let read = check(
        |p| p.extensions.extend(&more),
        &["extension-repeated extensions.keyUsage"],
    );
    assert_eq!(fatal(read.findings()), ["extension-repeated"]);
    assert!(!read.is_ca(), "the first one counts");
}

#[test]
fn countries_may_be_of_another_type_and_strings_end_in_nul() {
    let country =
        |kind, value: &[u8], findings: &[&str]| subject(oid::COUNTRY, kind, value, findings);
    let odd_type = "string-type-odd subject.countryName";
    let odd_text = "string-odd subject.countryName";
    assert_eq!(country(tag::UTF8_STRING, b"CN", &[odd_type]), "CN");
    assert_eq!(country(tag::PRINTABLE_STRING, b"CN\0", &[odd_text]), "CN");
    assert_eq!(country(tag::PRINTABLE_STRING, b"C_N", &[odd_text]), "C_N");
    let cn =
        |kind, value: &[u8], findings: &[&str]| subject(oid::COMMON_NAME, kind, value, findings);
    let odd_text = "string-odd subject.commonName";
    assert_eq!(
        cn(tag::UTF8_STRING, "示例\0\0".as_bytes(), &[odd_text]),
        "示例"
    );
    assert_eq!(
        cn(tag::UTF8_STRING, b"a\0b", &[odd_text]),
        "a\0b",
        "inside it stays"
    );
    assert_eq!(
        cn(
            tag::IA5_STRING,
            b"a",
            &["string-type-odd subject.commonName"]
        ),
        "a"
    );
    assert_eq!(
        cn(tag::INTEGER, &[7], &["string-type-odd subject.commonName"]),
        "#020107"
    );
    let unknown = "1.2.3.4".parse().unwrap();
    assert_eq!(
        subject(
            unknown,
            tag::IA5_STRING,
            b"a\0",
            &["string-odd subject.1.2.3.4"]
        ),
        "a"
    );
}

#[test]
fn strings_of_every_type_are_read() {
    let cn =
        |kind, value: &[u8], findings: &[&str]| subject(oid::COMMON_NAME, kind, value, findings);
    let legacy = "string-legacy subject.commonName";
    let unreadable = "string-unreadable subject.commonName";
    let odd_type = "string-type-odd subject.commonName";
    assert_eq!(cn(tag::BMP_STRING, &[0x4e, 0x2d], &[]), "中");
    assert_eq!(cn(tag::BMP_STRING, &[0xd8, 0x40, 0xdc, 0x0b], &[]), "𠀋");
    assert_eq!(cn(tag::UNIVERSAL_STRING, &[0, 2, 0, 0x0b], &[]), "𠀋");
    assert_eq!(cn(tag::T61_STRING, b"ASCII", &[]), "ASCII");
    for kind in [tag::T61_STRING, tag::PRINTABLE_STRING] {
        assert_eq!(cn(kind, "四川".as_bytes(), &[legacy]), "四川");
        assert_eq!(cn(kind, b"\xcb\xc4\xb4\xa8", &[legacy]), "四川");
        assert_eq!(cn(kind, b"Andr\xe9", &[legacy]), "André");
    }
    let encodings: [(&[u8], &str); 3] = [
        ("四川".as_bytes(), "UTF-8"),
        (b"\xcb\xc4\xb4\xa8", "GBK"),
        (b"Andr\xe9", "Latin-1"),
    ];
    for (bytes, encoding) in encodings {
        let value = element(tag::T61_STRING, &[bytes]);
        let read = check(|p| p.subject = name(oid::COMMON_NAME, &value), &[legacy]);
        let error = Error::StringLegacy {
            encoding: encoding.into(),
        };
        assert_eq!(read.findings()[0].error, error);
    }
    for kind in [
        tag::VISIBLE_STRING,
        tag::GENERAL_STRING,
        tag::GRAPHIC_STRING,
        tag::VIDEOTEX_STRING,
    ] {
        assert_eq!(cn(kind, b"abc", &[odd_type]), "abc");
    }
    assert_eq!(cn(tag::NUMERIC_STRING, b"12 3", &[odd_type]), "12 3");
    // Bytes of another encoding, in types that have one of their own.
    assert_eq!(cn(tag::UTF8_STRING, b"\xcb\xc4\xb4\xa8", &[legacy]), "四川");
    assert_eq!(cn(tag::UTF8_STRING, b"Andr\xe9", &[legacy]), "André");
    assert_eq!(
        cn(tag::UTF8_STRING, b"\xfe\x9f\x81\x39\xef\x31", &[legacy]),
        "䶮㐂"
    );
    assert_eq!(cn(tag::BMP_STRING, b"abc", &[legacy]), "abc");
    assert_eq!(cn(tag::BMP_STRING, "四川a".as_bytes(), &[legacy]), "四川a");
    // What does not fit is shown in hex.
    assert_eq!(cn(tag::UTF8_STRING, b"a\x81", &[unreadable]), "#0c026181");
    assert_eq!(cn(tag::BMP_STRING, &[0xd8, 0], &[unreadable]), "#1e02d800");
    assert_eq!(
        cn(tag::UNIVERSAL_STRING, &[0, 0x11, 0, 0], &[unreadable]),
        "#1c0400110000"
    );
}

#[test]
fn what_was_encoded_twice_is_told_and_shown_as_it_stands() {
    let twice: String = "四川".bytes().map(char::from).collect();
    let odd = "encoding-odd subject.commonName";
    assert_eq!(
        subject(oid::COMMON_NAME, tag::UTF8_STRING, twice.as_bytes(), &[odd]),
        twice
    );
    let value = element(tag::UTF8_STRING, &[twice.as_bytes()]);
    let read = check(|p| p.subject = name(oid::COMMON_NAME, &value), &[odd]);
    assert_eq!(read.findings()[0].expected.as_deref(), Some("四川"));
    // It is no other name for it.
    let once = name(
        oid::COMMON_NAME,
        &element(tag::UTF8_STRING, &["四川".as_bytes()]),
    );
    let once = DistinguishedName::from_der(&once).unwrap();
    assert_eq!(read.subject().is_within(&once), Some(false));
}

#[test]
fn a_text_is_not_taken_for_unreadable_bytes() {
    let text = check(
        |p| p.subject = name(oid::COMMON_NAME, &element(tag::UTF8_STRING, &[b"#0c0181"])),
        &[],
    );
    let bytes = check(
        |p| p.subject = name(oid::COMMON_NAME, &element(tag::UTF8_STRING, &[&[0x81]])),
        &["string-unreadable subject.commonName"],
    );
    assert!(!text.subject().matches(bytes.subject()));
    assert_eq!(bytes.subject().to_string(), "CN=#0c0181");
    assert_eq!(text.subject().to_string(), "CN=\\#0c0181");
}

#[test]
fn times_may_be_written_in_other_ways() {
    let time = |kind, text: &str| element(kind, &[text.as_bytes()]);
    let begin = time(tag::UTC_TIME, "260101000000Z");
    let ends = |kind, text: &str, findings: &[&str]| {
        let validity = [begin.clone(), time(kind, text)].concat();
        let (read, _) = check_with(TestKey::sm2(1), |p| p.validity = validity.clone(), findings);
        read.not_after().to_string()
    };
    let odd = "encoding-odd validity.notAfter";
    assert_eq!(
        ends(tag::GENERALIZED_TIME, "20270101000000Z", &[odd]),
        "2027-01-01T00:00:00Z"
    );
    assert_eq!(
        ends(tag::GENERALIZED_TIME, "20600101000000Z", &[]),
        "2060-01-01T00:00:00Z"
    );
    assert_eq!(
        ends(tag::UTC_TIME, "2701010000Z", &[odd]),
        "2027-01-01T00:00:00Z"
    );
    assert_eq!(
        ends(tag::UTC_TIME, "270101080000+0800", &[odd]),
        "2027-01-01T00:00:00Z"
    );
    let backwards = "encoding-odd validity";
    assert_eq!(
        ends(tag::UTC_TIME, "200101000000Z", &[backwards]),
        "2020-01-01T00:00:00Z"
    );
    // Of these, `x509-cert` reads only what RFC 5280 asks for.
    let validity = [begin.clone(), time(tag::UTC_TIME, "2701010000Z")].concat();
    let (_, also) = check_with(TestKey::sm2(1), |p| p.validity = validity.clone(), &[odd]);
    assert!(!also, "x509-cert could be used again");
}

#[test]
fn fields_of_a_later_version_are_noted() {
    let odd = "encoding-odd version";
    check(|p| p.version = Vec::new(), &[odd]);
    check(|p| p.version = vec![0xa0, 3, 2, 1, 1], &[odd]);
    check(
        |p| p.unique = vec![0x81, 2, 0, 1],
        &["encoding-odd issuerUniqueID"],
    );
    check(
        |p| p.issuer = vec![tag::SEQUENCE, 0],
        &["encoding-odd issuer"],
    );
}

#[test]
fn the_algorithms_inside_and_outside_are_the_same_bytes() {
    let null = element(
        tag::SEQUENCE,
        &[&asn1::oid(oid::SM2_WITH_SM3), &[tag::NULL, 0]],
    );
    let read = check(
        |p| p.outer_algorithm = null.clone(),
        &["signature-algorithm-mismatch signatureAlgorithm"],
    );
    assert_eq!(fatal(read.findings()), ["signature-algorithm-mismatch"]);
    let found = &read.findings()[0];
    assert_eq!(found.found, Some(hex(&null)));
    assert_eq!(found.expected, Some(hex(read.signature_algorithm_der())));
}

#[test]
fn outside_of_the_signed_bytes_nothing_is_lenient() {
    let key = TestKey::sm2(1);
    let refused = |alter: &dyn Fn(&mut Pieces)| {
        let mut pieces = Pieces::new(&key);
        alter(&mut pieces);
        match Certificate::from_der(pieces.der(&key)) {
            Err(Error::CertificateUnreadable { position, reason }) => (position as usize, reason),
            other => panic!("{other:?}"),
        }
    };
    let whole = Pieces::new(&key);
    // Behind the outer header: the signed bytes and the algorithm.
    let position = asn1::header(tag::SEQUENCE, whole.der(&key).len() - 4).len()
        + whole.tbs().len()
        + whole.outer_algorithm.len();
    assert_eq!(
        refused(&|p| p.unused = 1),
        (position, "a signature of whole bytes is expected".into())
    );
    refused(&|p| p.outer_algorithm = vec![tag::NULL, 0]);
    refused(&|p| p.outer_algorithm = Vec::new());
    for serial in [vec![tag::INTEGER, 0], vec![tag::OCTET_STRING, 1, 1]] {
        refused(&|p| p.serial = serial.clone());
    }
    refused(&|p| p.version = vec![0xa0, 3, 2, 1, 3]);
    refused(&|p| p.unique = vec![0x84, 1, 0]);
    refused(&|p| p.extensions = vec![0x30, 0]);
    let mut longer = whole.der(&key);
    longer.push(1);
    assert!(Certificate::from_der(longer).is_err());
}

#[test]
fn many_extensions_are_refused() {
    let key = TestKey::sm2(1);
    let mut pieces = Pieces::new(&key);
    let one = Pieces::extension("1.2.3".parse().unwrap(), &[], &[5, 0]);
    pieces.extensions = one.repeat(257);
    assert!(Certificate::from_der(pieces.der(&key)).is_err());
    pieces.extensions = one.repeat(256);
    let read = Certificate::from_der(pieces.der(&key)).unwrap();
    let told = read.findings();
    let (last, repeated) = told.split_last().unwrap();
    assert_eq!(codes(repeated), ["extension-repeated"; 128]);
    assert_eq!(last.error, Error::FindingsLeftOut { count: 127 });
}

#[test]
fn odd_text_forms_of_a_certificate_are_noted() {
    use base64ct::Encoding as _;
    let der = Pieces::new(&TestKey::sm2(1)).der(&TestKey::sm2(1));
    let base64 = base64ct::Base64::encode_string(&der);
    let pem = |label: &str, body: &str| {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    let read = |input: &[u8]| {
        let certificate = Certificate::parse(input).unwrap();
        assert_eq!(certificate.der(), der);
        let findings = certificate.findings().iter();
        let found: Vec<_> = findings
            .map(|f| (f.error.code(), f.place.clone(), f.found.clone()))
            .collect();
        found
    };
    let odd = |found: &str| vec![("pem-odd", Some("pem".into()), Some(found.into()))];
    assert_eq!(read(&der), []);
    assert_eq!(read(base64.as_bytes()), odd("Base64 without a header"));
    assert_eq!(
        read(pem("CERTIFICATE", &base64).as_bytes()),
        odd("odd lines")
    );
    assert_eq!(
        read(pem("X509 CERTIFICATE", &base64).as_bytes()),
        odd("an unusual label")
    );
    // OpenSSL's notes about trust stand behind the certificate.
    let trusted = base64ct::Base64::encode_string(&[&der[..], &[0x30, 2, 5, 0]].concat());
    assert_eq!(
        read(pem("TRUSTED CERTIFICATE", &trusted).as_bytes()),
        odd("an unusual label")
    );
    assert!(Certificate::parse(pem("CERTIFICATE", &trusted).as_bytes()).is_err());
    assert!(Certificate::parse(pem("PRIVATE KEY", &base64).as_bytes()).is_err());
}

#[test]
fn names_and_extensions_have_a_size() {
    let key = TestKey::sm2(1);
    let text = element(tag::UTF8_STRING, &[b"x"]);
    let attribute = element(tag::SEQUENCE, &[&asn1::oid(oid::COMMON_NAME), &text]);
    let set = |attributes: usize| element(tag::SET, &[&attribute.repeat(attributes)]);
    let name = |sets: &[Vec<u8>]| element(tag::SEQUENCE, &[&sets.concat()]);
    let long = |size: usize| {
        let text = element(tag::UTF8_STRING, &[&vec![b'x'; size]]);
        let attribute = element(tag::SEQUENCE, &[&asn1::oid(oid::COMMON_NAME), &text]);
        name(&[element(tag::SET, &[&attribute])])
    };
    let size = 8 * 1024 - (long(8 * 1024).len() - 8 * 1024);
    for (subject, reads) in [
        (name(&vec![set(1); 128]), true),
        (name(&vec![set(1); 129]), false),
        (name(&[set(128)]), true),
        (name(&[set(129)]), false),
        (name(&[set(64), set(65)]), false),
        (name(&vec![set(0); 129]), false),
        (long(size), true),
        (long(size + 1), false),
    ] {
        let mut pieces = Pieces::new(&key);
        pieces.subject = subject;
        assert_eq!(Certificate::from_der(pieces.der(&key)).is_ok(), reads);
    }
    // Beyond that, an extension is one that can't be read, as if it were damaged.
    for (elements, odd) in [(256, &[][..]), (257, &["extension-unreadable"])] {
        let purposes = asn1::oid(oid::COMMON_NAME).repeat(elements);
        let purposes = element(tag::SEQUENCE, &[&purposes]);
        let mut pieces = Pieces::new(&key);
        pieces.extensions = Pieces::extension(oid::EXTENDED_KEY_USAGE, &[], &purposes);
        let read = Certificate::from_der(pieces.der(&key)).unwrap();
        assert_eq!(codes(read.findings()), odd);
        pieces.extensions = Pieces::extension(oid::EXTENDED_KEY_USAGE, &[1, 1, 0xff], &purposes);
        let read = Certificate::from_der(pieces.der(&key)).unwrap();
        assert_eq!(fatal(read.findings()), odd);
    }
}

/// Signatures of CAs as r ‖ s, and with INTEGERs that are padded or lack their sign octet.
#[test]
fn signatures_of_each_form_are_read_and_hold() {
    for key in [TestKey::sm2(1), TestKey::p256(2)] {
        let pieces = Pieces::new(&key);
        let strict = Certificate::from_der(pieces.der(&key)).unwrap();
        let read = crate::key::EcSignature::<32>::from_der(strict.signature()).unwrap();
        let raw = read.to_raw();
        let integers = |padding: &[u8]| {
            let integer = |half: &[u8]| element(tag::INTEGER, &[padding, half]);
            element(tag::SEQUENCE, &[&integer(&raw[..32]), &integer(&raw[32..])])
        };
        for (signature, code) in [
            (raw.to_vec(), "encoding-odd"),
            (integers(&[0; 2]), "integer-odd"),
        ] {
            let bits = |signature: &[u8]| element(tag::BIT_STRING, &[&[0], signature]);
            let der = |signature: &[u8]| {
                let parts = [&pieces.tbs(), &pieces.outer_algorithm, &bits(signature)[..]].concat();
                element(tag::SEQUENCE, &[&parts])
            };
            let odd = Certificate::from_der(der(&signature)).unwrap();
            let [found] = odd.findings() else {
                panic!("{:?}", odd.findings());
            };
            assert_eq!(found.error.code(), code);
            assert_eq!(found.place.as_deref(), Some("signatureValue"));
            assert_eq!(odd.verify_issued_by(&strict, DEFAULT_ID), Ok(()));
            for bit in [0, 100, 400] {
                let mut forged = signature.clone();
                let at = forged.len() - 1 - bit / 8;
                forged[at] ^= 1 << (bit % 8);
                let forged = Certificate::from_der(der(&forged)).unwrap();
                let held = forged.verify_issued_by(&strict, DEFAULT_ID);
                assert_eq!(held, Err(Error::SignatureInvalid {}));
            }
        }
        // Without sign octets, whichever the numbers are.
        let negative = element(
            tag::SEQUENCE,
            &[
                &element(tag::INTEGER, &[&raw[..32]]),
                &element(tag::INTEGER, &[&raw[32..]]),
            ],
        );
        let parts = [
            &pieces.tbs()[..],
            &pieces.outer_algorithm,
            &element(tag::BIT_STRING, &[&[0], &negative]),
        ]
        .concat();
        let odd = Certificate::from_der(element(tag::SEQUENCE, &[&parts])).unwrap();
        assert_eq!(odd.verify_issued_by(&strict, DEFAULT_ID), Ok(()));
    }
}

#[test]
fn what_is_filled_up_is_read_without_what_follows() {
    let key = TestKey::sm2(1);
    let der = Pieces::new(&key).der(&key);
    let filled = |more: &[u8]| Certificate::from_der([&der[..], more].concat());
    for more in [&[0; 1000][..], &[0xff; 7], b"\r\n", b"\n", b" "] {
        let read = filled(more).unwrap();
        assert_eq!(read.der(), der);
        assert_eq!(read.sha256(), &sha256(&der));
        assert_eq!(codes(read.findings()), ["encoding-odd"]);
    }
    for more in [&der[..], &[0, 1], &[0, 0xff], b"\0\n", b"\t", b"x"] {
        assert!(matches!(
            filled(more),
            Err(Error::CertificateUnreadable { reason, .. }) if reason == "data after the end"
        ));
    }
}
