//! Slow clients, large bodies, many connections, and the end.

use crate::support::{MULTIPART, Server, multipart};
use std::net::TcpStream;
use std::time::Duration;
use yinxin_verifier::Limits;

const JSON: &str = "application/json";
/// Waited for in full by some tests, and long enough for a client of a busy machine to be in time.
const SHORT: Duration = Duration::from_secs(1);

#[test]
fn who_does_not_finish_a_head_is_cut_off() {
    let server = Server::with(|limits| limits.head = SHORT);
    let mut silent = server.client();
    silent.ends();
    let mut slow = server.client();
    slow.send(b"POST /v1/verifyCms HTTP/1.1\r\nHost: x\r\nX-");
    assert!(slow.try_answer().is_none_or(|answer| answer.status == 408));
    // Between two requests, too.
    let mut idle = server.client();
    idle.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.answer().status, 200);
    idle.ends();
    server.works();
}

#[test]
fn who_does_not_finish_a_body_is_told_so() {
    let server = Server::with(|limits| limits.idle = SHORT);
    for content_type in [JSON, MULTIPART] {
        let mut client = server.client();
        client.head("verifyCms", content_type, 1_000);
        client.send(b"--of-the-tests\r\n");
        client.answer().is(408, "request-timed-out");
        client.ends();
    }
    // One byte after the other does not help.
    let server = Server::with(|limits| limits.body = SHORT);
    let mut client = server.client();
    client.head("verifyCms", JSON, 1_000_000);
    let mut writing = client.clone_stream();
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;
        while writing.write_all(b" ").is_ok() {
            std::thread::yield_now();
        }
    });
    client.answer().is(408, "request-timed-out");
    drop(client);
    writer.join().unwrap();
    server.works();
}

#[test]
fn what_is_too_large_is_refused_before_it_came() {
    let server = Server::with(|limits| {
        limits.json = 1_000;
        limits.file = 100_000;
        limits.content = 1_000_000;
    });
    let mut client = server.client();
    client.head("verifyCms", JSON, 1_001);
    client.answer().is(413, "request-too-large");
    for (part, size) in [
        ("request", 1_001),
        ("proof", 1_001),
        ("file", 100_001),
        ("content", 1_000_001),
    ] {
        let answer = server.parts("verifyOfd", &[(part, &vec![b' '; size])]);
        answer.is(413, "request-too-large");
        assert_eq!(answer.json()["params"]["part"], part);
    }
    let fits = server.parts("verifyOfd", &[("file", &vec![b' '; 100_000])]);
    assert_eq!(fits.status, 400);
    assert_ne!(fits.json()["code"], "request-too-large");
    server.works();
}

#[test]
fn who_looks_at_no_answer_before_all_is_sent_gets_it_too() {
    let server = Server::with(|limits| limits.json = 1_000);
    // More than any socket holds.
    let body = vec![b' '; 20_000_000];
    for (call, content_type, status) in [
        ("verifyCms", JSON, 413),
        ("verifyCms", MULTIPART, 400),
        ("verifyCms", "text/plain", 415),
        ("nothing", JSON, 404),
    ] {
        let mut client = server.client();
        client.head(call, content_type, body.len());
        client.send(&body);
        client.answer().is(
            status,
            if status == 413 {
                "request-too-large"
            } else {
                "request-invalid"
            },
        );
    }
    server.works();
}

#[test]
fn memory_is_shared_and_small_requests_have_their_own() {
    let server = Server::with(|limits| limits.memory = 4 * Limits::OWN);
    let body = multipart(&[("file", &vec![b' '; 3 * Limits::OWN])]);
    // It holds most of the memory, and its end is still to come.
    let mut first = server.client();
    first.head("verifyOfd", MULTIPART, body.len());
    first.send(&body[..body.len() - 10]);
    server.until("yinxin_verifier_held_bytes", (3 * Limits::OWN) as f64);
    let second = server.post("verifyOfd", MULTIPART, &body);
    second.is(503, "server-busy");
    assert_eq!(second.header("retry-after"), Some("1"));
    server.works();
    first.send(&body[body.len() - 10..]);
    assert_eq!(first.answer().status, 400);
    server.until("yinxin_verifier_held_bytes", 0.0);
    assert_eq!(server.post("verifyOfd", MULTIPART, &body).status, 400);
}

#[test]
fn connections_are_counted() {
    let server = Server::with(|limits| limits.connections = 2);
    let mut first = server.client();
    first.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(first.answer().status, 200);
    let mut second = server.client();
    second.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(second.answer().status, 200);
    server.client().ends();
    drop(first);
    // Its place is given to the next as soon as its end was seen.
    loop {
        let mut third = server.client();
        third.try_send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        if third.try_answer().is_some() {
            break;
        }
    }
}

#[test]
fn who_goes_away_leaves_nothing_behind() {
    let server = Server::start();
    for (content_type, begun) in [(JSON, &b"{"[..]), (MULTIPART, b"--of-the-tests\r\n")] {
        let mut client = server.client();
        client.head("verifyCms", content_type, 1_000);
        client.send(begun);
        server.until("yinxin_verifier_requests_in_flight", 2.0);
        drop(client);
        // The request that asks is the other one.
        server.until("yinxin_verifier_requests_in_flight", 1.0);
    }
    server.works();
}

#[test]
fn who_takes_no_answers_is_cut_off() {
    let server = Server::with(|limits| limits.idle = SHORT);
    let mut greedy = server.client();
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    greedy.send(request);
    greedy.answer();
    // More than any socket holds, and nobody reads.
    let mut writing = greedy.clone_stream();
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;
        for _ in 0..1_000 {
            if writing.write_all(request).is_err() {
                break;
            }
        }
    });
    server.until("yinxin_verifier_connections", 1.0);
    drop(greedy);
    writer.join().unwrap();
    server.works();
}

#[test]
fn what_is_under_way_is_answered_before_the_end() {
    let mut server = Server::start();
    let (request, cms) = server.files.signature();
    let request = request.to_string();
    let body = multipart(&[
        ("request", request.as_bytes()),
        ("cms", &cms),
        ("content", crate::support::CONTENT),
    ]);
    let mut waiting = server.client();
    waiting.head("verifyCms", MULTIPART, body.len());
    waiting.send(&body[..100]);
    let mut idle = server.client();
    idle.send(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.answer().status, 200);
    server.until("yinxin_verifier_requests_in_flight", 2.0);
    let address = server.address;
    server.stop();
    // Whoever asks nothing is let go; nobody else comes in.
    idle.ends();
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
    waiting.send(&body[100..]);
    let answer = waiting.answer();
    assert_eq!(answer.json()["valid"], true);
    assert_eq!(answer.header("connection"), Some("close"));
    waiting.ends();
    server.ended();
}

#[test]
fn the_end_does_not_wait_for_ever() {
    let mut server = Server::with(|limits| limits.drain = SHORT);
    let mut waiting = server.client();
    waiting.head("verifyCms", JSON, 1_000);
    server.until("yinxin_verifier_requests_in_flight", 2.0);
    server.stop();
    server.ended();
    waiting.ends();
}

#[test]
fn ready_says_when_to_send_nothing_more() {
    let server = Server::start();
    assert_eq!(server.get("/readyz").status, 200);
    server.service.stop();
    assert_eq!(server.get("/readyz").status, 503);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.metric("yinxin_verifier_ready"), 0.0);
    // Who was not told yet is still served.
    server.works();
}
