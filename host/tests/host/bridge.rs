//! The bridge's listener, as pages, other programs and broken clients meet it.

use super::support::{Home, Host, PATIENCE};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use yinxin_proto::bridge::SECRET_HEADER;
use yinxin_proto::limits::{MAX_BRIDGE_BODY_BYTES, MAX_BRIDGE_CALLS, MAX_BRIDGE_HEAD_BYTES};

pub const ORIGIN: &str = "http://localhost:8080";
const LIST: &str = "/11200/RS_GetUserList";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// A host that listens for a tab.
pub struct Listening {
    pub host: Host,
    pub port: u16,
    pub secret: String,
}

pub fn listening(home: &Home) -> Listening {
    let mut host = home.host();
    let (port, secret) = start(&mut host, 7);
    Listening { host, port, secret }
}

pub fn start(host: &mut Host, tab: u32) -> (u16, String) {
    let started = host.ask(json!({"type": "bridge-start", "tab": tab, "origin": ORIGIN}));
    let port = u16::try_from(started["port"].as_u64().unwrap()).unwrap();
    (port, started["secret"].as_str().unwrap().to_owned())
}

impl Listening {
    /// The head of a call as the browser sends it, with these lines in place of those of the same name, or more.
    fn head(&self, path: &str, length: usize, lines: &[&str]) -> String {
        let own = [
            format!("Host: 127.0.0.1:{}", self.port),
            "Origin: null".into(),
            format!("{SECRET_HEADER}: {}", self.secret),
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8".into(),
            format!("Content-Length: {length}"),
        ];
        let name = |line: &str| {
            line.split(':')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let kept = own
            .into_iter()
            .filter(|line| !lines.iter().any(|other| name(other) == name(line)));
        let others = lines.iter().filter(|line| !line.ends_with(':'));
        let all: Vec<String> = kept.chain(others.map(|line| (*line).to_owned())).collect();
        format!("POST {path} HTTP/1.1\r\n{}\r\n\r\n", all.join("\r\n"))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn send(&self, text: &str) -> TcpStream {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }

    pub fn post(&self, path: &str, body: &str) -> TcpStream {
        self.send(&format!("{}{body}", self.head(path, body.len(), &[])))
    }

    pub fn call(&mut self) -> Value {
        let message = self
            .host
            .wait_for(|message| message["event"]["type"] == "bridge-call");
        message["event"].clone()
    }

    /// What comes back for these bytes, where nothing reaches the background.
    fn refused(&mut self, text: &str) -> String {
        let answer = rest(self.send(text));
        // Whatever the background was told stands before this answer.
        self.host.ask(json!({"type": "bridge-answer", "call": 0}));
        answer
    }
}

pub fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    // Who is refused before all is read may be told by a reset.
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn a_call_comes_to_the_background_and_its_answer_to_the_page() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let page = bridge.post(
        "/11200/RS_KeySignByP1",
        "containerId=a%26b&msg=%E6%8A%95%E6%A0%87+1",
    );
    let call = bridge.call();
    let number = call["call"].clone();
    assert_eq!(
        call,
        json!({
            "type": "bridge-call", "call": number, "tab": 7, "port": 11200,
            "path": "RS_KeySignByP1", "name": "RS_KeySignByP1",
            "fields": {"containerId": "a&b", "msg": "投标 1"}, "pins": [],
        })
    );
    let body = r#"{"code":"0000","msg":"成功"}"#;
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": number, "body": body}));
    let answer = rest(page);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(&format!("\r\nContent-Length: {}\r\n\r\n{body}", body.len())));
    for line in [
        "Access-Control-Allow-Origin: *",
        "Cache-Control: no-store",
        "Connection: close",
    ] {
        assert!(answer.contains(line), "{line}");
    }
    // An answer serves once.
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": number, "body": body}));
    // Where the background has none, nobody seems to listen.
    let page = bridge.post(LIST, "");
    let number = bridge.call()["call"].clone();
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": number}));
    assert_eq!(rest(page), NOT_FOUND);
}

