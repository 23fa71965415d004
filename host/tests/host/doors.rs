//! The same keys through PKCS #11 and through SKF at once: each is there once, by the better door, and the doctor names
//! the other.

use crate::support::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Lines that load the software key through both of its doors, from a folder each.
fn both(pkcs11: &Path, skf: &Path) -> String {
    let library = &softkey().library;
    let first = module("by PKCS #11", library, &[("YINXIN_SOFTKEY_DIR", pkcs11)]);
    let second = module("by SKF", library, &[("YINXIN_SOFTKEY_DIR", skf)]);
    format!("{first}interface = \"pkcs11\"\n{second}interface = \"skf\"\n")
}

fn home_with_both_doors() -> Home {
    let home = home_with_keys("");
    let keys = home.path().join("keys");
    home.configure(&both(&keys, &keys));
    home
}

/// Each key's label and module, in order.
fn told(tokens: &Value) -> Vec<(String, String)> {
    let word = |token: &Value, name: &str| token[name].as_str().unwrap().to_owned();
    let mut told: Vec<_> = tokens["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|token| (word(token, "label"), word(token, "module")))
        .collect();
    told.sort();
    told
}

fn login(token: &Value, id: &str) -> Value {
    let (_, name) = certificate(token, id);
    json!({"type": "sign", "origin": "https://portal.example", "token": token["token"], "certificate": name,
           "pin": PIN, "items": [{"type": "login", "purpose": "login", "challenge": "Y2hhbGxlbmdlLTEyMzQ1Njc4"}]})
}

/// The reports on the keys of a label.
fn keys_of<'a>(report: &'a Value, label: &str) -> Vec<&'a Value> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["kind"] == "key" && check["subject"] == label)
        .collect()
}

#[test]
fn a_key_that_both_doors_show_is_there_once_and_the_doctor_names_the_other() {
    let home = home_with_both_doors();
    let tokens = home.host().tokens();
    let told = told(&tokens);
    assert_eq!(told.len(), 8, "{told:?}");
    // Both sign, and both count the tries.
    for (label, module) in &told {
        assert_eq!(module, "by PKCS #11", "{label}");
    }
    let names = tokens["modules"].as_array().unwrap().iter();
    assert!(names.clone().all(|module| module.get("problem").is_none()));
    assert_eq!(names.len(), 2);
    let report = home.doctor();
    let keys = keys_of(&report, "demo-unit");
    assert_eq!(keys.len(), 1, "{report}");
    assert_eq!(evidence(keys[0], "module"), "by PKCS #11");
    assert_eq!(evidence(keys[0], "also read by"), "by SKF");
    for name in ["by PKCS #11", "by SKF"] {
        assert_eq!(evidence(check(&report, "module", name), "keys"), "8");
    }
}

#[test]
fn the_door_that_signs_with_the_certificates_algorithm_is_used() {
    let home = home_with_both_doors();
    // CKR_MECHANISM_INVALID for each mechanism.
    faults(
        &home,
        &json!([{"call": "C_GetMechanismInfo", "do": "error", "rv": 0x70}]),
    );
    let mut host = home.host();
    for (label, module) in told(&host.tokens()) {
        // A curve that SKF does not know: nothing of it is seen there.
        let expected = if label == "demo-p256" {
            "by PKCS #11"
        } else {
            "by SKF"
        };
        assert_eq!(module, expected, "{label}");
    }
    let token = host.token("demo-unit");
    let held = token["certificates"][0]["id"].as_str().unwrap();
    let reply = host.ask(login(&token, held));
    assert_eq!(reply["type"], "signed", "{reply}");
    let report = home.doctor();
    let keys = keys_of(&report, "demo-unit");
    assert_eq!(evidence(keys[0], "module"), "by SKF");
    assert_eq!(evidence(keys[0], "also read by"), "by PKCS #11");
}

