//! The program: arguments, signals, sockets, and what it logs.

use crate::support::{CONTENT, Client, Folder, MULTIPART, multipart};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, Command, Stdio};

struct Program {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    /// Where it listens, as it logs it.
    address: String,
}

fn command(files: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yinxin-verifier"));
    command.env_clear().arg("--policy").arg(files.policy());
    command
}

impl Program {
    fn start(files: &Folder, arguments: &[&str]) -> Self {
        let mut child = command(files)
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&log.next().unwrap().unwrap()).unwrap();
        assert_eq!(first["message"], "listening", "{first}");
        let address = first["address"].as_str().unwrap().to_owned();
        Self {
            child,
            log,
            address,
        }
    }

    fn client(&self) -> Client {
        Client::to(self.address.parse().unwrap())
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status();
        assert!(sent.unwrap().success());
    }

    /// The next line of the log with these words.
    #[track_caller]
    fn logged(&mut self, message: &str) -> Value {
        loop {
            let line = self.log.next().expect("it says so").unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["message"] == message {
                return line;
            }
        }
    }

    /// Tells it to stop; the rest of its log.
    fn end(&mut self) -> String {
        self.signal("TERM");
        let rest: Vec<String> = self.log.by_ref().map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        rest.join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(client: &mut Client, path: &str) -> u16 {
    client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
    client.answer().status
}

#[test]
fn a_policy_that_is_wrong_starts_nothing_and_says_where() {
    let files = Folder::new();
    let checked = command(&files).arg("--check").output().unwrap();
    assert!(checked.status.success() && checked.stderr.is_empty());
    fs::write(files.policy(), r#"{"anchors": ["root.pem"], "holder": []}"#).unwrap();
    for arguments in [&["--check"][..], &["--listen", "127.0.0.1:0"]] {
        let refused = command(&files).args(arguments).output().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8(refused.stderr).unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        let reason = said["reason"].as_str().unwrap();
        assert!(
            reason.starts_with("policy-invalid: ") && reason.contains("holder"),
            "{reason}"
        );
    }
    let usage = command(&files)
        .args(["--listen", "nowhere"])
        .output()
        .unwrap();
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn signals_load_the_policy_and_end_the_service() {
    let files = Folder::new();
    let mut program = Program::start(&files, &["--listen", "127.0.0.1:0"]);
    let good = fs::read(files.policy()).unwrap();
    fs::write(files.policy(), "{").unwrap();
    program.signal("HUP");
    let refused = program.logged("policy refused, the earlier one stays in use");
    assert_eq!(refused["code"], "policy-invalid");
    assert_eq!(get(&mut program.client(), "/healthz"), 200);
    fs::write(files.policy(), good).unwrap();
    program.signal("HUP");
    program.logged("policy loaded");
    let mut client = program.client();
    assert_eq!(get(&mut client, "/readyz"), 200);
    assert!(program.end().contains("stopped"));
    client.ends();
}

#[test]
fn it_can_say_that_it_will_stop_before_it_does() {
    let files = Folder::new();
    let mut program = Program::start(&files, &["--listen", "127.0.0.1:0", "--stop-delay", "600"]);
    program.signal("TERM");
    program.logged("stopping");
    let mut client = program.client();
    while get(&mut client, "/readyz") != 503 {
        client = program.client();
    }
    assert_eq!(get(&mut program.client(), "/healthz"), 200);
}

#[test]
fn the_log_has_a_line_for_each_call_and_nothing_of_what_it_was() {
    let files = Folder::new();
    let mut program = Program::start(&files, &["--listen", "127.0.0.1:0"]);
    let (request, cms) = files.signature();
    let request = request.to_string();
    let parts: &[(&str, &[u8])] = &[
        ("request", request.as_bytes()),
        ("cms", &cms),
        ("content", CONTENT),
    ];
    let mut client = program.client();
    client.post("verifyCms", MULTIPART, &multipart(parts));
    let verdict = client.answer();
    let line = program.logged("request");
    assert_eq!(line["id"], verdict.header("x-request-id").unwrap());
    assert_eq!(line["call"], "verifyCms");
    assert_eq!(line["outcome"], "valid");
    assert_eq!(line["status"], 200);
    assert_eq!(line["bytes"], multipart(parts).len());
    let mut client = program.client();
    client.send(b"POST /v1/verify-the-secret?name=secret HTTP/1.1\r\nHost: secret\r\nX-Request-Id: secret\"\r\nContent-Length: 6\r\n\r\nsecret");
    assert_eq!(client.answer().status, 404);
    let mut client = program.client();
    client.post(
        "verifyCms",
        "application/json",
        br#"{"cms": "secret", "secret": 1}"#,
    );
    assert_eq!(client.answer().status, 400);
    let rest = program.end();
    assert!(rest.contains(r#""status":404"#) && rest.contains(r#""outcome":"request-invalid""#));
    let holder = verdict.json()["signers"][0]["certificate"]["holder"].to_string();
    let whole = format!("{line}\n{rest}");
    for secret in ["secret", holder.trim_matches('"'), "采购合同"] {
        assert!(!secret.is_empty() && !whole.contains(secret), "{whole}");
    }
}

#[test]
fn it_listens_at_a_socket_in_the_file_system() {
    let files = Folder::new();
    let path = files.folder.path().join("verifier.sock");
    let listen = format!("unix:{}", path.display());
    let asked = || {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    };
    let mut first = Program::start(&files, &["--listen", &listen]);
    asked();
    // At a place that is taken nobody else listens.
    let second = command(&files)
        .args(["--listen", &listen])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    asked();
    first.signal("KILL");
    first.child.wait().unwrap();
    assert!(path.exists());
    let mut third = Program::start(&files, &["--listen", &listen]);
    asked();
    third.end();
    assert!(!path.exists());
}
