//! The installer, and the doctor's words about what it finds.

use crate::support::*;
use serde_json::Value;
use std::fs;
use std::process::Command;
use yinxin_proto::site::{DEVELOPMENT_EXTENSION_ID, RELEASED_EXTENSION_ID};

const MANIFEST: &str = "NativeMessagingHosts/yinxin.host.json";

fn doctor(home: &Home) -> Value {
    home.run(&["doctor", "--json"]).json()
}

fn browser(report: &Value, name: &str) -> Value {
    let browsers = report["browsers"].as_array().unwrap();
    browsers
        .iter()
        .find(|browser| browser["browser"] == name)
        .unwrap()
        .clone()
}

#[test]
fn a_registered_host_starts_and_the_doctor_says_so() {
    let home = Home::new("");
    let before = doctor(&home);
    assert_eq!(
        browser(&before, "chrome")["problem"]["code"],
        "registration-missing"
    );
    for _ in 0..2 {
        assert_eq!(home.run(&["install"]).status, Some(0));
    }
    let report = doctor(&home);
    for name in ["chromium", "chrome", "edge"] {
        let browser = browser(&report, name);
        assert_eq!(browser["problem"], Value::Null, "{browser}");
        assert!(browser["greetingMs"].is_u64());
        let text = fs::read_to_string(browser["manifest"].as_str().unwrap()).unwrap();
        let manifest: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["name"], "yinxin.host");
        assert_eq!(manifest["type"], "stdio");
        let origins = manifest["allowed_origins"].as_array().unwrap();
        assert!(origins.contains(&format!("chrome-extension://{RELEASED_EXTENSION_ID}/").into()));
        // The configuration names it.
        assert!(
            origins.contains(&format!("chrome-extension://{DEVELOPMENT_EXTENSION_ID}/").into())
        );
    }
    // There is nothing to sign with.
    assert_eq!(report["healthy"], false);
    assert_eq!(home.run(&["uninstall"]).status, Some(0));
    assert_eq!(
        browser(&doctor(&home), "edge")["problem"]["code"],
        "registration-missing"
    );
    assert_eq!(home.run(&["uninstall"]).status, Some(0));
}

#[test]
fn the_doctor_says_why_a_registered_host_cannot_start() {
    let home = Home::new("");
    home.run(&["install", "--browser", "chrome"]);
    let path = browser(&doctor(&home), "chrome")["manifest"]
        .as_str()
        .unwrap()
        .to_owned();
    let good: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let check = |change: &dyn Fn(&mut Value), word: &str| {
        let mut manifest = good.clone();
        change(&mut manifest);
        fs::write(&path, manifest.to_string()).unwrap();
        let problem = browser(&doctor(&home), "chrome")["problem"].clone();
        assert_eq!(problem["code"], "registration-broken", "{word}");
        let reason = problem["params"]["reason"].as_str().unwrap();
        assert!(reason.contains(word), "{reason}");
    };
    check(
        &|m| m["path"] = "/nowhere/yinxin-host".into(),
        "/nowhere/yinxin-host",
    );
    check(&|m| m["path"] = "yinxin-host".into(), "absolute");
    check(&|m| m["path"] = "/bin/true".into(), "without a greeting");
    check(&|m| m["type"] = "tcp".into(), "tcp");
    check(&|m| m["name"] = "other".into(), "other");
    check(
        &|m| m["allowed_origins"] = serde_json::json!([]),
        "allowed_origins",
    );
    fs::write(&path, "{").unwrap();
    let problem = browser(&doctor(&home), "chrome")["problem"].clone();
    assert!(
        problem["params"]["reason"]
            .as_str()
            .unwrap()
            .starts_with("manifest")
    );
    // Installing again mends it.
    home.run(&["install", "--browser", "chrome"]);
    assert_eq!(browser(&doctor(&home), "chrome")["problem"], Value::Null);
}

#[test]
fn a_profile_of_its_own_gets_its_own_configuration() {
    let home = Home::new("");
    let profile = home.path().join("it's a profile");
    let own = home.path().join("own.toml");
    fs::write(&own, "# mine\nvendors = false\n").unwrap();
    let install = |extra: &[&str]| {
        let mut arguments = vec!["install", "--user-data-dir", profile.to_str().unwrap()];
        arguments.extend(["--config", own.to_str().unwrap()]);
        arguments.extend(["--extension-id", DEVELOPMENT_EXTENSION_ID]);
        arguments.extend(extra);
        home.run(&arguments)
    };
    // A dry run says what it would do, and does nothing.
    assert!(install(&["--dry-run"]).stdout.contains("own.toml"));
    assert!(!profile.exists());
    assert_eq!(install(&[]).status, Some(0));
    let text = fs::read_to_string(&own).unwrap();
    assert!(
        text.starts_with("# mine") && text.contains(DEVELOPMENT_EXTENSION_ID),
        "{text}"
    );
    let manifest = fs::read_to_string(profile.join(MANIFEST)).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    // As the browser starts it: nothing but the caller, and a world without our variable.
    let mut command = Command::new(manifest["path"].as_str().unwrap());
    command
        .arg(format!("chrome-extension://{DEVELOPMENT_EXTENSION_ID}/"))
        .env_remove("YINXIN_HOST_CONFIG")
        .env("HOME", "/nonexistent");
    let mut host = Host::start(&mut command);
    assert_eq!(host.next()["type"], "greeting");
    assert_eq!(host.tokens()["type"], "tokens");
    drop(host);
    let told = home.run(&[
        "doctor",
        "--json",
        "--user-data-dir",
        profile.to_str().unwrap(),
    ]);
    assert_eq!(
        browser(&told.json(), profile.to_str().unwrap())["problem"],
        Value::Null
    );
    // The other browsers were left alone.
    assert_eq!(
        browser(&doctor(&home), "chrome")["problem"]["code"],
        "registration-missing"
    );
    home.run(&["uninstall", "--user-data-dir", profile.to_str().unwrap()]);
    assert_eq!(
        fs::read_dir(profile.join("NativeMessagingHosts"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_broken_configuration_is_not_overwritten() {
    let home = Home::new("x = 1");
    let before = fs::read(home.config()).unwrap();
    let output = home.run(&[
        "install",
        "--extension-id",
        "abcdefghijklmnopabcdefghijklmnop",
    ]);
    assert_eq!(output.code(), "configuration-invalid");
    assert_eq!(fs::read(home.config()).unwrap(), before);
    let report = doctor(&home);
    assert_eq!(
        report["configuration"]["problem"]["code"],
        "configuration-invalid"
    );
    assert_eq!(report["healthy"], false);
}

#[test]
fn the_doctor_looks_into_modules() {
    let home = home_with_keys("");
    let report = doctor(&home);
    assert_eq!(report["modules"][0]["tokens"].as_array().unwrap().len(), 8);
    assert_eq!(report["healthy"], true);
    let text = home.run(&["doctor"]).stdout;
    assert!(
        text.contains("✓ module softkey") && text.contains("demo-unit"),
        "{text}"
    );
}
