//! Why a request gets no verdict: a status, and an error of the catalogue.

use hyper::StatusCode;
use std::time::Duration;
use yinxin_calls::{Error, refused};

/// An answer that is no verdict.
#[derive(Debug)]
pub struct Refusal {
    pub status: StatusCode,
    pub error: Error,
    /// The method that is expected, where another one came.
    pub allowed: Option<&'static str>,
}

impl Refusal {
    /// `request-invalid`.
    pub fn invalid(status: StatusCode, reason: &str) -> Self {
        Self::new(status, refused(reason))
    }

    /// Of another method than the path has.
    pub fn method(expected: &'static str) -> Self {
        let reason = format!("method: expected {expected}");
        Self {
            allowed: Some(expected),
            ..Self::invalid(StatusCode::METHOD_NOT_ALLOWED, &reason)
        }
    }

    fn new(status: StatusCode, error: Error) -> Self {
        Self {
            status,
            error,
            allowed: None,
        }
    }

    pub fn too_large(part: &str, limit: u32) -> Self {
        let part = part.into();
        let error = Error::RequestTooLarge { part, limit };
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    }

    pub fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Error::ServerBusy {})
    }

    /// That a client took too long (408), or we did (503).
    pub fn timed_out(status: StatusCode, limit: Duration) -> Self {
        let seconds = u32::try_from(limit.as_secs()).unwrap_or(u32::MAX);
        Self::new(status, Error::RequestTimedOut { seconds })
    }
}

/// What a call itself refuses.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error {
            Error::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error)
    }
}
