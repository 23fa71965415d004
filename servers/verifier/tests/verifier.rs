//! The service from outside: over real sockets, in this process and as a program.
#![allow(clippy::unwrap_used)]

#[path = "verifier/calls.rs"]
mod calls;
#[path = "verifier/hostile.rs"]
mod hostile;
#[path = "verifier/limits.rs"]
mod limits;
#[path = "verifier/program.rs"]
mod program;
#[path = "verifier/support.rs"]
mod support;
