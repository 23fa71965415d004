//! What each file of the field comes to, against the one table of `tests/contract/field.json`, which the package is
//! held to as well. Lists for fees are read by the crate that reads spreadsheets.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yinxin_pki::certificate::bundle;
use yinxin_pki::recognise::recognise;
use yinxin_pki::trust;
use yinxin_verify::{
    Certificate, Content, CrlPolicy, Error, Options, SealedContent, Time, verify_certificate,
    verify_cms, verify_seal, verify_seal_signature, view,
};

#[derive(Deserialize)]
struct Field {
    calls: BTreeMap<String, Given>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    file: String,
    call: String,
    #[serde(default)]
    options: Given,
    gives: Value,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    at: Option<String>,
    anchors: Option<Vec<String>>,
    intermediates: Option<Vec<String>>,
    crls: Option<Vec<String>>,
    crl_policy: Option<CrlPolicy>,
    makers: Option<Vec<String>>,
    content: Option<String>,
}

impl Given {
    /// These, and those of the call where they are silent.
    fn beside(self, call: &Self) -> Self {
        let call = call.clone();
        Self {
            at: self.at.or(call.at),
            anchors: self.anchors.or(call.anchors),
            intermediates: self.intermediates.or(call.intermediates),
            crls: self.crls.or(call.crls),
            crl_policy: self.crl_policy.or(call.crl_policy),
            makers: self.makers.or(call.makers),
            content: self.content.or(call.content),
        }
    }
}

#[test]
fn each_file_of_the_field_gives_what_the_table_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("YINXIN_TEST_DATA")
        .map_or_else(|| root.join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        yinxin_testing::skipped(&format!("no test data at {}", data.display()));
        return;
    }
    let table = std::fs::read(root.join("tests/contract/field.json")).expect("the table");
    let table: Field = serde_json::from_slice(&table).expect("a table");
    let mut others = Vec::new();
    let mut seen = 0;
    for row in table.rows {
        let none = Given::default();
        let options = row
            .options
            .beside(table.calls.get(&row.call).unwrap_or(&none));
        let Some(found) = judge(&data.join("field"), &row.file, &row.call, &options) else {
            continue;
        };
        seen += 1;
        let found = found.unwrap_or_else(|error| json!({ "throws": error.code() }));
        let found = as_far_as(&row.gives, &plain(found));
        if found != row.gives {
            others.push(format!("{} {}: {found:#}", row.call, row.file));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert!(seen > 100);
}

/// `None` for a call that is another crate's.
fn judge(folder: &Path, file: &str, call: &str, options: &Given) -> Option<Result<Value, Error>> {
    let read = |name: &String| std::fs::read(folder.join(name)).expect(name);
    let all = |names: &Option<Vec<String>>| -> Vec<Vec<u8>> {
        names.iter().flatten().map(read).collect()
    };
    let bytes = read(&file.into());
    let at = options.at.as_deref().unwrap_or("2026-06-01T00:00:00Z");
    let at = Time::parse(at).expect("a time");
    let mut how = Options::at(at).crls(all(&options.crls));
    if options.anchors.is_some() || call == "verifyCertificate" {
        how = how.require_anchors();
    }
    for anchor in all(&options.anchors) {
        how = how.anchors(&anchor).expect("an anchor");
    }
    for one in all(&options.intermediates) {
        how = how.intermediates(&one).expect("a certificate");
    }
    for maker in all(&options.makers) {
        how = how.makers(&maker).expect("a maker");
    }
    if let Some(policy) = options.crl_policy {
        how = how.crl_policy(policy);
    }
    let content = options.content.as_ref().map(read);
    let content = content.as_deref().map(Content::Bytes);
    Some(match call {
        "recognise" => Ok(value(&recognise(&bytes, bytes.len() as u64))),
        "parseCertificate" => Certificate::parse(&bytes).map(|read| value(&read.facts(at))),
        "certificates" => bundle::certificates(&bytes).map(|list| {
            let views = list.iter().map(|read| trust::anchor_view(read, false, at));
            value(&views.map(|view| view.name).collect::<Vec<_>>())
        }),
        "verifyCertificate" => {
            verify_certificate(&bytes, None, &how).map(|verdict| value(&view::certificate(verdict)))
        }
        "verifyCms" => {
            verify_cms(&bytes, content, &how).map(|verdict| value(&view::cms(verdict, at)))
        }
        "verifySeal" => {
            verify_seal(&bytes, None, &how).map(|verdict| value(&view::seal(verdict, at)))
        }
        "verifySealSignature" => {
            verify_seal_signature(&bytes, content.map(SealedContent::Content), &how)
                .map(|verdict| value(&view::seal_signature(verdict, at)))
        }
        "list" => return None,
        other => panic!("no call {other}"),
    })
}

fn value(what: &impl serde::Serialize) -> Value {
    serde_json::to_value(what).expect("it serialises")
}

/// An answer with its findings as lines: how grave, what, where, and why.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, inner)| match inner {
                Value::Array(findings) if name == "findings" => {
                    let mut lines: Vec<String> = findings.iter().map(line).collect();
                    lines.sort();
                    (name, json!(lines))
                }
                inner => (name, plain(inner)),
            });
            Value::Object(fields.collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(plain).collect()),
        other => other,
    }
}

fn line(finding: &Value) -> String {
    let text = |value: &Value| value.as_str().map(String::from);
    let mut line = format!(
        "{} {}",
        text(&finding["severity"]).expect("a severity"),
        text(&finding["code"]).expect("a code")
    );
    if let Some(place) = text(&finding["place"]) {
        line += &format!(" {place}");
    }
    if let Some(reason) = text(&finding["params"]["reason"]) {
        line += &format!(": {reason}");
    }
    line
}

/// As much of an answer as the table's row speaks of.
fn as_far_as(wanted: &Value, found: &Value) -> Value {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let fields = wanted.iter().map(|(name, inner)| {
                let known = found.get(name).map(|known| as_far_as(inner, known));
                (name.clone(), known.unwrap_or(Value::Null))
            });
            Value::Object(fields.collect())
        }
        (Value::Array(wanted), Value::Array(found)) => {
            let inner = found.iter().enumerate();
            let inner =
                inner.map(|(at, inner)| as_far_as(wanted.get(at).unwrap_or(&Value::Null), inner));
            Value::Array(inner.collect())
        }
        _ => found.clone(),
    }
}
