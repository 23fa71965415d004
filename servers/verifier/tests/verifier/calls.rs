//! Calls over HTTP, and what whoever runs the service asks.

use crate::support::{CONTENT, MULTIPART, ORIGIN, Server, multipart};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use yinxin_calls::{Function, Policy, Request, Time, call};
use yinxin_pki::testing::NOW;
use yinxin_proto::Base64;
use yinxin_verifier::Limits;

const JSON: &str = "application/json";

#[test]
fn a_signature_is_judged_alike_from_json_from_parts_and_in_rust() {
    let server = Server::start();
    let (request, cms) = server.files.signature();
    let mut whole = request.clone();
    whole["cms"] = json!(Base64(cms.clone()).encode());
    whole["content"] = json!(Base64(CONTENT.to_vec()).encode());
    let in_json = server.post("verifyCms", JSON, whole.to_string().as_bytes());
    assert_eq!(in_json.status, 200, "{}", in_json.text());
    assert_eq!(in_json.header("content-type"), Some(JSON));
    assert_eq!(in_json.json()["valid"], true);
    let text = request.to_string();
    let parts: &[(&str, &[u8])] = &[
        ("cms", &cms),
        ("content", CONTENT),
        ("request", text.as_bytes()),
    ];
    let in_parts = server.parts("verifyCms", parts);
    assert_eq!(in_json.text(), in_parts.text());
    let policy = Policy::open(&server.files.policy(), Time(NOW.0)).unwrap();
    let whole = Request::parse(text.as_bytes()).unwrap();
    let whole = whole.with("cms", cms).unwrap();
    let whole = whole.with("content", CONTENT.to_vec()).unwrap();
    let in_rust = call(Function::VerifyCms, Some(&policy), &whole, NOW).unwrap();
    assert_eq!(in_json.text(), in_rust);
}

