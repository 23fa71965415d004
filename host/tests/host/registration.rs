//! The installer, as browsers and the doctor see what it wrote.

use crate::support::*;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
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

/// A browser that is there, and the system-wide manifest that it finds.
fn chrome_for_all(home: &Home) -> (PathBuf, PathBuf) {
    let user = home.browser("google-chrome");
    home.run(&["install", "--browser", "chrome"]);
    let good = fs::read(&user).unwrap();
    fs::remove_file(&user).unwrap();
    let system = home.system_file(SYSTEM, &good);
    (user, system)
}

const SYSTEM: &str = "etc/opt/chrome/native-messaging-hosts/yinxin.host.json";

fn policy(home: &Home, file: &str, text: &Value) {
    let path = format!("etc/opt/chrome/policies/managed/{file}");
    home.system_file(&path, text.to_string().as_bytes());
}

fn code(check: &Value) -> &Value {
    &check["problem"]["code"]
}

fn shown(home: &Home, path: &Path) -> String {
    let path = path.display().to_string();
    path.replace(&home.path().display().to_string(), "~")
}

#[test]
fn the_users_registration_wins_over_that_of_all_users_which_is_never_written() {
    let home = Home::new("");
    let (user, system) = chrome_for_all(&home);
    let found = browser(&home, "chrome");
    assert_eq!(found["state"], "ok", "{found}");
    assert_eq!(evidence(&found, "manifest"), shown(&home, &system).as_str());
    assert_eq!(
        evidence(&found, "registered for"),
        "all users; an administrator can change it"
    );
    // Broken for all users: the user's own is what one press writes.
    fs::write(&system, "{").unwrap();
    let found = browser(&home, "chrome");
    assert_eq!(code(&found), "registration-broken");
    let path = &found["problem"]["params"]["path"];
    assert_eq!(*path, shown(&home, &system).as_str());
    assert_eq!(found["repair"]["browser"], "chrome");
    let made = home.run(&["doctor", "--repair", "--json"]).json();
    assert_eq!(made[0]["path"], user.to_str().unwrap());
    assert_eq!(made.as_array().unwrap().len(), 1);
    let found = browser(&home, "chrome");
    assert_eq!(found["state"], "ok");
    assert_eq!(evidence(&found, "registered for"), "this user");
    assert_eq!(
        evidence(&found, "manifest not taken"),
        shown(&home, &system).as_str()
    );
    assert_eq!(fs::read_to_string(&system).unwrap(), "{");
    // A user's that is broken is not made good by the system's.
    let good = fs::read(&user).unwrap();
    fs::write(&system, &good).unwrap();
    fs::write(&user, "{").unwrap();
    assert_eq!(code(&browser(&home, "chrome")), "registration-broken");
    home.run(&["uninstall"]);
    assert!(!user.exists());
    assert_eq!(fs::read(&system).unwrap(), good);
}

#[test]
fn a_program_for_all_users_beside_the_users_own_is_told() {
    let home = Home::new("");
    let (_, system) = chrome_for_all(&home);
    home.run(&["install", "--browser", "chrome"]);
    let several = |home: &Home| {
        let report = home.doctor();
        let checks = report["checks"].as_array().unwrap().iter();
        checks
            .filter(|check| *code(check) == "several-hosts")
            .count()
    };
    assert_eq!(several(&home), 0);
    let mut manifest: Value = serde_json::from_slice(&fs::read(&system).unwrap()).unwrap();
    manifest["path"] = "/bin/sh".into();
    fs::write(&system, manifest.to_string()).unwrap();
    assert_eq!(several(&home), 1);
    // What is registered and does not exist is no second program.
    manifest["path"] = "/nowhere/yinxin-host".into();
    fs::write(&system, manifest.to_string()).unwrap();
    assert_eq!(several(&home), 0);
}

