//! The installer, as browsers and the doctor see what it wrote.

use crate::support::*;
use serde_json::Value;
use std::fs;
use std::process::Command;
use yinxin_proto::site::{DEVELOPMENT_EXTENSION_ID, RELEASED_EXTENSION_ID};

const MANIFEST: &str = "NativeMessagingHosts/yinxin.host.json";

fn browser(home: &Home, name: &str) -> Value {
    check(&home.doctor(), "registration", name).clone()
}

#[test]
fn a_registered_host_starts_and_the_doctor_says_so() {
    let home = Home::new("");
    let manifests = [
        ("chromium", home.browser("chromium")),
        ("chrome", home.browser("google-chrome")),
        ("edge", home.browser("microsoft-edge")),
    ];
    let missing = |name: &str| {
        assert_eq!(
            browser(&home, name)["problem"]["code"],
            "registration-missing"
        );
    };
    missing("chrome");
    for _ in 0..2 {
        assert_eq!(home.run(&["install"]).status, Some(0));
    }
    let report = home.doctor();
    for (name, path) in &manifests {
        let browser = check(&report, "registration", name);
        assert_eq!(browser["state"], "ok", "{browser}");
        assert_eq!(evidence(browser, "version"), env!("CARGO_PKG_VERSION"));
        let text = fs::read_to_string(path).unwrap();
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
    missing("edge");
    assert_eq!(home.run(&["uninstall"]).status, Some(0));
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
    fs::create_dir(profile.join("Default")).unwrap();
    let folder = profile.to_str().unwrap();
    let told = home.run(&["doctor", "--json", "--user-data-dir", folder]);
    let subject = "~/it's a profile";
    assert_eq!(
        check(&told.json(), "registration", subject)["state"],
        "ok",
        "{told:?}"
    );
    // Repaired, it keeps its configuration.
    let good = fs::read(profile.join(MANIFEST)).unwrap();
    fs::write(profile.join(MANIFEST), "{").unwrap();
    let repaired = home.run(&["doctor", "--repair", "--user-data-dir", folder]);
    assert_eq!(repaired.status, Some(0), "{repaired:?}");
    let launcher = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap()["path"].clone();
    let mended = fs::read(profile.join(MANIFEST)).unwrap();
    assert_eq!(launcher(&mended), launcher(&good));
    // The other browsers were left alone.
    let chrome = browser(&home, "chrome");
    assert_eq!(
        (&chrome["state"], &chrome["problem"]),
        (&"skipped".into(), &Value::Null)
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
    let report = home.doctor();
    let configuration = check(&report, "configuration", "host.toml");
    assert_eq!(configuration["problem"]["code"], "configuration-invalid");
    assert_eq!(report["healthy"], false);
}
