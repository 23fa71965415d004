//! Calls by JSON: what they take and refuse, with and without a policy.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use yinxin_calls::{Error, Files, Function, NoFiles, Policy, Request, call};
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain};

const ORIGIN: &str = "https://portal.example";

/// Files by their names.
struct Kept(BTreeMap<&'static str, Vec<u8>>);

impl Files for Kept {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let file = self.0.get(name).cloned();
        file.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let inside = self.0.keys().filter_map(|name| name.strip_prefix(folder));
        Ok(inside.map(String::from).collect())
    }
}

fn policy(file: &Value) -> Result<Policy, Error> {
    Policy::parse(file.to_string().as_bytes(), &NoFiles, NOW)
}

fn called(
    function: Function,
    policy: Option<&Policy>,
    request: &Value,
    parts: &[(&str, &[u8])],
) -> Result<Value, Error> {
    let mut whole = Request::parse(request.to_string().as_bytes())?;
    for (name, bytes) in parts {
        whole = whole.with(name, bytes.to_vec())?;
    }
    let answer = call(function, policy, &whole, NOW)?;
    Ok(serde_json::from_str(&answer).expect("an answer is JSON"))
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, expected: &str) {
    let told = match result.expect_err("it is refused") {
        Error::RequestInvalid { reason } => reason,
        Error::PolicyInvalid { place, reason } => format!("{place}: {reason}"),
        other => other.to_string(),
    };
    assert_eq!(told, expected);
}

fn codes(verdict: &Value) -> Vec<&str> {
    let findings = verdict["findings"].as_array().into_iter().flatten();
    findings
        .filter(|finding| finding["severity"] == "fatal")
        .filter_map(|finding| finding["code"].as_str())
        .collect()
}

#[test]
fn a_signature_is_judged_alike_from_base64_from_bytes_and_by_digests() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let content = b"a contract";
    let cms = unit.cms(content);
    let at = NOW.to_string();
    let options = json!({"anchors": [root.pem()], "intermediates": issuing.pem(), "at": at});
    let mut hashed = yinxin_calls::Hashed::default();
    hashed.update(&content[..3]);
    hashed.update(&content[3..]);
    let digests: Value = serde_json::from_str(&hashed.json()).unwrap();
    let with = |more: Value| {
        let mut all = options.clone();
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    };
    let base64 = |bytes: &[u8]| yinxin_proto::Base64(bytes.to_vec()).encode();
    let whole = with(json!({"cms": base64(&cms), "content": base64(content)}));
    let first = called(Function::VerifyCms, None, &whole, &[]).unwrap();
    assert_eq!(first["valid"], true, "{first:#}");
    let parts: &[(&str, &[u8])] = &[("cms", &cms), ("content", content)];
    let beside = called(Function::VerifyCms, None, &options, parts).unwrap();
    let by_digests = with(json!({"content": digests}));
    let third = called(Function::VerifyCms, None, &by_digests, &parts[..1]).unwrap();
    assert_eq!(first, beside);
    assert_eq!(first, third);
    let changed: &[(&str, &[u8])] = &[("cms", &cms), ("content", b"another")];
    let other = called(Function::VerifyCms, None, &options, changed).unwrap();
    assert_eq!(codes(&other), ["content-changed"]);
}

