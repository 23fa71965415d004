//! The vectors of `docs/formats.md` (`tests/vectors`): proofs, CMS and seals, good and bad, each bad in one way. They are
//! made here, with keys that anybody can read, and their verdicts are what the calls say; a test holds the files to both.
//! `YINXIN_GOLDEN=write cargo test -p yinxin-calls --test vectors` writes them anew.
#![allow(clippy::unwrap_used)]

mod certificates;
mod cms;
mod judge;
mod login;
mod seals;

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use yinxin_calls::{Function, Request, call, error_json};
use yinxin_pki::asn1::hex;
use yinxin_pki::hash::sha256;
use yinxin_pki::testing::{Identity, NOW, TestKey};
use yinxin_proto::Base64;

/// A call, as a file says it.
struct Vector {
    description: String,
    function: Function,
    request: Value,
    parts: Vec<(&'static str, Vec<u8>)>,
    /// A visitor's text of which a reader of JSON makes another value than is written there.
    only_as_text: bool,
}

/// All of them, by their names.
#[derive(Default)]
struct Set {
    all: BTreeMap<String, (Vector, Value)>,
    /// Those that come to something else than their author says.
    wrong: Vec<String>,
}

impl Set {
    /// Adds one. `comes` is what its author says must come of it: `valid`; the codes of what is fatal, in their order; or
    /// `error` with a code.
    fn add(&mut self, name: &str, comes: &str, vector: Vector) {
        let answer = vector.answer();
        let found = comes_to(&answer);
        if found != comes {
            self.wrong
                .push(format!("{name}: {found}, in the place of {comes}"));
        }
        let known = self.all.insert(name.to_owned(), (vector, answer));
        assert!(known.is_none(), "{name} is there twice");
    }
}

impl Vector {
    /// What the call answers, or its error.
    fn answer(&self) -> Value {
        let mut request = Request::parse(self.request.to_string().as_bytes()).unwrap();
        for (name, bytes) in &self.parts {
            request = request.with(name, bytes.clone()).unwrap();
        }
        match call(self.function, None, &request, NOW) {
            Ok(answer) => serde_json::from_str(&answer).unwrap(),
            Err(error) => {
                json!({ "error": serde_json::from_str::<Value>(&error_json(&error)).unwrap() })
            }
        }
    }

    fn file(&self, answer: &Value) -> String {
        let parts: Map<String, Value> = self
            .parts
            .iter()
            .map(|(name, bytes)| {
                // A visitor's text is told as it is.
                let text = match *name {
                    "proof" => String::from_utf8(bytes.clone()).unwrap(),
                    _ => base64(bytes),
                };
                ((*name).into(), json!(text))
            })
            .collect();
        let digest = json!(hex(&sha256(answer.to_string().as_bytes())));
        let mut fields = vec![
            ("description", json!(self.description)),
            ("function", json!(self.function.name())),
            ("request", self.request.clone()),
            ("parts", parts.into()),
            ("expected", judged(answer)),
            ("answer", digest),
        ];
        if self.only_as_text {
            fields.push(("onlyAsText", json!(true)));
        }
        let fields = fields
            .iter()
            .map(|(name, value)| format!("  {}: {}", json!(name), by_lines(value)));
        format!("{{\n{}\n}}\n", fields.collect::<Vec<_>>().join(",\n"))
    }
}

/// JSON with a line for each field of an object, and none for what is deeper.
fn by_lines(value: &Value) -> String {
    let Some(fields) = value.as_object().filter(|fields| !fields.is_empty()) else {
        return value.to_string();
    };
    let fields = fields
        .iter()
        .map(|(name, value)| format!("    {}: {value}", json!(name)));
    format!("{{\n{}\n  }}", fields.collect::<Vec<_>>().join(",\n"))
}

fn comes_to(answer: &Value) -> String {
    if let Some(code) = answer["error"]["code"].as_str() {
        return format!("error {code}");
    }
    let fatal: Vec<&str> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "fatal")
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert_eq!(answer["valid"], fatal.is_empty());
    if fatal.is_empty() {
        "valid".into()
    } else {
        fatal.join(", ")
    }
}

