//! RSA and P-256 with SoftHSM2, a module that is not ours, judged by OpenSSL.

use crate::seals::readable;
use crate::support::*;
use base64ct::{Base64, Encoding};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// SoftHSM2 with a token of an RSA or P-256 key and its certificate; `None` (with a line that says
/// so) where Debian's softhsm2, opensc and openssl are not there.
pub fn softhsm(home: &Home, kind: &str) -> Option<PathBuf> {
    let library = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|path| path.exists());
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let Some(library) = library.filter(|_| {
        there("softhsm2-util")
            && there("pkcs11-tool")
            && Command::new("openssl").arg("version").output().is_ok()
    }) else {
        yinxin_testing::skipped("softhsm2, opensc or openssl (Debian packages) is not there");
        return None;
    };
    let folder = home.path();
    fs::create_dir(folder.join("tokens")).unwrap();
    let conf = folder.join("softhsm2.conf");
    let lines = format!(
        "directories.tokendir = {}\n",
        folder.join("tokens").display()
    );
    fs::write(&conf, lines).unwrap();
    let key = match kind {
        "rsa" => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"][..],
        _ => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    };
    run(
        folder,
        "openssl",
        &[&["genpkey", "-out", "key.pem"], key].concat(),
    );
    run(
        folder,
        "openssl",
        &[
            "req",
            "-x509",
            "-new",
            "-key",
            "key.pem",
            "-sha256",
            "-days",
            "9",
            "-subj",
            "/CN=Test",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            "keyUsage=digitalSignature",
            "-out",
            "cert.pem",
        ],
    );
    run(
        folder,
        "openssl",
        &[
            "x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der",
        ],
    );
    run(
        folder,
        "openssl",
        &[
            "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-out", "key.p8",
        ],
    );
    run(
        folder,
        "softhsm2-util",
        &[
            "--init-token",
            "--free",
            "--label",
            "soft",
            "--pin",
            PIN,
            "--so-pin",
            "12345678",
        ],
    );
    run(
        folder,
        "softhsm2-util",
        &[
            "--import", "key.p8", "--token", "soft", "--label", "key", "--id", "0a", "--pin", PIN,
        ],
    );
    let module = library.to_str().unwrap();
    run(
        folder,
        "pkcs11-tool",
        &[
            "--module",
            module,
            "--token-label",
            "soft",
            "--login",
            "--pin",
            PIN,
            "--write-object",
            "cert.der",
            "--type",
            "cert",
            "--id",
            "0a",
            "--label",
            "certificate",
        ],
    );
    Some(library)
}

pub fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

#[test]
fn a_seal_that_another_program_stored_is_found() {
    let home = Home::new("");
    let Some(library) = softhsm(&home, "p256") else {
        return;
    };
    let folder = home.path();
    let conf = folder.join("softhsm2.conf");
    home.configure(&module("softhsm", &library, &[("SOFTHSM2_CONF", &conf)]));
    // pkcs11-tool writes no more than 5000 bytes of a file.
    let seal = readable(4_000);
    fs::write(folder.join("public"), [&seal[..], &[0xff; 500]].concat()).unwrap();
    fs::write(folder.join("other"), "no seal").unwrap();
    fs::write(folder.join("private"), readable(2_000)).unwrap();
    for (file, private) in [("public", false), ("other", false), ("private", true)] {
        let mut arguments = vec!["--module", library.to_str().unwrap()];
        arguments.extend(["--token-label", "soft", "--login", "--pin", PIN]);
        arguments.extend(["--write-object", file, "--type", "data", "--label", file]);
        arguments.extend(["--application-label", "a vendor"]);
        if private {
            arguments.push("--private");
        }
        run(folder, "pkcs11-tool", &arguments);
    }
    let token = home.host().token("soft");
    let told = json!({
        "label": "public",
        "application": "a vendor",
        "der": Base64::encode_string(&seal),
        "padding": 500,
    });
    assert_eq!(token["seals"], json!([told]));
    assert_eq!(token["certificates"].as_array().unwrap().len(), 1);
}

