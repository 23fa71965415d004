//! Signing with the software key: SM2, RSA and P-256, PINs, lockout, cancel, removal.

use crate::support::*;
use base64ct::{Base64, Encoding};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use serde_json::{Value, json};
use std::fs;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::{attributes, hash, login};
use yinxin_proto::page::Purpose;
use yinxin_proto::site::Origin;

const ORIGIN: &str = "https://portal.example";
const CHALLENGE: &str = "Y2hhbGxlbmdlLTEyMzQ1Njc4";

fn login_item() -> Value {
    json!({"type": "login", "purpose": "login", "challenge": CHALLENGE})
}

fn request(token: &Value, id: &str, pin: &str, items: &[Value]) -> Value {
    let (_, name) = certificate(token, id);
    json!({"type": "sign", "origin": ORIGIN, "token": token["token"], "certificate": name,
           "pin": pin, "items": items})
}

fn attributes_item(der: &[u8], content: &[u8]) -> (Value, Vec<u8>) {
    let certificate = Certificate::from_der(der.to_vec()).unwrap();
    let algorithm = certificate.signing_algorithm().unwrap();
    let digest = hash::digest(algorithm, content);
    let built = attributes::build(algorithm, &certificate, &digest, None);
    let item = json!({"type": "attributes", "attributes": Base64::encode_string(&built)});
    (item, built)
}

#[test]
fn a_login_and_documents_are_signed_with_keys_of_each_kind() {
    let home = home_with_keys("");
    let mut host = home.host();
    for label in ["demo-unit", "demo-rsa", "demo-p256"] {
        let token = host.token(label);
        assert_eq!(token["demo"], true);
        let (der, _) = certificate(&token, "01");
        let signer = Certificate::from_der(der.clone()).unwrap();
        let origin = Origin::parse(ORIGIN).unwrap();
        let proof = login::to_be_signed(&origin, Purpose::Login, CHALLENGE, &signer);
        let (first, first_bytes) = attributes_item(&der, b"one");
        let (second, second_bytes) = attributes_item(&der, b"two");
        let id = host.send(request(&token, "01", PIN, &[login_item(), first, second]));
        let reply = host.answer(id)["reply"].clone();
        assert_eq!(reply["type"], "signed", "{label}: {reply}");
        assert!(reply["tokenUs"].as_u64().unwrap() > 0);
        let signatures = reply["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 3);
        let key = signer.key().unwrap();
        for (signature, bytes) in signatures.iter().zip([proof, first_bytes, second_bytes]) {
            let signature = Base64::decode_vec(signature.as_str().unwrap()).unwrap();
            assert!(key.verify(&[&bytes], &signature), "{label}");
        }
        // What was told of the one before may come in between.
        let progress = host.wait_for(|message| message["event"]["id"] == id);
        assert_eq!(
            progress["event"],
            json!({"type": "progress", "id": id, "done": 1})
        );
    }
}

#[test]
fn of_a_slow_batch_it_is_told_how_far_it_has_come_and_of_a_quick_one_not_each_time() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    let mut told = |ms: u32, items: usize| {
        faults(&home, &json!([{"call": "C_Sign", "do": "delay", "ms": ms}]));
        let id = host.send(request(&token, "01", PIN, &vec![login_item(); items]));
        let mut told = Vec::new();
        loop {
            let message = host.next();
            if message["id"] == id {
                assert_eq!(message["reply"]["type"], "signed");
                return told;
            }
            assert_eq!(message["event"]["id"], id);
            told.push(message["event"]["done"].as_u64().unwrap());
        }
    };
    let slow = told(150, 4);
    assert!(slow.len() > 1, "{slow:?}");
    // Even if each took longer than the time between two messages, the last needs none beside the answer.
    let quick = told(0, 100);
    for told in [slow, quick] {
        assert_eq!(told[0], 1);
        assert!(told.is_sorted_by(|a, b| a < b), "{told:?}");
    }
    faults(&home, &json!([]));
}

