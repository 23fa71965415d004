//! What keys do for calls of pages: logins with the page's PIN or a typed one, signatures, decryptions, another PIN. The
//! background is played by the test.

use super::bridge::{Listening, listening, rest, start};
use super::support::*;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::net::TcpStream;
use yinxin_pki::asn1::{element, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::key::PublicKey;
use yinxin_pki::sm2::Ciphertext;
use yinxin_pki::{attributes, hash};

const TEXT: &str = "我方承诺投标报价为 141,360.00 元。";
const SIGNATURES: &str = "/11200/RS_KeySignByP1";
const MESSAGES: &str = "/11200/RS_KeySignByP7";

/// A form, its values percent-encoded whole.
fn form(fields: &[(&str, &[u8])]) -> String {
    let encoded = |value: &[u8]| value.iter().map(|byte| format!("%{byte:02x}")).collect();
    let pairs = fields.iter().map(|(name, value)| {
        let value: String = encoded(value);
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A page's call that waits: its number, and its connection.
fn waiting(bridge: &mut Listening, path: &str, fields: &[(&str, &[u8])]) -> (Value, TcpStream) {
    let page = bridge.post(path, &form(fields));
    (bridge.call()["call"].clone(), page)
}

/// Ends a call, so that its page waits no more.
fn answer(bridge: &mut Listening, call: &Value) {
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": call, "body": "{}"}));
}

fn login(bridge: &mut Listening, pin: &str) -> (Value, TcpStream) {
    waiting(
        bridge,
        "/11200/RS_CertLogin",
        &[("containerId", b"a"), ("password", pin.as_bytes())],
    )
}

fn text(bridge: &mut Listening, text: &[u8]) -> (Value, TcpStream) {
    waiting(bridge, SIGNATURES, &[("containerId", b"a"), ("msg", text)])
}

/// A command for a call, with the certificate of an id, and more.
fn command(kind: &str, call: &Value, token: &Value, id: &str, more: Value) -> Value {
    let (_, name) = certificate(token, id);
    let mut command =
        json!({"type": kind, "call": call, "token": token["token"], "certificate": name});
    for (name, value) in more.as_object().unwrap() {
        command[name] = value.clone();
    }
    command
}

fn log_in(call: &Value, token: &Value) -> Value {
    command("bridge-login", call, token, "01", json!({}))
}

fn log_in_with(call: &Value, token: &Value, pin: &str) -> Value {
    command("bridge-login", call, token, "01", json!({"pin": pin}))
}

fn sign(call: &Value, token: &Value) -> Value {
    let form = json!({"type": "bare"});
    command("bridge-sign", call, token, "01", json!({"form": form}))
}

fn sign_with(call: &Value, token: &Value, pin: &str) -> Value {
    let more = json!({"form": {"type": "bare"}, "pin": pin});
    command("bridge-sign", call, token, "01", more)
}

fn change(call: &Value, token: &Value, pin: &str, new: &str) -> Value {
    let more = json!({"pin": pin, "newPin": new});
    command("bridge-change-pin", call, token, "01", more)
}

fn signer(token: &Value) -> Certificate {
    Certificate::from_der(certificate(token, "01").0).unwrap()
}

fn left(host: &mut Host) -> Value {
    host.token("demo-unit")["pin"]["left"].clone()
}

/// A host that listens for tab 7, and the unit's token.
fn with_unit(home: &Home) -> (Listening, Value) {
    let mut bridge = listening(home);
    let token = bridge.host.token("demo-unit");
    (bridge, token)
}

/// The same with an open session.
fn in_session(home: &Home) -> (Listening, Value) {
    let (mut bridge, token) = with_unit(home);
    let (call, _page) = login(&mut bridge, PIN);
    bridge.host.ask(log_in(&call, &token));
    (bridge, token)
}

// ── Logins ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn with_the_pages_pin_a_session_begins_and_signs() {
    let home = home_with_keys("");
    let (mut bridge, token) = with_unit(&home);
    let (call, _page) = login(&mut bridge, PIN);
    assert_eq!(bridge.host.ask(log_in(&call, &token))["type"], "done");
    // Given once.
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-required"
    );
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    let signed = bridge.host.ask(sign(&call, &token));
    let signature = Base64::decode_vec(signed["signatures"][0].as_str().unwrap()).unwrap();
    let key = signer(&token).key().unwrap().clone();
    assert!(key.verify(&[TEXT.as_bytes()], &signature));
    // A call is signed once.
    assert_eq!(
        bridge.host.fail(sign(&call, &token))["code"],
        "message-invalid"
    );
    // What logs out ends it.
    bridge.host.ask(json!({"type": "bridge-logout", "tab": 7}));
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(
        bridge.host.fail(sign(&call, &token))["code"],
        "pin-required"
    );
    // With what is typed it is signed all the same.
    assert_eq!(
        bridge.host.ask(sign_with(&call, &token, PIN))["type"],
        "signed"
    );
}

#[test]
fn a_wrong_pin_of_a_page_is_the_last_until_the_right_one_is_typed() {
    let home = home_with_keys("");
    let (mut bridge, token) = with_unit(&home);
    let before = left(&mut bridge.host).as_u64().unwrap();
    let (call, _page) = login(&mut bridge, "135791");
    let wrong = bridge.host.fail(log_in(&call, &token));
    assert_eq!(wrong["code"], "pin-incorrect");
    assert_eq!(wrong["params"]["tries"]["left"], before - 1);
    // The right one now, in this host and in the next.
    let (call, _page) = login(&mut bridge, PIN);
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-required"
    );
    drop(bridge);
    let (mut bridge, token) = with_unit(&home);
    let (call, _page) = login(&mut bridge, PIN);
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-required"
    );
    assert_eq!(left(&mut bridge.host), before - 1);
    // A wrong one that is typed gives nothing back.
    assert_eq!(
        bridge.host.fail(log_in_with(&call, &token, "135792"))["code"],
        "pin-incorrect"
    );
    let (again, _page) = login(&mut bridge, PIN);
    assert_eq!(
        bridge.host.fail(log_in(&again, &token))["code"],
        "pin-required"
    );
    assert_eq!(
        bridge.host.ask(log_in_with(&call, &token, PIN))["type"],
        "done"
    );
    let (call, _page) = login(&mut bridge, PIN);
    assert_eq!(bridge.host.ask(log_in(&call, &token))["type"], "done");
    assert_eq!(left(&mut bridge.host), before);
}

