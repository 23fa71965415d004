//! Whether a service runs.

use crate::process::answered;
use crate::wide;
use std::ffi::OsStr;
use std::io;
use std::ptr;
use windows_sys::Win32::Foundation::ERROR_SERVICE_DOES_NOT_EXIST;
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, OpenSCManagerW, OpenServiceW, QueryServiceStatus, SC_HANDLE,
    SC_MANAGER_CONNECT, SERVICE_QUERY_STATUS, SERVICE_STATUS,
};

/// What a service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The system has none of this name.
    Absent,
    /// `SERVICE_STOPPED`.
    Stopped,
    /// `SERVICE_RUNNING`.
    Runs,
    /// Another state, by its number.
    Other(u32),
}

/// What a service of this name does. Any user may ask.
///
/// # Errors
/// The system's.
pub fn state(name: &str) -> io::Result<State> {
    // SAFETY: no names mean this machine and its services.
    let manager =
        Handle::new(unsafe { OpenSCManagerW(ptr::null(), ptr::null(), SC_MANAGER_CONNECT) })?;
    let name = wide(OsStr::new(name));
    // SAFETY: the manager is open, the text is whole and outlives the call.
    let service =
        Handle::new(unsafe { OpenServiceW(manager.0, name.as_ptr(), SERVICE_QUERY_STATUS) });
    let service = match service {
        Err(error) if error.raw_os_error() == Some(ERROR_SERVICE_DOES_NOT_EXIST as i32) => {
            return Ok(State::Absent);
        }
        other => other?,
    };
    let mut status = SERVICE_STATUS::default();
    // SAFETY: the service is open, and the structure outlives the call.
    answered(unsafe { QueryServiceStatus(service.0, &raw mut status) })?;
    Ok(match status.dwCurrentState {
        1 => State::Stopped,
        4 => State::Runs,
        other => State::Other(other),
    })
}

/// A handle of the service manager's.
struct Handle(SC_HANDLE);

impl Handle {
    fn new(handle: SC_HANDLE) -> io::Result<Self> {
        if handle.is_null() {
            Err(io::Error::last_os_error())
        } else {
            Ok(Self(handle))
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: it is open, and closed here alone.
        unsafe {
            CloseServiceHandle(self.0);
        }
    }
}
