//! What kind of thing was opened.

use std::fs::File;
use std::os::windows::io::AsRawHandle;
use windows_sys::Win32::Storage::FileSystem::{FILE_TYPE_DISK, GetFileType};

/// Whether it is a file on some disk, and no pipe, console or other device, whose names look like those of files (`NUL`,
/// `CON`, `\\.\pipe\x`).
#[must_use]
pub fn is_on_disk(file: &File) -> bool {
    // SAFETY: the handle is good as long as the file.
    unsafe { GetFileType(file.as_raw_handle()) == FILE_TYPE_DISK }
}
