//! Tests of the real process over its pipes: as a browser meets it, as a person meets it on the
//! command line, and with modules of every kind of badness.
#![allow(
    clippy::unwrap_used,
    reason = "a test that can't go on has failed, helpers included"
)]
#![allow(clippy::disallowed_methods, reason = "the modules of tests are known")]

mod bridge;
mod bridge_keys;
mod callers;
mod command_line;
#[cfg(unix)]
mod doctor;
mod documents;
mod doors;
#[cfg(unix)]
mod exit_status;
#[cfg(unix)]
mod files;
mod frames;
mod giving_up;
mod memory;
mod modules;
mod pin_pad;
#[cfg(unix)]
mod registration;
mod sealing;
mod seals;
mod signing;
mod skf;
#[cfg(unix)]
mod softhsm;
mod support;
mod verify;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
mod words;
mod write_seal;
