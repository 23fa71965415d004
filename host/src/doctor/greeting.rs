//! Starts a program as a browser does, and hears its greeting.

use crate::frame::{self, Incoming};
use crate::process;
use serde::Deserialize;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::limits::{GREETING_MS, MAX_FRAME_FROM_HOST_BYTES};
use yinxin_proto::site::{HOST_NAME, RELEASED_EXTENSION_ID};

/// What a program said of itself.
pub struct Greeting {
    pub version: String,
    pub protocol: u32,
    pub after: Duration,
}

/// Starts a program as a browser does, waits for its greeting, and ends it: more than greet it is
/// never asked to do.
///
/// # Errors
/// Why it is no host.
pub fn greeting(program: &Path) -> Result<Greeting, String> {
    let began = Instant::now();
    let mut child = process::command(program)
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
        Ok(Said {
            kind,
            name,
            version,
            protocol,
        }) if kind == "greeting" && name == HOST_NAME => Ok(Greeting {
            version,
            protocol,
            after,
        }),
        _ => Err("it does not greet as the host".into()),
    }
}

/// [`yinxin_proto::host::HostMessage::Greeting`] alone: a reader of all that a host may say would be a tenth of this program.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    version: String,
    protocol: u32,
}
