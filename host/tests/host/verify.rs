//! `verify`: what the command line says of files that were signed here, and of others; beside OpenSSL where it can judge.

use crate::documents::{self, signed, signed_ofd};
use crate::support::*;
use serde_json::{Value, json};
use std::fs;
use yinxin_documents::pdf::testing;
use yinxin_pki::testing::{NOW, TestKey, chain};
use yinxin_verify::{Purpose, new_login_challenge};

/// By whom the demo keys' certificates and seals were issued.
const TRUST: [&str; 6] = [
    "--anchor",
    "keys/root.pem",
    "--intermediate",
    "keys/issuing.pem",
    "--maker",
    "keys/seal-maker.pem",
];

fn verify(home: &Home, arguments: &[&str]) -> Output {
    let all = [&["verify"], arguments].concat();
    home.run_in(home.path(), &all, "")
}

fn trusting(home: &Home, arguments: &[&str]) -> Output {
    verify(home, &[arguments, &TRUST].concat())
}

/// The lines of `--json`.
fn lines(output: &Output) -> Vec<Value> {
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn cms(home: &Home, token: &str, format: &str, to: &str) {
    let arguments = [
        "sign",
        "--token",
        token,
        "--id",
        "01",
        "--format",
        format,
        "--pin-stdin",
        "--in",
        "contract.txt",
        "--out",
        to,
    ];
    let output = home.run_in(home.path(), &arguments, &format!("{PIN}\n"));
    assert_eq!(output.status, Some(0), "{output:?}");
}

#[test]
fn signatures_beside_and_around_a_content_are_judged_as_openssl_does() {
    let home = home_with_keys("");
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    write("contract.txt", "a contract");
    write("other.txt", "another");
    let content = ["--content", "contract.txt"];
    for token in ["demo-unit", "demo-rsa", "demo-p256"] {
        let (detached, attached) = (format!("{token}.p7s"), format!("{token}.p7m"));
        cms(&home, token, "cms", &detached);
        cms(&home, token, "cms-attached", &attached);
        let judge = |file: &str, more: &[&str]| trusting(&home, &[&[file], more].concat());

        let good = judge(&detached, &content);
        assert_eq!((good.status, &*good.stderr), (Some(0), ""), "{good:?}");
        assert!(
            good.stdout
                .starts_with(&format!("✓ {detached}: Verified: "))
        );
        assert!(good.stdout.contains("    signature 1: "), "{good:?}");
        assert_eq!(judge(&attached, &[]).status, Some(0));
        assert_eq!(judge(&attached, &content).status, Some(0));
        for file in [&detached, &attached] {
            let wrong = judge(file, &["--content", "other.txt"]);
            assert_eq!(wrong.status, Some(4), "{wrong:?}");
            assert!(wrong.stdout.contains("✗ content-changed: "), "{wrong:?}");
            let place = match file == &attached {
                true => " [content]\n",
                false => " [signature 1]\n",
            };
            assert!(wrong.stdout.contains(place), "{wrong:?}");
        }
        // What is lacking leaves a question open, and so does who issued it.
        let open = judge(&detached, &[]);
        assert_eq!(open.status, Some(5), "{open:?}");
        assert!(open.stdout.contains("? content-missing: "), "{open:?}");
        let strange = verify(&home, &[&[&*detached], &content[..]].concat());
        assert_eq!(strange.status, Some(5), "{strange:?}");
        assert!(strange.stdout.contains("? issuer-unknown: "), "{strange:?}");
        let early = judge(&detached, &[&content[..], &["--at", "2000-01-01"]].concat());
        assert_eq!(early.status, Some(5), "{early:?}");

        let told = lines(&judge(&detached, &[&content[..], &["--json"]].concat()));
        let [told] = &told[..] else {
            panic!("{told:?}")
        };
        assert_eq!(
            (&told["file"], &told["kind"]),
            (&json!(detached), &json!("cms"))
        );
        assert_eq!(told["verdict"]["outcome"], "good");
        assert!(told["verdict"]["signers"][0]["signature"].is_string());
        assert_eq!(told["verdict"]["content"]["size"], 10);

        if token == "demo-unit" {
            continue;
        }
        let openssl = |content: &str| {
            // Its chain is of SM2, which OpenSSL checks under another id.
            let mut arguments = vec!["cms", "-verify", "-binary", "-noverify", "-inform", "DER"];
            arguments.extend(["-in", &detached, "-content", content, "-out", "/dev/null"]);
            let output = outside(home.path(), "openssl", &arguments);
            output.unwrap().status.success()
        };
        if outside(home.path(), "openssl", &["version"]).is_ok() {
            let noted = [openssl("contract.txt"), openssl("other.txt")];
            assert_eq!(noted, [true, false], "{token}");
        }
    }
}

#[test]
fn documents_and_what_they_hold_are_judged() {
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(
        path("0.pdf"),
        testing::plain().table("/Root 1 0 R").finish(),
    )
    .unwrap();
    fs::write(path("p.png"), documents::picture()).unwrap();
    signed(&home, "demo-rsa", "0.pdf", "1.pdf", &[]);
    let kind = ["--sub-filter", "GM.sm2seal", "--left", "1", "--top", "1"];
    let file = signed(
        &home,
        "demo-unit",
        "1.pdf",
        "2.pdf",
        &[&kind[..], &["--picture", "p.png"]].concat(),
    );
    fs::write(path("0.ofd"), documents::unsigned_ofd().write()).unwrap();
    signed_ofd(&home, "0.ofd", "1.ofd", &["--left", "20", "--top", "30"]);

    let good = trusting(&home, &["1.pdf", "2.pdf", "1.ofd"]);
    assert_eq!((good.status, &*good.stderr), (Some(0), ""), "{good:?}");
    let heads: Vec<&str> = good
        .stdout
        .lines()
        .filter(|line| line.starts_with('✓'))
        .collect();
    assert_eq!(heads.len(), 3, "{good:?}");
    for words in [
        "covers the whole file",
        "bytes only",
        "seal “四川锦程演示科技有限公司”",
        "16 of the 16 parts that it names are as they were signed",
    ] {
        assert!(good.stdout.contains(words), "{words}: {good:?}");
    }
    let told = lines(&trusting(&home, &["2.pdf", "1.ofd", "--json"]));
    assert_eq!(
        told[0]["verdict"]["signatures"].as_array().unwrap().len(),
        2
    );
    assert_eq!(
        told[1]["verdict"]["signatures"][0]["form"],
        "seal-signature"
    );

    // The seal by itself, and what it signed in each.
    let all = documents::signatures(&file);
    let sealed = all[1].der().unwrap();
    fs::write(path("sealed.der"), sealed).unwrap();
    fs::write(path("covered"), documents::covered(&file, &all[1])).unwrap();
    let parsed = yinxin_pki::seal::SealSignature::from_der(sealed.to_vec()).unwrap();
    fs::write(path("seal.esl"), parsed.seal().der()).unwrap();
    let good = trusting(&home, &["sealed.der", "--content", "covered"]);
    assert_eq!(good.status, Some(0), "{good:?}");
    assert_eq!(trusting(&home, &["sealed.der"]).status, Some(5));
    let wrong = trusting(&home, &["sealed.der", "--content", "2.pdf"]);
    assert_eq!(wrong.status, Some(4), "{wrong:?}");
    assert_eq!(trusting(&home, &["seal.esl"]).status, Some(0));
    assert_eq!(verify(&home, &["seal.esl"]).status, Some(5));

    // One byte of what they show.
    let changed = |name: &str, mark: &[u8], to: &str| {
        let mut bytes = fs::read(path(name)).unwrap();
        let at = bytes.windows(mark.len()).position(|window| window == mark);
        bytes[at.unwrap() + mark.len() - 1] ^= 1;
        fs::write(path(to), bytes).unwrap();
    };
    changed("2.pdf", b"Total: 100", "3.pdf");
    let wrong = trusting(&home, &["3.pdf", "2.pdf"]);
    assert_eq!(wrong.status, Some(4), "{wrong:?}");
    assert!(wrong.stdout.contains("✓ 2.pdf"), "{wrong:?}");
}

#[test]
fn hostile_files_keep_none_from_being_told() {
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    fs::write(path("contract.txt"), "a contract").unwrap();
    cms(&home, "demo-unit", "cms-attached", "good.p7m");
    let pdf = testing::plain().table("/Root 1 0 R").finish();
    fs::write(path("half.pdf"), &pdf[..pdf.len() / 2]).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("nested.p7s"), [0x30, 0x80].repeat(60_000)).unwrap();
    fs::write(path("zip.ofd"), b"PK\x03\x04 and no more").unwrap();
    fs::write(
        path("key.pem"),
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ==\n-----END PRIVATE KEY-----\n",
    )
    .unwrap();
    fs::write(path("bidi\u{202e}.txt"), "text").unwrap();
    fs::create_dir(path("folder")).unwrap();
    #[cfg(unix)]
    let devices = {
        let made = std::process::Command::new("mkfifo")
            .arg(path("pipe"))
            .status();
        assert!(made.unwrap().success());
        ["pipe", "/dev/zero"]
    };
    #[cfg(windows)]
    let devices = ["NUL", r"\\.\pipe\yinxin"];
    let hostile = [
        ("half.pdf", "pdf-unreadable"),
        ("empty", "nothing-to-verify"),
        ("nested.p7s", "nothing-to-verify"),
        ("zip.ofd", "ofd-unreadable"),
        ("key.pem", "private-key-given"),
        ("folder", "file-failed"),
        (devices[0], "file-failed"),
        (devices[1], "file-failed"),
        ("nowhere", "file-failed"),
        ("bidi\u{202e}.txt", "nothing-to-verify"),
    ];
    let mut files = vec!["good.p7m"];
    for (file, _) in hostile {
        files.extend([file, "good.p7m"]);
    }
    let output = trusting(&home, &files);
    assert_eq!(output.status, Some(1), "{output:?}");
    assert_eq!(
        output.stdout.matches("✓ good.p7m: ").count(),
        hostile.len() + 1
    );
    let told: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(told.len(), hostile.len(), "{output:?}");
    for ((file, code), line) in hostile.iter().zip(told) {
        assert!(line.starts_with(&format!("{code}: ")), "{file}: {line}");
        assert!(!line.contains('\u{202e}'), "{line}");
        let name = file.replace('\u{202e}', "⟨U+202E⟩");
        assert!(line.contains(&name), "{file}: {line}");
    }
    files.push("--json");
    let told = lines(&trusting(&home, &files));
    assert_eq!(told.len(), 2 * hostile.len() + 1);
    for ((file, code), told) in hostile.iter().zip(told.iter().skip(1).step_by(2)) {
        assert_eq!(
            (&told["file"], &told["error"]["code"]),
            (&json!(file), &json!(code))
        );
    }
    // What they are judged by is no file among others.
    for option in [
        "--anchor",
        "--maker",
        "--intermediate",
        "--crl",
        "--content",
    ] {
        let refused = verify(&home, &["good.p7m", option, "nowhere"]);
        assert_eq!(refused.code(), "file-failed", "{option}");
    }
    let refused = verify(&home, &["good.p7m", "--anchor", "half.pdf"]);
    assert!(refused.stderr.contains("half.pdf"), "{refused:?}");
    assert_eq!(refused.code(), "certificate-unreadable");
    // A content that no file goes with is not passed over in silence.
    let unused = trusting(&home, &["keys/issuing.pem", "--content", "contract.txt"]);
    assert_eq!(
        (unused.status, unused.stderr.lines().count()),
        (Some(1), 1),
        "{unused:?}"
    );
}

