//! What is answered: calls, and what whoever runs the service asks.

use crate::body::{self, Shared};
use crate::lanes::Lanes;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::policy::{PolicyInUse, now};
use crate::refusal::Refusal;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode, Uri};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use yinxin_calls::{Error, Function, call, error_json};

/// The description of the service, which is generated.
const DESCRIPTION: &str = include_str!("../openapi.json");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
/// What Prometheus asks for by this name.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The service: one for all connections.
pub struct Service {
    policy: PolicyInUse,
    limits: Limits,
    lanes: Lanes,
    shared: Shared,
    pub(crate) metrics: Metrics,
    is_stopping: AtomicBool,
}

/// What a request asks for.
enum Asked {
    Call(Function),
    Health,
    Ready,
    Metrics,
    Description,
}

impl Asked {
    fn of(method: &Method, uri: &Uri) -> Result<Self, Refusal> {
        let path = uri.path();
        let called = path.strip_prefix("/v1/").and_then(Function::of);
        let asked = match (called, path) {
            (Some(function), _) => Self::Call(function),
            (None, "/healthz") => Self::Health,
            (None, "/readyz") => Self::Ready,
            (None, "/metrics") => Self::Metrics,
            (None, "/openapi.json") => Self::Description,
            (None, _) => {
                return Err(Refusal::invalid(
                    StatusCode::NOT_FOUND,
                    "path: it leads nowhere",
                ));
            }
        };
        let expected = asked.method();
        if method != expected {
            return Err(Refusal::method(expected));
        }
        if uri.query().is_some() {
            let reason = "query: there is none, options stand in the body";
            return Err(Refusal::invalid(StatusCode::BAD_REQUEST, reason));
        }
        Ok(asked)
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Call(_) => "POST",
            _ => "GET",
        }
    }
}

impl Service {
    /// A service that judges by a policy.
    #[must_use]
    pub fn new(policy: PolicyInUse, limits: Limits) -> Self {
        let service = Self {
            lanes: Lanes::new(&limits),
            shared: Shared::new(&limits),
            metrics: Metrics::new(),
            is_stopping: AtomicBool::new(false),
            policy,
            limits,
        };
        service.metrics.ready.set(1);
        service.loaded();
        service
    }

    /// Its limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Loads the policy's file again, beside the policy in use, which stays where the file is refused. Both are logged and
    /// counted.
    pub fn reload(&self) {
        match self.policy.reload() {
            Ok(()) => {
                self.loaded();
                tracing::info!("policy loaded");
            }
            Err(error) => {
                self.metrics.load("refused");
                tracing::error!(code = error.code(), reason = %error, "policy refused, the earlier one stays in use");
            }
        }
    }

    fn loaded(&self) {
        self.metrics.load("loaded");
        self.metrics.policy_loaded.set(now().0);
        let until = self.policy.current().crls_until();
        self.metrics
            .crls_until
            .set(until.map_or(0, |until| until.0));
    }