#[test]
fn of_a_wrong_length_it_costs_the_page_its_try_and_the_key_none() {
    let home = home_with_keys("");
    let (mut bridge, token) = with_unit(&home);
    let before = left(&mut bridge.host);
    let (call, _page) = login(&mut bridge, "1");
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-length"
    );
    let (call, _page) = login(&mut bridge, PIN);
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-required"
    );
    assert_eq!(left(&mut bridge.host), before);
}

#[test]
fn a_page_is_not_tried_while_a_try_is_known_to_be_gone() {
    let home = home_with_keys("");
    let (mut bridge, token) = with_unit(&home);
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    // The user's own, and what the host saw of the key before it says nothing of that.
    assert_eq!(
        bridge.host.fail(sign_with(&call, &token, "135791"))["code"],
        "pin-incorrect"
    );
    let (call, _page) = login(&mut bridge, "135792");
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-required"
    );
    let after = left(&mut bridge.host);
    let (call, _page) = login(&mut bridge, PIN);
    assert_eq!(
        bridge.host.fail(log_in(&call, &token))["code"],
        "pin-required"
    );
    assert_eq!(left(&mut bridge.host), after);
}

#[test]
fn a_thousand_pins_of_pages_cost_one_try() {
    let home = home_with_keys("");
    let mut before = None;
    let mut codes = std::collections::BTreeMap::<String, u32>::new();
    for restart in 0..4 {
        let (mut bridge, token) = with_unit(&home);
        let (_, other) = start(&mut bridge.host, 8);
        let secrets = [bridge.secret.clone(), other];
        before.get_or_insert_with(|| left(&mut bridge.host).as_u64().unwrap());
        for at in 0..125 {
            bridge.secret = secrets[at % 2].clone();
            let pin = format!("{:06}", 300_000 + restart * 1000 + at);
            let (call, _page) = login(&mut bridge, &pin);
            let refused = bridge.host.settled(&log_in(&call, &token));
            *codes
                .entry(refused["error"]["code"].as_str().unwrap().into())
                .or_default() += 1;
            answer(&mut bridge, &call);
            let (call, _page) = waiting(
                &mut bridge,
                "/11200/RS_ChangePassWd",
                &[("oldCode", pin.as_bytes()), ("newCode", b"000000")],
            );
            // Nothing of it is used.
            let bare = command("bridge-change-pin", &call, &token, "01", json!({}));
            assert_eq!(bridge.host.fail(bare)["code"], "pin-required");
            answer(&mut bridge, &call);
        }
        assert_eq!(left(&mut bridge.host), before.unwrap() - 1);
    }
    assert_eq!(codes["pin-incorrect"], 1);
    assert_eq!(codes["pin-required"], 499, "{codes:?}");
}

