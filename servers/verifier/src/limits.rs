//! What a request may cost: bytes, time, and how much at once.

use std::time::Duration;

/// The limits of a service.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections; one more is closed at once.
    pub connections: usize,
    /// Requests that are judged at once: as many small ones, and beside them half as many large ones.
    pub jobs: usize,
    /// Requests that may wait for that, of each kind.
    pub waiting: usize,
    /// Bytes of JSON: a request, or a proof.
    pub json: u32,
    /// Bytes of any other part that is held.
    pub file: u32,
    /// Bytes of a content, which is hashed as it comes.
    pub content: u32,
    /// Bytes that all requests together hold, beyond what each has for itself ([`Limits::OWN`]).
    pub memory: usize,
    /// For the head of a request, and for the next one to begin.
    pub head: Duration,
    /// Between two pieces of a body, and until a client takes the next piece of an answer.
    pub idle: Duration,
    /// For a whole body.
    pub body: Duration,
    /// Until judging begins.
    pub queue: Duration,
    /// For judging.
    pub work: Duration,
    /// For what is under way when the service is to stop.
    pub drain: Duration,
}

impl Limits {
    /// Bytes that each request may hold whatever the others do.
    pub const OWN: usize = 64 * 1024;
    /// Bytes from which on a request counts as a large one.
    pub const LARGE: usize = 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connections: 4096,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            waiting: 256,
            json: 4 << 20,
            file: 64 << 20,
            content: u32::MAX,
            memory: 512 << 20,
            head: seconds(15),
            idle: seconds(15),
            body: seconds(300),
            queue: seconds(10),
            work: seconds(60),
            drain: seconds(20),
        }
    }
}
