//! The service for smart-card readers: pcscd on Linux, SCardSvr on Windows. Many keys do without it.

use super::Draft;
use super::usb::Readers;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use yinxin_proto::Error;
use yinxin_proto::doctor::{Check, CheckKind, CheckState, EvidenceName};

/// What is known of the service.
#[cfg_attr(
    target_vendor = "apple",
    allow(dead_code, reason = "there is none that could be asked")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// It runs.
    Runs {
        /// Its name.
        name: &'static str,
        /// Where it was seen.
        seen: String,
    },
    /// It does not run.
    Off {
        /// Its name.
        name: &'static str,
        /// Where it was looked for, and what came of that.
        seen: String,
    },
    /// This system has none that could be asked.
    Unknown,
}

/// Looks for the service.
#[must_use]
pub fn look() -> Service {
    let (sender, found) = mpsc::channel();
    thread::spawn(move || {
        // The receiver is gone once the time is over.
        let _ = sender.send(system::look());
    });
    found.recv_timeout(PATIENCE).unwrap_or(Service::Unknown)
}

/// Whether a library reads keys by way of the service: OpenSC does, and vendors name theirs so.
#[must_use]
pub fn needs_readers(library: &Path) -> bool {
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    name.contains("opensc") || name.contains("pcsc")
}

/// What a service that is off means: a failure where a reader waits for it, something to know of
/// where it could be needed, and nothing elsewhere.
#[must_use]
pub fn check(service: &Service, readers: Readers, wanted: bool) -> Check {
    let subject = match service {
        Service::Runs { name, .. } | Service::Off { name, .. } => name,
        Service::Unknown => "-",
    };
    let mut draft = Draft::new(CheckKind::ReaderService, subject);
    match service {
        Service::Runs { seen, .. } => draft.tell(EvidenceName::Runs, seen),
        Service::Off { name, seen } => {
            draft.tell(EvidenceName::Off, seen);
            let problem = Error::ReaderServiceOff {
                service: (*name).to_owned(),
            };
            if readers.unread {
                draft.fail(problem);
            } else if readers.any || wanted {
                draft.warn(problem);
            } else {
                draft.tell(EvidenceName::Needed, "no");
                draft.state(CheckState::Skipped);
            }
        }
        Service::Unknown => draft.state(CheckState::Skipped),
    }
    draft.done()
}

#[cfg(all(unix, not(target_vendor = "apple")))]
mod system {
    use super::Service;
    use std::os::unix::net::UnixStream;
    use std::path::{Path, PathBuf};

    pub fn look() -> Service {
        // Programs look for the service where this variable of PCSC-lite says.
        let path = std::env::var_os("PCSCLITE_CSOCK_NAME").map_or(SOCKET.into(), PathBuf::from);
        at(&path)
    }

    /// A socket that nobody listens on stays behind when the service is killed.
    pub fn at(path: &Path) -> Service {
        match UnixStream::connect(path) {
            Ok(_) => Service::Runs {
                name: "pcscd",
                seen: path.display().to_string(),
            },
            Err(error) => Service::Off {
                name: "pcscd",
                seen: format!("{}: {error}", path.display()),
            },
        }
    }

    /// PCSC-lite's `PCSCLITE_CSOCK_NAME`, as distributions build it.
    const SOCKET: &str = "/run/pcscd/pcscd.comm";
}

#[cfg(windows)]
mod system {
    use super::Service;
    use yinxin_windows::service::{State, state};

    pub fn look() -> Service {
        at(SERVICE)
    }

    pub fn at(name: &'static str) -> Service {
        let off = |seen: &str| Service::Off {
            name,
            seen: seen.into(),
        };
        match state(name) {
            Ok(State::Runs) => Service::Runs {
                name,
                seen: "SERVICE_RUNNING".into(),
            },
            Ok(State::Stopped) => off("SERVICE_STOPPED"),
            Ok(State::Absent) => off("ERROR_SERVICE_DOES_NOT_EXIST"),
            Ok(State::Other(number)) => off(&format!("state {number}")),
            Err(_) => Service::Unknown,
        }
    }

    /// “Smart Card”, which Windows starts when a reader is there.
    const SERVICE: &str = "SCardSvr";
}

#[cfg(target_vendor = "apple")]
mod system {
    use super::Service;

    /// macOS starts its own when a reader is there.
    pub fn look() -> Service {
        Service::Unknown
    }
}

/// Time for an answer of the system.
const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(unix, not(target_vendor = "apple")))]
    #[test]
    fn a_socket_counts_only_while_somebody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pcscd.comm");
        let is_off = |path| matches!(system::at(path), Service::Off { .. });
        assert!(is_off(&path));
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(matches!(system::at(&path), Service::Runs { .. }));
        drop(listener);
        assert!(path.exists() && is_off(&path));
    }

    #[test]
    fn a_service_that_is_off_is_a_failure_only_where_a_reader_waits_for_it() {
        let off = Service::Off {
            name: "pcscd",
            seen: String::new(),
        };
        let state = |any, unread, wanted| check(&off, Readers { any, unread }, wanted).state;
        assert_eq!(state(false, false, false), CheckState::Skipped);
        assert_eq!(state(false, false, true), CheckState::Warning);
        assert_eq!(state(true, false, false), CheckState::Warning);
        assert_eq!(state(true, true, false), CheckState::Failed);
        assert_eq!(
            check(&Service::Unknown, Readers::default(), true).problem,
            None
        );
        assert!(needs_readers(Path::new("/usr/lib/opensc-pkcs11.so")));
        assert!(!needs_readers(Path::new("/opt/opensc/other.so")));
    }

    #[cfg(windows)]
    #[test]
    fn a_service_that_nobody_has_is_off() {
        assert!(matches!(system::at("yinxin-none"), Service::Off { .. }));
        // Plug and Play, which every Windows starts at its own start.
        let last = std::time::Instant::now() + Duration::from_secs(20);
        while !matches!(system::at("PlugPlay"), Service::Runs { .. }) {
            assert!(std::time::Instant::now() < last);
            thread::sleep(Duration::from_millis(50));
        }
    }
}