#[test]
fn a_policy_against_the_host_or_the_extension_is_told_and_not_repaired() {
    let home = Home::new("");
    home.browser("google-chrome");
    home.browser("microsoft-edge");
    home.run(&["install"]);
    let blocked = |name: &str, from: &str| {
        let found = browser(&home, "chrome");
        assert_eq!(found["state"], "failed", "{name}");
        assert_eq!(code(&found), "blocked-by-policy", "{name}");
        assert_eq!(
            found["problem"]["params"],
            json!({"browser": "chrome", "policy": name})
        );
        assert_eq!(found["repair"], Value::Null, "{name}");
        assert_eq!(evidence(&found, "policy"), name);
        let source = evidence(&found, "policy from").as_str().unwrap();
        assert!(
            source.starts_with("~/") && source.ends_with(from),
            "{source}"
        );
        assert_eq!(
            home.run(&["doctor", "--repair"]).stdout,
            "nothing to change\n"
        );
        assert_eq!(browser(&home, "edge")["state"], "ok");
    };
    policy(&home, "a.json", &json!({"NativeMessagingBlocklist": ["*"]}));
    blocked("NativeMessagingBlocklist", "managed/a.json");
    // The last file wins, and allowing wins over blocking.
    policy(
        &home,
        "b.json",
        &json!({"NativeMessagingAllowlist": ["yinxin.host"]}),
    );
    assert_eq!(browser(&home, "chrome")["state"], "ok");
    policy(
        &home,
        "c.json",
        &json!({"ExtensionInstallBlocklist": ["*"]}),
    );
    blocked("ExtensionInstallBlocklist", "managed/c.json");
    let allowed = json!({"ExtensionInstallAllowlist": [RELEASED_EXTENSION_ID]});
    policy(&home, "d.json", &allowed);
    assert_eq!(browser(&home, "chrome")["state"], "ok");
    let settings = json!({"ExtensionSettings": {
        RELEASED_EXTENSION_ID: {"installation_mode": "removed"},
        DEVELOPMENT_EXTENSION_ID: {"installation_mode": "blocked"},
    }});
    policy(&home, "e.json", &settings);
    blocked("ExtensionSettings", "managed/e.json");
    // A registration that is broken besides changes nothing of that.
    let manifest = home.browser("google-chrome");
    fs::write(manifest, "{").unwrap();
    blocked("ExtensionSettings", "managed/e.json");
}

#[test]
fn where_only_registrations_for_all_users_count_the_users_own_are_none() {
    let home = Home::new("");
    let (user, system) = chrome_for_all(&home);
    policy(
        &home,
        "a.json",
        &json!({"NativeMessagingUserLevelHosts": false}),
    );
    fs::write(&user, "{").unwrap();
    assert_eq!(browser(&home, "chrome")["state"], "ok");
    fs::write(&system, "{").unwrap();
    // What would mend it elsewhere does not count: an administrator has to.
    let blocked = || {
        let found = browser(&home, "chrome");
        assert_eq!(code(&found), "blocked-by-policy");
        let policy = &found["problem"]["params"]["policy"];
        assert_eq!(policy, "NativeMessagingUserLevelHosts");
        assert_eq!(found["repair"], Value::Null);
        found
    };
    let broken = blocked();
    let reason = evidence(&broken, "does not start").as_str().unwrap();
    assert!(reason.starts_with("manifest"), "{reason}");
    fs::remove_file(&system).unwrap();
    assert_eq!(*evidence(&blocked(), "manifest"), Value::Null);
}