#[test]
fn a_pin_stays_in_the_host() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let page = bridge.post("/11200/RS_CertLogin", "containerId=a&password=98%37654");
    let call = bridge.call();
    assert_eq!(call["fields"], json!({"containerId": "a"}));
    assert_eq!(call["pins"], json!(["password"]));
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": call["call"]}));
    rest(page);
    let _page = bridge.post(
        "/11200/RS_ChangePassWd",
        "containerId=a&oldCode=&newCode=987654",
    );
    assert_eq!(bridge.call()["pins"], json!(["newCode"]));
}

#[test]
fn a_pin_stays_in_the_host_however_a_program_has_it() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let mut told = |path: &str, body: &str| {
        let page = bridge.post(path, body);
        let call = bridge.call();
        bridge
            .host
            .ask(json!({"type": "bridge-answer", "call": call["call"]}));
        rest(page);
        let text = call.to_string();
        assert!(
            !text.contains("987654") && !text.contains("123456"),
            "{text}"
        );
        (
            call["name"].clone(),
            call["fields"].clone(),
            call["pins"].clone(),
        )
    };
    for (path, body, name, fields, pins) in [
        (
            "/7256/SOF_Login",
            r#"{"inCertId":"4F","inPassWd":"98\u003765\u0034","_jsonEnd":"_jsonEnd"}"#,
            "SOF_Login",
            json!({"inCertId": "4F"}),
            json!(["inPassWd"]),
        ),
        // Nor under a name that the program does not have.
        (
            "/11200/RS_CertLogin",
            "containerId=a&Password=987654&passWord=123456&pin=987654",
            "RS_CertLogin",
            json!({"containerId": "a"}),
            json!([]),
        ),
        (
            "/7256/SOF_Login",
            r#"{"inCertId":"4F","inPasswd":"987654","PIN":"123456"}"#,
            "SOF_Login",
            json!({"inCertId": "4F"}),
            json!([]),
        ),
        (
            "/21051/synctl",
            r#"{"func":"SOF_Login","param":["a/b","","987654"],"p02":"123456"}"#,
            "SOF_Login",
            json!({"p1": "a/b"}),
            json!([]),
        ),
        // Nor with what is known and never done.
        (
            "/21051/synctl",
            r#"{"func":"UnlockUserPass","param":["a","987654","123456"]}"#,
            "UnlockUserPass",
            json!({}),
            json!([]),
        ),
        (
            "/51235/alpha",
            r#"json={"function":"SOF_RemoteUnblockPIN","deviceName":"a","request":"987654"}"#,
            "SOF_RemoteUnblockPIN",
            json!({}),
            json!([]),
        ),
        (
            "/51235/alpha",
            r#"json={"function":"SOF_ChangePassWd", "deviceName":"a+b",  "oldUpin":"123456", "newUpin":"987654"}"#,
            "SOF_ChangePassWd",
            json!({"deviceName": "a+b"}),
            json!(["oldUpin", "newUpin"]),
        ),
        (
            "/21061/synctl",
            r#"{"url":"http://a/?987654","clsid":"123456","func":"SOF_Login","param":["a/b",987654],"token":"123456"}"#,
            "SOF_Login",
            json!({"p1": "a/b"}),
            json!(["p2"]),
        ),
        (
            "/45679/",
            r#"{"name": "SetPinCode", "p1": "987654"}"#,
            "SetPinCode",
            json!({}),
            json!(["p1"]),
        ),
        // Of a function that no table has nobody knows what is a PIN.
        (
            "/7256/Login/login",
            r#"{"pin":"987654"}"#,
            "Login/login",
            json!({}),
            json!([]),
        ),
    ] {
        assert_eq!(told(path, body), (json!(name), fields, pins), "{path}");
    }
}