#[test]
fn what_is_wrong_with_a_request_is_told_with_its_place() {
    let check = |function, request: &str, expected: &str| {
        let called = Request::parse(request.as_bytes())
            .and_then(|request| call(function, None, &request, NOW));
        refused(called, expected);
    };
    let cms = Function::VerifyCms;
    check(
        cms,
        "{",
        "options: expected JSON, got something else at line 1, column 1",
    );
    check(cms, "[]", "options: expected a plain object, got a list");
    check(
        cms,
        "\"123456\"",
        "options: expected a plain object, got a string",
    );
    check(cms, "{}", "cms: it is missing");
    check(
        cms,
        r#"{"cms": 5}"#,
        "cms: expected bytes, PEM or Base64, got a number",
    );
    check(
        cms,
        r#"{"cms": "AA==", "content": "?"}"#,
        "content: expected Base64, got another string",
    );
    check(
        cms,
        r#"{"cms": "AA==", "cms": "AA=="}"#,
        "cms: it is there twice",
    );
    check(
        cms,
        r#"{"cms": "AA==", "file": "AA=="}"#,
        "file: this function takes none",
    );
    check(
        cms,
        r#"{"cms": "AA==", "content": {"sm3": "AA=="}}"#,
        "content.sha256: it is missing",
    );
    check(
        Function::ParseSeal,
        r#"{"seal": "AA==", "sel": 1}"#,
        "sel: there is no such option; known are seal, now",
    );
    check(Function::VerifyPdf, "{}", "file: it is missing");
    let deep = format!(
        r#"{{"fields": {}1{}, "certificate": "AA=="}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    check(
        Function::ParseCertificate,
        &deep,
        "fields[0]: expected a string, got a list",
    );
    let many = format!(r#"{{"seal": [{}1]}}"#, "1,".repeat(300_000));
    check(
        Function::ParseSeal,
        &many,
        "seal: expected bytes, PEM or Base64, got something too large",
    );
}

fn login_policy(root: &Identity, issuing: &Identity) -> Value {
    json!({
        "anchors": [root.pem()],
        "intermediates": [issuing.pem()],
        "issuers": [issuing.pem()],
        "login": {"origins": [ORIGIN], "clockSkew": 30, "challengeSeconds": 120},
    })
}

#[test]
fn a_login_goes_by_the_policy_and_whatever_the_visitor_sends_is_judged() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let policy = policy(&login_policy(&root, &issuing)).unwrap();
    let policy = Some(&policy);
    let asked = json!({"session": "s"});
    let challenge = called(Function::NewLoginChallenge, policy, &asked, &[]).unwrap();
    assert_eq!(challenge["origin"], ORIGIN);
    let again = called(Function::NewLoginChallenge, policy, &asked, &[]).unwrap();
    assert_ne!(challenge["challenge"], again["challenge"]);
    let proof = unit.login_proof(ORIGIN, &serde_json::from_value(challenge.clone()).unwrap());
    let proof = serde_json::to_vec(&proof).unwrap();
    let request = json!({"session": "s", "challenge": challenge});
    let judge = |request: &Value, proof: &[u8]| {
        called(Function::VerifyLogin, policy, request, &[("proof", proof)])
    };
    let good = judge(&request, &proof).unwrap();
    assert_eq!(good["valid"], true, "{good:#}");
    assert_eq!(good["challengeId"], challenge["id"]);
    // The same inside of the request.
    let mut inside = request.clone();
    inside["proof"] = serde_json::from_slice(&proof).unwrap();
    assert_eq!(
        called(Function::VerifyLogin, policy, &inside, &[]).unwrap(),
        good
    );

    for junk in [
        &b"\xff\xfe"[..],
        b"",
        b"{",
        b"null",
        b"[[[[]]]]",
        br#"{"format": "\ud800"}"#,
        &b"[".repeat(100_000),
    ] {
        let verdict = judge(&request, junk).unwrap();
        assert_eq!(codes(&verdict), ["proof-unreadable"]);
    }
    let stranger = json!({"session": "other", "challenge": challenge});
    assert_eq!(
        codes(&judge(&stranger, &proof).unwrap()),
        ["session-mismatch"]
    );

    let with = |name: &str, value: Value| {
        let mut request = request.clone();
        request[name] = value;
        judge(&request, &proof)
    };
    refused(
        with("origin", json!("https://other.example")),
        "origin: the policy does not list it",
    );
    refused(
        with("formats", json!(["logondata"])),
        "formats: the policy does not list it",
    );
    refused(
        with("clockSkew", json!(300)),
        "clockSkew: it is the policy's to say",
    );
    refused(
        with("at", json!(NOW.to_string())),
        "at: the policy judges as of now",
    );
    refused(
        with("issuers", json!([root.pem()])),
        "issuers[0]: the policy does not list it",
    );
    assert_eq!(
        with("issuers", json!([issuing.pem()])).unwrap()["valid"],
        true
    );
    let person = with("holders", json!(["person"])).unwrap();
    assert_eq!(codes(&person), ["holder-not-accepted"]);
    for (name, value) in [
        ("anchors", json!([root.pem()])),
        ("national", json!(true)),
        ("crls", json!([])),
        ("sm2Variants", json!(["without-z"])),
        ("extendedKeyUsages", json!(["1.3.6.1.5.5.7.3.36"])),
    ] {
        let told = with(name, value).unwrap_err().to_string();
        assert!(told.contains("there is no such option"), "{name}: {told}");
    }
    let long = json!({"session": "s", "seconds": 121});
    refused(
        called(Function::NewLoginChallenge, policy, &long, &[]),
        "seconds: the policy allows 120",
    );
}

