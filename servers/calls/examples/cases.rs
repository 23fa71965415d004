//! Calls with what Rust answers, for the tests of other languages: `cases FOLDER [DATA]` writes `cases.json` and the bytes
//! that its cases name, made with keys of the tests; with the shared data, its files of the field as well. Beside them lies what
//! the quick starts of `servers/README.md` work on. What a case is judged by stands in a policy as well, for the service, which
//! takes none from a request.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use yinxin_calls::{Beside, Function, Policy, Request, call, error_json};
use yinxin_documents::pdf::testing as pdf;
use yinxin_documents::testing::{OfdDraft, Signing};
use yinxin_pki::seal::Version;
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain};
use yinxin_proto::Base64;
use yinxin_proto::page::{LoginProof, SignatureAlgorithm};

const ORIGIN: &str = "https://portal.example";
const CONTENT: &[u8] = "采购合同：第一条……".as_bytes();

/// What is written.
struct Cases {
    folder: PathBuf,
    cases: Vec<Value>,
    files: usize,
    /// Policies, each by its text, with the name of its file.
    policies: BTreeMap<String, String>,
}

impl Cases {
    /// Calls, and keeps the answer.
    fn add(&mut self, name: &str, function: Function, request: &Value, parts: &[(&str, &[u8])]) {
        let mut whole = Request::parse(request.to_string().as_bytes()).unwrap();
        let mut named = serde_json::Map::new();
        for (part, bytes) in parts {
            whole = whole.with(part, bytes.to_vec()).unwrap();
            self.files += 1;
            let file = format!("{}.bin", self.files);
            fs::write(self.folder.join(&file), bytes).unwrap();
            named.insert((*part).into(), json!(file));
        }
        let (key, answer) = match call(function, None, &whole, NOW) {
            Ok(answer) => ("answer", answer),
            Err(error) => ("error", error_json(&error)),
        };
        let mut case = json!({ "name": name, "function": function.name(), "request": request, "parts": named });
        case[key] = json!(answer);
        if let Some(under_policy) = self.under_policy(function, request, parts) {
            case["underPolicy"] = under_policy;
        }
        self.cases.push(case);
    }

    /// The same with what it is judged by in a policy; nothing, where no policy could say it.
    fn under_policy(
        &mut self,
        function: Function,
        request: &Value,
        parts: &[(&str, &[u8])],
    ) -> Option<Value> {
        let mut policy = json!({ "allowAt": true });
        let mut left = json!({});
        for (name, value) in request.as_object().unwrap() {
            let is_login = function == Function::VerifyLogin;
            match &name[..] {
                "anchors" | "intermediates" | "makers" | "crls" => {
                    policy[name] = self.listed(value);
                }
                "issuers" if is_login => {
                    // A policy keeps names apart.
                    let is_name = |one: &Value| one.as_str().is_some_and(|text| !text.is_ascii());
                    let names = value.as_array().filter(|all| all.iter().any(is_name));
                    match names {
                        Some(names) => policy["issuerNames"] = json!(names),
                        None => policy[name] = self.listed(value),
                    }
                }
                "national" | "sm2Id" | "sm2Variants" | "extendedKeyUsages" => {
                    policy[name] = value.clone();
                }
                "allowWithoutAttributes" | "allowDigestOfContent" | "allowMixedContentTypes" => {
                    policy["cms"][name] = value.clone();
                }
                "clockSkew" => policy["login"][name] = value.clone(),
                _ => left[name] = value.clone(),
            }
        }
        if function == Function::VerifyLogin {
            policy["login"]["origins"] = json!([ORIGIN]);
        }
        if policy.get("anchors").is_none() && policy.get("makers").is_none() {
            match function {
                // By itself it judges by these.
                Function::VerifyCertificate => policy["national"] = json!(true),
                // What judges nothing is called under whatever policy.
                Function::ParseCertificate | Function::ParseSeal | Function::Text => {
                    let (root, ..) = chain(TestKey::sm2(1));
                    policy["anchors"] = json!([root.pem()]);
                }
                _ => return None,
            }
        }
        let text = policy.to_string();
        let read = Policy::parse(text.as_bytes(), &Beside(self.folder.clone()), NOW).ok()?;
        let mut whole = Request::parse(left.to_string().as_bytes()).unwrap();
        for (part, bytes) in parts {
            whole = whole.with(part, bytes.to_vec()).unwrap();
        }
        let (key, answer) = match call(function, Some(&read), &whole, NOW) {
            Ok(answer) => ("answer", answer),
            Err(error) => ("error", error_json(&error)),
        };
        let next = format!("policy-{}.json", self.policies.len());
        let file = self.policies.entry(text).or_insert_with_key(|text| {
            fs::write(self.folder.join(&next), text).unwrap();
            next
        });
        let mut told = json!({ "policy": file, "request": left });
        told[key] = json!(answer);
        Some(told)
    }

