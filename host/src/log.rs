//! The host's log: a file in the platform's folder for state, of bounded size, off unless the
//! configuration turns it on. It tells kinds, codes and times; never a PIN, a document, or a whole
//! message.

use crate::config::{Folder, LogLevel, folder};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// The log. Failures to write are ignored: a full disk must not stop a signature.
pub struct Log {
    level: LogLevel,
    path: Option<PathBuf>,
    file: Mutex<Option<(File, u64)>>,
}

impl Log {
    /// A log of a level. The file is opened with the first line.
    #[must_use]
    pub fn new(level: LogLevel) -> Self {
        Self {
            level,
            path: folder(Folder::State).map(|folder| folder.join("host.log")),
            file: Mutex::new(None),
        }
    }

    /// Tells a failure.
    pub fn error(&self, line: &str) {
        self.write(LogLevel::Error, line);
    }

    /// Tells what happened.
    pub fn info(&self, line: &str) {
        self.write(LogLevel::Info, line);
    }

    fn write(&self, level: LogLevel, line: &str) {
        if level > self.level {
            return;
        }
        let Some(path) = &self.path else { return };
        let mut guard = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.as_ref().is_some_and(|(_, size)| *size > MAX_BYTES) {
            *guard = None;
            let _ = fs::rename(path, path.with_extension("log.1"));
        }
        if guard.is_none() {
            *guard = open(path);
        }
        let Some((file, size)) = guard.as_mut() else {
            return;
        };
        // One line, whatever a module's words contain.
        let text: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(MAX_LINE_CHARS)
            .collect();
        let now = humantime::format_rfc3339_seconds(SystemTime::now());
        let line = format!("{now} {} {text}\n", std::process::id());
        if file.write_all(line.as_bytes()).is_ok() {
            *size += line.len() as u64;
        }
    }
}

fn open(path: &PathBuf) -> Option<(File, u64)> {
    fs::create_dir_all(path.parent()?).ok()?;
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path).ok()?;
    let size = file.metadata().ok()?.len();
    Some((file, size))
}

/// Bytes of the log before it is turned over; one older one is kept.
const MAX_BYTES: u64 = 256 * 1024;
/// Characters of one line.
const MAX_LINE_CHARS: usize = 500;
