//! OpenSSL as an independent judge of the good ones: the signatures hold over the bytes that `docs/formats.md` describes.

use crate::{Vector, all};
use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::testing::OpenSsl;

fn bytes(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

fn vector(name: &str) -> (&'static Vector, &'static Value) {
    let (vector, answer) = &all().all[name];
    (vector, answer)
}

fn part<'a>(vector: &'a Vector, wanted: &str) -> &'a [u8] {
    let mut parts = vector.parts.iter();
    let (_, bytes) = parts.find(|(name, _)| *name == wanted).unwrap();
    bytes
}

/// Whether OpenSSL says that the key of a certificate signed a message.
fn signed(
    openssl: &OpenSsl,
    kind: &str,
    certificate: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    if kind == "sm2" {
        return openssl.is_sm2_signed(certificate, message, signature);
    }
    let certificate = openssl.write("holder.der", certificate);
    let key = openssl.write("holder.pem", b"");
    let (read, words) = OpenSsl::run(&[
        "x509",
        "-inform",
        "DER",
        "-in",
        &certificate,
        "-pubkey",
        "-noout",
        "-out",
        &key,
    ]);
    assert!(read, "{words}");
    let [message, signature] = [("message", message), ("signature", signature)]
        .map(|(name, bytes)| openssl.write(name, bytes));
    OpenSsl::run(&[
        "dgst",
        "-sha256",
        "-verify",
        &key,
        "-signature",
        &signature,
        &message,
    ])
    .0
}

/// By the words of the document, not by the functions that the product has for it.
fn login_bytes(origin: &str, purpose: &str, challenge: &str, certificate_sha256: &[u8]) -> Vec<u8> {
    let mut out = b"YINXIN-LOGIN-1\0".to_vec();
    for field in [
        origin.as_bytes(),
        purpose.as_bytes(),
        challenge.as_bytes(),
        certificate_sha256,
    ] {
        out.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        out.extend(field);
    }
    out
}

#[test]
fn openssl_takes_the_good_logins_and_none_with_another_signature() {
    let Some(openssl) = OpenSsl::new("vectors-login") else {
        return;
    };
    let mut refused = 0;
    for (kind, names) in [
        (
            "sm2",
            &[
                "login-good-sm2",
                "login-sm2-good-high-r",
                "login-signed-origin-other",
                "login-sm2-z-absent",
                "login-sm2-t-zero",
            ][..],
        ),
        (
            "p256",
            &[
                "login-good-p256",
                "login-p256-s-negated",
                "login-p256-s-last-bit",
            ],
        ),
        ("rsa", &["login-good-rsa", "login-rsa-last-bit"]),
    ] {
        for name in names {
            let (vector, answer) = vector(name);
            let proof: Value = serde_json::from_slice(part(vector, "proof")).unwrap();
            let certificate = bytes(&proof["certificate"]);
            let request = &vector.request;
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let digest = yinxin_pki::hash::sha256(&certificate);
            let message = login_bytes(
                &text(&request["origin"]),
                &text(&request["purpose"]),
                &text(&request["challenge"]["challenge"]),
                &digest,
            );
            let held = signed(
                &openssl,
                kind,
                &certificate,
                &message,
                &bytes(&proof["signature"]),
            );
            assert_eq!(held, answer["valid"], "{name}");
            refused += u32::from(!held);
        }
    }
    assert!(refused >= 5);
}

#[test]
fn openssl_takes_the_signatures_of_the_good_messages_and_seals() {
    let Some(openssl) = OpenSsl::new("vectors-messages") else {
        return;
    };
    for kind in ["sm2", "p256", "rsa"] {
        // What a verdict tells of the signer is cut out of the message, which `all` has judged.
        let (_, answer) = vector(&format!("cms-good-detached-{kind}"));
        let signer = &answer["signers"][0];
        let message = bytes(&signer["signedAttributes"]);
        let certificate = bytes(&signer["path"][0]["certificate"]);
        assert!(
            signed(
                &openssl,
                kind,
                &certificate,
                &message,
                &bytes(&signer["signature"])
            ),
            "{kind}"
        );
    }
    for name in ["seal-good-v1", "seal-good-v4", "seal-good-v5"] {
        let (vector, _) = vector(name);
        let mut outer = asn1::single(part(vector, "seal"), tag::SEQUENCE, "")
            .unwrap()
            .children();
        let info = outer.read().unwrap();
        let inside = name
            .ends_with("v1")
            .then(|| outer.read().unwrap().children());
        let mut parts = inside.unwrap_or(outer);
        let (maker, algorithm, signature) = (
            parts.read().unwrap(),
            parts.read().unwrap(),
            parts.read().unwrap(),
        );
        let message = if name.ends_with("v1") {
            asn1::element(tag::SEQUENCE, &[info.raw, maker.raw, algorithm.raw])
        } else {
            info.raw.to_vec()
        };
        assert!(
            openssl.is_sm2_signed(maker.value, &message, &signature.value[1..]),
            "{name}"
        );
    }
    for name in ["sealed-good-v1", "sealed-good-v4", "sealed-good-v5"] {
        let (_, answer) = vector(name);
        let certificate = bytes(&answer["path"][0]["certificate"]);
        assert!(Certificate::from_der(certificate.clone()).is_ok());
        assert!(
            openssl.is_sm2_signed(
                &certificate,
                &bytes(&answer["signed"]),
                &bytes(&answer["signature"])
            ),
            "{name}"
        );
    }
}
