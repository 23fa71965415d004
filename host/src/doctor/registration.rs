//! Looks at a registration as the browser would use it: the manifest, and a real start of the
//! program that it names.

use super::{Draft, repair};
use crate::config::Config;
use crate::files;
use crate::frame::{self, Incoming};
use crate::registration::{Manifest, Place, allowed_origins};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::doctor::{Check, CheckKind, CheckState, Repair};
use yinxin_proto::host::HostMessage;
use yinxin_proto::limits::{GREETING_MS, MAX_FRAME_FROM_HOST_BYTES};
use yinxin_proto::site::{HOST_NAME, RELEASED_EXTENSION_ID};
use yinxin_proto::{Error, PROTOCOL_VERSION};

/// A registration that was looked at.
pub struct Looked {
    /// What was found.
    pub check: Check,
    /// The program that would be started, unless it is a launcher, which hides it.
    pub program: Option<PathBuf>,
}

/// Looks at a place.
pub fn look(place: &Place, config: &Config) -> Looked {
    let mut draft = Draft::new(CheckKind::Registration, &place.browser);
    draft.tell("installed", super::yes_or_no(place.present));
    let mut program = None;
    let result = registration(place, config, &mut draft, &mut program);
    match (result, place.present) {
        (Ok(()), _) => {}
        // A browser that is not there needs no registration; one that is left over does no harm.
        (Err(Error::RegistrationMissing { .. }), false) => draft.state(CheckState::Skipped),
        (Err(error), false) => draft.warn(error),
        (Err(error), true) => draft.fail(error),
    }
    let mut check = draft.done();
    // Only where it would mend something: a link, say, is not written over.
    if check.state == CheckState::Failed
        && repair::register(place, config, true).is_ok_and(|changes| !changes.is_empty())
    {
        check.repair = Some(Repair::Register {
            browser: place.browser.clone(),
        });
    }
    Looked { check, program }
}

/// Whether a browser is there and could not start the host.
#[must_use]
pub fn is_failed(place: &Place, config: &Config) -> bool {
    look(place, config).check.state == CheckState::Failed
}

/// More than one program among registrations.
#[must_use]
pub fn several(looked: &[Looked]) -> Option<Check> {
    let mut programs: Vec<String> = looked
        .iter()
        .filter_map(|looked| looked.program.as_ref())
        .map(|program| program.display().to_string())
        .collect();
    programs.sort();
    programs.dedup();
    if programs.len() < 2 {
        return None;
    }
    let mut draft = Draft::new(CheckKind::Registration, HOST_NAME);
    draft.warn(Error::SeveralHosts {
        programs: programs.join(", "),
    });
    Some(draft.done())
}

fn registration(
    place: &Place,
    config: &Config,
    draft: &mut Draft,
    program: &mut Option<PathBuf>,
) -> Result<(), Error> {
    let missing = || Error::RegistrationMissing {
        browser: place.browser.clone(),
        path: place.manifest.display().to_string(),
    };
    let broken = |reason: String| Error::RegistrationBroken {
        browser: place.browser.clone(),
        path: place.manifest.display().to_string(),
        reason,
    };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => missing(),
        _ => broken(error.to_string()),
    };
    let path = place.manifest_read().map_err(failed)?;
    draft.tell("manifest", path.display());
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(&path).map_err(failed)?.is_file() {
        return Err(broken("the manifest is no file".into()));
    }
    let text = files::read_text(&path).map_err(failed)?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| broken(format!("manifest: {error}")))?;
    draft.tell("program", manifest.path.display());
    if manifest.name != HOST_NAME {
        return Err(broken(format!("the manifest is of {}", manifest.name)));
    }
    if manifest.kind != "stdio" {
        return Err(broken(format!("type {}", manifest.kind)));
    }
    if let Some(lacking) = allowed_origins(&config.extension_ids)
        .into_iter()
        .find(|origin| !manifest.allowed_origins.contains(origin))
    {
        return Err(broken(format!("allowed_origins lacks {lacking}")));
    }
    if !manifest.path.is_absolute() && !cfg!(windows) {
        return Err(broken("the program's path is not absolute".into()));
    }
    let greeting = greeting(&manifest.path)
        .map_err(|reason| broken(format!("{}: {reason}", manifest.path.display())))?;
    draft.tell("version", &greeting.version);
    draft.tell("protocol", greeting.protocol);
    let after = super::milliseconds(greeting.after);
    draft.tell("greets after", format!("{after} ms"));
    if greeting.protocol != PROTOCOL_VERSION {
        return Err(broken(format!(
            "{}: it speaks protocol {}, not {PROTOCOL_VERSION}",
            manifest.path.display(),
            greeting.protocol
        )));
    }
    if manifest.path != place.launcher() {
        *program = Some(fs::canonicalize(&manifest.path).unwrap_or(manifest.path));
    }
    Ok(())
}

/// What a program said of itself.
pub struct Greeting {
    version: String,
    protocol: u32,
    after: Duration,
}

/// Starts a program as a browser does, waits for its greeting, and ends it: more than greet it is
/// never asked to do.
///
/// # Errors
/// Why it is no host.
pub fn greeting(program: &Path) -> Result<Greeting, String> {
    let began = Instant::now();
    let mut child = Command::new(program)
        .arg(format!("chrome-extension://{RELEASED_EXTENSION_ID}/"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let Some(mut output) = child.stdout.take() else {
        return Err("no pipe".into());
    };
    let (sender, first) = mpsc::channel();
    thread::spawn(move || {
        let read = frame::read(&mut output, MAX_FRAME_FROM_HOST_BYTES);
        // The receiver is gone once the time is over.
        let _ = sender.send((read, began.elapsed()));
    });
    let result = first.recv_timeout(Duration::from_millis(GREETING_MS.into()));
    // A host behind a script outlives the script, but not the end of its input.
    drop(child.stdin.take());
    let _ = child.kill();
    let _ = child.wait();
    let (read, after) =
        result.map_err(|_| format!("no greeting within {} s", GREETING_MS / 1_000))?;
    let Ok(Incoming::Message(text)) = read else {
        return Err("it ended without a greeting".into());
    };
    match serde_json::from_str(&text) {
        Ok(HostMessage::Greeting {
            name,
            version,
            protocol,
        }) if name == HOST_NAME => Ok(Greeting {
            version,
            protocol,
            after,
        }),
        _ => Err("it does not greet as the host".into()),
    }
}
