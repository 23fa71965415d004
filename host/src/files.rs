//! Small files, read with a limit and written as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
#[cfg(windows)]
use std::{thread, time::Duration};
use yinxin_proto::Error;

/// Sees to it that nothing that this process or a worker creates, file or folder, can be written by others
/// than its owner, whatever the caller's `umask` lets pass. Called at the start.
pub fn let_nobody_else_write() {
    #[cfg(unix)]
    {
        use rustix::fs::Mode;
        use rustix::process::umask;
        let others = Mode::WGRP | Mode::WOTH;
        // There is no way to ask for it without setting it.
        umask(umask(others) | others);
    }
}

/// Opens a file to be read. Nothing else is opened: a pipe would wait for somebody, a device has no end.
///
/// # Errors
/// The system's, or if it is no regular file.
pub fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(not_regular());
    }
    let file = File::open(path)?;
    // Devices of Windows have names in every folder, and look like files by their attributes.
    #[cfg(windows)]
    if !yinxin_windows::file::is_on_disk(&file) {
        return Err(not_regular());
    }
    Ok(file)
}

/// Why something that is no regular file is neither read nor replaced.
#[must_use]
pub fn not_regular() -> io::Error {
    io::Error::other("not a regular file")
}

/// Reads a file of bounded size.
///
/// # Errors
/// As [`open`], or if the file is too large.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other("the file is too large"));
    }
    Ok(bytes)
}

/// Reads a text of bounded size.
///
/// # Errors
/// As [`read`], or if the file is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::other("the file is not UTF-8"))
}

/// Writes a file as a whole or not at all. It can be read by those who could read the one before.
///
/// # Errors
/// `file-failed`.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let write = || {
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // A new file: nothing is written through a link that lies there.
        let mut file = File::options().write(true).create_new(true).open(&part)?;
        #[cfg(unix)]
        if let Ok(before) = fs::symlink_metadata(path)
            && before.is_file()
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            file.set_permissions(PermissionsExt::from_mode(before.mode() & 0o755))?;
        }
        file.write_all(bytes)?;
        drop(file);
        rename(&part, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&part);
        failed(path, &error)
    })
}

/// Gives a file another name, in the place of one that has it. On Windows neither may be open elsewhere just then, and
/// scanners open what is new for a moment: it is tried again for a while.
///
/// # Errors
/// The system's.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(windows)]
    for wait in [1, 5, 20, 50, 100, 200].map(Duration::from_millis) {
        match fs::rename(from, to) {
            // ERROR_SHARING_VIOLATION has no kind.
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied
                    || error.raw_os_error() == Some(32) => {}
            other => return other,
        }
        thread::sleep(wait);
    }
    fs::rename(from, to)
}

/// A file that could not be read or written.
#[must_use]
pub fn failed(path: &Path, error: &io::Error) -> Error {
    Error::FileFailed {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

/// Bytes of a file of settings.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
