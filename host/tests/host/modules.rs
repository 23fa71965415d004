//! Modules of every kind of badness: each gets a code of its own, and the others go on.

use crate::support::*;
use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The problem of a module.
fn problem(reply: &Value, name: &str) -> Value {
    let modules = reply["modules"].as_array().unwrap();
    let module = modules.iter().find(|module| module["name"] == name);
    module.unwrap_or_else(|| panic!("no {name} in {reply}"))["problem"].clone()
}

const HANGS: &str = "
#include <unistd.h>
unsigned long C_GetFunctionList(void **list) { for (;;) sleep(1000); }
";

const CRASHES: &str = "
unsigned long C_GetFunctionList(void **list) { *(volatile int *)0 = 1; return 0; }
";

const PRINTS: &str = "
#include <stdio.h>
__attribute__((constructor)) static void noise(void) { puts(\"debug\"); fflush(stdout); }
unsigned long C_GetFunctionList(void **list) { puts(\"more\"); fflush(stdout); return 5; }
";

#[test]
fn files_that_are_no_module_are_told_apart() {
    let home = Home::new("");
    let folder = home.path().to_owned();
    fs::write(folder.join("text.so"), "not a library").unwrap();
    fs::write(folder.join("old.so"), library_for_32_bit()).unwrap();
    let other = c_library(&folder, "other", "int unrelated(void) { return 0; }");
    let noisy = c_library(&folder, "noisy", PRINTS);
    let modules = [
        ("missing", folder.join("missing.so")),
        ("folder", folder.clone()),
        ("text", folder.join("text.so")),
        ("old", folder.join("old.so")),
        ("other", other),
        ("noisy", noisy),
    ];
    let lines: String = modules
        .iter()
        .map(|(name, path)| module(name, path, &[]))
        .collect();
    home.configure(&lines);
    let reply = home.host().tokens();
    assert_eq!(problem(&reply, "missing")["code"], "module-missing");
    assert_eq!(problem(&reply, "folder")["code"], "module-not-library");
    assert_eq!(problem(&reply, "text")["code"], "module-not-library");
    let old = problem(&reply, "old");
    assert_eq!(old["code"], "worker-missing");
    assert_eq!(old["params"]["found"], "x86 (32 bit)");
    assert_eq!(problem(&reply, "other")["code"], "module-not-library");
    // What a module prints does not reach the protocol.
    let noisy = problem(&reply, "noisy");
    assert_eq!(noisy["code"], "module-failed", "{noisy}");
    assert_eq!(noisy["params"]["rv"], "CKR_GENERAL_ERROR");
}

#[test]
fn a_crash_and_a_hang_leave_the_other_modules_running() {
    let home = home_with_keys("");
    let keys = home.path().join("keys");
    let lines = [
        "load_ms = 6000".to_owned(),
        module("crashes", &c_library(home.path(), "crashes", CRASHES), &[]),
        module("hangs", &c_library(home.path(), "hangs", HANGS), &[]),
        module(
            "softkey",
            &softkey().library,
            &[("YINXIN_SOFTKEY_DIR", &keys)],
        ),
    ];
    home.configure(&lines.join("\n"));
    let mut host = home.host();
    host.ask(json!({"type": "watch", "on": true}));
    // The hanging module does not keep the others waiting until it is stopped.
    let reply = host.look();
    assert_eq!(problem(&reply, "hangs")["code"], "module-slow");
    host.token("demo-unit");
    // Its end is news.
    host.wait_for(|message| message["event"]["type"] == "tokens-changed");
    let again = host.tokens();
    assert_eq!(problem(&again, "hangs")["code"], "module-hung");
    assert_eq!(problem(&again, "crashes")["code"], "module-crashed");
    assert_eq!(problem(&again, "softkey"), Value::Null);
    assert_eq!(again["tokens"].as_array().unwrap().len(), 8);
}

#[test]
fn a_hang_is_told_and_a_fresh_worker_serves_the_next_request() {
    let home = home_with_keys("call_ms = 1000");
    let mut host = home.host();
    assert_eq!(
        host.token("demo-unit")["certificates"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    faults(&home, &json!([{"call": "C_GetSlotList", "do": "hang"}]));
    let hung = problem(&host.tokens(), "softkey");
    assert_eq!(hung["code"], "module-hung");
    assert_eq!(hung["params"]["seconds"], 1);
    faults(&home, &json!([]));
    assert_eq!(host.token("demo-unit")["pin"]["left"], 10);
}

#[test]
fn a_module_that_keeps_crashing_is_not_started_without_end() {
    let home = Home::new("");
    let marker = home.path().join("starts");
    let source = format!(
        "#include <stdio.h>\nunsigned long C_GetFunctionList(void **list) {{\
         FILE *f = fopen(\"{}\", \"a\"); fputs(\"x\", f); fclose(f); __builtin_trap(); }}",
        in_c(&marker)
    );
    let library = c_library(home.path(), "crashes", &source);
    home.configure(&module("crashes", &library, &[]));
    let mut host = home.host();
    for _ in 0..10 {
        assert_eq!(problem(&host.tokens(), "crashes")["code"], "module-crashed");
    }
    let starts = fs::read(&marker).unwrap().len();
    assert!((2..=4).contains(&starts), "{starts} starts");
}

#[test]
fn no_token_an_empty_one_and_garbage_certificates_are_told_apart() {
    let home = home_with_keys("");
    let keys = home.path().join("keys");
    let mut host = home.host();
    fill_token(&keys, "empty", &[]);
    fill_token(&keys, "garbage", &[5]);
    // Larger than any certificate is read.
    fill_token(&keys, "huge", &[70_000]);
    assert_eq!(host.token("empty")["problem"]["code"], "token-empty");
    assert_eq!(host.token("huge")["problem"]["code"], "token-unreadable");
    let garbage = host.token("garbage");
    assert_eq!(garbage["problem"], Value::Null);
    let (der, name) = certificate(&garbage, "00");
    assert_eq!(der, [0x30; 5]);
    let item = json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef"});
    let error = host.fail(json!({"type": "sign", "origin": "https://a.example",
        "token": garbage["token"], "certificate": name, "pin": PIN, "items": [item]}));
    assert_eq!(error["code"], "certificate-unreadable");
    // The good keys are there all the while.
    assert_eq!(host.token("demo-unit")["problem"], Value::Null);

    fs::rename(&keys, home.path().join("gone")).unwrap();
    fs::create_dir(&keys).unwrap();
    let reply = host.tokens();
    assert_eq!(reply["tokens"], json!([]));
    assert_eq!(problem(&reply, "softkey"), Value::Null);
}

#[test]
fn tokens_stuffed_with_garbage_do_not_hide_the_others() {
    let home = home_with_keys("");
    let keys = home.path().join("keys");
    for label in [
        "stuffed-1",
        "stuffed-2",
        "stuffed-3",
        "stuffed-4",
        "stuffed-5",
    ] {
        fill_token(&keys, label, &[60_000; 5]);
    }
    let mut host = home.host();
    // Once all are known, a listing has them all.
    host.token("demo-unit");
    let reply = host.tokens();
    let of = |label: &str| {
        let tokens = reply["tokens"].as_array().unwrap();
        let token = tokens.iter().find(|token| token["label"] == label).unwrap();
        (
            token["certificates"].as_array().unwrap().len(),
            token["problem"]["code"].clone(),
        )
    };
    assert_eq!(of("demo-unit"), (2, Value::Null));
    // No token gives more than 256 KiB, and what does not fit into a frame is left out.
    let stuffed: Vec<_> = (1..=5)
        .map(|number| of(&format!("stuffed-{number}")))
        .collect();
    assert!(stuffed.contains(&(4, Value::Null)), "{stuffed:?}");
    assert!(
        stuffed.contains(&(0, "token-unreadable".into())),
        "{stuffed:?}"
    );
}

/// Makes a token of the software key with certificates of so many bytes of garbage.
fn fill_token(keys: &Path, label: &str, sizes: &[usize]) {
    fs::create_dir(keys.join(label)).unwrap();
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    // The module reads its folder from the environment, so it is another process's work.
    let made = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "modules::helper_that_fills_a_token", "--ignored"])
        .env("YINXIN_SOFTKEY_DIR", keys)
        .env("HELPER_LIBRARY", &softkey().library)
        .env("HELPER_LABEL", label)
        .env("HELPER_SIZES", sizes.join(" "))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

#[test]
#[ignore = "a helper process of other tests"]
fn helper_that_fills_a_token() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let module = Pkcs11::new(variable("HELPER_LIBRARY")).unwrap();
    let session = fresh_token(&module, &variable("HELPER_LABEL"));
    for (id, size) in variable("HELPER_SIZES").split_whitespace().enumerate() {
        session
            .create_object(&[
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Subject(vec![0x30, 0]),
                Attribute::Id(vec![u8::try_from(id).unwrap()]),
                Attribute::Value(vec![0x30; size.parse().unwrap()]),
            ])
            .unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn workers_die_with_a_killed_host_even_inside_a_hung_call() {
    let home = Home::new("");
    let library = c_library(home.path(), "hangs", HANGS);
    home.configure(&module("hangs", &library, &[]));
    let mut host = home.host();
    host.send(json!({"type": "tokens"}));
    until("a worker", || !children(host.id()).is_empty());
    let workers = children(host.id());
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(workers.iter().all(|worker| is_alive(*worker)));
    host.kill();
    until("no worker", || {
        !workers.iter().any(|worker| is_alive(*worker))
    });
}

#[cfg(target_os = "linux")]
#[test]
fn workers_die_when_the_browser_closes_the_pipe() {
    let home = Home::new("");
    let library = c_library(home.path(), "hangs", HANGS);
    home.configure(&module("hangs", &library, &[]));
    let mut host = home.host();
    host.send(json!({"type": "tokens"}));
    until("a worker", || !children(host.id()).is_empty());
    let workers = children(host.id());
    host.close();
    until("no worker", || {
        !workers.iter().any(|worker| is_alive(*worker))
    });
}

/// Pulls a key and puts it back while a host watches.
fn watch(home: &Home) {
    let keys = home.path().join("keys");
    let mut host = home.host();
    let before = host.token("demo-unit")["token"].clone();
    assert_eq!(
        host.ask(json!({"type": "watch", "on": true}))["type"],
        "done"
    );
    std::thread::sleep(std::time::Duration::from_millis(300));
    let away = home.path().join("away");
    for (from, to) in [
        (keys.join("demo-unit"), away.clone()),
        (away, keys.join("demo-unit")),
    ] {
        fs::rename(from, to).unwrap();
        host.wait_for(|message| message["event"]["type"] == "tokens-changed");
    }
    // The same key has the same name again.
    assert_eq!(host.token("demo-unit")["token"], before);
    assert_eq!(
        host.ask(json!({"type": "watch", "on": false}))["type"],
        "done"
    );
}

#[test]
fn a_key_that_comes_or_goes_is_told_by_the_blocking_wait() {
    watch(&home_with_keys(""));
}

#[test]
fn a_key_that_comes_or_goes_is_told_by_looking_where_a_module_cannot_wait() {
    let home = home_with_keys("");
    // CKR_FUNCTION_NOT_SUPPORTED
    let switches = json!([{"call": "C_WaitForSlotEvent", "do": "error", "rv": 0x54}]);
    faults(&home, &switches);
    watch(&home);
}

#[test]
fn modules_of_the_field_are_initialised_and_read_as_they_are() {
    let home = Home::new("");
    let folder = home.path().to_owned();
    let certificate = [0x30, 3, 2, 1, 5];
    let key = |name: &str, initialize, token_info, described| {
        let key = KeyInC {
            certificate: &certificate,
            initialize,
            token_info,
            described,
            ..KeyInC::default()
        };
        module(name, &key.library(&folder, name), &[])
    };
    let lines = [
        // CKR_ARGUMENTS_BAD for anything but NULL_PTR; CKR_CANT_LOCK for locks alone.
        key("null", "if (arguments) return 7;", "", ""),
        key(
            "alone",
            "if (!arguments || arguments[32] & 2) return 10;",
            "",
            "",
        ),
        key("never", "return 7;", "", ""),
        // No CKF_TOKEN_INITIALIZED, and strings of NULs.
        key(
            "unset",
            "",
            "numbers[0] = 0;",
            "memset(info, 0, 96); memcpy(info, \"\\xcb\\xc4\\xb4\\xa8\", 4);",
        ),
    ];
    home.configure(&lines.concat());
    let reply = home.host().tokens();
    for name in ["null", "alone", "unset"] {
        assert_eq!(problem(&reply, name), Value::Null, "{name}: {reply}");
    }
    assert_eq!(problem(&reply, "never")["code"], "module-load-failed");
    let tokens = reply["tokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 3, "{reply}");
    let unset = tokens.iter().find(|token| token["module"] == "unset");
    let unset = unset.unwrap();
    assert_eq!(unset["label"], "四川");
    assert_eq!(unset["serial"], "");
    assert_eq!(unset["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(unset["problem"], Value::Null);
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_nobody_needs_ends_and_is_started_again() {
    let home = home_with_keys("idle_ms = 300");
    let mut host = home.host();
    host.token("demo-unit");
    until("the worker ends", || children(host.id()).is_empty());
    // While somebody watches the keys it stays.
    host.call(json!({"type": "watch", "on": true}));
    host.token("demo-unit");
    let watching = children(host.id());
    assert_eq!(watching.len(), 1);
    std::thread::sleep(std::time::Duration::from_millis(900));
    assert_eq!(children(host.id()), watching);
    host.call(json!({"type": "watch", "on": false}));
    until("the worker ends", || children(host.id()).is_empty());
    host.token("demo-unit");
}
