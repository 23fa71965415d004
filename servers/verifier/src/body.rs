//! Bodies: JSON, or `multipart/form-data` with the JSON as one part and large bytes as others. Read piece by piece, within
//! limits of bytes, time and memory; a content is hashed as it comes.

use crate::limits::Limits;
use crate::refusal::Refusal;
use futures_core::Stream;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, EXPECT, HeaderMap};
use multer::{Field, Multipart};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use yinxin_calls::{Error, Hashed, PARTS, Request};

/// The part that holds the JSON.
const REQUEST: &str = "request";
/// The part of which only digests are kept.
const CONTENT: &str = "content";

/// A body that was read.
pub struct Body {
    json: Vec<u8>,
    parts: Vec<(&'static str, Part)>,
    held: Held,
}

enum Part {
    Bytes(Vec<u8>),
    Hashed(Box<Hashed>),
}

impl Body {
    /// Bytes that it holds.
    pub fn held(&self) -> usize {
        self.held.bytes
    }

    /// What is called for. The memory counts as taken until the permit is dropped.
    ///
    /// # Errors
    /// As [`Request::parse`].
    pub fn into_request(self) -> Result<(Request, MemoryPermit), Error> {
        let mut request = Request::parse(&self.json)?;
        for (name, part) in self.parts {
            request = match part {
                Part::Bytes(bytes) => request.with(name, bytes)?,
                Part::Hashed(hashed) => request.with_hashed(&hashed)?,
            };
        }
        Ok((
            request,
            MemoryPermit {
                _permit: self.held.permit,
            },
        ))
    }
}

/// That a request's memory is taken.
pub struct MemoryPermit {
    _permit: Option<OwnedSemaphorePermit>,
}

/// What all requests that are read share.
pub struct Shared {
    memory: Memory,
    /// Contents are hashed on the threads that talk to clients: on half of them at once, so that the others hear the rest.
    hashing: Semaphore,
}

impl Shared {
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory: Memory::new(limits),
            hashing: Semaphore::new(limits.jobs.div_ceil(2)),
        }
    }

    /// Bytes of memory that are taken.
    pub fn held(&self, limits: &Limits) -> usize {
        self.memory.held(limits)
    }
}

/// The memory that all requests share, in blocks.
#[derive(Clone)]
struct Memory(Arc<Semaphore>);

const BLOCK: usize = Limits::OWN;

impl Memory {
    fn new(limits: &Limits) -> Self {
        let blocks = (limits.memory / BLOCK).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(blocks)))
    }

    fn held(&self, limits: &Limits) -> usize {
        (limits.memory / BLOCK).saturating_sub(self.0.available_permits()) * BLOCK
    }
}