#[test]
fn what_is_not_a_login_or_the_products_attributes_is_refused() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    let (der, _) = certificate(&token, "01");
    let (other, _) = certificate(&host.token("demo-two"), "01");
    let (foreign, _) = attributes_item(&other, b"one");
    let encoded = |bytes: &[u8]| Base64::encode_string(bytes);
    let signer = Certificate::from_der(der.clone()).unwrap();
    let origin = Origin::parse(ORIGIN).unwrap();
    let proof = login::to_be_signed(&origin, Purpose::Login, CHALLENGE, &signer);
    let (_, own) = attributes_item(&der, b"one");
    let mut longer = own.clone();
    longer.push(0);
    for (item, code) in [
        // Another certificate's attributes.
        (foreign, "attributes-refused"),
        // A login offered as a document, and a bare digest.
        (
            json!({"type": "attributes", "attributes": encoded(&proof)}),
            "attributes-refused",
        ),
        (
            json!({"type": "attributes", "attributes": encoded(&[7; 32])}),
            "attributes-refused",
        ),
        (
            json!({"type": "attributes", "attributes": ""}),
            "attributes-refused",
        ),
        (
            json!({"type": "attributes", "attributes": encoded(&longer)}),
            "attributes-refused",
        ),
        // Attributes over something else than the text of the challenge, from a listed place.
        (
            json!({"type": "logondata", "challenge": CHALLENGE, "attributes": encoded(&own)}),
            "format-not-allowed",
        ),
        (
            json!({"type": "login", "purpose": "login", "challenge": "short"}),
            "challenge-invalid",
        ),
        (
            json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef\u{0}"}),
            "challenge-invalid",
        ),
        (
            json!({"type": "login", "purpose": "pay", "challenge": CHALLENGE}),
            "message-invalid",
        ),
        (
            json!({"type": "digest", "digest": encoded(&[7; 32])}),
            "message-invalid",
        ),
    ] {
        let error = host.fail(request(&token, "01", PIN, std::slice::from_ref(&item)));
        assert_eq!(error["code"], code, "{item}");
    }
    // Nothing of this reached the token: no try is gone.
    assert_eq!(
        host.token("demo-unit")["pin"],
        json!({"state": "ok", "left": 10})
    );
}

#[test]
fn logondata_is_signed_for_listed_origins_only() {
    let home = home_with_keys("");
    let mut development = home.host();
    let token = development.token("demo-unit");
    let (der, _) = certificate(&token, "01");
    let (item, _) = attributes_item(&der, format!("LOGONDATA:{CHALLENGE}").as_bytes());
    let item =
        json!({"type": "logondata", "challenge": CHALLENGE, "attributes": item["attributes"]});
    let (wrong, _) = attributes_item(&der, b"LOGONDATA:something-else-0123");
    let wrong =
        json!({"type": "logondata", "challenge": CHALLENGE, "attributes": wrong["attributes"]});
    let ask = |origin: &str, item: &Value| {
        let mut request = request(&token, "01", PIN, std::slice::from_ref(item));
        request["origin"] = origin.into();
        request
    };
    let mut released = home.released();
    // Both know the key: a busy machine has no time to look for it.
    released.token("demo-unit");
    let refused = "format-not-allowed";
    assert_eq!(
        released.fail(ask("http://localhost:8080", &item))["code"],
        refused
    );
    assert_eq!(
        released.fail(ask("https://zfcg.scsczt.cn", &item))["code"],
        refused
    );
    assert_eq!(
        development.fail(ask("https://portal.example", &item))["code"],
        refused
    );
    let listed = "https://wt.scca.com.cn";
    assert_eq!(
        released.fail(ask(listed, &wrong))["code"],
        "attributes-refused"
    );
    assert_eq!(released.ask(ask(listed, &item))["type"], "signed");
    assert_eq!(
        development.ask(ask("http://localhost:8080", &item))["type"],
        "signed"
    );
}