    /// Tells whoever asks (`/readyz`) to send nothing more.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.metrics.ready.set(0);
    }

    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, mut body) = request.into_parts();
        let mut exchange = Exchange::new(&self.metrics, &head.headers);
        let is_chunked = head.headers.contains_key(TRANSFER_ENCODING);
        let answered = match Asked::of(&head.method, &head.uri) {
            Ok(Asked::Call(function)) => {
                exchange.call = function.name();
                self.judge(function, &head.headers, &mut body, &exchange)
                    .await
            }
            Ok(other) => {
                exchange.is_ours = true;
                Ok(self.tell(&other))
            }
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = &answered
            && refusal.status != StatusCode::REQUEST_TIMEOUT
        {
            body::drain(&mut body, &head.headers, &self.limits).await;
        }
        let mut response = match answered {
            Ok(answer) => answer.into_response(&mut exchange),
            Err(refusal) => refused(refusal, &mut exchange),
        };
        let headers = response.headers_mut();
        if is_chunked || self.is_stopping.load(Ordering::Relaxed) {
            // Of a chunked body a proxy in front may have another opinion where it ends, by a Content-Length that hyper
            // passed over (RFC 9112, 6.1).
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        headers.insert(REQUEST_ID, exchange.id.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    async fn judge(
        &self,
        function: Function,
        headers: &HeaderMap,
        body: &mut Incoming,
        exchange: &Exchange<'_>,
    ) -> Result<Answer, Refusal> {
        let body = body::read(headers, body, &self.limits, &self.shared, &exchange.bytes).await?;
        let policy = self.policy.current();
        let verdict = self
            .lanes
            .run(body.held(), move || {
                let (request, _memory) = body.into_request()?;
                call(function, Some(&policy), &request, now())
            })
            .await??;
        let outcome = match verdict.strip_prefix(r#"{"valid":"#) {
            Some(rest) if rest.starts_with("true") => "valid",
            Some(_) => "invalid",
            None => "answered",
        };
        Ok(Answer {
            status: StatusCode::OK,
            outcome,
            content_type: JSON,
            text: verdict.into(),
        })
    }

    /// What whoever runs the service asks.
    fn tell(&self, asked: &Asked) -> Answer {
        let (mut status, mut content_type) = (StatusCode::OK, TEXT);
        let text = match asked {
            Asked::Ready if self.is_stopping.load(Ordering::Relaxed) => {
                status = StatusCode::SERVICE_UNAVAILABLE;
                "stopping\n".into()
            }
            Asked::Metrics => {
                content_type = OPEN_METRICS;
                let gauge = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
                self.metrics
                    .waiting
                    .set(gauge(self.lanes.waiting(&self.limits)));
                self.metrics.held.set(gauge(self.shared.held(&self.limits)));
                self.metrics.text().into()
            }
            Asked::Description => {
                content_type = JSON;
                DESCRIPTION.into()
            }
            _ => "ok\n".into(),
        };
        Answer {
            status,
            outcome: "answered",
            content_type,
            text,
        }
    }
}

/// What is sent back.
struct Answer {
    status: StatusCode,
    outcome: &'static str,
    content_type: &'static str,
    text: Bytes,
}

impl Answer {
    fn into_response(self, exchange: &mut Exchange<'_>) -> Response<Full<Bytes>> {
        exchange.end(self.status.as_u16(), self.outcome);
        let mut response = Response::new(Full::new(self.text));
        *response.status_mut() = self.status;
        let content_type = HeaderValue::from_static(self.content_type);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }
}

fn refused(refusal: Refusal, exchange: &mut Exchange<'_>) -> Response<Full<Bytes>> {
    let Refusal {
        status,
        mut error,
        allowed,
    } = refusal;
    if let Error::Internal { detail } = &mut error {
        // What was met may be a part of what was judged. The log has the same id.
        *detail = exchange.id.to_str().unwrap_or_default().to_owned();
    }
    let answer = Answer {
        status,
        outcome: error.code(),
        content_type: JSON,
        text: error_json(&error).into(),
    };
    let mut response = answer.into_response(exchange);
    let headers = response.headers_mut();
    if let Some(method) = allowed {
        headers.insert(ALLOW, HeaderValue::from_static(method));
    }
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        // The rest of its body is not waited for.
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    response
}

/// A request from its head to its answer: counted and logged at its end, and also where its client went away before.
struct Exchange<'a> {
    metrics: &'a Metrics,
    id: HeaderValue,
    call: &'static str,
    /// Asked by whoever runs the service: not logged.
    is_ours: bool,
    bytes: Arc<AtomicUsize>,
    started: Instant,
    has_ended: bool,
}

impl<'a> Exchange<'a> {
    fn new(metrics: &'a Metrics, headers: &HeaderMap) -> Self {
        metrics.in_flight.inc();
        Self {
            metrics,
            id: id_of(headers),
            call: "",
            is_ours: false,
            bytes: Arc::default(),
            started: Instant::now(),
            has_ended: false,
        }
    }

    fn end(&mut self, status: u16, outcome: &'static str) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        self.metrics.in_flight.dec();
        if self.is_ours {
            return;
        }
        let took = self.started.elapsed();
        self.metrics.request(self.call, status, outcome, took);
        tracing::info!(
            id = self.id.to_str().unwrap_or_default(),
            call = self.call,
            status,
            outcome,
            ms = took.as_secs_f64() * 1000.0,
            bytes = self.bytes.load(Ordering::Relaxed),
            "request"
        );
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        self.end(0, "aborted");
    }
}

/// The caller's id of the request, if it is one that is as harmless in a log as in a header; else one of ours.
fn id_of(headers: &HeaderMap) -> HeaderValue {
    let mut given = headers.get_all(REQUEST_ID).iter();
    if let (Some(id), None) = (given.next(), given.next()) {
        let is_harmless = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
        if (1..=64).contains(&id.len()) && id.as_bytes().iter().all(is_harmless) {
            return id.clone();
        }
    }
    let id = format!("{:016x}", getrandom::u64().unwrap_or_default());
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("0"))
}
