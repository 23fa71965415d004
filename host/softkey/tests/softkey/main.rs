//! Tests of the software key from outside: through its safe interface, through the C interface of
//! the real shared library, and by OpenSSL and OpenSC as independent judges.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod c_interface;
mod demo;
mod faults;
mod host;
mod objects;
mod opensc;
mod openssl;
mod pins;
#[cfg(target_os = "linux")]
mod skf;
mod skf_peer;
mod storage;
mod support;