#[test]
fn certificates_that_do_not_sign_are_refused() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    let error = host.fail(request(&token, "02", PIN, &[login_item()]));
    assert_eq!(error["code"], "certificate-not-for-signing");
    let mut unknown = request(&token, "01", PIN, &[login_item()]);
    unknown["certificate"] = "00".into();
    assert_eq!(host.fail(unknown)["code"], "certificate-not-found");
    let mut elsewhere = request(&token, "01", PIN, &[login_item()]);
    elsewhere["token"] = "00".into();
    assert_eq!(host.fail(elsewhere)["code"], "token-removed");
}

#[test]
fn wrong_pins_count_down_to_the_lock_and_nothing_retries() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-expert");
    // Lengths that the token does not take cost no try.
    for pin in ["", "12345", &"1".repeat(65)] {
        assert_eq!(
            host.fail(request(&token, "01", pin, &[login_item()]))["code"],
            "pin-length"
        );
    }
    let mut without = request(&token, "01", PIN, &[login_item()]);
    without.as_object_mut().unwrap().remove("pin");
    assert_eq!(host.fail(without)["code"], "pin-required");
    for left in (1..10).rev() {
        let error = host.fail(request(&token, "01", "999999", &[login_item()]));
        assert_eq!(error["code"], "pin-incorrect");
        let state = if left == 1 { "final" } else { "low" };
        let tries = json!({"state": state, "left": left});
        assert_eq!(error["params"]["tries"], tries);
        assert_eq!(host.token("demo-expert")["pin"], tries);
    }
    for _ in 0..2 {
        let error = host.fail(request(&token, "01", "999999", &[login_item()]));
        assert_eq!(error["code"], "pin-locked");
    }
    // The right one does not help any more, and another key goes on working.
    assert_eq!(
        host.fail(request(&token, "01", PIN, &[login_item()]))["code"],
        "pin-locked"
    );
    assert_eq!(host.token("demo-expert")["pin"]["state"], "locked");
    let other = host.token("demo-unit");
    assert_eq!(
        host.ask(request(&other, "01", PIN, &[login_item()]))["type"],
        "signed"
    );
}

#[test]
fn a_right_pin_gives_the_tries_back() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    host.fail(request(&token, "01", "999999", &[login_item()]));
    host.ask(request(&token, "01", PIN, &[login_item()]));
    assert_eq!(
        host.token("demo-unit")["pin"],
        json!({"state": "ok", "left": 10})
    );
}

#[test]
fn a_cancel_ends_a_call_that_does_not_come_back() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    faults(&home, &json!([{"call": "C_Sign", "do": "hang"}]));
    let id = host.send(request(&token, "01", PIN, &[login_item()]));
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(
        host.ask(json!({"type": "cancel", "request": id}))["type"],
        "done"
    );
    assert_eq!(host.answer(id)["error"]["code"], "aborted");
    faults(&home, &json!([]));
    assert_eq!(
        host.ask(request(&token, "01", PIN, &[login_item()]))["type"],
        "signed"
    );
}

#[test]
fn a_cancel_stops_a_batch_between_its_items() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    faults(&home, &json!([{"call": "C_Sign", "do": "delay", "ms": 30}]));
    let id = host.send(request(&token, "01", PIN, &vec![login_item(); 100]));
    host.wait_for(|message| message["event"]["type"] == "progress");
    host.send(json!({"type": "cancel", "request": id}));
    assert_eq!(host.answer(id)["error"]["code"], "aborted");
    faults(&home, &json!([]));
    assert_eq!(
        host.ask(request(&token, "01", PIN, &[login_item()]))["type"],
        "signed"
    );
}

