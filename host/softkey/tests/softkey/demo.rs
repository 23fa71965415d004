//! The demo tokens, judged by OpenSSL.

use std::path::Path;
use std::process::Command;

use cryptoki_sys::*;
use der::asn1::AnyRef;
use der::{Any, Decode, Encode, Reader, SliceReader, Tag};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::der::DecodePem;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsage, SubjectKeyIdentifier};
use yinxin_softkey::mechanism::{CKM_SM2_SIGN, Mechanism};
use yinxin_softkey::module::Module;
use yinxin_softkey::token::Role;

use crate::support::*;

const LABELS: [&str; 8] = [
    "demo-30days",
    "demo-expert",
    "demo-expired",
    "demo-p256",
    "demo-revoked",
    "demo-rsa",
    "demo-two",
    "demo-unit",
];

fn make(dir: &Path, arguments: &[&str]) -> (bool, String) {
    run(demo_key().arg("--dir").arg(dir).args(arguments))
}

/// The certificates in a token, by CKA_ID.
fn certificates(module: &mut Module, slot: CK_SLOT_ID) -> Vec<(Vec<u8>, Certificate)> {
    let session = module.open_session(slot, CKF_SERIAL_SESSION).unwrap();
    let class = number(CKO_CERTIFICATE);
    let found = find(module, session, &[(CKA_CLASS, &class)]);
    let certificates = found.into_iter().map(|handle| {
        let types = [CKA_ID, CKA_VALUE];
        let values = module.attribute_values(session, handle, &types).unwrap();
        let [id, value] = values.try_into().ok().unwrap();
        (
            id.unwrap().to_vec(),
            Certificate::from_der(&value.unwrap()).unwrap(),
        )
    });
    let certificates = certificates.collect();
    module.close_session(session).unwrap();
    certificates
}

#[test]
fn the_demo_tokens_are_what_they_claim() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("keys");
    let (made, json) = make(&dir, &["--json", "--pin", "135790"]);
    assert!(made, "{json}");
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let listed = report["tokens"].as_array().unwrap();
    let mut labels: Vec<_> = listed.iter().map(|token| &token["label"]).collect();
    labels.sort_by_key(|label| label.as_str());
    assert_eq!(labels, LABELS);

    let crl = std::fs::read(dir.join("crl.pem")).unwrap();
    let crl = CertificateList::from_pem(&crl).unwrap();
    let revoked = crl.tbs_cert_list.revoked_certificates.unwrap();
    let issuing = std::fs::read(dir.join("issuing.pem")).unwrap();
    let issuing = Certificate::from_pem(&issuing).unwrap();
    let key_identifier = |certificate: &Certificate| {
        let found = certificate.tbs_certificate().get_extension();
        let (_, identifier): (bool, SubjectKeyIdentifier) = found.unwrap().unwrap();
        identifier.0
    };
    // RFC 5280 section 5.2.1.
    let extension = &crl.tbs_cert_list.crl_extensions.unwrap()[0];
    let authority = AuthorityKeyIdentifier::from_der(extension.extn_value.as_bytes()).unwrap();
    assert_eq!(authority.key_identifier, Some(key_identifier(&issuing)));

    let mut module = module(&dir);
    for (slot, label) in (0..).zip(LABELS) {
        let info = module.token_info(slot).unwrap();
        assert_eq!(&info.label[..label.len()], label.as_bytes());
        let certificates = certificates(&mut module, slot);
        let expected = match label {
            "demo-two" => 4,
            "demo-rsa" | "demo-p256" => 1,
            _ => 2,
        };
        assert_eq!(certificates.len(), expected, "{label}");

        let session = module.open_session(slot, CKF_SERIAL_SESSION).unwrap();
        module.login(session, Role::User, b"135790").unwrap();
        for (id, certificate) in &certificates {
            let tbs = certificate.tbs_certificate();
            let (critical, usage): (bool, KeyUsage) = tbs.get_extension().unwrap().unwrap();
            assert!(critical);
            let signs = usage.digital_signature();
            // As in the field: 0xC0 for signing, 0x38 for encryption.
            let bits = if signs { 0xC0 } else { 0x38 };
            assert_eq!(usage.to_der().unwrap().last(), Some(&bits));
            assert_ne!(key_identifier(certificate), key_identifier(&issuing));
            let serial = tbs.serial_number();
            let is_revoked = revoked.iter().any(|entry| entry.serial_number == *serial);
            assert_eq!(is_revoked, label == "demo-revoked");
            // The key beside it has the same id and does only what the certificate says.
            let class = number(CKO_PRIVATE_KEY);
            let template = [(CKA_CLASS, &class[..]), (CKA_ID, id)];
            let keys = find(&mut module, session, &template);
            assert_eq!(keys.len(), 1);
            let types = [CKA_SIGN, CKA_DECRYPT, CKA_SENSITIVE, CKA_EXTRACTABLE];
            let values = module.attribute_values(session, keys[0], &types).unwrap();
            let values: Vec<u8> = values.into_iter().map(|value| value.unwrap()[0]).collect();
            assert_eq!(values, [u8::from(signs), u8::from(!signs), 1, 0]);
            if !signs {
                let mechanism = Mechanism {
                    kind: CKM_SM2_SIGN,
                    parameter: &[],
                };
                let answer = module.sign_init(session, mechanism, keys[0]);
                assert_eq!(answer.unwrap_err().0, CKR_KEY_FUNCTION_NOT_PERMITTED);
            }
        }
    }
    // One revoked certificate that no token holds, and the two of demo-revoked.
    assert_eq!(revoked.len(), 3);
}

