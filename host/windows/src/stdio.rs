//! Standard output for the protocol alone.

use crate::process::answered;
use std::fs::File;
use std::io;
use std::os::windows::io::{AsRawHandle, IntoRawHandle};
use windows_sys::Win32::System::Console::{STD_OUTPUT_HANDLE, SetStdHandle};

/// What any code of this process prints from now on goes nowhere: by the system's handle, which C runtimes that are
/// loaded later begin with, and by the descriptor of the runtime that is there already. Whoever holds a duplicate of the
/// handle that was there goes on with it.
///
/// # Errors
/// The system's.
pub fn silence_output() -> io::Result<()> {
    let nowhere = || File::options().write(true).open("NUL");
    let handle = nowhere()?;
    // SAFETY: the handle is good, and stays open as it is given up here.
    answered(unsafe { SetStdHandle(STD_OUTPUT_HANDLE, handle.as_raw_handle()) })?;
    let _ = handle.into_raw_handle();
    // SAFETY: the handle is new and given up here: the descriptor owns it from now on.
    let descriptor = unsafe { libc::open_osfhandle(nowhere()?.into_raw_handle() as isize, 0) };
    if descriptor < 0 {
        return Err(io::Error::other("no descriptor"));
    }
    // SAFETY: the first is good. The second is standard output's, which may be none: then there is nothing to silence.
    unsafe {
        libc::dup2(descriptor, OUTPUT);
        libc::close(descriptor);
    }
    Ok(())
}

/// Standard output's descriptor.
const OUTPUT: i32 = 1;