#[test]
fn requests_do_not_wait_for_a_slow_signature() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    faults(&home, &json!([{"call": "C_SignInit", "do": "hang"}]));
    let slow = host.send(request(&token, "01", PIN, &[login_item()]));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(
        host.ask(json!({"type": "watch", "on": true}))["type"],
        "done"
    );
    // The last look's keys are shown meanwhile.
    let reply = host.look();
    assert_eq!(reply["modules"][0]["problem"]["code"], "module-slow");
    assert_eq!(reply["tokens"].as_array().unwrap().len(), 8);
    host.ask(json!({"type": "cancel", "request": slow}));
    assert_eq!(host.answer(slow)["error"]["code"], "aborted");
}

#[test]
fn a_key_pulled_in_the_middle_is_told() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    let switches = json!([{"call": "C_Sign", "at": 1, "do": "remove", "token": "demo-unit"}]);
    faults(&home, &switches);
    let error = host.fail(request(&token, "01", PIN, &[login_item()]));
    assert_eq!(error["code"], "token-removed");
    let error = host.fail(request(&token, "01", PIN, &[login_item()]));
    assert_eq!(error["code"], "token-removed");
}

#[test]
fn return_values_become_codes_of_the_catalogue() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    for (call, rv, code) in [
        ("C_Login", 0xA0, "pin-incorrect"),
        ("C_Login", 0xA3, "pin-not-set"),
        ("C_Login", 0xA4, "pin-locked"),
        ("C_Login", 0x102, "pin-not-set"),
        ("C_Login", 0x104, "token-busy"),
        ("C_Login", 0x50, "pin-pad-cancelled"),
        ("C_OpenSession", 0xB1, "token-busy"),
        ("C_SignInit", 0x70, "mechanism-missing"),
        ("C_Sign", 0x32, "token-removed"),
        ("C_Sign", 0x30, "module-failed"),
        ("C_Sign", 0x8000_1234_u32, "module-failed"),
    ] {
        faults(&home, &json!([{"call": call, "do": "error", "rv": rv}]));
        let error = host.fail(request(&token, "01", PIN, &[login_item()]));
        assert_eq!(error["code"], code, "{call} {rv:#x}: {error}");
        if code == "module-failed" {
            assert_eq!(error["params"]["call"], "C_Sign");
        }
    }
}

#[test]
fn each_mechanism_of_the_family_gives_an_accepted_signature() {
    // The first takes e and gives raw, the second takes e and gives DER, the third the message.
    for refused in 0..=3 {
        let home = home_with_keys("");
        let mut host = home.host();
        let token = host.token("demo-unit");
        // CKR_MECHANISM_INVALID
        let switches: Vec<Value> = (1..=refused)
            .map(|at| json!({"call": "C_SignInit", "at": at, "do": "error", "rv": 0x70}))
            .collect();
        faults(&home, &switches.into());
        let answer = host.call(request(&token, "01", PIN, &[login_item()]));
        if refused < 3 {
            assert_eq!(answer["reply"]["type"], "signed", "{refused}: {answer}");
        } else {
            assert_eq!(answer["error"]["code"], "mechanism-missing", "{answer}");
        }
    }
}

#[test]
fn a_signature_of_another_key_than_the_certificates_is_discarded() {
    let home = home_with_keys("");
    let mut host = home.host();
    let (foreign, name) = certificate(&host.token("demo-unit"), "01");
    let keys = home.path().join("keys");
    for (id, code) in [("01", "signature-not-verified"), ("77", "key-not-found")] {
        let label = if id == "01" {
            "demo-two"
        } else {
            "demo-expert"
        };
        add_certificate(&keys, label, id, &foreign);
        let token = host.token(label);
        let error = host.fail(
            json!({"type": "sign", "origin": ORIGIN, "token": token["token"],
            "certificate": name, "pin": PIN, "items": [login_item()]}),
        );
        assert_eq!(error["code"], code);
    }
}