#[test]
fn a_challenge_of_a_machine_whose_clock_is_ahead_is_taken_within_the_skew() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let mut file = login_policy(&root, &issuing);
    file["allowAt"] = json!(true);
    let policy = policy(&file).unwrap();
    let judged = |ahead: i64| {
        let asked = json!({"session": "s", "at": NOW.plus(ahead).to_string()});
        let challenge = called(Function::NewLoginChallenge, Some(&policy), &asked, &[]).unwrap();
        let proof = unit.login_proof(ORIGIN, &serde_json::from_value(challenge.clone()).unwrap());
        let request = json!({"session": "s", "challenge": challenge});
        let proof = serde_json::to_vec(&proof).unwrap();
        let parts: &[(&str, &[u8])] = &[("proof", &proof)];
        called(Function::VerifyLogin, Some(&policy), &request, parts).unwrap()
    };
    assert_eq!(judged(30)["valid"], true);
    assert_eq!(codes(&judged(31)), ["challenge-not-yet-valid"]);
    assert_eq!(judged(-149)["valid"], true);
    assert_eq!(codes(&judged(-150)), ["challenge-expired"]);
}

#[test]
fn a_policy_is_refused_whole_with_the_place() {
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let good = login_policy(&root, &issuing);
    assert!(policy(&good).is_ok());
    let with = |name: &str, value: Value| {
        let mut file = good.clone();
        match name.split_once('.') {
            Some((part, name)) => file[part][name] = value,
            None => file[name] = value,
        }
        policy(&file)
    };
    refused(
        policy(&json!({})),
        "anchors: nobody is trusted: neither anchors nor makers",
    );
    refused(
        policy(&json!([])),
        "policy: expected a plain object, got a list",
    );
    refused(with("anchors", json!([])), "anchors: an empty list");
    refused(
        with("anchors", json!("root.pem")),
        "anchors: expected a list, got a string",
    );
    refused(
        with("anchors", json!(["root.pem"])),
        "anchors[0]: root.pem: entity not found",
    );
    refused(
        with("login.origins", json!([])),
        "login.origins: an empty list",
    );
    refused(
        with("login.clockSkew", json!(301)),
        "login.clockSkew: more than 300",
    );
    refused(
        with("login.challengeSeconds", json!(0)),
        "login.challengeSeconds: not within a day",
    );
    refused(
        with("login.formats", json!(["logon"])),
        "login.formats[0]: expected one of: yinxin, logondata, logondata-detached",
    );
    refused(
        with("login.origin", json!(ORIGIN)),
        "login.origin: there is no such option; known are origins, formats, purposes, challengeSeconds, clockSkew",
    );
    refused(
        with("crlPolicy", json!("require")),
        "crls: none, and crlPolicy requires them",
    );
    refused(
        with("policies", json!(["1.2", "x"])),
        "policies[1]: an OBJECT IDENTIFIER is expected",
    );
    refused(
        with("holders", json!([])),
        "holders: an empty list: nothing would be accepted",
    );
    refused(with("issuers", json!([])), "issuers: an empty list");
    refused(with("issuerNames", json!([" "])), "issuerNames[0]: empty");
    let told = with("anchor", json!([])).unwrap_err().to_string();
    assert!(
        told.contains("anchor") && told.contains("there is no such option"),
        "{told}"
    );
    let told = with("login.origins", json!(["https://Portal.example"])).unwrap_err();
    assert!(told.to_string().contains("login.origins[0]"), "{told}");
    refused(
        policy(&json!({"makers": [root.pem()], "issuers": [issuing.pem()]})),
        "issuers: no anchors, so that it restricts nothing",
    );
    for text in [&b""[..], b"{", b"\xff", &b"[".repeat(1 << 20)] {
        assert!(Policy::parse(text, &NoFiles, NOW).is_err());
    }
}

