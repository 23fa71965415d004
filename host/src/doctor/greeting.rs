//! Starts a program as a browser does, and hears its greeting.

use crate::frame::{self, Incoming};
use crate::process;
use serde::Deserialize;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::limits::{GREETING_MS, MAX_FRAME_FROM_HOST_BYTES};
use yinxin_proto::site::{HOST_NAME, RELEASED_EXTENSION_ID};

/// What a program said of itself.
pub struct Greeting {
    pub version: String,
    pub protocol: u32,
    pub after: Duration,
}

/// Why a program did not greet.
pub enum Silent {
    /// It is not there.
    Missing,
    /// The system does not run it, for this reason.
    Blocked(String),
    /// It is no host, for this reason.
    NoHost(String),
}

impl Silent {
    /// What kept a program from being started.
    fn from_start(program: &Path, error: &io::Error) -> Self {
        match error.kind() {
            // A script whose interpreter is not there is told in the same way.
            io::ErrorKind::NotFound if !program.exists() => Self::Missing,
            _ if is_scanners(error) => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Blocked(why_blocked(program, error)),
            _ if is_policys(error) => Self::Blocked(error.to_string()),
            _ => Self::NoHost(error.to_string()),
        }
    }
}

/// `ERROR_VIRUS_INFECTED`, `ERROR_VIRUS_DELETED`: a scanner takes the program at its start.
fn is_scanners(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(225 | 226))
}

/// `ERROR_ACCESS_DISABLED_BY_POLICY`.
fn is_policys(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error() == Some(1_260)
}

/// What forbids a program, as far as that can be seen: its disk, its file, else what the system says, as of folders that
/// let nobody in (`EACCES`) and of systems that run signed packages only (`EPERM`).
#[cfg(unix)]
fn why_blocked(program: &Path, error: &io::Error) -> String {
    use std::os::unix::fs::PermissionsExt;
    let told = std::fs::metadata(program);
    if told.is_ok_and(|told| told.permissions().mode() & 0o111 == 0) {
        return "the file is not executable".into();
    }
    // The flags of macOS's `statvfs` have none for it (MNT_NOEXEC stands in `statfs`).
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::StatVfsMountFlags;
        let disk = rustix::fs::statvfs(program);
        if disk.is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::NOEXEC)) {
            return "its disk is mounted with noexec".into();
        }
    }
    error.to_string()
}

#[cfg(not(unix))]
fn why_blocked(_: &Path, error: &io::Error) -> String {
    error.to_string()
}

/// Starts a program as a browser does, waits for its greeting, and ends it: more than greet it is
/// never asked to do.
///
/// # Errors
/// Why it does not greet.
pub fn greeting(program: &Path) -> Result<Greeting, Silent> {
    let began = Instant::now();
    let mut child = process::command(program)
        .arg(format!("chrome-extension://{RELEASED_EXTENSION_ID}/"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Silent::from_start(program, &error))?;
    let no_host = |reason: &str| Silent::NoHost(reason.to_owned());
    let Some(mut output) = child.stdout.take() else {
        return Err(no_host("no pipe"));
    };
    let (sender, first) = mpsc::channel();
    thread::spawn(move || {
        let read = frame::read(&mut output, MAX_FRAME_FROM_HOST_BYTES);
        // The receiver is gone once the time is over.
        let _ = sender.send((read, began.elapsed()));
    });
    let result = first.recv_timeout(Duration::from_millis(GREETING_MS.into()));
    // A host behind a script outlives the script, but not the end of its input.
    drop(child.stdin.take());
    let _ = child.kill();
    let _ = child.wait();
    let (read, after) =
        result.map_err(|_| no_host(&format!("no greeting within {} s", GREETING_MS / 1_000)))?;
    let Ok(Incoming::Message(text)) = read else {
        return Err(no_host("it ended without a greeting"));
    };
    match serde_json::from_str(&text) {
        Ok(Said {
            kind,
            name,
            version,
            protocol,
        }) if kind == "greeting" && name == HOST_NAME => Ok(Greeting {
            version,
            protocol,
            after,
        }),
        _ => Err(no_host("it does not greet as the host")),
    }
}

/// [`yinxin_proto::host::HostMessage::Greeting`] alone: a reader of all that a host may say would be a tenth of this program.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    version: String,
    protocol: u32,
}
