//! Rules of the house that no compiler checks, as tests: who knows whom, and how files look.

use crate::run::{command, output};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What each crate may know of the others. ARCHITECTURE.md draws it.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("yinxin-proto", &[]),
    ("yinxin-core", &["yinxin-proto"]),
    ("yinxin-edge", &["yinxin-core", "yinxin-proto"]),
    (
        "yinxin-fees",
        &["yinxin-core", "yinxin-edge", "yinxin-proto"],
    ),
    ("yinxin-sheet", &["yinxin-edge", "yinxin-proto"]),
    (
        "yinxin-wasm",
        &["yinxin-core", "yinxin-edge", "yinxin-fees", "yinxin-proto"],
    ),
    ("yinxin-bench", &[]),
    (
        "yinxin-host",
        &["yinxin-core", "yinxin-proto", "yinxin-raw"],
    ),
    ("yinxin-raw", &[]),
    ("yinxin-softkey", &[]),
    ("xtask", &["yinxin-core", "yinxin-proto"]),
];

/// Crates through which the core or the protocol would reach a network, a clock or randomness.
const NEVER_IN_CORE: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "getrandom",
    "chrono",
    "time",
    "web-time",
];

fn normal_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let text =
        output(command("cargo").args(["metadata", "--format-version=1", "--no-deps", "--offline"]))
            .expect("cargo metadata runs");
    let metadata: Value = serde_json::from_str(&text).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages is a list");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            let names = dependencies
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned));
            (
                package["name"].as_str().unwrap_or_default().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

/// Tracked text files with their content.
fn sources() -> Vec<(String, String)> {
    let listed =
        output(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))
            .expect("git lists the files");
    listed
        .lines()
        .filter_map(|path| {
            let text = fs::read_to_string(crate::root().join(path)).ok()?;
            Some((path.to_owned(), text))
        })
        .collect()
}

#[test]
fn crates_know_only_whom_they_may() {
    let found = normal_dependencies();
    assert_eq!(
        found.len(),
        MAY_KNOW.len(),
        "a crate is missing from the table"
    );
    for (name, allowed) in MAY_KNOW {
        for (other, _) in MAY_KNOW {
            let knows = found[*name].contains(*other);
            assert!(
                !knows || allowed.contains(other),
                "{name} must not know {other}"
            );
        }
    }
}

#[test]
fn the_core_does_no_input_or_output() {
    let found = normal_dependencies();
    for name in ["yinxin-core", "yinxin-proto"] {
        for banned in NEVER_IN_CORE {
            assert!(
                !found[name].contains(*banned),
                "{name} must not use {banned}"
            );
        }
    }
}

#[test]
fn every_rust_file_says_what_it_owns() {
    for (path, text) in sources() {
        if path.ends_with(".rs") {
            assert!(
                text.starts_with("//!") || text.starts_with("#!"),
                "{path} has no `//!`"
            );
            assert!(
                !path.ends_with("/mod.rs"),
                "{path}: use thing.rs beside thing/"
            );
        }
    }
}

#[test]
fn no_file_names_a_registry_or_a_machine() {
    // Put together here, so that this file does not find itself.
    let words = [
        ["registry.npm", "js.org"].concat(),
        ["static.crates", ".io"].concat(),
        ["index.crates", ".io"].concat(),
        ["/home", "/user"].concat(),
        ["/work", "/main"].concat(),
        ["/work", "/shared"].concat(),
    ];
    for (path, text) in sources() {
        for word in &words {
            assert!(!text.contains(word.as_str()), "{path} names {word}");
        }
    }
}

#[test]
fn every_code_of_a_document_exists() {
    let codes: BTreeSet<&str> = yinxin_proto::error::ALL
        .iter()
        .map(|entry| entry.code)
        .collect();
    // Words in code spans of these documents that look like codes but are something else.
    for document in ["SECURITY.md", "www/client/README.md"] {
        let Ok(text) = fs::read_to_string(crate::root().join(document)) else {
            continue;
        };
        for span in text.split('`').skip(1).step_by(2) {
            let shape =
                span.contains('-') && span.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            if shape
                && ["pin-", "module-", "host-", "token-", "challenge-"]
                    .iter()
                    .any(|head| span.starts_with(head))
            {
                assert!(
                    codes.contains(span),
                    "{document} names {span}, which is no code"
                );
            }
        }
    }
}
