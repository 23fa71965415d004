//! Programs that the host starts.

use std::ffi::OsStr;
use std::process::Command;

/// A command that opens no window of its own: on Windows one for consoles would, wherever the host has none.
#[must_use]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    #[cfg_attr(not(windows), allow(unused_mut, reason = "for Windows alone"))]
    let mut command = Command::new(program);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(
        &mut command,
        yinxin_windows::process::NO_WINDOW,
    );
    command
}
