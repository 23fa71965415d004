//! Where libraries look for others.

use crate::process::answered;
use crate::wide;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use windows_sys::Win32::System::LibraryLoader::SetDllDirectoryW;

/// Libraries are not searched for in the current folder, which whoever starts the program chooses.
pub fn leave_out_the_current_folder() {
    // SAFETY: the text is whole and outlives the call. An empty one takes the current folder out of the search.
    unsafe {
        SetDllDirectoryW(wide(OsStr::new("")).as_ptr());
    }
}

/// Has what a library loads, at once or later, be searched for in the library's own folder too: after the program's
/// folder, before those of the system. The current folder is left out.
///
/// # Errors
/// The system's.
pub fn search_beside(library: &Path) -> io::Result<()> {
    let folder = library.parent().unwrap_or(Path::new(""));
    let folder = wide(folder.as_os_str());
    // SAFETY: the text is whole and outlives the call.
    answered(unsafe { SetDllDirectoryW(folder.as_ptr()) })
}