/// Of an answer what another implementation has to come to. What is left out are the facts of certificates and bytes that
/// stand in the request; the whole answer is held to its digest.
fn judged(answer: &Value) -> Value {
    if !answer["error"].is_null() {
        return answer.clone();
    }
    let mut all = Map::new();
    for name in [
        "valid",
        "summary",
        "challengeId",
        "binding",
        "claimedTime",
        "digest",
        "propertyInfo",
    ] {
        if let Some(value) = answer.get(name) {
            all.insert(name.into(), value.clone());
        }
    }
    let of_severity = |severity: &str| {
        let findings = answer["findings"].as_array().unwrap().iter();
        let severity = severity.to_owned();
        findings.filter(move |finding| finding["severity"] == severity)
    };
    let fatal = of_severity("fatal").map(|finding| only(finding, &["code", "params", "place"]));
    all.insert("fatal".into(), fatal.collect());
    for (name, severity) in [("warnings", "warning"), ("notes", "note")] {
        let codes = of_severity(severity).map(|finding| finding["code"].clone());
        all.insert(name.into(), codes.collect());
    }
    if let Some(signers) = answer["signers"].as_array() {
        let of_signer = |signer: &Value| {
            let mut told = only(
                signer,
                &[
                    "valid",
                    "claimedTime",
                    "digestAlgorithm",
                    "signatureAlgorithm",
                    "digest",
                ],
            );
            told["subject"] = signer["certificate"]["subject"].clone();
            told
        };
        all.insert("signers".into(), signers.iter().map(of_signer).collect());
        let of_content = ["contentType", "attached", "size", "sm3", "sha256"];
        all.insert("content".into(), only(&answer["content"], &of_content));
    }
    if let Some(seal) = answer.get("seal") {
        let of_seal = [
            "version",
            "standard",
            "name",
            "id",
            "vendor",
            "created",
            "validFrom",
            "validUntil",
        ];
        all.insert("seal".into(), only(seal, &of_seal));
    }
    Value::Object(all)
}

fn only(value: &Value, names: &[&str]) -> Value {
    let named = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value.get(name)?.clone())));
    Value::Object(named.collect())
}

/// The first with the fields of the second in the place of its own; `null` takes one away (RFC 7396).
fn merged(first: &Value, more: &Value) -> Value {
    let mut all = first.clone();
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
            _ => all[name] = value.clone(),
        }
    }
    all
}

fn base64(bytes: &[u8]) -> String {
    Base64(bytes.to_vec()).encode()
}

fn pem(identity: &Identity) -> Value {
    json!(identity.pem())
}

/// The keys of each kind, with their names.
fn keys() -> [(&'static str, TestKey); 3] {
    [
        ("sm2", TestKey::sm2(1)),
        ("p256", TestKey::p256(2)),
        ("rsa", TestKey::rsa_kept()),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors"))
}

fn all() -> &'static Set {
    static SET: OnceLock<Set> = OnceLock::new();
    let set = SET.get_or_init(|| {
        let mut set = Set::default();
        login::add(&mut set);
        cms::add(&mut set);
        seals::add(&mut set);
        certificates::add(&mut set);
        set
    });
    assert!(set.wrong.is_empty(), "{:#?}", set.wrong);
    set
}

#[test]
fn the_files_are_what_is_made_here_and_their_verdicts_what_the_calls_say() {
    let (set, folder) = (all(), folder());
    assert!(set.all.len() >= 200, "{}", set.all.len());
    let writes = std::env::var_os("YINXIN_GOLDEN").is_some_and(|how| how == "write");
    let kept = fs::read_dir(&folder).unwrap();
    let kept = kept.map(|file| file.unwrap().file_name().into_string().unwrap());
    for name in kept.filter_map(|file| file.strip_suffix(".json").map(str::to_owned)) {
        if writes {
            fs::remove_file(folder.join(format!("{name}.json"))).unwrap();
        } else {
            assert!(set.all.contains_key(&name), "{name}.json is made by nobody");
        }
    }
    if writes {
        for (name, (vector, answer)) in &set.all {
            fs::write(folder.join(format!("{name}.json")), vector.file(answer)).unwrap();
        }
    }
    for (name, (vector, answer)) in &set.all {
        let file = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap_or_default();
        assert!(
            file == vector.file(answer),
            "{name}.json is not what is made: write it anew, and read the difference"
        );
    }
}