#[test]
fn openssl_verifies_the_demo_chain() {
    if !have("openssl") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    let (made, text) = make(dir, &["--keep-ca-keys"]);
    assert!(made, "{text}");
    let verify = |arguments: &[&str]| {
        run(Command::new("openssl")
            .args(["verify", "-vfyopt", "distid:1234567812345678"])
            .args(arguments)
            .current_dir(dir))
    };
    let assert_verifies = |arguments: &[&str]| {
        let (verified, text) = verify(arguments);
        assert!(verified, "{arguments:?}: {text}");
    };
    assert_verifies(&["-CAfile", "root.pem", "root.pem"]);
    assert_verifies(&["-CAfile", "root.pem", "issuing.pem"]);
    let mut module = module(dir);
    for (slot, label) in (0..).zip(LABELS) {
        for (id, certificate) in certificates(&mut module, slot) {
            let der = dir.join("leaf.der");
            std::fs::write(&der, certificate.to_der().unwrap()).unwrap();
            let convert = [
                "x509", "-inform", "DER", "-in", "leaf.der", "-out", "leaf.pem",
            ];
            let (converted, text) = run(Command::new("openssl").args(convert).current_dir(dir));
            assert!(converted, "{text}");
            let arguments = ["-partial_chain", "-trusted", "issuing.pem", "leaf.pem"];
            let expired = label == "demo-expired" || (label == "demo-two" && id[0] < 3);
            if expired {
                let (verified, text) = verify(&arguments);
                assert!(
                    !verified && text.contains("certificate has expired"),
                    "{text}"
                );
                assert_verifies(&[&["-no_check_time"], &arguments[..]].concat());
            } else {
                assert_verifies(&arguments);
            }
        }
    }
    for (key, certificate) in [("root.key", "root.pem"), ("issuing.key", "issuing.pem")] {
        let public = |arguments: &[&str]| {
            let (success, text) = run(Command::new("openssl").args(arguments).current_dir(dir));
            assert!(success, "{text}");
            text
        };
        assert_eq!(
            public(&["pkey", "-in", key, "-pubout"]),
            public(&["x509", "-in", certificate, "-pubkey", "-noout"])
        );
    }
}

/// Elements of a DER SEQUENCE: tag, header with value, value.
fn elements(der: &[u8]) -> Vec<(u8, Vec<u8>, Vec<u8>)> {
    let mut reader = SliceReader::new(der).unwrap();
    let content = AnyRef::decode(&mut reader).unwrap();
    assert!(reader.is_finished());
    let mut reader = SliceReader::new(content.value()).unwrap();
    let mut found = Vec::new();
    while !reader.is_finished() {
        let whole = reader.tlv_bytes().unwrap();
        let value = AnyRef::from_der(whole).unwrap().value();
        found.push((whole[0], whole.to_vec(), value.to_vec()));
    }
    found
}