fn check(kind: &str) {
    let home = Home::new("");
    let Some(library) = softhsm(&home, kind) else {
        return;
    };
    let folder = home.path();
    home.configure(&module(
        "softhsm",
        &library,
        &[("SOFTHSM2_CONF", &folder.join("softhsm2.conf"))],
    ));
    fs::write(folder.join("doc"), "a document\n").unwrap();
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();

    let certificates = home.run(&["certificates", "--json"]).json();
    let listed = &certificates.as_array().unwrap()[0];
    assert_eq!(
        (listed["token"].as_str(), listed["id"].as_str()),
        (Some("soft"), Some("0a"))
    );
    let sign = |format: &str, out: &str| {
        let output = home.run_with(
            &[
                "sign",
                "--token",
                "soft",
                "--id",
                "0A",
                "--format",
                format,
                "--pin-stdin",
                "--in",
                &at("doc"),
                "--out",
                &at(out),
            ],
            &format!("{PIN}\n"),
        );
        assert_eq!(output.status, Some(0), "{output:?}");
    };
    sign("raw", "raw.sig");
    run(
        folder,
        "openssl",
        &[
            "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "pub.pem",
        ],
    );
    run(
        folder,
        "openssl",
        &[
            "dgst",
            "-sha256",
            "-verify",
            "pub.pem",
            "-signature",
            "raw.sig",
            "doc",
        ],
    );
    sign("cms", "doc.p7s");
    let verify = [
        "cms", "-verify", "-binary", "-inform", "DER", "-CAfile", "cert.pem", "-purpose", "any",
    ];
    run(
        folder,
        "openssl",
        &[
            &verify[..],
            &["-in", "doc.p7s", "-content", "doc", "-out", "seen"],
        ]
        .concat(),
    );
    sign("cms-attached", "doc.p7m");
    run(
        folder,
        "openssl",
        &[&verify[..], &["-in", "doc.p7m", "-out", "seen"]].concat(),
    );
    assert_eq!(fs::read(folder.join("seen")).unwrap(), b"a document\n");

    // The same key for a browser.
    let mut host = home.host();
    let token = host.token("soft");
    assert_eq!(token["demo"], false);
    assert!(
        token["pin"].get("left").is_none(),
        "a number that no table names: {token}"
    );
    let (_, name) = certificate(&token, "0a");
    let item = json!({"type": "login", "purpose": "bind", "challenge": "0123456789abcdef"});
    let request = |pin: &str| {
        json!({"type": "sign", "origin": "https://a.example",
        "token": token["token"], "certificate": name, "pin": pin, "items": [item]})
    };
    assert_eq!(host.ask(request(PIN))["type"], "signed");
    assert_eq!(host.fail(request("99999999"))["code"], "pin-incorrect");
}

#[test]
fn rsa_signatures_of_softhsm_verify_in_openssl() {
    check("rsa");
}

#[test]
fn p256_signatures_of_softhsm_verify_in_openssl() {
    check("p256");
}

#[test]
fn one_of_two_keys_of_one_name_is_taken_only_by_its_serial_number() {
    let home = Home::new("");
    let Some(library) = softhsm(&home, "p256") else {
        return;
    };
    let folder = home.path();
    let conf = folder.join("softhsm2.conf");
    home.configure(&module("softhsm", &library, &[("SOFTHSM2_CONF", &conf)]));
    fs::write(folder.join("doc"), "a document\n").unwrap();
    let sign = |more: &str| {
        home.shell(&format!(
            "echo \"$PIN\" | yinxin sign --token soft --id 0a --format raw --pin-stdin --in doc {more}"
        ))
    };
    assert_eq!(sign("--out first").status, Some(0));
    let first = home.host().token("soft")["serial"].clone();
    let first = first.as_str().unwrap();
    let arguments = ["--init-token", "--free", "--label", "soft", "--pin", PIN];
    let arguments = [&arguments[..], &["--so-pin", "12345678"]].concat();
    run(folder, "softhsm2-util", &arguments);
    let tokens = home.run(&["tokens", "--json"]).json();
    let serials: Vec<&str> = tokens
        .as_array()
        .unwrap()
        .iter()
        .map(|token| token["serial"].as_str().unwrap())
        .collect();
    assert_eq!(serials.len(), 2);
    let listed = home.run(&["certificates", "--json"]).json();
    assert_eq!(listed[0]["serial"], first);
    let listed = home.run(&["certificates"]).stdout;
    assert!(
        listed.starts_with(&format!("soft ({first}) 0a P-256 ")),
        "{listed}"
    );
    // The other one is empty, and all the same nobody said which.
    let refused = sign("--out second");
    assert_eq!(refused.code(), "token-ambiguous");
    assert!(
        serials.iter().all(|serial| refused.stderr.contains(serial)),
        "{refused:?}"
    );
    assert!(!folder.join("second").exists());
    assert_eq!(
        sign(&format!("--serial {first} --out second")).status,
        Some(0)
    );
    let arguments = [
        "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "pub.pem",
    ];
    run(folder, "openssl", &arguments);
    let arguments = [
        "dgst",
        "-sha256",
        "-verify",
        "pub.pem",
        "-signature",
        "second",
        "doc",
    ];
    run(folder, "openssl", &arguments);
    let other = serials.iter().find(|serial| **serial != first).unwrap();
    let empty = sign(&format!("--serial {other} --out third"));
    assert_eq!(empty.code(), "certificate-not-found");
    assert_eq!(sign("--serial 0 --out third").code(), "token-not-found");
    // For the doctor's signature and for seals it is the same choice.
    let doctor = |more: &str| {
        let output = home.shell(&format!(
            "echo \"$PIN\" | yinxin doctor --json --test-signature soft --pin-stdin {more}"
        ));
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let last = report["checks"].as_array().unwrap().last().unwrap();
        last["problem"]["code"].clone()
    };
    assert_eq!(doctor(""), "token-ambiguous");
    assert_eq!(
        doctor(&format!("--serial {first}")),
        serde_json::Value::Null
    );
    fs::write(folder.join("seal"), readable(2_000)).unwrap();
    let seal = home.shell("yinxin seal --token soft --in seal --pin-stdin < /dev/null");
    assert_eq!(seal.code(), "token-ambiguous");
}

