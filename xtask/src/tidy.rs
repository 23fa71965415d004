//! Rules of the house that no compiler checks, as tests: who knows whom, and how files look.

use crate::run::{command, output};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What each crate may know of the others. ARCHITECTURE.md draws it.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("yinxin-proto", &[]),
    // The last for the tests of others.
    (
        "yinxin-pki",
        &["yinxin-proto", "yinxin-rsa", "yinxin-sm2", "yinxin-testing"],
    ),
    ("yinxin-rsa", &[]),
    ("yinxin-sm2", &[]),
    ("yinxin-documents", &["yinxin-pki", "yinxin-proto"]),
    ("yinxin-fees", &["yinxin-proto"]),
    ("yinxin-sheet", &["yinxin-proto"]),
    (
        "yinxin-verify",
        &["yinxin-documents", "yinxin-pki", "yinxin-proto"],
    ),
    (
        "yinxin-core",
        &[
            "yinxin-documents",
            "yinxin-fees",
            "yinxin-pki",
            "yinxin-proto",
        ],
    ),
    (
        "yinxin-wasm",
        &[
            "yinxin-core",
            "yinxin-documents",
            "yinxin-fees",
            "yinxin-pki",
            "yinxin-proto",
            "yinxin-sheet",
            "yinxin-verify",
        ],
    ),
    (
        "yinxin-calls",
        &[
            "yinxin-documents",
            "yinxin-pki",
            "yinxin-proto",
            "yinxin-verify",
        ],
    ),
    ("yinxin-ffi", &["yinxin-calls"]),
    ("yinxin-verifier", &["yinxin-calls"]),
    ("yinxin-portal", &["yinxin-calls"]),
    ("yinxin-testing", &[]),
    ("yinxin-bench", &["yinxin-rsa", "yinxin-sm2"]),
    (
        "yinxin-host",
        &[
            "yinxin-documents",
            "yinxin-pki",
            "yinxin-proto",
            "yinxin-raw",
            "yinxin-skf",
            "yinxin-verify",
            "yinxin-windows",
        ],
    ),
    ("yinxin-raw", &[]),
    ("yinxin-skf", &[]),
    ("yinxin-windows", &[]),
    ("yinxin-softkey", &[]),
    (
        "xtask",
        &["yinxin-calls", "yinxin-pki", "yinxin-proto", "yinxin-wasm"],
    ),
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

/// Crates in which no modules know each other in a circle.
const WITHOUT_CIRCLES: &[&str] = &[
    "host/src/",
    "servers/calls/src/",
    "servers/verifier/src/",
    "servers/portals/rust/src/",
    "wasm/bindings/src/",
    "wasm/core/src/",
    "wasm/documents/src/",
    "wasm/fees/src/",
    "wasm/proto/src/",
    "wasm/rsa/src/",
    "wasm/sm2/src/",
    "wasm/verify/src/",
    "xtask/src/",
];

/// Words of PKCS #11 that stand in its driver only.
const OF_PKCS11: &[&str] = &[
    "cryptoki::",
    "yinxin_raw::",
    "CKA_",
    "CKM_",
    "CKR_",
    "slot",
    "mechanism",
];

/// Words of SKF that stand in its driver only.
const OF_SKF: &[&str] = &["yinxin_skf::", "SAR_"];

/// The crates that each crate asks for; `all`: those too that only one of its features does.
fn normal_dependencies(all: bool) -> BTreeMap<String, BTreeSet<String>> {
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
                .filter(|dependency| all || dependency["optional"] != true)
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
    let found = normal_dependencies(true);
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

/// A portal in Rust gets nothing of JavaScript or of the extension with it.
#[test]
fn the_verifier_stands_alone() {
    let tree = output(command("cargo").args([
        "tree",
        "--package=yinxin-verify",
        "--edges=normal",
        "--prefix=none",
        "--offline",
    ]))
    .expect("cargo tree runs");
    let names: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.contains("yinxin-pki") && names.contains("yinxin-sm2"));
    for banned in [
        "js-sys",
        "serde-wasm-bindgen",
        "wasm-bindgen",
        "web-sys",
        "yinxin-core",
    ] {
        assert!(
            !names.contains(banned),
            "yinxin-verify must not reach {banned}"
        );
    }
}

#[test]
fn the_core_does_no_input_or_output() {
    let found = normal_dependencies(false);
    for name in [
        "yinxin-core",
        "yinxin-fees",
        "yinxin-pki",
        "yinxin-proto",
        "yinxin-rsa",
        "yinxin-sheet",
        "yinxin-sm2",
        "yinxin-verify",
    ] {
        for banned in NEVER_IN_CORE {
            assert!(
                !found[name].contains(*banned),
                "{name} must not use {banned}"
            );
        }
    }
}

