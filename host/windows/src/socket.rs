//! A port that nobody else takes over.

use std::io;
use std::mem::size_of;
use std::os::windows::io::{AsRawSocket, AsSocket};
use windows_sys::Win32::Networking::WinSock::{SO_EXCLUSIVEADDRUSE, SOL_SOCKET, setsockopt};

/// Keeps other programs from binding the address of a socket as well, which `SO_REUSEADDR` lets them do otherwise. To be
/// called before it is bound (Microsoft, “Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE”).
///
/// # Errors
/// The system's.
pub fn alone(socket: &impl AsSocket) -> io::Result<()> {
    let yes = 1_i32;
    // SAFETY: the socket is good while it is borrowed; the value is a BOOL of this size and outlives the call.
    let answer = unsafe {
        setsockopt(
            socket.as_socket().as_raw_socket() as usize,
            SOL_SOCKET,
            SO_EXCLUSIVEADDRUSE,
            (&raw const yes).cast(),
            size_of::<i32>() as i32,
        )
    };
    if answer == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
