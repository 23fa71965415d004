//! Setting a seal on a document: the host takes fields, looks the seal up in the key itself, and
//! signs nothing else.

use crate::support::*;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use yinxin_pki::asn1::{element, hex, tag, unsigned};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::sha256;

const TIME: &str = "2026-11-23T04:05:06Z";
const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";

/// The bytes of a token's seal.
fn seal(token: &Value) -> Vec<u8> {
    Base64::decode_vec(token["seals"][0]["der"].as_str().unwrap()).unwrap()
}

fn item(seal: &[u8]) -> Value {
    json!({"type": "seal", "seal": hex(&sha256(seal)), "time": TIME,
           "digest": Base64::encode_string(&[7; 32]), "propertyInfo": PATH})
}

fn request(token: &Value, id: &str, items: &[Value]) -> Value {
    let (_, name) = certificate(token, id);
    json!({"type": "sign", "origin": "https://portal.example", "token": token["token"],
           "certificate": name, "pin": PIN, "items": items})
}

/// TBS_Sign of GB/T 38540-2020, 7.2, put together here.
fn to_be_signed(seal: &[u8]) -> Vec<u8> {
    let version = unsigned(&[4]);
    let time = element(tag::GENERALIZED_TIME, &[b"20261123040506Z"]);
    let digest = element(tag::BIT_STRING, &[&[0], &[7; 32]]);
    let path = element(tag::IA5_STRING, &[PATH.as_bytes()]);
    element(tag::SEQUENCE, &[&version, seal, &time, &digest, &path])
}

#[test]
fn a_seal_of_the_key_is_set_and_the_signature_covers_its_bytes() {
    let home = home_with_keys("");
    let mut host = home.host();
    for label in ["demo-unit", "demo-expert"] {
        let token = host.token(label);
        let (der, _) = certificate(&token, "01");
        let seal = seal(&token);
        let reply = host.ask(request(&token, "01", &[item(&seal), item(&seal)]));
        let signatures = reply["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 2);
        let signer = Certificate::from_der(der).unwrap();
        for signature in signatures {
            let signature = Base64::decode_vec(signature.as_str().unwrap()).unwrap();
            let bytes = to_be_signed(&seal);
            assert!(
                signer.key().unwrap().verify(&[&bytes], &signature),
                "{label}"
            );
        }
    }
}

#[test]
fn nothing_but_a_seal_of_the_same_key_for_the_same_certificate_is_set() {
    let home = home_with_keys("");
    let mut host = home.host();
    let unit = host.token("demo-unit");
    let own = seal(&unit);
    let with = |field: &str, value: Value| {
        let mut item = item(&own);
        item[field] = value;
        item
    };
    let digest = |length| json!(Base64::encode_string(&vec![7; length]));
    let others = seal(&host.token("demo-expert"));
    for (item, code) in [
        // In another key, in none, and one that a page would bring along.
        (item(&others), "seal-not-found"),
        (with("seal", json!("00".repeat(32))), "seal-not-found"),
        (
            with("seal", json!(Base64::encode_string(&own))),
            "seal-not-found",
        ),
        (with("digest", digest(31)), "seal-refused"),
        (with("digest", digest(33)), "seal-refused"),
        (with("digest", digest(0)), "seal-refused"),
        (with("time", json!("today")), "seal-refused"),
        (with("time", json!("")), "seal-refused"),
        (with("propertyInfo", json!("文件")), "seal-refused"),
        (
            with("propertyInfo", json!("a".repeat(1025))),
            "seal-refused",
        ),
        (with("der", json!("MAA=")), "message-invalid"),
        (with("digest", Value::Null), "message-invalid"),
    ] {
        let error = host.fail(request(&unit, "01", std::slice::from_ref(&item)));
        assert_eq!(error["code"], code, "{item}");
    }
    // The certificate for encryption signs nothing at all.
    let error = host.fail(request(&unit, "02", &[item(&own)]));
    assert_eq!(error["code"], "certificate-not-for-signing");
    let old = host.token("demo-30days");
    let error = host.fail(request(&old, "01", &[item(&seal(&old))]));
    assert_eq!(error["code"], "seal-old-standard");
    let rsa = host.token("demo-rsa");
    let error = host.fail(request(&rsa, "01", &[item(&own)]));
    assert_eq!(error["code"], "seal-needs-sm2");
    // No try of the PIN was used on the way.
    let after = host.token("demo-unit");
    assert_eq!(after["pin"], unit["pin"]);
}