#[test]
fn a_login_that_was_given_up_leaves_no_session() {
    let home = home_with_keys("");
    let (mut bridge, token) = with_unit(&home);
    for _ in 0..8 {
        let (call, _page) = login(&mut bridge, PIN);
        let request = bridge.host.send(log_in(&call, &token));
        bridge
            .host
            .send(json!({"type": "cancel", "request": request}));
        bridge.host.ask(json!({"type": "bridge-logout", "tab": 7}));
        bridge.host.answer(request);
        let (call, _page) = text(&mut bridge, TEXT.as_bytes());
        assert_eq!(
            bridge.host.fail(sign(&call, &token))["code"],
            "pin-required"
        );
    }
}

// ── Signatures ───────────────────────────────────────────────────────────────────────────────

#[test]
fn nothing_is_signed_without_a_call_that_waits_for_it() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let refused = |bridge: &mut Listening, call: &Value| {
        let error = bridge.host.fail(sign(call, &token));
        assert_eq!(error["code"], "message-invalid", "{call}");
    };
    refused(&mut bridge, &json!(999));
    // One that was answered.
    let (call, page) = text(&mut bridge, TEXT.as_bytes());
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": call, "body": "{}"}));
    rest(page);
    refused(&mut bridge, &call);
    // One whose page hung up.
    let (call, page) = text(&mut bridge, TEXT.as_bytes());
    drop(page);
    bridge.host.wait_for(|message| {
        let event = &message["event"];
        event["type"] == "bridge-gone" && event["call"] == call
    });
    refused(&mut bridge, &call);
    // Those that ask for something else, or for nothing.
    for (path, fields) in [
        ("/11200/RS_CertLogin", &[("msg", TEXT.as_bytes())][..]),
        ("/11200/RS_GetUserList", &[("msg", TEXT.as_bytes())]),
        ("/11200/RS_Nothing", &[("msg", TEXT.as_bytes())]),
        (
            "/11200/RS_VerifySignByP1",
            &[("msg", TEXT.as_bytes()), ("signdMsg", b"a")],
        ),
        (
            "/11200/RS_KeyDecryptData",
            &[("msg", TEXT.as_bytes()), ("encRsKey", b"04")],
        ),
        (SIGNATURES, &[]),
    ] {
        let (call, _page) = waiting(&mut bridge, path, fields);
        refused(&mut bridge, &call);
    }
    // A login wants a call of its own as well.
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    for command in [
        log_in_with(&call, &token, PIN),
        change(&call, &token, PIN, "135790"),
        command("bridge-decrypt", &call, &token, "02", json!({})),
    ] {
        assert_eq!(bridge.host.fail(command)["code"], "message-invalid");
    }
    bridge.host.ask(sign(&call, &token));
}

#[test]
fn a_session_is_of_one_tab_and_one_token() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let rsa = bridge.host.token("demo-rsa");
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(bridge.host.fail(sign(&call, &rsa))["code"], "pin-required");
    let (_, other) = start(&mut bridge.host, 8);
    let own = std::mem::replace(&mut bridge.secret, other);
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(
        bridge.host.fail(sign(&call, &token))["code"],
        "pin-required"
    );
    // With a new document the tab begins anew.
    bridge.secret = own;
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    bridge.host.ask(sign(&call, &token));
    let (_, new) = start(&mut bridge.host, 7);
    bridge.secret = new;
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(
        bridge.host.fail(sign(&call, &token))["code"],
        "pin-required"
    );
    // And with the end of its calls.
    let (call, _page) = login(&mut bridge, "");
    bridge.host.ask(log_in_with(&call, &token, PIN));
    bridge.host.ask(json!({"type": "bridge-stop", "tab": 7}));
    let (_, new) = start(&mut bridge.host, 7);
    bridge.secret = new;
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(
        bridge.host.fail(sign(&call, &token))["code"],
        "pin-required"
    );
}