#[test]
fn what_is_not_valid_is_a_verdict_and_what_cannot_be_read_an_error() {
    let server = Server::start();
    let (request, cms) = server.files.signature();
    let text = request.to_string();
    let text = text.as_bytes();
    let other = server.parts(
        "verifyCms",
        &[("request", text), ("cms", &cms), ("content", b"other")],
    );
    assert_eq!(other.status, 200);
    assert_eq!(other.json()["valid"], false);
    let cut = server.parts("verifyCms", &[("request", text), ("cms", &cms[..100])]);
    cut.is(400, "cms-unreadable");
    // Nobody says whom to trust but the policy.
    let trusting = json!({ "anchors": [], "cms": "AA==" }).to_string();
    server
        .post("verifyCms", JSON, trusting.as_bytes())
        .is(400, "request-invalid");
    let count = |outcome: &str, status: u16| {
        let labels = format!(r#"call="verifyCms",status="{status}",outcome="{outcome}""#);
        server.metric(&format!("yinxin_verifier_requests_total{{{labels}}}"))
    };
    assert_eq!(count("invalid", 200), 1.0);
    assert_eq!(count("valid", 200), 0.0);
    assert_eq!(count("cms-unreadable", 400), 1.0);
    assert_eq!(count("request-invalid", 400), 1.0);
}

#[test]
fn a_login_goes_all_the_way() {
    let server = Server::start();
    let asked = json!({ "session": "s", "at": NOW.to_string() }).to_string();
    let challenge = server.post("newLoginChallenge", JSON, asked.as_bytes());
    assert_eq!(challenge.status, 200, "{}", challenge.text());
    let made = serde_json::from_value(challenge.json()).unwrap();
    let proof = server.files.unit.login_proof(ORIGIN, &made);
    let proof = serde_json::to_vec(&proof).unwrap();
    let request =
        json!({ "challenge": challenge.json(), "session": "s", "at": NOW.to_string() }).to_string();
    let login = |request: &str, proof: &[u8]| {
        server.parts(
            "verifyLogin",
            &[("request", request.as_bytes()), ("proof", proof)],
        )
    };
    let good = login(&request, &proof);
    assert_eq!(good.json()["valid"], true, "{}", good.text());
    let stolen = login(
        &request.replace(r#""session":"s""#, r#""session":"t""#),
        &proof,
    );
    assert_eq!(stolen.json()["valid"], false);
    // What a visitor sends is no error of the portal's, whatever it is.
    for junk in [&b"null"[..], b"{", b"\xff", &proof[..proof.len() / 2]] {
        let answer = login(&request, junk);
        assert_eq!(
            (answer.status, &answer.json()["valid"]),
            (200, &json!(false))
        );
    }
}

#[test]
fn a_seal_is_judged_with_its_maker_in_the_policy() {
    let server = Server::start();
    let sealed = server.files.unit.sealed(&server.files.maker, CONTENT);
    let (request, _) = server.files.signature();
    let request = request.to_string();
    let judged = |content: &[u8]| {
        let parts: &[(&str, &[u8])] = &[
            ("request", request.as_bytes()),
            ("signature", &sealed),
            ("content", content),
        ];
        server.parts("verifySealSignature", parts).json()
    };
    assert_eq!(judged(CONTENT)["valid"], true);
    assert_eq!(judged(b"other")["valid"], false);
}

#[test]
fn a_large_content_is_not_held() {
    let server = Server::with(|limits| limits.memory = Limits::OWN);
    let content = b"the same line again and again\n".repeat(600_000);
    let cms = server.files.unit.cms(&content);
    let request = json!({ "at": NOW.to_string() }).to_string();
    let parts: &[(&str, &[u8])] = &[
        ("request", request.as_bytes()),
        ("cms", &cms),
        ("content", &content),
    ];
    let body = multipart(parts);
    let answer = server.post("verifyCms", MULTIPART, &body);
    assert_eq!(answer.json()["valid"], true, "{}", answer.text());
    // In pieces of a size that the body does not tell.
    let mut client = server.client();
    client.send(format!("POST /v1/verifyCms HTTP/1.1\r\nHost: x\r\nContent-Type: {MULTIPART}\r\nTransfer-Encoding: chunked\r\n\r\n").as_bytes());
    for piece in body.chunks(100_001) {
        client.send(format!("{:x}\r\n", piece.len()).as_bytes());
        client.send(piece);
        client.send(b"\r\n");
    }
    client.send(b"0\r\n\r\n");
    let chunked = client.answer();
    assert_eq!(chunked.text(), answer.text());
    assert_eq!(chunked.header("connection"), Some("close"));
    client.ends();
}

#[test]
fn the_description_has_every_call_and_its_limits() {
    let server = Server::start();
    let described = server.get("/openapi.json").json();
    let paths: BTreeSet<&str> = described["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(|path| &path[..])
        .collect();
    let calls: Vec<String> = Function::ALL
        .iter()
        .map(|one| format!("/v1/{}", one.name()))
        .collect();
    let ours = ["/healthz", "/readyz", "/metrics", "/openapi.json"];
    assert_eq!(
        paths,
        calls.iter().map(|path| &path[..]).chain(ours).collect()
    );
    for path in calls {
        let answer = server.post(&path["/v1/".len()..], JSON, b"{}");
        assert!(
            [200, 400].contains(&answer.status),
            "{path}: {}",
            answer.text()
        );
        let statuses = described["paths"][&path]["post"]["responses"]
            .as_object()
            .unwrap();
        assert!(statuses.contains_key(&answer.status.to_string()));
    }
    for path in ours {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    let limits = Limits::default();
    let told = json!({ "json": limits.json, "file": limits.file, "content": limits.content });
    assert_eq!(described["x-limits"], told);
}

#[test]
fn every_request_has_an_id_that_is_harmless() {
    let server = Server::start();
    let asked = |lines: &str| {
        let mut client = server.client();
        client.send(format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{lines}\r\n").as_bytes());
        client.answer().header("x-request-id").unwrap().to_owned()
    };
    let is_ours = |id: &str| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit());
    assert_eq!(asked("X-Request-Id: a-1_b.C\r\n"), "a-1_b.C");
    let mut seen = BTreeSet::new();
    let too_long = format!("X-Request-Id: {}\r\n", "a".repeat(65));
    for lines in [
        "",
        "X-Request-Id:\r\n",
        "X-Request-Id: a b\r\n",
        "X-Request-Id: {\"a\":1}\r\n",
        "X-Request-Id: a%0d%0aSet-Cookie:b\r\n",
        "X-Request-Id: \u{e9}\r\n",
        "X-Request-Id: a\r\nX-Request-Id: b\r\n",
        &too_long,
    ] {
        let id = asked(lines);
        assert!(is_ours(&id), "{lines}: {id}");
        assert!(seen.insert(id));
    }
}

#[test]
fn a_policy_is_loaded_beside_the_one_in_use_and_refused_whole() {
    let server = Server::start();
    let path = server.files.policy();
    let good = std::fs::read(&path).unwrap();
    let loads = |result: &str| {
        server.metric(&format!(
            r#"yinxin_verifier_policy_loads_total{{result="{result}"}}"#
        ))
    };
    std::fs::write(&path, br#"{"anchors": ["missing.pem"]}"#).unwrap();
    server.service.reload();
    assert_eq!((loads("loaded"), loads("refused")), (1.0, 1.0));
    server.works();
    let mut strict: Value = serde_json::from_slice(&good).unwrap();
    strict["holders"] = json!(["person"]);
    std::fs::write(&path, strict.to_string()).unwrap();
    server.service.reload();
    assert_eq!((loads("loaded"), loads("refused")), (2.0, 1.0));
    let (request, cms) = server.files.signature();
    let request = request.to_string();
    let parts: &[(&str, &[u8])] = &[
        ("request", request.as_bytes()),
        ("cms", &cms),
        ("content", CONTENT),
    ];
    assert_eq!(server.parts("verifyCms", parts).json()["valid"], false);
}
