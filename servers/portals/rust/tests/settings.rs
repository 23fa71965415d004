//! The portal's program and its settings. What it does with requests is seen by `tests/contract/reference-portals.test.ts`.

use std::process::{Command, Output};

#[test]
fn what_is_missing_or_wrong_is_named_and_nothing_begins() {
    let origin = ("ORIGIN", "https://portal.example");
    for (settings, words) in [
        (&[origin][..], "POLICY is not set"),
        (&[origin, ("POLICY", "no such file")], "file-failed"),
    ] {
        let mut portal = Command::new(env!("CARGO_BIN_EXE_yinxin-portal"));
        portal.env_clear().envs(settings.iter().copied());
        let Output {
            status,
            stdout,
            stderr,
        } = portal.output().unwrap();
        let said = String::from_utf8(stderr).unwrap();
        assert!(!status.success() && stdout.is_empty(), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
