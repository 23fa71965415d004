//! Bad input at the browser's pipe: a code of the catalogue, and everything keeps running.

use crate::support::*;
use serde_json::json;

#[test]
fn unreadable_messages_are_answered_and_the_next_one_is_served() {
    let home = Home::new("");
    let mut host = home.host();
    for (body, id) in [
        (&b""[..], None),
        (b"{", None),
        (b"null", None),
        (b"\xFF\xFE{}", None),
        (b"{\"id\": \"\xC3\x28\"}", None),
        (b"{\"id\": 1}", Some(1)),
        (
            b"{\"id\": 2, \"command\": {\"type\": \"format-disk\"}}",
            Some(2),
        ),
        (
            b"{\"id\": 3, \"command\": {\"type\": \"tokens\"}, \"x\": 1}",
            Some(3),
        ),
        (
            b"{\"id\": 4, \"command\": {\"type\": \"tokens\", \"module\": \"/x.so\"}}",
            Some(4),
        ),
        (b"{\"id\": -1, \"command\": {\"type\": \"tokens\"}}", None),
        (
            b"{\"id\": 99999999999, \"command\": {\"type\": \"tokens\"}}",
            None,
        ),
    ] {
        host.frame(body);
        let answer = host.next();
        let text = String::from_utf8_lossy(body);
        assert_eq!(answer["type"], "failure", "{text}");
        assert_eq!(answer["error"]["code"], "message-invalid", "{text}");
        assert_eq!(answer["id"].as_u64(), id, "{text}");
    }
    // Depth must not become a stack overflow, wherever it lies.
    let deep = [vec![b'['; 50_000], vec![b']'; 50_000]].concat();
    let wide = [b"{\"a\":".repeat(20_000), b"1".to_vec(), vec![b'}'; 20_000]].concat();
    for (before, after) in [
        ("", ""),
        ("{\"id\": 5, \"command\": ", "}"),
        ("{\"id\": 5, \"command\": {\"type\": ", "}}"),
        (
            "{\"id\": 5, \"command\": {\"type\": \"sign\", \"items\": ",
            "}}",
        ),
        (
            "{\"id\": 5, \"command\": {\"type\": \"sign\", \"pin\": ",
            "}}",
        ),
        (
            "{\"id\": 5, \"command\": {\"type\": \"tokens\"}, \"x\": ",
            "}",
        ),
    ] {
        for nested in [&deep, &wide] {
            host.frame(&[before.as_bytes(), nested, after.as_bytes()].concat());
            assert_eq!(host.next()["error"]["code"], "message-invalid", "{before}");
        }
    }
    assert_eq!(
        host.tokens(),
        json!({"type": "tokens", "tokens": [], "modules": []})
    );
    assert!(host.ends().success());
}

#[test]
fn an_oversized_frame_is_skipped() {
    let home = Home::new("");
    let mut host = home.host();
    let length = 4 * 1024 * 1024 + 1;
    host.frame(&vec![b' '; length]);
    let answer = host.next();
    assert_eq!(answer["error"]["code"], "frame-too-large");
    assert_eq!(answer["error"]["params"]["length"], length);
    assert_eq!(host.tokens()["type"], "tokens");
}

#[test]
fn lengths_that_are_marks_of_texts_elsewhere_are_numbers() {
    let home = Home::new("");
    let mut host = home.host();
    // Line feed, carriage return, and the end of a file on Windows, which a pipe of text would change.
    for length in [0x0A0D, 0x0D0A, 0x1A1A, 0x0A0A] {
        let command = r#"{"id": 7, "command": {"type": "tokens"}}"#;
        host.frame(format!("{command:length$}").as_bytes());
        assert_eq!(host.answer(7)["type"], "reply");
    }
}

#[test]
fn an_absurd_length_is_answered_and_ends_the_host() {
    let home = Home::new("");
    let mut host = home.host();
    host.write(&u32::MAX.to_ne_bytes());
    let answer = host.next();
    assert_eq!(answer["error"]["code"], "frame-too-large");
    assert_eq!(answer["error"]["params"]["length"], u32::MAX);
    assert!(!host.ends_by_itself().success());
}

#[test]
fn a_cut_frame_is_answered() {
    for cut in [&[9u8][..], &[9, 0, 0, 0], &[9, 0, 0, 0, b'{']] {
        let home = Home::new("");
        let mut host = home.host();
        host.write(cut);
        host.close();
        assert_eq!(host.next()["error"]["code"], "frame-truncated", "{cut:?}");
        assert!(!host.ends_by_itself().success());
    }
}

#[test]
fn requests_are_checked_before_any_module_is_asked() {
    let home = Home::new("");
    let mut host = home.host();
    let sign = |origin: &str, items: usize| {
        let item = json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef"});
        json!({"type": "sign", "origin": origin, "token": "t", "certificate": "c", "pin": "1",
               "items": vec![item; items]})
    };
    for origin in ["null", "http://a.example", "https://a.example/", "file://"] {
        let error = host.fail(sign(origin, 1));
        assert_eq!(error["code"], "message-invalid", "{origin}");
    }
    for count in [0, 101] {
        let error = host.fail(sign("https://a.example", count));
        assert_eq!(error["code"], "documents-count");
        assert_eq!(error["params"]["count"], count);
    }
    let error = host.fail(sign("https://a.example", 1));
    assert_eq!(error["code"], "token-removed");
    // Cancelling what is not there is no failure.
    assert_eq!(
        host.ask(json!({"type": "cancel", "request": 77}))["type"],
        "done"
    );
}

#[test]
fn the_greeting_comes_fast_and_small() {
    // Not a benchmark: a bound that only a mistake would pass, on a busy machine too.
    let home = Home::new("");
    let began = std::time::Instant::now();
    let host = home.host();
    assert!(began.elapsed().as_millis() < 2_000);
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap();
        let kib: u32 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kib < 16 * 1024, "{line}");
    }
    drop(host);
}

#[test]
fn what_stands_where_a_pin_should_is_told_to_nobody() {
    let home = home_with_keys("log = \"info\"");
    let mut host = home.host();
    for pin in [
        "246810",
        "-246810",
        "2468.10",
        "[\"246810\"]",
        "{\"246810\": 246810}",
        "true",
    ] {
        for body in [
            format!(
                "{{\"id\": 1, \"command\": {{\"type\": \"sign\", \"origin\": \"https://a.example\", \
                 \"token\": \"t\", \"certificate\": \"c\", \"items\": [], \"pin\": {pin}}}}}"
            ),
            format!("{{\"id\": 1, \"command\": {pin}}}"),
            format!("{{\"id\": 1, \"command\": {{\"type\": {pin}}}}}"),
            format!("{{\"id\": 1, \"command\": {{\"type\": \"cancel\", \"request\": [{pin}]}}}}"),
            format!(
                "{{\"id\": 1, \"command\": \"{}\"}}",
                pin.replace('"', "\\\"")
            ),
        ] {
            host.frame(body.as_bytes());
            let answer = host.next();
            assert_eq!(
                answer["error"]["code"], "message-invalid",
                "{body}: {answer}"
            );
            let answer = answer.to_string();
            assert!(
                !answer.contains("2468") && !answer.contains("true"),
                "{body}: {answer}"
            );
        }
    }
}