#[test]
fn attributes_are_those_of_the_calls_text() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let certificate = signer(&token);
    let algorithm = certificate.signing_algorithm().unwrap();
    let built = |text: &[u8]| {
        let digest = hash::digest(algorithm, text);
        let built = attributes::build(algorithm, &certificate, &digest, None);
        json!({"form": {"type": "attributes", "attributes": Base64::encode_string(&built)}})
    };
    let fields = [("msg", TEXT.as_bytes()), ("flag", &b"1"[..])];
    let (call, _page) = waiting(&mut bridge, MESSAGES, &fields);
    let command = |more: Value| command("bridge-sign", &call, &token, "01", more);
    for (more, code) in [
        (built(b"another"), "attributes-refused"),
        (
            json!({"form": {"type": "attributes", "attributes": "MAA="}}),
            "attributes-refused",
        ),
        // The text as it stands, for a call that asks for a message.
        (json!({"form": {"type": "bare"}}), "message-invalid"),
    ] {
        assert_eq!(
            bridge.host.fail(command(more.clone()))["code"],
            code,
            "{more}"
        );
    }
    let own = built(TEXT.as_bytes());
    assert_eq!(bridge.host.ask(command(own.clone()))["type"], "signed");
    assert_eq!(
        bridge.host.fail(command(own.clone()))["code"],
        "message-invalid"
    );
    // And the other way round.
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    let command = self::command("bridge-sign", &call, &token, "01", own);
    assert_eq!(bridge.host.fail(command)["code"], "message-invalid");
}

/// What must never be signed as it stands, raw and as others write it.
#[test]
fn bytes_that_mean_something_elsewhere_are_refused() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let certificate = signer(&token);
    let algorithm = certificate.signing_algorithm().unwrap();
    let der = certificate.der().to_vec();
    let number = element(tag::INTEGER, &[&[1]]);
    let sequence = element(tag::SEQUENCE, &[&number, &number, &number]);
    let attributes = attributes::build(algorithm, &certificate, &[7; 32], None);
    let tls = [
        &[0x20; 64][..],
        b"TLS 1.3, client CertificateVerify\0",
        &[7; 32],
    ]
    .concat();
    let digest = |length: u8| (0..length).map(|at| 0x80 | at).collect::<Vec<u8>>();
    let mut tried = 0;
    for (what, bytes) in [
        ("login", b"YINXIN-LOGIN-V1\nhttps://a.example".to_vec()),
        ("logondata", b"LOGONDATA:abcdef".to_vec()),
        ("attributes", attributes),
        ("certificate", der),
        ("a seal's TBS, CSR, CRL, TSTInfo", sequence),
        ("TLS", tls),
        ("OFD", b"<?xml version=\"1.0\"?><ofd:Signature/>".to_vec()),
        ("SignedInfo", b"<ds:SignedInfo>x</ds:SignedInfo>".to_vec()),
        ("JWS", b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0".to_vec()),
        ("20 bytes", digest(20)),
        ("32 bytes", digest(32)),
        ("48 bytes", digest(48)),
        ("64 bytes", digest(64)),
    ] {
        let readable = std::str::from_utf8(&bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        let mut forms = vec![bytes.clone()];
        // A digest in hex is what random numbers of portals are.
        if !what.ends_with(" bytes") {
            forms.push(hex::encode(&bytes).into_bytes());
            forms.push(Base64::encode_string(&bytes).into_bytes());
        }
        if let Some(text) = readable {
            let units = || text.encode_utf16();
            forms.push(units().flat_map(u16::to_le_bytes).collect());
            forms.push(units().flat_map(u16::to_be_bytes).collect());
            forms.push(encoding_rs::GB18030.encode(text).0.into_owned());
        }
        for form in forms {
            tried += 1;
            let fields = [("containerId", &b"a"[..]), ("msg", &form)];
            let body = self::form(&fields);
            let page = bridge.post(SIGNATURES, &body);
            if std::str::from_utf8(&form).is_err() {
                // Not even taken.
                assert!(rest(page).starts_with("HTTP/1.1 404 "), "{what}");
                continue;
            }
            let call = bridge.call()["call"].clone();
            let error = bridge.host.fail(sign(&call, &token));
            assert_eq!(error["code"], "content-refused", "{what}: {form:02x?}");
            answer(&mut bridge, &call);
        }
    }
    assert!(tried > 40, "{tried}");
    // In a message that carries it as its content, a login is refused as well.
    let fields = [("msg", &b"LOGONDATA:abcdef"[..]), ("flag", b"1")];
    let (call, _page) = waiting(&mut bridge, MESSAGES, &fields);
    let digest = hash::digest(algorithm, b"LOGONDATA:abcdef");
    let built = attributes::build(algorithm, &certificate, &digest, None);
    let more = json!({"form": {"type": "attributes", "attributes": Base64::encode_string(&built)}});
    let command = command("bridge-sign", &call, &token, "01", more);
    assert_eq!(bridge.host.fail(command)["code"], "content-refused");
}

#[test]
fn a_key_pulled_in_a_signature_can_sign_when_it_is_back() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    faults(
        &home,
        &json!([{"call": "C_Sign", "do": "error", "rv": 0x32}]),
    );
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(
        bridge.host.fail(sign(&call, &token))["code"],
        "token-removed"
    );
    faults(&home, &json!([]));
    assert_eq!(bridge.host.ask(sign(&call, &token))["type"], "signed");
}

