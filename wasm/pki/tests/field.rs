//! What each file of the field comes to, against the one table of `tests/contract/field.json`, which the package is
//! held to as well. Lists for fees are read by the crate that reads spreadsheets.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use yinxin_pki::certificate::{Certificate, bundle};
use yinxin_pki::cms;
use yinxin_pki::hash::sm3;
use yinxin_pki::recognise::recognise;
use yinxin_pki::seal::{self, Seal, SealSignature, Sealed};
use yinxin_pki::trust::{self, Anchor, CrlPolicy, Crls, Policy};
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

#[derive(Deserialize)]
struct Field {
    calls: BTreeMap<String, Options>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    file: String,
    call: String,
    #[serde(default)]
    options: Options,
    gives: Value,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    at: Option<String>,
    anchors: Option<Vec<String>>,
    intermediates: Option<Vec<String>>,
    crls: Option<Vec<String>>,
    crl_policy: Option<CrlPolicy>,
    makers: Option<Vec<String>>,
    content: Option<String>,
}

impl Options {
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
    let Some(data) = yinxin_testing::data::folder() else {
        return;
    };
    let table = std::fs::read(root.join("tests/contract/field.json")).expect("the table");
    let table: Field = serde_json::from_slice(&table).expect("a table");
    let mut others = Vec::new();
    let mut seen = 0;
    for row in table.rows {
        let none = Options::default();
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
fn judge(folder: &Path, file: &str, call: &str, options: &Options) -> Option<Result<Value, Error>> {
    let read = |name: &String| std::fs::read(folder.join(name)).expect(name);
    let all = |names: &Option<Vec<String>>| -> Vec<Vec<u8>> {
        names.iter().flatten().map(read).collect()
    };
    let certificates = |names: &Option<Vec<String>>| -> Vec<Certificate> {
        let read = all(names)
            .into_iter()
            .map(|bytes| Certificate::parse(&bytes));
        read.collect::<Result<_, _>>().expect("certificates")
    };
    let bytes = read(&file.into());
    let at = options.at.as_deref().unwrap_or("2026-06-01T00:00:00Z");
    let at = UnixTime::parse(at).expect("a time");
    let anchors: Vec<Anchor> = certificates(&options.anchors)
        .into_iter()
        .map(Anchor::from)
        .collect();
    let intermediates = certificates(&options.intermediates);
    let crls = Crls::read(&all(&options.crls));
    let policy = Policy {
        crl_policy: options.crl_policy.unwrap_or_default(),
        ..Policy::new(&anchors, &intermediates, &crls, at)
    };
    let makers = certificates(&options.makers);
    let seals = seal::Policy {
        makers: &makers,
        at,
        extended_key_usages: &[],
        user: None,
    };
    let content = options.content.as_ref().map(read);
    let verdict = |verdict: seal::Verdict, seal: &Seal| json!({ "valid": verdict.valid, "findings": verdict.findings, "seal": value(&seal.facts(at)) });
    Some(match call {
        "recognise" => Ok(value(&recognise(&bytes, bytes.len() as u64))),
        "parseCertificate" => Certificate::parse(&bytes).map(|read| value(&read.facts(at))),
        "certificates" => bundle::certificates(&bytes).map(|list| {
            let views = list.iter().map(|read| trust::anchor_view(read, false, at));
            value(&views.map(|view| view.name).collect::<Vec<_>>())
        }),
        "verifyCertificate" => {
            Certificate::parse(&bytes).map(|read| value(&trust::verify(&read, &policy)))
        }
        "verifyCms" => {
            let mut how = cms::Options::new(policy);
            how.content = content.as_deref().map(cms::Content::Bytes);
            cms::verify(&bytes, &how).map(|judgement| value(&judgement))
        }
        "verifySeal" => Seal::parse(&bytes).map(|read| verdict(seal::verify(&read, &seals), &read)),
        "verifySealSignature" => SealSignature::parse(&bytes).map(|read| {
            let sealed = content
                .as_deref()
                .map(|content| Sealed::Content(sm3(content)));
            verdict(read.verify(sealed.as_ref(), &seals), read.seal())
        }),
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
