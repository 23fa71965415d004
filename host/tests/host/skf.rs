//! The software key through its other door, SKF: the same tokens, signatures, tries and seals, and whatever
//! can happen in each call.

use crate::seals::seal;
use crate::support::*;
use crate::write_seal::{made, write};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use yinxin_pki::asn1::{element, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::{attributes, hash, login};
use yinxin_proto::page::Purpose;
#[cfg(target_arch = "x86_64")]
use yinxin_proto::site::DEVELOPMENT_EXTENSION_ID;
use yinxin_proto::site::Origin;
use yinxin_skf::read::PublicKey;
use yinxin_skf::{Code, FileInfo, Half, Library, PinKind, rights};

const ORIGIN: &str = "https://portal.example";
const CHALLENGE: &str = "Y2hhbGxlbmdlLTEyMzQ1Njc4";

/// A home whose host reads the demo tokens by SKF.
fn home_by_skf(configuration: &str) -> Home {
    let home = home_with_keys("");
    by_skf(&home, configuration);
    home
}

fn by_skf(home: &Home, configuration: &str) {
    let keys = home.path().join("keys");
    let lines = module("skf", &softkey().library, &[("YINXIN_SOFTKEY_DIR", &keys)]);
    home.configure(&format!("{configuration}\n{lines}interface = \"skf\"\n"));
}

/// Pulls the other keys.
fn only_demo_unit(home: &Home) {
    for folder in fs::read_dir(home.path().join("keys")).unwrap().flatten() {
        if folder.path().is_dir() && folder.file_name() != "demo-unit" {
            fs::remove_dir_all(folder.path()).unwrap();
        }
    }
}

/// The id of a token's certificate that signs.
fn signing_id(token: &Value) -> String {
    let certificates = token["certificates"].as_array().unwrap();
    let signs = |held: &&Value| {
        let der = Base64::decode_vec(held["certificate"].as_str().unwrap()).unwrap();
        Certificate::from_der(der).unwrap().may_sign()
    };
    let held = certificates.iter().find(signs).unwrap();
    held["id"].as_str().unwrap().to_owned()
}

fn request(token: &Value, pin: &str, items: &[Value]) -> Value {
    let (_, name) = certificate(token, &signing_id(token));
    json!({"type": "sign", "origin": ORIGIN, "token": token["token"], "certificate": name,
           "pin": pin, "items": items})
}

fn login_item() -> Value {
    json!({"type": "login", "purpose": "login", "challenge": CHALLENGE})
}

/// The certificates of each token by its label, in order.
fn certificates(home: &Home) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = home.host().tokens()["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|token| {
            let held = token["certificates"].as_array().unwrap().iter();
            let mut held: Vec<String> = held
                .map(|held| held["certificate"].as_str().unwrap().to_owned())
                .collect();
            held.sort();
            (token["label"].as_str().unwrap().to_owned(), held)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn both_doors_show_the_same_certificates_and_seals() {
    let home = home_with_keys("");
    let through_pkcs11 = certificates(&home);
    let seal_before = seal(&home.host().token("demo-unit")["seals"][0]);
    by_skf(&home, "");
    let mut through_skf = certificates(&home);
    let token = home.host().token("demo-unit");
    assert_eq!(seal(&token["seals"][0]), seal_before);
    assert_eq!(token["seals"][0]["label"], "单位电子印章");
    assert_eq!(token["demo"], true);
    assert_eq!(token["pin"], json!({"state": "ok", "left": 10}));
    // The standard knows SM2 and RSA only.
    let mut expected = through_pkcs11;
    for tokens in [&mut expected, &mut through_skf] {
        tokens.retain(|(label, _)| label != "demo-p256");
    }
    assert_eq!(through_skf.len(), 7);
    assert_eq!(through_skf, expected);
}

#[test]
fn a_login_and_documents_are_signed() {
    let home = home_by_skf("");
    let mut host = home.host();
    for label in ["demo-unit", "demo-rsa"] {
        let token = host.token(label);
        let (der, _) = certificate(&token, &signing_id(&token));
        let signer = Certificate::from_der(der).unwrap();
        let algorithm = signer.signing_algorithm().unwrap();
        let origin = Origin::parse(ORIGIN).unwrap();
        let proof = login::to_be_signed(&origin, Purpose::Login, CHALLENGE, &signer);
        let digest = hash::digest(algorithm, b"one");
        let document = attributes::build(algorithm, &signer, &digest, None);
        let item = json!({"type": "attributes", "attributes": Base64::encode_string(&document)});
        let reply = host.ask(request(&token, PIN, &[login_item(), item]));
        assert_eq!(reply["type"], "signed", "{label}: {reply}");
        let key = signer.key().unwrap();
        let signatures = reply["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 2);
        for (signature, bytes) in signatures.iter().zip([proof, document]) {
            let signature = Base64::decode_vec(signature.as_str().unwrap()).unwrap();
            assert!(key.verify(&[&bytes], &signature), "{label}");
        }
    }
}

#[test]
fn wrong_pins_count_down_to_the_lock_through_both_doors() {
    let home = home_by_skf("");
    let mut host = home.host();
    let token = host.token("demo-expert");
    let mut without = request(&token, PIN, &[login_item()]);
    without.as_object_mut().unwrap().remove("pin");
    assert_eq!(host.fail(without)["code"], "pin-required");
    for pin in ["", "1234\u{0}6", &"1".repeat(65)] {
        let error = host.fail(request(&token, pin, &[login_item()]));
        assert_eq!(error["code"], "pin-length", "{pin:?}");
    }
    for left in (1..10).rev() {
        let error = host.fail(request(&token, "999999", &[login_item()]));
        assert_eq!(error["code"], "pin-incorrect");
        let state = if left == 1 { "final" } else { "low" };
        let tries = json!({"state": state, "left": left});
        assert_eq!(error["params"]["tries"], tries);
        assert_eq!(host.token("demo-expert")["pin"], tries);
    }
    for pin in ["999999", PIN] {
        let error = host.fail(request(&token, pin, &[login_item()]));
        assert_eq!(error["code"], "pin-locked");
    }
    let keys = home.path().join("keys");
    home.configure(&module(
        "softkey",
        &softkey().library,
        &[("YINXIN_SOFTKEY_DIR", &keys)],
    ));
    assert_eq!(home.host().token("demo-expert")["pin"]["state"], "locked");
}

/// What a signature calls before and after the PIN.
const BEFORE_THE_PIN: &[&str] = &[
    "SKF_EnumDev",
    "SKF_ConnectDev",
    "SKF_GetDevInfo",
    "SKF_EnumApplication",
    "SKF_OpenApplication",
    "SKF_GetPINInfo",
    "SKF_EnumContainer",
    "SKF_OpenContainer",
    "SKF_ExportPublicKey",
];
const AFTER_THE_PIN: &[&str] = &["SKF_ECCSignData", "SKF_ClearSecureState"];

#[test]
fn a_key_that_is_pulled_in_any_call_is_told_and_costs_no_try() {
    let home = home_by_skf("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    let keys = home.path().join("keys");
    let pristine = home.path().join("pristine");
    copy(&keys, &pristine);
    for call in BEFORE_THE_PIN
        .iter()
        .chain(&["SKF_VerifyPIN", "SKF_ECCSignData"])
    {
        faults(
            &home,
            &json!([{"call": call, "do": "remove", "token": "demo-unit"}]),
        );
        let error = host.fail(request(&token, PIN, &[login_item()]));
        assert_eq!(error["code"], "token-removed", "{call}: {error}");
        fs::remove_dir_all(&keys).unwrap();
        copy(&pristine, &keys);
        assert_eq!(host.token("demo-unit")["pin"]["left"], 10, "{call}");
        let reply = host.ask(request(&token, PIN, &[login_item()]));
        assert_eq!(reply["type"], "signed", "{call}");
    }
}

#[test]
fn a_hang_in_any_call_is_told_and_a_fresh_worker_serves_the_next_request() {
    let home = home_by_skf("call_ms = 2000");
    only_demo_unit(&home);
    let calls = BEFORE_THE_PIN
        .iter()
        .chain(&["SKF_VerifyPIN"])
        .chain(AFTER_THE_PIN);
    for call in calls {
        // A host starts a worker that fails only so often.
        let mut host = home.host();
        let token = host.token("demo-unit");
        faults(&home, &json!([{"call": call, "do": "hang"}]));
        let error = host.fail(request(&token, PIN, &[login_item()]));
        assert_eq!(error["code"], "module-hung", "{call}: {error}");
        faults(&home, &json!([]));
        let token = host.token("demo-unit");
        assert_eq!(token["pin"]["left"], 10, "{call}");
        let reply = host.ask(request(&token, PIN, &[login_item()]));
        assert_eq!(reply["type"], "signed", "{call}");
    }
}

#[test]
fn a_crash_in_a_call_is_told() {
    let home = home_by_skf("");
    for call in ["SKF_EnumDev", "SKF_ECCSignData"] {
        let mut host = home.host();
        let token = host.token("demo-unit");
        faults(&home, &json!([{"call": call, "do": "crash"}]));
        let error = host.fail(request(&token, PIN, &[login_item()]));
        assert_eq!(error["code"], "module-crashed", "{call}: {error}");
        faults(&home, &json!([]));
        let token = host.token("demo-unit");
        let reply = host.ask(request(&token, PIN, &[login_item()]));
        assert_eq!(reply["type"], "signed", "{call}");
    }
}

#[test]
fn codes_become_codes_of_the_catalogue() {
    let home = home_by_skf("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    for (call, rv, code) in [
        ("SKF_VerifyPIN", 0x0A00_0024_u32, "pin-incorrect"),
        ("SKF_VerifyPIN", 0x0A00_0025, "pin-locked"),
        ("SKF_VerifyPIN", 0x0A00_0029, "pin-not-set"),
        ("SKF_VerifyPIN", 0x0A00_0027, "pin-length"),
        ("SKF_ECCSignData", 0x0A00_0023, "token-removed"),
        ("SKF_ECCSignData", 0x0A00_0003, "mechanism-missing"),
        ("SKF_ECCSignData", 0x0A00_001B, "key-not-found"),
        ("SKF_ECCSignData", 0x0A00_000F, "token-busy"),
        ("SKF_ECCSignData", 0x0A00_002D, "module-failed"),
        ("SKF_ECCSignData", 0x8800_0043, "module-failed"),
    ] {
        faults(&home, &json!([{"call": call, "do": "error", "rv": rv}]));
        let error = host.fail(request(&token, PIN, &[login_item()]));
        assert_eq!(error["code"], code, "{call} {rv:#x}: {error}");
        if code == "module-failed" {
            assert_eq!(error["params"]["call"], "SKF_ECCSignData");
        }
    }
    faults(&home, &json!([]));
    assert_eq!(host.token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn a_driver_that_is_missing_is_not_a_key_that_is_missing() {
    let home = home_by_skf("");
    // One device, and nothing beneath the library.
    only_demo_unit(&home);
    let problem = |told: &Value| told["modules"][0]["problem"].clone();
    let without = |call: &str, rv: u32| {
        faults(&home, &json!([{"call": call, "do": "error", "rv": rv}]));
        (home.host().tokens(), home.doctor())
    };
    let (told, report) = without("SKF_ConnectDev", 1);
    let told = problem(&told);
    assert_eq!(told["code"], "module-incomplete", "{told}");
    let params = json!({"module": "skf", "call": "SKF_ConnectDev", "rv": "0x00000001"});
    assert_eq!(told["params"], params);
    let driver = check(&report, "module", "skf");
    assert_eq!(driver["problem"]["code"], "module-incomplete", "{driver}");
    // Nobody is told to insert what is inserted.
    let key = check(&report, "key", "-");
    assert_eq!(
        (&key["state"], &key["problem"]),
        (&json!("skipped"), &Value::Null)
    );
    let removed = 0x0A00_0023;
    for call in ["SKF_ConnectDev", "SKF_EnumDev"] {
        let (told, report) = without(call, removed);
        assert_eq!(problem(&told), Value::Null, "{call}: {told}");
        assert_eq!(told["tokens"], json!([]));
        assert_eq!(check(&report, "module", "skf")["state"], "ok");
        let key = check(&report, "key", "-");
        assert_eq!(key["problem"]["code"], "no-token", "{call}: {key}");
    }
}

#[test]
fn several_devices_and_no_driver_beneath_them_are_one_thing_to_do() {
    let home = home_by_skf("");
    faults(
        &home,
        &json!([{"call": "SKF_ConnectDev", "do": "error", "rv": 1}]),
    );
    let told = home.host().tokens();
    assert_eq!(told["modules"][0]["problem"]["code"], "module-incomplete");
    assert_eq!(told["tokens"], json!([]));
    // One that opens: the driver is there, and something is wrong with the others.
    faults(
        &home,
        &json!([{"call": "SKF_ConnectDev", "do": "error", "rv": 1, "at": 1}]),
    );
    let told = home.host().tokens();
    assert_eq!(told["modules"][0].get("problem"), None, "{told}");
    let tokens = told["tokens"].as_array().unwrap().iter();
    let reasons = tokens.filter_map(|token| token["problem"]["params"]["reason"].as_str());
    let reasons: Vec<_> = reasons.collect();
    assert_eq!(reasons, ["SKF_ConnectDev: 0x00000001"], "{told}");
}

#[test]
fn a_library_of_skf_is_recognised_where_nobody_says_what_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("skf/tests/skf/c");
    let home = Home::new("");
    let source = in_c(&folder.join("library.c"));
    let hidden = ["-fvisibility=hidden", "-pthread"].into_iter();
    let arguments: Vec<_> = hidden.chain([&*source]).collect();
    let library = c_library_of(home.path(), "skf", &arguments);
    home.configure(&module("unknown", &library, &[]));
    let told = home.host().tokens();
    let token = &told["tokens"][0];
    assert_eq!(token["label"], "Key", "{told}");
    assert_eq!(token["serial"], "0123456789ABCDEF0123456789ABCDEF");
    assert_eq!(token["manufacturer"], "Example");
    assert_eq!(token["pin"], json!({"state": "low", "left": 6}));
    assert_eq!(token["initialPin"], true);
}

#[test]
fn a_seal_is_written_in_the_place_of_another_and_under_its_name() {
    let home = home_with_keys("");
    let old = seal(&home.host().token("demo-unit")["seals"][0]);
    let new = made(&home, &old, |_| {});
    let newer = made(&home, &old, |draft| draft.id = "RENEWED-0002".into());
    only_demo_unit(&home);
    by_skf(&home, "");
    let held = || {
        let told = home.host().token("demo-unit")["seals"].clone();
        let told = told.as_array().unwrap().iter();
        let held: Vec<_> = told
            .map(|told| (told["label"].clone(), seal(told)))
            .collect();
        held
    };
    let name = json!("单位电子印章");
    // A full file area, be it told in the one call or the other, a file that does not read back: the old one stays, alone.
    let full = 0x0A00_0030_u32;
    for (switch, code) in [
        (
            json!({"call": "SKF_CreateFile", "do": "error", "rv": full}),
            "seal-no-room",
        ),
        (
            json!({"call": "SKF_WriteFile", "do": "error", "rv": full}),
            "seal-no-room",
        ),
        (
            json!({"call": "SKF_WriteFile", "do": "lie"}),
            "seal-not-written",
        ),
    ] {
        faults(&home, &json!([switch]));
        let refused = write(&home, "demo-unit", &new, Some(&old), PIN);
        assert_eq!(refused.code(), code, "{refused:?}");
        faults(&home, &json!([]));
        assert_eq!(held(), [(name.clone(), old.clone())]);
    }
    // Interrupted before anything is deleted, and afterwards.
    faults(&home, &json!([{"call": "SKF_DeleteFile", "do": "crash"}]));
    let crashed = write(&home, "demo-unit", &new, Some(&old), PIN);
    assert_eq!(crashed.code(), "module-crashed", "{crashed:?}");
    faults(&home, &json!([]));
    let both: Vec<_> = held().into_iter().map(|(_, seal)| seal).collect();
    assert!(both.contains(&old) && both.contains(&new), "{}", both.len());
    let written = write(&home, "demo-unit", &new, Some(&old), PIN);
    assert_eq!(written.status, Some(0), "{written:?}");
    assert_eq!(held(), [(name.clone(), new.clone())]);
    // Without an interruption.
    let written = write(&home, "demo-unit", &newer, Some(&new), PIN);
    assert_eq!(written.status, Some(0), "{written:?}");
    assert_eq!(held(), [(name, newer)]);
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 10);
}

/// Bytes of a small key.
const ROOM: (&str, &str) = ("YINXIN_SOFTKEY_ROOM", "600000");

#[test]
fn a_key_that_is_full_keeps_its_seal() {
    let home = home_with_keys("");
    let old = seal(&home.host().token("demo-unit")["seals"][0]);
    let new = made(&home, &old, |_| {});
    only_demo_unit(&home);
    by_skf(&home, "");
    let held = || {
        let told = home.host().token("demo-unit");
        assert_eq!(told["pin"]["left"], 10);
        let told = told["seals"].as_array().unwrap().iter();
        let told = told.filter(|told| told["der"].is_string());
        told.map(seal).collect::<Vec<_>>()
    };
    let keys = home.path().join("keys");
    let room = [("YINXIN_SOFTKEY_DIR", &*keys), (ROOM.0, Path::new(ROOM.1))];
    let lines = module("skf", &softkey().library, &room);
    home.configure(&format!("{lines}interface = \"skf\"\n"));
    helped(&home, "full", &[]);
    let refused = write(&home, "demo-unit", &new, Some(&old), PIN);
    assert_eq!(refused.code(), "seal-no-room", "{refused:?}");
    assert!(
        refused.stderr.contains("the old one is still there"),
        "{refused:?}"
    );
    assert_eq!(held(), std::slice::from_ref(&old));
    helped(&home, "room", &[]);
    let written = write(&home, "demo-unit", &new, Some(&old), PIN);
    assert_eq!(written.status, Some(0), "{written:?}");
    assert_eq!(held(), [new]);
}

#[test]
fn a_seal_is_not_written_where_no_listing_would_find_it() {
    let home = home_with_keys("");
    let old = seal(&home.host().token("demo-unit")["seals"][0]);
    let new = made(&home, &old, |_| {});
    only_demo_unit(&home);
    by_skf(&home, "");
    helped(&home, "many files", &[]);
    let refused = write(&home, "demo-unit", &new, Some(&old), PIN);
    assert_eq!(refused.code(), "seal-not-written", "{refused:?}");
    let token = home.host().token("demo-unit");
    assert_eq!(seal(&token["seals"][0]), old);
    assert_eq!(token["pin"]["left"], 10);
}

/// Has a process of its own do something with `demo-unit` through the software key's SKF.
fn helped(home: &Home, what: &str, der: &[u8]) {
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "skf::helper_that_changes_a_key", "--ignored"])
        .env("YINXIN_SOFTKEY_DIR", home.path().join("keys"))
        .env("HELPER_LIBRARY", &softkey().library)
        .env("HELPER_WHAT", what)
        .envs(Some(ROOM).filter(|_| matches!(what, "full" | "room")))
        .env("HELPER_KEY", home.path().join("key.der"))
        .env("HELPER_CERTIFICATE", hex::encode(der))
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

const OTHER_PIN: &str = "135791";

#[test]
#[ignore = "a helper process of other tests"]
fn helper_that_changes_a_key() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let certificate = hex::decode(variable("HELPER_CERTIFICATE")).unwrap();
    let library = Library::load(Path::new(&variable("HELPER_LIBRARY"))).unwrap();
    let device = library.connect(b"demo-unit").unwrap();
    match &variable("HELPER_WHAT")[..] {
        // Until there is room for nothing, or for as many as a listing looks at and more.
        what @ ("full" | "many files") => {
            let names = device.applications().unwrap();
            let application = device.open_application(&names[0]).unwrap();
            application
                .verify_pin(PinKind::User, PIN.as_bytes())
                .unwrap();
            let (mut size, count) = match what {
                "full" => (1 << 16, u32::MAX),
                _ => (1, 100),
            };
            for number in 0..count {
                let info = FileInfo {
                    size,
                    // What nobody may read takes no time of a listing.
                    read: if count == 100 {
                        rights::ANYONE
                    } else {
                        rights::USER
                    },
                    write: rights::USER,
                };
                match application.create_file(format!("{number}").as_bytes(), info) {
                    Ok(()) => {}
                    Err(error) if size > 256 => {
                        assert_eq!(error.code(), Some(Code::NO_ROOM));
                        size /= 2;
                    }
                    Err(_) => break,
                }
            }
        }
        "rsa key" => {
            let names = device.applications().unwrap();
            let application = device.open_application(&names[0]).unwrap();
            application
                .verify_pin(PinKind::User, PIN.as_bytes())
                .unwrap();
            let container = application.create_container(b"rsa").unwrap();
            let PublicKey::Rsa { modulus, exponent } = container.generate_rsa(2048).unwrap() else {
                panic!("a key of RSA");
            };
            let exponent = element(tag::INTEGER, &[&exponent]);
            let key = element(
                tag::SEQUENCE,
                &[&element(tag::INTEGER, &[&[0], &modulus]), &exponent],
            );
            // rsaEncryption with NULL (RFC 8017, A.1).
            let algorithm = hex::decode("300d06092a864886f70d0101010500").unwrap();
            let bits = element(tag::BIT_STRING, &[&[0], &key]);
            let spki = element(tag::SEQUENCE, &[&algorithm, &bits]);
            fs::write(variable("HELPER_KEY"), spki).unwrap();
        }
        "rsa certificate" => {
            let names = device.applications().unwrap();
            let application = device.open_application(&names[0]).unwrap();
            application
                .verify_pin(PinKind::User, PIN.as_bytes())
                .unwrap();
            let container = application.open_container(b"rsa").unwrap();
            container
                .import_certificate(Half::Signing, &certificate)
                .unwrap();
        }
        "room" => {
            let names = device.applications().unwrap();
            let application = device.open_application(&names[0]).unwrap();
            application
                .verify_pin(PinKind::User, PIN.as_bytes())
                .unwrap();
            application.delete_file(b"0").unwrap();
        }
        "application" => {
            device.authenticate(b"1234567812345678").unwrap();
            let (admin, user) = ((&b"12345678"[..], 5), (OTHER_PIN.as_bytes(), 6));
            let made = device.create_application(b"SECOND", admin, user, rights::USER);
            let application = made.unwrap();
            application
                .verify_pin(PinKind::User, OTHER_PIN.as_bytes())
                .unwrap();
            let container = application.create_container(b"encryption").unwrap();
            container
                .import_certificate(Half::Encryption, &certificate)
                .unwrap();
        }
        "new key" => {
            let names = device.applications().unwrap();
            let application = device.open_application(&names[0]).unwrap();
            application
                .verify_pin(PinKind::User, PIN.as_bytes())
                .unwrap();
            for name in application.containers().unwrap() {
                application
                    .open_container(&name)
                    .unwrap()
                    .generate_sm2()
                    .unwrap();
            }
        }
        other => panic!("{other}?"),
    }
}

#[test]
fn each_application_of_a_key_is_a_token_with_a_pin_of_its_own() {
    let home = home_by_skf("");
    only_demo_unit(&home);
    let first = home.host().token("demo-unit");
    let (der, _) = certificate(&first, &signing_id(&first));
    helped(&home, "application", &der);
    let mut host = home.host();
    let told = host.tokens();
    let labels = told["tokens"].as_array().unwrap().iter();
    let labels: Vec<_> = labels
        .map(|token| token["label"].as_str().unwrap())
        .collect();
    let [first, second] = labels[..] else {
        panic!("{told}");
    };
    assert!(
        first.starts_with("demo-unit ") && second == "demo-unit SECOND",
        "{labels:?}"
    );
    let (first, second) = (host.token(first), host.token(second));
    assert_eq!(first["serial"], second["serial"]);
    assert_eq!(second["pin"], json!({"state": "ok", "left": 6}));
    // The second has a certificate, but no key for signatures: told before a try is spent.
    let error = host.fail(request(&second, OTHER_PIN, &[login_item()]));
    assert_eq!(error["code"], "key-not-found");
    let error = host.fail(request(&first, OTHER_PIN, &[login_item()]));
    assert_eq!(error["code"], "pin-incorrect");
    let reply = host.ask(request(&first, PIN, &[login_item()]));
    assert_eq!(reply["type"], "signed");
    let left =
        |host: &mut Host, label: &Value| host.token(label.as_str().unwrap())["pin"]["left"].clone();
    assert_eq!(left(&mut host, &second["label"]), 6);
    assert_eq!(left(&mut host, &first["label"]), 10);
}

#[test]
fn keys_of_rsa_and_of_sm2_in_one_key_sign_each_with_its_own() {
    let home = home_by_skf("");
    only_demo_unit(&home);
    helped(&home, "rsa key", &[]);
    let extensions = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n";
    fs::write(home.path().join("extensions"), extensions).unwrap();
    let openssl = |arguments: &[&str]| {
        let done = outside(home.path(), "openssl", arguments).unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    openssl(&["genpkey", "-algorithm", "RSA", "-out", "ca.key"]);
    openssl(&[
        "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-out", "key.pem",
    ]);
    openssl(&[
        "x509",
        "-new",
        "-subj",
        "/C=CN/CN=Example",
        "-force_pubkey",
        "key.pem",
        "-key",
        "ca.key",
        "-extfile",
        "extensions",
        "-days",
        "30",
        "-outform",
        "DER",
        "-out",
        "made.der",
    ]);
    let made = fs::read(home.path().join("made.der")).unwrap();
    helped(&home, "rsa certificate", &made);
    let mut host = home.host();
    let token = host.token("demo-unit");
    let mut algorithms = Vec::new();
    for held in token["certificates"].as_array().unwrap() {
        let der = Base64::decode_vec(held["certificate"].as_str().unwrap()).unwrap();
        let signer = Certificate::from_der(der).unwrap();
        if !signer.may_sign() {
            continue;
        }
        let (_, name) = certificate(&token, held["id"].as_str().unwrap());
        let reply = host.ask(
            json!({"type": "sign", "origin": ORIGIN, "token": token["token"],
            "certificate": name, "pin": PIN, "items": [login_item()]}),
        );
        assert_eq!(reply["type"], "signed", "{reply}");
        let signature = Base64::decode_vec(reply["signatures"][0].as_str().unwrap()).unwrap();
        let origin = Origin::parse(ORIGIN).unwrap();
        let proof = login::to_be_signed(&origin, Purpose::Login, CHALLENGE, &signer);
        assert!(signer.key().unwrap().verify(&[&proof], &signature));
        algorithms.push(format!("{:?}", signer.signing_algorithm().unwrap()));
    }
    algorithms.sort();
    assert_eq!(algorithms, ["RsaSha256", "Sm2Sm3"]);
    assert_eq!(host.token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn two_keys_of_one_vendor_have_tries_and_logins_of_their_own() {
    let home = home_by_skf("");
    let mut host = home.host();
    let [one, other] = ["demo-unit", "demo-expert"].map(|label| host.token(label));
    let left = |host: &mut Host, label: &str| host.token(label)["pin"]["left"].clone();
    let error = host.fail(request(&one, "999999", &[login_item()]));
    assert_eq!(error["params"]["tries"]["left"], 9);
    assert_eq!(left(&mut host, "demo-expert"), 10);
    // Between two signatures of the one the other is used, and pulled.
    for token in [&other, &one, &other] {
        let reply = host.ask(request(token, PIN, &[login_item()]));
        assert_eq!(reply["type"], "signed", "{reply}");
    }
    fs::remove_dir_all(home.path().join("keys").join("demo-expert")).unwrap();
    let error = host.fail(request(&other, PIN, &[login_item()]));
    assert_eq!(error["code"], "token-removed");
    let reply = host.ask(request(&one, PIN, &[login_item()]));
    assert_eq!(reply["type"], "signed", "{reply}");
    assert_eq!(left(&mut host, "demo-unit"), 10);
}

#[test]
fn a_logout_that_fails_loses_no_signature_and_leaves_the_pin_to_be_asked_for() {
    let home = home_by_skf("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    faults(
        &home,
        &json!([{"call": "SKF_ClearSecureState", "do": "error", "rv": 0x0A00_0001_u32}]),
    );
    let reply = host.ask(request(&token, PIN, &[login_item()]));
    assert_eq!(reply["type"], "signed", "{reply}");
    // Whoever is still logged in: a wrong PIN signs nothing.
    let error = host.fail(request(&token, "999999", &[login_item()]));
    assert_eq!(error["code"], "pin-incorrect", "{error}");
    faults(&home, &json!([]));
    let reply = host.ask(request(&token, PIN, &[login_item()]));
    assert_eq!(reply["type"], "signed", "{reply}");
}

#[test]
fn a_key_that_is_another_one_by_now_signs_nothing() {
    let home = home_by_skf("");
    only_demo_unit(&home);
    let mut host = home.host();
    let token = host.token("demo-unit");
    helped(&home, "new key", &[]);
    let error = host.fail(request(&token, PIN, &[login_item()]));
    assert_eq!(error["code"], "key-not-found");
    assert_eq!(host.token("demo-unit")["pin"]["left"], 10);
}

/// The whole way through a library for 32 bit, by either door. It builds for another target; see CONTRIBUTING.
#[cfg(all(any(target_os = "linux", windows), target_arch = "x86_64"))]
#[test]
#[ignore = "needs a target for 32 bit, and what links and runs for it"]
fn a_key_whose_library_is_for_32_bit_signs() {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
    const TARGET: &str = if cfg!(windows) {
        "i686-pc-windows-gnu"
    } else {
        "i686-unknown-linux-gnu"
    };
    let home = home_with_keys("");
    let own = program();
    let target = own.ancestors().nth(2).unwrap();
    let mut arguments = vec!["build", "--quiet", "--target", TARGET, "--target-dir", "."];
    arguments.extend(["-p", "yinxin-host", "-p", "yinxin-softkey"]);
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    arguments.extend(["--manifest-path", manifest]);
    let built = outside(target, env!("CARGO"), &arguments).unwrap();
    assert!(built.status.success(), "{built:?}");
    let folder = target.join(TARGET).join("debug");
    let program = home.path().join(format!("yinxin-host{EXE_SUFFIX}"));
    fs::copy(&own, &program).unwrap();
    let library = folder.join(format!("{DLL_PREFIX}yinxin_softkey{DLL_SUFFIX}"));
    let keys = home.path().join("keys");
    for interface in ["pkcs11", "skf"] {
        let lines = module("old", &library, &[("YINXIN_SOFTKEY_DIR", &keys)]);
        home.configure(&format!("{lines}interface = \"{interface}\"\n"));
        let beside = home.path().join(format!("yinxin-host-x86{EXE_SUFFIX}"));
        let _ = fs::remove_file(&beside);
        let start = || Home::greeted(home.command_of(&program), DEVELOPMENT_EXTENSION_ID);
        let modules = start().tokens()["modules"].clone();
        assert_eq!(modules[0]["problem"]["code"], "worker-missing");
        let x86 = folder.join(format!("yinxin-host{EXE_SUFFIX}"));
        fs::copy(x86, &beside).unwrap();
        let mut host = start();
        let token = host.token("demo-unit");
        let signed = host.ask(request(&token, PIN, &[login_item()]));
        assert_eq!(signed["type"], "signed", "{interface}: {signed}");
    }
}