// ── Another PIN ──────────────────────────────────────────────────────────────────────────────

const NEW: &str = "975310";

fn change_call(bridge: &mut Listening) -> (Value, TcpStream) {
    // What the page sends is not what is used.
    let fields = [("oldCode", &b"111111"[..]), ("newCode", b"222222")];
    waiting(bridge, "/11200/RS_ChangePassWd", &fields)
}

#[test]
fn a_pin_is_changed_and_sessions_go_on() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let before = left(&mut bridge.host);
    let (call, _page) = change_call(&mut bridge);
    for (old, new, code) in [
        (PIN, "1", "pin-length"),
        ("1", NEW, "pin-length"),
        ("135791", NEW, "pin-incorrect"),
    ] {
        let error = bridge.host.fail(change(&call, &token, old, new));
        assert_eq!(error["code"], code, "{old} {new}");
    }
    faults(
        &home,
        &json!([{"call": "C_SetPIN", "do": "error", "rv": 0xa1}]),
    );
    let error = bridge.host.fail(change(&call, &token, PIN, NEW));
    assert_eq!(error["code"], "pin-refused");
    faults(&home, &json!([]));
    let changed = bridge.host.ask(change(&call, &token, PIN, NEW));
    assert_eq!(changed["type"], "done");
    assert_eq!(left(&mut bridge.host), before);
    // The open session signs, with the new one.
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    assert_eq!(bridge.host.ask(sign(&call, &token))["type"], "signed");
    // The page's may be tried again, since the right one was typed.
    let (call, _page) = login(&mut bridge, NEW);
    assert_eq!(bridge.host.ask(log_in(&call, &token))["type"], "done");
    let (call, _page) = text(&mut bridge, TEXT.as_bytes());
    let error = bridge.host.fail(sign_with(&call, &token, PIN));
    assert_eq!(error["code"], "pin-incorrect");
}

#[test]
fn a_session_whose_pin_was_changed_elsewhere_costs_one_try_in_all() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let (_, other) = start(&mut bridge.host, 8);
    let own = std::mem::replace(&mut bridge.secret, other.clone());
    let (call, _page) = login(&mut bridge, PIN);
    bridge.host.ask(log_in(&call, &token));
    // Another host is another program.
    let mut elsewhere = listening(&home);
    let (call, _page) = change_call(&mut elsewhere);
    elsewhere.host.ask(change(&call, &token, PIN, NEW));
    let before = left(&mut bridge.host).as_u64().unwrap();
    let mut codes = Vec::new();
    for secret in [own, other] {
        bridge.secret = secret;
        let (call, _page) = text(&mut bridge, TEXT.as_bytes());
        codes.push(bridge.host.fail(sign(&call, &token))["code"].clone());
    }
    assert_eq!(codes, ["pin-incorrect", "pin-required"]);
    assert_eq!(left(&mut bridge.host), before - 1);
}

