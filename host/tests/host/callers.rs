//! Who may talk to the host.

use crate::support::*;
use serde_json::json;
use yinxin_proto::site::{
    DEVELOPMENT_EXTENSION_ID, HOST_NAME, RELEASED_ADDON_ID, RELEASED_EXTENSION_ID,
};

#[test]
fn the_host_greets_first_with_name_version_and_protocol() {
    let home = Home::new("");
    let mut host = Host::start(
        home.command()
            .arg(format!("chrome-extension://{RELEASED_EXTENSION_ID}/")),
    );
    let greeting = host.next();
    assert_eq!(greeting["name"], HOST_NAME);
    assert_eq!(greeting["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(greeting["protocol"], yinxin_proto::PROTOCOL_VERSION);
    assert!(host.ends().success());
}

/// As Firefox calls.
const MANIFEST: &str = if cfg!(windows) {
    "C:\\ProgramData\\yinxin.host.json"
} else {
    "/etc/yinxin.host.json"
};

#[test]
fn the_released_extension_is_served_in_firefox_too() {
    let home = Home::new("");
    let mut host = Host::start(home.command().args([MANIFEST, RELEASED_ADDON_ID]));
    assert_eq!(host.next()["type"], "greeting");
    assert_eq!(
        host.ask(json!({"type": "cancel", "request": 0}))["type"],
        "done"
    );
    assert!(host.ends().success());
}

#[test]
fn a_stranger_gets_the_greeting_and_one_error() {
    let home = Home::new("");
    for arguments in [
        &["chrome-extension://abcdefghijklmnopabcdefghijklmnop/"][..],
        &["chrome-extension:///"],
        &["chrome-extension://eidbmfamdcgjpedpmmahjhpepdjmpjml.evil/"],
        &[MANIFEST, "stranger@example.org"],
        &[],
    ] {
        let mut host = Host::start(home.command().args(arguments));
        assert_eq!(host.next()["type"], "greeting");
        let refusal = host.next();
        assert_eq!(refusal["error"]["code"], "caller-refused", "{arguments:?}");
        assert!(refusal.get("id").is_none());
        assert!(!host.ends_by_itself().success());
    }
}

#[test]
fn the_development_extension_is_accepted_only_where_it_is_configured() {
    let home = Home::new("");
    assert!(home.host_for(DEVELOPMENT_EXTENSION_ID).ends().success());
    std::fs::write(home.config(), "vendors = false").unwrap();
    let mut host = home.host_for(DEVELOPMENT_EXTENSION_ID);
    assert_eq!(host.next()["error"]["code"], "caller-refused");
}

#[test]
fn a_broken_configuration_is_named_and_the_host_stays() {
    let home = Home::new("modules = 1");
    let mut host = home.released();
    for _ in 0..2 {
        let error = host.fail(json!({"type": "tokens"}));
        assert_eq!(error["code"], "configuration-invalid");
        let reason = error["params"]["reason"].as_str().unwrap();
        assert!(reason.starts_with("line 4, column 11"), "{reason}");
    }
    // It may be the one that names this caller.
    let mut other = home.host_for(DEVELOPMENT_EXTENSION_ID);
    assert_eq!(other.next()["error"]["code"], "configuration-invalid");
    assert!(host.ends().success());
}