    /// Certificates or lists as a policy names them: PEM, or files.
    fn listed(&mut self, value: &Value) -> Value {
        let one = std::slice::from_ref(value);
        let all = value.as_array().map_or(one, |all| &all[..]);
        let named = all.iter().map(|one| {
            let text = one.as_str().unwrap();
            if text.contains("-----BEGIN ") {
                return json!(text);
            }
            let digest: String = text
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .rev()
                .take(40)
                .collect();
            let file = format!("{digest}.bin");
            fs::write(self.folder.join(&file), text).unwrap();
            json!(file)
        });
        named.collect()
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().expect("a folder");
    fs::create_dir_all(&folder).unwrap();
    let mut cases = Cases {
        folder,
        cases: Vec::new(),
        files: 0,
        policies: BTreeMap::new(),
    };
    for key in TestKey::all() {
        of_key(&mut cases, key);
    }
    of_documents(&mut cases);
    of_vectors(&mut cases);
    if let Some(data) = arguments.next() {
        of_field(&mut cases, &data);
    }
    quick_start(&cases.folder);
    let text = serde_json::to_string(&cases.cases).unwrap();
    fs::write(cases.folder.join("cases.json"), text).unwrap();
    println!("{}", cases.cases.len());
}

fn merged(first: &Value, more: Value) -> Value {
    let mut all = first.clone();
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

/// Certificates, signatures, logins and seals of a kind of key.
fn of_key(cases: &mut Cases, key: TestKey) {
    let (root, issuing, unit) = chain(key.clone());
    let maker = Identity::self_signed(TestKey::sm2(2), &Profile::authority("示例制章机构"));
    let at = NOW.to_string();
    let trust = json!({ "anchors": [root.pem()], "intermediates": issuing.pem(), "at": at });
    let mut cms = |name: &str, more: Value, parts: &[(&str, &[u8])]| {
        cases.add(name, Function::VerifyCms, &merged(&trust, more), parts);
    };
    let (detached, attached) = (unit.cms(CONTENT), unit.cms_attached(CONTENT));
    let both: &[(&str, &[u8])] = &[("cms", &detached), ("content", CONTENT)];
    cms("a detached signature", json!({}), both);
    cms("an attached one", json!({}), &[("cms", &attached)]);
    cms(
        "of other content",
        json!({}),
        &[("cms", &detached), ("content", b"other")],
    );
    cms("without its content", json!({}), &[("cms", &detached)]);
    cms(
        "cut off",
        json!({}),
        &[("cms", &detached[..detached.len() / 2])],
    );
    cms(
        "of a person's certificate",
        json!({ "holders": ["person"] }),
        both,
    );
    cms("of an issuer", json!({ "issuers": [issuing.pem()] }), both);
    cms(
        "of another issuer",
        json!({ "issuers": [maker.pem()] }),
        both,
    );
    cms(
        "with lists that are missing",
        json!({ "crlPolicy": "require" }),
        both,
    );
    cms("of the past", json!({ "at": "2001-01-01T00:00:00Z" }), both);
    cms("with an unknown option", json!({ "anchor": [] }), both);
    cms("with a wrong option", json!({ "crlPolicy": "maybe" }), both);
    let mut hashed = yinxin_calls::Hashed::default();
    hashed.update(CONTENT);
    let digests: Value = serde_json::from_str(&hashed.json()).unwrap();
    cms("by digests", json!({ "content": digests }), &both[..1]);

    let function = Function::VerifyCertificate;
    let certificate = unit.certificate.der();
    cases.add(
        "a certificate",
        function,
        &trust,
        &[("certificate", certificate)],
    );
    let revoked = issuing.crl(&[(unit.certificate.serial(), NOW)], NOW, NOW.plus(60));
    let lists = json!({ "crls": [Base64(revoked).encode()], "purpose": "sign" });
    cases.add(
        "a revoked one",
        function,
        &merged(&trust, lists),
        &[("certificate", certificate)],
    );
    let facts = json!({ "now": at });
    cases.add(
        "its facts",
        Function::ParseCertificate,
        &facts,
        &[("certificate", certificate)],
    );

    let asked = json!({ "origin": ORIGIN, "session": "s", "at": at }).to_string();
    let asked = Request::parse(asked.as_bytes()).unwrap();
    let challenge = call(Function::NewLoginChallenge, None, &asked, NOW).unwrap();
    let challenge: Value = serde_json::from_str(&challenge).unwrap();
    let proof = unit.login_proof(ORIGIN, &serde_json::from_value(challenge.clone()).unwrap());
    let good = serde_json::to_vec(&proof).unwrap();
    let other = LoginProof {
        version: 2,
        ..proof
    };
    let other = serde_json::to_vec(&other).unwrap();
    let expected = json!({ "challenge": challenge, "origin": ORIGIN, "session": "s", "issuers": [issuing.pem()] });
    let expected = merged(&trust, expected);
    let mut login = |name: &str, more: Value, proof: &[u8]| {
        let request = merged(&expected, more);
        cases.add(name, Function::VerifyLogin, &request, &[("proof", proof)]);
    };
    login("a login", json!({}), &good);
    login("of another session", json!({ "session": "t" }), &good);
    login("for another purpose", json!({ "purpose": "bind" }), &good);
    login(
        "at another origin",
        json!({ "origin": "https://other.example" }),
        &good,
    );
    login(
        "in a format that is not accepted",
        json!({ "formats": ["logondata"] }),
        &good,
    );
    login("of another version", json!({}), &other);
    login(
        "without a form",
        json!({}),
        br#"{"format": "yinxin", "version": "1"}"#,
    );
    login("of nothing", json!({}), b"null");
    login(
        "with a skew of an hour",
        json!({ "clockSkew": 3600 }),
        &good,
    );

    // The tests' seals are set by SM2.
    if key.algorithm() != SignatureAlgorithm::Sm2Sm3 {
        return;
    }
    let sealed = unit.sealed(&maker, CONTENT);
    let makers = json!({ "makers": [maker.pem()] });
    let function = Function::VerifySealSignature;
    let parts: &[(&str, &[u8])] = &[("signature", &sealed), ("content", CONTENT)];
    cases.add(
        "a seal that was set",
        function,
        &merged(&trust, makers.clone()),
        parts,
    );
    cases.add("of an unknown maker", function, &trust, parts);
    cases.add(
        "on other content",
        function,
        &merged(&trust, makers),
        &parts[..1],
    );
}

fn of_documents(cases: &mut Cases) {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    let trust = json!({
        "anchors": [root.pem()], "intermediates": issuing.pem(), "makers": [maker.pem()], "at": NOW.to_string(),
    });
    let mut draft = OfdDraft::new();
    draft.seal(Version::V4, &Signing::default(), &unit, &maker);
    let ofd = draft.write();
    cases.add(
        "a sealed OFD",
        Function::VerifyOfd,
        &trust,
        &[("file", &ofd)],
    );
    draft.set("/Doc_0/Attachs.xml", b"<changed/>");
    let changed = draft.write();
    cases.add(
        "a changed OFD",
        Function::VerifyOfd,
        &trust,
        &[("file", &changed)],
    );
    cases.add(
        "no OFD",
        Function::VerifyOfd,
        &trust,
        &[("file", &ofd[..100])],
    );
    let signed = signed_pdf(&unit);
    cases.add(
        "a signed PDF",
        Function::VerifyPdf,
        &trust,
        &[("file", &signed)],
    );
    let plain = pdf::plain().table("/Root 1 0 R").finish();
    cases.add(
        "a PDF without a signature",
        Function::VerifyPdf,
        &trust,
        &[("file", &plain)],
    );
    cases.add("no PDF", Function::VerifyPdf, &trust, &[("file", b"%PDF-")]);
    for locale in ["zh-CN", "en", "fr"] {
        let request = json!({ "code": "certificate-expired", "params": { "date": "2026-01-02T00:00:00Z" }, "locale": locale });
        cases.add(locale, Function::Text, &request, &[]);
    }
}

fn signed_pdf(unit: &Identity) -> Vec<u8> {
    let plain = pdf::plain().table("/Root 1 0 R").finish();
    pdf::signed(&plain, &pdf::Signing::default(), |covered| {
        unit.cms(covered)
    })
}

/// The vectors, as they are kept. A case of one has what its file says the digest of the answer is, and whether the proof
/// says something else as JSON than as text.
fn of_vectors(cases: &mut Cases) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    for file in files {
        let vector: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let function = Function::of(vector["function"].as_str().unwrap()).unwrap();
        let parts = vector["parts"].as_object().unwrap().iter();
        let parts: Vec<(&str, Vec<u8>)> = parts
            .map(|(name, part)| match (&name[..], part.as_str().unwrap()) {
                ("proof", text) => ("proof", text.as_bytes().to_vec()),
                (name, base64) => (name, Base64::decode(base64).unwrap().0),
            })
            .collect();
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, bytes)| (*name, &bytes[..]))
            .collect();
        let name = file.file_stem().unwrap().to_str().unwrap();
        cases.add(name, function, &vector["request"], &parts);
        let case = cases.cases.last_mut().unwrap();
        case["digest"] = vector["answer"].clone();
        case["onlyAsText"] = json!(vector["onlyAsText"] == true);
    }
}