#[test]
fn with_a_pad_the_vendors_tool_changes_the_pin() {
    let home = home_with_keys("");
    let (der, _) = certificate(&home.host().token("demo-unit"), "01");
    let key = KeyInC {
        certificate: &der,
        pad: true,
        ..KeyInC::default()
    };
    home.configure(&module("in C", &key.library(home.path(), "key"), &[]));
    let mut bridge = listening(&home);
    let token = bridge.host.token("in C");
    let (call, _page) = change_call(&mut bridge);
    let id = token["certificates"][0]["id"].as_str().unwrap().to_owned();
    let command = command("bridge-change-pin", &call, &token, &id, json!({}));
    let error = bridge.host.fail(command);
    assert_eq!(error["code"], "pin-changed-elsewhere");
}

#[cfg(unix)]
#[test]
fn softhsm2_changes_its_pin() {
    let home = Home::new("");
    let Some(library) = super::softhsm::softhsm(&home, "p256") else {
        return;
    };
    let conf = home.path().join("softhsm2.conf");
    home.configure(&module("softhsm", &library, &[("SOFTHSM2_CONF", &conf)]));
    let mut bridge = listening(&home);
    let token = bridge.host.token("soft");
    let id = token["certificates"][0]["id"].as_str().unwrap().to_owned();
    let change = |call: &Value, pin: &str, new: &str| {
        let more = json!({"pin": pin, "newPin": new});
        command("bridge-change-pin", call, &token, &id, more)
    };
    let (call, _page) = change_call(&mut bridge);
    let error = bridge.host.fail(change(&call, "135791", NEW));
    assert_eq!(error["code"], "pin-incorrect");
    assert_eq!(bridge.host.ask(change(&call, PIN, NEW))["type"], "done");
    assert_eq!(bridge.host.ask(change(&call, NEW, PIN))["type"], "done");
}

// ── Decryption ───────────────────────────────────────────────────────────────────────────────

/// What is encrypted for the unit, as pages write it.
fn encrypted(token: &Value, message: &[u8]) -> Ciphertext {
    let certificate = Certificate::from_der(certificate(token, "02").0).unwrap();
    let Ok(PublicKey::Sm2(key)) = certificate.key() else {
        panic!("no SM2");
    };
    Ciphertext::encrypt(key, message, &[7; 32]).unwrap()
}

fn decrypt(call: &Value, token: &Value, id: &str, more: Value) -> Value {
    command("bridge-decrypt", call, token, id, more)
}

#[test]
fn what_was_encrypted_for_the_user_is_decrypted_once() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let written = hex::encode_upper(encrypted(&token, b"0123456789abcdef").bytes());
    let fields = [("containerId", &b"a"[..]), ("encRsKey", written.as_bytes())];
    let path = "/11200/RS_KeyDecryptData";
    let (call, _page) = waiting(&mut bridge, path, &fields);
    // Not with the key that signs.
    let error = bridge.host.fail(decrypt(&call, &token, "01", json!({})));
    assert_eq!(error["code"], "message-invalid");
    let plain = bridge.host.ask(decrypt(&call, &token, "02", json!({})));
    assert_eq!(plain["type"], "decrypted");
    assert_eq!(
        plain["plaintext"],
        Base64::encode_string(b"0123456789abcdef")
    );
    let again = bridge.host.fail(decrypt(&call, &token, "02", json!({})));
    assert_eq!(again["code"], "message-invalid");
    // Without a session with what is typed; a wrong PIN costs no ciphertext.
    bridge.host.ask(json!({"type": "bridge-logout", "tab": 7}));
    let (call, _page) = waiting(&mut bridge, path, &fields);
    for (more, code) in [
        (json!({}), "pin-required"),
        (json!({"pin": "135791"}), "pin-incorrect"),
    ] {
        let error = bridge.host.fail(decrypt(&call, &token, "02", more));
        assert_eq!(error["code"], code);
    }
    let plain = bridge
        .host
        .ask(decrypt(&call, &token, "02", json!({"pin": PIN})));
    assert_eq!(plain["type"], "decrypted");
    // RSA is no way.
    let rsa = bridge.host.token("demo-rsa");
    for held in rsa["certificates"].as_array().unwrap() {
        let (call, _page) = waiting(&mut bridge, path, &fields);
        let id = held["id"].as_str().unwrap();
        let error = bridge
            .host
            .fail(decrypt(&call, &rsa, id, json!({"pin": PIN})));
        assert_eq!(error["code"], "message-invalid");
    }
}

