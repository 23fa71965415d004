//! The two programs. `yinxin-host` is what browsers start and what holds keys: it has no reader of documents in it.
//! `yinxin` is the command line; what it asks of keys, a worker of the host does. They lie in one folder.

use crate::files;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use yinxin_proto::Error;

/// The command line's name.
pub const COMMAND_LINE: &str = if cfg!(windows) {
    "yinxin.exe"
} else {
    "yinxin"
};

/// The host's name.
pub const HOST: &str = if cfg!(windows) {
    "yinxin-host.exe"
} else {
    "yinxin-host"
};

/// The host built for 32-bit x86, beside it. Only its worker is ever started.
pub const X86_PROGRAM: &str = if cfg!(windows) {
    "yinxin-host-x86.exe"
} else {
    "yinxin-host-x86"
};

static IS_COMMAND_LINE: AtomicBool = AtomicBool::new(false);

/// Says that this process is the command line. Without it, it is the host, under whatever name.
pub fn this_is_the_command_line() {
    IS_COMMAND_LINE.store(true, Ordering::Relaxed);
}

/// The host: this program, or the one beside the command line.
///
/// # Errors
/// `internal`, where the system does not say which program this is.
pub fn host() -> Result<PathBuf, Error> {
    let own = own()?;
    Ok(if IS_COMMAND_LINE.load(Ordering::Relaxed) {
        own.with_file_name(HOST)
    } else {
        own
    })
}

/// The host, to be registered: it has to be there.
///
/// # Errors
/// `file-failed`, and those of [`host`].
pub fn host_that_is_there() -> Result<PathBuf, Error> {
    let host = host()?;
    match std::fs::metadata(&host) {
        Ok(_) => Ok(host),
        Err(error) => Err(files::failed(&host, &error)),
    }
}

/// All that are installed, there or not.
#[cfg(windows)]
pub fn all() -> Vec<PathBuf> {
    host().map_or_else(
        |_| Vec::new(),
        |host| {
            let [command_line, of_32_bit] =
                [COMMAND_LINE, X86_PROGRAM].map(|name| host.with_file_name(name));
            vec![host, command_line, of_32_bit]
        },
    )
}

/// This program. Without `/proc`, in a system that is only being made, Linux can't say it: then as it was called.
fn own() -> Result<PathBuf, Error> {
    let called = || {
        let path = PathBuf::from(std::env::args_os().next()?);
        (path.is_absolute() && path.is_file()).then_some(path)
    };
    std::env::current_exe()
        .or_else(|error| called().ok_or(error))
        .map_err(|error| Error::Internal {
            detail: error.to_string(),
        })
}

/// Lets the command line do what the host was called for by a person or a script: they may know the host's name only.
pub fn hand_over(arguments: Vec<OsString>) -> ExitCode {
    let failed = |reason: &dyn std::fmt::Display| {
        // Where the command line is missing, its words are too.
        eprintln!("yinxin-host: {COMMAND_LINE}: {reason}（请重新安装印信 / install Yinxin again）");
        ExitCode::FAILURE
    };
    match own() {
        Ok(own) => run(&own.with_file_name(COMMAND_LINE), arguments, &failed),
        Err(error) => failed(&error),
    }
}

/// In this process's place, where the system can.
#[cfg(unix)]
fn run(
    program: &Path,
    arguments: Vec<OsString>,
    failed: &dyn Fn(&dyn std::fmt::Display) -> ExitCode,
) -> ExitCode {
    use std::os::unix::process::CommandExt;
    failed(&Command::new(program).args(arguments).exec())
}

#[cfg(not(unix))]
fn run(
    program: &Path,
    arguments: Vec<OsString>,
    failed: &dyn Fn(&dyn std::fmt::Display) -> ExitCode,
) -> ExitCode {
    match Command::new(program).args(arguments).status() {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            code.map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => failed(&error),
    }
}