/// Each call of the field's table whose options are files.
fn of_field(cases: &mut Cases, data: &Path) {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/field.json");
    let table: Value = serde_json::from_slice(&fs::read(table).unwrap()).unwrap();
    let read = |name: &Value| fs::read(data.join("field").join(name.as_str().unwrap())).unwrap();
    for row in table["rows"].as_array().unwrap() {
        let Some(function) = row["call"].as_str().and_then(Function::of) else {
            continue;
        };
        let mut options = table["calls"][function.name()].clone();
        for (name, value) in row["options"].as_object().into_iter().flatten() {
            options[name] = value.clone();
        }
        let bytes = read(&row["file"]);
        let part = match function {
            Function::VerifyCms => "cms",
            Function::VerifySeal => "seal",
            Function::VerifySealSignature => "signature",
            _ => "certificate",
        };
        let mut request = json!({});
        let mut parts: Vec<(&str, Vec<u8>)> = vec![(part, bytes)];
        for (name, value) in options.as_object().unwrap() {
            match &name[..] {
                "content" => parts.push(("content", read(value))),
                "anchors" | "intermediates" | "makers" | "crls" => {
                    let all = value.as_array().unwrap().iter();
                    let all = all.map(|one| Base64(read(one)).encode());
                    request[name] = all.collect();
                }
                "at" if function == Function::ParseCertificate => request["now"] = value.clone(),
                _ => request[name] = value.clone(),
            }
        }
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, bytes)| (*name, &bytes[..]))
            .collect();
        let name = format!("{} of the field", row["file"].as_str().unwrap());
        cases.add(&name, function, &request, &parts);
    }
}