#[test]
fn one_of_two_certificates_of_one_id_is_taken_only_by_its_name() {
    let home = Home::new("");
    let Some(library) = softhsm(&home, "p256") else {
        return;
    };
    let folder = home.path();
    let conf = folder.join("softhsm2.conf");
    home.configure(&module("softhsm", &library, &[("SOFTHSM2_CONF", &conf)]));
    fs::write(folder.join("doc"), "a document\n").unwrap();
    // Another certificate of the same key.
    let add = |file: &str, subject: &str, usage: &str, days: &str| {
        let usage = format!("keyUsage={usage}");
        let made = [
            "req", "-x509", "-new", "-key", "key.pem", "-sha256", "-days", days,
        ];
        let more = [
            "-subj",
            subject,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ];
        let last = ["-addext", &usage, "-outform", "DER", "-out", file];
        run(folder, "openssl", &[&made[..], &more, &last].concat());
        let mut arguments = vec!["--module", library.to_str().unwrap()];
        arguments.extend(["--token-label", "soft", "--login", "--pin", PIN]);
        arguments.extend(["--write-object", file, "--type", "cert", "--id", "0a"]);
        arguments.extend(["--label", file]);
        run(folder, "pkcs11-tool", &arguments);
    };
    let sign = |more: &str| {
        home.shell(&format!(
            "echo \"$PIN\" | yinxin sign --token soft --id 0a --format cms --pin-stdin --in doc {more}"
        ))
    };
    // One that can't sign is not meant: for encryption, as vendors give it the same id.
    add("encrypts.der", "/CN=Encrypts", "keyEncipherment", "9");
    assert_eq!(sign("--out first").status, Some(0));
    add("second.der", "/CN=Somebody else", "digitalSignature", "9");
    let names = ["cert.der", "second.der"].map(|file| {
        let der = fs::read(folder.join(file)).unwrap();
        hex::encode(yinxin_pki::hash::sha256(&der))
    });
    let refused = sign("--out none");
    assert_eq!(refused.code(), "certificate-ambiguous");
    let known = ["Test", &names[0], "Somebody else", &names[1]];
    assert!(
        known.iter().all(|name| refused.stderr.contains(name)),
        "{refused:?}"
    );
    assert!(!folder.join("none").exists());
    let subjects = ["CN=Test", "CN=Somebody else"];
    for (name, subject) in names.iter().zip(subjects) {
        let signed = sign(&format!(
            "--certificate {} --out chosen --force",
            name.to_uppercase()
        ));
        assert_eq!(signed.status, Some(0), "{signed:?}");
        let arguments = [
            "pkcs7",
            "-inform",
            "DER",
            "-in",
            "chosen",
            "-print_certs",
            "-noout",
        ];
        let judged = run(folder, "openssl", &arguments).replace(" = ", "=");
        assert!(judged.contains(subject), "{judged}");
    }
    let other = "00".repeat(32);
    let missing = sign(&format!("--certificate {other} --out none"));
    assert_eq!(missing.code(), "certificate-not-found");
}

#[test]
fn a_wrong_pin_has_no_number_where_the_key_tells_none() {
    let home = Home::new("");
    let Some(library) = softhsm(&home, "p256") else {
        return;
    };
    let conf = home.path().join("softhsm2.conf");
    home.configure(&module("softhsm", &library, &[("SOFTHSM2_CONF", &conf)]));
    fs::write(home.path().join("doc"), "a document\n").unwrap();
    let wrong = home.shell(
        "echo 999999 | yinxin sign --token soft --id 0a --format raw --pin-stdin --in doc --out no",
    );
    assert_eq!(wrong.code(), "pin-incorrect");
    assert!(
        wrong
            .stderr
            .contains("does not tell how many tries are left"),
        "{wrong:?}"
    );
}