/// The paths that begin here: one, or those of a group.
fn paths(text: &str) -> Vec<Vec<&str>> {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let (mut depth, mut start, mut found) = (0, 0, Vec::new());
        for (index, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    found.extend(paths(&group[start..index]));
                    start = index + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
        return found;
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let behind = rest.strip_prefix("::").map_or(vec![Vec::new()], paths);
    let behind = behind.into_iter();
    behind.map(|path| [vec![name], path].concat()).collect()
}

/// Modules of a folder that know each other in a circle, without their tests. A module and those inside of
/// it are one: circles are between neighbours, at each level.
fn circles(folder: &str, sources: &[(String, String)]) -> Vec<String> {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let files: BTreeMap<Vec<&str>, String> = sources
        .iter()
        .filter_map(|(path, text)| {
            let module = path.strip_prefix(folder)?.strip_suffix(".rs")?;
            let text = text.split("\n#[cfg(test)]\nmod ").next()?;
            let code: Vec<&str> = text.lines().filter(is_code).collect();
            Some((module.split('/').collect(), code.join("\n")))
        })
        .collect();
    let mut knows: BTreeMap<&[&str], BTreeSet<&[&str]>> = BTreeMap::new();
    for (own, text) in &files {
        for (word, base) in [
            ("crate::", &[][..]),
            ("super::", &own[..own.len() - 1]),
            ("self::", own),
        ] {
            for (index, _) in text.match_indices(word) {
                let inside = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$';
                if text[..index].ends_with(inside) {
                    continue;
                }
                for path in paths(&text[index + word.len()..]) {
                    let up = path.iter().take_while(|name| **name == "super").count();
                    let base = &base[..base.len().saturating_sub(up)];
                    let whole = [base, &path[up..]].concat();
                    let named = (1..=whole.len()).rev().map(|length| &whole[..length]);
                    let Some((other, _)) =
                        named.filter_map(|name| files.get_key_value(name)).next()
                    else {
                        continue;
                    };
                    let common = own.iter().zip(other).take_while(|(a, b)| a == b).count();
                    if let (Some(from), Some(to)) = (own.get(..=common), other.get(..=common)) {
                        knows.entry(from).or_default().insert(to);
                    }
                }
            }
        }
    }
    // Whoever knows nobody, or whom nobody knows, is in no circle; then the same of what is left.
    loop {
        let known: BTreeSet<&[&str]> = knows.values().flatten().copied().collect();
        let knowing: BTreeSet<&[&str]> = knows.keys().copied().collect();
        let before = knows.values().map(BTreeSet::len).sum::<usize>();
        knows.retain(|from, _| known.contains(from));
        knows
            .values_mut()
            .for_each(|to| to.retain(|to| knowing.contains(to)));
        knows.retain(|_, to| !to.is_empty());
        if knows.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    knows.keys().map(|module| module.join("/")).collect()
}

#[test]
fn circles_between_modules_are_found() {
    let source = |path: &str, text: &str| (format!("x/{path}.rs"), text.to_owned());
    let (a, b) = (
        source("a", "use crate::b::c;"),
        source("b/c", "use crate::{d::{e, f}, a};"),
    );
    let top = [a, b, source("b", "mod c;"), source("main", "mod a; mod b;")];
    assert_eq!(circles("x/", &top), ["a", "b"]);
    let neighbours = [
        source("a/b", "use super::c::d;"),
        source("a/c", "fn c() { super::b::b(); }"),
    ];
    assert_eq!(circles("x/", &neighbours), ["a/b", "a/c"]);
    let none = [
        source("a", "// crate::b\nuse self::b::c;\nuse crate::c;"),
        source("a/b", "use super::Of; use super::super::c;"),
        source(
            "c",
            "use d_crate::a;\n#[cfg(test)]\nmod tests { use crate::a; }",
        ),
    ];
    assert!(circles("x/", &none).is_empty());
}

#[test]
fn no_modules_know_each_other_in_a_circle() {
    let sources = sources();
    for folder in WITHOUT_CIRCLES {
        let found = circles(folder, &sources);
        assert!(found.is_empty(), "{folder}: a circle through {found:?}");
    }
}

#[test]
fn the_host_knows_each_key_interface_in_its_driver_only() {
    for (path, text) in sources() {
        let Some(module) = path.strip_prefix("host/src/") else {
            continue;
        };
        // Codes of the catalogue.
        let text = text
            .replace("MechanismMissing", "")
            .replace("mechanism-missing", "");
        let lower = text.to_ascii_lowercase();
        for (driver, words) in [("worker/pkcs11", OF_PKCS11), ("worker/skf", OF_SKF)] {
            if module.starts_with(driver) {
                continue;
            }
            for word in words {
                let knows = text.contains(word) || lower.contains(word);
                assert!(!knows, "{path} knows of {word}");
            }
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
fn no_test_takes_a_promise_for_an_answer() {
    // Put together here, so that this file does not find itself.
    let word = ["waitForFunction(", "async"].concat();
    for (path, text) in sources() {
        assert!(
            !text.contains(word.as_str()),
            "{path}: it does not wait for promises; `until` does"
        );
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
