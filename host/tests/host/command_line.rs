//! The command line: outputs, exit statuses, and one line for a failure.

use crate::support::*;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::fs;
use yinxin_pki::certificate::Certificate;

#[test]
fn versions_help_and_wrong_usage() {
    let home = Home::new("");
    let version = home.run(&["--version"]);
    assert_eq!(version.status, Some(0));
    assert_eq!(
        version.stdout,
        format!("yinxin {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(home.run(&["--help"]).status, Some(0));
    for wrong in [
        &["sing"][..],
        &["tokens", "x"],
        &["sign"],
        &["install", "--browser", "lynx"],
    ] {
        let output = home.run(wrong);
        assert_eq!(output.status, Some(2), "{wrong:?}");
        assert_eq!(output.stderr.lines().count(), 1);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn a_failure_is_one_line_in_the_terminals_language() {
    let home = Home::new("");
    assert_eq!(home.run(&["tokens"]).code(), "no-module");
    assert_eq!(
        home.run(&["tokens", "--module", "/nowhere/x.so"]).code(),
        "module-missing"
    );
    let output = home
        .command()
        .arg("tokens")
        .env_remove("LC_ALL")
        .env("LANG", "zh_CN.UTF-8")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("no-module: 没有找到任何 UKey 驱动。"),
        "{text}"
    );
    home.configure("modules = 7");
    assert_eq!(home.run(&["tokens"]).code(), "configuration-invalid");
}

#[test]
fn tokens_and_certificates_are_listed_for_people_and_programs() {
    let home = home_with_keys("");
    let tokens = home.run(&["tokens", "--json"]).json();
    assert_eq!(tokens.as_array().unwrap().len(), 8);
    assert!(
        home.run(&["tokens"])
            .stdout
            .contains("demo-unit [demo key]")
    );
    let certificates = home.run(&["certificates", "--json"]).json();
    let of = |label: &str, id: &str| {
        certificates
            .as_array()
            .unwrap()
            .iter()
            .find(|listed| listed["token"] == label && listed["id"] == id)
            .unwrap()
            .clone()
    };
    let algorithm = |label: &str| of(label, "01")["algorithm"].as_str().unwrap().to_owned();
    assert_eq!(algorithm("demo-unit"), "sm2-sm3");
    assert_eq!(algorithm("demo-rsa"), "rsa-sha256");
    assert_eq!(algorithm("demo-p256"), "ecdsa-p256-sha256");
    assert_eq!(
        of("demo-unit", "02")["problem"]["code"],
        "certificate-not-for-signing"
    );
    // Both lists say the same of a certificate, in the same words.
    let mut held_by_tokens = Vec::new();
    for token in tokens.as_array().unwrap() {
        for held in token["certificates"].as_array().unwrap() {
            let mut held = held.clone();
            for (name, of_token) in [
                ("token", "label"),
                ("serial", "serial"),
                ("module", "module"),
            ] {
                held[name] = token[of_token].clone();
            }
            held_by_tokens.push(held);
        }
    }
    let without_time = |mut held: Value| {
        held["facts"].as_object_mut().unwrap().remove("now");
        held
    };
    let listed = certificates.as_array().unwrap().iter().cloned();
    let of_certificates: Vec<_> = listed.map(without_time).collect();
    let of_tokens: Vec<_> = held_by_tokens.into_iter().map(without_time).collect();
    assert_eq!(of_certificates, of_tokens);
    let der = Base64::decode_vec(of("demo-unit", "01")["der"].as_str().unwrap()).unwrap();
    assert!(Certificate::from_der(der).is_ok());
    fs::remove_dir_all(home.path().join("keys")).unwrap();
    fs::create_dir(home.path().join("keys")).unwrap();
    for list in ["tokens", "certificates"] {
        let none = home.run(&[list]);
        assert_eq!((&*none.stdout, none.status), ("", Some(0)));
        assert!(none.stderr.starts_with("no-token: "), "{}", none.stderr);
        assert_eq!(home.run(&[list, "--json"]).json(), json!([]));
    }
}

#[test]
fn sm2_signatures_of_the_command_line_verify_in_openssl() {
    let home = home_with_keys("");
    let folder = home.path();
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    fs::write(folder.join("doc"), "一份文件\n").unwrap();
    let sign = |format: &str, out: &str| {
        let output = home.run_with(
            &[
                "sign",
                "--token",
                "demo-unit",
                "--id",
                "01",
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
        assert_eq!(output.stdout, "");
    };
    sign("raw", "raw.sig");
    sign("cms", "doc.p7s");
    sign("cms-attached", "doc.p7m");
    let attached = fs::read(folder.join("doc.p7m")).unwrap();
    let content = "一份文件\n".as_bytes();
    assert!(
        attached
            .windows(content.len())
            .any(|window| window == content)
    );

    let certificates = home.run(&["certificates", "--json"]).json();
    let listed = certificates
        .as_array()
        .unwrap()
        .iter()
        .find(|listed| listed["token"] == "demo-unit" && listed["id"] == "01");
    use base64ct::Encoding;
    let der = Base64::decode_vec(listed.unwrap()["der"].as_str().unwrap()).unwrap();
    fs::write(folder.join("cert.der"), der).unwrap();
    let openssl = |arguments: &[&str]| outside(folder, "openssl", arguments);
    let Ok(key) = openssl(&[
        "x509", "-inform", "DER", "-in", "cert.der", "-pubkey", "-noout",
    ]) else {
        yinxin_testing::skipped("openssl (Debian package) is not there");
        return;
    };
    fs::write(folder.join("pub.pem"), key.stdout).unwrap();
    let verified = openssl(&[
        "dgst",
        "-sm3",
        "-verify",
        "pub.pem",
        "-signature",
        "raw.sig",
        "-sigopt",
        "distid:1234567812345678",
        "doc",
    ])
    .unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[test]
fn failures_of_sign_have_their_codes_and_leave_no_file() {
    let home = home_with_keys("");
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    fs::write(home.path().join("doc"), "x").unwrap();
    fs::write(home.path().join("empty"), "").unwrap();
    fs::write(home.path().join("login"), "LOGONDATA:0123456789abcdef").unwrap();
    let sign = |token: &str, id: &str, format: &str, file: &str, pin: &str| {
        let output = home.run_with(
            &[
                "sign",
                "--token",
                token,
                "--id",
                id,
                "--format",
                format,
                "--pin-stdin",
                "--in",
                &at(file),
                "--out",
                &at("out"),
            ],
            pin,
        );
        assert!(!home.path().join("out").exists());
        output.code().to_owned()
    };
    assert_eq!(
        sign("demo-unit", "01", "cms", "nothing", PIN),
        "file-failed"
    );
    assert_eq!(
        sign("demo-unit", "01", "cms", "empty", PIN),
        "document-empty"
    );
    assert_eq!(
        sign("demo-unit", "01", "cms", "login", PIN),
        "content-refused"
    );
    assert_eq!(sign("nobody", "01", "cms", "doc", PIN), "token-not-found");
    assert_eq!(
        sign("demo-unit", "09", "cms", "doc", PIN),
        "certificate-not-found"
    );
    assert_eq!(
        sign("demo-unit", "02", "cms", "doc", PIN),
        "certificate-not-for-signing"
    );
    assert_eq!(sign("demo-unit", "01", "cms", "doc", ""), "pin-required");
    assert_eq!(sign("demo-unit", "01", "cms", "doc", "1"), "pin-length");
    assert_eq!(
        sign("demo-unit", "01", "raw", "doc", "999999\n"),
        "pin-incorrect"
    );
    // Another module's failure adds no second line, and is the reason where nothing is found.
    let lines = fs::read_to_string(home.config()).unwrap();
    let missing = module("missing", &home.path().join("missing.so"), &[]);
    fs::write(home.config(), format!("{lines}\n{missing}")).unwrap();
    assert_eq!(
        sign("demo-unit", "01", "raw", "doc", "999999\n"),
        "pin-incorrect"
    );
    assert_eq!(sign("nobody", "01", "raw", "doc", PIN), "module-missing");
}

#[test]
fn an_expired_certificate_signs_nothing_for_nobody() {
    let home = home_with_keys("");
    fs::write(home.path().join("doc"), "x").unwrap();
    for format in ["raw", "cms", "cms-attached"] {
        // Without a PIN: it is not asked for.
        let line =
            format!("sign --token demo-expired --id 01 --format {format} --in doc --out out");
        let arguments: Vec<&str> = line.split(' ').collect();
        let refused = home.run_in(home.path(), &arguments, "");
        assert_eq!(refused.code(), "certificate-expired", "{format}");
    }
    assert!(!home.path().join("out").exists());
    let tried = [
        "doctor",
        "--json",
        "--test-signature",
        "demo-expired",
        "--pin-stdin",
    ];
    let report = home.run_with(&tried, &format!("{PIN}\n")).json();
    let tried = check(&report, "test-signature", "demo-expired");
    assert_eq!(tried["problem"]["code"], "certificate-expired");
    let mut host = home.host();
    let token = host.token("demo-expired");
    let (_, name) = certificate(&token, "01");
    let error = host.fail(json!({
        "type": "sign", "origin": "https://a.example", "token": token["token"],
        "certificate": name, "pin": PIN,
        "items": [{"type": "login", "purpose": "login", "challenge": "0123456789abcdef"}],
    }));
    assert_eq!(error["code"], "certificate-expired");
    assert_eq!(
        host.token("demo-expired")["pin"],
        json!({"state": "ok", "left": 10})
    );
}

#[test]
fn a_file_in_another_encoding_is_told_as_that() {
    let home = Home::new("");
    fs::write(home.config(), b"# \xc5\xe4\xd6\xc3\nvendors = false\n").unwrap();
    let failed = home.run(&["tokens"]);
    assert_eq!(failed.code(), "configuration-encoding");
    assert!(failed.stderr.contains("save it as UTF-8"), "{failed:?}");
    let report = home.doctor();
    let configuration = check(&report, "configuration", "host.toml");
    assert_eq!(configuration["problem"]["code"], "configuration-encoding");
}

/// Every command of the usage.
const COMMANDS: &[&str] = &[
    "tokens",
    "certificates",
    "sign",
    "seal",
    "verify",
    "doctor",
    "install",
    "uninstall",
    "completions",
    "manual",
    "help",
];

/// Columns of a terminal that a text takes: two for each Chinese character and its punctuation.
fn columns(line: &str) -> usize {
    line.chars()
        .map(|c| {
            if ('\u{2e80}'..='\u{ffef}').contains(&c) {
                2
            } else {
                1
            }
        })
        .sum()
}

#[test]
fn each_command_has_a_usage_of_its_own_that_fits_a_terminal() {
    let home = Home::new("");
    let all = home.run(&["--help"]);
    for language in ["C", "zh_CN.UTF-8"] {
        for command in [""].iter().chain(COMMANDS) {
            let told = |arguments: &[&str]| {
                let mut host = home.command();
                host.env("LC_ALL", language)
                    .args(arguments.iter().filter(|word| !word.is_empty()));
                Home::finish(&mut host, "")
            };
            let help = told(&[command, "--help"]);
            assert_eq!((help.status, &*help.stderr), (Some(0), ""), "{command}");
            assert_eq!(told(&["help", command]).stdout, help.stdout, "{command}");
            assert!(all.stdout.contains(&format!("\n  {command}")), "{command}");
            for line in help.stdout.lines() {
                // A line of usage is one, however long.
                let fits = columns(line) <= 80 || line.starts_with(['U', '用']);
                assert!(fits, "{language} {command}: {line}");
            }
        }
    }
    let wrong = home.run(&["help", "sing"]);
    assert_eq!(wrong.status, Some(2));
    let mistyped = home.run(&["tokens", "--jsno"]);
    assert!(mistyped.stderr.contains("did you mean --json?"));
    assert!(mistyped.stderr.contains("yinxin tokens --help"));
}

#[test]
#[cfg(unix)]
fn shells_complete_commands_and_options_and_the_manual_is_read() {
    let home = Home::new("");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]);
        assert_eq!(script.status, Some(0));
        assert!(script.stdout.contains("time-stamper"), "{shell}");
    }
    // As a shell itself takes it.
    let completed = home.shell(
        "yinxin completions bash > script; exec bash -c 'source ./script; COMP_WORDS=(yinxin si); \
         COMP_CWORD=1; _yinxin yinxin si yinxin; echo ${COMPREPLY[*]}'",
    );
    assert_eq!(completed.stdout, "sign\n", "{completed:?}");
    let manual = home.run(&["manual"]).stdout;
    for word in COMMANDS.iter().chain(&[".TH yinxin 1", "\\-\\-straddling"]) {
        assert!(manual.contains(word), "{word}");
    }
    if outside(home.path(), "man", &["--version"]).is_ok() {
        let read = home.shell("yinxin manual > yinxin.1; man -l --warnings -P cat ./yinxin.1");
        assert!(read.stdout.contains("YINXIN SIGN"), "{read:?}");
        assert_eq!(read.stderr, "");
    }
}

#[test]
fn failures_are_told_to_programs_too() {
    let home = Home::new("");
    let nowhere = if cfg!(windows) {
        r"C:\nowhere\x.dll"
    } else {
        "/nowhere/x.so"
    };
    for list in ["tokens", "certificates"] {
        let failed = home.run(&[list, "--json", "--module", nowhere]);
        assert_eq!(failed.code(), "module-missing");
        let told: Value = serde_json::from_str(&failed.stdout).unwrap();
        assert_eq!(told["error"]["code"], "module-missing");
        assert_eq!(told["error"]["params"]["path"], nowhere);
    }
}

#[test]
fn the_host_hands_over_to_the_command_line_and_says_where_it_is_missing() {
    let home = Home::new("");
    let by = |program: &std::path::Path, arguments: &[&str]| {
        Home::finish(home.command_of(program).args(arguments), "")
    };
    let command_line = program().with_file_name(if cfg!(windows) {
        "yinxin.exe"
    } else {
        "yinxin"
    });
    for arguments in [&["--version"][..], &["tokens"], &["sing"]] {
        let (one, other) = (by(&program(), arguments), by(&command_line, arguments));
        assert_eq!(
            (one.status, &one.stdout, &one.stderr),
            (other.status, &other.stdout, &other.stderr)
        );
    }
    let alone = home.path().join("yinxin-host");
    fs::copy(program(), &alone).unwrap();
    let failed = by(&alone, &["tokens"]);
    assert_eq!((failed.status, &*failed.stdout), (Some(1), ""));
    assert!(failed.stderr.contains("install Yinxin again"), "{failed:?}");
}
