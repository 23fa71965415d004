//! OpenSC's pkcs11-tool judges the module.

use std::path::Path;
use std::process::Command;

use crate::support::*;

/// Runs pkcs11-tool on the tokens in a folder; fails with what it printed.
fn tool(root: &Path, arguments: &[&str]) -> String {
    let (success, text) = try_tool(root, arguments);
    assert!(success, "{arguments:?}: {text}");
    text
}

fn try_tool(root: &Path, arguments: &[&str]) -> (bool, String) {
    run(Command::new("pkcs11-tool")
        .arg("--module")
        .arg(library())
        .args(arguments)
        .env(yinxin_softkey::DIR_VARIABLE, root))
}

#[test]
fn opensc_initialises_generates_signs_and_verifies() {
    if !have("pkcs11-tool") || !have("openssl") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    std::fs::create_dir(dir.join("token")).unwrap();
    assert!(tool(dir, &["-L"]).contains("uninitialized"));
    let so_pin = ["--so-pin", "87654321"];
    tool(
        dir,
        &[&["--init-token", "--label", "alpha"], &so_pin[..]].concat(),
    );
    tool(
        dir,
        &[&["--init-pin", "--pin", "246810"], &so_pin[..]].concat(),
    );
    let login = ["--login", "--pin", "246810"];
    let with_login = |arguments: &[&str]| tool(dir, &[&login, arguments].concat());
    for (id, kind) in [("01", "rsa:2048"), ("02", "EC:prime256v1")] {
        with_login(&[
            "--keypairgen",
            "--key-type",
            kind,
            "--id",
            id,
            "--label",
            id,
        ]);
    }
    let listed = with_login(&["-O"]);
    assert_eq!(listed.matches("Private Key Object").count(), 2);
    assert_eq!(listed.matches("never extractable").count(), 2);
    assert!(!tool(dir, &["-O"]).contains("Private Key Object"));

    let test = with_login(&["--test"]);
    assert!(test.contains("No errors"), "{test}");
    let (_, decryption) = test.split_once("Decryption").unwrap();
    assert!(decryption.contains("RSA-PKCS: OK"), "{test}");
    for passed in ["RSA-PKCS: OK", "SHA256-RSA-PKCS: OK", "SHA256: OK"] {
        assert!(test.contains(passed), "{test}");
    }

    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let [data, digest, signature] = [path("data"), path("digest"), path("signature")];
    std::fs::write(&data, [b'x'; 3000]).unwrap();
    let hashed = Command::new("openssl")
        .args(["dgst", "-sha256", "-binary", "-out", &digest, &data])
        .status();
    assert!(hashed.unwrap().success());
    let pss = ["--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256"];
    for (id, mechanism, extra, input) in [
        ("01", "RSA-PKCS", &[][..], &digest),
        ("01", "SHA256-RSA-PKCS", &[], &data),
        ("01", "RSA-PKCS-PSS", &pss, &digest),
        ("01", "SHA256-RSA-PKCS-PSS", &[], &data),
        ("02", "ECDSA", &[], &digest),
        ("02", "ECDSA-SHA256", &[], &data),
    ] {
        let common = ["--id", id, "--mechanism", mechanism, "--input-file", input];
        with_login(&[&["--sign", "--output-file", &signature], &common[..], extra].concat());
        let verify = ["--verify", "--signature-file", &signature];
        let verified = with_login(&[&verify, &common[..], extra].concat());
        assert!(verified.contains("Signature is valid"), "{verified}");
        let mut wrong = std::fs::read(&signature).unwrap();
        wrong[40] ^= 1;
        std::fs::write(&signature, wrong).unwrap();
        let (_, verified) = try_tool(dir, &[&login, &verify, &common[..], extra].concat());
        assert!(!verified.contains("Signature is valid"), "{verified}");
    }

    // Decryption in one go, with the length asked for before.
    let (key, cipher, plain) = (path("key"), path("cipher"), path("plain"));
    tool(
        dir,
        &[
            "--read-object",
            "--type",
            "pubkey",
            "--id",
            "01",
            "-o",
            &key,
        ],
    );
    let encrypt = [
        "pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", &key,
    ];
    let (encrypted, text) = run(Command::new("openssl")
        .args(encrypt)
        .args(["-in", &digest, "-out", &cipher]));
    assert!(encrypted, "{text}");
    let decrypt = ["--decrypt", "--id", "01", "--mechanism", "RSA-PKCS"];
    with_login(&[&decrypt[..], &["-i", &cipher, "-o", &plain]].concat());
    assert_eq!(
        std::fs::read(&plain).unwrap(),
        std::fs::read(&digest).unwrap()
    );

    // OpenSSL agrees about PSS and ECDSA, with the public keys read through OpenSC.
    let key = path("key");
    for (id, mechanism, options) in [
        (
            "01",
            "SHA256-RSA-PKCS-PSS",
            &["-sigopt", "rsa_padding_mode:pss"][..],
        ),
        ("02", "ECDSA-SHA256", &[]),
    ] {
        let sign = ["--sign", "--id", id, "--mechanism", mechanism];
        let files = ["--input-file", &data, "--output-file", &signature];
        let format = ["--signature-format", "openssl"];
        let extra = if id == "01" { &[][..] } else { &format };
        with_login(&[&sign, &files[..], extra].concat());
        tool(
            dir,
            &["--read-object", "--type", "pubkey", "--id", id, "-o", &key],
        );
        let (verified, text) = run(Command::new("openssl")
            .args(["dgst", "-sha256", "-keyform", "DER", "-verify", &key])
            .args(options)
            .args(["-signature", &signature, &data]));
        assert!(verified, "{mechanism}: {text}");
    }
}