/// What a request holds of it, beyond what each has for itself.
struct Held {
    memory: Memory,
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Held {
    fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.bytes += bytes;
        let taken = self
            .permit
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = (self.bytes / BLOCK).saturating_sub(taken);
        if missing == 0 {
            return Ok(());
        }
        let missing = u32::try_from(missing).map_err(|_| Refusal::busy())?;
        // Whoever waited here would hold what others wait for.
        let more = self.memory.0.clone().try_acquire_many_owned(missing);
        let more = more.map_err(|_| Refusal::busy())?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

/// How long a body may take.
struct Clock {
    idle: Duration,
    body: Duration,
    end: Instant,
}

impl Clock {
    async fn next<T>(&self, piece: impl Future<Output = T>) -> Result<T, Refusal> {
        let idle_end = Instant::now() + self.idle;
        let (end, limit) = match idle_end < self.end {
            true => (idle_end, self.idle),
            false => (self.end, self.body),
        };
        let late = |_| Refusal::timed_out(StatusCode::REQUEST_TIMEOUT, limit);
        timeout_at(end, piece).await.map_err(late)
    }
}

/// What a body is, by its header.
enum Kind {
    Json,
    Multipart(String),
}

impl Kind {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let unsupported = |reason| Refusal::invalid(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason);
        if headers.contains_key(CONTENT_ENCODING) {
            return Err(unsupported("Content-Encoding: none is read"));
        }
        let mut types = headers.get_all(CONTENT_TYPE).iter();
        let (Some(only), None) = (types.next(), types.next()) else {
            return Err(unsupported("Content-Type: expected one"));
        };
        let whole = only.to_str().unwrap_or_default();
        let name = whole.split(';').next().unwrap_or_default().trim();
        if name.eq_ignore_ascii_case("application/json") {
            return Ok(Self::Json);
        }
        let boundary = multer::parse_boundary(whole);
        let boundary = boundary.map_err(|_| {
            unsupported(
                "Content-Type: expected application/json, or multipart/form-data with a boundary",
            )
        })?;
        // RFC 2046, 5.1.1.
        if boundary.is_empty() || boundary.len() > 70 {
            return Err(unsupported(
                "Content-Type: a boundary has 1 to 70 characters",
            ));
        }
        Ok(Self::Multipart(boundary))
    }
}

/// Reads a body. `seen` counts its bytes.
///
/// # Errors
/// 400, 408, 413, 415; 503 where there is no memory for it now.
pub async fn read(
    headers: &HeaderMap,
    body: &mut Incoming,
    limits: &Limits,
    shared: &Shared,
    seen: &Arc<AtomicUsize>,
) -> Result<Body, Refusal> {
    let kind = Kind::of(headers)?;
    let reader = Reader {
        limits,
        hashing: &shared.hashing,
        clock: Clock {
            idle: limits.idle,
            body: limits.body,
            end: Instant::now() + limits.body,
        },
        read: Body {
            json: Vec::new(),
            parts: Vec::new(),
            held: Held {
                memory: shared.memory.clone(),
                permit: None,
                bytes: 0,
            },
        },
    };
    match kind {
        Kind::Json => reader.json(body, seen).await,
        Kind::Multipart(boundary) => reader.multipart(body, boundary, seen).await,
    }
}

/// Takes what is left of a body that is refused, and keeps nothing of it: most clients look at no answer before they have sent all,
/// and would see a broken connection in its place. Not of one whose client asks first, or that is far too large, and no longer
/// than it comes without a pause.
pub async fn drain(body: &mut Incoming, headers: &HeaderMap, limits: &Limits) {
    let mut left = 2 * u64::from(limits.file);
    if headers.contains_key(EXPECT) || body.size_hint().lower() > left {
        return;
    }
    let end = Instant::now() + limits.idle;
    while let Ok(Some(Ok(frame))) = timeout_at(end.min(Instant::now() + PAUSE), body.frame()).await
    {
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// Who stops for so long waits for an answer.
const PAUSE: Duration = Duration::from_secs(1);

struct Reader<'a> {
    limits: &'a Limits,
    hashing: &'a Semaphore,
    clock: Clock,
    read: Body,
}

impl Reader<'_> {
    async fn json(mut self, body: &mut Incoming, seen: &AtomicUsize) -> Result<Body, Refusal> {
        let limit = self.limits.json;
        if body.size_hint().lower() > u64::from(limit) {
            return Err(Refusal::too_large(REQUEST, limit));
        }
        while let Some(frame) = self.clock.next(body.frame()).await? {
            let frame = frame.map_err(|_| cut())?;
            // Trailers say nothing to us.
            let Ok(data) = frame.into_data() else {
                continue;
            };
            seen.fetch_add(data.len(), Ordering::Relaxed);
            let json = &mut self.read.json;
            append(json, &data, &mut self.read.held, REQUEST, limit)?;
        }
        Ok(self.read)
    }

    async fn multipart(
        mut self,
        body: &mut Incoming,
        boundary: String,
        seen: &Arc<AtomicUsize>,
    ) -> Result<Body, Refusal> {
        let ahead = Arc::new(AtomicUsize::new(0));
        let paced = Paced {
            body,
            ahead: ahead.clone(),
            seen: seen.clone(),
            gathered: Vec::new(),
            is_resting: false,
        };
        let mut multipart = Multipart::new(paced, boundary);
        let mut has_request = false;
        while let Some(field) = self
            .clock
            .next(multipart.next_field())
            .await?
            .map_err(told)?
        {
            let name = name_of(&field)?;
            if name == REQUEST {
                if std::mem::replace(&mut has_request, true) {
                    return Err(invalid("request: it is given twice"));
                }
                self.read.json = self.bytes(name, self.limits.json, field, &ahead).await?;
                continue;
            }
            if self.read.parts.iter().any(|(known, _)| *known == name) {
                return Err(invalid(&format!("{name}: it is given twice")));
            }
            let part = match name {
                CONTENT => self.hashed(field, &ahead).await?,
                "proof" => Part::Bytes(self.bytes(name, self.limits.json, field, &ahead).await?),
                _ => Part::Bytes(self.bytes(name, self.limits.file, field, &ahead).await?),
            };
            self.read.parts.push((name, part));
        }
        if !has_request {
            self.read.json = b"{}".to_vec();
        }
        Ok(self.read)
    }

    async fn bytes(
        &mut self,
        name: &str,
        limit: u32,
        mut field: Field<'_>,
        ahead: &AtomicUsize,
    ) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.clock.next(field.chunk()).await?.map_err(told)? {
            ahead.fetch_sub(piece.len(), Ordering::Relaxed);
            append(&mut bytes, &piece, &mut self.read.held, name, limit)?;
        }
        Ok(bytes)
    }

