//! What no client of good will sends.

use crate::support::{BOUNDARY, CONTENT, MULTIPART, Server, multipart};
use proptest::prelude::*;
use std::cell::RefCell;
use std::time::Duration;

const JSON: &str = "application/json";

#[test]
fn bodies_that_are_none_are_refused_with_a_code() {
    let server = Server::start();
    let deep = "[".repeat(100_000);
    let deep_inside = format!(r#"{{"cms": {}1{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
    let many = format!(
        "{{{}}}",
        (0..1_001)
            .map(|n| format!(r#""a{n}":0"#))
            .collect::<Vec<_>>()
            .join(",")
    );
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"{}\"",
        &deep,
        &deep_inside,
        &many,
        r#"{"cms": 5}"#,
        r#"{"cms": "AA==", "cms": "AA=="}"#,
        r#"{"cms": "AA==", "anchor": []}"#,
        r#"{"cms": "AA==", "content": {"sm3": "AA=="}}"#,
        "{\"cms\": \"\u{0}\"}",
    ] {
        let answer = server.post("verifyCms", JSON, body.as_bytes());
        answer.is(400, "request-invalid");
    }
    server
        .post("verifyCms", JSON, b"{\"cms\": \"\xff\xfe\"}")
        .is(400, "request-invalid");
    server.works();
}

#[test]
fn multipart_bodies_are_read_to_the_letter() {
    let server = Server::start();
    let (_, cms) = server.files.signature();
    let refused = |body: &[u8], reason: &str| {
        let answer = server.post("verifyCms", MULTIPART, body);
        answer.is(400, "request-invalid");
        let told = answer.json()["params"]["reason"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(told.contains(reason), "{told}");
    };
    let whole = multipart(&[("request", b"{}"), ("cms", &cms)]);
    refused(b"", "ends early");
    refused(&whole[..whole.len() / 2], "ends early");
    refused(&whole[..whole.len() - 6], "ends early");
    refused(b"no part at all", "ends early");
    refused(
        &multipart(&[("cms", &cms), ("cms", &cms)]),
        "cms: it is given twice",
    );
    refused(
        &multipart(&[("request", b"{}"), ("request", b"{}")]),
        "request: it is given twice",
    );
    refused(
        &multipart(&[("request", br#"{"cms": "AA=="}"#), ("cms", &cms)]),
        "cms: it is given twice",
    );
    refused(&multipart(&[("anchors", b"")]), "another name");
    refused(&multipart(&[("", b"")]), "another name");
    refused(
        &multipart(&[("request", b"{"), ("cms", &cms)]),
        "expected JSON",
    );
    refused(
        &multipart(&[("file", b"%PDF-"), ("cms", &cms)]),
        "file: this function takes none",
    );
    refused(
        &multipart(&[("seal", b""), ("cms", &cms)]),
        "seal: there is no such option",
    );
    let head = |lines: &str| {
        format!("--{BOUNDARY}\r\n{lines}\r\n\r\nAA==\r\n--{BOUNDARY}--\r\n").into_bytes()
    };
    refused(&head("Content-Disposition: form-data"), "another name");
    refused(&head("X: y"), "another name");
    refused(
        &head("Content-Disposition: form-data; name=\"cms\"\r\nContent-Transfer-Encoding: base64"),
        "Content-Transfer-Encoding",
    );
    // A head that never ends, and what stands before the first part.
    let endless = format!("--{BOUNDARY}\r\nX: {}", "y".repeat(1 << 20));
    refused(endless.as_bytes(), "no head");
    refused(&b"x".repeat(1 << 20), "no head");
    server.works();
}

#[test]
fn headers_of_the_body_are_one_of_two_things() {
    let server = Server::start();
    let unsupported = |lines: &str| {
        let mut client = server.client();
        client.send(
            format!(
                "POST /v1/verifyCms HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: 2\r\n\r\n{{}}"
            )
            .as_bytes(),
        );
        client.answer().is(415, "request-invalid");
    };
    let long = format!(
        "Content-Type: multipart/form-data; boundary={}\r\n",
        "a".repeat(71)
    );
    for lines in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/jsonp\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data\r\n",
        "Content-Type: multipart/form-data; boundary=\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        &long,
    ] {
        unsupported(lines);
    }
    server.works();
}

#[test]
fn paths_and_methods_are_ours_alone() {
    let server = Server::start();
    let asked = |line: &str| {
        let mut client = server.client();
        client.send(format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes());
        client.answer()
    };
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/verifyCms/",
        "/v1//verifyCms",
        "//v1/verifyCms",
        "/v1/verifycms",
        "/V1/verifyCms",
        "/v1/../healthz",
        "/v1/./verifyCms",
        "/v1/verifyCms%00",
        "/v1/%76erifyCms",
        "/v1/verifyCms;a=b",
        "/v2/verifyCms",
        "/v1/toString",
        "/healthz/",
        "/../../etc/passwd",
    ] {
        asked(&format!("POST {path}")).is(404, "request-invalid");
    }
    asked("POST /v1/verifyCms?at=2001-01-01").is(400, "request-invalid");
    asked("POST /v1/verifyCms?").is(400, "request-invalid");
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "post", "X"] {
        let answer = asked(&format!("{method} /v1/verifyCms"));
        answer.is(405, "request-invalid");
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    let answer = asked("POST /metrics");
    answer.is(405, "request-invalid");
    assert_eq!(answer.header("allow"), Some("GET"));
    server.works();
}

/// What two programs could read as different numbers of requests.
#[test]
fn one_request_stays_one() {
    let server = Server::with(|limits| limits.idle = Duration::from_secs(1));
    let inner = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let sent = |head: &str, body: &str| {
        let mut client = server.client();
        client.send(
            format!(
                "POST /v1/verifyCms HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n{head}\r\n{body}"
            )
            .as_bytes(),
        );
        let mut statuses = Vec::new();
        while let Some(answer) = client.try_answer() {
            statuses.push(answer.status);
        }
        statuses
    };
    let chunked = format!("0\r\n\r\n{inner}");
    for head in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 40\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 4, 4\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x4\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ] {
        let statuses = sent(head, &chunked);
        assert_eq!(statuses, [400], "{head}");
    }
    // Sizes of chunks that overflow, and what is no size.
    for body in [
        "ffffffffffffffff\r\nx",
        "10000000000000000\r\nx",
        "-1\r\nx",
        "1;\n\r\nx",
        "zz\r\n",
    ] {
        let statuses = sent("Transfer-Encoding: chunked\r\n", body);
        assert!(
            matches!(statuses[..], [] | [400 | 408]),
            "{body}: {statuses:?}"
        );
    }
    server.works();
}

#[test]
fn heads_are_bounded_and_plain() {
    let server = Server::start();
    let first = |bytes: &[u8]| {
        let mut client = server.client();
        client.try_send(bytes);
        client.try_answer().map(|answer| answer.status)
    };
    let large = format!(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "y".repeat(100_000)
    );
    let many = format!(
        "GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n",
        "X: y\r\n".repeat(200)
    );
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "y".repeat(70_000));
    for bytes in [&large, &many, &long] {
        let status = first(bytes.as_bytes());
        assert!(
            matches!(status, None | Some(400 | 404 | 414 | 431)),
            "{status:?}"
        );
    }
    for bytes in [
        &b"GET /healthz\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let status = first(bytes);
        assert!(
            matches!(status, None | Some(400 | 505)),
            "{status:?}: {}",
            bytes.escape_ascii()
        );
    }
    server.works();
}

#[test]
fn whatever_body_gets_an_answer() {
    let server = Server::start();
    let (request, cms) = server.files.signature();
    let request = request.to_string();
    let whole = multipart(&[
        ("request", request.as_bytes()),
        ("cms", &cms),
        ("content", CONTENT),
    ]);
    let client = RefCell::new(server.client());
    let mutated = (
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        any::<prop::sample::Index>(),
        any::<bool>(),
        prop::sample::select(vec![MULTIPART, JSON]),
    );
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    runner
        .run(&mutated, |(changes, end, is_cut, content_type)| {
            let mut body = whole.clone();
            for (at, value) in changes {
                let at = at.index(body.len());
                body[at] = value;
            }
            if is_cut {
                body.truncate(end.index(body.len()));
            }
            let mut client = client.borrow_mut();
            client.post("verifyCms", content_type, &body);
            let answer = match client.try_answer() {
                Some(answer) => answer,
                // It was closed after the last answer.
                None => server.post("verifyCms", content_type, &body),
            };
            prop_assert!(matches!(answer.status, 200 | 400), "{}", answer.status);
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok());
            if answer.header("connection") == Some("close") || answer.status != 200 {
                *client = server.client();
            }
            Ok(())
        })
        .unwrap();
    server.works();
}
