//! A key with a PIN pad of its own, which no software token has.

use crate::support::*;
use serde_json::json;

#[test]
fn a_pin_is_typed_at_the_key_and_never_asked_for_or_passed_on() {
    let home = home_with_keys("");
    let (der, _) = certificate(&home.host().token("demo-unit"), "01");
    let key = KeyInC {
        certificate: &der,
        pad: true,
        // Takes a second, as a person would, who then cancels; with a PIN, that is wrong.
        login: "if (pin) return 0xa0; sleep(1); return 0x50;",
        ..KeyInC::default()
    };
    let library = key.library(home.path(), "pad");
    // A person at the pad may take longer than any call of a module.
    home.configure(&format!("call_ms = 400\n{}", module("pad", &library, &[])));
    let mut host = home.host();
    let token = host.token("in C");
    assert_eq!(token["protectedPath"], true);
    let (_, name) = certificate(&token, "01");
    let item = json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef"});
    for pin in [None, Some(PIN)] {
        let mut request = json!({"type": "sign", "origin": "https://a.example",
            "token": token["token"], "certificate": name, "items": [item]});
        if let Some(pin) = pin {
            request["pin"] = pin.into();
        }
        assert_eq!(host.fail(request)["code"], "pin-pad-cancelled");
    }
}
