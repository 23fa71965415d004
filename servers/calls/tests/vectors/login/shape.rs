//! What the page hands over.

use super::*;

/// What the page hands over.
pub fn add(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let good = scene.proof();
    let unreadable = "proof-unreadable";
    for field in ["format", "version", "algorithm", "certificate", "signature"] {
        let more = json!({ field: null });
        logins.proof(
            &scene,
            &format!("proof-without-{field}"),
            &format!("The proof has no `{field}`."),
            unreadable,
            &merged(&good, &more),
        );
        let mut null = good.clone();
        null[field] = Value::Null;
        logins.proof(
            &scene,
            &format!("proof-{field}-null"),
            &format!("`{field}` is null."),
            unreadable,
            &null,
        );
    }
    for (name, description, more) in [
        (
            "format-number",
            "`format` is a number.",
            json!({ "format": 1 }),
        ),
        (
            "format-unknown",
            "`format` is none of the three.",
            json!({ "format": "web-eid" }),
        ),
        (
            "format-upper-case",
            "`format` in upper case is another word.",
            json!({ "format": "YINXIN" }),
        ),
        ("version-0", "`version` is 0.", json!({ "version": 0 })),
        (
            "version-2",
            "`version` is 2: nobody knows what it signs.",
            json!({ "version": 2 }),
        ),
        (
            "version-negative",
            "`version` is below 0.",
            json!({ "version": -1 }),
        ),
        (
            "version-fraction",
            "`version` is no whole number.",
            json!({ "version": 1.5 }),
        ),
        (
            "version-large",
            "`version` is 2^32 + 1, which is 1 in 32 bits.",
            json!({ "version": 4_294_967_297_u64 }),
        ),
        (
            "version-text",
            "`version` is a text.",
            json!({ "version": "1" }),
        ),
        (
            "version-true",
            "`version` is a truth value.",
            json!({ "version": true }),
        ),
        (
            "algorithm-unknown",
            "`algorithm` is none of the three.",
            json!({ "algorithm": "sm2-sha256" }),
        ),
        (
            "algorithm-oid",
            "`algorithm` is an OID.",
            json!({ "algorithm": "1.2.156.10197.1.501" }),
        ),
        (
            "certificate-list",
            "`certificate` is a list.",
            json!({ "certificate": [good["certificate"]] }),
        ),
        (
            "signature-number",
            "`signature` is a number.",
            json!({ "signature": 7 }),
        ),
        (
            "further-field",
            "The proof has a field that no proof has.",
            json!({ "origin": ORIGIN }),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("proof-{name}"),
            description,
            unreadable,
            &merged(&good, &more),
        );
    }
    let der = scene.unit.certificate.der();
    let standard = base64(der);
    let lines = standard
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line))
        .collect::<Vec<_>>()
        .join("\n");
    for (name, description, certificate) in [
        (
            "base64-url",
            "The certificate in the alphabet for URLs.",
            standard.replace('+', "-").replace('/', "_"),
        ),
        (
            "base64-padding",
            "The certificate's Base64 with padding that is too long.",
            format!("{standard}="),
        ),
        ("base64-lines", "The certificate's Base64 in lines.", lines),
        (
            "pem",
            "The certificate as PEM in the place of Base64.",
            scene.unit.pem(),
        ),
        (
            "hex",
            "The certificate in hex, which is no Base64 by its length.",
            format!("{}0", asn1::hex(der)),
        ),
    ] {
        let proof = merged(&good, &json!({ "certificate": certificate }));
        logins.proof(
            &scene,
            &format!("proof-certificate-{name}"),
            description,
            unreadable,
            &proof,
        );
    }
    let no_certificate = "certificate-unreadable";
    for (name, description, bytes) in [
        ("empty", "The certificate has no bytes.", Vec::new()),
        (
            "cut",
            "The certificate ends early.",
            der[..der.len() - 1].to_vec(),
        ),
        (
            "two",
            "Another certificate follows the certificate.",
            [der, der].concat(),
        ),
        (
            "length",
            "The certificate's outer length is written in one byte more than DER does.",
            lengthened(der),
        ),
    ] {
        let proof = merged(&good, &json!({ "certificate": base64(&bytes) }));
        logins.proof(
            &scene,
            &format!("proof-certificate-{name}"),
            description,
            no_certificate,
            &proof,
        );
    }
    let text = good.to_string();
    let mut say = |name: &str, description: &str, comes: &str, proof: &str, only: bool| {
        logins.text(
            &format!("proof-{name}"),
            description,
            comes,
            scene.request.clone(),
            proof.as_bytes(),
            only,
        );
    };
    say("null", "The proof is null.", unreadable, "null", false);
    say(
        "list",
        "The proof is a list around the proof.",
        unreadable,
        &format!("[{text}]"),
        false,
    );
    say(
        "text",
        "The proof is a text that holds the proof.",
        unreadable,
        &json!(text).to_string(),
        false,
    );
    say(
        "nothing",
        "The proof is an empty object.",
        unreadable,
        "{}",
        false,
    );
    say(
        "deep",
        "`format` is a list that goes deeper than any proof.",
        unreadable,
        &merged(&good, &json!({ "format": deep(40) })).to_string(),
        false,
    );
    say(
        "version-exponent",
        "JSON has one kind of number: 1e0 is 1.",
        "valid",
        &text.replace("\"version\":1", "\"version\":1e0"),
        false,
    );
    say(
        "escaped",
        "JSON's escapes are the characters that they stand for.",
        "valid",
        &text.replace("yinxin", "\\u0079inxin"),
        false,
    );
    say(
        "spaces",
        "White space around JSON's tokens says nothing.",
        "valid",
        &format!(" \t\r\n{text}\n"),
        false,
    );
    // A reader that keeps one of two loses what the text says: ours refuses the text.
    say(
        "empty",
        "The proof is no JSON: it has no bytes.",
        unreadable,
        "",
        true,
    );
    say(
        "no-json",
        "The proof is no JSON: it ends early.",
        unreadable,
        &text[..text.len() - 1],
        true,
    );
    say(
        "more",
        "Something follows the proof's JSON.",
        unreadable,
        &format!("{text}{{}}"),
        true,
    );
    say(
        "field-twice",
        "`version` stands there twice, and a reader that keeps the last one sees a good proof.",
        unreadable,
        &text.replacen('{', "{\"version\":2,", 1),
        true,
    );
    say(
        "certificate-twice",
        "`certificate` stands there twice, with the same value.",
        unreadable,
        &text.replacen(
            '{',
            &format!("{{\"certificate\":{},", good["certificate"]),
            1,
        ),
        true,
    );
    let absent = Vector {
        description: "There is no proof.".into(),
        function: Function::VerifyLogin,
        request: scene.request.clone(),
        parts: Vec::new(),
        only_as_text: false,
    };
    logins.0.add("login-proof-absent", unreadable, absent);
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

/// A SEQUENCE whose length of two octets has three.
fn lengthened(der: &[u8]) -> Vec<u8> {
    assert_eq!(der[1], 0x82);
    [&[0x30, 0x83, 0], &der[2..]].concat()
}