    async fn hashed(&mut self, mut field: Field<'_>, ahead: &AtomicUsize) -> Result<Part, Refusal> {
        let (limit, mut size) = (self.limits.content, 0);
        let mut hashed = Box::new(Hashed::default());
        while let Some(piece) = self.clock.next(field.chunk()).await?.map_err(told)? {
            ahead.fetch_sub(piece.len(), Ordering::Relaxed);
            size += piece.len() as u64;
            if size > limit.into() {
                return Err(Refusal::too_large(CONTENT, limit));
            }
            // A piece has 32 KiB at most: a tenth of a millisecond.
            let _turn = self.hashing.acquire().await;
            hashed.update(&piece);
        }
        Ok(Part::Hashed(hashed))
    }
}

fn append(
    bytes: &mut Vec<u8>,
    piece: &[u8],
    held: &mut Held,
    name: &str,
    limit: u32,
) -> Result<(), Refusal> {
    if bytes.len() + piece.len() > limit as usize {
        return Err(Refusal::too_large(name, limit));
    }
    held.grow(piece.len())?;
    bytes.extend_from_slice(piece);
    Ok(())
}

/// The part's name as we write it.
fn name_of(field: &Field<'_>) -> Result<&'static str, Refusal> {
    // Nobody decodes it (RFC 7578, 4.7).
    let encoding = field.headers().get("content-transfer-encoding");
    let is_plain = |value: &&hyper::header::HeaderValue| {
        let plain = ["binary", "8bit", "7bit"];
        plain
            .iter()
            .any(|word| value.as_bytes().eq_ignore_ascii_case(word.as_bytes()))
    };
    if encoding.is_some_and(|value| !is_plain(&value)) {
        return Err(invalid("Content-Transfer-Encoding: none is read"));
    }
    let name = field.name().unwrap_or_default();
    let mut known = [REQUEST].into_iter().chain(PARTS.iter().copied());
    known.find(|known| *known == name).ok_or_else(|| {
        let known = [&[REQUEST][..], PARTS].concat().join(", ");
        invalid(&format!(
            "body: a part has another name than these: {known}"
        ))
    })
}

fn invalid(reason: &str) -> Refusal {
    Refusal::invalid(StatusCode::BAD_REQUEST, reason)
}

fn cut() -> Refusal {
    invalid("body: it ends early, or is malformed")
}

/// What is wrong with a multipart body, without what stands in it.
fn told(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamReadFailed(error) if error.is::<TooFarAhead>() => {
            invalid("body: a part has no head, or one that is too large")
        }
        multer::Error::DecodeHeaderName { .. }
        | multer::Error::DecodeHeaderValue { .. }
        | multer::Error::ReadHeaderFailed(_) => invalid("body: the head of a part is malformed"),
        _ => cut(),
    }
}

/// A body of which no more is taken than is asked for, since the reader of its parts keeps whatever it is given, and in pieces
/// that are not tiny, since it looks through what it has with each.
struct Paced<'a> {
    body: &'a mut Incoming,
    /// Less than [`PIECE`].
    gathered: Vec<u8>,
    /// Bytes that were given and of which nothing was seen yet.
    ahead: Arc<AtomicUsize>,
    seen: Arc<AtomicUsize>,
    /// After each piece it has none, once.
    is_resting: bool,
}

const PIECE: usize = 16 * 1024;
/// Three pieces, each with what was read last, and the heads of all parts.
const MAX_AHEAD: usize = 128 * 1024;

impl Paced<'_> {
    fn piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        while self.gathered.len() < PIECE {
            match Pin::new(&mut *self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers say nothing to us.
                    let data = frame.into_data().unwrap_or_default();
                    self.gathered.extend_from_slice(&data);
                }
                // One that was cut off has parts that are not complete.
                Poll::Ready(Some(Err(_)) | None) if self.gathered.is_empty() => {
                    return Poll::Ready(None);
                }
                Poll::Pending if self.gathered.is_empty() => return Poll::Pending,
                _ => break,
            }
        }
        Poll::Ready(Some(std::mem::take(&mut self.gathered).into()))
    }
}

impl Stream for Paced<'_> {
    type Item = Result<Bytes, TooFarAhead>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.is_resting) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Some(piece) = ready!(self.piece(context)) else {
            return Poll::Ready(None);
        };
        self.is_resting = true;
        self.seen.fetch_add(piece.len(), Ordering::Relaxed);
        let ahead = self.ahead.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
        Poll::Ready(Some(match ahead > MAX_AHEAD {
            true => Err(TooFarAhead),
            false => Ok(piece),
        }))
    }
}

/// Nothing of what was read is content of a part.
#[derive(Debug)]
struct TooFarAhead;

impl fmt::Display for TooFarAhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no part begins")
    }
}

impl std::error::Error for TooFarAhead {}