#[test]
fn an_anchor_that_is_not_valid_now_is_refused_unless_the_past_is_judged() {
    let (root, ..) = chain(TestKey::sm2(1));
    let end = root.certificate.not_after();
    let file = |allow: bool| json!({"anchors": [root.pem()], "allowAt": allow}).to_string();
    let parse = |allow, at| Policy::parse(file(allow).as_bytes(), &NoFiles, at);
    assert!(parse(false, end).is_ok());
    let told = parse(false, end.plus(1)).unwrap_err().to_string();
    assert!(
        told.contains("anchors[0]") && told.contains("expired"),
        "{told}"
    );
    assert!(parse(true, end.plus(1)).is_ok());
}

#[test]
fn files_of_a_policy_are_read_beside_it_and_folders_of_lists_whole() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let revoked = issuing.crl(
        &[(unit.certificate.serial(), NOW.plus(-60))],
        NOW.plus(-30),
        NOW.plus(3600),
    );
    let of_root = root.crl(&[], NOW.plus(-30), NOW.plus(3600));
    let both = [root.pem(), issuing.pem()].concat();
    let mut files = Kept(BTreeMap::from([
        ("ca/both.pem", both.into_bytes()),
        ("crls/issuing.crl", revoked),
        ("crls/root.crl", of_root),
    ]));
    let file = json!({"anchors": ["ca/both.pem"], "crls": ["crls/"], "crlPolicy": "require"});
    let parse = |files: &Kept| Policy::parse(file.to_string().as_bytes(), files, NOW);
    let policy = parse(&files).unwrap();
    let certificate = unit.pem();
    let request = json!({"certificate": certificate});
    let verdict = called(Function::VerifyCertificate, Some(&policy), &request, &[]).unwrap();
    assert_eq!(codes(&verdict), ["certificate-revoked"]);
    refused(
        called(
            Function::VerifyCertificate,
            Some(&policy),
            &json!({"certificate": certificate, "crlPolicy": "warn"}),
            &[],
        ),
        "crlPolicy: the policy requires revocation lists",
    );
    files.0.insert("crls/broken.crl", b"no list".to_vec());
    let told = parse(&files).unwrap_err().to_string();
    assert!(
        told.contains("crls[0]") && told.contains("crls/broken.crl"),
        "{told}"
    );
}

#[test]
fn a_seal_counts_only_of_a_maker_of_the_policy() {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let maker = Identity::self_signed(TestKey::sm2(2), &Profile::authority("示例制章机构"));
    let sealed = unit.sealed(&maker, b"a contract");
    let judge = |makers: Value| {
        let file = json!({
            "anchors": [root.pem()], "intermediates": [issuing.pem()], "makers": makers, "holders": ["unit"],
        });
        let policy = policy(&file).unwrap();
        let parts: &[(&str, &[u8])] = &[("signature", &sealed), ("content", b"a contract")];
        called(
            Function::VerifySealSignature,
            Some(&policy),
            &json!({}),
            parts,
        )
        .unwrap()
    };
    assert_eq!(codes(&judge(json!([]))), ["seal-maker-unknown"]);
    let good = judge(json!([maker.pem()]));
    assert_eq!(good["valid"], true, "{good:#}");
}

#[test]
fn a_text_is_told_in_both_languages_and_a_certificate_by_the_fields_that_are_asked_for() {
    let text = |locale: &str| {
        let request = json!({"code": "certificate-expired", "params": {"date": "2026-01-02T00:00:00Z"}, "locale": locale});
        called(Function::Text, None, &request, &[]).unwrap()
    };
    assert!(
        text("en-GB")["message"]
            .as_str()
            .unwrap()
            .contains("2 January 2026")
    );
    assert!(text("zh")["message"].as_str().unwrap().contains("2026"));
    let (root, ..) = chain(TestKey::sm2(1));
    let request = json!({"certificate": root.pem(), "fields": ["holder", "kind"]});
    let facts = called(Function::ParseCertificate, None, &request, &[]).unwrap();
    assert_eq!(facts.as_object().unwrap().len(), 2);
    assert_eq!(facts["kind"], "unit");
}
