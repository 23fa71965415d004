//! The one place of the command line that prints. The native-messaging side never comes here: its
//! standard output is the protocol.

use serde::Serialize;
use std::io::{self, Write};
use yinxin_proto::error::Locale;
use yinxin_proto::{Error, error::Text};

/// Prints lines.
pub fn lines(text: &str) {
    let mut output = io::stdout().lock();
    // A reader that went away (`| head`) is no failure of ours.
    let _ = writeln!(output, "{text}");
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => lines(&text),
        Err(error) => warn(&error.to_string()),
    }
}

/// Tells a failure: code, message, remedy, on one line.
pub fn failure(error: &Error) {
    warn(&one_line(error));
}

/// Tells wrong usage.
pub fn usage(reason: &str) {
    warn(&format!("yinxin-host: {reason} (see yinxin-host --help)"));
}

/// Tells something on standard error.
pub fn warn(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// An error on one line.
#[must_use]
pub fn one_line(error: &Error) -> String {
    let Text { message, remedy } = error.text(locale());
    format!("{}: {message} {remedy}", error.code())
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The language of the terminal (POSIX, section 8.2: LC_ALL before LC_MESSAGES before LANG).
#[must_use]
pub fn locale() -> Locale {
    let tag = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    Locale::nearest(&tag)
}
