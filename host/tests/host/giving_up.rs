//! Giving a request up: without a try of the PIN where that is still possible; else the try is told.

use crate::support::*;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::fs;
use std::thread;
use std::time::Duration;

const WRONG: &str = "999999";

fn request(token: &Value, pin: Option<&str>) -> Value {
    let certificates = token["certificates"].as_array().unwrap();
    let (_, name) = certificate(token, certificates[0]["id"].as_str().unwrap());
    let item = json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef"});
    let mut request = json!({"type": "sign", "origin": "https://portal.example",
        "token": token["token"], "certificate": name, "items": [item]});
    if let Some(pin) = pin {
        request["pin"] = pin.into();
    }
    request
}

#[test]
fn a_request_given_up_before_its_module_is_loaded_costs_no_try() {
    let home = home_with_keys("");
    let token = home.host().token("demo-unit");
    let mut host = home.host();
    host.send_together(vec![
        request(&token, Some(WRONG)),
        json!({"type": "cancel", "request": 1}),
    ]);
    assert_eq!(host.answer(1)["error"]["code"], "aborted");
    assert_eq!(host.token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn a_request_given_up_is_told_so_where_its_module_takes_too_long_to_list() {
    let home = home_with_keys("");
    let token = home.host().token("demo-unit");
    // Longer than any listing is waited for.
    faults(
        &home,
        &json!([{"call": "C_GetSlotList", "do": "delay", "ms": 8_000}]),
    );
    let mut host = home.host();
    host.send_together(vec![
        request(&token, Some(WRONG)),
        json!({"type": "cancel", "request": 1}),
    ]);
    assert_eq!(host.answer(1)["error"]["code"], "aborted");
    let busy = host.send(request(&token, Some(WRONG)));
    assert_eq!(host.answer(busy)["error"]["code"], "token-busy");
    faults(&home, &json!([]));
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn a_worker_looks_for_the_end_just_before_it_logs_in() {
    let home = home_with_keys("");
    let token = home.host().token("demo-unit");
    // The last call before the login.
    faults(
        &home,
        &json!([{"call": "C_OpenSession", "do": "delay", "ms": 1_000}]),
    );
    let mut command = home.command();
    command
        .arg("worker")
        .env("YINXIN_SOFTKEY_DIR", home.path().join("keys"));
    let mut worker = Host::start(&mut command);
    let key = json!({"sm2": {"point": Base64::encode_string(&[4; 65])}});
    // What stands before it is the host's own mark of the module.
    let reference = &token["token"].as_str().unwrap()[16..];
    for message in [
        json!({"load": {"name": "softkey", "path": softkey().library, "family": null,
               "demo": true, "blocking_wait": false, "memory_mib": 0}}),
        json!({"sign": {"token": reference, "id": "01", "key": key, "pin": WRONG, "inputs": []}}),
        json!({"cancel": {}}),
    ] {
        worker.frame(message.to_string().as_bytes());
    }
    let failed = worker.wait_for(|message| message.get("failed").is_some());
    assert_eq!(failed["failed"]["error"]["code"], "aborted");
    faults(&home, &json!([]));
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn whenever_a_request_is_given_up_its_answer_is_true_of_the_tries() {
    let home = home_with_keys("");
    let mut host = home.host();
    let token = host.token("demo-unit");
    let mut left = 10;
    // Moments from before the login to after it.
    for moment in 0..8 {
        let signing = host.send(request(&token, Some(WRONG)));
        thread::sleep(Duration::from_millis(moment * moment * 8));
        host.send(json!({"type": "cancel", "request": signing}));
        let error = host.answer(signing)["error"].clone();
        if error["code"] != "aborted" {
            left -= 1;
            assert_eq!(error["code"], "pin-incorrect", "{moment}");
            assert_eq!(error["params"]["tries"]["left"], left, "{moment}");
        }
        assert_eq!(host.token("demo-unit")["pin"]["left"], left, "{moment}");
    }
}

/// A key whose login says that it has begun, and waits until it may go on.
struct Slow {
    home: Home,
    host: Host,
    signing: u32,
}

impl Slow {
    /// Gives a request up in the middle of its login, which then ends with a return value.
    fn given_up(pad: bool, value: &str) -> Self {
        let home = home_with_keys("");
        let (der, _) = certificate(&home.host().token("demo-unit"), "01");
        let place = |name: &str| in_c(&home.path().join(name));
        let login = format!(
            "fclose(fopen(\"{}\", \"w\")); while (access(\"{}\", 0)) usleep(1000); return {value};",
            place("begun"),
            place("goes-on")
        );
        let key = KeyInC {
            certificate: &der,
            pad,
            login: &login,
            ..KeyInC::default()
        };
        let library = key.library(home.path(), "key");
        home.configure(&format!(
            "call_ms = 3000\n{}",
            module("in C", &library, &[])
        ));
        let mut host = home.host();
        let token = host.token("in C");
        let signing = host.send(request(&token, (!pad).then_some(WRONG)));
        until("a login", || home.path().join("begun").exists());
        assert_eq!(
            host.ask(json!({"type": "cancel", "request": signing}))["type"],
            "done"
        );
        Self {
            home,
            host,
            signing,
        }
    }

    fn goes_on(&self) {
        fs::write(self.home.path().join("goes-on"), "").unwrap();
    }

    fn code(&mut self) -> Value {
        self.host.answer(self.signing)["error"]["code"].clone()
    }
}

#[test]
fn a_login_that_has_begun_is_waited_for_and_a_wrong_pin_told() {
    // CKR_PIN_INCORRECT, CKR_PIN_LOCKED
    for (value, code) in [("0xa0", "pin-incorrect"), ("0xa4", "pin-locked")] {
        let mut slow = Slow::given_up(false, value);
        slow.goes_on();
        assert_eq!(slow.code(), code);
    }
}

#[test]
fn after_a_login_with_the_right_pin_nothing_more_is_done() {
    let mut slow = Slow::given_up(false, "0");
    slow.goes_on();
    assert_eq!(slow.code(), "aborted");
}

#[test]
fn a_login_that_never_comes_back_is_told_as_that() {
    assert_eq!(Slow::given_up(false, "0").code(), "module-hung");
}

#[test]
fn nobody_waits_for_a_person_at_a_pad() {
    assert_eq!(Slow::given_up(true, "0").code(), "aborted");
}
