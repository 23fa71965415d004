//! What the portal needs of HTTP: whose request it is, answers and refusals, headers, the files of the page.

use crate::store::Unavailable;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, ORIGIN, SET_COOKIE};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use yinxin_calls::{Error, Function, Time};

/// Bytes of a request.
const MAX_BODY: usize = 1_000_000;
/// Of every answer: nothing inline or from elsewhere, no framing, no caching.
const HEADERS: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];
/// The page's files, where no other server has them.
const FILES: [(&str, &str, &str); 4] = [
    ("/", "index.html", "text/html; charset=utf-8"),
    ("/page.js", "page.js", "text/javascript"),
    ("/yinxin/index.js", "yinxin/index.js", "text/javascript"),
    ("/yinxin/guide.js", "yinxin/guide.js", "text/javascript"),
];

/// What becomes of a request.
pub type Answer = Result<Response, Refusal>;

/// The portal's own address, as browsers write it.
#[derive(Clone)]
pub struct Origin(pub String);

impl Origin {
    /// Name and further attributes of the cookie. With the prefix, no other host of the same domain can set it.
    fn cookie(&self) -> (&'static str, &'static str) {
        match self.0.starts_with("https:") {
            true => ("__Host-session", "; Secure"),
            false => ("session", ""),
        }
    }

    /// An answer in a session.
    pub fn reply(&self, session: &str, body: &Value) -> Response {
        let (name, secure) = self.cookie();
        let cookie = format!("{name}={session}; Path=/; HttpOnly; SameSite=Strict{secure}");
        ([(SET_COOKIE, cookie)], json_of(StatusCode::OK, body)).into_response()
    }
}

/// Routes with what every answer carries, the page's files and the document to be signed. The files are read once: no
/// request reaches the file system.
pub fn site<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    page: &Path,
    tender: &'static str,
) -> Router<S> {
    let read = |(path, name, kind)| Some((path, (kind, fs::read(page.join(name)).ok()?.into())));
    let mut files: HashMap<&str, (&str, Bytes)> = FILES.into_iter().filter_map(read).collect();
    files.insert(
        "/documents/tender",
        ("text/plain; charset=utf-8", tender.into()),
    );
    let files = Arc::new(files);
    let file = move |method: Method, uri: Uri| async move {
        let file = files.get(uri.path()).filter(|_| method == Method::GET);
        let (kind, content) = file.cloned().ok_or(Refusal::of("not-found"))?;
        Ok::<_, Refusal>(([(CONTENT_TYPE, kind)], content))
    };
    routes
        .fallback(file)
        .method_not_allowed_fallback(async || Refusal::of("not-found"))
        .layer(middleware::map_response(async |mut response: Response| {
            let headers = HEADERS.map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            response.headers_mut().extend(headers);
            response
        }))
}

/// What a page of this origin asks, in a session: the browser's, or a new one.
pub struct Asked {
    /// 32 random bytes, Base64url.
    pub session: String,
    /// An object.
    pub body: Value,
}

impl<S: Send + Sync> FromRequest<S> for Asked
where
    Origin: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, portal: &S) -> Result<Self, Refusal> {
        let origin = Origin::from_ref(portal);
        let (parts, body) = request.into_parts();
        let header = |name: HeaderName| parts.headers.get(name)?.to_str().ok();
        // Another site can make a browser send a POST, but neither with this origin nor, unasked, as JSON.
        if header(ORIGIN) != Some(&origin.0) {
            return Err(Refusal::of("origin-refused"));
        }
        let kind = header(CONTENT_TYPE).and_then(|kind| kind.split(';').next());
        if kind != Some("application/json") {
            return Err(Refusal::of("request-malformed"));
        }
        let (name, _) = origin.cookie();
        let cookies = header(COOKIE).unwrap_or_default().split("; ");
        let mut pairs = cookies.filter_map(|pair| pair.split_once('='));
        let session = match pairs.find(|(key, value)| *key == name && is_session(value)) {
            Some((_, value)) => value.to_owned(),
            None => new_session()?,
        };
        let body = to_bytes(body, MAX_BODY).await;
        let body = body.map_err(|_| Refusal::of("too-large"))?;
        let body = serde_json::from_slice(&body).ok().filter(Value::is_object);
        let body = body.ok_or(Refusal::of("request-malformed"))?;
        Ok(Self { session, body })
    }
}

/// A session's name that nobody guesses.
pub fn new_session() -> Result<String, Refusal> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::of("portal-internal"))?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// Whether it has the form of one.
fn is_session(value: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    value.len() == 43 && value.bytes().all(is_fit)
}

fn json_of(status: StatusCode, body: &Value) -> Response {
    let kind = [(CONTENT_TYPE, "application/json")];
    (status, kind, body.to_string()).into_response()
}

/// A code: of the catalogue, or of the portal's own (`words.json`).
pub struct Refusal {
    code: String,
    params: Value,
}

impl Refusal {
    /// A code alone.
    pub fn of(code: &str) -> Self {
        Self::found(&json!({ "code": code, "params": {} }))
    }

    /// A finding, or an error of the core.
    pub fn found(finding: &Value) -> Self {
        let code = finding["code"].as_str().unwrap_or("portal-internal");
        let (code, params) = (code.to_owned(), finding["params"].clone());
        Self { code, params }
    }

    /// Message and remedy, for the user.
    fn words(&self) -> (StatusCode, Value) {
        static OWN: LazyLock<HashMap<String, (u16, String, String)>> = LazyLock::new(|| {
            serde_json::from_str(include_str!("../../words.json")).unwrap_or_default()
        });
        if let Some((status, message, remedy)) = OWN.get(&self.code) {
            let status = StatusCode::from_u16(*status).unwrap_or_default();
            return (status, json!({ "message": message, "remedy": remedy }));
        }
        let request = json!({ "code": self.code, "params": self.params, "locale": "zh-CN" });
        let request = yinxin_calls::Request::parse(request.to_string().as_bytes());
        let words =
            request.and_then(|request| yinxin_calls::call(Function::Text, None, &request, Time(0)));
        let words = words
            .ok()
            .and_then(|words| serde_json::from_str(&words).ok());
        (StatusCode::FORBIDDEN, words.unwrap_or_default())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let error = serde_json::from_str(&yinxin_calls::error_json(&error));
        Self::found(&error.unwrap_or_default())
    }
}

impl From<Unavailable> for Refusal {
    fn from(_: Unavailable) -> Self {
        Self::of("store-unavailable")
    }
}

impl IntoResponse for Refusal {
    /// In the form of the page library's errors.
    fn into_response(self) -> Response {
        let (status, mut body) = self.words();
        body["code"] = json!(self.code);
        json_of(status, &body)
    }
}
