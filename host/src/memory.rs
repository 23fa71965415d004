//! What becomes of the memory of this process. A PIN passes through host and worker, and a module can
//! crash at any moment: no copy of it may be left on a disk. And a module's mistakes must not take the
//! machine's memory.

#[cfg(windows)]
use crate::programs;
#[cfg(windows)]
use std::path::Path;

/// Sees to it that no crash of this process leaves a dump. Called first of all, in each role: a program
/// that is started anew can be dumped again.
///
/// On Linux both are needed: a limit of 0 does not hold where dumps go to a program (core(5)), which
/// systemd and others set up; a process that can't be dumped can't be traced or read by others of the
/// same user either. On macOS a report of a crash has registers and the names of calls, no memory, and the
/// limit keeps core files away; tracing is what the system's own protection is for. On Windows crashes open no
/// dialog and are not reported, and the program is put on the user's list of those of which no report is made (what
/// `WerAddExcludedApplication` does); dumps that an administrator has turned on (`LocalDumps`) are the administrator's.
///
/// Where a system refuses, the work goes on: without a signature nobody would be helped.
pub fn leave_no_dump() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(windows)]
    {
        yinxin_windows::process::fail_in_silence();
        let own = std::env::current_exe().ok();
        if let Some(name) = own.as_deref().and_then(Path::file_name) {
            let user = winreg::RegKey::predef(winreg::enums::HKEY_CURRENT_USER);
            if let Ok((list, _)) = user.create_subkey(EXCLUDED) {
                let _ = list.set_value(name, &1_u32);
            }
        }
    }
}

/// Takes back what a system was told of the programs for good. The end of a removal.
pub fn forget_programs() {
    #[cfg(windows)]
    {
        let user = winreg::RegKey::predef(winreg::enums::HKEY_CURRENT_USER);
        if let Ok(list) = user.open_subkey_with_flags(EXCLUDED, winreg::enums::KEY_SET_VALUE) {
            for program in programs::all() {
                if let Some(name) = program.file_name() {
                    let _ = list.delete_value(name);
                }
            }
        }
    }
}

/// Limits what this process takes; 0 MiB is no limit. What would take more fails, or ends this process. On Linux it
/// is the address space, on Windows the memory that is committed. macOS does not hold to such a limit.
pub fn limit(mib: u32) {
    #[cfg(target_os = "linux")]
    if mib > 0 {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let bytes = u64::from(mib) * 1024 * 1024;
        // A limit that is stricter already stays.
        let least = |had: Option<u64>| Some(had.map_or(bytes, |had| had.min(bytes)));
        let had = getrlimit(Resource::As);
        let limit = Rlimit {
            current: least(had.current),
            maximum: least(had.maximum),
        };
        let _ = setrlimit(Resource::As, limit);
    }
    #[cfg(windows)]
    if mib > 0 {
        let bytes = usize::try_from(u64::from(mib) * 1024 * 1024).unwrap_or(usize::MAX);
        let _ = yinxin_windows::process::Job::with_memory(bytes)
            .and_then(yinxin_windows::process::Job::hold_this_process);
    }
    #[cfg(not(any(target_os = "linux", windows)))]
    let _ = mib;
}

/// Programs of which Windows makes no report.
#[cfg(windows)]
const EXCLUDED: &str = r"Software\Microsoft\Windows\Windows Error Reporting\ExcludedApplications";
