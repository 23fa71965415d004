//! A few certificates by themselves: what a path is judged by is the same as in logins and signatures.

use crate::{Set, Vector, base64, keys, merged, pem};
use serde_json::{Value, json};
use yinxin_calls::Function;
use yinxin_pki::testing::{NOW, Profile, TestKey, chain};
use yinxin_proto::time::DAY;

pub fn add(set: &mut Set) {
    let mut case =
        |name: &str, description: &str, comes: &str, request: Value, certificate: &[u8]| {
            let vector = Vector {
                description: description.into(),
                function: Function::VerifyCertificate,
                request,
                parts: vec![("certificate", certificate.to_vec())],
                only_as_text: false,
            };
            set.add(&format!("certificate-{name}"), comes, vector);
        };
    for (kind, key) in keys() {
        let (root, issuing, unit) = chain(key);
        let request = json!({
            "anchors": [pem(&root)], "intermediates": [pem(&issuing)], "at": NOW.to_string(), "purpose": "sign",
        });
        let description = format!("A certificate with a key of the kind {kind}.");
        case(
            &format!("good-{kind}"),
            &description,
            "valid",
            request,
            unit.certificate.der(),
        );
    }
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let request = json!({
        "anchors": [pem(&root)], "intermediates": [pem(&issuing)], "at": NOW.to_string(),
    });
    let with = |more: Value| merged(&request, &more);
    let certificate = unit.certificate.der();
    case(
        "authority",
        "A CA can be asked about, too.",
        "valid",
        with(json!({})),
        issuing.certificate.der(),
    );
    case(
        "anchor",
        "The anchor itself.",
        "valid",
        with(json!({})),
        root.certificate.der(),
    );
    case(
        "encrypt",
        "The certificate is asked for encryption, and is for signatures.",
        "certificate-not-for-encryption",
        with(json!({ "purpose": "encrypt" })),
        certificate,
    );
    let encryption = issuing.issue(
        TestKey::sm2(1),
        &Profile {
            key_usage: Some(0x38),
            ..Profile::unit()
        },
    );
    case(
        "encryption-unasked",
        "A certificate for encryption, of which no purpose is asked.",
        "valid",
        with(json!({})),
        encryption.certificate.der(),
    );
    case(
        "of-the-past",
        "At a time before all of them.",
        "certificate-not-yet-valid, certificate-not-yet-valid, certificate-not-yet-valid",
        with(json!({ "at": "2001-01-01T00:00:00Z" })),
        certificate,
    );
    let list = issuing.crl(
        &[(unit.certificate.serial(), NOW.plus(-DAY))],
        NOW.plus(-DAY),
        NOW.plus(DAY),
    );
    case(
        "revoked",
        "On its issuer's list.",
        "certificate-revoked",
        with(json!({ "crls": [base64(&list)] })),
        certificate,
    );
    case(
        "pem",
        "As PEM.",
        "valid",
        with(json!({})),
        unit.pem().as_bytes(),
    );
    case(
        "empty",
        "No bytes.",
        "error certificate-unreadable",
        with(json!({})),
        b"",
    );
}