#[test]
fn openssl_verifies_the_seals_that_opensc_reads() {
    if !have("openssl") || !have("pkcs11-tool") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    let (made, text) = make(dir, &[]);
    assert!(made, "{text}");
    let opensc = |token: &str, arguments: &[&str]| {
        run(Command::new("pkcs11-tool")
            .arg("--module")
            .arg(library())
            .args(["--token-label", token])
            .args(arguments)
            .env(yinxin_softkey::DIR_VARIABLE, dir))
    };
    let openssl =
        |arguments: &[&str]| run(Command::new("openssl").args(arguments).current_dir(dir));
    for (token, label, version) in [
        ("demo-unit", "单位电子印章", 4),
        ("demo-expert", "个人电子印章", 4),
        ("demo-expired", "单位电子印章", 4),
        ("demo-30days", "单位电子印章", 1),
        ("demo-two", "单位电子印章", 4),
    ] {
        // Without a PIN.
        let (_, listed) = opensc(token, &["--list-objects", "--type", "data"]);
        assert_eq!(listed.matches("Data object").count(), 1, "{listed}");
        assert!(
            listed.contains(&format!("label:          '{label}'")),
            "{listed}"
        );
        assert!(
            listed.contains("application:    'Yinxin demo seal'"),
            "{listed}"
        );
        let file = dir.join("seal");
        let read = ["--read-object", "--type", "data", "--label", label, "-o"];
        let (done, text) = opensc(token, &[&read[..], &[file.to_str().unwrap()]].concat());
        assert!(done, "{text}");

        let seal = elements(&std::fs::read(&file).unwrap());
        let info = &seal[0].1;
        let header = elements(&elements(info)[0].1);
        assert_eq!(header[1].2, [version]);
        let (signed, parts) = if version == 1 {
            let parts = elements(&seal[1].1);
            let content = [&info[..], &parts[0].1, &parts[1].1].concat();
            let whole = Any::new(Tag::Sequence, content).unwrap();
            (whole.to_der().unwrap(), parts)
        } else {
            (info.clone(), seal[1..].to_vec())
        };
        let maker = std::fs::read(dir.join("seal-maker.pem")).unwrap();
        let maker = Certificate::from_pem(&maker).unwrap();
        assert_eq!(parts[0].2, maker.to_der().unwrap());
        // What stands before the signature in a BIT STRING is the count of unused bits.
        std::fs::write(dir.join("signature"), &parts[2].2[1..]).unwrap();
        let extract = [
            "x509",
            "-in",
            "seal-maker.pem",
            "-pubkey",
            "-noout",
            "-out",
            "key",
        ];
        assert!(openssl(&extract).0);
        let verify = |content: &[u8]| {
            std::fs::write(dir.join("signed"), content).unwrap();
            openssl(&[
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                "key",
                "-rawin",
                "-digest",
                "sm3",
                "-pkeyopt",
                "distid:1234567812345678",
                "-in",
                "signed",
                "-sigfile",
                "signature",
            ])
        };
        let (verified, text) = verify(&signed);
        assert!(verified, "{token}: {text}");
        let mut changed = signed.clone();
        changed[40] ^= 1;
        assert!(!verify(&changed).0);
    }
    // Other tokens have none.
    let (_, listed) = opensc("demo-revoked", &["--list-objects", "--type", "data"]);
    assert!(!listed.contains("Data object"), "{listed}");
    let arguments = [
        "verify",
        "-vfyopt",
        "distid:1234567812345678",
        "-partial_chain",
    ];
    let chain = ["-trusted", "issuing.pem", "seal-maker.pem"];
    let (verified, text) = openssl(&[&arguments[..], &chain].concat());
    assert!(verified, "{text}");
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    std::fs::write(dir.join("precious"), "").unwrap();
    let (made, text) = make(dir, &[]);
    assert!(!made && text.contains("--force"), "{text}");
    assert_eq!(dir.read_dir().unwrap().count(), 1);

    let (made, text) = make(dir, &["--force", "--keep-ca-keys"]);
    assert!(made, "{text}");
    let serial = |dir: &Path| module(dir).token_info(0).unwrap().serialNumber;
    let before = serial(dir);
    assert!(make(dir, &["--force"]).0);
    assert_ne!(serial(dir), before);
    let mut names: Vec<_> = dir
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // The keys of a CA that issued nothing here any more are gone.
    let files = [
        "crl.pem",
        "issuing.pem",
        "precious",
        "root.pem",
        "seal-maker.pem",
    ];
    let mut expected = [&LABELS[..], &files].concat();
    expected.sort();
    assert_eq!(names, expected);
}

#[test]
fn wrong_usage_has_status_2() {
    for arguments in [
        &[][..],
        &["--dir"],
        &["--dir", "x", "--pin", "12345"],
        &["x"],
    ] {
        let output = demo_key().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    assert!(demo_key().arg("--help").output().unwrap().status.success());
}
