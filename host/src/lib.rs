//! The native-messaging host of Yinxin, which holds the session to a USB key for the browser's extension; and the
//! command line.
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
//! | [`programs`] | the two programs that this becomes |
//! | [`process`] | programs that the host starts |
//! | [`library`] | a look at a library's file before it is loaded |
//! | [`vendors`] | known vendors: their libraries and keys |
//! | [`config`], [`log`], [`files`] | the host's own files |
//! | [`memory`] | no dumps, and no more memory than a worker may take |
//! | [`registration`] | where browsers look for the host |
//! | [`doctor`] | what works, what does not, and why; repairs |
//! | [`cli`] | the command line |
#![forbid(unsafe_code)]
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "its readers are those who work on it: nothing else is made of it than the two programs"
)]

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
mod programs;
mod registration;
mod service;
mod vendors;
mod worker;

use std::ffi::OsString;
use std::io::{IsTerminal, stdin, stdout};
use std::process::ExitCode;

/// The program `yinxin-host`: serves a browser, or is a worker. Whatever else it is called for is the command line's.
pub fn host() -> ExitCode {
    prepare();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    // A browser gives pipes; a person at a terminal is told what this is.
    let has_terminal = stdin().is_terminal() || stdout().is_terminal();
    match role_of(&arguments, has_terminal) {
        Some(Role::Worker) => worker::run(),
        Some(Role::Browser(caller)) => native::serve(caller.as_deref()),
        None => programs::hand_over(arguments),
    }
}

/// The program `yinxin`: the command line.
pub fn command_line() -> ExitCode {
    programs::this_is_the_command_line();
    prepare();
    cli::main()
}

fn prepare() {
    memory::leave_no_dump();
    #[cfg(windows)]
    yinxin_windows::library::leave_out_the_current_folder();
    files::let_nobody_else_write();
}

/// What the host is started as.
enum Role {
    Worker,
    /// The browser, with the caller that it names.
    Browser(Option<String>),
}

/// Tells a browser's call from a person's. Chromium gives the extension's origin first (and on
/// Windows `--parent-window` after it); Firefox gives the manifest's path, then the add-on's id.
fn role_of(arguments: &[OsString], has_terminal: bool) -> Option<Role> {
    let Some(first) = arguments.first() else {
        return (!has_terminal).then_some(Role::Browser(None));
    };
    if first == worker::ARGUMENT {
        return Some(Role::Worker);
    }
    let first = first.to_str()?;
    if let Some(origin) = first.strip_prefix("chrome-extension://") {
        let id = origin.strip_suffix('/').unwrap_or(origin);
        return Some(Role::Browser(Some(id.to_owned())));
    }
    if first.ends_with(".json") && std::path::Path::new(first).is_absolute() {
        let id = arguments.get(1)?.to_str()?;
        return Some(Role::Browser(Some(id.to_owned())));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_people() {
        let caller = |line: &str| match role_of(&arguments(line), false) {
            Some(Role::Browser(caller)) => Some(caller),
            _ => None,
        };
        assert_eq!(caller(""), Some(None));
        assert_eq!(
            caller("chrome-extension://abc/ --parent-window=0"),
            Some(Some("abc".into()))
        );
        assert_eq!(caller("tokens --json"), None);
        assert!(role_of(&[], true).is_none());
        #[cfg(unix)]
        assert_eq!(
            caller("/home/a/yinxin.host.json yinxin@example.org"),
            Some(Some("yinxin@example.org".into()))
        );
    }

    fn arguments(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }
}