#[test]
fn garbage_among_the_policies_is_told_and_stops_nothing() {
    let home = Home::new("");
    home.browser("google-chrome");
    home.run(&["install", "--browser", "chrome"]);
    let folder = "etc/opt/chrome/policies/managed";
    home.system_file(
        &format!("{folder}/a.json"),
        b"{\"NativeMessagingBlocklist\": [\"*\"]",
    );
    home.system_file(&format!("{folder}/b.json"), b"[]");
    home.system_file(&format!("{folder}/c.json"), &vec![b' '; 2 * 1024 * 1024]);
    let pipe = home.path().join("system").join(folder).join("d.json");
    let made = Command::new("mkfifo").arg(pipe).status().unwrap();
    assert!(made.success());
    fs::create_dir(home.path().join("system").join(folder).join("e.json")).unwrap();
    let found = browser(&home, "chrome");
    assert_eq!(found["state"], "ok", "{found}");
    let unreadable = found["evidence"].as_array().unwrap().iter();
    let unreadable = unreadable.filter(|told| told["name"] == "policies that can't be read");
    assert_eq!(unreadable.count(), 3);
}

#[test]
fn a_browser_that_is_too_old_is_told_by_its_version() {
    let home = Home::new("");
    let version = |folder: &str, text: &[u8]| {
        let profiles = home.browser(folder).ancestors().nth(2).unwrap().to_owned();
        fs::write(profiles.join("Last Version"), text).unwrap();
    };
    version("google-chrome", b"86.0.4240.198\n");
    version("vivaldi", b"6.5.3206.53");
    home.run(&["install"]);
    let found = browser(&home, "chrome");
    assert_eq!(found["state"], "failed");
    assert_eq!(
        found["problem"],
        json!({"code": "browser-too-old", "params": {"version": "86.0.4240.198", "needed": 106}})
    );
    assert_eq!(found["repair"], Value::Null);
    // Vivaldi counts by itself.
    assert_eq!(browser(&home, "vivaldi")["state"], "ok");
    for fine in [&b"106.0.0.0"[..], b"", b"x.1", b"\xff", &[b'1'; 100]] {
        version("google-chrome", fine);
        assert_eq!(browser(&home, "chrome")["state"], "ok", "{fine:?}");
    }
}