/// A portal's folder: its policy with the files that it names, and what its users hand in.
fn quick_start(folder: &Path) {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    let policy = json!({
        "description": "Of the quick start",
        "anchors": ["root.pem"], "intermediates": ["issuing.pem"], "issuers": ["issuing.pem"], "makers": ["maker.pem"],
        "allowAt": true,
        "login": { "origins": [ORIGIN] },
    });
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write("policy.json", policy.to_string().as_bytes());
    for (name, identity) in [
        ("root.pem", &root),
        ("issuing.pem", &issuing),
        ("maker.pem", &maker),
        ("unit.pem", &unit),
    ] {
        write(name, identity.pem().as_bytes());
    }
    let asked =
        json!({ "origin": ORIGIN, "session": "session-of-the-browser", "at": NOW.to_string() });
    let asked = Request::parse(asked.to_string().as_bytes()).unwrap();
    let challenge = call(Function::NewLoginChallenge, None, &asked, NOW).unwrap();
    write("challenge.json", challenge.as_bytes());
    let proof = unit.login_proof(ORIGIN, &serde_json::from_str(&challenge).unwrap());
    write("proof.json", &serde_json::to_vec(&proof).unwrap());
    write("contract.txt", CONTENT);
    write("contract.p7s", &unit.cms(CONTENT));
    write("contract.pdf", &signed_pdf(&unit));
    let mut draft = OfdDraft::new();
    draft.seal(Version::V4, &Signing::default(), &unit, &maker);
    write("contract.ofd", &draft.write());
    write("now.txt", NOW.to_string().as_bytes());
}