#[test]
fn a_reference_to_either_door_goes_on_working_and_the_tries_are_one_keys() {
    let home = home_with_both_doors();
    let keys = home.path().join("keys");
    let both_doors = both(&keys, &keys);
    let skf = both_doors.find("\n[[modules]]\nname = \"by SKF\"").unwrap();
    home.configure(&both_doors[skf..]);
    // The reference of a token is made of its module and of what it says of itself.
    let through_skf = home.host().token("demo-unit");
    assert_eq!(through_skf["module"], "by SKF");
    home.configure(&both_doors);
    let mut host = home.host();
    let shown = host.token("demo-unit");
    assert_eq!(shown["module"], "by PKCS #11");
    for (token, left) in [(&through_skf, 9), (&shown, 8)] {
        let held = token["certificates"][0]["id"].as_str().unwrap();
        let mut wrong = login(token, held);
        wrong["pin"] = json!("999999");
        let error = host.fail(wrong);
        assert_eq!(error["params"]["tries"]["left"], left, "{error}");
        assert_eq!(host.token("demo-unit")["pin"]["left"], left);
    }
    for token in [&through_skf, &shown] {
        let held = token["certificates"][0]["id"].as_str().unwrap();
        let reply = host.ask(login(token, held));
        assert_eq!(reply["type"], "signed", "{reply}");
    }
    assert_eq!(host.token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn a_key_that_comes_and_goes_is_one_through_both_doors() {
    let home = home_with_both_doors();
    let folder = home.path().join("keys").join("demo-unit");
    let elsewhere = home.path().join("pulled");
    let mut host = home.host();
    host.ask(json!({"type": "watch", "on": true}));
    let count = |host: &mut Host| {
        let told = told(&host.tokens());
        told.iter()
            .filter(|(label, _)| label == "demo-unit")
            .count()
    };
    assert_eq!(count(&mut host), 1);
    for (pulled, expected) in [(true, 0), (false, 1)] {
        if pulled {
            fs::rename(&folder, &elsewhere).unwrap();
        } else {
            fs::rename(&elsewhere, &folder).unwrap();
        }
        host.wait_for(|message| message["event"]["type"] == "tokens-changed");
        assert_eq!(count(&mut host), expected);
    }
    assert_eq!(host.token("demo-unit")["module"], "by PKCS #11");
}

#[test]
fn where_one_door_fails_the_key_is_used_through_the_other() {
    let home = home_with_both_doors();
    let mut host = home.host();
    assert_eq!(host.token("demo-unit")["module"], "by PKCS #11");
    faults(
        &home,
        &json!([{"call": "C_GetSlotList", "do": "error", "rv": 0x30}]),
    );
    let tokens = host.tokens();
    assert_eq!(tokens["modules"][0]["problem"]["code"], "module-failed");
    assert_eq!(host.token("demo-unit")["module"], "by SKF");
    // It stays, since sessions go by the reference; whoever starts anew gets the better one.
    faults(&home, &json!([]));
    assert_eq!(host.token("demo-unit")["module"], "by SKF");
    until("the better door", || {
        home.host().token("demo-unit")["module"] == "by PKCS #11"
    });
}

#[test]
fn a_key_that_another_makers_library_shows_too_is_used_by_the_one_that_is_named_first() {
    let home = home_with_keys("");
    let keys = home.path().join("keys");
    // Everything that is public of a key, and a claim of more than the other: PKCS #11 beside SKF.
    let others = home.path().join("others");
    copy(&keys, &others);
    let library = home.path().join("other.so");
    fs::copy(&softkey().library, &library).unwrap();
    let first = module("good", &softkey().library, &[("YINXIN_SOFTKEY_DIR", &keys)]);
    let second = module("stranger", &library, &[("YINXIN_SOFTKEY_DIR", &others)]);
    let second = format!("{second}interface = \"pkcs11\"\n");
    home.configure(&format!("{first}interface = \"skf\"\n{second}"));
    let mut host = home.host();
    let token = host.token("demo-unit");
    assert_eq!(token["module"], "good");
    let report = home.doctor();
    let told = keys_of(&report, "demo-unit");
    assert_eq!(told.len(), 1, "{report}");
    assert_eq!(evidence(told[0], "also read by"), "stranger");
    // While the first fails there is the other; then the first again.
    faults(
        &home,
        &json!([{"call": "SKF_EnumDev", "do": "error", "rv": 0x0A00_0001_u32}]),
    );
    assert_eq!(host.token("demo-unit")["module"], "stranger");
    faults(&home, &json!([]));
    let token = host.token("demo-unit");
    assert_eq!(token["module"], "good");
    let held = token["certificates"][0]["id"].as_str().unwrap();
    let mut wrong = login(&token, held);
    wrong["pin"] = json!("999999");
    assert_eq!(host.fail(wrong)["params"]["tries"]["left"], 9);
    // The stranger was told nothing.
    home.configure(&second);
    assert_eq!(home.host().token("demo-unit")["pin"]["state"], "ok");
}

#[test]
fn other_keys_stay_keys_of_their_own() {
    let home = home_with_keys("");
    let keys = home.path().join("keys");
    let others = home.path().join("others");
    copy(&keys, &others);
    let tokens = home.host().tokens();
    let serial = |label: &str| {
        let tokens = tokens["tokens"].as_array().unwrap();
        let token = tokens.iter().find(|token| token["label"] == label);
        token.unwrap()["serial"].as_str().unwrap().to_owned()
    };
    let renumber = |label: &str, number: &str| {
        let path = others.join(label).join("token");
        let data = fs::read_to_string(&path).unwrap();
        let changed = data.replacen(&serial(label), number, 1);
        assert_ne!(changed, data);
        fs::write(&path, changed).unwrap();
    };
    // Its certificates and another number; another's number and its own certificates; a number that tells nothing.
    renumber("demo-unit", "FEDCBA9876543210");
    renumber("demo-rsa", &serial("demo-expert"));
    for folder in [&keys, &others] {
        let path = folder.join("demo-two").join("token");
        let data = fs::read_to_string(&path).unwrap();
        fs::write(
            path,
            data.replacen(&serial("demo-two"), "0000000000000000", 1),
        )
        .unwrap();
    }
    home.configure(&both(&keys, &others));
    let told = told(&home.host().tokens());
    let of = |label: &str| told.iter().filter(|(name, _)| name == label).count();
    let counts = ["demo-unit", "demo-rsa", "demo-two", "demo-expert"].map(of);
    assert_eq!(counts, [2, 2, 2, 1], "{told:?}");
}