/// Puts a certificate into a demo token, in the place of one with its id.
fn add_certificate(keys: &std::path::Path, label: &str, id: &str, der: &[u8]) {
    let added = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "signing::helper_that_adds_a_certificate",
            "--ignored",
        ])
        .env("YINXIN_SOFTKEY_DIR", keys)
        .env("HELPER_LIBRARY", &softkey().library)
        .env("HELPER_LABEL", label)
        .env("HELPER_ID", id)
        .env("HELPER_CERTIFICATE", hex::encode(der))
        .output()
        .unwrap();
    assert!(added.status.success(), "{added:?}");
}

#[test]
#[ignore = "a helper process of other tests"]
fn helper_that_adds_a_certificate() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let module = Pkcs11::new(variable("HELPER_LIBRARY")).unwrap();
    let locking = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(locking).unwrap();
    let label = variable("HELPER_LABEL");
    let slots = module.get_slots_with_initialized_token().unwrap();
    let slot = slots
        .into_iter()
        .find(|slot| module.get_token_info(*slot).unwrap().label() == label)
        .unwrap();
    let session = module.open_rw_session(slot).unwrap();
    let pin = AuthPin::new(PIN.to_owned().into());
    session.login(UserType::User, Some(&pin)).unwrap();
    let id = hex::decode(variable("HELPER_ID")).unwrap();
    let held = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::Id(id.clone()),
    ];
    for object in session.find_objects(&held).unwrap() {
        session.destroy_object(object).unwrap();
    }
    session
        .create_object(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Subject(vec![0x30, 0]),
            Attribute::Id(id),
            Attribute::Value(hex::decode(variable("HELPER_CERTIFICATE")).unwrap()),
        ])
        .unwrap();
}

#[test]
fn a_key_whose_certificate_is_filled_up_signs() {
    let home = home_with_keys("");
    let token = home.host().token("demo-unit");
    let (der, name) = certificate(&token, "01");
    for (padding, told) in [
        (&[0; 2_000][..], json!(2_000)),
        (&[0xff; 3], json!(3)),
        (&[], Value::Null),
    ] {
        let filled = [&der[..], padding].concat();
        add_certificate(&home.path().join("keys"), "demo-unit", "01", &filled);
        let mut host = home.host();
        let token = host.token("demo-unit");
        assert_eq!(certificate(&token, "01"), (der.clone(), name.clone()));
        let mut held = token["certificates"].as_array().unwrap().iter();
        let held = held.find(|held| held["id"] == "01").unwrap();
        assert_eq!(held["padding"], told);
        let signer = Certificate::from_der(der.clone()).unwrap();
        let (item, bytes) = attributes_item(&filled, b"one");
        let reply = host.ask(request(&token, "01", PIN, &[item]));
        let signature = reply["signatures"][0].as_str().unwrap();
        let signature = Base64::decode_vec(signature).unwrap();
        assert!(signer.key().unwrap().verify(&[&bytes], &signature));
    }
}

#[test]
fn a_crash_in_the_middle_of_a_signature_is_told_once() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    faults(&home, &json!([{"call": "C_Sign", "do": "crash"}]));
    let error = host.fail(request(&token, "01", PIN, &[login_item()]));
    assert_eq!(error["code"], "module-crashed");
    faults(&home, &json!([]));
    assert_eq!(
        host.ask(request(&token, "01", PIN, &[login_item()]))["type"],
        "signed"
    );
}

#[test]
fn the_log_holds_no_pin_and_no_content() {
    let home = home_with_keys("log = \"info\"");
    let mut host = home.host();
    let token = host.token("demo-unit");
    host.ask(request(&token, "01", PIN, &[login_item()]));
    host.fail(request(&token, "01", "999999", &[login_item()]));
    host.ends();
    let log = if cfg!(target_os = "macos") {
        home.path().join("Library/Logs/Yinxin/host.log")
    } else {
        home.path().join("state/yinxin/host.log")
    };
    let text = fs::read_to_string(log).unwrap();
    assert!(
        text.contains("sign: done") && text.contains("sign: pin-incorrect"),
        "{text}"
    );
    for secret in [PIN, "999999", CHALLENGE, "portal.example"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
