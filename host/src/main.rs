//! The native-messaging host of Yinxin: holds the session to a USB key, for the browser's
//! extension and for the command line.
//!
//! | module | what lives there |
//! |---|---|
//! | [`native`] | frames from and to the browser, the caller's check, one dispatch over the closed request enum |
//! | [`bridge`] | calls of pages that the browser brings here: one HTTP listener, only while asked for |
//! | [`service`] | listing tokens and signing, for the browser and the command line alike |
//! | [`named`] | the token that a person named |
//! | [`module`] | one vendor's module: its worker process, time-outs, cancel, restarts |
//! | [`worker`] | the worker process, the only place where a vendor's code runs |
//! | [`crypto`] | the few pure functions of `yinxin-pki` that the host needs |
//! | [`frame`] | length and JSON, on both kinds of pipe |
//! | [`process`] | programs that the host starts |
//! | [`library`] | a look at a library's file before it is loaded |
//! | [`vendors`] | known vendors: their libraries and keys |
//! | [`config`], [`log`], [`files`] | the host's own files |
//! | [`memory`] | no dumps, and no more memory than a worker may take |
//! | [`registration`] | where browsers look for the host |
//! | [`doctor`] | what works, what does not, and why; repairs |
//! | [`cli`] | the command line |
#![forbid(unsafe_code)]

mod bridge;
mod cli;
mod config;
mod crypto;
mod doctor;
mod files;
mod frame;
mod library;
mod log;
mod memory;
mod module;
mod named;
mod native;
mod new_seal;
mod process;
mod registration;
mod service;
mod vendors;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    memory::leave_no_dump();
    #[cfg(windows)]
    yinxin_windows::library::leave_out_the_current_folder();
    files::let_nobody_else_write();
    cli::main()
}
