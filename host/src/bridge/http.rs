//! One HTTP request of a page, and one answer: as much of HTTP/1.1 (RFC 9112) as a browser's call needs, and no more. All
//! else gets the same empty 404.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use yinxin_proto::bridge::SECRET_HEADER;
use yinxin_proto::limits::{BRIDGE_READ_MS, MAX_BRIDGE_BODY_BYTES, MAX_BRIDGE_HEAD_BYTES};
use zeroize::Zeroizing;

/// What came.
#[derive(Debug)]
pub enum Request {
    /// The browser asks whether the page may send JSON (Fetch, CORS preflight). It carries no secret.
    Preflight,
    /// A call.
    Post {
        /// Beginning with `/`.
        path: String,
        /// The header [`SECRET_HEADER`].
        secret: String,
        /// It can hold a PIN.
        body: Zeroizing<Vec<u8>>,
    },
}

/// Reads a request whole. `None` for whatever is not exactly what the browser sends for a page of ours: its `Host` is
/// not this listener, its `Origin` is not that of a redirected call, a header is missing or stands twice, it is too
/// long, or too slow.
///
/// # Errors
/// If the connection fails.
pub fn read(stream: &mut TcpStream, port: u16) -> io::Result<Option<Request>> {
    let end = Instant::now() + Duration::from_millis(BRIDGE_READ_MS.into());
    // With the head can come a part of the body.
    let mut head = Zeroizing::new(Vec::with_capacity(MAX_BRIDGE_HEAD_BYTES as usize));
    loop {
        let had = head.len();
        let room = head.capacity() - had;
        if room == 0 {
            return Ok(None);
        }
        head.resize(had + room, 0);
        let got = read_until(stream, &mut head[had..], end)?;
        head.truncate(had + got);
        if got == 0 {
            return Ok(None);
        }
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        let length = match parsed.parse(&head) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => continue,
            Err(_) => return Ok(None),
        };
        let Some(call) = Call::of(&parsed, port) else {
            return Ok(None);
        };
        let (path, secret, size) = match call {
            Call::Preflight => return Ok(Some(Request::Preflight)),
            Call::Post { path, secret, size } => (path, secret, size),
        };
        let already = &head[length..];
        if already.len() > size {
            return Ok(None);
        }
        // Of its whole size at once: what outgrows its place leaves a copy behind.
        let mut body = Zeroizing::new(vec![0; size]);
        body[..already.len()].copy_from_slice(already);
        let mut filled = already.len();
        while filled < size {
            let got = read_until(stream, &mut body[filled..], end)?;
            if got == 0 {
                return Ok(None);
            }
            filled += got;
        }
        return Ok(Some(Request::Post { path, secret, body }));
    }
}

/// What a head asks for.
enum Call {
    Preflight,
    Post {
        path: String,
        secret: String,
        size: usize,
    },
}

impl Call {
    fn of(parsed: &httparse::Request<'_, '_>, port: u16) -> Option<Self> {
        let once = |name: &str| {
            let mut found = parsed
                .headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case(name));
            match (found.next(), found.next()) {
                (Some(header), None) => str::from_utf8(header.value).ok(),
                _ => None,
            }
        };
        let is_absent = |name: &str| {
            !parsed
                .headers
                .iter()
                .any(|header| header.name.eq_ignore_ascii_case(name))
        };
        let own = once("host")? == format!("127.0.0.1:{port}") && once("origin")? == "null";
        if !own || parsed.version != Some(1) {
            return None;
        }
        match parsed.method? {
            "OPTIONS" => Some(Self::Preflight),
            "POST" if is_absent("transfer-encoding") && is_absent("expect") => {
                let size: usize = once("content-length")?.parse().ok()?;
                (size <= MAX_BRIDGE_BODY_BYTES as usize).then_some(())?;
                Some(Self::Post {
                    path: parsed.path?.to_owned(),
                    secret: once(SECRET_HEADER)?.to_owned(),
                    size,
                })
            }
            _ => None,
        }
    }
}

fn read_until(stream: &mut TcpStream, into: &mut [u8], end: Instant) -> io::Result<usize> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Answers a call.
///
/// # Errors
/// If the connection fails.
pub fn answer(stream: &mut TcpStream, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n\
         Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    write(stream, &[head.as_bytes(), body.as_bytes()].concat())
}

/// Answers a preflight: always the same, and it reaches nothing.
///
/// # Errors
/// If the connection fails.
pub fn answer_preflight(stream: &mut TcpStream) -> io::Result<()> {
    write(
        stream,
        b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\
          Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type\r\n\
          Cache-Control: no-store\r\nConnection: close\r\n\r\n",
    )
}

/// What everybody else gets.
///
/// # Errors
/// If the connection fails.
pub fn refuse(stream: &mut TcpStream) -> io::Result<()> {
    write(
        stream,
        b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    )
}

fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.set_write_timeout(Some(Duration::from_millis(BRIDGE_READ_MS.into())))?;
    stream.write_all(bytes)
}

/// Headers of a browser's call: some twenty.
const MAX_HEADERS: usize = 64;