#[test]
fn opensc_imports_keys_certificates_and_data() {
    if !have("pkcs11-tool") || !have("openssl") {
        return;
    }
    let root = root_with_token();
    let dir = root.path();
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let openssl = |arguments: &[&str]| {
        let (success, text) = run(Command::new("openssl").args(arguments));
        assert!(success, "{text}");
    };
    let login = ["--login", "--pin", "246810"];
    let [data, signature] = [path("data"), path("signature")];
    std::fs::write(&data, "data").unwrap();
    for (id, options, mechanism) in [
        ("0a", &["rsa:2048"][..], "SHA256-RSA-PKCS"),
        (
            "0b",
            &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "ECDSA-SHA256",
        ),
    ] {
        let [key, key_der, certificate, certificate_der] =
            ["key", "key.der", "crt", "crt.der"].map(|name| path(&format!("{id}.{name}")));
        let subject = [
            "-subj",
            "/CN=demo",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ];
        openssl(&[&["req", "-x509", "-newkey"], options, &subject].concat());
        openssl(&["pkey", "-in", &key, "-outform", "DER", "-out", &key_der]);
        openssl(&[
            "x509",
            "-in",
            &certificate,
            "-outform",
            "DER",
            "-out",
            &certificate_der,
        ]);
        for (file, kind) in [(&key_der, "privkey"), (&certificate_der, "cert")] {
            let write = [
                "--write-object",
                file,
                "--type",
                kind,
                "--id",
                id,
                "--label",
                id,
            ];
            tool(dir, &[&login, &write[..]].concat());
        }
        let sign = [
            "--sign",
            "--id",
            id,
            "--mechanism",
            mechanism,
            "-i",
            &data,
            "-o",
            &signature,
        ];
        let format = ["--signature-format", "openssl"];
        let extra = if id == "0b" { &format[..] } else { &[] };
        tool(dir, &[&login, &sign[..], extra].concat());
        let public = path("public");
        openssl(&[
            "x509",
            "-in",
            &certificate,
            "-pubkey",
            "-noout",
            "-out",
            &public,
        ]);
        openssl(&[
            "dgst",
            "-sha256",
            "-verify",
            &public,
            "-signature",
            &signature,
            &data,
        ]);

        let read = path("read");
        tool(
            dir,
            &["--read-object", "--type", "cert", "--id", id, "-o", &read],
        );
        assert_eq!(
            std::fs::read(&read).unwrap(),
            std::fs::read(&certificate_der).unwrap()
        );
    }
    let write = [
        "--write-object",
        &data,
        "--type",
        "data",
        "--label",
        "seal",
        "--private",
    ];
    tool(dir, &[&login, &write[..]].concat());
    let read = path("read");
    let arguments = [
        "--read-object",
        "--type",
        "data",
        "--label",
        "seal",
        "-o",
        &read,
    ];
    assert!(!try_tool(dir, &arguments).0);
    tool(dir, &[&login, &arguments[..]].concat());
    assert_eq!(std::fs::read(&read).unwrap(), b"data");
    let delete = ["--delete-object", "--type", "data", "--label", "seal"];
    tool(dir, &[&login, &delete[..]].concat());
    assert!(!try_tool(dir, &[&login, &arguments[..]].concat()).0);
}
