//! No dialogs and no dumps of crashes, an end without exit handlers, job objects.

use std::io;
use std::mem::size_of;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;
use windows_sys::Win32::System::Diagnostics::Debug::{
    EXCEPTION_POINTERS, SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX,
    SetErrorMode, SetUnhandledExceptionFilter,
};
use windows_sys::Win32::System::ErrorReporting::{WER_FAULT_REPORTING_FLAG_NOHEAP, WerSetFlags};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT,
    JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOB_OBJECT_LIMIT_PROCESS_MEMORY, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, SetInformationJobObject,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};

/// For `CommandExt::creation_flags`: a program for consoles gets none that is seen.
pub const NO_WINDOW: u32 = windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

/// Has no crash and no missing library of this process, or of those that it starts, open a dialog, which nobody may
/// be there to close, or be reported with the memory that the process had. A crash of this process ends it at once.
pub fn fail_in_silence() {
    // SAFETY: the filter has the form that is asked for, and stays for as long as the process.
    unsafe {
        SetUnhandledExceptionFilter(Some(end_of_crash));
    }
    // SAFETY: it takes flags and touches no memory.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    }
    // SAFETY: as above. What it answers changes nothing.
    unsafe {
        WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP);
    }
}

/// Ends this process with the code of the exception that nobody handled, before anything is reported of it.
unsafe extern "system" fn end_of_crash(pointers: *const EXCEPTION_POINTERS) -> i32 {
    // SAFETY: the system gives a record that is good for the length of this call.
    let code = unsafe { (*(*pointers).ExceptionRecord).ExceptionCode };
    end(code.cast_unsigned())
}

/// Ends this process at once. Neither exit handlers nor `DllMain` of a library run, in which other threads may hang.
pub fn end(code: u32) -> ! {
    // SAFETY: the pseudo handle is always good, and nothing of this process runs after it.
    unsafe {
        TerminateProcess(GetCurrentProcess(), code);
    }
    // Never here; for the compiler, and should a debugger have refused it.
    std::process::abort()
}

/// A job object. Processes that one of it starts belong to it too.
pub struct Job(OwnedHandle);

impl Job {
    /// One whose end (of its last handle) ends all its processes.
    ///
    /// # Errors
    /// The system's.
    pub fn that_ends_all() -> io::Result<Self> {
        Self::with(JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0)
    }

    /// One whose processes may commit so many bytes of memory each.
    ///
    /// # Errors
    /// The system's.
    pub fn with_memory(bytes: usize) -> io::Result<Self> {
        Self::with(JOB_OBJECT_LIMIT_PROCESS_MEMORY, bytes)
    }

    fn with(limits: JOB_OBJECT_LIMIT, bytes: usize) -> io::Result<Self> {
        // SAFETY: neither security attributes nor a name are asked for.
        let handle = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the handle is new, and nobody else closes it.
        let job = Self(unsafe { OwnedHandle::from_raw_handle(handle) });
        let mut wanted = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        wanted.BasicLimitInformation.LimitFlags =
            limits | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
        wanted.ProcessMemoryLimit = bytes;
        // SAFETY: the structure is the one of this class, whole, and outlives the call.
        let done = unsafe {
            SetInformationJobObject(
                job.0.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                (&raw const wanted).cast(),
                size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>() as u32,
            )
        };
        answered(done)?;
        Ok(job)
    }

    /// Puts this process into it, for good: the handle stays open as long as the process lives.
    ///
    /// # Errors
    /// The system's.
    pub fn hold_this_process(self) -> io::Result<()> {
        // SAFETY: both handles are good.
        answered(unsafe { AssignProcessToJobObject(self.0.as_raw_handle(), GetCurrentProcess()) })?;
        std::mem::forget(self.0);
        Ok(())
    }
}

/// What a call's `BOOL` means.
pub(crate) fn answered(done: i32) -> io::Result<()> {
    if done == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
