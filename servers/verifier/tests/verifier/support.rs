//! A service with a policy of the tests' own, and a client that sends whatever bytes.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain};
use yinxin_verifier::{Limits, Listener, PolicyInUse, Service, serve};

pub const ORIGIN: &str = "https://portal.example";
pub const CONTENT: &[u8] = "采购合同：第一条……".as_bytes();

/// Whom the policy trusts, and whose signatures it accepts.
pub struct Folder {
    pub folder: TempDir,
    pub unit: Identity,
    pub maker: Identity,
}

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (root, issuing, unit) = chain(TestKey::sm2(1));
        let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
        for (name, identity) in [("root", &root), ("issuing", &issuing), ("maker", &maker)] {
            fs::write(
                folder.path().join(name).with_extension("pem"),
                identity.pem(),
            )
            .unwrap();
        }
        let policy = json!({
            "anchors": ["root.pem"], "intermediates": ["issuing.pem"], "issuers": ["issuing.pem"],
            "makers": ["maker.pem"], "allowAt": true, "login": { "origins": [ORIGIN] },
        });
        fs::write(folder.path().join("policy.json"), policy.to_string()).unwrap();
        Self {
            folder,
            unit,
            maker,
        }
    }

    pub fn policy(&self) -> PathBuf {
        self.folder.path().join("policy.json")
    }

    /// A signature, and what a request says of it.
    pub fn signature(&self) -> (Value, Vec<u8>) {
        (json!({ "at": NOW.to_string() }), self.unit.cms(CONTENT))
    }
}

/// A service of this process.
pub struct Server {
    pub files: Folder,
    pub address: SocketAddr,
    pub service: Arc<Service>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let files = Folder::new();
        let mut limits = Limits::default();
        change(&mut limits);
        let policy = PolicyInUse::open(files.policy()).unwrap();
        let service = Arc::new(Service::new(policy, limits));
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = service.clone();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = Listener::Tcp(tokio::net::TcpListener::from_std(socket).unwrap());
                let stop = async {
                    let _ = stopped.await;
                };
                serve(listener, serving, stop).await;
            });
        });
        Self {
            files,
            address,
            service,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn client(&self) -> Client {
        Client::to(self.address)
    }

    /// One request over a connection of its own.
    pub fn post(&self, call: &str, content_type: &str, body: &[u8]) -> Answer {
        let mut client = self.client();
        client.post(call, content_type, body);
        client.answer()
    }

    /// A request with parts.
    pub fn parts(&self, call: &str, parts: &[(&str, &[u8])]) -> Answer {
        self.post(call, MULTIPART, &multipart(parts))
    }

    pub fn get(&self, path: &str) -> Answer {
        let mut client = self.client();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        client.answer()
    }

    /// A value of `/metrics`; 0 where it is not there.
    pub fn metric(&self, name: &str) -> f64 {
        let text = self.get("/metrics").text();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }

    /// Waits until a value of `/metrics` is as it must become.
    pub fn until(&self, name: &str, value: f64) {
        while self.metric(name) != value {
            thread::yield_now();
        }
    }

    /// Tells it to stop.
    pub fn stop(&mut self) {
        self.service.stop();
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits for its end.
    pub fn ended(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    /// That it still answers as it should.
    #[track_caller]
    pub fn works(&self) {
        let (request, cms) = self.files.signature();
        let request = request.to_string();
        let parts: &[(&str, &[u8])] = &[
            ("request", request.as_bytes()),
            ("cms", &cms),
            ("content", CONTENT),
        ];
        let answer = self.parts("verifyCms", parts);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["valid"], true);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if !thread::panicking() {
            self.ended();
        }
    }
}

pub const BOUNDARY: &str = "of-the-tests";
pub const MULTIPART: &str = "multipart/form-data; boundary=of-the-tests";

/// A body with parts.
pub fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// A connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

fn head(call: &str, content_type: &str, length: usize) -> String {
    format!(
        "POST /v1/{call} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        // Where nothing comes, a test fails and does not hang.
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream
            .set_write_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// The same, where the other side may have closed it.
    pub fn try_send(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes);
    }

    /// The same connection, for another thread to write to.
    pub fn clone_stream(&self) -> TcpStream {
        self.stream.get_ref().try_clone().unwrap()
    }

    pub fn post(&mut self, call: &str, content_type: &str, body: &[u8]) {
        let head = head(call, content_type, body.len());
        // At once: between two pieces a busy machine may take its time.
        self.try_send(&[head.as_bytes(), body].concat());
    }

    pub fn head(&mut self, call: &str, content_type: &str, length: usize) {
        self.send(head(call, content_type, length).as_bytes());
    }

    #[track_caller]
    pub fn answer(&mut self) -> Answer {
        self.try_answer().expect("an answer")
    }

    /// An answer; `None` where the connection ends without one.
    pub fn try_answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) if is_reset(&error) => return None,
            Err(error) => panic!("{error}"),
        }
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let (mut headers, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            let name = name.to_ascii_lowercase();
            if name == "content-length" {
                length = value.parse().unwrap();
            }
            headers.push((name, value.to_owned()));
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        Some(Answer {
            status,
            headers,
            body,
        })
    }

    /// Waits until the other side closes it, without another answer.
    #[track_caller]
    pub fn ends(&mut self) {
        assert!(self.try_answer().is_none());
    }
}

fn is_reset(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset)
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer is JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| &value[..])
    }

    /// That it is an error of this status and code.
    #[track_caller]
    pub fn is(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.json()["code"], code, "{}", self.text());
    }
}
