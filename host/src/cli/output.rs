//! The one place of the command line that prints. The native-messaging side never comes here: its
//! standard output is the protocol.

use super::words::{self, STANDARD_OUTPUT};
use crate::files;
use serde::Serialize;
use std::io::{self, Write as _};
use std::path::Path;
use yinxin_proto::Error;

/// Prints lines.
///
/// # Errors
/// `file-failed`. A reader that went away (`| head`) is no failure of ours.
pub fn lines(text: &str) -> Result<(), Error> {
    match print(&|output| writeln!(output, "{text}")) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| unprinted(&error)),
    }
}

/// Prints a value as JSON.
///
/// # Errors
/// As [`lines`].
pub fn json(value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    lines(&text)
}

/// Prints bytes as they are, all of them.
///
/// # Errors
/// `file-failed`, also where the reader went away.
pub fn bytes(write: &Write<'_>) -> Result<(), Error> {
    print(write).map_err(|error| unprinted(&error))
}

/// Writes all that there is, to wherever it goes.
pub type Write<'a> = dyn Fn(&mut dyn io::Write) -> io::Result<()> + 'a;

fn print(write: &Write<'_>) -> io::Result<()> {
    let mut output = io::stdout().lock();
    write(&mut output)?;
    output.flush()
}

fn unprinted(error: &io::Error) -> Error {
    files::failed(Path::new(STANDARD_OUTPUT.text()), error)
}

/// Prints a failure for a program, as the core's packages have it. Standard error tells it as ever.
pub fn json_failure(error: &Error) {
    let _ = json(&serde_json::json!({ "error": error }));
}

/// Tells a failure: code, message, remedy, on one line.
pub fn failure(error: &Error) {
    warn(&one_line(error));
}

/// The same of one file among others, by its name unless the message has it.
pub fn failure_of(name: &str, error: &Error) {
    let line = one_line(error);
    match line.split_once(": ") {
        Some((code, told)) if !told.contains(name) => warn(&format!("{code}: {name}: {told}")),
        _ => warn(&line),
    }
}

/// Tells something on standard error. Where nobody hears it, the exit status is left.
pub fn warn(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// An error on one line.
#[must_use]
pub fn one_line(error: &Error) -> String {
    words::told(error)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