#[test]
fn everybody_else_gets_the_same_nothing() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let secret = |value: &str| format!("{SECRET_HEADER}: {value}");
    let twice = secret(&bridge.secret);
    let other = secret(&"0".repeat(64));
    let upper = secret(&bridge.secret[..62]);
    let host = format!("Host: localhost:{}", bridge.port);
    let rebound = format!("Host: portal.example:{}", bridge.port);
    let none = secret("");
    for lines in [
        &[none.trim()][..],
        &[other.as_str()],
        &[upper.as_str()],
        &[twice.as_str(), twice.as_str()],
        &[host.as_str()],
        &[rebound.as_str()],
        &["Host: 127.0.0.1"],
        &["Host:"],
        &["Origin: https://zfcg.scsczt.cn"],
        &["Origin: http://localhost:8080"],
        &["Origin: NULL"],
        &["Origin: null", "Origin: null"],
        &["Origin:"],
        &["Content-Length: 0", "Content-Length: 0"],
        &["Content-Length: -1"],
        &["Content-Length: 131073"],
        &["Content-Length:"],
        &["Transfer-Encoding: chunked"],
        &["Expect: 100-continue"],
    ] {
        let head = bridge.head(LIST, 0, lines);
        assert_eq!(bridge.refused(&head), NOT_FOUND, "{lines:?}");
    }
    for path in [
        "/",
        "/11200",
        "/11200/",
        "/11200/../11200/RS_GetUserList",
        "/11200/RS_GetUserList?x=1",
        "/11200/RS%5fGetUserList",
        "/11201/RS_GetUserList",
        "/+11200/RS_GetUserList",
        "/011200/RS_GetUserList",
        "/x/RS_GetUserList",
        "http://127.0.0.1/11200/RS_GetUserList",
        "*",
    ] {
        let head = bridge.head(path, 0, &[]);
        assert_eq!(bridge.refused(&head), NOT_FOUND, "{path}");
    }
    for body in ["a=1&a=2", "a=%FF", "%20=1"] {
        let head = bridge.head(LIST, body.len(), &[]);
        assert_eq!(
            bridge.refused(&format!("{head}{body}")),
            NOT_FOUND,
            "{body}"
        );
    }
    let head = bridge.head(LIST, 0, &[]);
    for method in ["GET", "PUT", "HEAD", "post", "CONNECT"] {
        let other = head.replacen("POST", method, 1);
        assert_eq!(bridge.refused(&other), NOT_FOUND, "{method}");
    }
    assert_eq!(
        bridge.refused(&head.replacen("HTTP/1.1", "HTTP/1.0", 1)),
        NOT_FOUND
    );
    assert_eq!(bridge.refused("\u{16}\u{3}\u{1}\u{2}"), NOT_FOUND);
    let long = bridge.head(
        LIST,
        0,
        &[&format!(
            "X: {}",
            "x".repeat(MAX_BRIDGE_HEAD_BYTES as usize)
        )],
    );
    assert!([NOT_FOUND, ""].contains(&bridge.refused(&long).as_str()));
    // A preflight reaches nothing, and says nothing of what there is.
    let asked = bridge
        .head("/anything", 0, &["x: y"])
        .replacen("POST", "OPTIONS", 1);
    let preflight = bridge.refused(&asked);
    assert!(preflight.starts_with("HTTP/1.1 204 "), "{preflight}");
    assert!(preflight.contains("\r\nAccess-Control-Allow-Headers: content-type\r\n"));
    assert_eq!(
        bridge
            .host
            .fail(json!({"type": "bridge-start", "tab": 1, "origin": "https://evil.example"}))["code"],
        "act-not-allowed"
    );
    // Nothing of all that came to the background.
    let _page = bridge.post(LIST, "");
    assert_eq!(bridge.call()["call"], 1);
}

#[test]
fn a_tab_has_one_secret_and_takes_its_calls_with_it() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let (port, other) = start(&mut bridge.host, 8);
    assert_eq!(port, bridge.port, "one listener for all");
    assert_ne!(other, bridge.secret);
    let waiting = bridge.post(LIST, "");
    let call = bridge.call();
    let old = bridge.secret.clone();
    let (_, new) = start(&mut bridge.host, 7);
    assert_eq!(rest(waiting), NOT_FOUND, "its page began anew");
    let head = bridge.head(LIST, 0, &[]);
    assert_eq!(bridge.refused(&head), NOT_FOUND, "{old} is over");
    bridge.secret = new;
    let again = bridge.post(LIST, "");
    assert!(bridge.call()["call"].as_u64() > call["call"].as_u64());
    bridge.host.ask(json!({"type": "bridge-stop", "tab": 7}));
    assert_eq!(rest(again), NOT_FOUND);
    bridge.secret = other;
    let last = bridge.post(LIST, "");
    assert_eq!(bridge.call()["tab"], 8);
    bridge.host.ask(json!({"type": "bridge-stop", "tab": 8}));
    assert_eq!(rest(last), NOT_FOUND);
    let end = std::time::Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", bridge.port)).is_ok() {
        assert!(std::time::Instant::now() < end, "it still listens");
    }
}

