//! The portal's program and its settings. What it does with requests is seen by `tests/contract/reference-portals.test.ts`.

use std::process::{Command, Output};

fn run(settings: &[(&str, &str)]) -> Output {
    let mut portal = Command::new(env!("CARGO_BIN_EXE_yinxin-portal"));
    portal.env_clear().envs(settings.iter().copied());
    portal.output().unwrap()
}

#[test]
fn what_is_missing_or_wrong_is_named_and_nothing_begins() {
    let origin = ("ORIGIN", "https://portal.example");
    let absent = ("POLICY", "no such file");
    for (settings, words) in [
        (&[origin][..], "POLICY is not set"),
        (&[origin, absent], "file-failed"),
    ] {
        let Output {
            status,
            stdout,
            stderr,
        } = run(settings);
        let said = String::from_utf8(stderr).unwrap();
        assert!(!status.success() && stdout.is_empty(), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
