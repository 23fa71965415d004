//! The calls of Windows that the host needs and the standard library does not make, each as a safe function. A crate of
//! its own, since the host forbids unsafe code; empty on other systems.
//!
//! | module | what lives there |
//! |---|---|
//! | `process` | no dialogs and no dumps of crashes, an end without exit handlers, job objects |
//! | `library` | where libraries look for others |
//! | `stdio` | standard output for the protocol alone |
//! | `file` | what kind of thing was opened |
//! | `socket` | a port that nobody else takes over |
//! | `service` | whether a service runs |
//! | `devices` | what is plugged in |
//! | `signature` | who signed a program or library (Authenticode) |
#![cfg(windows)]
#![allow(
    unsafe_code,
    reason = "the C ABI of Windows; each block says why it holds"
)]

pub mod devices;
pub mod file;
pub mod library;
pub mod process;
pub mod service;
pub mod signature;
pub mod socket;
pub mod stdio;

use std::ffi::OsStr;
use std::os::windows::ffi::OsStrExt;

/// A text as Windows takes it: UTF-16, ended by 0.
fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}