#[test]
fn further_browsers_are_registered_where_they_are_and_told_only_then() {
    let home = Home::new("");
    let qaxbrowser = home.browser("qaxbrowser");
    home.run(&["install"]);
    assert!(qaxbrowser.exists());
    assert!(!home.path().join("config/opera").exists());
    let report = home.doctor();
    assert_eq!(check(&report, "registration", "qaxbrowser")["state"], "ok");
    let checks = report["checks"].as_array().unwrap().iter();
    let told: Vec<_> = checks
        .filter(|check| check["kind"] == "registration")
        .map(|check| check["subject"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["chromium", "chrome", "edge", "qaxbrowser"]);
    // By name, before it was ever used.
    home.run(&["install", "--browser", "opera"]);
    let opera = "config/opera/NativeMessagingHosts/yinxin.host.json";
    assert!(home.path().join(opera).exists());
    home.run(&["uninstall"]);
    assert!(!home.path().join(opera).exists() && !qaxbrowser.exists());
}

/// Firefox refuses a manifest with a member that it does not know, and knows extensions by other ids.
#[cfg(target_os = "linux")]
#[test]
fn firefox_has_its_own_folder_and_form_of_manifest() {
    use yinxin_proto::site::{DEVELOPMENT_ADDON_ID, RELEASED_ADDON_ID};
    let home = Home::new("");
    let manifest = home
        .path()
        .join(".mozilla/native-messaging-hosts/yinxin.host.json");
    home.run(&["install"]);
    assert!(!manifest.exists(), "there is no Firefox");
    // What it leaves at its first start; the folder that a manifest alone lies in tells nothing.
    fs::create_dir_all(home.path().join(".config/mozilla/firefox")).unwrap();
    home.run(&["install", "--extension-id", DEVELOPMENT_ADDON_ID]);
    let read = || -> Value { serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap() };
    let written = read();
    let ids = json!([RELEASED_ADDON_ID, DEVELOPMENT_ADDON_ID]);
    assert_eq!(written["allowed_extensions"], ids);
    assert_eq!(written.get("allowed_origins"), None);
    let chromium = fs::read_to_string(home.browser("chromium")).unwrap();
    assert!(!chromium.contains(RELEASED_ADDON_ID) && !chromium.contains(DEVELOPMENT_ADDON_ID));
    assert_eq!(browser(&home, "firefox")["state"], "ok");

    for (change, reason) in [
        (
            json!({"allowed_extensions": [RELEASED_ADDON_ID]}),
            "allowed_extensions lacks",
        ),
        (
            json!({"allowed_origins": ["chrome-extension://a/"]}),
            "allowed_origins in a manifest for Firefox",
        ),
    ] {
        let mut broken = written.clone();
        for (name, value) in change.as_object().unwrap() {
            broken[name] = value.clone();
        }
        fs::write(&manifest, broken.to_string()).unwrap();
        let found = browser(&home, "firefox");
        assert_eq!(found["problem"]["code"], "registration-broken");
        let told = found["problem"]["params"]["reason"].as_str().unwrap();
        assert!(told.starts_with(reason), "{told}");
        assert_eq!(
            found["repair"],
            json!({"type": "register", "browser": "firefox"})
        );
        home.run(&["install", "--browser", "firefox"]);
        assert_eq!(read(), written);
    }
    home.run(&["uninstall"]);
    assert!(!manifest.exists());
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

/// A profile whose registration names a configuration of its own.
fn own_configuration(home: &Home, text: &str) -> (PathBuf, PathBuf) {
    let profile = home.path().join("profile");
    let own = home.path().join("own.toml");
    fs::write(&own, text).unwrap();
    let (folder, config) = (profile.to_str().unwrap(), own.to_str().unwrap());
    let installed = home.run(&["install", "--user-data-dir", folder, "--config", config]);
    assert_eq!(installed.status, Some(0), "{installed:?}");
    fs::create_dir(profile.join("Default")).unwrap();
    (profile, own)
}

#[test]
fn the_doctor_looks_at_the_configuration_that_a_registration_names() {
    let home = home_with_keys("");
    let missing = module("lost", &home.path().join("lost.so"), &[]);
    let (profile, own) = own_configuration(&home, &format!("vendors = false\n{missing}"));
    let folder = profile.to_str().unwrap();
    let look = || home.run(&["doctor", "--json", "--user-data-dir", folder]);
    let configuration = |report: &Value| check(report, "configuration", "~/own.toml").clone();
    // What this process has itself is fine, and without the profile nothing is wrong.
    assert_eq!(home.doctor()["healthy"], true);
    let report = look().json();
    assert_eq!(report["healthy"], false);
    assert_eq!(code(check(&report, "module", "lost")), "module-missing");
    assert_eq!(configuration(&report)["state"], "ok");
    let registration = check(&report, "registration", "~/profile");
    assert_eq!(evidence(registration, "configuration"), "~/own.toml");
    for (text, expected) in [
        (Some(&b"x = 1"[..]), "configuration-invalid"),
        (Some(b"# \xc5\xe4\xd6\xc3"), "configuration-encoding"),
        (None, "file-failed"),
    ] {
        match text {
            Some(text) => fs::write(&own, text).unwrap(),
            None => fs::remove_file(&own).unwrap(),
        }
        let report = look().json();
        assert_eq!(code(&configuration(&report)), expected);
        assert_eq!(report["healthy"], false);
        // Nothing that a repair could change, and not silently so.
        let repaired = home.run(&["doctor", "--repair", "--user-data-dir", folder]);
        assert_eq!(repaired.status, Some(3), "{repaired:?}");
        assert!(repaired.stderr.starts_with(expected), "{repaired:?}");
    }
    // Who may call is asked of it as well.
    let id = "abcdefghijklmnopabcdefghijklmnop";
    fs::write(&own, format!("vendors = false\nextension_ids = [\"{id}\"]")).unwrap();
    let report = look().json();
    let registration = check(&report, "registration", "~/profile");
    assert_eq!(code(registration), "registration-broken");
    let reason = registration["problem"]["params"]["reason"]
        .as_str()
        .unwrap();
    assert!(reason.contains(id), "{reason}");
    let repaired = home.run(&["doctor", "--repair", "--user-data-dir", folder]);
    assert_eq!(repaired.status, Some(0), "{repaired:?}");
    let manifest = fs::read_to_string(profile.join(MANIFEST)).unwrap();
    assert!(
        manifest.contains(id) && !manifest.contains(DEVELOPMENT_EXTENSION_ID),
        "{manifest}"
    );
    assert_eq!(look().json()["healthy"], true);
}

#[test]
fn a_configuration_that_cannot_be_used_is_not_registered() {
    let home = Home::new("");
    let profile = home.path().join("profile");
    let own = home.path().join("own.toml");
    let install = |more: &[&str]| {
        let mut arguments = vec!["install", "--user-data-dir", profile.to_str().unwrap()];
        arguments.extend(["--config", own.to_str().unwrap()]);
        arguments.extend(more);
        home.run(&arguments).code().to_owned()
    };
    let id = ["--extension-id", DEVELOPMENT_EXTENSION_ID];
    assert_eq!(install(&[]), "file-failed");
    assert_eq!(install(&id), "file-failed");
    assert!(!own.exists());
    fs::create_dir(&own).unwrap();
    assert_eq!(install(&[]), "file-failed");
    fs::remove_dir(&own).unwrap();
    for (text, expected) in [
        (&b"x = 1"[..], "configuration-invalid"),
        (b"\xff\xfe#\0", "configuration-encoding"),
    ] {
        fs::write(&own, text).unwrap();
        assert_eq!(install(&[]), expected);
        assert_eq!(install(&id), expected);
        assert_eq!(install(&["--dry-run"]), expected);
        assert_eq!(fs::read(&own).unwrap(), text);
    }
    assert!(!profile.exists());
}

#[test]
fn what_a_repair_cannot_mend_is_told_and_what_is_left_over_is_mended() {
    let home = Home::new("");
    // Left over from a browser that is gone, and broken.
    home.run(&["install", "--browser", "chrome"]);
    let manifest = home.path().join("config/google-chrome").join(MANIFEST);
    let good = fs::read(&manifest).unwrap();
    fs::write(&manifest, "{").unwrap();
    let found = browser(&home, "chrome");
    assert_eq!(
        (&found["state"], code(&found)),
        (&"warning".into(), &"registration-broken".into())
    );
    assert_eq!(found["repair"]["browser"], "chrome");
    let repaired = home.run(&["doctor", "--repair"]);
    assert_eq!(repaired.status, Some(0), "{repaired:?}");
    assert_eq!(fs::read(&manifest).unwrap(), good);
    assert_eq!(browser(&home, "chrome")["state"], "ok");
    // An administrator's policy is nothing that a repair changes.
    home.browser("google-chrome");
    policy(&home, "a.json", &json!({"NativeMessagingBlocklist": ["*"]}));
    let left = home.run(&["doctor", "--repair"]);
    assert_eq!(left.status, Some(3), "{left:?}");
    assert!(left.stderr.starts_with("blocked-by-policy: "), "{left:?}");
}

#[test]
fn a_browser_is_there_before_its_first_start() {
    let home = Home::new("");
    assert_eq!(browser(&home, "chromium")["state"], "skipped");
    for (name, program) in [
        ("chromium", "usr/bin/chromium"),
        ("chrome", "opt/google/chrome/chrome"),
        ("brave", "usr/bin/brave-browser"),
    ] {
        home.system_file(program, b"");
        let found = browser(&home, name);
        assert_eq!(evidence(&found, "installed"), "yes", "{name}");
        assert_eq!(code(&found), "registration-missing", "{name}");
        assert_eq!(found["state"], "failed", "{name}");
    }
    assert_eq!(home.run(&["install"]).status, Some(0));
    for name in ["chromium", "chrome", "brave"] {
        assert_eq!(browser(&home, name)["state"], "ok", "{name}");
    }
    // In a folder of programs of the user's own.
    home.system_file("opt/tools/vivaldi", b"");
    let mut command = home.command();
    command.args(["doctor", "--json"]).env("PATH", "/opt/tools");
    let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!(
        code(check(&report, "registration", "vivaldi")),
        "registration-missing"
    );
}

/// A browser of the system's as Flatpak or snapd has it: a folder, or a link to snapd's program.
#[cfg(target_os = "linux")]
fn packaged(home: &Home, path: &str) {
    use std::os::unix::fs::symlink;
    let path = home.path().join("system").join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if path.parent().unwrap().ends_with("bin") {
        symlink("/usr/bin/snap", path).unwrap();
    } else {
        fs::create_dir(path).unwrap();
    }
}

/// What the doctor says of browsers in sandboxes: subject and state, in its order.
#[cfg(target_os = "linux")]
fn confined(report: &Value) -> Vec<(String, String)> {
    let checks = report["checks"].as_array().unwrap().iter();
    let confined = checks.filter(|check| check["problem"]["code"] == "browser-confined");
    confined
        .map(|check| {
            let subject = check["subject"].as_str().unwrap().to_owned();
            (subject, check["state"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_browser_in_a_sandbox_is_the_first_cause_where_it_is_the_only_one() {
    let home = home_with_keys("");
    home.run(&["install", "--browser", "chromium"]);
    packaged(&home, "snap/bin/chromium");
    // The snap took the place of a package whose profiles are still there, and Ubuntu's package of
    // that name starts it.
    let manifest = home.browser("chromium");
    fs::write(home.path().join("config/chromium/Last Version"), "80.0.1.2").unwrap();
    let script = "#!/bin/sh\n# Starts the snap\nexec /snap/bin/chromium \"$@\"\n";
    home.system_file("usr/bin/chromium-browser", script.as_bytes());
    let report = home.doctor();
    let first = report["checks"].as_array().unwrap().iter();
    let first = first.clone().find(|check| check["kind"] == "registration");
    let first = first.unwrap();
    assert_eq!(first["subject"], "chromium (snap)");
    assert_eq!(first["state"], "failed");
    assert_eq!(
        first["problem"],
        json!({"code": "browser-confined", "params": {"browser": "chromium", "sandbox": "snap"}})
    );
    assert_eq!(evidence(first, "package"), "chromium");
    assert!(
        evidence(first, "path")
            .as_str()
            .unwrap()
            .ends_with("snap/bin/chromium")
    );
    assert_eq!(first["repair"], Value::Null);
    assert_eq!(report["healthy"], false);
    assert_eq!(confined(&report).len(), 1);
    // Nothing fails beside it: what was registered for the other package helps nobody.
    let outside = check(&report, "registration", "chromium");
    assert_eq!(evidence(outside, "installed"), "no");
    assert_eq!(outside["state"], "ok");
    fs::remove_file(&manifest).unwrap();
    assert_eq!(browser(&home, "chromium")["state"], "skipped");
    let repaired = home.run(&["doctor", "--repair"]);
    assert_ne!(repaired.status, Some(0));
    assert!(
        repaired.stderr.starts_with("browser-confined: "),
        "{repaired:?}"
    );
    assert!(!manifest.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_browser_in_a_sandbox_is_a_warning_beside_another() {
    let home = home_with_keys("");
    home.browser("google-chrome");
    home.run(&["install", "--browser", "chrome"]);
    packaged(&home, "var/lib/flatpak/app/com.google.Chrome");
    // One of Chrome is there outside of the sandbox as well.
    home.system_file("opt/google/chrome/chrome", b"\x7fELF");
    packaged(&home, "var/lib/snapd/snap/bin/brave");
    let of_users = home
        .path()
        .join(".local/share/flatpak/app/com.microsoft.Edge");
    fs::create_dir_all(of_users).unwrap();
    let report = home.doctor();
    let told = ["chrome (flatpak)", "edge (flatpak)", "brave (snap)"];
    let told: Vec<_> = told
        .map(|subject| (subject.to_owned(), "warning".to_owned()))
        .into();
    assert_eq!(confined(&report), told);
    assert_eq!(report["healthy"], true);
    assert_eq!(check(&report, "registration", "chrome")["state"], "ok");
    assert_eq!(check(&report, "registration", "edge")["state"], "skipped");
    let repaired = home.run(&["doctor", "--repair"]);
    assert_eq!(repaired.status, Some(0), "{repaired:?}");
    let text = home
        .shell("export LC_ALL=zh_CN.UTF-8; yinxin doctor")
        .stdout;
    assert!(
        text.replace("\n    ", "")
            .contains("浏览器 edge 是 flatpak 版，受沙盒限制"),
        "{text}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_only_looks_like_a_sandbox_is_none() {
    let home = Home::new("");
    // What removed packages leave in the home, packages of others, and Debian's script for Chromium.
    for left in [
        "snap/chromium/common",
        ".var/app/org.chromium.Chromium/config",
        ".local/share/flatpak/app/org.example.Other",
    ] {
        fs::create_dir_all(home.path().join(left)).unwrap();
    }
    packaged(&home, "snap/bin/other");
    let script = "#!/bin/sh\n# Unlike /snap/bin/chromium\nexec /usr/lib/chromium/chromium \"$@\"\n";
    home.system_file("usr/bin/chromium", script.as_bytes());
    let report = home.doctor();
    assert_eq!(confined(&report), []);
    let chromium = check(&report, "registration", "chromium");
    assert_eq!(chromium["problem"]["code"], "registration-missing");
    // Anything may lie there.
    home.system_file("usr/bin/brave-browser", b"#!\xff/snap/bin/brave");
    home.system_file("usr/bin/opera", b"");
    assert_eq!(confined(&home.doctor()), []);
}

#[test]
fn an_administrator_registers_for_all_users_and_takes_it_back() {
    let home = Home::new("");
    // Not of a development build, which is no administrator's.
    fs::write(home.config(), "vendors = false\n").unwrap();
    let own = home.browser("google-chrome");
    let system = home.path().join("system/etc");
    let manifests = ["chromium", "opt/chrome", "opt/edge"].map(|folder| {
        system
            .join(folder)
            .join("native-messaging-hosts/yinxin.host.json")
    });
    // Nobody's folder is made for a browser that is not there.
    let nothing = home.run(&["install", "--all-users"]);
    assert_eq!(nothing.status, Some(0), "{nothing:?}");
    assert!(nothing.stdout.starts_with("No browser"), "{nothing:?}");
    assert!(!system.exists());
    for program in [
        "usr/bin/chromium",
        "opt/google/chrome/chrome",
        "opt/microsoft/msedge/msedge",
        "usr/bin/brave-browser",
    ] {
        let dry = home.run(&["install", "--all-users", "--dry-run"]);
        assert_eq!(dry.status, Some(0));
        assert!(!system.exists());
        home.system_file(program, b"");
    }
    let installed = home.run(&["install", "--all-users"]);
    assert_eq!(installed.status, Some(0), "{installed:?}");
    // Brave reads Chrome's.
    assert_eq!(installed.stdout.lines().count(), 3, "{installed:?}");
    for manifest in &manifests {
        let text = fs::read_to_string(manifest).unwrap();
        let manifest: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["path"], program().to_str().unwrap());
    }
    // The browsers of whoever runs this have it, and nothing was written for them.
    assert_eq!(browser(&home, "chrome")["state"], "ok");
    assert!(!own.exists());
    assert_eq!(home.run(&["uninstall"]).status, Some(0));
    assert!(manifests[0].exists(), "it is an administrator's");
    assert_eq!(home.run(&["uninstall", "--all-users"]).status, Some(0));
    assert!(!manifests.iter().any(|manifest| manifest.exists()));
    for with in [["--browser", "chrome"], ["--user-data-dir", "x"]] {
        let wrong = home.run(&[&["install", "--all-users"][..], &with].concat());
        assert_eq!(wrong.status, Some(2));
    }
}

#[test]
fn a_browser_that_is_not_there_gets_no_folder_where_another_is() {
    let home = Home::new("");
    let chrome = home.browser("google-chrome");
    assert_eq!(home.run(&["install"]).status, Some(0));
    assert!(chrome.exists());
    assert!(!home.path().join("config/chromium").exists());
    let named = home.run(&["install", "--browser", "chromium"]);
    assert_eq!(named.status, Some(0));
    assert!(home.path().join("config/chromium").join(MANIFEST).exists());
}

#[test]
fn a_configuration_for_all_users_is_below_the_users_own() {
    let home = home_with_keys("");
    let module = fs::read_to_string(home.config()).unwrap();
    // The user's own file is in its usual place, and says little.
    let user = home.path().join("config/yinxin/host.toml");
    fs::create_dir_all(user.parent().unwrap()).unwrap();
    fs::rename(home.config(), home.path().join("kept")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = home.command();
        command.env_remove("YINXIN_HOST_CONFIG").args(arguments);
        Home::finish(&mut command, "")
    };
    assert_eq!(run(&["tokens"]).code(), "no-module");
    home.system_file("etc/yinxin/host.toml", module.as_bytes());
    assert!(run(&["tokens"]).stdout.contains("demo-unit"));
    // The user's own wins, and its libraries come beside.
    fs::write(&user, "log = \"error\"\n").unwrap();
    assert!(run(&["tokens"]).stdout.contains("demo-unit"));
    fs::write(&user, "modul = 1\n").unwrap();
    assert_eq!(run(&["tokens"]).code(), "configuration-invalid");
    fs::remove_file(&user).unwrap();
    let wrong = home.system_file("etc/yinxin/host.toml", b"vendors = 1\n");
    let refused = run(&["tokens"]);
    assert_eq!(refused.code(), "configuration-invalid");
    assert!(
        refused.stderr.contains(wrong.to_str().unwrap()),
        "{refused:?}"
    );
    let report = run(&["doctor", "--json"]).json();
    let path = wrong
        .to_str()
        .unwrap()
        .replace(home.path().to_str().unwrap(), "~");
    let told = check(&report, "configuration", &path);
    assert_eq!(told["problem"]["code"], "configuration-invalid");
    // One that is named stands alone.
    fs::rename(home.path().join("kept"), home.config()).unwrap();
    assert!(home.run(&["tokens"]).stdout.contains("demo-unit"));
}

#[test]
fn administrators_are_told_of_every_key() {
    let page = include_str!("../../../docs/administrators.md");
    // What is not known is refused with all that is.
    let home = Home::new("x = 1");
    let keys = |toml: &str| -> Vec<String> {
        fs::write(home.config(), toml).unwrap();
        let said = home.run(&["tokens"]).stderr;
        let expected = said.split("expected one of ").nth(1).unwrap().to_owned();
        let keys = expected.split('`').skip(1).step_by(2);
        keys.map(str::to_owned).collect()
    };
    let all = keys("x = 1");
    assert!(all.len() > 8, "{all:?}");
    for key in all {
        assert!(page.contains(&format!("\n| `{key}` |")), "{key}");
    }
    for key in keys("[[modules]]\nx = 1") {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
    let policies = include_str!("../../../extension/managed.json");
    let policies: Value = serde_json::from_str(policies).unwrap();
    for policy in policies["properties"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("\n| `{policy}` |")), "{policy}");
    }
}