#[test]
fn a_page_that_goes_is_told() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let page = bridge.post(LIST, "");
    let call = bridge.call()["call"].clone();
    drop(page);
    let gone = bridge
        .host
        .wait_for(|message| message["event"]["type"] == "bridge-gone");
    assert_eq!(gone["event"]["call"], call);
}

#[test]
fn slow_clients_and_many_end_by_themselves() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    let head = bridge.head(LIST, 10, &[]);
    // Half a head, half a body, nothing at all.
    let slow = [
        bridge.send(&head[..40]),
        bridge.send(&format!("{head}abc")),
        bridge.connect(),
    ];
    // As many as may wait do; the next one finds nobody.
    let pages: Vec<_> = (0..MAX_BRIDGE_CALLS)
        .map(|_| bridge.post(LIST, ""))
        .collect();
    let calls: Vec<_> = pages
        .iter()
        .map(|_| bridge.call()["call"].clone())
        .collect();
    assert_eq!(rest(bridge.post(LIST, "")), NOT_FOUND);
    for call in calls {
        bridge
            .host
            .ask(json!({"type": "bridge-answer", "call": call, "body": "{}"}));
    }
    for page in pages {
        assert!(rest(page).ends_with("\r\n\r\n{}"));
    }
    for stream in slow {
        assert_eq!(rest(stream), "");
    }
    // The longest body fits into a frame, whatever stands in it.
    let body = format!(
        "msg={}",
        "%01".repeat(MAX_BRIDGE_BODY_BYTES as usize / 3 - 2)
    );
    let _page = bridge.post("/11200/RS_KeySignByP1", &body);
    assert_eq!(
        bridge.call()["fields"]["msg"].as_str().unwrap().len(),
        MAX_BRIDGE_BODY_BYTES as usize / 3 - 2
    );
}

/// The most memory that the host has had, in KiB.
#[cfg(target_os = "linux")]
fn peak(bridge: &Listening) -> u32 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bridge.host.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn ten_thousand_calls_and_a_body_of_100_mib_leave_it_small() {
    let home = Home::new("");
    let mut bridge = listening(&home);
    #[cfg(target_os = "linux")]
    let before = peak(&bridge);
    for round in 0..10_000 / MAX_BRIDGE_CALLS {
        let pages: Vec<_> = (0..MAX_BRIDGE_CALLS)
            .map(|_| bridge.post(LIST, "containerId=a"))
            .collect();
        for _ in &pages {
            let call = bridge.call()["call"].clone();
            let answer = json!({"type": "bridge-answer", "call": call, "body": "{}"});
            bridge.host.ask(answer);
        }
        for page in pages {
            assert!(rest(page).ends_with("\r\n\r\n{}"), "round {round}");
        }
    }
    let length = 100 * 1024 * 1024;
    let mut large = bridge.send(&bridge.head(LIST, length, &[]));
    // It is refused by its head; whoever goes on sending is not read.
    let part = vec![b'x'; 64 * 1024];
    let sent = (0..length / part.len()).take_while(|_| large.write_all(&part).is_ok());
    assert!(sent.count() < length / part.len());
    // How much of the program itself is in memory depends on how it was built.
    #[cfg(target_os = "linux")]
    {
        let after = peak(&bridge);
        assert!(after < before + 4 * 1024, "{before} KiB, then {after}");
    }
    let page = bridge.post(LIST, "");
    let call = bridge.call()["call"].clone();
    bridge
        .host
        .ask(json!({"type": "bridge-answer", "call": call, "body": "{}"}));
    assert!(rest(page).ends_with("\r\n\r\n{}"));
}