#[test]
fn whatever_is_wrong_with_a_ciphertext_is_one_code_and_its_end() {
    let home = home_with_keys("");
    let (mut bridge, token) = in_session(&home);
    let good = encrypted(&token, b"0123456789abcdef").bytes();
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        hex::encode(bytes)
    };
    for text in [
        // No point of the curve, another hash, another text, and what has no form at all.
        changed(10),
        changed(70),
        changed(100),
        hex::encode(&good[..97]),
        "04".into(),
        "x".into(),
    ] {
        let fields = [("encRsKey", text.as_bytes())];
        let (call, _page) = waiting(&mut bridge, "/11200/RS_KeyDecryptData", &fields);
        let error = bridge.host.fail(decrypt(&call, &token, "02", json!({})));
        assert_eq!(error["code"], "not-decrypted", "{text}");
        let error = bridge.host.fail(decrypt(&call, &token, "02", json!({})));
        assert_eq!(error["code"], "message-invalid");
    }
}

// ── PINs ─────────────────────────────────────────────────────────────────────────────────────

/// Whether a process has these bytes in memory that it can write; `None` where that can't be looked at.
#[cfg(target_os = "linux")]
fn has_in_memory(pid: u32, wanted: &[u8]) -> Option<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next()?, words.next()?);
        let (from, to) = range.split_once('-')?;
        let [from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        memory.seek(SeekFrom::Start(from)).ok()?;
        if memory.read_exact(&mut bytes).is_ok()
            && bytes.windows(wanted.len()).any(|window| window == wanted)
        {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(unix)]
#[test]
fn no_pin_of_a_page_is_logged_told_or_kept() {
    let home = home_with_keys("log = \"info\"");
    let (mut bridge, token) = with_unit(&home);
    let pages = [PIN, "86420975"];
    let mut told = Vec::new();
    for pin in pages {
        let page = bridge.post(
            "/11200/RS_CertLogin",
            &form(&[("containerId", b"a"), ("password", pin.as_bytes())]),
        );
        let call = bridge.call();
        told.push(call.to_string());
        let outcome = bridge.host.call(log_in(&call["call"], &token));
        told.push(outcome.to_string());
        bridge
            .host
            .ask(json!({"type": "bridge-answer", "call": call["call"], "body": "{}"}));
        told.push(rest(page));
        let page = bridge.post(
            "/11200/RS_ChangePassWd",
            &form(&[("oldCode", pin.as_bytes()), ("newCode", pin.as_bytes())]),
        );
        told.push(bridge.call().to_string());
        drop(page);
    }
    for pin in pages {
        assert!(told.iter().all(|text| !text.contains(pin)), "{told:?}");
    }
    assert_eq!(
        super::memory::with_the_pin(home.path()),
        Vec::<std::path::PathBuf>::new()
    );
    let log = std::fs::read_to_string(home.path().join("state/yinxin/host.log")).unwrap();
    assert!(log.contains("bridge-login: done") && log.contains("bridge-login: pin-incorrect"));
    assert!(!log.contains("RS_"), "not even the page's names: {log}");
    #[cfg(target_os = "linux")]
    {
        bridge.host.ask(json!({"type": "bridge-logout", "tab": 7}));
        // Connections end on threads of their own.
        let host = bridge.host.id();
        for pin in pages {
            match has_in_memory(host, pin.as_bytes()) {
                Some(_) => until("a wiped PIN", || {
                    has_in_memory(host, pin.as_bytes()) == Some(false)
                }),
                None => yinxin_testing::skipped("another process's memory can't be read"),
            }
        }
    }
}