#[test]
fn certificates_lists_and_standard_input_are_taken() {
    let home = home_with_keys("");
    let good = trusting(&home, &["keys/issuing.pem"]);
    assert_eq!(good.status, Some(0), "{good:?}");
    let issuing = fs::read_to_string(home.path().join("keys/issuing.pem")).unwrap();
    let from_input = ["verify", "-", "--anchor", "keys/root.pem"];
    let piped = home.run_in(home.path(), &from_input, &issuing);
    assert_eq!(piped.status, Some(0), "{piped:?}");
    assert!(piped.stdout.starts_with("✓ -: "), "{piped:?}");
    let mut chinese = home.command();
    chinese.args(["verify", "keys/issuing.pem"]);
    chinese
        .env("LC_ALL", "zh_CN.UTF-8")
        .current_dir(home.path());
    let chinese = Home::finish(&mut chinese, "");
    assert_eq!(chinese.status, Some(5), "{chinese:?}");
    assert!(
        chinese
            .stdout
            .starts_with("? keys/issuing.pem: 还没核实完。"),
        "{chinese:?}"
    );
}

#[test]
fn a_proof_of_a_login_is_judged_by_the_challenge_that_was_kept() {
    let home = Home::new("");
    let path = |name: &str| home.path().join(name);
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    fs::write(path("root.pem"), root.pem()).unwrap();
    fs::write(path("issuing.pem"), issuing.pem()).unwrap();
    let origin = "https://portal.example";
    let challenge = new_login_challenge(origin, Purpose::Login, "session", &[7; 32], NOW, None);
    let challenge = challenge.unwrap();
    let proof = unit.login_proof(origin, &challenge);
    fs::write(
        path("challenge.json"),
        serde_json::to_vec(&challenge).unwrap(),
    )
    .unwrap();
    fs::write(path("proof.json"), serde_json::to_vec(&proof).unwrap()).unwrap();
    fs::write(path("other.json"), "[[[").unwrap();
    let at = NOW.to_string();
    let run = |files: &[&str], origin: &str, session: &str| {
        let how = [
            "--challenge",
            "challenge.json",
            "--origin",
            origin,
            "--session",
            session,
        ];
        let trust = ["--anchor", "root.pem", "--issuer", "issuing.pem"];
        let trust = [&trust[..], &["--intermediate", "issuing.pem", "--at", &at]].concat();
        verify(&home, &[files, &how, &trust].concat())
    };
    let good = run(&["proof.json"], origin, "session");
    assert_eq!((good.status, &*good.stderr), (Some(0), ""), "{good:?}");
    assert_eq!(run(&["proof.json"], origin, "another").status, Some(4));
    assert_eq!(
        run(&["proof.json"], "https://other.example", "session").status,
        Some(4)
    );
    let both = run(&["other.json", "proof.json", "--json"], origin, "session");
    assert_eq!(both.status, Some(4), "{both:?}");
    let told = lines(&both);
    assert_eq!(
        told[0]["verdict"]["findings"][0]["code"],
        "proof-unreadable"
    );
    assert_eq!(told[1]["verdict"]["outcome"], "good");
}

/// A PDF of 200 MB whose pages hold nothing else than a stream that is never looked into: signed and judged in the memory that a
/// small one takes.
#[test]
#[cfg(target_os = "linux")]
fn large_files_are_signed_and_judged_in_little_memory() {
    use std::io::Write;
    let home = home_with_keys("");
    let path = |name: &str| home.path().join(name);
    let mut writer = testing::plain();
    writer.stream(90, "", &vec![b'x'; 200 << 20]);
    let file = writer.table("/Root 1 0 R").finish();
    fs::File::create(path("0.pdf"))
        .unwrap()
        .write_all(&file)
        .unwrap();
    let line = "ulimit -v 1500000; echo \"$PIN\" | yinxin sign --token demo-unit --id 01 --format pdf \
                --pin-stdin --in 0.pdf --out 1.pdf";
    let output = home.shell(line);
    assert_eq!(output.status, Some(0), "{output:?}");
    // With the program itself, its libraries and its stack: half of the file.
    let limited = "ulimit -v 100000; yinxin verify 1.pdf --anchor keys/root.pem --intermediate keys/issuing.pem";
    let output = home.shell(limited);
    assert_eq!(output.status, Some(0), "{output:?}");
}
