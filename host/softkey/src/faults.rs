//! Fault switches for the tests of the host, compiled in only with the feature `faults`.
//!
//! A file `faults.json` in `YINXIN_SOFTKEY_DIR`, read anew with every call, holds a list of
//! `{"call": "C_Sign", "at": 2, "do": "delay", "ms": 3000}`: at the `at`-th call of that function,
//! of PKCS #11 or SKF (`SKF_ECCSignData`; `*`: of any function), in this process (left out: at each), one of
//! - `delay`: wait `ms` milliseconds, then go on;
//! - `remove`: hide the folder of `token` (left out: of every token), as if it were pulled, then go on;
//! - `lie`: go on, and tell or store attribute values, for SKF certificates and contents of files,
//!   longer than 100 bytes with their last bit flipped;
//! - `error`: answer `rv`, as it is (left out: the general error);
//! - `crash`: abort the process;
//! - `hang`: never return.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cryptoki_sys::{CK_RV, CKR_GENERAL_ERROR};
use serde::Deserialize;

use crate::rv::{Result, Rv};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    call: String,
    at: Option<u64>,
    r#do: Action,
    ms: Option<u64>,
    rv: Option<u32>,
    token: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Delay,
    Remove,
    Lie,
    Error,
    Crash,
    Hang,
}

/// The bytes that a token's data file may have, where `YINXIN_SOFTKEY_ROOM` says: a key that is soon full.
pub fn room() -> Option<u64> {
    std::env::var("YINXIN_SOFTKEY_ROOM").ok()?.parse().ok()
}

/// Does what the switches want before the call of `function`.
///
/// # Errors
/// The return value that an `error` switch names; `CKR_GENERAL_ERROR` for a malformed file.
pub fn before(function: &'static str) -> Result<()> {
    LIES.set(false);
    let [count, count_of_all] = {
        let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
        [function, ANY].map(|function| {
            let count = counts.entry(function).or_insert(0);
            *count += 1;
            *count
        })
    };
    let Some(root) = std::env::var_os("YINXIN_SOFTKEY_DIR") else {
        return Ok(());
    };
    let root = Path::new(&root);
    let Ok(json) = std::fs::read(root.join("faults.json")) else {
        return Ok(());
    };
    let faults: Vec<Fault> = serde_json::from_slice(&json).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
    for fault in faults {
        let count = match &fault.call[..] {
            ANY => count_of_all,
            call if call == function => count,
            _ => continue,
        };
        if fault.at.is_some_and(|at| at != count) {
            continue;
        }
        match fault.r#do {
            Action::Delay => std::thread::sleep(Duration::from_millis(fault.ms.unwrap_or(0))),
            Action::Remove => remove(root, fault.token.as_deref()),
            Action::Lie => LIES.set(true),
            Action::Error => return Err(Rv(fault.rv.map_or(CKR_GENERAL_ERROR, CK_RV::from))),
            Action::Crash => std::process::abort(),
            Action::Hang => loop {
                std::thread::sleep(Duration::from_secs(3600));
            },
        }
    }
    Ok(())
}

/// An attribute's value as the call under way is to see it.
pub fn seen(value: &[u8]) -> Cow<'_, [u8]> {
    if !LIES.get() || value.len() <= 100 {
        return value.into();
    }
    let mut other = value.to_vec();
    if let Some(last) = other.last_mut() {
        *last ^= 1;
    }
    other.into()
}

fn remove(root: &Path, token: Option<&str>) {
    for entry in root.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        if entry.path().is_dir() && token.is_none_or(|token| token == name) {
            // Hidden folders are no tokens. Where it fails the test that asked will notice.
            let _ = std::fs::rename(entry.path(), root.join(format!(".{name}.removed")));
        }
    }
}

/// In place of a function's name: every function.
const ANY: &str = "*";

thread_local! {
    /// Whether the call under way in this thread lies.
    static LIES: Cell<bool> = const { Cell::new(false) };
}

static COUNTS: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());
